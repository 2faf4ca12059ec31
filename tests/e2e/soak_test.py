#!/usr/bin/env -S python3 -B
"""A venue that is traded on while its processes are killed, one after the other: bots of two
accounts, books kept from depth streams, accounts kept from user data events, and every few seconds
SIGKILL for engine, back, edge or snapshot. Nothing acknowledged is lost, what was not acknowledged
exists whole or not at all, no connection's stream has a gap, every copy is the venue's in the end,
money is conserved exactly, and memory stays where it was.
usage: soak_test.py BINARY

CAMBIST_SOAK_SECONDS: how long, 60 if not given (600 by hand); CAMBIST_SEED_BASE: the seed, 1 if not
given. Everything is on loopback, with a port that the system chooses; only processes that this
script started are killed, by the numbers in the venue's run folder."""

import collections
import json
import os
import random
import signal
import time

import client_money as c
import program as p
import serve_test as s
import soak_clients as k
import trading_test as t

KILL_SECONDS, SHORT_KILL_SECONDS = 20, 8
LONG_RUN = 180        # seconds: from here on the slower rhythm
AFTERWARDS = 200      # seconds, at most, for all that follows the run
REST_SECONDS = 30     # for bots to rest, copies to agree, processes to come back
AGREE_PAUSE = 0.3
HURRY_SECONDS = 0.05  # a kill comes so soon behind the beginning of a burst of orders, at most
OUTAGE_MOST = 30.0    # seconds without any answer, a hang rather than a figure
PAGE = 1000
# Memory: a process may have at its end at most so many times what it had after the first fifth of
# its life, and pages that its tables touch for the first time. Lives below LIFE_LEAST say nothing.
MEMORY_FACTOR, MEMORY_SLACK_KIB, LIFE_LEAST = 1.05, 4096, 15.0


class Late(Exception):
    """The whole took longer than it may."""


def late(*_):
    raise Late()


# ---- processes ----

def resident_kib(pid):
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as file:
            for line in file:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1])
    except OSError:
        pass
    return None


def parent_of(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return int(file.read().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


class Processes(k.Worker):
    """Kills in a random order that leaves no process out, and how much memory each life has."""

    def __init__(self, venue, seed):
        super().__init__("memory")
        self.venue = venue
        self.random = random.Random(seed)
        self.names = venue.names()
        self.bag = []
        self.kills = {name: 0 for name in self.names}
        self.killed = set()  # pids
        self.lives = {}  # (name, pid): [(time, KiB)]

    def step(self):
        now = time.monotonic()
        for name in [*self.names, "supervisor"]:
            pid = self.venue.process.pid if name == "supervisor" else self.venue.pid(name)
            found = resident_kib(pid) if pid else None
            if found:
                self.lives.setdefault((name, pid), []).append((now, found))
        time.sleep(0.5)

    def kill(self):
        """Kills the next one, when it is there. Its name, or None."""
        if not self.bag:
            self.bag = self.random.sample(self.names, len(self.names))
        name = self.bag.pop()
        time.sleep(self.random.uniform(0, HURRY_SECONDS))
        pid = self.venue.pid(name)
        if not pid or parent_of(pid) != self.venue.process.pid:
            return None
        os.kill(pid, signal.SIGKILL)
        self.kills[name] += 1
        self.killed.add(pid)
        return name

    def all_there(self):
        return all(self.venue.pid(name) for name in self.names)

    def grown(self):
        """[(name, seconds, KiB after the first fifth, KiB at the end)] of lives long enough."""
        rows = []
        for (name, _), points in self.lives.items():
            begin, end = points[0][0], points[-1][0]
            if end - begin < LIFE_LEAST:
                continue
            early = next(kib for at, kib in points if at >= begin + (end - begin) / 5)
            rows.append((name, end - begin, early, points[-1][1]))
        return rows


# ---- quiet moments ----

class Soak:
    """All that runs against one venue."""

    def __init__(self, cli, venue, accounts, seed):
        self.cli = cli
        self.venue = venue
        self.accounts = accounts
        chance = random.Random(seed)
        self.bots = [k.Bot(name, venue.host, accounts[name[0]], chance.getrandbits(32))
                     for name in ("A", "B", "B2")]
        self.books = [k.Book(venue.host, symbol, index % 2 == 0)
                      for index, symbol in enumerate(k.SYMBOLS)]
        self.users = {name: k.User(name, venue.host, accounts[name]) for name in "AB"}
        self.processes = Processes(venue, chance.getrandbits(32))
        self.quiet_moments = 0

    def workers(self):
        return [*self.bots, *self.books, *self.users.values(), self.processes]

    def start(self):
        for worker in self.workers():
            worker.start()

    def end(self):
        for worker in self.workers():
            worker.ended.set()
        for worker in self.workers():
            worker.join(timeout=REST_SECONDS)
            self.cli.check(not worker.is_alive(), f"{worker.name} ends")
            self.cli.equal(worker.broken, None, "what broke in a client")

    def waits(self, what):
        end = time.monotonic() + REST_SECONDS
        while time.monotonic() < end:
            if what():
                return True
            time.sleep(AGREE_PAUSE)
        return False

    def bots_rest(self):
        for bot in self.bots:
            bot.rest()
        self.cli.check(self.waits(lambda: all(bot.resting.is_set() for bot in self.bots)),
                       "bots rest")

    def bots_go_on(self):
        for bot in self.bots:
            bot.go_on()

    def same_book(self, book):
        try:
            found = k.depth_of(self.venue.host, book.symbol)
            return book.stream is not None and book.copy() == found
        except (OSError, k.http.client.HTTPException):
            return False

    def same_account(self, name):
        account = self.accounts[name]
        first, balances = s.ask(self.venue, account, "GET", "/api/v3/account",
                                omitZeroBalances="true")
        second, orders = s.ask(self.venue, account, "GET", "/api/v3/openOrders")
        if (first, second) != (200, 200):
            return False
        told = ({row["asset"]: (row["free"], row["locked"]) for row in balances["balances"]},
                {(row["symbol"], row["orderId"]): (row["status"], row["executedQty"])
                 for row in orders})
        return self.users[name].stream is not None and self.users[name].copy() == told

    def quiet(self, when):
        """Nobody trades: each copy must be the venue's, soon."""
        self.bots_rest()
        for book in self.books:
            self.cli.check(self.waits(lambda book=book: self.same_book(book)),
                           f"{book.name} is the venue's, {when}: {len(book.gaps)} gaps")
        for name in self.users:
            self.cli.check(self.waits(lambda name=name: self.same_account(name)),
                           f"account {name} by its events is the venue's, {when}")
        self.quiet_moments += 1

    def run(self, seconds):
        period = KILL_SECONDS if seconds >= LONG_RUN else SHORT_KILL_SECONDS
        begin = time.monotonic()
        rounds = 0
        while time.monotonic() < begin + seconds - period / 2:
            rounds += 1
            next_kill = begin + rounds * period
            time.sleep(max(0.0, next_kill - period / 2 - time.monotonic()))
            if rounds % 2 == 0:
                self.quiet(f"round {rounds}")
                self.bots_go_on()
            time.sleep(max(0.0, next_kill - time.monotonic()))
            if not self.waits(self.processes.all_there):
                self.cli.check(False, f"all processes are back, round {rounds}")
                return
            for bot in self.bots:
                bot.hurry.set()
            self.cli.check(self.processes.kill() is not None, f"somebody to kill, round {rounds}")
        self.cli.check(self.waits(self.processes.all_there), "all processes are back in the end")


# ---- what was acknowledged ----

def pages(soak, name, path, symbol, key):
    """All rows of an account that an endpoint has for a market. A trade with oneself is two rows of
    one id, which a page may part: each page begins with the last id of the one before."""
    rows, first = [], 0
    while True:
        found = c.told(soak.venue, soak.accounts[name], "GET", path, symbol=symbol, limit=PAGE,
                       **{"orderId" if key == "orderId" else "fromId": first})
        rows += [row for row in found if row not in rows[-PAGE:]]
        if len(found) < PAGE:
            return rows
        first = found[-1][key]


class Past:
    """Orders and trades of an account, as the venue tells them in the end."""

    def __init__(self, soak, name):
        self.orders, self.trades, self.open = {}, {}, set()
        for symbol in k.SYMBOLS:
            for row in pages(soak, name, "/api/v3/allOrders", symbol, "orderId"):
                self.orders[(symbol, row["orderId"])] = row
            for row in pages(soak, name, "/api/v3/myTrades", symbol, "id"):
                self.trades.setdefault((symbol, row["orderId"], row["id"]), set()).add(
                    (row["qty"], row["price"], row["commission"], row["commissionAsset"]))
        for row in c.told(soak.venue, soak.accounts[name], "GET", "/api/v3/openOrders"):
            self.open.add((row["symbol"], row["orderId"]))
        self.by_client = {row["clientOrderId"]: row for row in self.orders.values()}


def orders_are_known(cli, bot, past):
    """Everything that a bot was told is so."""
    lost = [key for key in bot.acknowledged if key not in past.orders]
    cli.equal(lost, [], f"acknowledged orders of {bot.name} that are lost")
    for key, told in bot.acknowledged.items():
        row = past.orders.get(key)
        if row is None:
            continue
        cli.equal((row["clientOrderId"], row["side"], row["type"]),
                  (told["clientOrderId"], told["side"], told["type"]), f"{bot.name}, order {key}")
        cli.check(float(row["executedQty"]) >= float(told["executedQty"]),
                  f"{bot.name}, order {key}: {row['executedQty']} of {told['executedQty']}")
        if told["status"] not in t.OPEN:
            cli.equal(row["status"], told["status"], f"{bot.name}, order {key}")
    for key in bot.canceled:
        cli.equal(past.orders.get(key, {}).get("status"), "CANCELED", f"{bot.name}, canceled {key}")
    missing = [fill for fill, terms in bot.fills.items() if terms not in past.trades.get(fill, ())]
    cli.equal(missing, [], f"fills told to {bot.name} that are not in its trades")
    exist = [name for name in bot.refused if name in past.by_client]
    cli.equal(exist, [], f"refused orders of {bot.name} that exist")


def outcomes_unknown(cli, soak, bot, past):
    """Orders without an answer: whole or not at all, also when asked by client id. How many are."""
    exist = 0
    for symbol, names in bot.unknown:
        found = []
        for name in names:
            row = s.eventually(lambda name=name: next(
                ((status, answer) for status, answer in [s.ask(
                    soak.venue, bot.caller.account, "GET", "/api/v3/order", symbol=symbol,
                    origClientOrderId=name)] if status in (200, 400)), None))
            cli.check(row is not None and (row[0] == 200 or row[1]["code"] == -2013),
                      f"{bot.name}, an order asked for by client id: {row}")
            found.append(row is not None and row[0] == 200)
            cli.equal(found[-1], name in past.by_client, f"{name} by its id and in allOrders")
        cli.check(len(set(found)) == 1, f"{bot.name}: a half of {names} exists: {found}")
        exist += found[0]
    return exist


def account_is_whole(cli, soak, name, past):
    """The venue's own answers fit each other, and nothing is there that nobody sent."""
    bots = [bot for bot in soak.bots if bot.caller.account is soak.accounts[name]]
    sent = {client for bot in bots for client in bot.sent}
    strangers = [client for client in past.by_client if client not in sent]
    cli.equal(strangers, [], f"orders of {name} that nobody sent")
    cli.equal(len(past.by_client), len(past.orders), f"orders of {name} by client id and by number")
    is_open = {key for key, row in past.orders.items() if row["status"] in t.OPEN}
    cli.equal(past.open, is_open, f"openOrders and allOrders of {name}")
    executed = collections.Counter()
    for (symbol, order, _), terms in past.trades.items():
        executed[(symbol, order)] += sum(c.units(term[0]) for term in terms)
    for key, row in past.orders.items():
        cli.equal(executed[key], c.units(row["executedQty"]), f"trades of {name}, order {key}")
    user = soak.users[name]
    wrong = [fill for fill, terms in user.fills.items() if terms != past.trades.get(fill)]
    cli.equal(wrong, [], f"fills that {name} heard of and that are not in its trades")
    for heard in user.heard:
        for symbol, numbers in heard.items():
            missed = [fill for fill in past.trades if fill[0] == symbol
                      and min(numbers) <= fill[2] <= max(numbers) and fill[2] not in numbers]
            cli.equal(missed, [], f"fills of {name} that one connection did not hear of")


def agree(cli, soak):
    """Returns (orders without an answer, those of them that exist)."""
    pasts = {name: Past(soak, name) for name in soak.users}
    exist = 0
    for bot in soak.bots:
        past = pasts[bot.prefix[0]]
        orders_are_known(cli, bot, past)
        exist += outcomes_unknown(cli, soak, bot, past)
        cli.check(bot.outage.longest < OUTAGE_MOST, f"{bot.name}: {bot.outage.longest:.1f} s")
    for name, past in pasts.items():
        account_is_whole(cli, soak, name, past)
    for book in soak.books:
        cli.equal(book.gaps, [], f"gaps of {book.name}")
        cli.check(book.events > 10, f"{book.name} had events: {book.events}")
    for one in [*soak.books, *soak.users.values()]:
        cli.check(one.connects - 1 <= soak.processes.kills["edge"],
                  f"{one.name} connected {one.connects} times, without being cut by a kill")
    return sum(len(bot.unknown) for bot in soak.bots), exist


def nobody_else_died(cli, soak):
    """Of the running venue's processes only those ended that were killed here."""
    with open(cli.path("serve.log"), encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    ended = {line["pid"]: line for line in lines if line["event"] == "role.ended"}
    cli.equal([line for pid, line in ended.items() if pid not in soak.processes.killed], [],
              "processes that ended by themselves")
    cli.equal(sorted(ended), sorted(soak.processes.killed), "processes that ended")
    failed = [line for line in lines if line["event"] == "process.failed"]
    cli.equal(failed, [], "processes that failed")


# ---- figures ----

def memory_is_flat(cli, soak):
    with open(cli.binary, "rb") as file:
        is_sanitized = b"__asan_init" in file.read()
    for name, seconds, early, end in soak.processes.grown():
        print(f"memory of {name} over {seconds:.0f} s: {early} KiB, then {end} KiB")
        if not is_sanitized:  # the sanitizer keeps what was freed
            cli.check(end <= early * MEMORY_FACTOR + MEMORY_SLACK_KIB,
                      f"memory of {name} grew from {early} to {end} KiB")


def print_figures(soak, unknown, exist):
    bots, listeners = soak.bots, [*soak.books, *soak.users.values()]
    codes = sum((bot.codes for bot in bots), collections.Counter())
    print(f"calls {sum(bot.calls for bot in bots)}, "
          f"orders acknowledged {sum(len(bot.acknowledged) for bot in bots)}, "
          f"canceled {sum(len(bot.canceled) for bot in bots)}, "
          f"fills told {sum(len(bot.fills) for bot in bots)}, "
          f"throttled {sum(bot.throttled for bot in bots)}")
    print(f"without an answer {unknown}, of which {exist} exist; codes {dict(codes)}")
    print(f"kills {soak.processes.kills}, quiet moments {soak.quiet_moments}, "
          f"reconnects {sum(one.connects - 1 for one in listeners)}, "
          f"events {sum(one.events for one in listeners)}")
    print(f"longest outage of a bot {max(bot.outage.longest for bot in bots):.2f} s, "
          f"of a stream {max(one.outage.longest for one in listeners):.2f} s")


def money_is_conserved(cli, folder, accounts, before, after):
    cli.equal(c.rows(c.sum_of(after[0].values()) + after[1]),
              c.rows(c.sum_of(before[0].values()) + before[1]),
              "accounts and commissions together, after and before")
    journal = c.Journal(cli, folder)
    for name, account in accounts.items():
        cli.equal(c.rows(after[0][name]), c.rows(journal.accounts[account["id"]]),
                  f"account {name}, by the API and by the journal")
    cli.equal(c.rows(after[1]), c.rows(journal.fees), "commissions and the journal's fees")


def soak_venue(cli, seconds, seed):
    folder, keys_file = cli.path("venue"), cli.path("keys.json")
    with s.Venue(cli, folder, "--profile", "test", "--keys-file", keys_file) as venue:
        venue.ready()
        with open(keys_file, encoding="ascii") as file:
            accounts = json.load(file)["accounts"]
        before = c.money(venue, accounts)
        soak = Soak(cli, venue, accounts, seed)
        soak.start()
        soak.run(seconds)
        soak.quiet("in the end")
        soak.end()
        unknown, exist = agree(cli, soak)
        after = c.money(venue, accounts)
        print_figures(soak, unknown, exist)
        memory_is_flat(cli, soak)
        nobody_else_died(cli, soak)
        for name, kills in soak.processes.kills.items():
            cli.check(kills > 0 or seconds < 60, f"{name} was killed")
        cli.equal(venue.stop(), 0, "exit code on SIGTERM")
    money_is_conserved(cli, folder, accounts, before, after)
    cli.equal(cli.run("verify", folder)[0], 0, "cambist verify")


def run(cli):
    seconds = int(os.environ.get("CAMBIST_SOAK_SECONDS", "60"))
    seed = int(os.environ.get("CAMBIST_SEED_BASE", "1"))
    print(f"{seconds} s, seed {seed}", flush=True)
    signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds + AFTERWARDS)
    try:
        soak_venue(cli, seconds, seed)
    except Late:
        cli.check(False, "it ends in time")
    if cli.failed:
        print(f"again: CAMBIST_SEED_BASE={seed} CAMBIST_SOAK_SECONDS={seconds}, commit "
              f"{os.environ.get('CAMBIST_COMMIT', 'unknown')}")


if __name__ == "__main__":
    p.main(run)
