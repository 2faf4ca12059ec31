/* The completion of the command line for bash, written from the same tables that parse it. The
 * script needs nothing but bash: no package of helper functions. */
#ifndef APP_COMPLETION_H
#define APP_COMPLETION_H

#include <stdio.h>

void completion_print_bash(FILE *target);

#endif /* APP_COMPLETION_H */
