/* The check-failed hook of the test programs: a failed CHECK becomes a failed cmocka test. */
#include "base/check.h"
#include "tests/support/test.h"

#include <stdlib.h>

void check_failed(const char *file, int line, const char *fact)
{
    /* Jumps out of the test, or back into expect_assert_failure. */
    mock_assert(0, fact, file, line);
    abort();
}
