/* Acts at the desk: what is read prints the same bytes, with its signature or without, and names
 * each record and person once. */
#include "base/check.h"
#include "base/span.h"
#include "role/desk/desk_act.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static struct desk_file file;
    static char again[DESK_FILE_BYTES];
    /* The exact size, so that a sanitizer sees one byte read too many. */
    u8 *copy = malloc(size + (size == 0));
    CHECK(copy != NULL);
    if (size > 0) {
        memcpy(copy, data, size);
    }
    struct span text = span_of(copy, size);
    if (desk_file_read(text, "fuzz", &file) == FAULT_NONE) {
        CHECK(span_equal(text, span_of(again, desk_file_print(&file, again))));
        CHECK(file.act.kind >= 1 && file.act.kind <= DESK_ACTS_LAST);
        for (u32 i = 1; i < file.act.records_count; i += 1) {
            CHECK(file.act.records[i - 1].ordinal <= file.act.records[i].ordinal);
        }
    }
    fault_forget();
    free(copy);
    return 0;
}
