#include "tests/golden/golden_writer.h"

#include "base/check.h"
#include "base/span.h"
#include "io/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

enum {
    SEGMENT_BYTES_MAX = 1 << 26,
    BATCH_BYTES_MAX = 1 << 16,
    PACK_LEVEL = 19,
};

void golden_writer_open(struct golden_writer *writer, const char *name)
{
    *writer = (struct golden_writer){.segment = calloc(1, SEGMENT_BYTES_MAX),
                                     .batch = calloc(1, BATCH_BYTES_MAX),
                                     .used = JOURNAL_SEGMENT_HEADER,
                                     .seq_next = 1};
    CHECK(writer->segment != NULL && writer->batch != NULL);
    CHECK(sha256_open(&writer->sha256) == FAULT_NONE);
    memcpy(writer->venue, name, u64_min(strlen(name), sizeof writer->venue));
    journal_chain_start(&writer->sha256, writer->venue, writer->hash);
}

/* The batch as it stands; a seal when it has no records. */
static void flush(struct golden_writer *writer)
{
    struct journal_batch_header header = {.seq_first = writer->seq_next - writer->batch_count,
                                          .time_us = writer->time_us,
                                          .count = writer->batch_count,
                                          .length = writer->batch_bytes,
                                          .flags = writer->batch_count ? 0 : JOURNAL_FLAG_SEAL};
    memcpy(header.hash_previous, writer->hash, sizeof writer->hash);
    journal_batch_encode(&writer->sha256, &header, writer->batch);
    u32 bytes = journal_batch_bytes(header.length);
    CHECK(bytes <= SEGMENT_BYTES_MAX - writer->used);
    memcpy(writer->segment + writer->used, writer->batch, bytes);
    memcpy(writer->hash, header.hash, sizeof writer->hash);
    writer->used += bytes;
    writer->batch_count = 0;
    writer->batch_bytes = 0;
}

void golden_writer_time(struct golden_writer *writer, u64 time_us)
{
    if (writer->batch_count > 0) {
        flush(writer);
    }
    writer->time_us = u64_max(writer->time_us, time_us);
}

void golden_writer_record(struct golden_writer *writer, const void *record)
{
    struct command_head head;
    memcpy(&head, record, sizeof head);
    u32 bytes = head.units * WIRE_UNIT;
    const char *reason = "";
    CHECK(command_check(record, bytes, &reason));
    u32 room = BATCH_BYTES_MAX - JOURNAL_BATCH_HEADER_BYTES - writer->batch_bytes;
    CHECK(bytes <= room);
    memcpy(writer->batch + JOURNAL_BATCH_HEADER_BYTES + writer->batch_bytes, record, bytes);
    writer->batch_bytes += bytes;
    writer->batch_count += 1;
    writer->seq_next += 1;
    if (room - bytes < COMMAND_BYTES_MAX) {
        flush(writer);
    }
}

void golden_writer_command(struct golden_writer *writer, const void *command, u16 kind, u32 account)
{
    const struct wire_record *record = &wire_commands[kind];
    bool is_detailed = true;
    u8 client_bytes = 0;
    if (kind == COMMAND_ORDER) {
        const struct command_order *order = command;
        is_detailed = (order->flags & ORDER_FLAG_DETAIL) != 0;
        client_bytes = client_id_bytes(order->client.length);
    }
    u8 bytes[COMMAND_BYTES_MAX] = {0};
    struct command_head head = {.kind = kind,
                                .units = wire_units(record, client_bytes, is_detailed),
                                .source = writer->source ? writer->source : 1,
                                .account = account,
                                .source_index = ++writer->source_index};
    memcpy(bytes, command, record->size);
    memcpy(bytes, &head, sizeof head);
    golden_writer_record(writer, bytes);
}

static enum fault write_file(const char *path, const void *data, size_t size)
{
    struct file file;
    TRY(file_open(disk_real(), path, FILE_WRITE | FILE_CREATE, &file));
    enum fault fault = file_write_at(&file, 0, data, size);
    file_close(&file);
    return fault;
}

/* One frame with size and checksum, as journal_pack makes them. */
static enum fault pack(const struct golden_writer *writer, const char *folder)
{
    size_t room = ZSTD_compressBound(writer->used);
    u8 *packed = malloc(room);
    ZSTD_CCtx *context = ZSTD_createCCtx();
    CHECK(packed != NULL && context != NULL);
    CHECK(!ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, PACK_LEVEL)));
    CHECK(!ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)));
    size_t size = ZSTD_compress2(context, packed, room, writer->segment, writer->used);
    CHECK(!ZSTD_isError(size));
    char path[FILE_PATH_BYTES];
    enum fault fault = file_path(path, folder, "00000000000000000001.journal.zst");
    fault = fault == FAULT_NONE ? write_file(path, packed, size) : fault;
    (void)ZSTD_freeCCtx(context);
    free(packed);
    return fault;
}

enum fault golden_writer_close(struct golden_writer *writer, const char *folder)
{
    if (writer->batch_count > 0) {
        flush(writer);
    }
    flush(writer); /* a seal */
    writer->used = u64_max(writer->used, JOURNAL_SEGMENT_HEADER + BATCH_BYTES_MAX);
    struct journal_segment_header header = {
        .seq_first = 1, .segment_bytes = writer->used, .batch_bytes_max = BATCH_BYTES_MAX};
    memcpy(header.venue, writer->venue, sizeof header.venue);
    journal_chain_start(&writer->sha256, writer->venue, header.hash_previous);
    journal_segment_encode(&header, writer->segment);
    char journal[FILE_PATH_BYTES];
    enum fault fault = file_path(journal, folder, "journal");
    fault = fault == FAULT_NONE ? disk_make_folder(disk_real(), folder) : fault;
    fault = fault == FAULT_NONE ? disk_make_folder(disk_real(), journal) : fault;
    fault = fault == FAULT_NONE ? pack(writer, journal) : fault;
    sha256_close(&writer->sha256);
    free(writer->segment);
    free(writer->batch);
    *writer = (struct golden_writer){.segment = NULL};
    return fault;
}
