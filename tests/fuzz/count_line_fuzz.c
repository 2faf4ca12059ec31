/* The line between desk and keep over which a search is counted: what is read prints the same bytes
 * again, an ask within its bounds, and a refusal has no number. */
#include "base/check.h"
#include "base/span.h"
#include "tests/fuzz/fuzz.h"
#include "wire/count_line.h"

#include <stdlib.h>
#include <string.h>

static void ask(struct span bytes)
{
    static struct count_line_ask read;
    u8 again[COUNT_LINE_ASK_MAX];
    if (count_line_ask_read(bytes, &read)) {
        CHECK(count_line_values_fit(read.values, read.values_count));
        CHECK(span_equal(bytes, span_of(again, count_line_ask_write(&read, again))));
    }
}

static void answer(struct span bytes)
{
    struct count_line_answer read;
    u8 again[COUNT_LINE_ANSWER_BYTES];
    if (count_line_answer_read(bytes, &read)) {
        CHECK(read.code == COUNT_LINE_OK || read.people == 0);
        count_line_answer_write(&read, again);
        CHECK(span_equal(bytes, span_of(again, sizeof(again))));
    }
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    /* The exact size, so that a sanitizer sees one byte read too many. */
    u8 *copy = malloc(size + (size == 0));
    CHECK(copy != NULL);
    if (size > 0) {
        memcpy(copy, data, size);
    }
    ask(span_of(copy, size));
    answer(span_of(copy, size));
    free(copy);
    return 0;
}
