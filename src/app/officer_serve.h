/* The one listener of an officer's page: HTTP on 127.0.0.1 for one reader, who proves with a token
 * that they read the line in the terminal (docs/officer-page.md "Who is heard").
 *
 *     Host exactly 127.0.0.1:PORT ─▶ Origin, Sec-Fetch-Site ─▶ token in the path ─▶ and in a header
 *
 * A request that fails one of these reaches nothing behind it. Input lies in locked memory and is
 * wiped behind each answer: a passphrase is in it. Nothing that came is ever logged. Connections
 * are those of io/http_serve.h. */
#ifndef APP_OFFICER_SERVE_H
#define APP_OFFICER_SERVE_H

#include "base/base.h"
#include "io/clock.h"
#include "io/fault.h"
#include "io/http_serve.h"
#include "role/gateway/pages.h"

#define OFFICER_SERVE_CONNECTIONS_MAX 6U /* as many as a browser opens */
#define OFFICER_SERVE_HEAD_BYTES      8192U
#define OFFICER_SERVE_BODY_BYTES      16384U
#define OFFICER_SERVE_ANSWER_BYTES    229376U
#define OFFICER_SERVE_REQUEST_MS      30000U /* from its first byte to its last, and to the next */
#define OFFICER_TOKEN_BYTES           65U    /* 32 bytes in hexadecimal, with the zero */
#define OFFICER_TOKEN_HEADER          "X-Cambist-Token"
#define OFFICER_API                   "api/" /* below the token: what wants the header too */

/* What was asked for, by somebody who has the token. */
struct officer_asked {
    bool is_post;      /* else GET or HEAD */
    struct span path;  /* behind OFFICER_API */
    struct span query; /* as sent */
    struct span body;  /* in locked memory, until the answer returns */
};

struct officer_reply {
    u32 status;
    struct span body; /* JSON; lives until the next answer */
    bool is_quiet;    /* does not count as work of the officer */
    bool is_end;      /* the service is over behind it */
};

struct officer_serve_options {
    struct clock *clock;
    u16 port;                       /* 0: any free one */
    const struct page_table *pages; /* "/", and files by their names */
    const char *token;              /* NULL: drawn; a test gives its own */
    struct net *net;                /* NULL: sockets; see http_serve_options */
    u64 idle_ms;                    /* without work of the officer: the end */
    void (*answer)(void *context, const struct officer_asked *asked,
                   struct officer_reply *reply_out);
    void *context;
};

struct officer_serve;

/* Listens. FAULT_UNPROTECTED: memory for the input cannot be locked. */
MUST_USE enum fault officer_serve_open(struct officer_serve **serve_out,
                                       const struct officer_serve_options *options);
/* NULL is fine. */
void officer_serve_close(struct officer_serve *serve);

u16 officer_serve_port(const struct officer_serve *serve);
/* Its listener: what a test's network wants as context. */
struct http_serve *officer_serve_http(struct officer_serve *serve);
/* For the officer's eyes alone. */
const char *officer_serve_token(const struct officer_serve *serve);
/* The answer's is_end was sent, or nobody has worked for idle_ms. */
bool officer_serve_is_over(const struct officer_serve *serve);

/* One turn: waits at most sleep_us for something to do. */
MUST_USE enum fault officer_serve_run(struct officer_serve *serve, u64 sleep_us);

#endif /* APP_OFFICER_SERVE_H */
