/* The role `door`: customers' logins (docs/sign-in.md). */
#ifndef APP_PLACE_DOOR_H
#define APP_PLACE_DOOR_H

#include "app/place_roles.h"

enum fault place_door_make(struct place *place, struct agent **agent_out);
void place_door_unmake(struct place *place, struct agent *agent);
void place_door_measure(struct place *place, const struct agent *agent);

#endif /* APP_PLACE_DOOR_H */
