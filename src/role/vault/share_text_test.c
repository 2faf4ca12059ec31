/* Aim: a ceremony has one text, and a text that was changed anywhere is refused.
 * Method: transcripts of two ceremonies, read and printed; every line changed, left out and
 * doubled; every byte changed and either refused in reading or in the check. */
#include "role/vault/share_text.h"

#include "base/span.h"
#include "tests/support/share_scene.h"
#include "tests/support/test.h"

#include <sodium.h>
#include <string.h>

static struct seal_room *room;
static struct share_scene scene;
static struct share_scene next;
static struct share_transcript read_back;
static struct share_group group;
static char text[SHARE_TEXT_BYTES];
static char other[2 * SHARE_TEXT_BYTES];

static int hold(void **state)
{
    (void)state;
    static const u32 dealers[] = {2, 3};
    if (seal_room_open(&room) != FAULT_NONE) {
        return -1;
    }
    share_scene_hold(room, &scene, SHARE_SIDE_A, 1, 2, 3);
    share_scene_reshare(room, &scene, &next, dealers, 2, 3);
    return 0;
}

static int close_room(void **state)
{
    (void)state;
    seal_room_close(room);
    return 0;
}

/* Whether the text is a ceremony that all can believe. */
static bool is_believed(struct span bytes)
{
    return share_transcript_read(bytes, "t", &read_back) == FAULT_NONE &&
           share_transcript_check(&read_back, NULL, NULL, &group) == FAULT_NONE;
}

static void reads_what_it_prints(void **state)
{
    (void)state;
    u8 hash[SHARE_HASH_BYTES];
    u8 wanted[SHARE_HASH_BYTES];
    size_t size = share_transcript_print(&scene.transcript, text);
    assert_true(is_believed(span_of(text, size)));
    assert_memory_equal(&group.public, &scene.group.public, sizeof(group.public));
    assert_memory_equal(text, "cambist ceremony 1\nvenue demo.invalid\ngroup A\nepoch 1\n", 54);
    share_transcript_hash(&read_back, hash);
    (void)crypto_hash_sha256(wanted, (const u8 *)text, size);
    assert_memory_equal(hash, wanted, sizeof(hash));
    size = share_transcript_print(&next.transcript, text);
    assert_int_equal(share_transcript_read(span_of(text, size), "t", &read_back), FAULT_NONE);
    assert_memory_equal(read_back.roster.before, hash, sizeof(hash));
    assert_int_equal(share_transcript_check(&read_back, &scene.group, hash, &group), FAULT_NONE);
    hash[0] ^= 1;
    assert_int_equal(share_transcript_check(&read_back, &scene.group, hash, &group), FAULT_INPUT);
    assert_non_null(strstr(fault_text(), "follows another transcript"));
}

static void a_wrong_byte_is_refused(void **state)
{
    (void)state;
    size_t size = share_transcript_print(&scene.transcript, text);
    u64 step = u64_max(1, 100 / test_rounds(100)); /* every third or fourth byte */
    for (size_t at = 0; at < size; at += (size_t)step * 3 + at % 2) {
        char kept = text[at];
        text[at] = kept == '1' ? '2' : '1';
        if (is_believed(span_of(text, size))) {
            fail_msg("byte %zu may be changed", at);
        }
        text[at] = kept;
    }
    assert_true(is_believed(span_of(text, size)));
}

static void lines_are_neither_left_out_nor_doubled(void **state)
{
    (void)state;
    size_t size = share_transcript_print(&scene.transcript, text);
    size_t begin = 0;
    while (begin < size) {
        size_t end = begin + strcspn(text + begin, "\n") + 1;
        memcpy(other, text, begin);
        memcpy(other + begin, text + end, size - end);
        assert_false(is_believed(span_of(other, size - (end - begin))));
        memcpy(other, text, end);
        memcpy(other + end, text + begin, size - begin);
        assert_false(is_believed(span_of(other, size + (end - begin))));
        begin = end;
    }
    assert_false(is_believed(span_of(text, size - 1)));
    assert_false(is_believed(span_of(text, 0)));
}

static void other_forms_of_the_same_are_refused(void **state)
{
    (void)state;
    size_t size = share_transcript_print(&scene.transcript, text);
    char *letter = strpbrk(strstr(text, "public ") + 7, "abcdef");
    *letter = (char)(*letter - 'a' + 'A');
    assert_int_equal(share_transcript_read(span_of(text, size), "t", &read_back), FAULT_INPUT);
    assert_non_null(strstr(fault_text(), ": not \"public\" and 64 hexadecimal digits"));
    *letter = (char)(*letter - 'A' + 'a');
    char *epoch = strstr(text, "epoch 1\n");
    size_t front = (size_t)(epoch - text) + 6;
    memcpy(other, text, front);
    other[front] = '0';
    memcpy(other + front + 1, text + front, size - front);
    assert_int_equal(share_transcript_read(span_of(other, size + 1), "t", &read_back), FAULT_INPUT);
    assert_string_equal(fault_text(), "t: not in its canonical form");
    memcpy(epoch, "epoch 1 ", 8);
    assert_int_equal(share_transcript_read(span_of(text, size), "t", &read_back), FAULT_INPUT);
    assert_string_equal(fault_text(), "t:4: not \"epoch\" and a number");
}

static void an_unfinished_ceremony_makes_no_group(void **state)
{
    (void)state;
    static struct share_transcript open;
    open = scene.transcript;
    open.confirmed_count = 0;
    size_t size = share_transcript_print(&open, text);
    assert_int_equal(share_transcript_read(span_of(text, size), "t", &read_back), FAULT_NONE);
    assert_int_equal(share_transcript_check(&read_back, NULL, NULL, &group), FAULT_INPUT);
    assert_non_null(strstr(fault_text(), "not closed, 0 of 3 confirmed"));
    open = scene.transcript;
    open.confirmed[1] = open.confirmed[0];
    assert_int_equal(share_transcript_check(&open, NULL, NULL, &group), FAULT_INPUT);
    assert_non_null(strstr(fault_text(), "confirmation of a0-2 does not hold"));
    open = scene.transcript;
    open.public = open.deals[0].commitments[0];
    assert_int_equal(share_transcript_check(&open, NULL, NULL, &group), FAULT_INPUT);
    assert_non_null(strstr(fault_text(), "not the sum of the deals"));
}

static void what_members_send_is_for_one_ceremony(void **state)
{
    (void)state;
    static struct share_deal deal;
    struct seal_proof proof;
    u8 gathered[SHARE_HASH_BYTES];
    u32 index;
    size_t size = share_deal_print(&scene.transcript.roster, &scene.transcript.deals[1], text);
    assert_int_equal(share_deal_read(span_of(text, size), "d", &scene.transcript.roster, &deal),
                     FAULT_NONE);
    assert_memory_equal(&deal, &scene.transcript.deals[1], sizeof(deal));
    assert_int_equal(share_deal_read(span_of(text, size), "d", &next.transcript.roster, &deal),
                     FAULT_INPUT);
    assert_string_equal(fault_text(), "d: a deal for another roster");
    share_transcript_hash_gathered(&scene.transcript, gathered);
    size = share_confirm_print(gathered, 2, &scene.transcript.confirmed[1], text);
    assert_int_equal(share_confirm_read(span_of(text, size), "c", gathered, &index, &proof),
                     FAULT_NONE);
    assert_int_equal(index, 2);
    assert_memory_equal(&proof, &scene.transcript.confirmed[1], sizeof(proof));
    gathered[0] ^= 1;
    assert_int_equal(share_confirm_read(span_of(text, size), "c", gathered, &index, &proof),
                     FAULT_INPUT);
    assert_string_equal(fault_text(), "c: confirms another ceremony");
}

static void the_longest_transcript_fits(void **state)
{
    (void)state;
    static struct share_scene large;
    if (test_rounds(100) < 100) {
        skip();
    }
    share_scene_hold(room, &large, SHARE_SIDE_B, SHARE_EPOCH_MAX, SHARE_MEMBERS_MAX - 1,
                     SHARE_MEMBERS_MAX);
    size_t size = share_transcript_print(&large.transcript, text);
    assert_true(size > 60000 && size < SHARE_TEXT_BYTES);
    assert_true(is_believed(span_of(text, size)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_it_prints),
        cmocka_unit_test(a_wrong_byte_is_refused),
        cmocka_unit_test(lines_are_neither_left_out_nor_doubled),
        cmocka_unit_test(other_forms_of_the_same_are_refused),
        cmocka_unit_test(an_unfinished_ceremony_makes_no_group),
        cmocka_unit_test(what_members_send_is_for_one_ceremony),
        cmocka_unit_test(the_longest_transcript_fits),
    };
    return cmocka_run_group_tests(tests, hold, close_room);
}
