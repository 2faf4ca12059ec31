"""ccxt for Python: the plain library over REST, the asynchronous one for streams, user data and
orders over the WebSocket API. The addresses are all that is changed."""

import asyncio
import re
import time

import ccxt
import ccxt.pro

from venue import (A, API, B, PATIENCE, REST, STREAM, W, check, equal, finish, part, refused,
                   snippets)

S = "BTC/USDT"


def client(account, kind=ccxt.binance):
    exchange = kind({"apiKey": account["apiKey"], "secret": account["secret"],
                     "enableRateLimit": False})  # its brake would make the tests take minutes
    urls = exchange.urls["api"]
    for name, url in urls.items():
        if isinstance(url, str):
            urls[name] = re.sub(r"^https://[a-z]*api\.binance\.com", REST, url)
    if kind is ccxt.pro.binance:
        urls["ws"]["spot"] = STREAM + "/ws"
        urls["ws"]["ws-api"]["spot"] = API
    return exchange


a, b, w = client(A), client(B), client(W)


def clear():
    for x in (a, b):
        if x.fetch_open_orders(S):
            x.cancel_all_orders(S)


def says(kind, text=""):
    return lambda error: type(error) is kind and text in str(error)


def trade_at(price, amount=0.001):
    """Moves the last price: B sells to A there."""
    bid = a.create_order(S, "limit", "buy", amount, price)
    b.create_order(S, "limit", "sell", amount, price)
    equal(a.fetch_order(bid["id"], S)["status"], "closed", f"a trade at {price}")


def statuses(order_list):
    return sorted(a.fetch_order(order["orderId"], S)["info"]["status"]
                  for order in order_list["orders"])


with part("the snippets"):
    snippets("ccxt")

with part("markets and their data"):
    equal(sorted(a.load_markets()), ["BTC/USDT", "ETH/BTC", "ETH/USDT"], "markets")
    b.load_markets()
    w.load_markets()
    market = a.market(S)
    equal((market["spot"], market["active"], market["precision"], market["limits"]["cost"]["min"]),
          (True, True, {"amount": 0.00001, "price": 0.01, "base": 1e-8, "quote": 1e-8}, 5.0), S)
    equal(a.fetch_ticker(S)["last"], 30000.0, "ticker")
    equal([t["price"] for t in a.fetch_trades(S)], [30000.0], "trades")
    equal(a.fetch_ohlcv(S, "1m")[-1][1:5], [30000.0] * 4, "candle")
    order = a.create_order(S, "limit", "buy", 0.5, 29000)
    book = a.fetch_order_book(S)
    equal((book["bids"], book["asks"]), ([[29000.0, 0.5]], []), "book")
    equal(a.cancel_order(order["id"], S)["status"], "canceled", "canceled")
    check(abs(a.fetch_time() - time.time() * 1000) < 5000, "time")

# time in force, liquidity of the other side: status and what was filled
LIMITS = [
    ("GTC", 0, "open", 0), ("GTC", 0.04, "open", 0.04), ("GTC", 0.1, "closed", 0.1),
    ("IOC", 0, "expired", 0), ("IOC", 0.04, "expired", 0.04), ("IOC", 0.1, "closed", 0.1),
    ("FOK", 0, "expired", 0), ("FOK", 0.04, "expired", 0), ("FOK", 0.1, "closed", 0.1),
]

with part("limit and market orders"):
    for time_in_force, offered, status, filled in LIMITS:
        what = f"LIMIT {time_in_force} against {offered}"
        if offered:
            b.create_order(S, "limit", "sell", offered, 30000)
        order = a.create_order(S, "limit", "buy", 0.1, 30000, {"timeInForce": time_in_force})
        later = a.fetch_order(order["id"], S)
        equal((order["status"], order["filled"]), (status, filled), what)
        equal((later["status"], later["filled"]), (status, filled), what + ", asked again")
        clear()
    maker = a.create_order(S, "limit", "buy", 0.1, 29900, {"postOnly": True})
    equal((maker["status"], maker["postOnly"]), ("open", True), "LIMIT_MAKER")
    refused(lambda: b.create_order(S, "limit", "sell", 0.1, 29900, {"postOnly": True}),
            "it crosses", says(ccxt.OrderImmediatelyFillable))
    clear()
    b.create_order(S, "limit", "sell", 1, 30000)
    taken = a.create_order(S, "market", "buy", 0.2)
    equal((taken["status"], taken["filled"], taken["average"], taken["fees"][0]["cost"]),
          ("closed", 0.2, 30000.0, 0.0002), "MARKET")
    taken = a.create_market_buy_order_with_cost(S, 6000)
    equal((taken["status"], taken["cost"]), ("closed", 6000.0), "MARKET by cost")
    taken = a.create_order(S, "market", "buy", 0.7)
    equal((taken["status"], taken["filled"]), ("expired", 0.6), "MARKET beyond the book")

# side, kind of trigger, its price: below or above the last one
TRIGGERS = [("sell", "stopLossPrice", 29900), ("buy", "takeProfitPrice", 29900),
            ("buy", "stopLossPrice", 30100), ("sell", "takeProfitPrice", 30100)]

with part("triggers"):
    for side, kind, at in TRIGGERS:
        other, there = ("buy", at - 20) if side == "sell" else ("sell", at + 20)
        worst = at - 50 if side == "sell" else at + 50
        for shape in ("limit", "market"):
            trade_at(30000)
            order = a.create_order(S, shape, side, 0.01, worst if shape == "limit" else None,
                                   {kind: at})
            equal((order["status"], order["triggerPrice"]), ("open", at), f"{side} {kind} waits")
            b.create_order(S, "limit", other, 0.01, there)
            trade_at(at)
            done = a.fetch_order(order["id"], S)
            equal((done["status"], done["average"]), ("closed", there), f"{side} {kind} {shape}")
            clear()
    refused(lambda: a.create_order(S, "limit", "sell", 0.01, 29000, {"stopLossPrice": 31000}),
            "a stop on the wrong side", says(ccxt.OrderImmediatelyFillable))
    trade_at(30000)
    trailing = a.create_order(S, "limit", "sell", 0.01, 29000,
                              {"trailingPercent": 1, "stopLossOrTakeProfit": "stopLoss"})
    trade_at(30200)
    b.create_order(S, "limit", "buy", 0.01, 29500)
    trade_at(29890)
    equal(a.fetch_order(trailing["id"], S)["average"], 29500.0, "one percent below 30200")
    a.create_order(S, "limit", "sell", 1, 30100, {"icebergQty": "0.1"})
    equal(a.fetch_order_book(S)["asks"], [[30100.0, 0.1]], "an iceberg shows its tip")
    clear()

with part("partial fills between two accounts"):
    ask = a.create_order(S, "limit", "sell", 1, 30100)
    for amount, filled, status in ((0.3, 0.3, "open"), (0.3, 0.6, "open"), (0.4, 1.0, "closed")):
        bid = b.create_order(S, "limit", "buy", amount, 30200)
        now = a.fetch_order(ask["id"], S)
        equal((bid["status"], bid["average"]), ("closed", 30100.0), f"B took {amount}")
        equal((now["status"], now["filled"]), (status, filled), "what A knows")
    mine, theirs = a.fetch_order_trades(ask["id"], S), b.fetch_my_trades(S)[-3:]
    equal([(t["amount"], t["takerOrMaker"], t["fee"]["cost"], t["fee"]["currency"]) for t in mine],
          [(0.3, "maker", 9.03, "USDT"), (0.3, "maker", 9.03, "USDT"),
           (0.4, "maker", 12.04, "USDT")], "trades of A")
    equal([(t["id"], t["fee"]["currency"]) for t in theirs], [(t["id"], "BTC") for t in mine],
          "trades of B")

with part("edit and cancel-replace"):
    first = a.create_order(S, "limit", "buy", 0.1, 29000)
    second = a.edit_order(first["id"], S, "limit", "buy", 0.2, 29100)
    equal((a.fetch_order(first["id"], S)["status"], second["status"], second["amount"]),
          ("canceled", "open", 0.2), "edited")
    request = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC",
               "quantity": "0.1", "price": "29200", "cancelOrderId": "999999"}
    refused(lambda: a.private_post_order_cancelreplace(
        {**request, "cancelReplaceMode": "ALLOW_FAILURE"}), "one half",
        says(ccxt.ExchangeError, "-2021"))
    refused(lambda: a.private_post_order_cancelreplace(
        {**request, "cancelReplaceMode": "STOP_ON_FAILURE"}), "none",
        says(ccxt.ExchangeError, "-2022"))
    equal(sorted(o["price"] for o in a.fetch_open_orders(S)), [29100.0, 29200.0], "open then")
    clear()

OCO = {"symbol": "BTCUSDT", "side": "SELL", "quantity": "0.01", "aboveType": "LIMIT_MAKER",
       "abovePrice": "31000", "belowType": "STOP_LOSS_LIMIT", "belowStopPrice": "29000",
       "belowPrice": "28990", "belowTimeInForce": "GTC"}
WORKING = {"symbol": "BTCUSDT", "workingType": "LIMIT", "workingSide": "BUY",
           "workingPrice": "29500", "workingQuantity": "0.01", "workingTimeInForce": "GTC"}

with part("order lists"):
    trade_at(30000)
    oco = a.private_post_orderlist_oco(OCO)
    equal((oco["contingencyType"], oco["listOrderStatus"]), ("OCO", "EXECUTING"), "OCO")
    b.create_order(S, "limit", "buy", 0.01, 31000)
    equal(statuses(oco), ["EXPIRED", "FILLED"], "one cancels the other")
    trade_at(30000)
    oto = a.private_post_orderlist_oto({
        **WORKING, "pendingType": "LIMIT", "pendingSide": "SELL", "pendingPrice": "31000",
        "pendingQuantity": "0.01", "pendingTimeInForce": "GTC"})
    equal(statuses(oto), ["NEW", "PENDING_NEW"], "OTO")
    b.create_order(S, "limit", "sell", 0.01, 29500)
    equal(statuses(oto), ["FILLED", "NEW"], "OTO, one filled")
    clear()
    otoco = a.private_post_orderlist_otoco({
        **WORKING, "pendingSide": "SELL", "pendingQuantity": "0.01",
        "pendingAboveType": "LIMIT_MAKER", "pendingAbovePrice": "31000",
        "pendingBelowType": "STOP_LOSS", "pendingBelowStopPrice": "29000"})
    b.create_order(S, "limit", "sell", 0.01, 29500)
    equal(statuses(otoco), ["FILLED", "NEW", "NEW"], "OTOCO, one filled")
    clear()
    equal([row["listOrderStatus"] for row in a.private_get_allorderlist()], ["ALL_DONE"] * 3,
          "all lists")

# what is changed about a good order: the class of the refusal, and a word of it
REFUSALS = [
    ({"price": "29000.001"}, ccxt.InvalidOrder, "PRICE_FILTER"),
    ({"quantity": "0.000015"}, ccxt.InvalidOrder, "LOT_SIZE"),
    ({"quantity": "0.0001"}, ccxt.BadRequest, "NOTIONAL"),
    ({"price": "1000"}, ccxt.InvalidOrder, "PERCENT_PRICE_BY_SIDE"),
    ({"timeInForce": "GTX"}, ccxt.BadRequest, "-1115"),
    ({"side": "HOLD"}, ccxt.BadRequest, "-1117"),
    ({"type": "MARKET"}, ccxt.BadRequest, "-1106"),
    ({"symbol": "NOSUCH"}, ccxt.BadSymbol, "-1121"),
    ({"price": "29000.000000001"}, ccxt.BadRequest, "-1111"),
    ({"newClientOrderId": "no spaces please"}, ccxt.BadRequest, "-1100"),
]

with part("refusals"):
    good = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC",
            "quantity": "0.01", "price": "29000"}
    for changes, kind, text in REFUSALS:
        refused(lambda: a.private_post_order({**good, **changes}), repr(changes), says(kind, text))
    refused(lambda: a.create_order("ETH/BTC", "limit", "buy", 80000, 0.3), "too much",
            says(ccxt.InsufficientFunds))
    refused(lambda: a.cancel_order("999999", S), "cancel of nothing", says(ccxt.OrderNotFound))
    refused(lambda: a.fetch_order("999999", S), "query of nothing", says(ccxt.OrderNotFound))
    # The library's table has this text with "self" in the place of "this": the code decides then.
    refused(lambda: w.create_order(S, "limit", "buy", 0.01, 29000), "W trades",
            says(ccxt.InvalidOrder, "This action is disabled on this account."))
    refused(client({**A, "secret": "x"}).fetch_balance, "a wrong secret",
            says(ccxt.AuthenticationError))
    refused(client({**A, "apiKey": A["apiKey"][::-1]}).fetch_balance, "an unknown key",
            says(ccxt.AuthenticationError))
    slow = client(A)
    slow.options["timeDifference"] = 3600000
    refused(slow.fetch_balance, "an old request", says(ccxt.InvalidNonce))
    equal(a.fetch_open_orders(S), [], "nothing came of it")

with part("wallet"):
    address = a.fetch_deposit_address("BTC")["address"]
    check(address != b.fetch_deposit_address("BTC")["address"], "B has another address")
    sent = a.withdraw("BTC", 1.5, "customer-31")
    row = a.fetch_withdrawals("BTC")[0]
    equal((row["id"], row["address"], row["status"]), (sent["id"], "customer-31", "pending"),
          "withdrawal")
    refused(lambda: a.withdraw("BTC", 99999999, "customer-31"), "too much",
            says(ccxt.InsufficientFunds))
    equal(a.fetch_trading_fee(S)["taker"], 0.001, "fee")
    equal(a.fetch_balance()["used"]["USDT"], 0.0, "nothing is locked")


# ---- streams ----

async def eventually(what, fact):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if fact():
            return
        await asyncio.sleep(0.02)
    check(False, f"{what}: not within {PATIENCE} s")


async def follow(watch, seen):
    """Calls a watching method for as long as the part runs."""
    while True:
        seen(await watch())


def brief(order):
    return order["id"], order["status"], order["filled"], order["amount"]


async def streams(x, y):
    """What X and Y do is what X is told: the book, the trades, its orders and its balance."""
    book, trades, orders, balance = {}, {}, {}, {}
    watchers = [asyncio.create_task(follow(*pair)) for pair in (
        (lambda: x.watch_orders(S), lambda found: orders.update((o["id"], o) for o in found)),
        (x.watch_balance, balance.update),
        (lambda: x.watch_order_book(S), book.update),
        (lambda: x.watch_trades(S), lambda found: trades.update((t["id"], t) for t in found)))]
    try:
        first = None
        while first is None or first["id"] not in orders or "bids" not in book:
            # The first orders may be placed before the streams are heard.
            if first is not None:
                await x.cancel_order_ws(first["id"], S)
                await asyncio.sleep(0.1)
            first = await x.create_order_ws(S, "limit", "buy", 0.1, 29000)
            await asyncio.sleep(0.1)
        await y.create_order_ws(S, "limit", "sell", 0.04, 29000)
        edited = await x.edit_order_ws(first["id"], S, "limit", "buy", 0.2, 29100)
        await y.create_order_ws(S, "market", "sell", 0.05)
        await eventually("the order's end", lambda: edited["id"] in orders
                         and orders[edited["id"]]["filled"] == 0.05)
        for told in (first["id"], edited["id"]):
            found = await x.fetch_order(told, S)
            await eventually(f"order {told}", lambda found=found, told=told:
                             brief(orders[told]) == brief(found))
        await eventually("the book", lambda: book["bids"][:1] == [[29100.0, 0.15]])
        await eventually("the trades", lambda: [
            (t["price"], t["amount"]) for t in trades.values()][-2:]
            == [(29000.0, 0.04), (29100.0, 0.05)])
        equal((await x.cancel_order_ws(edited["id"], S))["status"], "canceled", "canceled")
        plain = await x.fetch_balance()
        await eventually("the balance", lambda: [balance[k] for k in ("BTC", "USDT")]
                         == [plain[k] for k in ("BTC", "USDT")])
        try:
            await x.create_order_ws(S, "limit", "buy", 0.0001, 29000)
            check(False, "too small, over the WebSocket API: was not refused")
        except ccxt.BadRequest as error:
            check("NOTIONAL" in str(error), f"too small: {error}")
    finally:
        for task in watchers:
            task.cancel()
        ended = await asyncio.gather(*watchers, return_exceptions=True)
        check(all(isinstance(end, asyncio.CancelledError) for end in ended), f"watching: {ended}")


async def with_streams():
    x, y = client(A, ccxt.pro.binance), client(B, ccxt.pro.binance)
    try:
        await x.load_markets()
        await asyncio.wait_for(streams(x, y), 3 * PATIENCE)
    finally:
        await x.close()
        await y.close()


with part("streams, user data and the WebSocket API"):
    asyncio.run(with_streams())

finish()
