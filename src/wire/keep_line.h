/* What the gateway asks `keep` for a customer who is signed in, and what it is answered: messages
 * over a line that keeps their bounds (docs/vault.md "The gateway's line").
 *
 *     ask      id 8 | subject 8 | a frame of the vault's socket
 *     frame    bytes 4 | kind 2 | version 2 | contents
 *     answer   id 8 | kind 2 | code 2 | zero 4 | contents
 *
 * Numbers are little-endian. Four kinds only; whom they concern says the gateway, and `keep` holds
 * the contents against it. What a browser has sealed is opaque to the gateway.
 *
 * What is longer than a message comes in pieces, each an ask of its own, in their order:
 *
 *     contents   upload 8 | total 4 | offset 4 | bytes
 *     answer     next 4
 *
 * All but the last have KEEP_LINE_PIECE_BYTES. `next` is where the next piece begins; where it is
 * the total, all has come and was taken. */
#ifndef WIRE_KEEP_LINE_H
#define WIRE_KEEP_LINE_H

#include "base/base.h"
#include "wire/keep_held.h"

/* As the vault's socket numbers them. */
#define KEEP_LINE_ENROL 18U
#define KEEP_LINE_OFFER 19U
#define KEEP_LINE_HELD  24U /* what there is of the subject (keep_held.h) */
#define KEEP_LINE_PIECE 25U /* of an enrolment: on this line alone */

#define KEEP_LINE_VERSION          1U
#define KEEP_LINE_FRAME_AT         16U
#define KEEP_LINE_HEAD_BYTES       24U
#define KEEP_LINE_CONTENTS_MAX     (60U << 10) /* what a request of HTTP and a message hold */
#define KEEP_LINE_BYTES_MAX        (KEEP_LINE_HEAD_BYTES + KEEP_LINE_CONTENTS_MAX)
#define KEEP_LINE_PIECE_HEAD       16U
#define KEEP_LINE_PIECE_BYTES      (KEEP_LINE_CONTENTS_MAX - KEEP_LINE_PIECE_HEAD)
#define KEEP_LINE_WHOLE_MAX        (29U << 18) /* 7.25 MiB: a form with 7 MiB of papers, sealed */
#define KEEP_LINE_NEXT_BYTES       4U          /* contents of the answer to PIECE */
#define KEEP_LINE_ANSWER_HEAD      16U
#define KEEP_LINE_OFFER_BYTES      120U /* contents of the answer to OFFER; ENROL has none */
#define KEEP_LINE_ANSWER_BYTES_MAX (KEEP_LINE_ANSWER_HEAD + KEEP_HELD_BYTES_MAX)
_Static_assert(KEEP_LINE_OFFER_BYTES <= KEEP_HELD_BYTES_MAX, "the longest answer");

enum keep_line_code {
    KEEP_LINE_OK,
    KEEP_LINE_WRONG,    /* the contents are not what the kind carries */
    KEEP_LINE_REFUSED,  /* not as it was offered, or nobody enrols; a piece behind none */
    KEEP_LINE_REVIEWED, /* an enrolment of the subject is under review: nothing is offered or taken
                         */
    KEEP_LINE_FULL,     /* a first piece: too many send in pieces */
};
#define KEEP_LINE_CODE_MAX 4U

struct keep_line_ask {
    u64 id;
    u64 subject;
    u16 kind;
    struct span contents; /* of OFFER and HELD none are given: they are the subject */
};

struct keep_line_piece {
    u64 upload;        /* drawn by who sends: pieces of one whole have the same; not 0 */
    u32 total;         /* bytes of the whole: the contents of an ENROL, too long for one */
    u32 offset;        /* of these among them */
    struct span bytes; /* lie in the message */
};

struct keep_line_answer {
    u64 id;
    u16 kind;
    u16 code;             /* enum keep_line_code */
    struct span contents; /* with KEEP_LINE_OK only */
};

/* The size of the message; 0: it is longer than one may be. */
u32 keep_line_ask_write(const struct keep_line_ask *ask, u8 target[KEEP_LINE_BYTES_MAX]);
/* False: no sound gateway sends this; *ask_out has the id where there is one, else 0. `contents`
 * lie in the message. */
MUST_USE bool keep_line_ask_read(struct span message, struct keep_line_ask *ask_out);

/* The contents of a PIECE. False: they are none. */
MUST_USE bool keep_line_piece_read(struct span contents, struct keep_line_piece *piece_out);

/* The same for answers. */
u32 keep_line_answer_write(const struct keep_line_answer *answer,
                           u8 target[KEEP_LINE_ANSWER_BYTES_MAX]);
MUST_USE bool keep_line_answer_read(struct span message, struct keep_line_answer *answer_out);

#endif /* WIRE_KEEP_LINE_H */
