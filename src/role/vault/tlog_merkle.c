#include "role/vault/tlog_merkle.h"

#include "base/check.h"
#include "base/span.h"
#include "io/sign.h"
#include "io/sign_pair.h"

#include <string.h>

void tlog_hash_leaf(struct sha256 *sha256, struct span entry, struct tlog_hash *hash_out)
{
    static const u8 mark[1] = {0};
    sha256_begin(sha256);
    sha256_add(sha256, span_of(mark, sizeof(mark)));
    sha256_add(sha256, entry);
    sha256_end(sha256, hash_out->bytes);
}

void tlog_hash_node(struct sha256 *sha256, const struct tlog_hash *left,
                    const struct tlog_hash *right, struct tlog_hash *hash_out)
{
    u8 bytes[1 + 2 * TLOG_HASH_BYTES];
    bytes[0] = 1;
    memcpy(bytes + 1, left->bytes, TLOG_HASH_BYTES);
    memcpy(bytes + 1 + TLOG_HASH_BYTES, right->bytes, TLOG_HASH_BYTES);
    sha256_begin(sha256);
    sha256_add(sha256, span_of(bytes, sizeof(bytes)));
    sha256_end(sha256, hash_out->bytes);
}

void tlog_hash_empty(struct sha256 *sha256, struct tlog_hash *hash_out)
{
    sha256_begin(sha256);
    sha256_end(sha256, hash_out->bytes);
}

bool tlog_hash_equal(const struct tlog_hash *a, const struct tlog_hash *b)
{
    return memcmp(a->bytes, b->bytes, TLOG_HASH_BYTES) == 0;
}

/* ---- a growing tree ---- */

static u32 trees_count(u64 size)
{
    return (u32)__builtin_popcountll(size);
}

void tlog_range_add_tree(struct sha256 *sha256, struct tlog_range *range, u32 level,
                         const struct tlog_hash *root)
{
    CHECK(level < 63);
    u64 leaves = 1ULL << level;
    CHECK(range->size % leaves == 0);
    CHECK(range->size <= TLOG_SIZE_MAX - leaves);
    u32 count = trees_count(range->size);
    struct tlog_hash merged = *root;
    for (u64 trees = range->size >> level; (trees & 1) != 0; trees >>= 1) {
        CHECK(count > 0);
        count -= 1;
        tlog_hash_node(sha256, &range->hashes[count], &merged, &merged);
    }
    range->hashes[count] = merged;
    range->size += leaves;
    CHECK(trees_count(range->size) == count + 1);
}

void tlog_range_add(struct sha256 *sha256, struct tlog_range *range, const struct tlog_hash *leaf)
{
    tlog_range_add_tree(sha256, range, 0, leaf);
}

void tlog_range_root(struct sha256 *sha256, const struct tlog_range *range,
                     struct tlog_hash *root_out)
{
    u32 count = trees_count(range->size);
    if (count == 0) {
        tlog_hash_empty(sha256, root_out);
        return;
    }
    struct tlog_hash root = range->hashes[count - 1];
    for (u32 i = count - 1; i > 0; i -= 1) {
        tlog_hash_node(sha256, &range->hashes[i - 1], &root, &root);
    }
    *root_out = root;
}

/* ---- proofs made ---- */

/* The root over [begin, end): begin is a multiple of a power of two that is not below end - begin,
 * so the complete subtrees of the piece are complete subtrees of the whole. */
static enum fault piece_root(struct sha256 *sha256, struct tlog_nodes *nodes, u64 begin, u64 end,
                             struct tlog_hash *root_out)
{
    CHECK(begin <= end && end <= nodes->size);
    struct tlog_range range = {.size = 0};
    while (range.size < end - begin) {
        u64 left = end - begin - range.size;
        u32 level = 63U - (u32)__builtin_clzll(left);
        struct tlog_hash hash;
        TRY(nodes->node(nodes, level, (begin + range.size) >> level, &hash));
        tlog_range_add_tree(sha256, &range, level, &hash);
    }
    tlog_range_root(sha256, &range, root_out);
    return FAULT_NONE;
}

enum fault tlog_root_of(struct sha256 *sha256, struct tlog_nodes *nodes, u64 size,
                        struct tlog_hash *root_out)
{
    return piece_root(sha256, nodes, 0, size, root_out);
}

/* The largest power of two below `count`; count is at least 2. */
static u64 split_of(u64 count)
{
    return 1ULL << (63 - __builtin_clzll(count - 1));
}

/* Proofs are found from the root down and read from the leaf up. */
static void proof_turn(struct tlog_proof *proof)
{
    for (u32 i = 0; i < proof->count / 2; i += 1) {
        struct tlog_hash hash = proof->hashes[i];
        proof->hashes[i] = proof->hashes[proof->count - 1 - i];
        proof->hashes[proof->count - 1 - i] = hash;
    }
}

static enum fault proof_add(struct sha256 *sha256, struct tlog_nodes *nodes, u64 begin, u64 end,
                            struct tlog_proof *proof)
{
    CHECK(proof->count < TLOG_HASHES_MAX);
    TRY(piece_root(sha256, nodes, begin, end, &proof->hashes[proof->count]));
    proof->count += 1;
    return FAULT_NONE;
}

enum fault tlog_inclusion_make(struct sha256 *sha256, struct tlog_nodes *nodes, u64 index, u64 size,
                               struct tlog_proof *proof_out)
{
    CHECK(index < size);
    CHECK(size <= nodes->size);
    proof_out->count = 0;
    u64 begin = 0;
    u64 end = size;
    while (end - begin > 1) {
        u64 middle = begin + split_of(end - begin);
        if (index < middle) {
            TRY(proof_add(sha256, nodes, middle, end, proof_out));
            end = middle;
        } else {
            TRY(proof_add(sha256, nodes, begin, middle, proof_out));
            begin = middle;
        }
    }
    proof_turn(proof_out);
    return FAULT_NONE;
}

enum fault tlog_consistency_make(struct sha256 *sha256, struct tlog_nodes *nodes, u64 old, u64 size,
                                 struct tlog_proof *proof_out)
{
    CHECK(old <= size);
    CHECK(size <= nodes->size);
    proof_out->count = 0;
    if (old == 0) {
        return FAULT_NONE;
    }
    u64 begin = 0;
    u64 end = size;
    while (old != end) {
        u64 middle = begin + split_of(end - begin);
        if (old <= middle) {
            TRY(proof_add(sha256, nodes, middle, end, proof_out));
            end = middle;
        } else {
            TRY(proof_add(sha256, nodes, begin, middle, proof_out));
            begin = middle;
        }
    }
    if (begin != 0) {
        TRY(proof_add(sha256, nodes, begin, end, proof_out));
    }
    proof_turn(proof_out);
    return FAULT_NONE;
}

/* ---- proofs verified ---- */

/* The way up from a leaf: its index and that of the last leaf, halved at every level. */
struct climb {
    u64 index;
    u64 last;
};

static void climb_up(struct climb *climb)
{
    climb->index >>= 1;
    climb->last >>= 1;
}

/* Whether the next hash stands left of ours. At the right edge levels without a sibling are passed
 * over. */
static bool climb_takes_left(const struct climb *climb)
{
    return (climb->index & 1) != 0 || climb->index == climb->last;
}

static void climb_past_edge(struct climb *climb)
{
    while (climb->index != 0 && (climb->index & 1) == 0) {
        climb_up(climb);
    }
}

bool tlog_inclusion_verify(struct sha256 *sha256, u64 index, u64 size, const struct tlog_hash *leaf,
                           const struct tlog_proof *proof, const struct tlog_hash *root)
{
    if (index >= size || size > TLOG_SIZE_MAX || proof->count > TLOG_HASHES_MAX) {
        return false;
    }
    struct climb climb = {.index = index, .last = size - 1};
    struct tlog_hash hash = *leaf;
    for (u32 i = 0; i < proof->count; i += 1) {
        if (climb.last == 0) {
            return false;
        }
        if (climb_takes_left(&climb)) {
            tlog_hash_node(sha256, &proof->hashes[i], &hash, &hash);
            climb_past_edge(&climb);
        } else {
            tlog_hash_node(sha256, &hash, &proof->hashes[i], &hash);
        }
        climb_up(&climb);
    }
    return climb.last == 0 && tlog_hash_equal(&hash, root);
}

bool tlog_consistency_verify(struct sha256 *sha256, u64 old, u64 size,
                             const struct tlog_hash *old_root, const struct tlog_hash *root,
                             const struct tlog_proof *proof)
{
    if (old > size || size > TLOG_SIZE_MAX || proof->count > TLOG_HASHES_MAX) {
        return false;
    }
    if (old == size) {
        struct tlog_hash nothing;
        tlog_hash_empty(sha256, &nothing);
        return proof->count == 0 && tlog_hash_equal(old_root, root) &&
               (size > 0 || tlog_hash_equal(root, &nothing));
    }
    if (old == 0 || proof->count == 0) {
        return false;
    }
    /* An old tree that is one complete subtree begins the proof by itself. */
    bool whole = (old & (old - 1)) == 0;
    struct tlog_hash old_hash = whole ? *old_root : proof->hashes[0];
    struct tlog_hash hash = old_hash;
    struct climb climb = {.index = old - 1, .last = size - 1};
    while ((climb.index & 1) != 0) {
        climb_up(&climb);
    }
    for (u32 i = whole ? 0 : 1; i < proof->count; i += 1) {
        if (climb.last == 0) {
            return false;
        }
        if (climb_takes_left(&climb)) {
            tlog_hash_node(sha256, &proof->hashes[i], &old_hash, &old_hash);
            tlog_hash_node(sha256, &proof->hashes[i], &hash, &hash);
            climb_past_edge(&climb);
        } else {
            tlog_hash_node(sha256, &hash, &proof->hashes[i], &hash);
        }
        climb_up(&climb);
    }
    return climb.last == 0 && tlog_hash_equal(&old_hash, old_root) && tlog_hash_equal(&hash, root);
}

/* ---- as text ---- */

_Static_assert(SIGN_SIGNATURE_TEXT_BYTES >= TLOG_HASH_TEXT_BYTES, "the text of a hash");

void tlog_hash_text(const struct tlog_hash *hash, char text_out[TLOG_HASH_TEXT_BYTES])
{
    char text[SIGN_SIGNATURE_TEXT_BYTES];
    sign_pair_text(span_of(hash->bytes, TLOG_HASH_BYTES), text);
    memcpy(text_out, text, TLOG_HASH_TEXT_BYTES);
}

bool tlog_hash_read(struct span text, struct tlog_hash *hash_out)
{
    struct tlog_hash hash;
    if (sign_decode_base64(text, hash.bytes, sizeof(hash.bytes)) != TLOG_HASH_BYTES) {
        return false;
    }
    *hash_out = hash;
    return true;
}
