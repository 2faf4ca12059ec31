/* Aim: a frame is read as docs/vault.md says, byte for byte, and one that is cut, longer, or says
 * more than it may is refused. Method: frames written by the module's own writer and by hand. */
#include "role/vault/vault_message.h"

#include "base/bytes.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

static u8 frame[4096];
static struct vault_ask ask;

static const struct seal_label label = {
    .subject = 0x1122334455667788, .version = 3, .epoch = 4, .group = 5, .retention = 6};

/* A put of one record with a hand, a value and a body. */
static u32 put_make(void)
{
    struct vault_record record = {.label = label, .until_day = 20000, .hands_count = 1};
    struct frame_writer writer = vault_writer_begin(frame, sizeof(frame), VAULT_ASK_PUT);
    memset(record.wrap, 0xa1, sizeof(record.wrap));
    memset(record.hash, 0xa2, sizeof(record.hash));
    memset(record.hands[0].bytes, 0xa3, VAULT_HAND_BYTES);
    record.hands[0].until_s = 77;
    frame_write_u32(&writer, 1); /* one record, three zeros */
    u32 begin = writer.size;
    vault_write_record(&writer, &record);
    bytes_put_u32(frame + begin + 200, 4); /* bytes of the body */
    frame[begin + 205] = 1;                /* a value */
    frame_write_u16(&writer, 1);           /* its field, a zero */
    frame_write_u16(&writer, 5);
    frame_write_bytes(&writer, span_of_text("a@b.c"));
    frame_write_bytes(&writer, span_of_text("body"));
    vault_writer_end(&writer);
    return writer.size;
}

static void a_put_is_read_byte_for_byte(void **state)
{
    (void)state;
    u32 size = put_make();
    assert_int_equal(size, 8 + 4 + 208 + 96 + 9 + 4);
    assert_int_equal(bytes_u32(frame), size);
    assert_int_equal(vault_frame_bytes(span_of(frame, 4)), size);
    assert_int_equal(bytes_u64(frame + 12), label.subject);
    assert_int_equal(bytes_u32(frame + 32), 20000);
    assert_int_equal(frame[36], 0xa1);
    assert_int_equal(frame[180], 0xa2);
    assert_null(vault_ask_read(span_of(frame, size), &ask));
    assert_int_equal(ask.kind, VAULT_ASK_PUT);
    assert_int_equal(ask.count, 1);
    assert_int_equal(ask.records[0].label.subject, label.subject);
    assert_int_equal(ask.records[0].label.epoch, 4);
    assert_int_equal(ask.records[0].until_day, 20000);
    assert_int_equal(ask.records[0].hands_count, 1);
    assert_int_equal(ask.records[0].hands[0].until_s, 77);
    assert_int_equal(ask.records[0].hands[0].bytes[87], 0xa3);
    assert_int_equal(ask.records[0].tags_count, 0);
    assert_int_equal(ask.values_counts[0], 1);
    assert_int_equal(ask.values[0][0].field, 1);
    assert_memory_equal(frame + ask.values[0][0].at, "a@b.c", 5);
    assert_int_equal(ask.values[0][0].size, 5);
    assert_true(span_equal(ask.records[0].body, span_of_text("body")));
}

static void what_is_cut_or_longer_is_refused(void **state)
{
    (void)state;
    u32 size = put_make();
    for (u32 cut = 8; cut < size; cut += 1) {
        bytes_put_u32(frame, cut);
        assert_non_null(vault_ask_read(span_of(frame, cut), &ask));
    }
    bytes_put_u32(frame, size + 1);
    assert_non_null(vault_ask_read(span_of(frame, size + 1), &ask));
    bytes_put_u32(frame, size);
    assert_null(vault_ask_read(span_of(frame, size), &ask));
    assert_int_equal(vault_frame_bytes(span_of(frame, 3)), 0);
    bytes_put_u32(frame, VAULT_FRAME_BYTES_MAX + 1);
    assert_int_equal(vault_frame_bytes(span_of(frame, 8)), UINT32_MAX);
    bytes_put_u32(frame, 7);
    assert_int_equal(vault_frame_bytes(span_of(frame, 8)), UINT32_MAX);
}

static void what_says_more_than_it_may_is_refused(void **state)
{
    static const struct {
        u32 at;
        u8 byte;
    } cases[] = {
        {4, 0},
        {4, 14},
        {5, 1},
        {6, 2},
        {8, 0},
        {8, 9},
        {9, 1},
        {12 + 12, 0}, /* no field group */
        {12 + 12, SEAL_GROUP_MAX + 1},
        {12 + 13, 0}, /* no retention class */
        {12 + 14, 1},
        {12 + 203, 1}, /* a body of 16 MiB */
        {12 + 204, 5}, /* five hands */
        {12 + 205, 9}, /* nine values */
        {12 + 206, 1},
        {12 + 208 + 7, 0x80}, /* a last second that no clock shows */
        {12 + 208 + 96 + 1, 1},
        {12 + 208 + 96 + 2, 0},
        {12 + 208 + 96 + 3, 2},
    };
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(cases); i += 1) {
        u32 size = put_make();
        frame[cases[i].at] = cases[i].byte;
        assert_non_null(vault_ask_read(span_of(frame, size), &ask));
    }
}

static void small_frames_are_read(void **state)
{
    static const u8 matter[VAULT_CASE_BYTES] = {1};
    (void)state;
    struct frame_writer writer = vault_writer_begin(frame, sizeof(frame), VAULT_ASK_GET);
    vault_write_place(&writer, &label);
    vault_writer_end(&writer);
    assert_null(vault_ask_read(span_of(frame, writer.size), &ask));
    assert_int_equal(ask.subject, label.subject);
    assert_int_equal(ask.group, 5);
    assert_int_equal(ask.version, 3);
    memset(frame + 8, 0, 8); /* subject 0 */
    assert_non_null(vault_ask_read(span_of(frame, writer.size), &ask));

    writer = vault_writer_begin(frame, sizeof(frame), VAULT_ASK_RETAIN);
    frame_write_u64(&writer, 9);
    frame_write_u32(&writer, 0); /* all groups */
    frame_write_u32(&writer, 20000);
    vault_writer_end(&writer);
    assert_null(vault_ask_read(span_of(frame, writer.size), &ask));
    assert_int_equal(ask.until_day, 20000);
    frame[4] = VAULT_ASK_GET; /* which needs one group */
    assert_non_null(vault_ask_read(span_of(frame, writer.size), &ask));

    writer = vault_writer_begin(frame, sizeof(frame), VAULT_ASK_REWRAP);
    frame_write_u32(&writer, 1);
    vault_write_label(&writer, &label);
    frame_write_u32(&writer, 5);
    memset(frame + writer.size, 0xb1, VAULT_WRAP_BYTES);
    writer.size += VAULT_WRAP_BYTES;
    vault_writer_end(&writer);
    assert_int_equal(writer.size, 12 + VAULT_REWRAP_BYTES);
    assert_null(vault_ask_read(span_of(frame, writer.size), &ask));
    assert_int_equal(ask.rewraps[0].epoch, 5);
    assert_int_equal(ask.rewraps[0].wrap[143], 0xb1);
    bytes_put_u32(frame + 8, VAULT_REWRAP_MAX + 1);
    assert_non_null(vault_ask_read(span_of(frame, writer.size), &ask));

    writer = vault_writer_begin(frame, sizeof(frame), VAULT_ASK_WRAPS);
    frame_write_u32(&writer, 4);
    vault_write_place(&writer, &label);
    vault_writer_end(&writer);
    assert_null(vault_ask_read(span_of(frame, writer.size), &ask));
    assert_int_equal(ask.epoch, 4);
    assert_int_equal(ask.subject, label.subject);
    assert_int_equal(ask.version, 3);
    memset(frame + 12, 0, 16); /* from the first one on */
    assert_null(vault_ask_read(span_of(frame, writer.size), &ask));
    frame[19] = 0x80;
    assert_non_null(vault_ask_read(span_of(frame, writer.size), &ask));

    writer = vault_writer_begin(frame, sizeof(frame), VAULT_ASK_LOOKUP);
    frame_write_bytes(&writer, span_of(matter, sizeof(matter)));
    frame_write_u16(&writer, 2);
    frame_write_u16(&writer, 3);
    frame_write_bytes(&writer, span_of_text("123"));
    vault_writer_end(&writer);
    assert_null(vault_ask_read(span_of(frame, writer.size), &ask));
    assert_int_equal(ask.value.field, 2);
    assert_int_equal(ask.value.size, 3);
}

static void a_full_writer_writes_no_more(void **state)
{
    (void)state;
    struct frame_writer writer = vault_writer_begin(frame, 10, VAULT_ASK_STATUS);
    frame_write_u16(&writer, 1);
    assert_false(writer.is_full);
    frame_write_u8(&writer, 1);
    assert_true(writer.is_full);
    assert_int_equal(writer.size, 10);
    expect_assert_failure(vault_writer_end(&writer));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_put_is_read_byte_for_byte),
        cmocka_unit_test(what_is_cut_or_longer_is_refused),
        cmocka_unit_test(what_says_more_than_it_may_is_refused),
        cmocka_unit_test(small_frames_are_read),
        cmocka_unit_test(a_full_writer_writes_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
