/* What events.db keeps of restrictions: the facts, links and packs as the event log has told them,
 * every decision as a leaf, and the days with their roots.
 *
 *     image, then events ──▶ facts, links, packs ─┐
 *                  └──▶ decisions ────────────────┴─▶ leaves of the open day ──▶ day, line
 *
 * A function of the events, the venue's key and the moments at which idle days were closed, which
 * the lines say. It writes through the publog's own connection, so that what was read and how far
 * are kept in one step: between publog_take_begin and publog_take_end, restrict_book_keep last.
 * After a fault the book is closed and opened again. docs/restriction-log.md. */
#ifndef ROLE_VAULT_RESTRICT_BOOK_H
#define ROLE_VAULT_RESTRICT_BOOK_H

#include "base/base.h"
#include "io/eventlog.h"
#include "role/vault/publog.h"
#include "role/vault/restrict_leaf.h"
#include "role/vault/restrict_line.h"

#define RESTRICT_GRACE_US     60000000ULL /* a day is closed so long after its end */
#define RESTRICT_DAYS_A_TURN  512U
#define RESTRICT_DAYS_AT_ONCE 36525U /* between two events; what is more is no clock's */

struct restrict_book;

/* Makes the tables where they are not there. FAULT_FOREIGN: another key made the salts. The publog
 * outlives the book. */
MUST_USE enum fault restrict_book_open(struct restrict_book **book_out, struct publog *publog,
                                       const u8 key[RESTRICT_KEY_BYTES]);
/* NULL is fine. Before publog_close. */
void restrict_book_close(struct restrict_book *book);

/* Whether it follows: it knows every fact of before. */
bool restrict_book_is_begun(const struct restrict_book *book);
/* From the venue's first event on. */
MUST_USE enum fault restrict_book_begin(struct restrict_book *book);
/* Events went by that it was not told: it follows no more, and closes no day, until it resumes. */
void restrict_book_stop(struct restrict_book *book);
/* From an image at `position` on: what was known is forgotten, then each of its records comes, then
 * the end. A day that is open, and all up to the image's, are said to have missed something.
 * FAULT_MISSING: it says of no venue; the book has not begun. */
MUST_USE enum fault restrict_book_resume(struct restrict_book *book, u64 position, u64 now_us);
MUST_USE enum fault restrict_book_state(struct restrict_book *book, const u8 *record, size_t size);
MUST_USE enum fault restrict_book_resumed(struct restrict_book *book);

/* Events in the order of their positions; chunks before the image's are passed over, and all where
 * it is not begun. `now_us` is the venue's clock, for lines. */
MUST_USE enum fault restrict_book_chunk(struct restrict_book *book,
                                        const struct eventlog_chunk *chunk, u64 now_us);
/* Whether days have ended by the venue's clock while nothing was told. */
bool restrict_book_is_due(const struct restrict_book *book, u64 now_us);
/* Closes them, RESTRICT_DAYS_A_TURN at most. */
MUST_USE enum fault restrict_book_idle(struct restrict_book *book, u64 now_us);
/* The state of the book itself, before publog_take_end. *has_line_out: a line was kept since the
 * last time. */
MUST_USE enum fault restrict_book_keep(struct restrict_book *book, bool *has_line_out);

#endif /* ROLE_VAULT_RESTRICT_BOOK_H */
