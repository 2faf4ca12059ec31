#include "app/officer_desk.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/vault/grant_refusal.h"
#include "role/vault/tlog_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct names {
    struct disk_visitor visitor;
    u32 count;
    u32 left_out;
    char list[DESK_NAMES_MAX][FILE_NAME_BYTES];
};

const char *desk_step_name(enum desk_step step)
{
#define DESK_STEP_ROW(constant, name) [DESK_STEP_##constant] = (name),
    static const char *const list[] = {DESK_STEP_TABLE(DESK_STEP_ROW)};
#undef DESK_STEP_ROW
    return list[step];
}

const char *desk_state_name(enum desk_state state)
{
#define DESK_STATE_ROW(constant, name) [DESK_##constant] = (name),
    static const char *const list[] = {DESK_STATE_TABLE(DESK_STATE_ROW)};
#undef DESK_STATE_ROW
    return list[state];
}

void officer_desk_name(const struct grant_file *file, const char *code, const char *ending,
                       char target[FILE_NAME_BYTES])
{
    char hex[2 * GRANT_HASH_BYTES + 1];
    (void)bytes_to_hex(file->hash, sizeof(file->hash), hex);
    (void)snprintf(target, FILE_NAME_BYTES, "%.*s.%s%s", (int)DESK_SHORT_HEX, hex, code, ending);
}

const struct desk_grant *officer_desk_find(const struct officer_desk *desk,
                                           const u8 hash[GRANT_HASH_BYTES])
{
    for (u32 i = 0; i < desk->grants_count; i += 1) {
        if (memcmp(desk->grants[i].file.hash, hash, GRANT_HASH_BYTES) == 0) {
            return &desk->grants[i];
        }
    }
    return NULL;
}

/* ---- names ---- */

static bool ends_with(const char *name, const char *ending)
{
    size_t size = strlen(name);
    size_t tail = strlen(ending);
    return size > tail && strcmp(name + size - tail, ending) == 0;
}

static enum fault name_take(struct disk_visitor *visitor, const char *name)
{
    struct names *names = (struct names *)visitor;
    size_t size = strlen(name);
    if (name[0] == '.' || ends_with(name, ".new")) {
        return FAULT_NONE;
    }
    if (names->count == DESK_NAMES_MAX || size >= FILE_NAME_BYTES) {
        names->left_out += 1;
        return FAULT_NONE;
    }
    memcpy(names->list[names->count], name, size + 1);
    names->count += 1;
    return FAULT_NONE;
}

static int names_order(const void *one, const void *other)
{
    return strcmp(one, other);
}

/* ---- reading ---- */

static void flaw_add(struct officer_desk *desk, const char *name)
{
    if (desk->flaws_count == DESK_FLAWS_MAX) {
        desk->left_out += 1;
        return;
    }
    struct desk_flaw *flaw = &desk->flaws[desk->flaws_count];
    (void)snprintf(flaw->name, sizeof(flaw->name), "%s", name);
    (void)snprintf(flaw->why, sizeof(flaw->why), "%s", fault_text());
    desk->flaws_count += 1;
}

/* Into the row of its grant, or a new one; *place_out is UINT32_MAX where there is no room. */
static enum fault grant_take(struct officer_desk *desk, const struct grant_file *file,
                             const char *name, u32 *place_out)
{
    *place_out = UINT32_MAX;
    for (u32 i = 0; i < desk->grants_count; i += 1) {
        if (memcmp(desk->grants[i].file.hash, file->hash, sizeof(file->hash)) == 0) {
            *place_out = i;
            return grant_file_join(&desk->grants[i].file, file, name);
        }
    }
    if (desk->grants_count == DESK_GRANTS_MAX) {
        desk->left_out += 1;
        return FAULT_NONE;
    }
    struct desk_grant *row = &desk->grants[desk->grants_count];
    memset(row, 0, sizeof(*row));
    row->file = *file;
    (void)snprintf(row->name, sizeof(row->name), "%s", name);
    *place_out = desk->grants_count;
    desk->grants_count += 1;
    return FAULT_NONE;
}

static enum fault file_take(const struct desk_owner *owner, struct officer_desk *desk,
                            const char *folder, const char *name, const char *shown, u32 *place_out)
{
    static u8 text[GRANT_FILE_BYTES];
    static struct grant_file file;
    char path[FILE_PATH_BYTES];
    size_t size = 0;
    *place_out = UINT32_MAX;
    TRY(file_path(path, folder, name));
    TRY(tlog_file_read(owner->disk, path, text, sizeof(text), &size));
    TRY(grant_file_read(span_of(text, size), shown, &file));
    return grant_take(desk, &file, shown, place_out);
}

static enum fault folder_take(const struct desk_owner *owner, struct officer_desk *desk,
                              const char *name)
{
    char path[FILE_PATH_BYTES];
    u32 place = 0;
    TRY(file_path(path, owner->folder, name));
    TRY(file_take(owner, desk, path, OPEN_GRANT, name, &place));
    if (place == UINT32_MAX || desk->folders_count == DESK_FOLDERS_MAX) {
        desk->left_out += place != UINT32_MAX;
        return FAULT_NONE;
    }
    struct desk_folder *folder = &desk->folders[desk->folders_count];
    *folder = (struct desk_folder){.grant = place};
    (void)snprintf(folder->name, sizeof(folder->name), "%s", name);
    desk->folders_count += 1;
    return FAULT_NONE;
}

static enum fault name_look(const struct desk_owner *owner, struct officer_desk *desk,
                            const char *name)
{
    char folder[FILE_PATH_BYTES];
    char path[FILE_PATH_BYTES];
    bool is_folder = false;
    u32 place = 0;
    if (ends_with(name, DESK_GRANT)) {
        return file_take(owner, desk, owner->folder, name, name, &place);
    }
    TRY(file_path(folder, owner->folder, name));
    TRY(file_path(path, folder, OPEN_GRANT));
    return disk_exists(owner->disk, path, &is_folder) == FAULT_NONE && is_folder
               ? folder_take(owner, desk, name)
               : FAULT_NONE;
}

/* ---- approvals ---- */

static bool person_is_counted(const struct desk_grant *row, const struct circle_officer *officer)
{
    for (u32 i = 0; i < row->approvals_count; i += 1) {
        if (row->approvals[i].counts &&
            row->approvals[i].officer->signer.number == officer->signer.number) {
            return true;
        }
    }
    return false;
}

static void approvals_look(const struct desk_owner *owner, struct desk_grant *row)
{
    const struct open_pins *pins = owner->pins;
    const struct approvals_matter matter = grant_matter(&row->file);
    for (u32 side = 0; side < 2; side += 1) {
        row->wanted[side] = approvals_wanted(&pins->key.sides[side].roster, &matter);
    }
    for (u32 i = 0; i < row->file.signatures_count; i += 1) {
        const struct grant_signature *signature = &row->file.signatures[i];
        struct desk_approval approval = {.counts = false};
        memcpy(approval.code, signature->officer, sizeof(approval.code));
        approval.counts = approvals_counts(&pins->circle, &pins->key, &matter, signature,
                                           &approval.officer) == FAULT_NONE;
        if (!approval.counts) {
            (void)snprintf(approval.why, sizeof(approval.why), "%s", fault_text());
        } else {
            u32 side = approval.officer->side == SHARE_SIDE_A ? 0 : 1;
            row->people[side] += !person_is_counted(row, approval.officer);
            row->is_mine = row->is_mine || approval.officer == owner->me;
        }
        row->approvals[row->approvals_count] = approval;
        row->approvals_count += 1;
    }
}

/* This officer's own note; one that is of another grant, or not signed, is none. */
static void refusal_look(const struct desk_owner *owner, struct desk_grant *row)
{
    u8 text[REFUSAL_TEXT_BYTES];
    char name[FILE_NAME_BYTES];
    char path[FILE_PATH_BYTES];
    struct grant_refusal refusal;
    size_t size = 0;
    bool is_there = false;
    officer_desk_name(&row->file, owner->me->signer.code, DESK_REFUSAL, name);
    row->is_refused =
        file_path(path, owner->folder, name) == FAULT_NONE &&
        disk_exists(owner->disk, path, &is_there) == FAULT_NONE && is_there &&
        tlog_file_read(owner->disk, path, text, sizeof(text), &size) == FAULT_NONE &&
        grant_refusal_read(span_of(text, size), name, &refusal) == FAULT_NONE &&
        grant_refusal_check(&owner->pins->circle, &row->file, &refusal) == FAULT_NONE &&
        strcmp(refusal.officer, owner->me->signer.code) == 0;
}

static void why_take(struct desk_grant *row)
{
    (void)snprintf(row->why, sizeof(row->why), "%s", fault_text());
}

static void row_judge(const struct desk_owner *owner, struct desk_grant *row, bool has_folder)
{
    const struct open_pins *pins = owner->pins;
    bool is_over = pins->judge.now_s > row->file.grant.expires_s;
    approvals_look(owner, row);
    refusal_look(owner, row);
    if (grant_circle_allows(&pins->circle, &row->file.grant) != FAULT_NONE) {
        row->state = DESK_BARRED;
        why_take(row);
        return;
    }
    if (grant_circle_may(&pins->circle, owner->me, &row->file.grant) != FAULT_NONE) {
        row->state = DESK_RECUSED;
        why_take(row);
        return;
    }
    row->may_sign = !is_over && !row->is_mine;
    bool is_enough = grant_approved(&pins->circle, &pins->key, &row->file) == FAULT_NONE;
    if (!is_enough) {
        why_take(row);
    }
    if (has_folder && is_enough) {
        row->state = DESK_OPENING;
    } else if (is_over) {
        row->state = DESK_EXPIRED;
    } else if (is_enough) {
        row->state = DESK_ENOUGH;
    } else if (row->is_mine) {
        row->state = DESK_APPROVED;
    } else {
        row->state = row->is_refused ? DESK_REFUSED : DESK_TO_APPROVE;
    }
}

/* ---- openings ---- */

static bool has(const struct desk_owner *owner, const char *folder, const char *name)
{
    char path[FILE_PATH_BYTES];
    bool is_there = false;
    return file_path(path, folder, name) == FAULT_NONE &&
           disk_exists(owner->disk, path, &is_there) == FAULT_NONE && is_there;
}

/* What the log says of grant and opening, in a folder that has no end yet. */
static enum fault folder_judge(const struct desk_owner *owner, const char *path,
                               struct desk_folder *row)
{
    static struct open_folder folder;
    struct opening_granted granted;
    const struct opening_judge *judge = &owner->pins->judge;
    TRY(open_folder_read(owner->disk, path, &folder));
    TRY(opening_judge_grant(judge, &folder.file,
                            span_of(folder.grant_shown, folder.grant_shown_bytes), &granted));
    row->is_logged = true;
    row->log_index = granted.seen.index;
    row->log_known_s = granted.seen.verdict.known_s;
    row->step = DESK_STEP_LOGGED;
    if (!has(owner, path, OPEN_OPENING)) {
        return FAULT_NONE;
    }
    row->step = DESK_STEP_BEGUN;
    if (!has(owner, path, OPEN_OPENING_SHOWN)) {
        return FAULT_NONE;
    }
    row->step = DESK_STEP_ASKS;
    return open_folder_judge(judge, &folder);
}

static void folder_look(const struct desk_owner *owner, struct desk_folder *row)
{
    char release[FILE_NAME_BYTES];
    char path[FILE_PATH_BYTES];
    open_release_name(owner->me->signer.code, release);
    row->step = DESK_STEP_WAITS;
    if (file_path(path, owner->folder, row->name) != FAULT_NONE) {
        return;
    }
    if (has(owner, path, OPEN_MISMATCH)) {
        row->step = DESK_STEP_MISMATCH;
    } else if (has(owner, path, OPEN_MANIFEST)) {
        row->step = DESK_STEP_DELIVERED;
    } else if (has(owner, path, release)) {
        row->step = DESK_STEP_RELEASED;
    } else if (has(owner, path, OPEN_GRANT_SHOWN) && folder_judge(owner, path, row) != FAULT_NONE) {
        row->step = DESK_STEP_HELD;
        (void)snprintf(row->why, sizeof(row->why), "%s", fault_text());
    }
}

/* ---- all of it ---- */

static bool has_folder(const struct officer_desk *desk, u32 grant)
{
    for (u32 i = 0; i < desk->folders_count; i += 1) {
        if (desk->folders[i].grant == grant) {
            return true;
        }
    }
    return false;
}

enum fault officer_desk_read(const struct desk_owner *owner, struct officer_desk *desk_out)
{
    static struct names names;
    names.visitor.visit = name_take;
    names.count = 0;
    names.left_out = 0;
    desk_out->grants_count = 0;
    desk_out->folders_count = 0;
    desk_out->flaws_count = 0;
    TRY(disk_list(owner->disk, owner->folder, &names.visitor));
    desk_out->left_out = names.left_out;
    qsort(names.list, names.count, sizeof(names.list[0]), names_order);
    for (u32 i = 0; i < names.count; i += 1) {
        if (name_look(owner, desk_out, names.list[i]) != FAULT_NONE) {
            flaw_add(desk_out, names.list[i]);
        }
    }
    for (u32 i = 0; i < desk_out->grants_count; i += 1) {
        row_judge(owner, &desk_out->grants[i], has_folder(desk_out, i));
    }
    for (u32 i = 0; i < desk_out->folders_count; i += 1) {
        folder_look(owner, &desk_out->folders[i]);
    }
    fault_forget();
    return FAULT_NONE;
}
