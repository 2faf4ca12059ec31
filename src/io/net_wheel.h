/* Deadlines of many connections: one each, set often, rarely reached.
 *
 * A wheel of slots, one per NET_WHEEL_TICK_MS. Putting a deadline off, which every request does,
 * changes one number: the entry stays in its slot and moves on when that comes by. Deadlines beyond
 * the wheel come by once a turn. Entries are indexes 0 .. count - 1 of the caller's table. */
#ifndef IO_NET_WHEEL_H
#define IO_NET_WHEEL_H

#include "base/base.h"

#define NET_WHEEL_TICK_MS 64U
#define NET_WHEEL_SLOTS   1024U
#define NET_WHEEL_NONE    UINT32_MAX

struct net_wheel_entry {
    u64 due_tick;   /* 0: no deadline */
    u32 visit_tick; /* lower bits of the tick whose slot it is in */
    u32 next;
    u32 before;
};

struct net_wheel {
    struct net_wheel_entry *entries;
    u32 entries_count;
    u32 armed_count;
    u64 tick; /* the next one to be looked at */
    u32 slots[NET_WHEEL_SLOTS];
};

/* `entries` is the caller's memory, all zero. */
void net_wheel_init(struct net_wheel *wheel, struct net_wheel_entry *entries, u32 entries_count,
                    u64 now_ms);

/* The entry is due at due_ms, at the earliest at now_ms + 1; replaces what was set before. due_ms
 * and now_ms are at most 2^60, and now_ms never falls. */
void net_wheel_set(struct net_wheel *wheel, u32 index, u64 due_ms, u64 now_ms);

void net_wheel_clear(struct net_wheel *wheel, u32 index);

ALWAYS_INLINE bool net_wheel_is_set(const struct net_wheel *wheel, u32 index)
{
    return wheel->entries[index].due_tick != 0;
}

/* An entry whose deadline has passed, which has none now; NET_WHEEL_NONE when there is no other. It
 * is never early, and at most a tick late. Between two calls any entry may be set or cleared. */
MUST_USE u32 net_wheel_pop(struct net_wheel *wheel, u64 now_ms);

/* How long until net_wheel_pop may find something; UINT64_MAX when nothing is set. */
u64 net_wheel_wait_ms(const struct net_wheel *wheel, u64 now_ms);

#endif /* IO_NET_WHEEL_H */
