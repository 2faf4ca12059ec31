/* Aim: in every placement each role runs once, each channel has its ends where its roles are and
 * nowhere else, and what a process is handed fits one message.
 *
 * Method: the items of each process, as the supervisor would send them. */
#include "app/placement.h"

#include "app/listen.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static struct config config;
static struct place_hub hub;
static struct handover_item items[HANDOVER_ITEMS_MAX];

static void hub_make(const struct placement *placement)
{
    int listeners[PLACE_LISTENERS_COUNT];
    u16 port = 0;
    config_init(&config);
    for (u32 index = 0; index < PLACE_LISTENERS_COUNT; index += 1) {
        assert_int_equal(listen_open("127.0.0.1", 0, &listeners[index], &port), FAULT_NONE);
    }
    assert_int_equal(place_hub_open(&hub, placement, &config, listeners), FAULT_NONE);
}

static bool is_handed(u32 count, const char *name)
{
    return handover_find(items, count, name) != NULL;
}

static void words_of_the_option_are_placements(void **state)
{
    (void)state;
    char words[64] = "";
    for (u32 index = 0; index < placements_count; index += 1) {
        size_t used = strlen(words);
        (void)snprintf(words + used, sizeof(words) - used, "%s%s", index == 0 ? "" : "|",
                       placements[index].name);
    }
    assert_string_equal(words, config_options[CONFIG_VENUE_PLACEMENT].words);
}

static void each_role_runs_once(void **state)
{
    (void)state;
    for (u32 index = 0; index < placements_count; index += 1) {
        const struct placement *placement = &placements[index];
        u32 seen[PLACE_ROLES_COUNT] = {0};
        assert_true(placement->processes_count <= PLACE_PROCESSES_MAX);
        for (u32 process = 0; process < placement->processes_count; process += 1) {
            const struct place_process *row = &placement->processes[process];
            for (u32 role = 0; role < row->roles_count; role += 1) {
                seen[row->roles[role]] += 1;
            }
        }
        for (u32 role = 0; role < PLACE_ROLES_COUNT; role += 1) {
            assert_int_equal(seen[role], 1);
            assert_true(strlen(place_role_name((enum place_role)role)) > 0);
        }
        /* Others wait for the engine. */
        assert_int_equal(placement->processes[0].roles[0], PLACE_ENGINE);
    }
}

static void channels_join_their_roles_and_nobody_else(void **state)
{
    (void)state;
    static const char *const names[] = {
        "gateway-commands", "gateway-bells", "history-bells",  "asks",       "answers",
        "key-asks",         "key-answers",   "admin-commands", "admin-bells"};
    for (u32 index = 0; index < placements_count; index += 1) {
        u32 ends[ARRAY_COUNT(names)] = {0};
        u32 listeners = 0;
        u32 lines = 0;
        hub_make(&placements[index]);
        for (u32 process = 0; process < placements[index].processes_count; process += 1) {
            u32 count = place_hub_items(&hub, &placements[index].processes[process], items);
            assert_true(count <= HANDOVER_ITEMS_MAX);
            assert_true(is_handed(count, "metrics"));
            for (u32 name = 0; name < ARRAY_COUNT(names); name += 1) {
                char wake[HANDOVER_NAME_BYTES];
                (void)snprintf(wake, sizeof(wake), "%s.wake", names[name]);
                assert_int_equal(is_handed(count, names[name]), is_handed(count, wake));
                ends[name] += is_handed(count, names[name]) ? 1 : 0;
            }
            listeners += is_handed(count, "gateway-listener") ? 1 : 0;
            listeners += is_handed(count, "monitor-listener") ? 1 : 0;
            listeners += is_handed(count, "admin-listener") ? 1 : 0;
            lines += is_handed(count, "match-out") ? 1 : 0;
            lines += is_handed(count, "match-in") ? 1 : 0;
        }
        bool is_one = strcmp(placements[index].name, "one") == 0;
        for (u32 name = 0; name < ARRAY_COUNT(names); name += 1) {
            assert_int_equal(ends[name], is_one ? 1 : 2);
        }
        assert_int_equal(listeners, 3);
        assert_int_equal(lines, 2);
        place_hub_close(&hub);
    }
}

/* The engine alone may be told what to do by the gateway, and the gateway alone has customers. */
static void a_process_gets_only_its_own(void **state)
{
    (void)state;
    const struct placement *small = &placements[0];
    hub_make(small);
    u32 count = place_hub_items(&hub, &small->processes[0], items);
    assert_true(is_handed(count, "gateway-commands"));
    assert_false(is_handed(count, "gateway-listener"));
    assert_false(is_handed(count, "admin-listener"));
    assert_false(is_handed(count, "asks"));
    assert_false(is_handed(count, "metrics.0"));
    count = place_hub_items(&hub, &small->processes[1], items);
    assert_false(is_handed(count, "gateway-commands"));
    assert_true(is_handed(count, "monitor-listener"));
    assert_true(is_handed(count, "admin-listener"));
    assert_true(is_handed(count, "metrics.0"));
    char last[HANDOVER_NAME_BYTES]; /* the supervisor's */
    (void)snprintf(last, sizeof(last), "metrics.%u", small->processes_count);
    assert_true(is_handed(count, last));
    assert_int_equal(handover_find(items, count, last)->descriptor,
                     place_hub_page(&hub)->shared.descriptor);
    assert_true(is_handed(count, "match-out"));
    assert_false(is_handed(count, "match-in"));
    assert_true(is_handed(count, "login-commands"));
    assert_true(is_handed(count, "effects-out"));
    assert_false(is_handed(count, "effects-in"));
    /* Who matches knows nobody: connections that others hand over, and a counter. */
    count = place_hub_items(&hub, &small->processes[small->processes_count - 4], items);
    assert_int_equal(count, 3);
    assert_true(is_handed(count, "match-in"));
    assert_true(is_handed(count, "match-count"));
    /* The desk has the officers' socket, its ends of the gateway's line and of that to keep, and
     * nothing else. */
    count = place_hub_items(&hub, &small->processes[small->processes_count - 8], items);
    assert_int_equal(count, 4);
    assert_true(is_handed(count, "desk-in"));
    assert_true(is_handed(count, "count-out"));
    assert_false(is_handed(count, "count-in"));
    assert_true(is_handed(count, "desk-listener"));
    /* The console has a listener of its own, and no line to anybody. */
    count = place_hub_items(&hub, &small->processes[small->processes_count - 7], items);
    assert_int_equal(count, 2);
    assert_true(is_handed(count, "office-listener"));
    /* The door has its ends of the gateway's line and of that of effects, an operator's socket, and
     * nothing else. */
    count = place_hub_items(&hub, &small->processes[small->processes_count - 6], items);
    assert_int_equal(count, 4);
    assert_true(is_handed(count, "door-in"));
    assert_true(is_handed(count, "effects-in"));
    assert_true(is_handed(count, "door-listener"));
    /* Who keeps has a socket, its ends of the gateway's line, of that to screening and of the
     * desk's, and nobody else has them. */
    count = place_hub_items(&hub, &small->processes[small->processes_count - 3], items);
    assert_int_equal(count, 9);
    assert_true(is_handed(count, "people-out"));
    assert_true(is_handed(count, "count-in"));
    assert_true(is_handed(count, "keep-in"));
    assert_true(is_handed(count, "keep-listener"));
    assert_true(is_handed(count, "log-asks"));
    assert_true(is_handed(count, "log-events"));
    /* Who writes the log has its socket, and its line to who goes out, who has nothing else. */
    count = place_hub_items(&hub, &small->processes[small->processes_count - 2], items);
    assert_int_equal(count, 7);
    assert_true(is_handed(count, "log-out"));
    assert_true(is_handed(count, "log-listener"));
    count = place_hub_items(&hub, &small->processes[small->processes_count - 1], items);
    assert_int_equal(count, 2);
    assert_true(is_handed(count, "log-in"));
    place_hub_close(&hub);
}

/* Each of the processes that are not always there comes by its own option. */
static void what_is_wanted_is_there(void **state)
{
    (void)state;
    static const char *const texts[] = {"vault:\n  on: true\n",  "screen:\n  lists: one-list\n",
                                        "publog:\n  on: true\n", "door:\n  on: true\n",
                                        "desk:\n  on: true\n",   "office:\n  on: true\n"};
    for (u32 index = 0; index < placements_count; index += 1) {
        for (u32 text = 0; text < ARRAY_COUNT(texts); text += 1) {
            struct span bytes = {.data = (const u8 *)texts[text], .size = strlen(texts[text])};
            u32 kept = 0;
            u32 screened = 0;
            u32 logged = 0;
            u32 doors = 0;
            u32 desks = 0;
            u32 offices = 0;
            assert_int_equal(config_read(bytes, "test", &config), FAULT_NONE);
            config.values[CONFIG_VENUE_PLACEMENT].number = index;
            struct placement placement = placement_of(&config);
            for (u32 process = 0; process < placement.processes_count; process += 1) {
                kept += place_has_role(&placement.processes[process], PLACE_KEEP) ? 1 : 0;
                screened += place_has_role(&placement.processes[process], PLACE_SCREEN) ? 1 : 0;
                screened += place_has_role(&placement.processes[process], PLACE_MATCH) ? 1 : 0;
                doors += place_has_role(&placement.processes[process], PLACE_DOOR) ? 1 : 0;
                desks += place_has_role(&placement.processes[process], PLACE_DESK) ? 1 : 0;
                offices += place_has_role(&placement.processes[process], PLACE_OFFICE) ? 1 : 0;
                logged += place_has_role(&placement.processes[process], PLACE_LOG) ? 1 : 0;
                logged += place_has_role(&placement.processes[process], PLACE_COURIER) ? 1 : 0;
            }
            assert_int_equal(kept, text == 0 ? 1 : 0);
            assert_int_equal(screened, text == 1 ? 2 : 0);
            assert_int_equal(logged, text == 2 ? 2 : 0);
            assert_int_equal(doors, text == 3 ? 1 : 0);
            assert_int_equal(desks, text == 4 ? 1 : 0);
            assert_int_equal(offices, text == 5 ? 1 : 0);
        }
    }
}

/* Without a list there are neither processes nor a line for them. */
static void without_lists_nobody_matches(void **state)
{
    (void)state;
    config_init(&config);
    struct placement placement = placement_of(&config);
    assert_int_equal(placement.processes_count, placements[0].processes_count - 8);
    hub_make(&placement);
    u32 count = place_hub_items(&hub, &placement.processes[1], items);
    assert_true(is_handed(count, "monitor-listener"));
    assert_false(is_handed(count, "match-out"));
    place_hub_close(&hub);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_the_option_are_placements),
        cmocka_unit_test(each_role_runs_once),
        cmocka_unit_test(channels_join_their_roles_and_nobody_else),
        cmocka_unit_test(a_process_gets_only_its_own),
        cmocka_unit_test(what_is_wanted_is_there),
        cmocka_unit_test(without_lists_nobody_matches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
