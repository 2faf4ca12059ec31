/* The one-shot opener as a process (docs/opening.md "The opener"): it reads and writes one folder,
 * has no network, and ends after one delivery or 15 minutes. */
#ifndef APP_OPEN_RUN_H
#define APP_OPEN_RUN_H

#include "app/open_folder.h"
#include "base/base.h"
#include "io/fault.h"

/* `book`: the opener's own folder with what was opened before (release_book.h), which a circle with
 * `opened-a-day` wants (FAULT_USAGE), NULL: none. An opening that is begun counts, also when it
 * does not end well. Tells on standard error what it waits for and which answers it does not take.
 * FAULT_EXISTS: the folder has an opening already. FAULT_REFUSED and others name what does not
 * hold; FAULT_TIMEOUT: the time was over. Only when it returns FAULT_NONE are manifest and delivery
 * there. */
MUST_USE enum fault open_run(const char *folder, const struct open_pin_paths *paths,
                             const char *book, bool is_sandbox_required);

#endif /* APP_OPEN_RUN_H */
