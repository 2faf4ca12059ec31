/* The desk's state: cases of requests for disclosure, the registers beside them, and which act may
 * follow (docs/desk.md).
 *
 * Pure: desk_check looks and may refuse, naming the rule; desk_apply writes and always succeeds.
 * Everything follows from the acts in their order, so that the store keeps those alone and makes
 * the rest anew. What a step was judged by beside its act (who signed, when it came, how many had
 * to approve then) is part of the step. */
#ifndef ROLE_DESK_DESK_H
#define ROLE_DESK_DESK_H

#include "base/base.h"
#include "io/fault.h"
#include "role/desk/desk_act.h"
#include "role/desk/desk_basis.h"

#define DESK_AUTHORITIES_MAX 128U
#define DESK_RECUSED_MAX     256U
#define DESK_APPROVALS_MAX   16U
#define DESK_PROPOSERS_MAX   16U
#define DESK_QUORUM_MAX      6U /* of one group; one more for bulk and search */

#define DESK_GRANT_PLAIN_S     86400U /* how long a grant may hold: as in its text */
#define DESK_GRANT_EMERGENCY_S 7200U
#define DESK_GRANT_BULK_S      345600U
#define DESK_BULK_WAIT_S       259200U   /* from `logged` to the opening, of bulk and search */
#define DESK_INSTRUMENT_S      432000U   /* in which the paper of an emergency has to come */
#define DESK_PRESERVE_S        5184000U  /* 60 days, and again (Regulation 2023/1543 article 11) */
#define DESK_SILENCE_S         31622400U /* a silence ends within a year, or is ordered anew */
#define DESK_NOTICE_GRACE_S    259200U   /* the notice has to follow in it; the log waits 7 days */
#define DESK_LATE_S            3600U     /* behind a grant's end: its opening may still be told */

/* constant, name, why. What refuses an act; names are permanent. */
/* clang-format off */
#define DESK_RULE_TABLE(ROW)                                                                      \
    ROW(NONE, "none", "nothing is against it")                                                    \
    ROW(VENUE, "venue", "the act is of another venue")                                            \
    ROW(SIGNER, "signer", "no officer of the desk has this code, role and region")                \
    ROW(SIGNATURE, "signature", "the signature is not the officer's over this text")              \
    ROW(TIME, "time", "signed more than a day ago, or ahead of the clock")                        \
    ROW(CASE, "case", "there is no such case, or there is one already")                           \
    ROW(FULL, "full", "the desk has no room for another one")                                     \
    ROW(PRIOR, "prior", "the act does not follow the last one")                                   \
    ROW(ROLE, "role", "this role never does that")                                                \
    ROW(STATE, "state", "not in this state of the case")                                          \
    ROW(RECUSED, "recused", "the officer has ties to the authority")                              \
    ROW(REASON, "reason", "a refusal names its reason, and nothing else has one")                 \
    ROW(EVIDENCE, "evidence", "the hash of what it rests on is missing")                          \
    ROW(AUTHORITY, "authority", "no such authority is registered and confirmed, of this country") \
    ROW(SHAPE, "shape", "the request's fields do not go together")                                \
    ROW(PEOPLE, "people", "people and records are not numbered from 1, each with an identifier")  \
    ROW(CLASS, "class", "more than 10 people are bulk, fewer are not; a search names nobody")     \
    ROW(HURRY, "hurry", "bulk and search are no emergency")                                       \
    ROW(PAPER, "paper", "there is no instrument, or it has ended")                                \
    ROW(CALL_BACK, "call-back", "the authority was not called back at its registered number")     \
    ROW(SAME_PERSON, "same-person", "who proposed does not approve")                              \
    ROW(SAME_REGION, "same-region", "a region stands in one group alone")                         \
    ROW(TWICE, "twice", "this person has approved")                                               \
    ROW(TREATY, "treaty", "a third country without a treaty: only refuse, or send via treaty")    \
    ROW(BASIS, "basis", "no such basis leads to that")                                            \
    ROW(SCOPE, "scope", "more than was asked for, or nothing at all")                             \
    ROW(REQUEST, "request", "a request of this kind has no such step")                            \
    ROW(PREPARED, "prepared", "no grant was prepared, or it is another one")                      \
    ROW(PERSONS, "persons", "each person of the assessment has one number")                       \
    ROW(UNTIL, "until", "the end is past, or further away than it may be")                        \
    ROW(EXPIRED, "expired", "the grant is over")                                                  \
    ROW(NOT_YET, "not-yet", "its time has not come")                                              \
    ROW(WAIT, "wait", "bulk and search wait 72 hours in the log")                                 \
    ROW(SILENT, "silent", "a silence runs")                                                       \
    ROW(NOTICE, "notice", "the customer was not told")                                            \
    ROW(LAPSED, "lapsed", "the emergency's paper never came")                                     \
    ROW(LETTER, "letter", "the hash is not that of the letter")                                   \
    ROW(LOG, "log", "the log has not taken every step before")                                    \
    ROW(USED, "used", "this very act was taken before")                                           \
    ROW(SEARCH, "search", "the blind index does not answer it: to be refused as DataNotHeld")
/* clang-format on */

#define DESK_RULE_ROW(constant, name, why) DESK_RULE_##constant,
enum desk_rule { DESK_RULE_TABLE(DESK_RULE_ROW) };
#undef DESK_RULE_ROW

const char *desk_rule_name(enum desk_rule rule);
const char *desk_rule_why(enum desk_rule rule);

struct desk_authority {
    char name[DESK_AUTHORITY_BYTES];
    char country[3];
    char recipient[DESK_RECIPIENT_BYTES];
    char telephone[DESK_TELEPHONE_BYTES];
    bool is_confirmed;
    bool is_struck;
    u8 type;
    u8 role; /* of whom proposed it */
    u32 person;
    char region[CODE_NAME_BYTES];
    u8 prior[DESK_HASH_BYTES]; /* the last act about it */
};

struct desk_recused {
    char officer[CODE_NAME_BYTES]; /* whoever has this code, */
    u32 person;                    /* and this person under any code; 0: not known */
    char authority[DESK_AUTHORITY_BYTES];
};

/* Who ever proposed in a case, and does not approve in it. */
struct desk_proposer {
    u32 person;
    bool took_in;  /* received or amended it */
    bool assessed; /* once */
};

struct desk_approval {
    u32 person;
    char officer[CODE_NAME_BYTES];
    u8 role;
    char region[CODE_NAME_BYTES];
};

struct desk_case {
    u8 name[DESK_NAME_BYTES];
    u8 prior[DESK_HASH_BYTES];
    u8 state; /* enum desk_state */
    u8 request;
    u8 mark;
    u8 opening;
    u8 basis;
    u8 class;
    u8 urgency;
    u8 reason; /* of the last act that had one */
    bool is_called;
    bool is_counted; /* a search: its count was told */
    bool is_lapsed;
    bool is_prepared;
    bool was_approved; /* the prepared grant, by enough: whatever came since, it may be opened */
    bool was_opened;   /* records were; the customer has to be told */
    bool was_silent;   /* a silence was ordered; the same */
    bool was_noticed;
    char country[3];
    char authority[DESK_AUTHORITY_BYTES];
    u8 instrument[DESK_HASH_BYTES];
    char reference[DESK_REFERENCE_BYTES];
    u64 instrument_ends_s; /* 0: open */
    u8 grant[DESK_HASH_BYTES];
    u64 grant_until_s;
    u64 received_s;
    u64 moved_s;  /* the last change of its state */
    u64 logged_s; /* of the prepared grant; 0: not yet */
    u64 closed_s;
    u64 until_s;    /* of a preservation */
    u64 silence_s;  /* the end of the last silence; 0: none */
    u64 opened_log; /* number of the opening's event in the log; 0: none */
    u32 steps;
    u32 people_count;
    u32 found_count; /* of a search */
    u32 quorum_a;    /* how many of each group the last approval took */
    u32 quorum_b;
    u32 proposers_count;
    struct desk_proposer proposers[DESK_PROPOSERS_MAX];
    u32 approvals_count;
    struct desk_approval approvals[DESK_APPROVALS_MAX];
    u32 subjects_count;
    u32 asked_count;
    u32 granted_count; /* as assessed */
    struct desk_subject subjects[DESK_SUBJECTS_MAX];
    struct desk_record asked[DESK_RECORDS_MAX];
    struct desk_record granted[DESK_RECORDS_MAX];
    u64 persons[DESK_PERSONS_MAX]; /* of the prepared grant */
};

struct desk {
    char venue[DESK_VENUE_BYTES];
    u32 cases_max;
    u32 cases_count;
    struct desk_case *cases; /* in the order in which they came */
    u32 *slots;              /* by name: place + 1; twice as many as cases at least */
    u32 slots_count;
    u32 authorities_count;
    u32 recused_count;
    u64 contacts_count;
    struct desk_authority authorities[DESK_AUTHORITIES_MAX];
    struct desk_recused recused[DESK_RECUSED_MAX];
};

/* What an act was judged by beside itself. */
struct desk_step {
    const struct desk_act *act;
    u8 hash[DESK_HASH_BYTES]; /* SHA-256 of its text */
    u32 person;               /* number of the officer in the register; 0: the process */
    u32 quorum_a;             /* how many of each group had to approve then */
    u32 quorum_b;             /* 0, of a recusal: quorum_a is the number of whom it is about */
    u64 now_s;                /* when it came */
};

/* FAULT_LIMIT: no memory. desk_free takes a zeroed one too. */
MUST_USE enum fault desk_init(struct desk *desk, const char *venue, u32 cases_max);
void desk_free(struct desk *desk);

/* NULL: there is none. */
const struct desk_case *desk_case(const struct desk *desk, const u8 name[DESK_NAME_BYTES]);
const struct desk_authority *desk_authority(const struct desk *desk, const char *name);
/* Whether ties to the authority were declared of this code, or of this person (0: nobody). */
bool desk_is_recused(const struct desk *desk, const char *officer, u32 person,
                     const char *authority);

/* Who signed, and with which key, is the caller's to look at; all else is looked at here. */
MUST_USE enum desk_rule desk_check(const struct desk *desk, const struct desk_step *step);
/* CHECK: desk_check said NONE. */
void desk_apply(struct desk *desk, const struct desk_step *step);

/* Whether an opening of the case's grant may still be told by the log, after the way to it was
 * ended at the desk: officers' clients do not ask the desk. */
bool desk_may_be_late(const struct desk_case *at);
/* The same, and the grant's time for it is not over. */
bool desk_waits_for_late(const struct desk_case *at, u64 now_s);

/* How many of a group have to approve the case. */
u32 desk_quorum(const struct desk_case *at, u32 quorum);

/* What the act "process" may do now, for the turn of a clock: the kind, or 0. */
enum desk_act_kind desk_due(const struct desk_case *at, u64 now_s);

/* What somebody has to look at, as bits. */
enum {
    DESK_ALARM_SILENCE = 1 << 0,    /* a silence is over, and the customer was not told in time */
    DESK_ALARM_INSTRUMENT = 1 << 1, /* an emergency's paper did not come */
    DESK_ALARM_NOTICE = 1 << 2,     /* records were opened, nothing is silent, nobody was told */
};
u32 desk_alarm(const struct desk_case *at, u64 now_s);

/* Whether the case has come to its end. */
bool desk_case_is_over(const struct desk_case *at);

#endif /* ROLE_DESK_DESK_H */
