/* A record out of a ring: taken as a question, as rows, or as the end of an answer, or refused.
 * What is taken can be read without harm, and rows put into a record again give the same bytes. */
#include "base/check.h"
#include "tests/fuzz/fuzz.h"
#include "wire/lookup.h"

#include <stdlib.h>
#include <string.h>

static void take_ask(const u8 *bytes, size_t size)
{
    struct lookup_ask ask;
    const char *reason = NULL;
    if (!lookup_ask_check(&ask, bytes, size, &reason)) {
        CHECK(reason != NULL);
        return;
    }
    CHECK(ask.limit >= 1 && ask.limit <= HISTORY_ROWS_MAX);
    CHECK(lookup_rows_max(&ask) >= 1 && lookup_rows_max(&ask) <= HISTORY_ROWS_MAX);
    CHECK(interval_name((enum interval)ask.interval) != NULL);
}

/* Reads truth values as such: a sanitizer objects to what is neither. */
static u32 read_rows(enum lookup_kind lookup, const u8 *rows, u32 count)
{
    u32 sum = 0;
    struct history_fill fill;
    struct history_trade trade;
    struct history_list list;
    for (u32 i = 0; i < count; i += 1) {
        if (lookup == LOOKUP_FILLS) {
            memcpy(&fill, rows + (size_t)i * sizeof(fill), sizeof(fill));
            sum += fill.buys + fill.maker;
        } else if (lookup == LOOKUP_TRADES) {
            memcpy(&trade, rows + (size_t)i * sizeof(trade), sizeof(trade));
            sum += trade.buyer_is_maker;
        } else if (lookup == LOOKUP_LISTS) {
            memcpy(&list, rows + (size_t)i * sizeof(list), sizeof(list));
            sum += list.done;
            CHECK(list.kind < LIST_KIND_COUNT);
        }
    }
    return sum;
}

static void take_rows(const u8 *bytes, size_t size)
{
    static u8 again[LOOKUP_BYTES_MAX];
    struct lookup_rows head;
    const char *reason = NULL;
    if (!lookup_rows_check(&head, bytes, size, &reason)) {
        CHECK(reason != NULL);
        return;
    }
    enum lookup_kind lookup = (enum lookup_kind)head.lookup;
    const u8 *rows = bytes + LOOKUP_ROWS_OFFSET;
    CHECK(head.count <= lookup_rows_per_record(lookup));
    CHECK(read_rows(lookup, rows, head.count) <= 2U * head.count);
    size_t put = lookup_rows_put(again, lookup, head.ticket, head.first, rows, head.count);
    CHECK(put == size && memcmp(again, bytes, size) == 0);
}

static void take_answer(const u8 *bytes, size_t size)
{
    struct lookup_answer answer;
    const char *reason = NULL;
    if (!lookup_answer_check(&answer, bytes, size, &reason)) {
        CHECK(reason != NULL);
        return;
    }
    CHECK(answer.rows_count <= HISTORY_ROWS_MAX);
    CHECK(answer.ticket != 0 || answer.lookup == 0);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    if (size > LOOKUP_BYTES_MAX) {
        return 0;
    }
    /* The exact size, so that a sanitizer sees one byte read too many. */
    u8 *bytes = malloc(size + (size == 0));
    CHECK(bytes != NULL);
    if (size > 0) {
        memcpy(bytes, data, size);
    }
    take_ask(bytes, size);
    take_rows(bytes, size);
    take_answer(bytes, size);
    free(bytes);
    return 0;
}
