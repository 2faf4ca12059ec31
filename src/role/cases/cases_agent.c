#include "role/cases/cases_agent.h"

#include "io/line_talk.h"
#include "io/log.h"
#include "role/cases/case_answer.h"
#include "role/cases/case_ask.h"
#include "role/cases/case_query.h"
#include "role/cases/inbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cases_agent {
    struct agent agent; /* first: it is cast back */
    struct cases_agent_options options;
    struct clock *clock;
    struct projection *cases; /* NULL: no event log yet */
    u64 look_ns;              /* not before */
    u64 count_ns;             /* of the next count, by the monotonic clock */
    bool is_lost;             /* the log no longer holds what the queue needs */
    struct cases_agent_counts counts;
    struct line_talk *talk; /* NULL: nobody can ask */
    struct inbox *inbox;    /* NULL: no customer can ask */
    struct case_view *view;
    struct case_holidays holidays;
    char wrong[CASE_REASON_BYTES]; /* why there are no holidays to count with; else empty */
    char packs[FILE_PATH_BYTES];
};

static struct cases_agent *agent_of(struct agent *agent)
{
    return (struct cases_agent *)(void *)agent;
}

struct cases_agent_counts cases_agent_counts(const struct agent *agent)
{
    return ((const struct cases_agent *)(const void *)agent)->counts;
}

/* Tried again while there is no log. */
static enum fault cases_try(struct cases_agent *agent)
{
    struct projection_options options = {.folder = agent->options.folder,
                                         .disk = agent->options.disk,
                                         .bytes_max = agent->options.bytes_max};
    char path[FILE_PATH_BYTES];
    bool there = false;
    TRY(file_path(path, agent->options.folder, "events/control"));
    TRY(disk_exists(agent->options.disk, path, &there));
    return there ? projection_open(&agent->cases, &cases_projection, &options) : FAULT_NONE;
}

/* A queue that has lost its place in the log is made anew by hand; the agents beside this one go on
 * meanwhile. */
static enum fault lose(struct cases_agent *agent, enum fault fault)
{
    if (fault != FAULT_MISSING) {
        return fault;
    }
    log_error("cases.lost", LOG_STR("reason", fault_text()));
    fault_forget();
    projection_close(agent->cases, true);
    agent->cases = NULL;
    agent->is_lost = true;
    agent->counts.is_lost = true;
    return FAULT_NONE;
}

/* The queue's clocks: now and then, and a line in the log when more cases are late than before. */
static enum fault count_late(struct cases_agent *agent)
{
    u64 now_ns = clock_mono_ns(agent->clock);
    u64 before = agent->counts.late;
    if (now_ns < agent->count_ns) {
        return FAULT_NONE;
    }
    agent->count_ns = now_ns + CASES_COUNT_NS;
    TRY(case_query_counts(projection_store(agent->cases), clock_wall_us(agent->clock),
                          &agent->counts.open, &agent->counts.late));
    if (agent->counts.late > before) {
        log_warn("cases.late", LOG_U64("late", agent->counts.late),
                 LOG_U64("open", agent->counts.open));
    }
    return FAULT_NONE;
}

static enum fault follow_on(struct cases_agent *agent, bool *busy_out)
{
    struct projection_status status;
    if (agent->cases == NULL) {
        return cases_try(agent);
    }
    TRY(projection_work(agent->cases, busy_out));
    TRY(projection_status(agent->cases, &status));
    agent->counts.position = status.point.position;
    agent->counts.released = status.position_released;
    agent->counts.transactions = status.transactions;
    agent->counts.textless = case_store_textless(projection_store(agent->cases));
    *busy_out = *busy_out && status.behind_bytes > 0;
    return count_late(agent);
}

static enum fault follow(struct cases_agent *agent, bool *busy_out)
{
    return agent->is_lost ? FAULT_NONE : lose(agent, follow_on(agent, busy_out));
}

/* ---- the socket ---- */

/* Why nothing can be answered now; NULL: it can. */
static const char *trouble_of(const struct cases_agent *agent)
{
    if (agent->is_lost) {
        return "the queue has lost its place and is made anew by cambist case rebuild";
    }
    if (agent->cases == NULL) {
        return "there is no event log yet";
    }
    return agent->wrong[0] != 0 ? agent->wrong : NULL;
}

/* What goes wrong with a question ends neither the agent nor those beside it: a database that can
 * no longer be read stops the following, which says so itself. */
static struct span answer_line(void *context, struct span line)
{
    struct cases_agent *agent = context;
    struct case_refusal refusal;
    struct case_ask ask;
    struct span answer = {.data = NULL};
    bool is_refused = true;
    const char *trouble = trouble_of(agent);
    agent->counts.asked += 1;
    if (case_ask_read(line, &ask, &refusal)) {
        if (trouble == NULL) {
            enum fault fault = case_answer(agent->view, projection_store(agent->cases),
                                           &agent->holidays, &ask, &answer, &is_refused);
            if (fault != FAULT_NONE) {
                log_error("cases.unanswered", LOG_STR("reason", fault_text()));
                fault_forget();
                trouble = "the queue cannot be read; the log of the venue says why";
                answer = (struct span){.data = NULL};
                is_refused = true;
            }
        }
        case_refuse(&refusal, "", "%s", trouble == NULL ? "" : trouble);
    }
    agent->counts.refused += is_refused ? 1 : 0;
    return answer.size > 0 ? answer : case_answer_refusal(agent->view, &refusal);
}

/* The holidays count for the deadlines that are answered. A list that cannot be read stops no
 * process; nothing is answered then. */
static void holidays_take(struct cases_agent *agent)
{
    agent->wrong[0] = 0;
    enum fault fault =
        case_holidays_load(agent->options.disk, agent->options.folder, NULL, &agent->holidays);
    if (fault != FAULT_NONE) {
        log_error("cases.holidays_wrong", LOG_STR("reason", fault_text()));
        (void)snprintf(agent->wrong, sizeof(agent->wrong), "%s", fault_text());
        fault_forget();
    }
}

static enum fault talk_open(struct cases_agent *agent)
{
    const struct line_talk_options options = {.what = "the officers' queue",
                                              .listener = agent->options.listener,
                                              .line_bytes_max = CASE_ASK_BYTES_MAX,
                                              .answer_bytes_max = CASE_ANSWER_BYTES,
                                              .clock = agent->clock,
                                              .answer = answer_line,
                                              .context = agent};
    if (options.listener < 0) {
        return FAULT_NONE;
    }
    holidays_take(agent);
    TRY(file_path(agent->packs, agent->options.folder, CASES_PACKS));
    TRY(case_view_create(&agent->view, agent->options.disk, agent->packs, 0));
    return line_talk_open(&agent->talk, &options);
}

static enum fault talk_turn(struct cases_agent *agent, bool *busy_out)
{
    if (agent->talk == NULL) {
        return FAULT_NONE;
    }
    TRY(line_talk_turn(agent->talk, busy_out));
    struct line_talk_counts counts = line_talk_counts(agent->talk);
    agent->counts.connections = counts.connections;
    agent->counts.turned_away = counts.turned_away;
    agent->counts.slow = counts.slow;
    return FAULT_NONE;
}

/* ---- the gateway's line ---- */

static enum fault line_open(struct cases_agent *agent)
{
    const struct inbox_options options = {.line = agent->options.line,
                                          .acts = agent->options.acts,
                                          .folder = agent->options.folder,
                                          .disk = agent->options.disk,
                                          .clock = agent->clock};
    return options.line <= 0 ? FAULT_NONE : inbox_open(&agent->inbox, &options);
}

static enum fault line_turn(struct cases_agent *agent, bool *busy_out)
{
    if (agent->inbox == NULL) {
        return FAULT_NONE;
    }
    TRY(inbox_turn(agent->inbox, agent->cases == NULL ? NULL : projection_store(agent->cases),
                   busy_out));
    struct inbox_counts counts = inbox_counts(agent->inbox);
    agent->counts.inbox_asked = counts.asked;
    agent->counts.inbox_refused = counts.refused;
    agent->counts.inbox_late = counts.late;
    return FAULT_NONE;
}

/* ---- the agent ---- */

static enum fault cases_agent_open(struct agent *base)
{
    struct cases_agent *agent = agent_of(base);
    agent->look_ns = 0;
    agent->count_ns = 0;
    agent->counts = (struct cases_agent_counts){.position = 0};
    agent->is_lost = false;
    TRY(talk_open(agent));
    TRY(line_open(agent));
    return lose(agent, cases_try(agent));
}

static enum fault cases_agent_work(struct agent *base, bool *busy_out)
{
    struct cases_agent *agent = agent_of(base);
    u64 now_ns = clock_mono_ns(agent->clock);
    bool is_behind = false;
    TRY(talk_turn(agent, busy_out));
    TRY(line_turn(agent, busy_out));
    if (now_ns < agent->look_ns) {
        return FAULT_NONE;
    }
    TRY(follow(agent, &is_behind));
    bool is_awaited = agent->inbox != NULL && inbox_waits(agent->inbox);
    u64 look_us =
        is_awaited ? u64_min(CASES_INBOX_US, agent->options.look_us) : agent->options.look_us;
    agent->look_ns = is_behind ? 0 : now_ns + look_us * 1000;
    *busy_out = *busy_out || is_behind;
    return FAULT_NONE;
}

/* What is there is written before the end. */
static enum fault cases_agent_stop(struct agent *base, bool *done_out)
{
    bool busy = false;
    TRY(follow(agent_of(base), &busy));
    *done_out = !busy;
    return FAULT_NONE;
}

static void cases_agent_close(struct agent *base)
{
    struct cases_agent *agent = agent_of(base);
    line_talk_close(agent->talk);
    agent->talk = NULL;
    case_view_destroy(agent->view);
    agent->view = NULL;
    inbox_close(agent->inbox);
    agent->inbox = NULL;
    projection_close(agent->cases, false);
    agent->cases = NULL;
}

enum fault cases_agent_create(struct agent **agent_out, const struct cases_agent_options *options)
{
    static const struct agent_ops ops = {.open = cases_agent_open,
                                         .work = cases_agent_work,
                                         .stop = cases_agent_stop,
                                         .close = cases_agent_close};
    struct cases_agent *agent = calloc(1, sizeof(struct cases_agent));
    *agent_out = NULL;
    if (agent == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the officers' queue");
    }
    agent->agent = (struct agent){.ops = &ops, .name = "cases"};
    agent->options = *options;
    agent->options.disk = options->disk == NULL ? disk_real() : options->disk;
    agent->options.look_us = options->look_us == 0 ? CASES_LOOK_US : options->look_us;
    agent->options.bytes_max = options->bytes_max == 0 ? CASES_STEP_BYTES : options->bytes_max;
    agent->clock = options->clock == NULL ? clock_real() : options->clock;
    *agent_out = &agent->agent;
    return FAULT_NONE;
}

void cases_agent_destroy(struct agent *agent)
{
    free(agent);
}
