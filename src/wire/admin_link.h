/* What `cambist admin` and the admin agent say to each other over the local socket: one request,
 * one answer, then the next. Both are a head and a body; sizes count both. One machine, one
 * program, so structs lie as they are; the agent believes nothing and checks every field.
 *
 *     ADMIN_COMMAND   body: a command record, head.source and head.source_index 0
 *     ADMIN_KEY       body: a struct key_ask (wire/key_link.h), of which the head says the account;
 *                     `rights` of the request are those of the key_set
 *     ADMIN_STATUS    no body
 *     ADMIN_ORDER     body: a struct admin_order, then a command record as above: signed by
 * officers (docs/officers.md) ADMIN_WAITING   no body
 *
 * Each command is journalled behind a note that says who is behind it and why (`actor`, `reason`).
 * The answer to a command carries its events; that to a key a struct key_answer in front of them;
 * that to a status a struct admin_status, that to ADMIN_WAITING a struct admin_waiting for each
 * order that a second officer has yet to confirm. */
#ifndef WIRE_ADMIN_LINK_H
#define WIRE_ADMIN_LINK_H

#include "base/base.h"
#include "wire/key_link.h"
#include "wire/order_text.h"
#include "wire/schema.h"

#define ADMIN_MAGIC             0x4d444143U /* "CADM" */
#define ADMIN_REQUEST_BYTES_MAX 16384U
#define ADMIN_ANSWER_BYTES_MAX  (8U << 20)

#define ADMIN_SIGNATURES_MAX  2U
#define ADMIN_SIGNATURE_BYTES 64U

enum admin_kind {
    ADMIN_COMMAND = 1,
    ADMIN_KEY = 2,
    ADMIN_STATUS = 3,
    ADMIN_ORDER = 4,
    ADMIN_WAITING = 5,
};

/* What the officers have signed. */
enum admin_form {
    ADMIN_FORM_TEXT = 1, /* the command's text (wire/order_text.h) */
    ADMIN_FORM_PACK = 2, /* the pack that a pack_activate names: nonce, until and matter are 0 */
};

struct admin_signature {
    u64 officer; /* code in the register, as a number (wire/code.h) */
    u8 bytes[ADMIN_SIGNATURE_BYTES];
};

struct admin_order {
    u8 nonce[ORDER_NONCE_BYTES];
    u64 until_us;
    u64 matter; /* where the command has no such field */
    u8 form;
    u8 signatures_count;
    u8 reserved[6];
    struct admin_signature signatures[ADMIN_SIGNATURES_MAX]; /* zeros beyond the count */
};

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
    ADMIN_DONE = 0,           /* it is durable; the events say what came of it, a refusal too */
    ADMIN_MALFORMED = 1,      /* no such request, or a field out of its range */
    ADMIN_FORBIDDEN = 2,      /* a kind that this socket may not send */
    ADMIN_BUSY = 3,           /* the engine is away, or its channel is full: nothing happened */
    ADMIN_UNKNOWN = 4,        /* no answer in time: it may have happened or may still */
    ADMIN_KEY_FAILED = 5,     /* the gateway made no key: `detail` is its enum key_answer_status */
    ADMIN_UNSIGNED = 6,       /* `detail` officers must sign this */
    ADMIN_EXPIRED = 7,        /* the approval's time is over, or too far away */
    ADMIN_USED = 8,           /* this approval was used before */
    ADMIN_NO_OFFICER = 9,     /* signature number `detail`: its officer is not in the register */
    ADMIN_BAD_SIGNATURE = 10, /* signature number `detail` is not of this officer and this order */
    ADMIN_NOT_TWO = 11,       /* both of one officer, group or key */
    ADMIN_FULL = 12,          /* no room to remember one more approval */
    ADMIN_NO_REGISTER = 13,   /* this venue knows no officers */
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
    u64 now_us; /* by the agent's clock */
    u8 venue[ORDER_VENUE_BYTES];
    u32 officers; /* in the register; 0: there is none, and nothing needs a signature */
    u32 waiting;  /* orders that a second officer has yet to confirm, */
    u32 late;     /* and those of them whose time is over */
    u32 reserved;
};

/* An order that was carried out and waits for a second officer. */
struct admin_waiting {
    u8 nonce[ORDER_NONCE_BYTES];
    u64 until_us; /* of the approval: part of its text */
    u64 matter;
    u64 due_us; /* until then the second one signs */
    u64 seq;    /* of the command; 0: not known */
    u32 officer;
    u32 bytes; /* of the command */
    u8 command[ORDER_COMMAND_BYTES];
};

_Static_assert(sizeof(struct admin_request) == 32, "socket format");
_Static_assert(sizeof(struct admin_answer) == 32, "socket format");
_Static_assert(sizeof(struct admin_status) == 88, "socket format");
_Static_assert(sizeof(struct admin_order) == 184, "socket format");
_Static_assert(sizeof(struct admin_waiting) == 312, "socket format");

/* Whether the first bytes can be a request's head: 0 when they cannot, else its whole size. At
 * least sizeof(struct admin_request) bytes are there. */
u32 admin_request_size(const u8 *bytes);

/* An order and the command behind it; false: the body is none. */
MUST_USE bool admin_order_read(struct span body, struct admin_order *order_out,
                               struct span *command_out);

#endif /* WIRE_ADMIN_LINK_H */
