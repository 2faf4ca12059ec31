#include "role/vault/publog_silence.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

bool publog_silence_walk(struct publog_silence_block *block, enum publog_class class, u64 slot,
                         u64 until)
{
    CHECK(!block->is_some || slot >= block->last);
    bool is_of_it = block->is_some && slot + publog_slot_seconds(class) <= block->end;
    if (!is_of_it) {
        *block = (struct publog_silence_block){.first = slot, .end = until};
    }
    bool has_before = block->is_some;
    block->is_some = true;
    block->last = slot;
    block->end = u64_max(block->end, until);
    return has_before;
}

/* By case, slot, class, end. */
static int compare(const void *a, const void *b)
{
    const struct publog_silence *left = a;
    const struct publog_silence *right = b;
    int name = memcmp(left->name, right->name, sizeof(left->name));
    if (name != 0) {
        return name;
    }
    if (left->slot != right->slot) {
        return left->slot < right->slot ? -1 : 1;
    }
    if (left->class != right->class) {
        return left->class < right->class ? -1 : 1;
    }
    return left->until == right->until ? 0 : left->until < right->until ? -1 : 1;
}

/* A block is late when its time is over and the newest notice of its case is not behind it. */
static bool is_late(const struct publog_silence_block *block, u64 notice, u64 covered_s)
{
    return block->is_some && notice <= block->last && block->end < covered_s &&
           covered_s - block->end > PUBLOG_NOTICE_GRACE_S;
}

/* Those of one case. */
static bool case_noticed(const struct publog_silence *shown, u32 count, u64 covered_s,
                         struct publog_silence *late_out)
{
    struct publog_silence_block block = {.is_some = false};
    u64 notice = 0; /* slots are never 0 of a log that anybody wrote */
    for (u32 i = 0; i < count; i += 1) {
        notice = shown[i].is_notice ? shown[i].slot : notice;
    }
    for (u32 i = 0; i < count; i += 1) {
        struct publog_silence_block before = block;
        if (shown[i].is_notice) {
            continue;
        }
        bool is_of_it = publog_silence_walk(&block, shown[i].class, shown[i].slot, shown[i].until);
        if (!is_of_it && is_late(&before, notice, covered_s)) {
            return false;
        }
        *late_out = shown[i];
    }
    return !is_late(&block, notice, covered_s);
}

bool publog_silences_noticed(struct publog_silence *shown, u32 count, u64 covered_s,
                             struct publog_silence *late_out)
{
    if (count > 0) {
        qsort(shown, count, sizeof(*shown), compare);
    }
    for (u32 first = 0; first < count;) {
        u32 next = first + 1;
        while (next < count &&
               memcmp(shown[next].name, shown[first].name, sizeof(shown[first].name)) == 0) {
            next += 1;
        }
        if (!case_noticed(shown + first, next - first, covered_s, late_out)) {
            return false;
        }
        first = next;
    }
    return true;
}
