/* Aim: what registers say becomes nodes and edges with nothing lost: counts in are counts out and
 * refused, by reason; shares, days and both clocks come out as they were said. Method: small texts
 * in each format by hand; BODS's own worked examples and the real registers where they are there
 * ($CAMBIST_DATA); every real file cut short and with bytes changed. */
#include "role/screen/own_read.h"

#include "base/span.h"
#include "tests/support/own_scene.h"
#include "tests/support/test.h"

#include <stdio.h>

/* ---- BODS ---- */

/* clang-format off */
#define ENTITY(id, name)                                                                     \
    "{\"statementId\":\"s-" id "\",\"recordId\":\"" id "\",\"recordType\":\"entity\","       \
    "\"recordStatus\":\"new\",\"statementDate\":\"2020-01-01\",\"recordDetails\":{\"name\":\"" \
    name "\",\"entityType\":{\"type\":\"registeredEntity\"}}}\n"
#define LINK(id, record, status, date, interests)                                              \
    "{\"statementId\":\"" id "\",\"recordId\":\"" record "\",\"recordType\":\"relationship\"," \
    "\"recordStatus\":\"" status "\",\"statementDate\":\"" date "\",\"recordDetails\":"        \
    "{\"subject\":\"b\",\"interestedParty\":\"a\",\"interests\":[" interests "]}}\n"
#define SHARE(exact, start)                                                             \
    "{\"type\":\"shareholding\",\"directOrIndirect\":\"direct\",\"startDate\":\"" start \
    "\",\"share\":{\"exact\":" exact "}}"
/* clang-format on */

static void a_share_has_its_limits_and_days(void **state)
{
    (void)state;
    struct own_scene scene;
    own_scene_open(&scene);
    own_scene_read(&scene, ENTITY("a", "Holder") ENTITY("b", "Held")
                               LINK("l1", "r1", "new", "2021-02-03", SHARE("76.5", "2020-05-06")));
    own_scene_seal(&scene);
    own_scene_assert_whole(&scene.report);
    own_scene_assert_share(&scene, "bods:a", "bods:b", own_scene_moment("2020-05-06", "2021-02-03"),
                           765000000, 765000000);
    own_scene_assert_no_share(&scene, "bods:a", "bods:b",
                              own_scene_moment("2020-05-05", "2021-02-03"));
    own_scene_assert_no_share(&scene, "bods:a", "bods:b",
                              own_scene_moment("2020-05-06", "2021-02-02"));
    own_scene_close(&scene);
}

static void bands_keep_what_is_excluded(void **state)
{
    (void)state;
    struct own_scene scene;
    struct own_edge edge;
    struct own_moment when = own_scene_moment("2022-01-01", "2022-01-01");
    own_scene_open(&scene);
    own_scene_read(
        &scene,
        ENTITY("a", "Holder") ENTITY("b", "Held")
            LINK("l1", "r1", "new", "2021-01-01",
                 "{\"type\":\"shareholding\",\"share\":{\"exclusiveMinimum\":25,\"maximum\":50}},"
                 "{\"type\":\"votingRights\",\"share\":{\"minimum\":75.0,"
                 "\"exclusiveMaximum\":100}},"
                 "{\"type\":\"appointmentOfBoard\",\"share\":{\"minimum\":\"\"}},"
                 "{\"type\":\"rightsToProfitOrIncome\"}"));
    own_scene_seal(&scene);
    own_scene_assert_whole(&scene.report);
    assert_int_equal(scene.report.interests_taken, 4);
    assert_int_equal(own_scene_edges(&scene, "bods:a", "bods:b", OWN_SHARE, when, &edge), 2);
    assert_int_equal(edge.lower, 250000001);
    assert_int_equal(edge.upper, 500000000);
    assert_int_equal(edge.flags, OWN_EDGE_BAND);
    assert_int_equal(own_scene_edges(&scene, "bods:a", "bods:b", OWN_VOTES, when, &edge), 1);
    assert_int_equal(edge.lower, 750000000);
    assert_int_equal(edge.upper, 999999999);
    assert_int_equal(own_scene_edges(&scene, "bods:a", "bods:b", OWN_BOARD, when, &edge), 1);
    own_scene_close(&scene);
}

/* The past stays as it was said before a new share began. */
static void a_new_share_ends_the_old_one(void **state)
{
    (void)state;
    struct own_scene scene;
    own_scene_open(&scene);
    own_scene_read(&scene,
                   ENTITY("a", "Holder") ENTITY("b", "Held")
                       LINK("l2", "r1", "updated", "2021-09-25", SHARE("40", "2021-09-24"))
                           LINK("l1", "r1", "new", "2019-01-20", SHARE("100", "2002-03-09"))
                               LINK("l3", "r1", "closed", "2023-03-03", SHARE("40", "2021-09-24")));
    own_scene_seal(&scene);
    own_scene_assert_share(&scene, "bods:a", "bods:b", own_scene_moment("2021-09-24", "2021-09-24"),
                           OWN_WHOLE, OWN_WHOLE);
    own_scene_assert_share(&scene, "bods:a", "bods:b", own_scene_moment("2021-09-24", "2021-09-25"),
                           400000000, 400000000);
    own_scene_assert_share(&scene, "bods:a", "bods:b", own_scene_moment("2021-09-23", "2021-09-25"),
                           OWN_WHOLE, OWN_WHOLE);
    own_scene_assert_share(&scene, "bods:a", "bods:b", own_scene_moment("2023-03-02", "2023-03-03"),
                           400000000, 400000000);
    own_scene_assert_no_share(&scene, "bods:a", "bods:b",
                              own_scene_moment("2023-03-03", "2023-03-03"));
    own_scene_assert_share(&scene, "bods:a", "bods:b", own_scene_moment("2023-03-03", "2023-03-02"),
                           400000000, 400000000);
    own_scene_assert_share(&scene, "bods:a", "bods:b", own_scene_moment("2002-03-09", "2030-01-01"),
                           OWN_WHOLE, OWN_WHOLE);
    own_scene_close(&scene);
}

/* The same days and another number: the register was wrong before, and says so now. */
static void a_correction_replaces_the_share(void **state)
{
    (void)state;
    struct own_scene scene;
    own_scene_open(&scene);
    own_scene_read(&scene,
                   ENTITY("a", "Holder") ENTITY("b", "Held")
                       LINK("l1", "r1", "new", "2020-01-01", SHARE("50", "2019-09-11"))
                           LINK("l2", "r1", "updated", "2022-01-21", SHARE("100", "2019-09-11")));
    own_scene_seal(&scene);
    own_scene_assert_share(&scene, "bods:a", "bods:b", own_scene_moment("2021-01-01", "2021-01-01"),
                           500000000, 500000000);
    own_scene_assert_share(&scene, "bods:a", "bods:b", own_scene_moment("2021-01-01", "2022-01-21"),
                           OWN_WHOLE, OWN_WHOLE);
    own_scene_close(&scene);
}

static void what_is_said_again_is_one_edge(void **state)
{
    (void)state;
    struct own_scene scene;
    own_scene_open(&scene);
    own_scene_read(&scene,
                   ENTITY("a", "Holder") ENTITY("b", "Held")
                       LINK("l1", "r1", "new", "2020-01-01", SHARE("50", "2019-09-11"))
                           LINK("l2", "r1", "updated", "2021-01-01", SHARE("50", "2019-09-11"))
                               LINK("l1", "r1", "new", "2020-01-01", SHARE("50", "2019-09-11")));
    own_scene_seal(&scene);
    own_scene_assert_whole(&scene.report);
    assert_int_equal(scene.report.repeated, 1);
    assert_int_equal(scene.report.edges, 1);
    own_scene_assert_share(&scene, "bods:a", "bods:b", own_scene_moment("2022-01-01", "2020-01-01"),
                           500000000, 500000000);
    own_scene_close(&scene);
}

/* Two blocks of shares in one statement are two, also when they are as large. */
static void equal_lots_are_not_lost(void **state)
{
    (void)state;
    struct own_scene scene;
    struct own_edge edge;
    own_scene_open(&scene);
    own_scene_read(&scene, ENTITY("a", "Holder") ENTITY("b", "Held")
                               LINK("l1", "r1", "new", "2020-01-01",
                                    SHARE("25", "2019-09-11") "," SHARE("25", "2019-09-11"))
                                   LINK("l2", "r1", "updated", "2021-01-01",
                                        SHARE("25", "2019-09-11") "," SHARE("25", "2019-09-11")));
    own_scene_seal(&scene);
    assert_int_equal(own_scene_edges(&scene, "bods:a", "bods:b", OWN_SHARE,
                                     own_scene_moment("2022-01-01", "2022-01-01"), &edge),
                     2);
    own_scene_close(&scene);
}

static void a_second_lot_is_another_edge(void **state)
{
    (void)state;
    struct own_scene scene;
    struct own_edge edge;
    own_scene_open(&scene);
    own_scene_read(&scene, ENTITY("a", "Holder") ENTITY("b", "Held")
                               LINK("l1", "r1", "new", "2020-01-01", SHARE("25", "2019-09-11"))
                                   LINK("l2", "r1", "updated", "2021-01-01",
                                        SHARE("25", "2019-09-11") "," SHARE("25", "2019-09-11")));
    own_scene_seal(&scene);
    assert_int_equal(own_scene_edges(&scene, "bods:a", "bods:b", OWN_SHARE,
                                     own_scene_moment("2022-01-01", "2020-12-31"), &edge),
                     1);
    assert_int_equal(own_scene_edges(&scene, "bods:a", "bods:b", OWN_SHARE,
                                     own_scene_moment("2022-01-01", "2021-01-01"), &edge),
                     2);
    own_scene_close(&scene);
}

static void an_interest_that_is_not_named_again_ended(void **state)
{
    (void)state;
    struct own_scene scene;
    struct own_edge edge;
    own_scene_open(&scene);
    own_scene_read(&scene,
                   ENTITY("a", "Holder") ENTITY("b", "Held")
                       LINK("l1", "r1", "new", "2020-01-01",
                            SHARE("50", "2019-09-11") ",{\"type\":\"boardChair\"}")
                           LINK("l2", "r1", "updated", "2021-01-01", SHARE("50", "2019-09-11")));
    own_scene_seal(&scene);
    assert_int_equal(own_scene_edges(&scene, "bods:a", "bods:b", OWN_DIRECTOR,
                                     own_scene_moment("2020-12-31", "2022-01-01"), &edge),
                     1);
    assert_int_equal(own_scene_edges(&scene, "bods:a", "bods:b", OWN_DIRECTOR,
                                     own_scene_moment("2021-01-01", "2022-01-01"), &edge),
                     0);
    assert_int_equal(own_scene_edges(&scene, "bods:a", "bods:b", OWN_DIRECTOR,
                                     own_scene_moment("2021-01-01", "2020-12-31"), &edge),
                     1);
    own_scene_close(&scene);
}

/* clang-format off */
static const char wrong[] =
    ENTITY("a", "Holder")
    ENTITY("b", "Held")
    LINK("l1", "r1", "new", "2021-02-30", SHARE("10", "2020-05-06"))
    LINK("l2", "r2", "old", "2021-02-03", SHARE("10", "2020-05-06"))
    LINK("l3", "r3", "new", "2021-02-03",
         SHARE("100.1", "2020-05-06") "," SHARE("10", "2020-13-01") ","
         "{\"type\":\"friendship\"},"
         "{\"type\":\"shareholding\",\"share\":{\"minimum\":50,\"maximum\":25}},"
         "{\"type\":\"shareholding\",\"startDate\":\"2021-01-02\",\"endDate\":\"2021-01-01\"}")
    "{\"statementId\":\"x\"}\n"
    "{\"statementId\":\"y\",\"recordId\":\"y\",\"recordType\":\"rumour\",\"recordDetails\":{}}\n"
    "{\"statementId\":\"z\",\"recordId\":\"z\",\"recordType\":\"relationship\","
    "\"recordDetails\":{\"subject\":\"b\"}}\n"
    "{\"statementId\":\"cut off\n"
    "[1]\n"
    "{\"statementId\":\"p\",\"recordId\":\"a\",\"recordType\":\"person\",\"recordDetails\":{}}\n"
    "{\"statementId\":\"s-a\",\"recordId\":\"other\",\"recordType\":\"entity\","
    "\"recordDetails\":{}}\n";

static const char unnamed[] =
    ENTITY("b", "Held")
    "{\"statementId\":\"l\",\"recordId\":\"r\",\"recordType\":\"relationship\","
    "\"recordStatus\":\"new\",\"recordDetails\":{\"subject\":\"b\",\"interestedParty\":"
    "{\"reason\":\"subjectExemptFromDisclosure\"}}}\n";
/* clang-format on */

static void what_is_wrong_is_refused_by_reason(void **state)
{
    (void)state;
    struct own_scene scene;
    own_scene_open(&scene);
    own_scene_read(&scene, wrong);
    own_scene_seal(&scene);
    own_scene_assert_whole(&scene.report);
    const struct own_report *report = &scene.report;
    assert_int_equal(report->records, 12);
    assert_int_equal(report->refused[OWN_REFUSED_DATE], 1);
    assert_int_equal(report->refused[OWN_REFUSED_KIND], 2);
    assert_int_equal(report->refused[OWN_REFUSED_MISSING], 2);
    assert_int_equal(report->refused[OWN_REFUSED_SYNTAX], 2);
    assert_int_equal(report->refused[OWN_REFUSED_IDENTITY], 2);
    assert_int_equal(report->interests_refused[OWN_REFUSED_SHARE], 2);
    assert_int_equal(report->interests_refused[OWN_REFUSED_DATE], 2);
    assert_int_equal(report->interests_refused[OWN_REFUSED_KIND], 1);
    assert_string_equal(report->texts[0], "file:3: l1: statementDate is no day");
    own_scene_close(&scene);
}

/* A share that is none does not say that nothing is held: the relation stays, its size unknown. */
static void a_share_that_is_refused_is_of_unknown_size(void **state)
{
    (void)state;
    static const char *const shares[] = {"100.1", "-5", "\"most\"", "\"51;5\"", "1e3"};
    for (u32 i = 0; i < ARRAY_COUNT(shares); i += 1) {
        char text[2048];
        struct own_scene scene;
        struct own_moment when = own_scene_moment("2022-01-01", "2022-01-01");
        (void)snprintf(text, sizeof(text),
                       ENTITY("a", "Holder") ENTITY("b", "Held")
                           LINK("l1", "r1", "new", "2021-02-03", SHARE("%s", "2020-05-06")),
                       shares[i]);
        own_scene_open(&scene);
        own_scene_read(&scene, text);
        own_scene_seal(&scene);
        own_scene_assert_whole(&scene.report);
        assert_int_equal(scene.report.interests_refused[OWN_REFUSED_SHARE], 1);
        assert_int_equal(scene.report.interests_taken, 0);
        own_scene_assert_share(&scene, "bods:a", "bods:b", when, 0, OWN_WHOLE);
        own_scene_assert_no_share(&scene, "bods:a", "bods:b",
                                  own_scene_moment("2020-05-05", "2022-01-01"));
        own_scene_close(&scene);
    }
}

/* The edge of an interest that was refused for another reason than its share. */
static struct own_edge refused_edge(const char *interest, enum own_refusal refusal)
{
    char text[2048];
    struct own_scene scene;
    struct own_edge edge = {.flags = 0};
    struct own_moment when = own_scene_moment("1990-01-01", "2022-01-01");
    (void)snprintf(text, sizeof(text),
                   ENTITY("a", "Holder") ENTITY("b", "Held")
                       LINK("l1", "r1", "new", "2021-02-03", "%s"),
                   interest);
    own_scene_open(&scene);
    own_scene_read(&scene, text);
    own_scene_seal(&scene);
    own_scene_assert_whole(&scene.report);
    assert_int_equal(scene.report.interests_refused[refusal], 1);
    assert_int_equal(own_scene_edges(&scene, "bods:a", "bods:b", OWN_SHARE, when, &edge), 1);
    own_scene_close(&scene);
    return edge;
}

/* Nor do days that are none, or a kind that the format does not have. */
static void what_else_is_refused_possibly_holds(void **state)
{
    (void)state;
    struct own_edge edge = refused_edge(SHARE("60", "2020-13-01"), OWN_REFUSED_DATE);
    assert_int_equal(edge.lower, 600000000);
    assert_int_equal(edge.flags, OWN_EDGE_POSSIBLE);
    edge = refused_edge("{\"type\":\"shareholdings\",\"share\":{\"exact\":60}}", OWN_REFUSED_KIND);
    assert_int_equal(edge.flags, OWN_EDGE_UNKNOWN);
    assert_int_equal(edge.upper, OWN_WHOLE);
}

/* Of 70 lots 64 are read; what the others are is not known. */
static void more_lots_than_are_read_are_of_unknown_size(void **state)
{
    (void)state;
    static char text[32768];
    struct own_scene scene;
    struct own_edge edge;
    struct own_moment when = own_scene_moment("2022-01-01", "2022-01-01");
    size_t used = (size_t)snprintf(
        text, sizeof(text), "%s",
        ENTITY("a", "Holder") ENTITY("b", "Held") "{\"statementId\":\"l\",\"recordId\":\"r\","
                                                  "\"recordType\":\"relationship\","
                                                  "\"recordDetails\":{\"subject\":\"b\","
                                                  "\"interestedParty\":\"a\",\"interests\":[");
    for (u32 i = 0; i < 70; i += 1) {
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s", i == 0 ? "" : ",",
                                 SHARE("0.1", "2020-05-06"));
    }
    (void)snprintf(text + used, sizeof(text) - used, "]}}\n");
    own_scene_open(&scene);
    own_scene_read(&scene, text);
    own_scene_seal(&scene);
    own_scene_assert_whole(&scene.report);
    assert_int_equal(scene.report.interests_refused[OWN_REFUSED_TOO_LARGE], 6);
    assert_int_equal(own_scene_edges(&scene, "bods:a", "bods:b", OWN_SHARE, when, &edge), 65);
    own_scene_close(&scene);
}

static void who_is_not_named_leaves_a_mark(void **state)
{
    (void)state;
    struct own_scene scene;
    struct own_node node;
    own_scene_open(&scene);
    own_scene_read(&scene, unnamed);
    own_scene_seal(&scene);
    own_scene_assert_whole(&scene.report);
    own_graph_node_read(scene.graph, own_scene_find(&scene, "bods:b"), &node);
    assert_int_equal(node.flags, OWN_NODE_EXEMPT | OWN_NODE_DESCRIBED);
    assert_int_equal(node.kind, OWN_NODE_ENTITY);
    own_scene_close(&scene);
}

/* A holds 60 % of M, M holds 50 % of B, and A is said to hold 30 % of B by way of it. */
/* clang-format off */
#define CHAIN(first) CHAIN_OF(first, "\"m\",\"am\",\"mb\"")
#define CHAIN_OF(first, components) \
    ENTITY("a", "Holder") \
    ENTITY("m", "Middle") \
    ENTITY("b", "Held") \
    "{\"statementId\":\"c1\",\"recordId\":\"am\",\"recordType\":\"relationship\"," \
    "\"recordStatus\":\"new\",\"recordDetails\":{\"isComponent\":true,\"subject\":\"m\"," \
    "\"interestedParty\":\"a\",\"interests\":[" first "]}}\n" \
    "{\"statementId\":\"c2\",\"recordId\":\"mb\",\"recordType\":\"relationship\"," \
    "\"recordStatus\":\"new\",\"recordDetails\":{\"isComponent\":true,\"subject\":\"b\"," \
    "\"interestedParty\":\"m\",\"interests\":[" SHARE("50", "2019-01-01") "]}}\n" \
    "{\"statementId\":\"c3\",\"recordId\":\"ab\",\"recordType\":\"relationship\"," \
    "\"recordStatus\":\"new\",\"recordDetails\":{\"subject\":\"b\",\"interestedParty\":\"a\"," \
    "\"componentRecords\":[" components "],\"interests\":[{\"type\":\"shareholding\"," \
    "\"directOrIndirect\":\"unknown\",\"share\":{\"exact\":30}}]}}\n"
/* clang-format on */

static u32 flags_of_sum(const char *text)
{
    struct own_scene scene;
    struct own_edge edge = {.flags = 0};
    own_scene_open(&scene);
    own_scene_read(&scene, text);
    own_scene_seal(&scene);
    assert_int_equal(own_scene_edges(&scene, "bods:a", "bods:b", OWN_SHARE,
                                     own_scene_moment("2022-01-01", "2022-01-01"), &edge),
                     1);
    own_scene_close(&scene);
    return edge.flags;
}

static void a_chain_that_is_there_speaks_for_itself(void **state)
{
    (void)state;
    assert_int_equal(flags_of_sum(CHAIN(SHARE("60", "2019-01-01"))),
                     OWN_EDGE_INDIRECT | OWN_EDGE_POSSIBLE);
    assert_int_equal(flags_of_sum(CHAIN("{\"type\":\"shareholding\"}")), OWN_EDGE_INDIRECT);
    assert_int_equal(flags_of_sum(CHAIN("{\"type\":\"boardMember\"}")), OWN_EDGE_INDIRECT);
    /* One link of it is there: what the other would say is not known. */
    assert_int_equal(flags_of_sum(CHAIN_OF(SHARE("60", "2019-01-01"), "\"m\",\"am\",\"x\"")),
                     OWN_EDGE_INDIRECT);
}

/* A closed record that names no end ended when it was closed. */
static void a_closed_record_ended(void **state)
{
    (void)state;
    struct own_scene scene;
    own_scene_open(&scene);
    own_scene_read(&scene, ENTITY("a", "Holder") ENTITY("b", "Held")
                               LINK("l1", "r1", "closed", "2021-06-01", SHARE("40", "2020-05-06")));
    own_scene_seal(&scene);
    own_scene_assert_share(&scene, "bods:a", "bods:b", own_scene_moment("2021-05-31", "2021-06-01"),
                           400000000, 400000000);
    own_scene_assert_no_share(&scene, "bods:a", "bods:b",
                              own_scene_moment("2021-06-01", "2021-06-01"));
    own_scene_close(&scene);
}

/* Now of another party: what was said of the first one ended. */
static void another_party_is_another_edge(void **state)
{
    (void)state;
    struct own_scene scene;
    own_scene_open(&scene);
    own_scene_read(&scene, ENTITY("a", "Holder") ENTITY("b", "Held") ENTITY("c", "Other")
                               LINK("l1", "r1", "new", "2020-01-01", SHARE("40", "2019-05-06")));
    own_scene_read(&scene,
                   "{\"statementId\":\"l2\",\"recordId\":\"r1\",\"recordType\":\"relationship\","
                   "\"recordStatus\":\"updated\",\"statementDate\":\"2021-01-01\","
                   "\"recordDetails\":{\"subject\":\"b\",\"interestedParty\":\"c\","
                   "\"interests\":[" SHARE("40", "2019-05-06") "]}}\n");
    own_scene_seal(&scene);
    struct own_moment later = own_scene_moment("2020-06-01", "2021-01-01");
    own_scene_assert_share(&scene, "bods:a", "bods:b", own_scene_moment("2020-06-01", "2020-12-31"),
                           400000000, 400000000);
    own_scene_assert_no_share(&scene, "bods:a", "bods:b", later);
    own_scene_assert_share(&scene, "bods:c", "bods:b", later, 400000000, 400000000);
    own_scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_share_has_its_limits_and_days),
        cmocka_unit_test(bands_keep_what_is_excluded),
        cmocka_unit_test(a_new_share_ends_the_old_one),
        cmocka_unit_test(a_correction_replaces_the_share),
        cmocka_unit_test(what_is_said_again_is_one_edge),
        cmocka_unit_test(equal_lots_are_not_lost),
        cmocka_unit_test(a_second_lot_is_another_edge),
        cmocka_unit_test(an_interest_that_is_not_named_again_ended),
        cmocka_unit_test(what_is_wrong_is_refused_by_reason),
        cmocka_unit_test(a_share_that_is_refused_is_of_unknown_size),
        cmocka_unit_test(what_else_is_refused_possibly_holds),
        cmocka_unit_test(more_lots_than_are_read_are_of_unknown_size),
        cmocka_unit_test(who_is_not_named_leaves_a_mark),
        cmocka_unit_test(a_chain_that_is_there_speaks_for_itself),
        cmocka_unit_test(a_closed_record_ended),
        cmocka_unit_test(another_party_is_another_edge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
