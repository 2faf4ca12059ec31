#include "role/gateway/calls_trade.h"

#include "base/check.h"
#include "role/gateway/trade_answer.h"
#include "role/gateway/trade_terms.h"
#include "role/gateway/view_account.h"
#include "role/gateway/view_market.h"
#include "wire/reject.h"

/* ---- a new order ---- */

static bool has_detail(const struct command_order *command)
{
    return command->trailing_delta != 0 || command->strategy_id != 0 ||
           command->strategy_type != 0 || !amount_is_zero(command->iceberg_qty) ||
           !amount_is_zero(command->quote_qty) ||
           command->stop_price.units != 0 /* raw: none was sent */;
}

static enum call_end send_order(struct call *call, u8 flags)
{
    u16 market = 0;
    struct wire_leg terms;
    struct amount quote_qty;
    if (!trade_terms_order(call, &market, &terms, &quote_qty)) {
        return CALL_REFUSED;
    }
    struct command_order *command = (void *)call->command;
    *command = (struct command_order){.price = terms.price,
                                      .qty = terms.qty,
                                      .market = market,
                                      .side = terms.side,
                                      .type = terms.type,
                                      .tif = terms.tif,
                                      .stp = terms.stp,
                                      .client = terms.client,
                                      .trailing_delta = terms.trailing_delta,
                                      .stop_price = terms.stop_price,
                                      .iceberg_qty = terms.iceberg_qty,
                                      .quote_qty = quote_qty,
                                      .strategy_id = terms.strategy_id,
                                      .strategy_type = terms.strategy_type};
    bool detail = has_detail(command);
    command->flags = (u8)(flags | (detail ? ORDER_FLAG_DETAIL : 0));
    struct trade_keep *keep = CALL_KEEP(call, struct trade_keep);
    keep->response = trade_terms_response(call, (enum order_type)terms.type);
    keep->market = market;
    keep->side = terms.side;
    return call_send(call, COMMAND_ORDER, detail);
}

enum call_end order_place_begin(struct call *call)
{
    return send_order(call, 0);
}

enum call_end order_place_finish(struct call *call)
{
    const struct trade_keep *keep = CALL_KEEP(call, struct trade_keep);
    u32 reject = trade_reject(call, REJECT_PHASE_WHOLE);
    if (reject != REJECT_NONE) {
        return call_fail_reject(call, reject);
    }
    const struct event_order_new *event = call_event(call, EVENT_ORDER_NEW);
    if (event == NULL || !trade_put_new(call, event->order_id, keep->response)) {
        return call_fail(call, API_ERROR_UNEXPECTED_RESP);
    }
    return CALL_ANSWERED;
}

/* ---- a test of an order ---- */

enum call_end order_test_begin(struct call *call)
{
    struct trade_keep *keep = CALL_KEEP(call, struct trade_keep);
    keep->rates = param_number(call->params, PARAM_COMPUTE_COMMISSION, 0) == 1;
    return send_order(call, ORDER_FLAG_TEST);
}

/* The rates of one kind for a trade on this side, those of buyer or seller included. */
static void put_rates(struct json_writer *json, const char *key, u32 maker, u32 taker, u32 side)
{
    json_key(json, key);
    json_object_begin(json);
    call_price(json, "maker", price_of((u64)maker + side));
    call_price(json, "taker", price_of((u64)taker + side));
    json_object_end(json);
}

/* API faqs/commission_faq.md: there is no discount for any asset here. */
static void put_commission(struct call *call, const struct trade_keep *keep)
{
    struct json_writer *json = call->json;
    const struct view *view = call->venue->view;
    const struct view_account *account = view_account_of(view, call->state.account);
    const struct command_fee_set *set =
        account != NULL ? view_market_fees(view, keep->market, account->fee_tier) : NULL;
    struct command_fee_set fees = set != NULL ? *set : (struct command_fee_set){0};
    bool buys = keep->side == SIDE_BUY;
    put_rates(json, "standardCommissionForOrder", fees.standard_maker, fees.standard_taker,
              buys ? fees.standard_buyer : fees.standard_seller);
    put_rates(json, "specialCommissionForOrder", fees.special_maker, fees.special_taker,
              buys ? fees.special_buyer : fees.special_seller);
    put_rates(json, "taxCommissionForOrder", fees.tax_maker, fees.tax_taker,
              buys ? fees.tax_buyer : fees.tax_seller);
    json_key(json, "discount");
    json_object_begin(json);
    call_bool(json, "enabledForAccount", false);
    call_bool(json, "enabledForSymbol", false);
    call_text(json, "discountAsset", "");
    call_price(json, "discount", price_of(0));
    json_object_end(json);
}

/* A test is always answered by a refusal; one with the number 0 says that the order is fine. */
enum call_end order_test_finish(struct call *call)
{
    const struct trade_keep *keep = CALL_KEEP(call, struct trade_keep);
    const struct event_rejected *event = call_event(call, EVENT_REJECTED);
    if (event == NULL) {
        return call_fail(call, API_ERROR_UNEXPECTED_RESP);
    }
    if (event->reject != REJECT_NONE) {
        return call_fail_reject(call, event->reject);
    }
    json_object_begin(call->json);
    if (keep->rates) {
        put_commission(call, keep);
    }
    json_object_end(call->json);
    return CALL_ANSWERED;
}

/* ---- cancellations ---- */

enum call_end order_cancel_begin(struct call *call)
{
    const struct params *params = call->params;
    u16 market = 0;
    if (!call_market(call, &market)) {
        return CALL_REFUSED;
    }
    struct trade_keep *keep = CALL_KEEP(call, struct trade_keep);
    keep->cancel_client = trade_terms_client_sent(call, PARAM_NEW_CLIENT_ID);
    *(struct command_cancel *)(void *)call->command = (struct command_cancel){
        .order_id = param_number(params, PARAM_ORDER_ID, 0),
        .market = market,
        .restriction = (u8)param_number(params, PARAM_CANCEL_RESTRICTIONS, CANCEL_RESTRICTION_NONE),
        .client = trade_terms_client_sent(call, PARAM_ORIG_CLIENT_ID),
    };
    return call_send(call, COMMAND_CANCEL, false);
}

enum call_end order_cancel_finish(struct call *call)
{
    const struct trade_keep *keep = CALL_KEEP(call, struct trade_keep);
    u32 reject = trade_reject(call, REJECT_PHASE_WHOLE);
    if (reject != REJECT_NONE) {
        return call_fail_reject(call, reject);
    }
    size_t offset = 0;
    return trade_put_canceled(call, &keep->cancel_client, &offset)
               ? CALL_ANSWERED
               : call_fail(call, API_ERROR_UNEXPECTED_RESP);
}

enum call_end open_orders_cancel_begin(struct call *call)
{
    u16 market = 0;
    if (!call_market(call, &market)) {
        return CALL_REFUSED;
    }
    *(struct command_cancel_all *)(void *)call->command =
        (struct command_cancel_all){.market = market};
    return call_send(call, COMMAND_CANCEL_ALL, false);
}

enum call_end open_orders_cancel_finish(struct call *call)
{
    u32 reject = trade_reject(call, REJECT_PHASE_WHOLE);
    if (reject != REJECT_NONE) {
        return call_fail_reject(call, reject);
    }
    const struct client_id none = {0};
    json_array_begin(call->json);
    size_t offset = 0;
    while (trade_put_canceled(call, &none, &offset)) {
    }
    json_array_end(call->json);
    return CALL_ANSWERED;
}

/* ---- for user data events ---- */

static const struct trade_keep *keep_of(const struct call_state *state)
{
    return (const void *)state->keep;
}

bool trade_state_cancel_client(const struct call_state *state, struct client_id *id_out)
{
    enum endpoint_id id = endpoint_id_of(state->endpoint);
    bool cancels = id == ENDPOINT_ORDER_CANCEL || id == ENDPOINT_ORDER_CANCEL_REPLACE ||
                   id == ENDPOINT_ORDER_LIST_CANCEL;
    if (!cancels || keep_of(state)->cancel_client.length == 0) {
        return false;
    }
    *id_out = keep_of(state)->cancel_client;
    return true;
}

const struct command_cancel_replace *trade_state_replace(const struct call_state *state)
{
    return endpoint_id_of(state->endpoint) == ENDPOINT_ORDER_CANCEL_REPLACE
               ? &keep_of(state)->replace
               : NULL;
}
