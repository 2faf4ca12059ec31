#include "role/screen/match_answer.h"

#include "base/span.h"

#include <stdio.h>

#define ID_BYTES 512U

/* ---- an entry in the words of the model ---- */

/* An array under a key, begun with its first value: what has no value has no key. */
struct list {
    struct json_writer *writer;
    const char *key;
    bool is_begun;
};

static void list_put(struct list *list, struct span text)
{
    if (text.size == 0) {
        return;
    }
    if (!list->is_begun) {
        list->is_begun = true;
        json_key(list->writer, list->key);
        json_array_begin(list->writer);
    }
    json_put_span(list->writer, text);
}

static void list_end(struct list *list)
{
    if (list->is_begun) {
        json_array_end(list->writer);
    }
}

/* Former names stand apart from the others, whatever their quality. */
static void names_put(struct json_writer *writer, const struct list_entry *entry)
{
    static const char *const keys[] = {[LIST_QUALITY_PRIMARY] = "name",
                                       [LIST_QUALITY_STRONG] = "alias",
                                       [LIST_QUALITY_WEAK] = "weakAlias"};
    struct list former = {.writer = writer, .key = "previousName"};
    for (u32 quality = 0; quality < ARRAY_COUNT(keys); quality += 1) {
        struct list list = {.writer = writer, .key = keys[quality]};
        for (u32 index = 0; index < entry->names_count; index += 1) {
            const struct list_name *name = &entry->names[index];
            if (name->quality == quality && !name->former) {
                list_put(&list, name->text);
            }
        }
        list_end(&list);
    }
    for (u32 index = 0; index < entry->names_count; index += 1) {
        if (entry->names[index].former) {
            list_put(&former, entry->names[index].text);
        }
    }
    list_end(&former);
}

/* Both ends of a time within which somebody was born. */
static void births_put(struct json_writer *writer, const struct list_entry *entry)
{
    struct list list = {.writer = writer, .key = "birthDate"};
    for (u32 index = 0; index < entry->births_count; index += 1) {
        const struct list_birth *birth = &entry->births[index];
        char text[LIST_DATE_TEXT_BYTES];
        list_date_print(birth->from, text);
        list_put(&list, span_of_text(text));
        if (list_date_compare(birth->from, birth->to) != 0) {
            list_date_print(birth->to, text);
            list_put(&list, span_of_text(text));
        }
    }
    list_end(&list);
}

/* Codes in small letters, as the model has them. */
static void country_put(struct list *list, const struct list_country *country)
{
    char code[3] = {country->code[0], country->code[1], 0};
    for (u32 at = 0; at < 2; at += 1) {
        code[at] = (char)(code[at] >= 'A' && code[at] <= 'Z' ? code[at] - 'A' + 'a' : code[at]);
    }
    list_put(list, code[0] == 0 ? country->text : span_of_text(code));
}

static void countries_put(struct json_writer *writer, const struct list_entry *entry)
{
    static const struct {
        const char *key;
        u32 ties; /* bits by enum list_tie */
    } rows[] = {
        {"nationality", 1U << LIST_TIE_NATIONALITY},
        {"citizenship", 1U << LIST_TIE_CITIZENSHIP},
        {"country", 1U << LIST_TIE_UNKNOWN | 1U << LIST_TIE_RESIDENCE},
        {"jurisdiction", 1U << LIST_TIE_REGISTRATION},
        {"flag", 1U << LIST_TIE_FLAG},
    };
    for (u32 row = 0; row < ARRAY_COUNT(rows); row += 1) {
        struct list list = {.writer = writer, .key = rows[row].key};
        for (u32 index = 0; index < entry->countries_count; index += 1) {
            if ((rows[row].ties & 1U << entry->countries[index].tie) != 0) {
                country_put(&list, &entry->countries[index].country);
            }
        }
        list_end(&list);
    }
}

static void identifiers_put(struct json_writer *writer, const struct list_entry *entry)
{
    for (u32 row = 0; match_identifier_properties[row] != NULL; row += 1) {
        struct list list = {.writer = writer, .key = match_identifier_properties[row]};
        for (u32 index = 0; index < entry->identifiers_count; index += 1) {
            const struct list_identifier *identifier = &entry->identifiers[index];
            const char *key =
                match_identifier_property(identifier, (enum list_entry_kind)entry->kind);
            if (strcmp(key, list.key) == 0) {
                list_put(&list, identifier->number);
            }
        }
        list_end(&list);
    }
}

static void spans_put(struct json_writer *writer, const char *key, const struct span *spans,
                      u32 count)
{
    struct list list = {.writer = writer, .key = key};
    for (u32 index = 0; index < count; index += 1) {
        list_put(&list, spans[index]);
    }
    list_end(&list);
}

static void places_put(struct json_writer *writer, const char *key, const struct list_place *places,
                       u32 count)
{
    struct list list = {.writer = writer, .key = key};
    for (u32 index = 0; index < count; index += 1) {
        list_put(&list, places[index].text);
    }
    list_end(&list);
}

static void properties_put(struct json_writer *writer, const struct list_entry *entry)
{
    struct list wallets = {.writer = writer, .key = "publicKey"};
    char listed[LIST_DATE_TEXT_BYTES];
    struct span day;
    json_key(writer, "properties");
    json_object_begin(writer);
    names_put(writer, entry);
    births_put(writer, entry);
    places_put(writer, "birthPlace", entry->birth_places, entry->birth_places_count);
    if (entry->gender != LIST_GENDER_UNKNOWN) {
        struct span gender = span_of_text(list_gender_name((enum list_gender)entry->gender));
        spans_put(writer, "gender", &gender, 1);
    }
    countries_put(writer, entry);
    identifiers_put(writer, entry);
    for (u32 index = 0; index < entry->wallets_count; index += 1) {
        list_put(&wallets, entry->wallets[index].address);
    }
    list_end(&wallets);
    places_put(writer, "address", entry->addresses, entry->addresses_count);
    spans_put(writer, "position", entry->titles, entry->titles_count);
    spans_put(writer, "program", entry->programmes, entry->programmes_count);
    list_date_print(entry->listed, listed);
    day = span_of_text(listed);
    spans_put(writer, "createdAt", &day, 1);
    spans_put(writer, "notes", &entry->remarks, 1);
    json_object_end(writer);
}

static const char *schema_of(const struct list_entry *entry)
{
    switch ((enum list_entry_kind)entry->kind) {
    case LIST_KIND_PERSON:
        return "Person";
    case LIST_KIND_ENTITY:
        return "Organization";
    case LIST_KIND_VESSEL:
        return "Vessel";
    case LIST_KIND_AIRCRAFT:
        return "Airplane";
    case LIST_KIND_UNKNOWN:
        break;
    }
    return entry->names_count == 0 && entry->wallets_count > 0 ? "CryptoWallet" : "LegalEntity";
}

/* ---- the answer ---- */

static void score_put(struct json_writer *writer, i64 millionths)
{
    char text[SCORE_TEXT_BYTES];
    json_put_raw(writer, span_of_text(score_text(millionths, text)));
}

static void features_put(struct json_writer *writer, const struct match_hit *hit)
{
    json_key(writer, "features");
    json_object_begin(writer);
    if (hit->by != FIND_BY_NAME) {
        json_key(writer, hit->by == FIND_BY_WALLET ? "wallet" : "identifier");
        score_put(writer, hit->millionths);
    }
    for (u32 kind = 0; kind < SCORE_PART_COUNT; kind += 1) {
        if (hit->features[kind] != 0) {
            json_key(writer, score_part_name((enum score_part_kind)kind));
            score_put(writer, hit->features[kind]);
        }
    }
    json_object_end(writer);
}

void match_put_result(struct json_writer *writer, const struct list_entry *entry, const char *list,
                      const struct match_hit *hit, u32 threshold)
{
    char id[ID_BYTES];
    struct span caption = entry->names_count > 0     ? entry->names[0].text
                          : entry->wallets_count > 0 ? entry->wallets[0].address
                                                     : entry->id;
    (void)snprintf(id, sizeof(id), "%s:%.*s", list, (int)u64_min(entry->id.size, ID_BYTES / 2),
                   entry->id.size == 0 ? "" : (const char *)entry->id.data);
    json_object_begin(writer);
    json_key(writer, "id");
    json_put_text(writer, id);
    json_key(writer, "caption");
    json_put_span(writer, caption);
    json_key(writer, "schema");
    json_put_text(writer, schema_of(entry));
    properties_put(writer, entry);
    json_key(writer, "datasets");
    json_array_begin(writer);
    json_put_text(writer, list);
    json_array_end(writer);
    json_key(writer, "referents");
    json_array_begin(writer);
    json_array_end(writer);
    json_key(writer, "target");
    json_put_bool(writer, true);
    json_key(writer, "score");
    score_put(writer, hit->millionths);
    json_key(writer, "match");
    json_put_bool(writer, hit->millionths >= threshold);
    features_put(writer, hit);
    json_object_end(writer);
}

void match_put_query(struct json_writer *writer, const struct list_entry *entry,
                     const struct match_subject *subject)
{
    json_object_begin(writer);
    if (subject->id.data != NULL) {
        json_key(writer, "id");
        json_put_span(writer, subject->id);
    }
    json_key(writer, "schema");
    json_put_text(writer, subject->schema);
    properties_put(writer, entry);
    json_object_end(writer);
}

void match_put_list(struct json_writer *writer, const struct list_header *header, const char *list,
                    bool is_stale)
{
    char published[LIST_DATE_TEXT_BYTES];
    list_date_print(header->published, published);
    json_object_begin(writer);
    json_key(writer, "name");
    json_put_text(writer, list);
    json_key(writer, "load");
    json_put_u64(writer, header->load);
    json_key(writer, "published");
    json_put_text(writer, published);
    json_key(writer, "entries");
    json_put_u64(writer, header->entries_count);
    json_key(writer, "stale");
    json_put_bool(writer, is_stale);
    json_object_end(writer);
}

static void feature_put(struct json_writer *writer, const char *name, const char *text)
{
    json_key(writer, name);
    json_object_begin(writer);
    json_key(writer, "description");
    json_put_text(writer, text);
    json_key(writer, "url");
    json_put_null(writer);
    json_object_end(writer);
}

void match_put_matcher(struct json_writer *writer)
{
    static const char *const texts[] = {
        [SCORE_PART_WORD] = "Words that agree: their share of both names.",
        [SCORE_PART_SPELLING] = "What their letters differ by.",
        [SCORE_PART_OMITTED] = "A word that the other name leaves out.",
        [SCORE_PART_CONTRADICTED] = "A word in whose place the other name has a different one.",
        [SCORE_PART_PATRONYMIC] = "Different fathers.",
        [SCORE_PART_NUMBER] = "Different numbers.",
        [SCORE_PART_LEGAL_FORM] = "Different legal forms.",
        [SCORE_PART_INITIAL] = "An initial in place of a name.",
        [SCORE_PART_SLIP] = "Few letters of the whole names differ: less than their words cost.",
        [SCORE_PART_ORDER] = "Words in another order.",
        [SCORE_PART_JOINED] = "One word here, two there.",
        [SCORE_PART_THIN] = "Agrees, but in too little to tell who is meant.",
        [SCORE_PART_BIRTH] = "Dates of birth.",
        [SCORE_PART_COUNTRY] = "Countries.",
        [SCORE_PART_IDENTIFIER] = "The same identifier.",
        [SCORE_PART_KIND] = "A person against an entity.",
        [SCORE_PART_ALIAS] = "A weak alias.",
        [SCORE_PART_BOUND] = "What keeps the sum within 0 and 1.",
    };
    _Static_assert(ARRAY_COUNT(texts) == SCORE_PART_COUNT, "one each");
    json_object_begin(writer);
    for (u32 kind = 0; kind < SCORE_PART_COUNT; kind += 1) {
        feature_put(writer, score_part_name((enum score_part_kind)kind), texts[kind]);
    }
    feature_put(writer, "wallet", "The same address of a wallet.");
    json_object_end(writer);
}
