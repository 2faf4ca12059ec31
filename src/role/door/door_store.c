#include "role/door/door_store.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"

#include <string.h>

#define APPLICATION 0x43566472U /* "CVdr" */

static const char *const schema[] = {
    "CREATE TABLE logins (login INTEGER PRIMARY KEY AUTOINCREMENT, address BLOB NOT NULL UNIQUE,"
    " password BLOB NOT NULL, language INTEGER NOT NULL, made INTEGER NOT NULL,"
    " totp BLOB NOT NULL, coming BLOB NOT NULL, coming_until INTEGER NOT NULL,"
    " step INTEGER NOT NULL, wrong BLOB NOT NULL, closed_until INTEGER NOT NULL,"
    " held_until INTEGER NOT NULL) STRICT",
    "CREATE TABLE tickets (id BLOB PRIMARY KEY, kind INTEGER NOT NULL, address BLOB NOT NULL,"
    " login INTEGER NOT NULL, language INTEGER NOT NULL, password BLOB NOT NULL,"
    " code BLOB NOT NULL, tries INTEGER NOT NULL, until INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE INDEX tickets_address ON tickets (address)",
    "CREATE INDEX tickets_until ON tickets (until)",
    "CREATE TABLE sessions (hash BLOB PRIMARY KEY, handle INTEGER NOT NULL,"
    " login INTEGER NOT NULL, level INTEGER NOT NULL, made INTEGER NOT NULL,"
    " seen INTEGER NOT NULL, strong INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE INDEX sessions_login ON sessions (login, seen)",
    "CREATE INDEX sessions_seen ON sessions (seen)",
    "CREATE TABLE recovery (login INTEGER NOT NULL, hash BLOB NOT NULL,"
    " PRIMARY KEY (login, hash)) STRICT, WITHOUT ROWID",
    "CREATE TABLE effects (number INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL,"
    " kind INTEGER NOT NULL, login INTEGER NOT NULL, until INTEGER NOT NULL) STRICT",
    NULL,
};

static const struct sql_format format = {
    .application = APPLICATION, .version = 1, .what = "the door's logins", .schema = schema};

#define LOGIN                                                                                   \
    "SELECT login, address, password, language, made, totp, coming, coming_until, step, wrong," \
    " closed_until, held_until FROM logins WHERE "
#define SESSION "SELECT hash, handle, login, level, made, seen, strong FROM sessions WHERE "

_Static_assert(DOOR_SESSIONS_MAX == 16 && DOOR_EFFECTS_MAX == 64 && DOOR_OVER_MAX == 256,
               "the limits below");

static const char *const texts[DOOR_SQL_COUNT] = {
    [DOOR_SQL_LOGIN_BY_ADDRESS] = LOGIN "address=?",
    [DOOR_SQL_LOGIN] = LOGIN "login=?",
    [DOOR_SQL_LOGIN_ADD] = "INSERT INTO logins (address, password, language, made, totp, coming,"
                           " coming_until, step, wrong, closed_until, held_until)"
                           " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [DOOR_SQL_LOGIN_SET] = "UPDATE logins SET password=?, totp=?, coming=?, coming_until=?, step=?,"
                           " wrong=?, closed_until=?, held_until=? WHERE login=?",
    [DOOR_SQL_TICKET_ADD] = "INSERT INTO tickets (id, kind, address, login, language, password,"
                            " code, tries, until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [DOOR_SQL_TICKET] = "SELECT id, kind, address, login, language, password, code, tries, until"
                        " FROM tickets WHERE id=?",
    [DOOR_SQL_TICKET_TRIED] = "UPDATE tickets SET tries=tries+1 WHERE id=?",
    [DOOR_SQL_TICKET_REMOVE] = "DELETE FROM tickets WHERE id=?",
    [DOOR_SQL_TICKETS_OF] = "DELETE FROM tickets WHERE kind=? AND address=?",
    [DOOR_SQL_TICKETS_OVER] = "DELETE FROM tickets WHERE id IN"
                              " (SELECT id FROM tickets WHERE until<? LIMIT 256)",
    [DOOR_SQL_TICKETS] = "SELECT count(*) FROM tickets",
    [DOOR_SQL_SESSION_ADD] = "INSERT INTO sessions (hash, handle, login, level, made, seen, strong)"
                             " VALUES (?, ?, ?, ?, ?, ?, ?)",
    [DOOR_SQL_SESSION] = SESSION "hash=?",
    [DOOR_SQL_SESSION_SET] = "UPDATE sessions SET hash=?, level=?, seen=?, strong=? WHERE hash=?",
    [DOOR_SQL_SESSION_REMOVE] = "DELETE FROM sessions WHERE hash=?",
    [DOOR_SQL_SESSION_END] = "DELETE FROM sessions WHERE login=? AND handle=?",
    [DOOR_SQL_SESSIONS_END] = "DELETE FROM sessions WHERE login=?",
    [DOOR_SQL_SESSIONS_LIST] = SESSION "login=? ORDER BY seen DESC, handle LIMIT 16",
    [DOOR_SQL_SESSIONS_CROWD] = "DELETE FROM sessions WHERE hash IN (SELECT hash FROM sessions"
                                " WHERE login=? ORDER BY level DESC, seen DESC, handle"
                                " LIMIT -1 OFFSET 15)",
    [DOOR_SQL_SESSIONS_OVER] = "DELETE FROM sessions WHERE hash IN (SELECT hash FROM sessions"
                               " WHERE seen<? LIMIT 256)",
    [DOOR_SQL_RECOVERY_ADD] = "INSERT INTO recovery (login, hash) VALUES (?, ?)",
    [DOOR_SQL_RECOVERY_USE] = "DELETE FROM recovery WHERE login=? AND hash=?",
    [DOOR_SQL_RECOVERY_REMOVE] = "DELETE FROM recovery WHERE login=?",
    [DOOR_SQL_RECOVERY_LEFT] = "SELECT count(*) FROM recovery WHERE login=?",
    [DOOR_SQL_EFFECT_ADD] = "INSERT INTO effects (time, kind, login, until) VALUES (?, ?, ?, ?)",
    [DOOR_SQL_EFFECTS] = "SELECT number, time, kind, login, until FROM effects WHERE number>=?"
                         " ORDER BY number LIMIT 64",
    [DOOR_SQL_EFFECTS_REMOVE] = "DELETE FROM effects WHERE number<=?",
    [DOOR_SQL_NUMBERS_RAISE] = "UPDATE sqlite_sequence SET seq=max(seq, ?) WHERE name='logins'",
    [DOOR_SQL_NUMBERS_BEGIN] = "INSERT INTO sqlite_sequence (name, seq) VALUES ('logins', ?)",
    [DOOR_SQL_EFFECT_COPY] = "INSERT INTO effects (time, kind, login, until)"
                             " SELECT time, kind, login, until FROM effects WHERE number=?",
    [DOOR_SQL_EFFECT_REMOVE] = "DELETE FROM effects WHERE number=?",
    [DOOR_SQL_TOTALS] = "SELECT (SELECT count(*) FROM logins), (SELECT count(*) FROM tickets),"
                        " (SELECT count(*) FROM sessions), (SELECT count(*) FROM effects),"
                        " coalesce((SELECT seq FROM sqlite_sequence WHERE name='effects'), 0)",
    [DOOR_SQL_LAST] = "SELECT last_insert_rowid()",
};

static struct sql_call call_of(struct door_store *store, enum door_statement statement)
{
    return sql_call(store->statements[statement]);
}

/* For statements without rows. */
static enum fault run(struct door_store *store, struct sql_call *call)
{
    TRY(sql_do(&store->sql, call));
    if (store->step != NULL) {
        store->step(store->argument);
    }
    return FAULT_NONE;
}

static void put_hash(struct sql_call *call, const u8 *hash)
{
    sql_put_bytes(call, span_of(hash, DOOR_HASH_BYTES));
}

/* A statement with one number as its row. */
static enum fault number_of(struct door_store *store, struct sql_call *call, u64 *number_out)
{
    bool row = false;
    TRY(sql_next(&store->sql, call, &row));
    *number_out = row ? sql_get_u64(call) : 0;
    sql_end(call);
    return FAULT_NONE;
}

/* ---- life ---- */

static enum fault open_inner(struct door_store *store, struct disk *disk, const char *folder)
{
    char path[FILE_PATH_BYTES];
    TRY(file_path(path, folder, DOOR_FILE));
    TRY(disk_make_folder(disk, folder));
    TRY(sql_file_make(folder, path));
    TRY(sql_open(&store->sql, path, SQL_WRITE, &format));
    TRY(sql_run(&store->sql, "PRAGMA synchronous=FULL; PRAGMA secure_delete=ON"));
    for (u32 i = 0; i < DOOR_SQL_COUNT; i += 1) {
        TRY(sql_prepare(&store->sql, texts[i], &store->statements[i]));
    }
    return FAULT_NONE;
}

enum fault door_store_open(struct door_store *store, struct disk *disk, const char *folder)
{
    *store = (struct door_store){.step = NULL};
    enum fault fault = open_inner(store, disk, folder);
    if (fault != FAULT_NONE) {
        door_store_close(store);
    }
    return fault;
}

void door_store_close(struct door_store *store)
{
    for (u32 i = 0; i < DOOR_SQL_COUNT; i += 1) {
        sql_give_back(&store->statements[i]);
    }
    sql_close(&store->sql);
}

enum fault door_store_begin(struct door_store *store)
{
    return sql_run(&store->sql, "BEGIN IMMEDIATE");
}

enum fault door_store_end(struct door_store *store, enum fault fault)
{
    if (fault == FAULT_NONE) {
        fault = sql_run(&store->sql, "COMMIT");
    }
    if (fault != FAULT_NONE) {
        struct fault_trail trail;
        fault_trail_copy(&trail);
        /* After some faults there is nothing left to roll back. */
        if (sql_run(&store->sql, "ROLLBACK") != FAULT_NONE) {
            fault_forget();
        }
        fault_trail_adopt(&trail);
    }
    if (fault == FAULT_NONE && store->step != NULL) {
        store->step(store->argument);
    }
    return fault;
}

/* ---- logins ---- */

static void sealed_put(struct sql_call *call, const struct door_sealed *sealed)
{
    sql_put_bytes(call, span_of(sealed->bytes, sealed->is_there ? sizeof(sealed->bytes) : 0));
}

static void sealed_get(struct sql_call *call, struct door_sealed *sealed)
{
    struct span bytes = sql_get_span(call);
    memset(sealed, 0, sizeof(*sealed));
    sealed->is_there = bytes.size == sizeof(sealed->bytes);
    if (sealed->is_there) {
        memcpy(sealed->bytes, bytes.data, bytes.size);
    }
}

static void wrong_encode(const struct door_login *login, u8 target[8 * DOOR_WRONG_MAX])
{
    for (u32 i = 0; i < DOOR_WRONG_MAX; i += 1) {
        bytes_put_u64(target + 8 * i, login->wrong_us[i]);
    }
}

static enum fault login_get(struct door_store *store, struct sql_call *call,
                            struct door_login *login_out, bool *found_out)
{
    u8 wrong[8 * DOOR_WRONG_MAX];
    memset(login_out, 0, sizeof(*login_out));
    TRY(sql_next(&store->sql, call, found_out));
    if (!*found_out) {
        return FAULT_NONE;
    }
    login_out->number = sql_get_u64(call);
    sql_get_bytes(call, login_out->address, sizeof(login_out->address));
    sql_get_bytes(call, login_out->password, sizeof(login_out->password));
    login_out->language = (u8)sql_get_u64(call);
    login_out->made_us = sql_get_u64(call);
    sealed_get(call, &login_out->totp);
    sealed_get(call, &login_out->coming);
    login_out->coming_until_us = sql_get_u64(call);
    login_out->step = sql_get_u64(call);
    sql_get_bytes(call, wrong, sizeof(wrong));
    login_out->closed_until_us = sql_get_u64(call);
    login_out->held_until_us = sql_get_u64(call);
    sql_end(call);
    for (u32 i = 0; i < DOOR_WRONG_MAX; i += 1) {
        login_out->wrong_us[i] = bytes_u64(wrong + 8 * i);
    }
    return FAULT_NONE;
}

enum fault door_store_login_find(struct door_store *store, const u8 address[DOOR_HASH_BYTES],
                                 struct door_login *login_out, bool *found_out)
{
    struct sql_call call = call_of(store, DOOR_SQL_LOGIN_BY_ADDRESS);
    put_hash(&call, address);
    return login_get(store, &call, login_out, found_out);
}

enum fault door_store_login(struct door_store *store, u64 number, struct door_login *login_out,
                            bool *found_out)
{
    struct sql_call call = call_of(store, DOOR_SQL_LOGIN);
    sql_put_u64(&call, number);
    return login_get(store, &call, login_out, found_out);
}

enum fault door_store_login_add(struct door_store *store, struct door_login *login)
{
    struct sql_call call = call_of(store, DOOR_SQL_LOGIN_ADD);
    u8 wrong[8 * DOOR_WRONG_MAX];
    wrong_encode(login, wrong);
    put_hash(&call, login->address);
    sql_put_bytes(&call, span_of(login->password, sizeof(login->password)));
    sql_put_u64(&call, login->language);
    sql_put_u64(&call, login->made_us);
    sealed_put(&call, &login->totp);
    sealed_put(&call, &login->coming);
    sql_put_u64(&call, login->coming_until_us);
    sql_put_u64(&call, login->step);
    sql_put_bytes(&call, span_of(wrong, sizeof(wrong)));
    sql_put_u64(&call, login->closed_until_us);
    sql_put_u64(&call, login->held_until_us);
    TRY(run(store, &call));
    struct sql_call last = call_of(store, DOOR_SQL_LAST);
    return number_of(store, &last, &login->number);
}

enum fault door_store_login_set(struct door_store *store, const struct door_login *login)
{
    struct sql_call call = call_of(store, DOOR_SQL_LOGIN_SET);
    u8 wrong[8 * DOOR_WRONG_MAX];
    wrong_encode(login, wrong);
    sql_put_bytes(&call, span_of(login->password, sizeof(login->password)));
    sealed_put(&call, &login->totp);
    sealed_put(&call, &login->coming);
    sql_put_u64(&call, login->coming_until_us);
    sql_put_u64(&call, login->step);
    sql_put_bytes(&call, span_of(wrong, sizeof(wrong)));
    sql_put_u64(&call, login->closed_until_us);
    sql_put_u64(&call, login->held_until_us);
    sql_put_u64(&call, login->number);
    return run(store, &call);
}

/* ---- tickets ---- */

static void put_ticket(struct sql_call *call, const u8 *id)
{
    sql_put_bytes(call, span_of(id, DOOR_TICKET_BYTES));
}

enum fault door_store_ticket_add(struct door_store *store, const struct door_ticket *ticket)
{
    struct sql_call call = call_of(store, DOOR_SQL_TICKET_ADD);
    put_ticket(&call, ticket->id);
    sql_put_u64(&call, ticket->kind);
    put_hash(&call, ticket->address);
    sql_put_u64(&call, ticket->login);
    sql_put_u64(&call, ticket->language);
    sql_put_bytes(&call, span_of(ticket->password, sizeof(ticket->password)));
    put_hash(&call, ticket->code);
    sql_put_u64(&call, ticket->tries);
    sql_put_u64(&call, ticket->until_us);
    return run(store, &call);
}

enum fault door_store_ticket(struct door_store *store, const u8 id[DOOR_TICKET_BYTES],
                             struct door_ticket *ticket_out, bool *found_out)
{
    struct sql_call call = call_of(store, DOOR_SQL_TICKET);
    memset(ticket_out, 0, sizeof(*ticket_out));
    put_ticket(&call, id);
    TRY(sql_next(&store->sql, &call, found_out));
    if (!*found_out) {
        return FAULT_NONE;
    }
    sql_get_bytes(&call, ticket_out->id, sizeof(ticket_out->id));
    ticket_out->kind = (enum door_ticket_kind)sql_get_u64(&call);
    sql_get_bytes(&call, ticket_out->address, sizeof(ticket_out->address));
    ticket_out->login = sql_get_u64(&call);
    ticket_out->language = (u8)sql_get_u64(&call);
    sql_get_bytes(&call, ticket_out->password, sizeof(ticket_out->password));
    sql_get_bytes(&call, ticket_out->code, sizeof(ticket_out->code));
    ticket_out->tries = (u32)sql_get_u64(&call);
    ticket_out->until_us = sql_get_u64(&call);
    sql_end(&call);
    return FAULT_NONE;
}

static enum fault ticket_do(struct door_store *store, enum door_statement statement, const u8 *id)
{
    struct sql_call call = call_of(store, statement);
    put_ticket(&call, id);
    return run(store, &call);
}

enum fault door_store_ticket_tried(struct door_store *store, const u8 id[DOOR_TICKET_BYTES])
{
    return ticket_do(store, DOOR_SQL_TICKET_TRIED, id);
}

enum fault door_store_ticket_remove(struct door_store *store, const u8 id[DOOR_TICKET_BYTES])
{
    return ticket_do(store, DOOR_SQL_TICKET_REMOVE, id);
}

enum fault door_store_tickets_remove(struct door_store *store, enum door_ticket_kind kind,
                                     const u8 address[DOOR_HASH_BYTES])
{
    struct sql_call call = call_of(store, DOOR_SQL_TICKETS_OF);
    sql_put_u64(&call, kind);
    put_hash(&call, address);
    return run(store, &call);
}

enum fault door_store_tickets_count(struct door_store *store, u64 *count_out)
{
    struct sql_call call = call_of(store, DOOR_SQL_TICKETS);
    return number_of(store, &call, count_out);
}

/* ---- sessions ---- */

static struct door_session session_get(struct sql_call *call)
{
    struct door_session session = {.handle = 0};
    sql_get_bytes(call, session.hash, sizeof(session.hash));
    session.handle = sql_get_u64(call);
    session.login = sql_get_u64(call);
    session.level = (enum door_level)sql_get_u64(call);
    session.made_us = sql_get_u64(call);
    session.seen_us = sql_get_u64(call);
    session.strong_us = sql_get_u64(call);
    return session;
}

enum fault door_store_session_add(struct door_store *store, const struct door_session *session,
                                  bool *gave_way_out)
{
    struct sql_call crowd = call_of(store, DOOR_SQL_SESSIONS_CROWD);
    sql_put_u64(&crowd, session->login);
    TRY(run(store, &crowd));
    *gave_way_out = sql_changes(&store->sql) > 0;
    struct sql_call call = call_of(store, DOOR_SQL_SESSION_ADD);
    put_hash(&call, session->hash);
    sql_put_u64(&call, session->handle);
    sql_put_u64(&call, session->login);
    sql_put_u64(&call, session->level);
    sql_put_u64(&call, session->made_us);
    sql_put_u64(&call, session->seen_us);
    sql_put_u64(&call, session->strong_us);
    return run(store, &call);
}

enum fault door_store_session(struct door_store *store, const u8 hash[DOOR_HASH_BYTES],
                              struct door_session *session_out, bool *found_out)
{
    struct sql_call call = call_of(store, DOOR_SQL_SESSION);
    put_hash(&call, hash);
    TRY(sql_next(&store->sql, &call, found_out));
    if (*found_out) {
        *session_out = session_get(&call);
        sql_end(&call);
    }
    return FAULT_NONE;
}

enum fault door_store_session_set(struct door_store *store, const u8 hash[DOOR_HASH_BYTES],
                                  const struct door_session *session)
{
    struct sql_call call = call_of(store, DOOR_SQL_SESSION_SET);
    put_hash(&call, session->hash);
    sql_put_u64(&call, session->level);
    sql_put_u64(&call, session->seen_us);
    sql_put_u64(&call, session->strong_us);
    put_hash(&call, hash);
    return run(store, &call);
}

enum fault door_store_session_remove(struct door_store *store, const u8 hash[DOOR_HASH_BYTES])
{
    struct sql_call call = call_of(store, DOOR_SQL_SESSION_REMOVE);
    put_hash(&call, hash);
    return run(store, &call);
}

enum fault door_store_sessions_end(struct door_store *store, u64 login, u64 handle, u64 *count_out)
{
    struct sql_call call =
        call_of(store, handle == 0 ? DOOR_SQL_SESSIONS_END : DOOR_SQL_SESSION_END);
    sql_put_u64(&call, login);
    if (handle != 0) {
        sql_put_u64(&call, handle);
    }
    TRY(run(store, &call));
    *count_out = sql_changes(&store->sql);
    return FAULT_NONE;
}

enum fault door_store_sessions(struct door_store *store, u64 login,
                               struct door_session sessions_out[DOOR_SESSIONS_MAX], u32 *count_out)
{
    struct sql_call call = call_of(store, DOOR_SQL_SESSIONS_LIST);
    bool row = false;
    *count_out = 0;
    sql_put_u64(&call, login);
    TRY(sql_next(&store->sql, &call, &row));
    while (row) {
        CHECK(*count_out < DOOR_SESSIONS_MAX);
        sessions_out[*count_out] = session_get(&call);
        *count_out += 1;
        TRY(sql_next(&store->sql, &call, &row));
    }
    return FAULT_NONE;
}

/* ---- recovery codes ---- */

enum fault door_store_recovery_set(struct door_store *store, u64 login,
                                   const u8 (*hashes)[DOOR_HASH_BYTES], u32 count)
{
    struct sql_call remove = call_of(store, DOOR_SQL_RECOVERY_REMOVE);
    sql_put_u64(&remove, login);
    TRY(run(store, &remove));
    for (u32 i = 0; i < count; i += 1) {
        struct sql_call call = call_of(store, DOOR_SQL_RECOVERY_ADD);
        sql_put_u64(&call, login);
        put_hash(&call, hashes[i]);
        TRY(run(store, &call));
    }
    return FAULT_NONE;
}

enum fault door_store_recovery_use(struct door_store *store, u64 login,
                                   const u8 hash[DOOR_HASH_BYTES], bool *used_out)
{
    struct sql_call call = call_of(store, DOOR_SQL_RECOVERY_USE);
    sql_put_u64(&call, login);
    put_hash(&call, hash);
    TRY(run(store, &call));
    *used_out = sql_changes(&store->sql) == 1;
    return FAULT_NONE;
}

enum fault door_store_recovery_left(struct door_store *store, u64 login, u64 *count_out)
{
    struct sql_call call = call_of(store, DOOR_SQL_RECOVERY_LEFT);
    sql_put_u64(&call, login);
    return number_of(store, &call, count_out);
}

enum fault door_store_logins_above(struct door_store *store, u64 number)
{
    struct sql_call raise = call_of(store, DOOR_SQL_NUMBERS_RAISE);
    sql_put_u64(&raise, number);
    TRY(run(store, &raise));
    if (sql_changes(&store->sql) > 0) {
        return FAULT_NONE;
    }
    struct sql_call begin = call_of(store, DOOR_SQL_NUMBERS_BEGIN);
    sql_put_u64(&begin, number);
    return run(store, &begin);
}

/* ---- effects ---- */

enum fault door_store_effect_add(struct door_store *store, const struct door_effect *effect)
{
    struct sql_call call = call_of(store, DOOR_SQL_EFFECT_ADD);
    sql_put_u64(&call, effect->time_us);
    sql_put_u64(&call, effect->kind);
    sql_put_u64(&call, effect->login);
    sql_put_u64(&call, effect->until_us);
    return run(store, &call);
}

enum fault door_store_effects(struct door_store *store, u64 from,
                              struct door_effect effects_out[DOOR_EFFECTS_MAX], u32 *count_out)
{
    struct sql_call call = call_of(store, DOOR_SQL_EFFECTS);
    bool row = false;
    *count_out = 0;
    sql_put_u64(&call, from);
    TRY(sql_next(&store->sql, &call, &row));
    while (row) {
        CHECK(*count_out < DOOR_EFFECTS_MAX);
        struct door_effect *effect = &effects_out[*count_out];
        effect->number = sql_get_u64(&call);
        effect->time_us = sql_get_u64(&call);
        effect->kind = (enum door_effect_kind)sql_get_u64(&call);
        effect->login = sql_get_u64(&call);
        effect->until_us = sql_get_u64(&call);
        *count_out += 1;
        TRY(sql_next(&store->sql, &call, &row));
    }
    return FAULT_NONE;
}

enum fault door_store_effects_done(struct door_store *store, u64 upto, u64 *count_out)
{
    struct sql_call call = call_of(store, DOOR_SQL_EFFECTS_REMOVE);
    sql_put_u64(&call, upto);
    TRY(run(store, &call));
    *count_out = sql_changes(&store->sql);
    return FAULT_NONE;
}

static enum fault effect_do(struct door_store *store, enum door_statement statement, u64 number,
                            u64 *count_out)
{
    struct sql_call call = call_of(store, statement);
    sql_put_u64(&call, number);
    TRY(run(store, &call));
    *count_out = sql_changes(&store->sql);
    return FAULT_NONE;
}

enum fault door_store_effect_done(struct door_store *store, u64 number, u64 *count_out)
{
    return effect_do(store, DOOR_SQL_EFFECT_REMOVE, number, count_out);
}

enum fault door_store_effect_again(struct door_store *store, u64 number, u64 *count_out)
{
    TRY(effect_do(store, DOOR_SQL_EFFECT_COPY, number, count_out));
    return *count_out == 0 ? FAULT_NONE
                           : effect_do(store, DOOR_SQL_EFFECT_REMOVE, number, count_out);
}

/* ---- by itself ---- */

enum fault door_store_over(struct door_store *store, u64 now_us, u64 seen_before_us, u64 *count_out)
{
    struct sql_call tickets = call_of(store, DOOR_SQL_TICKETS_OVER);
    sql_put_u64(&tickets, now_us);
    TRY(run(store, &tickets));
    *count_out = sql_changes(&store->sql);
    struct sql_call sessions = call_of(store, DOOR_SQL_SESSIONS_OVER);
    sql_put_u64(&sessions, seen_before_us);
    TRY(run(store, &sessions));
    *count_out += sql_changes(&store->sql);
    return FAULT_NONE;
}

enum fault door_store_totals(struct door_store *store, struct door_totals *totals_out)
{
    struct sql_call call = call_of(store, DOOR_SQL_TOTALS);
    bool row = false;
    TRY(sql_next(&store->sql, &call, &row));
    CHECK(row);
    totals_out->logins = sql_get_u64(&call);
    totals_out->tickets = sql_get_u64(&call);
    totals_out->sessions = sql_get_u64(&call);
    totals_out->effects = sql_get_u64(&call);
    totals_out->effects_last = sql_get_u64(&call);
    sql_end(&call);
    return FAULT_NONE;
}
