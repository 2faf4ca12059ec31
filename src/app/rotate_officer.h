/* What an officer does with a rotation: signs it, and answers for its opening with a share
 * (docs/rotation.md "The answer"). Files are read first; before a key is used the process enters
 * the sandbox of officers' clients, in which no file but the book can be opened. */
#ifndef APP_ROTATE_OFFICER_H
#define APP_ROTATE_OFFICER_H

#include "app/officer_keys.h"
#include "app/rotate_folder.h"
#include "base/base.h"
#include "io/fault.h"

/* Adds the signature of the officer `code` to the file, which was judged. FAULT_USAGE: no such
 * officer. FAULT_INPUT: the key is none, or not the circle's. FAULT_REFUSED: it has expired. */
MUST_USE enum fault rotate_approve(const struct rotate_pins *pins, const char *code,
                                   const char *key_path, bool is_sandbox_required,
                                   struct rotation_file *file);

struct rotate_answer_call {
    const char *folder;
    struct officer_share_paths share;
};

/* Judges everything, enters the book, and writes the answers for all rows to standard output. */
MUST_USE enum fault rotate_answer(struct rotate_pins *pins, const struct rotate_answer_call *call);

#endif /* APP_ROTATE_OFFICER_H */
