"""python-binance: the plain client over REST; the asynchronous one for streams, user data and the
WebSocket API, with HMAC and Ed25519 keys. The addresses are all that is changed."""

import asyncio
import time

from binance import AsyncClient, BinanceSocketManager, Client
from binance.base_client import BaseClient
from binance.exceptions import BinanceAPIException

from venue import (A, API, B, PATIENCE, REST, STREAM, W, check, equal, finish, part, refused,
                   snippets)

BaseClient.API_URL = REST + "/api"
BaseClient.MARGIN_API_URL = REST + "/sapi"
BaseClient.WS_API_URL = API
BinanceSocketManager.STREAM_URL = STREAM + "/"

S = {"symbol": "BTCUSDT"}


def client(account):
    return Client(account["apiKey"], account["secret"])


a, b, w = client(A), client(B), client(W)
e = Client(A["ed25519"]["apiKey"], private_key=A["ed25519"]["privateKey"])


def clear():
    for x in (a, b):
        if x.get_open_orders(**S):
            x.cancel_all_open_orders(**S)


def says(code, text=""):
    return lambda error: (type(error) is BinanceAPIException and error.code == code
                          and text in error.message)


def buy(quantity, price, x=a, **more):
    return x.order_limit_buy(**S, quantity=quantity, price=price, **more)


def sell(quantity, price, x=b, **more):
    return x.order_limit_sell(**S, quantity=quantity, price=price, **more)


def now(order):
    return a.get_order(**S, orderId=order["orderId"])


def trade_at(price):
    """Moves the last price: B sells to A there."""
    bid = buy("0.001", price)
    sell("0.001", price)
    equal(now(bid)["status"], "FILLED", f"a trade at {price}")


def statuses(order_list):
    return sorted(now(order)["status"] for order in order_list["orders"])


with part("the snippet"):
    snippets("binance")

with part("markets and their data"):
    equal([row["symbol"] for row in a.get_exchange_info()["symbols"]],
          ["BTCUSDT", "ETHUSDT", "ETHBTC"], "markets")
    equal(a.get_symbol_info("BTCUSDT")["baseAsset"], "BTC", "symbol")
    equal(a.get_symbol_ticker(**S)["price"], "30000.00000000", "price")
    equal(len(a.get_all_tickers()), 3, "prices")
    equal(a.get_klines(**S, interval=Client.KLINE_INTERVAL_1HOUR)[-1][4], "30000.00000000", "kline")
    equal([row["price"] for row in a.get_recent_trades(**S)], ["30000.00000000"], "trades")
    equal([row["p"] for row in a.get_aggregate_trades(**S)], ["30000.00000000"], "aggregates")
    order = buy("0.5", "29000")
    equal((a.get_order_book(**S)["bids"], a.get_orderbook_ticker(**S)["bidPrice"]),
          ([["29000.00000000", "0.50000000"]], "29000.00000000"), "book")
    equal(a.cancel_order(**S, orderId=order["orderId"])["status"], "CANCELED", "canceled")
    check(abs(a.get_server_time()["serverTime"] - time.time() * 1000) < 5000, "time")

# time in force, liquidity of the other side: status and what was filled
LIMITS = [
    ("GTC", "0", "NEW", "0.00000000"), ("GTC", "0.04", "PARTIALLY_FILLED", "0.04000000"),
    ("GTC", "0.1", "FILLED", "0.10000000"), ("IOC", "0", "EXPIRED", "0.00000000"),
    ("IOC", "0.04", "EXPIRED", "0.04000000"), ("IOC", "0.1", "FILLED", "0.10000000"),
    ("FOK", "0", "EXPIRED", "0.00000000"), ("FOK", "0.04", "EXPIRED", "0.00000000"),
    ("FOK", "0.1", "FILLED", "0.10000000"),
]

with part("limit and market orders"):
    for time_in_force, offered, status, filled in LIMITS:
        if offered != "0":
            sell(offered, "30000")
        order = buy("0.1", "30000", timeInForce=time_in_force)
        equal((order["status"], order["executedQty"], now(order)["status"]),
              (status, filled, status), f"LIMIT {time_in_force} against {offered}")
        clear()
    maker = a.create_order(**S, side="BUY", type="LIMIT_MAKER", quantity="0.1", price="29900")
    equal((now(maker)["status"], now(maker)["type"]), ("NEW", "LIMIT_MAKER"), "LIMIT_MAKER")
    refused(lambda: b.create_order(**S, side="SELL", type="LIMIT_MAKER", quantity="0.1",
                                   price="29900"),
            "it crosses", says(-2010, "Order would immediately match and take."))
    clear()
    sell("1", "30000")
    taken = a.order_market_buy(**S, quantity="0.2")
    equal((taken["status"], taken["fills"][0]["price"], taken["fills"][0]["commission"]),
          ("FILLED", "30000.00000000", "0.00020000"), "MARKET")
    taken = a.order_market_buy(**S, quoteOrderQty="6000")
    equal((taken["status"], taken["executedQty"]), ("FILLED", "0.20000000"), "MARKET by cost")
    taken = a.order_market_buy(**S, quantity="0.7")
    equal((taken["status"], taken["executedQty"]), ("EXPIRED", "0.60000000"), "MARKET beyond")
    equal(a.create_test_order(**S, side="BUY", type="MARKET", quantity="0.2"), {}, "a test order")

# side, type, its trigger: below or above the last price of 30000
TRIGGERS = [("SELL", "STOP_LOSS", 29900), ("BUY", "TAKE_PROFIT", 29900),
            ("BUY", "STOP_LOSS", 30100), ("SELL", "TAKE_PROFIT", 30100)]

with part("triggers"):
    for side, kind, at in TRIGGERS:
        there, worst = (at - 20, at - 50) if side == "SELL" else (at + 20, at + 50)
        for limit in ({}, {"timeInForce": "GTC", "price": worst}):
            trade_at("30000")
            shape = kind + ("_LIMIT" if limit else "")
            order = a.create_order(**S, side=side, type=shape, quantity="0.01", stopPrice=at,
                                   **limit)
            equal((now(order)["status"], now(order)["isWorking"]), ("NEW", False), shape + " waits")
            (buy if side == "SELL" else sell)("0.01", there, b)
            trade_at(at)
            done = now(order)
            equal((done["status"], float(done["cummulativeQuoteQty"])), ("FILLED", there / 100),
                  f"{side} {shape}")
            clear()
    iceberg = sell("1", "30100", icebergQty="0.1")
    equal(a.get_order_book(**S)["asks"], [["30100.00000000", "0.10000000"]], "an iceberg's tip")
    b.cancel_order(**S, orderId=iceberg["orderId"])

with part("partial fills between two accounts"):
    ask = sell("1", "30100", a)
    for amount, filled, status in (("0.3", "0.30000000", "PARTIALLY_FILLED"),
                                   ("0.3", "0.60000000", "PARTIALLY_FILLED"),
                                   ("0.4", "1.00000000", "FILLED")):
        equal(buy(amount, "30200", b)["fills"][0]["price"], "30100.00000000", f"B took {amount}")
        equal((now(ask)["status"], now(ask)["executedQty"]), (status, filled), "what A knows")
    mine = a.get_my_trades(**S, orderId=ask["orderId"])
    theirs = b.get_my_trades(**S)[-3:]
    equal([(t["qty"], t["isMaker"], t["commission"], t["commissionAsset"]) for t in mine],
          [("0.30000000", True, "9.03000000", "USDT"), ("0.30000000", True, "9.03000000", "USDT"),
           ("0.40000000", True, "12.04000000", "USDT")], "trades of A")
    equal([(t["id"], t["commissionAsset"]) for t in theirs], [(t["id"], "BTC") for t in mine],
          "trades of B")

with part("cancel-replace"):
    first = buy("0.1", "29000")
    request = {**S, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.2",
               "price": "29100"}
    both = a.cancel_replace_order(**request, cancelReplaceMode="STOP_ON_FAILURE",
                                  cancelOrderId=first["orderId"])
    equal((both["cancelResult"], both["newOrderResult"], now(first)["status"]),
          ("SUCCESS", "SUCCESS", "CANCELED"), "replaced")
    refused(lambda: a.cancel_replace_order(**request, cancelReplaceMode="STOP_ON_FAILURE",
                                           cancelOrderId=999999), "none", says(-2022))
    refused(lambda: a.cancel_replace_order(**request, cancelReplaceMode="ALLOW_FAILURE",
                                           cancelOrderId=999999), "one half", says(-2021))
    equal([row["price"] for row in a.get_open_orders(**S)], ["29100.00000000"] * 2, "open then")
    clear()

OCO = {**S, "quantity": "0.01", "aboveType": "LIMIT_MAKER", "abovePrice": "31000",
       "belowType": "STOP_LOSS_LIMIT", "belowStopPrice": "29000", "belowPrice": "28990",
       "belowTimeInForce": "GTC"}

with part("order lists over REST"):
    trade_at("30000")
    oco = a.order_oco_sell(**OCO)
    equal((oco["contingencyType"], oco["listOrderStatus"]), ("OCO", "EXECUTING"), "OCO")
    equal([row["orderListId"] for row in a.get_open_oco_orders()], [oco["orderListId"]], "open")
    buy("0.01", "31000", b)
    equal(statuses(oco), ["EXPIRED", "FILLED"], "one cancels the other")
    trade_at("30000")
    turned = a.order_oco_buy(**S, quantity="0.01", belowType="LIMIT_MAKER", belowPrice="29000",
                             aboveType="STOP_LOSS", aboveStopPrice="31000")
    equal(statuses(turned), ["NEW", "NEW"], "OCO to buy")
    a.cancel_order(**S, orderId=turned["orders"][0]["orderId"])
    equal((statuses(turned), a.get_open_oco_orders()), (["CANCELED", "CANCELED"], []),
          "who cancels one leg cancels both")

# what is changed about a good order: the code of the refusal, and a word of it
REFUSALS = [
    ({"price": "29000.001"}, -1013, "PRICE_FILTER"), ({"quantity": "0.000015"}, -1013, "LOT_SIZE"),
    ({"quantity": "0.0001"}, -1013, "NOTIONAL"), ({"price": "1000"}, -1013, "PERCENT_PRICE_BY_SIDE"),
    ({"timeInForce": "GTX"}, -1115, ""), ({"side": "HOLD"}, -1117, ""),
    ({"type": "MARKET"}, -1106, ""), ({"symbol": "NOSUCH"}, -1121, "Invalid symbol."),
    ({"price": "29000.000000001"}, -1111, ""), ({"newClientOrderId": "no spaces"}, -1100, ""),
    ({"symbol": "ETHBTC", "price": "0.3", "quantity": "80000"}, -2010, "insufficient balance"),
]

with part("refusals"):
    good = {**S, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01",
            "price": "29000"}
    for changes, code, text in REFUSALS:
        refused(lambda: a.create_order(**{**good, **changes}), repr(changes), says(code, text))
    refused(lambda: a.cancel_order(**S, orderId=999999), "cancel of nothing", says(-2011))
    refused(lambda: a.get_order(**S, orderId=999999), "query of nothing", says(-2013))
    refused(lambda: buy("0.01", "29000", w), "W trades", says(-2010, "disabled on this account"))
    refused(client({**A, "secret": "x"}).get_account, "a wrong secret", says(-1022))
    refused(client({**A, "apiKey": A["apiKey"][::-1]}).get_account, "an unknown key", says(-2015))
    slow = client(A)
    slow.timestamp_offset = -3600000
    refused(slow.get_account, "an old request", says(-1021))
    equal(a.get_open_orders(**S), [], "nothing came of it")
    equal(e.get_account()["canTrade"], True, "with an Ed25519 key")
    equal(buy("0.01", "29000", e)["status"], "NEW", "its order")
    clear()

with part("wallet"):
    equal(a.get_system_status()["status"], 0, "status")
    check(a.get_deposit_address("BTC")["address"].startswith("demo-BTC-"), "address")
    sent = a.withdraw(coin="BTC", address="customer-32", amount="0.25")
    equal([row["id"] for row in a.get_withdraw_history(coin="BTC")], [sent["id"]], "withdrawals")
    equal(len(a.get_deposit_history(coin="BTC")), 1, "deposits")
    refused(lambda: a.withdraw(coin="BTC", address="customer-32", amount="99999999"), "too much",
            says(-4026))
    equal(a.get_trade_fee(**S)[0]["takerCommission"], "0.00100000", "trade fee")
    equal(a.get_account_status(), {"data": "Normal"}, "account")
    equal(a.get_account_api_trading_status()["data"]["isLocked"], False, "trading status")
    equal(a.get_account_api_permissions()["enableWithdrawals"], True, "rights of the key")
    check(float(a.get_asset_balance("BTC")["free"]) > 9000, "balance")


# ---- streams and the WebSocket API ----

async def told(socket, fits):
    """The next message of which `fits` is true."""
    async def once():
        while True:
            message = await socket.recv()
            if fits(message):
                return message

    return await asyncio.wait_for(once(), PATIENCE)


async def over_websocket(name, x):
    """Orders and lists over the WebSocket API, heard as user data. Sockets with a reader of their
    own are not closed here but end with the loop: the library would wait up to ten seconds for each
    (the snippet does)."""
    sockets = BinanceSocketManager(x)
    trades = await sockets.trade_socket("BTCUSDT").__aenter__()
    depth = await sockets.depth_socket("BTCUSDT", interval=100).__aenter__()
    async with sockets.user_socket() as events:
        placed = await x.ws_order_limit_buy(**S, quantity="0.2", price="29000")
        number = {**S, "orderId": placed["orderId"]}
        sell("0.1", "29000")
        equal((await x.ws_get_order(**number))["status"], "PARTIALLY_FILLED", f"{name}: status")
        equal((await told(trades, lambda m: m["e"] == "trade"))["q"], "0.10000000",
              f"{name}: the trade")
        check("29000.00000000" in [row[0] for row in (await told(depth, lambda m: m["b"]))["b"]],
              f"{name}: the book")
        equal((await x.ws_cancel_order(**number))["status"], "CANCELED", f"{name}: canceled")
        reports = []
        while not reports or reports[-1][0] != "CANCELED":
            report = await told(events, lambda m: m["e"] == "executionReport"
                                and m["i"] == placed["orderId"])
            reports.append((report["x"], report["z"]))
        equal(reports, [("NEW", "0.00000000"), ("TRADE", "0.10000000"),
                        ("CANCELED", "0.10000000")], f"{name}: reports")
        first = await x.ws_order_limit_buy(**S, quantity="0.1", price="29000")
        both = await x.ws_cancel_and_replace_order(
            **S, side="BUY", type="LIMIT", timeInForce="GTC", quantity="0.1", price="29100",
            cancelReplaceMode="STOP_ON_FAILURE", cancelOrderId=first["orderId"])
        equal(both["newOrderResult"], "SUCCESS", f"{name}: replaced")
        equal(len(await x.ws_cancel_all_open_orders(**S)), 1, f"{name}: all canceled")
        try:
            await x.ws_order_limit_buy(**S, quantity="0.0001", price="29000")
            check(False, f"{name}: too small: was not refused")
        except BinanceAPIException as error:
            equal(error.code, -1013, f"{name}: too small")
        await lists(name, x)


async def lists(name, x):
    trade_at("30000")
    oco = await x.ws_create_oco_order(**OCO, side="SELL")
    equal((await x.ws_get_oco_order(orderListId=oco["orderListId"]))["listOrderStatus"],
          "EXECUTING", f"{name}: OCO")
    gone = await x.ws_cancel_oco_order(**S, orderListId=oco["orderListId"])
    equal(gone["listOrderStatus"], "ALL_DONE", f"{name}: OCO canceled")
    working = {**S, "workingType": "LIMIT", "workingSide": "BUY", "workingPrice": "29500",
               "workingQuantity": "0.01", "workingTimeInForce": "GTC"}
    oto = await x.ws_create_oto_order(**working, pendingType="LIMIT", pendingSide="SELL",
                                      pendingPrice="31000", pendingQuantity="0.01",
                                      pendingTimeInForce="GTC")
    equal(statuses(oto), ["NEW", "PENDING_NEW"], f"{name}: OTO")
    sell("0.01", "29500")
    equal(statuses(oto), ["FILLED", "NEW"], f"{name}: OTO, one filled")
    clear()
    otoco = await x.ws_create_otoco_order(
        **working, pendingSide="SELL", pendingQuantity="0.01", pendingAboveType="LIMIT_MAKER",
        pendingAbovePrice="31000", pendingBelowType="STOP_LOSS", pendingBelowStopPrice="29000")
    sell("0.01", "29500")
    equal(statuses(otoco), ["FILLED", "NEW", "NEW"], f"{name}: OTOCO, one filled")
    clear()
    equal(await x.ws_get_oco_open_orders(), [], f"{name}: no list is open")


async def with_client(name, *keys, **more):
    x = await AsyncClient.create(*keys, **more)
    try:
        await asyncio.wait_for(over_websocket(name, x), 3 * PATIENCE)
    finally:
        await x.session.close()


with part("WebSocket, HMAC"):
    asyncio.run(with_client("HMAC", A["apiKey"], A["secret"]))
with part("WebSocket, Ed25519"):
    asyncio.run(with_client("Ed25519", A["ed25519"]["apiKey"],
                            private_key=A["ed25519"]["privateKey"]))

finish()
