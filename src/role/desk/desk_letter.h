/* The letters of the desk: receipt, refusal, narrowing and challenge to the authority, notice to
 * the customer; each one text in English and French (docs/desk.md "Letters").
 *
 * A letter follows from the case and the act alone, so that it has one hash: the officer signs the
 * hash in the act, the store makes the letter anew and compares. No letter names an officer, a
 * person or what a record says. */
#ifndef ROLE_DESK_DESK_LETTER_H
#define ROLE_DESK_DESK_LETTER_H

#include "base/base.h"
#include "role/desk/desk.h"

#define DESK_LETTER_BYTES 4096U

/* Whether the act goes out with a letter. */
bool desk_act_has_letter(enum desk_act_kind kind);

/* UTF-8 with a zero at the end; the size without. The act's own `letter` is not looked at, the case
 * is as it was before the act. CHECK: the act has a letter. */
size_t desk_letter_print(const struct desk_case *at, const struct desk_act *act,
                         char target[DESK_LETTER_BYTES]);

#endif /* ROLE_DESK_DESK_LETTER_H */
