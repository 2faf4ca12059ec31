#include "io/journal_read.h"

#include "base/check.h"
#include "io/gate.h"
#include "io/journal_walk.h"

#include <pthread.h>
#include <stdatomic.h>

enum { SPIN_NS = 20000, SLEEP_MS = 100 };

/* Windows go round: the walk fills number n, the caller goes through number n - k. The two counters
 * are the whole protocol; each has one writer. */
struct journal_reader {
    struct journal_walk walk;
    u32 windows_count;
    struct journal_window windows[JOURNAL_WINDOWS_MAX];
    _Atomic u64 filled_count;   /* windows filled so far: written by the filler */
    _Atomic u64 released_count; /* windows given back so far: written by the caller */
    struct gate filled_gate;
    struct gate released_gate;
    bool thread_runs;
    pthread_t thread;
    _Atomic bool stop;
    /* The caller's. */
    struct journal_window *window; /* the one it is in, NULL between two */
    u32 batch_index;
    bool over;
};

static struct journal_window *window_number(struct journal_reader *reader, u64 number)
{
    return &reader->windows[number % reader->windows_count];
}

/* Fills the next window, which is free; false when nothing will follow. */
static bool reader_fill(struct journal_reader *reader)
{
    u64 number = atomic_load_explicit(&reader->filled_count, memory_order_relaxed);
    struct journal_window *previous = number == 0 ? NULL : window_number(reader, number - 1);
    struct journal_window *window = window_number(reader, number);
    journal_walk_fill(&reader->walk, window, previous);
    bool last = window->last;
    atomic_store_explicit(&reader->filled_count, number + 1, memory_order_release);
    gate_open(&reader->filled_gate);
    return !last;
}

static bool reader_stopped(struct journal_reader *reader)
{
    return atomic_load_explicit(&reader->stop, memory_order_acquire);
}

/* Waits for a free window; false when the caller has closed. */
static bool reader_wait_free(struct journal_reader *reader)
{
    while (!reader_stopped(reader)) {
        u32 seen = gate_prepare(&reader->released_gate);
        u64 filled = atomic_load_explicit(&reader->filled_count, memory_order_relaxed);
        u64 released = atomic_load_explicit(&reader->released_count, memory_order_acquire);
        CHECK(filled - released <= reader->windows_count);
        if (filled - released < reader->windows_count) {
            return true;
        }
        gate_wait(&reader->released_gate, seen, SPIN_NS, SLEEP_MS);
    }
    return false;
}

static void *reader_thread(void *argument)
{
    struct journal_reader *reader = argument;
    (void)pthread_setname_np(pthread_self(), "journal-read");
    while (reader_wait_free(reader) && reader_fill(reader)) {
    }
    return NULL;
}

size_t journal_reader_footprint(const struct journal_reader_config *config)
{
    struct journal_reader_config full;
    if (journal_walk_config(config, &full) != FAULT_NONE) {
        return 0;
    }
    struct footprint footprint = {0};
    footprint_add(&footprint, 1, sizeof(struct journal_reader), JOURNAL_BLOCK_BYTES);
    footprint_add(&footprint, 1, journal_walk_footprint(&full), JOURNAL_BLOCK_BYTES);
    footprint_add(&footprint, full.windows_count, journal_window_footprint(&full),
                  JOURNAL_BLOCK_BYTES);
    CHECK(!footprint.overflown);
    return footprint.bytes;
}

static enum fault reader_start_thread(struct journal_reader *reader)
{
    int error = pthread_create(&reader->thread, NULL, reader_thread, reader);
    if (error != 0) {
        return FAULT_ERRNO(error, "journal reader of %s: thread", reader->walk.folder.path);
    }
    reader->thread_runs = true;
    return FAULT_NONE;
}

enum fault journal_reader_open(struct journal_reader **reader_out,
                               const struct journal_reader_config *config, struct arena *arena)
{
    *reader_out = NULL;
    struct journal_reader_config full;
    TRY(journal_walk_config(config, &full));
    struct journal_reader *reader =
        arena_take(arena, sizeof(struct journal_reader), JOURNAL_BLOCK_BYTES);
    CHECK(reader != NULL);
    *reader = (struct journal_reader){.windows_count = full.windows_count};
    atomic_init(&reader->filled_count, 0);
    atomic_init(&reader->released_count, 0);
    atomic_init(&reader->stop, false);
    gate_init(&reader->filled_gate);
    gate_init(&reader->released_gate);
    enum fault fault = journal_walk_open(&reader->walk, &full, arena);
    for (u32 index = 0; fault == FAULT_NONE && index < full.windows_count; index += 1) {
        journal_window_init(&reader->windows[index], &full, arena);
    }
    if (fault == FAULT_NONE && full.windows_count > 1) {
        fault = reader_start_thread(reader);
    }
    if (fault != FAULT_NONE) {
        journal_walk_close(&reader->walk);
        return fault;
    }
    *reader_out = reader;
    return FAULT_NONE;
}

/* The next filled window: filled here, or by the thread. */
static void reader_next_window(struct journal_reader *reader)
{
    u64 released = atomic_load_explicit(&reader->released_count, memory_order_relaxed);
    if (!reader->thread_runs) {
        (void)reader_fill(reader);
    }
    for (;;) {
        u32 seen = gate_prepare(&reader->filled_gate);
        if (atomic_load_explicit(&reader->filled_count, memory_order_acquire) > released) {
            break;
        }
        gate_wait(&reader->filled_gate, seen, SPIN_NS, SLEEP_MS);
    }
    reader->window = window_number(reader, released);
    reader->batch_index = 0;
}

static void reader_release_window(struct journal_reader *reader)
{
    reader->window = NULL;
    atomic_fetch_add_explicit(&reader->released_count, 1, memory_order_release);
    gate_open(&reader->released_gate);
}

enum fault journal_reader_next(struct journal_reader *reader, struct journal_batch *batch_out,
                               bool *more_out)
{
    *more_out = false;
    while (!reader->over || reader->walk.config.live) {
        if (reader->window == NULL) {
            reader_next_window(reader);
        }
        struct journal_window *window = reader->window;
        if (reader->batch_index < window->batches_count) {
            *batch_out = window->batches[reader->batch_index];
            reader->batch_index += 1;
            *more_out = true;
            return FAULT_NONE;
        }
        if (window->fault != FAULT_NONE) {
            /* The window stays, so that asking again gives the same answer. */
            fault_trail_adopt(&window->trail);
            return window->fault;
        }
        reader->over = window->last;
        reader_release_window(reader);
        if (reader->over) {
            break;
        }
    }
    return FAULT_NONE;
}

const struct journal_end *journal_reader_end(const struct journal_reader *reader)
{
    CHECK(reader->over);
    CHECK(reader->walk.ended);
    return &reader->walk.end;
}

void journal_reader_progress(const struct journal_reader *reader, u64 *bytes_done_out,
                             u64 *bytes_all_out)
{
    *bytes_done_out = atomic_load_explicit(&reader->walk.bytes_done, memory_order_relaxed);
    *bytes_all_out = atomic_load_explicit(&reader->walk.bytes_all, memory_order_relaxed);
}

void journal_reader_close(struct journal_reader *reader)
{
    if (reader == NULL) {
        return;
    }
    if (reader->thread_runs) {
        atomic_store_explicit(&reader->stop, true, memory_order_release);
        gate_open(&reader->released_gate);
        (void)pthread_join(reader->thread, NULL);
        reader->thread_runs = false;
    }
    journal_walk_close(&reader->walk);
}
