/* What the one-shot opener does to its folder, step by step, without waiting: the process around it
 * has the sandbox and the clock (open_run.h), and a test may end it between any two operations of
 * the disk.
 *
 *     open ─▶ begin ─▶ shown ... ─▶ answers ... ─▶ deliver ─▶ close
 *
 * The keys are made by begin and live in this object alone; a folder in which an opening was begun
 * takes no other. */
#ifndef APP_OPEN_STEPS_H
#define APP_OPEN_STEPS_H

#include "app/open_folder.h"
#include "base/base.h"
#include "io/fault.h"

struct open_steps;

/* Reads grant, receipt and rows. `folder` and `judge` stay the caller's, who may move the judge's
 * clock between steps. FAULT_MISSING, FAULT_INPUT and others name the file. */
MUST_USE enum fault open_steps_open(struct disk *disk, const char *folder,
                                    const struct opening_judge *judge,
                                    struct open_steps **steps_out);
/* Forgets the keys; NULL is nothing. */
void open_steps_close(struct open_steps *steps);

/* Judges, makes the keys and writes the opening. FAULT_EXISTS: there is one already. */
MUST_USE enum fault open_steps_begin(struct open_steps *steps);
/* Whether the opening's receipt has come, and the slots behind it; both are read, and judged when
 * it is delivered. */
MUST_USE enum fault open_steps_shown(struct open_steps *steps, bool *is_there_out);
/* Looks for answers that have come, and whether those not refused yet are enough. */
MUST_USE enum fault open_steps_answers(struct open_steps *steps, bool *is_enough_out);
/* Opens, compares, and puts manifest and delivery there. On a fault there is no delivery, unless
 * the fault was the disk's in the last two steps, when the delivery is whole and its manifest
 * there. `is_over_out` false: only an answer was at fault, and it may go on with others. */
MUST_USE enum fault open_steps_deliver(struct open_steps *steps, bool *is_over_out);

/* Stays the steps'. */
const struct grant_file *open_steps_grant(const struct open_steps *steps);
/* After begin. */
const struct opening *open_steps_opening(const struct open_steps *steps);
/* After a delivery; in the steps' memory. */
struct span open_steps_manifest(const struct open_steps *steps);

#endif /* APP_OPEN_STEPS_H */
