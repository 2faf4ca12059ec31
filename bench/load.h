/* What the files of the load generator share: options, connections, figures.
 *
 * One thread, loopback only, non-blocking sockets on epoll. Latencies are kept in histograms
 * (base/histogram.h) and told in microseconds. A failure that makes a figure worthless ends the
 * program. */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include "base/base.h"
#include "base/histogram.h"

#include <stdio.h>

#define LOAD_PIDS_MAX    8U
#define LOAD_REQUEST_MAX 4096U
#define LOAD_INPUT_BYTES 65536U
#define LOAD_CONNS_MAX   20000U
#define LOAD_SIGNERS_MAX 2U

struct load_key {
    const char *key; /* NULL: none */
    const char *secret;
};

struct load_options {
    const char *mode;
    u16 port;
    const char *path;  /* of a GET, or of a WebSocket */
    const char *order; /* its parameters, without timestamp and signature */
    const char *sell;  /* the order of the second key: pairs become trades */
    const char *file;  /* for raw writes */
    struct load_key keys[LOAD_SIGNERS_MAX];
    u32 connections;
    u32 rate;    /* pairs of orders a second beside a stream; 0: none */
    u32 traders; /* connections for them */
    u64 count;
    u64 seconds;
    u64 warm_ms;
    u32 pids[LOAD_PIDS_MAX];
    u32 pids_count;
};

__attribute__((noreturn, format(printf, 1, 2))) void load_die(const char *format, ...);

u64 load_now_ns(void);
u64 load_wall_us(void);

/* A connected socket to 127.0.0.1 that does not wait, with TCP_NODELAY. */
int load_connect(u16 port);

/* All of it at once: the socket's buffer is larger than what waits. */
void load_send(int socket, const void *data, size_t size);

/* All connections of a run; as WebSockets of that path (that of the options goes first) when it is
 * not NULL: some at a time, each waits for its 101. The caller frees the table. */
int *load_sockets_open(const struct load_options *options, const char *websocket_path);

/* The processor time of a process so far, in nanoseconds; its resident memory. */
u64 load_cpu_ns(u32 pid);
u64 load_resident_bytes(u32 pid);

/* ---- figures ---- */

struct load_figures {
    struct histogram latency; /* ns */
    u64 count;
    u64 failed_count; /* answers that were errors */
    u64 ns;
    u64 cpu_ns[LOAD_PIDS_MAX];
};

/* Notes the processor times and the clock; load_stop turns them into differences. */
void load_start(const struct load_options *options, struct load_figures *figures);
void load_stop(const struct load_options *options, struct load_figures *figures);

/* One JSON object on one line; `extra` (or NULL) are further fields of it. */
void load_print(const struct load_options *options, const struct load_figures *figures,
                const char *extra);

/* ---- requests ---- */

struct load_signer; /* prepared parameters and a key */

struct load_signer *load_signer_open(const struct load_options *options, const char *order,
                                     struct load_key key, bool is_websocket);
/* The next request, as it goes onto the wire; its size. */
size_t load_signer_make(struct load_signer *signer, u8 *target, size_t target_bytes);

/* Looks at the front of what came. Returns the bytes of a whole answer, 0: not whole yet. */
size_t load_http_answer(struct span input, bool *is_error_out);
size_t load_frame_answer(struct span input, bool *is_error_out);

/* The head of a WebSocket frame at the front. False: not whole yet. */
struct load_frame {
    u8 opcode;
    u32 head_bytes;
    u64 payload_bytes;
};
bool load_frame_read(struct span input, struct load_frame *frame_out);

/* A client's frame: its mask is zero, so the payload stands as it is. Returns its size. */
size_t load_frame_write(u8 *target, size_t target_bytes, u8 opcode, struct span payload);

/* ---- modes ---- */

void load_requests(const struct load_options *options); /* get, order, ws-order */
void load_stream(const struct load_options *options);
void load_idle(const struct load_options *options);
void load_latency(const struct load_options *options);

#endif /* BENCH_LOAD_H */
