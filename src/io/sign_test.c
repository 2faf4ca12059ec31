/* Aim: signatures as clients make them are accepted, and nothing else is. Method: known answers
 * (the HMAC examples of the API's rest-api.md and web-socket-api.md; the Ed25519 example of its
 * fix-api.md, the only one whose key is printed; an RSA key of our own), then each of them changed
 * in every byte. */
#include "io/sign.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

static const char secret[] = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j";

#define WS_KEY "apiKey=vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"

static const struct {
    const char *payload;
    const char *signature;
} hmac_facts[] = {
    {"symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000"
     "&timestamp=1499827319559",
     "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"},
    {"symbol=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96&side=BUY&type=LIMIT"
     "&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559",
     "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3"},
    {WS_KEY "&price=52000.00&quantity=0.01000000&recvWindow=100&side=SELL&symbol=BTCUSDT"
            "&timeInForce=GTC&timestamp=1645423376532&type=LIMIT",
     "aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24"},
    {WS_KEY "&price=0.10000000&quantity=1.00000000&recvWindow=5000&side=BUY&symbol="
            "\xEF\xBC\x91\xEF\xBC\x92\xEF\xBC\x93\xEF\xBC\x94\xEF\xBC\x95\xEF\xBC\x96"
            "&timeInForce=GTC&timestamp=1645423376532&type=LIMIT",
     "b33892ae8e687c939f4468c6268ddd4c40ac1af18ad19a064864c47bae0752cd"},
};

/* API fix-api.md "Logon" */
static const char ed25519_public[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAGUIKv9dSpWXBViXp2m6vAIb8QMFJYBgyFEQsFJlqgA0=\n"
    "-----END PUBLIC KEY-----\n";
static const char ed25519_payload[] = "A\001"
                                      "EXAMPLE\001"
                                      "SPOT\001"
                                      "1\001"
                                      "20240627-11:17:25.223";
static const char ed25519_signature[] =
    "4MHXelVVcpkdwuLbl6n73HQUXUf1dse2PCgT1DYqW9w8AVZ1RACFGM+5UdlGPrQHrgtS3CvsRURC1oj73j8gCA==";

static const char rsa_public[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAyVu94DpDhVah0VlktliE\n"
    "FXdX2Z9Vmkm1qlH3iZ9cv5xsN+RH60Hignwk6NAkvk6mmTBbkoL19l7AurKxhqQj\n"
    "aq0w3f74+kCAgxdd1Z0b2gLpOr7gxmVxEhIAZt9VmHx5DLBGFL18sF+yL/FL/l2f\n"
    "2w9DYw0fgpAT9NWbYsPkOK4Hy/XQ18OC+7e72rp6kh2RGsDNqgDjUkAsKa0qu28I\n"
    "6wLnb5MBfITlx3fd1WYJNbJmWwU6vniUmekFZDsWcTKIrppHKeCKLOs/GIQJCfp8\n"
    "OLz6lowZmNk3pJQkFDvVzlyeouP5tm3GDgZpHy1YySh7IX8rxiUd9dIOaW0FWDHa\n"
    "MwIDAQAB\n"
    "-----END PUBLIC KEY-----\n";
static const char rsa_payload[] = "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=1"
                                  "&price=0.2&timestamp=1668481559918&recvWindow=5000";
static const char rsa_signature[] =
    "MoQwgOATTsa9E71mCEjQ43ywWYzCPZ8iQdNfdtTjstEdM5TimoFquLuqVF6u7fzDQ25yOVlGHiP7NOZR"
    "CeCBy/a+3Wg/00Y9Yg17P34t2ghbRTV1MUBR6RHcCUl4z9xnmMmjTbdmqotWS0tK6EzUP79ijBJ3ch9z"
    "0VpXCg32mfWiKOran/BgNSo2//IUpHuOUr9M/tYcQrDxxZMaVahMwAGGfgnlmNa18NkJjlO1ur/NU00j"
    "fltLjPYRIWSwAO7NFFOMqXrSOlfSBYSWoKQ9D762fV5KLGLhYxxAbOK1MEnwzPisPbBqw4aWpknd2Avm"
    "6+hJmd6vSAOuYtm8yFku8Q==";
static const char rsa_small[] = "-----BEGIN PUBLIC KEY-----\n"
                                "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDA1qVN7EaWzLjRw9iggJgzMOQp\n"
                                "2nuw6CCxjwSaqVObvpZKVbiuHMc5uAw9uo9+wABcsxTJRhHYLsikk/F7dZnUyRj+\n"
                                "p0QyqkMt7N3xq/qNkKgWTyAtwXijjEoP8HTaLijeKn/dX5dXnYRpWDK1tLv5P8Pz\n"
                                "iDYjhvkNv5sh4nM6CQIDAQAB\n"
                                "-----END PUBLIC KEY-----\n";
static const char curve_public[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAENdKlw78L9PlqZMBJWNRhuGeinjGc\n"
    "WKfzVufw/G6Hbsd/3XSNmlqmSI+2z3ph6oW/M/hWCBibFUNRAS8QZvqr7g==\n"
    "-----END PUBLIC KEY-----\n";

static u8 buffer[1024];
static struct signer signer;
static struct sign_key hmac_key;
static struct sign_key ed25519_key;
static struct sign_key rsa_key;

static int keys_open(void **state)
{
    (void)state;
    assert_int_equal(signer_open(&signer, buffer, sizeof(buffer)), FAULT_NONE);
    assert_int_equal(sign_key_open_secret(&signer, span_of_text(secret), &hmac_key), FAULT_NONE);
    assert_int_equal(sign_key_open_public(span_of_text(ed25519_public), &ed25519_key), FAULT_NONE);
    assert_int_equal(sign_key_open_public(span_of_text(rsa_public), &rsa_key), FAULT_NONE);
    return 0;
}

static int keys_close(void **state)
{
    (void)state;
    sign_key_close(&hmac_key);
    sign_key_close(&ed25519_key);
    sign_key_close(&rsa_key);
    signer_close(&signer);
    return 0;
}

static bool verify(struct sign_key *key, const char *payload, const char *signature)
{
    struct span piece = span_of_text(payload);
    return sign_verify(&signer, key, &piece, 1, span_of_text(signature), false);
}

/* Changes the text at each place: none of it may be accepted. */
static void nothing_else_verifies(struct sign_key *key, const char *payload, const char *signature)
{
    char text[1024];
    size_t size = strlen(signature);
    for (size_t i = 0; i < size; i += 1) {
        memcpy(text, signature, size + 1);
        text[i] = text[i] == '0' ? '1' : '0';
        assert_false(verify(key, payload, text));
        text[i] = ' ';
        assert_false(verify(key, payload, text));
    }
    memcpy(text, signature, size + 1);
    text[size - 1] = 0;
    assert_false(verify(key, payload, text));
    memcpy(text, signature, size);
    memcpy(text + size, "0", 2);
    assert_false(verify(key, payload, text));
    assert_false(verify(key, payload, ""));
    size = strlen(payload);
    for (size_t i = 0; i < size; i += 1) {
        memcpy(text, payload, size + 1);
        text[i] = (char)(text[i] ^ 1);
        assert_false(verify(key, text, signature));
    }
}

static void documented_hmacs_verify_in_any_case(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(hmac_facts); i += 1) {
        char upper[65] = {0};
        for (u32 k = 0; k < 64; k += 1) {
            char c = hmac_facts[i].signature[k];
            upper[k] = c >= 'a' ? (char)(c - 'a' + 'A') : c;
        }
        for (u32 round = 0; round < 3; round += 1) {
            assert_true(verify(&hmac_key, hmac_facts[i].payload, hmac_facts[i].signature));
            assert_true(verify(&hmac_key, hmac_facts[i].payload, upper));
        }
        nothing_else_verifies(&hmac_key, hmac_facts[i].payload, hmac_facts[i].signature);
    }
}

static void the_documented_ed25519_verifies(void **state)
{
    (void)state;
    assert_int_equal(ed25519_key.kind, SIGN_KIND_ED25519);
    assert_true(verify(&ed25519_key, ed25519_payload, ed25519_signature));
    nothing_else_verifies(&ed25519_key, ed25519_payload, ed25519_signature);
}

static void an_rsa_signature_verifies(void **state)
{
    (void)state;
    assert_int_equal(rsa_key.kind, SIGN_KIND_RSA);
    assert_true(verify(&rsa_key, rsa_payload, rsa_signature));
    nothing_else_verifies(&rsa_key, rsa_payload, rsa_signature);
}

static void each_kind_refuses_the_others_signatures(void **state)
{
    (void)state;
    assert_false(verify(&rsa_key, rsa_payload, ed25519_signature));
    assert_false(verify(&ed25519_key, ed25519_payload, rsa_signature));
    assert_false(verify(&hmac_key, ed25519_payload, ed25519_signature));
    assert_false(verify(&ed25519_key, hmac_facts[0].payload, hmac_facts[0].signature));
}

static void pieces_are_one_message(void **state)
{
    (void)state;
    struct sign_key *keys[] = {&hmac_key, &ed25519_key, &rsa_key};
    const char *payloads[] = {hmac_facts[0].payload, ed25519_payload, rsa_payload};
    const char *signatures[] = {hmac_facts[0].signature, ed25519_signature, rsa_signature};
    for (u32 k = 0; k < 3; k += 1) {
        size_t size = strlen(payloads[k]);
        for (size_t cut = 0; cut <= size; cut += 1) {
            struct span pieces[3] = {span_of(payloads[k], cut), span_of(NULL, 0),
                                     span_of(payloads[k] + cut, size - cut)};
            assert_true(
                sign_verify(&signer, keys[k], pieces, 3, span_of_text(signatures[k]), false));
        }
    }
}

static void percent_encoded_signatures_are_decoded(void **state)
{
    (void)state;
    char text[1024];
    size_t used = 0;
    for (size_t i = 0; i < strlen(rsa_signature); i += 1) {
        char c = rsa_signature[i];
        const char *code = c == '+' ? "%2B" : c == '/' ? "%2f" : c == '=' ? "%3D" : NULL;
        size_t size = code == NULL ? 1 : 3;
        memcpy(text + used, code == NULL ? &c : code, size);
        used += size;
    }
    struct span piece = span_of_text(rsa_payload);
    assert_true(sign_verify(&signer, &rsa_key, &piece, 1, span_of(text, used), true));
    assert_false(sign_verify(&signer, &rsa_key, &piece, 1, span_of(text, used), false));
    assert_true(sign_verify(&signer, &rsa_key, &piece, 1, span_of_text(rsa_signature), true));
    assert_false(sign_verify(&signer, &rsa_key, &piece, 1, span_of_text("%4"), true));
    assert_false(sign_verify(&signer, &rsa_key, &piece, 1, span_of_text("%zz"), true));
}

static void a_message_larger_than_the_buffer_is_not_valid(void **state)
{
    (void)state;
    static u8 message[sizeof(buffer) + 1];
    struct span piece = span_of(message, sizeof(message));
    assert_false(
        sign_verify(&signer, &ed25519_key, &piece, 1, span_of_text(ed25519_signature), false));
}

static void only_ed25519_and_large_rsa_keys_open(void **state)
{
    (void)state;
    struct sign_key key;
    assert_int_equal(sign_key_open_public(span_of_text(rsa_small), &key), FAULT_INPUT);
    assert_int_equal(sign_key_open_public(span_of_text(curve_public), &key), FAULT_INPUT);
    assert_int_equal(sign_key_open_public(span_of_text("hello"), &key), FAULT_INPUT);
    assert_int_equal(sign_key_open_public(span_of_text(""), &key), FAULT_INPUT);
    assert_int_equal(sign_key_open_secret(&signer, span_of_text(""), &key), FAULT_INPUT);
    u8 der[64] = {0};
    size_t size = sign_decode_base64(
        span_of_text("MCowBQYDK2VwAyEAGUIKv9dSpWXBViXp2m6vAIb8QMFJYBgyFEQsFJlqgA0="), der,
        sizeof(der));
    assert_int_equal(sign_key_open_public(span_of(der, size), &key), FAULT_NONE);
    assert_true(verify(&key, ed25519_payload, ed25519_signature));
    sign_key_close(&key);
    assert_int_equal(sign_key_open_public(span_of(der, size + 1), &key), FAULT_INPUT);
    fault_forget();
}

static void texts_decode_exactly(void **state)
{
    (void)state;
    u8 bytes[8];
    assert_int_equal(sign_decode_base64(span_of_text("Zm9vYg=="), bytes, 8), 4);
    assert_memory_equal(bytes, "foob", 4);
    assert_int_equal(sign_decode_base64(span_of_text("Zm9vYmE="), bytes, 8), 5);
    assert_int_equal(sign_decode_base64(span_of_text("Zm9vYmFy"), bytes, 8), 6);
    assert_memory_equal(bytes, "foobar", 6);
    static const char *const bad[] = {
        "",     "Zm9",       "Zm9v=",    "Zm9vYh==",  "Zm9vYmF=",        "====",
        "Z===", "Zm9v Zm9v", "Zm=vYmFy", "Zm9v\nYmF", "Zm9vYmFyZm9vYmFy"};
    for (size_t i = 0; i < ARRAY_COUNT(bad); i += 1) {
        assert_int_equal(sign_decode_base64(span_of_text(bad[i]), bytes, 8), 0);
    }
    assert_int_equal(sign_decode_hex(span_of_text("00fFA9"), bytes, 8), 3);
    assert_memory_equal(bytes, "\x00\xff\xa9", 3);
    assert_int_equal(sign_decode_hex(span_of_text("0"), bytes, 8), 0);
    assert_int_equal(sign_decode_hex(span_of_text("0g"), bytes, 8), 0);
    assert_int_equal(sign_decode_hex(span_of_text("000000000000000000"), bytes, 8), 0);
    assert_int_equal(sign_decode_percent(span_of_text("a%2Bb+"), bytes, 8), 4);
    assert_memory_equal(bytes, "a+b+", 4);
    assert_int_equal(sign_decode_percent(span_of_text("123456789"), bytes, 8), 0);
    assert_int_equal(sign_decode_percent(span_of_text("a%2"), bytes, 8), 0);
}

static void a_key_has_a_public_name(void **state)
{
    (void)state;
    static const char *const texts[] = {ed25519_public, rsa_public};
    static const char *const names[] = {
        "19420abfd752a565c15625e9da6eaf0086fc40c14960183214442c14996a800d",  /* its last 32 bytes */
        "eeb8226e0c3fdcf3a44e7ce313f47aa3ee911fdb55c199b81bec11c979c28a90"}; /* SHA-256 of the DER
                                                                              */
    u8 expected[SIGN_PUBLIC_BYTES];
    u8 seen[SIGN_PUBLIC_BYTES];
    for (u32 i = 0; i < ARRAY_COUNT(texts); i += 1) {
        struct sign_key key;
        assert_int_equal(sign_key_open_public(span_of_text(texts[i]), &key), FAULT_NONE);
        assert_int_equal(sign_key_public(&key, seen), FAULT_NONE);
        assert_int_equal(sign_decode_hex(span_of_text(names[i]), expected, sizeof(expected)),
                         sizeof(expected));
        assert_memory_equal(seen, expected, sizeof(seen));
        sign_key_close(&key);
    }
    memset(expected, 0, sizeof(expected));
    assert_int_equal(sign_key_public(&hmac_key, seen), FAULT_NONE);
    assert_memory_equal(seen, expected, sizeof(seen));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documented_hmacs_verify_in_any_case),
        cmocka_unit_test(the_documented_ed25519_verifies),
        cmocka_unit_test(an_rsa_signature_verifies),
        cmocka_unit_test(each_kind_refuses_the_others_signatures),
        cmocka_unit_test(pieces_are_one_message),
        cmocka_unit_test(percent_encoded_signatures_are_decoded),
        cmocka_unit_test(a_message_larger_than_the_buffer_is_not_valid),
        cmocka_unit_test(only_ed25519_and_large_rsa_keys_open),
        cmocka_unit_test(texts_decode_exactly),
        cmocka_unit_test(a_key_has_a_public_name),
    };
    return cmocka_run_group_tests(tests, keys_open, keys_close);
}
