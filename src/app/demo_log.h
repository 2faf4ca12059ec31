/* The public log of a demo: its key and policy, and three witnesses on the same machine, each a
 * process of the supervisor's. All of them are the venue's own, and the policy says so: a reader is
 * told of no independent witness. */
#ifndef APP_DEMO_LOG_H
#define APP_DEMO_LOG_H

#include "app/supervise.h"
#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"

#define DEMO_LOG_ORIGIN    "demo.invalid"
#define DEMO_LOG_WITNESSES 3U

struct demo_log;

struct demo_witness {
    const struct demo_log *log;
    u32 number;   /* from 1 */
    int listener; /* held as long as the demo runs; -1 */
    u16 port;
    char name[16];
    char folder[FILE_PATH_BYTES];
    char key[FILE_PATH_BYTES];
};

struct demo_log {
    char logs[FILE_PATH_BYTES]; /* the log's key, for the witnesses */
    struct demo_witness witnesses[DEMO_LOG_WITNESSES];
};

/* Keys where there are none; sockets, and the policy with their addresses, at every start. */
MUST_USE enum fault demo_log_open(struct demo_log *log, const char *folder);
void demo_log_close(struct demo_log *log);

/* The processes, DEMO_LOG_WITNESSES of them; `log` outlives them. */
void demo_log_roles(struct demo_log *log, struct supervise_role roles_out[DEMO_LOG_WITNESSES]);

#endif /* APP_DEMO_LOG_H */
