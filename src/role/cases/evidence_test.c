/* Aim: only what looks like an age file for one key is kept, under the hash of its bytes, once.
 * Method: a file by hand, whole and with each part broken; hostile uploads by name. */
#include "role/cases/evidence.h"

#include "base/bytes.h"
#include "io/digest.h"
#include "tests/support/engine_scene.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#define B64    "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI"
#define STANZA "-> X25519 " B64 "\n" B64 "\n"
#define BODY   "0123456789abcdef0123456789abcdef!"
#define GOOD   "age-encryption.org/v1\n" STANZA "--- " B64 "\n" BODY

static char folder[SCENE_PATH_BYTES];

static bool is_sealed(const char *text)
{
    return evidence_is_sealed(span_of_text(text));
}

static void a_file_for_one_key_is_taken(void **state)
{
    (void)state;
    assert_true(is_sealed(GOOD));
    assert_true(is_sealed(GOOD "and more"));
}

static void no_age_file_is_taken(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "\n",
        "%PDF-1.7\n",
        "<html><script>alert(1)</script></html>",
        "age-encryption.org/v2\n" STANZA "--- " B64 "\n" BODY,
        "age-encryption.org/v1\r\n" STANZA "--- " B64 "\n" BODY,
        "-----BEGIN AGE ENCRYPTED FILE-----\n",
        "age-encryption.org/v1\n--- " B64 "\n" BODY,
        "age-encryption.org/v1\n" STANZA BODY,
        "age-encryption.org/v1\n" STANZA "--- " B64 "=\n" BODY,
        "age-encryption.org/v1\n" STANZA "--- " B64 "\n",
        "age-encryption.org/v1\n" STANZA "--- " B64 "\n0123456789abcdef0123456789abcdef",
        "age-encryption.org/v1\n-> X25519 short\n" B64 "\n--- " B64 "\n" BODY,
    };
    for (u32 i = 0; i < ARRAY_COUNT(bad); i += 1) {
        if (is_sealed(bad[i])) {
            fail_msg("%s", bad[i]);
        }
    }
    for (size_t cut = 0; cut < strlen(GOOD); cut += 1) {
        assert_false(evidence_is_sealed(span_of(GOOD, cut)));
    }
}

/* For another key besides, or a word that somebody may know. */
static void a_file_for_others_too_is_not_taken(void **state)
{
    (void)state;
    assert_false(is_sealed("age-encryption.org/v1\n" STANZA STANZA "--- " B64 "\n" BODY));
    assert_false(
        is_sealed("age-encryption.org/v1\n-> scrypt " B64 " 18\n" B64 "\n--- " B64 "\n" BODY));
    assert_false(is_sealed("age-encryption.org/v1\n" STANZA "-> x-grease\n\n--- " B64 "\n" BODY));
    assert_false(is_sealed("age-encryption.org/v1\n-> ssh-ed25519 abcdef " B64 "\n" B64 "\n--- " B64
                           "\n" BODY));
}

static void a_file_is_kept_under_its_hash(void **state)
{
    (void)state;
    char name[EVIDENCE_NAME_BYTES];
    char path[FILE_PATH_BYTES];
    u8 hash[EVIDENCE_HASH_BYTES];
    u8 read[sizeof(GOOD)];
    size_t size = 0;
    for (u32 turn = 0; turn < 2; turn += 1) { /* again: as it was */
        scene_must(evidence_keep(disk_real(), folder, span_of_text(GOOD), hash));
    }
    evidence_name(hash, name);
    (void)snprintf(path, sizeof(path), "%s/" EVIDENCE_FOLDER "/%s", folder, name);
    struct file file;
    scene_must(file_open(disk_real(), path, 0, &file));
    scene_must(file_read_at(&file, 0, read, sizeof(read), &size));
    file_close(&file);
    assert_int_equal(size, strlen(GOOD));
    assert_memory_equal(read, GOOD, size);
    /* What an ended writer left behind is in nobody's way. */
    (void)snprintf(path, sizeof(path), "%s/" EVIDENCE_FOLDER "/new", folder);
    scene_must(file_open(disk_real(), path, FILE_WRITE | FILE_CREATE, &file));
    file_close(&file);
    scene_must(evidence_keep(disk_real(), folder, span_of_text(GOOD "2"), hash));
}

static int make(void **state)
{
    (void)state;
    char path[FILE_PATH_BYTES];
    scene_folder_make(folder);
    (void)snprintf(path, sizeof(path), "%s/cases", folder);
    return disk_make_folder(disk_real(), path) == FAULT_NONE ? 0 : -1;
}

static int clear(void **state)
{
    (void)state;
    scene_folder_remove(folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_for_one_key_is_taken),
        cmocka_unit_test(no_age_file_is_taken),
        cmocka_unit_test(a_file_for_others_too_is_not_taken),
        cmocka_unit_test(a_file_is_kept_under_its_hash),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
