/* Readable lines, and how far others have been read. */
#include "base/check.h"
#include "base/span.h"
#include "base/utf8.h"
#include "role/vault/publog_inner.h"

static struct sql_call call(struct publog *publog, enum publog_statement which)
{
    return sql_call(publog->rows[which]);
}

/* ---- lines ---- */

bool publog_line_valid(struct span line)
{
    if (line.size == 0 || line.size > PUBLOG_LINE_BYTES_MAX || line.data[0] < 'a' ||
        line.data[0] > 'z') {
        return false;
    }
    for (size_t at = 0; at < line.size;) {
        size_t bytes = utf8_bytes(span_after(line, at));
        if (bytes == 0 || line.data[at] < 0x20 || line.data[at] == 0x7f) {
            return false;
        }
        at += bytes;
    }
    return true;
}

static enum fault line_put(struct publog *publog, struct span line, u64 *number_out)
{
    struct sql_call put = call(publog, PUBLOG_LINE_PUT);
    bool row = false;
    if (!publog_line_valid(line)) {
        return FAULT(FAULT_INPUT, "not a readable line for the log");
    }
    TRY(publog_check_whole(publog));
    sql_put_bytes(&put, line);
    sql_put_u64(&put, PUBLOG_NO_LEAF);
    TRY(sql_next(&publog->sql, &put, &row));
    CHECK(row);
    *number_out = sql_get_u64(&put);
    TRY(sql_do(&publog->sql, &put));
    publog->counts.lines += 1;
    return FAULT_NONE;
}

enum fault publog_line_keep(struct publog *publog, struct span line)
{
    u64 number = 0;
    return line_put(publog, line, &number);
}

enum fault publog_line(struct publog *publog, struct span line, u64 *index_out)
{
    u64 number = 0;
    bool row = true;
    TRY(line_put(publog, line, &number));
    *index_out = PUBLOG_NO_LEAF;
    while (*index_out == PUBLOG_NO_LEAF) { /* each turn takes the oldest */
        struct sql_call get = call(publog, PUBLOG_LINE_GET);
        TRY(publog_leaves_put(publog));
        sql_put_u64(&get, number);
        TRY(sql_next(&publog->sql, &get, &row));
        if (!row) {
            return FAULT(FAULT_ROT, "%s: a line that was kept is gone", publog->sql.path);
        }
        *index_out = sql_get_u64(&get);
        sql_end(&get);
    }
    return FAULT_NONE;
}

/* The line lies where the statement has it: the caller ends that. */
static enum fault line_waiting(struct publog *publog, struct sql_call *open_out, u64 *number_out,
                               struct span *line_out, bool *is_out)
{
    *open_out = call(publog, PUBLOG_LINE_OPEN);
    sql_put_u64(open_out, PUBLOG_NO_LEAF);
    TRY(sql_next(&publog->sql, open_out, is_out));
    if (*is_out) {
        *number_out = sql_get_u64(open_out);
        *line_out = sql_get_span(open_out);
        if (!publog_line_valid(*line_out)) { /* nor may it look like the leaf of a slot */
            sql_end(open_out);
            return FAULT(FAULT_ROT, "%s: a line that cannot be", publog->sql.path);
        }
    }
    return FAULT_NONE;
}

enum fault publog_line_waits(struct publog *publog, bool *is_out)
{
    struct sql_call open;
    struct span line;
    u64 number = 0;
    TRY(line_waiting(publog, &open, &number, &line, is_out));
    if (*is_out) {
        sql_end(&open);
    }
    return FAULT_NONE;
}

static enum fault line_note(struct publog *publog, u64 number, u64 index)
{
    struct sql_call note = call(publog, PUBLOG_LINE_LEAF);
    sql_put_u64(&note, index);
    sql_put_u64(&note, number);
    return sql_do(&publog->sql, &note);
}

enum fault publog_lines_add(struct publog *publog)
{
    for (u32 count = 0; count < PUBLOG_LINES_A_TURN; count += 1) {
        struct sql_call open;
        struct span line;
        u64 number = 0;
        u64 index = 0;
        bool is_waiting = false;
        TRY(line_waiting(publog, &open, &number, &line, &is_waiting));
        if (!is_waiting) {
            return FAULT_NONE;
        }
        enum fault fault = tlog_store_add(publog->store, line, &index);
        sql_end(&open);
        TRY(fault);
        TRY(line_note(publog, number, index));
    }
    return FAULT_NONE;
}

enum fault publog_line_find(struct publog *publog, struct span entry, u64 index)
{
    struct sql_call open;
    struct span line = {.data = NULL};
    u64 number = 0;
    bool is_waiting = false;
    TRY(line_waiting(publog, &open, &number, &line, &is_waiting));
    bool is_it = is_waiting && span_equal(line, entry);
    if (is_waiting) {
        sql_end(&open);
    }
    return is_it ? line_note(publog, number, index)
                 : FAULT(FAULT_DIVERGED, "entry %llu of the log is a line that %s does not know",
                         (unsigned long long)index, publog->sql.path);
}

/* ---- sources ---- */

enum fault publog_source(struct publog *publog, enum publog_source source,
                         struct publog_source_point *point_out)
{
    struct sql_call get = call(publog, PUBLOG_SOURCE_GET);
    bool row = false;
    *point_out = (struct publog_source_point){.position = 0};
    sql_put_u64(&get, (u64)source);
    TRY(sql_next(&publog->sql, &get, &row));
    if (row) {
        sql_get_bytes(&get, point_out->name, sizeof(point_out->name));
        point_out->position = sql_get_u64(&get);
        point_out->is_known = true;
        sql_end(&get);
    }
    return FAULT_NONE;
}

enum fault publog_take_begin(struct publog *publog)
{
    return sql_run(&publog->sql, "BEGIN IMMEDIATE");
}

enum fault publog_source_put(struct publog *publog, enum publog_source source,
                             const struct publog_source_point *point)
{
    struct sql_call put = call(publog, PUBLOG_SOURCE_PUT);
    sql_put_u64(&put, (u64)source);
    sql_put_bytes(&put, span_of(point->name, sizeof(point->name)));
    sql_put_u64(&put, point->position);
    return sql_do(&publog->sql, &put);
}

enum fault publog_take_end(struct publog *publog, enum publog_source source,
                           const struct publog_source_point *point)
{
    enum fault fault = publog_source_put(publog, source, point);
    if (fault == FAULT_NONE) {
        fault = sql_run(&publog->sql, "COMMIT");
    }
    if (fault != FAULT_NONE) {
        publog_roll_back(publog);
    }
    return fault;
}

void publog_take_drop(struct publog *publog)
{
    publog_roll_back(publog);
}

enum fault publog_sync(struct publog *publog)
{
    bool is_whole = false;
    /* Each commit was on the disk before (synchronous=FULL): this keeps the write-ahead log short,
     * and whether somebody reads meanwhile no longer matters; the next turn tries again. */
    return sql_checkpoint(&publog->sql, &is_whole);
}
