/* Parameters of query and body: what is taken, written anew with every byte escaped, means the
 * same; the signed bytes are those received without one piece; memory is never left. The first byte
 * says how much of the input is the query, the second how small the memory is. */
#include "base/check.h"
#include "base/span.h"
#include "base/utf8.h"
#include "tests/fuzz/fuzz.h"
#include "wire/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUT_BYTES_MAX = 4096, ESCAPED_BYTES_MAX = 4 * INPUT_BYTES_MAX };

static size_t put_escaped(char *target, struct span bytes)
{
    for (size_t i = 0; i < bytes.size; i += 1) {
        (void)snprintf(target + 3 * i, 4, "%%%02x", bytes.data[i]);
    }
    return 3 * bytes.size;
}

static struct span escape_part(const struct query *query, bool in_body, char *target)
{
    size_t used = 0;
    for (u32 i = 0; i < query->count; i += 1) {
        const struct query_param *param = &query->params[i];
        if (param->in_body != in_body) {
            continue;
        }
        if (used > 0) {
            target[used] = '&';
            used += 1;
        }
        used += put_escaped(target + used, param->name);
        target[used] = '=';
        used += 1 + put_escaped(target + used + 1, param->value);
    }
    return span_of(target, used);
}

static void check_means_the_same(const struct query *query)
{
    static char parts[2][ESCAPED_BYTES_MAX];
    static char text[2 * ESCAPED_BYTES_MAX];
    static struct query again;
    struct span first = escape_part(query, false, parts[0]);
    struct span second = escape_part(query, true, parts[1]);
    CHECK(query_read(&again, first, second, text, sizeof(text)) == QUERY_OK);
    CHECK(again.count == query->count);
    for (u32 i = 0; i < query->count; i += 1) {
        CHECK(span_equal(again.params[i].name, query->params[i].name));
        CHECK(span_equal(again.params[i].value, query->params[i].value));
        CHECK(again.params[i].in_body == query->params[i].in_body);
        CHECK(again.params[i].hidden == query->params[i].hidden);
    }
}

static void check_params(const struct query *query)
{
    for (u32 i = 0; i < query->count; i += 1) {
        const struct query_param *param = &query->params[i];
        CHECK(param->name.size > 0 && param->value.data != NULL);
        CHECK(utf8_is_text(param->name) && utf8_is_text(param->value));
        CHECK(param->name.size + param->value.size <= param->raw.size);
        CHECK(!param->hidden || param->in_body);
        for (u32 k = 0; k < i; k += 1) {
            bool same = span_equal(query->params[k].name, param->name);
            CHECK(!same || (param->hidden && !query->params[k].in_body));
        }
    }
}

/* Received = payload with the cut put back at one place. */
static void check_payload(const struct query *query)
{
    static u8 payload[INPUT_BYTES_MAX];
    size_t size = 0;
    size_t received = query->query.size + query->body.size;
    CHECK(query_payload(query, payload, received, &size));
    CHECK(size + query->cut.size == received);
    const struct query_param *signature = query_find(query, "signature");
    CHECK((signature != NULL) == (query->cut.data != NULL));
    if (signature == NULL) {
        CHECK(query->query.size == 0 || memcmp(payload, query->query.data, query->query.size) == 0);
        return;
    }
    struct span part = signature->in_body ? query->body : query->query;
    size_t before =
        (size_t)(query->cut.data - part.data) + (signature->in_body ? query->query.size : 0);
    CHECK(query->cut.size <= signature->raw.size + 1);
    /* What is before the cut, and what is behind it, both in their places. */
    size_t in_query = u64_min(before, query->query.size);
    CHECK(in_query == 0 || memcmp(payload, query->query.data, in_query) == 0);
    size_t tail = u64_min(size - before, query->body.size);
    CHECK(tail == 0 ||
          memcmp(payload + size - tail, query->body.data + query->body.size - tail, tail) == 0);
    CHECK(size == 0 || !query_payload(query, payload, size - 1, &size));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static struct query query;
    if (size < 2 || size > INPUT_BYTES_MAX) {
        return 0;
    }
    struct span rest = span_of(data + 2, size - 2);
    size_t first = rest.size * data[0] / 255;
    struct span body = span_after(rest, first);
    size_t wanted = query_text_bytes(first, body.size);
    size_t given = data[1] < 128 ? wanted : wanted * (255U - data[1]) / 127;
    u8 *text = malloc(given + 1);
    CHECK(text != NULL);
    text[given] = 0xa5;
    enum query_fault fault = query_read(&query, span_piece(rest, 0, first), body, text, given);
    CHECK(text[given] == 0xa5);
    CHECK(given < wanted || fault != QUERY_TOO_LONG);
    check_params(&query);
    if (fault == QUERY_OK) {
        check_means_the_same(&query);
        check_payload(&query);
    }
    free(text);
    return 0;
}
