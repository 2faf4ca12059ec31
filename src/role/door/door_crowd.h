/* From where the tickets are that wait, so that no part of the network has them all: when there is
 * no room for another, the oldest of the site that has most gives way, unless the newcomer's own
 * site has as many.
 *
 * A site is the first 48 bits of an IPv6 address, what a customer of a provider is often given, or
 * the first 24 of an IPv4 address. Sites are kept in memory alone: a ticket of an earlier life is
 * of no site, and never gives way. Time comes from the caller. */
#ifndef ROLE_DOOR_DOOR_CROWD_H
#define ROLE_DOOR_DOOR_CROWD_H

#include "base/base.h"
#include "io/fault.h"
#include "wire/door_message.h"

struct door_crowd;

/* Room for so many tickets. */
MUST_USE enum fault door_crowd_open(struct door_crowd **crowd_out, u32 tickets_max);
/* NULL is fine. */
void door_crowd_close(struct door_crowd *crowd);

/* The site of a network; never 0. */
u64 door_crowd_site(const u8 network[DOOR_NETWORK_BYTES]);

/* A ticket is there. Where there is no room it is not noted. */
void door_crowd_add(struct door_crowd *crowd, const u8 id[DOOR_TICKET_BYTES], u64 site,
                    u64 until_us);
/* It is not any more. One that was never noted is fine. */
void door_crowd_forget(struct door_crowd *crowd, const u8 id[DOOR_TICKET_BYTES]);

/* Which ticket gives way to another one from this site; it stays noted. False: none does. */
MUST_USE bool door_crowd_yields(struct door_crowd *crowd, u64 site, u64 now_us,
                                u8 id_out[DOOR_TICKET_BYTES]);

#endif /* ROLE_DOOR_DOOR_CROWD_H */
