/* Aim: a record opens with enough officers of both groups and no otherwise; a wrong, copied or late
 * answer is refused and names its officer; shares move to other officers and records stay.
 * Method: ceremonies with random thresholds; every set of officers that is too small; every byte of
 * a partial changed; answers for one record offered for another. The seed is that of the run. */
#include "role/vault/share_part.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/share_scene.h"
#include "tests/support/test.h"

#include <string.h>

static struct seal_room *room;
static struct random chance;
static struct share_scene a;
static struct share_scene b;
static struct share_key key;

static const u8 context[SHARE_HASH_BYTES] = {1, 2, 3};
static const u8 other_context[SHARE_HASH_BYTES] = {1, 2, 4};

struct record {
    u8 key[SEAL_KEY_SIZE];
    u8 hash[SEAL_HASH_BYTES];
    u8 body[SEAL_BODY_BYTES(4)];
    struct seal_wrap wrap;
    struct share_case about;
};

static void make_record(struct record *record, u64 subject)
{
    record->about = (struct share_case){.key = &key,
                                        .label = {.subject = subject,
                                                  .version = 1,
                                                  .epoch = 1,
                                                  .group = SEAL_GROUP_BANK,
                                                  .retention = 1},
                                        .wrap = &record->wrap,
                                        .body_hash = record->hash,
                                        .context = context};
    seal_key_make(record->key);
    seal_body_close(&record->about.label, record->key, span_of_text("text"), record->body,
                    record->hash);
    assert_int_equal(seal_wrap_make(room, &record->about.label, &key.public, record->key,
                                    record->hash, &record->wrap),
                     FAULT_NONE);
}

static struct share_partial answer(const struct record *record, const struct share_scene *scene,
                                   u32 index)
{
    struct share_partial partial;
    assert_int_equal(share_answer(room, &record->about, scene->group.roster.side, index,
                                  &scene->shares[index - 1], &partial),
                     FAULT_NONE);
    return partial;
}

static int hold(void **state)
{
    (void)state;
    random_init(&chance, test_seed());
    if (seal_room_open(&room) != FAULT_NONE) {
        return -1;
    }
    share_scene_hold(room, &a, SHARE_SIDE_A, 1, 2, 3);
    share_scene_hold(room, &b, SHARE_SIDE_B, 1, 2, 4);
    return share_key_form(&a.group, &b.group, &key) == FAULT_NONE ? 0 : -1;
}

static int close_room(void **state)
{
    (void)state;
    bool is_clean = span_is_zero(seal_room_bytes(room));
    seal_room_close(room);
    return is_clean ? 0 : -1;
}

static void assert_opens(const struct record *record, const struct share_partial *partials,
                         u32 count)
{
    u8 opened[SEAL_KEY_SIZE];
    struct share_wrong wrong;
    assert_int_equal(share_open(room, &record->about, partials, count, opened, &wrong), FAULT_NONE);
    assert_memory_equal(opened, record->key, sizeof(opened));
    assert_int_equal(wrong.index, 0);
}

static struct share_wrong assert_refused(const struct share_case *about,
                                         const struct share_partial *partials, u32 count,
                                         enum fault wanted, const char *words)
{
    u8 opened[SEAL_KEY_SIZE];
    struct share_wrong wrong;
    assert_int_equal(share_open(room, about, partials, count, opened, &wrong), wanted);
    assert_true(span_is_zero(span_of(opened, sizeof(opened))));
    if (strstr(fault_text(), words) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", fault_text(), words);
    }
    return wrong;
}

static void opens_with_two_of_each_group(void **state)
{
    (void)state;
    struct record record;
    make_record(&record, 7);
    struct share_partial partials[] = {answer(&record, &b, 4), answer(&record, &a, 1),
                                       answer(&record, &a, 3), answer(&record, &b, 2),
                                       answer(&record, &a, 2)};
    assert_opens(&record, partials, 4);
    assert_opens(&record, partials, 5);
}

static void one_approval_opens_nothing(void **state)
{
    (void)state;
    struct record record;
    make_record(&record, 7);
    struct share_partial one = answer(&record, &a, 1);
    (void)assert_refused(&record.about, &one, 1, FAULT_REFUSED, "group A: 1 of the 2");
    (void)assert_refused(&record.about, &one, 0, FAULT_REFUSED, "group A: 0 of the 2");
}

static void all_of_one_group_open_nothing(void **state)
{
    (void)state;
    struct record record;
    make_record(&record, 7);
    struct share_partial partials[5];
    for (u32 i = 0; i < 4; i += 1) {
        partials[i] = answer(&record, &b, i + 1);
    }
    (void)assert_refused(&record.about, partials, 4, FAULT_REFUSED, "group A: 0 of the 2");
    partials[4] = answer(&record, &a, 2);
    (void)assert_refused(&record.about, partials, 5, FAULT_REFUSED, "group A: 1 of the 2");
}

static void one_officer_twice_is_one_officer(void **state)
{
    (void)state;
    struct record record;
    make_record(&record, 7);
    struct share_partial partials[] = {answer(&record, &a, 1), answer(&record, &b, 1),
                                       answer(&record, &b, 2), answer(&record, &a, 1)};
    struct share_wrong wrong =
        assert_refused(&record.about, partials, 4, FAULT_INPUT, "a0-1 (group A): given twice");
    assert_true(wrong.side == SHARE_SIDE_A && wrong.index == 1);
}

static void one_person_is_in_one_group(void **state)
{
    (void)state;
    static struct share_group twin;
    struct share_key formed;
    twin = b.group;
    memcpy(twin.roster.members[1].name, a.group.roster.members[0].name, CODE_NAME_BYTES);
    assert_int_equal(share_key_form(&a.group, &twin, &formed), FAULT_INPUT);
    assert_non_null(strstr(fault_text(), "a0-1, or their key, is in both groups"));
    twin = b.group;
    twin.roster.members[3].key = a.group.roster.members[2].key;
    assert_int_equal(share_key_form(&a.group, &twin, &formed), FAULT_INPUT);
    assert_int_equal(share_key_form(&b.group, &a.group, &formed), FAULT_INPUT);
    twin = b.group;
    twin.roster.epoch = 2;
    assert_int_equal(share_key_form(&a.group, &twin, &formed), FAULT_INPUT);
    assert_non_null(strstr(fault_text(), "one venue and epoch"));
}

static void a_wrong_byte_names_its_officer(void **state)
{
    (void)state;
    struct record record;
    make_record(&record, 7);
    struct share_partial partials[] = {answer(&record, &a, 1), answer(&record, &a, 3),
                                       answer(&record, &b, 1), answer(&record, &b, 4)};
    u8 *bytes = (u8 *)&partials[3];
    for (u32 at = 0; at < SHARE_PARTIAL_BYTES; at += 1) {
        struct share_wrong wrong;
        bytes[at] ^= (u8)(1U << (at % 8));
        assert_int_equal(share_partial_check(&record.about, &partials[3], &wrong), FAULT_INPUT);
        if (at >= SHARE_PLACE_BYTES) {
            assert_true(wrong.side == SHARE_SIDE_B && wrong.index == 4);
            assert_non_null(strstr(fault_text(), "partial of b0-4 (group B)"));
        }
        bytes[at] ^= (u8)(1U << (at % 8));
    }
    bytes[20] ^= 1;
    struct share_wrong wrong =
        assert_refused(&record.about, partials, 4, FAULT_INPUT, "partial of b0-4 (group B)");
    assert_true(wrong.side == SHARE_SIDE_B && wrong.index == 4);
}

static void an_answer_for_one_record_is_none_for_another(void **state)
{
    (void)state;
    struct record record;
    struct record other;
    make_record(&record, 7);
    make_record(&other, 8);
    struct share_partial partials[] = {answer(&record, &a, 1), answer(&record, &a, 2),
                                       answer(&record, &b, 1), answer(&record, &b, 2)};
    (void)assert_refused(&other.about, partials, 4, FAULT_INPUT, "for this record and grant");
    struct share_case regranted = record.about;
    regranted.context = other_context;
    (void)assert_refused(&regranted, partials, 4, FAULT_INPUT, "for this record and grant");
    assert_opens(&record, partials, 4);
}

static void an_officer_does_not_answer_for_a_bad_wrap(void **state)
{
    (void)state;
    struct record record;
    struct share_partial partial;
    make_record(&record, 7);
    struct share_case moved = record.about;
    moved.label.subject = 8; /* another's point under one's own record */
    assert_int_equal(share_answer(room, &moved, SHARE_SIDE_A, 1, &a.shares[0], &partial),
                     FAULT_INPUT);
    assert_non_null(strstr(fault_text(), "does not hold for this subject"));
    moved = record.about;
    moved.label.epoch = 2;
    assert_int_equal(share_answer(room, &moved, SHARE_SIDE_A, 1, &a.shares[0], &partial),
                     FAULT_INPUT);
    assert_non_null(strstr(fault_text(), "of epoch 2, the key is of epoch 1"));
    assert_int_equal(share_answer(room, &record.about, SHARE_SIDE_A, 2, &a.shares[0], &partial),
                     FAULT_INPUT);
    assert_int_equal(share_answer(room, &record.about, SHARE_SIDE_A, 4, &a.shares[0], &partial),
                     FAULT_INPUT);
}

/* Officers leave, others come, with other numbers; the record is not touched. */
static void shares_move_and_records_stay(void **state)
{
    (void)state;
    static struct share_scene next;
    static struct share_scene after;
    static struct share_key moved;
    static const u32 dealers[] = {1, 3};
    static const u32 next_dealers[] = {2, 4, 5};
    struct record record;
    make_record(&record, 7);
    struct share_partial late = answer(&record, &a, 2);
    share_scene_reshare(room, &a, &next, dealers, 3, 5);
    share_scene_reshare(room, &next, &after, next_dealers, 2, 3);
    assert_int_equal(share_key_form(&after.group, &b.group, &moved), FAULT_NONE);
    assert_memory_equal(&moved.public, &key.public, sizeof(key.public));
    record.about.key = &moved;
    struct share_partial partials[] = {answer(&record, &after, 1), answer(&record, &after, 3),
                                       answer(&record, &b, 2), answer(&record, &b, 3)};
    assert_opens(&record, partials, 4);
    /* An officer who left is known by the generation, and has no place with another. */
    partials[1] = late;
    (void)assert_refused(&record.about, partials, 4, FAULT_INPUT,
                         "of epoch 1 and generation 0, not 1 and 2");
    partials[1].place[8] = 2;
    struct share_wrong wrong =
        assert_refused(&record.about, partials, 4, FAULT_INPUT, "not by this officer's share");
    assert_true(wrong.side == SHARE_SIDE_A && wrong.index == 2);
}

static void rotation_ends_the_old_shares(void **state)
{
    (void)state;
    static struct share_scene a2;
    static struct share_scene b2;
    static struct share_key next;
    struct record record;
    struct seal_wrap wrap;
    make_record(&record, 7);
    share_scene_hold(room, &a2, SHARE_SIDE_A, 2, 2, 3);
    share_scene_hold(room, &b2, SHARE_SIDE_B, 2, 2, 3);
    assert_int_equal(share_key_form(&a2.group, &b2.group, &next), FAULT_NONE);
    struct share_case about = record.about;
    about.key = &next;
    about.wrap = &wrap;
    about.label.epoch = 2;
    assert_int_equal(
        seal_wrap_make(room, &about.label, &next.public, record.key, record.hash, &wrap),
        FAULT_NONE);
    struct share_partial partials[4];
    for (u32 i = 0; i < 4; i += 1) {
        const struct share_scene *scene = i < 2 ? &a2 : &b2;
        assert_int_equal(share_answer(room, &about, scene->group.roster.side, i % 2 + 1,
                                      &scene->shares[i % 2], &partials[i]),
                         FAULT_NONE);
    }
    u8 opened[SEAL_KEY_SIZE];
    struct share_wrong wrong;
    assert_int_equal(share_open(room, &about, partials, 4, opened, &wrong), FAULT_NONE);
    assert_memory_equal(opened, record.key, sizeof(opened));
    assert_int_equal(share_answer(room, &about, SHARE_SIDE_A, 1, &a.shares[0], &partials[0]),
                     FAULT_INPUT);
}

static void a_drill_is_for_its_nonce_and_share(void **state)
{
    (void)state;
    static struct share_scene next;
    static const u32 dealers[] = {2, 3};
    u8 nonce[SHARE_NONCE_BYTES];
    struct seal_proof proof;
    random_fill(&chance, nonce, sizeof(nonce));
    assert_int_equal(share_drill(room, &a.group, 2, &a.shares[1], nonce, &proof), FAULT_NONE);
    assert_true(share_drill_holds(&a.group, 2, nonce, &proof));
    assert_false(share_drill_holds(&a.group, 1, nonce, &proof));
    assert_false(share_drill_holds(&a.group, 0, nonce, &proof));
    assert_false(share_drill_holds(&b.group, 2, nonce, &proof));
    nonce[31] ^= 1;
    assert_false(share_drill_holds(&a.group, 2, nonce, &proof));
    nonce[31] ^= 1;
    share_scene_reshare(room, &a, &next, dealers, 2, 3);
    assert_false(share_drill_holds(&next.group, 2, nonce, &proof));
    assert_int_equal(share_drill(room, &next.group, 2, &a.shares[1], nonce, &proof), FAULT_INPUT);
}

/* The indexes 1 to count in a random order. */
static void shuffle(u32 *indexes, u32 count)
{
    for (u32 i = 0; i < count; i += 1) {
        indexes[i] = i + 1;
    }
    for (u32 i = count; i > 1; i -= 1) {
        u32 other = (u32)random_below(&chance, i);
        u32 kept = indexes[i - 1];
        indexes[i - 1] = indexes[other];
        indexes[other] = kept;
    }
}

static void any_thresholds_open_and_one_less_does_not(void **state)
{
    (void)state;
    static struct share_scene scenes[2];
    static struct share_key random_key;
    u64 rounds = test_rounds(10);
    for (u64 round = 0; round < rounds; round += 1) {
        struct share_partial partials[SHARE_PARTIALS_MAX];
        u32 indexes[SHARE_MEMBERS_MAX];
        u32 count = 0;
        struct record record;
        for (u32 side = 0; side < 2; side += 1) {
            u32 threshold = (u32)random_between(&chance, 2, 5);
            u32 members = (u32)random_between(&chance, threshold + 1, 8);
            share_scene_hold(room, &scenes[side], side == 0 ? SHARE_SIDE_A : SHARE_SIDE_B, 1,
                             threshold, members);
        }
        assert_int_equal(share_key_form(&scenes[0].group, &scenes[1].group, &random_key),
                         FAULT_NONE);
        const struct share_key kept = key;
        key = random_key;
        make_record(&record, 7);
        for (u32 side = 0; side < 2; side += 1) {
            shuffle(indexes, scenes[side].group.roster.count);
            for (u32 i = 0; i < scenes[side].group.roster.threshold; i += 1) {
                partials[count] = answer(&record, &scenes[side], indexes[i]);
                count += 1;
            }
        }
        assert_opens(&record, partials, count);
        (void)assert_refused(&record.about, partials, count - 1, FAULT_REFUSED, "group B");
        (void)assert_refused(&record.about, partials + 1, count - 1, FAULT_REFUSED, "group A");
        key = kept;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_with_two_of_each_group),
        cmocka_unit_test(one_approval_opens_nothing),
        cmocka_unit_test(all_of_one_group_open_nothing),
        cmocka_unit_test(one_officer_twice_is_one_officer),
        cmocka_unit_test(one_person_is_in_one_group),
        cmocka_unit_test(a_wrong_byte_names_its_officer),
        cmocka_unit_test(an_answer_for_one_record_is_none_for_another),
        cmocka_unit_test(an_officer_does_not_answer_for_a_bad_wrap),
        cmocka_unit_test(shares_move_and_records_stay),
        cmocka_unit_test(rotation_ends_the_old_shares),
        cmocka_unit_test(a_drill_is_for_its_nonce_and_share),
        cmocka_unit_test(any_thresholds_open_and_one_less_does_not),
    };
    return cmocka_run_group_tests(tests, hold, close_room);
}
