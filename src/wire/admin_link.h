/* What `cambist admin` and the admin agent say to each other over the local socket: one request,
 * one answer, then the next. Both are a head and a body; sizes count both. One machine, one
 * program, so structs lie as they are; the agent believes nothing and checks every field.
 *
 *     ADMIN_COMMAND   body: a command record, head.source and head.source_index 0
 *     ADMIN_KEY       body: a struct key_ask (wire/key_link.h), of which the head says the account;
 *                     `rights` of the request are those of the key_set
 *     ADMIN_STATUS    no body
 *
 * Each command is journalled behind a note that says who is behind it and why (`actor`, `reason`).
 * The answer to a command carries its events; that to a key a struct key_answer in front of them;
 * that to a status a struct admin_status. */
#ifndef WIRE_ADMIN_LINK_H
#define WIRE_ADMIN_LINK_H

#include "base/base.h"
#include "wire/key_link.h"
#include "wire/schema.h"

#define ADMIN_MAGIC             0x4d444143U /* "CADM" */
#define ADMIN_REQUEST_BYTES_MAX 16384U
#define ADMIN_ANSWER_BYTES_MAX  (8U << 20)

enum admin_kind { ADMIN_COMMAND = 1, ADMIN_KEY = 2, ADMIN_STATUS = 3 };

struct admin_request {
    u32 magic;
    u32 bytes; /* head and body */
    u8 kind;   /* enum admin_kind */
    u8 reserved[3];
    u32 actor;
    u32 reason;
    u32 rights;
    u8 reserved_more[8];
};

enum admin_status_code {
    ADMIN_DONE = 0,       /* it is durable; the events say what came of it, a refusal too */
    ADMIN_MALFORMED = 1,  /* no such request, or a field out of its range */
    ADMIN_FORBIDDEN = 2,  /* a kind that this socket may not send */
    ADMIN_BUSY = 3,       /* the engine is away, or its channel is full: nothing happened */
    ADMIN_UNKNOWN = 4,    /* no answer in time: it may have happened or may still */
    ADMIN_KEY_FAILED = 5, /* the gateway made no key: `detail` is its enum key_answer_status */
    ADMIN_CODES,
};

struct admin_answer {
    u32 magic;
    u32 bytes;
    u8 code; /* enum admin_status_code */
    u8 detail;
    u8 reserved[6];
    u64 seq; /* of the command; 0: none */
    u64 source_index;
};

struct admin_status {
    u64 position; /* of the event log, released */
    u64 seq;
    u64 time_us;
    u64 generation;
    u64 source_index; /* of the last command sent */
    u32 engine_is_away;
    u32 connections;
};

_Static_assert(sizeof(struct admin_request) == 32, "socket format");
_Static_assert(sizeof(struct admin_answer) == 32, "socket format");
_Static_assert(sizeof(struct admin_status) == 48, "socket format");

/* Whether the first bytes can be a request's head: 0 when they cannot, else its whole size. At
 * least sizeof(struct admin_request) bytes are there. */
u32 admin_request_size(const u8 *bytes);

#endif /* WIRE_ADMIN_LINK_H */
