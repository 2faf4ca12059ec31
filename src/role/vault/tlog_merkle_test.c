/* Aim: roots and proofs of the tree over a log are those of RFC 6962, and no other proof is
 * believed.
 *
 * Method: trees of every small size against the recursive definition; every proof made and
 * verified, then with one byte, the index, the size or the count of hashes changed; and the vectors
 * of a library of others ($CAMBIST_DATA/tlog). */
#include "role/vault/tlog_merkle.h"

#include "base/random.h"
#include "base/span.h"
#include "io/sign.h"
#include "tests/support/test.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define SIZE_MAX_TRIED 70U

static struct sha256 sha;
static struct tlog_hash leaves[SIZE_MAX_TRIED];

static int open_all(void **state)
{
    (void)state;
    if (sha256_open(&sha) != FAULT_NONE) {
        return -1;
    }
    for (u32 i = 0; i < SIZE_MAX_TRIED; i += 1) {
        u8 entry[3] = {(u8)i, 'e', (u8)(i * 7)};
        tlog_hash_leaf(&sha, span_of(entry, i == 0 ? 0 : 1 + i % 3), &leaves[i]);
    }
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    sha256_close(&sha);
    return 0;
}

/* As RFC 6962 section 2.1 defines it. */
static struct tlog_hash naive_root(u32 begin, u32 end)
{
    struct tlog_hash hash;
    if (begin == end) {
        tlog_hash_empty(&sha, &hash);
        return hash;
    }
    if (end - begin == 1) {
        return leaves[begin];
    }
    u32 split = 1;
    while (split * 2 < end - begin) {
        split *= 2;
    }
    struct tlog_hash left = naive_root(begin, begin + split);
    struct tlog_hash right = naive_root(begin + split, end);
    tlog_hash_node(&sha, &left, &right, &hash);
    return hash;
}

static enum fault naive_node(struct tlog_nodes *nodes, u32 level, u64 index,
                             struct tlog_hash *hash_out)
{
    assert_true(((index + 1) << level) <= nodes->size);
    *hash_out = naive_root((u32)(index << level), (u32)((index + 1) << level));
    return FAULT_NONE;
}

static void hashes_known(void **state)
{
    (void)state;
    struct tlog_hash hash;
    char text[TLOG_HASH_TEXT_BYTES];
    tlog_hash_empty(&sha, &hash);
    tlog_hash_text(&hash, text);
    assert_string_equal(text, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    tlog_hash_leaf(&sha, span_of(NULL, 0), &hash);
    tlog_hash_text(&hash, text);
    assert_string_equal(text, "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=");
    struct tlog_hash again;
    assert_true(tlog_hash_read(span_of_text(text), &again));
    assert_true(tlog_hash_equal(&hash, &again));
    text[3] ^= 1;
    assert_true(tlog_hash_read(span_of_text(text), &again));
    assert_false(tlog_hash_equal(&hash, &again));
    assert_false(tlog_hash_read(span_of(text, 43), &again));
    assert_false(tlog_hash_read(span_of_text("AAAA"), &again));
}

static void range_grows_to_the_root(void **state)
{
    (void)state;
    struct tlog_range range = {.size = 0};
    for (u32 size = 0; size <= SIZE_MAX_TRIED; size += 1) {
        struct tlog_hash expected = naive_root(0, size);
        struct tlog_hash root;
        struct tlog_nodes nodes = {.size = size, .node = naive_node};
        tlog_range_root(&sha, &range, &root);
        assert_true(tlog_hash_equal(&root, &expected));
        assert_int_equal(tlog_root_of(&sha, &nodes, size, &root), FAULT_NONE);
        assert_true(tlog_hash_equal(&root, &expected));
        if (size < SIZE_MAX_TRIED) {
            tlog_range_add(&sha, &range, &leaves[size]);
        }
    }
    struct tlog_hash eight = naive_root(0, 8);
    range = (struct tlog_range){.size = 0};
    tlog_range_add_tree(&sha, &range, 3, &eight);
    tlog_range_add(&sha, &range, &leaves[8]);
    struct tlog_hash nine = naive_root(0, 9);
    struct tlog_hash root;
    tlog_range_root(&sha, &range, &root);
    assert_true(tlog_hash_equal(&root, &nine));
    expect_assert_failure(tlog_range_add_tree(&sha, &range, 1, &eight));
}

static void inclusion_of_every_leaf(void **state)
{
    (void)state;
    for (u32 size = 1; size <= SIZE_MAX_TRIED; size += 1) {
        struct tlog_nodes nodes = {.size = size, .node = naive_node};
        struct tlog_hash root = naive_root(0, size);
        for (u32 i = 0; i < size; i += 1) {
            struct tlog_proof proof;
            assert_int_equal(tlog_inclusion_make(&sha, &nodes, i, size, &proof), FAULT_NONE);
            assert_true(tlog_inclusion_verify(&sha, i, size, &leaves[i], &proof, &root));
            /* Another leaf, another place, a hash more or less. A tree of another size may have
             * the same way up: then its root differs. */
            assert_false(tlog_inclusion_verify(&sha, i, size, &leaves[(i + 4) % SIZE_MAX_TRIED],
                                               &proof, &root));
            assert_false(tlog_inclusion_verify(&sha, i + 1, size, &leaves[i], &proof, &root));
            assert_false(tlog_inclusion_verify(&sha, i + size, size, &leaves[i], &proof, &root));
            assert_false(tlog_inclusion_verify(&sha, i, 0, &leaves[i], &proof, &root));
            proof.count += 1;
            proof.hashes[proof.count - 1] = root;
            assert_false(tlog_inclusion_verify(&sha, i, size, &leaves[i], &proof, &root));
            if (proof.count >= 2) {
                proof.count -= 2;
                assert_false(tlog_inclusion_verify(&sha, i, size, &leaves[i], &proof, &root));
            }
        }
    }
}

static void consistency_of_every_pair(void **state)
{
    (void)state;
    for (u32 size = 0; size <= SIZE_MAX_TRIED; size += 1) {
        struct tlog_nodes nodes = {.size = size, .node = naive_node};
        struct tlog_hash root = naive_root(0, size);
        for (u32 old = 0; old <= size; old += 1) {
            struct tlog_proof proof;
            struct tlog_hash old_root = naive_root(0, old);
            assert_int_equal(tlog_consistency_make(&sha, &nodes, old, size, &proof), FAULT_NONE);
            assert_int_equal(tlog_consistency_verify(&sha, old, size, &old_root, &root, &proof),
                             old > 0 || size == 0);
            assert_false(tlog_consistency_verify(&sha, size + 1, size, &old_root, &root, &proof));
            struct tlog_hash other = leaves[(old + 5) % SIZE_MAX_TRIED];
            assert_false(tlog_consistency_verify(&sha, old, size, &other, &root, &proof));
            if (old > 0) {
                assert_false(tlog_consistency_verify(&sha, old, size, &old_root, &other, &proof));
            }
            proof.hashes[proof.count] = root;
            proof.count += 1;
            assert_false(tlog_consistency_verify(&sha, old, size, &old_root, &root, &proof));
            if (proof.count >= 2) {
                proof.count -= 2;
                assert_false(tlog_consistency_verify(&sha, old, size, &old_root, &root, &proof));
            }
        }
    }
}

static void a_changed_byte_is_refused(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    u64 rounds = test_rounds(4000);
    for (u64 round = 0; round < rounds; round += 1) {
        u32 size = 2 + (u32)random_below(&random, SIZE_MAX_TRIED - 1);
        u32 index = (u32)random_below(&random, size);
        u32 old = 1 + (u32)random_below(&random, size - 1);
        struct tlog_nodes nodes = {.size = size, .node = naive_node};
        struct tlog_hash root = naive_root(0, size);
        struct tlog_hash old_root = naive_root(0, old);
        struct tlog_proof proof;
        assert_int_equal(tlog_inclusion_make(&sha, &nodes, index, size, &proof), FAULT_NONE);
        struct tlog_hash *hash = &proof.hashes[random_below(&random, proof.count)];
        hash->bytes[random_below(&random, 32)] ^= (u8)(1U << random_below(&random, 8));
        assert_false(tlog_inclusion_verify(&sha, index, size, &leaves[index], &proof, &root));
        assert_int_equal(tlog_consistency_make(&sha, &nodes, old, size, &proof), FAULT_NONE);
        hash = &proof.hashes[random_below(&random, proof.count)];
        hash->bytes[random_below(&random, 32)] ^= (u8)(1U << random_below(&random, 8));
        assert_false(tlog_consistency_verify(&sha, old, size, &old_root, &root, &proof));
    }
}

/* ---- vectors of others ---- */

/* Some vectors have roots of 0 or 9 bytes on purpose; filled up with zeros they are no less wrong.
 */
static struct tlog_hash hash_of(const json_t *value)
{
    struct tlog_hash hash = {.bytes = {0}};
    const char *text = json_string_value(value);
    assert_non_null(text);
    size_t size = sign_decode_base64(span_of_text(text), hash.bytes, TLOG_HASH_BYTES);
    assert_true(size <= TLOG_HASH_BYTES);
    return hash;
}

/* False: a hash that is none, or too many. */
static bool proof_of(const json_t *value, struct tlog_proof *proof)
{
    proof->count = 0;
    if (json_array_size(value) > TLOG_HASHES_MAX) {
        return false;
    }
    for (size_t i = 0; i < json_array_size(value); i += 1) {
        const char *text = json_string_value(json_array_get(value, i));
        assert_non_null(text);
        if (!tlog_hash_read(span_of_text(text), &proof->hashes[i])) {
            return false;
        }
        proof->count += 1;
    }
    return true;
}

static u64 number_of(const json_t *row, const char *name)
{
    const json_t *value = json_object_get(row, name);
    assert_true(json_is_integer(value));
    return (u64)json_integer_value(value);
}

static bool consistency_holds(const json_t *row)
{
    struct tlog_proof proof;
    struct tlog_hash old_root = hash_of(json_object_get(row, "root1"));
    struct tlog_hash root = hash_of(json_object_get(row, "root2"));
    return proof_of(json_object_get(row, "proof"), &proof) &&
           tlog_consistency_verify(&sha, number_of(row, "size1"), number_of(row, "size2"),
                                   &old_root, &root, &proof);
}

static bool inclusion_holds(const json_t *row)
{
    struct tlog_proof proof;
    struct tlog_hash leaf = hash_of(json_object_get(row, "leafHash"));
    struct tlog_hash root = hash_of(json_object_get(row, "root"));
    return json_string_length(json_object_get(row, "leafHash")) > 0 &&
           proof_of(json_object_get(row, "proof"), &proof) &&
           tlog_inclusion_verify(&sha, number_of(row, "leafIdx"), number_of(row, "treeSize"), &leaf,
                                 &proof, &root);
}

static void vectors_hold(const char *file, bool (*holds)(const json_t *row))
{
    char path[512];
    char line[65536];
    const char *folder = test_data_folder();
    FILE *stream = NULL;
    if (folder != NULL) {
        (void)snprintf(path, sizeof(path), "%s/tlog/%s", folder, file);
        stream = fopen(path, "r");
    }
    if (stream == NULL) {
        print_message("skipped: no data set (CAMBIST_DATA): %s\n", file);
        skip();
        return;
    }
    u32 count = 0;
    u32 refused = 0;
    while (fgets(line, sizeof(line), stream) != NULL) {
        char *large = strstr(line, "18446744073709551615");
        if (large != NULL) {
            memcpy(large, "                  -1", 20); /* the same number, for a signed reader */
        }
        json_t *row = json_loads(line, 0, NULL);
        assert_non_null(row);
        bool bad = json_is_true(json_object_get(row, "wantErr"));
        if (holds(row) == bad) {
            fail_msg("%s: %s", file, json_string_value(json_object_get(row, "name")));
        }
        count += 1;
        refused += bad ? 1 : 0;
        json_decref(row);
    }
    (void)fclose(stream);
    assert_int_equal(count, 98);
    assert_true(refused > 50);
}

static void inclusion_vectors(void **state)
{
    (void)state;
    vectors_hold("rfc6962-inclusion.jsonl", inclusion_holds);
}

static void consistency_vectors(void **state)
{
    (void)state;
    vectors_hold("rfc6962-consistency.jsonl", consistency_holds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_known),
        cmocka_unit_test(range_grows_to_the_root),
        cmocka_unit_test(inclusion_of_every_leaf),
        cmocka_unit_test(consistency_of_every_pair),
        cmocka_unit_test(a_changed_byte_is_refused),
        cmocka_unit_test(inclusion_vectors),
        cmocka_unit_test(consistency_vectors),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
