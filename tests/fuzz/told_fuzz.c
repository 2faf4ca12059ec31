/* What the gateway is answered for customers over its lines: what is held, and openings. What is
 * read prints the same bytes again, and an ask is one of its two numbers. The first byte says
 * which. */
#include "base/check.h"
#include "base/span.h"
#include "tests/fuzz/fuzz.h"
#include "wire/desk_line.h"
#include "wire/keep_held.h"
#include "wire/keep_line.h"

#include <stdlib.h>
#include <string.h>

static void held(struct span bytes)
{
    static struct keep_held read;
    u8 again[KEEP_HELD_BYTES_MAX];
    if (keep_held_read(bytes, &read)) {
        CHECK(span_equal(bytes, span_of(again, keep_held_write(&read, again))));
    }
}

static void openings(struct span bytes)
{
    static struct desk_line_answer read;
    static u8 again[DESK_LINE_MESSAGE_MAX];
    if (!desk_line_read(bytes, &read)) {
        return;
    }
    struct desk_line_writer writer = desk_line_begin(again, read.id);
    for (u32 i = 0; i < read.count; i += 1) {
        CHECK(desk_line_put(&writer, &read.openings[i]));
    }
    CHECK(span_equal(bytes, span_of(again, desk_line_end(&writer, read.all))));
}

static void lines(struct span bytes)
{
    static u8 again[KEEP_LINE_BYTES_MAX];
    struct keep_line_answer answer;
    struct keep_line_ask ask;
    struct keep_line_piece piece;
    u64 id = 0;
    u64 person = 0;
    if (keep_line_answer_read(bytes, &answer)) {
        CHECK(answer.contents.size <= KEEP_HELD_BYTES_MAX);
    }
    if (keep_line_ask_read(bytes, &ask)) {
        CHECK(span_equal(bytes, span_of(again, keep_line_ask_write(&ask, again))));
        CHECK(ask.kind != KEEP_LINE_PIECE ||
              (ask.subject != 0 && keep_line_piece_read(ask.contents, &piece) &&
               piece.bytes.size <= piece.total - piece.offset));
    }
    CHECK(!desk_line_ask_read(bytes, &id, &person) || (id != 0 && person != 0));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static void (*const readers[])(struct span bytes) = {held, openings, lines};
    if (size == 0) {
        return 0;
    }
    /* The exact size, so that a sanitizer sees one byte read too many. */
    u8 *copy = malloc(size);
    CHECK(copy != NULL);
    memcpy(copy, data, size);
    readers[copy[0] % ARRAY_COUNT(readers)](span_of(copy + 1, size - 1));
    free(copy);
    return 0;
}
