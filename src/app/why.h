/* Why an account is restricted: what the rules say of a person at a moment, as known at another,
 * with everything that leads there (docs/why.md "Why").
 *
 * The answer is a function of the journal, the two moments and the packs' texts: rows, packs and
 * verdicts are those of the state as known then; balances, prices and what was remembered those of
 * the earlier of the two moments. Asked again, also after the venue went on, it is the same. */
#ifndef APP_WHY_H
#define APP_WHY_H

#include "app/past.h"
#include "app/rule_state.h"
#include "wire/json.h"
#include "wire/pack_text.h"

#include <stdio.h>

#define WHY_ACCOUNTS_MAX 256U
#define WHY_RULES_MAX    (RULE_STATE_PACKS_MAX * RULE_RULES_MAX)
#define WHY_JSON_BYTES   (4U << 20)

struct why_question {
    const char *folder; /* the venue's data */
    const char *packs;  /* where HASH.json are; NULL: packs in the folder */
    u32 account;        /* asked about, where by_account */
    u32 person;         /* else this one */
    bool by_account;
    u64 at;                             /* PAST_END: as known_at */
    u64 known_at;                       /* PAST_END: the journal's end */
    bool from_genesis;                  /* leaves snapshots aside; the answer is the same */
    struct recovery_progress *progress; /* may be NULL */
};

/* The command that led to something. */
struct why_cause {
    u64 seq; /* 0: not known */
    u64 time_us;
    u16 kind;
    u32 size;
    u8 record[COMMAND_BYTES_MAX];
};

/* What the writer last said of the person by one rule. */
struct why_said {
    struct event_decision event; /* head.seq 0: nothing */
    u64 time_us;
};

struct why_rule {
    u32 pack; /* place in the answer's packs */
    u32 rule;
    const struct rule *law;
    const struct rule_result *result;
    struct why_said said; /* where something stands */
    struct why_cause cause;
};

struct why_pack {
    const struct rule_state_pack *pack;
    bool ended_since; /* between the two moments; it was there at the first */
    struct rule_outcome outcome;
    bool has_text;
    struct pack_text text;
};

/* Set by hand: the last `restrict`, and the note or act before it. */
struct why_hand {
    u32 account;
    u64 seq; /* 0: none found */
    u64 time_us;
    u64 vector;
    u32 actor;
    u32 reason;
    u32 officer;
    u32 second;
    u64 matter;
};

struct why_account {
    struct rule_state_account account;
    struct why_hand hand;
};

/* Large: static. */
struct why_answer {
    struct why_question question;
    u32 person; /* 0: the account has none */
    u64 at;
    u64 known_at;
    struct past_look looks[2]; /* of the money, of the rows; may be the same moment */
    struct rule_state states[2];
    struct rule_state *money; /* the state at the earlier moment */
    struct rule_state *known; /* the state as known then */
    u32 accounts_count;
    struct why_account accounts[WHY_ACCOUNTS_MAX];
    u64 vector; /* of the rules, as evaluated here */
    struct rule_state_person rows;
    struct rule_holdings holdings;
    struct rule_state_holding *assets; /* room for every asset */
    u32 assets_count;
    u32 packs_count;
    struct why_pack packs[RULE_STATE_PACKS_MAX];
    u32 rules_count;
    struct why_rule rules[WHY_RULES_MAX];
};

/* *answer_out holds no answer; it is to be closed also after a fault. FAULT_MISSING: no journal,
 * account or person. FAULT_FOREIGN: a text that is not the pack's. */
MUST_USE enum fault why_ask(const struct why_question *question, struct why_answer *answer_out);
void why_close(struct why_answer *answer);

/* The text of a pack, checked against its hash; false in *has_out: it is not there. */
MUST_USE enum fault why_pack_text(const char *folder, const u8 hash[RULE_HASH_BYTES],
                                  struct pack_text *text_out, bool *has_out);

/* Units of an asset as a decimal number. */
const char *why_units_text(u128 units, u32 scale, char target[64]);

/* A moment; 0, which is never or always, is null. */
void why_put_time(struct json_writer *writer, const char *name, u64 time_us);

/* For officers, and what a customer may read of it. */
void why_put_json(const struct why_answer *answer, struct json_writer *writer);
void why_put_customer_json(const struct why_answer *answer, struct json_writer *writer);
void why_print(const struct why_answer *answer, FILE *target);
void why_print_customer(const struct why_answer *answer, FILE *target);

#endif /* APP_WHY_H */
