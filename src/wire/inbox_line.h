/* What the gateway asks the officers' queue for a customer who has signed, and what it is answered:
 * messages over a line that keeps their bounds (docs/cases.md "The gateway's line").
 *
 *     ask     id 8 | kind 2 | zero 2 | account 4 | contents
 *     answer  id 8 | kind 2 | code 2 | zero 4 | contents
 *
 * Numbers are little-endian. Whose account it is says the gateway; the queue finds person and case
 * by itself. An answer says the same of an appeal whatever restricts the account. */
#ifndef WIRE_INBOX_LINE_H
#define WIRE_INBOX_LINE_H

#include "base/base.h"

#define INBOX_LINE_LOOK 1U /* no contents: how the account's appeal stands */
#define INBOX_LINE_APPEAL                                                                          \
    2U                         /* the time of the notice, 8, in microseconds; a hash, 32, or zeros \
                                */
#define INBOX_LINE_EVIDENCE 3U /* a file, sealed to the officers */

#define INBOX_LINE_HASH_BYTES       32U
#define INBOX_LINE_HEAD_BYTES       16U
#define INBOX_LINE_APPEAL_BYTES     40U
#define INBOX_LINE_CONTENTS_MAX     (60U << 10)
#define INBOX_LINE_BYTES_MAX        (INBOX_LINE_HEAD_BYTES + INBOX_LINE_CONTENTS_MAX)
#define INBOX_LINE_ANSWER_HEAD      16U
#define INBOX_LINE_STATE_BYTES      32U
#define INBOX_LINE_ANSWER_BYTES_MAX (INBOX_LINE_ANSWER_HEAD + INBOX_LINE_STATE_BYTES)

enum inbox_line_code {
    INBOX_LINE_OK,
    INBOX_LINE_WRONG,   /* no file that is sealed to one key */
    INBOX_LINE_UNKNOWN, /* no person; evidence that was never sent */
    INBOX_LINE_FULL,    /* no more files are taken */
    INBOX_LINE_AWAY,    /* not now */
};
#define INBOX_LINE_CODE_MAX 4U

enum inbox_line_state {
    INBOX_STATE_NONE, /* there was never an appeal */
    INBOX_STATE_OPEN,
    INBOX_STATE_UPHELD, /* what was decided stays */
    INBOX_STATE_OVERTURNED,
};
#define INBOX_STATE_MAX 3U

struct inbox_line_ask {
    u64 id;
    u16 kind;
    u32 account;
    struct span contents;
};

/* Of the newest appeal; times in microseconds. */
struct inbox_appeal {
    u32 state; /* enum inbox_line_state */
    u64 made_us;
    u64 until_us;  /* answered by then */
    u64 closed_us; /* 0: not yet */
};

struct inbox_line_answer {
    u64 id;
    u16 kind;
    u16 code;                       /* enum inbox_line_code */
    struct inbox_appeal appeal;     /* of LOOK and APPEAL, with INBOX_LINE_OK */
    u8 hash[INBOX_LINE_HASH_BYTES]; /* of EVIDENCE, with INBOX_LINE_OK */
};

/* The size of the message; 0: it is longer than one may be. */
u32 inbox_line_ask_write(const struct inbox_line_ask *ask, u8 target[INBOX_LINE_BYTES_MAX]);
/* False: no sound gateway sends this; *ask_out has the id where there is one, else 0. `contents`
 * lie in the message. */
MUST_USE bool inbox_line_ask_read(struct span message, struct inbox_line_ask *ask_out);

u32 inbox_line_answer_write(const struct inbox_line_answer *answer,
                            u8 target[INBOX_LINE_ANSWER_BYTES_MAX]);
MUST_USE bool inbox_line_answer_read(struct span message, struct inbox_line_answer *answer_out);

#endif /* WIRE_INBOX_LINE_H */
