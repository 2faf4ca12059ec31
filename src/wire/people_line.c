#include "wire/people_line.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"

#include <string.h>

void people_line_ask_write(const struct people_line_ask *ask, u8 target[PEOPLE_LINE_ASK_BYTES])
{
    bytes_put_u64(target, ask->id);
    bytes_put_u64(target + 8, ask->people_from);
    bytes_put_u64(target + 16, ask->doubles_from);
}

bool people_line_ask_read(struct span message, struct people_line_ask *ask_out)
{
    if (message.size != PEOPLE_LINE_ASK_BYTES) {
        return false;
    }
    ask_out->id = bytes_u64(message.data);
    ask_out->people_from = bytes_u64(message.data + 8);
    ask_out->doubles_from = bytes_u64(message.data + 16);
    return true;
}

u32 people_line_answer_write(const struct people_line_answer *answer,
                             u8 target[PEOPLE_LINE_BYTES_MAX])
{
    u32 size = PEOPLE_LINE_HEAD_BYTES;
    CHECK(answer->people_count <= PEOPLE_LINE_PEOPLE_MAX &&
          answer->doubles_count <= PEOPLE_LINE_DOUBLES_MAX);
    bytes_put_u64(target, answer->id);
    bytes_put_u32(target + 8, answer->people_count);
    bytes_put_u32(target + 12, answer->doubles_count);
    for (u32 i = 0; i < answer->people_count; i += 1) {
        const struct people_line_person *row = &answer->people[i];
        CHECK(row->text.size <= PEOPLE_LINE_TEXT_MAX);
        bytes_put_u64(target + size, row->number);
        bytes_put_u32(target + size + 8, row->person);
        bytes_put_u32(target + size + 12, (u32)row->text.size); /* and two zeros */
        size += PEOPLE_LINE_PERSON_BYTES;
        if (row->text.size > 0) {
            memcpy(target + size, row->text.data, row->text.size);
        }
        size += (u32)row->text.size;
    }
    for (u32 i = 0; i < answer->doubles_count; i += 1) {
        const struct people_line_double *row = &answer->doubles[i];
        bytes_put_u64(target + size, row->number);
        bytes_put_u32(target + size + 8, row->person);
        bytes_put_u32(target + size + 12, row->version);
        bytes_put_u64(target + size + 16, row->seen); /* and four zeros */
        size += PEOPLE_LINE_DOUBLE_BYTES;
    }
    return size;
}

/* Cuts `size` bytes off the front. False: there are fewer. */
static bool cut(struct span *rest, size_t size, const u8 **bytes_out)
{
    if (rest->size < size) {
        return false;
    }
    *bytes_out = rest->data;
    *rest = span_after(*rest, size);
    return true;
}

static bool person_read(struct span *rest, u64 least, struct people_line_person *row)
{
    const u8 *bytes = NULL;
    if (!cut(rest, PEOPLE_LINE_PERSON_BYTES, &bytes)) {
        return false;
    }
    u32 size = bytes_u32(bytes + 12);
    row->number = bytes_u64(bytes);
    row->person = bytes_u32(bytes + 8);
    if (row->number < least || row->number == UINT64_MAX || row->person == 0 ||
        size > PEOPLE_LINE_TEXT_MAX || !cut(rest, size, &bytes)) {
        return false;
    }
    row->text = span_of(bytes, size);
    return true;
}

static bool double_read(struct span *rest, u64 least, struct people_line_double *row)
{
    const u8 *bytes = NULL;
    if (!cut(rest, PEOPLE_LINE_DOUBLE_BYTES, &bytes)) {
        return false;
    }
    u64 seen = bytes_u64(bytes + 16);
    row->number = bytes_u64(bytes);
    row->person = bytes_u32(bytes + 8);
    row->version = bytes_u32(bytes + 12);
    row->seen = (u32)seen;
    return row->number >= least && row->number != UINT64_MAX && row->person != 0 &&
           row->version != 0 && seen > 0 && seen <= UINT32_MAX;
}

bool people_line_answer_read(struct span message, struct people_line_answer *answer_out)
{
    const u8 *head = NULL;
    u64 least = 0;
    if (!cut(&message, PEOPLE_LINE_HEAD_BYTES, &head)) {
        return false;
    }
    answer_out->id = bytes_u64(head);
    answer_out->people_count = bytes_u32(head + 8);
    answer_out->doubles_count = bytes_u32(head + 12);
    if (answer_out->people_count > PEOPLE_LINE_PEOPLE_MAX ||
        answer_out->doubles_count > PEOPLE_LINE_DOUBLES_MAX) {
        return false;
    }
    for (u32 i = 0; i < answer_out->people_count; i += 1) {
        if (!person_read(&message, least, &answer_out->people[i])) {
            return false;
        }
        least = answer_out->people[i].number + 1;
    }
    least = 0;
    for (u32 i = 0; i < answer_out->doubles_count; i += 1) {
        if (!double_read(&message, least, &answer_out->doubles[i])) {
            return false;
        }
        least = answer_out->doubles[i].number + 1;
    }
    return message.size == 0;
}
