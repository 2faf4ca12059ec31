#include "base/check.h"
#include "base/span.h"
#include "io/sign.h"
#include "io/sign_pair.h"
#include "role/vault/grant_circle.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define LABEL "signature: "

/* ---- reading ---- */

/* Where the signatures begin: at the first line that begins as theirs do. */
static size_t text_end(struct span bytes)
{
    size_t begin = 0;
    while (begin < bytes.size) {
        struct span label = span_piece(bytes, begin, strlen(LABEL));
        if (label.data != NULL && memcmp(label.data, LABEL, label.size) == 0) {
            break;
        }
        const u8 *end = memchr(bytes.data + begin, '\n', bytes.size - begin);
        begin = end == NULL ? bytes.size : (size_t)(end - bytes.data) + 1;
    }
    return begin;
}

static bool signature_take(struct span line, struct grant_signature *signature_out)
{
    const u8 *blank = line.size < strlen(LABEL)
                          ? NULL
                          : memchr(line.data + strlen(LABEL), ' ', line.size - strlen(LABEL));
    *signature_out = (struct grant_signature){.officer = ""};
    if (blank == NULL || memcmp(line.data, LABEL, strlen(LABEL)) != 0) {
        return false;
    }
    struct span code =
        span_of(line.data + strlen(LABEL), (size_t)(blank - line.data) - strlen(LABEL));
    struct span text = span_after(line, (size_t)(blank - line.data) + 1);
    return code_name_of(code) != 0 &&
           span_copy(code, signature_out->officer, CODE_NAME_BYTES - 1) &&
           sign_decode_base64(text, signature_out->bytes, sizeof(signature_out->bytes)) ==
               sizeof(signature_out->bytes);
}

enum fault grant_file_read(struct span bytes, const char *name, struct grant_file *file_out)
{
    size_t begin = text_end(bytes);
    u32 number = 1;
    memset(file_out, 0, sizeof(*file_out));
    TRY(grant_read(span_of(bytes.data, begin), name, &file_out->grant));
    memcpy(file_out->text, bytes.data, begin);
    file_out->text_bytes = begin;
    (void)crypto_hash_sha256(file_out->hash, bytes.data, begin);
    for (size_t i = 0; i < begin; i += 1) {
        number += bytes.data[i] == '\n';
    }
    for (; begin < bytes.size; number += 1) {
        struct grant_signature signature;
        const u8 *end = memchr(bytes.data + begin, '\n', bytes.size - begin);
        size_t size = end == NULL ? 0 : (size_t)(end - bytes.data) - begin;
        if (!signature_take(span_of(bytes.data + begin, size), &signature)) {
            return FAULT(FAULT_INPUT, "%s:%u: not \"signature: OFFICER BASE64\"", name, number);
        }
        u32 last = file_out->signatures_count;
        if (last > 0 && strcmp(file_out->signatures[last - 1].officer, signature.officer) >= 0) {
            return FAULT(FAULT_INPUT, "%s:%u: signatures stand by officer, each once", name,
                         number);
        }
        TRY(grant_file_add(file_out, &signature));
        begin += size + 1;
    }
    return FAULT_NONE;
}

/* ---- writing ---- */

size_t grant_file_print(const struct grant_file *file, char target[GRANT_FILE_BYTES])
{
    size_t used = file->text_bytes;
    memcpy(target, file->text, used);
    target[used] = '\0';
    for (u32 i = 0; i < file->signatures_count; i += 1) {
        char text[SIGN_SIGNATURE_TEXT_BYTES];
        sign_pair_text(span_of(file->signatures[i].bytes, OFFICER_SIGNATURE_BYTES), text);
        int size = snprintf(target + used, GRANT_FILE_BYTES - used, LABEL "%s %s\n",
                            file->signatures[i].officer, text);
        CHECK(size > 0 && (size_t)size < GRANT_FILE_BYTES - used);
        used += (size_t)size;
    }
    return used;
}

enum fault grant_file_add(struct grant_file *file, const struct grant_signature *signature)
{
    u32 place = 0;
    while (place < file->signatures_count &&
           strcmp(file->signatures[place].officer, signature->officer) < 0) {
        place += 1;
    }
    bool is_there = place < file->signatures_count &&
                    strcmp(file->signatures[place].officer, signature->officer) == 0;
    if (!is_there && file->signatures_count == CIRCLE_OFFICERS_MAX) {
        return FAULT(FAULT_INPUT, "more than %u signatures under one grant", CIRCLE_OFFICERS_MAX);
    }
    if (!is_there) {
        memmove(&file->signatures[place + 1], &file->signatures[place],
                (file->signatures_count - place) * sizeof(file->signatures[0]));
        file->signatures_count += 1;
    }
    file->signatures[place] = *signature;
    return FAULT_NONE;
}

enum fault grant_file_join(struct grant_file *file, const struct grant_file *other,
                           const char *name)
{
    if (memcmp(file->hash, other->hash, sizeof(file->hash)) != 0) {
        return FAULT(FAULT_INPUT, "%s: another grant than in the first file", name);
    }
    for (u32 i = 0; i < other->signatures_count; i += 1) {
        TRY(grant_file_add(file, &other->signatures[i]));
    }
    return FAULT_NONE;
}
