/* A ceremony as text: the roster, the deals, the group's point, and a confirmation of every member
 * (docs/vault-crypto.md "Transcript").
 *
 * The text is canonical: it is read, printed again, and refused when that gives other bytes. So its
 * SHA-256 (that of the file, as sha256sum prints it) stands for the whole ceremony. A transcript
 * grows: the roster alone, then with deals and the point ("gathered"), then with all confirmations
 * ("closed"). Only a closed one makes a group. */
#ifndef ROLE_VAULT_SHARE_TEXT_H
#define ROLE_VAULT_SHARE_TEXT_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/share_deal.h"

#define SHARE_TEXT_BYTES 73728U /* the longest transcript: asserted in share_text.c */

struct share_transcript {
    struct share_roster roster;
    u32 deals_count;     /* 0: the roster alone */
    u32 confirmed_count; /* 0, or all members */
    struct share_deal deals[SHARE_MEMBERS_MAX];
    struct seal_point public;
    struct seal_proof confirmed[SHARE_MEMBERS_MAX];
};

/* Writes roster.hash: of the roster's own text. */
void share_roster_hash(struct share_roster *roster);

/* The size, with no zero behind it. */
size_t share_transcript_print(const struct share_transcript *transcript,
                              char target[SHARE_TEXT_BYTES]);
/* FAULT_INPUT with "NAME:LINE: reason"; the roster is checked, deals and confirmations are not. */
MUST_USE enum fault share_transcript_read(struct span text, const char *name,
                                          struct share_transcript *transcript_out);

/* What members confirm: the SHA-256 of the transcript up to the group's point. */
void share_transcript_hash_gathered(const struct share_transcript *transcript,
                                    u8 hash_out[SHARE_HASH_BYTES]);
/* The SHA-256 of all of it. */
void share_transcript_hash(const struct share_transcript *transcript,
                           u8 hash_out[SHARE_HASH_BYTES]);

/* The group that a closed transcript makes. `before` as in share_deals_check; in a resharing its
 * transcript's hash is `before_hash`. FAULT_INPUT names the first thing that is wrong. */
MUST_USE enum fault share_transcript_check(const struct share_transcript *transcript,
                                           const struct share_group *before, const u8 *before_hash,
                                           struct share_group *group_out);

/* ---- what one member sends to the others ---- */

size_t share_deal_print(const struct share_roster *roster, const struct share_deal *deal,
                        char target[SHARE_TEXT_BYTES]);
MUST_USE enum fault share_deal_read(struct span text, const char *name,
                                    const struct share_roster *roster, struct share_deal *deal_out);

size_t share_confirm_print(const u8 gathered[SHARE_HASH_BYTES], u32 index,
                           const struct seal_proof *proof, char target[SHARE_TEXT_BYTES]);
MUST_USE enum fault share_confirm_read(struct span text, const char *name,
                                       const u8 gathered[SHARE_HASH_BYTES], u32 *index_out,
                                       struct seal_proof *proof_out);

#endif /* ROLE_VAULT_SHARE_TEXT_H */
