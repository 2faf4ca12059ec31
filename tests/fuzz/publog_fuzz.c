/* Opened months, shown slots, leaves, events and receipts of the public log's slots: read only
 * where writing them again gives the very same bytes; an opened month is read or refused at a line.
 */
#include "base/check.h"
#include "base/span.h"
#include "role/vault/publog.h"
#include "role/vault/publog_ledger.h"
#include "role/vault/publog_month.h"
#include "role/vault/publog_opening.h"
#include "role/vault/publog_span.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static void take_receipt(struct span bytes)
{
    struct publog_receipt receipt;
    if (!publog_receipt_read(bytes, &receipt)) {
        return;
    }
    /* One byte more, for the zero that is written and then overwritten. */
    u8 *again = malloc(bytes.size + 1);
    CHECK(again != NULL);
    size_t size = publog_receipt_write(&receipt, again, bytes.size + 1);
    CHECK(size == bytes.size && memcmp(again, bytes.data, size) == 0);
    CHECK(receipt.of_leaf.data + receipt.of_leaf.size == bytes.data + bytes.size);
    free(again);
}

static void take_month(struct span bytes)
{
    static struct publog_month_event events[64];
    static struct publog_month_check check;
    struct sha256 sha256;
    CHECK(sha256_open(&sha256) == FAULT_NONE);
    check.sha256 = &sha256;
    check.events = events;
    check.events_max = ARRAY_COUNT(events);
    if (publog_month_read(&check, bytes) == PUBLOG_MONTH_FLAW_NONE) {
        struct publog_month_counts *counts = &check.counts;
        CHECK(check.events_count <= check.events_max && counts->events == check.events_count);
        CHECK(counts->silences_ended + counts->silences_running ==
              counts->kinds[PUBLOG_KIND_SILENCE]);
    }
    CHECK(check.line >= 1);
    sha256_close(&sha256);
}

/* Every slot of it prints as it came. */
static void take_span(struct span bytes)
{
    static struct publog_span_slot slot;
    struct publog_span_text text;
    if (!publog_span_read(bytes, &text)) {
        return;
    }
    u8 *again = malloc(bytes.size + 1);
    CHECK(again != NULL);
    const u8 *begin = text.slots.data;
    size_t size = publog_span_head_write(text.class, again, bytes.size + 1);
    CHECK(size == (size_t)(begin - bytes.data) && memcmp(again, bytes.data, size) == 0);
    bool is_whole = true;
    while (text.slots.size > 0 && is_whole) {
        is_whole = publog_span_next(&text, &slot);
        size = is_whole ? publog_span_slot_write(&slot, again, bytes.size + 1) : 0;
        CHECK(!is_whole || (begin + size == text.slots.data && memcmp(again, begin, size) == 0));
        begin = text.slots.data;
    }
    if (is_whole) {
        size = publog_span_tail_write(text.checkpoint, again, bytes.size + 1);
        CHECK(begin + size == bytes.data + bytes.size && memcmp(again, begin, size) == 0);
    }
    free(again);
}

/* Readable lines that programs read again: only what is written in the same way. */
static void take_line(struct span bytes)
{
    char line[PUBLOG_LEDGER_LINE_BYTES];
    struct eventlog_head head;
    struct publog_opening opening;
    if (publog_ledger_read(bytes, &head)) {
        CHECK(publog_ledger_is(bytes) && publog_line_valid(bytes));
        CHECK(publog_ledger_line(&head, line) && span_equal(bytes, span_of_text(line)));
    }
    if (publog_opening_read(bytes, &opening)) {
        CHECK(publog_opening_is(bytes) && publog_line_valid(bytes));
        CHECK(publog_opening_line(&opening, line) && span_equal(bytes, span_of_text(line)));
    }
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    struct publog_leaf leaf;
    struct publog_event event;
    u8 again[PUBLOG_EVENT_BYTES];
    struct span bytes = span_of(data, size);
    if (publog_leaf_decode(bytes, &leaf)) {
        publog_leaf_encode(&leaf, again);
        CHECK(size == PUBLOG_LEAF_BYTES && memcmp(again, data, size) == 0);
    }
    if (publog_event_decode(bytes, &event)) {
        publog_event_encode(&event, again);
        CHECK(size == PUBLOG_EVENT_BYTES && memcmp(again, data, size) == 0);
    }
    if (publog_line_valid(bytes)) {
        CHECK(size <= PUBLOG_LINE_BYTES_MAX && memchr(data, '\n', size) == NULL);
        CHECK(!publog_leaf_decode(bytes, &leaf));
    }
    take_line(bytes);
    take_receipt(bytes);
    take_month(bytes);
    take_span(bytes);
    return 0;
}
