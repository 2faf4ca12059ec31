/* The one-shot opener as a process (docs/opening.md "The opener"): it reads and writes one folder,
 * has no network, and ends after one delivery or 15 minutes. */
#ifndef APP_OPEN_RUN_H
#define APP_OPEN_RUN_H

#include "app/open_folder.h"
#include "base/base.h"
#include "io/fault.h"

/* Tells on standard error what it waits for and which answers it does not take. FAULT_EXISTS: the
 * folder has an opening already. FAULT_REFUSED and others name what does not hold; FAULT_TIMEOUT:
 * the time was over. Only when it returns FAULT_NONE are manifest and delivery there. */
MUST_USE enum fault open_run(const char *folder, const struct open_pin_paths *paths,
                             bool is_sandbox_required);

#endif /* APP_OPEN_RUN_H */
