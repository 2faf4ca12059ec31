/* Aim: pieces of one whole become the frame that it would have been, in their order and by whom
 * they are; what stops is gone in time and wiped; so many can send at once, and who is quiet gives
 * way. Method: the area alone, each rule at its bound; the bytes of a place behind its end. */
#include "role/vault/vault_upload.h"

#include "base/bytes.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

#define TOTAL (3U * KEEP_LINE_PIECE_BYTES + 5U)
#define PARTS 4U

static struct vault_uploads uploads;
static u8 *room;
static u8 whole[TOTAL];
static struct vault_upload *upload;

static int make(void **state)
{
    (void)state;
    room = calloc(1, VAULT_UPLOADS_ROOM_BYTES);
    assert_non_null(room);
    vault_uploads_init(&uploads, room);
    for (u32 i = 0; i < TOTAL; i += 1) {
        whole[i] = (u8)(1 + i % 251);
    }
    return 0;
}

static int clear(void **state)
{
    (void)state;
    free(room);
    return 0;
}

static enum vault_upload_said take_of(u64 subject, u64 name, u32 total, u32 part, u64 now_ms)
{
    u32 offset = part * KEEP_LINE_PIECE_BYTES;
    u32 rest = total - offset;
    const struct keep_line_piece piece = {
        .upload = name,
        .total = total,
        .offset = offset,
        .bytes =
            span_of(whole + offset, rest < KEEP_LINE_PIECE_BYTES ? rest : KEEP_LINE_PIECE_BYTES)};
    return vault_uploads_take(&uploads, subject, &piece, now_ms, &upload);
}

static enum vault_upload_said take(u64 subject, u32 part, u64 now_ms)
{
    return take_of(subject, 100 + subject, TOTAL, part, now_ms);
}

/* Whether no place has a byte of what was sent, as far as that reaches. */
static bool is_empty(void)
{
    bool is_zero = true;
    for (u32 i = 0; i < VAULT_UPLOADS_MAX; i += 1) {
        const u8 *place = room + (size_t)i * VAULT_UPLOAD_ROOM;
        is_zero = is_zero && span_is_zero(span_of(place, VAULT_UPLOAD_HEAD_BYTES + TOTAL));
    }
    return is_zero;
}

static void pieces_become_a_frame(void **state)
{
    (void)state;
    for (u32 part = 0; part + 1 < PARTS; part += 1) {
        assert_int_equal(take(17, part, 5), VAULT_UPLOAD_GOES_ON);
        assert_int_equal(upload->have, (part + 1) * KEEP_LINE_PIECE_BYTES);
        assert_int_equal(take(18, part, 5), VAULT_UPLOAD_GOES_ON); /* beside it */
    }
    assert_int_equal(take(17, PARTS - 1, 6), VAULT_UPLOAD_WHOLE);
    assert_int_equal(vault_upload_frame(upload), 8 + TOTAL);
    assert_int_equal(bytes_u32(upload->frame), 8 + TOTAL);
    assert_int_equal(bytes_u16(upload->frame + 4), KEEP_LINE_ENROL);
    assert_int_equal(bytes_u16(upload->frame + 6), KEEP_LINE_VERSION);
    assert_memory_equal(upload->frame + 8, whole, TOTAL);
    vault_upload_end(upload);
    assert_int_equal(take(17, PARTS - 1, 6), VAULT_UPLOAD_GONE); /* once */
    assert_int_equal(take(18, PARTS - 1, 6), VAULT_UPLOAD_WHOLE);
    vault_upload_end(upload);
    assert_true(is_empty());
}

static void only_the_next_piece_is_taken(void **state)
{
    (void)state;
    assert_int_equal(take(17, 1, 0), VAULT_UPLOAD_GONE); /* no first one */
    assert_int_equal(take(17, 0, 0), VAULT_UPLOAD_GOES_ON);
    assert_int_equal(take(17, 2, 0), VAULT_UPLOAD_GONE);
    assert_int_equal(take(18, 1, 0), VAULT_UPLOAD_GONE);                    /* another person's */
    assert_int_equal(take_of(17, 9, TOTAL, 1, 0), VAULT_UPLOAD_GONE);       /* another upload's */
    assert_int_equal(take_of(17, 117, TOTAL - 1, 1, 0), VAULT_UPLOAD_GONE); /* another whole's */
    assert_int_equal(take(17, 1, 0), VAULT_UPLOAD_GOES_ON);
    whole[0] ^= 1; /* what has come stays as it came */
    assert_int_equal(take(17, 0, 0), VAULT_UPLOAD_GOES_ON);
    assert_int_equal(upload->have, 2 * KEEP_LINE_PIECE_BYTES);
    assert_int_not_equal(upload->frame[8], whole[0]);
    assert_int_equal(take_of(17, 9, TOTAL, 0, 0), VAULT_UPLOAD_GOES_ON); /* begun anew */
    assert_int_equal(upload->have, KEEP_LINE_PIECE_BYTES);
    assert_int_equal(take(17, 2, 0), VAULT_UPLOAD_GONE);
}

static void what_stops_is_over_and_wiped(void **state)
{
    (void)state;
    assert_int_equal(take(17, 0, 1000), VAULT_UPLOAD_GOES_ON);
    vault_uploads_turn(&uploads, 1000 + VAULT_UPLOAD_IDLE_MS - 1);
    assert_false(is_empty());
    vault_uploads_turn(&uploads, 1000 + VAULT_UPLOAD_IDLE_MS);
    assert_true(is_empty());
    assert_int_equal(take(17, 1, 1000 + VAULT_UPLOAD_IDLE_MS), VAULT_UPLOAD_GONE);
    /* A piece that came before does not keep it, and neither do new ones for ever. */
    assert_int_equal(take(17, 0, 0), VAULT_UPLOAD_GOES_ON);
    assert_int_equal(take(17, 0, VAULT_UPLOAD_IDLE_MS - 1), VAULT_UPLOAD_GOES_ON);
    assert_int_equal(take(17, 1, VAULT_UPLOAD_IDLE_MS), VAULT_UPLOAD_GONE);
    assert_int_equal(take(17, 0, 0), VAULT_UPLOAD_GOES_ON);
    upload->last_ms = VAULT_UPLOAD_MS - 1;
    assert_int_equal(take(17, 1, VAULT_UPLOAD_MS - 1), VAULT_UPLOAD_GOES_ON);
    assert_int_equal(take(17, 2, VAULT_UPLOAD_MS), VAULT_UPLOAD_GONE);
    assert_true(is_empty());
}

static void so_many_and_who_is_quiet_gives_way(void **state)
{
    (void)state;
    for (u64 subject = 1; subject <= VAULT_UPLOADS_MAX; subject += 1) {
        assert_int_equal(take(subject, 0, subject), VAULT_UPLOAD_GOES_ON);
    }
    assert_int_equal(take(99, 0, VAULT_UPLOADS_MAX), VAULT_UPLOAD_FULL);
    assert_int_equal(take(99, 1, VAULT_UPLOADS_MAX), VAULT_UPLOAD_GONE);
    assert_int_equal(take(3, 1, VAULT_UPLOADS_MAX), VAULT_UPLOAD_GOES_ON); /* they go on */
    assert_int_equal(take(3, 0, VAULT_UPLOADS_MAX), VAULT_UPLOAD_GOES_ON); /* and passed over */
    assert_int_equal(take_of(3, 4, TOTAL, 0, VAULT_UPLOADS_MAX), VAULT_UPLOAD_GOES_ON);
    assert_int_equal(take(1, 1, VAULT_UPLOAD_GIVES_MS), VAULT_UPLOAD_GOES_ON);
    assert_int_equal(take(99, 0, VAULT_UPLOAD_GIVES_MS + 1), VAULT_UPLOAD_FULL);
    assert_int_equal(take(99, 0, VAULT_UPLOAD_GIVES_MS + 2), VAULT_UPLOAD_GOES_ON);
    assert_int_equal(take(2, 1, VAULT_UPLOAD_GIVES_MS + 2), VAULT_UPLOAD_GONE); /* it was the one */
    assert_int_equal(take(4, 1, VAULT_UPLOAD_GIVES_MS + 2), VAULT_UPLOAD_GOES_ON);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, make, clear)
    const struct CMUnitTest tests[] = {
        TEST(pieces_become_a_frame),
        TEST(only_the_next_piece_is_taken),
        TEST(what_stops_is_over_and_wiped),
        TEST(so_many_and_who_is_quiet_gives_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
