/* What one rule says of one person: the page docs/rules.md once more, by recursion over a pack's
 * nodes. A node's children are found by looking at all nodes of its predicate. */
#include "sim/model_rules.h"

#define DAY_US 86400000000ULL

u64 model_join(u64 a, u64 b)
{
    u64 joined = 0;
    for (u32 shift = 0; shift < 64; shift += 2) {
        u64 one = a >> shift & 3;
        u64 other = b >> shift & 3;
        joined |= (one > other ? one : other) << shift;
    }
    return joined;
}

enum restriction model_vector_of(u64 vector, u32 operation)
{
    return (enum restriction)(vector >> (2 * operation) & 3);
}

/* One question and what comes to light on the way. */
struct question {
    const struct rule_pack *pack;
    const struct rule_person *person;
    u64 now;
    u32 first; /* of the predicate's nodes */
    u32 count;
    struct model_said *said;
};

static bool holds(struct rule_interval interval, u64 time)
{
    return interval.from <= time && time < interval.until;
}

static bool row_holds(const struct question *question, struct rule_interval valid,
                      struct rule_interval recorded)
{
    return holds(valid, question->now) && holds(recorded, question->now);
}

/* ---- leaves ---- */

/* A fact of the kind in force, with this value unless `any`. */
static bool has_fact(const struct question *question, u32 kind, bool any, u16 value)
{
    for (u32 i = 0; i < question->person->facts_count; i++) {
        const struct rule_fact *fact = &question->person->facts[i];
        if (fact->kind == kind && (any || fact->value == value) &&
            row_holds(question, fact->valid, fact->recorded)) {
            return true;
        }
    }
    return false;
}

static bool can_have(const struct question *question, u32 kind)
{
    bool is_natural = has_fact(question, RULE_FACT_KIND, false, RULE_KIND_NATURAL);
    bool is_legal = has_fact(question, RULE_FACT_KIND, false, RULE_KIND_LEGAL);
    if (is_natural == is_legal) {
        return true;
    }
    bool is_of_companies = kind == RULE_FACT_ESTABLISHMENT;
    bool is_of_both = kind == RULE_FACT_KIND || kind == RULE_FACT_ROLE;
    return is_of_both || is_of_companies == is_legal;
}

/* Nothing settles what there is of this kind. */
static bool is_missing(const struct question *question, u32 kind)
{
    bool has_any = kind == RULE_FACT_ROLE || has_fact(question, kind, true, 0);
    bool has_others = has_fact(question, kind, false, RULE_VALUE_UNKNOWN);
    return can_have(question, kind) && (!has_any || has_others);
}

static enum rule_truth say_has(const struct question *question, const struct rule_node *node)
{
    if (!can_have(question, node->detail)) {
        return RULE_FALSE;
    }
    for (u32 i = 0; i < question->person->facts_count; i++) {
        const struct rule_fact *fact = &question->person->facts[i];
        bool is_named = false;
        for (u32 k = 0; k < node->count; k++) {
            is_named = is_named || question->pack->values[node->first + k] == fact->value;
        }
        bool is_value = fact->value != RULE_VALUE_NONE && fact->value != RULE_VALUE_UNKNOWN;
        bool is_wanted = is_named != ((node->flags & RULE_NODE_NEGATED) != 0);
        bool is_fresh = (node->flags & RULE_NODE_UNEXPIRED) == 0 || question->now < fact->expires;
        bool is_verified = (node->verified & ~fact->verified) == 0;
        if (fact->kind == node->detail && is_value && is_wanted && is_fresh && is_verified &&
            row_holds(question, fact->valid, fact->recorded)) {
            return RULE_TRUE;
        }
    }
    return is_missing(question, node->detail) ? RULE_UNKNOWN : RULE_FALSE;
}

static enum rule_truth say_listed(const struct question *question, const struct rule_node *node,
                                  u32 *reason_out)
{
    bool is_clear = false;
    bool is_sure = false;
    bool is_possible = false;
    for (u32 i = 0; i < question->person->listings_count; i++) {
        const struct rule_listing *row = &question->person->listings[i];
        if (row->list != node->list || !row_holds(question, row->valid, row->recorded)) {
            continue;
        }
        bool is_hit = row->state != RULE_LISTING_CLEAR;
        is_clear = is_clear || !is_hit;
        bool is_programme = node->count == 0;
        for (u32 k = 0; k < node->count; k++) {
            is_programme = is_programme || question->pack->names[node->first + k] == row->programme;
        }
        bool is_open = node->count > 0 && row->programme == 0;
        is_sure = is_sure || (is_hit && is_programme && row->state >= node->detail);
        is_possible = is_possible || (is_hit && (is_programme || is_open));
    }
    *reason_out = is_possible ? RULE_REASON_CANDIDATE : RULE_REASON_UNSCREENED;
    return is_sure ? RULE_TRUE : is_possible || !is_clear ? RULE_UNKNOWN : RULE_FALSE;
}

static enum rule_truth say_owned(const struct question *question, const struct rule_node *node,
                                 u32 *reason_out)
{
    bool is_told = false;
    bool is_sure = false;
    bool is_possible = false;
    for (u32 i = 0; i < question->person->ownerships_count; i++) {
        const struct rule_ownership *row = &question->person->ownerships[i];
        if (row->list != node->list || row->compare != node->detail ||
            row->percent != node->percent || !row_holds(question, row->valid, row->recorded)) {
            continue;
        }
        is_told = true;
        u32 least = node->percent + (node->detail == RULE_ABOVE ? 1U : 0U);
        bool is_control = (node->flags & RULE_NODE_CONTROL) != 0;
        is_sure = is_sure || row->lower >= least || (is_control && row->control == RULE_TRUE);
        is_possible =
            is_possible || row->upper >= least || (is_control && row->control != RULE_FALSE);
    }
    *reason_out = is_told ? RULE_REASON_UNDETERMINED : RULE_REASON_UNSCREENED;
    if (!can_have(question, RULE_FACT_ESTABLISHMENT)) {
        return RULE_FALSE; /* nobody owns a natural person */
    }
    return is_sure ? RULE_TRUE : is_possible || !is_told ? RULE_UNKNOWN : RULE_FALSE;
}

/* ---- predicates ---- */

static enum rule_truth say_leaf(const struct question *question, const struct rule_node *node,
                                bool is_telling)
{
    u32 reason = RULE_REASON_FACT;
    enum rule_truth truth = RULE_FALSE;
    switch ((enum rule_op)node->op) {
    case RULE_OP_HAS:
        truth = say_has(question, node);
        break;
    case RULE_OP_MISSING:
        return is_missing(question, node->detail) ? RULE_TRUE : RULE_FALSE;
    case RULE_OP_LISTED:
        truth = say_listed(question, node, &reason);
        break;
    case RULE_OP_OWNED:
        truth = say_owned(question, node, &reason);
        break;
    case RULE_OP_ALL:
    case RULE_OP_ANY:
    case RULE_OP_NOT:
        CHECK(false);
        break;
    }
    if (is_telling && truth == RULE_UNKNOWN) {
        question->said->reasons |= reason;
        question->said->missing |= node->op == RULE_OP_HAS ? 1U << node->detail : 0;
    }
    return truth;
}

/* `is_telling`: what makes it unknown is noted. A pack's predicates are at most 8 deep. */
static enum rule_truth say_node(const struct question *question, u32 index, bool is_telling)
{
    const struct rule_node *node = &question->pack->nodes[index];
    if (node->op > RULE_OP_NOT) {
        return say_leaf(question, node, is_telling);
    }
    enum rule_truth truth = node->op == RULE_OP_ALL ? RULE_TRUE : RULE_FALSE;
    for (u32 i = question->first; i < question->first + question->count; i++) {
        if (question->pack->nodes[i].parent != index) {
            continue;
        }
        enum rule_truth part = say_node(question, i, false);
        if (node->op == RULE_OP_NOT) {
            truth = (enum rule_truth)(RULE_TRUE - part);
        } else {
            bool is_taken = node->op == RULE_OP_ALL ? part < truth : part > truth;
            truth = is_taken ? part : truth;
        }
    }
    for (u32 i = question->first; is_telling && i < question->first + question->count; i++) {
        if (question->pack->nodes[i].parent == index && truth == RULE_UNKNOWN) {
            (void)say_node(question, i, true);
        }
    }
    return truth;
}

static enum rule_truth say_predicate(struct question *question, u32 first, u32 count,
                                     bool is_telling)
{
    question->first = first;
    question->count = count;
    return say_node(question, first + count - 1, is_telling);
}

/* ---- rules ---- */

static u64 later(u64 time, u64 span)
{
    return time + span < time ? RULE_TIME_OPEN : time + span;
}

static enum rule_truth say_threshold(const struct rule *rule, struct rule_holdings holdings,
                                     u64 now, struct rule_memory *memory)
{
    bool is_above =
        rule->compare == RULE_ABOVE ? holdings.eur > rule->amount : holdings.eur >= rule->amount;
    if (!holdings.is_known && !is_above) {
        return memory->is_over ? RULE_TRUE : RULE_UNKNOWN;
    }
    bool is_low = holdings.eur <= rule->amount - rule->lift_margin;
    bool is_sticky = (rule->flags & RULE_FLAG_STICKY) != 0;
    if (is_above) {
        *memory = (struct rule_memory){.unknown_since = memory->unknown_since, .is_over = true};
    } else if (memory->is_over && !is_sticky && !is_low) {
        memory->below_since = 0;
    } else if (memory->is_over && !is_sticky) {
        if (memory->below_since == 0) {
            memory->below_since = now == 0 ? 1 : now;
        }
        if (now >= later(memory->below_since, rule->dwell_us)) {
            *memory = (struct rule_memory){.unknown_since = memory->unknown_since};
        }
    }
    return memory->is_over ? RULE_TRUE : RULE_FALSE;
}

static void say_interim(const struct rule *rule, u64 now, struct model_said *said)
{
    bool is_fact = (said->reasons & RULE_REASON_FACT) != 0;
    bool is_late = false;
    if (is_fact && said->memory.unknown_since == 0) {
        said->memory.unknown_since = now == 0 ? 1 : now;
    } else if (!is_fact) {
        said->memory.unknown_since = 0;
    }
    if (is_fact && rule->evidence_days > 0) {
        said->deadline = later(said->memory.unknown_since, rule->evidence_days * DAY_US);
        is_late = now >= said->deadline;
    }
    u32 plain = RULE_REASON_FACT | RULE_REASON_PRICE | RULE_REASON_UNSCREENED;
    if ((said->reasons & plain) != 0) {
        said->vector = is_late ? rule->deadline_vector : rule->unknown_vector;
    }
    if ((said->reasons & RULE_REASON_CANDIDATE) != 0) {
        said->vector = model_join(said->vector, rule->candidate_vector);
    }
    if ((said->reasons & RULE_REASON_UNDETERMINED) != 0) {
        said->vector = model_join(said->vector, rule->undetermined_vector);
    }
    said->reasons |= is_late ? RULE_REASON_DEADLINE : 0;
}

/* The threshold, where it is looked at at all. */
static enum rule_truth say_amount(const struct rule *rule, const struct rule_person *person,
                                  u64 now, bool is_concerned, struct model_said *said)
{
    if ((rule->flags & RULE_FLAG_THRESHOLD) == 0) {
        said->memory.is_over = false;
        said->memory.below_since = 0;
        return RULE_TRUE;
    }
    if (!is_concerned) {
        said->memory = (struct rule_memory){.is_over = false};
        return RULE_FALSE;
    }
    enum rule_truth truth = say_threshold(rule, person->holdings, now, &said->memory);
    u128 part = (u128)rule->amount * rule->warn_percent;
    said->is_watched = true;
    said->is_warned = truth == RULE_FALSE && person->holdings.is_known && rule->warn_percent > 0 &&
                      (u128)person->holdings.eur * RULE_PERCENT_ONE >= part;
    return truth;
}

struct model_said model_say(const struct rule_pack *pack, u32 number,
                            const struct rule_person *person, u64 now, struct rule_memory memory)
{
    const struct rule *rule = &pack->rules[number];
    struct model_said said = {.truth = RULE_FALSE, .memory = memory};
    struct question question = {.pack = pack, .person = person, .now = now, .said = &said};
    if (!holds(rule->effective, now) || rule->scope == RULE_SCOPE_ASSET) {
        said.memory = (struct rule_memory){.is_over = false};
        return said;
    }
    enum rule_truth subject =
        say_predicate(&question, rule->subject_first, rule->subject_count, false);
    enum rule_truth unless = RULE_FALSE;
    if (rule->unless_count > 0) {
        unless = say_predicate(&question, rule->unless_first, rule->unless_count, false);
    }
    bool is_concerned = subject != RULE_FALSE && unless != RULE_TRUE;
    enum rule_truth amount = say_amount(rule, person, now, is_concerned, &said);
    if (!is_concerned || amount == RULE_FALSE) {
        said.memory.unknown_since = 0;
        return said;
    }
    if (subject == RULE_TRUE && unless == RULE_FALSE && amount == RULE_TRUE) {
        said.truth = RULE_TRUE;
        said.vector = rule->vector;
        said.memory.unknown_since = 0;
        return said;
    }
    said.truth = RULE_UNKNOWN;
    (void)say_predicate(&question, rule->subject_first, rule->subject_count, true);
    if (rule->unless_count > 0) {
        (void)say_predicate(&question, rule->unless_first, rule->unless_count, true);
    }
    said.reasons |= amount == RULE_UNKNOWN ? RULE_REASON_PRICE : 0;
    say_interim(rule, now, &said);
    return said;
}

/* ---- time ---- */

static void sooner(u64 *next, u64 time, u64 now)
{
    *next = time > now && time < *next ? time : *next;
}

u64 model_next_row(const struct rule_person *person, u64 now)
{
    u64 next = RULE_TIME_OPEN;
    for (u32 i = 0; i < person->facts_count; i++) {
        const struct rule_fact *fact = &person->facts[i];
        sooner(&next, fact->valid.from, now);
        sooner(&next, fact->valid.until, now);
        if (holds(fact->valid, now)) {
            sooner(&next, fact->expires, now);
        }
    }
    for (u32 i = 0; i < person->listings_count; i++) {
        sooner(&next, person->listings[i].valid.from, now);
        sooner(&next, person->listings[i].valid.until, now);
    }
    for (u32 i = 0; i < person->ownerships_count; i++) {
        sooner(&next, person->ownerships[i].valid.from, now);
        sooner(&next, person->ownerships[i].valid.until, now);
    }
    return next;
}
