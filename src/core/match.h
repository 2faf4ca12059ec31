/* Matching: one taker against the opposite side of its book, price-time priority, at the makers'
 * prices. Money moves fill by fill; rules: docs/semantics.md sections 6 and 7. */
#ifndef CORE_MATCH_H
#define CORE_MATCH_H

#include "core/order.h"
#include "core/state.h"

enum taker_kind {
    TAKER_LIMIT,  /* a limit: pays its own price out of its lock, gets improvements back */
    TAKER_MARKET, /* by quantity; its lock was sized by a walk */
    TAKER_QUOTE,  /* market by quote quantity */
    TAKER_BUDGET, /* triggered stop_loss / take_profit BUY: at most its lock */
};

/* How a taker phase ended when not by its quantity. */
enum taker_end {
    TAKER_OPEN,            /* nothing more to match with */
    TAKER_DONE,            /* quantity used up by trades, or by quote: no money for another lot */
    TAKER_PREVENTED,       /* ended by self-trade prevention */
    TAKER_RANGE_EXCEEDED,  /* price range */
    TAKER_FUNDS_EXHAUSTED, /* budget */
    TAKER_UNFILLABLE,      /* fok: the walk found too little */
};

struct taker {
    struct market *market;
    u64 order_id;
    u64 left;       /* lots; unused by TAKER_QUOTE */
    u64 quote_left; /* raw: TAKER_QUOTE, quote units */
    u64 lock_left;  /* raw: market types, what the lock still holds */
    u64 quote_done; /* raw: quote units traded */
    u64 prevented;  /* lots */
    u64 sum_lots;   /* of this phase, for the average */
    u32 account;
    u32 group; /* of the account */
    u32 web;   /* the group of its person */
    u32 limit; /* ticks */
    u32 range_low;
    u32 range_high;
    u32 row_base;
    u32 row_quote;
    u32 rate;
    u32 last_ticks; /* of its previous trade; 0: none */
    u8 side;
    u8 stp;
    u8 kind; /* enum taker_kind */
    u8 end;  /* enum taker_end */
};

/* A taker for these terms; limit_ticks is ignored for market kinds. Rows exist. */
void taker_init(const struct core *core, struct taker *taker, struct market *market, u32 account,
                u8 side, u8 stp, enum taker_kind kind, u32 limit_ticks);

/* Matches until nothing is left to do. */
void match(struct core *core, struct taker *taker);

/* What a walk found. */
struct walk {
    u64 lots;          /* that would trade */
    u64 transfer_lots; /* that STP TRANSFER would move */
    u64 cost;          /* raw: quote units of both; saturates at AMOUNT_BOUND */
    bool ran_out;      /* ended because the opposite side has no further level */
};

/* What `taker` (left or quote_left set) would do, without doing it. `strict` is fok: any prevented
 * match but a skipped maker ends it. */
struct walk match_walk(const struct core *core, const struct taker *taker, bool strict);

#endif /* CORE_MATCH_H */
