/* HTTP/1.1 requests, read from a connection's bytes, one at a time; and the heads of answers.
 *
 * The caller keeps what a connection has sent in one contiguous buffer that begins with the request
 * being read, and calls http_read whenever bytes have been added. Nothing is copied and nothing is
 * kept but a few numbers, so a reader may live in every connection while one struct http_request
 * serves them all. Each byte is looked at once as it comes; whether a request is taken, and why it
 * is refused, never depends on how the bytes were cut into pieces.
 *
 * A head is read twice: by the rules here, which only refuse, and by the distribution's parser
 * (wire/http_head.h), which says what it means. Where the two disagree the request is refused. What
 * is taken and what is not is listed in docs/http.md.
 *
 * After a refusal nobody knows where the next request would begin: answer, then close. */
#ifndef WIRE_HTTP_H
#define WIRE_HTTP_H

#include "base/base.h"

#define HTTP_METHOD_BYTES_MAX 16U
#define HTTP_HEADERS_MAX      64U
#define HTTP_HEAD_BYTES_MAX   65536U
#define HTTP_BODY_BYTES_MAX   (16U << 20)

enum http_verb {
    HTTP_VERB_GET,
    HTTP_VERB_HEAD,
    HTTP_VERB_POST,
    HTTP_VERB_PUT,
    HTTP_VERB_DELETE,
    HTTP_VERB_OPTIONS,
};

/* The headers that a venue looks at. OTHER are those it does not know. */
enum http_name {
    HTTP_NAME_OTHER,
    HTTP_NAME_ACCEPT_ENCODING,
    HTTP_NAME_AUTHORIZATION,
    HTTP_NAME_CONNECTION,
    HTTP_NAME_CONTENT_LENGTH,
    HTTP_NAME_CONTENT_TYPE,
    HTTP_NAME_EXPECT,
    HTTP_NAME_HOST,
    HTTP_NAME_IF_NONE_MATCH,
    HTTP_NAME_ORIGIN,
    HTTP_NAME_SEC_WEBSOCKET_EXTENSIONS,
    HTTP_NAME_SEC_WEBSOCKET_KEY,
    HTTP_NAME_SEC_WEBSOCKET_PROTOCOL,
    HTTP_NAME_SEC_WEBSOCKET_VERSION,
    HTTP_NAME_TRANSFER_ENCODING,
    HTTP_NAME_UPGRADE,
    HTTP_NAME_USER_AGENT,
    HTTP_NAME_X_FORWARDED_FOR,
    HTTP_NAME_X_MBX_APIKEY,
    HTTP_NAME_X_MBX_TIME_UNIT,
    HTTP_NAME_COUNT,
};

/* Why a request is refused. http_refusal_status and http_refusal_text have a line for each. */
enum http_refusal {
    HTTP_REFUSAL_NONE,
    HTTP_REFUSAL_EMPTY_LINE,
    HTTP_REFUSAL_BARE_CR,
    HTTP_REFUSAL_BARE_LF,
    HTTP_REFUSAL_CHARACTER,
    HTTP_REFUSAL_REQUEST_LINE,
    HTTP_REFUSAL_METHOD,
    HTTP_REFUSAL_TARGET_FORM,
    HTTP_REFUSAL_TARGET_SIZE,
    HTTP_REFUSAL_VERSION,
    HTTP_REFUSAL_FOLD,
    HTTP_REFUSAL_HEADER,
    HTTP_REFUSAL_HEADER_SPACE,
    HTTP_REFUSAL_HEADER_REPEATED,
    HTTP_REFUSAL_HEADERS_COUNT,
    HTTP_REFUSAL_HEAD_SIZE,
    HTTP_REFUSAL_HOST,
    HTTP_REFUSAL_LENGTH,
    HTTP_REFUSAL_LENGTH_REPEATED,
    HTTP_REFUSAL_LENGTH_AND_CODING,
    HTTP_REFUSAL_CODING_OLD,
    HTTP_REFUSAL_CODING_CHUNKED,
    HTTP_REFUSAL_CODING_UNKNOWN,
    HTTP_REFUSAL_BODY_SIZE,
    HTTP_REFUSAL_EXPECT,
    HTTP_REFUSAL_UPGRADE,
    HTTP_REFUSAL_DISAGREE,
    HTTP_REFUSAL_COUNT,
};

/* Bytes that one request may have. Heads beyond head_bytes_max are refused with 431, targets with
 * 414, bodies with 413. A buffer of head_bytes_max + body_bytes_max never fills up while http_read
 * still wants more. */
struct http_limits {
    u32 target_bytes_max;  /* at most head_bytes_max - 64 */
    u32 head_bytes_max;    /* request line and headers; at most HTTP_HEAD_BYTES_MAX */
    u32 headers_count_max; /* at most HTTP_HEADERS_MAX */
    u32 body_bytes_max;    /* at most HTTP_BODY_BYTES_MAX */
};

/* What fits every request of the API. */
#define HTTP_LIMITS_DEFAULT                                      \
    ((struct http_limits){.target_bytes_max = 8192,              \
                          .head_bytes_max = 16384,               \
                          .headers_count_max = HTTP_HEADERS_MAX, \
                          .body_bytes_max = 65536})

/* One connection's place in the request it is sending. All zero is the beginning. */
struct http_reader {
    u32 scanned;     /* bytes of the buffer that have been looked at */
    u32 line_offset; /* where the line being read begins */
    u32 head_bytes;  /* 0 until the head is whole */
    u32 body_bytes;  /* by Content-Length */
    u32 target_bytes;
    u8 headers_count;
    u8 refusal; /* enum http_refusal */
    u8 minor;   /* of the version: 0 or 1 */
    bool length_given;
    bool coding_given;
    bool coding_chunked;
    bool awaits_continue;
    bool told_continue;
};

struct http_header {
    struct span name;  /* as sent */
    struct span value; /* without spaces around it */
    enum http_name kind;
};

/* All spans point into the caller's buffer and live as long as its bytes. */
struct http_request {
    enum http_verb verb;
    u8 minor;        /* HTTP/1.minor */
    bool keep_alive; /* false: close after the answer */
    bool upgrade;    /* to a WebSocket; what follows the head belongs to that */
    u16 headers_count;
    struct span target; /* path, and '?' and query if there is one, as sent */
    struct span path;   /* as sent, never decoded */
    struct span query;  /* what follows the first '?', as sent; {NULL, 0} without one */
    struct span body;
    struct http_header headers[HTTP_HEADERS_MAX];
};

enum http_progress {
    HTTP_READ_MORE,     /* call again with more bytes */
    HTTP_READ_CONTINUE, /* the same, but first send HTTP_CONTINUE: the client waits for it */
    HTTP_READ_WHOLE,    /* *request_out is filled */
    HTTP_READ_REFUSED,  /* see http_reader.refusal; answer and close */
};

#define HTTP_CONTINUE "HTTP/1.1 100 Continue\r\n\r\n"

/* `bytes` is all that has come since the request's first byte, and begins with what the previous
 * call saw. The progress CONTINUE is reported once a request. */
MUST_USE enum http_progress http_read(struct http_reader *reader, const struct http_limits *limits,
                                      struct span bytes, struct http_request *request_out);

/* After WHOLE: how many bytes the request took. The reader is at the beginning again, and wants the
 * buffer from behind those bytes. */
MUST_USE u32 http_next(struct http_reader *reader);

/* True while nothing of a request has come: the connection is idle, and may be closed. */
ALWAYS_INLINE bool http_is_idle(const struct http_reader *reader)
{
    return reader->scanned == 0 && reader->refusal == HTTP_REFUSAL_NONE;
}

/* The first header of that kind; {NULL, 0} without one, not NULL but of size 0 when it is empty.
 * Only those that may be lists can come twice: see http_list_has and the array itself. */
struct span http_header(const struct http_request *request, enum http_name kind);

/* Whether one of the comma-separated words in headers of that kind is `word` (in lower case),
 * whatever the case of what was sent and whatever parameters follow a ';'. */
bool http_list_has(const struct http_request *request, enum http_name kind, const char *word);

/* "GET" and so on. */
const char *http_verb_text(enum http_verb verb);

/* The status to answer a refusal with, and its reason for the log: fixed text of ours that holds
 * nothing the client sent. */
u32 http_refusal_status(enum http_refusal refusal);
const char *http_refusal_text(enum http_refusal refusal);

/* ---- answers ---- */

/* Writes the head of an answer into the caller's memory and never beyond it. Once something does
 * not fit, or a header holds a byte that it must not, http_answer_end returns 0. */
struct http_answer {
    u8 *data;
    size_t size;
    size_t used;
    u32 status;
    bool failed;
};

/* The status line, and "Connection: close" unless keep_alive. A status from 100 to 599; one that is
 * not in the table of reasons is written with none. */
void http_answer_begin(struct http_answer *answer, void *target, size_t target_bytes, u32 status,
                       bool keep_alive);

/* One header. Name: letters, digits, '-'; value: visible ASCII, spaces and tabs. */
void http_answer_put(struct http_answer *answer, const char *name, struct span value);
void http_answer_put_text(struct http_answer *answer, const char *name, const char *value);
void http_answer_put_u64(struct http_answer *answer, const char *name, u64 value);

/* Content-Length (but not with 1xx, 204 and 304, which have no body: body_bytes is 0 then) and the
 * empty line. Returns the size of the head; 0 when it failed, and then nothing may be sent. */
MUST_USE size_t http_answer_end(struct http_answer *answer, u64 body_bytes);

#endif /* WIRE_HTTP_H */
