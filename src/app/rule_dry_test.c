/* Aim: a dry run says what an activation then does: the same accounts, the same vectors, the same
 * counts; it changes nothing at the venue, and says when the venue would refuse the pack.
 *
 * Method: a venue with several customers made by a real engine; the dry run is compared with what
 * the engine makes of the same pack afterwards. */
#include "app/rule_dry.h"

#include "base/span.h"
#include "tests/support/rule_venue.h"

#include <string.h>

#define NOTICE "rules/venue-notice-ru.v1.yaml"
#define LAW    "rules/eu-833-5b2.v1.yaml"
#define LATER  "rules/eu-833-5b2.v2.yaml"

enum { RICH = 1, POOR = 2, ABROAD = 3, UNKNOWN = 4, PERSONS = 4 };

static struct rule_venue venue;
static struct rule_source source;
static struct rule_dry dry;

static void read_pack(const char *path)
{
    if (rule_read_file(path, &source) != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
}

static enum fault try_on(const char *day, bool replaces)
{
    struct rule_dry_question question = {.folder = venue.folder,
                                         .source = &source,
                                         .at = day == NULL ? RULE_DRY_NOW : rule_venue_time(day),
                                         .replaces = replaces};
    rule_venue_settle(&venue);
    rule_dry_close(&dry);
    return rule_dry_run(&question, &dry);
}

static int begin(void **state)
{
    (void)state;
    rule_venue_open(&venue, "2022-04-22");
    rule_venue_price(&venue, RULE_VENUE_BTC, 40000);
    (void)rule_venue_customer(&venue, RICH, "RU", 30000000); /* EUR 12,000 */
    (void)rule_venue_customer(&venue, POOR, "RU", 24000000); /* EUR 9,600 */
    (void)rule_venue_customer(&venue, ABROAD, "TH", 50000000);
    rule_venue_person(&venue, UNKNOWN);
    rule_venue_link(&venue, UNKNOWN, 3);
    rule_venue_link(&venue, UNKNOWN, 4);
    (void)rule_venue_fact(&venue, UNKNOWN, RULE_FACT_KIND, "natural", 0, 0, 0);
    rule_venue_deposit(&venue, 4, RULE_VENUE_BTC, 50000000);
    return 0;
}

static int finish(void **state)
{
    (void)state;
    rule_dry_close(&dry);
    rule_venue_remove(&venue);
    return 0;
}

/* What the venue has now, against what the dry run said it would have. */
static void agrees(void)
{
    struct rule_state state;

    scene_must(rule_state_take(engine_core(venue.engine), RULE_STATE_EVERYBODY, &state));
    for (u32 i = 0; i < state.accounts.count; i += 1) {
        const struct rule_state_account *account = rule_state_account_at(&state, i);
        bool is_told = false;
        for (u32 k = 0; k < dry.accounts_count; k += 1) {
            if (dry.accounts[k].account == account->account) {
                is_told = true;
                assert_int_equal(dry.accounts[k].after, account->restrictions);
                assert_int_equal(dry.accounts[k].person, account->person);
            }
        }
        assert_true(is_told || account->restrictions == 0);
    }
    rule_state_close(&state);
}

static void what_it_says_happens(void **state)
{
    (void)state;
    read_pack(NOTICE);
    scene_must(try_on(NULL, false));
    assert_int_equal(dry.persons, PERSONS);
    assert_int_equal(dry.evaluated, PERSONS);
    assert_int_equal(dry.rules[0].yes, 1);
    assert_int_equal(dry.rules[0].unknown, 1);
    assert_int_equal(dry.rules[0].warned, 1);
    assert_int_equal(dry.rules[0].missing[RULE_FACT_NATIONALITY], 1);
    assert_int_equal(dry.rules[0].missing[RULE_FACT_PERMIT], 0);
    assert_int_equal(dry.accounts_count, 3); /* the rich one's, and both of the unknown */
    assert_int_equal(dry.restricted, 3);
    assert_int_equal(dry.restricted_eur, 32000ULL * 100000000); /* the unknown one's once */
    assert_int_equal(dry.operations[OPERATION_TRADE].becomes[RESTRICTION_REFUSE], 1);
    assert_int_equal(dry.operations[OPERATION_DEPOSIT].becomes[RESTRICTION_HOLD], 3);
    assert_int_equal(dry.operations[OPERATION_WITHDRAW].becomes[RESTRICTION_REFUSE], 0);
    /* Nothing has changed at the venue; now it does. */
    rule_venue_pack(&venue, NOTICE);
    rule_venue_settle(&venue);
    agrees();
}

static void a_day_to_come(void **state)
{
    (void)state;
    rule_venue_pack(&venue, LAW);
    read_pack(LATER);
    scene_must(try_on(NULL, false));
    assert_int_equal(dry.at, rule_venue_time("2022-10-07"));
    assert_int_equal(dry.rules[0].yes,
                     3); /* no amount any more: the poor one and the one abroad too */
    /* On that day the former version ends: who it restricted is told only if something changes. */
    bool has_poor = false;
    for (u32 i = 0; i < dry.accounts_count; i += 1) {
        has_poor |= dry.accounts[i].account == POOR - 1;
    }
    assert_true(has_poor);
    assert_int_equal(try_on("2022-04-01", false), FAULT_USAGE);
    fault_forget();
}

static void what_the_venue_would_refuse(void **state)
{
    (void)state;
    rule_venue_pack(&venue, NOTICE);
    read_pack(NOTICE);
    assert_int_equal(try_on(NULL, false), FAULT_REFUSED);
    assert_non_null(strstr(fault_text(), "pack_activate: PACK_OVERLAP"));
    fault_forget();
    /* In its own place nothing changes. */
    scene_must(try_on(NULL, true));
    assert_int_equal(dry.ended, 1);
    assert_int_equal(dry.accounts_count, 0);
    assert_int_equal(dry.rules[0].yes, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_it_says_happens, begin, finish),
        cmocka_unit_test_setup_teardown(a_day_to_come, begin, finish),
        cmocka_unit_test_setup_teardown(what_the_venue_would_refuse, begin, finish),
    };
    return cmocka_run_group_tests_name("rule_dry", tests, NULL, NULL);
}
