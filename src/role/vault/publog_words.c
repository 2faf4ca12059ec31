#include "role/vault/publog_words.h"

#include "base/bytes.h"
#include "base/check.h"
#include "role/vault/tlog_checkpoint.h"
#include "wire/moment.h"

#include <stdio.h>
#include <string.h>

bool publog_words_cut(struct span line, struct publog_words *words_out)
{
    *words_out = (struct publog_words){.count = 0};
    while (words_out->count < PUBLOG_WORDS_MAX) {
        const u8 *space = line.size == 0 ? NULL : memchr(line.data, ' ', line.size);
        struct span word = space == NULL ? line : span_of(line.data, (size_t)(space - line.data));
        if (word.size == 0) {
            return false;
        }
        words_out->words[words_out->count] = word;
        words_out->count += 1;
        if (space == NULL) {
            return true;
        }
        line = span_of(line.data + word.size + 1, line.size - word.size - 1);
    }
    return false;
}

bool publog_words_is(const struct publog_words *words, u32 place, const char *text)
{
    return place < words->count && span_equal(words->words[place], span_of_text(text));
}

bool publog_words_number(const struct publog_words *words, u32 place, u64 *number_out)
{
    return place < words->count && tlog_number_read(words->words[place], INT64_MAX, number_out);
}

bool publog_words_hash(const struct publog_words *words, u32 place, u8 hash_out[PUBLOG_HASH_BYTES])
{
    return place < words->count && words->words[place].size == PUBLOG_HASH_TEXT - 1 &&
           bytes_from_hex(words->words[place], hash_out, PUBLOG_HASH_BYTES);
}

bool publog_words_moment(const struct publog_words *words, u32 place, u64 *time_us_out)
{
    return place < words->count && moment_parse(words->words[place], time_us_out);
}

void publog_hash_print(const u8 hash[PUBLOG_HASH_BYTES], char target[PUBLOG_HASH_TEXT])
{
    for (u32 i = 0; i < PUBLOG_HASH_BYTES; i += 1) {
        (void)snprintf(target + 2 * (size_t)i, 3, "%02x", hash[i]);
    }
}
