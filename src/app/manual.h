/* The manual pages, written in mdoc from the same tables that parse the command line. */
#ifndef APP_MANUAL_H
#define APP_MANUAL_H

#include "app/options.h"

#define MANUAL_NAME_BYTES 64U

/* "cambist-replay.1", or "cambist.1" when `subcommand` is NULL. */
void manual_name(const struct subcommand *subcommand, char name_out[MANUAL_NAME_BYTES]);

/* The page of one subcommand, or with NULL that of cambist itself. */
void manual_print(const struct subcommand *subcommand, FILE *target);

#endif /* APP_MANUAL_H */
