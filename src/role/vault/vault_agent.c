#include "role/vault/vault_agent.h"

#include "base/check.h"
#include "io/log.h"
#include "io/sql_wipe.h"
#include "role/vault/vault_agent_inner.h"

#include <sodium.h>
#include <stdlib.h>

#define CHECK_NS 10000000000ULL /* between two looks for what is over */
#define COUNT_NS 30000000000ULL /* between two counts of everything */
#define SWEEP_US 3300000000ULL  /* behind an erasure: 55 minutes, so that it is done in the hour */
#define US_S     1000000ULL

static struct vault_agent *agent_of(struct agent *base)
{
    return (struct vault_agent *)(void *)base;
}

/* ---- by itself ---- */

/* What was erased long enough ago is swept. While somebody reads keys.db it waits. */
static enum fault sweep_turn(struct vault_agent *agent, u64 now_us)
{
    u64 since_us = 0;
    TRY(vault_store_unswept(&agent->store, &since_us));
    u64 age_us = since_us == 0 || now_us < since_us ? 0 : now_us - since_us;
    agent->counts.unswept = age_us / US_S;
    if (age_us < SWEEP_US) {
        return FAULT_NONE;
    }
    enum fault fault = vault_store_sweep(&agent->store, now_us);
    if (fault == FAULT_LOCKED) {
        log_warn("vault.sweep_waits", LOG_FAULT(fault));
        fault_forget();
        return FAULT_NONE;
    }
    return fault;
}

static enum fault over_turn(struct vault_agent *agent)
{
    u64 now_ns = clock_mono_ns(agent->options.clock);
    u64 now_us = clock_wall_us(agent->options.clock);
    u64 erased = 0;
    if (now_ns >= agent->check_ns) {
        enum fault fault = vault_store_erase_due(&agent->store, now_us, &erased);
        if (fault == FAULT_ROT) { /* said once; the rest is erased */
            if (!agent->is_damaged) {
                log_error("vault.damaged", LOG_FAULT(fault));
            }
            fault_forget();
        }
        agent->is_damaged = fault == FAULT_ROT;
        TRY(fault == FAULT_ROT ? FAULT_NONE : fault);
        TRY(sweep_turn(agent, now_us));
        if (erased > 0) {
            log_info("vault.erased", LOG_U64("count", erased));
        }
        /* There may be more than one turn erases. */
        agent->check_ns = erased > 0 ? now_ns : now_ns + CHECK_NS;
        agent->is_busy = agent->is_busy || erased > 0;
    }
    if (now_ns >= agent->count_ns) {
        TRY(vault_store_totals(&agent->store, &agent->counts.totals));
        TRY(vault_shares_turn(agent));
        agent->count_ns = now_ns + COUNT_NS;
    }
    return FAULT_NONE;
}

/* ---- the agent ---- */

/* Whether this process may lock memory at all: keys are then, values too. */
static bool can_lock(void)
{
    static u8 probe[4096];
    bool can = sodium_mlock(probe, sizeof(probe)) == 0;
    if (can) {
        (void)sodium_munlock(probe, sizeof(probe));
    }
    return can;
}

static enum fault vault_open(struct agent *base)
{
    struct vault_agent *agent = agent_of(base);
    const struct vault_agent_options *options = &agent->options;
    char folder[FILE_PATH_BYTES];
    if (!sql_wipe_freed()) {
        log_warn("vault.not_wiped", LOG_STR("cause", "SQLite was in use before the vault"));
    }
    TRY(file_path(folder, options->folder, VAULT_FOLDER));
    TRY(disk_make_folder(options->disk, folder));
    TRY(blind_index_open(&agent->index, options->disk, folder));
    TRY(vault_store_open(&agent->store, options->disk, folder, blind_index_mark_key(agent->index)));
    if (agent->store.has_lost_marks) {
        log_error("vault.marks_lost",
                  LOG_STR("cause", "index.key is another: what was erased may be put again"));
    }
    TRY(vault_groups_open(options->disk, folder, &agent->groups));
    TRY(vault_drills_open(options->disk, folder, &agent->groups, &agent->drills));
    TRY(vault_enrol_open(agent, folder));
    TRY(personal_open(&agent->value));
    agent->counts.locked = can_lock() ? 1 : 0;
    if (agent->counts.locked == 0) {
        log_warn("vault.not_locked", LOG_STR("cause", "memory cannot be locked"));
    }
    TRY(vault_store_totals(&agent->store, &agent->counts.totals));
    TRY(vault_shares_turn(agent));
    agent->check_ns = clock_mono_ns(options->clock);
    agent->count_ns = agent->check_ns + COUNT_NS;
    TRY(vault_tell_open(agent));
    TRY(vault_talk_open(agent));
    TRY(vault_people_open(agent));
    TRY(vault_count_open(agent));
    return vault_line_open(agent);
}

static enum fault vault_work(struct agent *base, bool *busy_out)
{
    struct vault_agent *agent = agent_of(base);
    bool busy = false;
    agent->is_busy = false;
    TRY(net_run_once(agent->net, 0, &busy));
    TRY(agent->turn_fault);
    TRY(vault_line_turn(agent));
    TRY(vault_people_turn(agent));
    TRY(vault_count_turn(agent));
    TRY(over_turn(agent));
    TRY(vault_tell_turn(agent));
    *busy_out = *busy_out || busy || agent->is_busy;
    return FAULT_NONE;
}

static void vault_close(struct agent *base)
{
    struct vault_agent *agent = agent_of(base);
    vault_talk_close(agent);
    vault_people_close(agent);
    vault_store_close(&agent->store);
    vault_enrol_close(agent);
    personal_close(agent->value);
    blind_index_close(agent->index);
    agent->value = NULL;
    agent->index = NULL;
}

static const struct agent_ops vault_ops = {
    .open = vault_open,
    .work = vault_work,
    .close = vault_close,
};

enum fault vault_agent_create(struct vault_agent **agent_out,
                              const struct vault_agent_options *options)
{
    CHECK(options->listener >= 0 && options->lookups_per_hour > 0);
    CHECK(options->drill_days > 0);
    *agent_out = calloc(1, sizeof(struct vault_agent));
    if (*agent_out == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the vault's agent");
    }
    (*agent_out)->agent = (struct agent){.ops = &vault_ops, .name = "keep"};
    (*agent_out)->options = *options;
    return FAULT_NONE;
}

struct agent *vault_agent_of(struct vault_agent *agent)
{
    return &agent->agent;
}

void vault_agent_destroy(struct vault_agent *agent)
{
    free(agent);
}

struct vault_agent_counts vault_agent_counts(const struct vault_agent *agent)
{
    return agent->counts;
}
