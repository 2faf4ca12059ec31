/* The rules in the naive model: docs/rules.md "In the writer" a second time. Everything is looked
 * for by walking everything: one array of rows for all persons, findings of every rule for
 * everybody, due instants found by asking each person and each pack.
 *
 * A pack is decoded by the core's decoder and judged by an evaluator of the model's own. */
#ifndef SIM_MODEL_RULES_H
#define SIM_MODEL_RULES_H

#include "core/rule_form.h"
#include "sim/model_state.h"

#define MODEL_SLOTS           32U /* rules about persons, in all packs */
#define MODEL_ENTRIES         8U
#define MODEL_LICENCES        4096U
#define MODEL_LINKS           256U
#define MODEL_CONTINUE_FACTOR 64U
#define MODEL_SOURCE_SCREEN   4U /* whose verdicts have no officers */
#define MODEL_SOURCE_LOGINS   7U /* who alone opens logins and pauses them */

enum model_row_type { MODEL_ROW_FACT, MODEL_ROW_LISTING, MODEL_ROW_OWNERSHIP };

/* A row of any person; `number` is that of the command that recorded it. */
struct model_person_row {
    u64 number;
    u32 person;
    enum model_row_type type;
    struct rule_fact fact;
    struct rule_listing listing;
    struct rule_ownership ownership;
};

struct model_finding {
    enum rule_truth truth;
    u32 reasons;
    u32 missing;
    u64 vector;
    u64 deadline;
    struct rule_memory memory;
    bool is_warned;
    bool is_watched;
};

struct model_person {
    u64 evaluated_seq;
    u32 group; /* for self-trade prevention; 0: none */
    struct model_finding findings[MODEL_PACKS][RULE_RULES_MAX];
    u64 next_us[MODEL_PACKS]; /* RULE_TIME_OPEN: never */
};

struct model_pack {
    enum { MODEL_PACK_NONE, MODEL_PACK_ACTIVE, MODEL_PACK_ENDING } state;
    u64 boundary_us;
    struct rule_pack pack;
};

struct model_valuation {
    u64 price; /* 0: none */
    u64 time_us;
};

struct model_entry {
    u64 cause_seq;
    u32 packs; /* bits; of only watched persons: one */
    bool is_only_watched;
    u32 cursor;
    u32 last;
    u32 persons;
    u32 changed;
    struct model_valuation *prices; /* by asset */
};

struct model_licence {
    u32 person;
    u8 pack_id[RULE_ID_BYTES];
    u8 rule_id[RULE_ID_BYTES];
    u64 ceiling;
    u64 used;
    u64 from;
    u64 until;
    u32 operations;
    u8 ground;
};

struct model_rules {
    u32 slice; /* reevaluations_per_command_max */
    u32 stale_seconds;
    struct model_person *persons; /* number 1 is the first */
    u32 persons_count;
    u32 persons_room;
    struct model_person_row *rows; /* by rising number */
    u32 rows_count;
    u32 rows_room;
    struct model_pack packs[MODEL_PACKS];
    struct model_entry entries[MODEL_ENTRIES]; /* oldest first */
    u32 entries_count;
    struct model_valuation *prices; /* by asset */
    struct model_licence *licences; /* number 1 is the first */
    u32 licences_count;
    u32 licences_room;
    u8 form[RULE_FORM_BYTES_MAX];
    u32 form_bytes;
};

/* ---- model_rules_say.c: the evaluator ---- */

/* What one rule says. */
struct model_said {
    enum rule_truth truth;
    u32 reasons;
    u32 missing;
    u64 vector;
    u64 deadline;
    struct rule_memory memory;
    bool is_warned;
    bool is_watched;
};

u64 model_join(u64 a, u64 b);
enum restriction model_vector_of(u64 vector, u32 operation);
struct model_said model_say(const struct rule_pack *pack, u32 rule,
                            const struct rule_person *person, u64 now, struct rule_memory memory);
/* The next instant at which a row changes. */
u64 model_next_row(const struct rule_person *person, u64 now);

/* ---- model_rules_look.c: holdings, findings, vectors ---- */

struct model_person *model_person(struct model *model, u32 person);
/* The trade group of a person; 0: none, also of nobody. */
u32 model_group_of_person(const struct model *model, u32 person);
/* The person's rows; the three arrays have room for all a person can have. */
struct model_gathered {
    struct rule_fact facts[RULE_FACTS_MAX];
    struct rule_listing listings[RULE_LISTINGS_MAX];
    struct rule_ownership ownerships[RULE_OWNERSHIPS_MAX];
    struct rule_person person;
};
void model_gather(const struct model *model, u32 person, struct model_gathered *gathered_out);
/* What so much is worth; false: there is no fresh price. */
bool model_worth(const struct model *model, const struct model_valuation *prices, u16 asset,
                 u128 units, u64 *eur_out);
struct rule_holdings model_holdings_of(const struct model *model, u32 person,
                                       const struct model_valuation *prices);
u64 model_person_vector(const struct model *model, u32 person);
/* Evaluates for these packs (bits), and for all that wait together with one of them. True: the
 * person's vector changed. */
bool model_look(struct model *model, u32 person, u32 packs, const struct model_valuation *prices,
                u64 cause_seq);
/* All packs, last prices, now. */
void model_look_now(struct model *model, u32 person);
/* Whether only holdings decide a rule about this person: of one pack, or MODEL_PACKS for any. */
bool model_is_watched(const struct model *model, u32 person, u32 pack);
/* An account's vector becomes what it ought to be; `always` tells of it even if it was so. */
void model_account_update(struct model *model, u32 account, u32 person, u64 cause_seq, bool always);

/* ---- model_rules_queue.c ---- */

bool model_entries_full(const struct model *model);
void model_entry_add(struct model *model, u32 packs, bool is_only_watched);
/* These packs and, again and again, those that wait together with one of them. */
u32 model_packs_together(const struct model *model, u32 packs);
u64 model_pack_border(const struct rule_pack *pack, u64 now);
/* What rules say of each asset from now on; orders in markets that this closes expire. */
void model_assets_update(struct model *model);

/* ---- model_define.c ---- */

/* A new account; returns its number. */
u32 model_account_begin(struct model *model, u64 restrictions, u32 trade_group, u16 tier);

/* ---- model_login.c ---- */

/* What was set by hand, and what a pause holds. */
u64 model_hand_of(const struct model_account *account);
/* Whether the account's vector has parts: it has a person, or a pause. */
bool model_has_parts(const struct model_account *account);
enum reject model_login(struct model *model, const struct command_head *command,
                        bool *is_known_out);
/* The account of a login; beyond all accounts: it has none. */
u32 model_login_account(const struct model *model, u64 login);
/* The account whose pause ended first, and is still on; beyond all accounts: there is none. */
u32 model_pause_over(const struct model *model);
void model_pause_end(struct model *model, u32 account);

/* ---- model_rules_person.c, model_rules_pack.c ---- */

enum reject model_rules_person(struct model *model, const struct command_head *command,
                               bool *is_known_out);
enum reject model_rules_pack(struct model *model, const struct command_head *command,
                             bool *is_known_out);
/* A person without rows; returns its number. */
u32 model_person_begin(struct model *model);
bool model_name_is_good(u64 name);
bool model_is_person(const struct model *model, u32 person);

/* Whether a command that wants one or two officers has them. */
ALWAYS_INLINE bool model_officers_ok(bool is_two_wanted, u32 officer, u32 second)
{
    return officer != 0 && (!is_two_wanted || (second != 0 && second != officer));
}

#endif /* SIM_MODEL_RULES_H */
