#include "base/amount.h"

#include "base/check.h"

#include <string.h>

#define AMOUNT_PLACES_MAX 26U /* so that 20 digits, a point, 26 places and a NUL fit the text */
_Static_assert(20U + 1U + AMOUNT_PLACES_MAX + 1U <= AMOUNT_TEXT_BYTES, "room for the longest text");

/* 10^exponent for exponent <= 26, which 128 bits hold with room to spare. */
static u128 power_of_ten(u32 exponent)
{
    CHECK(exponent <= PRICE_SCALE + AMOUNT_SCALE_MAX);
    u128 power = 1;
    for (u32 i = 0; i < exponent; i += 1) {
        power *= 10;
    }
    return power;
}

/* price x qty has 128 bits; scaling it down is a division by at most 10^26, scaling it up a
 * multiplication by at most 10^10 that may overflow. Both are exact: one rounding, at the end. */
static bool mul_price(struct price price, struct amount qty, u32 base_scale, u32 quote_scale,
                      bool round_up, struct amount *out)
{
    if (base_scale > AMOUNT_SCALE_MAX || quote_scale > AMOUNT_SCALE_MAX) {
        return false;
    }
    u128 product = (u128)price.units * qty.units;
    u32 divided = PRICE_SCALE + base_scale;
    if (quote_scale >= divided) {
        if (__builtin_mul_overflow(product, power_of_ten(quote_scale - divided), &product)) {
            return false;
        }
    } else {
        u128 divisor = power_of_ten(divided - quote_scale);
        bool rest = product % divisor != 0;
        product = product / divisor + (round_up && rest ? 1 : 0);
    }
    if (product > UINT64_MAX) {
        return false;
    }
    out->units = (u64)product;
    return true;
}

bool amount_mul_price_floor(struct price price, struct amount qty, u32 base_scale, u32 quote_scale,
                            struct amount *out)
{
    return mul_price(price, qty, base_scale, quote_scale, false, out);
}

bool amount_mul_price_ceil(struct price price, struct amount qty, u32 base_scale, u32 quote_scale,
                           struct amount *out)
{
    return mul_price(price, qty, base_scale, quote_scale, true, out);
}

/* Whether the text is digits, or digits, a point and digits. *point_out: where the point stands, or
 * the size of the text. */
static bool decimal_is_well_formed(struct span text, size_t *point_out)
{
    size_t point = text.size;
    for (size_t i = 0; i < text.size; i += 1) {
        u8 c = text.data[i];
        if (c == '.' && point == text.size) {
            point = i;
        } else if (c < '0' || c > '9') {
            return false;
        }
    }
    *point_out = point;
    return point > 0 && (point == text.size || point + 1 < text.size);
}

static bool push_digit(u64 *units, u32 digit)
{
    u64 wider = 0;
    if (__builtin_mul_overflow(*units, 10U, &wider)) {
        return false;
    }
    return !__builtin_add_overflow(wider, digit, units);
}

enum amount_error amount_parse(struct span text, u32 scale, struct amount *out)
{
    CHECK(scale <= AMOUNT_SCALE_MAX);
    size_t point = 0;
    if (!decimal_is_well_formed(text, &point)) {
        return AMOUNT_MALFORMED;
    }
    size_t places = point == text.size ? 0 : text.size - point - 1;
    for (size_t i = scale; i < places; i += 1) {
        if (text.data[point + 1 + i] != '0') {
            return AMOUNT_PRECISION;
        }
    }
    u64 units = 0;
    for (size_t i = 0; i < point; i += 1) {
        if (!push_digit(&units, (u32)(text.data[i] - '0'))) {
            return AMOUNT_OVERFLOW;
        }
    }
    for (size_t i = 0; i < scale; i += 1) {
        u32 digit = i < places ? (u32)(text.data[point + 1 + i] - '0') : 0;
        if (!push_digit(&units, digit)) {
            return AMOUNT_OVERFLOW;
        }
    }
    out->units = units;
    return AMOUNT_OK;
}

enum amount_error price_parse(struct span text, struct price *out)
{
    struct amount amount = AMOUNT_ZERO;
    enum amount_error error = amount_parse(text, PRICE_SCALE, &amount);
    if (error == AMOUNT_OK) {
        out->units = amount.units;
    }
    return error;
}

/* Writes the digits of a number so that they end before `end`, two at a time; at least one. Returns
 * where they begin. */
static char *digits_before(char *end, u64 number)
{
    static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                                "25262728293031323334353637383940414243444546474849"
                                "50515253545556575859606162636465666768697071727374"
                                "75767778798081828384858687888990919293949596979899";
    while (number >= 100) {
        end -= 2;
        memcpy(end, pairs + number % 100 * 2, 2);
        number /= 100;
    }
    if (number >= 10) {
        end -= 2;
        memcpy(end, pairs + number * 2, 2);
        return end;
    }
    end -= 1;
    *end = (char)('0' + number);
    return end;
}

enum { DIGITS_MAX = 20 }; /* of UINT64_MAX */

/* Copies of fixed size, which take a few instructions, stay within what is there. */
_Static_assert(AMOUNT_SCALE_MAX + 1 <= DIGITS_MAX, "the point and a digit before it are inside");
_Static_assert(DIGITS_MAX - 1 <= AMOUNT_PLACES_MAX, "as many digits as begin with the last one");
_Static_assert(DIGITS_MAX + 1 + AMOUNT_PLACES_MAX < AMOUNT_TEXT_BYTES, "both copies fit the text");

u32 amount_print(struct amount a, u32 scale, u32 places, char *text_out)
{
    CHECK(scale <= AMOUNT_SCALE_MAX);
    CHECK(places <= AMOUNT_PLACES_MAX);
    char zeros[DIGITS_MAX + AMOUNT_PLACES_MAX]; /* with the digits among them */
    memset(zeros, '0', sizeof(zeros));
    char *first = digits_before(zeros + DIGITS_MAX, a.units);
    char *point = zeros + DIGITS_MAX - scale;
    char *begin = first < point ? first : point - 1; /* at least one digit before the point */
    u32 length = (u32)(point - begin);
    CHECK(length <= DIGITS_MAX);
    memcpy(text_out, begin, DIGITS_MAX);
    if (places > 0) {
        text_out[length] = '.';
        memcpy(text_out + length + 1, point, AMOUNT_PLACES_MAX);
        length += 1 + places;
    }
    text_out[length] = 0;
    return length;
}
