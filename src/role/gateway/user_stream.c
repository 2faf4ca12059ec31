#include "role/gateway/user_stream.h"

#include "base/check.h"

size_t user_stream_footprint(u32 subscriptions_max, u32 accounts_max)
{
    struct footprint footprint = {0};
    footprint_add(&footprint, subscriptions_max, sizeof(struct user_subscription), 64);
    footprint_add(&footprint, accounts_max, sizeof(u32), 64);
    return footprint.bytes;
}

enum fault user_stream_open(struct user_stream *table, u32 subscriptions_max, u32 accounts_max,
                            struct arena *arena)
{
    *table = (struct user_stream){.slots_max = subscriptions_max, .accounts_max = accounts_max};
    table->slots = arena_take_array(arena, subscriptions_max, sizeof(struct user_subscription), 64);
    table->accounts = arena_take_array(arena, accounts_max, sizeof(u32), 64);
    bool fits = table->slots != NULL && table->accounts != NULL;
    return fits ? FAULT_NONE
                : FAULT(FAULT_LIMIT, "no room for %u subscriptions", subscriptions_max);
}

struct user_subscription *user_stream_at(struct user_stream *table, u32 slot)
{
    return slot == 0 ? NULL : &table->slots[slot - 1];
}

static struct user_subscription *slot_at(struct user_stream *table, u32 slot)
{
    return &table->slots[slot - 1];
}

u32 user_stream_first(const struct user_stream *table, u32 account)
{
    return account < table->accounts_max ? table->accounts[account] : 0;
}

u32 user_stream_add(struct user_stream *table, u32 *chain, u64 session, u32 account, u32 id,
                    bool by_logon)
{
    if (account >= table->accounts_max || (table->free == 0 && table->used == table->slots_max)) {
        return 0;
    }
    u32 slot = table->free;
    if (slot > 0) {
        table->free = table->slots[slot - 1].of_session;
    } else {
        table->used += 1;
        slot = table->used;
    }
    table->slots[slot - 1] = (struct user_subscription){.session = session,
                                                        .account = account,
                                                        .id = id,
                                                        .of_account = table->accounts[account],
                                                        .of_session = *chain,
                                                        .by_logon = by_logon,
                                                        .is_used = true};
    if (table->accounts[account] != 0) {
        table->slots[table->accounts[account] - 1].before_account = slot;
    }
    if (*chain != 0) {
        table->slots[*chain - 1].before_session = slot;
    }
    table->accounts[account] = slot;
    *chain = slot;
    table->count += 1;
    return slot;
}

void user_stream_remove(struct user_stream *table, u32 *chain, u32 slot)
{
    struct user_subscription *one = user_stream_at(table, slot);
    CHECK(one != NULL && one->is_used);
    u32 *place =
        one->before_session == 0 ? chain : &slot_at(table, one->before_session)->of_session;
    CHECK(*place == slot);
    *place = one->of_session;
    if (one->of_session != 0) {
        slot_at(table, one->of_session)->before_session = one->before_session;
    }
    place = one->before_account == 0 ? &table->accounts[one->account]
                                     : &slot_at(table, one->before_account)->of_account;
    CHECK(*place == slot);
    *place = one->of_account;
    if (one->of_account != 0) {
        slot_at(table, one->of_account)->before_account = one->before_account;
    }
    one->is_used = false;
    one->of_session = table->free;
    table->free = slot;
    table->count -= 1;
}
