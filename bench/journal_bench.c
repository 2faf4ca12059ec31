/* What the journal costs over the bare disk.
 *
 *     journal_bench FOLDER [SECONDS]
 *
 * Writes batches of 64-byte records through the sequenced log and, between them in one run,
 * raw blocks of the same size with the same flags into a zeroed file beside it; then reads the
 * whole journal back. Trust the ratios: the disk and the processors may be shared. The folder is
 * made anew and removed. */
#include "base/histogram.h"
#include "base/random.h"
#include "io/clock.h"
#include "io/file.h"
#include "io/journal_read.h"
#include "io/log.h"
#include "io/seqlog_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RECORD_BYTES = 64, RAW_BYTES = 64 << 20, ROUNDS = 5 };

static const u32 batches[] = {1, 16, 64, 256, 1024, 4096, 8192};

static u64 now_ns(void)
{
    return clock_mono_ns(clock_real());
}

static void must(enum fault fault)
{
    if (fault != FAULT_NONE) {
        char text[1024];
        fault_trail_print(text, sizeof(text));
        (void)fprintf(stderr, "journal_bench: %s\n", text);
        exit(fault_exit_code(fault));
    }
}

static void *memory_of(size_t size)
{
    void *memory = aligned_alloc(4096, (size + 4095) / 4096 * 4096);
    if (memory == NULL) {
        (void)fprintf(stderr, "journal_bench: no memory\n");
        exit(1);
    }
    memset(memory, 0, size);
    return memory;
}

struct run {
    u64 batches;
    u64 ns;
    struct histogram latency;
};

/* ---- raw writes ---- */

struct raw {
    struct file file;
    u8 *block;
    u64 offset;
};

static void raw_open(struct raw *raw, const char *folder)
{
    char path[FILE_PATH_BYTES];
    must(file_path(path, folder, "raw"));
    raw->block = memory_of(1 << 20);
    must(file_open(disk_real(), path, FILE_WRITE | FILE_CREATE | FILE_DIRECT, &raw->file));
    must(file_reserve(&raw->file, RAW_BYTES));
    for (u64 at = 0; at < RAW_BYTES; at += 1 << 20) {
        must(file_write_at(&raw->file, at, raw->block, 1 << 20));
    }
    must(file_sync(&raw->file));
    file_close(&raw->file);
    must(file_open(disk_real(), path, FILE_WRITE | FILE_DIRECT | FILE_DSYNC, &raw->file));
    memset(raw->block, 0x5a, 1 << 20);
}

static void raw_run(struct raw *raw, u32 bytes, u64 limit_ns, struct run *run)
{
    u64 begin = now_ns();
    u64 end = begin;
    while (end - begin < limit_ns) {
        if (raw->offset + bytes > RAW_BYTES) {
            raw->offset = 0;
        }
        u64 before = end;
        must(file_write_at(&raw->file, raw->offset, raw->block, bytes));
        raw->offset += bytes;
        end = now_ns();
        histogram_add(&run->latency, end - before);
        run->batches += 1;
    }
    run->ns += end - begin;
}

/* ---- the log ---- */

struct logged {
    struct seqlog_file *file;
    struct seqlog *log;
    u64 seq;
};

/* Stands for encoding: each record gets its header, its number and some bytes. */
static void encode(u8 *records, u32 count, u64 seq)
{
    for (u32 index = 0; index < count; index += 1) {
        u8 *record = records + (size_t)index * RECORD_BYTES;
        u64 words[RECORD_BYTES / 8];
        words[0] = 0x00020001ULL | seq << 32;
        for (u32 word = 1; word < RECORD_BYTES / 8; word += 1) {
            words[word] = seq + index + word;
        }
        memcpy(record, words, RECORD_BYTES);
    }
}

static struct seqlog_outcome outcome_must(struct seqlog_outcome outcome)
{
    if (outcome.status != SEQLOG_DURABLE) {
        must(outcome.fault);
    }
    return outcome;
}

/* Submits as fast as the log takes it; the latency is from submit to durable. */
static void log_run(struct logged *logged, u32 count, u64 limit_ns, struct run *run)
{
    u64 submitted_ns[SEQLOG_FILE_BUFFERS_MAX] = {0};
    u64 submitted = 0;
    u64 done = 0;
    u64 begin = now_ns();
    u64 end = begin;
    while (end - begin < limit_ns || done < submitted) {
        u8 *records = end - begin < limit_ns ? seqlog_buffer(logged->log) : NULL;
        if (records != NULL) {
            encode(records, count, logged->seq);
            struct seqlog_batch batch = {.seq_first = logged->seq,
                                         .time_us = 1,
                                         .count = count,
                                         .length = count * RECORD_BYTES};
            submitted_ns[submitted % SEQLOG_FILE_BUFFERS_MAX] = now_ns();
            seqlog_submit(logged->log, &batch);
            logged->seq += count;
            submitted += 1;
        }
        struct seqlog_outcome outcome = outcome_must(records == NULL ? seqlog_wait(logged->log, 100)
                                                                     : seqlog_poll(logged->log));
        end = now_ns();
        for (; done < submitted - outcome.pending; done += 1) {
            histogram_add(&run->latency, end - submitted_ns[done % SEQLOG_FILE_BUFFERS_MAX]);
        }
    }
    run->batches += submitted;
    run->ns += end - begin;
}

/* As a lone client: the next batch only once the last is durable. */
static void log_run_single(struct logged *logged, u32 count, u64 limit_ns, struct run *run)
{
    u64 begin = now_ns();
    u64 end = begin;
    while (end - begin < limit_ns) {
        u64 before = end;
        u8 *records = seqlog_buffer(logged->log);
        encode(records, count, logged->seq);
        struct seqlog_batch batch = {
            .seq_first = logged->seq, .time_us = 1, .count = count, .length = count * RECORD_BYTES};
        seqlog_submit(logged->log, &batch);
        logged->seq += count;
        struct seqlog_outcome outcome = outcome_must(seqlog_poll(logged->log));
        while (outcome.pending > 0) {
            outcome = outcome_must(seqlog_wait(logged->log, 100));
        }
        end = now_ns();
        histogram_add(&run->latency, end - before);
        run->batches += 1;
    }
    run->ns += end - begin;
}

static void compare(struct logged *logged, struct raw *raw, u32 count, u64 limit_ns)
{
    static struct run ours;
    static struct run theirs;
    static struct run single;
    memset(&ours, 0, sizeof(ours));
    memset(&theirs, 0, sizeof(theirs));
    memset(&single, 0, sizeof(single));
    histogram_init(&ours.latency);
    histogram_init(&theirs.latency);
    histogram_init(&single.latency);
    u32 bytes = journal_batch_bytes(count * RECORD_BYTES);
    for (u32 round = 0; round < ROUNDS; round += 1) {
        raw_run(raw, bytes, limit_ns / ROUNDS, &theirs);
        log_run(logged, count, limit_ns / ROUNDS, &ours);
        raw_run(raw, bytes, limit_ns / ROUNDS, &theirs);
        log_run_single(logged, count, limit_ns / ROUNDS, &single);
    }
    double raw_rate = (double)theirs.batches * 1e9 / (double)theirs.ns;
    double our_rate = (double)ours.batches * 1e9 / (double)ours.ns;
    u64 raw_p50 = histogram_quantile(&theirs.latency, 500000);
    u64 single_p50 = histogram_quantile(&single.latency, 500000);
    (void)printf("%5u %8u %9.0f %9.0f %6.2f %8.2f %7llu %7llu %7llu %6.2f %7llu\n", count, bytes,
                 raw_rate, our_rate, our_rate / raw_rate, our_rate * count / 1e6,
                 (unsigned long long)raw_p50 / 1000,
                 (unsigned long long)histogram_quantile(&ours.latency, 500000) / 1000,
                 (unsigned long long)single_p50 / 1000, (double)single_p50 / (double)raw_p50,
                 (unsigned long long)histogram_quantile(&single.latency, 990000) / 1000);
    (void)fflush(stdout);
}

/* ---- reading back ---- */

static void read_back(const char *folder, u32 windows, u64 apply_ns)
{
    struct journal_reader_config config = {.disk = disk_real(),
                                           .folder = folder,
                                           .windows_count = windows,
                                           .batch_bytes_max = (1 << 20) + 4096};
    struct arena arena;
    size_t size = journal_reader_footprint(&config);
    void *memory = memory_of(size);
    arena_init(&arena, memory, size);
    struct journal_reader *reader = NULL;
    u64 begin = now_ns();
    must(journal_reader_open(&reader, &config, &arena));
    struct journal_batch batch;
    bool more = true;
    u64 records = 0;
    u64 bytes = 0;
    for (;;) {
        must(journal_reader_next(reader, &batch, &more));
        if (!more) {
            break;
        }
        records += batch.header.count;
        bytes += batch.records.size;
        u64 until = apply_ns == 0 ? 0 : now_ns() + apply_ns * batch.header.count;
        while (apply_ns > 0 && now_ns() < until) {
        }
    }
    u64 ns = now_ns() - begin;
    (void)printf("read back, %u window(s), %llu ns applied per record: %.2f M records/s, %.0f MB/s "
                 "of records, %llu records\n",
                 windows, (unsigned long long)apply_ns, (double)records * 1e3 / (double)ns,
                 (double)bytes * 1e3 / (double)ns, (unsigned long long)records);
    journal_reader_close(reader);
    free(memory);
}

static void remove_all(const char *folder)
{
    char command[FILE_PATH_BYTES + 64];
    (void)snprintf(command, sizeof(command), "rm -rf -- '%s'", folder);
    if (system(command) != 0) {
        (void)fprintf(stderr, "journal_bench: %s stays behind\n", folder);
    }
}

int main(int argc, char **argv)
{
    if (argc < 2 || access(argv[1], F_OK) == 0) {
        (void)fprintf(stderr, "usage: journal_bench NEW_FOLDER [SECONDS_PER_ROW]\n");
        return 2;
    }
    const char *folder = argv[1];
    u64 limit_ns = (argc > 2 ? strtoull(argv[2], NULL, 10) : 1) * 1000000000ULL;
    u32 ahead = argc > 3 ? (u32)strtoul(argv[3], NULL, 10) : 0;
    struct seqlog_file_config config = {
        .disk = disk_real(),
        .clock = clock_real(),
        .folder = folder,
        .threads = true,
        .segments_ahead = ahead,
        .prepare_first = ahead > 0,
    };
    size_t size = seqlog_file_footprint(&config);
    struct arena arena;
    void *memory = memory_of(size);
    arena_init(&arena, memory, size);
    struct logged logged = {.seq = 1};
    static struct raw raw;
    must(seqlog_file_open(&logged.file, &config, &arena));
    raw_open(&raw, folder);
    static const u8 venue[JOURNAL_VENUE_BYTES] = {1};
    struct journal_end end = {.empty = true, .seq_next = 1};
    must(seqlog_file_start(logged.file, &end, venue));
    logged.log = seqlog_file_log(logged.file);
    (void)printf(
        "batch    bytes     raw/s    ours/s  ratio  M rec/s raw p50 our p50 one p50  ratio "
        "one p99\n");
    for (u32 index = 0; index < ARRAY_COUNT(batches); index += 1) {
        compare(&logged, &raw, batches[index], limit_ns);
    }
    struct seqlog_file_counters counters = seqlog_file_counters(logged.file);
    (void)printf("%llu batches, %llu MB, %llu segments, %llu waits for a segment\n",
                 (unsigned long long)counters.batches, (unsigned long long)counters.bytes / 1000000,
                 (unsigned long long)counters.segments, (unsigned long long)counters.segment_waits);
    seqlog_file_close(logged.file);
    file_close(&raw.file);
    read_back(folder, 1, 0);
    read_back(folder, 3, 0);
    read_back(folder, 3, 50);
    remove_all(folder);
    free(memory);
    free(raw.block);
    return 0;
}
