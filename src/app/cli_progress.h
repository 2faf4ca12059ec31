/* Recovery's progress reports as a progress line. */
#ifndef APP_CLI_PROGRESS_H
#define APP_CLI_PROGRESS_H

#include "app/progress.h"
#include "role/engine/recovery.h"

struct cli_recovery {
    struct recovery_progress recovery; /* handed to the engine's functions */
    struct progress progress;
};

void cli_recovery_init(struct cli_recovery *line, const char *what);

#endif /* APP_CLI_PROGRESS_H */
