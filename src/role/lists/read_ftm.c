#include "role/lists/list_formats.h"
#include "role/lists/list_table.h"
#include "role/lists/list_when.h"
#include "wire/json_pull.h"

#include <string.h>

/* FollowTheMoney: one JSON object a line, each an entity with a schema and properties that hold
 * lists of texts. Parties are entries. Sanctions, documents, addresses, wallets and relations are
 * entities of their own which name the party they belong to: a first pass keeps them, the second
 * joins them to the parties. */
#define FTM_VALUES_MAX 8192U

struct ftm_value {
    struct span property;
    struct span value;
};

struct ftm_entity {
    struct span id;
    struct span schema;
    struct span caption;
    struct span dataset; /* the first */
    bool is_no_target;   /* it says so */
    u32 count;
    struct ftm_value values[FTM_VALUES_MAX];
    size_t text_used;
    u8 text[LIST_LINE_BYTES];
};

struct ftm {
    struct list_reader *reader;
    struct row_store store; /* entities that belong to parties: the line, by the party's id */
    struct ftm_entity entity;
    struct ftm_entity part;
};

/* ---- one line ---- */

/* The string token just read, in the entity's memory where it has escapes. */
static bool token_text(struct ftm_entity *entity, const struct json_pull *pull,
                       struct span *text_out)
{
    if (!json_pull_text(pull, entity->text + entity->text_used,
                        sizeof(entity->text) - entity->text_used, text_out)) {
        return false;
    }
    if (text_out->data == entity->text + entity->text_used) {
        entity->text_used += text_out->size;
    }
    return true;
}

/* Values that are no texts are passed over: FollowTheMoney has none that concern us. */
static bool read_values(struct ftm_entity *entity, struct json_pull *pull, struct span property)
{
    enum json_token token = json_pull_next(pull);
    if (token != JSON_TOKEN_ARRAY_BEGIN) {
        return false;
    }
    for (;;) {
        token = json_pull_next(pull);
        if (token == JSON_TOKEN_ARRAY_END) {
            return true;
        }
        if (token == JSON_TOKEN_OBJECT_BEGIN || token == JSON_TOKEN_ARRAY_BEGIN) {
            if (!json_pull_skip(pull)) {
                return false;
            }
            continue;
        }
        if (token != JSON_TOKEN_STRING) {
            return false;
        }
        if (entity->count == FTM_VALUES_MAX ||
            !token_text(entity, pull, &entity->values[entity->count].value)) {
            return false;
        }
        entity->values[entity->count].property = property;
        entity->count += 1;
    }
}

static bool read_properties(struct ftm_entity *entity, struct json_pull *pull)
{
    if (json_pull_next(pull) != JSON_TOKEN_OBJECT_BEGIN) {
        return false;
    }
    for (;;) {
        enum json_token token = json_pull_next(pull);
        if (token == JSON_TOKEN_OBJECT_END) {
            return true;
        }
        if (token != JSON_TOKEN_KEY || !read_values(entity, pull, pull->raw)) {
            return false;
        }
    }
}

/* The value of a key that is no property. */
static bool read_field(struct ftm_entity *entity, struct json_pull *pull, struct span key)
{
    struct span ignored;
    enum json_token token = json_pull_next(pull);
    if (token == JSON_TOKEN_OBJECT_BEGIN) {
        return json_pull_skip(pull);
    }
    if (token == JSON_TOKEN_ARRAY_BEGIN) {
        bool is_datasets = text_is(key, "datasets");
        while ((token = json_pull_next(pull)) != JSON_TOKEN_ARRAY_END) {
            if (token == JSON_TOKEN_OBJECT_BEGIN || token == JSON_TOKEN_ARRAY_BEGIN) {
                if (!json_pull_skip(pull)) {
                    return false;
                }
            } else if (token == JSON_TOKEN_STRING && is_datasets && entity->dataset.size == 0) {
                if (!token_text(entity, pull, &entity->dataset)) {
                    return false;
                }
            } else if (token == JSON_TOKEN_BAD || token == JSON_TOKEN_END) {
                return false;
            }
        }
        return true;
    }
    if (token == JSON_TOKEN_STRING) {
        struct span *target = text_is(key, "id")        ? &entity->id
                              : text_is(key, "schema")  ? &entity->schema
                              : text_is(key, "caption") ? &entity->caption
                                                        : &ignored;
        return token_text(entity, pull, target);
    }
    entity->is_no_target =
        entity->is_no_target || (token == JSON_TOKEN_FALSE && text_is(key, "target"));
    return token == JSON_TOKEN_NUMBER || token == JSON_TOKEN_TRUE || token == JSON_TOKEN_FALSE ||
           token == JSON_TOKEN_NULL;
}

/* False: not one JSON object of the right shape. */
static bool entity_read(struct ftm_entity *entity, struct span line)
{
    struct json_pull pull;
    memset(entity, 0, offsetof(struct ftm_entity, values));
    entity->text_used = 0;
    json_pull_begin(&pull, line);
    if (json_pull_next(&pull) != JSON_TOKEN_OBJECT_BEGIN) {
        return false;
    }
    for (;;) {
        enum json_token token = json_pull_next(&pull);
        if (token == JSON_TOKEN_OBJECT_END) {
            break;
        }
        if (token != JSON_TOKEN_KEY) {
            return false;
        }
        struct span key = pull.raw;
        bool fine = text_is(key, "properties") ? read_properties(entity, &pull)
                                               : read_field(entity, &pull, key);
        if (!fine) {
            return false;
        }
    }
    return json_pull_next(&pull) == JSON_TOKEN_END && entity->schema.size > 0;
}

static struct span value_of(const struct ftm_entity *entity, const char *property)
{
    for (u32 i = 0; i < entity->count; i += 1) {
        if (text_is(entity->values[i].property, property)) {
            return entity->values[i].value;
        }
    }
    return (struct span){.data = NULL, .size = 0};
}

/* ---- parts of parties ---- */

/* Schemas that belong to a party: which property names it, and which the other side, if any. */
static const struct part_row {
    const char *schema;
    const char *party; /* NULL: parties name it by its id */
    const char *other;
} part_rows[] = {
    {"Sanction", "entity", NULL},
    {"Passport", "holder", NULL},
    {"Identification", "holder", NULL},
    {"CryptoWallet", "holder", NULL},
    {"Address", NULL, NULL},
    {"Ownership", "asset", "owner"},
    {"Directorship", "organization", "director"},
    {"UnknownLink", "subject", "object"},
    {"Representation", "client", "agent"},
    {"Membership", "organization", "member"},
    {"Employment", "employer", "employee"},
    {"Family", "person", "relative"},
    {"Associate", "person", "associate"},
};

static const struct part_row *part_of(struct span schema)
{
    for (u32 i = 0; i < ARRAY_COUNT(part_rows); i += 1) {
        if (text_is(schema, part_rows[i].schema)) {
            return &part_rows[i];
        }
    }
    return NULL;
}

/* Whose part it is; empty: nobody's. */
static struct span party_of(const struct ftm_entity *entity)
{
    const struct part_row *part = part_of(entity->schema);
    if (part == NULL) {
        return (struct span){.data = NULL, .size = 0};
    }
    return part->party == NULL ? entity->id : value_of(entity, part->party);
}

static struct list_country country_of(struct span code)
{
    struct list_country none = {.code = {0}};
    return code.size > 0 ? list_country_of(code) : none;
}

static void join_sanction(struct list_reader *reader, const struct ftm_entity *part)
{
    struct list_entry *entry = reader->entry;
    struct list_date date;
    bool has_listing = value_of(part, "listingDate").size > 0;
    for (u32 i = 0; i < part->count; i += 1) {
        struct span property = part->values[i].property;
        struct span value = part->values[i].value;
        if (text_is(property, "program") || text_is(property, "programId")) {
            list_entry_add_programme(entry, value);
        } else if (text_is(property, has_listing ? "listingDate" : "startDate")) {
            if (when_date(value, false, &date) &&
                (entry->listed.year == 0 || list_date_compare(date, entry->listed) < 0)) {
                entry->listed = date;
            }
        } else if (text_is(property, "authority") && entry->act.size == 0) {
            entry->act = list_entry_text(entry, value);
        } else if (text_is(property, "reason")) {
            list_reader_remark(reader, value);
        } else if (text_is(property, "authorityId") || text_is(property, "unscId")) {
            list_entry_add_identifier(entry,
                                      &(struct list_identifier){.type = property, .number = value});
        }
    }
}

static void join_part(struct list_reader *reader, const struct ftm_entity *part, struct span own_id)
{
    struct list_entry *entry = reader->entry;
    const struct part_row *row = part_of(part->schema);
    if (text_is(part->schema, "Sanction")) {
        join_sanction(reader, part);
    } else if (text_is(part->schema, "CryptoWallet")) {
        list_entry_add_wallet(entry, &(struct list_wallet){.asset = value_of(part, "currency"),
                                                           .address = value_of(part, "publicKey")});
    } else if (text_is(part->schema, "Address")) {
        struct span full = value_of(part, "full");
        list_entry_add_address(
            entry, &(struct list_place){.text = full.size > 0 ? full : part->caption,
                                        .country = country_of(value_of(part, "country"))});
    } else if (row != NULL && row->other != NULL) {
        struct span other = value_of(part, row->other);
        if (!span_equal(other, own_id)) {
            list_entry_add_link(entry, &(struct list_link){.id = other, .how = part->schema});
        }
    } else {
        bool has_type = value_of(part, "type").size > 0;
        list_entry_add_identifier(
            entry,
            &(struct list_identifier){.type = has_type ? value_of(part, "type") : part->schema,
                                      .number = value_of(part, "number"),
                                      .country = country_of(value_of(part, "country"))});
    }
}

/* Joins the parts kept under this id; *rows_inout counts those nobody had before. */
static void join_parts(struct ftm *ftm, struct span key, u64 *rows_inout)
{
    size_t count = 0;
    struct kept_row *rows = row_store_find(&ftm->store, key, &count);
    for (size_t i = 0; i < count; i += 1) {
        if (entity_read(&ftm->part, rows[i].cells[0])) {
            *rows_inout += rows[i].used ? 0 : 1;
            rows[i].used = true;
            join_part(ftm->reader, &ftm->part, ftm->entity.id);
        }
    }
}

/* ---- parties ---- */

static bool add_name(struct ftm *ftm, struct span property, struct span value)
{
    static const struct {
        const char *property;
        u8 quality;
        bool former;
    } names[] = {
        {"name", LIST_QUALITY_STRONG, false},
        {"alias", LIST_QUALITY_STRONG, false},
        {"weakAlias", LIST_QUALITY_WEAK, false},
        {"previousName", LIST_QUALITY_STRONG, true},
    };
    for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
        if (text_is(property, names[i].property)) {
            list_entry_add_name(ftm->reader->entry, &(struct list_name){.text = value,
                                                                        .quality = names[i].quality,
                                                                        .former = names[i].former});
            return true;
        }
    }
    return false;
}

static bool add_country(struct ftm *ftm, struct span property, struct span value)
{
    static const struct {
        const char *property;
        u8 tie;
    } ties[] = {
        {"nationality", LIST_TIE_NATIONALITY},   {"citizenship", LIST_TIE_CITIZENSHIP},
        {"jurisdiction", LIST_TIE_REGISTRATION}, {"flag", LIST_TIE_FLAG},
        {"country", LIST_TIE_UNKNOWN},           {"mainCountry", LIST_TIE_UNKNOWN},
    };
    for (u32 i = 0; i < ARRAY_COUNT(ties); i += 1) {
        if (text_is(property, ties[i].property)) {
            list_entry_add_country(
                ftm->reader->entry,
                &(struct list_tied_country){.country = list_country_of(value), .tie = ties[i].tie});
            return true;
        }
    }
    return false;
}

/* "passportNumber", "innCode", ...: what the property is called is what the number is. */
static bool is_identifier(struct span property)
{
    static const char *const others[] = {"swiftBic", "callSign", "mmsi",  "isin",    "duns",
                                         "email",    "website",  "phone", "npiCode", "ticker"};
    for (u32 i = 0; i < ARRAY_COUNT(others); i += 1) {
        if (text_is(property, others[i])) {
            return true;
        }
    }
    return (property.size > 6 && text_is(span_after(property, property.size - 6), "Number")) ||
           (property.size > 4 && text_is(span_after(property, property.size - 4), "Code"));
}

static void add_value(struct ftm *ftm, struct span property, struct span value, u64 *rows_inout)
{
    struct list_reader *reader = ftm->reader;
    struct list_entry *entry = reader->entry;
    if (add_name(ftm, property, value) || add_country(ftm, property, value)) {
        return;
    }
    if (text_is(property, "birthDate")) {
        when_add_birth(reader, value, false);
    } else if (text_is(property, "birthPlace")) {
        when_add_birth_place(reader, value);
    } else if (text_is(property, "address")) {
        when_add_address(reader, value);
    } else if (text_is(property, "addressEntity")) {
        join_parts(ftm, value, rows_inout);
    } else if (text_is(property, "position") || text_is(property, "title")) {
        list_entry_add_title(entry, value);
    } else if (text_is(property, "gender")) {
        entry->gender = text_is(value, "male")     ? LIST_GENDER_MALE
                        : text_is(value, "female") ? LIST_GENDER_FEMALE
                                                   : entry->gender;
    } else if (text_is(property, "program") || text_is(property, "programId")) {
        list_entry_add_programme(entry, value);
    } else if (is_identifier(property)) {
        list_entry_add_identifier(entry,
                                  &(struct list_identifier){.type = property, .number = value});
    } else if (text_is(property, "notes") || text_is(property, "summary")) {
        list_reader_remark(reader, value);
    }
}

static enum fault take_party(struct ftm *ftm, u64 line)
{
    struct list_reader *reader = ftm->reader;
    struct ftm_entity *entity = &ftm->entity;
    u8 kind = LIST_KIND_UNKNOWN;
    if (!list_kind_of_schema(entity->schema, &kind) || entity->is_no_target) {
        list_reader_refuse(reader, line, LIST_REFUSAL_NO_PARTY,
                           entity->is_no_target ? "target" : "schema", entity->schema);
        return FAULT_NONE;
    }
    u64 rows = 1;
    list_reader_begin(reader, line);
    struct list_entry *entry = reader->entry;
    entry->kind = kind;
    entry->id = list_entry_text(entry, entity->id);
    entry->source = list_entry_text(entry, entity->dataset);
    if (text_is(entity->schema, "CryptoWallet")) {
        join_part(reader, entity, entity->id);
    } else {
        struct list_name name = {.text = entity->caption, .quality = LIST_QUALITY_PRIMARY};
        name.given = value_of(entity, "firstName");
        name.family = value_of(entity, "lastName");
        name.patronymic = value_of(entity, "fatherName");
        list_entry_add_name(entry, &name);
        for (u32 i = 0; i < entity->count; i += 1) {
            add_value(ftm, entity->values[i].property, entity->values[i].value, &rows);
        }
    }
    join_parts(ftm, entity->id, &rows);
    return list_reader_end(reader, rows);
}

/* ---- two passes ---- */

/* The first pass keeps the parts, the second takes the rest. */
static enum fault take_line(struct ftm *ftm, u64 number, struct span line, bool is_first)
{
    bool is_read = entity_read(&ftm->entity, line);
    struct span key = is_read ? party_of(&ftm->entity) : span_of(NULL, 0);
    if (is_first) {
        return key.size == 0 ? FAULT_NONE : row_store_add(&ftm->store, key, 0, number, &line, 1);
    }
    if (!is_read) {
        list_reader_refuse(ftm->reader, number, LIST_REFUSAL_SHAPE, "line", line);
        return FAULT_NONE;
    }
    return key.size > 0 ? FAULT_NONE : take_party(ftm, number);
}

static enum fault pass(struct ftm *ftm, bool is_first)
{
    SCOPED_INPUT *input = NULL;
    TRY(list_reader_open(ftm->reader, 0, &input));
    for (;;) {
        struct span line = {.data = NULL, .size = 0};
        bool more = false;
        TRY(list_reader_line(ftm->reader, input, &line, &more));
        if (!more) {
            return FAULT_NONE;
        }
        line = text_trim(line);
        if (line.size > 0) {
            TRY(take_line(ftm, input_line_number(input), line, is_first));
        }
    }
}

enum fault read_ftm(struct list_reader *reader)
{
    struct ftm *ftm = list_reader_memory(reader, sizeof(*ftm));
    if (ftm == NULL) {
        return FAULT(FAULT_LIMIT, "no memory to read FollowTheMoney");
    }
    ftm->reader = reader;
    enum fault fault = pass(ftm, true);
    row_store_sort(&ftm->store);
    if (fault == FAULT_NONE) {
        fault = pass(ftm, false);
    }
    if (fault == FAULT_NONE) {
        row_store_refuse_unused(&ftm->store, reader);
    }
    row_store_free(&ftm->store);
    return fault;
}
