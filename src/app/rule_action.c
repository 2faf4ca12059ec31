#include "app/restriction_modes.h"
#include "app/rule_read_inner.h"
#include "base/check.h"

#include <string.h>

#define DAYS_MAX 3650U

static const struct rule_word operation_words[] = {
    {"trade", OPERATION_TRADE},
    {"place", OPERATION_PLACE},
    {"cancel", OPERATION_CANCEL},
    {"deposit", OPERATION_DEPOSIT},
    {"withdraw", OPERATION_WITHDRAW},
    {"transfer_out", OPERATION_TRANSFER_OUT},
    {"transfer_in", OPERATION_TRANSFER_IN},
    {"open", RULE_OPERATION_OPEN},
    {NULL, 0},
};

static const struct rule_word restriction_words[] = {
    {"allow", RESTRICTION_ALLOW},
    {"hold", RESTRICTION_HOLD},
    {"refuse", RESTRICTION_REFUSE},
    {"freeze", RESTRICTION_FREEZE},
    {NULL, 0},
};

/* A named vector is the mode that an operator sets by hand, where there is one. */
static enum fault named_vector(const struct rule_reading *reading, u32 node, u64 *vector_out)
{
    enum { NONE, WITHDRAW_ONLY, FREEZE, REVIEW, NO_NEW_SERVICE };
    static const struct rule_word words[] = {
        {"none", NONE},     {"withdraw_only", WITHDRAW_ONLY},   {"freeze", FREEZE},
        {"review", REVIEW}, {"no_new_service", NO_NEW_SERVICE}, {NULL, 0},
    };
    static const char *const modes[] = {RESTRICTION_MODE_NONE, RESTRICTION_MODE_WITHDRAW_ONLY,
                                        "freeze", "review"};
    u64 word = 0;
    TRY(rule_take_word(reading, node, words, &word));
    if (word == NO_NEW_SERVICE) {
        *vector_out = (u64)RESTRICTION_REFUSE << (2 * RULE_OPERATION_OPEN);
        return FAULT_NONE;
    }
    bool is_mode = restriction_mode_of(modes[word], vector_out);
    CHECK(is_mode);
    return FAULT_NONE;
}

static enum fault set_vector(const struct rule_reading *reading, u32 map, u64 *vector_out)
{
    const struct yaml_tree *tree = reading->tree;
    *vector_out = 0;
    if (tree->nodes[map].kind != YAML_TREE_MAP || tree->nodes[map].count == 0) {
        return yaml_tree_fault(tree, map, "operations are wanted here, each \"name: restriction\"");
    }
    for (u32 at = tree->nodes[map].first; at != 0; at = tree->nodes[at].next) {
        u64 restriction = 0;
        u32 operation = 0;
        while (operation_words[operation].text != NULL &&
               strcmp(operation_words[operation].text, yaml_tree_key(tree, at)) != 0) {
            operation += 1;
        }
        if (operation_words[operation].text == NULL) {
            return yaml_tree_fault(tree, at, "there is no such operation");
        }
        TRY(rule_take_word(reading, at, restriction_words, &restriction));
        *vector_out |= restriction << (2 * operation_words[operation].value);
    }
    return FAULT_NONE;
}

/* ---- duties ---- */

/* "06-30" */
static enum fault take_day(const struct rule_reading *reading, u32 node, u8 *month_out, u8 *day_out)
{
    static const u8 days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const struct yaml_tree *tree = reading->tree;
    const char *text = tree->nodes[node].kind == YAML_TREE_SCALAR ? yaml_tree_text(tree, node) : "";
    bool is_good = strlen(text) == 5 && text[2] == '-';
    for (u32 i = 0; i < 5 && is_good; i += 1) {
        is_good = i == 2 || (text[i] >= '0' && text[i] <= '9');
    }
    u32 month = is_good ? (u32)(text[0] - '0') * 10 + (u32)(text[1] - '0') : 0;
    u32 day = is_good ? (u32)(text[3] - '0') * 10 + (u32)(text[4] - '0') : 0;
    is_good = month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
    *month_out = (u8)month;
    *day_out = (u8)day;
    return is_good ? FAULT_NONE
                   : yaml_tree_fault(tree, node, "a day of the year like 06-30 is wanted here");
}

static enum fault report_dates(const struct rule_reading *reading, u32 map, struct rule_duty *duty)
{
    const struct yaml_tree *tree = reading->tree;
    u32 days = yaml_tree_find(tree, map, "business_days");
    u32 due = yaml_tree_find(tree, map, "due");
    u32 as_of = yaml_tree_find(tree, map, "as_of");
    u64 number = 0;
    duty->kind = RULE_DUTY_REPORT_AFTER;
    if (days != 0 && (due != 0 || as_of != 0)) {
        return yaml_tree_fault(tree, map, "business_days, or due and as_of");
    }
    if (days != 0) {
        TRY(rule_take_number(reading, days, 1, DAYS_MAX, &number));
        duty->days = (u16)number;
        return FAULT_NONE;
    }
    if (due == 0 && as_of == 0) {
        return FAULT_NONE;
    }
    if (due == 0 || as_of == 0) {
        return yaml_tree_fault(tree, map, "due and as_of stand together");
    }
    duty->kind = RULE_DUTY_REPORT_YEARLY;
    TRY(take_day(reading, due, &duty->due_month, &duty->due_day));
    return take_day(reading, as_of, &duty->as_of_month, &duty->as_of_day);
}

static enum fault duty_days(const struct rule_reading *reading, u32 map, struct rule_duty *duty)
{
    u32 child = yaml_tree_find(reading->tree, map, "days");
    u64 number = 0;
    if (child == 0 && duty->kind == RULE_DUTY_CLOSE) {
        return FAULT_NONE; /* an act may say that, and not when */
    }
    TRY(rule_want(reading, map, "days", &child));
    TRY(rule_take_number(reading, child, 1, DAYS_MAX, &number));
    duty->days = (u16)number;
    return FAULT_NONE;
}

static enum fault compile_duty(struct rule_reading *reading, u32 map, bool is_interim)
{
    static const char *const report_keys[] = {"report", "business_days", "due", "as_of", NULL};
    static const struct {
        const char *keys[3]; /* the telling one first */
        u8 kind;
    } others[] = {
        {{"request_evidence", "days", NULL}, RULE_DUTY_EVIDENCE},
        {{"wind_down", "days", NULL}, RULE_DUTY_WIND_DOWN},
        {{"close_account", "days", NULL}, RULE_DUTY_CLOSE},
    };
    const struct yaml_tree *tree = reading->tree;
    struct rule_pack *pack = reading->pack;
    struct rule_duty duty = {.is_interim = is_interim ? 1 : 0};
    u32 about = yaml_tree_find(tree, map, "report");
    if (about != 0) {
        TRY(yaml_tree_keys(tree, map, report_keys));
        TRY(report_dates(reading, map, &duty));
    }
    for (u32 i = 0; i < ARRAY_COUNT(others) && about == 0; i += 1) {
        about = yaml_tree_find(tree, map, others[i].keys[0]);
        if (about != 0) {
            duty.kind = others[i].kind;
            TRY(yaml_tree_keys(tree, map, others[i].keys));
            TRY(duty_days(reading, map, &duty));
        }
    }
    if (about == 0) {
        return yaml_tree_fault(tree, map,
                               "an action is a name, set, report, request_evidence, wind_down or "
                               "close_account");
    }
    TRY(rule_take_name(reading, about, &duty.what));
    if (pack->duties_count == RULE_DUTIES_MAX) {
        return yaml_tree_fault(tree, map, "more than %u duties in the pack", RULE_DUTIES_MAX);
    }
    pack->duties[pack->duties_count] = duty;
    pack->duties_count += 1;
    return FAULT_NONE;
}

enum fault rule_compile_actions(struct rule_reading *reading, u32 list, enum rule_duties duties,
                                u64 *vector_out)
{
    const struct yaml_tree *tree = reading->tree;
    *vector_out = 0;
    if (tree->nodes[list].kind != YAML_TREE_LIST || tree->nodes[list].count == 0) {
        return yaml_tree_fault(tree, list, "a list of actions is wanted here; [none] is one");
    }
    for (u32 at = tree->nodes[list].first; at != 0; at = tree->nodes[at].next) {
        u64 vector = 0;
        u32 set = tree->nodes[at].kind == YAML_TREE_MAP ? yaml_tree_find(tree, at, "set") : 0;
        if (tree->nodes[at].kind != YAML_TREE_MAP) {
            TRY(named_vector(reading, at, &vector));
        } else if (set != 0 && tree->nodes[at].count == 1) {
            TRY(set_vector(reading, set, &vector));
        } else if (duties == RULE_DUTIES_NONE) {
            return yaml_tree_fault(tree, at, "only restrictions may stand here");
        } else {
            TRY(compile_duty(reading, at, duties == RULE_DUTIES_INTERIM));
        }
        *vector_out = rule_vector_join(*vector_out, vector);
    }
    return FAULT_NONE;
}
