/* Aim: a ceremony makes shares that fit its public points, and whoever deals wrong is named.
 * Method: honest ceremonies with a deal spoilt in each way that a dealer has. */
#include "role/vault/share_deal.h"

#include "base/span.h"
#include "tests/support/share_scene.h"
#include "tests/support/test.h"

#include <sodium.h>
#include <string.h>

static struct seal_room *room;
static struct share_scene scene;
static struct share_group group;

static int hold(void **state)
{
    (void)state;
    if (seal_room_open(&room) != FAULT_NONE) {
        return -1;
    }
    share_scene_hold(room, &scene, SHARE_SIDE_A, 1, 3, 5);
    return 0;
}

static int close_room(void **state)
{
    (void)state;
    bool is_clean = span_is_zero(seal_room_bytes(room));
    seal_room_close(room);
    return is_clean ? 0 : -1;
}

static enum fault check(const struct share_deal *deals, u32 count)
{
    return share_deals_check(&scene.transcript.roster, deals, count, NULL, &group);
}

static void assert_said(const char *words)
{
    if (strstr(fault_text(), words) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", fault_text(), words);
    }
}

/* The secret of any three shares is the one behind the group's point, and of two it is not. */
static void shares_are_of_one_secret(void **state)
{
    (void)state;
    static const u32 sets[][3] = {{1, 2, 3}, {5, 3, 1}, {2, 4, 5}};
    for (u32 set = 0; set < ARRAY_COUNT(sets); set += 1) {
        for (u32 count = 2; count <= 3; count += 1) {
            struct seal_scalar secret = {{0}};
            struct seal_point public;
            for (u32 i = 0; i < count; i += 1) {
                struct seal_scalar weight;
                share_weight(sets[set], count, sets[set][i], &weight);
                crypto_core_ristretto255_scalar_mul(weight.bytes, weight.bytes,
                                                    scene.shares[sets[set][i] - 1].bytes);
                crypto_core_ristretto255_scalar_add(secret.bytes, secret.bytes, weight.bytes);
            }
            assert_true(seal_point_of(&secret, &public));
            assert_int_equal(memcmp(&public, &scene.group.public, sizeof(public)) == 0, count == 3);
        }
    }
    for (u32 i = 0; i < 5; i += 1) {
        struct seal_point public;
        assert_true(seal_point_of(&scene.shares[i], &public));
        assert_memory_equal(&public, &scene.group.shares[i], sizeof(public));
    }
}

static void a_deal_without_its_secret_is_refused(void **state)
{
    (void)state;
    static struct share_deal deals[SHARE_MEMBERS_MAX];
    memcpy(deals, scene.transcript.deals, sizeof(deals));
    /* The last to deal chooses so that the sum is a point they like: no proof of its secret. */
    struct seal_scalar liked;
    struct seal_point wanted;
    seal_scalar_random(&liked);
    assert_true(seal_point_of(&liked, &wanted));
    struct seal_point rogue = wanted;
    for (u32 i = 0; i < 4; i += 1) {
        crypto_core_ristretto255_sub(rogue.bytes, rogue.bytes, deals[i].commitments[0].bytes);
    }
    deals[4].commitments[0] = rogue;
    assert_int_equal(check(deals, 5), FAULT_INPUT);
    assert_said("deal of a0-5: the proof that its secret is known does not hold");
    /* A deal copied from another is no deal of one's own. */
    deals[4] = deals[3];
    deals[4].dealer = 5;
    assert_int_equal(check(deals, 5), FAULT_INPUT);
    assert_said("deal of a0-5: the proof");
}

static void every_byte_that_all_can_see_is_looked_at(void **state)
{
    (void)state;
    static struct share_deal deals[SHARE_MEMBERS_MAX];
    memcpy(deals, scene.transcript.deals, sizeof(deals));
    u8 *const bytes[] = {(u8 *)deals[1].commitments, (u8 *)&deals[1].proof};
    const size_t sizes[] = {3 * SEAL_POINT_BYTES, SEAL_PROOF_BYTES};
    for (u32 i = 0; i < ARRAY_COUNT(bytes); i += 1) {
        for (size_t at = 0; at < sizes[i]; at += 1) {
            bytes[i][at] ^= (u8)(1U << (at % 8));
            assert_int_equal(check(deals, 5), FAULT_INPUT);
            assert_said("deal of a0-2");
            bytes[i][at] ^= (u8)(1U << (at % 8));
        }
    }
    assert_int_equal(check(deals, 5), FAULT_NONE);
    assert_int_equal(check(deals, 4), FAULT_INPUT);
    deals[2].dealer = 2;
    assert_int_equal(check(deals, 5), FAULT_INPUT);
    assert_said("number 3 is of nobody, twice or out of order");
    deals[2].dealer = 6;
    assert_int_equal(check(deals, 5), FAULT_INPUT);
}

static void a_wrong_value_names_its_dealer(void **state)
{
    (void)state;
    static struct share_deal deals[SHARE_MEMBERS_MAX];
    struct seal_scalar share;
    memcpy(deals, scene.transcript.deals, sizeof(deals));
    assert_int_equal(check(deals, 5), FAULT_NONE);
    deals[3].dealt[1][60] ^= 1;
    assert_int_equal(share_deals_take(room, &group, deals, 5, 2, &scene.keys[1], &share),
                     FAULT_INPUT);
    assert_said("deal 4: what it has for member 2 does not open");
    assert_true(span_is_zero(span_of(share.bytes, sizeof(share.bytes))));
    deals[3] = scene.transcript.deals[3];
    assert_int_equal(share_deals_take(room, &group, deals, 5, 2, &scene.keys[2], &share),
                     FAULT_INPUT);
    /* Well sealed, but another polynomial's: its points are good, its value is not theirs. */
    static struct share_deal other;
    share_deal_make(room, &scene.transcript.roster, 4, NULL, &other);
    memcpy(deals[3].dealt[1], other.dealt[1], SHARE_DEALT_BYTES);
    assert_int_equal(check(deals, 5), FAULT_NONE);
    assert_int_equal(share_deals_take(room, &group, deals, 5, 2, &scene.keys[1], &share),
                     FAULT_INPUT);
    assert_said("deal 4: the value for member 2 is not what it committed to");
    assert_int_equal(share_deals_take(room, &group, deals, 5, 1, &scene.keys[0], &share),
                     FAULT_NONE);
    assert_memory_equal(&share, &scene.shares[0], sizeof(share));
}

static void a_resharing_deals_the_old_shares(void **state)
{
    (void)state;
    static struct share_scene next;
    static struct share_deal deals[SHARE_MEMBERS_MAX];
    static const u32 dealers[] = {1, 2, 5};
    share_scene_reshare(room, &scene, &next, dealers, 2, 3);
    assert_memory_equal(&next.group.public, &scene.group.public, sizeof(struct seal_point));
    memcpy(deals, next.transcript.deals, sizeof(deals));
    const struct share_roster *roster = &next.transcript.roster;
    assert_int_equal(share_deals_check(roster, deals, 3, &scene.group, &group), FAULT_NONE);
    assert_int_equal(share_deals_check(roster, deals, 3, NULL, &group), FAULT_INPUT);
    assert_int_equal(share_deals_check(roster, deals, 2, &scene.group, &group), FAULT_INPUT);
    /* A dealer who takes a secret of their own, to make the group's key theirs. */
    struct seal_scalar own;
    seal_scalar_random(&own);
    share_deal_make(room, roster, 5, &own, &deals[2]);
    assert_int_equal(share_deals_check(roster, deals, 3, &scene.group, &group), FAULT_INPUT);
    assert_said("deal of a0-5: not of their share");
    struct share_roster skipped = *roster;
    skipped.generation = 2;
    assert_int_equal(share_deals_check(&skipped, deals, 3, &scene.group, &group), FAULT_INPUT);
    assert_said("not the next generation");
}

static void rosters_have_more_members_than_their_threshold(void **state)
{
    (void)state;
    static struct share_scene made;
    share_scene_roster(&made, SHARE_SIDE_B, 1, 2, 3);
    struct share_roster roster = made.transcript.roster;
    roster.count = 2;
    assert_int_equal(share_roster_check(&roster), FAULT_INPUT);
    assert_said("there is at least one member more");
    roster.count = 3;
    roster.threshold = 1;
    assert_int_equal(share_roster_check(&roster), FAULT_INPUT);
    roster.threshold = 2;
    roster.members[2].key = roster.members[0].key;
    assert_int_equal(share_roster_check(&roster), FAULT_INPUT);
    assert_said("is member 1 (b0-1) once more");
    roster = made.transcript.roster;
    memcpy(roster.members[1].name, "b0-1", 5);
    assert_int_equal(share_roster_check(&roster), FAULT_INPUT);
    memcpy(roster.members[1].name, "B\n", 3);
    assert_int_equal(share_roster_check(&roster), FAULT_INPUT);
    roster = made.transcript.roster;
    memset(&roster.members[2].key, 0, sizeof(struct seal_point));
    assert_int_equal(share_roster_check(&roster), FAULT_INPUT);
    roster = made.transcript.roster;
    roster.before[0] = 1;
    assert_int_equal(share_roster_check(&roster), FAULT_INPUT);
    roster = made.transcript.roster;
    roster.venue[4] = '\n';
    assert_int_equal(share_roster_check(&roster), FAULT_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_are_of_one_secret),
        cmocka_unit_test(a_deal_without_its_secret_is_refused),
        cmocka_unit_test(every_byte_that_all_can_see_is_looked_at),
        cmocka_unit_test(a_wrong_value_names_its_dealer),
        cmocka_unit_test(a_resharing_deals_the_old_shares),
        cmocka_unit_test(rosters_have_more_members_than_their_threshold),
    };
    return cmocka_run_group_tests(tests, hold, close_room);
}
