#include "role/prices/price_line.h"

#include "base/span.h"

#define FIELDS      3U
#define TIME_PLACES 6U

/* 9999-12-31: a time in another unit is later than that, or earlier than this day's. */
#define TIME_MAX_US 253402300800000000ULL

void price_reader_begin(struct price_reader *reader, struct span text)
{
    *reader = (struct price_reader){.rest = text};
}

/* Three words with one blank between them. */
static bool split(struct span line, struct span fields_out[FIELDS])
{
    size_t begin = 0;
    u32 count = 0;
    for (size_t at = 0; at <= line.size; at += 1) {
        if (at < line.size && line.data[at] != ' ') {
            continue;
        }
        if (at == begin || count == FIELDS) {
            return false;
        }
        fields_out[count] = span_of(line.data + begin, at - begin);
        count += 1;
        begin = at + 1;
    }
    return count == FIELDS;
}

static bool is_asset(struct span name)
{
    for (size_t at = 0; at < name.size; at += 1) {
        u8 symbol = name.data[at];
        if (!((symbol >= 'A' && symbol <= 'Z') || (symbol >= '0' && symbol <= '9'))) {
            return false;
        }
    }
    return name.size <= PRICE_ASSET_BYTES_MAX;
}

/* NULL: it is good. */
static const char *read_price(struct span text, struct price *price_out)
{
    switch (price_parse(text, price_out)) {
    case AMOUNT_OK:
        return price_out->units == 0 ? "the price is 0" : NULL; /* raw: nothing costs nothing */
    case AMOUNT_MALFORMED:
        return "the price is not a decimal number";
    case AMOUNT_PRECISION:
        return "the price has more than 8 decimals";
    case AMOUNT_OVERFLOW:
        return "the price is too large";
    }
    return NULL;
}

static const char *read_time(struct span text, u64 *time_us_out)
{
    struct amount amount;
    switch (amount_parse(text, TIME_PLACES, &amount)) {
    case AMOUNT_OK:
        *time_us_out = amount.units; /* raw: microseconds */
        return *time_us_out > 0 && *time_us_out < TIME_MAX_US
                   ? NULL
                   : "the time is not in seconds since 1970";
    case AMOUNT_MALFORMED:
        return "the time is not a decimal number";
    case AMOUNT_PRECISION:
        return "the time has more than 6 decimals";
    case AMOUNT_OVERFLOW:
        return "the time is not in seconds since 1970";
    }
    return NULL;
}

static const char *read_line(struct span text, struct price_line *line_out)
{
    struct span fields[FIELDS];
    if (!split(text, fields)) {
        return "three words with one blank between them are wanted: ASSET PRICE TIME";
    }
    line_out->asset = fields[0];
    if (!is_asset(fields[0])) {
        return "the asset is not 1 to 8 capital letters and digits";
    }
    const char *reason = read_price(fields[1], &line_out->price);
    return reason != NULL ? reason : read_time(fields[2], &line_out->time_us);
}

enum price_next price_reader_next(struct price_reader *reader, struct price_line *line_out)
{
    while (reader->rest.size > 0) {
        size_t end = 0;
        while (end < reader->rest.size && reader->rest.data[end] != '\n') {
            end += 1;
        }
        struct span text = span_of(reader->rest.data, end);
        bool is_whole = end < reader->rest.size;
        reader->rest = span_after(reader->rest, is_whole ? end + 1 : end);
        reader->line += 1;
        if (is_whole && (text.size == 0 || text.data[0] == '#')) {
            continue;
        }
        reader->reason = is_whole ? read_line(text, line_out) : "no line feed at its end";
        return reader->reason == NULL ? PRICE_NEXT_LINE : PRICE_NEXT_REFUSED;
    }
    return PRICE_NEXT_END;
}
