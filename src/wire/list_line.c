#include "base/check.h"
#include "base/span.h"
#include "wire/json.h"
#include "wire/json_pull.h"
#include "wire/list_entry.h"
#include "wire/moment.h"

#include <string.h>

/* ---- printing ---- */

static void put_text(struct json_writer *json, const char *key, struct span text)
{
    if (text.size > 0) {
        json_key(json, key);
        json_put_span(json, text);
    }
}

static void put_date(struct json_writer *json, const char *key, struct list_date date)
{
    if (date.year > 0) {
        char text[LIST_DATE_TEXT_BYTES];
        list_date_print(date, text);
        json_field_text(json, key, text);
    }
}

static void put_number(struct json_writer *json, const char *key, u64 number)
{
    if (number > 0) {
        json_field_u64(json, key, number);
    }
}

static void put_truth(struct json_writer *json, const char *key, bool truth)
{
    if (truth) {
        json_field_bool(json, key, true);
    }
}

static void put_country(struct json_writer *json, const struct list_country *country)
{
    put_text(json, "country", span_of_text(country->code));
    put_text(json, "country_text", country->text);
}

static void put_name(struct json_writer *json, const struct list_name *name)
{
    put_text(json, "text", name->text);
    put_text(json, "quality", span_of_text(list_quality_name((enum list_quality)name->quality)));
    put_text(json, "family", name->family);
    put_text(json, "given", name->given);
    put_text(json, "patronymic", name->patronymic);
    if (strcmp(name->script, "Latn") != 0) {
        put_text(json, "script", span_of_text(name->script));
    }
    put_truth(json, "former", name->former);
}

static void put_birth(struct json_writer *json, const struct list_birth *birth)
{
    put_date(json, "from", birth->from);
    if (memcmp(&birth->from, &birth->to, sizeof(birth->to)) != 0) {
        put_date(json, "to", birth->to);
    }
    put_truth(json, "circa", birth->circa);
}

static void put_place(struct json_writer *json, const struct list_place *place)
{
    put_text(json, "text", place->text);
    put_country(json, &place->country);
}

static void put_tied(struct json_writer *json, const struct list_tied_country *tied)
{
    put_country(json, &tied->country);
    if (tied->tie != LIST_TIE_UNKNOWN) {
        put_text(json, "tie", span_of_text(list_tie_name((enum list_tie)tied->tie)));
    }
}

static void put_identifier(struct json_writer *json, const struct list_identifier *identifier)
{
    put_text(json, "type", identifier->type);
    put_text(json, "number", identifier->number);
    put_country(json, &identifier->country);
}

static void put_wallet(struct json_writer *json, const struct list_wallet *wallet)
{
    put_text(json, "asset", wallet->asset);
    put_text(json, "address", wallet->address);
}

static void put_link(struct json_writer *json, const struct list_link *link)
{
    put_text(json, "id", link->id);
    put_text(json, "name", link->name);
    put_text(json, "how", link->how);
}

/* All rows of a set as objects, nothing for an empty one. */
#define PUT_SET(json, entry, rows, put)                          \
    do {                                                         \
        if ((entry)->rows##_count > 0) {                         \
            json_key((json), #rows);                             \
            json_array_begin(json);                              \
            for (u32 i = 0; i < (entry)->rows##_count; i += 1) { \
                json_object_begin(json);                         \
                put((json), &(entry)->rows[i]);                  \
                json_object_end(json);                           \
            }                                                    \
            json_array_end(json);                                \
        }                                                        \
    } while (0)

static void put_texts(struct json_writer *json, const char *key, const struct span *texts,
                      u32 count)
{
    if (count == 0) {
        return;
    }
    json_key(json, key);
    json_array_begin(json);
    for (u32 i = 0; i < count; i += 1) {
        json_put_span(json, texts[i]);
    }
    json_array_end(json);
}

/* Ends the text as a line: the newline takes the place of json_end's zero. */
static size_t line_end(struct json_writer *json, char *target, size_t target_bytes)
{
    size_t size = json_end(json);
    if (size == 0 || size + 1 >= target_bytes) {
        return 0;
    }
    target[size] = '\n';
    target[size + 1] = 0;
    return size + 1;
}

size_t list_entry_print(const struct list_entry *entry, char *target, size_t target_bytes)
{
    struct json_writer json;
    json_begin(&json, target, target_bytes);
    json_object_begin(&json);
    put_number(&json, "number", entry->number);
    put_text(&json, "id", entry->id);
    put_text(&json, "source", entry->source);
    put_text(&json, "kind", span_of_text(list_kind_name((enum list_entry_kind)entry->kind)));
    if (entry->gender != LIST_GENDER_UNKNOWN) {
        put_text(&json, "gender", span_of_text(list_gender_name((enum list_gender)entry->gender)));
    }
    PUT_SET(&json, entry, names, put_name);
    PUT_SET(&json, entry, births, put_birth);
    PUT_SET(&json, entry, birth_places, put_place);
    PUT_SET(&json, entry, countries, put_tied);
    put_texts(&json, "programmes", entry->programmes, entry->programmes_count);
    put_date(&json, "listed", entry->listed);
    put_text(&json, "act", entry->act);
    put_texts(&json, "titles", entry->titles, entry->titles_count);
    PUT_SET(&json, entry, identifiers, put_identifier);
    PUT_SET(&json, entry, wallets, put_wallet);
    PUT_SET(&json, entry, links, put_link);
    PUT_SET(&json, entry, addresses, put_place);
    put_text(&json, "remarks", entry->remarks);
    json_object_end(&json);
    return line_end(&json, target, target_bytes);
}

static void put_moment(struct json_writer *json, const char *key, u64 time_us)
{
    char moment[MOMENT_TEXT_BYTES];
    if (time_us > 0) {
        CHECK(moment_print(time_us, moment));
        json_key(json, key);
        json_put_text(json, moment);
    }
}

size_t list_header_print(const struct list_header *header, char *target, size_t target_bytes)
{
    static const u8 no_hash[LIST_SOURCE_HASH_BYTES];
    struct json_writer json;
    json_begin(&json, target, target_bytes);
    json_object_begin(&json);
    put_text(&json, "list", span_of_text(header->list));
    put_text(&json, "format", span_of_text(header->format));
    put_date(&json, "published", header->published);
    if (memcmp(header->source_hash, no_hash, sizeof(no_hash)) != 0) {
        json_key(&json, "source_hash");
        json_put_hex(&json, span_of(header->source_hash, sizeof(header->source_hash)));
    }
    put_number(&json, "rows_in", header->rows_in);
    put_number(&json, "entries", header->entries_count);
    put_number(&json, "rows_merged", header->rows_merged);
    put_number(&json, "rows_refused", header->rows_refused);
    put_number(&json, "load", header->load);
    put_number(&json, "kept", header->kept);
    put_moment(&json, "recorded", header->recorded_us);
    put_moment(&json, "stale_from", header->stale_from_us);
    put_truth(&json, "stale", header->stale);
    json_object_end(&json);
    return line_end(&json, target, target_bytes);
}

/* ---- reading ---- */

/* A line being read. After a fault everything else is left alone. */
struct reading {
    struct json_pull pull;
    struct list_entry *entry; /* NULL in a header */
    enum list_line_fault fault;
    struct span key; /* the last, as it came: our keys have no escapes */
    u8 scratch[256]; /* for words with escapes in a header */
};

static bool fail(struct reading *reading, enum list_line_fault fault)
{
    if (reading->fault == LIST_LINE_OK) {
        reading->fault = fault;
    }
    return false;
}

/* The next key of an object; false at its end, and after a fault. */
static bool next_key(struct reading *reading)
{
    if (reading->fault != LIST_LINE_OK) {
        return false;
    }
    enum json_token token = json_pull_next(&reading->pull);
    if (token == JSON_TOKEN_OBJECT_END) {
        return false;
    }
    reading->key = reading->pull.raw;
    return token == JSON_TOKEN_KEY ? true : fail(reading, LIST_LINE_JSON);
}

static bool key_is(const struct reading *reading, const char *key)
{
    return span_equal(reading->key, span_of_text(key));
}

static bool expect(struct reading *reading, enum json_token token)
{
    return reading->fault == LIST_LINE_OK && json_pull_next(&reading->pull) == token
               ? true
               : fail(reading, LIST_LINE_JSON);
}

/* The text of the string token just read; it lives until the next one. Escapes are undone in the
 * part of the entry's memory that is not used yet. */
static struct span token_text(struct reading *reading)
{
    struct list_entry *entry = reading->entry;
    u8 *target = entry == NULL ? reading->scratch : entry->text + entry->text_used;
    size_t room = entry == NULL ? sizeof(reading->scratch) : sizeof(entry->text) - entry->text_used;
    struct span text = {.data = NULL, .size = 0};
    if (!json_pull_text(&reading->pull, target, room, &text)) {
        (void)fail(reading, LIST_LINE_TOO_LARGE);
    }
    return text;
}

/* The next string, copied; a text that is empty is not of the form. */
static struct span next_text(struct reading *reading)
{
    struct span text = {.data = NULL, .size = 0};
    if (!expect(reading, JSON_TOKEN_STRING)) {
        return text;
    }
    text = list_entry_text(reading->entry, token_text(reading));
    if (text.size == 0) {
        (void)fail(reading, reading->entry->overflown ? LIST_LINE_TOO_LARGE : LIST_LINE_VALUE);
    }
    return text;
}

static struct list_date next_date(struct reading *reading)
{
    struct list_date date = {0};
    if (expect(reading, JSON_TOKEN_STRING) && !list_date_parse(token_text(reading), &date)) {
        (void)fail(reading, LIST_LINE_VALUE);
    }
    return date;
}

static u64 next_number(struct reading *reading, u64 max)
{
    u64 number = 0;
    if (!expect(reading, JSON_TOKEN_NUMBER)) {
        return 0;
    }
    struct span digits = reading->pull.raw;
    for (size_t i = 0; i < digits.size; i += 1) {
        u64 digit = (u64)digits.data[i] - '0';
        if (digits.data[i] < '0' || digits.data[i] > '9' || number > (max - digit) / 10) {
            (void)fail(reading, LIST_LINE_VALUE);
            return 0;
        }
        number = number * 10 + digit;
    }
    return number;
}

static bool next_truth(struct reading *reading)
{
    return expect(reading, JSON_TOKEN_TRUE);
}

/* Which of `count` words the next string is; 0 and a fault when it is none. */
static u8 next_word(struct reading *reading, const char *(*name)(u32), u32 count)
{
    if (!expect(reading, JSON_TOKEN_STRING)) {
        return 0;
    }
    struct span text = token_text(reading);
    for (u32 i = 0; i < count; i += 1) {
        if (span_equal(text, span_of_text(name(i)))) {
            return (u8)i;
        }
    }
    (void)fail(reading, LIST_LINE_VALUE);
    return 0;
}

static const char *kind_word(u32 index)
{
    return list_kind_name((enum list_entry_kind)index);
}

static const char *quality_word(u32 index)
{
    return list_quality_name((enum list_quality)index);
}

static const char *gender_word(u32 index)
{
    return list_gender_name((enum list_gender)index);
}

static const char *tie_word(u32 index)
{
    return list_tie_name((enum list_tie)index);
}

/* "country" or "country_text", if the key is one of them. */
static bool take_country(struct reading *reading, struct list_country *country)
{
    if (key_is(reading, "country_text")) {
        country->text = next_text(reading);
        return true;
    }
    if (!key_is(reading, "country")) {
        return false;
    }
    if (expect(reading, JSON_TOKEN_STRING)) {
        struct span code = token_text(reading);
        bool is_code = code.size == 2 && code.data[0] >= 'A' && code.data[0] <= 'Z' &&
                       code.data[1] >= 'A' && code.data[1] <= 'Z';
        if (is_code) {
            memcpy(country->code, code.data, 2);
        } else {
            (void)fail(reading, LIST_LINE_VALUE);
        }
    }
    return true;
}

static void read_name(struct reading *reading)
{
    struct list_name name = {.quality = LIST_QUALITY_PRIMARY};
    while (next_key(reading)) {
        if (key_is(reading, "text")) {
            name.text = next_text(reading);
        } else if (key_is(reading, "quality")) {
            name.quality = next_word(reading, quality_word, LIST_QUALITY_WEAK + 1);
        } else if (key_is(reading, "family")) {
            name.family = next_text(reading);
        } else if (key_is(reading, "given")) {
            name.given = next_text(reading);
        } else if (key_is(reading, "patronymic")) {
            name.patronymic = next_text(reading);
        } else if (key_is(reading, "script")) {
            (void)next_text(reading); /* told from the text again */
        } else if (key_is(reading, "former")) {
            name.former = next_truth(reading);
        } else {
            (void)fail(reading, LIST_LINE_KEY);
        }
    }
    list_entry_add_name(reading->entry, &name);
}

static void read_birth(struct reading *reading)
{
    struct list_birth birth = {.circa = false};
    while (next_key(reading)) {
        if (key_is(reading, "from")) {
            birth.from = next_date(reading);
        } else if (key_is(reading, "to")) {
            birth.to = next_date(reading);
        } else if (key_is(reading, "circa")) {
            birth.circa = next_truth(reading);
        } else {
            (void)fail(reading, LIST_LINE_KEY);
        }
    }
    list_entry_add_birth(reading->entry, &birth);
}

static struct list_place place_of(struct reading *reading)
{
    struct list_place place = {.text = {0}};
    while (next_key(reading)) {
        if (key_is(reading, "text")) {
            place.text = next_text(reading);
        } else if (!take_country(reading, &place.country)) {
            (void)fail(reading, LIST_LINE_KEY);
        }
    }
    return place;
}

static void read_birth_place(struct reading *reading)
{
    struct list_place place = place_of(reading);
    list_entry_add_birth_place(reading->entry, &place);
}

static void read_address(struct reading *reading)
{
    struct list_place place = place_of(reading);
    list_entry_add_address(reading->entry, &place);
}

static void read_tied(struct reading *reading)
{
    struct list_tied_country tied = {.tie = LIST_TIE_UNKNOWN};
    while (next_key(reading)) {
        if (key_is(reading, "tie")) {
            tied.tie = next_word(reading, tie_word, LIST_TIE_FLAG + 1);
        } else if (!take_country(reading, &tied.country)) {
            (void)fail(reading, LIST_LINE_KEY);
        }
    }
    list_entry_add_country(reading->entry, &tied);
}

static void read_identifier(struct reading *reading)
{
    struct list_identifier identifier = {.type = {0}};
    while (next_key(reading)) {
        if (key_is(reading, "type")) {
            identifier.type = next_text(reading);
        } else if (key_is(reading, "number")) {
            identifier.number = next_text(reading);
        } else if (!take_country(reading, &identifier.country)) {
            (void)fail(reading, LIST_LINE_KEY);
        }
    }
    list_entry_add_identifier(reading->entry, &identifier);
}

static void read_wallet(struct reading *reading)
{
    struct list_wallet wallet = {.asset = {0}};
    while (next_key(reading)) {
        if (key_is(reading, "asset")) {
            wallet.asset = next_text(reading);
        } else if (key_is(reading, "address")) {
            wallet.address = next_text(reading);
        } else {
            (void)fail(reading, LIST_LINE_KEY);
        }
    }
    list_entry_add_wallet(reading->entry, &wallet);
}

static void read_link(struct reading *reading)
{
    struct list_link link = {.id = {0}};
    while (next_key(reading)) {
        if (key_is(reading, "id")) {
            link.id = next_text(reading);
        } else if (key_is(reading, "name")) {
            link.name = next_text(reading);
        } else if (key_is(reading, "how")) {
            link.how = next_text(reading);
        } else {
            (void)fail(reading, LIST_LINE_KEY);
        }
    }
    list_entry_add_link(reading->entry, &link);
}

static void read_objects(struct reading *reading, void (*read)(struct reading *))
{
    if (!expect(reading, JSON_TOKEN_ARRAY_BEGIN)) {
        return;
    }
    while (reading->fault == LIST_LINE_OK) {
        enum json_token token = json_pull_next(&reading->pull);
        if (token == JSON_TOKEN_ARRAY_END) {
            return;
        }
        if (token == JSON_TOKEN_OBJECT_BEGIN) {
            read(reading);
        } else {
            (void)fail(reading, LIST_LINE_JSON);
        }
    }
}

static void read_texts(struct reading *reading, void (*add)(struct list_entry *, struct span))
{
    if (!expect(reading, JSON_TOKEN_ARRAY_BEGIN)) {
        return;
    }
    while (reading->fault == LIST_LINE_OK) {
        enum json_token token = json_pull_next(&reading->pull);
        if (token == JSON_TOKEN_ARRAY_END) {
            return;
        }
        if (token == JSON_TOKEN_STRING) {
            add(reading->entry, token_text(reading));
        } else {
            (void)fail(reading, LIST_LINE_JSON);
        }
    }
}

/* The sets of an entry; false when the key is none. */
static bool read_set(struct reading *reading)
{
    static const struct {
        const char *key;
        void (*read)(struct reading *);
    } sets[] = {
        {"names", read_name},
        {"births", read_birth},
        {"birth_places", read_birth_place},
        {"countries", read_tied},
        {"identifiers", read_identifier},
        {"wallets", read_wallet},
        {"links", read_link},
        {"addresses", read_address},
    };
    for (u32 i = 0; i < ARRAY_COUNT(sets); i += 1) {
        if (key_is(reading, sets[i].key)) {
            read_objects(reading, sets[i].read);
            return true;
        }
    }
    if (key_is(reading, "programmes")) {
        read_texts(reading, list_entry_add_programme);
        return true;
    }
    if (key_is(reading, "titles")) {
        read_texts(reading, list_entry_add_title);
        return true;
    }
    return false;
}

static void read_entry(struct reading *reading)
{
    struct list_entry *entry = reading->entry;
    while (next_key(reading)) {
        if (key_is(reading, "number")) {
            entry->number = (u32)next_number(reading, UINT32_MAX);
        } else if (key_is(reading, "id")) {
            entry->id = next_text(reading);
        } else if (key_is(reading, "source")) {
            entry->source = next_text(reading);
        } else if (key_is(reading, "kind")) {
            entry->kind = next_word(reading, kind_word, LIST_KIND_AIRCRAFT + 1);
        } else if (key_is(reading, "gender")) {
            entry->gender = next_word(reading, gender_word, LIST_GENDER_FEMALE + 1);
        } else if (key_is(reading, "listed")) {
            entry->listed = next_date(reading);
        } else if (key_is(reading, "act")) {
            entry->act = next_text(reading);
        } else if (key_is(reading, "remarks")) {
            entry->remarks = next_text(reading);
        } else if (!read_set(reading)) {
            (void)fail(reading, LIST_LINE_KEY);
        }
    }
}

static void code_take(struct reading *reading, char target[LIST_CODE_BYTES + 1])
{
    if (expect(reading, JSON_TOKEN_STRING)) {
        struct span code = token_text(reading);
        if (list_code_is_valid(code)) {
            memcpy(target, code.data, code.size);
        } else {
            (void)fail(reading, LIST_LINE_VALUE);
        }
    }
}

static void hash_take(struct reading *reading, u8 hash_out[LIST_SOURCE_HASH_BYTES])
{
    if (!expect(reading, JSON_TOKEN_STRING)) {
        return;
    }
    struct span digits = token_text(reading);
    if (digits.size != (size_t)2 * LIST_SOURCE_HASH_BYTES) {
        (void)fail(reading, LIST_LINE_VALUE);
        return;
    }
    for (size_t i = 0; i < digits.size; i += 1) {
        u8 digit = digits.data[i];
        bool is_digit = digit >= '0' && digit <= '9';
        if (!is_digit && !(digit >= 'a' && digit <= 'f')) {
            (void)fail(reading, LIST_LINE_VALUE);
            return;
        }
        u8 value = (u8)(is_digit ? digit - '0' : digit - 'a' + 10);
        hash_out[i / 2] = (u8)(hash_out[i / 2] << 4 | value);
    }
}

static u64 next_moment(struct reading *reading)
{
    u64 time_us = 0;
    if (expect(reading, JSON_TOKEN_STRING) && !moment_parse(token_text(reading), &time_us)) {
        (void)fail(reading, LIST_LINE_VALUE);
    }
    return time_us;
}

static void read_header(struct reading *reading, struct list_header *header)
{
    while (next_key(reading)) {
        if (key_is(reading, "list")) {
            code_take(reading, header->list);
        } else if (key_is(reading, "format")) {
            code_take(reading, header->format);
        } else if (key_is(reading, "published")) {
            header->published = next_date(reading);
        } else if (key_is(reading, "source_hash")) {
            hash_take(reading, header->source_hash);
        } else if (key_is(reading, "rows_in")) {
            header->rows_in = next_number(reading, UINT64_MAX);
        } else if (key_is(reading, "entries")) {
            header->entries_count = next_number(reading, UINT64_MAX);
        } else if (key_is(reading, "rows_merged")) {
            header->rows_merged = next_number(reading, UINT64_MAX);
        } else if (key_is(reading, "rows_refused")) {
            header->rows_refused = next_number(reading, UINT64_MAX);
        } else if (key_is(reading, "load")) {
            header->load = (u32)next_number(reading, UINT32_MAX);
        } else if (key_is(reading, "recorded")) {
            header->recorded_us = next_moment(reading);
        } else if (key_is(reading, "kept")) {
            header->kept = next_number(reading, UINT64_MAX);
        } else if (key_is(reading, "stale_from")) {
            header->stale_from_us = next_moment(reading);
        } else if (key_is(reading, "stale")) {
            header->stale = next_truth(reading);
        } else {
            (void)fail(reading, LIST_LINE_KEY);
        }
    }
}

/* Reads the one object of the line. */
static enum list_line_fault line_read(struct reading *reading, struct span line,
                                      struct list_header *header)
{
    reading->fault = LIST_LINE_OK;
    if (line.size > LIST_LINE_BYTES) {
        return LIST_LINE_TOO_LARGE;
    }
    json_pull_begin(&reading->pull, line);
    if (expect(reading, JSON_TOKEN_OBJECT_BEGIN)) {
        if (header != NULL) {
            read_header(reading, header);
        } else {
            read_entry(reading);
        }
    }
    (void)expect(reading, JSON_TOKEN_END);
    return reading->fault;
}

enum list_line_fault list_entry_read(struct list_entry *entry, struct span line)
{
    list_entry_clear(entry);
    struct reading reading;
    reading.entry = entry;
    enum list_line_fault fault = line_read(&reading, line, NULL);
    if (fault == LIST_LINE_OK && entry->overflown) {
        return LIST_LINE_TOO_LARGE;
    }
    bool is_whole = entry->id.size > 0 && entry->names_count + entry->wallets_count > 0;
    return fault == LIST_LINE_OK && !is_whole ? LIST_LINE_VALUE : fault;
}

enum list_line_fault list_header_read(struct list_header *header, struct span line)
{
    *header = (struct list_header){0};
    struct reading reading;
    reading.entry = NULL;
    enum list_line_fault fault = line_read(&reading, line, header);
    return fault == LIST_LINE_OK && header->list[0] == 0 ? LIST_LINE_VALUE : fault;
}

const char *list_line_fault_text(enum list_line_fault fault)
{
    switch (fault) {
    case LIST_LINE_OK:
        return "fine";
    case LIST_LINE_JSON:
        return "not one JSON object of the normal form";
    case LIST_LINE_KEY:
        return "a key that the normal form does not have";
    case LIST_LINE_VALUE:
        return "a value that its key cannot have";
    case LIST_LINE_TOO_LARGE:
        return "more of something than an entry holds";
    }
    return "";
}
