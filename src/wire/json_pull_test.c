/* Aim: json_pull takes exactly JSON, says what it means, and stays within its bounds. Method: texts
 * by name with their tokens and faults; every bound reached; then random texts and damaged ones,
 * where jansson must agree (tests/support/json_oracle.h). */
#include "wire/json_pull.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/json_oracle.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static struct json_pull pull;

/* Tokens as letters, for short examples. */
static void expect_tokens(const char *text, const char *expected)
{
    static const char letters[] = {
        [JSON_TOKEN_BAD] = '!',          [JSON_TOKEN_END] = '.',        [JSON_TOKEN_KEY] = 'k',
        [JSON_TOKEN_OBJECT_BEGIN] = '{', [JSON_TOKEN_OBJECT_END] = '}', [JSON_TOKEN_STRING] = 's',
        [JSON_TOKEN_ARRAY_BEGIN] = '[',  [JSON_TOKEN_ARRAY_END] = ']',  [JSON_TOKEN_NUMBER] = 'n',
        [JSON_TOKEN_TRUE] = 't',         [JSON_TOKEN_FALSE] = 'f',      [JSON_TOKEN_NULL] = '0',
    };
    char shown[64] = {0};
    json_pull_begin(&pull, span_of_text(text));
    for (u32 i = 0; i < sizeof(shown) - 1; i += 1) {
        enum json_token token = json_pull_next(&pull);
        shown[i] = letters[token];
        if (token == JSON_TOKEN_BAD || token == JSON_TOKEN_END) {
            assert_int_equal(json_pull_next(&pull), token);
            break;
        }
    }
    assert_string_equal(shown, expected);
    assert_int_equal(json_oracle_agrees(span_of_text(text)), pull.fault == JSON_PULL_FINE);
}

static void expect_fault(const char *text, enum json_pull_fault fault, size_t at)
{
    json_pull_begin(&pull, span_of_text(text));
    enum json_token token;
    do {
        token = json_pull_next(&pull);
    } while (token != JSON_TOKEN_BAD && token != JSON_TOKEN_END);
    if (pull.fault != fault || pull.at != at) {
        print_error("%s: %s at %zu\n", text, json_pull_fault_text(pull.fault), pull.at);
    }
    assert_int_equal(token, JSON_TOKEN_BAD);
    assert_int_equal(pull.fault, fault);
    assert_int_equal(pull.at, at);
    assert_false(json_oracle_agrees(span_of_text(text)));
}

static void assert_text(const char *expected, size_t size)
{
    char memory[64];
    struct span text;
    assert_true(json_pull_text(&pull, memory, pull.raw.size, &text));
    assert_int_equal(text.size, size);
    assert_memory_equal(text.data, expected, size);
    if (pull.escaped) {
        assert_false(json_pull_text(&pull, memory, size - 1, &text));
    }
}

static void tokens_come_in_order(void **state)
{
    (void)state;
    expect_tokens(" {\"a\" : [ 1, -0.5e+7 ,\"x\"], \"b\":{}, \"c\":[ ] ,\"d\":true,\"e\":false,"
                  "\"f\":null}\r\n\t",
                  "{k[nns]k{}k[]ktkfk0}.");
    expect_tokens("1", "n.");
    expect_tokens("\"\"", "s.");
    expect_tokens("[[[]],[]]", "[[[]][]].");
    expect_tokens("{\"a\":{\"a\":{\"a\":1}}}", "{k{k{kn}}}.");
    expect_tokens("[{\"a\":1},{\"a\":1}]", "[{kn}{kn}].");
}

static void faults_are_named_and_placed(void **state)
{
    (void)state;
    expect_fault("", JSON_PULL_UNFINISHED, 0);
    expect_fault("  ", JSON_PULL_UNFINISHED, 2);
    expect_fault("[1", JSON_PULL_UNFINISHED, 2);
    expect_fault("[1,", JSON_PULL_UNFINISHED, 3);
    expect_fault("{\"a\"", JSON_PULL_UNFINISHED, 4);
    expect_fault("{\"a\":", JSON_PULL_UNFINISHED, 5);
    expect_fault("\"abc", JSON_PULL_UNFINISHED, 4);
    expect_fault("tru", JSON_PULL_UNFINISHED, 3);
    expect_fault("trUe", JSON_PULL_SYNTAX, 2);
    expect_fault("1 2", JSON_PULL_SYNTAX, 2);
    expect_fault("[1,]", JSON_PULL_SYNTAX, 3);
    expect_fault("[,1]", JSON_PULL_SYNTAX, 1);
    expect_fault("[1 2]", JSON_PULL_SYNTAX, 3);
    expect_fault("[1}", JSON_PULL_SYNTAX, 2);
    expect_fault("{\"a\":1]", JSON_PULL_SYNTAX, 6);
    expect_fault("{\"a\":1,}", JSON_PULL_SYNTAX, 7);
    expect_fault("{\"a\" 1}", JSON_PULL_SYNTAX, 5);
    expect_fault("{\"a\":}", JSON_PULL_SYNTAX, 5);
    expect_fault("{a:1}", JSON_PULL_SYNTAX, 1);
    expect_fault("{1:1}", JSON_PULL_SYNTAX, 1);
    expect_fault("'a'", JSON_PULL_SYNTAX, 0);
    expect_fault("\xef\xbb\xbf{}", JSON_PULL_SYNTAX, 0);
    expect_fault("\"a\nb\"", JSON_PULL_SYNTAX, 2);
    expect_fault("\"\xff\"", JSON_PULL_UTF8, 1);
    expect_fault("{\"a\":1,\"a\":2}", JSON_PULL_REPEATED, 10);
    struct span nul = span_of("[1\0]", 4);
    json_pull_begin(&pull, nul);
    assert_int_equal(json_pull_next(&pull), JSON_TOKEN_ARRAY_BEGIN);
    assert_int_equal(json_pull_next(&pull), JSON_TOKEN_NUMBER);
    assert_int_equal(json_pull_next(&pull), JSON_TOKEN_BAD);
    assert_int_equal(pull.fault, JSON_PULL_SYNTAX);
}

static void numbers_stay_text(void **state)
{
    (void)state;
    static const char *const good[] = {
        "0",     "-0",   "10",  "123456789012345678",  "0.00000001", "-1", "1e5",
        "1E-05", "1.50", "0e0", "9223372036854775807", "10.0e+1"};
    for (size_t i = 0; i < ARRAY_COUNT(good); i += 1) {
        expect_tokens(good[i], "n.");
        json_pull_begin(&pull, span_of_text(good[i]));
        assert_int_equal(json_pull_next(&pull), JSON_TOKEN_NUMBER);
        assert_true(span_equal(pull.raw, span_of_text(good[i])));
    }
    static const char *const bad[] = {"01",  "-",   "+1",  ".5", "1.",  "1.e5",     "1e", "1e+",
                                      "0x1", "1_0", "--1", "-a", "NaN", "Infinity", "00", "-01"};
    for (size_t i = 0; i < ARRAY_COUNT(bad); i += 1) {
        json_pull_begin(&pull, span_of_text(bad[i]));
        enum json_token token = json_pull_next(&pull);
        assert_true(token == JSON_TOKEN_BAD || json_pull_next(&pull) == JSON_TOKEN_BAD);
        assert_false(json_oracle_agrees(span_of_text(bad[i])));
    }
    json_pull_begin(&pull, span_of_text("123456789012345678901234567890"));
    assert_int_equal(json_pull_next(&pull), JSON_TOKEN_NUMBER);
    assert_int_equal(pull.raw.size, 30);
}

static void strings_say_what_they_mean(void **state)
{
    (void)state;
    json_pull_begin(&pull, span_of_text("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20aC"
                                        "\\ud83d\\uDE42\\u0000z\""));
    assert_int_equal(json_pull_next(&pull), JSON_TOKEN_STRING);
    assert_true(pull.escaped);
    assert_text("\"\\/\b\f\n\r\tA\xc3\xa9\xe2\x82\xac\xf0\x9f\x99\x82\0z", 20);
    json_pull_begin(&pull, span_of_text("\"caf\xc3\xa9 \x7f\""));
    assert_int_equal(json_pull_next(&pull), JSON_TOKEN_STRING);
    assert_false(pull.escaped);
    assert_text("caf\xc3\xa9 \x7f", 7);
    static const char *const bad[] = {
        "\"\\x\"",          "\"\\u12\"",      "\"\\u12g4\"",        "\"\\",
        "\"\\\"",           "\"\\ud800\"",    "\"\\udc00\"",        "\"\\ud800x\"",
        "\"\\u\"",          "\"\\ud800\\n\"", "\"\\udc00\\udc00\"", "\"\\ud800\\ud800\"",
        "\"\\ud800\\u12\"", "\"\\ud8\"",      "\"\xc3\"",           "\"\xed\xa0\x80\"",
        "\"\xc0\x80\"",
    };
    for (size_t i = 0; i < ARRAY_COUNT(bad); i += 1) {
        json_pull_begin(&pull, span_of_text(bad[i]));
        assert_int_equal(json_pull_next(&pull), JSON_TOKEN_BAD);
        assert_false(json_oracle_agrees(span_of_text(bad[i])));
    }
}

static void keys_are_compared_by_meaning(void **state)
{
    (void)state;
    expect_fault("{\"a\":1,\"\\u0061\":2}", JSON_PULL_REPEATED, 15);
    expect_fault("{\"\\u00e9\":1,\"b\":{},\"\xc3\xa9\":2}", JSON_PULL_REPEATED, 23);
    expect_fault("{\"\\/\":1,\"/\":2}", JSON_PULL_REPEATED, 11);
    expect_fault("{\"\":1,\"\":2}", JSON_PULL_REPEATED, 8);
    expect_tokens("{\"ab\":1,\"a\":2,\"\\u0062\":3,\"abc\":4}", "{knknknkn}.");
    expect_fault("{\"a\":[{\"b\":1},{\"b\":1}],\"a\":1}", JSON_PULL_REPEATED, 26);
}

static void bounds_are_reached_and_kept(void **state)
{
    (void)state;
    char deep[64] = {0};
    memset(deep, '[', JSON_PULL_DEPTH_MAX);
    memset(deep + JSON_PULL_DEPTH_MAX, ']', JSON_PULL_DEPTH_MAX);
    assert_true(json_oracle_agrees(span_of_text(deep)));
    memset(deep, '[', JSON_PULL_DEPTH_MAX + 1);
    json_pull_begin(&pull, span_of_text(deep));
    for (u32 i = 0; i < JSON_PULL_DEPTH_MAX; i += 1) {
        assert_int_equal(json_pull_next(&pull), JSON_TOKEN_ARRAY_BEGIN);
    }
    assert_int_equal(json_pull_next(&pull), JSON_TOKEN_BAD);
    assert_int_equal(pull.fault, JSON_PULL_TOO_DEEP);

    static char many[4096];
    size_t size = 1;
    many[0] = '{';
    for (u32 i = 0; i < JSON_PULL_KEYS_MAX; i += 1) {
        size += (size_t)snprintf(many + size, 16, "%s\"k%03u\":%u", i == 0 ? "" : ",", i, i);
    }
    many[size] = '}';
    assert_true(json_oracle_agrees(span_of(many, size + 1)));
    size += (size_t)snprintf(many + size, 16, ",\"one\":1}");
    json_pull_begin(&pull, span_of(many, size));
    while (json_pull_next(&pull) != JSON_TOKEN_BAD) {
    }
    assert_int_equal(pull.fault, JSON_PULL_TOO_MANY_KEYS);
    json_pull_begin(&pull, span_of(many, (size_t)JSON_PULL_BYTES_MAX + 1));
    assert_int_equal(json_pull_next(&pull), JSON_TOKEN_BAD);
    assert_int_equal(pull.fault, JSON_PULL_TOO_LARGE);
}

static void skip_takes_all_of_a_value(void **state)
{
    (void)state;
    static const char text[] = "{\"a\":[1,{\"b\":[2]},\"]\"] , \"c\":{\"d\":1}}";
    json_pull_begin(&pull, span_of_text(text));
    assert_int_equal(json_pull_next(&pull), JSON_TOKEN_OBJECT_BEGIN);
    assert_int_equal(json_pull_next(&pull), JSON_TOKEN_KEY);
    assert_int_equal(json_pull_next(&pull), JSON_TOKEN_ARRAY_BEGIN);
    assert_true(json_pull_skip(&pull));
    assert_true(span_equal(pull.raw, span_of_text("[1,{\"b\":[2]},\"]\"]")));
    assert_int_equal(json_pull_next(&pull), JSON_TOKEN_KEY);
    assert_int_equal(json_pull_next(&pull), JSON_TOKEN_OBJECT_BEGIN);
    assert_true(json_pull_skip(&pull));
    assert_true(span_equal(pull.raw, span_of_text("{\"d\":1}")));
    assert_int_equal(json_pull_next(&pull), JSON_TOKEN_OBJECT_END);
    assert_int_equal(json_pull_next(&pull), JSON_TOKEN_END);
    json_pull_begin(&pull, span_of_text("[[1}"));
    assert_int_equal(json_pull_next(&pull), JSON_TOKEN_ARRAY_BEGIN);
    assert_false(json_pull_skip(&pull));
    json_pull_begin(&pull, span_of_text("1"));
    assert_int_equal(json_pull_next(&pull), JSON_TOKEN_NUMBER);
    expect_assert_failure(assert_true(json_pull_skip(&pull)));
}

/* ---- random texts ---- */

struct text {
    char data[8192];
    size_t size;
};

static void put(struct text *text, const char *piece)
{
    size_t size = strlen(piece);
    if (size <= sizeof(text->data) - text->size) {
        memcpy(text->data + text->size, piece, size);
        text->size += size;
    }
}

#define PICK(random, list) ((list)[random_below((random), ARRAY_COUNT(list))])

static void put_string(struct random *random, struct text *text)
{
    static const char *const pieces[] = {
        "a",        "b",    "\\n",     "\\u0061", "\\ud83d\\ude42",
        "\xc3\xa9", "\\\"", "\\u00e9", " ",       "\xf0\x9f\x99\x82"};
    put(text, "\"");
    for (u64 count = random_below(random, 5); count > 0; count -= 1) {
        put(text, PICK(random, pieces));
    }
    put(text, "\"");
}

static void put_value(struct random *random, struct text *text, u32 depth)
{
    static const char *const plain[] = {"1",    "-0", "0.5",   "1e3",  "true",
                                        "null", "[]", "false", " {} ", "123456789"};
    u64 shape = random_below(random, depth > 4 ? 2 : 4);
    if (shape == 0) {
        put(text, PICK(random, plain));
    } else if (shape == 1) {
        put_string(random, text);
    } else {
        put(text, shape == 2 ? "[" : "{");
        for (u64 count = random_below(random, 5); count > 0; count -= 1) {
            if (shape == 3) {
                put_string(random, text);
                put(text, random_chance(random, 1, 4) ? " : " : ":");
            }
            put_value(random, text, depth + 1);
            put(text, count > 1 ? "," : "");
        }
        put(text, shape == 2 ? "]" : "}");
    }
}

static void jansson_agrees(void **state)
{
    (void)state;
    static const char bytes[] = "{}[]\",:\\u0123456789-+.eE tfn\x01\x80\xc3\xed\xa0\xff";
    static struct text text;
    struct random random;
    random_init(&random, test_seed());
    u64 rounds = test_rounds(60000);
    u64 taken = 0;
    for (u64 round = rounds; round > 0; round -= 1) {
        text.size = 0;
        put_value(&random, &text, 0);
        u64 damage = random_chance(&random, 1, 2) ? random_between(&random, 1, 3) : 0;
        for (; damage > 0 && text.size > 0; damage -= 1) {
            text.data[random_below(&random, text.size)] =
                bytes[random_below(&random, sizeof(bytes) - 1)];
        }
        taken += json_oracle_agrees(span_of(text.data, text.size));
    }
    assert_true(taken > rounds / 4);
    assert_true(taken < rounds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_come_in_order),
        cmocka_unit_test(faults_are_named_and_placed),
        cmocka_unit_test(numbers_stay_text),
        cmocka_unit_test(strings_say_what_they_mean),
        cmocka_unit_test(keys_are_compared_by_meaning),
        cmocka_unit_test(bounds_are_reached_and_kept),
        cmocka_unit_test(skip_takes_all_of_a_value),
        cmocka_unit_test(jansson_agrees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
