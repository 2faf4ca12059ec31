/* Readable lines of the log that programs read again: words with one blank between them. */
#ifndef ROLE_VAULT_PUBLOG_WORDS_H
#define ROLE_VAULT_PUBLOG_WORDS_H

#include "base/base.h"
#include "base/span.h"

#define PUBLOG_WORDS_MAX  16U
#define PUBLOG_HASH_BYTES 32U
#define PUBLOG_HASH_TEXT  (2U * PUBLOG_HASH_BYTES + 1U) /* small hexadecimal digits and a zero */

struct publog_words {
    u32 count;
    struct span words[PUBLOG_WORDS_MAX]; /* in the line */
};

/* False: more than PUBLOG_WORDS_MAX of them, or an empty one. */
MUST_USE bool publog_words_cut(struct span line, struct publog_words *words_out);
/* Whether the word at `place` is there and this one. */
MUST_USE bool publog_words_is(const struct publog_words *words, u32 place, const char *text);
/* A number without leading zeros, up to 2^63 - 1. False: none, or there is no such word. */
MUST_USE bool publog_words_number(const struct publog_words *words, u32 place, u64 *number_out);
MUST_USE bool publog_words_hash(const struct publog_words *words, u32 place,
                                u8 hash_out[PUBLOG_HASH_BYTES]);
/* A moment as 2026-11-23T06:00:00Z, in microseconds since 1970. */
MUST_USE bool publog_words_moment(const struct publog_words *words, u32 place, u64 *time_us_out);

void publog_hash_print(const u8 hash[PUBLOG_HASH_BYTES], char target[PUBLOG_HASH_TEXT]);

#endif /* ROLE_VAULT_PUBLOG_WORDS_H */
