/* The vault's store: sealed records in two SQLite files, keys apart from bodies.
 *
 *     keys/keys.db      wraps, hands, tags of the blind index, last days, counts, events
 *     bodies/bodies.db  ciphertext
 *
 * A record exists if and only if its row among the wraps does. Every change is a few steps of one
 * transaction each, and opening finishes or undoes what a killed process has left: docs/vault.md
 * "Two files, one truth". What is sealed, and for whom, is nothing that this module knows.
 *
 * Faults that the asker can mend leave the store as it was: FAULT_MISSING, FAULT_EXISTS,
 * FAULT_REFUSED. After any other, close it and open it again. One thread. */
#ifndef ROLE_VAULT_VAULT_STORE_H
#define ROLE_VAULT_VAULT_STORE_H

#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"
#include "io/sql.h"
#include "role/vault/seal_label.h"

#define VAULT_FOLDER        "vault" /* in the venue's */
#define VAULT_KEYS_FOLDER   "keys"  /* in the vault's; backed up apart from the other */
#define VAULT_BODIES_FOLDER "bodies"
#define VAULT_KEYS_FILE     "keys.db"
#define VAULT_BODIES_FILE   "bodies.db"

#define VAULT_WRAP_BYTES     144U
#define VAULT_HASH_BYTES     32U
#define VAULT_HAND_BYTES     88U
#define VAULT_TAG_BYTES      16U
#define VAULT_CASE_BYTES     32U
#define VAULT_MARK_BYTES     16U
#define VAULT_MARK_KEY_BYTES 32U
#define VAULT_BODY_BYTES_MAX ((8U << 20) + 4096U)
#define VAULT_HANDS_MAX      4U /* of a record */
#define VAULT_TAGS_MAX       8U /* of a record */
#define VAULT_PUT_MAX        8U /* records put together */
#define VAULT_REWRAP_MAX     256U
#define VAULT_LIST_MAX       256U
#define VAULT_NONCE_BYTES    32U
#define VAULT_POINT_BYTES    32U
#define VAULT_ASKS_MAX       64U /* drills that are open */
#define VAULT_DUE_MAX        16U /* erased in one turn: each waits for the disk */

/* The longest that a hand with an end is taken for: the review of a sign-up is over by then. */
#define VAULT_REVIEW_DAYS_MAX 14U

/* How long a drill may be answered. */
#define VAULT_ASK_DAYS 14U

/* A copy of the data key for one reader: with an end for a reviewer, for ever for the person. */
struct vault_hand {
    u64 until_s; /* since 1970; over afterwards. 0: for ever */
    u8 bytes[VAULT_HAND_BYTES];
};

struct vault_tag {
    u8 field;
    u8 bytes[VAULT_TAG_BYTES];
};

/* Found by the label's subject, group and version. */
struct vault_record {
    struct seal_label label;
    u32 until_day; /* the last one, since 1970; 0: not known yet */
    u8 wrap[VAULT_WRAP_BYTES];
    u8 hash[VAULT_HASH_BYTES]; /* of the body: seal_body_hash */
    struct vault_hand hands[VAULT_HANDS_MAX];
    u32 hands_count;
    struct vault_tag tags[VAULT_TAGS_MAX];
    u32 tags_count;
    struct span body;
};

struct vault_rewrap {
    struct seal_label label; /* with the epoch it is expected to have */
    u32 epoch;               /* the new one, later */
    u8 wrap[VAULT_WRAP_BYTES];
};

enum vault_event_kind {
    VAULT_EVENT_LOOKUP = 1,
    VAULT_EVENT_ERASED = 2,
    VAULT_EVENT_REWRAPPED = 3,
    VAULT_EVENT_SWEPT = 4,
    VAULT_EVENT_HANDS = 5,    /* dropped, or over */
    VAULT_EVENT_RESTORED = 6, /* keys.db is another: so many numbers before it are not in it */
    VAULT_EVENT_DRILL = 7,    /* a share was shown */
    VAULT_EVENT_VIEW = 8,     /* of a review */
};

/* What the public log is to be told. */
struct vault_event {
    u64 number; /* from 1, without gaps */
    u64 time_us;
    u64 count;
    u16 kind;
    u16 field;                   /* of a look-up; of a drill, side * 256 + index */
    u8 matter[VAULT_CASE_BYTES]; /* of a look-up, its case; of a drill, what was asked */
};

/* ---- reviews of enrolments (docs/enrolment.md) ---- */

/* Permanent. */
enum vault_review_state {
    VAULT_REVIEW_OPEN = 1,
    VAULT_REVIEW_ACCEPTED = 2,
    VAULT_REVIEW_REJECTED = 3,
    VAULT_REVIEW_OVER = 4, /* nobody decided in time */
};
/* What was there before, of somebody else. */
#define VAULT_SEEN_DOCUMENT 1U
#define VAULT_SEEN_PERSON   2U

struct vault_review {
    u64 subject;
    u64 time_us; /* when it came */
    u64 until_s; /* when the reviewer's copies end */
    u32 version;
    u32 views;
    u8 state; /* enum vault_review_state, as stored */
    u8 seen;  /* VAULT_SEEN_... */
    u8 reviewer[32];
    u8 box[VAULT_HASH_BYTES];       /* seal_enrol_box_hash */
    u8 enrolment[VAULT_HASH_BYTES]; /* seal_enrol_hash */
    struct span person;             /* of one that comes: vault_person_seal, or empty; else empty */
};

#define VAULT_PERSON_TEXT_MAX     1024U
#define VAULT_PERSON_SEALED_EXTRA 40U
#define VAULT_PERSON_SEALED_MAX   (VAULT_PERSON_TEXT_MAX + VAULT_PERSON_SEALED_EXTRA)

/* Whom screening has to know; of a subject the newest row alone. */
struct vault_person {
    u64 number; /* from 1; it only grows */
    u64 subject;
    u32 text_bytes; /* 0: gone */
    u8 text[VAULT_PERSON_TEXT_MAX];
};

/* Somebody who was seen before, for whoever opens cases: never who the other one is. */
struct vault_double {
    u64 number; /* from 1 */
    u64 time_us;
    u64 subject;
    u32 version;
    u8 seen;
};

struct vault_totals {
    u64 records;
    u64 put;    /* ever */
    u64 erased; /* ever */
    u64 hands;
    u64 tags;
    u64 events;
    u64 coming;
    u64 dead;
};

struct vault_verdict {
    u64 records;
    u64 put;
    u64 erased;
    u64 changed;      /* bodies that are not what their key's row says */
    u64 without_body; /* keys */
    u64 without_key;  /* bodies */
    u8 root[VAULT_HASH_BYTES];
};

enum vault_statement {
    VAULT_SQL_FIND,
    VAULT_SQL_NEWEST,
    VAULT_SQL_LIST,
    VAULT_SQL_STALE,
    VAULT_SQL_WRAPS,
    VAULT_SQL_DUE,
    VAULT_SQL_WRAP_ADD,
    VAULT_SQL_WRAP_SET,
    VAULT_SQL_WRAP_REMOVE,
    VAULT_SQL_RETAIN,
    VAULT_SQL_HAND_ADD,
    VAULT_SQL_HANDS,
    VAULT_SQL_HANDS_REMOVE,
    VAULT_SQL_HANDS_OVER,
    VAULT_SQL_TAG_ADD,
    VAULT_SQL_TAGS_FIND,
    VAULT_SQL_TAGS_COUNT,
    VAULT_SQL_TAGS_REMOVE,
    VAULT_SQL_DEAD_ADD,
    VAULT_SQL_DEAD_ONE,
    VAULT_SQL_DEAD_REMOVE,
    VAULT_SQL_SHREDDED_ADD,
    VAULT_SQL_SHREDDED,
    VAULT_SQL_TOTALS_ADD,
    VAULT_SQL_TOTALS,
    VAULT_SQL_EVENT_ADD,
    VAULT_SQL_EVENT_PUT,
    VAULT_SQL_EVENT_NEWEST,
    VAULT_SQL_EVENTS_LIFT,
    VAULT_SQL_EVENTS_DROP,
    VAULT_SQL_FRESH,
    VAULT_SQL_FRESH_SET,
    VAULT_SQL_EVENTS,
    VAULT_SQL_EVENTS_SINCE,
    VAULT_SQL_UNSWEPT,
    VAULT_SQL_WALK,
    VAULT_SQL_MARK,
    VAULT_SQL_MARK_PUT,
    VAULT_SQL_MARKS,
    VAULT_SQL_MARKS_FROM,
    VAULT_SQL_GONE_ADD,
    VAULT_SQL_GONE,
    VAULT_SQL_REVIEWS_OF,
    VAULT_SQL_REVIEW_ADD,
    VAULT_SQL_REVIEW,
    VAULT_SQL_REVIEWS,
    VAULT_SQL_REVIEW_OPEN,
    VAULT_SQL_REVIEW_VIEW,
    VAULT_SQL_REVIEW_DECIDE,
    VAULT_SQL_REVIEWS_OVER,
    VAULT_SQL_REVIEW_REMOVE,
    VAULT_SQL_REVIEW_HANDS,
    VAULT_SQL_DOUBLE_ADD,
    VAULT_SQL_DOUBLES,
    VAULT_SQL_DOUBLES_REMOVE,
    VAULT_SQL_SEEN,
    VAULT_SQL_PERSON_ADD,
    VAULT_SQL_PERSON_REMOVE,
    VAULT_SQL_PERSON_IS,
    VAULT_SQL_PEOPLE,
    VAULT_SQL_ASK_ADD,
    VAULT_SQL_ASK_FIND,
    VAULT_SQL_ASKS,
    VAULT_SQL_ASKS_OVER,
    VAULT_SQL_DRILL_FIND,
    VAULT_SQL_DRILL_SET,
    VAULT_SQL_BODY_ADD, /* from here on of bodies.db */
    VAULT_SQL_BODY,
    VAULT_SQL_BODY_REMOVE,
    VAULT_SQL_COMING_ADD,
    VAULT_SQL_COMING_ONE,
    VAULT_SQL_COMING_REMOVE,
    VAULT_SQL_COMING_COUNT,
    VAULT_SQL_BODIES_WALK,
    VAULT_SQL_COUNT,
};

struct vault_store {
    struct sql keys;
    struct sql bodies;
    struct sqlite3_stmt *statements[VAULT_SQL_COUNT];
    const u8 *mark_key;           /* the caller's */
    bool has_lost_marks;          /* those that are there were made with another key */
    void (*step)(void *argument); /* called between two steps; for tests, else NULL */
    void *argument;
};

/* Makes the files where there are none, and finishes what was left. `folder` is the vault's.
 * `mark_key`, of VAULT_MARK_KEY_BYTES, stays until the store is closed: the highest version that a
 * subject's group ever had is kept under a hash with it, so that nothing that was erased can be put
 * again, and who was here cannot be read from it. FAULT_ROT: a row that cannot be. */
MUST_USE enum fault vault_store_open(struct vault_store *store, struct disk *disk,
                                     const char *folder, const u8 *mark_key);
/* Also after a fault. The write-ahead logs are emptied where that can be done. */
void vault_store_close(struct vault_store *store);

/* ---- records ---- */

/* All of them, or none. FAULT_EXISTS: one is there already. FAULT_REFUSED: `hash` is not that of
 * the body, or this version of the subject's group, or a later one, was put before and is gone. */
MUST_USE enum fault vault_store_put(struct vault_store *store, const struct vault_record *records,
                                    u32 count);
/* Version 0: the newest. Tags are left out, and hands that were over at `now_s`. The body lies in
 * `target`, of VAULT_BODY_BYTES_MAX. FAULT_MISSING. FAULT_ROT: the body is another, or gone. */
MUST_USE enum fault vault_store_get(struct vault_store *store, struct seal_label label, u64 now_s,
                                    u8 *target, struct vault_record *record_out);
/* The same without hands and body. */
MUST_USE enum fault vault_store_head(struct vault_store *store, struct seal_label label,
                                     struct vault_record *record_out);
struct vault_listed {
    struct seal_label label;
    u32 until_day;
};
/* What there is of a subject, VAULT_LIST_MAX at most. */
MUST_USE enum fault vault_store_list(struct vault_store *store, u64 subject,
                                     struct vault_listed listed_out[VAULT_LIST_MAX],
                                     u32 *count_out);

/* A version of a subject's group whose key was erased. */
struct vault_gone {
    u32 version;
    u32 day; /* since 1970, on which that was */
};
/* What was erased of a subject's group, the newest version first, VAULT_LIST_MAX at most. Nothing
 * from before this was kept (version 6 of keys.db), or under another key of the blind index. */
MUST_USE enum fault vault_store_gone(struct vault_store *store, u64 subject, u8 group,
                                     struct vault_gone gone_out[VAULT_LIST_MAX], u32 *count_out);

/* ---- enrolments ---- */

/* vault_store_put, and the review of the records, which are of one subject and version. Fills in
 * `seen` from their tags. */
MUST_USE enum fault vault_store_enrol(struct vault_store *store, const struct vault_record *records,
                                      u32 count, struct vault_review *review);
/* The version that follows every one that the subject ever had. FAULT_LIMIT: there is none. */
MUST_USE enum fault vault_store_next_version(struct vault_store *store, u64 subject,
                                             u32 *version_out);
/* Which of `count` things the subject is given: the same each time, and nobody without the key of
 * the blind index knows which. */
u32 vault_store_lot(const struct vault_store *store, u64 subject, u32 version, u32 count);
/* What screening has to know of a person who enrols, for a review's `person`; its size. The text
 * has 1 to VAULT_PERSON_TEXT_MAX bytes. */
u32 vault_person_seal(const struct vault_store *store, u64 subject, u32 version, struct span text,
                      u8 target[VAULT_PERSON_SEALED_MAX]);
/* The first `count_max` from number `from` on, their texts in plain: they lie in locked memory and
 * are wiped by the caller. FAULT_ROT: one that was sealed with another key. */
MUST_USE enum fault vault_store_people(struct vault_store *store, u64 from,
                                       struct vault_person *people_out, u32 count_max,
                                       u32 *count_out);
/* Whether an enrolment of the subject is under review at `now_us`. */
MUST_USE enum fault vault_store_is_reviewed(struct vault_store *store, u64 subject, u64 now_us,
                                            bool *open_out);
/* *found_out: there is one. */
MUST_USE enum fault vault_store_review(struct vault_store *store, u64 subject, u32 version,
                                       struct vault_review *review_out, bool *found_out);
/* The same for who is to see it: the view is an event, and counted, before anything is answered.
 * FAULT_MISSING. FAULT_REFUSED: decided, or over. */
MUST_USE enum fault vault_store_view(struct vault_store *store, u64 subject, u32 version,
                                     u64 now_us, struct vault_review *review_out);
/* Removes the reviewer's copies. FAULT_MISSING, FAULT_REFUSED as above. */
MUST_USE enum fault vault_store_decide(struct vault_store *store, u64 subject, u32 version,
                                       enum vault_review_state state, u64 now_us, u64 *hands_out);
/* Those that are open, the oldest first, VAULT_LIST_MAX at most. */
MUST_USE enum fault vault_store_reviews(struct vault_store *store,
                                        struct vault_review reviews_out[VAULT_LIST_MAX],
                                        u32 *count_out);
/* Of a subject, whatever became of them, the newest first, VAULT_LIST_MAX at most. */
MUST_USE enum fault vault_store_reviews_of(struct vault_store *store, u64 subject,
                                           struct vault_review reviews_out[VAULT_LIST_MAX],
                                           u32 *count_out);
/* From a number on, VAULT_LIST_MAX at most. */
MUST_USE enum fault vault_store_doubles(struct vault_store *store, u64 from,
                                        struct vault_double doubles_out[VAULT_LIST_MAX],
                                        u32 *count_out);

/* ---- epochs ---- */

/* All of them, or none: FAULT_MISSING where one is not there in the epoch that was expected,
 * FAULT_REFUSED where the new one is not later. */
MUST_USE enum fault vault_store_rewrap(struct vault_store *store,
                                       const struct vault_rewrap *rewraps, u32 count, u64 now_us);
/* Records of epochs before this one. */
MUST_USE enum fault vault_store_stale(struct vault_store *store, u32 epoch,
                                      struct vault_listed listed_out[VAULT_LIST_MAX],
                                      u32 *count_out);
struct vault_wrapped {
    struct seal_label label;
    u8 wrap[VAULT_WRAP_BYTES];
    u8 hash[VAULT_HASH_BYTES];
};
/* Records of exactly this epoch, by subject, group and version, from behind `after` on: a page of
 * them. */
MUST_USE enum fault vault_store_wraps(struct vault_store *store, u32 epoch,
                                      const struct seal_label *after,
                                      struct vault_wrapped wrapped_out[VAULT_LIST_MAX],
                                      u32 *count_out);

/* ---- retention and erasure ---- */

/* Sets the last day of a subject's records of a group, or of all (0); 0 takes it back. */
MUST_USE enum fault vault_store_retain(struct vault_store *store, u64 subject, u8 group,
                                       u32 until_day, u64 *changed_out);
/* FAULT_MISSING. FAULT_REFUSED: it has no last day, or that has not passed at `now_us`. */
MUST_USE enum fault vault_store_erase(struct vault_store *store, struct seal_label label,
                                      u64 now_us);
/* Records whose last day has passed, VAULT_DUE_MAX at most, and hands that are over. */
MUST_USE enum fault vault_store_erase_due(struct vault_store *store, u64 now_us, u64 *count_out);
/* The copies of a record's data key. */
MUST_USE enum fault vault_store_hands_drop(struct vault_store *store, struct seal_label label,
                                           u64 now_us, u64 *count_out);
/* Rewrites keys.db, so that nothing of what was erased is left in it or in its log. FAULT_LOCKED:
 * somebody is reading it; what could be done is done. */
MUST_USE enum fault vault_store_sweep(struct vault_store *store, u64 now_us);
/* Since when something that was erased or replaced waits for a sweep; 0: nothing does. */
MUST_USE enum fault vault_store_unswept(struct vault_store *store, u64 *since_us_out);
/* How many records were erased on a day. */
MUST_USE enum fault vault_store_shredded(struct vault_store *store, u32 day, u64 *count_out);

/* ---- search, events, integrity ---- */

/* How many people have a record with this tag. A look-up as the one below, and refused as that;
 * nothing is said of who they are. */
MUST_USE enum fault vault_store_count(struct vault_store *store, const struct vault_tag *tag,
                                      const u8 matter[VAULT_CASE_BYTES], u64 now_us, u32 per_hour,
                                      u32 *people_out);
/* Labels of records with this tag, VAULT_LIST_MAX at most. The look-up is an event before anything
 * is answered. FAULT_LIMIT: there were `per_hour` of them within the hour before `now_us`. */
MUST_USE enum fault vault_store_lookup(struct vault_store *store, const struct vault_tag *tag,
                                       const u8 matter[VAULT_CASE_BYTES], u64 now_us, u32 per_hour,
                                       struct seal_label labels_out[VAULT_LIST_MAX],
                                       u32 *count_out);
MUST_USE enum fault vault_store_lookups(struct vault_store *store, u64 now_us, u64 *count_out);
/* Events from a number on, `room` at most. */
MUST_USE enum fault vault_store_events(struct vault_store *store, u64 from,
                                       struct vault_event *events_out, u32 room, u32 *count_out);
/* The log asks for events from this number on, so it was told of those before it. Where this file
 * cannot have told it of them, an event `restored` gets that number, what has happened since the
 * file was opened follows, and *passed_out is how many numbers lie between (else 0). To be called
 * before such an ask is answered. FAULT_REFUSED: no log can have been told of so many. */
MUST_USE enum fault vault_store_asked(struct vault_store *store, u64 from, u64 now_us,
                                      u64 *passed_out);
/* Makes a copy of keys.db, as sql_copy has made it, ready to be put back one day. */
MUST_USE enum fault vault_copy_finish(const char *path);
MUST_USE enum fault vault_store_totals(struct vault_store *store, struct vault_totals *totals_out);
/* Counts and root as vault_store_verify has them, of keys.db alone: bodies are not looked at. */
MUST_USE enum fault vault_store_root(struct vault_store *store, struct vault_verdict *verdict_out);
/* Looks at everything. */
MUST_USE enum fault vault_store_verify(struct vault_store *store,
                                       struct vault_verdict *verdict_out);

/* ---- drills (vault_asks.c) ---- */

/* Whether a moment that was kept is at most `days` before `now_us`. A clock that went back is
 * believed up to a day: what lies further ahead was kept by a clock that was wrong. */
MUST_USE bool vault_time_within(u64 time_us, u64 now_us, u32 days);

/* Keeps what is asked from now on; drills that are over go. FAULT_LIMIT: VAULT_ASKS_MAX are open.
 */
MUST_USE enum fault vault_store_asks_add(struct vault_store *store,
                                         const u8 nonce[VAULT_NONCE_BYTES], u64 now_us);
/* Drills that are over. */
MUST_USE enum fault vault_store_asks_over(struct vault_store *store, u64 now_us);
/* When it was asked. FAULT_MISSING: it never was, or more than VAULT_ASK_DAYS ago. */
MUST_USE enum fault vault_store_ask_find(struct vault_store *store,
                                         const u8 nonce[VAULT_NONCE_BYTES], u64 now_us,
                                         u64 *asked_us_out);
/* When the share with this public point was last shown: the moment it was asked for. 0: never.
 * FAULT_ROT: a row that cannot be. */
MUST_USE enum fault vault_store_shown(struct vault_store *store, const u8 point[VAULT_POINT_BYTES],
                                      u64 *asked_us_out);
/* Keeps that it was shown, and the event, both or neither; a row that cannot be is replaced.
 * FAULT_EXISTS: it was shown in this drill or a later one already. */
MUST_USE enum fault vault_store_show(struct vault_store *store, const u8 point[VAULT_POINT_BYTES],
                                     u64 asked_us, const struct vault_event *event);

#endif /* ROLE_VAULT_VAULT_STORE_H */
