#include "role/door/door_agent.h"

#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "role/door/door_agent_inner.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define ANSWERS_MAX DOOR_HASH_JOBS_MAX /* in one turn */

static struct door_agent *agent_of(struct agent *base)
{
    return (struct door_agent *)(void *)base;
}

/* Passwords and tokens pass through these. */
static enum fault rooms_take(struct door_agent *agent)
{
    agent->visits = sodium_malloc(sizeof(struct door_visit) * DOOR_VISITS_MAX);
    agent->line_frame = sodium_malloc(DOOR_FRAME_BYTES_MAX + 1);
    agent->ask = sodium_malloc(sizeof(struct door_ask));
    agent->answer = sodium_malloc(sizeof(struct door_answer));
    if (agent->visits == NULL || agent->line_frame == NULL || agent->ask == NULL ||
        agent->answer == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for what is said at the door");
    }
    memset(agent->visits, 0, sizeof(struct door_visit) * DOOR_VISITS_MAX);
    memset(agent->ask, 0, sizeof(struct door_ask));
    memset(agent->answer, 0, sizeof(struct door_answer));
    return FAULT_NONE;
}

static enum fault door_open(struct agent *base)
{
    struct door_agent *agent = agent_of(base);
    struct door_desk_options options = agent->options.desk;
    TRY(file_path(agent->folder, options.folder, DOOR_FOLDER));
    options.folder = agent->folder;
    TRY(door_desk_open(&agent->desk, &options));
    TRY(rooms_take(agent));
    TRY(door_talk_open(agent));
    TRY(door_line_open(agent, DOOR_ORIGIN_LINE));
    return door_line_open(agent, DOOR_ORIGIN_EFFECTS);
}

static enum fault door_start(struct agent *base)
{
    struct door_agent *agent = agent_of(base);
    /* Above all that were given before: fewer than one login a millisecond is made. */
    u64 now_ms = clock_wall_us(agent->options.clock) / 1000;
    TRY(door_store_logins_above(door_desk_store(agent->desk), now_ms));
    return door_desk_start(agent->desk);
}

/* ---- frames and answers ---- */

void door_agent_answer(struct door_agent *agent)
{
    door_line_tell(agent); /* before anybody knows that they have ended */
    if (agent->answer->origin >= DOOR_ORIGIN_EFFECTS) {
        door_line_send(agent);
    } else {
        door_talk_send(agent);
    }
    secret_wipe(agent->answer, sizeof(*agent->answer));
}

static void refuse_frame(struct door_agent *agent, u64 origin)
{
    struct door_answer *answer = agent->answer;
    struct frame_writer writer =
        door_answer_begin(answer->bytes, sizeof(answer->bytes), agent->ask, DOOR_CODE_FRAME, 0);
    door_answer_end(&writer);
    answer->size = writer.size;
    answer->origin = origin;
    door_agent_answer(agent);
}

static bool may_ask(u32 kind, u64 origin)
{
    bool is_effect = kind == DOOR_ASK_EFFECT_DONE || kind == DOOR_ASK_EFFECT_AGAIN;
    if (origin == DOOR_ORIGIN_EFFECTS) {
        return is_effect || kind == DOOR_ASK_EFFECTS;
    }
    return !is_effect && door_ask_is_operators(kind) == (origin != DOOR_ORIGIN_LINE);
}

bool door_agent_frame(struct door_agent *agent, struct span frame, u64 origin)
{
    struct door_ask *ask = agent->ask;
    bool is_answered = false;
    const char *wrong = door_ask_read(frame, ask);
    bool is_good = wrong == NULL && may_ask(ask->kind, origin);
    if (is_good) {
        u64 now_us = clock_wall_us(agent->options.clock);
        agent->turn_fault =
            door_desk_ask(agent->desk, ask, origin, now_us, agent->answer, &is_answered);
        if (is_answered && agent->turn_fault == FAULT_NONE) {
            door_agent_answer(agent);
        }
    } else {
        refuse_frame(agent, origin);
    }
    secret_wipe(ask, sizeof(*ask));
    return is_good;
}

/* What waited for a password. */
static enum fault answers_turn(struct door_agent *agent)
{
    for (u32 count = 0; count < ANSWERS_MAX; count += 1) {
        bool is_out = false;
        u64 now_us = clock_wall_us(agent->options.clock);
        TRY(door_desk_turn(agent->desk, now_us, agent->answer, &is_out));
        if (!is_out) {
            return FAULT_NONE;
        }
        door_agent_answer(agent);
        agent->is_busy = true;
    }
    return FAULT_NONE;
}

static enum fault door_work(struct agent *base, bool *busy_out)
{
    struct door_agent *agent = agent_of(base);
    bool busy = false;
    agent->is_busy = false;
    TRY(net_run_once(agent->net, 0, &busy));
    TRY(agent->turn_fault);
    TRY(door_line_turn(agent, DOOR_ORIGIN_LINE));
    TRY(door_line_turn(agent, DOOR_ORIGIN_EFFECTS));
    TRY(answers_turn(agent));
    *busy_out = *busy_out || busy || agent->is_busy;
    return FAULT_NONE;
}

/* The line and the socket wake it; what is hashed does not. */
static void door_sleep(struct agent *base, u64 sleep_us)
{
    struct door_agent *agent = agent_of(base);
    bool busy = false;
    bool is_hashing = door_hash_jobs(door_desk_hash(agent->desk)) > 0;
    u64 most_us = is_hashing && sleep_us > DOOR_SLEEP_US ? DOOR_SLEEP_US : sleep_us;
    enum fault fault = net_run_once(agent->net, most_us, &busy);
    if (fault != FAULT_NONE) {
        agent->turn_fault = fault;
    }
}

static void door_close(struct agent *base)
{
    struct door_agent *agent = agent_of(base);
    door_talk_close(agent);
    door_desk_close(agent->desk);
    agent->desk = NULL;
    sodium_free(agent->visits);
    sodium_free(agent->line_frame);
    sodium_free(agent->ask);
    sodium_free(agent->answer);
    agent->visits = NULL;
    agent->line_frame = NULL;
    agent->ask = NULL;
    agent->answer = NULL;
}

static const struct agent_ops door_ops = {
    .open = door_open,
    .start = door_start,
    .work = door_work,
    .close = door_close,
    .wait = door_sleep,
};

enum fault door_agent_create(struct door_agent **agent_out,
                             const struct door_agent_options *options)
{
    CHECK(options->line >= 0 || options->listener >= 0);
    *agent_out = sodium_init() < 0 ? NULL : calloc(1, sizeof(struct door_agent));
    if (*agent_out == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the door's agent");
    }
    (*agent_out)->agent = (struct agent){.ops = &door_ops, .name = "door"};
    (*agent_out)->options = *options;
    return FAULT_NONE;
}

struct agent *door_agent_of(struct door_agent *agent)
{
    return &agent->agent;
}

void door_agent_destroy(struct door_agent *agent)
{
    free(agent);
}

struct door_agent_counts door_agent_counts(const struct door_agent *agent)
{
    return agent->counts;
}

struct door_desk *door_agent_desk(struct door_agent *agent)
{
    return agent->desk;
}
