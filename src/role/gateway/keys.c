#include "role/gateway/keys.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/hash.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/digest.h"
#include "io/entropy.h"
#include "role/gateway/view_key.h"

#include <string.h>

struct keys_row {
    u8 api_key[AUTH_KEY_BYTES];
    u8 id[KEY_ID_BYTES];
    u8 public_key[SIGN_PUBLIC_BYTES];
    struct sign_key sign;
    u64 created_us;
    u32 account;
    u32 rights;
    u32 networks_count;
    bool used;
    bool enabled;
    struct auth_network networks[KEYS_NETWORKS_MAX];
};

#define LETTERS_COUNT 62U

_Static_assert((int)KEY_KIND_HMAC == (int)SIGN_KIND_HMAC &&
                   (int)KEY_KIND_ED25519 == (int)SIGN_KIND_ED25519 &&
                   (int)KEY_KIND_RSA == (int)SIGN_KIND_RSA,
               "compared");

/* The row of the name, or the free one where it would go. */
static struct keys_row *row_of(const struct keys *keys, struct span api_key)
{
    u64 slot = hash_bytes(api_key.data, api_key.size, keys->seed);
    for (u32 i = 0; i < keys->keys_max; i += 1) {
        struct keys_row *row = &keys->rows[(slot + i) & (keys->keys_max - 1)];
        if (!row->used || memcmp(row->api_key, api_key.data, AUTH_KEY_BYTES) == 0) {
            return row;
        }
    }
    CHECK(keys->count < keys->keys_max);
    return NULL;
}

/* What the engine says of the key: nothing, unless it is this very key. */
static void follow(const struct keys *keys, const struct keys_row *row, struct key_entry *entry)
{
    const struct view_key *known = view_key_of(keys->followed, row->id);
    bool same = known != NULL && known->kind == row->sign.kind &&
                memcmp(known->public_key, row->public_key, sizeof(row->public_key)) == 0;
    entry->enabled = entry->enabled && same;
    entry->account = same ? known->account : 0;
    entry->rights = same ? known->rights : 0;
}

/* Where the row's number stands that has this id, or the free place where it would go. An id is a
 * SHA-256 of random letters, so its first bytes are as good as a hash. */
static u32 *place_of(const struct keys *keys, const u8 id[KEY_ID_BYTES])
{
    u64 slot = bytes_u64(id);
    for (u32 i = 0; i < keys->keys_max; i += 1) {
        u32 *place = &keys->ids[(slot + i) & (keys->keys_max - 1)];
        if (*place == 0 || memcmp(keys->rows[*place - 1].id, id, KEY_ID_BYTES) == 0) {
            return place;
        }
    }
    CHECK(keys->count < keys->keys_max);
    return NULL;
}

static void entry_of(const struct keys *keys, struct keys_row *row, struct key_entry *entry_out)
{
    *entry_out = (struct key_entry){.number = (u32)(row - keys->rows) + 1,
                                    .account = row->account,
                                    .rights = row->rights,
                                    .enabled = row->enabled,
                                    .sign = &row->sign,
                                    .networks = row->networks,
                                    .networks_count = row->networks_count,
                                    .created_us = row->created_us};
    if (keys->followed != NULL) {
        follow(keys, row, entry_out);
    }
}

static bool keys_find(struct key_view *view, struct span api_key, struct key_entry *entry_out)
{
    struct keys *keys = (struct keys *)view;
    struct keys_row *row = api_key.size == AUTH_KEY_BYTES ? row_of(keys, api_key) : NULL;
    if (row == NULL || !row->used) {
        return false;
    }
    entry_of(keys, row, entry_out);
    return true;
}

bool keys_find_id(const struct keys *keys, const u8 id[KEY_ID_BYTES], struct key_entry *entry_out)
{
    u32 number = *place_of(keys, id);
    if (number == 0) {
        return false;
    }
    entry_of(keys, &keys->rows[number - 1], entry_out);
    return true;
}

size_t keys_bytes(u32 keys_max)
{
    return (sizeof(struct keys_row) + sizeof(u32)) * keys_max;
}

void keys_init(struct keys *keys, struct signer *signer, u32 keys_max, u64 seed, void *memory)
{
    CHECK(keys_max >= 4 && (keys_max & (keys_max - 1)) == 0);
    memset(memory, 0, keys_bytes(keys_max));
    *keys = (struct keys){.view = {.find = keys_find},
                          .signer = signer,
                          .rows = memory,
                          .ids = (u32 *)((struct keys_row *)memory + keys_max),
                          .keys_max = keys_max,
                          .seed = seed};
}

void keys_close(struct keys *keys)
{
    for (u32 i = 0; i < keys->keys_max; i += 1) {
        if (keys->rows[i].used) {
            sign_key_close(&keys->rows[i].sign);
        }
    }
    memset(keys->rows, 0, keys_bytes(keys->keys_max));
    keys->count = 0;
}

void keys_follow(struct keys *keys, const struct view *view)
{
    keys->followed = view;
}

enum fault keys_id(struct span api_key, u8 id_out[KEY_ID_BYTES])
{
    struct sha256 sha256;
    TRY(sha256_open(&sha256));
    sha256_begin(&sha256);
    sha256_add(&sha256, api_key);
    sha256_end(&sha256, id_out);
    sha256_close(&sha256);
    return FAULT_NONE;
}

bool keys_has_room(const struct keys *keys)
{
    return keys->count < keys->keys_max / 4 * 3;
}

static bool new_valid(const struct keys_new *key)
{
    for (u32 i = 0; i < u64_min(key->networks_count, KEYS_NETWORKS_MAX); i += 1) {
        if (key->networks[i].bits > 128) {
            return false;
        }
    }
    return auth_key_valid(key->api_key) && key->networks_count <= KEYS_NETWORKS_MAX &&
           (key->secret.size == 0) != (key->public.size == 0);
}

enum fault keys_put(struct keys *keys, const struct keys_new *key)
{
    struct sign_key sign;
    if (!new_valid(key)) {
        return FAULT(FAULT_INPUT,
                     "an API key has %u letters and digits, a secret or a public key, "
                     "and at most %u networks",
                     AUTH_KEY_BYTES, KEYS_NETWORKS_MAX);
    }
    struct keys_row *row = row_of(keys, key->api_key);
    CHECK(row != NULL);
    if (row->used) {
        return FAULT(FAULT_EXISTS, "this API key was given before");
    }
    if (!keys_has_room(keys)) {
        return FAULT(FAULT_LIMIT, "%u API keys are all there is room for", keys->count);
    }
    u8 id[KEY_ID_BYTES];
    u8 public_key[SIGN_PUBLIC_BYTES];
    TRY(keys_id(key->api_key, id));
    if (key->secret.size > 0) {
        TRY(sign_key_open_secret(keys->signer, key->secret, &sign));
    } else {
        TRY(sign_key_open_public(key->public, &sign));
    }
    enum fault fault = sign_key_public(&sign, public_key);
    if (fault != FAULT_NONE) {
        sign_key_close(&sign);
        return fault;
    }
    *row = (struct keys_row){.sign = sign,
                             .account = key->account,
                             .rights = key->rights,
                             .networks_count = key->networks_count,
                             .created_us = key->created_us,
                             .used = true,
                             .enabled = true};
    memcpy(row->api_key, key->api_key.data, AUTH_KEY_BYTES);
    memcpy(row->id, id, sizeof(row->id));
    memcpy(row->public_key, public_key, sizeof(row->public_key));
    for (u32 i = 0; i < key->networks_count; i += 1) {
        row->networks[i] = key->networks[i];
    }
    *place_of(keys, id) = (u32)(row - keys->rows) + 1;
    keys->count += 1;
    return FAULT_NONE;
}

bool keys_revoke(struct keys *keys, struct span api_key)
{
    struct keys_row *row = api_key.size == AUTH_KEY_BYTES ? row_of(keys, api_key) : NULL;
    if (row == NULL || !row->used) {
        return false;
    }
    row->enabled = false;
    return true;
}

/* Random bytes that would favour the first letters are thrown away. */
static enum fault letters_fill(u8 *target, size_t bytes)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    _Static_assert(sizeof(letters) - 1 == LETTERS_COUNT, "letters and digits");
    u8 random[64];
    size_t used = 0;
    while (used < bytes) {
        enum fault fault = entropy_fill(random, sizeof(random));
        if (fault != FAULT_NONE) {
            secret_wipe(random, sizeof(random));
            return fault;
        }
        for (u32 i = 0; i < sizeof(random) && used < bytes; i += 1) {
            if (random[i] < UINT8_MAX / LETTERS_COUNT * LETTERS_COUNT) {
                target[used] = (u8)letters[random[i] % LETTERS_COUNT];
                used += 1;
            }
        }
    }
    secret_wipe(random, sizeof(random));
    return FAULT_NONE;
}

enum fault keys_invent(u8 api_key_out[AUTH_KEY_BYTES], u8 secret_out[KEYS_SECRET_BYTES])
{
    memset(secret_out, 0, KEYS_SECRET_BYTES);
    TRY(letters_fill(api_key_out, AUTH_KEY_BYTES));
    enum fault fault = letters_fill(secret_out, KEYS_SECRET_BYTES);
    if (fault != FAULT_NONE) {
        secret_wipe(secret_out, KEYS_SECRET_BYTES);
    }
    return fault;
}
