/* The desk's end of the gateway's line (wire/desk_line.h): of which openings a person was noticed.
 *
 * Told are the cases in which a notice went out, to whom they concern, and of these the groups that
 * were granted of this person, the letter, and the log's receipt of the opening. Of a case that
 * nobody was told of, this says nothing, whatever is asked. docs/desk.md "The gateway's line". */
#ifndef ROLE_DESK_DESK_NOTICED_H
#define ROLE_DESK_DESK_NOTICED_H

#include "base/base.h"
#include "io/clock.h"
#include "io/fault.h"
#include "role/desk/desk_store.h"
#include "wire/desk_line.h"

#define DESK_NOTICED_ASKS_MAX 8U /* taken from the line in one turn */

struct desk_noticed;

struct desk_noticed_counts {
    u64 asked;
    u64 unheard; /* answers for which the line had no room */
    u64 wrong;   /* 1: the line has ended, since no sound gateway was at it */
};

/* line -1: nobody asks. log: the log's socket, NULL where there is none; it outlives this.
 * FAULT_LIMIT, FAULT_CONFIG as desk_show_open. */
MUST_USE enum fault desk_noticed_open(struct desk_noticed **noticed_out, int line, const char *log,
                                      struct clock *clock);
/* NULL is fine. */
void desk_noticed_close(struct desk_noticed *noticed);

/* Answers what has come. A fault is the store's. */
MUST_USE enum fault desk_noticed_turn(struct desk_noticed *noticed, struct desk_store *store,
                                      bool *busy_out);

struct desk_noticed_counts desk_noticed_counts(const struct desk_noticed *noticed);

#endif /* ROLE_DESK_DESK_NOTICED_H */
