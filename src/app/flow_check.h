/* Looks at the events of a replayed flow, after the clock has stopped: did the venue give every
 * order the id that was foreseen, what traded, what was refused, and how often the book looked as
 * the recording says it did.
 *
 * Events come in order, in as many pieces as the caller likes. */
#ifndef APP_FLOW_CHECK_H
#define APP_FLOW_CHECK_H

#include "app/book_view.h"
#include "app/flow.h"
#include "app/progress.h"
#include "wire/reject.h"

#define FLOW_EARLIER 8U /* commands that a late picture may be behind */

/* How a group of snapshots compares with the book at their moments. */
struct flow_agreement {
    u64 snapshots;
    u64 snapshots_equal; /* in all their levels */
    u64 snapshots_late;  /* others: they equal the book as it was a few commands earlier */
    u64 levels;
    u64 levels_equal; /* same place, price and amount */
    u64 prices_equal; /* same place and price */
};

/* The best levels as they were before a command; those not filled in are zero. */
struct flow_top {
    struct flow_level levels[2][FLOW_LEVELS];
};

struct flow_check {
    const struct flow *flow;
    struct progress *progress; /* NULL: nobody looks */
    bool with_view;
    struct book_view view;

    u64 events;
    u64 events_bytes;
    u64 accepted; /* orders numbered so far */
    u64 misnumbered;
    struct flow_order misnumbered_first;
    u64 trades_before; /* in the setup and the prefill */
    u64 trades;
    u64 qty;  /* lots */
    u64 hash; /* order_file_mix over file ids, ticks, lots */
    u64 fees_base;
    u64 fees_quote;
    u64 rejected;
    u64 rejected_by[REJECT_COUNT];
    u64 rejected_first_index; /* source_index of the first one */
    u8 rejected_first_source;

    u64 group_size;                           /* snapshots per group */
    struct flow_table groups[FLOW_KINDS_MAX]; /* struct flow_agreement */
    u64 snapshots_seen[FLOW_KINDS_MAX];
    struct flow_top earlier[FLOW_EARLIER]; /* a ring */
    u64 earlier_count;
    u64 seq; /* of the last event */
    size_t snapshot_next;
};

/* `group_size`: how many snapshots a line of the report sums up. */
MUST_USE enum fault flow_check_open(struct flow_check *check, const struct flow *flow,
                                    u64 group_size);
void flow_check_close(struct flow_check *check);
#define SCOPED_FLOW_CHECK __attribute__((cleanup(flow_check_close))) struct flow_check

MUST_USE enum fault flow_check_events(struct flow_check *check, struct span events);
/* After the last event. */
MUST_USE enum fault flow_check_end(struct flow_check *check);

/* Over all groups from `from` on. */
struct flow_agreement flow_check_sum(const struct flow_check *check, u32 kind, size_t from);

/* Whether the flow's oracle holds; the resting orders are counted by the caller. On a difference
 * FAULT_DIVERGED names it. True flows without an oracle: FAULT_NONE unless an id was not as
 * foreseen. */
MUST_USE enum fault flow_check_verdict(const struct flow_check *check, u64 resting);

#endif /* APP_FLOW_CHECK_H */
