/* How often somebody may try: counters with pauses that grow, in a table of fixed size.
 *
 * The first attempts are free. Then each next one is admitted only after a pause from the one
 * before, and the pause doubles up to a bound. A counter is forgotten after some peace. Nothing
 * here depends on whether an address is registered. Time comes from the caller and may go back: a
 * pause then begins anew.
 *
 * Keys lie in sets of eight places chosen by a keyed hash. When a set is full, a new key replaces
 * the one whose pause is over first: who is held off longest stays. What is here is lost when the
 * process ends. */
#ifndef ROLE_DOOR_DOOR_LIMIT_H
#define ROLE_DOOR_DOOR_LIMIT_H

#include "base/base.h"
#include "io/fault.h"

#define DOOR_LIMIT_KEY_BYTES 32U

/* What is counted. A site is what door_crowd.h calls so, of IPv6: without it whoever has a whole
 * /48 has 65,536 networks. Its pauses are short, since it may be many people's. constant, free
 * attempts, first pause, longest pause, peace (all in seconds). */
#define DOOR_LIMIT_TABLE(ROW)             \
    ROW(SIGN_ADDRESS, 5, 2, 900, 21600)   \
    ROW(SIGN_NETWORK, 20, 1, 900, 3600)   \
    ROW(MAIL_ADDRESS, 3, 60, 3600, 86400) \
    ROW(MAIL_NETWORK, 10, 10, 900, 21600) \
    ROW(CODE_NETWORK, 30, 2, 900, 3600)   \
    ROW(SIGN_SITE, 200, 1, 60, 3600)      \
    ROW(MAIL_SITE, 60, 2, 60, 21600)      \
    ROW(CODE_SITE, 300, 1, 60, 3600)

#define DOOR_LIMIT_ROW(constant, free, first, longest, peace) DOOR_LIMIT_##constant,
enum door_limit_kind { DOOR_LIMIT_TABLE(DOOR_LIMIT_ROW) DOOR_LIMIT_KINDS };
#undef DOOR_LIMIT_ROW

struct door_limit;

/* `places`: how many counters there may be, a multiple of 8. The key of the hash is `seed`. */
MUST_USE enum fault door_limit_open(struct door_limit **limit_out, u32 places, const u8 seed[16]);
void door_limit_close(struct door_limit *limit);

/* How many seconds are to be waited before the next attempt; 0: it may be made. */
u32 door_limit_wait(struct door_limit *limit, enum door_limit_kind kind, struct span key,
                    u64 now_us);
/* Counts an attempt. */
void door_limit_take(struct door_limit *limit, enum door_limit_kind kind, struct span key,
                     u64 now_us);
/* The last attempt was a good one: as if it had not been made. */
void door_limit_return(struct door_limit *limit, enum door_limit_kind kind, struct span key);

/* Counters that gave way to others while their pause lasted. */
u64 door_limit_evictions(const struct door_limit *limit);

#endif /* ROLE_DOOR_DOOR_LIMIT_H */
