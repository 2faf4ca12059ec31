/* The rows of the API: tiers 1 and 2 of its REST endpoints and WebSocket API methods. endpoint.h
 * says what a column means; the lists of parameters and rules are in endpoint.c. */
#ifndef ROLE_GATEWAY_ENDPOINT_TABLE_H
#define ROLE_GATEWAY_ENDPOINT_TABLE_H

/* X(ID, method, path, WebSocket method, security, weight kind, weight, pool, orders, tier,
 *   parameters, mandatory, rules) */
// clang-format off
#define ENDPOINT_TABLE(X) \
    /* general */ \
    X(PING, GET, "/api/v3/ping", "ping", N, FIXED, 1, API, 0, 1, no, 0, no) \
    X(TIME, GET, "/api/v3/time", "time", N, FIXED, 1, API, 0, 1, no, 0, no) \
    X(EXCHANGE_INFO, GET, "/api/v3/exchangeInfo", "exchangeInfo", N, FIXED, 20, API, 0, 1, \
      exchange_info, 0, exchange_info) \
    X(EXECUTION_RULES, GET, "/api/v3/executionRules", "executionRules", N, RULES, 2, API, 0, 2, \
      execution_rules, 0, execution_rules) \
    /* market data */ \
    X(DEPTH, GET, "/api/v3/depth", "depth", N, DEPTH, 5, API, 0, 1, depth, 1, no) \
    X(TRADES, GET, "/api/v3/trades", "trades.recent", N, FIXED, 25, API, 0, 1, trades, 1, no) \
    X(HISTORICAL_TRADES, GET, "/api/v3/historicalTrades", "trades.historical", N, FIXED, 25, \
      API, 0, 1, historical_trades, 1, no) \
    X(AGG_TRADES, GET, "/api/v3/aggTrades", "trades.aggregate", N, FIXED, 4, API, 0, 1, \
      agg_trades, 1, from_or_time) \
    X(KLINES, GET, "/api/v3/klines", "klines", N, FIXED, 2, API, 0, 1, klines, 2, no) \
    X(UI_KLINES, GET, "/api/v3/uiKlines", "uiKlines", N, FIXED, 2, API, 0, 1, klines, 2, no) \
    X(AVG_PRICE, GET, "/api/v3/avgPrice", "avgPrice", N, FIXED, 2, API, 0, 1, symbol, 1, no) \
    X(TICKER_24HR, GET, "/api/v3/ticker/24hr", "ticker.24hr", N, TICKER_DAY, 2, API, 0, 1, \
      ticker, 0, symbol_or_symbols) \
    X(TICKER_TRADING_DAY, GET, "/api/v3/ticker/tradingDay", "ticker.tradingDay", N, \
      TICKER_EACH, 4, API, 0, 2, ticker_day, 0, one_of_symbols) \
    X(TICKER_PRICE, GET, "/api/v3/ticker/price", "ticker.price", N, TICKER_NOW, 2, API, 0, 1, \
      symbols, 0, symbol_or_symbols) \
    X(TICKER_BOOK, GET, "/api/v3/ticker/bookTicker", "ticker.book", N, TICKER_NOW, 2, API, 0, \
      1, symbols, 0, symbol_or_symbols) \
    X(TICKER, GET, "/api/v3/ticker", "ticker", N, TICKER_EACH, 4, API, 0, 2, ticker_window, 0, \
      one_of_symbols) \
    X(REFERENCE_PRICE, GET, "/api/v3/referencePrice", "referencePrice", N, FIXED, 2, API, 0, 2, \
      symbol, 1, no) \
    X(REFERENCE_PRICE_CALCULATION, GET, "/api/v3/referencePrice/calculation", \
      "referencePrice.calculation", N, FIXED, 2, API, 0, 2, symbol_status, 1, no) \
    /* trading */ \
    X(ORDER_PLACE, POST, "/api/v3/order", "order.place", T, ORDER, 1, API, 1, 1, order, 3, order) \
    X(ORDER_TEST, POST, "/api/v3/order/test", "order.test", T, ORDER_TEST, 1, API, 0, 1, \
      order_test, 3, order) \
    X(ORDER_CANCEL, DELETE, "/api/v3/order", "order.cancel", T, ORDER, 1, API, 0, 1, \
      order_cancel, 1, order_id) \
    X(OPEN_ORDERS_CANCEL, DELETE, "/api/v3/openOrders", "openOrders.cancelAll", T, ORDER, 1, \
      API, 0, 1, symbol, 1, no) \
    X(ORDER_CANCEL_REPLACE, POST, "/api/v3/order/cancelReplace", "order.cancelReplace", T, \
      ORDER, 1, API, 1, 1, cancel_replace, 4, cancel_replace) \
    X(ORDER_AMEND, PUT, "/api/v3/order/amend/keepPriority", "order.amend.keepPriority", T, \
      FIXED, 4, API, 0, 2, amend, 2, order_id) \
    X(ORDER_LIST_OCO_OLD, POST, "/api/v3/order/oco", "orderList.place", T, ORDER, 1, API, 2, 1, \
      oco_old, 5, oco_old) \
    X(ORDER_LIST_OCO, POST, "/api/v3/orderList/oco", "orderList.place.oco", T, ORDER, 1, API, \
      2, 1, oco, 5, oco) \
    X(ORDER_LIST_OTO, POST, "/api/v3/orderList/oto", "orderList.place.oto", T, ORDER, 1, API, \
      2, 2, oto, 8, oto) \
    X(ORDER_LIST_OTOCO, POST, "/api/v3/orderList/otoco", "orderList.place.otoco", T, ORDER, 1, \
      API, 3, 2, otoco, 8, otoco) \
    X(ORDER_LIST_OPO, POST, "/api/v3/orderList/opo", "orderList.place.opo", T, ORDER, 1, API, \
      2, 2, opo, 7, oto) \
    X(ORDER_LIST_OPOCO, POST, "/api/v3/orderList/opoco", "orderList.place.opoco", T, ORDER, 1, \
      API, 3, 2, opoco, 7, otoco) \
    X(ORDER_LIST_CANCEL, DELETE, "/api/v3/orderList", "orderList.cancel", T, ORDER, 1, API, 0, \
      1, list_cancel, 1, list_cancel) \
    /* the account */ \
    X(ACCOUNT, GET, "/api/v3/account", "account.status", U, FIXED, 20, API, 0, 1, account, 0, no) \
    X(ORDER_STATUS, GET, "/api/v3/order", "order.status", U, FIXED, 4, API, 0, 1, order_status, \
      1, order_id) \
    X(OPEN_ORDERS, GET, "/api/v3/openOrders", "openOrders.status", U, OPEN_ORDERS, 6, API, 0, \
      1, symbol, 0, no) \
    X(ALL_ORDERS, GET, "/api/v3/allOrders", "allOrders", U, FIXED, 20, API, 0, 1, all_orders, \
      1, day) \
    X(ORDER_LIST_STATUS, GET, "/api/v3/orderList", "orderList.status", U, FIXED, 4, API, 0, 1, \
      list_status, 0, list_status) \
    X(OPEN_ORDER_LISTS, GET, "/api/v3/openOrderList", "openOrderLists.status", U, FIXED, 6, \
      API, 0, 1, no, 0, no) \
    X(ALL_ORDER_LISTS, GET, "/api/v3/allOrderList", "allOrderLists", U, FIXED, 20, API, 0, 1, \
      all_lists, 0, from_or_time_day) \
    X(MY_TRADES, GET, "/api/v3/myTrades", "myTrades", U, TRADES, 20, API, 0, 1, my_trades, 1, \
      my_trades) \
    X(ORDER_COUNT, GET, "/api/v3/rateLimit/order", "account.rateLimits.orders", U, FIXED, 40, \
      API, 0, 1, no, 0, no) \
    X(PREVENTED_MATCHES, GET, "/api/v3/myPreventedMatches", "myPreventedMatches", U, PREVENTED, \
      2, API, 0, 2, prevented, 1, prevented) \
    X(COMMISSION, GET, "/api/v3/account/commission", "account.commission", U, FIXED, 20, API, \
      0, 1, symbol, 1, no) \
    X(AMENDMENTS, GET, "/api/v3/order/amendments", "order.amendments", U, FIXED, 4, API, 0, 2, \
      amendments, 2, no) \
    X(MY_FILTERS, GET, "/api/v3/myFilters", "myFilters", U, FIXED, 40, API, 0, 2, symbol, 1, no) \
    /* the page's own */ \
    X(STANDING, GET, "/page/v1/standing", NULL, U, FIXED, 1, API, 0, 2, no, 0, no) \
    X(PAGE_SIGNED, NONE, "/page/v1/...", NULL, U, FIXED, 1, API, 0, 2, no, 0, no) \
    X(PAGE_KEYS, NONE, "/page/v1/keys/...", NULL, N, FIXED, 1, API, 0, 2, no, 0, no) \
    /* sessions and user data on the WebSocket API */ \
    X(SESSION_LOGON, NONE, NULL, "session.logon", U, FIXED, 2, API, 0, 1, no, 0, no) \
    X(SESSION_STATUS, NONE, NULL, "session.status", N, FIXED, 2, API, 0, 1, no, 0, no) \
    X(SESSION_LOGOUT, NONE, NULL, "session.logout", N, FIXED, 2, API, 0, 1, no, 0, no) \
    X(SESSION_SUBSCRIPTIONS, NONE, NULL, "session.subscriptions", N, FIXED, 2, API, 0, 1, no, \
      0, no) \
    X(USER_SUBSCRIBE, NONE, NULL, "userDataStream.subscribe", N, FIXED, 2, API, 0, 1, no, 0, no) \
    X(USER_SUBSCRIBE_SIGNATURE, NONE, NULL, "userDataStream.subscribe.signature", S, FIXED, 2, \
      API, 0, 1, no, 0, no) \
    X(USER_UNSUBSCRIBE, NONE, NULL, "userDataStream.unsubscribe", N, FIXED, 2, API, 0, 1, \
      subscription, 0, no) \
    /* the listenKey of clients from before February 2026 */ \
    X(LISTEN_KEY_START, POST, "/api/v3/userDataStream", "userDataStream.start", N, FIXED, 2, \
      API, 0, 2, no, 0, no) \
    X(LISTEN_KEY_PING, PUT, "/api/v3/userDataStream", "userDataStream.ping", N, FIXED, 2, API, \
      0, 2, listen_key, 0, no) \
    X(LISTEN_KEY_STOP, DELETE, "/api/v3/userDataStream", "userDataStream.stop", N, FIXED, 2, \
      API, 0, 2, listen_key, 0, no) \
    /* the wallet */ \
    X(SYSTEM_STATUS, GET, "/sapi/v1/system/status", NULL, N, FIXED, 1, SAPI, 0, 1, no, 0, no) \
    X(COINS, GET, "/sapi/v1/capital/config/getall", NULL, U, FIXED, 10, SAPI, 0, 1, no, 0, no) \
    X(DEPOSIT_ADDRESS, GET, "/sapi/v1/capital/deposit/address", NULL, U, FIXED, 10, SAPI, 0, 1, \
      deposit_address, 1, no) \
    X(DEPOSIT_ADDRESSES, GET, "/sapi/v1/capital/deposit/address/list", NULL, U, FIXED, 10, \
      SAPI, 0, 1, deposit_addresses, 1, no) \
    X(DEPOSITS, GET, "/sapi/v1/capital/deposit/hisrec", NULL, U, FIXED, 1, SAPI, 0, 1, \
      deposits, 0, no) \
    X(WITHDRAW, POST, "/sapi/v1/capital/withdraw/apply", NULL, W, FIXED, 900, SAPI_ACCOUNT, 0, \
      1, withdraw, 3, no) \
    X(WITHDRAWALS, GET, "/sapi/v1/capital/withdraw/history", NULL, U, FIXED, 18000, \
      SAPI_ACCOUNT, 0, 1, withdrawals, 0, no) \
    X(WITHDRAW_QUOTA, GET, "/sapi/v1/capital/withdraw/quota", NULL, U, FIXED, 10, SAPI, 0, 2, \
      no, 0, no) \
    X(WITHDRAW_ADDRESSES, GET, "/sapi/v1/capital/withdraw/address/list", NULL, U, FIXED, 10, \
      SAPI, 0, 2, no, 0, no) \
    X(ACCOUNT_STATUS, GET, "/sapi/v1/account/status", NULL, U, FIXED, 1, SAPI, 0, 1, no, 0, no) \
    X(ACCOUNT_TRADING_STATUS, GET, "/sapi/v1/account/apiTradingStatus", NULL, U, FIXED, 1, \
      SAPI, 0, 1, no, 0, no) \
    X(ACCOUNT_RESTRICTIONS, GET, "/sapi/v1/account/apiRestrictions", NULL, U, FIXED, 1, SAPI, \
      0, 1, no, 0, no) \
    X(ACCOUNT_INFO, GET, "/sapi/v1/account/info", NULL, U, FIXED, 1, SAPI, 0, 1, no, 0, no) \
    X(USER_ASSETS, POST, "/sapi/v3/asset/getUserAsset", NULL, U, FIXED, 5, SAPI, 0, 1, \
      user_assets, 0, no) \
    X(TRADE_FEE, GET, "/sapi/v1/asset/tradeFee", NULL, U, FIXED, 1, SAPI, 0, 1, symbol, 0, no) \
    X(MARGIN_PAIRS, GET, "/sapi/v1/margin/allPairs", NULL, N, FIXED, 1, SAPI, 0, 1, symbol, 0, no) \
    X(MARGIN_ISOLATED_PAIRS, GET, "/sapi/v1/margin/isolated/allPairs", NULL, N, FIXED, 1, SAPI, \
      0, 1, symbol, 0, no) \
    X(FAPI_EXCHANGE_INFO, GET, "/fapi/v1/exchangeInfo", NULL, N, FIXED, 1, API, 0, 1, no, 0, no) \
    X(DAPI_EXCHANGE_INFO, GET, "/dapi/v1/exchangeInfo", NULL, N, FIXED, 1, API, 0, 1, no, 0, no) \
    /* the travel rule */ \
    X(QUESTIONNAIRE_REQUIREMENTS, GET, "/sapi/v1/localentity/questionnaire-requirements", NULL, \
      U, FIXED, 1, SAPI, 0, 2, no, 0, no) \
    X(LOCAL_WITHDRAW, POST, "/sapi/v1/localentity/withdraw/apply", NULL, W, FIXED, 600, \
      SAPI_ACCOUNT, 0, 2, local_withdraw, 4, no) \
    X(LOCAL_WITHDRAWALS, GET, "/sapi/v1/localentity/withdraw/history", NULL, U, FIXED, 1, SAPI, \
      0, 2, local_withdrawals, 0, no) \
    X(LOCAL_WITHDRAWALS_2, GET, "/sapi/v2/localentity/withdraw/history", NULL, U, FIXED, 1, \
      SAPI, 0, 2, local_withdrawals, 0, no) \
    X(LOCAL_DEPOSITS, GET, "/sapi/v1/localentity/deposit/history", NULL, U, FIXED, 1, SAPI, 0, \
      2, local_deposits, 0, no) \
    X(LOCAL_DEPOSITS_2, GET, "/sapi/v2/localentity/deposit/history", NULL, U, FIXED, 1, SAPI, \
      0, 2, local_deposits_2, 0, no) \
    X(LOCAL_DEPOSIT_INFO, PUT, "/sapi/v1/localentity/deposit/provide-info", NULL, U, FIXED, \
      600, SAPI_ACCOUNT, 0, 2, local_info, 2, no) \
    X(LOCAL_DEPOSIT_INFO_2, PUT, "/sapi/v2/localentity/deposit/provide-info", NULL, U, FIXED, \
      600, SAPI_ACCOUNT, 0, 2, local_info_2, 2, no) \
    X(LOCAL_VASPS, GET, "/sapi/v1/localentity/vasp", NULL, U, FIXED, 1, SAPI, 0, 2, no, 0, no) \
    X(VERIFIED_ADDRESSES, GET, "/sapi/v1/addressVerify/list", NULL, U, FIXED, 1, SAPI, 0, 2, \
      no, 0, no)
// clang-format on

#define ENDPOINT_ENUM(id, method, path, ws, sec, kind, weight, pool, orders, tier, par, must, \
                      rules)                                                                  \
    ENDPOINT_##id,
enum endpoint_id { ENDPOINT_TABLE(ENDPOINT_ENUM) ENDPOINT_COUNT };
#undef ENDPOINT_ENUM

#endif /* ROLE_GATEWAY_ENDPOINT_TABLE_H */
