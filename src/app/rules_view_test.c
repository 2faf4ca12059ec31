/* Aim: packs, settings and prices of a venue are known, from its first event as from an image, and
 * what became of a command is counted. Method: a real engine in a folder of its own; the same
 * questions before and behind an image. */
#include "app/rules_view.h"

#include "tests/support/rule_venue.h"

#include <stdio.h>
#include <string.h>

static struct rule_venue venue;
static struct rules_view view;

#define FIRST_PACK "rules/eu-833-5b2.v1.yaml"
#define OTHER_PACK "rules/venue-notice-ru.v1.yaml"

static void look(void)
{
    rules_view_close(&view);
    if (rules_view_open(&view, venue.folder) != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
}

static void expect_first(u32 number)
{
    const struct rules_view_pack *pack = &view.packs[number];
    assert_int_equal(pack->state, PACK_STATE_ACTIVE);
    assert_string_equal(pack->id, "eu-833-5b2");
    assert_int_equal(pack->version, 1);
    assert_true(pack->effective.from == rule_venue_time("2022-04-09"));
    assert_true(pack->effective.until == rule_venue_time("2022-10-07"));
}

static void refuses(const char *name, const char *message)
{
    u32 number = 0;
    assert_int_equal(rules_view_find(&view, name, &number), FAULT_INPUT);
    assert_non_null(strstr(fault_text(), message));
}

static void found_by_id_and_by_hash(void)
{
    char hash[17];
    u32 number = 99;
    for (u32 i = 0; i < 8; i += 1) {
        (void)snprintf(hash + (size_t)2 * i, 3, "%02x", view.packs[0].content_hash[i]);
    }
    assert_int_equal(rules_view_find(&view, "eu-833-5b2", &number), FAULT_NONE);
    assert_int_equal(number, 0);
    number = 99;
    assert_int_equal(rules_view_find(&view, hash, &number), FAULT_NONE);
    assert_int_equal(number, 0);
    hash[7] = 0;
    refuses(hash, "no active pack");
    refuses("", "no active pack");
    refuses("eu-833-5b", "no active pack");
}

static void settings_and_prices(void)
{
    assert_int_equal(view.reevaluations, 7);
    assert_true(view.venue.stale_us == 900000000);
    assert_true(view.venue.assets[RULE_VENUE_BTC].price.price.units == 40000ULL * 100000000);
    assert_true(view.venue.assets[RULE_VENUE_USDT].price.time_us == 0);
    assert_string_equal(view.venue.assets[RULE_VENUE_USDT].name, "USDT");
}

static void begin(void)
{
    struct command_rules_set rules = {.reevaluations_per_command_max = 7,
                                      .price_stale_seconds = 900};
    memset(&view, 0, sizeof(view));
    rule_venue_open(&venue, "2022-04-22T10:00:00Z");
    rule_venue_price(&venue, RULE_VENUE_BTC, 40000);
    (void)rule_venue_put(&venue, &rules, sizeof(rules), COMMAND_RULES_SET, 0);
    rule_venue_pack(&venue, FIRST_PACK);
    rule_venue_settle(&venue);
    look();
}

static void end(void)
{
    rules_view_close(&view);
    rule_venue_close(&venue);
    rule_venue_remove(&venue);
}

static void from_the_first_event_and_from_an_image(void **state)
{
    (void)state;
    begin();
    expect_first(0);
    assert_true(view.packs[0].since_us >= rule_venue_time("2022-04-22T10:00:00Z"));
    settings_and_prices();
    found_by_id_and_by_hash();
    rule_venue_pack(&venue, OTHER_PACK);
    rule_venue_close(&venue);
    assert_true(scene_image(venue.folder, &venue.now.clock) > 0);
    look();
    expect_first(0);
    assert_true(view.packs[0].since_us == 0);
    assert_string_equal(view.packs[1].id, "venue-notice-ru");
    assert_true(view.packs[1].effective.from == rule_venue_time("2022-04-21"));
    settings_and_prices();
    found_by_id_and_by_hash();
    rule_venue_again(&venue);
    rule_venue_pack_end(&venue, FIRST_PACK);
    rule_venue_settle(&venue);
    assert_int_equal(rules_view_turn(&view), FAULT_NONE);
    assert_int_not_equal(view.packs[0].state, PACK_STATE_ACTIVE);
    refuses("eu-833-5b2", "no active pack");
    end();
}

static void what_became_of_a_command(void **state)
{
    (void)state;
    struct command_valuation valuation = {.pack = 0};
    begin();
    (void)rule_venue_customer(&venue, 1, "RU", 50000000);
    rule_venue_settle(&venue);
    assert_int_equal(rules_view_turn(&view), FAULT_NONE);
    rule_venue_price(&venue, RULE_VENUE_BTC, 10000);
    u64 seq = rule_venue_put(&venue, &valuation, sizeof(valuation), COMMAND_VALUATION, 0);
    rules_view_await(&view, seq);
    rule_venue_at(&venue, "2022-04-22T10:00:30Z");
    rule_venue_settle(&venue);
    assert_int_equal(rules_view_turn(&view), FAULT_NONE);
    assert_true(view.cause.is_over);
    assert_int_equal(view.cause.persons, 1);
    rules_view_await(&view, seq + 1000);
    assert_int_equal(rules_view_turn(&view), FAULT_NONE);
    assert_false(view.cause.is_over);
    end();
}

static void a_folder_without_a_log(void **state)
{
    (void)state;
    assert_int_equal(rules_view_open(&view, "/no/such/venue"), FAULT_MISSING);
    rules_view_close(&view);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_the_first_event_and_from_an_image),
        cmocka_unit_test(what_became_of_a_command),
        cmocka_unit_test(a_folder_without_a_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
