/* Programs that fetch prices: a process of the venue that runs each command of the list of sources
 * (app/price_sources.h) every so many seconds, and puts what it has printed into the file that the
 * price agent reads. It holds no channel and no secret of the venue, and may reach the network,
 * which is why the agent itself does not run them.
 *
 *     program ─▶ standard output, at most PRICE_TEXT_BYTES_MAX ─▶ prices/NAME.txt, whole
 *
 * A program has no input, no environment but PATH, and nobody reads its errors. What it prints
 * counts when it ends with exit code 0 within its time; it is killed at the end of that, with all
 * that it has started in its process group. One of each at a time. What fails is told in the log
 * once, until it is another reason, and the file stays as it is: its prices grow old. */
#ifndef APP_FEEDS_H
#define APP_FEEDS_H

#include "app/price_sources.h"
#include "base/base.h"
#include "io/clock.h"
#include "role/prices/price_line.h"

#include <sys/types.h>

#define FEED_REASON_BYTES 96U

struct feed_run {
    pid_t pid;      /* 0: it does not run */
    int output;     /* -1: closed */
    u64 due_ns;     /* when it is to run next */
    u64 until_ns;   /* when it is killed */
    size_t size;    /* of what it has printed */
    bool is_larger; /* than may be */
    bool is_late;
    u64 runs_count;
    u64 failures_count;
    char reason[FEED_REASON_BYTES]; /* what was told; empty: it is good */
    u8 text[PRICE_TEXT_BYTES_MAX];
};

struct feeds {
    const struct price_sources *sources;
    struct clock *clock;
    struct feed_run runs[PRICE_SOURCES_MAX];
};

void feeds_begin(struct feeds *feeds, const struct price_sources *sources, struct clock *clock);
/* Starts what is due, waits at most timeout_ms, takes what comes. */
void feeds_step(struct feeds *feeds, u32 timeout_ms);
/* Kills what runs. */
void feeds_end(struct feeds *feeds);

struct list_sources;

/* The whole life of the process, which also fetches lists (app/list_feeds.h), until SIGTERM; its
 * exit code. `folder` is the venue's. */
int feeds_run(const struct price_sources *sources, const struct list_sources *lists,
              const char *folder);

#endif /* APP_FEEDS_H */
