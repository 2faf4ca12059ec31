#include "app/open_run.h"

#include "app/open_steps.h"
#include "app/pinned.h"

#include <stdio.h>

#define FILES_OPEN 32U

/* ---- waiting ---- */

static enum fault pause_or_end(struct open_pins *pins, const struct open_steps *steps,
                               const char *what)
{
    const struct pinned_wait wait = {.begins_s = open_steps_opening(steps)->begins_s,
                                     .seconds = OPENING_SECONDS,
                                     .another = "grant"};
    return pinned_pause(pins, &wait, what);
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
        fault = pinned_sandbox_in("opener", folder, FILES_OPEN, is_sandbox_required);
    }
    if (fault == FAULT_NONE) {
        fault = go(&pins, steps);
    }
    open_steps_close(steps);
    open_pins_close(&pins);
    return fault;
}
