#include "role/vault/publog_ceremony.h"

#include "base/check.h"

#include <stdio.h>

bool publog_ceremony_read(struct span entry, struct publog_ceremony *ceremony_out)
{
    struct publog_words words;
    *ceremony_out = (struct publog_ceremony){.epoch = 0};
    return publog_words_cut(entry, &words) && words.count == 7 &&
           publog_words_is(&words, 0, "approval") && publog_words_is(&words, 1, "ceremony") &&
           publog_words_number(&words, 2, &ceremony_out->epoch) &&
           publog_words_is(&words, 3, "sha256") &&
           publog_words_hash(&words, 4, ceremony_out->hash) && publog_words_is(&words, 5, "at") &&
           publog_words_moment(&words, 6, &ceremony_out->time_us);
}

void publog_text_name(const u8 hash[PUBLOG_HASH_BYTES], char name_out[PUBLOG_TEXT_NAME_BYTES])
{
    char hex[PUBLOG_HASH_TEXT];
    publog_hash_print(hash, hex);
    int size = snprintf(name_out, PUBLOG_TEXT_NAME_BYTES, PUBLOG_TEXT_FOLDER "/%s", hex);
    CHECK(size > 0 && (size_t)size < PUBLOG_TEXT_NAME_BYTES);
}
