/* Aim: what is put into keys.db comes back after the process has ended, sealed in between, and a
 * key works exactly while the engine says so. Method: a folder of its own, opened again and again;
 * rows changed behind its back; a view that is given the events of key_set and key_revoke. */
#include "role/gateway/keystore.h"

#include "base/span.h"
#include "role/gateway/view_key.h"
#include "tests/support/key_scene.h"
#include "tests/support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEYS_MAX = 16 };

static struct key_scene scene;
static struct keystore store;
static u8 buffer[256];
static struct signer signer;
static struct keys keys;
static void *keys_memory;

static void path_of(char path_out[FILE_PATH_BYTES], const char *name)
{
    assert_int_equal(file_path(path_out, scene.folder, name), FAULT_NONE);
}

static enum fault applied(const void *command, u16 kind, u32 account)
{
    return key_scene_applied(&scene, command, kind, account);
}

static int scene_open(void **state)
{
    (void)state;
    key_scene_open(&scene);
    assert_int_equal(keystore_open(&store, scene.folder), FAULT_NONE);
    assert_int_equal(signer_open(&signer, buffer, sizeof(buffer)), FAULT_NONE);
    keys_memory = malloc(keys_bytes(KEYS_MAX));
    assert_non_null(keys_memory);
    keys_init(&keys, &signer, KEYS_MAX, 5, keys_memory);
    keys_follow(&keys, scene.view);
    return 0;
}

static int scene_close(void **state)
{
    (void)state;
    keystore_close(&store);
    keys_close(&keys);
    signer_close(&signer);
    free(keys_memory);
    key_scene_close(&scene);
    return 0;
}

static void open_again(void)
{
    keystore_close(&store);
    assert_int_equal(keystore_open(&store, scene.folder), FAULT_NONE);
}

#define SECRET "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"

static const char ed25519_public[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAGUIKv9dSpWXBViXp2m6vAIb8QMFJYBgyFEQsFJlqgA0=\n"
    "-----END PUBLIC KEY-----\n";

/* A key named by one letter. */
static struct keystore_row row_of(char letter, u8 kind)
{
    struct keystore_row row = {.kind = kind, .label = span_of_text("my bot"), .created_us = 1000};
    memset(row.name, letter, sizeof(row.name));
    assert_int_equal(keys_id(span_of(row.name, sizeof(row.name)), row.key_id), FAULT_NONE);
    if (kind == KEY_KIND_HMAC) {
        row.secret = span_of_text(SECRET);
    } else {
        row.public = span_of_text(ed25519_public);
    }
    row.networks_count = 2;
    row.networks[0] = (struct auth_network){.address = {.bytes = {1, 2, 3}}, .bits = 128};
    row.networks[1] = (struct auth_network){.address = {.bytes = {9}}, .bits = 8};
    return row;
}

static void put(char letter, u8 kind)
{
    struct keystore_row row = row_of(letter, kind);
    assert_int_equal(keystore_add(&store, &row), FAULT_NONE);
}

static bool find(char letter, struct key_entry *entry_out)
{
    u8 name[AUTH_KEY_BYTES];
    memset(name, letter, sizeof(name));
    return keys.view.find(&keys.view, span_of(name, sizeof(name)), entry_out);
}

static struct command_key_set set_of(char letter, u8 kind)
{
    struct keystore_row row = row_of(letter, kind);
    struct command_key_set set = {.rights = KEY_RIGHT_READ | KEY_RIGHT_TRADE, .key_kind = kind};
    memcpy(set.key_id, row.key_id, sizeof(set.key_id));
    if (kind != KEY_KIND_HMAC) {
        struct sign_key key;
        assert_int_equal(sign_key_open_public(row.public, &key), FAULT_NONE);
        assert_int_equal(sign_key_public(&key, set.public_key), FAULT_NONE);
        sign_key_close(&key);
    }
    return set;
}

/* ---- what comes back ---- */

struct compare {
    struct keystore_reader reader;
    u32 seen;
    const char *letters;
};

static enum fault compare_row(struct keystore_reader *reader, const struct keystore_row *row)
{
    struct compare *compare = (struct compare *)reader;
    struct keystore_row expected = row_of(compare->letters[compare->seen], row->kind);
    assert_memory_equal(row->name, expected.name, sizeof(row->name));
    assert_memory_equal(row->key_id, expected.key_id, sizeof(row->key_id));
    assert_int_equal(row->secret.size, expected.secret.size);
    assert_int_equal(row->public.size, expected.public.size);
    assert_int_equal(row->label.size, expected.label.size);
    assert_true(row->secret.size == 0 ||
                memcmp(row->secret.data, expected.secret.data, row->secret.size) == 0);
    assert_true(row->public.size == 0 ||
                memcmp(row->public.data, expected.public.data, row->public.size) == 0);
    assert_memory_equal(row->label.data, expected.label.data, row->label.size);
    assert_int_equal(row->networks_count, expected.networks_count);
    assert_memory_equal(row->networks, expected.networks, sizeof(row->networks));
    assert_int_equal(row->created_us, expected.created_us);
    compare->seen += 1;
    return FAULT_NONE;
}

static void keys_come_back(void **state)
{
    (void)state;
    u32 unreadable = 0;
    put('a', KEY_KIND_HMAC);
    put('b', KEY_KIND_ED25519);
    struct keystore_row a = row_of('a', KEY_KIND_HMAC);
    struct keystore_row b = row_of('b', KEY_KIND_ED25519);
    bool a_first = memcmp(a.key_id, b.key_id, sizeof(a.key_id)) < 0;
    open_again();
    struct compare compare = {.reader = {compare_row}, .letters = a_first ? "ab" : "ba"};
    assert_int_equal(keystore_each(&store, &compare.reader, &unreadable), FAULT_NONE);
    assert_int_equal(compare.seen, 2);
    assert_int_equal(unreadable, 0);
}

static void a_name_is_there_once(void **state)
{
    (void)state;
    put('a', KEY_KIND_HMAC);
    struct keystore_row row = row_of('a', KEY_KIND_HMAC);
    assert_int_equal(keystore_add(&store, &row), FAULT_EXISTS);
    struct keystore_row other = row_of('b', KEY_KIND_HMAC);
    memcpy(other.key_id, row.key_id, sizeof(other.key_id));
    assert_int_equal(keystore_add(&store, &other), FAULT_EXISTS);
}

static void a_malformed_key_is_not_stored(void **state)
{
    (void)state;
    u8 long_label[KEYSTORE_LABEL_MAX + 1] = {0};
    struct keystore_row row = row_of('a', KEY_KIND_HMAC);
    row.name[5] = '-';
    assert_int_equal(keystore_add(&store, &row), FAULT_INPUT);
    row = row_of('a', KEY_KIND_HMAC);
    row.kind = KEY_KIND_RSA; /* a secret, but no public key */
    assert_int_equal(keystore_add(&store, &row), FAULT_INPUT);
    row = row_of('a', KEY_KIND_ED25519);
    row.kind = 0;
    assert_int_equal(keystore_add(&store, &row), FAULT_INPUT);
    row = row_of('a', KEY_KIND_HMAC);
    row.networks[1].bits = 129;
    assert_int_equal(keystore_add(&store, &row), FAULT_INPUT);
    row = row_of('a', KEY_KIND_HMAC);
    row.networks_count = KEYS_NETWORKS_MAX + 1;
    assert_int_equal(keystore_add(&store, &row), FAULT_INPUT);
    row = row_of('a', KEY_KIND_HMAC);
    row.label = span_of(long_label, sizeof(long_label));
    assert_int_equal(keystore_add(&store, &row), FAULT_INPUT);
}

static void a_commit_reaches_the_disk(void **state)
{
    (void)state;
    struct sqlite3_stmt *statement = NULL;
    bool row = false;
    assert_int_equal(sql_prepare(&store.sql, "PRAGMA synchronous", &statement), FAULT_NONE);
    struct sql_call call = sql_call(statement);
    assert_int_equal(sql_next(&store.sql, &call, &row), FAULT_NONE);
    assert_int_equal(sql_get_u64(&call), 2); /* FULL */
    sql_give_back(&statement);
}

/* ---- what lies on the disk ---- */

static bool file_holds(const char *name, const char *text)
{
    static u8 bytes[1 << 20];
    char path[FILE_PATH_BYTES];
    path_of(path, name);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(file >= 0);
    ssize_t size = read(file, bytes, sizeof(bytes));
    assert_int_equal(close(file), 0);
    assert_true(size > 0 && (size_t)size < sizeof(bytes));
    return memmem(bytes, (size_t)size, text, strlen(text)) != NULL;
}

static void no_secret_is_in_the_files(void **state)
{
    (void)state;
    struct stat status;
    char path[FILE_PATH_BYTES];
    put('a', KEY_KIND_HMAC);
    assert_true(file_holds(KEYSTORE_FILE "-wal", "my bot"));
    assert_false(file_holds(KEYSTORE_FILE "-wal", "NhqPtmdS"));
    assert_int_equal(sql_settle(&store.sql), FAULT_NONE);
    assert_true(file_holds(KEYSTORE_FILE, "my bot"));
    assert_false(file_holds(KEYSTORE_FILE, "NhqPtmdS"));
    static const char *const names[] = {KEYSTORE_FILE, KEYSTORE_FILE "-wal", KEYSTORE_SEAL_FILE};
    for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
        path_of(path, names[i]);
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_mode & 0077, 0);
    }
}

static void a_secret_belongs_to_its_name(void **state)
{
    (void)state;
    struct compare compare = {.reader = {compare_row}, .letters = "a"};
    u32 unreadable = 0;
    put('a', KEY_KIND_HMAC);
    put('b', KEY_KIND_HMAC);
    assert_int_equal(sql_run(&store.sql, "UPDATE keys SET sealed = (SELECT sealed FROM keys WHERE "
                                         "substr(name, 1, 1) = x'61') WHERE substr(name, 1, 1) = "
                                         "x'62'"),
                     FAULT_NONE);
    assert_int_equal(keystore_each(&store, &compare.reader, &unreadable), FAULT_NONE);
    assert_int_equal(compare.seen, 1);
    assert_int_equal(unreadable, 1);
    assert_int_equal(keystore_load(&store, &keys), FAULT_NONE);
    assert_int_equal(keys.count, 1);
}

static void rotten_rows_are_left_out(void **state)
{
    (void)state;
    static const char *const changes[] = {
        "UPDATE keys SET name = substr(name, 2)",
        "UPDATE keys SET name = zeroblob(64)",
        "UPDATE keys SET id = x'00'",
        "UPDATE keys SET kind = 0",
        "UPDATE keys SET kind = 257", /* 1 in eight bits */
        "UPDATE keys SET kind = 2",
        "UPDATE keys SET sealed = x'000102'",
        "UPDATE keys SET sealed = zeroblob(300)",
        "UPDATE keys SET public = zeroblob(2000)",
        "UPDATE keys SET networks = zeroblob(16)",
        "UPDATE keys SET networks = zeroblob(17 * 31)",
        "UPDATE keys SET label = zeroblob(33)",
        "UPDATE keys SET created = -1",
    };
    for (u32 i = 0; i < ARRAY_COUNT(changes); i += 1) {
        u32 unreadable = 0;
        struct compare compare = {.reader = {compare_row}, .letters = ""};
        put('a', KEY_KIND_HMAC);
        assert_int_equal(sql_run(&store.sql, changes[i]), FAULT_NONE);
        assert_int_equal(keystore_each(&store, &compare.reader, &unreadable), FAULT_NONE);
        assert_int_equal(unreadable, 1);
        assert_int_equal(keystore_load(&store, &keys), FAULT_ROT);
        assert_int_equal(keys.count, 0);
        assert_int_equal(sql_run(&store.sql, "DELETE FROM keys"), FAULT_NONE);
    }
}

static void the_key_file_must_be_there(void **state)
{
    (void)state;
    char path[FILE_PATH_BYTES];
    path_of(path, KEYSTORE_SEAL_FILE);
    keystore_close(&store);
    assert_int_equal(unlink(path), 0); /* no keys yet: made anew */
    assert_int_equal(keystore_open(&store, scene.folder), FAULT_NONE);
    put('a', KEY_KIND_HMAC);
    keystore_close(&store);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(keystore_open(&store, scene.folder), FAULT_MISSING);
}

/* ---- in force ---- */

static void a_key_works_while_the_engine_says_so(void **state)
{
    (void)state;
    struct key_entry entry;
    put('a', KEY_KIND_HMAC);
    put('b', KEY_KIND_ED25519);
    assert_int_equal(keystore_load(&store, &keys), FAULT_NONE);
    assert_true(find('a', &entry));
    assert_false(entry.enabled);
    assert_int_equal(entry.rights, 0);
    struct command_key_set set = set_of('a', KEY_KIND_HMAC);
    assert_int_equal(applied(&set, COMMAND_KEY_SET, 1), FAULT_NONE);
    assert_true(find('a', &entry));
    assert_true(entry.enabled);
    assert_int_equal(entry.account, 1);
    assert_int_equal(entry.rights, KEY_RIGHT_READ | KEY_RIGHT_TRADE);
    assert_int_equal(entry.networks_count, 2);
    assert_int_equal(entry.created_us, 1000);
    set.rights = KEY_RIGHT_READ;
    assert_int_equal(applied(&set, COMMAND_KEY_SET, 1), FAULT_NONE);
    assert_true(find('a', &entry));
    assert_int_equal(entry.rights, KEY_RIGHT_READ);
    assert_true(find('b', &entry));
    assert_false(entry.enabled);
    struct command_key_revoke revoke = {.actor = 1};
    memcpy(revoke.key_id, set.key_id, sizeof(revoke.key_id));
    assert_int_equal(applied(&revoke, COMMAND_KEY_REVOKE, 1), FAULT_NONE);
    assert_true(find('a', &entry));
    assert_false(entry.enabled);
    assert_int_equal(entry.rights, 0);
}

static void another_public_key_does_not_work(void **state)
{
    (void)state;
    struct key_entry entry;
    put('b', KEY_KIND_ED25519);
    assert_int_equal(keystore_load(&store, &keys), FAULT_NONE);
    struct command_key_set set = set_of('b', KEY_KIND_ED25519);
    set.public_key[0] ^= 1;
    assert_int_equal(applied(&set, COMMAND_KEY_SET, 1), FAULT_NONE);
    assert_true(find('b', &entry));
    assert_false(entry.enabled);
    struct command_key_revoke revoke = {.actor = 1};
    memcpy(revoke.key_id, set.key_id, sizeof(revoke.key_id));
    assert_int_equal(applied(&revoke, COMMAND_KEY_REVOKE, 1), FAULT_NONE);
    set.public_key[0] ^= 1;
    set.key_kind = KEY_KIND_RSA;
    assert_int_equal(applied(&set, COMMAND_KEY_SET, 1), FAULT_NONE);
    assert_true(find('b', &entry));
    assert_false(entry.enabled);
    assert_int_equal(applied(&revoke, COMMAND_KEY_REVOKE, 1), FAULT_NONE);
    set.key_kind = KEY_KIND_ED25519;
    assert_int_equal(applied(&set, COMMAND_KEY_SET, 1), FAULT_NONE);
    assert_true(find('b', &entry));
    assert_true(entry.enabled);
}

/* The view beside the events: what cannot be, it refuses. */
static void a_view_refuses_keys_that_do_not_follow(void **state)
{
    (void)state;
    struct command_key_set set = set_of('a', KEY_KIND_HMAC);
    assert_int_equal(applied(&set, COMMAND_KEY_SET, 0), FAULT_NONE);
    assert_int_equal(view_keys_count(scene.view), 1);
    assert_int_equal(applied(&set, COMMAND_KEY_SET, 1), FAULT_DIVERGED);
}

static void a_view_has_room_for_its_limit(void **state)
{
    (void)state;
    struct command_key_set set = set_of('a', KEY_KIND_HMAC);
    struct command_note note = {.actor = 3};
    for (u8 i = 0; i < KEY_SCENE_KEYS_MAX; i += 1) {
        set.key_id[31] = i; /* the same place in the view's index */
        assert_int_equal(applied(&set, COMMAND_KEY_SET, 0), FAULT_NONE);
        assert_int_equal(applied(&note, COMMAND_NOTE, 0), FAULT_NONE);
    }
    struct command_key_revoke revoke = {.actor = 1};
    memcpy(revoke.key_id, set.key_id, sizeof(revoke.key_id));
    revoke.key_id[31] = 3;
    assert_int_equal(applied(&revoke, COMMAND_KEY_REVOKE, 0), FAULT_NONE);
    assert_null(view_key_of(scene.view, revoke.key_id));
    for (u8 i = 0; i < KEY_SCENE_KEYS_MAX; i += 1) {
        set.key_id[31] = i;
        assert_int_equal(view_key_of(scene.view, set.key_id) != NULL, i != 3);
    }
    set.key_id[31] = 200;
    assert_int_equal(applied(&set, COMMAND_KEY_SET, 0), FAULT_NONE);
    set.key_id[31] = 201;
    assert_int_equal(applied(&set, COMMAND_KEY_SET, 0), FAULT_LIMIT);
}

static void what_is_not_in_force_is_let_go(void **state)
{
    (void)state;
    u32 count = 0;
    u32 unreadable = 0;
    put('a', KEY_KIND_HMAC);
    put('b', KEY_KIND_HMAC);
    put('c', KEY_KIND_HMAC);
    struct command_key_set set = set_of('b', KEY_KIND_HMAC);
    assert_int_equal(applied(&set, COMMAND_KEY_SET, 0), FAULT_NONE);
    assert_int_equal(keystore_prune(&store, scene.view, 1000, &count), FAULT_NONE);
    assert_int_equal(count, 0); /* they are not older */
    assert_int_equal(keystore_prune(&store, scene.view, 1001, &count), FAULT_NONE);
    assert_int_equal(count, 2);
    struct compare compare = {.reader = {compare_row}, .letters = "b"};
    assert_int_equal(keystore_each(&store, &compare.reader, &unreadable), FAULT_NONE);
    assert_int_equal(compare.seen, 1);
}

static void not_all_is_let_go_at_once(void **state)
{
    (void)state;
    u32 count = 0;
    assert_int_equal(sql_run(&store.sql, "BEGIN"), FAULT_NONE);
    for (u32 i = 0; i <= KEYSTORE_PRUNE_MAX; i += 1) {
        struct keystore_row row = row_of('a', KEY_KIND_HMAC);
        row.name[0] = (u8)('a' + i % 26);
        row.name[1] = (u8)('a' + i / 26);
        row.key_id[1] = (u8)(i >> 8);
        row.key_id[2] = (u8)i;
        assert_int_equal(keystore_add(&store, &row), FAULT_NONE);
    }
    assert_int_equal(sql_run(&store.sql, "COMMIT"), FAULT_NONE);
    assert_int_equal(keystore_prune(&store, scene.view, 2000, &count), FAULT_NONE);
    assert_int_equal(count, KEYSTORE_PRUNE_MAX);
    assert_int_equal(keystore_prune(&store, scene.view, 2000, &count), FAULT_NONE);
    assert_int_equal(count, 1);
}

static void a_store_that_fails_lets_nothing_go(void **state)
{
    (void)state;
    u32 count = 0;
    put('a', KEY_KIND_HMAC);
    assert_int_equal(sql_run(&store.sql, "PRAGMA query_only=ON"), FAULT_NONE);
    assert_int_equal(keystore_prune(&store, scene.view, 2000, &count), FAULT_READ_ONLY);
    assert_int_equal(count, 0);
    assert_int_equal(sql_run(&store.sql, "PRAGMA query_only=OFF"), FAULT_NONE);
    assert_int_equal(keystore_prune(&store, scene.view, 2000, &count), FAULT_NONE);
    assert_int_equal(count, 1);
}

static void a_table_that_is_too_small_is_said(void **state)
{
    (void)state;
    for (u32 i = 0; i <= KEYS_MAX / 4 * 3; i += 1) {
        put((char)('a' + i), KEY_KIND_HMAC);
    }
    assert_int_equal(keystore_load(&store, &keys), FAULT_LIMIT);
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_open, scene_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(keys_come_back),
        SCENE(a_name_is_there_once),
        SCENE(a_malformed_key_is_not_stored),
        SCENE(a_commit_reaches_the_disk),
        SCENE(no_secret_is_in_the_files),
        SCENE(a_secret_belongs_to_its_name),
        SCENE(rotten_rows_are_left_out),
        SCENE(the_key_file_must_be_there),
        SCENE(a_key_works_while_the_engine_says_so),
        SCENE(another_public_key_does_not_work),
        SCENE(a_view_refuses_keys_that_do_not_follow),
        SCENE(a_view_has_room_for_its_limit),
        SCENE(what_is_not_in_force_is_let_go),
        SCENE(not_all_is_let_go_at_once),
        SCENE(a_store_that_fails_lets_nothing_go),
        SCENE(a_table_that_is_too_small_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
