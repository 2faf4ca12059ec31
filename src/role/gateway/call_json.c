#include "role/gateway/call_json.h"

#include "base/amount.h"
#include "base/check.h"
#include "role/gateway/view_market.h"

#include <string.h>

#define SUM_TEXT_BYTES 64U

void call_put_amount(struct json_writer *json, struct amount amount, u32 scale)
{
    char text[AMOUNT_TEXT_BYTES];
    u32 length = amount_print(amount, scale, CALL_PLACES, text);
    json_put_plain(json, span_of(text, length));
}

void call_put_price(struct json_writer *json, struct price price)
{
    struct amount alike = amount_of(price.units); /* raw: to print it */
    call_put_amount(json, alike, PRICE_SCALE);
}

/* Digits of `number` before `end`, at least `digits_min`. Returns where they begin. */
static char *digits_before(char *end, u128 number, u32 digits_min)
{
    u32 digits = 0;
    while (number > 0 || digits < digits_min) {
        end -= 1;
        *end = (char)('0' + (u32)(number % 10));
        number /= 10;
        digits += 1;
    }
    return end;
}

void call_put_sum(struct json_writer *json, struct view_sum sum, u32 scale)
{
    CHECK(scale <= AMOUNT_SCALE_MAX);
    u128 one = 1;
    for (u32 i = 0; i < scale; i += 1) {
        one *= 10;
    }
    u128 fraction = sum.sum % one;
    for (u32 i = scale; i < CALL_PLACES; i += 1) {
        fraction *= 10;
    }
    for (u32 i = CALL_PLACES; i < scale; i += 1) {
        fraction /= 10;
    }
    char text[SUM_TEXT_BYTES];
    char *end = text + sizeof(text) - 1;
    *end = 0;
    char *at = digits_before(end, fraction, CALL_PLACES);
    at -= 1;
    *at = '.';
    at = digits_before(at, sum.sum / one, 1);
    json_put_plain(json, span_of(at, (size_t)(text + sizeof(text) - 1 - at)));
}

void call_put_client(struct json_writer *json, const struct client_id *id)
{
    char text[CLIENT_ID_SYMBOLS_MAX + 1];
    u32 length = client_id_print(id, text);
    json_put_plain(json, span_of(text, length));
}

/* The text of `magnitude`, which counts 10^-scale, with a minus before it. */
static void put_signed(struct json_writer *json, const char *key, bool negative,
                       struct amount magnitude, u32 scale)
{
    char text[1 + AMOUNT_TEXT_BYTES] = "-";
    (void)amount_print(magnitude, scale, scale, text + 1);
    call_name(json, key, negative ? text : text + 1);
}

void call_change(struct json_writer *json, const char *key, struct price from, struct price to)
{
    u64 before = from.units; /* raw: a difference of prices is no price */
    u64 after = to.units;    /* raw: the same */
    bool negative = after < before;
    struct amount magnitude = amount_of(negative ? before - after : after - before);
    put_signed(json, key, negative, magnitude, PRICE_SCALE);
}

void call_percent(struct json_writer *json, const char *key, struct price from, struct price to)
{
    u64 before = from.units; /* raw: a ratio of prices is no price */
    u64 after = to.units;    /* raw: the same */
    u128 thousandths = 0;
    if (before > 0) {
        u128 distance = after < before ? before - after : after - before;
        thousandths = (distance * 100000 + before / 2) / before;
    }
    bool negative = after < before && thousandths > 0;
    u64 shown = thousandths > UINT64_MAX ? UINT64_MAX : (u64)thousandths;
    put_signed(json, key, negative, amount_of(shown), 3);
}

void call_ratio(struct json_writer *json, const char *key, u32 ratio)
{
    put_signed(json, key, false, amount_of(ratio), 4);
}

void call_asset_name(const struct view *view, u16 asset, char name_out[9])
{
    const struct view_asset *found = view_asset_of(view, asset);
    CHECK(found != NULL);
    memcpy(name_out, found->name, sizeof(found->name));
    name_out[8] = 0;
}

struct call_names call_names(const struct view *view, u16 market)
{
    const struct view_definition *definition = view_market_of(view, market);
    CHECK(definition != NULL);
    struct call_names names = {0};
    memcpy(names.market, definition->definition.name, sizeof(definition->definition.name));
    call_asset_name(view, definition->definition.base, names.base);
    call_asset_name(view, definition->definition.quote, names.quote);
    names.base_scale = view_asset_of(view, definition->definition.base)->scale;
    names.quote_scale = view_asset_of(view, definition->definition.quote)->scale;
    return names;
}
