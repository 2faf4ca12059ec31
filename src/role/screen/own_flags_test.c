/* Aim: each red flag is found where its facts are and not just beside them; bad data is counted and
 * named with entity and documents. Method: one small register by hand for each flag, with the limit
 * reached and missed by one. */
#include "role/screen/own_flags.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#define PERCENT (OWN_WHOLE / 100)
#define TODAY   20000

static struct own_build *build;
static u32 source;

static void begin(void)
{
    assert_int_equal(own_build_open(&build), FAULT_NONE);
    assert_int_equal(own_build_source(build, span_of_text("register"), &source), FAULT_NONE);
}

static u32 node(const char *key, const char *country, enum own_node_kind kind, u32 flags)
{
    u32 number = OWN_NONE;
    assert_int_equal(own_build_node(build, span_of_text(key), &number), FAULT_NONE);
    struct own_node facts = {.kind = kind, .flags = flags, .founded = OWN_DAY_EVER};
    memcpy(facts.country, country, strlen(country) + 1);
    assert_int_equal(own_build_describe(build, number, &facts), FAULT_NONE);
    return number;
}

static u32 company(const char *key)
{
    return node(key, "", OWN_NODE_ENTITY, 0);
}

static struct own_edge edge_of(enum own_kind kind, u32 holder, u32 target, u32 percent)
{
    return (struct own_edge){.kind = kind,
                             .holder = holder,
                             .target = target,
                             .via = OWN_NONE,
                             .lower = percent * PERCENT,
                             .upper = percent * PERCENT,
                             .source = source,
                             .statement = span_of_text("s-7"),
                             .times = OWN_TIMES_ALWAYS};
}

static void add(struct own_edge edge)
{
    u32 number = OWN_NONE;
    assert_int_equal(own_build_edge(build, &edge, &number), FAULT_NONE);
}

static void say(enum own_kind kind, u32 holder, u32 target, u32 percent)
{
    add(edge_of(kind, holder, target, percent));
}

static void list(u32 listed, i32 day)
{
    struct own_listing listing = {.node = listed, .times = OWN_TIMES_ALWAYS};
    listing.times.valid_from = day;
    assert_int_equal(own_build_listing(build, &listing), FAULT_NONE);
}

static void pay(u32 payer, u32 payee, u32 via, i32 day, u64 cents)
{
    struct own_edge edge = edge_of(OWN_PAYMENT, payer, payee, 0);
    edge.via = via;
    edge.amount_cents = cents;
    edge.times.valid_from = day;
    edge.times.valid_until = day + 1;
    add(edge);
}

struct scene {
    struct own_graph *graph;
    struct own_view *view;
    struct own_circles circles;
    struct own_flag_scene flags;
};

static void scene_open(struct scene *scene)
{
    assert_int_equal(own_graph_seal(build, &scene->graph), FAULT_NONE);
    own_build_close(build);
    build = NULL;
    struct own_moment moment = {.valid = TODAY, .known = TODAY};
    assert_int_equal(own_view_open(scene->graph, moment, &scene->view), FAULT_NONE);
    assert_int_equal(own_circles_open(scene->view, &scene->circles), FAULT_NONE);
    scene->flags = (struct own_flag_scene){.view = scene->view,
                                           .circles = &scene->circles,
                                           .lists = 1,
                                           .limits = own_flag_limits_default};
}

static void scene_close(struct scene *scene)
{
    own_circles_close(&scene->circles);
    own_view_close(scene->view);
    own_graph_close(scene->graph);
}

/* The value of the node's first flag of the kind; -1: it has none. */
static i64 flag_at(const struct scene *scene, const char *key, enum own_flag flag)
{
    struct own_found found[OWN_FOUND_MAX];
    u32 number = own_graph_find(scene->graph, span_of_text(key));
    u32 count = own_flags_of(&scene->flags, number, found);
    for (u32 index = 0; index < count; index += 1) {
        assert_true(index == 0 || found[index - 1].flag <= found[index].flag);
        char text[OWN_FOUND_TEXT_BYTES];
        own_found_print(scene->view, &found[index], text);
        assert_true(strncmp(text, key, strlen(key)) == 0);
        assert_non_null(strstr(text, own_flag_row_of(found[index].flag)->name));
    }
    for (u32 index = 0; index < count; index += 1) {
        if (found[index].flag == flag) {
            return (i64)found[index].value;
        }
    }
    return -1;
}

static void ownership_flags(void **state)
{
    (void)state;
    begin();
    u32 a = node("a", "JP", OWN_NODE_ENTITY, 0);
    u32 b = node("b", "SG", OWN_NODE_ENTITY, 0);
    u32 c = node("c", "CH", OWN_NODE_ENTITY, OWN_NODE_TRUST);
    u32 d = node("d", "SG", OWN_NODE_ENTITY, 0);
    u32 person = node("person", "SG", OWN_NODE_PERSON, 0);
    say(OWN_SHARE, b, a, 60);
    say(OWN_SHARE, c, b, 60);
    say(OWN_SHARE, b, d, 60);
    say(OWN_SHARE, person, d, 40);
    u32 front = node("front", "", OWN_NODE_PERSON, 0);
    say(OWN_NOMINEE, front, c, 0);
    u32 e = company("e");
    say(OWN_SHARE, front, e, 10);
    u32 f = company("f");
    say(OWN_SHARE, node("traded", "", OWN_NODE_ENTITY, OWN_NODE_TRADED), f, 100);
    struct scene scene;
    scene_open(&scene);
    assert_int_equal(flag_at(&scene, "a", OWN_FLAG_COUNTRIES), 3);
    assert_int_equal(flag_at(&scene, "b", OWN_FLAG_COUNTRIES), -1);
    assert_int_equal(flag_at(&scene, "d", OWN_FLAG_COUNTRIES), -1);
    assert_int_equal(flag_at(&scene, "a", OWN_FLAG_NO_PERSON), 0);
    assert_int_equal(flag_at(&scene, "d", OWN_FLAG_NO_PERSON), -1);
    assert_int_equal(flag_at(&scene, "f", OWN_FLAG_NO_PERSON), -1);
    assert_int_equal(flag_at(&scene, "a", OWN_FLAG_TRUST), 0);
    assert_int_equal(flag_at(&scene, "a", OWN_FLAG_NOMINEE), -1);
    assert_int_equal(flag_at(&scene, "e", OWN_FLAG_NOMINEE), 0);
    assert_int_equal(flag_at(&scene, "e", OWN_FLAG_TRUST), 0); /* behind the nominee */
    assert_int_equal(flag_at(&scene, "a", OWN_FLAG_CIRCLE), -1);
    scene_close(&scene);
}

static void moves_near_a_listing(void **state)
{
    (void)state;
    begin();
    u32 x = company("x");
    list(x, TODAY - 30);
    static const struct {
        const char *key;
        i32 end;
    } sold[] = {{"sold-day-before", TODAY - 31},
                {"sold-90-before", TODAY - 120},
                {"sold-91-before", TODAY - 121}};
    for (u32 index = 0; index < ARRAY_COUNT(sold); index += 1) {
        struct own_edge edge = edge_of(OWN_SHARE, x, company(sold[index].key), 60);
        edge.times.valid_until = sold[index].end;
        edge.flags = index == 0 ? OWN_EDGE_BUY_BACK : 0;
        add(edge);
    }
    struct own_edge option = edge_of(OWN_OTHER, x, company("optioned"), 0);
    option.flags = OWN_EDGE_BUY_BACK;
    add(option);
    struct scene scene;
    scene_open(&scene);
    assert_int_equal(flag_at(&scene, "optioned", OWN_FLAG_BUY_BACK), 0);
    assert_int_equal(flag_at(&scene, "sold-day-before", OWN_FLAG_MOVED), 1);
    assert_int_equal(flag_at(&scene, "sold-day-before", OWN_FLAG_BUY_BACK), 0);
    assert_int_equal(flag_at(&scene, "sold-90-before", OWN_FLAG_MOVED), 90);
    assert_int_equal(flag_at(&scene, "sold-90-before", OWN_FLAG_BUY_BACK), -1);
    assert_int_equal(flag_at(&scene, "sold-91-before", OWN_FLAG_MOVED), -1);
    scene.flags.lists = 2;
    assert_int_equal(flag_at(&scene, "sold-day-before", OWN_FLAG_MOVED), -1);
    scene_close(&scene);
}

/* What a subsidiary of the listed sells was theirs, and what is sold above a company was above it.
 */
static void moves_through_subsidiaries(void **state)
{
    (void)state;
    begin();
    u32 listed = company("listed");
    list(listed, TODAY - 30);
    static const struct {
        const char *key;
        u32 percent;
        i32 until; /* of the listed in the subsidiary */
    } chains[] = {{"half", 50, OWN_DAY_NEVER},
                  {"less", 49, OWN_DAY_NEVER},
                  {"since-gone", 60, TODAY - 31},
                  {"long-gone", 60, TODAY - 32}};
    for (u32 index = 0; index < ARRAY_COUNT(chains); index += 1) {
        char key[32];
        (void)snprintf(key, sizeof(key), "%s-holding", chains[index].key);
        u32 holding = company(key);
        struct own_edge above = edge_of(OWN_SHARE, listed, holding, chains[index].percent);
        above.times.valid_until = chains[index].until;
        add(above);
        struct own_edge sold = edge_of(OWN_SHARE, holding, company(chains[index].key), 5);
        sold.times.valid_until = TODAY - 31;
        add(sold);
    }
    u32 between = company("between");
    struct own_edge sold = edge_of(OWN_SHARE, listed, between, 100);
    sold.times.valid_until = TODAY - 33;
    add(sold);
    say(OWN_SHARE, between, company("below"), 50);
    say(OWN_SHARE, between, company("beside"), 49);
    struct scene scene;
    scene_open(&scene);
    assert_int_equal(flag_at(&scene, "half", OWN_FLAG_MOVED), 1);
    assert_int_equal(flag_at(&scene, "less", OWN_FLAG_MOVED), -1);
    assert_int_equal(flag_at(&scene, "since-gone", OWN_FLAG_MOVED), 1);
    assert_int_equal(flag_at(&scene, "long-gone", OWN_FLAG_MOVED), -1);
    assert_int_equal(flag_at(&scene, "between", OWN_FLAG_MOVED), 3);
    assert_int_equal(flag_at(&scene, "below", OWN_FLAG_MOVED), 3);
    assert_int_equal(flag_at(&scene, "beside", OWN_FLAG_MOVED), -1);
    scene_close(&scene);
}

static void what_is_shared(void **state)
{
    (void)state;
    begin();
    u32 x = company("x");
    list(x, TODAY - 30);
    u32 street = node("street", "", OWN_NODE_ADDRESS, 0);
    u32 tower = node("tower", "", OWN_NODE_ADDRESS, 0);
    u32 pool = node("pool", "", OWN_NODE_WALLET, 0);
    u32 family = node("family", "", OWN_NODE_WALLET, 0);
    u32 a = company("a");
    u32 b = company("b");
    u32 parent = company("parent");
    say(OWN_SHARE, parent, a, 100);
    say(OWN_ATTRIBUTE, x, street, 0);
    say(OWN_ATTRIBUTE, a, street, 0);
    say(OWN_ATTRIBUTE, a, family, 0);
    say(OWN_ATTRIBUTE, parent, family, 0);
    say(OWN_ATTRIBUTE, b, pool, 0);
    say(OWN_ATTRIBUTE, x, pool, 0);
    for (u32 index = 0; index < 21; index += 1) {
        char key[16];
        (void)snprintf(key, sizeof(key), "t%u", index);
        say(OWN_ATTRIBUTE, company(key), tower, 0);
    }
    u32 lane = node("lane", "", OWN_NODE_ADDRESS, 0);
    for (u32 index = 0; index < 20; index += 1) {
        char key[16];
        (void)snprintf(key, sizeof(key), "l%u", index);
        say(OWN_ATTRIBUTE, company(key), lane, 0);
    }
    struct own_edge moved_out = edge_of(OWN_ATTRIBUTE, x, lane, 0);
    moved_out.times.valid_until = TODAY;
    add(moved_out);
    u32 agent = node("agent", "", OWN_NODE_PERSON, OWN_NODE_FORMATION_AGENT);
    u32 busy = node("busy", "", OWN_NODE_PERSON, 0);
    u32 idle = node("idle", "", OWN_NODE_PERSON, 0);
    say(OWN_DIRECTOR, agent, a, 0);
    say(OWN_DIRECTOR, busy, a, 0);
    say(OWN_DIRECTOR, idle, b, 0);
    for (u32 index = 0; index < 10; index += 1) {
        char key[16];
        (void)snprintf(key, sizeof(key), "t%u", index);
        say(OWN_DIRECTOR, busy, company(key), 0);
        if (index < 9) {
            say(OWN_DIRECTOR, idle, company(key), 0);
        }
    }
    struct scene scene;
    scene_open(&scene);
    assert_int_equal(flag_at(&scene, "a", OWN_FLAG_LISTED_ADDRESS), 0);
    assert_int_equal(flag_at(&scene, "a", OWN_FLAG_SHARED_WALLET), -1); /* its own parent */
    assert_int_equal(flag_at(&scene, "b", OWN_FLAG_SHARED_WALLET), 2);
    assert_int_equal(flag_at(&scene, "t0", OWN_FLAG_CROWDED_ADDRESS), 21);
    assert_int_equal(flag_at(&scene, "a", OWN_FLAG_CROWDED_ADDRESS), -1);
    assert_int_equal(flag_at(&scene, "t0", OWN_FLAG_LISTED_ADDRESS), -1);
    assert_int_equal(flag_at(&scene, "l0", OWN_FLAG_CROWDED_ADDRESS), -1);
    assert_int_equal(flag_at(&scene, "l0", OWN_FLAG_LISTED_ADDRESS), -1);
    assert_int_equal(flag_at(&scene, "a", OWN_FLAG_AGENT_DIRECTOR), 0);
    assert_int_equal(flag_at(&scene, "a", OWN_FLAG_MANY_BOARDS), 11);
    assert_int_equal(flag_at(&scene, "b", OWN_FLAG_MANY_BOARDS), -1);
    scene_close(&scene);
}

static void payments_and_conduct(void **state)
{
    (void)state;
    begin();
    u32 miner = node("miner", "JP", OWN_NODE_ENTITY, OWN_NODE_CUSTOMER | OWN_NODE_RELUCTANT);
    u32 shell = company("shell");
    u32 plain = company("plain");
    u32 young = company("young");
    struct own_node facts = {.kind = OWN_NODE_UNKNOWN, .founded = TODAY - 364};
    assert_int_equal(own_build_describe(build, young, &facts), FAULT_NONE);
    u32 older = company("older");
    facts.founded = TODAY - 365;
    assert_int_equal(own_build_describe(build, older, &facts), FAULT_NONE);
    pay(company("elsewhere"), older, OWN_NONE, TODAY - 1, 99999999);
    pay(shell, miner, OWN_NONE, TODAY - 1, 100);
    pay(shell, plain, OWN_NONE, TODAY - 90, 999999);
    pay(shell, plain, OWN_NONE, TODAY - 2, 900000);
    pay(shell, plain, OWN_NONE, TODAY - 1, 899999);
    pay(plain, young, OWN_NONE, TODAY - 1, 9999999);
    pay(young, plain, OWN_NONE, TODAY, 1);
    pay(plain, young, OWN_NONE, TODAY + 1, 1); /* not yet */
    u32 hub = company("hub");
    for (u32 index = 0; index < 5; index += 1) {
        char key[16];
        (void)snprintf(key, sizeof(key), "p%u", index);
        pay(company(key), hub, OWN_NONE, TODAY - 3, 100000);
    }
    pay(hub, shell, OWN_NONE, TODAY - 2, 400000);
    struct scene scene;
    scene_open(&scene);
    assert_int_equal(flag_at(&scene, "miner", OWN_FLAG_OTHER_PAYER), 0);
    assert_int_equal(flag_at(&scene, "miner", OWN_FLAG_RELUCTANT), 0);
    assert_int_equal(flag_at(&scene, "plain", OWN_FLAG_OTHER_PAYER), -1);
    scene.flags.is_customer = true;
    assert_true(flag_at(&scene, "plain", OWN_FLAG_OTHER_PAYER) >= 0);
    scene.flags.is_customer = false;
    assert_int_equal(flag_at(&scene, "plain", OWN_FLAG_JUST_UNDER), -1); /* two, and one below */
    assert_int_equal(flag_at(&scene, "young", OWN_FLAG_YOUNG_VOLUME), 10000000);
    assert_int_equal(flag_at(&scene, "hub", OWN_FLAG_IN_AND_OUT), 5);
    assert_int_equal(flag_at(&scene, "older", OWN_FLAG_YOUNG_VOLUME), -1);
    scene.flags.limits.under_count = 2;
    assert_int_equal(flag_at(&scene, "plain", OWN_FLAG_JUST_UNDER), 2);
    scene.flags.limits.collect_count = 6;
    assert_int_equal(flag_at(&scene, "hub", OWN_FLAG_IN_AND_OUT), -1);
    scene.flags.limits.young_cents += 1;
    assert_int_equal(flag_at(&scene, "young", OWN_FLAG_YOUNG_VOLUME), -1);
    scene_close(&scene);
}

static char said[8][OWN_FOUND_TEXT_BYTES];
static u32 said_count;

static void keep(void *context, const struct own_found *found)
{
    assert_true(said_count < ARRAY_COUNT(said));
    own_found_print((const struct own_view *)context, found, said[said_count]);
    said_count += 1;
}

static void expect_said(u32 index, const char *words)
{
    if (strstr(said[index], words) == NULL) {
        fail_msg("\"%s\" lacks \"%s\"", said[index], words);
    }
}

static void bad_data_is_counted_and_named(void **state)
{
    (void)state;
    begin();
    u32 a = company("a");
    u32 b = company("b");
    u32 c = company("c");
    u32 d = company("d");
    u32 e = company("e");
    say(OWN_SHARE, a, c, 60);
    say(OWN_SHARE, b, c, 50);
    say(OWN_SHARE, d, e, 100); /* a closed circle */
    say(OWN_SHARE, e, d, 100);
    say(OWN_SHARE, a, a, 25); /* its own owner, and nobody else's */
    say(OWN_SHARE, c, b, 30);
    assert_int_equal(own_build_source(build, span_of_text("leak"), &source), FAULT_NONE);
    say(OWN_SHARE, c, b, 20);
    struct scene scene;
    scene_open(&scene);
    struct own_data_counts counts;
    said_count = 0;
    own_data_check(&scene.flags, keep, scene.view, &counts);
    assert_int_equal(counts.over_whole, 1);
    assert_int_equal(counts.self_owners, 1);
    assert_int_equal(counts.contradicted, 1);
    assert_int_equal(counts.closed_circles, 2);
    assert_int_equal(said_count, 5);
    expect_said(0, "a: self_owner: holds shares in itself, at most (25 %): a share 25 % (register, "
                   "s-7)");
    expect_said(1, "b: contradicted: sources contradict each other about the same shares (10 %): "
                   "c share 30 % (register, s-7), c share 20 % (leak, s-7)");
    expect_said(2, "c: over_whole: ");
    expect_said(2, "(10 %): a share 60 % (register, s-7), b share 50 % (register, s-7)");
    assert_int_equal(flag_at(&scene, "d", OWN_FLAG_CLOSED_CIRCLE), 2);
    assert_int_equal(flag_at(&scene, "d", OWN_FLAG_CIRCLE), 2);
    assert_int_equal(flag_at(&scene, "a", OWN_FLAG_CLOSED_CIRCLE), 1);
    assert_int_equal(flag_at(&scene, "c", OWN_FLAG_CLOSED_CIRCLE), -1);
    scene_close(&scene);
}

/* Three of a kind are told; a web too large to see through is not called one without a person. */
static void limits_of_what_is_told(void **state)
{
    (void)state;
    begin();
    u32 a = company("a");
    for (u32 index = 0; index < 5; index += 1) {
        char key[16];
        (void)snprintf(key, sizeof(key), "trust%u", index);
        say(OWN_SHARE, node(key, "", OWN_NODE_ENTITY, OWN_NODE_TRUST), a, 10);
    }
    u32 wide = company("wide");
    u32 narrow = company("narrow");
    for (u32 index = 0; index < OWN_WALK_NODES_MAX; index += 1) {
        char key[16];
        (void)snprintf(key, sizeof(key), "w%u", index);
        u32 owner = company(key);
        say(OWN_SHARE, owner, wide, 0);
        if (index < OWN_WALK_NODES_MAX - 2) {
            say(OWN_SHARE, owner, narrow, 0);
        }
    }
    struct scene scene;
    scene_open(&scene);
    struct own_found found[OWN_FOUND_MAX];
    u32 count = own_flags_of(&scene.flags, own_graph_find(scene.graph, span_of_text("a")), found);
    u32 trusts = 0;
    for (u32 index = 0; index < count; index += 1) {
        trusts += found[index].flag == OWN_FLAG_TRUST ? 1 : 0;
    }
    assert_int_equal(trusts, 3);
    assert_int_equal(flag_at(&scene, "wide", OWN_FLAG_NO_PERSON), -1);
    assert_int_equal(flag_at(&scene, "narrow", OWN_FLAG_NO_PERSON), 0);
    scene_close(&scene);
}

/* An owner that is only an id in others' ties is told; a record, or an entry of a list, is enough.
 */
static void owners_without_a_record_are_told(void **state)
{
    (void)state;
    begin();
    u32 a = node("a", "", OWN_NODE_ENTITY, OWN_NODE_DESCRIBED);
    u32 b = node("b", "", OWN_NODE_ENTITY, OWN_NODE_DESCRIBED);
    u32 named = company("named");
    u32 behind = company("behind");
    u32 listed = company("listed");
    u32 director = company("director");
    u32 address = node("address:1", "", OWN_NODE_ADDRESS, 0);
    say(OWN_SHARE, b, a, 40);
    say(OWN_SHARE, named, a, 30);
    say(OWN_VOTES, behind, named, 100);
    say(OWN_SHARE, listed, b, 10);
    say(OWN_DIRECTOR, director, b, 0);
    say(OWN_ATTRIBUTE, a, address, 0);
    list(listed, TODAY);
    struct scene scene;
    scene_open(&scene);
    assert_int_equal(own_graph_counts(scene.graph)->owners_undescribed, 2);
    assert_int_equal(flag_at(&scene, "a", OWN_FLAG_UNDESCRIBED), 2);
    assert_int_equal(flag_at(&scene, "named", OWN_FLAG_UNDESCRIBED), 1);
    assert_int_equal(flag_at(&scene, "b", OWN_FLAG_UNDESCRIBED), -1);
    assert_int_equal(flag_at(&scene, "behind", OWN_FLAG_UNDESCRIBED), -1);
    scene_close(&scene);
}

static void names_are_cut_and_cleaned(void **state)
{
    (void)state;
    begin();
    u32 a = company("a");
    char name[140];
    memset(name, 'n', sizeof(name));
    name[0] = 27; /* begins an order to a terminal */
    memcpy(name + 119, "\xc3\xa9", 2);
    struct own_node facts = {.name = span_of(name, sizeof(name)), .founded = OWN_DAY_EVER};
    facts.kind = OWN_NODE_UNKNOWN;
    assert_int_equal(own_build_describe(build, a, &facts), FAULT_NONE);
    struct scene scene;
    scene_open(&scene);
    struct own_found found = {
        .flag = OWN_FLAG_RELUCTANT, .node = 0, .other = OWN_NONE, .edge = OWN_NONE};
    char text[OWN_FOUND_TEXT_BYTES];
    own_found_print(scene.view, &found, text);
    assert_int_equal(strncmp(text, "a ( nnn", 7), 0);
    assert_non_null(strstr(text, "nnn): reluctant"));
    scene_close(&scene);
}

static void every_flag_is_a_row(void **state)
{
    (void)state;
    for (u32 flag = 0; flag < OWN_FLAGS; flag += 1) {
        const struct own_flag_row *row = own_flag_row_of((enum own_flag)flag);
        assert_true(row->name != NULL && row->source != NULL && row->text != NULL);
        assert_in_range(row->weight, 1, 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ownership_flags),
        cmocka_unit_test(moves_near_a_listing),
        cmocka_unit_test(moves_through_subsidiaries),
        cmocka_unit_test(what_is_shared),
        cmocka_unit_test(payments_and_conduct),
        cmocka_unit_test(bad_data_is_counted_and_named),
        cmocka_unit_test(limits_of_what_is_told),
        cmocka_unit_test(owners_without_a_record_are_told),
        cmocka_unit_test(names_are_cut_and_cleaned),
        cmocka_unit_test(every_flag_is_a_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
