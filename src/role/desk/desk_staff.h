/* Who works at the desk: each officer's one role and region, beside the register that has their
 * numbers and keys (docs/desk.md "The staff").
 *
 *     cambist desk-staff v1
 *     venue: demo.invalid
 *     quorum: 2 2
 *     officer: anna legal fr
 *
 * Lines behind the first in any order; empty ones and those with # are passed over. Both groups
 * have at least as many people as have to approve. */
#ifndef ROLE_DESK_DESK_STAFF_H
#define ROLE_DESK_DESK_STAFF_H

#include "base/base.h"
#include "io/fault.h"
#include "io/officers.h"
#include "role/desk/desk.h"

#define DESK_STAFF_BYTES 16384U

struct desk_member {
    struct officer officer; /* code, number, key */
    u8 role;                /* enum desk_role, never the process */
    char region[CODE_NAME_BYTES];
};

struct desk_staff {
    char venue[DESK_VENUE_BYTES];
    u32 quorum_a; /* of legal */
    u32 quorum_b; /* of independent */
    u32 count;
    struct desk_member list[OFFICERS_MAX];
};

/* FAULT_INPUT with "NAME:LINE: reason": also a code that the register does not have. */
MUST_USE enum fault desk_staff_read(struct span text, const char *name,
                                    const struct officers *officers, struct desk_staff *staff_out);

/* What a desk with these people can never decide, since who assesses does not approve; NULL: it
 * can all. For somebody to know at the start, and not at the first such request. */
const char *desk_staff_lack(const struct desk_staff *staff);

/* Who the act says that it is of: code, role and region are a member's. NULL: nobody. */
const struct desk_member *desk_staff_of(const struct desk_staff *staff, const struct desk_act *act);

#endif /* ROLE_DESK_DESK_STAFF_H */
