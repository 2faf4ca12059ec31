/* What the officers' console asks to be signed with an officer's key of the register: a sign-in, or
 * that a security key is theirs (docs/office.md "Signing in"). Whoever signs on their own machine
 * signs such a text of the console they meant, and nothing else: no act, grant or order. */
#ifndef APP_OFFICE_TEXT_H
#define APP_OFFICE_TEXT_H

#include "base/base.h"
#include "io/fault.h"

#define OFFICE_TEXT_BYTES_MAX 4096U

/* FAULT_INPUT with "NAME: reason": not exactly one of the two texts. FAULT_REFUSED: of another
 * console than `origin`, or for another officer. */
MUST_USE enum fault office_text_check(struct span text, const char *name, const char *origin,
                                      const char *officer);

#endif /* APP_OFFICE_TEXT_H */
