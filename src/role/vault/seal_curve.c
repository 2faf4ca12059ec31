#include "role/vault/seal_curve.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"

#include <sodium.h>
#include <string.h>

#define TAG       "cambist/vault/1/"
#define TAG_BYTES 64U
#define WIDE      64U

static const u8 zeros[32];

struct tag {
    u8 bytes[TAG_BYTES];
    size_t size;
};

static struct tag tag_of(const char *name)
{
    struct tag tag = {.size = sizeof(TAG) - 1 + strlen(name)};
    CHECK(tag.size <= TAG_BYTES);
    memcpy(tag.bytes, TAG, sizeof(TAG) - 1);
    memcpy(tag.bytes + sizeof(TAG) - 1, name, strlen(name));
    return tag;
}

/* ---- points and scalars ---- */

bool seal_point_is_sound(const struct seal_point *point)
{
    return sodium_memcmp(point->bytes, zeros, sizeof(zeros)) != 0 &&
           crypto_core_ristretto255_is_valid_point(point->bytes) == 1;
}

bool seal_scalar_is_zero(const struct seal_scalar *scalar)
{
    return sodium_is_zero(scalar->bytes, sizeof(scalar->bytes)) == 1;
}

bool seal_scalar_is_canonical(const struct seal_scalar *scalar)
{
    u8 wide[WIDE] = {0};
    u8 reduced[SEAL_SCALAR_BYTES];
    memcpy(wide, scalar->bytes, sizeof(scalar->bytes));
    crypto_core_ristretto255_scalar_reduce(reduced, wide);
    bool is_canonical = sodium_memcmp(reduced, scalar->bytes, sizeof(reduced)) == 0;
    secret_wipe(wide, sizeof(wide));
    secret_wipe(reduced, sizeof(reduced));
    return is_canonical;
}

struct seal_scalar seal_scalar_of(u32 number)
{
    struct seal_scalar scalar = {{0}};
    bytes_put_u32(scalar.bytes, number);
    return scalar;
}

void seal_scalar_random(struct seal_scalar *scalar_out)
{
    u8 wide[WIDE];
    do {
        randombytes_buf(wide, sizeof(wide));
        crypto_core_ristretto255_scalar_reduce(scalar_out->bytes, wide);
    } while (seal_scalar_is_zero(scalar_out));
    secret_wipe(wide, sizeof(wide));
}

bool seal_point_of(const struct seal_scalar *scalar, struct seal_point *point_out)
{
    return crypto_scalarmult_ristretto255_base(point_out->bytes, scalar->bytes) == 0;
}

bool seal_point_times(const struct seal_scalar *scalar, const struct seal_point *point,
                      struct seal_point *product_out)
{
    return crypto_scalarmult_ristretto255(product_out->bytes, scalar->bytes, point->bytes) == 0;
}

bool seal_point_add(const struct seal_point *a, const struct seal_point *b,
                    struct seal_point *sum_out)
{
    return crypto_core_ristretto255_add(sum_out->bytes, a->bytes, b->bytes) == 0 &&
           sodium_is_zero(sum_out->bytes, sizeof(sum_out->bytes)) == 0;
}

/* ---- hashes ---- */

static void hash(const char *name, const struct span *parts, u32 parts_count, u8 *hash_out,
                 size_t hash_bytes)
{
    crypto_generichash_state state;
    struct tag tag = tag_of(name);
    u8 tag_size = (u8)tag.size;
    CHECK(crypto_generichash_init(&state, NULL, 0, hash_bytes) == 0);
    (void)crypto_generichash_update(&state, &tag_size, 1);
    (void)crypto_generichash_update(&state, tag.bytes, tag.size);
    for (u32 i = 0; i < parts_count; i += 1) {
        (void)crypto_generichash_update(&state, parts[i].data, parts[i].size);
    }
    (void)crypto_generichash_final(&state, hash_out, hash_bytes);
    secret_wipe(&state, sizeof(state));
}

void seal_hash(const char *name, const struct span *parts, u32 parts_count, u8 hash_out[32])
{
    hash(name, parts, parts_count, hash_out, 32);
}

void seal_hash_scalar(const char *name, const struct span *parts, u32 parts_count,
                      struct seal_scalar *scalar_out)
{
    u8 wide[WIDE];
    hash(name, parts, parts_count, wide, sizeof(wide));
    crypto_core_ristretto255_scalar_reduce(scalar_out->bytes, wide);
    secret_wipe(wide, sizeof(wide));
}

void seal_derive(const char *name, struct seal_room *room, const struct seal_point *secret,
                 const struct span *info, u32 info_count, u8 key_out[32])
{
    static const u8 first = 1;
    size_t mark = seal_room_mark(room);
    crypto_auth_hmacsha512_state *state = seal_room_take(room, sizeof(*state));
    u8 *out = seal_room_take(room, crypto_auth_hmacsha512_BYTES);
    struct tag tag = tag_of(name);
    (void)crypto_auth_hmacsha512_init(state, tag.bytes, tag.size);
    (void)crypto_auth_hmacsha512_update(state, secret->bytes, sizeof(secret->bytes));
    (void)crypto_auth_hmacsha512_final(state, out);
    (void)crypto_auth_hmacsha512_init(state, out, crypto_auth_hmacsha512_BYTES);
    for (u32 i = 0; i < info_count; i += 1) {
        (void)crypto_auth_hmacsha512_update(state, info[i].data, info[i].size);
    }
    (void)crypto_auth_hmacsha512_update(state, &first, 1);
    (void)crypto_auth_hmacsha512_final(state, out);
    memcpy(key_out, out, 32);
    seal_room_leave(room, mark);
}

/* ---- proofs ---- */

/* What a proof is about: its points, then the parts. `fixed` points come first. */
struct statement {
    struct span parts[SEAL_PARTS_MAX];
    u32 count;
};

static void statement_add(struct statement *statement, const void *bytes, size_t size)
{
    CHECK(statement->count < SEAL_PARTS_MAX);
    statement->parts[statement->count] = span_of(bytes, size);
    statement->count += 1;
}

static void statement_add_points(struct statement *statement,
                                 const struct seal_point *const *points, u32 count)
{
    for (u32 i = 0; i < count; i += 1) {
        statement_add(statement, points[i]->bytes, sizeof(points[i]->bytes));
    }
}

static void statement_add_parts(struct statement *statement, const struct span *parts, u32 count)
{
    for (u32 i = 0; i < count; i += 1) {
        statement_add(statement, parts[i].data, parts[i].size);
    }
}

/* The one-time scalar of a proof: from the secret, fresh bytes and the statement, so that neither a
 * bad source of randomness nor a repeated statement gives the secret away. */
static void make_nonce(const char *name, const struct seal_scalar *secret,
                       const struct statement *statement, struct seal_scalar *nonce_out)
{
    u8 about[32];
    u8 fresh[32];
    seal_hash(name, statement->parts, statement->count, about);
    randombytes_buf(fresh, sizeof(fresh));
    const struct span parts[] = {span_of(secret->bytes, sizeof(secret->bytes)),
                                 span_of(fresh, sizeof(fresh)), span_of(about, sizeof(about))};
    seal_hash_scalar("nonce", parts, ARRAY_COUNT(parts), nonce_out);
    CHECK(!seal_scalar_is_zero(nonce_out));
    secret_wipe(fresh, sizeof(fresh));
}

/* answer = nonce + challenge * secret */
static void make_answer(struct seal_room *room, const struct seal_scalar *nonce,
                        const struct seal_scalar *secret, struct seal_proof *proof)
{
    size_t mark = seal_room_mark(room);
    struct seal_scalar *product = seal_room_take(room, sizeof(*product));
    crypto_core_ristretto255_scalar_mul(product->bytes, proof->challenge.bytes, secret->bytes);
    crypto_core_ristretto255_scalar_add(proof->answer.bytes, nonce->bytes, product->bytes);
    seal_room_leave(room, mark);
}

/* The commitment that a proof stands for: answer * point - challenge * image; point NULL is the
 * base point. */
static bool commitment_of(const struct seal_proof *proof, const struct seal_point *point,
                          const struct seal_point *image, struct seal_point *commitment_out)
{
    struct seal_point answered;
    struct seal_point challenged;
    if (!(point == NULL ? seal_point_of(&proof->answer, &answered)
                        : seal_point_times(&proof->answer, point, &answered)) ||
        !seal_point_times(&proof->challenge, image, &challenged)) {
        return false;
    }
    return crypto_core_ristretto255_sub(commitment_out->bytes, answered.bytes, challenged.bytes) ==
           0;
}

static bool proof_is_sound(const struct seal_proof *proof)
{
    return seal_scalar_is_canonical(&proof->challenge) &&
           seal_scalar_is_canonical(&proof->answer) && !seal_scalar_is_zero(&proof->challenge) &&
           !seal_scalar_is_zero(&proof->answer);
}

static bool challenge_is(const char *name, const struct statement *statement,
                         const struct seal_proof *proof)
{
    struct seal_scalar challenge;
    seal_hash_scalar(name, statement->parts, statement->count, &challenge);
    return sodium_memcmp(challenge.bytes, proof->challenge.bytes, sizeof(challenge.bytes)) == 0;
}

void seal_prove(const char *name, struct seal_room *room, const struct seal_scalar *secret,
                const struct seal_point *public, const struct span *parts, u32 parts_count,
                struct seal_proof *proof_out)
{
    size_t mark = seal_room_mark(room);
    struct seal_scalar *nonce = seal_room_take(room, sizeof(*nonce));
    struct seal_point commitment;
    const struct seal_point *const points[] = {public};
    struct statement statement = {.count = 0};
    statement_add_points(&statement, points, ARRAY_COUNT(points));
    statement_add_parts(&statement, parts, parts_count);
    make_nonce(name, secret, &statement, nonce);
    CHECK(seal_point_of(nonce, &commitment));
    statement_add(&statement, commitment.bytes, sizeof(commitment.bytes));
    seal_hash_scalar(name, statement.parts, statement.count, &proof_out->challenge);
    make_answer(room, nonce, secret, proof_out);
    seal_room_leave(room, mark);
}

bool seal_proof_holds(const char *name, const struct seal_point *public, const struct span *parts,
                      u32 parts_count, const struct seal_proof *proof)
{
    struct seal_point commitment;
    const struct seal_point *const points[] = {public};
    struct statement statement = {.count = 0};
    /* Multiplying refuses what is no point. */
    if (!proof_is_sound(proof) || !commitment_of(proof, NULL, public, &commitment)) {
        return false;
    }
    statement_add_points(&statement, points, ARRAY_COUNT(points));
    statement_add_parts(&statement, parts, parts_count);
    statement_add(&statement, commitment.bytes, sizeof(commitment.bytes));
    return challenge_is(name, &statement, proof);
}

void seal_prove_same(const char *name, struct seal_room *room, const struct seal_scalar *secret,
                     const struct seal_point *public, const struct seal_point *point,
                     const struct seal_point *image, const struct span *parts, u32 parts_count,
                     struct seal_proof *proof_out)
{
    size_t mark = seal_room_mark(room);
    struct seal_scalar *nonce = seal_room_take(room, sizeof(*nonce));
    struct seal_point commitments[2];
    const struct seal_point *const points[] = {public, point, image};
    struct statement statement = {.count = 0};
    statement_add_points(&statement, points, ARRAY_COUNT(points));
    statement_add_parts(&statement, parts, parts_count);
    make_nonce(name, secret, &statement, nonce);
    CHECK(seal_point_of(nonce, &commitments[0]));
    CHECK(seal_point_times(nonce, point, &commitments[1]));
    statement_add(&statement, commitments, sizeof(commitments));
    seal_hash_scalar(name, statement.parts, statement.count, &proof_out->challenge);
    make_answer(room, nonce, secret, proof_out);
    seal_room_leave(room, mark);
}

bool seal_same_holds(const char *name, const struct seal_point *public,
                     const struct seal_point *point, const struct seal_point *image,
                     const struct span *parts, u32 parts_count, const struct seal_proof *proof)
{
    struct seal_point commitments[2];
    const struct seal_point *const points[] = {public, point, image};
    struct statement statement = {.count = 0};
    /* Multiplying refuses what is no point. */
    if (!proof_is_sound(proof) || !commitment_of(proof, NULL, public, &commitments[0]) ||
        !commitment_of(proof, point, image, &commitments[1])) {
        return false;
    }
    statement_add_points(&statement, points, ARRAY_COUNT(points));
    statement_add_parts(&statement, parts, parts_count);
    statement_add(&statement, commitments, sizeof(commitments));
    return challenge_is(name, &statement, proof);
}

/* ---- boxes ---- */

static const u8 box_nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES];

/* A key for one use, so its nonce is zeros. */
static void box_key(const char *name, struct seal_room *room, const struct seal_point *shared,
                    const struct seal_point *fresh, const struct seal_point *to, struct span bound,
                    u8 key_out[32])
{
    const struct span info[] = {span_of(fresh->bytes, sizeof(fresh->bytes)),
                                span_of(to->bytes, sizeof(to->bytes)), bound};
    seal_derive(name, room, shared, info, ARRAY_COUNT(info), key_out);
}

enum fault seal_box_close_with(const char *name, struct seal_room *room,
                               const struct seal_scalar *secret, const struct seal_point *to,
                               struct span bound, struct span plain, u8 *target)
{
    size_t mark = seal_room_mark(room);
    struct seal_point *shared = seal_room_take(room, sizeof(*shared));
    u8 *key = seal_room_take(room, 32);
    struct seal_point fresh;
    CHECK(plain.size > 0 && plain.size <= SEAL_BOX_PLAIN_MAX);
    if (!seal_point_is_sound(to)) {
        seal_room_leave(room, mark);
        return FAULT(FAULT_INPUT, "%s: the receiver's key is no point", name);
    }
    CHECK(seal_point_of(secret, &fresh) && seal_point_times(secret, to, shared));
    box_key(name, room, shared, &fresh, to, bound, key);
    memcpy(target, fresh.bytes, sizeof(fresh.bytes));
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(target + sizeof(fresh.bytes), NULL, plain.data,
                                                     plain.size, NULL, 0, NULL, box_nonce, key);
    seal_room_leave(room, mark);
    return FAULT_NONE;
}

enum fault seal_box_close(const char *name, struct seal_room *room, const struct seal_point *to,
                          struct span bound, struct span plain, u8 *target)
{
    size_t mark = seal_room_mark(room);
    struct seal_scalar *secret = seal_room_take(room, sizeof(*secret));
    seal_scalar_random(secret);
    enum fault fault = seal_box_close_with(name, room, secret, to, bound, plain, target);
    seal_room_leave(room, mark);
    return fault;
}

enum fault seal_box_open(const char *name, struct seal_room *room, const struct seal_scalar *key,
                         struct span bound, struct span box, u8 *target)
{
    size_t mark = seal_room_mark(room);
    struct seal_point *shared = seal_room_take(room, sizeof(*shared));
    u8 *box_secret = seal_room_take(room, 32);
    struct seal_point fresh;
    struct seal_point to;
    CHECK(box.size > SEAL_BOX_EXTRA_BYTES && box.size <= SEAL_BOX_EXTRA_BYTES + SEAL_BOX_PLAIN_MAX);
    memcpy(fresh.bytes, box.data, sizeof(fresh.bytes));
    bool is_open = seal_point_of(key, &to) && seal_point_times(key, &fresh, shared);
    if (is_open) {
        box_key(name, room, shared, &fresh, &to, bound, box_secret);
        is_open = crypto_aead_xchacha20poly1305_ietf_decrypt(
                      target, NULL, NULL, box.data + sizeof(fresh.bytes),
                      box.size - sizeof(fresh.bytes), NULL, 0, box_nonce, box_secret) == 0;
    }
    seal_room_leave(room, mark);
    if (!is_open) {
        secret_wipe(target, box.size - SEAL_BOX_EXTRA_BYTES);
        return FAULT(FAULT_ROT, "%s: changed, for another key, or bound to something else", name);
    }
    return FAULT_NONE;
}
