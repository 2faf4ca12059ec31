/* Sessions: one per connection, from its first byte to its last. A session reads requests of
 * HTTP/1.1, one at a time and answered in order, until one of them makes it a WebSocket: of the
 * WebSocket API (session_api.c) or of streams (session_stream.c).
 *
 * An idle session costs its struct and nothing else. Bytes of a request that is not whole are kept
 * in a buffer of the net's pool, bounded by the limits of a request. */
#ifndef ROLE_GATEWAY_SESSION_H
#define ROLE_GATEWAY_SESSION_H

#include "base/base.h"
#include "io/net.h"
#include "role/gateway/auth.h"
#include "role/gateway/door_http.h"
#include "role/gateway/enrol_http.h"
#include "role/gateway/frame.h"
#include "role/gateway/limit.h"
#include "role/gateway/pending.h"
#include "role/gateway/ws_stream.h"
#include "wire/http.h"
#include "wire/json.h"
#include "wire/keep_line.h"

struct gateway;

enum session_kind {
    SESSION_FREE,
    SESSION_HTTP,
    SESSION_API,    /* WebSocket API */
    SESSION_STREAM, /* market streams */
};

/* Of the WebSocket API. */
struct session_api {
    u8 key[AUTH_KEY_BYTES]; /* of session.logon */
    u64 authorized_us;
    u64 connected_us;
    u32 subscriptions; /* the first of this session in the table of user_stream.h; 0: none */
    u32 subscriptions_count;
    u32 subscriptions_ever;
    bool is_logged_on;
    /* The key was revoked, or lost a right: the next request that counts on it is told so (API
     * web-socket-api.md "Regarding API key revocation"), and then the session was never signed in.
     */
    bool has_lost_key;
    bool hide_rate_limits; /* unless a request says otherwise */
};

struct session {
    struct gateway *gateway;
    struct net_conn *conn;   /* NULL: free */
    struct net_buffer *held; /* bytes that came and are not read yet; NULL: none */
    struct auth_address address;
    struct http_reader http;
    u32 generation;
    u32 next;        /* free ones */
    u32 crowd;       /* the place of crowd.h; 0: it counts for no address */
    u8 kind;         /* enum session_kind */
    bool is_busy;    /* HTTP: a request waits for its answer */
    bool keep_alive; /* HTTP: of the request that waits */
    bool is_head;    /* HTTP: its answer has no body */
    bool is_shutting;
    bool shuts_drained; /* HTTP: is_shutting, once all output is written */
    bool microseconds;  /* of the request that waits, or of the WebSocket */
    bool has_ended;     /* the peer sends nothing more */
    bool deflate;       /* WebSocket: permessage-deflate was agreed on */
    u32 waiting_count;  /* calls of this session that wait */
    /* WebSocket: */
    struct frame_reader frame;
    u64 opened_ms;
    u64 heard_ms; /* the last pong, or the beginning */
    union {
        struct session_api api;
        struct ws_stream stream;
    };
};

struct session_table {
    struct session *sessions;
    u32 max;
    u32 used;
    u32 free; /* index + 1 */
    u32 count;
};

size_t session_table_bytes(u32 sessions_max);
void session_table_init(struct session_table *table, u32 sessions_max, void *memory);

/* The session with this handle; NULL: it is gone. A handle is never 0. */
struct session *session_of(struct session_table *table, u64 handle);
u64 session_handle(const struct session *session);

/* The callbacks of io/net.h; `context` is the gateway. */
void *session_accept(void *context, struct net_conn *conn, const struct net_arrival *arrival);
void session_input(void *user, struct span bytes);
void session_end(void *user);
void session_deadline(void *user);
void session_drained(void *user);
void session_closed(void *user, enum net_end why);

/* A call of this session has ended: answers it. `id`: what pending_call kept. */
struct call;
void session_answer(struct session *session, struct call *call, enum call_end end, struct span id);

/* Counts it for this address, unless it counts already, or the address is one of ours: the
 * machine's own, or a proxy's, whose connections belong to many. False: the address has too many.
 */
MUST_USE bool session_enter(struct session *session, const struct auth_address *address);

/* A request that has waited is answered: goes on with what came meanwhile. */
void session_resume(struct session *session);

/* Ends it: what is queued is still written, within the net's shut_ms. */
void session_shut(struct session *session);
/* The same with as much time as an idle connection has: for what is long. */
void session_shut_drained(struct session *session);

/* ---- HTTP (session_http.c) ---- */

/* Reads as many requests as `bytes` hold until one waits; returns how many bytes were used. */
size_t http_session_read(struct session *session, struct span bytes);
void http_session_answer(struct session *session, struct call *call, enum call_end end);
/* Whose request it is: the connection's address or, where that is a proxy of ours, the last address
 * in X-Forwarded-For that is none of ours. */
struct auth_address http_session_address(const struct session *session,
                                         const struct http_request *request);
/* Parameters of query and form into the scratch's query and pairs; false: *failure_out. */
MUST_USE bool http_session_pairs(struct gateway *gateway, const struct http_request *request,
                                 u32 *count_out, struct api_failure *failure_out);
/* A whole answer in JSON, outside of a call. is_secret: its bytes are wiped once they are sent. */
void http_session_say(struct session *session, u32 status, struct span json, bool is_secret);
/* The same for the door's: always secret, with a cookie and a pause where there are. */
void http_session_say_door(struct session *session, const struct door_http_said *said,
                           struct span json);
/* The same with plain text. */
void http_session_text(struct session *session, struct span text);
/* Refuses what was asked by HTTP, before there was a call. */
void http_session_fail(struct session *session, u32 status, const struct api_failure *failure,
                       u32 retry_after_s);
/* The same with an error that names nothing; then the connection ends. */
void http_session_refuse(struct session *session, u32 status, enum api_error error);
/* True: the limits said no, the client has been told so, and the connection ends. */
bool http_session_limited(struct session *session, const struct limit_answer *limit);

/* ---- customers' sign-in (session_door.c) ---- */

/* Asks the door; false: the request is for something else. */
bool door_session_serve(struct session *session, const struct http_request *request);
/* Answers what the door has answered, and what it has not in time. */
void door_session_turn(struct gateway *gateway, bool *busy_out);

/* ---- keys of who is signed in (session_page_key.c) ---- */

#define PAGE_ASKS_MAX     64U /* that wait, for the door or the engine */
#define PAGE_API_KEYS_MAX 30U /* of an account, made in a session */

/* Asks the door whose session it is; false: the request is for something else. */
bool page_key_session_serve(struct session *session, const struct http_request *request);
/* The door has answered, or has not in time (kind 0); false: this session has asked for no key. It
 * may go on waiting. */
MUST_USE bool page_key_session_told(struct session *session, const struct door_answer_head *head);
/* The command of a new or revoked API key has ended. */
void page_key_session_answer(struct session *session, const struct call *call, enum call_end end);
/* What it has asked is forgotten. */
void page_key_session_ended(struct session *session);
/* The engine's answer to such a command, for call_table.c; nobody begins there. */
enum call_end page_keys_unasked(struct call *call);
enum call_end page_keys_finish(struct call *call);

/* ---- questions of pages to other processes (session_ask.c) ---- */

/* One kind of question. `form`: what `read` has read, the caller's. */
struct session_question {
    u32 weight; /* of the API's limit */
    /* The rights its key must have (KEY_RIGHT_...); 0: the request is none, and was refused. */
    u32 (*read)(struct session *session, const struct http_request *request, void *form);
    /* It was not signed: SESSION or ACCOUNT. */
    void (*refuse)(struct session *session, enum enrol_http_no no);
    /* Sends it for the account that has signed. False: it was answered at once. */
    bool (*send)(struct session *session, u32 account, void *form);
};

/* Counts the request, looks who has signed it, and sends the question; then the session waits. */
void session_ask(struct session *session, const struct http_request *request,
                 const struct session_question *question, void *form);

/* The session waits for one answer. */
void session_wait(struct session *session);
/* Whose wait has ended, now to be answered; then session_wait_end. NULL: it is gone or ends. */
struct session *session_waited(struct gateway *gateway, u64 owner);
/* It was answered: goes on with what came meanwhile. */
void session_wait_end(struct session *session);

/* An answer in JSON, written in the gateway's scratch: at most GATEWAY_JSON_BYTES. */
void session_json_begin(struct session *session, struct json_writer *json, size_t bytes_max);
void session_json_say(struct session *session, struct json_writer *json, u32 status);

/* ---- enrolling (session_enrol.c) ---- */

/* Asks `keep`; false: the request is for something else. */
bool enrol_session_serve(struct session *session, const struct http_request *request);
/* Answers what `keep` has answered, and what it has not in time. */
void enrol_session_turn(struct gateway *gateway, bool *busy_out);

/* Who has signed the request, its body included, with a key that has all of `rights`
 * (KEY_RIGHT_...); false: *failure_out. For what takes the parameters of any private request and
 * no others. */
MUST_USE bool enrol_session_account(struct gateway *gateway, const struct http_request *request,
                                    const struct auth_address *address, u32 rights,
                                    u32 *account_out, struct api_failure *failure_out);

/* ---- appeal and evidence (session_inbox.c) ---- */

/* Asks the officers' queue; false: the request is for something else. */
bool inbox_session_serve(struct session *session, const struct http_request *request);
/* Answers what it has answered, and what it has not in time. */
void inbox_session_turn(struct gateway *gateway, bool *busy_out);

/* ---- what is held of a customer (session_records.c) ---- */

/* Asks `keep`; false: the request is for something else. */
bool records_session_serve(struct session *session, const struct http_request *request);
/* What `keep` has answered, for the person `subject`; said NULL: not in time. */
void records_session_held(struct session *session, u64 subject,
                          const struct keep_line_answer *said);

/* ---- of which openings a customer was told (session_openings.c) ---- */

/* Asks the desk; false: the request is for something else. */
bool openings_session_serve(struct session *session, const struct http_request *request);
/* Answers what the desk has answered, and what it has not in time. */
void openings_session_turn(struct gateway *gateway, bool *busy_out);

/* ---- pages and the demo's sign-in (session_page.c) ---- */

/* Answers a request for one of them; false: it is for something else. */
bool page_session_serve(struct session *session, const struct http_request *request);
/* The bodies of options.pages, which all connections share. FAULT_LIMIT, FAULT_CONFIG. */
MUST_USE enum fault page_session_open(struct gateway *gateway);
void page_session_close(struct gateway *gateway);

/* ---- WebSockets (session_ws.c) ---- */

#define WS_PING_MS    20000U    /* API web-socket-api.md "General API Information" */
#define WS_SILENCE_MS 60000U    /* without a pong */
#define WS_LIFE_MS    86400000U /* 24 hours */
/* Requests of one WebSocket that may wait for their answers; then its bytes wait too. */
#define WS_WAITING_MAX 128U

/* A request with an upgrade: /ws-api/v3, /ws..., /stream; anything else is refused. */
void ws_session_upgrade(struct session *session, const struct http_request *request);
size_t ws_session_read(struct session *session, struct span bytes);
void ws_session_deadline(struct session *session);
/* One text message, in a frame of its own. */
void ws_session_send(struct session *session, struct span text);
void ws_session_ping(struct session *session);
void ws_session_close(struct session *session, u16 code, const char *reason);

/* ---- the WebSocket API (session_api.c) ---- */

void api_session_begin(struct session *session, const struct http_request *request);
void api_session_message(struct session *session, struct span text);
void api_session_answer(struct session *session, struct call *call, enum call_end end,
                        struct span id);
void api_session_ended(struct session *session);

/* What a session has by its key (session_key.c): it ends as soon as the key is revoked or loses a
 * right, with the work of one step for each session that uses the key. */
struct key_entry;
void api_session_logon(struct session *session, struct span api_key, const struct key_entry *key);
/* Subscriptions made by the logon end before it, each telling so. */
void api_session_logout(struct session *session);
/* False: no room. The subscription gets the session's next id. */
MUST_USE bool api_session_subscribe(struct session *session, const struct key_entry *key,
                                    bool by_logon);
/* Tells the end in the subscription's own stream. */
void api_session_unsubscribe(struct session *session, u32 slot);
/* The key of this number in key_entry may now do no more than that. */
void api_sessions_key_lost(struct gateway *gateway, u32 number, u32 rights);
/* Looks whether a command has changed a key. */
void api_sessions_follow(struct gateway *gateway, struct span events);
/* Tells that the server is about to end. */
void api_session_shutdown(struct session *session);

/* ---- market streams (session_stream.c) ---- */

void stream_session_sink(struct stream_sink *sink);
/* False: the address asks for something that is none, or for too much. */
MUST_USE bool stream_session_begin(struct session *session, const struct http_request *request,
                                   bool deflate);
/* A message, ping or pong: false, and the session is closed, when there are too many. */
MUST_USE bool stream_session_count(struct session *session);
void stream_session_message(struct session *session, struct span text);
void stream_session_heard(struct session *session);
void stream_session_deadline(struct session *session);
void stream_session_ended(struct session *session);
void stream_session_shutdown(struct session *session);

/* ---- all ---- */

/* Before the end: tells WebSockets, closes connections that wait for nothing. */
void session_drain_all(struct session_table *table);

#endif /* ROLE_GATEWAY_SESSION_H */
