/* What the officers' queue holds: cases, what was done in them, notices in inboxes. Plain structs;
 * times in microseconds, 0: not. docs/cases.md says what opens and closes each kind. */
#ifndef ROLE_CASES_CASE_ROWS_H
#define ROLE_CASES_CASE_ROWS_H

#include "base/base.h"
#include "wire/notice.h"

#define CASE_ID_BYTES   32U
#define CASE_HASH_BYTES 32U

/* What screening has scored a candidate, in ten-thousandths; 0: nothing scored it. */
#define CASE_SCORE_ONE 10000U

/* A case's number says where it comes from: the command in whose events it was opened, and which of
 * that command's cases it is. So it is the same in every database made from the same events. */
#define CASE_ITEM_BITS       20U
#define CASE_SEQ_OF(matter)  ((matter) >> CASE_ITEM_BITS)
#define CASE_ITEM_OF(matter) ((matter) & ((1ULL << CASE_ITEM_BITS) - 1))

#define CASE_ANSWER_US (NOTICE_ANSWER_DAYS * NOTICE_DAY_US) /* a hold is answered by then */
#define CASE_FREEZE_US NOTICE_DAY_US /* an officer has looked at a freeze by then */
#define CASE_SECOND_US NOTICE_DAY_US /* the second officer has confirmed by then */
#define CASE_APPEAL_US (NOTICE_REVIEW_DAYS * NOTICE_DAY_US)

enum case_kind {
    CASE_KIND_CANDIDATE = 1,    /* an unconfirmed list hit holds withdrawals and transfers */
    CASE_KIND_UNDETERMINED = 2, /* bounds of ownership on both sides */
    CASE_KIND_EVIDENCE = 3,     /* evidence is wanted */
    CASE_KIND_FREEZE = 4,       /* a rule that freezes applies */
    CASE_KIND_THRESHOLD = 5,    /* a rule with a threshold applies */
    CASE_KIND_RULE = 6,         /* another rule applies */
    CASE_KIND_HELD_DEPOSIT = 7,
    CASE_KIND_FROZEN_DEPOSIT = 8,
    CASE_KIND_REPORT = 9,           /* of what a rule that applies wants reported */
    CASE_KIND_REPORT_REJECTED = 10, /* of refused movements of a frozen account, one a day */
    CASE_KIND_REPORT_YEARLY = 11,
    CASE_KIND_WIND_DOWN = 12,
    CASE_KIND_CLOSE_ACCOUNT = 13,
    CASE_KIND_APPEAL = 14,
    CASE_KIND_MANUAL = 15,
    CASE_KIND_DUPLICATE = 16, /* somebody who enrolled was seen before, as somebody else */
};
#define CASE_KIND_COUNT (CASE_KIND_DUPLICATE + 1U)

enum case_state {
    CASE_STATE_OPEN = 1,
    CASE_STATE_TAKEN = 2,
    CASE_STATE_SECOND = 3,  /* decided by one officer, the second is awaited */
    CASE_STATE_DECIDED = 4, /* what holds was confirmed */
    CASE_STATE_CLEARED = 5, /* two officers cleared it; it closes when the finding goes */
    CASE_STATE_CLOSED = 6,
};
#define CASE_STATE_COUNT (CASE_STATE_CLOSED + 1U)

enum case_outcome {
    CASE_OUTCOME_NONE = 0,
    CASE_OUTCOME_SETTLED = 1, /* what opened it is gone */
    CASE_OUTCOME_CONFIRMED = 2,
    CASE_OUTCOME_CLEARED = 3,
    CASE_OUTCOME_WHITELISTED = 4,
    CASE_OUTCOME_UPHELD = 5,
    CASE_OUTCOME_OVERTURNED = 6,
    CASE_OUTCOME_FILED = 7,
    CASE_OUTCOME_RETURNED = 8,
    CASE_OUTCOME_RELEASED = 9,
};
#define CASE_OUTCOME_COUNT (CASE_OUTCOME_RELEASED + 1U)

/* Why an act changes nothing: it stays in the record, and the case as it was. */
enum case_void {
    CASE_VOID_NONE = 0,
    CASE_VOID_UNKNOWN = 1, /* there is no such case */
    CASE_VOID_CLOSED = 2,
    CASE_VOID_OWNED = 3,    /* another officer has it */
    CASE_VOID_SAME = 4,     /* the same officer twice, or one who took part in what is appealed */
    CASE_VOID_SECOND = 5,   /* what loosens needs two officers */
    CASE_VOID_STATE = 6,    /* not in this state, or not in a case of this kind */
    CASE_VOID_UNTIL = 7,    /* an end that is not in the future */
    CASE_VOID_APPEALED = 8, /* an appeal is open already */
    CASE_VOID_OFFICER = 9,  /* nobody did it */
};
#define CASE_VOID_COUNT (CASE_VOID_OFFICER + 1U)

struct case_row {
    u64 matter;
    u64 cause_seq;
    u64 opened_us;
    u64 deadline_us; /* with business_days: weekends counted in, no holidays */
    u64 list;        /* of the verdict it is about; 0: none */
    u64 reference;   /* hold or entry of a deposit; day or year of a report; of a duplicate the
                      * enrolment's version * 4 + what was seen before (VAULT_SEEN_...) */
    u64 parent;      /* of an appeal */
    u64 amount;      /* of a deposit, in units of its asset; of a candidate its score */
    u64 decided_us;
    u64 second_due_us;
    u64 closed_seq;
    u64 closed_us;
    u32 business_days; /* 0: the deadline is none of business days */
    u32 person;
    u32 account; /* 0: all of the person */
    u32 item;    /* of a duty: its number in the pack, from 1 */
    u32 version;
    u32 entry; /* of the list; 0: none */
    u32 owner;
    u32 decided_by;
    u32 second_by;
    u16 asset;
    u16 vector; /* of the finding that opened it */
    u8 kind;    /* enum case_kind */
    u8 state;
    u8 outcome;
    u8 pack; /* its number in the venue then */
    u8 rule;
    u8 hash[CASE_HASH_BYTES];     /* of the pack; zeros: no rule */
    u8 evidence[CASE_HASH_BYTES]; /* the last that was filed */
    char pack_id[CASE_ID_BYTES];
    char rule_id[CASE_ID_BYTES]; /* zeros: the pack's text is not to be had */
    char what[CASE_ID_BYTES];    /* of a duty: authority, product, kind of evidence */
};

/* One line of a case's record: an act, or a command that named the case (`command` not 0). */
struct case_act_row {
    u64 matter;
    u64 seq;
    u64 time_us;
    u64 until_us;
    u32 person;
    u32 officer;
    u32 second;
    u16 act; /* enum case_act */
    u16 command;
    u8 is_void; /* enum case_void */
    u8 evidence[CASE_HASH_BYTES];
};

struct case_notice_row {
    u64 seq;
    struct notice notice;
    u32 item; /* which of the command's */
    u32 account;
    u8 rule;
    u8 hash[CASE_HASH_BYTES];
};

struct case_whitelist_row {
    u64 list;
    u64 matter;
    u64 from_us;
    u64 until_us;
    u32 person;
    u32 entry;
};

const char *case_kind_name(u32 kind);
const char *case_state_name(u32 state);
const char *case_outcome_name(u32 outcome);
const char *case_void_name(u32 is_void);

bool case_is_report(const struct case_row *row);

#endif /* ROLE_CASES_CASE_ROWS_H */
