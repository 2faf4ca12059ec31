/* Aim: what is written is read as the same; whatever a frame says that is not so is refused, and an
 * answer is told from an ask. Method: each kind with random contents, there and back; cut, longer
 * and changed frames. */
#include "wire/door_message.h"

#include "base/bytes.h"
#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

static struct door_ask ask;
static struct door_ask read;
static u8 frame[DOOR_FRAME_BYTES_MAX];

static void fill(struct random *random, u32 kind)
{
    memset(&ask, 0, sizeof(ask));
    random_fill(random, ask.network, sizeof(ask.network));
    random_fill(random, ask.token, sizeof(ask.token));
    random_fill(random, ask.csrf, sizeof(ask.csrf));
    random_fill(random, ask.ticket, sizeof(ask.ticket));
    ask.kind = (u16)kind;
    ask.id = random_u64(random);
    ask.number = random_u64(random) >> 1;
    ask.language = (u8)random_between(random, 1, 2);
    ask.address_bytes = (u32)random_below(random, DOOR_ADDRESS_BYTES_MAX + 1);
    ask.password_bytes = (u32)random_below(random, DOOR_PASSWORD_BYTES + 1);
    ask.code_bytes = (u32)random_below(random, DOOR_CODE_BYTES_MAX + 1);
    ask.second_bytes = (u32)random_below(random, DOOR_CODE_BYTES_MAX + 1);
    random_fill(random, ask.address, ask.address_bytes);
    random_fill(random, ask.password, ask.password_bytes);
    random_fill(random, ask.code, ask.code_bytes);
    random_fill(random, ask.second, ask.second_bytes);
}

static void what_is_written_is_read(void **state)
{
    struct random random;
    u8 again[DOOR_FRAME_BYTES_MAX];
    (void)state;
    random_init(&random, test_seed());
    for (u64 round = 0; round < test_rounds(200); round += 1) {
        for (u32 kind = 1; kind <= DOOR_ASK_MAX; kind += 1) {
            fill(&random, kind);
            u32 size = door_ask_write(&ask, frame, sizeof(frame));
            assert_true(size >= DOOR_HEAD_BYTES);
            assert_int_equal(door_frame_bytes(span_of(frame, 4), sizeof(frame)), size);
            assert_null(door_ask_read(span_of(frame, size), &read));
            assert_int_equal(read.kind, kind);
            assert_int_equal(read.id, ask.id);
            assert_int_equal(door_ask_write(&read, again, sizeof(again)), size);
            assert_memory_equal(again, frame, size);
        }
    }
}

static void frames_that_are_cut_or_longer_are_refused(void **state)
{
    struct random random;
    u8 longer[DOOR_FRAME_BYTES_MAX + 1];
    (void)state;
    random_init(&random, test_seed());
    for (u32 kind = 1; kind <= DOOR_ASK_MAX; kind += 1) {
        fill(&random, kind);
        u32 size = door_ask_write(&ask, frame, sizeof(frame));
        for (u32 cut = 0; cut < size; cut += 1) {
            memcpy(longer, frame, size);
            bytes_put_u32(longer, cut);
            assert_non_null(door_ask_read(span_of(longer, cut), &read));
        }
        memcpy(longer, frame, size);
        bytes_put_u32(longer, size + 1);
        longer[size] = 0;
        assert_non_null(door_ask_read(span_of(longer, size + 1), &read));
        assert_int_equal(door_ask_write(&ask, frame, size - 1), 0);
    }
}

static void a_frame_says_only_what_may_be_said(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, test_seed());
    fill(&random, DOOR_ASK_RESET);
    u32 size = door_ask_write(&ask, frame, sizeof(frame));
    bytes_put_u16(frame + 4, 0);
    assert_non_null(door_ask_read(span_of(frame, size), &read));
    bytes_put_u16(frame + 4, DOOR_ASK_MAX + 1);
    assert_non_null(door_ask_read(span_of(frame, size), &read));
    bytes_put_u16(frame + 4, DOOR_ASK_RESET);
    bytes_put_u16(frame + 6, DOOR_MESSAGE_VERSION + 1);
    assert_non_null(door_ask_read(span_of(frame, size), &read));
    bytes_put_u16(frame + 6, DOOR_MESSAGE_VERSION);
    assert_null(door_ask_read(span_of(frame, size), &read));
    frame[DOOR_HEAD_BYTES + DOOR_NETWORK_BYTES] = 3; /* the language */
    assert_non_null(door_ask_read(span_of(frame, size), &read));
    fill(&random, DOOR_ASK_EFFECTS);
    ask.number = (u64)INT64_MAX + 1;
    size = door_ask_write(&ask, frame, sizeof(frame));
    assert_non_null(door_ask_read(span_of(frame, size), &read));
    bytes_put_u32(frame, 3);
    assert_int_equal(door_frame_bytes(span_of(frame, 4), sizeof(frame)), UINT32_MAX);
    bytes_put_u32(frame, sizeof(frame) + 1);
    assert_int_equal(door_frame_bytes(span_of(frame, 4), sizeof(frame)), UINT32_MAX);
    assert_int_equal(door_frame_bytes(span_of(frame, 3), sizeof(frame)), 0);
}

static void answers_carry_the_id_of_what_was_asked(void **state)
{
    struct door_answer_head head;
    (void)state;
    ask = (struct door_ask){.kind = DOOR_ASK_LOOK, .id = 41};
    struct frame_writer writer = door_answer_begin(frame, sizeof(frame), &ask, DOOR_CODE_WAIT, 900);
    frame_write_u16(&writer, 7);
    door_answer_end(&writer);
    assert_true(door_answer_read(span_of(frame, writer.size), &head));
    assert_int_equal(head.kind, DOOR_ASK_LOOK);
    assert_int_equal(head.id, 41);
    assert_int_equal(head.code, DOOR_CODE_WAIT);
    assert_int_equal(head.wait_s, 900);
    assert_int_equal(head.contents.size, 2);
    assert_non_null(door_ask_read(span_of(frame, writer.size), &read));
    u32 size = door_ask_write(&ask, frame, sizeof(frame));
    assert_false(door_answer_read(span_of(frame, size), &head));
}

static void kinds_have_names_and_one_socket_each(void **state)
{
    (void)state;
    assert_string_equal(door_ask_name(DOOR_ASK_SIGN_IN), "sign-in");
    assert_null(door_ask_name(DOOR_ASK_MAX + 1));
    assert_non_null(door_code_text(DOOR_CODE_MAX));
    assert_null(door_code_text(DOOR_CODE_MAX + 1));
    assert_true(door_ask_is_operators(DOOR_ASK_EFFECTS_DONE));
    assert_false(door_ask_is_operators(DOOR_ASK_SIGN_IN));
    assert_false(door_ask_is_operators(DOOR_ASK_MAX + 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(frames_that_are_cut_or_longer_are_refused),
        cmocka_unit_test(a_frame_says_only_what_may_be_said),
        cmocka_unit_test(answers_carry_the_id_of_what_was_asked),
        cmocka_unit_test(kinds_have_names_and_one_socket_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
