#include "role/gateway/stream_name.h"

#include "base/check.h"
#include "base/span.h"
#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

/* What comes behind the symbol; of klines what comes before the interval. */
static const char *const suffixes[] = {
    [STREAM_TRADE] = "@trade",
    [STREAM_AGG_TRADE] = "@aggTrade",
    [STREAM_BOOK_TICKER] = "@bookTicker",
    [STREAM_DEPTH] = "@depth",
    [STREAM_DEPTH_FAST] = "@depth@100ms",
    [STREAM_DEPTH_5] = "@depth5",
    [STREAM_DEPTH_5_FAST] = "@depth5@100ms",
    [STREAM_DEPTH_10] = "@depth10",
    [STREAM_DEPTH_10_FAST] = "@depth10@100ms",
    [STREAM_DEPTH_20] = "@depth20",
    [STREAM_DEPTH_20_FAST] = "@depth20@100ms",
    [STREAM_MINI_TICKER] = "@miniTicker",
    [STREAM_TICKER] = "@ticker",
    [STREAM_TICKER_1H] = "@ticker_1h",
    [STREAM_TICKER_4H] = "@ticker_4h",
    [STREAM_TICKER_1D] = "@ticker_1d",
    [STREAM_AVG_PRICE] = "@avgPrice",
    [STREAM_REFERENCE_PRICE] = "@referencePrice",
    [STREAM_BLOCK_TRADE] = "@blockTrade",
    [STREAM_KLINE] = "@kline_",
};

/* Of all markets: '!', the suffix without its '@', and this. "!ticker@arr" is no more (API
 * CHANGELOG.md). */
static const char all_suffix[] = "@arr";
static const char zone_suffix[] = "@+08:00";

static bool is_for_all(u32 variant)
{
    return variant == STREAM_MINI_TICKER ||
           (variant >= STREAM_TICKER_1H && variant <= STREAM_TICKER_1D);
}

static u8 letter_up(u8 byte)
{
    return byte >= 'a' && byte <= 'z' ? (u8)(byte - 'a' + 'A') : byte;
}

static u8 letter_down(u8 byte)
{
    return byte >= 'A' && byte <= 'Z' ? (u8)(byte - 'A' + 'a') : byte;
}

static bool ends_with(struct span text, const char *end)
{
    size_t size = strlen(end);
    return text.size >= size && memcmp(text.data + text.size - size, end, size) == 0;
}

static bool could_be_name(struct span text)
{
    if (text.size == 0 || text.size > STREAM_TEXT_BYTES_MAX || !utf8_is_text(text)) {
        return false;
    }
    for (size_t i = 0; i < text.size; i += 1) {
        if (text.data[i] <= ' ' || text.data[i] == 0x7f) {
            return false;
        }
    }
    return true;
}

/* "1m" or "1m@+08:00" */
static bool kline_parse(struct span rest, u8 *variant_out)
{
    enum interval interval;
    enum view_zone zone = VIEW_ZONE_UTC;
    if (ends_with(rest, zone_suffix)) {
        zone = VIEW_ZONE_8;
        rest = span_piece(rest, 0, rest.size - strlen(zone_suffix));
    }
    if (!interval_of(rest, &interval)) {
        return false;
    }
    *variant_out = (u8)(STREAM_KLINE + (u32)zone * INTERVAL_COUNT + (u32)interval);
    return true;
}

/* What comes behind the symbol, its '@' included. */
static bool variant_parse(struct span suffix, u8 *variant_out)
{
    size_t kline_bytes = strlen(suffixes[STREAM_KLINE]);
    if (span_equal(span_piece(suffix, 0, kline_bytes), span_of_text(suffixes[STREAM_KLINE]))) {
        return kline_parse(span_after(suffix, kline_bytes), variant_out);
    }
    for (u8 variant = 0; variant < STREAM_KLINE; variant += 1) {
        if (span_equal(suffix, span_of_text(suffixes[variant]))) {
            *variant_out = variant;
            return true;
        }
    }
    return false;
}

/* "!miniTicker@arr" */
static bool all_parse(struct span text, u8 *variant_out)
{
    if (!ends_with(text, all_suffix)) {
        return false;
    }
    struct span word = span_piece(text, 1, text.size - 1 - strlen(all_suffix));
    for (u8 variant = 0; variant < STREAM_KLINE; variant += 1) {
        if (is_for_all(variant) && span_equal(word, span_of_text(suffixes[variant] + 1))) {
            *variant_out = variant;
            return true;
        }
    }
    return false;
}

enum stream_name_fault stream_name_parse(struct span text, struct stream_name *name_out)
{
    struct stream_name name = {.is_all = false};
    if (!could_be_name(text)) {
        return STREAM_NAME_INVALID;
    }
    if (text.data[0] == '!') {
        name.is_all = true;
        if (!all_parse(text, &name.variant)) {
            return STREAM_NAME_UNKNOWN;
        }
        *name_out = name;
        return STREAM_NAME_OK;
    }
    size_t size = 0;
    while (size < text.size && text.data[size] != '@') {
        size += 1;
    }
    if (size == 0 || size > STREAM_SYMBOL_BYTES ||
        !variant_parse(span_after(text, size), &name.variant)) {
        return STREAM_NAME_UNKNOWN;
    }
    for (size_t i = 0; i < size; i += 1) {
        name.symbol[i] = letter_up(text.data[i]);
    }
    *name_out = name;
    return STREAM_NAME_OK;
}

size_t stream_name_print(const struct stream_name *name, char text_out[STREAM_NAME_BYTES_MAX])
{
    char symbol[STREAM_SYMBOL_BYTES + 1] = {0};
    int size = 0;
    CHECK(name->variant < STREAM_VARIANTS);
    for (u32 i = 0; i < STREAM_SYMBOL_BYTES; i += 1) {
        symbol[i] = (char)letter_down(name->symbol[i]);
    }
    if (name->is_all) {
        CHECK(is_for_all(name->variant));
        size = snprintf(text_out, STREAM_NAME_BYTES_MAX, "!%s%s", suffixes[name->variant] + 1,
                        all_suffix);
    } else if (name->variant < STREAM_KLINE) {
        size = snprintf(text_out, STREAM_NAME_BYTES_MAX, "%s%s", symbol, suffixes[name->variant]);
    } else {
        size = snprintf(text_out, STREAM_NAME_BYTES_MAX, "%s%s%s%s", symbol, suffixes[STREAM_KLINE],
                        interval_name(stream_kline_interval(name->variant)),
                        stream_kline_zone(name->variant) == VIEW_ZONE_8 ? zone_suffix : "");
    }
    CHECK(size > 0 && (u32)size < STREAM_NAME_BYTES_MAX);
    return (size_t)size;
}
