#include "base/check.h"
#include "sim/rule_model.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define DAY_US       86400000000ULL
#define DEPTH_MAX    4U
#define NODES_MANY   120U /* from here on only leaves */
#define DAYS_HORIZON 60U
#define PACK_FROM    3U
#define PACK_UNTIL   50U

/* ---- random packs ---- */

static u16 random_value(struct random *random, u32 kind)
{
    return (u16)random_between(random, 1, kind == RULE_FACT_KIND || kind == RULE_FACT_ROLE ? 2 : 5);
}

static void random_leaf(struct random *random, struct rule_model_node *node)
{
    node->kind = (u32)random_between(random, 1, RULE_FACT_KINDS - 1);
    switch (random_below(random, 8)) {
    case 0:
        node->op = RULE_OP_MISSING;
        return;
    case 1:
        node->op = RULE_OP_LISTED;
        node->list = (u32)random_between(random, 1, RULE_MODEL_LISTS - 1);
        node->state = (u32)random_between(random, RULE_LISTING_CANDIDATE, RULE_LISTING_CONFIRMED);
        node->programme = (u32)random_below(random, RULE_MODEL_LISTS);
        return;
    case 2:
        node->op = RULE_OP_OWNED;
        node->list = (u32)random_between(random, 1, RULE_MODEL_LISTS - 1);
        node->compare = (u32)random_between(random, RULE_ABOVE, RULE_AT_LEAST);
        node->percent = random_chance(random, 1, 2) ? 5000 : 2500;
        node->or_control = random_chance(random, 1, 2);
        return;
    default: /* not an enum: a random number */
        node->op = RULE_OP_HAS;
        node->values_count = (u32)random_between(random, 1, RULE_MODEL_VALUES);
        for (u32 i = 0; i < node->values_count; i += 1) {
            node->values[i] = random_value(random, node->kind);
        }
        node->is_negated = random_chance(random, 1, 3);
        node->is_unexpired = random_chance(random, 1, 3);
        node->verified = random_chance(random, 1, 3) ? RULE_VERIFIED_ADDRESS : 0;
        return;
    }
}

static u32 random_node(struct random *random, struct rule_model *model, u32 depth)
{
    CHECK(model->nodes_count < RULE_MODEL_NODES);
    u32 index = model->nodes_count;
    model->nodes_count += 1;
    memset(&model->nodes[index], 0, sizeof(model->nodes[index]));
    if (depth == DEPTH_MAX || index > NODES_MANY || random_chance(random, depth, DEPTH_MAX)) {
        random_leaf(random, &model->nodes[index]);
        return index;
    }
    enum rule_op op = (enum rule_op)random_between(random, RULE_OP_ALL, RULE_OP_NOT);
    u32 count = op == RULE_OP_NOT ? 1 : (u32)random_between(random, 1, depth > 1 ? 2 : 3);
    for (u32 i = 0; i < count; i += 1) {
        u32 child = random_node(random, model, depth + 1);
        model->nodes[index].children[i] = child;
    }
    model->nodes[index].op = op;
    model->nodes[index].children_count = count;
    return index;
}

static void random_rule(struct random *random, struct rule_model *model,
                        struct rule_model_rule *rule)
{
    memset(rule, 0, sizeof(*rule));
    rule->from = model->from;
    rule->until = model->until;
    if (random_chance(random, 1, 3)) {
        rule->from += random_between(random, 0, 10) * DAY_US;
        rule->until -= random_between(random, 0, 10) * DAY_US;
    }
    rule->subject = random_node(random, model, 0);
    rule->unless = random_chance(random, 1, 2) ? random_node(random, model, 1) : RULE_NONE;
    rule->has_threshold = random_chance(random, 1, 2);
    rule->is_sticky = random_chance(random, 1, 6);
    rule->compare = (u32)random_between(random, RULE_ABOVE, RULE_AT_LEAST);
    rule->amount_eur = 100;
    rule->margin_eur = random_below(random, 20);
    rule->dwell_hours = random_below(random, 100);
    rule->warn_percent = random_chance(random, 1, 4) ? 0 : 90;
    rule->days = (u32)random_between(random, 1, 8);
    for (u32 i = 0; i < ARRAY_COUNT(rule->vectors); i += 1) {
        rule->vectors[i] = random_u64(random) & random_u64(random) & 0xFFFF;
    }
}

void rule_model_random(struct random *random, struct rule_model *model)
{
    model->from = PACK_FROM * DAY_US;
    model->until = PACK_UNTIL * DAY_US;
    model->nodes_count = 0;
    model->rules_count = (u32)random_between(random, 1, RULE_MODEL_RULES);
    for (u32 i = 0; i < model->rules_count; i += 1) {
        random_rule(random, model, &model->rules[i]);
    }
}

/* ---- as YAML ---- */

struct page {
    char *target;
    size_t target_bytes;
    size_t used;
};

__attribute__((format(printf, 2, 3))) static void put(struct page *page, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length =
        vsnprintf(page->target + page->used, page->target_bytes - page->used, format, arguments);
    va_end(arguments);
    CHECK(length >= 0 && (size_t)length < page->target_bytes - page->used);
    page->used += (size_t)length;
}

/* The days of January to March 1970. */
static void put_day(struct page *page, const char *key, u64 time)
{
    u32 day = (u32)(time / DAY_US);
    CHECK(day < DAYS_HORIZON && time % DAY_US == 0);
    u32 month = day < 31 ? 1 : day < 59 ? 2 : 3;
    put(page, "%s: 1970-%02u-%02u\n", key, month,
        day -
            (month == 1   ? 0
             : month == 2 ? 31
                          : 59) +
            1);
}

static void put_value(struct page *page, u32 kind, u16 value)
{
    static const char *const kinds[] = {"", "natural", "legal"};
    static const char *const roles[] = {"", "owner", "governing_body"};
    if (kind == RULE_FACT_KIND || kind == RULE_FACT_ROLE) {
        put(page, "%s", kind == RULE_FACT_KIND ? kinds[value] : roles[value]);
    } else {
        put(page, "A%c", 'A' + value - 1);
    }
}

static const char *const facts[] = {"",
                                    "kind",
                                    "nationality",
                                    "residence",
                                    "residence_permit",
                                    "establishment",
                                    "document_country",
                                    "role"};

static void put_has(struct page *page, const struct rule_model_node *node)
{
    put(page, "{has: %s, %s: [", facts[node->kind], node->is_negated ? "not_in" : "in");
    for (u32 i = 0; i < node->values_count; i += 1) {
        put(page, "%s", i == 0 ? "" : ", ");
        put_value(page, node->kind, node->values[i]);
    }
    put(page, "]%s%s}", node->is_unexpired ? ", unexpired: true" : "",
        node->verified != 0 ? ", verified: proof_of_address" : "");
}

static void put_node(struct page *page, const struct rule_model *model, u32 index)
{
    const struct rule_model_node *node = &model->nodes[index];
    switch (node->op) {
    case RULE_OP_ALL:
    case RULE_OP_ANY:
        put(page, "{%s: [", node->op == RULE_OP_ALL ? "all" : "any");
        for (u32 i = 0; i < node->children_count; i += 1) {
            put(page, "%s", i == 0 ? "" : ", ");
            put_node(page, model, node->children[i]);
        }
        put(page, "]}");
        break;
    case RULE_OP_NOT:
        put(page, "{not: ");
        put_node(page, model, node->children[0]);
        put(page, "}");
        break;
    case RULE_OP_HAS:
        put_has(page, node);
        break;
    case RULE_OP_MISSING:
        put(page, "{unknown: %s}", facts[node->kind]);
        break;
    case RULE_OP_LISTED:
        put(page, "{listed: {list: %s, min_state: %s", rule_model_lists[node->list],
            node->state == RULE_LISTING_CANDIDATE ? "candidate" : "confirmed");
        if (node->programme != 0) {
            put(page, ", programmes: [%s]", rule_model_lists[node->programme]);
        }
        put(page, "}}");
        break;
    case RULE_OP_OWNED:
        put(page,
            "{owned: {by: %s, method: cascade, aggregate: true, op: \"%s\", percent: %u, "
            "or_control: %s}}",
            rule_model_lists[node->list],
            node->compare == RULE_ABOVE ? ">" : ">=", node->percent / 100U,
            node->or_control ? "true" : "false");
        break;
    }
}

static void put_vector(struct page *page, u64 vector)
{
    static const char *const operations[] = {"trade",    "place",        "cancel",      "deposit",
                                             "withdraw", "transfer_out", "transfer_in", "open"};
    static const char *const words[] = {"allow", "hold", "refuse", "freeze"};
    put(page, "[none, {set: {");
    for (u32 i = 0; i < RULE_OPERATIONS_COUNT; i += 1) {
        put(page, "%s%s: %s", i == 0 ? "" : ", ", operations[i], words[vector >> (2 * i) & 3]);
    }
    put(page, "}}]");
}

static void put_rule(struct page *page, const struct rule_model *model, u32 index)
{
    const struct rule_model_rule *rule = &model->rules[index];
    put(page, "  - id: rule-%u\n    scope: person\n", index);
    put_day(page, "    effective_from", rule->from);
    put_day(page, "    effective_until", rule->until);
    put(page, "    cite: [{source: a, article: b}]\n    explain: {en: a, fr: b}\n");
    put(page, "    audience: customer\n    keep_records_years: 5\n    subject: ");
    put_node(page, model, rule->subject);
    if (rule->unless != RULE_NONE) {
        put(page, "\n    unless: ");
        put_node(page, model, rule->unless);
    }
    if (rule->has_threshold) {
        put(page,
            "\n    threshold: {measure: holdings, op: \"%s\", amount: %llu, currency: EUR, "
            "lift_margin: %llu, dwell: %lluh, sticky: %s, warn_percent: %u}",
            rule->compare == RULE_ABOVE ? ">" : ">=", (unsigned long long)rule->amount_eur,
            (unsigned long long)rule->margin_eur, (unsigned long long)rule->dwell_hours,
            rule->is_sticky ? "true" : "false", rule->warn_percent);
    }
    put(page, "\n    actions: ");
    put_vector(page, rule->vectors[0]);
    put(page, "\n    on_unknown: {evidence: residence, days: %u, actions: ", rule->days);
    put_vector(page, rule->vectors[1]);
    put(page, ", then: ");
    put_vector(page, rule->vectors[2]);
    put(page, "}\n    on_candidate: ");
    put_vector(page, rule->vectors[3]);
    put(page, "\n    on_undetermined: ");
    put_vector(page, rule->vectors[4]);
    put(page, "\n");
}

size_t rule_model_print(const struct rule_model *model, char *target, size_t target_bytes)
{
    struct page page = {.target = target, .target_bytes = target_bytes};
    put(&page, "pack:\n  id: random\n  version: 1\n  title: {en: a, fr: b}\n");
    put(&page, "  jurisdiction: EU\n  origin: law\n  sources: [a]\n  published: 1970-01-01\n");
    put_day(&page, "  effective_from", model->from);
    put_day(&page, "  effective_until", model->until);
    put(&page, "rules:\n");
    for (u32 i = 0; i < model->rules_count; i += 1) {
        put_rule(&page, model, i);
    }
    return page.used;
}
