/* What an officer's client does with a grant and an opening, the same from the command line and
 * from its page (docs/opening.md "What is judged", docs/officer-page.md): it reads what is pinned,
 * compares the paper, signs, and answers with a share. Nothing here opens a file but the circle,
 * the folder of an opening and the book; keys come as bytes that the caller read before its
 * sandbox. */
#ifndef APP_OFFICER_STEPS_H
#define APP_OFFICER_STEPS_H

#include "app/open_folder.h"
#include "base/base.h"
#include "io/fault.h"
#include "role/vault/grant_circle.h"
#include "role/vault/grant_refusal.h"
#include "role/vault/seal_room.h"
#include "role/vault/share_file.h"

#define OFFICER_KEY_FILE_BYTES 4096U /* of a private key in PEM, at most */

MUST_USE enum fault officer_circle_read(const char *path, struct grant_circle *circle_out);

/* ---- the paper ---- */

/* What a line "PERSON FIELD VALUE" says. */
struct officer_paper_line {
    u64 person;
    enum grant_field field;
    i32 place; /* of the grant's identifier that it stands for; -1: the grant has no such one */
};
/* False: not such a line, or a value that has no form of its field. */
MUST_USE bool officer_paper_read(const struct grant *grant, struct span line,
                                 struct officer_paper_line *line_out);

/* ---- the signing key ---- */

/* A private key as it was read, and what messages call it. */
struct officer_key {
    struct span pem;
    const char *name;
};

/* Whether this officer may sign the grant now: venue and recipient, not recused, not expired.
 * `name` is what messages call the grant. FAULT_REFUSED. */
MUST_USE enum fault officer_may_approve(const struct grant_circle *circle,
                                        const struct circle_officer *officer,
                                        const struct grant_file *file, const char *name, u64 now_s);
/* Signs `message`. FAULT_INPUT: no private Ed25519 key, or not the one that the circle has. */
MUST_USE enum fault officer_sign(const struct officer_key *key,
                                 const struct circle_officer *officer, struct span message,
                                 u8 signature_out[OFFICER_SIGNATURE_BYTES]);
/* Adds the officer's signature to the grant. FAULT_INPUT: there is one already. */
MUST_USE enum fault officer_approval_add(const struct circle_officer *officer,
                                         const u8 signature[OFFICER_SIGNATURE_BYTES],
                                         struct grant_file *file);

/* ---- the share ---- */

struct officer_share {
    struct span text; /* of the key file */
    const char *name; /* what messages call it */
    struct span passphrase;
};

/* Opens the key file: its holder must be a member of the group as it is now, with a share of its
 * epoch and generation. FAULT_ROT: another passphrase. The secrets lie in the room. */
MUST_USE enum fault officer_share_open(struct seal_room *room, const struct open_pins *pins,
                                       const struct officer_share *share,
                                       struct share_holder *holder_out,
                                       struct share_secrets *secrets_out);
/* Whether the holder of an opened share may answer for the grant: not recused in what concerns it.
 * FAULT_REFUSED. */
MUST_USE enum fault officer_share_may(const struct open_pins *pins,
                                      const struct share_holder *holder,
                                      const struct grant_file *file);

/* Answers for the opening in the folder, when everything was judged: enters it into the book, then
 * the release's text is in `target`. */
MUST_USE enum fault officer_release(struct seal_room *room, const struct open_pins *pins,
                                    const struct open_folder *folder, const char *book,
                                    const struct share_holder *holder,
                                    const struct share_secrets *secrets,
                                    char target[RELEASE_TEXT_BYTES], size_t *size_out);

#endif /* APP_OFFICER_STEPS_H */
