#!/usr/bin/env -S python3 -B
"""What is past, over the API: orders and trades that only the history knows, asked right after they
happened, and while the process that has them is killed again and again. An answer is whole and
right, or it says that there is none now; it is never short. Afterwards the followed database has the
rows of one made anew from the journal.
usage: past_test.py BINARY

Everything is on loopback, with a port that the system chooses."""

import json
import os
import signal
import threading
import time

import history_test as h
import program as p
import serve_test as s

ROUNDS = 60
NO_ANSWER = (-1007, -1001, -1008)


class Story:
    """What was acknowledged to A, in order: number of the order and what became of it."""

    def __init__(self, venue, accounts):
        self.venue = venue
        self.a = accounts["A"]
        self.b = accounts["B"]
        self.orders = []

    def order(self, account, side, price):
        return s.ask(self.venue, account, "POST", "/api/v3/order", symbol="BTCUSDT", side=side,
                     type="LIMIT", timeInForce="GTC", quantity="0.001", price=price)

    def trade(self):
        """A sells and B buys it."""
        status, answer = self.order(self.a, "SELL", "30100")
        if status != 200:
            return False
        other, _ = self.order(self.b, "BUY", "30100")
        if other == 200:
            self.orders.append((answer["orderId"], "FILLED"))
            return True
        return False

    def cancel(self):
        status, answer = self.order(self.a, "BUY", "20000")
        if status != 200:
            return False
        number = answer["orderId"]
        other, _ = s.ask(self.venue, self.a, "DELETE", "/api/v3/order", symbol="BTCUSDT",
                         orderId=number)
        if other == 200:
            self.orders.append((number, "CANCELED"))
            return True
        return False

    def all_orders(self, since):
        status, answer = s.ask(self.venue, self.a, "GET", "/api/v3/allOrders", symbol="BTCUSDT",
                               orderId=since, limit=1000)
        if status != 200:
            return status, answer
        return status, [(order["orderId"], order["status"]) for order in answer]


def asked_right_away(cli, story):
    """The newest order is in the answer, with what has just become of it."""
    for index in range(ROUNDS):
        done = story.cancel() if index % 3 == 0 else story.trade()
        cli.check(done, f"order {index} is acknowledged")
        if index % 5 == 0:
            status, found = story.all_orders(story.orders[0][0])
            cli.equal((status, found), (200, story.orders), f"allOrders after order {index}")
    filled = [number for number, status in story.orders if status == "FILLED"]
    status, trades = s.ask(story.venue, story.a, "GET", "/api/v3/myTrades", symbol="BTCUSDT",
                           limit=1000)
    cli.equal((status, [trade["orderId"] for trade in trades]), (200, filled), "myTrades")
    status, trades = s.ask(story.venue, story.a, "GET", "/api/v3/historicalTrades",
                           symbol="BTCUSDT", fromId=trades[0]["id"], limit=1000)
    cli.equal((status, len(trades)), (200, len(filled)), "historicalTrades")
    status, klines = s.ask(story.venue, story.a, "GET", "/api/v3/klines", symbol="BTCUSDT",
                           interval="1M", timeZone="5:45")
    traded = sum(int(line[8]) for line in klines) if status == 200 else klines
    cli.check(status == 200 and traded >= len(filled), f"klines of a zone: {status} {traded}")
    number, end = story.orders[0]
    status, order = s.ask(story.venue, story.a, "GET", "/api/v3/order", symbol="BTCUSDT",
                          orderId=number)
    cli.equal((status, order.get("status")), (200, end), "the first order by its number")


def asked_while_it_dies(cli, story):
    """One thread asks without a pause while the process is killed; another goes on trading."""
    since = story.orders[0][0]
    known = list(story.orders)
    answers = {"right": 0, "none": 0}
    wrong = []
    stop = threading.Event()

    def keep_asking():
        while not stop.is_set():
            status, found = story.all_orders(since)
            if status == 200 and found[:len(known)] == known:
                answers["right"] += 1
            elif status == 0 or (status != 200 and found.get("code") in NO_ANSWER):
                answers["none"] += 1
            else:
                wrong.append((status, found))

    asking = threading.Thread(target=keep_asking)
    asking.start()
    for kill in range(5):
        before = story.venue.pid("back")
        os.kill(before, signal.SIGKILL)
        cli.check(story.trade(), f"a trade while the history is away, {kill}")
        back = s.eventually(lambda: story.venue.pid("back") not in (0, before))
        cli.check(back, f"the history is back, {kill}")
        time.sleep(0.3)
    stop.set()
    asking.join()
    cli.equal(wrong[:1], [], "answers that are neither right nor none")
    print(f"answers while the history was killed: {answers}")
    cli.check(answers["right"] > 0 and answers["none"] < answers["right"], f"answers: {answers}")
    found = s.eventually(lambda: story.all_orders(since) == (200, story.orders))
    cli.check(found, "in the end everything is there")


def run(cli):
    folder = cli.path("venue")
    keys_file = cli.path("keys.json")
    with s.Venue(cli, folder, "--profile", "test", "--keys-file", keys_file) as venue:
        venue.ready()
        with open(keys_file, encoding="ascii") as file:
            story = Story(venue, json.load(file)["accounts"])
        asked_right_away(cli, story)
        asked_while_it_dies(cli, story)
        cli.equal(venue.stop(), 0, "exit code on SIGTERM")
    followed = h.tables(folder)
    made = h.rebuild(cli, folder, "--journal")
    cli.equal(made.get("source"), "journal", "made anew")
    different = [name for name in h.differences(followed, h.tables(folder)) if name != "venue"]
    cli.equal(different, [], "tables that differ from the journal's")


if __name__ == "__main__":
    p.main(run)
