#include "io/net_wheel.h"

#include "base/check.h"

_Static_assert((NET_WHEEL_SLOTS & (NET_WHEEL_SLOTS - 1)) == 0, "a slot is the tick's lower bits");

static u32 slot_of(u64 tick)
{
    return (u32)(tick & (NET_WHEEL_SLOTS - 1));
}

void net_wheel_init(struct net_wheel *wheel, struct net_wheel_entry *entries, u32 entries_count,
                    u64 now_ms)
{
    *wheel = (struct net_wheel){
        .entries = entries, .entries_count = entries_count, .tick = now_ms / NET_WHEEL_TICK_MS + 1};
    for (u32 i = 0; i < NET_WHEEL_SLOTS; i++) {
        wheel->slots[i] = NET_WHEEL_NONE;
    }
}

/* Into the slot of its tick, or of the last one that the wheel has. */
static void link_in(struct net_wheel *wheel, u32 index, u64 first_tick)
{
    struct net_wheel_entry *entry = &wheel->entries[index];
    u64 tick = u64_min(u64_max(entry->due_tick, first_tick), first_tick + NET_WHEEL_SLOTS - 2);
    u32 *head = &wheel->slots[slot_of(tick)];
    entry->visit_tick = (u32)tick;
    entry->before = NET_WHEEL_NONE;
    entry->next = *head;
    if (*head != NET_WHEEL_NONE) {
        wheel->entries[*head].before = index;
    }
    *head = index;
}

static void link_out(struct net_wheel *wheel, u32 index)
{
    struct net_wheel_entry *entry = &wheel->entries[index];
    if (entry->before == NET_WHEEL_NONE) {
        u32 *head = &wheel->slots[slot_of(entry->visit_tick)];
        CHECK(*head == index);
        *head = entry->next;
    } else {
        wheel->entries[entry->before].next = entry->next;
    }
    if (entry->next != NET_WHEEL_NONE) {
        wheel->entries[entry->next].before = entry->before;
    }
}

void net_wheel_set(struct net_wheel *wheel, u32 index, u64 due_ms, u64 now_ms)
{
    CHECK(index < wheel->entries_count);
    struct net_wheel_entry *entry = &wheel->entries[index];
    u64 now_tick = now_ms / NET_WHEEL_TICK_MS;
    u64 due = u64_max(due_ms, now_ms + 1);
    u64 due_tick = (due + NET_WHEEL_TICK_MS - 1) / NET_WHEEL_TICK_MS;
    CHECK(due_tick > now_tick);
    bool is_linked = entry->due_tick != 0;
    if (is_linked) {
        /* The slot comes within one turn, so the difference of the lower bits is the distance. */
        u64 visit = wheel->tick + (u32)(entry->visit_tick - (u32)wheel->tick);
        entry->due_tick = due_tick;
        if (due_tick >= visit) {
            return;
        }
        link_out(wheel, index);
    } else {
        if (wheel->armed_count == 0) {
            wheel->tick = u64_max(wheel->tick, now_tick + 1);
        }
        entry->due_tick = due_tick;
        wheel->armed_count++;
    }
    link_in(wheel, index, wheel->tick);
}

void net_wheel_clear(struct net_wheel *wheel, u32 index)
{
    CHECK(index < wheel->entries_count);
    if (wheel->entries[index].due_tick != 0) {
        link_out(wheel, index);
        wheel->entries[index].due_tick = 0;
        wheel->armed_count--;
    }
}

u32 net_wheel_pop(struct net_wheel *wheel, u64 now_ms)
{
    u64 now_tick = now_ms / NET_WHEEL_TICK_MS;
    if (wheel->armed_count == 0) {
        wheel->tick = u64_max(wheel->tick, now_tick + 1);
        return NET_WHEEL_NONE;
    }
    if (now_tick >= wheel->tick + NET_WHEEL_SLOTS) {
        /* After a long pause each slot is looked at once. */
        wheel->tick = now_tick - NET_WHEEL_SLOTS + 1;
    }
    while (wheel->tick <= now_tick) {
        u32 index = wheel->slots[slot_of(wheel->tick)];
        if (index == NET_WHEEL_NONE) {
            wheel->tick++;
            continue;
        }
        link_out(wheel, index);
        if (wheel->entries[index].due_tick <= now_tick) {
            wheel->entries[index].due_tick = 0;
            wheel->armed_count--;
            return index;
        }
        link_in(wheel, index, wheel->tick + 1);
    }
    return NET_WHEEL_NONE;
}

u64 net_wheel_wait_ms(const struct net_wheel *wheel, u64 now_ms)
{
    if (wheel->armed_count == 0) {
        return UINT64_MAX;
    }
    u64 tick = wheel->tick;
    while (wheel->slots[slot_of(tick)] == NET_WHEEL_NONE && tick < wheel->tick + NET_WHEEL_SLOTS) {
        tick++;
    }
    u64 next_ms = tick * NET_WHEEL_TICK_MS;
    return next_ms > now_ms ? next_ms - now_ms : 0;
}
