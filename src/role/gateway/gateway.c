#include "role/gateway/gateway.h"

#include "base/check.h"
#include "base/span.h"
#include "io/entropy.h"
#include "io/log.h"
#include "role/gateway/gateway_state.h"
#include "role/gateway/view_person.h"
#include "wire/link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define READER_NAME      "gateway"
#define PACKS_FOLDER     "packs"
#define ENDED_LISTS      10000U
#define TURN_ENDED_CALLS 1024U /* answered for being late, in one turn */
#define HELLO_MS         500U  /* another one after so long without an answer */

const struct gateway_options gateway_defaults = {
    .limits = {.weight_max = {6000, 12000},
               .account_weight_max = 180000,
               .requests_max = 300000,
               .connects_max = 300,
               .open_max = 300,
               .orders_10s_max = 100,
               .orders_day_max = 200000,
               .refusals_max = 1000,
               .addresses_max = 4096},
    .http = {.target_bytes_max = 8192,
             .head_bytes_max = 16384,
             .headers_count_max = HTTP_HEADERS_MAX,
             .body_bytes_max = 65536},
    .sessions_max = 16384,
    .keys_max = 16384,
    .page_keys_max = 16384,
    .pending_max = 16384,
    .answer_ms = 10000,
    .request_ms = 10000,
    .idle_ms = 60000,
    .closed_orders_max = 200000,
    .fills_max = 400000,
    .trades_max = 4096,
    .changes_max = 16384,
    .notices_max = 65536,
    .withdraw_fee_bp = 10,
    .door = -1,
    .keep = -1,
    .desk = -1,
    .inbox = -1,
    .keep_years = 5,
};

/* ---- calls that wait ---- */

void gateway_call(struct gateway *gateway, struct call *call, struct json_writer *json)
{
    json_begin(json, gateway->scratch.json, GATEWAY_JSON_BYTES);
    gateway->venue.index_next = gateway->source_index + 1;
    *call = (struct call){.venue = &gateway->venue,
                          .json = json,
                          .ask = &gateway->scratch.ask,
                          .command = gateway->scratch.command};
    memset(call->command, 0, sizeof(struct command_order_list));
}

static enum call_end send_command(struct gateway *gateway, struct call *call,
                                  struct pending_call **pending_out)
{
    u64 index = gateway->source_index + 1;
    if (!pending_has_room(&gateway->pending, PENDING_COMMAND, index)) {
        return call_abandon(call, API_ERROR_SERVER_BUSY);
    }
    struct command_head *head = (void *)call->command;
    head->source = LINK_SOURCE_GATEWAY;
    head->source_index = index;
    switch (channel_put(&gateway->commands, call->record)) {
    case CHANNEL_PUT:
        break;
    case CHANNEL_FULL:
        return call_abandon(call, API_ERROR_SERVER_BUSY);
    case CHANNEL_MISSHAPED:
    case CHANNEL_PUT_BROKEN:
        return call_abandon(call, API_ERROR_UNKNOWN);
    }
    gateway->source_index = index;
    *pending_out = pending_put(&gateway->pending, PENDING_COMMAND, index);
    return CALL_COMMANDED;
}

static enum call_end send_ask(struct gateway *gateway, struct call *call,
                              struct pending_call **pending_out)
{
    u64 ticket = 0;
    if (!lookup_send(gateway->lookups, call->ask, &ticket)) {
        return call_abandon(call, API_ERROR_SERVER_BUSY);
    }
    *pending_out = pending_put(&gateway->pending, PENDING_LOOKUP, ticket);
    if (*pending_out == NULL) {
        lookup_forget(gateway->lookups, ticket);
        return call_abandon(call, API_ERROR_SERVER_BUSY);
    }
    return CALL_ASKED;
}

enum call_end gateway_wait(struct gateway *gateway, struct call *call, enum call_end end, u64 owner,
                           struct span id)
{
    struct pending_call *pending = NULL;
    switch (end) {
    case CALL_ANSWERED:
    case CALL_REFUSED:
        return end;
    case CALL_COMMANDED:
        end = send_command(gateway, call, &pending);
        call->state.waited = GATEWAY_WAIT_ENGINE;
        break;
    case CALL_ASKED:
        end = send_ask(gateway, call, &pending);
        call->state.waited = GATEWAY_WAIT_HISTORY;
        break;
    }
    if (pending != NULL) {
        pending->state = call->state;
        pending->owner = owner;
        pending->deadline_ms = net_now_ms(gateway->net) + gateway->options.answer_ms;
        CHECK(id.size <= sizeof(pending->id));
        if (id.size > 0) {
            memcpy(pending->id, id.data, id.size);
        }
        pending->id_size = (u8)id.size;
    }
    return end;
}

/* Takes the call out of the table and goes on with it; the owner is told when it has ended. */
static void resume(struct gateway *gateway, struct pending_call *pending, struct span events,
                   const struct lookup_result *found, enum api_error error)
{
    struct call call;
    struct json_writer json;
    gateway_call(gateway, &call, &json);
    call.state = pending->state;
    call.events = events;
    call.found = found;
    u64 owner = pending->owner;
    u8 id[WS_ID_BYTES_MAX];
    struct span id_text = span_of(id, pending->id_size);
    memcpy(id, pending->id, pending->id_size);
    pending_end(&gateway->pending, pending);
    enum call_end end = error == API_ERROR_NONE ? call_resume(&call) : call_abandon(&call, error);
    end = gateway_wait(gateway, &call, end, owner, id_text);
    if (end == CALL_COMMANDED || end == CALL_ASKED) {
        return;
    }
    struct session *session = session_of(&gateway->sessions, owner);
    if (session != NULL) {
        session_answer(session, &call, end, id_text);
    }
}

static void end_waiting(struct gateway *gateway, enum pending_kind kind, u64 from, u64 to,
                        enum api_error error)
{
    struct pending_call *next = pending_oldest(&gateway->pending);
    while (next != NULL) {
        struct pending_call *call = next;
        next = pending_newer(&gateway->pending, call);
        if (call->kind == kind && call->number >= from && call->number <= to) {
            resume(gateway, call, (struct span){NULL, 0}, NULL, error);
        }
    }
}

/* ---- events ---- */

/* What clients said beside their withdrawals could not be written or read; the money is where the
 * engine has it. */
static void note_fault(enum fault fault)
{
    if (fault != FAULT_NONE) {
        log_warn("gateway.payouts", LOG_STR("fault", fault_name(fault)));
    }
}

/* A pack has come into force: its words are fetched before any decision of it is told. */
static void packs_follow(struct gateway *gateway)
{
    u32 turn = view_packs_turn(gateway->venue.view);
    for (; gateway->packs_turn != turn && gateway->venue.packs != NULL; gateway->packs_turn += 1) {
        const struct view_pack *pack = view_pack_turn(gateway->venue.view, gateway->packs_turn + 1);
        if (pack != NULL) {
            pack_shelf_fetch(gateway->venue.packs, pack->hash);
        }
    }
}

static void command_come(struct feed_sink *sink, const struct feed_command *command)
{
    struct gateway *gateway =
        (struct gateway *)(void *)((u8 *)sink - offsetof(struct gateway, feed_sink));
    packs_follow(gateway);
    if (gateway->is_ready) {
        user_events_tell(gateway->user_events, gateway->venue.view, command->events,
                         gateway->venue.now_us, &gateway->user_sink);
        stream_command(gateway->hub, command->events, gateway->venue.now_us);
        api_sessions_follow(gateway, command->events);
    }
    if (command->source != LINK_SOURCE_GATEWAY || command->source_index == 0) {
        return;
    }
    struct pending_call *pending =
        pending_find(&gateway->pending, PENDING_COMMAND, command->source_index);
    if (pending != NULL) {
        resume(gateway, pending, command->events, NULL, API_ERROR_NONE);
    } else if (gateway->venue.payouts != NULL) {
        note_fault(payouts_follow(&gateway->payouts, command->source_index, command->events));
    }
}

/* ---- the engine's bell ---- */

static void send_hello(struct gateway *gateway)
{
    u64 hello = u64_max(clock_wall_us(gateway->options.clock) | 1, gateway->hello + 1);
    struct link_hello record = link_hello_make(LINK_SOURCE_GATEWAY, hello);
    gateway->hello_ms = net_now_ms(gateway->net);
    if (channel_put(&gateway->commands, span_of(&record, sizeof(record))) == CHANNEL_PUT) {
        channel_flush(&gateway->commands);
        gateway->hello = hello;
        gateway->hello_first = gateway->hello_first == 0 ? hello : gateway->hello_first;
    }
}

static void engine_told(struct gateway *gateway, const struct link_bell *bell)
{
    u64 taken = bell->head.source_index;
    gateway->asks_hello = false;
    gateway->hello_first = 0;
    gateway->settle_index = taken;
    gateway->settle_position = bell->position;
    gateway->settles = true;
    /* An answer lets its client go on: nothing may be sent before it is clear how to count. */
    end_waiting(gateway, PENDING_COMMAND, taken + 1, UINT64_MAX, API_ERROR_DISCONNECTED);
    gateway->source_index = taken;
    gateway->venue.engine_away = false;
    if (gateway->venue.payouts != NULL) {
        note_fault(payouts_taken(&gateway->payouts, taken));
    }
    log_info("gateway.engine", LOG_U64("generation", bell->generation), LOG_U64("index", taken));
}

static void bell_rang(struct gateway *gateway, const struct link_bell *bell)
{
    if ((bell->flags & LINK_BELL_STOPPING) != 0) {
        gateway->venue.engine_away = true;
        return;
    }
    if (bell->generation != gateway->generation) {
        gateway->generation = bell->generation;
        gateway->venue.engine_away = true;
        gateway->asks_hello = true;
        send_hello(gateway);
    }
    bool is_answer = gateway->hello_first != 0 && bell->hello >= gateway->hello_first &&
                     bell->hello <= gateway->hello;
    if (gateway->asks_hello && is_answer) {
        engine_told(gateway, bell);
    }
}

static enum fault take_bells(struct gateway *gateway)
{
    u8 bytes[CHANNEL_RECORD_BYTES_MAX] __attribute__((aligned(8)));
    for (;;) {
        size_t size = 0;
        struct link_bell bell;
        switch (channel_take(&gateway->bell, bytes, &size)) {
        case CHANNEL_EMPTY:
            channel_release(&gateway->bell);
            return FAULT_NONE;
        case CHANNEL_RECORD:
            if (link_bell_read(span_of(bytes, size), &bell)) {
                bell_rang(gateway, &bell);
            }
            break;
        case CHANNEL_FORBIDDEN:
            break;
        case CHANNEL_TAKE_BROKEN:
            return FAULT(FAULT_FOREIGN, "the engine's bell is broken: %s", fault_text());
        }
    }
}

/* ---- history ---- */

static void take_answers(struct gateway *gateway, bool *busy_out)
{
    struct lookup_result result;
    bool more = true;
    for (u32 i = 0; i < LOOKUP_QUESTIONS_MAX && more; i += 1) {
        if (!lookup_take(gateway->lookups, &result, &more)) {
            continue;
        }
        struct pending_call *pending =
            pending_find(&gateway->pending, PENDING_LOOKUP, result.ticket);
        if (pending != NULL) {
            resume(gateway, pending, (struct span){NULL, 0}, &result, API_ERROR_NONE);
        }
    }
    *busy_out = *busy_out || more;
    view_history_passed(gateway->venue.view, lookup_position(gateway->lookups));
}

/* ---- parts of a turn ---- */

static void settle(struct gateway *gateway)
{
    if (gateway->settles && feed_position(gateway->feed) >= gateway->settle_position) {
        gateway->settles = false;
        /* Taken, durable, and without an event: the engine refused to journal them. */
        end_waiting(gateway, PENDING_COMMAND, 0, gateway->settle_index, API_ERROR_UNKNOWN);
        gateway_keys_settled(&gateway->keys, gateway->venue.now_us);
    }
}

static void end_late(struct gateway *gateway)
{
    u64 now = net_now_ms(gateway->net);
    for (u32 i = 0; i < TURN_ENDED_CALLS; i += 1) {
        struct pending_call *call = pending_oldest(&gateway->pending);
        if (call == NULL || call->deadline_ms > now) {
            return;
        }
        resume(gateway, call, (struct span){NULL, 0}, NULL, API_ERROR_TIMEOUT);
    }
}

/* ---- before anybody is let in ---- */

/* Up to what is released: nobody is answered from a view that is behind. */
static enum fault catch_up(struct gateway *gateway)
{
    u64 released = 0;
    TRY(feed_released(gateway->feed, &released));
    bool some = true;
    while (some && feed_position(gateway->feed) < released) {
        TRY(feed_step(gateway->feed, GATEWAY_FEED_COMMANDS, &some));
    }
    return FAULT_NONE;
}

static enum fault make_ready(struct gateway *gateway)
{
    u64 seed = 0;
    TRY(catch_up(gateway));
    TRY(entropy_fill((u8 *)&seed, sizeof(seed)));
    gateway_keys_start(&gateway->keys, &gateway->signer, gateway->venue.view,
                       gateway->options.keys_max, seed, gateway->keys_memory);
    gateway->is_ready = true;
    return FAULT_NONE;
}

/* A view that began at an image is told the past, a question at a time; then come the events behind
 * it. */
static enum fault begin(struct gateway *gateway, bool *busy_out)
{
    struct lookup_result result;
    bool more = gateway->seed_ticket != 0;
    for (u32 i = 0; i < LOOKUP_QUESTIONS_MAX && more; i += 1) {
        if (lookup_take(gateway->lookups, &result, &more) &&
            result.ticket == gateway->seed_ticket) {
            seed_take(&gateway->seed, &result);
            gateway->seed_ticket = 0;
        }
    }
    *busy_out = *busy_out || more;
    if (gateway->seed_ticket != 0) {
        return FAULT_NONE;
    }
    if (!seed_next(&gateway->seed, &gateway->scratch.ask)) {
        if (gateway->seed.gave_up) {
            log_warn("gateway.past", LOG_U64("markets", gateway->seed.markets_done));
        }
        return make_ready(gateway);
    }
    if (!lookup_send(gateway->lookups, &gateway->scratch.ask, &gateway->seed_ticket)) {
        seed_take(&gateway->seed, &(struct lookup_result){.status = LOOKUP_FAILED});
    }
    *busy_out = true;
    return FAULT_NONE;
}

/* ---- a turn ---- */

static void now_set(struct gateway *gateway)
{
    gateway->venue.now_us = clock_wall_us(gateway->options.clock);
    gateway->machine_us = u64_add_capped(gateway->venue.now_us, gateway->options.clock_behind_us);
}

static enum fault turn(struct gateway *gateway, bool *busy_out)
{
    now_set(gateway);
    channel_flush(&gateway->commands); /* what clients have sent: the engine begins at once */
    TRY(take_bells(gateway));
    if (!gateway->is_ready) {
        TRY(begin(gateway, busy_out));
        channel_flush(&gateway->commands);
        return FAULT_NONE;
    }
    TRY(gateway_keys_turn(&gateway->keys, gateway->venue.now_us, busy_out));
    TRY(feed_step(gateway->feed, GATEWAY_FEED_COMMANDS, busy_out));
    stream_turn(gateway->hub, gateway->venue.now_us);
    settle(gateway);
    take_answers(gateway, busy_out);
    if (gateway->options.door >= 0) {
        door_session_turn(gateway, busy_out);
        page_keys_sweep(&gateway->page_keys);
    }
    if (gateway->options.keep >= 0) {
        enrol_session_turn(gateway, busy_out);
    }
    if (gateway->options.desk >= 0) {
        openings_session_turn(gateway, busy_out);
    }
    if (gateway->options.inbox >= 0) {
        inbox_session_turn(gateway, busy_out);
    }
    end_late(gateway);
    channel_flush(&gateway->commands);
    return FAULT_NONE;
}

static void prepare(void *context)
{
    struct gateway *gateway = context;
    if (gateway->is_started && gateway->turn_fault == FAULT_NONE) {
        bool busy = false;
        gateway->turn_fault = turn(gateway, &busy);
        gateway->turn_busy = gateway->turn_busy || busy;
    }
}

static void tick(void *context)
{
    struct gateway *gateway = context;
    if (gateway->is_ready) {
        stream_tick(gateway->hub, gateway->venue.now_us);
    }
    /* Also one for which the channel had no room. */
    if ((gateway->asks_hello || gateway->generation == 0) &&
        net_now_ms(gateway->net) - gateway->hello_ms >= HELLO_MS) {
        send_hello(gateway);
    }
}

const char *gateway_date(struct gateway *gateway)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    u64 now_s = gateway->venue.now_us / 1000000;
    if (now_s != gateway->date_s) {
        time_t time = (time_t)now_s;
        struct tm parts;
        (void)gmtime_r(&time, &parts);
        (void)snprintf(gateway->date, sizeof(gateway->date), "%s, %02u %s %04u %02u:%02u:%02u GMT",
                       days[parts.tm_wday % 7], (unsigned)parts.tm_mday % 100,
                       months[parts.tm_mon % 12], (unsigned)(parts.tm_year + 1900) % 10000,
                       (unsigned)parts.tm_hour % 100, (unsigned)parts.tm_min % 100,
                       (unsigned)parts.tm_sec % 100);
        gateway->date_s = now_s;
    }
    return gateway->date;
}

/* ---- the agent ---- */

static struct gateway *gateway_of(struct agent *agent)
{
    return (struct gateway *)(void *)agent;
}

static enum fault open_payouts(struct gateway *gateway)
{
    const struct gateway_options *options = &gateway->options;
    const char *folder =
        options->payouts_folder == NULL ? options->keys_folder : options->payouts_folder;
    if (options->withdraw_fee_bp > DEMO_FEE_BP_MAX) {
        return FAULT(FAULT_CONFIG, "withdraw_fee_bp is %u, at most %u", options->withdraw_fee_bp,
                     DEMO_FEE_BP_MAX);
    }
    if (folder != NULL) {
        TRY(payouts_open(&gateway->payouts, folder));
        gateway->venue.payouts = &gateway->payouts;
    }
    return FAULT_NONE;
}

static enum fault open_channels(struct gateway *gateway)
{
    static const u16 bells[] = {LINK_BELL};
    const struct gateway_options *options = &gateway->options;
    TRY(channel_writer_open(&gateway->commands, options->commands));
    TRY(open_payouts(gateway));
    if (options->door >= 0) {
        TRY(door_client_open(&gateway->door, options->door, options->clock));
    }
    if (options->keep >= 0) {
        TRY(keep_client_open(&gateway->keep, options->keep, options->clock));
    }
    if (options->desk >= 0) {
        TRY(desk_client_open(&gateway->desk, options->desk, options->clock));
    }
    if (options->inbox >= 0) {
        TRY(inbox_client_open(&gateway->inbox, options->inbox, options->clock));
    }
    TRY(gateway_keys_open(&gateway->keys, options->keys_folder, options->key_asks,
                          options->key_answers));
    return channel_reader_open(&gateway->bell, options->bell, bells, ARRAY_COUNT(bells),
                               LINK_SOURCE_GATEWAY);
}

static enum fault packs_open(struct gateway *gateway)
{
    const struct gateway_options *options = &gateway->options;
    char folder[FILE_PATH_BYTES];
    const char *path = options->packs_folder;
    if (path == NULL) {
        TRY(file_path(folder, options->folder, PACKS_FOLDER));
        path = folder;
    }
    return pack_shelf_open(&gateway->venue.packs, options->disk, path);
}

static enum fault agent_open_gateway(struct agent *agent)
{
    struct gateway *gateway = gateway_of(agent);
    struct gateway_options *options = &gateway->options;
    u64 seed = 0;
    TRY(entropy_fill((u8 *)&seed, sizeof(seed)));
    TRY(entropy_fill((u8 *)&gateway->venue.random, sizeof(u64)));
    TRY(open_channels(gateway));
    gateway->feed_sink.command = command_come;
    struct feed_options feed = {.disk = options->disk,
                                .folder = options->folder,
                                .reader = READER_NAME,
                                .config = {.closed_orders_max = options->closed_orders_max,
                                           .closed_lists_max = ENDED_LISTS,
                                           .fills_max = options->fills_max,
                                           .trades_max = options->trades_max,
                                           .changes_max = options->changes_max,
                                           .notices_max = options->notices_max,
                                           .hash_seed = seed},
                                .sink = &gateway->feed_sink};
    TRY(feed_open(&gateway->feed, &feed));
    TRY(packs_open(gateway));
    gateway->handler = (struct net_handler){.accept = session_accept,
                                            .input = session_input,
                                            .end = session_end,
                                            .drained = session_drained,
                                            .deadline = session_deadline,
                                            .closed = session_closed,
                                            .prepare = prepare,
                                            .tick = tick};
    TRY(options->network->open(options->network, &gateway->handler, gateway, &gateway->net));
    return page_session_open(gateway);
}

static void wake_ready(void *argument)
{
    channel_poll_drain(argument);
}

/* Wakes the loop for what comes over a channel; each is read by turn(). */
static enum fault watch(struct gateway *gateway, struct channel_reader *reader)
{
    return net_watch(gateway->net, reader->wake, wake_ready, reader);
}

static enum fault watch_channels(struct gateway *gateway)
{
    if (gateway->options.door >= 0) {
        TRY(line_client_watch(&gateway->door.line, gateway->net));
    }
    if (gateway->options.keep >= 0) {
        TRY(line_client_watch(&gateway->keep.line, gateway->net));
    }
    if (gateway->options.desk >= 0) {
        TRY(line_client_watch(&gateway->desk.line, gateway->net));
    }
    if (gateway->options.inbox >= 0) {
        TRY(line_client_watch(&gateway->inbox.line, gateway->net));
    }
    TRY(watch(gateway, &gateway->bell));
    TRY(watch(gateway, lookup_reader(gateway->lookups)));
    return gateway->keys.is_asked ? watch(gateway, &gateway->keys.asks) : FAULT_NONE;
}

static enum fault agent_start_gateway(struct agent *agent)
{
    struct gateway *gateway = gateway_of(agent);
    TRY(gateway_take_memory(gateway));
    TRY(watch_channels(gateway));
    gateway_measures_declare(gateway);
    gateway->venue.view = feed_view(gateway->feed);
    packs_follow(gateway);
    gateway->venue.limit = &gateway->limit;
    gateway->venue.keys = &gateway->page_keys.view; /* then the stored ones */
    gateway->venue.signer = &gateway->signer;
    gateway->venue.tickers = &gateway->tickers;
    gateway->venue.engine_away = true;
    gateway->venue.clock_behind_us = gateway->options.clock_behind_us;
    gateway->venue.withdraw_fee_bp = gateway->options.withdraw_fee_bp;
    now_set(gateway);
    seed_begin(&gateway->seed, gateway->venue.view);
    gateway->is_started = true;
    bool busy = false;
    return begin(gateway, &busy);
}

static enum fault agent_work_gateway(struct agent *agent, bool *busy_out)
{
    struct gateway *gateway = gateway_of(agent);
    gateway->turn_busy = false;
    bool busy = false;
    TRY(net_run_once(gateway->net, 0, &busy));
    *busy_out = busy || gateway->turn_busy;
    return gateway->turn_fault;
}

static void agent_wait_gateway(struct agent *agent, u64 sleep_us)
{
    struct gateway *gateway = gateway_of(agent);
    struct channel_reader *answers = lookup_reader(gateway->lookups);
    bool may_sleep = channel_poll_begin(&gateway->bell);
    may_sleep = channel_poll_begin(answers) && may_sleep;
    may_sleep = gateway_keys_poll_begin(&gateway->keys) && may_sleep;
    if (may_sleep && gateway->turn_fault == FAULT_NONE) {
        bool busy = false;
        enum fault fault = net_run_once(gateway->net, sleep_us, &busy);
        if (fault != FAULT_NONE) {
            gateway->turn_fault = fault;
        }
    }
    channel_poll_end(&gateway->bell);
    channel_poll_end(answers);
    gateway_keys_poll_end(&gateway->keys);
}

static enum fault agent_stop_gateway(struct agent *agent, bool *done_out)
{
    struct gateway *gateway = gateway_of(agent);
    if (!gateway->draining) {
        gateway->draining = true;
        net_listen_stop(gateway->net);
        session_drain_all(&gateway->sessions);
    }
    bool busy = false;
    TRY(agent_work_gateway(agent, &busy));
    *done_out = gateway->sessions.count == 0;
    return FAULT_NONE;
}

/* The limits that are read again are numbers to compare with; the tables stay as they are. */
static enum fault agent_reload_gateway(struct agent *agent)
{
    struct gateway *gateway = gateway_of(agent);
    struct limit_config limits = gateway->options.limits;
    if (gateway->options.limits_again == NULL) {
        return FAULT_NONE;
    }
    enum fault fault = gateway->options.limits_again(gateway->options.argument, &limits);
    if (fault != FAULT_NONE) {
        /* What holds now goes on: a mistake in a file is no reason to stop. */
        log_warn("gateway.not_reloaded", LOG_FAULT(fault));
        fault_forget();
        return FAULT_NONE;
    }
    limit_set(&gateway->limit, &limits);
    log_info("gateway.reloaded", LOG_U64("weight", limits.weight_max[LIMIT_POOL_API]),
             LOG_U64("orders_10s", limits.orders_10s_max), LOG_U64("open", limits.open_max));
    return FAULT_NONE;
}

static void agent_close_gateway(struct agent *agent)
{
    struct gateway *gateway = gateway_of(agent);
    if (gateway->net != NULL) {
        gateway->is_started = false;
        gateway->is_ready = false;
        net_close_all(gateway->net);
        page_session_close(gateway);
        gateway->options.network->close(gateway->options.network, gateway->net);
        gateway->net = NULL;
    }
    page_keys_close(&gateway->page_keys);
    gateway_keys_close(&gateway->keys);
    if (gateway->venue.payouts != NULL) {
        payouts_close(&gateway->payouts);
        gateway->venue.payouts = NULL;
    }
    signer_close(&gateway->signer);
    frame_codec_close(gateway->codec);
    gateway->codec = NULL;
    feed_close(gateway->feed);
    pack_shelf_close(gateway->venue.packs);
    gateway->venue.packs = NULL;
    gateway->feed = NULL;
    block_give_back(&gateway->block);
}

static const struct agent_ops gateway_ops = {
    .open = agent_open_gateway,
    .start = agent_start_gateway,
    .work = agent_work_gateway,
    .stop = agent_stop_gateway,
    .reload = agent_reload_gateway,
    .close = agent_close_gateway,
    .wait = agent_wait_gateway,
};

enum fault gateway_create(struct gateway **gateway_out, const struct gateway_options *options)
{
    *gateway_out = calloc(1, sizeof(struct gateway));
    if (*gateway_out == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the gateway");
    }
    (*gateway_out)->agent = (struct agent){.ops = &gateway_ops, .name = "gateway"};
    (*gateway_out)->options = *options;
    return FAULT_NONE;
}

enum fault gateway_key_put(struct gateway *gateway, const struct keys_new *key)
{
    return keys_put(&gateway->keys.table, key);
}

struct agent *gateway_agent(struct gateway *gateway)
{
    return &gateway->agent;
}

void gateway_destroy(struct gateway *gateway)
{
    free(gateway);
}

struct gateway_status gateway_status(const struct gateway *gateway)
{
    u64 position = gateway->feed == NULL ? 0 : feed_position(gateway->feed);
    u64 released = position;
    if (gateway->feed != NULL && feed_released(gateway->feed, &released) != FAULT_NONE) {
        fault_forget(); /* the next turn says which */
    }
    return (struct gateway_status){
        .behind = released > position ? released - position : 0,
        .position = position,
        .source_index = gateway->source_index,
        .sessions = gateway->sessions.count,
        .refused_address = gateway->crowd.refused_count,
        .pending = gateway->pending.count,
        .engine_ready = !gateway->venue.engine_away,
        .is_ready = gateway->is_ready,
    };
}
