#include "core/account.h"

u32 account_position(const struct core *core, u32 account, u16 market)
{
    const struct account *record = &core->accounts[account];
    if (record->position.used && record->position.market == market) {
        return account;
    }
    for (u32 i = record->positions_more; i; i = core->positions[i].next) {
        if (core->positions[i].position.market == market) {
            return core->limits.accounts_max + i;
        }
    }
    return TICKS_NONE;
}

bool account_position_fits(const struct core *core, u32 account, u16 market)
{
    return !core->accounts[account].position.used || slab_left(&core->position_slab) > 0 ||
           account_position(core, account, market) != TICKS_NONE;
}

u32 account_position_make(struct core *core, u32 account, u16 market)
{
    u32 position = account_position(core, account, market);
    if (position != TICKS_NONE) {
        return position;
    }
    struct account *record = &core->accounts[account];
    if (!record->position.used) {
        record->position = (struct position){.market = market, .used = POSITION_USED};
        return account;
    }
    u32 slot = SLAB_TAKE(&core->position_slab, core->positions, next);
    core->positions[slot] = (struct position_more){
        .position = {.market = market, .used = POSITION_USED},
        .account = account,
        .next = record->positions_more,
    };
    record->positions_more = slot;
    return core->limits.accounts_max + slot;
}

const struct asset_limit *account_asset_limit(const struct core *core, u32 account, u16 asset)
{
    if (!core->accounts[account].has_limits) {
        return NULL;
    }
    for (u32 i = 0; i < core->limits.asset_limits_max; i++) {
        const struct asset_limit *limit = &core->asset_limits[i];
        if (limit->used && limit->account == account && limit->asset == asset) {
            return limit;
        }
    }
    return NULL;
}
