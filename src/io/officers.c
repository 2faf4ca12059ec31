#include "io/officers.h"

#include "base/span.h"
#include "io/sign.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <string.h>

bool officers_words(struct span line, struct span words[OFFICERS_WORDS_MAX], u32 wanted)
{
    u32 count = 0;
    for (size_t begin = 0; begin <= line.size;) {
        size_t end = begin;
        while (end < line.size && line.data[end] != ' ') {
            end += 1;
        }
        if (end == begin || count == wanted) {
            return false;
        }
        words[count] = span_of(line.data + begin, end - begin);
        count += 1;
        begin = end + 1;
    }
    return count == wanted;
}

/* 1 to 2^32-1, without leading zeros. */
static u32 number_of(struct span text)
{
    u64 number = 0;
    if (text.size == 0 || text.size > 10 || text.data[0] == '0') {
        return 0;
    }
    for (size_t i = 0; i < text.size; i += 1) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return 0;
        }
        number = number * 10 + (u64)(text.data[i] - '0');
    }
    return number > UINT32_MAX ? 0 : (u32)number;
}

static bool name_take(struct span word, char target[CODE_NAME_BYTES])
{
    memset(target, 0, CODE_NAME_BYTES);
    return code_name_of(word) != 0 && span_copy(word, target, CODE_NAME_BYTES - 1);
}

static enum fault take_line(struct officers *officers, struct span line, const char *name,
                            u32 number)
{
    struct span words[OFFICERS_WORDS_MAX];
    struct officer officer = {.line = number};
    if (!officers_words(line, words, 4)) {
        return FAULT(FAULT_INPUT,
                     "%s:%u: four words with one blank between them are wanted: code, number, "
                     "group, public key",
                     name, number);
    }
    if (!name_take(words[0], officer.code) || !name_take(words[2], officer.group)) {
        return FAULT(FAULT_INPUT, "%s:%u: code and group are 1 to %u small letters, digits and -",
                     name, number, CODE_NAME_SYMBOLS);
    }
    officer.number = number_of(words[1]);
    if (officer.number == 0) {
        return FAULT(FAULT_INPUT, "%s:%u: the number of %s is not within 1 to %u", name, number,
                     officer.code, UINT32_MAX);
    }
    if (sign_decode_base64(words[3], officer.key, sizeof(officer.key)) != sizeof(officer.key)) {
        return FAULT(FAULT_INPUT, "%s:%u: the key of %s is not %u bytes in base64", name, number,
                     officer.code, OFFICER_KEY_BYTES);
    }
    for (u32 i = 0; i < officers->count; i += 1) {
        const struct officer *other = &officers->list[i];
        if (strcmp(other->code, officer.code) == 0 || other->number == officer.number ||
            memcmp(other->key, officer.key, sizeof(officer.key)) == 0) {
            return FAULT(FAULT_INPUT, "%s:%u: the code, number or key of line %u again", name,
                         number, other->line);
        }
    }
    if (officers->count == OFFICERS_MAX) {
        return FAULT(FAULT_INPUT, "%s:%u: more than %u officers", name, number, OFFICERS_MAX);
    }
    officers->list[officers->count] = officer;
    officers->count += 1;
    return FAULT_NONE;
}

enum fault officers_read(struct span text, const char *name, struct officers *officers_out)
{
    *officers_out = (struct officers){.count = 0};
    size_t begin = 0;
    for (u32 number = 1; begin < text.size; number += 1) {
        size_t end = begin;
        while (end < text.size && text.data[end] != '\n') {
            end += 1;
        }
        if (end > begin && text.data[begin] != '#') {
            TRY(take_line(officers_out, span_of(text.data + begin, end - begin), name, number));
        }
        begin = end + 1;
    }
    return FAULT_NONE;
}

enum fault officers_read_file(struct disk *disk, const char *path, struct officers *officers_out)
{
    static u8 bytes[OFFICERS_FILE_BYTES];
    SCOPED_FILE file = {.disk = NULL};
    size_t size = 0;
    u64 whole = 0;
    TRY(file_open(disk, path, 0, &file));
    TRY(file_size(&file, &whole));
    if (whole > sizeof(bytes)) {
        return FAULT(FAULT_INPUT, "%s: more than %u bytes", path, OFFICERS_FILE_BYTES);
    }
    TRY(file_read_at(&file, 0, bytes, sizeof(bytes), &size));
    return officers_read(span_of(bytes, size), path, officers_out);
}

const struct officer *officers_by_code(const struct officers *officers, struct span code)
{
    for (u32 i = 0; i < officers->count; i += 1) {
        if (span_equal(span_of_text(officers->list[i].code), code)) {
            return &officers->list[i];
        }
    }
    return NULL;
}

const struct officer *officers_by_number(const struct officers *officers, u32 number)
{
    for (u32 i = 0; i < officers->count; i += 1) {
        if (officers->list[i].number == number) {
            return &officers->list[i];
        }
    }
    return NULL;
}

bool officers_are_two(const struct officer *one, const struct officer *other)
{
    return strcmp(one->code, other->code) != 0 && one->number != other->number &&
           strcmp(one->group, other->group) != 0 &&
           memcmp(one->key, other->key, sizeof(one->key)) != 0;
}

bool officer_signed(const struct officer *officer, struct span message,
                    const u8 signature[OFFICER_SIGNATURE_BYTES])
{
    EVP_PKEY *key =
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, officer->key, OFFICER_KEY_BYTES);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = key != NULL && context != NULL &&
                EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
                EVP_DigestVerify(context, signature, OFFICER_SIGNATURE_BYTES, message.data,
                                 message.size) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return good;
}
