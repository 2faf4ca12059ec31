#include "role/vault/vault_message.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"

#include <string.h>

/* What is left of a frame. Once something is wrong it stays so, and gives zeros. */
struct reader {
    struct span frame;
    size_t at;
    const char *wrong; /* NULL: nothing so far */
};

static void refuse(struct reader *reader, const char *wrong)
{
    reader->wrong = reader->wrong == NULL ? wrong : reader->wrong;
}

static struct span take(struct reader *reader, size_t size)
{
    struct span piece = span_piece(reader->frame, reader->at, size);
    if (reader->wrong != NULL || (size > 0 && piece.data == NULL)) {
        refuse(reader, "the frame is too short for what it says");
        return (struct span){.data = NULL};
    }
    reader->at += size;
    return piece;
}

static void take_bytes(struct reader *reader, u8 *target, size_t size)
{
    struct span piece = take(reader, size);
    memset(target, 0, size);
    if (piece.data != NULL) {
        memcpy(target, piece.data, size);
    }
}

static u8 take_u8(struct reader *reader)
{
    u8 byte = 0;
    take_bytes(reader, &byte, 1);
    return byte;
}

static u16 take_u16(struct reader *reader)
{
    u8 bytes[2];
    take_bytes(reader, bytes, sizeof(bytes));
    return bytes_u16(bytes);
}

static u32 take_u32(struct reader *reader)
{
    u8 bytes[4];
    take_bytes(reader, bytes, sizeof(bytes));
    return bytes_u32(bytes);
}

static u64 take_u64(struct reader *reader)
{
    u8 bytes[8];
    take_bytes(reader, bytes, sizeof(bytes));
    return bytes_u64(bytes);
}

static void take_zeros(struct reader *reader, size_t size)
{
    struct span piece = take(reader, size);
    if (reader->wrong == NULL && !span_is_zero(piece)) {
        refuse(reader, "bytes that are kept for later are not zero");
    }
}

static u32 take_within(struct reader *reader, u32 value, u32 low, u32 high, const char *wrong)
{
    if (value < low || value > high) {
        refuse(reader, wrong);
    }
    return reader->wrong == NULL ? value : 0;
}

static struct seal_label take_label(struct reader *reader)
{
    struct seal_label label = {.subject = 0};
    struct span bytes = take(reader, SEAL_LABEL_BYTES);
    if (bytes.data != NULL && seal_label_decode(bytes, &label) != FAULT_NONE) {
        fault_forget();
        refuse(reader, "a label is none");
    }
    return label;
}

static struct vault_value take_value(struct reader *reader)
{
    struct vault_value value = {.field = take_u8(reader)};
    take_zeros(reader, 1);
    value.size = take_within(reader, take_u16(reader), 1, VAULT_VALUE_BYTES_MAX,
                             "a value is empty or too long");
    value.at = (u32)reader->at;
    (void)take(reader, value.size);
    return value;
}

/* ---- what the kinds carry ---- */

static void take_record(struct reader *reader, struct vault_ask *ask, u32 index)
{
    struct vault_record *record = &ask->records[index];
    record->label = take_label(reader);
    record->until_day = take_u32(reader);
    take_bytes(reader, record->wrap, sizeof(record->wrap));
    take_bytes(reader, record->hash, sizeof(record->hash));
    u32 body_bytes =
        take_within(reader, take_u32(reader), 0, VAULT_BODY_BYTES_MAX, "a body is too large");
    record->hands_count =
        take_within(reader, take_u8(reader), 0, VAULT_HANDS_MAX, "too many hands");
    ask->values_counts[index] =
        take_within(reader, take_u8(reader), 0, VAULT_TAGS_MAX, "too many values");
    take_zeros(reader, 2);
    for (u32 i = 0; i < record->hands_count; i += 1) {
        record->hands[i].until_s = take_u64(reader);
        take_bytes(reader, record->hands[i].bytes, VAULT_HAND_BYTES);
        if (record->hands[i].until_s > INT64_MAX) {
            refuse(reader, "a hand's last second is too late");
        }
    }
    for (u32 i = 0; i < ask->values_counts[index]; i += 1) {
        ask->values[index][i] = take_value(reader);
    }
    record->tags_count = 0;
    record->body = take(reader, body_bytes);
}

static void take_put(struct reader *reader, struct vault_ask *ask)
{
    ask->count = take_within(reader, take_u8(reader), 1, VAULT_PUT_MAX, "not one to eight records");
    take_zeros(reader, 3);
    for (u32 i = 0; i < ask->count && reader->wrong == NULL; i += 1) {
        take_record(reader, ask, i);
    }
}

static void take_rewrap(struct reader *reader, struct vault_ask *ask)
{
    ask->count = take_within(reader, take_u32(reader), 1, VAULT_REWRAP_MAX, "not 1 to 256 wraps");
    for (u32 i = 0; i < ask->count && reader->wrong == NULL; i += 1) {
        ask->rewraps[i].label = take_label(reader);
        ask->rewraps[i].epoch = take_u32(reader);
        take_bytes(reader, ask->rewraps[i].wrap, VAULT_WRAP_BYTES);
    }
}

/* Records, whose they are for, and the box with what the vault reads. */
static void take_enrol(struct reader *reader, struct vault_ask *ask)
{
    take_put(reader, ask);
    take_bytes(reader, ask->reviewer, sizeof(ask->reviewer));
    ask->box = take(reader, SEAL_ENROL_BOX_BYTES);
}

static void take_verdict(struct reader *reader, struct seal_verdict *verdict)
{
    u8 proof[SEAL_PROOF_BYTES];
    verdict->subject = take_u64(reader);
    verdict->version = take_u32(reader);
    verdict->outcome = take_u8(reader);
    take_zeros(reader, 3);
    take_bytes(reader, verdict->enrolment, sizeof(verdict->enrolment));
    take_bytes(reader, proof, sizeof(proof));
    memcpy(&verdict->proof, proof, sizeof(proof));
}

/* Of a subject; the group may be 0 where it says so. */
static void take_subject(struct reader *reader, struct vault_ask *ask, bool has_group,
                         bool may_be_all)
{
    ask->subject = take_u64(reader);
    if (ask->subject == 0) {
        refuse(reader, "there is no subject 0");
    }
    if (has_group) {
        ask->group = (u8)take_within(reader, take_u8(reader), may_be_all ? 0 : 1, SEAL_GROUP_MAX,
                                     "there is no such field group");
        take_zeros(reader, 3);
    }
}

static void take_shown(struct reader *reader, struct share_shown *shown)
{
    struct span bytes = take(reader, SHARE_SHOWN_BYTES);
    if (bytes.data != NULL && share_shown_decode(bytes, shown) != FAULT_NONE) {
        fault_forget();
        refuse(reader, "an answer of a drill is none");
    }
}

static void take_wraps(struct reader *reader, struct vault_ask *ask)
{
    ask->epoch = take_u32(reader);
    ask->subject = take_u64(reader); /* what is there begins behind it: any, 0 as well */
    ask->group = take_u8(reader);
    take_zeros(reader, 3);
    ask->version = take_u32(reader);
    if (ask->subject > INT64_MAX) {
        refuse(reader, "there is no such subject");
    }
}

static void take_contents(struct reader *reader, struct vault_ask *ask)
{
    switch (ask->kind) {
    case VAULT_ASK_STATUS:
    case VAULT_ASK_SWEEP:
    case VAULT_ASK_VERIFY:
    case VAULT_ASK_REVIEWS:
    case VAULT_ASK_DRILL:
    case VAULT_ASK_SHARES:
        break;
    case VAULT_ASK_SHOWN:
        take_shown(reader, &ask->shown);
        break;
    case VAULT_ASK_ENROL:
        take_enrol(reader, ask);
        break;
    case VAULT_ASK_OFFER:
    case VAULT_ASK_HELD:
        take_subject(reader, ask, false, false);
        break;
    case VAULT_ASK_REVIEW:
        take_subject(reader, ask, false, false);
        ask->version = take_u32(reader);
        break;
    case VAULT_ASK_DECIDE:
        take_verdict(reader, &ask->verdict);
        break;
    case VAULT_ASK_PUT:
        take_put(reader, ask);
        break;
    case VAULT_ASK_GET:
    case VAULT_ASK_ERASE:
    case VAULT_ASK_DROP:
        take_subject(reader, ask, true, false);
        ask->version = take_u32(reader);
        break;
    case VAULT_ASK_LIST:
        take_subject(reader, ask, false, false);
        break;
    case VAULT_ASK_REWRAP:
        take_rewrap(reader, ask);
        break;
    case VAULT_ASK_RETAIN:
        take_subject(reader, ask, true, true);
        ask->until_day = take_u32(reader);
        break;
    case VAULT_ASK_LOOKUP:
        take_bytes(reader, ask->matter, sizeof(ask->matter));
        ask->value = take_value(reader);
        break;
    case VAULT_ASK_EVENTS:
    case VAULT_ASK_DOUBLES:
        ask->from = take_u64(reader);
        if (ask->from > INT64_MAX) {
            refuse(reader, "there is no such event");
        }
        break;
    case VAULT_ASK_STALE:
        ask->epoch = take_u32(reader);
        break;
    case VAULT_ASK_WRAPS:
        take_wraps(reader, ask);
        break;
    default: /* not an enum: a number from outside */
        refuse(reader, "there is no message of this kind");
        break;
    }
}

u32 vault_frame_bytes(struct span begin)
{
    if (begin.size < sizeof(u32)) {
        return 0;
    }
    u32 bytes = bytes_u32(begin.data);
    return bytes < VAULT_HEAD_BYTES || bytes > VAULT_FRAME_BYTES_MAX ? UINT32_MAX : bytes;
}

const char *vault_ask_read(struct span frame, struct vault_ask *ask_out)
{
    struct reader reader = {.frame = frame};
    memset(ask_out, 0, offsetof(struct vault_ask, records));
    if (take_u32(&reader) != frame.size) {
        refuse(&reader, "the frame is not as long as it says");
    }
    ask_out->kind = take_u16(&reader);
    if (take_u16(&reader) != VAULT_MESSAGE_VERSION) {
        refuse(&reader, "the frame is of another version");
    }
    if (reader.wrong == NULL) {
        take_contents(&reader, ask_out);
    }
    if (reader.at != frame.size) {
        refuse(&reader, "there is more in the frame than there should be");
    }
    return reader.wrong;
}

const char *vault_records_read(struct span bytes, struct vault_ask *ask_out)
{
    struct reader reader = {.frame = bytes};
    memset(ask_out, 0, offsetof(struct vault_ask, records));
    take_put(&reader, ask_out);
    if (reader.at != bytes.size) {
        refuse(&reader, "there is more than there should be");
    }
    return reader.wrong;
}

/* ---- writing ---- */

struct frame_writer vault_writer_begin(u8 *bytes, u32 room, u32 kind)
{
    struct frame_writer writer = {.bytes = bytes, .room = room};
    CHECK(room >= VAULT_HEAD_BYTES);
    frame_write_u32(&writer, 0);
    frame_write_u16(&writer, (u16)kind);
    frame_write_u16(&writer, VAULT_MESSAGE_VERSION);
    return writer;
}

void vault_writer_end(struct frame_writer *writer)
{
    CHECK(!writer->is_full);
    frame_writer_end(writer);
}

void vault_write_place(struct frame_writer *writer, const struct seal_label *label)
{
    frame_write_u64(writer, label->subject);
    frame_write_u32(writer, label->group); /* and three zeros */
    frame_write_u32(writer, label->version);
}

void vault_write_label(struct frame_writer *writer, const struct seal_label *label)
{
    u8 bytes[SEAL_LABEL_BYTES];
    seal_label_encode(label, bytes);
    frame_write_bytes(writer, span_of(bytes, sizeof(bytes)));
}

void vault_write_record(struct frame_writer *writer, const struct vault_record *record)
{
    vault_write_label(writer, &record->label);
    frame_write_u32(writer, record->until_day);
    frame_write_bytes(writer, span_of(record->wrap, sizeof(record->wrap)));
    frame_write_bytes(writer, span_of(record->hash, sizeof(record->hash)));
    frame_write_u32(writer, (u32)record->body.size);
    frame_write_u32(writer, record->hands_count); /* no values, two zeros */
    for (u32 i = 0; i < record->hands_count; i += 1) {
        frame_write_u64(writer, record->hands[i].until_s);
        frame_write_bytes(writer, span_of(record->hands[i].bytes, VAULT_HAND_BYTES));
    }
    frame_write_bytes(writer, record->body);
}
