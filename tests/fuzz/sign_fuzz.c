/* Texts of signatures and public keys: no text but the one signature verifies, decoders stay in
 * their bounds, and any bytes may be offered as a key. */
#include "base/check.h"
#include "base/span.h"
#include "io/sign.h"
#include "tests/fuzz/fuzz.h"

static void texts(struct span text)
{
    u8 bytes[64];
    size_t size = sign_decode_hex(text, bytes, sizeof(bytes));
    CHECK(size == 0 || size * 2 == text.size);
    size = sign_decode_base64(text, bytes, sizeof(bytes));
    CHECK(size <= sizeof(bytes) && size <= text.size / 4 * 3);
    size = sign_decode_percent(text, bytes, sizeof(bytes));
    CHECK(size <= sizeof(bytes) && size <= text.size);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static u8 buffer[256];
    struct span text = span_of(data, size);
    struct signer signer;
    struct sign_key key;
    texts(text);
    CHECK(signer_open(&signer, buffer, sizeof(buffer)) == FAULT_NONE);
    if (sign_key_open_secret(&signer, span_of_text("a secret"), &key) == FAULT_NONE) {
        struct span piece = span_of_text("a message");
        CHECK(!sign_verify(&signer, &key, &piece, 1, text, false));
        CHECK(!sign_verify(&signer, &key, &piece, 1, text, true));
        sign_key_close(&key);
    }
    if (sign_key_open_public(text, &key) == FAULT_NONE) {
        CHECK(!sign_verify(&signer, &key, &text, 1, text, true));
        sign_key_close(&key);
    }
    signer_close(&signer);
    fault_forget();
    return 0;
}
