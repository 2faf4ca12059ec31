/* Aim: a file is the tree that it says, every scalar a text; what is not allowed is refused with
 * line and reason, bounds included; equal trees have equal canonical bytes.
 *
 * Method: small files, and files made to reach each bound. */
#include "app/yaml_tree.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static struct yaml_tree tree;
static char file[YAML_TREE_BYTES_MAX + 2];

static void refused(const char *text, const char *message)
{
    assert_int_equal(yaml_tree_read(span_of_text(text), "f", &tree), FAULT_INPUT);
    assert_string_equal(fault_text(), message);
}

static void canonical(const char *text, const char *expected)
{
    u8 bytes[512];
    if (yaml_tree_read(span_of_text(text), "f", &tree) != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
    size_t size = yaml_tree_canonical(&tree, bytes, sizeof(bytes));
    assert_int_equal(size, strlen(expected));
    assert_memory_equal(bytes, expected, size);
    assert_int_equal(yaml_tree_canonical(&tree, bytes, size), size);
    assert_int_equal(yaml_tree_canonical(&tree, bytes, size - 1), 0);
}

static void equal_trees_have_equal_bytes(void **state)
{
    (void)state;
    canonical("b: [NO, 1, true]\na: {y: 1.0, x: ~}\n",
              "{\"a\":{\"x\":\"~\",\"y\":\"1.0\"},\"b\":[\"NO\",\"1\",\"true\"]}");
    canonical("# said otherwise\na:\n  x: '~'\n  y: \"1.0\"\nb:\n- NO\n- '1'\n- true\n",
              "{\"a\":{\"x\":\"~\",\"y\":\"1.0\"},\"b\":[\"NO\",\"1\",\"true\"]}");
    canonical("t: |\n  say \"a\\b\"\n  \xc3\xa9\nempty: ''\nl: []\nm: {}\n",
              "{\"empty\":\"\",\"l\":[],\"m\":{},\"t\":\"say \\\"a\\\\b\\\"\\n\xc3\xa9\\n\"}");
}

static void what_is_not_allowed_is_refused(void **state)
{
    (void)state;
    refused("", "f:1: empty");
    refused("a: 1\nb: {c: 1, c: 2}\n", "f:2: b.c: given again in line 2");
    refused("a: &x 1\n", "f:1: tags and anchors are not allowed");
    refused("a: &x [1]\n", "f:1: tags and anchors are not allowed");
    refused("a: 1\nb: *x\n", "f:2: aliases are not allowed");
    refused("a: !!int 1\n", "f:1: tags and anchors are not allowed");
    refused("[a]\n", "f:1: keys are wanted here, each \"name: value\"");
    refused("a b: 1\n", "f:1: a key is a plain word");
    refused("{[a]: 1}\n", "f:1: a key is a plain word");
    refused("a: 1\n---\nb: 1\n", "f:2: a second document");
    refused("a: \"x\\ty\"\n", "f:1: a control character");
    refused("a: \"x\\Ny\"\n", "f:1: a control character");
    refused("a: \"x\\Ly\"\n", "f:1: a control character");
    refused("a: \"\\uFEFF\"\n", "f:1: a control character");
    refused("a: \"\\uFFFF\"\n", "f:1: a control character");
    refused("a: \"\\x9f\"\n", "f:1: a control character");
    refused("a: [1\n", "f:2: not YAML: did not find expected ',' or ']'");
}

static void bounds_are_reached(void **state)
{
    (void)state;
    for (u32 depth = YAML_TREE_DEPTH_MAX; depth <= YAML_TREE_DEPTH_MAX + 1; depth += 1) {
        size_t used = (size_t)snprintf(file, sizeof(file), "a: ");
        memset(file + used, '[', depth - 1);
        memset(file + used + depth - 1, ']', depth - 1);
        enum fault fault = yaml_tree_read(span_of(file, used + 2 * (depth - 1)), "f", &tree);
        assert_int_equal(fault == FAULT_NONE, depth == YAML_TREE_DEPTH_MAX);
    }
    for (u32 count = YAML_TREE_NODES_MAX - 2; count <= YAML_TREE_NODES_MAX - 1; count += 1) {
        size_t used = (size_t)snprintf(file, sizeof(file), "a: [");
        for (u32 i = 0; i < count; i += 1) {
            memcpy(file + used, "x,", 2);
            used += 2;
        }
        file[used] = ']';
        enum fault fault = yaml_tree_read(span_of(file, used + 1), "f", &tree);
        assert_int_equal(fault == FAULT_NONE, count == YAML_TREE_NODES_MAX - 2);
    }
    for (u32 count = 256; count <= 257; count += 1) {
        size_t used = 0;
        for (u32 i = 0; i < count; i += 1) {
            used += (size_t)snprintf(file + used, sizeof(file) - used, "k%u: 1\n", i);
        }
        assert_int_equal(yaml_tree_read(span_of(file, used), "f", &tree) == FAULT_NONE,
                         count == 256);
    }
    memset(file, '#', sizeof(file));
    memcpy(file, "a: 1\n", 5);
    assert_int_equal(yaml_tree_read(span_of(file, YAML_TREE_BYTES_MAX), "f", &tree), FAULT_NONE);
    assert_int_equal(yaml_tree_read(span_of(file, YAML_TREE_BYTES_MAX + 1), "f", &tree),
                     FAULT_INPUT);
}

static void messages_say_where(void **state)
{
    (void)state;
    static const char *const keys[] = {"subject", "actions", NULL};
    const char *text = "rules:\n  - {subject: 1}\n  - subjet: 2\n";
    assert_int_equal(yaml_tree_read(span_of_text(text), "f", &tree), FAULT_NONE);
    u32 rules = yaml_tree_find(&tree, 0, "rules");
    u32 first = tree.nodes[rules].first;
    assert_int_equal(yaml_tree_keys(&tree, first, keys), FAULT_NONE);
    assert_int_equal(yaml_tree_keys(&tree, tree.nodes[first].next, keys), FAULT_INPUT);
    assert_string_equal(fault_text(), "f:3: rules[1].subjet: unknown key; did you mean subject");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_trees_have_equal_bytes),
        cmocka_unit_test(what_is_not_allowed_is_refused),
        cmocka_unit_test(bounds_are_reached),
        cmocka_unit_test(messages_say_where),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
