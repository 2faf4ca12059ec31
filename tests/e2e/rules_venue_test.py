#!/usr/bin/env -S python3 -B
"""Rules at a running venue as an operator and its officers have them: a pack is refused until all of it
is right and then activated; prices from files value holdings; whoever rises above the threshold
can only withdraw, and can trade again when the price has fallen; a pack ends. (That a lift waits for
the dwell is shown where the clock can be moved: the core's tests, the golden cases, the story.)
usage: rules_venue_test.py BINARY

Everything is on loopback; the sources of prices are files that this script writes, and a program."""

import os
import signal
import threading
import time

import officers as o
import program as p
import serve_test as s

REFUSED, INPUT, USAGE, MISSING = 27, 4, 2, 14
CHEAP, DEAR = "1", "50000"
GROUPS = {"anna": "compliance", "bela": "law"}

CONFIG = """prices:
  sources: sources.txt
  every: 100 ms
  fresh: 10 min
  step: 1
  jump: 1000
"""

PACK = """pack:
  id: test-threshold
  version: {version}
  title: {{en: A test, fr: Un essai}}
  jurisdiction: EU
  origin: policy
  sources: [eu-833-2014]
  published: 2022-04-08
  effective_from: {begins}
{more}rules:
  - id: test.threshold
    scope: person
    cite:
      - {{source: eu-833-2014, article: 5b}}
    explain: {{en: Too much., fr: Trop.}}
    subject: {{has: nationality, in: [RU]}}
    threshold: {{measure: holdings, op: ">", amount: "{amount}", currency: EUR, lift_margin: "0.00",
      dwell: 0min, sticky: "false", warn_percent: "90"}}
    actions: [withdraw_only]
    on_unknown: {{actions: [none], evidence: nationality, days: 14, then: [none]}}
    audience: customer
    keep_records_years: "5"
"""


class Rules:
    def __init__(self, cli, folder, keys):
        self.cli = cli
        self.folder = folder
        self.keys = {officer["code"]: officer for officer in keys["officers"]}

    def run(self, action, *arguments):
        return self.cli.run("rules", action, "--data", self.folder, *arguments)

    def json(self, action, *arguments):
        return self.cli.json("rules", action, "--data", self.folder, "--json", *arguments)

    def refused(self, code, text, action, *arguments):
        found, _, error = self.run(action, *arguments)
        self.cli.equal(found, code, f"exit code of rules {action} ({error.strip()})")
        self.cli.check(text in error, f"rules {action} says why: {error.strip()!r}")

    def write(self, name, **changes):
        fields = {"version": 1, "begins": "2022-04-09", "more": "", "amount": "10000000.00"}
        return self.cli.write(name, PACK.format(**{**fields, **changes}))

    def sign(self, path, code):
        officer = self.keys[code]
        found, _, error = self.cli.run("rules", "sign", path, "--key", officer["key"], "--officer",
                                       code, "--group", GROUPS[code])
        self.cli.equal(found, 0, f"{code} signs {path} ({error.strip()})")


def put_prices(venue, assets):
    """Both sources say the same, just now: each a whole file, by renaming."""
    now = int(time.time())
    text = "".join(f"{asset} {price} {now}\n" for asset, price in assets.items())
    for name in ("one.txt", "two.txt"):
        path = os.path.join(venue.folder, name)
        with open(path + ".part", "w", encoding="ascii") as file:
            file.write(text)
        os.rename(path + ".part", path)


def priced(cli, rules, venue, assets):
    """The core has these prices."""
    put_prices(venue, assets)

    def known():
        found = {row["asset"]: row.get("eur") for row in rules.json("list")["prices"]}
        return all(found.get(asset) == f"{float(price):.2f}" for asset, price in assets.items())

    cli.check(s.eventually(known), f"the core has the prices {assets}")


def account_of(venue, account):
    return s.ask(venue, account, "GET", "/api/v3/account")[1]


def refusals(cli, rules, officers):
    """Whatever is wrong with a pack is said with file, line and key, and nothing changes."""
    path = rules.write("pack.yaml")
    rules.refused(MISSING, path + ".sig: cannot open", "activate", path)
    rules.sign(path, "anna")
    rules.refused(INPUT, ".sig:1: 1 signatures, and 2 are wanted", "activate", path)
    other = rules.write("other.yaml", amount="10001.00")
    rules.sign(other, "anna")
    rules.sign(other, "bela")
    with open(other + ".sig", "rb") as file:
        cli.write("pack.yaml.sig", file.read())
    rules.refused(INPUT, "pack.yaml.sig:1: the signature of anna is wrong", "activate", path)
    rules.refused(INPUT, "broken.yaml:9: pack.effective_from", "activate",
                  rules.write("broken.yaml", begins="2022-02-30"))
    uncertain = rules.write("uncertain.yaml", more="  uncertain: [{key: published, why: From memory.}]\n")
    rules.sign(uncertain, "anna")
    rules.sign(uncertain, "bela")
    rules.refused(INPUT, "uncertain.yaml:10: pack.uncertain: ", "activate", uncertain)
    rules.refused(REFUSED, "signatures of 2 officers", "activate", uncertain, "--confirm-uncertain")
    rules.refused(INPUT, "no active pack", "end", "test-threshold")
    rules.refused(INPUT, "no active pack", "value", "test-threshold")
    cli.equal(rules.json("list")["packs"], [], "packs in force")
    # An uncertain one with an approval; then it ends with another.
    order = cli.write("order", rules.run("activate", uncertain, "--confirm-uncertain", "--propose")[1])
    signed = [officers.sign(order, code) for code in ("anna", "bela")]
    rules.refused(REFUSED, "signatures of 2 officers", "activate", uncertain, "--confirm-uncertain",
                  signed[0])
    rules.refused(INPUT, "approves another order", "activate", other, signed[0])
    answer = rules.json("activate", uncertain, "--confirm-uncertain", *signed)
    cli.equal(answer["persons"], 0, "persons of an activation")
    rules.refused(INPUT, "is active already, as pack 0", "activate", uncertain,
                  "--confirm-uncertain", *signed)
    rules.refused(INPUT, "other.yaml:9: pack.effective_from: overlaps version 1", "activate", other)
    end(cli, rules, officers)


def end(cli, rules, officers):
    rules.refused(REFUSED, "signatures of 2 officers", "end", "test-threshold")
    order = cli.write("order", rules.run("end", "test-threshold", "--propose")[1])
    rules.json("end", "test-threshold", *[officers.sign(order, code) for code in ("anna", "bela")])
    cli.equal(rules.json("list")["packs"], [], "packs in force after an end")


def activated(cli, rules):
    path = rules.write("good.yaml")
    rules.sign(path, "anna")
    rules.sign(path, "bela")
    answer = rules.json("activate", path)
    cli.equal((answer["persons"], answer["changed"]), (1, 0), "persons of an activation")
    pack = rules.json("list")["packs"][0]
    cli.equal((pack["id"], pack["version"], pack["state"]), ("test-threshold", 1, "active"),
              "the pack in force")
    cli.equal(pack["hash"], answer["hash"], "its content hash")
    path = os.path.join(rules.folder, "packs", pack["hash"])
    with open(path + ".groups.json", encoding="ascii") as file:
        cli.equal(file.read(), '{"groups":["compliance","law"]}\n', "groups of who signed")
    with open(path + ".json", "rb") as file:
        cli.equal(file.read(), cli.run("rules", "canonical", cli.path("good.yaml"))[1].encode(),
                  "the text in the venue's folder")


def corrected(cli, rules, venue, account, officers):
    """A pack in force is corrected while somebody whom it restricts tries to trade: never taken."""
    path = rules.write("correction.yaml", version=2)
    rules.sign(path, "anna")
    rules.sign(path, "bela")
    old = rules.json("list")["packs"][0]["hash"]
    replace = ("activate", path, "--replaces", "test-threshold")
    rules.refused(INPUT, "correction.yaml:9: pack.effective_from: overlaps version 1", *replace[:2])
    rules.refused(INPUT, "no active pack", *replace[:3], "test-other")
    rules.refused(REFUSED, "signatures of 2 officers", *replace)
    order = cli.write("order", rules.run(*replace, "--propose")[1])
    signed = [officers.sign(order, code) for code in ("anna", "bela")]
    rules.refused(REFUSED, "signatures of 2 officers", *replace, signed[0])
    rules.refused(INPUT, "approves another order", "activate", path, "--replaces", old, "--matter",
                  "7", *signed)
    tries, over = [], threading.Event()

    def trade():
        while not over.wait(0.01):
            tries.append(s.place(venue, account, "27000"))

    trader = threading.Thread(target=trade)
    trader.start()
    try:
        cli.check(s.eventually(lambda: len(tries) > 3), "somebody tries to trade")
        answer = rules.json(*replace, *signed)
        count = len(tries)
        cli.check(s.eventually(lambda: len(tries) > count + 3), "and tries on")
    finally:
        over.set()
        trader.join()
    cli.equal({(status, refusal["code"]) for status, refusal in tries}, {(400, -2010)},
              "orders while the pack is corrected")
    cli.equal((answer["persons"], answer["changed"], answer["accounts"], answer["ended"]),
              (1, 0, 0, old), "what a correction changes")
    packs = rules.json("list")["packs"]
    cli.equal([(pack["id"], pack["version"], pack["state"]) for pack in packs],
              [("test-threshold", 2, "active")], "the packs in force then")
    rules.refused(INPUT, "is active already, as pack 1", *replace, *signed)


def above_and_below(cli, rules, venue, account, assets, officers):
    """One at the threshold is told nothing; above it trades no more; below it does again."""
    cli.check(account_of(venue, account)["canTrade"], "trading below the threshold")
    cli.equal(s.place(venue, account, "27000")[0], 200, "status of an order below the threshold")
    priced(cli, rules, venue, {**assets, "BTC": DEAR})
    cli.check(account_of(venue, account)["canTrade"], "a price alone changes nothing")
    answer = rules.json("value", "test-threshold")
    cli.equal((answer["persons"], answer["changed"], answer["accounts"]), (1, 1, 1),
              "what a valuation changes")
    cli.check(s.eventually(lambda: not account_of(venue, account)["canTrade"]), "no trading above it")
    found = account_of(venue, account)
    cli.equal((found["canTrade"], found["canWithdraw"], found["canDeposit"]), (False, True, False),
              "an account above the threshold")
    status, refusal = s.place(venue, account, "27000")
    cli.equal((status, refusal["code"]), (400, -2010), "an order above the threshold")
    cli.equal(s.open_orders(venue, account), set(), "orders that were open")
    corrected(cli, rules, venue, account, officers)
    priced(cli, rules, venue, {**assets, "BTC": CHEAP})
    rules.json("value", "test-threshold")
    cli.check(s.eventually(lambda: account_of(venue, account)["canTrade"]),
              "trading again, below the threshold")
    cli.equal(s.place(venue, account, "27000")[0], 200, "status of an order then")


def settings(cli, rules, officers):
    rules.refused(USAGE, "--persons", "settings", "--persons", "17")
    rules.refused(REFUSED, "signatures of 2 officers", "settings", "--stale", "600")
    order = cli.write("order", rules.run("settings", "--stale", "600", "--propose")[1])
    signed = [officers.sign(order, code) for code in ("anna", "bela")]
    rules.refused(INPUT, "approves another order", "settings", "--stale", "601", *signed)
    rules.json("settings", "--stale", "600", *signed)
    cli.equal(rules.json("settings")["staleSeconds"], 600, "when a price is stale")


def restarts(cli, rules, venue):
    """The agent's process dies: it is back, knows where it stands, and tells prices as before."""
    pid = venue.pid("back")
    os.kill(pid, signal.SIGKILL)
    cli.check(s.eventually(lambda: venue.pid("back") not in (0, pid)), "back is back")
    priced(cli, rules, venue, {"BTC": "2.00"})


def main():
    cli = p.Program(p.sys.argv[1])
    folder = cli.path("venue")
    os.mkdir(folder)
    cli.write("venue/sources.txt", "one file one.txt\ntwo file two.txt\n"
              "three command 60 5 /bin/sh -c exit\n")
    keys_file = cli.path("keys.json")
    cli.write("broken.txt", "one file\n")
    cli.write("broken-config.yaml", f"prices:\n  sources: {cli.path('broken.txt')}\n")
    found, _, error = cli.run("serve", "--profile", "test", "--data", cli.path("other"), "--port",
                              "0", "--config", cli.path("broken-config.yaml"))
    cli.check(found == 3 and f"{cli.path('broken.txt')}:1: NAME file PATH" in error,
              f"a list of sources with a mistake: {found}, {error!r}")
    with s.Venue(cli, folder, "--profile", "test", "--keys-file", keys_file, "--config",
                 cli.write("config.yaml", CONFIG)) as venue:
        venue.ready()
        with open(keys_file, encoding="utf-8") as file:
            keys = p.json.load(file)
        account = keys["accounts"]["A"]
        officers = o.Officers(cli, folder, keys)
        rules = Rules(cli, folder, keys)
        held = {row["asset"] for row in account_of(venue, account)["balances"]} - {"EUR"}
        assets = {**{asset: "0.01" for asset in held}, "BTC": CHEAP}
        priced(cli, rules, venue, assets)
        refusals(cli, rules, officers)
        officers.give("person", "add", "1", signed_by=("anna",))
        officers.give("person", "link", "1", str(account["id"]))
        officers.give("fact", "set", "1", "kind", "natural")
        officers.give("fact", "set", "1", "nationality", "RU")
        activated(cli, rules)
        above_and_below(cli, rules, venue, account, assets, officers)
        settings(cli, rules, officers)
        restarts(cli, rules, venue)
        code, _, error = cli.run("backup", folder, cli.path("copy"))
        cli.equal(code, 0, f"exit code of backup ({error.strip()})")
        cli.equal(sorted(os.listdir(cli.path("copy/packs"))),
                  sorted(os.listdir(os.path.join(folder, "packs"))), "texts of packs in a backup")
        end(cli, rules, officers)
        cli.equal(venue.stop(), 0, "exit code of the venue")
    code, _, error = cli.run("verify", folder)
    cli.equal(code, 0, f"exit code of verify ({error.strip()})")
    return cli.finish()


if __name__ == "__main__":
    p.sys.exit(main())
