#include "role/vault/publog_opening.h"

#include "base/check.h"
#include "role/vault/publog_inner.h"
#include "role/vault/publog_words.h"
#include "wire/moment.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define SECOND_US  1000000ULL
#define YEAR_MIN   1970U
#define MONTH_TEXT 7U /* 2026-10 */

u64 publog_month_begin(u32 month)
{
    struct tm parts = {
        .tm_year = (int)(month / 12) - 1900, .tm_mon = (int)(month % 12), .tm_mday = 1};
    return (u64)timegm(&parts);
}

/* ---- lines ---- */

bool publog_opening_line(const struct publog_opening *opening,
                         char line_out[PUBLOG_OPENING_LINE_BYTES])
{
    char time[MOMENT_TEXT_BYTES];
    char hash[PUBLOG_HASH_TEXT];
    if (opening->time_us == MOMENT_OPEN ||
        !moment_print(opening->time_us / SECOND_US * SECOND_US, time)) {
        return false;
    }
    publog_hash_print(opening->hash, hash);
    int size = snprintf(line_out, PUBLOG_OPENING_LINE_BYTES,
                        PUBLOG_OPENING_WORD "%04u-%02u opening %u sha256 %s at %s",
                        opening->month / 12, opening->month % 12 + 1, opening->number, hash, time);
    CHECK(size > 0 && (u32)size < PUBLOG_OPENING_LINE_BYTES);
    return true;
}

bool publog_opening_is(struct span entry)
{
    size_t size = strlen(PUBLOG_OPENING_WORD);
    return entry.size >= size && memcmp(entry.data, PUBLOG_OPENING_WORD, size) == 0;
}

static bool month_parse(struct span word, u32 *month_out)
{
    u32 numbers[2] = {0, 0};
    if (word.size != MONTH_TEXT || word.data[4] != '-') {
        return false;
    }
    for (u32 at = 0; at < MONTH_TEXT; at += at == 3 ? 2 : 1) {
        u32 *number = &numbers[at < 4 ? 0 : 1];
        if (word.data[at] < '0' || word.data[at] > '9') {
            return false;
        }
        *number = *number * 10 + (u32)(word.data[at] - '0');
    }
    *month_out = numbers[0] * 12 + numbers[1] - 1;
    return numbers[0] >= YEAR_MIN && numbers[1] >= 1 && numbers[1] <= 12;
}

bool publog_opening_read(struct span entry, struct publog_opening *opening_out)
{
    struct publog_words words;
    char line[PUBLOG_OPENING_LINE_BYTES];
    u64 number = 0;
    *opening_out = (struct publog_opening){.month = 0};
    if (!publog_words_cut(entry, &words) || words.count != 8 ||
        !month_parse(words.words[1], &opening_out->month) ||
        !publog_words_number(&words, 3, &number) || number == 0 || number > PUBLOG_OPENINGS_MAX ||
        !publog_words_hash(&words, 5, opening_out->hash) ||
        !publog_words_moment(&words, 7, &opening_out->time_us)) {
        return false;
    }
    opening_out->number = (u32)number;
    return publog_opening_line(opening_out, line) && span_equal(entry, span_of_text(line));
}

void publog_opening_name(u32 month, u32 number, char name_out[PUBLOG_OPENING_NAME_BYTES])
{
    CHECK(number >= 1 && number <= PUBLOG_OPENINGS_MAX && month / 12 <= 9999);
    int size = snprintf(name_out, PUBLOG_OPENING_NAME_BYTES, PUBLOG_OPENING_FOLDER "/%04u-%02u.%u",
                        month / 12, month % 12 + 1, number);
    CHECK(size > 0 && (u32)size < PUBLOG_OPENING_NAME_BYTES);
}

/* ---- what is due ---- */

struct opened {
    u32 number; /* 0: not yet */
    u64 next_s;
    u8 hash[SHA256_BYTES];
};

static enum fault opened_get(struct publog *publog, u32 month, struct opened *opened_out)
{
    struct sql_call get = sql_call(publog->rows[PUBLOG_OPENING_GET]);
    bool row = false;
    *opened_out = (struct opened){.number = 0};
    sql_put_u64(&get, month);
    TRY(sql_next(&publog->sql, &get, &row));
    if (row) {
        u64 number = sql_get_u64(&get);
        opened_out->number = (u32)number;
        opened_out->next_s = sql_get_u64(&get);
        sql_get_bytes(&get, opened_out->hash, sizeof(opened_out->hash));
        sql_end(&get);
        if (number == 0 || number > PUBLOG_OPENINGS_MAX) {
            return FAULT(FAULT_ROT, "%s: an opening that cannot be", publog->sql.path);
        }
    }
    return FAULT_NONE;
}

/* The month of the log's first slot; UINT32_MAX: it has not begun. */
static enum fault month_first(struct publog *publog, u32 *month_out)
{
    struct sql_call get = sql_call(publog->rows[PUBLOG_BEGUN_FIRST]);
    bool row = false;
    TRY(sql_next(&publog->sql, &get, &row));
    CHECK(row);
    u64 slot = sql_get_u64(&get); /* 0: none */
    sql_end(&get);
    if (slot > UINT32_MAX) {
        return FAULT(FAULT_ROT, "%s: a slot that cannot be", publog->sql.path);
    }
    *month_out = slot == 0 ? UINT32_MAX : publog_month_of(slot);
    return FAULT_NONE;
}

/* Months are opened in their order: a row of none before the log's first, and no hole before the
 * last. */
static enum fault rows_check(struct publog *publog, u32 first)
{
    struct sql_call get = sql_call(publog->rows[PUBLOG_OPENING_ENDS]);
    bool row = false;
    TRY(sql_next(&publog->sql, &get, &row));
    CHECK(row);
    u64 least = sql_get_u64(&get);
    u64 last = sql_get_u64(&get);
    u64 count = sql_get_u64(&get);
    sql_end(&get);
    bool is_fine = count == 0 || (least == first && last >= least && last <= UINT32_MAX &&
                                  last - least + 1 == count);
    return is_fine ? FAULT_NONE
                   : FAULT(FAULT_ROT, "%s: an opening that cannot be", publog->sql.path);
}

enum fault publog_opening_due(struct publog *publog, u64 after_s, struct publog_opening *due_out,
                              bool *has_out)
{
    u64 now_s = clock_wall_us(publog->clock) / SECOND_US;
    u32 now_month = publog_month_of(now_s);
    u32 month = UINT32_MAX;
    *has_out = false;
    TRY(publog_check_whole(publog));
    TRY(month_first(publog, &month));
    TRY(rows_check(publog, month));
    for (; month < now_month && !*has_out; month += 1) {
        struct opened opened;
        TRY(opened_get(publog, month, &opened));
        bool is_due = opened.number == 0 ? now_s >= publog_month_begin(month + 1) + after_s
                                         : opened.next_s != 0 && now_s >= opened.next_s;
        if (is_due && opened.number < PUBLOG_OPENINGS_MAX) {
            *due_out = (struct publog_opening){
                .month = month, .number = opened.number + 1, .time_us = now_s * SECOND_US};
            *has_out = true;
        }
    }
    return FAULT_NONE;
}

static enum fault opening_put(struct publog *publog, const struct publog_opening *opening,
                              u64 next_s)
{
    struct sql_call put = sql_call(publog->rows[PUBLOG_OPENING_PUT]);
    sql_put_u64(&put, opening->month);
    sql_put_u64(&put, opening->number);
    sql_put_u64(&put, next_s);
    sql_put_bytes(&put, span_of(opening->hash, sizeof(opening->hash)));
    return sql_do(&publog->sql, &put);
}

static enum fault put_both(struct publog *publog, const struct publog_opening *opening, u64 next_s)
{
    char line[PUBLOG_OPENING_LINE_BYTES];
    if (!publog_opening_line(opening, line)) {
        return FAULT(FAULT_INPUT, "the opening of a month at no moment of the calendar");
    }
    TRY(opening_put(publog, opening, next_s));
    TRY(publog_line_keep(publog, span_of_text(line)));
    return sql_run(&publog->sql, "COMMIT");
}

enum fault publog_opening_same(struct publog *publog, const struct publog_opening *opening,
                               u64 next_s, bool *is_same_out)
{
    struct opened opened;
    TRY(opened_get(publog, opening->month, &opened));
    CHECK(opening->number == opened.number + 1);
    *is_same_out =
        opened.number > 0 && memcmp(opened.hash, opening->hash, sizeof(opened.hash)) == 0;
    if (*is_same_out) {
        struct publog_opening same = *opening;
        same.number = opened.number;
        return opening_put(publog, &same, next_s);
    }
    return FAULT_NONE;
}

enum fault publog_opening_keep(struct publog *publog, const struct publog_opening *opening,
                               u64 next_s)
{
    TRY(publog_check_whole(publog));
    TRY(sql_run(&publog->sql, "BEGIN IMMEDIATE"));
    enum fault fault = put_both(publog, opening, next_s);
    if (fault != FAULT_NONE) {
        publog_roll_back(publog);
    }
    return fault;
}
