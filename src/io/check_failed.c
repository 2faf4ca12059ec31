/* The check-failed hook of the shipped program: say which fact, then stop at once. The journal
 * brings back everything that was acknowledged. */
#include "base/check.h"
#include "io/log.h"

#include <stdlib.h>

void check_failed(const char *file, int line, const char *fact)
{
    log_error("check.failed", LOG_STR("file", file), LOG_I64("line", line), LOG_STR("fact", fact));
    abort();
}
