"""What the tests of client libraries share: a fresh venue for each suite, and the money beside it,
counted exactly.

- Before and after a suite, what accounts A, B and W have (free, locked, withdrawing, held) is asked
  over the API, and the commissions of all their trades: the sum over the accounts and the
  commissions does not change, asset by asset.
- With the venue stopped, the journal's events (cambist dump) are added up by themselves: every
  account must have what the API said, and the fees must be the commissions that clients were told."""

import collections
import decimal
import json
import os
import subprocess
import sys
import time

import serve_test as s

PAGE = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                     "../../docs/clients.md"))
SKIPPED = 77
SUITE_SECONDS = 100
UNIT = decimal.Decimal("0.00000001")
SYMBOLS = ("BTCUSDT", "ETHUSDT", "ETHBTC")


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def units(text):
    return int(decimal.Decimal(text) / UNIT)


def told(venue, account, method, path, **parameters):
    """An answer, asked for until the venue has one."""
    def once():
        status, answer = s.ask(venue, account, method, path, **parameters)
        return (answer,) if status == 200 else None

    found = s.eventually(once)
    if found is None:
        raise RuntimeError(f"{method} {path}: no answer")
    return found[0]


def balances(venue, account):
    """What an account has, in units: {asset: amount}."""
    total = collections.Counter()
    for row in told(venue, account, "GET", "/api/v3/account")["balances"]:
        total[row["asset"]] += units(row["free"]) + units(row["locked"])
    for row in told(venue, account, "POST", "/sapi/v3/asset/getUserAsset"):
        total[row["asset"]] += units(row["withdrawing"]) + units(row["freeze"])
    return total


def commissions(venue, account):
    """Of all trades that an account ever made: {asset: amount}."""
    total = collections.Counter()
    for symbol in SYMBOLS:
        next_id = 0
        while True:
            rows = told(venue, account, "GET", "/api/v3/myTrades", symbol=symbol, fromId=next_id,
                        limit=1000)
            for row in rows:
                total[row["commissionAsset"]] += units(row["commission"])
                next_id = row["id"] + 1
            if len(rows) < 1000:
                break
    return total


def money(venue, accounts):
    """(what each has, the commissions of all)"""
    fees = collections.Counter()
    for account in accounts.values():
        fees += commissions(venue, account)
    return {name: balances(venue, account) for name, account in accounts.items()}, fees


class Journal:
    """Accounts and fees, added up from the events that `cambist dump` prints."""

    def __init__(self, cli, folder):
        self.accounts = collections.defaultdict(collections.Counter)
        self.fees = collections.Counter()  # of the accounts that clients have
        self.assets = {}
        self.markets = {}
        output = subprocess.run([cli.binary, "dump", "--events", folder], capture_output=True,
                                check=True).stdout
        for line in output.splitlines():
            event = json.loads(line)["event"]
            if event["event"] == "applied":
                self.declare(event["applied"])
            elif event["event"] == "ledger":
                self.ledger(event)
            elif event["event"] == "trade":
                self.trade(event)

    def declare(self, command):
        if command["command"] == "asset_add":
            self.assets[command["asset"]] = command["name"]
        elif command["command"] == "market_add":
            self.markets[command["market"]] = (command["base"], command["quote"])

    def ledger(self, event):
        """Holds (suspense) still are the account's."""
        mine = ("free", "locked", "suspense")
        account = self.accounts[event["account"]]
        asset = self.assets[event["asset"]]
        account[asset] += event["amount"] * ((event["to"] in mine) - (event["from"] in mine))

    def trade(self, event):
        base, quote = (self.assets[asset] for asset in self.markets[event["market"]])
        sides = [(event["account"], event["taker_side"] == "buy", event["taker_fee"]),
                 (event["maker_account"], event["taker_side"] == "sell", event["maker_fee"])]
        for number, buys, fee in sides:
            account = self.accounts[number]
            account[base] += event["qty"] if buys else -event["qty"]
            account[quote] += -event["quote"] if buys else event["quote"]
            account[base if buys else quote] -= fee
            if number > 1:  # the two houses made the first trades
                self.fees[base if buys else quote] += fee


def rows(counter):
    return {asset: amount for asset, amount in sorted(counter.items()) if amount}


def sum_of(counters):
    total = collections.Counter()
    for counter in counters:
        total.update(counter)
    return total


# ---- suites ----

def environment(keys_file, keys):
    """What the snippets of docs/clients.md read, and where the page is."""
    return {**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1",
            "CAMBIST_TEST_PAGE": PAGE, "CAMBIST_KEYS": keys_file, "CAMBIST_REST": keys["rest"],
            "CAMBIST_WS_STREAM": keys["ws_stream"], "CAMBIST_WS_API": keys["ws_api"],
            "CAMBIST_KEY": keys["accounts"]["A"]["apiKey"],
            "CAMBIST_SECRET": keys["accounts"]["A"]["secret"]}


def run_suite(cli, suite, command, folder, variables):
    """A suite is a program; it ends with 0 when all is well."""
    begin = time.monotonic()
    try:
        done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, env=variables, timeout=SUITE_SECONDS,
                              check=False)
        output, code = done.stdout, done.returncode
    except subprocess.TimeoutExpired as late:
        output, code = late.stdout or b"", "none, it was late"
    print(f"{suite}: {time.monotonic() - begin:.1f} s")
    print(output.decode(errors="replace")[-20000:].rstrip())
    cli.equal(code, 0, f"exit code of {suite}")


def with_venue(cli, suite, run, kind=s.Venue):
    """run(keys_file, keys) between two counts of the money of a fresh venue."""
    data = cli.path(suite)
    keys_file = cli.path(suite + ".json")
    with kind(cli, data, "--profile", "test", "--keys-file", keys_file) as venue:
        venue.ready()
        with open(keys_file, encoding="ascii") as file:
            keys = json.load(file)
        accounts = keys["accounts"]
        before, fees_before = money(venue, accounts)
        run(keys_file, keys)
        after, fees_after = money(venue, accounts)
        cli.equal(venue.stop(), 0, f"exit code on SIGTERM after {suite}")
    cli.equal(rows(sum_of(after.values()) + fees_after), rows(sum_of(before.values()) + fees_before),
              f"accounts and commissions together, after and before {suite}")
    journal = Journal(cli, data)
    for name, account in accounts.items():
        cli.equal(rows(after[name]), rows(journal.accounts[account["id"]]),
                  f"account {name} after {suite}, by the API and by the journal")
    cli.equal(rows(fees_after), rows(journal.fees), f"commissions and the journal's fees, {suite}")
    cli.equal(cli.run("verify", data)[0], 0, f"cambist verify after {suite}")
