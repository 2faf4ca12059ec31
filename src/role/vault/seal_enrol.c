#include "role/vault/seal_enrol.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PADDING       0x80U
#define ROW_BYTES     (SEAL_LABEL_BYTES + SEAL_WRAP_BYTES + SEAL_HASH_BYTES)
#define HEAD_BYTES    104U /* of what stands for the whole */
#define VERDICT_BYTES 48U  /* of what is proved */

/* ---- the box ---- */

void seal_enrol_key(const u8 file[32], struct seal_scalar *secret_out)
{
    const struct span part = span_of(file, 32);
    seal_hash_scalar("enrol-key", &part, 1, secret_out);
}

/* The next line with its end; empty: there is none, or the last one has no end. */
static struct span line_cut(struct span *rest)
{
    const u8 *end = rest->size == 0 ? NULL : memchr(rest->data, '\n', rest->size);
    size_t size = end == NULL ? 0 : (size_t)(end - rest->data) + 1;
    struct span line = span_of(rest->data, size);
    *rest = span_after(*rest, size);
    return line;
}

/* What stands behind "FIELD: " without the line's end; empty: it is another field. */
static struct span value_of(struct span line, const char *field)
{
    size_t size = strlen(field);
    bool is_it = line.size > size + 3 && memcmp(line.data, field, size) == 0 &&
                 memcmp(line.data + size, ": ", 2) == 0;
    return is_it ? span_of(line.data + size + 2, line.size - size - 3) : (struct span){.size = 0};
}

enum fault seal_enrol_text(struct span identity, u8 target[SEAL_ENROL_TEXT_BYTES], size_t *size_out)
{
    static const char *const fields[] = {"name", "birth-date", "nationality", "email", "document"};
    size_t size = 0;
    for (struct span line = line_cut(&identity); line.size > 0; line = line_cut(&identity)) {
        bool is_told = false;
        for (u32 i = 0; i < ARRAY_COUNT(fields); i += 1) {
            is_told = is_told || value_of(line, fields[i]).size > 0;
        }
        if (is_told && size + line.size >= SEAL_ENROL_TEXT_BYTES) {
            secret_wipe(target, size);
            return FAULT(FAULT_INPUT, "the identity has more than the vault is told");
        }
        if (is_told) {
            memcpy(target + size, line.data, line.size);
            size += line.size;
        }
    }
    *size_out = size;
    return FAULT_NONE;
}

static void bound_encode(const struct seal_label *label, const u8 body_hash[SEAL_HASH_BYTES],
                         u8 bound[SEAL_LABEL_BYTES + SEAL_HASH_BYTES])
{
    seal_label_encode(label, bound);
    memcpy(bound + SEAL_LABEL_BYTES, body_hash, SEAL_HASH_BYTES);
}

enum fault seal_enrol_box_make(struct seal_room *room, const struct seal_label *label,
                               const struct seal_point *enrol_key, const u8 key[SEAL_KEY_SIZE],
                               const u8 body_hash[SEAL_HASH_BYTES], struct span identity,
                               u8 box_out[SEAL_ENROL_BOX_BYTES])
{
    u8 bound[SEAL_LABEL_BYTES + SEAL_HASH_BYTES];
    size_t mark = seal_room_mark(room);
    u8 *text = seal_room_take(room, SEAL_ENROL_TEXT_BYTES);
    struct seal_scalar *secret = seal_room_take(room, sizeof(*secret));
    size_t size = 0;
    bound_encode(label, body_hash, bound);
    const struct span parts[] = {span_of(key, SEAL_KEY_SIZE), span_of(bound, SEAL_LABEL_BYTES),
                                 span_of(enrol_key->bytes, sizeof(enrol_key->bytes))};
    seal_hash_scalar("enrol-u", parts, ARRAY_COUNT(parts), secret);
    enum fault fault = seal_enrol_text(identity, text, &size);
    if (fault == FAULT_NONE) {
        text[size] = PADDING;
        fault = seal_box_close_with("enrol", room, secret, enrol_key, span_of(bound, sizeof(bound)),
                                    span_of(text, SEAL_ENROL_TEXT_BYTES), box_out);
    }
    seal_room_leave(room, mark);
    return fault;
}

enum fault seal_enrol_box_open(struct seal_room *room, const struct seal_label *label,
                               const struct seal_scalar *secret,
                               const u8 body_hash[SEAL_HASH_BYTES],
                               const u8 box[SEAL_ENROL_BOX_BYTES],
                               u8 text_out[SEAL_ENROL_TEXT_BYTES], size_t *size_out)
{
    u8 bound[SEAL_LABEL_BYTES + SEAL_HASH_BYTES];
    bound_encode(label, body_hash, bound);
    TRY(seal_box_open("enrol", room, secret, span_of(bound, sizeof(bound)),
                      span_of(box, SEAL_ENROL_BOX_BYTES), text_out));
    size_t size = SEAL_ENROL_TEXT_BYTES;
    while (size > 0 && text_out[size - 1] == 0) {
        size -= 1;
    }
    if (size == 0 || text_out[size - 1] != PADDING) {
        secret_wipe(text_out, SEAL_ENROL_TEXT_BYTES);
        return FAULT(FAULT_ROT, "enrol: the padding is none");
    }
    text_out[size - 1] = 0;
    *size_out = size - 1;
    return FAULT_NONE;
}

/* ---- what the vault reads ---- */

static bool is_plain(struct span value)
{
    for (size_t i = 0; i < value.size; i += 1) {
        if (value.data[i] < ' ' || value.data[i] == 0x7f) {
            return false;
        }
    }
    return value.size > 0 && utf8_is_text(value);
}

/* Lines of one field, from `*line` on; how many there were. `last` gets the last one's value. */
static u32 take_lines(struct span *rest, struct span *line, const char *field, u32 most,
                      struct span *values)
{
    u32 count = 0;
    while (count < most && is_plain(value_of(*line, field))) {
        values[count] = value_of(*line, field);
        count += 1;
        *line = line_cut(rest);
    }
    return count;
}

bool seal_enrol_read(struct span text, struct seal_enrolled *enrolled_out)
{
    struct span line = line_cut(&text);
    *enrolled_out = (struct seal_enrolled){.names_count = 0};
    enrolled_out->names_count =
        take_lines(&text, &line, "name", SEAL_ENROL_NAMES_MAX, enrolled_out->names);
    if (enrolled_out->names_count == 0 ||
        take_lines(&text, &line, "birth-date", 1, &enrolled_out->birth_date) != 1) {
        return false;
    }
    enrolled_out->nationalities_count =
        take_lines(&text, &line, "nationality", SEAL_ENROL_NAMES_MAX, enrolled_out->nationalities);
    return enrolled_out->nationalities_count > 0 &&
           take_lines(&text, &line, "email", 1, &enrolled_out->email) == 1 &&
           take_lines(&text, &line, "document", 1, &enrolled_out->document) == 1 &&
           line.size == 0 && text.size == 0;
}

/* ---- the whole ---- */

void seal_enrol_box_hash(const u8 box[SEAL_ENROL_BOX_BYTES], u8 hash_out[SEAL_HASH_BYTES])
{
    const struct span part = span_of(box, SEAL_ENROL_BOX_BYTES);
    seal_hash("enrol-box", &part, 1, hash_out);
}

void seal_enrol_hash(const struct seal_enrolment *enrolment, u8 hash_out[SEAL_HASH_BYTES])
{
    u8 bytes[HEAD_BYTES + SEAL_ENROL_RECORDS_MAX * ROW_BYTES];
    size_t size = HEAD_BYTES;
    CHECK(enrolment->rows_count > 0 && enrolment->rows_count <= SEAL_ENROL_RECORDS_MAX);
    bytes_put_u64(bytes, enrolment->until_s);
    memcpy(bytes + 8, enrolment->reviewer.bytes, SEAL_POINT_BYTES);
    memcpy(bytes + 40, enrolment->enrol_key.bytes, SEAL_POINT_BYTES);
    memcpy(bytes + 72, enrolment->box_hash, SEAL_HASH_BYTES);
    for (u32 i = 0; i < enrolment->rows_count; i += 1) {
        const struct seal_enrol_row *row = &enrolment->rows[i];
        seal_label_encode(&row->label, bytes + size);
        memcpy(bytes + size + SEAL_LABEL_BYTES, row->wrap, SEAL_WRAP_BYTES);
        memcpy(bytes + size + SEAL_LABEL_BYTES + SEAL_WRAP_BYTES, row->hash, SEAL_HASH_BYTES);
        size += ROW_BYTES;
    }
    const struct span part = span_of(bytes, size);
    seal_hash("enrolment", &part, 1, hash_out);
}

/* ---- verdicts ---- */

#define OUTCOME_NAME_ROW(constant, number, name) [SEAL_OUTCOME_##constant] = (name),
static const char *const outcomes[] = {SEAL_OUTCOME_TABLE(OUTCOME_NAME_ROW)};
#undef OUTCOME_NAME_ROW

u8 seal_outcome_by_name(struct span name)
{
    for (u8 outcome = 1; outcome < ARRAY_COUNT(outcomes); outcome += 1) {
        if (span_equal(name, span_of_text(outcomes[outcome]))) {
            return outcome;
        }
    }
    return 0;
}

const char *seal_outcome_name(u8 outcome)
{
    return outcome > 0 && outcome < ARRAY_COUNT(outcomes) ? outcomes[outcome] : NULL;
}

static struct span statement(const struct seal_verdict *verdict, u8 bytes[VERDICT_BYTES])
{
    bytes_put_u64(bytes, verdict->subject);
    bytes_put_u32(bytes + 8, verdict->version);
    bytes_put_u32(bytes + 12, verdict->outcome); /* and three zeros */
    memcpy(bytes + 16, verdict->enrolment, SEAL_HASH_BYTES);
    return span_of(bytes, VERDICT_BYTES);
}

void seal_verdict_sign(struct seal_room *room, const struct seal_scalar *reviewer,
                       const struct seal_point *point, struct seal_verdict *verdict)
{
    u8 bytes[VERDICT_BYTES];
    CHECK(seal_outcome_name(verdict->outcome) != NULL);
    const struct span part = statement(verdict, bytes);
    seal_prove("verdict", room, reviewer, point, &part, 1, &verdict->proof);
}

bool seal_verdict_holds(const struct seal_verdict *verdict, const struct seal_point *reviewer)
{
    u8 bytes[VERDICT_BYTES];
    const struct span part = statement(verdict, bytes);
    return seal_outcome_name(verdict->outcome) != NULL &&
           seal_proof_holds("verdict", reviewer, &part, 1, &verdict->proof);
}

size_t seal_verdict_print(const struct seal_verdict *verdict, char target[SEAL_VERDICT_BYTES])
{
    char hash[2 * SEAL_HASH_BYTES + 1];
    char proof[2 * SEAL_PROOF_BYTES + 1];
    u8 bytes[SEAL_PROOF_BYTES];
    memcpy(bytes, &verdict->proof, sizeof(bytes));
    int size = snprintf(target, SEAL_VERDICT_BYTES,
                        "cambist verdict 1\nsubject %" PRIu64 "\nversion %u\nverdict %s\n"
                        "enrolment %s\nproof %s\n",
                        verdict->subject, verdict->version, seal_outcome_name(verdict->outcome),
                        bytes_to_hex(verdict->enrolment, SEAL_HASH_BYTES, hash),
                        bytes_to_hex(bytes, sizeof(bytes), proof));
    CHECK(size > 0 && (u32)size < SEAL_VERDICT_BYTES);
    return (size_t)size;
}

/* What stands behind "WORD " in the next line; empty: it is another one. */
static struct span word_of(struct span *rest, const char *word)
{
    struct span line = line_cut(rest);
    size_t size = strlen(word);
    bool is_it =
        line.size > size + 2 && memcmp(line.data, word, size) == 0 && line.data[size] == ' ';
    return is_it ? span_of(line.data + size + 1, line.size - size - 2) : (struct span){.size = 0};
}

/* 0: no number. */
static u64 number_of(struct span digits)
{
    u64 number = 0;
    for (size_t i = 0; i < digits.size; i += 1) {
        if (digits.size > 18 || digits.data[i] < '0' || digits.data[i] > '9') {
            return 0;
        }
        number = number * 10 + (u64)(digits.data[i] - '0');
    }
    return number;
}

enum fault seal_verdict_read(struct span text, const char *name, struct seal_verdict *verdict_out)
{
    char again[SEAL_VERDICT_BYTES];
    u8 proof[SEAL_PROOF_BYTES] = {0};
    struct span rest = text;
    *verdict_out = (struct seal_verdict){.subject = 0};
    bool is_verdict = span_equal(word_of(&rest, "cambist"), span_of_text("verdict 1"));
    verdict_out->subject = number_of(word_of(&rest, "subject"));
    u64 version = number_of(word_of(&rest, "version"));
    verdict_out->version = version > UINT32_MAX ? 0 : (u32)version;
    verdict_out->outcome = seal_outcome_by_name(word_of(&rest, "verdict"));
    bool has_hex = bytes_from_hex(word_of(&rest, "enrolment"), verdict_out->enrolment,
                                  sizeof(verdict_out->enrolment));
    has_hex = bytes_from_hex(word_of(&rest, "proof"), proof, sizeof(proof)) && has_hex;
    memcpy(&verdict_out->proof, proof, sizeof(proof));
    if (!is_verdict || !has_hex || verdict_out->subject == 0 || verdict_out->version == 0 ||
        verdict_out->outcome == 0 ||
        !span_equal(text, span_of(again, seal_verdict_print(verdict_out, again)))) {
        return FAULT(FAULT_INPUT, "%s: no verdict", name);
    }
    return FAULT_NONE;
}
