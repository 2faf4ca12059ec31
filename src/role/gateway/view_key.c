#include "role/gateway/view_key.h"

#include "role/gateway/view_state.h"

static u32 *head_of(const struct view *view, const u8 id[KEY_ID_BYTES])
{
    return view_index_head(&view->key_index, hash_pair(view->config.hash_seed, bytes_u64(id)));
}

static u32 key_find(const struct view *view, const u8 id[KEY_ID_BYTES])
{
    u32 slot = *head_of(view, id);
    while (slot && memcmp(view->keys[slot].id, id, KEY_ID_BYTES) != 0) {
        slot = view->keys[slot].index_next;
    }
    return slot;
}

const struct view_key *view_key_of(const struct view *view, const u8 id[KEY_ID_BYTES])
{
    u32 slot = key_find(view, id);
    return slot ? &view->keys[slot] : NULL;
}

u32 view_keys_of(const struct view *view, u32 account, const struct view_key **keys_out,
                 u32 keys_max)
{
    u32 count = 0;
    for (u32 slot = 1; slot <= view->key_slab.used; slot += 1) {
        const struct view_key *key = &view->keys[slot];
        if (key->kind == 0 || key->account != account) {
            continue;
        }
        if (count < keys_max) {
            keys_out[count] = key;
        }
        count += 1;
    }
    return count;
}

u32 view_keys_count(const struct view *view)
{
    return view->key_slab.count;
}

bool view_key_set(struct view *view, const struct view_key *key, bool may_exist)
{
    if (key->account >= view->accounts_count || key->kind < KEY_KIND_HMAC ||
        key->kind > KEY_KIND_RSA) {
        return view_wrong(view, "key");
    }
    u32 slot = key_find(view, key->id);
    if (slot) {
        struct view_key *known = &view->keys[slot];
        bool same = known->account == key->account && known->kind == key->kind &&
                    memcmp(known->public_key, key->public_key, sizeof key->public_key) == 0;
        known->rights = key->rights;
        return (same && may_exist) || view_wrong(view, "another key of this id");
    }
    slot = VIEW_SLAB_TAKE(&view->key_slab, view->keys, index_next);
    if (slot == 0) {
        return view_short(view, "keys");
    }
    u32 *head = head_of(view, key->id);
    view->keys[slot] = *key;
    view->keys[slot].index_next = *head;
    *head = slot;
    return true;
}

bool view_key_revoke(struct view *view, u32 account, const u8 id[KEY_ID_BYTES])
{
    u32 slot = key_find(view, id);
    if (slot == 0 || view->keys[slot].account != account) {
        return view_wrong(view, "key that is revoked");
    }
    u32 *at = head_of(view, id);
    while (*at != slot) {
        at = &view->keys[*at].index_next;
    }
    *at = view->keys[slot].index_next;
    view->keys[slot] = (struct view_key){.kind = 0};
    VIEW_SLAB_GIVE(&view->key_slab, view->keys, index_next, slot);
    return true;
}
