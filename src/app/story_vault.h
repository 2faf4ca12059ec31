/* The vault's side of a story of the disclosure desk: both groups' ceremonies, the circle and the
 * chains that everybody pins, the court's key, and the sealed records of two people
 * (docs/vault-crypto.md, docs/opening.md).
 *
 *     DIR/pinned    circle, a.chain, b.chain, beside the policy in DIR/log
 *     DIR/opening   a folder for each grant (open_folder.h), a book for each officer
 *
 * The shares of all officers lie in this process, in locked memory; on officers' machines they
 * would be in their key files. */
#ifndef APP_STORY_VAULT_H
#define APP_STORY_VAULT_H

#include "app/open_folder.h"
#include "base/base.h"
#include "io/fault.h"
#include "role/desk/desk_staff.h"
#include "role/vault/seal_room.h"
#include "role/vault/share_file.h"

#define STORY_VAULT_RECORDS    4U
#define STORY_VAULT_LINES      1024U /* bytes of rows as `cambist open collect` prints them */
#define STORY_VAULT_WANT_BYTES 32U   /* "7 identity" */

struct story_vault;

/* After the log. Group A is the staff's legal, B its independent; two of each open a record.
 * `court`: the one authority of the circle. The folder outlives it. */
MUST_USE enum fault story_vault_open(struct story_vault **vault_out, const char *folder,
                                     const struct desk_staff *staff, const char *court);
/* NULL is fine. */
void story_vault_close(struct story_vault *vault);

/* "age1...": what the court's answers are written for. */
const char *story_vault_recipient(const struct story_vault *vault);
struct open_pins *story_vault_pins(struct story_vault *vault);
struct seal_room *story_vault_room(struct story_vault *vault);

/* Puts rows and bodies of these records ("7 identity") into an opening's folder, which is made, as
 * `cambist open collect` does, and its lines into `lines`. CHECK: there are such records. */
MUST_USE enum fault story_vault_collect(struct story_vault *vault, const char *folder,
                                        const char *const *wanted, u32 count,
                                        char lines[STORY_VAULT_LINES]);

/* An officer's share, as their client has it. CHECK: the officer has one. */
void story_vault_share(const struct story_vault *vault, const char *code,
                       struct share_holder *holder_out, struct share_secrets *secrets_out);

/* What can be had of the first record in the folder of a grant without the log: by these officers'
 * shares; none: with a point that somebody made up. FAULT_NONE: its key. */
MUST_USE enum fault story_vault_pry(struct story_vault *vault, const struct opening_rows *rows,
                                    const char *const *codes, u32 count);

#endif /* APP_STORY_VAULT_H */
