/* The bytes of the public log's own leaves: what one slot of time says in public, and the private
 * events under it. docs/public-log.md "Slots" has the bytes.
 *
 * Every ten minutes, and for emergencies every minute, one case leaf of 48 bytes is logged, whether
 * something happened or not. It holds the root of a tree of PUBLOG_PLACES events, each at a place
 * drawn by lot; the places that no event took are padding, made from the month's key. So neither
 * the leaf nor an event's proof says how many events there were. When the month's key is opened,
 * anybody can make the padding again and see that what is left is exactly the opened events.
 *
 * An event has a kind, a mark and a body. The mark hides a case and the end of a silence, the body
 * the private text; both under salts of their own, so that either can be shown without the other.
 * Nothing of a person stands in any of them. */
#ifndef ROLE_VAULT_PUBLOG_LEAF_H
#define ROLE_VAULT_PUBLOG_LEAF_H

#include "base/base.h"
#include "io/digest.h"
#include "role/vault/tlog_merkle.h"

#define PUBLOG_LEAF_BYTES  48U
#define PUBLOG_EVENT_BYTES 68U
#define PUBLOG_PLACES      256U /* of a slot */
#define PUBLOG_PATH        8U   /* hashes from an event to its slot's root */
#define PUBLOG_SALT_BYTES  32U
#define PUBLOG_CASE_BYTES  16U
#define PUBLOG_KEY_BYTES   32U

_Static_assert(1U << PUBLOG_PATH == PUBLOG_PLACES, "a full tree");

/* constant, name. Permanent; append new rows. */
#define PUBLOG_KIND_TABLE(ROW)    \
    ROW(PAD, "pad")               \
    ROW(RECEIVED, "received")     \
    ROW(ASSESSED, "assessed")     \
    ROW(REJECTED, "rejected")     \
    ROW(GRANT, "grant")           \
    ROW(OPENING, "opening")       \
    ROW(DELIVERED, "delivered")   \
    ROW(MISMATCH, "mismatch")     \
    ROW(SILENCE, "silence")       \
    ROW(NOTICE, "notice")         \
    ROW(LAPSED, "lapsed")         \
    ROW(LOOKUP, "lookup")         \
    ROW(VIEW, "view")             \
    ROW(RESTRICTED, "restricted") \
    ROW(RELEASED, "released")     \
    ROW(PRESERVED, "preserved")   \
    ROW(SHREDDED, "shredded")     \
    ROW(DRILL, "drill")           \
    ROW(REWRAPPED, "rewrapped")   \
    ROW(SWEPT, "swept")           \
    ROW(HANDS, "hands")           \
    ROW(RESTORED, "restored")     \
    ROW(STEP, "step")             \
    ROW(REGISTRY, "registry")

#define PUBLOG_KIND_ENUM_ROW(constant, name) PUBLOG_KIND_##constant,
enum publog_kind { PUBLOG_KIND_TABLE(PUBLOG_KIND_ENUM_ROW) PUBLOG_KIND_COUNT };
#undef PUBLOG_KIND_ENUM_ROW

enum publog_class { PUBLOG_CLASS_ORDINARY = 1, PUBLOG_CLASS_EMERGENCY = 2 };
#define PUBLOG_CLASSES 2U

enum {
    PUBLOG_FLAG_BULK = 1 << 0,   /* a bulk opening was granted in this slot */
    PUBLOG_FLAG_SEARCH = 1 << 1, /* a search across accounts was, or an opening of what it found */
};
#define PUBLOG_FLAGS 3U

/* A slot's leaf. */
struct publog_leaf {
    enum publog_class class;
    u8 flags;
    u64 slot; /* seconds since 1970 at which it begins */
    u8 root[SHA256_BYTES];
};

/* What an event shows when it is shown. */
struct publog_event {
    enum publog_kind kind;
    u8 flags;
    u8 mark[SHA256_BYTES];
    u8 body[SHA256_BYTES];
};

const char *publog_kind_name(enum publog_kind kind);

/* How long a slot is. */
u64 publog_slot_seconds(enum publog_class class);
/* The slot that a moment is in. */
u64 publog_slot_of(enum publog_class class, u64 seconds);
/* Whether numbers that were kept are a class and one of its slots. Moments are 32 bits. */
MUST_USE bool publog_slot_sound(u64 class, u64 slot);
/* The month that a slot belongs to: year * 12 + month from 0, in UTC. */
u32 publog_month_of(u64 seconds);

void publog_leaf_encode(const struct publog_leaf *leaf, u8 target[PUBLOG_LEAF_BYTES]);
/* False: the bytes are no case leaf, though they may be another entry of the log. */
MUST_USE bool publog_leaf_decode(struct span bytes, struct publog_leaf *leaf_out);

void publog_event_encode(const struct publog_event *event, u8 target[PUBLOG_EVENT_BYTES]);
MUST_USE bool publog_event_decode(struct span bytes, struct publog_event *event_out);

/* The commitments. `until` is 0 where there is no silence. */
void publog_mark_of(struct sha256 *sha256, const u8 salt[PUBLOG_SALT_BYTES],
                    const u8 name[PUBLOG_CASE_BYTES], u64 until, u8 mark_out[SHA256_BYTES]);
void publog_body_of(struct sha256 *sha256, const u8 salt[PUBLOG_SALT_BYTES], struct span text,
                    u8 body_out[SHA256_BYTES]);

/* The key of one slot's padding, out of its month's: who has it can make this slot's padding, and
 * no other's. To be wiped while its month is not opened. */
void publog_slot_key_of(struct sha256 *sha256, const u8 month_key[PUBLOG_KEY_BYTES],
                        enum publog_class class, u64 slot, u8 key_out[PUBLOG_KEY_BYTES]);
/* The padding at a place of a slot. */
void publog_pad_of(struct sha256 *sha256, const u8 month_key[PUBLOG_KEY_BYTES],
                   enum publog_class class, u64 slot, u32 place, struct publog_event *event_out);

/* The tree of one slot: fill in events, then root and paths. */
struct publog_slot {
    bool taken[PUBLOG_PLACES];
    struct publog_event events[PUBLOG_PLACES];
    /* From the 256 leaves, at [256], to the root, at [1]. */
    struct tlog_hash nodes[2U * PUBLOG_PLACES];
};

void publog_slot_begin(struct publog_slot *slot);
/* CHECK: the place is free. */
void publog_slot_put(struct publog_slot *slot, u32 place, const struct publog_event *event);
/* Fills the free places with padding and makes the tree. */
void publog_slot_make(struct publog_slot *slot, struct sha256 *sha256,
                      const u8 month_key[PUBLOG_KEY_BYTES], enum publog_class class, u64 begins,
                      u8 root_out[SHA256_BYTES]);
/* The same with the slot's own key (publog_slot_key_of). */
void publog_slot_make_with(struct publog_slot *slot, struct sha256 *sha256,
                           const u8 slot_key[PUBLOG_KEY_BYTES], u8 root_out[SHA256_BYTES]);
/* After publog_slot_make: the path from a place to the root, lowest first. */
void publog_slot_path(const struct publog_slot *slot, u32 place,
                      u8 path_out[PUBLOG_PATH][SHA256_BYTES]);
/* The root that an event at a place leads to by a path. */
void publog_path_root(struct sha256 *sha256, const struct publog_event *event, u32 place,
                      const u8 path[PUBLOG_PATH][SHA256_BYTES], u8 root_out[SHA256_BYTES]);

#endif /* ROLE_VAULT_PUBLOG_LEAF_H */
