#include "role/vault/vault_store.h"

#include "base/check.h"
#include "base/span.h"
#include "role/vault/vault_store_inner.h"

#include <sodium.h>
#include <string.h>

#define APPLICATION_KEYS   0x43566b79U /* "CVky" */
#define APPLICATION_BODIES 0x43566279U /* "CVby" */

#define EVER_TABLE                                                        \
    "CREATE TABLE ever (mark BLOB PRIMARY KEY, version INTEGER NOT NULL)" \
    " STRICT, WITHOUT ROWID"
#define ASKS_TABLE \
    "CREATE TABLE asks (nonce BLOB PRIMARY KEY, time INTEGER NOT NULL) STRICT, WITHOUT ROWID"
#define DRILLS_TABLE \
    "CREATE TABLE drills (point BLOB PRIMARY KEY, time INTEGER NOT NULL) STRICT, WITHOUT ROWID"
#define TOLD_TABLE \
    "CREATE TABLE told (one INTEGER PRIMARY KEY CHECK (one = 1), fresh INTEGER NOT NULL) STRICT"
#define TOLD_ROW "INSERT INTO told (one, fresh) VALUES (1, 0)"
#define REVIEWS_TABLE                                                                            \
    "CREATE TABLE reviews (subject INTEGER NOT NULL, version INTEGER NOT NULL,"                  \
    " time INTEGER NOT NULL, until INTEGER NOT NULL, views INTEGER NOT NULL,"                    \
    " state INTEGER NOT NULL, seen INTEGER NOT NULL, reviewer BLOB NOT NULL, box BLOB NOT NULL," \
    " enrolment BLOB NOT NULL, PRIMARY KEY (subject, version)) STRICT, WITHOUT ROWID"
#define GONE_TABLE                                                      \
    "CREATE TABLE gone (mark BLOB NOT NULL, version INTEGER NOT NULL, " \
    "day INTEGER NOT NULL, PRIMARY KEY (mark, version)) STRICT, WITHOUT ROWID"
#define DOUBLES_TABLE                                                             \
    "CREATE TABLE doubles (number INTEGER PRIMARY KEY AUTOINCREMENT,"             \
    " time INTEGER NOT NULL, subject INTEGER NOT NULL, version INTEGER NOT NULL," \
    " seen INTEGER NOT NULL) STRICT"

#define PEOPLE_TABLE                                                 \
    "CREATE TABLE people (number INTEGER PRIMARY KEY AUTOINCREMENT," \
    " subject INTEGER NOT NULL UNIQUE, version INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT"

static const char *const keys_schema[] = {
    "CREATE TABLE wraps (subject INTEGER NOT NULL, part INTEGER NOT NULL, version INTEGER NOT NULL,"
    " epoch INTEGER NOT NULL, retention INTEGER NOT NULL, until INTEGER NOT NULL,"
    " wrap BLOB NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (subject, part, version))"
    " STRICT, WITHOUT ROWID",
    "CREATE INDEX wraps_epoch ON wraps (epoch)",
    "CREATE INDEX wraps_until ON wraps (until) WHERE until > 0",
    "CREATE TABLE hands (subject INTEGER NOT NULL, part INTEGER NOT NULL, version INTEGER NOT NULL,"
    " number INTEGER NOT NULL, until INTEGER NOT NULL, hand BLOB NOT NULL,"
    " PRIMARY KEY (subject, part, version, number)) STRICT, WITHOUT ROWID",
    "CREATE INDEX hands_until ON hands (until)",
    "CREATE TABLE tags (field INTEGER NOT NULL, tag BLOB NOT NULL, subject INTEGER NOT NULL,"
    " part INTEGER NOT NULL, version INTEGER NOT NULL,"
    " PRIMARY KEY (field, tag, subject, part, version)) STRICT, WITHOUT ROWID",
    "CREATE INDEX tags_record ON tags (subject, part, version)",
    "CREATE TABLE dead (subject INTEGER NOT NULL, part INTEGER NOT NULL, version INTEGER NOT NULL,"
    " PRIMARY KEY (subject, part, version)) STRICT, WITHOUT ROWID",
    "CREATE TABLE shredded (day INTEGER PRIMARY KEY, count INTEGER NOT NULL) STRICT",
    "CREATE TABLE totals (one INTEGER PRIMARY KEY CHECK (one = 1), put INTEGER NOT NULL,"
    " erased INTEGER NOT NULL) STRICT",
    "INSERT INTO totals (one, put, erased) VALUES (1, 0, 0)",
    "CREATE TABLE events (number INTEGER PRIMARY KEY, time INTEGER NOT NULL, kind INTEGER NOT NULL,"
    " field INTEGER NOT NULL, count INTEGER NOT NULL, matter BLOB NOT NULL) STRICT",
    "CREATE INDEX events_kind ON events (kind, time)",
    EVER_TABLE,
    ASKS_TABLE,
    DRILLS_TABLE,
    TOLD_TABLE,
    TOLD_ROW,
    REVIEWS_TABLE,
    DOUBLES_TABLE,
    GONE_TABLE,
    PEOPLE_TABLE,
    NULL,
};

static const char *const keys_to_2[] = {EVER_TABLE, ASKS_TABLE, NULL};
static const char *const keys_to_3[] = {TOLD_TABLE, TOLD_ROW, NULL};
static const char *const keys_to_4[] = {REVIEWS_TABLE, DOUBLES_TABLE, NULL};
/* That of version 2 knew members by their number, and nothing was ever in it. */
static const char *const keys_to_5[] = {"DROP TABLE IF EXISTS drills", DRILLS_TABLE, NULL};
static const char *const keys_to_6[] = {GONE_TABLE, NULL};
static const char *const keys_to_7[] = {PEOPLE_TABLE, NULL};
static const char *const *const keys_upgrades[] = {keys_to_2, keys_to_3, keys_to_4,
                                                   keys_to_5, keys_to_6, keys_to_7};

static const char *const bodies_schema[] = {
    "CREATE TABLE bodies (row INTEGER PRIMARY KEY, subject INTEGER NOT NULL, part INTEGER NOT NULL,"
    " version INTEGER NOT NULL, body BLOB NOT NULL, UNIQUE (subject, part, version)) STRICT",
    "CREATE TABLE coming (subject INTEGER NOT NULL, part INTEGER NOT NULL,"
    " version INTEGER NOT NULL, PRIMARY KEY (subject, part, version)) STRICT, WITHOUT ROWID",
    NULL,
};

const struct sql_format vault_keys_format = {.application = APPLICATION_KEYS,
                                             .version = 7,
                                             .what = "the vault's keys",
                                             .schema = keys_schema,
                                             .upgrades = keys_upgrades};
static const struct sql_format bodies_format = {.application = APPLICATION_BODIES,
                                                .version = 1,
                                                .what = "the vault's bodies",
                                                .schema = bodies_schema};

#define PLACE  "subject=? AND part=? AND version=?"
#define LISTED "subject, part, version, epoch, retention, until"
#define REVIEW "subject, version, time, until, views, state, seen, reviewer, box, enrolment"
#define ROOM   "256" /* VAULT_LIST_MAX */
_Static_assert(VAULT_WRAP_BYTES == SEAL_WRAP_BYTES && VAULT_HAND_BYTES == SEAL_HAND_BYTES &&
                   VAULT_HASH_BYTES == SEAL_HASH_BYTES &&
                   VAULT_BODY_BYTES_MAX >= SEAL_BODY_BYTES_MAX,
               "what is sealed fits");
_Static_assert(VAULT_LIST_MAX == 256, "ROOM");
_Static_assert(VAULT_DUE_MAX == 16, "the limit below");

static const char *const texts[VAULT_SQL_COUNT] = {
    [VAULT_SQL_FIND] = "SELECT " LISTED ", wrap, hash FROM wraps WHERE " PLACE,
    [VAULT_SQL_NEWEST] = "SELECT " LISTED ", wrap, hash FROM wraps WHERE subject=? AND part=?"
                         " ORDER BY version DESC LIMIT 1",
    [VAULT_SQL_LIST] = "SELECT " LISTED " FROM wraps WHERE subject=?"
                       " ORDER BY part, version DESC LIMIT " ROOM,
    [VAULT_SQL_STALE] = "SELECT " LISTED " FROM wraps WHERE epoch<? ORDER BY epoch LIMIT " ROOM,
    [VAULT_SQL_WRAPS] = "SELECT " LISTED ", wrap, hash FROM wraps WHERE +epoch=?"
                        " AND (subject, part, version)>(?, ?, ?)"
                        " ORDER BY subject, part, version LIMIT " ROOM,
    [VAULT_SQL_DUE] = "SELECT " LISTED " FROM wraps WHERE until>0 AND until<? ORDER BY until"
                      " LIMIT 16", /* VAULT_DUE_MAX */
    [VAULT_SQL_WRAP_ADD] = "INSERT INTO wraps (" LISTED ", wrap, hash)"
                           " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    [VAULT_SQL_WRAP_SET] = "UPDATE wraps SET epoch=?, wrap=? WHERE " PLACE " AND epoch=?",
    [VAULT_SQL_WRAP_REMOVE] = "DELETE FROM wraps WHERE " PLACE,
    [VAULT_SQL_RETAIN] = "UPDATE wraps SET until=? WHERE subject=? AND (part=? OR ?=0)",
    [VAULT_SQL_HAND_ADD] = "INSERT INTO hands (subject, part, version, number, until, hand)"
                           " VALUES (?, ?, ?, ?, ?, ?)",
    [VAULT_SQL_HANDS] = "SELECT until, hand FROM hands WHERE " PLACE " ORDER BY number",
    [VAULT_SQL_HANDS_REMOVE] = "DELETE FROM hands WHERE " PLACE,
    [VAULT_SQL_HANDS_OVER] = "DELETE FROM hands WHERE until>0 AND until<?",
    [VAULT_SQL_TAG_ADD] = "INSERT OR IGNORE INTO tags (field, tag, subject, part, version)"
                          " VALUES (?, ?, ?, ?, ?)",
    [VAULT_SQL_TAGS_FIND] = "SELECT w.subject, w.part, w.version, w.epoch, w.retention, w.until"
                            " FROM tags t JOIN wraps w USING (subject, part, version)"
                            " WHERE t.field=? AND t.tag=? ORDER BY 1, 2, 3 LIMIT " ROOM,
    [VAULT_SQL_TAGS_COUNT] = "SELECT COUNT(DISTINCT t.subject)"
                             " FROM tags t JOIN wraps w USING (subject, part, version)"
                             " WHERE t.field=? AND t.tag=?",
    [VAULT_SQL_TAGS_REMOVE] = "DELETE FROM tags WHERE " PLACE,
    [VAULT_SQL_DEAD_ADD] = "INSERT OR IGNORE INTO dead (subject, part, version) VALUES (?, ?, ?)",
    [VAULT_SQL_DEAD_ONE] = "SELECT subject, part, version FROM dead LIMIT 1",
    [VAULT_SQL_DEAD_REMOVE] = "DELETE FROM dead WHERE " PLACE,
    [VAULT_SQL_SHREDDED_ADD] = "INSERT INTO shredded (day, count) VALUES (?, 1)"
                               " ON CONFLICT (day) DO UPDATE SET count=count+1",
    [VAULT_SQL_SHREDDED] = "SELECT count FROM shredded WHERE day=?",
    [VAULT_SQL_TOTALS_ADD] = "UPDATE totals SET put=put+?, erased=erased+?",
    [VAULT_SQL_TOTALS] = "SELECT (SELECT count(*) FROM wraps), put, erased,"
                         " (SELECT count(*) FROM hands), (SELECT count(*) FROM tags),"
                         " (SELECT coalesce(max(number), 0) FROM events),"
                         " (SELECT count(*) FROM dead) FROM totals",
    [VAULT_SQL_EVENT_ADD] = "INSERT INTO events (time, kind, field, count, matter)"
                            " VALUES (?, ?, ?, ?, ?)",
    [VAULT_SQL_EVENT_PUT] = "INSERT INTO events (number, time, kind, field, count, matter)"
                            " VALUES (?, ?, ?, 0, ?, ?)",
    [VAULT_SQL_EVENT_NEWEST] = "SELECT coalesce(max(number), 0) FROM events",
    [VAULT_SQL_EVENTS_LIFT] = "UPDATE events SET number=-number WHERE number>=?",
    [VAULT_SQL_EVENTS_DROP] = "UPDATE events SET number=?-number WHERE number<0",
    [VAULT_SQL_FRESH] = "SELECT fresh FROM told",
    [VAULT_SQL_FRESH_SET] = "UPDATE told SET fresh=?",
    [VAULT_SQL_EVENTS] = "SELECT number, time, kind, field, count, matter FROM events"
                         " WHERE number>=? ORDER BY number LIMIT ?",
    [VAULT_SQL_EVENTS_SINCE] = "SELECT count(*) FROM events WHERE kind=? AND time>?",
    [VAULT_SQL_UNSWEPT] = "SELECT coalesce(min(time), 0) FROM events WHERE kind IN (2, 3, 5)"
                          " AND number>(SELECT coalesce(max(number), 0) FROM events WHERE kind=4)",
    [VAULT_SQL_WALK] = "SELECT " LISTED ", wrap, hash FROM wraps ORDER BY subject, part, version",
    [VAULT_SQL_MARK] = "SELECT version FROM ever WHERE mark=?",
    [VAULT_SQL_MARK_PUT] = "INSERT INTO ever (mark, version) VALUES (?, ?) ON CONFLICT (mark)"
                           " DO UPDATE SET version=max(version, excluded.version)",
    [VAULT_SQL_MARKS] = "SELECT count(*) FROM ever",
    [VAULT_SQL_MARKS_FROM] = "SELECT subject, part, max(version) FROM wraps GROUP BY subject, part",
    [VAULT_SQL_GONE_ADD] = "INSERT OR IGNORE INTO gone (mark, version, day) VALUES (?, ?, ?)",
    [VAULT_SQL_GONE] =
        "SELECT version, day FROM gone WHERE mark=? ORDER BY version DESC LIMIT " ROOM,
    [VAULT_SQL_REVIEWS_OF] = "SELECT " REVIEW " FROM reviews WHERE subject=?"
                             " ORDER BY version DESC LIMIT " ROOM,
    [VAULT_SQL_REVIEW_ADD] =
        "INSERT INTO reviews (" REVIEW ") VALUES (?, ?, ?, ?, 0, 1, ?, ?, ?, ?)",
    [VAULT_SQL_REVIEW] = "SELECT " REVIEW " FROM reviews WHERE subject=? AND version=?",
    [VAULT_SQL_REVIEWS] = "SELECT " REVIEW " FROM reviews WHERE state=1 ORDER BY time LIMIT " ROOM,
    [VAULT_SQL_REVIEW_OPEN] = "SELECT count(*) FROM reviews WHERE subject=? AND state=1"
                              " AND until>=?",
    [VAULT_SQL_REVIEW_VIEW] = "UPDATE reviews SET views=views+1 WHERE subject=? AND version=?",
    [VAULT_SQL_REVIEW_DECIDE] = "UPDATE reviews SET state=? WHERE subject=? AND version=?",
    [VAULT_SQL_REVIEWS_OVER] = "UPDATE reviews SET state=4 WHERE state=1 AND until<?",
    [VAULT_SQL_REVIEW_REMOVE] = "DELETE FROM reviews WHERE subject=? AND version=?",
    [VAULT_SQL_REVIEW_HANDS] = "DELETE FROM hands WHERE subject=? AND version=? AND until>0",
    [VAULT_SQL_DOUBLE_ADD] = "INSERT INTO doubles (time, subject, version, seen)"
                             " VALUES (?, ?, ?, ?)",
    [VAULT_SQL_DOUBLES] = "SELECT number, time, subject, version, seen FROM doubles"
                          " WHERE number>=? ORDER BY number LIMIT " ROOM,
    [VAULT_SQL_DOUBLES_REMOVE] = "DELETE FROM doubles WHERE subject=? AND version=?",
    [VAULT_SQL_SEEN] = "SELECT count(*) FROM tags WHERE field=? AND tag=? AND subject<>?",
    [VAULT_SQL_PERSON_ADD] = "INSERT INTO people (subject, version, sealed) VALUES (?, ?, ?)",
    [VAULT_SQL_PERSON_REMOVE] = "DELETE FROM people WHERE subject=?",
    [VAULT_SQL_PERSON_IS] = "SELECT count(*) FROM people WHERE subject=? AND version=?",
    [VAULT_SQL_PEOPLE] = "SELECT number, subject, version, sealed FROM people WHERE number>=?"
                         " ORDER BY number LIMIT ?",
    [VAULT_SQL_ASK_ADD] = "INSERT INTO asks (nonce, time) VALUES (?, ?)",
    [VAULT_SQL_ASK_FIND] = "SELECT time FROM asks WHERE nonce=?",
    [VAULT_SQL_ASKS] = "SELECT count(*) FROM asks",
    [VAULT_SQL_ASKS_OVER] = "DELETE FROM asks WHERE time<? OR time>?",
    [VAULT_SQL_DRILL_FIND] = "SELECT time FROM drills WHERE point=?",
    [VAULT_SQL_DRILL_SET] = "INSERT INTO drills (point, time) VALUES (?, ?)"
                            " ON CONFLICT (point) DO UPDATE SET time=excluded.time",
    [VAULT_SQL_BODY_ADD] = "INSERT INTO bodies (subject, part, version, body) VALUES (?, ?, ?, ?)",
    [VAULT_SQL_BODY] = "SELECT body FROM bodies WHERE " PLACE,
    [VAULT_SQL_BODY_REMOVE] = "DELETE FROM bodies WHERE " PLACE,
    [VAULT_SQL_COMING_ADD] = "INSERT INTO coming (subject, part, version) VALUES (?, ?, ?)",
    [VAULT_SQL_COMING_ONE] = "SELECT subject, part, version FROM coming LIMIT 1",
    [VAULT_SQL_COMING_REMOVE] = "DELETE FROM coming WHERE " PLACE,
    [VAULT_SQL_COMING_COUNT] = "SELECT count(*) FROM coming",
    [VAULT_SQL_BODIES_WALK] = "SELECT subject, part, version, body FROM bodies"
                              " ORDER BY subject, part, version",
};

/* ---- helpers of all parts ---- */

struct sql *vault_sql(struct vault_store *store, enum vault_statement statement)
{
    return statement >= VAULT_SQL_BODY_ADD ? &store->bodies : &store->keys;
}

struct sql_call vault_call(struct vault_store *store, enum vault_statement statement)
{
    return sql_call(store->statements[statement]);
}

enum fault vault_do(struct vault_store *store, enum vault_statement statement,
                    struct sql_call *call)
{
    return sql_do(vault_sql(store, statement), call);
}

enum fault vault_begin(struct vault_store *store, enum vault_file file)
{
    return sql_run(file == VAULT_IN_KEYS ? &store->keys : &store->bodies, "BEGIN IMMEDIATE");
}

enum fault vault_end(struct vault_store *store, enum vault_file file, enum fault fault)
{
    struct sql *sql = file == VAULT_IN_KEYS ? &store->keys : &store->bodies;
    if (fault == FAULT_NONE) {
        fault = sql_run(sql, "COMMIT");
    }
    if (fault != FAULT_NONE) {
        struct fault_trail trail;
        fault_trail_copy(&trail);
        /* After some faults there is nothing left to roll back. */
        if (sql_run(sql, "ROLLBACK") != FAULT_NONE) {
            fault_forget();
        }
        fault_trail_adopt(&trail);
    }
    return fault;
}

void vault_step(struct vault_store *store)
{
    if (store->step != NULL) {
        store->step(store->argument);
    }
}

void vault_put_place(struct sql_call *call, const struct seal_label *label)
{
    sql_put_u64(call, label->subject);
    sql_put_u64(call, label->group);
    sql_put_u64(call, label->version);
}

enum fault vault_do_place(struct vault_store *store, enum vault_statement statement,
                          const struct seal_label *label)
{
    struct sql_call call = vault_call(store, statement);
    vault_put_place(&call, label);
    return vault_do(store, statement, &call);
}

/* 0, which no label has, for what is too large. */
static u32 get_within(struct sql_call *call, u32 high)
{
    u64 value = sql_get_u64(call);
    return value > high ? 0 : (u32)value;
}

struct vault_listed vault_get_listed(struct sql_call *call)
{
    struct vault_listed listed = {.until_day = 0};
    listed.label.subject = sql_get_u64(call);
    listed.label.group = (u8)get_within(call, SEAL_GROUP_MAX);
    listed.label.version = get_within(call, UINT32_MAX);
    listed.label.epoch = get_within(call, UINT32_MAX);
    listed.label.retention = (u8)get_within(call, UINT8_MAX);
    listed.until_day = get_within(call, UINT32_MAX);
    return listed;
}

enum fault vault_rot(const struct sql *sql)
{
    return FAULT(FAULT_ROT, "%s: a row that cannot be", sql->path);
}

enum fault vault_get_sound(struct vault_store *store, struct sql_call *call,
                           struct vault_listed *listed_out)
{
    *listed_out = vault_get_listed(call);
    if (!seal_label_is_sound(&listed_out->label)) {
        sql_end(call);
        return vault_rot(&store->keys);
    }
    return FAULT_NONE;
}

enum fault vault_find(struct vault_store *store, const struct seal_label *label,
                      struct vault_record *record_out, bool *found_out)
{
    enum vault_statement statement = label->version == 0 ? VAULT_SQL_NEWEST : VAULT_SQL_FIND;
    struct sql_call call = vault_call(store, statement);
    sql_put_u64(&call, label->subject);
    sql_put_u64(&call, label->group);
    if (label->version != 0) {
        sql_put_u64(&call, label->version);
    }
    TRY(sql_next(&store->keys, &call, found_out));
    if (!*found_out) {
        return FAULT_NONE;
    }
    struct vault_listed listed;
    TRY(vault_get_sound(store, &call, &listed));
    record_out->label = listed.label;
    record_out->until_day = listed.until_day;
    record_out->hands_count = 0;
    record_out->tags_count = 0;
    record_out->body = (struct span){.data = NULL};
    sql_get_bytes(&call, record_out->wrap, sizeof(record_out->wrap));
    sql_get_bytes(&call, record_out->hash, sizeof(record_out->hash));
    sql_end(&call);
    return FAULT_NONE;
}

/* ---- opening ---- */

/* The first row of a table of labels. */
static enum fault one_of(struct vault_store *store, enum vault_statement statement,
                         struct seal_label *label_out, bool *found_out)
{
    struct sql_call call = vault_call(store, statement);
    TRY(sql_next(vault_sql(store, statement), &call, found_out));
    if (*found_out) {
        label_out->subject = sql_get_u64(&call);
        label_out->group = (u8)get_within(&call, SEAL_GROUP_MAX);
        label_out->version = get_within(&call, UINT32_MAX);
        sql_end(&call);
        if (label_out->group == 0 || label_out->version == 0) {
            return vault_rot(vault_sql(store, statement));
        }
    }
    return FAULT_NONE;
}

/* Puts that were under way: finished where the key is kept, else undone. */
static enum fault coming_settle(struct vault_store *store)
{
    struct seal_label label = {.subject = 0};
    struct vault_record record;
    bool found = false;
    bool has_key = false;
    TRY(one_of(store, VAULT_SQL_COMING_ONE, &label, &found));
    while (found) {
        TRY(vault_find(store, &label, &record, &has_key));
        TRY(vault_begin(store, VAULT_IN_BODIES));
        enum fault fault =
            has_key ? FAULT_NONE : vault_do_place(store, VAULT_SQL_BODY_REMOVE, &label);
        if (fault == FAULT_NONE) {
            fault = vault_do_place(store, VAULT_SQL_COMING_REMOVE, &label);
        }
        TRY(vault_end(store, VAULT_IN_BODIES, fault));
        TRY(one_of(store, VAULT_SQL_COMING_ONE, &label, &found));
    }
    return FAULT_NONE;
}

/* Erasures that were under way are finished. */
static enum fault dead_settle(struct vault_store *store)
{
    struct seal_label label = {.subject = 0};
    bool found = false;
    TRY(one_of(store, VAULT_SQL_DEAD_ONE, &label, &found));
    while (found) {
        TRY(vault_do_place(store, VAULT_SQL_BODY_REMOVE, &label));
        TRY(vault_do_place(store, VAULT_SQL_DEAD_REMOVE, &label));
        TRY(one_of(store, VAULT_SQL_DEAD_ONE, &label, &found));
    }
    return FAULT_NONE;
}

static enum fault file_of(struct disk *disk, const char *folder, const char *below,
                          const char *name, const struct sql_format *format, struct sql *sql)
{
    char place[FILE_PATH_BYTES];
    char path[FILE_PATH_BYTES];
    TRY(file_path(place, folder, below));
    TRY(file_path(path, place, name));
    TRY(disk_make_folder(disk, place));
    TRY(sql_file_make(place, path));
    TRY(sql_open(sql, path, SQL_WRITE, format));
    return sql_run(sql, "PRAGMA synchronous=FULL; PRAGMA secure_delete=ON");
}

static enum fault open_inner(struct vault_store *store, struct disk *disk, const char *folder)
{
    if (sodium_init() < 0) {
        return FAULT(FAULT_IO, "libsodium cannot be initialised");
    }
    TRY(disk_make_folder(disk, folder));
    TRY(file_of(disk, folder, VAULT_KEYS_FOLDER, VAULT_KEYS_FILE, &vault_keys_format,
                &store->keys));
    TRY(file_of(disk, folder, VAULT_BODIES_FOLDER, VAULT_BODIES_FILE, &bodies_format,
                &store->bodies));
    TRY(disk_sync_folder(disk, folder));
    for (u32 i = 0; i < VAULT_SQL_COUNT; i += 1) {
        TRY(sql_prepare(vault_sql(store, (enum vault_statement)i), texts[i],
                        &store->statements[i]));
    }
    TRY(coming_settle(store));
    TRY(dead_settle(store));
    TRY(vault_marks_open(store));
    return vault_fresh_open(store);
}

enum fault vault_store_open(struct vault_store *store, struct disk *disk, const char *folder,
                            const u8 *mark_key)
{
    *store = (struct vault_store){.mark_key = mark_key};
    enum fault fault = open_inner(store, disk, folder);
    if (fault != FAULT_NONE) {
        vault_store_close(store);
    }
    return fault;
}

void vault_store_close(struct vault_store *store)
{
    for (u32 i = 0; i < VAULT_SQL_COUNT; i += 1) {
        sql_give_back(&store->statements[i]);
    }
    sql_close(&store->keys);
    sql_close(&store->bodies);
}

/* ---- reading ---- */

static enum fault hands_get(struct vault_store *store, u64 now_s, struct vault_record *record)
{
    struct sql_call call = vault_call(store, VAULT_SQL_HANDS);
    bool row = false;
    vault_put_place(&call, &record->label);
    TRY(sql_next(&store->keys, &call, &row));
    while (row && record->hands_count < VAULT_HANDS_MAX) {
        struct vault_hand *hand = &record->hands[record->hands_count];
        hand->until_s = sql_get_u64(&call);
        sql_get_bytes(&call, hand->bytes, sizeof(hand->bytes));
        record->hands_count += hand->until_s == 0 || hand->until_s >= now_s ? 1 : 0;
        TRY(sql_next(&store->keys, &call, &row));
    }
    sql_end(&call);
    return FAULT_NONE;
}

static enum fault body_get(struct vault_store *store, u8 *target, struct vault_record *record)
{
    struct sql_call call = vault_call(store, VAULT_SQL_BODY);
    bool row = false;
    u8 hash[VAULT_HASH_BYTES];
    vault_put_place(&call, &record->label);
    TRY(sql_next(&store->bodies, &call, &row));
    struct span body = row ? sql_get_span(&call) : (struct span){.data = NULL};
    bool fits = row && span_copy(body, target, VAULT_BODY_BYTES_MAX);
    record->body = span_of(target, fits ? body.size : 0);
    sql_end(&call);
    seal_body_hash(record->body, hash);
    if (!fits || memcmp(hash, record->hash, sizeof(hash)) != 0) {
        return FAULT(FAULT_ROT, "the body of subject %lu, group %u, version %u is %s",
                     record->label.subject, record->label.group, record->label.version,
                     row ? "not the one that was put" : "gone");
    }
    return FAULT_NONE;
}

enum fault vault_store_head(struct vault_store *store, struct seal_label label,
                            struct vault_record *record_out)
{
    bool found = false;
    TRY(vault_find(store, &label, record_out, &found));
    return found ? FAULT_NONE : FAULT(FAULT_MISSING, "there is no such record");
}

enum fault vault_store_get(struct vault_store *store, struct seal_label label, u64 now_s,
                           u8 *target, struct vault_record *record_out)
{
    TRY(vault_store_head(store, label, record_out));
    TRY(hands_get(store, now_s, record_out));
    return body_get(store, target, record_out);
}

/* The rows of a statement that is ready to run. */
static enum fault listed_get(struct vault_store *store, struct sql_call *call,
                             struct vault_listed listed_out[VAULT_LIST_MAX], u32 *count_out)
{
    bool row = false;
    *count_out = 0;
    TRY(sql_next(&store->keys, call, &row));
    while (row) {
        CHECK(*count_out < VAULT_LIST_MAX);
        TRY(vault_get_sound(store, call, &listed_out[*count_out]));
        *count_out += 1;
        TRY(sql_next(&store->keys, call, &row));
    }
    return FAULT_NONE;
}

enum fault vault_store_list(struct vault_store *store, u64 subject,
                            struct vault_listed listed_out[VAULT_LIST_MAX], u32 *count_out)
{
    struct sql_call call = vault_call(store, VAULT_SQL_LIST);
    sql_put_u64(&call, subject);
    return listed_get(store, &call, listed_out, count_out);
}

enum fault vault_store_stale(struct vault_store *store, u32 epoch,
                             struct vault_listed listed_out[VAULT_LIST_MAX], u32 *count_out)
{
    struct sql_call call = vault_call(store, VAULT_SQL_STALE);
    sql_put_u64(&call, epoch);
    return listed_get(store, &call, listed_out, count_out);
}

enum fault vault_store_wraps(struct vault_store *store, u32 epoch, const struct seal_label *after,
                             struct vault_wrapped wrapped_out[VAULT_LIST_MAX], u32 *count_out)
{
    struct sql_call call = vault_call(store, VAULT_SQL_WRAPS);
    struct vault_listed listed;
    bool row = false;
    *count_out = 0;
    sql_put_u64(&call, epoch);
    vault_put_place(&call, after);
    TRY(sql_next(&store->keys, &call, &row));
    while (row) {
        struct vault_wrapped *wrapped = &wrapped_out[*count_out];
        CHECK(*count_out < VAULT_LIST_MAX);
        TRY(vault_get_sound(store, &call, &listed));
        wrapped->label = listed.label;
        sql_get_bytes(&call, wrapped->wrap, sizeof(wrapped->wrap));
        sql_get_bytes(&call, wrapped->hash, sizeof(wrapped->hash));
        *count_out += 1;
        TRY(sql_next(&store->keys, &call, &row));
    }
    return FAULT_NONE;
}

enum fault vault_due(struct vault_store *store, u32 today,
                     struct vault_listed listed_out[VAULT_LIST_MAX], u32 *count_out)
{
    struct sql_call call = vault_call(store, VAULT_SQL_DUE);
    bool row = false;
    *count_out = 0;
    sql_put_u64(&call, today);
    TRY(sql_next(&store->keys, &call, &row));
    while (row) {
        CHECK(*count_out < VAULT_LIST_MAX);
        listed_out[*count_out] = vault_get_listed(&call);
        *count_out += 1;
        TRY(sql_next(&store->keys, &call, &row));
    }
    return FAULT_NONE;
}
