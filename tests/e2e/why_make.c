/* Makes a venue for why_test.py and prints its folder, which is the caller's to remove: golden case
 * 9 on account 0, EUR 9,600 of a Russian national in Moscow on account 1, a candidate hit on
 * account 2, an owner of the venue behind account 3, and account 4 restricted by hand.
 *
 *     why_make */
#include "tests/support/rule_venue.h"

#include <stdio.h>

static struct rule_venue venue;

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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(play)};
    return cmocka_run_group_tests_name("why_make", tests, NULL, NULL);
}
