/* Which way an order goes, and so how many officers must have signed it beforehand: what loosens
 * two, what tightens one at once and a second one within a day, the rest none (docs/officers.md
 * "Which way"). Only with a register; without one the socket gives every order. */
#ifndef ROLE_ADMIN_FOUR_EYES_H
#define ROLE_ADMIN_FOUR_EYES_H

#include "base/base.h"

struct four_eyes {
    u32 signatures;       /* so many, before it is carried out */
    bool wants_confirmed; /* if it has fewer than two: by another officer, in time */
};

/* `command` is well-formed and of a kind that has a text (wire/order_text.h). `restrictions` are
 * those set by hand on its account now, looked at for COMMAND_RESTRICT only; `is_known` false: it
 * may be that they are stricter than the new ones. */
struct four_eyes four_eyes_of(const u8 *command, u64 restrictions, bool is_known);

#endif /* ROLE_ADMIN_FOUR_EYES_H */
