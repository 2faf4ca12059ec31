/* Many names against one index, on several threads, answers in the order of the questions. */
#ifndef APP_SCREEN_BATCH_H
#define APP_SCREEN_BATCH_H

#include "base/histogram.h"
#include "role/screen/search.h"

#define SCREEN_THREADS_MAX    64U
#define SCREEN_BATCH_ROWS_MAX 8192U
#define SCREEN_TOP_MAX        1000U

struct screen_batch;

/* What one row is answered. */
struct screen_answer {
    const struct search_hit *hits;
    u32 count;
    bool is_name; /* false: the text holds no name */
};

MUST_USE enum fault screen_batch_open(struct screen_batch **batch_out,
                                      const struct screen_index *index, u32 threads, u32 top,
                                      u32 needed, enum name_kind kind);
/* NULL is fine. */
void screen_batch_close(struct screen_batch *batch);

/* Adds a row. False: the batch is full, run it first. */
MUST_USE bool screen_batch_add(struct screen_batch *batch, struct span text);
/* Answers the rows that were added. */
void screen_batch_run(struct screen_batch *batch);
u32 screen_batch_rows(const struct screen_batch *batch);
struct screen_answer screen_batch_answer(const struct screen_batch *batch, u32 row);
/* Empties it. */
void screen_batch_clear(struct screen_batch *batch);

/* Nanoseconds of processor of each name, of all threads together: taking it apart, finding and
 * scoring. */
void screen_batch_times(const struct screen_batch *batch, struct histogram *times);

#endif /* APP_SCREEN_BATCH_H */
