/* Aim: points and scalars have one form each; proofs hold for their statement and no other; a box
 * opens for its holder alone.
 * Method: known encodings that must be refused, and every byte of a proof, a statement and a box
 * changed in turn. */
#include "role/vault/seal_curve.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

static struct seal_room *room;

static int open_room(void **state)
{
    (void)state;
    return seal_room_open(&room) == FAULT_NONE ? 0 : -1;
}

static int close_room(void **state)
{
    (void)state;
    bool is_clean = span_is_zero(seal_room_bytes(room));
    seal_room_close(room);
    return is_clean ? 0 : -1; /* every operation wiped what it took */
}

static void refuses_other_forms(void **state)
{
    (void)state;
    /* The order of the group, RFC 9496 section 4: 2^252 + 27742317777372353535851937790883648493 */
    const struct seal_scalar order = {{0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                       0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                       0,    0,    0,    0,    0,    0,    0,    0,
                                       0,    0,    0,    0,    0,    0,    0,    0x10}};
    struct seal_scalar below = order;
    below.bytes[0] -= 1;
    assert_false(seal_scalar_is_canonical(&order));
    assert_true(seal_scalar_is_canonical(&below));
    below.bytes[31] = 0x80;
    assert_false(seal_scalar_is_canonical(&below));

    struct seal_point point = {{0}};
    assert_false(seal_point_is_sound(&point)); /* the point at infinity */
    point.bytes[0] = 1;
    assert_false(seal_point_is_sound(&point)); /* negative */
    memset(point.bytes, 0xff, sizeof(point.bytes));
    assert_false(seal_point_is_sound(&point)); /* not below the field's prime */
    const struct seal_scalar one = {{1}};
    const struct seal_scalar none = {{0}};
    assert_true(seal_point_of(&one, &point));
    assert_true(seal_point_is_sound(&point));
    assert_int_equal(point.bytes[0], 0xe2); /* RFC 9496 appendix A.1, B[1] */
    assert_false(seal_point_of(&none, &point));
}

static void sums_are_never_infinite(void **state)
{
    (void)state;
    struct seal_scalar scalar;
    struct seal_point point;
    struct seal_point other;
    struct seal_point sum;
    /* minus one */
    const struct seal_scalar minus = {{0xec, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                       0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                       0,    0,    0,    0,    0,    0,    0,    0,
                                       0,    0,    0,    0,    0,    0,    0,    0x10}};
    seal_scalar_random(&scalar);
    assert_true(seal_point_of(&scalar, &point));
    assert_true(seal_point_times(&minus, &point, &other));
    assert_false(seal_point_add(&point, &other, &sum));
    assert_true(seal_point_add(&point, &point, &sum));
}

static void proof_holds_for_its_statement_alone(void **state)
{
    (void)state;
    struct seal_scalar secret;
    struct seal_point public;
    struct seal_proof proof;
    u8 said[5] = "said";
    struct span part = span_of(said, sizeof(said));
    seal_scalar_random(&secret);
    assert_true(seal_point_of(&secret, &public));
    seal_prove("test", room, &secret, &public, &part, 1, &proof);
    assert_true(seal_proof_holds("test", &public, &part, 1, &proof));
    assert_false(seal_proof_holds("tesu", &public, &part, 1, &proof));
    assert_false(seal_proof_holds("test", &public, &part, 0, &proof));
    u8 *const bytes[] = {(u8 *)&proof, said, public.bytes};
    const size_t sizes[] = {sizeof(proof), sizeof(said), sizeof(public.bytes)};
    for (u32 i = 0; i < ARRAY_COUNT(bytes); i += 1) {
        for (size_t at = 0; at < sizes[i]; at += 1) {
            bytes[i][at] ^= (u8)(1U << (at % 8));
            assert_false(seal_proof_holds("test", &public, &part, 1, &proof));
            bytes[i][at] ^= (u8)(1U << (at % 8));
        }
    }
    assert_true(seal_proof_holds("test", &public, &part, 1, &proof));
}

static void same_secret_is_proved_alone(void **state)
{
    (void)state;
    struct seal_scalar secret;
    struct seal_scalar other;
    struct seal_point public;
    struct seal_point point;
    struct seal_point image;
    struct seal_proof proof;
    struct span part = span_of_text("for one");
    seal_scalar_random(&secret);
    seal_scalar_random(&other);
    assert_true(seal_point_of(&secret, &public) && seal_point_of(&other, &point));
    assert_true(seal_point_times(&secret, &point, &image));
    seal_prove_same("test", room, &secret, &public, &point, &image, &part, 1, &proof);
    assert_true(seal_same_holds("test", &public, &point, &image, &part, 1, &proof));
    assert_false(seal_same_holds("test", &public, &image, &point, &part, 1, &proof));
    u8 *const bytes[] = {(u8 *)&proof, public.bytes, point.bytes, image.bytes};
    for (u32 i = 0; i < ARRAY_COUNT(bytes); i += 1) {
        size_t size = i == 0 ? sizeof(proof) : SEAL_POINT_BYTES;
        for (size_t at = 0; at < size; at += 1) {
            bytes[i][at] ^= (u8)(1U << (at % 8));
            assert_false(seal_same_holds("test", &public, &point, &image, &part, 1, &proof));
            bytes[i][at] ^= (u8)(1U << (at % 8));
        }
    }
    /* Another secret's image, with a proof as good as its maker can make it. */
    assert_true(seal_point_times(&other, &point, &image));
    seal_prove_same("test", room, &secret, &public, &point, &image, &part, 1, &proof);
    assert_false(seal_same_holds("test", &public, &point, &image, &part, 1, &proof));
}

static void box_opens_for_its_holder_alone(void **state)
{
    (void)state;
    struct seal_scalar key;
    struct seal_point to;
    u8 plain[64];
    u8 box[sizeof(plain) + SEAL_BOX_EXTRA_BYTES];
    u8 back[sizeof(plain)];
    struct span bound = span_of_text("bound");
    struct span whole = span_of(box, sizeof(box));
    memset(plain, 0x77, sizeof(plain));
    seal_scalar_random(&key);
    assert_true(seal_point_of(&key, &to));
    assert_int_equal(seal_box_close("test", room, &to, bound, span_of(plain, 64), box), FAULT_NONE);
    assert_int_equal(seal_box_open("test", room, &key, bound, whole, back), FAULT_NONE);
    assert_memory_equal(back, plain, sizeof(plain));
    assert_int_equal(seal_box_open("tesu", room, &key, bound, whole, back), FAULT_ROT);
    assert_true(span_is_zero(span_of(back, sizeof(back))));
    assert_int_equal(seal_box_open("test", room, &key, span_of_text("bounds"), whole, back),
                     FAULT_ROT);
    for (size_t at = 0; at < sizeof(box); at += 1) {
        box[at] ^= 4;
        assert_int_equal(seal_box_open("test", room, &key, bound, whole, back), FAULT_ROT);
        box[at] ^= 4;
    }
    key.bytes[0] ^= 1;
    assert_int_equal(seal_box_open("test", room, &key, bound, whole, back), FAULT_ROT);
    memset(to.bytes, 0, sizeof(to.bytes));
    assert_int_equal(seal_box_close("test", room, &to, bound, span_of(plain, 64), box),
                     FAULT_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_other_forms),
        cmocka_unit_test(sums_are_never_infinite),
        cmocka_unit_test(proof_holds_for_its_statement_alone),
        cmocka_unit_test(same_secret_is_proved_alone),
        cmocka_unit_test(box_opens_for_its_holder_alone),
    };
    return cmocka_run_group_tests(tests, open_room, close_room);
}
