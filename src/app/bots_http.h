/* Signed requests to a venue's REST interface, many at a time over connections that stay open: what
 * the bots speak with. By libcurl; nothing here knows more of the venue than its address.
 *
 * A wave is a list of calls that may be answered in any order. Each has one answer or none: status
 * 0 stands for a connection that was refused, cut or timed out. A call is sent once: what was not
 * answered may or may not have happened, so the caller looks again. */
#ifndef APP_BOTS_HTTP_H
#define APP_BOTS_HTTP_H

#include "app/demo_file.h"
#include "base/base.h"
#include "io/fault.h"

#define BOTS_CALLS_TOGETHER   24U /* connections; further calls of a wave wait */
#define BOTS_QUERY_BYTES      512U
#define BOTS_ANSWER_BYTES_MAX 262144U
#define BOTS_TIMEOUT_MS       10000
#define BOTS_CONNECT_MS       2000
#define BOTS_HTTP_FULL        429U
#define BOTS_HTTP_BANNED      418U

enum bots_method { BOTS_GET, BOTS_POST, BOTS_DELETE, BOTS_PUT };

struct bots_call {
    enum bots_method method;
    const char *path;
    u32 key;                      /* of bots_http_key; BOTS_NO_KEY: not signed */
    char query[BOTS_QUERY_BYTES]; /* without timestamp and signature */
    u32 weight;                   /* what it counts against the venue's limit */
    u32 status;                   /* of the answer; 0: none */
    u32 retry_after_s;            /* with 429 and 418 */
    i32 code;                     /* "code" of a refusal */
    u32 index;                    /* the caller's */
};

#define BOTS_NO_KEY UINT32_MAX

/* Sees the body of an answer; call->status is filled in. */
struct bots_reader {
    void (*answer)(struct bots_reader *reader, struct bots_call *call, struct span body);
};

struct bots_http;

/* `rest` as in "http://127.0.0.1:8080"; `holders` outlive it and sign. Addresses on loopback are
 * called from 127.0.0.2, so that the bots have limits of their own there. */
MUST_USE enum fault bots_http_open(struct bots_http **http_out, const char *rest,
                                   const struct demo_holder *holders, u32 holders_count);
void bots_http_close(struct bots_http *http);

/* Sends all calls and returns when each has its answer or none. `reader` may be NULL. Ends early
 * when *stop becomes true. */
void bots_http_run(struct bots_http *http, struct bots_call *calls, u32 count,
                   struct bots_reader *reader, const volatile bool *stop);

#endif /* APP_BOTS_HTTP_H */
