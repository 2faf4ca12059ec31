/* Aim: who asks for a key gets one that is stored, and whatever goes wrong is answered and leaves
 * nothing in the clear. Method: asks of every kind against a store in a folder of its own; a store
 * that fails; a full table; bytes that are no ask. */
#include "role/gateway/key_serve.h"

#include "base/span.h"
#include "tests/support/key_scene.h"
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

enum { KEYS_MAX = 16 };

static struct key_scene scene;
static struct keystore store;
static u8 buffer[256];
static struct signer signer;
static struct keys keys;
static void *memory;
static struct key_maker maker = {.store = &store, .keys = &keys};

static int scene_open(void **state)
{
    (void)state;
    key_scene_open(&scene);
    assert_int_equal(keystore_open(&store, scene.folder), FAULT_NONE);
    assert_int_equal(signer_open(&signer, buffer, sizeof(buffer)), FAULT_NONE);
    memory = malloc(keys_bytes(KEYS_MAX));
    assert_non_null(memory);
    keys_init(&keys, &signer, KEYS_MAX, 5, memory);
    return 0;
}

static int scene_close(void **state)
{
    (void)state;
    keystore_close(&store);
    keys_close(&keys);
    signer_close(&signer);
    free(memory);
    key_scene_close(&scene);
    return 0;
}

static const char ed25519_public[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAGUIKv9dSpWXBViXp2m6vAIb8QMFJYBgyFEQsFJlqgA0=\n"
    "-----END PUBLIC KEY-----\n";

static struct key_ask ask_of(u8 kind, const char *public)
{
    struct key_ask ask = {.head = {.account = 3, .source_index = 77},
                          .key_kind = kind,
                          .label_bytes = 3,
                          .networks_count = 1,
                          .public_bytes = (u32)strlen(public)};
    memcpy(ask.label, "bot", 3);
    memcpy(ask.public_key, public, ask.public_bytes);
    ask.networks[0] = 0xFD;
    ask.networks[16] = 7;
    key_ask_finish(&ask);
    return ask;
}

static struct key_answer serve(const struct key_ask *ask)
{
    struct key_answer answer;
    struct key_answer read;
    struct span record = {.data = (const u8 *)ask, .size = sizeof(*ask)};
    assert_int_equal(key_serve(&maker, record, 5000, &answer), FAULT_NONE);
    assert_int_equal(answer.head.account, 3);
    assert_int_equal(answer.head.source_index, 77);
    assert_true(key_answer_read(span_of((const u8 *)&answer, sizeof(answer)), &read));
    return answer;
}

struct seen {
    struct keystore_reader reader;
    struct keystore_row row;
    u8 secret[KEYS_SECRET_BYTES];
    u32 count;
};

static enum fault see(struct keystore_reader *reader, const struct keystore_row *row)
{
    struct seen *seen = (struct seen *)reader;
    seen->row = *row;
    if (row->secret.size == sizeof(seen->secret)) {
        memcpy(seen->secret, row->secret.data, sizeof(seen->secret));
    }
    seen->count += 1;
    return FAULT_NONE;
}

static struct seen stored(void)
{
    struct seen seen = {.reader = {see}};
    u32 unreadable = 0;
    assert_int_equal(keystore_each(&store, &seen.reader, &unreadable), FAULT_NONE);
    assert_int_equal(unreadable, 0);
    return seen;
}

static void a_secret_is_made_and_stored(void **state)
{
    (void)state;
    static const u8 zeros[32];
    u8 id[KEY_ID_BYTES];
    struct key_ask ask = ask_of(KEY_KIND_HMAC, "");
    struct key_answer answer = serve(&ask);
    assert_int_equal(answer.status, KEY_ANSWER_MADE);
    assert_int_equal(answer.key_kind, KEY_KIND_HMAC);
    assert_int_equal(keys_id(span_of(answer.name, sizeof(answer.name)), id), FAULT_NONE);
    assert_memory_equal(answer.key_id, id, sizeof(id));
    assert_memory_equal(answer.public_key, zeros, sizeof(zeros));
    struct seen seen = stored();
    assert_int_equal(seen.count, 1);
    assert_memory_equal(seen.row.name, answer.name, sizeof(answer.name));
    assert_memory_equal(seen.row.key_id, id, sizeof(id));
    assert_memory_equal(seen.secret, answer.secret, sizeof(answer.secret));
    assert_int_equal(seen.row.created_us, 5000);
    assert_int_equal(seen.row.networks_count, 1);
    assert_int_equal(seen.row.networks[0].address.bytes[0], 0xFD);
    assert_int_equal(seen.row.networks[0].bits, 7);
    assert_int_equal(seen.row.label.size, 3);
    struct key_entry entry;
    assert_true(keys.view.find(&keys.view, span_of(answer.name, sizeof(answer.name)), &entry));
    assert_int_equal(entry.sign->kind, SIGN_KIND_HMAC);
    struct key_answer another = serve(&ask);
    assert_memory_not_equal(another.name, answer.name, sizeof(answer.name));
    assert_memory_not_equal(another.secret, answer.secret, sizeof(answer.secret));
}

static void a_public_key_is_named(void **state)
{
    (void)state;
    static const u8 zeros[KEYS_SECRET_BYTES];
    struct key_ask ask = ask_of(KEY_KIND_ED25519, ed25519_public);
    struct key_answer answer = serve(&ask);
    assert_int_equal(answer.status, KEY_ANSWER_MADE);
    assert_memory_equal(answer.secret, zeros, sizeof(zeros));
    assert_int_equal(answer.public_key[0], 0x19);
    assert_int_equal(answer.public_key[31], 0x0d);
    struct seen seen = stored();
    assert_int_equal(seen.row.kind, KEY_KIND_ED25519);
    assert_int_equal(seen.row.public.size, strlen(ed25519_public));
    assert_int_equal(seen.row.secret.size, 0);
}

static void refused(const struct key_ask *ask, enum key_answer_status status)
{
    static const struct key_answer zeros;
    u32 before = stored().count;
    struct key_answer answer = serve(ask);
    assert_int_equal(answer.status, status);
    assert_memory_equal(answer.name, zeros.name,
                        sizeof(answer) - offsetof(struct key_answer, name));
    assert_int_equal(stored().count, before);
}

static void a_bad_public_key_is_refused(void **state)
{
    (void)state;
    struct key_ask ask = ask_of(KEY_KIND_ED25519, "no key");
    refused(&ask, KEY_ANSWER_BAD_PUBLIC);
    ask = ask_of(KEY_KIND_RSA, ed25519_public);
    refused(&ask, KEY_ANSWER_BAD_PUBLIC);
}

static void a_full_table_refuses(void **state)
{
    (void)state;
    struct key_ask ask = ask_of(KEY_KIND_HMAC, "");
    for (u32 i = 0; i < KEYS_MAX / 4 * 3; i += 1) {
        struct key_answer answer = serve(&ask);
        assert_int_equal(answer.status, KEY_ANSWER_MADE);
    }
    refused(&ask, KEY_ANSWER_FULL);
}

static void a_store_that_fails_gives_no_key(void **state)
{
    (void)state;
    struct key_ask ask = ask_of(KEY_KIND_HMAC, "");
    assert_int_equal(sql_run(&store.sql, "PRAGMA query_only=ON"), FAULT_NONE);
    refused(&ask, KEY_ANSWER_FAILED);
    assert_int_equal(keys.count, 0);
}

static void without_a_store_there_is_no_key(void **state)
{
    (void)state;
    struct key_ask ask = ask_of(KEY_KIND_HMAC, "");
    maker.store = NULL;
    refused(&ask, KEY_ANSWER_FAILED);
    maker.store = &store;
}

static void what_is_no_ask_is_not_answered(void **state)
{
    (void)state;
    static const struct key_answer zeros;
    struct key_answer answer;
    struct key_ask ask = ask_of(KEY_KIND_HMAC, "");
    ask.reserved = 1;
    struct span record = {.data = (const u8 *)&ask, .size = sizeof(ask)};
    assert_int_equal(key_serve(&maker, record, 1, &answer), FAULT_INPUT);
    assert_memory_equal(&answer, &zeros, sizeof(answer));
    assert_int_equal(stored().count, 0);
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_open, scene_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(a_secret_is_made_and_stored),     SCENE(a_public_key_is_named),
        SCENE(a_bad_public_key_is_refused),     SCENE(a_full_table_refuses),
        SCENE(a_store_that_fails_gives_no_key), SCENE(without_a_store_there_is_no_key),
        SCENE(what_is_no_ask_is_not_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
