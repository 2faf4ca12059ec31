#include "role/vault/publog_leaf.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"

#include <string.h>
#include <time.h>

#define LEAF_MAGIC        "CSLT"
#define LEAF_VERSION      1U
#define EVENT_VERSION     1U
#define ORDINARY_SECONDS  600U
#define EMERGENCY_SECONDS 60U
#define NUMBER_BYTES      8U
/* The end of the last slot that an opened month may name, whose moments are 32 bits. */
#define SECONDS_MAX ((u64)UINT32_MAX + ORDINARY_SECONDS)

/* What is hashed begins with what it is, so that no hash of one thing is one of another. */
#define MARK_WORDS "cambist/mark/v1\n"
#define BODY_WORDS "cambist/body/v1\n"
#define SLOT_WORDS "cambist/slot/v1\n"
#define PAD_WORDS  "cambist/pad/v1\n"

const char *publog_kind_name(enum publog_kind kind)
{
#define PUBLOG_KIND_NAME_ROW(constant, name) [PUBLOG_KIND_##constant] = (name),
    static const char *const names[] = {PUBLOG_KIND_TABLE(PUBLOG_KIND_NAME_ROW)};
#undef PUBLOG_KIND_NAME_ROW
    CHECK(kind < PUBLOG_KIND_COUNT);
    return names[kind];
}

u64 publog_slot_seconds(enum publog_class class)
{
    switch (class) {
    case PUBLOG_CLASS_ORDINARY:
        return ORDINARY_SECONDS;
    case PUBLOG_CLASS_EMERGENCY:
        return EMERGENCY_SECONDS;
    }
    CHECK(false);
    return 0;
}

u64 publog_slot_of(enum publog_class class, u64 seconds)
{
    return seconds - seconds % publog_slot_seconds(class);
}

bool publog_slot_sound(u64 class, u64 slot)
{
    return class >= PUBLOG_CLASS_ORDINARY && class <= PUBLOG_CLASSES && slot <= UINT32_MAX &&
           slot % publog_slot_seconds((enum publog_class) class) == 0;
}

u32 publog_month_of(u64 seconds)
{
    struct tm parts;
    time_t moment = (time_t)seconds;
    CHECK(seconds <= SECONDS_MAX && gmtime_r(&moment, &parts) != NULL);
    return ((u32)parts.tm_year + 1900U) * 12U + (u32)parts.tm_mon;
}

/* ---- a case leaf ---- */

void publog_leaf_encode(const struct publog_leaf *leaf, u8 target[PUBLOG_LEAF_BYTES])
{
    CHECK((leaf->flags & ~PUBLOG_FLAGS) == 0);
    CHECK(leaf->slot % publog_slot_seconds(leaf->class) == 0);
    memcpy(target, LEAF_MAGIC, 4);
    target[4] = LEAF_VERSION;
    target[5] = (u8)leaf->class;
    target[6] = leaf->flags;
    target[7] = 0;
    bytes_put_big_u64(target + 8, leaf->slot);
    memcpy(target + 16, leaf->root, SHA256_BYTES);
}

bool publog_leaf_decode(struct span bytes, struct publog_leaf *leaf_out)
{
    if (bytes.size != PUBLOG_LEAF_BYTES || memcmp(bytes.data, LEAF_MAGIC, 4) != 0 ||
        bytes.data[4] != LEAF_VERSION || bytes.data[5] < PUBLOG_CLASS_ORDINARY ||
        bytes.data[5] > PUBLOG_CLASS_EMERGENCY || (bytes.data[6] & ~PUBLOG_FLAGS) != 0 ||
        bytes.data[7] != 0) {
        return false;
    }
    leaf_out->class = (enum publog_class)bytes.data[5];
    leaf_out->flags = bytes.data[6];
    leaf_out->slot = bytes_big_u64(bytes.data + 8);
    memcpy(leaf_out->root, bytes.data + 16, SHA256_BYTES);
    return leaf_out->slot % publog_slot_seconds(leaf_out->class) == 0;
}

/* ---- an event ---- */

void publog_event_encode(const struct publog_event *event, u8 target[PUBLOG_EVENT_BYTES])
{
    CHECK(event->kind < PUBLOG_KIND_COUNT && (event->flags & ~PUBLOG_FLAGS) == 0);
    target[0] = EVENT_VERSION;
    target[1] = (u8)event->kind;
    target[2] = event->flags;
    target[3] = 0;
    memcpy(target + 4, event->mark, SHA256_BYTES);
    memcpy(target + 4 + SHA256_BYTES, event->body, SHA256_BYTES);
}

bool publog_event_decode(struct span bytes, struct publog_event *event_out)
{
    if (bytes.size != PUBLOG_EVENT_BYTES || bytes.data[0] != EVENT_VERSION ||
        bytes.data[1] >= PUBLOG_KIND_COUNT || (bytes.data[2] & ~PUBLOG_FLAGS) != 0 ||
        bytes.data[3] != 0) {
        return false;
    }
    event_out->kind = (enum publog_kind)bytes.data[1];
    event_out->flags = bytes.data[2];
    memcpy(event_out->mark, bytes.data + 4, SHA256_BYTES);
    memcpy(event_out->body, bytes.data + 4 + SHA256_BYTES, SHA256_BYTES);
    return true;
}

void publog_mark_of(struct sha256 *sha256, const u8 salt[PUBLOG_SALT_BYTES],
                    const u8 name[PUBLOG_CASE_BYTES], u64 until, u8 mark_out[SHA256_BYTES])
{
    u8 number[NUMBER_BYTES];
    bytes_put_big_u64(number, until);
    sha256_begin(sha256);
    sha256_add(sha256, span_of_text(MARK_WORDS));
    sha256_add(sha256, span_of(salt, PUBLOG_SALT_BYTES));
    sha256_add(sha256, span_of(name, PUBLOG_CASE_BYTES));
    sha256_add(sha256, span_of(number, sizeof(number)));
    sha256_end(sha256, mark_out);
}

void publog_body_of(struct sha256 *sha256, const u8 salt[PUBLOG_SALT_BYTES], struct span text,
                    u8 body_out[SHA256_BYTES])
{
    sha256_begin(sha256);
    sha256_add(sha256, span_of_text(BODY_WORDS));
    sha256_add(sha256, span_of(salt, PUBLOG_SALT_BYTES));
    sha256_add(sha256, text);
    sha256_end(sha256, body_out);
}

/* ---- padding ---- */

void publog_slot_key_of(struct sha256 *sha256, const u8 month_key[PUBLOG_KEY_BYTES],
                        enum publog_class class, u64 slot, u8 key_out[PUBLOG_KEY_BYTES])
{
    u8 number[1 + NUMBER_BYTES];
    number[0] = (u8) class;
    bytes_put_big_u64(number + 1, slot);
    sha256_begin(sha256);
    sha256_add(sha256, span_of_text(SLOT_WORDS));
    sha256_add(sha256, span_of(month_key, PUBLOG_KEY_BYTES));
    sha256_add(sha256, span_of(number, sizeof(number)));
    sha256_end(sha256, key_out);
}

static void pad_make(struct sha256 *sha256, const u8 slot_key[SHA256_BYTES], u32 place,
                     struct publog_event *event_out)
{
    u8 number = (u8)place;
    *event_out = (struct publog_event){.kind = PUBLOG_KIND_PAD};
    sha256_begin(sha256);
    sha256_add(sha256, span_of_text(PAD_WORDS));
    sha256_add(sha256, span_of(slot_key, SHA256_BYTES));
    sha256_add(sha256, span_of(&number, 1));
    sha256_end(sha256, event_out->mark);
}

void publog_pad_of(struct sha256 *sha256, const u8 month_key[PUBLOG_KEY_BYTES],
                   enum publog_class class, u64 slot, u32 place, struct publog_event *event_out)
{
    u8 slot_key[SHA256_BYTES];
    CHECK(place < PUBLOG_PLACES);
    publog_slot_key_of(sha256, month_key, class, slot, slot_key);
    pad_make(sha256, slot_key, place, event_out);
    secret_wipe(slot_key, sizeof(slot_key));
}

/* ---- the tree ---- */

static void hash_event(struct sha256 *sha256, const struct publog_event *event,
                       struct tlog_hash *hash_out)
{
    u8 bytes[PUBLOG_EVENT_BYTES];
    publog_event_encode(event, bytes);
    tlog_hash_leaf(sha256, span_of(bytes, sizeof(bytes)), hash_out);
}

void publog_slot_begin(struct publog_slot *slot)
{
    memset(slot->taken, 0, sizeof(slot->taken));
}

void publog_slot_put(struct publog_slot *slot, u32 place, const struct publog_event *event)
{
    CHECK(place < PUBLOG_PLACES && !slot->taken[place]);
    CHECK(event->kind != PUBLOG_KIND_PAD);
    slot->taken[place] = true;
    slot->events[place] = *event;
}

void publog_slot_make(struct publog_slot *slot, struct sha256 *sha256,
                      const u8 month_key[PUBLOG_KEY_BYTES], enum publog_class class, u64 begins,
                      u8 root_out[SHA256_BYTES])
{
    u8 slot_key[PUBLOG_KEY_BYTES];
    publog_slot_key_of(sha256, month_key, class, begins, slot_key);
    publog_slot_make_with(slot, sha256, slot_key, root_out);
    secret_wipe(slot_key, sizeof(slot_key));
}

void publog_slot_make_with(struct publog_slot *slot, struct sha256 *sha256,
                           const u8 slot_key[PUBLOG_KEY_BYTES], u8 root_out[SHA256_BYTES])
{
    for (u32 place = 0; place < PUBLOG_PLACES; place += 1) {
        if (!slot->taken[place]) {
            pad_make(sha256, slot_key, place, &slot->events[place]);
        }
        hash_event(sha256, &slot->events[place], &slot->nodes[PUBLOG_PLACES + place]);
    }
    for (u32 node = PUBLOG_PLACES - 1; node >= 1; node -= 1) {
        tlog_hash_node(sha256, &slot->nodes[2 * node], &slot->nodes[2 * node + 1],
                       &slot->nodes[node]);
    }
    memcpy(root_out, slot->nodes[1].bytes, SHA256_BYTES);
}

void publog_slot_path(const struct publog_slot *slot, u32 place,
                      u8 path_out[PUBLOG_PATH][SHA256_BYTES])
{
    u32 node = PUBLOG_PLACES + place;
    CHECK(place < PUBLOG_PLACES);
    for (u32 step = 0; step < PUBLOG_PATH; step += 1) {
        memcpy(path_out[step], slot->nodes[node ^ 1U].bytes, SHA256_BYTES);
        node /= 2;
    }
}

void publog_path_root(struct sha256 *sha256, const struct publog_event *event, u32 place,
                      const u8 path[PUBLOG_PATH][SHA256_BYTES], u8 root_out[SHA256_BYTES])
{
    struct tlog_hash root;
    CHECK(place < PUBLOG_PLACES);
    hash_event(sha256, event, &root);
    for (u32 step = 0; step < PUBLOG_PATH; step += 1) {
        struct tlog_hash beside;
        memcpy(beside.bytes, path[step], sizeof(beside.bytes));
        bool is_left = (place >> step & 1U) == 0;
        tlog_hash_node(sha256, is_left ? &root : &beside, is_left ? &beside : &root, &root);
    }
    memcpy(root_out, root.bytes, sizeof(root.bytes));
}
