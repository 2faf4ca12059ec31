#include "app/venue_copy.h"

#include "app/pack_store.h"
#include "app/placement.h"
#include "base/check.h"
#include "io/block.h"
#include "io/clock.h"
#include "io/eventlog.h"
#include "io/officers.h"
#include "io/sql.h"
#include "role/admin/order_store.h"
#include "role/desk/desk_agent.h"
#include "role/desk/desk_paper.h"
#include "role/door/door_store.h"
#include "role/gateway/keystore.h"
#include "role/gateway/payout.h"
#include "role/lists/list_store.h"
#include "role/office/office.h"

#include <stdio.h>
#include <string.h>

enum { PIECE_BYTES = 1 << 18 };

static const char part_suffix[] = ".part";

static void report(struct journal_cut_progress *self, const char *what, u64 done, u64 all)
{
    struct venue_copy *copy =
        (struct venue_copy *)(void *)((u8 *)self - offsetof(struct venue_copy, report));
    if (copy->what != what) {
        copy->what = what;
        progress_begin(&copy->progress, what, strstr(what, "segments") == NULL ? "bytes" : "");
    }
    progress_update(&copy->progress, done, all);
}

/* ---- looking ---- */

static enum fault target_take(struct venue_copy *copy, const char *target)
{
    size_t length = strlen(target);
    while (length > 1 && target[length - 1] == '/') {
        length -= 1;
    }
    if (length == 0 || length + sizeof(part_suffix) > FILE_PATH_BYTES) {
        return FAULT(FAULT_USAGE, "\"%.100s\": a folder's path has 1 to %zu bytes", target,
                     FILE_PATH_BYTES - sizeof(part_suffix));
    }
    memcpy(copy->target, target, length);
    (void)snprintf(copy->part, sizeof(copy->part), "%.*s%s", (int)length, target, part_suffix);
    TRY(layout_paths(&copy->to, copy->part));
    bool exists = false;
    TRY(disk_exists(disk_real(), copy->target, &exists));
    if (exists) {
        return FAULT(FAULT_EXISTS, "%s: is there already; a new folder is wanted", copy->target);
    }
    TRY(disk_exists(disk_real(), copy->part, &exists));
    return exists ? FAULT(FAULT_EXISTS, "%s: was left by a run that did not end; remove it first",
                          copy->part)
                  : FAULT_NONE;
}

/* Without a writer beside it the journal's end is an end, or rot; none may start meanwhile. A disk
 * that takes no lock has no writer either. */
static enum fault lock_take(struct venue_copy *copy)
{
    enum fault fault = disk_lock_at_once(disk_real(), copy->from.journal, &copy->lock);
    copy->is_locked = fault == FAULT_NONE;
    copy->options.live = fault == FAULT_LOCKED;
    if (fault == FAULT_LOCKED || fault == FAULT_READ_ONLY || fault == FAULT_PERMISSION) {
        fault_forget();
        return FAULT_NONE;
    }
    return fault;
}

/* What is released to readers is durable. */
static enum fault durable_look(struct venue_copy *copy)
{
    struct eventlog_point point;
    enum fault fault = eventlog_released(disk_real(), copy->from.events, &point);
    if (fault != FAULT_NONE) {
        fault_forget(); /* damaged: it is made again at the next start */
        return FAULT_NONE;
    }
    copy->options.seq_durable = point.seq;
    return FAULT_NONE;
}

/* A command that ends the process is skipped by a record behind it. Between the two there is no
 * state that could be reached. */
static enum fault voids_take(struct venue_copy *copy)
{
    TRY(voids_load(disk_real(), copy->from.voids, &copy->voids));
    for (u32 i = copy->voids.count; i > 0; i -= 1) {
        struct void_entry entry = copy->voids.entries[i - 1];
        if (entry.seq > copy->cut.seq) {
            voids_remove(&copy->voids, entry.seq);
        } else if (entry.seq_record > copy->cut.seq) {
            return FAULT(FAULT_USAGE,
                         "command %llu cannot be survived and is skipped by command %llu, which "
                         "lies behind the point asked for: ask for one before the former or not "
                         "before the latter",
                         (unsigned long long)entry.seq, (unsigned long long)entry.seq_record);
        }
    }
    return FAULT_NONE;
}

static enum fault open_inner(struct venue_copy *copy, const char *source, const char *target)
{
    bool has = false;
    TRY(layout_paths(&copy->from, source));
    TRY(target_take(copy, target));
    TRY(layout_has_journal(disk_real(), &copy->from, &has));
    if (!has) {
        return FAULT(FAULT_MISSING, "%s: there is no journal in this folder", source);
    }
    copy->options.folder = copy->from.journal;
    TRY(lock_take(copy));
    if (copy->options.live) {
        TRY(durable_look(copy));
    }
    TRY(journal_cut_find(&copy->options, &copy->cut));
    return voids_take(copy);
}

enum fault venue_copy_open(struct venue_copy *copy, const char *source, const char *target,
                           u64 seq_max, u64 time_max_us, bool sparse)
{
    *copy = (struct venue_copy){.report = {.report = report}};
    progress_init(&copy->progress, clock_real(), "reading", "bytes");
    copy->options = (struct journal_cut_options){.disk = disk_real(),
                                                 .seq_max = seq_max,
                                                 .time_max_us = time_max_us,
                                                 .threads = true,
                                                 .sparse = sparse,
                                                 .progress = &copy->report};
    enum fault fault = open_inner(copy, source, target);
    if (fault != FAULT_NONE) {
        venue_copy_close(copy);
    }
    return fault;
}

void venue_copy_close(struct venue_copy *copy)
{
    progress_end(&copy->progress);
    if (copy->is_locked) {
        disk_unlock(&copy->lock);
        copy->is_locked = false;
    }
}

/* ---- the journal ---- */

enum fault venue_copy_journal(struct venue_copy *copy)
{
    TRY(disk_make_folder(disk_real(), copy->part));
    TRY(disk_make_folder(disk_real(), copy->to.journal));
    TRY(disk_make_folder(disk_real(), copy->to.snapshots));
    TRY(journal_cut_copy(&copy->options, &copy->cut, copy->to.journal, &copy->journal_bytes));
    return copy->voids.count == 0
               ? FAULT_NONE
               : voids_store(disk_real(), copy->part, copy->to.voids, &copy->voids);
}

/* ---- other files ---- */

static enum fault bytes_copy(struct file *from, struct file *to, u8 *piece)
{
    size_t size = PIECE_BYTES;
    for (u64 offset = 0; size == PIECE_BYTES; offset += size) {
        TRY(file_read_at(from, offset, piece, PIECE_BYTES, &size));
        if (size > 0) {
            TRY(file_write_at(to, offset, piece, size));
        }
    }
    return file_sync(to);
}

enum fault venue_copy_file(const char *source, const char *target, u32 flags)
{
    SCOPED_FILE from = {.disk = NULL};
    SCOPED_FILE to = {.disk = NULL};
    SCOPED_BLOCK block = {.memory = NULL};
    TRY(block_take(PIECE_BYTES, "copying a file", &block));
    TRY(file_open(disk_real(), source, 0, &from));
    TRY(file_open(disk_real(), target, FILE_WRITE | FILE_CREATE | flags, &to));
    return bytes_copy(&from, &to, block.memory);
}

/* One file of a role's folder, if it is there. */
static enum fault role_file_copy(struct venue_copy *copy, const char *below, const char *name,
                                 bool is_database, bool *exists_out)
{
    char folder[FILE_PATH_BYTES];
    char source[FILE_PATH_BYTES];
    char target[FILE_PATH_BYTES];
    TRY(file_path(folder, copy->from.folder, below));
    TRY(file_path(source, folder, name));
    TRY(file_path(folder, copy->part, below));
    TRY(file_path(target, folder, name));
    TRY(disk_exists(disk_real(), source, exists_out));
    if (!*exists_out) {
        return FAULT_NONE;
    }
    TRY(disk_make_folder(disk_real(), folder));
    TRY(is_database ? sql_copy(source, folder, target)
                    : venue_copy_file(source, target, FILE_SECRET));
    return disk_sync_folder(disk_real(), folder);
}

static enum fault key_file_copy(struct venue_copy *copy, const char *name, bool is_database)
{
    bool exists = false;
    TRY(role_file_copy(copy, PLACE_KEYS_FOLDER, name, is_database, &exists));
    copy->has_keys = copy->has_keys || exists;
    return FAULT_NONE;
}

/* A file of the data folder itself, if it is there. */
static enum fault plain_file_copy(struct venue_copy *copy, const char *name)
{
    char source[FILE_PATH_BYTES];
    char target[FILE_PATH_BYTES];
    bool exists = false;
    TRY(file_path(source, copy->from.folder, name));
    TRY(file_path(target, copy->part, name));
    TRY(disk_exists(disk_real(), source, &exists));
    return exists ? venue_copy_file(source, target, 0) : FAULT_NONE;
}

/* A copy without its register would ask nobody for a signature; without the approvals that were
 * used it would take them again. */
static enum fault officers_copy(struct venue_copy *copy)
{
    bool exists = false;
    TRY(role_file_copy(copy, ORDER_STORE_FOLDER, ORDER_STORE_FILE, false, &exists));
    return plain_file_copy(copy, OFFICERS_FILE);
}

/* Files of a folder, by how their names end: one that is being written ends otherwise. */
struct files_visitor {
    struct disk_visitor visitor;
    struct venue_copy *copy;
    const char *below;
    const char *ending;
};

static enum fault ended_copy(struct disk_visitor *visitor, const char *name)
{
    struct files_visitor *files = (struct files_visitor *)(void *)visitor;
    size_t length = strlen(name);
    size_t ending = strlen(files->ending);
    bool exists = false;
    if (length <= ending || strcmp(name + length - ending, files->ending) != 0) {
        return FAULT_NONE;
    }
    return role_file_copy(files->copy, files->below, name, false, &exists);
}

static enum fault files_copy(struct venue_copy *copy, const char *below, const char *ending)
{
    struct files_visitor files = {
        .visitor = {.visit = ended_copy}, .copy = copy, .below = below, .ending = ending};
    char folder[FILE_PATH_BYTES];
    bool exists = false;
    TRY(file_path(folder, copy->from.folder, below));
    TRY(disk_exists(disk_real(), folder, &exists));
    return exists ? disk_list(disk_real(), folder, &files.visitor) : FAULT_NONE;
}

/* What officers signed at the desk, the papers that they signed about, and what they looked at:
 * nobody else has them. */
static enum fault desk_copy(struct venue_copy *copy)
{
    bool exists = false;
    TRY(role_file_copy(copy, DESK_FOLDER, DESK_STORE_FILE, true, &exists));
    TRY(files_copy(copy, DESK_FOLDER "/" DESK_PAPERS, DESK_PAPER_ENDING));
    TRY(role_file_copy(copy, OFFICE_FOLDER, OFFICE_STORE_FILE, true, &exists));
    return plain_file_copy(copy, DESK_STAFF_FILE);
}

enum fault venue_copy_keys(struct venue_copy *copy)
{
    bool has_lists = false;
    TRY(officers_copy(copy));
    /* The texts of packs: who shows a reason, or values holdings, has them from nowhere else. */
    TRY(files_copy(copy, PACK_STORE_FOLDER, ".json"));
    TRY(desk_copy(copy));
    /* Not its key: who has both finds people by their addresses. */
    TRY(role_file_copy(copy, DOOR_FOLDER, DOOR_FILE, true, &copy->has_logins));
    TRY(role_file_copy(copy, LISTS_FOLDER, LISTS_DATABASE, true, &has_lists));
    TRY(key_file_copy(copy, KEYSTORE_FILE, true));
    TRY(key_file_copy(copy, KEYSTORE_SEAL_FILE, false));
    return key_file_copy(copy, PAYOUT_FILE, true);
}

/* ---- the end ---- */

enum fault venue_copy_finish(struct venue_copy *copy)
{
    TRY(disk_sync_folder(disk_real(), copy->to.snapshots));
    TRY(disk_sync_folder(disk_real(), copy->part));
    TRY(disk_rename(disk_real(), copy->part, copy->target));
    char parent[FILE_PATH_BYTES];
    memcpy(parent, copy->target, sizeof(parent));
    char *slash = strrchr(parent, '/');
    if (slash == NULL) {
        (void)snprintf(parent, sizeof(parent), ".");
    } else {
        slash[slash == parent ? 1 : 0] = 0;
    }
    return disk_sync_folder(disk_real(), parent);
}
