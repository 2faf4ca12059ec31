/* What the bots read out of a venue's answers: their open orders, and the limits of requests.
 * Anything else in the answers is passed over; what is not such an answer is refused whole. */
#ifndef APP_BOTS_READ_H
#define APP_BOTS_READ_H

#include "base/base.h"
#include "base/span.h"
#include "wire/schema.h"

#define BOTS_OWN_MAX      512U        /* orders of one account that are looked at */
#define BOTS_QUOTE_CLIENT "q-%llu-%u" /* client id of a quote: step, number in the step */

/* An open order of a bot. */
struct bots_own {
    u64 id;
    enum side side;
    u64 price;
    u64 left;     /* quantity not yet executed */
    bool is_ours; /* its client id is a quote's */
    u64 step;     /* of that client id */
};

/* GET /api/v3/openOrders. False: malformed, or more than BOTS_OWN_MAX. */
MUST_USE bool bots_read_orders(struct span body, struct bots_own own_out[BOTS_OWN_MAX],
                               u32 *count_out);

struct bots_limits {
    u64 weight_minute; /* 0: not said */
    u64 orders_10s;
};

/* GET /api/v3/exchangeInfo: rateLimits. */
MUST_USE bool bots_read_limits(struct span body, struct bots_limits *limits_out);

#endif /* APP_BOTS_READ_H */
