#include "app/speed.h"

#include "base/amount.h"
#include "base/span.h"

#define PLACES    3U
#define SPEED_MIN 10U

enum fault speed_read(const char *text, u32 *speed_out)
{
    struct amount speed;
    if (amount_parse(span_of_text(text), PLACES, &speed) != AMOUNT_OK ||
        amount_less(speed, amount_of(SPEED_MIN)) || amount_less(amount_of(BOTS_SPEED_MAX), speed)) {
        return FAULT(FAULT_USAGE, "--speed: \"%s\" is not a number from 0.01 to 100", text);
    }
    *speed_out = (u32)speed.units; /* raw: thousandths */
    return FAULT_NONE;
}
