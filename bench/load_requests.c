#include "base/span.h"
#include "bench/load.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    EVENTS_MAX = 256,
    WAIT_MS = 100,
    BLOCK_BYTES = 4096,
    SECOND_NS = 1000000000,
    ERRORS_TOLD = 3
};

struct lane {
    int socket;
    u64 sent_ns;
    size_t kept;
    u8 input[LOAD_INPUT_BYTES];
};

struct requests {
    const struct load_options *options;
    struct load_signer *signer;
    struct load_figures figures;
    struct lane *lanes;
    bool is_websocket;
    bool is_counting;
    u32 told_count;
    int poll;
};

static void ask(struct requests *requests, struct lane *lane)
{
    u8 request[2 * LOAD_REQUEST_MAX];
    size_t size = load_signer_make(requests->signer, request, sizeof(request));
    lane->sent_ns = load_now_ns();
    load_send(lane->socket, request, size);
}

static void answered(struct requests *requests, struct lane *lane, struct span answer,
                     bool is_error)
{
    struct load_figures *figures = &requests->figures;
    if (is_error && requests->told_count < ERRORS_TOLD) {
        requests->told_count++;
        (void)fprintf(stderr, "load: %.*s\n", (int)u64_min(answer.size, 600),
                      (const char *)answer.data);
    }
    if (requests->is_counting) {
        histogram_add(&figures->latency, load_now_ns() - lane->sent_ns);
        figures->count += is_error ? 0 : 1;
        figures->failed_count += is_error ? 1 : 0;
    }
}

/* True when the front of the input was a ping, which is answered. */
static bool is_ping(struct lane *lane, struct span input)
{
    struct load_frame frame;
    if (!load_frame_read(input, &frame) || frame.opcode != 9) {
        return false;
    }
    u8 pong[256];
    struct span payload = span_of(input.data + frame.head_bytes, (size_t)frame.payload_bytes);
    load_send(lane->socket, pong, load_frame_write(pong, sizeof(pong), 10, payload));
    return true;
}

/* Takes what came, and asks again for each answer. True: an answer came. */
static bool lane_read(struct requests *requests, struct lane *lane, bool asks_again)
{
    ssize_t size =
        recv(lane->socket, lane->input + lane->kept, sizeof(lane->input) - lane->kept, 0);
    if (size < 0 && errno == EAGAIN) {
        return false;
    }
    if (size <= 0) {
        load_die("the server closed a connection");
    }
    lane->kept += (size_t)size;
    struct span input = span_of(lane->input, lane->kept);
    bool is_error = false;
    size_t whole = requests->is_websocket ? load_frame_answer(input, &is_error)
                                          : load_http_answer(input, &is_error);
    if (whole == 0) {
        if (lane->kept == sizeof(lane->input)) {
            load_die("an answer of more than %zu bytes", lane->kept);
        }
        return false;
    }
    bool is_answer = !requests->is_websocket || !is_ping(lane, input);
    if (is_answer) {
        answered(requests, lane, span_of(lane->input, whole), is_error);
    }
    lane->kept -= whole;
    memmove(lane->input, lane->input + whole, lane->kept);
    if (is_answer && asks_again) {
        ask(requests, lane);
    }
    return is_answer;
}

static void requests_open(struct requests *requests, const struct load_options *options)
{
    const char *mode = options->mode;
    *requests = (struct requests){.options = options};
    requests->is_websocket = strcmp(mode, "ws-order") == 0;
    bool is_get = strcmp(mode, "get") == 0;
    requests->signer = load_signer_open(options, is_get ? NULL : options->order, options->keys[0],
                                        requests->is_websocket);
    requests->lanes = calloc(options->connections, sizeof(*requests->lanes));
    requests->poll = epoll_create1(EPOLL_CLOEXEC);
    if (requests->lanes == NULL || requests->poll < 0) {
        load_die("no memory");
    }
    int *sockets = load_sockets_open(options, requests->is_websocket ? "/ws-api/v3" : NULL);
    for (u32 i = 0; i < options->connections; i++) {
        struct lane *lane = &requests->lanes[i];
        lane->socket = sockets[i];
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = lane};
        if (epoll_ctl(requests->poll, EPOLL_CTL_ADD, lane->socket, &event) != 0) {
            load_die("epoll: %s", strerror(errno));
        }
    }
    free(sockets);
}

static void requests_run(struct requests *requests, u64 until_ns)
{
    struct epoll_event events[EVENTS_MAX];
    while (load_now_ns() < until_ns) {
        int count = epoll_wait(requests->poll, events, EVENTS_MAX, WAIT_MS);
        for (int i = 0; i < count; i++) {
            (void)lane_read(requests, events[i].data.ptr, true);
        }
    }
}

void load_requests(const struct load_options *options)
{
    struct requests requests;
    requests_open(&requests, options);
    for (u32 i = 0; i < options->connections; i++) {
        ask(&requests, &requests.lanes[i]);
    }
    requests_run(&requests, load_now_ns() + options->warm_ms * 1000000);
    load_start(options, &requests.figures);
    requests.is_counting = true;
    requests_run(&requests, load_now_ns() + options->seconds * SECOND_NS);
    load_stop(options, &requests.figures);
    load_print(options, &requests.figures, NULL);
}

/* ---- an order beside the least it can take ---- */

struct echo {
    int socket;
};

static void *echo_run(void *argument)
{
    const struct echo *echo = argument;
    u8 bytes[BLOCK_BYTES];
    ssize_t size = 0;
    while ((size = recv(echo->socket, bytes, sizeof(bytes), 0)) > 0) {
        if (send(echo->socket, bytes, (size_t)size, MSG_NOSIGNAL) != size) {
            break;
        }
    }
    return NULL;
}

static void wait_for_one(struct requests *requests)
{
    u64 until = load_now_ns() + 10ULL * SECOND_NS;
    struct epoll_event event;
    while (epoll_wait(requests->poll, &event, 1, WAIT_MS) <= 0 ||
           !lane_read(requests, event.data.ptr, false)) {
        if (load_now_ns() > until) {
            load_die("no answer");
        }
    }
}

static u64 write_ns(int file, const void *block, u64 round)
{
    u64 begin = load_now_ns();
    off_t offset = (off_t)(round % 4096 * BLOCK_BYTES);
    if (pwrite(file, block, BLOCK_BYTES, offset) != BLOCK_BYTES) {
        load_die("write: %s", strerror(errno));
    }
    return load_now_ns() - begin;
}

static u64 trip_ns(int socket)
{
    u8 bytes[256] = {0};
    u64 begin = load_now_ns();
    load_send(socket, bytes, sizeof(bytes));
    if (recv(socket, bytes, sizeof(bytes), MSG_WAITALL) != sizeof(bytes)) {
        load_die("the echo is gone");
    }
    return load_now_ns() - begin;
}

/* Both ends of a connection over loopback that waits; the far one is echoed by a thread. */
static int echo_open(struct echo *echo)
{
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || listen(listener, 1) != 0) {
        load_die("listen: %s", strerror(errno));
    }
    u8 address[64];
    socklen_t size = sizeof(address);
    if (getsockname(listener, (struct sockaddr *)(void *)address, &size) != 0) {
        load_die("listen: %s", strerror(errno));
    }
    int near = load_connect((u16)(address[2] << 8 | address[3]));
    echo->socket = accept(listener, NULL, NULL);
    pthread_t thread;
    if (echo->socket < 0 || fcntl(near, F_SETFL, 0) != 0 ||
        pthread_create(&thread, NULL, echo_run, echo) != 0 || pthread_detach(thread) != 0) {
        load_die("echo: %s", strerror(errno));
    }
    close(listener);
    return near;
}

/* The file has its blocks before the clock starts, and is written past the page cache where the
 * disk allows it, as the journal is. */
static int file_open(const char *path, void *block)
{
    const int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_DSYNC;
    int file = open(path, flags | O_DIRECT, 0600);
    if (file < 0) {
        file = open(path, flags, 0600);
    }
    if (file < 0) {
        load_die("%s: %s", path, strerror(errno));
    }
    for (u64 i = 0; i < 4096; i++) {
        (void)write_ns(file, block, i);
    }
    return file;
}

void load_latency(const struct load_options *options)
{
    struct load_options alone = *options;
    alone.connections = 1;
    struct requests requests;
    requests_open(&requests, &alone);
    void *block = NULL;
    if (options->file == NULL || posix_memalign(&block, BLOCK_BYTES, BLOCK_BYTES) != 0) {
        load_die("latency wants --file, a path on the journal's disk");
    }
    memset(block, 1, BLOCK_BYTES);
    int file = file_open(options->file, block);
    static struct echo echo;
    int near = echo_open(&echo);
    static struct histogram floor_latency;
    static struct histogram write_latency;
    static struct histogram trip_latency;
    histogram_init(&floor_latency);
    histogram_init(&write_latency);
    histogram_init(&trip_latency);
    load_start(&alone, &requests.figures);
    for (u64 i = 0; i < options->count; i++) {
        requests.is_counting = i >= options->count / 10;
        ask(&requests, requests.lanes);
        wait_for_one(&requests);
        u64 written = write_ns(file, block, i);
        u64 trip = trip_ns(near);
        if (requests.is_counting) {
            histogram_add(&write_latency, written);
            histogram_add(&trip_latency, trip);
            histogram_add(&floor_latency, written + trip);
        }
    }
    load_stop(&alone, &requests.figures);
    double order = (double)histogram_quantile(&requests.figures.latency, 500000);
    double least = (double)histogram_quantile(&floor_latency, 500000);
    char extra[256];
    (void)snprintf(
        extra, sizeof(extra),
        "\"write_p50_us\":%.1f,\"trip_p50_us\":%.1f,\"floor_p50_us\":%.1f,\"ratio\":%.2f",
        (double)histogram_quantile(&write_latency, 500000) / 1000,
        (double)histogram_quantile(&trip_latency, 500000) / 1000, least / 1000, order / least);
    load_print(&alone, &requests.figures, extra);
    close(file);
    if (unlink(options->file) != 0) {
        load_die("%s: %s", options->file, strerror(errno));
    }
}
