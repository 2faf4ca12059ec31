#include "role/desk/desk_store.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/log.h"
#include "role/desk/desk_letter.h"

#include <stdlib.h>
#include <string.h>

#define DESK_APPLICATION 0x434d4244U /* CMBD */
#define DESK_VERSION     1U

#define REFUSES(name, table, what)                      \
    "CREATE TRIGGER " name " BEFORE " what " ON " table \
    " BEGIN SELECT RAISE(ABORT, 'rows are only added'); END"

static const char *const schema[] = {
    "CREATE TABLE venue(one INTEGER PRIMARY KEY CHECK(one = 1), name BLOB NOT NULL)",
    "CREATE TABLE events(number INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE,"
    " name BLOB NOT NULL, kind INTEGER NOT NULL, now_s INTEGER NOT NULL, person INTEGER NOT NULL,"
    " quorum_a INTEGER NOT NULL, quorum_b INTEGER NOT NULL, key BLOB NOT NULL,"
    " text BLOB NOT NULL, chain BLOB NOT NULL)",
    "CREATE INDEX events_case ON events(name, number)",
    "CREATE TABLE told(number INTEGER PRIMARY KEY, log INTEGER NOT NULL)",
    REFUSES("venue_update", "venue", "UPDATE"),
    REFUSES("venue_delete", "venue", "DELETE"),
    REFUSES("events_update", "events", "UPDATE"),
    REFUSES("events_delete", "events", "DELETE"),
    REFUSES("told_update", "told", "UPDATE"),
    REFUSES("told_delete", "told", "DELETE"),
    NULL,
};

static const struct sql_format format = {.application = DESK_APPLICATION,
                                         .version = DESK_VERSION,
                                         .what = "a disclosure desk's file",
                                         .schema = schema};

#define COLUMNS                                                                           \
    "SELECT events.number, told.log, now_s, person, quorum_a, quorum_b, key, chain, text" \
    " FROM events LEFT JOIN told ON told.number = events.number"

enum statement {
    EVENT_PUT,
    EVENTS_ALL,
    EVENTS_OF,
    EVENTS_BY,
    EVENTS_KIND,
    EVENT_AFTER,
    EVENT_FIND,
    TOLD_PUT,
    TOLD_LAST,
    UNTOLD_OF,
    STATEMENTS
};

static const char *const texts[] = {
    [EVENT_PUT] = "INSERT INTO events(number, hash, name, kind, now_s, person, quorum_a, quorum_b,"
                  " key, text, chain) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [EVENTS_ALL] = COLUMNS " WHERE events.number > ? ORDER BY events.number",
    [EVENTS_OF] = COLUMNS " WHERE name = ? ORDER BY events.number",
    [EVENTS_BY] = COLUMNS " WHERE person = ? AND now_s >= ? AND now_s < ?"
                          " ORDER BY events.number DESC LIMIT ?",
    [EVENTS_KIND] = COLUMNS " WHERE name = zeroblob(16) AND kind = ? AND events.number < ?"
                            " AND now_s >= ? AND now_s < ? ORDER BY events.number DESC LIMIT ?",
    [EVENT_AFTER] = COLUMNS " WHERE events.number > ? AND kind NOT IN (12, 13, 14, 15)"
                            " ORDER BY events.number LIMIT 1",
    [EVENT_FIND] = "SELECT number FROM events WHERE hash = ?",
    [TOLD_PUT] = "INSERT INTO told(number, log) VALUES(?, ?)",
    [TOLD_LAST] = "SELECT coalesce(max(number), 0) FROM told",
    [UNTOLD_OF] = "SELECT count(*) FROM events WHERE name = ? AND number > ?"
                  " AND kind NOT IN (12, 13, 14, 15)",
};
_Static_assert(ARRAY_COUNT(texts) == STATEMENTS, "a text each");
_Static_assert(DESK_NAME_BYTES == 16, "the name of no case, in EVENTS_KIND");
_Static_assert(DESK_ACT_LOGGED == 12 && DESK_ACT_MISMATCH == 15, "acts of which others tell");

struct desk_store {
    struct sql sql;
    struct sqlite3_stmt *statements[STATEMENTS];
    struct sha256 sha256;
    struct desk desk;
    bool is_broken;
    bool verifies;
    u64 last;      /* number of the last row */
    u64 told_last; /* number of the last row that the log has */
    u8 head[DESK_HASH_BYTES];
    struct desk_file file; /* of an act of the process */
    struct desk_row row;
    char letter[DESK_LETTER_BYTES];
};

const struct desk *desk_store_desk(const struct desk_store *store)
{
    return &store->desk;
}

void desk_store_head(const struct desk_store *store, u8 head_out[DESK_HASH_BYTES])
{
    memcpy(head_out, store->head, DESK_HASH_BYTES);
}

static struct sql_call call(struct desk_store *store, enum statement statement)
{
    return sql_call(store->statements[statement]);
}

static void hash_of(struct desk_store *store, struct span bytes, u8 hash_out[DESK_HASH_BYTES])
{
    sha256_begin(&store->sha256);
    sha256_add(&store->sha256, bytes);
    sha256_end(&store->sha256, hash_out);
}

/* ---- rows ---- */

struct raw {
    struct desk_step step;
    u8 key[OFFICER_KEY_BYTES]; /* that the signature was checked with; zeros: none */
    struct span text;          /* with its signature */
};

static void chain_of(struct desk_store *store, const struct raw *raw, u8 chain_out[DESK_HASH_BYTES])
{
    u8 numbers[20];
    bytes_put_u64(numbers, raw->step.now_s);
    bytes_put_u32(numbers + 8, raw->step.person);
    bytes_put_u32(numbers + 12, raw->step.quorum_a);
    bytes_put_u32(numbers + 16, raw->step.quorum_b);
    sha256_begin(&store->sha256);
    sha256_add(&store->sha256, span_of_text("cambist/desk/v1\n"));
    sha256_add(&store->sha256, span_of(store->head, sizeof(store->head)));
    sha256_add(&store->sha256, span_of(numbers, sizeof(numbers)));
    sha256_add(&store->sha256, span_of(raw->key, sizeof(raw->key)));
    sha256_add(&store->sha256, raw->text);
    sha256_end(&store->sha256, chain_out);
}

static enum fault row_insert(struct desk_store *store, const struct raw *raw)
{
    const struct desk_act *act = raw->step.act;
    u8 chain[DESK_HASH_BYTES];
    struct sql_call put = call(store, EVENT_PUT);
    chain_of(store, raw, chain);
    sql_put_u64(&put, store->last + 1);
    sql_put_bytes(&put, span_of(raw->step.hash, sizeof(raw->step.hash)));
    sql_put_bytes(&put, span_of(act->name, sizeof(act->name)));
    sql_put_u64(&put, act->kind);
    sql_put_u64(&put, raw->step.now_s);
    sql_put_u64(&put, raw->step.person);
    sql_put_u64(&put, raw->step.quorum_a);
    sql_put_u64(&put, raw->step.quorum_b);
    sql_put_bytes(&put, span_of(raw->key, sizeof(raw->key)));
    sql_put_bytes(&put, raw->text);
    sql_put_bytes(&put, span_of(chain, sizeof(chain)));
    TRY(sql_do(&store->sql, &put));
    store->last += 1;
    memcpy(store->head, chain, sizeof(store->head));
    return FAULT_NONE;
}

/* The row where the statement stands, whole and in its one form. */
static enum fault row_read(struct desk_store *store, struct sql_call *from, struct desk_row *row,
                           struct raw *raw, u8 chain_out[DESK_HASH_BYTES])
{
    row->number = sql_get_u64(from);
    row->log = sql_get_u64(from);
    raw->step = (struct desk_step){.now_s = sql_get_u64(from)};
    raw->step.person = (u32)sql_get_u64(from);
    raw->step.quorum_a = (u32)sql_get_u64(from);
    raw->step.quorum_b = (u32)sql_get_u64(from);
    sql_get_bytes(from, raw->key, sizeof(raw->key));
    sql_get_bytes(from, chain_out, DESK_HASH_BYTES);
    raw->text = sql_get_span(from);
    if (desk_file_read(raw->text, store->sql.path, &row->file) != FAULT_NONE) {
        return FAULT(FAULT_ROT, "%s: row %llu is no act", store->sql.path,
                     (unsigned long long)row->number);
    }
    hash_of(store, span_of(row->file.text, row->file.text_bytes), raw->step.hash);
    raw->step.act = &row->file.act;
    row->step = raw->step;
    return FAULT_NONE;
}

static bool key_signed(const struct raw *raw, const struct desk_file *file)
{
    struct officer officer = {.number = raw->step.person};
    memcpy(officer.key, raw->key, sizeof(officer.key));
    return file->is_signed &&
           officer_signed(&officer, span_of(file->text, file->text_bytes), file->signature);
}

/* The next row, behind the one at the head. */
static enum fault row_follow(struct desk_store *store, struct sql_call *from, struct raw *raw)
{
    u8 stored[DESK_HASH_BYTES];
    u8 chain[DESK_HASH_BYTES];
    TRY(row_read(store, from, &store->row, raw, stored));
    chain_of(store, raw, chain);
    if (store->row.number != store->last + 1 || memcmp(chain, stored, sizeof(chain)) != 0) {
        return FAULT(FAULT_ROT, "%s: row %llu does not follow the one before", store->sql.path,
                     (unsigned long long)store->row.number);
    }
    store->last += 1;
    memcpy(store->head, chain, sizeof(store->head));
    return FAULT_NONE;
}

static enum fault row_replay(struct desk_store *store, struct sql_call *from)
{
    struct raw raw;
    TRY(row_follow(store, from, &raw));
    unsigned long long number = store->row.number;
    if (store->verifies && raw.step.person != 0 && !key_signed(&raw, &store->row.file)) {
        return FAULT(FAULT_ROT, "%s: row %llu: its signature is not its officer's", store->sql.path,
                     number);
    }
    enum desk_rule rule = desk_check(&store->desk, &raw.step);
    if (rule != DESK_RULE_NONE) {
        return FAULT(FAULT_ROT, "%s: row %llu: %s: %s", store->sql.path, number,
                     desk_rule_name(rule), desk_rule_why(rule));
    }
    desk_apply(&store->desk, &raw.step);
    return FAULT_NONE;
}

static enum fault replay(struct desk_store *store)
{
    struct sql_call all = call(store, EVENTS_ALL);
    bool row = false;
    sql_put_u64(&all, 0);
    TRY(sql_next(&store->sql, &all, &row));
    while (row) {
        enum fault fault = row_replay(store, &all);
        if (fault != FAULT_NONE) {
            sql_end(&all);
            return fault;
        }
        TRY(sql_next(&store->sql, &all, &row));
    }
    struct sql_call told = call(store, TOLD_LAST);
    TRY(sql_next(&store->sql, &told, &row));
    store->told_last = sql_get_u64(&told);
    sql_end(&told);
    return store->told_last <= store->last
               ? FAULT_NONE
               : FAULT(FAULT_ROT, "%s: the log has rows that are not there", store->sql.path);
}

/* ---- opening ---- */

static enum fault venue_check(struct desk_store *store, const struct desk_store_options *options)
{
    struct sqlite3_stmt *statement = NULL;
    bool row = false;
    bool is_ours = false;
    TRY(sql_prepare(&store->sql, "SELECT name FROM venue", &statement));
    struct sql_call get = sql_call(statement);
    enum fault fault = sql_next(&store->sql, &get, &row);
    if (fault == FAULT_NONE && row) {
        is_ours = span_equal(sql_get_span(&get), span_of_text(options->venue));
        sql_end(&get);
    }
    sql_give_back(&statement);
    TRY(fault);
    if (row) {
        return is_ours ? FAULT_NONE
                       : FAULT(FAULT_FOREIGN, "%s: the desk of another venue", store->sql.path);
    }
    if (options->access == SQL_READ) {
        return FAULT(FAULT_MISSING, "%s: nothing was ever written to this desk", store->sql.path);
    }
    TRY(sql_prepare(&store->sql, "INSERT INTO venue(one, name) VALUES(1, ?)", &statement));
    struct sql_call put = sql_call(statement);
    sql_put_bytes(&put, span_of_text(options->venue));
    fault = sql_do(&store->sql, &put);
    sql_give_back(&statement);
    return fault;
}

static enum fault open_inner(struct desk_store *store, const struct desk_store_options *options)
{
    TRY(sha256_open(&store->sha256));
    TRY(desk_init(&store->desk, options->venue, options->cases_max));
    TRY(sql_open(&store->sql, options->path, options->access, &format));
    if (options->access == SQL_WRITE) {
        /* What was taken is told to others at once: a power cut must not take it back. */
        TRY(sql_run(&store->sql, "PRAGMA synchronous=FULL"));
        /* Files of before have the same rows without it. */
        TRY(sql_run(&store->sql, "CREATE INDEX IF NOT EXISTS events_by ON events(person, number)"));
    }
    TRY(venue_check(store, options));
    for (u32 i = 0; i < STATEMENTS; i += 1) {
        TRY(sql_prepare(&store->sql, texts[i], &store->statements[i]));
    }
    return replay(store);
}

enum fault desk_store_open(struct desk_store **store_out, const struct desk_store_options *options)
{
    *store_out = NULL;
    struct desk_store *store = calloc(1, sizeof(struct desk_store));
    if (store == NULL) {
        return FAULT(FAULT_LIMIT, "%s: no memory for the desk", options->path);
    }
    store->verifies = options->verifies;
    enum fault fault = open_inner(store, options);
    if (fault != FAULT_NONE) {
        desk_store_close(store);
        return fault;
    }
    *store_out = store;
    return FAULT_NONE;
}

void desk_store_close(struct desk_store *store)
{
    if (store == NULL) {
        return;
    }
    for (u32 i = 0; i < STATEMENTS; i += 1) {
        sql_give_back(&store->statements[i]);
    }
    sql_close(&store->sql);
    sha256_close(&store->sha256);
    desk_free(&store->desk);
    free(store);
}

/* ---- taking acts ---- */

/* Nothing is opened before everything that led there is in the log. */
static enum fault log_rule(struct desk_store *store, const struct desk_act *act,
                           enum desk_rule *rule_out)
{
    struct sql_call untold = call(store, UNTOLD_OF);
    bool row = false;
    *rule_out = DESK_RULE_NONE;
    if (act->kind != DESK_ACT_LOGGED) {
        return FAULT_NONE;
    }
    sql_put_bytes(&untold, span_of(act->name, sizeof(act->name)));
    sql_put_u64(&untold, store->told_last);
    TRY(sql_next(&store->sql, &untold, &row));
    *rule_out = sql_get_u64(&untold) == 0 ? DESK_RULE_NONE : DESK_RULE_LOG;
    sql_end(&untold);
    return FAULT_NONE;
}

static enum fault used_rule(struct desk_store *store, const u8 hash[DESK_HASH_BYTES],
                            enum desk_rule *rule_out)
{
    struct sql_call find = call(store, EVENT_FIND);
    bool row = false;
    sql_put_bytes(&find, span_of(hash, DESK_HASH_BYTES));
    TRY(sql_next(&store->sql, &find, &row));
    if (row) {
        sql_end(&find);
    }
    *rule_out = row ? DESK_RULE_USED : DESK_RULE_NONE;
    return FAULT_NONE;
}

static enum desk_rule letter_rule(struct desk_store *store, const struct desk_act *act)
{
    u8 hash[DESK_HASH_BYTES];
    if (!desk_act_has_letter((enum desk_act_kind)act->kind)) {
        return DESK_RULE_NONE;
    }
    size_t size = desk_letter_print(desk_case(&store->desk, act->name), act, store->letter);
    hash_of(store, span_of(store->letter, size), hash);
    return memcmp(hash, act->letter, sizeof(hash)) == 0 ? DESK_RULE_NONE : DESK_RULE_LETTER;
}

/* The first rule that is against it. */
static enum fault judge(struct desk_store *store, const struct raw *raw, enum desk_rule *rule_out)
{
    TRY(used_rule(store, raw->step.hash, rule_out));
    if (*rule_out == DESK_RULE_NONE) {
        *rule_out = desk_check(&store->desk, &raw->step);
    }
    if (*rule_out == DESK_RULE_NONE) {
        *rule_out = letter_rule(store, raw->step.act);
    }
    return *rule_out == DESK_RULE_NONE ? log_rule(store, raw->step.act, rule_out) : FAULT_NONE;
}

static enum fault take(struct desk_store *store, const struct desk_file *file, struct raw *raw,
                       enum desk_rule *rule_out)
{
    char bytes[DESK_FILE_BYTES];
    raw->step.act = &file->act;
    raw->text = span_of(bytes, desk_file_print(file, bytes));
    hash_of(store, span_of(file->text, file->text_bytes), raw->step.hash);
    if (*rule_out == DESK_RULE_NONE) {
        TRY(judge(store, raw, rule_out));
    }
    if (*rule_out != DESK_RULE_NONE) {
        return FAULT(FAULT_REFUSED, "%s: %s", desk_rule_name(*rule_out), desk_rule_why(*rule_out));
    }
    enum fault fault = row_insert(store, raw);
    if (fault != FAULT_NONE) {
        store->is_broken = true; /* nobody knows whether it is there */
        return fault;
    }
    desk_apply(&store->desk, &raw->step);
    return FAULT_NONE;
}

static enum fault check_whole(const struct desk_store *store)
{
    return store->is_broken
               ? FAULT(FAULT_UNAVAILABLE, "%s: stopped after an earlier fault", store->sql.path)
               : FAULT_NONE;
}

/* A recusal holds of a person, whatever code they have later. */
static void member_take(const struct desk_staff *staff, const struct desk_act *act,
                        struct desk_step *step)
{
    for (u32 i = 0; act->kind == DESK_ACT_RECUSE && i < staff->count; i += 1) {
        if (strcmp(staff->list[i].officer.code, act->member) == 0) {
            step->quorum_a = staff->list[i].officer.number;
            step->quorum_b = 0;
        }
    }
}

enum fault desk_store_put(struct desk_store *store, const struct desk_file *file,
                          const struct desk_staff *staff, u64 now_s, enum desk_rule *rule_out)
{
    struct raw raw = {
        .step = {.now_s = now_s, .quorum_a = staff->quorum_a, .quorum_b = staff->quorum_b}};
    const struct desk_member *member = desk_staff_of(staff, &file->act);
    *rule_out = DESK_RULE_NONE;
    TRY(check_whole(store));
    if (member == NULL) {
        *rule_out = DESK_RULE_SIGNER;
    } else if (!file->is_signed ||
               !officer_signed(&member->officer, span_of(file->text, file->text_bytes),
                               file->signature)) {
        *rule_out = DESK_RULE_SIGNATURE;
    } else {
        raw.step.person = member->officer.number;
        member_take(staff, &file->act, &raw.step);
        memcpy(raw.key, member->officer.key, sizeof(raw.key));
    }
    return take(store, file, &raw, rule_out);
}

enum fault desk_store_process(struct desk_store *store, struct desk_act *act,
                              const struct desk_staff *staff, u64 now_s, enum desk_rule *rule_out)
{
    const struct desk_case *at = desk_case(&store->desk, act->name);
    struct raw raw = {
        .step = {.now_s = now_s, .quorum_a = staff->quorum_a, .quorum_b = staff->quorum_b}};
    *rule_out = DESK_RULE_NONE;
    TRY(check_whole(store));
    if (at == NULL) {
        *rule_out = DESK_RULE_CASE;
        return FAULT(FAULT_REFUSED, "%s: %s", desk_rule_name(*rule_out), desk_rule_why(*rule_out));
    }
    memcpy(act->venue, store->desk.venue, sizeof(act->venue));
    memcpy(act->prior, at->prior, sizeof(act->prior));
    memcpy(act->officer, "none", sizeof("none"));
    memcpy(act->region, "none", sizeof("none"));
    act->role = DESK_ROLE_PROCESS;
    act->at_s = now_s;
    act->reason = act->reason == 0 ? DESK_REASON_NONE : act->reason;
    store->file = (struct desk_file){.act = *act};
    store->file.text_bytes = desk_act_print(act, store->file.text);
    return take(store, &store->file, &raw, rule_out);
}

enum fault desk_store_turn(struct desk_store *store, const struct desk_staff *staff, u64 now_s,
                           u32 *count_out)
{
    *count_out = 0;
    for (u32 i = 0; i < store->desk.cases_count; i += 1) {
        enum desk_act_kind due = desk_due(&store->desk.cases[i], now_s);
        enum desk_rule rule = DESK_RULE_NONE;
        struct desk_act act = {.kind = (u8)due};
        if (due == 0) {
            continue;
        }
        memcpy(act.name, store->desk.cases[i].name, sizeof(act.name));
        enum fault fault = desk_store_process(store, &act, staff, now_s, &rule);
        if (fault == FAULT_REFUSED) { /* of one case: the others end all the same */
            log_warn("desk.refused", LOG_STR("act", desk_word(DESK_WORDS_ACT, due)),
                     LOG_STR("rule", desk_rule_name(rule)));
            fault_forget();
            continue;
        }
        TRY(fault);
        *count_out += 1;
    }
    return FAULT_NONE;
}

/* ---- the log ---- */

enum fault desk_store_untold(struct desk_store *store, struct desk_told *told_out, bool *some_out)
{
    struct raw raw;
    u8 chain[DESK_HASH_BYTES];
    struct sql_call after = call(store, EVENT_AFTER);
    memset(told_out, 0, sizeof(*told_out));
    TRY(check_whole(store));
    sql_put_u64(&after, store->told_last);
    TRY(sql_next(&store->sql, &after, some_out));
    if (!*some_out) {
        return FAULT_NONE;
    }
    enum fault fault = row_read(store, &after, &store->row, &raw, chain);
    sql_end(&after);
    TRY(fault);
    const struct desk_act *act = &store->row.file.act;
    const struct desk_case *at = desk_case(&store->desk, act->name);
    told_out->number = store->row.number;
    told_out->kind = desk_act_log_kind((enum desk_act_kind)act->kind);
    told_out->is_emergency = at != NULL && at->urgency == DESK_URGENCY_EMERGENCY;
    told_out->ends_silence = act->kind == DESK_ACT_NOTICE && at != NULL && at->was_silent;
    bool is_search = at != NULL && at->class == DESK_CLASS_SEARCH;
    told_out->flags = act->kind == DESK_ACT_APPROVE && is_search ? 2 : 0;
    told_out->until = act->kind == DESK_ACT_SILENCE ? act->until_s : 0;
    memcpy(told_out->name, act->name, sizeof(told_out->name));
    told_out->text_bytes = desk_file_print(&store->row.file, told_out->text);
    return FAULT_NONE;
}

enum fault desk_store_log(struct desk_store *store, u64 number, u64 log)
{
    struct sql_call put = call(store, TOLD_PUT);
    CHECK(number > store->told_last && number <= store->last && log > 0);
    TRY(check_whole(store));
    sql_put_u64(&put, number);
    sql_put_u64(&put, log);
    enum fault fault = sql_do(&store->sql, &put);
    if (fault != FAULT_NONE) {
        store->is_broken = true;
        return fault;
    }
    store->told_last = number;
    return FAULT_NONE;
}

/* Every row of a statement whose parameters are there. */
static enum fault rows_visit(struct desk_store *store, struct sql_call *rows,
                             struct desk_visitor *visitor)
{
    struct raw raw;
    u8 chain[DESK_HASH_BYTES];
    bool row = false;
    TRY(sql_next(&store->sql, rows, &row));
    while (row) {
        enum fault fault = row_read(store, rows, &store->row, &raw, chain);
        fault = fault == FAULT_NONE ? visitor->visit(visitor, &store->row) : fault;
        if (fault != FAULT_NONE) {
            sql_end(rows);
            return fault;
        }
        TRY(sql_next(&store->sql, rows, &row));
    }
    return FAULT_NONE;
}

enum fault desk_store_walk(struct desk_store *store, const u8 *name, struct desk_visitor *visitor)
{
    struct sql_call rows = call(store, name == NULL ? EVENTS_ALL : EVENTS_OF);
    if (name == NULL) {
        sql_put_u64(&rows, 0);
    } else {
        sql_put_bytes(&rows, span_of(name, DESK_NAME_BYTES));
    }
    return rows_visit(store, &rows, visitor);
}

enum fault desk_store_by(struct desk_store *store, u32 person, u64 from_s, u64 until_s, u32 limit,
                         struct desk_visitor *visitor)
{
    struct sql_call rows = call(store, EVENTS_BY);
    sql_put_u64(&rows, person);
    sql_put_u64(&rows, u64_min(from_s, INT64_MAX));
    sql_put_u64(&rows, u64_min(until_s, INT64_MAX));
    sql_put_u64(&rows, limit);
    return rows_visit(store, &rows, visitor);
}

enum fault desk_store_kind(struct desk_store *store, enum desk_act_kind kind, u64 before,
                           u64 from_s, u64 until_s, u32 limit, struct desk_visitor *visitor)
{
    struct sql_call rows = call(store, EVENTS_KIND);
    CHECK(desk_act_is_register(kind));
    sql_put_u64(&rows, kind);
    sql_put_u64(&rows, u64_min(before, INT64_MAX));
    sql_put_u64(&rows, u64_min(from_s, INT64_MAX));
    sql_put_u64(&rows, u64_min(until_s, INT64_MAX));
    sql_put_u64(&rows, limit);
    return rows_visit(store, &rows, visitor);
}

/* ---- somebody else's file ---- */

static enum fault scan_venue(struct desk_store *store, char venue_out[DESK_VENUE_BYTES])
{
    struct sqlite3_stmt *statement = NULL;
    bool row = false;
    bool is_name = false;
    TRY(sql_prepare(&store->sql, "SELECT name FROM venue", &statement));
    struct sql_call get = sql_call(statement);
    enum fault fault = sql_next(&store->sql, &get, &row);
    if (fault == FAULT_NONE && row) {
        struct span name = sql_get_span(&get);
        memset(venue_out, 0, DESK_VENUE_BYTES);
        is_name = name.size > 0 && span_copy(name, venue_out, DESK_VENUE_BYTES - 1);
        sql_end(&get);
    }
    sql_give_back(&statement);
    TRY(fault);
    if (!row) {
        return FAULT(FAULT_MISSING, "%s: nothing was ever written to this desk", store->sql.path);
    }
    return is_name ? FAULT_NONE : FAULT(FAULT_ROT, "%s: its venue has no name", store->sql.path);
}

static enum fault scan_rows(struct desk_store *store, struct desk_visitor *visitor)
{
    struct sql_call all = call(store, EVENTS_ALL);
    struct raw raw;
    bool row = false;
    sql_put_u64(&all, 0);
    TRY(sql_next(&store->sql, &all, &row));
    while (row) {
        enum fault fault = row_follow(store, &all, &raw);
        fault = fault == FAULT_NONE ? visitor->visit(visitor, &store->row) : fault;
        if (fault != FAULT_NONE) {
            sql_end(&all);
            return fault;
        }
        TRY(sql_next(&store->sql, &all, &row));
    }
    return FAULT_NONE;
}

static enum fault scan(struct desk_store *store, const char *path, char venue_out[DESK_VENUE_BYTES],
                       struct desk_visitor *visitor)
{
    TRY(sha256_open(&store->sha256));
    TRY(sql_open(&store->sql, path, SQL_READ, &format));
    TRY(scan_venue(store, venue_out));
    TRY(sql_prepare(&store->sql, texts[EVENTS_ALL], &store->statements[EVENTS_ALL]));
    return scan_rows(store, visitor);
}

enum fault desk_store_scan(const char *path, char venue_out[DESK_VENUE_BYTES],
                           struct desk_visitor *visitor)
{
    struct desk_store *store = calloc(1, sizeof(struct desk_store));
    if (store == NULL) {
        return FAULT(FAULT_LIMIT, "%s: no memory for the desk", path);
    }
    enum fault fault = scan(store, path, venue_out, visitor);
    desk_store_close(store);
    return fault;
}
