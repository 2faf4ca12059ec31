/* Questions to the history and its answers, as records of a pair of channels: the gateway asks, the
 * history answers from its database.
 *
 *     ask     one question: everything a function of role/history/query.h takes
 *     rows    some rows of an answer, in order; as many such records as it takes
 *     answer  the last record of an answer: what came of it, and how many rows there were
 *
 * A ticket, not 0, names a question and all records of its answer. An answer with ticket 0 belongs
 * to no question: it tells how far the history is. The history begins each of its lives with one,
 * in a new generation; what was asked in an earlier one and not answered is asked again. Rows stand
 * in their records as the structs of history_rows.h, since both ends are one program. Neither end
 * believes the other: each record is copied out of the ring, then checked field by field here, and
 * only then read. */
#ifndef WIRE_LOOKUP_H
#define WIRE_LOOKUP_H

#include "base/base.h"
#include "wire/client_id.h"
#include "wire/history_rows.h"
#include "wire/interval.h"
#include "wire/schema.h"

/* Kinds of records, apart from those of commands and events. */
#define LOOKUP_RECORD_ASK    210U
#define LOOKUP_RECORD_ROWS   211U
#define LOOKUP_RECORD_ANSWER 212U

/* Who sends, in the heads. */
#define LOOKUP_SOURCE_GATEWAY 1U
#define LOOKUP_SOURCE_HISTORY 3U

#define LOOKUP_OFFSET_MAX 1000000U
#define LOOKUP_BYTES_MAX  COMMAND_BYTES_MAX

/* What is asked: one value per function of role/history/query.h, which says what the rows are. In
 * brackets the fields of struct lookup_ask that count beside `market` and `account`. */
enum lookup_kind {
    LOOKUP_ORDER_BY_ID = 1,  /* [id] */
    LOOKUP_ORDER_BY_CLIENT,  /* [client] */
    LOOKUP_ORDERS,           /* [page] */
    LOOKUP_FILLS,            /* [page; id: of that order only, 0: of all] */
    LOOKUP_TRADES,           /* [page]; no account */
    LOOKUP_AGGREGATES,       /* [page]; no account */
    LOOKUP_LIST_BY_ID,       /* [id]; no market */
    LOOKUP_LIST_BY_CLIENT,   /* [client]; no market */
    LOOKUP_LISTS,            /* [page]; no market */
    LOOKUP_LINES,            /* [page, asset]; no market */
    LOOKUP_DEPOSITS,         /* [asset, status, from_us, to_us, offset, limit]; no market */
    LOOKUP_WITHDRAWALS,      /* the same */
    LOOKUP_WITHDRAWAL_BY_ID, /* [id]; no market */
    LOOKUP_PREVENTED_BY_ID,  /* [id: of the match] */
    LOOKUP_PREVENTED_OF,     /* [id: of the order, from_id, limit] */
    LOOKUP_AMENDMENTS,       /* [id: of the order, from_id, limit] */
    LOOKUP_KLINES, /* [interval, zone_minutes, from_us, to_us, now_us, limit]; no account */
    LOOKUP_BAR,    /* [from_s, to_s]; no account; always one row */
};
#define LOOKUP_KIND_COUNT (LOOKUP_BAR + 1U)

enum lookup_status {
    LOOKUP_OK,      /* the rows are all there; none: nothing was found */
    LOOKUP_BEHIND,  /* the history did not reach position_min in time: -1007 */
    LOOKUP_COSTLY,  /* it would have taken more work than one question may: -1007 */
    LOOKUP_FAILED,  /* the database could not be read */
    LOOKUP_REFUSED, /* the question was none: a field out of its range */
    LOOKUP_TIMEOUT, /* made by the asking side: no answer in time: -1007 */
};
#define LOOKUP_STATUS_COUNT (LOOKUP_TIMEOUT + 1U)

/* The first four fields, the ticket and the padding are filled in by role/gateway/lookup_client.h.
 * [page] is from_id, from_us, to_us and limit, as role/history/query.h explains under "Pages": ids
 * and microseconds, all inclusive, 0: none. What a question does not need keeps the value that
 * lookup_ask_of gave it. */
struct lookup_ask {
    u16 kind; /* LOOKUP_RECORD_ASK */
    u8 units;
    u8 source;
    u32 account;
    u64 ticket;
    u64 position_min; /* the answer is from the event log's position here, or later */
    u64 id;
    u64 from_id;
    u64 from_us;
    u64 to_us;
    u64 now_us;       /* the last kline is the one that holds it */
    i64 from_s;       /* seconds since 1970, 0 to BAR_SECONDS_LAST; from_s <= to_s */
    i64 to_s;         /* not included */
    i32 asset;        /* -1: any; else 0 to 65535 */
    i32 status;       /* -1: any; else a value of the row's own enum */
    i32 zone_minutes; /* HISTORY_ZONE_MIN to HISTORY_ZONE_MAX */
    u32 limit;        /* 1 to HISTORY_ROWS_MAX */
    u32 offset;       /* up to LOOKUP_OFFSET_MAX */
    u16 market;
    u8 lookup;   /* enum lookup_kind */
    u8 interval; /* enum interval */
    struct client_id client;
    u8 padding[28];
};
_Static_assert(sizeof(struct lookup_ask) == 160, "lookup format");

/* Behind it `count` rows of `row_bytes` each, then zeros up to a multiple of 32. */
struct lookup_rows {
    u16 kind; /* LOOKUP_RECORD_ROWS */
    u8 units;
    u8 source;
    u8 lookup; /* of the question */
    u8 reserved;
    u16 count;
    u64 ticket;
    u32 first; /* the number of rows before these */
    u32 row_bytes;
    u64 reserved_more;
};
_Static_assert(sizeof(struct lookup_rows) == WIRE_UNIT, "lookup format");

struct lookup_answer {
    u16 kind; /* LOOKUP_RECORD_ANSWER */
    u8 units;
    u8 source;
    u8 lookup; /* of the question; 0 with ticket 0 */
    u8 status; /* enum lookup_status */
    u16 rows_count;
    u64 ticket;
    u64 position;   /* everything in the event log before it is in the history, and in the rows */
    u64 generation; /* not 0: of this life of the history; the first record of a life is an answer
                     */
};
_Static_assert(sizeof(struct lookup_answer) == WIRE_UNIT, "lookup format");

/* A question that is in range as it stands, for any account, asset and status: limit 500, nothing
 * else. Kinds that go by client id need one before they can be sent. */
struct lookup_ask lookup_ask_of(enum lookup_kind lookup);

/* Whether the first `size` bytes are one question with every field in its range; copied out, with
 * the alignment it needs. On refusal *reason_out names the field. */
MUST_USE bool lookup_ask_check(struct lookup_ask *ask_out, const u8 *bytes, size_t size,
                               const char **reason_out);

/* ---- answers ---- */

/* What one row of this answer measures, and how many fit in a record. */
u32 lookup_row_bytes(enum lookup_kind lookup);
u32 lookup_rows_per_record(enum lookup_kind lookup);

/* The most rows that the answer to a good question can have. */
u32 lookup_rows_max(const struct lookup_ask *ask);

/* Lays `count` rows, at most lookup_rows_per_record, into `target` of LOOKUP_BYTES_MAX bytes, and
 * returns the record's size. */
size_t lookup_rows_put(u8 *target, enum lookup_kind lookup, u64 ticket, u32 first, const void *rows,
                       u32 count);

/* A question's last record: rows_count, position and generation are the caller's to fill in. */
struct lookup_answer lookup_answer_of(u64 ticket, u8 lookup, enum lookup_status status);

/* Whether `bytes`, our own copy, are rows: enums, truth values and client ids in their ranges. The
 * rows then begin LOOKUP_ROWS_OFFSET behind the first byte, wherever that is aligned. */
#define LOOKUP_ROWS_OFFSET sizeof(struct lookup_rows)
MUST_USE bool lookup_rows_check(struct lookup_rows *head_out, const u8 *bytes, size_t size,
                                const char **reason_out);

MUST_USE bool lookup_answer_check(struct lookup_answer *answer_out, const u8 *bytes, size_t size,
                                  const char **reason_out);

#endif /* WIRE_LOOKUP_H */
