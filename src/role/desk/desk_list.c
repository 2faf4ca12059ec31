#include "role/desk/desk_list.h"

#include "base/check.h"
#include "wire/moment.h"

#include <stdlib.h>
#include <string.h>

#define US 1000000ULL

/* ---- the filter ---- */

static bool number_take(enum desk_words words, struct span value, u8 *target)
{
    *target = (u8)desk_word_number(words, value);
    return *target != 0;
}

static bool limit_take(struct span value, u32 *limit_out)
{
    u32 limit = 0;
    for (size_t i = 0; i < value.size && value.size < 6; i += 1) {
        if (value.data[i] < '0' || value.data[i] > '9') {
            return false;
        }
        limit = limit * 10 + (u32)(value.data[i] - '0');
    }
    *limit_out = limit;
    return limit > 0 && limit <= DESK_LIST_LIMIT;
}

static bool truth_take(struct span value, bool *target)
{
    *target = span_equal(value, span_of_text("yes"));
    return *target;
}

static const char *word_take(struct desk_filter *filter, struct span name, struct span value)
{
    static const char none[] = "a word is none of state=, request=, class=, urgency=, country=, "
                               "authority=, alarm=yes, all=yes, limit=";
    bool is_it = false;
    if (span_equal(name, span_of_text("state"))) {
        filter->is_all = true;
        is_it = number_take(DESK_WORDS_STATE, value, &filter->state);
    } else if (span_equal(name, span_of_text("request"))) {
        is_it = number_take(DESK_WORDS_REQUEST, value, &filter->request);
    } else if (span_equal(name, span_of_text("class"))) {
        is_it = number_take(DESK_WORDS_CLASS, value, &filter->class);
    } else if (span_equal(name, span_of_text("urgency"))) {
        is_it = number_take(DESK_WORDS_URGENCY, value, &filter->urgency);
    } else if (span_equal(name, span_of_text("country"))) {
        is_it = value.size == 2 && span_copy(value, filter->country, 2);
    } else if (span_equal(name, span_of_text("authority"))) {
        is_it = value.size > 0 && span_copy(value, filter->authority, DESK_AUTHORITY_BYTES - 1);
    } else if (span_equal(name, span_of_text("alarm"))) {
        is_it = truth_take(value, &filter->is_alarmed);
    } else if (span_equal(name, span_of_text("all"))) {
        is_it = truth_take(value, &filter->is_all);
    } else if (span_equal(name, span_of_text("limit"))) {
        is_it = limit_take(value, &filter->limit);
    } else {
        return none;
    }
    return is_it ? NULL : "a value that this word does not have";
}

const char *desk_filter_read(struct span words, struct desk_filter *filter_out)
{
    struct span rest = words;
    memset(filter_out, 0, sizeof(*filter_out));
    while (rest.size > 0) {
        const u8 *blank = memchr(rest.data, ' ', rest.size);
        size_t size = blank == NULL ? rest.size : (size_t)(blank - rest.data);
        const u8 *sign = size == 0 ? NULL : memchr(rest.data, '=', size);
        size_t before = sign == NULL ? 0 : (size_t)(sign - rest.data);
        if (sign == NULL || (blank != NULL && size + 1 == rest.size)) {
            return "words are NAME=VALUE with one blank between them";
        }
        const char *why =
            word_take(filter_out, span_of(rest.data, before), span_of(sign + 1, size - before - 1));
        if (why != NULL) {
            return why;
        }
        rest = span_after(rest, blank == NULL ? size : size + 1);
    }
    return NULL;
}

static bool fits(const struct desk_case *at, const struct desk_filter *filter, u64 now_s)
{
    return (filter->is_all || !desk_case_is_over(at)) &&
           (filter->state == 0 || filter->state == at->state) &&
           (filter->request == 0 || filter->request == at->request) &&
           (filter->class == 0 || filter->class == at->class) &&
           (filter->urgency == 0 || filter->urgency == at->urgency) &&
           (filter->country[0] == 0 ||
            memcmp(filter->country, at->country, sizeof(filter->country)) == 0) &&
           (filter->authority[0] == 0 || strcmp(filter->authority, at->authority) == 0) &&
           (!filter->is_alarmed || desk_alarm(at, now_s) != 0);
}

/* ---- clocks ---- */

static bool is_unanswered(const struct desk_case *at)
{
    return at->state < DESK_STATE_DELIVERED && at->state != DESK_STATE_REJECTED &&
           at->state != DESK_STATE_PRESERVED;
}

u64 desk_case_due(const struct desk_case *at)
{
    bool is_urgent = at->urgency == DESK_URGENCY_EMERGENCY;
    bool is_paper = !span_is_zero(span_of(at->instrument, sizeof(at->instrument)));
    u64 due_s = UINT64_MAX;
    if (desk_case_is_over(at)) {
        return UINT64_MAX;
    }
    if (is_unanswered(at)) {
        due_s = at->received_s + (is_urgent ? DESK_ANSWER_EMERGENCY_S : DESK_ANSWER_S);
    }
    if (is_urgent && !is_paper && !at->is_lapsed) {
        due_s = u64_min(due_s, at->received_s + DESK_INSTRUMENT_S);
    }
    if (at->state == DESK_STATE_PRESERVED) {
        due_s = u64_min(due_s, at->until_s);
    }
    if (at->state == DESK_STATE_APPROVED || at->state == DESK_STATE_LOGGED) {
        due_s = u64_min(due_s, at->grant_until_s);
    }
    if (at->was_silent && !at->was_noticed) {
        due_s = u64_min(due_s, at->silence_s);
    }
    return due_s;
}

/* ---- JSON ---- */

static void put_moment(struct json_writer *json, const char *name, u64 seconds)
{
    char text[MOMENT_TEXT_BYTES];
    json_key(json, name);
    if (seconds == 0 || seconds > UINT64_MAX / US || !moment_print(seconds * US, text)) {
        json_put_null(json);
    } else {
        json_put_text(json, text);
    }
}

static void put_hex(struct json_writer *json, const char *name, const u8 *bytes, size_t size)
{
    json_key(json, name);
    json_put_hex(json, span_of(bytes, size));
}

static void put_alarms(struct json_writer *json, u32 alarms)
{
    json_key(json, "alarms");
    json_array_begin(json);
    if ((alarms & DESK_ALARM_SILENCE) != 0) {
        json_put_text(json, "silence");
    }
    if ((alarms & DESK_ALARM_INSTRUMENT) != 0) {
        json_put_text(json, "instrument");
    }
    if ((alarms & DESK_ALARM_NOTICE) != 0) {
        json_put_text(json, "notice");
    }
    json_array_end(json);
}

/* What a line of the queue has. */
static void put_head(struct json_writer *json, const struct desk_case *at, u64 now_s)
{
    u64 due_s = desk_case_due(at);
    put_hex(json, "case", at->name, sizeof(at->name));
    json_field_text(json, "state", desk_word(DESK_WORDS_STATE, at->state));
    json_field_text(json, "request", desk_word(DESK_WORDS_REQUEST, at->request));
    json_field_text(json, "class", desk_word(DESK_WORDS_CLASS, at->class));
    json_field_text(json, "urgency", desk_word(DESK_WORDS_URGENCY, at->urgency));
    json_field_text(json, "country", at->country);
    json_field_text(json, "authority", at->authority);
    json_field_text(json, "reference", at->reference);
    json_field_u64(json, "people", at->people_count);
    put_moment(json, "received", at->received_s);
    put_moment(json, "moved", at->moved_s);
    put_moment(json, "due", due_s == UINT64_MAX ? 0 : due_s);
    json_field_bool(json, "late", due_s < now_s);
    put_alarms(json, desk_alarm(at, now_s));
}

static int places_compare(const void *a, const void *b)
{
    const struct desk_place *one = a;
    const struct desk_place *other = b;
    if (one->due_s != other->due_s) {
        return one->due_s < other->due_s ? -1 : 1;
    }
    return one->place == other->place ? 0 : one->place < other->place ? -1 : 1;
}

void desk_list_put(struct json_writer *json, const struct desk *desk,
                   const struct desk_filter *filter, u64 now_s, struct desk_place *places)
{
    u32 all = 0;
    u32 limit = filter->limit == 0 ? DESK_LIST_LIMIT : filter->limit;
    for (u32 i = 0; i < desk->cases_count; i += 1) {
        if (fits(&desk->cases[i], filter, now_s)) {
            places[all] = (struct desk_place){.due_s = desk_case_due(&desk->cases[i]), .place = i};
            all += 1;
        }
    }
    if (all > 0) {
        qsort(places, all, sizeof(places[0]), places_compare);
    }
    u32 count = all < limit ? all : limit;
    json_object_begin(json);
    json_key(json, "cases");
    json_array_begin(json);
    for (u32 i = 0; i < count; i += 1) {
        json_object_begin(json);
        put_head(json, &desk->cases[places[i].place], now_s);
        json_object_end(json);
    }
    json_array_end(json);
    json_field_u64(json, "count", count);
    json_field_u64(json, "all", all);
    json_object_end(json);
}

static void put_records(struct json_writer *json, const char *name,
                        const struct desk_record *records, u32 count)
{
    json_key(json, name);
    json_array_begin(json);
    for (u32 i = 0; i < count; i += 1) {
        json_object_begin(json);
        json_field_u64(json, "person", records[i].ordinal);
        json_field_text(json, "group", desk_word(DESK_WORDS_GROUP, records[i].group));
        json_field_u64(json, "from_day", records[i].from_day);
        json_field_u64(json, "to_day", records[i].to_day);
        json_object_end(json);
    }
    json_array_end(json);
}

static void put_approvals(struct json_writer *json, const struct desk_case *at)
{
    json_key(json, "approvals");
    json_array_begin(json);
    for (u32 i = 0; i < at->approvals_count; i += 1) {
        json_object_begin(json);
        json_field_u64(json, "officer", at->approvals[i].person);
        json_field_text(json, "role", desk_word(DESK_WORDS_ROLE, at->approvals[i].role));
        json_field_text(json, "region", at->approvals[i].region);
        json_object_end(json);
    }
    json_array_end(json);
}

void desk_case_put(struct json_writer *json, const struct desk_case *at, u64 now_s)
{
    json_object_begin(json);
    put_head(json, at, now_s);
    json_field_text(json, "mark", desk_word(DESK_WORDS_MARK, at->mark));
    json_field_text(json, "opening", desk_word(DESK_WORDS_OPENING, at->opening));
    json_field_text(json, "basis", desk_word(DESK_WORDS_BASIS, at->basis));
    json_field_text(json, "reason",
                    at->reason == 0 ? "none" : desk_word(DESK_WORDS_REASON, at->reason));
    put_hex(json, "instrument", at->instrument, sizeof(at->instrument));
    json_field_u64(json, "acts", at->steps);
    json_field_bool(json, "called_back", at->is_called);
    json_field_bool(json, "lapsed", at->is_lapsed);
    json_field_bool(json, "opened", at->was_opened);
    json_field_bool(json, "noticed", at->was_noticed);
    if (at->class == DESK_CLASS_SEARCH) {
        json_field_bool(json, "counted", at->is_counted);
        json_field_u64(json, "found", at->found_count);
    }
    put_moment(json, "silent_until", at->silence_s);
    put_moment(json, "grant_until", at->is_prepared ? at->grant_until_s : 0);
    if (at->is_prepared) {
        put_hex(json, "grant", at->grant, sizeof(at->grant));
    }
    put_hex(json, "prior", at->prior, sizeof(at->prior));
    put_approvals(json, at);
    put_records(json, "asked", at->asked, at->asked_count);
    put_records(json, "granted", at->granted, at->granted_count);
    json_object_end(json);
}

void desk_authority_put(struct json_writer *json, const struct desk_authority *at)
{
    json_object_begin(json);
    json_field_text(json, "name", at->name);
    json_field_text(json, "country", at->country);
    json_field_text(json, "type", desk_word(DESK_WORDS_TYPE, at->type));
    json_field_text(json, "recipient", at->recipient);
    json_field_text(json, "telephone", at->telephone);
    json_field_bool(json, "confirmed", at->is_confirmed);
    json_field_bool(json, "struck", at->is_struck);
    put_hex(json, "prior", at->prior, sizeof(at->prior));
    json_object_end(json);
}
