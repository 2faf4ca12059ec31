/* The files of one opening, in a folder that officers and the opener read and add to
 * (docs/opening.md "The folder"), and the files that each of them pins. */
#ifndef APP_OPEN_FOLDER_H
#define APP_OPEN_FOLDER_H

#include "app/ceremony.h"
#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"
#include "role/vault/opening.h"
#include "role/vault/publog_span.h"

#define OPEN_GRANT           "grant"
#define OPEN_GRANT_SHOWN     "grant.shown"
#define OPEN_ROWS            "rows"
#define OPEN_OPENING         "opening"
#define OPEN_OPENING_SHOWN   "opening.shown"
#define OPEN_SLOTS           "slots"
#define OPEN_DELIVERY        "delivery.age"
#define OPEN_MANIFEST        "manifest"
#define OPEN_ACTS            "acts" /* of the grant's case, as `cambist desk acts` prints them */
#define OPEN_MISMATCH        "mismatch"
#define OPEN_DELIVERED_SHOWN "delivered.shown"
#define OPEN_MISMATCH_SHOWN  "mismatch.shown"

/* What somebody believes: circle, policy of the log, transcripts of both groups. */
struct open_pins {
    struct tlog_crypto crypto;
    struct tlog_policy policy;
    struct grant_circle circle;
    struct share_chain chains[2];
    struct share_key key;
    struct opening_judge judge; /* over these; its clock is set by open_pins_now */
};

struct open_pin_paths {
    const char *circle;
    const char *policy;
    const char *groups[2]; /* chains of closed transcripts */
};

/* FAULT_INPUT and others name the file. */
MUST_USE enum fault open_pins_read(const struct open_pin_paths *paths, struct open_pins *pins_out);
void open_pins_close(struct open_pins *pins);
/* Sets the judge's clock to this machine's. */
void open_pins_now(struct open_pins *pins);

/* One opening. */
struct open_folder {
    struct disk *disk;
    const char *path;
    struct grant_file file;
    struct opening_rows rows;
    u8 grant_shown[PUBLOG_SHOWN_BYTES_MAX];
    u8 opening_shown[PUBLOG_SHOWN_BYTES_MAX];
    size_t grant_shown_bytes;
    size_t opening_shown_bytes;
    struct opening opening;
    size_t slots_bytes;
    u8 slots[PUBLOG_SPAN_BYTES_MAX];
};

MUST_USE enum fault open_grant_read(const char *path, struct grant_file *file_out);
/* Grant, its receipt and the rows. `path` is kept. */
MUST_USE enum fault open_folder_read(struct disk *disk, const char *path,
                                     struct open_folder *folder_out);
/* The opening's text; its receipt and the slots behind it. FAULT_MISSING: one is not there. */
MUST_USE enum fault open_folder_read_opening(struct open_folder *folder);
MUST_USE enum fault open_folder_read_shown(struct open_folder *folder);
/* Holds a grant against the acts of its case in the file `path`, where there is one or the circle
 * wants it: it says no more than was assessed, and who proposed has not approved it
 * (app/grant_case.h); nor may `me`, unless that is NULL. FAULT_REFUSED; FAULT_INPUT: no acts;
 * FAULT_MISSING: no file. */
MUST_USE enum fault open_acts_judge(struct disk *disk, const char *path,
                                    const struct grant_circle *circle,
                                    const struct grant_file *file, const struct circle_officer *me);
/* The same, of the folder's file "acts". */
MUST_USE enum fault open_folder_judge_case(const struct opening_judge *judge,
                                           const struct open_folder *folder);
/* Reads both, and judges all that must hold before an officer answers (role/vault/opening.h). */
MUST_USE enum fault open_folder_judge(const struct opening_judge *judge,
                                      struct open_folder *folder);

/* A file of the folder, at most so long. FAULT_MISSING. */
MUST_USE enum fault open_folder_file(const struct open_folder *folder, const char *name, u8 *target,
                                     size_t bytes_max, size_t *size_out);
MUST_USE enum fault open_folder_has(const struct open_folder *folder, const char *name,
                                    bool *is_there_out);

/* "body.3": the sealed body of the grant's third record, from 0. */
void open_body_name(u32 index, char target[FILE_NAME_BYTES]);
/* "release.anna" */
void open_release_name(const char *officer, char target[FILE_NAME_BYTES]);

#endif /* APP_OPEN_FOLDER_H */
