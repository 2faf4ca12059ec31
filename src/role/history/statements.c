#include "role/history/statements.h"

/* Tables are clustered by whom they are asked for: an account's rows lie together, in the order of
 * their numbers, and numbers rise with time. So no table needs an index by time. */
const char *const store_schema[] = {
    "CREATE TABLE venue (one INTEGER PRIMARY KEY CHECK (one = 1), id BLOB NOT NULL, position "
    "INTEGER NOT NULL, seq INTEGER NOT NULL, time_us INTEGER NOT NULL, market INTEGER NOT NULL, "
    "began_position INTEGER NOT NULL DEFAULT 0, began_us INTEGER NOT NULL DEFAULT 0) STRICT",
    "CREATE TABLE market (market INTEGER PRIMARY KEY, base INTEGER NOT NULL, quote INTEGER NOT "
    "NULL, name BLOB NOT NULL) STRICT",
    "CREATE TABLE orders (account INTEGER NOT NULL, market INTEGER NOT NULL, order_id INTEGER "
    "NOT NULL, list_id INTEGER NOT NULL, client BLOB NOT NULL, price INTEGER NOT NULL, qty "
    "INTEGER NOT NULL, quote_qty INTEGER NOT NULL, executed INTEGER NOT NULL, quote INTEGER NOT "
    "NULL, prevented INTEGER NOT NULL, stop_price INTEGER NOT NULL, iceberg_qty INTEGER NOT "
    "NULL, trailing_delta INTEGER NOT NULL, strategy_type INTEGER NOT NULL, strategy_id INTEGER "
    "NOT NULL, side INTEGER NOT NULL, type INTEGER NOT NULL, tif INTEGER NOT NULL, stp INTEGER "
    "NOT NULL, status INTEGER NOT NULL, reason INTEGER NOT NULL, amends INTEGER NOT NULL, "
    "match_id INTEGER NOT NULL, time_us INTEGER NOT NULL, update_us INTEGER NOT NULL, working_us "
    "INTEGER NOT NULL, first_trade INTEGER NOT NULL DEFAULT 0, last_trade INTEGER NOT NULL "
    "DEFAULT 0, PRIMARY KEY (account, market, order_id)) STRICT, WITHOUT ROWID",
    "CREATE TABLE order_client (account INTEGER NOT NULL, market INTEGER NOT NULL, hash INTEGER "
    "NOT NULL, seq INTEGER NOT NULL, order_id INTEGER NOT NULL, PRIMARY KEY (account, market, "
    "hash, seq, order_id)) STRICT, WITHOUT ROWID",
    "CREATE TABLE amendment (account INTEGER NOT NULL, market INTEGER NOT NULL, order_id INTEGER "
    "NOT NULL, seq INTEGER NOT NULL, client_before BLOB NOT NULL, client_after BLOB NOT NULL, "
    "qty_before INTEGER NOT NULL, qty_after INTEGER NOT NULL, time_us INTEGER NOT NULL, PRIMARY "
    "KEY (account, market, order_id, seq)) STRICT, WITHOUT ROWID",
    "CREATE TABLE trade (market INTEGER NOT NULL, trade_id INTEGER NOT NULL, price INTEGER NOT "
    "NULL, qty INTEGER NOT NULL, quote INTEGER NOT NULL, time_us INTEGER NOT NULL, "
    "buyer_is_maker INTEGER NOT NULL, PRIMARY KEY (market, trade_id)) STRICT, WITHOUT ROWID",
    "CREATE TABLE aggregate (market INTEGER NOT NULL, aggregate_id INTEGER NOT NULL, price "
    "INTEGER NOT NULL, qty INTEGER NOT NULL, first_trade INTEGER NOT NULL, last_trade INTEGER "
    "NOT NULL, time_us INTEGER NOT NULL, buyer_is_maker INTEGER NOT NULL, PRIMARY KEY (market, "
    "aggregate_id)) STRICT, WITHOUT ROWID",
    "CREATE TABLE fill (account INTEGER NOT NULL, market INTEGER NOT NULL, trade_id INTEGER NOT "
    "NULL, maker INTEGER NOT NULL, order_id INTEGER NOT NULL, price INTEGER NOT NULL, qty "
    "INTEGER NOT NULL, quote INTEGER NOT NULL, fee INTEGER NOT NULL, time_us INTEGER NOT NULL, "
    "buys INTEGER NOT NULL, PRIMARY KEY (account, market, trade_id, maker)) STRICT, WITHOUT "
    "ROWID",
    "CREATE TABLE bar (market INTEGER NOT NULL, level INTEGER NOT NULL, start INTEGER NOT NULL, "
    "trades INTEGER NOT NULL, open INTEGER NOT NULL, high INTEGER NOT NULL, low INTEGER NOT "
    "NULL, close INTEGER NOT NULL, volume_high INTEGER NOT NULL, volume_low INTEGER NOT NULL, "
    "quote_high INTEGER NOT NULL, quote_low INTEGER NOT NULL, buy_high INTEGER NOT NULL, buy_low "
    "INTEGER NOT NULL, buy_quote_high INTEGER NOT NULL, buy_quote_low INTEGER NOT NULL, "
    "first_trade INTEGER NOT NULL, last_trade INTEGER NOT NULL, PRIMARY KEY (market, level, "
    "start)) STRICT, WITHOUT ROWID",
    "CREATE TABLE list (account INTEGER NOT NULL, list_id INTEGER NOT NULL, market INTEGER NOT "
    "NULL, client BLOB NOT NULL, kind INTEGER NOT NULL, legs INTEGER NOT NULL, first_order "
    "INTEGER NOT NULL, done INTEGER NOT NULL, time_us INTEGER NOT NULL, update_us INTEGER NOT "
    "NULL, PRIMARY KEY (account, list_id)) STRICT, WITHOUT ROWID",
    "CREATE INDEX list_of_client ON list (account, client) WHERE length(client) > 0",
    "CREATE TABLE prevented (market INTEGER NOT NULL, match_id INTEGER NOT NULL, maker_order "
    "INTEGER NOT NULL, taker_order INTEGER NOT NULL, maker_account INTEGER NOT NULL, "
    "taker_account INTEGER NOT NULL, price INTEGER NOT NULL, maker_qty INTEGER NOT NULL, "
    "taker_qty INTEGER NOT NULL, mode INTEGER NOT NULL, time_us INTEGER NOT NULL, PRIMARY KEY "
    "(market, match_id)) STRICT, WITHOUT ROWID",
    "CREATE TABLE prevented_of (account INTEGER NOT NULL, market INTEGER NOT NULL, order_id "
    "INTEGER NOT NULL, match_id INTEGER NOT NULL, PRIMARY KEY (account, market, order_id, "
    "match_id)) STRICT, WITHOUT ROWID",
    "CREATE TABLE line (account INTEGER NOT NULL, entry INTEGER NOT NULL, asset INTEGER NOT "
    "NULL, cause INTEGER NOT NULL, delta INTEGER NOT NULL, other_account INTEGER NOT NULL, "
    "reason INTEGER NOT NULL, reference INTEGER NOT NULL, seq INTEGER NOT NULL, time_us INTEGER "
    "NOT NULL, PRIMARY KEY (account, entry)) STRICT, WITHOUT ROWID",
    "CREATE TABLE deposit (account INTEGER NOT NULL, entry INTEGER NOT NULL, asset INTEGER NOT "
    "NULL, network INTEGER NOT NULL, amount INTEGER NOT NULL, hold_id INTEGER NOT NULL, "
    "reference INTEGER NOT NULL, status INTEGER NOT NULL, time_us INTEGER NOT NULL, update_us "
    "INTEGER NOT NULL, PRIMARY KEY (account, entry)) STRICT, WITHOUT ROWID",
    "CREATE INDEX deposit_of_hold ON deposit (account, hold_id) WHERE hold_id > 0",
    "CREATE TABLE withdrawal (account INTEGER NOT NULL, hold_id INTEGER NOT NULL, asset INTEGER "
    "NOT NULL, network INTEGER NOT NULL, total INTEGER NOT NULL, amount INTEGER NOT NULL, fee "
    "INTEGER NOT NULL, source_index INTEGER NOT NULL, reason INTEGER NOT NULL, status INTEGER "
    "NOT NULL, time_us INTEGER NOT NULL, update_us INTEGER NOT NULL, PRIMARY KEY (account, "
    "hold_id)) STRICT, WITHOUT ROWID",
    NULL,
};

/* The client id of a leg of the list: an order's, which amending changes. */
#define LEG_CLIENT(leg)                                                                          \
    "(SELECT o.client FROM orders o WHERE list.first_order>0 AND list.legs>" #leg                \
    " AND o.account=list.account AND o.market=list.market AND o.order_id=list.first_order+" #leg \
    ")"
#define LEG_CLIENTS LEG_CLIENT(0) ", " LEG_CLIENT(1) ", " LEG_CLIENT(2)
#define LIST_ROWS                                                                       \
    "SELECT account, market, list_id, client, kind, legs, first_order, done, time_us, " \
    "update_us, " LEG_CLIENTS " FROM list "

const char *const store_texts[STORE_STATEMENTS] = {
    [STORE_BEGIN] = "BEGIN IMMEDIATE",
    [STORE_COMMIT] = "COMMIT",
    [STORE_ABANDON] = "ROLLBACK",
    [STORE_POINT_GET] =
        "SELECT position, seq, time_us, market, began_position, began_us FROM venue",
    [STORE_BEGAN_SET] = "UPDATE venue SET began_position=?, began_us=?",
    [STORE_POINT_SET] = "UPDATE venue SET position=?, seq=?, time_us=?, market=?",
    [STORE_MARKET_PUT] =
        "INSERT INTO market (market, base, quote, name) VALUES (?, ?, ?, ?) ON CONFLICT DO "
        "UPDATE SET name=excluded.name",
    [STORE_MARKETS] = "SELECT market, base, quote FROM market",
    [STORE_ORDER_NEW] =
        "INSERT INTO orders (account, market, order_id, list_id, client, price, qty, quote_qty, "
        "executed, quote, prevented, stop_price, iceberg_qty, trailing_delta, strategy_type, "
        "strategy_id, side, type, tif, stp, status, reason, amends, match_id, time_us, "
        "update_us, working_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        "?, ?, ?, ?, ?, ?, ?, ?)",
    [STORE_ORDER_DETAIL] =
        "UPDATE orders SET stop_price=?, iceberg_qty=?, quote_qty=?, strategy_id=?, "
        "strategy_type=?, trailing_delta=? WHERE account=? AND market=? AND order_id=?",
    [STORE_ORDER_CLIENT] =
        "INSERT INTO order_client (account, market, hash, seq, order_id) VALUES (?, ?, ?, ?, ?)",
    [STORE_ORDER_TRADE] =
        "UPDATE orders SET executed=executed+?1, quote=quote+?2, status=?3, update_us=?4, "
        "first_trade=CASE first_trade WHEN 0 THEN ?5 ELSE first_trade END, last_trade=?5 WHERE "
        "account=?6 AND market=?7 AND order_id=?8",
    [STORE_ORDER_PREVENTED] =
        "UPDATE orders SET prevented=min(prevented, 9223372036854775807-?1)+?1, status=CASE WHEN "
        "?2<0 THEN status ELSE ?2 END, match_id=?3, update_us=?4 WHERE account=?5 AND market=?6 "
        "AND order_id=?7",
    [STORE_ORDER_TRIGGERED] =
        "UPDATE orders SET working_us=CASE WHEN status<>?5 OR type<=?7 THEN ?1 ELSE 0 END, "
        "status=CASE status WHEN ?5 THEN ?6 ELSE status END, update_us=?1 WHERE account=?2 AND "
        "market=?3 AND order_id=?4",
    [STORE_ORDER_DONE] =
        "UPDATE orders SET status=?, reason=?, update_us=? WHERE account=? AND market=? AND "
        "order_id=?",
    [STORE_ORDER_AMEND] =
        "UPDATE orders SET qty=?1, iceberg_qty=min(iceberg_qty, ?1), client=?2, amends=amends+1, "
        "update_us=?3 WHERE account=?4 AND market=?5 AND order_id=?6",
    [STORE_ORDER_LIST] =
        "UPDATE orders SET list_id=?, status=CASE WHEN ?2<0 THEN status ELSE ?2 END WHERE "
        "account=?3 AND market=?4 AND order_id=?5",
    [STORE_ORDER_GET] =
        "SELECT account, market, order_id, list_id, client, price, qty, quote_qty, executed, "
        "quote, prevented, stop_price, iceberg_qty, trailing_delta, strategy_type, strategy_id, "
        "side, type, tif, stp, status, reason, amends, match_id, time_us, update_us, working_us "
        "FROM orders WHERE account=? AND market=? AND order_id=?",
    [STORE_AMENDMENT_NEW] =
        "INSERT INTO amendment (account, market, order_id, seq, client_before, client_after, "
        "qty_before, qty_after, time_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [STORE_TRADE_NEW] =
        "INSERT INTO trade (market, trade_id, price, qty, quote, time_us, buyer_is_maker) VALUES "
        "(?, ?, ?, ?, ?, ?, ?)",
    [STORE_AGGREGATE_ADD] =
        "INSERT INTO aggregate (market, aggregate_id, price, qty, first_trade, last_trade, "
        "time_us, buyer_is_maker) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
        "qty=qty+excluded.qty, last_trade=excluded.last_trade",
    [STORE_FILL_NEW] =
        "INSERT INTO fill (account, market, trade_id, maker, order_id, price, qty, quote, fee, "
        "time_us, buys) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [STORE_BAR_PUT] =
        "INSERT OR REPLACE INTO bar (market, level, start, trades, open, high, low, close, "
        "volume_high, volume_low, quote_high, quote_low, buy_high, buy_low, buy_quote_high, "
        "buy_quote_low, first_trade, last_trade) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        "?, ?, ?, ?, ?)",
    [STORE_BAR_LAST] =
        "SELECT start, trades, open, high, low, close, volume_high, volume_low, quote_high, "
        "quote_low, buy_high, buy_low, buy_quote_high, buy_quote_low, first_trade, last_trade "
        "FROM bar WHERE market=? AND level=? ORDER BY start DESC LIMIT 1",
    [STORE_LIST_NEW] =
        "INSERT INTO list (account, market, list_id, client, kind, legs, first_order, done, "
        "time_us, update_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [STORE_LIST_LEG] =
        "UPDATE list SET first_order=? WHERE account=? AND list_id=? AND first_order=0",
    [STORE_LIST_DONE] = "UPDATE list SET done=1, update_us=? WHERE account=? AND list_id=?",
    [STORE_PREVENTED_NEW] =
        "INSERT INTO prevented (market, match_id, maker_order, taker_order, maker_account, "
        "taker_account, price, maker_qty, taker_qty, mode, time_us) VALUES (?, ?, ?, ?, ?, ?, ?, "
        "?, ?, ?, ?)",
    [STORE_PREVENTED_OF] =
        "INSERT INTO prevented_of (account, market, order_id, match_id) VALUES (?, ?, ?, ?)",
    [STORE_LINE_NEW] =
        "INSERT INTO line (account, entry, asset, cause, delta, other_account, reason, "
        "reference, seq, time_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [STORE_DEPOSIT_NEW] =
        "INSERT INTO deposit (account, entry, asset, network, amount, hold_id, reference, "
        "status, time_us, update_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [STORE_DEPOSIT_END] =
        "UPDATE deposit SET status=?, update_us=? WHERE account=? AND hold_id=? AND hold_id>0",
    [STORE_WITHDRAWAL_NEW] =
        "INSERT INTO withdrawal (account, hold_id, asset, network, total, amount, fee, "
        "source_index, reason, status, time_us, update_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        "?, ?)",
    [STORE_WITHDRAWAL_SETTLE] =
        "UPDATE withdrawal SET status=?, network=?, amount=?, update_us=? WHERE account=? AND "
        "hold_id=?",
    [STORE_WITHDRAWAL_FEE] = "UPDATE withdrawal SET fee=? WHERE account=? AND hold_id=?",
    [STORE_WITHDRAWAL_END] =
        "UPDATE withdrawal SET status=?, reason=?, update_us=? WHERE account=? AND hold_id=?",
    [QUERY_ORDER_NEXT] =
        "SELECT order_id, time_us FROM orders WHERE account=? AND market=? AND order_id>=? ORDER "
        "BY order_id LIMIT 1",
    [QUERY_ORDER_LAST] =
        "SELECT order_id, time_us FROM orders WHERE account=? AND market=? ORDER BY order_id "
        "DESC LIMIT 1",
    [QUERY_ORDERS_UP] =
        "SELECT account, market, order_id, list_id, client, price, qty, quote_qty, executed, "
        "quote, prevented, stop_price, iceberg_qty, trailing_delta, strategy_type, strategy_id, "
        "side, type, tif, stp, status, reason, amends, match_id, time_us, update_us, working_us "
        "FROM orders WHERE account=? AND market=? AND order_id>=? AND order_id<? ORDER BY "
        "order_id LIMIT ?",
    [QUERY_ORDERS_DOWN] =
        "SELECT account, market, order_id, list_id, client, price, qty, quote_qty, executed, "
        "quote, prevented, stop_price, iceberg_qty, trailing_delta, strategy_type, strategy_id, "
        "side, type, tif, stp, status, reason, amends, match_id, time_us, update_us, working_us "
        "FROM orders WHERE account=? AND market=? AND order_id>=? AND order_id<? ORDER BY "
        "order_id DESC LIMIT ?",
    [QUERY_ORDER_TRADES] =
        "SELECT first_trade, last_trade FROM orders WHERE account=? AND market=? AND order_id=?",
    [QUERY_ORDERS_OF_CLIENT] =
        "SELECT order_id FROM order_client WHERE account=? AND market=? AND hash=? ORDER BY seq "
        "DESC",
    [QUERY_TRADE_NEXT] =
        "SELECT trade_id, time_us FROM trade WHERE market=? AND trade_id>=? ORDER BY trade_id "
        "LIMIT 1",
    [QUERY_TRADE_LAST] =
        "SELECT trade_id, time_us FROM trade WHERE market=? ORDER BY trade_id DESC LIMIT 1",
    [QUERY_TRADES_UP] =
        "SELECT trade_id, price, qty, quote, time_us, buyer_is_maker FROM trade WHERE market=? "
        "AND trade_id>=? AND trade_id<? ORDER BY trade_id LIMIT ?",
    [QUERY_TRADES_DOWN] =
        "SELECT trade_id, price, qty, quote, time_us, buyer_is_maker FROM trade WHERE market=? "
        "AND trade_id>=? AND trade_id<? ORDER BY trade_id DESC LIMIT ?",
    [QUERY_FILLS_UP] =
        "SELECT f.trade_id, f.order_id, coalesce((SELECT list_id FROM orders o WHERE "
        "o.account=f.account AND o.market=f.market AND o.order_id=f.order_id), 0), f.price, "
        "f.qty, f.quote, f.fee, f.time_us, f.buys, f.maker FROM fill f WHERE f.account=? AND "
        "f.market=? AND f.trade_id>=? AND f.trade_id<? AND (?5=0 OR f.order_id=?5) ORDER BY "
        "f.trade_id, f.maker LIMIT ?6",
    [QUERY_FILLS_DOWN] =
        "SELECT f.trade_id, f.order_id, coalesce((SELECT list_id FROM orders o WHERE "
        "o.account=f.account AND o.market=f.market AND o.order_id=f.order_id), 0), f.price, "
        "f.qty, f.quote, f.fee, f.time_us, f.buys, f.maker FROM fill f WHERE f.account=? AND "
        "f.market=? AND f.trade_id>=? AND f.trade_id<? AND (?5=0 OR f.order_id=?5) ORDER BY "
        "f.trade_id DESC, f.maker DESC LIMIT ?6",
    [QUERY_AGGREGATE_NEXT] =
        "SELECT aggregate_id, time_us FROM aggregate WHERE market=? AND aggregate_id>=? ORDER BY "
        "aggregate_id LIMIT 1",
    [QUERY_AGGREGATE_LAST] =
        "SELECT aggregate_id, time_us FROM aggregate WHERE market=? ORDER BY aggregate_id DESC "
        "LIMIT 1",
    [QUERY_AGGREGATES_UP] =
        "SELECT aggregate_id, price, qty, first_trade, last_trade, time_us, buyer_is_maker FROM "
        "aggregate WHERE market=? AND aggregate_id>=? AND aggregate_id<? ORDER BY aggregate_id "
        "LIMIT ?",
    [QUERY_AGGREGATES_DOWN] =
        "SELECT aggregate_id, price, qty, first_trade, last_trade, time_us, buyer_is_maker FROM "
        "aggregate WHERE market=? AND aggregate_id>=? AND aggregate_id<? ORDER BY aggregate_id "
        "DESC LIMIT ?",
    [QUERY_LIST_NEXT] =
        "SELECT list_id, time_us FROM list WHERE account=? AND list_id>=? ORDER BY list_id LIMIT "
        "1",
    [QUERY_LIST_LAST] =
        "SELECT list_id, time_us FROM list WHERE account=? ORDER BY list_id DESC LIMIT 1",
    [QUERY_LISTS_UP] =
        LIST_ROWS "WHERE account=? AND list_id>=? AND list_id<? ORDER BY list_id LIMIT ?",
    [QUERY_LISTS_DOWN] =
        LIST_ROWS "WHERE account=? AND list_id>=? AND list_id<? ORDER BY list_id DESC LIMIT ?",
    [QUERY_LIST_OF_CLIENT] =
        LIST_ROWS "WHERE account=? AND client=? AND length(client)>0 ORDER BY list_id "
                  "DESC LIMIT 1",
    [QUERY_LINE_NEXT] =
        "SELECT entry, time_us FROM line WHERE account=? AND entry>=? ORDER BY entry LIMIT 1",
    [QUERY_LINE_LAST] =
        "SELECT entry, time_us FROM line WHERE account=? ORDER BY entry DESC LIMIT 1",
    [QUERY_LINES_UP] =
        "SELECT entry, asset, cause, delta, other_account, reason, reference, seq, time_us FROM "
        "line WHERE account=? AND entry>=? AND entry<? AND (?4<0 OR asset=?4) ORDER BY entry "
        "LIMIT ?5",
    [QUERY_LINES_DOWN] =
        "SELECT entry, asset, cause, delta, other_account, reason, reference, seq, time_us FROM "
        "line WHERE account=? AND entry>=? AND entry<? AND (?4<0 OR asset=?4) ORDER BY entry "
        "DESC LIMIT ?5",
    [QUERY_DEPOSIT_NEXT] =
        "SELECT entry, time_us FROM deposit WHERE account=? AND entry>=? ORDER BY entry LIMIT 1",
    [QUERY_DEPOSIT_LAST] =
        "SELECT entry, time_us FROM deposit WHERE account=? ORDER BY entry DESC LIMIT 1",
    [QUERY_DEPOSITS_DOWN] =
        "SELECT entry, asset, network, amount, hold_id, reference, status, time_us, update_us "
        "FROM deposit WHERE account=? AND entry>=? AND entry<? AND (?4<0 OR asset=?4) AND (?5<0 "
        "OR status=?5) ORDER BY entry DESC LIMIT ?6 OFFSET ?7",
    [QUERY_WITHDRAWAL_NEXT] =
        "SELECT hold_id, time_us FROM withdrawal WHERE account=? AND hold_id>=? ORDER BY hold_id "
        "LIMIT 1",
    [QUERY_WITHDRAWAL_LAST] =
        "SELECT hold_id, time_us FROM withdrawal WHERE account=? ORDER BY hold_id DESC LIMIT 1",
    [QUERY_WITHDRAWALS_DOWN] =
        "SELECT hold_id, asset, network, total, amount, fee, source_index, reason, status, "
        "time_us, update_us FROM withdrawal WHERE account=? AND hold_id>=? AND hold_id<? AND "
        "(?4<0 OR asset=?4) AND (?5<0 OR status=?5) ORDER BY hold_id DESC LIMIT ?6 OFFSET ?7",
    [QUERY_WITHDRAWAL_GET] =
        "SELECT hold_id, asset, network, total, amount, fee, source_index, reason, status, "
        "time_us, update_us FROM withdrawal WHERE account=? AND hold_id=?",
    [QUERY_PREVENTED_GET] =
        "SELECT p.market, p.match_id, p.maker_order, p.taker_order, p.maker_account, "
        "p.taker_account, p.price, p.maker_qty, p.taker_qty, p.mode, p.time_us FROM prevented p "
        "WHERE p.market=?2 AND p.match_id=?3 AND ?1 IN (p.maker_account, p.taker_account)",
    [QUERY_PREVENTED_OF] =
        "SELECT p.market, p.match_id, p.maker_order, p.taker_order, p.maker_account, "
        "p.taker_account, p.price, p.maker_qty, p.taker_qty, p.mode, p.time_us FROM prevented_of "
        "q JOIN prevented p ON p.market=q.market AND p.match_id=q.match_id WHERE q.account=? AND "
        "q.market=? AND q.order_id=? AND q.match_id>=? ORDER BY q.match_id LIMIT ?",
    [QUERY_AMENDMENTS] =
        "SELECT order_id, seq, client_before, client_after, qty_before, qty_after, time_us FROM "
        "amendment WHERE account=? AND market=? AND order_id=? AND seq>=? ORDER BY seq LIMIT ?",
    [QUERY_BARS] =
        "SELECT start, trades, open, high, low, close, volume_high, volume_low, quote_high, "
        "quote_low, buy_high, buy_low, buy_quote_high, buy_quote_low, first_trade, last_trade "
        "FROM bar WHERE market=? AND level=? AND start>=? AND start<? ORDER BY start",
    [QUERY_BAR_BEFORE] =
        "SELECT start, trades, open, high, low, close, volume_high, volume_low, quote_high, "
        "quote_low, buy_high, buy_low, buy_quote_high, buy_quote_low, first_trade, last_trade "
        "FROM bar WHERE market=? AND level=? AND start<? ORDER BY start DESC LIMIT 1",
    [QUERY_BAR_FIRST] =
        "SELECT start, trades, open, high, low, close, volume_high, volume_low, quote_high, "
        "quote_low, buy_high, buy_low, buy_quote_high, buy_quote_low, first_trade, last_trade "
        "FROM bar WHERE market=? AND level=? ORDER BY start LIMIT 1",
};
