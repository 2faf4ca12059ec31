/* Requests about customers that a demo's desk has when it begins, so that its queue and the console
 * are not empty: invented authorities and papers, taken in and judged by the demo's officers. Each
 * act is drafted, signed with the officer's key and brought over desk.sock, as `cambist desk` does
 * it, and the desk judges it like any other.
 *
 *     demo/papers/NAME.txt, NAME.age      a paper, and as it was sealed for the reviewers */
#ifndef APP_DEMO_DESK_H
#define APP_DEMO_DESK_H

#include "base/base.h"
#include "io/fault.h"

/* Brings all of them to the desk that listens at `socket`, unless it has a case already. */
MUST_USE enum fault demo_desk_fill(const char *folder, const char *socket);

#endif /* APP_DEMO_DESK_H */
