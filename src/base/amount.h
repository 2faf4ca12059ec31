/* Money as types: an amount counts the smallest units of one asset, a price counts 10^-8 of the
 * quote asset per whole unit of the base asset. One-field structs, so that neither passes for the
 * other. Every operation that can overflow returns false and leaves *out alone; every operation
 * that rounds says how in its name. Decimal text becomes units in amount_parse and returns in
 * amount_print, nowhere else. */
#ifndef BASE_AMOUNT_H
#define BASE_AMOUNT_H

#include "base/base.h"

struct amount {
    u64 units;
};

struct price {
    u64 units;
};

#define AMOUNT_ZERO       ((struct amount){0})
#define AMOUNT_SCALE_MAX  18U        /* decimal places of an asset's ledger unit */
#define PRICE_SCALE       8U         /* decimal places of a price */
#define RATE_ONE          100000000U /* fee rates count 10^-8: so many are 100 % */
#define AMOUNT_TEXT_BYTES 48U        /* the longest printed amount, with its NUL */

ALWAYS_INLINE struct amount amount_of(u64 units)
{
    return (struct amount){units};
}

ALWAYS_INLINE struct price price_of(u64 units)
{
    return (struct price){units};
}

ALWAYS_INLINE bool amount_is_zero(struct amount a)
{
    return a.units == 0;
}

ALWAYS_INLINE bool amount_less(struct amount a, struct amount b)
{
    return a.units < b.units;
}

MUST_USE ALWAYS_INLINE bool amount_add(struct amount a, struct amount b, struct amount *out)
{
    u64 sum = 0;
    if (__builtin_add_overflow(a.units, b.units, &sum)) {
        return false;
    }
    out->units = sum;
    return true;
}

/* False when b is larger than a. */
MUST_USE ALWAYS_INLINE bool amount_sub(struct amount a, struct amount b, struct amount *out)
{
    if (a.units < b.units) {
        return false;
    }
    out->units = a.units - b.units;
    return true;
}

/* floor(a x rate / 10^8) for rate <= RATE_ONE. Where the product is too large for 64 bits, in steps
 * that are not. */
ALWAYS_INLINE struct amount amount_mul_rate_floor(struct amount a, u32 rate)
{
    u64 product = 0;
    if (LIKELY(!__builtin_mul_overflow(a.units, rate, &product))) {
        return (struct amount){product / RATE_ONE};
    }
    u64 whole = a.units / RATE_ONE;
    u64 part = a.units % RATE_ONE;
    return (struct amount){whole * rate + part * rate / RATE_ONE};
}

/* floor or ceil of price x qty in quote units, where qty counts 10^-base_scale and the result
 * 10^-quote_scale. False on overflow or a scale above AMOUNT_SCALE_MAX. */
MUST_USE bool amount_mul_price_floor(struct price price, struct amount qty, u32 base_scale,
                                     u32 quote_scale, struct amount *out);
MUST_USE bool amount_mul_price_ceil(struct price price, struct amount qty, u32 base_scale,
                                    u32 quote_scale, struct amount *out);

/* Why a decimal was refused. */
enum amount_error {
    AMOUNT_OK,
    AMOUNT_MALFORMED, /* not digits with at most one point, empty, or a sign */
    AMOUNT_PRECISION, /* more decimal places than `scale`, other than zeros */
    AMOUNT_OVERFLOW,
};

/* Decimal text to units of 10^-scale. No sign, no exponent, no spaces. */
MUST_USE enum amount_error amount_parse(struct span text, u32 scale, struct amount *out);
MUST_USE enum amount_error price_parse(struct span text, struct price *out);

/* Units of 10^-scale as text with exactly `places` decimals (truncated, never rounded up) and a
 * NUL; text_out holds AMOUNT_TEXT_BYTES. places <= scale, or zeros follow. Returns the length. */
u32 amount_print(struct amount a, u32 scale, u32 places, char *text_out);

#endif /* BASE_AMOUNT_H */
