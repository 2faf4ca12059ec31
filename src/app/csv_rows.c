#include "app/csv_rows.h"

#include "base/check.h"
#include "base/span.h"
#include "io/input.h"

#include <stdlib.h>
#include <string.h>

struct csv_rows {
    struct input *input;
    u32 columns_count;
    u32 fields_count;
    u32 used; /* of `bytes` */
    u32 names_used;
    struct span columns[CSV_FIELDS_MAX];
    struct span fields[CSV_FIELDS_MAX];
    u8 names[CSV_ROW_BYTES_MAX]; /* the first row */
    u8 bytes[CSV_ROW_BYTES_MAX]; /* fields of the row, without their quotes */
};

static enum fault row_fault(const struct csv_rows *rows, const char *cause)
{
    return FAULT(FAULT_INPUT, "%s: line %llu: %s", input_path(rows->input),
                 (unsigned long long)input_line_number(rows->input), cause);
}

static enum fault put_byte(struct csv_rows *rows, u8 byte)
{
    if (rows->used == CSV_ROW_BYTES_MAX) {
        return row_fault(rows, "the row is too long");
    }
    rows->bytes[rows->used] = byte;
    rows->used += 1;
    return FAULT_NONE;
}

static enum fault end_field(struct csv_rows *rows, u32 begin)
{
    if (rows->fields_count == CSV_FIELDS_MAX) {
        return row_fault(rows, "too many fields");
    }
    rows->fields[rows->fields_count] = span_of(rows->bytes + begin, rows->used - begin);
    rows->fields_count += 1;
    return FAULT_NONE;
}

static enum fault read_line(struct csv_rows *rows, struct span *line_out, bool *more_out)
{
    TRY(input_line(rows->input, line_out, more_out));
    bool has_nul =
        *more_out && line_out->size > 0 && memchr(line_out->data, 0, line_out->size) != NULL;
    return has_nul ? row_fault(rows, "a NUL byte: the file is damaged, or is no text") : FAULT_NONE;
}

/* The rest of a field in quotes, over as many lines as it takes. *at stands behind the quote. */
static enum fault read_quoted(struct csv_rows *rows, struct span *line, size_t *at)
{
    for (;;) {
        if (*at == line->size) {
            bool more = false;
            TRY(read_line(rows, line, &more));
            if (!more) {
                return row_fault(rows, "a quote is never closed");
            }
            TRY(put_byte(rows, '\n'));
            *at = 0;
            continue;
        }
        u8 byte = line->data[*at];
        *at += 1;
        if (byte == '"') {
            if (*at == line->size || line->data[*at] != '"') {
                return FAULT_NONE;
            }
            *at += 1;
        }
        TRY(put_byte(rows, byte));
    }
}

static enum fault read_fields(struct csv_rows *rows, struct span line)
{
    rows->used = 0;
    rows->fields_count = 0;
    u32 begin = 0;
    for (size_t at = 0;;) {
        if (at == line.size || line.data[at] == ',') {
            TRY(end_field(rows, begin));
            begin = rows->used;
            if (at == line.size) {
                return FAULT_NONE;
            }
            at += 1;
        } else if (line.data[at] == '"' && rows->used == begin) {
            at += 1;
            TRY(read_quoted(rows, &line, &at));
        } else {
            TRY(put_byte(rows, line.data[at]));
            at += 1;
        }
    }
}

/* Keeps the first row apart from those that follow. */
static enum fault read_columns(struct csv_rows *rows)
{
    static const u8 mark[] = {0xef, 0xbb, 0xbf};
    struct span line;
    bool more = false;
    TRY(read_line(rows, &line, &more));
    if (!more) {
        return FAULT(FAULT_INPUT, "%s: empty, not even names of columns", input_path(rows->input));
    }
    if (line.size >= sizeof(mark) && memcmp(line.data, mark, sizeof(mark)) == 0) {
        line = span_after(line, sizeof(mark));
    }
    TRY(read_fields(rows, line));
    memcpy(rows->names, rows->bytes, rows->used);
    rows->columns_count = rows->fields_count;
    for (u32 i = 0; i < rows->columns_count; i += 1) {
        size_t offset = (size_t)(rows->fields[i].data - rows->bytes);
        rows->columns[i] = span_of(rows->names + offset, rows->fields[i].size);
    }
    return FAULT_NONE;
}

static enum fault open_over(struct csv_rows **rows_out, struct input *input)
{
    struct csv_rows *rows = malloc(sizeof(*rows));
    if (rows == NULL) {
        input_close(input);
        return FAULT(FAULT_LIMIT, "no memory for rows");
    }
    rows->input = input;
    enum fault fault = read_columns(rows);
    if (fault != FAULT_NONE) {
        csv_rows_close(rows);
        return fault;
    }
    *rows_out = rows;
    return FAULT_NONE;
}

enum fault csv_rows_open(struct csv_rows **rows_out, const char *path)
{
    struct input *input = NULL;
    TRY(input_open(&input, disk_real(), path, CSV_ROW_BYTES_MAX));
    return open_over(rows_out, input);
}

enum fault csv_rows_open_bytes(struct csv_rows **rows_out, const char *name, struct span bytes)
{
    struct input *input = NULL;
    TRY(input_open_bytes(&input, name, bytes, CSV_ROW_BYTES_MAX));
    return open_over(rows_out, input);
}

void csv_rows_close(struct csv_rows *rows)
{
    if (rows != NULL) {
        input_close(rows->input);
        free(rows);
    }
}

bool csv_rows_column(const struct csv_rows *rows, const char *name, u32 *place_out)
{
    for (u32 i = 0; i < rows->columns_count; i += 1) {
        if (span_equal(rows->columns[i], span_of_text(name))) {
            *place_out = i;
            return true;
        }
    }
    return false;
}

static bool is_header(const struct csv_rows *rows)
{
    u32 same = 0;
    while (same < rows->columns_count && span_equal(rows->fields[same], rows->columns[same])) {
        same += 1;
    }
    return same == rows->columns_count;
}

enum fault csv_rows_next(struct csv_rows *rows, bool *more_out)
{
    struct span line = {.size = 0};
    *more_out = true;
    while (*more_out && line.size == 0) {
        TRY(read_line(rows, &line, more_out));
    }
    if (!*more_out) {
        return FAULT_NONE;
    }
    TRY(read_fields(rows, line));
    if (rows->fields_count != rows->columns_count) {
        return row_fault(rows, "not as many fields as the first row names");
    }
    return is_header(rows)
               ? row_fault(rows, "the names of the columns once more: two files in one?")
               : FAULT_NONE;
}

struct span csv_rows_field(const struct csv_rows *rows, u32 place)
{
    CHECK(place < rows->columns_count);
    return rows->fields[place];
}
