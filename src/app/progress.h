/* A line that says how far a long job is, at what rate, and how long it will still take.
 *
 * It appears only on a terminal and only when the whole has taken a second, a few times a second,
 * and leaves no trace when the job ends. Updating it is cheap enough for every batch. */
#ifndef APP_PROGRESS_H
#define APP_PROGRESS_H

#include "base/base.h"
#include "io/clock.h"

struct progress {
    struct clock *clock;
    int descriptor;   /* -1: says nothing */
    const char *what; /* "reading", "replaying" */
    const char *unit; /* "orders"; "bytes" prints as KiB, MiB, GiB */
    u64 first_ns;     /* nothing appears before */
    u64 start_ns;     /* of the present job */
    u64 next_ns;
    bool shown;
};

/* To standard error, if that is a terminal. */
void progress_init(struct progress *progress, struct clock *clock, const char *what,
                   const char *unit);
/* A new job on the same line. */
void progress_begin(struct progress *progress, const char *what, const char *unit);
/* `all` 0: unknown. */
void progress_update(struct progress *progress, u64 done, u64 all);
void progress_end(struct progress *progress);

/* The line that would be written, without control characters; for tests. */
#define PROGRESS_LINE_BYTES 128U
u32 progress_render(const struct progress *progress, u64 done, u64 all, u64 elapsed_ns,
                    char line_out[PROGRESS_LINE_BYTES]);

#endif /* APP_PROGRESS_H */
