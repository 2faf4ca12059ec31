#include "role/cases/case_text.h"

#include "base/span.h"
#include "io/digest.h"

#include <stdio.h>
#include <string.h>

#define SUFFIX ".json"

/* The whole file; size 0 where there is none, or a larger one than a canonical form may be. */
static enum fault file_whole(struct disk *disk, const char *path, u8 *json, size_t *size_out)
{
    struct file file;
    bool exists = false;
    u64 bytes = 0;
    *size_out = 0;
    TRY(disk_exists(disk, path, &exists));
    if (!exists) {
        return FAULT_NONE;
    }
    TRY(file_open(disk, path, 0, &file));
    enum fault fault = file_size(&file, &bytes);
    if (fault == FAULT_NONE && bytes <= PACK_TEXT_JSON_MAX) {
        fault = file_read_at(&file, 0, json, (size_t)bytes, size_out);
    }
    file_close(&file);
    return fault;
}

enum fault case_text_read(struct disk *disk, const char *folder, const u8 hash[CASE_HASH_BYTES],
                          u8 *json, struct pack_text *text_out, const char **reason_out)
{
    char path[FILE_PATH_BYTES];
    char name[CASE_HASH_BYTES * 2 + sizeof(SUFFIX)];
    u8 found[SHA256_BYTES];
    size_t size = 0;
    struct sha256 sha256;
    for (u32 i = 0; i < CASE_HASH_BYTES; i += 1) {
        (void)snprintf(name + (size_t)i * 2, 3, "%02x", hash[i]);
    }
    memcpy(name + (size_t)CASE_HASH_BYTES * 2, SUFFIX, sizeof(SUFFIX));
    TRY(file_path(path, folder, name));
    TRY(file_whole(disk, path, json, &size));
    TRY(sha256_open(&sha256));
    sha256_begin(&sha256);
    sha256_add(&sha256, span_of(json, size));
    sha256_end(&sha256, found);
    sha256_close(&sha256);
    *reason_out = size == 0                                   ? "there is no such file"
                  : memcmp(found, hash, CASE_HASH_BYTES) != 0 ? "its hash is another"
                                                              : NULL;
    if (*reason_out == NULL) {
        *reason_out = pack_text_read(span_of(json, size), text_out);
    }
    return FAULT_NONE;
}

static enum fault inbox_pack(struct case_inbox *inbox, struct disk *disk, const char *packs,
                             const u8 hash[CASE_HASH_BYTES])
{
    const char *reason = NULL;
    if (inbox->is_read && memcmp(inbox->hash, hash, CASE_HASH_BYTES) == 0) {
        return FAULT_NONE;
    }
    inbox->is_read = false;
    TRY(case_text_read(disk, packs, hash, inbox->json, &inbox->pack, &reason));
    memcpy(inbox->hash, hash, CASE_HASH_BYTES);
    inbox->has_pack = reason == NULL;
    inbox->is_read = true;
    return FAULT_NONE;
}

enum fault case_inbox_print(struct case_inbox *inbox, struct disk *disk, const char *packs,
                            const struct case_notice_row *row, enum language language)
{
    const struct pack_rule_text *rule = NULL;
    if (!span_is_zero(span_of(row->hash, sizeof(row->hash)))) {
        TRY(inbox_pack(inbox, disk, packs, row->hash));
        bool has_rule = inbox->has_pack && row->rule < inbox->pack.rules_count;
        rule = has_rule ? &inbox->pack.rules[row->rule] : NULL;
    }
    notice_print(&row->notice, rule == NULL ? NULL : &inbox->pack, rule, language, &inbox->text);
    return FAULT_NONE;
}
