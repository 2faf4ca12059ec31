/* Persons and licences of a case: rows as an officer would record them. */
#include "app/rule_case_inner.h"
#include "app/rule_words.h"
#include "base/check.h"
#include "base/span.h"

#include <string.h>

enum fault rule_case_take_time(const struct rule_reading *reading, u32 map, const char *key,
                               u64 otherwise, u64 *time_out)
{
    u32 child = yaml_tree_find(reading->tree, map, key);
    *time_out = otherwise;
    return child == 0 ? FAULT_NONE : rule_take_time(reading, child, time_out);
}

enum fault rule_case_take_eur(const struct rule_reading *reading, u32 map, const char *key,
                              u64 *eur_out)
{
    u32 child = yaml_tree_find(reading->tree, map, key);
    *eur_out = 0;
    return child == 0 ? FAULT_NONE
                      : rule_take_decimal(reading, child, RULE_EUR_SCALE, 1ULL << 62, eur_out);
}

/* from, until; recorded, ended: when it was held for true. */
static enum fault take_intervals(const struct rule_reading *reading, u32 map,
                                 struct rule_interval *valid, struct rule_interval *recorded)
{
    TRY(rule_case_take_time(reading, map, "from", 0, &valid->from));
    TRY(rule_case_take_time(reading, map, "until", RULE_TIME_OPEN, &valid->until));
    TRY(rule_case_take_time(reading, map, "recorded", 0, &recorded->from));
    TRY(rule_case_take_time(reading, map, "ended", RULE_TIME_OPEN, &recorded->until));
    bool is_empty = valid->from >= valid->until || recorded->from >= recorded->until;
    return is_empty ? yaml_tree_fault(reading->tree, map, "an interval that is empty") : FAULT_NONE;
}

static enum fault take_value(const struct rule_reading *reading, u32 node, u8 kind, u16 *value_out)
{
    static const struct rule_word kinds[] = {
        {"natural", RULE_KIND_NATURAL}, {"legal", RULE_KIND_LEGAL}, {NULL, 0}};
    static const struct rule_word roles[] = {{"owner", RULE_ROLE_OWNER},
                                             {"governing_body", RULE_ROLE_GOVERNING},
                                             {"own_entity", RULE_ROLE_ENTITY},
                                             {"payment_route", RULE_ROLE_ROUTE},
                                             {NULL, 0}};
    const struct yaml_tree *tree = reading->tree;
    u64 value = 0;
    if (kind == RULE_FACT_KIND || kind == RULE_FACT_ROLE) {
        TRY(rule_take_word(reading, node, kind == RULE_FACT_KIND ? kinds : roles, &value));
        *value_out = (u16)value;
        return FAULT_NONE;
    }
    bool is_scalar = tree->nodes[node].kind == YAML_TREE_SCALAR;
    const char *text = is_scalar ? yaml_tree_text(tree, node) : "";
    if (strcmp(text, "none") == 0 || strcmp(text, "others") == 0) {
        *value_out = text[0] == 'n' ? RULE_VALUE_NONE : RULE_VALUE_UNKNOWN;
        return FAULT_NONE;
    }
    *value_out = rule_country_of(span_of_text(text));
    return *value_out != 0
               ? FAULT_NONE
               : yaml_tree_fault(tree, node, "a country in two capital letters, none or others");
}

static enum fault take_methods(const struct rule_reading *reading, u32 map, u8 *verified_out)
{
    static const struct rule_word methods[] = {{"document", RULE_VERIFIED_DOCUMENT},
                                               {"proof_of_address", RULE_VERIFIED_ADDRESS},
                                               {"register", RULE_VERIFIED_REGISTER},
                                               {NULL, 0}};
    u32 child = yaml_tree_find(reading->tree, map, "verified");
    u64 method = 0;
    *verified_out = 0;
    if (child != 0) {
        TRY(rule_take_word(reading, child, methods, &method));
    }
    *verified_out = (u8)method;
    return FAULT_NONE;
}

static enum fault take_fact(const struct rule_reading *reading, u32 map, struct rule_fact *fact)
{
    static const char *const keys[] = {"kind",          "nationality",
                                       "residence",     "residence_permit",
                                       "establishment", "document_country",
                                       "role",          "verified",
                                       "from",          "until",
                                       "recorded",      "ended",
                                       "expires",       NULL};
    const struct yaml_tree *tree = reading->tree;
    u32 found = 0;
    TRY(yaml_tree_keys(tree, map, keys));
    for (u32 i = 0; rule_fact_words[i].text != NULL; i += 1) {
        u32 child = yaml_tree_find(tree, map, rule_fact_words[i].text);
        if (child != 0) {
            found += 1;
            fact->kind = (u8)rule_fact_words[i].value;
            TRY(take_value(reading, child, fact->kind, &fact->value));
        }
    }
    if (found != 1) {
        return yaml_tree_fault(tree, map, "one fact is wanted here, like \"nationality: RU\"");
    }
    TRY(take_methods(reading, map, &fact->verified));
    TRY(rule_case_take_time(reading, map, "expires", RULE_TIME_OPEN, &fact->expires));
    return take_intervals(reading, map, &fact->valid, &fact->recorded);
}

static enum fault take_listing(const struct rule_reading *reading, u32 map,
                               struct rule_listing *listing)
{
    static const char *const keys[] = {"list",  "programme", "state", "from",
                                       "until", "recorded",  "ended", NULL};
    static const struct rule_word states[] = {{"clear", RULE_LISTING_CLEAR},
                                              {"candidate", RULE_LISTING_CANDIDATE},
                                              {"confirmed", RULE_LISTING_CONFIRMED},
                                              {NULL, 0}};
    u32 child = 0;
    u64 state = 0;
    TRY(yaml_tree_keys(reading->tree, map, keys));
    TRY(rule_want(reading, map, "list", &child));
    TRY(rule_take_name(reading, child, &listing->list));
    TRY(rule_want(reading, map, "state", &child));
    TRY(rule_take_word(reading, child, states, &state));
    listing->state = (u8)state;
    child = yaml_tree_find(reading->tree, map, "programme");
    if (child != 0) {
        TRY(rule_take_name(reading, child, &listing->programme));
    }
    return take_intervals(reading, map, &listing->valid, &listing->recorded);
}

static enum fault take_percent(const struct rule_reading *reading, u32 map, const char *key,
                               u16 *percent_out)
{
    u32 child = 0;
    u64 percent = 0;
    TRY(rule_want(reading, map, key, &child));
    TRY(rule_take_decimal(reading, child, 2, RULE_PERCENT_ONE, &percent));
    *percent_out = (u16)percent;
    return FAULT_NONE;
}

static enum fault take_ownership(const struct rule_reading *reading, u32 map,
                                 struct rule_ownership *ownership)
{
    static const char *const keys[] = {"list", "op",    "percent",  "lower", "upper", "control",
                                       "from", "until", "recorded", "ended", NULL};
    static const struct rule_word truths[] = {
        {"no", RULE_FALSE}, {"unknown", RULE_UNKNOWN}, {"yes", RULE_TRUE}, {NULL, 0}};
    u32 child = 0;
    u64 value = 0;
    TRY(yaml_tree_keys(reading->tree, map, keys));
    TRY(rule_want(reading, map, "list", &child));
    TRY(rule_take_name(reading, child, &ownership->list));
    TRY(rule_want(reading, map, "op", &child));
    TRY(rule_take_word(reading, child, rule_compare_words, &value));
    ownership->compare = (u8)value;
    TRY(take_percent(reading, map, "percent", &ownership->percent));
    TRY(take_percent(reading, map, "lower", &ownership->lower));
    TRY(take_percent(reading, map, "upper", &ownership->upper));
    if (ownership->lower > ownership->upper) {
        return yaml_tree_fault(reading->tree, map, "lower is above upper");
    }
    child = yaml_tree_find(reading->tree, map, "control");
    value = RULE_FALSE;
    if (child != 0) {
        TRY(rule_take_word(reading, child, truths, &value));
    }
    ownership->control = (u8)value;
    return take_intervals(reading, map, &ownership->valid, &ownership->recorded);
}

/* A list under a key, at most `max` long; *list_out 0: it is not there. */
static enum fault take_list(const struct rule_reading *reading, u32 map, const char *key, u32 max,
                            u32 *list_out)
{
    *list_out = yaml_tree_find(reading->tree, map, key);
    if (*list_out == 0) {
        return FAULT_NONE;
    }
    TRY(rule_want_list(reading, map, key, list_out));
    return reading->tree->nodes[*list_out].count <= max
               ? FAULT_NONE
               : yaml_tree_fault(reading->tree, *list_out, "more than %u", max);
}

static enum fault take_person(const struct rule_reading *reading, u32 map,
                              struct rule_case_person *who)
{
    static const char *const keys[] = {"facts", "listings", "ownerships", NULL};
    const struct yaml_tree *tree = reading->tree;
    struct rule_person *person = &who->person;
    u32 list = 0;
    TRY(yaml_tree_keys(tree, map, keys));
    TRY(take_list(reading, map, "facts", RULE_FACTS_MAX, &list));
    for (u32 at = list == 0 ? 0 : tree->nodes[list].first; at != 0; at = tree->nodes[at].next) {
        TRY(take_fact(reading, at, &who->facts[person->facts_count]));
        person->facts_count += 1;
    }
    TRY(take_list(reading, map, "listings", RULE_LISTINGS_MAX, &list));
    for (u32 at = list == 0 ? 0 : tree->nodes[list].first; at != 0; at = tree->nodes[at].next) {
        TRY(take_listing(reading, at, &who->listings[person->listings_count]));
        person->listings_count += 1;
    }
    TRY(take_list(reading, map, "ownerships", RULE_OWNERSHIPS_MAX, &list));
    for (u32 at = list == 0 ? 0 : tree->nodes[list].first; at != 0; at = tree->nodes[at].next) {
        TRY(take_ownership(reading, at, &who->ownerships[person->ownerships_count]));
        person->ownerships_count += 1;
    }
    return FAULT_NONE;
}

enum fault rule_case_read_persons(struct rule_case *at_work, u32 map)
{
    const struct rule_reading *reading = &at_work->reading;
    const struct yaml_tree *tree = reading->tree;
    at_work->persons_count = 0;
    if (map != 0 && tree->nodes[map].kind != YAML_TREE_MAP) {
        return yaml_tree_fault(tree, map, "names are wanted here, each \"name: ...\"");
    }
    for (u32 at = map == 0 ? 0 : tree->nodes[map].first; at != 0; at = tree->nodes[at].next) {
        if (at_work->persons_count == RULE_CASE_PERSONS_MAX) {
            return yaml_tree_fault(tree, at, "more than %u persons", RULE_CASE_PERSONS_MAX);
        }
        struct rule_case_person *who = &at_work->persons[at_work->persons_count];
        memset(who, 0, sizeof(*who));
        who->name = yaml_tree_key(tree, at);
        who->person.facts = who->facts;
        who->person.listings = who->listings;
        who->person.ownerships = who->ownerships;
        TRY(take_person(reading, at, who));
        at_work->persons_count += 1;
    }
    return FAULT_NONE;
}

static enum fault take_operations(const struct rule_reading *reading, u32 map, u32 *operations_out)
{
    const struct yaml_tree *tree = reading->tree;
    u32 list = 0;
    *operations_out = 0;
    TRY(rule_want_list(reading, map, "operations", &list));
    for (u32 at = tree->nodes[list].first; at != 0; at = tree->nodes[at].next) {
        bool is_scalar = tree->nodes[at].kind == YAML_TREE_SCALAR;
        u32 operation =
            is_scalar ? rule_words_operation_of(yaml_tree_text(tree, at)) : RULE_OPERATIONS_COUNT;
        if (operation == RULE_OPERATIONS_COUNT) {
            return yaml_tree_fault(tree, at, "there is no such operation");
        }
        *operations_out |= 1U << operation;
    }
    return FAULT_NONE;
}

static enum fault take_licence(const struct rule_reading *reading, u32 map,
                               struct rule_licence *licence)
{
    static const char *const keys[] = {"pack",  "rule",       "ceiling", "from",
                                       "until", "operations", "ground",  NULL};
    const struct yaml_tree *tree = reading->tree;
    u32 child = 0;
    TRY(yaml_tree_keys(tree, map, keys));
    TRY(rule_want(reading, map, "pack", &child));
    TRY(rule_take_id(reading, child, licence->pack_id));
    TRY(rule_want(reading, map, "rule", &child));
    TRY(rule_take_id(reading, child, licence->rule_id));
    TRY(rule_want(reading, map, "ceiling", &child));
    TRY(rule_case_take_eur(reading, map, "ceiling", &licence->ceiling));
    TRY(rule_case_take_time(reading, map, "from", 0, &licence->valid.from));
    TRY(rule_case_take_time(reading, map, "until", RULE_TIME_OPEN, &licence->valid.until));
    TRY(take_operations(reading, map, &licence->operations));
    TRY(rule_want_text(reading, map, "ground", &child));
    const char *ground = yaml_tree_text(tree, child);
    if (ground[0] < 'a' || ground[0] > 'z' || ground[1] != 0) {
        return yaml_tree_fault(tree, child, "a letter from a to z is wanted here");
    }
    licence->ground = (u8)ground[0];
    return FAULT_NONE;
}

enum fault rule_case_read_licences(struct rule_case *at_work, u32 map)
{
    const struct rule_reading *reading = &at_work->reading;
    const struct yaml_tree *tree = reading->tree;
    at_work->licences_count = 0;
    if (map != 0 && tree->nodes[map].kind != YAML_TREE_MAP) {
        return yaml_tree_fault(tree, map, "names are wanted here, each \"name: ...\"");
    }
    for (u32 at = map == 0 ? 0 : tree->nodes[map].first; at != 0; at = tree->nodes[at].next) {
        if (at_work->licences_count == RULE_CASE_LICENCES_MAX) {
            return yaml_tree_fault(tree, at, "more than %u licences", RULE_CASE_LICENCES_MAX);
        }
        struct rule_case_licence *named = &at_work->licences[at_work->licences_count];
        memset(named, 0, sizeof(*named));
        named->name = yaml_tree_key(tree, at);
        TRY(take_licence(reading, at, &named->licence));
        at_work->licences_count += 1;
    }
    return FAULT_NONE;
}
