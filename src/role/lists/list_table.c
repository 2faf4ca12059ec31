#include "role/lists/list_table.h"

#include "base/check.h"
#include "base/hash.h"
#include "base/utf8.h"

#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES (1U << 20)

/* ---- reading ---- */

struct table {
    struct list_reader *reader;
    struct table_visitor *visitor;
    struct csv_parser parser;
    struct table_row row;
    size_t offsets[TABLE_CELLS_MAX + 1];
    u8 *text;      /* TABLE_ROW_BYTES: the cells of the row */
    u8 *line_text; /* the same: a line made UTF-8 */
    size_t text_used;
    u64 line;       /* the current one */
    u64 lines_open; /* how many the row runs over */
    u64 rows;
    bool bad_utf8;
    bool too_large;
    bool row_ended;
    enum fault fault;
};

static void cell_end(void *data, size_t size, void *context)
{
    struct table *table = context;
    if (table->row.count >= TABLE_CELLS_MAX || size > TABLE_ROW_BYTES - table->text_used) {
        table->too_large = true;
        return;
    }
    if (size > 0) {
        memcpy(table->text + table->text_used, data, size);
    }
    table->offsets[table->row.count] = table->text_used;
    table->text_used += size;
    table->row.count += 1;
}

static void row_clear(struct table *table)
{
    table->row.count = 0;
    table->text_used = 0;
    table->lines_open = 0;
    table->bad_utf8 = false;
    table->too_large = false;
}

/* Of a row's cells and where each ends; never 0. */
static u64 row_digest(const struct table_row *row)
{
    u64 digest = row->count;
    for (u32 i = 0; i < row->count; i += 1) {
        digest = hash_bytes(row->cells[i].data, row->cells[i].size, digest);
    }
    return digest | 1;
}

static void row_end(int last, void *context)
{
    (void)last;
    struct table *table = context;
    struct table_row *row = &table->row;
    table->offsets[row->count] = table->text_used;
    bool is_empty = table->text_used == 0 && !table->too_large;
    for (u32 i = 0; i < row->count; i += 1) {
        row->cells[i] = text_trim(
            span_of(table->text + table->offsets[i], table->offsets[i + 1] - table->offsets[i]));
    }
    struct span whole = span_of(table->text, table->text_used);
    if (table->bad_utf8) {
        list_reader_refuse(table->reader, row->line, LIST_REFUSAL_UTF8, "row", whole);
    } else if (table->too_large) {
        list_reader_refuse(table->reader, row->line, LIST_REFUSAL_TOO_LARGE, "row", whole);
    } else if (!is_empty && row_digest(row) == table->visitor->header) {
        list_reader_refuse(table->reader, row->line, LIST_REFUSAL_HEADER, "row", row->cells[0]);
    } else if (!is_empty && table->visitor->cells != 0 && row->count != table->visitor->cells) {
        char field[LIST_FIELD_BYTES];
        (void)snprintf(field, sizeof(field), "%u columns of %u", row->count, table->visitor->cells);
        list_reader_refuse(table->reader, row->line, LIST_REFUSAL_SHAPE, field, row->cells[0]);
    } else if (!is_empty && table->fault == FAULT_NONE) {
        table->rows += 1;
        table->fault = table->visitor->visit(table->visitor, row);
    }
    row_clear(table);
    table->row_ended = true;
}

/* A carriage return within a line ends no row: a row ends with its line, or runs over whole ones.
 */
static int is_end(unsigned char letter)
{
    return letter == '\n' ? 1 : 0;
}

static void parser_open(struct table *table, char delimiter, u8 options)
{
    CHECK(csv_init(&table->parser, options) == 0);
    csv_set_delim(&table->parser, (unsigned char)delimiter);
    csv_set_term_func(&table->parser, is_end);
}

/* A quote that is not where csv wants it. Some publishers do not quote quotes: taken as letters
 * they may still give a row, whose columns the format's reader counts as it counts all. A row that
 * does not end on this line then is refused. */
static enum fault line_again(struct table *table, struct span line, char delimiter)
{
    struct csv_parser strict = table->parser;
    bool bad_utf8 = table->bad_utf8;
    row_clear(table);
    table->bad_utf8 = bad_utf8;
    table->row_ended = false;
    parser_open(table, delimiter, 0);
    (void)csv_parse(&table->parser, line.data, line.size, cell_end, row_end, table);
    (void)csv_parse(&table->parser, "\n", 1, cell_end, row_end, table);
    csv_free(&table->parser);
    table->parser = strict;
    if (!table->row_ended) {
        list_reader_refuse(table->reader, table->line, LIST_REFUSAL_SHAPE, "row", line);
        row_clear(table);
    }
    return table->fault;
}

/* A row that began on an earlier line and is no csv: a quote that was opened there has swallowed
 * the lines since. Each of them may have been a row and counts as one refused. */
static void lines_refuse(struct table *table)
{
    u64 lines = table->lines_open - 1;
    for (u64 i = 0; i < lines; i += 1) {
        list_reader_refuse(table->reader, table->row.line + i, LIST_REFUSAL_SHAPE, "row",
                           span_of(table->text, table->text_used));
    }
    row_clear(table);
}

static enum fault line_take(struct table *table, struct span line, char delimiter)
{
    if (table->lines_open == 0) {
        table->row.line = table->line;
    }
    table->lines_open += 1;
    if (table->lines_open > TABLE_ROW_LINES) {
        return FAULT(FAULT_INPUT, "%s:%llu: a quoted cell is not closed within %u lines",
                     table->reader->source->paths[table->reader->file],
                     (unsigned long long)table->row.line, TABLE_ROW_LINES);
    }
    table->bad_utf8 = table->bad_utf8 || !utf8_is_text(line);
    size_t taken = csv_parse(&table->parser, line.data, line.size, cell_end, row_end, table);
    if (taken == line.size) {
        taken += csv_parse(&table->parser, "\n", 1, cell_end, row_end, table);
    }
    if (taken == line.size + 1) {
        return table->fault;
    }
    if (csv_error(&table->parser) != CSV_EPARSE) {
        return FAULT(FAULT_LIMIT, "no memory for a row of csv");
    }
    csv_free(&table->parser);
    parser_open(table, delimiter, CSV_STRICT | CSV_STRICT_FINI);
    if (table->lines_open > 1) {
        lines_refuse(table);
        return line_take(table, line, delimiter); /* once: it is a first line now */
    }
    return line_again(table, line, delimiter);
}

/* The line as UTF-8: Windows-1252 is Latin-1 with letters and signs in place of 80 to 9f. Bytes
 * that it leaves free stay as they are, and the row will be refused. */
static struct span utf8_line(struct table *table, struct span line)
{
    static const u16 signs[32] = {0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                  0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
                                  0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                  0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};
    size_t used = 0;
    for (size_t i = 0; i < line.size && used + 4 <= TABLE_ROW_BYTES; i += 1) {
        u8 byte = line.data[i];
        u32 character = byte >= 0x80 && byte < 0xa0 ? signs[byte - 0x80] : byte;
        if (character == 0 && byte != 0) {
            table->line_text[used] = byte;
            used += 1;
        } else {
            used += utf8_put(character, table->line_text + used);
        }
    }
    if (used + 4 > TABLE_ROW_BYTES) {
        table->too_large = true;
    }
    return span_of(table->line_text, used);
}

static enum fault table_lines(struct table *table, struct input *input, char delimiter,
                              struct table_end *end)
{
    for (;;) {
        struct span line = {.data = NULL, .size = 0};
        bool more = false;
        TRY(list_reader_line(table->reader, input, &line, &more));
        if (!more) {
            break;
        }
        table->line = input_line_number(input);
        bool is_marked = line.size >= 3 && memcmp(line.data, "\xef\xbb\xbf", 3) == 0;
        if (is_marked && table->lines_open == 0) { /* also where another file was hung on */
            line = span_after(line, 3);
        }
        if (line.size == 1 && line.data[0] == 0x1a && table->lines_open == 0) {
            end->is_marked = true;
            continue;
        }
        if (end->is_marked && text_trim(line).size > 0) {
            return FAULT(FAULT_INPUT, "%s:%llu: text after the mark of the end",
                         table->reader->source->paths[table->reader->file],
                         (unsigned long long)table->line);
        }
        if (table->reader->is_windows_1252) {
            line = utf8_line(table, line);
        }
        TRY(line_take(table, line, delimiter));
    }
    if (table->lines_open > 0) {
        return FAULT(
            FAULT_INPUT, "%s:%llu: the file ends within a quoted cell: it is cut off or damaged",
            table->reader->source->paths[table->reader->file], (unsigned long long)table->row.line);
    }
    return FAULT_NONE;
}

enum fault table_read(struct list_reader *reader, struct input *input, char delimiter,
                      struct table_visitor *visitor, struct table_end *end_out)
{
    *end_out = (struct table_end){.rows = 0};
    struct table *table = calloc(1, sizeof(*table));
    u8 *text = malloc((size_t)2 * TABLE_ROW_BYTES);
    if (table == NULL || text == NULL) {
        free(table);
        free(text);
        return FAULT(FAULT_LIMIT, "no memory to read csv");
    }
    table->reader = reader;
    table->visitor = visitor;
    table->text = text;
    table->line_text = text + TABLE_ROW_BYTES;
    parser_open(table, delimiter, CSV_STRICT | CSV_STRICT_FINI);
    enum fault fault = table_lines(table, input, delimiter, end_out);
    end_out->rows = table->rows;
    csv_free(&table->parser);
    free(text);
    free(table);
    return fault;
}

struct span table_cell(const struct table_row *row, u32 index)
{
    return index < row->count ? row->cells[index] : (struct span){.data = NULL, .size = 0};
}

void table_columns(struct table_visitor *visitor, const struct table_row *header,
                   const char *const *names, u32 count, u32 *indexes_out)
{
    visitor->header = row_digest(header);
    visitor->cells = header->count;
    for (u32 i = 0; i < count; i += 1) {
        indexes_out[i] = TABLE_CELLS_MAX;
        for (u32 cell = header->count; cell > 0; cell -= 1) {
            if (text_is(header->cells[cell - 1], names[i])) {
                indexes_out[i] = cell - 1;
            }
        }
    }
}

/* ---- rows kept for joining ---- */

struct row_block {
    struct row_block *next;
    size_t used;
    size_t size;
    u8 memory[];
};

void row_store_init(struct row_store *store)
{
    *store = (struct row_store){.blocks = NULL};
}

void row_store_free(struct row_store *store)
{
    while (store->blocks != NULL) {
        struct row_block *block = store->blocks;
        store->blocks = block->next;
        free(block);
    }
    free(store->rows);
    row_store_init(store);
}

static u8 *block_take(struct row_store *store, size_t size)
{
    size_t wanted = (size + 15) & ~(size_t)15;
    struct row_block *block = store->blocks;
    if (block == NULL || block->size - block->used < wanted) {
        size_t room = wanted > BLOCK_BYTES ? wanted : BLOCK_BYTES;
        if (store->bytes + room > ROWS_BYTES_MAX) {
            return NULL;
        }
        block = malloc(sizeof(*block) + room);
        if (block == NULL) {
            return NULL;
        }
        *block = (struct row_block){.next = store->blocks, .used = 0, .size = room};
        store->blocks = block;
        store->bytes += room;
    }
    u8 *memory = block->memory + block->used;
    block->used += wanted;
    return memory;
}

enum fault row_store_add(struct row_store *store, struct span key, u32 file, u64 line,
                         const struct span *cells, u32 cells_count)
{
    CHECK(!store->sorted);
    size_t bytes = key.size + cells_count * sizeof(struct span);
    for (u32 i = 0; i < cells_count; i += 1) {
        bytes += cells[i].size;
    }
    u8 *memory = block_take(store, bytes);
    if (memory != NULL && store->count == store->size) {
        size_t size = store->size == 0 ? 1024 : store->size * 2;
        struct kept_row *rows = realloc(store->rows, size * sizeof(*rows));
        store->rows = rows == NULL ? store->rows : rows;
        store->size = rows == NULL ? store->size : size;
        memory = rows == NULL ? NULL : memory;
    }
    if (memory == NULL) {
        return FAULT(FAULT_LIMIT, "no memory to join %zu rows", store->count);
    }
    struct span *copies = (struct span *)(void *)memory;
    u8 *text = memory + cells_count * sizeof(struct span);
    for (u32 i = 0; i <= cells_count; i += 1) {
        struct span from = i < cells_count ? cells[i] : key;
        if (from.size > 0) {
            memcpy(text, from.data, from.size);
        }
        if (i < cells_count) {
            copies[i] = span_of(text, from.size);
        }
        text += from.size;
    }
    store->rows[store->count] = (struct kept_row){.key = span_of(text - key.size, key.size),
                                                  .cells = copies,
                                                  .cells_count = cells_count,
                                                  .file = file,
                                                  .line = line,
                                                  .order = store->count};
    store->count += 1;
    return FAULT_NONE;
}

static int key_order(struct span a, struct span b)
{
    size_t size = a.size < b.size ? a.size : b.size;
    int order = size == 0 ? 0 : memcmp(a.data, b.data, size);
    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

static int row_order(const void *left, const void *right)
{
    const struct kept_row *a = left;
    const struct kept_row *b = right;
    int order = key_order(a->key, b->key);
    return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
}

void row_store_sort(struct row_store *store)
{
    if (store->count > 0) {
        qsort(store->rows, store->count, sizeof(store->rows[0]), row_order);
    }
    store->sorted = true;
}

struct kept_row *row_store_find(struct row_store *store, struct span key, size_t *count_out)
{
    CHECK(store->sorted);
    size_t low = 0;
    size_t high = store->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (key_order(store->rows[middle].key, key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    size_t count = 0;
    while (low + count < store->count && key_order(store->rows[low + count].key, key) == 0) {
        count += 1;
    }
    *count_out = count;
    return count == 0 ? NULL : &store->rows[low];
}

enum fault row_store_groups(struct row_store *store,
                            enum fault (*take)(void *context, struct kept_row *rows, size_t count),
                            void *context)
{
    row_store_sort(store);
    for (size_t i = 0; i < store->count;) {
        size_t count = 0;
        struct kept_row *rows = row_store_find(store, store->rows[i].key, &count);
        TRY(take(context, rows, count));
        i += count;
    }
    return FAULT_NONE;
}

void row_store_refuse_unused(struct row_store *store, struct list_reader *reader)
{
    for (size_t i = 0; i < store->count; i += 1) {
        if (!store->rows[i].used) {
            reader->file = store->rows[i].file;
            list_reader_refuse(reader, store->rows[i].line, LIST_REFUSAL_ORPHAN, "id",
                               store->rows[i].key);
        }
    }
}
