/* The vault's socket: frames in, answers out, one after the other. */
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "role/vault/vault_agent_inner.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define POOL_BYTES      (64U << 20)
#define BLOCK_BYTES_MAX (16U << 20)
#define QUEUE_BYTES     (16U << 20)
#define FRAME_ROOM      ((VAULT_FRAME_BYTES_MAX + 4095U) & ~4095U)

static void *accept_visit(void *context, struct net_conn *conn, const struct net_arrival *arrival)
{
    struct vault_agent *agent = context;
    (void)arrival;
    for (u32 i = 0; i < VAULT_VISITS_MAX; i += 1) {
        struct vault_visit *visit = &agent->visits[i];
        if (visit->conn == NULL) {
            visit->conn = conn;
            visit->frame_bytes = 0;
            net_deadline(conn, VAULT_IDLE_MS);
            return visit;
        }
    }
    return NULL;
}

/* False: the connection ends. */
static bool send(struct vault_visit *visit, struct span answer)
{
    struct net_buffer *buffer = net_buffer_copy(&visit->agent->pool, answer);
    secret_wipe(visit->agent->answer, answer.size);
    if (buffer != NULL) {
        buffer->is_secret = true; /* it may be a record */
    }
    bool is_sent = buffer != NULL && net_send_last(visit->conn, buffer);
    if (!is_sent) {
        net_shut_now(visit->conn);
    }
    return is_sent;
}

/* A whole frame. False: no more is read from here. */
static bool frame_come(struct vault_visit *visit)
{
    struct vault_agent *agent = visit->agent;
    struct span answer = {.data = NULL};
    bool is_wrong = false;
    enum fault fault = vault_answer(agent, visit->frame, visit->frame_bytes, &answer, &is_wrong);
    visit->frame_bytes = 0;
    if (fault != FAULT_NONE) {
        agent->turn_fault = fault;
        net_shut_now(visit->conn);
        return false;
    }
    if (send(visit, answer) && is_wrong) {
        net_shut_flushed(visit->conn);
    }
    return !is_wrong && visit->conn != NULL;
}

static void input_come(void *user, struct span bytes)
{
    struct vault_visit *visit = user;
    struct vault_agent *agent = visit->agent;
    agent->is_busy = true;
    net_deadline(visit->conn, VAULT_IDLE_MS);
    for (size_t at = 0; at < bytes.size;) {
        struct span begun = span_of(visit->frame, visit->frame_bytes);
        u32 wanted = vault_frame_bytes(begun);
        if (wanted == UINT32_MAX) {
            agent->counts.wrong += 1;
            if (send(visit, vault_refuse(agent, 0, VAULT_CODE_WRONG, "no frame is so long"))) {
                net_shut_flushed(visit->conn);
            }
            return;
        }
        size_t more = wanted == 0 ? sizeof(u32) - visit->frame_bytes : wanted - visit->frame_bytes;
        more = more < bytes.size - at ? more : bytes.size - at;
        CHECK(visit->frame_bytes + more <= VAULT_FRAME_BYTES_MAX);
        memcpy(visit->frame + visit->frame_bytes, bytes.data + at, more);
        visit->frame_bytes += (u32)more;
        at += more;
        if (visit->frame_bytes == wanted && !frame_come(visit)) {
            return;
        }
    }
}

static void visit_closed(void *user, enum net_end why)
{
    struct vault_visit *visit = user;
    (void)why;
    secret_wipe(visit->frame, visit->frame_bytes);
    visit->frame_bytes = 0;
    visit->conn = NULL;
}

static const struct net_handler handler = {
    .accept = accept_visit,
    .input = input_come,
    .closed = visit_closed,
};

/* One block for all frames, a body, an answer and uploads; untouched parts cost nothing. */
static enum fault rooms_take(struct vault_agent *agent)
{
    TRY(block_take((size_t)(VAULT_VISITS_MAX + 2) * FRAME_ROOM + VAULT_UPLOADS_ROOM_BYTES,
                   "the vault's frames", &agent->block));
    (void)madvise(agent->block.memory, agent->block.bytes, MADV_DONTDUMP);
    for (u32 i = 0; i < VAULT_VISITS_MAX; i += 1) {
        agent->visits[i].agent = agent;
        agent->visits[i].frame = agent->block.memory + (size_t)i * FRAME_ROOM;
    }
    agent->body = agent->block.memory + (size_t)VAULT_VISITS_MAX * FRAME_ROOM;
    agent->answer = agent->body + FRAME_ROOM;
    vault_uploads_init(&agent->uploads, agent->answer + FRAME_ROOM);
    return FAULT_NONE;
}

enum fault vault_talk_open(struct vault_agent *agent)
{
    struct net_loop_options options = NET_LOOP_OPTIONS_DEFAULT;
    TRY(rooms_take(agent));
    TRY(net_pool_open(&agent->pool, POOL_BYTES, BLOCK_BYTES_MAX));
    options.pool = &agent->pool;
    options.handler = &handler;
    options.context = agent;
    options.connections_max = VAULT_VISITS_MAX;
    options.queue_bytes_max = QUEUE_BYTES;
    options.tick_ms = 0;
    options.wipes_input = true;
    TRY(net_loop_open(&agent->loop, &options));
    agent->net = net_loop_net(agent->loop);
    struct net_listen_options listen = {.descriptor = dup(agent->options.listener)};
    if (listen.descriptor < 0) {
        return FAULT(FAULT_LIMIT, "the vault's socket cannot be duplicated");
    }
    return net_loop_listen(agent->loop, &listen, NULL);
}

void vault_talk_close(struct vault_agent *agent)
{
    net_loop_close(agent->loop);
    agent->loop = NULL;
    if (agent->pool.memory != NULL) {
        net_pool_close(&agent->pool);
        agent->pool = (struct net_pool){0};
    }
    block_give_back(&agent->block);
}
