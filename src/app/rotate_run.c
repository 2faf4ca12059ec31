#include "app/rotate_run.h"

#include "app/pinned.h"
#include "app/rotate_steps.h"

#include <stdio.h>
#include <string.h>

#define FILES_OPEN 64U

/* What was told last: it is not said again ten times a second. */
struct teller {
    char text[FAULT_TEXT_BYTES];
};

static void tell_fault(struct teller *teller)
{
    char text[FAULT_TEXT_BYTES];
    (void)snprintf(text, sizeof(text), "%s", fault_text());
    if (strcmp(text, teller->text) != 0) {
        (void)fprintf(stderr, "not taken: %s\n", text);
        memcpy(teller->text, text, sizeof(text));
    }
    fault_forget();
}

static enum fault pause_or_end(struct rotate_pins *pins, const struct rotate_steps *steps,
                               const char *what)
{
    const struct pinned_wait wait = {.begins_s = rotate_steps_opening(steps)->begins_s,
                                     .seconds = ROTATION_OPENING_S,
                                     .another = "rotation"};
    return pinned_pause(&pins->old, &wait, what);
}

static enum fault wait_answers(struct rotate_pins *pins, struct rotate_steps *steps,
                               struct teller *teller)
{
    bool is_enough = false;
    while (!is_enough) {
        TRY(pause_or_end(pins, steps, "answers of enough officers"));
        if (rotate_steps_answers(steps, &is_enough) != FAULT_NONE) {
            tell_fault(teller);
        }
    }
    return FAULT_NONE;
}

/* A receipt that has become old is replaced by a fresh one; till then nothing is wrapped. */
static enum fault wait_allowed(struct rotate_pins *pins, struct rotate_steps *steps,
                               struct teller *teller)
{
    bool is_allowed = false;
    while (!is_allowed) {
        TRY(pause_or_end(pins, steps, OPEN_OPENING_SHOWN " and " ROTATE_SLOTS " that hold"));
        if (rotate_steps_allow(steps, &is_allowed) != FAULT_NONE) {
            tell_fault(teller);
        }
    }
    return FAULT_NONE;
}

static enum fault wrap_all(struct rotate_pins *pins, struct rotate_steps *steps,
                           struct teller *teller)
{
    bool is_last = false;
    while (!is_last) {
        bool is_answer = false;
        enum fault fault = rotate_steps_piece(steps, &is_last, &is_answer);
        if (fault != FAULT_NONE && !is_answer) {
            return fault;
        }
        if (fault != FAULT_NONE) {
            tell_fault(teller);
            TRY(wait_answers(pins, steps, teller));
        }
    }
    return rotate_steps_end(steps);
}

/* ---- the process ---- */

static enum fault rotate_all(struct rotate_pins *pins, struct rotate_steps *steps)
{
    struct teller teller = {.text = ""};
    TRY(rotate_steps_begin(steps));
    (void)fprintf(stderr, "opening: written; waiting for the log and answers\n");
    TRY(wait_answers(pins, steps, &teller));
    TRY(wait_allowed(pins, steps, &teller));
    (void)fprintf(stderr, "opening: in the log, with answers; wrapping\n");
    return wrap_all(pins, steps, &teller);
}

static enum fault go(struct rotate_pins *pins, struct rotate_steps *steps)
{
    bool is_done = false;
    TRY(rotate_steps_resume(steps, &is_done));
    if (is_done) {
        (void)fprintf(stderr, "wraps: all were there; now they have their name\n");
    } else {
        TRY(rotate_all(pins, steps));
    }
    struct span manifest = rotate_steps_manifest(steps);
    (void)printf("%.*s", (int)manifest.size, (const char *)manifest.data);
    return FAULT_NONE;
}

enum fault rotate_run(const char *folder, const struct rotate_pin_paths *paths,
                      bool is_sandbox_required)
{
    static struct rotate_pins pins;
    struct rotate_steps *steps = NULL;
    TRY(rotate_pins_read(paths, &pins));
    enum fault fault = rotate_steps_open(disk_real(), folder, &pins.judge, &steps);
    if (fault == FAULT_NONE) {
        fault = pinned_sandbox_in("opener", folder, FILES_OPEN, is_sandbox_required);
    }
    if (fault == FAULT_NONE) {
        fault = go(&pins, steps);
    }
    rotate_steps_close(steps);
    rotate_pins_close(&pins);
    return fault;
}
