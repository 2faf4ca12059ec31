/* Aim: a key file opens with its passphrase and unchanged, and no otherwise.
 * Method: files with and without a share at the least cost; every byte changed and looked at or,
 * for some of them, opened; the memory looked through afterwards. */
#include "role/vault/share_file.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static struct seal_room *room;
static struct share_holder holder;
static struct share_secrets secrets;
static char text[SHARE_FILE_BYTES];
static size_t size;

#define PASSPHRASE span_of_text("correct horse battery")

static int make(void **state)
{
    (void)state;
    if (seal_room_open(&room) != FAULT_NONE) {
        return -1;
    }
    holder = (struct share_holder){.name = "anna",
                                   .index = 2,
                                   .side = SHARE_SIDE_B,
                                   .epoch = 3,
                                   .generation = 4,
                                   .transcript = {9},
                                   .passes = 1,
                                   .memory_kb = SHARE_FILE_MEMORY_KB_MIN};
    seal_scalar_random(&secrets.key);
    seal_scalar_random(&secrets.share);
    return seal_point_of(&secrets.key, &holder.key) &&
                   share_file_print(room, &holder, &secrets, PASSPHRASE, text, &size) == FAULT_NONE
               ? 0
               : -1;
}

static int close_room(void **state)
{
    (void)state;
    bool is_clean = span_is_zero(seal_room_bytes(room));
    seal_room_close(room);
    return is_clean ? 0 : -1;
}

static enum fault open_file(struct span passphrase, struct share_secrets *secrets_out)
{
    struct share_holder found;
    return share_file_open(room, span_of(text, size), "f", passphrase, &found, secrets_out);
}

static void opens_with_its_passphrase(void **state)
{
    (void)state;
    struct share_holder found;
    struct share_secrets back;
    assert_int_equal(share_file_open(room, span_of(text, size), "f", PASSPHRASE, &found, &back),
                     FAULT_NONE);
    assert_memory_equal(&back, &secrets, sizeof(back));
    assert_string_equal(found.name, "anna");
    assert_true(found.index == 2 && found.side == SHARE_SIDE_B && found.epoch == 3 &&
                found.generation == 4 && found.transcript[0] == 9);
    assert_int_equal(open_file(span_of_text("correct horse batterx"), &back), FAULT_ROT);
    assert_true(span_is_zero(span_of(&back, sizeof(back))));
    assert_int_equal(open_file(span_of_text("short"), &back), FAULT_USAGE);
}

static void nothing_secret_stands_in_it(void **state)
{
    (void)state;
    const u8 *const bytes[] = {secrets.key.bytes, secrets.share.bytes};
    char hex[2 * SEAL_SCALAR_BYTES + 1];
    for (u32 i = 0; i < ARRAY_COUNT(bytes); i += 1) {
        assert_null(memmem(text, size, bytes[i], SEAL_SCALAR_BYTES));
        (void)sodium_bin2hex(hex, sizeof(hex), bytes[i], SEAL_SCALAR_BYTES);
        for (u32 at = 0; at + 16 <= 2 * SEAL_SCALAR_BYTES; at += 1) {
            assert_null(memmem(text, size, hex + at, 16));
        }
    }
    assert_null(memmem(text, size, PASSPHRASE.data, PASSPHRASE.size));
}

static void a_changed_byte_is_refused(void **state)
{
    (void)state;
    struct share_holder found;
    struct share_secrets back;
    u64 opened = 0;
    for (size_t at = 0; at < size; at += 1) {
        char kept = text[at];
        text[at] = kept == '7' ? '8' : '7';
        /* Opening takes time, so only every eighth of those that still look like a file. */
        if (share_file_look(span_of(text, size), "f", &found) == FAULT_NONE && at % 8 == 0) {
            if (found.memory_kb <= 2 * SHARE_FILE_MEMORY_KB_MIN && found.passes < 4) {
                assert_int_equal(open_file(PASSPHRASE, &back), FAULT_ROT);
                opened += 1;
            }
        }
        text[at] = kept;
    }
    assert_true(opened > 20);
    assert_int_equal(open_file(PASSPHRASE, &back), FAULT_NONE);
    assert_int_equal(share_file_look(span_of(text, size - 1), "f", &found), FAULT_INPUT);
    assert_int_equal(share_file_look(span_of(text, 0), "f", &found), FAULT_INPUT);
}

static void costs_have_bounds(void **state)
{
    (void)state;
    struct share_holder found;
    char changed[SHARE_FILE_BYTES + 64];
    static const char *const costs[] = {
        "argon2id 0 8192",  "argon2id 17 8192",       "argon2id 1 8191", "argon2id 1 1048577",
        "argon2id 01 8192", "argon2id 99999999 8192", "argon2id 1 8192 "};
    char *at = strstr(text, "argon2id 1 8192");
    assert_non_null(at);
    for (u32 i = 0; i < ARRAY_COUNT(costs); i += 1) {
        size_t before = (size_t)(at - text);
        int made = snprintf(changed, sizeof(changed), "%.*s%s%.*s", (int)before, text, costs[i],
                            (int)(size - before - 15), at + 15);
        assert_true(made > 0 && (size_t)made < sizeof(changed));
        assert_int_equal(share_file_look(span_of(changed, (size_t)made), "f", &found), FAULT_INPUT);
    }
    struct share_holder dear = holder;
    dear.memory_kb = SHARE_FILE_MEMORY_KB_MAX + 1;
    assert_int_equal(share_file_print(room, &dear, &secrets, PASSPHRASE, changed, &size),
                     FAULT_USAGE);
}

static void a_file_before_the_ceremony_has_no_share(void **state)
{
    (void)state;
    char bare_text[SHARE_FILE_BYTES];
    size_t bare_size;
    struct share_holder found;
    struct share_secrets back;
    struct share_secrets none = secrets;
    struct share_holder bare = {
        .name = "bela", .key = holder.key, .passes = 1, .memory_kb = SHARE_FILE_MEMORY_KB_MIN};
    memset(&none.share, 0, sizeof(none.share));
    assert_int_equal(share_file_print(room, &bare, &none, PASSPHRASE, bare_text, &bare_size),
                     FAULT_NONE);
    assert_int_equal(
        share_file_open(room, span_of(bare_text, bare_size), "f", PASSPHRASE, &found, &back),
        FAULT_NONE);
    assert_int_equal(found.index, 0);
    assert_memory_equal(&back, &none, sizeof(back));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_with_its_passphrase),
        cmocka_unit_test(nothing_secret_stands_in_it),
        cmocka_unit_test(a_changed_byte_is_refused),
        cmocka_unit_test(costs_have_bounds),
        cmocka_unit_test(a_file_before_the_ceremony_has_no_share),
    };
    return cmocka_run_group_tests(tests, make, close_room);
}
