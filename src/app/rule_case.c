#include "app/rule_case.h"

#include "app/rule_case_inner.h"
#include "app/rule_words.h"
#include "base/check.h"
#include "base/span.h"

#include <stdarg.h>
#include <string.h>

/* One step: who or what is looked at, when, and what was found so far. */
struct step {
    struct rule_case *at_work;
    struct rule_case_person *who; /* NULL: an asset */
    u64 asset;
    struct rule_instant instant;
    struct rule_verdict verdicts[RULE_RULES_MAX];
    u32 verdicts_count;
    u64 joined;
};

static struct rule_source source;
static struct rule_outcome outcomes[RULE_RULES_MAX];

enum fault rule_case_pack(struct rule_case_suite *suite, const char *path, u32 *place_out)
{
    for (u32 i = 0; i < suite->packs_count; i += 1) {
        if (strcmp(suite->packs[i].path, path) == 0) {
            *place_out = i;
            return FAULT_NONE;
        }
    }
    if (suite->packs_count == RULE_CASE_PACKS_MAX) {
        return FAULT(FAULT_LIMIT, "%s: more than %u packs", path, RULE_CASE_PACKS_MAX);
    }
    struct rule_case_pack *added = &suite->packs[suite->packs_count];
    memset(added, 0, sizeof(*added));
    TRY(rule_read_file(path, &source));
    int length = snprintf(added->path, sizeof(added->path), "%s", path);
    CHECK(length > 0 && (size_t)length < sizeof(added->path));
    added->pack = source.pack;
    *place_out = suite->packs_count;
    suite->packs_count += 1;
    return FAULT_NONE;
}

/* ---- what does not hold ---- */

__attribute__((format(printf, 3, 4))) static void fails(struct step *step, u32 node,
                                                        const char *format, ...)
{
    char reason[FAULT_TEXT_BYTES];
    struct rule_case_suite *suite = step->at_work->suite;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(reason, sizeof(reason), format, arguments);
    va_end(arguments);
    enum fault fault = yaml_tree_fault(&suite->tree, node, "%s", reason);
    CHECK(fault == FAULT_INPUT);
    (void)fprintf(suite->failures, "%s\n", fault_text());
    fault_forget();
    suite->failed += 1;
}

/* Whether what was found is what is wanted; counts. */
__attribute__((format(printf, 4, 5))) static void expect(struct step *step, u32 node, bool holds,
                                                         const char *format, ...)
{
    char reason[FAULT_TEXT_BYTES];
    step->at_work->suite->expectations += 1;
    if (!holds) {
        va_list arguments;
        va_start(arguments, format);
        (void)vsnprintf(reason, sizeof(reason), format, arguments);
        va_end(arguments);
        fails(step, node, "%s", reason);
    }
}

static void expect_vector(struct step *step, u32 node, u64 found, u64 wanted)
{
    char is[RULE_WORDS_BYTES];
    char should[RULE_WORDS_BYTES];
    expect(step, node, found == wanted, "it is %s, and not %s", rule_words_vector(found, is),
           rule_words_vector(wanted, should));
}

/* ---- one expectation ---- */

/* Words of a list, as bits of their values. */
static enum fault take_bits(const struct rule_reading *reading, u32 list,
                            const struct rule_word *words, bool are_places, u32 *bits_out)
{
    const struct yaml_tree *tree = reading->tree;
    *bits_out = 0;
    if (tree->nodes[list].kind != YAML_TREE_LIST) {
        return yaml_tree_fault(tree, list, "a list is wanted here");
    }
    for (u32 at = tree->nodes[list].first; at != 0; at = tree->nodes[at].next) {
        u64 value = 0;
        TRY(rule_take_word(reading, at, words, &value));
        *bits_out |= are_places ? 1U << value : (u32)value;
    }
    return FAULT_NONE;
}

/* What one rule said, where the expectation asks for that. */
static enum fault expect_result(struct step *step, u32 map, const struct rule_result *result)
{
    static const struct rule_word truths[] = {
        {"no", RULE_FALSE}, {"unknown", RULE_UNKNOWN}, {"yes", RULE_TRUE}, {NULL, 0}};
    static const struct rule_word reasons[] = {{"fact", RULE_REASON_FACT},
                                               {"candidate", RULE_REASON_CANDIDATE},
                                               {"undetermined", RULE_REASON_UNDETERMINED},
                                               {"price", RULE_REASON_PRICE},
                                               {"unscreened", RULE_REASON_UNSCREENED},
                                               {"deadline", RULE_REASON_DEADLINE},
                                               {NULL, 0}};
    const struct rule_reading *reading = &step->at_work->reading;
    char text[RULE_WORDS_BYTES];
    u32 child = yaml_tree_find(reading->tree, map, "truth");
    if (child != 0) {
        u64 truth = 0;
        TRY(rule_take_word(reading, child, truths, &truth));
        expect(step, child, result->truth == truth, "it is %s", rule_words_truth(result->truth));
    }
    child = yaml_tree_find(reading->tree, map, "missing");
    if (child != 0) {
        u32 missing = 0;
        TRY(take_bits(reading, child, rule_fact_words, true, &missing));
        expect(step, child, result->missing == missing, "missing is %s",
               rule_words_facts(result->missing, text));
    }
    child = yaml_tree_find(reading->tree, map, "reasons");
    if (child != 0) {
        u32 bits = 0;
        TRY(take_bits(reading, child, reasons, false, &bits));
        expect(step, child, result->reasons == bits, "the reasons are %s",
               rule_words_reasons(result->reasons, text));
    }
    child = yaml_tree_find(reading->tree, map, "warned");
    if (child != 0) {
        bool is_warned = false;
        TRY(rule_take_truth(reading, child, &is_warned));
        expect(step, child, result->is_warned == is_warned, "it is %s",
               result->is_warned ? "true" : "false");
    }
    child = yaml_tree_find(reading->tree, map, "deadline");
    if (child != 0) {
        u64 deadline = 0;
        TRY(rule_take_time(reading, child, &deadline));
        expect(step, child, result->deadline == deadline, "it is %s",
               result->deadline == 0 ? "none" : rule_words_time(result->deadline, text));
    }
    return FAULT_NONE;
}

/* The pack that is named, which is one of the case's. */
static enum fault take_pack(struct step *step, u32 map, u32 *place_out)
{
    const struct rule_reading *reading = &step->at_work->reading;
    const struct rule_case_suite *suite = step->at_work->suite;
    char id[RULE_ID_BYTES];
    u32 child = 0;
    u64 version = 0;
    TRY(rule_want(reading, map, "version", &child));
    TRY(rule_take_number(reading, child, 1, UINT32_MAX, &version));
    TRY(rule_want(reading, map, "pack", &child));
    TRY(rule_take_id(reading, child, id));
    for (u32 i = 0; i < suite->packs_count; i += 1) {
        const struct rule_pack *pack = &suite->packs[i].pack;
        if (pack->version == version && memcmp(pack->id, id, RULE_ID_BYTES) == 0) {
            *place_out = i;
            return FAULT_NONE;
        }
    }
    return yaml_tree_fault(reading->tree, child, "packs does not name version %llu of it",
                           (unsigned long long)version);
}

/* The rule that is named; RULE_RULES_MAX: the whole pack is meant. */
static enum fault take_rule(struct step *step, u32 map, const struct rule_pack *pack, u32 *rule_out)
{
    const struct rule_reading *reading = &step->at_work->reading;
    u32 child = yaml_tree_find(reading->tree, map, "rule");
    char id[RULE_ID_BYTES];
    *rule_out = RULE_RULES_MAX;
    if (child == 0) {
        return FAULT_NONE;
    }
    TRY(rule_take_id(reading, child, id));
    for (u32 i = 0; i < pack->rules_count; i += 1) {
        if (memcmp(pack->rules[i].id, id, RULE_ID_BYTES) == 0) {
            *rule_out = i;
            return FAULT_NONE;
        }
    }
    return yaml_tree_fault(reading->tree, child, "the pack has no such rule");
}

static void evaluate(struct step *step, u32 place, struct rule_outcome *outcome)
{
    struct rule_case_pack *tried = &step->at_work->suite->packs[place];
    struct rule_case_person *who = step->who;
    rule_evaluate(&tried->pack, &who->person, step->instant, who->memories[place], outcome);
    for (u32 i = 0; i < outcome->results_count; i += 1) {
        const struct rule_result *result = &outcome->results[i];
        who->memories[place][i] = result->memory;
        tried->fired[i] |= result->truth == RULE_TRUE;
        tried->spared[i] |= result->is_in_force && result->truth == RULE_FALSE &&
                            tried->pack.rules[i].scope != RULE_SCOPE_ASSET;
    }
}

static u64 evaluate_asset(const struct step *step, u32 place)
{
    struct rule_case_pack *tried = &step->at_work->suite->packs[place];
    u64 at = step->instant.at;
    for (u32 i = 0; i < tried->pack.rules_count; i += 1) {
        const struct rule *rule = &tried->pack.rules[i];
        if (rule->scope != RULE_SCOPE_ASSET || at < rule->effective.from ||
            at >= rule->effective.until) {
            continue;
        }
        bool is_named = false;
        for (u32 k = 0; k < rule->assets_count; k += 1) {
            is_named |= tried->pack.names[rule->assets_first + k] == step->asset;
        }
        tried->fired[i] |= is_named;
        tried->spared[i] |= !is_named;
    }
    return rule_evaluate_asset(&tried->pack, step->asset, at);
}

static enum fault run_expectation(struct step *step, u32 map)
{
    static const char *const keys[] = {"pack",    "version", "rule",   "vector",   "truth",
                                       "missing", "reasons", "warned", "deadline", NULL};
    struct rule_reading *reading = &step->at_work->reading;
    u32 place = 0;
    u32 rule = 0;
    u32 child = 0;
    u64 wanted = 0;
    TRY(yaml_tree_keys(reading->tree, map, keys));
    TRY(take_pack(step, map, &place));
    const struct rule_pack *pack = &step->at_work->suite->packs[place].pack;
    TRY(take_rule(step, map, pack, &rule));
    TRY(rule_want(reading, map, "vector", &child));
    TRY(rule_compile_actions(reading, child, RULE_DUTIES_NONE, &wanted));
    if (step->who == NULL) {
        u64 found = evaluate_asset(step, place);
        step->joined = rule_vector_join(step->joined, found);
        expect_vector(step, child, found, wanted);
        return FAULT_NONE;
    }
    struct rule_outcome *outcome = &outcomes[step->verdicts_count];
    evaluate(step, place, outcome);
    step->verdicts[step->verdicts_count] = (struct rule_verdict){.pack = pack, .outcome = outcome};
    step->verdicts_count += 1;
    step->joined = rule_vector_join(step->joined, outcome->vector);
    bool is_whole = rule == RULE_RULES_MAX;
    expect_vector(step, child, is_whole ? outcome->vector : outcome->results[rule].vector, wanted);
    return expect_result(step, map, &outcome->results[is_whole ? 0 : rule]);
}

/* ---- one step ---- */

/* A movement of money that names a licence. */
static enum fault run_movement(struct step *step, u32 map)
{
    static const char *const keys[] = {"licence", "operation", "eur", "answer", NULL};
    static const struct rule_word answers[] = {{"good", RULE_LICENCE_GOOD},
                                               {"not-needed", RULE_LICENCE_NOT_NEEDED},
                                               {"no-rule", RULE_LICENCE_NO_RULE},
                                               {"time", RULE_LICENCE_TIME},
                                               {"operation", RULE_LICENCE_OPERATION},
                                               {"ground", RULE_LICENCE_GROUND},
                                               {"other-rule", RULE_LICENCE_OTHER_RULE},
                                               {"ceiling", RULE_LICENCE_CEILING},
                                               {NULL, 0}};
    struct rule_case *at_work = step->at_work;
    const struct rule_reading *reading = &at_work->reading;
    struct rule_licence *licence = NULL;
    u32 child = 0;
    u64 eur = 0;
    u64 wanted = 0;
    TRY(yaml_tree_keys(reading->tree, map, keys));
    TRY(rule_want_text(reading, map, "licence", &child));
    for (u32 i = 0; i < at_work->licences_count; i += 1) {
        if (strcmp(at_work->licences[i].name, yaml_tree_text(reading->tree, child)) == 0) {
            licence = &at_work->licences[i].licence;
        }
    }
    if (licence == NULL || step->who == NULL) {
        return yaml_tree_fault(reading->tree, child, "there is no such licence here");
    }
    TRY(rule_want_text(reading, map, "operation", &child));
    u32 operation = rule_words_operation_of(yaml_tree_text(reading->tree, child));
    if (operation >= RULE_OPERATION_OPEN) {
        return yaml_tree_fault(reading->tree, child, "no operation that a licence may lift");
    }
    TRY(rule_case_take_eur(reading, map, "eur", &eur));
    TRY(rule_want(reading, map, "answer", &child));
    TRY(rule_take_word(reading, child, answers, &wanted));
    u32 found = (u32)rule_licence_check(licence, step->verdicts, step->verdicts_count, operation,
                                        eur, step->instant.at);
    expect(step, child, found == wanted, "it is %s", answers[found].text);
    if (found == RULE_LICENCE_GOOD) {
        rule_licence_spend(licence, eur);
    }
    return FAULT_NONE;
}

static enum fault take_who(struct step *step, u32 map)
{
    struct rule_case *at_work = step->at_work;
    const struct yaml_tree *tree = at_work->reading.tree;
    u32 child = yaml_tree_find(tree, map, "asset");
    if (child != 0) {
        return rule_take_name(&at_work->reading, child, &step->asset);
    }
    TRY(rule_want_text(&at_work->reading, map, "person", &child));
    for (u32 i = 0; i < at_work->persons_count; i += 1) {
        if (strcmp(at_work->persons[i].name, yaml_tree_text(tree, child)) == 0) {
            step->who = &at_work->persons[i];
            return FAULT_NONE;
        }
    }
    return yaml_tree_fault(tree, child, "persons does not name it");
}

/* A sum of what lies where, or unknown; without the key nothing is there. */
static enum fault take_holdings(const struct step *step, u32 map)
{
    const struct rule_reading *reading = &step->at_work->reading;
    const struct yaml_tree *tree = reading->tree;
    struct rule_holdings *holdings = &step->who->person.holdings;
    u32 child = yaml_tree_find(tree, map, "holdings");
    *holdings = (struct rule_holdings){.is_known = true};
    if (child == 0) {
        return FAULT_NONE;
    }
    if (tree->nodes[child].kind == YAML_TREE_SCALAR &&
        strcmp(yaml_tree_text(tree, child), "unknown") == 0) {
        holdings->is_known = false;
        return FAULT_NONE;
    }
    bool is_list = tree->nodes[child].kind == YAML_TREE_LIST;
    for (u32 at = is_list ? tree->nodes[child].first : child; at != 0;
         at = is_list ? tree->nodes[at].next : 0) {
        u64 eur = 0;
        TRY(rule_take_decimal(reading, at, RULE_EUR_SCALE, 1ULL << 60, &eur));
        holdings->eur = u64_add_capped(holdings->eur, eur);
    }
    return FAULT_NONE;
}

static enum fault prepare_person(const struct step *step, u32 map)
{
    const struct rule_reading *reading = &step->at_work->reading;
    u32 child = yaml_tree_find(reading->tree, map, "forget");
    bool forgets = false;
    if (child != 0) {
        TRY(rule_take_truth(reading, child, &forgets));
    }
    if (forgets) {
        memset(step->who->memories, 0, sizeof(step->who->memories));
    }
    return take_holdings(step, map);
}

static enum fault run_step(struct rule_case *at_work, u32 map)
{
    static const char *const keys[] = {"person", "asset",  "at",       "known_at", "holdings",
                                       "forget", "expect", "together", "movement", NULL};
    struct rule_reading *reading = &at_work->reading;
    const struct yaml_tree *tree = reading->tree;
    struct step step = {.at_work = at_work};
    u32 child = 0;
    TRY(yaml_tree_keys(tree, map, keys));
    TRY(take_who(&step, map));
    TRY(rule_want(reading, map, "at", &child));
    TRY(rule_take_time(reading, child, &step.instant.at));
    TRY(rule_case_take_time(reading, map, "known_at", step.instant.at, &step.instant.known_at));
    if (step.who != NULL) {
        TRY(prepare_person(&step, map));
    }
    TRY(rule_want_list(reading, map, "expect", &child));
    if (tree->nodes[child].count > RULE_RULES_MAX) {
        return yaml_tree_fault(tree, child, "more than %u", RULE_RULES_MAX);
    }
    for (u32 at = tree->nodes[child].first; at != 0; at = tree->nodes[at].next) {
        TRY(run_expectation(&step, at));
    }
    child = yaml_tree_find(tree, map, "together");
    if (child != 0) {
        u64 wanted = 0;
        TRY(rule_compile_actions(reading, child, RULE_DUTIES_NONE, &wanted));
        expect_vector(&step, child, step.joined, wanted);
    }
    child = yaml_tree_find(tree, map, "movement");
    at_work->suite->steps += 1;
    return child == 0 ? FAULT_NONE : run_movement(&step, child);
}

/* ---- the file ---- */

/* The name of a pack beside the file of cases; what begins with "../" leaves a folder, so that each
 * file has one name. False: too long. */
static bool beside(const char *path, const char *name, char target[FILE_PATH_BYTES])
{
    const char *slash = strrchr(path, '/');
    size_t folder = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    while (folder > 1 && name[0] == '.' && name[1] == '.' && name[2] == '/') {
        folder -= 1;
        while (folder > 0 && path[folder - 1] != '/') {
            folder -= 1;
        }
        name += 3;
    }
    int length = snprintf(target, FILE_PATH_BYTES, "%.*s%s", (int)folder, path, name);
    return length > 0 && (size_t)length < FILE_PATH_BYTES;
}

static enum fault take_packs(struct rule_case_suite *suite, const struct rule_reading *reading,
                             const char *path, u32 list)
{
    const struct yaml_tree *tree = reading->tree;
    for (u32 at = tree->nodes[list].first; at != 0; at = tree->nodes[at].next) {
        char name[FILE_PATH_BYTES];
        u32 place = 0;
        bool is_name = tree->nodes[at].kind == YAML_TREE_SCALAR && tree->nodes[at].text_bytes > 0;
        if (!is_name || !beside(path, yaml_tree_text(tree, at), name)) {
            return yaml_tree_fault(tree, at, "the name of a pack's file is wanted here");
        }
        TRY(rule_case_pack(suite, name, &place));
    }
    return FAULT_NONE;
}

enum fault rule_case_read(struct rule_case_suite *suite, struct span bytes, const char *path)
{
    static const char *const keys[] = {"title", "packs", "persons", "licences", "steps", NULL};
    static struct rule_case at_work;
    static struct rule_pack unused; /* where the reader of actions would put duties */
    struct yaml_tree *tree = &suite->tree;
    u32 child = 0;
    TRY(yaml_tree_read(bytes, path, tree));
    at_work.suite = suite;
    at_work.reading = (struct rule_reading){.tree = tree, .pack = &unused};
    const struct rule_reading *reading = &at_work.reading;
    TRY(yaml_tree_keys(tree, 0, keys));
    TRY(rule_want_text(reading, 0, "title", &child));
    TRY(rule_want_list(reading, 0, "packs", &child));
    TRY(take_packs(suite, reading, path, child));
    TRY(rule_case_read_persons(&at_work, yaml_tree_find(tree, 0, "persons")));
    TRY(rule_case_read_licences(&at_work, yaml_tree_find(tree, 0, "licences")));
    TRY(rule_want_list(reading, 0, "steps", &child));
    for (u32 at = tree->nodes[child].first; at != 0; at = tree->nodes[at].next) {
        TRY(run_step(&at_work, at));
    }
    suite->cases += 1;
    return FAULT_NONE;
}

enum fault rule_case_run(struct rule_case_suite *suite, const char *path)
{
    static u8 bytes[YAML_TREE_BYTES_MAX];
    size_t size = 0;
    TRY(rule_read_bytes(path, bytes, sizeof(bytes), &size));
    return rule_case_read(suite, span_of(bytes, size), path);
}
