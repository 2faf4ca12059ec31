/* The texts of packs, from a folder of canonical forms: HASH.json, of which the SHA-256 must be the
 * hash. */
#ifndef ROLE_CASES_CASE_TEXT_H
#define ROLE_CASES_CASE_TEXT_H

#include "io/fault.h"
#include "io/file.h"
#include "role/cases/case_rows.h"
#include "wire/pack_text.h"

/* `json` is memory of PACK_TEXT_JSON_MAX bytes to read in. *reason_out: NULL, and *text_out is the
 * pack's; else why there is none. A fault is the disk's. */
MUST_USE enum fault case_text_read(struct disk *disk, const char *folder,
                                   const u8 hash[CASE_HASH_BYTES], u8 *json,
                                   struct pack_text *text_out, const char **reason_out);

/* The words of one notice after the other; the pack that was read last is kept. Zeros are an empty
 * one. */
struct case_inbox {
    bool is_read;  /* `hash` was looked for, ... */
    bool has_pack; /* ... and `pack` is its text */
    u8 hash[CASE_HASH_BYTES];
    struct pack_text pack;
    struct notice_text text; /* of the notice; may point into `pack` */
    u8 json[PACK_TEXT_JSON_MAX];
};

/* Prints the notice into inbox->text. A pack whose text is not to be had leaves the words that need
 * none. `packs`: the folder of canonical forms. A fault is the disk's. */
MUST_USE enum fault case_inbox_print(struct case_inbox *inbox, struct disk *disk, const char *packs,
                                     const struct case_notice_row *row, enum language language);

#endif /* ROLE_CASES_CASE_TEXT_H */
