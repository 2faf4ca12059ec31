/* The naive model: the rules of docs/semantics.md written a second time, independently of the core,
 * plainly rather than fast: growing arrays, linear scans and 128-bit sums.
 *
 * It takes the same commands as the core and writes the same events, byte for byte. The property
 * tests run both side by side. After every command the model checks itself: the ledger of each
 * asset sums to zero, nothing is negative, and what an account has locked is what its orders hold.
 */
#ifndef SIM_MODEL_H
#define SIM_MODEL_H

#include "base/base.h"
#include "core/core.h"
#include "core/rule.h"
#include "wire/schema.h"

struct model;

/* A model with these limits, empty; the genesis command is applied like any other, first. Ends the
 * process when memory runs out. */
struct model *model_create(const struct command_genesis *limits);
void model_free(struct model *model);

/* Everything applied from here on carries this time; a smaller one than before is ignored. */
void model_set_time(struct model *model, u64 time_us);

/* Applies one well-formed command as the next sequence number and writes its events. Returns their
 * bytes; CHECKs that they fit into `size`. */
size_t model_apply(struct model *model, const struct command_head *command, u8 *events_out,
                   size_t size);

/* Uses up a sequence number that a void record names. Returns the bytes of its events. */
size_t model_void(struct model *model, u8 *events_out, size_t size);

/* Turns the check after every command off (it walks everything); on at first. */
void model_set_check(struct model *model, bool is_on);

/* The state in `model` must hold together; a fault fails a CHECK. */
void model_validate(struct model *model);

/* ---- looking in: the same questions as core.h ---- */

u64 model_seq(const struct model *model);
u64 model_source_index(const struct model *model, u8 source);
bool model_has_queued(const struct model *model);
struct core_balance model_balance_of(const struct model *model, u32 account, u16 asset);
struct core_house model_house_of(const struct model *model, u16 asset);
struct amount model_custody_of(const struct model *model, u16 asset, u16 network);
struct core_counts model_counts_of(const struct model *model);
u32 model_book(const struct model *model, u16 market, enum side side, struct core_resting *rows_out,
               u32 count);
i128 model_ledger_sum(const struct model *model, u16 asset);
u32 model_assets_count(const struct model *model);

/* ---- looking in further: for the command generator, which wants to aim well ---- */

/* One open order. */
struct model_order_view {
    u64 order_id;
    u64 list_id; /* 0: in no open list */
    u32 account;
    u16 market;
    u8 side;
    u8 type;
    u8 state; /* enum order_state */
    bool is_resting;
    struct client_id client;
    u64 price;
    u64 stop_price;
    u64 qty;       /* as amended */
    u64 remaining; /* not yet traded or prevented */
};

struct model_market_view {
    u16 base;
    u16 quote;
    u8 state;
    u32 ticks_max;
    u64 tick;
    u64 lot;
    u64 value;      /* quote units of one lot at one tick */
    u64 last_price; /* 0: none */
    u64 best_bid;   /* 0: none */
    u64 best_ask;
};

u32 model_orders_count(const struct model *model);
struct model_order_view model_order_at(const struct model *model, u32 index);

u32 model_lists_count(const struct model *model);
u64 model_list_at(const struct model *model, u32 index, u32 *account_out, u16 *market_out,
                  struct client_id *client_out);

u32 model_holds_count(const struct model *model);
u64 model_hold_at(const struct model *model, u32 index, u8 *kind_out);

/* One API key that is in force. */
struct model_key_view {
    u8 id[KEY_ID_BYTES];
    u8 public_key[32];
    u32 account;
    u32 rights;
    u8 kind;
};

u32 model_keys_count(const struct model *model);
struct model_key_view model_key_at(const struct model *model, u32 index);

u32 model_accounts_count(const struct model *model);
u32 model_markets_count(const struct model *model);
/* The average price that a filter of so many minutes would use; 0: there is none. */
u64 model_average_of(const struct model *model, u16 market, u32 minutes);
struct model_market_view model_market_of(const struct model *model, u16 market);

/* ---- rules ---- */

#define MODEL_PACKS 16U

/* A row of a person; one of the three is not 0. */
struct model_row_view {
    u64 number;
    u32 person;
    u8 fact;    /* its kind */
    u64 listed; /* the list of a verdict */
    u64 owned;
};

struct model_licence_view {
    u32 person;
    u8 pack_id[RULE_ID_BYTES];
    u8 rule_id[RULE_ID_BYTES];
    u64 ceiling;
    u64 used;
};

u32 model_persons_count(const struct model *model);
u32 model_person_of(const struct model *model, u32 account); /* 0: none */
u32 model_rows_count(const struct model *model);
u32 model_logins_count(const struct model *model);
struct model_row_view model_row_at(const struct model *model, u32 index);
/* NULL: no pack has this number. */
const struct rule_pack *model_pack_at(const struct model *model, u32 number, bool *is_ending_out);
u32 model_form_bytes(const struct model *model); /* received so far */
u32 model_entries_count(const struct model *model);
u32 model_licences_count(const struct model *model);
struct model_licence_view model_licence_at(const struct model *model, u32 number);
u64 model_price_of(const struct model *model, u16 asset, u64 *time_us_out); /* 0: none */
u64 model_holdings_eur(const struct model *model, u32 person);              /* 0: not known */
bool model_finding_over(const struct model *model, u32 person, u32 pack, u32 rule);
u64 model_finding_vector(const struct model *model, u32 person, u32 pack, u32 rule);
/* The next instant at which a command would look at somebody because of the time. */
u64 model_rules_due(const struct model *model);
bool model_rules_wait(const struct model *model, u64 now_us);

#endif /* SIM_MODEL_H */
