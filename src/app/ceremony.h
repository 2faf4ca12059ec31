/* The files of a key ceremony, read and checked (cli_ceremony.c; docs/vault-crypto.md
 * "Transcript"). */
#ifndef APP_CEREMONY_H
#define APP_CEREMONY_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/share_chain.h"
#include "role/vault/share_file.h"
#include "role/vault/share_shown.h"
#include "role/vault/share_text.h"

/* All functions: FAULT_INPUT names the file, FAULT_MISSING and others when it cannot be read. */

MUST_USE enum fault ceremony_read_file(const char *path, char *target, size_t target_bytes,
                                       size_t *size_out);
/* The same of one that holds a secret: FAULT_UNPROTECTED where others may read or write it. */
MUST_USE enum fault ceremony_read_own(const char *path, char *target, size_t target_bytes,
                                      size_t *size_out);
MUST_USE enum fault ceremony_read(const char *path, struct share_transcript *transcript_out);
MUST_USE enum fault ceremony_read_chain(const char *path, struct share_chain *chain_out);
/* The line that join printed. */
MUST_USE enum fault ceremony_read_member(const char *path, struct share_member *member_out);
/* The first line of a file (- is standard input) into locked memory; no other copy stays. */
#define CEREMONY_PASSPHRASE_BYTES (SHARE_PASSPHRASE_MAX + 2U)
MUST_USE enum fault ceremony_read_passphrase(const char *path,
                                             char target[CEREMONY_PASSPHRASE_BYTES],
                                             size_t *size_out);
/* The line that prove printed; its proof is not looked at. */
MUST_USE enum fault ceremony_read_shown(const char *path, struct share_shown *shown_out);
MUST_USE enum fault ceremony_read_nonce(const char *hex, u8 nonce_out[32]);

/* Puts a member's deal into its place among those that are there. */
MUST_USE enum fault ceremony_add_deal(const char *path, struct share_transcript *transcript);
/* The confirmation of the member `index`. */
MUST_USE enum fault ceremony_add_confirmation(const char *path, struct share_transcript *transcript,
                                              u32 index);

/* A roster of generation 0 without a chain, or the next generation of the chain's group. */
MUST_USE enum fault ceremony_check_follows(const struct share_roster *roster,
                                           const struct share_chain *before);
/* All that can be said before the confirmations. */
MUST_USE enum fault ceremony_check_gathered(const struct share_transcript *transcript,
                                            const struct share_chain *before,
                                            struct share_group *group_out);

/* How many different shares the answers (files of lines that prove printed) show for what was
 * asked. FAULT_INPUT names one that does not hold. */
MUST_USE enum fault ceremony_count_live(const struct share_group *group, const u8 asked[32],
                                        const char *const *paths, u32 count, u32 *live_out);

void ceremony_print(const struct share_transcript *transcript);
#endif /* APP_CEREMONY_H */
