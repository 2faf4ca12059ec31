#include "role/gateway/openings_http.h"

#include "base/check.h"
#include "base/span.h"

#define DAY_MS 86400000ULL
#define S_MS   1000ULL

bool openings_http_is(struct span path)
{
    return span_equal(path, span_of_text("/page/v1/openings"));
}

#define NAME_OF(number, name) [(number)] = (name),
static const char *const kinds[] = {DESK_LINE_KIND_TABLE(NAME_OF)};
static const char *const groups[] = {DESK_LINE_GROUP_TABLE(NAME_OF)};
#undef NAME_OF

static void put_groups(struct json_writer *json, const struct desk_line_opening *opening)
{
    json_key(json, "groups");
    json_array_begin(json);
    for (u32 i = 0; i < opening->records_count; i += 1) {
        u8 group = opening->records[i].group;
        CHECK(group > 0 && group <= DESK_LINE_GROUP_MAX);
        json_put_text(json, groups[group]);
    }
    json_array_end(json);
}

/* The first moment and the end of the last day of what was granted by days; null: all of it. */
static void put_period(struct json_writer *json, const struct desk_line_opening *opening)
{
    u64 from = UINT64_MAX;
    u64 until = 0;
    for (u32 i = 0; i < opening->records_count; i += 1) {
        const struct desk_line_record *record = &opening->records[i];
        if (record->until_day > 0) {
            from = u64_min(from, record->from_day);
            until = u64_max(until, record->until_day);
        }
    }
    json_key(json, "from");
    if (until == 0) {
        json_put_null(json);
        json_key(json, "until");
        json_put_null(json);
        return;
    }
    json_put_u64(json, from * DAY_MS);
    json_field_u64(json, "until", (until + 1) * DAY_MS);
}

static void put_text(struct json_writer *json, const char *name, struct span text)
{
    json_key_span(json, span_of_text(name));
    if (text.size == 0) {
        json_put_null(json);
    } else {
        json_put_span(json, text);
    }
}

static void put_opening(struct json_writer *json, const struct desk_line_opening *opening)
{
    CHECK(opening->kind > 0 && opening->kind <= DESK_LINE_KIND_MAX);
    json_object_begin(json);
    json_field_u64(json, "noticed", opening->noticed_s * S_MS);
    json_field_text(json, "kind", kinds[opening->kind]);
    json_field_bool(json, "opened", opening->is_opened);
    json_field_bool(json, "withheld", opening->is_silent);
    json_field_hex(json, "case", span_of(opening->name, sizeof(opening->name)));
    put_groups(json, opening);
    put_period(json, opening);
    put_text(json, "letter", opening->letter);
    json_field_hex(json, "event", span_of(opening->event, sizeof(opening->event)));
    put_text(json, "receipt", opening->receipt);
    json_object_end(json);
}

void openings_http_say(struct json_writer *json, const struct desk_line_answer *answer)
{
    u32 count = answer == NULL ? 0 : answer->count;
    json_object_begin(json);
    json_field_bool(json, "complete", false);
    json_field_u64(json, "all", answer == NULL ? 0 : answer->all);
    json_key(json, "openings");
    json_array_begin(json);
    for (u32 i = 0; i < count; i += 1) {
        put_opening(json, &answer->openings[i]);
    }
    json_array_end(json);
    json_object_end(json);
}
