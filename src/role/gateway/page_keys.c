#include "role/gateway/page_keys.h"

#include "base/check.h"
#include "base/hash.h"
#include "base/secret.h"
#include "base/span.h"
#include "role/gateway/keys.h"

#include <string.h>

struct page_key {
    u8 api_key[AUTH_KEY_BYTES];
    u8 public_key[SIGN_PUBLIC_BYTES];
    struct sign_key sign;
    u64 login; /* 0: free */
    u64 session;
    u64 made_us;
    u64 until_us;
    u64 fresh_until_us;
    u32 account;
    u32 name_next;
    u32 login_next; /* or the next free one */
};

/* ---- chains ---- */

static u32 *name_chain(const struct page_keys *keys, struct span name)
{
    return &keys->names[hash_bytes(name.data, name.size, keys->seed) & (keys->keys_max - 1)];
}

static u32 *login_chain(const struct page_keys *keys, u64 login)
{
    return &keys->logins[hash_pair(keys->seed, login) & (keys->keys_max - 1)];
}

static struct span name_of(const struct page_key *key)
{
    return span_of(key->api_key, sizeof(key->api_key));
}

static bool is_over(const struct page_keys *keys, const struct page_key *key)
{
    return *keys->now_us >= key->until_us;
}

static u32 take_slot(struct page_keys *keys)
{
    u32 slot = keys->free;
    if (slot != 0) {
        keys->free = keys->keys[slot].login_next;
    } else if (keys->used < keys->keys_max) {
        keys->used += 1;
        slot = keys->used;
    }
    return slot;
}

static void end(struct page_keys *keys, u32 slot)
{
    struct page_key *key = &keys->keys[slot];
    u32 *at = name_chain(keys, name_of(key));
    while (*at != slot) {
        at = &keys->keys[*at].name_next;
    }
    *at = key->name_next;
    at = login_chain(keys, key->login);
    while (*at != slot) {
        at = &keys->keys[*at].login_next;
    }
    *at = key->login_next;
    sign_key_close(&key->sign);
    *key = (struct page_key){.login = 0, .login_next = keys->free};
    keys->free = slot;
    CHECK(keys->count > 0);
    keys->count -= 1;
    keys->sink->gone(keys->sink, keys->number_base + slot);
}

/* ---- who signed ---- */

static bool find(struct key_view *view, struct span api_key, struct key_entry *entry_out)
{
    struct page_keys *keys = (struct page_keys *)view;
    u32 slot = keys->count == 0 || api_key.size != AUTH_KEY_BYTES ? 0 : *name_chain(keys, api_key);
    while (slot != 0 && !span_equal(name_of(&keys->keys[slot]), api_key)) {
        slot = keys->keys[slot].name_next;
    }
    if (slot == 0) {
        return keys->stored->find(keys->stored, api_key, entry_out);
    }
    struct page_key *key = &keys->keys[slot];
    u32 rights = KEY_RIGHT_READ | KEY_RIGHT_TRADE;
    rights |= *keys->now_us < key->fresh_until_us ? KEY_RIGHT_WITHDRAW : 0;
    *entry_out = (struct key_entry){.number = keys->number_base + slot,
                                    .account = key->account,
                                    .rights = rights,
                                    .enabled = !is_over(keys, key),
                                    .sign = &key->sign,
                                    .created_us = key->made_us};
    return true;
}

/* ---- life ---- */

size_t page_keys_footprint(u32 keys_max)
{
    struct footprint footprint = {0};
    footprint_add(&footprint, (size_t)keys_max + 1, sizeof(struct page_key), 64);
    footprint_add(&footprint, keys_max, sizeof(u32), 64);
    footprint_add(&footprint, keys_max, sizeof(u32), 64);
    return footprint.bytes;
}

enum fault page_keys_open(struct page_keys *keys, const struct page_keys_options *options,
                          struct arena *arena)
{
    u32 keys_max = options->keys_max;
    CHECK(keys_max > 0 && (keys_max & (keys_max - 1)) == 0);
    *keys = (struct page_keys){.view = {.find = find},
                               .stored = options->stored,
                               .sink = options->sink,
                               .now_us = options->now_us,
                               .keys_max = keys_max,
                               .number_base = options->number_base,
                               .seed = options->seed};
    keys->keys = arena_take_array(arena, (size_t)keys_max + 1, sizeof(struct page_key), 64);
    keys->names = arena_take_array(arena, keys_max, sizeof(u32), 64);
    keys->logins = arena_take_array(arena, keys_max, sizeof(u32), 64);
    bool fits = keys->keys != NULL && keys->names != NULL && keys->logins != NULL;
    return fits ? FAULT_NONE : FAULT(FAULT_LIMIT, "no room for %u page keys", keys_max);
}

void page_keys_close(struct page_keys *keys)
{
    for (u32 slot = 1; slot <= keys->used; slot += 1) {
        if (keys->keys[slot].login != 0) {
            sign_key_close(&keys->keys[slot].sign);
        }
    }
    *keys = (struct page_keys){.keys_max = 0};
}

/* ---- making and renewing ---- */

/* The session's key of these bytes; 0: none. *oldest_out: which of the login gives way, where it
 * has as many as it may. */
static u32 known(const struct page_keys *keys, const struct page_key_ask *ask, u32 *oldest_out)
{
    u32 count = 0;
    u32 oldest = 0;
    for (u32 slot = *login_chain(keys, ask->login); slot != 0; slot = keys->keys[slot].login_next) {
        const struct page_key *key = &keys->keys[slot];
        if (key->login != ask->login) {
            continue;
        }
        if (key->session == ask->session && !is_over(keys, key) &&
            memcmp(key->public_key, ask->public_key, sizeof(key->public_key)) == 0) {
            return slot;
        }
        count += 1;
        oldest = oldest == 0 || key->until_us < keys->keys[oldest].until_us ? slot : oldest;
    }
    *oldest_out = count >= PAGE_KEYS_OF_LOGIN ? oldest : 0;
    return 0;
}

/* The 32 bytes as a key in DER (RFC 8410). */
static enum fault open_public(const u8 public_key[SIGN_PUBLIC_BYTES], struct sign_key *sign_out)
{
    static const u8 head[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                              0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
    u8 der[sizeof(head) + SIGN_PUBLIC_BYTES];
    memcpy(der, head, sizeof(head));
    memcpy(der + sizeof(head), public_key, SIGN_PUBLIC_BYTES);
    return sign_key_open_public(span_of(der, sizeof(der)), sign_out);
}

/* A key that is in no table yet. Who gets none has lost none. */
static enum fault make(const struct page_keys *keys, const struct page_key_ask *ask,
                       struct page_key *key_out)
{
    u8 secret[KEYS_SECRET_BYTES]; /* of no use here */
    *key_out = (struct page_key){.login = ask->login,
                                 .session = ask->session,
                                 .made_us = *keys->now_us,
                                 .account = ask->account};
    memcpy(key_out->public_key, ask->public_key, sizeof(key_out->public_key));
    TRY(keys_invent(key_out->api_key, secret));
    secret_wipe(secret, sizeof(secret));
    return open_public(ask->public_key, &key_out->sign);
}

static u32 put(struct page_keys *keys, const struct page_key *key)
{
    u32 slot = take_slot(keys);
    CHECK(slot != 0);
    struct page_key *placed = &keys->keys[slot];
    *placed = *key;
    u32 *name = name_chain(keys, name_of(placed));
    u32 *login = login_chain(keys, placed->login);
    placed->name_next = *name;
    placed->login_next = *login;
    *name = slot;
    *login = slot;
    keys->count += 1;
    return slot;
}

/* A new one of the session, in the place of the login's oldest where that is one. */
static enum fault add(struct page_keys *keys, const struct page_key_ask *ask, u32 oldest,
                      u32 *slot_out)
{
    struct page_key key;
    if (oldest == 0 && keys->count == keys->keys_max) {
        return FAULT(FAULT_LIMIT, "%u page keys are all there is room for", keys->count);
    }
    TRY(make(keys, ask, &key));
    if (oldest != 0) {
        end(keys, oldest);
    }
    *slot_out = put(keys, &key);
    return FAULT_NONE;
}

enum fault page_keys_take(struct page_keys *keys, const struct page_key_ask *ask,
                          struct page_key_told *told_out)
{
    u32 oldest = 0;
    CHECK(ask->login != 0 && ask->session != 0);
    u32 slot = known(keys, ask, &oldest);
    if (slot == 0) {
        TRY(add(keys, ask, oldest, &slot));
    }
    struct page_key *key = &keys->keys[slot];
    key->until_us = u64_min(ask->until_us, *keys->now_us + PAGE_KEY_US);
    key->fresh_until_us = ask->fresh_until_us;
    *told_out = (struct page_key_told){.until_us = key->until_us,
                                       .may_withdraw = *keys->now_us < ask->fresh_until_us};
    memcpy(told_out->api_key, key->api_key, sizeof(key->api_key));
    return FAULT_NONE;
}

/* ---- ends ---- */

void page_keys_end(struct page_keys *keys, u64 login, u64 session)
{
    if (login == 0) {
        for (u32 slot = 1; slot <= keys->used; slot += 1) {
            if (keys->keys[slot].login != 0) {
                end(keys, slot);
            }
        }
        return;
    }
    for (u32 slot = *login_chain(keys, login); slot != 0;) {
        const struct page_key *key = &keys->keys[slot];
        u32 next = key->login_next;
        if (key->login == login && (session == 0 || key->session == session)) {
            end(keys, slot);
        }
        slot = next;
    }
}

void page_keys_sweep(struct page_keys *keys)
{
    u64 since_us = *keys->now_us - keys->sweep_us;
    if (keys->count == 0 || (*keys->now_us >= keys->sweep_us && since_us < PAGE_KEYS_SWEEP_US)) {
        return;
    }
    keys->sweep_us = *keys->now_us;
    for (u32 slot = 1; slot <= keys->used; slot += 1) {
        if (keys->keys[slot].login != 0 && is_over(keys, &keys->keys[slot])) {
            end(keys, slot);
        }
    }
}
