/* Aim: an answer of a drill shows one share of one group now, for what was asked and nothing else;
 * nothing that can be asked makes an answer into a confirmation of a ceremony; the line has one
 * form. Method: officers who hold a ceremony, every byte of an answer changed. */
#include "role/vault/share_shown.h"

#include "base/bytes.h"
#include "base/span.h"
#include "tests/support/share_scene.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static struct seal_room *room;
static struct share_scene a;
static struct share_scene b;
static u8 asked[SHARE_NONCE_BYTES];

static int hold(void **state)
{
    (void)state;
    assert_int_equal(seal_room_open(&room), FAULT_NONE);
    share_scene_hold(room, &a, SHARE_SIDE_A, 1, 2, 3);
    share_scene_hold(room, &b, SHARE_SIDE_B, 1, 2, 4);
    memset(asked, 0x5a, sizeof(asked));
    return 0;
}

static int close_room(void **state)
{
    (void)state;
    seal_room_close(room);
    return 0;
}

static struct share_shown show(const struct share_scene *scene, u32 index)
{
    struct share_shown shown;
    assert_int_equal(
        share_shown_make(room, &scene->group, index, &scene->shares[index - 1], asked, &shown),
        FAULT_NONE);
    return shown;
}

static void refused(const struct share_group *group, const u8 *nonce,
                    const struct share_shown *shown, const char *why)
{
    assert_int_equal(share_shown_check(group, nonce, shown), FAULT_INPUT);
    if (strstr(fault_text(), why) == NULL) {
        fail_msg("%s", fault_text());
    }
    fault_forget();
}

static void a_share_is_shown_for_what_was_asked(void **state)
{
    (void)state;
    u8 other[SHARE_NONCE_BYTES] = {1};
    for (u32 index = 1; index <= 3; index += 1) {
        struct share_shown shown = show(&a, index);
        assert_int_equal(share_shown_check(&a.group, asked, &shown), FAULT_NONE);
        refused(&b.group, asked, &shown, "of no member of group B in epoch 1");
        refused(&a.group, other, &shown, "for another nonce");
        memcpy(shown.asked, other, sizeof(other)); /* the proof is still for the first */
        refused(&a.group, other, &shown, "not by this officer's share");
    }
}

static void two_answers_have_two_nonces_of_their_own(void **state)
{
    (void)state;
    struct share_shown first = show(&a, 1);
    struct share_shown second = show(&a, 1);
    assert_memory_not_equal(first.own, second.own, sizeof(first.own));
    assert_false(span_is_zero(span_of(first.own, sizeof(first.own))));
}

static void any_changed_byte_refuses_it_and_names_the_officer(void **state)
{
    (void)state;
    struct share_shown shown = show(&b, 3);
    char name[32];
    (void)snprintf(name, sizeof(name), "drill of %s (group B)", b.group.roster.members[2].name);
    for (u32 at = 0; at < SHARE_SHOWN_BYTES; at += 1) {
        u8 bytes[SHARE_SHOWN_BYTES];
        struct share_shown changed;
        memcpy(bytes, &shown, sizeof(bytes));
        bytes[at] ^= 0x80;
        memcpy(&changed, bytes, sizeof(changed));
        bool is_elsewhere = at == 0 || at == 1 || (at >= 4 && at < SHARE_PLACE_BYTES);
        refused(&b.group, asked, &changed, is_elsewhere ? "of no member of group B" : name);
    }
    shown.place[1] = 2; /* another officer's name on it */
    (void)snprintf(name, sizeof(name), "drill of %s (group B)", b.group.roster.members[1].name);
    refused(&b.group, asked, &shown, name);
}

static void another_generation_or_epoch_shows_nothing(void **state)
{
    (void)state;
    static struct share_scene next;
    static struct share_scene later;
    static const u32 dealers[] = {2, 3};
    struct share_shown old = show(&a, 2);
    share_scene_reshare(room, &a, &next, dealers, 2, 3);
    refused(&next.group, asked, &old, "in epoch 1 and generation 1, as it is now");
    bytes_put_u32(old.place + 8, 1);
    refused(&next.group, asked, &old, "not by this officer's share");
    share_scene_hold(room, &later, SHARE_SIDE_A, 2, 2, 3);
    struct share_shown foreign = show(&later, 2);
    refused(&a.group, asked, &foreign, "in epoch 1 and generation 0, as it is now");
    bytes_put_u32(foreign.place + 4, 1);
    refused(&a.group, asked, &foreign, "not by this officer's share");
    struct share_shown shown;
    assert_int_equal(share_shown_make(room, &next.group, 2, &a.shares[1], asked, &shown),
                     FAULT_INPUT);
    fault_forget();
}

/* Who asks passes the hash of a gathered text that the officer never saw as what is asked. */
static void no_answer_is_a_confirmation(void **state)
{
    (void)state;
    struct share_transcript forged = a.transcript;
    struct share_group group;
    struct share_shown shown;
    u8 gathered[SHARE_HASH_BYTES];
    share_transcript_hash_gathered(&a.transcript, gathered);
    assert_int_equal(share_shown_make(room, &a.group, 1, &a.shares[0], gathered, &shown),
                     FAULT_NONE);
    assert_int_equal(share_shown_check(&a.group, gathered, &shown), FAULT_NONE);
    assert_false(share_drill_holds(&a.group, 1, gathered, &shown.proof));
    forged.confirmed[0] = shown.proof;
    assert_int_equal(share_transcript_check(&forged, NULL, NULL, &group), FAULT_INPUT);
    assert_non_null(strstr(fault_text(), "confirmation of a0-1 does not hold"));
    fault_forget();
    /* Nor is a confirmation an answer: no own nonce leads to its hash. */
    memcpy(shown.own, gathered, sizeof(shown.own));
    shown.proof = a.transcript.confirmed[0];
    refused(&a.group, gathered, &shown, "not by this officer's share");
}

static void the_line_has_one_form(void **state)
{
    (void)state;
    char text[SHARE_SHOWN_TEXT_BYTES];
    struct share_shown shown = show(&b, 4);
    struct share_shown again;
    size_t size = share_shown_print(&shown, text);
    assert_memory_equal(text, "drill B 1 0 4 5a5a", 18);
    assert_int_equal(size, 14 + 65 + 65 + 128 + 1);
    assert_int_equal(share_shown_read(span_of(text, size), "f", &again), FAULT_NONE);
    assert_memory_equal(&shown, &again, sizeof(shown));
    assert_int_equal(share_shown_read(span_of(text, size - 1), "f", &again), FAULT_INPUT);
    fault_forget();
    for (size_t at = 0; at < size; at += 1) {
        static const char others[] = {' ', '\n', '0', 'A', 'G', 'g', '\0'};
        for (u32 i = 0; i < ARRAY_COUNT(others); i += 1) {
            char kept = text[at];
            text[at] = others[i];
            if (share_shown_read(span_of(text, size), "f", &again) == FAULT_NONE) {
                char printed[SHARE_SHOWN_TEXT_BYTES];
                assert_int_equal(share_shown_print(&again, printed), size);
                assert_memory_equal(printed, text, size);
            }
            fault_forget();
            text[at] = kept;
        }
    }
    static const char *const wrong[] = {"", "\n", "drill\n", "drill A 1 0 1\n"};
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        assert_int_equal(share_shown_read(span_of_text(wrong[i]), "f", &again), FAULT_INPUT);
        assert_string_equal(
            fault_text(), "f: not one line \"drill SIDE EPOCH GENERATION INDEX ASKED OWN PROOF\"");
        fault_forget();
    }
}

static void bytes_of_no_place_are_refused(void **state)
{
    (void)state;
    struct share_shown shown = show(&a, 1);
    struct share_shown again;
    static const u8 changes[][2] = {{0, 0}, {0, 3}, {1, 0}, {1, 17}, {2, 1}, {3, 1}, {4, 0}};
    assert_int_equal(share_shown_decode(span_of(&shown, sizeof(shown)), &again), FAULT_NONE);
    assert_memory_equal(&shown, &again, sizeof(shown));
    assert_int_equal(share_shown_decode(span_of(&shown, sizeof(shown) - 1), &again), FAULT_INPUT);
    for (u32 i = 0; i < ARRAY_COUNT(changes); i += 1) {
        struct share_shown changed = shown;
        changed.place[changes[i][0]] = changes[i][1];
        assert_int_equal(share_shown_decode(span_of(&changed, sizeof(changed)), &again),
                         FAULT_INPUT);
    }
    fault_forget();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_share_is_shown_for_what_was_asked),
        cmocka_unit_test(two_answers_have_two_nonces_of_their_own),
        cmocka_unit_test(any_changed_byte_refuses_it_and_names_the_officer),
        cmocka_unit_test(another_generation_or_epoch_shows_nothing),
        cmocka_unit_test(no_answer_is_a_confirmation),
        cmocka_unit_test(the_line_has_one_form),
        cmocka_unit_test(bytes_of_no_place_are_refused),
    };
    return cmocka_run_group_tests(tests, hold, close_room);
}
