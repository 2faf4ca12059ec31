/* What a client of `/match` sends: taken or refused with a reason; what is taken is an entry that
 * can be printed, read again as the same, and told to the client as JSON. The first byte says how
 * much of the rest is the query string. */
#include "base/check.h"
#include "base/span.h"
#include "role/screen/match_answer.h"
#include "tests/fuzz/fuzz.h"
#include "wire/json_pull.h"

#include <stdlib.h>
#include <string.h>

static struct match_request request;
static struct list_entry entry;
static struct list_entry again;
static char line[LIST_LINE_BYTES];
static char answer[4 << 20];

static void is_json(size_t size)
{
    struct json_pull pull;
    enum json_token token = JSON_TOKEN_NULL;
    json_pull_begin(&pull, span_of(answer, size));
    while (token != JSON_TOKEN_END && token != JSON_TOKEN_BAD) {
        token = json_pull_next(&pull);
    }
    CHECK(token == JSON_TOKEN_END);
}

static void take_query(const struct match_query *query, u32 threshold)
{
    struct match_subject subject;
    char why[MATCH_WHY_BYTES] = "";
    struct json_writer writer;
    struct match_hit hit = {.list = 0, .millionths = threshold, .by = FIND_BY_WALLET};
    if (!match_query_read(query, &entry, &subject, why)) {
        CHECK(strlen(why) > 0);
        return;
    }
    size_t size = 0;
    CHECK(subject.schema != NULL && !entry.overflown);
    /* A line has an id and a name or an address; what is asked need not. */
    entry.id = list_entry_text(&entry, span_of_text("1"));
    again = entry;
    if (entry.id.size > 0 && entry.names_count + entry.wallets_count > 0) {
        size = list_entry_print(&entry, line, sizeof(line));
        CHECK(size > 0 && list_entry_read(&again, span_of(line, size)) == LIST_LINE_OK);
    }
    json_begin(&writer, answer, sizeof(answer));
    json_object_begin(&writer);
    json_key_span(&writer, query->key);
    json_array_begin(&writer);
    match_put_query(&writer, &entry, &subject);
    match_put_result(&writer, &again, "demo-list", &hit, threshold);
    json_array_end(&writer);
    json_object_end(&writer);
    size = json_end(&writer);
    CHECK(size > 0);
    is_json(size);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    char why[MATCH_WHY_BYTES] = "";
    struct match_options options = {.limit = 5, .threshold = 700000, .cutoff = 500000};
    size_t params = size == 0 ? 0 : data[0] % size;
    if (size == 0) {
        return 0;
    }
    /* The exact size, so that a sanitizer sees one byte read too many. */
    u8 *body = malloc(size - 1 - params + 1);
    CHECK(body != NULL);
    memcpy(body, data + 1 + params, size - 1 - params);
    if (match_options_read(&options, span_of(data + 1, params), why)) {
        CHECK(options.limit >= 1 && options.limit <= MATCH_LIMIT_MAX);
        CHECK(options.threshold <= SCORE_ONE && options.cutoff <= options.threshold);
    } else {
        CHECK(strlen(why) > 0);
        options.threshold = SCORE_ONE;
    }
    why[0] = 0;
    if (match_request_read(&request, span_of(body, size - 1 - params), why)) {
        CHECK(request.count >= 1 && request.count <= MATCH_QUERIES_MAX);
        for (u32 index = 0; index < request.count; index += 1) {
            take_query(&request.queries[index], options.threshold);
        }
    } else {
        CHECK(strlen(why) > 0);
    }
    free(body);
    return 0;
}
