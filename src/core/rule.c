#include "core/rule.h"

#include "base/check.h"

#include <string.h>

#define DAY_US 86400000000ULL

/* ---- names ---- */

static u32 symbol_of(u8 byte)
{
    if (byte >= 'a' && byte <= 'z') {
        return byte - (u32)'a' + 1;
    }
    if (byte >= '0' && byte <= '9') {
        return byte - (u32)'0' + 27;
    }
    return byte == '-' ? 37 : 0;
}

/* Base 38, the first symbol the highest: 38^12 is below 2^63. */
u64 rule_name_of(struct span text)
{
    u64 name = 0;
    if (text.size == 0 || text.size > RULE_NAME_SYMBOLS) {
        return 0;
    }
    for (size_t i = 0; i < RULE_NAME_SYMBOLS; i += 1) {
        u32 symbol = i < text.size ? symbol_of(text.data[i]) : 0;
        if (i < text.size && symbol == 0) {
            return 0;
        }
        name = name * 38 + symbol;
    }
    return name;
}

void rule_name_print(u64 name, char target[RULE_NAME_SYMBOLS + 1])
{
    static const char symbols[] = "\0abcdefghijklmnopqrstuvwxyz0123456789-";
    target[RULE_NAME_SYMBOLS] = 0;
    for (u32 i = RULE_NAME_SYMBOLS; i > 0; i -= 1) {
        target[i - 1] = symbols[name % 38];
        name /= 38;
    }
}

u16 rule_country_of(struct span text)
{
    if (text.size != 2 || text.data[0] < 'A' || text.data[0] > 'Z' || text.data[1] < 'A' ||
        text.data[1] > 'Z') {
        return 0;
    }
    return (u16)((text.data[0] - 'A') * 26 + (text.data[1] - 'A') + 1);
}

/* ---- vectors ---- */

#define LOW_BITS 0x5555555555555555ULL

u64 rule_vector_join(u64 a, u64 b)
{
    u64 a_high = (a >> 1) & LOW_BITS;
    u64 b_high = (b >> 1) & LOW_BITS;
    /* A low bit counts if the other's high bit does not beat it. */
    u64 low = (a & (a_high | ~b_high)) | (b & (b_high | ~a_high));
    return (a_high | b_high) << 1 | (low & LOW_BITS);
}

u32 rule_vector_of(u64 vector, u32 operation)
{
    CHECK(operation < RULE_OPERATIONS_COUNT);
    return (u32)(vector >> (2 * operation)) & 3U;
}

/* ---- what is in force ---- */

static bool interval_holds(struct rule_interval interval, u64 time)
{
    return interval.from <= time && time < interval.until;
}

static void sooner(u64 *next, u64 time, u64 at)
{
    if (time > at && time < *next) {
        *next = time;
    }
}

/* One evaluation under way. */
struct look {
    const struct rule_pack *pack;
    const struct rule_person *person;
    struct rule_instant instant;
    u64 facts; /* rows in force */
    u32 listings;
    u32 ownerships;
    u32 settled; /* kinds of which a row is in force; bits */
    u32 others;  /* kinds of which there are values that nobody knows; bits */
    u32 inapplicable;
    u64 next_us;  /* by the person's rows and memory */
    u64 dates_us; /* by the rules' dates */
    u8 truths[RULE_NODES_MAX];
    u8 reasons[RULE_NODES_MAX];
};

/* Whether the row counts now; its borders are moments at which that changes. */
static bool row_counts(struct look *look, struct rule_interval valid, struct rule_interval recorded)
{
    if (!interval_holds(recorded, look->instant.known_at)) {
        return false;
    }
    sooner(&look->next_us, valid.from, look->instant.at);
    sooner(&look->next_us, valid.until, look->instant.at);
    return interval_holds(valid, look->instant.at);
}

/* A company has no nationality, a natural person is established nowhere. */
static u32 inapplicable_kinds(bool is_natural, bool is_legal)
{
    if (is_natural == is_legal) {
        return 0;
    }
    return is_natural ? 1U << RULE_FACT_ESTABLISHMENT
                      : 1U << RULE_FACT_NATIONALITY | 1U << RULE_FACT_RESIDENCE |
                            1U << RULE_FACT_PERMIT | 1U << RULE_FACT_DOCUMENT;
}

static void look_init(struct look *look, const struct rule_pack *pack,
                      const struct rule_person *person, struct rule_instant instant)
{
    look->pack = pack;
    look->person = person;
    look->instant = instant;
    look->facts = 0;
    look->listings = 0;
    look->ownerships = 0;
    look->settled = 0;
    look->others = 0;
    look->next_us = RULE_TIME_OPEN;
    look->dates_us = RULE_TIME_OPEN;
    CHECK(person->facts_count <= RULE_FACTS_MAX);
    CHECK(person->listings_count <= RULE_LISTINGS_MAX);
    CHECK(person->ownerships_count <= RULE_OWNERSHIPS_MAX);
    bool is_natural = false;
    bool is_legal = false;
    for (u32 i = 0; i < person->facts_count; i += 1) {
        const struct rule_fact *fact = &person->facts[i];
        CHECK(fact->kind < RULE_FACT_KINDS);
        if (row_counts(look, fact->valid, fact->recorded)) {
            sooner(&look->next_us, fact->expires, instant.at);
            look->facts |= 1ULL << i;
            look->settled |= 1U << fact->kind;
            look->others |= fact->value == RULE_VALUE_UNKNOWN ? 1U << fact->kind : 0;
            is_natural |= fact->kind == RULE_FACT_KIND && fact->value == RULE_KIND_NATURAL;
            is_legal |= fact->kind == RULE_FACT_KIND && fact->value == RULE_KIND_LEGAL;
        }
    }
    for (u32 i = 0; i < person->listings_count; i += 1) {
        bool counts = row_counts(look, person->listings[i].valid, person->listings[i].recorded);
        look->listings |= counts ? 1U << i : 0;
    }
    for (u32 i = 0; i < person->ownerships_count; i += 1) {
        bool counts = row_counts(look, person->ownerships[i].valid, person->ownerships[i].recorded);
        look->ownerships |= counts ? 1U << i : 0;
    }
    look->inapplicable = inapplicable_kinds(is_natural, is_legal);
}

/* ---- leaves ---- */

/* Whether nothing settles what values there are of this kind. The venue knows its own roles, so
 * one that is not recorded is not there. */
static bool is_missing(const struct look *look, u32 kind)
{
    u32 bit = 1U << kind;
    if ((look->inapplicable & bit) != 0) {
        return false;
    }
    return (look->others & bit) != 0 || ((look->settled & bit) == 0 && kind != RULE_FACT_ROLE);
}

static bool has_value(const struct look *look, const struct rule_node *node, u16 value)
{
    bool found = false;
    for (u32 i = 0; i < node->count && !found; i += 1) {
        found = look->pack->values[node->first + i] == value;
    }
    return found;
}

static bool fact_fits(const struct look *look, const struct rule_node *node,
                      const struct rule_fact *fact)
{
    if (fact->value == RULE_VALUE_NONE || fact->value == RULE_VALUE_UNKNOWN ||
        (fact->verified & node->verified) != node->verified) {
        return false;
    }
    if ((node->flags & RULE_NODE_UNEXPIRED) != 0 && look->instant.at >= fact->expires) {
        return false;
    }
    return has_value(look, node, fact->value) == ((node->flags & RULE_NODE_NEGATED) == 0);
}

static enum rule_truth leaf_has(const struct look *look, u32 index, struct rule_result *result)
{
    const struct rule_node *node = &look->pack->nodes[index];
    bool is_applicable = (look->inapplicable & 1U << node->detail) == 0;
    enum rule_truth truth = is_missing(look, node->detail) ? RULE_UNKNOWN : RULE_FALSE;
    for (u64 rows = look->facts; rows != 0; rows &= rows - 1) {
        u32 row = (u32)__builtin_ctzll(rows);
        const struct rule_fact *fact = &look->person->facts[row];
        if (fact->kind == node->detail) {
            result->facts |= 1ULL << row;
            if (is_applicable && fact_fits(look, node, fact)) {
                result->facts_true |= 1ULL << row;
                truth = RULE_TRUE;
            }
        }
    }
    return truth;
}

static enum rule_truth leaf_missing(const struct look *look, u32 index, struct rule_result *result)
{
    const struct rule_node *node = &look->pack->nodes[index];
    for (u64 rows = look->facts; rows != 0; rows &= rows - 1) {
        u32 row = (u32)__builtin_ctzll(rows);
        if (look->person->facts[row].kind == node->detail) {
            result->facts |= 1ULL << row;
        }
    }
    return is_missing(look, node->detail) ? RULE_TRUE : RULE_FALSE;
}

/* Whether the verdict is about one of the leaf's programmes; unknown where it names none. */
static enum rule_truth programme_fits(const struct look *look, const struct rule_node *node,
                                      u64 programme)
{
    if (node->count == 0) {
        return RULE_TRUE;
    }
    if (programme == 0) {
        return RULE_UNKNOWN;
    }
    for (u32 i = 0; i < node->count; i += 1) {
        if (look->pack->names[node->first + i] == programme) {
            return RULE_TRUE;
        }
    }
    return RULE_FALSE;
}

static enum rule_truth leaf_listed(struct look *look, u32 index, struct rule_result *result)
{
    const struct rule_node *node = &look->pack->nodes[index];
    enum rule_truth truth = RULE_FALSE;
    bool is_clear = false;
    for (u32 rows = look->listings; rows != 0; rows &= rows - 1) {
        u32 row = (u32)__builtin_ctz(rows);
        const struct rule_listing *listing = &look->person->listings[row];
        if (listing->list != node->list) {
            continue;
        }
        result->listings |= 1U << row;
        if (listing->state == RULE_LISTING_CLEAR) {
            is_clear = true;
            continue;
        }
        enum rule_truth fits = programme_fits(look, node, listing->programme);
        if (fits == RULE_TRUE && listing->state < node->detail) {
            fits = RULE_UNKNOWN;
        }
        if (fits == RULE_TRUE) {
            result->listings_true |= 1U << row;
        }
        truth = fits > truth ? fits : truth;
    }
    /* A hit under another programme alone does not say that the rest was looked at. */
    look->reasons[index] = truth == RULE_FALSE ? RULE_REASON_UNSCREENED : RULE_REASON_CANDIDATE;
    return truth == RULE_FALSE && !is_clear ? RULE_UNKNOWN : truth;
}

static bool share_reaches(u8 compare, u16 share, u16 percent)
{
    return compare == RULE_ABOVE ? share > percent : share >= percent;
}

static enum rule_truth leaf_owned(struct look *look, u32 index, struct rule_result *result)
{
    const struct rule_node *node = &look->pack->nodes[index];
    enum rule_truth truth = RULE_FALSE;
    bool is_known = false;
    /* Where an establishment cannot be, there is a natural person: nobody owns one. */
    bool is_natural = (look->inapplicable & 1U << RULE_FACT_ESTABLISHMENT) != 0;
    for (u32 rows = is_natural ? 0 : look->ownerships; rows != 0; rows &= rows - 1) {
        u32 row = (u32)__builtin_ctz(rows);
        const struct rule_ownership *verdict = &look->person->ownerships[row];
        if (verdict->list != node->list || verdict->compare != node->detail ||
            verdict->percent != node->percent) {
            continue;
        }
        is_known = true;
        result->ownerships |= 1U << row;
        enum rule_truth owned =
            share_reaches(node->detail, verdict->lower, node->percent)   ? RULE_TRUE
            : share_reaches(node->detail, verdict->upper, node->percent) ? RULE_UNKNOWN
                                                                         : RULE_FALSE;
        if ((node->flags & RULE_NODE_CONTROL) != 0 && verdict->control > owned) {
            owned = (enum rule_truth)verdict->control;
        }
        if (owned == RULE_TRUE) {
            result->ownerships_true |= 1U << row;
        }
        truth = owned > truth ? owned : truth;
    }
    look->reasons[index] = is_known ? RULE_REASON_UNDETERMINED : RULE_REASON_UNSCREENED;
    return is_known || is_natural ? truth : RULE_UNKNOWN;
}

/* ---- predicates ---- */

static void fold(struct look *look, u16 parent, u8 truth)
{
    u8 *into = &look->truths[parent];
    switch (look->pack->nodes[parent].op) {
    case RULE_OP_ALL:
        *into = truth < *into ? truth : *into;
        break;
    case RULE_OP_ANY:
        *into = truth > *into ? truth : *into;
        break;
    default: /* not an enum: a byte of the form; the decoder lets only `not` be here */
        *into = (u8)(RULE_TRUE - truth);
        break;
    }
}

/* Children come before their parents, so one pass is enough. */
static enum rule_truth predicate(struct look *look, u32 first, u32 count,
                                 struct rule_result *result)
{
    CHECK(count > 0 && first + count <= look->pack->nodes_count);
    for (u32 i = first; i < first + count; i += 1) {
        look->truths[i] = look->pack->nodes[i].op == RULE_OP_ALL ? RULE_TRUE : RULE_FALSE;
    }
    for (u32 i = first; i < first + count; i += 1) {
        const struct rule_node *node = &look->pack->nodes[i];
        look->reasons[i] = RULE_REASON_FACT;
        switch (node->op) {
        case RULE_OP_HAS:
            look->truths[i] = (u8)leaf_has(look, i, result);
            break;
        case RULE_OP_MISSING:
            look->truths[i] = (u8)leaf_missing(look, i, result);
            break;
        case RULE_OP_LISTED:
            look->truths[i] = (u8)leaf_listed(look, i, result);
            break;
        case RULE_OP_OWNED:
            look->truths[i] = (u8)leaf_owned(look, i, result);
            break;
        default: /* not an enum: a byte of the form; all, any, not: their children were folded in */
            break;
        }
        if (node->parent != RULE_NONE) {
            fold(look, node->parent, look->truths[i]);
        }
    }
    return (enum rule_truth)look->truths[first + count - 1];
}

/* Which leaves make it unknown: those with nothing but unknown up to the root. */
static void gather(const struct look *look, u32 first, u32 count, struct rule_result *result)
{
    bool open[RULE_NODES_MAX];
    for (u32 i = first + count; i > first; i -= 1) {
        const struct rule_node *node = &look->pack->nodes[i - 1];
        open[i - 1] = look->truths[i - 1] == RULE_UNKNOWN &&
                      (node->parent == RULE_NONE || open[node->parent]);
        if (!open[i - 1] || node->op <= RULE_OP_NOT) {
            continue;
        }
        result->reasons |= look->reasons[i - 1];
        if (node->op == RULE_OP_HAS) {
            result->missing |= 1U << node->detail;
        }
    }
}

/* ---- rules ---- */

static enum rule_truth threshold_step(const struct rule *rule, struct rule_holdings holdings,
                                      u64 at, struct rule_memory *memory)
{
    bool is_over =
        rule->compare == RULE_ABOVE ? holdings.eur > rule->amount : holdings.eur >= rule->amount;
    if (is_over) { /* what has no price can only add to it */
        memory->is_over = true;
        memory->below_since = 0;
        return RULE_TRUE;
    }
    if (!holdings.is_known) {
        return memory->is_over ? RULE_TRUE : RULE_UNKNOWN;
    }
    if (!memory->is_over) {
        return RULE_FALSE;
    }
    if ((rule->flags & RULE_FLAG_STICKY) != 0) {
        return RULE_TRUE;
    }
    if (holdings.eur > rule->amount - rule->lift_margin) {
        memory->below_since = 0;
        return RULE_TRUE;
    }
    if (memory->below_since == 0) {
        memory->below_since = u64_max(at, 1);
    }
    if (at < u64_add_capped(memory->below_since, rule->dwell_us)) {
        return RULE_TRUE;
    }
    *memory = (struct rule_memory){.unknown_since = memory->unknown_since};
    return RULE_FALSE;
}

/* What holds while the rule is unknown. */
static u64 interim_vector(struct look *look, const struct rule *rule, struct rule_result *result)
{
    u64 vector = 0;
    if ((result->reasons & RULE_REASON_FACT) == 0) {
        result->memory.unknown_since = 0;
    } else if (result->memory.unknown_since == 0) {
        result->memory.unknown_since = u64_max(look->instant.at, 1);
    }
    bool is_late = false;
    if ((result->reasons & RULE_REASON_FACT) != 0 && rule->evidence_days > 0) {
        result->deadline =
            u64_add_capped(result->memory.unknown_since, DAY_US * rule->evidence_days);
        is_late = look->instant.at >= result->deadline;
        sooner(&look->next_us, result->deadline, look->instant.at);
        result->reasons |= is_late ? RULE_REASON_DEADLINE : 0;
    }
    if ((result->reasons & (RULE_REASON_FACT | RULE_REASON_PRICE | RULE_REASON_UNSCREENED)) != 0) {
        vector = is_late ? rule->deadline_vector : rule->unknown_vector;
    }
    if ((result->reasons & RULE_REASON_CANDIDATE) != 0) {
        vector = rule_vector_join(vector, rule->candidate_vector);
    }
    if ((result->reasons & RULE_REASON_UNDETERMINED) != 0) {
        vector = rule_vector_join(vector, rule->undetermined_vector);
    }
    return vector;
}

static bool is_near(const struct rule *rule, struct rule_holdings holdings)
{
    return rule->warn_percent > 0 && holdings.is_known &&
           (u128)holdings.eur * RULE_PERCENT_ONE >= (u128)rule->amount * rule->warn_percent;
}

static void apply_threshold(struct look *look, const struct rule *rule, enum rule_truth personal,
                            struct rule_result *result)
{
    struct rule_holdings holdings = look->person->holdings;
    if ((rule->flags & RULE_FLAG_THRESHOLD) == 0) {
        result->threshold = RULE_TRUE;
        result->memory.is_over = false;
        result->memory.below_since = 0;
        return;
    }
    if (personal == RULE_FALSE) {
        result->memory = (struct rule_memory){.is_over = false};
        return;
    }
    result->is_watched = true;
    result->threshold = threshold_step(rule, holdings, look->instant.at, &result->memory);
    result->is_warned = result->threshold == RULE_FALSE && is_near(rule, holdings);
    if (result->memory.is_over && result->memory.below_since != 0) {
        sooner(&look->next_us, u64_add_capped(result->memory.below_since, rule->dwell_us),
               look->instant.at);
    }
}

static void evaluate_rule(struct look *look, const struct rule *rule,
                          const struct rule_memory *memory, struct rule_result *result)
{
    *result = (struct rule_result){.truth = RULE_FALSE, .memory = *memory};
    u64 at = look->instant.at;
    sooner(&look->dates_us, rule->effective.from, at);
    sooner(&look->dates_us, rule->effective.until, at);
    result->is_in_force = interval_holds(rule->effective, at);
    if (!result->is_in_force || rule->scope == RULE_SCOPE_ASSET) {
        result->memory = (struct rule_memory){.is_over = false};
        return;
    }
    result->subject = predicate(look, rule->subject_first, rule->subject_count, result);
    if (rule->unless_count > 0) {
        result->unless = predicate(look, rule->unless_first, rule->unless_count, result);
    }
    enum rule_truth granted = (enum rule_truth)(RULE_TRUE - result->unless);
    enum rule_truth personal = result->subject < granted ? result->subject : granted;
    apply_threshold(look, rule, personal, result);
    result->truth = personal < result->threshold ? personal : result->threshold;
    if (result->truth != RULE_UNKNOWN) {
        result->memory.unknown_since = 0;
        result->vector = result->truth == RULE_TRUE ? rule->vector : 0;
        return;
    }
    if (result->subject == RULE_UNKNOWN) {
        gather(look, rule->subject_first, rule->subject_count, result);
    }
    if (result->unless == RULE_UNKNOWN) {
        gather(look, rule->unless_first, rule->unless_count, result);
    }
    result->reasons |= result->threshold == RULE_UNKNOWN ? RULE_REASON_PRICE : 0;
    result->vector = interim_vector(look, rule, result);
}

void rule_evaluate(const struct rule_pack *pack, const struct rule_person *person,
                   struct rule_instant instant, const struct rule_memory *memories,
                   struct rule_outcome *outcome_out)
{
    struct look look;
    CHECK(pack->rules_count <= RULE_RULES_MAX);
    look_init(&look, pack, person, instant);
    outcome_out->vector = 0;
    outcome_out->results_count = pack->rules_count;
    for (u32 i = 0; i < pack->rules_count; i += 1) {
        evaluate_rule(&look, &pack->rules[i], &memories[i], &outcome_out->results[i]);
        outcome_out->vector = rule_vector_join(outcome_out->vector, outcome_out->results[i].vector);
    }
    outcome_out->person_next_us = look.next_us;
    outcome_out->next_us = u64_min(look.next_us, look.dates_us);
}

u64 rule_evaluate_asset(const struct rule_pack *pack, u64 asset, u64 at)
{
    u64 vector = 0;
    for (u32 i = 0; i < pack->rules_count; i += 1) {
        const struct rule *rule = &pack->rules[i];
        for (u32 k = 0; k < rule->assets_count; k += 1) {
            if (pack->names[rule->assets_first + k] == asset &&
                interval_holds(rule->effective, at)) {
                vector = rule_vector_join(vector, rule->vector);
            }
        }
    }
    return vector;
}
