#include "role/vault/publog_span.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/vault/tlog_checkpoint.h"

#include <stdio.h>
#include <string.h>

#define FIRST_LINE "cambist-slots/v1"
#define KEY_HEX    (2U * PUBLOG_KEY_BYTES)
#define LEAF_HEX   (2U * PUBLOG_LEAF_BYTES)
#define EVENT_HEX  (2U * PUBLOG_EVENT_BYTES)

const char *publog_span_flaw_text(enum publog_span_flaw flaw)
{
#define PUBLOG_SPAN_TEXT_ROW(constant, text) [PUBLOG_SPAN_FLAW_##constant] = (text),
    static const char *const texts[] = {PUBLOG_SPAN_FLAW_TABLE(PUBLOG_SPAN_TEXT_ROW)};
#undef PUBLOG_SPAN_TEXT_ROW
    CHECK(flaw < ARRAY_COUNT(texts));
    return texts[flaw];
}

/* ---- writing ---- */

size_t publog_span_head_write(enum publog_class class, u8 *target, size_t target_bytes)
{
    int size = snprintf((char *)target, target_bytes, FIRST_LINE "\nclass %u\n", (u32) class);
    CHECK(size > 0);
    return (size_t)size < target_bytes ? (size_t)size : 0;
}

size_t publog_span_slot_write(const struct publog_span_slot *slot, u8 *target, size_t target_bytes)
{
    char key[KEY_HEX + 1];
    char leaf[LEAF_HEX + 1];
    int size =
        snprintf((char *)target, target_bytes, "slot %llu %s %s\n", (unsigned long long)slot->index,
                 bytes_to_hex(slot->key, PUBLOG_KEY_BYTES, key),
                 bytes_to_hex(slot->leaf_bytes, PUBLOG_LEAF_BYTES, leaf));
    size_t used = (size_t)size;
    CHECK(size > 0);
    for (u32 i = 0; i < slot->proof.count && used < target_bytes; i += 1) {
        char hash[TLOG_HASH_TEXT_BYTES];
        tlog_hash_text(&slot->proof.hashes[i], hash);
        size = snprintf((char *)target + used, target_bytes - used, "%s\n", hash);
        CHECK(size > 0);
        used += (size_t)size;
    }
    for (u32 place = 0; place < PUBLOG_PLACES && used < target_bytes; place += 1) {
        u8 bytes[PUBLOG_EVENT_BYTES];
        char hex[EVENT_HEX + 1];
        if (!slot->events.taken[place]) {
            continue;
        }
        publog_event_encode(&slot->events.events[place], bytes);
        size = snprintf((char *)target + used, target_bytes - used, "event %u %s\n", place,
                        bytes_to_hex(bytes, sizeof(bytes), hex));
        CHECK(size > 0);
        used += (size_t)size;
    }
    return used < target_bytes ? used : 0;
}

size_t publog_span_tail_write(struct span checkpoint, u8 *target, size_t target_bytes)
{
    if (target_bytes == 0 || !span_copy(checkpoint, target + 1, target_bytes - 1)) {
        return 0;
    }
    target[0] = '\n';
    return checkpoint.size + 1;
}

/* ---- reading ---- */

/* Cuts a line off that begins with `word`; what follows the word is the value. */
static bool line_next(struct span *rest, const char *word, struct span *value_out)
{
    size_t size = strlen(word);
    struct span after = *rest;
    struct span line;
    if (!span_cut_line(&after, &line) || line.size < size || memcmp(line.data, word, size) != 0) {
        return false;
    }
    *value_out = span_after(line, size);
    *rest = after;
    return true;
}

/* Cuts a number and the space behind it off. */
static bool number_next(struct span *rest, u64 max, u64 *number_out)
{
    const u8 *space = rest->size == 0 ? NULL : memchr(rest->data, ' ', rest->size);
    if (space == NULL) {
        return false;
    }
    struct span number = span_of(rest->data, (size_t)(space - rest->data));
    *rest = span_after(*rest, number.size + 1);
    return tlog_number_read(number, max, number_out);
}

bool publog_span_read(struct span bytes, struct publog_span_text *text_out)
{
    struct span rest = bytes;
    struct span value;
    u64 class = 0;
    if (bytes.size > PUBLOG_SPAN_BYTES_MAX || !line_next(&rest, FIRST_LINE, &value) ||
        value.size > 0 || !line_next(&rest, "class ", &value) ||
        !tlog_number_read(value, PUBLOG_CLASSES, &class) || class == 0 || rest.size == 0) {
        return false;
    }
    /* No line of a slot is empty: the first empty one stands before the checkpoint. */
    const u8 *end = memmem(rest.data, rest.size, "\n\n", 2);
    if (end == NULL) {
        return false;
    }
    size_t slots_bytes = (size_t)(end - rest.data) + 1;
    text_out->class = (enum publog_class) class;
    text_out->slots = span_of(rest.data, slots_bytes);
    text_out->checkpoint = span_after(rest, slots_bytes + 1);
    return text_out->checkpoint.size > 0;
}

static bool slot_line(struct span value, struct publog_span_slot *slot)
{
    struct span rest = value;
    return number_next(&rest, TLOG_SIZE_MAX - 1, &slot->index) &&
           rest.size == KEY_HEX + 1 + LEAF_HEX && rest.data[KEY_HEX] == ' ' &&
           bytes_from_hex(span_of(rest.data, KEY_HEX), slot->key, PUBLOG_KEY_BYTES) &&
           bytes_from_hex(span_after(rest, KEY_HEX + 1), slot->leaf_bytes, PUBLOG_LEAF_BYTES) &&
           publog_leaf_decode(span_of(slot->leaf_bytes, PUBLOG_LEAF_BYTES), &slot->leaf);
}

/* `next` is the first place that may come. */
static bool event_line(struct span value, u32 next, struct publog_span_slot *slot, u32 *place_out)
{
    struct span rest = value;
    struct publog_event event;
    u8 bytes[PUBLOG_EVENT_BYTES];
    u64 place = 0;
    if (!number_next(&rest, PUBLOG_PLACES - 1, &place) || place < next ||
        !bytes_from_hex(rest, bytes, sizeof(bytes)) ||
        !publog_event_decode(span_of(bytes, sizeof(bytes)), &event) ||
        event.kind == PUBLOG_KIND_PAD) {
        return false;
    }
    publog_slot_put(&slot->events, (u32)place, &event);
    *place_out = (u32)place;
    return true;
}

bool publog_span_next(struct publog_span_text *text, struct publog_span_slot *slot_out)
{
    struct span value;
    u32 next = 0; /* place */
    if (!line_next(&text->slots, "slot ", &value) || !slot_line(value, slot_out)) {
        return false;
    }
    slot_out->proof.count = 0;
    publog_slot_begin(&slot_out->events);
    while (text->slots.size > 0) {
        struct span rest = text->slots;
        u32 place = 0;
        if (line_next(&rest, "slot ", &value)) {
            return true;
        }
        if (line_next(&rest, "event ", &value)) {
            if (!event_line(value, next, slot_out, &place)) {
                return false;
            }
            next = place + 1;
        } else {
            struct tlog_proof *proof = &slot_out->proof;
            if (next > 0 || proof->count == TLOG_HASHES_MAX || !line_next(&rest, "", &value) ||
                !tlog_hash_read(value, &proof->hashes[proof->count])) {
                return false;
            }
            proof->count += 1;
        }
        text->slots = rest;
    }
    return true;
}

/* ---- the check ---- */

static bool slot_in_log(struct tlog_crypto *crypto, const struct tlog_checkpoint *checkpoint,
                        const struct publog_span_slot *slot)
{
    struct tlog_hash leaf;
    tlog_hash_leaf(&crypto->sha256, span_of(slot->leaf_bytes, PUBLOG_LEAF_BYTES), &leaf);
    return slot->index < checkpoint->size &&
           tlog_inclusion_verify(&crypto->sha256, slot->index, checkpoint->size, &leaf,
                                 &slot->proof, &checkpoint->root);
}

/* That its events and padding are what its root stands for, and none of them is another event with
 * the mark. `own`: the slot that the event at hand is in. */
static enum publog_span_flaw slot_judge(struct tlog_crypto *crypto, struct publog_span_slot *slot,
                                        const struct publog_receipt *receipt, bool own,
                                        struct publog_span_counts *counts)
{
    u8 root[SHA256_BYTES];
    u8 flags = 0;
    bool again = false;
    for (u32 place = 0; place < PUBLOG_PLACES; place += 1) {
        const struct publog_event *event = &slot->events.events[place];
        if (slot->events.taken[place]) {
            counts->events += 1;
            flags |= event->flags;
            again = again || (event->kind == receipt->event.kind &&
                              memcmp(event->mark, receipt->event.mark, SHA256_BYTES) == 0 &&
                              !(own && place == receipt->place));
        }
    }
    publog_slot_make_with(&slot->events, &crypto->sha256, slot->key, root);
    if (memcmp(root, slot->leaf.root, sizeof(root)) != 0 || flags != slot->leaf.flags) {
        return PUBLOG_SPAN_FLAW_ROOT;
    }
    return again ? PUBLOG_SPAN_FLAW_AGAIN : PUBLOG_SPAN_FLAW_NONE;
}

static enum publog_span_flaw slots_judge(struct tlog_crypto *crypto, struct publog_span_text *text,
                                         const struct tlog_checkpoint *checkpoint,
                                         const struct publog_span_wanted *wanted,
                                         struct publog_span_slot *room,
                                         struct publog_span_counts *counts)
{
    const struct publog_receipt *receipt = wanted->receipt;
    u64 slot = publog_slot_of(text->class, wanted->first_s);
    u64 index = 0; /* the first that the next leaf may have */
    bool own = false;
    for (; counts->slots < PUBLOG_SPAN_SLOTS_MAX && text->slots.size > 0; counts->slots += 1) {
        if (!publog_span_next(text, room)) {
            return PUBLOG_SPAN_FLAW_TEXT;
        }
        if (own || room->leaf.class != text->class || room->leaf.slot != slot ||
            room->index < index) {
            return PUBLOG_SPAN_FLAW_GAP;
        }
        if (!slot_in_log(crypto, checkpoint, room)) {
            return PUBLOG_SPAN_FLAW_LEAF;
        }
        own = slot == receipt->leaf.slot;
        if (own && (room->index != wanted->seen->index ||
                    memcmp(room->leaf_bytes, receipt->leaf_bytes, PUBLOG_LEAF_BYTES) != 0)) {
            return PUBLOG_SPAN_FLAW_END;
        }
        enum publog_span_flaw flaw = slot_judge(crypto, room, receipt, own, counts);
        if (flaw != PUBLOG_SPAN_FLAW_NONE) {
            return flaw;
        }
        index = room->index + 1;
        slot += publog_slot_seconds(text->class);
    }
    return own && text->slots.size == 0 ? PUBLOG_SPAN_FLAW_NONE : PUBLOG_SPAN_FLAW_END;
}

enum publog_span_flaw publog_span_verify(struct tlog_crypto *crypto,
                                         const struct tlog_policy *policy, struct span bytes,
                                         const struct publog_span_wanted *wanted,
                                         struct publog_span_slot *room,
                                         struct publog_span_counts *counts_out)
{
    struct publog_span_text text;
    struct tlog_verdict verdict;
    const struct tlog_checkpoint *shown = &wanted->seen->verdict.checkpoint;
    *counts_out = (struct publog_span_counts){.slots = 0};
    if (!publog_span_read(bytes, &text)) {
        return PUBLOG_SPAN_FLAW_TEXT;
    }
    if (tlog_policy_verify(crypto, policy, text.checkpoint, &verdict) != TLOG_FLAW_NONE) {
        return PUBLOG_SPAN_FLAW_CHECKPOINT;
    }
    if (!span_equal(verdict.checkpoint.origin, shown->origin) ||
        verdict.checkpoint.size < shown->size) {
        return PUBLOG_SPAN_FLAW_LOG;
    }
    if (text.class != wanted->receipt->leaf.class) {
        return PUBLOG_SPAN_FLAW_CLASS;
    }
    return slots_judge(crypto, &text, &verdict.checkpoint, wanted, room, counts_out);
}
