/* Whom screening has to know (docs/enrolment.md "Screening"): name, birth date and nationality of
 * each person who enrolled, sealed under a key of this process, until the identity is erased. */
#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "role/vault/vault_store_inner.h"

#include <sodium.h>
#include <string.h>

#define KEY_TEXT    "cambist people v1"
#define BOUND_BYTES 12U
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES

_Static_assert(VAULT_PERSON_SEALED_EXTRA == NONCE_BYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES,
               "what sealing adds");

static void key_of(const struct vault_store *store,
                   u8 key_out[crypto_aead_xchacha20poly1305_ietf_KEYBYTES])
{
    int code = crypto_generichash(key_out, crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
                                  (const u8 *)KEY_TEXT, sizeof(KEY_TEXT), store->mark_key,
                                  VAULT_MARK_KEY_BYTES);
    CHECK(code == 0);
}

static void bound_of(u64 subject, u32 version, u8 bound_out[BOUND_BYTES])
{
    bytes_put_u64(bound_out, subject);
    bytes_put_u32(bound_out + 8, version);
}

u32 vault_person_seal(const struct vault_store *store, u64 subject, u32 version, struct span text,
                      u8 target[VAULT_PERSON_SEALED_MAX])
{
    u8 key[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
    u8 bound[BOUND_BYTES];
    CHECK(text.size > 0 && text.size <= VAULT_PERSON_TEXT_MAX);
    key_of(store, key);
    bound_of(subject, version, bound);
    randombytes_buf(target, NONCE_BYTES);
    int code = crypto_aead_xchacha20poly1305_ietf_encrypt(
        target + NONCE_BYTES, NULL, text.data, text.size, bound, sizeof(bound), NULL, target, key);
    CHECK(code == 0);
    secret_wipe(key, sizeof(key));
    return (u32)text.size + VAULT_PERSON_SEALED_EXTRA;
}

/* ---- rows ---- */

static enum fault remove_of(struct vault_store *store, u64 subject)
{
    struct sql_call call = vault_call(store, VAULT_SQL_PERSON_REMOVE);
    sql_put_u64(&call, subject);
    return vault_do(store, VAULT_SQL_PERSON_REMOVE, &call);
}

static enum fault add(struct vault_store *store, u64 subject, u32 version, struct span sealed)
{
    struct sql_call call = vault_call(store, VAULT_SQL_PERSON_ADD);
    sql_put_u64(&call, subject);
    sql_put_u64(&call, version);
    sql_put_bytes(&call, sealed);
    return vault_do(store, VAULT_SQL_PERSON_ADD, &call);
}

enum fault vault_person_put(struct vault_store *store, u64 subject, u32 version, struct span sealed)
{
    TRY(remove_of(store, subject));
    return add(store, subject, version, sealed);
}

enum fault vault_person_erase(struct vault_store *store, const struct seal_label *label)
{
    static const u8 nothing[1];
    struct sql_call call = vault_call(store, VAULT_SQL_PERSON_IS);
    bool row = false;
    CHECK(label->group == SEAL_GROUP_IDENTITY);
    sql_put_u64(&call, label->subject);
    sql_put_u64(&call, label->version);
    TRY(sql_next(&store->keys, &call, &row));
    bool is_there = row && sql_get_u64(&call) > 0;
    sql_end(&call);
    return is_there ? vault_person_put(store, label->subject, label->version, span_of(nothing, 0))
                    : FAULT_NONE;
}

/* A row of the statement under way, its text opened into the person's own place. */
static enum fault person_get(struct vault_store *store, struct sql_call *call,
                             struct vault_person *person_out)
{
    u8 key[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
    u8 bound[BOUND_BYTES];
    person_out->number = sql_get_u64(call);
    person_out->subject = sql_get_u64(call);
    u64 version = sql_get_u64(call);
    struct span sealed = sql_get_span(call);
    person_out->text_bytes = 0;
    if (sealed.size == 0) {
        return FAULT_NONE;
    }
    bool is_sound = sealed.size > VAULT_PERSON_SEALED_EXTRA &&
                    sealed.size <= VAULT_PERSON_SEALED_MAX && version <= UINT32_MAX;
    if (is_sound) {
        key_of(store, key);
        bound_of(person_out->subject, (u32)version, bound);
        is_sound = crypto_aead_xchacha20poly1305_ietf_decrypt(
                       person_out->text, NULL, NULL, sealed.data + NONCE_BYTES,
                       sealed.size - NONCE_BYTES, bound, sizeof(bound), sealed.data, key) == 0;
        secret_wipe(key, sizeof(key));
    }
    if (!is_sound) {
        sql_end(call);
        return vault_rot(&store->keys);
    }
    person_out->text_bytes = (u32)(sealed.size - VAULT_PERSON_SEALED_EXTRA);
    return FAULT_NONE;
}

enum fault vault_store_people(struct vault_store *store, u64 from, struct vault_person *people_out,
                              u32 count_max, u32 *count_out)
{
    struct sql_call call = vault_call(store, VAULT_SQL_PEOPLE);
    bool row = false;
    *count_out = 0;
    sql_put_u64(&call, u64_min(from, INT64_MAX));
    sql_put_u64(&call, count_max);
    TRY(sql_next(&store->keys, &call, &row));
    while (row) {
        CHECK(*count_out < count_max);
        TRY(person_get(store, &call, &people_out[*count_out]));
        *count_out += 1;
        TRY(sql_next(&store->keys, &call, &row));
    }
    return FAULT_NONE;
}
