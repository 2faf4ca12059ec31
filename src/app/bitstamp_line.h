/* One line of a Bitstamp recording, in any of its dialects, as numbers: app/flow_bitstamp.h names
 * them. Prices and amounts are in units of 10^-8. */
#ifndef APP_BITSTAMP_LINE_H
#define APP_BITSTAMP_LINE_H

#include "base/base.h"
#include "io/fault.h"

#define BITSTAMP_LEVELS_MAX 20U /* kept of a picture, a side */

enum bitstamp_kind {
    BITSTAMP_OTHER, /* nothing that matters: trades, headings, empty lines */
    BITSTAMP_CREATED,
    BITSTAMP_CHANGED,
    BITSTAMP_DELETED,
    BITSTAMP_PICTURE, /* order_book */
};

struct bitstamp_event {
    enum bitstamp_kind kind;
    u32 side; /* 0 bid, 1 ask */
    u64 time_ms;
    u64 id;
    u64 price;
    u64 amount; /* what remains after the event */
    u64 line;
};

struct bitstamp_picture {
    u32 counts[2];
    u64 prices[2][BITSTAMP_LEVELS_MAX];
    u64 amounts[2][BITSTAMP_LEVELS_MAX];
};

/* The state of reading: a table of order events has a heading that names its columns. */
struct bitstamp_line {
    const char *path;
    u64 number;
    bool is_table;
    u64 time_ms; /* of the last line that had one */
};

/* `picture_out` is filled for BITSTAMP_PICTURE. */
MUST_USE enum fault bitstamp_line_read(struct bitstamp_line *line, struct span text,
                                       struct bitstamp_event *event_out,
                                       struct bitstamp_picture *picture_out);

#endif /* APP_BITSTAMP_LINE_H */
