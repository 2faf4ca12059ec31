#include "role/gateway/records_http.h"

#include "base/check.h"
#include "base/span.h"
#include "role/gateway/origin.h"

#include <inttypes.h>
#include <stdio.h>

#define DAY_MS 86400000ULL
#define S_MS   1000ULL
#define US_MS  1000ULL

bool records_http_is(struct span path)
{
    return span_equal(path, span_of_text("/page/v1/records"));
}

enum enrol_http_no records_http_read(const struct http_request *request)
{
    bool has_origin = http_header(request, HTTP_NAME_ORIGIN).data != NULL;
    if (request->verb != HTTP_VERB_GET) {
        return ENROL_HTTP_NO_METHOD;
    }
    if (has_origin && !origin_is_own(request)) {
        return ENROL_HTTP_NO_ORIGIN;
    }
    return request->body.size == 0 ? ENROL_HTTP_FINE : ENROL_HTTP_NO_BODY;
}

/* A moment in milliseconds; null where there is none. */
static void put_moment(struct json_writer *json, const char *name, u64 ms)
{
    json_key_span(json, span_of_text(name));
    if (ms == 0) {
        json_put_null(json);
    } else {
        json_put_u64(json, ms);
    }
}

/* As seal_group_name has them, which is the vault's own. */
static const char *group_name(u8 group)
{
    static const char *const names[] = {"identity", "contact", "address", "documents",
                                        "bank",     "logins",  "trades",  "transfers"};
    CHECK(group > 0 && group <= ARRAY_COUNT(names));
    return names[group - 1];
}

static void put_records(struct json_writer *json, const struct keep_held *held)
{
    char class[24];
    json_key(json, "records");
    json_array_begin(json);
    for (u32 i = 0; i < held->records_count; i += 1) {
        const struct keep_held_record *record = &held->records[i];
        (void)snprintf(class, sizeof(class), "%u", record->retention);
        json_object_begin(json);
        json_field_text(json, "group", group_name(record->group));
        json_field_u64(json, "version", record->version);
        put_moment(json, "since", record->since_us / US_MS);
        json_field_text(json, "retention", class);
        /* Its last day is whole: it may be erased from the next one on. */
        put_moment(json, "erasure",
                   record->until_day == 0 ? 0 : (record->until_day + 1ULL) * DAY_MS);
        json_object_end(json);
    }
    json_array_end(json);
}

static void put_reviews(struct json_writer *json, const struct keep_held *held)
{
    u64 until_s = 0;
    json_key(json, "reviews");
    json_array_begin(json);
    for (u32 i = 0; i < held->reviews_count; i += 1) {
        const struct keep_held_review *review = &held->reviews[i];
        until_s = u64_max(until_s, review->until_s);
        json_object_begin(json);
        json_field_u64(json, "version", review->version);
        json_field_u64(json, "came", review->came_us / US_MS);
        json_field_u64(json, "views", review->views);
        put_moment(json, "until", review->until_s * S_MS);
        json_object_end(json);
    }
    json_array_end(json);
    json_key(json, "review");
    if (until_s == 0) {
        json_put_null(json);
        return;
    }
    json_object_begin(json);
    json_field_u64(json, "until", until_s * S_MS);
    json_object_end(json);
}

static void put_quorum(struct json_writer *json, const struct keep_held *held)
{
    static const char *const sides[] = {"a", "b"};
    json_key(json, "quorum");
    if (!held->has_quorum) {
        json_put_null(json);
        return;
    }
    json_object_begin(json);
    for (u32 i = 0; i < ARRAY_COUNT(sides); i += 1) {
        json_key_span(json, span_of_text(sides[i]));
        json_array_begin(json);
        json_put_u64(json, held->threshold[i]);
        json_put_u64(json, held->members[i]);
        json_array_end(json);
    }
    json_object_end(json);
}

static void put_gone(struct json_writer *json, const struct keep_held *held)
{
    json_key(json, "erased");
    json_array_begin(json);
    for (u32 i = 0; i < held->gone_count; i += 1) {
        json_object_begin(json);
        json_field_text(json, "group", group_name(held->gone[i].group));
        json_field_u64(json, "version", held->gone[i].version);
        json_field_u64(json, "when", held->gone[i].day * DAY_MS);
        json_object_end(json);
    }
    json_array_end(json);
}

void records_http_say(struct json_writer *json, u64 person, const struct keep_held *held, u32 years)
{
    static const struct keep_held nothing;
    const struct keep_held *what = held == NULL ? &nothing : held;
    char number[24];
    json_object_begin(json);
    json_key(json, "person");
    if (held == NULL) {
        json_put_null(json);
    } else { /* more than a number of JSON's can say */
        (void)snprintf(number, sizeof(number), "%" PRIu64, person);
        json_put_text(json, number);
    }
    put_records(json, what);
    put_reviews(json, what);
    put_quorum(json, what);
    put_gone(json, what);
    json_field_u64(json, "years", years);
    json_field_bool(json, "more", what->has_more);
    json_object_end(json);
}
