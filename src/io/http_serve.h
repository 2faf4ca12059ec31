/* A small HTTP listener for a program that a few others ask: an officer's page, a witness. Whoever
 * opens it answers; everything else about connections is here.
 *
 *     bytes ─▶ http_read ─▶ answer() ─▶ status, type, body, the fields of every answer
 *
 * Its limits: connections_max connections at a time, the next is closed without a word; a request
 * of limits.head_bytes_max and limits.body_bytes_max, within request_ms from its first byte to its
 * last, and from its answer to the next one's first; answers of answer_bytes_max. Requests
 * of one connection are answered in turn, each before the next is read; all connections by one
 * thread, so that answer() is one step. A request that is refused by http_read gets its status, and
 * its connection ends. Plain HTTP, without compression: for loopback, or behind a proxy.
 *
 * Nobody is asked who they are: that is answer()'s. */
#ifndef IO_HTTP_SERVE_H
#define IO_HTTP_SERVE_H

#include "base/base.h"
#include "io/clock.h"
#include "io/fault.h"
#include "io/net.h"
#include "wire/http.h"

#define HTTP_SERVE_CONNECTIONS_MAX 64U
#define HTTP_SERVE_ANSWER_BYTES    229376U /* of a body, where nothing else is said */
#define HTTP_SERVE_ANSWER_MAX      (32U << 20)
#define HTTP_SERVE_HEAD_BYTES      2048U /* of an answer's head, with all its fields */

/* A header of an answer. */
struct http_field {
    const char *name;
    const char *value;
};

struct http_reply {
    u32 status;
    const char *type;                /* Content-Type */
    const char *allow;               /* what stands in Allow; NULL: nothing */
    struct span body;                /* at most answer_bytes_max; until the next call */
    bool is_last;                    /* the connection ends behind it */
    const struct http_field *fields; /* of this answer alone; until the next call */
    u32 fields_count;
};

struct http_serve_options {
    struct clock *clock;  /* NULL: the machine's */
    const char *address;  /* "127.0.0.1" */
    u16 port;             /* 0: any free one */
    int descriptor;       /* > 0: a listening socket of the caller's, which is duplicated; address
                           * and port say nothing then */
    u32 connections_max;  /* 1 .. HTTP_SERVE_CONNECTIONS_MAX */
    u32 request_ms;       /* at least 1 */
    u32 answer_bytes_max; /* of a body, up to HTTP_SERVE_ANSWER_MAX; 0: HTTP_SERVE_ANSWER_BYTES */
    struct http_limits limits;
    const struct http_field *fields; /* with every answer, refusals too; outlive the listener */
    u32 fields_count;

    /* Where requests lie until they are answered: http_serve_input_bytes of the caller's memory,
     * which outlives the listener; NULL: ordinary memory. With it, requests and answers are secret:
     * the memory is locked by the caller, the loop's own buffer is locked here, and what came and
     * what was sent is wiped in all three. A connection whose input cannot be locked is closed. */
    u8 *secret_input;

    /* NULL: sockets of this machine. Else a network of a test's, which calls http_serve_handler
     * with this listener as its context; address, port and descriptor say nothing then. Outlives
     * the listener. */
    struct net *net;

    /* A request that is whole, and how it is answered. *reply_out is a 500 without a body before.
     * Of HEAD the body is left out. */
    void (*answer)(void *context, const struct http_request *request, struct http_reply *reply_out);
    void *context;
};

struct http_serve;

/* How much memory requests of that many connections take, in bytes. */
size_t http_serve_input_bytes(u32 connections_max, const struct http_limits *limits);

/* Listens. FAULT_LIMIT without memory, FAULT_INPUT where the descriptor is none; FAULT_CONFIG and
 * others as net_loop_listen. */
MUST_USE enum fault http_serve_open(struct http_serve **serve_out,
                                    const struct http_serve_options *options);
/* Ends all connections. NULL is fine. */
void http_serve_close(struct http_serve *serve);

/* That it listens at; 0 of a local socket or a test's network. */
u16 http_serve_port(const struct http_serve *serve);
/* Milliseconds of a clock that never goes back, as of the beginning of this turn. */
u64 http_serve_now_ms(const struct http_serve *serve);

/* One turn: waits at most sleep_us microseconds for something to do. */
MUST_USE enum fault http_serve_run(struct http_serve *serve, u64 sleep_us);

/* For a test's network: what it calls. */
extern const struct net_handler http_serve_handler;

#endif /* IO_HTTP_SERVE_H */
