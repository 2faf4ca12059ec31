#include "app/rotate_log.h"

#include "app/open_log.h"
#include "app/rotate_folder.h"
#include "base/span.h"

_Static_assert(ROTATION_FILE_BYTES <= PUBLOG_TEXT_BYTES_MAX, "a rotation is an event's text");

enum fault rotate_log(const char *folder, const char *socket)
{
    static struct rotation_file file;
    static char text[ROTATION_FILE_BYTES];
    char path[FILE_PATH_BYTES];
    u8 salt[PUBLOG_SALT_BYTES];
    TRY(file_path(path, folder, ROTATE_ROTATION));
    TRY(rotate_read(path, &file));
    rotation_mark_salt(&file, salt);
    const struct open_log_matter matter = {.name = ROTATE_ROTATION,
                                           .shown = ROTATE_SHOWN,
                                           .approved =
                                               span_of(text, rotation_file_print(&file, text)),
                                           .name_of_case = file.rotation.name,
                                           .class = PUBLOG_CLASS_ORDINARY,
                                           .flags = PUBLOG_FLAG_BULK,
                                           .issued_s = file.rotation.issued_s,
                                           .mark_salt = salt,
                                           .is_shown_anew = true};
    return open_log_carry(folder, &matter, socket);
}
