/* Whose shares there are, as the operator has pinned it, and how many of them live
 * (docs/vault.md "Drills").
 *
 *     group-a, group-b  the closed transcripts of each group, one behind the other
 *     spares            a name a line: officers whose shares are kept offline
 *
 * Both groups or neither. Their key must be that of the newest epoch in `groups`. */
#ifndef ROLE_VAULT_VAULT_DRILLS_H
#define ROLE_VAULT_VAULT_DRILLS_H

#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"
#include "role/vault/share_group.h"
#include "role/vault/vault_groups.h"

#define VAULT_GROUP_A_FILE "group-a"
#define VAULT_GROUP_B_FILE "group-b"
#define VAULT_SPARES_FILE  "spares"
#define VAULT_SIDES        2U

struct vault_drills {
    bool is_known;        /* the transcripts are there */
    struct share_key key; /* of both */
    bool is_spare[VAULT_SIDES][SHARE_MEMBERS_MAX];
};

/* The shares of one group at a moment. */
struct vault_shares {
    u32 threshold;
    u32 count;
    u32 live; /* shown within the horizon, spares among them */
    u32 spares;
    u32 spares_live;
    u64 asked_us[SHARE_MEMBERS_MAX]; /* when each was last shown; 0: never */
    bool is_live[SHARE_MEMBERS_MAX];
    bool is_damaged[SHARE_MEMBERS_MAX]; /* what is kept of it cannot be */
};

/* `folder` is the vault's. FAULT_INPUT names the file that is wrong, and why. */
MUST_USE enum fault vault_drills_open(struct disk *disk, const char *folder,
                                      const struct vault_groups *groups,
                                      struct vault_drills *drills_out);

/* Marks the spares of a text. FAULT_INPUT with "NAME:LINE: reason": no name of a member, or one
 * that was there before. */
MUST_USE enum fault vault_spares_read(struct span text, const char *name,
                                      struct vault_drills *drills);

/* Counts the side `place` (0 A, 1 B), of which asked_us is filled in. */
void vault_shares_count(const struct vault_drills *drills, u32 place, u64 now_us, u32 horizon_days,
                        struct vault_shares *shares);

/* Whether an operator must look: nobody more may be lost, or no spare is known to be there. */
MUST_USE bool vault_shares_are_short(const struct vault_shares *shares);

#endif /* ROLE_VAULT_VAULT_DRILLS_H */
