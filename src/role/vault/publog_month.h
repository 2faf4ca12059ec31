/* The opening of a month: its key, the public part of every private event in it, and the silences
 * that have expired; written by the venue when all slots of the month are closed, checked by
 * anybody against the case leaves of the log.
 *
 *     cambist-month/v1
 *     month <2026-11>
 *     key <32 bytes, small hexadecimal digits>
 *     event <class> <slot> <place> <68 bytes in hexadecimal>      by class, slot, place
 *     shown <class> <slot> <place> <case> <until> <salt>          16 and 32 bytes; the same order
 *
 * Shown are silences that have ended and notices of their cases (publog_silence.h).
 *
 * The key makes the padding of every slot, so the roots of all leaves are computed again: an event
 * that was left out, added or changed is a root that differs. What it says: how many events of each
 * kind there were and in which slots; never whose, nor what. A silence that has ended is shown with
 * its case, so that one case can be followed; one that still runs only counts. */
#ifndef ROLE_VAULT_PUBLOG_MONTH_H
#define ROLE_VAULT_PUBLOG_MONTH_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/publog_leaf.h"

#define PUBLOG_MONTH_EVENT_BYTES 192U /* of a line, at most */

/* clang-format off */
#define PUBLOG_MONTH_FLAW_TABLE(ROW)                                                   \
    ROW(NONE, "nothing is wrong")                                                      \
    ROW(TEXT, "a line is not one of an opened month, or out of order")                 \
    ROW(ROOT, "the opened events and the key do not lead to the root of a slot")       \
    ROW(GAP, "a slot of the month is missing in the log, or comes twice")              \
    ROW(SHORT, "the log does not hold the month to its end")                           \
    ROW(STRAY, "an event of a slot that the log does not hold")                        \
    ROW(MARK, "what is shown of a silence is not what was logged")
/* clang-format on */

#define PUBLOG_MONTH_FLAW_ROW(constant, text) PUBLOG_MONTH_FLAW_##constant,
enum publog_month_flaw { PUBLOG_MONTH_FLAW_TABLE(PUBLOG_MONTH_FLAW_ROW) };
#undef PUBLOG_MONTH_FLAW_ROW

const char *publog_month_flaw_text(enum publog_month_flaw flaw);

struct publog_month_event {
    enum publog_class class;
    u32 place;
    u64 slot;
    struct publog_event event;
    /* of one that is shown */
    bool is_shown;
    u8 name[PUBLOG_CASE_BYTES];
    u64 until;
};

struct publog_month_counts {
    u64 slots;
    u64 events;
    u64 kinds[PUBLOG_KIND_COUNT];
    u64 silences_ended;
    u64 silences_running;
    u64 notices_shown;
};

/* The check: read the text, then give it the log's case leaves in order, then end it. */
struct publog_month_check {
    struct sha256 *sha256;
    struct publog_month_event *events; /* room of the caller's */
    u32 events_max;
    /* what was read */
    u32 month; /* as publog_month_of */
    u8 key[PUBLOG_KEY_BYTES];
    u32 events_count;
    u32 line; /* of a text that is refused */
    struct publog_month_counts counts;
    /* its own */
    u32 used;
    u32 shown_next; /* the first event that may still be shown */
    u64 next[PUBLOG_CLASSES + 1];
    struct publog_slot slot;
};

/* TEXT, MARK or NONE; FAULT_LIMIT's place is TEXT too: more events than there is room for. */
MUST_USE enum publog_month_flaw publog_month_read(struct publog_month_check *check,
                                                  struct span text);
/* Every case leaf of the log, in order; those of other months are passed over. */
MUST_USE enum publog_month_flaw publog_month_leaf(struct publog_month_check *check,
                                                  const struct publog_leaf *leaf);
/* NONE: the month is whole, and counts say what was in it. */
MUST_USE enum publog_month_flaw publog_month_end(struct publog_month_check *check);

/* Writes the opening of a month out of FOLDER/events.db; silences that ended by now_s are shown.
 * *next_out is when there will be more to show in it, as far as is known now; 0: never.
 * FAULT_REFUSED: it is not over, or not all of its slots are closed yet. FAULT_MISSING: nothing was
 * logged in it. FAULT_LIMIT: no room. FAULT_ROT: there is an event that cannot be. */
MUST_USE enum fault publog_month_write(const char *folder, u32 month, u64 now_s, u8 *target,
                                       size_t target_bytes, size_t *size_out, u64 *next_out);

/* Whether a later opening of a month holds all that an earlier one did, line by line. */
MUST_USE bool publog_month_grows(struct span earlier, struct span later);

#endif /* ROLE_VAULT_PUBLOG_MONTH_H */
