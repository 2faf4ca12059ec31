#include "role/screen/match_request.h"

#include "base/check.h"
#include "base/span.h"
#include "wire/country.h"
#include "wire/json_pull.h"
#include "wire/query.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define ONE              1000000U
#define PART_BYTES       512U /* of a first, middle or last name */
#define QUERY_TEXT_BYTES 4096U
#define DAY_LETTERS      10U

__attribute__((format(printf, 2, 3))) static bool refuse(char why_out[MATCH_WHY_BYTES],
                                                         const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(why_out, MATCH_WHY_BYTES, format, arguments);
    va_end(arguments);
    return false;
}

/* ---- the words of the model ---- */

struct schema {
    const char *name;
    enum list_entry_kind kind;
};

/* What may be a person as well as a company, and what is neither, is compared with all. */
static const struct schema schemata[] = {
    {"Person", LIST_KIND_PERSON},          {"LegalEntity", LIST_KIND_UNKNOWN},
    {"Organization", LIST_KIND_ENTITY},    {"Company", LIST_KIND_ENTITY},
    {"PublicBody", LIST_KIND_ENTITY},      {"Vessel", LIST_KIND_VESSEL},
    {"Airplane", LIST_KIND_AIRCRAFT},      {"CryptoWallet", LIST_KIND_UNKNOWN},
    {"BankAccount", LIST_KIND_UNKNOWN},    {"Asset", LIST_KIND_UNKNOWN},
    {"Thing", LIST_KIND_UNKNOWN},          {"Vehicle", LIST_KIND_UNKNOWN},
    {"Identification", LIST_KIND_UNKNOWN}, {"Security", LIST_KIND_UNKNOWN},
};

const char *const match_identifier_properties[] = {
    "idNumber",       "registrationNumber",
    "passportNumber", "taxNumber",
    "innCode",        "ogrnCode",
    "okpoCode",       "leiCode",
    "vatCode",        "swiftBic",
    "bikCode",        "imoNumber",
    "mmsi",           "callSign",
    "serialNumber",   "socialSecurityNumber",
    "dunsCode",       "npiCode",
    "cageCode",       "uniqueEntityId",
    "isinCode",       "permId",
    "icaoCode",       "accountNumber",
    "iban",           NULL,
};

enum meaning {
    MEANS_NAME,
    MEANS_WEAK_NAME,
    MEANS_FORMER_NAME,
    MEANS_FIRST,
    MEANS_MIDDLE,
    MEANS_LAST,
    MEANS_BIRTH,
    MEANS_NATIONALITY,
    MEANS_CITIZENSHIP,
    MEANS_COUNTRY,
    MEANS_REGISTRATION,
    MEANS_FLAG,
    MEANS_WALLET,
    MEANS_IDENTIFIER,
    MEANS_NOTHING,
};

struct property {
    const char *name;
    enum meaning meaning;
};

static const struct property properties[] = {
    {"name", MEANS_NAME},
    {"alias", MEANS_NAME},
    {"weakAlias", MEANS_WEAK_NAME},
    {"abbreviation", MEANS_WEAK_NAME},
    {"previousName", MEANS_FORMER_NAME},
    {"firstName", MEANS_FIRST},
    {"middleName", MEANS_MIDDLE},
    {"secondName", MEANS_MIDDLE},
    {"lastName", MEANS_LAST},
    {"birthDate", MEANS_BIRTH},
    {"nationality", MEANS_NATIONALITY},
    {"citizenship", MEANS_CITIZENSHIP},
    {"country", MEANS_COUNTRY},
    {"mainCountry", MEANS_COUNTRY},
    {"jurisdiction", MEANS_REGISTRATION},
    {"flag", MEANS_FLAG},
    {"publicKey", MEANS_WALLET},
};

static enum meaning meaning_of(struct span name, const char **name_out)
{
    for (u32 index = 0; index < ARRAY_COUNT(properties); index += 1) {
        if (span_equal(name, span_of_text(properties[index].name))) {
            *name_out = properties[index].name;
            return properties[index].meaning;
        }
    }
    for (u32 index = 0; match_identifier_properties[index] != NULL; index += 1) {
        if (span_equal(name, span_of_text(match_identifier_properties[index]))) {
            *name_out = match_identifier_properties[index];
            return MEANS_IDENTIFIER;
        }
    }
    return MEANS_NOTHING;
}

static bool text_has(struct span text, const char *word)
{
    size_t size = strlen(word);
    for (size_t at = 0; at + size <= text.size; at += 1) {
        if (strncasecmp((const char *)text.data + at, word, size) == 0) {
            return true;
        }
    }
    return false;
}

const char *match_identifier_property(const struct list_identifier *identifier,
                                      enum list_entry_kind kind)
{
    static const char *const words[][2] = {
        {"passport", "passportNumber"},
        {"swift", "swiftBic"},
        {"tax", "taxNumber"},
        {"imo", "imoNumber"},
        {"mmsi", "mmsi"},
        {"call sign", "callSign"},
        {"registr", "registrationNumber"},
    };
    const char *name = NULL;
    if (meaning_of(identifier->type, &name) == MEANS_IDENTIFIER) {
        return name;
    }
    for (u32 index = 0; index < ARRAY_COUNT(words); index += 1) {
        if (text_has(identifier->type, words[index][0])) {
            return words[index][1];
        }
    }
    return kind == LIST_KIND_ENTITY ? "registrationNumber" : "idNumber";
}

/* ---- the body as a whole ---- */

static bool damaged(const struct json_pull *pull, char why_out[MATCH_WHY_BYTES])
{
    return refuse(why_out, "the body is no JSON that can be taken: %s, at byte %zu",
                  json_pull_fault_text((enum json_pull_fault)pull->fault), pull->at);
}

/* Behind the key "queries". */
static bool queries_take(struct match_request *request, struct json_pull *pull,
                         char why_out[MATCH_WHY_BYTES])
{
    enum json_token token = json_pull_next(pull);
    if (token != JSON_TOKEN_OBJECT_BEGIN) {
        return token == JSON_TOKEN_BAD ? damaged(pull, why_out)
                                       : refuse(why_out, "\"queries\" is no object");
    }
    while ((token = json_pull_next(pull)) == JSON_TOKEN_KEY) {
        struct span key = pull->raw;
        token = json_pull_next(pull);
        if (token == JSON_TOKEN_NULL) {
            continue;
        }
        if (token != JSON_TOKEN_OBJECT_BEGIN) {
            return token == JSON_TOKEN_BAD ? damaged(pull, why_out)
                                           : refuse(why_out, "a query is no object");
        }
        if (request->count == MATCH_QUERIES_MAX) {
            return refuse(why_out, "too many queries in one batch (limit: %u)", MATCH_QUERIES_MAX);
        }
        if (!json_pull_skip(pull)) {
            return damaged(pull, why_out);
        }
        request->queries[request->count] = (struct match_query){.key = key, .object = pull->raw};
        request->count += 1;
    }
    return token == JSON_TOKEN_OBJECT_END || damaged(pull, why_out);
}

/* A value that is not looked at. */
static bool value_skip(struct json_pull *pull, enum json_token token)
{
    return token == JSON_TOKEN_OBJECT_BEGIN || token == JSON_TOKEN_ARRAY_BEGIN
               ? json_pull_skip(pull)
               : token != JSON_TOKEN_BAD;
}

bool match_request_read(struct match_request *request, struct span body,
                        char why_out[MATCH_WHY_BYTES])
{
    struct json_pull pull;
    request->count = 0;
    json_pull_begin(&pull, body);
    enum json_token token = json_pull_next(&pull);
    if (token != JSON_TOKEN_OBJECT_BEGIN) {
        return token == JSON_TOKEN_BAD ? damaged(&pull, why_out)
                                       : refuse(why_out, "the body is no object");
    }
    while ((token = json_pull_next(&pull)) == JSON_TOKEN_KEY) {
        if (span_equal(pull.raw, span_of_text("queries"))) {
            if (!queries_take(request, &pull, why_out)) {
                return false;
            }
        } else if (!value_skip(&pull, json_pull_next(&pull))) {
            return damaged(&pull, why_out);
        }
    }
    if (token != JSON_TOKEN_OBJECT_END || json_pull_next(&pull) != JSON_TOKEN_END) {
        return damaged(&pull, why_out);
    }
    return request->count > 0 || refuse(why_out, "no queries provided");
}

/* ---- one query ---- */

/* The parts of a person's name that came apart. */
struct parts {
    char first[PART_BYTES];
    char middle[PART_BYTES];
    char last[PART_BYTES];
};

static void part_take(char part[PART_BYTES], struct span text)
{
    if (part[0] == 0 && text.size < PART_BYTES && memchr(text.data, 0, text.size) == NULL) {
        memcpy(part, text.data, text.size);
        part[text.size] = 0;
    }
}

static void birth_take(struct list_entry *entry, struct span text)
{
    struct list_birth birth = {.circa = false};
    text.size = text.size > DAY_LETTERS ? DAY_LETTERS : text.size;
    if (list_date_parse(text, &birth.from)) {
        birth.to = birth.from;
        list_entry_add_birth(entry, &birth);
    }
}

static void country_take(struct list_entry *entry, struct span text, enum list_tie tie)
{
    struct list_tied_country tied = {.tie = (u8)tie};
    if (!country_find(text, tied.country.code)) {
        tied.country.text = text;
    }
    list_entry_add_country(entry, &tied);
}

/* `text` is the entry's own. */
static void text_take(struct list_entry *entry, struct parts *parts, enum meaning meaning,
                      const char *property, struct span text)
{
    switch (meaning) {
    case MEANS_NAME:
        list_entry_add_name(entry,
                            &(struct list_name){.text = text, .quality = LIST_QUALITY_PRIMARY});
        return;
    case MEANS_WEAK_NAME:
        list_entry_add_name(entry, &(struct list_name){.text = text, .quality = LIST_QUALITY_WEAK});
        return;
    case MEANS_FORMER_NAME:
        list_entry_add_name(
            entry,
            &(struct list_name){.text = text, .quality = LIST_QUALITY_STRONG, .former = true});
        return;
    case MEANS_FIRST:
        part_take(parts->first, text);
        return;
    case MEANS_MIDDLE:
        part_take(parts->middle, text);
        return;
    case MEANS_LAST:
        part_take(parts->last, text);
        return;
    case MEANS_BIRTH:
        birth_take(entry, text);
        return;
    case MEANS_NATIONALITY:
        country_take(entry, text, LIST_TIE_NATIONALITY);
        return;
    case MEANS_CITIZENSHIP:
        country_take(entry, text, LIST_TIE_CITIZENSHIP);
        return;
    case MEANS_COUNTRY:
        country_take(entry, text, LIST_TIE_UNKNOWN);
        return;
    case MEANS_REGISTRATION:
        country_take(entry, text, LIST_TIE_REGISTRATION);
        return;
    case MEANS_FLAG:
        country_take(entry, text, LIST_TIE_FLAG);
        return;
    case MEANS_WALLET:
        list_entry_add_wallet(entry, &(struct list_wallet){.address = text});
        return;
    case MEANS_IDENTIFIER:
        list_entry_add_identifier(
            entry, &(struct list_identifier){.type = span_of_text(property), .number = text});
        return;
    case MEANS_NOTHING:
        return;
    }
}

/* A string or a number, decoded into the entry's own memory. False: there is no room. */
static bool scalar_take(struct list_entry *entry, const struct json_pull *pull,
                        enum json_token token, struct span *text_out)
{
    *text_out = pull->raw;
    if (token == JSON_TOKEN_STRING &&
        !json_pull_text(pull, entry->text + entry->text_used, LIST_TEXT_BYTES - entry->text_used,
                        text_out)) {
        return false;
    }
    *text_out = list_entry_text(entry, *text_out);
    return !entry->overflown;
}

/* One text, or an array of them; null and what is nested say nothing. */
static bool values_take(struct list_entry *entry, struct parts *parts, struct json_pull *pull,
                        enum meaning meaning, const char *property)
{
    bool is_array = false;
    do {
        enum json_token token = json_pull_next(pull);
        struct span text = {NULL, 0};
        if (token == JSON_TOKEN_ARRAY_END) {
            return true;
        }
        if (token == JSON_TOKEN_ARRAY_BEGIN && !is_array) {
            is_array = true;
        } else if (token == JSON_TOKEN_STRING || token == JSON_TOKEN_NUMBER) {
            if (!scalar_take(entry, pull, token, &text)) {
                return false;
            }
            if (text.size > 0) {
                text_take(entry, parts, meaning, property, text);
            }
        } else if (!value_skip(pull, token)) {
            return false;
        }
    } while (is_array);
    return true;
}

static bool properties_take(struct list_entry *entry, struct parts *parts, struct json_pull *pull,
                            char why_out[MATCH_WHY_BYTES])
{
    if (json_pull_next(pull) != JSON_TOKEN_OBJECT_BEGIN) {
        return refuse(why_out, "\"properties\" of a query is no object");
    }
    while (json_pull_next(pull) == JSON_TOKEN_KEY) {
        const char *property = NULL;
        enum meaning meaning = meaning_of(pull->raw, &property);
        bool is_taken = meaning == MEANS_NOTHING
                            ? value_skip(pull, json_pull_next(pull))
                            : values_take(entry, parts, pull, meaning, property);
        if (!is_taken || entry->overflown) {
            return refuse(why_out, "a query says more than can be compared");
        }
    }
    return true;
}

static bool schema_take(struct list_entry *entry, struct match_subject *subject, struct span name)
{
    for (u32 index = 0; index < ARRAY_COUNT(schemata); index += 1) {
        if (span_equal(name, span_of_text(schemata[index].name))) {
            subject->schema = schemata[index].name;
            entry->kind = (u8)schemata[index].kind;
            return true;
        }
    }
    return false;
}

/* A name that came in parts is one more. */
static void parts_join(struct list_entry *entry, const struct parts *parts)
{
    char whole[3 * PART_BYTES];
    if (parts->first[0] == 0 || parts->last[0] == 0) {
        return;
    }
    int size = snprintf(whole, sizeof(whole), "%s %s%s%s", parts->first, parts->middle,
                        parts->middle[0] == 0 ? "" : " ", parts->last);
    CHECK(size > 0 && (size_t)size < sizeof(whole));
    list_entry_add_name(entry, &(struct list_name){.text = span_of(whole, (size_t)size)});
}

bool match_query_read(const struct match_query *query, struct list_entry *entry,
                      struct match_subject *subject_out, char why_out[MATCH_WHY_BYTES])
{
    struct json_pull pull;
    struct parts parts = {.first = {0}};
    bool has_properties = false;
    list_entry_clear(entry);
    *subject_out = (struct match_subject){.schema = NULL};
    json_pull_begin(&pull, query->object);
    CHECK(json_pull_next(&pull) == JSON_TOKEN_OBJECT_BEGIN); /* match_request_read has seen it */
    while (json_pull_next(&pull) == JSON_TOKEN_KEY) {
        struct span key = pull.raw;
        if (span_equal(key, span_of_text("properties"))) {
            if (!properties_take(entry, &parts, &pull, why_out)) {
                return false;
            }
            has_properties = true;
            continue;
        }
        enum json_token token = json_pull_next(&pull);
        if (span_equal(key, span_of_text("schema"))) {
            if (token != JSON_TOKEN_STRING || !schema_take(entry, subject_out, pull.raw)) {
                return refuse(why_out, "the schema of a query is none that lists have");
            }
        } else if (span_equal(key, span_of_text("id")) && token == JSON_TOKEN_STRING) {
            subject_out->id = pull.raw;
        } else {
            CHECK(value_skip(&pull, token));
        }
    }
    parts_join(entry, &parts);
    list_entry_settle(entry);
    if (entry->overflown) {
        return refuse(why_out, "a query says more than can be compared");
    }
    if (subject_out->schema == NULL || !has_properties) {
        return refuse(why_out, "a query wants \"schema\" and \"properties\"");
    }
    return true;
}

/* ---- behind the '?' ---- */

/* "0.7" as millionths; what is finer is cut off. */
static bool share_read(struct span text, u32 *millionths_out)
{
    u32 step = ONE / 10;
    if (text.size == 0 || (text.data[0] != '0' && text.data[0] != '1') ||
        (text.size > 1 && (text.data[1] != '.' || text.size == 2))) {
        return false;
    }
    *millionths_out = text.data[0] == '1' ? ONE : 0;
    for (size_t at = 2; at < text.size; at += 1, step /= 10) {
        if (text.data[at] < '0' || text.data[at] > '9') {
            return false;
        }
        *millionths_out += (u32)(text.data[at] - '0') * step;
    }
    return *millionths_out <= ONE;
}

static bool limit_read(struct span text, u32 *limit_out)
{
    u32 limit = 0;
    for (size_t at = 0; at < text.size; at += 1) {
        if (text.data[at] < '0' || text.data[at] > '9' || limit > MATCH_LIMIT_MAX) {
            return false;
        }
        limit = limit * 10 + (u32)(text.data[at] - '0');
    }
    *limit_out = limit;
    return limit >= 1 && limit <= MATCH_LIMIT_MAX;
}

bool match_options_read(struct match_options *options, struct span query,
                        char why_out[MATCH_WHY_BYTES])
{
    struct query params;
    u8 text[QUERY_TEXT_BYTES];
    if (query_read(&params, query, (struct span){NULL, 0}, text, sizeof(text)) != QUERY_OK) {
        return refuse(why_out, "the parameters cannot be read, or one comes twice");
    }
    struct span limit = query_value(&params, "limit");
    struct span threshold = query_value(&params, "threshold");
    struct span cutoff = query_value(&params, "cutoff");
    if (limit.data != NULL && !limit_read(limit, &options->limit)) {
        return refuse(why_out, "limit: not within 1 to %u", MATCH_LIMIT_MAX);
    }
    if ((threshold.data != NULL && !share_read(threshold, &options->threshold)) ||
        (cutoff.data != NULL && !share_read(cutoff, &options->cutoff))) {
        return refuse(why_out, "threshold, cutoff: not a number from 0 to 1");
    }
    options->cutoff = options->cutoff < options->threshold ? options->cutoff : options->threshold;
    return true;
}
