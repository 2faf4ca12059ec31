/* An opening, whole: two groups of officers with their shares and signing keys, a circle, a policy
 * with three witnesses, people with records, and a public log in memory that shows events. Each
 * part may be changed before it is used. */
#ifndef TESTS_SUPPORT_OPENING_SCENE_H
#define TESTS_SUPPORT_OPENING_SCENE_H

#include "role/vault/grant_circle.h"
#include "role/vault/publog_span.h"
#include "role/vault/seal_record.h"
#include "role/vault/share_part.h"
#include "role/vault/tlog_policy.h"
#include "tests/support/grant_scene.h"
#include "tests/support/log_scene.h"
#include "tests/support/share_scene.h"

#define OPENING_SCENE_OFFICERS  6U /* the first three are A's */
#define OPENING_SCENE_WITNESSES 3U
#define OPENING_SCENE_LEAVES    1024U
#define OPENING_SCENE_TEXT      512U
#define OPENING_SCENE_CANARY    "canary-4f1d2c"
#define OPENING_SCENE_SHOWN     (PUBLOG_SHOWN_BYTES_MAX)

struct opening_scene_record {
    struct seal_label label;
    u8 body[SEAL_BODY_BYTES(OPENING_SCENE_TEXT)];
    size_t body_bytes;
    u8 hash[SEAL_HASH_BYTES];
    struct seal_wrap wrap;
};

/* A leaf of the log: of a slot, or of something else that nobody looks at. */
struct opening_scene_leaf {
    u8 bytes[PUBLOG_LEAF_BYTES];
    struct tlog_hash hash;
    bool is_slot;
    struct publog_leaf leaf;
    bool has_event; /* one at most */
    u32 place;
    struct publog_event event;
};

struct opening_scene {
    struct seal_room *room;
    struct share_scene sides[2];
    struct share_key key;
    struct log_scene_key signers[OPENING_SCENE_OFFICERS];
    char circle_text[CIRCLE_TEXT_BYTES];
    struct grant_circle circle;
    struct tlog_crypto crypto;
    struct log_scene_key log;
    struct log_scene_key witnesses[OPENING_SCENE_WITNESSES];
    char policy_text[4096];
    struct tlog_policy policy;
    u8 recipient_secret[32];
    /* the log; it begins with the slots of that moment, and its last leaves may be taken back */
    u64 begins_s;
    u32 leaves_count;
    struct opening_scene_leaf leaves[OPENING_SCENE_LEAVES];
    struct opening_scene_record records[2 * GRANT_SUBJECTS_MAX];
    u32 records_count;
};

/* Everything but records. */
void opening_scene_open(struct opening_scene *scene);
void opening_scene_close(struct opening_scene *scene);

/* Makes records for the people of a grant (grant_scene_make) with texts that hold the canary and
 * the documents' numbers that it names, puts their rows into it, and the scene's recipient. */
void opening_scene_fill(struct opening_scene *scene, struct grant *grant);
/* Seals one record anew: its text, under the label it has. */
void opening_scene_seal(struct opening_scene *scene, u32 record, const char *text);

/* The grant with the approvals of these officers (0 to 5). */
void opening_scene_sign(const struct opening_scene *scene, const struct grant *grant,
                        const u32 *officers, u32 count, struct grant_file *file_out);

/* One officer's, over any text. */
void opening_scene_signature(const struct opening_scene *scene, u32 officer, struct span message,
                             struct grant_signature *signature_out);

struct opening_scene_event {
    enum publog_class class;
    enum publog_kind kind;
    u8 flags;
    bool is_flag_hidden; /* the slot's leaf does not show them */
    const u8 *mark_salt; /* NULL: some */
    const u8 *name;      /* of the case */
    struct span text;
    u64 slot_s;  /* in the slot of this moment */
    u64 times_s; /* when the witnesses cosign */
    u32 witnesses;
};
/* Logs a slot with this event alone, behind empty ones for those that were not logged since the
 * last of its class, and shows it; the bytes written. A slot that was logged before is logged
 * again. */
size_t opening_scene_show(struct opening_scene *scene, const struct opening_scene_event *event,
                          u8 target[OPENING_SCENE_SHOWN]);

/* Slots of the log, under a checkpoint that all witnesses cosign. */
struct opening_scene_slots {
    enum publog_class class;
    u64 from_s; /* the slots that these two moments are in, and all between */
    u64 to_s;
    u64 times_s;
};
/* The text that shows them (publog_span.h), and its bytes; 0: the log has not all of them. Of a
 * slot that was logged more than once, the last one. */
size_t opening_scene_slots(struct opening_scene *scene, const struct opening_scene_slots *slots,
                           u8 target[PUBLOG_SPAN_BYTES_MAX]);

#endif /* TESTS_SUPPORT_OPENING_SCENE_H */
