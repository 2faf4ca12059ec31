/* Decimal text: whatever parses prints back to the same units, and a product with a price rounds up
 * by at most one. The first byte chooses the scale, the rest is text. */
#include "base/amount.h"
#include "base/check.h"
#include "base/span.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    u32 scale = data[0] % (AMOUNT_SCALE_MAX + 1);
    struct span text = span_of(data + 1, size - 1);
    struct amount amount = amount_of(77);
    if (amount_parse(text, scale, &amount) == AMOUNT_OK) {
        char printed[AMOUNT_TEXT_BYTES];
        u32 length = amount_print(amount, scale, scale, printed);
        struct amount again = AMOUNT_ZERO;
        CHECK(amount_parse(span_of(printed, length), scale, &again) == AMOUNT_OK);
        CHECK(again.units == amount.units);
    } else {
        CHECK(amount.units == 77);
    }
    struct price price = price_of(5);
    if (price_parse(text, &price) == AMOUNT_OK) {
        struct amount low = AMOUNT_ZERO;
        struct amount high = AMOUNT_ZERO;
        bool fits = amount_mul_price_floor(price, amount, scale, 8, &low);
        bool fits_up = amount_mul_price_ceil(price, amount, scale, 8, &high);
        CHECK(fits || !fits_up);
        CHECK(!fits || !fits_up || high.units - low.units <= 1);
    }
    return 0;
}
