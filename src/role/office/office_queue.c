/* What goes to the officers' queue (docs/cases.md): restrictions, reports, the whitelist. Its
 * answers are passed on as they are. */
#include "base/check.h"
#include "role/office/office_inner.h"
#include "wire/json_pull.h"

#include <stdio.h>
#include <string.h>

#define VALUE_BYTES 96U
#define WHY_BYTES   640U

enum kind { KIND_TEXT, KIND_NUMBER, KIND_TRUTH };

struct field {
    const char *name;
    enum kind kind;
};

/* A field of the query as one of the question; false: it is none. */
static bool field_put(struct office *office, const struct field *field)
{
    char value[VALUE_BYTES];
    bool given = false;
    bool is_read =
        office_query_text(office->request->query, field->name, value, sizeof(value), &given);
    struct span text = span_of(value, given && is_read ? strlen(value) : 0);
    if (!given || (is_read && text.size == 0)) {
        return true;
    }
    if (!is_read) {
        return false;
    }
    json_key(&office->json, field->name);
    switch (field->kind) {
    case KIND_TEXT:
        json_put_span(&office->json, text);
        return true;
    case KIND_NUMBER:
        json_put_raw(&office->json, text);
        return strspn(value, "0123456789") == text.size && (value[0] != '0' || text.size == 1);
    case KIND_TRUTH:
        json_put_bool(&office->json, strcmp(value, "yes") == 0 || strcmp(value, "true") == 0);
        return true;
    }
    return false;
}

/* {"error":{"field":...,"reason":...}}: "field: reason"; false: another answer. */
static bool error_read(struct span answer, char why_out[WHY_BYTES])
{
    struct json_pull pull;
    struct span text;
    char bytes[512];
    static const char head[] = "{\"error\":";
    why_out[0] = 0;
    if (answer.size < sizeof(head) || memcmp(answer.data, head, sizeof(head) - 1) != 0) {
        return false;
    }
    json_pull_begin(&pull, answer);
    for (enum json_token token = json_pull_next(&pull);
         token != JSON_TOKEN_END && token != JSON_TOKEN_BAD; token = json_pull_next(&pull)) {
        size_t used = strlen(why_out);
        if (token == JSON_TOKEN_STRING && json_pull_text(&pull, bytes, sizeof(bytes), &text)) {
            (void)snprintf(why_out + used, WHY_BYTES - used, "%s%.*s", used == 0 ? "" : ": ",
                           (int)text.size, (const char *)text.data);
        }
    }
    return true;
}

static void ask_begin(struct office *office, const char *ask)
{
    json_begin(&office->json, office->question, sizeof(office->question) - 1);
    json_object_begin(&office->json);
    json_field_text(&office->json, "ask", ask);
}

/* The answer to the question that was begun. */
static struct http_reply ask_end(struct office *office, struct span *answer_out)
{
    char why[WHY_BYTES];
    json_object_end(&office->json);
    size_t size = json_end(&office->json);
    CHECK(size > 0); /* of bounded values */
    office->question[size] = '\n';
    if (!office_line_ask(&office->cases, span_of(office->question, size + 1), answer_out)) {
        return office_refuse(office, 503, "away", "the officers' queue does not answer");
    }
    if (error_read(*answer_out, why)) {
        bool is_none = strstr(why, "there is no such case") != NULL;
        return office_refuse(office, is_none ? 404 : 400, is_none ? "none" : "query", why);
    }
    return office_say(office, 200, *answer_out);
}

static struct http_reply ask(struct office *office, const char *word, const struct field *fields,
                             u32 count)
{
    struct span answer;
    ask_begin(office, word);
    for (u32 i = 0; i < count; i += 1) {
        if (!field_put(office, &fields[i])) {
            return office_refuse(office, 400, "query", fields[i].name);
        }
    }
    return ask_end(office, &answer);
}

struct http_reply office_restrictions(struct office *office)
{
    static const struct field fields[] = {
        {"state", KIND_TEXT},     {"kind", KIND_TEXT},    {"person", KIND_NUMBER},
        {"account", KIND_NUMBER}, {"owner", KIND_NUMBER}, {"due_before_us", KIND_NUMBER},
        {"all", KIND_TRUTH},      {"limit", KIND_NUMBER}, {"after", KIND_TEXT}};
    return ask(office, "list", fields, ARRAY_COUNT(fields));
}

struct http_reply office_reports(struct office *office)
{
    static const struct field fields[] = {
        {"all", KIND_TRUTH}, {"at_us", KIND_NUMBER}, {"limit", KIND_NUMBER}, {"after", KIND_TEXT}};
    return ask(office, "reports", fields, ARRAY_COUNT(fields));
}

struct http_reply office_whitelisted(struct office *office)
{
    static const struct field fields[] = {{"limit", KIND_NUMBER}, {"after", KIND_TEXT}};
    return ask(office, "whitelisted", fields, ARRAY_COUNT(fields));
}

struct http_reply office_restriction(struct office *office)
{
    static const struct field fields[] = {
        {"case", KIND_TEXT}, {"limit", KIND_NUMBER}, {"after", KIND_TEXT}};
    char name[VALUE_BYTES];
    bool given = false;
    if (!office_query_text(office->request->query, "case", name, sizeof(name), &given)) {
        return office_refuse(office, 400, "query", "case");
    }
    struct http_reply reply = ask(office, "show", fields, ARRAY_COUNT(fields));
    if (reply.status != 200) {
        return reply;
    }
    /* Who has seen it is on the disk before it is seen. */
    enum fault fault = office_row_put(office->store, office->person->officer.number,
                                      OFFICE_WHAT_QUEUE_VIEW, span_of_text(name), office->wall_ms);
    office->counts.views += 1;
    return fault == FAULT_NONE ? reply : office_fail(office, fault);
}
