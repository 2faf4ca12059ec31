#include "app/venue_limits.h"

#include "base/check.h"
#include "wire/link.h"

/* The most that genesis takes (docs/semantics.md section 7). */
#define KEYS_MOST (1U << 22)

/* Of one account, on average: balances in twelve assets and so on. */
enum {
    BALANCE_ROWS_EACH = 12,
    POSITIONS_EACH = 5,
    HOLDS_EACH = 5,
    KEYS_EACH = 4,
    PERSON_ROWS_EACH = 10,
};

struct venue_size venue_size_usual(void)
{
    return (struct venue_size){.accounts = VENUE_ACCOUNTS_USUAL, .orders = VENUE_ORDERS_USUAL};
}

struct command_genesis venue_limits_genesis(struct venue_size size)
{
    CHECK(size.accounts >= VENUE_ACCOUNTS_MIN && size.accounts <= VENUE_ACCOUNTS_MAX);
    CHECK(size.orders >= VENUE_ORDERS_MIN && size.orders <= VENUE_ORDERS_MAX);
    u32 keys = size.accounts * KEYS_EACH;
    return (struct command_genesis){
        .head = {.kind = COMMAND_GENESIS,
                 .units = sizeof(struct command_genesis) / WIRE_UNIT,
                 .source = LINK_SOURCE_ADMIN,
                 .source_index = 1},
        .semantics_version = 1,
        .assets_max = 64,
        .markets_max = 256,
        .networks_max = 16,
        .fee_tiers_max = 16,
        .accounts_max = size.accounts,
        .balance_rows_max = size.accounts * BALANCE_ROWS_EACH,
        .positions_max = size.accounts * POSITIONS_EACH,
        .orders_max = size.orders,
        .extras_max = size.orders / 4,
        .lists_max = size.orders / 4,
        .holds_max = size.accounts * HOLDS_EACH,
        .asset_limits_max = size.accounts,
        .pages_max = 40000,
        .directory_max = 4000000,
        .trailing_max = 10000,
        .triggers_per_command_max = 1000,
        .keys_max = keys < KEYS_MOST ? keys : KEYS_MOST,
        .persons_max = size.accounts,
        .person_rows_max = size.accounts * PERSON_ROWS_EACH,
    };
}
