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
    table->accounts[account] = slot;
    *chain = slot;
    table->count += 1;
    return slot;
}

void user_stream_remove(struct user_stream *table, u32 *chain, u32 slot)
{
    struct user_subscription *one = user_stream_at(table, slot);
    CHECK(one != NULL && one->is_used);
    u32 *place = chain;
    while (*place != slot) {
        CHECK(*place != 0);
        place = &table->slots[*place - 1].of_session;
    }
    *place = one->of_session;
    place = &table->accounts[one->account];
    while (*place != slot) {
        CHECK(*place != 0);
        place = &table->slots[*place - 1].of_account;
    }
    *place = one->of_account;
    one->is_used = false;
    one->of_session = table->free;
    table->free = slot;
    table->count -= 1;
}
