#include "role/desk/report_print.h"

#include "base/check.h"
#include "base/span.h"
#include "wire/json.h"
#include "wire/moment.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define US             1000000ULL
#define MEDIAN         REPORT_CELLS
#define LINE_BYTES     2048U /* of JSON or CSV, the longest: 21 numbers and names */
#define HALF_BYTES     8192U
#define WHOLE_BYTES    1024U
#define MINUTES_A_HOUR 60U

/* ---- which cells are shown ---- */

static void line_of(const struct report_row *row, struct report_line *line_out)
{
    *line_out = (struct report_line){.type = row->type == 0 ? "none"
                                                            : desk_word(DESK_WORDS_TYPE, row->type),
                                     .basis = desk_word(DESK_WORDS_BASIS, row->basis),
                                     .minutes = row->minutes};
    (void)snprintf(line_out->country, sizeof(line_out->country), "%s",
                   row->country[0] == 0 ? "none" : row->country);
    memcpy(line_out->cells, row->cells, sizeof(line_out->cells));
    line_out->is_hidden[MEDIAN] = row->answers < REPORT_LEAST;
}

static void fold(struct report_line *other, const struct report_line *line)
{
    for (u32 i = 0; i < REPORT_CELLS; i += 1) {
        other->cells[i] += line->cells[i];
    }
}

static void line_remove(struct report_line *lines, u32 *count, u32 place)
{
    memmove(&lines[place], &lines[place + 1], (*count - place - 1) * sizeof(lines[0]));
    *count -= 1;
}

static u32 line_least(const struct report_line *lines, u32 count)
{
    u32 least = 0;
    for (u32 i = 1; i < count; i += 1) {
        least = lines[i].cells[REPORT_CELL_REQUESTS] < lines[least].cells[REPORT_CELL_REQUESTS]
                    ? i
                    : least;
    }
    return least;
}

/* One hidden cell of a column would follow from the column's total: the least of the others is
 * hidden with it. */
static void column_hide(struct report_line *lines, u32 count, u32 cell)
{
    u32 hidden = 0;
    u32 least = count;
    for (u32 i = 0; i < count; i += 1) {
        u64 value = lines[i].cells[cell];
        lines[i].is_hidden[cell] = value > 0 && value < REPORT_LEAST;
        hidden += lines[i].is_hidden[cell] ? 1 : 0;
        if (!lines[i].is_hidden[cell] && (least == count || value < lines[least].cells[cell])) {
            least = i;
        }
    }
    if (hidden == 1 && least < count) {
        lines[least].is_hidden[cell] = true;
    }
}

u32 report_lines(const struct report_half *half, const struct report_row *rows,
                 struct report_line *lines, u32 lines_max)
{
    struct report_line other = {.country = "other", .type = "other", .basis = "other"};
    u32 count = 0;
    bool has_other = false;
    CHECK(lines_max > 0);
    other.is_hidden[MEDIAN] = true;
    for (u32 i = 0; i < half->rows_count; i += 1) {
        struct report_line line;
        line_of(&rows[i], &line);
        if (line.cells[REPORT_CELL_REQUESTS] < REPORT_LEAST || count + 1 >= lines_max) {
            fold(&other, &line);
            has_other = true;
        } else {
            lines[count] = line;
            count += 1;
        }
    }
    while (has_other && count > 0 && other.cells[REPORT_CELL_REQUESTS] < REPORT_LEAST) {
        u32 least = line_least(lines, count);
        fold(&other, &lines[least]);
        line_remove(lines, &count, least);
    }
    if (has_other) {
        lines[count] = other;
        count += 1;
    }
    for (u32 cell = 0; cell < REPORT_CELLS; cell += 1) {
        column_hide(lines, count, cell);
    }
    return count;
}

/* ---- JSON ---- */

static void put_hours(struct json_writer *json, bool is_there, u64 minutes)
{
    json_key(json, "median_hours");
    if (is_there) {
        json_put_fixed(json, minutes * 10 / MINUTES_A_HOUR, 1);
    } else {
        json_put_null(json);
    }
}

static void put_line(struct json_writer *json, const struct report_line *line)
{
    json_object_begin(json);
    json_field_text(json, "country", line->country);
    json_field_text(json, "type", line->type);
    json_field_text(json, "basis", line->basis);
    for (u32 i = 0; i < REPORT_CELLS; i += 1) {
        json_key(json, report_cell_name((enum report_cell)i));
        if (line->is_hidden[i]) {
            json_put_null(json);
        } else {
            json_put_u64(json, line->cells[i]);
        }
    }
    put_hours(json, !line->is_hidden[MEDIAN], line->minutes);
    json_object_end(json);
}

static void put_day(struct json_writer *json, const char *name, u64 seconds)
{
    char text[MOMENT_TEXT_BYTES];
    CHECK(moment_print(seconds * US, text));
    json_key(json, name);
    json_put_plain(json, span_of(text, 10));
}

/* Counts by the words of a table, in its order. */
static void put_counts(struct json_writer *json, const char *name, enum desk_words words,
                       const u64 *counts, u32 count)
{
    json_key(json, name);
    json_object_begin(json);
    for (u32 i = 0; i < count; i += 1) {
        json_field_u64(json, desk_word(words, i + 1), counts[i]);
    }
    json_object_end(json);
}

static void put_totals(struct json_writer *json, const struct report_half *half)
{
    json_key(json, "totals");
    json_object_begin(json);
    for (u32 i = 0; i < REPORT_CELLS; i += 1) {
        json_field_u64(json, report_cell_name((enum report_cell)i), half->totals[i]);
    }
    put_hours(json, half->answers > 0, half->minutes);
    json_object_end(json);
    put_counts(json, "openings", DESK_WORDS_OPENING, half->openings, REPORT_OPENINGS);
    put_counts(json, "kinds", DESK_WORDS_REQUEST, half->kinds, REPORT_KINDS);
    put_counts(json, "marks", DESK_WORDS_MARK, half->marks, REPORT_MARKS);
    put_counts(json, "contacts", DESK_WORDS_CONTACT, half->contacts, REPORT_CONTACTS);
    json_key(json, "log");
    json_object_begin(json);
    for (u32 i = 0; report_log_kind(i) != NULL; i += 1) {
        json_field_u64(json, report_log_kind(i), half->log[i]);
    }
    json_object_end(json);
}

static void put_half(struct json_writer *json, const struct report *report, u32 index,
                     struct report_line *lines)
{
    const struct report_half *half = report_half(report, index);
    char text[REPORT_HALF_BYTES];
    report_half_print(half->half, text);
    json_object_begin(json);
    json_field_text(json, "half", text);
    put_day(json, "begins", half->begins_s);
    put_day(json, "ends", half->ends_s - 1);
    json_field_bool(json, "over", report_through(report) + 1 >= half->ends_s);
    json_field_u64(json, "untold", half->untold);
    put_totals(json, half);
    json_key(json, "rows");
    json_array_begin(json);
    u32 count = report_lines(half, report_rows(report, index), lines, REPORT_ROW_MAX);
    for (u32 i = 0; i < count; i += 1) {
        put_line(json, &lines[i]);
    }
    json_array_end(json);
    json_object_end(json);
}

/* Room for the text, and for the lines of one half-year behind it. */
static enum fault room_take(const struct report *report, char **text_out, size_t *bytes_out,
                            struct report_line **lines_out)
{
    size_t bytes = WHOLE_BYTES;
    for (u32 i = 0; i < report_halves(report); i += 1) {
        const struct report_half *half = report_half(report, i);
        bytes += HALF_BYTES + (size_t)LINE_BYTES * (half->rows_count + 2);
    }
    *text_out = malloc(bytes);
    *lines_out = malloc(REPORT_ROW_MAX * sizeof(struct report_line));
    *bytes_out = bytes;
    if (*text_out == NULL || *lines_out == NULL) {
        free(*text_out);
        free(*lines_out);
        *text_out = NULL;
        return FAULT(FAULT_LIMIT, "no memory for a report");
    }
    return FAULT_NONE;
}

enum fault report_json(const struct report *report, const char *venue, char **text_out,
                       size_t *size_out)
{
    char through[MOMENT_TEXT_BYTES];
    struct json_writer json;
    struct report_line *lines = NULL;
    size_t bytes = 0;
    TRY(room_take(report, text_out, &bytes, &lines));
    json_begin(&json, *text_out, bytes);
    json_object_begin(&json);
    json_field_text(&json, "format", REPORT_FORMAT);
    json_field_text(&json, "venue", venue);
    CHECK(moment_print(report_through(report) * US, through));
    json_field_text(&json, "through", through);
    json_field_u64(&json, "least", REPORT_LEAST);
    json_key(&json, "halves");
    json_array_begin(&json);
    for (u32 i = 0; i < report_halves(report); i += 1) {
        put_half(&json, report, i, lines);
    }
    json_array_end(&json);
    json_object_end(&json);
    *size_out = json_end(&json);
    free(lines);
    CHECK(*size_out > 0);
    return FAULT_NONE;
}

/* ---- CSV ---- */

struct text {
    char *target;
    size_t bytes;
    size_t size;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(text->target + text->size, text->bytes - text->size, format, arguments);
    va_end(arguments);
    CHECK(size >= 0 && (size_t)size < text->bytes - text->size);
    text->size += (size_t)size;
}

static void put_cells(struct text *text, const struct report_line *line)
{
    for (u32 i = 0; i < REPORT_CELLS; i += 1) {
        if (line->is_hidden[i]) {
            put(text, ",-");
        } else {
            put(text, ",%llu", (unsigned long long)line->cells[i]);
        }
    }
    if (line->is_hidden[MEDIAN]) {
        put(text, ",-\n");
    } else {
        u64 tenths = line->minutes * 10 / MINUTES_A_HOUR;
        put(text, ",%llu.%llu\n", (unsigned long long)(tenths / 10),
            (unsigned long long)(tenths % 10));
    }
}

static void put_half_csv(struct text *text, const struct report *report, u32 index,
                         struct report_line *lines)
{
    const struct report_half *half = report_half(report, index);
    struct report_line all = {.country = "all", .minutes = half->minutes};
    char name[REPORT_HALF_BYTES];
    report_half_print(half->half, name);
    all.is_hidden[MEDIAN] = half->answers == 0;
    memcpy(all.cells, half->totals, sizeof(all.cells));
    put(text, "%s,all,all,all", name);
    put_cells(text, &all);
    u32 count = report_lines(half, report_rows(report, index), lines, REPORT_ROW_MAX);
    for (u32 i = 0; i < count; i += 1) {
        put(text, "%s,%s,%s,%s", name, lines[i].country, lines[i].type, lines[i].basis);
        put_cells(text, &lines[i]);
    }
}

enum fault report_csv(const struct report *report, char **text_out, size_t *size_out)
{
    struct report_line *lines = NULL;
    struct text text = {.size = 0};
    TRY(room_take(report, &text.target, &text.bytes, &lines));
    put(&text, "half,country,type,basis");
    for (u32 i = 0; i < REPORT_CELLS; i += 1) {
        put(&text, ",%s", report_cell_name((enum report_cell)i));
    }
    put(&text, ",median_hours\n");
    for (u32 i = 0; i < report_halves(report); i += 1) {
        put_half_csv(&text, report, i, lines);
    }
    free(lines);
    *text_out = text.target;
    *size_out = text.size;
    return FAULT_NONE;
}
