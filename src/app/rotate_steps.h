/* What the re-wrapper does to its folder, step by step, without waiting: the process around it has
 * the sandbox and the clock (rotate_run.h), and a test may end it between any two steps.
 *
 *     open ─▶ resume? ─▶ begin ─▶ allow ... ─▶ answers ... ─▶ piece ... ─▶ end ─▶ close
 *
 * The keys are made by begin and live in this object alone; a folder in which an opening was begun
 * takes no other. */
#ifndef APP_ROTATE_STEPS_H
#define APP_ROTATE_STEPS_H

#include "app/rotate_folder.h"
#include "base/base.h"
#include "io/fault.h"

struct rotate_steps;

/* Reads rotation, its receipt and the rows. `folder` and `judge` stay the caller's, who may move
 * the judge's clock between steps. FAULT_MISSING, FAULT_INPUT and others name the file. */
MUST_USE enum fault rotate_steps_open(struct disk *disk, const char *folder,
                                      const struct rotation_judge *judge,
                                      struct rotate_steps **steps_out);
/* Forgets the keys; NULL is nothing. */
void rotate_steps_close(struct rotate_steps *steps);

/* Ends what a process began that was ended between manifest and wraps: when the manifest is about
 * what lies there as wraps.new, that gets its name, and nothing else is left to do. *is_done_out is
 * false where it is not so far, or further. FAULT_ROT and others: what lies there is other. */
MUST_USE enum fault rotate_steps_resume(struct rotate_steps *steps, bool *is_done_out);

/* Judges, makes the keys and writes the opening. FAULT_EXISTS: there is one already. */
MUST_USE enum fault rotate_steps_begin(struct rotate_steps *steps);
/* Reads the opening's receipt and the slots, if they have come, and judges everything. After a
 * fault it may be tried again with others; nothing is wrapped before it has held. */
MUST_USE enum fault rotate_steps_allow(struct rotate_steps *steps, bool *is_allowed_out);
/* Looks for answers that have come, and whether those not refused yet are enough. */
MUST_USE enum fault rotate_steps_answers(struct rotate_steps *steps, bool *is_enough_out);
/* Wraps the next piece anew. `is_answer_out` with a fault: an answer was at fault, which is not
 * taken again, and the same piece may be tried with others. */
MUST_USE enum fault rotate_steps_piece(struct rotate_steps *steps, bool *is_last_out,
                                       bool *is_answer_out);
/* Puts manifest and wraps there, the manifest first. */
MUST_USE enum fault rotate_steps_end(struct rotate_steps *steps);

/* After begin. */
const struct opening *rotate_steps_opening(const struct rotate_steps *steps);
/* After the end, or what was resumed; in the steps' memory. */
struct span rotate_steps_manifest(const struct rotate_steps *steps);

#endif /* APP_ROTATE_STEPS_H */
