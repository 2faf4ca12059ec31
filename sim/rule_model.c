#include "sim/rule_model.h"

#include "base/check.h"
#include "base/span.h"

#define DAY_US    86400000000ULL
#define HOUR_US   3600000000ULL
#define EUR_UNITS 100000000ULL

const char *const rule_model_lists[] = {"", "us-sdn", "eu-269", "jp-mof"};

/* ---- what the page says of a leaf ---- */

static bool in_force(struct rule_interval valid, struct rule_interval recorded,
                     struct rule_instant instant)
{
    return valid.from <= instant.at && instant.at < valid.until &&
           recorded.from <= instant.known_at && instant.known_at < recorded.until;
}

/* Whether a value of that kind is in force. */
static bool has_row(const struct rule_person *person, struct rule_instant instant, u32 kind,
                    u16 value)
{
    for (u32 i = 0; i < person->facts_count; i += 1) {
        const struct rule_fact *fact = &person->facts[i];
        if (fact->kind == kind && fact->value == value &&
            in_force(fact->valid, fact->recorded, instant)) {
            return true;
        }
    }
    return false;
}

static bool can_have(const struct rule_person *person, struct rule_instant instant, u32 kind)
{
    bool natural = has_row(person, instant, RULE_FACT_KIND, RULE_KIND_NATURAL);
    bool legal = has_row(person, instant, RULE_FACT_KIND, RULE_KIND_LEGAL);
    if (natural && !legal) {
        return kind != RULE_FACT_ESTABLISHMENT;
    }
    if (legal && !natural) {
        return kind == RULE_FACT_KIND || kind == RULE_FACT_ESTABLISHMENT || kind == RULE_FACT_ROLE;
    }
    return true;
}

static bool is_settled(const struct rule_person *person, struct rule_instant instant, u32 kind)
{
    bool any = kind == RULE_FACT_ROLE;
    for (u32 i = 0; i < person->facts_count; i += 1) {
        const struct rule_fact *fact = &person->facts[i];
        any = any || (fact->kind == kind && in_force(fact->valid, fact->recorded, instant));
    }
    return any && !has_row(person, instant, kind, RULE_VALUE_UNKNOWN);
}

static enum rule_truth model_has(const struct rule_model_node *node,
                                 const struct rule_person *person, struct rule_instant instant,
                                 u64 *rows)
{
    enum rule_truth truth = RULE_FALSE;
    if (!can_have(person, instant, node->kind)) {
        return RULE_FALSE;
    }
    for (u32 i = 0; i < person->facts_count; i += 1) {
        const struct rule_fact *fact = &person->facts[i];
        bool named = false;
        for (u32 k = 0; k < node->values_count; k += 1) {
            named = named || node->values[k] == fact->value;
        }
        bool is_value = fact->value != RULE_VALUE_NONE && fact->value != RULE_VALUE_UNKNOWN;
        if (fact->kind == node->kind && is_value && named != node->is_negated &&
            in_force(fact->valid, fact->recorded, instant) &&
            (fact->verified & node->verified) == node->verified &&
            (!node->is_unexpired || instant.at < fact->expires)) {
            *rows |= 1ULL << i;
            truth = RULE_TRUE;
        }
    }
    if (truth == RULE_FALSE && !is_settled(person, instant, node->kind)) {
        truth = RULE_UNKNOWN;
    }
    return truth;
}

static u64 list_name(u32 list)
{
    return list == 0 ? 0 : rule_name_of(span_of_text(rule_model_lists[list]));
}

static enum rule_truth model_listed(const struct rule_model_node *node,
                                    const struct rule_person *person, struct rule_instant instant,
                                    u32 *reason)
{
    bool clear = false;
    bool sure = false;
    bool perhaps = false;
    for (u32 i = 0; i < person->listings_count; i += 1) {
        const struct rule_listing *listing = &person->listings[i];
        if (listing->list != list_name(node->list) ||
            !in_force(listing->valid, listing->recorded, instant)) {
            continue;
        }
        bool hit = listing->state != RULE_LISTING_CLEAR;
        clear = clear || !hit;
        bool other = node->programme != 0 && listing->programme != 0 &&
                     listing->programme != list_name(node->programme);
        bool certain = node->programme == 0 || listing->programme != 0;
        sure = sure || (hit && !other && certain && listing->state >= node->state);
        perhaps = perhaps || (hit && !other);
    }
    *reason = perhaps ? RULE_REASON_CANDIDATE : RULE_REASON_UNSCREENED;
    return sure ? RULE_TRUE : perhaps || !clear ? RULE_UNKNOWN : RULE_FALSE;
}

static enum rule_truth model_owned(const struct rule_model_node *node,
                                   const struct rule_person *person, struct rule_instant instant,
                                   u32 *reason)
{
    bool known = false;
    bool sure = false;
    bool perhaps = false;
    if (!can_have(person, instant, RULE_FACT_ESTABLISHMENT)) {
        return RULE_FALSE;
    }
    for (u32 i = 0; i < person->ownerships_count; i += 1) {
        const struct rule_ownership *row = &person->ownerships[i];
        if (row->list != list_name(node->list) || row->compare != node->compare ||
            row->percent != node->percent || !in_force(row->valid, row->recorded, instant)) {
            continue;
        }
        known = true;
        u32 least = node->percent + (node->compare == RULE_ABOVE ? 1U : 0U);
        sure = sure || row->lower >= least || (node->or_control && row->control == RULE_TRUE);
        perhaps =
            perhaps || row->upper >= least || (node->or_control && row->control == RULE_UNKNOWN);
    }
    *reason = known ? RULE_REASON_UNDETERMINED : RULE_REASON_UNSCREENED;
    return sure ? RULE_TRUE : perhaps || !known ? RULE_UNKNOWN : RULE_FALSE;
}

/* ---- predicates ---- */

struct asked {
    const struct rule_model *model;
    const struct rule_person *person;
    struct rule_instant instant;
    struct rule_model_result *result;
};

/* `tell`: what makes it unknown goes to the result. The random trees are a few levels deep. */
static enum rule_truth truth_of(const struct asked *asked, u32 index, bool tell)
{
    const struct rule_model_node *node = &asked->model->nodes[index];
    enum rule_truth truth = node->op == RULE_OP_ALL ? RULE_TRUE : RULE_FALSE;
    u32 reason = RULE_REASON_FACT;
    for (u32 i = 0; i < node->children_count; i += 1) {
        enum rule_truth part = truth_of(asked, node->children[i], false);
        if (node->op == RULE_OP_NOT) {
            truth = (enum rule_truth)(RULE_TRUE - part);
        } else if (node->op == RULE_OP_ALL) {
            truth = part < truth ? part : truth;
        } else {
            truth = part > truth ? part : truth;
        }
    }
    switch (node->op) {
    case RULE_OP_ALL:
    case RULE_OP_ANY:
    case RULE_OP_NOT:
        for (u32 i = 0; tell && truth == RULE_UNKNOWN && i < node->children_count; i += 1) {
            (void)truth_of(asked, node->children[i], true);
        }
        return truth;
    case RULE_OP_HAS:
        truth = model_has(node, asked->person, asked->instant, &asked->result->facts_true);
        break;
    case RULE_OP_MISSING:
        return can_have(asked->person, asked->instant, node->kind) &&
                       !is_settled(asked->person, asked->instant, node->kind)
                   ? RULE_TRUE
                   : RULE_FALSE;
    case RULE_OP_LISTED:
        truth = model_listed(node, asked->person, asked->instant, &reason);
        break;
    case RULE_OP_OWNED:
        truth = model_owned(node, asked->person, asked->instant, &reason);
        break;
    }
    if (tell && truth == RULE_UNKNOWN) {
        asked->result->reasons |= reason;
        asked->result->missing |= node->op == RULE_OP_HAS ? 1U << node->kind : 0;
    }
    return truth;
}

/* ---- rules ---- */

static enum rule_truth model_threshold(const struct rule_model_rule *rule,
                                       struct rule_holdings holdings, u64 at,
                                       struct rule_model_memory *memory)
{
    u64 amount = rule->amount_eur * EUR_UNITS;
    bool over = rule->compare == RULE_ABOVE ? holdings.eur > amount : holdings.eur >= amount;
    if (!holdings.is_known && !over) {
        return memory->is_over ? RULE_TRUE : RULE_UNKNOWN;
    }
    if (over || !memory->is_over || rule->is_sticky) {
        memory->is_over = memory->is_over || over;
        memory->below_since = over ? 0 : memory->below_since;
        return memory->is_over ? RULE_TRUE : RULE_FALSE;
    }
    bool low = holdings.eur <= amount - rule->margin_eur * EUR_UNITS;
    memory->below_since = !low ? 0 : memory->below_since == 0 ? at : memory->below_since;
    if (low && at >= memory->below_since + rule->dwell_hours * HOUR_US) {
        memory->is_over = false;
        memory->below_since = 0;
    }
    return memory->is_over ? RULE_TRUE : RULE_FALSE;
}

/* Operation by operation, the larger number. */
static u64 stricter(u64 a, u64 b)
{
    u64 joined = 0;
    for (u32 i = 0; i < RULE_OPERATIONS_COUNT; i += 1) {
        u64 one = a >> (2 * i) & 3;
        u64 other = b >> (2 * i) & 3;
        joined |= (one > other ? one : other) << (2 * i);
    }
    return joined;
}

static void unknown_rule(const struct rule_model_rule *rule, u64 at,
                         struct rule_model_result *result)
{
    bool by_fact = (result->reasons & RULE_REASON_FACT) != 0;
    bool late = false;
    if (!by_fact) {
        result->memory.unknown_since = 0;
    } else if (result->memory.unknown_since == 0) {
        result->memory.unknown_since = at;
    }
    if (by_fact) {
        result->deadline = result->memory.unknown_since + rule->days * DAY_US;
        late = at >= result->deadline;
        result->reasons |= late ? RULE_REASON_DEADLINE : 0;
    }
    if ((result->reasons & RULE_REASON_CANDIDATE) != 0) {
        result->vector = stricter(result->vector, rule->vectors[3]);
    }
    if ((result->reasons & RULE_REASON_UNDETERMINED) != 0) {
        result->vector = stricter(result->vector, rule->vectors[4]);
    }
    if (by_fact || (result->reasons & (RULE_REASON_PRICE | RULE_REASON_UNSCREENED)) != 0) {
        result->vector = stricter(result->vector, rule->vectors[late ? 2 : 1]);
    }
}

struct rule_model_result rule_model_evaluate(const struct rule_model *model, u32 index,
                                             const struct rule_person *person,
                                             struct rule_instant instant,
                                             struct rule_model_memory memory)
{
    const struct rule_model_rule *rule = &model->rules[index];
    struct rule_model_result result = {.truth = RULE_FALSE};
    struct asked asked = {model, person, instant, &result};
    if (instant.at < rule->from || instant.at >= rule->until) {
        return result;
    }
    result.memory = memory;
    enum rule_truth subject = truth_of(&asked, rule->subject, false);
    enum rule_truth unless =
        rule->unless == RULE_NONE ? RULE_FALSE : truth_of(&asked, rule->unless, false);
    bool concerned = subject != RULE_FALSE && unless != RULE_TRUE;
    enum rule_truth threshold = RULE_TRUE;
    if (rule->has_threshold && concerned) {
        threshold = model_threshold(rule, person->holdings, instant.at, &result.memory);
        result.is_watched = true;
        result.is_warned =
            threshold == RULE_FALSE && rule->warn_percent > 0 && person->holdings.is_known &&
            person->holdings.eur * 100 >= rule->amount_eur * EUR_UNITS * rule->warn_percent;
    } else if (!rule->has_threshold) {
        result.memory.is_over = false;
        result.memory.below_since = 0;
    } else {
        result.memory = (struct rule_model_memory){.is_over = false};
    }
    if (!concerned || threshold == RULE_FALSE) {
        result.memory.unknown_since = 0;
        return result;
    }
    if (subject == RULE_TRUE && unless == RULE_FALSE && threshold == RULE_TRUE) {
        result.truth = RULE_TRUE;
        result.vector = rule->vectors[0];
        result.memory.unknown_since = 0;
        return result;
    }
    result.truth = RULE_UNKNOWN;
    (void)truth_of(&asked, rule->subject, true);
    if (rule->unless != RULE_NONE) {
        (void)truth_of(&asked, rule->unless, true);
    }
    result.reasons |= threshold == RULE_UNKNOWN ? RULE_REASON_PRICE : 0;
    unknown_rule(rule, instant.at, &result);
    return result;
}
