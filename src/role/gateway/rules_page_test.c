/* Aim: what everybody reads of the rules is what is in force at that moment, with the pack's words,
 * and names no officer. Method: a pack, a view whose pack comes and ends, and a clock around the
 * pack's dates; a buffer of every size. */
#include "role/gateway/rules_page.h"

#include "tests/support/call_scene.h"
#include "tests/support/pack_scene.h"
#include "tests/support/rule_hand.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define APRIL_9_US   1649462400000000ULL /* 2022-04-09T00:00:00Z */
#define OCTOBER_7_US 1665100800000000ULL

static struct pack_scene packs;
static struct view_scene views;
static struct rule_hand hand;
static struct rules_page page;
static u8 hash[32];

static int open_scene(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    struct view_config config = view_scene_config(&limits);
    pack_scene_open(&packs);
    pack_scene_write(&packs, NULL, pack_scene_text, hash);
    pack_scene_groups(&packs, hash, "{\"groups\":[\"legal\",\"compliance\"]}");
    pack_scene_read(&packs);
    view_scene_open(&views, &config);
    hand_open(&hand, views.view);
    hand_time(&hand, APRIL_9_US - 1000);
    page = (struct rules_page){.view = views.view, .shelf = packs.shelf, .now_us = APRIL_9_US - 1};
    return 0;
}

static int close_scene(void **state)
{
    (void)state;
    view_scene_close(&views);
    pack_scene_close(&packs);
    return 0;
}

static enum rules_state state_at(u64 now_us)
{
    page.now_us = now_us;
    return rules_state_of(&page, pack_shelf_at(packs.shelf, 0));
}

static void the_state_follows_venue_and_dates(void **state)
{
    (void)state;
    assert_int_equal(state_at(APRIL_9_US), RULES_ENDED); /* the venue has not taken it */
    hand_next(&hand);
    hand_pack(&hand, 0, PACK_STATE_ACTIVE, hash);
    assert_int_equal(state_at(APRIL_9_US - 1), RULES_ANNOUNCED);
    assert_int_equal(state_at(APRIL_9_US), RULES_IN_FORCE);
    assert_int_equal(state_at(OCTOBER_7_US - 1), RULES_IN_FORCE);
    assert_int_equal(state_at(OCTOBER_7_US), RULES_ENDED);
    hand_next(&hand);
    hand_pack(&hand, 0, PACK_STATE_ENDING, hash);
    assert_int_equal(state_at(APRIL_9_US), RULES_ENDED);
    hand_next(&hand);
    hand_pack(&hand, 0, PACK_STATE_ENDED, hash);
    assert_int_equal(state_at(APRIL_9_US), RULES_ENDED);
    hand_next(&hand);
    hand_pack(&hand, 1, PACK_STATE_ACTIVE, hash);
    assert_int_equal(state_at(APRIL_9_US), RULES_IN_FORCE);
}

static void a_pack_of_an_hour(void **state)
{
    (void)state;
    u8 other[32];
    pack_scene_write(&packs, NULL,
                     "{\"pack\":{\"effective_from\":\"2022-04-21T15:00:00Z\",\"id\":\"z\","
                     "\"version\":\"1\"},\"rules\":[{\"id\":\"r\"}]}",
                     other);
    pack_scene_read(&packs);
    page.shelf = packs.shelf;
    hand_next(&hand);
    hand_pack(&hand, 0, PACK_STATE_ACTIVE, other);
    const struct shelf_pack *pack = pack_shelf_find(packs.shelf, other);
    u64 hour_us = APRIL_9_US + (12 * 24 + 15) * 3600000000ULL;
    page.now_us = hour_us - 1;
    assert_int_equal(rules_state_of(&page, pack), RULES_ANNOUNCED);
    page.now_us = hour_us;
    assert_int_equal(rules_state_of(&page, pack), RULES_IN_FORCE);
}

static void lists_packs(void **state)
{
    (void)state;
    char text[1024];
    char wanted[1024];
    struct json_writer json;
    hand_next(&hand);
    hand_pack(&hand, 0, PACK_STATE_ACTIVE, hash);
    page.now_us = APRIL_9_US;
    json_begin(&json, text, sizeof text);
    rules_list_print(&page, &json);
    assert_true(json_end(&json) > 0);
    (void)snprintf(
        wanted, sizeof wanted,
        "{\"time\":1649462400000,\"packs\":[{\"hash\":\"%s\",\"id\":\"law-a\","
        "\"version\":1,\"state\":\"in_force\",\"activated\":1649462399999,"
        "\"ended\":null,\"acts\":[[\"none-such\",\"none-such\",\"none-such\"]],\"groups\":[\"legal\",\"compliance\"]}]}",
        pack_shelf_at(packs.shelf, 0)->name);
    assert_string_equal(text, wanted);
}

static void prints_plain_text(void **state)
{
    (void)state;
    char text[4096];
    hand_next(&hand);
    hand_pack(&hand, 0, PACK_STATE_ACTIVE, hash);
    page.now_us = APRIL_9_US;
    size_t size = rules_text_print(&page, text, sizeof text);
    assert_true(size > 0 && size == strlen(text));
    static const char *const pieces[] = {"2022-04-09T00:00:00Z",
                                         "Act A\nActe A\n",
                                         "law-a, version 1: in force",
                                         "in force from 2022-04-09 until 2022-10-07 (excluded)",
                                         "signed by officers of: legal, compliance\n",
                                         "Rule a.over",
                                         "none-such, article 5b, paragraph 2",
                                         "Amount: EUR 10000.00",
                                         "FR: Au-dessus du montant, seuls les retraits."};
    for (u32 i = 0; i < ARRAY_COUNT(pieces); i += 1) {
        if (strstr(text, pieces[i]) == NULL) {
            fail_msg("no \"%s\" in\n%s", pieces[i], text);
        }
    }
    /* A buffer of every size: whole or not at all. */
    for (size_t room = 1; room <= size + 1; room += 1) {
        char *exact = malloc(room);
        assert_non_null(exact);
        assert_int_equal(rules_text_print(&page, exact, room), room > size ? size : 0);
        free(exact);
    }
    page.shelf = NULL;
    assert_true(rules_text_print(&page, text, sizeof text) > 0);
    assert_non_null(strstr(text, "There are none."));
}

static void finds_paths(void **state)
{
    (void)state;
    struct span name = {NULL, 0};
    char path[128];
    assert_int_equal(rules_path_of(span_of_text("/rules"), &name), RULES_PATH_PAGE);
    assert_int_equal(rules_path_of(span_of_text("/rules.txt"), &name), RULES_PATH_TEXT);
    assert_int_equal(rules_path_of(span_of_text("/rules/list.json"), &name), RULES_PATH_LIST);
    (void)snprintf(path, sizeof path, "/rules/%s.json", pack_shelf_at(packs.shelf, 0)->name);
    assert_int_equal(rules_path_of(span_of_text(path), &name), RULES_PATH_PACK);
    assert_ptr_equal(pack_shelf_named(packs.shelf, name), pack_shelf_at(packs.shelf, 0));
    static const char *const others[] = {
        "", "/", "/rules/", "/rulesx", "/rules/../keys.db", "/rules/list.jso", "/api/v3/ping"};
    for (u32 i = 0; i < ARRAY_COUNT(others); i += 1) {
        assert_int_equal(rules_path_of(span_of_text(others[i]), &name), RULES_PATH_NONE);
    }
    path[strlen(path) - 1] = 'x';
    assert_int_equal(rules_path_of(span_of_text(path), &name), RULES_PATH_NONE);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_state_follows_venue_and_dates),
        CASE(a_pack_of_an_hour),
        CASE(lists_packs),
        CASE(prints_plain_text),
        CASE(finds_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
