#include "app/open_run.h"

#include "app/open_steps.h"
#include "io/sandbox.h"

#include <stdio.h>
#include <time.h>

#define PAUSE_NS   100000000L
#define FILES_OPEN 32U

/* ---- waiting ---- */

static enum fault pause_or_end(struct open_pins *pins, const struct open_steps *steps,
                               const char *what)
{
    const struct timespec pause = {.tv_nsec = PAUSE_NS};
    (void)nanosleep(&pause, NULL);
    open_pins_now(pins);
    return pins->judge.now_s <= open_steps_opening(steps)->begins_s + OPENING_SECONDS
               ? FAULT_NONE
               : FAULT(FAULT_TIMEOUT, "no %s within %u seconds; it takes another grant", what,
                       OPENING_SECONDS);
}

static enum fault wait_shown(struct open_pins *pins, struct open_steps *steps)
{
    bool is_there = false;
    while (!is_there) {
        TRY(pause_or_end(pins, steps, OPEN_OPENING_SHOWN));
        TRY(open_steps_shown(steps, &is_there));
    }
    return FAULT_NONE;
}

/* With what has come; again with others, as long as only an answer was at fault. */
static enum fault wait_answers(struct open_pins *pins, struct open_steps *steps)
{
    for (;;) {
        bool is_enough = false;
        bool is_over = false;
        TRY(pause_or_end(pins, steps, "answers of enough officers"));
        TRY(open_steps_answers(steps, &is_enough));
        if (!is_enough) {
            continue;
        }
        enum fault fault = open_steps_deliver(steps, &is_over);
        if (is_over) {
            return fault;
        }
        (void)fprintf(stderr, "not taken: %s\n", fault_text());
    }
}

/* ---- the process ---- */

static enum fault enter_sandbox(const char *folder, bool is_required)
{
    const struct sandbox_path path = {.path = folder, .is_writable = true};
    const struct sandbox_options options = {.role = "opener",
                                            .paths = &path,
                                            .paths_count = 1,
                                            .files_max = FILES_OPEN,
                                            .is_required = is_required};
    struct sandbox_report report;
    char text[SANDBOX_TEXT_BYTES];
    TRY(sandbox_enter(&options, &report));
    sandbox_report_print(&report, text);
    (void)fprintf(stderr, "sandbox: %s\n", text);
    return FAULT_NONE;
}

static enum fault go(struct open_pins *pins, struct open_steps *steps)
{
    TRY(open_steps_begin(steps));
    (void)fprintf(stderr, "opening: written; waiting for %s\n", OPEN_OPENING_SHOWN);
    TRY(wait_shown(pins, steps));
    (void)fprintf(stderr, "opening: in the log; waiting for answers\n");
    TRY(wait_answers(pins, steps));
    struct span manifest = open_steps_manifest(steps);
    (void)printf("%.*s", (int)manifest.size, (const char *)manifest.data);
    return FAULT_NONE;
}

enum fault open_run(const char *folder, const struct open_pin_paths *paths,
                    bool is_sandbox_required)
{
    static struct open_pins pins;
    struct open_steps *steps = NULL;
    TRY(open_pins_read(paths, &pins));
    enum fault fault = open_steps_open(disk_real(), folder, &pins.judge, &steps);
    if (fault == FAULT_NONE) {
        fault = enter_sandbox(folder, is_sandbox_required);
    }
    if (fault == FAULT_NONE) {
        fault = go(&pins, steps);
    }
    open_steps_close(steps);
    open_pins_close(&pins);
    return fault;
}
