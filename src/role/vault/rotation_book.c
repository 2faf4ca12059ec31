#include "role/vault/rotation_book.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/vault/tlog_file.h"

#include <stdio.h>
#include <string.h>

#define HEX 64U /* digits of each of the three */

static const char first_line[] = "cambist rotated v1";
static const char word[] = "rotation: ";

struct entry {
    u8 rotation[GRANT_HASH_BYTES];
    u8 opening[SHARE_HASH_BYTES];
    struct seal_point key;
    u64 when_s;
};
_Static_assert(sizeof(struct seal_point) == HEX / 2, "as long as the hashes");

struct book {
    u32 count;
    struct entry entries[ROTATION_BOOK_MAX];
};

/* ---- the file ---- */

static bool entry_read(struct span line, struct entry *entry)
{
    u8 *const targets[] = {entry->rotation, entry->opening, entry->key.bytes};
    size_t at = strlen(word);
    if (line.size < at || memcmp(line.data, word, at) != 0) {
        return false;
    }
    for (u32 i = 0; i < ARRAY_COUNT(targets); i += 1) {
        struct span blank = span_piece(line, at + HEX, 1);
        if (!bytes_from_hex(span_piece(line, at, HEX), targets[i], HEX / 2) || blank.size == 0 ||
            blank.data[0] != ' ') {
            return false;
        }
        at += HEX + 1;
    }
    return grant_moment_read(span_after(line, at), &entry->when_s);
}

static enum fault book_load(struct disk *disk, const char *path, struct book *book)
{
    u8 bytes[ROTATION_BOOK_BYTES];
    struct span line;
    size_t size = 0;
    bool exists = false;
    *book = (struct book){.count = 0};
    TRY(disk_exists(disk, path, &exists));
    if (!exists) {
        return FAULT_NONE;
    }
    TRY(tlog_file_read(disk, path, bytes, sizeof(bytes), &size));
    struct span rest = span_of(bytes, size);
    bool is_good = span_cut_line(&rest, &line) && span_equal(line, span_of_text(first_line));
    while (is_good && rest.size > 0) {
        is_good = book->count < ROTATION_BOOK_MAX && span_cut_line(&rest, &line) &&
                  entry_read(line, &book->entries[book->count]);
        book->count += is_good;
    }
    return is_good ? FAULT_NONE
                   : FAULT(FAULT_INPUT, "%s: not a book of rotations that were answered", path);
}

static enum fault book_keep(struct disk *disk, const char *folder, const struct book *book)
{
    char text[ROTATION_BOOK_BYTES];
    int used = snprintf(text, sizeof(text), "%s\n", first_line);
    for (u32 i = 0; i < book->count; i += 1) {
        const struct entry *entry = &book->entries[i];
        char hex[3][HEX + 1];
        char moment[GRANT_MOMENT_BYTES];
        grant_moment_print(entry->when_s, moment);
        used += snprintf(text + used, sizeof(text) - (size_t)used, "%s%s %s %s %s\n", word,
                         bytes_to_hex(entry->rotation, HEX / 2, hex[0]),
                         bytes_to_hex(entry->opening, HEX / 2, hex[1]),
                         bytes_to_hex(entry->key.bytes, HEX / 2, hex[2]), moment);
        CHECK(used > 0 && (size_t)used < sizeof(text));
    }
    return tlog_file_replace(disk, folder, ROTATION_BOOK_FILE, span_of(text, (size_t)used));
}

/* ---- entering ---- */

/* A clock that goes back makes nothing older. */
static void drop_old(struct book *book, u64 now_s)
{
    u32 kept = 0;
    for (u32 i = 0; i < book->count; i += 1) {
        if (book->entries[i].when_s + ROTATION_BOOK_S >= now_s) {
            book->entries[kept] = book->entries[i];
            kept += 1;
        }
    }
    book->count = kept;
}

static enum fault enter(struct book *book, const struct rotation_file *file,
                        const struct opening *opening, u64 now_s, bool *is_new)
{
    struct entry entry = {.key = file->rotation.to.public, .when_s = now_s};
    memcpy(entry.rotation, file->hash, sizeof(entry.rotation));
    opening_context(opening, entry.opening);
    *is_new = false;
    drop_old(book, now_s);
    for (u32 i = 0; i < book->count; i += 1) {
        const struct entry *other = &book->entries[i];
        if (memcmp(other->rotation, entry.rotation, sizeof(entry.rotation)) == 0) {
            return memcmp(other->opening, entry.opening, sizeof(entry.opening)) == 0
                       ? FAULT_NONE
                       : FAULT(FAULT_REFUSED, "rotation: answered before, for another opening; it "
                                              "takes another rotation");
        }
    }
    for (u32 i = 0; i < book->count; i += 1) {
        if (memcmp(&book->entries[i].key, &entry.key, sizeof(entry.key)) != 0) {
            return FAULT(FAULT_REFUSED, "budget: a rotation towards another key was answered "
                                        "within 30 days");
        }
    }
    if (book->count == ROTATION_BOOK_MAX) {
        return FAULT(FAULT_REFUSED, "budget: %u rotations were answered within 30 days",
                     book->count);
    }
    book->entries[book->count] = entry;
    book->count += 1;
    *is_new = true;
    return FAULT_NONE;
}

enum fault rotation_book_enter(struct disk *disk, const char *folder,
                               const struct rotation_file *file, const struct opening *opening,
                               u64 now_s)
{
    struct book book;
    struct disk_lock lock;
    char path[FILE_PATH_BYTES];
    bool is_new = false;
    TRY(file_path(path, folder, ROTATION_BOOK_FILE));
    TRY(disk_lock_at_once(disk, folder, &lock));
    enum fault fault = book_load(disk, path, &book);
    if (fault == FAULT_NONE) {
        fault = enter(&book, file, opening, now_s, &is_new);
    }
    if (fault == FAULT_NONE && is_new) {
        fault = book_keep(disk, folder, &book);
    }
    disk_unlock(&lock);
    return fault;
}
