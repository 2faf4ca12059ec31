/* Asks the history for what a view that began at an image lacks (view_seed.h): days since the
 * oldest kline of now began, the minutes of the last day, the rest up to the image. Seven questions
 * a market, one at a time; whoever drives it sends them.
 *
 *     while (seed_next(&seed, &ask)) { send it; wait; seed_take(&seed, &result); }
 *
 * Nothing of it is needed for trading: a history that does not answer leaves windows and klines to
 * begin anew. */
#ifndef ROLE_GATEWAY_SEED_H
#define ROLE_GATEWAY_SEED_H

#include "role/gateway/lookup_client.h"
#include "role/gateway/view_seed.h"

#define SEED_TRIES_MAX 3U /* questions without an answer, in all; then the rest is left out */

enum seed_step {
    SEED_DAYS,   /* of UTC */
    SEED_DAYS_8, /* of +08:00 */
    SEED_MINUTES,
    SEED_REST, /* of the image's minute, up to its second */
    SEED_SECOND,
    SEED_LAST,
    SEED_STEPS,
};

struct seed {
    struct view *view;
    u32 market;
    enum seed_step step;
    u64 from_us; /* the next page of minutes */
    u64 from_id; /* the next page of trades; 0: by time */
    u32 tries;
    u32 markets_done;
    bool gave_up;
};

/* A view that did not begin at an image needs nothing. */
void seed_begin(struct seed *seed, struct view *view);

/* The next question; false: there is none left. */
MUST_USE bool seed_next(struct seed *seed, struct lookup_ask *ask_out);

/* What became of it. */
void seed_take(struct seed *seed, const struct lookup_result *result);

#endif /* ROLE_GATEWAY_SEED_H */
