#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/vault/grant_inner.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define SECOND_MAX 253402300799U /* the end of the year 9999 */

/* ---- names ---- */

struct named {
    u32 number;
    const char *name;
};

#define NAME_ROW(constant, number, name) {number, name},
static const struct named kinds[] = {GRANT_KIND_TABLE(NAME_ROW)};
static const struct named bases[] = {GRANT_BASIS_TABLE(NAME_ROW)};
static const struct named classes[] = {GRANT_CLASS_TABLE(NAME_ROW)};
static const struct named fields[] = {GRANT_FIELD_TABLE(NAME_ROW)};
#undef NAME_ROW

static const char *name_of(const struct named *rows, size_t count, u32 number)
{
    for (size_t i = 0; i < count; i += 1) {
        if (rows[i].number == number) {
            return rows[i].name;
        }
    }
    return "?";
}

static u32 number_of(const struct named *rows, size_t count, struct span name)
{
    for (size_t i = 0; i < count; i += 1) {
        if (span_equal(span_of_text(rows[i].name), name)) {
            return rows[i].number;
        }
    }
    return 0;
}

const char *grant_kind_name(enum grant_kind kind)
{
    return name_of(kinds, ARRAY_COUNT(kinds), kind);
}

const char *grant_basis_name(enum grant_basis basis)
{
    return name_of(bases, ARRAY_COUNT(bases), basis);
}

const char *grant_class_name(enum grant_class class)
{
    return name_of(classes, ARRAY_COUNT(classes), class);
}

const char *grant_field_name(enum grant_field field)
{
    return name_of(fields, ARRAY_COUNT(fields), field);
}

u32 grant_kind_by_name(struct span name)
{
    return number_of(kinds, ARRAY_COUNT(kinds), name);
}

u32 grant_basis_by_name(struct span name)
{
    return number_of(bases, ARRAY_COUNT(bases), name);
}

u32 grant_class_by_name(struct span name)
{
    return number_of(classes, ARRAY_COUNT(classes), name);
}

u32 grant_field_by_name(struct span name)
{
    return number_of(fields, ARRAY_COUNT(fields), name);
}

/* ---- moments ---- */

static struct tm parts_of(u64 seconds)
{
    struct tm parts;
    time_t moment = (time_t)(seconds > SECOND_MAX ? SECOND_MAX : seconds);
    CHECK(gmtime_r(&moment, &parts) != NULL);
    return parts;
}

void grant_moment_print(u64 seconds, char target[GRANT_MOMENT_BYTES])
{
    struct tm parts = parts_of(seconds);
    CHECK(strftime(target, GRANT_MOMENT_BYTES, "%Y-%m-%dT%H:%M:%SZ", &parts) > 0);
}

void grant_day_print(u32 day, char target[GRANT_MOMENT_BYTES])
{
    struct tm parts = parts_of((u64)day * 86400);
    CHECK(strftime(target, GRANT_MOMENT_BYTES, "%Y-%m-%d", &parts) > 0);
}

static int digits_of(const u8 *text, u32 count)
{
    int number = 0;
    for (u32 i = 0; i < count; i += 1) {
        if (text[i] < '0' || text[i] > '9') {
            return -1;
        }
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

bool grant_moment_read(struct span text, u64 *seconds_out)
{
    char again[GRANT_MOMENT_BYTES];
    if (text.size != 20) {
        return false;
    }
    const u8 *at = text.data;
    struct tm parts = {.tm_year = digits_of(at, 4) - 1900,
                       .tm_mon = digits_of(at + 5, 2) - 1,
                       .tm_mday = digits_of(at + 8, 2),
                       .tm_hour = digits_of(at + 11, 2),
                       .tm_min = digits_of(at + 14, 2),
                       .tm_sec = digits_of(at + 17, 2)};
    if (parts.tm_year < 70 || parts.tm_mday < 0 || parts.tm_hour < 0 || parts.tm_min < 0 ||
        parts.tm_sec < 0) {
        return false;
    }
    time_t moment = timegm(&parts);
    if (moment < 0) {
        return false;
    }
    *seconds_out = (u64)moment;
    grant_moment_print(*seconds_out, again); /* no 31st of February, no other signs */
    return memcmp(again, at, 20) == 0;
}

/* ---- hashes ---- */

void grant_row_hash(const struct seal_label *label, const struct seal_wrap *wrap,
                    const u8 body_hash[SEAL_HASH_BYTES], u8 row_out[32])
{
    u8 bytes[SEAL_LABEL_BYTES];
    seal_label_encode(label, bytes);
    const struct span parts[] = {span_of(bytes, sizeof(bytes)), span_of(wrap, sizeof(*wrap)),
                                 span_of(body_hash, SEAL_HASH_BYTES)};
    seal_hash("row", parts, ARRAY_COUNT(parts), row_out);
}

void grant_mark_salt(const struct grant *grant, const u8 hash[GRANT_HASH_BYTES],
                     u8 salt_out[PUBLOG_SALT_BYTES])
{
    const struct span parts[] = {span_of(hash, GRANT_HASH_BYTES),
                                 span_of(grant->nonce, sizeof(grant->nonce))};
    seal_hash("opening-mark", parts, ARRAY_COUNT(parts), salt_out);
}

static bool is_small(u8 letter)
{
    return letter >= 'a' && letter <= 'z';
}

static bool is_digit(u8 letter)
{
    return letter >= '0' && letter <= '9';
}

/* The one form of a value: letters of numbers large and together, digits of telephones alone,
 * addresses small, days as they are, names with single blanks. 0: it has none. */
static size_t form_of(enum grant_field field, struct span value, u8 form[GRANT_VALUE_BYTES_MAX])
{
    size_t size = 0;
    bool is_joined =
        field == GRANT_FIELD_DOCUMENT || field == GRANT_FIELD_ACCOUNT || field == GRANT_FIELD_PHONE;
    if (value.size > GRANT_VALUE_BYTES_MAX) {
        return 0;
    }
    for (size_t i = 0; i < value.size; i += 1) {
        u8 letter = value.data[i];
        if (is_joined && letter < 0x80 && memchr(" -./()+", letter, 7) != NULL) {
            continue;
        }
        if (letter == ' ' && (size == 0 || form[size - 1] == ' ')) {
            continue;
        }
        if (letter < 0x20 || letter == 0x7f || (field == GRANT_FIELD_PHONE && !is_digit(letter))) {
            return 0;
        }
        bool is_large = letter >= 'A' && letter <= 'Z';
        if (field == GRANT_FIELD_EMAIL && is_large) {
            letter = (u8)(letter + 32);
        } else if (field != GRANT_FIELD_EMAIL && is_small(letter)) {
            letter = (u8)(letter - 32);
        }
        form[size] = letter;
        size += 1;
    }
    return size > 0 && form[size - 1] == ' ' ? size - 1 : size;
}

bool grant_identifier_hash(const u8 nonce[GRANT_NONCE_BYTES], u64 subject, enum grant_field field,
                           struct span value, u8 hash_out[32])
{
    u8 form[GRANT_VALUE_BYTES_MAX];
    u8 person[9];
    size_t size = form_of(field, value, form);
    bytes_put_u64(person, subject);
    person[8] = (u8)field;
    const struct span parts[] = {span_of(nonce, GRANT_NONCE_BYTES), span_of(person, sizeof(person)),
                                 span_of(form, size)};
    seal_hash("identifier", parts, ARRAY_COUNT(parts), hash_out);
    sodium_memzero(form, sizeof(form));
    return size > 0;
}

/* ---- classes ---- */

bool grant_waits(const struct grant *grant)
{
    return grant->class != GRANT_CLASS_PLAIN;
}

u8 grant_flags(const struct grant *grant)
{
    switch (grant->class) {
    case GRANT_CLASS_PLAIN:
        return 0;
    case GRANT_CLASS_BULK:
        return PUBLOG_FLAG_BULK;
    case GRANT_CLASS_SEARCH:
        return PUBLOG_FLAG_SEARCH;
    }
    CHECK(false); /* grant_read knows no other */
    return 0;
}

u64 grant_longest_s(const struct grant *grant)
{
    if (grant_waits(grant)) {
        return GRANT_BULK_S;
    }
    return grant->is_emergency ? GRANT_EMERGENCY_S : GRANT_PLAIN_S;
}

/* ---- rules ---- */

/* The member states of the Union (Treaty on European Union, article 52), by ISO 3166-1. */
static const char members[] = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL "
                              "PT RO SE SI SK ";

static bool country_is_member(const char country[3])
{
    for (size_t at = 0; at + 2 < sizeof(members); at += 3) {
        if (memcmp(members + at, country, 2) == 0) {
            return true;
        }
    }
    return false;
}

/* Which basis goes with which kind. */
static bool basis_fits(enum grant_kind kind, enum grant_basis basis)
{
    switch (kind) {
    case GRANT_AUTHORITY:
        return basis == GRANT_UNION_LAW || basis == GRANT_TREATY;
    case GRANT_REPORT:
        return basis == GRANT_DUTY;
    case GRANT_CUSTOMER:
        return basis == GRANT_ACCESS;
    case GRANT_REVIEW:
        return basis == GRANT_SIGN_UP;
    }
    return false;
}

static const char *head_flaw(const struct grant *grant)
{
    bool is_named = strcmp(grant->authority, "none") != 0;
    bool is_country = grant->country[0] >= 'A' && grant->country[0] <= 'Z' &&
                      grant->country[1] >= 'A' && grant->country[1] <= 'Z';
    if (!basis_fits(grant->kind, grant->basis)) {
        return "the basis is none for this kind";
    }
    if (!is_country) {
        return "country: two capital letters are wanted";
    }
    if (grant->basis == GRANT_UNION_LAW && !country_is_member(grant->country)) {
        return "union-law is a basis of member states; others need a treaty";
    }
    if (is_named == (grant->kind == GRANT_CUSTOMER)) {
        return "an authority is named, but for a customer's own request";
    }
    if (grant->class == GRANT_CLASS_SEARCH && grant->kind != GRANT_AUTHORITY) {
        return "a search is a request of an authority";
    }
    if (grant_waits(grant) && (grant->kind == GRANT_CUSTOMER || grant->kind == GRANT_REVIEW)) {
        return "a customer's own request and a review are plain";
    }
    if (grant_waits(grant) && grant->is_emergency) {
        return grant->class == GRANT_CLASS_BULK ? "a bulk grant is no emergency: it waits"
                                                : "a search is no emergency: it waits";
    }
    if (grant->expires_s <= grant->issued_s ||
        grant->expires_s - grant->issued_s > grant_longest_s(grant)) {
        return "it holds for longer than a grant of its class may, or not at all";
    }
    if (grant->silence_s > 0 && grant->silence_s <= grant->issued_s) {
        return "the silence ends before it begins";
    }
    return NULL;
}

/* -1, 0, 1 by subject, group, version. */
static int record_order(const struct grant_record *a, const struct grant_record *b)
{
    u64 left[] = {a->label.subject, a->label.group, a->label.version};
    u64 right[] = {b->label.subject, b->label.group, b->label.version};
    for (u32 i = 0; i < ARRAY_COUNT(left); i += 1) {
        if (left[i] != right[i]) {
            return left[i] < right[i] ? -1 : 1;
        }
    }
    return 0;
}

static const char *record_flaw(const struct grant *grant, u32 at)
{
    const struct grant_record *record = &grant->records[at];
    int order = at == 0 ? -1 : record_order(record - 1, record);
    if (order == 0) {
        return "one record twice";
    }
    if (order > 0) {
        return "records are not in their order";
    }
    if (record->label.epoch != grant->records[0].label.epoch) {
        return "records of two epochs";
    }
    if (record->is_compared &&
        (record->label.group != SEAL_GROUP_IDENTITY || record->to_day != 0)) {
        return "only an identity is compared without being delivered, and no days of it";
    }
    return NULL;
}

static bool has_identity(const struct grant *grant, u64 subject)
{
    for (u32 i = 0; i < grant->records_count; i += 1) {
        const struct seal_label *label = &grant->records[i].label;
        if (label->subject == subject && label->group == SEAL_GROUP_IDENTITY) {
            return true;
        }
    }
    return false;
}

static bool has_identifier(const struct grant *grant, u64 subject)
{
    for (u32 i = 0; i < grant->identifiers_count; i += 1) {
        if (grant->identifiers[i].subject == subject) {
            return true;
        }
    }
    return false;
}

static const char *identifier_flaw(const struct grant *grant, u32 at)
{
    const struct grant_identifier *identifier = &grant->identifiers[at];
    const struct grant_identifier *before = identifier - (at == 0 ? 0 : 1);
    if (!has_identity(grant, identifier->subject)) {
        return "an identifier of somebody whose identity is not among the records";
    }
    if (at > 0 && before->subject == identifier->subject && before->field == identifier->field) {
        return "one identifier twice";
    }
    if (at > 0 && (before->subject > identifier->subject ||
                   (before->subject == identifier->subject && before->field > identifier->field))) {
        return "identifiers are not in their order";
    }
    return NULL;
}

/* A person's own answer goes to the key that stands in the person's own identity record: whoever
 * prepared or signed the grant cannot make it another one, since the opener compares. */
static const char *key_flaw(const struct grant *grant)
{
    u64 person = grant->records[0].label.subject;
    char recipient[AGE_RECIPIENT_BYTES];
    u8 hash[32];
    bool is_named = false;
    age_recipient_print(grant->recipient, recipient);
    CHECK(grant_identifier_hash(grant->nonce, person, GRANT_FIELD_KEY, span_of_text(recipient),
                                hash));
    for (u32 i = 0; i < grant->identifiers_count; i += 1) {
        const struct grant_identifier *identifier = &grant->identifiers[i];
        if (identifier->field != GRANT_FIELD_KEY) {
            continue;
        }
        if (grant->kind != GRANT_CUSTOMER) {
            return "a key is compared in a customer's own request alone";
        }
        if (memcmp(identifier->hash, hash, sizeof(hash)) != 0) {
            return "the key that is compared is not the recipient";
        }
        is_named = true;
    }
    return grant->kind == GRANT_CUSTOMER && !is_named
               ? "a customer's own request without its recipient as identifier \"key\""
               : NULL;
}

/* Counts the people; what is wrong with them and the class. */
static const char *subjects_flaw(struct grant *grant)
{
    u32 count = 0;
    bool delivers = false;
    for (u32 i = 0; i < grant->records_count; i += 1) {
        u64 subject = grant->records[i].label.subject;
        delivers = delivers || !grant->records[i].is_compared;
        if (i > 0 && subject == grant->records[i - 1].label.subject) {
            continue;
        }
        count += 1;
        if (grant->kind == GRANT_AUTHORITY && !has_identifier(grant, subject)) {
            return "a person without an identifier that the paper gives";
        }
    }
    grant->subjects_count = count;
    if (!delivers) {
        return "nothing is delivered";
    }
    if (count > GRANT_SUBJECTS_MAX) {
        return "more people than a grant may have";
    }
    if (count > 1 && (grant->kind == GRANT_CUSTOMER || grant->kind == GRANT_REVIEW)) {
        return "a customer's own request and a review are about one person";
    }
    return !grant_waits(grant) && count > GRANT_SUBJECTS_PLAIN ? "so many people are a bulk grant"
                                                               : NULL;
}

static const char *flaw_of(struct grant *grant)
{
    const char *flaw = head_flaw(grant);
    for (u32 i = 0; flaw == NULL && i < grant->records_count; i += 1) {
        flaw = record_flaw(grant, i);
    }
    for (u32 i = 0; flaw == NULL && i < grant->identifiers_count; i += 1) {
        flaw = identifier_flaw(grant, i);
    }
    flaw = flaw == NULL ? subjects_flaw(grant) : flaw;
    return flaw == NULL ? key_flaw(grant) : flaw;
}

enum fault grant_check(struct grant *grant, const char *name)
{
    const char *flaw = flaw_of(grant);
    return flaw == NULL ? FAULT_NONE : FAULT(FAULT_INPUT, "%s: %s", name, flaw);
}
