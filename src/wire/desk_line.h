/* What the gateway asks the desk for a customer who is signed in: which openings they were noticed
 * of. One kind of question over a line that keeps the bounds of messages (docs/desk.md "The
 * gateway's line").
 *
 *     ask      id 8 | person 8
 *     answer   id 8 | all 4 | count 2 | zero 2 | openings, the newest first
 *     opening  case 16 | event 32 | noticed 8 | kind 1 | flags 1 | records 2 | letter 2 | receipt 2
 *              records: from 4 | until 4 | group 1 | zero 3
 *              the letter, the receipt
 *
 * Numbers are little-endian. */
#ifndef WIRE_DESK_LINE_H
#define WIRE_DESK_LINE_H

#include "base/base.h"
#include "base/span.h"

#define DESK_LINE_ASK_BYTES    16U
#define DESK_LINE_MESSAGE_MAX  61440U /* of an answer */
#define DESK_LINE_OPENINGS_MAX 16U    /* in an answer */
#define DESK_LINE_RECORDS_MAX  8U     /* of one opening: each group once */
#define DESK_LINE_LETTER_MAX   4096U
#define DESK_LINE_RECEIPT_MAX  12288U
#define DESK_LINE_CASE_BYTES   16U
#define DESK_LINE_HASH_BYTES   32U

/* As the desk's words number them. */
#define DESK_LINE_KIND_TABLE(ROW) \
    ROW(1, "authority")           \
    ROW(2, "report")              \
    ROW(3, "customer")            \
    ROW(4, "review")
#define DESK_LINE_KIND_MAX 4U
#define DESK_LINE_GROUP_TABLE(ROW) \
    ROW(1, "identity")             \
    ROW(2, "contact")              \
    ROW(3, "address")              \
    ROW(4, "documents")            \
    ROW(5, "bank")                 \
    ROW(6, "logins")               \
    ROW(7, "trades")               \
    ROW(8, "transfers")
#define DESK_LINE_GROUP_MAX 8U

struct desk_line_record {
    u8 group;     /* 1 to DESK_LINE_GROUP_MAX */
    u32 from_day; /* since 1970; both 0: of no period */
    u32 until_day;
};

struct desk_line_opening {
    u8 name[DESK_LINE_CASE_BYTES];  /* of the case, as in the letter */
    u8 event[DESK_LINE_HASH_BYTES]; /* SHA-256 of the text of the log's event that is shown; zeros:
                                       none */
    u64 noticed_s;
    u8 kind;
    bool is_opened; /* else nothing was: a silence was ordered */
    bool is_silent; /* an order withheld the notice meanwhile */
    u32 records_count;
    struct desk_line_record records[DESK_LINE_RECORDS_MAX];
    struct span letter;  /* whole, as it was signed for */
    struct span receipt; /* cambist-shown/v1 of the event; empty: not to be had yet */
};

/* ---- the ask ---- */

void desk_line_ask_write(u64 id, u64 person, u8 target[DESK_LINE_ASK_BYTES]);
/* False: no sound gateway sends this. */
MUST_USE bool desk_line_ask_read(struct span message, u64 *id_out, u64 *person_out);

/* ---- the answer ---- */

struct desk_line_writer {
    u8 *bytes; /* DESK_LINE_MESSAGE_MAX */
    u32 size;
    u32 count;
};

struct desk_line_writer desk_line_begin(u8 bytes[DESK_LINE_MESSAGE_MAX], u64 id);
/* False: there is no room for it. CHECK: within the bounds above. */
MUST_USE bool desk_line_put(struct desk_line_writer *writer,
                            const struct desk_line_opening *opening);
/* all: how many there are, those that had no room among them. Returns the size. */
u32 desk_line_end(struct desk_line_writer *writer, u32 all);

struct desk_line_answer {
    u64 id;
    u32 all;
    u32 count;
    struct desk_line_opening openings[DESK_LINE_OPENINGS_MAX]; /* texts lie in the message */
};
/* False: the message is no answer. */
MUST_USE bool desk_line_read(struct span message, struct desk_line_answer *answer_out);

#endif /* WIRE_DESK_LINE_H */
