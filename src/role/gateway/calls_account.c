#include "role/gateway/calls_account.h"

#include "role/gateway/call_json.h"
#include "role/gateway/filter_json.h"
#include "role/gateway/view_market.h"

#define RATE_PLACES     8U
#define RATES_PER_BASIS 10000U /* a basis point is so many 10^-8 */

/* ---- what an account may do ---- */

static bool allows(const struct view_account *account, enum operation what)
{
    return view_account_restriction(account, what) == RESTRICTION_ALLOW;
}

struct account_may account_may(const struct view_account *account)
{
    return (struct account_may){
        .trade = allows(account, OPERATION_TRADE) && allows(account, OPERATION_PLACE),
        .deposit = allows(account, OPERATION_DEPOSIT),
        .withdraw = allows(account, OPERATION_WITHDRAW),
    };
}

const struct view_account *account_of_call(struct call *call)
{
    const struct view_account *account = view_account_of(call->venue->view, call->state.account);
    if (account == NULL) {
        (void)api_fail(&call->failure, API_ERROR_REJECTED_MBX_KEY);
    }
    return account;
}

/* ---- fees ---- */

struct account_rates account_rates(const struct view *view, u16 market,
                                   const struct view_account *account)
{
    const struct command_fee_set *fees = view_market_fees(view, market, account->fee_tier);
    if (fees == NULL) {
        return (struct account_rates){0};
    }
    return (struct account_rates){
        .maker = fees->standard_maker + fees->special_maker + fees->tax_maker,
        .taker = fees->standard_taker + fees->special_taker + fees->tax_taker,
        .buyer = fees->standard_buyer + fees->special_buyer + fees->tax_buyer,
        .seller = fees->standard_seller + fees->special_seller + fees->tax_seller,
    };
}

static u32 larger(u32 a, u32 b)
{
    return a > b ? a : b;
}

/* Rates belong to markets here; what is told of the account as a whole is the highest of any. */
static struct account_rates rates_highest(const struct view *view,
                                          const struct view_account *account)
{
    struct account_rates highest = {0};
    u32 count = view_markets_count(view);
    for (u32 market = 0; market < count; market += 1) {
        struct account_rates rates = account_rates(view, (u16)market, account);
        highest.maker = larger(highest.maker, rates.maker);
        highest.taker = larger(highest.taker, rates.taker);
        highest.buyer = larger(highest.buyer, rates.buyer);
        highest.seller = larger(highest.seller, rates.seller);
    }
    return highest;
}

static void put_rates(struct json_writer *json, const char *key, struct account_rates rates)
{
    json_key(json, key);
    json_object_begin(json);
    call_amount(json, "maker", amount_of(rates.maker), RATE_PLACES);
    call_amount(json, "taker", amount_of(rates.taker), RATE_PLACES);
    call_amount(json, "buyer", amount_of(rates.buyer), RATE_PLACES);
    call_amount(json, "seller", amount_of(rates.seller), RATE_PLACES);
    json_object_end(json);
}

/* ---- account ---- */

static void put_balances(struct call *call, bool omit_zero)
{
    struct json_writer *json = call->json;
    const struct view *view = call->venue->view;
    json_key(json, "balances");
    json_array_begin(json);
    u32 count = view_assets_count(view);
    for (u32 asset = 0; asset < count; asset += 1) {
        const struct view_balance *row = view_balance_of(view, call->state.account, (u16)asset);
        struct amount available = row == NULL ? AMOUNT_ZERO : row->free;
        struct amount locked = row == NULL ? AMOUNT_ZERO : row->locked;
        if (omit_zero && amount_is_zero(available) && amount_is_zero(locked)) {
            continue;
        }
        char name[9];
        call_asset_name(view, (u16)asset, name);
        u32 scale = view_asset_of(view, (u16)asset)->scale;
        json_object_begin(json);
        call_text(json, "asset", name);
        call_amount(json, "free", available, scale);
        call_amount(json, "locked", locked, scale);
        json_object_end(json);
    }
    json_array_end(json);
}

enum call_end account_information(struct call *call)
{
    const struct view_account *account = account_of_call(call);
    if (account == NULL) {
        return CALL_REFUSED;
    }
    struct json_writer *json = call->json;
    struct account_rates rates = rates_highest(call->venue->view, account);
    struct account_may may = account_may(account);
    json_object_begin(json);
    call_number(json, "makerCommission", rates.maker / RATES_PER_BASIS);
    call_number(json, "takerCommission", rates.taker / RATES_PER_BASIS);
    call_number(json, "buyerCommission", rates.buyer / RATES_PER_BASIS);
    call_number(json, "sellerCommission", rates.seller / RATES_PER_BASIS);
    put_rates(json, "commissionRates", rates);
    call_bool(json, "canTrade", may.trade);
    call_bool(json, "canWithdraw", may.withdraw);
    call_bool(json, "canDeposit", may.deposit);
    call_bool(json, "brokered", false);
    call_bool(json, "requireSelfTradePrevention", false);
    call_bool(json, "preventSor", false);
    call_time(json, "updateTime", account->update_us, call->state.microseconds);
    call_text(json, "accountType", "SPOT");
    put_balances(call, param_number(call->params, PARAM_OMIT_ZERO_BALANCES, 0) == 1);
    json_key(json, "permissions");
    json_array_begin(json);
    json_put_text(json, "SPOT");
    json_array_end(json);
    call_number(json, "uid", call->state.account);
    json_object_end(json);
    return CALL_ANSWERED;
}

/* ---- rateLimit/order ---- */

static void put_order_limit(struct json_writer *json, const char *interval, u32 number, u32 limit,
                            u32 count)
{
    json_object_begin(json);
    call_text(json, "rateLimitType", "ORDERS");
    call_text(json, "interval", interval);
    call_number(json, "intervalNum", number);
    call_number(json, "limit", limit);
    call_number(json, "count", count);
    json_object_end(json);
}

enum call_end account_order_count(struct call *call)
{
    struct limit *limit = call->venue->limit;
    struct limit_orders orders =
        limit_orders_count(limit, call->state.account, call->venue->now_us);
    json_array_begin(call->json);
    put_order_limit(call->json, "SECOND", 10, limit->config.orders_10s_max, orders.count_10s);
    put_order_limit(call->json, "DAY", 1, limit->config.orders_day_max, orders.count_day);
    json_array_end(call->json);
    return CALL_ANSWERED;
}

/* ---- account/commission ---- */

enum call_end account_commission(struct call *call)
{
    u16 market = 0;
    const struct view_account *account = account_of_call(call);
    if (account == NULL || !call_market(call, &market)) {
        return CALL_REFUSED;
    }
    const struct view *view = call->venue->view;
    const struct command_fee_set *set = view_market_fees(view, market, account->fee_tier);
    struct command_fee_set fees = set == NULL ? (struct command_fee_set){0} : *set;
    struct json_writer *json = call->json;
    json_object_begin(json);
    call_text(json, "symbol", call_names(view, market).market);
    put_rates(json, "standardCommission",
              (struct account_rates){fees.standard_maker, fees.standard_taker, fees.standard_buyer,
                                     fees.standard_seller});
    put_rates(json, "specialCommission",
              (struct account_rates){fees.special_maker, fees.special_taker, fees.special_buyer,
                                     fees.special_seller});
    put_rates(
        json, "taxCommission",
        (struct account_rates){fees.tax_maker, fees.tax_taker, fees.tax_buyer, fees.tax_seller});
    json_key(json, "discount");
    json_object_begin(json);
    call_bool(json, "enabledForAccount", false);
    call_bool(json, "enabledForSymbol", false);
    call_text(json, "discountAsset", "");
    call_amount(json, "discount", AMOUNT_ZERO, RATE_PLACES);
    json_object_end(json);
    json_object_end(json);
    return CALL_ANSWERED;
}

/* ---- myFilters ---- */

/* MAX_ASSET of one side of a market, if the account has one. */
static void put_asset_filter(struct call *call, u16 asset)
{
    const struct view *view = call->venue->view;
    const struct view_balance *row = view_balance_of(view, call->state.account, asset);
    if (row == NULL || amount_is_zero(row->limit)) {
        return;
    }
    char name[9];
    call_asset_name(view, asset, name);
    json_object_begin(call->json);
    call_text(call->json, "filterType", "MAX_ASSET");
    call_text(call->json, "asset", name);
    call_amount(call->json, "limit", row->limit, view_asset_of(view, asset)->scale);
    json_object_end(call->json);
}

enum call_end account_filters(struct call *call)
{
    u16 market = 0;
    if (!call_market(call, &market)) {
        return CALL_REFUSED;
    }
    const struct view *view = call->venue->view;
    const struct view_definition *found = view_market_of(view, market);
    json_object_begin(call->json);
    json_key(call->json, "exchangeFilters");
    filter_json_venue(call->json, view);
    json_key(call->json, "symbolFilters");
    filter_json_market(call->json, view, market);
    json_key(call->json, "assetFilters");
    json_array_begin(call->json);
    put_asset_filter(call, found->definition.base);
    put_asset_filter(call, found->definition.quote);
    json_array_end(call->json);
    json_object_end(call->json);
    return CALL_ANSWERED;
}

/* ---- listenKeys ---- */

enum call_end account_listen_key(struct call *call)
{
    return call_fail(call, API_ERROR_GONE);
}
