/* The role `desk`: the disclosure desk (docs/desk.md). */
#ifndef APP_PLACE_DESK_H
#define APP_PLACE_DESK_H

#include "app/place_roles.h"

MUST_USE enum fault place_desk_make(struct place *place, struct agent **agent_out);
void place_desk_unmake(struct place *place, struct agent *agent);
void place_desk_measure(struct place *place, const struct agent *agent);

#endif /* APP_PLACE_DESK_H */
