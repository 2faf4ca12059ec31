/* Aim: a key that was put in is found by its name alone, until it is revoked, and the table keeps
 * its bounds. Method: invented keys up to the last place, then each of them asked for. */
#include "role/gateway/keys.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

enum { KEYS_MAX = 64, KEYS_USABLE = 48 };

static u8 buffer[256];
static struct signer signer;
static struct keys keys;
static void *memory;

static int scene_open(void **state)
{
    (void)state;
    assert_int_equal(signer_open(&signer, buffer, sizeof(buffer)), FAULT_NONE);
    memory = malloc(keys_bytes(KEYS_MAX));
    assert_non_null(memory);
    keys_init(&keys, &signer, KEYS_MAX, 5, memory);
    return 0;
}

static int scene_close(void **state)
{
    (void)state;
    keys_close(&keys);
    free(memory);
    signer_close(&signer);
    fault_forget();
    return 0;
}

static const char ed25519_public[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAGUIKv9dSpWXBViXp2m6vAIb8QMFJYBgyFEQsFJlqgA0=\n"
    "-----END PUBLIC KEY-----\n";

static void every_key_is_found_by_its_name(void **state)
{
    (void)state;
    static u8 names[KEYS_USABLE + 1][AUTH_KEY_BYTES];
    u8 secret[KEYS_SECRET_BYTES];
    struct key_entry entry;
    for (u32 i = 0; i <= KEYS_USABLE; i += 1) {
        assert_int_equal(keys_invent(names[i], secret), FAULT_NONE);
        struct keys_new key = {.api_key = span_of(names[i], AUTH_KEY_BYTES),
                               .secret = span_of(secret, sizeof(secret)),
                               .account = i,
                               .rights = KEY_RIGHT_READ};
        assert_false(keys.view.find(&keys.view, key.api_key, &entry));
        assert_int_equal(keys_put(&keys, &key), i < KEYS_USABLE ? FAULT_NONE : FAULT_LIMIT);
    }
    for (u32 i = 0; i < KEYS_USABLE; i += 1) {
        assert_true(keys.view.find(&keys.view, span_of(names[i], AUTH_KEY_BYTES), &entry));
        assert_int_equal(entry.account, i);
        assert_int_equal(entry.sign->kind, SIGN_KIND_HMAC);
        assert_true(entry.enabled);
        names[i][63] = names[i][63] == 'a' ? 'b' : 'a';
        assert_false(keys.view.find(&keys.view, span_of(names[i], AUTH_KEY_BYTES), &entry));
    }
}

#define NAME "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"

static void a_revoked_name_stays_taken(void **state)
{
    (void)state;
    struct auth_network network = {.bits = 64};
    struct keys_new key = {.api_key = span_of_text(NAME),
                           .public = span_of_text(ed25519_public),
                           .networks = &network,
                           .networks_count = 1,
                           .account = 3,
                           .rights = KEY_RIGHT_TRADE};
    struct key_entry entry;
    assert_false(keys_revoke(&keys, key.api_key));
    assert_int_equal(keys_put(&keys, &key), FAULT_NONE);
    assert_int_equal(keys_put(&keys, &key), FAULT_EXISTS);
    assert_true(keys.view.find(&keys.view, key.api_key, &entry));
    assert_int_equal(entry.sign->kind, SIGN_KIND_ED25519);
    assert_int_equal(entry.networks_count, 1);
    assert_int_equal(entry.networks[0].bits, 64);
    assert_true(keys_revoke(&keys, key.api_key));
    assert_true(keys.view.find(&keys.view, key.api_key, &entry));
    assert_false(entry.enabled);
    assert_int_equal(keys_put(&keys, &key), FAULT_EXISTS);
}

static void malformed_keys_are_refused(void **state)
{
    (void)state;
    struct auth_network networks[KEYS_NETWORKS_MAX + 1] = {{.bits = 129}};
    const struct keys_new good = {.api_key = span_of_text(NAME), .secret = span_of_text("s")};
    struct keys_new key = good;
    key.api_key = span_of_text("short");
    assert_int_equal(keys_put(&keys, &key), FAULT_INPUT);
    key.api_key = span_of_text("vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8-");
    assert_int_equal(keys_put(&keys, &key), FAULT_INPUT);
    key = good;
    key.public = span_of_text(ed25519_public);
    assert_int_equal(keys_put(&keys, &key), FAULT_INPUT);
    key.public = span_of_text("no key");
    key.secret = span_of(NULL, 0);
    assert_int_equal(keys_put(&keys, &key), FAULT_INPUT);
    key = good;
    key.networks = networks;
    key.networks_count = 1;
    assert_int_equal(keys_put(&keys, &key), FAULT_INPUT);
    networks[0].bits = 128;
    key.networks_count = KEYS_NETWORKS_MAX + 1;
    assert_int_equal(keys_put(&keys, &key), FAULT_INPUT);
    key.networks_count = KEYS_NETWORKS_MAX;
    assert_int_equal(keys_put(&keys, &key), FAULT_NONE);
    assert_int_equal(keys.count, 1);
}

static void invented_texts_use_all_letters(void **state)
{
    (void)state;
    u8 name[AUTH_KEY_BYTES];
    u8 secret[KEYS_SECRET_BYTES];
    u32 seen[256] = {0};
    for (u32 i = 0; i < 200; i += 1) {
        assert_int_equal(keys_invent(name, secret), FAULT_NONE);
        for (u32 k = 0; k < AUTH_KEY_BYTES; k += 1) {
            seen[name[k]] += 1;
            seen[secret[k]] += 1;
        }
    }
    u32 letters = 0;
    for (u32 i = 0; i < 256; i += 1) {
        letters += seen[i] > 0;
    }
    assert_int_equal(letters, 62);
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_open, scene_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(every_key_is_found_by_its_name),
        SCENE(a_revoked_name_stays_taken),
        SCENE(malformed_keys_are_refused),
        SCENE(invented_texts_use_all_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
