/* Columns of statements.h that more than one file reads or writes. */
#include "base/hash.h"
#include "base/span.h"
#include "role/history/statements.h"

#include <string.h>

void store_client_put(struct sql_call *call, const struct client_id *client)
{
    sql_put_bytes(call, span_of(client, client->length == 0 ? 0 : client_id_bytes(client->length)));
}

void store_client_get(struct sql_call *call, struct client_id *client_out)
{
    sql_get_bytes(call, client_out, sizeof(*client_out));
}

u64 store_client_hash(const struct client_id *client)
{
    return hash_bytes(client->packed, client_id_bytes(client->length) - 1U, client->length);
}

void store_order_put(struct sql_call *call, const struct history_order *order)
{
    sql_put_u64(call, order->account);
    sql_put_u64(call, order->market);
    sql_put_u64(call, order->order_id);
    sql_put_u64(call, order->list_id);
    store_client_put(call, &order->client);
    sql_put_price(call, order->price);
    sql_put_amount(call, order->qty);
    sql_put_amount(call, order->quote_qty);
    sql_put_amount(call, order->executed);
    sql_put_amount(call, order->quote);
    sql_put_amount(call, order->prevented);
    sql_put_price(call, order->stop_price);
    sql_put_amount(call, order->iceberg_qty);
    sql_put_u64(call, order->trailing_delta);
    sql_put_u64(call, order->strategy_type);
    sql_put_i64(call, order->strategy_id);
    sql_put_u64(call, order->side);
    sql_put_u64(call, order->type);
    sql_put_u64(call, order->tif);
    sql_put_u64(call, order->stp);
    sql_put_u64(call, order->status);
    sql_put_u64(call, order->reason);
    sql_put_u64(call, order->amends);
    sql_put_u64(call, order->match_id);
    sql_put_u64(call, order->time_us);
    sql_put_u64(call, order->update_us);
    sql_put_u64(call, order->working_us);
}

void store_order_get(struct sql_call *call, struct history_order *order_out)
{
    order_out->account = (u32)sql_get_u64(call);
    order_out->market = (u16)sql_get_u64(call);
    order_out->order_id = sql_get_u64(call);
    order_out->list_id = sql_get_u64(call);
    store_client_get(call, &order_out->client);
    order_out->price = sql_get_price(call);
    order_out->qty = sql_get_amount(call);
    order_out->quote_qty = sql_get_amount(call);
    order_out->executed = sql_get_amount(call);
    order_out->quote = sql_get_amount(call);
    order_out->prevented = sql_get_amount(call);
    order_out->stop_price = sql_get_price(call);
    order_out->iceberg_qty = sql_get_amount(call);
    order_out->trailing_delta = (u32)sql_get_u64(call);
    order_out->strategy_type = (u32)sql_get_u64(call);
    order_out->strategy_id = sql_get_i64(call);
    order_out->side = (enum side)sql_get_u64(call);
    order_out->type = (enum order_type)sql_get_u64(call);
    order_out->tif = (enum time_in_force)sql_get_u64(call);
    order_out->stp = (enum stp_mode)sql_get_u64(call);
    order_out->status = (enum history_order_status)sql_get_u64(call);
    order_out->reason = (enum expiry_reason)sql_get_u64(call);
    order_out->amends = (u32)sql_get_u64(call);
    order_out->match_id = sql_get_u64(call);
    order_out->time_us = sql_get_u64(call);
    order_out->update_us = sql_get_u64(call);
    order_out->working_us = sql_get_u64(call);
}

static u128 get_wide(struct sql_call *call)
{
    u64 high = sql_get_u64(call);
    u64 low = sql_get_u64(call);
    return (u128)high << 64 | low;
}

void store_bar_get(struct sql_call *call, struct bar *bar_out)
{
    bar_out->start = sql_get_i64(call);
    bar_out->trades = sql_get_u64(call);
    bar_out->open = sql_get_price(call);
    bar_out->high = sql_get_price(call);
    bar_out->low = sql_get_price(call);
    bar_out->close = sql_get_price(call);
    bar_out->volume = get_wide(call);
    bar_out->quote_volume = get_wide(call);
    bar_out->taker_buy_volume = get_wide(call);
    bar_out->taker_buy_quote = get_wide(call);
    bar_out->first_trade = sql_get_u64(call);
    bar_out->last_trade = sql_get_u64(call);
}
