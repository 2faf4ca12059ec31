/* The agent of logins in its process: a line to the door, a channel to the engine, and the vector
 * that the configuration gives to new accounts. */
#ifndef APP_PLACE_LOGINS_H
#define APP_PLACE_LOGINS_H

#include "app/place_roles.h"

/* What a new account may do, from the words of `account restrict` (docs/admin.md): the name of a
 * mode, or OPERATION=RESTRICTION,...; false: they are none. */
MUST_USE bool place_logins_restrictions(const char *words, u64 *restrictions_out);

MUST_USE enum fault place_logins_make(struct place *place, struct agent **agent_out);
void place_logins_unmake(struct place *place, struct agent *agent);
bool place_logins_are_ready(const struct place *place, const struct agent *agent);
void place_logins_measure(struct place *place, const struct agent *agent);

#endif /* APP_PLACE_LOGINS_H */
