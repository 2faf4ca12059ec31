/* What `keep` says that it holds of one person: the contents of an answer over the gateway's line
 * (keep_line.h, KEEP_LINE_HELD). Labels, dates and counts; never a value, nor who looked.
 *
 *     records 2 | reviews 2 | gone 2 | more 1 | has quorum 1 | k and n of A, of B: 4 | rows
 *     a record  version 4 | retention 4 | since 8 | until 4 | group 1 | zero 3
 *     a review  version 4 | views 4 | came 8 | until 8
 *     one gone  version 4 | day 4 | group 1 | zero 7
 *
 * Numbers are little-endian. */
#ifndef WIRE_KEEP_HELD_H
#define WIRE_KEEP_HELD_H

#include "base/base.h"
#include "base/span.h"

#define KEEP_HELD_ROWS_MAX   64U /* of each kind: the newest; what is left out makes `has_more` */
#define KEEP_HELD_HEAD_BYTES 12U
#define KEEP_HELD_ROW_BYTES  24U /* of a record and a review */
#define KEEP_HELD_GONE_BYTES 16U
#define KEEP_HELD_BYTES_MAX                                                \
    (KEEP_HELD_HEAD_BYTES + 2 * KEEP_HELD_ROWS_MAX * KEEP_HELD_ROW_BYTES + \
     KEEP_HELD_ROWS_MAX * KEEP_HELD_GONE_BYTES)

struct keep_held_record {
    u32 version;
    u32 retention; /* class */
    u64 since_us;  /* when it came; 0: that was not kept */
    u32 until_day; /* its last day, since 1970; 0: none yet */
    u8 group;      /* of the vault, 1 to KEEP_HELD_GROUP_MAX */
};
#define KEEP_HELD_GROUP_MAX 8U

struct keep_held_review {
    u32 version;
    u32 views; /* how often it was given to the one who reviews */
    u64 came_us;
    u64 until_s; /* when their copies end; 0: they have none any more */
};

struct keep_held_gone {
    u32 version;
    u32 day; /* on which its key was erased */
    u8 group;
};

struct keep_held {
    u32 records_count;
    u32 reviews_count;
    u32 gone_count;
    bool has_more;   /* rows were left out */
    bool has_quorum; /* whose shares there are is known */
    u8 threshold[2]; /* of group A, of group B */
    u8 members[2];
    struct keep_held_record records[KEEP_HELD_ROWS_MAX];
    struct keep_held_review reviews[KEEP_HELD_ROWS_MAX];
    struct keep_held_gone gone[KEEP_HELD_ROWS_MAX];
};

/* The size. CHECK: no more rows than there may be. */
u32 keep_held_write(const struct keep_held *held, u8 target[KEEP_HELD_BYTES_MAX]);
/* False: the bytes are no such thing. */
MUST_USE bool keep_held_read(struct span bytes, struct keep_held *held_out);

#endif /* WIRE_KEEP_HELD_H */
