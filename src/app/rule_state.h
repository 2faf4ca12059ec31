/* What the state of a core says of persons and rules, taken from its snapshot records: rows with
 * who recorded them, packs, prices, holdings and what was last found. For tools that look at a
 * replayed venue (docs/why.md); the core itself is only read.
 *
 * Either one person is taken with everything, or all persons, or their money alone. */
#ifndef APP_RULE_STATE_H
#define APP_RULE_STATE_H

#include "core/core.h"
#include "core/rule.h"
#include "io/fault.h"

#define RULE_STATE_PACKS_MAX 16U
#define RULE_STATE_EVERYBODY 0U
#define RULE_STATE_NOBODY    UINT32_MAX
#define RULE_STATE_MONEY     (UINT32_MAX - 1) /* everybody's accounts and money, without rows */

struct rule_state_pack {
    u16 number;
    u8 state; /* PACK_STATE_* */
    u32 size; /* of the form, as announced */
    u32 used; /* of it, received */
    struct rule_pack pack;
};

struct rule_state_asset {
    char name[9];
    u8 scale;
    u8 sources; /* of the price; 0: there is none */
    struct price price;
    u64 price_time;
};

/* What an account has of an asset. */
struct rule_state_money {
    u32 person;
    u32 account;
    u16 asset;
    u64 free; /* raw units of the asset */
    u64 locked;
    u64 held;
};

struct rule_state_account {
    u32 account;
    u32 person;
    u64 hand;
    u64 restrictions;
};

/* Rows that grow; sorted by person, then by what their comment says. */
struct rule_state_rows {
    u8 *data;
    size_t row_bytes;
    size_t person_offset; /* where a row has its person */
    u32 count;
    u32 room;
};

struct rule_state {
    u64 seq;
    u64 now_us;
    u64 price_stale_us;
    u32 persons; /* there are; numbers from 1 on */
    u32 wanted;  /* a person, or RULE_STATE_... */
    u32 packs_count;
    struct rule_state_pack packs[RULE_STATE_PACKS_MAX];
    struct rule_state_rows assets;     /* struct rule_state_asset, by number */
    struct rule_state_rows accounts;   /* struct rule_state_account, by account */
    struct rule_state_rows money;      /* struct rule_state_money, by account and asset */
    struct rule_state_rows persons_of; /* struct state_person, by number */
    struct rule_state_rows facts;      /* struct state_fact, by number of the row */
    struct rule_state_rows listings;   /* struct state_listing */
    struct rule_state_rows ownerships; /* struct state_ownership */
    struct rule_state_rows licences;   /* struct state_licence */
    struct rule_state_rows findings;   /* struct state_finding, by pack and rule */
};

/* Takes the state of the core. A person's number is known before. */
MUST_USE enum fault rule_state_take(const struct core *core, u32 wanted,
                                    struct rule_state *state_out);
void rule_state_close(struct rule_state *state);

/* One account and its person (0: none). False in *exists_out: there is no such account. */
MUST_USE enum fault rule_state_account(const struct core *core, u32 account,
                                       struct rule_state_account *account_out, bool *exists_out);

/* The rows of one person: a piece of an array, and how long it is. */
const void *rule_state_of(const struct rule_state_rows *rows, u32 person, u32 *count_out);

const struct rule_state_asset *rule_state_asset(const struct rule_state *state, u16 asset);

const struct rule_state_account *rule_state_account_at(const struct rule_state *state, u32 place);

/* The pack by content hash; NULL: it is not there. */
const struct rule_state_pack *rule_state_pack(const struct rule_state *state,
                                              const u8 hash[RULE_HASH_BYTES]);

/* ---- as the evaluator wants it ---- */

struct rule_state_person {
    struct rule_fact facts[RULE_FACTS_MAX];
    struct rule_listing listings[RULE_LISTINGS_MAX];
    struct rule_ownership ownerships[RULE_OWNERSHIPS_MAX];
    struct rule_person person; /* holdings unknown */
};

/* Row i of each array is row i of rule_state_of. */
void rule_state_gather(const struct rule_state *state, u32 person,
                       struct rule_state_person *person_out);

/* One asset in a person's holdings. */
struct rule_state_holding {
    u16 asset;
    bool is_fresh; /* its price is there and not stale */
    u128 quantity; /* over all accounts */
    u64 eur;       /* rounded up; 0 without a price */
};

/* As the writer adds them up (docs/rules.md "In the writer"), at the state's own time. With
 * `holdings_out` (room for one an asset) each asset of which there is some. */
struct rule_holdings rule_state_holdings(const struct rule_state *state, u32 person,
                                         struct rule_state_holding *holdings_out, u32 *count_out);

/* What was remembered of a person by the pack's rules; zeros where nothing was. */
void rule_state_memories(const struct rule_state *state, u32 person,
                         const struct rule_state_pack *pack,
                         struct rule_memory memories_out[RULE_RULES_MAX]);

#endif /* APP_RULE_STATE_H */
