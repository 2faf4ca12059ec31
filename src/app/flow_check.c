#include "app/flow_check.h"

#include "app/order_file.h"
#include "base/bytes.h"
#include "base/check.h"

#include <string.h>

#define PROGRESS_EVERY 65536U /* events */

enum fault flow_check_open(struct flow_check *check, const struct flow *flow, u64 group_size)
{
    CHECK(group_size > 0);
    *check = (struct flow_check){
        .flow = flow, .with_view = flow->snapshots.used > 0, .group_size = group_size};
    if (check->with_view) {
        TRY(book_view_open(&check->view, &flow->market));
    }
    return FAULT_NONE;
}

void flow_check_close(struct flow_check *check)
{
    book_view_close(&check->view);
    for (u32 kind = 0; kind < FLOW_KINDS_MAX; kind += 1) {
        flow_table_release(&check->groups[kind]);
    }
}

/* ---- snapshots ---- */

static enum fault group_of(struct flow_check *check, u32 kind, struct flow_agreement **group_out)
{
    struct flow_table *groups = &check->groups[kind];
    if (check->snapshots_seen[kind] % check->group_size == 0) {
        struct flow_agreement empty = {.snapshots = 0};
        TRY(flow_table_add(groups, span_of(&empty, sizeof(empty))));
    }
    check->snapshots_seen[kind] += 1;
    *group_out =
        &((struct flow_agreement *)(void *)groups->data)[groups->used / sizeof(**group_out) - 1];
    return FAULT_NONE;
}

static void take_top(const struct flow_check *check, struct flow_top *top_out)
{
    *top_out = (struct flow_top){.levels = {{{.ticks = 0}}}};
    for (u32 side = 0; side < 2; side += 1) {
        (void)book_view_levels(&check->view, (enum side)side, top_out->levels[side], FLOW_LEVELS);
    }
}

/* Compares level by level; returns how many differ. */
static u64 count_different(const struct flow_snapshot *snapshot, const struct flow_top *top,
                           struct flow_agreement *counts)
{
    u64 different = 0;
    for (u32 side = 0; side < 2; side += 1) {
        for (u32 i = 0; i < snapshot->depth; i += 1) {
            const struct flow_level *ours = &top->levels[side][i];
            const struct flow_level *theirs = &snapshot->levels[side][i];
            bool equal = ours->ticks == theirs->ticks && ours->lots == theirs->lots;
            if (equal && theirs->lots == 0) {
                continue; /* neither has so many levels */
            }
            counts->levels += 1;
            counts->levels_equal += equal ? 1 : 0;
            counts->prices_equal += ours->ticks == theirs->ticks ? 1 : 0;
            different += equal ? 0 : 1;
        }
    }
    return different;
}

static enum fault compare(struct flow_check *check, const struct flow_snapshot *snapshot)
{
    CHECK(snapshot->kind < FLOW_KINDS_MAX && snapshot->depth <= FLOW_LEVELS);
    struct flow_agreement *group = NULL;
    TRY(group_of(check, snapshot->kind, &group));
    struct flow_top now;
    take_top(check, &now);
    group->snapshots += 1;
    if (count_different(snapshot, &now, group) == 0) {
        group->snapshots_equal += 1;
        return FAULT_NONE;
    }
    for (u64 i = 0; i < u64_min(check->earlier_count, FLOW_EARLIER); i += 1) {
        struct flow_agreement ignored = {.levels = 0};
        if (count_different(snapshot, &check->earlier[i], &ignored) == 0) {
            group->snapshots_late += 1;
            break;
        }
    }
    return FAULT_NONE;
}

/* All snapshots taken before command number `seq` had its effect. */
static enum fault compare_before(struct flow_check *check, u64 seq)
{
    const struct flow *flow = check->flow;
    size_t count = flow->snapshots.used / sizeof(struct flow_snapshot);
    const struct flow_snapshot *snapshots =
        (const struct flow_snapshot *)(const void *)flow->snapshots.data;
    while (check->snapshot_next < count &&
           flow->setup_count + snapshots[check->snapshot_next].commands < seq) {
        TRY(compare(check, &snapshots[check->snapshot_next]));
        check->snapshot_next += 1;
    }
    return FAULT_NONE;
}

struct flow_agreement flow_check_sum(const struct flow_check *check, u32 kind, size_t from)
{
    struct flow_agreement sum = {.snapshots = 0};
    const struct flow_agreement *groups =
        (const struct flow_agreement *)(const void *)check->groups[kind].data;
    for (size_t i = from; i < check->groups[kind].used / sizeof(sum); i += 1) {
        sum.snapshots += groups[i].snapshots;
        sum.snapshots_equal += groups[i].snapshots_equal;
        sum.snapshots_late += groups[i].snapshots_late;
        sum.levels += groups[i].levels;
        sum.levels_equal += groups[i].levels_equal;
        sum.prices_equal += groups[i].prices_equal;
    }
    return sum;
}

/* ---- events ---- */

static const struct flow_order *foreseen(const struct flow_check *check, u64 order_id)
{
    if (order_id == 0 || order_id > flow_orders_count(check->flow)) {
        return NULL;
    }
    return &((const struct flow_order *)(const void *)check->flow->orders.data)[order_id - 1];
}

static void check_new(struct flow_check *check, struct span record)
{
    struct event_order_new event = {.order_id = 0};
    memcpy(&event, record.data, u64_min(record.size, sizeof(event)));
    check->accepted += 1;
    const struct flow_order *order = foreseen(check, event.order_id);
    if (event.order_id == check->accepted && order != NULL &&
        order->source_index == event.source_index && event.head.source == FLOW_SOURCE_ORDERS) {
        return;
    }
    if (check->misnumbered == 0) {
        check->misnumbered_first =
            (struct flow_order){.file_id = event.order_id, .source_index = event.source_index};
    }
    check->misnumbered += 1;
}

static void check_trade(struct flow_check *check, struct span record)
{
    struct event_trade event;
    memcpy(&event, record.data, sizeof(event));
    const struct flow *flow = check->flow;
    if (event.head.seq <= flow->setup_count + flow->prefill_count) {
        check->trades_before += 1;
        return;
    }
    const struct flow_order *maker = foreseen(check, event.maker_order_id);
    const struct flow_order *taker = foreseen(check, event.taker_order_id);
    u64 ticks = event.price.units / flow->market.tick; /* raw: the digest counts ticks */
    u64 lots = event.qty.units / flow->market.lot;     /* raw: and lots */
    check->trades += 1;
    check->qty += lots;
    check->hash = order_file_mix(check->hash, maker != NULL ? maker->file_id : 0,
                                 taker != NULL ? taker->file_id : 0, ticks, lots);
    u64 maker_fee = event.maker_fee.units; /* raw: summed up for the report only */
    u64 taker_fee = event.taker_fee.units; /* raw: summed up for the report only */
    bool buys = event.taker_side == SIDE_BUY;
    check->fees_base += buys ? taker_fee : maker_fee;
    check->fees_quote += buys ? maker_fee : taker_fee;
}

static void check_rejected(struct flow_check *check, struct span record)
{
    struct event_rejected event;
    memcpy(&event, record.data, sizeof(event));
    if (check->rejected == 0) {
        check->rejected_first_index = event.source_index;
        check->rejected_first_source = event.head.source;
    }
    check->rejected += 1;
    check->rejected_by[event.reject < REJECT_COUNT ? event.reject : 0] += 1;
}

static enum fault check_event(struct flow_check *check, struct span record)
{
    struct event_head head;
    memcpy(&head, record.data, sizeof(head));
    TRY(compare_before(check, head.seq));
    if (check->with_view) {
        if (head.seq != check->seq) {
            take_top(check, &check->earlier[check->earlier_count % FLOW_EARLIER]);
            check->earlier_count += 1;
        }
        TRY(book_view_apply(&check->view, record));
    }
    check->seq = head.seq;
    switch (head.kind) {
    case EVENT_ORDER_NEW:
        check_new(check, record);
        break;
    case EVENT_TRADE:
        check_trade(check, record);
        break;
    case EVENT_REJECTED:
        check_rejected(check, record);
        break;
    default: /* not an enum: nothing is asked of other kinds */
        break;
    }
    return FAULT_NONE;
}

enum fault flow_check_events(struct flow_check *check, struct span events)
{
    check->events_bytes += events.size;
    for (size_t offset = 0; offset < events.size;) {
        struct span rest = span_after(events, offset);
        size_t size = rest.size >= WIRE_UNIT ? (size_t)rest.data[2] * WIRE_UNIT : 0;
        if (size == 0 || size > rest.size) {
            return FAULT(FAULT_DIVERGED, "the venue's events end inside a record");
        }
        TRY(check_event(check, span_of(rest.data, size)));
        check->events += 1;
        offset += size;
        if (check->progress != NULL && check->events % PROGRESS_EVERY == 0) {
            progress_update(check->progress, offset, events.size);
        }
    }
    return FAULT_NONE;
}

enum fault flow_check_end(struct flow_check *check)
{
    return compare_before(check, UINT64_MAX);
}

/* ---- verdict ---- */

static const char *part_of(u8 source)
{
    return source == FLOW_SOURCE_SETUP ? "setup" : "order";
}

/* The refusal that explains most: the most frequent one. */
static u32 main_reject(const struct flow_check *check)
{
    u32 best = 0;
    for (u32 i = 0; i < REJECT_COUNT; i += 1) {
        if (check->rejected_by[i] > check->rejected_by[best]) {
            best = i;
        }
    }
    return best;
}

static enum fault different(const struct flow_check *check, const char *what, u64 found,
                            u64 expected)
{
    if (check->rejected > 0) {
        return FAULT(FAULT_DIVERGED,
                     "%llu %s, the recording says %llu; %llu commands were refused, mostly %s, "
                     "the first is %s command %llu",
                     (unsigned long long)found, what, (unsigned long long)expected,
                     (unsigned long long)check->rejected, reject_name(main_reject(check)),
                     part_of(check->rejected_first_source),
                     (unsigned long long)check->rejected_first_index);
    }
    return FAULT(FAULT_DIVERGED, "%llu %s, the recording says %llu", (unsigned long long)found,
                 what, (unsigned long long)expected);
}

enum fault flow_check_verdict(const struct flow_check *check, u64 resting)
{
    const struct flow_oracle *oracle = &check->flow->oracle;
    if (check->misnumbered > 0) {
        return FAULT(FAULT_DIVERGED,
                     "%llu orders did not get the id that was foreseen; the first is order %llu of "
                     "command %llu",
                     (unsigned long long)check->misnumbered,
                     (unsigned long long)check->misnumbered_first.file_id,
                     (unsigned long long)check->misnumbered_first.source_index);
    }
    if (check->view.strange > 0) {
        return FAULT(FAULT_DIVERGED, "%llu events do not fit the book made from those before",
                     (unsigned long long)check->view.strange);
    }
    if (!oracle->given) {
        return FAULT_NONE;
    }
    if (check->trades_before > 0) {
        return different(check, "trades in the prefill", check->trades_before, 0);
    }
    if (check->trades != oracle->trades) {
        return different(check, "trades", check->trades, oracle->trades);
    }
    if (check->qty != oracle->qty) {
        return different(check, "lots traded", check->qty, oracle->qty);
    }
    if (check->hash != oracle->hash) {
        return FAULT(FAULT_DIVERGED, "the trades' digest is %016llx, the recording says %016llx",
                     (unsigned long long)check->hash, (unsigned long long)oracle->hash);
    }
    if (resting != oracle->resting) {
        return different(check, "resting orders", resting, oracle->resting);
    }
    return FAULT_NONE;
}
