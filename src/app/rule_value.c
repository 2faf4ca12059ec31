#include "app/options.h"
#include "app/rule_read_inner.h"
#include "base/amount.h"
#include "base/check.h"
#include "base/span.h"

#include <stdio.h>
#include <string.h>

#define WORDS_MAX 32U
#define DAY_US    86400000000ULL

enum fault rule_want(const struct rule_reading *reading, u32 map, const char *key, u32 *child_out)
{
    const struct yaml_tree *tree = reading->tree;
    *child_out = yaml_tree_find(tree, map, key);
    return *child_out != 0 ? FAULT_NONE : yaml_tree_fault(tree, map, "%s is missing", key);
}

enum fault rule_want_text(const struct rule_reading *reading, u32 map, const char *key,
                          u32 *child_out)
{
    const struct yaml_tree *tree = reading->tree;
    TRY(rule_want(reading, map, key, child_out));
    const struct yaml_tree_node *node = &tree->nodes[*child_out];
    bool is_good = node->kind == YAML_TREE_SCALAR && node->text_bytes > 0;
    return is_good ? FAULT_NONE : yaml_tree_fault(tree, *child_out, "a text is wanted here");
}

enum fault rule_want_list(const struct rule_reading *reading, u32 map, const char *key,
                          u32 *child_out)
{
    const struct yaml_tree *tree = reading->tree;
    TRY(rule_want(reading, map, key, child_out));
    const struct yaml_tree_node *node = &tree->nodes[*child_out];
    bool is_good = node->kind == YAML_TREE_LIST && node->count > 0;
    return is_good ? FAULT_NONE
                   : yaml_tree_fault(tree, *child_out, "a list is wanted here, not empty");
}

/* A text to show in a message, however long it is. */
static const char *shown(const struct rule_reading *reading, u32 node)
{
    return reading->tree->nodes[node].kind == YAML_TREE_SCALAR ? yaml_tree_text(reading->tree, node)
                                                               : "(a list or map)";
}

static bool is_scalar(const struct rule_reading *reading, u32 node)
{
    return reading->tree->nodes[node].kind == YAML_TREE_SCALAR;
}

enum fault rule_take_word(const struct rule_reading *reading, u32 node,
                          const struct rule_word *words, u64 *value_out)
{
    const char *texts[WORDS_MAX];
    u32 count = 0;
    for (; words[count].text != NULL; count += 1) {
        CHECK(count < WORDS_MAX);
        texts[count] = words[count].text;
        if (is_scalar(reading, node) &&
            strcmp(yaml_tree_text(reading->tree, node), words[count].text) == 0) {
            *value_out = words[count].value;
            return FAULT_NONE;
        }
    }
    char list[200];
    size_t used = 0;
    for (u32 i = 0; i < count && used < sizeof(list); i += 1) {
        int length =
            snprintf(list + used, sizeof(list) - used, "%s%s", i == 0 ? "" : ", ", texts[i]);
        used += length > 0 ? (size_t)length : 0;
    }
    return yaml_tree_fault(reading->tree, node, "\"%.40s\" is none of %s", shown(reading, node),
                           list);
}

enum fault rule_take_number(const struct rule_reading *reading, u32 node, u64 minimum, u64 maximum,
                            u64 *number_out)
{
    bool is_good = is_scalar(reading, node) && options_number(yaml_tree_text(reading->tree, node),
                                                              minimum, maximum, number_out);
    return is_good
               ? FAULT_NONE
               : yaml_tree_fault(reading->tree, node, "\"%.40s\" is not a number from %llu to %llu",
                                 shown(reading, node), (unsigned long long)minimum,
                                 (unsigned long long)maximum);
}

enum fault rule_take_decimal(const struct rule_reading *reading, u32 node, u32 scale, u64 maximum,
                             u64 *units_out)
{
    struct amount amount = AMOUNT_ZERO;
    bool is_good = is_scalar(reading, node) &&
                   amount_parse(yaml_tree_span(reading->tree, node), scale, &amount) == AMOUNT_OK &&
                   !amount_less(amount_of(maximum), amount);
    *units_out = amount.units; /* raw: the pack counts 10^-8 EUR, which is no asset's unit */
    return is_good ? FAULT_NONE
                   : yaml_tree_fault(reading->tree, node,
                                     "\"%.40s\" is not a number with at most %u decimals, or too "
                                     "large",
                                     shown(reading, node), scale);
}

/* ---- time ---- */

/* Digits of fixed width; false: something else is there. */
static bool digits(const char **at, u32 count, u32 *value_out)
{
    *value_out = 0;
    for (u32 i = 0; i < count; i += 1) {
        if (**at < '0' || **at > '9') {
            return false;
        }
        *value_out = *value_out * 10 + (u32)(**at - '0');
        *at += 1;
    }
    return true;
}

static bool symbol(const char **at, char wanted)
{
    bool is_it = **at == wanted;
    *at += is_it ? 1 : 0;
    return is_it;
}

static u32 month_days(u32 year, u32 month)
{
    static const u8 days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && is_leap ? 1U : 0U);
}

/* Days since 1970-01-01. */
static u64 day_number(u32 year, u32 month, u32 day)
{
    u64 count = 0;
    for (u32 y = 1970; y < year; y += 1) {
        count += month_days(y, 2) + 337U;
    }
    for (u32 m = 1; m < month; m += 1) {
        count += month_days(year, m);
    }
    return count + day - 1;
}

static bool time_of(const char *at, u64 *time_out)
{
    u32 year = 0;
    u32 month = 0;
    u32 day = 0;
    u32 hour = 0;
    u32 minute = 0;
    u32 second = 0;
    bool is_good = digits(&at, 4, &year) && symbol(&at, '-') && digits(&at, 2, &month) &&
                   symbol(&at, '-') && digits(&at, 2, &day) && year >= 1970 && year <= 2999 &&
                   month >= 1 && month <= 12 && day >= 1 && day <= month_days(year, month);
    if (is_good && *at != 0) {
        is_good = symbol(&at, 'T') && digits(&at, 2, &hour) && symbol(&at, ':') &&
                  digits(&at, 2, &minute) && symbol(&at, ':') && digits(&at, 2, &second) &&
                  symbol(&at, 'Z') && *at == 0 && hour < 24 && minute < 60 && second < 60;
    }
    if (is_good) {
        *time_out = day_number(year, month, day) * DAY_US +
                    ((u64)hour * 3600 + (u64)minute * 60 + second) * 1000000;
    }
    return is_good;
}

enum fault rule_take_time(const struct rule_reading *reading, u32 node, u64 *time_out)
{
    bool is_good =
        is_scalar(reading, node) && time_of(yaml_tree_text(reading->tree, node), time_out);
    return is_good ? FAULT_NONE
                   : yaml_tree_fault(reading->tree, node,
                                     "\"%.40s\" is not a day like 2022-04-21, or "
                                     "2022-04-21T15:00:00Z",
                                     shown(reading, node));
}

enum fault rule_take_interval(const struct rule_reading *reading, u32 map,
                              struct rule_interval *interval)
{
    struct rule_interval outer = *interval;
    u32 from = yaml_tree_find(reading->tree, map, "effective_from");
    u32 until = yaml_tree_find(reading->tree, map, "effective_until");
    if (from != 0) {
        TRY(rule_take_time(reading, from, &interval->from));
        if (interval->from < outer.from || interval->from >= outer.until) {
            return yaml_tree_fault(reading->tree, from, "outside the pack's time");
        }
    }
    if (until != 0) {
        TRY(rule_take_time(reading, until, &interval->until));
        if (interval->until > outer.until) {
            return yaml_tree_fault(reading->tree, until, "outside the pack's time");
        }
        if (interval->until <= interval->from) {
            return yaml_tree_fault(reading->tree, until, "not after effective_from");
        }
    }
    return FAULT_NONE;
}

enum fault rule_take_duration(const struct rule_reading *reading, u32 node, u64 *us_out)
{
    static const struct rule_word units[] = {{"min", 60000000}, {"h", 3600000000}, {"d", DAY_US}};
    const char *text = is_scalar(reading, node) ? yaml_tree_text(reading->tree, node) : "";
    u64 number = 0;
    u32 count = 0;
    for (; count < 5 && text[count] >= '0' && text[count] <= '9'; count += 1) {
        number = number * 10 + (u64)(text[count] - '0');
    }
    for (u32 i = 0; i < ARRAY_COUNT(units) && count > 0; i += 1) {
        if (strcmp(text + count, units[i].text) == 0) {
            *us_out = number * units[i].value;
            return FAULT_NONE;
        }
    }
    return yaml_tree_fault(reading->tree, node, "\"%.40s\" is not a time like 30min, 24h or 14d",
                           shown(reading, node));
}

/* ---- the rest ---- */

enum fault rule_take_truth(const struct rule_reading *reading, u32 node, bool *truth_out)
{
    static const struct rule_word words[] = {{"true", 1}, {"false", 0}, {NULL, 0}};
    u64 value = 0;
    TRY(rule_take_word(reading, node, words, &value));
    *truth_out = value == 1;
    return FAULT_NONE;
}

enum fault rule_take_name(const struct rule_reading *reading, u32 node, u64 *name_out)
{
    *name_out = is_scalar(reading, node) ? rule_name_of(yaml_tree_span(reading->tree, node)) : 0;
    return *name_out != 0 ? FAULT_NONE
                          : yaml_tree_fault(reading->tree, node,
                                            "\"%.40s\" is not a name of 1 to %u small letters, "
                                            "digits and -",
                                            shown(reading, node), RULE_NAME_SYMBOLS);
}

enum fault rule_take_id(const struct rule_reading *reading, u32 node, char id_out[RULE_ID_BYTES])
{
    struct span text = yaml_tree_span(reading->tree, node);
    bool is_good = is_scalar(reading, node) && text.size > 0 && text.size < RULE_ID_BYTES;
    for (size_t i = 0; is_good && i < text.size; i += 1) {
        u8 byte = text.data[i];
        is_good = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' ||
                  byte == '.';
    }
    memset(id_out, 0, RULE_ID_BYTES);
    if (is_good) {
        memcpy(id_out, text.data, text.size);
    }
    return is_good ? FAULT_NONE
                   : yaml_tree_fault(reading->tree, node,
                                     "\"%.40s\" is not an id of 1 to %u small letters, digits, - "
                                     "and .",
                                     shown(reading, node), RULE_ID_BYTES - 1);
}

enum fault rule_check_texts(const struct rule_reading *reading, u32 node)
{
    static const char *const keys[] = {"en", "fr", NULL};
    u32 text = 0;
    TRY(yaml_tree_keys(reading->tree, node, keys));
    TRY(rule_want_text(reading, node, "en", &text));
    return rule_want_text(reading, node, "fr", &text);
}
