"""Clients of the soak test, each a thread of its own that outlives every process of the venue: bots
that trade and remember what was acknowledged, books kept from a depth stream, and accounts kept
from user data events."""

import collections
import http.client
import json
import random
import threading
import time

import streams_test as st
import trading_test as t

CALL_SECONDS = 10     # without an answer a call is given up
PAUSE_SECONDS = 0.3   # between two calls of a bot: two bots of one account stay below its limit
HURRY_CALLS = 20      # calls without a pause around a kill, so that it meets some on their way
AGAIN_SECONDS = 0.25  # before connecting again
SYNC_TRIES = 20
ORDERS_KNOWN = 40     # beyond that many a bot rather cancels
SYMBOLS = ("BTCUSDT", "ETHUSDT", "ETHBTC")
# Middle and step of prices, steps around the middle, step of quantities and how many at most.
MARKETS = {"BTCUSDT": (3000000, 2, 40, 3, 40), "ETHUSDT": (200000, 2, 40, 2, 30),
           "ETHBTC": (6666, 5, 20, 2, 30)}
PRICE_STEP = {"BTCUSDT": 100, "ETHUSDT": 10, "ETHBTC": 1}
# The venue took no decision that the client knows of: what became of the order is asked afterwards.
NO_DECISION = (-1000, -1001, -1006, -1007, -1008, -1016)


def decimal_of(number, places):
    return f"{number // 10**places}.{number % 10**places:0{places}d}"


class Worker(threading.Thread):
    """A thread that can be told to rest and to end; what breaks in it is kept."""

    def __init__(self, name):
        super().__init__(name=name, daemon=True)
        self.ended = threading.Event()
        self.wanted = threading.Event()  # cleared: rest
        self.resting = threading.Event()
        self.wanted.set()
        self.broken = None

    def run(self):
        try:
            while not self.ended.is_set():
                if not self.wanted.is_set():
                    self.resting.set()
                    time.sleep(0.01)
                    continue
                self.resting.clear()
                self.step()
        except Exception as problem:
            self.broken = f"{self.name}: {problem!r}"
        finally:
            self.resting.set()

    def step(self):
        raise NotImplementedError

    def rest(self):
        self.wanted.clear()

    def go_on(self):
        self.resting.clear()
        self.wanted.set()


class Outage:
    """The longest time in which a client had nothing from the venue."""

    def __init__(self):
        self.since = None
        self.longest = 0.0

    def begin(self, since):
        if self.since is None:
            self.since = since

    def end(self):
        if self.since is not None:
            self.longest = max(self.longest, time.monotonic() - self.since)
            self.since = None


class Caller:
    """Signed calls on one connection, which is made anew when it broke."""

    def __init__(self, host, account):
        self.host = host
        self.account = account
        self.connection = None

    def ask(self, method, path, **parameters):
        """(status, answer); (0, None) when it was sent and no answer came, (None, None) when it
        could not be sent."""
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection(self.host, timeout=CALL_SECONDS)
                self.connection.connect()
        except OSError:
            self.connection = None
            return None, None
        _, query, signature = t.signed(self.account, {**parameters, "recvWindow": 60000})
        try:
            self.connection.request(method, f"{path}?{query}&signature={signature}",
                                    headers={"X-MBX-APIKEY": self.account["apiKey"]})
            response = self.connection.getresponse()
            status, text = response.status, response.read()
            if response.getheader("Connection", "").lower() == "close":
                self.close()
            return status, json.loads(text)
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            self.close()
            return 0, None

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def orders_in(answer):
    """All orders that an answer of any endpoint acknowledges as placed."""
    if answer.get("newOrderResponse"):
        answer = answer["newOrderResponse"]
    return answer.get("orderReports") or ([answer] if "orderId" in answer else [])


class Bot(Worker):
    """Random orders of one account. Of each call it keeps what the venue said:
    acknowledged {(symbol, order id): its answer}, canceled, refused client ids, fills, and groups
    of client ids of calls whose outcome nobody told."""

    def __init__(self, name, host, account, seed):
        super().__init__("bot " + name)
        self.caller = Caller(host, account)
        self.prefix = name
        self.random = random.Random(seed)
        self.number = 0
        self.acknowledged = {}
        self.canceled = set()
        self.refused = set()
        self.fills = {}
        self.unknown = []
        self.sent = {}  # client id: (symbol, side, quantity)
        self.open = []
        self.calls = 0
        self.throttled = 0
        self.hurry = threading.Event()
        self.hurried = 0  # calls since then
        self.codes = collections.Counter()
        self.outage = Outage()

    def client_id(self):
        self.number += 1
        return f"{self.prefix}-{self.number}"

    def price(self, symbol, most=None, least=None):
        middle, places, span, _, _ = MARKETS[symbol]
        steps = self.random.randrange(-span, span + 1)
        if least is not None:
            steps = least + abs(steps)
        if most is not None:
            steps = most - abs(steps)
        return decimal_of(middle + steps * PRICE_STEP[symbol], places)

    def terms(self, symbol, side):
        _, _, _, places, most = MARKETS[symbol]
        return {"symbol": symbol, "side": side,
                "quantity": decimal_of(self.random.randrange(5, most + 5), places)}

    def order(self):
        """(path, parameters, new client ids, order to cancel) of one call that places something."""
        symbol = self.random.choice(SYMBOLS)
        side = self.random.choice(("BUY", "SELL"))
        terms, name = self.terms(symbol, side), self.client_id()
        limit = {**terms, "type": "LIMIT", "timeInForce": "GTC", "price": self.price(symbol),
                 "newOrderRespType": "FULL"}
        kind = self.random.randrange(20)
        if kind < 11:
            return "order", {**limit, "newClientOrderId": name}, [name], None
        if kind < 13:
            word = self.random.choice(("IOC", "FOK"))
            return "order", {**limit, "timeInForce": word, "newClientOrderId": name}, [name], None
        if kind < 15:
            return "order", {**terms, "type": "MARKET", "newOrderRespType": "FULL",
                             "newClientOrderId": name}, [name], None
        mine = [key for key in self.open if key[0] == symbol]
        if kind < 18 and mine:
            gone = self.random.choice(mine)
            return "order/cancelReplace", {
                **limit, "cancelReplaceMode": "STOP_ON_FAILURE", "cancelOrderId": gone[1],
                "newClientOrderId": name}, [name], gone
        other = self.client_id()
        span = MARKETS[symbol][2]
        if kind == 18:
            return "orderList/oco", {
                "symbol": symbol, "side": "SELL", "quantity": terms["quantity"],
                "aboveType": "LIMIT_MAKER", "abovePrice": self.price(symbol, least=span + 1),
                "aboveClientOrderId": name, "belowType": "STOP_LOSS",
                "belowStopPrice": self.price(symbol, most=-span - 1),
                "belowClientOrderId": other}, [name, other], None
        return "orderList/oto", {
            "symbol": symbol, "workingType": "LIMIT", "workingTimeInForce": "GTC",
            "workingSide": side, "workingPrice": limit["price"],
            "workingQuantity": terms["quantity"], "workingClientOrderId": name,
            "pendingType": "LIMIT", "pendingTimeInForce": "GTC",
            "pendingSide": "SELL" if side == "BUY" else "BUY", "pendingPrice": self.price(symbol),
            "pendingQuantity": terms["quantity"],
            "pendingClientOrderId": other}, [name, other], None

    def step(self):
        begin = time.monotonic()
        many = len(self.open) > 5 and self.random.randrange(ORDERS_KNOWN) < len(self.open)
        if many and not self.hurry.is_set():
            answered = self.cancel()
        else:
            answered = self.place()
        self.outage.begin(begin)
        if answered:
            self.outage.end()
        if not answered:
            time.sleep(0.01)
        elif not self.hurry.wait(PAUSE_SECONDS):
            return
        self.hurried += self.hurry.is_set()
        if self.hurried >= HURRY_CALLS:
            self.hurry.clear()
            self.hurried = 0

    def call(self, method, path, parameters):
        """(decision, answer); decision: True done, False refused, None nobody knows"""
        status, answer = self.caller.ask(method, "/api/v3/" + path, **parameters)
        if status is None:
            return False, None  # never sent
        self.calls += 1
        if status == 200:
            return True, answer
        code = answer.get("code") if isinstance(answer, dict) else None
        self.codes[code if status else "none"] += 1
        if status in (418, 429):
            self.throttled += 1
            time.sleep(1)
        if status == 0 or status >= 500 or code in NO_DECISION:
            return None, answer
        return False, answer

    def cancel(self):
        key = self.open.pop(self.random.randrange(len(self.open)))
        done, answer = self.call("DELETE", "order", {"symbol": key[0], "orderId": key[1]})
        if done:
            self.canceled.update((key[0], row["orderId"]) for row in orders_in(answer))
        return done is not None and answer is not None

    def place(self):
        path, parameters, names, gone = self.order()
        for name in names:
            self.sent[name] = parameters["symbol"]
        done, answer = self.call("POST", path, parameters)
        if gone:
            self.open.remove(gone)
        if done:
            if gone:
                self.canceled.add(gone)
            for order in orders_in(answer):
                self.acknowledge(parameters["symbol"], order)
        elif done is None:
            self.unknown.append((parameters["symbol"], names))
        else:
            self.refused.update(names)
            data = (answer or {}).get("data") or {}
            if gone and data.get("cancelResult") == "SUCCESS":
                self.canceled.add(gone)
        return done is not None and answer is not None

    def acknowledge(self, symbol, order):
        key = (symbol, order["orderId"])
        self.acknowledged[key] = order
        for fill in order.get("fills", []):
            self.fills[(symbol, order["orderId"], fill["tradeId"])] = (
                fill["qty"], fill["price"], fill["commission"], fill["commissionAsset"])
        if order["status"] in t.OPEN:
            self.open.append(key)


class Listener(Worker):
    """A worker with a connection that is made anew when it ends."""

    def __init__(self, name):
        super().__init__(name)
        self.stream = None
        self.connects = 0
        self.outage = Outage()

    def step(self):
        try:
            if self.stream is None:
                self.connect()
                self.outage.end()
                self.connects += 1
            self.listen()
        except (OSError, st.Closed, http.client.HTTPException):
            if self.stream is not None:
                self.outage.begin(time.monotonic())
                self.stream.socket.close()
                self.stream = None
            time.sleep(AGAIN_SECONDS)

    def connect(self):
        raise NotImplementedError

    def listen(self):
        raise NotImplementedError


class DepthVenue:
    """What the helpers of the stream test want of a venue."""

    def __init__(self, host):
        self.host = host


def depth_of(host, symbol):
    """(last id, {price: quantity} of both sides)"""
    depth = st.rest(DepthVenue(host), f"/api/v3/depth?symbol={symbol}&limit=1000")
    return depth["lastUpdateId"], [dict(map(tuple, depth["bids"])), dict(map(tuple, depth["asks"]))]


class Book(Listener):
    """The documents' procedure: keep the stream's events, take a snapshot that is not older than
    the first of them, drop what the snapshot has, and from there on miss nothing."""

    def __init__(self, host, symbol, deflate):
        super().__init__("book " + symbol)
        self.host = host
        self.symbol = symbol
        self.deflate = deflate
        self.id = 0
        self.sides = [{}, {}]
        self.previous = None  # u of this connection's last event
        self.first = False    # the next event that counts is the first behind the snapshot
        self.events = 0
        self.gaps = []
        self.lock = threading.Lock()

    def connect(self):
        self.stream = st.WebSocket(self.host, f"/ws/{self.symbol.lower()}@depth@100ms",
                                   self.deflate)
        if not self.stream.is_open:
            raise OSError(self.stream.head[0])
        self.stream.listen(0.3)
        for _ in range(SYNC_TRIES):
            number, sides = depth_of(self.host, self.symbol)
            if not self.stream.events or number >= self.stream.events[0]["U"]:
                with self.lock:
                    self.id, self.sides = number, sides
                    self.previous, self.first = None, True
                return
            self.stream.listen(0.1)
        raise OSError("no snapshot that is new enough")

    def listen(self):
        self.stream.listen(0.05)
        events, self.stream.events = self.stream.events, []
        with self.lock:
            for event in events:
                if "U" in event:
                    self.take(event)

    def take(self, event):
        self.events += 1
        if self.previous is not None and event["U"] != self.previous + 1:
            self.gaps.append((self.symbol, self.previous, event["U"]))
        self.previous = event["u"]
        if event["u"] <= self.id:
            return
        if event["U"] > self.id + 1 or (not self.first and event["U"] != self.id + 1):
            self.gaps.append((self.symbol, self.id, event["U"]))
        self.first = False
        for side, key in enumerate("ba"):
            for price, quantity in event[key]:
                if float(quantity) == 0:
                    self.sides[side].pop(price, None)
                else:
                    self.sides[side][price] = quantity
        self.id = event["u"]

    def copy(self):
        with self.lock:
            return self.id, [dict(side) for side in self.sides]


class User(Listener):
    """Balances and open orders of an account: what REST says behind the subscription, and upon that
    the subscription's events. Of each connection and market also the trade ids it heard of."""

    def __init__(self, name, host, account):
        super().__init__("user " + name)
        self.host = host
        self.account = account
        self.balances = {}
        self.orders = {}
        self.fills = {}  # (symbol, order, trade): set of terms
        self.heard = []  # of each connection {symbol: set of trade ids}
        self.events = 0
        self.lock = threading.Lock()

    def connect(self):
        self.stream = st.WebSocket(self.host, "/ws-api/v3", False)
        if not self.stream.is_open:
            raise OSError(self.stream.head[0])
        pairs, _, signature = t.signed(self.account, {"apiKey": self.account["apiKey"]}, True)
        self.stream.send(st.TEXT, json.dumps({
            "id": "u", "method": "userDataStream.subscribe.signature",
            "params": {**pairs, "signature": signature}}).encode())
        end = time.monotonic() + CALL_SECONDS
        while not self.stream.answers and time.monotonic() < end:
            self.stream.listen(0.05)
        answer = self.stream.answers.pop("u", {})
        if answer.get("status") != 200:
            raise OSError(str(answer))
        caller = Caller(self.host, self.account)
        balances = caller.ask("GET", "/api/v3/account", omitZeroBalances="true")
        orders = caller.ask("GET", "/api/v3/openOrders")
        caller.close()
        if balances[0] != 200 or orders[0] != 200:
            raise OSError(f"account {balances[0]}, orders {orders[0]}")
        with self.lock:
            self.balances = {row["asset"]: (row["free"], row["locked"])
                             for row in balances[1]["balances"]}
            self.orders = {(row["symbol"], row["orderId"]): (row["status"], row["executedQty"])
                           for row in orders[1]}
            self.heard.append(collections.defaultdict(set))

    def listen(self):
        self.stream.listen(0.05)
        messages, self.stream.events = self.stream.events, []
        with self.lock:
            for message in messages:
                if "event" in message:
                    self.take(message["event"])

    def take(self, event):
        self.events += 1
        if event["e"] == "outboundAccountPosition":
            for row in event["B"]:
                self.balances[row["a"]] = (row["f"], row["l"])
        elif event["e"] == "executionReport":
            key = (event["s"], event["i"])
            if event["X"] in t.OPEN:
                self.orders[key] = (event["X"], event["z"])
            else:
                self.orders.pop(key, None)
            if event["x"] == "TRADE":
                self.heard[-1][event["s"]].add(event["t"])
                self.fills.setdefault((*key, event["t"]), set()).add(
                    (event["l"], event["L"], event["n"], event["N"]))

    def copy(self):
        with self.lock:
            return {asset: row for asset, row in self.balances.items()
                    if any(float(amount) for amount in row)}, dict(self.orders)
