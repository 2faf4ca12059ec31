/* A history that begins at an image of the event log, because the log no longer reaches back to the
 * first event.
 *
 * The image is the state, not the past. From it come the markets, the open orders and lists, what
 * is held, and for each balance a line with the cause HISTORY_CAUSE_OPENING. What was over by then,
 * and every trade before, is not known; docs/history.md lists it. */
#ifndef ROLE_HISTORY_IMAGE_H
#define ROLE_HISTORY_IMAGE_H

#include "io/file.h"
#include "role/history/store.h"

/* Fills a store to which nothing has been committed yet, in one transaction, from the newest image
 * in `events`. The store's point then says where to go on and where it began. FAULT_MISSING: there
 * is no image. FAULT_ROT: its records cannot be. */
MUST_USE enum fault image_apply(struct store *store, struct disk *disk, const char *events);

#endif /* ROLE_HISTORY_IMAGE_H */
