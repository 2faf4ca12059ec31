/* Notices to customers: what of a decision they may read, and in which words (docs/cases.md
 * "Notices").
 *
 * A decision event says what one rule says of one person. From the finding before and the one after
 * come the notices that are due; from a notice and the pack's text comes what it says, in English
 * or French. Both are functions of their arguments alone: the officers' queue and the gateway make
 * the same notices from the same events, without asking each other.
 *
 * A finding has a face. Candidates, undetermined ownership and rules whose audience is neutral have
 * the neutral one, whatever the rule: its notices consist of fixed texts and a day, so that one
 * hold reads, letter for letter, as any other. All neutral findings of a person, and what was set
 * by hand, make one hold: it is told once when it begins and once when it is over. Nothing here
 * ever names an entry of a list, a score, an owner or an officer. */
#ifndef WIRE_NOTICE_H
#define WIRE_NOTICE_H

#include "base/base.h"
#include "wire/pack_text.h"
#include "wire/wire_gen.h"

#define NOTICE_DAY_US      86400000000ULL
#define NOTICE_ANSWER_DAYS 5U  /* a hold is answered within so many */
#define NOTICE_APPEAL_DAYS 30U /* an appeal is possible for so many ... */
#define NOTICE_REVIEW_DAYS 10U /* ... and is answered within so many */
#define NOTICE_KINDS_MAX   3U  /* that one decision leads to */
#define NOTICE_PARTS_MAX   12U
#define NOTICE_BYTES_MAX   4096U /* of the parts that are put together */

/* What was last said of a person by one rule; zeros: nothing yet. */
struct notice_finding {
    u64 deadline;
    u16 vector;
    u8 truth;   /* enum truth */
    u8 reasons; /* DECISION_REASON_* */
    u8 missing; /* kinds of facts, bits */
    u8 flags;   /* DECISION_FLAG_* */
};

enum notice_face {
    NOTICE_FACE_NOTHING,
    NOTICE_FACE_WARNED,     /* near the threshold */
    NOTICE_FACE_EVIDENCE,   /* evidence is wanted */
    NOTICE_FACE_LATE,       /* it did not come in time */
    NOTICE_FACE_RESTRICTED, /* the rule applies */
    NOTICE_FACE_NEUTRAL,    /* a hold like any other */
};

enum notice_kind {
    NOTICE_RESTRICTED = 1,
    NOTICE_LIFTED = 2,
    NOTICE_WARNED = 3,
    NOTICE_EVIDENCE = 4,
    NOTICE_LATE = 5,
    NOTICE_SETTLED = 6,  /* the evidence is there */
    NOTICE_CHECKING = 7, /* the neutral hold begins ... */
    NOTICE_CHECKED = 8,  /* ... and is over */

    /* Of the customer's login; fixed texts too, and no decision leads to them. */
    NOTICE_PAUSED = 9,      /* nothing leaves for a while, since a new password came by mail */
    NOTICE_RECOVERY = 10,   /* a recovery code was used */
    NOTICE_SECOND_OFF = 11, /* the second factor was taken off */
};
#define NOTICE_KIND_COUNT (NOTICE_SECOND_OFF + 1U)

struct notice {
    enum notice_kind kind;
    u64 time_us;
    struct notice_finding finding; /* after the decision; not looked at by neutral kinds */
    u64 until_us;                  /* of NOTICE_PAUSED, its end; 0: not known */
    u64 holdings;                  /* 10^-8 EUR, where the finding's flags say that it is known */
};

struct notice_finding notice_finding_of(const struct event_decision *event);

/* `rule` NULL: its text is not to be had; then whatever restricts is neutral. */
enum notice_face notice_face_of(const struct notice_finding *finding,
                                const struct pack_rule_text *rule);

/* The notices that lead from one finding to the next, in order. `others_neutral`: something else
 * already holds this person neutrally. Returns how many. */
u32 notice_of(const struct notice_finding *before, const struct notice_finding *after,
              const struct pack_rule_text *rule, bool others_neutral,
              enum notice_kind kinds_out[NOTICE_KINDS_MAX]);

/* "restricted", ... */
const char *notice_name(enum notice_kind kind);

/* The day, as 2022-04-22. */
#define NOTICE_DATE_BYTES 11U
const char *notice_date(u64 us, char target[NOTICE_DATE_BYTES]);

/* A notice as named paragraphs: title, act, article, text, holdings, possible, held, impossible,
 * leave, evidence, until, appeal; those that it has, in this order. */
struct notice_part {
    const char *name;
    struct span text;
};

struct notice_text {
    u32 count;
    struct notice_part parts[NOTICE_PARTS_MAX];
    size_t used;
    char memory[NOTICE_BYTES_MAX]; /* `parts` point into it: not to be copied */
};

/* `pack` and `rule` NULL: their text is not to be had. Parts may point into them. */
void notice_print(const struct notice *notice, const struct pack_text *pack,
                  const struct pack_rule_text *rule, enum language language,
                  struct notice_text *text_out);

#endif /* WIRE_NOTICE_H */
