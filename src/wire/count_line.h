/* What the desk asks `keep` for a search that was approved and logged: how many people does the
 * vault have this value of? Messages over a line that keeps their bounds (docs/desk.md "The line to
 * keep").
 *
 *     ask      id 8 | case 16 | matter 32 | hashes 1 | values 1 | zero 2 | hashes | values
 *     hash     field 1 | 32 bytes          what the case names somebody by, as its acts have it
 *     value    field 1 | zero 1 | bytes 2 | the value, of that many bytes
 *     answer   id 8 | code 4 | people 4
 *
 * Numbers are little-endian. A value is one identifier, or a name and a birth date, in this order;
 * `keep` makes each one's hash and wants it among those of the case. The matter is what the public
 * log's event of the look-up carries, so that it and the desk's act name each other. A number comes
 * back and nothing else: never who. */
#ifndef WIRE_COUNT_LINE_H
#define WIRE_COUNT_LINE_H

#include "base/base.h"
#include "base/span.h"

#define COUNT_LINE_CASE_BYTES   16U
#define COUNT_LINE_MATTER_BYTES 32U
#define COUNT_LINE_HASH_BYTES   32U
#define COUNT_LINE_HASHES_MAX   32U
#define COUNT_LINE_VALUES_MAX   2U
#define COUNT_LINE_VALUE_BYTES  200U /* keep takes a name, a blank and a birth date */
#define COUNT_LINE_HEAD_BYTES   60U
#define COUNT_LINE_ASK_MAX                                                          \
    (COUNT_LINE_HEAD_BYTES + COUNT_LINE_HASHES_MAX * (1U + COUNT_LINE_HASH_BYTES) + \
     COUNT_LINE_VALUES_MAX * (4U + COUNT_LINE_VALUE_BYTES))
#define COUNT_LINE_ANSWER_BYTES 16U

/* By what somebody is named: as a grant and the desk number it. */
#define COUNT_LINE_NAME       1U
#define COUNT_LINE_BIRTH_DATE 2U
#define COUNT_LINE_DOCUMENT   4U
#define COUNT_LINE_EMAIL      5U
#define COUNT_LINE_PHONE      6U
#define COUNT_LINE_ACCOUNT    7U
#define COUNT_LINE_FIELD_MAX  7U

enum count_line_code {
    COUNT_LINE_OK,
    COUNT_LINE_OTHER, /* the case does not name anybody by this value */
    COUNT_LINE_FORM,  /* the value has not the form that the index has of its field */
    COUNT_LINE_LIMIT, /* too many look-ups in this hour */
};
#define COUNT_LINE_CODE_MAX 3U

struct count_line_hash {
    u8 field;
    u8 hash[COUNT_LINE_HASH_BYTES];
};

struct count_line_value {
    u8 field;
    struct span bytes;
};

struct count_line_ask {
    u64 id;
    u8 name[COUNT_LINE_CASE_BYTES];
    u8 matter[COUNT_LINE_MATTER_BYTES];
    u32 hashes_count;
    u32 values_count;
    struct count_line_hash hashes[COUNT_LINE_HASHES_MAX];
    struct count_line_value values[COUNT_LINE_VALUES_MAX];
};

struct count_line_answer {
    u64 id;
    u32 code;   /* enum count_line_code */
    u32 people; /* with COUNT_LINE_OK, else 0 */
};

/* Whether such values may be asked for: one that the index has, or a name and a birth date, each of
 * 1 to COUNT_LINE_VALUE_BYTES. */
MUST_USE bool count_line_values_fit(const struct count_line_value *values, u32 count);

/* The size of the message. CHECK: counts within their bounds, and values that fit. */
u32 count_line_ask_write(const struct count_line_ask *ask, u8 target[COUNT_LINE_ASK_MAX]);
/* False: no sound desk sends this. Values lie in the message. */
MUST_USE bool count_line_ask_read(struct span message, struct count_line_ask *ask_out);

/* CHECK: a code that there is, and people with OK only. */
void count_line_answer_write(const struct count_line_answer *answer,
                             u8 target[COUNT_LINE_ANSWER_BYTES]);
/* False: no sound `keep` sends this. */
MUST_USE bool count_line_answer_read(struct span message, struct count_line_answer *answer_out);

#endif /* WIRE_COUNT_LINE_H */
