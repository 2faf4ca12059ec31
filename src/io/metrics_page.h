/* A page of metrics: what one process counts, as text in shared memory, for another one to read.
 *
 * A process that counts writes its page now and then (metrics_page_put); the one that an operator
 * asks reads all pages (metrics_page_get), also those of processes that have died since. Neither
 * waits for the other. The reader believes nothing: the size has a bound, and a text with any byte
 * that such texts do not have is none. */
#ifndef IO_METRICS_PAGE_H
#define IO_METRICS_PAGE_H

#include "base/base.h"
#include "io/fault.h"
#include "io/metrics.h"
#include "io/shared_memory.h"

struct metrics_page {
    struct shared_memory shared;
};

/* Said with each text. */
struct metrics_page_state {
    u64 time_us;   /* when it was written */
    bool is_ready; /* whether the process did then what it is there for */
};

/* As of shared_memory.h. A new page has no text. */
MUST_USE enum fault metrics_page_create(struct metrics_page *page, const char *name);
MUST_USE enum fault metrics_page_attach(struct metrics_page *page, int descriptor);
void metrics_page_close(struct metrics_page *page);

/* Writes all of the metrics. One writer at a time; one that died in between is no harm to the next.
 * FAULT_LIMIT: they do not fit, and the text is empty now. */
MUST_USE enum fault metrics_page_put(struct metrics_page *page, const struct metrics *metrics,
                                     const struct metrics_page_state *state);

/* Copies the text, without a zero at its end, into METRICS_TEXT_BYTES_ENOUGH bytes. False when
 * there is none, it is being written, or it is not such a text. */
MUST_USE bool metrics_page_get(const struct metrics_page *page, char *target, size_t *size_out,
                               struct metrics_page_state *state_out);

/* When it was written last; 0: never. One number, without looking at the text. */
u64 metrics_page_time_us(const struct metrics_page *page);

#endif /* IO_METRICS_PAGE_H */
