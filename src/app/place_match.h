/* The row of the role `match` (place_roles.h): it has lists, and connections that the monitor hands
 * over, and nothing else. */
#ifndef APP_PLACE_MATCH_H
#define APP_PLACE_MATCH_H

#include "app/place_roles.h"

MUST_USE enum fault place_match_make(struct place *place, struct agent **agent_out);
void place_match_unmake(struct place *place, struct agent *agent);
bool place_match_is_ready(const struct place *place, const struct agent *agent);
void place_match_measure(struct place *place, const struct agent *agent);

#endif /* APP_PLACE_MATCH_H */
