#include "role/vault/publog.h"

#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/entropy.h"
#include "role/vault/publog_inner.h"

#include <stdlib.h>
#include <string.h>

#define SECOND_US 1000000ULL

/* Of the disclosure desk's acts: publog_is_desk. */
#define DESK_KINDS "kind IN (1, 2, 3, 8, 9, 10, 13, 15, 22, 23)"
_Static_assert(PUBLOG_KIND_RECEIVED == 1 && PUBLOG_KIND_REJECTED == 3 && PUBLOG_KIND_SILENCE == 8 &&
                   PUBLOG_KIND_LAPSED == 10 && PUBLOG_KIND_RESTRICTED == 13 &&
                   PUBLOG_KIND_PRESERVED == 15 && PUBLOG_KIND_STEP == 22 &&
                   PUBLOG_KIND_REGISTRY == 23,
               "as they are kept");

static const char *const schema[] = {
    "CREATE TABLE begun(class INTEGER PRIMARY KEY, slot INTEGER NOT NULL)",
    "CREATE TABLE months(month INTEGER PRIMARY KEY, key BLOB NOT NULL)",
    "CREATE TABLE slots(class INTEGER NOT NULL, slot INTEGER NOT NULL, flags INTEGER NOT NULL,"
    " root BLOB NOT NULL, leaf INTEGER NOT NULL, PRIMARY KEY(class, slot)) WITHOUT ROWID",
    "CREATE INDEX slots_leaf ON slots(leaf)",
    "CREATE TABLE events(number INTEGER PRIMARY KEY AUTOINCREMENT, class INTEGER NOT NULL,"
    " slot INTEGER NOT NULL, place INTEGER NOT NULL, kind INTEGER NOT NULL, flags INTEGER NOT NULL,"
    " name BLOB NOT NULL, until INTEGER NOT NULL, mark_salt BLOB NOT NULL,"
    " body_salt BLOB NOT NULL, body BLOB NOT NULL, text BLOB NOT NULL)",
    "CREATE UNIQUE INDEX events_place ON events(class, slot, place)",
    "CREATE TABLE lines(number INTEGER PRIMARY KEY AUTOINCREMENT, line BLOB NOT NULL,"
    " leaf INTEGER NOT NULL)",
    "CREATE INDEX lines_leaf ON lines(leaf)",
    "CREATE TABLE sources(source INTEGER PRIMARY KEY, name BLOB NOT NULL,"
    " position INTEGER NOT NULL)",
    NULL,
};

static const struct sql_format format = {.application = PUBLOG_APPLICATION,
                                         .version = PUBLOG_VERSION,
                                         .what = "events of the log",
                                         .schema = schema};

static const char *const statements[PUBLOG_STATEMENTS] = {
    [PUBLOG_MONTH_GET] = "SELECT key FROM months WHERE month = ?",
    [PUBLOG_MONTH_PUT] = "INSERT INTO months VALUES(?, ?)",
    [PUBLOG_SLOT_LAST] = "SELECT max(slot) FROM slots WHERE class = ?",
    [PUBLOG_SLOT_PUT] = "INSERT INTO slots VALUES(?, ?, ?, ?, ?)",
    [PUBLOG_SLOT_GET] = "SELECT flags, root, leaf FROM slots WHERE class = ? AND slot = ?",
    [PUBLOG_SLOT_OPEN] = "SELECT class, slot, flags, root FROM slots WHERE leaf = ?"
                         " ORDER BY slot, class LIMIT 1",
    [PUBLOG_SLOT_LEAF] = "UPDATE slots SET leaf = ? WHERE class = ? AND slot = ?",
    [PUBLOG_LEAF_LAST] = "SELECT max(leaf) FROM (SELECT max(leaf) AS leaf FROM slots"
                         " WHERE leaf < ?1 UNION ALL SELECT max(leaf) FROM lines WHERE leaf < ?1)",
    [PUBLOG_EVENT_PUT] =
        "INSERT INTO events(class, slot, place, kind, flags, name, until, mark_salt,"
        " body_salt, body, text) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING number",
    [PUBLOG_EVENT_GET] = "SELECT class, slot, place, until, mark_salt, body_salt FROM events"
                         " WHERE number = ?",
    /* As the index says it, so that it is used. */
    [PUBLOG_EVENT_FIND] = "SELECT number, flags, until, name, mark_salt FROM events WHERE text = ?"
                          " AND kind = ? AND class = ? AND kind >= 4 AND kind <= 7"
                          " ORDER BY number LIMIT 1",
    [PUBLOG_EVENT_FIND_DESK] =
        "SELECT number, flags, until, name, mark_salt FROM events WHERE text"
        " = ? AND kind = ? AND class = ? AND " DESK_KINDS " ORDER BY number LIMIT 1",
    [PUBLOG_EVENTS_OF_CASE] = "SELECT number, text FROM events WHERE name = ? AND kind = ?"
                              " AND kind >= 4 AND kind <= 7 ORDER BY number",
    [PUBLOG_OPENING_AFTER] = "SELECT number, name FROM events WHERE kind = 5 AND number > ?"
                             " ORDER BY number LIMIT 1",
    [PUBLOG_BEGUN_GET] = "SELECT slot FROM begun WHERE class = ?",
    [PUBLOG_BEGUN_PUT] = "INSERT INTO begun VALUES(?, ?)",
    [PUBLOG_EVENTS_OF] = "SELECT place, kind, flags, name, until, mark_salt, body FROM events"
                         " WHERE class = ? AND slot = ?",
    [PUBLOG_PLACES_OF] = "SELECT place FROM events WHERE class = ? AND slot = ?",
    [PUBLOG_LINE_PUT] = "INSERT INTO lines(line, leaf) VALUES(?, ?) RETURNING number",
    [PUBLOG_LINE_OPEN] = "SELECT number, line FROM lines WHERE leaf = ? ORDER BY number LIMIT 1",
    [PUBLOG_LINE_LEAF] = "UPDATE lines SET leaf = ? WHERE number = ?",
    [PUBLOG_LINE_GET] = "SELECT leaf FROM lines WHERE number = ?",
    [PUBLOG_SOURCE_GET] = "SELECT name, position FROM sources WHERE source = ?",
    [PUBLOG_SOURCE_PUT] = "INSERT OR REPLACE INTO sources VALUES(?, ?, ?)",
    [PUBLOG_BEGUN_FIRST] = "SELECT min(slot) FROM begun",
    [PUBLOG_OPENING_GET] = "SELECT number, next, hash FROM openings WHERE month = ?",
    [PUBLOG_OPENING_ENDS] = "SELECT coalesce(min(month), 0), coalesce(max(month), 0), count(*)"
                            " FROM openings",
    [PUBLOG_OPENING_PUT] = "INSERT OR REPLACE INTO openings VALUES(?, ?, ?, ?)",
};

/* Made at each opening: files of before have none. */
static const char *const later_schema[] = {
    "CREATE INDEX IF NOT EXISTS events_openings ON events(text, kind, class)"
    " WHERE kind >= 4 AND kind <= 7",
    "CREATE INDEX IF NOT EXISTS events_desk ON events(text, kind, class) WHERE " DESK_KINDS,
    "CREATE INDEX IF NOT EXISTS events_cases ON events(name, kind) WHERE kind >= 4 AND kind <= 7",
    "CREATE INDEX IF NOT EXISTS events_opened ON events(number) WHERE kind = 5",
    "CREATE INDEX IF NOT EXISTS events_silences ON events(name) WHERE kind = 8",
    "CREATE TABLE IF NOT EXISTS openings(month INTEGER PRIMARY KEY, number INTEGER NOT NULL,"
    " next INTEGER NOT NULL, hash BLOB NOT NULL)",
};
_Static_assert(PUBLOG_KIND_GRANT == 4 && PUBLOG_KIND_OPENING == 5 && PUBLOG_KIND_MISMATCH == 7,
               "the kinds of openings");

_Static_assert(2 * PUBLOG_SLOTS_A_TURN + PUBLOG_LINES_A_TURN <= TLOG_STORE_WAITING_MAX,
               "a turn is one commit");

static struct sql_call call(struct publog *publog, enum publog_statement which)
{
    return sql_call(publog->rows[which]);
}

void publog_roll_back(struct publog *publog)
{
    struct fault_trail trail;
    fault_trail_copy(&trail);
    if (sql_run(&publog->sql, "ROLLBACK") != FAULT_NONE) {
        publog->is_broken = true;
    }
    fault_trail_adopt(&trail);
}

enum fault publog_check_whole(const struct publog *publog)
{
    return publog->is_broken
               ? FAULT(FAULT_UNAVAILABLE, "%s: stopped after an earlier fault", publog->sql.path)
               : FAULT_NONE;
}

/* ---- keys of months ---- */

static enum fault month_key(struct publog *publog, u64 slot, u8 key_out[PUBLOG_KEY_BYTES])
{
    struct sql_call get = call(publog, PUBLOG_MONTH_GET);
    bool row = false;
    if (slot > UINT32_MAX) { /* the clock, or a slot that was kept */
        return FAULT(FAULT_LIMIT, "%s: a slot after 2106: is the clock right?", publog->sql.path);
    }
    sql_put_u64(&get, publog_month_of(slot));
    TRY(sql_next(&publog->sql, &get, &row));
    if (row) {
        sql_get_bytes(&get, key_out, PUBLOG_KEY_BYTES);
        sql_end(&get);
        return FAULT_NONE;
    }
    TRY(entropy_fill(key_out, PUBLOG_KEY_BYTES));
    struct sql_call put = call(publog, PUBLOG_MONTH_PUT);
    sql_put_u64(&put, publog_month_of(slot));
    sql_put_bytes(&put, span_of(key_out, PUBLOG_KEY_BYTES));
    return sql_do(&publog->sql, &put);
}

/* ---- events ---- */

static u64 now_of(struct publog *publog)
{
    return clock_wall_us(publog->clock) / SECOND_US;
}

/* A free place by lot: among so many that none says how many are taken. */
static enum fault place_draw(struct publog *publog, enum publog_class class, u64 slot,
                             u32 *place_out)
{
    bool taken[PUBLOG_PLACES] = {false};
    u8 order[PUBLOG_PLACES];
    u32 free_count = 0;
    u32 number = 0;
    bool row = true;
    struct sql_call places = call(publog, PUBLOG_PLACES_OF);
    sql_put_u64(&places, (u64) class);
    sql_put_u64(&places, slot);
    for (u32 count = 0; row && count <= PUBLOG_PLACES; count += 1) {
        TRY(sql_next(&publog->sql, &places, &row));
        u64 place = row ? sql_get_u64(&places) : 0;
        if (place >= PUBLOG_PLACES) {
            sql_end(&places);
            return FAULT(FAULT_ROT, "%s: an event that cannot be", publog->sql.path);
        }
        taken[place] = taken[place] || row;
    }
    for (u32 place = 0; place < PUBLOG_PLACES; place += 1) {
        if (!taken[place]) {
            order[free_count] = (u8)place;
            free_count += 1;
        }
    }
    if (free_count == 0) {
        return FAULT(FAULT_LIMIT, "%u events in one slot of the log: the next takes more",
                     PUBLOG_PLACES);
    }
    /* 32 random bits over at most 256 places: no place is favoured by more than 2^-24. */
    TRY(entropy_fill((u8 *)&number, sizeof(number)));
    *place_out = order[number % free_count];
    return FAULT_NONE;
}

static enum fault event_put(struct publog *publog, const struct publog_told *told, u64 slot,
                            u64 *number_out)
{
    u8 salts[2][PUBLOG_SALT_BYTES];
    u8 body[SHA256_BYTES];
    u32 place = 0;
    TRY(place_draw(publog, told->class, slot, &place));
    TRY(entropy_fill(salts[0], sizeof(salts)));
    if (told->mark_salt != NULL) {
        memcpy(salts[0], told->mark_salt, sizeof(salts[0]));
    }
    publog_body_of(&publog->sha256, salts[1], told->text, body);
    struct sql_call put = call(publog, PUBLOG_EVENT_PUT);
    sql_put_u64(&put, (u64)told->class);
    sql_put_u64(&put, slot);
    sql_put_u64(&put, place);
    sql_put_u64(&put, (u64)told->kind);
    sql_put_u64(&put, told->flags);
    sql_put_bytes(&put, span_of(told->name, PUBLOG_CASE_BYTES));
    sql_put_u64(&put, told->until);
    sql_put_bytes(&put, span_of(salts[0], PUBLOG_SALT_BYTES));
    sql_put_bytes(&put, span_of(salts[1], PUBLOG_SALT_BYTES));
    sql_put_bytes(&put, span_of(body, sizeof(body)));
    sql_put_bytes(&put, told->text);
    bool row = false;
    TRY(sql_next(&publog->sql, &put, &row));
    CHECK(row);
    *number_out = sql_get_u64(&put);
    return sql_do(&publog->sql, &put);
}

enum fault publog_tell(struct publog *publog, const struct publog_told *told, u64 *number_out)
{
    CHECK(told->kind > PUBLOG_KIND_PAD && told->kind < PUBLOG_KIND_COUNT);
    CHECK((told->flags & ~PUBLOG_FLAGS) == 0);
    if (told->text.size > PUBLOG_TEXT_BYTES_MAX) {
        return FAULT(FAULT_LIMIT, "an event's text of %zu bytes", told->text.size);
    }
    TRY(publog_check_whole(publog));
    u64 slot = u64_max(publog_slot_of(told->class, now_of(publog)), publog->next[told->class]);
    TRY(event_put(publog, told, slot, number_out));
    publog->counts.events += 1;
    return FAULT_NONE;
}

bool publog_is_opening(enum publog_kind kind)
{
    return kind >= PUBLOG_KIND_GRANT && kind <= PUBLOG_KIND_MISMATCH;
}

bool publog_is_desk(enum publog_kind kind)
{
    return (kind >= PUBLOG_KIND_RECEIVED && kind <= PUBLOG_KIND_REJECTED) ||
           (kind >= PUBLOG_KIND_SILENCE && kind <= PUBLOG_KIND_LAPSED) ||
           kind == PUBLOG_KIND_RESTRICTED || kind == PUBLOG_KIND_PRESERVED ||
           kind == PUBLOG_KIND_STEP || kind == PUBLOG_KIND_REGISTRY;
}

enum fault publog_tell_once(struct publog *publog, const struct publog_told *told, u64 *number_out)
{
    bool is_desk = publog_is_desk(told->kind);
    struct sql_call find = call(publog, is_desk ? PUBLOG_EVENT_FIND_DESK : PUBLOG_EVENT_FIND);
    u8 name[PUBLOG_CASE_BYTES];
    u8 salt[PUBLOG_SALT_BYTES];
    bool row = false;
    CHECK(is_desk || publog_is_opening(told->kind));
    TRY(publog_check_whole(publog));
    sql_put_bytes(&find, told->text);
    sql_put_u64(&find, (u64)told->kind);
    sql_put_u64(&find, (u64)told->class);
    TRY(sql_next(&publog->sql, &find, &row));
    if (!row) {
        return publog_tell(publog, told, number_out);
    }
    *number_out = sql_get_u64(&find);
    bool is_same = sql_get_u64(&find) == told->flags;
    is_same = sql_get_u64(&find) == told->until && is_same;
    sql_get_bytes(&find, name, sizeof(name));
    sql_get_bytes(&find, salt, sizeof(salt));
    sql_end(&find);
    is_same = is_same && memcmp(name, told->name, sizeof(name)) == 0 &&
              (told->mark_salt == NULL || memcmp(salt, told->mark_salt, sizeof(salt)) == 0);
    return is_same ? FAULT_NONE
                   : FAULT(FAULT_EXISTS,
                           "event %llu has this text, with other flags, another case, silence or "
                           "salt",
                           (unsigned long long)*number_out);
}

enum fault publog_of_case(struct publog *publog, const u8 name[PUBLOG_CASE_BYTES],
                          enum publog_kind kind, struct publog_reader *reader)
{
    struct sql_call rows = call(publog, PUBLOG_EVENTS_OF_CASE);
    bool row = false;
    CHECK(publog_is_opening(kind));
    TRY(publog_check_whole(publog));
    sql_put_bytes(&rows, span_of(name, PUBLOG_CASE_BYTES));
    sql_put_u64(&rows, (u64)kind);
    TRY(sql_next(&publog->sql, &rows, &row));
    while (row) {
        u64 number = sql_get_u64(&rows);
        if (!reader->read(reader, number, sql_get_span(&rows))) {
            sql_end(&rows);
            return FAULT_NONE;
        }
        TRY(sql_next(&publog->sql, &rows, &row));
    }
    return FAULT_NONE;
}

enum fault publog_opening_after(struct publog *publog, u64 number, u64 *number_out,
                                u8 name_out[PUBLOG_CASE_BYTES])
{
    struct sql_call after = call(publog, PUBLOG_OPENING_AFTER);
    bool row = false;
    *number_out = 0;
    TRY(publog_check_whole(publog));
    sql_put_u64(&after, number);
    TRY(sql_next(&publog->sql, &after, &row));
    if (row) {
        *number_out = sql_get_u64(&after);
        sql_get_bytes(&after, name_out, PUBLOG_CASE_BYTES);
        sql_end(&after);
    }
    return FAULT_NONE;
}

/* ---- slots ---- */

/* Fills publog->slot with the events of a slot; their flags together. */
static enum fault slot_fill(struct publog *publog, enum publog_class class, u64 slot, u8 *flags_out)
{
    bool row = true;
    struct sql_call events = call(publog, PUBLOG_EVENTS_OF);
    publog_slot_begin(&publog->slot);
    *flags_out = 0;
    sql_put_u64(&events, (u64) class);
    sql_put_u64(&events, slot);
    for (u32 count = 0; count <= PUBLOG_PLACES; count += 1) {
        struct publog_event event;
        u8 name[PUBLOG_CASE_BYTES];
        u8 salt[PUBLOG_SALT_BYTES];
        TRY(sql_next(&publog->sql, &events, &row));
        if (!row) {
            return FAULT_NONE;
        }
        u64 place = sql_get_u64(&events);
        u64 kind = sql_get_u64(&events);
        u64 flags = sql_get_u64(&events);
        sql_get_bytes(&events, name, sizeof(name));
        u64 until = sql_get_u64(&events);
        sql_get_bytes(&events, salt, sizeof(salt));
        sql_get_bytes(&events, event.body, sizeof(event.body));
        if (place >= PUBLOG_PLACES || publog->slot.taken[place] || kind == PUBLOG_KIND_PAD ||
            kind >= PUBLOG_KIND_COUNT || (flags & ~(u64)PUBLOG_FLAGS) != 0) {
            sql_end(&events);
            return FAULT(FAULT_ROT, "%s: an event that cannot be", publog->sql.path);
        }
        event.kind = (enum publog_kind)kind;
        event.flags = (u8)flags;
        publog_mark_of(&publog->sha256, salt, name, until, event.mark);
        publog_slot_put(&publog->slot, (u32)place, &event);
        *flags_out |= event.flags;
    }
    CHECK(false); /* each takes a place of its own */
    return FAULT_NONE;
}

/* The slot's tree as it is in publog->slot. */
static enum fault slot_make(struct publog *publog, enum publog_class class, u64 slot,
                            struct publog_leaf *leaf_out)
{
    u8 key[PUBLOG_KEY_BYTES];
    *leaf_out = (struct publog_leaf){.class = class, .slot = slot};
    TRY(slot_fill(publog, class, slot, &leaf_out->flags));
    enum fault fault = month_key(publog, slot, key);
    if (fault == FAULT_NONE) {
        publog_slot_make(&publog->slot, &publog->sha256, key, class, slot, leaf_out->root);
    }
    secret_wipe(key, sizeof(key));
    return fault;
}

static enum fault slot_close(struct publog *publog, enum publog_class class, u64 slot)
{
    struct publog_leaf leaf;
    TRY(slot_make(publog, class, slot, &leaf));
    struct sql_call put = call(publog, PUBLOG_SLOT_PUT);
    sql_put_u64(&put, (u64) class);
    sql_put_u64(&put, slot);
    sql_put_u64(&put, leaf.flags);
    sql_put_bytes(&put, span_of(leaf.root, sizeof(leaf.root)));
    sql_put_u64(&put, PUBLOG_NO_LEAF);
    TRY(sql_do(&publog->sql, &put));
    publog->counts.slots += 1;
    return FAULT_NONE;
}

static enum fault class_close(struct publog *publog, enum publog_class class, u64 now)
{
    u64 length = publog_slot_seconds(class);
    for (u32 count = 0; count < PUBLOG_SLOTS_A_TURN; count += 1) {
        u64 slot = publog->next[class] + (u64)count * length;
        if (slot + length > now) {
            return FAULT_NONE;
        }
        TRY(slot_close(publog, class, slot));
    }
    return FAULT_NONE;
}

/* The slots' roots are on the disk when this returns. */
static enum fault slots_close(struct publog *publog, u64 now)
{
    TRY(sql_run(&publog->sql, "BEGIN IMMEDIATE"));
    for (u32 class = PUBLOG_CLASS_ORDINARY; class <= PUBLOG_CLASS_EMERGENCY; class += 1) {
        enum fault fault = class_close(publog, (enum publog_class) class, now);
        if (fault != FAULT_NONE) {
            publog_roll_back(publog);
            return fault;
        }
    }
    enum fault fault = sql_run(&publog->sql, "COMMIT");
    if (fault != FAULT_NONE) {
        publog_roll_back(publog);
    }
    return fault;
}

/* The first slot of all: the one in which events.db was made. */
static enum fault first_of(struct publog *publog, enum publog_class class, u64 *slot_out)
{
    struct sql_call get = call(publog, PUBLOG_BEGUN_GET);
    bool row = false;
    sql_put_u64(&get, (u64) class);
    TRY(sql_next(&publog->sql, &get, &row));
    if (row) {
        *slot_out = sql_get_u64(&get);
        sql_end(&get);
        return FAULT_NONE;
    }
    *slot_out = publog_slot_of(class, now_of(publog));
    struct sql_call put = call(publog, PUBLOG_BEGUN_PUT);
    sql_put_u64(&put, (u64) class);
    sql_put_u64(&put, *slot_out);
    return sql_do(&publog->sql, &put);
}

static enum fault next_load(struct publog *publog)
{
    for (u32 class = PUBLOG_CLASS_ORDINARY; class <= PUBLOG_CLASS_EMERGENCY; class += 1) {
        struct sql_call last = call(publog, PUBLOG_SLOT_LAST);
        bool row = false;
        sql_put_u64(&last, class);
        TRY(sql_next(&publog->sql, &last, &row));
        u64 slot = sql_get_u64(&last);
        sql_end(&last);
        publog->next[class] = slot + publog_slot_seconds((enum publog_class) class);
        bool is_first = slot == 0;
        if (is_first) {
            TRY(first_of(publog, (enum publog_class) class, &publog->next[class]));
        }
        if (!publog_slot_sound(class, is_first ? publog->next[class] : slot)) {
            return FAULT(FAULT_ROT, "%s: a slot that cannot be", publog->sql.path);
        }
    }
    return FAULT_NONE;
}

/* ---- leaves ---- */

/* The oldest slot that is closed and whose leaf is not known to be in the log. */
static enum fault slot_waiting(struct publog *publog, struct publog_leaf *leaf_out, bool *is_out)
{
    struct sql_call open = call(publog, PUBLOG_SLOT_OPEN);
    sql_put_u64(&open, PUBLOG_NO_LEAF);
    TRY(sql_next(&publog->sql, &open, is_out));
    if (!*is_out) {
        return FAULT_NONE;
    }
    u64 class = sql_get_u64(&open);
    u64 slot = sql_get_u64(&open);
    u64 flags = sql_get_u64(&open);
    *leaf_out =
        (struct publog_leaf){.class = (enum publog_class) class, .slot = slot, .flags = (u8)flags};
    sql_get_bytes(&open, leaf_out->root, sizeof(leaf_out->root));
    sql_end(&open);
    return publog_slot_sound(class, slot) && (flags & ~(u64)PUBLOG_FLAGS) == 0
               ? FAULT_NONE
               : FAULT(FAULT_ROT, "%s: a slot that cannot be", publog->sql.path);
}

static enum fault leaf_note(struct publog *publog, const struct publog_leaf *leaf, u64 index)
{
    struct sql_call note = call(publog, PUBLOG_SLOT_LEAF);
    sql_put_u64(&note, index);
    sql_put_u64(&note, (u64)leaf->class);
    sql_put_u64(&note, leaf->slot);
    return sql_do(&publog->sql, &note);
}

/* Adds the leaves of all slots that wait, then lines, and keeps their indexes once they are signed.
 * What they are is on the disk before. */
static enum fault leaves_add(struct publog *publog)
{
    struct publog_leaf leaf;
    bool is_waiting = true;
    TRY(publog_sync(publog));
    TRY(sql_run(&publog->sql, "BEGIN IMMEDIATE"));
    for (u32 count = 0; count < 2 * PUBLOG_SLOTS_A_TURN; count += 1) {
        u8 bytes[PUBLOG_LEAF_BYTES];
        u64 index = 0;
        TRY(slot_waiting(publog, &leaf, &is_waiting));
        if (!is_waiting) {
            break;
        }
        publog_leaf_encode(&leaf, bytes);
        TRY(tlog_store_add(publog->store, span_of(bytes, sizeof(bytes)), &index));
        TRY(leaf_note(publog, &leaf, index));
    }
    TRY(publog_lines_add(publog));
    TRY(tlog_store_commit(publog->store));
    return sql_run(&publog->sql, "COMMIT");
}

enum fault publog_leaves_put(struct publog *publog)
{
    enum fault fault = leaves_add(publog);
    if (fault != FAULT_NONE) {
        publog_roll_back(publog);
        publog->is_broken = true;
    }
    return fault;
}

/* An entry of the log whose index was not kept must be the slot that waits. */
static enum fault leaf_find(struct publog *publog, const struct publog_leaf *leaf, u64 index)
{
    struct publog_leaf kept;
    bool is_waiting = false;
    TRY(slot_waiting(publog, &kept, &is_waiting));
    if (!is_waiting || kept.class != leaf->class || kept.slot != leaf->slot ||
        kept.flags != leaf->flags || memcmp(kept.root, leaf->root, sizeof(leaf->root)) != 0) {
        return FAULT(FAULT_DIVERGED, "entry %llu of the log is a slot that %s does not know",
                     (unsigned long long)index, publog->sql.path);
    }
    return leaf_note(publog, &kept, index);
}

/* After a kill: leaves that were committed to the log and whose index was not kept. What the log
 * holds must be what was kept here before. */
static enum fault leaves_find(struct publog *publog)
{
    struct publog_leaf leaf;
    u64 size = tlog_store_signed_size(publog->store);
    u64 first = 0;
    bool row = false;
    struct sql_call last = call(publog, PUBLOG_LEAF_LAST);
    sql_put_u64(&last, PUBLOG_NO_LEAF);
    TRY(sql_next(&publog->sql, &last, &row));
    struct span known = row ? sql_get_span(&last) : span_of("", 0);
    bool is_known = known.size > 0;
    sql_end(&last);
    if (is_known) {
        last = call(publog, PUBLOG_LEAF_LAST);
        sql_put_u64(&last, PUBLOG_NO_LEAF);
        TRY(sql_next(&publog->sql, &last, &row));
        first = sql_get_u64(&last) + 1;
        sql_end(&last);
    }
    if (first > size) {
        return FAULT(FAULT_DIVERGED, "%s knows a leaf at %llu of a log of %llu: is it an old copy?",
                     publog->sql.path, (unsigned long long)first - 1, (unsigned long long)size);
    }
    for (u64 index = first; index < size; index += 1) {
        struct span entry;
        TRY(tlog_store_entry(publog->store, index, &entry));
        TRY(publog_leaf_decode(entry, &leaf) ? leaf_find(publog, &leaf, index)
                                             : publog_line_find(publog, entry, index));
    }
    return FAULT_NONE;
}

enum fault publog_turn(struct publog *publog)
{
    u64 now = now_of(publog);
    struct publog_leaf leaf;
    bool is_waiting = false;
    bool has_line = false;
    bool has_ended = false;
    TRY(publog_check_whole(publog));
    for (u32 class = PUBLOG_CLASS_ORDINARY; class <= PUBLOG_CLASS_EMERGENCY; class += 1) {
        u64 length = publog_slot_seconds((enum publog_class) class);
        has_ended = has_ended || publog->next[class] + length <= now;
    }
    if (has_ended) {
        TRY(slots_close(publog, now));
        enum fault fault = next_load(publog);
        publog->is_broken = fault != FAULT_NONE; /* which slots are closed is not known here */
        TRY(fault);
    }
    TRY(slot_waiting(publog, &leaf, &is_waiting));
    TRY(publog_line_waits(publog, &has_line));
    if (is_waiting || has_line) {
        TRY(publog_leaves_put(publog));
    }
    publog->counts.open_slots = 0;
    for (u32 class = PUBLOG_CLASS_ORDINARY; class <= PUBLOG_CLASS_EMERGENCY; class += 1) {
        u64 length = publog_slot_seconds((enum publog_class) class);
        u64 next = publog->next[class];
        publog->counts.open_slots += now > next ? (now - next) / length : 0;
    }
    return FAULT_NONE;
}

/* ---- receipts ---- */

static enum fault leaf_receipt(struct publog *publog, u64 index, struct span *receipt_out)
{
    struct tlog_receipt receipt = {.index = index,
                                   .checkpoint = tlog_store_published_note(publog->store)};
    TRY(tlog_store_inclusion(publog->store, index, tlog_store_published_size(publog->store),
                             &receipt.proof));
    size_t bytes = tlog_receipt_write(&receipt, publog->leaf_receipt, sizeof(publog->leaf_receipt));
    CHECK(bytes > 0);
    *receipt_out = span_of(publog->leaf_receipt, bytes);
    return FAULT_NONE;
}

/* Where the slot's leaf is in the log. */
static enum fault slot_get(struct publog *publog, enum publog_class class, u64 slot,
                           struct publog_leaf *leaf_out, u64 *index_out)
{
    struct sql_call get = call(publog, PUBLOG_SLOT_GET);
    bool row = false;
    *leaf_out = (struct publog_leaf){.class = class, .slot = slot};
    sql_put_u64(&get, (u64) class);
    sql_put_u64(&get, slot);
    TRY(sql_next(&publog->sql, &get, &row));
    if (!row) {
        return FAULT(FAULT_UNAVAILABLE, "the event's slot has not ended");
    }
    u64 flags = sql_get_u64(&get);
    sql_get_bytes(&get, leaf_out->root, sizeof(leaf_out->root));
    *index_out = sql_get_u64(&get);
    sql_end(&get);
    if ((flags & ~(u64)PUBLOG_FLAGS) != 0) {
        return FAULT(FAULT_ROT, "%s: a slot that cannot be", publog->sql.path);
    }
    leaf_out->flags = (u8)flags;
    return *index_out < tlog_store_published_size(publog->store)
               ? FAULT_NONE
               : FAULT(FAULT_UNAVAILABLE, "the event's leaf is not published yet");
}

/* The event with its salts; its receipt's last part lies in the publog until the next one. */
static enum fault event_show(struct publog *publog, u64 number, struct publog_shown *shown_out)
{
    struct sql_call get = call(publog, PUBLOG_EVENT_GET);
    struct publog_receipt *receipt = &shown_out->receipt;
    struct publog_leaf made;
    u64 index = 0;
    bool row = false;
    sql_put_u64(&get, number);
    TRY(sql_next(&publog->sql, &get, &row));
    if (!row) {
        return FAULT(FAULT_MISSING, "no event has the number %llu", (unsigned long long)number);
    }
    u64 number_of_class = sql_get_u64(&get);
    u64 slot = sql_get_u64(&get);
    u64 place = sql_get_u64(&get);
    shown_out->until = sql_get_u64(&get);
    sql_get_bytes(&get, shown_out->mark_salt, PUBLOG_SALT_BYTES);
    sql_get_bytes(&get, shown_out->body_salt, PUBLOG_SALT_BYTES);
    sql_end(&get);
    if (!publog_slot_sound(number_of_class, slot) || place >= PUBLOG_PLACES ||
        shown_out->until > INT64_MAX) {
        return FAULT(FAULT_ROT, "%s: an event that cannot be", publog->sql.path);
    }
    enum publog_class class = (enum publog_class)number_of_class;
    receipt->place = (u32)place;
    TRY(slot_get(publog, class, slot, &receipt->leaf, &index));
    TRY(slot_make(publog, class, slot, &made));
    if (memcmp(made.root, receipt->leaf.root, sizeof(made.root)) != 0) {
        return FAULT(FAULT_ROT, "%s: the events of a slot are not those that were logged",
                     publog->sql.path);
    }
    receipt->event = publog->slot.events[receipt->place];
    publog_slot_path(&publog->slot, receipt->place, receipt->path);
    publog_leaf_encode(&receipt->leaf, receipt->leaf_bytes);
    return leaf_receipt(publog, index, &receipt->of_leaf);
}

enum fault publog_receipt(struct publog *publog, u64 number, u8 *target, size_t target_bytes,
                          size_t *size_out)
{
    struct publog_shown shown;
    TRY(event_show(publog, number, &shown));
    *size_out = publog_receipt_write(&shown.receipt, target, target_bytes);
    return *size_out > 0 ? FAULT_NONE : FAULT(FAULT_LIMIT, "no room for a receipt");
}

enum fault publog_show(struct publog *publog, u64 number, u8 *target, size_t target_bytes,
                       size_t *size_out)
{
    struct publog_shown shown;
    TRY(event_show(publog, number, &shown));
    *size_out = publog_shown_write(&shown, target, target_bytes);
    return *size_out > 0 ? FAULT_NONE : FAULT(FAULT_LIMIT, "no room for what is shown");
}

/* ---- the whole ---- */

static enum fault publog_begin(struct publog *publog, const struct publog_options *options)
{
    char path[FILE_PATH_BYTES];
    TRY(sha256_open(&publog->sha256));
    TRY(file_path(path, options->folder, PUBLOG_FILE));
    TRY(sql_file_make(options->folder, path));
    TRY(sql_open(&publog->sql, path, SQL_WRITE, &format));
    /* Each commit is on the disk, whoever reads the file meanwhile: a root before its leaf. */
    TRY(sql_run(&publog->sql, "PRAGMA synchronous=FULL"));
    for (u32 index = 0; index < ARRAY_COUNT(later_schema); index += 1) {
        TRY(sql_run(&publog->sql, later_schema[index]));
    }
    for (u32 index = 0; index < PUBLOG_STATEMENTS; index += 1) {
        TRY(sql_prepare(&publog->sql, statements[index], &publog->rows[index]));
    }
    TRY(leaves_find(publog));
    return next_load(publog);
}

enum fault publog_open(struct publog **publog_out, const struct publog_options *options)
{
    struct publog *publog = calloc(1, sizeof(*publog));
    *publog_out = NULL;
    if (publog == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for what goes into the log");
    }
    publog->store = options->store;
    publog->clock = options->clock;
    enum fault fault = publog_begin(publog, options);
    if (fault != FAULT_NONE) {
        publog_close(publog);
        return fault;
    }
    *publog_out = publog;
    return FAULT_NONE;
}

void publog_close(struct publog *publog)
{
    if (publog == NULL) {
        return;
    }
    for (u32 index = 0; index < PUBLOG_STATEMENTS; index += 1) {
        sql_give_back(&publog->rows[index]);
    }
    sql_close(&publog->sql);
    sha256_close(&publog->sha256);
    free(publog);
}

struct publog_counts publog_counts(const struct publog *publog)
{
    return publog->counts;
}
