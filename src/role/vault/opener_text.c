#include "role/vault/opener_text.h"

#include "base/check.h"
#include "base/span.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define MOMENT_BYTES 20U
#define DAY_S        86400U

/* The next line without its end; `rest` goes on behind it. */
static struct span line_cut(struct span *rest)
{
    const u8 *end = memchr(rest->data, '\n', rest->size);
    size_t size = end == NULL ? rest->size : (size_t)(end - rest->data);
    struct span line = span_of(rest->data, size);
    *rest = span_after(*rest, end == NULL ? size : size + 1);
    return line;
}

bool opener_identifier_is_in(const struct grant *grant, const struct grant_identifier *identifier,
                             struct span text)
{
    const char *name = grant_field_name(identifier->field);
    size_t name_bytes = strlen(name);
    bool is_in = false;
    while (text.size > 0) {
        u8 hash[32];
        struct span line = line_cut(&text);
        if (line.size < name_bytes + 2 || memcmp(line.data, name, name_bytes) != 0 ||
            memcmp(line.data + name_bytes, ": ", 2) != 0) {
            continue;
        }
        is_in = (grant_identifier_hash(grant->nonce, identifier->subject, identifier->field,
                                       span_after(line, name_bytes + 2), hash) &&
                 sodium_memcmp(hash, identifier->hash, sizeof(hash)) == 0) ||
                is_in;
    }
    return is_in;
}

static bool is_withheld(const struct grant_record *record, struct span line)
{
    u64 seconds = 0;
    if (line.size < MOMENT_BYTES ||
        !grant_moment_read(span_of(line.data, MOMENT_BYTES), &seconds) ||
        (line.size > MOMENT_BYTES && line.data[MOMENT_BYTES] != ' ')) {
        return false;
    }
    u64 day = seconds / DAY_S;
    return record->to_day == 0 || day < record->from_day || day > record->to_day;
}

size_t opener_withhold(const struct grant_record *record, u8 *text, size_t bytes, u32 *lines_out)
{
    struct span rest = span_of(text, bytes);
    size_t kept = 0;
    while (rest.size > 0) {
        const u8 *begin = rest.data;
        struct span line = line_cut(&rest);
        size_t size = line.size + (begin + line.size < text + bytes ? 1 : 0);
        if (is_withheld(record, line)) {
            *lines_out += 1;
            continue;
        }
        memmove(text + kept, begin, size);
        kept += size;
    }
    sodium_memzero(text + kept, bytes - kept);
    return kept;
}

/* ---- tar ---- */

static void octal(char *target, u32 digits, u64 number)
{
    for (u32 i = 0; i < digits; i += 1) {
        target[digits - 1 - i] = (char)('0' + (number & 7));
        number >>= 3;
    }
    CHECK(number == 0);
}

enum fault opener_tar_put(struct age_writer *writer, const char *name, u64 time_s,
                          struct span bytes)
{
    static const u8 zeros[OPENER_TAR_BLOCK];
    char head[OPENER_TAR_BLOCK] = {0};
    u32 sum = 0;
    CHECK(strlen(name) < 100);
    memcpy(head, name, strlen(name));
    octal(head + 100, 7, 0600);
    octal(head + 108, 7, 0);
    octal(head + 116, 7, 0);
    octal(head + 124, 11, bytes.size);
    octal(head + 136, 11, time_s);
    memset(head + 148, ' ', 8);
    head[156] = '0';
    memcpy(head + 257, "ustar\00000", 8);
    for (u32 i = 0; i < sizeof(head); i += 1) {
        sum += (u8)head[i];
    }
    octal(head + 148, 6, sum);
    head[154] = '\0';
    TRY(age_writer_put(writer, span_of(head, sizeof(head))));
    TRY(age_writer_put(writer, bytes));
    return age_writer_put(
        writer,
        span_of(zeros, (OPENER_TAR_BLOCK - bytes.size % OPENER_TAR_BLOCK) % OPENER_TAR_BLOCK));
}

enum fault opener_tar_end(struct age_writer *writer)
{
    static const u8 zeros[2 * OPENER_TAR_BLOCK];
    return age_writer_put(writer, span_of(zeros, sizeof(zeros)));
}
