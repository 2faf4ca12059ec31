#include "role/vault/review_file.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "base/utf8.h"

#include <sodium.h>
#include <string.h>

/* Where the parts of the head are. */
#define AT_VERSION   8U
#define AT_SEEN      12U
#define AT_UNTIL     16U
#define AT_REVIEWER  24U
#define AT_ENROL_KEY 56U
#define AT_BOX       88U
#define AT_ENROLMENT 120U

_Static_assert(AT_ENROLMENT + SEAL_HASH_BYTES == VAULT_REVIEW_BYTES, "the head");

/* One review at work. */
struct work {
    struct seal_room *room;
    const struct review_pins *pins;
    const char *name;
    struct span head;
    struct seal_enrolment whole; /* as it is made again */
    struct review *review;
};

static struct vault_ask records; /* large; one thread */

static enum fault head_read(struct work *work)
{
    const u8 *at = work->head.data;
    struct review *review = work->review;
    review->subject = bytes_u64(at);
    review->version = bytes_u32(at + AT_VERSION);
    review->seen = at[AT_SEEN];
    review->until_s = bytes_u64(at + AT_UNTIL);
    memcpy(work->whole.reviewer.bytes, at + AT_REVIEWER, SEAL_POINT_BYTES);
    memcpy(work->whole.enrol_key.bytes, at + AT_ENROL_KEY, SEAL_POINT_BYTES);
    memcpy(work->whole.box_hash, at + AT_BOX, SEAL_HASH_BYTES);
    memcpy(review->enrolment, at + AT_ENROLMENT, SEAL_HASH_BYTES);
    work->whole.until_s = review->until_s;
    if (memcmp(&work->whole.reviewer, &work->pins->reviewer, SEAL_POINT_BYTES) != 0) {
        return FAULT(FAULT_REFUSED, "%s: another officer reviews this", work->name);
    }
    return work->pins->now_s > review->until_s
               ? FAULT(FAULT_REFUSED, "%s: the review is over", work->name)
               : FAULT_NONE;
}

/* Characters that do something to a screen, or hide or turn what stands beside them. */
static bool is_unseen(u32 character)
{
    return character < ' ' || (character >= 0x7f && character < 0xa0) || character == 0xad ||
           character == 0x61c || character == 0x180e || character == 0x200b ||
           (character >= 0x200e && character <= 0x200f) ||
           (character >= 0x2028 && character <= 0x202e) ||
           (character >= 0x2060 && character <= 0x206f) || character == 0xfeff ||
           (character >= 0xfff9 && character <= 0xfffb) ||
           (character >= 0xe000 && character <= 0xf8ff) || character >= 0xe0000;
}

static u32 character_of(const u8 *bytes, size_t size)
{
    u32 character = size == 1 ? bytes[0] : bytes[0] & (0xffU >> (size + 1));
    for (size_t i = 1; i < size; i += 1) {
        character = character << 6 | (bytes[i] & 0x3fU);
    }
    return character;
}

/* Whole lines that can be shown as they are. */
static bool is_shown(struct span text)
{
    for (size_t at = 0; at < text.size;) {
        size_t size = utf8_bytes(span_of(text.data + at, text.size - at));
        if (size == 0 || (text.data[at] != '\n' && is_unseen(character_of(text.data + at, size)))) {
            return false;
        }
        at += size;
    }
    return text.size > 0 && text.data[text.size - 1] == '\n';
}

static enum fault text_open(struct work *work, const struct vault_record *record, const u8 *key)
{
    struct review *review = work->review;
    u32 place = review->count;
    size_t bytes = record->body.size;
    if (bytes <= SEAL_BODY_EXTRA_BYTES || bytes > SEAL_BODY_BYTES_MAX) {
        return FAULT(FAULT_INPUT, "%s: record %u: a body that is none", work->name, place + 1);
    }
    review->texts[place] = sodium_malloc(bytes - SEAL_BODY_EXTRA_BYTES);
    if (review->texts[place] == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for a text");
    }
    review->groups[place] = record->label.group;
    review->count += 1;
    TRY(seal_body_open(&record->label, key, record->body, review->texts[place],
                       &review->sizes[place]));
    return record->label.group == SEAL_GROUP_DOCUMENTS ||
                   is_shown(span_of(review->texts[place], review->sizes[place]))
               ? FAULT_NONE
               : FAULT(FAULT_INPUT, "%s: record %u: a text with signs that cannot be shown",
                       work->name, place + 1);
}

/* The box that the rule makes of the identity is the one that the vault read. */
static enum fault box_check(struct work *work, const struct vault_record *identity, const u8 *key)
{
    u8 box[SEAL_ENROL_BOX_BYTES];
    u8 hash[SEAL_HASH_BYTES];
    TRY(seal_enrol_box_make(work->room, &identity->label, &work->whole.enrol_key, key,
                            identity->hash, span_of(work->review->texts[0], work->review->sizes[0]),
                            box));
    seal_enrol_box_hash(box, hash);
    return memcmp(hash, work->whole.box_hash, sizeof(hash)) == 0
               ? FAULT_NONE
               : FAULT(FAULT_INPUT, "%s: the vault was told something else than the record says",
                       work->name);
}

/* By the reviewer's copy; then the permanent wrap is made again. */
static enum fault record_open(struct work *work, const struct vault_record *record, u8 *key)
{
    const struct review_pins *pins = work->pins;
    const struct seal_label *label = &record->label;
    struct seal_wrap wrap;
    u8 hash[SEAL_HASH_BYTES];
    if (label->subject != work->review->subject || label->version != work->review->version) {
        return FAULT(FAULT_INPUT, "%s: a record of another enrolment", work->name);
    }
    if (label->epoch != pins->epoch) {
        return FAULT(FAULT_REFUSED, "%s: sealed for epoch %u, and the group is of %u", work->name,
                     label->epoch, pins->epoch);
    }
    if (record->hands_count != 1 || record->hands[0].until_s != work->review->until_s) {
        return FAULT(FAULT_INPUT, "%s: not one copy for the reviewer", work->name);
    }
    seal_body_hash(record->body, hash);
    if (memcmp(hash, record->hash, sizeof(hash)) != 0) {
        return FAULT(FAULT_INPUT, "%s: a body with another hash", work->name);
    }
    memcpy(&wrap, record->wrap, sizeof(wrap));
    TRY(seal_hand_open(work->room, label, SEAL_HAND_REVIEW, pins->secret, pins->now_s,
                       span_of(record->hands[0].bytes, VAULT_HAND_BYTES), key));
    TRY(seal_wrap_recompute(work->room, label, &pins->group_key, key, hash, &wrap));
    TRY(text_open(work, record, key));
    return work->review->count == 1 ? box_check(work, record, key) : FAULT_NONE;
}

static enum fault open_all(struct work *work)
{
    u8 hash[SEAL_HASH_BYTES];
    TRY(head_read(work));
    if (records.records[0].label.group != SEAL_GROUP_IDENTITY) {
        return FAULT(FAULT_INPUT, "%s: the identity is not first", work->name);
    }
    for (u32 i = 0; i < records.count; i += 1) {
        const struct vault_record *record = &records.records[i];
        size_t mark = seal_room_mark(work->room);
        u8 *key = seal_room_take(work->room, SEAL_KEY_SIZE);
        enum fault fault = record_open(work, record, key);
        seal_room_leave(work->room, mark);
        TRY(fault);
        work->whole.rows[i].label = record->label;
        memcpy(work->whole.rows[i].wrap, record->wrap, SEAL_WRAP_BYTES);
        memcpy(work->whole.rows[i].hash, record->hash, SEAL_HASH_BYTES);
    }
    work->whole.rows_count = records.count;
    seal_enrol_hash(&work->whole, hash);
    return memcmp(hash, work->review->enrolment, sizeof(hash)) == 0
               ? FAULT_NONE
               : FAULT(FAULT_INPUT,
                       "%s: not the enrolment that came: a record is missing, or "
                       "another",
                       work->name);
}

enum fault review_open(struct seal_room *room, struct span bytes, const char *name,
                       const struct review_pins *pins, struct review *review_out)
{
    struct work work = {.room = room,
                        .pins = pins,
                        .name = name,
                        .head = span_piece(bytes, 0, VAULT_REVIEW_BYTES),
                        .review = review_out};
    *review_out = (struct review){.count = 0};
    if (work.head.data == NULL ||
        vault_records_read(span_after(bytes, VAULT_REVIEW_BYTES), &records) != NULL) {
        return FAULT(FAULT_INPUT, "%s: not what the vault gives a reviewer", name);
    }
    enum fault fault = open_all(&work);
    secret_wipe(&records, sizeof(records));
    if (fault != FAULT_NONE) {
        review_close(review_out);
    }
    return fault;
}

void review_close(struct review *review)
{
    for (u32 i = 0; i < review->count; i += 1) {
        sodium_free(review->texts[i]);
    }
    *review = (struct review){.count = 0};
}
