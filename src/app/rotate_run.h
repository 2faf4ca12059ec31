/* The re-wrapper as a process (docs/rotation.md "The re-wrapper"): it reads and writes one folder,
 * has no network, and ends after one rotation or 6 hours. */
#ifndef APP_ROTATE_RUN_H
#define APP_ROTATE_RUN_H

#include "app/rotate_folder.h"
#include "base/base.h"
#include "io/fault.h"

/* Tells on standard error what it waits for and what it does not take. FAULT_EXISTS: the folder has
 * an opening already. FAULT_REFUSED and others name what does not hold; FAULT_TIMEOUT: the time was
 * over. Only when it returns FAULT_NONE are manifest and wraps there. */
MUST_USE enum fault rotate_run(const char *folder, const struct rotate_pin_paths *paths,
                               bool is_sandbox_required);

#endif /* APP_ROTATE_RUN_H */
