/* Stories: what a venue goes through over months, told by the venue itself. A story is data: who
 * there is, and steps with their dates. `cambist demo --story NAME` runs one through the real
 * engine in a folder of its own, on a clock that jumps from date to date, and prints what follows
 * from each step: decisions with their texts, vectors, refusals. What is left in the folder is a
 * venue that cambist verify, why and dump can read. The same story prints the same bytes
 * everywhere.
 *
 * A story whose people have records is screened as well: lists and registers of its own, the code
 * of the screening process for what follows from them, officers who sign orders, and the queue
 * (story_desk.h).
 *
 * Between the steps the venue lives: prices come, holdings are valued at midnight and noon, and
 * what time alone changes happens at its instant. docs/story-sanctions.md and
 * docs/story-ownership.md tell those there are.
 *
 * A third kind is about requests for people's records, and has no engine but the disclosure desk,
 * the public log and the opener (story_case.h, docs/story-disclosure.md).
 */
#ifndef APP_STORY_H
#define APP_STORY_H

#include "base/base.h"
#include "io/fault.h"

#define STORY_ACCOUNTS_MAX 16U
#define STORY_PERSONS_MAX  16U
#define STORY_PACKS_MAX    8U
#define STORY_ROWS_MAX     32U /* that later steps replace */
#define STORY_NAME_BYTES   14U
#define STORY_ASSETS_MAX   4U

/* Somebody with an account; several of the same person have the same number. */
struct story_account {
    const char *name;
    u32 person; /* from 1, in the order of sign-ups */
    const char *who;
};

/* What is recorded of a person at sign-up. */
struct story_fact {
    u32 person;
    u8 kind;
    u8 verified;
    const char *value;
    const char *expires; /* of its document; NULL: never */
    u64 evidence;
    const char *label; /* NULL: nothing replaces it */
};

enum story_act {
    STORY_SAY,       /* `text` alone */
    STORY_PRICE,     /* of `asset`: `amount` EUR from now on */
    STORY_SIGN_UP,   /* `account`, with its person if that is new, the facts, and a screening unless
                        `label` is NULL */
    STORY_DEPOSIT,   /* `amount` of `asset` */
    STORY_ORDER,     /* sell (buy: is_buy) `amount` at `price` */
    STORY_WITHDRAW,  /* `amount` of `asset`, under `licence` if not 0 */
    STORY_SETTLE,    /* the account's last withdrawal leaves the venue */
    STORY_RETURN,    /* the account's last held deposit goes back */
    STORY_FACT,      /* of the account's person: `fact` `value` from `from` until `until` ... */
    STORY_LISTING,   /* `state` on the demo's list, replacing `label` */
    STORY_OWNERSHIP, /* the listed own `lower` to `upper` percent */
    STORY_UNLINK,    /* the account from its person */
    STORY_LINK,      /* the account to `person` */
    STORY_PACK,      /* activates `value` */
    STORY_LICENCE,   /* for the account's person: `amount` EUR to withdraw under rule `value` */
    STORY_TABLE,     /* who may do what now */
    STORY_TRANSFER,  /* `amount` of `asset` to the account `target` */
    /* With a desk: */
    STORY_REGISTER, /* the file `value` of the demo's web comes to the registers */
    STORY_LOAD,     /* the file `value` of the web is loaded as the list */
    STORY_SCREEN,   /* everybody is looked at, and what is found is told the writer */
    STORY_OWN,      /* who owns the account's person on the day `from`, as known on `until` */
    STORY_WAY,      /* the way from it to somebody blocked, today */
    STORY_WHY,      /* what officers read of the account, at `from` as known at `until` if given */
    STORY_INBOX,    /* what its holder read last */
    STORY_QUEUE,    /* the open cases */
    STORY_CASE,     /* the act `fact` of an officer in the open case of the kind `state` */
    STORY_RESTRICT, /* the account, to the mode `value`, by hand */
    STORY_SECOND,   /* another officer signs the last order */
};

struct story_step {
    const char *at;   /* "2022-04-22T12:00"; NULL: at the time of the step before */
    const char *text; /* what happens; NULL: nothing is said */
    enum story_act act;
    u8 account;
    u8 asset;
    u8 fact;
    u8 verified;
    u8 state;
    u8 person;
    bool is_buy;
    u8 licence;
    u16 lower;
    u16 upper;
    u32 entry;
    u64 evidence;
    const char *amount;
    const char *price;
    const char *value;
    const char *from;
    const char *until;
    const char *expires;
    const char *label;    /* under which the row is known later */
    const char *replaces; /* a label */
    const char *by;       /* codes of officers, a blank between: it goes through the gate */
    u8 target;
};

/* A question that is asked at the end: cambist why, of an account. */
struct story_question {
    u8 account;
    const char *at; /* "2022-04-22" */
    const char *known_at;
};

/* What screening is told of somebody: a line of the normal form, with the person as its number. */
struct story_record {
    const char *line;
    const char *key; /* in the registers */
};

struct story {
    const char *name;
    const char *title;
    const char *begin; /* the first moment */
    const struct story_account *accounts;
    u32 accounts_count;
    const struct story_fact *facts;
    u32 facts_count;
    const struct story_step *steps;
    u32 steps_count;
    const struct story_question *questions;
    u32 questions_count;
    const char *const *ending;          /* lines; NULL at the end */
    const struct story_record *records; /* of the persons, by number from 1; NULL: no desk */
    u32 records_count;
};

extern const struct story story_sanctions;
extern const struct story story_ownership;
extern const struct story story_disclosure; /* no steps here: story_case.h */

/* NULL: none is called so. */
const struct story *story_find(const char *name);

/* Runs it in `folder`, which is made, and prints to standard output. FAULT_EXISTS: the folder holds
 * a venue. */
MUST_USE enum fault story_run(const struct story *story, const char *folder);

#endif /* APP_STORY_H */
