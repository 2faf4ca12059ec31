#include "role/vault/grant.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/vault/grant_inner.h"
#include "role/vault/tlog_checkpoint.h"

#include <stdio.h>
#include <string.h>

#define HEAD_BYTES       640U
#define IDENTIFIER_BYTES 112U
#define RECORD_BYTES     164U
_Static_assert(HEAD_BYTES + GRANT_IDENTIFIERS_MAX * IDENTIFIER_BYTES +
                       GRANT_RECORDS_MAX * RECORD_BYTES <
                   GRANT_TEXT_BYTES,
               "the longest grant");

static const char first_line[] = "cambist grant v1";

/* The fields of the head, each once, in this order; behind them identifiers and records. */
static const char *const heads[] = {"venue",      "case",      "kind",      "basis", "country",
                                    "instrument", "authority", "recipient", "class", "urgency",
                                    "silence",    "issued",    "expires",   "nonce", "log-size"};
enum head {
    HEAD_VENUE,
    HEAD_CASE,
    HEAD_KIND,
    HEAD_BASIS,
    HEAD_COUNTRY,
    HEAD_INSTRUMENT,
    HEAD_AUTHORITY,
    HEAD_RECIPIENT,
    HEAD_CLASS,
    HEAD_URGENCY,
    HEAD_SILENCE,
    HEAD_ISSUED,
    HEAD_EXPIRES,
    HEAD_NONCE,
    HEAD_LOG_SIZE,
    HEADS
};
_Static_assert(ARRAY_COUNT(heads) == HEADS, "a name each");

/* ---- writing ---- */

static void put(struct grant_text *text, const char *word, const char *value)
{
    int size =
        snprintf(text->target + text->size, GRANT_TEXT_BYTES - text->size, "%s: %s\n", word, value);
    CHECK(size > 0 && (size_t)size < GRANT_TEXT_BYTES - text->size);
    text->size += (size_t)size;
}

static void put_head(struct grant_text *text, const struct grant *grant)
{
    char value[65];
    char moment[GRANT_MOMENT_BYTES];
    char recipient[AGE_RECIPIENT_BYTES];
    put(text, heads[HEAD_VENUE], grant->venue);
    put(text, heads[HEAD_CASE], bytes_to_hex(grant->name, sizeof(grant->name), value));
    put(text, heads[HEAD_KIND], grant_kind_name(grant->kind));
    put(text, heads[HEAD_BASIS], grant_basis_name(grant->basis));
    put(text, heads[HEAD_COUNTRY], grant->country);
    put(text, heads[HEAD_INSTRUMENT],
        bytes_to_hex(grant->instrument, sizeof(grant->instrument), value));
    put(text, heads[HEAD_AUTHORITY], grant->authority);
    age_recipient_print(grant->recipient, recipient);
    put(text, heads[HEAD_RECIPIENT], recipient);
    put(text, heads[HEAD_CLASS], grant_class_name(grant->class));
    put(text, heads[HEAD_URGENCY], grant->is_emergency ? "emergency" : "ordinary");
    grant_moment_print(grant->silence_s, moment);
    put(text, heads[HEAD_SILENCE], grant->silence_s == 0 ? "none" : moment);
    grant_moment_print(grant->issued_s, moment);
    put(text, heads[HEAD_ISSUED], moment);
    grant_moment_print(grant->expires_s, moment);
    put(text, heads[HEAD_EXPIRES], moment);
    put(text, heads[HEAD_NONCE], bytes_to_hex(grant->nonce, sizeof(grant->nonce), value));
    (void)snprintf(value, sizeof(value), "%llu", (unsigned long long)grant->log_size);
    put(text, heads[HEAD_LOG_SIZE], value);
}

static void put_record(struct grant_text *text, const struct grant_record *record)
{
    char line[RECORD_BYTES];
    char hex[65];
    char days[2 * GRANT_MOMENT_BYTES + 4] = "none";
    if (record->to_day > 0) {
        char from[GRANT_MOMENT_BYTES];
        char to[GRANT_MOMENT_BYTES];
        grant_day_print(record->from_day, from);
        grant_day_print(record->to_day, to);
        (void)snprintf(days, sizeof(days), "%s..%s", from, to);
    }
    int size = snprintf(
        line, sizeof(line), "%llu %s %u %u %u %s %s %s", (unsigned long long)record->label.subject,
        seal_group_name(record->label.group), record->label.version, record->label.retention,
        record->label.epoch, record->is_compared ? "compare" : "deliver", days,
        bytes_to_hex(record->row, sizeof(record->row), hex));
    CHECK(size > 0 && (size_t)size < sizeof(line));
    put(text, "record", line);
}

size_t grant_print(const struct grant *grant, char target[GRANT_TEXT_BYTES])
{
    struct grant_text text = {.target = target, .size = sizeof(first_line)};
    (void)snprintf(target, GRANT_TEXT_BYTES, "%s\n", first_line);
    put_head(&text, grant);
    for (u32 i = 0; i < grant->identifiers_count; i += 1) {
        char line[IDENTIFIER_BYTES];
        char hex[65];
        const struct grant_identifier *identifier = &grant->identifiers[i];
        (void)snprintf(line, sizeof(line), "%llu %s %s", (unsigned long long)identifier->subject,
                       grant_field_name(identifier->field),
                       bytes_to_hex(identifier->hash, sizeof(identifier->hash), hex));
        put(&text, "identifier", line);
    }
    for (u32 i = 0; i < grant->records_count; i += 1) {
        put_record(&text, &grant->records[i]);
    }
    return text.size;
}

/* ---- reading ---- */

struct reader {
    const char *name;
    struct span rest;
    u32 line; /* of the one that was taken last */
    struct span key;
    struct span value;
};

static enum fault refuse(const struct reader *reader, const char *reason)
{
    return FAULT(FAULT_INPUT, "%s:%u: %s", reader->name, reader->line, reason);
}

/* The next line as KEY: VALUE. */
static enum fault next(struct reader *reader)
{
    const u8 *end =
        reader->rest.size == 0 ? NULL : memchr(reader->rest.data, '\n', reader->rest.size);
    reader->line += 1;
    if (end == NULL) {
        return refuse(reader, "the text ends too early");
    }
    struct span line = span_of(reader->rest.data, (size_t)(end - reader->rest.data));
    const u8 *colon = memchr(line.data, ':', line.size);
    if (colon == NULL || colon + 2 >= end || colon[1] != ' ') {
        return refuse(reader, "not \"FIELD: VALUE\"");
    }
    reader->key = span_of(line.data, (size_t)(colon - line.data));
    reader->value = span_of(colon + 2, (size_t)(end - colon) - 2);
    reader->rest = span_after(reader->rest, line.size + 1);
    return FAULT_NONE;
}

static bool key_is(const struct reader *reader, const char *word)
{
    return span_equal(reader->key, span_of_text(word));
}

static bool number_read(struct span text, u64 most, u64 *number_out)
{
    return tlog_number_read(text, most, number_out);
}

static bool name_read(struct span text, char *target, size_t target_bytes)
{
    for (size_t i = 0; i < text.size; i += 1) {
        u8 letter = text.data[i];
        if ((letter < 'a' || letter > 'z') && (letter < '0' || letter > '9') && letter != '-' &&
            letter != '.') {
            return false;
        }
    }
    memset(target, 0, target_bytes);
    return text.size > 0 && span_copy(text, target, target_bytes - 1);
}

static bool choice_read(struct span text, const char *no, const char *yes, bool *is_out)
{
    *is_out = span_equal(text, span_of_text(yes));
    return *is_out || span_equal(text, span_of_text(no));
}

/* What is wanted instead; NULL: it was that. */
static const char *take_head(struct grant *grant, enum head head, struct span value)
{
    switch (head) {
    case HEAD_VENUE:
        return name_read(value, grant->venue, sizeof(grant->venue)) ? NULL : "a venue's name";
    case HEAD_CASE:
        return bytes_from_hex(value, grant->name, sizeof(grant->name)) ? NULL : "32 hex digits";
    case HEAD_KIND:
        grant->kind = grant_kind_by_name(value);
        return grant->kind != 0 ? NULL : "authority, report, customer or review";
    case HEAD_BASIS:
        grant->basis = grant_basis_by_name(value);
        return grant->basis != 0 ? NULL : "union-law, treaty, duty, access or sign-up";
    case HEAD_COUNTRY:
        return value.size == 2 && span_copy(value, grant->country, 2) ? NULL : "two letters";
    case HEAD_INSTRUMENT:
        return bytes_from_hex(value, grant->instrument, 32) ? NULL : "64 hex digits";
    case HEAD_AUTHORITY:
        return name_read(value, grant->authority, sizeof(grant->authority)) ? NULL
                                                                            : "a name, or none";
    case HEAD_RECIPIENT:
        return age_recipient_read(value, grant->recipient) ? NULL : "a recipient of age, age1...";
    case HEAD_CLASS:
        grant->class = grant_class_by_name(value);
        return grant->class != 0 ? NULL : "plain, bulk or search";
    case HEAD_URGENCY:
        return choice_read(value, "ordinary", "emergency", &grant->is_emergency)
                   ? NULL
                   : "ordinary or emergency";
    case HEAD_SILENCE:
        return span_equal(value, span_of_text("none")) ||
                       (grant_moment_read(value, &grant->silence_s) && grant->silence_s > 0)
                   ? NULL
                   : "a moment, or none";
    case HEAD_ISSUED:
        return grant_moment_read(value, &grant->issued_s) ? NULL : "a moment";
    case HEAD_EXPIRES:
        return grant_moment_read(value, &grant->expires_s) ? NULL : "a moment";
    case HEAD_NONCE:
        return bytes_from_hex(value, grant->nonce, sizeof(grant->nonce)) ? NULL : "32 hex digits";
    case HEAD_LOG_SIZE:
        return number_read(value, TLOG_SIZE_MAX, &grant->log_size) ? NULL : "a number";
    case HEADS:
        break;
    }
    return "a field";
}

/* Why this key does not stand where `wanted` should. */
static enum fault refuse_key(const struct reader *reader, u32 wanted)
{
    u32 place = 0;
    while (place < HEADS && !key_is(reader, heads[place])) {
        place += 1;
    }
    if (place < wanted) {
        return FAULT(FAULT_INPUT, "%s:%u: %s stands here twice", reader->name, reader->line,
                     heads[place]);
    }
    if (place == HEADS && !key_is(reader, "identifier") && !key_is(reader, "record")) {
        return FAULT(FAULT_INPUT, "%s:%u: no grant has such a field", reader->name, reader->line);
    }
    return FAULT(FAULT_INPUT, "%s:%u: %s is wanted here", reader->name, reader->line,
                 wanted < HEADS ? heads[wanted] : "record");
}

/* Cuts the value at single blanks. */
static bool words_of(struct span value, struct span *words, u32 wanted)
{
    u32 count = 0;
    for (size_t begin = 0; begin <= value.size;) {
        size_t end = begin;
        while (end < value.size && value.data[end] != ' ') {
            end += 1;
        }
        if (end == begin || count == wanted) {
            return false;
        }
        words[count] = span_of(value.data + begin, end - begin);
        count += 1;
        begin = end + 1;
    }
    return count == wanted;
}

static enum fault take_identifier(const struct reader *reader, struct grant *grant)
{
    struct span words[3];
    struct grant_identifier *identifier = &grant->identifiers[grant->identifiers_count];
    if (grant->identifiers_count == GRANT_IDENTIFIERS_MAX) {
        return refuse(reader, "more identifiers than a grant has");
    }
    if (!words_of(reader->value, words, 3) ||
        !number_read(words[0], INT64_MAX, &identifier->subject) ||
        (identifier->field = grant_field_by_name(words[1])) == 0 ||
        !bytes_from_hex(words[2], identifier->hash, sizeof(identifier->hash))) {
        return refuse(reader, "not \"identifier: PERSON FIELD HASH\"");
    }
    grant->identifiers_count += 1;
    return FAULT_NONE;
}

static bool days_read(struct span text, struct grant_record *record)
{
    char moment[] = "0000-00-00T00:00:00Z";
    u64 seconds[2];
    if (span_equal(text, span_of_text("none"))) {
        return true;
    }
    if (text.size != 22 || memcmp(text.data + 10, "..", 2) != 0) {
        return false;
    }
    for (u32 i = 0; i < 2; i += 1) {
        memcpy(moment, text.data + (size_t)i * 12, 10);
        if (!grant_moment_read(span_of_text(moment), &seconds[i])) {
            return false;
        }
    }
    record->from_day = (u32)(seconds[0] / 86400);
    record->to_day = (u32)(seconds[1] / 86400);
    return record->from_day > 0 && record->from_day <= record->to_day;
}

static enum fault take_record(const struct reader *reader, struct grant *grant)
{
    struct span words[8];
    u64 numbers[4];
    struct grant_record *record = &grant->records[grant->records_count];
    if (memchr(reader->value.data, '*', reader->value.size) != NULL) {
        return refuse(reader, "a grant names each record; there are no wildcards");
    }
    if (grant->records_count == GRANT_RECORDS_MAX) {
        return refuse(reader, "more records than a grant has");
    }
    if (!words_of(reader->value, words, 8) || !number_read(words[0], INT64_MAX, &numbers[0]) ||
        !number_read(words[2], UINT32_MAX, &numbers[1]) ||
        !number_read(words[3], UINT8_MAX, &numbers[2]) ||
        !number_read(words[4], SHARE_EPOCH_MAX, &numbers[3]) ||
        !choice_read(words[5], "deliver", "compare", &record->is_compared) ||
        !bytes_from_hex(words[7], record->row, sizeof(record->row))) {
        return refuse(reader, "not \"record: PERSON GROUP VERSION RETENTION EPOCH deliver|compare "
                              "DAYS HASH\"");
    }
    record->label = (struct seal_label){.subject = numbers[0],
                                        .version = (u32)numbers[1],
                                        .epoch = (u32)numbers[3],
                                        .group = (u8)seal_group_by_name(words[1]),
                                        .retention = (u8)numbers[2]};
    if (!seal_label_is_sound(&record->label)) {
        return refuse(reader, "no record has such a label");
    }
    if (!days_read(words[6], record)) {
        return refuse(reader, "DAYS are none, or 2026-01-01..2026-06-30");
    }
    grant->records_count += 1;
    return FAULT_NONE;
}

/* No other letters than these, so that nothing looks like something else. */
static enum fault check_letters(struct span text, const char *name)
{
    u32 line = 1;
    for (size_t i = 0; i < text.size; i += 1) {
        if (text.data[i] != '\n' && (text.data[i] < 0x20 || text.data[i] > 0x7e)) {
            return FAULT(FAULT_INPUT, "%s:%u: a letter that is not ASCII", name, line);
        }
        line += text.data[i] == '\n';
    }
    return FAULT_NONE;
}

static enum fault read_all(struct reader *reader, struct grant *grant)
{
    struct span first = span_piece(reader->rest, 0, sizeof(first_line));
    if (first.data == NULL || memcmp(first.data, first_line, sizeof(first_line) - 1) != 0 ||
        first.data[sizeof(first_line) - 1] != '\n') {
        return refuse(reader, "not \"cambist grant v1\"");
    }
    reader->rest = span_after(reader->rest, sizeof(first_line));
    for (u32 head = 0; head < HEADS; head += 1) {
        TRY(next(reader));
        if (!key_is(reader, heads[head])) {
            return refuse_key(reader, head);
        }
        const char *wanted = take_head(grant, (enum head)head, reader->value);
        if (wanted != NULL) {
            return FAULT(FAULT_INPUT, "%s:%u: %s: %s is wanted", reader->name, reader->line,
                         heads[head], wanted);
        }
    }
    while (reader->rest.size > 0) {
        TRY(next(reader));
        if (key_is(reader, "identifier") && grant->records_count == 0) {
            TRY(take_identifier(reader, grant));
        } else if (key_is(reader, "record")) {
            TRY(take_record(reader, grant));
        } else {
            return refuse_key(reader, HEADS);
        }
    }
    return FAULT_NONE;
}

enum fault grant_read(struct span text, const char *name, struct grant *grant_out)
{
    char again[GRANT_TEXT_BYTES];
    struct reader reader = {.name = name, .rest = text, .line = 1};
    *grant_out = (struct grant){.records_count = 0};
    if (text.size >= GRANT_TEXT_BYTES) {
        return FAULT(FAULT_INPUT, "%s: longer than a grant is", name);
    }
    TRY(check_letters(text, name));
    TRY(read_all(&reader, grant_out));
    TRY(grant_check(grant_out, name));
    if (!span_equal(text, span_of(again, grant_print(grant_out, again)))) {
        return FAULT(FAULT_INPUT, "%s: not in its one form", name);
    }
    return FAULT_NONE;
}
