/* Aim: the store serves what it signed and signs what is on the disk; a damaged, foreign, shortened
 * or restored folder is refused by name and nothing is signed on top of it.
 *
 * Method: a real folder, filled, closed, changed by hand in each of the ways, and opened again.
 * What a kill leaves behind is the matter of sim/tlog_store_sim_test.c. */
#include "role/vault/tlog_store.h"

#include "tests/support/log_scene.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ENTRY_BYTES = 100, ENTRIES = 600 };

static char above[64];
static char folder[128];
static struct log_scene_key key;
static struct log_scene_key other;

static void must(const char *command)
{
    assert_int_equal(system(command), 0);
}

static void run_in(const char *format)
{
    char command[1024];
    (void)snprintf(command, sizeof(command), "cd '%s' && %s", above, format);
    must(command);
}

static int group_open(void **state)
{
    (void)state;
    log_scene_key_make("log.test.invalid/a", TLOG_KEY_LOG, &key);
    log_scene_key_make("log.test.invalid/a", TLOG_KEY_LOG, &other);
    return 0;
}

static int make(void **state)
{
    (void)state;
    (void)snprintf(above, sizeof(above), "/tmp/cambist-tlog-XXXXXX");
    assert_non_null(mkdtemp(above));
    (void)snprintf(folder, sizeof(folder), "%s/log", above);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    char command[128];
    (void)snprintf(command, sizeof(command), "rm -r '%s'", above);
    must(command);
    return 0;
}

static enum fault open_as(const struct log_scene_key *with, struct tlog_store **store_out)
{
    struct tlog_store_options options = {.disk = disk_real(),
                                         .folder = folder,
                                         .key = with->key,
                                         .private_pem = log_scene_pem(with),
                                         .entry_bytes_max = ENTRY_BYTES};
    return tlog_store_open(store_out, &options);
}

static struct tlog_store *open_good(void)
{
    struct tlog_store *store = NULL;
    if (open_as(&key, &store) != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
    return store;
}

static void add(struct tlog_store *store, u32 count)
{
    for (u32 i = 0; i < count; i += 1) {
        char text[32];
        u64 index = 0;
        (void)snprintf(text, sizeof(text), "entry %llu",
                       (unsigned long long)tlog_store_size(store));
        assert_int_equal(tlog_store_add(store, span_of_text(text), &index), FAULT_NONE);
    }
    assert_int_equal(tlog_store_commit(store), FAULT_NONE);
}

static void fill(void)
{
    struct tlog_store *store = open_good();
    add(store, 10);
    add(store, ENTRIES - 10);
    assert_int_equal(tlog_store_publish(store, tlog_store_signed_note(store)), FAULT_NONE);
    tlog_store_close(store);
}

static void refused(enum fault want, const char *words)
{
    struct tlog_store *store = NULL;
    assert_int_equal(open_as(&key, &store), want);
    assert_null(store);
    if (strstr(fault_text(), words) == NULL) {
        fail_msg("%s", fault_text());
    }
}

static void a_new_log_is_empty_and_signed(void **state)
{
    (void)state;
    struct tlog_store *store = open_good();
    assert_int_equal(tlog_store_signed_size(store), 0);
    assert_int_equal(tlog_store_published_note(store).size, 0);
    assert_int_equal(tlog_store_publish(store, tlog_store_signed_note(store)), FAULT_NONE);
    assert_true(span_equal(tlog_store_published_note(store), tlog_store_signed_note(store)));
    tlog_store_close(store);
    run_in("grep -q '^47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=$' log/public/checkpoint");
}

static void what_was_committed_is_there_again(void **state)
{
    (void)state;
    fill();
    struct tlog_store *store = open_good();
    struct span entry;
    assert_int_equal(tlog_store_signed_size(store), ENTRIES);
    assert_int_equal(tlog_store_entry(store, 0, &entry), FAULT_NONE);
    assert_true(span_equal(entry, span_of_text("entry 0")));
    assert_int_equal(tlog_store_entry(store, ENTRIES - 1, &entry), FAULT_NONE);
    assert_true(span_equal(entry, span_of_text("entry 599")));
    assert_int_equal(tlog_store_entry(store, ENTRIES, &entry), FAULT_LIMIT);
    tlog_store_close(store);
    /* Two full tiles of which the partial ones are gone, and what is left over. */
    run_in("test $(stat -c %s log/public/tile/0/001) = 8192 && "
           "test $(stat -c %s log/public/tile/0/002.p/88) = 2816 && "
           "test $(stat -c %s log/public/tile/1/000.p/2) = 64 && "
           "test -z \"$(find log/public/tile/0/000.p log/public/tile/entries/000.p -type f)\"");
}

static void what_was_not_committed_is_not(void **state)
{
    (void)state;
    struct tlog_store *store = open_good();
    struct span entry;
    u64 index = 0;
    add(store, 3);
    assert_int_equal(tlog_store_add(store, span_of_text("lost"), &index), FAULT_NONE);
    assert_int_equal(index, 3);
    assert_int_equal(tlog_store_entry(store, 3, &entry), FAULT_LIMIT);
    tlog_store_close(store);
    store = open_good();
    assert_int_equal(tlog_store_size(store), 3);
    add(store, 1);
    assert_int_equal(tlog_store_entry(store, 3, &entry), FAULT_NONE);
    assert_true(span_equal(entry, span_of_text("entry 3")));
    tlog_store_close(store);
}

/* What lost commits left: tiles and bundles, partial and full, in the tile at the end and in those
 * that the log has not reached; up to the last one that a commit can write. */
static void what_a_lost_commit_left_goes_at_opening(void **state)
{
    (void)state;
    fill();
    run_in("cp -r log kept && cd log/public/tile && "
           "for at in 0 entries; do echo lost > $at/002 && echo lost > $at/002.p/89 && "
           "echo lost > $at/002.p/255 && mkdir $at/003.p && echo lost > $at/003.p/1 && "
           "echo lost > $at/003 && echo lost > $at/017 && mkdir $at/034.p && "
           "echo lost > $at/034.p/37 && echo lost > $at/034; done && "
           "echo lost > 1/000 && echo lost > 1/000.p/3 && "
           "mkdir 2 2/000.p && echo lost > 2/000.p/1 && mkdir 7 && echo lost > 7/000");
    struct tlog_store *store = open_good();
    run_in("find log/public/tile -type d -empty -delete && find kept -type d -empty -delete && "
           "diff -r log/public kept/public");
    add(store, 600);
    assert_int_equal(tlog_store_publish(store, tlog_store_signed_note(store)), FAULT_NONE);
    tlog_store_close(store);
    tlog_store_close(open_good());
}

static void so_many_wait_for_a_commit_and_no_more(void **state)
{
    (void)state;
    struct tlog_store *store = open_good();
    u64 index = 0;
    add(store, 5);
    for (u32 i = 0; i < TLOG_STORE_WAITING_MAX; i += 1) {
        assert_int_equal(tlog_store_add(store, span_of_text("x"), &index), FAULT_NONE);
    }
    assert_int_equal(tlog_store_add(store, span_of_text("x"), &index), FAULT_LIMIT);
    assert_int_equal(tlog_store_commit(store), FAULT_NONE);
    assert_int_equal(tlog_store_signed_size(store), TLOG_STORE_WAITING_MAX + 5);
    assert_int_equal(tlog_store_add(store, span_of_text("x"), &index), FAULT_NONE);
    tlog_store_close(store);
}

static void an_entry_may_be_empty_or_just_fit(void **state)
{
    (void)state;
    struct tlog_store *store = open_good();
    u8 bytes[ENTRY_BYTES + 1] = {0};
    struct span entry;
    u64 index = 0;
    assert_int_equal(tlog_store_add(store, span_of(bytes, 0), &index), FAULT_NONE);
    assert_int_equal(tlog_store_add(store, span_of(bytes, ENTRY_BYTES), &index), FAULT_NONE);
    assert_int_equal(tlog_store_add(store, span_of(bytes, ENTRY_BYTES + 1), &index), FAULT_LIMIT);
    assert_int_equal(tlog_store_commit(store), FAULT_NONE);
    assert_int_equal(tlog_store_signed_size(store), 2);
    assert_int_equal(tlog_store_entry(store, 0, &entry), FAULT_NONE);
    assert_int_equal(entry.size, 0);
    assert_int_equal(tlog_store_entry(store, 1, &entry), FAULT_NONE);
    assert_int_equal(entry.size, ENTRY_BYTES);
    tlog_store_close(store);
}

static void two_cannot_write_one_log(void **state)
{
    (void)state;
    struct tlog_store *store = open_good();
    struct tlog_store *second = NULL;
    assert_int_equal(open_as(&key, &second), FAULT_LOCKED);
    tlog_store_close(store);
}

static void another_key_does_not_sign_this_log(void **state)
{
    (void)state;
    struct tlog_store *store = NULL;
    struct log_scene_key mixed = {.key = key.key, .pair = other.pair};
    fill();
    assert_int_equal(open_as(&other, &store), FAULT_FOREIGN);
    assert_int_equal(open_as(&mixed, &store), FAULT_INPUT);
}

static void damage_is_found_before_anything_is_signed(void **state)
{
    (void)state;
    static const char *const harms[][2] = {
        {"printf x | dd of=log/public/tile/0/002.p/88 bs=1 seek=40 conv=notrunc status=none",
         "entry 1"},
        {"printf x | dd of=log/public/tile/1/000.p/2 bs=1 seek=40 conv=notrunc status=none",
         "signed root"},
        {"printf x | dd of=log/public/tile/entries/002.p/88 bs=1 seek=5 conv=notrunc status=none",
         "entry 0"},
        {"truncate -s 100 log/public/tile/entries/002.p/88", "entries"},
        {"truncate -s 2800 log/public/tile/0/002.p/88", "88"},
        {"sed -i 's/^600$/601/' log/signed", "does not verify"},
        {"sed -i 's/^600$/599/' log/public/checkpoint", "does not verify"},
        {"echo >> log/signed", ""},
        {"rm log/signed", "signed last"},
    };
    for (u32 i = 0; i < ARRAY_COUNT(harms); i += 1) {
        fill();
        run_in("cp -r log kept");
        run_in(harms[i][0]);
        refused(FAULT_ROT, harms[i][1]);
        run_in("rm -r log && mv kept log");
        tlog_store_close(open_good());
        run_in("rm -r log");
    }
}

static void an_old_copy_beside_a_newer_checkpoint_is_refused(void **state)
{
    (void)state;
    fill();
    run_in("cp log/signed old");
    struct tlog_store *store = open_good();
    add(store, 1);
    assert_int_equal(tlog_store_publish(store, tlog_store_signed_note(store)), FAULT_NONE);
    tlog_store_close(store);
    run_in("cp old log/signed && cp -r log kept");
    refused(FAULT_ROT, "old copy");
    run_in("diff -r log kept"); /* nothing of the newer log is taken for a left-over */
}

static void only_its_own_checkpoints_are_published(void **state)
{
    (void)state;
    struct tlog_store *store = open_good();
    u8 old[1024];
    add(store, 5);
    struct span note = tlog_store_signed_note(store);
    size_t old_bytes = note.size;
    assert_true(span_copy(note, old, sizeof(old)));
    add(store, 5);
    note = tlog_store_signed_note(store);
    u8 harmed[1024];
    assert_true(span_copy(note, harmed, sizeof(harmed)));
    harmed[note.size - 10] ^= 1;
    assert_int_equal(tlog_store_publish(store, span_of(harmed, note.size)), FAULT_INPUT);
    assert_int_equal(tlog_store_publish(store, span_of(harmed, 10)), FAULT_INPUT);
    /* One behind is fine: witnesses may have been slow. Going back is not. */
    assert_int_equal(tlog_store_publish(store, span_of(old, old_bytes)), FAULT_NONE);
    assert_int_equal(tlog_store_published_size(store), 5);
    assert_int_equal(tlog_store_publish(store, note), FAULT_NONE);
    assert_int_equal(tlog_store_publish(store, span_of(old, old_bytes)), FAULT_INPUT);
    assert_int_equal(tlog_store_published_size(store), 10);
    tlog_store_close(store);
}

static void proofs_lead_to_what_was_signed(void **state)
{
    (void)state;
    fill();
    struct tlog_store *store = open_good();
    struct sha256 sha256;
    struct tlog_checkpoint newest = tlog_store_signed_checkpoint(store);
    assert_int_equal(sha256_open(&sha256), FAULT_NONE);
    for (u64 index = 0; index < ENTRIES; index += 37) {
        struct tlog_proof proof;
        struct span entry;
        struct tlog_hash leaf;
        assert_int_equal(tlog_store_entry(store, index, &entry), FAULT_NONE);
        tlog_hash_leaf(&sha256, entry, &leaf);
        assert_int_equal(tlog_store_inclusion(store, index, ENTRIES, &proof), FAULT_NONE);
        assert_true(tlog_inclusion_verify(&sha256, index, ENTRIES, &leaf, &proof, &newest.root));
        assert_int_equal(tlog_store_inclusion(store, index, ENTRIES + 1, &proof), FAULT_LIMIT);
        assert_int_equal(tlog_store_consistency(store, index, ENTRIES + 1, &proof), FAULT_LIMIT);
    }
    sha256_close(&sha256);
    tlog_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_new_log_is_empty_and_signed, make, clear),
        cmocka_unit_test_setup_teardown(what_was_committed_is_there_again, make, clear),
        cmocka_unit_test_setup_teardown(what_was_not_committed_is_not, make, clear),
        cmocka_unit_test_setup_teardown(what_a_lost_commit_left_goes_at_opening, make, clear),
        cmocka_unit_test_setup_teardown(so_many_wait_for_a_commit_and_no_more, make, clear),
        cmocka_unit_test_setup_teardown(an_entry_may_be_empty_or_just_fit, make, clear),
        cmocka_unit_test_setup_teardown(two_cannot_write_one_log, make, clear),
        cmocka_unit_test_setup_teardown(another_key_does_not_sign_this_log, make, clear),
        cmocka_unit_test_setup_teardown(damage_is_found_before_anything_is_signed, make, clear),
        cmocka_unit_test_setup_teardown(an_old_copy_beside_a_newer_checkpoint_is_refused, make,
                                        clear),
        cmocka_unit_test_setup_teardown(only_its_own_checkpoints_are_published, make, clear),
        cmocka_unit_test_setup_teardown(proofs_lead_to_what_was_signed, make, clear),
    };
    return cmocka_run_group_tests(tests, group_open, NULL);
}
