#include "role/office/office_webauthn.h"

#include "base/bytes.h"
#include "base/check.h"
#include "role/office/office_json.h"
#include "wire/json_pull.h"

#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <string.h>

#define FLAG_PRESENT  0x01U
#define FLAG_VERIFIED 0x04U
#define FLAG_KEY      0x40U /* the data of a new key are there */
#define FLAG_MORE     0x80U /* and extensions */

/* Of authenticator data (WebAuthn level 2, section 6.1). */
#define HEAD_BYTES   37U /* hash of the RP id, flags, counter */
#define AAGUID_BYTES 16U
#define COSE_BYTES   77U /* the longer of the two */

#define ES256_KEY_BYTES 64U
#define EDDSA_KEY_BYTES 32U

void office_webauthn_init(void)
{
    fido_init(0);
}

/* ---- what the browser says ---- */

struct client {
    struct span type;
    struct span challenge;
    struct span origin;
    bool is_cross;
    bool has_top; /* topOrigin: within another site's page */
    u8 bytes[OFFICE_CLIENT_BYTES_MAX];
    size_t used;
};

static bool client_text(struct client *client, struct json_pull *pull, struct span *text_out)
{
    if (!json_pull_text(pull, client->bytes + client->used, sizeof(client->bytes) - client->used,
                        text_out)) {
        return false;
    }
    client->used += text_out->data == client->bytes + client->used ? text_out->size : 0;
    return true;
}

/* The value behind a name: one of ours, or passed over. */
static bool client_value(struct client *client, struct json_pull *pull, struct span name)
{
    struct span *text = span_equal(name, span_of_text("type"))        ? &client->type
                        : span_equal(name, span_of_text("challenge")) ? &client->challenge
                        : span_equal(name, span_of_text("origin"))    ? &client->origin
                                                                      : NULL;
    enum json_token token = json_pull_next(pull);
    client->has_top = client->has_top || span_equal(name, span_of_text("topOrigin"));
    if (span_equal(name, span_of_text("crossOrigin"))) {
        client->is_cross = token != JSON_TOKEN_FALSE;
    }
    if (text != NULL) {
        return token == JSON_TOKEN_STRING && client_text(client, pull, text);
    }
    if (token == JSON_TOKEN_OBJECT_BEGIN || token == JSON_TOKEN_ARRAY_BEGIN) {
        return json_pull_skip(pull);
    }
    return token != JSON_TOKEN_BAD;
}

static bool client_read(struct client *client, struct span text)
{
    struct json_pull pull;
    struct span name;
    memset(client, 0, sizeof(*client));
    json_pull_begin(&pull, text);
    if (text.size > OFFICE_CLIENT_BYTES_MAX || json_pull_next(&pull) != JSON_TOKEN_OBJECT_BEGIN) {
        return false;
    }
    for (enum json_token token = json_pull_next(&pull); token != JSON_TOKEN_OBJECT_END;
         token = json_pull_next(&pull)) {
        if (token != JSON_TOKEN_KEY || !client_text(client, &pull, &name) ||
            !client_value(client, &pull, name)) {
            return false;
        }
    }
    return json_pull_next(&pull) == JSON_TOKEN_END;
}

static const char *client_check(const struct office_party *party, const char *type,
                                struct span challenge, struct span text)
{
    static struct client client;
    u8 bytes[64];
    if (!client_read(&client, text)) {
        return "the browser's words are none";
    }
    if (!span_equal(client.type, span_of_text(type))) {
        return "made for something else";
    }
    size_t size = office_from_base64url(client.challenge, bytes, sizeof(bytes));
    if (size == 0 || !span_equal(span_of(bytes, size), challenge)) {
        return "another challenge";
    }
    if (!span_equal(client.origin, span_of_text(party->origin)) || client.is_cross ||
        client.has_top) {
        return "another origin";
    }
    return NULL;
}

static void hash_of(struct sha256 *sha256, struct span bytes, u8 hash_out[SHA256_BYTES])
{
    sha256_begin(sha256);
    sha256_add(sha256, bytes);
    sha256_end(sha256, hash_out);
}

/* ---- signing in ---- */

static bool signed_es256(fido_assert_t *assertion, const struct office_credential *credential)
{
    es256_pk_t *key = es256_pk_new();
    bool is_right = key != NULL && credential->key_bytes == ES256_KEY_BYTES &&
                    es256_pk_from_ptr(key, credential->key, credential->key_bytes) == FIDO_OK &&
                    fido_assert_verify(assertion, 0, COSE_ES256, key) == FIDO_OK;
    es256_pk_free(&key);
    return is_right;
}

static bool signed_eddsa(fido_assert_t *assertion, const struct office_credential *credential)
{
    eddsa_pk_t *key = eddsa_pk_new();
    bool is_right = key != NULL && credential->key_bytes == EDDSA_KEY_BYTES &&
                    eddsa_pk_from_ptr(key, credential->key, credential->key_bytes) == FIDO_OK &&
                    fido_assert_verify(assertion, 0, COSE_EDDSA, key) == FIDO_OK;
    eddsa_pk_free(&key);
    return is_right;
}

static const char *assertion_judge(fido_assert_t *assertion, const struct office_party *party,
                                   const struct office_credential *credential,
                                   const u8 client_hash[SHA256_BYTES], struct span data,
                                   struct span signature)
{
    if (fido_assert_set_clientdata_hash(assertion, client_hash, SHA256_BYTES) != FIDO_OK ||
        fido_assert_set_rp(assertion, party->rp) != FIDO_OK ||
        fido_assert_set_up(assertion, FIDO_OPT_TRUE) != FIDO_OK ||
        fido_assert_set_uv(assertion, FIDO_OPT_TRUE) != FIDO_OK ||
        fido_assert_set_count(assertion, 1) != FIDO_OK) {
        return "no memory";
    }
    /* Without extensions, which nobody asked for, and a new key: there is no CBOR in it. */
    if (data.size != HEAD_BYTES || (data.data[SHA256_BYTES] & (FLAG_KEY | FLAG_MORE)) != 0 ||
        fido_assert_set_authdata_raw(assertion, 0, data.data, data.size) != FIDO_OK) {
        return "authenticator data that are none";
    }
    if (signature.size == 0 || signature.size > OFFICE_SIGNATURE_BYTES_MAX ||
        fido_assert_set_sig(assertion, 0, signature.data, signature.size) != FIDO_OK) {
        return "a signature that is none";
    }
    bool is_right = credential->kind == COSE_ES256   ? signed_es256(assertion, credential)
                    : credential->kind == COSE_EDDSA ? signed_eddsa(assertion, credential)
                                                     : false;
    return is_right ? NULL : "not signed by this key, for this site, with the user verified";
}

const char *office_assertion_check(struct sha256 *sha256, const struct office_party *party,
                                   struct span challenge,
                                   const struct office_credential *credential,
                                   struct span client_data, struct span authenticator_data,
                                   struct span signature, u32 *counter_out)
{
    u8 hash[SHA256_BYTES];
    const char *why = client_check(party, "webauthn.get", challenge, client_data);
    *counter_out = 0;
    if (why != NULL) {
        return why;
    }
    fido_assert_t *assertion = fido_assert_new();
    if (assertion == NULL) {
        return "no memory";
    }
    hash_of(sha256, client_data, hash);
    why = assertion_judge(assertion, party, credential, hash, authenticator_data, signature);
    if (why == NULL) {
        *counter_out = fido_assert_sigcount(assertion, 0);
    }
    fido_assert_free(&assertion);
    return why;
}

bool office_counter_rises(u32 stored, u32 counter)
{
    return (stored == 0 && counter == 0) || counter > stored;
}

/* ---- a new key ---- */

/* The authenticator data in an attestation object of the format "none", which has one form. */
static bool attestation_cut(struct span bytes, struct span *data_out)
{
    static const u8 head[] = "\xa3\x63"
                             "fmt"
                             "\x64"
                             "none"
                             "\x67"
                             "attStmt"
                             "\xa0\x68"
                             "authData";
    size_t at = sizeof(head) - 1;
    if (bytes.size > OFFICE_ATTESTATION_BYTES_MAX || bytes.size < at + 3 ||
        memcmp(bytes.data, head, at) != 0) {
        return false;
    }
    size_t size = 0;
    if (bytes.data[at] == 0x58) { /* a byte string, its length in one byte */
        size = bytes.data[at + 1];
        at += 2;
    } else if (bytes.data[at] == 0x59) { /* in two */
        size = (size_t)bytes.data[at + 1] << 8 | bytes.data[at + 2];
        at += 3;
    }
    *data_out = span_after(bytes, at);
    return size > 0 && data_out->size == size;
}

/* The two keys as COSE writes them (RFC 8152 section 13), in their one form: what stands before x,
 * and between x and y. */
static const u8 cose_es256[] = {0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20};
static const u8 cose_middle[] = {0x22, 0x58, 0x20};
static const u8 cose_eddsa[] = {0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20};

/* The key in that form. */
static size_t cose_print(const struct office_credential *credential, u8 target[COSE_BYTES])
{
    if (credential->kind == COSE_EDDSA) {
        memcpy(target, cose_eddsa, sizeof(cose_eddsa));
        memcpy(target + sizeof(cose_eddsa), credential->key, EDDSA_KEY_BYTES);
        return sizeof(cose_eddsa) + EDDSA_KEY_BYTES;
    }
    memcpy(target, cose_es256, sizeof(cose_es256));
    memcpy(target + sizeof(cose_es256), credential->key, 32);
    memcpy(target + sizeof(cose_es256) + 32, cose_middle, sizeof(cose_middle));
    memcpy(target + sizeof(cose_es256) + 32 + sizeof(cose_middle), credential->key + 32, 32);
    return COSE_BYTES;
}

/* Id and key out of the data; false: they are none of this kind. */
static bool credential_take(fido_cred_t *cred, int kind, struct span data,
                            struct office_credential *to)
{
    if (fido_cred_set_type(cred, kind) != FIDO_OK ||
        fido_cred_set_authdata_raw(cred, data.data, data.size) != FIDO_OK) {
        return false;
    }
    const u8 *id = fido_cred_id_ptr(cred);
    const u8 *key = fido_cred_pubkey_ptr(cred);
    to->kind = kind;
    to->id_bytes = fido_cred_id_len(cred);
    to->key_bytes = fido_cred_pubkey_len(cred);
    to->counter = fido_cred_sigcount(cred);
    if (id == NULL || key == NULL || to->id_bytes == 0 || to->id_bytes > sizeof(to->id) ||
        to->key_bytes != (kind == COSE_ES256 ? ES256_KEY_BYTES : EDDSA_KEY_BYTES)) {
        return false;
    }
    memcpy(to->id, id, to->id_bytes);
    memcpy(to->key, key, to->key_bytes);
    return true;
}

/* Whether the key is one of ours in COSE's one form, by its first bytes and its length, and nothing
 * stands behind it: libcbor would take whatever memory a map says that it wants. */
static bool is_key(struct span data)
{
    size_t head = HEAD_BYTES + AAGUID_BYTES + 2;
    if (data.size < head || (data.data[SHA256_BYTES] & FLAG_MORE) != 0) {
        return false;
    }
    size_t id = (size_t)data.data[head - 2] << 8 | data.data[head - 1];
    struct span key = span_after(data, head + id);
    struct span first = span_piece(key, 0, sizeof(cose_es256));
    if (key.size == COSE_BYTES) {
        return span_equal(first, span_of(cose_es256, sizeof(cose_es256))) &&
               span_equal(span_piece(key, sizeof(cose_es256) + 32, sizeof(cose_middle)),
                          span_of(cose_middle, sizeof(cose_middle)));
    }
    return key.size == sizeof(cose_eddsa) + EDDSA_KEY_BYTES &&
           span_equal(first, span_of(cose_eddsa, sizeof(cose_eddsa)));
}

static bool credential_read(struct span data, struct office_credential *to)
{
    static const int kinds[] = {COSE_ES256, COSE_EDDSA};
    if (!is_key(data)) {
        return false;
    }
    bool is_read = false;
    for (u32 i = 0; i < ARRAY_COUNT(kinds) && !is_read; i += 1) {
        fido_cred_t *cred = fido_cred_new();
        is_read = cred != NULL && credential_take(cred, kinds[i], data, to);
        fido_cred_free(&cred);
    }
    return is_read;
}

static const char *data_check(struct sha256 *sha256, const struct office_party *party,
                              struct span data)
{
    u8 rp[SHA256_BYTES];
    hash_of(sha256, span_of_text(party->rp), rp);
    if (data.size < HEAD_BYTES || data.size > OFFICE_AUTH_BYTES_MAX ||
        memcmp(data.data, rp, sizeof(rp)) != 0) {
        return "made for another site";
    }
    u32 wanted = FLAG_PRESENT | FLAG_VERIFIED | FLAG_KEY;
    return (data.data[SHA256_BYTES] & wanted) == wanted ? NULL
                                                        : "the user was not verified by the key";
}

const char *office_attestation_check(struct sha256 *sha256, const struct office_party *party,
                                     struct span challenge, struct span client_data,
                                     struct span attestation,
                                     struct office_credential *credential_out,
                                     u8 cose_hash_out[SHA256_BYTES])
{
    struct span data;
    u8 cose[COSE_BYTES];
    memset(credential_out, 0, sizeof(*credential_out));
    const char *why = client_check(party, "webauthn.create", challenge, client_data);
    if (why != NULL) {
        return why;
    }
    if (!attestation_cut(attestation, &data)) {
        return "an attestation of another format than none";
    }
    why = data_check(sha256, party, data);
    if (why != NULL) {
        return why;
    }
    if (!credential_read(data, credential_out)) {
        return "a key of another kind than ES256 and EdDSA";
    }
    /* What is signed is what stands there: the key in the bytes that the browser hashes. */
    size_t size = cose_print(credential_out, cose);
    struct span there =
        span_piece(data, HEAD_BYTES + AAGUID_BYTES + 2 + credential_out->id_bytes, size);
    if (there.data == NULL || !span_equal(there, span_of(cose, size))) {
        return "a key that is written in another form";
    }
    hash_of(sha256, there, cose_hash_out);
    return NULL;
}
