/* The transparency report out of a desk's file: counted (role/desk/report_count.h), then as text
 * (role/desk/report_print.h). */
#ifndef APP_REPORT_MAKE_H
#define APP_REPORT_MAKE_H

#include "base/base.h"
#include "io/fault.h"
#include "role/desk/desk_store.h"
#include "role/desk/report_count.h"

#define REPORT_DESK_PATH "desk/desk.db"

/* The acts of the file at `path`, counted through a second that is over. FAULT_REFUSED: it is not.
 * The caller closes *report_out, also after a fault. */
MUST_USE enum fault report_make(const char *path, u64 through_s, char venue_out[DESK_VENUE_BYTES],
                                struct report **report_out);
/* The last second of the last half-year that is over. */
MUST_USE enum fault report_last_over(u64 *through_out);

#endif /* APP_REPORT_MAKE_H */
