/* Rules: what a dated pack of law says about a person at an instant (docs/rules.md).
 *
 * A pack is data: rules with predicates over facts, list and ownership verdicts and holdings. The
 * evaluator is a function of pack, person, instant and the memory of earlier evaluations; it keeps
 * nothing, allocates nothing and is bounded by the table sizes below. Truth has three values, and
 * unknown never reads as no: a rule says what holds while it is not known whether it applies.
 *
 * The result is a vector of restrictions, two bits for each operation, and the reason: which rules,
 * which rows of the person, what is missing, and until when nothing can change by itself. */
#ifndef CORE_RULE_H
#define CORE_RULE_H

#include "base/base.h"
#include "wire/wire_gen.h"

#define RULE_RULES_MAX      16U  /* of a pack */
#define RULE_NODES_MAX      256U /* of a pack's predicates together */
#define RULE_DEPTH_MAX      8U
#define RULE_VALUES_MAX     1024U /* countries and other values that predicates name */
#define RULE_NAMES_MAX      64U   /* programmes and assets that rules name */
#define RULE_DUTIES_MAX     64U
#define RULE_FACTS_MAX      64U /* rows of one person: a mask of u64 holds them */
#define RULE_LISTINGS_MAX   32U
#define RULE_OWNERSHIPS_MAX 32U
#define RULE_ID_BYTES       32U
#define RULE_HASH_BYTES     32U
#define RULE_NAME_SYMBOLS   12U
#define RULE_TIME_OPEN      UINT64_MAX /* an interval without an end */
#define RULE_PERCENT_ONE    10000U     /* hundredths of a percent: so many are the whole */
#define RULE_EUR_SCALE      8U         /* holdings count 10^-8 EUR */
#define RULE_NONE           0xFFFFU    /* no parent, no table entry */

/* New accounts and services; the other operations are those of the schema. */
#define RULE_OPERATION_OPEN   7U
#define RULE_OPERATIONS_COUNT 8U

enum rule_truth { RULE_FALSE = 0, RULE_UNKNOWN = 1, RULE_TRUE = 2 };

enum rule_fact_kind {
    RULE_FACT_KIND = 1, /* natural or legal */
    RULE_FACT_NATIONALITY = 2,
    RULE_FACT_RESIDENCE = 3,
    RULE_FACT_PERMIT = 4,
    RULE_FACT_ESTABLISHMENT = 5,
    RULE_FACT_DOCUMENT = 6,
    RULE_FACT_ROLE = 7,
};
#define RULE_FACT_KINDS 8U

/* What a fact's value may be: a country (rule_country_of), one of these, none or others. */
#define RULE_VALUE_NONE     0U      /* recorded: there is none of this kind */
#define RULE_VALUE_UNKNOWN  0xFFFFU /* recorded: there are others, not known */
#define RULE_KIND_NATURAL   1U
#define RULE_KIND_LEGAL     2U
#define RULE_ROLE_OWNER     1U
#define RULE_ROLE_GOVERNING 2U
#define RULE_ROLE_ENTITY    3U /* an entity of the venue's own; its accounts are house accounts */
#define RULE_ROLE_ROUTE     4U /* a route by which the venue pays or is paid */
#define RULE_COUNTRY_LAST   676U

/* How a fact was verified; bits. */
enum { RULE_VERIFIED_DOCUMENT = 1, RULE_VERIFIED_ADDRESS = 2, RULE_VERIFIED_REGISTER = 4 };
#define RULE_VERIFIED_ALL 7U

enum rule_listing_state {
    RULE_LISTING_CLEAR = 1,
    RULE_LISTING_CANDIDATE = 2,
    RULE_LISTING_CONFIRMED = 3,
};

enum rule_compare { RULE_ABOVE = 1, RULE_AT_LEAST = 2 };

/* When a row holds, in valid time and in recorded time: from .. until, the end excluded. */
struct rule_interval {
    u64 from;
    u64 until;
};

struct rule_fact {
    u8 kind;
    u8 verified;
    u16 value;
    struct rule_interval valid;
    struct rule_interval recorded;
    u64 expires; /* of its document; RULE_TIME_OPEN: never */
};

/* A verdict of screening against one list. */
struct rule_listing {
    u64 list;
    u64 programme; /* 0: not told */
    u8 state;
    struct rule_interval valid;
    struct rule_interval recorded;
};

/* How much those on a list own, under one threshold: bounds of the sum in hundredths of a percent.
 */
struct rule_ownership {
    u64 list;
    u8 compare;
    u8 control; /* enum rule_truth */
    u16 percent;
    u16 lower;
    u16 upper;
    struct rule_interval valid;
    struct rule_interval recorded;
};

struct rule_holdings {
    bool is_known;
    u64 eur; /* 10^-8 EUR over all products, rounded up; if not known: of those with a price */
};

struct rule_person {
    const struct rule_fact *facts;
    const struct rule_listing *listings;
    const struct rule_ownership *ownerships;
    u32 facts_count;
    u32 listings_count;
    u32 ownerships_count;
    struct rule_holdings holdings;
};

/* Valid time, and as known when; microseconds. */
struct rule_instant {
    u64 at;
    u64 known_at;
};

enum rule_op {
    RULE_OP_ALL = 1,
    RULE_OP_ANY = 2,
    RULE_OP_NOT = 3,
    RULE_OP_HAS = 4,
    RULE_OP_MISSING = 5, /* "unknown" of the page */
    RULE_OP_LISTED = 6,
    RULE_OP_OWNED = 7,
};

enum {
    RULE_NODE_NEGATED = 1,   /* has: value outside the set */
    RULE_NODE_UNEXPIRED = 2, /* has: its document has not expired */
    RULE_NODE_CONTROL = 4,   /* owned: control is enough */
};

/* A node of a predicate. A predicate's nodes stand together, each before its parent, the root last.
 */
struct rule_node {
    u8 op;
    u8 detail; /* has, missing: kind of fact; listed: least state; owned: enum rule_compare */
    u8 flags;
    u8 verified; /* has: all these bits are wanted */
    u16 parent;  /* RULE_NONE: the root */
    u16 first;   /* has: in values; listed: in names */
    u16 count;
    u16 percent; /* owned */
    u64 list;    /* listed, owned */
};

enum rule_duty_kind {
    RULE_DUTY_EVIDENCE = 1,
    RULE_DUTY_REPORT_AFTER = 2,
    RULE_DUTY_REPORT_YEARLY = 3,
    RULE_DUTY_WIND_DOWN = 4,
    RULE_DUTY_CLOSE = 5,
};

struct rule_duty {
    u8 kind;
    u8 is_interim; /* arises while the rule is unknown; else when it is true */
    u16 days;      /* of a report: business days; 0: no day is set */
    u8 due_month;  /* REPORT_YEARLY: due then, ... */
    u8 due_day;
    u8 as_of_month; /* ... as of then */
    u8 as_of_day;
    u64 what; /* kind of evidence, authority, product, or what is returned: a name */
};

enum rule_scope { RULE_SCOPE_PERSON = 1, RULE_SCOPE_VENUE = 2, RULE_SCOPE_ASSET = 3 };

enum {
    RULE_FLAG_THRESHOLD = 1,
    RULE_FLAG_STICKY = 2,
    RULE_FLAG_NEUTRAL = 4, /* its reason reads as any other hold */
};

struct rule {
    char id[RULE_ID_BYTES];
    struct rule_interval effective;
    u64 vector;
    u64 unknown_vector;
    u64 deadline_vector;     /* instead, when the evidence did not come in time */
    u64 candidate_vector;    /* a list hit waits for an officer */
    u64 undetermined_vector; /* bounds of ownership on both sides */
    u64 amount;              /* of the threshold, 10^-8 EUR */
    u64 lift_margin;
    u64 dwell_us;
    u32 grounds; /* of a licence: bit 0 is a */
    u16 flags;
    u16 subject_first;
    u16 subject_count;
    u16 unless_first;
    u16 unless_count; /* 0: no exception */
    u16 duties_first;
    u16 duties_count;
    u16 assets_first;
    u16 assets_count;
    u16 warn_percent; /* hundredths; 0: no warning */
    u16 evidence_days;
    u16 keep_years;
    u8 scope;
    u8 compare;  /* of the threshold */
    u8 evidence; /* kind of fact that is asked for; 0: none */
};

struct rule_pack {
    u8 content_hash[RULE_HASH_BYTES];
    char id[RULE_ID_BYTES];
    struct rule_interval effective;
    u32 version;
    bool is_uncertain; /* not to be activated without an officer's confirmation */
    u16 rules_count;
    u16 nodes_count;
    u16 values_count;
    u16 names_count;
    u16 duties_count;
    struct rule rules[RULE_RULES_MAX];
    struct rule_node nodes[RULE_NODES_MAX];
    u16 values[RULE_VALUES_MAX];
    u64 names[RULE_NAMES_MAX];
    struct rule_duty duties[RULE_DUTIES_MAX];
};

/* What an evaluation leaves for the next one about the same person and rule. Zeros at first. */
struct rule_memory {
    u64 below_since; /* over the threshold, and at most amount - margin since then; 0: not below */
    u64 unknown_since; /* a fact is missing since then; 0: none is */
    bool is_over;
};

/* Why a rule is unknown; bits. */
enum {
    RULE_REASON_FACT = 1,
    RULE_REASON_CANDIDATE = 2,
    RULE_REASON_UNDETERMINED = 4,
    RULE_REASON_PRICE = 8,
    RULE_REASON_UNSCREENED = 16,
    RULE_REASON_DEADLINE = 32, /* the evidence did not come in time */
};

/* One rule about one person. Masks have a bit for each row of the person. */
struct rule_result {
    enum rule_truth truth;
    enum rule_truth subject;
    enum rule_truth unless;    /* false where there is no exception */
    enum rule_truth threshold; /* true where there is none; false where it was not looked at */
    bool is_in_force;
    bool is_warned;  /* near the threshold, and not over it */
    bool is_watched; /* only the holdings decide: a valuation concerns this person */
    u32 reasons;
    u32 missing; /* kinds of facts that are missing; bits */
    u64 vector;
    u64 facts; /* rows in force of the kinds that the rule asks for */
    u64 facts_true;
    u32 listings;
    u32 listings_true;
    u32 ownerships;
    u32 ownerships_true;
    u64 deadline; /* for evidence; 0: none runs */
    struct rule_memory memory;
};

struct rule_outcome {
    u64 vector;
    u64 next_us;        /* nothing changes by time alone before this; RULE_TIME_OPEN: never */
    u64 person_next_us; /* the same without the dates of pack and rules */
    u32 results_count;
    struct rule_result results[RULE_RULES_MAX];
};

/* ---- names ---- */

/* 1 to 12 symbols of a-z, 0-9 and -, as a number that is not 0; 0: it is no such name. */
u64 rule_name_of(struct span text);

/* Back again, with a zero at the end. */
void rule_name_print(u64 name, char target[RULE_NAME_SYMBOLS + 1]);

/* "RU" as 1 to RULE_COUNTRY_LAST; 0: not two capital letters. */
u16 rule_country_of(struct span text);

/* ---- vectors ---- */

/* Per operation the stricter one. */
u64 rule_vector_join(u64 a, u64 b);

u32 rule_vector_of(u64 vector, u32 operation);

/* ---- evaluation ---- */

/* `pack` came from rule_form_decode. `memories` has one for each rule, in order. */
void rule_evaluate(const struct rule_pack *pack, const struct rule_person *person,
                   struct rule_instant instant, const struct rule_memory *memories,
                   struct rule_outcome *outcome_out);

/* What the pack's rules about assets say of this one, for everybody. */
u64 rule_evaluate_asset(const struct rule_pack *pack, u64 asset, u64 at);

#endif /* CORE_RULE_H */
