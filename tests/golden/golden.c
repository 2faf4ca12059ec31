#include "tests/golden/golden.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "core/snapshot.h"
#include "io/journal_read.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RECORDS_BYTES_MAX = 1 << 22,
    BATCHES_MAX = 1 << 14,
    VOIDS_MAX = 1 << 10,
    SNAPSHOT_BYTES_MAX = 1 << 22,
};

/* ---- reading ---- */

/* A record of this kind that is alone in its batch. */
static const struct command_void *lone_void(const struct journal_batch *batch)
{
    bool is_lone = batch->header.count == 1 && bytes_u16(batch->records.data) == COMMAND_VOID;
    return is_lone ? (const struct command_void *)(const void *)batch->records.data : NULL;
}

static enum fault take_batch(struct golden *golden, const struct journal_batch *batch)
{
    if (golden->batches_count == BATCHES_MAX || golden->voids_count == VOIDS_MAX ||
        batch->records.size > RECORDS_BYTES_MAX - golden->records_bytes) {
        return FAULT(FAULT_LIMIT, "the journal is too long for a golden one");
    }
    if (batch->header.count == 0) {
        return FAULT_NONE; /* a seal */
    }
    golden->batches[golden->batches_count++] =
        (struct golden_batch){.offset = golden->records_bytes,
                              .bytes = batch->records.size,
                              .seq_first = batch->header.seq_first,
                              .time_us = batch->header.time_us,
                              .count = batch->header.count};
    memcpy(golden->records + golden->records_bytes, batch->records.data, batch->records.size);
    golden->records_bytes += batch->records.size;
    const struct command_void *record = lone_void(batch);
    if (record != NULL && record->void_seq > 0 && record->void_seq < batch->header.seq_first) {
        golden->voids[golden->voids_count++] = record->void_seq;
    }
    return FAULT_NONE;
}

/* Reads to the end and checks each record as the engine would. */
static enum fault read_all(struct journal_reader *reader, struct golden *golden)
{
    bool more = true;
    while (more) {
        struct journal_batch batch;
        TRY(journal_reader_next(reader, &batch, &more));
        if (!more) {
            break;
        }
        size_t offset = 0;
        struct span record;
        while (journal_record_next(batch.records, &offset, &record)) {
            const char *reason = "";
            if (!command_check(record.data, record.size, &reason)) {
                return FAULT(FAULT_INPUT, "a malformed record: %s", reason);
            }
        }
        TRY(take_batch(golden, &batch));
    }
    const struct journal_end *end = journal_reader_end(reader);
    memcpy(golden->journal_hash, end->hash, sizeof golden->journal_hash);
    if (golden->records_bytes < sizeof golden->limits ||
        bytes_u16(golden->records) != COMMAND_GENESIS) {
        return FAULT(FAULT_INPUT, "the journal does not begin with a genesis record");
    }
    memcpy(&golden->limits, golden->records, sizeof golden->limits);
    return FAULT_NONE;
}

enum fault golden_read(const char *folder, struct golden *golden_out)
{
    *golden_out = (struct golden){.records = malloc(RECORDS_BYTES_MAX),
                                  .batches = calloc(BATCHES_MAX, sizeof *golden_out->batches),
                                  .voids = calloc(VOIDS_MAX, sizeof *golden_out->voids)};
    char journal[FILE_PATH_BYTES];
    TRY(file_path(journal, folder, "journal"));
    struct journal_reader_config config = {
        .disk = disk_real(), .folder = journal, .windows_count = 1};
    size_t bytes = journal_reader_footprint(&config);
    u8 *memory = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
    if (golden_out->records == NULL || golden_out->batches == NULL || golden_out->voids == NULL ||
        memory == NULL) {
        free(memory);
        return FAULT(FAULT_LIMIT, "out of memory");
    }
    struct arena arena;
    struct journal_reader *reader = NULL;
    arena_init(&arena, memory, bytes);
    enum fault fault = journal_reader_open(&reader, &config, &arena);
    if (fault == FAULT_NONE) {
        fault = read_all(reader, golden_out);
        journal_reader_close(reader);
    }
    free(memory);
    return fault;
}

void golden_release(struct golden *golden)
{
    free(golden->records);
    free(golden->batches);
    free(golden->voids);
    *golden = (struct golden){.records = NULL};
}

/* ---- playing ---- */

struct player {
    const struct golden *golden;
    struct golden_watch *watch;
    struct golden_result *result;
    struct core *core;
    u8 *block;
    struct core_output output;
    struct sha256 events;
};

static void core_make(struct player *player)
{
    size_t size = core_footprint(&player->golden->limits);
    CHECK(size > 0);
    player->block = calloc(1, size + 64);
    CHECK(player->block != NULL);
    u8 *aligned = (u8 *)(((uintptr_t)player->block + 63) & ~(uintptr_t)63);
    player->core = core_init(aligned, size, &player->golden->limits);
}

static bool is_void(const struct golden *golden, u64 seq)
{
    for (u32 i = 0; i < golden->voids_count; i++) {
        if (golden->voids[i] == seq) {
            return true;
        }
    }
    return false;
}

/* Takes the events that are in the output into the hash and empties it. */
static void take_events(struct player *player)
{
    struct span events = span_of(player->output.data, player->output.used);
    for (size_t at = 0; at < events.size;) {
        struct event_head head;
        memcpy(&head, events.data + at, sizeof head);
        player->result->trades += head.kind == EVENT_TRADE;
        at += (size_t)head.units * WIRE_UNIT;
    }
    sha256_add(&player->events, events);
    player->result->event_bytes += events.size;
    player->output.used = 0;
}

static void play_record(struct player *player, const struct command_head *command, u64 seq)
{
    player->result->commands += 1;
    if (is_void(player->golden, seq)) {
        player->result->voided += 1;
        core_void(player->core, &player->output);
    } else {
        core_apply(player->core, command, &player->output);
    }
    if (player->watch != NULL) {
        player->watch->seen(player->watch, command,
                            span_of(player->output.data, player->output.used));
    }
    CHECK(core_seq(player->core) == seq);
    take_events(player);
}

static void play_singly(struct player *player, const struct golden_batch *batch)
{
    const u8 *at = player->golden->records + batch->offset;
    core_set_time(player->core, batch->time_us);
    for (u32 i = 0; i < batch->count; i++) {
        const struct command_head *command = (const struct command_head *)(const void *)at;
        play_record(player, command, batch->seq_first + i);
        at += (size_t)command->units * WIRE_UNIT;
    }
}

/* Pieces of a batch up to the next voided record, each in one call. */
static void play_batched(struct player *player, const struct golden_batch *batch)
{
    const u8 *at = player->golden->records + batch->offset;
    size_t left = batch->bytes;
    core_set_time(player->core, batch->time_us);
    for (u32 done = 0; done < batch->count;) {
        u32 piece = 0;
        while (done + piece < batch->count &&
               !is_void(player->golden, batch->seq_first + done + piece)) {
            piece++;
        }
        size_t bytes = 0;
        if (piece == 0) {
            core_void(player->core, &player->output);
            player->result->voided += 1;
            piece = 1;
            bytes = (size_t)at[2] * WIRE_UNIT; /* the byte `units` of the head */
        } else {
            piece = core_apply_batch(player->core, at, left, piece, &player->output, &bytes);
        }
        CHECK(piece > 0);
        player->result->commands += piece;
        done += piece;
        at += bytes;
        left -= bytes;
        take_events(player);
    }
    CHECK(left == 0);
}

/* ---- the state ---- */

struct state_bytes {
    u8 *data;
    size_t used;
};

static bool state_write(void *context, const u8 *bytes, size_t size)
{
    struct state_bytes *state = context;
    CHECK(size <= SNAPSHOT_BYTES_MAX - state->used);
    memcpy(state->data + state->used, bytes, size);
    state->used += size;
    return true;
}

static struct state_bytes state_take(const struct core *core)
{
    struct state_bytes state = {.data = malloc(SNAPSHOT_BYTES_MAX)};
    void *scratch = malloc(core_snapshot_scratch(core));
    CHECK(state.data != NULL && scratch != NULL);
    struct core_sink sink = {&state, state_write};
    CHECK(core_snapshot(core, scratch, &sink));
    free(scratch);
    return state;
}

/* Goes on with a core that is built from this one's snapshot. */
static enum fault core_rebuild(struct player *player)
{
    struct state_bytes state = state_take(player->core);
    free(player->block);
    core_make(player);
    struct core_restore restore;
    const char *reason = "";
    bool good = true;
    core_restore_begin(&restore, player->core);
    for (size_t at = 0; at < state.used && good;) {
        size_t size = core_restore_size(state.data + at, state.used - at);
        good = size > 0 && core_restore_record(&restore, state.data + at, size, &reason);
        at += size;
    }
    good = good && core_restore_end(&restore, &reason);
    free(state.data);
    return good ? FAULT_NONE : FAULT(FAULT_DIVERGED, "the snapshot is refused: %s", reason);
}

static enum fault play_all(struct player *player, enum golden_way way)
{
    const struct golden *golden = player->golden;
    for (u32 i = 0; i < golden->batches_count; i++) {
        if (way == GOLDEN_BATCHED) {
            play_batched(player, &golden->batches[i]);
        } else {
            play_singly(player, &golden->batches[i]);
        }
        if (way == GOLDEN_RESTORED && i == golden->batches_count / 2) {
            TRY(core_rebuild(player));
        }
    }
    core_validate(player->core);
    return FAULT_NONE;
}

enum fault golden_play(const struct golden *golden, enum golden_way way, struct golden_watch *watch,
                       struct golden_result *result_out)
{
    *result_out = (struct golden_result){.commands = 0};
    struct player player = {.golden = golden, .watch = watch, .result = result_out};
    struct sha256 state_hash;
    TRY(sha256_open(&player.events));
    TRY(sha256_open(&state_hash));
    core_make(&player);
    player.output.size = core_event_bytes_max(&golden->limits) + (1 << 16);
    player.output.data = malloc(player.output.size);
    CHECK(player.output.data != NULL);
    sha256_begin(&player.events);
    enum fault fault = play_all(&player, way);
    sha256_end(&player.events, result_out->events_hash);
    struct state_bytes state = state_take(player.core);
    sha256_begin(&state_hash);
    sha256_add(&state_hash, span_of(state.data, state.used));
    sha256_end(&state_hash, result_out->state_hash);
    memcpy(result_out->journal_hash, golden->journal_hash, sizeof result_out->journal_hash);
    result_out->orders = core_counts_of(player.core).orders;
    free(state.data);
    free(player.block);
    free(player.output.data);
    sha256_close(&player.events);
    sha256_close(&state_hash);
    return fault;
}

/* ---- text ---- */

static void print_hash(const u8 hash[SHA256_BYTES], char text_out[2 * SHA256_BYTES + 1])
{
    for (u32 i = 0; i < SHA256_BYTES; i++) {
        (void)snprintf(text_out + 2 * (size_t)i, 3, "%02x", hash[i]);
    }
}

size_t golden_print(const struct golden_result *result, char text_out[GOLDEN_TEXT_BYTES])
{
    char events[2 * SHA256_BYTES + 1];
    char state[2 * SHA256_BYTES + 1];
    char journal[2 * SHA256_BYTES + 1];
    print_hash(result->events_hash, events);
    print_hash(result->state_hash, state);
    print_hash(result->journal_hash, journal);
    int length =
        snprintf(text_out, GOLDEN_TEXT_BYTES,
                 "commands %" PRIu64 "\nvoided %" PRIu64 "\nevent-bytes %" PRIu64
                 "\ntrades %" PRIu64 "\nopen-orders %" PRIu64 "\njournal %s\nevents %s\nstate %s\n",
                 result->commands, result->voided, result->event_bytes, result->trades,
                 result->orders, journal, events, state);
    CHECK(length > 0 && (size_t)length < GOLDEN_TEXT_BYTES);
    return (size_t)length;
}
