#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/sql.h"
#include "role/vault/publog.h"
#include "role/vault/publog_month.h"
#include "role/vault/publog_opening.h"
#include "role/vault/publog_silence.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MONTH_FORMAT        "%04u-%02u"
#define MONTH_VALUES(month) (month) / 12, (month) % 12 + 1

_Static_assert(PUBLOG_KIND_SILENCE == 8, "the statement says it");

struct writing {
    struct sql sql;
    u32 month;
    u64 now_s;
    u64 next_s;                    /* when more can be shown; 0: never */
    struct sqlite3_stmt *silences; /* of a case */
    u8 *target;
    size_t bytes_max;
    size_t used;
};

__attribute__((format(printf, 2, 3))) static enum fault put(struct writing *writing,
                                                            const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf((char *)writing->target + writing->used,
                         writing->bytes_max - writing->used, format, arguments);
    va_end(arguments);
    if (size < 0 || (size_t)size >= writing->bytes_max - writing->used) {
        return FAULT(FAULT_LIMIT, "no room for the opening of a month");
    }
    writing->used += (size_t)size;
    return FAULT_NONE;
}

static enum fault put_hex(struct writing *writing, const u8 *bytes, size_t count)
{
    char hex[2 * PUBLOG_EVENT_BYTES + 1]; /* the longest there is */
    CHECK(2 * count < sizeof(hex));
    enum fault fault = put(writing, "%s", bytes_to_hex(bytes, count, hex));
    secret_wipe(hex, sizeof(hex)); /* it may be a month's key */
    return fault;
}

/* The log had begun by then. */
static enum fault is_there(struct writing *writing, struct sqlite3_stmt *rows)
{
    bool row = false;
    struct sql_call call = sql_call(rows);
    TRY(sql_next(&writing->sql, &call, &row));
    CHECK(row);
    u64 first = sql_get_u64(&call); /* 0: none */
    sql_end(&call);
    return first > 0 && first < publog_month_begin(writing->month + 1)
               ? FAULT_NONE
               : FAULT(FAULT_MISSING, "nothing was logged in " MONTH_FORMAT,
                       MONTH_VALUES(writing->month));
}

/* All its slots are closed, or it says nothing. */
static enum fault is_closed(struct writing *writing, struct sqlite3_stmt *rows)
{
    u32 classes = 0;
    bool row = true;
    struct sql_call call = sql_call(rows);
    while (classes <= PUBLOG_CLASSES) {
        TRY(sql_next(&writing->sql, &call, &row));
        if (!row) {
            break;
        }
        u64 class = sql_get_u64(&call);
        u64 slot = sql_get_u64(&call);
        if (!publog_slot_sound(class, slot)) {
            sql_end(&call);
            return FAULT(FAULT_ROT, "%s: a slot that cannot be", writing->sql.path);
        }
        u64 next = slot + publog_slot_seconds((enum publog_class) class);
        classes += publog_month_of(next) > writing->month ? 1 : 0;
    }
    sql_end(&call);
    if (classes == PUBLOG_CLASSES) {
        return FAULT_NONE;
    }
    return writing->now_s < publog_month_begin(writing->month + 1)
               ? FAULT(FAULT_REFUSED, "the month " MONTH_FORMAT " is not over",
                       MONTH_VALUES(writing->month))
               : FAULT(FAULT_REFUSED, "not all slots of " MONTH_FORMAT " are closed yet",
                       MONTH_VALUES(writing->month));
}

static enum fault key_put(struct writing *writing, struct sqlite3_stmt *rows)
{
    u8 key[PUBLOG_KEY_BYTES];
    bool row = false;
    struct sql_call call = sql_call(rows);
    sql_put_u64(&call, writing->month);
    TRY(sql_next(&writing->sql, &call, &row));
    if (!row) {
        return FAULT(FAULT_MISSING, "nothing was logged in " MONTH_FORMAT,
                     MONTH_VALUES(writing->month));
    }
    sql_get_bytes(&call, key, sizeof(key));
    sql_end(&call);
    enum fault fault = put(writing, "cambist-month/v1\nmonth " MONTH_FORMAT "\nkey ",
                           MONTH_VALUES(writing->month));
    if (fault == FAULT_NONE) {
        fault = put_hex(writing, key, sizeof(key));
    }
    secret_wipe(key, sizeof(key));
    TRY(fault);
    return put(writing, "\n");
}

/* An event whose block is looked for. */
struct sought {
    const u8 *name; /* of its case */
    enum publog_kind kind;
    enum publog_class class;
    u64 slot;
    u64 until;
    bool is_found;
};

/* The next silence of the case: whether the block that was there before is the one. */
static bool walk(struct sought *sought, struct publog_silence_block *block, enum publog_class class,
                 u64 slot, u64 until)
{
    struct publog_silence_block before = *block;
    bool is_of_it = publog_silence_walk(block, class, slot, until);
    bool is_behind = sought->kind == PUBLOG_KIND_NOTICE && slot >= sought->slot;
    if (!is_of_it && before.is_some && (sought->is_found || is_behind)) {
        *block = before;
        return true;
    }
    sought->is_found = sought->is_found ||
                       (class == sought->class && slot == sought->slot && until == sought->until);
    return false;
}

/* The end of what a silence or a notice belongs to: of its block; of a notice, the newest block
 * that was begun before it. 0: there is none. */
static enum fault end_find(struct writing *writing, struct sought *sought, u64 *end_out)
{
    struct publog_silence_block block = {.is_some = false};
    bool is_over = false;
    bool row = true;
    struct sql_call call = sql_call(writing->silences);
    sql_put_bytes(&call, span_of(sought->name, PUBLOG_CASE_BYTES));
    while (row && !is_over) { /* ends with the silences of a case */
        TRY(sql_next(&writing->sql, &call, &row));
        u64 class = row ? sql_get_u64(&call) : PUBLOG_CLASS_ORDINARY;
        u64 slot = row ? sql_get_u64(&call) : 0;
        u64 until = row ? sql_get_u64(&call) : 0;
        if (class == 0 || class > PUBLOG_CLASSES) {
            sql_end(&call);
            return FAULT(FAULT_ROT, "%s: an event that cannot be", writing->sql.path);
        }
        is_over = row && walk(sought, &block, (enum publog_class) class, slot, until);
    }
    if (row) {
        sql_end(&call);
    }
    bool is_in = sought->kind == PUBLOG_KIND_SILENCE ? sought->is_found
                                                     : block.is_some && block.first < sought->slot;
    *end_out = is_in ? block.end : 0;
    return FAULT_NONE;
}

/* Whether it is shown now; what will be is noted. */
static enum fault is_to_show(struct writing *writing, struct sought *sought, bool *is_out)
{
    u64 end = 0;
    *is_out = false;
    if (sought->kind != PUBLOG_KIND_SILENCE && sought->kind != PUBLOG_KIND_NOTICE) {
        return FAULT_NONE;
    }
    TRY(end_find(writing, sought, &end));
    *is_out = end != 0 && end <= writing->now_s;
    if (end > writing->now_s && (writing->next_s == 0 || end < writing->next_s)) {
        writing->next_s = end;
    }
    return FAULT_NONE;
}

/* One row of the events: as an event's line, or as what is shown of a silence that has ended. */
static enum fault row_put(struct writing *writing, struct sql_call *call, bool shown)
{
    u8 name[PUBLOG_CASE_BYTES];
    u8 salt[PUBLOG_SALT_BYTES];
    u8 bytes[PUBLOG_EVENT_BYTES];
    struct publog_event event;
    struct sha256 sha256;
    u64 class = sql_get_u64(call);
    u64 slot = sql_get_u64(call);
    u64 place = sql_get_u64(call);
    u64 kind = sql_get_u64(call);
    u64 flags = sql_get_u64(call);
    if (class == 0 || class > PUBLOG_CLASSES || slot > UINT32_MAX || place >= PUBLOG_PLACES ||
        kind == PUBLOG_KIND_PAD || kind >= PUBLOG_KIND_COUNT || (flags & ~(u64)PUBLOG_FLAGS) != 0) {
        return FAULT(FAULT_ROT, "%s: an event that cannot be", writing->sql.path);
    }
    event.kind = (enum publog_kind)kind;
    event.flags = (u8)flags;
    sql_get_bytes(call, name, sizeof(name));
    u64 until = sql_get_u64(call);
    sql_get_bytes(call, salt, sizeof(salt));
    sql_get_bytes(call, event.body, sizeof(event.body));
    bool is_shown = true;
    if (shown) {
        struct sought sought = {.name = name,
                                .kind = event.kind,
                                .class = (enum publog_class) class,
                                .slot = slot,
                                .until = until};
        TRY(is_to_show(writing, &sought, &is_shown));
    }
    if (!is_shown) {
        return FAULT_NONE;
    }
    TRY(put(writing, "%s %llu %llu %llu ", shown ? "shown" : "event", (unsigned long long)class,
            (unsigned long long)slot, (unsigned long long)place));
    if (shown) {
        TRY(put_hex(writing, name, sizeof(name)));
        TRY(put(writing, " %llu ", (unsigned long long)until));
        TRY(put_hex(writing, salt, sizeof(salt)));
        return put(writing, "\n");
    }
    TRY(sha256_open(&sha256));
    publog_mark_of(&sha256, salt, name, until, event.mark);
    sha256_close(&sha256);
    secret_wipe(salt, sizeof(salt));
    publog_event_encode(&event, bytes);
    TRY(put_hex(writing, bytes, sizeof(bytes)));
    return put(writing, "\n");
}

/* The events of the month, one class behind the other. */
static enum fault class_put(struct writing *writing, struct sqlite3_stmt *rows,
                            enum publog_class class, bool shown)
{
    struct sql_call call = sql_call(rows);
    bool row = true;
    sql_put_u64(&call, (u64) class);
    sql_put_u64(&call, publog_month_begin(writing->month));
    sql_put_u64(&call, publog_month_begin(writing->month + 1));
    while (row) { /* ends with the month; each line takes room of the target, which has an end */
        TRY(sql_next(&writing->sql, &call, &row));
        enum fault fault = row ? row_put(writing, &call, shown) : FAULT_NONE;
        if (fault != FAULT_NONE) {
            sql_end(&call);
            return fault;
        }
    }
    return FAULT_NONE;
}

static enum fault rows_put(struct writing *writing, struct sqlite3_stmt *rows, bool shown)
{
    TRY(class_put(writing, rows, PUBLOG_CLASS_ORDINARY, shown));
    return class_put(writing, rows, PUBLOG_CLASS_EMERGENCY, shown);
}

/* An event that no month would hold is in none of the rows that are asked for. */
static enum fault strays_refuse(struct writing *writing, struct sqlite3_stmt *strays)
{
    bool row = false;
    struct sql_call call = sql_call(strays);
    sql_put_u64(&call, PUBLOG_CLASSES);
    sql_put_u64(&call, UINT32_MAX);
    TRY(sql_next(&writing->sql, &call, &row));
    CHECK(row);
    u64 kinds = sql_get_u64(&call);
    sql_end(&call);
    return kinds == 0 ? FAULT_NONE
                      : FAULT(FAULT_ROT, "%s: an event that cannot be", writing->sql.path);
}

static enum fault month_put(struct writing *writing)
{
    static const char *const texts[] = {
        "SELECT class, max(slot) FROM slots GROUP BY class",
        "SELECT key FROM months WHERE month = ?",
        ("SELECT class, slot, place, kind, flags, name, until, mark_salt, body FROM events"
         " WHERE class = ? AND slot >= ? AND slot < ? ORDER BY slot, place"),
        ("SELECT EXISTS(SELECT 1 FROM events WHERE class < 1)"
         " + EXISTS(SELECT 1 FROM events WHERE class > ?1)"
         " + EXISTS(SELECT 1 FROM events WHERE class IN (1, 2) AND slot < 0)"
         " + EXISTS(SELECT 1 FROM events WHERE class IN (1, 2) AND slot > ?2)"),
        "SELECT min(slot) FROM begun",
        "SELECT class, slot, until FROM events WHERE name = ? AND kind = 8 ORDER BY slot, class,"
        " until",
    };
    struct sqlite3_stmt *rows[ARRAY_COUNT(texts)] = {NULL};
    enum fault fault = FAULT_NONE;
    for (u32 index = 0; index < ARRAY_COUNT(texts) && fault == FAULT_NONE; index += 1) {
        fault = sql_prepare(&writing->sql, texts[index], &rows[index]);
    }
    writing->silences = rows[5];
    fault = fault == FAULT_NONE ? is_there(writing, rows[4]) : fault;
    fault = fault == FAULT_NONE ? is_closed(writing, rows[0]) : fault;
    fault = fault == FAULT_NONE ? key_put(writing, rows[1]) : fault;
    fault = fault == FAULT_NONE ? strays_refuse(writing, rows[3]) : fault;
    fault = fault == FAULT_NONE ? rows_put(writing, rows[2], false) : fault;
    fault = fault == FAULT_NONE ? rows_put(writing, rows[2], true) : fault;
    for (u32 index = 0; index < ARRAY_COUNT(texts); index += 1) {
        sql_give_back(&rows[index]);
    }
    return fault;
}

enum fault publog_month_write(const char *folder, u32 month, u64 now_s, u8 *target,
                              size_t target_bytes, size_t *size_out, u64 *next_out)
{
    struct writing writing = {
        .month = month, .now_s = now_s, .target = target, .bytes_max = target_bytes};
    static const struct sql_format format = {
        .application = PUBLOG_APPLICATION, .version = PUBLOG_VERSION, .what = "events of the log"};
    char path[FILE_PATH_BYTES];
    TRY(file_path(path, folder, PUBLOG_FILE));
    TRY(sql_open(&writing.sql, path, SQL_READ, &format));
    enum fault fault = month_put(&writing);
    sql_close(&writing.sql);
    *size_out = writing.used;
    *next_out = writing.next_s;
    return fault;
}
