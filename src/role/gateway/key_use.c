#include "role/gateway/key_use.h"

#include "base/check.h"

size_t key_uses_footprint(u32 keys_max, u32 users_max)
{
    struct footprint footprint = {0};
    footprint_add(&footprint, (size_t)users_max + 1, sizeof(struct key_use), 64);
    footprint_add(&footprint, (size_t)keys_max + 1, sizeof(u32), 64);
    return footprint.bytes;
}

enum fault key_uses_open(struct key_uses *uses, u32 keys_max, u32 users_max, struct arena *arena)
{
    *uses = (struct key_uses){.users_max = users_max, .keys_max = keys_max};
    uses->users = arena_take_array(arena, (size_t)users_max + 1, sizeof(struct key_use), 64);
    uses->keys = arena_take_array(arena, (size_t)keys_max + 1, sizeof(u32), 64);
    bool fits = uses->users != NULL && uses->keys != NULL;
    return fits ? FAULT_NONE : FAULT(FAULT_LIMIT, "no room for %u users of API keys", users_max);
}

void key_use_begin(struct key_uses *uses, u32 user, u32 key, u32 rights)
{
    CHECK(user > 0 && user <= uses->users_max);
    CHECK(key <= uses->keys_max);
    key_use_end(uses, user);
    if (key == 0) {
        return;
    }
    u32 older = uses->keys[key];
    uses->users[user] = (struct key_use){.key = key, .rights = rights, .older = older};
    if (older != 0) {
        uses->users[older].newer = user;
    }
    uses->keys[key] = user;
}

void key_use_end(struct key_uses *uses, u32 user)
{
    CHECK(user > 0 && user <= uses->users_max);
    struct key_use *use = &uses->users[user];
    if (use->key == 0) {
        return;
    }
    if (use->older != 0) {
        uses->users[use->older].newer = use->newer;
    }
    if (use->newer != 0) {
        uses->users[use->newer].older = use->older;
    } else {
        CHECK(uses->keys[use->key] == user);
        uses->keys[use->key] = use->older;
    }
    *use = (struct key_use){.key = 0};
}

u32 key_use_first(const struct key_uses *uses, u32 key)
{
    CHECK(key <= uses->keys_max);
    return uses->keys[key];
}

u32 key_use_next(const struct key_uses *uses, u32 user)
{
    CHECK(user > 0 && user <= uses->users_max);
    return uses->users[user].older;
}

bool key_use_lost(const struct key_uses *uses, u32 user, u32 rights)
{
    CHECK(user > 0 && user <= uses->users_max);
    return (uses->users[user].rights & ~rights) != 0;
}
