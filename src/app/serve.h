/* A venue at work: the supervisor's process. It makes what outlives the roles (channels, the
 * listening socket), starts a process for each row of the placement, and keeps them alive
 * (supervise.h) until it is asked to stop.
 *
 * In the data folder `run` says what is alive: NAME.pid for each process, and supervisor.pid; the
 * folder's lock keeps a second supervisor out. A service manager that asks is told when the venue
 * is ready and when it stops (notify.h), and that it is alive for as long as every running process
 * writes its page of metrics; one that writes snapshots may be busy for long and is not asked. */
#ifndef APP_SERVE_H
#define APP_SERVE_H

#include "app/config.h"
#include "app/supervise.h"
#include "app/test_venue.h"
#include "app/venue_limits.h"
#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"

#define SERVE_RUN_FOLDER "run"

/* Where the venue comes from. */
enum serve_begin {
    SERVE_GO_ON, /* the folder holds one; FAULT_MISSING when not */
    SERVE_NEW,   /* an empty one is begun: FAULT_EXISTS when the folder holds one */
    SERVE_TEST,  /* the test venue (test_venue.h) is begun: the same */
    SERVE_GUEST, /* its guest begins one where there is none */
};

#define SERVE_GUEST_ROLES_MAX 8U

/* What a ready-made venue does besides: `cambist demo`. */
struct serve_guest {
    /* Begins a venue, or looks at the one that is there; says who may sign in at the page. */
    enum fault (*begin)(struct serve_guest *guest, const char *folder, const char *keys_folder,
                        bool has_venue, struct demo_accounts *accounts_out);
    /* The addresses are known, and no process runs. */
    enum fault (*opened)(struct serve_guest *guest, const struct test_addresses *addresses);
    /* Every process is ready. */
    enum fault (*ready)(struct serve_guest *guest, const struct test_addresses *addresses);
    u64 clock_behind_us;                /* set by `begin`: of the venue's clock, for all roles */
    const struct supervise_role *roles; /* more processes, which start last */
    u32 roles_count;                    /* at most SERVE_GUEST_ROLES_MAX */
};

struct serve_options {
    const struct config *config; /* outlives the call, as do the texts */
    const char *config_path;     /* where it was read; NULL: nowhere */
    const char *folder;          /* the data folder; made when it is not there */
    u16 port;                    /* 0: any free one */
    u16 admin_port;              /* of metrics and readiness; 0: any free one */
    enum serve_begin begin;
    const char *keys_file;     /* SERVE_TEST: where the keys are written when the venue is ready */
    struct serve_guest *guest; /* SERVE_GUEST */
    u32 seconds;               /* ready for so many, it ends by itself; 0: not */
};

/* Returns when a signal, or a role that cannot be started again, has ended it; *exit_code_out is 0
 * or that role's. A fault: it has not begun. */
MUST_USE enum fault serve_run(const struct serve_options *options, int *exit_code_out);

/* Begins an empty venue of that size in a folder that is there, and ends. FAULT_EXISTS: it holds
 * one. */
MUST_USE enum fault serve_begin(const char *folder, struct venue_size size);

/* Where the admin agent of a venue in this folder listens, where its screening and its vault do.
 * FAULT_CONFIG: too long. */
MUST_USE enum fault serve_admin_path(const struct config *config, const char *folder,
                                     char path_out[FILE_PATH_BYTES]);
MUST_USE enum fault serve_screen_path(const struct config *config, const char *folder,
                                      char path_out[FILE_PATH_BYTES]);
MUST_USE enum fault serve_log_path(const struct config *config, const char *folder,
                                   char path_out[FILE_PATH_BYTES]);
MUST_USE enum fault serve_keep_path(const struct config *config, const char *folder,
                                    char path_out[FILE_PATH_BYTES]);
MUST_USE enum fault serve_desk_path(const struct config *config, const char *folder,
                                    char path_out[FILE_PATH_BYTES]);
MUST_USE enum fault serve_cases_path(const struct config *config, const char *folder,
                                     char path_out[FILE_PATH_BYTES]);

#endif /* APP_SERVE_H */
