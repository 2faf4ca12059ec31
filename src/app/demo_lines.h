/* What a demo prints about its officers: how a new customer is taken in, from the sign-up to the
 * second signature, and how one signs in to the console (docs/demo.md "The officers"). */
#ifndef APP_DEMO_LINES_H
#define APP_DEMO_LINES_H

#include "app/test_venue.h"

/* Lines for a shell in which $c is the program and $d the data folder, as those before them say. */
void demo_lines_officers(const struct test_addresses *addresses);

#endif /* APP_DEMO_LINES_H */
