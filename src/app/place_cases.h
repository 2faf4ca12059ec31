/* The row of the role `cases` (place_roles.h): the event log, the packs' texts, its own folder and
 * its socket. */
#ifndef APP_PLACE_CASES_H
#define APP_PLACE_CASES_H

#include "app/place_roles.h"
#include "role/cases/cases_agent.h"

MUST_USE enum fault place_cases_make(struct place *place, struct agent **agent_out);
void place_cases_unmake(struct place *place, struct agent *agent);
bool place_cases_are_ready(const struct place *place, const struct agent *agent);
void place_cases_measure(struct place *place, const struct agent *agent);

#endif /* APP_PLACE_CASES_H */
