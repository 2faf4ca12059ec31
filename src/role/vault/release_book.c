#include "role/vault/release_book.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/vault/tlog_checkpoint.h"
#include "role/vault/tlog_file.h"

#include <stdio.h>
#include <string.h>

#define DAY_S      86400U
#define HASH_HEX   (2U * GRANT_HASH_BYTES)
#define GRANT_LINE (HASH_HEX + 1U + HASH_HEX + 1U + 20U) /* behind the word */

static const char first_line[] = "cambist released v1\n";

struct entry {
    u8 grant[GRANT_HASH_BYTES];
    u8 opening[SHARE_HASH_BYTES];
    u64 expires_s;
    u32 day; /* on which it was entered; 0: not known, nor what follows */
    u32 records;
    char authority[GRANT_AUTHORITY_BYTES];
};

struct book {
    u32 day;
    u32 records; /* of that day */
    u32 count;
    struct entry entries[RELEASE_BOOK_GRANTS_MAX];
};

/* ---- reading ---- */

static bool line_next(struct span *rest, const char *word, struct span *value_out)
{
    size_t size = strlen(word);
    const u8 *end = rest->size == 0 ? NULL : memchr(rest->data, '\n', rest->size);
    if (end == NULL || (size_t)(end - rest->data) < size || memcmp(rest->data, word, size) != 0) {
        return false;
    }
    *value_out = span_of(rest->data + size, (size_t)(end - rest->data) - size);
    *rest = span_after(*rest, size + value_out->size + 1);
    return true;
}

/* "2026-11-23 12", and what follows the number. */
static bool day_take(struct span value, u32 *day_out, u32 *records_out, struct span *rest_out)
{
    char moment[] = "0000-00-00T00:00:00Z";
    u64 seconds = 0;
    u64 records = 0;
    if (value.size < 12 || value.data[10] != ' ') {
        return false;
    }
    memcpy(moment, value.data, 10);
    struct span number = span_after(value, 11);
    const u8 *blank = memchr(number.data, ' ', number.size);
    number.size = blank == NULL ? number.size : (size_t)(blank - number.data);
    if (!grant_moment_read(span_of_text(moment), &seconds) ||
        !tlog_number_read(number, UINT32_MAX, &records)) {
        return false;
    }
    *day_out = (u32)(seconds / DAY_S);
    *records_out = (u32)records;
    *rest_out = span_after(value, 11 + number.size);
    return true;
}

/* Nothing, or " DAY RECORDS AUTHORITY". */
static bool tail_read(struct span tail, struct entry *entry)
{
    struct span name;
    if (tail.size == 0) {
        return true;
    }
    if (tail.data[0] != ' ' ||
        !day_take(span_after(tail, 1), &entry->day, &entry->records, &name) || name.size < 2 ||
        name.size > sizeof(entry->authority)) {
        return false;
    }
    memcpy(entry->authority, name.data + 1, name.size - 1);
    return memchr(entry->authority, ' ', name.size - 1) == NULL;
}

static bool entry_read(struct span value, struct entry *entry)
{
    return value.size >= GRANT_LINE && value.data[HASH_HEX] == ' ' &&
           value.data[2 * (size_t)HASH_HEX + 1] == ' ' &&
           bytes_from_hex(span_piece(value, 0, HASH_HEX), entry->grant, sizeof(entry->grant)) &&
           bytes_from_hex(span_piece(value, (size_t)HASH_HEX + 1, HASH_HEX), entry->opening,
                          sizeof(entry->opening)) &&
           grant_moment_read(
               span_piece(value, 2 * (size_t)HASH_HEX + 2, GRANT_LINE - (2 * (size_t)HASH_HEX + 2)),
               &entry->expires_s) &&
           tail_read(span_after(value, GRANT_LINE), entry);
}

static bool book_read(struct span text, struct book *book)
{
    struct span value;
    struct span rest;
    bool is_good = line_next(&text, "cambist released v1", &value) && value.size == 0 &&
                   line_next(&text, "day: ", &value) &&
                   day_take(value, &book->day, &book->records, &rest) && rest.size == 0;
    while (is_good && text.size > 0) {
        is_good = book->count < RELEASE_BOOK_GRANTS_MAX && line_next(&text, "grant: ", &value) &&
                  entry_read(value, &book->entries[book->count]);
        book->count += is_good;
    }
    return is_good;
}

static enum fault book_load(struct disk *disk, const char *path, struct book *book)
{
    static _Thread_local u8 bytes[RELEASE_BOOK_BYTES];
    size_t size = 0;
    bool exists = false;
    *book = (struct book){.count = 0};
    TRY(disk_exists(disk, path, &exists));
    if (!exists) {
        return FAULT_NONE;
    }
    TRY(tlog_file_read(disk, path, bytes, sizeof(bytes), &size));
    return book_read(span_of(bytes, size), book)
               ? FAULT_NONE
               : FAULT(FAULT_INPUT, "%s: not a book of what was released", path);
}

/* ---- writing ---- */

static enum fault book_keep(struct disk *disk, const char *folder, const struct book *book)
{
    static _Thread_local char text[RELEASE_BOOK_BYTES];
    char day[GRANT_MOMENT_BYTES];
    grant_day_print(book->day, day);
    int used = snprintf(text, sizeof(text), "%sday: %s %u\n", first_line, day, book->records);
    for (u32 i = 0; i < book->count; i += 1) {
        const struct entry *entry = &book->entries[i];
        char grant[HASH_HEX + 1];
        char opening[HASH_HEX + 1];
        char expires[GRANT_MOMENT_BYTES];
        grant_moment_print(entry->expires_s, expires);
        used += snprintf(text + used, sizeof(text) - (size_t)used, "grant: %s %s %s",
                         bytes_to_hex(entry->grant, sizeof(entry->grant), grant),
                         bytes_to_hex(entry->opening, sizeof(entry->opening), opening), expires);
        if (entry->day != 0) {
            grant_day_print(entry->day, day);
            used += snprintf(text + used, sizeof(text) - (size_t)used, " %s %u %s", day,
                             entry->records, entry->authority);
        }
        used += snprintf(text + used, sizeof(text) - (size_t)used, "\n");
    }
    CHECK(used > 0 && (size_t)used < sizeof(text));
    return tlog_file_replace(disk, folder, RELEASE_BOOK_FILE, span_of(text, (size_t)used));
}

/* ---- entering ---- */

static void drop_expired(struct book *book, u64 now_s)
{
    u32 kept = 0;
    for (u32 i = 0; i < book->count; i += 1) {
        if (book->entries[i].expires_s >= now_s || book->entries[i].day >= now_s / DAY_S) {
            book->entries[kept] = book->entries[i];
            kept += 1;
        }
    }
    book->count = kept;
}

/* FAULT_REFUSED: with `records` more, the book's day has more than the budget. */
static enum fault fits(const struct book *book, const struct entry *entry,
                       const struct release_budget *budget)
{
    u64 authority = 0;
    for (u32 i = 0; i < book->count; i += 1) {
        const struct entry *before = &book->entries[i];
        if (before->day == book->day && strcmp(before->authority, entry->authority) == 0) {
            authority += before->records;
        }
    }
    if ((u64)book->records + entry->records > budget->records) {
        return FAULT(FAULT_REFUSED,
                     "budget: %u records were released today, and %u more are above "
                     "the %u of a day",
                     book->records, entry->records, budget->records);
    }
    if (authority + entry->records > budget->authority) {
        return FAULT(FAULT_REFUSED,
                     "budget: %llu records were released for %s today, and %u more are above "
                     "the %u of a day",
                     (unsigned long long)authority, entry->authority, entry->records,
                     budget->authority);
    }
    return book->count < RELEASE_BOOK_GRANTS_MAX
               ? FAULT_NONE
               : FAULT(FAULT_REFUSED, "budget: %u grants that have not expired", book->count);
}

static enum fault enter(struct book *book, const struct grant_file *file,
                        const struct opening *opening, const struct release_budget *budget,
                        u64 now_s, bool *is_new)
{
    u32 day = (u32)(now_s / DAY_S);
    struct entry entry = {.expires_s = file->grant.expires_s,
                          .day = day > book->day ? day : book->day,
                          .records = file->grant.records_count};
    memcpy(entry.authority, file->grant.authority, sizeof(entry.authority));
    memcpy(entry.grant, file->hash, sizeof(entry.grant));
    opening_context(opening, entry.opening);
    drop_expired(book, now_s);
    for (u32 i = 0; i < book->count; i += 1) {
        if (memcmp(book->entries[i].grant, entry.grant, sizeof(entry.grant)) == 0) {
            *is_new = false;
            return memcmp(book->entries[i].opening, entry.opening, sizeof(entry.opening)) == 0
                       ? FAULT_NONE
                       : FAULT(FAULT_REFUSED,
                               "grant: released before, for another opening; it takes another "
                               "grant");
        }
    }
    if (day > book->day) {
        book->day = day;
        book->records = 0;
    }
    TRY(fits(book, &entry, budget));
    book->entries[book->count] = entry;
    book->count += 1;
    book->records += entry.records;
    *is_new = true;
    return FAULT_NONE;
}

enum fault release_book_enter(struct disk *disk, const char *folder, const struct grant_file *file,
                              const struct opening *opening, const struct release_budget *budget,
                              u64 now_s)
{
    static _Thread_local struct book book;
    struct disk_lock lock;
    char path[FILE_PATH_BYTES];
    bool is_new = false;
    TRY(file_path(path, folder, RELEASE_BOOK_FILE));
    TRY(disk_lock_at_once(disk, folder, &lock));
    enum fault fault = book_load(disk, path, &book);
    if (fault == FAULT_NONE) {
        fault = enter(&book, file, opening, budget, now_s, &is_new);
    }
    if (fault == FAULT_NONE && is_new) {
        fault = book_keep(disk, folder, &book);
    }
    disk_unlock(&lock);
    return fault;
}

enum fault release_book_used(struct disk *disk, const char *folder, u64 now_s, u32 *records_out)
{
    static _Thread_local struct book book;
    char path[FILE_PATH_BYTES];
    *records_out = 0;
    TRY(file_path(path, folder, RELEASE_BOOK_FILE));
    TRY(book_load(disk, path, &book));
    *records_out = now_s / DAY_S > book.day ? 0 : book.records;
    return FAULT_NONE;
}
