/* Makes a venue in a fresh folder before any role runs: assets, markets, accounts with money and
 * keys, each by one journalled command of source LINK_SOURCE_ADMIN. For the venues that come ready
 * made (test_venue.h, demo_venue.h); a real one is set up by its operator (docs/admin.md).
 *
 * Every asset has VENUE_MAKER_PLACES places, so prices, quantities and amounts all count 10^-8. A
 * command that is refused ends the making: the tables are wrong then. */
#ifndef APP_VENUE_MAKER_H
#define APP_VENUE_MAKER_H

#include "base/base.h"
#include "io/fault.h"
#include "role/engine/engine.h"
#include "role/gateway/keys.h"
#include "role/gateway/keystore.h"

#define VENUE_MAKER_PLACES   8U
#define VENUE_MAKER_ONE      100000000ULL
#define VENUE_MAKER_FEE_TIER 0U

/* The name and the secret of an HMAC key, as texts. */
struct venue_key {
    char name[AUTH_KEY_BYTES + 1];
    char secret[KEYS_SECRET_BYTES + 1];
};

struct venue_market {
    const char *name;
    u16 base;
    u16 quote;
    u64 tick;
    u64 lot;
    u64 notional;  /* the least, in quote */
    u64 qty_max;   /* of a limit order; of a market order a tenth */
    u32 fee_maker; /* in 10^-8 */
    u32 fee_taker;
};

struct venue_maker_options {
    const char *folder;      /* exists, without a journal */
    const char *keys_folder; /* made; NULL: nobody gets a key */
    struct clock *clock;
    const u8 *venue;             /* as engine_options has it */
    struct release_sink *events; /* hears everything; NULL: nobody does */
};

struct venue_maker {
    struct release_sink sink;
    struct engine *engine;
    struct venue_maker_options options;
    struct keystore keystore;
    u64 source_index;
    u32 rejects_count;
    struct event_rejected reject; /* the first */
};

/* To be closed also after a fault. */
MUST_USE enum fault venue_maker_open(struct venue_maker *maker,
                                     const struct venue_maker_options *options);
/* The venue is whole and sealed. */
MUST_USE enum fault venue_maker_finish(struct venue_maker *maker);
void venue_maker_close(struct venue_maker *maker);

/* Sends one command, whole but for its head, and waits until it is durable. What the venue answers
 * is the listener's business. */
MUST_USE enum fault venue_maker_send(struct venue_maker *maker, void *command, size_t size,
                                     u16 kind, u32 account);
/* The same; a refusal is a fault. */
MUST_USE enum fault venue_maker_put(struct venue_maker *maker, void *command, size_t size, u16 kind,
                                    u32 account);

/* These count up from 0 in the order of the calls. */
MUST_USE enum fault venue_maker_asset(struct venue_maker *maker, u16 asset, const char *name);
MUST_USE enum fault venue_maker_market(struct venue_maker *maker, u16 market,
                                       const struct venue_market *row);
MUST_USE enum fault venue_maker_account(struct venue_maker *maker);
/* `whole` units of the asset. */
MUST_USE enum fault venue_maker_deposit(struct venue_maker *maker, u32 account, u16 asset,
                                        u64 whole);

/* Stores and syncs the row, whose name is filled in, then tells the engine (docs/auth.md). */
MUST_USE enum fault venue_maker_key(struct venue_maker *maker, u32 account, u32 rights,
                                    struct keystore_row *row,
                                    const u8 public_key[SIGN_PUBLIC_BYTES]);
/* An HMAC key that exists already, as venue_key_invent makes one. */
MUST_USE enum fault venue_maker_hmac(struct venue_maker *maker, u32 account, u32 rights,
                                     const struct venue_key *key);
MUST_USE enum fault venue_key_invent(struct venue_key *key_out);

#endif /* APP_VENUE_MAKER_H */
