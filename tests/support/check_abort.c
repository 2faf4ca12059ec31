/* The check-failed hook of the fuzzers: say which fact, then abort, so that the input is kept. */
#include "tests/support/check_abort.h"

#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>

jmp_buf *check_abort_escape;

void check_failed(const char *file, int line, const char *fact)
{
    if (check_abort_escape != NULL) {
        longjmp(*check_abort_escape, 1);
    }
    (void)fprintf(stderr, "%s:%d: this must hold and does not: %s\n", file, line, fact);
    abort();
}
