/* The role `office`: the officers' console (docs/office.md). */
#ifndef APP_PLACE_OFFICE_H
#define APP_PLACE_OFFICE_H

#include "app/place_roles.h"

#define PLACE_OFFICE_HOST_BYTES 64U

MUST_USE enum fault place_office_make(struct place *place, struct agent **agent_out);
void place_office_unmake(struct place *place, struct agent *agent);
void place_office_measure(struct place *place, const struct agent *agent);

/* "127.0.0.1:8443", "[::1]:8443": the address and the port. FAULT_CONFIG. */
MUST_USE enum fault place_office_listen(const char *text, char address_out[PLACE_OFFICE_HOST_BYTES],
                                        u16 *port_out);

#endif /* APP_PLACE_OFFICE_H */
