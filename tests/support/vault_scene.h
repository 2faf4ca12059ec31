/* What the tests of the vault's store share: a folder, records that follow from a seed, and a
 * search through every byte of every file. */
#ifndef TESTS_SUPPORT_VAULT_SCENE_H
#define TESTS_SUPPORT_VAULT_SCENE_H

#include "base/random.h"
#include "base/span.h"
#include "role/vault/seal_record.h"
#include "role/vault/vault_store.h"
#include "tests/support/engine_scene.h"
#include "tests/support/test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DAY_US  86400000000ULL
#define TODAY   20000U
#define NOW_US  (TODAY * DAY_US + 5000000ULL)
#define FAR_DAY 30000U
#define PART    64U /* of a wrap that is looked for: long enough to be no accident */

static const u8 mark_key[VAULT_MARK_KEY_BYTES] = "what was here is nobody's thing";
static char folder[SCENE_PATH_BYTES];
static u8 target[VAULT_BODY_BYTES_MAX];

static inline int setup(void **state)
{
    (void)state;
    scene_folder_make(folder);
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    scene_folder_remove(folder);
    return 0;
}

static inline void reopen(struct vault_store *store)
{
    vault_store_close(store);
    scene_must(vault_store_open(store, disk_real(), folder, mark_key));
}

/* Power cuts are not tested here: many small changes need not wait for the disk. */
static inline void open_fast(struct vault_store *store)
{
    scene_must(vault_store_open(store, disk_real(), folder, mark_key));
    scene_must(sql_run(&store->keys, "PRAGMA synchronous=OFF"));
    scene_must(sql_run(&store->bodies, "PRAGMA synchronous=OFF"));
}

/* A record whose bytes follow from its label and a seed. */
static inline struct vault_record record_of(u64 subject, u8 group, u32 version, u64 seed, u8 *body,
                                            size_t body_bytes)
{
    struct random random;
    struct vault_record record = {.label = {.subject = subject,
                                            .version = version,
                                            .epoch = 1,
                                            .group = group,
                                            .retention = 1},
                                  .hands_count = 1,
                                  .tags_count = 1};
    random_init(&random, random_seed_derive(seed, subject * 1000 + group * 100 + version));
    random_fill(&random, record.wrap, sizeof(record.wrap));
    random_fill(&random, record.hands[0].bytes, sizeof(record.hands[0].bytes));
    record.hands[0].until_s = NOW_US / 1000000 + 100;
    record.tags[0].field = 1;
    random_fill(&random, record.tags[0].bytes, sizeof(record.tags[0].bytes));
    random_fill(&random, body, body_bytes);
    record.body = span_of(body, body_bytes);
    seal_body_hash(record.body, record.hash);
    return record;
}

static inline void assert_clean(struct vault_store *store)
{
    struct vault_verdict verdict;
    struct vault_totals totals;
    scene_must(vault_store_verify(store, &verdict));
    scene_must(vault_store_totals(store, &totals));
    assert_int_equal(verdict.changed, 0);
    assert_int_equal(verdict.without_body, 0);
    assert_int_equal(verdict.without_key, 0);
    assert_int_equal(verdict.records, verdict.put - verdict.erased);
    assert_int_equal(totals.coming, 0);
    assert_int_equal(totals.dead, 0);
}

static inline bool is_there(struct vault_store *store, const struct vault_record *record)
{
    struct vault_record found;
    enum fault fault = vault_store_get(store, record->label, 0, target, &found);
    if (fault == FAULT_MISSING) {
        return false;
    }
    scene_must(fault);
    assert_memory_equal(found.wrap, record->wrap, sizeof(found.wrap));
    assert_memory_equal(found.hash, record->hash, sizeof(found.hash));
    assert_true(span_equal(found.body, record->body));
    return true;
}

/* ---- every byte of every file below a folder ---- */

static inline u64 file_count(const char *path, struct span wanted)
{
    u64 count = 0;
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long size = ftell(file);
    rewind(file);
    u8 *bytes = malloc((size_t)size + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, (size_t)size, file), (size_t)size);
    (void)fclose(file);
    const u8 *at = bytes;
    while (at != NULL) {
        at = memmem(at, (size_t)(bytes + size - at), wanted.data, wanted.size);
        count += at == NULL ? 0 : 1;
        at = at == NULL ? NULL : at + 1;
    }
    free(bytes);
    return count;
}

static inline u64 folder_count(const char *path, struct span wanted)
{
    u64 count = 0;
    DIR *directory = opendir(path);
    assert_non_null(directory);
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        char inner[2 * SCENE_PATH_BYTES];
        struct stat status;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        int size = snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name);
        assert_in_range(size, 1, sizeof(inner) - 1);
        assert_int_equal(lstat(inner, &status), 0);
        count += S_ISDIR(status.st_mode) ? folder_count(inner, wanted) : file_count(inner, wanted);
    }
    (void)closedir(directory);
    return count;
}

#endif /* TESTS_SUPPORT_VAULT_SCENE_H */
