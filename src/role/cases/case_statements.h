/* Every SQL text of the officers' queue in one place, prepared once per connection. Parameters and
 * columns are read in the order in which they stand. */
#ifndef ROLE_CASES_CASE_STATEMENTS_H
#define ROLE_CASES_CASE_STATEMENTS_H

#include "role/cases/case_rows.h"
#include "role/cases/case_store.h"
#include "wire/schema.h"

#define CASE_PACKS_MAX 64U /* numbers of packs in a venue that are known here */
#define CASE_NO_PACK   255U

/* A verdict's score lies above its state, in the same column: as the texts have it. */
#define CASE_SCORE_SHIFT 8U

enum case_statement {
    CASE_BEGIN,
    CASE_COMMIT,
    CASE_ABANDON,
    CASE_POINT_GET,
    CASE_POINT_SET,
    CASE_ACCOUNT_GET,
    CASE_ACCOUNT_PUT,
    CASE_ACCOUNT_FORGET,
    CASE_ACCOUNTS_OF,
    CASE_PACK_PUT,
    CASE_PACK_FORGET,
    CASE_PACKS,
    CASE_FINDING_GET,
    CASE_FINDING_PUT,
    CASE_FINDING_FORGET,
    CASE_FINDINGS_OF,
    CASE_NEUTRAL_OTHERS,
    CASE_VERDICT_PUT,
    CASE_VERDICT_FORGET,
    CASE_VERDICT_LAST,
    CASE_HELD_BEGIN,
    CASE_HELD_END,
    CASE_HELD_COUNT,
    CASE_MATTER_NEXT,
    CASE_MATTER_PUT,
    CASE_MATTER_GET,
    CASE_MATTER_OPEN,
    CASE_MATTER_OF,
    CASE_MATTER_APPEAL,
    CASE_MATTER_DUPLICATE,
    CASE_ACT_PUT,
    CASE_NOTICE_NEXT,
    CASE_NOTICE_PUT,
    CASE_WHITELIST_PUT,
    CASE_LIST,
    CASE_LIST_OPEN,
    CASE_ACTS,
    CASE_ACTS_BY,
    CASE_NOTICES,
    CASE_WHITELIST,
    CASE_PERSON_OF,
    CASE_COUNTS,
    CASE_APPEAL_LAST,
    CASE_STANDING_LAST,
    CASE_EVIDENCE_COUNT,
    CASE_STATEMENTS
};

extern const char *const case_texts[CASE_STATEMENTS];
extern const char *const case_schema[]; /* NULL ends it */
/* Made where they are missing, in databases of earlier versions too. NULL ends it. */
extern const char *const case_indexes[];

/* All columns of a case, in the order of CASE_MATTER_PUT and of every text that gives cases. The
 * parameters point into the row. */
void case_row_put(struct sql_call *call, const struct case_row *row);
void case_row_get(struct sql_call *call, struct case_row *row_out);

/* ---- shared by the files that write ---- */

struct case_pack {
    bool is_known;
    u8 hash[CASE_HASH_BYTES];
    char id[CASE_ID_BYTES];
    u32 version;
    bool has_text;
};

struct case_store {
    struct sql sql;
    enum sql_access access;
    struct disk *disk; /* of the packs */
    char packs_folder[FILE_PATH_BYTES];
    u8 venue[CASE_VENUE_BYTES];
    bool open;                     /* a transaction */
    struct projection_point point; /* committed */
    struct projection_point ahead; /* of the transaction */
    u64 textless;
    struct case_pack packs[CASE_PACKS_MAX];
    struct pack_text *texts; /* of the packs, by number; writers only */
    u8 *json;                /* PACK_TEXT_JSON_MAX bytes, to read one in */
    struct sqlite3_stmt *statements[CASE_STATEMENTS];
};

/* What every event of a chunk shares. */
struct case_moment {
    struct case_store *store;
    u64 time_us;
};

struct case_account {
    u64 hand;
    u64 vector;
    u32 account;
    u32 person; /* 0: linked to nobody */
};

struct sql_call case_call(struct case_store *store, enum case_statement statement);
/* Runs a change. */
MUST_USE enum fault case_do(struct case_store *store, struct sql_call *call);

/* The rule's text, or NULL. */
const struct pack_rule_text *case_rule_text(const struct case_store *store, u32 pack, u32 rule);
MUST_USE enum fault case_pack_read(struct case_store *store, u32 number);

/* case_decide.c: what one rule says of a person is this now; `at` the event of its command. */
MUST_USE enum fault case_decide(const struct case_moment *at, const struct event_decision *event);
/* The notices that an account's owner gets for what is already said of the person, or gets to be
 * over when the account leaves the person. */
MUST_USE enum fault case_join(const struct case_moment *at, const struct case_account *account,
                              u64 seq, bool joins);
/* Set by hand. `before` and `after`: a vector. */
MUST_USE enum fault case_hand(const struct case_moment *at, const struct case_account *account,
                              u64 seq, u64 before, u64 after);

/* Numbers the case and writes it. */
MUST_USE enum fault case_open(const struct case_moment *at, struct case_row *row, u64 seq);
MUST_USE enum fault case_close(const struct case_moment *at, struct case_row *row, u64 seq,
                               enum case_outcome outcome);
MUST_USE enum fault case_read(struct case_store *store, u64 matter, struct case_row *row_out,
                              bool *found_out);
/* A name with zeros behind it; nothing if it is longer. */
void case_name_put(char target[CASE_ID_BYTES], struct span name);
/* The columns about the rule. */
void case_about_rule(const struct case_store *store, struct case_row *row, u32 pack, u32 rule);

/* case_act.c: an officer's or a customer's act. */
MUST_USE enum fault case_act_apply(const struct case_moment *at,
                                   const struct command_case_act *command, u64 seq);
MUST_USE enum fault case_row_write(struct case_store *store, const struct case_row *row);
/* An appeal against what `parent` decided; its matter is 0 where no case did. */
MUST_USE enum fault case_appeal_open(const struct case_moment *at, const struct case_row *parent,
                                     const struct command_case_act *command, u64 seq);
/* A command that names a case. */
MUST_USE enum fault case_note(const struct case_moment *at, const struct case_act_row *row);

/* case_customer.c: what a customer did on the page, which names no case: the queue finds it. */
bool case_customer_is(const struct command_case_act *command);
/* *matter_out: the case it went to; 0: none. */
MUST_USE enum fault case_customer_apply(const struct case_moment *at,
                                        const struct command_case_act *command, u64 seq,
                                        u64 *matter_out, enum case_void *is_void_out);

/* case_ledger.c */
MUST_USE enum fault case_ledger(const struct case_moment *at, const struct event_ledger *event);
MUST_USE enum fault case_rejected(const struct case_moment *at, const struct event_rejected *event);
MUST_USE enum fault case_account_read(struct case_store *store, u32 account,
                                      struct case_account *account_out);
MUST_USE enum fault case_account_write(struct case_store *store,
                                       const struct case_account *account);
/* A new batch has begun: yearly reports whose day lies between the last one and this. */
MUST_USE enum fault case_years(const struct case_moment *at, u64 before_us, u64 seq);

/* case_image.c: a new database begins with the newest image. FAULT_MISSING: there is none, or
 * persons are in it. */
MUST_USE enum fault case_image(struct case_store *store, struct disk *disk, const char *events);

#endif /* ROLE_CASES_CASE_STATEMENTS_H */
