/* The files of one rotation, in a folder that officers, the re-wrapper and the vault's client read
 * and add to (docs/rotation.md "The folder"), and the files that each of them pins. */
#ifndef APP_ROTATE_FOLDER_H
#define APP_ROTATE_FOLDER_H

#include "app/open_folder.h"
#include "base/base.h"
#include "io/fault.h"
#include "role/vault/publog_span.h"
#include "role/vault/rewrapper.h"

#define ROTATE_ROTATION "rotation"
#define ROTATE_SHOWN    "rotation.shown"
#define ROTATE_ROWS     "rows"
#define ROTATE_WRAPS    "wraps"
#define ROTATE_SLOTS    "slots"
/* opening, opening.shown, manifest and release.NAME are called as in an opening's folder. */

#define ROTATE_FRESH ".new" /* behind a table's name while it is written */

/* What somebody believes: that of an opening, whose groups are the old ones, and the new groups. */
struct rotate_pins {
    struct open_pins old;
    struct share_chain chains[2];
    struct share_key key;
    struct rotation_judge judge; /* over these */
};

struct rotate_pin_paths {
    struct open_pin_paths old;
    const char *groups[2];
};

/* FAULT_INPUT and others name the file. */
MUST_USE enum fault rotate_pins_read(const struct rotate_pin_paths *paths,
                                     struct rotate_pins *pins_out);
void rotate_pins_close(struct rotate_pins *pins);

struct rotate_folder {
    struct disk *disk;
    const char *path;
    struct rotation_file file;
    struct rotation_table rows; /* open */
    struct opening opening;
    size_t shown_bytes;
    size_t opening_shown_bytes;
    size_t slots_bytes;
    u8 shown[PUBLOG_SHOWN_BYTES_MAX];
    u8 opening_shown[PUBLOG_SHOWN_BYTES_MAX];
    u8 slots[PUBLOG_SPAN_BYTES_MAX];
};

MUST_USE enum fault rotate_read(const char *path, struct rotation_file *file_out);
/* Rotation and rows. `path` is kept. */
MUST_USE enum fault rotate_folder_open(struct disk *disk, const char *path,
                                       struct rotate_folder *folder_out);
void rotate_folder_close(struct rotate_folder *folder);
/* FAULT_MISSING names what is not there. */
MUST_USE enum fault rotate_folder_read_shown(struct rotate_folder *folder);
MUST_USE enum fault rotate_folder_read_opening(struct rotate_folder *folder);
/* The opening's receipt, and the slots. */
MUST_USE enum fault rotate_folder_read_log(struct rotate_folder *folder);

/* Everything that must hold before an officer answers. */
MUST_USE enum fault rotate_folder_judge(struct rotate_folder *folder,
                                        const struct rotation_judge *judge);

/* The table of new wraps called FOLDER/NAME, when the manifest there is about it: signed by the key
 * of the opening there, of this rotation. `wraps_out` is open then. As rewrapper_manifest_check;
 * FAULT_MISSING names what is not there. */
MUST_USE enum fault rotate_wraps_open(struct disk *disk, const char *folder, const char *name,
                                      const struct rotation_file *file,
                                      struct rotation_table *wraps_out);

MUST_USE enum fault rotate_folder_has(const struct rotate_folder *folder, const char *name,
                                      bool *is_there_out);
/* Removes FOLDER/NAME.new, if a process that was ended left one. */
MUST_USE enum fault rotate_fresh_drop(struct disk *disk, const char *folder, const char *name);
/* Gives FOLDER/NAME.new its name, on the disk when this returns. */
MUST_USE enum fault rotate_fresh_take(struct disk *disk, const char *folder, const char *name);

#endif /* APP_ROTATE_FOLDER_H */
