/* Calls that wait: for the events of their command, or for history's answer.
 *
 * A slot keeps what is left of a call (struct call_state), whom to answer, and until when. It is
 * found again by the command's source_index or by the question's ticket; both rise by one, so the
 * table for each is a ring of slots. A full table is a refusal (-1008). One arena, one thread. */
#ifndef ROLE_GATEWAY_PENDING_H
#define ROLE_GATEWAY_PENDING_H

#include "base/arena.h"
#include "role/gateway/call.h"
#include "wire/ws_request.h"

enum pending_kind { PENDING_COMMAND, PENDING_LOOKUP };
#define PENDING_KINDS 2U

struct pending_call {
    struct call_state state;
    u64 owner;       /* the session's handle; 0: it is gone, nobody is told */
    u64 number;      /* source_index, or ticket */
    u64 deadline_ms; /* pending_expired */
    u32 next;        /* the table's own */
    u32 older;
    u32 newer;
    u8 kind;
    u8 id_size;
    u8 id[WS_ID_BYTES_MAX]; /* of the WebSocket API: the request's id as it goes back */
};

struct pending_ring {
    u32 *slots; /* number & mask -> slot + 1 */
    u32 mask;
};

struct pending {
    struct pending_call *calls;
    u32 calls_max; /* a power of two */
    u32 free;      /* slot + 1 */
    u32 used;
    u32 count;
    u32 oldest; /* slot + 1, in the order they were put */
    u32 newest;
    struct pending_ring rings[PENDING_KINDS];
};

size_t pending_footprint(u32 calls_max);

/* calls_max is a power of two. FAULT_LIMIT: the arena is too small. */
MUST_USE enum fault pending_open(struct pending *pending, u32 calls_max, struct arena *arena);

/* Whether a call with this number would find room. */
MUST_USE bool pending_has_room(const struct pending *pending, enum pending_kind kind, u64 number);

/* A slot for it, with kind and number set and the rest the caller's to fill; NULL: no room. */
struct pending_call *pending_put(struct pending *pending, enum pending_kind kind, u64 number);

/* NULL: nobody waits for it. */
struct pending_call *pending_find(struct pending *pending, enum pending_kind kind, u64 number);

/* Gives the slot back. */
void pending_end(struct pending *pending, struct pending_call *call);

/* The call that was put first; then the one put after it. NULL: none. */
struct pending_call *pending_oldest(struct pending *pending);
struct pending_call *pending_newer(struct pending *pending, const struct pending_call *call);

#endif /* ROLE_GATEWAY_PENDING_H */
