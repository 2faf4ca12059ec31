/* The check-failed hook of the fuzzers: say which fact, then abort, so that the input is kept. */
#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>

void check_failed(const char *file, int line, const char *fact)
{
    (void)fprintf(stderr, "%s:%d: this must hold and does not: %s\n", file, line, fact);
    abort();
}
