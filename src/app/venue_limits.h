/* How large a venue is laid out when it is begun: how many accounts and open orders it has room
 * for. All other room follows from these two, so that one who sizes a venue needs no others. */
#ifndef APP_VENUE_LIMITS_H
#define APP_VENUE_LIMITS_H

#include "wire/schema.h"

#define VENUE_ACCOUNTS_MIN   100U
#define VENUE_ACCOUNTS_MAX   4000000U
#define VENUE_ACCOUNTS_USUAL 10000U
#define VENUE_ORDERS_MIN     1000U
#define VENUE_ORDERS_MAX     16000000U
#define VENUE_ORDERS_USUAL   200000U

struct venue_size {
    u32 accounts; /* VENUE_ACCOUNTS_MIN to VENUE_ACCOUNTS_MAX; persons likewise */
    u32 orders;   /* open at one time: VENUE_ORDERS_MIN to VENUE_ORDERS_MAX */
};

/* What suits one machine, and a venue that begins. */
struct venue_size venue_size_usual(void);

/* The first command of a new venue, of source LINK_SOURCE_ADMIN and source_index 1. */
struct command_genesis venue_limits_genesis(struct venue_size size);

#endif /* APP_VENUE_LIMITS_H */
