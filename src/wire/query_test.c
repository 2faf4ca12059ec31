/* Aim: parameters are decoded and found as docs/http.md says, and what was signed is what was
 * received. Method: examples by name, those of the API's documents among them; every limit; random
 * parameters written by a model and read back, with the signature at any place. */
#include "wire/query.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static struct query query;
static char text[4096];

static enum query_fault read_both(const char *first, const char *second)
{
    return query_read(&query, span_of_text(first), span_of_text(second), text, sizeof(text));
}

static void assert_value(const char *name, const char *value)
{
    struct span found = query_value(&query, name);
    assert_non_null(found.data);
    assert_int_equal(found.size, strlen(value));
    assert_memory_equal(found.data, value, found.size);
}

static void assert_payload(const char *first, const char *second, const char *payload)
{
    assert_int_equal(read_both(first, second), QUERY_OK);
    char signed_text[4096];
    size_t size = 0;
    assert_true(query_payload(&query, signed_text, sizeof(signed_text), &size));
    if (size != strlen(payload) || memcmp(signed_text, payload, size) != 0) {
        print_error("%.*s instead of %s\n", (int)size, signed_text, payload);
    }
    assert_int_equal(size, strlen(payload));
    assert_memory_equal(signed_text, payload, size);
    char exact[4096];
    if (size > 0) {
        assert_false(query_payload(&query, exact, size - 1, &size));
    }
    assert_true(query_payload(&query, exact, strlen(payload), &size));
}

static void parameters_are_decoded(void **state)
{
    (void)state;
    assert_int_equal(read_both("symbol=BTC%55SDT&a=&b&c=1=2&%64=%5b%22X%22%5D&e=a+b%2B", "f=%26"),
                     QUERY_OK);
    assert_int_equal(query.count, 7);
    assert_value("symbol", "BTCUSDT");
    assert_value("a", "");
    assert_value("b", "");
    assert_value("c", "1=2");
    assert_value("d", "[\"X\"]");
    assert_value("e", "a b+");
    assert_value("f", "&");
    assert_null(query_value(&query, "g").data);
    assert_null(query_find(&query, "symbo"));
    assert_false(query.params[5].in_body);
    assert_true(query.params[6].in_body);
    assert_int_equal(query.params[0].raw.size, strlen("symbol=BTC%55SDT"));
}

static void nothing_is_no_parameter(void **state)
{
    (void)state;
    struct span none = {.data = NULL, .size = 0};
    assert_int_equal(query_read(&query, none, none, text, 0), QUERY_OK);
    assert_int_equal(query.count, 0);
    size_t size = 1;
    assert_true(query_payload(&query, text, 0, &size));
    assert_int_equal(size, 0);
    assert_int_equal(read_both("&&a=1&&", "&"), QUERY_OK);
    assert_int_equal(query.count, 1);
    assert_payload("&&a=1&&", "&", "&&a=1&&&");
}

static void bad_encodings_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"a=%",   "a=%4",        "a=%4g",      "a=%g4",  "a=%%41",
                                      "%=1",   "a=%00",       "a=%0a",      "a=%7F",  "a=%ff",
                                      "a=%C3", "a=%ed%a0%80", "=1",         "a=\x01", "a=\xff",
                                      "a=1&=", "a=% 1",       "a=%c3&b=%a9"};
    for (size_t i = 0; i < ARRAY_COUNT(bad); i += 1) {
        assert_int_equal(read_both(bad[i], ""), QUERY_ENCODING);
        assert_int_equal(read_both("", bad[i]), QUERY_ENCODING);
        assert_int_equal(read_both("x=1", bad[i]), QUERY_ENCODING);
        assert_int_equal(query.fault_index, query.count);
        assert_value("x", "1");
    }
    assert_int_equal(read_both("a=%EF%BC%91", "a\xc3\xb6=\xc3\xb6"), QUERY_OK);
    assert_value("a", "\xef\xbc\x91");
    assert_value("a\xc3\xb6", "\xc3\xb6");
}

static void repeated_names_are_refused(void **state)
{
    (void)state;
    assert_int_equal(read_both("a=1&b=2&a=1", ""), QUERY_REPEATED);
    assert_int_equal(query.fault_index, 2);
    assert_int_equal(read_both("a=1&%61=2", ""), QUERY_REPEATED);
    assert_int_equal(read_both("c=1", "a=1&a"), QUERY_REPEATED);
    assert_int_equal(read_both("signature=1", "signature=1"), QUERY_REPEATED);
    assert_int_equal(read_both("signature=1", "%73ignature=1"), QUERY_REPEATED);
    assert_int_equal(read_both("a=1&A=2&aa=3&b=4", ""), QUERY_OK);
}

static void query_wins_over_body(void **state)
{
    (void)state;
    assert_int_equal(read_both("a=1&b=2", "b=3&c=4&a="), QUERY_OK);
    assert_int_equal(query.count, 5);
    assert_value("a", "1");
    assert_value("b", "2");
    assert_value("c", "4");
    assert_true(query.params[2].hidden);
    assert_false(query.params[3].hidden);
    assert_true(query.params[4].hidden);
    assert_int_equal(read_both("", "b=3"), QUERY_OK);
    assert_value("b", "3");
}

static void limits_are_reached_and_kept(void **state)
{
    (void)state;
    char many[1024] = {0};
    for (u32 i = 0; i < QUERY_PARAMS_MAX; i += 1) {
        (void)snprintf(many + strlen(many), 8, "p%02u&", i);
    }
    assert_int_equal(read_both(many, ""), QUERY_OK);
    assert_int_equal(query.count, QUERY_PARAMS_MAX);
    assert_int_equal(read_both(many, "x"), QUERY_TOO_MANY);
    assert_int_equal(query.count, QUERY_PARAMS_MAX);
    struct span first = span_of_text("abc=%41&d=e");
    for (size_t size = 0; size < 8; size += 1) {
        memset(text, '!', sizeof(text));
        enum query_fault fault = query_read(&query, first, span_of("", 0), text, size);
        assert_int_equal(fault, size < 6 ? QUERY_TOO_LONG : QUERY_OK);
        assert_int_equal(text[size], '!');
    }
    assert_true(query_text_bytes(first.size, 0) >= 6);
}

/* API rest-api.md "SIGNED Endpoint Examples for POST /api/v3/order" */
static void documents_examples_are_what_was_signed(void **state)
{
    (void)state;
    static const char plain[] = "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&"
                                "price=0.1&recvWindow=5000&timestamp=1499827319559";
    static const char signature[] =
        "&signature=c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71";
    char both[400];
    (void)snprintf(both, sizeof(both), "%s%s", plain, signature);
    assert_payload(both, "", plain);
    assert_value("signature", signature + strlen("&signature="));
    assert_payload("", both, plain);
    assert_payload(plain, signature + 1, plain);
    static const char wide[] = "symbol=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96&"
                               "side=BUY&timestamp=1499827319559";
    (void)snprintf(both, sizeof(both), "%s%s", wide, signature);
    assert_payload(both, "", wide);
}

static void signature_is_cut_wherever_it_is(void **state)
{
    (void)state;
    assert_payload("a=1&signature=x&b=2", "", "a=1&b=2");
    assert_payload("signature=x&a=1", "", "a=1");
    assert_payload("signature=x", "a=1", "a=1");
    assert_payload("signature=x&", "a=1", "a=1");
    assert_payload("a=1&b=2", "c=3&signature=x", "a=1&b=2c=3");
    assert_payload("a=1&signature=x", "c=3", "a=1c=3");
    assert_payload("a=1", "signature=x&c=3", "a=1c=3");
    assert_payload("a=1", "signature=x", "a=1");
    assert_payload("signature", "", "");
    assert_payload("a=%41+%2b", "", "a=%41+%2b");
    assert_payload("xsignature=1&signatures=2&Signature=3", "",
                   "xsignature=1&signatures=2&Signature=3");
    assert_payload("a=signature=1", "", "a=signature=1");
}

static void signature_keeps_its_plus(void **state)
{
    (void)state;
    assert_int_equal(read_both("a=1+1&signature=a+b%2B%2f%3D=", ""), QUERY_OK);
    assert_value("a", "1 1");
    assert_value("signature", "a+b+/==");
}

static u32 put_encoded(struct random *random, char *target, const u8 *bytes, u32 size)
{
    u32 used = 0;
    for (u32 i = 0; i < size; i += 1) {
        bool plain = bytes[i] >= 'a' && bytes[i] <= 'z';
        if (plain && random_chance(random, 3, 4)) {
            target[used] = (char)bytes[i];
            used += 1;
        } else {
            bool large = random_chance(random, 1, 2);
            (void)snprintf(target + used, 4, large ? "%%%02X" : "%%%02x", bytes[i]);
            used += 3;
        }
    }
    return used;
}

/* A model writes parameters, and beside them what they mean and what is signed. */
static void random_parameters_are_read_back(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    for (u64 round = test_rounds(20000); round > 0; round -= 1) {
        char parts[2][1024];
        size_t sizes[2] = {0, 0};
        char payload[2048];
        size_t payload_size = 0;
        u8 values[12][8];
        u32 value_bytes[12];
        u32 count = (u32)random_between(&random, 1, 12);
        u32 in_query = (u32)random_between(&random, 0, count);
        u32 signature_at = (u32)random_below(&random, count);
        for (u32 i = 0; i < count; i += 1) {
            u32 part = i < in_query ? 0 : 1;
            bool first = i == 0 || i == in_query;
            char raw[128];
            u32 size = (u32)(i == signature_at ? snprintf(raw, sizeof(raw), "signature=")
                                               : snprintf(raw, sizeof(raw), "p%u=", i));
            value_bytes[i] = (u32)random_below(&random, sizeof(values[i]) + 1);
            for (u32 k = 0; k < value_bytes[i]; k += 1) {
                values[i][k] = (u8)random_between(&random, 0x20, 0x7e);
            }
            size += put_encoded(&random, raw + size, values[i], value_bytes[i]);
            char *to = parts[part] + sizes[part];
            sizes[part] += (size_t)snprintf(to, 200, "%s%.*s", first ? "" : "&", (int)size, raw);
            bool after_cut =
                i == signature_at + 1 && (signature_at == 0 || signature_at == in_query);
            if (i != signature_at) {
                bool joins = !first && !after_cut;
                payload_size += (size_t)snprintf(payload + payload_size, 200, "%s%.*s",
                                                 joins ? "&" : "", (int)size, raw);
            }
        }
        assert_int_equal(query_read(&query, span_of(parts[0], sizes[0]),
                                    span_of(parts[1], sizes[1]), text, sizeof(text)),
                         QUERY_OK);
        assert_int_equal(query.count, count);
        for (u32 i = 0; i < count; i += 1) {
            assert_int_equal(query.params[i].value.size, value_bytes[i]);
            assert_memory_equal(query.params[i].value.data, values[i], value_bytes[i]);
            assert_int_equal(query.params[i].in_body, i >= in_query);
        }
        char shown[2048];
        size_t shown_size = 0;
        assert_true(query_payload(&query, shown, sizeof(shown), &shown_size));
        assert_int_equal(shown_size, payload_size);
        assert_memory_equal(shown, payload, payload_size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_are_decoded),
        cmocka_unit_test(nothing_is_no_parameter),
        cmocka_unit_test(bad_encodings_are_refused),
        cmocka_unit_test(repeated_names_are_refused),
        cmocka_unit_test(query_wins_over_body),
        cmocka_unit_test(limits_are_reached_and_kept),
        cmocka_unit_test(documents_examples_are_what_was_signed),
        cmocka_unit_test(signature_is_cut_wherever_it_is),
        cmocka_unit_test(signature_keeps_its_plus),
        cmocka_unit_test(random_parameters_are_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
