/* Aim: a record opens whole or not at all, and a wrap is good for one record under one key.
 * Method: round trips at the edges of lengths; every byte of body, wrap, hash and hand changed;
 * the attacks of decision 35 by name; the locked memory looked through for the record's key. */
#include "role/vault/seal_record.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <sodium.h>
#include <string.h>

static struct seal_room *room;
static struct seal_scalar group_secret;
static struct seal_point group_key;

static const struct seal_label label = {
    .subject = 41, .version = 1, .epoch = 1, .group = SEAL_GROUP_ADDRESS, .retention = 1};

struct record {
    u8 key[SEAL_KEY_SIZE];
    u8 body[SEAL_BODY_BYTES(64)];
    u8 hash[SEAL_HASH_BYTES];
    struct seal_wrap wrap;
};

static int open_room(void **state)
{
    (void)state;
    if (seal_room_open(&room) != FAULT_NONE) {
        return -1;
    }
    seal_scalar_random(&group_secret);
    return seal_point_of(&group_secret, &group_key) ? 0 : -1;
}

static int close_room(void **state)
{
    (void)state;
    bool is_clean = span_is_zero(seal_room_bytes(room));
    seal_room_close(room);
    return is_clean ? 0 : -1;
}

static void make_record(const struct seal_label *of, struct record *record)
{
    seal_key_make(record->key);
    seal_body_close(of, record->key, span_of_text("12 Invented Lane"), record->body, record->hash);
    assert_int_equal(seal_wrap_make(room, of, &group_key, record->key, record->hash, &record->wrap),
                     FAULT_NONE);
}

static void bodies_of_every_length(void **state)
{
    (void)state;
    const size_t lengths[] = {0, 1, 126, 127, 128, 129, 255, 256, 4096};
    static u8 text[4096];
    static u8 body[SEAL_BODY_BYTES(4096)];
    static u8 back[4096 + SEAL_PAD_BYTES];
    u8 key[SEAL_KEY_SIZE];
    u8 hash[SEAL_HASH_BYTES];
    size_t size;
    memset(text, 0x80, sizeof(text)); /* looks like padding */
    seal_key_make(key);
    for (u32 i = 0; i < ARRAY_COUNT(lengths); i += 1) {
        size_t body_bytes = SEAL_BODY_BYTES(lengths[i]);
        seal_body_close(&label, key, span_of(text, lengths[i]), body, hash);
        assert_int_equal(seal_body_open(&label, key, span_of(body, body_bytes), back, &size),
                         FAULT_NONE);
        assert_int_equal(size, lengths[i]);
        assert_memory_equal(back, text, size);
        assert_true(span_is_zero(span_of(back + size, body_bytes - SEAL_BODY_EXTRA_BYTES - size)));
    }
    assert_int_equal(SEAL_BODY_BYTES(1), SEAL_BODY_BYTES(127)); /* lengths show in steps */
}

static void body_with_a_wrong_byte_is_refused(void **state)
{
    (void)state;
    struct record record;
    struct seal_label other = label;
    u8 text[sizeof(record.body)];
    size_t size;
    make_record(&label, &record);
    struct span body = span_of(record.body, sizeof(record.body));
    for (size_t at = 0; at < sizeof(record.body); at += 1) {
        record.body[at] ^= 1;
        assert_int_equal(seal_body_open(&label, record.key, body, text, &size), FAULT_ROT);
        assert_true(size == 0 && span_is_zero(span_of(text, 128)));
        record.body[at] ^= 1;
    }
    assert_int_equal(seal_body_open(&label, record.key, span_of(record.body, 40), text, &size),
                     FAULT_ROT);
    other.subject = 42;
    assert_int_equal(seal_body_open(&other, record.key, body, text, &size), FAULT_ROT);
    other = label;
    other.retention = 2;
    assert_int_equal(seal_body_open(&other, record.key, body, text, &size), FAULT_ROT);
    other = label;
    other.epoch = 2; /* a rotation leaves bodies alone */
    assert_int_equal(seal_body_open(&other, record.key, body, text, &size), FAULT_NONE);
}

static void wrap_opens_with_the_shared_point(void **state)
{
    (void)state;
    struct record record;
    struct seal_point shared;
    u8 key[SEAL_KEY_SIZE];
    make_record(&label, &record);
    assert_int_equal(seal_wrap_check(&label, &group_key, record.hash, &record.wrap), FAULT_NONE);
    assert_true(seal_point_times(&group_secret, &record.wrap.point, &shared));
    assert_int_equal(
        seal_wrap_open(room, &label, &group_key, &shared, record.hash, &record.wrap, key),
        FAULT_NONE);
    assert_memory_equal(key, record.key, sizeof(key));
    assert_int_equal(
        seal_wrap_open(room, &label, &group_key, &group_key, record.hash, &record.wrap, key),
        FAULT_INPUT);
    assert_true(span_is_zero(span_of(key, sizeof(key))));
}

static void wrap_with_a_wrong_byte_is_refused(void **state)
{
    (void)state;
    struct record record;
    make_record(&label, &record);
    u8 *const bytes[] = {(u8 *)&record.wrap, record.hash};
    const size_t sizes[] = {sizeof(record.wrap), sizeof(record.hash)};
    for (u32 i = 0; i < ARRAY_COUNT(bytes); i += 1) {
        for (size_t at = 0; at < sizes[i]; at += 1) {
            bytes[i][at] ^= (u8)(1U << (at % 8));
            assert_int_equal(seal_wrap_check(&label, &group_key, record.hash, &record.wrap),
                             FAULT_INPUT);
            bytes[i][at] ^= (u8)(1U << (at % 8));
        }
    }
    assert_int_equal(seal_wrap_check(&label, &group_key, record.hash, &record.wrap), FAULT_NONE);
}

static void wrap_is_for_one_label(void **state)
{
    (void)state;
    struct record record;
    make_record(&label, &record);
    for (u32 field = 0; field < 5; field += 1) {
        struct seal_label other = label;
        other.subject += field == 0;
        other.version += field == 1;
        other.epoch += field == 2;
        other.group = field == 3 ? SEAL_GROUP_BANK : other.group;
        other.retention = field == 4 ? 3 : other.retention;
        assert_int_equal(seal_wrap_check(&other, &group_key, record.hash, &record.wrap),
                         FAULT_INPUT);
        assert_non_null(strstr(fault_text(), "does not hold"));
    }
}

/* The attacker puts the point of a victim's record under a record of their own, to have it opened
 * with theirs. */
static void copied_point_is_refused(void **state)
{
    (void)state;
    struct record victim;
    struct record own;
    struct seal_label attacker = label;
    attacker.subject = 99;
    make_record(&label, &victim);
    make_record(&attacker, &own);
    /* As it is. */
    assert_int_equal(seal_wrap_check(&attacker, &group_key, victim.hash, &victim.wrap),
                     FAULT_INPUT);
    /* With their own proof, wrapped key or body beside the point. */
    struct seal_wrap mixed = own.wrap;
    mixed.point = victim.wrap.point;
    assert_int_equal(seal_wrap_check(&attacker, &group_key, own.hash, &mixed), FAULT_INPUT);
    mixed = victim.wrap;
    mixed.proof = own.wrap.proof;
    assert_int_equal(seal_wrap_check(&attacker, &group_key, own.hash, &mixed), FAULT_INPUT);
}

/* R' = R + d * base, with the d known: its answer opens R, but nobody can prove to know r + d. */
static void rerandomised_point_is_refused(void **state)
{
    (void)state;
    struct record victim;
    struct seal_label attacker = label;
    struct seal_scalar step;
    struct seal_point moved;
    struct seal_wrap forged;
    u8 bound[SEAL_LABEL_BYTES];
    attacker.subject = 99;
    make_record(&label, &victim);
    seal_scalar_random(&step);
    assert_true(seal_point_of(&step, &moved));
    forged = victim.wrap;
    assert_true(seal_point_add(&victim.wrap.point, &moved, &forged.point));
    assert_int_equal(seal_wrap_check(&attacker, &group_key, victim.hash, &forged), FAULT_INPUT);
    /* The victim's proof, moved by the same step: answer + challenge * step. */
    struct seal_scalar product;
    crypto_core_ristretto255_scalar_mul(product.bytes, forged.proof.challenge.bytes, step.bytes);
    crypto_core_ristretto255_scalar_add(forged.proof.answer.bytes, forged.proof.answer.bytes,
                                        product.bytes);
    assert_int_equal(seal_wrap_check(&label, &group_key, victim.hash, &forged), FAULT_INPUT);
    /* A proof made with the step as if it were the whole secret. */
    seal_label_encode(&attacker, bound);
    const struct span parts[] = {span_of(group_key.bytes, 32), span_of(bound, sizeof(bound)),
                                 span_of(forged.wrapped, sizeof(forged.wrapped)),
                                 span_of(victim.hash, sizeof(victim.hash))};
    seal_prove("wrap-proof", room, &step, &forged.point, parts, 4, &forged.proof);
    assert_int_equal(seal_wrap_check(&attacker, &group_key, victim.hash, &forged), FAULT_INPUT);
}

/* A page that wraps for the officers something else than what the reviewer sees. */
static void reviewer_refuses_another_permanent_wrap(void **state)
{
    (void)state;
    struct record record;
    struct seal_wrap other;
    u8 other_key[SEAL_KEY_SIZE];
    make_record(&label, &record);
    assert_int_equal(
        seal_wrap_recompute(room, &label, &group_key, record.key, record.hash, &record.wrap),
        FAULT_NONE);
    seal_key_make(other_key);
    assert_int_equal(seal_wrap_make(room, &label, &group_key, other_key, record.hash, &other),
                     FAULT_NONE);
    assert_int_equal(seal_wrap_check(&label, &group_key, record.hash, &other), FAULT_NONE);
    assert_int_equal(seal_wrap_recompute(room, &label, &group_key, record.key, record.hash, &other),
                     FAULT_INPUT);
    assert_non_null(strstr(fault_text(), "not the one that the rule makes"));
}

static void wrap_made_off_the_rule_does_not_open(void **state)
{
    (void)state;
    /* The right key under a point of the maker's choice, with a good proof: refused at the opening.
     */
    struct record record;
    struct seal_scalar chosen;
    struct seal_point shared;
    struct seal_wrap wrap;
    u8 bound[SEAL_LABEL_BYTES];
    u8 wrapping[32];
    u8 key[SEAL_KEY_SIZE];
    static const u8 nonce[24];
    make_record(&label, &record);
    seal_scalar_random(&chosen);
    assert_true(seal_point_of(&chosen, &wrap.point));
    assert_true(seal_point_times(&chosen, &group_key, &shared));
    seal_label_encode(&label, bound);
    const struct span info[] = {span_of(wrap.point.bytes, 32), span_of(group_key.bytes, 32),
                                span_of(bound, sizeof(bound))};
    seal_derive("wrap-key", room, &shared, info, 3, wrapping);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(wrap.wrapped, NULL, record.key, 32, bound,
                                                     sizeof(bound), NULL, nonce, wrapping);
    const struct span parts[] = {span_of(group_key.bytes, 32), span_of(bound, sizeof(bound)),
                                 span_of(wrap.wrapped, sizeof(wrap.wrapped)),
                                 span_of(record.hash, sizeof(record.hash))};
    seal_prove("wrap-proof", room, &chosen, &wrap.point, parts, 4, &wrap.proof);
    assert_int_equal(seal_wrap_check(&label, &group_key, record.hash, &wrap), FAULT_NONE);
    assert_int_equal(seal_wrap_open(room, &label, &group_key, &shared, record.hash, &wrap, key),
                     FAULT_INPUT);
    assert_non_null(strstr(fault_text(), "not the one that the rule makes"));
    assert_true(span_is_zero(span_of(key, sizeof(key))));
}

static void rotation_makes_a_new_wrap_and_leaves_the_body(void **state)
{
    (void)state;
    struct record record;
    struct seal_label next = label;
    struct seal_scalar next_secret;
    struct seal_point next_key;
    struct seal_point shared;
    struct seal_wrap wrap;
    u8 key[SEAL_KEY_SIZE];
    u8 text[sizeof(record.body)];
    size_t size;
    make_record(&label, &record);
    next.epoch = 2;
    seal_scalar_random(&next_secret);
    assert_true(seal_point_of(&next_secret, &next_key));
    assert_int_equal(seal_wrap_make(room, &next, &next_key, record.key, record.hash, &wrap),
                     FAULT_NONE);
    assert_memory_not_equal(wrap.point.bytes, record.wrap.point.bytes, 32);
    assert_int_equal(seal_wrap_check(&next, &group_key, record.hash, &wrap), FAULT_INPUT);
    assert_true(seal_point_times(&next_secret, &wrap.point, &shared));
    assert_int_equal(seal_wrap_open(room, &next, &next_key, &shared, record.hash, &wrap, key),
                     FAULT_NONE);
    assert_int_equal(
        seal_body_open(&next, key, span_of(record.body, SEAL_BODY_BYTES(16)), text, &size),
        FAULT_NONE);
    assert_memory_equal(text, "12 Invented Lane", 16);
}

static void hands_are_for_one_holder_purpose_and_time(void **state)
{
    (void)state;
    struct record record;
    struct seal_scalar holder;
    struct seal_point holder_key;
    struct seal_label other = label;
    u8 hand[SEAL_HAND_BYTES];
    u8 key[SEAL_KEY_SIZE];
    struct span whole = span_of(hand, sizeof(hand));
    make_record(&label, &record);
    seal_scalar_random(&holder);
    assert_true(seal_point_of(&holder, &holder_key));
    assert_int_equal(
        seal_hand_make(room, &label, SEAL_HAND_REVIEW, &holder_key, 1000, record.key, hand),
        FAULT_NONE);
    assert_int_equal(seal_hand_open(room, &label, SEAL_HAND_REVIEW, &holder, 1000, whole, key),
                     FAULT_NONE);
    assert_memory_equal(key, record.key, sizeof(key));
    assert_int_equal(seal_hand_open(room, &label, SEAL_HAND_REVIEW, &holder, 1001, whole, key),
                     FAULT_REFUSED);
    assert_true(span_is_zero(span_of(key, sizeof(key))));
    assert_int_equal(seal_hand_open(room, &label, SEAL_HAND_OWNER, &holder, 1, whole, key),
                     FAULT_ROT);
    other.subject += 1;
    assert_int_equal(seal_hand_open(room, &other, SEAL_HAND_REVIEW, &holder, 1, whole, key),
                     FAULT_ROT);
    for (size_t at = 0; at < sizeof(hand); at += 1) {
        hand[at] ^= 0x10;
        assert_int_not_equal(
            seal_hand_open(room, &label, SEAL_HAND_REVIEW, &holder, 900, whole, key), FAULT_NONE);
        hand[at] ^= 0x10;
    }
    assert_int_equal(
        seal_hand_open(room, &label, SEAL_HAND_REVIEW, &holder, 1, span_of(hand, 87), key),
        FAULT_ROT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_of_every_length),
        cmocka_unit_test(body_with_a_wrong_byte_is_refused),
        cmocka_unit_test(wrap_opens_with_the_shared_point),
        cmocka_unit_test(wrap_with_a_wrong_byte_is_refused),
        cmocka_unit_test(wrap_is_for_one_label),
        cmocka_unit_test(copied_point_is_refused),
        cmocka_unit_test(rerandomised_point_is_refused),
        cmocka_unit_test(reviewer_refuses_another_permanent_wrap),
        cmocka_unit_test(wrap_made_off_the_rule_does_not_open),
        cmocka_unit_test(rotation_makes_a_new_wrap_and_leaves_the_body),
        cmocka_unit_test(hands_are_for_one_holder_purpose_and_time),
    };
    return cmocka_run_group_tests(tests, open_room, close_room);
}
