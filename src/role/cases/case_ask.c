#include "role/cases/case_ask.h"

#include "base/span.h"
#include "role/cases/case_json.h"
#include "wire/json_pull.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define VALUE_BYTES 96U
#define PLACE_PARTS 3U

enum field {
    FIELD_ASK,
    FIELD_STATE,
    FIELD_KIND,
    FIELD_PERSON,
    FIELD_ACCOUNT,
    FIELD_OWNER,
    FIELD_DUE_BEFORE,
    FIELD_ALL,
    FIELD_CASE,
    FIELD_LANGUAGE,
    FIELD_AT,
    FIELD_OFFICER,
    FIELD_FROM,
    FIELD_UNTIL,
    FIELD_LIMIT,
    FIELD_AFTER,
    FIELDS_COUNT
};

enum { OF_LIST = 1 << CASE_ASK_LIST, OF_SHOW = 1 << CASE_ASK_SHOW };
enum { OF_INBOX = 1 << CASE_ASK_INBOX, OF_REPORTS = 1 << CASE_ASK_REPORTS };
enum { OF_WHITELISTED = 1 << CASE_ASK_WHITELISTED, OF_ACTS = 1 << CASE_ASK_ACTS };
enum { OF_ALL = OF_LIST | OF_SHOW | OF_INBOX | OF_REPORTS | OF_WHITELISTED | OF_ACTS };

enum value_kind { VALUE_TEXT, VALUE_NUMBER, VALUE_TRUTH };

struct field_row {
    const char *name;
    enum value_kind kind;
    u32 asks; /* in which questions it may stand */
    u64 minimum;
    u64 maximum;
};

static const struct field_row fields[FIELDS_COUNT] = {
    [FIELD_ASK] = {"ask", VALUE_TEXT, OF_ALL, 0, 0},
    [FIELD_STATE] = {"state", VALUE_TEXT, OF_LIST, 0, 0},
    [FIELD_KIND] = {"kind", VALUE_TEXT, OF_LIST, 0, 0},
    [FIELD_PERSON] = {"person", VALUE_NUMBER, OF_LIST, 1, UINT32_MAX},
    /* There is an account 0, and its inbox; as a filter it would be none. */
    [FIELD_ACCOUNT] = {"account", VALUE_NUMBER, OF_LIST | OF_INBOX, 0, UINT32_MAX - 1},
    [FIELD_OWNER] = {"owner", VALUE_NUMBER, OF_LIST, 1, UINT32_MAX},
    [FIELD_DUE_BEFORE] = {"due_before_us", VALUE_NUMBER, OF_LIST, 1, INT64_MAX},
    [FIELD_ALL] = {"all", VALUE_TRUTH, OF_LIST | OF_REPORTS, 0, 0},
    [FIELD_CASE] = {"case", VALUE_TEXT, OF_SHOW, 0, 0},
    [FIELD_LANGUAGE] = {"language", VALUE_TEXT, OF_INBOX, 0, 0},
    [FIELD_AT] = {"at_us", VALUE_NUMBER, OF_REPORTS, 1, INT64_MAX},
    [FIELD_OFFICER] = {"officer", VALUE_NUMBER, OF_ACTS, 1, UINT32_MAX},
    [FIELD_FROM] = {"from_us", VALUE_NUMBER, OF_ACTS, 0, INT64_MAX},
    [FIELD_UNTIL] = {"until_us", VALUE_NUMBER, OF_ACTS, 1, INT64_MAX},
    [FIELD_LIMIT] = {"limit", VALUE_NUMBER, OF_ALL, 1, CASE_ASK_ROWS_MAX},
    [FIELD_AFTER] = {"after", VALUE_TEXT, OF_ALL, 0, 0},
};

struct value {
    bool given;
    bool truth;
    u64 number;
    struct span text; /* in the line, or in `bytes` */
    u8 bytes[VALUE_BYTES];
};

struct reading {
    struct json_pull pull;
    struct value values[FIELDS_COUNT];
    struct case_ask *ask;
    struct case_refusal *refusal;
};

void case_refuse(struct case_refusal *refusal, const char *field, const char *format, ...)
{
    va_list arguments;
    (void)snprintf(refusal->field, sizeof(refusal->field), "%s", field);
    va_start(arguments, format);
    (void)vsnprintf(refusal->reason, sizeof(refusal->reason), format, arguments);
    va_end(arguments);
}

static bool refuse(struct reading *reading, enum field field, const char *reason)
{
    case_refuse(reading->refusal, fields[field].name, "%s", reason);
    return false;
}

static bool refuse_line(struct reading *reading)
{
    struct json_pull *pull = &reading->pull;
    if (pull->fault == JSON_PULL_FINE) {
        case_refuse(reading->refusal, "", "a line is one JSON object");
    } else {
        case_refuse(reading->refusal, "", "byte %zu: %s", pull->at,
                    json_pull_fault_text((enum json_pull_fault)pull->fault));
    }
    return false;
}

/* ---- the object ---- */

/* The field of the key that was just read. FIELDS_COUNT: there is none, and that is told. */
static enum field field_of(struct reading *reading)
{
    char name[CASE_FIELD_BYTES];
    struct span text = {.data = NULL};
    u8 bytes[CASE_FIELD_BYTES];
    if (!json_pull_text(&reading->pull, bytes, sizeof(bytes), &text) || text.size >= sizeof(name)) {
        case_refuse(reading->refusal, "", "byte %zu: there is no field with so long a name",
                    reading->pull.at);
        return FIELDS_COUNT;
    }
    if (text.size > 0) {
        memcpy(name, text.data, text.size);
    }
    name[text.size] = 0;
    for (u32 i = 0; i < FIELDS_COUNT; i += 1) {
        if (span_equal(text, span_of_text(fields[i].name))) {
            return (enum field)i;
        }
    }
    case_refuse(reading->refusal, name, "there is no such field");
    return FIELDS_COUNT;
}

static bool take_number(struct reading *reading, enum field field)
{
    const struct field_row *row = &fields[field];
    u64 *number = &reading->values[field].number;
    if (!case_parse_digits(reading->pull.raw, UINT64_MAX, number) || *number < row->minimum ||
        *number > row->maximum) {
        case_refuse(reading->refusal, row->name, "is not a whole number from %llu to %llu",
                    (unsigned long long)row->minimum, (unsigned long long)row->maximum);
        return false;
    }
    return true;
}

static bool take_value(struct reading *reading, enum field field)
{
    struct value *value = &reading->values[field];
    enum json_token token = json_pull_next(&reading->pull);
    value->given = true;
    if (token == JSON_TOKEN_BAD) {
        return refuse_line(reading);
    }
    switch (fields[field].kind) {
    case VALUE_TEXT:
        if (token != JSON_TOKEN_STRING) {
            return refuse(reading, field, "wants a text");
        }
        return json_pull_text(&reading->pull, value->bytes, sizeof(value->bytes), &value->text) &&
                       value->text.size < VALUE_BYTES
                   ? true
                   : refuse(reading, field, "is too long");
    case VALUE_NUMBER:
        return token == JSON_TOKEN_NUMBER ? take_number(reading, field)
                                          : refuse(reading, field, "wants a whole number");
    case VALUE_TRUTH:
        value->truth = token == JSON_TOKEN_TRUE;
        return token == JSON_TOKEN_TRUE || token == JSON_TOKEN_FALSE
                   ? true
                   : refuse(reading, field, "wants true or false");
    }
    return false;
}

static bool take_object(struct reading *reading)
{
    struct json_pull *pull = &reading->pull;
    if (json_pull_next(pull) != JSON_TOKEN_OBJECT_BEGIN) {
        return refuse_line(reading);
    }
    for (enum json_token token = json_pull_next(pull); token != JSON_TOKEN_OBJECT_END;
         token = json_pull_next(pull)) {
        if (token != JSON_TOKEN_KEY) {
            return refuse_line(reading);
        }
        enum field field = field_of(reading);
        if (field == FIELDS_COUNT || !take_value(reading, field)) {
            return false;
        }
    }
    return json_pull_next(pull) == JSON_TOKEN_END ? true : refuse_line(reading);
}

/* ---- its fields ---- */

/* The place of a text among names, from 1 on; 0 where it is not given. False: it is none of them.
 */
static bool word_of(struct reading *reading, enum field field, u32 count, const char *(*name)(u32),
                    u32 *place_out)
{
    const struct value *value = &reading->values[field];
    *place_out = 0;
    if (!value->given) {
        return true;
    }
    for (u32 i = 1; i < count; i += 1) {
        if (span_equal(value->text, span_of_text(name(i)))) {
            *place_out = i;
            return true;
        }
    }
    return refuse(reading, field, "is none of its words");
}

static const char *ask_name(u32 kind)
{
    static const char *const names[CASE_ASK_KINDS_COUNT] = {
        "", "list", "show", "inbox", "reports", "whitelisted", "acts"};
    return names[kind];
}

static const char *language_name(u32 place)
{
    static const char *const names[] = {"", "en", "fr"};
    return names[place];
}

/* What an answer gave as `next`: numbers with dots between. */
static bool place_of(struct reading *reading, u32 count, u64 parts_out[PLACE_PARTS])
{
    struct span text = reading->values[FIELD_AFTER].text;
    for (u32 i = 0; i < count; i += 1) {
        size_t size = 0;
        while (size < text.size && text.data[size] != '.') {
            size += 1;
        }
        bool is_last = i + 1 == count;
        if (!case_parse_digits(span_piece(text, 0, size), INT64_MAX, &parts_out[i]) ||
            is_last != (size == text.size)) {
            return refuse(reading, FIELD_AFTER, "is not what \"next\" of such an answer was");
        }
        text = is_last ? text : span_piece(text, size + 1, text.size - size - 1);
    }
    return true;
}

static bool after_row(struct reading *reading)
{
    u64 parts[PLACE_PARTS] = {0};
    if (!reading->values[FIELD_AFTER].given) {
        return true;
    }
    if (!place_of(reading, 3, parts)) {
        return false;
    }
    reading->ask->filter.after =
        (struct case_place){.is_closed = parts[0] != 0, .order = parts[1], .matter = parts[2]};
    return parts[0] <= 1 ? true : refuse(reading, FIELD_AFTER, "is not what \"next\" was");
}

static bool list_of(struct reading *reading)
{
    const struct value *values = reading->values;
    struct case_filter *filter = &reading->ask->filter;
    if (values[FIELD_ACCOUNT].given && values[FIELD_ACCOUNT].number == 0) {
        return refuse(reading, FIELD_ACCOUNT, "no case is of account 0");
    }
    filter->open_only = !values[FIELD_ALL].truth;
    filter->person = (u32)values[FIELD_PERSON].number;
    filter->account = (u32)values[FIELD_ACCOUNT].number;
    filter->owner = (u32)values[FIELD_OWNER].number;
    filter->due_us = values[FIELD_DUE_BEFORE].number;
    return word_of(reading, FIELD_KIND, CASE_KIND_COUNT, case_kind_name, &filter->kind) &&
           word_of(reading, FIELD_STATE, CASE_STATE_COUNT, case_state_name, &filter->state) &&
           after_row(reading);
}

static bool show_of(struct reading *reading)
{
    u64 parts[PLACE_PARTS] = {0};
    const struct value *value = &reading->values[FIELD_CASE];
    if (!value->given) {
        return refuse(reading, FIELD_CASE, "is missing");
    }
    if (!case_parse_number(value->text, &reading->ask->matter)) {
        return refuse(reading, FIELD_CASE, "is not a number of a case, like 81723-0");
    }
    if (reading->values[FIELD_AFTER].given && !place_of(reading, 1, parts)) {
        return false;
    }
    reading->ask->acts_before = (u32)parts[0];
    return parts[0] <= UINT32_MAX ? true : refuse(reading, FIELD_AFTER, "is not what \"next\" was");
}

static bool inbox_of(struct reading *reading)
{
    u64 parts[PLACE_PARTS] = {0};
    u32 language = 0;
    struct case_ask *ask = reading->ask;
    if (!reading->values[FIELD_ACCOUNT].given) {
        return refuse(reading, FIELD_ACCOUNT, "is missing");
    }
    ask->account = (u32)reading->values[FIELD_ACCOUNT].number;
    ask->has_newer = reading->values[FIELD_AFTER].given;
    if (!word_of(reading, FIELD_LANGUAGE, LANGUAGES_COUNT + 1, language_name, &language) ||
        (ask->has_newer && !place_of(reading, 2, parts))) {
        return false;
    }
    ask->language = language == 0 ? LANGUAGE_EN : (enum language)(language - 1);
    ask->newer.seq = parts[0];
    ask->newer.item = (u32)parts[1];
    return parts[1] <= UINT32_MAX ? true : refuse(reading, FIELD_AFTER, "is not what \"next\" was");
}

static bool reports_of(struct reading *reading)
{
    reading->ask->filter.reports_only = true;
    reading->ask->filter.open_only = !reading->values[FIELD_ALL].truth;
    reading->ask->at_us = reading->values[FIELD_AT].number;
    return after_row(reading);
}

static bool whitelisted_of(struct reading *reading)
{
    u64 parts[PLACE_PARTS] = {0};
    if (reading->values[FIELD_AFTER].given && !place_of(reading, 1, parts)) {
        return false;
    }
    reading->ask->rows_before = (u32)parts[0];
    return parts[0] <= UINT32_MAX ? true : refuse(reading, FIELD_AFTER, "is not what \"next\" was");
}

static bool acts_of(struct reading *reading)
{
    const struct value *values = reading->values;
    if (!values[FIELD_OFFICER].given) {
        return refuse(reading, FIELD_OFFICER, "is missing");
    }
    reading->ask->filter.owner = (u32)values[FIELD_OFFICER].number;
    reading->ask->from_us = values[FIELD_FROM].number;
    reading->ask->until_us = values[FIELD_UNTIL].given ? values[FIELD_UNTIL].number : INT64_MAX;
    return whitelisted_of(reading);
}

static bool limit_of(struct reading *reading)
{
    const struct value *value = &reading->values[FIELD_LIMIT];
    struct case_ask *ask = reading->ask;
    bool is_inbox = ask->kind == CASE_ASK_INBOX;
    u64 usual = is_inbox                     ? CASE_ASK_NOTICE_USUAL
                : ask->kind == CASE_ASK_LIST ? CASE_ASK_ROWS_USUAL
                                             : CASE_ASK_ROWS_MAX;
    ask->limit = (u32)(value->given ? value->number : usual);
    if (is_inbox && ask->limit > CASE_ASK_NOTICES_MAX) {
        case_refuse(reading->refusal, fields[FIELD_LIMIT].name,
                    "is not a whole number from 1 to %u", CASE_ASK_NOTICES_MAX);
        return false;
    }
    return true;
}

static bool kind_of(struct reading *reading)
{
    u32 kind = 0;
    if (!reading->values[FIELD_ASK].given) {
        return refuse(reading, FIELD_ASK, "is missing");
    }
    if (!word_of(reading, FIELD_ASK, CASE_ASK_KINDS_COUNT, ask_name, &kind)) {
        return false;
    }
    for (u32 i = 0; i < FIELDS_COUNT; i += 1) {
        if (reading->values[i].given && (fields[i].asks & 1U << kind) == 0) {
            case_refuse(reading->refusal, fields[i].name, "has no place in \"%s\"", ask_name(kind));
            return false;
        }
    }
    reading->ask->kind = (enum case_ask_kind)kind;
    return limit_of(reading);
}

bool case_ask_read(struct span line, struct case_ask *ask_out, struct case_refusal *refusal_out)
{
    struct reading reading = {.ask = ask_out, .refusal = refusal_out};
    memset(ask_out, 0, sizeof(*ask_out));
    memset(refusal_out, 0, sizeof(*refusal_out));
    if (line.size > CASE_ASK_BYTES_MAX) {
        case_refuse(refusal_out, "", "a line has at most %u bytes", CASE_ASK_BYTES_MAX);
        return false;
    }
    json_pull_begin(&reading.pull, line);
    if (!take_object(&reading) || !kind_of(&reading)) {
        return false;
    }
    switch (ask_out->kind) {
    case CASE_ASK_LIST:
        return list_of(&reading);
    case CASE_ASK_SHOW:
        return show_of(&reading);
    case CASE_ASK_INBOX:
        return inbox_of(&reading);
    case CASE_ASK_REPORTS:
        return reports_of(&reading);
    case CASE_ASK_WHITELISTED:
        return whitelisted_of(&reading);
    case CASE_ASK_ACTS:
        return acts_of(&reading);
    }
    return false;
}
