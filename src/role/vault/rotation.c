#include "role/vault/rotation.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/vault/tlog_checkpoint.h"

#include <sodium.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define VALUE_BYTES 128U /* of a field as text */

static const char first_line[] = "cambist rotation v1";

/* ---- the fields, in their order ---- */

enum shape { SHAPE_VENUE, SHAPE_BYTES, SHAPE_U32, SHAPE_U64, SHAPE_MOMENT };

struct field {
    const char *word;
    enum shape shape;
    size_t at; /* in struct rotation */
    u64 size;  /* bytes; the highest of numbers */
};

#define AT(member) offsetof(struct rotation, member)
static const struct field fields[] = {
    {"venue", SHAPE_VENUE, AT(venue), SHARE_VENUE_SYMBOLS},
    {"case", SHAPE_BYTES, AT(name), PUBLOG_CASE_BYTES},
    {"from", SHAPE_U32, AT(from.number), SHARE_EPOCH_MAX},
    {"to", SHAPE_U32, AT(to.number), SHARE_EPOCH_MAX},
    {"from-key", SHAPE_BYTES, AT(from.public), SEAL_POINT_BYTES},
    {"to-key", SHAPE_BYTES, AT(to.public), SEAL_POINT_BYTES},
    {"from-a", SHAPE_BYTES, AT(from.transcripts[0]), SHARE_HASH_BYTES},
    {"from-b", SHAPE_BYTES, AT(from.transcripts[1]), SHARE_HASH_BYTES},
    {"to-a", SHAPE_BYTES, AT(to.transcripts[0]), SHARE_HASH_BYTES},
    {"to-b", SHAPE_BYTES, AT(to.transcripts[1]), SHARE_HASH_BYTES},
    {"records", SHAPE_U32, AT(records), ROTATION_RECORDS_MAX},
    {"rows", SHAPE_BYTES, AT(rows), SHA256_BYTES},
    {"issued", SHAPE_MOMENT, AT(issued_s), 0},
    {"expires", SHAPE_MOMENT, AT(expires_s), 0},
    {"nonce", SHAPE_BYTES, AT(nonce), GRANT_NONCE_BYTES},
    {"log-size", SHAPE_U64, AT(log_size), INT64_MAX},
};

static void value_print(const struct field *field, const struct rotation *rotation,
                        char value[VALUE_BYTES])
{
    const u8 *at = (const u8 *)rotation + field->at;
    u32 small = 0;
    u64 large = 0;
    switch (field->shape) {
    case SHAPE_VENUE:
        (void)snprintf(value, VALUE_BYTES, "%s", (const char *)at);
        return;
    case SHAPE_BYTES:
        (void)bytes_to_hex(at, field->size, value);
        return;
    case SHAPE_U32:
        memcpy(&small, at, sizeof(small));
        (void)snprintf(value, VALUE_BYTES, "%u", small);
        return;
    case SHAPE_U64:
        memcpy(&large, at, sizeof(large));
        (void)snprintf(value, VALUE_BYTES, "%llu", (unsigned long long)large);
        return;
    case SHAPE_MOMENT:
        memcpy(&large, at, sizeof(large));
        grant_moment_print(large, value);
        return;
    }
    CHECK(false);
}

static bool value_read(const struct field *field, struct span value, struct rotation *rotation)
{
    u8 *at = (u8 *)rotation + field->at;
    u64 number = 0;
    u32 small = 0;
    switch (field->shape) {
    case SHAPE_VENUE:
        /* What it may be is the circle's to say: only that venue is taken. */
        return value.size > 0 && span_copy(value, at, field->size) &&
               memchr(value.data, 0, value.size) == NULL;
    case SHAPE_BYTES:
        return bytes_from_hex(value, at, field->size);
    case SHAPE_U32:
        if (!tlog_number_read(value, field->size, &number) || number == 0) {
            return false;
        }
        small = (u32)number;
        memcpy(at, &small, sizeof(small));
        return true;
    case SHAPE_U64:
        if (!tlog_number_read(value, field->size, &number)) {
            return false;
        }
        memcpy(at, &number, sizeof(number));
        return true;
    case SHAPE_MOMENT:
        if (!grant_moment_read(value, &number)) {
            return false;
        }
        memcpy(at, &number, sizeof(number));
        return true;
    }
    CHECK(false);
}

/* ---- the text ---- */

size_t rotation_print(const struct rotation *rotation, char target[ROTATION_TEXT_BYTES])
{
    int used = snprintf(target, ROTATION_TEXT_BYTES, "%s\n", first_line);
    for (u32 i = 0; i < ARRAY_COUNT(fields); i += 1) {
        char value[VALUE_BYTES];
        value_print(&fields[i], rotation, value);
        used += snprintf(target + used, ROTATION_TEXT_BYTES - (size_t)used, "%s: %s\n",
                         fields[i].word, value);
        CHECK(used > 0 && (size_t)used < ROTATION_TEXT_BYTES);
    }
    return (size_t)used;
}

enum fault rotation_check(const struct rotation *rotation, const char *name)
{
    if (rotation->to.number <= rotation->from.number) {
        return FAULT(FAULT_INPUT, "%s: the epoch it leads to is not later", name);
    }
    if (!seal_point_is_sound(&rotation->from.public) ||
        !seal_point_is_sound(&rotation->to.public) ||
        memcmp(&rotation->from.public, &rotation->to.public, sizeof(struct seal_point)) == 0) {
        return FAULT(FAULT_INPUT, "%s: not the keys of two epochs", name);
    }
    if (rotation->records == 0 || rotation->records > ROTATION_RECORDS_MAX) {
        return FAULT(FAULT_INPUT, "%s: not 1 to %u records", name, ROTATION_RECORDS_MAX);
    }
    if (rotation->expires_s <= rotation->issued_s + GRANT_BULK_WAIT_S ||
        rotation->expires_s > rotation->issued_s + GRANT_BULK_S) {
        return FAULT(FAULT_INPUT,
                     "%s: it holds more than the 72 hours that it waits, and at most 96", name);
    }
    return FAULT_NONE;
}

enum fault rotation_read(struct span text, const char *name, struct rotation *rotation_out)
{
    struct span rest = text;
    struct span line;
    char again[ROTATION_TEXT_BYTES];
    memset(rotation_out, 0, sizeof(*rotation_out));
    if (text.size >= ROTATION_TEXT_BYTES || !span_cut_line(&rest, &line) ||
        !span_equal(line, span_of_text(first_line))) {
        return FAULT(FAULT_INPUT, "%s:1: not \"%s\"", name, first_line);
    }
    for (u32 i = 0; i < ARRAY_COUNT(fields); i += 1) {
        size_t word = strlen(fields[i].word);
        if (!span_cut_line(&rest, &line) || line.size < word + 2 ||
            memcmp(line.data, fields[i].word, word) != 0 ||
            memcmp(line.data + word, ": ", 2) != 0 ||
            !value_read(&fields[i], span_after(line, word + 2), rotation_out)) {
            return FAULT(FAULT_INPUT, "%s:%u: not \"%s: VALUE\" with such a value", name, i + 2,
                         fields[i].word);
        }
    }
    if (!span_equal(text, span_of(again, rotation_print(rotation_out, again)))) {
        return FAULT(FAULT_INPUT, "%s: more than a rotation's text, or not in its one form", name);
    }
    return rotation_check(rotation_out, name);
}

/* ---- with approvals ---- */

static struct approvals approvals_of(struct rotation_file *file)
{
    return (struct approvals){.count = &file->signatures_count, .list = file->signatures};
}

enum fault rotation_file_read(struct span bytes, const char *name, struct rotation_file *file_out)
{
    size_t begin = approvals_begin(bytes);
    memset(file_out, 0, sizeof(*file_out));
    TRY(rotation_read(span_of(bytes.data, begin), name, &file_out->rotation));
    memcpy(file_out->text, bytes.data, begin);
    file_out->text_bytes = begin;
    (void)crypto_hash_sha256(file_out->hash, bytes.data, begin);
    return approvals_read(bytes, begin, name, approvals_of(file_out));
}

size_t rotation_file_print(const struct rotation_file *file, char target[ROTATION_FILE_BYTES])
{
    memcpy(target, file->text, file->text_bytes);
    return file->text_bytes +
           approvals_print(file->signatures, file->signatures_count, target + file->text_bytes);
}

enum fault rotation_file_add(struct rotation_file *file, const struct grant_signature *signature)
{
    return approvals_add(approvals_of(file), signature);
}

enum fault rotation_file_join(struct rotation_file *file, const struct rotation_file *other,
                              const char *name)
{
    if (memcmp(file->hash, other->hash, sizeof(file->hash)) != 0) {
        return FAULT(FAULT_INPUT, "%s: another rotation than in the first file", name);
    }
    for (u32 i = 0; i < other->signatures_count; i += 1) {
        TRY(rotation_file_add(file, &other->signatures[i]));
    }
    return FAULT_NONE;
}

/* ---- judging ---- */

void rotation_epoch_of(const struct share_key *key, const u8 a[SHARE_HASH_BYTES],
                       const u8 b[SHARE_HASH_BYTES], struct rotation_epoch *epoch_out)
{
    epoch_out->number = key->sides[0].roster.epoch;
    epoch_out->public = key->public;
    memcpy(epoch_out->transcripts[0], a, SHARE_HASH_BYTES);
    memcpy(epoch_out->transcripts[1], b, SHARE_HASH_BYTES);
}

static enum fault judge_epoch(const char *word, const struct rotation_epoch *said,
                              const struct rotation_epoch *pinned)
{
    if (said->number != pinned->number) {
        return FAULT(FAULT_REFUSED, "rotation: %s epoch %u, the pinned ceremonies are of %u", word,
                     said->number, pinned->number);
    }
    for (u32 side = 0; side < 2; side += 1) {
        if (memcmp(said->transcripts[side], pinned->transcripts[side], SHARE_HASH_BYTES) != 0) {
            return FAULT(FAULT_REFUSED,
                         "rotation: %s epoch %u, but by another ceremony of group %c than the "
                         "pinned one",
                         word, said->number, side == 0 ? 'A' : 'B');
        }
    }
    return memcmp(&said->public, &pinned->public, sizeof(said->public)) == 0
               ? FAULT_NONE
               : FAULT(FAULT_REFUSED,
                       "rotation: %s epoch %u, but a key that is not that of the pinned ceremonies",
                       word, said->number);
}

enum fault rotation_judge_text(const struct rotation_judge *judge, const struct rotation *rotation)
{
    if (strcmp(judge->judge->circle->venue, rotation->venue) != 0) {
        return FAULT(FAULT_REFUSED, "rotation: of the venue %s, not %s", rotation->venue,
                     judge->judge->circle->venue);
    }
    TRY(judge_epoch("from", &rotation->from, &judge->from));
    return judge_epoch("to", &rotation->to, &judge->to);
}

enum fault rotation_judge_approved(const struct rotation_judge *judge,
                                   const struct rotation_file *file)
{
    const struct approvals_matter matter = {.word = "rotation",
                                            .venue = file->rotation.venue,
                                            .text = span_of(file->text, file->text_bytes),
                                            .list = file->signatures,
                                            .count = file->signatures_count,
                                            .more = 1};
    TRY(rotation_judge_text(judge, &file->rotation));
    return approvals_are_enough(judge->judge->circle, judge->judge->key, &matter);
}

void rotation_mark_salt(const struct rotation_file *file, u8 salt_out[PUBLOG_SALT_BYTES])
{
    const struct span parts[] = {span_of(file->hash, sizeof(file->hash)),
                                 span_of(file->rotation.nonce, sizeof(file->rotation.nonce))};
    seal_hash("opening-mark", parts, ARRAY_COUNT(parts), salt_out);
}

static void matter_of(const struct rotation_file *file, struct opening_matter *matter)
{
    const struct rotation *rotation = &file->rotation;
    *matter = (struct opening_matter){.word = "rotation",
                                      .venue = rotation->venue,
                                      .name = rotation->name,
                                      .hash = file->hash,
                                      .class = PUBLOG_CLASS_ORDINARY,
                                      .flags = PUBLOG_FLAG_BULK,
                                      .issued_s = rotation->issued_s,
                                      .expires_s = rotation->expires_s,
                                      .log_size = rotation->log_size,
                                      .opening_s = ROTATION_OPENING_S};
    rotation_mark_salt(file, matter->mark_salt);
}

enum fault rotation_judge_logged(const struct rotation_judge *judge,
                                 const struct rotation_file *file, struct span shown,
                                 struct opening_granted *granted_out)
{
    static _Thread_local char text[ROTATION_FILE_BYTES];
    struct opening_matter matter;
    TRY(rotation_judge_approved(judge, file));
    matter_of(file, &matter);
    return opening_judge_logged(judge->judge, &matter,
                                span_of(text, rotation_file_print(file, text)), shown, granted_out);
}

enum fault rotation_judge_opening(const struct rotation_judge *judge,
                                  const struct rotation_file *file,
                                  const struct opening_granted *granted,
                                  const struct opening *opening, struct span shown,
                                  struct span slots)
{
    struct opening_matter matter;
    matter_of(file, &matter);
    TRY(opening_judge_begun(judge->judge, &matter, granted, opening, shown));
    return opening_judge_alone(judge->judge, &matter, opening, shown, slots);
}
