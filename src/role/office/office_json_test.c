/* Aim: what comes in a body or a query is whole and as it was meant, or refused by name; base64url
 * has one text for the same bytes. Method: texts by hand, and all short byte strings both ways. */
#include "role/office/office_json.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

static struct office_body body;
static const struct office_wanted wanted[] = {{"officer", 8}, {"challenge", 16}};

static bool reads(const char *text, bool has_fields)
{
    /* The exact size, so that a sanitizer sees one byte read too many. */
    size_t size = strlen(text);
    char *copy = malloc(size + 1);
    assert_non_null(copy);
    memcpy(copy, text, size);
    bool is_read =
        office_body_read(&body, span_of(copy, size), wanted, ARRAY_COUNT(wanted), has_fields);
    if (is_read) {
        assert_true(body.texts[0].size <= 8);
    }
    free(copy);
    return is_read;
}

static void refuses(const char *text, bool has_fields, const char *why)
{
    assert_false(reads(text, has_fields));
    assert_string_equal(body.why, why);
}

static bool is(struct span text, const char *expected)
{
    return span_equal(text, span_of_text(expected));
}

static void bodies_are_one_object_of_texts(void **state)
{
    static const char text[] = "{\"challenge\":\"x\\u0041\",\"officer\":\"anna\"}";
    (void)state;
    assert_true(office_body_read(&body, span_of_text(text), wanted, 2, false));
    assert_true(is(body.texts[0], "anna"));
    assert_true(is(body.texts[1], "xA"));
    refuses("{\"officer\":\"anna\"}", false, "challenge: missing");
    refuses("{\"officer\":\"anna\",\"challenge\":\"x\",\"more\":\"y\"}", false,
            "there is a name that this request does not have");
    refuses("{\"officer\":\"anna\",\"officer\":\"bela\",\"challenge\":\"x\"}", false,
            "a key twice");
    refuses("{\"officer\":1,\"challenge\":\"x\"}", false, "officer: a text is wanted");
    refuses("{\"officer\":\"annaannaa\",\"challenge\":\"x\"}", false, "officer: too long");
    refuses("{\"officer\":\"anna\",\"challenge\":\"x\",\"fields\":{}}", false,
            "there is a name that this request does not have");
    refuses("[]", false, "the body is one JSON object of texts");
    assert_false(reads("", false));
    assert_false(reads("{\"officer\":\"anna\",\"challenge\":\"x\"}{}", false));
    assert_false(reads("{\"officer\":\"anna\",\"challenge\":\"x\"", false));
}

static void fields_are_texts_and_lists_of_texts(void **state)
{
    static const char text[] =
        "{\"officer\":\"a\",\"challenge\":\"b\",\"fields\":{\"reason\":\"TooWide\","
        "\"record\":[\"1 bank none\",\"2 bank none\"],\"person\":[]}}";
    (void)state;
    assert_true(office_body_read(&body, span_of_text(text), wanted, 2, true));
    assert_int_equal(body.fields_count, 3);
    assert_true(is(body.fields[0].name, "reason") && is(body.fields[0].value, "TooWide"));
    assert_true(is(body.fields[1].name, "record") && is(body.fields[1].value, "1 bank none"));
    assert_true(is(body.fields[2].name, "record") && is(body.fields[2].value, "2 bank none"));
    refuses("{\"officer\":\"a\",\"challenge\":\"b\"}", true, "fields: missing");
    refuses("{\"officer\":\"a\",\"challenge\":\"b\",\"fields\":[]}", true,
            "fields: an object is wanted");
    refuses("{\"officer\":\"a\",\"challenge\":\"b\",\"fields\":{\"x\":1}}", true,
            "fields: a value is a text, or a list of texts");
    refuses("{\"officer\":\"a\",\"challenge\":\"b\",\"fields\":{\"x\":[[]]}}", true,
            "fields: lists are of texts");
    refuses("{\"officer\":\"a\",\"challenge\":\"b\",\"fields\":{\"x\":{}}}", true,
            "fields: a value is a text, or a list of texts");
}

static void fields_are_bounded(void **state)
{
    static char text[OFFICE_BODY_BYTES];
    (void)state;
    for (u32 count = OFFICE_FIELDS_MAX; count <= OFFICE_FIELDS_MAX + 1; count += 1) {
        strcpy(text, "{\"officer\":\"a\",\"challenge\":\"b\",\"fields\":{\"x\":[");
        for (u32 i = 0; i < count; i += 1) {
            strcat(text, i == 0 ? "\"y\"" : ",\"y\"");
        }
        strcat(text, "]}}");
        assert_int_equal(reads(text, true), count == OFFICE_FIELDS_MAX);
    }
    assert_string_equal(body.why, "fields: more than an act has");
}

static bool query(const char *text, const char *name, const char *expected)
{
    char found[16] = "";
    bool given = false;
    return office_query_text(span_of_text(text), name, found, sizeof(found), &given) && given &&
           strcmp(found, expected) == 0;
}

static bool no_query(const char *text, const char *name, bool is_given)
{
    char found[16];
    bool given = false;
    return !office_query_text(span_of_text(text), name, found, sizeof(found), &given) &&
           given == is_given;
}

static void queries_are_decoded_once(void **state)
{
    (void)state;
    assert_true(query("a=1&b=2", "a", "1"));
    assert_true(query("a=1&b=2", "b", "2"));
    assert_true(query("a=", "a", ""));
    assert_true(query("a=%41%2b+", "a", "A++"));
    assert_true(query("a=%2541", "a", "%41"));
    assert_true(query("a=%c3%a9", "a", "\xc3\xa9"));
    assert_true(query("aa=1&a=2", "a", "2"));
    assert_true(query("a=123456789012345", "a", "123456789012345"));
    assert_true(no_query("a=1234567890123456", "a", true));
    assert_true(no_query("a=1&a=1", "a", true));
    assert_true(no_query("a", "a", true));
    assert_true(no_query("b=1", "a", false));
    assert_true(no_query("", "a", false));
    assert_true(no_query("a=%", "a", true));
    assert_true(no_query("a=%4", "a", true));
    assert_true(no_query("a=%4g", "a", true));
    assert_true(no_query("a=%0a", "a", true));
    assert_true(no_query("a=%00", "a", true));
}

static void base64url_has_one_text(void **state)
{
    u8 bytes[8];
    u8 back[8];
    char text[16];
    (void)state;
    for (u32 size = 1; size <= sizeof(bytes); size += 1) {
        for (u32 value = 0; value < 256; value += 1) {
            memset(bytes, (int)value, sizeof(bytes));
            bytes[size - 1] = (u8)(value * 7 + 3);
            (void)office_to_base64url(bytes, size, text);
            assert_int_equal(office_from_base64url(span_of_text(text), back, sizeof(back)), size);
            assert_memory_equal(bytes, back, size);
        }
    }
    assert_string_equal(office_to_base64url((const u8 *)"\xfb\xff", 2, text), "-_8");
    assert_int_equal(office_from_base64url(span_of_text("-_8"), back, 8), 2);
    assert_int_equal(office_from_base64url(span_of_text("-_9"), back, 8),
                     0); /* bits that are left */
    assert_int_equal(office_from_base64url(span_of_text("+/8"), back, 8), 0);
    assert_int_equal(office_from_base64url(span_of_text("-_8="), back, 8), 0);
    assert_int_equal(office_from_base64url(span_of_text("A"), back, 8), 0);
    assert_int_equal(office_from_base64url(span_of_text(""), back, 8), 0);
    assert_int_equal(office_from_base64url(span_of("AA\0A", 4), back, 8), 0);
    assert_int_equal(office_from_base64url(span_of_text("AAAAAAAAAAAA"), back, 8), 0); /* 9 bytes */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_are_one_object_of_texts),
        cmocka_unit_test(fields_are_texts_and_lists_of_texts),
        cmocka_unit_test(fields_are_bounded),
        cmocka_unit_test(queries_are_decoded_once),
        cmocka_unit_test(base64url_has_one_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
