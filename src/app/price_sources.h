/* The list of the sources of prices (prices.sources in the configuration), a line for each:
 *
 *     NAME file PATH
 *     NAME command EVERY LIMIT PROGRAM [ARGUMENT...]
 *
 * Words have one blank between them, and none inside. A file is kept up to date by somebody; a
 * command is run every EVERY seconds, for at most LIMIT seconds, and what it prints is such a file
 * (app/feeds.h). PROGRAM is an absolute path; there is no shell. A relative PATH lies below the
 * venue's folder. A line that begins with # is a comment. docs/prices.md. */
#ifndef APP_PRICE_SOURCES_H
#define APP_PRICE_SOURCES_H

#include "app/feed_command.h"
#include "base/base.h"
#include "io/fault.h"
#include "role/prices/price_agent.h"

#define PRICE_COMMAND_ENDING ".txt" /* its file: prices/NAME.txt in the venue's folder */

struct price_sources {
    struct price_source sources[PRICE_SOURCES_MAX];
    u32 count;
    struct feed_command commands[PRICE_SOURCES_MAX];
    u32 commands_count;
};

/* FAULT_CONFIG with "NAME:LINE: reason". `folder` is the venue's. */
MUST_USE enum fault price_sources_read(struct span text, const char *name, const char *folder,
                                       struct price_sources *sources_out);
/* A file below the venue's folder, or at an absolute path; "none": no sources. */
MUST_USE enum fault price_sources_read_file(const char *path, const char *folder,
                                            struct price_sources *sources_out);

#endif /* APP_PRICE_SOURCES_H */
