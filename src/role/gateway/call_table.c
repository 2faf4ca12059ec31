/* Which functions serve which endpoint. */
#include "base/check.h"
#include "role/gateway/call.h"
#include "role/gateway/calls_account.h"
#include "role/gateway/calls_general.h"
#include "role/gateway/calls_history.h"
#include "role/gateway/calls_market.h"
#include "role/gateway/calls_orders.h"
#include "role/gateway/calls_payout.h"
#include "role/gateway/calls_session.h"
#include "role/gateway/calls_ticker.h"
#include "role/gateway/calls_trade.h"
#include "role/gateway/calls_travel.h"
#include "role/gateway/calls_wallet.h"
#include "role/gateway/session.h"
#include "role/gateway/standing.h"

static const struct call_ops table[ENDPOINT_COUNT] = {
    [ENDPOINT_PING] = {general_ping, NULL},
    [ENDPOINT_TIME] = {general_time, NULL},
    [ENDPOINT_EXCHANGE_INFO] = {general_exchange_info, NULL},
    [ENDPOINT_EXECUTION_RULES] = {general_execution_rules, NULL},
    [ENDPOINT_SYSTEM_STATUS] = {general_system_status, NULL},
    /* market data */
    [ENDPOINT_DEPTH] = {market_depth, NULL},
    [ENDPOINT_TRADES] = {history_trades_begin, history_trades_finish},
    [ENDPOINT_HISTORICAL_TRADES] = {history_trades_begin, history_trades_finish},
    [ENDPOINT_AGG_TRADES] = {history_aggregates_begin, history_aggregates_finish},
    [ENDPOINT_KLINES] = {history_klines_begin, history_klines_finish},
    [ENDPOINT_UI_KLINES] = {history_klines_begin, history_klines_finish},
    [ENDPOINT_AVG_PRICE] = {history_average_begin, history_average_finish},
    [ENDPOINT_TICKER_24HR] = {ticker_24hr, NULL},
    [ENDPOINT_TICKER_TRADING_DAY] = {ticker_trading_day, NULL},
    [ENDPOINT_TICKER_PRICE] = {ticker_price, NULL},
    [ENDPOINT_TICKER_BOOK] = {ticker_book, NULL},
    [ENDPOINT_TICKER] = {ticker_window_begin, ticker_window_finish},
    [ENDPOINT_REFERENCE_PRICE] = {market_reference, NULL},
    [ENDPOINT_REFERENCE_PRICE_CALCULATION] = {market_reference_calculation, NULL},
    /* what is not offered */
    [ENDPOINT_MARGIN_PAIRS] = {general_no_pairs, NULL},
    [ENDPOINT_MARGIN_ISOLATED_PAIRS] = {general_no_pairs, NULL},
    [ENDPOINT_FAPI_EXCHANGE_INFO] = {general_no_futures, NULL},
    [ENDPOINT_DAPI_EXCHANGE_INFO] = {general_no_futures, NULL},
    /* the page */
    [ENDPOINT_STANDING] = {standing_tell, NULL},
    [ENDPOINT_PAGE_SIGNED] = {page_keys_unasked, NULL},
    [ENDPOINT_PAGE_KEYS] = {page_keys_unasked, page_keys_finish},
    /* trading */
    [ENDPOINT_ORDER_PLACE] = {order_place_begin, order_place_finish},
    [ENDPOINT_ORDER_TEST] = {order_test_begin, order_test_finish},
    [ENDPOINT_ORDER_CANCEL] = {order_cancel_begin, order_cancel_finish},
    [ENDPOINT_OPEN_ORDERS_CANCEL] = {open_orders_cancel_begin, open_orders_cancel_finish},
    [ENDPOINT_ORDER_CANCEL_REPLACE] = {order_replace_begin, order_replace_finish},
    [ENDPOINT_ORDER_AMEND] = {order_amend_begin, order_amend_finish},
    [ENDPOINT_ORDER_LIST_OCO_OLD] = {list_oco_old_begin, order_list_finish},
    [ENDPOINT_ORDER_LIST_OCO] = {list_oco_begin, order_list_finish},
    [ENDPOINT_ORDER_LIST_OTO] = {list_oto_begin, order_list_finish},
    [ENDPOINT_ORDER_LIST_OTOCO] = {list_otoco_begin, order_list_finish},
    [ENDPOINT_ORDER_LIST_CANCEL] = {list_cancel_begin, list_cancel_finish},
    /* the account */
    [ENDPOINT_ACCOUNT] = {account_information, NULL},
    [ENDPOINT_ORDER_STATUS] = {orders_status, orders_status_found},
    [ENDPOINT_OPEN_ORDERS] = {orders_open, NULL},
    [ENDPOINT_ALL_ORDERS] = {orders_all, orders_all_found},
    [ENDPOINT_ORDER_LIST_STATUS] = {orders_list_status, orders_list_status_found},
    [ENDPOINT_OPEN_ORDER_LISTS] = {orders_lists_open, NULL},
    [ENDPOINT_ALL_ORDER_LISTS] = {orders_lists_all, orders_lists_all_found},
    [ENDPOINT_MY_TRADES] = {orders_trades, orders_trades_found},
    [ENDPOINT_PREVENTED_MATCHES] = {orders_prevented, orders_prevented_found},
    [ENDPOINT_AMENDMENTS] = {orders_amendments, orders_amendments_found},
    [ENDPOINT_MY_FILTERS] = {account_filters, NULL},
    [ENDPOINT_ORDER_COUNT] = {account_order_count, NULL},
    [ENDPOINT_COMMISSION] = {account_commission, NULL},
    /* sessions and user data */
    [ENDPOINT_SESSION_LOGON] = {session_logon, NULL},
    [ENDPOINT_SESSION_STATUS] = {session_status, NULL},
    [ENDPOINT_SESSION_LOGOUT] = {session_logout, NULL},
    [ENDPOINT_SESSION_SUBSCRIPTIONS] = {session_subscriptions, NULL},
    [ENDPOINT_USER_SUBSCRIBE] = {session_subscribe, NULL},
    [ENDPOINT_USER_SUBSCRIBE_SIGNATURE] = {session_subscribe_signed, NULL},
    [ENDPOINT_USER_UNSUBSCRIBE] = {session_unsubscribe, NULL},
    /* the wallet */
    [ENDPOINT_COINS] = {wallet_coins, NULL},
    [ENDPOINT_DEPOSIT_ADDRESS] = {wallet_address, NULL},
    [ENDPOINT_DEPOSIT_ADDRESSES] = {wallet_addresses, NULL},
    [ENDPOINT_DEPOSITS] = {payout_deposits, payout_deposits_found},
    [ENDPOINT_WITHDRAW] = {payout_withdraw, payout_withdraw_finish},
    [ENDPOINT_WITHDRAWALS] = {payout_withdrawals, payout_withdrawals_found},
    [ENDPOINT_WITHDRAW_QUOTA] = {wallet_quota, NULL},
    [ENDPOINT_WITHDRAW_ADDRESSES] = {wallet_places, NULL},
    [ENDPOINT_ACCOUNT_STATUS] = {wallet_status, NULL},
    [ENDPOINT_ACCOUNT_TRADING_STATUS] = {wallet_trading_status, NULL},
    [ENDPOINT_ACCOUNT_RESTRICTIONS] = {wallet_restrictions, NULL},
    [ENDPOINT_ACCOUNT_INFO] = {wallet_info, NULL},
    [ENDPOINT_USER_ASSETS] = {wallet_user_assets, NULL},
    [ENDPOINT_TRADE_FEE] = {wallet_trade_fee, NULL},
    /* the travel rule */
    [ENDPOINT_QUESTIONNAIRE_REQUIREMENTS] = {travel_requirements, NULL},
    [ENDPOINT_LOCAL_WITHDRAW] = {travel_withdraw, travel_withdraw_finish},
    [ENDPOINT_LOCAL_WITHDRAWALS] = {payout_withdrawals, payout_withdrawals_found},
    [ENDPOINT_LOCAL_WITHDRAWALS_2] = {payout_withdrawals, payout_withdrawals_found},
    [ENDPOINT_LOCAL_DEPOSITS] = {payout_deposits, payout_deposits_found},
    [ENDPOINT_LOCAL_DEPOSITS_2] = {payout_deposits, payout_deposits_found},
    [ENDPOINT_LOCAL_DEPOSIT_INFO] = {travel_provide_info, travel_provide_info_found},
    [ENDPOINT_LOCAL_DEPOSIT_INFO_2] = {travel_provide_info, travel_provide_info_found},
    [ENDPOINT_LOCAL_VASPS] = {travel_vasps, NULL},
    [ENDPOINT_VERIFIED_ADDRESSES] = {travel_verified_addresses, NULL},
};

/* `begin` of those that answer nobody; call.c holds them to it. */
static enum call_end (*const refusals[ENDPOINT_COUNT])(struct call *call) = {
    [ENDPOINT_ORDER_LIST_OPO] = list_opo_begin,
    [ENDPOINT_ORDER_LIST_OPOCO] = list_opo_begin,
    [ENDPOINT_LISTEN_KEY_START] = account_listen_key,
    [ENDPOINT_LISTEN_KEY_PING] = account_listen_key,
    [ENDPOINT_LISTEN_KEY_STOP] = account_listen_key,
};

struct call_ops call_ops_of(enum endpoint_id endpoint)
{
    CHECK(endpoint < ENDPOINT_COUNT);
    struct call_ops refusal = {.begin = refusals[endpoint]};
    return refusal.begin != NULL ? refusal : table[endpoint];
}

bool call_only_refuses(enum endpoint_id endpoint)
{
    CHECK(endpoint < ENDPOINT_COUNT);
    return refusals[endpoint] != NULL;
}

void call_never_taken(struct call *call)
{
    enum endpoint_id endpoint = endpoint_id_of(call->state.endpoint);
    if (endpoint == ENDPOINT_WITHDRAW || endpoint == ENDPOINT_LOCAL_WITHDRAW) {
        payout_withdraw_undo(call);
    }
}
