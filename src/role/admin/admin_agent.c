#include "role/admin/admin_agent.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/log.h"
#include "io/net_loop.h"
#include "role/admin/admin_line.h"
#include "role/admin/order_gate.h"
#include "wire/admin_link.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define POOL_BYTES      (64U << 20)
#define BLOCK_BYTES_MAX (16U << 20)

/* A connection, and the request that it is sending. */
struct visit {
    struct net_conn *conn; /* NULL: free */
    struct admin_agent *agent;
    u32 bytes;
    bool is_whole; /* a request waits for its turn, or is worked on */
    u8 request[ADMIN_REQUEST_BYTES_MAX] __attribute__((aligned(8)));
};

enum work_step {
    WORK_NONE,
    WORK_FIRST,   /* waits for the events of what goes before the command */
    WORK_COMMAND, /* waits for a command's events */
    WORK_KEY,     /* waits for the gateway's new key */
    WORK_KEY_SET, /* waits for the events of its key_set */
    WORK_ACT,     /* waits for the events of a customer's act */
};

struct admin_agent {
    struct agent agent; /* first: it is cast back */
    struct admin_agent_options options;
    struct admin_line line;
    struct channel_writer key_asks;
    struct channel_reader key_answers;
    struct channel_reader acts; /* where the options have them */
    struct net_pool pool;
    struct net_loop *loop;
    struct net *net;
    struct visit visits[ADMIN_CONNECTIONS_MAX];
    struct visit *current; /* whose request is worked on; NULL: its connection is gone */
    enum work_step step;
    u64 until_ns; /* by clock_mono_ns */
    u64 key_number;
    u32 next_visit;
    u32 actor;
    u32 reason;
    u32 rights;
    struct key_answer key;
    struct order_gate gate;
    struct order_verdict verdict;
    enum fault turn_fault;
    bool is_busy;
};

static struct admin_agent *agent_of(struct agent *agent)
{
    return (struct admin_agent *)(void *)agent;
}

/* ---- answers ---- */

static void answer(struct admin_agent *agent, enum admin_status_code code, u8 detail, u64 seq,
                   struct span first, struct span second)
{
    struct visit *visit = agent->current;
    agent->current = NULL;
    agent->step = WORK_NONE;
    if (visit == NULL) {
        return;
    }
    struct admin_answer head = {.magic = ADMIN_MAGIC,
                                .bytes = (u32)(sizeof(head) + first.size + second.size),
                                .code = (u8)code,
                                .detail = detail,
                                .seq = seq,
                                .source_index = agent->line.engine.source_index};
    struct net_buffer *buffer = net_buffer_take(&agent->pool, head.bytes);
    if (buffer == NULL) {
        net_shut_now(visit->conn);
        return;
    }
    memcpy(buffer->data, &head, sizeof(head));
    if (first.size > 0) {
        memcpy(buffer->data + sizeof(head), first.data, first.size);
    }
    if (second.size > 0) {
        memcpy(buffer->data + sizeof(head) + first.size, second.data, second.size);
    }
    buffer->size = head.bytes;
    buffer->is_secret = true; /* where it is a key's */
    (void)net_send_last(visit->conn, buffer);
    visit->is_whole = false;
    visit->bytes = 0;
    net_resume(visit->conn);
    net_deadline(visit->conn, ADMIN_IDLE_MS);
}

static void answer_code(struct admin_agent *agent, enum admin_status_code code)
{
    struct span none = {NULL, 0};
    answer(agent, code, 0, 0, none, none);
}

/* ---- requests ---- */

static bool kind_is_listed(const struct admin_agent *agent, u16 kind)
{
    for (u32 i = 0; i < agent->options.kinds_count; i += 1) {
        if (agent->options.kinds[i] == kind) {
            return true;
        }
    }
    return false;
}

static void wait_for(struct admin_agent *agent, enum work_step step)
{
    agent->step = step;
    agent->until_ns = clock_mono_ns(agent->options.clock) + ADMIN_WAIT_US * 1000;
}

/* Whose log it is stands in the log. */
static void venue_take(struct admin_agent *agent)
{
    _Static_assert(ORDER_VENUE_BYTES == EVENTLOG_VENUE_BYTES, "one identity");
    if (agent->line.reader != NULL) {
        eventlog_reader_venue(agent->line.reader, agent->gate.venue);
    }
}

/* What became of the order that is worked on. */
static void order_end(struct admin_agent *agent, enum order_gate_end end)
{
    enum fault fault = order_gate_done(&agent->gate, &agent->verdict, end, agent->line.found_seq);
    if (fault != FAULT_NONE && agent->turn_fault == FAULT_NONE) {
        agent->turn_fault = fault; /* what was used must not be forgotten */
    }
}

static void send_verdict(struct admin_agent *agent, enum work_step step)
{
    struct order_verdict *verdict = &agent->verdict;
    bool is_first = step == WORK_FIRST;
    u8 *record = is_first ? verdict->first : verdict->command;
    size_t size = is_first ? verdict->first_bytes : verdict->command_bytes;
    u32 actor = verdict->actor != 0 ? verdict->actor : agent->actor;
    if (!admin_line_send(&agent->line, record, size, actor, agent->reason)) {
        order_end(agent, GATE_NOT_SENT);
        answer_code(agent, ADMIN_BUSY);
        return;
    }
    log_info("admin.command", LOG_STR("command", wire_commands[bytes_u16(record)].name),
             LOG_U64("actor", actor), LOG_U64("reason", agent->reason));
    wait_for(agent, step);
}

/* `order` NULL: nobody says that it is signed. */
static void begin_command(struct admin_agent *agent, const struct admin_order *order,
                          struct span body)
{
    struct command_head head;
    const char *reason = NULL;
    enum admin_status_code code = ADMIN_MALFORMED;
    if (body.size < WIRE_UNIT || !command_check(body.data, body.size, &reason)) {
        answer_code(agent, ADMIN_MALFORMED);
        return;
    }
    memcpy(&head, body.data, sizeof(head));
    if ((size_t)head.units * WIRE_UNIT != body.size || head.source != 0 || head.source_index != 0) {
        answer_code(agent, ADMIN_MALFORMED);
        return;
    }
    if (!kind_is_listed(agent, head.kind) || head.kind == COMMAND_NOTE) {
        answer_code(agent, ADMIN_FORBIDDEN);
        return;
    }
    venue_take(agent);
    enum fault fault = order_gate_judge(
        &agent->gate, order, body, clock_wall_us(agent->options.clock), &agent->verdict, &code);
    if (fault != FAULT_NONE) {
        agent->turn_fault = fault;
        answer_code(agent, ADMIN_BUSY);
    } else if (code != ADMIN_DONE) {
        answer(agent, code, agent->verdict.detail, 0, (struct span){NULL, 0},
               (struct span){NULL, 0});
    } else {
        send_verdict(agent, agent->verdict.first_bytes > 0 ? WORK_FIRST : WORK_COMMAND);
    }
}

static void begin_order(struct admin_agent *agent, struct span body)
{
    struct admin_order order;
    struct span command;
    if (admin_order_read(body, &order, &command)) {
        begin_command(agent, &order, command);
    } else {
        answer_code(agent, ADMIN_MALFORMED);
    }
}

static void begin_waiting(struct admin_agent *agent)
{
    static struct admin_waiting waiting[ORDER_ROWS_MAX];
    u32 count = 0;
    for (u32 i = 0; agent->gate.store.rows != NULL && i < ORDER_ROWS_MAX; i += 1) {
        const struct order_row *row = &agent->gate.store.rows[i];
        if (row->state != ORDER_ROW_WAITING) {
            continue;
        }
        struct admin_waiting *target = &waiting[count];
        *target = (struct admin_waiting){.until_us = row->until_us,
                                         .matter = row->matter,
                                         .due_us = row->due_us,
                                         .seq = row->seq,
                                         .officer = row->officer,
                                         .bytes = row->bytes};
        memcpy(target->nonce, row->nonce, sizeof(target->nonce));
        memcpy(target->command, row->command, sizeof(target->command));
        count += 1;
    }
    answer(agent, ADMIN_DONE, 0, 0, span_of(waiting, count * sizeof(waiting[0])),
           (struct span){NULL, 0});
}

static void begin_key(struct admin_agent *agent, struct span body)
{
    struct key_ask ask;
    if (!key_ask_read(body, &ask)) {
        answer_code(agent, ADMIN_MALFORMED);
        return;
    }
    agent->key_number += 1;
    ask.head.source_index = agent->key_number;
    if (agent->line.engine.is_away ||
        channel_put(&agent->key_asks, span_of(&ask, sizeof(ask))) != CHANNEL_PUT) {
        answer_code(agent, ADMIN_BUSY);
        return;
    }
    channel_flush(&agent->key_asks);
    wait_for(agent, WORK_KEY);
}

static void begin_status(struct admin_agent *agent)
{
    u32 connections = 0;
    for (u32 i = 0; i < ADMIN_CONNECTIONS_MAX; i += 1) {
        connections += agent->visits[i].conn != NULL;
    }
    struct admin_status status = {.position = agent->line.engine.last.position,
                                  .seq = agent->line.engine.last.seq,
                                  .time_us = agent->line.engine.last.time_us,
                                  .generation = agent->line.engine.last.generation,
                                  .source_index = agent->line.engine.source_index,
                                  .engine_is_away = agent->line.engine.is_away,
                                  .connections = connections,
                                  .now_us = clock_wall_us(agent->options.clock),
                                  .officers = agent->gate.officers.count,
                                  .waiting = agent->gate.store.waiting,
                                  .late = agent->gate.store.late};
    venue_take(agent);
    memcpy(status.venue, agent->gate.venue, sizeof(status.venue));
    answer(agent, ADMIN_DONE, 0, status.seq, span_of(&status, sizeof(status)),
           (struct span){NULL, 0});
}

static void begin(struct admin_agent *agent, struct visit *visit)
{
    struct admin_request head;
    memcpy(&head, visit->request, sizeof(head));
    struct span body = span_of(visit->request + sizeof(head), head.bytes - sizeof(head));
    agent->current = visit;
    agent->actor = head.actor;
    agent->reason = head.reason;
    agent->rights = head.rights;
    switch ((enum admin_kind)head.kind) {
    case ADMIN_COMMAND:
        begin_command(agent, NULL, body);
        break;
    case ADMIN_KEY:
        begin_key(agent, body);
        break;
    case ADMIN_STATUS:
        begin_status(agent);
        break;
    case ADMIN_ORDER:
        begin_order(agent, body);
        break;
    case ADMIN_WAITING:
        begin_waiting(agent);
        break;
    }
}

/* ---- keys ---- */

static void key_made(struct admin_agent *agent)
{
    if (agent->key.status != KEY_ANSWER_MADE) {
        u8 status = agent->key.status;
        answer(agent, ADMIN_KEY_FAILED, status, 0, (struct span){NULL, 0}, (struct span){NULL, 0});
        return;
    }
    struct command_key_set set = {
        .head = {.kind = COMMAND_KEY_SET, .account = agent->key.head.account},
        .rights = agent->rights,
        .actor = agent->actor,
        .reason = agent->reason,
        .key_kind = agent->key.key_kind};
    set.head.units = sizeof(set) / WIRE_UNIT;
    memcpy(set.key_id, agent->key.key_id, sizeof(set.key_id));
    memcpy(set.public_key, agent->key.public_key, sizeof(set.public_key));
    if (!admin_line_send(&agent->line, (u8 *)&set, sizeof(set), agent->actor, agent->reason)) {
        secret_wipe(&agent->key, sizeof(agent->key)); /* nobody will ever use it */
        answer_code(agent, ADMIN_BUSY);
        return;
    }
    wait_for(agent, WORK_KEY_SET);
}

static enum fault take_keys(struct admin_agent *agent)
{
    u8 bytes[CHANNEL_RECORD_BYTES_MAX] __attribute__((aligned(8)));
    struct key_answer answered = {0}; /* perhaps to an ask that was given up */
    enum fault fault = FAULT_NONE;
    bool more = true;
    while (more && fault == FAULT_NONE) {
        size_t size = 0;
        switch (channel_take(&agent->key_answers, bytes, &size)) {
        case CHANNEL_EMPTY:
            more = false;
            break;
        case CHANNEL_RECORD:
            if (agent->step == WORK_KEY && key_answer_read(span_of(bytes, size), &answered) &&
                answered.head.source_index == agent->key_number) {
                agent->key = answered;
                key_made(agent);
            }
            break;
        case CHANNEL_FORBIDDEN:
            break;
        case CHANNEL_TAKE_BROKEN:
            fault = FAULT(FAULT_FOREIGN, "the channel of new keys is broken: %s", fault_text());
            break;
        }
    }
    secret_wipe(bytes, sizeof(bytes));
    secret_wipe(&answered, sizeof(answered));
    channel_release(&agent->key_answers);
    return fault;
}

/* ---- turns ---- */

/* Whether the writer has refused what was awaited. */
static bool was_refused(const struct admin_agent *agent)
{
    for (size_t at = 0; at + WIRE_UNIT <= agent->line.found_bytes;) {
        size_t size = (size_t)agent->line.found[at + 2] * WIRE_UNIT;
        if (bytes_u16(agent->line.found + at) == EVENT_REJECTED) {
            return true;
        }
        CHECK(size > 0); /* the line has looked */
        at += size;
    }
    return false;
}

static void answer_found(struct admin_agent *agent, struct span before)
{
    answer(agent, ADMIN_DONE, 0, agent->line.found_seq, before,
           span_of(agent->line.found, agent->line.found_bytes));
}

static void answered(struct admin_agent *agent)
{
    switch (agent->step) {
    case WORK_NONE:
    case WORK_KEY:
        break;
    case WORK_FIRST:
        if (was_refused(agent)) {
            order_end(agent, GATE_NOT_SENT);
            answer_found(agent, (struct span){NULL, 0});
        } else {
            send_verdict(agent, WORK_COMMAND);
        }
        break;
    case WORK_COMMAND:
        order_end(agent, was_refused(agent) ? GATE_REFUSED : GATE_ACCEPTED);
        answer_found(agent, (struct span){NULL, 0});
        break;
    case WORK_ACT:
        agent->step = WORK_NONE; /* the queue sees what came of it */
        break;
    case WORK_KEY_SET:
        answer_found(agent, span_of(&agent->key, sizeof(agent->key)));
        secret_wipe(&agent->key, sizeof(agent->key));
        break;
    }
}

static bool awaits_events(const struct admin_agent *agent)
{
    return agent->step == WORK_FIRST || agent->step == WORK_COMMAND ||
           agent->step == WORK_KEY_SET || agent->step == WORK_ACT;
}

/* ---- customers' acts ---- */

/* No officer and no case: those are for orders. */
static bool is_customers(const struct command_case_act *act, size_t size)
{
    return size == sizeof(*act) && act->matter == 0 && act->officer == 0 && act->second == 0 &&
           act->head.account != 0 && (act->act == CASE_ACT_APPEAL || act->act == CASE_ACT_EVIDENCE);
}

/* The next one, while nothing else is worked on. One that cannot be sent now is lost: whoever waits
 * for it is told so after a while. */
static enum fault take_act(struct admin_agent *agent)
{
    u8 bytes[CHANNEL_RECORD_BYTES_MAX] __attribute__((aligned(8)));
    struct command_case_act act;
    size_t size = 0;
    if (agent->options.acts == NULL || agent->step != WORK_NONE || agent->line.engine.is_away) {
        return FAULT_NONE;
    }
    enum channel_take taken = channel_take(&agent->acts, bytes, &size);
    if (taken == CHANNEL_TAKE_BROKEN) {
        return FAULT(FAULT_FOREIGN, "the channel of customers' acts is broken: %s", fault_text());
    }
    channel_release(&agent->acts);
    memcpy(&act, bytes, sizeof(act));
    if (taken != CHANNEL_RECORD || !is_customers(&act, size)) {
        return FAULT_NONE;
    }
    if (admin_line_send(&agent->line, (u8 *)&act, sizeof(act), 0, 0)) {
        log_info("admin.customers_act", LOG_U64("act", act.act));
        agent->is_busy = true;
        wait_for(agent, WORK_ACT);
    }
    return FAULT_NONE;
}

static void work_on(struct admin_agent *agent)
{
    if (awaits_events(agent) && admin_line_answered(&agent->line)) {
        answered(agent);
    } else if (agent->step != WORK_NONE && clock_mono_ns(agent->options.clock) >= agent->until_ns) {
        admin_line_forget(&agent->line);
        secret_wipe(&agent->key, sizeof(agent->key));
        answer_code(agent, ADMIN_UNKNOWN);
    }
    for (u32 i = 0; i < ADMIN_CONNECTIONS_MAX && agent->step == WORK_NONE; i += 1) {
        struct visit *visit = &agent->visits[agent->next_visit];
        agent->next_visit = (agent->next_visit + 1) % ADMIN_CONNECTIONS_MAX;
        if (visit->conn != NULL && visit->is_whole) {
            begin(agent, visit);
            agent->is_busy = true;
        }
    }
}

static enum fault turn(struct admin_agent *agent)
{
    TRY(admin_line_turn(&agent->line, &agent->is_busy));
    TRY(take_keys(agent));
    TRY(order_gate_turn(&agent->gate, clock_wall_us(agent->options.clock), &agent->is_busy));
    work_on(agent);
    return take_act(agent);
}

static void prepare(void *context)
{
    struct admin_agent *agent = context;
    if (agent->turn_fault == FAULT_NONE) {
        agent->turn_fault = turn(agent);
    }
}

/* ---- connections ---- */

static void *accept_visit(void *context, struct net_conn *conn, const struct net_arrival *arrival)
{
    (void)arrival;
    struct admin_agent *agent = context;
    for (u32 i = 0; i < ADMIN_CONNECTIONS_MAX; i += 1) {
        struct visit *visit = &agent->visits[i];
        if (visit->conn == NULL) {
            visit->conn = conn;
            visit->agent = agent;
            visit->bytes = 0;
            visit->is_whole = false;
            net_deadline(conn, ADMIN_IDLE_MS);
            return visit;
        }
    }
    return NULL;
}

/* What lies behind a whole request is none: the next one comes after the answer. */
static void input_come(void *user, struct span bytes)
{
    struct visit *visit = user;
    if (visit->is_whole || bytes.size > sizeof(visit->request) - visit->bytes) {
        net_shut_now(visit->conn);
        return;
    }
    memcpy(visit->request + visit->bytes, bytes.data, bytes.size);
    visit->bytes += (u32)bytes.size;
    if (visit->bytes < sizeof(struct admin_request)) {
        return;
    }
    u32 size = admin_request_size(visit->request);
    if (size == 0 || visit->bytes > size) {
        net_shut_now(visit->conn);
    } else if (visit->bytes == size) {
        visit->is_whole = true;
        net_pause(visit->conn);
        net_deadline(visit->conn, 0);
    }
}

static void visit_closed(void *user, enum net_end why)
{
    (void)why;
    struct visit *visit = user;
    if (visit->agent->current == visit) {
        visit->agent->current = NULL; /* what it asked for goes on without it */
    }
    visit->conn = NULL;
}

static const struct net_handler handler = {
    .accept = accept_visit,
    .input = input_come,
    .closed = visit_closed,
    .prepare = prepare,
};

/* ---- the agent ---- */

static enum fault open_net(struct admin_agent *agent)
{
    TRY(net_pool_open(&agent->pool, POOL_BYTES, BLOCK_BYTES_MAX));
    struct net_loop_options options = NET_LOOP_OPTIONS_DEFAULT;
    options.pool = &agent->pool;
    options.handler = &handler;
    options.context = agent;
    options.connections_max = ADMIN_CONNECTIONS_MAX;
    options.tick_ms = 0;
    options.queue_bytes_max = ADMIN_ANSWER_BYTES_MAX;
    TRY(net_loop_open(&agent->loop, &options));
    agent->net = net_loop_net(agent->loop);
    struct net_listen_options listen = {.descriptor = dup(agent->options.listener)};
    if (listen.descriptor < 0) {
        return FAULT(FAULT_LIMIT, "the admin socket cannot be duplicated");
    }
    return net_loop_listen(agent->loop, &listen, NULL);
}

static enum fault admin_open(struct agent *base)
{
    static const u16 kinds[] = {KEY_ANSWER};
    struct admin_agent *agent = agent_of(base);
    const struct admin_agent_options *options = &agent->options;
    TRY(admin_line_open(&agent->line, options->disk, options->clock, options->folder,
                        options->commands, options->bell));
    TRY(channel_writer_open(&agent->key_asks, options->key_asks));
    TRY(channel_reader_open(&agent->key_answers, options->key_answers, kinds, ARRAY_COUNT(kinds),
                            LINK_SOURCE_GATEWAY));
    if (options->acts != NULL) {
        static const u16 acts[] = {COMMAND_CASE_ACT};
        TRY(channel_reader_open(&agent->acts, options->acts, acts, ARRAY_COUNT(acts),
                                LINK_SOURCE_CASES));
    }
    agent->key_number = clock_wall_us(options->clock);
    TRY(order_gate_open(&agent->gate, options->disk, options->folder, options->officers));
    return open_net(agent);
}

static enum fault admin_work(struct agent *base, bool *busy_out)
{
    struct admin_agent *agent = agent_of(base);
    agent->is_busy = false;
    bool busy = false;
    TRY(net_run_once(agent->net, 0, &busy));
    *busy_out = busy || agent->is_busy;
    return agent->turn_fault;
}

/* Bells are waited for only where something depends on them: the others are taken off now and then,
 * and wake nobody. */
static bool awaits_bell(const struct admin_agent *agent)
{
    return agent->line.awaited != 0 || agent->line.engine.is_away;
}

static u32 admin_gates(struct agent *base, struct gate **gates_out, u32 gates_max)
{
    struct admin_agent *agent = agent_of(base);
    CHECK(gates_max >= 2);
    gates_out[0] = channel_gate(&agent->key_answers);
    if (!awaits_bell(agent)) {
        return 1;
    }
    gates_out[1] = channel_gate(&agent->line.engine.bell);
    return 2;
}

static bool admin_has_work(struct agent *base)
{
    struct admin_agent *agent = agent_of(base);
    return (awaits_bell(agent) && !channel_is_empty(&agent->line.engine.bell)) ||
           !channel_is_empty(&agent->key_answers);
}

static void admin_close(struct agent *base)
{
    struct admin_agent *agent = agent_of(base);
    net_loop_close(agent->loop);
    agent->loop = NULL;
    if (agent->pool.memory != NULL) {
        net_pool_close(&agent->pool);
        agent->pool = (struct net_pool){0};
    }
    admin_line_close(&agent->line);
    order_gate_close(&agent->gate);
}

static const struct agent_ops admin_ops = {
    .open = admin_open,
    .work = admin_work,
    .close = admin_close,
    .gates = admin_gates,
    .has_work = admin_has_work,
};

enum fault admin_agent_create(struct admin_agent **agent_out,
                              const struct admin_agent_options *options)
{
    *agent_out = calloc(1, sizeof(struct admin_agent));
    if (*agent_out == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the admin agent");
    }
    (*agent_out)->agent = (struct agent){.ops = &admin_ops, .name = "admin"};
    (*agent_out)->options = *options;
    return FAULT_NONE;
}

struct agent *admin_agent_of(struct admin_agent *agent)
{
    return &agent->agent;
}

void admin_agent_destroy(struct admin_agent *agent)
{
    if (agent != NULL) {
        secret_wipe(&agent->key, sizeof(agent->key));
    }
    free(agent);
}

bool admin_agent_is_ready(const struct admin_agent *agent)
{
    return !agent->line.engine.is_away;
}

struct admin_counts admin_agent_counts(const struct admin_agent *agent)
{
    return (struct admin_counts){.officers = agent->gate.officers.count,
                                 .waiting = agent->gate.store.waiting,
                                 .late = agent->gate.store.late,
                                 .orders = agent->gate.orders,
                                 .refused = agent->gate.refused};
}
