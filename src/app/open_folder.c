#include "app/open_folder.h"

#include "app/grant_case.h"
#include "base/span.h"
#include "role/vault/tlog_file.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* ---- what is pinned ---- */

static enum fault policy_read(struct open_pins *pins, const char *path)
{
    static char text[TLOG_POLICY_BYTES_MAX];
    char why[FAULT_TEXT_BYTES];
    size_t size = 0;
    TRY(ceremony_read_file(path, text, sizeof(text), &size));
    enum fault fault = tlog_policy_read(&pins->crypto.sha256, span_of(text, size), &pins->policy);
    if (fault == FAULT_INPUT) {
        (void)snprintf(why, sizeof(why), "%s", fault_text());
        return FAULT(FAULT_INPUT, "%s: %s", path, why);
    }
    TRY(fault);
    const char *lacks = tlog_policy_lacks(&pins->policy);
    return lacks == NULL ? FAULT_NONE : FAULT(FAULT_INPUT, "%s: %s", path, lacks);
}

static enum fault pins_fill(struct open_pins *pins, const struct open_pin_paths *paths)
{
    static char text[CIRCLE_TEXT_BYTES];
    size_t size = 0;
    TRY(policy_read(pins, paths->policy));
    TRY(ceremony_read_file(paths->circle, text, sizeof(text), &size));
    TRY(grant_circle_read(span_of(text, size), paths->circle, &pins->circle));
    for (u32 i = 0; i < 2; i += 1) {
        TRY(ceremony_read_chain(paths->groups[i], &pins->chains[i]));
    }
    return share_key_form(&pins->chains[0].group, &pins->chains[1].group, &pins->key);
}

enum fault open_pins_read(const struct open_pin_paths *paths, struct open_pins *pins_out)
{
    memset(pins_out, 0, sizeof(*pins_out));
    TRY(tlog_crypto_open(&pins_out->crypto));
    enum fault fault = pins_fill(pins_out, paths);
    if (fault != FAULT_NONE) {
        tlog_crypto_close(&pins_out->crypto);
        return fault;
    }
    pins_out->judge = (struct opening_judge){.crypto = &pins_out->crypto,
                                             .policy = &pins_out->policy,
                                             .circle = &pins_out->circle,
                                             .key = &pins_out->key};
    open_pins_now(pins_out);
    return FAULT_NONE;
}

void open_pins_close(struct open_pins *pins)
{
    tlog_crypto_close(&pins->crypto);
}

void open_pins_now(struct open_pins *pins)
{
    pins->judge.now_s = (u64)time(NULL);
}

/* ---- the folder ---- */

enum fault open_folder_file(const struct open_folder *folder, const char *name, u8 *target,
                            size_t bytes_max, size_t *size_out)
{
    char path[FILE_PATH_BYTES];
    TRY(file_path(path, folder->path, name));
    return tlog_file_read(folder->disk, path, target, bytes_max, size_out);
}

enum fault open_folder_has(const struct open_folder *folder, const char *name, bool *is_there_out)
{
    char path[FILE_PATH_BYTES];
    TRY(file_path(path, folder->path, name));
    return disk_exists(folder->disk, path, is_there_out);
}

enum fault open_grant_read(const char *path, struct grant_file *file_out)
{
    static char text[GRANT_FILE_BYTES];
    size_t size = 0;
    TRY(ceremony_read_file(path, text, sizeof(text), &size));
    return grant_file_read(span_of(text, size), path, file_out);
}

enum fault open_folder_read(struct disk *disk, const char *path, struct open_folder *folder_out)
{
    static u8 text[OPENING_ROWS_BYTES];
    char grant[FILE_PATH_BYTES];
    size_t size = 0;
    _Static_assert(OPENING_ROWS_BYTES >= GRANT_FILE_BYTES, "both are read into it");
    memset(folder_out, 0, offsetof(struct open_folder, slots));
    folder_out->disk = disk;
    folder_out->path = path;
    TRY(file_path(grant, path, OPEN_GRANT));
    TRY(tlog_file_read(disk, grant, text, GRANT_FILE_BYTES, &size));
    TRY(grant_file_read(span_of(text, size), grant, &folder_out->file));
    TRY(open_folder_file(folder_out, OPEN_GRANT_SHOWN, folder_out->grant_shown,
                         sizeof(folder_out->grant_shown), &folder_out->grant_shown_bytes));
    TRY(open_folder_file(folder_out, OPEN_ROWS, text, sizeof(text), &size));
    return opening_rows_read(span_of(text, size), OPEN_ROWS, &folder_out->rows);
}

enum fault open_folder_read_opening(struct open_folder *folder)
{
    u8 text[OPENING_TEXT_BYTES];
    size_t size = 0;
    TRY(open_folder_file(folder, OPEN_OPENING, text, sizeof(text), &size));
    return opening_read(span_of(text, size), OPEN_OPENING, &folder->opening);
}

enum fault open_folder_read_shown(struct open_folder *folder)
{
    TRY(open_folder_file(folder, OPEN_OPENING_SHOWN, folder->opening_shown,
                         sizeof(folder->opening_shown), &folder->opening_shown_bytes));
    return open_folder_file(folder, OPEN_SLOTS, folder->slots, sizeof(folder->slots),
                            &folder->slots_bytes);
}

enum fault open_acts_judge(struct disk *disk, const char *path, const struct grant_circle *circle,
                           const struct grant_file *file, const struct circle_officer *me)
{
    static u8 acts[GRANT_CASE_ACTS_BYTES]; /* one thread */
    static struct grant_case at;
    size_t size = 0;
    bool is_there = false;
    TRY(disk_exists(disk, path, &is_there));
    if (!is_there) {
        return circle->wants_case
                   ? FAULT(FAULT_MISSING, "%s: the circle wants the acts of the grant's case", path)
                   : FAULT_NONE;
    }
    TRY(tlog_file_read(disk, path, acts, sizeof(acts), &size));
    TRY(grant_case_judge(span_of(acts, size), path, circle, file, &at));
    return me == NULL ? FAULT_NONE : grant_case_may_approve(&at, circle, me);
}

enum fault open_folder_judge_case(const struct opening_judge *judge,
                                  const struct open_folder *folder)
{
    char path[FILE_PATH_BYTES];
    TRY(file_path(path, folder->path, OPEN_ACTS));
    return open_acts_judge(folder->disk, path, judge->circle, &folder->file, NULL);
}

enum fault open_folder_judge(const struct opening_judge *judge, struct open_folder *folder)
{
    struct opening_granted granted;
    TRY(open_folder_judge_case(judge, folder));
    TRY(opening_judge_grant(judge, &folder->file,
                            span_of(folder->grant_shown, folder->grant_shown_bytes), &granted));
    TRY(opening_judge_rows(judge, &folder->file, &folder->rows));
    TRY(open_folder_read_opening(folder));
    TRY(open_folder_read_shown(folder));
    struct span shown = span_of(folder->opening_shown, folder->opening_shown_bytes);
    TRY(opening_judge_opening(judge, &folder->file, &granted, &folder->opening, shown));
    return opening_judge_first(judge, &folder->file, &folder->opening, shown,
                               span_of(folder->slots, folder->slots_bytes));
}

void open_body_name(u32 index, char target[FILE_NAME_BYTES])
{
    (void)snprintf(target, FILE_NAME_BYTES, "body.%u", index + 1);
}

void open_release_name(const char *officer, char target[FILE_NAME_BYTES])
{
    (void)snprintf(target, FILE_NAME_BYTES, "release.%s", officer);
}
