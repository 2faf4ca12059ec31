#include "core/key.h"

#include "base/bytes.h"
#include "core/define.h"
#include "core/index.h"

#include <string.h>

/* An id is a hash: any four bytes of it are as good as others. */
static u32 index_key_of(const u8 id[KEY_ID_BYTES])
{
    return bytes_u32(id);
}

u32 key_find(const struct core *core, const u8 id[KEY_ID_BYTES])
{
    u32 position = 0;
    u32 slot = index_find(&core->key_index, index_key_of(id), &position);
    while (slot && memcmp(core->keys[slot].id, id, KEY_ID_BYTES) != 0) {
        slot = index_find_next(&core->key_index, index_key_of(id), &position);
    }
    return slot;
}

static bool is_zero(const u8 bytes[32])
{
    u8 all = 0;
    for (u32 i = 0; i < 32; i++) {
        all |= bytes[i];
    }
    return all == 0;
}

enum reject key_shape(u8 kind, const u8 id[KEY_ID_BYTES], const u8 public_key[32])
{
    if (kind != KEY_KIND_HMAC && kind != KEY_KIND_ED25519 && kind != KEY_KIND_RSA) {
        return REJECT_BAD_ENUM;
    }
    bool fits = !is_zero(id) && is_zero(public_key) == (kind == KEY_KIND_HMAC);
    return fits ? REJECT_NONE : REJECT_BAD_DEFINITION;
}

void key_insert(struct core *core, const struct key *key)
{
    u32 slot = SLAB_TAKE(&core->key_slab, core->keys, next_free);
    core->keys[slot] = *key;
    index_insert(&core->key_index, index_key_of(key->id), slot);
}

static enum reject set_check(const struct core *core, const struct command_key_set *c, u32 slot)
{
    if (c->head.account >= core->accounts_count) {
        return REJECT_UNKNOWN_ACCOUNT;
    }
    enum reject reject = key_shape(c->key_kind, c->key_id, c->public_key);
    if (reject != REJECT_NONE) {
        return reject;
    }
    if (slot == 0) {
        return slab_left(&core->key_slab) ? REJECT_NONE : REJECT_LIMIT_KEYS;
    }
    const struct key *key = &core->keys[slot];
    bool same = key->account == c->head.account && key->kind == c->key_kind &&
                memcmp(key->public_key, c->public_key, sizeof key->public_key) == 0;
    return same ? REJECT_NONE : REJECT_ALREADY_EXISTS;
}

void key_set(struct core *core, const struct command_key_set *command)
{
    u32 slot = key_find(core, command->key_id);
    enum reject reject = set_check(core, command, slot);
    if (reject != REJECT_NONE) {
        define_refuse(core, &command->head, reject);
        return;
    }
    if (slot) {
        core->keys[slot].rights = command->rights;
    } else {
        struct key key = {
            .account = command->head.account, .rights = command->rights, .kind = command->key_kind};
        memcpy(key.id, command->key_id, sizeof key.id);
        memcpy(key.public_key, command->public_key, sizeof key.public_key);
        key_insert(core, &key);
    }
    define_tell(core, &command->head, command->head.account);
}

void key_revoke(struct core *core, const struct command_key_revoke *command)
{
    if (command->head.account >= core->accounts_count) {
        define_refuse(core, &command->head, REJECT_UNKNOWN_ACCOUNT);
        return;
    }
    u32 slot = key_find(core, command->key_id);
    if (slot == 0 || core->keys[slot].account != command->head.account) {
        define_refuse(core, &command->head, REJECT_UNKNOWN_KEY);
        return;
    }
    index_remove(&core->key_index, index_key_of(command->key_id), slot);
    core->keys[slot].kind = 0;
    SLAB_GIVE(&core->key_slab, core->keys, next_free, slot);
    define_tell(core, &command->head, command->head.account);
}
