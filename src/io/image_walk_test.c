/* Aim: the records of an image come whole, in order and once, wherever the pieces that are read
 * end; one that is cut short or holds what cannot be is refused. Method: images that the test
 * writes, with more records than a piece holds; a sink that counts. */
#include "io/image_walk.h"

#include "base/span.h"
#include "tests/support/test.h"
#include "wire/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ASSETS = 5000, MARKETS = 700 };

static struct {
    struct image_sink sink;
    u64 records;
    u64 enough;  /* satisfied by so many */
    u64 refused; /* that record, from 1 */
    u16 market;
} seen;

static char folder[64];
static u8 piece[IMAGE_PIECE_BYTES];

static enum fault record_seen(struct image_sink *sink, const u8 *record, size_t size)
{
    struct state_market state;
    struct command_market_add market;
    struct state_asset asset;
    assert_ptr_equal(sink, &seen.sink);
    seen.records += 1;
    if (seen.records == seen.refused) {
        return FAULT(FAULT_LIMIT, "no more");
    }
    sink->is_satisfied = seen.records == seen.enough;
    if (seen.records <= ASSETS) {
        assert_int_equal(size, sizeof(asset));
        memcpy(&asset, record, sizeof(asset));
        assert_int_equal(asset.head.id, seen.records);
        return FAULT_NONE;
    }
    assert_int_equal(size, sizeof(state) + sizeof(market));
    memcpy(&state, record, sizeof(state));
    memcpy(&market, record + sizeof(state), sizeof(market));
    assert_int_equal(state.market, seen.records - ASSETS);
    assert_int_equal(market.market, seen.records - ASSETS);
    return FAULT_NONE;
}

static void add(struct eventlog_image *image, const void *bytes, size_t size)
{
    assert_int_equal(eventlog_image_add(image, span_of(bytes, size)), FAULT_NONE);
}

/* Assets, then markets, each with its definition; `more` bytes of another asset. */
static void image_put(u16 kind, size_t more)
{
    struct eventlog_image image;
    u8 venue[EVENTLOG_VENUE_BYTES] = {0};
    struct eventlog_point point = {.position = 1};
    struct state_asset asset = {.head = {.kind = STATE_ASSET, .units = sizeof(asset) / WIRE_UNIT}};
    assert_int_equal(eventlog_image_create(&image, disk_real(), folder, venue, point), FAULT_NONE);
    for (u32 i = 1; i <= ASSETS; i += 1) {
        asset.head.id = i;
        add(&image, &asset, sizeof(asset));
    }
    for (u16 i = 1; i <= MARKETS; i += 1) {
        struct state_market state = {
            .head = {.kind = STATE_MARKET, .units = sizeof(state) / WIRE_UNIT}, .market = i};
        struct command_market_add market = {.market = i};
        add(&image, &state, sizeof(state));
        add(&image, &market, sizeof(market));
    }
    asset.head.kind = kind;
    add(&image, &asset, more);
    assert_int_equal(eventlog_image_finish(&image), FAULT_NONE);
}

static enum fault walk(void)
{
    struct eventlog_image image;
    seen.records = 0;
    seen.sink = (struct image_sink){.record = record_seen};
    assert_int_equal(eventlog_image_open(&image, disk_real(), folder), FAULT_NONE);
    enum fault fault = image_walk(&image, piece, &seen.sink);
    eventlog_image_close(&image);
    fault_forget();
    return fault;
}

static int begin(void **state)
{
    (void)state;
    memset(&seen, 0, sizeof(seen));
    (void)snprintf(folder, sizeof(folder), "/tmp/image_walk.XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int end(void **state)
{
    char command[128];
    (void)state;
    (void)snprintf(command, sizeof(command), "rm -r %s", folder);
    return system(command);
}

static void every_record_comes_once(void **state)
{
    (void)state;
    image_put(STATE_ASSET, 0);
    assert_int_equal(walk(), FAULT_NONE);
    assert_int_equal(seen.records, ASSETS + MARKETS);
}

static void a_satisfied_sink_gets_no_more(void **state)
{
    (void)state;
    image_put(STATE_KIND_COUNT, sizeof(struct state_asset)); /* behind it anything may be */
    for (seen.enough = 1; seen.enough <= ASSETS + MARKETS; seen.enough += 971) {
        assert_int_equal(walk(), FAULT_NONE);
        assert_int_equal(seen.records, seen.enough);
    }
}

static void what_the_sink_says_is_handed_on(void **state)
{
    (void)state;
    image_put(STATE_ASSET, 0);
    seen.refused = ASSETS + 3;
    assert_int_equal(walk(), FAULT_LIMIT);
    assert_int_equal(seen.records, ASSETS + 3);
}

static void a_cut_image_is_refused(void **state)
{
    (void)state;
    image_put(STATE_ASSET, WIRE_UNIT);
    assert_int_equal(walk(), FAULT_ROT);
    assert_int_equal(seen.records, ASSETS + MARKETS);
}

static void a_record_of_no_kind_is_refused(void **state)
{
    (void)state;
    image_put(STATE_KIND_COUNT, sizeof(struct state_asset));
    assert_int_equal(walk(), FAULT_ROT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_record_comes_once, begin, end),
        cmocka_unit_test_setup_teardown(a_satisfied_sink_gets_no_more, begin, end),
        cmocka_unit_test_setup_teardown(what_the_sink_says_is_handed_on, begin, end),
        cmocka_unit_test_setup_teardown(a_cut_image_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(a_record_of_no_kind_is_refused, begin, end),
    };
    return cmocka_run_group_tests_name("image_walk", tests, NULL, NULL);
}
