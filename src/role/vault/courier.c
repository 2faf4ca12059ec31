#include "role/vault/courier.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/http_post.h"
#include "io/log.h"
#include "role/vault/log_agent.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MS_NS    1000000ULL
#define US_MS    1000ULL
#define URL_TAIL "/add-checkpoint"

/* A message: number of the post 8, then of the address 4 or the status 4; address; body. */
#define HEAD_BYTES   12U
#define ASK_BYTES    (HEAD_BYTES + HTTP_POST_URL_BYTES + TLOG_WITNESS_BODY_BYTES)
#define ANSWER_BYTES (HEAD_BYTES + TLOG_ASK_ANSWER_BYTES)
#define INPUT_BYTES  (HTTP_POST_HEAD_BYTES + TLOG_ASK_ANSWER_BYTES)
#define OUTPUT_BYTES (HTTP_POST_HEAD_BYTES + TLOG_WITNESS_BODY_BYTES)
#define STALE_MAX    16U /* answers of earlier posts, in a turn */

static enum fault socket_prepare(int socket)
{
    int flags = fcntl(socket, F_GETFL);
    return flags >= 0 && fcntl(socket, F_SETFL, flags | O_NONBLOCK) == 0
               ? FAULT_NONE
               : FAULT(FAULT_IO, "the courier's line: %s", strerror(errno));
}

/* ---- the log's end ---- */

struct courier_line {
    struct tlog_transport transport; /* first: it is cast back */
    struct clock *clock;
    int socket;
    u64 number; /* of the post that is under way, or was last */
    bool is_busy;
    bool is_sent;
    u64 deadline_ns;
    u8 message[ASK_BYTES];
    size_t message_bytes;
    u8 answer[ANSWER_BYTES];
};

static void ask_make(struct courier_line *line, const char *url, struct span body)
{
    size_t url_bytes = strlen(url);
    CHECK(url_bytes < HTTP_POST_URL_BYTES + sizeof(URL_TAIL));
    CHECK(HEAD_BYTES + url_bytes + body.size <= ASK_BYTES);
    line->number += 1;
    bytes_put_u64(line->message, line->number);
    bytes_put_u32(line->message + 8, (u32)url_bytes);
    memcpy(line->message + HEAD_BYTES, url, url_bytes);
    memcpy(line->message + HEAD_BYTES + url_bytes, body.data, body.size);
    line->message_bytes = HEAD_BYTES + url_bytes + body.size;
    line->is_busy = true;
    line->is_sent = false;
    line->deadline_ns = clock_mono_ns(line->clock) + COURIER_WAITS_MS * MS_NS;
}

/* The answer to the post that is under way; answers of earlier ones are dropped. */
static bool answer_take(struct courier_line *line, u32 *status_out, struct span *answer_out)
{
    for (u32 count = 0; count < STALE_MAX; count += 1) {
        ssize_t size = recv(line->socket, line->answer, sizeof(line->answer), 0);
        if (size < (ssize_t)HEAD_BYTES) {
            return false;
        }
        if (bytes_u64(line->answer) == line->number) {
            *status_out = bytes_u32(line->answer + 8);
            *answer_out = span_of(line->answer + HEAD_BYTES, (size_t)size - HEAD_BYTES);
            return true;
        }
    }
    return false;
}

static u32 line_post(struct tlog_transport *transport, const char *url, struct span body,
                     u8 *target, size_t bytes_max, size_t *bytes_out)
{
    struct courier_line *line = (struct courier_line *)(void *)transport;
    struct span answer;
    u32 status = 0;
    *bytes_out = 0;
    if (!line->is_busy) {
        ask_make(line, url, body);
    }
    if (!line->is_sent) {
        line->is_sent = send(line->socket, line->message, line->message_bytes, MSG_NOSIGNAL) ==
                        (ssize_t)line->message_bytes;
    }
    if (answer_take(line, &status, &answer)) {
        line->is_busy = false;
        bool is_sound = status < 1000 && answer.size <= bytes_max;
        *bytes_out = is_sound ? answer.size : 0;
        memcpy(target, answer.data, *bytes_out);
        return is_sound ? status : 0;
    }
    if (clock_mono_ns(line->clock) >= line->deadline_ns) {
        line->is_busy = false;
        return 0;
    }
    return TLOG_POST_WAITS;
}

enum fault courier_line_open(struct courier_line **line_out, struct clock *clock, int socket)
{
    struct courier_line *line = calloc(1, sizeof(*line));
    *line_out = NULL;
    if (line == NULL) {
        (void)close(socket);
        return FAULT(FAULT_LIMIT, "no memory for the line to the courier");
    }
    *line =
        (struct courier_line){.transport = {.post = line_post}, .clock = clock, .socket = socket};
    line->number = clock_wall_us(clock); /* above those of an earlier life */
    enum fault fault = socket_prepare(socket);
    if (fault != FAULT_NONE) {
        courier_line_close(line);
        return fault;
    }
    *line_out = line;
    return FAULT_NONE;
}

void courier_line_close(struct courier_line *line)
{
    if (line != NULL) {
        (void)close(line->socket);
        free(line);
    }
}

struct tlog_transport *courier_line_transport(struct courier_line *line)
{
    return &line->transport;
}

/* ---- the courier ---- */

struct courier {
    struct agent agent; /* first: it is cast back */
    struct courier_options options;
    struct courier_counts counts;
    char urls[TLOG_POLICY_WITNESSES_MAX][HTTP_POST_URL_BYTES];
    struct http_post_target targets[TLOG_POLICY_WITNESSES_MAX];
    u32 targets_count;
    struct http_post post;
    u64 number; /* of the post that is under way */
    u8 message[ASK_BYTES];
    u8 answer[ANSWER_BYTES];
    u8 output[OUTPUT_BYTES];
    u8 input[INPUT_BYTES];
};

static struct courier *courier_cast(struct agent *base)
{
    return (struct courier *)(void *)base;
}

static enum fault targets_take(struct courier *courier, const struct tlog_policy *policy)
{
    courier->targets_count = 0;
    for (u32 index = 0; index < policy->witnesses_count; index += 1) {
        const struct tlog_policy_witness *witness = &policy->witnesses[index];
        if (witness->url[0] == 0) {
            continue;
        }
        char *url = courier->urls[courier->targets_count];
        int size = snprintf(url, HTTP_POST_URL_BYTES, "%s%s", witness->url, URL_TAIL);
        if (size <= 0 || (u32)size >= HTTP_POST_URL_BYTES ||
            !http_post_target_read(url, &courier->targets[courier->targets_count])) {
            return FAULT(FAULT_CONFIG,
                         "%s of the witness %s: http://, a number and a port are wanted; names and "
                         "TLS are for a proxy on this machine",
                         witness->url, witness->name);
        }
        courier->targets_count += 1;
    }
    return FAULT_NONE;
}

static enum fault courier_open(struct agent *base)
{
    struct courier *courier = courier_cast(base);
    static struct tlog_policy policy;
    struct sha256 sha256;
    TRY(socket_prepare(courier->options.socket));
    TRY(sha256_open(&sha256));
    enum fault fault =
        log_policy_load(courier->options.disk, courier->options.folder, &sha256, &policy);
    sha256_close(&sha256);
    TRY(fault);
    return targets_take(courier, &policy);
}

/* What cannot be sent is not waited for: whoever asked asks again. */
static void answer_put(struct courier *courier, u32 status, struct span answer)
{
    u8 *message = courier->answer;
    size_t bytes = answer.size <= TLOG_ASK_ANSWER_BYTES ? answer.size : 0;
    bytes_put_u64(message, courier->number);
    bytes_put_u32(message + 8, bytes == answer.size ? status : 0);
    memcpy(message + HEAD_BYTES, answer.data, bytes);
    if (send(courier->options.socket, message, HEAD_BYTES + bytes, MSG_NOSIGNAL) < 0) {
        log_debug("log.courier_unheard", LOG_U64("status", status));
    }
}

static const struct http_post_target *target_find(const struct courier *courier, struct span url)
{
    for (u32 index = 0; index < courier->targets_count; index += 1) {
        if (span_equal(url, span_of_text(courier->urls[index]))) {
            return &courier->targets[index];
        }
    }
    return NULL;
}

static void ask_take(struct courier *courier, size_t size)
{
    const u8 *message = courier->message;
    courier->number = bytes_u64(message);
    u32 url_bytes = bytes_u32(message + 8);
    const struct http_post_target *target = NULL;
    struct span none = span_of(message, 0);
    if (url_bytes <= size - HEAD_BYTES) {
        target = target_find(courier, span_of(message + HEAD_BYTES, url_bytes));
    }
    if (target == NULL) {
        courier->counts.refused += 1;
        answer_put(courier, 0, none);
        return;
    }
    struct span body = span_of(message + HEAD_BYTES + url_bytes, size - HEAD_BYTES - url_bytes);
    courier->counts.posts += 1;
    if (!http_post_begin(&courier->post, target, "text/plain; charset=utf-8", body,
                         COURIER_POST_MS)) {
        answer_put(courier, 0, none);
    }
}

static enum fault courier_work(struct agent *base, bool *busy_out)
{
    struct courier *courier = courier_cast(base);
    if (courier->post.state == HTTP_POST_IDLE) {
        ssize_t size = recv(courier->options.socket, courier->message, sizeof(courier->message), 0);
        if (size >= (ssize_t)HEAD_BYTES) {
            ask_take(courier, (size_t)size);
            *busy_out = true;
        }
        return FAULT_NONE;
    }
    u32 status = 0;
    struct span answer;
    if (http_post_turn(&courier->post, &status, &answer)) {
        courier->counts.answered += status == 0 ? 0 : 1;
        answer_put(courier, status, answer);
        *busy_out = true;
    }
    return FAULT_NONE;
}

static void courier_wait(struct agent *base, u64 sleep_us)
{
    struct courier *courier = courier_cast(base);
    struct pollfd wait = {.fd = courier->options.socket, .events = POLLIN};
    if (courier->post.state == HTTP_POST_BUSY) {
        wait.fd = http_post_poll(&courier->post, &wait.events);
    }
    (void)poll(&wait, 1, (int)(sleep_us / US_MS));
}

static void courier_close(struct agent *base)
{
    http_post_close(&courier_cast(base)->post);
}

static const struct agent_ops courier_ops = {
    .open = courier_open, .work = courier_work, .wait = courier_wait, .close = courier_close};

enum fault courier_create(struct courier **courier_out, const struct courier_options *options)
{
    struct courier *courier = calloc(1, sizeof(*courier));
    *courier_out = NULL;
    if (courier == NULL) {
        (void)close(options->socket);
        return FAULT(FAULT_LIMIT, "no memory for the courier");
    }
    courier->agent = (struct agent){.ops = &courier_ops, .name = "courier"};
    courier->options = *options;
    http_post_init(&courier->post, options->clock, courier->output, sizeof(courier->output),
                   courier->input, sizeof(courier->input));
    *courier_out = courier;
    return FAULT_NONE;
}

struct agent *courier_of(struct courier *courier)
{
    return &courier->agent;
}

void courier_destroy(struct courier *courier)
{
    if (courier != NULL) {
        (void)close(courier->options.socket);
        free(courier);
    }
}

struct courier_counts courier_counts(const struct courier *courier)
{
    return courier->counts;
}
