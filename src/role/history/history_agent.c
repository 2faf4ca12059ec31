#include "role/history/history_agent.h"

#include "base/check.h"
#include "base/span.h"
#include "io/eventlog.h"
#include "io/log.h"
#include "role/history/history_lookup.h"

#include <string.h>

#define ROW_BYTES_MAX 512U
#define ROW_ALIGN     16U
#define RECORDS_MAX   64U /* taken off a channel, or put into one, in one step */
#define OPEN_TRY_NS   50000000ULL

_Static_assert(sizeof(struct history_order) <= ROW_BYTES_MAX, "a row fits");
_Static_assert(sizeof(struct history_kline) <= ROW_BYTES_MAX, "a row fits");
_Static_assert(_Alignof(struct history_kline) <= ROW_ALIGN, "rows are aligned");

/* ask.ticket 0: free. `number` rises with each arrival. */
struct waiting {
    struct lookup_ask ask;
    u64 number;
    u64 deadline_ns;
};

/* The answer that is being put into the channel. */
struct answering {
    bool active;
    struct lookup_answer end;
    u32 sent; /* rows */
};

struct history_agent {
    struct agent agent;
    struct history_agent_options options;
    struct clock *clock;
    struct projection *history; /* NULL: no event log yet */
    struct store *store;        /* for questions; opened with the history */
    u64 open_next_ns;
    u64 gather_until_ns;

    struct channel_reader asks;
    struct channel_reader bell;
    struct channel_writer answers;
    u64 generation;
    u64 told_position;
    u64 told_ns;
    bool told; /* that this is a new life */

    struct answering answering;
    u64 arrivals;
    struct history_agent_counts counts;
    struct waiting *waiting;
    u8 *rows;
    u8 *record;
};

struct footprint history_agent_footprint(void)
{
    struct footprint footprint = {0};
    footprint_add(&footprint, 1, sizeof(struct history_agent), _Alignof(struct history_agent));
    footprint_add(&footprint, HISTORY_QUESTIONS_MAX, sizeof(struct waiting),
                  _Alignof(struct waiting));
    footprint_add(&footprint, HISTORY_ROWS_MAX, ROW_BYTES_MAX, ROW_ALIGN);
    footprint_add(&footprint, 1, CHANNEL_RECORD_BYTES_MAX, ROW_ALIGN);
    return footprint;
}

static struct history_agent *agent_of(struct agent *agent)
{
    return (struct history_agent *)(void *)agent;
}

struct history_agent_counts history_agent_counts(const struct agent *agent)
{
    return ((const struct history_agent *)(const void *)agent)->counts;
}

/* ---- opening ---- */

/* Whether an engine has begun an event log. */
static enum fault log_is_there(struct disk *disk, const char *folder, bool *there_out)
{
    char path[FILE_PATH_BYTES];
    TRY(file_path(path, folder, "events/control"));
    return disk_exists(disk, path, there_out);
}

static enum fault history_begin(struct history_agent *agent)
{
    struct projection_options options = {.folder = agent->options.folder,
                                         .disk = agent->options.disk,
                                         .database = agent->options.database,
                                         .bytes_max = agent->options.bytes_max};
    TRY(projection_open(&agent->history, &history_projection, &options));
    return store_open(&agent->store, projection_place(agent->history)->database, SQL_READ, NULL);
}

/* Tried again while there is no log. */
static enum fault history_try(struct history_agent *agent)
{
    u64 now = clock_mono_ns(agent->clock);
    bool there = false;
    if (now < agent->open_next_ns) {
        return FAULT_NONE;
    }
    agent->open_next_ns = now + OPEN_TRY_NS;
    TRY(log_is_there(agent->options.disk, agent->options.folder, &there));
    return there ? history_begin(agent) : FAULT_NONE;
}

static enum fault history_agent_open(struct agent *base)
{
    static u16 every_kind[CHANNEL_KINDS_MAX];
    static const u16 ask_kinds[] = {LOOKUP_RECORD_ASK};
    struct history_agent *agent = agent_of(base);
    for (u16 kind = 0; kind < CHANNEL_KINDS_MAX; kind += 1) {
        every_kind[kind] = kind;
    }
    TRY(channel_reader_open(&agent->asks, agent->options.asks, ask_kinds, ARRAY_COUNT(ask_kinds),
                            LOOKUP_SOURCE_GATEWAY));
    TRY(channel_writer_open(&agent->answers, agent->options.answers));
    if (agent->options.bell != NULL) {
        TRY(channel_reader_open(&agent->bell, agent->options.bell, every_kind, CHANNEL_KINDS_MAX,
                                CHANNEL_SOURCE_ANY));
    }
    agent->generation = u64_max(clock_wall_us(agent->clock), 1);
    agent->told = false;
    agent->answering.active = false;
    agent->open_next_ns = 0;
    agent->gather_until_ns = 0;
    agent->counts = (struct history_agent_counts){.waiting = 0};
    memset(agent->waiting, 0, HISTORY_QUESTIONS_MAX * sizeof(struct waiting));
    return history_try(agent);
}

static void history_agent_close(struct agent *base)
{
    struct history_agent *agent = agent_of(base);
    store_close(agent->store);
    projection_close(agent->history, false);
    agent->store = NULL;
    agent->history = NULL;
}

/* ---- questions ---- */

/* A slot by its ticket; 0 finds a free one. */
static struct waiting *waiting_of(struct history_agent *agent, u64 ticket)
{
    for (u32 i = 0; i < HISTORY_QUESTIONS_MAX; i += 1) {
        if (agent->waiting[i].ask.ticket == ticket) {
            return &agent->waiting[i];
        }
    }
    return NULL;
}

static void ask_take(struct history_agent *agent, size_t size)
{
    struct lookup_ask ask;
    const char *reason = NULL;
    if (!lookup_ask_check(&ask, agent->record, size, &reason)) {
        agent->counts.refused += 1;
        if ((agent->counts.refused & (agent->counts.refused - 1)) == 0) { /* not one line each */
            log_warn("history.refused", LOG_STR("field", reason),
                     LOG_U64("count", agent->counts.refused));
        }
        return;
    }
    if (waiting_of(agent, ask.ticket) != NULL) {
        agent->counts.repeated += 1;
        return;
    }
    u64 wait_us = agent->options.wait_us;
    struct waiting *slot = waiting_of(agent, 0);
    CHECK(slot != NULL);
    *slot = (struct waiting){.ask = ask,
                             .number = agent->arrivals,
                             .deadline_ns = clock_mono_ns(agent->clock) + wait_us * 1000};
    agent->arrivals += 1;
    agent->counts.waiting += 1;
}

static enum fault asks_take(struct history_agent *agent, bool *busy_out)
{
    bool took = false;
    enum channel_take taken = CHANNEL_RECORD;
    for (u32 i = 0;
         i < RECORDS_MAX && agent->counts.waiting < HISTORY_QUESTIONS_MAX && taken != CHANNEL_EMPTY;
         i += 1) {
        size_t size = 0;
        taken = channel_take(&agent->asks, agent->record, &size);
        if (taken == CHANNEL_TAKE_BROKEN) {
            return FAULT(FAULT_FOREIGN, "the channel of questions is broken");
        }
        took = took || taken != CHANNEL_EMPTY;
        if (taken == CHANNEL_RECORD) {
            ask_take(agent, size);
        } else if (taken == CHANNEL_FORBIDDEN) {
            agent->counts.refused += 1;
        }
    }
    if (took) {
        channel_release(&agent->asks);
        *busy_out = true;
    }
    return FAULT_NONE;
}

/* What a bell says is in the log itself. */
static enum fault bells_take(struct history_agent *agent)
{
    bool took = false;
    enum channel_take taken = CHANNEL_RECORD;
    if (agent->options.bell == NULL) {
        return FAULT_NONE;
    }
    for (u32 i = 0; i < RECORDS_MAX && taken != CHANNEL_EMPTY; i += 1) {
        size_t size = 0;
        taken = channel_take(&agent->bell, agent->record, &size);
        if (taken == CHANNEL_TAKE_BROKEN) {
            return FAULT(FAULT_FOREIGN, "the engine's bell is broken");
        }
        took = took || taken != CHANNEL_EMPTY;
    }
    if (took) {
        channel_release(&agent->bell);
    }
    return FAULT_NONE;
}

/* The question whose turn it is: of those that need not wait any more the one that came first. */
static struct waiting *next_of(struct history_agent *agent)
{
    u64 now = clock_mono_ns(agent->clock);
    struct waiting *next = NULL;
    for (u32 i = 0; i < HISTORY_QUESTIONS_MAX && agent->counts.waiting > 0; i += 1) {
        struct waiting *slot = &agent->waiting[i];
        bool ready = slot->ask.position_min <= agent->counts.position || slot->deadline_ns <= now;
        if (slot->ask.ticket != 0 && ready && (next == NULL || slot->number < next->number)) {
            next = slot;
        }
    }
    return next;
}

static enum lookup_status rows_find(struct history_agent *agent, const struct lookup_ask *ask,
                                    u32 *count_out)
{
    *count_out = 0;
    if (agent->store == NULL || ask->position_min > agent->counts.position) {
        agent->counts.behind += 1;
        return LOOKUP_BEHIND;
    }
    memset(agent->rows, 0,
           (size_t)lookup_rows_max(ask) * lookup_row_bytes((enum lookup_kind)ask->lookup));
    store_steps_limit(agent->store, agent->options.steps_max);
    enum fault fault = history_lookup(agent->store, ask, agent->rows, count_out);
    store_steps_limit(agent->store, 0);
    if (fault == FAULT_NONE) {
        agent->counts.rows += *count_out;
        return LOOKUP_OK;
    }
    *count_out = 0;
    bool costly = fault == FAULT_STOPPED;
    agent->counts.costly += costly ? 1 : 0;
    agent->counts.failed += costly ? 0 : 1;
    if (!costly) {
        log_error("history.lookup", LOG_U64("lookup", ask->lookup), LOG_FAULT(fault));
    }
    fault_forget();
    return costly ? LOOKUP_COSTLY : LOOKUP_FAILED;
}

static void answer_begin(struct history_agent *agent, struct waiting *slot)
{
    u32 count = 0;
    enum lookup_status status = rows_find(agent, &slot->ask, &count);
    agent->answering = (struct answering){
        .active = true, .end = lookup_answer_of(slot->ask.ticket, slot->ask.lookup, status)};
    agent->answering.end.rows_count = (u16)count;
    agent->answering.end.position = agent->counts.position;
    agent->answering.end.generation = agent->generation;
    slot->ask.ticket = 0;
    agent->counts.waiting -= 1;
}

/* ---- answers ---- */

/* *put_out is false when there is no room now. */
static enum fault put(struct history_agent *agent, struct span record, bool *put_out)
{
    enum channel_put answer = channel_put(&agent->answers, record);
    CHECK(answer != CHANNEL_MISSHAPED);
    *put_out = answer == CHANNEL_PUT;
    agent->counts.full += answer == CHANNEL_FULL ? 1 : 0;
    return answer == CHANNEL_PUT_BROKEN ? FAULT(FAULT_FOREIGN, "the channel of answers is broken")
                                        : FAULT_NONE;
}

static enum fault answer_go_on(struct history_agent *agent, bool *busy_out)
{
    struct answering *answering = &agent->answering;
    enum lookup_kind lookup = (enum lookup_kind)answering->end.lookup;
    u32 most = lookup_rows_per_record(lookup);
    bool room = true;
    for (u32 i = 0; i < RECORDS_MAX && room && answering->active; i += 1) {
        u32 left = answering->end.rows_count - answering->sent;
        u32 count = left < most ? left : most;
        if (left == 0) {
            TRY(put(agent, span_of(&answering->end, sizeof(answering->end)), &room));
            answering->active = !room;
            agent->counts.answered += room ? 1 : 0;
        } else {
            const u8 *rows = agent->rows + (size_t)answering->sent * lookup_row_bytes(lookup);
            size_t size = lookup_rows_put(agent->record, lookup, answering->end.ticket,
                                          answering->sent, rows, count);
            TRY(put(agent, span_of(agent->record, size), &room));
            answering->sent += room ? count : 0;
        }
        *busy_out = *busy_out || room;
    }
    channel_flush(&agent->answers);
    return FAULT_NONE;
}

/* How far the history is: at first in any case, then when it has moved. */
static enum fault tell(struct history_agent *agent)
{
    u64 now = clock_mono_ns(agent->clock);
    bool moved = agent->counts.position != agent->told_position;
    if (agent->told && (!moved || now - agent->told_ns < HISTORY_TELL_US * 1000)) {
        return FAULT_NONE;
    }
    struct lookup_answer answer = lookup_answer_of(0, 0, LOOKUP_OK);
    bool room = false;
    answer.position = agent->counts.position;
    answer.generation = agent->generation;
    TRY(put(agent, span_of(&answer, sizeof(answer)), &room));
    if (room) {
        channel_flush(&agent->answers);
        agent->told = true;
        agent->told_position = answer.position;
        agent->told_ns = now;
    }
    return FAULT_NONE;
}

static enum fault answer_some(struct history_agent *agent, bool *busy_out)
{
    if (!agent->answering.active) {
        TRY(tell(agent));
        struct waiting *slot = agent->told ? next_of(agent) : NULL;
        if (slot == NULL) {
            return FAULT_NONE;
        }
        answer_begin(agent, slot);
    }
    return answer_go_on(agent, busy_out);
}

/* ---- the step ---- */

static bool is_gathering(const struct history_agent *agent)
{
    return agent->counts.waiting == 0 && clock_mono_ns(agent->clock) < agent->gather_until_ns;
}

static enum fault follow(struct history_agent *agent, bool *busy_out)
{
    if (agent->history == NULL) {
        TRY(history_try(agent));
        return FAULT_NONE;
    }
    if (is_gathering(agent)) {
        return FAULT_NONE;
    }
    struct projection_status status;
    bool some = false;
    TRY(projection_work(agent->history, &some));
    TRY(projection_status(agent->history, &status));
    agent->counts.position = status.point.position;
    agent->counts.released = status.position_released;
    agent->counts.transactions = status.transactions;
    agent->counts.event_bytes = status.event_bytes;
    if (some && status.behind_bytes == 0) {
        agent->gather_until_ns = clock_mono_ns(agent->clock) + agent->options.gather_us * 1000;
    }
    *busy_out = *busy_out || some;
    return FAULT_NONE;
}

static enum fault history_agent_work(struct agent *base, bool *busy_out)
{
    struct history_agent *agent = agent_of(base);
    TRY(bells_take(agent));
    TRY(asks_take(agent, busy_out));
    TRY(follow(agent, busy_out));
    return answer_some(agent, busy_out);
}

/* What was being gathered is written before the end. */
static enum fault history_agent_stop(struct agent *base, bool *done_out)
{
    struct history_agent *agent = agent_of(base);
    bool busy = false;
    agent->gather_until_ns = 0;
    TRY(follow(agent, &busy));
    *done_out = !busy;
    return FAULT_NONE;
}

static u32 history_agent_gates(struct agent *base, struct gate **gates_out, u32 gates_max)
{
    struct history_agent *agent = agent_of(base);
    u32 count = 0;
    if (count < gates_max) {
        gates_out[count] = channel_gate(&agent->asks);
        count += 1;
    }
    if (agent->options.bell != NULL && count < gates_max && !is_gathering(agent)) {
        gates_out[count] = channel_gate(&agent->bell);
        count += 1;
    }
    return count;
}

static bool history_agent_has_work(struct agent *base)
{
    struct history_agent *agent = agent_of(base);
    bool asked = !channel_is_empty(&agent->asks) && agent->counts.waiting < HISTORY_QUESTIONS_MAX;
    bool rung =
        agent->options.bell != NULL && !channel_is_empty(&agent->bell) && !is_gathering(agent);
    return asked || rung;
}

enum fault history_agent_init(struct agent **agent_out, const struct history_agent_options *options,
                              struct arena *arena)
{
    static const struct agent_ops ops = {.open = history_agent_open,
                                         .work = history_agent_work,
                                         .stop = history_agent_stop,
                                         .close = history_agent_close,
                                         .gates = history_agent_gates,
                                         .has_work = history_agent_has_work};
    struct history_agent *agent =
        arena_take(arena, sizeof(struct history_agent), _Alignof(struct history_agent));
    struct waiting *waiting = arena_take_array(arena, HISTORY_QUESTIONS_MAX, sizeof(struct waiting),
                                               _Alignof(struct waiting));
    u8 *rows = arena_take_array(arena, HISTORY_ROWS_MAX, ROW_BYTES_MAX, ROW_ALIGN);
    u8 *record = arena_take(arena, CHANNEL_RECORD_BYTES_MAX, ROW_ALIGN);
    *agent_out = NULL;
    if (agent == NULL || waiting == NULL || rows == NULL || record == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the history's agent");
    }
    memset(agent, 0, sizeof(*agent));
    agent->agent = (struct agent){.ops = &ops, .name = "history"};
    agent->options = *options;
    agent->options.disk = options->disk == NULL ? disk_real() : options->disk;
    agent->options.wait_us = options->wait_us == 0 ? HISTORY_WAIT_US : options->wait_us;
    agent->options.steps_max = options->steps_max == 0 ? HISTORY_STEPS_MAX : options->steps_max;
    agent->options.bytes_max = options->bytes_max == 0 ? HISTORY_STEP_BYTES : options->bytes_max;
    agent->clock = options->clock == NULL ? clock_real() : options->clock;
    agent->waiting = waiting;
    agent->rows = rows;
    agent->record = record;
    *agent_out = &agent->agent;
    return FAULT_NONE;
}
