#include "role/vault/rotation_rows.h"

#include "base/check.h"
#include "base/span.h"

#include <stdlib.h>
#include <string.h>

static const char rows_line[] = "cambist rotation rows v1\n";
static const char wraps_line[] = "cambist rotation wraps v1\n";
_Static_assert(sizeof(wraps_line) == ROTATION_HEAD_BYTES + 1, "the longer one");
_Static_assert(sizeof(struct seal_wrap) == SEAL_WRAP_BYTES, "copied as bytes");

static size_t row_bytes(bool has_hash)
{
    return has_hash ? ROTATION_ROW_BYTES : ROTATION_WRAP_BYTES;
}

static struct span line_of(bool has_hash)
{
    return span_of_text(has_hash ? rows_line : wraps_line);
}

/* ---- rows as bytes ---- */

static void row_encode(bool has_hash, const struct opening_row *row, u8 *target)
{
    seal_label_encode(&row->label, target);
    target += SEAL_LABEL_BYTES;
    if (has_hash) {
        memcpy(target, row->body_hash, SEAL_HASH_BYTES);
        target += SEAL_HASH_BYTES;
    }
    memcpy(target, &row->wrap, SEAL_WRAP_BYTES);
}

static enum fault row_decode(bool has_hash, const u8 *bytes, struct opening_row *row_out)
{
    TRY(seal_label_decode(span_of(bytes, SEAL_LABEL_BYTES), &row_out->label));
    bytes += SEAL_LABEL_BYTES;
    memset(row_out->body_hash, 0, SEAL_HASH_BYTES);
    if (has_hash) {
        memcpy(row_out->body_hash, bytes, SEAL_HASH_BYTES);
        bytes += SEAL_HASH_BYTES;
    }
    memcpy(&row_out->wrap, bytes, SEAL_WRAP_BYTES);
    return FAULT_NONE;
}

int rotation_order(const struct seal_label *a, const struct seal_label *b)
{
    if (a->subject != b->subject) {
        return a->subject < b->subject ? -1 : 1;
    }
    if (a->group != b->group) {
        return a->group < b->group ? -1 : 1;
    }
    return a->version == b->version ? 0 : (a->version < b->version ? -1 : 1);
}

/* ---- reading ---- */

u32 rotation_table_pieces(const struct rotation_table *table)
{
    return (table->count + ROTATION_PIECE - 1) / ROTATION_PIECE;
}

/* The bytes of a piece, and how many rows they are. */
static enum fault piece_read(struct rotation_table *table, u32 number,
                             u8 bytes[ROTATION_PIECE * ROTATION_ROW_BYTES], u32 *count_out)
{
    size_t size = row_bytes(table->has_hash);
    u32 first = number * ROTATION_PIECE;
    CHECK(first < table->count);
    *count_out = table->count - first < ROTATION_PIECE ? table->count - first : ROTATION_PIECE;
    return file_read_whole(&table->file, line_of(table->has_hash).size + (u64)first * size, bytes,
                           *count_out * size);
}

static enum fault piece_decode(const struct rotation_table *table, u32 number, const u8 *bytes,
                               u32 count, struct rotation_piece *piece_out)
{
    piece_out->first = number * ROTATION_PIECE;
    piece_out->count = count;
    for (u32 i = 0; i < count; i += 1) {
        if (row_decode(table->has_hash, bytes + i * row_bytes(table->has_hash),
                       &piece_out->rows[i]) != FAULT_NONE) {
            fault_forget();
            return FAULT(FAULT_INPUT, "%s: row %u: its label is none", table->file.path,
                         piece_out->first + i + 1);
        }
    }
    return FAULT_NONE;
}

/* That the rows go on behind `before`; NULL: they are the first. */
static enum fault piece_follows(const struct rotation_table *table,
                                const struct rotation_piece *piece, const struct seal_label *before)
{
    for (u32 i = 0; i < piece->count; i += 1) {
        const struct seal_label *label = &piece->rows[i].label;
        if (before != NULL && rotation_order(before, label) >= 0) {
            return FAULT(FAULT_INPUT, "%s: row %u: not behind the one before it", table->file.path,
                         piece->first + i + 1);
        }
        if (before != NULL && before->epoch != label->epoch) {
            return FAULT(FAULT_INPUT, "%s: row %u: of epoch %u, the one before it is of %u",
                         table->file.path, piece->first + i + 1, label->epoch, before->epoch);
        }
        before = label;
    }
    return FAULT_NONE;
}

/* Reads all pieces, in order, and keeps their hashes. */
static enum fault table_scan(struct rotation_table *table)
{
    static _Thread_local u8 bytes[ROTATION_PIECE * ROTATION_ROW_BYTES];
    static _Thread_local struct rotation_piece piece;
    crypto_hash_sha256_state hash;
    struct seal_label last = {.subject = 0};
    struct span line = line_of(table->has_hash);
    (void)crypto_hash_sha256_init(&hash);
    (void)crypto_hash_sha256_update(&hash, line.data, line.size);
    for (u32 number = 0; number < rotation_table_pieces(table); number += 1) {
        u32 count = 0;
        TRY(piece_read(table, number, bytes, &count));
        TRY(piece_decode(table, number, bytes, count, &piece));
        TRY(piece_follows(table, &piece, number == 0 ? NULL : &last));
        last = piece.rows[count - 1].label;
        size_t size = count * row_bytes(table->has_hash);
        (void)crypto_hash_sha256_update(&hash, bytes, size);
        (void)crypto_hash_sha256(table->pieces[number], bytes, size);
    }
    (void)crypto_hash_sha256_final(&hash, table->hash);
    return FAULT_NONE;
}

static enum fault table_begin(struct disk *disk, const char *path, struct rotation_table *table)
{
    u8 head[ROTATION_HEAD_BYTES];
    struct span line = line_of(table->has_hash);
    size_t size = row_bytes(table->has_hash);
    size_t got = 0;
    u64 bytes = 0;
    TRY(file_open(disk, path, 0, &table->file));
    TRY(file_size(&table->file, &bytes));
    TRY(file_read_at(&table->file, 0, head, line.size, &got));
    if (got != line.size || memcmp(head, line.data, line.size) != 0 ||
        (bytes - line.size) % size != 0 || bytes == line.size) {
        return FAULT(FAULT_INPUT, "%s: not \"%.*s\" and whole rows behind it", path,
                     (int)line.size - 1, (const char *)line.data);
    }
    if ((bytes - line.size) / size > ROTATION_RECORDS_MAX) {
        return FAULT(FAULT_LIMIT, "%s: more than %u rows", path, ROTATION_RECORDS_MAX);
    }
    table->count = (u32)((bytes - line.size) / size);
    table->pieces = calloc(rotation_table_pieces(table), sizeof(table->pieces[0]));
    return table->pieces == NULL ? FAULT(FAULT_LIMIT, "%s: no memory for its hashes", path)
                                 : table_scan(table);
}

enum fault rotation_table_open(struct disk *disk, const char *path, bool has_hash,
                               struct rotation_table *table_out)
{
    *table_out = (struct rotation_table){.has_hash = has_hash};
    enum fault fault = table_begin(disk, path, table_out);
    if (fault != FAULT_NONE) {
        rotation_table_close(table_out);
    }
    return fault;
}

void rotation_table_close(struct rotation_table *table)
{
    file_close(&table->file);
    free(table->pieces);
    table->pieces = NULL;
}

enum fault rotation_table_piece(struct rotation_table *table, u32 number,
                                struct rotation_piece *piece_out)
{
    static _Thread_local u8 bytes[ROTATION_PIECE * ROTATION_ROW_BYTES];
    u8 hash[SHA256_BYTES];
    u32 count = 0;
    TRY(piece_read(table, number, bytes, &count));
    (void)crypto_hash_sha256(hash, bytes, count * row_bytes(table->has_hash));
    if (memcmp(hash, table->pieces[number], sizeof(hash)) != 0) {
        return FAULT(FAULT_ROT, "%s: rows from %u on are not those that were judged",
                     table->file.path, number * ROTATION_PIECE + 1);
    }
    return piece_decode(table, number, bytes, count, piece_out);
}

enum fault rotation_judge_rows(struct rotation_table *table, const struct rotation *rotation)
{
    static _Thread_local struct rotation_piece piece;
    CHECK(table->has_hash);
    if (table->count != rotation->records) {
        return FAULT(FAULT_REFUSED, "rows: %u, the rotation has %u records", table->count,
                     rotation->records);
    }
    if (memcmp(table->hash, rotation->rows, sizeof(table->hash)) != 0) {
        return FAULT(FAULT_REFUSED, "rows: not those that the rotation names");
    }
    TRY(rotation_table_piece(table, 0, &piece));
    return piece.rows[0].label.epoch == rotation->from.number
               ? FAULT_NONE
               : FAULT(FAULT_REFUSED, "rows: of epoch %u, the rotation is from epoch %u",
                       piece.rows[0].label.epoch, rotation->from.number);
}

/* ---- writing ---- */

enum fault rotation_writer_open(struct disk *disk, const char *path, bool has_hash,
                                struct rotation_writer *writer_out)
{
    struct span line = line_of(has_hash);
    *writer_out = (struct rotation_writer){.has_hash = has_hash, .bytes = line.size};
    (void)crypto_hash_sha256_init(&writer_out->hash);
    (void)crypto_hash_sha256_update(&writer_out->hash, line.data, line.size);
    TRY(file_open(disk, path, FILE_WRITE | FILE_CREATE, &writer_out->file));
    return file_write_at(&writer_out->file, 0, line.data, line.size);
}

enum fault rotation_writer_put(struct rotation_writer *writer, const struct opening_row *rows,
                               u32 count)
{
    static _Thread_local u8 bytes[ROTATION_PIECE * ROTATION_ROW_BYTES];
    size_t size = count * row_bytes(writer->has_hash);
    CHECK(count <= ROTATION_PIECE);
    if (count > ROTATION_RECORDS_MAX - writer->count) {
        return FAULT(FAULT_LIMIT, "%s: more than %u rows", writer->file.path, ROTATION_RECORDS_MAX);
    }
    for (u32 i = 0; i < count; i += 1) {
        row_encode(writer->has_hash, &rows[i], bytes + i * row_bytes(writer->has_hash));
    }
    (void)crypto_hash_sha256_update(&writer->hash, bytes, size);
    TRY(file_write_at(&writer->file, writer->bytes, bytes, size));
    writer->bytes += size;
    writer->count += count;
    return FAULT_NONE;
}

enum fault rotation_writer_end(struct rotation_writer *writer, u8 hash_out[SHA256_BYTES])
{
    (void)crypto_hash_sha256_final(&writer->hash, hash_out);
    return file_sync(&writer->file);
}

void rotation_writer_close(struct rotation_writer *writer)
{
    file_close(&writer->file);
}
