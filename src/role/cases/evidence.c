#include "role/cases/evidence.h"

#include "base/bytes.h"
#include "io/digest.h"

#include <stdio.h>
#include <string.h>

#define VERSION     "age-encryption.org/v1"
#define STANZA      "-> X25519 "
#define MAC         "--- "
#define KEY_SYMBOLS 43U /* 32 bytes as base64 without padding */
#define BODY_LEAST  33U /* a nonce, and a last chunk of one byte with its tag */

static bool is_base64(struct span text)
{
    for (size_t at = 0; at < text.size; at += 1) {
        u8 symbol = text.data[at];
        bool fits = (symbol >= 'A' && symbol <= 'Z') || (symbol >= 'a' && symbol <= 'z') ||
                    (symbol >= '0' && symbol <= '9') || symbol == '+' || symbol == '/';
        if (!fits) {
            return false;
        }
    }
    return text.size == KEY_SYMBOLS;
}

/* A line that is `prefix` and 32 bytes as base64. */
static bool take_line(struct span *rest, const char *prefix)
{
    struct span line;
    size_t length = strlen(prefix);
    return span_cut_line(rest, &line) && line.size > length &&
           memcmp(line.data, prefix, length) == 0 && is_base64(span_after(line, length));
}

bool evidence_is_sealed(struct span file)
{
    struct span rest = file;
    struct span line;
    return span_cut_line(&rest, &line) && span_equal(line, span_of_text(VERSION)) &&
           take_line(&rest, STANZA) && span_cut_line(&rest, &line) && is_base64(line) &&
           take_line(&rest, MAC) && rest.size >= BODY_LEAST;
}

void evidence_name(const u8 hash[EVIDENCE_HASH_BYTES], char name_out[EVIDENCE_NAME_BYTES])
{
    char hex[2 * EVIDENCE_HASH_BYTES + 1];
    (void)snprintf(name_out, EVIDENCE_NAME_BYTES, "%s.age",
                   bytes_to_hex(hash, EVIDENCE_HASH_BYTES, hex));
}

static enum fault put(struct disk *disk, const char *folder, const char *name, struct span file)
{
    char path[FILE_PATH_BYTES];
    char fresh[FILE_PATH_BYTES];
    bool exists = false;
    TRY(file_path(path, folder, name));
    TRY(disk_exists(disk, path, &exists));
    if (exists) {
        return FAULT_NONE; /* the same bytes */
    }
    TRY(file_path(fresh, folder, "new"));
    TRY(disk_exists(disk, fresh, &exists));
    if (exists) { /* of somebody who was ended meanwhile */
        TRY(disk_unlink(disk, fresh));
    }
    {
        SCOPED_FILE target = {.disk = NULL};
        TRY(file_open(disk, fresh, FILE_WRITE | FILE_CREATE | FILE_SECRET, &target));
        TRY(file_write_at(&target, 0, file.data, file.size));
        TRY(file_sync(&target));
    }
    TRY(disk_rename(disk, fresh, path));
    return disk_sync_folder(disk, folder);
}

enum fault evidence_keep(struct disk *disk, const char *venue, struct span file,
                         u8 hash_out[EVIDENCE_HASH_BYTES])
{
    char folder[FILE_PATH_BYTES];
    char name[EVIDENCE_NAME_BYTES];
    struct sha256 sha256;
    TRY(sha256_open(&sha256));
    sha256_begin(&sha256);
    sha256_add(&sha256, file);
    sha256_end(&sha256, hash_out);
    sha256_close(&sha256);
    TRY(file_path(folder, venue, EVIDENCE_FOLDER));
    TRY(disk_make_folder(disk, folder));
    evidence_name(hash_out, name);
    return put(disk, folder, name, file);
}
