#!/usr/bin/env -S python3 -B
"""Client libraries from npm, as they are, trade on a test venue: one suite of tests/e2e/clients for
each, on a fresh venue. Beside each suite the money is counted, exactly:

- before and after it, what accounts A, B and W have (free, locked, withdrawing, held) is asked over
  the API, and the commissions of all their trades: the sum over the accounts and the commissions
  does not change, asset by asset;
- with the venue stopped, the journal's events (cambist dump) are added up by themselves: every
  account must have what the API said, and the fees must be the commissions that clients were told.

usage: clients_test.py BINARY [suite...]

The packages are installed from the lock file into a folder of the build; nothing of them is run
while that happens. Where npm is missing or cannot reach its registry, the test is skipped."""

import collections
import decimal
import hashlib
import http.client
import json
import os
import shutil
import ssl
import subprocess
import sys
import time

import program as p
import serve_test as s

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "clients")
PAGE = os.path.normpath(os.path.join(HERE, "../../../docs/clients.md"))
SUITES = ["ccxt_trading", "ccxt_streams", "binance_spot", "binance_api_node", "binance",
          "requests", "snippets"]
SKIPPED = 77
# They are served with TLS, by the venue itself: their clients refuse plain addresses.
TLS_SUITES = {"binance_spot", "snippets"}
INSTALL_SECONDS = 240
SUITE_SECONDS = 100
NODE_LEAST = 18
UNIT = decimal.Decimal("0.00000001")
SYMBOLS = ("BTCUSDT", "ETHUSDT", "ETHBTC")
# Words of npm for a registry that does not answer, as against packages that are not what they were.
UNREACHABLE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH",
               "EHOSTUNREACH", "ERR_SOCKET_TIMEOUT", "ENOTCACHED", "E403", "E429", "E500", "E502",
               "E503", "E504")


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


# ---- packages ----

def node_version():
    """The major version of node; 0 without."""
    try:
        found = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return 0
    return int(found.stdout.strip().lstrip("v").split(".")[0] or 0)


def digest_of_pins():
    digest = hashlib.sha256()
    for name in ("package.json", "package-lock.json"):
        with open(os.path.join(HERE, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def install(binary):
    """The folder with the packages and a copy of the suites."""
    version = node_version()
    if version < NODE_LEAST or shutil.which("npm") is None:
        skip(f"the clients from npm: needs npm and node {NODE_LEAST} or newer")
    build = os.path.abspath(os.path.join(os.path.dirname(binary), "..", ".."))
    folder = os.path.join(build, "tests", "clients")
    os.makedirs(folder, exist_ok=True)
    stamp = os.path.join(folder, "installed")
    pins = digest_of_pins()
    try:
        with open(stamp, encoding="ascii") as file:
            installed = file.read() == pins
    except FileNotFoundError:
        installed = False
    for name in os.listdir(HERE):
        shutil.copyfile(os.path.join(HERE, name), os.path.join(folder, name))
    if not installed:
        install_packages(folder)
        with open(stamp, "w", encoding="ascii") as file:
            file.write(pins)
    return folder


def install_packages(folder):
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False,
                              timeout=INSTALL_SECONDS)
    except subprocess.TimeoutExpired:
        skip(f"the clients from npm: no packages within {INSTALL_SECONDS} s")
    if done.returncode != 0:
        print(done.stderr[-2000:])
        if any(word in done.stderr for word in UNREACHABLE):
            skip("the clients from npm: the registry of packages does not answer")
        print("FAILED: " + " ".join(command))
        sys.exit(1)


# ---- money ----

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

def certificate(cli):
    """For the venues that are served with TLS; NODE_EXTRA_CA_CERTS makes clients believe it."""
    cert, key = cli.path("cert.pem"), cli.path("cert.key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-out", cert, "-keyout", key],
                   check=True, capture_output=True)


class TlsVenue(s.Venue):
    """A venue that speaks TLS, with the certificate above."""

    scheme = "https"

    def __init__(self, cli, folder, *arguments):
        cert, key = cli.path("cert.pem"), cli.path("cert.key")
        config = cli.write("tls.yaml", f"gateway:\n  certificate: {cert}\n  key: {key}\n")
        self.context = ssl.create_default_context(cafile=cert)
        super().__init__(cli, folder, "--config", config, *arguments)

    def connect(self):
        return http.client.HTTPSConnection(self.host, timeout=20, context=self.context)


def environment(cli, keys_file, keys):
    # The package binance wants a global that node has by itself from version 20 on.
    options = "--experimental-global-webcrypto" if node_version() < 20 else ""
    return {**os.environ, "NODE_OPTIONS": options, "NODE_EXTRA_CA_CERTS": cli.path("cert.pem"),
            "CAMBIST_TEST_PAGE": PAGE, "CAMBIST_KEYS": keys_file, "CAMBIST_REST": keys["rest"],
            "CAMBIST_WS_STREAM": keys["ws_stream"], "CAMBIST_WS_API": keys["ws_api"],
            "CAMBIST_KEY": keys["accounts"]["A"]["apiKey"],
            "CAMBIST_SECRET": keys["accounts"]["A"]["secret"]}


def run_suite(cli, folder, suite, keys_file, keys):
    begin = time.monotonic()
    try:
        done = subprocess.run(["node", suite + ".mjs"], cwd=folder, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, env=environment(cli, keys_file, keys),
                              timeout=SUITE_SECONDS, check=False)
        output, code = done.stdout, done.returncode
    except subprocess.TimeoutExpired as late:
        output, code = late.stdout or b"", "none, it was late"
    print(f"{suite}: {time.monotonic() - begin:.1f} s")
    print(output.decode(errors="replace")[-20000:].rstrip())
    cli.equal(code, 0, f"exit code of {suite}")


def with_venue(cli, folder, suite):
    data = cli.path(suite)
    keys_file = cli.path(suite + ".json")
    kind = TlsVenue if suite in TLS_SUITES else s.Venue
    with kind(cli, data, "--profile", "test", "--keys-file", keys_file) as venue:
        venue.ready()
        with open(keys_file, encoding="ascii") as file:
            keys = json.load(file)
        accounts = keys["accounts"]
        before, fees_before = money(venue, accounts)
        run_suite(cli, folder, suite, keys_file, keys)
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


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: clients_test.py BINARY [suite...]")
    cli = p.Program(sys.argv[1])
    folder = install(cli.binary)
    certificate(cli)
    for suite in sys.argv[2:] or SUITES:
        with_venue(cli, folder, suite)
    sys.exit(cli.finish())


if __name__ == "__main__":
    main()
