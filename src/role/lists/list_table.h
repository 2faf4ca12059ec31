/* Tables: rows of cells from a csv file, and rows kept for joining.
 *
 * Rows are read with libcsv in its strict mode, a line at a time, so that each row knows the line
 * it began on. A line with a quote in the wrong place is read once more with its quotes as letters:
 * some publishers write so. A row that is no csv even then, or not UTF-8, is refused, and so are
 * the lines that a quote has swallowed before it showed; the next line begins a new row. A quote
 * that is never closed makes the whole file a fault. A byte-order mark in front and OFAC's 0x1A at
 * the end are no cells. */
#ifndef ROLE_LISTS_LIST_TABLE_H
#define ROLE_LISTS_LIST_TABLE_H

#include "role/lists/list_reader.h"

#define TABLE_CELLS_MAX 192U
#define TABLE_ROW_BYTES LIST_LINE_BYTES
#define TABLE_ROW_LINES 2000U        /* that a quoted cell may run over */
#define ROWS_BYTES_MAX  (2ULL << 30) /* kept for joining */

struct table_row {
    u64 line;
    u32 count;
    struct span cells[TABLE_CELLS_MAX]; /* trimmed */
};

/* Called once a row, which lives until this returns. A fault ends the reading. */
struct table_visitor {
    enum fault (*visit)(struct table_visitor *visitor, const struct table_row *row);
    u64 header; /* a digest of the row of names, once table_columns has seen it; 0: none */
    u32 cells;  /* that every row has then, or is said to have; 0: any */
};

struct table_end {
    u64 rows;
    bool is_marked; /* a line of 0x1A alone stood at the end */
};

/* Reads the current file to its end. Rows without any text are passed over; the row of names once
 * more (two files in one) is refused, and a row of more or fewer cells than that. FAULT_INPUT also:
 * a NUL byte, which no text has. */
MUST_USE enum fault table_read(struct list_reader *reader, struct input *input, char delimiter,
                               struct table_visitor *visitor, struct table_end *end_out);

/* The cell; empty where the row has none. */
struct span table_cell(const struct table_row *row, u32 index);

/* Where each of the names stands in the header row, by which later rows are judged;
 * TABLE_CELLS_MAX: nowhere. */
void table_columns(struct table_visitor *visitor, const struct table_row *header,
                   const char *const *names, u32 count, u32 *indexes_out);

/* ---- rows kept for joining ---- */

struct kept_row {
    struct span key;
    const struct span *cells;
    u32 cells_count;
    u32 file;
    u64 line;
    u64 order; /* as they came */
    bool used;
};

struct row_block;

struct row_store {
    struct row_block *blocks;
    u64 bytes;
    struct kept_row *rows;
    size_t count;
    size_t size;
    bool sorted;
};

void row_store_init(struct row_store *store);
void row_store_free(struct row_store *store);
/* Copies the row. */
MUST_USE enum fault row_store_add(struct row_store *store, struct span key, u32 file, u64 line,
                                  const struct span *cells, u32 cells_count);
/* Orders the rows by key, equal keys as they came. Once, after the last add. */
void row_store_sort(struct row_store *store);
/* The rows with this key, all together; *count_out 0 and NULL when there are none. */
struct kept_row *row_store_find(struct row_store *store, struct span key, size_t *count_out);
/* Sorts the rows and hands each key's on, all together. A fault ends it. */
MUST_USE enum fault row_store_groups(struct row_store *store,
                                     enum fault (*take)(void *context, struct kept_row *rows,
                                                        size_t count),
                                     void *context);
/* Refuses the rows nobody used: they belong to entries that are not there. */
void row_store_refuse_unused(struct row_store *store, struct list_reader *reader);

#endif /* ROLE_LISTS_LIST_TABLE_H */
