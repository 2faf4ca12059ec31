#include "wire/keep_line.h"

#include "base/bytes.h"
#include "base/span.h"

#include <string.h>

#define SUBJECT_BYTES 8U

static bool kind_is_known(u16 kind)
{
    return kind == KEEP_LINE_OFFER || kind == KEEP_LINE_ENROL || kind == KEEP_LINE_HELD ||
           kind == KEEP_LINE_PIECE;
}

/* Whether the contents of an ask are the subject, and nothing else. */
static bool kind_is_bare(u16 kind)
{
    return kind == KEEP_LINE_OFFER || kind == KEEP_LINE_HELD;
}

/* Whether an answer of the kind has so many bytes of contents; what they say is not looked at. */
static bool answer_fits(u16 kind, u16 code, size_t bytes)
{
    if (code == KEEP_LINE_OK && kind == KEEP_LINE_HELD) {
        return bytes >= KEEP_HELD_HEAD_BYTES && bytes <= KEEP_HELD_BYTES_MAX;
    }
    if (code == KEEP_LINE_OK && kind == KEEP_LINE_PIECE) {
        return bytes == KEEP_LINE_NEXT_BYTES;
    }
    return bytes == (code == KEEP_LINE_OK && kind == KEEP_LINE_OFFER ? KEEP_LINE_OFFER_BYTES : 0);
}

u32 keep_line_ask_write(const struct keep_line_ask *ask, u8 target[KEEP_LINE_BYTES_MAX])
{
    struct span contents = ask->contents;
    if (kind_is_bare(ask->kind)) {
        contents = span_of(target + 8, SUBJECT_BYTES);
    }
    if (contents.size > KEEP_LINE_CONTENTS_MAX) {
        return 0;
    }
    bytes_put_u64(target, ask->id);
    bytes_put_u64(target + 8, ask->subject);
    bytes_put_u32(target + 16, KEEP_LINE_HEAD_BYTES - KEEP_LINE_FRAME_AT + (u32)contents.size);
    bytes_put_u16(target + 20, ask->kind);
    bytes_put_u16(target + 22, KEEP_LINE_VERSION);
    if (contents.size > 0) {
        memcpy(target + KEEP_LINE_HEAD_BYTES, contents.data, contents.size);
    }
    return KEEP_LINE_HEAD_BYTES + (u32)contents.size;
}

bool keep_line_piece_read(struct span contents, struct keep_line_piece *piece_out)
{
    *piece_out = (struct keep_line_piece){.upload = 0};
    if (contents.size <= KEEP_LINE_PIECE_HEAD) {
        return false;
    }
    piece_out->upload = bytes_u64(contents.data);
    piece_out->total = bytes_u32(contents.data + 8);
    piece_out->offset = bytes_u32(contents.data + 12);
    piece_out->bytes = span_after(contents, KEEP_LINE_PIECE_HEAD);
    if (piece_out->upload == 0 || piece_out->total <= KEEP_LINE_CONTENTS_MAX ||
        piece_out->total > KEEP_LINE_WHOLE_MAX || piece_out->offset >= piece_out->total ||
        piece_out->offset % KEEP_LINE_PIECE_BYTES != 0) {
        return false;
    }
    u32 rest = piece_out->total - piece_out->offset;
    return piece_out->bytes.size == (rest < KEEP_LINE_PIECE_BYTES ? rest : KEEP_LINE_PIECE_BYTES);
}

bool keep_line_ask_read(struct span message, struct keep_line_ask *ask_out)
{
    struct keep_line_piece piece;
    *ask_out = (struct keep_line_ask){.id = 0};
    if (message.size < KEEP_LINE_HEAD_BYTES || message.size > KEEP_LINE_BYTES_MAX) {
        return false;
    }
    ask_out->id = bytes_u64(message.data);
    ask_out->subject = bytes_u64(message.data + 8);
    ask_out->kind = bytes_u16(message.data + 20);
    ask_out->contents = span_after(message, KEEP_LINE_HEAD_BYTES);
    return bytes_u32(message.data + 16) == message.size - KEEP_LINE_FRAME_AT &&
           bytes_u16(message.data + 22) == KEEP_LINE_VERSION && kind_is_known(ask_out->kind) &&
           (ask_out->kind != KEEP_LINE_PIECE ||
            (ask_out->subject != 0 && keep_line_piece_read(ask_out->contents, &piece))) &&
           (!kind_is_bare(ask_out->kind) ||
            (ask_out->contents.size == SUBJECT_BYTES &&
             bytes_u64(ask_out->contents.data) == ask_out->subject));
}

u32 keep_line_answer_write(const struct keep_line_answer *answer,
                           u8 target[KEEP_LINE_ANSWER_BYTES_MAX])
{
    if (answer->contents.size > KEEP_HELD_BYTES_MAX) {
        return 0;
    }
    bytes_put_u64(target, answer->id);
    bytes_put_u16(target + 8, answer->kind);
    bytes_put_u16(target + 10, answer->code);
    bytes_put_u32(target + 12, 0);
    if (answer->contents.size > 0) {
        memcpy(target + KEEP_LINE_ANSWER_HEAD, answer->contents.data, answer->contents.size);
    }
    return KEEP_LINE_ANSWER_HEAD + (u32)answer->contents.size;
}

bool keep_line_answer_read(struct span message, struct keep_line_answer *answer_out)
{
    *answer_out = (struct keep_line_answer){.id = 0};
    if (message.size < KEEP_LINE_ANSWER_HEAD || message.size > KEEP_LINE_ANSWER_BYTES_MAX) {
        return false;
    }
    answer_out->id = bytes_u64(message.data);
    answer_out->kind = bytes_u16(message.data + 8);
    answer_out->code = bytes_u16(message.data + 10);
    answer_out->contents = span_after(message, KEEP_LINE_ANSWER_HEAD);
    return kind_is_known(answer_out->kind) && answer_out->code <= KEEP_LINE_CODE_MAX &&
           bytes_u32(message.data + 12) == 0 &&
           answer_fits(answer_out->kind, answer_out->code, answer_out->contents.size);
}
