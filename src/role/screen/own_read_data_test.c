/* Aim: the real registers are read whole, with the counts that their provenance states, and BODS's
 * worked examples mean to us what they say they mean; cut short or damaged, nothing breaks and
 * nothing is lost without a count. Method: the files of $CAMBIST_DATA where they are there, whole,
 * cut at random places and with random bytes changed. */
#include "base/random.h"
#include "base/span.h"
#include "tests/support/own_scene.h"
#include "tests/support/test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_BYTES = 512 };

static const char *folder;

static int find_data(void **state)
{
    (void)state;
    folder = test_data_folder();
    return 0;
}

static void want_data(void)
{
    if (folder == NULL) {
        print_message("the registers of $CAMBIST_DATA are not there\n");
        skip();
    }
}

static void data_path(const char *name, char target[PATH_BYTES])
{
    int length = snprintf(target, PATH_BYTES, "%s/ownership/%s", folder, name);
    assert_true(length > 0 && length < PATH_BYTES);
}

static void read_file(struct own_scene *scene, const char *name)
{
    char path[PATH_BYTES];
    data_path(name, path);
    if (own_reader_file(scene->reader, disk_real(), path) != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
}

static int is_file(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && strstr(entry->d_name, ".json") != NULL;
}

static void read_folder(struct own_scene *scene, const char *name)
{
    char path[PATH_BYTES];
    struct dirent **entries = NULL;
    data_path(name, path);
    int count = scandir(path, &entries, is_file, alphasort);
    assert_true(count > 0);
    for (int i = 0; i < count; i += 1) {
        char file[PATH_BYTES];
        int length = snprintf(file, sizeof(file), "%s/%s", name, entries[i]->d_name);
        assert_true(length > 0 && length < PATH_BYTES);
        read_file(scene, file);
        free(entries[i]);
    }
    free(entries);
}

/* ---- counts ---- */

static void the_british_register_is_read_whole(void **state)
{
    (void)state;
    struct own_scene scene;
    want_data();
    own_scene_open(&scene);
    read_folder(&scene, "bods_uk");
    own_scene_seal(&scene);
    own_scene_assert_whole(&scene.report);
    assert_int_equal(scene.report.records, 750);
    assert_int_equal(scene.report.repeated, 4);
    assert_int_equal(scene.report.linked, 381);
    assert_int_equal(scene.report.described, 365);
    assert_int_equal(own_report_refused(&scene.report), 0);
    assert_int_equal(scene.report.interests, 973);
    own_scene_close(&scene);
}

static void gleif_is_read_whole(void **state)
{
    (void)state;
    struct own_scene scene;
    want_data();
    own_scene_open(&scene);
    read_folder(&scene, "bods_gleif");
    read_file(&scene, "gleif_rr/rr-data.xml");
    read_file(&scene, "gleif_rr/rr-updates-data2-new.xml");
    read_file(&scene, "gleif_rr/lei-data.xml");
    read_file(&scene, "gleif_rr/repex-data.xml");
    own_scene_seal(&scene);
    own_scene_assert_whole(&scene.report);
    assert_int_equal(scene.report.records, 464 + 10 + 10 + 13 + 10);
    assert_int_equal(scene.report.linked, 288 + 10 + 10);
    assert_int_equal(scene.report.described, 176 + 13 + 10);
    assert_int_equal(own_report_refused(&scene.report), 0);
    own_scene_close(&scene);
}

static void the_links_of_ofac_are_read_whole(void **state)
{
    (void)state;
    struct own_scene scene;
    struct own_edge edge;
    struct own_moment when = own_scene_moment("2022-04-22", "2022-04-22");
    want_data();
    own_scene_open(&scene);
    read_file(&scene, "ofac_linked_to_2022-04-22.tsv");
    own_scene_seal(&scene);
    own_scene_assert_whole(&scene.report);
    assert_int_equal(scene.report.records, 4009);
    assert_int_equal(scene.report.linked, 4009);
    u32 group = own_scene_find(&scene, "ofac-sdn:36456");
    assert_int_equal(own_graph_holders_of(scene.graph, group).count, 10);
    assert_int_equal(
        own_scene_edges(&scene, "ofac-sdn:36458", "ofac-sdn:36456", OWN_LINKED, when, &edge), 1);
    own_scene_close(&scene);
}

/* ---- the worked examples of BODS ---- */

static void open_example(struct own_scene *scene, const char *name)
{
    char path[PATH_BYTES];
    int length = snprintf(path, sizeof(path), "bods_examples/%s", name);
    assert_true(length > 0 && length < PATH_BYTES);
    own_scene_open(scene);
    read_file(scene, path);
    own_scene_seal(scene);
    own_scene_assert_whole(&scene->report);
    assert_int_equal(own_report_refused(&scene->report), 0);
}

static void assert_flags(const struct own_scene *scene, const char *holder, const char *target,
                         enum own_kind kind, u32 flags)
{
    struct own_edge edge = {.flags = 0};
    struct own_moment when = own_scene_moment("2024-01-01", "2024-01-01");
    assert_int_equal(own_scene_edges(scene, holder, target, kind, when, &edge), 1);
    assert_int_equal(edge.flags, flags);
}

static void every_example_is_read_whole(void **state)
{
    (void)state;
    char path[PATH_BYTES];
    struct dirent **entries = NULL;
    want_data();
    data_path("bods_examples", path);
    int count = scandir(path, &entries, is_file, alphasort);
    assert_int_equal(count, 19);
    for (int i = 0; i < count; i += 1) {
        struct own_scene scene;
        open_example(&scene, entries[i]->d_name);
        own_scene_close(&scene);
        free(entries[i]);
    }
    free(entries);
}

/* 60 % held by a company, which a person holds with a share that nobody states; the person has 30 %
 * by way of it. */
static void example_indirect(void **state)
{
    (void)state;
    struct own_scene scene;
    struct own_moment when = own_scene_moment("2024-01-01", "2024-01-01");
    want_data();
    open_example(&scene, "indirect-ownership.json");
    own_scene_assert_share(&scene, "bods:d4ab89ea169a", "bods:ad3f6c2fcc9e", when, 600000000,
                           600000000);
    own_scene_assert_share(&scene, "bods:c25d4d612c2c", "bods:d4ab89ea169a", when, 0, OWN_WHOLE);
    own_scene_assert_share(&scene, "bods:c25d4d612c2c", "bods:ad3f6c2fcc9e", when, 300000000,
                           300000000);
    assert_flags(&scene, "bods:c25d4d612c2c", "bods:ad3f6c2fcc9e", OWN_SHARE, OWN_EDGE_INDIRECT);
    own_scene_close(&scene);
}

static void example_joint(void **state)
{
    (void)state;
    struct own_scene scene;
    struct own_node node;
    struct own_moment when = own_scene_moment("2018-01-05", "2018-01-05");
    want_data();
    open_example(&scene, "joint-ownership.json");
    own_scene_assert_share(&scene, "bods:91b4236a7d89", "bods:31c55e425764", when, OWN_WHOLE,
                           OWN_WHOLE);
    own_scene_assert_share(&scene, "bods:1accb8b18b99", "bods:91b4236a7d89", when, 500000000,
                           500000000);
    own_scene_assert_share(&scene, "bods:f040df24d9ec", "bods:91b4236a7d89", when, 500000000,
                           500000000);
    own_graph_node_read(scene.graph, own_scene_find(&scene, "bods:91b4236a7d89"), &node);
    assert_int_equal(node.flags, OWN_NODE_DESCRIBED | OWN_NODE_TRUST);
    own_scene_close(&scene);
}

/* The arrangement acts for the nominator, and the nominee holds in its name what is that one's. */
static void example_nominee(void **state)
{
    (void)state;
    struct own_scene scene;
    want_data();
    open_example(&scene, "nomination.json");
    assert_flags(&scene, "bods:103AB1984D", "bods:101AB1984F", OWN_BEHALF, OWN_EDGE_DECLARED);
    assert_flags(&scene, "bods:102AB1984E", "bods:103AB1984D", OWN_NOMINEE, OWN_EDGE_DECLARED);
    assert_flags(&scene, "bods:103AB1984D", "bods:104AB1984C", OWN_DIRECTOR, OWN_EDGE_DECLARED);
    assert_flags(&scene, "bods:101AB1984F", "bods:104AB1984C", OWN_INFLUENCE,
                 OWN_EDGE_POSSIBLE | OWN_EDGE_INDIRECT | OWN_EDGE_DECLARED);
    own_scene_close(&scene);
}

/* A state by way of a ministry, which holds 23.5 % itself and 76.5 % by a company. */
static void example_state_owned(void **state)
{
    (void)state;
    struct own_scene scene;
    struct own_node node;
    struct own_moment when = own_scene_moment("2024-01-01", "2024-01-01");
    want_data();
    open_example(&scene, "bods-package-fi-soe.json");
    own_scene_assert_share(&scene, "bods:0199c515a699", "bods:19f1c5afe9d7", when, 765000000,
                           765000000);
    own_scene_assert_share(&scene, "bods:7ff95ba3682c", "bods:19f1c5afe9d7", when, 235000000,
                           235000000);
    own_scene_assert_share(&scene, "bods:05ce06ec97b1", "bods:19f1c5afe9d7", when, OWN_WHOLE,
                           OWN_WHOLE);
    assert_flags(&scene, "bods:05ce06ec97b1", "bods:19f1c5afe9d7", OWN_SHARE, OWN_EDGE_INDIRECT);
    own_graph_node_read(scene.graph, own_scene_find(&scene, "bods:05ce06ec97b1"), &node);
    assert_int_equal(node.flags, OWN_NODE_DESCRIBED | OWN_NODE_STATE);
    assert_int_equal(node.kind, OWN_NODE_ENTITY);
    own_scene_close(&scene);
}

/* Shares that change hands over four years: each question has the answer of its two days. */
static void example_history(void **state)
{
    (void)state;
    static const char *const person = "bods:018AF6B3EB";
    static const char *const trust = "bods:033E84672B";
    static const char *const company = "bods:01B68D7633";
    struct own_scene scene;
    struct own_moment now = own_scene_moment("2023-03-03", "2030-01-01");
    want_data();
    open_example(&scene, "tecido.json");
    own_scene_assert_share(&scene, person, company, own_scene_moment("2021-09-23", "2030-01-01"),
                           OWN_WHOLE, OWN_WHOLE);
    own_scene_assert_share(&scene, person, company, own_scene_moment("2021-09-24", "2030-01-01"),
                           400000000, 400000000);
    own_scene_assert_share(&scene, person, company, own_scene_moment("2021-09-24", "2021-09-24"),
                           OWN_WHOLE, OWN_WHOLE);
    own_scene_assert_share(&scene, trust, company, own_scene_moment("2022-09-20", "2030-01-01"),
                           600000000, 600000000);
    own_scene_assert_share(&scene, trust, company, own_scene_moment("2022-09-21", "2030-01-01"),
                           700000000, 700000000);
    own_scene_assert_share(&scene, trust, company, now, 800000000, 800000000);
    own_scene_assert_no_share(&scene, person, company, now);
    own_scene_close(&scene);
}

/* ---- damaged files ---- */

static size_t read_bytes(const char *name, u8 *target, size_t target_bytes)
{
    char path[PATH_BYTES];
    data_path(name, path);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = fread(target, 1, target_bytes, file);
    assert_true(size > 0 && size < target_bytes);
    assert_int_equal(fclose(file), 0);
    return size;
}

/* Whatever is left of it: it is read or refused as a whole, and every record is counted. */
static void read_damaged(struct span bytes)
{
    struct own_scene scene;
    own_scene_open(&scene);
    enum fault fault = own_reader_bytes(scene.reader, "damaged", bytes);
    assert_true(fault == FAULT_NONE || fault == FAULT_INPUT);
    if (fault == FAULT_NONE) {
        own_scene_seal(&scene);
        own_scene_assert_whole(&scene.report);
    }
    own_scene_close(&scene);
}

static void damaged_files_break_nothing(void **state)
{
    (void)state;
    static const char *const names[] = {"bods_uk/01126618.jsonl", "bods_examples/fermcat.json",
                                        "gleif_rr/rr-data.xml", "gleif_rr/lei-data.xml",
                                        "gleif_rr/repex-data.xml"};
    static u8 whole[1 << 17];
    static u8 damaged[1 << 17];
    struct random random;
    want_data();
    random_init(&random, test_seed());
    for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
        size_t size = read_bytes(names[i], whole, sizeof(whole));
        for (u64 round = 0; round < test_rounds(40); round += 1) {
            memcpy(damaged, whole, size);
            u64 changes = random_below(&random, 8);
            for (u64 k = 0; k < changes; k += 1) {
                damaged[random_below(&random, size)] = (u8)random_below(&random, 256);
            }
            bool is_cut = random_below(&random, 2) == 0;
            read_damaged(span_of(damaged, is_cut ? (size_t)random_below(&random, size) : size));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_british_register_is_read_whole),
        cmocka_unit_test(gleif_is_read_whole),
        cmocka_unit_test(the_links_of_ofac_are_read_whole),
        cmocka_unit_test(every_example_is_read_whole),
        cmocka_unit_test(example_indirect),
        cmocka_unit_test(example_joint),
        cmocka_unit_test(example_nominee),
        cmocka_unit_test(example_state_owned),
        cmocka_unit_test(example_history),
        cmocka_unit_test(damaged_files_break_nothing),
    };
    return cmocka_run_group_tests(tests, find_data, NULL);
}
