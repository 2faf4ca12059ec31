/* Aim: the answer says what the engine found, in lines, as JSON and as a drawing, whatever letters
 * registers use; lists of any format and in the normal form are one with the registers. Method: the
 * demo's web, and small files of the test's own with quotes, control characters and crowds. */
#include "app/own_answer.h"

#include "base/span.h"
#include "role/screen/own_read_text.h"
#include "tests/support/test.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLDER "rules/demo/ownership/"

static const char *const registers[] = {FOLDER "register.jsonl", FOLDER "payments.jsonl"};
static const char *const lists[] = {FOLDER "list.jsonl"};
static const struct own_load_files demo = {registers, 2, lists, 1};

static struct own_load load;
static struct own_answer answer;

static struct own_moment day(const char *text)
{
    struct own_moment moment = {.valid = 0};
    u32 second = 0;
    assert_true(own_text_day(span_of_text(text), &moment.valid, &second));
    moment.known = moment.valid;
    return moment;
}

static void ask(const struct own_load_files *files, const char *entity, const char *on)
{
    u32 node = OWN_NONE;
    if (own_load_open(&load, files, NULL) != FAULT_NONE ||
        own_load_find(&load, entity, &node) != FAULT_NONE ||
        own_answer_make(&load, node, day(on), "ofac50", &answer) != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
    assert_true(answer.proof_holds);
}

static void forget(void)
{
    own_answer_close(&answer);
    own_load_close(&load);
}

/* What was printed; free it. */
static char *printed(bool as_drawing)
{
    char *text = NULL;
    size_t size = 0;
    FILE *target = open_memstream(&text, &size);
    assert_non_null(target);
    if (as_drawing) {
        assert_int_equal(own_answer_draw(&answer, target), FAULT_NONE);
    } else {
        own_answer_print(&answer, target);
    }
    assert_int_equal(fclose(target), 0);
    return text;
}

static void assert_says(bool as_drawing, const char *const *wanted)
{
    char *text = printed(as_drawing);
    for (; *wanted != NULL; wanted += 1) {
        if (strstr(text, *wanted) == NULL) {
            fail_msg("\"%s\" is not in: %s", *wanted, text);
        }
    }
    free(text);
}

static void a_verdict_is_told_with_its_steps(void **state)
{
    (void)state;
    ask(&demo, "SG-ACRA:202099991Z", "2022-04-20");
    assert_int_equal(answer.verdict, OWN_BLOCKED);
    assert_says(false, (const char *const[]){
                           "Strait Lantern Trading Pte. Ltd. (SG-ACRA:202099991Z, SG)\n",
                           "blocked, by ofac50\n", "2022-04-20, as known on 2022-04-20\n",
                           "listed: ofac-sdn, entry 36456, since 2022-04-20\n",
                           "100 % of the shares held by the above, 50 % needed\n",
                           "60 % of the shares, OOO Angarsky Vychislitel", "statement st-2", NULL});
    forget();
    ask(&demo, "strait lantern trading, PTE LTD", "2022-04-21");
    assert_int_equal(answer.verdict, OWN_UNDETERMINED);
    assert_int_equal(answer.held_lower, 300000000);
    assert_int_equal(answer.held_upper, 600000000);
    assert_says(false, (const char *const[]){"30 to 60 %\n", "37.5 to 45 %\n",
                                             "perhaps held by the above", NULL});
    forget();
}

/* Of an answer as JSON: the members, under the names of the manual. */
static void an_answer_is_json(void **state)
{
    (void)state;
    static char text[1 << 20];
    struct json_writer writer;
    ask(&demo, "JP-JCN:0000000000226", "2022-04-20");
    json_begin(&writer, text, sizeof(text));
    json_object_begin(&writer);
    own_answer_put(&answer, &writer);
    json_object_end(&writer);
    assert_true(json_end(&writer) > 0);
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    assert_string_equal(json_string_value(json_object_get(root, "verdict")), "clear");
    assert_string_equal(json_string_value(json_object_get(root, "knownAt")), "2022-04-20");
    json_t *way = json_object_get(root, "way");
    assert_string_equal(json_string_value(json_object_get(way, "verdict")), "blocked");
    json_t *hop = json_array_get(json_object_get(way, "hops"), 0);
    assert_string_equal(json_string_value(json_object_get(hop, "kind")), "payment");
    json_t *read = json_object_get(root, "read");
    assert_int_equal(json_integer_value(json_object_get(read, "entriesKnown")), 1);
    assert_int_equal(json_integer_value(json_object_get(read, "records")), 24);
    json_decref(root);
    forget();
}

static void a_drawing_shows_who_is_listed(void **state)
{
    (void)state;
    ask(&demo, "SG-ACRA:202099991Z", "2022-04-21");
    assert_says(
        true, (const char *const[]){"digraph ownership {\n",
                                    "[label=\"BITRIVER AG\", tooltip=\"CH-HR:CH-170.3.045.713-7\", "
                                    "shape=box, fillcolor=\"#c81e1e\"",
                                    "25 to 50 % of the shares", "may buy back", "shape=ellipse",
                                    "payment of 18777.25 EUR", "undetermined on 2022-04-21", NULL});
    forget();
}

/* ---- files of the test's own ---- */

static char path[64];

static void write_file(const char *text)
{
    (void)snprintf(path, sizeof(path), "/tmp/own_answer_test.XXXXXX");
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(close(descriptor), 0);
}

static void odd_letters_stay_inside_their_quotes(void **state)
{
    (void)state;
    write_file("{\"id\":\"a\",\"schema\":\"Company\",\"properties\":{\"name\":[\"A \\\"B\\\" \\\\ "
               "\\u001b[31m C\\nD \\u0085\"]}}\n");
    const char *const files[] = {path};
    ask(&(struct own_load_files){files, 1, NULL, 0}, "ftm:a", "2022-04-20");
    assert_says(true, (const char *const[]){"label=\"A \\\"B\\\" \\\\  [31m C D   \"", NULL});
    char *text = printed(false);
    assert_null(strchr(text, 0x1b));
    free(text);
    forget();
    assert_int_equal(unlink(path), 0);
}

static void a_crowd_is_cut(void **state)
{
    (void)state;
    size_t bytes = (size_t)2 * OWN_DRAWN_MAX * 160;
    char *text = malloc(bytes);
    size_t used = 0;
    assert_non_null(text);
    for (u32 i = 0; i < 2 * OWN_DRAWN_MAX; i += 1) {
        used += (size_t)snprintf(text + used, bytes - used,
                                 "{\"id\":\"o%u\",\"schema\":\"Ownership\",\"properties\":{"
                                 "\"owner\":[\"p%u\"],\"asset\":[\"c\"],\"percentage\":\"0.1\"}}\n",
                                 i, i);
    }
    assert_true(used < bytes);
    write_file(text);
    free(text);
    const char *const files[] = {path};
    ask(&(struct own_load_files){files, 1, NULL, 0}, "ftm:c", "2022-04-20");
    char *drawn = printed(true);
    u32 count = 0;
    for (size_t at = 0; drawn[at] != 0; at += 1) {
        count += strncmp(drawn + at, "tooltip=", strlen("tooltip=")) == 0 ? 1 : 0;
    }
    assert_int_equal(count, OWN_DRAWN_MAX);
    assert_non_null(strstr(drawn, "(cut)"));
    free(drawn);
    forget();
    assert_int_equal(unlink(path), 0);
}

/* What is odd is told, also where another company is asked about. */
static void odd_registers_are_told(void **state)
{
    (void)state;
    write_file("{\"id\":\"a\",\"schema\":\"Ownership\",\"properties\":{\"owner\":\"x\",\"asset\":"
               "\"y\",\"percentage\":\"70\"}}\n"
               "{\"id\":\"b\",\"schema\":\"Ownership\",\"properties\":{\"owner\":\"z\",\"asset\":"
               "\"y\",\"percentage\":\"60\"}}\n"
               "{\"id\":\"c\",\"schema\":\"Ownership\",\"properties\":{\"owner\":\"z\",\"asset\":"
               "\"z\",\"percentage\":\"10\"}}\n");
    const char *const files[] = {path};
    ask(&(struct own_load_files){files, 1, NULL, 0}, "ftm:x", "2022-04-20");
    assert_int_equal(answer.data.over_whole, 1);
    assert_int_equal(answer.data.self_owners, 1);
    assert_int_equal(answer.data.closed_circles, 1);
    assert_says(false,
                (const char *const[]){"1 over the whole, 1 own themselves, 1 closed circles, 0 "
                                      "contradicted; the first:\n         ftm:y: over_whole: ",
                                      NULL});
    forget();
    assert_int_equal(unlink(path), 0);
}

/* A share of 160 % is refused; that somebody listed has one is not forgotten. */
static void a_refused_share_clears_nobody(void **state)
{
    (void)state;
    write_file(
        "{\"id\":\"ofac-sdn:36456\",\"schema\":\"Company\",\"properties\":{\"name\":[\"A\"]}}\n"
        "{\"id\":\"b\",\"schema\":\"Company\",\"properties\":{\"name\":[\"B\"]}}\n"
        "{\"id\":\"o\",\"schema\":\"Ownership\",\"properties\":{\"owner\":["
        "\"ofac-sdn:36456\"],\"asset\":[\"b\"],\"percentage\":[\"160\"]}}\n");
    const char *const files[] = {path};
    ask(&(struct own_load_files){files, 1, lists, 1}, "ftm:b", "2022-04-20");
    assert_int_equal(answer.verdict, OWN_UNDETERMINED);
    assert_says(false, (const char *const[]){"1 records or interests were refused",
                                             "an unknown part of the shares, BITRIVER AG", NULL});
    forget();
    assert_int_equal(unlink(path), 0);
}

/* ---- what is asked wrongly ---- */

static void wrong_questions_are_refused(void **state)
{
    (void)state;
    u32 node = OWN_NONE;
    assert_int_equal(own_load_open(&load, &demo, NULL), FAULT_NONE);
    assert_int_equal(own_load_find(&load, "Nobody", &node), FAULT_INPUT);
    assert_string_equal(fault_text(), "nobody has the key or the name \"Nobody\"");
    assert_int_equal(own_load_find(&load, "", &node), FAULT_INPUT);
    assert_int_equal(own_load_find(&load, "SG-ACRA:202099991Z", &node), FAULT_NONE);
    assert_int_equal(own_answer_make(&load, node, day("2022-04-20"), "lex", &answer), FAULT_USAGE);
    forget();
    static const char *const coded[] = {"sdn=" FOLDER "list.jsonl"};
    assert_int_equal(own_load_open(&load, &(struct own_load_files){registers, 2, coded, 1}, NULL),
                     FAULT_USAGE);
    own_load_close(&load);
    static const char *const none[] = {FOLDER "README.md"};
    assert_int_equal(own_load_open(&load, &(struct own_load_files){none, 1, NULL, 0}, NULL),
                     FAULT_INPUT);
    own_load_close(&load);
    assert_int_equal(own_load_open(&load, &(struct own_load_files){registers, 1, none, 1}, NULL),
                     FAULT_INPUT);
    own_load_close(&load);
}

static void one_name_of_two_wants_a_key(void **state)
{
    (void)state;
    u32 node = OWN_NONE;
    write_file(
        "{\"id\":\"a\",\"schema\":\"Company\",\"properties\":{\"name\":[\"Twin Ltd\"]}}\n"
        "{\"id\":\"b\",\"schema\":\"Company\",\"properties\":{\"name\":[\"TWIN, LTD.\"]}}\n");
    const char *const files[] = {path};
    assert_int_equal(own_load_open(&load, &(struct own_load_files){files, 1, NULL, 0}, NULL),
                     FAULT_NONE);
    assert_int_equal(own_load_find(&load, "twin ltd", &node), FAULT_INPUT);
    assert_string_equal(fault_text(), "2 are called \"twin ltd\": ask by key, as ftm:a, ftm:b");
    assert_int_equal(own_load_find(&load, "Twin Ltd", &node), FAULT_NONE);
    own_load_close(&load);
    assert_int_equal(unlink(path), 0);
}

/* ---- lists of governments ---- */

/* OFAC's csv: BITRIVER AG by its number in the Swiss register. */
static void a_list_of_a_government_is_read(void **state)
{
    (void)state;
    write_file("36456,\"BITRIVER AG\",-0- ,\"RUSSIA-EO14024\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"
               "\"Registration Number CH-170.3.045.713-7 (Switzerland).\"\r\n\x1a\r\n");
    char coded[80];
    (void)snprintf(coded, sizeof(coded), "ofac-sdn=%s", path);
    const char *const named[] = {path};
    const char *const both[] = {coded, lists[0]};
    ask(&(struct own_load_files){registers, 2, named, 1}, "SG-ACRA:202099991Z", "2022-04-20");
    assert_string_equal(load.codes[0], "ofac-sdn");
    assert_int_equal(answer.verdict, OWN_BLOCKED);
    forget();
    ask(&(struct own_load_files){registers, 2, both, 2}, "SG-ACRA:202099991Z", "2022-04-20");
    assert_int_equal(load.lists_count, 1);
    assert_int_equal(own_load_lists(&load), 1);
    assert_int_equal(answer.verdict, OWN_BLOCKED);
    forget();
    assert_int_equal(unlink(path), 0);
}

/* A register that has OFAC's number joins a list of OFAC's, whatever the list is called here. */
static void numbers_of_ofac_need_no_name_of_the_list(void **state)
{
    (void)state;
    char list[sizeof(path)];
    char coded[80];
    write_file("36456,\"BITRIVER AG\",-0- ,\"RUSSIA-EO14024\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"
               "-0- \r\n\x1a\r\n");
    memcpy(list, path, sizeof(list));
    (void)snprintf(coded, sizeof(coded), "us-sdn=%s", list);
    write_file("{\"id\":\"ofac-sdn:36456\",\"schema\":\"Company\",\"properties\":{\"name\":["
               "\"Otherwise named\"]}}\n"
               "{\"id\":\"o\",\"schema\":\"Ownership\",\"properties\":{\"owner\":["
               "\"ofac-sdn:36456\"],\"asset\":[\"c\"],\"percentage\":\"80\"}}\n");
    const char *const files[] = {path};
    const char *const named[] = {coded};
    ask(&(struct own_load_files){files, 1, named, 1}, "ftm:c", "2022-04-20");
    assert_int_equal(answer.verdict, OWN_BLOCKED);
    forget();
    assert_int_equal(unlink(path), 0);
    assert_int_equal(unlink(list), 0);
}

/* Refused is not zero: whoever reads the verdict is told. */
static void what_was_refused_stands_beside_the_verdict(void **state)
{
    (void)state;
    write_file("{\"id\":\"o\",\"schema\":\"Ownership\",\"properties\":{\"owner\":[\"p\"],"
               "\"asset\":[\"c\"],\"percentage\":\"150\"}}\n"
               "{\"id\":\"c\",\"schema\":\"Company\",\"properties\":{\"name\":[\"C\"]}}\n");
    const char *const files[] = {path};
    ask(&(struct own_load_files){files, 1, NULL, 0}, "ftm:c", "2022-04-20");
    assert_says(false, (const char *const[]){"1 records or interests were refused: the verdict may "
                                             "be wrong\n",
                                             NULL});
    forget();
    assert_int_equal(unlink(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_verdict_is_told_with_its_steps),
        cmocka_unit_test(an_answer_is_json),
        cmocka_unit_test(a_drawing_shows_who_is_listed),
        cmocka_unit_test(odd_letters_stay_inside_their_quotes),
        cmocka_unit_test(a_crowd_is_cut),
        cmocka_unit_test(a_refused_share_clears_nobody),
        cmocka_unit_test(odd_registers_are_told),
        cmocka_unit_test(wrong_questions_are_refused),
        cmocka_unit_test(one_name_of_two_wants_a_key),
        cmocka_unit_test(a_list_of_a_government_is_read),
        cmocka_unit_test(numbers_of_ofac_need_no_name_of_the_list),
        cmocka_unit_test(what_was_refused_stands_beside_the_verdict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
