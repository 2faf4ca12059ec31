/* Looking into the model: balances, books and counts for the comparison with the core, open orders
 * and lists for the command generator. */
#include "sim/model_state.h"

#include <stdlib.h>

u64 model_seq(const struct model *model)
{
    return model->seq;
}

u64 model_source_index(const struct model *model, u8 source)
{
    return model->source_index[source];
}

bool model_has_queued(const struct model *model)
{
    for (u32 i = 0; i < model->orders_count; i++) {
        const struct model_order *order = model->orders[i];
        if (order->state == ORDER_STATE_QUEUED &&
            model->markets[order->market].state == MARKET_STATE_TRADING) {
            return true;
        }
    }
    return false;
}

struct core_balance model_balance_of(const struct model *model, u32 account, u16 asset)
{
    struct core_balance balance = {.free = AMOUNT_ZERO, .locked = AMOUNT_ZERO};
    if (account < model->accounts_count && asset < model->assets_count) {
        const struct model_row *row = &model->accounts[account].rows[asset];
        balance.free = amount_of((u64)row->free);
        balance.locked = amount_of((u64)row->locked);
    }
    return balance;
}

struct core_house model_house_of(const struct model *model, u16 asset)
{
    const struct model_asset *row = &model->assets[asset];
    return (struct core_house){.fee_income = amount_of((u64)row->fee_income),
                               .suspense = amount_of((u64)row->suspense),
                               .equity = row->equity};
}

struct amount model_custody_of(const struct model *model, u16 asset, u16 network)
{
    return amount_of((u64)-model->assets[asset].custody[network]);
}

struct core_counts model_counts_of(const struct model *model)
{
    u64 resting = 0;
    for (u32 i = 0; i < model->orders_count; i++) {
        resting += model->orders[i]->is_resting;
    }
    return (struct core_counts){.orders = model->orders_count,
                                .resting = resting,
                                .accounts = model->accounts_count,
                                .rejected_limits = model->rejected_limits,
                                .trades = model->trades_count,
                                .next_order_id = model->order_id + 1,
                                .keys = model->keys_count};
}

u32 model_book(const struct model *model, u16 market, enum side side, struct core_resting *rows_out,
               u32 count)
{
    u32 resting = 0;
    struct model_order **book = model_book_sorted(model, market, (u8)side, &resting);
    u32 written = resting < count ? resting : count;
    for (u32 i = 0; i < written; i++) {
        rows_out[i] = (struct core_resting){.order_id = book[i]->order_id,
                                            .account = book[i]->account,
                                            .price = price_of(book[i]->price),
                                            .visible = amount_of(book[i]->visible),
                                            .remaining = amount_of(book[i]->remaining)};
    }
    free(book);
    return written;
}

u32 model_assets_count(const struct model *model)
{
    return model->assets_count;
}

u32 model_keys_count(const struct model *model)
{
    return model->keys_count;
}

struct model_key_view model_key_at(const struct model *model, u32 index)
{
    const struct model_key *key = &model->keys[index];
    struct model_key_view view = {
        .account = key->account, .rights = key->rights, .kind = key->kind};
    memcpy(view.id, key->id, sizeof view.id);
    memcpy(view.public_key, key->public_key, sizeof view.public_key);
    return view;
}

u32 model_orders_count(const struct model *model)
{
    return model->orders_count;
}

struct model_order_view model_order_at(const struct model *model, u32 index)
{
    const struct model_order *order = model->orders[index];
    return (struct model_order_view){.order_id = order->order_id,
                                     .list_id = order->list_id,
                                     .account = order->account,
                                     .market = order->market,
                                     .side = order->side,
                                     .type = order->type,
                                     .state = order->state,
                                     .is_resting = order->is_resting,
                                     .client = order->client,
                                     .price = order->price,
                                     .stop_price = order->stop_price,
                                     .qty = order->qty,
                                     .remaining = order->remaining};
}

u32 model_lists_count(const struct model *model)
{
    return model->lists_count;
}

u64 model_list_at(const struct model *model, u32 index, u32 *account_out, u16 *market_out,
                  struct client_id *client_out)
{
    const struct model_list *list = model->lists[index];
    *account_out = list->account;
    *market_out = list->market;
    *client_out = list->client;
    return list->list_id;
}

u32 model_holds_count(const struct model *model)
{
    return model->holds_count;
}

u64 model_hold_at(const struct model *model, u32 index, u8 *kind_out)
{
    *kind_out = model->holds[index].kind;
    return model->holds[index].hold_id;
}

u64 model_average_of(const struct model *model, u16 market, u32 minutes)
{
    u64 average = 0;
    return model_average(model, &model->markets[market], minutes, &average) ? average : 0;
}

u32 model_accounts_count(const struct model *model)
{
    return model->accounts_count;
}

u32 model_markets_count(const struct model *model)
{
    return model->markets_count;
}

struct model_market_view model_market_of(const struct model *model, u16 market)
{
    const struct model_market *row = &model->markets[market];
    const struct model_order *bid = model_best(model, market, SIDE_BUY);
    const struct model_order *ask = model_best(model, market, SIDE_SELL);
    return (struct model_market_view){.base = row->rules.base,
                                      .quote = row->rules.quote,
                                      .state = row->state,
                                      .ticks_max = row->rules.ticks_max,
                                      .tick = row->tick,
                                      .lot = row->lot,
                                      .value = row->value,
                                      .last_price = row->last_ticks * row->tick,
                                      .best_bid = bid == NULL ? 0 : bid->price,
                                      .best_ask = ask == NULL ? 0 : ask->price};
}
