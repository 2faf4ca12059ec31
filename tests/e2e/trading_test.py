#!/usr/bin/env -S python3 -B
"""Trading on a served venue as a client sees it: orders of every kind over HTTP from two accounts,
and beside each a bot that knows only the account's user data events. At the end what the bots know
is what the API answers: balances, open orders, and the same fills in answers, events and history.
usage: trading_test.py BINARY

Everything is on loopback, with a port that the system chooses. The random calls come from a seed
that is printed."""

import hashlib
import hmac
import http.client
import json
import os
import random
import signal
import subprocess
import threading
import time
import urllib.parse

import program as p
import streams_test as st

PATIENCE = 60  # seconds for anything
ROUNDS = 70    # calls of each account: fewer orders than are allowed in ten seconds
OPEN = ("NEW", "PENDING_NEW", "PARTIALLY_FILLED")


def signed(account, parameters, ordered=False):
    pairs = {**parameters, "timestamp": int(time.time() * 1000)}
    text = urllib.parse.urlencode(sorted(pairs.items()) if ordered else pairs)
    secret = account["secret"].encode()
    return pairs, text, hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()


class Client:
    """One account over HTTP, on one connection."""

    def __init__(self, host, account):
        self.account = account
        self.connection = http.client.HTTPConnection(host, timeout=PATIENCE)

    def ask(self, method, path, **parameters):
        _, query, signature = signed(self.account, parameters)
        self.connection.request(method, f"{path}?{query}&signature={signature}",
                                headers={"X-MBX-APIKEY": self.account["apiKey"]})
        response = self.connection.getresponse()
        return response.status, json.loads(response.read())


class Bot(threading.Thread):
    """What an account's user data events say, and nothing else."""

    def __init__(self, cli, host, account, balances):
        super().__init__(daemon=True)
        self.cli = cli
        self.balances = balances
        self.orders = {}
        self.fills = {}
        self.kinds = set()
        self.stream = st.WebSocket(host, "/ws-api/v3", False)
        pairs, _, signature = signed(account, {"apiKey": account["apiKey"]}, ordered=True)
        self.stream.send(st.TEXT, json.dumps({
            "id": "u1", "method": "userDataStream.subscribe.signature",
            "params": {**pairs, "signature": signature}}).encode())
        end = time.monotonic() + PATIENCE
        while not self.stream.answers and time.monotonic() < end:
            self.stream.listen(0.05)
        answer = self.stream.answers.pop("u1", {})
        cli.equal(answer.get("status"), 200, f"a subscription: {answer}")
        self.subscription = answer["result"]["subscriptionId"]

    def run(self):
        try:
            while True:
                self.stream.listen(0.05)
                self.hear_all()
        except (st.Closed, OSError):
            self.hear_all()

    def hear_all(self):
        while self.stream.events:
            message = self.stream.events.pop(0)
            if "subscriptionId" not in message:
                self.cli.equal(message["event"]["e"], "serverShutdown", "an event of none")
                continue
            self.cli.equal(message["subscriptionId"], self.subscription, "subscriptionId")
            self.hear(message["event"])

    def hear(self, event):
        self.kinds.add(event["e"])
        if event["e"] == "outboundAccountPosition":
            for row in event["B"]:
                self.balances[row["a"]] = (row["f"], row["l"])
        elif event["e"] == "executionReport":
            order = self.orders.setdefault(event["i"], {})
            if event["x"] == "TRADE":
                self.fills.setdefault((event["i"], event["t"]), []).append(
                    (event["l"], event["L"], event["n"], event["N"]))
            order.update(status=event["X"], executed=event["z"], qty=event["q"],
                         client=event["C"] if event["x"] == "CANCELED" else event["c"])

    def open(self):
        return {number: (order["status"], order["executed"], order["qty"], order["client"])
                for number, order in self.orders.items() if order["status"] in OPEN}


def some_call(chance):
    """(method, path, parameters) of a random call around 30000."""
    side = chance.choice(["BUY", "SELL"])
    price = 30000 + chance.randrange(-40, 41)
    order = {"symbol": "BTCUSDT", "side": side, "quantity": f"0.{chance.randrange(1, 90):03d}"}
    limit = {**order, "type": "LIMIT", "timeInForce": "GTC", "price": str(price)}
    kind = chance.randrange(12)
    if kind < 5:
        return "POST", "/api/v3/order", limit
    if kind == 5:
        return "POST", "/api/v3/order", {**limit, "timeInForce": chance.choice(["IOC", "FOK"])}
    if kind == 6:
        return "POST", "/api/v3/order", {**order, "type": "MARKET"}
    if kind == 7:
        return "POST", "/api/v3/order", {**limit, "icebergQty": "0.001",
                                         "quantity": "0.009"}
    if kind == 8:
        return "POST", "/api/v3/order", {**order, "type": "STOP_LOSS", "newOrderRespType": "RESULT",
                                         "stopPrice": str(30000 + (10 if side == "BUY" else -10))}
    if kind == 9:
        return "POST", "/api/v3/order/cancelReplace", {
            **limit, "cancelReplaceMode": "ALLOW_FAILURE", "cancelOrderId": 0}
    if kind == 10:
        return "POST", "/api/v3/orderList/oco", {
            "symbol": "BTCUSDT", "side": "SELL", "quantity": "0.002", "aboveType": "LIMIT_MAKER",
            "abovePrice": "30500", "belowType": "STOP_LOSS", "belowStopPrice": "29500"}
    return "DELETE", "/api/v3/order", {"symbol": "BTCUSDT", "orderId": 0}


def new_orders(answer):
    """The orders in an answer that may have fills."""
    if "newOrderResponse" in answer:
        answer = answer["newOrderResponse"] or {}
    return [answer] if "fills" in answer else []


def trade(cli, clients, bots, told):
    seed = int.from_bytes(os.urandom(4), "little")
    print(f"seed {seed}")
    chance = random.Random(seed)
    for _ in range(ROUNDS):
        for name, client in clients.items():
            method, path, parameters = some_call(chance)
            known = list(bots[name].orders) or [1]
            for key in ("orderId", "cancelOrderId"):
                if key in parameters:
                    parameters[key] = chance.choice(known)
            status, answer = client.ask(method, path, **parameters)
            cli.check(status in (200, 400, 409), f"{path}: {status} {answer}")
            if status == 409:
                cli.equal(answer["code"], -2021, "half of a cancelReplace")
                answer = answer["data"]
            for order in new_orders(answer):
                for fill in order["fills"]:
                    told[name][(order["orderId"], fill["tradeId"])] = (
                        fill["qty"], fill["price"], fill["commission"], fill["commissionAsset"])


def agree(cli, name, client, bot, told):
    """Waits until the events have arrived; then everything is the same."""
    end = time.monotonic() + PATIENCE
    while True:
        _, account = client.ask("GET", "/api/v3/account", omitZeroBalances="true")
        _, orders = client.ask("GET", "/api/v3/openOrders", symbol="BTCUSDT")
        balances = {row["asset"]: (row["free"], row["locked"]) for row in account["balances"]}
        open_ones = {order["orderId"]: (order["status"], order["executedQty"], order["origQty"],
                                        order["clientOrderId"]) for order in orders}
        same = balances == bot.balances and open_ones == bot.open()
        if same or time.monotonic() > end:
            break
        time.sleep(0.05)
    cli.equal(bot.balances, balances, f"balances of {name}")
    cli.equal(bot.open(), open_ones, f"open orders of {name}")
    for fill, terms in told.items():
        cli.check(terms in bot.fills.get(fill, []), f"a fill of {name} in an answer: {fill}")
    _, trades = client.ask("GET", "/api/v3/myTrades", symbol="BTCUSDT", limit=1000)
    listed = sorted((row["orderId"], row["id"], row["qty"], row["price"], row["commission"])
                    for row in trades)
    heard = sorted((order, number, *terms[:3]) for (order, number), all_terms in bot.fills.items()
                   for terms in all_terms)
    cli.equal([row for row in listed if row[1] >= min((row[1] for row in heard), default=0)], heard,
              f"trades of {name}")
    cli.check(len(heard) > 5, f"{name} traded: {len(heard)}")
    cli.check({"executionReport", "outboundAccountPosition", "listStatus"} <= bot.kinds,
              f"kinds of events of {name}: {bot.kinds}")


def run(cli):
    keys_file = cli.path("keys.json")
    with open(cli.path("serve.log"), "wb") as errors:
        process = subprocess.Popen(
            [cli.binary, "serve", "--data", cli.path("venue"), "--port", "0", "--profile", "test",
             "--keys-file", keys_file], stdout=subprocess.PIPE, stderr=errors)
    try:
        host = process.stdout.readline().decode().strip().rsplit("/", 1)[-1]
        with open(keys_file, encoding="ascii") as file:
            accounts = json.load(file)["accounts"]
        clients = {name: Client(host, accounts[name]) for name in ("A", "B")}
        bots = {}
        for name, client in clients.items():
            _, account = client.ask("GET", "/api/v3/account", omitZeroBalances="true")
            bots[name] = Bot(cli, host, accounts[name],
                             {row["asset"]: (row["free"], row["locked"])
                              for row in account["balances"]})
            _, orders = client.ask("GET", "/api/v3/openOrders", symbol="BTCUSDT")
            for order in orders:
                bots[name].orders[order["orderId"]] = {
                    "status": order["status"], "executed": order["executedQty"],
                    "qty": order["origQty"], "client": order["clientOrderId"]}
            bots[name].start()
        told = {name: {} for name in clients}
        trade(cli, clients, bots, told)
        for name, client in clients.items():
            agree(cli, name, client, bots[name], told[name])
    finally:
        process.send_signal(signal.SIGTERM)
        cli.equal(process.wait(timeout=PATIENCE), 0, "exit code on SIGTERM")
        process.stdout.close()


if __name__ == "__main__":
    p.main(run)
