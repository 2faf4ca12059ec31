/* Aim: those for whom rules matter are what the demo says of them: after the queue is worked off on
 * the law date, each account has the restrictions that the page's line promises, the packs are
 * signed, and on a later law date the later law holds.
 *
 * Method: the demo's venue is begun on several clocks; an engine goes on with it, works until
 * nothing waits, and the accounts' vectors are compared with a table written by hand. */
#include "app/demo_people.h"

#include "app/demo_venue.h"
#include "app/restriction_modes.h"
#include "app/venue_rules.h"
#include "base/span.h"
#include "core/rule.h"
#include "io/clock.h"
#include "io/file.h"
#include "role/engine/engine.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEED 40U

/* 2022-04-22T11:58:00Z and 2022-10-07T12:00:00Z. */
#define APRIL_US   1650628680000000ULL
#define OCTOBER_US 1665144000000000ULL

struct heard {
    struct release_sink sink;
    u64 vectors[DEMO_HOLDERS_MAX];
    u32 packs; /* active */
};

static char base[64];
static struct demo_file made;
static struct heard heard;

static void on_release(struct release_sink *sink, const struct release *release)
{
    struct heard *self = (struct heard *)(void *)sink;
    struct span events = release->events;
    while (events.size > 0) {
        struct event_head head;
        memcpy(&head, events.data, sizeof(head));
        if (head.kind == EVENT_RESTRICTED) {
            struct event_restricted event;
            memcpy(&event, events.data, sizeof(event));
            assert_in_range(head.account, 0, DEMO_HOLDERS_MAX - 1);
            self->vectors[head.account] = event.after;
        }
        if (head.kind == EVENT_PACK_STATE) {
            struct event_pack_state event;
            memcpy(&event, events.data, sizeof(event));
            self->packs += event.state == PACK_STATE_ACTIVE;
        }
        events = span_after(events, (size_t)head.units * WIRE_UNIT);
    }
}

/* Begins the venue, and works until nothing waits. */
static void venue_at(u64 now_us)
{
    char folder[128];
    char keys_folder[160];
    u64 behind_us = clock_wall_us(clock_real()) - now_us;
    struct clock_behind clock;
    SCOPED_ENGINE engine = NULL;
    (void)snprintf(base, sizeof(base), "/tmp/cambist-demo-people-XXXXXX");
    assert_non_null(mkdtemp(base));
    (void)snprintf(folder, sizeof(folder), "%s/venue", base);
    (void)snprintf(keys_folder, sizeof(keys_folder), "%s/keys", base);
    assert_int_equal(disk_make_folder(disk_real(), folder), FAULT_NONE);
    enum fault fault = demo_venue_begin(folder, keys_folder, SEED, behind_us, &made);
    if (fault != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
    memset(&heard, 0, sizeof(heard));
    heard.sink.release = on_release;
    clock_behind_init(&clock, behind_us);
    struct engine_options options = {.disk = disk_real(),
                                     .clock = &clock.clock,
                                     .folder = folder,
                                     .sink = &heard.sink,
                                     .sink_from_genesis = true};
    assert_int_equal(engine_open(&engine, &options), FAULT_NONE);
    for (u32 step = 0; step < 1000; step += 1) {
        bool some = false;
        assert_int_equal(engine_work(engine, &some), FAULT_NONE);
    }
    assert_int_equal(engine_finish(engine), FAULT_NONE);
}

static int teardown(void **state)
{
    char command[160];
    (void)state;
    (void)snprintf(command, sizeof(command), "rm -rf -- '%s'", base);
    return system(command);
}

#define OPEN_REFUSED ((u64)RESTRICTION_REFUSE << (2U * RULE_OPERATION_OPEN))

/* The restrictions of the account, without those of new services. */
static const char *mode_of(const char *account)
{
    const struct demo_holder *holder = demo_file_find(&made, account);
    assert_non_null(holder);
    return restriction_mode_name(heard.vectors[holder->number] & ~OPEN_REFUSED);
}

static u64 vector_of(const char *account)
{
    const struct demo_holder *holder = demo_file_find(&made, account);
    assert_non_null(holder);
    return heard.vectors[holder->number];
}

static void on_the_law_date_each_is_what_the_page_says(void **state)
{
    (void)state;
    venue_at(APRIL_US);
    assert_int_equal(heard.packs, 5);
    assert_string_equal(mode_of("mikhail"), "withdraw-only");
    assert_string_equal(mode_of("irina"), "none");
    assert_string_equal(mode_of("pavel"), "none");
    assert_string_equal(mode_of("jonas"), "withdraw-only");
    assert_string_equal(mode_of("arkady"), "freeze");
    assert_string_equal(mode_of("nadia"), "review");
    assert_string_equal(mode_of("vera"), "withdraw-only");
    assert_string_equal(mode_of("vera-2"), "withdraw-only");
    assert_string_equal(mode_of("lena"), "review");
    /* Jonas is restricted by the notice alone, Olga by her passport and by what is not known. */
    assert_true((vector_of("jonas") & OPEN_REFUSED) == 0);
    assert_true((vector_of("mikhail") & OPEN_REFUSED) != 0);
    assert_string_equal(mode_of("olga"), "withdraw-only");
    assert_string_equal(mode_of("ada"), "none");
}

static void in_october_another_law_holds(void **state)
{
    (void)state;
    venue_at(OCTOBER_US);
    assert_int_equal(heard.packs, 3); /* the list, and two versions of the law */
    assert_string_equal(mode_of("mikhail"), "withdraw-only");
    assert_string_equal(mode_of("irina"), "none");
    assert_string_equal(mode_of("pavel"), "withdraw-only");
    assert_string_equal(mode_of("jonas"), "none");
    assert_string_equal(mode_of("arkady"), "freeze");
}

static void prices_agree_with_the_model(void **state)
{
    (void)state;
    u64 btc = demo_people_price(SEED, DEMO_BTC);
    assert_int_equal(demo_people_price(SEED, DEMO_EUR), VENUE_MAKER_ONE);
    assert_in_range(btc, 40000 * VENUE_MAKER_ONE, 90000 * VENUE_MAKER_ONE);
    assert_in_range(demo_people_price(SEED, DEMO_ETH), btc / 100, btc / 10);
    assert_in_range(demo_people_price(SEED, DEMO_USDT), VENUE_MAKER_ONE / 2, VENUE_MAKER_ONE * 2);
    assert_in_range(demo_people_price(SEED, DEMO_RUB), VENUE_MAKER_ONE / 200, VENUE_MAKER_ONE / 50);
}

static void texts_fit_the_page(void **state)
{
    (void)state;
    for (u32 i = 0; i < DEMO_PEOPLE_COUNT; i += 1) {
        const struct demo_person *person = &demo_people[i];
        assert_true(strlen(person->account) <= DEMO_ACCOUNT_BYTES);
        assert_true(strlen(person->name) <= DEMO_NAME_BYTES);
        assert_in_range(strlen(person->about_en), 5, 100);
        assert_in_range(strlen(person->about_fr), 5, 100);
        assert_ptr_equal(demo_person_find(person->account), person);
    }
    assert_null(demo_person_find("ada"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(on_the_law_date_each_is_what_the_page_says, teardown),
        cmocka_unit_test_teardown(in_october_another_law_holds, teardown),
        cmocka_unit_test(prices_agree_with_the_model),
        cmocka_unit_test(texts_fit_the_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
