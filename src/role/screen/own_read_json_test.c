/* Aim: a file is cut into exactly its values however it is broken into lines, each with its line;
 * a value's tree says what the value says. Method: examples by hand, and files cut off at every
 * byte. */
#include "role/screen/own_read_json.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static u8 bytes[OWN_JSON_BYTES_MAX];
static struct own_json json;

/* The values of the text, one after the other with a bar behind, and the line of the last. */
static enum fault cut(struct span text, bool is_array, char *target, size_t target_bytes,
                      u64 *line_out)
{
    struct own_values values;
    struct span value = {.data = NULL, .size = 0};
    SCOPED_INPUT *input = NULL;
    bool more = true;
    size_t used = 0;
    target[0] = 0;
    assert_int_equal(input_open_bytes(&input, "text", text, OWN_JSON_BYTES_MAX), FAULT_NONE);
    assert_int_equal(own_values_begin(&values, input, bytes, is_array), FAULT_NONE);
    for (;;) {
        TRY(own_values_next(&values, &value, line_out, &more));
        if (!more) {
            return FAULT_NONE;
        }
        used += (size_t)snprintf(target + used, target_bytes - used, "%.*s|", (int)value.size,
                                 (const char *)value.data);
        assert_true(used < target_bytes);
    }
}

static void assert_cut(const char *text, bool is_array, const char *wanted, u64 line)
{
    char target[512];
    u64 last = 0;
    assert_int_equal(cut(span_of_text(text), is_array, target, sizeof(target), &last), FAULT_NONE);
    assert_string_equal(target, wanted);
    assert_int_equal(last, line);
}

static void lines_are_values(void **state)
{
    (void)state;
    assert_cut("{\"a\":1}\n\n  \n{\"b\":2}\r\n", false, "{\"a\":1}|{\"b\":2}|", 4);
    assert_cut("\xef\xbb\xbf{}\nnonsense", false, "{}|nonsense|", 2);
}

static void elements_are_values(void **state)
{
    (void)state;
    assert_cut("[]", true, "", 0);
    assert_cut("\xef\xbb\xbf [ \n ] \n", true, "", 0);
    assert_cut("[{\"a\":1},\n {\"b\":[1,2,{}]}]", true, "{\"a\":1}|{\"b\":[1,2,{}]}|", 2);
    assert_cut("[\"]\",\n\"\\\"]\\\\\",\n\"}\"]", true, "\"]\"|\"\\\"]\\\\\"|\"}\"|", 3);
    assert_cut("[1,2\n,3]", true, "1|2\n|3|", 2);
}

static void an_array_that_is_none_is_a_fault(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",       "{}",  "[",   "[{}",   "[{},",
                                        "[{}] x", "[}]", "[\"", "[{}}]", "[\"\\"};
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        char target[64];
        u64 line = 0;
        if (cut(span_of_text(wrong[i]), true, target, sizeof(target), &line) != FAULT_INPUT) {
            fail_msg("%s was taken", wrong[i]);
        }
    }
}

static void an_array_cut_off_anywhere_is_a_fault(void **state)
{
    (void)state;
    const char *text = "[{\"a\":\"]\"},{\"b\":[1,[2]]},\"\\\"\"]";
    for (size_t size = 0; size < strlen(text); size += 1) {
        char target[128];
        u64 line = 0;
        assert_int_equal(cut(span_of(text, size), true, target, sizeof(target), &line),
                         FAULT_INPUT);
    }
}

static void a_value_that_is_too_large_is_a_fault(void **state)
{
    (void)state;
    size_t size = OWN_JSON_BYTES_MAX + 16U;
    char *text = malloc(size);
    char target[16];
    u64 line = 0;
    assert_non_null(text);
    memset(text, '1', size);
    text[0] = '[';
    text[size - 1] = ']';
    assert_int_equal(cut(span_of(text, size), true, target, sizeof(target), &line), FAULT_INPUT);
    free(text);
}

static void assert_field(u32 node, const char *key, const char *wanted)
{
    struct span text = own_json_field(&json, node, key);
    assert_int_equal(text.size, strlen(wanted));
    assert_memory_equal(text.data, wanted, text.size);
}

static void a_tree_says_what_the_value_says(void **state)
{
    (void)state;
    const char *text =
        "{\"a\":\"x\",\"b\\u0063\":[1.50,{\"d\":\"\\u00e9\"},null],\"e\":{},\"f\":true}";
    assert_true(own_json_read(&json, span_of_text(text)));
    assert_field(0, "a", "x");
    u32 list = own_json_member(&json, 0, "bc");
    assert_true(own_json_is(&json, list, JSON_TOKEN_ARRAY_BEGIN));
    u32 item = own_json_first(&json, list);
    assert_memory_equal(own_json_text(&json, item).data, "1.50", 4);
    item = own_json_next(&json, item);
    assert_field(item, "d", "\xc3\xa9");
    item = own_json_next(&json, item);
    assert_true(own_json_is(&json, item, JSON_TOKEN_NULL));
    assert_int_equal(own_json_next(&json, item), OWN_JSON_NONE);
    assert_int_equal(own_json_first(&json, own_json_member(&json, 0, "e")), OWN_JSON_NONE);
    assert_true(own_json_is(&json, own_json_member(&json, 0, "f"), JSON_TOKEN_TRUE));
    assert_int_equal(own_json_text(&json, own_json_member(&json, 0, "f")).size, 0);
    u32 none = own_json_member(&json, own_json_member(&json, 0, "nothing"), "deeper");
    assert_int_equal(none, OWN_JSON_NONE);
    assert_int_equal(own_json_field(&json, none, "x").size, 0);
}

static void what_is_no_value_has_no_tree(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "{", "{\"a\":1,\"a\":2}", "{} {}", "\xff", "[1,]"};
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        assert_false(own_json_read(&json, span_of_text(wrong[i])));
        assert_int_not_equal(json.fault, JSON_PULL_FINE);
    }
    static char many[2 * OWN_JSON_NODES_MAX + 2];
    memset(many, '1', sizeof(many) - 1);
    for (size_t i = 2; i < sizeof(many) - 2; i += 2) {
        many[i] = ',';
    }
    many[0] = '[';
    many[sizeof(many) - 2] = ']';
    assert_false(own_json_read(&json, span_of_text(many)));
    assert_int_equal(json.fault, JSON_PULL_FINE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_values),
        cmocka_unit_test(elements_are_values),
        cmocka_unit_test(an_array_that_is_none_is_a_fault),
        cmocka_unit_test(an_array_cut_off_anywhere_is_a_fault),
        cmocka_unit_test(a_value_that_is_too_large_is_a_fault),
        cmocka_unit_test(a_tree_says_what_the_value_says),
        cmocka_unit_test(what_is_no_value_has_no_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
