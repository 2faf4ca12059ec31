/* What an officer did: here, at the desk, in the queue. Nobody else's. */
#include "role/office/office_inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_USUAL 100U

struct span_of_time {
    u64 from_ms;
    u64 until_ms;
};

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
    return *number_out <= maximum;
}

static void null_put(struct office *office, const char *name)
{
    json_key(&office->json, name);
    json_put_null(&office->json);
}

static void row_put(struct office *office, const struct office_row *row)
{
    bool is_view = row->what == OFFICE_WHAT_VIEW || row->what == OFFICE_WHAT_QUEUE_VIEW;
    json_object_begin(&office->json);
    json_field_u64(&office->json, "time", row->time_ms);
    json_field_text(&office->json, "what", is_view ? "view" : "sign-in");
    if (is_view) {
        json_field_text(&office->json, "case", row->about);
        null_put(office, "act");
    } else {
        null_put(office, "case");
        json_field_text(&office->json, "act",
                        row->what == OFFICE_WHAT_ADDED     ? "key-added"
                        : row->what == OFFICE_WHAT_REMOVED ? "key-removed"
                                                           : row->about);
    }
    null_put(office, "log");
    null_put(office, "seq");
    json_object_end(&office->json);
}

struct http_reply office_mine(struct office *office)
{
    char text[OFFICE_ABOUT_BYTES_MAX + 1] = "";
    bool given = false;
    struct span_of_time span;
    u64 limit = 0;
    u32 count = 0;
    bool is_read = office_query_text(office->request->query, "text", text, sizeof(text), &given);
    if ((given && !is_read) || !number_of(office, "from", 0, INT64_MAX, &span.from_ms) ||
        !number_of(office, "until", INT64_MAX, INT64_MAX, &span.until_ms) ||
        !number_of(office, "limit", ROWS_USUAL, OFFICE_ROWS_MAX, &limit)) {
        return office_refuse(office, 400, "query", "text, from, until or limit");
    }
    enum fault fault =
        office_rows_of(office->store, office->person->officer.number, span.from_ms, span.until_ms,
                       span_of_text(given ? text : ""), (u32)limit, office->rows, &count);
    if (fault != FAULT_NONE) {
        return office_fail(office, fault);
    }
    office_json_begin(office);
    json_key(&office->json, "actions");
    json_array_begin(&office->json);
    for (u32 i = 0; i < count; i += 1) {
        row_put(office, &office->rows[i]);
    }
    json_array_end(&office->json);
    return office_json_say(office);
}
