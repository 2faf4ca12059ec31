/* Aim: the same events are always cut into the same chunks, at records, as long as they may be.
 * Method: records of known sizes, cut whole and piece by piece. */
#include "role/engine/release.h"

#include "base/bytes.h"
#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"
#include "wire/schema.h"

#include <stdlib.h>
#include <string.h>

enum { MANY_BYTES = 4 * RELEASE_CHUNK_BYTES, CUTS_MAX = 64 };

/* Fills `bytes` with records of random lengths; record number n has seq n. */
static size_t fill(u8 *bytes, size_t size, u64 seed)
{
    struct random random;
    random_init(&random, seed);
    size_t used = 0;
    for (u64 seq = 1;; seq += 1) {
        struct event_head head = {
            .kind = EVENT_TRADE, .units = (u8)random_between(&random, 1, 10), .seq = seq};
        size_t length = (size_t)head.units * WIRE_UNIT;
        if (length > size - used) {
            return used;
        }
        memset(bytes + used, 0, length);
        memcpy(bytes + used, &head, sizeof(head));
        used += length;
    }
}

static void nothing_is_no_chunk(void **state)
{
    (void)state;
    u64 seq = 7;
    assert_int_equal(release_cut(span_of(NULL, 0), false, &seq), 0);
    assert_int_equal(release_cut(span_of(NULL, 0), true, &seq), 0);
    assert_int_equal(seq, 7);
}

static void a_small_batch_is_one_chunk(void **state)
{
    (void)state;
    u8 bytes[1024];
    size_t used = fill(bytes, sizeof(bytes), 1);
    u64 seq = 0;
    assert_int_equal(release_cut(span_of(bytes, used), true, &seq), 0);
    assert_int_equal(release_cut(span_of(bytes, used), false, &seq), used);
    assert_int_equal(seq, 0);
}

/* Cuts everything; with `step` only so many more bytes are known each time. */
static u32 cut_all(const u8 *bytes, size_t used, const size_t *known, u32 known_count, size_t *cuts)
{
    u32 count = 0;
    size_t at = 0;
    for (u32 i = 0; i < known_count; i += 1) {
        bool more = i + 1 < known_count;
        for (;;) {
            u64 seq = 0;
            size_t size = release_cut(span_of(bytes + at, known[i] - at), more, &seq);
            if (size == 0) {
                break;
            }
            assert_true(size <= RELEASE_CHUNK_BYTES);
            at += size;
            assert_true(count < CUTS_MAX);
            cuts[count] = at;
            count += 1;
        }
    }
    assert_int_equal(at, used);
    return count;
}

static void pieces_give_the_same_chunks(void **state)
{
    (void)state;
    u8 *bytes = malloc(MANY_BYTES);
    assert_non_null(bytes);
    u64 rounds = test_rounds(30);
    for (u64 round = 0; round < rounds; round += 1) {
        size_t used = fill(bytes, MANY_BYTES, test_seed() + round);
        size_t whole[CUTS_MAX];
        size_t pieces[CUTS_MAX];
        u32 whole_count = cut_all(bytes, used, &used, 1, whole);
        assert_true(whole_count >= 4);
        /* Pieces end at records too. */
        size_t known[8];
        u32 known_count = 0;
        struct random random;
        random_init(&random, test_seed() + round);
        size_t at = 0;
        while (at < used && known_count < 7) {
            size_t target = at + random_below(&random, MANY_BYTES / 3);
            while (at < used && at < target) {
                at += (size_t)bytes[at + 2] * WIRE_UNIT;
            }
            known[known_count] = at;
            known_count += 1;
        }
        known[known_count] = used;
        known_count += 1;
        u32 pieces_count = cut_all(bytes, used, known, known_count, pieces);
        assert_int_equal(pieces_count, whole_count);
        assert_memory_equal(pieces, whole, whole_count * sizeof(size_t));
    }
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_no_chunk),
        cmocka_unit_test(a_small_batch_is_one_chunk),
        cmocka_unit_test(pieces_give_the_same_chunks),
    };
    return cmocka_run_group_tests_name("release", tests, NULL, NULL);
}
