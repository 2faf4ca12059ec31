#include "role/door/door_key.h"

#include "base/bytes.h"
#include "base/check.h"

#include <sodium.h>
#include <string.h>

#define DERIVATION "cambist door v1 "

struct door_key {
    u8 uses[DOOR_KEY_USES][DOOR_HASH_BYTES];
    struct seal_key seal;
    struct seal_key file; /* wiped once the others are derived */
};

static void derive(const struct seal_key *file, u8 number, u8 target[DOOR_HASH_BYTES])
{
    u8 label[sizeof(DERIVATION)];
    memcpy(label, DERIVATION, sizeof(label));
    label[sizeof(label) - 1] = number; /* in the place of the closing zero */
    int code = crypto_generichash(target, DOOR_HASH_BYTES, label, sizeof(label), file->bytes,
                                  sizeof(file->bytes));
    CHECK(code == 0);
}

enum fault door_key_open(struct door_key **key_out, struct disk *disk, const char *folder)
{
    struct door_key *key = NULL;
    *key_out = NULL;
    if (sodium_init() >= 0) {
        key = sodium_malloc(sizeof(*key));
    }
    if (key == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the door's keys");
    }
    memset(key, 0, sizeof(*key));
    enum fault fault = seal_key_open(disk, folder, DOOR_KEY_FILE, &key->file);
    if (fault != FAULT_NONE) {
        sodium_free(key);
        return fault;
    }
    _Static_assert(sizeof(key->seal.bytes) == DOOR_HASH_BYTES, "both are keys");
    for (u8 use = 0; use < DOOR_KEY_USES; use += 1) {
        derive(&key->file, use, key->uses[use]);
    }
    derive(&key->file, DOOR_KEY_USES, key->seal.bytes);
    seal_key_wipe(&key->file);
    if (sodium_mprotect_readonly(key) != 0) {
        sodium_free(key);
        return FAULT(FAULT_UNPROTECTED, "the door's keys cannot be protected");
    }
    *key_out = key;
    return FAULT_NONE;
}

void door_key_close(struct door_key *key)
{
    sodium_free(key);
}

void door_key_hash(const struct door_key *key, enum door_key_use use, u64 owner, struct span bytes,
                   u8 hash_out[DOOR_HASH_BYTES])
{
    crypto_generichash_state state;
    u8 number[8];
    bytes_put_u64(number, owner);
    bool is_good =
        crypto_generichash_init(&state, key->uses[use], DOOR_HASH_BYTES, DOOR_HASH_BYTES) == 0 &&
        crypto_generichash_update(&state, number, sizeof(number)) == 0 &&
        crypto_generichash_update(&state, bytes.data, bytes.size) == 0 &&
        crypto_generichash_final(&state, hash_out, DOOR_HASH_BYTES) == 0;
    CHECK(is_good);
    sodium_memzero(&state, sizeof(state));
}

const struct seal_key *door_key_seal(const struct door_key *key)
{
    return &key->seal;
}
