/* The operator's socket: frames in, answers out. */
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "role/door/door_agent_inner.h"

#include <string.h>
#include <unistd.h>

#define POOL_BYTES      (4U << 20)
#define BLOCK_BYTES_MAX (64U << 10)
#define QUEUE_BYTES     (512U << 10)
#define LIFE_BITS       32U

static void *accept_visit(void *context, struct net_conn *conn, const struct net_arrival *arrival)
{
    struct door_agent *agent = context;
    (void)arrival;
    for (u32 i = 0; i < DOOR_VISITS_MAX; i += 1) {
        struct door_visit *visit = &agent->visits[i];
        if (visit->conn == NULL) {
            visit->conn = conn;
            visit->agent = agent;
            visit->life += 1;
            visit->frame_bytes = 0;
            net_deadline(conn, DOOR_IDLE_MS);
            return visit;
        }
    }
    return NULL;
}

/* ---- answers ---- */

static u64 origin_of(const struct door_visit *visit)
{
    u64 index = (u64)(visit - visit->agent->visits);
    return index << LIFE_BITS | visit->life;
}

void door_talk_send(struct door_agent *agent)
{
    const struct door_answer *answer = agent->answer;
    u64 index = answer->origin >> LIFE_BITS;
    CHECK(index < DOOR_VISITS_MAX);
    struct door_visit *visit = &agent->visits[index];
    if (visit->conn != NULL && visit->life == (u32)answer->origin &&
        !net_send_copy(visit->conn, span_of(answer->bytes, answer->size))) {
        net_shut_now(visit->conn);
    }
}

/* ---- frames ---- */

/* False: no more is read from here. */
static bool frame_come(struct door_visit *visit)
{
    struct door_agent *agent = visit->agent;
    struct span frame = span_of(visit->frame, visit->frame_bytes);
    visit->frame_bytes = 0;
    bool is_good = door_agent_frame(agent, frame, origin_of(visit));
    secret_wipe(visit->frame, sizeof(visit->frame));
    if (visit->conn != NULL && agent->turn_fault != FAULT_NONE) {
        net_shut_now(visit->conn);
    } else if (visit->conn != NULL && !is_good) {
        net_shut_flushed(visit->conn);
    }
    return is_good && visit->conn != NULL;
}

static void input_come(void *user, struct span bytes)
{
    struct door_visit *visit = user;
    visit->agent->is_busy = true;
    net_deadline(visit->conn, DOOR_IDLE_MS);
    for (size_t at = 0; at < bytes.size;) {
        struct span begun = span_of(visit->frame, visit->frame_bytes);
        u32 wanted = door_frame_bytes(begun, DOOR_FRAME_BYTES_MAX);
        if (wanted == UINT32_MAX) {
            (void)frame_come(visit);
            return;
        }
        size_t more = wanted == 0 ? sizeof(u32) - visit->frame_bytes : wanted - visit->frame_bytes;
        more = more < bytes.size - at ? more : bytes.size - at;
        CHECK(visit->frame_bytes + more <= DOOR_FRAME_BYTES_MAX);
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
    struct door_visit *visit = user;
    (void)why;
    secret_wipe(visit->frame, sizeof(visit->frame));
    visit->frame_bytes = 0;
    visit->conn = NULL;
}

static const struct net_handler handler = {
    .accept = accept_visit,
    .input = input_come,
    .closed = visit_closed,
};

/* ---- life ---- */

static enum fault listen_to(struct door_agent *agent)
{
    struct net_listen_options listen = {.descriptor = dup(agent->options.listener)};
    if (listen.descriptor < 0) {
        return FAULT(FAULT_LIMIT, "the door's socket cannot be duplicated");
    }
    return net_loop_listen(agent->loop, &listen, NULL);
}

enum fault door_talk_open(struct door_agent *agent)
{
    struct net_loop_options options = NET_LOOP_OPTIONS_DEFAULT;
    TRY(net_pool_open(&agent->pool, POOL_BYTES, BLOCK_BYTES_MAX));
    options.pool = &agent->pool;
    options.handler = &handler;
    options.context = agent;
    options.connections_max = DOOR_VISITS_MAX;
    options.queue_bytes_max = QUEUE_BYTES;
    options.tick_ms = 0;
    options.wipes_input = true;
    TRY(net_loop_open(&agent->loop, &options));
    agent->net = net_loop_net(agent->loop);
    return agent->options.listener < 0 ? FAULT_NONE : listen_to(agent);
}

void door_talk_close(struct door_agent *agent)
{
    net_loop_close(agent->loop);
    agent->loop = NULL;
    if (agent->pool.memory != NULL) {
        net_pool_close(&agent->pool);
        agent->pool = (struct net_pool){0};
    }
}
