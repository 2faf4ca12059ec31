#include "wire/inbox_line.h"

#include "base/bytes.h"
#include "base/span.h"

#include <string.h>

static bool kind_is_known(u16 kind)
{
    return kind == INBOX_LINE_LOOK || kind == INBOX_LINE_APPEAL || kind == INBOX_LINE_EVIDENCE;
}

u32 inbox_line_ask_write(const struct inbox_line_ask *ask, u8 target[INBOX_LINE_BYTES_MAX])
{
    if (ask->contents.size > INBOX_LINE_CONTENTS_MAX) {
        return 0;
    }
    bytes_put_u64(target, ask->id);
    bytes_put_u16(target + 8, ask->kind);
    bytes_put_u16(target + 10, 0);
    bytes_put_u32(target + 12, ask->account);
    if (ask->contents.size > 0) {
        memcpy(target + INBOX_LINE_HEAD_BYTES, ask->contents.data, ask->contents.size);
    }
    return INBOX_LINE_HEAD_BYTES + (u32)ask->contents.size;
}

static bool contents_fit(u16 kind, size_t size)
{
    return kind == INBOX_LINE_LOOK     ? size == 0
           : kind == INBOX_LINE_APPEAL ? size == INBOX_LINE_APPEAL_BYTES
                                       : size > 0;
}

bool inbox_line_ask_read(struct span message, struct inbox_line_ask *ask_out)
{
    *ask_out = (struct inbox_line_ask){.id = 0};
    if (message.size < INBOX_LINE_HEAD_BYTES || message.size > INBOX_LINE_BYTES_MAX) {
        return false;
    }
    ask_out->id = bytes_u64(message.data);
    ask_out->kind = bytes_u16(message.data + 8);
    ask_out->account = bytes_u32(message.data + 12);
    ask_out->contents = span_after(message, INBOX_LINE_HEAD_BYTES);
    return kind_is_known(ask_out->kind) && bytes_u16(message.data + 10) == 0 &&
           ask_out->account != 0 && contents_fit(ask_out->kind, ask_out->contents.size);
}

/* ---- answers ---- */

_Static_assert(INBOX_LINE_HASH_BYTES == INBOX_LINE_STATE_BYTES, "one size of what is said");

static u32 size_of(u16 code)
{
    return INBOX_LINE_ANSWER_HEAD + (code == INBOX_LINE_OK ? INBOX_LINE_STATE_BYTES : 0);
}

u32 inbox_line_answer_write(const struct inbox_line_answer *answer,
                            u8 target[INBOX_LINE_ANSWER_BYTES_MAX])
{
    u8 *contents = target + INBOX_LINE_ANSWER_HEAD;
    memset(target, 0, INBOX_LINE_ANSWER_BYTES_MAX);
    bytes_put_u64(target, answer->id);
    bytes_put_u16(target + 8, answer->kind);
    bytes_put_u16(target + 10, answer->code);
    if (answer->code == INBOX_LINE_OK && answer->kind == INBOX_LINE_EVIDENCE) {
        memcpy(contents, answer->hash, sizeof(answer->hash));
    } else if (answer->code == INBOX_LINE_OK) {
        bytes_put_u32(contents, answer->appeal.state);
        bytes_put_u64(contents + 8, answer->appeal.made_us);
        bytes_put_u64(contents + 16, answer->appeal.until_us);
        bytes_put_u64(contents + 24, answer->appeal.closed_us);
    }
    return size_of(answer->code);
}

bool inbox_line_answer_read(struct span message, struct inbox_line_answer *answer_out)
{
    *answer_out = (struct inbox_line_answer){.id = 0};
    if (message.size < INBOX_LINE_ANSWER_HEAD) {
        return false;
    }
    answer_out->id = bytes_u64(message.data);
    answer_out->kind = bytes_u16(message.data + 8);
    answer_out->code = bytes_u16(message.data + 10);
    if (!kind_is_known(answer_out->kind) || answer_out->code > INBOX_LINE_CODE_MAX ||
        bytes_u32(message.data + 12) != 0 || message.size != size_of(answer_out->code)) {
        return false;
    }
    const u8 *contents = message.data + INBOX_LINE_ANSWER_HEAD;
    if (answer_out->code != INBOX_LINE_OK) {
        return true;
    }
    if (answer_out->kind == INBOX_LINE_EVIDENCE) {
        memcpy(answer_out->hash, contents, sizeof(answer_out->hash));
        return true;
    }
    answer_out->appeal = (struct inbox_appeal){.state = bytes_u32(contents),
                                               .made_us = bytes_u64(contents + 8),
                                               .until_us = bytes_u64(contents + 16),
                                               .closed_us = bytes_u64(contents + 24)};
    return answer_out->appeal.state <= INBOX_STATE_MAX && bytes_u32(contents + 4) == 0;
}
