/* What the journal costs over the bare disk.
 *
 *     journal_bench NEW_FOLDER [--batch N] [--apply NS] [--rounds N] [--spread]
 *
 * Writes batches of 64-byte records through the sequenced log and, before and after each round, raw
 * blocks of the same size with the same flags from the same kind of memory; a ratio is that of a
 * round to its two neighbours, and the median of the rounds is told. Then the journal is read back.
 *
 *     --apply NS   the caller is busy for NS nanoseconds per record, as an engine would be
 *     --spread     the caller on one processor, the log's threads on another (io/cpu.h)
 *
 * Segments are prepared before the clock starts; --unprepared measures with the zeroing beside it.
 * The disk and the processors may be shared with others: trust ratios, not figures. The folder is
 * made and removed. */
#include "base/arena.h"
#include "base/histogram.h"
#include "base/span.h"
#include "io/block.h"
#include "io/clock.h"
#include "io/cpu.h"
#include "io/file.h"
#include "io/journal_read.h"
#include "io/seqlog_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    RECORD_BYTES = 64,
    RAW_BYTES = 64 << 20,
    SEGMENT_BYTES = 64 << 20,
    ROUNDS_MAX = 64,
    AHEAD = 12,
    ROUND_NS = 60000000,
    MILLION = 1000000,
};

struct options {
    const char *folder;
    u32 batch; /* 0: several */
    u32 rounds;
    u64 apply_ns;
    bool spread;
    bool unprepared;
};

struct bench {
    struct options options;
    struct block log_block;
    struct block raw_block;
    struct seqlog_file *file;
    struct seqlog *log;
    u64 seq;
    struct file raw;
    u64 raw_offset;
};

/* One measured stretch. */
struct run {
    u64 batches;
    u64 ns;
    struct histogram latency;
};

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

static void run_init(struct run *run)
{
    memset(run, 0, sizeof(*run));
    histogram_init(&run->latency);
}

static double run_rate(const struct run *run)
{
    return run->ns == 0 ? 0 : (double)run->batches * 1e9 / (double)run->ns;
}

/* ---- raw writes ---- */

static void raw_open(struct bench *bench)
{
    char path[FILE_PATH_BYTES];
    must(file_path(path, bench->options.folder, "raw"));
    must(block_take(JOURNAL_BATCH_BYTES_MAX, "raw writes", &bench->raw_block));
    must(file_open(disk_real(), path, FILE_WRITE | FILE_CREATE | FILE_DIRECT, &bench->raw));
    must(file_reserve(&bench->raw, RAW_BYTES));
    for (u64 at = 0; at < RAW_BYTES; at += 1 << 20) {
        must(file_write_at(&bench->raw, at, bench->raw_block.memory, 1 << 20));
    }
    must(file_sync(&bench->raw));
    file_close(&bench->raw);
    must(file_open(disk_real(), path, FILE_WRITE | FILE_DIRECT | FILE_DSYNC, &bench->raw));
    memset(bench->raw_block.memory, 0x5a, bench->raw_block.bytes);
}

static void raw_run(struct bench *bench, u32 bytes, struct run *run)
{
    u64 begin = now_ns();
    u64 end = begin;
    while (end - begin < ROUND_NS) {
        if (bench->raw_offset + bytes > RAW_BYTES) {
            bench->raw_offset = 0;
        }
        u64 before = end;
        must(file_write_at(&bench->raw, bench->raw_offset, bench->raw_block.memory, bytes));
        bench->raw_offset += bytes;
        end = now_ns();
        histogram_add(&run->latency, end - before);
        run->batches += 1;
    }
    run->ns += end - begin;
}

/* ---- the log ---- */

/* Stands for encoding: each record gets its head and words that differ. */
static void encode(u8 *records, u32 count, u64 seq)
{
    for (u32 index = 0; index < count; index += 1) {
        u64 words[RECORD_BYTES / 8];
        words[0] = 0x00020001ULL | seq << 32;
        for (u32 word = 1; word < RECORD_BYTES / 8; word += 1) {
            words[word] = seq + index + word;
        }
        memcpy(records + (size_t)index * RECORD_BYTES, words, RECORD_BYTES);
    }
}

static void submit(struct bench *bench, u8 *records, u32 count)
{
    encode(records, count, bench->seq);
    struct seqlog_batch batch = {.seq_first = bench->seq,
                                 .time_us = 1,
                                 .count = count,
                                 .records = span_of(records, (size_t)count * RECORD_BYTES)};
    seqlog_submit(bench->log, &batch);
    bench->seq += count;
    u64 until = now_ns() + bench->options.apply_ns * count;
    while (bench->options.apply_ns > 0 && now_ns() < until) {
    }
}

static struct seqlog_outcome outcome_must(struct seqlog_outcome outcome)
{
    if (outcome.status != SEQLOG_DURABLE) {
        must(outcome.fault);
    }
    return outcome;
}

/* As fast as the log takes batches; a latency is from submission to durable. */
static void stream_run(struct bench *bench, u32 count, struct run *run)
{
    u64 submitted_ns[SEQLOG_FILE_BUFFERS_MAX] = {0};
    u64 submitted = 0;
    u64 done = 0;
    u64 begin = now_ns();
    u64 end = begin;
    while (end - begin < ROUND_NS || done < submitted) {
        u8 *records = end - begin < ROUND_NS ? seqlog_buffer(bench->log) : NULL;
        if (records != NULL) {
            submitted_ns[submitted % SEQLOG_FILE_BUFFERS_MAX] = now_ns();
            submit(bench, records, count);
            submitted += 1;
        }
        struct seqlog_outcome outcome =
            outcome_must(records == NULL ? seqlog_wait(bench->log, 100) : seqlog_poll(bench->log));
        end = now_ns();
        for (; done < submitted - outcome.pending; done += 1) {
            histogram_add(&run->latency, end - submitted_ns[done % SEQLOG_FILE_BUFFERS_MAX]);
        }
    }
    run->batches += submitted;
    run->ns += end - begin;
}

/* As a lone client: the next batch only when the last is durable. */
static void single_run(struct bench *bench, u32 count, struct run *run)
{
    u64 begin = now_ns();
    u64 end = begin;
    while (end - begin < ROUND_NS) {
        u64 before = end;
        submit(bench, seqlog_buffer(bench->log), count);
        struct seqlog_outcome outcome = outcome_must(seqlog_poll(bench->log));
        while (outcome.pending > 0) {
            outcome = outcome_must(seqlog_wait(bench->log, 100));
        }
        end = now_ns();
        histogram_add(&run->latency, end - before);
        run->batches += 1;
    }
    run->ns += end - begin;
}

static int compare_doubles(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return left < right ? -1 : left > right;
}

static void row(struct bench *bench, u32 count)
{
    static struct run raw;
    static struct run ours;
    static struct run stream;
    static struct run single;
    double ratios[ROUNDS_MAX];
    u32 bytes = journal_batch_bytes(count * RECORD_BYTES);
    u32 rounds = bench->options.rounds;
    run_init(&raw);
    run_init(&stream);
    run_init(&single);
    run_init(&ours);
    raw_run(bench, bytes, &ours);
    double rate_before = run_rate(&ours);
    histogram_merge(&raw.latency, &ours.latency);
    for (u32 round = 0; round < rounds; round += 1) {
        run_init(&ours);
        stream_run(bench, count, &ours);
        double rate = run_rate(&ours);
        stream.batches += ours.batches;
        stream.ns += ours.ns;
        histogram_merge(&stream.latency, &ours.latency);
        run_init(&ours);
        raw_run(bench, bytes, &ours);
        double rate_after = run_rate(&ours);
        histogram_merge(&raw.latency, &ours.latency);
        ratios[round] = rate / ((rate_before + rate_after) / 2);
        rate_before = rate_after;
        single_run(bench, count, &single);
    }
    qsort(ratios, rounds, sizeof(ratios[0]), compare_doubles);
    u64 raw_p50 = histogram_quantile(&raw.latency, MILLION / 2);
    u64 single_p50 = histogram_quantile(&single.latency, MILLION / 2);
    (void)printf("%6u %8u | %5.2f %5.2f..%5.2f | %7.2f | %7.1f %7.1f %7.1f | %5.2f\n", count, bytes,
                 ratios[rounds / 2], ratios[0], ratios[rounds - 1], run_rate(&stream) * count / 1e6,
                 (double)raw_p50 / 1e3,
                 (double)histogram_quantile(&stream.latency, MILLION / 2) / 1e3,
                 (double)single_p50 / 1e3, (double)single_p50 / (double)raw_p50);
    (void)fflush(stdout);
}

/* ---- reading back ---- */

static void read_back(const struct bench *bench, u32 windows, u64 apply_ns)
{
    struct journal_reader_config config = {.disk = disk_real(),
                                           .folder = bench->options.folder,
                                           .windows_count = windows,
                                           .batch_bytes_max = (1 << 20) + 4096};
    struct block block;
    must(block_take(journal_reader_footprint(&config), "reading", &block));
    struct arena arena;
    arena_init(&arena, block.memory, block.bytes);
    struct journal_reader *reader = NULL;
    u64 begin = now_ns();
    must(journal_reader_open(&reader, &config, &arena));
    u64 records = 0;
    for (bool more = true; more;) {
        struct journal_batch batch;
        must(journal_reader_next(reader, &batch, &more));
        u32 count = more ? batch.header.count : 0;
        records += count;
        u64 until = now_ns() + apply_ns * count;
        while (apply_ns > 0 && now_ns() < until) {
        }
    }
    u64 ns = now_ns() - begin;
    (void)printf("read back, %s, %llu ns applied per record: %.2f M records/s (%llu records)\n",
                 windows == 1 ? "no thread" : "reading ahead", (unsigned long long)apply_ns,
                 (double)records * 1e3 / (double)ns, (unsigned long long)records);
    journal_reader_close(reader);
    block_give_back(&block);
}

/* ---- the whole ---- */

static bool options_parse(int argc, char **argv, struct options *options)
{
    *options = (struct options){.rounds = 9};
    for (int index = 1; index < argc; index += 1) {
        const char *word = argv[index];
        const char *value = index + 1 < argc ? argv[index + 1] : "";
        if (strcmp(word, "--spread") == 0) {
            options->spread = true;
        } else if (strcmp(word, "--unprepared") == 0) {
            options->unprepared = true;
        } else if (strcmp(word, "--batch") == 0) {
            options->batch = (u32)strtoul(value, NULL, 10);
            index += 1;
        } else if (strcmp(word, "--apply") == 0) {
            options->apply_ns = strtoull(value, NULL, 10);
            index += 1;
        } else if (strcmp(word, "--rounds") == 0) {
            options->rounds = (u32)u64_min(strtoull(value, NULL, 10), ROUNDS_MAX);
            index += 1;
        } else if (word[0] != '-' && options->folder == NULL) {
            options->folder = word;
        } else {
            return false;
        }
    }
    return options->folder != NULL && options->rounds > 0 &&
           options->batch <= (1 << 20) / RECORD_BYTES && access(options->folder, F_OK) != 0;
}

static void bench_open(struct bench *bench)
{
    struct seqlog_file_config config = {
        .disk = disk_real(),
        .clock = clock_real(),
        .folder = bench->options.folder,
        .segment_bytes = SEGMENT_BYTES,
        .segments_ahead = bench->options.unprepared ? 0 : AHEAD,
        .prepare_first = !bench->options.unprepared,
        .cpu = bench->options.spread ? 2 : 0,
        .threads = true,
    };
    if (bench->options.spread) {
        must(cpu_pin(0));
    }
    must(block_take(seqlog_file_footprint(&config), "the log", &bench->log_block));
    struct arena arena;
    arena_init(&arena, bench->log_block.memory, bench->log_block.bytes);
    must(seqlog_file_open(&bench->file, &config, &arena));
    raw_open(bench);
    static const u8 venue[JOURNAL_VENUE_BYTES] = {1};
    struct journal_end end = {.empty = true, .seq_next = 1};
    must(seqlog_file_start(bench->file, &end, venue));
    bench->log = seqlog_file_log(bench->file);
    bench->seq = 1;
}

static void bench_close(struct bench *bench)
{
    seqlog_file_close(bench->file);
    file_close(&bench->raw);
    block_give_back(&bench->log_block);
    block_give_back(&bench->raw_block);
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
    static const u32 batches[] = {1, 16, 256, 1024, 8192};
    static struct bench bench;
    if (!options_parse(argc, argv, &bench.options)) {
        (void)fprintf(stderr, "usage: journal_bench NEW_FOLDER [--batch N] [--apply NS] "
                              "[--rounds N] [--spread] [--unprepared]\n");
        return 2;
    }
    bench_open(&bench);
    (void)printf("records    bytes |  log / raw, range |   M/s   |  p50 us: raw  stream    lone | "
                 "lone / raw\n");
    for (u32 index = 0; index < ARRAY_COUNT(batches); index += 1) {
        if (bench.options.batch == 0 || index == 0) {
            row(&bench, bench.options.batch == 0 ? batches[index] : bench.options.batch);
        }
    }
    struct seqlog_file_counters counters = seqlog_file_counters(bench.file);
    (void)printf("%llu batches, %llu MB, %llu segments, %llu waits for a segment\n",
                 (unsigned long long)counters.batches, (unsigned long long)counters.bytes / MILLION,
                 (unsigned long long)counters.segments, (unsigned long long)counters.segment_waits);
    bench_close(&bench);
    read_back(&bench, 1, 0);
    read_back(&bench, 4, 0);
    read_back(&bench, 4, 50);
    remove_all(bench.options.folder);
    return 0;
}
