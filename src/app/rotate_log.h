/* What a rotation leaves in its folder is told to the venue's log, and its receipts come back
 * (docs/rotation.md "Events in the log"). */
#ifndef APP_ROTATE_LOG_H
#define APP_ROTATE_LOG_H

#include "base/base.h"
#include "io/fault.h"

/* As open_log does (open_log.h), of rotation, opening and manifest. The opening's receipt and the
 * slots are fetched anew each time, until the manifest is there: they are to be fresh for every
 * officer who answers within hours. */
MUST_USE enum fault rotate_log(const char *folder, const char *socket);

#endif /* APP_ROTATE_LOG_H */
