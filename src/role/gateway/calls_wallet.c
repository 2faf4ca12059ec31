#include "role/gateway/calls_wallet.h"

#include "base/check.h"
#include "role/gateway/call_json.h"
#include "role/gateway/calls_account.h"
#include "role/gateway/demo.h"
#include "role/gateway/payout.h"
#include "role/gateway/view_market.h"
#include "wire/reject.h"

#include <string.h>

#define CONFIRMATIONS   1U
#define ARRIVAL_MINUTES 1U
#define FEE_PLACES      8U

/* No quota is set: what is told is the largest number that clients read as one. */
#define QUOTA_NONE "9999999999.00000000"

/* ---- names ---- */

bool wallet_asset_named(const struct view *view, struct span name, u16 *asset_out)
{
    u8 padded[8] = {0};
    if (name.size == 0 || !span_copy(name, padded, sizeof(padded))) {
        return false;
    }
    u32 count = view_assets_count(view);
    for (u32 asset = 0; asset < count; asset += 1) {
        if (memcmp(view_asset_of(view, (u16)asset)->name, padded, sizeof(padded)) == 0) {
            *asset_out = (u16)asset;
            return true;
        }
    }
    return false;
}

bool wallet_coin(struct call *call, u16 *asset_out)
{
    const struct param_value *coin = param_find(call->params, PARAM_COIN);
    return (coin != NULL && wallet_asset_named(call->venue->view, coin->text, asset_out)) ||
           api_fail(&call->failure, API_ERROR_WALLET_ASSET);
}

bool wallet_network(struct call *call)
{
    const struct param_value *network = param_find(call->params, PARAM_NETWORK);
    return network == NULL || span_equal(network->text, span_of_text(DEMO_NETWORK_NAME)) ||
           api_fail_name(&call->failure, API_ERROR_INVALID_PARAMETER_IN, "network");
}

const char *wallet_network_name(u32 network)
{
    return network == DEMO_NETWORK ? DEMO_NETWORK_NAME : "UNKNOWN";
}

/* What an account has of an asset; zeros without a row. */
static struct view_balance balance_of(const struct call *call, u16 asset)
{
    const struct view_balance *row = view_balance_of(call->venue->view, call->state.account, asset);
    return row == NULL ? (struct view_balance){0} : *row;
}

/* ---- coins ---- */

static void put_network(struct call *call, const char *coin, u32 scale)
{
    struct json_writer *json = call->json;
    struct demo_terms terms = demo_terms(scale, call->venue->withdraw_fee_bp);
    json_object_begin(json);
    call_text(json, "network", DEMO_NETWORK_NAME);
    call_text(json, "coin", coin);
    call_amount(json, "withdrawIntegerMultiple", terms.multiple, scale);
    call_bool(json, "isDefault", true);
    call_bool(json, "depositEnable", true);
    call_bool(json, "withdrawEnable", true);
    call_text(json, "depositDesc", "");
    call_text(json, "withdrawDesc", "");
    call_text(json, "specialTips", "");
    call_text(json, "name", "Demo network");
    call_bool(json, "resetAddressStatus", false);
    call_text(json, "addressRegex", DEMO_ADDRESS_REGEX);
    call_text(json, "memoRegex", DEMO_TAG_REGEX);
    call_amount(json, "withdrawFee", terms.fee, scale);
    call_amount(json, "withdrawMin", terms.min, scale);
    call_amount(json, "withdrawMax", terms.max, scale);
    call_amount(json, "withdrawInternalMin", terms.min, scale);
    call_amount(json, "depositDust", terms.multiple, scale);
    call_number(json, "minConfirm", CONFIRMATIONS);
    call_number(json, "unLockConfirm", CONFIRMATIONS);
    call_bool(json, "sameAddress", false);
    call_bool(json, "withdrawTag", false);
    call_number(json, "estimatedArrivalTime", ARRIVAL_MINUTES);
    call_bool(json, "busy", false);
    call_text(json, "contractAddressUrl", "");
    call_text(json, "contractAddress", "");
    json_object_end(json);
}

static bool is_traded(const struct view *view, u16 asset)
{
    u32 count = view_markets_count(view);
    for (u32 market = 0; market < count; market += 1) {
        const struct view_definition *found = view_market_of(view, (u16)market);
        if (found->state == MARKET_STATE_TRADING &&
            (found->definition.base == asset || found->definition.quote == asset)) {
            return true;
        }
    }
    return false;
}

enum call_end wallet_coins(struct call *call)
{
    struct json_writer *json = call->json;
    const struct view *view = call->venue->view;
    json_array_begin(json);
    u32 count = view_assets_count(view);
    for (u32 i = 0; i < count; i += 1) {
        u16 asset = (u16)i;
        u32 scale = view_asset_of(view, asset)->scale;
        struct view_balance balance = balance_of(call, asset);
        char name[9];
        call_asset_name(view, asset, name);
        json_object_begin(json);
        call_text(json, "coin", name);
        call_bool(json, "depositAllEnable", true);
        call_bool(json, "withdrawAllEnable", true);
        call_text(json, "name", name);
        call_amount(json, "free", balance.free, scale);
        call_amount(json, "locked", balance.locked, scale);
        call_amount(json, "freeze", balance.arriving, scale);
        call_amount(json, "withdrawing", balance.withdrawing, scale);
        call_amount(json, "ipoing", AMOUNT_ZERO, scale);
        call_amount(json, "ipoable", AMOUNT_ZERO, scale);
        call_amount(json, "storage", AMOUNT_ZERO, scale);
        call_bool(json, "isLegalMoney", false);
        call_bool(json, "trading", is_traded(view, asset));
        json_key(json, "networkList");
        json_array_begin(json);
        put_network(call, name, scale);
        json_array_end(json);
        json_object_end(json);
    }
    json_array_end(json);
    return CALL_ANSWERED;
}

/* ---- addresses ---- */

/* False: why not is in call->failure. Who may not deposit is not given an address. */
static bool address_asked(struct call *call, char coin_out[9])
{
    u16 asset = 0;
    const struct view_account *account = account_of_call(call);
    if (account == NULL || !wallet_coin(call, &asset) || !wallet_network(call)) {
        return false;
    }
    call_asset_name(call->venue->view, asset, coin_out);
    if (!account_may(account).deposit) {
        (void)call_fail_reject(call, REJECT_MONEY_DISABLED);
        return false;
    }
    return true;
}

enum call_end wallet_address(struct call *call)
{
    char coin[9];
    if (!address_asked(call, coin)) {
        return CALL_REFUSED;
    }
    json_object_begin(call->json);
    call_text(call->json, "address", demo_address(call->state.account, coin).text);
    call_text(call->json, "coin", coin);
    call_text(call->json, "tag", "");
    call_text(call->json, "url", "");
    json_object_end(call->json);
    return CALL_ANSWERED;
}

enum call_end wallet_addresses(struct call *call)
{
    char coin[9];
    if (!address_asked(call, coin)) {
        return CALL_REFUSED;
    }
    json_array_begin(call->json);
    json_object_begin(call->json);
    call_text(call->json, "coin", coin);
    call_text(call->json, "address", demo_address(call->state.account, coin).text);
    call_text(call->json, "tag", "");
    call_number(call->json, "isDefault", 1);
    json_object_end(call->json);
    json_array_end(call->json);
    return CALL_ANSWERED;
}

enum call_end wallet_quota(struct call *call)
{
    const struct view_account *account = account_of_call(call);
    if (account == NULL) {
        return CALL_REFUSED;
    }
    json_object_begin(call->json);
    call_text(call->json, "wdQuota", account_may(account).withdraw ? QUOTA_NONE : "0.00000000");
    call_text(call->json, "usedWdQuota", "0.00000000");
    json_object_end(call->json);
    return CALL_ANSWERED;
}

/* Nobody keeps a book of addresses here: it is where the account has sent money to. */
enum call_end wallet_places(struct call *call)
{
    static struct payout_place places[PAYOUT_PLACES_MAX];
    struct venue *venue = call->venue;
    u32 count = 0;
    if (venue->payouts == NULL ||
        payouts_places(venue->payouts, call->state.account, places, &count) != FAULT_NONE) {
        return call_fail(call, API_ERROR_DISCONNECTED);
    }
    json_array_begin(call->json);
    for (u32 i = 0; i < count; i += 1) {
        char coin[9];
        call_asset_name(venue->view, places[i].asset, coin);
        json_object_begin(call->json);
        call_text(call->json, "address", places[i].address);
        call_text(call->json, "addressTag", places[i].tag);
        call_text(call->json, "coin", coin);
        call_text(call->json, "name", "");
        call_text(call->json, "network", wallet_network_name(places[i].network));
        call_text(call->json, "origin", "");
        call_text(call->json, "originType", "");
        call_bool(call->json, "whiteStatus", false);
        json_object_end(call->json);
    }
    json_array_end(call->json);
    return CALL_ANSWERED;
}

/* ---- the account ---- */

/* One text for every restriction that is not withdraw-only: which one it is may not be told. */
static const char *status_text(struct account_may may)
{
    if (may.trade && may.deposit && may.withdraw) {
        return "Normal";
    }
    return !may.trade && may.withdraw ? "Withdrawal only" : "Restricted";
}

enum call_end wallet_status(struct call *call)
{
    const struct view_account *account = account_of_call(call);
    if (account == NULL) {
        return CALL_REFUSED;
    }
    json_object_begin(call->json);
    call_text(call->json, "data", status_text(account_may(account)));
    json_object_end(call->json);
    return CALL_ANSWERED;
}

enum call_end wallet_trading_status(struct call *call)
{
    const struct view_account *account = account_of_call(call);
    if (account == NULL) {
        return CALL_REFUSED;
    }
    struct json_writer *json = call->json;
    json_object_begin(json);
    json_key(json, "data");
    json_object_begin(json);
    call_bool(json, "isLocked", !account_may(account).trade);
    call_number(json, "plannedRecoverTime", 0);
    json_key(json, "triggerCondition");
    json_object_begin(json);
    call_number(json, "GCR", 0);
    call_number(json, "IFER", 0);
    call_number(json, "UFR", 0);
    json_object_end(json);
    call_number(json, "updateTime", 0);
    json_object_end(json);
    json_object_end(json);
    return CALL_ANSWERED;
}

/* What the key may do, as far as the account still may. */
enum call_end wallet_restrictions(struct call *call)
{
    const struct view_account *account = account_of_call(call);
    if (account == NULL) {
        return CALL_REFUSED;
    }
    struct json_writer *json = call->json;
    struct account_may may = account_may(account);
    u32 rights = call->state.key_rights;
    json_object_begin(json);
    call_bool(json, "ipRestrict", call->key->networks_count > 0);
    call_time(json, "createTime", call->key->created_us, false);
    call_bool(json, "enableReading", (rights & KEY_RIGHT_READ) != 0);
    call_bool(json, "enableWithdrawals", (rights & KEY_RIGHT_WITHDRAW) != 0 && may.withdraw);
    call_bool(json, "enableInternalTransfer", false);
    call_bool(json, "enableMargin", false);
    call_bool(json, "enableFutures", false);
    call_bool(json, "permitsUniversalTransfer", false);
    call_bool(json, "enableVanillaOptions", false);
    call_bool(json, "enableFixApiTrade", false);
    call_bool(json, "enableFixReadOnly", false);
    call_bool(json, "enableSpotAndMarginTrading", (rights & KEY_RIGHT_TRADE) != 0 && may.trade);
    call_bool(json, "enablePortfolioMarginTrading", false);
    json_object_end(json);
    return CALL_ANSWERED;
}

enum call_end wallet_info(struct call *call)
{
    const struct view_account *account = account_of_call(call);
    if (account == NULL) {
        return CALL_REFUSED;
    }
    json_object_begin(call->json);
    call_number(call->json, "vipLevel", account->fee_tier);
    call_bool(call->json, "isMarginEnabled", false);
    call_bool(call->json, "isFutureEnabled", false);
    call_bool(call->json, "isOptionsEnabled", false);
    call_bool(call->json, "isPortfolioMarginRetailEnabled", false);
    json_object_end(call->json);
    return CALL_ANSWERED;
}

/* ---- assets ---- */

static bool market_between(const struct view *view, u16 base, u16 quote, struct price *last_out)
{
    u32 count = view_markets_count(view);
    for (u32 market = 0; market < count; market += 1) {
        const struct view_definition *found = view_market_of(view, (u16)market);
        if (found->definition.base == base && found->definition.quote == quote) {
            *last_out = found->last;
            return true;
        }
    }
    return false;
}

/* In BTC at the last price; zero where no market with BTC as its quote says one. */
static struct amount in_btc(const struct view *view, u16 asset, u32 scale, struct amount total,
                            u32 *scale_out)
{
    u16 btc = 0;
    *scale_out = scale;
    if (!wallet_asset_named(view, span_of_text("BTC"), &btc)) {
        return AMOUNT_ZERO;
    }
    if (btc == asset) {
        return total;
    }
    struct price last;
    struct amount value = AMOUNT_ZERO;
    *scale_out = view_asset_of(view, btc)->scale;
    if (!market_between(view, asset, btc, &last) ||
        !amount_mul_price_floor(last, total, scale, *scale_out, &value)) {
        return AMOUNT_ZERO;
    }
    return value;
}

static void put_user_asset(struct call *call, u16 asset, const struct view_balance *balance,
                           struct amount total, bool value_btc)
{
    struct json_writer *json = call->json;
    const struct view *view = call->venue->view;
    u32 scale = view_asset_of(view, asset)->scale;
    char name[9];
    call_asset_name(view, asset, name);
    json_object_begin(json);
    call_text(json, "asset", name);
    call_amount(json, "free", balance->free, scale);
    call_amount(json, "locked", balance->locked, scale);
    call_amount(json, "freeze", balance->arriving, scale);
    call_amount(json, "withdrawing", balance->withdrawing, scale);
    call_amount(json, "ipoable", AMOUNT_ZERO, scale);
    u32 btc_scale = scale;
    struct amount value = value_btc ? in_btc(view, asset, scale, total, &btc_scale) : AMOUNT_ZERO;
    call_amount(json, "btcValuation", value, btc_scale);
    json_object_end(json);
}

enum call_end wallet_user_assets(struct call *call)
{
    const struct param_value *one = param_find(call->params, PARAM_ASSET);
    bool value_btc = param_number(call->params, PARAM_NEED_BTC_VALUATION, 0) == 1;
    u16 only = 0;
    if (one != NULL && !wallet_asset_named(call->venue->view, one->text, &only)) {
        return call_fail(call, API_ERROR_WALLET_ASSET);
    }
    u32 count = view_assets_count(call->venue->view);
    json_array_begin(call->json);
    for (u32 i = 0; i < count; i += 1) {
        struct view_balance balance = balance_of(call, (u16)i);
        /* Sums of one asset stay below 2^63 (docs/semantics.md section 4). */
        struct amount total = balance.free;
        bool fits = amount_add(total, balance.locked, &total) &&
                    amount_add(total, balance.arriving, &total) &&
                    amount_add(total, balance.withdrawing, &total);
        CHECK(fits);
        if (!amount_is_zero(total) && (one == NULL || only == i)) {
            put_user_asset(call, (u16)i, &balance, total, value_btc);
        }
    }
    json_array_end(call->json);
    return CALL_ANSWERED;
}

/* ---- fees ---- */

static void put_fee(struct call *call, u16 market, const struct view_account *account)
{
    struct account_rates rates = account_rates(call->venue->view, market, account);
    json_object_begin(call->json);
    call_text(call->json, "symbol", call_names(call->venue->view, market).market);
    call_amount(call->json, "makerCommission", amount_of(rates.maker), FEE_PLACES);
    call_amount(call->json, "takerCommission", amount_of(rates.taker), FEE_PLACES);
    json_object_end(call->json);
}

enum call_end wallet_trade_fee(struct call *call)
{
    const struct view_account *account = account_of_call(call);
    bool of_one = param_sent(call->params, PARAM_SYMBOL);
    u16 market = 0;
    if (account == NULL || (of_one && !call_market(call, &market))) {
        return CALL_REFUSED;
    }
    u32 count = view_markets_count(call->venue->view);
    json_array_begin(call->json);
    for (u32 i = 0; i < count; i += 1) {
        if (!of_one || market == i) {
            put_fee(call, (u16)i, account);
        }
    }
    json_array_end(call->json);
    return CALL_ANSWERED;
}
