/* How the API writes numbers: amounts and prices as strings with 8 decimals, times in the unit that
 * the client asked for, names as they are in the view. */
#ifndef ROLE_GATEWAY_CALL_JSON_H
#define ROLE_GATEWAY_CALL_JSON_H

#include "role/gateway/call.h"
#include "role/gateway/view.h"
#include "wire/client_id.h"

#define CALL_PLACES 8U

/* "0.00100000" of an asset whose unit is 10^-scale. */
void call_put_amount(struct json_writer *json, struct amount amount, u32 scale);
void call_put_sum(struct json_writer *json, struct view_sum sum, u32 scale);
void call_put_price(struct json_writer *json, struct price price);

/* The same after their key. */
void call_amount(struct json_writer *json, const char *key, struct amount amount, u32 scale);
void call_sum(struct json_writer *json, const char *key, struct view_sum sum, u32 scale);
void call_price(struct json_writer *json, const char *key, struct price price);
void call_number(struct json_writer *json, const char *key, u64 number);
void call_signed(struct json_writer *json, const char *key, i64 number);
void call_text(struct json_writer *json, const char *key, const char *text);
void call_bool(struct json_writer *json, const char *key, bool truth);
void call_client(struct json_writer *json, const char *key, const struct client_id *id);
/* "-0.05000000": what `to` has over `from`. */
void call_change(struct json_writer *json, const char *key, struct price from, struct price to);
/* "-0.317": the same in hundredths of `from`, to the nearest thousandth; "0.000" when `from` is. */
void call_percent(struct json_writer *json, const char *key, struct price from, struct price to);
/* "1.3000": ten-thousandths. */
void call_ratio(struct json_writer *json, const char *key, u32 ratio);
/* Milliseconds, or microseconds when `microseconds`. */
void call_time(struct json_writer *json, const char *key, u64 time_us, bool microseconds);

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
