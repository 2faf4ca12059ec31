/* Slots of the public log that follow each other, shown whole to somebody who has to know what was
 * not logged: that no earlier event has a given mark. Written by whoever holds the log's folder,
 * checked by anybody with a policy, who then needs no memory of their own (docs/opening.md).
 *
 *     cambist-slots/v1
 *     class <1 or 2>
 *     slot <index of its leaf> <key> <the leaf's 48 bytes>      32 and 48 bytes in hexadecimal
 *     <base64 of a hash>                                        its proof of inclusion, from below
 *     event <place> <68 bytes in hexadecimal>                   by place
 *
 *     <the signed checkpoint as it is>
 *
 * Numbers are without leading zeros, digits of hexadecimal numbers small, so that each meaning has
 * one text. The key is the slot's own (publog_slot_key_of): with it padding is computed, so that
 * the root comes out again only when the events are all of them. It says nothing of other slots of
 * its month. */
#ifndef ROLE_VAULT_PUBLOG_SPAN_H
#define ROLE_VAULT_PUBLOG_SPAN_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/publog_receipt.h"
#include "role/vault/publog_shown.h"
#include "role/vault/tlog_policy.h"
#include "role/vault/tlog_tile.h"

/* 96 hours of ten minutes, and the slots that they begin and end in. */
#define PUBLOG_SPAN_SLOTS_MAX 580U
/* Of a text: that many slots of a log with 2^32 entries, and as many events as fit beside them. */
#define PUBLOG_SPAN_BYTES_MAX (4U << 20)

/* clang-format off */
#define PUBLOG_SPAN_FLAW_TABLE(ROW)                                                      \
    ROW(NONE, "nothing is wrong")                                                        \
    ROW(TEXT, "not such a text, or a line out of order")                                 \
    ROW(CHECKPOINT, "the checkpoint is not believed")                                    \
    ROW(LOG, "another log, or a shorter one, than the one that shows the event")         \
    ROW(CLASS, "slots of another class")                                                 \
    ROW(GAP, "a slot is missing, comes twice, or is not one of those that are wanted")   \
    ROW(LEAF, "a slot's leaf is not in the log at its place")                            \
    ROW(ROOT, "the events and the key do not lead to the root of a slot")                \
    ROW(END, "the last slot is not the one that the event is in")                        \
    ROW(AGAIN, "another event of this kind has the same mark")
/* clang-format on */

#define PUBLOG_SPAN_FLAW_ROW(constant, text) PUBLOG_SPAN_FLAW_##constant,
enum publog_span_flaw { PUBLOG_SPAN_FLAW_TABLE(PUBLOG_SPAN_FLAW_ROW) };
#undef PUBLOG_SPAN_FLAW_ROW

const char *publog_span_flaw_text(enum publog_span_flaw flaw);

/* ---- the text ---- */

/* Points into the bytes it was read from. */
struct publog_span_text {
    enum publog_class class;
    struct span slots; /* what is left of them */
    struct span checkpoint;
};

struct publog_span_slot {
    u64 index; /* of the leaf in the log */
    u8 key[PUBLOG_KEY_BYTES];
    u8 leaf_bytes[PUBLOG_LEAF_BYTES];
    struct publog_leaf leaf;
    struct tlog_proof proof;
    struct publog_slot events; /* those that are taken; never padding */
};

/* False: the bytes are no such text, or longer than PUBLOG_SPAN_BYTES_MAX. */
MUST_USE bool publog_span_read(struct span bytes, struct publog_span_text *text_out);
/* Cuts the next slot off text->slots, which is not empty. Nothing is verified yet. False: no
 * such slot; the text is of no more use. */
MUST_USE bool publog_span_next(struct publog_span_text *text, struct publog_span_slot *slot_out);

/* Each returns the bytes written, 0 when they do not fit. The text: head, slots, tail. */
MUST_USE size_t publog_span_head_write(enum publog_class class, u8 *target, size_t target_bytes);
MUST_USE size_t publog_span_slot_write(const struct publog_span_slot *slot, u8 *target,
                                       size_t target_bytes);
MUST_USE size_t publog_span_tail_write(struct span checkpoint, u8 *target, size_t target_bytes);

/* ---- the check ---- */

struct publog_span_wanted {
    u64 first_s; /* the moment in whose slot it begins */
    /* The event at hand, and what was found about it: publog_shown_verify believed it. */
    const struct publog_receipt *receipt;
    const struct publog_seen *seen;
};

struct publog_span_counts {
    u32 slots;
    u32 events; /* of all kinds */
};

/* NONE: every slot of the event's class from first_s to the event's own is in a log that the policy
 * believes, and all their events are in the text; none but the one at hand has its kind and its
 * mark. `room` is the caller's, it is large. Two leaves for one slot, one of them kept back, are
 * not seen here: whoever reads the whole log sees them (publog_check.h). */
MUST_USE enum publog_span_flaw publog_span_verify(struct tlog_crypto *crypto,
                                                  const struct tlog_policy *policy,
                                                  struct span bytes,
                                                  const struct publog_span_wanted *wanted,
                                                  struct publog_span_slot *room,
                                                  struct publog_span_counts *counts_out);

/* ---- writing ---- */

struct publog_span_range {
    const char *folder;       /* where events.db is */
    struct tlog_files *files; /* the published log: checkpoint and tiles */
    enum publog_class class;
    u64 from_s; /* the slots that these two moments are in, and all between */
    u64 to_s;
};

/* FAULT_MISSING: the log has not all of these slots. FAULT_REFUSED: not all are closed and
 * published. FAULT_LIMIT: more than PUBLOG_SPAN_SLOTS_MAX, or no room. FAULT_ROT: an event that
 * cannot be. */
MUST_USE enum fault publog_span_write(const struct publog_span_range *range, u8 *target,
                                      size_t target_bytes, size_t *size_out);

#endif /* ROLE_VAULT_PUBLOG_SPAN_H */
