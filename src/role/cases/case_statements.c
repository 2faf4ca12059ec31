#include "role/cases/case_statements.h"

#include "base/span.h"

/* Blobs are 32 bytes: hashes, and names with zeros behind them. */
const char *const case_schema[] = {
    "CREATE TABLE venue (one INTEGER PRIMARY KEY CHECK (one = 1), id BLOB NOT NULL, position "
    "INTEGER NOT NULL, seq INTEGER NOT NULL, time_us INTEGER NOT NULL) STRICT",
    "CREATE TABLE account (account INTEGER PRIMARY KEY, person INTEGER NOT NULL, hand INTEGER NOT "
    "NULL, vector INTEGER NOT NULL) STRICT",
    "CREATE INDEX account_of_person ON account (person, account) WHERE person > 0",
    "CREATE TABLE pack (number INTEGER PRIMARY KEY, hash BLOB NOT NULL, id BLOB NOT NULL, version "
    "INTEGER NOT NULL, state INTEGER NOT NULL) STRICT",
    "CREATE TABLE finding (person INTEGER NOT NULL, pack INTEGER NOT NULL, rule INTEGER NOT NULL, "
    "seq INTEGER NOT NULL, time_us INTEGER NOT NULL, deadline INTEGER NOT NULL, holdings INTEGER "
    "NOT NULL, vector INTEGER NOT NULL, truth INTEGER NOT NULL, reasons INTEGER NOT NULL, missing "
    "INTEGER NOT NULL, flags INTEGER NOT NULL, neutral INTEGER NOT NULL, PRIMARY KEY (person, "
    "pack, rule)) STRICT, WITHOUT ROWID",
    "CREATE TABLE verdict (person INTEGER NOT NULL, row INTEGER NOT NULL, list INTEGER NOT NULL, "
    "entry INTEGER NOT NULL, state INTEGER NOT NULL, PRIMARY KEY (person, row)) STRICT, WITHOUT "
    "ROWID",
    "CREATE TABLE held (hash BLOB NOT NULL, rule INTEGER NOT NULL, person INTEGER NOT NULL, "
    "from_us INTEGER NOT NULL, until_us INTEGER NOT NULL, PRIMARY KEY (hash, rule, person, "
    "from_us)) STRICT, WITHOUT ROWID",
    "CREATE TABLE matter (matter INTEGER PRIMARY KEY, kind INTEGER NOT NULL, state INTEGER NOT "
    "NULL, outcome INTEGER NOT NULL, person INTEGER NOT NULL, account INTEGER NOT NULL, pack "
    "INTEGER NOT NULL, rule INTEGER NOT NULL, item INTEGER NOT NULL, hash BLOB NOT NULL, pack_id "
    "BLOB NOT NULL, version INTEGER NOT NULL, rule_id BLOB NOT NULL, what BLOB NOT NULL, vector "
    "INTEGER NOT NULL, cause_seq INTEGER NOT NULL, opened_us INTEGER NOT NULL, deadline_us "
    "INTEGER NOT NULL, business_days INTEGER NOT NULL, list INTEGER NOT NULL, entry INTEGER NOT "
    "NULL, reference INTEGER NOT NULL, amount INTEGER NOT NULL, asset INTEGER NOT NULL, parent "
    "INTEGER NOT NULL, owner INTEGER NOT NULL, decided_by INTEGER NOT NULL, second_by INTEGER NOT "
    "NULL, decided_us INTEGER NOT NULL, second_due_us INTEGER NOT NULL, evidence BLOB NOT NULL, "
    "closed_seq INTEGER NOT NULL, closed_us INTEGER NOT NULL) STRICT",
    "CREATE INDEX matter_open ON matter (person, pack, rule, kind, item) WHERE closed_us = 0",
    "CREATE INDEX matter_due ON matter (deadline_us, matter) WHERE closed_us = 0",
    "CREATE INDEX matter_of ON matter (account, reference) WHERE reference > 0",
    "CREATE INDEX matter_appeal ON matter (parent) WHERE parent > 0 AND closed_us = 0",
    "CREATE TABLE act (matter INTEGER NOT NULL, seq INTEGER NOT NULL, time_us INTEGER NOT NULL, "
    "act INTEGER NOT NULL, command INTEGER NOT NULL, person INTEGER NOT NULL, officer INTEGER NOT "
    "NULL, second INTEGER NOT NULL, until_us INTEGER NOT NULL, void INTEGER NOT NULL, evidence "
    "BLOB NOT NULL, PRIMARY KEY (matter, seq)) STRICT, WITHOUT ROWID",
    "CREATE TABLE notice (account INTEGER NOT NULL, seq INTEGER NOT NULL, item INTEGER NOT NULL, "
    "kind INTEGER NOT NULL, time_us INTEGER NOT NULL, hash BLOB NOT NULL, rule INTEGER NOT NULL, "
    "deadline INTEGER NOT NULL, holdings INTEGER NOT NULL, vector INTEGER NOT NULL, truth INTEGER "
    "NOT NULL, reasons INTEGER NOT NULL, missing INTEGER NOT NULL, flags INTEGER NOT NULL, "
    "PRIMARY KEY (account, seq, item)) STRICT, WITHOUT ROWID",
    "CREATE TABLE whitelist (person INTEGER NOT NULL, list INTEGER NOT NULL, entry INTEGER NOT "
    "NULL, matter INTEGER NOT NULL, from_us INTEGER NOT NULL, until_us INTEGER NOT NULL, PRIMARY "
    "KEY (person, list, entry)) STRICT, WITHOUT ROWID",
    NULL,
};

const char *const case_indexes[] = {
    "CREATE INDEX IF NOT EXISTS act_officer ON act (officer)",
    "CREATE INDEX IF NOT EXISTS act_second ON act (second)",
    "CREATE INDEX IF NOT EXISTS matter_appeals ON matter (person, matter) WHERE kind = 14",
    "CREATE INDEX IF NOT EXISTS act_evidence ON act (person, evidence) WHERE act = 3 AND officer = "
    "0",
    NULL,
};

#define MATTER_COLUMNS                                                                          \
    "matter, kind, state, outcome, person, account, pack, rule, item, hash, pack_id, version, " \
    "rule_id, what, vector, cause_seq, opened_us, deadline_us, business_days, list, entry, "    \
    "reference, amount, asset, parent, owner, decided_by, second_by, decided_us, "              \
    "second_due_us, evidence, closed_seq, closed_us"

/* Open ones by deadline, those without one last; then closed ones, the newest first. case_place_of
 * says the same. */
#define LIST_ORDER                                                                          \
    "CASE WHEN closed_us<>0 THEN 9223372036854775807-closed_us WHEN second_due_us<>0 THEN " \
    "second_due_us WHEN deadline_us<>0 THEN deadline_us ELSE 9223372036854775807 END"
#define LIST(WHICH)                                                                         \
    "SELECT " MATTER_COLUMNS " FROM matter WHERE " WHICH                                    \
    " AND (?1=0 OR kind=?1) AND (?2=0 OR person=?2) AND (?3=0 OR account=?3) AND (?4=0 OR " \
    "owner=?4) AND (?5=0 OR kind BETWEEN 8 AND 11) AND (?6=0 OR state=?6) "                 \
    "AND (?7=0 OR " LIST_ORDER "<=?7) "                                                     \
    "AND (closed_us<>0, " LIST_ORDER ", matter) > (?8, ?9, ?10) "                           \
    "ORDER BY closed_us<>0, " LIST_ORDER ", matter LIMIT ?11"

const char *const case_texts[CASE_STATEMENTS] = {
    [CASE_BEGIN] = "BEGIN IMMEDIATE",
    [CASE_COMMIT] = "COMMIT",
    [CASE_ABANDON] = "ROLLBACK",
    [CASE_POINT_GET] = "SELECT position, seq, time_us FROM venue",
    [CASE_POINT_SET] = "UPDATE venue SET position=?, seq=?, time_us=?",
    [CASE_ACCOUNT_GET] = "SELECT person, hand, vector FROM account WHERE account=?",
    [CASE_ACCOUNT_PUT] =
        "INSERT OR REPLACE INTO account (account, person, hand, vector) VALUES (?, ?, ?, ?)",
    [CASE_ACCOUNT_FORGET] = "DELETE FROM account WHERE account=?",
    [CASE_ACCOUNTS_OF] = "SELECT account, hand, vector FROM account WHERE person=? AND person>0 "
                         "ORDER BY account",
    [CASE_PACK_PUT] =
        "INSERT OR REPLACE INTO pack (number, hash, id, version, state) VALUES (?, ?, ?, ?, ?)",
    [CASE_PACK_FORGET] = "DELETE FROM pack WHERE number=?",
    [CASE_PACKS] = "SELECT number, hash, id, version FROM pack ORDER BY number",
    [CASE_FINDING_GET] = "SELECT deadline, vector, truth, reasons, missing, flags FROM finding "
                         "WHERE person=? AND pack=? AND rule=?",
    [CASE_FINDING_PUT] =
        "INSERT OR REPLACE INTO finding (person, pack, rule, seq, time_us, deadline, holdings, "
        "vector, truth, reasons, missing, flags, neutral) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        "?, ?, ?)",
    [CASE_FINDING_FORGET] = "DELETE FROM finding WHERE person=? AND pack=? AND rule=?",
    [CASE_FINDINGS_OF] = "SELECT pack, rule, deadline, vector, truth, reasons, missing, flags, "
                         "holdings FROM finding WHERE person=? ORDER BY pack, rule",
    [CASE_NEUTRAL_OTHERS] = "SELECT count(*) FROM finding WHERE person=?1 AND neutral=1 AND NOT "
                            "(pack=?2 AND rule=?3)",
    [CASE_VERDICT_PUT] = "INSERT OR REPLACE INTO verdict (person, row, list, entry, state) VALUES "
                         "(?, ?, ?, ?, ?)",
    [CASE_VERDICT_FORGET] = "DELETE FROM verdict WHERE person=? AND row=?",
    [CASE_VERDICT_LAST] = "SELECT list, entry, state >> 8 FROM verdict WHERE person=? AND "
                          "state & 255 = ? ORDER BY row DESC LIMIT 1",
    [CASE_HELD_BEGIN] = "INSERT OR IGNORE INTO held (hash, rule, person, from_us, until_us) VALUES "
                        "(?, ?, ?, ?, 0)",
    [CASE_HELD_END] =
        "UPDATE held SET until_us=? WHERE hash=? AND rule=? AND person=? AND until_us=0",
    [CASE_HELD_COUNT] = "SELECT count(DISTINCT person) FROM held WHERE hash=?1 AND rule=?2 AND "
                        "from_us<?3 AND (until_us=0 OR until_us>=?3)",
    [CASE_MATTER_NEXT] = "SELECT coalesce(max(matter)+1, ?1) FROM matter WHERE matter>=?1 AND "
                         "matter<?2",
    [CASE_MATTER_PUT] = "INSERT OR REPLACE INTO matter (" MATTER_COLUMNS
                        ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                        "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [CASE_MATTER_GET] = "SELECT " MATTER_COLUMNS " FROM matter WHERE matter=?",
    [CASE_MATTER_OPEN] =
        "SELECT " MATTER_COLUMNS " FROM matter WHERE person=? AND pack=? AND rule=? AND kind=? AND "
        "item=? AND closed_us=0 ORDER BY matter LIMIT 1",
    [CASE_MATTER_OF] = "SELECT " MATTER_COLUMNS " FROM matter WHERE account=? AND reference=? AND "
                       "reference>0 AND kind=? ORDER BY matter DESC LIMIT 1",
    [CASE_MATTER_APPEAL] =
        "SELECT count(*) FROM matter WHERE parent=? AND parent>0 AND closed_us=0",
    [CASE_MATTER_DUPLICATE] = "SELECT count(*) FROM matter WHERE account=0 AND reference=?"
                              " AND reference>0 AND kind=? AND person=?",
    [CASE_ACT_PUT] = "INSERT OR IGNORE INTO act (matter, seq, time_us, act, command, person, "
                     "officer, second, until_us, void, evidence) VALUES (?, ?, ?, ?, ?, ?, ?, ?, "
                     "?, ?, ?)",
    [CASE_NOTICE_NEXT] = "SELECT coalesce(max(item)+1, 0) FROM notice WHERE account=? AND seq=?",
    [CASE_NOTICE_PUT] =
        "INSERT INTO notice (account, seq, item, kind, time_us, hash, rule, deadline, holdings, "
        "vector, truth, reasons, missing, flags) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [CASE_WHITELIST_PUT] =
        "INSERT OR REPLACE INTO whitelist (person, list, entry, matter, from_us, until_us) VALUES "
        "(?, ?, ?, ?, ?, ?)",
    [CASE_LIST] = LIST("1"),
    [CASE_LIST_OPEN] = LIST("closed_us=0"), /* by an index of the open ones */
    [CASE_ACTS] = "SELECT seq, time_us, act, command, person, officer, second, until_us, void, "
                  "evidence FROM act WHERE matter=? ORDER BY seq LIMIT ? OFFSET ?",
    [CASE_ACTS_BY] = "SELECT seq, time_us, act, command, person, officer, second, until_us, void, "
                     "evidence, matter FROM act WHERE (officer=?1 OR second=?1) AND time_us >= ?2 "
                     "AND time_us < ?3 ORDER BY seq DESC, matter DESC LIMIT ?4 OFFSET ?5",
    [CASE_NOTICES] = "SELECT seq, item, kind, time_us, hash, rule, deadline, holdings, vector, "
                     "truth, reasons, missing, flags FROM notice WHERE account=? AND (seq, item) < "
                     "(?, ?) ORDER BY seq DESC, item DESC LIMIT ?",
    [CASE_WHITELIST] = "SELECT person, list, entry, matter, from_us, until_us FROM whitelist "
                       "ORDER BY until_us, person, list, entry LIMIT ? OFFSET ?",
    [CASE_COUNTS] = "SELECT count(*), coalesce(sum(deadline_us BETWEEN 1 AND ?1 OR second_due_us "
                    "BETWEEN 1 AND ?1), 0) FROM matter WHERE closed_us=0",
    [CASE_APPEAL_LAST] = "SELECT " MATTER_COLUMNS " FROM matter WHERE kind=14 AND person=? AND "
                         "person>0 ORDER BY matter DESC LIMIT 1",
    /* of the kinds that a finding opens, one kind first */
    [CASE_STANDING_LAST] =
        "SELECT " MATTER_COLUMNS " FROM matter WHERE person=? AND person>0 AND closed_us=0 AND "
        "kind IN (1, 2, 3, 4, 5, 6, 12, 13) ORDER BY kind=? DESC, matter DESC LIMIT 1",
    [CASE_EVIDENCE_COUNT] =
        "SELECT count(*), coalesce(sum(person=?1), 0), coalesce(sum(person=?1 AND evidence=?2), 0) "
        "FROM act WHERE act=3 AND officer=0",
    [CASE_PERSON_OF] = "SELECT person FROM account WHERE account=?",
};

void case_row_put(struct sql_call *call, const struct case_row *row)
{
    sql_put_u64(call, row->matter);
    sql_put_u64(call, row->kind);
    sql_put_u64(call, row->state);
    sql_put_u64(call, row->outcome);
    sql_put_u64(call, row->person);
    sql_put_u64(call, row->account);
    sql_put_u64(call, row->pack);
    sql_put_u64(call, row->rule);
    sql_put_u64(call, row->item);
    sql_put_bytes(call, span_of(row->hash, sizeof(row->hash)));
    sql_put_bytes(call, span_of(row->pack_id, sizeof(row->pack_id)));
    sql_put_u64(call, row->version);
    sql_put_bytes(call, span_of(row->rule_id, sizeof(row->rule_id)));
    sql_put_bytes(call, span_of(row->what, sizeof(row->what)));
    sql_put_u64(call, row->vector);
    sql_put_u64(call, row->cause_seq);
    sql_put_u64(call, row->opened_us);
    sql_put_u64(call, row->deadline_us);
    sql_put_u64(call, row->business_days);
    sql_put_u64(call, row->list);
    sql_put_u64(call, row->entry);
    sql_put_u64(call, row->reference);
    sql_put_u64(call, row->amount);
    sql_put_u64(call, row->asset);
    sql_put_u64(call, row->parent);
    sql_put_u64(call, row->owner);
    sql_put_u64(call, row->decided_by);
    sql_put_u64(call, row->second_by);
    sql_put_u64(call, row->decided_us);
    sql_put_u64(call, row->second_due_us);
    sql_put_bytes(call, span_of(row->evidence, sizeof(row->evidence)));
    sql_put_u64(call, row->closed_seq);
    sql_put_u64(call, row->closed_us);
}

void case_row_get(struct sql_call *call, struct case_row *row_out)
{
    row_out->matter = sql_get_u64(call);
    row_out->kind = (u8)sql_get_u64(call);
    row_out->state = (u8)sql_get_u64(call);
    row_out->outcome = (u8)sql_get_u64(call);
    row_out->person = (u32)sql_get_u64(call);
    row_out->account = (u32)sql_get_u64(call);
    row_out->pack = (u8)sql_get_u64(call);
    row_out->rule = (u8)sql_get_u64(call);
    row_out->item = (u32)sql_get_u64(call);
    sql_get_bytes(call, row_out->hash, sizeof(row_out->hash));
    sql_get_bytes(call, row_out->pack_id, sizeof(row_out->pack_id));
    row_out->version = (u32)sql_get_u64(call);
    sql_get_bytes(call, row_out->rule_id, sizeof(row_out->rule_id));
    sql_get_bytes(call, row_out->what, sizeof(row_out->what));
    row_out->vector = (u16)sql_get_u64(call);
    row_out->cause_seq = sql_get_u64(call);
    row_out->opened_us = sql_get_u64(call);
    row_out->deadline_us = sql_get_u64(call);
    row_out->business_days = (u32)sql_get_u64(call);
    row_out->list = sql_get_u64(call);
    row_out->entry = (u32)sql_get_u64(call);
    row_out->reference = sql_get_u64(call);
    row_out->amount = sql_get_u64(call);
    row_out->asset = (u16)sql_get_u64(call);
    row_out->parent = sql_get_u64(call);
    row_out->owner = (u32)sql_get_u64(call);
    row_out->decided_by = (u32)sql_get_u64(call);
    row_out->second_by = (u32)sql_get_u64(call);
    row_out->decided_us = sql_get_u64(call);
    row_out->second_due_us = sql_get_u64(call);
    sql_get_bytes(call, row_out->evidence, sizeof(row_out->evidence));
    row_out->closed_seq = sql_get_u64(call);
    row_out->closed_us = sql_get_u64(call);
}
