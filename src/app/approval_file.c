#include "app/approval_file.h"

#include "base/check.h"
#include "base/span.h"
#include "io/sign.h"
#include "io/sign_pair.h"

#include <stdio.h>
#include <string.h>

#define LABEL "signature:"

/* ---- reading ---- */

static enum fault text_take(struct span text, const char *name, struct approval *out)
{
    struct order_mistake mistake;
    if (!span_copy(text, out->text, sizeof(out->text) - 1)) {
        return FAULT(FAULT_INPUT, "%s: longer than an order is", name);
    }
    out->text[text.size] = 0;
    out->text_bytes = text.size;
    out->command_bytes = order_text_parse(text, out->command, &out->head, &mistake);
    if (out->command_bytes > 0) {
        return FAULT_NONE;
    }
    if (mistake.line == 0) {
        return FAULT(FAULT_INPUT, "%s: not %s", name, mistake.wanted);
    }
    return FAULT(FAULT_INPUT, "%s:%u: %s%s%s is wanted", name, mistake.line, mistake.name,
                 mistake.name[0] == 0 ? "" : ": ", mistake.wanted);
}

static enum fault signature_take(struct span line, const char *name, u32 number,
                                 struct approval *out)
{
    struct span words[OFFICERS_WORDS_MAX];
    struct approval_signature signature = {.officer = ""};
    if (!officers_words(line, words, 3) || !span_equal(words[0], span_of_text(LABEL)) ||
        code_name_of(words[1]) == 0 ||
        sign_decode_base64(words[2], signature.bytes, sizeof(signature.bytes)) !=
            sizeof(signature.bytes)) {
        return FAULT(FAULT_INPUT, "%s:%u: \"" LABEL " OFFICER BASE64\" is wanted", name, number);
    }
    memcpy(signature.officer, words[1].data, words[1].size);
    for (u32 i = 0; i < out->signatures_count; i += 1) {
        if (strcmp(out->signatures[i].officer, signature.officer) == 0) {
            return FAULT(FAULT_INPUT, "%s:%u: %s again", name, number, signature.officer);
        }
    }
    return approval_add(out, &signature);
}

/* Where the text ends: before the first line of a signature. */
static size_t text_bytes_of(struct span bytes)
{
    size_t begin = 0;
    while (begin < bytes.size) {
        size_t left = bytes.size - begin;
        if (left >= strlen(LABEL) && memcmp(bytes.data + begin, LABEL, strlen(LABEL)) == 0) {
            break;
        }
        while (begin < bytes.size && bytes.data[begin] != '\n') {
            begin += 1;
        }
        begin += begin < bytes.size;
    }
    return begin;
}

enum fault approval_read(struct span bytes, const char *name, struct approval *out)
{
    size_t begin = text_bytes_of(bytes);
    u32 number = 1;
    *out = (struct approval){.signatures_count = 0};
    TRY(text_take(span_of(bytes.data, begin), name, out));
    for (size_t i = 0; i < begin; i += 1) {
        number += bytes.data[i] == '\n';
    }
    for (; begin < bytes.size; number += 1) {
        size_t end = begin;
        while (end < bytes.size && bytes.data[end] != '\n') {
            end += 1;
        }
        TRY(signature_take(span_of(bytes.data + begin, end - begin), name, number, out));
        begin = end + 1;
    }
    return FAULT_NONE;
}

enum fault approval_read_file(const char *path, struct approval *out)
{
    u8 bytes[APPROVAL_FILE_BYTES + 1];
    bool is_input = strcmp(path, "-") == 0;
    FILE *file = is_input ? stdin : fopen(path, "re");
    if (file == NULL) {
        return FAULT(FAULT_MISSING, "%s: cannot be opened", path);
    }
    size_t size = fread(bytes, 1, sizeof(bytes), file);
    bool failed = ferror(file) != 0;
    if (!is_input) {
        (void)fclose(file);
    }
    if (failed || size > APPROVAL_FILE_BYTES) {
        return FAULT(FAULT_INPUT, "%s: %s", path,
                     failed ? "cannot be read" : "longer than a signed order is");
    }
    return approval_read(span_of(bytes, size), path, out);
}

/* ---- signatures ---- */

enum fault approval_add(struct approval *target, const struct approval_signature *signature)
{
    u32 place = 0;
    while (place < target->signatures_count &&
           strcmp(target->signatures[place].officer, signature->officer) != 0) {
        place += 1;
    }
    if (place == APPROVAL_SIGNATURES_MAX) {
        return FAULT(FAULT_INPUT, "more than %u signatures under one order",
                     APPROVAL_SIGNATURES_MAX);
    }
    target->signatures[place] = *signature;
    target->signatures_count += place == target->signatures_count;
    return FAULT_NONE;
}

enum fault approval_join(struct approval *target, const struct approval *other, const char *name)
{
    if (target->text_bytes != other->text_bytes ||
        memcmp(target->text, other->text, target->text_bytes) != 0) {
        return FAULT(FAULT_INPUT, "%s: another order than in the first file", name);
    }
    for (u32 i = 0; i < other->signatures_count; i += 1) {
        TRY(approval_add(target, &other->signatures[i]));
    }
    return FAULT_NONE;
}

size_t approval_print(const struct approval *approval, char target[APPROVAL_FILE_BYTES])
{
    size_t used = approval->text_bytes;
    memcpy(target, approval->text, used);
    target[used] = 0;
    for (u32 i = 0; i < approval->signatures_count; i += 1) {
        char text[SIGN_SIGNATURE_TEXT_BYTES];
        sign_pair_text(span_of(approval->signatures[i].bytes, OFFICER_SIGNATURE_BYTES), text);
        int size = snprintf(target + used, APPROVAL_FILE_BYTES - used, LABEL " %s %s\n",
                            approval->signatures[i].officer, text);
        CHECK(size > 0 && (size_t)size < APPROVAL_FILE_BYTES - used);
        used += (size_t)size;
    }
    return used;
}

enum fault approval_order(const struct approval *approval, struct admin_order *order_out)
{
    *order_out = (struct admin_order){.until_us = approval->head.until_us,
                                      .matter = approval->head.matter,
                                      .form = ADMIN_FORM_TEXT,
                                      .signatures_count = (u8)approval->signatures_count};
    if (approval->signatures_count > ADMIN_SIGNATURES_MAX) {
        return FAULT(FAULT_INPUT, "%u signatures; the venue takes %u", approval->signatures_count,
                     ADMIN_SIGNATURES_MAX);
    }
    memcpy(order_out->nonce, approval->head.nonce, sizeof(order_out->nonce));
    for (u32 i = 0; i < approval->signatures_count; i += 1) {
        const struct approval_signature *signature = &approval->signatures[i];
        order_out->signatures[i].officer = code_name_of(span_of_text(signature->officer));
        memcpy(order_out->signatures[i].bytes, signature->bytes, ADMIN_SIGNATURE_BYTES);
    }
    return FAULT_NONE;
}
