/* How each role is made inside its process: one row a role. A role's row says which part of the
 * folder it may touch and when it counts as ready. None may open a port, and none but the courier
 * connect: the listening socket is handed over. */
#ifndef APP_PLACE_ROLES_H
#define APP_PLACE_ROLES_H

#include "app/placement.h"
#include "base/arena.h"
#include "io/agent.h"
#include "io/block.h"
#include "io/clock.h"
#include "io/metrics.h"
#include "role/admin/admin_agent.h"
#include "role/desk/desk_agent.h"
#include "role/door/door_agent.h"
#include "role/engine/snapshot_agent.h"
#include "role/gateway/gateway.h"
#include "role/gateway/gateway_net.h"
#include "role/logins/login_agent.h"
#include "role/monitor/monitor.h"
#include "role/office/office_agent.h"
#include "role/screen/match_agent.h"
#include "role/screen/screen_agent.h"
#include "role/vault/courier.h"
#include "role/vault/log_agent.h"
#include "role/vault/vault_agent.h"

#define PLACE_PATHS_MAX 4U

#define PLACE_VALUES_MAX 24U /* metrics of one `measure` */

/* What a process has been handed, and what its roles share. */
struct place {
    const struct place_settings *settings;
    const struct placement *placement;
    const struct place_process *process;
    struct channel channels[PLACE_CHANNELS_COUNT]; /* ring NULL: not of this process */
    int listeners[PLACE_LISTENERS_COUNT];          /* -1: not of this process */
    int match_out;                                 /* the monitor's end of its line; -1 */
    int match_in;                                  /* the other; -1 */
    int match_count;                               /* searches that were answered; -1 */
    int log_out;                                   /* the log's end of its line; -1 */
    int log_in;                                    /* the courier's; -1 */
    int door_out;                                  /* the gateway's end of its line; -1 */
    int door_in;                                   /* the door's; -1 */
    int effects_out;                               /* the end of `logins` of its line; -1 */
    int effects_in;                                /* the door's; -1 */
    int keep_out;                                  /* the gateway's end of its line; -1 */
    int keep_in;                                   /* keep's; -1 */
    int people_out;                                /* keep's end of the line to screening; -1 */
    int people_in;                                 /* screening's; -1 */
    int count_out;                                 /* the desk's end of the line to `keep`; -1 */
    int count_in;                                  /* keep's; -1 */
    int desk_out;                                  /* the gateway's end of its line; -1 */
    int desk_in;                                   /* the desk's; -1 */
    int inbox_out;                                 /* the gateway's end of its line; -1 */
    int inbox_in;                                  /* the queue's; -1 */
    struct metrics_page page;                      /* its own */
    struct metrics_page pages[PLACE_PAGES_MAX];    /* all of them, where the monitor is */
    struct clock_behind clock;                     /* the venue's */
    struct agent_requests requests;
    struct metrics metrics;
    struct agent *agents[PLACE_ROLES_COUNT];
    u32 agents_count; /* made so far, in the order of process->roles */
    /* Of single roles. */
    struct snapshot_agent snapshot;
    struct block history;
    struct metric *history_values[PLACE_VALUES_MAX];
    struct metric *admin_values[PLACE_VALUES_MAX];
    struct metric *cases_values[PLACE_VALUES_MAX];
    struct metric *gateway_values[PLACE_VALUES_MAX];
    struct metric *network_values[PLACE_VALUES_MAX];
    struct gateway *gateway;
    struct gateway_net network;
    struct monitor monitor;
    struct admin_agent *admin;
    char log_public[FILE_PATH_BYTES]; /* the public log's files */
    char reports[FILE_PATH_BYTES];    /* published transparency reports */
    char officers[FILE_PATH_BYTES];   /* the register; empty: none */
    struct price_agent *prices;
    struct metric *price_values[PLACE_VALUES_MAX];
    struct metric *list_values[PLACE_VALUES_MAX];
    struct screen_agent *screen;
    struct metric *screen_values[PLACE_VALUES_MAX];
    struct match_agent *match;
    struct metric *match_values[PLACE_VALUES_MAX];
    struct vault_agent *keep;
    struct metric *keep_values[PLACE_VALUES_MAX];
    struct courier_line *log_line;
    struct log_agent *log;
    struct metric *log_values[PLACE_VALUES_MAX];
    struct courier *courier;
    struct metric *courier_values[PLACE_VALUES_MAX];
    struct desk_agent *desk;
    char desk_officers[FILE_PATH_BYTES];
    char desk_log[FILE_PATH_BYTES]; /* the log's socket */
    struct metric *desk_values[PLACE_VALUES_MAX];
    struct office_agent *office;
    struct metric *office_values[PLACE_VALUES_MAX];
    struct door_agent *door;
    struct metric *door_values[PLACE_VALUES_MAX];
    struct login_agent *logins;
    struct metric *login_values[PLACE_VALUES_MAX];
};

struct place_path {
    const char *below; /* the venue's folder; "": all of it; NULL: no more */
    bool is_writable;
};

struct place_role_row {
    const char *name;
    enum fault (*make)(struct place *place, struct agent **agent_out);
    void (*unmake)(struct place *place, struct agent *agent);               /* after agent_close */
    bool (*is_ready)(const struct place *place, const struct agent *agent); /* NULL: when started */
    /* Copies what the role tells its callers into metrics, which the first call declares. NULL: the
     * role has metrics of its own, or none. */
    void (*measure)(struct place *place, const struct agent *agent);
    struct place_path paths[PLACE_PATHS_MAX];
    u64 sleep_us; /* the longest sleep of its thread; 0: AGENT_SLEEP_DEFAULT_US */
};

extern const struct place_role_row place_roles[PLACE_ROLES_COUNT];

/* A metric that a role tells by a number: a counter where the name ends so. */
struct place_value {
    const char *name;
    const char *help;
};

/* Where the register of officers is; *path_out stays empty where there is none. */
MUST_USE enum fault place_officers_path(const struct place *place, char path_out[FILE_PATH_BYTES]);

/* Sets `count` metrics (PLACE_VALUES_MAX at most), which the first call declares. */
void place_values_put(struct place *place, struct metric **metrics, const struct place_value *rows,
                      const u64 *values, u32 count);

#endif /* APP_PLACE_ROLES_H */
