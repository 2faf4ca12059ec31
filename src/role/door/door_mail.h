/* Mails that wait to be sent: one file each in a folder, which a command outside takes and removes.
 *
 * A mail has a code or says that something happened, and nothing else: no name, number, amount or
 * link. A file is there whole or not at all (written as `.NAME`, synced, renamed); what a process
 * that was killed has begun is removed at the next opening. The address stands in the file, and
 * nowhere else in the door's folder, until it is taken. How many files may wait is bounded, and of
 * those one in DOOR_MAIL_RESERVE is kept for new passwords of logins that there are: so sign-ups,
 * and resets for addresses that nobody has, cannot keep these from being written. */
#ifndef ROLE_DOOR_DOOR_MAIL_H
#define ROLE_DOOR_DOOR_MAIL_H

#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"
#include "role/door/door_code.h"

#define DOOR_MAIL_FOLDER     "mail"
#define DOOR_MAIL_BYTES_MAX  2048U
#define DOOR_MAIL_ISSUER_MAX 32U
#define DOOR_MAIL_RESERVE    4U
#define DOOR_MAIL_RECOUNT_US 1000000ULL /* a full folder is looked at again after so long */

enum door_mail_kind {
    DOOR_MAIL_SIGN_UP,       /* the code that makes a login */
    DOOR_MAIL_SIGN_UP_KNOWN, /* somebody signed up with an address that has a login */
    DOOR_MAIL_RESET,         /* the code for a new password */
    DOOR_MAIL_RESET_UNKNOWN, /* somebody asked for one where there is no login */
};
#define DOOR_MAIL_KINDS 4U

struct door_mail {
    enum door_mail_kind kind;
    u8 language;         /* enum door_language */
    struct span address; /* in its form, and may be written to (base/email.h) */
    struct span code;    /* DOOR_MAIL_CODE_BYTES; not shown where the kind has none */
};

struct door_mails {
    struct disk *disk;
    char folder[FILE_PATH_BYTES];
    char issuer[DOOR_MAIL_ISSUER_MAX + 1];
    u32 files_max;
    u32 files_count; /* at most so many: files that were taken are seen at the next count */
    u64 counted_us;
    u64 written; /* since opening */
};

/* Makes the folder in the door's, and counts what waits. `issuer` names the venue. */
MUST_USE enum fault door_mails_open(struct door_mails *mails, struct disk *disk, const char *folder,
                                    const char *issuer, u32 files_max);

/* Whether another one of this kind may be written. */
MUST_USE enum fault door_mails_have_room(struct door_mails *mails, enum door_mail_kind kind,
                                         u64 now_us, bool *room_out);

/* Writes one. `mark` makes its name one of its own: random. FAULT_LIMIT: there is no room for
 * its kind. */
MUST_USE enum fault door_mails_put(struct door_mails *mails, const struct door_mail *mail,
                                   u64 now_us, u64 mark);

/* The file's bytes. Returns how many. */
u32 door_mail_print(const struct door_mail *mail, const char *issuer,
                    char text_out[DOOR_MAIL_BYTES_MAX]);

#endif /* ROLE_DOOR_DOOR_MAIL_H */
