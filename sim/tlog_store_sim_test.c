/* Aim: a kill or a power cut between any two steps of the log's store, and any call of the disk
 * that fails, leave a log that opens again, holds every entry that was committed, and never signs
 * anything that contradicts a checkpoint somebody may have seen.
 *
 * Method: a script of adds, commits and publications on the false disk, crashed at every operation
 * in turn, by power and by kill, for several seeds; after it the store is opened again, other
 * entries are added, and every checkpoint that was ever signed is proved to be the beginning of the
 * newest. A plain list of what was committed is the model. */
#include "base/check.h"
#include "base/random.h"
#include "role/vault/tlog_store.h"
#include "tests/support/accident.h"
#include "tests/support/log_scene.h"

#include <stdio.h>
#include <string.h>

enum { ENTRIES_MAX = 1400, SEEN_MAX = 64, ROUNDS = 3, ENTRY_BYTES = 64 };

static struct log_scene_key key;
static struct sha256 sha256;

struct model {
    struct random random;
    u32 committed;
    u32 count; /* with those that were added since */
    char entries[ENTRIES_MAX][ENTRY_BYTES];
    u32 seen_count;
    struct tlog_checkpoint seen[SEEN_MAX]; /* every one that commit gave out or the disk showed */
    u64 published;
    u32 serial;
};

static struct model model;

static int group_open(void **state)
{
    (void)state;
    log_scene_key_make("log.test.invalid/a", TLOG_KEY_LOG, &key);
    return sha256_open(&sha256) == FAULT_NONE ? 0 : -1;
}

static int group_close(void **state)
{
    (void)state;
    sha256_close(&sha256);
    return 0;
}

static enum fault store_open(struct disk_false *disk, struct tlog_store **store_out)
{
    struct tlog_store_options options = {.disk = disk_false_disk(disk),
                                         .folder = "log",
                                         .key = key.key,
                                         .private_pem = log_scene_pem(&key),
                                         .entry_bytes_max = ENTRY_BYTES};
    return tlog_store_open(store_out, &options);
}

static void see(const struct tlog_store *store)
{
    struct tlog_checkpoint checkpoint = tlog_store_signed_checkpoint(store);
    if (model.seen_count < SEEN_MAX) {
        model.seen[model.seen_count] = checkpoint;
        model.seen_count += 1;
    }
}

static void root_of_model(u32 count, struct tlog_hash *root_out)
{
    struct tlog_range range = {.size = 0};
    for (u32 i = 0; i < count; i += 1) {
        struct tlog_hash leaf;
        tlog_hash_leaf(&sha256, span_of_text(model.entries[i]), &leaf);
        tlog_range_add(&sha256, &range, &leaf);
    }
    tlog_range_root(&sha256, &range, root_out);
}

/* Some entries, of which no two are ever equal, not even those that were lost. */
static enum fault add_some(struct tlog_store *store, u32 count)
{
    for (u32 i = 0; i < count && model.count < ENTRIES_MAX; i += 1) {
        u64 index = 0;
        char *entry = model.entries[model.count];
        model.serial += 1;
        (void)snprintf(entry, ENTRY_BYTES, "entry %u", model.serial);
        TRY(tlog_store_add(store, span_of_text(entry), &index));
        assert_int_equal(index, model.count);
        model.count += 1;
    }
    return FAULT_NONE;
}

static enum fault commit(struct tlog_store *store)
{
    TRY(tlog_store_commit(store));
    model.committed = model.count;
    assert_int_equal(tlog_store_signed_size(store), model.committed);
    see(store);
    return FAULT_NONE;
}

static enum fault publish(struct tlog_store *store)
{
    TRY(tlog_store_publish(store, tlog_store_signed_note(store)));
    model.published = tlog_store_published_size(store);
    return FAULT_NONE;
}

/* Few and many at once, so that tiles of two levels are partial, full, and full in one step. */
static enum fault script(struct tlog_store *store, u64 seed)
{
    struct random random;
    static const u32 counts[] = {0, 1, 2, 255, 256, 257, 300};
    random_init(&random, seed);
    for (u32 round = 0; round < ROUNDS; round += 1) {
        TRY(add_some(store, counts[random_below(&random, ARRAY_COUNT(counts))]));
        TRY(commit(store));
        if (random_below(&random, 3) > 0) {
            TRY(publish(store));
        }
    }
    return FAULT_NONE;
}

/* After a crash: as many entries as were committed, or as were being committed. */
static void look(struct tlog_store *store)
{
    struct tlog_checkpoint checkpoint = tlog_store_signed_checkpoint(store);
    struct tlog_hash root;
    if (checkpoint.size != model.committed && checkpoint.size != model.count) {
        fail_msg("%llu entries are signed; %u were committed, %u added",
                 (unsigned long long)checkpoint.size, model.committed, model.count);
    }
    model.committed = (u32)checkpoint.size;
    model.count = model.committed;
    root_of_model(model.committed, &root);
    assert_true(tlog_hash_equal(&root, &checkpoint.root));
    assert_true(tlog_store_published_size(store) >= model.published);
    assert_true(tlog_store_published_size(store) <= checkpoint.size);
    for (u32 i = 0; i < model.committed; i += i % 64 == 0 ? 1 : 21) {
        struct span entry;
        assert_int_equal(tlog_store_entry(store, i, &entry), FAULT_NONE);
        assert_true(span_equal(entry, span_of_text(model.entries[i])));
    }
    see(store);
}

/* Everything that was ever signed is the beginning of what is signed now. */
static void all_are_beginnings(struct tlog_store *store)
{
    struct tlog_checkpoint newest = tlog_store_signed_checkpoint(store);
    for (u32 i = 0; i < model.seen_count; i += 1) {
        struct tlog_proof proof;
        const struct tlog_checkpoint *seen = &model.seen[i];
        assert_int_equal(tlog_store_consistency(store, seen->size, newest.size, &proof),
                         FAULT_NONE);
        assert_true(seen->size == 0 || tlog_consistency_verify(&sha256, seen->size, newest.size,
                                                               &seen->root, &newest.root, &proof));
    }
}

/* What a static server would show, file by file, is whole for what is published. */
static void served_is_whole(struct disk_false *disk, u64 size)
{
    for (u32 level = 0; level < 2; level += 1) {
        for (u64 index = 0; index < tlog_tile_count(size, level); index += 1) {
            struct tlog_tile_name name = {
                .level = level, .width = tlog_tile_width(size, level, index), .index = index};
            char below[TLOG_TILE_PATH_BYTES];
            char path[FILE_PATH_BYTES];
            struct span content;
            tlog_tile_path(name, below);
            (void)snprintf(path, sizeof(path), "log/public/%s", below);
            if (!disk_false_find(disk, path, &content)) {
                name.width = TLOG_TILE_WIDTH;
                tlog_tile_path(name, below);
                (void)snprintf(path, sizeof(path), "log/public/%s", below);
                assert_true(disk_false_find(disk, path, &content));
            }
            assert_int_equal(content.size, (size_t)name.width * TLOG_HASH_BYTES);
        }
    }
}

/* There is no tile and no bundle that the signed log does not cover. */
static void nothing_is_left_over(struct disk_false *disk)
{
    static const char prefix[] = "log/public/";
    for (u32 file = 0; file < disk_false_files(disk); file += 1) {
        const char *path = disk_false_name(disk, file);
        struct tlog_tile_name name;
        if (strncmp(path, prefix, sizeof(prefix) - 1) != 0 ||
            !tlog_tile_path_read(span_of_text(path + sizeof(prefix) - 1), &name)) {
            continue;
        }
        u32 level = name.level == TLOG_TILE_ENTRIES ? 0 : name.level;
        if (tlog_tile_width(model.committed, level, name.index) < name.width) {
            fail_msg("%s is left over beside a log of %u", path, model.committed);
        }
    }
}

/* No partial tile of level 0 says anything but what the log says there. */
static void partials_are_beginnings(struct disk_false *disk)
{
    static const char prefix[] = "log/public/";
    for (u32 file = 0; file < disk_false_files(disk); file += 1) {
        const char *path = disk_false_name(disk, file);
        struct tlog_tile_name name;
        struct span content;
        if (strncmp(path, prefix, sizeof(prefix) - 1) != 0 ||
            !tlog_tile_path_read(span_of_text(path + sizeof(prefix) - 1), &name) ||
            name.level != 0 || name.width == TLOG_TILE_WIDTH) {
            continue;
        }
        assert_true(disk_false_find(disk, path, &content));
        for (u32 i = 0; i < name.width; i += 1) {
            struct tlog_hash leaf;
            u64 entry = name.index * TLOG_TILE_WIDTH + i;
            assert_true(entry < model.committed);
            tlog_hash_leaf(&sha256, span_of_text(model.entries[entry]), &leaf);
            assert_memory_equal(content.data + (size_t)i * TLOG_HASH_BYTES, leaf.bytes,
                                TLOG_HASH_BYTES);
        }
    }
}

/* One run with an accident at an operation; false: the script has fewer operations. */
static bool run(u64 seed, u64 operation, enum accident accident)
{
    struct disk_false *disk = accident_disk(seed, operation, accident);
    struct tlog_store *store = NULL;
    memset(&model, 0, sizeof(model));
    enum fault fault = store_open(disk, &store);
    if (fault == FAULT_NONE) {
        see(store);
        fault = script(store, seed);
    }
    bool was_hit = fault != FAULT_NONE;
    if (was_hit && store != NULL) {
        u64 index = 0;
        /* Nothing is signed any more by one that does not know what is on the disk. */
        enum fault after = tlog_store_add(store, span_of_text("late"), &index);
        assert_true(after == FAULT_UNAVAILABLE);
        assert_int_equal(tlog_store_commit(store), FAULT_UNAVAILABLE);
    }
    tlog_store_close(store);
    accident_over(disk, accident);
    fault = store_open(disk, &store);
    if (fault != FAULT_NONE) {
        fail_msg("seed %llu, operation %llu, accident %u: %s", (unsigned long long)seed,
                 (unsigned long long)operation, accident, fault_text());
    }
    look(store);
    nothing_is_left_over(disk);
    served_is_whole(disk, tlog_store_published_size(store));
    assert_int_equal(script(store, seed + 1), FAULT_NONE);
    assert_int_equal(publish(store), FAULT_NONE);
    all_are_beginnings(store);
    nothing_is_left_over(disk);
    partials_are_beginnings(disk);
    served_is_whole(disk, tlog_store_published_size(store));
    tlog_store_close(store);
    disk_false_close(disk);
    return was_hit;
}

static void every_step_may_be_the_last(void **state)
{
    (void)state;
    assert_true(accident_everywhere(run, 2) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_step_may_be_the_last),
    };
    return cmocka_run_group_tests(tests, group_open, group_close);
}
