/* What makes rows of events (apply.c) and of an image (image.c) share. */
#ifndef ROLE_HISTORY_APPLY_H
#define ROLE_HISTORY_APPLY_H

#include "role/history/statements.h"

/* What every event of a chunk shares. */
struct moment {
    struct store *store;
    u64 time_us;
};

/* FAULT_ROT: what is spoken of cannot be. */
COLD enum fault apply_unknown(const struct moment *at, const char *what, u64 id);

/* Runs a change of one row that must be there. */
MUST_USE enum fault apply_change(const struct moment *at, struct sql_call *call, const char *what,
                                 u64 id);

/* From `seq` on the order has this client id; one of length 0 is passed over. */
MUST_USE enum fault apply_client(const struct moment *at, u32 account, u16 market, u64 order_id,
                                 u64 seq, const struct client_id *client);
MUST_USE enum fault apply_order_read(const struct moment *at, u32 account, u16 market, u64 order_id,
                                     struct history_order *order_out);
MUST_USE enum fault apply_line(const struct moment *at, u32 account,
                               const struct history_line *line);
MUST_USE enum fault apply_market(const struct moment *at, const struct command_market_add *market);

#endif /* ROLE_HISTORY_APPLY_H */
