/* Proofs of inclusion and of consistency: over a tree of up to 64 leaves a proof that is right is
 * altered as the input says, with hashes that stand in the tree; it is accepted exactly where it is
 * still the one that the definition (RFC 6962, written down below by recursion) makes. And with any
 * numbers and hashes at all: nothing is accepted but a tree of one leaf, or a log as itself. */
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/vault/tlog_merkle.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#define LEAVES_MAX 64U
#define POOL_MAX   (4U * LEAVES_MAX)

static struct sha256 sha256;
static bool is_open;
static struct tlog_hash leaves[LEAVES_MAX];

/* Hashes that an alteration may put into a proof: every one that the definition comes across. */
static struct tlog_hash pool[POOL_MAX];
static u32 pool_count;

static void open_once(void)
{
    if (!is_open) {
        enum fault fault = sha256_open(&sha256);
        CHECK(fault == FAULT_NONE);
        for (u32 i = 0; i < LEAVES_MAX; i += 1) {
            u8 entry = (u8)i;
            tlog_hash_leaf(&sha256, span_of(&entry, 1), &leaves[i]);
        }
        is_open = true;
    }
}

/* ---- the definition ---- */

/* The largest power of two below `count`, which is more than 1. */
static u32 left_of(u32 count)
{
    u32 left = 1;
    while (2 * left < count) {
        left *= 2;
    }
    return left;
}

static struct tlog_hash root_of(u32 begin, u32 end)
{
    struct tlog_hash hash = leaves[begin];
    if (end - begin > 1) {
        u32 middle = begin + left_of(end - begin);
        struct tlog_hash left = root_of(begin, middle);
        struct tlog_hash right = root_of(middle, end);
        tlog_hash_node(&sha256, &left, &right, &hash);
    }
    pool[pool_count % POOL_MAX] = hash;
    pool_count += 1;
    return hash;
}

static void put(struct tlog_proof *proof, struct tlog_hash hash)
{
    proof->hashes[proof->count] = hash;
    proof->count += 1;
}

static void path_of(u32 index, u32 begin, u32 end, struct tlog_proof *proof)
{
    if (end - begin == 1) {
        return;
    }
    u32 middle = begin + left_of(end - begin);
    if (index < middle) {
        path_of(index, begin, middle, proof);
        put(proof, root_of(middle, end));
    } else {
        path_of(index, middle, end, proof);
        put(proof, root_of(begin, middle));
    }
}

/* `old` leaves of these; `is_known`: their root is what the reader has. */
static void beginning_of(u32 old, u32 begin, u32 end, bool is_known, struct tlog_proof *proof)
{
    if (old == end - begin) {
        if (!is_known) {
            put(proof, root_of(begin, end));
        }
        return;
    }
    u32 left = left_of(end - begin);
    if (old <= left) {
        beginning_of(old, begin, begin + left, is_known, proof);
        put(proof, root_of(begin + left, end));
    } else {
        beginning_of(old - left, begin + left, end, false, proof);
        put(proof, root_of(begin, begin + left));
    }
}

/* ---- what the input alters ---- */

static struct tlog_hash picked(u8 pick)
{
    return pool[pick % (pool_count < POOL_MAX ? pool_count : POOL_MAX)];
}

/* Three bytes each: what, where, with which hash. */
static void alter(struct tlog_proof *proof, struct span edits)
{
    for (; edits.size >= 3; edits = span_after(edits, 3)) {
        u32 at = proof->count == 0 ? 0 : edits.data[1] % proof->count;
        switch (edits.data[0] % 4) {
        case 0: /* another hash */
            if (proof->count > 0) {
                proof->hashes[at] = picked(edits.data[2]);
            }
            break;
        case 1: /* one more */
            if (proof->count < TLOG_HASHES_MAX) {
                memmove(&proof->hashes[at + 1], &proof->hashes[at],
                        (proof->count - at) * sizeof(proof->hashes[0]));
                proof->hashes[at] = picked(edits.data[2]);
                proof->count += 1;
            }
            break;
        case 2: /* one less */
            if (proof->count > 0) {
                memmove(&proof->hashes[at], &proof->hashes[at + 1],
                        (proof->count - at - 1) * sizeof(proof->hashes[0]));
                proof->count -= 1;
            }
            break;
        default: /* not an enum: a byte from outside. A bit. */
            if (proof->count > 0) {
                proof->hashes[at].bytes[edits.data[2] % TLOG_HASH_BYTES] ^=
                    (u8)(1U << edits.data[2] / 32);
            }
            break;
        }
    }
}

static bool are_equal(const struct tlog_proof *a, const struct tlog_proof *b)
{
    return a->count == b->count &&
           memcmp(a->hashes, b->hashes, a->count * sizeof(a->hashes[0])) == 0;
}

static void small_inclusion(u32 size, u8 which, u8 pick, struct span edits)
{
    struct tlog_proof right = {.count = 0};
    u32 index = which % size;
    pool_count = 0;
    struct tlog_hash root = root_of(0, size);
    path_of(index, 0, size, &right);
    struct tlog_proof proof = right;
    struct tlog_hash leaf = pick == 0 ? leaves[index] : picked(pick);
    alter(&proof, edits);
    bool is_right = are_equal(&proof, &right) && tlog_hash_equal(&leaf, &leaves[index]);
    CHECK(tlog_inclusion_verify(&sha256, index, size, &leaf, &proof, &root) == is_right);
    CHECK(!tlog_inclusion_verify(&sha256, size, size, &leaf, &proof, &root));
}

static void small_consistency(u32 size, u8 which, u8 pick, struct span edits)
{
    struct tlog_proof right = {.count = 0};
    u32 old = which % size + 1;
    pool_count = 0;
    struct tlog_hash root = root_of(0, size);
    struct tlog_hash old_right = root_of(0, old);
    beginning_of(old, 0, size, true, &right);
    struct tlog_proof proof = right;
    struct tlog_hash old_root = pick == 0 ? old_right : picked(pick);
    alter(&proof, edits);
    bool is_right = are_equal(&proof, &right) && tlog_hash_equal(&old_root, &old_right);
    CHECK(tlog_consistency_verify(&sha256, old, size, &old_root, &root, &proof) == is_right);
    CHECK(!tlog_consistency_verify(&sha256, 0, size, &old_root, &root, &proof));
    CHECK(!tlog_consistency_verify(&sha256, size + 1, size, &old_root, &root, &proof));
}

/* ---- any numbers, any hashes ---- */

static void anything(struct span bytes)
{
    struct tlog_proof proof = {.count = 0};
    struct tlog_hash first;
    struct tlog_hash root;
    if (!span_copy(span_piece(bytes, 16, TLOG_HASH_BYTES), &first, sizeof(first)) ||
        !span_copy(span_piece(bytes, 48, TLOG_HASH_BYTES), &root, sizeof(root)) ||
        bytes.size < 80) {
        return;
    }
    u64 one = bytes_u64(bytes.data);
    u64 size = bytes_u64(bytes.data + 8);
    struct span rest = span_after(bytes, 80);
    while (rest.size >= TLOG_HASH_BYTES && proof.count < TLOG_HASHES_MAX) {
        struct tlog_hash hash;
        memcpy(hash.bytes, rest.data, TLOG_HASH_BYTES);
        put(&proof, hash);
        rest = span_after(rest, TLOG_HASH_BYTES);
    }
    bool are_same = proof.count == 0 && tlog_hash_equal(&first, &root);
    CHECK(tlog_inclusion_verify(&sha256, one, size, &first, &proof, &root) ==
          (are_same && one == 0 && size == 1));
    bool is_itself = tlog_consistency_verify(&sha256, one, size, &first, &root, &proof);
    CHECK(!is_itself || (are_same && one == size));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    open_once();
    struct span bytes = span_of(data, size);
    if (size < 4) {
        return 0;
    }
    u32 count = data[1] % LEAVES_MAX + 1;
    struct span rest = span_after(bytes, 4);
    if (data[0] % 4 == 0) {
        small_inclusion(count, data[2], data[3], rest);
    } else if (data[0] % 4 == 1) {
        small_consistency(count, data[2], data[3], rest);
    } else {
        anything(span_after(bytes, 1));
    }
    return 0;
}
