/* The messages of the vault's socket: frames of bytes, and what they ask (docs/vault.md "The
 * socket").
 *
 * A frame is read where it lies. What it carries is checked here as far as the bytes go: lengths,
 * counts, ranges, nothing left over. Values for the blind index are told by their place alone, so
 * that whoever takes them wipes them there. */
#ifndef ROLE_VAULT_VAULT_MESSAGE_H
#define ROLE_VAULT_VAULT_MESSAGE_H

#include "base/base.h"
#include "role/vault/seal_enrol.h"
#include "role/vault/share_shown.h"
#include "role/vault/vault_store.h"
#include "wire/frame_writer.h"

#define VAULT_HEAD_BYTES      8U
#define VAULT_FRAME_BYTES_MAX (VAULT_BODY_BYTES_MAX + 65536U)
#define VAULT_MESSAGE_VERSION 1U
#define VAULT_ANSWER_BIT      0x8000U
#define VAULT_VALUE_BYTES_MAX 256U
#define VAULT_EVENT_BYTES     64U
#define VAULT_EVENTS_MAX      256U
#define VAULT_LISTED_BYTES    24U
#define VAULT_REWRAP_BYTES    168U
#define VAULT_WRAPPED_BYTES   196U
#define VAULT_OFFER_BYTES     120U
#define VAULT_REVIEW_BYTES    152U /* of a review's head, before its records */
#define VAULT_WAITING_BYTES   64U  /* of a review in a list */
#define VAULT_DOUBLE_BYTES    32U

/* constant, number, name. Permanent; append new rows. */
#define VAULT_ASK_TABLE(ROW)    \
    ROW(STATUS, 1, "status")    \
    ROW(PUT, 2, "put")          \
    ROW(GET, 3, "get")          \
    ROW(LIST, 4, "list")        \
    ROW(REWRAP, 5, "rewrap")    \
    ROW(RETAIN, 6, "retain")    \
    ROW(ERASE, 7, "erase")      \
    ROW(LOOKUP, 8, "lookup")    \
    ROW(DROP, 9, "drop")        \
    ROW(SWEEP, 10, "sweep")     \
    ROW(VERIFY, 11, "verify")   \
    ROW(EVENTS, 12, "events")   \
    ROW(STALE, 13, "stale")     \
    ROW(WRAPS, 14, "wraps")     \
    ROW(DRILL, 15, "drill")     \
    ROW(SHOWN, 16, "shown")     \
    ROW(SHARES, 17, "shares")   \
    ROW(ENROL, 18, "enrol")     \
    ROW(OFFER, 19, "offer")     \
    ROW(REVIEW, 20, "review")   \
    ROW(DECIDE, 21, "decide")   \
    ROW(REVIEWS, 22, "reviews") \
    ROW(DOUBLES, 23, "doubles") \
    ROW(HELD, 24, "held")

#define VAULT_ASK_ROW(constant, number, name) VAULT_ASK_##constant = (number),
enum vault_ask_kind { VAULT_ASK_TABLE(VAULT_ASK_ROW) };
#undef VAULT_ASK_ROW
#define VAULT_ASK_MAX 24U

enum vault_code {
    VAULT_CODE_OK,
    VAULT_CODE_WRONG,   /* the frame */
    VAULT_CODE_MISSING, /* there is none */
    VAULT_CODE_EXISTS,  /* there is one already */
    VAULT_CODE_REFUSED,
    VAULT_CODE_LIMIT, /* too many, as look-ups in this hour */
};

/* A value in plain, where it lies in the frame. */
struct vault_value {
    u32 field;
    u32 at;
    u32 size;
};

struct vault_ask {
    u16 kind;
    u8 group;
    u64 subject;
    u32 version;
    u32 epoch;
    u32 until_day;
    u64 from;
    u8 matter[VAULT_CASE_BYTES];
    struct vault_value value;
    u8 reviewer[SEAL_POINT_BYTES]; /* enrol */
    struct span box;               /* enrol: in the frame, SEAL_ENROL_BOX_BYTES */
    struct seal_verdict verdict;   /* decide; its outcome may be none */
    struct share_shown shown;
    u32 count;                                  /* of records or rewraps */
    struct vault_record records[VAULT_PUT_MAX]; /* their bodies lie in the frame; no tags */
    struct vault_value values[VAULT_PUT_MAX][VAULT_TAGS_MAX];
    u32 values_counts[VAULT_PUT_MAX];
    struct vault_rewrap rewraps[VAULT_REWRAP_MAX];
};

/* How large the frame is that begins with these bytes. 0: not known yet. UINT32_MAX: it is none. */
u32 vault_frame_bytes(struct span begin);

/* Reads a whole frame. What is wrong, as a text without any of its contents; NULL: nothing. */
MUST_USE const char *vault_ask_read(struct span frame, struct vault_ask *ask_out);

/* Records as put has them, with their count before them, and nothing behind; into `records` and
 * what belongs to them. As above. */
MUST_USE const char *vault_records_read(struct span bytes, struct vault_ask *ask_out);

/* ---- writing, for answers and for who asks ---- */

/* Begins a frame in `bytes`; vault_writer_end puts its size in. CHECK: nothing was left out. */
struct frame_writer vault_writer_begin(u8 *bytes, u32 room, u32 kind);
void vault_writer_end(struct frame_writer *writer);
/* Subject, group, version: as get, erase and drop have it. */
void vault_write_place(struct frame_writer *writer, const struct seal_label *label);
void vault_write_label(struct frame_writer *writer, const struct seal_label *label);
/* A record without values. */
void vault_write_record(struct frame_writer *writer, const struct vault_record *record);

#endif /* ROLE_VAULT_VAULT_MESSAGE_H */
