/* How large a venue is laid out when it is begun: numbers that suit one machine. Later a command
 * changes them (limits_set), from the next start on. */
#ifndef APP_VENUE_LIMITS_H
#define APP_VENUE_LIMITS_H

#include "wire/schema.h"

/* The first command of a new venue, of source LINK_SOURCE_ADMIN and source_index 1. */
struct command_genesis venue_limits_genesis(void);

#endif /* APP_VENUE_LIMITS_H */
