/* Rows of a CSV file: as many fields as columns, or a fault with a text. */
#include "app/csv_rows.h"
#include "base/check.h"
#include "base/span.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    struct csv_rows *rows = NULL;
    enum fault fault = csv_rows_open_bytes(&rows, "fuzz", span_of(data, size));
    if (fault != FAULT_NONE) {
        CHECK(fault_text()[0] != 0);
        return 0;
    }
    u32 place = 0;
    bool more = true;
    if (csv_rows_column(rows, "name", &place)) {
        CHECK(place < CSV_FIELDS_MAX);
    }
    while (more) {
        fault = csv_rows_next(rows, &more);
        if (fault != FAULT_NONE) {
            CHECK(fault_text()[0] != 0);
            break;
        }
        if (more) {
            CHECK(csv_rows_field(rows, place).size <= CSV_ROW_BYTES_MAX);
        }
    }
    csv_rows_close(rows);
    return 0;
}
