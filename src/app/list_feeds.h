/* Programs that fetch lists, run by the process `feeds` (app/feeds.h) beside those that fetch
 * prices, in the same manner.
 *
 *     program ─▶ lists/fetched/NAME.new/ ─▶ lists/fetched/NAME.SECONDS/, whole
 *
 * A program works in a folder that is empty when it starts. What it prints is the list; if it
 * prints nothing, the files are that it has left there. They count when it ends with exit code 0
 * within its time: the folder then gets its name, with the time of the end in seconds since 1970,
 * and folders older than the one before it are removed. What fails is told in the log once, until
 * it is another reason, and what was fetched before stays: the list grows stale. */
#ifndef APP_LIST_FEEDS_H
#define APP_LIST_FEEDS_H

#include "app/feeds.h"
#include "app/list_sources.h"
#include "io/clock.h"

#define LIST_FETCH_BYTES_MAX (2ULL << 30) /* of one file */
#define LIST_FETCH_OUTPUT    "output"     /* the file of what it has printed */

struct list_feed_run {
    pid_t pid; /* 0: it does not run */
    u64 due_ns;
    u64 until_ns;
    u64 last_s; /* of the last folder, so that names grow */
    char reason[FEED_REASON_BYTES];
};

struct list_feeds {
    const struct list_sources *sources;
    const char *folder; /* the venue's */
    struct clock *clock;
    struct list_feed_run runs[LIST_WATCHES_MAX];
};

void list_feeds_begin(struct list_feeds *feeds, const struct list_sources *sources,
                      const char *folder, struct clock *clock);
/* Starts what is due and looks after what runs; never waits. */
void list_feeds_step(struct list_feeds *feeds);
/* Kills what runs. */
void list_feeds_end(struct list_feeds *feeds);

#endif /* APP_LIST_FEEDS_H */
