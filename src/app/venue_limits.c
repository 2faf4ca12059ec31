#include "app/venue_limits.h"

#include "wire/link.h"

struct command_genesis venue_limits_genesis(void)
{
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
        .accounts_max = 10000,
        .balance_rows_max = 120000,
        .positions_max = 50000,
        .orders_max = 200000,
        .extras_max = 50000,
        .lists_max = 50000,
        .holds_max = 50000,
        .asset_limits_max = 10000,
        .pages_max = 40000,
        .directory_max = 4000000,
        .trailing_max = 10000,
        .triggers_per_command_max = 1000,
        .keys_max = 40000,
        .persons_max = 10000,
        .person_rows_max = 100000,
    };
}
