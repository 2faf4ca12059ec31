#include "wire/count_line.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"

#include <string.h>

#define CASE_AT     8U
#define MATTER_AT   24U
#define HASHES_AT   56U
#define VALUES_AT   57U
#define ZERO_AT     58U
#define HASH_BYTES  (1U + COUNT_LINE_HASH_BYTES)
#define VALUE_BYTES 4U /* before the value */

static bool is_indexed(u8 field)
{
    return field >= COUNT_LINE_DOCUMENT && field <= COUNT_LINE_ACCOUNT;
}

bool count_line_values_fit(const struct count_line_value *values, u32 count)
{
    for (u32 i = 0; i < count; i += 1) {
        if (values[i].bytes.size == 0 || values[i].bytes.size > COUNT_LINE_VALUE_BYTES) {
            return false;
        }
    }
    return (count == 1 && is_indexed(values[0].field)) ||
           (count == 2 && values[0].field == COUNT_LINE_NAME &&
            values[1].field == COUNT_LINE_BIRTH_DATE);
}

/* ---- the ask ---- */

u32 count_line_ask_write(const struct count_line_ask *ask, u8 target[COUNT_LINE_ASK_MAX])
{
    u32 size = COUNT_LINE_HEAD_BYTES;
    CHECK(ask->hashes_count > 0 && ask->hashes_count <= COUNT_LINE_HASHES_MAX);
    CHECK(count_line_values_fit(ask->values, ask->values_count));
    bytes_put_u64(target, ask->id);
    memcpy(target + CASE_AT, ask->name, sizeof(ask->name));
    memcpy(target + MATTER_AT, ask->matter, sizeof(ask->matter));
    target[HASHES_AT] = (u8)ask->hashes_count;
    target[VALUES_AT] = (u8)ask->values_count;
    bytes_put_u16(target + ZERO_AT, 0);
    for (u32 i = 0; i < ask->hashes_count; i += 1) {
        target[size] = ask->hashes[i].field;
        memcpy(target + size + 1, ask->hashes[i].hash, COUNT_LINE_HASH_BYTES);
        size += HASH_BYTES;
    }
    for (u32 i = 0; i < ask->values_count; i += 1) {
        const struct count_line_value *value = &ask->values[i];
        bytes_put_u16(target + size, value->field); /* and a zero */
        bytes_put_u16(target + size + 2, (u16)value->bytes.size);
        memcpy(target + size + VALUE_BYTES, value->bytes.data, value->bytes.size);
        size += VALUE_BYTES + (u32)value->bytes.size;
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

static bool hash_read(struct span *rest, struct count_line_hash *hash)
{
    const u8 *bytes = NULL;
    if (!cut(rest, HASH_BYTES, &bytes) || bytes[0] == 0 || bytes[0] > COUNT_LINE_FIELD_MAX) {
        return false;
    }
    hash->field = bytes[0];
    memcpy(hash->hash, bytes + 1, sizeof(hash->hash));
    return true;
}

static bool value_read(struct span *rest, struct count_line_value *value)
{
    const u8 *bytes = NULL;
    if (!cut(rest, VALUE_BYTES, &bytes) || bytes[1] != 0) {
        return false;
    }
    u16 size = bytes_u16(bytes + 2);
    value->field = bytes[0];
    if (!cut(rest, size, &bytes)) {
        return false;
    }
    value->bytes = span_of(bytes, size);
    return true;
}

bool count_line_ask_read(struct span message, struct count_line_ask *ask_out)
{
    const u8 *head = NULL;
    if (!cut(&message, COUNT_LINE_HEAD_BYTES, &head) || bytes_u16(head + ZERO_AT) != 0) {
        return false;
    }
    ask_out->id = bytes_u64(head);
    memcpy(ask_out->name, head + CASE_AT, sizeof(ask_out->name));
    memcpy(ask_out->matter, head + MATTER_AT, sizeof(ask_out->matter));
    ask_out->hashes_count = head[HASHES_AT];
    ask_out->values_count = head[VALUES_AT];
    if (ask_out->hashes_count == 0 || ask_out->hashes_count > COUNT_LINE_HASHES_MAX ||
        ask_out->values_count > COUNT_LINE_VALUES_MAX) {
        return false;
    }
    for (u32 i = 0; i < ask_out->hashes_count; i += 1) {
        if (!hash_read(&message, &ask_out->hashes[i])) {
            return false;
        }
    }
    for (u32 i = 0; i < ask_out->values_count; i += 1) {
        if (!value_read(&message, &ask_out->values[i])) {
            return false;
        }
    }
    return message.size == 0 && count_line_values_fit(ask_out->values, ask_out->values_count);
}

/* ---- the answer ---- */

void count_line_answer_write(const struct count_line_answer *answer,
                             u8 target[COUNT_LINE_ANSWER_BYTES])
{
    CHECK(answer->code <= COUNT_LINE_CODE_MAX);
    CHECK(answer->code == COUNT_LINE_OK || answer->people == 0);
    bytes_put_u64(target, answer->id);
    bytes_put_u32(target + 8, answer->code);
    bytes_put_u32(target + 12, answer->people);
}

bool count_line_answer_read(struct span message, struct count_line_answer *answer_out)
{
    if (message.size != COUNT_LINE_ANSWER_BYTES) {
        return false;
    }
    answer_out->id = bytes_u64(message.data);
    answer_out->code = bytes_u32(message.data + 8);
    answer_out->people = bytes_u32(message.data + 12);
    return answer_out->code <= COUNT_LINE_CODE_MAX &&
           (answer_out->code == COUNT_LINE_OK || answer_out->people == 0);
}
