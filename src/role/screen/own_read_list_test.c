/* Aim: an entry of a list is the company of the register that has its key, its LEI or its number in
 * the register of its country, and nobody else's; by name alone somebody is only possibly listed.
 * Method: registers and entries by hand. */
#include "base/span.h"
#include "tests/support/own_scene.h"
#include "tests/support/test.h"

#include <string.h>

static struct list_entry entry;
static const struct list_header header = {.list = "ofac-sdn"};

#define SOMEBODY(id, name, identifiers)                                                \
    "{\"statementId\":\"s-" id "\",\"recordId\":\"" id "\",\"recordType\":\"entity\"," \
    "\"recordStatus\":\"new\",\"recordDetails\":{\"name\":\"" name                     \
    "\",\"identifiers\":[" identifiers "]}}\n"
#define IDENTIFIER(scheme, id) "{\"scheme\":\"" scheme "\",\"id\":\"" id "\"}"

static void entry_begin(const char *id, const char *name)
{
    list_entry_clear(&entry);
    entry.kind = LIST_KIND_ENTITY;
    entry.id = list_entry_text(&entry, span_of_text(id));
    struct list_name first = {.text = span_of_text(name), .quality = LIST_QUALITY_PRIMARY};
    list_entry_add_name(&entry, &first);
}

static void take(struct own_scene *scene)
{
    list_entry_settle(&entry);
    assert_int_equal(own_reader_entry(scene->reader, 0, &header, &entry), FAULT_NONE);
}

static void open_with(struct own_scene *scene, const char *text)
{
    own_scene_open(scene);
    own_scene_read(scene, text);
    assert_int_equal(own_reader_end(scene->reader), FAULT_NONE);
}

static void seal(struct own_scene *scene)
{
    assert_int_equal(own_graph_seal(scene->build, &scene->graph), FAULT_NONE);
}

/* The listing of a node: 0 none, 1 possible, 2 sure. */
static u32 listed(const struct own_scene *scene, const char *key, const char *day)
{
    struct own_listing listing;
    u32 number = own_graph_listed(scene->graph, own_scene_find(scene, key), 1,
                                  own_scene_moment(day, "2030-01-01"));
    if (number == OWN_NONE) {
        return 0;
    }
    own_graph_listing_read(scene->graph, number, &listing);
    return (listing.flags & OWN_LISTING_POSSIBLE) != 0 ? 1 : 2;
}

static void a_key_of_the_list_says_who_it_is(void **state)
{
    (void)state;
    struct own_scene scene;
    open_with(&scene, SOMEBODY("a", "Alpha AG", IDENTIFIER("ofac-sdn", "36456"))
                          SOMEBODY("b", "ALPHA, AG.", ""));
    entry_begin("36456", "ALPHA AG");
    entry.listed = (struct list_date){.year = 2022, .month = 4, .day = 20};
    take(&scene);
    seal(&scene);
    assert_int_equal(listed(&scene, "bods:a", "2022-04-20"), 2);
    assert_int_equal(listed(&scene, "bods:a", "2022-04-19"), 0);
    assert_int_equal(listed(&scene, "bods:b", "2022-04-20"),
                     0); /* the register has the right one */
    assert_int_equal(scene.report.entries_known, 1);
    own_scene_close(&scene);
}

/* Packs call the list us-sdn; registers and OFAC's own links call its entries ofac-sdn. */
static void a_list_of_ofac_by_another_name_keeps_its_numbers(void **state)
{
    (void)state;
    struct own_scene scene;
    struct list_header other = {.list = "us-sdn", .format = "ofac-csv"};
    open_with(&scene, SOMEBODY("a", "Alpha AG", IDENTIFIER("ofac-sdn", "36456"))
                          SOMEBODY("b", "ALPHA, AG.", ""));
    entry_begin("36456", "ALPHA AG");
    list_entry_settle(&entry);
    assert_int_equal(own_reader_entry(scene.reader, 0, &other, &entry), FAULT_NONE);
    entry_begin("36457", "ALPHA AG");
    list_entry_settle(&entry);
    assert_int_equal(own_reader_entry(scene.reader, 0, &other, &entry), FAULT_NONE);
    seal(&scene);
    assert_int_equal(listed(&scene, "bods:a", "2022-04-20"), 2);
    assert_int_equal(listed(&scene, "us-sdn:36456", "2022-04-20"), 2);
    assert_int_equal(listed(&scene, "bods:b", "2022-04-20"), 1); /* by the other entry's name */
    assert_int_equal(scene.report.entries_known, 1);
    own_scene_close(&scene);
}

static void a_number_of_its_country_says_who_it_is(void **state)
{
    (void)state;
    struct own_scene scene;
    open_with(&scene, SOMEBODY("a", "Alpha", IDENTIFIER("RU-OGRN", "1173850041749"))
                          SOMEBODY("b", "Beta", IDENTIFIER("KZ-BIN", "1173850041750"))
                              SOMEBODY("c", "Gamma", IDENTIFIER("XI-LEI", "0000000000000000AA00")));
    entry_begin("1", "One");
    struct list_identifier number = {.type = span_of_text("Registration Number"),
                                     .number = span_of_text("1173850041749"),
                                     .country = {.code = "RU"}};
    list_entry_add_identifier(&entry, &number);
    take(&scene);
    entry_begin("2", "Two");
    number.number = span_of_text("1173850041750"); /* another country's */
    list_entry_add_identifier(&entry, &number);
    take(&scene);
    entry_begin("3", "Three");
    struct list_identifier lei = {.type = span_of_text("LEI"),
                                  .number = span_of_text("0000000000000000AA00")};
    list_entry_add_identifier(&entry, &lei);
    take(&scene);
    seal(&scene);
    assert_int_equal(listed(&scene, "bods:a", "2022-04-20"), 2);
    assert_int_equal(listed(&scene, "bods:b", "2022-04-20"), 0);
    assert_int_equal(listed(&scene, "bods:c", "2022-04-20"), 2);
    assert_int_equal(own_scene_find(&scene, "ofac-sdn:1"), own_scene_find(&scene, "bods:a"));
    own_scene_close(&scene);
}

static void a_number_of_two_says_nothing(void **state)
{
    (void)state;
    struct own_scene scene;
    open_with(&scene, SOMEBODY("a", "Alpha", IDENTIFIER("GB-COH", "01234567"))
                          SOMEBODY("b", "Beta", IDENTIFIER("GB-CHC", "01234567")));
    entry_begin("1", "One");
    struct list_identifier number = {.type = span_of_text("Company Number"),
                                     .number = span_of_text("01234567"),
                                     .country = {.code = "GB"}};
    list_entry_add_identifier(&entry, &number);
    take(&scene);
    seal(&scene);
    assert_int_equal(listed(&scene, "bods:a", "2022-04-20"), 0);
    assert_int_equal(listed(&scene, "bods:b", "2022-04-20"), 0);
    own_scene_close(&scene);
}

static void a_name_alone_is_possible(void **state)
{
    (void)state;
    struct own_scene scene;
    open_with(&scene, SOMEBODY("a", "Alpha & Sons Ltd.", "") SOMEBODY("b", "ALPHA SONS LTD", "")
                          SOMEBODY("c", "Alphason Ltd", "") SOMEBODY("d", "Nick", ""));
    entry_begin("7", "Alpha & Sons, Ltd");
    struct list_name weak = {.text = span_of_text("Nick"), .quality = LIST_QUALITY_WEAK};
    list_entry_add_name(&entry, &weak);
    take(&scene);
    seal(&scene);
    assert_int_equal(listed(&scene, "bods:a", "2022-04-20"), 1);
    assert_int_equal(listed(&scene, "bods:b", "2022-04-20"), 1);
    assert_int_equal(listed(&scene, "bods:c", "2022-04-20"), 0);
    assert_int_equal(listed(&scene, "bods:d", "2022-04-20"), 0);
    assert_int_equal(listed(&scene, "ofac-sdn:7", "2022-04-20"), 2);
    assert_int_equal(scene.report.entries_named, 1);
    own_scene_close(&scene);
}

/* That OFAC's links, or another list, name the entry says nothing of a company of the register. */
static void a_link_hides_no_name(void **state)
{
    (void)state;
    struct own_scene scene;
    struct list_header other = {.list = "us-sdn", .format = "ofac-csv"};
    own_scene_open(&scene);
    own_scene_read(&scene, SOMEBODY("a", "Alpha AG", "") SOMEBODY("b", "Beta AG", ""));
    own_scene_read(&scene, "ent_num\tname\ttype\tprogram\tlinked_to_ent_num\tlinked_to_name\n"
                           "36456\tALPHA AG\tentity\tX\t36457\tBETA AG\n");
    assert_int_equal(own_reader_end(scene.reader), FAULT_NONE);
    entry_begin("36456", "ALPHA AG");
    list_entry_settle(&entry);
    assert_int_equal(own_reader_entry(scene.reader, 1, &other, &entry), FAULT_NONE);
    entry_begin("36456", "ALPHA AG");
    take(&scene);
    entry_begin("36457", "BETA AG");
    take(&scene);
    seal(&scene);
    assert_int_equal(listed(&scene, "bods:a", "2022-04-20"), 1);
    assert_int_equal(listed(&scene, "bods:b", "2022-04-20"), 1);
    assert_int_equal(listed(&scene, "ofac-sdn:36456", "2022-04-20"), 2);
    assert_int_equal(scene.report.entries_known, 0);
    assert_int_equal(scene.report.entries_named, 3);
    own_scene_close(&scene);
}

static void links_of_entries_become_edges(void **state)
{
    (void)state;
    struct own_scene scene;
    struct own_edge edge;
    struct own_moment when = own_scene_moment("2022-04-20", "2022-04-20");
    open_with(&scene, SOMEBODY("a", "Alpha", ""));
    entry_begin("8", "Eight");
    struct list_link link = {.id = span_of_text("9")};
    list_entry_add_link(&entry, &link);
    struct list_link named = {.name = span_of_text("Some, Body")};
    list_entry_add_link(&entry, &named);
    named.name = span_of_text("Nobody");
    list_entry_add_link(&entry, &named);
    named.name = span_of_text("Twice");
    list_entry_add_link(&entry, &named);
    take(&scene);
    entry_begin("10", "SOME BODY"); /* behind the entry that is linked to it */
    take(&scene);
    entry_begin("11", "Twice");
    take(&scene);
    entry_begin("12", "Twice");
    take(&scene);
    assert_int_equal(own_reader_lists_end(scene.reader), FAULT_NONE);
    seal(&scene);
    static const char *const targets[] = {"ofac-sdn:9", "ofac-sdn:10", "name:ofac-sdn:NOBODY",
                                          "name:ofac-sdn:TWICE"};
    for (u32 i = 0; i < ARRAY_COUNT(targets); i += 1) {
        assert_int_equal(own_scene_edges(&scene, "ofac-sdn:8", targets[i], OWN_LINKED, when, &edge),
                         1);
        assert_memory_equal(edge.statement.data, "8", 1);
    }
    own_scene_close(&scene);
}

/* A person's entry cannot be the company that has its number: the two stay apart. */
static void a_contradiction_stays_apart(void **state)
{
    (void)state;
    struct own_scene scene;
    open_with(&scene, SOMEBODY("a", "Alpha", IDENTIFIER("RU-INN", "773850041749")));
    entry_begin("5", "Five");
    entry.kind = LIST_KIND_PERSON;
    struct list_identifier number = {.type = span_of_text("Tax ID No."),
                                     .number = span_of_text("773850041749"),
                                     .country = {.code = "RU"}};
    list_entry_add_identifier(&entry, &number);
    take(&scene);
    seal(&scene);
    assert_int_equal(listed(&scene, "bods:a", "2022-04-20"), 0);
    assert_int_equal(listed(&scene, "ofac-sdn:5", "2022-04-20"), 2);
    own_scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_of_the_list_says_who_it_is),
        cmocka_unit_test(a_list_of_ofac_by_another_name_keeps_its_numbers),
        cmocka_unit_test(a_number_of_its_country_says_who_it_is),
        cmocka_unit_test(a_number_of_two_says_nothing),
        cmocka_unit_test(a_name_alone_is_possible),
        cmocka_unit_test(a_link_hides_no_name),
        cmocka_unit_test(links_of_entries_become_edges),
        cmocka_unit_test(a_contradiction_stays_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
