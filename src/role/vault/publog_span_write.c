/* Slots as they are kept in events.db, with their proofs out of the published tiles. */
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/file.h"
#include "io/sql.h"
#include "role/vault/publog.h"
#include "role/vault/publog_span.h"
#include "role/vault/tlog_checkpoint.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS_GET, KEY_GET, EVENTS_GET, STATEMENTS };

static const char *const statements[STATEMENTS] = {
    [SLOTS_GET] = "SELECT slot, flags, root, leaf FROM slots WHERE class = ? AND slot BETWEEN ? "
                  "AND ? ORDER BY slot",
    [KEY_GET] = "SELECT key FROM months WHERE month = ?",
    [EVENTS_GET] = "SELECT place, kind, flags, name, until, mark_salt, body FROM events WHERE "
                   "class = ? AND slot = ? ORDER BY place",
};

/* Large: taken once for each text. */
struct writing {
    const struct publog_span_range *range;
    struct sql sql;
    struct sqlite3_stmt *rows[STATEMENTS];
    struct sha256 sha256;
    struct tlog_tiles tiles;
    struct publog_span_slot slot;
    u8 note[TLOG_NOTE_BYTES_MAX];
    struct span checkpoint;
    u8 *target;
    size_t bytes_max;
    size_t used;
};

static enum fault written(struct writing *writing, size_t bytes)
{
    if (bytes == 0) {
        return FAULT(FAULT_LIMIT, "no room for so many slots and events");
    }
    writing->used += bytes;
    return FAULT_NONE;
}

static enum fault checkpoint_take(struct writing *writing)
{
    struct tlog_files *files = writing->range->files;
    struct tlog_note note;
    struct tlog_checkpoint checkpoint;
    size_t size = 0;
    TRY(files->read(files, "checkpoint", writing->note, sizeof(writing->note), &size));
    writing->checkpoint = span_of(writing->note, size);
    if (tlog_note_read(writing->checkpoint, &note) != TLOG_FLAW_NONE ||
        tlog_checkpoint_read(note.text, &checkpoint) != TLOG_FLAW_NONE) {
        return FAULT(FAULT_ROT, "checkpoint: not a signed checkpoint");
    }
    tlog_tiles_init(&writing->tiles, &writing->sha256, files, checkpoint.size);
    return FAULT_NONE;
}

static enum fault key_take(struct writing *writing)
{
    u8 month_key[PUBLOG_KEY_BYTES];
    bool row = false;
    struct publog_span_slot *slot = &writing->slot;
    struct sql_call call = sql_call(writing->rows[KEY_GET]);
    sql_put_u64(&call, publog_month_of(slot->leaf.slot));
    TRY(sql_next(&writing->sql, &call, &row));
    if (!row) {
        return FAULT(FAULT_ROT, "%s: a slot's month has no key", writing->sql.path);
    }
    sql_get_bytes(&call, month_key, sizeof(month_key));
    sql_end(&call);
    publog_slot_key_of(&writing->sha256, month_key, slot->leaf.class, slot->leaf.slot, slot->key);
    secret_wipe(month_key, sizeof(month_key));
    return FAULT_NONE;
}

static enum fault event_take(struct writing *writing, struct sql_call *call)
{
    u8 name[PUBLOG_CASE_BYTES];
    u8 salt[PUBLOG_SALT_BYTES];
    struct publog_event event;
    u64 place = sql_get_u64(call);
    u64 kind = sql_get_u64(call);
    u64 flags = sql_get_u64(call);
    sql_get_bytes(call, name, sizeof(name));
    u64 until = sql_get_u64(call);
    sql_get_bytes(call, salt, sizeof(salt));
    sql_get_bytes(call, event.body, sizeof(event.body));
    if (place >= PUBLOG_PLACES || writing->slot.events.taken[place] || kind == PUBLOG_KIND_PAD ||
        kind >= PUBLOG_KIND_COUNT || (flags & ~(u64)PUBLOG_FLAGS) != 0) {
        return FAULT(FAULT_ROT, "%s: an event that cannot be", writing->sql.path);
    }
    event.kind = (enum publog_kind)kind;
    event.flags = (u8)flags;
    publog_mark_of(&writing->sha256, salt, name, until, event.mark);
    secret_wipe(salt, sizeof(salt));
    publog_slot_put(&writing->slot.events, (u32)place, &event);
    return FAULT_NONE;
}

static enum fault events_take(struct writing *writing)
{
    bool row = true;
    struct publog_span_slot *slot = &writing->slot;
    struct sql_call call = sql_call(writing->rows[EVENTS_GET]);
    publog_slot_begin(&slot->events);
    sql_put_u64(&call, slot->leaf.class);
    sql_put_u64(&call, slot->leaf.slot);
    while (row) { /* ends with the rows: each takes a place */
        TRY(sql_next(&writing->sql, &call, &row));
        enum fault fault = row ? event_take(writing, &call) : FAULT_NONE;
        if (fault != FAULT_NONE) {
            sql_end(&call);
            return fault;
        }
    }
    return FAULT_NONE;
}

/* One row of the slots, all of it. */
static enum fault slot_put(struct writing *writing, struct sql_call *call, u64 expected)
{
    struct publog_span_slot *slot = &writing->slot;
    slot->leaf.class = writing->range->class;
    slot->leaf.slot = sql_get_u64(call);
    u64 flags = sql_get_u64(call);
    sql_get_bytes(call, slot->leaf.root, sizeof(slot->leaf.root));
    slot->index = sql_get_u64(call);
    if (slot->leaf.slot != expected) {
        return FAULT(FAULT_MISSING, "the log has not all slots between these two moments");
    }
    if ((flags & ~(u64)PUBLOG_FLAGS) != 0) {
        return FAULT(FAULT_ROT, "%s: a slot that cannot be", writing->sql.path);
    }
    if (slot->index >= writing->tiles.nodes.size) {
        return FAULT(FAULT_REFUSED, "a slot between these two moments is not published yet");
    }
    slot->leaf.flags = (u8)flags;
    publog_leaf_encode(&slot->leaf, slot->leaf_bytes);
    TRY(key_take(writing));
    TRY(events_take(writing));
    TRY(tlog_inclusion_make(&writing->sha256, &writing->tiles.nodes, slot->index,
                            writing->tiles.nodes.size, &slot->proof));
    return written(writing, publog_span_slot_write(slot, writing->target + writing->used,
                                                   writing->bytes_max - writing->used));
}

static enum fault slots_put(struct writing *writing)
{
    const struct publog_span_range *range = writing->range;
    u64 step = publog_slot_seconds(range->class);
    u64 slot = publog_slot_of(range->class, range->from_s);
    u64 last = publog_slot_of(range->class, range->to_s);
    bool row = true;
    struct sql_call call = sql_call(writing->rows[SLOTS_GET]);
    sql_put_u64(&call, range->class);
    sql_put_u64(&call, slot);
    sql_put_u64(&call, last);
    for (;;) { /* PUBLOG_SPAN_SLOTS_MAX at most, which the caller looked at */
        TRY(sql_next(&writing->sql, &call, &row));
        enum fault fault = row ? slot_put(writing, &call, slot) : FAULT_NONE;
        if (fault != FAULT_NONE) {
            sql_end(&call);
            return fault;
        }
        if (!row) {
            break;
        }
        slot += step;
    }
    return slot == last + step
               ? FAULT_NONE
               : FAULT(FAULT_REFUSED, "not every slot between these two moments is closed");
}

static enum fault span_put(struct writing *writing)
{
    enum fault fault = FAULT_NONE;
    for (u32 i = 0; i < STATEMENTS && fault == FAULT_NONE; i += 1) {
        fault = sql_prepare(&writing->sql, statements[i], &writing->rows[i]);
    }
    fault = fault == FAULT_NONE ? checkpoint_take(writing) : fault;
    fault = fault == FAULT_NONE
                ? written(writing, publog_span_head_write(writing->range->class, writing->target,
                                                          writing->bytes_max))
                : fault;
    fault = fault == FAULT_NONE ? slots_put(writing) : fault;
    fault = fault == FAULT_NONE
                ? written(writing, publog_span_tail_write(writing->checkpoint,
                                                          writing->target + writing->used,
                                                          writing->bytes_max - writing->used))
                : fault;
    for (u32 i = 0; i < STATEMENTS; i += 1) {
        sql_give_back(&writing->rows[i]);
    }
    return fault;
}

static enum fault span_with(struct writing *writing)
{
    static const struct sql_format format = {
        .application = PUBLOG_APPLICATION, .version = PUBLOG_VERSION, .what = "events of the log"};
    char path[FILE_PATH_BYTES];
    TRY(file_path(path, writing->range->folder, PUBLOG_FILE));
    TRY(sha256_open(&writing->sha256));
    enum fault fault = sql_open(&writing->sql, path, SQL_READ, &format);
    if (fault == FAULT_NONE) {
        fault = span_put(writing);
        sql_close(&writing->sql);
    }
    sha256_close(&writing->sha256);
    return fault;
}

enum fault publog_span_write(const struct publog_span_range *range, u8 *target, size_t target_bytes,
                             size_t *size_out)
{
    if (range->to_s < range->from_s || range->to_s > UINT32_MAX) {
        return FAULT(FAULT_INPUT, "the second moment is before the first, or too far away");
    }
    u64 slots =
        (publog_slot_of(range->class, range->to_s) - publog_slot_of(range->class, range->from_s)) /
            publog_slot_seconds(range->class) +
        1;
    if (slots > PUBLOG_SPAN_SLOTS_MAX) {
        return FAULT(FAULT_LIMIT, "%llu slots; at most %u are shown", (unsigned long long)slots,
                     PUBLOG_SPAN_SLOTS_MAX);
    }
    struct writing *writing = calloc(1, sizeof(*writing));
    if (writing == NULL) {
        return FAULT(FAULT_LIMIT, "no memory to show slots in");
    }
    writing->range = range;
    writing->target = target;
    writing->bytes_max = target_bytes;
    enum fault fault = span_with(writing);
    *size_out = writing->used;
    secret_wipe(writing->slot.key, sizeof(writing->slot.key));
    free(writing);
    return fault;
}
