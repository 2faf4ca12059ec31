#include "base/span.h"
#include "bench/load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    EVENTS_MAX = 512,
    KEPT_MAX = 256, /* of a frame's beginning: the event's time stands there */
    READ_BYTES = 65536,
    SECOND_NS = 1000000000,
    DRAIN_MS = 500,
};

/* A subscriber keeps the beginning of a frame until the event's time can be read, and skips the
 * rest. */
struct reader {
    int socket;
    u32 kept;
    u64 skip;
    u8 bytes[KEPT_MAX];
};

/* A connection that trades with itself, in turn with either key. */
struct trader {
    struct load_signer *signers[LOAD_SIGNERS_MAX];
    int socket;
    u32 turn;
    bool is_waiting;
    size_t kept;
    u64 pairs_count;
    u64 failed_count;
    u8 input[LOAD_INPUT_BYTES];
};

struct stream {
    const struct load_options *options;
    struct load_figures figures;
    struct reader *readers;
    struct trader *traders;
    u32 traders_count;
    bool is_counting;
    u64 unread_count; /* messages without a time */
    int poll;
};

static u8 shared[KEPT_MAX + READ_BYTES];

/* The number behind "E": of an event, anywhere in what is at hand; 0: not there. */
static u64 event_time(struct span text)
{
    const u8 *found = memmem(text.data, text.size, "\"E\":", 4);
    if (found == NULL) {
        return 0;
    }
    u64 value = 0;
    for (const u8 *at = found + 4; at < text.data + text.size && *at >= '0' && *at <= '9'; at++) {
        value = value * 10 + (u64)(*at - '0');
    }
    return value;
}

static void message(struct stream *stream, struct span text)
{
    if (!stream->is_counting) {
        return;
    }
    stream->figures.count++;
    u64 time = event_time(text);
    u64 now = load_wall_us();
    if (time < 1000000000000000ULL) {
        stream->unread_count++; /* none, or in milliseconds */
    } else {
        histogram_add(&stream->figures.latency, now > time ? (now - time) * 1000 : 0);
    }
}

static void pong(int socket, struct span payload)
{
    u8 frame[KEPT_MAX];
    load_send(socket, frame, load_frame_write(frame, sizeof(frame), 10, payload));
}

/* What one frame takes off the input; 0: its beginning is not whole yet. */
static size_t frame_take(struct stream *stream, struct reader *reader, struct span input)
{
    struct load_frame frame;
    if (!load_frame_read(input, &frame)) {
        return 0;
    }
    u64 wanted = u64_min(frame.payload_bytes, KEPT_MAX - 16);
    if (input.size - frame.head_bytes < wanted) {
        return 0;
    }
    struct span text = span_of(input.data + frame.head_bytes, (size_t)wanted);
    if (frame.opcode == 9) {
        pong(reader->socket, text);
    } else if (frame.opcode == 8) {
        load_die("the server closed a stream");
    } else {
        message(stream, text);
    }
    u64 whole = frame.head_bytes + frame.payload_bytes;
    u64 here = u64_min(whole, input.size);
    reader->skip = whole - here;
    return (size_t)here;
}

static void reader_read(struct stream *stream, struct reader *reader)
{
    memcpy(shared, reader->bytes, reader->kept);
    ssize_t size = recv(reader->socket, shared + reader->kept, READ_BYTES, 0);
    if (size < 0 && errno == EAGAIN) {
        return;
    }
    if (size <= 0) {
        load_die("the server dropped a subscriber");
    }
    struct span input = span_of(shared, reader->kept + (size_t)size);
    u64 skipped = u64_min(reader->skip, input.size);
    reader->skip -= skipped;
    size_t used = (size_t)skipped;
    while (used < input.size) {
        size_t taken = frame_take(stream, reader, span_after(input, used));
        if (taken == 0) {
            break;
        }
        used += taken;
    }
    reader->kept = (u32)(input.size - used);
    if (reader->kept > KEPT_MAX) {
        load_die("a frame that cannot be read");
    }
    memcpy(reader->bytes, shared + used, reader->kept);
}

/* ---- events of our own making ---- */

static void trader_ask(struct trader *trader)
{
    u8 request[LOAD_REQUEST_MAX];
    size_t size = load_signer_make(trader->signers[trader->turn], request, sizeof(request));
    load_send(trader->socket, request, size);
    trader->is_waiting = true;
}

static void trader_read(struct trader *trader)
{
    ssize_t size =
        recv(trader->socket, trader->input + trader->kept, sizeof(trader->input) - trader->kept, 0);
    if (size < 0 && errno == EAGAIN) {
        return;
    }
    if (size <= 0) {
        load_die("the server closed the trading connection");
    }
    trader->kept += (size_t)size;
    bool is_error = false;
    size_t whole = load_http_answer(span_of(trader->input, trader->kept), &is_error);
    if (whole == 0) {
        return;
    }
    if (is_error && trader->failed_count++ == 0) {
        (void)fprintf(stderr, "load: %.*s\n", (int)u64_min(whole, 600),
                      (const char *)trader->input);
    }
    trader->kept -= whole;
    memmove(trader->input, trader->input + whole, trader->kept);
    trader->is_waiting = false;
    trader->turn = (trader->turn + 1) % LOAD_SIGNERS_MAX;
    if (trader->turn != 0) {
        trader_ask(trader);
    } else {
        trader->pairs_count++;
    }
}

static void watch(int poll, int socket, void *pointer)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = pointer};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, socket, &event) != 0) {
        load_die("epoll: %s", strerror(errno));
    }
}

static void traders_open(struct stream *stream, const struct load_options *options)
{
    if (options->rate == 0) {
        return;
    }
    stream->traders = calloc(options->traders, sizeof(*stream->traders));
    if (stream->traders == NULL || options->sell == NULL) {
        load_die("--rate wants --order, --sell and two keys");
    }
    stream->traders_count = options->traders;
    for (u32 i = 0; i < options->traders; i++) {
        struct trader *trader = &stream->traders[i];
        trader->signers[0] = load_signer_open(options, options->order, options->keys[0], false);
        trader->signers[1] = load_signer_open(options, options->sell, options->keys[1], false);
        trader->socket = load_connect(options->port);
        watch(stream->poll, trader->socket, trader);
    }
}

/* ---- both modes ---- */

static void stream_open(struct stream *stream, const struct load_options *options)
{
    *stream = (struct stream){.options = options, .poll = epoll_create1(EPOLL_CLOEXEC)};
    stream->readers = calloc(options->connections, sizeof(*stream->readers));
    if (stream->readers == NULL || stream->poll < 0 || options->path == NULL) {
        load_die("a stream wants --path, and memory");
    }
    int *sockets = load_sockets_open(options, options->path);
    for (u32 i = 0; i < options->connections; i++) {
        stream->readers[i].socket = sockets[i];
        watch(stream->poll, sockets[i], &stream->readers[i]);
    }
    free(sockets);
    traders_open(stream, options);
}

static bool is_trader(const struct stream *stream, const void *one)
{
    const u8 *begin = (const u8 *)stream->traders;
    const u8 *at = one;
    return at >= begin && at < begin + stream->traders_count * sizeof(*stream->traders);
}

static void traders_sum(const struct stream *stream, u64 *pairs_out, u64 *failed_out)
{
    *pairs_out = 0;
    *failed_out = 0;
    for (u32 i = 0; i < stream->traders_count; i++) {
        *pairs_out += stream->traders[i].pairs_count;
        *failed_out += stream->traders[i].failed_count;
    }
}

static void stream_run(struct stream *stream, u64 duration_ns, u32 rate)
{
    struct epoll_event events[EVENTS_MAX];
    u64 begin = load_now_ns();
    u64 pairs = 0;
    for (u64 now = begin; now < begin + duration_ns; now = load_now_ns()) {
        u64 due = rate == 0 ? 0 : (now - begin) / (SECOND_NS / rate);
        for (u32 i = 0; i < stream->traders_count && pairs < due; i++) {
            struct trader *trader = &stream->traders[i];
            if (!trader->is_waiting) {
                pairs++; /* late ones follow each other as fast as they are answered */
                trader_ask(trader);
            }
        }
        int count = epoll_wait(stream->poll, events, EVENTS_MAX, 1);
        for (int i = 0; i < count; i++) {
            void *one = events[i].data.ptr;
            if (is_trader(stream, one)) {
                trader_read(one);
            } else {
                reader_read(stream, one);
            }
        }
    }
}

void load_stream(const struct load_options *options)
{
    struct stream stream;
    stream_open(&stream, options);
    stream_run(&stream, options->warm_ms * 1000000, options->rate);
    stream_run(&stream, DRAIN_MS * 1000000ULL, 0);
    u64 pairs_before = 0;
    u64 failed_count = 0;
    traders_sum(&stream, &pairs_before, &failed_count);
    load_start(options, &stream.figures);
    stream.is_counting = true;
    stream_run(&stream, options->seconds * SECOND_NS, options->rate);
    load_stop(options, &stream.figures);
    stream_run(&stream, DRAIN_MS * 1000000ULL, 0);
    char extra[128];
    u64 pairs = 0;
    traders_sum(&stream, &pairs, &stream.figures.failed_count);
    (void)snprintf(extra, sizeof(extra), "\"trades\":%llu,\"without_time\":%llu",
                   (unsigned long long)(pairs - pairs_before),
                   (unsigned long long)stream.unread_count);
    load_print(options, &stream.figures, extra);
}

static u64 resident_all(const struct load_options *options)
{
    u64 bytes = 0;
    for (u32 i = 0; i < options->pids_count; i++) {
        bytes += load_resident_bytes(options->pids[i]);
    }
    return bytes;
}

void load_idle(const struct load_options *options)
{
    if (options->pids_count == 0) {
        load_die("idle wants --pid");
    }
    u64 before = resident_all(options);
    struct stream stream;
    stream_open(&stream, options);
    load_start(options, &stream.figures);
    stream_run(&stream, options->seconds * SECOND_NS, 0);
    load_stop(options, &stream.figures);
    u64 after = resident_all(options);
    stream.figures.count = options->connections;
    char extra[256];
    (void)snprintf(extra, sizeof(extra),
                   "\"resident_before\":%llu,\"resident_after\":%llu,\"bytes_a_connection\":%.0f",
                   (unsigned long long)before, (unsigned long long)after,
                   ((double)after - (double)before) / (double)options->connections);
    load_print(options, &stream.figures, extra);
}
