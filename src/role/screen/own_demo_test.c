/* Aim: the demo's web of companies (rules/demo/ownership) tells its story: three payouts of one
 * payer on three days get three verdicts, each with a proof that holds without the engine, and a
 * filing that comes late changes what is known of the second day. Method: the files as they are
 * shipped, by the importers and the engine. */
#include "base/span.h"
#include "io/input.h"
#include "role/screen/own_flags.h"
#include "role/screen/own_integrated.h"
#include "role/screen/own_proof.h"
#include "tests/support/own_scene.h"
#include "tests/support/test.h"

#include <string.h>

#define FOLDER "rules/demo/ownership/"

static const char *const payer = "SG-ACRA:202099991Z";
static const char *const customer = "JP-JCN:0000000000226";
static const char *const listed = "ofac-sdn:36456";

static struct own_scene scene;

static void read_demo(bool with_late)
{
    static const char *const files[] = {FOLDER "register.jsonl", FOLDER "payments.jsonl",
                                        FOLDER "register-late.jsonl"};
    struct list_header header;
    own_scene_open(&scene);
    for (u32 i = 0; i < (with_late ? 3U : 2U); i += 1) {
        assert_int_equal(own_reader_file(scene.reader, disk_real(), files[i]), FAULT_NONE);
    }
    assert_int_equal(own_reader_end(scene.reader), FAULT_NONE);
    assert_int_equal(own_reader_list(scene.reader, disk_real(), FOLDER "list.jsonl", 0, &header),
                     FAULT_NONE);
    assert_int_equal(own_reader_lists_end(scene.reader), FAULT_NONE);
    struct own_node facts = {
        .kind = OWN_NODE_UNKNOWN, .flags = OWN_NODE_CUSTOMER, .founded = OWN_DAY_EVER};
    u32 node = 0;
    assert_int_equal(own_build_node(scene.build, span_of_text(customer), &node), FAULT_NONE);
    assert_int_equal(own_build_describe(scene.build, node, &facts), FAULT_NONE);
    assert_int_equal(own_graph_seal(scene.build, &scene.graph), FAULT_NONE);
    own_scene_assert_whole(&scene.report);
    assert_int_equal(own_report_refused(&scene.report), 0);
    assert_int_equal(scene.report.entries_known, 1);
}

/* The verdict of one day, as known on one; a proof of it must hold by the edges alone. */
static enum own_verdict verdict(const char *key, const char *valid, const char *known,
                                const char *rule_name)
{
    struct own_moment moment = own_scene_moment(valid, known);
    struct own_view *view = NULL;
    struct own_cascade *cascade = NULL;
    struct own_proof *proof = NULL;
    struct own_rule rule;
    char note[OWN_PROOF_NOTE_BYTES];
    u32 node = own_scene_find(&scene, key);
    assert_true(own_rule_find(span_of_text(rule_name), moment.valid, &rule));
    assert_int_equal(own_view_open(scene.graph, moment, &view), FAULT_NONE);
    assert_int_equal(own_cascade_run(view, &rule, 1, &cascade), FAULT_NONE);
    assert_int_equal(own_proof_make(cascade, node, &proof), FAULT_NONE);
    enum own_verdict verdict = own_cascade_verdict(cascade, node);
    if (verdict != OWN_CLEAR) {
        assert_true(own_proof_check(proof, scene.graph, moment, &rule, 1, note));
        assert_true(proof->steps_count >= 1);
        assert_int_equal(proof->steps[proof->steps_count - 1].node, node);
    }
    own_proof_close(proof);
    own_cascade_close(cascade);
    own_view_close(view);
    return verdict;
}

static void three_payouts_have_three_verdicts(void **state)
{
    (void)state;
    static const struct {
        const char *day;
        enum own_verdict verdict;
    } days[] = {
        {"2022-04-19", OWN_CLEAR}, {"2022-04-20", OWN_BLOCKED}, {"2022-04-21", OWN_UNDETERMINED}};
    read_demo(false);
    for (u32 i = 0; i < ARRAY_COUNT(days); i += 1) {
        struct own_edge edge;
        struct own_moment moment = own_scene_moment(days[i].day, days[i].day);
        assert_int_equal(own_scene_edges(&scene, payer, customer, OWN_PAYMENT, moment, &edge), 1);
        assert_int_equal(verdict(payer, days[i].day, days[i].day, "ofac50"), days[i].verdict);
        /* Nobody who is listed owns the customer. */
        assert_int_equal(verdict(customer, days[i].day, days[i].day, "ofac50"), OWN_CLEAR);
    }
    own_scene_close(&scene);
}

static void the_listed_company_is_the_one_of_the_register(void **state)
{
    (void)state;
    read_demo(false);
    assert_int_equal(own_scene_find(&scene, listed), own_scene_find(&scene, "bods:bitriver"));
    assert_int_equal(verdict(listed, "2022-04-20", "2022-04-20", "ofac50"), OWN_BLOCKED);
    assert_int_equal(verdict(listed, "2022-04-19", "2022-04-20", "ofac50"), OWN_CLEAR);
    own_scene_close(&scene);
}

/* What the register says on 2 May of 18 April: the sale was before the listing. */
static void a_late_filing_changes_what_is_known(void **state)
{
    (void)state;
    read_demo(true);
    assert_int_equal(verdict(payer, "2022-04-20", "2022-04-20", "ofac50"), OWN_BLOCKED);
    assert_int_equal(verdict(payer, "2022-04-20", "2022-05-01", "ofac50"), OWN_BLOCKED);
    assert_int_equal(verdict(payer, "2022-04-20", "2022-05-02", "ofac50"), OWN_UNDETERMINED);
    assert_int_equal(verdict(payer, "2022-04-21", "2022-05-02", "ofac50"), OWN_UNDETERMINED);
    own_scene_close(&scene);
}

static bool has_flag(u32 count, const struct own_found *found, enum own_flag flag)
{
    for (u32 i = 0; i < count; i += 1) {
        if (found[i].flag == flag) {
            return true;
        }
    }
    return false;
}

static void another_payer_and_a_right_to_buy_back_are_flags(void **state)
{
    (void)state;
    struct own_found found[OWN_FOUND_MAX];
    struct own_view *view = NULL;
    struct own_circles circles;
    read_demo(false);
    assert_int_equal(
        own_view_open(scene.graph, own_scene_moment("2022-04-21", "2022-04-21"), &view),
        FAULT_NONE);
    assert_int_equal(own_circles_open(view, &circles), FAULT_NONE);
    struct own_flag_scene flags = {
        .view = view, .circles = &circles, .lists = 1, .limits = own_flag_limits_default};
    u32 count = own_flags_of(&flags, own_scene_find(&scene, customer), found);
    assert_true(has_flag(count, found, OWN_FLAG_OTHER_PAYER));
    count = own_flags_of(&flags, own_scene_find(&scene, payer), found);
    assert_true(has_flag(count, found, OWN_FLAG_BUY_BACK));
    own_circles_close(&circles);
    own_view_close(view);
    own_scene_close(&scene);
}

static void lines_are_as_the_codec_prints_them(const char *path, u32 wanted)
{
    static struct list_entry entry;
    static char line[LIST_LINE_BYTES];
    struct span read = {.data = NULL, .size = 0};
    SCOPED_INPUT *input = NULL;
    u32 count = 0;
    bool more = false;
    assert_int_equal(input_open(&input, disk_real(), path, 0), FAULT_NONE);
    assert_int_equal(input_line(input, &read, &more), FAULT_NONE);
    assert_true(more);
    assert_int_equal(input_line(input, &read, &more), FAULT_NONE);
    for (; more; count += 1) {
        assert_int_equal(list_entry_read(&entry, read), LIST_LINE_OK);
        list_entry_settle(&entry);
        size_t size = list_entry_print(&entry, line, sizeof(line));
        assert_int_equal(size, read.size + 1);
        assert_memory_equal(line, read.data, read.size);
        assert_int_equal(input_line(input, &read, &more), FAULT_NONE);
    }
    assert_int_equal(count, wanted);
}

/* The shipped lists are in the normal form, byte for byte. */
static void the_lists_are_as_the_codec_prints_them(void **state)
{
    (void)state;
    lines_are_as_the_codec_prints_them(FOLDER "list.jsonl", 2);
    lines_are_as_the_codec_prints_them(FOLDER "list-before.jsonl", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_payouts_have_three_verdicts),
        cmocka_unit_test(the_listed_company_is_the_one_of_the_register),
        cmocka_unit_test(a_late_filing_changes_what_is_known),
        cmocka_unit_test(another_payer_and_a_right_to_buy_back_are_flags),
        cmocka_unit_test(the_lists_are_as_the_codec_prints_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
