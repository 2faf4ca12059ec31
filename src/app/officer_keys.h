/* An officer's own key files, used once by a command (cambist officer, rotate): the file is read,
 * then the process enters the sandbox of officers' clients, and only then the key is used. What is
 * signed, and whether the share may answer, is the caller's (app/officer_steps.h). */
#ifndef APP_OFFICER_KEYS_H
#define APP_OFFICER_KEYS_H

#include "app/officer_steps.h"
#include "base/base.h"
#include "io/fault.h"

/* Signs `message` with the private key in the file, in a sandbox without any file.
 * FAULT_UNPROTECTED: others may read the file, or a protection is missing that is required;
 * FAULT_INPUT: no private Ed25519 key, or not the one that the circle has for the officer. */
MUST_USE enum fault officer_keys_sign(const char *path, bool is_sandbox_required,
                                      const struct circle_officer *officer, struct span message,
                                      u8 signature_out[OFFICER_SIGNATURE_BYTES]);

/* Where an officer's share is, and what may be opened besides. */
struct officer_share_paths {
    const char *key;        /* the key file */
    const char *passphrase; /* file whose first line opens it; - is standard input */
    const char *book;       /* the folder that can still be written in the sandbox */
    bool is_sandbox_required;
};

/* Opens the share, in the sandbox: as officer_share_open. */
MUST_USE enum fault officer_keys_share(const struct officer_share_paths *paths,
                                       struct seal_room *room, const struct open_pins *pins,
                                       struct share_holder *holder_out,
                                       struct share_secrets *secrets_out);

#endif /* APP_OFFICER_KEYS_H */
