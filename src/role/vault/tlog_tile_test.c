/* Aim: every tile has one path and every path one tile; widths are those that a log's size gives;
 * bundles divide into their entries; proofs made from tiles verify.
 *
 * Method: examples of the specification; paths that are almost right; a log of every size around
 * one and two tiles, kept in memory as files, against the tree over its leaves. */
#include "role/vault/tlog_tile.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void paths(void **state)
{
    (void)state;
    static const struct {
        struct tlog_tile_name name;
        const char *path;
    } cases[] = {
        {{.level = 0, .width = 256, .index = 0}, "tile/0/000"},
        {{.level = 0, .width = 256, .index = 1234067}, "tile/0/x001/x234/067"},
        {{.level = 0, .width = 112, .index = 273}, "tile/0/273.p/112"},
        {{.level = 1, .width = 1, .index = 1000}, "tile/1/x001/000.p/1"},
        {{.level = 63, .width = 255, .index = 999}, "tile/63/999.p/255"},
        {{.level = TLOG_TILE_ENTRIES, .width = 256, .index = 999999}, "tile/entries/x999/999"},
        {{.level = TLOG_TILE_ENTRIES, .width = 7, .index = 0}, "tile/entries/000.p/7"},
        {{.level = 0, .width = 255, .index = UINT64_MAX},
         "tile/0/x018/x446/x744/x073/x709/x551/615.p/255"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i += 1) {
        char path[TLOG_TILE_PATH_BYTES];
        struct tlog_tile_name name;
        tlog_tile_path(cases[i].name, path);
        assert_string_equal(path, cases[i].path);
        assert_true(tlog_tile_path_read(span_of_text(path), &name));
        assert_int_equal(name.level, cases[i].name.level);
        assert_int_equal(name.width, cases[i].name.width);
        assert_int_equal(name.index, cases[i].name.index);
    }
    static const char *const refused[] = {
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000/001",
        "tile/0/x001",
        "tile/0/001/002",
        "tile/0/000/",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/1/",
        "tile/0/000.q/1",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile//000",
        "/tile/0/000",
        "tile/0/../000",
        "tile/entry/000",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
    };
    for (size_t i = 0; i < ARRAY_COUNT(refused); i += 1) {
        struct tlog_tile_name name;
        if (tlog_tile_path_read(span_of_text(refused[i]), &name)) {
            fail_msg("%s is read as a path", refused[i]);
        }
    }
}

static void widths(void **state)
{
    (void)state;
    assert_int_equal(tlog_tile_width(70000, 0, 272), 256);
    assert_int_equal(tlog_tile_width(70000, 0, 273), 112);
    assert_int_equal(tlog_tile_width(70000, 0, 274), 0);
    assert_int_equal(tlog_tile_width(70000, 1, 0), 256);
    assert_int_equal(tlog_tile_width(70000, 1, 1), 17);
    assert_int_equal(tlog_tile_width(70000, 2, 0), 1);
    assert_int_equal(tlog_tile_width(70000, 3, 0), 0);
    assert_int_equal(tlog_tile_width(70000, TLOG_TILE_ENTRIES, 273), 112);
    assert_int_equal(tlog_tile_width(256, 0, 0), 256);
    assert_int_equal(tlog_tile_width(256, 1, 0), 1);
    assert_int_equal(tlog_tile_width(0, 0, 0), 0);
    assert_int_equal(tlog_tile_width(TLOG_SIZE_MAX, 7, 0), 127);
    assert_int_equal(tlog_tile_width(TLOG_SIZE_MAX, 63, 0), 0);
    assert_int_equal(tlog_tile_width(TLOG_SIZE_MAX, 0, UINT64_MAX), 0);
    assert_int_equal(tlog_tile_count(70000, 0), 274);
    assert_int_equal(tlog_tile_count(70000, TLOG_TILE_ENTRIES), 274);
    assert_int_equal(tlog_tile_count(70000, 2), 1);
    assert_int_equal(tlog_tile_count(70000, 3), 0);
    assert_int_equal(tlog_tile_count(256, 0), 1);
}

static void bundles(void **state)
{
    (void)state;
    static u8 bundle[2 + TLOG_ENTRY_BYTES_MAX + 8];
    static u8 large[TLOG_ENTRY_BYTES_MAX + 1];
    struct span entry;
    size_t used = tlog_bundle_put(bundle, sizeof(bundle), 0, span_of_text("one"));
    assert_int_equal(used, 5);
    used = tlog_bundle_put(bundle, sizeof(bundle), used, span_of(NULL, 0));
    assert_int_equal(used, 7);
    struct span rest = span_of(bundle, used);
    assert_true(tlog_bundle_next(&rest, &entry));
    assert_true(span_equal(entry, span_of_text("one")));
    assert_true(tlog_bundle_next(&rest, &entry));
    assert_int_equal(entry.size, 0);
    assert_int_equal(rest.size, 0);
    assert_false(tlog_bundle_next(&rest, &entry));
    for (size_t cut = 1; cut < 5; cut += 1) {
        rest = span_of(bundle, cut);
        assert_false(tlog_bundle_next(&rest, &entry));
    }
    assert_int_equal(tlog_bundle_put(bundle, 8, used, span_of(NULL, 0)), 0);
    assert_int_equal(
        tlog_bundle_put(bundle, sizeof(bundle), 0, span_of(large, TLOG_ENTRY_BYTES_MAX + 1)), 0);
    used = tlog_bundle_put(bundle, sizeof(bundle), 0, span_of(large, TLOG_ENTRY_BYTES_MAX));
    assert_int_equal(used, 2 + TLOG_ENTRY_BYTES_MAX);
    rest = span_of(bundle, used);
    assert_true(tlog_bundle_next(&rest, &entry));
    assert_int_equal(entry.size, TLOG_ENTRY_BYTES_MAX);
}

/* ---- a log in memory ---- */

#define LEAVES_MAX 66000U

static struct sha256 sha;
static struct tlog_hash *leaves;

static int open_all(void **state)
{
    (void)state;
    leaves = malloc(LEAVES_MAX * sizeof(*leaves));
    if (leaves == NULL || sha256_open(&sha) != FAULT_NONE) {
        return -1;
    }
    for (u32 i = 0; i < LEAVES_MAX; i += 1) {
        char entry[16];
        (void)snprintf(entry, sizeof(entry), "entry %u", i);
        tlog_hash_leaf(&sha, span_of_text(entry), &leaves[i]);
    }
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    free(leaves);
    sha256_close(&sha);
    return 0;
}

struct memory {
    struct tlog_files files;
    u64 size;
    bool only_full; /* partial tiles are gone */
    bool torn;
};

/* The hash at a place of a level: the root of a full tile below. */
static struct tlog_hash hash_at(u32 level, u64 place)
{
    struct tlog_hash below[TLOG_TILE_WIDTH];
    struct tlog_hash hash;
    if (level == 0) {
        return leaves[place];
    }
    for (u32 i = 0; i < TLOG_TILE_WIDTH; i += 1) {
        below[i] = hash_at(level - 1, place * TLOG_TILE_WIDTH + i);
    }
    tlog_tile_root(&sha, below, 0, TLOG_TILE_HEIGHT, &hash);
    return hash;
}

static enum fault memory_read(struct tlog_files *files, const char *path, u8 *target,
                              size_t bytes_max, size_t *size_out)
{
    const struct memory *memory = (const struct memory *)files;
    struct tlog_tile_name name;
    assert_true(tlog_tile_path_read(span_of_text(path), &name));
    u32 width = tlog_tile_width(memory->size, name.level, name.index);
    if (memory->only_full && name.width < TLOG_TILE_WIDTH) {
        return FAULT(FAULT_MISSING, "%s", path);
    }
    assert_true(name.width == width || memory->only_full);
    assert_true(name.width * TLOG_HASH_BYTES <= bytes_max);
    for (u32 i = 0; i < name.width; i += 1) {
        struct tlog_hash hash = {.bytes = {0}};
        if (i < width) {
            hash = hash_at(name.level, name.index * TLOG_TILE_WIDTH + i);
        }
        memcpy(target + i * sizeof(hash), hash.bytes, sizeof(hash));
    }
    *size_out = name.width * TLOG_HASH_BYTES - (memory->torn ? 1 : 0);
    return FAULT_NONE;
}

static void proofs_from_tiles_of(struct memory *memory, struct random *random, u32 count)
{
    static struct tlog_tiles tiles;
    struct tlog_range range = {.size = 0};
    struct tlog_hash root;
    for (u64 i = 0; i < memory->size; i += 1) {
        tlog_range_add(&sha, &range, &leaves[i]);
    }
    tlog_range_root(&sha, &range, &root);
    struct tlog_hash made;
    tlog_tiles_init(&tiles, &sha, &memory->files, memory->size);
    assert_int_equal(tlog_root_of(&sha, &tiles.nodes, memory->size, &made), FAULT_NONE);
    assert_true(tlog_hash_equal(&made, &root));
    for (u32 i = 0; i < count && memory->size > 0; i += 1) {
        u64 index = random_below(random, memory->size);
        u64 old = random_between(random, 1, memory->size);
        struct tlog_proof proof;
        struct tlog_hash old_root;
        assert_int_equal(tlog_inclusion_make(&sha, &tiles.nodes, index, memory->size, &proof),
                         FAULT_NONE);
        assert_true(
            tlog_inclusion_verify(&sha, index, memory->size, &leaves[index], &proof, &root));
        assert_int_equal(tlog_root_of(&sha, &tiles.nodes, old, &old_root), FAULT_NONE);
        assert_int_equal(tlog_consistency_make(&sha, &tiles.nodes, old, memory->size, &proof),
                         FAULT_NONE);
        assert_true(tlog_consistency_verify(&sha, old, memory->size, &old_root, &root, &proof));
    }
}

static void proofs_from_tiles(void **state)
{
    (void)state;
    static const u64 sizes[] = {0,   1,   2,   3,   7,     8,     255,   256,
                                257, 511, 512, 513, 65535, 65536, 65537, 65536 + 300};
    struct random random;
    random_init(&random, test_seed());
    u32 count = (u32)test_rounds(20);
    for (size_t i = 0; i < ARRAY_COUNT(sizes); i += 1) {
        struct memory memory = {.files = {.read = memory_read}, .size = sizes[i]};
        proofs_from_tiles_of(&memory, &random, count);
    }
    /* When the next full tile is there, the partial one may be gone. */
    struct memory memory = {.files = {.read = memory_read}, .size = 300, .only_full = true};
    proofs_from_tiles_of(&memory, &random, count);
    memory.torn = true;
    struct tlog_hash hashes[TLOG_TILE_WIDTH];
    u32 width = 0;
    assert_int_equal(tlog_tile_read(&memory.files, 300, 0, 0, hashes, &width), FAULT_ROT);
    assert_int_equal(tlog_tile_read(&memory.files, 300, 0, 1, hashes, &width), FAULT_ROT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths),
        cmocka_unit_test(widths),
        cmocka_unit_test(bundles),
        cmocka_unit_test(proofs_from_tiles),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
