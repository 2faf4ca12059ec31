/* What the price agent reads: the text of a source, and the times in a canonical form. Every line
 * feed and the rest behind the last one is a line, an empty one or a comment; what is taken keeps
 * its bounds. */
#include "base/check.h"
#include "role/prices/price_line.h"
#include "role/prices/valuation_times.h"
#include "tests/fuzz/fuzz.h"

static void lines(struct span text)
{
    struct price_reader reader;
    struct price_line line;
    u32 last = 0;
    price_reader_begin(&reader, text);
    for (;;) {
        enum price_next next = price_reader_next(&reader, &line);
        if (next == PRICE_NEXT_END) {
            break;
        }
        CHECK(reader.line > last);
        last = reader.line;
        CHECK((next == PRICE_NEXT_REFUSED) == (reader.reason != NULL));
        if (next == PRICE_NEXT_LINE) {
            CHECK(line.asset.size >= 1 && line.asset.size <= PRICE_ASSET_BYTES_MAX);
            CHECK(line.asset.data >= text.data && line.asset.data < text.data + text.size);
            CHECK(line.price.units > 0 && line.time_us > 0); /* raw: a bound */
        }
    }
    CHECK(reader.rest.size == 0 && last <= text.size);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    struct span text = {.data = data, .size = size};
    struct valuation_times times;
    lines(text);
    if (valuation_times_read(text, &times)) {
        CHECK(times.count <= VALUATION_TIMES_MAX);
        for (u32 i = 0; i < times.count; i += 1) {
            CHECK(times.minutes[i] < 1440);
        }
    } else {
        CHECK(times.count == 0);
    }
    return 0;
}
