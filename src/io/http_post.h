/* One POST over HTTP, without waiting: for who has to send a few bytes to an address that is
 * configured, and believes nothing of what comes back.
 *
 * The address is http://, a number (IPv4, or IPv6 in brackets), an optional port and a path: names
 * and certificates belong to a proxy on the same machine. The request is HTTP/1.0 and the
 * connection is used once. An answer without a whole status line, head and as many bytes as its
 * Content-Length says, or until the other side closes, is none. */
#ifndef IO_HTTP_POST_H
#define IO_HTTP_POST_H

#include "base/base.h"
#include "io/clock.h"
#include "io/fault.h"

#include <sys/socket.h>

#define HTTP_POST_URL_BYTES  256U
#define HTTP_POST_HEAD_BYTES 4096U /* of an answer, at most */

struct http_post_target {
    struct sockaddr_storage address;
    socklen_t address_bytes;
    char host[80];
    char path[HTTP_POST_URL_BYTES];
};

/* False: it is no such address. */
MUST_USE bool http_post_target_read(const char *url, struct http_post_target *target_out);

enum http_post_state { HTTP_POST_IDLE, HTTP_POST_BUSY, HTTP_POST_DONE };

struct http_post {
    struct clock *clock;
    enum http_post_state state;
    int socket; /* -1: none */
    u64 deadline_ns;
    u8 *output; /* of the caller: head and body */
    size_t output_bytes;
    size_t output_bytes_max;
    size_t sent;
    u8 *input; /* of the caller: an answer, its head included */
    size_t input_bytes;
    size_t input_bytes_max;
};

/* `output` has room for HTTP_POST_HEAD_BYTES and the longest body. */
void http_post_init(struct http_post *post, struct clock *clock, u8 *output,
                    size_t output_bytes_max, u8 *input, size_t input_bytes_max);

/* IDLE: begins; the target and the body are copied. False: it cannot be begun, and it stays idle.
 */
MUST_USE bool http_post_begin(struct http_post *post, const struct http_post_target *target,
                              const char *type, struct span body, u64 timeout_ms);

/* BUSY: does what can be done; DONE: *status_out and *answer_out say what came, 0 and nothing when
 * there was no whole answer in time. Then it is idle again; the answer lies in `input`. */
MUST_USE bool http_post_turn(struct http_post *post, u32 *status_out, struct span *answer_out);

/* The status of an answer that is whole, as long as it says or to the end of the connection, and
 * its body; 0: it is not. */
MUST_USE u32 http_post_answer(struct span bytes, bool has_ended, struct span *body_out);

/* What poll(2) should wait for; -1: nothing. */
int http_post_poll(const struct http_post *post, short *events_out);

/* Ends what is under way. */
void http_post_close(struct http_post *post);

#endif /* IO_HTTP_POST_H */
