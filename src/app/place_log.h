/* The rows of the roles `log` and `courier` (place_roles.h): the one has the log's folder, its key
 * and no network, the other the network and nothing else. */
#ifndef APP_PLACE_LOG_H
#define APP_PLACE_LOG_H

#include "app/place_roles.h"

MUST_USE enum fault place_log_make(struct place *place, struct agent **agent_out);
void place_log_unmake(struct place *place, struct agent *agent);
void place_log_measure(struct place *place, const struct agent *agent);

MUST_USE enum fault place_courier_make(struct place *place, struct agent **agent_out);
void place_courier_unmake(struct place *place, struct agent *agent);
void place_courier_measure(struct place *place, const struct agent *agent);

#endif /* APP_PLACE_LOG_H */
