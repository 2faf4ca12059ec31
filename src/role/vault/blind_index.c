#include "role/vault/blind_index.h"

#include "base/check.h"
#include "base/email.h"
#include "base/secret.h"
#include "base/span.h"
#include "base/utf8.h"
#include "io/seal.h"
#include "role/vault/personal_inner.h"

#include <sodium.h>
#include <string.h>

#define KEY_BYTES  32U
#define PHONE_MIN  5U
#define PHONE_MAX  15U
#define DERIVATION "cambist blind index v1"

#define FIELD_NAME_ROW(constant, number, name) [BLIND_##constant] = (name),
static const char *const names[BLIND_FIELD_MAX + 1] = {BLIND_FIELD_TABLE(FIELD_NAME_ROW)};
#undef FIELD_NAME_ROW

struct blind_index {
    u8 keys[BLIND_FIELD_MAX + 1][KEY_BYTES]; /* by field; 0: of marks */
    struct seal_key file;                    /* wiped once they are derived */
};

u32 blind_field_by_name(struct span name)
{
    for (u32 field = 1; field <= BLIND_FIELD_MAX; field += 1) {
        if (span_equal(name, span_of_text(names[field]))) {
            return field;
        }
    }
    return 0;
}

/* ---- the key ---- */

static void keys_derive(struct blind_index *index)
{
    for (u32 field = 0; field <= BLIND_FIELD_MAX; field += 1) {
        u8 label[sizeof(DERIVATION)];
        memcpy(label, DERIVATION, sizeof(label));
        label[sizeof(label) - 1] = (u8)field; /* in the place of the closing zero */
        int code = crypto_generichash(index->keys[field], KEY_BYTES, label, sizeof(label),
                                      index->file.bytes, sizeof(index->file.bytes));
        CHECK(code == 0);
    }
    seal_key_wipe(&index->file);
}

enum fault blind_index_open(struct blind_index **index_out, struct disk *disk, const char *folder)
{
    struct blind_index *index = NULL;
    *index_out = NULL;
    if (sodium_init() >= 0) {
        index = sodium_malloc(sizeof(*index));
    }
    if (index == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the key of the blind index");
    }
    memset(index, 0, sizeof(*index));
    enum fault fault = seal_key_open(disk, folder, BLIND_KEY_FILE, &index->file);
    if (fault != FAULT_NONE) {
        sodium_free(index);
        return fault;
    }
    keys_derive(index);
    if (sodium_mprotect_readonly(index) != 0) {
        sodium_free(index);
        return FAULT(FAULT_UNPROTECTED, "the key of the blind index cannot be protected");
    }
    *index_out = index;
    return FAULT_NONE;
}

void blind_index_close(struct blind_index *index)
{
    sodium_free(index);
}

const u8 *blind_index_mark_key(const struct blind_index *index)
{
    return index->keys[0];
}

/* ---- one form ---- */

static bool is_digit(u8 byte)
{
    return byte >= '0' && byte <= '9';
}

/* Leaves out all bytes of `set`. */
static void leave_out(struct personal *value, const char *set)
{
    u32 size = 0;
    for (u32 at = 0; at < value->size; at += 1) {
        u8 byte = value->bytes[at];
        if (byte == 0 || strchr(set, byte) == NULL) {
            value->bytes[size] = byte;
            size += 1;
        }
    }
    value->size = size;
}

static bool form_phone(struct personal *value)
{
    leave_out(value, " -().");
    u32 first = 0;
    if (value->size > 0 && value->bytes[0] == '+') {
        first = 1;
    } else if (value->size > 2 && memcmp(value->bytes, "00", 2) == 0) {
        first = 2;
    }
    memmove(value->bytes, value->bytes + first, value->size - first);
    value->size -= first;
    for (u32 at = 0; at < value->size; at += 1) {
        if (!is_digit(value->bytes[at])) {
            return false;
        }
    }
    return value->size >= PHONE_MIN && value->size <= PHONE_MAX;
}

static bool form_number(struct personal *value)
{
    leave_out(value, " -./");
    for (u32 at = 0; at < value->size; at += 1) {
        u8 byte = value->bytes[at];
        u8 upper = byte >= 'a' && byte <= 'z' ? (u8)(byte - ('a' - 'A')) : byte;
        if (!is_digit(upper) && !(upper >= 'A' && upper <= 'Z') && upper < 0x80) {
            return false;
        }
        value->bytes[at] = upper;
    }
    return value->size > 0;
}

/* ---- a person: name and birth date ---- */

#define PERSON_DAY   10U /* 1990-02-03 */
#define PERSON_WORDS 64U

/* Capitals of Latin-1, of Greek and of Russian letters; each has as many bytes as its small one. */
static u32 capital(u32 character)
{
    bool is_small = (character >= 'a' && character <= 'z') ||
                    (character >= 0xe0 && character <= 0xfe && character != 0xf7) ||
                    (character >= 0x3b1 && character <= 0x3c9 && character != 0x3c2) ||
                    (character >= 0x430 && character <= 0x44f);
    if (is_small) {
        return character - 0x20;
    }
    return character >= 0x450 && character <= 0x45f ? character - 0x50 : character;
}

static void capitals(u8 *bytes, size_t size)
{
    for (size_t at = 0; at < size;) {
        size_t more = utf8_bytes(span_of(bytes + at, size - at));
        u32 character = bytes[at];
        if (more == 2) {
            character = (u32)(bytes[at] & 0x1f) << 6 | (bytes[at + 1] & 0x3fU);
        }
        if (more <= 2) {
            u8 put[4];
            size_t again = utf8_put(capital(character), put);
            CHECK(again == more);
            memcpy(bytes + at, put, more);
        }
        at += more;
    }
}

static bool is_between_words(u8 byte)
{
    return byte != 0 && strchr(" -'.,", byte) != NULL;
}

static bool is_before(struct span a, struct span b)
{
    int order = memcmp(a.data, b.data, a.size < b.size ? a.size : b.size);
    return order != 0 ? order < 0 : a.size < b.size;
}

/* The words of a name, sorted; UINT32_MAX: too many. */
static u32 words_of(struct span name, struct span words[PERSON_WORDS])
{
    u32 count = 0;
    for (size_t at = 0; at < name.size;) {
        size_t begin = at;
        while (at < name.size && !is_between_words(name.data[at])) {
            at += 1;
        }
        if (at > begin) {
            struct span word = span_of(name.data + begin, at - begin);
            u32 place = count;
            if (count == PERSON_WORDS) {
                return UINT32_MAX;
            }
            for (; place > 0 && is_before(word, words[place - 1]); place -= 1) {
                words[place] = words[place - 1];
            }
            words[place] = word;
            count += 1;
        }
        at += 1;
    }
    return count;
}

static bool is_day(const u8 *day)
{
    for (u32 at = 0; at < PERSON_DAY; at += 1) {
        if (at == 4 || at == 7 ? day[at] != '-' : !is_digit(day[at])) {
            return false;
        }
    }
    return true;
}

/* "1990-02-03 NAME": the words of the name in capitals, by their order in bytes. */
static bool form_person(struct personal *value)
{
    struct span words[PERSON_WORDS];
    if (value->size < PERSON_DAY + 2 || !is_day(value->bytes) || value->bytes[PERSON_DAY] != ' ') {
        return false;
    }
    u8 *name = value->bytes + PERSON_DAY + 1;
    capitals(name, value->size - PERSON_DAY - 1);
    u32 count = words_of(span_of(name, value->size - PERSON_DAY - 1), words);
    if (count == 0 || count == UINT32_MAX) {
        return false;
    }
    u8 sorted[PERSONAL_BYTES_MAX];
    u32 size = 0;
    for (u32 i = 0; i < count; i += 1) {
        memcpy(sorted + size, words[i].data, words[i].size);
        size += (u32)words[i].size;
        sorted[size] = ' ';
        size += 1;
    }
    size -= 1;
    memcpy(name, sorted, size);
    value->size = PERSON_DAY + 1 + size;
    secret_wipe(sorted, sizeof(sorted));
    return true;
}

static bool form(u32 field, struct personal *value)
{
    if (!utf8_is_text(span_of(value->bytes, value->size))) {
        return false;
    }
    switch (field) {
    case BLIND_EMAIL:
        return email_form(value->bytes, &value->size);
    case BLIND_PHONE:
        return form_phone(value);
    case BLIND_DOCUMENT:
    case BLIND_ACCOUNT:
        return form_number(value);
    case BLIND_PERSON:
        return form_person(value);
    default: /* not an enum: a byte from outside */
        return false;
    }
}

bool blind_index_tag(const struct blind_index *index, u32 field, struct personal *value,
                     struct vault_tag *tag_out)
{
    *tag_out = (struct vault_tag){.field = 0};
    bool is_right = form(field, value);
    if (is_right) {
        tag_out->field = (u8)field;
        int code = crypto_generichash(tag_out->bytes, VAULT_TAG_BYTES, value->bytes, value->size,
                                      index->keys[field], KEY_BYTES);
        CHECK(code == 0);
    }
    personal_wipe(value);
    return is_right;
}
