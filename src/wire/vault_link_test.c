/* Aim: what was made is read, and with a byte changed or a byte less only what is still
 * well-formed.
 *
 * Method: each byte of each record, flipped; each length. */
#include "wire/vault_link.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

static void what_was_made_is_read(void **state)
{
    (void)state;
    struct vault_link_from from = vault_link_ask(7);
    struct vault_link_from end = vault_link_end(8);
    struct vault_link_event event = {.number = 9, .kind = 1, .count = 3, .matter = {5}};
    struct vault_link_from read;
    struct vault_link_event read_event;
    vault_link_event_finish(&event);
    assert_true(vault_link_from_read(span_of(&from, sizeof(from)), &read));
    assert_true(read.from == 7 && read.head.kind == VAULT_LINK_ASK);
    assert_true(vault_link_from_read(span_of(&end, sizeof(end)), &read));
    assert_true(read.from == 8 && read.head.kind == VAULT_LINK_END);
    assert_true(vault_link_event_read(span_of(&event, sizeof(event)), &read_event));
    assert_memory_equal(&event, &read_event, sizeof(event));
    for (size_t size = 0; size < sizeof(event); size += 1) {
        assert_false(vault_link_event_read(span_of(&event, size), &read_event));
        assert_true(size == sizeof(from) || !vault_link_from_read(span_of(&from, size), &read));
    }
}

static void what_is_misshaped_is_refused(void **state)
{
    (void)state;
    static const size_t wrong_from[] = {0, 2, 3, offsetof(struct vault_link_from, reserved)};
    static const size_t wrong_event[] = {0, 2, 3, offsetof(struct vault_link_event, reserved),
                                         offsetof(struct vault_link_event, padding)};
    struct vault_link_event event = {.number = 9};
    struct vault_link_from read;
    struct vault_link_event read_event;
    for (size_t i = 0; i < ARRAY_COUNT(wrong_from); i += 1) {
        struct vault_link_from from = vault_link_ask(7);
        ((u8 *)&from)[wrong_from[i]] ^= 0x40;
        assert_false(vault_link_from_read(span_of(&from, sizeof(from)), &read));
    }
    for (size_t i = 0; i < ARRAY_COUNT(wrong_event); i += 1) {
        vault_link_event_finish(&event);
        ((u8 *)&event)[wrong_event[i]] ^= 0x40;
        assert_false(vault_link_event_read(span_of(&event, sizeof(event)), &read_event));
        ((u8 *)&event)[wrong_event[i]] ^= 0x40;
    }
    struct vault_link_from none = vault_link_ask(1);
    none.from = 0;
    assert_false(vault_link_from_read(span_of(&none, sizeof(none)), &read));
}

static void a_root_is_read_as_it_was_made(void **state)
{
    (void)state;
    static const size_t wrong[] = {0, 2, 3, offsetof(struct vault_link_root, padding)};
    struct vault_link_from look = vault_link_look();
    struct vault_link_from read;
    struct vault_link_root root = {.time_us = 1, .records = 2, .put = 5, .erased = 3, .root = {7}};
    struct vault_link_root read_root;
    struct vault_link_event event;
    assert_true(vault_link_from_read(span_of(&look, sizeof(look)), &read));
    assert_int_equal(read.head.kind, VAULT_LINK_LOOK);
    assert_int_equal(read.head.source, LINK_SOURCE_LOG);
    vault_link_root_finish(&root);
    assert_true(vault_link_root_read(span_of(&root, sizeof(root)), &read_root));
    assert_memory_equal(&root, &read_root, sizeof(root));
    assert_false(vault_link_event_read(span_of(&root, sizeof(root)), &event));
    for (size_t size = 0; size < sizeof(root); size += 1) {
        assert_false(vault_link_root_read(span_of(&root, size), &read_root));
    }
    for (size_t i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        ((u8 *)&root)[wrong[i]] ^= 0x40;
        assert_false(vault_link_root_read(span_of(&root, sizeof(root)), &read_root));
        ((u8 *)&root)[wrong[i]] ^= 0x40;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_made_is_read),
        cmocka_unit_test(what_is_misshaped_is_refused),
        cmocka_unit_test(a_root_is_read_as_it_was_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
