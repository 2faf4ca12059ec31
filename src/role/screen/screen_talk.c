#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "role/screen/screen_agent_inner.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define POOL_BYTES      (4U << 20)
#define BLOCK_BYTES_MAX SCREEN_ANSWER_MAX
#define VERB_BYTES      8U
#define LINE_BYTES_MAX  (LIST_LINE_BYTES + VERB_BYTES)
#define SECOND_NS       1000000000ULL

/* An answer under way. */
struct reply {
    char text[SCREEN_ANSWER_MAX];
    size_t size;
};

__attribute__((format(printf, 2, 3))) static void say(struct reply *reply, const char *format, ...)
{
    va_list arguments;
    size_t room = sizeof(reply->text) - reply->size;
    va_start(arguments, format);
    int length = vsnprintf(reply->text + reply->size, room, format, arguments);
    va_end(arguments);
    if (length > 0 && (size_t)length < room) {
        reply->size += (size_t)length;
    }
}

/* ---- what may be asked ---- */

static void entry_wrong(struct reply *reply, enum list_line_fault wrong)
{
    say(reply, "error %s\n", list_line_fault_text(wrong));
}

static enum fault on_put(struct screen_agent *agent, struct span rest, struct reply *reply)
{
    enum list_line_fault wrong = list_entry_read(&agent->entry, rest);
    if (wrong != LIST_LINE_OK) {
        entry_wrong(reply, wrong);
        return FAULT_NONE;
    }
    if (agent->entry.number == 0 || agent->entry.number >= SCREEN_PEOPLE_MAX) {
        say(reply, "error number: not within 1 to %u\n", SCREEN_PEOPLE_MAX - 1);
        return FAULT_NONE;
    }
    list_entry_settle(&agent->entry);
    bool is_short = false;
    TRY(screen_put(agent, &is_short));
    say(reply, is_short ? "error there is no room for another person\n" : "ok\n");
    return FAULT_NONE;
}

/* A decimal number below SCREEN_PEOPLE_MAX; 0: it is none. */
static u32 person_of(struct span text)
{
    u32 person = 0;
    for (size_t at = 0; at < text.size; at += 1) {
        if (text.data[at] < '0' || text.data[at] > '9' || person >= SCREEN_PEOPLE_MAX / 10) {
            return 0;
        }
        person = person * 10 + (u32)(text.data[at] - '0');
    }
    return person;
}

static void on_drop(struct screen_agent *agent, struct span rest, struct reply *reply)
{
    if (!screen_drop(agent, person_of(rest))) {
        say(reply, "error nobody is known by this number\n");
    } else {
        say(reply, "ok\n");
    }
}

/* What an officer should look at, of somebody who is known. */
static void on_flags(struct screen_agent *agent, struct span rest, struct reply *reply)
{
    static struct own_found found[OWN_FOUND_MAX]; /* one thread */
    static char text[OWN_FOUND_TEXT_BYTES];
    _Static_assert(OWN_FLAGS * 3U * (OWN_FOUND_TEXT_BYTES + sizeof("flag 100 \n")) +
                           sizeof("end\n") <
                       SCREEN_ANSWER_MAX,
                   "three of each kind");
    const struct screen_person *record = screen_people_find(&agent->people, person_of(rest));
    if (record == NULL || agent->own == NULL) {
        say(reply, record == NULL ? "error nobody is known by this number\n"
                                  : "error there are no registers\n");
        return;
    }
    struct span line = {record->line, record->line_bytes};
    CHECK(list_entry_read(&agent->entry, line) == LIST_LINE_OK); /* it was read when it came */
    u32 count = screen_holders_flags(agent, found);
    for (u32 index = 0; index < count; index += 1) {
        own_found_print(screen_own_view(agent->own), &found[index], text);
        say(reply, "flag %u %s\n", own_flag_row_of(found[index].flag)->weight, text);
    }
    say(reply, "end\n");
}

/* A bound on what somebody can try out at the socket. */
static bool may_search(struct screen_agent *agent)
{
    u64 now_ns = clock_mono_ns(agent->options.clock);
    if (now_ns - agent->second_ns >= SECOND_NS) {
        agent->second_ns = now_ns;
        agent->second_used = 0;
    }
    if (agent->second_used >= agent->options.per_second) {
        agent->counts.searches_refused += 1;
        return false;
    }
    agent->second_used += 1;
    agent->counts.searches += 1;
    agent->counted += 1;
    return true;
}

static void on_find(struct screen_agent *agent, struct span rest, struct reply *reply)
{
    enum list_line_fault wrong = list_entry_read(&agent->entry, rest);
    if (wrong != LIST_LINE_OK) {
        entry_wrong(reply, wrong);
        return;
    }
    if (!may_search(agent)) {
        say(reply, "error too many in this second\n");
        return;
    }
    for (u32 place = 0; place < agent->options.lists_count; place += 1) {
        const struct screen_slot *slot = &agent->slots[place];
        const struct find_hit *found = NULL;
        bool is_cut = false;
        u32 count = 0;
        if (slot->list.index == NULL) {
            say(reply, "missing %s\n", agent->options.lists[place]);
            continue;
        }
        count = find_entry(agent->find, slot->list.index, &agent->entry, agent->options.threshold,
                           &found, &is_cut);
        for (u32 index = 0; index < count; index += 1) {
            say(reply, "hit %s %u %u.%06u\n", agent->options.lists[place], found[index].number,
                found[index].millionths / SCORE_ONE, found[index].millionths % SCORE_ONE);
        }
    }
    say(reply, "end\n");
}

static u32 waiting_count(struct screen_agent *agent)
{
    u32 waiting = 0;
    for (u32 person = 1; agent->has_pending && person <= agent->people.number_max; person += 1) {
        const struct screen_person *record = screen_people_find(&agent->people, person);
        waiting += record != NULL && record->pending != 0 ? 1 : 0;
    }
    return waiting;
}

static void on_status(struct screen_agent *agent, struct reply *reply)
{
    say(reply, "people %u waiting %u\n", agent->people.count, waiting_count(agent));
    for (u32 place = 0; place < agent->options.lists_count; place += 1) {
        const struct screen_slot *slot = &agent->slots[place];
        say(reply, "list %s load %u entries %u %s\n", agent->options.lists[place],
            slot->list.header.load, slot->list.hashes_count,
            slot->list.index == NULL ? "missing"
            : slot->is_stale         ? "stale"
                                     : "fresh");
    }
    say(reply, "end\n");
}

/* Takes `verb` and the space behind it off the front of the line. */
static bool verb_is(struct span line, const char *verb, struct span *rest_out)
{
    size_t size = strlen(verb);
    if (line.size < size || memcmp(line.data, verb, size) != 0) {
        return false;
    }
    *rest_out = (struct span){line.data + size, line.size - size};
    return true;
}

static enum fault answer(struct screen_agent *agent, struct span line, struct reply *reply)
{
    struct span rest = line;
    if (verb_is(line, "put ", &rest)) {
        return on_put(agent, rest, reply);
    }
    if (verb_is(line, "find ", &rest)) {
        on_find(agent, rest, reply);
    } else if (verb_is(line, "drop ", &rest)) {
        on_drop(agent, rest, reply);
    } else if (verb_is(line, "flags ", &rest)) {
        on_flags(agent, rest, reply);
    } else if (verb_is(line, "status", &rest) && rest.size == 0) {
        on_status(agent, reply);
    } else {
        say(reply, "error not one of put, drop, find, flags, status\n");
    }
    return FAULT_NONE;
}

/* ---- connections ---- */

static void *accept_visit(void *context, struct net_conn *conn, const struct net_arrival *arrival)
{
    (void)arrival;
    struct screen_agent *agent = context;
    for (u32 i = 0; i < SCREEN_VISITS_MAX; i += 1) {
        struct screen_visit *visit = &agent->visits[i];
        if (visit->conn == NULL) {
            visit->line = visit->line == NULL ? malloc(LINE_BYTES_MAX) : visit->line;
            if (visit->line == NULL) {
                return NULL;
            }
            visit->conn = conn;
            visit->agent = agent;
            visit->line_bytes = 0;
            net_deadline(conn, SCREEN_IDLE_MS);
            return visit;
        }
    }
    return NULL;
}

static void answer_line(struct screen_visit *visit, struct span line)
{
    static struct reply reply; /* one thread */
    struct screen_agent *agent = visit->agent;
    reply.size = 0;
    enum fault fault = answer(agent, line, &reply);
    agent->turn_fault = fault == FAULT_NONE ? agent->turn_fault : fault;
    if (fault != FAULT_NONE || !net_send_copy(visit->conn, span_of(reply.text, reply.size))) {
        net_shut_now(visit->conn);
    }
    secret_wipe(&agent->entry, sizeof(agent->entry));
}

static void input_come(void *user, struct span bytes)
{
    struct screen_visit *visit = user;
    visit->agent->is_busy = true;
    net_deadline(visit->conn, SCREEN_IDLE_MS);
    for (size_t at = 0; at < bytes.size;) {
        const u8 *end = memchr(bytes.data + at, '\n', bytes.size - at);
        size_t size = end == NULL ? bytes.size - at : (size_t)(end - bytes.data) - at;
        if (size > LINE_BYTES_MAX - visit->line_bytes) {
            net_shut_now(visit->conn);
            return;
        }
        memcpy(visit->line + visit->line_bytes, bytes.data + at, size);
        visit->line_bytes += (u32)size;
        at += size + (end == NULL ? 0 : 1);
        if (end != NULL) {
            answer_line(visit, span_of(visit->line, visit->line_bytes));
            secret_wipe(visit->line, visit->line_bytes);
            visit->line_bytes = 0;
        }
    }
}

static void visit_closed(void *user, enum net_end why)
{
    (void)why;
    struct screen_visit *visit = user;
    secret_wipe(visit->line, visit->line_bytes);
    visit->line_bytes = 0;
    visit->conn = NULL;
}

static const struct net_handler handler = {
    .accept = accept_visit,
    .input = input_come,
    .closed = visit_closed,
};

enum fault screen_talk_open(struct screen_agent *agent)
{
    TRY(net_pool_open(&agent->pool, POOL_BYTES, BLOCK_BYTES_MAX));
    struct net_loop_options options = NET_LOOP_OPTIONS_DEFAULT;
    options.pool = &agent->pool;
    options.handler = &handler;
    options.context = agent;
    options.connections_max = SCREEN_VISITS_MAX;
    options.tick_ms = 0;
    TRY(net_loop_open(&agent->loop, &options));
    agent->net = net_loop_net(agent->loop);
    struct net_listen_options listen = {.descriptor = dup(agent->options.listener)};
    if (listen.descriptor < 0) {
        return FAULT(FAULT_LIMIT, "the screening socket cannot be duplicated");
    }
    return net_loop_listen(agent->loop, &listen, NULL);
}

void screen_talk_close(struct screen_agent *agent)
{
    net_loop_close(agent->loop);
    agent->loop = NULL;
    if (agent->pool.memory != NULL) {
        net_pool_close(&agent->pool);
        agent->pool = (struct net_pool){0};
    }
    for (u32 i = 0; i < SCREEN_VISITS_MAX; i += 1) {
        free(agent->visits[i].line);
        agent->visits[i].line = NULL;
    }
}
