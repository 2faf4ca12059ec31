/* Aim: what the log says of assets, prices and packs is known, and a record that cannot be is
 * refused and changes nothing beyond its bounds. Method: hand-made records, at the edges; random
 * bytes of every kind. */
#include "role/prices/price_venue.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

enum { BYTES = 256 };

static struct price_venue venue;

static bool applied(void *command, u16 kind, size_t size, u64 time_us)
{
    u8 bytes[BYTES] = {0};
    struct event_applied event = {.entry = 0};
    struct command_head head = {.kind = kind, .units = (u8)(size / WIRE_UNIT)};
    event.head.kind = EVENT_APPLIED;
    event.head.units = (u8)((sizeof(event) + size) / WIRE_UNIT);
    memcpy(command, &head, sizeof(head));
    memcpy(bytes, &event, sizeof(event));
    memcpy(bytes + sizeof(event), command, size);
    return price_venue_event(&venue, bytes, sizeof(event) + size, time_us);
}

static bool asset(u16 number, const char name[8])
{
    struct command_asset_add add = {.asset = number};
    memcpy(add.name, name, sizeof(add.name));
    return applied(&add, COMMAND_ASSET_ADD, sizeof(add), 1);
}

static bool pack(u8 number, enum pack_state becomes, u8 hash, u64 time_us)
{
    struct event_pack_state event = {.pack = number, .state = (u8)becomes};
    event.head.kind = EVENT_PACK_STATE;
    memset(event.content_hash, hash, sizeof(event.content_hash));
    return price_venue_event(&venue, (const u8 *)&event, sizeof(event), time_us);
}

static void assets_have_names_and_prices(void **state)
{
    (void)state;
    price_venue_init(&venue);
    assert_true(asset(7, "ABCDEFGH"));
    assert_true(asset(3, "BTC\0\0\0\0"));
    assert_int_equal(venue.assets_count, 8);
    assert_true(price_venue_find(&venue, span_of_text("ABCDEFGH")) == &venue.assets[7]);
    assert_true(price_venue_find(&venue, span_of_text("BTC")) == &venue.assets[3]);
    assert_null(price_venue_find(&venue, span_of_text("BT")));
    assert_null(price_venue_find(&venue, span_of_text("")));
    assert_false(venue.has_more);
    assert_true(asset(PRICE_ASSETS_MAX, "MORE\0\0\0"));
    assert_true(venue.has_more);
    assert_int_equal(venue.assets_count, 8);
    struct command_valuation_price price = {.price = price_of(5), .time_us = 9, .asset = 3};
    assert_true(applied(&price, COMMAND_VALUATION_PRICE, sizeof(price), 10));
    assert_true(venue.assets[3].price.price.units == 5 && venue.assets[3].price.time_us == 9);
    price.asset = UINT16_MAX;
    assert_true(applied(&price, COMMAND_VALUATION_PRICE, sizeof(price), 10));
    struct command_rules_set rules = {.price_stale_seconds = 60};
    assert_true(applied(&rules, COMMAND_RULES_SET, sizeof(rules), 10));
    assert_true(venue.stale_us == 60000000);
}

static void packs_come_and_go(void **state)
{
    (void)state;
    struct command_valuation valuation = {.pack = 2};
    price_venue_init(&venue);
    assert_true(pack(2, PACK_STATE_ACTIVE, 0xaa, 5));
    assert_true(venue.packs[2].is_active && venue.packs[2].since_us == 5);
    assert_true(applied(&valuation, COMMAND_VALUATION, sizeof(valuation), 8));
    assert_true(venue.packs[2].valued_us == 8);
    assert_true(pack(2, PACK_STATE_ENDING, 0xaa, 9));
    assert_false(venue.packs[2].is_active);
    assert_true(pack(2, PACK_STATE_ACTIVE, 0xbb, 10));
    assert_true(venue.packs[2].valued_us == 0 && venue.packs[2].hash[31] == 0xbb);
    assert_false(pack(PRICE_PACKS_MAX, PACK_STATE_ACTIVE, 1, 10));
    valuation.pack = PRICE_PACKS_MAX;
    assert_false(applied(&valuation, COMMAND_VALUATION, sizeof(valuation), 11));
}

static void records_too_short_are_refused(void **state)
{
    (void)state;
    static const u16 kinds[] = {COMMAND_GENESIS, COMMAND_LIMITS_SET, COMMAND_ASSET_ADD,
                                COMMAND_VALUATION_PRICE, COMMAND_RULES_SET};
    u8 short_one[WIRE_UNIT] = {0};
    price_venue_init(&venue);
    for (u32 i = 0; i < ARRAY_COUNT(kinds); i += 1) {
        if (wire_commands[kinds[i]].size > WIRE_UNIT) {
            assert_false(applied(short_one, kinds[i], sizeof(short_one), 1));
        }
    }
    struct event_pack_state event = {.pack = 1};
    event.head.kind = EVENT_PACK_STATE;
    assert_false(price_venue_event(&venue, (const u8 *)&event, sizeof(event) - WIRE_UNIT, 1));
}

static void any_bytes_stay_within_bounds(void **state)
{
    (void)state;
    struct random random;
    u64 good = 0;
    random_init(&random, test_seed());
    price_venue_init(&venue);
    for (u64 round = 0; round < test_rounds(100000); round += 1) {
        u8 bytes[BYTES];
        size_t size = WIRE_UNIT * (1 + random_below(&random, BYTES / WIRE_UNIT));
        random_fill(&random, bytes, sizeof(bytes));
        bytes[0] = (u8)random_below(&random, 40);
        bytes[1] = 0;
        bytes[sizeof(struct event_applied)] = (u8)random_below(&random, COMMAND_KIND_COUNT);
        bytes[sizeof(struct event_applied) + 1] = 0;
        if (random_chance(&random, 1, 2)) {
            good += price_venue_event(&venue, bytes, size, 1) ? 1 : 0;
        } else {
            good += price_venue_state(&venue, bytes, size) ? 1 : 0;
        }
        assert_true(venue.assets_count <= PRICE_ASSETS_MAX);
    }
    assert_true(good > 0);
    for (u32 i = 0; i < PRICE_ASSETS_MAX; i += 1) {
        assert_int_equal(venue.assets[i].name[PRICE_ASSET_NAME_MAX], 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(assets_have_names_and_prices),
        cmocka_unit_test(packs_come_and_go),
        cmocka_unit_test(records_too_short_are_refused),
        cmocka_unit_test(any_bytes_stay_within_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
