/* The register of officers: whose signatures the venue believes (docs/officers.md).
 *
 *     # code number group public key
 *     anna 11 compliance oF2A...=
 *
 * One line each, one blank between the words: the officer's code, the number that commands and the
 * journal carry, the group, and the Ed25519 public key (32 bytes in base64). Lines that begin with
 * # and empty ones are passed over. No code, number or key stands twice. */
#ifndef IO_OFFICERS_H
#define IO_OFFICERS_H

#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"
#include "wire/code.h"

#define OFFICERS_MAX        64U
#define OFFICERS_FILE_BYTES 16384U
#define OFFICERS_FILE       "officers.txt" /* in the data folder, where nothing else is said */
#define OFFICERS_WORDS_MAX  4U

#define OFFICER_KEY_BYTES       32U
#define OFFICER_SIGNATURE_BYTES 64U

struct officer {
    char code[CODE_NAME_BYTES];
    char group[CODE_NAME_BYTES];
    u32 number;
    u32 line;
    u8 key[OFFICER_KEY_BYTES];
};

struct officers {
    u32 count;
    struct officer list[OFFICERS_MAX];
};

/* FAULT_INPUT with "NAME:LINE: reason". */
MUST_USE enum fault officers_read(struct span text, const char *name,
                                  struct officers *officers_out);
MUST_USE enum fault officers_read_file(struct disk *disk, const char *path,
                                       struct officers *officers_out);

/* NULL: there is none. */
const struct officer *officers_by_code(const struct officers *officers, struct span code);
const struct officer *officers_by_number(const struct officers *officers, u32 number);

/* Different officers, groups and keys: two of whom may sign together. */
MUST_USE bool officers_are_two(const struct officer *one, const struct officer *other);

/* Whether the signature (Ed25519) is the officer's over the message. Without memory: no. */
MUST_USE bool officer_signed(const struct officer *officer, struct span message,
                             const u8 signature[OFFICER_SIGNATURE_BYTES]);

/* Splits a line at single blanks. False: not `wanted` words, or an empty one among them. */
MUST_USE bool officers_words(struct span line, struct span words[OFFICERS_WORDS_MAX], u32 wanted);

#endif /* IO_OFFICERS_H */
