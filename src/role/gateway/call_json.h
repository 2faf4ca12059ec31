/* How the API writes numbers: amounts and prices as strings with 8 decimals, times in the unit that
 * the client asked for, names as they are in the view. */
#ifndef ROLE_GATEWAY_CALL_JSON_H
#define ROLE_GATEWAY_CALL_JSON_H

#include "role/gateway/call.h"
#include "role/gateway/view.h"
#include "wire/client_id.h"
#include "wire/json.h"

#define CALL_PLACES 8U

/* "0.00100000" of an asset whose unit is 10^-scale. */
void call_put_amount(struct json_writer *json, struct amount amount, u32 scale);
void call_put_sum(struct json_writer *json, struct view_sum sum, u32 scale);
void call_put_price(struct json_writer *json, struct price price);

void call_put_client(struct json_writer *json, const struct client_id *id);

/* The same after their key. Inline, so that the compiler counts the letters of the key. */
ALWAYS_INLINE void call_amount(struct json_writer *json, const char *key, struct amount amount,
                               u32 scale)
{
    json_key(json, key);
    call_put_amount(json, amount, scale);
}

ALWAYS_INLINE void call_sum(struct json_writer *json, const char *key, struct view_sum sum,
                            u32 scale)
{
    json_key(json, key);
    call_put_sum(json, sum, scale);
}

ALWAYS_INLINE void call_price(struct json_writer *json, const char *key, struct price price)
{
    json_key(json, key);
    call_put_price(json, price);
}

ALWAYS_INLINE void call_number(struct json_writer *json, const char *key, u64 number)
{
    json_key(json, key);
    json_put_u64(json, number);
}

ALWAYS_INLINE void call_signed(struct json_writer *json, const char *key, i64 number)
{
    json_key(json, key);
    json_put_i64(json, number);
}

ALWAYS_INLINE void call_text(struct json_writer *json, const char *key, const char *text)
{
    json_key(json, key);
    json_put_text(json, text);
}

/* Text of ours that needs no escaping. */
ALWAYS_INLINE void call_name(struct json_writer *json, const char *key, const char *name)
{
    json_key(json, key);
    json_put_plain(json, span_of_text(name));
}

ALWAYS_INLINE void call_bool(struct json_writer *json, const char *key, bool truth)
{
    json_key(json, key);
    json_put_bool(json, truth);
}

ALWAYS_INLINE void call_client(struct json_writer *json, const char *key,
                               const struct client_id *id)
{
    json_key(json, key);
    call_put_client(json, id);
}

/* Milliseconds, or microseconds when `microseconds`. */
ALWAYS_INLINE void call_time(struct json_writer *json, const char *key, u64 time_us,
                             bool microseconds)
{
    call_number(json, key, microseconds ? time_us : time_us / 1000);
}

/* "-0.05000000": what `to` has over `from`. */
void call_change(struct json_writer *json, const char *key, struct price from, struct price to);
/* "-0.317": the same in hundredths of `from`, to the nearest thousandth; "0.000" when `from` is. */
void call_percent(struct json_writer *json, const char *key, struct price from, struct price to);
/* "1.3000": ten-thousandths. */
void call_ratio(struct json_writer *json, const char *key, u32 ratio);

/* The names of a market and its assets, ended by a NUL. */
struct call_names {
    char market[17];
    char base[9];
    char quote[9];
    u8 base_scale;
    u8 quote_scale;
};
struct call_names call_names(const struct view *view, u16 market);
void call_asset_name(const struct view *view, u16 asset, char name_out[9]);

#endif /* ROLE_GATEWAY_CALL_JSON_H */
