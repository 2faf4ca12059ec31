/* Aim: numbers in recordings become exact units whichever way they are written, and everything else
 * is refused with file, line and field. Method: examples, and random units written as JSON reals
 * and read back. */
#include "app/flow_json.h"

#include "base/amount.h"
#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

static const struct flow_place_at at = {.path = "sample", .line = 3};

static enum fault decimal(const char *text, u64 *units_out)
{
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
    assert_non_null(value);
    enum fault fault = flow_json_decimal(&at, value, "price", units_out);
    json_decref(value);
    return fault;
}

static void assert_decimal(const char *text, u64 units)
{
    u64 found = 0;
    assert_int_equal(decimal(text, &found), FAULT_NONE);
    assert_int_equal(found, units);
}

static void assert_refused(const char *text, const char *cause)
{
    u64 found = 5;
    assert_int_equal(decimal(text, &found), FAULT_INPUT);
    assert_string_equal(fault_text(), cause);
    assert_int_equal(found, 5);
}

static void decimals_are_read_in_every_dress(void **state)
{
    (void)state;
    assert_decimal("\"236.47\"", 23647000000);
    assert_decimal("236.47", 23647000000);
    assert_decimal("236.46999999999999886313162278", 23647000000);
    assert_decimal("1.7885566900000001", 178855669);
    assert_decimal("0", 0);
    assert_decimal("12", 1200000000);
    assert_decimal("1e-8", 1);
    assert_decimal("2.5e-07", 25);
    assert_decimal("1e4", 1000000000000);
    assert_decimal("1.5E3", 150000000000);
    assert_decimal("0.00000001", 1);
    assert_decimal("\"0.00000001\"", 1);
    assert_decimal("\"61837.63000000\"", 6183763000000);
}

static void what_is_no_decimal_is_named(void **state)
{
    (void)state;
    assert_refused("\"12,5\"", "sample: line 3: price: \"12,5\" is not a decimal");
    assert_refused("\"\"", "sample: line 3: price: \"\" is not a decimal");
    assert_refused("\"-1\"", "sample: line 3: price: \"-1\" is not a decimal");
    assert_refused("-1.5", "sample: line 3: price: -1.5 is not a decimal");
    assert_refused("-7", "sample: line 3: price: -7 is not a decimal");
    assert_refused("\"0.123456789\"",
                   "sample: line 3: price: \"0.123456789\" has more than 8 decimal places");
    assert_refused("\"999999999999\"", "sample: line 3: price: \"999999999999\" is too large");
    assert_refused("true", "sample: line 3: price: not a number");
    assert_refused("[1]", "sample: line 3: price: not a number");
    u64 units = 0;
    assert_int_equal(flow_json_decimal(&at, NULL, "price", &units), FAULT_INPUT);
    assert_int_equal(decimal("1e300", &units), FAULT_INPUT);
    assert_int_equal(decimal("1e-300", &units), FAULT_INPUT);
}

/* Fifteen digits survive the way through a real number. */
static void reals_come_back_exactly(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    for (u64 round = test_rounds(20000); round > 0; round -= 1) {
        u64 units = random_below(&random, 1000000000000000) >> random_below(&random, 49);
        char text[AMOUNT_TEXT_BYTES];
        (void)amount_print(amount_of(units), 8, 8, text);
        assert_decimal(text, units);
    }
}

static void members_and_whole_numbers(void **state)
{
    (void)state;
    json_t *object = json_loads("{\"id\":5,\"id_str\":\"6\",\"bad\":1.5,\"minus\":-1}", 0, NULL);
    const json_t *value = NULL;
    u64 number = 0;
    assert_int_equal(flow_json_member(&at, object, "id_str", "id", &value), FAULT_NONE);
    assert_int_equal(flow_json_u64(&at, value, "id", &number), FAULT_NONE);
    assert_int_equal(number, 6);
    assert_int_equal(flow_json_member(&at, object, "other", "id", &value), FAULT_NONE);
    assert_int_equal(flow_json_u64(&at, value, "id", &number), FAULT_NONE);
    assert_int_equal(number, 5);
    assert_int_equal(flow_json_member(&at, object, "other", NULL, &value), FAULT_INPUT);
    assert_string_equal(fault_text(), "sample: line 3: the field \"other\" is missing");
    assert_int_equal(flow_json_u64(&at, json_object_get(object, "bad"), "bad", &number),
                     FAULT_INPUT);
    assert_string_equal(fault_text(), "sample: line 3: bad: not a whole number");
    assert_int_equal(flow_json_u64(&at, json_object_get(object, "minus"), "minus", &number),
                     FAULT_INPUT);
    json_decref(object);
}

static void bad_json_says_where(void **state)
{
    (void)state;
    json_t *value = NULL;
    assert_int_equal(flow_json_parse(&at, span_of_text("{\"a\":1,}"), &value), FAULT_INPUT);
    assert_null(value);
    assert_string_equal(fault_text(),
                        "sample: line 3: not JSON at byte 8: string or '}' expected near '}'");
    struct flow_place_at whole = {.path = "book"};
    assert_int_equal(flow_json_parse(&whole, span_of_text(""), &value), FAULT_INPUT);
    assert_int_equal(strncmp(fault_text(), "book: not JSON at byte 0", 24), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimals_are_read_in_every_dress),
        cmocka_unit_test(what_is_no_decimal_is_named),
        cmocka_unit_test(reals_come_back_exactly),
        cmocka_unit_test(members_and_whole_numbers),
        cmocka_unit_test(bad_json_says_where),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
