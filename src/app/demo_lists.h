/* Lists and registers of the demo, and whom its screening process knows (docs/demo.md
 * "Screening"): files of rules/demo, built in. */
#ifndef APP_DEMO_LISTS_H
#define APP_DEMO_LISTS_H

#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"

#define DEMO_LISTS "demo-list us-sdn"     /* screen.lists of a demo */
#define DEMO_LENA  "demo/demo-lena.jsonl" /* one whom the process is not told */

/* Loads and compiles the lists and lays the registers, as far as they are not there. Nobody else
 * writes the folder. They are never stale: nothing will confirm them. */
MUST_USE enum fault demo_lists_put(const char *folder);

/* Tells the process, which has forgotten everybody with its last end. `socket` is its path. */
MUST_USE enum fault demo_lists_tell(const char *socket);

#endif /* APP_DEMO_LISTS_H */
