/* A frame to the door's sockets: taken whole or refused with a text, and then asked again byte for
 * byte. A frame from it: its head and contents, or nothing. */
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "tests/fuzz/fuzz.h"
#include "wire/door_message.h"

#include <stdlib.h>
#include <string.h>

static void take_ask(struct span frame)
{
    static u8 again[DOOR_FRAME_BYTES_MAX];
    struct door_ask ask;
    const char *wrong = door_ask_read(frame, &ask);
    if (wrong != NULL) {
        CHECK(wrong[0] != 0 && ask.kind <= DOOR_ASK_MAX);
        return;
    }
    CHECK(ask.kind >= 1 && ask.kind <= DOOR_ASK_MAX && door_ask_name(ask.kind) != NULL);
    CHECK(ask.address_bytes <= DOOR_ADDRESS_BYTES_MAX && ask.password_bytes <= DOOR_PASSWORD_BYTES);
    CHECK(ask.code_bytes <= DOOR_CODE_BYTES_MAX && ask.second_bytes <= DOOR_CODE_BYTES_MAX);
    CHECK(door_frame_bytes(frame, DOOR_FRAME_BYTES_MAX) == frame.size);
    CHECK(door_ask_write(&ask, again, sizeof(again)) == frame.size);
    CHECK(memcmp(again, frame.data, frame.size) == 0);
}

static void take_answer(struct span frame)
{
    struct door_answer_head head;
    if (!door_answer_read(frame, &head)) {
        return;
    }
    CHECK(head.kind <= DOOR_ASK_MAX && head.code <= DOOR_CODE_MAX);
    CHECK(head.contents.size == frame.size - DOOR_ANSWER_HEAD);
    CHECK(door_code_text(head.code) != NULL);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    /* The exact size, so that a sanitizer sees one byte read too many. */
    u8 *frame = malloc(size + (size == 0));
    CHECK(frame != NULL);
    if (size > 0) {
        memcpy(frame, data, size);
    }
    for (size_t begun = 0; begun <= size && begun <= DOOR_HEAD_BYTES; begun += 1) {
        u32 bytes = door_frame_bytes(span_of(frame, begun), DOOR_FRAME_BYTES_MAX);
        CHECK(bytes == 0 || bytes == UINT32_MAX ||
              (bytes >= DOOR_HEAD_BYTES && bytes <= DOOR_FRAME_BYTES_MAX));
    }
    if (size >= sizeof(u32)) { /* most inputs say a wrong length: one that is right gets further */
        take_ask(span_of(frame, size));
        take_answer(span_of(frame, size));
        bytes_put_u32(frame, (u32)size);
    }
    take_answer(span_of(frame, size));
    if (size <= DOOR_FRAME_BYTES_MAX) {
        take_ask(span_of(frame, size));
    }
    free(frame);
    return 0;
}
