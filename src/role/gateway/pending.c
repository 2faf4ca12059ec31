#include "role/gateway/pending.h"

#include "base/check.h"

#include <string.h>

size_t pending_footprint(u32 calls_max)
{
    struct footprint footprint = {0};
    footprint_add(&footprint, calls_max, sizeof(struct pending_call), 64);
    for (u32 i = 0; i < PENDING_KINDS; i += 1) {
        footprint_add(&footprint, calls_max, sizeof(u32), 64);
    }
    return footprint.bytes;
}

enum fault pending_open(struct pending *pending, u32 calls_max, struct arena *arena)
{
    CHECK(calls_max > 0 && (calls_max & (calls_max - 1)) == 0);
    *pending = (struct pending){.calls_max = calls_max};
    pending->calls = arena_take_array(arena, calls_max, sizeof(struct pending_call), 64);
    bool fits = pending->calls != NULL;
    for (u32 i = 0; i < PENDING_KINDS; i += 1) {
        pending->rings[i].slots = arena_take_array(arena, calls_max, sizeof(u32), 64);
        pending->rings[i].mask = calls_max - 1;
        fits = fits && pending->rings[i].slots != NULL;
    }
    return fits ? FAULT_NONE : FAULT(FAULT_LIMIT, "no room for %u waiting calls", calls_max);
}

static u32 *place_of(struct pending *pending, u8 kind, u64 number)
{
    struct pending_ring *ring = &pending->rings[kind];
    return &ring->slots[number & ring->mask];
}

bool pending_has_room(const struct pending *pending, enum pending_kind kind, u64 number)
{
    const struct pending_ring *ring = &pending->rings[kind];
    return pending->count < pending->calls_max && ring->slots[number & ring->mask] == 0;
}

struct pending_call *pending_put(struct pending *pending, enum pending_kind kind, u64 number)
{
    if (!pending_has_room(pending, kind, number)) {
        return NULL;
    }
    u32 slot = pending->free;
    if (slot > 0) {
        pending->free = pending->calls[slot - 1].next;
    } else {
        pending->used += 1;
        slot = pending->used;
    }
    struct pending_call *call = &pending->calls[slot - 1];
    memset(call, 0, offsetof(struct pending_call, id));
    call->kind = (u8)kind;
    call->number = number;
    call->older = pending->newest;
    *(pending->newest > 0 ? &pending->calls[pending->newest - 1].newer : &pending->oldest) = slot;
    pending->newest = slot;
    *place_of(pending, call->kind, number) = slot;
    pending->count += 1;
    return call;
}

struct pending_call *pending_find(struct pending *pending, enum pending_kind kind, u64 number)
{
    u32 slot = *place_of(pending, (u8)kind, number);
    struct pending_call *call = slot > 0 ? &pending->calls[slot - 1] : NULL;
    return call != NULL && call->number == number ? call : NULL;
}

void pending_end(struct pending *pending, struct pending_call *call)
{
    u32 slot = (u32)(call - pending->calls) + 1;
    u32 *place = place_of(pending, call->kind, call->number);
    CHECK(*place == slot && pending->count > 0);
    *place = 0;
    *(call->older > 0 ? &pending->calls[call->older - 1].newer : &pending->oldest) = call->newer;
    *(call->newer > 0 ? &pending->calls[call->newer - 1].older : &pending->newest) = call->older;
    call->number = 0;
    call->owner = 0;
    call->next = pending->free;
    pending->free = slot;
    pending->count -= 1;
}

struct pending_call *pending_oldest(struct pending *pending)
{
    return pending->oldest > 0 ? &pending->calls[pending->oldest - 1] : NULL;
}

struct pending_call *pending_newer(struct pending *pending, const struct pending_call *call)
{
    return call->newer > 0 ? &pending->calls[call->newer - 1] : NULL;
}
