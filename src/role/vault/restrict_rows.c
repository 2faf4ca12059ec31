#include "role/vault/restrict_rows.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/file.h"
#include "io/sql.h"
#include "role/vault/log_agent.h"
#include "role/vault/publog_inner.h"
#include "wire/code.h"

#include <stdlib.h>
#include <string.h>

enum statement { HAS, KEY, PERSON, ABOUT, DAY, HASHES, LINE, FIRST_DAY, STATEMENTS };

#define COLUMNS "day, number, seq, item, person, event, decision, facts, hash"

static const char *const statements[STATEMENTS] = {
    [HAS] = "SELECT count(*) FROM sqlite_master WHERE name = 'restrict_days'",
    [KEY] = "SELECT key FROM restrict_state WHERE id = 0",
    [PERSON] = "SELECT person FROM restrict_links WHERE account = ?",
    [ABOUT] = ("SELECT " COLUMNS " FROM restrict_leaves WHERE (person = ?1 AND person != 0)"
               " OR account = ?2 ORDER BY day DESC, number DESC"),
    [DAY] = "SELECT " COLUMNS " FROM restrict_leaves WHERE day = ? ORDER BY number",
    [HASHES] = "SELECT hash FROM restrict_leaves WHERE day = ? ORDER BY number",
    [LINE] = "SELECT restrict_days.line, lines.line, lines.leaf FROM restrict_days"
             " JOIN lines ON lines.number = restrict_days.number WHERE day = ?",
    [FIRST_DAY] = "SELECT min(day) FROM restrict_days",
};

struct restrict_rows {
    struct sql sql;
    struct sha256 sha256;
    struct restrict_maker maker;
    bool has_maker;
    struct sqlite3_stmt *rows[STATEMENTS];
    struct restrict_leaf leaf;
    struct tlog_hash *hashes; /* of a day */
    u64 hashes_count;
    /* of the proof */
    char line[RESTRICT_LINE_BYTES];
    char code[RESTRICT_CODE_BYTES];
    char decision[RESTRICT_TEXT_BYTES];
    char facts[RESTRICT_TEXT_BYTES];
};

static enum fault rot(const struct restrict_rows *rows, const char *what)
{
    return FAULT(FAULT_ROT, "%s: restrictions: %s", rows->sql.path, what);
}

/* ---- opening ---- */

static enum fault number_get(struct restrict_rows *rows, enum statement which, u64 *number_out)
{
    struct sql_call get = sql_call(rows->rows[which]);
    bool row = false;
    *number_out = 0;
    TRY(sql_next(&rows->sql, &get, &row));
    if (row) {
        *number_out = sql_get_u64(&get);
        sql_end(&get);
    }
    return FAULT_NONE;
}

static enum fault key_check(struct restrict_rows *rows, const u8 key[RESTRICT_KEY_BYTES])
{
    u8 wanted[SHA256_BYTES];
    u8 found[SHA256_BYTES] = {0};
    bool row = false;
    struct sql_call get = sql_call(rows->rows[KEY]);
    TRY(sql_next(&rows->sql, &get, &row));
    if (row) {
        sql_get_bytes(&get, found, sizeof(found));
        sql_end(&get);
    }
    restrict_key_id(&rows->sha256, key, wanted);
    return memcmp(wanted, found, sizeof(wanted)) == 0
               ? FAULT_NONE
               : FAULT(FAULT_FOREIGN, LOG_SALTS_FILE " is not the key that %s was made with",
                       rows->sql.path);
}

static enum fault prepare(struct restrict_rows *rows)
{
    u64 has = 0;
    TRY(sql_prepare(&rows->sql, statements[HAS], &rows->rows[HAS]));
    TRY(number_get(rows, HAS, &has));
    if (has == 0) {
        return FAULT(FAULT_MISSING, "%s: no restrictions were logged yet", rows->sql.path);
    }
    for (u32 i = HAS + 1; i < STATEMENTS; i += 1) {
        TRY(sql_prepare(&rows->sql, statements[i], &rows->rows[i]));
    }
    return FAULT_NONE;
}

static enum fault rows_begin(struct restrict_rows *rows, const char *log)
{
    static const struct sql_format format = {
        .application = PUBLOG_APPLICATION, .version = PUBLOG_VERSION, .what = "events of the log"};
    char path[FILE_PATH_BYTES];
    u8 key[RESTRICT_KEY_BYTES];
    TRY(sha256_open(&rows->sha256));
    TRY(file_path(path, log, PUBLOG_FILE));
    TRY(sql_open(&rows->sql, path, SQL_READ, &format));
    TRY(prepare(rows));
    TRY(log_restrict_key_read(disk_real(), log, key));
    enum fault fault = key_check(rows, key);
    if (fault == FAULT_NONE) {
        fault = restrict_maker_open(&rows->maker, &rows->sha256, key);
        rows->has_maker = fault == FAULT_NONE;
    }
    secret_wipe(key, sizeof(key));
    return fault;
}

enum fault restrict_rows_open(struct restrict_rows **rows_out, const char *log)
{
    struct restrict_rows *rows = calloc(1, sizeof(*rows));
    *rows_out = NULL;
    if (rows == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for restrictions");
    }
    enum fault fault = rows_begin(rows, log);
    if (fault != FAULT_NONE) {
        restrict_rows_close(rows);
        return fault;
    }
    *rows_out = rows;
    return FAULT_NONE;
}

void restrict_rows_close(struct restrict_rows *rows)
{
    if (rows == NULL) {
        return;
    }
    for (u32 i = 0; i < STATEMENTS; i += 1) {
        sql_give_back(&rows->rows[i]);
    }
    if (rows->has_maker) {
        restrict_maker_close(&rows->maker);
    }
    sql_close(&rows->sql);
    sha256_close(&rows->sha256);
    free(rows->hashes);
    free(rows);
}

struct restrict_maker *restrict_rows_maker(struct restrict_rows *rows)
{
    return &rows->maker;
}

/* ---- rows ---- */

enum fault restrict_rows_person(struct restrict_rows *rows, u32 account, u32 *person_out)
{
    struct sql_call get = sql_call(rows->rows[PERSON]);
    bool row = false;
    *person_out = 0;
    sql_put_u64(&get, account);
    TRY(sql_next(&rows->sql, &get, &row));
    if (row) {
        *person_out = (u32)sql_get_u64(&get);
        sql_end(&get);
    }
    return FAULT_NONE;
}

static enum fault row_take(struct restrict_rows *rows, struct sql_call *call,
                           struct restrict_row *row_out)
{
    u64 day = sql_get_u64(call);
    row_out->number = sql_get_u64(call);
    row_out->seq = sql_get_u64(call);
    row_out->item = sql_get_u64(call);
    row_out->person = (u32)sql_get_u64(call);
    struct span event = sql_get_span(call);
    row_out->has_event = event.size == sizeof(row_out->event);
    if (row_out->has_event) {
        memcpy(&row_out->event, event.data, sizeof(row_out->event));
    }
    row_out->decision = sql_get_span(call);
    row_out->facts = sql_get_span(call);
    sql_get_bytes(call, row_out->hash.bytes, sizeof(row_out->hash.bytes));
    row_out->day = (u32)day;
    return day <= RESTRICT_DAY_MAX && row_out->decision.size < RESTRICT_TEXT_BYTES &&
                   row_out->facts.size < RESTRICT_TEXT_BYTES
               ? FAULT_NONE
               : rot(rows, "a decision that cannot be");
}

static enum fault visit(struct restrict_rows *rows, struct sql_call *call,
                        struct restrict_row_visitor *visitor)
{
    bool some = true;
    while (!visitor->is_satisfied) {
        struct restrict_row row;
        TRY(sql_next(&rows->sql, call, &some));
        if (!some) {
            return FAULT_NONE;
        }
        enum fault fault = row_take(rows, call, &row);
        if (fault == FAULT_NONE) {
            fault = visitor->row(visitor, &row);
        }
        if (fault != FAULT_NONE) {
            sql_end(call);
            return fault;
        }
    }
    sql_end(call);
    return FAULT_NONE;
}

enum fault restrict_rows_about(struct restrict_rows *rows, u32 person, u32 account,
                               struct restrict_row_visitor *visitor)
{
    struct sql_call about = sql_call(rows->rows[ABOUT]);
    sql_put_u64(&about, person);
    /* What a rule says has UINT32_MAX for an account: nobody asks for that one. */
    sql_put_u64(&about, account == UINT32_MAX ? (u64)UINT32_MAX + 1 : account);
    return visit(rows, &about, visitor);
}

enum fault restrict_rows_day(struct restrict_rows *rows, u32 day,
                             struct restrict_row_visitor *visitor)
{
    struct sql_call all = sql_call(rows->rows[DAY]);
    sql_put_u64(&all, day);
    return visit(rows, &all, visitor);
}

enum fault restrict_rows_line(struct restrict_rows *rows, u32 day,
                              char line_out[RESTRICT_LINE_BYTES], struct restrict_day *day_out,
                              u64 *index_out)
{
    struct sql_call get = sql_call(rows->rows[LINE]);
    char date[RESTRICT_DAY_BYTES];
    u64 first = 0;
    bool row = false;
    restrict_day_print(day, date);
    sql_put_u64(&get, day);
    TRY(sql_next(&rows->sql, &get, &row));
    if (!row) {
        TRY(number_get(rows, FIRST_DAY, &first));
        return first != 0 && day < first
                   ? FAULT(FAULT_MISSING, "restrictions of %s were not logged", date)
                   : FAULT(FAULT_UNAVAILABLE, "restrictions of %s are not in the log yet", date);
    }
    struct span line = sql_get_span(&get);
    struct span kept = sql_get_span(&get);
    bool is_line = span_equal(line, kept) && restrict_line_read(line, day_out) &&
                   day_out->day == day && line.size < RESTRICT_LINE_BYTES;
    if (is_line) {
        memcpy(line_out, line.data, line.size);
        line_out[line.size] = 0;
    }
    *index_out = sql_get_u64(&get);
    sql_end(&get);
    if (!is_line) {
        return rot(rows, "a day's line that cannot be");
    }
    return *index_out != PUBLOG_NO_LEAF
               ? FAULT_NONE
               : FAULT(FAULT_UNAVAILABLE, "restrictions of %s are not in the log yet", date);
}

/* ---- leaves ---- */

bool restrict_rows_code(struct span decision, char code_out[RESTRICT_CODE_BYTES])
{
    struct span code;
    u64 seq = 0;
    if (!restrict_decision_head(decision, &code, &seq) || code.size + 2 > RESTRICT_CODE_BYTES) {
        return false;
    }
    memcpy(code_out, code.data, code.size);
    code_out[code.size] = '\n';
    code_out[code.size + 1] = 0;
    return true;
}

/* The countries of a text of facts, rising, each once. */
static u32 countries_of(struct span facts, u16 countries_out[RESTRICT_COUNTRIES_MAX])
{
    static struct restrict_decision decision;
    struct span line;
    decision.facts_count = 0;
    while (span_cut_line(&facts, &line) && decision.facts_count < RESTRICT_FACTS_MAX) {
        u16 country = line.size < 8 ? 0 : code_country_of(span_of(line.data + line.size - 2, 2));
        if (country != 0) { /* else "none" */
            decision.facts[decision.facts_count].country = country;
            decision.facts_count += 1;
        }
    }
    return restrict_countries(&decision, countries_out);
}

enum fault restrict_rows_leaf(struct restrict_rows *rows, const struct restrict_row *row,
                              struct restrict_leaf *leaf_out)
{
    struct restrict_place place = {.day = row->day, .number = row->number};
    u16 countries[RESTRICT_COUNTRIES_MAX];
    char code[RESTRICT_CODE_BYTES];
    struct tlog_hash hash;
    u32 count = countries_of(row->facts, countries);
    if (!restrict_rows_code(row->decision, code)) {
        return rot(rows, "a decision that cannot be");
    }
    const struct span texts[] = {span_of_text(code), row->decision, row->facts};
    restrict_leaf_make(&rows->maker, &place, texts, countries, count, leaf_out);
    restrict_leaf_hash(&rows->sha256, leaf_out, &hash);
    return tlog_hash_equal(&hash, &row->hash)
               ? FAULT_NONE
               : FAULT(FAULT_DIVERGED, "%s: decision %llu of command %llu is not what was logged",
                       rows->sql.path, (unsigned long long)row->item, (unsigned long long)row->seq);
}

/* ---- the tree of a day ---- */

struct day_nodes {
    struct tlog_nodes nodes; /* first: it is cast back */
    struct restrict_rows *rows;
};

static enum fault day_node(struct tlog_nodes *base, u32 level, u64 index,
                           struct tlog_hash *hash_out)
{
    struct restrict_rows *rows = ((struct day_nodes *)(void *)base)->rows;
    struct tlog_range range = {.size = 0};
    CHECK((index + 1) << level <= rows->hashes_count);
    for (u64 i = index << level; i < (index + 1) << level; i += 1) {
        tlog_range_add(&rows->sha256, &range, &rows->hashes[i]);
    }
    tlog_range_root(&rows->sha256, &range, hash_out);
    return FAULT_NONE;
}

static enum fault hashes_load(struct restrict_rows *rows, const struct restrict_day *day)
{
    struct sql_call all = sql_call(rows->rows[HASHES]);
    bool row = true;
    free(rows->hashes);
    rows->hashes_count = 0;
    rows->hashes = day->count > RESTRICT_ROWS_DAY_MAX
                       ? NULL
                       : calloc((size_t)day->count + 1, sizeof(*rows->hashes));
    if (rows->hashes == NULL) {
        return FAULT(FAULT_LIMIT, "no room for the decisions of a day");
    }
    sql_put_u64(&all, day->day);
    while (rows->hashes_count <= day->count) {
        TRY(sql_next(&rows->sql, &all, &row));
        if (!row) {
            return FAULT_NONE;
        }
        sql_get_bytes(&all, rows->hashes[rows->hashes_count].bytes, TLOG_HASH_BYTES);
        rows->hashes_count += 1;
    }
    sql_end(&all);
    return FAULT_NONE;
}

static enum fault path_make(struct restrict_rows *rows, const struct restrict_day *day, u64 number,
                            struct tlog_proof *path_out)
{
    struct day_nodes nodes = {.nodes = {.size = day->count, .node = day_node}, .rows = rows};
    struct tlog_hash root;
    char date[RESTRICT_DAY_BYTES];
    TRY(hashes_load(rows, day));
    restrict_day_print(day->day, date);
    if (rows->hashes_count != day->count || number >= day->count) {
        return FAULT(FAULT_DIVERGED, "%s: not as many decisions of %s as were logged",
                     rows->sql.path, date);
    }
    TRY(tlog_root_of(&rows->sha256, &nodes.nodes, day->count, &root));
    if (!tlog_hash_equal(&root, &day->root)) {
        return FAULT(FAULT_DIVERGED, "%s: the decisions of %s do not give the root that was logged",
                     rows->sql.path, date);
    }
    return tlog_inclusion_make(&rows->sha256, &nodes.nodes, number, day->count, path_out);
}

static struct span text_hold(struct span text, char target[RESTRICT_TEXT_BYTES])
{
    memcpy(target, text.data, text.size);
    return span_of(target, text.size);
}

enum fault restrict_rows_proof(struct restrict_rows *rows, const struct restrict_row *row,
                               bool with_facts, struct restrict_proof *proof_out, u64 *index_out)
{
    struct restrict_place place = {.day = row->day, .number = row->number};
    struct restrict_day day;
    *proof_out = (struct restrict_proof){.number = row->number, .has_facts = with_facts};
    TRY(restrict_rows_line(rows, row->day, rows->line, &day, index_out));
    TRY(restrict_rows_leaf(rows, row, &proof_out->leaf));
    CHECK(restrict_rows_code(row->decision, rows->code));
    proof_out->line = span_of_text(rows->line);
    proof_out->code = span_of_text(rows->code);
    proof_out->decision = text_hold(row->decision, rows->decision);
    proof_out->facts = text_hold(row->facts, rows->facts);
    restrict_salt(&rows->maker, RESTRICT_PART_CODE, &place, proof_out->code, proof_out->code_salt);
    restrict_salt(&rows->maker, RESTRICT_PART_DECISION, &place, proof_out->decision,
                  proof_out->decision_salt);
    restrict_salt(&rows->maker, RESTRICT_PART_FACTS, &place, proof_out->facts,
                  proof_out->facts_salt);
    restrict_commit(&rows->sha256, RESTRICT_PART_FACTS, proof_out->facts_salt, proof_out->facts,
                    &proof_out->facts_closed);
    return path_make(rows, &day, row->number, &proof_out->path);
}
