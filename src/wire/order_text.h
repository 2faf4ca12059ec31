/* The text of a command that officers sign: readable by people, and exact, since each command has
 * one text and each text one command (docs/officers.md "The text").
 *
 *     cambist order v1
 *     venue: 5f0c...                32 hex digits
 *     order: fact_set               the command's name in the schema
 *     account: 12                   only where the order is about one
 *     person: 7                     every field of the schema, in its order, but the officers'
 * codes
 *     ...
 *     matter: 0                     the case; where the command has no such field it stands here
 * too approval_nonce: 91ab...       32 hex digits: this very approval approval_until:
 * 2026-11-23T12:00:00Z
 *
 * Whoever checks a signature makes the text anew from the command that will be carried out. */
#ifndef WIRE_ORDER_TEXT_H
#define WIRE_ORDER_TEXT_H

#include "base/base.h"
#include "wire/order_value.h"
#include "wire/schema.h"

#define ORDER_VENUE_BYTES   16U
#define ORDER_NONCE_BYTES   16U
#define ORDER_COMMAND_BYTES 256U  /* of a command that has a text, at most */
#define ORDER_TEXT_BYTES    4096U /* with the zero */

/* What an approval says beside the command. */
struct order_head {
    u8 venue[ORDER_VENUE_BYTES];
    u8 nonce[ORDER_NONCE_BYTES];
    u64 until_us;
    u64 matter; /* of a command without such a field; else 0 */
};

struct order_mistake {
    u32 line;           /* from 1; 0: not of one line */
    char name[32];      /* of the field; empty: none */
    const char *wanted; /* half a sentence */
};

/* Whether commands of this kind have a text. */
MUST_USE bool order_text_has(u16 kind);
/* Whether they name an account in their head. */
MUST_USE bool order_text_has_account(u16 kind);
/* Whether they have fields for two officers' codes, or for one. */
MUST_USE bool order_text_has_officer(u16 kind);
MUST_USE bool order_text_has_matter(u16 kind);

/* A command of this kind with zeros, of its size; 0: there is no text for it. */
MUST_USE size_t order_text_begin(u16 kind, u8 command[ORDER_COMMAND_BYTES]);

/* With a zero at the end; its length without. 0: the record is none that a text stands for, or
 * something is set in it that the text would not show (officers' codes are not looked at). */
MUST_USE size_t order_text_print(struct span command, const struct order_head *head,
                                 char target[ORDER_TEXT_BYTES]);

/* The command, without source and officers, and its size; 0: *mistake_out says why. */
MUST_USE size_t order_text_parse(struct span text, u8 command[ORDER_COMMAND_BYTES],
                                 struct order_head *head_out, struct order_mistake *mistake_out);

/* What officers sign of a rule pack: a text with its content hash; its length. */
#define ORDER_PACK_HASH_BYTES 32U
#define ORDER_PACK_TEXT_BYTES 96U /* with the zero */
size_t order_text_pack(const u8 content_hash[ORDER_PACK_HASH_BYTES],
                       char target[ORDER_PACK_TEXT_BYTES]);

/* Codes into the fields for them, as far as there are any. */
void order_text_officers(u8 *command, u32 officer, u32 second);

/* The number that a field of this name has; 0 where there is none. */
u64 order_text_number(const u8 *command, const char *name);

#endif /* WIRE_ORDER_TEXT_H */
