/* The line of the log that names the transcript of a key ceremony, and the file under /log/ that
 * holds it (docs/public-log.md "Transcripts of ceremonies").
 *
 *     approval ceremony 1 sha256 5e1c... at 2026-11-23T06:00:00Z
 *
 * The number is the ceremony's epoch. The file text/<the hash> holds the bytes that hash to it; it
 * comes after the line, and never changes. */
#ifndef ROLE_VAULT_PUBLOG_CEREMONY_H
#define ROLE_VAULT_PUBLOG_CEREMONY_H

#include "base/base.h"
#include "base/span.h"
#include "role/vault/publog_words.h"

#define PUBLOG_TEXT_FOLDER     "text"
#define PUBLOG_TEXT_NAME_BYTES (sizeof(PUBLOG_TEXT_FOLDER "/") + 2 * PUBLOG_HASH_BYTES)

struct publog_ceremony {
    u64 epoch;
    u8 hash[PUBLOG_HASH_BYTES];
    u64 time_us;
};

/* False: the entry is no such line. */
MUST_USE bool publog_ceremony_read(struct span entry, struct publog_ceremony *ceremony_out);
/* "text/5e1c...", which no other bytes than a hash can make. */
void publog_text_name(const u8 hash[PUBLOG_HASH_BYTES], char name_out[PUBLOG_TEXT_NAME_BYTES]);

#endif /* ROLE_VAULT_PUBLOG_CEREMONY_H */
