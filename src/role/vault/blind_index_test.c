/* Aim: one value has one tag however it is written, two values or fields have two, and nothing of
 * the value stays behind. Method: tables of values; the key file kept, changed and damaged. */
#include "role/vault/blind_index.h"

#include "base/span.h"
#include "tests/support/engine_scene.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static char folder[SCENE_PATH_BYTES];
static struct personal *value;

static int setup(void **state)
{
    (void)state;
    scene_folder_make(folder);
    return personal_open(&value) == FAULT_NONE ? 0 : 1;
}

static int teardown(void **state)
{
    (void)state;
    personal_close(value);
    scene_folder_remove(folder);
    return 0;
}

static bool tag_of(const struct blind_index *index, u32 field, const char *text,
                   struct vault_tag *tag_out)
{
    u8 bytes[PERSONAL_BYTES_MAX + 1];
    size_t size = strlen(text);
    memcpy(bytes, text, size);
    assert_true(personal_move(value, bytes, size));
    assert_true(span_is_zero(span_of(bytes, size)));
    return blind_index_tag(index, field, value, tag_out);
}

static void one_value_has_one_tag(void **state)
{
    static const struct {
        u32 field;
        const char *first;
        const char *second;
        bool are_equal;
    } cases[] = {
        {BLIND_EMAIL, "Ada.Beispiel@Example.org", " ada.beispiel@example.org ", true},
        {BLIND_EMAIL, "ada@example.org", "ada@example.com", false},
        {BLIND_EMAIL, "ada.b@example.org", "adab@example.org", false},
        {BLIND_PHONE, "+49 (30) 5550-1234", "0049.30.55501234", true},
        {BLIND_PHONE, "493055501234", "+493055501234", true},
        {BLIND_PHONE, "+493055501234", "+493055501235", false},
        {BLIND_DOCUMENT, "c01x-00t47", "C01X00T47", true},
        {BLIND_DOCUMENT, "C01X00T47", "C01X00T48", false},
        {BLIND_ACCOUNT, "de02 1203 0000 0000 2020 51", "DE02120300000000202051", true},
        {BLIND_DOCUMENT, "\xd0\x9a\xd0\x90 123",
         "\xd0\x9a\xd0\x90"
         "123",
         true},
    };
    struct blind_index *index = NULL;
    (void)state;
    scene_must(blind_index_open(&index, disk_real(), folder));
    for (u32 i = 0; i < ARRAY_COUNT(cases); i += 1) {
        struct vault_tag first;
        struct vault_tag second;
        assert_true(tag_of(index, cases[i].field, cases[i].first, &first));
        assert_true(tag_of(index, cases[i].field, cases[i].second, &second));
        assert_int_equal(first.field, cases[i].field);
        assert_int_equal(memcmp(first.bytes, second.bytes, sizeof(first.bytes)) == 0,
                         cases[i].are_equal);
    }
    blind_index_close(index);
}

static void what_is_no_value_has_no_tag(void **state)
{
    static const struct {
        u32 field;
        const char *text;
    } cases[] = {
        {BLIND_EMAIL, ""},          {BLIND_EMAIL, "ada"},        {BLIND_EMAIL, "@example.org"},
        {BLIND_EMAIL, "ada@"},      {BLIND_EMAIL, "a@b@c"},      {BLIND_EMAIL, "a b@example.org"},
        {BLIND_EMAIL, "a\xff@b.c"}, {BLIND_PHONE, "+49 30"},     {BLIND_PHONE, "1234567890123456"},
        {BLIND_PHONE, "12345x"},    {BLIND_PHONE, "+"},          {BLIND_DOCUMENT, " - "},
        {BLIND_DOCUMENT, "A%"},     {BLIND_ACCOUNT, "DE02\n12"}, {0, "ada@example.org"},
        {5, "ada@example.org"},
    };
    struct blind_index *index = NULL;
    u8 long_value[PERSONAL_BYTES_MAX + 1];
    (void)state;
    scene_must(blind_index_open(&index, disk_real(), folder));
    for (u32 i = 0; i < ARRAY_COUNT(cases); i += 1) {
        struct vault_tag tag;
        assert_false(tag_of(index, cases[i].field, cases[i].text, &tag));
        assert_true(span_is_zero(span_of(&tag, sizeof(tag))));
    }
    memset(long_value, 'A', sizeof(long_value));
    assert_false(personal_move(value, long_value, sizeof(long_value)));
    assert_true(span_is_zero(span_of(long_value, sizeof(long_value))));
    blind_index_close(index);
}

static void tags_are_of_their_field_and_key(void **state)
{
    struct blind_index *index = NULL;
    struct vault_tag first;
    struct vault_tag other;
    char path[2 * SCENE_PATH_BYTES];
    (void)state;
    scene_must(blind_index_open(&index, disk_real(), folder));
    assert_true(tag_of(index, BLIND_DOCUMENT, "123456", &first));
    assert_true(tag_of(index, BLIND_ACCOUNT, "123456", &other));
    assert_memory_not_equal(first.bytes, other.bytes, sizeof(first.bytes));
    assert_true(tag_of(index, BLIND_PHONE, "123456", &other));
    assert_memory_not_equal(first.bytes, other.bytes, sizeof(first.bytes));
    blind_index_close(index);

    scene_must(blind_index_open(&index, disk_real(), folder)); /* the same key file */
    assert_true(tag_of(index, BLIND_DOCUMENT, "123456", &other));
    assert_memory_equal(first.bytes, other.bytes, sizeof(first.bytes));
    blind_index_close(index);

    (void)snprintf(path, sizeof(path), "%s/%s", folder, BLIND_KEY_FILE);
    assert_int_equal(remove(path), 0);
    scene_must(blind_index_open(&index, disk_real(), folder));
    assert_true(tag_of(index, BLIND_DOCUMENT, "123456", &other));
    assert_memory_not_equal(first.bytes, other.bytes, sizeof(first.bytes));
    blind_index_close(index);

    FILE *file = fopen(path, "ab");
    assert_non_null(file);
    assert_int_equal(fputc(0, file), 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(blind_index_open(&index, disk_real(), folder), FAULT_FOREIGN);
    assert_null(index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_value_has_one_tag, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_no_value_has_no_tag, setup, teardown),
        cmocka_unit_test_setup_teardown(tags_are_of_their_field_and_key, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
