#include "role/logins/login_agent.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/engine_line.h"
#include "io/event_follow.h"
#include "io/log.h"
#include "wire/door_message.h"
#include "wire/reject.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define CHUNKS_A_TURN  64U
#define EFFECT_BYTES   40U
#define UNDELIVERED    UINT32_MAX /* in place of a refusal: the engine journals no such command */
#define ANSWERS_A_TURN 8U

/* docs/sign-in.md "Effects". */
enum { EFFECT_OPEN = 1, EFFECT_HOLD = 2, EFFECT_RECOVERY = 3, EFFECT_SECOND_OFF = 4 };

struct effect {
    u64 number;
    u64 login;
    u64 until_us; /* by the door's clock */
    u16 kind;
};

enum step {
    STEP_REST,  /* nothing is to be done until rest_ns */
    STEP_ASKED, /* the door has been asked */
    STEP_NEXT,  /* list[at] is to be looked at */
    STEP_SENT,  /* its command is with the engine */
};

struct login_agent {
    struct agent agent; /* first: it is cast back */
    struct login_agent_options options;
    struct engine_line line;
    struct event_sink sink;
    struct event_follow log;
    struct login_agent_counts counts;
    enum step step;
    u64 rest_ns;  /* by clock_mono_ns, as are the others */
    u64 asked_ns; /* when the door was asked */
    u64 later_ns; /* what waits is tried again; 0: nothing waits */
    u64 ask_id;   /* of what the door was asked last */
    u16 ask_kind; /* enum door_ask_kind */
    bool is_full; /* the last account did not fit */
    u64 next;     /* effects below were looked at */
    u32 count;    /* of the list */
    u32 at;       /* the one at work */
    struct effect list[LOGIN_LIST_MAX];
    u64 outcome_index; /* of the last of our commands whose event was read */
    u32 outcome;       /* its refusal, REJECT_NONE: applied */
};

static struct login_agent *agent_of(struct agent *base)
{
    return (struct login_agent *)(void *)base;
}

static u64 mono_ns(const struct login_agent *agent)
{
    return clock_mono_ns(agent->options.clock);
}

/* ---- the event log ---- */

static void on_begin(struct event_sink *sink)
{
    (void)sink;
}

static bool on_state(struct event_sink *sink, const u8 *record, size_t size)
{
    (void)sink;
    (void)record;
    (void)size;
    return true;
}

static bool on_event(struct event_sink *sink, const u8 *record, size_t size, u64 time_us)
{
    struct login_agent *agent =
        (struct login_agent *)(void *)((u8 *)sink - offsetof(struct login_agent, sink));
    struct event_head head;
    struct event_rejected rejected;
    struct event_applied applied;
    (void)time_us;
    memcpy(&head, record, sizeof(head));
    if (head.source != LINK_SOURCE_LOGINS) {
        return true;
    }
    if (head.kind == EVENT_REJECTED && size >= sizeof(rejected)) {
        memcpy(&rejected, record, sizeof(rejected));
        agent->outcome_index = rejected.source_index;
        agent->outcome = rejected.reject;
    } else if (head.kind == EVENT_APPLIED && size >= sizeof(applied)) {
        memcpy(&applied, record, sizeof(applied));
        agent->outcome_index = applied.source_index;
        agent->outcome = REJECT_NONE;
    }
    return true;
}

/* ---- the door ---- */

static void rest(struct login_agent *agent, u64 us)
{
    agent->step = STEP_REST;
    agent->rest_ns = mono_ns(agent) + us * 1000;
}

static void ask(struct login_agent *agent, u16 kind, u64 number)
{
    u8 frame[DOOR_FRAME_BYTES_MAX];
    struct door_ask question = {.kind = kind, .id = agent->ask_id + 1, .number = number};
    u32 size = door_ask_write(&question, frame, sizeof(frame));
    CHECK(size > 0);
    agent->ask_id += 1;
    agent->ask_kind = kind;
    agent->asked_ns = mono_ns(agent);
    agent->step = STEP_ASKED;
    /* What does not go out is missed in a while, and asked again. */
    (void)!send(agent->options.line, frame, size, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* False: it is no list of effects. */
static bool list_read(struct login_agent *agent, struct span contents)
{
    u32 count = contents.size >= sizeof(u32) ? bytes_u32(contents.data) : UINT32_MAX;
    if (count > LOGIN_LIST_MAX || contents.size != sizeof(u32) + (size_t)count * EFFECT_BYTES) {
        return false;
    }
    for (u32 i = 0; i < count; i += 1) {
        const u8 *row = contents.data + sizeof(u32) + (size_t)i * EFFECT_BYTES;
        agent->list[i] = (struct effect){.number = bytes_u64(row),
                                         .login = bytes_u64(row + 16),
                                         .until_us = bytes_u64(row + 24),
                                         .kind = bytes_u16(row + 32)};
        u64 before = i == 0 ? agent->next : agent->list[i - 1].number + 1;
        if (agent->list[i].number < before || agent->list[i].number == UINT64_MAX) {
            return false;
        }
    }
    agent->count = count;
    agent->at = 0;
    return true;
}

static void answered(struct login_agent *agent, const struct door_answer_head *head)
{
    bool is_good = head->code == DOOR_CODE_OK;
    if (is_good && agent->ask_kind == DOOR_ASK_EFFECTS) {
        is_good = list_read(agent, head->contents);
        agent->count = is_good ? agent->count : 0;
    } else {
        agent->at += is_good ? 1 : 0; /* the effect is gone, or is a later one now */
    }
    if (!is_good) {
        log_error("logins.door", LOG_U64("asked", agent->ask_kind), LOG_U64("code", head->code));
        rest(agent, LOGIN_PATIENCE_US);
    } else if (agent->ask_kind == DOOR_ASK_EFFECTS && agent->count == 0) {
        rest(agent, LOGIN_REST_US);
    } else {
        agent->step = STEP_NEXT;
    }
}

static void door_turn(struct login_agent *agent, bool *busy_out)
{
    u8 frame[DOOR_ANSWER_BYTES_MAX + 1];
    for (u32 i = 0; i < ANSWERS_A_TURN; i += 1) {
        struct door_answer_head head;
        ssize_t size = recv(agent->options.line, frame, sizeof(frame), MSG_DONTWAIT);
        if (size <= 0) {
            return;
        }
        *busy_out = true;
        /* An answer to an earlier life, or to what was given up, is nobody's. */
        if (agent->step == STEP_ASKED && door_answer_read(span_of(frame, (size_t)size), &head) &&
            head.id == agent->ask_id && head.kind == agent->ask_kind) {
            answered(agent, &head);
        }
    }
}

/* ---- the engine ---- */

/* The venue's time for one of the door's; past ones become 0. */
static u64 venue_time(const struct login_agent *agent, u64 door_us)
{
    return door_us > agent->options.clock_behind_us ? door_us - agent->options.clock_behind_us : 0;
}

static bool put_open(struct login_agent *agent, const struct effect *effect)
{
    struct command_login_open command = {
        .head = {.kind = COMMAND_LOGIN_OPEN, .units = sizeof(command) / WIRE_UNIT},
        .login = effect->login,
        .restrictions = agent->options.restrictions};
    return engine_line_put(&agent->line, &command, sizeof(command));
}

static bool put_pause(struct login_agent *agent, const struct effect *effect)
{
    static const u8 causes[] = {[EFFECT_HOLD] = LOGIN_CAUSE_PASSWORD_RESET,
                                [EFFECT_RECOVERY] = LOGIN_CAUSE_RECOVERY_CODE,
                                [EFFECT_SECOND_OFF] = LOGIN_CAUSE_SECOND_FACTOR_OFF};
    struct command_withdraw_pause command = {
        .head = {.kind = COMMAND_WITHDRAW_PAUSE, .units = sizeof(command) / WIRE_UNIT},
        .login = effect->login,
        .until = effect->kind == EFFECT_HOLD ? venue_time(agent, effect->until_us) : 0,
        .cause = causes[effect->kind]};
    return engine_line_put(&agent->line, &command, sizeof(command));
}

static void send_command(struct login_agent *agent, const struct effect *effect)
{
    u64 before = agent->line.source_index;
    CHECK(effect->number > before);
    agent->line.source_index = effect->number - 1; /* the number is the source index */
    bool is_put = effect->kind == EFFECT_OPEN ? put_open(agent, effect) : put_pause(agent, effect);
    if (!is_put) { /* the engine is away, or has no room */
        agent->line.source_index = before;
        agent->next = effect->number;
        rest(agent, LOGIN_REST_US);
        return;
    }
    engine_line_flush(&agent->line);
    agent->step = STEP_SENT;
}

/* Tried again later; the ones behind it go on. */
static void leave(struct login_agent *agent)
{
    agent->counts.waiting += 1;
    if (agent->later_ns == 0) {
        agent->later_ns = mono_ns(agent) + LOGIN_LATER_US * 1000;
    }
    agent->at += 1;
    agent->step = STEP_NEXT;
}

/* ---- one effect ---- */

static void count_done(struct login_agent *agent, const struct effect *effect)
{
    agent->counts.opened += effect->kind == EFFECT_OPEN ? 1 : 0;
    agent->counts.paused += effect->kind == EFFECT_HOLD ? 1 : 0;
    agent->counts.told += effect->kind > EFFECT_HOLD ? 1 : 0;
}

static bool is_room_wanted(u32 reject)
{
    return reject == REJECT_LIMIT_ACCOUNTS || reject == REJECT_LIMIT_PERSONS;
}

/* Whether a refusal ends the matter: it was done before, or there is nothing left to hold. */
static bool is_over(const struct login_agent *agent, const struct effect *effect, u32 reject)
{
    bool was_there = effect->kind == EFFECT_OPEN && reject == REJECT_ALREADY_EXISTS;
    bool is_late = effect->kind != EFFECT_OPEN && reject == REJECT_UNKNOWN_ACCOUNT &&
                   venue_time(agent, effect->until_us) <= clock_wall_us(agent->options.clock);
    return was_there || is_late;
}

static void became(struct login_agent *agent, u32 reject)
{
    const struct effect *effect = &agent->list[agent->at];
    agent->outcome_index = 0;
    if (reject == REJECT_NONE) {
        count_done(agent, effect);
        agent->is_full = effect->kind == EFFECT_OPEN ? false : agent->is_full;
    } else if (!is_over(agent, effect, reject)) {
        bool is_full = effect->kind == EFFECT_OPEN && is_room_wanted(reject);
        agent->counts.refused += 1;
        agent->is_full = agent->is_full || is_full;
        log_error(is_full ? "logins.full" : "logins.refused", LOG_U64("login", effect->login),
                  LOG_U64("effect", effect->kind),
                  LOG_STR("reject", reject == UNDELIVERED ? "journal" : reject_name(reject)));
        leave(agent);
        return;
    }
    ask(agent, DOOR_ASK_EFFECT_DONE, effect->number);
}

static void next_effect(struct login_agent *agent)
{
    const struct effect *effect = &agent->list[agent->at];
    if (agent->at == agent->count) {
        agent->next = agent->list[agent->count - 1].number + 1;
        rest(agent, 0);
    } else if (effect->kind < EFFECT_OPEN || effect->kind > EFFECT_SECOND_OFF) {
        log_error("logins.effect", LOG_U64("number", effect->number),
                  LOG_U64("kind", effect->kind));
        leave(agent);
    } else if (effect->kind == EFFECT_OPEN && agent->is_full) {
        leave(agent);
    } else if (agent->line.is_away) {
        agent->next = effect->number;
        rest(agent, LOGIN_REST_US);
    } else if (agent->outcome_index == effect->number) {
        became(agent, agent->outcome); /* of a command that another life of the engine has taken */
    } else if (effect->number <= agent->line.source_index) {
        agent->counts.again += 1;
        ask(agent, DOOR_ASK_EFFECT_AGAIN, effect->number);
    } else {
        send_command(agent, effect);
    }
}

static void look_for_outcome(struct login_agent *agent)
{
    u64 number = agent->list[agent->at].number;
    if (agent->outcome_index == number) {
        became(agent, agent->outcome);
    } else if (agent->line.is_away || agent->line.source_index != number) {
        agent->next = number; /* another life of the engine: it says whether it has had it */
        rest(agent, LOGIN_REST_US);
    } else if (engine_line_is_settled(&agent->line) && agent->log.is_drained) {
        became(agent, UNDELIVERED);
    }
}

/* A question, or the beginning again for what waits. */
static void rest_over(struct login_agent *agent)
{
    if (agent->later_ns != 0 && mono_ns(agent) >= agent->later_ns) {
        agent->later_ns = 0;
        agent->next = 0;
        agent->is_full = false;
        agent->counts.waiting = 0;
    }
    ask(agent, DOOR_ASK_EFFECTS, agent->next);
}

static bool step(struct login_agent *agent)
{
    enum step before = agent->step;
    u32 at = agent->at;
    switch (agent->step) {
    case STEP_REST:
        if (login_agent_is_ready(agent) && mono_ns(agent) >= agent->rest_ns) {
            rest_over(agent);
        }
        break;
    case STEP_ASKED:
        if (mono_ns(agent) - agent->asked_ns >= LOGIN_PATIENCE_US * 1000) {
            agent->next =
                agent->ask_kind == DOOR_ASK_EFFECTS ? agent->next : agent->list[agent->at].number;
            rest(agent, 0);
        }
        break;
    case STEP_NEXT:
        next_effect(agent);
        break;
    case STEP_SENT:
        look_for_outcome(agent);
        break;
    }
    return agent->step != before || agent->at != at;
}

/* ---- the agent ---- */

static enum fault logins_open(struct agent *base)
{
    struct login_agent *agent = agent_of(base);
    const struct login_agent_options *options = &agent->options;
    if (options->line < 0) {
        return FAULT_NONE;
    }
    agent->sink = (struct event_sink){.begin = on_begin, .state = on_state, .event = on_event};
    agent->ask_id = clock_wall_us(options->clock); /* other ids than an earlier life's */
    TRY(engine_line_open(&agent->line, options->clock, LINK_SOURCE_LOGINS, options->commands,
                         options->bell));
    return event_follow_open(&agent->log, options->disk, options->folder, &agent->sink);
}

static enum fault logins_work(struct agent *base, bool *busy_out)
{
    struct login_agent *agent = agent_of(base);
    if (agent->options.line < 0) {
        return FAULT_NONE;
    }
    TRY(engine_line_turn(&agent->line, busy_out));
    TRY(event_follow_turn(&agent->log, CHUNKS_A_TURN, busy_out));
    agent->counts.position = agent->log.position;
    door_turn(agent, busy_out);
    *busy_out = step(agent) || *busy_out;
    agent->counts.full = agent->is_full ? 1 : 0;
    return FAULT_NONE;
}

static void logins_close(struct agent *base)
{
    struct login_agent *agent = agent_of(base);
    if (agent->options.line >= 0) {
        event_follow_close(&agent->log);
    }
}

/* No gate: bells would wake it at every batch, and a login is not in a hurry. */
static const struct agent_ops logins_ops = {
    .open = logins_open,
    .work = logins_work,
    .close = logins_close,
};

enum fault login_agent_create(struct login_agent **agent_out,
                              const struct login_agent_options *options)
{
    *agent_out = calloc(1, sizeof(struct login_agent));
    if (*agent_out == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the agent of logins");
    }
    (*agent_out)->agent = (struct agent){.ops = &logins_ops, .name = "logins"};
    (*agent_out)->options = *options;
    return FAULT_NONE;
}

struct agent *login_agent_of(struct login_agent *agent)
{
    return &agent->agent;
}

void login_agent_destroy(struct login_agent *agent)
{
    free(agent);
}

bool login_agent_is_ready(const struct login_agent *agent)
{
    return agent->options.line < 0 || (!agent->line.is_away && agent->log.is_current);
}

struct login_agent_counts login_agent_counts(const struct login_agent *agent)
{
    return agent->counts;
}
