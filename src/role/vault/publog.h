/* What goes into the public log, and when: private events under the leaf of their slot, readable
 * lines as they come.
 *
 *     tell ─▶ events.db ──slot has ended──▶ root, case leaf ─▶ tlog_store ─▶ receipt
 *     line ─────────────────────────────────────────────────▶ tlog_store
 *
 * events.db holds the events with their texts, salts and places, the keys of months, and the slots
 * with their roots. It is private, and as much worth as the log: without it no event can be shown.
 * A slot is closed in three steps, each on the disk before the next: its root is kept, its leaf is
 * committed to the log, the leaf's index is kept. After a kill between any two the slot is closed
 * as it was begun: the root stays, and a leaf that is in the log already is found there.
 *
 * A line is kept before it is added to the log, and found there after a kill, in the same way. What
 * others tell comes together with how far they were read, so that each is there exactly once.
 *
 * An event belongs to the slot of its moment, and never to one that was closed: a clock that goes
 * back moves no event into the past. Every slot since the first gets its leaf, also those in which
 * nobody was there to log; witnesses' times show that these came late. One thread. */
#ifndef ROLE_VAULT_PUBLOG_H
#define ROLE_VAULT_PUBLOG_H

#include "base/base.h"
#include "io/clock.h"
#include "io/fault.h"
#include "role/vault/publog_leaf.h"
#include "role/vault/publog_receipt.h"
#include "role/vault/publog_shown.h"
#include "role/vault/tlog_store.h"

#define PUBLOG_FILE        "events.db"
#define PUBLOG_APPLICATION 0x43504c47U /* "CPLG", in the file's head */
#define PUBLOG_VERSION     1U

#define PUBLOG_TEXT_BYTES_MAX 16384U /* of an event, private */
#define PUBLOG_LINE_BYTES_MAX 4096U
#define PUBLOG_LINES_A_TURN   4096U
#define PUBLOG_SLOTS_A_TURN   2048U /* leaves of one class that are made up in a turn */

struct publog_options {
    const char *folder; /* where events.db is; must exist */
    struct tlog_store *store;
    struct clock *clock;
};

struct publog_told {
    enum publog_class class;
    enum publog_kind kind;
    u8 flags;
    u8 name[PUBLOG_CASE_BYTES]; /* of the case: random, known to nobody outside */
    u64 until;                  /* end of a silence in seconds; 0 without one */
    struct span text;           /* at most PUBLOG_TEXT_BYTES_MAX */
    const u8 *mark_salt;        /* PUBLOG_SALT_BYTES; NULL: a random one */
};

/* For metrics. */
struct publog_counts {
    u64 events;     /* told since opening */
    u64 lines;      /* since opening */
    u64 slots;      /* closed since opening */
    u64 open_slots; /* gauge: ended and not closed yet: alarm when it stays */
};

struct publog;

MUST_USE enum fault publog_open(struct publog **publog_out, const struct publog_options *options);
/* NULL is fine. */
void publog_close(struct publog *publog);

/* Keeps an event, on the disk, and draws its place. FAULT_LIMIT: its slot is full (PUBLOG_PLACES),
 * or the text is too long. *number_out is what its receipt is asked by. */
MUST_USE enum fault publog_tell(struct publog *publog, const struct publog_told *told,
                                u64 *number_out);

/* The same, once for each text of a kind and class: told again, it is kept no second time, and
 * *number_out is the first one's. FAULT_EXISTS: it was told with other flags, another case, end of
 * a silence, or another salt than the one that is given. Only kinds that openings and the desk
 * leave (CHECK). */
MUST_USE enum fault publog_tell_once(struct publog *publog, const struct publog_told *told,
                                     u64 *number_out);

/* Kinds of events that openings leave, and those of the disclosure desk's acts. */
bool publog_is_opening(enum publog_kind kind);
bool publog_is_desk(enum publog_kind kind);

/* Events of one case that openings left, of one kind (CHECK), as they came, until the reader says
 * false. The text is its for the call alone. */
struct publog_reader {
    bool (*read)(struct publog_reader *reader, u64 number, struct span text);
};
MUST_USE enum fault publog_of_case(struct publog *publog, const u8 name[PUBLOG_CASE_BYTES],
                                   enum publog_kind kind, struct publog_reader *reader);

/* The first opening behind that event, and its case. *number_out 0: there is none. */
MUST_USE enum fault publog_opening_after(struct publog *publog, u64 number, u64 *number_out,
                                         u8 name_out[PUBLOG_CASE_BYTES]);

/* A readable entry: one line of printable UTF-8 that begins with a small letter, without its
 * newline. It is in the signed log when this returns. FAULT_INPUT: it is no such line. */
MUST_USE enum fault publog_line(struct publog *publog, struct span line, u64 *index_out);
MUST_USE bool publog_line_valid(struct span line);
/* The same, but it is in the signed log after the next turn: kept until then in events.db. */
MUST_USE enum fault publog_line_keep(struct publog *publog, struct span line);

/* Closes the slots that have ended; those leaves, and lines that were kept, PUBLOG_LINES_A_TURN at
 * most, are in the signed log when this returns. After a fault in it nothing is told, kept or
 * logged any more (FAULT_UNAVAILABLE) until log and events.db are opened again. */
MUST_USE enum fault publog_turn(struct publog *publog);

/* The receipt of an event, under the published checkpoint. FAULT_MISSING: no such event.
 * FAULT_UNAVAILABLE: its slot is not closed, or its leaf not published yet. */
MUST_USE enum fault publog_receipt(struct publog *publog, u64 number, u8 *target,
                                   size_t target_bytes, size_t *size_out);

/* The same with the salts, for whoever has the event's text (publog_shown.h). */
MUST_USE enum fault publog_show(struct publog *publog, u64 number, u8 *target, size_t target_bytes,
                                size_t *size_out);

struct publog_counts publog_counts(const struct publog *publog);

/* ---- what is told by others, each exactly once ---- */

/* Who is read: permanent numbers, append. */
enum publog_source {
    PUBLOG_SOURCE_JOURNAL = 1,  /* the event log */
    PUBLOG_SOURCE_KEEP = 2,     /* the vault's events */
    PUBLOG_SOURCE_LEDGER = 3,   /* the journal's chain: the number that was logged last */
    PUBLOG_SOURCE_STATE = 4,    /* the same with a state hash */
    PUBLOG_SOURCE_RESTRICT = 5, /* how often idle days were closed */
    PUBLOG_SOURCE_VAULT = 6,    /* what the vault holds: the time of the last line */
};

#define PUBLOG_SOURCE_NAME_BYTES 32U

/* How far a source was read. */
struct publog_source_point {
    bool is_known;                     /* it was read before */
    u8 name[PUBLOG_SOURCE_NAME_BYTES]; /* which one it is: another one is refused by the caller */
    u64 position;                      /* where to go on */
};

MUST_USE enum fault publog_source(struct publog *publog, enum publog_source source,
                                  struct publog_source_point *point_out);
/* What publog_tell and publog_line_keep are told between begin and end is kept together with the
 * point, or not at all; `drop` forgets it. No turn in between. After a fault of `end` it is
 * dropped. */
MUST_USE enum fault publog_take_begin(struct publog *publog);
MUST_USE enum fault publog_take_end(struct publog *publog, enum publog_source source,
                                    const struct publog_source_point *point);
void publog_take_drop(struct publog *publog);
/* The point of another source, kept by the same `end`. */
MUST_USE enum fault publog_source_put(struct publog *publog, enum publog_source source,
                                      const struct publog_source_point *point);
/* Everything told so far outlives a power cut. */
MUST_USE enum fault publog_sync(struct publog *publog);

#endif /* ROLE_VAULT_PUBLOG_H */
