/* Rows of a CSV file, their fields found by the names in the first row.
 *
 * Fields are separated by commas; one that holds a comma, a quote or a line break stands in double
 * quotes, a quote within as two. A byte order mark before the first name is passed over. Packed
 * files are read as io/input reads them. Bounds: CSV_FIELDS_MAX columns, CSV_ROW_BYTES_MAX a row. A
 * row with more or fewer fields than there are names, a quote that is never closed, the names of
 * the columns once more (two files in one) and a NUL byte are faults that name the line. */
#ifndef APP_CSV_ROWS_H
#define APP_CSV_ROWS_H

#include "io/fault.h"

#define CSV_FIELDS_MAX    256U
#define CSV_ROW_BYTES_MAX (1U << 20)

struct csv_rows;

/* Reads the names of the columns. */
MUST_USE enum fault csv_rows_open(struct csv_rows **rows_out, const char *path);
/* The same over bytes that the caller keeps; `name` stands for the path in faults. */
MUST_USE enum fault csv_rows_open_bytes(struct csv_rows **rows_out, const char *name,
                                        struct span bytes);
/* NULL is fine. */
void csv_rows_close(struct csv_rows *rows);

/* Where the column stands. False when there is none. */
MUST_USE bool csv_rows_column(const struct csv_rows *rows, const char *name, u32 *place_out);

/* The next row; *more_out is false at the end. Lines without any byte are passed over. */
MUST_USE enum fault csv_rows_next(struct csv_rows *rows, bool *more_out);

/* A field of the row, in place until the next one. */
struct span csv_rows_field(const struct csv_rows *rows, u32 place);

#endif /* APP_CSV_ROWS_H */
