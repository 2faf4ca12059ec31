#include "app/rule_read.h"

#include "app/rule_read_inner.h"
#include "base/check.h"
#include "base/span.h"
#include "core/rule_form.h"
#include "io/digest.h"
#include "io/file.h"

#include <string.h>

#define VERSION_MAX     65535U
#define EUR_MAX         10000000000000000ULL /* a hundred million EUR */
#define EVIDENCE_DAYS   365U
#define RECORDS_YEARS   100U
#define VALUATIONS_MAX  24U
#define HUNDRED_PERCENT 10000U

/* ---- the rule's parts ---- */

static enum fault check_cite(const struct rule_reading *reading, u32 sources, u32 cite)
{
    static const char *const keys[] = {"source", "article", "paragraph", "from",
                                       "until",  "note",    NULL};
    const struct yaml_tree *tree = reading->tree;
    u32 source = 0;
    u32 article = 0;
    u64 time = 0;
    TRY(yaml_tree_keys(tree, cite, keys));
    TRY(rule_want_text(reading, cite, "source", &source));
    TRY(rule_want_text(reading, cite, "article", &article));
    for (u32 at = tree->nodes[cite].first; at != 0; at = tree->nodes[at].next) {
        bool is_time = strcmp(yaml_tree_key(tree, at), "from") == 0 ||
                       strcmp(yaml_tree_key(tree, at), "until") == 0;
        if (is_time) {
            TRY(rule_take_time(reading, at, &time));
        } else if (tree->nodes[at].text_bytes == 0) {
            return yaml_tree_fault(tree, at, "a text is wanted here");
        }
    }
    for (u32 at = tree->nodes[sources].first; at != 0; at = tree->nodes[at].next) {
        if (strcmp(yaml_tree_text(tree, at), yaml_tree_text(tree, source)) == 0) {
            return FAULT_NONE;
        }
    }
    return yaml_tree_fault(tree, source, "not among pack.sources");
}

static enum fault check_cites(const struct rule_reading *reading, u32 map)
{
    const struct yaml_tree *tree = reading->tree;
    u32 pack = yaml_tree_find(tree, 0, "pack");
    u32 sources = yaml_tree_find(tree, pack, "sources");
    u32 cites = 0;
    TRY(rule_want_list(reading, map, "cite", &cites));
    for (u32 at = tree->nodes[cites].first; at != 0; at = tree->nodes[at].next) {
        TRY(check_cite(reading, sources, at));
    }
    return FAULT_NONE;
}

static enum fault compile_threshold(const struct rule_reading *reading, u32 map, struct rule *rule)
{
    static const char *const keys[] = {"measure",  "op",           "amount",
                                       "currency", "lift_margin",  "dwell",
                                       "sticky",   "warn_percent", NULL};
    static const struct rule_word measures[] = {{"holdings", 1}, {NULL, 0}};
    static const struct rule_word currencies[] = {{"EUR", 1}, {NULL, 0}};
    const struct yaml_tree *tree = reading->tree;
    u32 child = 0;
    u64 value = 0;
    bool is_sticky = false;
    TRY(yaml_tree_keys(tree, map, keys));
    TRY(rule_want(reading, map, "measure", &child));
    TRY(rule_take_word(reading, child, measures, &value));
    TRY(rule_want(reading, map, "currency", &child));
    TRY(rule_take_word(reading, child, currencies, &value));
    TRY(rule_want(reading, map, "op", &child));
    TRY(rule_take_word(reading, child, rule_compare_words, &value));
    rule->compare = (u8)value;
    TRY(rule_want(reading, map, "amount", &child));
    TRY(rule_take_decimal(reading, child, RULE_EUR_SCALE, EUR_MAX, &rule->amount));
    if (rule->amount == 0) {
        return yaml_tree_fault(tree, child, "more than 0 is wanted");
    }
    TRY(rule_want(reading, map, "lift_margin", &child));
    TRY(rule_take_decimal(reading, child, RULE_EUR_SCALE, rule->amount, &rule->lift_margin));
    TRY(rule_want(reading, map, "dwell", &child));
    TRY(rule_take_duration(reading, child, &rule->dwell_us));
    TRY(rule_want(reading, map, "sticky", &child));
    TRY(rule_take_truth(reading, child, &is_sticky));
    TRY(rule_want(reading, map, "warn_percent", &child));
    TRY(rule_take_decimal(reading, child, 2, HUNDRED_PERCENT, &value));
    rule->warn_percent = (u16)value;
    rule->flags |= (u16)(RULE_FLAG_THRESHOLD | (is_sticky ? RULE_FLAG_STICKY : 0));
    return FAULT_NONE;
}

/* What holds while the rule is unknown; and for hits and bounds, if the rule says so. */
static enum fault compile_unknown(struct rule_reading *reading, u32 map, struct rule *rule)
{
    static const char *const keys[] = {"actions", "evidence", "days", "then", NULL};
    const struct yaml_tree *tree = reading->tree;
    u32 unknown = 0;
    u32 child = 0;
    u64 value = 0;
    TRY(rule_want(reading, map, "on_unknown", &unknown));
    TRY(yaml_tree_keys(tree, unknown, keys));
    TRY(rule_want(reading, unknown, "actions", &child));
    TRY(rule_compile_actions(reading, child, RULE_DUTIES_INTERIM, &rule->unknown_vector));
    TRY(rule_want(reading, unknown, "evidence", &child));
    TRY(rule_take_word(reading, child, rule_fact_words, &value));
    rule->evidence = (u8)value;
    TRY(rule_want(reading, unknown, "days", &child));
    TRY(rule_take_number(reading, child, 1, EVIDENCE_DAYS, &value));
    rule->evidence_days = (u16)value;
    TRY(rule_want(reading, unknown, "then", &child));
    TRY(rule_compile_actions(reading, child, RULE_DUTIES_NONE, &rule->deadline_vector));
    u32 candidate = yaml_tree_find(tree, map, "on_candidate");
    u32 undetermined = yaml_tree_find(tree, map, "on_undetermined");
    rule->candidate_vector = rule->unknown_vector;
    rule->undetermined_vector = rule->unknown_vector;
    if (candidate != 0) {
        TRY(rule_compile_actions(reading, candidate, RULE_DUTIES_NONE, &rule->candidate_vector));
    }
    if (undetermined != 0) {
        TRY(rule_compile_actions(reading, undetermined, RULE_DUTIES_NONE,
                                 &rule->undetermined_vector));
    }
    return FAULT_NONE;
}

static enum fault compile_derogation(const struct rule_reading *reading, u32 map, struct rule *rule)
{
    static const char *const keys[] = {"source", "article", "paragraph", "grounds", "note", NULL};
    const struct yaml_tree *tree = reading->tree;
    u32 child = 0;
    TRY(yaml_tree_keys(tree, map, keys));
    TRY(rule_want_text(reading, map, "source", &child));
    TRY(rule_want_text(reading, map, "article", &child));
    TRY(rule_want_list(reading, map, "grounds", &child));
    for (u32 at = tree->nodes[child].first; at != 0; at = tree->nodes[at].next) {
        struct span text = yaml_tree_span(tree, at);
        bool is_good = tree->nodes[at].kind == YAML_TREE_SCALAR && text.size == 1 &&
                       text.data[0] >= 'a' && text.data[0] <= 'z';
        if (!is_good) {
            return yaml_tree_fault(tree, at, "a ground is one small letter");
        }
        rule->grounds |= 1U << (text.data[0] - 'a');
    }
    return FAULT_NONE;
}

/* What is told and not evaluated, but must make sense. */
static enum fault compile_told(const struct rule_reading *reading, u32 map, struct rule *rule)
{
    static const struct rule_word audiences[] = {{"customer", 0}, {"neutral", 1}, {NULL, 0}};
    const struct yaml_tree *tree = reading->tree;
    u32 child = 0;
    u64 value = 0;
    TRY(check_cites(reading, map));
    TRY(rule_want(reading, map, "explain", &child));
    TRY(rule_check_texts(reading, child));
    TRY(rule_want(reading, map, "audience", &child));
    TRY(rule_take_word(reading, child, audiences, &value));
    rule->flags |= value == 1 ? RULE_FLAG_NEUTRAL : 0;
    TRY(rule_want(reading, map, "keep_records_years", &child));
    TRY(rule_take_number(reading, child, 1, RECORDS_YEARS, &value));
    rule->keep_years = (u16)value;
    if (yaml_tree_find(tree, map, "services") != 0) {
        TRY(rule_want_list(reading, map, "services", &child));
        for (u32 at = tree->nodes[child].first; at != 0; at = tree->nodes[at].next) {
            if (tree->nodes[at].text_bytes == 0) {
                return yaml_tree_fault(tree, at, "a text is wanted here");
            }
        }
    }
    child = yaml_tree_find(tree, map, "derogation");
    return child == 0 ? FAULT_NONE : compile_derogation(reading, child, rule);
}

/* ---- the rule ---- */

static enum fault compile_asset_rule(struct rule_reading *reading, u32 map, struct rule *rule)
{
    static const char *const keys[] = {"id",
                                       "effective_from",
                                       "effective_until",
                                       "cite",
                                       "explain",
                                       "scope",
                                       "assets",
                                       "actions",
                                       "services",
                                       "audience",
                                       "keep_records_years",
                                       NULL};
    u32 child = 0;
    TRY(yaml_tree_keys(reading->tree, map, keys));
    TRY(rule_want(reading, map, "assets", &child));
    return rule_compile_names(reading, child, &rule->assets_first, &rule->assets_count);
}

static enum fault compile_person_rule(struct rule_reading *reading, u32 map, struct rule *rule)
{
    static const char *const keys[] = {"id",
                                       "effective_from",
                                       "effective_until",
                                       "cite",
                                       "explain",
                                       "scope",
                                       "subject",
                                       "unless",
                                       "threshold",
                                       "actions",
                                       "on_unknown",
                                       "on_candidate",
                                       "on_undetermined",
                                       "derogation",
                                       "services",
                                       "audience",
                                       "keep_records_years",
                                       NULL};
    const struct yaml_tree *tree = reading->tree;
    u32 child = 0;
    TRY(yaml_tree_keys(tree, map, keys));
    TRY(rule_want(reading, map, "subject", &child));
    TRY(rule_compile_predicate(reading, child, &rule->subject_first, &rule->subject_count));
    child = yaml_tree_find(tree, map, "unless");
    if (child != 0) {
        TRY(rule_compile_predicate(reading, child, &rule->unless_first, &rule->unless_count));
    }
    child = yaml_tree_find(tree, map, "threshold");
    return child == 0 ? FAULT_NONE : compile_threshold(reading, child, rule);
}

static enum fault compile_rule(struct rule_reading *reading, u32 map)
{
    static const struct rule_word scopes[] = {{"person", RULE_SCOPE_PERSON},
                                              {"venue", RULE_SCOPE_VENUE},
                                              {"asset", RULE_SCOPE_ASSET},
                                              {NULL, 0}};
    const struct yaml_tree *tree = reading->tree;
    struct rule_pack *pack = reading->pack;
    struct rule *rule = &pack->rules[pack->rules_count];
    u32 child = 0;
    u64 scope = 0;
    if (tree->nodes[map].kind != YAML_TREE_MAP) {
        return yaml_tree_fault(tree, map, "a rule is wanted here");
    }
    rule->effective = pack->effective;
    TRY(rule_want(reading, map, "id", &child));
    TRY(rule_take_id(reading, child, rule->id));
    for (u32 i = 0; i < pack->rules_count; i += 1) {
        if (memcmp(pack->rules[i].id, rule->id, RULE_ID_BYTES) == 0) {
            return yaml_tree_fault(tree, child, "another rule has this id");
        }
    }
    TRY(rule_want(reading, map, "scope", &child));
    TRY(rule_take_word(reading, child, scopes, &scope));
    rule->scope = (u8)scope;
    TRY(scope == RULE_SCOPE_ASSET ? compile_asset_rule(reading, map, rule)
                                  : compile_person_rule(reading, map, rule));
    TRY(rule_take_interval(reading, map, &rule->effective));
    TRY(compile_told(reading, map, rule));
    u16 duties_first = pack->duties_count;
    TRY(rule_want(reading, map, "actions", &child));
    TRY(rule_compile_actions(reading, child, RULE_DUTIES_TRUE, &rule->vector));
    if (scope != RULE_SCOPE_ASSET) {
        TRY(compile_unknown(reading, map, rule));
    }
    rule->duties_count = (u16)(pack->duties_count - duties_first);
    rule->duties_first = rule->duties_count == 0 ? 0 : duties_first;
    pack->rules_count += 1;
    return FAULT_NONE;
}

/* ---- the pack ---- */

/* Each names a key of the pack or of a rule, and says why it is not certain. */
static enum fault check_uncertain(const struct rule_reading *reading, u32 list)
{
    static const char *const keys[] = {"key", "why", NULL};
    const struct yaml_tree *tree = reading->tree;
    u32 child = 0;
    for (u32 at = tree->nodes[list].first; at != 0; at = tree->nodes[at].next) {
        TRY(yaml_tree_keys(tree, at, keys));
        TRY(rule_want_text(reading, at, "key", &child));
        TRY(rule_want_text(reading, at, "why", &child));
    }
    return FAULT_NONE;
}

static enum fault check_valuation(const struct rule_reading *reading, u32 list)
{
    const struct yaml_tree *tree = reading->tree;
    if (tree->nodes[list].count > VALUATIONS_MAX) {
        return yaml_tree_fault(tree, list, "more than %u times", VALUATIONS_MAX);
    }
    for (u32 at = tree->nodes[list].first; at != 0; at = tree->nodes[at].next) {
        const char *text = tree->nodes[at].kind == YAML_TREE_SCALAR ? yaml_tree_text(tree, at) : "";
        bool is_good = strlen(text) == 5 && text[2] == ':' && text[0] >= '0' && text[0] <= '2' &&
                       text[1] >= '0' && text[1] <= '9' && (text[0] < '2' || text[1] <= '3') &&
                       text[3] >= '0' && text[3] <= '5' && text[4] >= '0' && text[4] <= '9';
        if (!is_good) {
            return yaml_tree_fault(tree, at, "a time of the day like \"00:00\" is wanted here");
        }
    }
    return FAULT_NONE;
}

static enum fault check_sources(const struct rule_reading *reading, u32 list)
{
    char id[RULE_ID_BYTES];
    const struct yaml_tree *tree = reading->tree;
    for (u32 at = tree->nodes[list].first; at != 0; at = tree->nodes[at].next) {
        TRY(rule_take_id(reading, at, id));
    }
    return FAULT_NONE;
}

static enum fault compile_dates(const struct rule_reading *reading, u32 map)
{
    struct rule_pack *pack = reading->pack;
    u32 child = 0;
    u64 published = 0;
    pack->effective = (struct rule_interval){.from = 0, .until = RULE_TIME_OPEN};
    TRY(rule_want(reading, map, "effective_from", &child));
    TRY(rule_take_interval(reading, map, &pack->effective));
    TRY(rule_want(reading, map, "published", &child));
    TRY(rule_take_time(reading, child, &published));
    return FAULT_NONE;
}

static enum fault compile_head(struct rule_reading *reading, u32 map)
{
    static const char *const keys[] = {
        "id",        "version",        "title",           "jurisdiction", "origin",    "sources",
        "published", "effective_from", "effective_until", "uncertain",    "valuation", NULL};
    static const struct rule_word origins[] = {
        {"law", 1}, {"request", 2}, {"policy", 3}, {NULL, 0}};
    struct rule_pack *pack = reading->pack;
    u32 child = 0;
    u64 value = 0;
    TRY(yaml_tree_keys(reading->tree, map, keys));
    TRY(rule_want(reading, map, "id", &child));
    TRY(rule_take_id(reading, child, pack->id));
    TRY(rule_want(reading, map, "version", &child));
    TRY(rule_take_number(reading, child, 1, VERSION_MAX, &value));
    pack->version = (u32)value;
    TRY(rule_want(reading, map, "title", &child));
    TRY(rule_check_texts(reading, child));
    TRY(rule_want_text(reading, map, "jurisdiction", &child));
    TRY(rule_want(reading, map, "origin", &child));
    TRY(rule_take_word(reading, child, origins, &value));
    TRY(rule_want_list(reading, map, "sources", &child));
    TRY(check_sources(reading, child));
    TRY(compile_dates(reading, map));
    if (yaml_tree_find(reading->tree, map, "uncertain") != 0) {
        TRY(rule_want_list(reading, map, "uncertain", &child));
        TRY(check_uncertain(reading, child));
        pack->is_uncertain = true;
    }
    if (yaml_tree_find(reading->tree, map, "valuation") != 0) {
        TRY(rule_want_list(reading, map, "valuation", &child));
        TRY(check_valuation(reading, child));
    }
    return FAULT_NONE;
}

/* Groups and predicates that no rule uses are checked too. */
static enum fault check_named(struct rule_reading *reading)
{
    const struct yaml_tree *tree = reading->tree;
    static struct rule_pack scratch;
    struct rule_pack *pack = reading->pack;
    enum fault fault = FAULT_NONE;
    reading->groups = yaml_tree_find(tree, 0, "groups");
    reading->predicates = yaml_tree_find(tree, 0, "predicates");
    for (u32 i = 0; i < 2; i += 1) {
        u32 map = i == 0 ? reading->groups : reading->predicates;
        if (map != 0 && tree->nodes[map].kind != YAML_TREE_MAP) {
            return yaml_tree_fault(tree, map, "names are wanted here, each \"name: ...\"");
        }
    }
    reading->pack = &scratch;
    u32 at = reading->predicates == 0 ? 0 : tree->nodes[reading->predicates].first;
    for (; at != 0 && fault == FAULT_NONE; at = tree->nodes[at].next) {
        u16 first = 0;
        u16 count = 0;
        memset(&scratch, 0, sizeof(scratch));
        fault = rule_compile_predicate(reading, at, &first, &count);
    }
    reading->pack = pack;
    return fault;
}

static enum fault compile(struct rule_reading *reading)
{
    static const char *const keys[] = {"pack", "groups", "predicates", "rules", NULL};
    const struct yaml_tree *tree = reading->tree;
    u32 child = 0;
    TRY(yaml_tree_keys(tree, 0, keys));
    TRY(rule_want(reading, 0, "pack", &child));
    TRY(compile_head(reading, child));
    TRY(check_named(reading));
    TRY(rule_want_list(reading, 0, "rules", &child));
    if (tree->nodes[child].count > RULE_RULES_MAX) {
        return yaml_tree_fault(tree, child, "more than %u rules", RULE_RULES_MAX);
    }
    for (u32 at = tree->nodes[child].first; at != 0; at = tree->nodes[at].next) {
        TRY(compile_rule(reading, at));
    }
    return FAULT_NONE;
}

static enum fault hash_canonical(struct rule_source *source)
{
    struct sha256 sha256;
    source->canonical_bytes =
        yaml_tree_canonical(&source->tree, source->canonical, sizeof(source->canonical));
    if (source->canonical_bytes == 0) {
        return yaml_tree_fault(&source->tree, 0, "its canonical form is larger than %u bytes",
                               RULE_CANONICAL_BYTES_MAX);
    }
    TRY(sha256_open(&sha256));
    sha256_begin(&sha256);
    sha256_add(&sha256, span_of(source->canonical, source->canonical_bytes));
    sha256_end(&sha256, source->pack.content_hash);
    sha256_close(&sha256);
    return FAULT_NONE;
}

enum fault rule_read(struct span bytes, const char *name, struct rule_source *source_out)
{
    struct rule_reading reading = {.tree = &source_out->tree, .pack = &source_out->pack};
    memset(&source_out->pack, 0, sizeof(source_out->pack));
    TRY(yaml_tree_read(bytes, name, &source_out->tree));
    TRY(compile(&reading));
    TRY(hash_canonical(source_out));
    /* Whatever the reader lets through is good, or the reader is wrong. */
    CHECK(rule_pack_check(&source_out->pack) == NULL);
    return FAULT_NONE;
}

enum fault rule_read_bytes(const char *path, u8 *target, size_t target_bytes, size_t *size_out)
{
    u64 size = 0;
    SCOPED_FILE file = {.disk = NULL};
    TRY(file_open(disk_real(), path, 0, &file));
    TRY(file_size(&file, &size));
    if (size > target_bytes) {
        return FAULT(FAULT_INPUT, "%s:1: larger than %zu bytes", path, target_bytes);
    }
    return file_read_at(&file, 0, target, target_bytes, size_out);
}

enum fault rule_read_file(const char *path, struct rule_source *source_out)
{
    static u8 bytes[YAML_TREE_BYTES_MAX];
    size_t size = 0;
    TRY(rule_read_bytes(path, bytes, sizeof(bytes), &size));
    return rule_read(span_of(bytes, size), path, source_out);
}
