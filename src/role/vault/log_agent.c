#include "role/vault/log_agent.h"

#include "base/check.h"
#include "base/span.h"
#include "io/log.h"
#include "role/vault/log_agent_inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_NS 1000000000ULL
#define SECOND_US 1000000ULL
#define LOOK_NS   (LOG_SLEEP_US * 1000)
#define TURN_NS   (SECOND_NS / 4) /* between two looks for slots that have ended */
#define AGAIN_NS  (10 * SECOND_NS)
#define ASK_NS    (5 * SECOND_NS) /* below the quorum */
#define SYNC_NS   (30 * SECOND_NS)
#define STEPS_MAX 64U /* of a round, in a turn */

static struct log_agent *agent_of(struct agent *base)
{
    return (struct log_agent *)(void *)base;
}

/* ---- stopping ---- */

/* Whether it may help to try again without a new start of the process. */
static bool is_passing(enum fault fault)
{
    return fault == FAULT_IO || fault == FAULT_DISK_FULL || fault == FAULT_LIMIT ||
           fault == FAULT_LOCKED || fault == FAULT_UNAVAILABLE || fault == FAULT_TIMEOUT;
}

static void log_give_back(struct log_agent *agent)
{
    tlog_ask_close(agent->ask);
    log_restrict_give_back(agent);
    publog_close(agent->publog);
    tlog_store_close(agent->store);
    agent->ask = NULL;
    agent->publog = NULL;
    agent->store = NULL;
}

/* Nothing else of the venue stops with the log. */
static void stop(struct log_agent *agent, enum fault fault)
{
    log_error("log.stopped", LOG_FAULT(fault));
    fault_forget();
    log_give_back(agent);
    agent->is_lost = !is_passing(fault);
    agent->again_ns = clock_mono_ns(agent->options.clock) + AGAIN_NS;
    agent->counts.stopped = 1;
    agent->counts.stops += 1;
}

/* ---- beginning ---- */

static enum fault asking_open(struct log_agent *agent)
{
    struct tlog_ask_options options = {.store = agent->store,
                                       .transport = agent->options.transport,
                                       .clock = agent->options.clock,
                                       .witnesses = agent->witnesses,
                                       .witnesses_count = agent->witnesses_count,
                                       .policy = &agent->policy};
    return tlog_ask_open(&agent->ask, &options);
}

static enum fault log_begin(struct log_agent *agent)
{
    struct tlog_store_options of_store = {.disk = agent->options.disk,
                                          .folder = agent->folder,
                                          .key = agent->secret->key,
                                          .private_pem =
                                              span_of(agent->secret->pem, agent->secret->pem_bytes),
                                          .entry_bytes_max = PUBLOG_LINE_BYTES_MAX};
    TRY(tlog_store_open(&agent->store, &of_store));
    struct publog_options of_publog = {
        .folder = agent->folder, .store = agent->store, .clock = agent->options.clock};
    TRY(publog_open(&agent->publog, &of_publog));
    TRY(asking_open(agent));
    agent->is_round = false;
    agent->has_line = true;
    agent->turn_ns = 0;
    agent->month_ns = 0;
    agent->ask_ns = 0;
    TRY(log_follow_load(agent));
    TRY(log_ledger_load(agent));
    return log_restrict_load(agent);
}

/* Since when nothing newer was shown, as witnesses have said it; else since now. */
static u64 shown_find(struct log_agent *agent)
{
    struct span note = tlog_store_published_note(agent->store);
    u64 now_us = clock_wall_us(agent->options.clock);
    if (note.size == 0 || tlog_policy_verify(&agent->crypto, &agent->policy, note,
                                             &agent->verdict) != TLOG_FLAW_NONE) {
        return now_us;
    }
    u64 fresh_s = agent->verdict.fresh_s;
    return fresh_s == 0 ? now_us : u64_min(fresh_s * SECOND_US, now_us);
}

static void try_begin(struct log_agent *agent)
{
    enum fault fault = log_begin(agent);
    if (fault == FAULT_NONE && agent->shown_us == 0) {
        agent->shown_us = shown_find(agent);
    }
    if (fault != FAULT_NONE) {
        stop(agent, fault);
        return;
    }
    if (agent->counts.stopped != 0) {
        log_info("log.goes_on", LOG_U64("entries", tlog_store_signed_size(agent->store)));
    }
    agent->counts.stopped = 0;
}

static enum fault witnesses_take(struct log_agent *agent)
{
    agent->witnesses_count = 0;
    for (u32 index = 0; index < agent->policy.witnesses_count; index += 1) {
        const struct tlog_policy_witness *witness = &agent->policy.witnesses[index];
        if (witness->url[0] == 0) {
            continue;
        }
        if (agent->witnesses_count == TLOG_ASK_WITNESSES_MAX) {
            return FAULT(FAULT_CONFIG, "more than %u witnesses with an address",
                         TLOG_ASK_WITNESSES_MAX);
        }
        struct tlog_ask_witness *asked = &agent->witnesses[agent->witnesses_count];
        asked->key = witness->key;
        (void)snprintf(asked->url, sizeof(asked->url), "%s", witness->url);
        agent->witnesses_count += 1;
    }
    return FAULT_NONE;
}

static enum fault log_open(struct agent *base)
{
    struct log_agent *agent = agent_of(base);
    const struct log_agent_options *options = &agent->options;
    TRY(tlog_crypto_open(&agent->crypto));
    TRY(file_path(agent->folder, options->folder, LOG_FOLDER));
    TRY(tlog_secret_take(&agent->secret));
    TRY(log_folder_prepare(options->disk, options->folder, options->origin, agent->secret,
                           &agent->policy));
    TRY(witnesses_take(agent));
    TRY(log_restrict_prepare(agent));
    TRY(log_follow_open(agent));
    TRY(log_answer_open(agent));
    try_begin(agent);
    return FAULT_NONE;
}

/* ---- a turn ---- */

static enum fault round_turn(struct log_agent *agent, u64 now_ns)
{
    bool done = false;
    bool published = false;
    bool waits = false;
    for (u32 count = 0; count < STEPS_MAX && !done && !waits; count += 1) {
        TRY(tlog_ask_step(agent->ask, &done, &published));
        waits = count > TLOG_ASK_TRIES; /* the rest in the next turn */
    }
    agent->is_round = !done;
    if (done) {
        agent->ask_ns = published ? now_ns : now_ns + ASK_NS;
    }
    return FAULT_NONE;
}

static bool is_unshown(const struct log_agent *agent)
{
    return tlog_store_signed_size(agent->store) > tlog_store_published_size(agent->store) ||
           tlog_store_published_note(agent->store).size == 0;
}

static void lag_note(struct log_agent *agent)
{
    u64 now_us = clock_wall_us(agent->options.clock);
    bool is_behind =
        agent->publog == NULL || is_unshown(agent) || publog_counts(agent->publog).open_slots > 0;
    if (!is_behind || agent->shown_us == 0 || now_us < agent->shown_us) {
        agent->shown_us = now_us;
    }
    u64 lag_s = (now_us - agent->shown_us) / SECOND_US;
    agent->counts.lag_s = lag_s;
    if (lag_s >= LOG_LAG_ALARM_S && !agent->has_lag) {
        log_warn("log.lag", LOG_U64("seconds", lag_s));
    }
    if (lag_s == 0 && agent->has_lag) {
        log_info("log.lag_over", LOG_U64("entries", agent->counts.shown));
    }
    agent->has_lag = lag_s >= LOG_LAG_ALARM_S || (agent->has_lag && lag_s > 0);
}

static enum fault turn(struct log_agent *agent, u64 now_ns, bool *busy_out)
{
    TRY(log_follow_turn(agent, busy_out));
    TRY(log_ledger_turn(agent, now_ns));
    TRY(log_restrict_turn(agent, now_ns));
    if (!agent->is_round) {
        TRY(log_month_turn(agent, now_ns));
    }
    if (!agent->is_round && (agent->has_line || now_ns >= agent->turn_ns)) {
        agent->has_line = false;
        TRY(publog_turn(agent->publog));
        agent->turn_ns = now_ns + TURN_NS;
    }
    if (agent->is_round || (is_unshown(agent) && now_ns >= agent->ask_ns)) {
        TRY(round_turn(agent, now_ns));
    }
    if (now_ns >= agent->sync_ns) {
        TRY(publog_sync(agent->publog));
        log_follow_passed(agent);
        agent->sync_ns = now_ns + SYNC_NS;
    }
    agent->counts.publog = publog_counts(agent->publog);
    agent->counts.ask = tlog_ask_counts(agent->ask);
    agent->counts.size = tlog_store_signed_size(agent->store);
    agent->counts.shown = tlog_store_published_size(agent->store);
    return FAULT_NONE;
}

static enum fault log_work(struct agent *base, bool *busy_out)
{
    struct log_agent *agent = agent_of(base);
    u64 now_ns = clock_mono_ns(agent->options.clock);
    bool has_more = false;
    TRY(log_answer_turn(agent, busy_out));
    if (now_ns < agent->look_ns) {
        return FAULT_NONE;
    }
    if (agent->publog == NULL && !agent->is_lost && now_ns >= agent->again_ns) {
        try_begin(agent);
    }
    if (agent->publog != NULL) {
        enum fault fault = turn(agent, now_ns, &has_more);
        if (fault != FAULT_NONE) {
            stop(agent, fault);
        }
    }
    lag_note(agent);
    agent->look_ns = has_more ? 0 : now_ns + LOOK_NS;
    *busy_out = *busy_out || has_more;
    return FAULT_NONE;
}

/* ---- the agent ---- */

static void log_close(struct agent *base)
{
    struct log_agent *agent = agent_of(base);
    log_answer_close(agent);
    log_give_back(agent);
    log_follow_close(agent);
    log_restrict_forget(agent);
    tlog_secret_give_back(&agent->secret);
    tlog_crypto_close(&agent->crypto);
}

static const struct agent_ops log_ops = {.open = log_open, .work = log_work, .close = log_close};

enum fault log_agent_create(struct log_agent **agent_out, const struct log_agent_options *options)
{
    CHECK(options->transport != NULL && (options->asks == NULL) == (options->events == NULL));
    *agent_out = calloc(1, sizeof(struct log_agent));
    if (*agent_out == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the log's agent");
    }
    (*agent_out)->agent = (struct agent){.ops = &log_ops, .name = "log"};
    (*agent_out)->options = *options;
    return FAULT_NONE;
}

struct agent *log_agent_of(struct log_agent *agent)
{
    return &agent->agent;
}

void log_agent_destroy(struct log_agent *agent)
{
    free(agent);
}

struct log_agent_counts log_agent_counts(const struct log_agent *agent)
{
    return agent->counts;
}
