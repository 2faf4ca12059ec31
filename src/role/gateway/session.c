#include "role/gateway/session.h"

#include "base/check.h"
#include "role/gateway/gateway_state.h"

#include <string.h>

#define HELD_BYTES_FIRST 2048U

size_t session_table_bytes(u32 sessions_max)
{
    return sessions_max * sizeof(struct session);
}

void session_table_init(struct session_table *table, u32 sessions_max, void *memory)
{
    *table = (struct session_table){.sessions = memory, .max = sessions_max};
}

u64 session_handle(const struct session *session)
{
    u64 index = (u64)(session - session->gateway->sessions.sessions);
    return (u64)session->generation << 32 | (index + 1);
}

struct session *session_of(struct session_table *table, u64 handle)
{
    u64 index = (handle & UINT32_MAX) - 1;
    if (index >= table->used) {
        return NULL;
    }
    struct session *session = &table->sessions[index];
    return session->conn != NULL && session->generation == handle >> 32 ? session : NULL;
}

static struct session *session_take(struct session_table *table)
{
    if (table->free == 0 && table->used == table->max) {
        return NULL;
    }
    u32 slot = table->free;
    if (slot > 0) {
        table->free = table->sessions[slot - 1].next;
    } else {
        table->used += 1;
        slot = table->used;
        table->sessions[slot - 1].generation = 0;
    }
    struct session *session = &table->sessions[slot - 1];
    u32 generation = session->generation + 1;
    memset(session, 0, sizeof(*session));
    session->generation = generation;
    table->count += 1;
    return session;
}

static void session_give(struct session_table *table, struct session *session)
{
    session->conn = NULL;
    session->kind = SESSION_FREE;
    session->next = table->free;
    table->free = (u32)(session - table->sessions) + 1;
    table->count -= 1;
}

/* 127.0.0.0/8, ::1, and a local socket. */
static bool is_own(const struct auth_address *address)
{
    static const struct auth_network own[] = {
        {.address = {{[10] = 0xff, [11] = 0xff, [12] = 127}}, .bits = 104},
        {.address = {{[15] = 1}}, .bits = 128},
        {.address = {{0}}, .bits = 128},
    };
    return auth_network_holds(own, ARRAY_COUNT(own), address);
}

bool session_enter(struct session *session, const struct auth_address *address)
{
    struct gateway *gateway = session->gateway;
    const struct gateway_options *options = &gateway->options;
    if (session->crowd != 0 || is_own(address) ||
        auth_network_holds(options->trusted, options->trusted_count, address)) {
        return true;
    }
    session->crowd = crowd_enter(&gateway->crowd, address, gateway->limit.config.open_max);
    return session->crowd != 0;
}

void *session_accept(void *context, struct net_conn *conn, const struct net_arrival *arrival)
{
    struct gateway *gateway = context;
    bool is_open = gateway->is_ready && !gateway->draining;
    struct session *session = is_open ? session_take(&gateway->sessions) : NULL;
    if (session == NULL) {
        return NULL;
    }
    session->gateway = gateway;
    memcpy(session->address.bytes, arrival->address, sizeof(session->address.bytes));
    if (!session_enter(session, &session->address)) {
        session_give(&gateway->sessions, session);
        return NULL;
    }
    session->conn = conn;
    session->kind = SESSION_HTTP;
    net_deadline(conn, gateway->options.idle_ms);
    return session;
}

void session_closed(void *user, enum net_end why)
{
    (void)why;
    struct session *session = user;
    struct session_table *table = &session->gateway->sessions;
    if (session->held != NULL) {
        net_buffer_release(session->held);
        session->held = NULL;
    }
    page_key_session_ended(session);
    if (session->kind == SESSION_API) {
        api_session_ended(session);
    } else if (session->kind == SESSION_STREAM) {
        stream_session_ended(session);
    }
    crowd_leave(&session->gateway->crowd, session->crowd);
    session_give(table, session);
}

void session_shut(struct session *session)
{
    session->is_shutting = true;
    net_shut_flushed(session->conn);
}

void session_shut_drained(struct session *session)
{
    session->is_shutting = true;
    session->shuts_drained = true;
    net_deadline(session->conn, session->gateway->options.idle_ms);
}

void session_drained(void *user)
{
    struct session *session = user;
    if (session->shuts_drained) {
        session_shut(session);
    }
}

void session_drain_all(struct session_table *table)
{
    for (u32 i = 0; i < table->used; i += 1) {
        struct session *session = &table->sessions[i];
        if (session->conn != NULL && session->shuts_drained) {
            session_shut(session);
        }
        if (session->conn == NULL || session->is_shutting) {
            continue;
        }
        if (session->kind == SESSION_API) {
            api_session_shutdown(session);
        } else if (session->kind == SESSION_STREAM) {
            stream_session_shutdown(session);
        }
        if (session->kind != SESSION_HTTP) {
            ws_session_close(session, FRAME_CODE_GOING_AWAY, "the server is shutting down");
        } else if (session->waiting_count == 0) {
            session_shut(session);
        } else {
            session->keep_alive = false;
        }
    }
}

/* ---- bytes that wait ---- */

/* Keeps `bytes`, which lie in front of what will come; false: no room for them. */
static bool held_set(struct session *session, struct span bytes)
{
    struct net_buffer *old = session->held;
    bool is_inside = old != NULL && bytes.size > 0 && bytes.data >= old->data &&
                     bytes.data < old->data + old->size;
    if (is_inside) {
        memmove(old->data, bytes.data, bytes.size);
        old->size = (u32)bytes.size;
        return true;
    }
    session->held = NULL;
    if (old != NULL) {
        net_buffer_release(old);
    }
    if (bytes.size == 0) {
        return true;
    }
    u64 room = bytes.size < HELD_BYTES_FIRST ? HELD_BYTES_FIRST : bytes.size;
    session->held = net_buffer_take(session->conn->net->pool, room);
    if (session->held == NULL) {
        return false;
    }
    memcpy(session->held->data, bytes.data, bytes.size);
    session->held->size = (u32)bytes.size;
    return true;
}

/* What was held, with `bytes` behind it; false: no room. */
static bool held_add(struct session *session, struct span bytes)
{
    struct net_buffer *old = session->held;
    u64 size = (u64)old->size + bytes.size;
    if (size > old->capacity) {
        struct net_buffer *larger = net_buffer_take(session->conn->net->pool, size * 2);
        if (larger == NULL) {
            return false;
        }
        memcpy(larger->data, old->data, old->size);
        larger->size = old->size;
        net_buffer_release(old);
        session->held = larger;
        old = larger;
    }
    memcpy(old->data + old->size, bytes.data, bytes.size);
    old->size += (u32)bytes.size;
    return true;
}

static size_t session_read(struct session *session, struct span bytes)
{
    switch ((enum session_kind)session->kind) {
    case SESSION_HTTP:
        return http_session_read(session, bytes);
    case SESSION_API:
    case SESSION_STREAM:
        return ws_session_read(session, bytes);
    case SESSION_FREE:
        break;
    }
    return bytes.size;
}

/* Reads until nothing more can be read, also over the change from HTTP to a WebSocket. */
static void session_go_on(struct session *session, struct span bytes)
{
    size_t used = 0;
    enum session_kind kind = SESSION_FREE;
    while (kind != session->kind && !session->is_shutting) {
        kind = session->kind;
        used += session_read(session, span_of(bytes.data + used, bytes.size - used));
    }
    struct span rest = session->is_shutting ? (struct span){NULL, 0}
                                            : span_of(bytes.data + used, bytes.size - used);
    if (!held_set(session, rest)) {
        net_shut_now(session->conn);
        return;
    }
    if (session->is_busy) {
        net_pause(session->conn);
    }
}

void session_input(void *user, struct span bytes)
{
    struct session *session = user;
    if (session->is_shutting) {
        return;
    }
    if (session->held != NULL) {
        if (!held_add(session, bytes)) {
            net_shut_now(session->conn);
            return;
        }
        bytes = span_of(session->held->data, session->held->size);
    }
    session_go_on(session, bytes);
}

void session_end(void *user)
{
    struct session *session = user;
    session->has_ended = true;
    if (session->waiting_count == 0 && !session->is_shutting) {
        session_shut(session);
    }
}

void session_deadline(void *user)
{
    struct session *session = user;
    if (session->kind == SESSION_HTTP) {
        if (session->waiting_count == 0) {
            net_shut_now(session->conn);
        }
        return;
    }
    ws_session_deadline(session);
}

void session_answer(struct session *session, struct call *call, enum call_end end, struct span id)
{
    CHECK(session->waiting_count > 0);
    session->waiting_count -= 1;
    if (session->is_shutting) {
        return;
    }
    if (call->state.endpoint == endpoint_at(ENDPOINT_PAGE_KEYS)) {
        page_key_session_answer(session, call, end);
        session->is_busy = false;
    } else if (session->kind == SESSION_HTTP) {
        http_session_answer(session, call, end);
        session->is_busy = false;
    } else {
        api_session_answer(session, call, end, id);
        session->is_busy = false;
    }
    session_resume(session);
}

void session_resume(struct session *session)
{
    if (session->is_shutting) {
        return;
    }
    if (session->has_ended && session->waiting_count == 0 && session->held == NULL) {
        session_shut(session);
        return;
    }
    net_resume(session->conn);
    if (session->held != NULL && !session->is_busy) {
        session_go_on(session, span_of(session->held->data, session->held->size));
        if (session->has_ended && session->waiting_count == 0 && !session->is_shutting) {
            session_shut(session); /* what is held now will never be whole */
        }
    }
}
