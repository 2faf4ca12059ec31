/* Aim: events find the command that caused them, whatever lies in front. Method: records laid one
 * after the other, whole and cut. */
#include "wire/event_source.h"

#include "base/span.h"
#include "tests/support/test.h"
#include "wire/schema.h"

#include <string.h>

static u8 bytes[1024];

static size_t put(size_t at, const void *event, size_t size, u16 kind, u8 source)
{
    struct event_head head = {.kind = kind, .source = source, .seq = 9};
    head.units = (u8)(size / WIRE_UNIT);
    memcpy(bytes + at, event, size);
    memcpy(bytes + at, &head, sizeof head);
    return at + size;
}

static void finds_the_first_that_carries_one(void **state)
{
    (void)state;
    struct event_time time = {.time_us = 5};
    struct event_trade trade = {.trade_id = 7};
    struct event_list_new list = {.list_id = 3, .source_index = 77};
    struct event_order_done done = {.source_index = 88};
    u8 source = 0;
    u64 index = 0;
    size_t size = put(0, &time, sizeof time, EVENT_TIME, 0);
    assert_false(event_source_of(span_of(bytes, size), &source, &index));
    size = put(size, &trade, sizeof trade, EVENT_TRADE, 1);
    assert_false(event_source_of(span_of(bytes, size), &source, &index));
    size_t before = size;
    size = put(size, &list, sizeof list, EVENT_LIST_NEW, 2);
    size = put(size, &done, sizeof done, EVENT_ORDER_DONE, 1);
    assert_true(event_source_of(span_of(bytes, size), &source, &index));
    assert_int_equal(source, 2);
    assert_int_equal(index, 77);
    assert_false(event_source_of(span_of(bytes, before + 16), &source, &index));
}

static void passes_over_zero(void **state)
{
    (void)state;
    struct event_order_done by_the_way = {.source_index = 0};
    struct event_order_done own = {.source_index = 5};
    u8 source = 0;
    u64 index = 0;
    size_t size = put(0, &by_the_way, sizeof by_the_way, EVENT_ORDER_DONE, 1);
    size = put(size, &own, sizeof own, EVENT_ORDER_DONE, 1);
    assert_true(event_source_of(span_of(bytes, size), &source, &index));
    assert_int_equal(index, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_first_that_carries_one),
        cmocka_unit_test(passes_over_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
