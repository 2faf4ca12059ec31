/* Descriptors go from one process to another, each with a name and a number: how a process that
 * was just started gets its end of the channels, its listening sockets and its files.
 *
 * One message over a pair of sockets made before the fork. The receiver believes only what fits:
 * a message of another shape, too many or too few descriptors, or none in time is a fault, and
 * whatever came along is closed. */
#ifndef IO_HANDOVER_H
#define IO_HANDOVER_H

#include "base/base.h"
#include "io/fault.h"

#define HANDOVER_ITEMS_MAX  64U
#define HANDOVER_NAME_BYTES 32U

struct handover_item {
    char name[HANDOVER_NAME_BYTES]; /* ends with a zero */
    u64 number;                     /* what the name says: the bytes of a channel, or nothing */
    int descriptor;
};

/* A pair: one end stays, the other goes through the fork. Both are closed by exec unless that is
 * undone. */
MUST_USE enum fault handover_pair(int sockets_out[2]);

/* Sends all items in one message. The descriptors stay open here. */
MUST_USE enum fault handover_send(int socket, const struct handover_item *items, u32 count);

/* Receives one message of at most `items_max` items; waits for it at most timeout_ms. The received
 * descriptors are the caller's, and closed by exec. FAULT_TIMEOUT, FAULT_FOREIGN, FAULT_UNAVAILABLE
 * when the other end is closed. */
MUST_USE enum fault handover_receive(int socket, struct handover_item *items, u32 items_max,
                                     u32 timeout_ms, u32 *count_out);

/* The item of that name; NULL when there is none. */
const struct handover_item *handover_find(const struct handover_item *items, u32 count,
                                          const char *name);

#endif /* IO_HANDOVER_H */
