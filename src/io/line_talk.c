#include "io/line_talk.h"

#include "base/check.h"
#include "base/secret.h"
#include "io/net_loop.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A connection. Nothing is read from it while a whole line waits in its room, so that never holds
 * more than the beginning of a line and what one read brings. */
struct visit {
    struct net_conn *conn; /* NULL: free */
    struct line_talk *talk;
    u8 *room;
    u32 used;
    bool is_over;   /* it will send nothing more */
    bool is_ending; /* it is being shut */
};

struct line_talk {
    struct line_talk_options options;
    struct net_pool pool;
    struct net_loop *loop;
    struct net *net;
    u8 *rooms;
    u32 room_bytes;
    u32 next; /* the connection that is looked at first */
    u64 slow;
    struct visit visits[LINE_TALK_CONNECTIONS_MAX];
};

/* ---- a connection ---- */

static void *visit_accept(void *context, struct net_conn *conn, const struct net_arrival *arrival)
{
    struct line_talk *talk = context;
    (void)arrival;
    for (u32 i = 0; i < LINE_TALK_CONNECTIONS_MAX; i += 1) {
        struct visit *visit = &talk->visits[i];
        if (visit->conn == NULL) {
            visit->conn = conn;
            visit->used = 0;
            visit->is_over = false;
            visit->is_ending = false;
            net_deadline(conn, LINE_TALK_IDLE_MS);
            return visit;
        }
    }
    return NULL;
}

static void visit_input(void *user, struct span bytes)
{
    struct visit *visit = user;
    CHECK(bytes.size <= visit->talk->room_bytes - visit->used);
    memcpy(visit->room + visit->used, bytes.data, bytes.size);
    visit->used += (u32)bytes.size;
    net_pause(visit->conn);
}

static void visit_end(void *user)
{
    struct visit *visit = user;
    visit->is_over = true;
}

static void visit_deadline(void *user)
{
    struct visit *visit = user;
    visit->talk->slow += net_queued(visit->conn) > 0 ? 1 : 0;
    visit->is_ending = true;
    net_shut_now(visit->conn);
}

static void visit_closed(void *user, enum net_end why)
{
    struct visit *visit = user;
    (void)why;
    if (visit->talk->options.wipes) {
        secret_wipe(visit->room, visit->used);
    }
    visit->conn = NULL;
    visit->used = 0;
}

static const struct net_handler handler = {
    .accept = visit_accept,
    .input = visit_input,
    .end = visit_end,
    .deadline = visit_deadline,
    .closed = visit_closed,
};

/* ---- answers ---- */

static void visit_send(struct visit *visit, struct span answer)
{
    struct net_buffer *buffer = net_buffer_take(&visit->talk->pool, (u32)answer.size + 1);
    if (buffer == NULL) {
        visit->is_ending = true;
        net_shut_now(visit->conn);
        return;
    }
    memcpy(buffer->data, answer.data, answer.size);
    buffer->data[answer.size] = '\n';
    buffer->size = (u32)answer.size + 1;
    (void)net_send_last(visit->conn, buffer);
    net_deadline(visit->conn, LINE_TALK_IDLE_MS);
}

/* No line is there: more is read, or it was the last. */
static void visit_wait(struct visit *visit)
{
    if (visit->is_over) {
        visit->is_ending = true;
        net_shut_flushed(visit->conn);
    } else {
        net_resume(visit->conn);
    }
}

/* Answers the connection's next line. False: there is none. */
static bool visit_answer(struct visit *visit)
{
    const struct line_talk_options *options = &visit->talk->options;
    const u8 *end = memchr(visit->room, '\n', visit->used);
    u32 size = end == NULL ? visit->used : (u32)(end - visit->room);
    bool is_long = size > options->line_bytes_max;
    if (end == NULL && !is_long) {
        visit_wait(visit);
        return false;
    }
    struct span answer = options->answer(
        options->context, span_of(visit->room, is_long ? options->line_bytes_max + 1 : size));
    CHECK(answer.size > 0 && answer.size <= options->answer_bytes_max);
    visit_send(visit, answer);
    if (is_long) {
        visit->is_ending = true;
        net_shut_flushed(visit->conn);
        return true;
    }
    visit->used -= size + 1;
    memmove(visit->room, visit->room + size + 1, visit->used);
    if (options->wipes) {
        secret_wipe(visit->room + visit->used, size + 1);
    }
    return true;
}

enum fault line_talk_turn(struct line_talk *talk, bool *busy_out)
{
    bool busy = false;
    TRY(net_run_once(talk->net, 0, &busy));
    *busy_out = *busy_out || busy;
    for (u32 i = 0; i < LINE_TALK_CONNECTIONS_MAX; i += 1) {
        u32 place = (talk->next + i) % LINE_TALK_CONNECTIONS_MAX;
        struct visit *visit = &talk->visits[place];
        if (visit->conn != NULL && !visit->is_ending && net_queued(visit->conn) == 0 &&
            visit_answer(visit)) {
            talk->next = place + 1;
            *busy_out = true;
            break;
        }
    }
    return FAULT_NONE;
}

/* ---- the whole ---- */

static enum fault listening(struct line_talk *talk)
{
    struct net_loop_options options = NET_LOOP_OPTIONS_DEFAULT;
    u64 buffer_bytes = (u64)talk->options.answer_bytes_max + 1024; /* and what it begins with */
    TRY(net_pool_open(&talk->pool, buffer_bytes * 4 * LINE_TALK_CONNECTIONS_MAX, buffer_bytes));
    options.pool = &talk->pool;
    options.handler = &handler;
    options.context = talk;
    options.clock = talk->options.clock;
    options.connections_max = LINE_TALK_CONNECTIONS_MAX;
    options.queue_bytes_max = talk->options.answer_bytes_max + 1;
    options.tick_ms = 0;
    options.wipes_input = talk->options.wipes;
    TRY(net_loop_open(&talk->loop, &options));
    talk->net = net_loop_net(talk->loop);
    struct net_listen_options listen = {.descriptor = dup(talk->options.listener)};
    if (listen.descriptor < 0) {
        return FAULT(FAULT_LIMIT, "the socket of %s cannot be duplicated", talk->options.what);
    }
    return net_loop_listen(talk->loop, &listen, NULL);
}

enum fault line_talk_open(struct line_talk **talk_out, const struct line_talk_options *options)
{
    CHECK(options->listener >= 0 && options->line_bytes_max < NET_INPUT_BYTES_MAX);
    struct line_talk *talk = calloc(1, sizeof(struct line_talk));
    *talk_out = NULL;
    if (talk == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the socket of %s", options->what);
    }
    talk->options = *options;
    talk->room_bytes = options->line_bytes_max + NET_INPUT_BYTES_MAX;
    talk->rooms = calloc(LINE_TALK_CONNECTIONS_MAX, talk->room_bytes);
    for (u32 i = 0; i < LINE_TALK_CONNECTIONS_MAX && talk->rooms != NULL; i += 1) {
        talk->visits[i].talk = talk;
        talk->visits[i].room = talk->rooms + (size_t)i * talk->room_bytes;
    }
    enum fault fault = talk->rooms == NULL
                           ? FAULT(FAULT_LIMIT, "no memory for the lines of %s", options->what)
                           : listening(talk);
    if (fault != FAULT_NONE) {
        line_talk_close(talk);
        return fault;
    }
    *talk_out = talk;
    return FAULT_NONE;
}

void line_talk_close(struct line_talk *talk)
{
    if (talk == NULL) {
        return;
    }
    if (talk->loop != NULL) {
        net_loop_close(talk->loop);
    }
    if (talk->pool.memory != NULL) {
        net_pool_close(&talk->pool);
    }
    free(talk->rooms);
    free(talk);
}

struct line_talk_counts line_talk_counts(const struct line_talk *talk)
{
    return (struct line_talk_counts){.connections = talk->net->counts.connections,
                                     .turned_away = talk->net->counts.refused_limit +
                                                    talk->net->counts.refused_handler,
                                     .slow = talk->slow};
}
