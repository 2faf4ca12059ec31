/* The row of the role `keep` (place_roles.h): it has the vault's folder and its socket, and nothing
 * else. */
#ifndef APP_PLACE_KEEP_H
#define APP_PLACE_KEEP_H

#include "app/place_roles.h"

MUST_USE enum fault place_keep_make(struct place *place, struct agent **agent_out);
void place_keep_unmake(struct place *place, struct agent *agent);
void place_keep_measure(struct place *place, const struct agent *agent);

#endif /* APP_PLACE_KEEP_H */
