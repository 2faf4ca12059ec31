#include "app/restriction_modes.h"

#include "wire/wire_gen.h"

#include <string.h>

#define BITS(operation, restriction) \
    ((u64)RESTRICTION_##restriction << (2U * OPERATION_##operation))

static const struct {
    const char *name;
    u64 restrictions;
} modes[] = {
    {RESTRICTION_MODE_NONE, 0},
    {RESTRICTION_MODE_WITHDRAW_ONLY, BITS(TRADE, REFUSE) | BITS(PLACE, REFUSE) |
                                         BITS(DEPOSIT, HOLD) | BITS(TRANSFER_OUT, REFUSE) |
                                         BITS(TRANSFER_IN, REFUSE)},
    {"review", BITS(WITHDRAW, HOLD) | BITS(TRANSFER_OUT, HOLD) | BITS(TRANSFER_IN, HOLD)},
    {"freeze", BITS(TRADE, FREEZE) | BITS(PLACE, FREEZE) | BITS(DEPOSIT, FREEZE) |
                   BITS(WITHDRAW, FREEZE) | BITS(TRANSFER_OUT, FREEZE) | BITS(TRANSFER_IN, FREEZE)},
};

bool restriction_mode_of(const char *name, u64 *restrictions_out)
{
    for (u32 i = 0; i < ARRAY_COUNT(modes); i += 1) {
        if (strcmp(modes[i].name, name) == 0) {
            *restrictions_out = modes[i].restrictions;
            return true;
        }
    }
    return false;
}

const char *restriction_mode_name(u64 restrictions)
{
    for (u32 i = 0; i < ARRAY_COUNT(modes); i += 1) {
        if (modes[i].restrictions == restrictions) {
            return modes[i].name;
        }
    }
    return "other";
}
