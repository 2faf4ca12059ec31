#include "role/desk/desk_act.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/sign.h"
#include "io/sign_pair.h"
#include "wire/moment.h"

#include <stdio.h>
#include <string.h>

#define LABEL     "signature: "
#define US        1000000ULL
#define DAY_S     86400U
#define VALUE_MAX 128U
#define HEADS_MAX 2304U

_Static_assert(HEADS_MAX + DESK_SUBJECTS_MAX * 96U + DESK_RECORDS_MAX * 48U <= DESK_ACT_TEXT_BYTES,
               "the longest act names no persons");
_Static_assert(HEADS_MAX + DESK_PERSONS_MAX * 40U <= DESK_ACT_TEXT_BYTES, "one that does");

static const char first_line[] = "cambist desk v1";

bool desk_act_is_register(enum desk_act_kind kind)
{
    return kind >= DESK_ACT_AUTHORITY;
}

/* ---- the fields ---- */

enum form {
    FORM_CODE,    /* small letters, digits, '-' and '.' */
    FORM_COUNTRY, /* two capital letters */
    FORM_LINE,    /* printable, without blanks at the ends */
    FORM_CASE,    /* 16 bytes */
    FORM_HASH,    /* 32 bytes */
    FORM_MOMENT,
    FORM_NUMBER,
    FORM_WORD /* of a table */
};

#define ACT(kind)  (1U << DESK_ACT_##kind)
#define ALL        UINT32_MAX
#define WHOLE      (ACT(RECEIVE) | ACT(AMEND))
#define BOUND      (ACT(LOGGED) | ACT(OPENED) | ACT(DELIVERED) | ACT(MISMATCH))
#define PAPER      (WHOLE | ACT(INSTRUMENT) | ACT(SILENCE))
#define REGISTRY   (ACT(AUTHORITY) | ACT(CONFIRM) | ACT(STRIKE) | ACT(CONTACT) | ACT(RECUSE))
#define LETTERED   (ACT(AUTHENTICATE) | ACT(REJECT) | ACT(NARROW) | ACT(CHALLENGE) | ACT(NOTICE))
#define AT(member) offsetof(struct desk_act, member), sizeof(((struct desk_act *)0)->member)

struct field {
    const char *name;
    u32 acts; /* a bit for each kind that has it */
    enum form form;
    u32 offset;
    u32 bytes;
    bool may_be_none; /* zeros are "none" */
    enum desk_words words;
};

/* In the order of the text. */
static const struct field fields[] = {
    {"venue", ALL, FORM_CODE, AT(venue), false, 0},
    {"act", ALL, FORM_WORD, AT(kind), false, DESK_WORDS_ACT},
    {"case", ALL, FORM_CASE, AT(name), true, 0},
    {"prior", ALL, FORM_HASH, AT(prior), true, 0},
    {"officer", ALL, FORM_CODE, AT(officer), false, 0},
    {"role", ALL, FORM_WORD, AT(role), false, DESK_WORDS_ROLE},
    {"region", ALL, FORM_CODE, AT(region), false, 0},
    {"at", ALL, FORM_MOMENT, AT(at_s), false, 0},
    {"reason", ALL, FORM_WORD, AT(reason), false, DESK_WORDS_REASON},
    {"evidence", ALL, FORM_HASH, AT(evidence), true, 0},
    {"request", WHOLE, FORM_WORD, AT(request), false, DESK_WORDS_REQUEST},
    {"mark", WHOLE, FORM_WORD, AT(mark), false, DESK_WORDS_MARK},
    {"opening", WHOLE, FORM_WORD, AT(opening), false, DESK_WORDS_OPENING},
    {"basis", WHOLE, FORM_WORD, AT(basis), false, DESK_WORDS_BASIS},
    {"class", WHOLE, FORM_WORD, AT(class), false, DESK_WORDS_CLASS},
    {"urgency", WHOLE, FORM_WORD, AT(urgency), false, DESK_WORDS_URGENCY},
    {"country", WHOLE | ACT(AUTHORITY), FORM_COUNTRY, AT(country), false, 0},
    {"authority", WHOLE | ACT(CALL_BACK) | REGISTRY, FORM_CODE, AT(authority), false, 0},
    {"type", ACT(AUTHORITY), FORM_WORD, AT(type), false, DESK_WORDS_TYPE},
    {"recipient", ACT(AUTHORITY), FORM_CODE, AT(recipient), false, 0},
    {"telephone", ACT(AUTHORITY) | ACT(CALL_BACK), FORM_LINE, AT(telephone), false, 0},
    {"instrument", PAPER, FORM_HASH, AT(instrument), true, 0},
    {"sealed", PAPER, FORM_HASH, AT(sealed), true, 0},
    {"reference", PAPER, FORM_LINE, AT(reference), false, 0},
    {"dated", PAPER, FORM_MOMENT, AT(dated_s), true, 0},
    {"ends", PAPER, FORM_MOMENT, AT(ends_s), true, 0},
    {"until", ACT(PRESERVE) | ACT(SILENCE) | ACT(PREPARE), FORM_MOMENT, AT(until_s), false, 0},
    {"grant", ACT(PREPARE) | ACT(APPROVE) | BOUND, FORM_HASH, AT(grant), false, 0},
    {"number", BOUND, FORM_NUMBER, AT(number), false, 0},
    {"count", ACT(COUNTED), FORM_NUMBER, AT(count), false, 0},
    {"letter", LETTERED, FORM_HASH, AT(letter), true, 0},
    {"contact", ACT(CONTACT), FORM_WORD, AT(contact), false, DESK_WORDS_CONTACT},
    {"member", ACT(CONTACT) | ACT(RECUSE), FORM_CODE, AT(member), false, 0},
};

static bool has(const struct desk_act *act, const struct field *field)
{
    return (field->acts & 1U << act->kind) != 0;
}

/* ---- writing ---- */

struct text {
    char *target;
    size_t size;
};

static void put(struct text *text, const char *name, const char *value)
{
    int size = snprintf(text->target + text->size, DESK_ACT_TEXT_BYTES - text->size, "%s: %s\n",
                        name, value);
    CHECK(size > 0 && (size_t)size < DESK_ACT_TEXT_BYTES - text->size);
    text->size += (size_t)size;
}

static u64 number_of(const u8 *at)
{
    u64 number = 0;
    memcpy(&number, at, sizeof(number));
    return number;
}

static void put_field(struct text *text, const struct desk_act *act, const struct field *field)
{
    char value[VALUE_MAX];
    const u8 *at = (const u8 *)act + field->offset;
    if (field->may_be_none && span_is_zero(span_of(at, field->bytes))) {
        put(text, field->name, "none");
        return;
    }
    switch (field->form) {
    case FORM_CODE:
    case FORM_COUNTRY:
    case FORM_LINE:
        put(text, field->name, (const char *)at);
        return;
    case FORM_CASE:
    case FORM_HASH:
        put(text, field->name, bytes_to_hex(at, field->bytes, value));
        return;
    case FORM_MOMENT:
        CHECK(moment_print(number_of(at) * US, value));
        put(text, field->name, value);
        return;
    case FORM_NUMBER:
        (void)snprintf(value, sizeof(value), "%llu", (unsigned long long)number_of(at));
        put(text, field->name, value);
        return;
    case FORM_WORD:
        put(text, field->name, desk_word(field->words, *at));
        return;
    }
}

static void day_print(u32 day, char target[MOMENT_TEXT_BYTES])
{
    CHECK(moment_print((u64)day * DAY_S * US, target));
    target[10] = '\0';
}

static void put_record(struct text *text, const struct desk_record *record)
{
    char line[VALUE_MAX];
    char from[MOMENT_TEXT_BYTES];
    char to[MOMENT_TEXT_BYTES];
    char days[2 * MOMENT_TEXT_BYTES] = "none";
    if (record->to_day > 0) {
        day_print(record->from_day, from);
        day_print(record->to_day, to);
        (void)snprintf(days, sizeof(days), "%.10s..%.10s", from, to);
    }
    (void)snprintf(line, sizeof(line), "%u %s %s", record->ordinal,
                   desk_word(DESK_WORDS_GROUP, record->group), days);
    put(text, "record", line);
}

size_t desk_act_print(const struct desk_act *act, char target[DESK_ACT_TEXT_BYTES])
{
    struct text text = {.target = target, .size = sizeof(first_line)};
    char line[VALUE_MAX];
    char hex[2 * DESK_HASH_BYTES + 1];
    CHECK(act->kind >= 1 && act->kind <= DESK_ACTS_LAST);
    (void)snprintf(target, DESK_ACT_TEXT_BYTES, "%s\n", first_line);
    for (u32 i = 0; i < ARRAY_COUNT(fields); i += 1) {
        if (has(act, &fields[i])) {
            put_field(&text, act, &fields[i]);
        }
    }
    for (u32 i = 0; i < act->subjects_count; i += 1) {
        const struct desk_subject *subject = &act->subjects[i];
        (void)snprintf(line, sizeof(line), "%u %s %s", subject->ordinal,
                       desk_word(DESK_WORDS_FIELD, subject->field),
                       bytes_to_hex(subject->hash, sizeof(subject->hash), hex));
        put(&text, "subject", line);
    }
    for (u32 i = 0; i < act->records_count; i += 1) {
        put_record(&text, &act->records[i]);
    }
    for (u32 i = 0; i < act->persons_count; i += 1) {
        (void)snprintf(line, sizeof(line), "%u %llu", i + 1, (unsigned long long)act->persons[i]);
        if (act->persons[i] == 0) {
            (void)snprintf(line, sizeof(line), "%u none", i + 1);
        }
        put(&text, "person", line);
    }
    return text.size;
}

/* ---- reading ---- */

struct reader {
    const char *name;
    struct span rest;
    u32 line;
    struct span key;
    struct span value;
};

static enum fault refuse(const struct reader *reader, const char *what, const char *reason)
{
    return FAULT(FAULT_INPUT, "%s:%u: %s%s", reader->name, reader->line, what, reason);
}

/* The next line as KEY: VALUE. */
static enum fault next(struct reader *reader)
{
    struct span line;
    reader->line += 1;
    if (!span_cut_line(&reader->rest, &line)) {
        return refuse(reader, "", "the text ends too early");
    }
    const u8 *colon = line.size == 0 ? NULL : memchr(line.data, ':', line.size);
    size_t before = colon == NULL ? 0 : (size_t)(colon - line.data);
    if (colon == NULL || line.size < before + 3 || colon[1] != ' ') {
        return refuse(reader, "", "not \"FIELD: VALUE\"");
    }
    reader->key = span_of(line.data, before);
    reader->value = span_after(line, before + 2);
    return FAULT_NONE;
}

static bool number_read(struct span text, u64 most, u64 *number_out)
{
    u64 number = 0;
    if (text.size == 0 || text.size > 19 || (text.size > 1 && text.data[0] == '0')) {
        return false;
    }
    for (size_t i = 0; i < text.size; i += 1) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
        number = number * 10 + (u64)(text.data[i] - '0');
    }
    *number_out = number;
    return number <= most;
}

static bool code_read(struct span text, u8 *target, size_t bytes)
{
    for (size_t i = 0; i < text.size; i += 1) {
        u8 letter = text.data[i];
        if ((letter < 'a' || letter > 'z') && (letter < '0' || letter > '9') && letter != '-' &&
            letter != '.') {
            return false;
        }
    }
    return text.size > 0 && span_copy(text, target, bytes - 1);
}

static bool line_read(struct span text, u8 *target, size_t bytes)
{
    for (size_t i = 0; i < text.size; i += 1) {
        if (text.data[i] < 0x20 || text.data[i] > 0x7e) {
            return false;
        }
    }
    return text.size > 0 && text.data[0] != ' ' && text.data[text.size - 1] != ' ' &&
           span_copy(text, target, bytes - 1);
}

static bool moment_read(struct span text, u8 *target)
{
    u64 time_us = 0;
    if (text.size != 20 || !moment_parse(text, &time_us) || time_us == MOMENT_OPEN ||
        time_us == 0) {
        return false;
    }
    u64 seconds = time_us / US;
    memcpy(target, &seconds, sizeof(seconds));
    return true;
}

static bool value_read(const struct field *field, struct span value, u8 *target)
{
    u64 number = 0;
    if (field->may_be_none && span_equal(value, span_of_text("none"))) {
        return true;
    }
    switch (field->form) {
    case FORM_CODE:
        return code_read(value, target, field->bytes);
    case FORM_COUNTRY:
        return code_country_of(value) != 0 && span_copy(value, target, 2);
    case FORM_LINE:
        return line_read(value, target, field->bytes);
    case FORM_CASE:
    case FORM_HASH:
        return bytes_from_hex(value, target, field->bytes) &&
               !span_is_zero(span_of(target, field->bytes));
    case FORM_MOMENT:
        return moment_read(value, target);
    case FORM_NUMBER:
        if (!number_read(value, INT64_MAX, &number)) {
            return false;
        }
        memcpy(target, &number, sizeof(number));
        return true;
    case FORM_WORD:
        *target = (u8)desk_word_number(field->words, value);
        return *target != 0;
    }
    return false;
}

static bool words_of(struct span value, struct span *words, u32 wanted)
{
    struct span rest = value;
    for (u32 i = 0; i < wanted; i += 1) {
        const u8 *blank = rest.size == 0 ? NULL : memchr(rest.data, ' ', rest.size);
        size_t size = blank == NULL ? rest.size : (size_t)(blank - rest.data);
        if (size == 0 || (i + 1 == wanted) != (blank == NULL)) {
            return false;
        }
        words[i] = span_of(rest.data, size);
        rest = span_after(rest, size == rest.size ? size : size + 1);
    }
    return true;
}

static bool ordinal_read(struct span text, u32 *ordinal_out)
{
    u64 number = 0;
    if (!number_read(text, DESK_PERSONS_MAX, &number) || number == 0) {
        return false;
    }
    *ordinal_out = (u32)number;
    return true;
}

static bool day_read(struct span text, u32 *day_out)
{
    u64 time_us = 0;
    if (text.size != 10 || !moment_parse(text, &time_us) || time_us == MOMENT_OPEN) {
        return false;
    }
    *day_out = (u32)(time_us / US / DAY_S);
    return *day_out > 0 && *day_out <= DESK_DAY_LAST;
}

static const char *subject_take(struct desk_act *act, struct span value)
{
    struct span words[3];
    if (act->subjects_count == DESK_SUBJECTS_MAX) {
        return "more than one act names";
    }
    struct desk_subject *subject = &act->subjects[act->subjects_count];
    if (!words_of(value, words, 3) || !ordinal_read(words[0], &subject->ordinal) ||
        (subject->field = (u8)desk_word_number(DESK_WORDS_FIELD, words[1])) == 0 ||
        !bytes_from_hex(words[2], subject->hash, sizeof(subject->hash))) {
        return "not \"subject: NUMBER FIELD HASH\"";
    }
    if (act->subjects_count > 0) {
        const struct desk_subject *before = subject - 1;
        if (before->ordinal > subject->ordinal ||
            (before->ordinal == subject->ordinal && before->field >= subject->field)) {
            return "subjects stand by number and field, each once";
        }
    }
    act->subjects_count += 1;
    return NULL;
}

static bool days_read(struct span text, struct desk_record *record)
{
    if (span_equal(text, span_of_text("none"))) {
        return true;
    }
    return text.size == 22 && memcmp(text.data + 10, "..", 2) == 0 &&
           day_read(span_of(text.data, 10), &record->from_day) &&
           day_read(span_of(text.data + 12, 10), &record->to_day) &&
           record->from_day <= record->to_day;
}

static const char *record_take(struct desk_act *act, struct span value)
{
    struct span words[3];
    if (act->records_count == DESK_RECORDS_MAX) {
        return "more than one act names";
    }
    struct desk_record *record = &act->records[act->records_count];
    if (memchr(value.data, '*', value.size) != NULL) {
        return "each record is named; there are no wildcards";
    }
    if (!words_of(value, words, 3) || !ordinal_read(words[0], &record->ordinal) ||
        (record->group = (u8)desk_word_number(DESK_WORDS_GROUP, words[1])) == 0 ||
        !days_read(words[2], record)) {
        return "not \"record: NUMBER GROUP 2026-01-01..2026-06-30\", or none for the days";
    }
    if (act->records_count > 0) {
        const struct desk_record *before = record - 1;
        if (before->ordinal > record->ordinal ||
            (before->ordinal == record->ordinal && before->group >= record->group)) {
            return "records stand by number and group, each once";
        }
    }
    act->records_count += 1;
    return NULL;
}

static const char *person_take(struct desk_act *act, struct span value)
{
    struct span words[2];
    u32 ordinal = 0;
    u64 person = 0;
    if (act->persons_count == DESK_PERSONS_MAX) {
        return "more than one act names";
    }
    if (!words_of(value, words, 2) || !ordinal_read(words[0], &ordinal) ||
        ordinal != act->persons_count + 1 ||
        (!span_equal(words[1], span_of_text("none")) &&
         (!number_read(words[1], INT64_MAX, &person) || person == 0))) {
        return "not \"person: NUMBER PERSON\", from 1 on";
    }
    for (u32 i = 0; person > 0 && i < act->persons_count; i += 1) {
        if (act->persons[i] == person) {
            return "a person twice";
        }
    }
    act->persons[act->persons_count] = person;
    act->persons_count += 1;
    return NULL;
}

static enum fault lines_read(struct reader *reader, struct desk_act *act)
{
    static const struct {
        const char *name;
        u32 acts;
        const char *(*take)(struct desk_act *act, struct span value);
    } lists[] = {{"subject", WHOLE, subject_take},
                 {"record", WHOLE | ACT(ASSESS), record_take},
                 {"person", ACT(PREPARE), person_take}};
    while (reader->rest.size > 0) {
        const char *flaw = "no act of this kind has such a field";
        TRY(next(reader));
        for (u32 i = 0; i < ARRAY_COUNT(lists); i += 1) {
            if ((lists[i].acts & 1U << act->kind) != 0 &&
                span_equal(reader->key, span_of_text(lists[i].name))) {
                flaw = lists[i].take(act, reader->value);
            }
        }
        if (flaw != NULL) {
            return refuse(reader, "", flaw);
        }
    }
    return FAULT_NONE;
}

static enum fault read_all(struct reader *reader, struct desk_act *act)
{
    struct span line;
    reader->line = 1;
    if (!span_cut_line(&reader->rest, &line) || !span_equal(line, span_of_text(first_line))) {
        return refuse(reader, "", "not \"cambist desk v1\"");
    }
    for (u32 i = 0; i < ARRAY_COUNT(fields); i += 1) {
        if (i > 1 && !has(act, &fields[i])) {
            continue;
        }
        TRY(next(reader));
        if (!span_equal(reader->key, span_of_text(fields[i].name))) {
            return refuse(reader, fields[i].name, " is wanted here");
        }
        if (!value_read(&fields[i], reader->value, (u8 *)act + fields[i].offset)) {
            return refuse(reader, fields[i].name, ": no such value");
        }
    }
    return lines_read(reader, act);
}

enum fault desk_act_read(struct span text, const char *name, struct desk_act *act_out)
{
    static _Thread_local char again[DESK_ACT_TEXT_BYTES];
    struct reader reader = {.name = name, .rest = text};
    memset(act_out, 0, sizeof(*act_out));
    if (text.size >= DESK_ACT_TEXT_BYTES) {
        return FAULT(FAULT_INPUT, "%s: longer than an act is", name);
    }
    TRY(read_all(&reader, act_out));
    if (desk_act_is_register(act_out->kind) !=
        span_is_zero(span_of(act_out->name, sizeof(act_out->name)))) {
        return FAULT(FAULT_INPUT, "%s:4: case: only acts of the registers have none", name);
    }
    size_t size = desk_act_print(act_out, again);
    return span_equal(span_of(again, size), text)
               ? FAULT_NONE
               : FAULT(FAULT_INPUT, "%s: not in the one form of its meaning", name);
}

/* ---- with a signature ---- */

/* The last line, where it is a signature. */
static size_t text_end(struct span bytes)
{
    if (bytes.size < 2 || bytes.data[bytes.size - 1] != '\n') {
        return bytes.size;
    }
    size_t begin = bytes.size - 1;
    while (begin > 0 && bytes.data[begin - 1] != '\n') {
        begin -= 1;
    }
    struct span label = span_piece(bytes, begin, strlen(LABEL));
    return span_equal(label, span_of_text(LABEL)) ? begin : bytes.size;
}

enum fault desk_file_read(struct span bytes, const char *name, struct desk_file *file_out)
{
    size_t end = text_end(bytes);
    memset(file_out, 0, sizeof(*file_out));
    TRY(desk_act_read(span_of(bytes.data, end), name, &file_out->act));
    memcpy(file_out->text, bytes.data, end);
    file_out->text_bytes = end;
    if (end == bytes.size) {
        return FAULT_NONE;
    }
    struct span words[2];
    struct span line = span_of(bytes.data + end, bytes.size - end - 1);
    if (!words_of(span_after(line, strlen(LABEL)), words, 2) ||
        !span_equal(words[0], span_of_text(file_out->act.officer)) ||
        sign_decode_base64(words[1], file_out->signature, sizeof(file_out->signature)) !=
            sizeof(file_out->signature)) {
        return FAULT(FAULT_INPUT, "%s: not \"signature: OFFICER BASE64\" of its officer", name);
    }
    file_out->is_signed = true;
    return FAULT_NONE;
}

size_t desk_file_print(const struct desk_file *file, char target[DESK_FILE_BYTES])
{
    char text[SIGN_SIGNATURE_TEXT_BYTES];
    memcpy(target, file->text, file->text_bytes);
    target[file->text_bytes] = '\0';
    if (!file->is_signed) {
        return file->text_bytes;
    }
    sign_pair_text(span_of(file->signature, sizeof(file->signature)), text);
    int size = snprintf(target + file->text_bytes, DESK_FILE_BYTES - file->text_bytes,
                        LABEL "%s %s\n", file->act.officer, text);
    CHECK(size > 0 && (size_t)size < DESK_FILE_BYTES - file->text_bytes);
    return file->text_bytes + (size_t)size;
}
