/* Between the files of desk.h: which act may follow which state, and who does it. */
#ifndef ROLE_DESK_DESK_INNER_H
#define ROLE_DESK_DESK_INNER_H

#include "role/desk/desk.h"

#define DESK_STATES(state) (1U << DESK_STATE_##state)
#define DESK_ROLES(role)   (1U << DESK_ROLE_##role)

/* One row an act: the only arrows there are. */
struct desk_arrow {
    u32 from;          /* states, a bit each; of `receive` and the registers 0 */
    u32 roles;         /* who may */
    u8 to;             /* 0: it stays */
    bool wants_reason; /* else it has none */
    bool wants_evidence;
};

const struct desk_arrow *desk_arrow(enum desk_act_kind kind);

/* The rules of one kind of act, after those that hold for all. `at` is NULL for acts without a
 * case. */
enum desk_rule desk_rule_of_case(const struct desk *desk, const struct desk_case *at,
                                 const struct desk_step *step);
enum desk_rule desk_rule_of_register(const struct desk *desk, const struct desk_step *step);

/* Where a case of this name is, or would be, among the slots. */
u32 desk_slot(const struct desk *desk, const u8 name[DESK_NAME_BYTES]);

#endif /* ROLE_DESK_DESK_INNER_H */
