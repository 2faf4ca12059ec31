/* What an officer did: here, at the desk, in the queue. Nobody else's. */
#include "base/check.h"
#include "role/office/office_inner.h"
#include "wire/json_pull.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_USUAL  100U
#define SOURCES     3U
#define WORD_BYTES  72U
#define S_MS        1000ULL
#define MS_US       1000ULL
#define TIME_MS_MAX 9000000000000000ULL

enum what { WHAT_HERE, WHAT_ACT, WHAT_CASE };

struct action {
    u64 time_ms;
    u64 number; /* in the log, or of the command; 0: none */
    enum what what;
    bool is_view;
    char name[WORD_BYTES]; /* of the case; empty: none */
    char act[WORD_BYTES];
};

/* Of the one answer at a time. */
static struct {
    u32 count;
    bool is_complete;
    u64 from_ms;
    u64 until_ms;
    u64 limit;
    char text[OFFICE_ABOUT_BYTES_MAX + 1];
    struct action list[SOURCES * OFFICE_ROWS_MAX];
} mine;

/* ---- what is wanted ---- */

/* A number of the query; `otherwise` where it is not given. False: it is none. */
static bool number_of(const struct office *office, const char *name, u64 otherwise, u64 maximum,
                      u64 *number_out)
{
    char text[24];
    bool given = false;
    bool is_read = office_query_text(office->request->query, name, text, sizeof(text), &given);
    *number_out = otherwise;
    if (!given || (is_read && text[0] == 0)) {
        return true;
    }
    if (!is_read || strlen(text) > 18 || strspn(text, "0123456789") != strlen(text)) {
        return false;
    }
    *number_out = strtoull(text, NULL, 10);
    return *number_out > 0 && *number_out <= maximum;
}

static bool wanted_read(const struct office *office)
{
    bool given = false;
    bool is_read =
        office_query_text(office->request->query, "text", mine.text, sizeof(mine.text), &given);
    if (!given) {
        mine.text[0] = 0;
    }
    return (!given || is_read) && number_of(office, "from", 0, TIME_MS_MAX, &mine.from_ms) &&
           number_of(office, "until", TIME_MS_MAX, TIME_MS_MAX, &mine.until_ms) &&
           number_of(office, "limit", ROWS_USUAL, OFFICE_ROWS_MAX, &mine.limit);
}

static void action_add(const struct action *action)
{
    bool fits = mine.text[0] == 0 || strstr(action->name, mine.text) != NULL ||
                strstr(action->act, mine.text) != NULL;
    if (fits && mine.count < ARRAY_COUNT(mine.list)) {
        mine.list[mine.count] = *action;
        mine.count += 1;
    }
}

/* ---- here ---- */

static const char *act_here(const struct office_row *row)
{
    switch (row->what) {
    case OFFICE_WHAT_SIGN_IN:
        return row->about;
    case OFFICE_WHAT_VIEW:
    case OFFICE_WHAT_QUEUE_VIEW:
        return "";
    case OFFICE_WHAT_ADDED:
        return "key-added";
    case OFFICE_WHAT_REMOVED:
        return "key-removed";
    }
    return "";
}

static enum fault here_take(struct office *office)
{
    u32 count = 0;
    TRY(office_rows_of(office->store, office->person->officer.number, mine.from_ms, mine.until_ms,
                       span_of_text(""), OFFICE_ROWS_MAX, office->rows, &count));
    for (u32 i = 0; i < count; i += 1) {
        const struct office_row *row = &office->rows[i];
        struct action action = {.time_ms = row->time_ms, .what = WHAT_HERE};
        action.is_view = row->what == OFFICE_WHAT_VIEW || row->what == OFFICE_WHAT_QUEUE_VIEW;
        (void)snprintf(action.name, sizeof(action.name), "%s", action.is_view ? row->about : "");
        (void)snprintf(action.act, sizeof(action.act), "%s", act_here(row));
        action_add(&action);
    }
    mine.is_complete = mine.is_complete && count < OFFICE_ROWS_MAX;
    return FAULT_NONE;
}

/* ---- elsewhere ---- */

/* A value behind a name that is known; others are passed over. */
static bool value_take(struct json_pull *pull, struct span name, enum what what,
                       struct action *action)
{
    char text[WORD_BYTES] = "";
    struct span value;
    u8 bytes[WORD_BYTES];
    enum json_token token = json_pull_next(pull);
    if (token == JSON_TOKEN_OBJECT_BEGIN || token == JSON_TOKEN_ARRAY_BEGIN) {
        return json_pull_skip(pull);
    }
    if ((token != JSON_TOKEN_STRING && token != JSON_TOKEN_NUMBER) ||
        pull->raw.size >= sizeof(text)) {
        return token != JSON_TOKEN_BAD;
    }
    if (!json_pull_text(pull, bytes, sizeof(bytes), &value) ||
        !span_copy(value, text, sizeof(text) - 1)) {
        return false;
    }
    if (span_equal(name, span_of_text("time_s"))) {
        action->time_ms = strtoull(text, NULL, 10) * S_MS;
    } else if (span_equal(name, span_of_text("time_us"))) {
        action->time_ms = strtoull(text, NULL, 10) / MS_US;
    } else if (span_equal(name, span_of_text(what == WHAT_ACT ? "log" : "seq"))) {
        action->number = strtoull(text, NULL, 10);
    } else if (span_equal(name, span_of_text("case"))) {
        memcpy(action->name, text, sizeof(action->name));
    } else if (span_equal(name, span_of_text("act"))) {
        memcpy(action->act, text, sizeof(action->act));
    }
    return true;
}

static bool action_take(struct json_pull *pull, enum what what)
{
    struct action action = {.what = what};
    for (enum json_token token = json_pull_next(pull); token != JSON_TOKEN_OBJECT_END;
         token = json_pull_next(pull)) {
        if (token != JSON_TOKEN_KEY || !value_take(pull, pull->raw, what, &action)) {
            return false;
        }
    }
    action_add(&action);
    return true;
}

/* The objects of "acts" in an answer; false: it is none. *count_out: how many. */
static bool actions_take(struct span answer, enum what what, u32 *count_out)
{
    static struct json_pull pull;
    bool is_list = false;
    *count_out = 0;
    json_pull_begin(&pull, answer);
    for (enum json_token token = json_pull_next(&pull); token != JSON_TOKEN_END;
         token = json_pull_next(&pull)) {
        if (token == JSON_TOKEN_BAD) {
            return false;
        }
        if (token == JSON_TOKEN_KEY) {
            is_list = span_equal(pull.raw, span_of_text("acts"));
        }
        bool is_row = token == JSON_TOKEN_OBJECT_BEGIN && is_list;
        if (is_row && !action_take(&pull, what)) {
            return false;
        }
        *count_out += is_row ? 1 : 0;
    }
    return true;
}

static bool desk_take(struct office *office)
{
    struct span rest;
    u32 count = 0;
    int size = snprintf(office->question, sizeof(office->question),
                        "by %s from=%llu until=%llu limit=%u\n", office->person->officer.code,
                        (unsigned long long)(mine.from_ms / S_MS),
                        (unsigned long long)((mine.until_ms + S_MS - 1) / S_MS), OFFICE_ROWS_MAX);
    CHECK(size > 0 && (size_t)size < sizeof(office->question));
    if (office_desk_ask(office, span_of(office->question, (size_t)size), "by", &rest) !=
        FAULT_NONE) {
        fault_forget();
        return false;
    }
    return actions_take(rest, WHAT_ACT, &count) && count < OFFICE_ROWS_MAX;
}

static bool queue_take(struct office *office)
{
    struct span answer;
    u32 count = 0;
    int size =
        snprintf(office->question, sizeof(office->question),
                 "{\"ask\":\"acts\",\"officer\":%u,\"from_us\":%llu,\"until_us\":%llu,"
                 "\"limit\":%u}\n",
                 office->person->officer.number,
                 (unsigned long long)u64_min(mine.from_ms * MS_US, INT64_MAX),
                 (unsigned long long)u64_min(mine.until_ms * MS_US, INT64_MAX), OFFICE_ROWS_MAX);
    CHECK(size > 0 && (size_t)size < sizeof(office->question));
    return office_line_ask(&office->cases, span_of(office->question, (size_t)size), &answer) &&
           actions_take(answer, WHAT_CASE, &count) && count < OFFICE_ROWS_MAX;
}

/* ---- the answer ---- */

static int newest_first(const void *one, const void *other)
{
    u64 left = ((const struct action *)one)->time_ms;
    u64 right = ((const struct action *)other)->time_ms;
    return left > right ? -1 : left < right ? 1 : 0;
}

static void text_or_null(struct office *office, const char *name, const char *text)
{
    json_key(&office->json, name);
    if (text[0] == 0) {
        json_put_null(&office->json);
    } else {
        json_put_text(&office->json, text);
    }
}

static void number_or_null(struct office *office, const char *name, u64 number)
{
    json_key(&office->json, name);
    if (number == 0) {
        json_put_null(&office->json);
    } else {
        json_put_u64(&office->json, number);
    }
}

static void action_put(struct office *office, const struct action *action)
{
    const char *what = action->what == WHAT_ACT    ? "act"
                       : action->what == WHAT_CASE ? "case"
                       : action->is_view           ? "view"
                                                   : "sign-in";
    json_object_begin(&office->json);
    json_field_u64(&office->json, "time", action->time_ms);
    json_field_text(&office->json, "what", what);
    text_or_null(office, "case", action->name);
    text_or_null(office, "act", action->act);
    number_or_null(office, "log", action->what == WHAT_ACT ? action->number : 0);
    number_or_null(office, "seq", action->what == WHAT_CASE ? action->number : 0);
    json_object_end(&office->json);
}

struct http_reply office_mine(struct office *office)
{
    if (!wanted_read(office)) {
        return office_refuse(office, 400, "query", "text, from, until or limit");
    }
    mine.count = 0;
    mine.is_complete = true;
    enum fault fault = here_take(office);
    if (fault != FAULT_NONE) {
        return office_fail(office, fault);
    }
    bool has_desk = office->person->role[0] == 0 || desk_take(office);
    bool has_queue = queue_take(office);
    qsort(mine.list, mine.count, sizeof(mine.list[0]), newest_first);
    mine.is_complete = mine.is_complete && has_desk && has_queue && mine.count <= mine.limit;
    office_json_begin(office);
    json_key(&office->json, "actions");
    json_array_begin(&office->json);
    for (u32 i = 0; i < mine.count && i < mine.limit; i += 1) {
        action_put(office, &mine.list[i]);
    }
    json_array_end(&office->json);
    json_field_bool(&office->json, "complete", mine.is_complete);
    return office_json_say(office);
}
