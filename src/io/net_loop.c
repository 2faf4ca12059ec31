#include "io/net_loop.h"

#include "io/net_inner.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    REFERENCES_PER_CONNECTION = 64,
    REFERENCES_MIN = 65536,
    REFERENCES_MAX = 1 << 28,
    DESCRIPTORS_BESIDE = 64, /* files, channels, listeners, libuv's own */
};

static struct net_loop *loop_of_net(struct net *net)
{
    return (struct net_loop *)(void *)net;
}

/* ---- one turn ---- */

static bool has_work(const struct net_loop *loop)
{
    return loop->dirty_first != NET_NONE || loop->resumed_first != NET_NONE ||
           loop->ended_first != NET_NONE;
}

/* What was asked for during the callbacks. */
static void settle(struct net_loop *loop)
{
    conns_resume(loop);
    if (loop->handler->prepare != NULL) {
        loop->handler->prepare(loop->context);
    }
    conns_flush(loop);
    conns_close(loop);
}

/* uv_run looks at timers before it polls too: one that is over by then is gone when the poll is
 * given its time, which would be for ever. */
static void on_sleep(uv_timer_t *timer)
{
    uv_stop(timer->loop);
}

static u64 sleep_ms(const struct net_loop *loop, u64 sleep_us)
{
    u64 wait = sleep_us / 1000 + (sleep_us % 1000 != 0);
    wait = u64_min(wait, net_wheel_wait_ms(&loop->wheel, loop->now_ms));
    wait = u64_min(wait, listeners_wait_ms(loop));
    if (loop->tick_due_ms != 0) {
        u64 due = loop->tick_due_ms;
        wait = u64_min(wait, due > loop->now_ms ? due - loop->now_ms : 0);
    }
    return wait;
}

static void poll_once(struct net_loop *loop, u64 wait_ms)
{
    if (wait_ms == 0) {
        uv_run(&loop->uv, UV_RUN_NOWAIT);
        return;
    }
    uv_update_time(&loop->uv);
    int result = uv_timer_start(&loop->sleep, on_sleep, wait_ms, 0);
    CHECK(result == 0);
    uv_run(&loop->uv, UV_RUN_ONCE);
    uv_timer_stop(&loop->sleep);
}

static void tick_if_due(struct net_loop *loop)
{
    if (loop->tick_due_ms == 0 || loop->now_ms < loop->tick_due_ms) {
        return;
    }
    u64 tick_ms = loop->options.tick_ms;
    loop->tick_due_ms += (loop->now_ms - loop->tick_due_ms) / tick_ms * tick_ms + tick_ms;
    loop->events_count++;
    loop->handler->tick(loop->context);
}

static void deadlines_meet(struct net_loop *loop)
{
    for (;;) { /* each at most once: what is set anew is later than now */
        u32 index = net_wheel_pop(&loop->wheel, loop->now_ms);
        if (index == NET_WHEEL_NONE) {
            return;
        }
        loop->events_count++;
        conn_due(&loop->conns[index]);
    }
}

static enum fault loop_run(struct net *net, u64 sleep_us, bool *busy_out)
{
    struct net_loop *loop = loop_of_net(net);
    CHECK(!loop->is_inside);
    loop->is_inside = true;
    u64 events_before = loop->events_count;
    loop_clock_read(loop);
    settle(loop);
    loop->is_now_old = true;
    poll_once(loop, has_work(loop) ? 0 : sleep_ms(loop, sleep_us));
    loop_clock_read(loop);
    listeners_wake(loop);
    tick_if_due(loop);
    deadlines_meet(loop);
    settle(loop);
    loop->is_inside = false;
    *busy_out = loop->events_count != events_before || has_work(loop);
    return FAULT_NONE;
}

/* ---- foreign descriptors ---- */

static void on_watch(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    struct watch *watch = poll->data;
    loop_happened(watch->loop);
    if (watch->ready != NULL) {
        watch->ready(watch->argument);
    }
}

static void on_watch_closed(uv_handle_t *handle)
{
    struct watch *watch = handle->data;
    watch->has_handle = false;
}

static enum fault loop_watch(struct net *net, int descriptor, void (*ready)(void *argument),
                             void *argument)
{
    struct net_loop *loop = loop_of_net(net);
    struct watch *watch = NULL;
    for (u32 i = 0; i < NET_WATCHES_MAX && watch == NULL; i++) {
        if (!loop->watches[i].has_handle) {
            watch = &loop->watches[i];
        }
    }
    if (watch == NULL) {
        return FAULT(FAULT_LIMIT, "more than %u watched descriptors", NET_WATCHES_MAX);
    }
    *watch = (struct watch){
        .loop = loop, .ready = ready, .argument = argument, .descriptor = descriptor};
    int result = uv_poll_init(&loop->uv, &watch->poll, descriptor);
    if (result != 0) {
        watch->descriptor = -1;
        return FAULT_ERRNO(-result, "watching a descriptor");
    }
    watch->has_handle = true;
    watch->poll.data = watch;
    result = uv_poll_start(&watch->poll, UV_READABLE, on_watch);
    CHECK(result == 0);
    return FAULT_NONE;
}

static void loop_unwatch(struct net *net, int descriptor)
{
    struct net_loop *loop = loop_of_net(net);
    for (u32 i = 0; i < NET_WATCHES_MAX && descriptor >= 0; i++) {
        struct watch *watch = &loop->watches[i];
        if (watch->has_handle && watch->descriptor == descriptor) {
            watch->descriptor = -1;
            uv_close((uv_handle_t *)&watch->poll, on_watch_closed);
        }
    }
}

/* ---- the end of all ---- */

static void loop_listen_stop(struct net *net)
{
    listeners_stop(loop_of_net(net));
}

static void loop_close_all(struct net *net)
{
    struct net_loop *loop = loop_of_net(net);
    CHECK(!loop->is_inside);
    loop->is_inside = true;
    loop_clock_read(loop);
    for (u32 i = 0; i < loop->conns_touched; i++) {
        if (loop->conns[i].state != CONN_FREE) {
            conn_end(&loop->conns[i], NET_END_SHUTDOWN);
        }
    }
    while (has_work(loop)) { /* nothing is open: what is in the lists leaves them */
        conns_resume(loop);
        conns_flush(loop);
        conns_close(loop);
    }
    CHECK(loop->net.counts.connections == 0);
    CHECK(loop->net.counts.queue_bytes == 0);
    loop->is_inside = false;
}

static u64 loop_now_ms(const struct net *net)
{
    return ((const struct net_loop *)(const void *)net)->now_ms;
}

static const struct net_ops loop_ops = {
    .run = loop_run,
    .watch = loop_watch,
    .unwatch = loop_unwatch,
    .listen_stop = loop_listen_stop,
    .close_all = loop_close_all,
    .now_ms = loop_now_ms,
    .send = conn_send,
    .bound = conn_bound,
    .pause = conn_pause,
    .resume = conn_resume,
    .deadline = conn_deadline,
    .shut_now = conn_shut_now,
    .shut_flushed = conn_shut_flushed,
    .queued = conn_queued,
};

/* ---- opening and closing ---- */

static bool are_options_possible(const struct net_loop_options *options)
{
    const struct net_handler *handler = options->handler;
    return options->pool != NULL && handler != NULL && handler->accept != NULL &&
           handler->input != NULL && handler->closed != NULL &&
           (options->tick_ms == 0 || handler->tick != NULL) && options->connections_max >= 1 &&
           options->connections_max <= NET_LOOP_CONNECTIONS_MAX && options->queue_count_max >= 1 &&
           options->queue_count_max <= UINT16_MAX && options->references_max <= REFERENCES_MAX &&
           options->shut_ms >= 1 && options->handshake_ms >= 1;
}

static void *map(u64 bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

static void unmap(void *memory, u64 bytes)
{
    if (memory != NULL) {
        munmap(memory, bytes);
    }
}

static void memory_give(struct net_loop *loop)
{
    unmap(loop->conns, loop->conns_bytes);
    unmap(loop->references, loop->references_bytes);
    unmap(loop->entries, loop->entries_bytes);
    if (loop->reserve >= 0) {
        close(loop->reserve);
    }
    free(loop);
}

static bool memory_take(struct net_loop *loop)
{
    const struct net_loop_options *options = &loop->options;
    /* A slot comes back a turn after its end, so a burst may need more than are open. */
    loop->conns_count = options->connections_max + NET_LOOP_ACCEPTS_MAX;
    loop->references_count = options->references_max;
    if (loop->references_count == 0) {
        u64 count = (u64)options->connections_max * REFERENCES_PER_CONNECTION;
        loop->references_count = (u32)u64_max(count, REFERENCES_MIN);
    }
    loop->conns_bytes = sizeof(struct conn) * loop->conns_count;
    loop->references_bytes = sizeof(struct reference) * loop->references_count;
    loop->entries_bytes = sizeof(struct net_wheel_entry) * loop->conns_count;
    loop->conns = map(loop->conns_bytes);
    loop->references = map(loop->references_bytes);
    loop->entries = map(loop->entries_bytes);
    return loop->conns != NULL && loop->references != NULL && loop->entries != NULL;
}

/* A process that may have more descriptors takes them; one that may not lives with fewer. */
static void descriptors_raise(u32 connections_max)
{
    struct rlimit limit;
    rlim_t wanted = (rlim_t)connections_max + DESCRIPTORS_BESIDE;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < wanted &&
        limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
        int result = setrlimit(RLIMIT_NOFILE, &limit);
        (void)result;
    }
}

enum fault net_loop_open(struct net_loop **loop_out, const struct net_loop_options *options)
{
    *loop_out = NULL;
    if (!are_options_possible(options)) {
        return FAULT(FAULT_CONFIG, "impossible options of the network loop");
    }
    struct net_loop *loop = calloc(1, sizeof(*loop));
    if (loop == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the network loop");
    }
    loop->net.ops = &loop_ops;
    loop->net.pool = options->pool;
    loop->handler = options->handler;
    loop->context = options->context;
    loop->wipes_input = options->wipes_input;
    loop->clock = options->clock != NULL ? options->clock : clock_real();
    loop->options = *options;
    loop->conn_free = NET_NONE;
    loop->dirty_first = NET_NONE;
    loop->resumed_first = NET_NONE;
    loop->ended_first = NET_NONE;
    loop->reference_free = NET_NONE;
    loop->reserve = reserve_open();
    if (loop->reserve < 0 || !memory_take(loop)) {
        memory_give(loop);
        return FAULT(FAULT_LIMIT, "no memory or descriptor for %u connections",
                     options->connections_max);
    }
    int result = uv_loop_init(&loop->uv);
    if (result != 0) {
        memory_give(loop);
        return FAULT_ERRNO(-result, "the network loop");
    }
    result = uv_timer_init(&loop->uv, &loop->sleep);
    CHECK(result == 0);
    descriptors_raise(options->connections_max);
    loop_clock_read(loop);
    loop->tick_due_ms = options->tick_ms == 0 ? 0 : loop->now_ms + options->tick_ms;
    net_wheel_init(&loop->wheel, loop->entries, loop->conns_count, loop->now_ms);
    *loop_out = loop;
    return FAULT_NONE;
}

void net_loop_close(struct net_loop *loop)
{
    if (loop == NULL) {
        return;
    }
    listeners_stop(loop);
    loop_close_all(&loop->net);
    for (u32 i = 0; i < NET_WATCHES_MAX; i++) {
        loop_unwatch(&loop->net, loop->watches[i].has_handle ? loop->watches[i].descriptor : -1);
    }
    uv_close((uv_handle_t *)&loop->sleep, NULL);
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    int result = uv_loop_close(&loop->uv);
    CHECK(result == 0);
    memory_give(loop);
}

struct net *net_loop_net(struct net_loop *loop)
{
    return &loop->net;
}

u64 net_loop_connection_bytes(void)
{
    return sizeof(struct conn) + sizeof(struct net_wheel_entry) + sizeof(void *);
}
