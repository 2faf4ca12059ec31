/* Aim: leaves and events are exactly the bytes that docs/public-log.md gives, nothing else is taken
 * for one, and an event's place under its slot's root can be shown, and nothing else be.
 *
 * Method: known bytes; every byte of a leaf, an event and a path changed in turn; random slots
 * whose padding is made again from the month's key. */
#include "role/vault/publog_leaf.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

static struct sha256 sha256;
static struct publog_slot slot;

static int group_open(void **state)
{
    (void)state;
    return sha256_open(&sha256) == FAULT_NONE ? 0 : -1;
}

static int group_close(void **state)
{
    (void)state;
    sha256_close(&sha256);
    return 0;
}

static struct publog_event event_random(struct random *random)
{
    struct publog_event event = {
        .kind = (enum publog_kind)random_between(random, 1, PUBLOG_KIND_COUNT - 1),
        .flags = (u8)random_below(random, 4)};
    random_fill(random, event.mark, sizeof(event.mark));
    random_fill(random, event.body, sizeof(event.body));
    return event;
}

static void a_leaf_is_these_bytes(void **state)
{
    (void)state;
    struct publog_leaf leaf = {
        .class = PUBLOG_CLASS_EMERGENCY, .flags = PUBLOG_FLAG_SEARCH, .slot = 1769169600 + 60};
    struct publog_leaf again;
    u8 bytes[PUBLOG_LEAF_BYTES];
    static const u8 head[16] = {'C', 'S', 'L', 'T', 1, 2, 2, 0, 0, 0, 0, 0, 0x69, 0x73, 0x62, 0xfc};
    memset(leaf.root, 7, sizeof(leaf.root));
    publog_leaf_encode(&leaf, bytes);
    assert_memory_equal(bytes, head, sizeof(head));
    assert_memory_equal(bytes + 16, leaf.root, sizeof(leaf.root));
    assert_true(publog_leaf_decode(span_of(bytes, sizeof(bytes)), &again));
    assert_int_equal(again.class, leaf.class);
    assert_int_equal(again.flags, leaf.flags);
    assert_int_equal(again.slot, leaf.slot);
    assert_memory_equal(again.root, leaf.root, sizeof(leaf.root));
}

static void a_leaf_that_is_none_is_refused(void **state)
{
    (void)state;
    struct publog_leaf leaf = {.class = PUBLOG_CLASS_ORDINARY, .slot = 600};
    u8 bytes[PUBLOG_LEAF_BYTES + 1] = {0};
    publog_leaf_encode(&leaf, bytes);
    assert_false(publog_leaf_decode(span_of(bytes, PUBLOG_LEAF_BYTES - 1), &leaf));
    assert_false(publog_leaf_decode(span_of(bytes, PUBLOG_LEAF_BYTES + 1), &leaf));
    for (u32 at = 0; at < 16; at += 1) {
        u8 kept = bytes[at];
        bytes[at] = 0xff; /* no such magic, version, class, flag, and no slot that begins there */
        assert_false(publog_leaf_decode(span_of(bytes, PUBLOG_LEAF_BYTES), &leaf));
        bytes[at] = kept;
    }
    bytes[5] = 0;
    assert_false(publog_leaf_decode(span_of(bytes, PUBLOG_LEAF_BYTES), &leaf));
}

static void an_event_is_read_as_it_was_written(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    for (u64 round = 0; round < test_rounds(1000); round += 1) {
        struct publog_event event = event_random(&random);
        struct publog_event again;
        u8 bytes[PUBLOG_EVENT_BYTES];
        publog_event_encode(&event, bytes);
        assert_true(publog_event_decode(span_of(bytes, sizeof(bytes)), &again));
        assert_int_equal(event.kind, again.kind);
        assert_int_equal(event.flags, again.flags);
        assert_memory_equal(event.mark, again.mark, sizeof(event.mark));
        assert_memory_equal(event.body, again.body, sizeof(event.body));
        u32 at = (u32)random_below(&random, 4);
        bytes[at] = (u8)(at == 1 ? PUBLOG_KIND_COUNT : bytes[at] | 0x40U);
        assert_false(publog_event_decode(span_of(bytes, sizeof(bytes)), &again));
        assert_false(publog_event_decode(span_of(bytes, sizeof(bytes) - 1), &again));
    }
}

/* Mark and body are SHA-256 over words, salt and content: computed here from its parts. */
static void commitments_are_these_hashes(void **state)
{
    (void)state;
    u8 salt[PUBLOG_SALT_BYTES];
    u8 name[PUBLOG_CASE_BYTES];
    u8 whole[16 + 32 + 16 + 8] = "cambist/mark/v1\n";
    u8 want[SHA256_BYTES];
    u8 have[SHA256_BYTES];
    memset(salt, 3, sizeof(salt));
    memset(name, 9, sizeof(name));
    memcpy(whole + 16, salt, sizeof(salt));
    memcpy(whole + 48, name, sizeof(name));
    whole[64 + 6] = 1;
    whole[64 + 7] = 2;
    sha256_begin(&sha256);
    sha256_add(&sha256, span_of(whole, sizeof(whole)));
    sha256_end(&sha256, want);
    publog_mark_of(&sha256, salt, name, 258, have);
    assert_memory_equal(want, have, sizeof(want));
    memcpy(whole, "cambist/body/v1\n", 16);
    memcpy(whole + 48, "abc", 3);
    sha256_begin(&sha256);
    sha256_add(&sha256, span_of(whole, 51));
    sha256_end(&sha256, want);
    publog_body_of(&sha256, salt, span_of_text("abc"), have);
    assert_memory_equal(want, have, sizeof(want));
}

static void every_event_leads_to_the_root_from_its_place_alone(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    for (u64 round = 0; round < test_rounds(50); round += 1) {
        u8 month_key[PUBLOG_KEY_BYTES];
        u8 root[SHA256_BYTES];
        u8 have[SHA256_BYTES];
        u8 path[PUBLOG_PATH][SHA256_BYTES];
        u64 begins = 600 * random_below(&random, 1000000);
        random_fill(&random, month_key, sizeof(month_key));
        publog_slot_begin(&slot);
        for (u64 count = random_below(&random, 20); count > 0; count -= 1) {
            struct publog_event event = event_random(&random);
            u32 place = (u32)random_below(&random, PUBLOG_PLACES);
            if (!slot.taken[place]) {
                publog_slot_put(&slot, place, &event);
            }
        }
        publog_slot_make(&slot, &sha256, month_key, PUBLOG_CLASS_ORDINARY, begins, root);
        for (u32 place = 0; place < PUBLOG_PLACES; place += 1) {
            publog_slot_path(&slot, place, path);
            publog_path_root(&sha256, &slot.events[place], place, path, have);
            assert_memory_equal(root, have, sizeof(root));
            publog_path_root(&sha256, &slot.events[place], place ^ 1U, path, have);
            assert_memory_not_equal(root, have, sizeof(root));
            if (!slot.taken[place]) {
                struct publog_event pad;
                publog_pad_of(&sha256, month_key, PUBLOG_CLASS_ORDINARY, begins, place, &pad);
                assert_int_equal(pad.kind, PUBLOG_KIND_PAD);
                assert_memory_equal(pad.mark, slot.events[place].mark, sizeof(pad.mark));
            }
        }
        u32 place = (u32)random_below(&random, PUBLOG_PLACES);
        publog_slot_path(&slot, place, path);
        path[random_below(&random, PUBLOG_PATH)][random_below(&random, SHA256_BYTES)] ^= 1;
        publog_path_root(&sha256, &slot.events[place], place, path, have);
        assert_memory_not_equal(root, have, sizeof(root));
    }
}

/* Empty slots with one key are all different, and so is one slot with another key. */
static void padding_repeats_nowhere(void **state)
{
    (void)state;
    u8 key[PUBLOG_KEY_BYTES] = {1};
    struct publog_event a;
    struct publog_event b;
    publog_pad_of(&sha256, key, PUBLOG_CLASS_ORDINARY, 600, 0, &a);
    publog_pad_of(&sha256, key, PUBLOG_CLASS_ORDINARY, 600, 1, &b);
    assert_memory_not_equal(a.mark, b.mark, sizeof(a.mark));
    publog_pad_of(&sha256, key, PUBLOG_CLASS_ORDINARY, 1200, 0, &b);
    assert_memory_not_equal(a.mark, b.mark, sizeof(a.mark));
    publog_pad_of(&sha256, key, PUBLOG_CLASS_EMERGENCY, 600, 0, &b);
    assert_memory_not_equal(a.mark, b.mark, sizeof(a.mark));
    key[31] = 1;
    publog_pad_of(&sha256, key, PUBLOG_CLASS_ORDINARY, 600, 0, &b);
    assert_memory_not_equal(a.mark, b.mark, sizeof(a.mark));
}

static void slots_and_months_of_moments(void **state)
{
    (void)state;
    assert_int_equal(publog_slot_of(PUBLOG_CLASS_ORDINARY, 1769169659), 1769169600);
    assert_int_equal(publog_slot_of(PUBLOG_CLASS_EMERGENCY, 1769169659), 1769169600);
    assert_int_equal(publog_slot_of(PUBLOG_CLASS_EMERGENCY, 1769169660), 1769169660);
    assert_int_equal(publog_month_of(0), 1970 * 12);
    assert_int_equal(publog_month_of(1767225599), 2025 * 12 + 11);
    assert_int_equal(publog_month_of(1767225600), 2026 * 12);
    assert_string_equal(publog_kind_name(PUBLOG_KIND_PAD), "pad");
    assert_string_equal(publog_kind_name(PUBLOG_KIND_DRILL), "drill");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_leaf_is_these_bytes),
        cmocka_unit_test(a_leaf_that_is_none_is_refused),
        cmocka_unit_test(an_event_is_read_as_it_was_written),
        cmocka_unit_test(commitments_are_these_hashes),
        cmocka_unit_test(every_event_leads_to_the_root_from_its_place_alone),
        cmocka_unit_test(padding_repeats_nowhere),
        cmocka_unit_test(slots_and_months_of_moments),
    };
    return cmocka_run_group_tests(tests, group_open, group_close);
}
