/* Aim: what is held is read as it was written, and no other bytes are it. Method: rows of every
 * count, then each cut and each byte that may hold one value alone changed. */
#include "wire/keep_held.h"

#include "tests/support/test.h"

#include <string.h>

static struct keep_held written;
static struct keep_held read_back;
static u8 bytes[KEEP_HELD_BYTES_MAX + 1];

static u32 write_rows(u32 records, u32 reviews, u32 gone)
{
    memset(&written, 0, sizeof(written));
    written.records_count = records;
    written.reviews_count = reviews;
    written.gone_count = gone;
    written.has_quorum = true;
    written.has_more = records == KEEP_HELD_ROWS_MAX;
    for (u32 i = 0; i < 2; i += 1) {
        written.threshold[i] = (u8)(3 + i);
        written.members[i] = (u8)(5 + i);
    }
    for (u32 i = 0; i < records; i += 1) {
        written.records[i].version = i + 1;
        written.records[i].retention = 255;
        written.records[i].since_us = UINT64_MAX - i;
        written.records[i].until_day = UINT32_MAX - i;
        written.records[i].group = (u8)(i % KEEP_HELD_GROUP_MAX + 1);
    }
    for (u32 i = 0; i < reviews; i += 1) {
        written.reviews[i].version = i + 1;
        written.reviews[i].views = UINT32_MAX - i;
        written.reviews[i].came_us = UINT64_MAX - i;
        written.reviews[i].until_s = i;
    }
    for (u32 i = 0; i < gone; i += 1) {
        written.gone[i].version = i + 1;
        written.gone[i].day = UINT32_MAX - i;
        written.gone[i].group = (u8)(i % KEEP_HELD_GROUP_MAX + 1);
    }
    return keep_held_write(&written, bytes);
}

static bool is_read(u32 size)
{
    return keep_held_read(span_of(bytes, size), &read_back);
}

static void what_was_written_is_read(void **state)
{
    static const u32 counts[] = {0, 1, 7, KEEP_HELD_ROWS_MAX};
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(counts) * ARRAY_COUNT(counts); i += 1) {
        u32 records = counts[i % ARRAY_COUNT(counts)];
        u32 others = counts[i / ARRAY_COUNT(counts)];
        u32 size = write_rows(records, others, others);
        assert_true(is_read(size));
        assert_int_equal(read_back.records_count, records);
        assert_int_equal(read_back.reviews_count, others);
        assert_int_equal(read_back.gone_count, others);
        assert_true(read_back.has_quorum && read_back.has_more == written.has_more);
        assert_memory_equal(read_back.threshold, written.threshold, 2);
        assert_memory_equal(read_back.members, written.members, 2);
        for (u32 row = 0; row < records; row += 1) {
            const struct keep_held_record *a = &read_back.records[row];
            const struct keep_held_record *b = &written.records[row];
            assert_true(a->version == b->version && a->retention == b->retention &&
                        a->since_us == b->since_us && a->until_day == b->until_day &&
                        a->group == b->group);
        }
        for (u32 row = 0; row < others; row += 1) {
            const struct keep_held_review *a = &read_back.reviews[row];
            const struct keep_held_review *b = &written.reviews[row];
            assert_true(a->version == b->version && a->views == b->views &&
                        a->came_us == b->came_us && a->until_s == b->until_s);
            assert_true(read_back.gone[row].version == written.gone[row].version &&
                        read_back.gone[row].day == written.gone[row].day &&
                        read_back.gone[row].group == written.gone[row].group);
        }
    }
    assert_int_equal(write_rows(64, 64, 64), KEEP_HELD_BYTES_MAX);
}

static void other_bytes_are_not(void **state)
{
    (void)state;
    u32 size = write_rows(2, 2, 2);
    for (u32 cut = 0; cut < size; cut += 1) {
        assert_false(is_read(cut));
    }
    assert_false(is_read(size + 1));
    const u32 flags[] = {6, 7};
    for (u32 i = 0; i < ARRAY_COUNT(flags); i += 1) {
        size = write_rows(2, 2, 2);
        bytes[flags[i]] = 2;
        assert_false(is_read(size));
    }
    const u32 groups[] = {KEEP_HELD_HEAD_BYTES + 20, size - 8};
    for (u32 i = 0; i < ARRAY_COUNT(groups); i += 1) {
        size = write_rows(2, 2, 2);
        bytes[groups[i]] = 0;
        assert_false(is_read(size));
        bytes[groups[i]] = KEEP_HELD_GROUP_MAX + 1;
        assert_false(is_read(size));
        bytes[groups[i]] = 1;
        bytes[groups[i] + 1] = 1;
        assert_false(is_read(size));
    }
    size = write_rows(2, 2, 2);
    bytes[1] = 1; /* more rows than there may be */
    assert_false(is_read(size));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_was_written_is_read),
                                       cmocka_unit_test(other_bytes_are_not)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
