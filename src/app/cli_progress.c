#include "app/cli_progress.h"

static void report(struct recovery_progress *self, u64 bytes_done, u64 bytes_all, u64 seq)
{
    (void)seq;
    struct cli_recovery *line = (struct cli_recovery *)(void *)self;
    progress_update(&line->progress, bytes_done, bytes_all);
}

void cli_recovery_init(struct cli_recovery *line, const char *what)
{
    line->recovery = (struct recovery_progress){.report = report};
    progress_init(&line->progress, clock_real(), what, "bytes");
}
