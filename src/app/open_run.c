#include "app/open_run.h"

#include "app/open_steps.h"
#include "app/pinned.h"
#include "role/vault/release_book.h"

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

/* Of all grants of the day. */
static enum fault book_enter(const struct open_pins *pins, const struct open_steps *steps,
                             const char *book)
{
    const struct grant_file *file = open_steps_grant(steps);
    const struct release_budget budget = grant_circle_opener_budget(&pins->circle, &file->grant);
    return budget.records == 0
               ? FAULT_NONE
               : release_book_enter(disk_real(), book, file, open_steps_opening(steps), &budget,
                                    pins->judge.now_s);
}

/* With a book: no file but below these two folders. */
static enum fault sandbox(const char *folder, const char *book, bool is_required)
{
    const struct sandbox_path paths[] = {{.path = folder, .is_writable = true},
                                         {.path = book, .is_writable = true}};
    const struct sandbox_options options = {.role = "opener",
                                            .paths = paths,
                                            .paths_count = book == NULL ? 1 : 2,
                                            .files_max = FILES_OPEN,
                                            .is_required = is_required};
    return pinned_sandbox(&options);
}

static enum fault go(struct open_pins *pins, struct open_steps *steps, const char *book)
{
    TRY(open_steps_begin(steps));
    TRY(book_enter(pins, steps, book));
    (void)fprintf(stderr, "opening: written; waiting for %s\n", OPEN_OPENING_SHOWN);
    TRY(wait_shown(pins, steps));
    (void)fprintf(stderr, "opening: in the log; waiting for answers\n");
    TRY(wait_answers(pins, steps));
    struct span manifest = open_steps_manifest(steps);
    (void)printf("%.*s", (int)manifest.size, (const char *)manifest.data);
    return FAULT_NONE;
}

enum fault open_run(const char *folder, const struct open_pin_paths *paths, const char *book,
                    bool is_sandbox_required)
{
    static struct open_pins pins;
    struct open_steps *steps = NULL;
    TRY(open_pins_read(paths, &pins));
    if (pins.circle.opened_a_day != 0 && book == NULL) {
        open_pins_close(&pins);
        return FAULT(FAULT_USAGE, "run wants --book DIR: the circle has opened-a-day");
    }
    enum fault fault = open_steps_open(disk_real(), folder, &pins.judge, &steps);
    if (fault == FAULT_NONE) {
        fault = sandbox(folder, book, is_sandbox_required);
    }
    if (fault == FAULT_NONE) {
        fault = go(&pins, steps, book);
    }
    open_steps_close(steps);
    open_pins_close(&pins);
    return fault;
}
