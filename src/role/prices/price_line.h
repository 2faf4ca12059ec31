/* What a source of prices says: a text of lines, each "ASSET PRICE TIME". ASSET is a name of the
 * venue's (capital letters and digits), PRICE a decimal number of euros for one whole unit, TIME
 * the seconds since 1970 (UTC) at which it held, with up to six decimals.
 *
 * Blank lines, and lines that begin with #, say nothing. Every line ends with a line feed: a file
 * that is being written in place shows half a last line, which is none. A line that is refused
 * has a reason; those around it count. */
#ifndef ROLE_PRICES_PRICE_LINE_H
#define ROLE_PRICES_PRICE_LINE_H

#include "base/amount.h"
#include "base/base.h"

#define PRICE_TEXT_BYTES_MAX  65536U
#define PRICE_ASSET_BYTES_MAX 8U

struct price_line {
    struct span asset; /* in the text; 1 to PRICE_ASSET_BYTES_MAX symbols */
    struct price price;
    u64 time_us;
};

struct price_reader {
    struct span rest;
    u32 line; /* of what price_reader_next has just given */
    const char *reason;
};

enum price_next {
    PRICE_NEXT_END,
    PRICE_NEXT_LINE,
    PRICE_NEXT_REFUSED, /* reader->line, reader->reason */
};

void price_reader_begin(struct price_reader *reader, struct span text);
MUST_USE enum price_next price_reader_next(struct price_reader *reader,
                                           struct price_line *line_out);

#endif /* ROLE_PRICES_PRICE_LINE_H */
