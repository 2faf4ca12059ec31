/* Makes a venue for why_test.py and prints its folder, which is the caller's to remove: golden case
 * 9 on account 0, EUR 9,600 of a Russian national in Moscow on account 1, a candidate hit on
 * account 2, an owner of the venue without an account, and account 4 restricted by hand. Or, for
 * figures, so many persons with an account each, every tenth of them Russian.
 *
 *     why_make [PERSONS] */
#include "app/options.h"
#include "base/span.h"
#include "tests/support/rule_venue.h"

#include <stdio.h>

enum { BATCH_BYTES = 1 << 20, PERSONS_MAX = 2000000 };

static struct rule_venue venue;
static u64 persons_count;

static void restrict_by_hand(void)
{
    struct command_note note = {.actor = 21, .reason = 5};
    struct command_restrict set = {.restrictions = 3U << (2 * OPERATION_WITHDRAW)};
    (void)rule_venue_put(&venue, &note, sizeof(note), COMMAND_NOTE, 0);
    (void)rule_venue_put(&venue, &set, sizeof(set), COMMAND_RESTRICT, 4);
}

static void persons(void)
{
    (void)rule_venue_customer(&venue, 2, "RU", 24000000);
    (void)rule_venue_customer(&venue, 3, "TH", 1000);
    (void)rule_venue_listing(&venue, 3, "us-sdn", LISTING_STATE_CANDIDATE, 31337);
    rule_venue_person(&venue, 4);
    (void)rule_venue_fact(&venue, 4, RULE_FACT_KIND, "natural", 0, 0, 0);
    (void)rule_venue_fact(&venue, 4, RULE_FACT_NATIONALITY, "RU", RULE_VERIFIED_DOCUMENT, 0, 0);
    (void)rule_venue_fact(&venue, 4, RULE_FACT_ROLE, "owner", RULE_VERIFIED_REGISTER, 0, 0);
}

static void play(void **state)
{
    (void)state;
    rule_venue_open(&venue, "2022-04-20");
    rule_venue_price(&venue, RULE_VENUE_BTC, 40000);
    u64 residence = rule_venue_customer(&venue, 1, "TH", 125000000);
    persons();
    rule_venue_at(&venue, "2022-04-21");
    rule_venue_pack(&venue, "rules/venue-notice-ru.v1.yaml");
    rule_venue_pack(&venue, "rules/us-ofac-sdn.v1.yaml");
    restrict_by_hand();
    rule_venue_at(&venue, "2022-04-22T12:00:00Z");
    rule_venue_price(&venue, RULE_VENUE_BTC, 41000);
    rule_venue_valuation(&venue, 0);
    rule_venue_snapshot(&venue);
    rule_venue_at(&venue, "2022-04-25");
    rule_venue_price(&venue, RULE_VENUE_BTC, 41500);
    (void)rule_venue_fact(&venue, 1, RULE_FACT_RESIDENCE, "RU", RULE_VERIFIED_ADDRESS,
                          rule_venue_time("2022-04-01"), residence);
    rule_venue_at(&venue, "2022-04-27");
    rule_venue_price(&venue, RULE_VENUE_BTC, 42000);
    rule_venue_close(&venue);
    (void)printf("%s\n", venue.base);
}

/* ---- many ---- */

static void open_large(void)
{
    static struct command_genesis genesis;
    genesis = scene_genesis();
    genesis.head.source_index = 1;
    genesis.accounts_max = (u32)persons_count;
    genesis.balance_rows_max = (u32)persons_count * 3; /* an account takes three at a time */
    genesis.persons_max = (u32)persons_count;
    genesis.person_rows_max = (u32)persons_count * 5;
    scene_folder_make(venue.base);
    scene_must(file_path(venue.folder, venue.base, "venue"));
    clock_false_init(&venue.now, rule_venue_time("2022-04-22"));
    struct engine_options options = {.disk = disk_real(),
                                     .clock = &venue.now.clock,
                                     .folder = venue.folder,
                                     .genesis = &genesis};
    scene_must(engine_open(&venue.engine, &options));
}

static void put_fact(struct scene_commands *commands, u32 person, u8 fact, u16 value)
{
    struct command_fact_set set = {.person = person,
                                   .fact = fact,
                                   .verified = RULE_VERIFIED_ADDRESS,
                                   .value = value,
                                   .until = RULE_TIME_OPEN,
                                   .expires = RULE_TIME_OPEN,
                                   .officer = RULE_VENUE_OFFICER,
                                   .second = RULE_VENUE_SECOND};
    scene_put(commands, &set, COMMAND_FACT_SET, 0);
}

/* EUR 400 to 20,000 each. */
static void put_person(struct scene_commands *commands, u32 place)
{
    u32 person = place + 1;
    u16 country = rule_country_of(span_of_text(place % 10 == 0 ? "RU" : "FR"));
    struct command_account_add account = {.trade_group = UINT32_MAX};
    struct command_person_add add = {.person = person, .officer = RULE_VENUE_OFFICER};
    struct command_link link = {.person = person, .officer = RULE_VENUE_OFFICER};
    struct command_deposit deposit = {.amount = amount_of(1000000 * (1 + place % 50)),
                                      .reference = place};
    scene_put(commands, &account, COMMAND_ACCOUNT_ADD, 0);
    scene_put(commands, &add, COMMAND_PERSON_ADD, 0);
    scene_put(commands, &link, COMMAND_LINK, place);
    scene_put(commands, &deposit, COMMAND_DEPOSIT, place);
    put_fact(commands, person, RULE_FACT_KIND, RULE_KIND_NATURAL);
    put_fact(commands, person, RULE_FACT_NATIONALITY, country);
    put_fact(commands, person, RULE_FACT_RESIDENCE, country);
    put_fact(commands, person, RULE_FACT_DOCUMENT, country);
    put_fact(commands, person, RULE_FACT_PERMIT, RULE_VALUE_NONE);
}

static void play_many(void **state)
{
    (void)state;
    struct scene_commands commands;
    struct command_asset_add add = {.scale = 8, .name = "BTC"};
    struct command_valuation_price price = {.price = price_of(40000ULL * 100000000),
                                            .time_us = rule_venue_time("2022-04-22"),
                                            .sources = 1};
    open_large();
    scene_commands_init(&commands);
    commands.source_index = 1;
    scene_put(&commands, &add, COMMAND_ASSET_ADD, 0);
    scene_put(&commands, &price, COMMAND_VALUATION_PRICE, 0);
    for (u32 place = 0; place < persons_count; place += 1) {
        put_person(&commands, place);
        if (commands.used >= BATCH_BYTES || place + 1 == persons_count) {
            scene_submit_all(venue.engine, span_of(commands.bytes, commands.used));
            commands.used = 0;
        }
    }
    scene_commands_free(&commands);
    rule_venue_close(&venue);
    (void)printf("%s\n", venue.base);
}

int main(int count, char **texts)
{
    const struct CMUnitTest few[] = {cmocka_unit_test(play)};
    const struct CMUnitTest many[] = {cmocka_unit_test(play_many)};
    if (count == 1) {
        return cmocka_run_group_tests_name("why_make", few, NULL, NULL);
    }
    if (count != 2 || !options_number(texts[1], 1, PERSONS_MAX, &persons_count)) {
        (void)fprintf(stderr, "usage: why_make [PERSONS]\n");
        return 2;
    }
    return cmocka_run_group_tests_name("why_make", many, NULL, NULL);
}
