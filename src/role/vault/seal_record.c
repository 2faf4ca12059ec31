#include "role/vault/seal_record.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"

#include <sodium.h>
#include <string.h>

#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES   crypto_aead_xchacha20poly1305_ietf_ABYTES
_Static_assert(NONCE_BYTES + TAG_BYTES == SEAL_BODY_EXTRA_BYTES, "body format");
_Static_assert(SEAL_KEY_SIZE + TAG_BYTES == SEAL_WRAPPED_BYTES, "wrap format");
_Static_assert(8 + SEAL_KEY_SIZE + SEAL_BOX_EXTRA_BYTES == SEAL_HAND_BYTES, "hand format");

#define PAD_MARK 0x80

static const u8 wrap_nonce[NONCE_BYTES]; /* the key under it is used once */

/* ---- bodies ---- */

void seal_body_hash(struct span body, u8 hash_out[SEAL_HASH_BYTES])
{
    seal_hash("body", &body, 1, hash_out);
}

void seal_body_close(const struct seal_label *label, const u8 key[SEAL_KEY_SIZE], struct span text,
                     u8 *body, u8 hash_out[SEAL_HASH_BYTES])
{
    u8 bound[SEAL_LABEL_BYTES];
    size_t size = SEAL_BODY_BYTES(text.size);
    size_t padded = size - SEAL_BODY_EXTRA_BYTES;
    CHECK(text.size <= SEAL_TEXT_BYTES_MAX);
    seal_label_encode(label, bound);
    u8 *plain = body + NONCE_BYTES;
    CHECK(span_copy(text, plain, padded - 1));
    plain[text.size] = PAD_MARK;
    memset(plain + text.size + 1, 0, padded - text.size - 1);
    randombytes_buf(body, NONCE_BYTES);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(plain, NULL, plain, padded, bound,
                                                     SEAL_FIXED_BYTES, NULL, body, key);
    seal_body_hash(span_of(body, size), hash_out);
}

/* How many bytes stand before the mark; false: no such padding. */
static bool unpad(u8 *plain, size_t padded, size_t *text_bytes_out)
{
    size_t end = padded;
    while (end > 0 && padded - end < SEAL_PAD_BYTES && plain[end - 1] == 0) {
        end -= 1;
    }
    if (end == 0 || padded - end >= SEAL_PAD_BYTES || plain[end - 1] != PAD_MARK) {
        return false;
    }
    plain[end - 1] = 0;
    *text_bytes_out = end - 1;
    return true;
}

enum fault seal_body_open(const struct seal_label *label, const u8 key[SEAL_KEY_SIZE],
                          struct span body, u8 *text, size_t *text_bytes_out)
{
    u8 bound[SEAL_LABEL_BYTES];
    *text_bytes_out = 0;
    if (body.size <= SEAL_BODY_EXTRA_BYTES || body.size > SEAL_BODY_BYTES_MAX ||
        (body.size - SEAL_BODY_EXTRA_BYTES) % SEAL_PAD_BYTES != 0) {
        return FAULT(FAULT_ROT, "body: %zu bytes are none", body.size);
    }
    seal_label_encode(label, bound);
    size_t padded = body.size - SEAL_BODY_EXTRA_BYTES;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(text, NULL, NULL, body.data + NONCE_BYTES,
                                                   body.size - NONCE_BYTES, bound, SEAL_FIXED_BYTES,
                                                   body.data, key) != 0 ||
        !unpad(text, padded, text_bytes_out)) {
        secret_wipe(text, padded);
        return FAULT(FAULT_ROT, "body: changed, or of another key or label");
    }
    return FAULT_NONE;
}

/* ---- wraps ---- */

void seal_key_make(u8 key_out[SEAL_KEY_SIZE])
{
    randombytes_buf(key_out, SEAL_KEY_SIZE);
}

/* The randomness of a wrap: from the record's key, the label and the group key alone, so that
 * whoever has the key makes the same wrap. */
static void wrap_scalar(const u8 label[SEAL_LABEL_BYTES], const struct seal_point *group_key,
                        const u8 key[SEAL_KEY_SIZE], struct seal_scalar *scalar_out)
{
    const struct span parts[] = {span_of(key, SEAL_KEY_SIZE), span_of(label, SEAL_LABEL_BYTES),
                                 span_of(group_key->bytes, sizeof(group_key->bytes))};
    seal_hash_scalar("wrap-r", parts, ARRAY_COUNT(parts), scalar_out);
    CHECK(!seal_scalar_is_zero(scalar_out));
}

static void wrap_key(struct seal_room *room, const u8 label[SEAL_LABEL_BYTES],
                     const struct seal_point *group_key, const struct seal_point *point,
                     const struct seal_point *shared, u8 key_out[32])
{
    const struct span info[] = {span_of(point->bytes, sizeof(point->bytes)),
                                span_of(group_key->bytes, sizeof(group_key->bytes)),
                                span_of(label, SEAL_LABEL_BYTES)};
    seal_derive("wrap-key", room, shared, info, ARRAY_COUNT(info), key_out);
}

/* Point and wrapped key by the rule; the scalar for the proof. */
static bool wrap_by_rule(struct seal_room *room, const u8 label[SEAL_LABEL_BYTES],
                         const struct seal_point *group_key, const u8 key[SEAL_KEY_SIZE],
                         struct seal_scalar *scalar_out, struct seal_wrap *wrap_out)
{
    size_t mark = seal_room_mark(room);
    struct seal_point *shared = seal_room_take(room, sizeof(*shared));
    u8 *wrapping = seal_room_take(room, 32);
    wrap_scalar(label, group_key, key, scalar_out);
    bool is_made = seal_point_of(scalar_out, &wrap_out->point) &&
                   seal_point_times(scalar_out, group_key, shared);
    if (is_made) {
        wrap_key(room, label, group_key, &wrap_out->point, shared, wrapping);
        (void)crypto_aead_xchacha20poly1305_ietf_encrypt(wrap_out->wrapped, NULL, key,
                                                         SEAL_KEY_SIZE, label, SEAL_LABEL_BYTES,
                                                         NULL, wrap_nonce, wrapping);
    }
    seal_room_leave(room, mark);
    return is_made;
}

/* What the proof of a wrap is bound to. */
#define WRAP_PARTS 4U
static void wrap_parts(const u8 label[SEAL_LABEL_BYTES], const struct seal_point *group_key,
                       const u8 body_hash[SEAL_HASH_BYTES], const struct seal_wrap *wrap,
                       struct span parts[WRAP_PARTS])
{
    parts[0] = span_of(group_key->bytes, sizeof(group_key->bytes));
    parts[1] = span_of(label, SEAL_LABEL_BYTES);
    parts[2] = span_of(wrap->wrapped, sizeof(wrap->wrapped));
    parts[3] = span_of(body_hash, SEAL_HASH_BYTES);
}

enum fault seal_wrap_make(struct seal_room *room, const struct seal_label *label,
                          const struct seal_point *group_key, const u8 key[SEAL_KEY_SIZE],
                          const u8 body_hash[SEAL_HASH_BYTES], struct seal_wrap *wrap_out)
{
    size_t mark = seal_room_mark(room);
    struct seal_scalar *scalar = seal_room_take(room, sizeof(*scalar));
    struct span parts[WRAP_PARTS];
    u8 bound[SEAL_LABEL_BYTES];
    seal_label_encode(label, bound);
    if (!wrap_by_rule(room, bound, group_key, key, scalar, wrap_out)) {
        seal_room_leave(room, mark);
        return FAULT(FAULT_INPUT, "wrap: the group key is no point");
    }
    wrap_parts(bound, group_key, body_hash, wrap_out, parts);
    seal_prove("wrap-proof", room, scalar, &wrap_out->point, parts, WRAP_PARTS, &wrap_out->proof);
    seal_room_leave(room, mark);
    return FAULT_NONE;
}

enum fault seal_wrap_check(const struct seal_label *label, const struct seal_point *group_key,
                           const u8 body_hash[SEAL_HASH_BYTES], const struct seal_wrap *wrap)
{
    struct span parts[WRAP_PARTS];
    u8 bound[SEAL_LABEL_BYTES];
    if (!seal_label_is_sound(label)) {
        return FAULT(FAULT_INPUT, "wrap: a field of the label is out of its range");
    }
    seal_label_encode(label, bound);
    wrap_parts(bound, group_key, body_hash, wrap, parts);
    if (!seal_point_is_sound(group_key) ||
        !seal_proof_holds("wrap-proof", &wrap->point, parts, WRAP_PARTS, &wrap->proof)) {
        return FAULT(FAULT_INPUT,
                     "wrap of %s %u of %llu: its proof does not hold for this subject, group, "
                     "version, epoch, wrapped key and body",
                     seal_group_name(label->group), label->version,
                     (unsigned long long)label->subject);
    }
    return FAULT_NONE;
}

enum fault seal_wrap_recompute(struct seal_room *room, const struct seal_label *label,
                               const struct seal_point *group_key, const u8 key[SEAL_KEY_SIZE],
                               const u8 body_hash[SEAL_HASH_BYTES], const struct seal_wrap *wrap)
{
    TRY(seal_wrap_check(label, group_key, body_hash, wrap));
    size_t mark = seal_room_mark(room);
    struct seal_scalar *scalar = seal_room_take(room, sizeof(*scalar));
    struct seal_wrap made;
    u8 bound[SEAL_LABEL_BYTES];
    seal_label_encode(label, bound);
    bool is_same =
        wrap_by_rule(room, bound, group_key, key, scalar, &made) &&
        sodium_memcmp(made.point.bytes, wrap->point.bytes, sizeof(made.point.bytes)) == 0 &&
        sodium_memcmp(made.wrapped, wrap->wrapped, sizeof(made.wrapped)) == 0;
    seal_room_leave(room, mark);
    if (!is_same) {
        return FAULT(
            FAULT_INPUT, "wrap of %s %u of %llu: not the one that the rule makes of this key",
            seal_group_name(label->group), label->version, (unsigned long long)label->subject);
    }
    return FAULT_NONE;
}

enum fault seal_wrap_open(struct seal_room *room, const struct seal_label *label,
                          const struct seal_point *group_key, const struct seal_point *shared,
                          const u8 body_hash[SEAL_HASH_BYTES], const struct seal_wrap *wrap,
                          u8 key_out[SEAL_KEY_SIZE])
{
    size_t mark = seal_room_mark(room);
    u8 *wrapping = seal_room_take(room, 32);
    u8 bound[SEAL_LABEL_BYTES];
    seal_label_encode(label, bound);
    wrap_key(room, bound, group_key, &wrap->point, shared, wrapping);
    bool is_open = crypto_aead_xchacha20poly1305_ietf_decrypt(
                       key_out, NULL, NULL, wrap->wrapped, sizeof(wrap->wrapped), bound,
                       sizeof(bound), wrap_nonce, wrapping) == 0;
    seal_room_leave(room, mark);
    enum fault fault =
        is_open ? seal_wrap_recompute(room, label, group_key, key_out, body_hash, wrap)
                : FAULT(FAULT_INPUT, "wrap of %s %u of %llu: does not open with these partials",
                        seal_group_name(label->group), label->version,
                        (unsigned long long)label->subject);
    if (fault != FAULT_NONE) {
        secret_wipe(key_out, SEAL_KEY_SIZE);
    }
    return fault;
}

/* ---- hands ---- */

static const char *hand_name(enum seal_hand_kind kind)
{
    switch (kind) {
    case SEAL_HAND_REVIEW:
        return "hand-review";
    case SEAL_HAND_OWNER:
        return "hand-owner";
    }
    CHECK(false);
}

#define HAND_BOUND_BYTES (SEAL_LABEL_BYTES + 8U)
static void hand_bound(const struct seal_label *label, u64 until, u8 bound[HAND_BOUND_BYTES])
{
    seal_label_encode(label, bound);
    bytes_put_u64(bound + SEAL_LABEL_BYTES, until);
}

enum fault seal_hand_make(struct seal_room *room, const struct seal_label *label,
                          enum seal_hand_kind kind, const struct seal_point *holder, u64 until,
                          const u8 key[SEAL_KEY_SIZE], u8 hand_out[SEAL_HAND_BYTES])
{
    u8 bound[HAND_BOUND_BYTES];
    hand_bound(label, until, bound);
    bytes_put_u64(hand_out, until);
    return seal_box_close(hand_name(kind), room, holder, span_of(bound, sizeof(bound)),
                          span_of(key, SEAL_KEY_SIZE), hand_out + 8);
}

enum fault seal_hand_open(struct seal_room *room, const struct seal_label *label,
                          enum seal_hand_kind kind, const struct seal_scalar *holder, u64 now,
                          struct span hand, u8 key_out[SEAL_KEY_SIZE])
{
    u8 bound[HAND_BOUND_BYTES];
    secret_wipe(key_out, SEAL_KEY_SIZE);
    if (hand.size != SEAL_HAND_BYTES) {
        return FAULT(FAULT_ROT, "hand: not %u bytes", SEAL_HAND_BYTES);
    }
    u64 until = bytes_u64(hand.data);
    if (until != 0 && now > until) {
        return FAULT(FAULT_REFUSED, "hand: its time ended at %llu", (unsigned long long)until);
    }
    hand_bound(label, until, bound);
    return seal_box_open(hand_name(kind), room, holder, span_of(bound, sizeof(bound)),
                         span_after(hand, 8), key_out);
}
