#include "role/gateway/payout.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/digest.h"
#include "io/entropy.h"
#include "io/file.h"
#include "wire/schema.h"

#include <string.h>

static const char *const schema[] = {
    "CREATE TABLE payout (source_index INTEGER NOT NULL PRIMARY KEY, hold_id INTEGER NOT NULL, "
    "time_us INTEGER NOT NULL, account INTEGER NOT NULL, asset INTEGER NOT NULL, network INTEGER "
    "NOT NULL, amount INTEGER NOT NULL, fee INTEGER NOT NULL, address BLOB NOT NULL, tag BLOB NOT "
    "NULL, order_id BLOB NOT NULL, salt BLOB NOT NULL, hash BLOB NOT NULL) STRICT",
    "CREATE UNIQUE INDEX payout_of_order ON payout (account, order_id) WHERE length(order_id) > 0",
    "CREATE UNIQUE INDEX payout_of_hold ON payout (hold_id) WHERE hold_id > 0",
    "CREATE INDEX payout_of_account ON payout (account, source_index)",
    "CREATE INDEX payout_waiting ON payout (source_index) WHERE hold_id = 0",
    "CREATE TABLE answer (account INTEGER NOT NULL, entry INTEGER NOT NULL, time_us INTEGER NOT "
    "NULL, salt BLOB NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (account, entry)) STRICT, WITHOUT "
    "ROWID",
    NULL,
};

static const struct sql_format format = {
    .application = 0x43425059, /* "CBPY" */
    .version = 1,
    .what = "payouts",
    .schema = schema,
};

#define PAYOUT_COLUMNS                                                                            \
    "SELECT source_index, hold_id, time_us, account, asset, network, amount, fee, address, tag, " \
    "order_id, salt, hash FROM payout "

const char *const payout_texts[PAYOUT_STATEMENTS] = {
    [PAYOUT_BEGIN] = "BEGIN IMMEDIATE",
    [PAYOUT_READ] = "BEGIN",
    [PAYOUT_COMMIT] = "COMMIT",
    [PAYOUT_ABANDON] = "ROLLBACK",
    [PAYOUT_ADD] = "INSERT OR IGNORE INTO payout (source_index, hold_id, time_us, account, asset, "
                   "network, amount, fee, address, tag, order_id, salt, hash) VALUES (?, 0, ?, ?, "
                   "?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [PAYOUT_DROP] = "DELETE FROM payout WHERE source_index=? AND hold_id=0",
    [PAYOUT_SETTLE] = "UPDATE payout SET source_index=?, hold_id=? WHERE source_index=? AND "
                      "hold_id=0",
    [PAYOUT_DROP_AFTER] = "DELETE FROM payout WHERE source_index>? AND hold_id=0",
    [PAYOUT_WAITING] = "SELECT source_index FROM payout WHERE hold_id=0 ORDER BY source_index DESC",
    [PAYOUT_OF_HOLD] = PAYOUT_COLUMNS "WHERE hold_id=? AND hold_id>0 AND account=?",
    [PAYOUT_UNSETTLED] = PAYOUT_COLUMNS "WHERE source_index=? AND hold_id=0 AND account=?",
    [PAYOUT_OF_ORDER] = PAYOUT_COLUMNS "WHERE account=? AND order_id=? AND length(order_id)>0",
    [PAYOUT_PLACES] = "SELECT asset, network, address, tag FROM (SELECT * FROM payout WHERE "
                      "account=? ORDER BY source_index DESC LIMIT ?) WHERE hold_id>0 GROUP BY "
                      "asset, network, address, tag ORDER BY max(source_index) DESC LIMIT ?",
    [PAYOUT_ANSWER] = "INSERT OR REPLACE INTO answer (account, entry, time_us, salt, hash) VALUES "
                      "(?, ?, ?, ?, ?)",
    [PAYOUT_ANSWERED] = "SELECT 1 FROM answer WHERE account=? AND entry=?",
};

/* ---- opening ---- */

static enum fault waiting_load(struct payouts *payouts)
{
    payouts->waiting_count = 0;
    struct sql_call call = sql_call(payouts->statements[PAYOUT_WAITING]);
    bool row = false;
    TRY(sql_next(&payouts->sql, &call, &row));
    while (row && payouts->waiting_count < PAYOUT_WAITING_MAX) {
        payouts->waiting[payouts->waiting_count] = sql_get_u64(&call);
        payouts->waiting_count += 1;
        TRY(sql_next(&payouts->sql, &call, &row));
    }
    if (row) {
        sql_end(&call);
    }
    return FAULT_NONE;
}

static enum fault open_inner(struct payouts *payouts, const char *folder)
{
    char path[FILE_PATH_BYTES];
    TRY(file_path(path, folder, PAYOUT_FILE));
    TRY(sql_file_make(folder, path));
    TRY(sql_open(&payouts->sql, path, SQL_WRITE, &format));
    TRY(sql_run(&payouts->sql, "PRAGMA synchronous=FULL"));
    for (u32 i = 0; i < PAYOUT_STATEMENTS; i += 1) {
        CHECK(payout_texts[i] != NULL);
        TRY(sql_prepare(&payouts->sql, payout_texts[i], &payouts->statements[i]));
    }
    return waiting_load(payouts);
}

enum fault payouts_open(struct payouts *payouts, const char *folder)
{
    *payouts = (struct payouts){.sql = {.db = NULL}};
    enum fault fault = open_inner(payouts, folder);
    if (fault != FAULT_NONE) {
        payouts_close(payouts);
    }
    return fault;
}

void payouts_close(struct payouts *payouts)
{
    for (u32 i = 0; i < PAYOUT_STATEMENTS; i += 1) {
        sql_give_back(&payouts->statements[i]);
    }
    sql_close(&payouts->sql);
}

/* ---- going back ---- */

static enum fault delete_above(struct payouts *payouts, const char *text, u64 bound)
{
    struct sqlite3_stmt *statement = NULL;
    TRY(sql_prepare(&payouts->sql, text, &statement));
    struct sql_call call = sql_call(statement);
    sql_put_u64(&call, bound);
    enum fault fault = sql_do(&payouts->sql, &call);
    sql_give_back(&statement);
    return fault;
}

enum fault payouts_cut(struct payouts *payouts, u64 source_index, u64 time_us, u64 *dropped_out)
{
    TRY(delete_above(payouts, "DELETE FROM payout WHERE source_index>?", source_index));
    *dropped_out = sql_changes(&payouts->sql);
    TRY(delete_above(payouts, "DELETE FROM answer WHERE time_us>?", time_us));
    return waiting_load(payouts);
}

/* ---- unsettled rows ---- */

static bool waits(const struct payouts *payouts, u64 source_index)
{
    for (u32 i = 0; i < payouts->waiting_count; i += 1) {
        if (payouts->waiting[i] == source_index) {
            return true;
        }
    }
    return false;
}

static void waiting_remove(struct payouts *payouts, u64 source_index)
{
    u32 kept = 0;
    for (u32 i = 0; i < payouts->waiting_count; i += 1) {
        if (payouts->waiting[i] != source_index) {
            payouts->waiting[kept] = payouts->waiting[i];
            kept += 1;
        }
    }
    payouts->waiting_count = kept;
}

/* When there are too many, the one that was sent first goes. */
static void waiting_add(struct payouts *payouts, u64 source_index)
{
    waiting_remove(payouts, source_index);
    if (payouts->waiting_count == PAYOUT_WAITING_MAX) {
        u64 oldest = payouts->waiting[0];
        for (u32 i = 1; i < payouts->waiting_count; i += 1) {
            oldest = u64_min(oldest, payouts->waiting[i]);
        }
        waiting_remove(payouts, oldest);
    }
    payouts->waiting[payouts->waiting_count] = source_index;
    payouts->waiting_count += 1;
}

static enum fault run(struct payouts *payouts, enum payout_statement statement)
{
    struct sql_call call = sql_call(payouts->statements[statement]);
    return sql_do(&payouts->sql, &call);
}

static enum fault drop(struct payouts *payouts, u64 source_index)
{
    struct sql_call call = sql_call(payouts->statements[PAYOUT_DROP]);
    sql_put_u64(&call, source_index);
    return sql_do(&payouts->sql, &call);
}

static enum fault add_inner(struct payouts *payouts, const struct payout *payout)
{
    TRY(drop(payouts, payout->source_index));
    struct sql_call call = sql_call(payouts->statements[PAYOUT_ADD]);
    sql_put_u64(&call, payout->source_index);
    sql_put_u64(&call, payout->time_us);
    sql_put_u64(&call, payout->account);
    sql_put_u64(&call, payout->asset);
    sql_put_u64(&call, payout->network);
    sql_put_amount(&call, payout->amount);
    sql_put_amount(&call, payout->fee);
    sql_put_bytes(&call, span_of_text(payout->address));
    sql_put_bytes(&call, span_of_text(payout->tag));
    sql_put_bytes(&call, span_of_text(payout->order_id));
    sql_put_bytes(&call, span_of(payout->answers.salt, PAYOUT_SALT_BYTES));
    sql_put_bytes(&call, span_of(payout->answers.hash, PAYOUT_HASH_BYTES));
    TRY(sql_do(&payouts->sql, &call));
    if (sql_changes(&payouts->sql) == 0) {
        return FAULT(FAULT_EXISTS, "%s: the withdrawal's id or number is taken", payouts->sql.path);
    }
    return run(payouts, PAYOUT_COMMIT);
}

enum fault payouts_add(struct payouts *payouts, const struct payout *payout)
{
    CHECK(payout->source_index > 0 && payout->hold_id == 0);
    TRY(run(payouts, PAYOUT_BEGIN));
    enum fault fault = add_inner(payouts, payout);
    if (fault != FAULT_NONE) {
        (void)run(payouts, PAYOUT_ABANDON);
        return fault;
    }
    waiting_add(payouts, payout->source_index);
    return FAULT_NONE;
}

enum fault payouts_drop(struct payouts *payouts, u64 source_index)
{
    waiting_remove(payouts, source_index);
    return drop(payouts, source_index);
}

enum fault payouts_settle(struct payouts *payouts, u64 source_index, u64 real_index, u64 hold_id)
{
    CHECK(hold_id > 0);
    waiting_remove(payouts, source_index);
    struct sql_call call = sql_call(payouts->statements[PAYOUT_SETTLE]);
    sql_put_u64(&call, real_index);
    sql_put_u64(&call, hold_id);
    sql_put_u64(&call, source_index);
    return sql_do(&payouts->sql, &call);
}

enum fault payouts_follow(struct payouts *payouts, u64 source_index, struct span events)
{
    if (!waits(payouts, source_index)) {
        return FAULT_NONE;
    }
    size_t offset = 0;
    while (offset < events.size) {
        const u8 *record = events.data + offset;
        size_t size = (size_t)record[2] * WIRE_UNIT;
        CHECK(size > 0 && size <= events.size - offset);
        offset += size;
        struct event_ledger ledger = {0};
        if (bytes_u16(record) != EVENT_LEDGER) {
            continue;
        }
        memcpy(&ledger, record, size < sizeof(ledger) ? size : sizeof(ledger));
        if (ledger.cause == LEDGER_CAUSE_WITHDRAWAL_HOLD && ledger.source_index == source_index) {
            return payouts_settle(payouts, source_index, source_index, ledger.reference);
        }
    }
    return payouts_drop(payouts, source_index);
}

enum fault payouts_taken(struct payouts *payouts, u64 source_index)
{
    struct sql_call call = sql_call(payouts->statements[PAYOUT_DROP_AFTER]);
    sql_put_u64(&call, source_index);
    TRY(sql_do(&payouts->sql, &call));
    return waiting_load(payouts);
}

/* ---- reading ---- */

static void payout_get(struct sql_call *call, struct payout *payout)
{
    *payout = (struct payout){0};
    payout->source_index = sql_get_u64(call);
    payout->hold_id = sql_get_u64(call);
    payout->time_us = sql_get_u64(call);
    payout->account = (u32)sql_get_u64(call);
    payout->asset = (u16)sql_get_u64(call);
    payout->network = (u16)sql_get_u64(call);
    payout->amount = sql_get_amount(call);
    payout->fee = sql_get_amount(call);
    sql_get_bytes(call, payout->address, PAYOUT_ADDRESS_BYTES);
    sql_get_bytes(call, payout->tag, PAYOUT_TAG_BYTES);
    sql_get_bytes(call, payout->order_id, PAYOUT_ORDER_BYTES);
    sql_get_bytes(call, payout->answers.salt, PAYOUT_SALT_BYTES);
    sql_get_bytes(call, payout->answers.hash, PAYOUT_HASH_BYTES);
}

static enum fault payout_read(struct payouts *payouts, struct sql_call *call,
                              struct payout *payout_out, bool *found_out)
{
    TRY(sql_next(&payouts->sql, call, found_out));
    if (*found_out) {
        payout_get(call, payout_out);
        sql_end(call);
    }
    return FAULT_NONE;
}

enum fault payouts_read_begin(struct payouts *payouts)
{
    return run(payouts, PAYOUT_READ);
}

enum fault payouts_read_end(struct payouts *payouts)
{
    return run(payouts, PAYOUT_COMMIT);
}

enum fault payouts_of_hold(struct payouts *payouts, u32 account, u64 hold_id, u64 source_index,
                           struct payout *payout_out, bool *found_out)
{
    struct sql_call call = sql_call(payouts->statements[PAYOUT_OF_HOLD]);
    sql_put_u64(&call, hold_id);
    sql_put_u64(&call, account);
    TRY(payout_read(payouts, &call, payout_out, found_out));
    if (*found_out) {
        return FAULT_NONE;
    }
    call = sql_call(payouts->statements[PAYOUT_UNSETTLED]);
    sql_put_u64(&call, source_index);
    sql_put_u64(&call, account);
    return payout_read(payouts, &call, payout_out, found_out);
}

enum fault payouts_of_order(struct payouts *payouts, u32 account, struct span order_id,
                            struct payout *payout_out, bool *found_out)
{
    struct sql_call call = sql_call(payouts->statements[PAYOUT_OF_ORDER]);
    sql_put_u64(&call, account);
    sql_put_bytes(&call, order_id);
    return payout_read(payouts, &call, payout_out, found_out);
}

enum fault payouts_places(struct payouts *payouts, u32 account,
                          struct payout_place places_out[PAYOUT_PLACES_MAX], u32 *count_out)
{
    *count_out = 0;
    struct sql_call call = sql_call(payouts->statements[PAYOUT_PLACES]);
    sql_put_u64(&call, account);
    sql_put_u64(&call, PAYOUT_PLACED_MAX);
    sql_put_u64(&call, PAYOUT_PLACES_MAX);
    bool row = false;
    TRY(sql_next(&payouts->sql, &call, &row));
    while (row) {
        CHECK(*count_out < PAYOUT_PLACES_MAX);
        struct payout_place *place = &places_out[*count_out];
        *place = (struct payout_place){0};
        place->asset = (u16)sql_get_u64(&call);
        place->network = (u16)sql_get_u64(&call);
        sql_get_bytes(&call, place->address, PAYOUT_ADDRESS_BYTES);
        sql_get_bytes(&call, place->tag, PAYOUT_TAG_BYTES);
        *count_out += 1;
        TRY(sql_next(&payouts->sql, &call, &row));
    }
    return FAULT_NONE;
}

/* ---- answers ---- */

enum fault payout_answers_hash(struct span text, struct payout_answers *answers_out)
{
    TRY(entropy_fill(answers_out->salt, PAYOUT_SALT_BYTES));
    struct sha256 sha256;
    TRY(sha256_open(&sha256));
    sha256_begin(&sha256);
    sha256_add(&sha256, span_of(answers_out->salt, PAYOUT_SALT_BYTES));
    sha256_add(&sha256, text);
    sha256_end(&sha256, answers_out->hash);
    sha256_close(&sha256);
    return FAULT_NONE;
}

bool payout_answers_given(const struct payout_answers *answers)
{
    return !span_is_zero(span_of(answers, sizeof(*answers)));
}

enum fault payouts_answer(struct payouts *payouts, u32 account, u64 entry, u64 time_us,
                          const struct payout_answers *answers)
{
    struct sql_call call = sql_call(payouts->statements[PAYOUT_ANSWER]);
    sql_put_u64(&call, account);
    sql_put_u64(&call, entry);
    sql_put_u64(&call, time_us);
    sql_put_bytes(&call, span_of(answers->salt, PAYOUT_SALT_BYTES));
    sql_put_bytes(&call, span_of(answers->hash, PAYOUT_HASH_BYTES));
    return sql_do(&payouts->sql, &call);
}

enum fault payouts_answered(struct payouts *payouts, u32 account, u64 entry, bool *answered_out)
{
    struct sql_call call = sql_call(payouts->statements[PAYOUT_ANSWERED]);
    sql_put_u64(&call, account);
    sql_put_u64(&call, entry);
    TRY(sql_next(&payouts->sql, &call, answered_out));
    if (*answered_out) {
        sql_end(&call);
    }
    return FAULT_NONE;
}
