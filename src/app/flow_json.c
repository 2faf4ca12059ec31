#include "app/flow_json.h"

#include "base/amount.h"
#include "base/span.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_BYTES 64U
#define PRINTED_MAX  40 /* bytes of a foreign text shown in a fault */
#define REAL_DIGITS  15 /* as many as a bare number keeps exactly */
#define EXPONENT_MAX 30

_Static_assert(FLOW_DECIMALS == PRICE_SCALE, "prices and amounts share the parser");

enum fault flow_bad(const struct flow_place_at *at, const char *format, ...)
{
    char cause[FAULT_TEXT_BYTES / 2];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(cause, sizeof(cause), format, arguments);
    va_end(arguments);
    if (at->line == 0) {
        return FAULT(FAULT_INPUT, "%s: %s", at->path, cause);
    }
    return FAULT(FAULT_INPUT, "%s: line %llu: %s", at->path, (unsigned long long)at->line, cause);
}

enum fault flow_json_parse(const struct flow_place_at *at, struct span text, json_t **value_out)
{
    json_error_t error;
    *value_out = json_loadb((const char *)text.data, text.size, 0, &error);
    if (*value_out == NULL) {
        return flow_bad(at, "not JSON at byte %d: %s", error.position, error.text);
    }
    return FAULT_NONE;
}

enum fault flow_json_member(const struct flow_place_at *at, const json_t *object, const char *name,
                            const char *name2, const json_t **value_out)
{
    *value_out = json_object_get(object, name);
    if (*value_out == NULL && name2 != NULL) {
        *value_out = json_object_get(object, name2);
    }
    if (*value_out == NULL) {
        return flow_bad(at, "the field \"%s\" is missing", name2 != NULL ? name2 : name);
    }
    return FAULT_NONE;
}

/* ---- decimals ---- */

/* The digits of a number like 12.5e-7 without its point; *point_out: how many of them, or of zeros
 * before or after them, stand before the point once the exponent has been worked in. */
static bool read_digits(const char *text, char digits[NUMBER_BYTES], i64 *count_out, i64 *point_out)
{
    i64 count = 0;
    i64 whole = -1; /* digits before the point */
    const char *c = text;
    for (; *c != 0 && *c != 'e' && *c != 'E'; c += 1) {
        if (*c == '.' && whole < 0) {
            whole = count;
        } else if (*c >= '0' && *c <= '9' && count < EXPONENT_MAX) {
            digits[count] = *c;
            count += 1;
        } else {
            return false;
        }
    }
    long exponent = *c != 0 ? strtol(c + 1, NULL, 10) : 0;
    *count_out = count;
    *point_out = (whole < 0 ? count : whole) + exponent;
    return count > 0 && exponent >= -EXPONENT_MAX && exponent <= EXPONENT_MAX;
}

/* Turns "2.5e-07" into "0.00000025". False when it is no such number. */
static bool spell_out(const char *text, char target[NUMBER_BYTES * 2])
{
    static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";
    char digits[NUMBER_BYTES];
    i64 count = 0;
    i64 point = 0;
    if (!read_digits(text, digits, &count, &point)) {
        return false;
    }
    if (point <= 0) {
        (void)snprintf(target, NUMBER_BYTES * 2, "0.%.*s%.*s", (int)-point, zeros, (int)count,
                       digits);
    } else if (point >= count) {
        (void)snprintf(target, NUMBER_BYTES * 2, "%.*s%.*s", (int)count, digits,
                       (int)(point - count), zeros);
    } else {
        (void)snprintf(target, NUMBER_BYTES * 2, "%.*s.%.*s", (int)point, digits,
                       (int)(count - point), digits + point);
    }
    return true;
}

enum fault flow_text_decimal(const struct flow_place_at *at, struct span text, const char *name,
                             u64 *units_out)
{
    struct amount amount = AMOUNT_ZERO;
    int size = (int)u64_min(text.size, PRINTED_MAX);
    switch (amount_parse(text, FLOW_DECIMALS, &amount)) {
    case AMOUNT_OK:
        break;
    case AMOUNT_MALFORMED:
        return flow_bad(at, "%s: \"%.*s\" is not a decimal", name, size, (const char *)text.data);
    case AMOUNT_PRECISION:
        return flow_bad(at, "%s: \"%.*s\" has more than %u decimal places", name, size,
                        (const char *)text.data, FLOW_DECIMALS);
    case AMOUNT_OVERFLOW:
        return flow_bad(at, "%s: \"%.*s\" is too large", name, size, (const char *)text.data);
    }
    *units_out = amount.units; /* raw: recordings are counted in whole units of 10^-8 */
    return FAULT_NONE;
}

enum fault flow_json_decimal(const struct flow_place_at *at, const json_t *value, const char *name,
                             u64 *units_out)
{
    if (json_is_string(value)) {
        struct span text = span_of(json_string_value(value), json_string_length(value));
        return flow_text_decimal(at, text, name, units_out);
    }
    if (!json_is_number(value)) {
        return flow_bad(at, "%s: not a number", name);
    }
    char printed[NUMBER_BYTES];
    char plain[NUMBER_BYTES * 2];
    size_t size = json_dumpb(value, printed, sizeof(printed) - 1,
                             JSON_ENCODE_ANY | JSON_REAL_PRECISION(REAL_DIGITS));
    if (size == 0 || size >= sizeof(printed)) {
        return flow_bad(at, "%s: not a number that fits", name);
    }
    printed[size] = 0;
    if (!spell_out(printed, plain)) {
        return flow_bad(at, "%s: %s is not a decimal", name, printed);
    }
    return flow_text_decimal(at, span_of_text(plain), name, units_out);
}

enum fault flow_json_u64(const struct flow_place_at *at, const json_t *value, const char *name,
                         u64 *number_out)
{
    if (json_is_integer(value) && json_integer_value(value) >= 0) {
        *number_out = (u64)json_integer_value(value);
        return FAULT_NONE;
    }
    if (json_is_string(value)) {
        struct amount amount = AMOUNT_ZERO;
        struct span text = span_of(json_string_value(value), json_string_length(value));
        if (memchr(text.data, '.', text.size) == NULL &&
            amount_parse(text, 0, &amount) == AMOUNT_OK) {
            *number_out = amount.units; /* raw: an id, only the digits are wanted */
            return FAULT_NONE;
        }
    }
    return flow_bad(at, "%s: not a whole number", name);
}
