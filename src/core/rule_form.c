#include "core/rule_form.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"

#include <string.h>

#define HEADER_BYTES 104U
#define RULE_BYTES   144U
#define NODE_BYTES   20U
#define NAME_BYTES   8U
#define DUTY_BYTES   16U
#define VALUE_BYTES  2U

_Static_assert(HEADER_BYTES + RULE_RULES_MAX * RULE_BYTES + RULE_NODES_MAX * NODE_BYTES +
                       RULE_NAMES_MAX * NAME_BYTES + RULE_DUTIES_MAX * DUTY_BYTES +
                       RULE_VALUES_MAX * VALUE_BYTES <=
                   RULE_FORM_BYTES_MAX,
               "the largest pack fits");

static const u8 magic[4] = {'C', 'R', 'P', '1'};

/* ---- what a good pack is ---- */

#define REFUSE_UNLESS(fact, reason) \
    do {                            \
        if (!(fact)) {              \
            return (reason);        \
        }                           \
    } while (0)

/* How far the tables are used by the rules before: each rule's parts follow one another. */
struct used {
    u32 nodes;
    u32 values;
    u32 names;
    u32 duties;
};

static bool id_is_good(const char id[RULE_ID_BYTES])
{
    u32 length = 0;
    for (; length < RULE_ID_BYTES && id[length] != 0; length += 1) {
        char byte = id[length];
        bool is_good = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
                       byte == '-' || byte == '.';
        if (!is_good) {
            return false;
        }
    }
    return length > 0 && length < RULE_ID_BYTES &&
           span_is_zero(span_of(id + length, RULE_ID_BYTES - length));
}

static bool name_is_good(u64 name)
{
    char text[RULE_NAME_SYMBOLS + 1];
    u32 length = 0;
    rule_name_print(name, text);
    while (text[length] != 0) {
        length += 1;
    }
    return name != 0 && rule_name_of(span_of(text, length)) == name;
}

static bool vector_is_good(u64 vector)
{
    return vector >> (2 * RULE_OPERATIONS_COUNT) == 0;
}

static u16 value_last(u8 kind)
{
    switch (kind) {
    case RULE_FACT_KIND:
        return RULE_KIND_LEGAL;
    case RULE_FACT_ROLE:
        return RULE_ROLE_ROUTE;
    default: /* not an enum: a byte of the form */
        return RULE_COUNTRY_LAST;
    }
}

static const char *check_has(const struct rule_pack *pack, const struct rule_node *node,
                             struct used *used)
{
    REFUSE_UNLESS(node->detail >= 1 && node->detail < RULE_FACT_KINDS, "a fact of no kind");
    REFUSE_UNLESS((node->flags & ~(RULE_NODE_NEGATED | RULE_NODE_UNEXPIRED)) == 0 &&
                      (node->verified & ~RULE_VERIFIED_ALL) == 0 && node->percent == 0 &&
                      node->list == 0,
                  "a fact's leaf with what it cannot have");
    REFUSE_UNLESS(node->count > 0 && node->first == used->values &&
                      node->count <= pack->values_count - used->values,
                  "a set of values that is not in the table");
    for (u32 i = 0; i < node->count; i += 1) {
        u16 value = pack->values[node->first + i];
        REFUSE_UNLESS(value >= 1 && value <= value_last(node->detail), "a value of no such fact");
        REFUSE_UNLESS(i == 0 || value > pack->values[node->first + i - 1],
                      "a set that is not ascending");
    }
    used->values += node->count;
    return NULL;
}

static const char *check_names(const struct rule_pack *pack, u32 first, u32 count,
                               struct used *used)
{
    REFUSE_UNLESS(count == 0 || (first == used->names && count <= pack->names_count - used->names),
                  "names that are not in the table");
    REFUSE_UNLESS(count > 0 || first == 0, "a place without names");
    for (u32 i = 0; i < count; i += 1) {
        REFUSE_UNLESS(name_is_good(pack->names[first + i]), "a name that is none");
        REFUSE_UNLESS(i == 0 || pack->names[first + i] > pack->names[first + i - 1],
                      "names that are not ascending");
    }
    used->names += count;
    return NULL;
}

static const char *check_listed(const struct rule_pack *pack, const struct rule_node *node,
                                struct used *used)
{
    REFUSE_UNLESS(node->detail == RULE_LISTING_CANDIDATE || node->detail == RULE_LISTING_CONFIRMED,
                  "a listing of no such state");
    REFUSE_UNLESS(node->flags == 0 && node->verified == 0 && node->percent == 0,
                  "a list's leaf with what it cannot have");
    REFUSE_UNLESS(name_is_good(node->list), "a list without a name");
    return check_names(pack, node->first, node->count, used);
}

static const char *check_node(const struct rule_pack *pack, const struct rule_node *node,
                              struct used *used)
{
    bool has_rest = node->first != 0 || node->count != 0 || node->verified != 0;
    switch (node->op) {
    case RULE_OP_ALL:
    case RULE_OP_ANY:
    case RULE_OP_NOT:
        REFUSE_UNLESS(!has_rest && node->detail == 0 && node->flags == 0 && node->percent == 0 &&
                          node->list == 0,
                      "a connective with what it cannot have");
        return NULL;
    case RULE_OP_HAS:
        return check_has(pack, node, used);
    case RULE_OP_MISSING:
        REFUSE_UNLESS(node->detail >= 1 && node->detail < RULE_FACT_KINDS, "a fact of no kind");
        REFUSE_UNLESS(!has_rest && node->flags == 0 && node->percent == 0 && node->list == 0,
                      "a leaf with what it cannot have");
        return NULL;
    case RULE_OP_LISTED:
        return check_listed(pack, node, used);
    case RULE_OP_OWNED:
        REFUSE_UNLESS(node->detail == RULE_ABOVE || node->detail == RULE_AT_LEAST,
                      "no such comparison");
        REFUSE_UNLESS(!has_rest && (node->flags & ~RULE_NODE_CONTROL) == 0 && node->percent >= 1 &&
                          node->percent <= RULE_PERCENT_ONE && name_is_good(node->list),
                      "a leaf about owners that is none");
        return NULL;
    default: /* not an enum: a byte from outside */
        return "a predicate of no kind";
    }
}

/* Parents after their children, connectives with as many as they want, the root last. */
static const char *check_predicate(const struct rule_pack *pack, u32 first, u32 count,
                                   struct used *used)
{
    u16 children[RULE_NODES_MAX] = {0};
    u8 depths[RULE_NODES_MAX] = {0};
    REFUSE_UNLESS(count > 0 && first == used->nodes && count <= pack->nodes_count - used->nodes,
                  "a predicate that is not in the table");
    for (u32 i = first; i < first + count; i += 1) {
        const struct rule_node *node = &pack->nodes[i];
        const char *reason = check_node(pack, node, used);
        if (reason != NULL) {
            return reason;
        }
        bool is_connective = node->op <= RULE_OP_NOT;
        REFUSE_UNLESS(is_connective == (children[i] > 0), "a connective without parts");
        REFUSE_UNLESS(node->op != RULE_OP_NOT || children[i] == 1, "a not with several parts");
        bool is_root = i == first + count - 1;
        REFUSE_UNLESS(is_root == (node->parent == RULE_NONE), "a predicate with another root");
        if (!is_root) {
            u32 parent = node->parent;
            REFUSE_UNLESS(parent > i && parent < first + count &&
                              pack->nodes[parent].op >= RULE_OP_ALL &&
                              pack->nodes[parent].op <= RULE_OP_NOT,
                          "a part whose whole is elsewhere");
            children[parent] += 1;
        }
    }
    for (u32 i = first + count; i > first; i -= 1) {
        u16 parent = pack->nodes[i - 1].parent;
        depths[i - 1] = parent == RULE_NONE ? 1 : (u8)(depths[parent] + 1);
        REFUSE_UNLESS(depths[i - 1] <= RULE_DEPTH_MAX, "a predicate that is too deep");
    }
    used->nodes += count;
    return NULL;
}

static bool day_is_good(u8 month, u8 day)
{
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

static const char *check_duty(const struct rule_duty *duty)
{
    bool has_days = false;
    bool has_dates = false;
    switch (duty->kind) {
    case RULE_DUTY_EVIDENCE:
    case RULE_DUTY_REPORT_AFTER:
    case RULE_DUTY_CLOSE:
    case RULE_DUTY_WIND_DOWN:
        has_days = true;
        break;
    case RULE_DUTY_REPORT_YEARLY:
        has_dates = true;
        break;
    default: /* not an enum: a byte from outside */
        return "a duty of no kind";
    }
    REFUSE_UNLESS(duty->is_interim <= 1 && name_is_good(duty->what), "a duty about nothing");
    REFUSE_UNLESS(has_days || duty->days == 0, "a duty with days that it cannot have");
    bool dates_good = has_dates ? day_is_good(duty->due_month, duty->due_day) &&
                                      day_is_good(duty->as_of_month, duty->as_of_day)
                                : duty->due_month == 0 && duty->due_day == 0 &&
                                      duty->as_of_month == 0 && duty->as_of_day == 0;
    REFUSE_UNLESS(dates_good, "a duty with impossible days");
    return NULL;
}

static const char *check_threshold(const struct rule *rule)
{
    if ((rule->flags & RULE_FLAG_THRESHOLD) == 0) {
        REFUSE_UNLESS(rule->amount == 0 && rule->lift_margin == 0 && rule->dwell_us == 0 &&
                          rule->warn_percent == 0 && rule->compare == 0 &&
                          (rule->flags & RULE_FLAG_STICKY) == 0,
                      "parts of a threshold without one");
        return NULL;
    }
    REFUSE_UNLESS(rule->compare == RULE_ABOVE || rule->compare == RULE_AT_LEAST,
                  "no such comparison");
    REFUSE_UNLESS(rule->amount > 0 && rule->lift_margin <= rule->amount &&
                      rule->warn_percent <= RULE_PERCENT_ONE,
                  "an impossible threshold");
    return NULL;
}

static const char *check_vectors(const struct rule *rule)
{
    REFUSE_UNLESS(vector_is_good(rule->vector) && vector_is_good(rule->unknown_vector) &&
                      vector_is_good(rule->deadline_vector) &&
                      vector_is_good(rule->candidate_vector) &&
                      vector_is_good(rule->undetermined_vector),
                  "a vector of unknown operations");
    REFUSE_UNLESS(rule->evidence < RULE_FACT_KINDS &&
                      (rule->evidence_days == 0) == (rule->evidence == 0),
                  "evidence without a deadline, or a deadline without evidence");
    REFUSE_UNLESS(rule->evidence_days > 0 || rule->deadline_vector == 0,
                  "actions after a deadline that there is not");
    return NULL;
}

static const char *check_asset_rule(const struct rule_pack *pack, const struct rule *rule,
                                    struct used *used)
{
    REFUSE_UNLESS(rule->subject_count == 0 && rule->subject_first == 0 && rule->unless_count == 0 &&
                      rule->unless_first == 0 && (rule->flags & RULE_FLAG_THRESHOLD) == 0 &&
                      rule->unknown_vector == 0 && rule->candidate_vector == 0 &&
                      rule->undetermined_vector == 0 && rule->evidence == 0,
                  "a rule about assets with what it cannot have");
    REFUSE_UNLESS(rule->assets_count > 0, "a rule about no asset");
    return check_names(pack, rule->assets_first, rule->assets_count, used);
}

static const char *check_person_rule(const struct rule_pack *pack, const struct rule *rule,
                                     struct used *used)
{
    REFUSE_UNLESS(rule->assets_count == 0 && rule->assets_first == 0, "assets in another rule");
    const char *reason = check_predicate(pack, rule->subject_first, rule->subject_count, used);
    if (reason == NULL && rule->unless_count > 0) {
        reason = check_predicate(pack, rule->unless_first, rule->unless_count, used);
    }
    REFUSE_UNLESS(rule->unless_count > 0 || rule->unless_first == 0, "a place without a predicate");
    return reason;
}

static const char *check_rule(const struct rule_pack *pack, const struct rule *rule,
                              struct used *used)
{
    REFUSE_UNLESS(id_is_good(rule->id), "a rule without an id");
    REFUSE_UNLESS(rule->effective.from >= pack->effective.from &&
                      rule->effective.until <= pack->effective.until &&
                      rule->effective.from < rule->effective.until,
                  "a rule outside the pack's time");
    REFUSE_UNLESS((rule->flags & ~(RULE_FLAG_THRESHOLD | RULE_FLAG_STICKY | RULE_FLAG_NEUTRAL)) ==
                          0 &&
                      rule->scope >= RULE_SCOPE_PERSON && rule->scope <= RULE_SCOPE_ASSET &&
                      rule->grounds >> 26 == 0,
                  "a rule of no kind");
    const char *reason = check_vectors(rule);
    if (reason == NULL) {
        reason = check_threshold(rule);
    }
    if (reason == NULL) {
        reason = rule->scope == RULE_SCOPE_ASSET ? check_asset_rule(pack, rule, used)
                                                 : check_person_rule(pack, rule, used);
    }
    if (reason != NULL) {
        return reason;
    }
    REFUSE_UNLESS(rule->duties_count == 0
                      ? rule->duties_first == 0
                      : rule->duties_first == used->duties &&
                            rule->duties_count <= pack->duties_count - used->duties,
                  "duties that are not in the table");
    for (u32 i = 0; i < rule->duties_count && reason == NULL; i += 1) {
        reason = check_duty(&pack->duties[rule->duties_first + i]);
    }
    used->duties += rule->duties_count;
    return reason;
}

const char *rule_pack_check(const struct rule_pack *pack)
{
    struct used used = {0};
    const char *reason = NULL;
    REFUSE_UNLESS(id_is_good(pack->id), "a pack without an id");
    REFUSE_UNLESS(pack->version > 0, "a pack without a version");
    REFUSE_UNLESS(pack->effective.from < pack->effective.until, "a pack for no time");
    REFUSE_UNLESS(pack->rules_count >= 1 && pack->rules_count <= RULE_RULES_MAX &&
                      pack->nodes_count <= RULE_NODES_MAX &&
                      pack->values_count <= RULE_VALUES_MAX &&
                      pack->names_count <= RULE_NAMES_MAX && pack->duties_count <= RULE_DUTIES_MAX,
                  "more than a pack can hold");
    for (u32 i = 0; i < pack->rules_count && reason == NULL; i += 1) {
        reason = check_rule(pack, &pack->rules[i], &used);
        for (u32 k = 0; k < i; k += 1) {
            REFUSE_UNLESS(memcmp(pack->rules[i].id, pack->rules[k].id, RULE_ID_BYTES) != 0,
                          "two rules of one id");
        }
    }
    if (reason != NULL) {
        return reason;
    }
    REFUSE_UNLESS(used.nodes == pack->nodes_count && used.values == pack->values_count &&
                      used.names == pack->names_count && used.duties == pack->duties_count,
                  "tables with rows that no rule uses");
    return NULL;
}

/* ---- bytes ---- */

/* Walks the form in one of two directions: with `target` it writes, else it reads. */
struct codec {
    u8 *target;
    const u8 *source;
    size_t at;
};

static void pass_bytes(struct codec *codec, void *data, size_t size)
{
    if (codec->target != NULL) {
        memcpy(codec->target + codec->at, data, size);
    } else {
        memcpy(data, codec->source + codec->at, size);
    }
    codec->at += size;
}

static void pass_u8(struct codec *codec, u8 *value)
{
    pass_bytes(codec, value, 1);
}

static void pass_u16(struct codec *codec, u16 *value)
{
    if (codec->target != NULL) {
        bytes_put_u16(codec->target + codec->at, *value);
    } else {
        *value = bytes_u16(codec->source + codec->at);
    }
    codec->at += 2;
}

static void pass_u32(struct codec *codec, u32 *value)
{
    if (codec->target != NULL) {
        bytes_put_u32(codec->target + codec->at, *value);
    } else {
        *value = bytes_u32(codec->source + codec->at);
    }
    codec->at += 4;
}

static void pass_u64(struct codec *codec, u64 *value)
{
    if (codec->target != NULL) {
        bytes_put_u64(codec->target + codec->at, *value);
    } else {
        *value = bytes_u64(codec->source + codec->at);
    }
    codec->at += 8;
}

static void pass_rule(struct codec *codec, struct rule *rule, u8 *padding)
{
    pass_bytes(codec, rule->id, RULE_ID_BYTES);
    pass_u64(codec, &rule->effective.from);
    pass_u64(codec, &rule->effective.until);
    pass_u64(codec, &rule->vector);
    pass_u64(codec, &rule->unknown_vector);
    pass_u64(codec, &rule->deadline_vector);
    pass_u64(codec, &rule->candidate_vector);
    pass_u64(codec, &rule->undetermined_vector);
    pass_u64(codec, &rule->amount);
    pass_u64(codec, &rule->lift_margin);
    pass_u64(codec, &rule->dwell_us);
    pass_u32(codec, &rule->grounds);
    pass_u16(codec, &rule->flags);
    pass_u16(codec, &rule->subject_first);
    pass_u16(codec, &rule->subject_count);
    pass_u16(codec, &rule->unless_first);
    pass_u16(codec, &rule->unless_count);
    pass_u16(codec, &rule->duties_first);
    pass_u16(codec, &rule->duties_count);
    pass_u16(codec, &rule->assets_first);
    pass_u16(codec, &rule->assets_count);
    pass_u16(codec, &rule->warn_percent);
    pass_u16(codec, &rule->evidence_days);
    pass_u16(codec, &rule->keep_years);
    pass_u8(codec, &rule->scope);
    pass_u8(codec, &rule->compare);
    pass_u8(codec, &rule->evidence);
    pass_u8(codec, padding);
}

static void pass_node(struct codec *codec, struct rule_node *node)
{
    pass_u8(codec, &node->op);
    pass_u8(codec, &node->detail);
    pass_u8(codec, &node->flags);
    pass_u8(codec, &node->verified);
    pass_u16(codec, &node->parent);
    pass_u16(codec, &node->first);
    pass_u16(codec, &node->count);
    pass_u16(codec, &node->percent);
    pass_u64(codec, &node->list);
}

static void pass_duty(struct codec *codec, struct rule_duty *duty)
{
    pass_u8(codec, &duty->kind);
    pass_u8(codec, &duty->is_interim);
    pass_u16(codec, &duty->days);
    pass_u8(codec, &duty->due_month);
    pass_u8(codec, &duty->due_day);
    pass_u8(codec, &duty->as_of_month);
    pass_u8(codec, &duty->as_of_day);
    pass_u64(codec, &duty->what);
}

struct head {
    u8 magic[4];
    u32 size;
    u16 flags;
};

static void pass_head(struct codec *codec, struct head *head, struct rule_pack *pack)
{
    pass_bytes(codec, head->magic, sizeof(head->magic));
    pass_u32(codec, &head->size);
    pass_bytes(codec, pack->content_hash, RULE_HASH_BYTES);
    pass_bytes(codec, pack->id, RULE_ID_BYTES);
    pass_u64(codec, &pack->effective.from);
    pass_u64(codec, &pack->effective.until);
    pass_u32(codec, &pack->version);
    pass_u16(codec, &head->flags);
    pass_u16(codec, &pack->rules_count);
    pass_u16(codec, &pack->nodes_count);
    pass_u16(codec, &pack->values_count);
    pass_u16(codec, &pack->names_count);
    pass_u16(codec, &pack->duties_count);
}

static size_t form_size(const struct rule_pack *pack)
{
    return HEADER_BYTES + (size_t)pack->rules_count * RULE_BYTES +
           (size_t)pack->nodes_count * NODE_BYTES + (size_t)pack->names_count * NAME_BYTES +
           (size_t)pack->duties_count * DUTY_BYTES + (size_t)pack->values_count * VALUE_BYTES;
}

const char *rule_form_decode(struct span form, struct rule_pack *pack_out)
{
    struct codec codec = {.source = form.data};
    struct head head;
    memset(pack_out, 0, sizeof(*pack_out));
    REFUSE_UNLESS(form.size >= HEADER_BYTES && form.size <= RULE_FORM_BYTES_MAX,
                  "too short or too long for a pack");
    pass_head(&codec, &head, pack_out);
    CHECK(codec.at == HEADER_BYTES);
    REFUSE_UNLESS(memcmp(head.magic, magic, sizeof(magic)) == 0 && head.flags <= 1,
                  "not a pack of this version");
    REFUSE_UNLESS(
        pack_out->rules_count <= RULE_RULES_MAX && pack_out->nodes_count <= RULE_NODES_MAX &&
            pack_out->values_count <= RULE_VALUES_MAX && pack_out->names_count <= RULE_NAMES_MAX &&
            pack_out->duties_count <= RULE_DUTIES_MAX,
        "more than a pack can hold");
    REFUSE_UNLESS(head.size == form.size && form.size == form_size(pack_out),
                  "a size that does not fit its counts");
    pack_out->is_uncertain = head.flags == 1;
    for (u32 i = 0; i < pack_out->rules_count; i += 1) {
        u8 padding = 0;
        pass_rule(&codec, &pack_out->rules[i], &padding);
        REFUSE_UNLESS(padding == 0, "padding that is not zero");
    }
    for (u32 i = 0; i < pack_out->nodes_count; i += 1) {
        pass_node(&codec, &pack_out->nodes[i]);
    }
    for (u32 i = 0; i < pack_out->names_count; i += 1) {
        pass_u64(&codec, &pack_out->names[i]);
    }
    for (u32 i = 0; i < pack_out->duties_count; i += 1) {
        pass_duty(&codec, &pack_out->duties[i]);
    }
    for (u32 i = 0; i < pack_out->values_count; i += 1) {
        pass_u16(&codec, &pack_out->values[i]);
    }
    CHECK(codec.at == form.size);
    return rule_pack_check(pack_out);
}

size_t rule_form_encode(const struct rule_pack *pack, u8 target[RULE_FORM_BYTES_MAX])
{
    CHECK(rule_pack_check(pack) == NULL);
    struct codec codec = {.target = target};
    struct head head = {.size = (u32)form_size(pack), .flags = pack->is_uncertain ? 1 : 0};
    struct rule_pack copy = *pack;
    memcpy(head.magic, magic, sizeof(magic));
    pass_head(&codec, &head, &copy);
    for (u32 i = 0; i < pack->rules_count; i += 1) {
        u8 padding = 0;
        pass_rule(&codec, &copy.rules[i], &padding);
    }
    for (u32 i = 0; i < pack->nodes_count; i += 1) {
        pass_node(&codec, &copy.nodes[i]);
    }
    for (u32 i = 0; i < pack->names_count; i += 1) {
        pass_u64(&codec, &copy.names[i]);
    }
    for (u32 i = 0; i < pack->duties_count; i += 1) {
        pass_duty(&codec, &copy.duties[i]);
    }
    for (u32 i = 0; i < pack->values_count; i += 1) {
        pass_u16(&codec, &copy.values[i]);
    }
    CHECK(codec.at == head.size);
    return codec.at;
}
