#include "app/screen_batch.h"

#include "base/check.h"
#include "base/span.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum { TEXT_BYTES = SCREEN_BATCH_ROWS_MAX * 256, ROWS_AT_ONCE = 32 };

struct worker {
    struct screen_batch *batch;
    struct name_analyser *analyser;
    struct search *search;
    struct histogram times;
    struct name names[NAME_READINGS_MAX];
    pthread_t thread;
};

struct row {
    u32 text;
    u32 text_size;
    u32 hits_count;
    bool is_name;
};

struct screen_batch {
    const struct screen_index *index;
    u32 threads;
    u32 top;
    u32 needed;
    enum name_kind kind;
    u32 rows_count;
    u32 text_used;
    atomic_uint row_next;
    struct search_hit *hits; /* rows x top */
    struct row rows[SCREEN_BATCH_ROWS_MAX];
    u8 text[TEXT_BYTES];
    struct worker workers[SCREEN_THREADS_MAX];
};

static enum fault worker_open(struct screen_batch *batch, struct worker *worker)
{
    worker->batch = batch;
    histogram_init(&worker->times);
    struct search_sizes sizes =
        search_sizes_of(batch->index, (u32)u64_max(SEARCH_CANDIDATES_DEFAULT, (u64)batch->top * 2));
    TRY(name_analyser_open(&worker->analyser));
    return search_open(&worker->search, &sizes);
}

enum fault screen_batch_open(struct screen_batch **batch_out, const struct screen_index *index,
                             u32 threads, u32 top, u32 needed, enum name_kind kind)
{
    CHECK(threads > 0 && threads <= SCREEN_THREADS_MAX && top > 0 && top <= SCREEN_TOP_MAX);
    struct screen_batch *batch = calloc(1, sizeof(*batch));
    if (batch == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for a batch of names");
    }
    batch->index = index;
    batch->threads = threads;
    batch->top = top;
    batch->needed = needed;
    batch->kind = kind;
    batch->hits = calloc((size_t)SCREEN_BATCH_ROWS_MAX * top, sizeof(struct search_hit));
    enum fault fault = batch->hits != NULL
                           ? FAULT_NONE
                           : FAULT(FAULT_LIMIT, "no memory for the answers of a batch");
    for (u32 i = 0; i < threads && fault == FAULT_NONE; i += 1) {
        fault = worker_open(batch, &batch->workers[i]);
    }
    if (fault != FAULT_NONE) {
        screen_batch_close(batch);
        return fault;
    }
    *batch_out = batch;
    return FAULT_NONE;
}

void screen_batch_close(struct screen_batch *batch)
{
    if (batch != NULL) {
        for (u32 i = 0; i < batch->threads; i += 1) {
            name_analyser_close(batch->workers[i].analyser);
            search_close(batch->workers[i].search);
        }
        free(batch->hits);
        free(batch);
    }
}

bool screen_batch_add(struct screen_batch *batch, struct span text)
{
    text = span_of(text.data, (size_t)u64_min(text.size, NAME_TEXT_BYTES_MAX));
    if (batch->rows_count == SCREEN_BATCH_ROWS_MAX ||
        !span_copy(text, batch->text + batch->text_used, TEXT_BYTES - batch->text_used)) {
        return false;
    }
    batch->rows[batch->rows_count] =
        (struct row){.text = batch->text_used, .text_size = (u32)text.size};
    batch->rows_count += 1;
    batch->text_used += (u32)text.size;
    return true;
}

/* Of the processor, not of the clock on the wall: what else the machine does is not counted. */
static u64 processor_ns(void)
{
    struct timespec time;
    CHECK(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0);
    return (u64)time.tv_sec * 1000000000U + (u64)time.tv_nsec;
}

static u32 take_names(struct worker *worker, struct span text)
{
    enum name_kind kind = worker->batch->kind;
    if (kind == NAME_UNKNOWN) {
        return name_analyse_either(worker->analyser, text, worker->names);
    }
    return name_analyse(worker->analyser, text, kind, &worker->names[0]) ? 1 : 0;
}

static void answer(struct worker *worker, u32 number)
{
    struct screen_batch *batch = worker->batch;
    struct row *row = &batch->rows[number];
    u64 begin_ns = processor_ns();
    u32 count = take_names(worker, span_of(batch->text + row->text, row->text_size));
    row->is_name = count > 0;
    if (row->is_name) {
        struct search_asked asked = {
            .names = worker->names, .names_count = count, .finding_count = count};
        for (u32 i = 0; i < count; i += 1) {
            name_weigh(batch->index->weights->counts, &worker->names[i]);
        }
        row->hits_count = search_run(worker->search, batch->index, &asked, batch->needed,
                                     batch->hits + (size_t)number * batch->top, batch->top);
    }
    histogram_add(&worker->times, processor_ns() - begin_ns);
}

static void *work(void *context)
{
    struct worker *worker = context;
    struct screen_batch *batch = worker->batch;
    for (;;) {
        u32 first = atomic_fetch_add(&batch->row_next, ROWS_AT_ONCE);
        if (first >= batch->rows_count) {
            return NULL;
        }
        for (u32 i = first; i < batch->rows_count && i < first + ROWS_AT_ONCE; i += 1) {
            answer(worker, i);
        }
    }
}

void screen_batch_run(struct screen_batch *batch)
{
    u32 started = 0;
    atomic_store(&batch->row_next, 0);
    for (u32 i = 1; i < batch->threads; i += 1) {
        struct worker *worker = &batch->workers[i];
        if (pthread_create(&worker->thread, NULL, work, worker) != 0) {
            break; /* the others do its part */
        }
        started += 1;
    }
    (void)work(&batch->workers[0]);
    for (u32 i = 1; i <= started; i += 1) {
        (void)pthread_join(batch->workers[i].thread, NULL);
    }
}

u32 screen_batch_rows(const struct screen_batch *batch)
{
    return batch->rows_count;
}

struct screen_answer screen_batch_answer(const struct screen_batch *batch, u32 row)
{
    CHECK(row < batch->rows_count);
    return (struct screen_answer){
        .hits = batch->hits + (size_t)row * batch->top,
        .count = batch->rows[row].hits_count,
        .is_name = batch->rows[row].is_name,
    };
}

void screen_batch_clear(struct screen_batch *batch)
{
    batch->rows_count = 0;
    batch->text_used = 0;
}

void screen_batch_times(const struct screen_batch *batch, struct histogram *times)
{
    histogram_init(times);
    for (u32 i = 0; i < batch->threads; i += 1) {
        histogram_merge(times, &batch->workers[i].times);
    }
}
