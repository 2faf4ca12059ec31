/* Which role runs in which process, what each may still do there, and which channels join them:
 * three tables, of roles, channels and processes (placement.c).
 *
 *     small  engine | edge (gateway) | back (history, monitor, admin, prices, cases, lists, logins)
 * | snapshot: few processes wide   every role in its own one    all agents in one thread, without a
 * sandbox: for tests
 *
 * and in each of them `screen` and `match` in processes of their own, once lists are configured,
 * `keep` in one where there is a vault, `log` and `courier` where the public log is written, `door`
 * where customers have logins, `desk` where requests about customers are judged, `office` where
 * officers have a console.
 *
 * The supervisor's process makes the channels, the listening sockets and a page of metrics for each
 * process (io/metrics_page.h), so they outlive any role;
 * each process is handed the ends that its roles have in the tables, and keeps no other descriptor:
 * a gateway that was taken over cannot reach the administrator's channel.
 *
 * A role's process: takes what it was handed, makes its agents, opens them, enters the sandbox,
 * starts and works (io/agent.h). It says which protections hold, and it says that it is ready when
 * all its agents are: the engine recovered, the readers at the position that is released, the
 * gateway listening. */
#ifndef APP_PLACEMENT_H
#define APP_PLACEMENT_H

#include "app/config.h"
#include "app/list_sources.h"
#include "app/price_sources.h"
#include "app/supervise.h"
#include "base/base.h"
#include "io/channel.h"
#include "io/fault.h"
#include "io/file.h"
#include "io/handover.h"
#include "io/metrics_page.h"
#include "role/gateway/demo_sign.h"

enum place_role {
    PLACE_ENGINE,
    PLACE_HISTORY,
    PLACE_GATEWAY,
    PLACE_SNAPSHOT,
    PLACE_MONITOR,
    PLACE_ADMIN,
    PLACE_PRICES,
    PLACE_CASES,
    PLACE_LISTS,
    PLACE_SCREEN,
    PLACE_MATCH,
    PLACE_KEEP,
    PLACE_LOG,
    PLACE_COURIER,
    PLACE_DOOR,
    PLACE_DESK,
    PLACE_OFFICE,
    PLACE_LOGINS,
};
#define PLACE_ROLES_COUNT 18U

enum place_channel {
    PLACE_GATEWAY_COMMANDS,
    PLACE_GATEWAY_BELLS,
    PLACE_HISTORY_BELLS,
    PLACE_ASKS,
    PLACE_ANSWERS,
    PLACE_KEY_ASKS,
    PLACE_KEY_ANSWERS,
    PLACE_ADMIN_COMMANDS,
    PLACE_ADMIN_BELLS,
    PLACE_PRICE_COMMANDS,
    PLACE_PRICE_BELLS,
    PLACE_SCREEN_COMMANDS,
    PLACE_SCREEN_BELLS,
    PLACE_LOG_ASKS,
    PLACE_LOG_EVENTS,
    PLACE_CUSTOMER_ACTS,
    PLACE_LOGIN_COMMANDS,
    PLACE_LOGIN_BELLS,
};
#define PLACE_CHANNELS_COUNT 18U

#define PLACE_KEYS_FOLDER "gateway"
#define PLACE_LOG_PUBLIC  "log/public"   /* what the gateway serves under /log/ */
#define PLACE_REPORTS     "transparency" /* under /transparency/ */
#define PLACE_SUPERVISOR  "supervisor"   /* its name among the processes */

struct place_process {
    const char *name;
    const char *calls; /* which list of io/sandbox_calls.txt; NULL: no sandbox */
    enum place_role roles[PLACE_ROLES_COUNT]; /* opened and started in this order */
    u32 roles_count;
};

#define PLACE_PROCESSES_MAX PLACE_ROLES_COUNT

struct placement {
    const char *name;
    struct place_process processes[PLACE_PROCESSES_MAX]; /* in the order of their start */
    u32 processes_count;
};

/* In the order of the words of the option venue.placement. */
extern const struct placement placements[];
extern const u32 placements_count;

/* The placement in use: without the processes `screen` and `match` where the configuration names no
 * list, without `keep` where there is no vault, without `log` and `courier` where there is no
 * public log, without `door` where nobody signs in, without `desk` and `office` where there is
 * none.
 */
struct placement placement_of(const struct config *config);

const char *place_role_name(enum place_role role);

/* What the roles are told; the same for all, and outliving the processes. */
struct place_settings {
    const struct config *config;
    const char *config_path;            /* read again on SIGHUP; NULL: there is no file */
    const char *folder;                 /* the venue's */
    char keys_folder[FILE_PATH_BYTES];  /* PLACE_KEYS_FOLDER in it: nobody's but the gateway's */
    u64 clock_behind_us;                /* the venue's clock is so far behind the machine's */
    const struct price_sources *prices; /* NULL: none */
    const struct list_sources *lists;   /* NULL: none */
    bool is_generous;                   /* limits for tests: nobody is slowed down or banned */
    /* Who may sign in at the page without a key of their own; NULL: nobody. Processes without the
     * gateway wipe their copy. */
    struct demo_accounts *demo;
};

/* Who wants a listening socket. */
enum place_listener {
    PLACE_LISTENER_GATEWAY,
    PLACE_LISTENER_MONITOR,
    PLACE_LISTENER_ADMIN,
    PLACE_LISTENER_SCREEN, /* -1 where nobody is screened */
    PLACE_LISTENER_KEEP,   /* -1 where there is no vault */
    PLACE_LISTENER_CASES,
    PLACE_LISTENER_LOG,    /* -1 where there is no public log */
    PLACE_LISTENER_DOOR,   /* -1 where nobody signs in */
    PLACE_LISTENER_DESK,   /* -1 where there is no disclosure desk */
    PLACE_LISTENER_OFFICE, /* -1 where officers have no console */
};
#define PLACE_LISTENERS_COUNT 10U

#define PLACE_PAGES_MAX (PLACE_PROCESSES_MAX + 1U) /* the processes', and last the supervisor's */

/* The supervisor's end: all channels, sockets and pages. */
struct place_hub {
    const struct placement *placement;
    struct channel channels[PLACE_CHANNELS_COUNT];
    int listeners[PLACE_LISTENERS_COUNT];
    int match_line[2];   /* from the monitor, to the role `match` */
    int log_line[2];     /* from the role `log`, to the courier */
    int door_line[2];    /* from the gateway, to the role `door` */
    int effects_line[2]; /* from the role `logins`, to the role `door` */
    int keep_line[2];    /* from the gateway, to the role `keep` */
    int desk_line[2];    /* from the gateway, to the role `desk` */
    int count_line[2];   /* from the role `desk`, to the role `keep` */
    int inbox_line[2];   /* from the gateway, to the role `cases` */
    int people_line[2];  /* from `keep`, to the role `screen` */
    int match_count;     /* an eventfd, from `match` to `screen`; -1 */
    struct metrics_page pages[PLACE_PAGES_MAX];
};

/* Makes channels, sized as the configuration says, and pages. The listeners are taken, also when it
 * fails. */
MUST_USE enum fault place_hub_open(struct place_hub *hub, const struct placement *placement,
                                   const struct config *config,
                                   const int listeners[PLACE_LISTENERS_COUNT]);
void place_hub_close(struct place_hub *hub);

/* The page that the supervisor writes itself. */
struct metrics_page *place_hub_page(struct place_hub *hub);

/* What a process is handed, HANDOVER_ITEMS_MAX at most; the descriptors stay the hub's. */
u32 place_hub_items(const struct place_hub *hub, const struct place_process *process,
                    struct handover_item items_out[HANDOVER_ITEMS_MAX]);

bool place_has_role(const struct place_process *process, u32 role);

/* The argument of place_process_run. */
struct place_call {
    const struct place_settings *settings;
    const struct place_process *process;
    struct place_hub *hub; /* whose mappings the fork has copied */
};

/* supervise_role.run: the whole life of a process, on what waits at `socket`. */
int place_process_run(void *argument, int socket);

#endif /* APP_PLACEMENT_H */
