#include "role/vault/vault_drills.h"

#include "base/span.h"
#include "io/block.h"
#include "role/vault/share_chain.h"
#include "role/vault/tlog_file.h"
#include "role/vault/vault_store.h"

#include <stdio.h>
#include <string.h>

#define SPARES_BYTES (VAULT_SIDES * SHARE_MEMBERS_MAX * CODE_NAME_BYTES)

static const char *const names[VAULT_SIDES] = {VAULT_GROUP_A_FILE, VAULT_GROUP_B_FILE};

struct pinned {
    char path[FILE_PATH_BYTES];
    bool is_there;
    struct share_chain chain;
};

static enum fault pinned_look(struct disk *disk, const char *folder, const char *name,
                              struct pinned *pinned)
{
    TRY(file_path(pinned->path, folder, name));
    return disk_exists(disk, pinned->path, &pinned->is_there);
}

static enum fault pinned_read(struct disk *disk, u32 place, struct pinned *pinned)
{
    SCOPED_BLOCK block = {.memory = NULL};
    size_t size = 0;
    TRY(block_take(SHARE_CHAIN_BYTES, "a group's transcripts", &block));
    TRY(tlog_file_read(disk, pinned->path, block.memory, SHARE_CHAIN_BYTES, &size));
    TRY(share_chain_read(span_of(block.memory, size), pinned->path, &pinned->chain));
    enum share_side side = pinned->chain.group.roster.side;
    return side == (place == 0 ? SHARE_SIDE_A : SHARE_SIDE_B)
               ? FAULT_NONE
               : FAULT(FAULT_INPUT, "%s: the transcripts of group %c", pinned->path,
                       share_side_letter(side));
}

/* Both are one key, and that is what records are put under. */
static enum fault key_check(const struct vault_groups *groups, const char *groups_path,
                            const struct pinned pinned[VAULT_SIDES], struct share_key *key_out)
{
    char why[FAULT_TEXT_BYTES];
    if (groups->count == 0) {
        return FAULT(FAULT_INPUT, "%s: is not there, and %s is", groups_path, pinned[0].path);
    }
    u32 newest = groups->epochs[groups->count - 1];
    for (u32 i = 0; i < VAULT_SIDES; i += 1) {
        if (pinned[i].chain.group.roster.epoch != newest) {
            return FAULT(FAULT_INPUT, "%s: of epoch %u, the newest in %s is %u", pinned[i].path,
                         pinned[i].chain.group.roster.epoch, groups_path, newest);
        }
    }
    if (share_key_form(&pinned[0].chain.group, &pinned[1].chain.group, key_out) != FAULT_NONE) {
        (void)snprintf(why, sizeof(why), "%s", fault_text());
        return FAULT(FAULT_INPUT, "%s, %s: %s", pinned[0].path, names[1], why);
    }
    if (memcmp(&key_out->public, &groups->points[groups->count - 1], sizeof(key_out->public)) !=
        0) {
        return FAULT(FAULT_INPUT, "%s, %s: their key is not that of epoch %u in %s", pinned[0].path,
                     names[1], newest, groups_path);
    }
    return FAULT_NONE;
}

/* ---- spares ---- */

static const char *spare_mark(struct span name, struct vault_drills *drills)
{
    for (u32 place = 0; place < VAULT_SIDES; place += 1) {
        const struct share_roster *roster = &drills->key.sides[place].roster;
        for (u32 i = 0; i < roster->count; i += 1) {
            if (span_equal(name, span_of_text(roster->members[i].name))) {
                bool is_again = drills->is_spare[place][i];
                drills->is_spare[place][i] = true;
                return is_again ? "this name stands here already" : NULL;
            }
        }
    }
    return "no member of either group has this name";
}

enum fault vault_spares_read(struct span text, const char *name, struct vault_drills *drills)
{
    u32 number = 0;
    memset(drills->is_spare, 0, sizeof(drills->is_spare));
    for (size_t at = 0; at < text.size;) {
        const u8 *end = memchr(text.data + at, '\n', text.size - at);
        size_t size = end == NULL ? text.size - at : (size_t)(end - text.data) - at;
        const char *wrong = end == NULL ? "the last line is not whole"
                                        : spare_mark(span_of(text.data + at, size), drills);
        number += 1;
        if (wrong != NULL) {
            return FAULT(FAULT_INPUT, "%s:%u: %s", name, number, wrong);
        }
        at += size + 1;
    }
    return FAULT_NONE;
}

static enum fault spares_open(struct disk *disk, const char *folder, struct vault_drills *drills)
{
    char path[FILE_PATH_BYTES];
    u8 text[SPARES_BYTES];
    size_t size = 0;
    bool is_there = false;
    TRY(file_path(path, folder, VAULT_SPARES_FILE));
    TRY(disk_exists(disk, path, &is_there));
    if (!is_there) {
        return FAULT_NONE;
    }
    if (!drills->is_known) {
        return FAULT(FAULT_INPUT, "%s: there is no %s", path, names[0]);
    }
    TRY(tlog_file_read(disk, path, text, sizeof(text), &size));
    return vault_spares_read(span_of(text, size), path, drills);
}

/* ---- all of it ---- */

enum fault vault_drills_open(struct disk *disk, const char *folder,
                             const struct vault_groups *groups, struct vault_drills *drills_out)
{
    static _Thread_local struct pinned pinned[VAULT_SIDES];
    char groups_path[FILE_PATH_BYTES];
    memset(drills_out, 0, sizeof(*drills_out));
    TRY(file_path(groups_path, folder, VAULT_GROUPS_FILE));
    for (u32 i = 0; i < VAULT_SIDES; i += 1) {
        TRY(pinned_look(disk, folder, names[i], &pinned[i]));
    }
    if (pinned[0].is_there != pinned[1].is_there) {
        return FAULT(FAULT_INPUT, "%s: is not there, and %s is",
                     pinned[pinned[0].is_there ? 1 : 0].path, names[pinned[0].is_there ? 0 : 1]);
    }
    if (pinned[0].is_there) {
        for (u32 i = 0; i < VAULT_SIDES; i += 1) {
            TRY(pinned_read(disk, i, &pinned[i]));
        }
        TRY(key_check(groups, groups_path, pinned, &drills_out->key));
        drills_out->is_known = true;
    }
    return spares_open(disk, folder, drills_out);
}

/* ---- counting ---- */

void vault_shares_count(const struct vault_drills *drills, u32 place, u64 now_us, u32 horizon_days,
                        struct vault_shares *shares)
{
    const struct share_roster *roster = &drills->key.sides[place].roster;
    shares->threshold = roster->threshold;
    shares->count = roster->count;
    shares->live = 0;
    shares->spares = 0;
    shares->spares_live = 0;
    for (u32 i = 0; i < roster->count; i += 1) {
        u64 asked_us = shares->asked_us[i];
        bool is_live = asked_us > 0 && vault_time_within(asked_us, now_us, horizon_days);
        bool is_spare = drills->is_spare[place][i];
        shares->is_live[i] = is_live;
        shares->live += is_live ? 1 : 0;
        shares->spares += is_spare ? 1 : 0;
        shares->spares_live += is_live && is_spare ? 1 : 0;
    }
}

bool vault_shares_are_short(const struct vault_shares *shares)
{
    return shares->live <= shares->threshold || shares->spares_live == 0;
}
