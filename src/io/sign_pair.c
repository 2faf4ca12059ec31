#include "io/sign_pair.h"

#include "base/secret.h"

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
