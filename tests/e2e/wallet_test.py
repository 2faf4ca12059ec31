#!/usr/bin/env -S python3 -B
"""The wallet of a test venue while its processes die: withdrawals are asked for one after the other,
gateway and engine are killed meanwhile, and in the end the account, the history and what the client
was told must agree.
usage: wallet_test.py BINARY

Everything is on loopback; only processes that this script started are signalled, by the numbers in
the venue's run folder."""

import decimal
import json
import os
import signal
import time

import program as p
import serve_test as s

WITHDRAW = "/sapi/v1/capital/withdraw/apply"
HISTORY = "/sapi/v1/capital/withdraw/history"
DUPLICATE, TIMEOUT = -4115, -1007


def withdraw(venue, account, name, amount):
    return s.ask(venue, account, "POST", WITHDRAW, coin="BTC", address="0xabc123", amount=amount,
                 withdrawOrderId=name)


def withdrawing(venue, account):
    found = s.eventually(lambda: s.ask(venue, account, "POST", "/sapi/v3/asset/getUserAsset",
                                       asset="BTC")[1])
    return decimal.Decimal(found[0]["withdrawing"])


def history(venue, account):
    """The account's withdrawals by the client's own ids."""

    def whole():
        status, rows = s.ask(venue, account, "GET", HISTORY, coin="BTC")
        return rows if status == 200 else None

    return {row.get("withdrawOrderId"): row for row in s.eventually(whole)}


class Withdrawals:
    def __init__(self):
        self.count = 0
        self.told = {}  # name: id
        self.refused = set()
        self.untold = set()

    def ask(self, venue, account):
        name = f"w{self.count}"
        self.count += 1
        status, answer = withdraw(venue, account, name, "0.01")
        if status == 200:
            self.told[name] = answer["id"]
        elif status == 0 or answer["code"] == TIMEOUT:
            self.untold.add(name)
        else:
            self.refused.add(name)
        return status == 200


def compare(cli, venue, account, asked, what):
    rows = history(venue, account)
    for name, number in asked.told.items():
        cli.check(name in rows and rows[name]["id"] == number, f"{name} is in the history {what}")
    cli.check(not asked.refused & set(rows), f"what was refused did not happen {what}")
    cli.check(set(rows) <= set(asked.told) | asked.untold, f"nobody else's withdrawals {what}")
    total = sum(decimal.Decimal(row["amount"]) + decimal.Decimal(row["transactionFee"])
                for row in rows.values())
    cli.equal(withdrawing(venue, account), total, f"what is on its way {what}")
    cli.check(all(row["address"] == "0xabc123" for row in rows.values()), f"addresses {what}")


def kill_while_asking(cli, venue, account, asked, name):
    before = venue.pid(name)
    for _ in range(3):
        asked.ask(venue, account)
    os.kill(before, signal.SIGKILL)
    end = time.monotonic() + s.PATIENCE
    came_back = False
    while time.monotonic() < end and not came_back:
        came_back = asked.ask(venue, account) and venue.pid(name) not in (0, before)
        time.sleep(0.02)
    cli.check(came_back, f"withdrawals go on after {name} was killed")


def restricted(cli, venue, account):
    _, state = s.ask(venue, account, "GET", "/api/v3/account")
    cli.equal((state["canTrade"], state["canWithdraw"]), (False, True), "what W may do")
    _, state = s.ask(venue, account, "GET", "/sapi/v1/account/apiTradingStatus")
    cli.equal(state["data"]["isLocked"], True, "trading of W is locked")
    status, answer = s.place(venue, account, "29000")
    cli.equal((status, answer["code"], answer["msg"]),
              (400, -2010, "This action is disabled on this account."), "an order of W")
    cli.equal(withdraw(venue, account, "leave", "1")[0], 200, "a withdrawal of W")


def run(cli):
    folder = cli.path("venue")
    keys_file = cli.path("keys.json")
    venue = s.Venue(cli, folder, "--profile", "test", "--keys-file", keys_file)
    venue.ready()
    with open(keys_file, encoding="ascii") as file:
        accounts = json.load(file)["accounts"]
    account = accounts["A"]
    asked = Withdrawals()
    cli.check(asked.ask(venue, account), "a withdrawal")
    status, answer = withdraw(venue, account, "w0", "0.01")
    cli.equal((status, answer["code"]), (400, DUPLICATE), "the same id again")
    for name in ("edge", "engine", "back"):
        kill_while_asking(cli, venue, account, asked, name)
    compare(cli, venue, account, asked, "after the kills")
    restricted(cli, venue, accounts["W"])
    cli.equal(venue.stop(), 0, "exit code on SIGTERM")
    venue = s.Venue(cli, folder)
    venue.ready()
    compare(cli, venue, account, asked, "in the next life")
    cli.equal(venue.stop(), 0, "exit code on SIGTERM")
    cli.equal(cli.run("verify", folder)[0], 0, "cambist verify afterwards")


if __name__ == "__main__":
    p.main(run)
