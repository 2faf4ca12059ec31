/* The count of a search: the desk has what is searched for as a hash alone, so whoever has the
 * paper hands the value in, once the search is approved, logged and has waited; `keep` holds it
 * against the case's hashes and says how many people have it (wire/count_line.h). The number
 * becomes the act `counted` of the process.
 *
 *     desk.sock ─ value ─▶ desk_search ─ value, hashes ─▶ keep
 *                  case ◀─ counted ◀─ a number ──────────┘
 *
 * The value is passed on and forgotten: it is in no file, no log and no answer. One question is
 * under way at a time. docs/desk.md "Bulk and search". */
#ifndef ROLE_DESK_DESK_SEARCH_H
#define ROLE_DESK_DESK_SEARCH_H

#include "base/base.h"
#include "base/span.h"
#include "io/clock.h"
#include "io/fault.h"
#include "role/desk/desk_store.h"

#define DESK_SEARCH_WAIT_S 60U /* `keep` answers within it, or is away */

struct desk_search;

struct desk_search_counts {
    u64 counted;
    u64 wrong; /* 1: the line has ended, since no sound `keep` was at it */
};

/* line: to `keep`, which stays the caller's; 0 and below: there is none. FAULT_LIMIT. */
MUST_USE enum fault desk_search_open(struct desk_search **search_out, int line,
                                     struct clock *clock);
/* NULL is fine. */
void desk_search_close(struct desk_search *search);

/* Asks for the case. `paper` has a line "1 FIELD VALUE": an identifier that the case has, or two of
 * them, a name and a birth date; the caller wipes it. FAULT_INPUT: it has not. FAULT_REFUSED: the
 * text names the rule, or says that there is no vault, or that another question is under way. */
MUST_USE enum fault desk_search_ask(struct desk_search *search, const struct desk_case *at,
                                    struct span paper, u64 now_s);

/* What became of the last question about the case: "waits", "counted", "other" (the case does not
 * have this value), "form" (the index has none of this form), "limit" (too many look-ups in this
 * hour), "away" (`keep` did not answer), "refused" (the case went on meanwhile), "none" (nobody
 * asked since the start). */
const char *desk_search_state(const struct desk_search *search, const struct desk_case *at);

/* Takes the answer. A fault is the store's. */
MUST_USE enum fault desk_search_turn(struct desk_search *search, struct desk_store *store,
                                     const struct desk_staff *staff, u64 now_s, bool *busy_out);

struct desk_search_counts desk_search_counts(const struct desk_search *search);

#endif /* ROLE_DESK_DESK_SEARCH_H */
