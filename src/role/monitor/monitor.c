#include "role/monitor/monitor.h"

#include "base/check.h"
#include "base/span.h"
#include "io/handover.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MS_NS 1000000ULL

#define TEXT_PLAIN   "text/plain; charset=utf-8"
#define TEXT_METRICS "text/plain; version=0.0.4; charset=utf-8"
#define TEXT_JSON    "application/json"

#define MATCH_PATH    "/match"
#define MATCH_IS_AWAY "{\"detail\": \"matching is not ready\"}"

static const struct http_limits request_limits = {.target_bytes_max = 256,
                                                  .head_bytes_max = MONITOR_REQUEST_BYTES,
                                                  .headers_count_max = 32,
                                                  .body_bytes_max = 0};

static struct monitor *monitor_of(struct agent *agent)
{
    return (struct monitor *)(void *)agent;
}

/* ---- what is said ---- */

struct text {
    char *data;
    size_t used;
};

/* Whether the process wrote its page lately, and said that it is ready. */
static bool is_ready(const struct monitor *monitor, const struct metrics_page_state *state)
{
    u64 now_us = clock_wall_us(monitor->clock);
    u64 age_us = now_us > state->time_us ? now_us - state->time_us : 0;
    return state->is_ready && age_us < MONITOR_STALE_MS * 1000ULL;
}

/* Each process's page, and then what they say of themselves. */
static void metrics_put(struct monitor *monitor, struct text *text)
{
    struct metrics_page_state states[MONITOR_SOURCES_MAX];
    bool has_page[MONITOR_SOURCES_MAX];
    size_t size = 0;
    for (u32 index = 0; index < monitor->sources_count; index += 1) {
        has_page[index] = metrics_page_get(monitor->sources[index].page, text->data + text->used,
                                           &size, &states[index]);
        text->used += has_page[index] ? size : 0;
    }
    metrics_init(&monitor->metrics);
    for (u32 index = 0; index < monitor->sources_count; index += 1) {
        struct metric *metric = metrics_gauge(
            &monitor->metrics,
            &(struct metric_declaration){.name = "cambist_process_ready",
                                         .help = "1 while a process does what it is there for.",
                                         .label_name = "process",
                                         .label_value = monitor->sources[index].name});
        metric_set(metric, has_page[index] && is_ready(monitor, &states[index]) ? 1 : 0);
    }
    enum fault fault =
        metrics_print(&monitor->metrics, text->data + text->used, METRICS_TEXT_BYTES_ENOUGH, &size);
    CHECK(fault == FAULT_NONE);
    text->used += size;
}

static u32 readiness_put(const struct monitor *monitor, struct text *text)
{
    u32 status = 200;
    for (u32 index = 0; index < monitor->sources_count; index += 1) {
        const struct monitor_source *source = &monitor->sources[index];
        struct metrics_page_state state;
        size_t size = 0;
        bool ready = metrics_page_get(source->page, text->data + text->used, &size, &state) &&
                     is_ready(monitor, &state);
        status = ready ? status : 503;
        text->used += (size_t)snprintf(text->data + text->used, METRICS_LABEL_BYTES + 16, "%s %s\n",
                                       source->name, ready ? "ready" : "not ready");
    }
    return status;
}

/* Whether the process behind /match does what it is there for. */
static bool match_is_ready(struct monitor *monitor, char *scratch)
{
    struct metrics_page_state state;
    size_t size = 0;
    return metrics_page_get(monitor->sources[monitor->match_source].page, scratch, &size, &state) &&
           is_ready(monitor, &state);
}

static u32 line_put(struct text *text, u32 status, const char *line)
{
    text->used = (size_t)snprintf(text->data, MONITOR_HEAD_BYTES, "%s\n", line);
    return status;
}

/* The body, and the status. */
static u32 body_put(struct monitor *monitor, struct text *text, const char **type_out)
{
    const struct http_request *request = &monitor->request;
    *type_out = TEXT_PLAIN;
    if (request->verb != HTTP_VERB_GET && request->verb != HTTP_VERB_HEAD) {
        return line_put(text, 405, "only GET");
    }
    if (span_equal(request->path, span_of_text("/metrics"))) {
        *type_out = TEXT_METRICS;
        metrics_put(monitor, text);
        return 200;
    }
    if (span_equal(request->path, span_of_text("/readyz"))) {
        return readiness_put(monitor, text);
    }
    if (span_equal(request->path, span_of_text("/livez"))) {
        return line_put(text, 200, "alive");
    }
    return line_put(text, 404, "there are /metrics, /readyz and /livez");
}

/* Puts the head right before the body, which stands MONITOR_HEAD_BYTES behind the beginning. */
static void answer_send(struct monitor_connection *connection, u32 status, const char *type,
                        size_t body_bytes, bool has_body)
{
    u8 head[MONITOR_HEAD_BYTES];
    struct http_answer answer;
    CHECK(body_bytes <= MONITOR_ANSWER_BYTES_MAX);
    http_answer_begin(&answer, head, sizeof(head), status, false);
    http_answer_put_text(&answer, "Content-Type", type);
    http_answer_put_text(&answer, "Cache-Control", "no-store");
    size_t size = http_answer_end(&answer, body_bytes);
    CHECK(size > 0);
    memcpy(connection->answer, head, size);
    memmove(connection->answer + size, connection->answer + MONITOR_HEAD_BYTES,
            has_body ? body_bytes : 0);
    connection->answer_bytes = size + (has_body ? body_bytes : 0);
    connection->sent = 0;
}

static void answer_make(struct monitor *monitor, struct monitor_connection *connection,
                        enum http_refusal refusal)
{
    struct text text = {.data = (char *)connection->answer + MONITOR_HEAD_BYTES};
    const char *type = TEXT_PLAIN;
    u32 status = refusal == HTTP_REFUSAL_NONE
                     ? body_put(monitor, &text, &type)
                     : line_put(&text, http_refusal_status(refusal), http_refusal_text(refusal));
    answer_send(connection, status, type, text.used,
                refusal != HTTP_REFUSAL_NONE || monitor->request.verb != HTTP_VERB_HEAD);
}

/* ---- connections ---- */

static void connection_end(struct monitor_connection *connection)
{
    (void)close(connection->descriptor);
    connection->descriptor = -1;
}

static bool is_for_later(void)
{
    return errno == EAGAIN || errno == EINTR;
}

enum aim { AIM_UNKNOWN, AIM_MATCH, AIM_OURS };

/* What the first bytes of a request are for: "VERB /match" or anything else. */
static enum aim aim_of(struct span bytes)
{
    const u8 *blank = memchr(bytes.data, ' ', bytes.size);
    size_t path = blank == NULL ? 0 : (size_t)(blank - bytes.data) + 1;
    size_t wanted = strlen(MATCH_PATH);
    if (blank == NULL) {
        return bytes.size > HTTP_METHOD_BYTES_MAX ? AIM_OURS : AIM_UNKNOWN;
    }
    size_t known = bytes.size - path < wanted ? bytes.size - path : wanted;
    if (path > HTTP_METHOD_BYTES_MAX + 1 || memcmp(bytes.data + path, MATCH_PATH, known) != 0) {
        return AIM_OURS;
    }
    return known == wanted ? AIM_MATCH : AIM_UNKNOWN;
}

/* Looks at what has come without taking it. A connection for /match is handed over, or told that
 * nobody is there. True: it is not to be read here, for now or at all. */
static bool is_for_match(struct monitor *monitor, struct monitor_connection *connection)
{
    u8 first[HTTP_METHOD_BYTES_MAX + sizeof(MATCH_PATH)];
    ssize_t size = recv(connection->descriptor, first, sizeof(first), MSG_PEEK);
    if (size < 0 && is_for_later()) {
        return true; /* nothing has come yet */
    }
    if (size <= 0) {
        connection->is_ours = true; /* whatever it is, reading will find the same */
        return false;
    }
    enum aim aim = aim_of(span_of(first, (size_t)size));
    connection->is_ours = aim == AIM_OURS;
    if (aim != AIM_MATCH) {
        return aim == AIM_UNKNOWN;
    }
    struct handover_item item = {.name = "match", .descriptor = connection->descriptor};
    char *scratch = (char *)connection->answer + MONITOR_HEAD_BYTES;
    if (match_is_ready(monitor, scratch)) {
        if (handover_send(monitor->match_line, &item, 1) == FAULT_NONE) {
            connection_end(connection); /* our copy of it */
            return true;
        }
        fault_forget(); /* the line is full */
    }
    struct text text = {.data = scratch};
    connection->is_ours = true;
    connection->lingers = true;
    u32 status = line_put(&text, 503, MATCH_IS_AWAY);
    answer_send(connection, status, TEXT_JSON, text.used, true);
    return true;
}

/* Reads what has come; true when something did. */
static bool connection_read(struct monitor *monitor, struct monitor_connection *connection)
{
    u8 *room = connection->request + connection->request_bytes;
    ssize_t size =
        read(connection->descriptor, room, sizeof(connection->request) - connection->request_bytes);
    if (size <= 0) {
        if (size == 0 || !is_for_later()) {
            connection_end(connection);
        }
        return false;
    }
    connection->request_bytes += (u32)size;
    struct span bytes = span_of(connection->request, connection->request_bytes);
    switch (http_read(&connection->reader, &request_limits, bytes, &monitor->request)) {
    case HTTP_READ_MORE:
    case HTTP_READ_CONTINUE: /* no body is taken: the limits refuse it */
        break;
    case HTTP_READ_WHOLE:
        answer_make(monitor, connection, HTTP_REFUSAL_NONE);
        break;
    case HTTP_READ_REFUSED:
        answer_make(monitor, connection, (enum http_refusal)connection->reader.refusal);
        break;
    }
    return true;
}

/* Writes as much as the peer takes; true when something was. */
static bool connection_write(struct monitor_connection *connection)
{
    ssize_t size = send(connection->descriptor, connection->answer + connection->sent,
                        connection->answer_bytes - connection->sent, MSG_NOSIGNAL);
    if (size < 0) {
        if (!is_for_later()) {
            connection_end(connection);
        }
        return false;
    }
    connection->sent += (size_t)size;
    if (connection->sent == connection->answer_bytes) {
        (void)shutdown(connection->descriptor, SHUT_WR);
        if (!connection->lingers) {
            connection_end(connection);
        }
    }
    return true;
}

/* Closing a socket with unread bytes would take back what the peer has not read yet. */
static bool connection_drop(struct monitor_connection *connection)
{
    ssize_t size = read(connection->descriptor, connection->request, sizeof(connection->request));
    if (size == 0 || (size < 0 && !is_for_later())) {
        connection_end(connection);
    }
    return size > 0;
}

static bool connection_work(struct monitor *monitor, struct monitor_connection *connection,
                            u64 now_ns)
{
    bool some = false;
    bool is_elsewhere = !connection->is_ours && is_for_match(monitor, connection);
    if (connection->descriptor >= 0 && connection->answer_bytes == 0 && !is_elsewhere) {
        some = connection_read(monitor, connection);
    }
    if (connection->descriptor >= 0 && connection->answer_bytes > 0) {
        bool is_sent = connection->sent == connection->answer_bytes;
        some = (is_sent ? connection_drop(connection) : connection_write(connection)) || some;
    }
    if (connection->descriptor >= 0 && now_ns - connection->begun_ns > MONITOR_TIME_MS * MS_NS) {
        connection_end(connection);
    }
    return some;
}

/* Takes one connection that waits, if there is room for it. */
static bool accept_one(struct monitor *monitor, u64 now_ns)
{
    for (u32 index = 0; index < MONITOR_CONNECTIONS_MAX; index += 1) {
        struct monitor_connection *connection = &monitor->connections[index];
        if (connection->descriptor >= 0) {
            continue;
        }
        int descriptor = accept4(monitor->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (descriptor < 0) {
            return false;
        }
        u8 *answer = connection->answer;
        *connection = (struct monitor_connection){.descriptor = descriptor,
                                                  .is_ours = monitor->match_line < 0,
                                                  .begun_ns = now_ns,
                                                  .answer = answer};
        return true;
    }
    return false;
}

/* ---- the agent ---- */

static enum fault open(struct agent *agent)
{
    struct monitor *monitor = monitor_of(agent);
    size_t bytes = MONITOR_HEAD_BYTES + MONITOR_ANSWER_BYTES_MAX;
    TRY(block_take(bytes * MONITOR_CONNECTIONS_MAX, "the monitor's answers", &monitor->block));
    for (u32 index = 0; index < MONITOR_CONNECTIONS_MAX; index += 1) {
        monitor->connections[index].answer = monitor->block.memory + index * bytes;
    }
    return FAULT_NONE;
}

static enum fault work(struct agent *agent, bool *busy_out)
{
    struct monitor *monitor = monitor_of(agent);
    u64 now_ns = clock_mono_ns(monitor->clock);
    if (now_ns - monitor->looked_ns >= MONITOR_LOOK_MS * MS_NS) {
        monitor->looked_ns = now_ns;
        while (accept_one(monitor, now_ns)) {
            *busy_out = true;
        }
    }
    for (u32 index = 0; index < MONITOR_CONNECTIONS_MAX; index += 1) {
        if (monitor->connections[index].descriptor >= 0) {
            *busy_out = connection_work(monitor, &monitor->connections[index], now_ns) || *busy_out;
        }
    }
    return FAULT_NONE;
}

static void finish(struct agent *agent)
{
    struct monitor *monitor = monitor_of(agent);
    for (u32 index = 0; index < MONITOR_CONNECTIONS_MAX; index += 1) {
        if (monitor->connections[index].descriptor >= 0) {
            connection_end(&monitor->connections[index]);
        }
    }
    block_give_back(&monitor->block);
    if (monitor->listener >= 0) {
        (void)close(monitor->listener);
        monitor->listener = -1;
    }
    if (monitor->match_line >= 0) {
        (void)close(monitor->match_line);
        monitor->match_line = -1;
    }
}

static const struct agent_ops ops = {.open = open, .work = work, .close = finish};

void monitor_init(struct monitor *monitor, const struct monitor_options *options)
{
    CHECK(options->sources_count <= MONITOR_SOURCES_MAX);
    memset(monitor, 0, sizeof(*monitor));
    monitor->agent = (struct agent){.ops = &ops, .name = "monitor"};
    monitor->listener = options->listener;
    monitor->match_line = options->match_line;
    monitor->clock = options->clock;
    monitor->sources_count = options->sources_count;
    for (u32 index = 0; index < options->sources_count; index += 1) {
        monitor->sources[index] = options->sources[index];
        if (options->match_line >= 0 &&
            strcmp(options->sources[index].name, options->match_name) == 0) {
            monitor->match_source = index;
        }
    }
    for (u32 index = 0; index < MONITOR_CONNECTIONS_MAX; index += 1) {
        monitor->connections[index].descriptor = -1;
    }
}
