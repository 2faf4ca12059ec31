#include "io/sign_pair.h"

#include "base/check.h"
#include "base/secret.h"
#include "io/sign.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>

/* Takes what is in `memory` as a text that ends with a zero. */
static bool text_take(BIO *memory, char target[SIGN_PAIR_PEM_BYTES])
{
    int size = BIO_read(memory, target, (int)SIGN_PAIR_PEM_BYTES - 1);
    if (size <= 0 || BIO_pending(memory) != 0) {
        return false;
    }
    target[size] = 0;
    return true;
}

static bool pair_write(EVP_PKEY *key, struct sign_pair *pair)
{
    BIO *memory = BIO_new(BIO_s_secmem());
    bool done = memory != NULL && PEM_write_bio_PUBKEY(memory, key) == 1 &&
                text_take(memory, pair->public_pem) &&
                PEM_write_bio_PrivateKey(memory, key, NULL, NULL, 0, NULL, NULL) == 1 &&
                text_take(memory, pair->private_pem);
    (void)BIO_free(memory);
    return done;
}

enum fault sign_pair_make(struct sign_pair *pair_out)
{
    memset(pair_out, 0, sizeof(*pair_out));
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    bool done = key != NULL && pair_write(key, pair_out);
    EVP_PKEY_free(key);
    if (!done) {
        secret_wipe(pair_out, sizeof(*pair_out));
        return FAULT(FAULT_IO, "OpenSSL makes no Ed25519 key");
    }
    return FAULT_NONE;
}

/* Nobody is asked for a passphrase. */
static int no_passphrase(char *target, int size, int is_writing, void *argument)
{
    (void)target;
    (void)size;
    (void)is_writing;
    (void)argument;
    return -1;
}

static bool sign(EVP_PKEY *key, struct span message, u8 signature_out[SIGN_ED25519_BYTES])
{
    size_t size = SIGN_ED25519_BYTES;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool done = context != NULL && EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
                EVP_DigestSign(context, signature_out, &size, message.data, message.size) == 1 &&
                size == SIGN_ED25519_BYTES;
    EVP_MD_CTX_free(context);
    return done;
}

enum fault sign_with_private(struct span private_pem, struct span message,
                             char public_out[SIGN_PUBLIC_TEXT_BYTES],
                             char signature_out[SIGN_SIGNATURE_TEXT_BYTES])
{
    u8 public_key[SIGN_PUBLIC_BYTES];
    u8 signature[SIGN_ED25519_BYTES];
    size_t public_size = sizeof(public_key);
    if (private_pem.size > INT_MAX) {
        return FAULT(FAULT_INPUT, "not a private key");
    }
    BIO *memory = BIO_new_mem_buf(private_pem.data, (int)private_pem.size);
    EVP_PKEY *key =
        memory == NULL ? NULL : PEM_read_bio_PrivateKey(memory, NULL, no_passphrase, NULL);
    bool is_ours = key != NULL && EVP_PKEY_get_id(key) == EVP_PKEY_ED25519 &&
                   EVP_PKEY_get_raw_public_key(key, public_key, &public_size) == 1;
    bool done = is_ours && sign(key, message, signature);
    EVP_PKEY_free(key);
    (void)BIO_free(memory);
    if (!done) {
        return FAULT(FAULT_INPUT, "not a private Ed25519 key in PEM without a passphrase");
    }
    int public_text = EVP_EncodeBlock((u8 *)public_out, public_key, SIGN_PUBLIC_BYTES);
    int signature_text = EVP_EncodeBlock((u8 *)signature_out, signature, SIGN_ED25519_BYTES);
    CHECK(public_text == SIGN_PUBLIC_TEXT_BYTES - 1);
    CHECK(signature_text == SIGN_SIGNATURE_TEXT_BYTES - 1);
    return FAULT_NONE;
}

void sign_pair_text(struct span bytes, char target[SIGN_SIGNATURE_TEXT_BYTES])
{
    CHECK(bytes.size <= SIGN_ED25519_BYTES);
    (void)EVP_EncodeBlock((u8 *)target, bytes.data, (int)bytes.size);
}
