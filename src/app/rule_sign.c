#include "app/rule_sign.h"

#include "app/rule_read.h"
#include "app/text_file.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/file.h"
#include "io/sign.h"
#include "io/sign_pair.h"
#include "wire/order_text.h"

#include <stdio.h>
#include <string.h>

#define FIELDS_MAX 4U
#define KEY_BYTES  32U

/* SubjectPublicKeyInfo of Ed25519 (RFC 8410) up to the key itself. */
static const u8 key_prefix[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

struct line {
    u32 number;
    struct span fields[FIELDS_MAX];
    u8 key[KEY_BYTES];
};

struct lines {
    const char *name;
    u32 count;
    struct line lines[RULE_SIGN_LINES_MAX];
};

size_t rule_sign_message(const u8 content_hash[RULE_HASH_BYTES],
                         char target[RULE_SIGN_MESSAGE_BYTES])
{
    _Static_assert(RULE_SIGN_MESSAGE_BYTES == ORDER_PACK_TEXT_BYTES, "one text");
    return order_text_pack(content_hash, target);
}

/* ---- lines ---- */

static enum fault take_line(struct lines *lines, struct span text, u32 number, u32 fields_wanted)
{
    u32 count = 0;
    size_t at = 0;
    if (text.size == 0 || text.data[0] == '#') {
        return FAULT_NONE;
    }
    if (lines->count == RULE_SIGN_LINES_MAX) {
        return FAULT(FAULT_INPUT, "%s:%u: more than %u lines", lines->name, number,
                     RULE_SIGN_LINES_MAX);
    }
    struct line *line = &lines->lines[lines->count];
    *line = (struct line){.number = number};
    while (at < text.size && count <= FIELDS_MAX) {
        size_t begin = at;
        while (at < text.size && text.data[at] != ' ') {
            at += 1;
        }
        if (count < FIELDS_MAX) {
            line->fields[count] = span_of(text.data + begin, at - begin);
        }
        count += 1;
        at += 1;
    }
    if (count != fields_wanted || text.data[text.size - 1] == ' ') {
        return FAULT(FAULT_INPUT, "%s:%u: %u words with one blank between them are wanted",
                     lines->name, number, fields_wanted);
    }
    if (rule_name_of(line->fields[0]) == 0 || rule_name_of(line->fields[1]) == 0) {
        return FAULT(FAULT_INPUT,
                     "%s:%u: officer and group are 1 to %u small letters, digits and -",
                     lines->name, number, RULE_NAME_SYMBOLS);
    }
    if (sign_decode_base64(line->fields[2], line->key, KEY_BYTES) != KEY_BYTES) {
        return FAULT(FAULT_INPUT, "%s:%u: the key is not %u bytes in base64", lines->name, number,
                     KEY_BYTES);
    }
    lines->count += 1;
    return FAULT_NONE;
}

static enum fault read_lines(struct span text, const char *name, u32 fields_wanted,
                             struct lines *lines_out)
{
    size_t begin = 0;
    lines_out->name = name;
    lines_out->count = 0;
    for (u32 number = 1; begin < text.size; number += 1) {
        size_t end = begin;
        while (end < text.size && text.data[end] != '\n') {
            end += 1;
        }
        TRY(take_line(lines_out, span_of(text.data + begin, end - begin), number, fields_wanted));
        begin = end + 1;
    }
    return FAULT_NONE;
}

/* ---- signatures ---- */

/* NULL: nobody stands so in the register. */
static const struct officer *in_register(const struct officers *officers, const struct line *line)
{
    const struct officer *officer = officers_by_code(officers, line->fields[0]);
    bool is_same = officer != NULL && span_equal(span_of_text(officer->group), line->fields[1]) &&
                   memcmp(officer->key, line->key, KEY_BYTES) == 0;
    return is_same ? officer : NULL;
}

static enum fault verify(const struct line *line, struct span message, bool *good_out)
{
    struct signer signer;
    struct sign_key key;
    u8 buffer[RULE_SIGN_MESSAGE_BYTES];
    u8 der[sizeof(key_prefix) + KEY_BYTES];
    memcpy(der, key_prefix, sizeof(key_prefix));
    memcpy(der + sizeof(key_prefix), line->key, KEY_BYTES);
    TRY(signer_open(&signer, buffer, sizeof(buffer)));
    enum fault fault = sign_key_open_public(span_of(der, sizeof(der)), &key);
    if (fault == FAULT_NONE) {
        *good_out = sign_verify(&signer, &key, &message, 1, line->fields[3], false);
        sign_key_close(&key);
    }
    signer_close(&signer);
    return fault;
}

static enum fault check_line(const struct lines *signatures, u32 index,
                             const struct officers *officers, const char *officers_name,
                             struct span message)
{
    const struct line *line = &signatures->lines[index];
    const struct span *fields = line->fields;
    bool is_good = false;
    if (in_register(officers, line) == NULL) {
        return FAULT(FAULT_INPUT, "%s:%u: %.*s is not in %s with this group and key",
                     signatures->name, line->number, (int)fields[0].size,
                     (const char *)fields[0].data, officers_name);
    }
    for (u32 i = 0; i < index; i += 1) {
        const struct line *other = &signatures->lines[i];
        if (span_equal(other->fields[0], fields[0]) || span_equal(other->fields[1], fields[1]) ||
            memcmp(other->key, line->key, KEY_BYTES) == 0) {
            return FAULT(FAULT_INPUT, "%s:%u: the officer, group or key of line %u again",
                         signatures->name, line->number, other->number);
        }
    }
    TRY(verify(line, message, &is_good));
    return is_good ? FAULT_NONE
                   : FAULT(FAULT_INPUT, "%s:%u: the signature of %.*s is wrong", signatures->name,
                           line->number, (int)fields[0].size, (const char *)fields[0].data);
}

enum fault rule_sign_read(struct span signatures, const char *name, const struct officers *officers,
                          const char *officers_name, const u8 content_hash[RULE_HASH_BYTES],
                          struct rule_signature two_out[RULE_SIGN_WANTED])
{
    struct lines signed_by;
    char message[RULE_SIGN_MESSAGE_BYTES];
    size_t length = rule_sign_message(content_hash, message);
    TRY(read_lines(signatures, name, 4, &signed_by));
    for (u32 i = 0; i < signed_by.count; i += 1) {
        TRY(check_line(&signed_by, i, officers, officers_name, span_of(message, length)));
    }
    if (signed_by.count < RULE_SIGN_WANTED) {
        return FAULT(FAULT_INPUT, "%s:1: %u signatures, and %u are wanted", name, signed_by.count,
                     RULE_SIGN_WANTED);
    }
    for (u32 i = 0; i < RULE_SIGN_WANTED; i += 1) {
        const struct line *line = &signed_by.lines[i];
        size_t size =
            sign_decode_base64(line->fields[3], two_out[i].signature, sizeof(two_out[i].signature));
        CHECK(size == sizeof(two_out[i].signature)); /* it was verified */
        two_out[i].officer = in_register(officers, line)->number;
        two_out[i].code = code_name_of(line->fields[0]);
    }
    return FAULT_NONE;
}

enum fault rule_sign_check(struct span signatures, const char *name, struct span officers,
                           const char *officers_name, const u8 content_hash[RULE_HASH_BYTES])
{
    struct officers known;
    struct rule_signature two[RULE_SIGN_WANTED];
    TRY(officers_read(officers, officers_name, &known));
    return rule_sign_read(signatures, name, &known, officers_name, content_hash, two);
}

/* ---- signing ---- */

#define KEY_FILE_BYTES 4096U

/* What PACK.sig holds; nothing where there is none. */
static enum fault signatures_read(const char *path, u8 text[RULE_SIGN_FILE_BYTES], size_t *size_out)
{
    bool exists = false;
    *size_out = 0;
    TRY(disk_exists(disk_real(), path, &exists));
    return exists ? rule_read_bytes(path, text, RULE_SIGN_FILE_BYTES, size_out) : FAULT_NONE;
}

static enum fault key_sign(const char *key_path, struct span message,
                           char public_out[SIGN_PUBLIC_TEXT_BYTES],
                           char signature_out[SIGN_SIGNATURE_TEXT_BYTES])
{
    u8 pem[KEY_FILE_BYTES];
    size_t size = 0;
    TRY(rule_read_bytes(key_path, pem, sizeof(pem), &size));
    enum fault fault = sign_with_private(span_of(pem, size), message, public_out, signature_out);
    secret_wipe(pem, sizeof(pem));
    return fault == FAULT_INPUT ? FAULT(FAULT_INPUT, "%s: %s", key_path, fault_text()) : fault;
}

static enum fault check_new(const struct lines *lines, const struct line *line)
{
    for (u32 i = 0; i < lines->count; i += 1) {
        const struct line *other = &lines->lines[i];
        if (span_equal(other->fields[0], line->fields[0]) ||
            span_equal(other->fields[1], line->fields[1]) ||
            memcmp(other->key, line->key, KEY_BYTES) == 0) {
            return FAULT(FAULT_INPUT, "%s:%u: this officer, group or key has signed already",
                         lines->name, other->number);
        }
    }
    return FAULT_NONE;
}

enum fault rule_sign_add(const char *pack_path, const u8 content_hash[RULE_HASH_BYTES],
                         const char *key_path, const char *officer, const char *group)
{
    u8 text[RULE_SIGN_FILE_BYTES];
    char path[FILE_PATH_BYTES];
    char message[RULE_SIGN_MESSAGE_BYTES];
    char public_key[SIGN_PUBLIC_TEXT_BYTES];
    char signature[SIGN_SIGNATURE_TEXT_BYTES];
    char added[512];
    struct lines before;
    struct lines ours;
    size_t size = 0;
    int length = snprintf(path, sizeof(path), "%s.sig", pack_path);
    if (length < 0 || (size_t)length >= sizeof(path)) {
        return FAULT(FAULT_USAGE, "%s: the path is too long", pack_path);
    }
    size_t message_bytes = rule_sign_message(content_hash, message);
    TRY(key_sign(key_path, span_of(message, message_bytes), public_key, signature));
    length = snprintf(added, sizeof(added), "%s %s %s %s", officer, group, public_key, signature);
    if (length < 0 || (size_t)length >= sizeof(added) - 1) {
        return FAULT(FAULT_INPUT, "officer and group are 1 to %u small letters, digits and -",
                     RULE_NAME_SYMBOLS);
    }
    TRY(read_lines(span_of(added, (size_t)length), "the new line", 4, &ours));
    if (ours.count != 1) {
        return FAULT(FAULT_INPUT, "officer and group are 1 to %u small letters, digits and -",
                     RULE_NAME_SYMBOLS);
    }
    TRY(signatures_read(path, text, &size));
    TRY(read_lines(span_of(text, size), path, 4, &before));
    TRY(check_new(&before, &ours.lines[0]));
    bool is_open = size > 0 && text[size - 1] != '\n';
    if (size + (is_open ? 1U : 0U) + (size_t)length + 1 > sizeof(text)) {
        return FAULT(FAULT_LIMIT, "%s: more than %u bytes", path, RULE_SIGN_FILE_BYTES);
    }
    if (is_open) {
        text[size] = '\n';
        size += 1;
    }
    memcpy(text + size, added, (size_t)length);
    text[size + (size_t)length] = '\n';
    return text_file_put(path, text, size + (size_t)length + 1, false);
}
