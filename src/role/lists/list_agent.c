#include "role/lists/list_agent.h"

#include "base/check.h"
#include "io/log.h"
#include "role/lists/list_compile.h"
#include "role/lists/list_files.h"
#include "wire/code.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define LISTS_MAX       256U
#define SOON_NS         2000000000ULL /* a file may not be whole yet */
#define FAULT_WAIT_US   60000000ULL   /* before a load is tried again */
#define OUTCOME_WAIT_US 3600000000ULL /* the same for one of the future */

/* What came of the last time that the files were looked at. */
struct watched {
    u64 identity; /* of the files that were loaded; 0: none yet */
    u64 again_us; /* they are tried again then; 0: when they change */
};

struct list_agent {
    struct agent agent; /* first: it is cast back */
    struct list_agent_options options;
    u64 due_ns; /* of the next round */
    bool is_running;
    pthread_t thread;
    _Atomic u32 is_done;
    _Atomic u32 is_stopping;
    struct list_agent_counts counts;
    /* The thread's, while it runs. */
    struct list_agent_counts round;
    struct watched watched[LIST_WATCHES_MAX];
    struct list_state states[LISTS_MAX];
    u64 stale[LISTS_MAX]; /* lists that were stale in the last round */
    u32 stale_count;
    bool is_soon;
};

static struct list_agent *agent_of(struct agent *agent)
{
    return (struct list_agent *)(void *)agent;
}

struct list_agent_counts list_agent_counts(const struct agent *agent)
{
    return ((const struct list_agent *)(const void *)agent)->counts;
}

/* ---- the round ---- */

static void fault_tell(struct list_agent *agent, const char *name, enum fault fault)
{
    if (fault != FAULT_STOPPED) {
        agent->round.faults += 1;
        log_error("lists.fault", LOG_STR("list", name), LOG_FAULT(fault));
    }
    fault_forget();
}

static enum fault load(struct list_agent *agent, struct list_loader *loader,
                       struct list_store *store, u32 index, const struct list_files *files)
{
    const struct list_watch *watch = &agent->options.watches[index];
    struct watched *watched = &agent->watched[index];
    const char *paths[LIST_FILES_MAX];
    u64 now_us = clock_wall_us(agent->options.clock);
    struct list_load row;
    for (u32 i = 0; i < files->count; i += 1) {
        paths[i] = files->paths[i];
    }
    struct list_load_request request = {
        .folder = agent->options.folder,
        .list = watch->list,
        .paths = paths,
        .paths_count = files->count,
        .format = watch->format,
        .now_us = now_us,
        .confirmed_us = u64_min(files->time_us, now_us),
        .policy = {.keep_percent = agent->options.keep_percent,
                   .refused_permille = LIST_REFUSED_PERMILLE,
                   .stale_after_us = watch->stale_after_us},
        .is_stopping = &agent->is_stopping,
    };
    watched->identity = files->identity;
    watched->again_us = now_us + FAULT_WAIT_US;
    TRY(list_load(loader, store, &request, &row));
    watched->again_us = row.outcome == LIST_OUTCOME_FUTURE ? now_us + OUTCOME_WAIT_US : 0;
    agent->round.loads += row.outcome == LIST_OUTCOME_ACCEPTED ? 1 : 0;
    agent->round.refusals += row.outcome > LIST_OUTCOME_UNCHANGED ? 1 : 0;
    list_load_tell(&row);
    return FAULT_NONE;
}

static enum fault watch_look(struct list_agent *agent, struct list_loader *loader,
                             struct list_store *store, u32 index)
{
    const struct watched *watched = &agent->watched[index];
    u64 now_us = clock_wall_us(agent->options.clock);
    struct list_files files;
    TRY(list_files_look(agent->options.folder, &agent->options.watches[index],
                        clock_wall_us(clock_real()), &files));
    bool is_known = files.identity == watched->identity &&
                    (watched->again_us == 0 || now_us < watched->again_us);
    if (files.count == 0 || is_known) {
        return FAULT_NONE;
    }
    if (files.is_fresh) {
        agent->is_soon = true;
        return FAULT_NONE;
    }
    return load(agent, loader, store, index, &files);
}

static bool was_stale(const struct list_agent *agent, u64 list)
{
    for (u32 i = 0; i < agent->stale_count; i += 1) {
        if (agent->stale[i] == list) {
            return true;
        }
    }
    return false;
}

/* What is in force, whether it is stale, and whether its file says so. */
static enum fault states_look(struct list_agent *agent, struct list_store *store)
{
    u64 now_us = clock_wall_us(agent->options.clock);
    u64 stale[LISTS_MAX];
    u32 stale_count = 0;
    u32 count = 0;
    TRY(list_store_lists(store, agent->states, LISTS_MAX, &count));
    for (u32 i = 0; i < count; i += 1) {
        const struct list_state *state = &agent->states[i];
        char name[CODE_NAME_BYTES] = {0};
        bool is_name = code_name_print(state->list, name);
        bool is_stale = state->load == 0 || now_us >= list_stale_us(state);
        CHECK(is_name);
        agent->round.in_force += state->load != 0 ? 1 : 0;
        agent->round.entries += state->entries;
        agent->round.stale += is_stale ? 1 : 0;
        agent->round.refused += state->last_outcome != LIST_OUTCOME_ACCEPTED ? 1 : 0;
        if (is_stale) {
            stale[stale_count] = state->list;
            stale_count += 1;
        }
        if (is_stale && !was_stale(agent, state->list)) {
            log_error("lists.stale", LOG_STR("list", name), LOG_U64("load", state->load),
                      LOG_U64("confirmed_us", state->confirmed_us));
        } else if (!is_stale && was_stale(agent, state->list)) {
            log_info("lists.fresh", LOG_STR("list", name), LOG_U64("load", state->load));
        }
        if (!list_compiled_is_good(agent->options.folder, state, now_us)) {
            TRY(list_compile(store, agent->options.folder, state->list, now_us));
        }
    }
    memcpy(agent->stale, stale, sizeof(stale));
    agent->stale_count = stale_count;
    return FAULT_NONE;
}

static u64 missing_count(const struct list_agent *agent, struct list_store *store)
{
    u64 missing = 0;
    for (u32 i = 0; i < agent->options.watches_count; i += 1) {
        struct list_state state;
        if (list_store_state(store, agent->options.watches[i].list, &state) != FAULT_NONE ||
            state.load == 0) {
            missing += 1;
        }
    }
    return missing;
}

static void watches_look(struct list_agent *agent, struct list_store *store)
{
    struct list_loader *loader = NULL;
    enum fault fault = list_loader_create(&loader);
    if (fault != FAULT_NONE) {
        fault_tell(agent, "", fault);
        return;
    }
    for (u32 i = 0; i < agent->options.watches_count; i += 1) {
        char name[CODE_NAME_BYTES] = {0};
        bool is_name = code_name_print(agent->options.watches[i].list, name);
        CHECK(is_name);
        if (atomic_load(&agent->is_stopping) != 0) {
            break;
        }
        fault = watch_look(agent, loader, store, i);
        if (fault != FAULT_NONE) {
            fault_tell(agent, name, fault);
        }
    }
    list_loader_destroy(loader);
}

static enum fault round_inner(struct list_agent *agent)
{
    struct list_store *store = NULL;
    char path[FILE_PATH_BYTES];
    bool exists = true;
    if (agent->options.watches_count == 0) { /* lists may have been loaded by hand */
        TRY(file_path(path, agent->options.folder, LISTS_FILE));
        TRY(disk_exists(disk_real(), path, &exists));
    }
    if (!exists) {
        return FAULT_NONE;
    }
    TRY(list_store_open(&store, agent->options.folder, SQL_WRITE));
    watches_look(agent, store);
    enum fault fault = states_look(agent, store);
    agent->round.missing = missing_count(agent, store);
    list_store_close(store);
    return fault;
}

static void *round_run(void *argument)
{
    struct list_agent *agent = argument;
    const struct list_agent_counts before = agent->counts;
    agent->is_soon = false;
    agent->round = (struct list_agent_counts){.rounds = before.rounds + 1,
                                              .loads = before.loads,
                                              .refusals = before.refusals,
                                              .faults = before.faults};
    enum fault fault = round_inner(agent);
    if (fault != FAULT_NONE) {
        fault_tell(agent, "", fault);
    }
    atomic_store(&agent->is_done, 1);
    return NULL;
}

/* ---- the agent ---- */

static void round_join(struct list_agent *agent)
{
    int error = pthread_join(agent->thread, NULL);
    CHECK(error == 0);
    agent->is_running = false;
    agent->counts = agent->round;
    agent->due_ns = clock_mono_ns(agent->options.clock) +
                    (agent->is_soon ? SOON_NS : agent->options.every_us * 1000);
}

static enum fault list_agent_open(struct agent *base)
{
    struct list_agent *agent = agent_of(base);
    agent->due_ns = 0;
    agent->is_running = false;
    agent->stale_count = 0;
    atomic_store(&agent->is_stopping, 0);
    memset(agent->watched, 0, sizeof(agent->watched));
    return FAULT_NONE;
}

static enum fault list_agent_work(struct agent *base, bool *busy_out)
{
    struct list_agent *agent = agent_of(base);
    *busy_out = false;
    if (agent->is_running) {
        if (atomic_load(&agent->is_done) != 0) {
            round_join(agent);
        }
        return FAULT_NONE;
    }
    if (clock_mono_ns(agent->options.clock) < agent->due_ns) {
        return FAULT_NONE;
    }
    atomic_store(&agent->is_done, 0);
    int error = pthread_create(&agent->thread, NULL, round_run, agent);
    if (error != 0) {
        return FAULT_ERRNO(error, "a thread for the lists");
    }
    agent->is_running = true;
    return FAULT_NONE;
}

static enum fault list_agent_stop(struct agent *base, bool *done_out)
{
    struct list_agent *agent = agent_of(base);
    atomic_store(&agent->is_stopping, 1);
    if (agent->is_running && atomic_load(&agent->is_done) != 0) {
        round_join(agent);
    }
    *done_out = !agent->is_running;
    return FAULT_NONE;
}

static void list_agent_close(struct agent *base)
{
    struct list_agent *agent = agent_of(base);
    atomic_store(&agent->is_stopping, 1);
    if (agent->is_running) {
        round_join(agent);
    }
}

enum fault list_agent_create(struct agent **agent_out, const struct list_agent_options *options)
{
    static const struct agent_ops ops = {.open = list_agent_open,
                                         .work = list_agent_work,
                                         .stop = list_agent_stop,
                                         .close = list_agent_close};
    struct list_agent *agent = calloc(1, sizeof(struct list_agent));
    *agent_out = NULL;
    CHECK(options->watches_count <= LIST_WATCHES_MAX);
    if (agent == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the agent of the lists");
    }
    agent->agent = (struct agent){.ops = &ops, .name = "lists"};
    agent->options = *options;
    agent->options.clock = options->clock == NULL ? clock_real() : options->clock;
    *agent_out = &agent->agent;
    return FAULT_NONE;
}

void list_agent_destroy(struct agent *agent)
{
    free(agent);
}
