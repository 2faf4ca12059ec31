#!/usr/bin/env -S python3 -B
"""Two simple bots on a test venue, over its public API: A offers on both sides of a price that
wanders around 30,000, B buys and sells at market. So there always is a book, and trades happen.
usage: demo_bots.py KEYS_FILE

They trade BTCUSDT until SIGTERM or SIGINT. A request that fails is noted by its code and tried
again later: the venue's processes may be restarted meanwhile."""

import hashlib
import hmac
import http.client
import json
import random
import signal
import sys
import threading
import time
import urllib.parse

SYMBOL = "BTCUSDT"
MIDDLE = 30000.0
STEP = 4.0            # how far the price wanders in one turn
LEVELS = 12           # offers on each side
SPREAD = 0.5          # between two of them
OFFER_SECONDS = 0.25
TAKE_SECONDS = 0.4
SECONDS_MAX = 10      # for one answer


class Account:
    """Signed requests on one connection."""

    def __init__(self, rest, keys):
        self.host = urllib.parse.urlsplit(rest).netloc
        self.keys = keys
        self.connection = None

    def ask(self, method, path, **parameters):
        """(status, answer); (0, None) when there was no answer."""
        query = urllib.parse.urlencode({**parameters, "timestamp": int(time.time() * 1000)})
        signature = hmac.new(self.keys["secret"].encode(), query.encode(), hashlib.sha256)
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection(self.host, timeout=SECONDS_MAX)
            self.connection.request(method, f"{path}?{query}&signature={signature.hexdigest()}",
                                    headers={"X-MBX-APIKEY": self.keys["apiKey"]})
            response = self.connection.getresponse()
            return response.status, json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError):
            if self.connection is not None:
                self.connection.close()
            self.connection = None
            return 0, None

    def order(self, **parameters):
        return self.ask("POST", "/api/v3/order", symbol=SYMBOL, **parameters)


def offers_open(account):
    """{side: [(price, id)], the best first}; None when nobody answered."""
    status, orders = account.ask("GET", "/api/v3/openOrders", symbol=SYMBOL)
    if status != 200:
        return None
    found = {"BUY": [], "SELL": []}
    for order in orders:
        found[order["side"]].append((float(order["price"]), order["orderId"]))
    found["BUY"].sort(reverse=True)
    found["SELL"].sort()
    return found


def offer(account, price):
    """One turn of A: new offers come first, then the farthest go, so the book is never empty."""
    found = offers_open(account)
    if found is None:
        return
    for side, sign in (("BUY", -1), ("SELL", 1)):
        there = {price for price, _ in found[side]}
        for level in range(1, LEVELS + 1):
            at = round(price + sign * level * SPREAD, 2)
            if at not in there:
                account.order(side=side, type="LIMIT_MAKER", price=f"{at:.2f}",
                              quantity=f"{random.randint(5, 100) / 1000:.3f}")
    for side in found:
        for _, number in found[side][2 * LEVELS:]:
            account.ask("DELETE", "/api/v3/order", symbol=SYMBOL, orderId=number)


def offering(account, stopped):
    price = MIDDLE
    while not stopped.wait(OFFER_SECONDS):
        offer(account, price)
        price += random.uniform(-STEP, STEP) + (MIDDLE - price) / 100
        price = round(price / SPREAD) * SPREAD


def taking(account, stopped):
    while not stopped.wait(random.uniform(0.5, 1.5) * TAKE_SECONDS):
        account.order(side=random.choice(("BUY", "SELL")), type="MARKET",
                      quantity=f"{random.randint(1, 60) / 1000:.3f}")


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: demo_bots.py KEYS_FILE")
    with open(sys.argv[1], encoding="ascii") as file:
        keys = json.load(file)
    # Signals are waited for, not handled: a second one may come while the first is looked at.
    stop = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)
    stopped = threading.Event()
    bots = [threading.Thread(target=work, args=(Account(keys["rest"], keys["accounts"][name]),
                                                stopped))
            for name, work in (("A", offering), ("B", taking))]
    for bot in bots:
        bot.start()
    asked = None
    while asked is None and all(bot.is_alive() for bot in bots):
        asked = signal.sigtimedwait(stop, 1)
    stopped.set()
    for bot in bots:
        bot.join()
    sys.exit(0 if asked else 1)


if __name__ == "__main__":
    main()
