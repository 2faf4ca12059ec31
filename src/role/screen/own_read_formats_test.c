/* Aim: FollowTheMoney, GLEIF's files and OFAC's links come out as nodes and edges with the meaning
 * they have there; formats are told apart by content; what is cut off or hostile is refused.
 * Method: small files by hand, each also cut off at every byte. */
#include "base/span.h"
#include "tests/support/own_scene.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

/* ---- FollowTheMoney ---- */

static const char ftm[] =
    "{\"id\":\"co\",\"schema\":\"Company\",\"properties\":{\"name\":[\"Held Ltd\"],"
    "\"jurisdiction\":[\"sg\"],\"registrationNumber\":[\"201900001K\"],\"address\":[\"1 Pier\"]}}\n"
    "{\"id\":\"p\",\"schema\":\"Person\",\"properties\":{\"name\":[\"Somebody\"]}}\n"
    "{\"id\":\"o1\",\"schema\":\"Ownership\",\"first_seen\":\"2021-02-01T00:00:00\",\"properties\":"
    "{\"owner\":[\"p\"],\"asset\":[\"co\"],\"percentage\":[\"51,5 %\"],"
    "\"startDate\":[\"2020-01\"],\"endDate\":[\"2022-01-01\"]}}\n"
    "{\"id\":\"d1\",\"schema\":\"Directorship\",\"properties\":{\"director\":[\"p\"],"
    "\"organization\":[\"co\"],\"role\":[\"nominee director\"]}}\n"
    "{\"id\":\"u1\",\"schema\":\"UnknownLink\",\"properties\":{\"subject\":\"p\","
    "\"object\":[\"co\"]}}\n"
    "{\"id\":\"y1\",\"schema\":\"Payment\",\"properties\":{\"payer\":[\"co\"],"
    "\"beneficiary\":[\"XX-REG:7\"],\"date\":[\"2021-03-04\"],\"amountEur\":[\"1200.5\"]}}\n"
    "{\"id\":\"s1\",\"schema\":\"Sanction\",\"properties\":{}}\n"
    "{\"id\":\"o2\",\"schema\":\"Ownership\",\"properties\":{\"owner\":[\"q\"],\"asset\":[\"co\"],"
    "\"percentage\":[\"most\"]}}\n"
    "{\"id\":\"o3\",\"schema\":\"Ownership\",\"properties\":{\"owner\":[\"p\"]}}\n"
    "{\"id\":\"p\",\"schema\":\"Person\",\"properties\":{\"name\":[\"Somebody\"]}}\n";

static void followthemoney_becomes_edges(void **state)
{
    (void)state;
    struct own_scene scene;
    struct own_edge edge;
    struct own_node node;
    struct own_moment when = own_scene_moment("2021-03-04", "2021-03-04");
    own_scene_open(&scene);
    own_scene_read(&scene, ftm);
    own_scene_seal(&scene);
    own_scene_assert_whole(&scene.report);
    assert_int_equal(scene.report.records, 10);
    assert_int_equal(scene.report.passed, 1);
    assert_int_equal(scene.report.repeated, 1);
    assert_int_equal(scene.report.interests_refused[OWN_REFUSED_SHARE], 1);
    assert_int_equal(scene.report.refused[OWN_REFUSED_MISSING], 1);
    own_scene_assert_share(&scene, "ftm:p", "ftm:co", when, 515000000, 515000000);
    own_scene_assert_no_share(&scene, "ftm:p", "ftm:co",
                              own_scene_moment("2019-12-31", "2021-03-04"));
    own_scene_assert_no_share(&scene, "ftm:p", "ftm:co",
                              own_scene_moment("2021-03-04", "2021-01-31"));
    assert_int_equal(own_scene_edges(&scene, "ftm:p", "ftm:co", OWN_NOMINEE, when, &edge), 1);
    assert_int_equal(own_scene_edges(&scene, "ftm:p", "ftm:co", OWN_LINKED, when, &edge), 1);
    assert_int_equal(own_scene_edges(&scene, "ftm:co", "XX-REG:7", OWN_PAYMENT, when, &edge), 1);
    assert_int_equal(edge.amount_cents, 120050);
    assert_int_equal(edge.times.valid_until, when.valid + 1);
    assert_int_equal(
        own_scene_edges(&scene, "ftm:co", "address:1 PIER", OWN_ATTRIBUTE, when, &edge), 1);
    own_graph_node_read(scene.graph, own_scene_find(&scene, "ftm:co"), &node);
    assert_string_equal(node.country, "SG");
    own_scene_close(&scene);
}

/* One tie between "p" and "co", with these properties behind its parties. */
static u32 tie(const char *properties, enum own_refusal refusal, struct own_edge *edge_out)
{
    char text[1024];
    struct own_scene scene;
    struct own_moment when = own_scene_moment("2021-03-04", "2021-03-04");
    (void)snprintf(text, sizeof(text),
                   "{\"id\":\"o\",\"schema\":\"Ownership\",\"properties\":{\"owner\":\"p\","
                   "\"asset\":\"co\",%s}}\n",
                   properties);
    own_scene_open(&scene);
    own_scene_read(&scene, text);
    own_scene_seal(&scene);
    own_scene_assert_whole(&scene.report);
    assert_int_equal(scene.report.interests, 1);
    assert_int_equal(own_graph_counts(scene.graph)->nodes, 2);
    assert_int_equal(own_scene_edges(&scene, "ftm:p", "ftm:co", OWN_SHARE, when, edge_out), 1);
    u32 refused = (u32)scene.report.interests_refused[refusal];
    own_scene_close(&scene);
    return refused;
}

/* What is wrong with a tie does not say that there is none. */
static void a_tie_that_is_refused_stays_known(void **state)
{
    (void)state;
    static const char *const shares[] = {"\"percentage\":\"most\"", "\"percentage\":[\"101\"]",
                                         "\"percentage\":[\"50-25\"]",
                                         "\"percentage\":[\"60\",\"x\"]"};
    struct own_edge edge;
    for (u32 i = 0; i < ARRAY_COUNT(shares); i += 1) {
        assert_int_equal(tie(shares[i], OWN_REFUSED_SHARE, &edge), 1);
        assert_int_equal(edge.flags, OWN_EDGE_UNKNOWN);
        assert_int_equal(edge.upper, OWN_WHOLE);
    }
    assert_int_equal(
        tie("\"percentage\":\"60\",\"startDate\":\"2020-02-30\"", OWN_REFUSED_DATE, &edge), 1);
    assert_int_equal(edge.flags, OWN_EDGE_POSSIBLE);
    assert_int_equal(edge.lower, 600000000);
}

/* A property may hold one text without an array, and several that do not agree. */
static void a_property_holds_its_own_values_only(void **state)
{
    (void)state;
    struct own_edge edge;
    assert_int_equal(tie("\"percentage\":\"60\",\"summary\":\"x\"", OWN_REFUSED_SHARE, &edge), 0);
    assert_int_equal(edge.upper, 600000000);
    assert_int_equal(tie("\"percentage\":[\"60\",\"40\"]", OWN_REFUSED_SHARE, &edge), 0);
    assert_int_equal(edge.lower, 400000000);
    assert_int_equal(edge.upper, 600000000);
    assert_int_equal(edge.flags, OWN_EDGE_BAND);
}

/* Of a crowd on one side as many are read as there is room for; the rest is refused, not lost. */
static void a_crowd_of_owners_is_counted(void **state)
{
    (void)state;
    static char text[16384];
    struct own_scene scene;
    size_t used = (size_t)snprintf(text, sizeof(text),
                                   "{\"id\":\"o\",\"schema\":\"Ownership\",\"properties\":{"
                                   "\"asset\":[\"co\"],\"owner\":[\"p\"");
    for (u32 i = 0; i < 300; i += 1) {
        used += (size_t)snprintf(text + used, sizeof(text) - used, ",\"p%u\"", i);
    }
    (void)snprintf(text + used, sizeof(text) - used, "]}}\n");
    own_scene_open(&scene);
    own_scene_read(&scene, text);
    own_scene_seal(&scene);
    own_scene_assert_whole(&scene.report);
    assert_int_equal(scene.report.interests_taken, 256);
    assert_int_equal(scene.report.interests_refused[OWN_REFUSED_TOO_LARGE], 1);
    own_scene_close(&scene);
}

/* ---- GLEIF ---- */

#define LEI_A "00000000000000000A00"
#define LEI_B "00000000000000000B00"
#define LEI_C "00000000000000000C00"

/* clang-format off */
#define PERIOD(start, type)                                                                  \
    "<r:RelationshipPeriod><r:StartDate>" start "</r:StartDate><r:PeriodType>" type          \
    "</r:PeriodType></r:RelationshipPeriod>"
#define RELATION(start, end, type, extra)                                                    \
    "<r:RelationshipRecord><r:Relationship><r:StartNode><r:NodeID>" start                    \
    "</r:NodeID></r:StartNode><r:EndNode><r:NodeID>" end                                     \
    "</r:NodeID></r:EndNode><r:RelationshipType>" type                                       \
    "</r:RelationshipType><r:RelationshipPeriods>"                                           \
    PERIOD("2012-11-29T00:00:00.000Z", "RELATIONSHIP_PERIOD")                                \
    PERIOD("1999-01-01T00:00:00Z", "ACCOUNTING_PERIOD")                                      \
    "</r:RelationshipPeriods></r:Relationship><r:Registration>"                              \
    "<r:InitialRegistrationDate>2013-01-01T00:00:00Z</r:InitialRegistrationDate>" extra      \
    "</r:Registration></r:RelationshipRecord>"

static const char relations[] =
    "<?xml version=\"1.0\"?><r:RelationshipData xmlns:r=\"u\"><r:Header><r:ContentDate>2023"
    "</r:ContentDate></r:Header><r:RelationshipRecords>"
    RELATION(LEI_A, LEI_B, "IS_DIRECTLY_CONSOLIDATED_BY", "")
    RELATION(LEI_A, LEI_C, "IS_ULTIMATELY_CONSOLIDATED_BY",
             "<r:LastUpdateDate>2020-01-01</r:LastUpdateDate>"
             "<r:RegistrationStatus>RETIRED</r:RegistrationStatus>")
    RELATION(LEI_B, LEI_C, "IS_INTERNATIONAL_BRANCH_OF", "")
    RELATION(LEI_B, LEI_C, "IS_FRIEND_OF", "")
    RELATION(LEI_B, "", "IS_FUND-MANAGED_BY", "")
    "</r:RelationshipRecords></r:RelationshipData>";
/* clang-format on */

static const char entities[] =
    "<l:LEIData xmlns:l=\"u\"><l:LEIRecords><l:LEIRecord><l:LEI>" LEI_A "</l:LEI><l:Entity>"
    "<l:LegalName>Alpha &amp; Sons</l:LegalName><l:OtherEntityNames><l:OtherEntityName>Old"
    "</l:OtherEntityName></l:OtherEntityNames><l:LegalAddress><l:FirstAddressLine>1 Pier"
    "</l:FirstAddressLine><l:City>Boston</l:City></l:LegalAddress><l:RegistrationAuthority>"
    "<l:RegistrationAuthorityID>RA000665</l:RegistrationAuthorityID>"
    "<l:RegistrationAuthorityEntityID>S000005113</l:RegistrationAuthorityEntityID>"
    "</l:RegistrationAuthority><l:LegalJurisdiction>US-MA</l:LegalJurisdiction>"
    "<l:EntityCreationDate>2012-11-29</l:EntityCreationDate></l:Entity></l:LEIRecord>"
    "<l:LEIRecord><l:Entity><l:LegalName>No LEI</l:LegalName></l:Entity></l:LEIRecord>"
    "</l:LEIRecords></l:LEIData>";

static const char exceptions[] =
    "<x:ReportingExceptionData xmlns:x=\"u\"><x:ReportingExceptions><x:Exception><x:LEI>" LEI_C
    "</x:LEI><x:ExceptionCategory>ULTIMATE_ACCOUNTING_CONSOLIDATION_PARENT</x:ExceptionCategory>"
    "<x:ExceptionReason>NATURAL_PERSONS</x:ExceptionReason></x:Exception></x:ReportingExceptions>"
    "</x:ReportingExceptionData>";

static void gleif_becomes_edges(void **state)
{
    (void)state;
    struct own_scene scene;
    struct own_edge edge;
    struct own_node node;
    struct own_moment then = own_scene_moment("2019-12-31", "2020-06-01");
    struct own_moment later = own_scene_moment("2020-01-01", "2020-06-01");
    own_scene_open(&scene);
    own_scene_read(&scene, relations);
    own_scene_read(&scene, entities);
    own_scene_read(&scene, exceptions);
    own_scene_seal(&scene);
    own_scene_assert_whole(&scene.report);
    assert_int_equal(scene.report.records, 8);
    assert_int_equal(scene.report.refused[OWN_REFUSED_KIND], 1);
    assert_int_equal(scene.report.refused[OWN_REFUSED_MISSING], 2);
    assert_int_equal(
        own_scene_edges(&scene, "XI-LEI:" LEI_B, "XI-LEI:" LEI_A, OWN_CONSOLIDATED, later, &edge),
        1);
    assert_int_equal(edge.flags, 0);
    assert_int_equal(
        own_scene_edges(&scene, "XI-LEI:" LEI_C, "XI-LEI:" LEI_A, OWN_CONSOLIDATED, then, &edge),
        1);
    assert_int_equal(edge.flags, OWN_EDGE_INDIRECT);
    assert_int_equal(
        own_scene_edges(&scene, "XI-LEI:" LEI_C, "XI-LEI:" LEI_A, OWN_CONSOLIDATED, later, &edge),
        0);
    own_scene_assert_share(&scene, "XI-LEI:" LEI_C, "XI-LEI:" LEI_B, later, OWN_WHOLE, OWN_WHOLE);
    own_scene_assert_no_share(&scene, "XI-LEI:" LEI_C, "XI-LEI:" LEI_B,
                              own_scene_moment("2012-11-28", "2020-06-01"));
    own_graph_node_read(scene.graph, own_scene_find(&scene, "RA000665:S000005113"), &node);
    assert_memory_equal(node.name.data, "Alpha & Sons", node.name.size);
    assert_string_equal(node.country, "US");
    own_graph_node_read(scene.graph, own_scene_find(&scene, "XI-LEI:" LEI_C), &node);
    assert_int_equal(node.flags, OWN_NODE_EXEMPT);
    own_scene_close(&scene);
}

/* Days that are none: the relationship is possible on any. */
static void who_is_its_own_parent_is_refused(void **state)
{
    (void)state;
    struct own_scene scene;
    own_scene_open(&scene);
    own_scene_read(&scene,
                   "<r:RelationshipData xmlns:r=\"u\">" RELATION(
                       LEI_A, LEI_A, "IS_DIRECTLY_CONSOLIDATED_BY", "") "</r:RelationshipData>");
    own_scene_seal(&scene);
    own_scene_assert_whole(&scene.report);
    assert_int_equal(scene.report.refused[OWN_REFUSED_IDENTITY], 1);
    own_scene_close(&scene);
}

static void a_relationship_without_days_is_possible(void **state)
{
    (void)state;
    struct own_scene scene;
    struct own_edge edge;
    own_scene_open(&scene);
    own_scene_read(&scene,
                   "<r:RelationshipData xmlns:r=\"u\">" RELATION(
                       LEI_A, LEI_B, "IS_DIRECTLY_CONSOLIDATED_BY",
                       "<r:LastUpdateDate>2020-02-31</r:LastUpdateDate>") "</r:RelationshipData>");
    own_scene_seal(&scene);
    own_scene_assert_whole(&scene.report);
    assert_int_equal(scene.report.interests_refused[OWN_REFUSED_DATE], 1);
    assert_int_equal(own_scene_edges(&scene, "XI-LEI:" LEI_B, "XI-LEI:" LEI_A, OWN_CONSOLIDATED,
                                     own_scene_moment("1990-01-01", "1990-01-01"), &edge),
                     1);
    assert_int_equal(edge.flags, OWN_EDGE_POSSIBLE);
    own_scene_close(&scene);
}

static void assert_not_read(const char *text, size_t size, enum fault wanted)
{
    struct own_scene scene;
    own_scene_open(&scene);
    enum fault fault = own_reader_bytes(scene.reader, "file", span_of(text, size));
    if (fault != wanted) {
        fail_msg("fault %d for %.*s", fault, (int)size, text);
    }
    own_scene_close(&scene);
}

static void xml_cut_off_anywhere_is_a_fault(void **state)
{
    (void)state;
    static const char *const files[] = {relations, entities, exceptions};
    for (u32 i = 0; i < ARRAY_COUNT(files); i += 1) {
        size_t all = strlen(files[i]);
        size_t step = 1 + all / test_rounds(400);
        for (size_t size = 0; size < all; size += step) {
            assert_not_read(files[i], size, FAULT_INPUT);
        }
    }
}

static void a_document_type_is_refused(void **state)
{
    (void)state;
    static const char bomb[] =
        "<!DOCTYPE r [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>"
        "<LEIData><LEIRecords><LEIRecord><LEI>&b;</LEI></LEIRecord></LEIRecords></LEIData>";
    assert_not_read(bomb, strlen(bomb), FAULT_INPUT);
    assert_non_null(strstr(fault_text(), "a document type"));
}

/* ---- OFAC's links ---- */

static const char linked[] = "ent_num\tname\ttype\tprogram\tlinked_to_ent_num\tlinked_to_name\n"
                             "36458\tOOO ALPHA\tentity\tX\t36456\tALPHA AG\n"
                             "36460\tDOE, John\tindividual\tX\t\tNobody Known\n"
                             "x\tOOO ALPHA\tentity\tX\t36456\tALPHA AG\n"
                             "36461\tOOO ALPHA\tentity\n"
                             "36462\tOOO \xff\xfe\tentity\tX\t36456\tALPHA AG\n";

static void links_of_ofac_become_edges(void **state)
{
    (void)state;
    struct own_scene scene;
    struct own_edge edge;
    struct own_moment when = own_scene_moment("2022-04-20", "2022-04-20");
    own_scene_open(&scene);
    own_scene_read(&scene, linked);
    own_scene_seal(&scene);
    own_scene_assert_whole(&scene.report);
    assert_int_equal(scene.report.records, 5);
    assert_int_equal(scene.report.linked, 2);
    assert_int_equal(scene.report.refused[OWN_REFUSED_MISSING], 1);
    assert_int_equal(scene.report.refused[OWN_REFUSED_SYNTAX], 2);
    assert_int_equal(
        own_scene_edges(&scene, "ofac-sdn:36458", "ofac-sdn:36456", OWN_LINKED, when, &edge), 1);
    assert_int_equal(
        own_scene_edges(&scene, "ofac-sdn:36460", "name:NOBODY KNOWN", OWN_LINKED, when, &edge), 1);
    own_scene_close(&scene);
}

/* Another register knows the person as a company: the link stays. */
static void a_link_of_somebody_else_stays(void **state)
{
    (void)state;
    struct own_scene scene;
    struct own_edge edge;
    own_scene_open(&scene);
    own_scene_read(&scene, "{\"id\":\"ofac-sdn:36460\",\"schema\":\"Company\","
                           "\"properties\":{\"name\":[\"Doe Ltd\"]}}\n");
    own_scene_read(&scene, "ent_num\tname\ttype\tprogram\tlinked_to_ent_num\tlinked_to_name\n"
                           "36460\tDOE, John\tindividual\tX\t36456\tALPHA AG\n");
    own_scene_seal(&scene);
    own_scene_assert_whole(&scene.report);
    assert_int_equal(scene.report.interests_refused[OWN_REFUSED_IDENTITY], 1);
    assert_int_equal(own_scene_edges(&scene, "ofac-sdn:36460", "ofac-sdn:36456", OWN_LINKED,
                                     own_scene_moment("2022-04-20", "2022-04-20"), &edge),
                     1);
    own_scene_close(&scene);
}

static void a_nul_byte_in_a_link_is_refused(void **state)
{
    (void)state;
    static const char text[] = "ent_num\tname\ttype\tprogram\tlinked_to_ent_num\tlinked_to_name\n"
                               "36458\tA\0B\tentity\tX\t36456\tALPHA AG\n";
    struct own_scene scene;
    own_scene_open(&scene);
    assert_int_equal(own_reader_bytes(scene.reader, "file", span_of(text, sizeof(text) - 1)),
                     FAULT_NONE);
    assert_int_equal(scene.report.refused[OWN_REFUSED_SYNTAX], 1);
    assert_string_equal(scene.report.texts[0], "file:2: not UTF-8, or a NUL byte");
    own_scene_close(&scene);
}

static void what_is_of_no_format_is_refused(void **state)
{
    (void)state;
    static const char columns[] =
        "ent_num\tname\ttype\tprogram\tlinked_to_ent_num\tlinked_to_name\n";
    static const char *const wrong[] = {
        "",        "  \n",     "\xef\xbb\xbf", "name,share\na,5\n",
        "<xml/>",  "{}",       "[]",           "{\"id\":1}",
        "ent_num", "\x1f\x8b", "\xff\xfe{",    "<r:RelationshipData xmlns:r=\"u\"/>",
        columns};
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        assert_not_read(wrong[i], strlen(wrong[i]), FAULT_INPUT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(followthemoney_becomes_edges),
        cmocka_unit_test(a_tie_that_is_refused_stays_known),
        cmocka_unit_test(a_property_holds_its_own_values_only),
        cmocka_unit_test(a_crowd_of_owners_is_counted),
        cmocka_unit_test(gleif_becomes_edges),
        cmocka_unit_test(a_relationship_without_days_is_possible),
        cmocka_unit_test(who_is_its_own_parent_is_refused),
        cmocka_unit_test(xml_cut_off_anywhere_is_a_fault),
        cmocka_unit_test(a_document_type_is_refused),
        cmocka_unit_test(links_of_ofac_become_edges),
        cmocka_unit_test(a_link_of_somebody_else_stays),
        cmocka_unit_test(a_nul_byte_in_a_link_is_refused),
        cmocka_unit_test(what_is_of_no_format_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
