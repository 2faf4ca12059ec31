/* Signatures of officers under a rule pack (docs/rules.md "Signatures").
 *
 * What is signed is a text with the pack's content hash. The file beside a pack has one line for
 * each signature: code, group, public key in base64 (32 bytes of Ed25519) and signature in base64.
 * A line that begins with # is a comment. Two signatures are wanted, of two officers of different
 * groups and keys that stand so in the register (io/officers.h). */
#ifndef APP_RULE_SIGN_H
#define APP_RULE_SIGN_H

#include "base/base.h"
#include "core/rule.h"
#include "io/fault.h"
#include "io/officers.h"

#define RULE_SIGN_WANTED        2U
#define RULE_SIGN_LINES_MAX     64U
#define RULE_SIGN_FILE_BYTES    16384U
#define RULE_SIGN_MESSAGE_BYTES 96U

/* The text that officers sign, with a zero at the end; its length. */
size_t rule_sign_message(const u8 content_hash[RULE_HASH_BYTES],
                         char target[RULE_SIGN_MESSAGE_BYTES]);

struct rule_signature {
    u64 code;    /* of the officer, as a number (wire/code.h) */
    u32 officer; /* number in the register */
    u8 signature[OFFICER_SIGNATURE_BYTES];
};

/* FAULT_INPUT with "NAME:LINE: reason": a line is malformed, an officer is not in the register, a
 * signature is wrong, somebody signed twice, or too few signed. */
MUST_USE enum fault rule_sign_check(struct span signatures, const char *name, struct span officers,
                                    const char *officers_name,
                                    const u8 content_hash[RULE_HASH_BYTES]);

/* Signs with the private key in a PEM file and adds the line to the file PACK.sig, which is made
 * where it is not there. FAULT_INPUT: officer or group is no name, the key is none, or one of the
 * three has signed there before; nothing was written. */
MUST_USE enum fault rule_sign_add(const char *pack_path, const u8 content_hash[RULE_HASH_BYTES],
                                  const char *key_path, const char *officer, const char *group);

/* The same with a register that was read; the first two signatures come back. */
MUST_USE enum fault rule_sign_read(struct span signatures, const char *name,
                                   const struct officers *officers, const char *officers_name,
                                   const u8 content_hash[RULE_HASH_BYTES],
                                   struct rule_signature two_out[RULE_SIGN_WANTED]);

#endif /* APP_RULE_SIGN_H */
