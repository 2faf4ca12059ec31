#include "wire/desk_line.h"

#include "base/bytes.h"
#include "base/check.h"

#include <string.h>

#define ANSWER_HEAD  16U
#define OPENING_HEAD 64U
#define RECORD_BYTES 12U
#define FLAG_OPENED  1U
#define FLAG_SILENT  2U
#define COUNT_AT     12U
#define NOTICED_AT   48U
#define KIND_AT      56U
#define FLAGS_AT     57U
#define RECORDS_AT   58U
#define LETTER_AT    60U
#define RECEIPT_AT   62U
#define OPENING_NONE ((struct desk_line_opening){.kind = 0})
#define DAY_MAX      2932896U /* 9999-12-31 */
#define SECOND_MAX   (253402300799ULL)

_Static_assert(DESK_LINE_LETTER_MAX <= UINT16_MAX && DESK_LINE_RECEIPT_MAX <= UINT16_MAX,
               "their sizes are of 2 bytes");
_Static_assert(ANSWER_HEAD + OPENING_HEAD + DESK_LINE_RECORDS_MAX * RECORD_BYTES +
                       DESK_LINE_LETTER_MAX + DESK_LINE_RECEIPT_MAX <=
                   DESK_LINE_MESSAGE_MAX,
               "an answer has room for any opening");

void desk_line_ask_write(u64 id, u64 person, u8 target[DESK_LINE_ASK_BYTES])
{
    bytes_put_u64(target, id);
    bytes_put_u64(target + 8, person);
}

bool desk_line_ask_read(struct span message, u64 *id_out, u64 *person_out)
{
    *id_out = 0;
    *person_out = 0;
    if (message.size != DESK_LINE_ASK_BYTES) {
        return false;
    }
    *id_out = bytes_u64(message.data);
    *person_out = bytes_u64(message.data + 8);
    return *id_out != 0 && *person_out != 0;
}

struct desk_line_writer desk_line_begin(u8 bytes[DESK_LINE_MESSAGE_MAX], u64 id)
{
    memset(bytes, 0, ANSWER_HEAD);
    bytes_put_u64(bytes, id);
    return (struct desk_line_writer){.bytes = bytes, .size = ANSWER_HEAD};
}

bool desk_line_put(struct desk_line_writer *writer, const struct desk_line_opening *opening)
{
    size_t size = OPENING_HEAD + opening->records_count * RECORD_BYTES + opening->letter.size +
                  opening->receipt.size;
    CHECK(opening->records_count <= DESK_LINE_RECORDS_MAX &&
          opening->letter.size <= DESK_LINE_LETTER_MAX &&
          opening->receipt.size <= DESK_LINE_RECEIPT_MAX);
    CHECK(opening->kind > 0 && opening->kind <= DESK_LINE_KIND_MAX);
    if (writer->count == DESK_LINE_OPENINGS_MAX || size > DESK_LINE_MESSAGE_MAX - writer->size) {
        return false;
    }
    u8 *at = writer->bytes + writer->size;
    memcpy(at, opening->name, DESK_LINE_CASE_BYTES);
    memcpy(at + DESK_LINE_CASE_BYTES, opening->event, DESK_LINE_HASH_BYTES);
    bytes_put_u64(at + NOTICED_AT, opening->noticed_s);
    at[KIND_AT] = opening->kind;
    at[FLAGS_AT] =
        (u8)((opening->is_opened ? FLAG_OPENED : 0U) | (opening->is_silent ? FLAG_SILENT : 0U));
    bytes_put_u16(at + RECORDS_AT, (u16)opening->records_count);
    bytes_put_u16(at + LETTER_AT, (u16)opening->letter.size);
    bytes_put_u16(at + RECEIPT_AT, (u16)opening->receipt.size);
    at += OPENING_HEAD;
    for (u32 i = 0; i < opening->records_count; i += 1, at += RECORD_BYTES) {
        bytes_put_u32(at, opening->records[i].from_day);
        bytes_put_u32(at + 4, opening->records[i].until_day);
        bytes_put_u32(at + 8, opening->records[i].group);
    }
    const struct span texts[] = {opening->letter, opening->receipt};
    for (u32 i = 0; i < ARRAY_COUNT(texts); i += 1) {
        if (texts[i].size > 0) {
            memcpy(at, texts[i].data, texts[i].size);
        }
        at += texts[i].size;
    }
    writer->size += (u32)size;
    writer->count += 1;
    return true;
}

u32 desk_line_end(struct desk_line_writer *writer, u32 all)
{
    bytes_put_u32(writer->bytes + 8, all);
    bytes_put_u16(writer->bytes + COUNT_AT, (u16)writer->count);
    return writer->size;
}

/* ---- reading ---- */

static bool records_read(struct span bytes, struct desk_line_opening *opening)
{
    bool is_right = true;
    for (u32 i = 0; i < opening->records_count; i += 1) {
        const u8 *at = bytes.data + i * RECORD_BYTES;
        struct desk_line_record *record = &opening->records[i];
        u32 group = bytes_u32(at + 8);
        record->from_day = bytes_u32(at);
        record->until_day = bytes_u32(at + 4);
        record->group = (u8)group;
        is_right = is_right && group > 0 && group <= DESK_LINE_GROUP_MAX &&
                   record->from_day <= record->until_day && record->until_day <= DAY_MAX;
    }
    return is_right;
}

/* Takes one off the front. */
static bool opening_read(struct span *rest, struct desk_line_opening *opening)
{
    *opening = OPENING_NONE;
    if (rest->size < OPENING_HEAD) {
        return false;
    }
    const u8 *at = rest->data;
    memcpy(opening->name, at, DESK_LINE_CASE_BYTES);
    memcpy(opening->event, at + DESK_LINE_CASE_BYTES, DESK_LINE_HASH_BYTES);
    opening->noticed_s = bytes_u64(at + NOTICED_AT);
    opening->kind = at[KIND_AT];
    opening->is_opened = (at[FLAGS_AT] & FLAG_OPENED) != 0;
    opening->is_silent = (at[FLAGS_AT] & FLAG_SILENT) != 0;
    opening->records_count = bytes_u16(at + RECORDS_AT);
    size_t letter = bytes_u16(at + LETTER_AT);
    size_t receipt = bytes_u16(at + RECEIPT_AT);
    if (opening->kind == 0 || opening->kind > DESK_LINE_KIND_MAX ||
        at[FLAGS_AT] > (FLAG_OPENED | FLAG_SILENT) || opening->noticed_s > SECOND_MAX ||
        opening->records_count > DESK_LINE_RECORDS_MAX || letter > DESK_LINE_LETTER_MAX ||
        receipt > DESK_LINE_RECEIPT_MAX ||
        rest->size - OPENING_HEAD < opening->records_count * RECORD_BYTES + letter + receipt) {
        return false;
    }
    *rest = span_after(*rest, OPENING_HEAD);
    bool is_right = records_read(*rest, opening);
    *rest = span_after(*rest, opening->records_count * RECORD_BYTES);
    opening->letter = span_of(rest->data, letter);
    opening->receipt = span_of(rest->data + letter, receipt);
    *rest = span_after(*rest, letter + receipt);
    return is_right;
}

bool desk_line_read(struct span message, struct desk_line_answer *answer_out)
{
    answer_out->id = 0;
    answer_out->count = 0;
    if (message.size < ANSWER_HEAD || message.size > DESK_LINE_MESSAGE_MAX) {
        return false;
    }
    answer_out->id = bytes_u64(message.data);
    answer_out->all = bytes_u32(message.data + 8);
    answer_out->count = bytes_u16(message.data + COUNT_AT);
    if (answer_out->count > DESK_LINE_OPENINGS_MAX || answer_out->count > answer_out->all ||
        bytes_u16(message.data + COUNT_AT + 2) != 0) {
        return false;
    }
    struct span rest = span_after(message, ANSWER_HEAD);
    for (u32 i = 0; i < answer_out->count; i += 1) {
        if (!opening_read(&rest, &answer_out->openings[i])) {
            return false;
        }
    }
    return rest.size == 0;
}
