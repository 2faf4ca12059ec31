/* The list of the sanctions lists that are kept up to date (lists.sources in the configuration), a
 * line for each:
 *
 *     NAME FORMAT HOURS file PATH...
 *     NAME FORMAT HOURS command EVERY LIMIT PROGRAM [ARGUMENT...]
 *
 * NAME is 1 to 12 small letters, digits and -; FORMAT one of role/lists/list_read.h, auto tells it
 * from the content; HOURS is how long the list is good after its source has confirmed it. Files are
 * kept up to date by somebody; a command is run every EVERY seconds, for at most LIMIT, in a folder
 * of its own: what it prints is the list, or else the files that it leaves there
 * (app/list_feeds.h). Words have one blank between them, and none inside; a relative PATH lies
 * below the venue's folder. docs/lists.md. */
#ifndef APP_LIST_SOURCES_H
#define APP_LIST_SOURCES_H

#include "app/feed_command.h"
#include "base/base.h"
#include "io/fault.h"
#include "role/lists/list_agent.h"

#define LIST_SOURCE_HOURS_MAX 8760U

struct list_sources {
    struct list_watch watches[LIST_WATCHES_MAX];
    u32 count;
    struct feed_command commands[LIST_WATCHES_MAX];
    u32 commands_count;
};

/* FAULT_CONFIG with "NAME:LINE: reason". `folder` is the venue's. */
MUST_USE enum fault list_sources_read(struct span text, const char *name, const char *folder,
                                      struct list_sources *sources_out);
/* A file below the venue's folder, or at an absolute path; "none": no lists. */
MUST_USE enum fault list_sources_read_file(const char *path, const char *folder,
                                           struct list_sources *sources_out);

#endif /* APP_LIST_SOURCES_H */
