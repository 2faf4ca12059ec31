#!/usr/bin/env -S python3 -B
"""A sign-up gets an account and a person of its own, restricted as the configuration says, also when the
door, the agent of logins or the engine is killed on the way; a new password by mail holds what leaves the
account for two days. Persons and addresses are invented. usage: logins_test.py BINARY"""

import json
import os
import signal

import admin_test as a
import door_http_test as d
import program as p
import serve_test as s
import wallet_test as w

CONFIG = "gateway:\n  proxies: 127.0.0.1\ndoor:\n  on: true\n"
DISABLED = (400, -2010)


def logins(cli, folder):
    """login: (account, person); nothing while a process that is asked is away"""
    code, text, _ = cli.run("admin", "--data", folder, "--json", "account", "list")
    rows = json.loads(text.splitlines()[-1])["logins"] if code == 0 else []
    found = {row["login"]: (row["account"], row["person"]) for row in rows}
    cli.equal(len(found), len(rows), "one account for each login")
    return found


def gets_an_account(cli, folder, known=()):
    """Of the one login that is not known yet; its number is above all that ever were."""
    def found():
        new = {login: row for login, row in logins(cli, folder).items() if login not in known}
        return new if len(new) == 1 else None

    (login, row), = s.eventually(found).items()
    cli.check(all(login > other for other in known), f"a number of its own: {login}")
    return login, row


def key_of(cli, folder, account):
    key = a.admin(cli, folder, "key", "create", str(account), "--rights", "read,trade,withdraw")
    return {"apiKey": key["api_key"], "secret": key["secret"]}


def may(venue, key):
    _, state = s.ask(venue, key, "GET", "/api/v3/account")
    return state["canTrade"], state["canWithdraw"], state["canDeposit"]


def nothing_until_somebody_looked(cli):
    """The default: an account in name only."""
    folder = cli.path("shut")
    with s.Venue(cli, folder, "--profile", "test", "--keys-file", cli.path("shut.json"), "--config",
                 cli.write("shut.yaml", CONFIG)) as venue:
        venue.ready()
        cli.equal(logins(cli, folder), {}, "nobody has signed up")
        d.signed_up(cli, venue, d.Mails(folder), d.ADA)
        _, (account, person) = gets_an_account(cli, folder)
        cli.check(account > 0 and person > 0, f"an account and a person: {account}, {person}")
        key = key_of(cli, folder, account)
        cli.equal(may(venue, key), (False, False, False), "what a new account may do")
        status, answer = s.place(venue, key, "29000")
        cli.equal((status, answer["code"]), DISABLED, "an order")
        cli.equal(venue.stop(), 0, "an orderly end")


def killed_on_the_way(cli, venue, mails):
    """Each of the three dies as soon as the code was right."""
    folder = venue.folder
    known = set(logins(cli, folder))
    for name in ("back", "door", "engine"):
        before = venue.pid(name)
        d.signed_up(cli, venue, mails, f"{name}.invented@example.org")
        os.kill(before, signal.SIGKILL)
        cli.check(s.eventually(lambda: venue.pid(name) not in (0, before)), f"{name} is back")
        known.add(gets_an_account(cli, folder, known)[0])
    found = logins(cli, folder)
    cli.equal(set(found), known, "logins")
    cli.equal(len(set(found.values())), 4, f"each has one of its own: {found}")
    _, text, _ = cli.run("door", "status", "--data", folder)
    cli.check(s.eventually(lambda: " effects                  0\n" in
                           cli.run("door", "status", "--data", folder)[1]), text)


def a_reset_holds_what_leaves(cli, venue, mails, key):
    cli.equal(w.withdraw(venue, key, "before", "0.1")[0], 200, "a withdrawal")
    thief = d.Page(cli, venue)
    ticket = thief.good("reset", address=d.ADA, language="en")["ticket"]
    thief.good("reset/set", ticket=ticket, address=d.ADA, password=d.OTHER, code=mails.code())
    cli.check(s.eventually(lambda: may(venue, key) == (True, False, True)), f"held: {may(venue, key)}")
    _, told = s.ask(venue, key, "GET", "/page/v1/standing")
    cli.equal([row["kind"] for row in told["reasons"]], ["paused"], "why, and no check of anybody")
    cli.equal([row["kind"] for row in told["inbox"]], ["paused"], "a dated line in the inbox")
    cli.check(dict(told["inbox"][0]["fr"])["until"].endswith(" UTC."), f"and until when: {told['inbox']}")
    status, answer = w.withdraw(venue, key, "after", "0.1")
    cli.equal((status, answer["code"], answer["msg"]),
              (*DISABLED, "This action is disabled on this account."), "a withdrawal behind a reset")
    hold = [row for row in w.history(venue, key).values()]
    cli.equal([row["withdrawOrderId"] for row in hold], ["before"], "what was asked for before")
    cli.equal(s.place(venue, key, "29000")[0], 200, "an order")


def test(cli):
    nothing_until_somebody_looked(cli)
    folder = cli.path("open")
    with s.Venue(cli, folder, "--profile", "test", "--keys-file", cli.path("open.json"), "--config",
                 cli.write("open.yaml", CONFIG + "  new_accounts: none\n")) as venue:
        venue.ready()
        mails = d.Mails(folder)
        d.signed_up(cli, venue, mails, d.ADA)
        _, (account, _) = gets_an_account(cli, folder)
        key = key_of(cli, folder, account)
        cli.equal(may(venue, key), (True, True, True), "as the configuration says")
        a.admin(cli, folder, "deposit", "credit", str(account), "BTC", "5")
        a.admin(cli, folder, "deposit", "credit", str(account), "USDT", "100000")
        killed_on_the_way(cli, venue, mails)
        a_reset_holds_what_leaves(cli, venue, mails, key)
        cli.equal(venue.stop(), 0, "an orderly end")
    with open(cli.path("serve.log"), encoding="utf-8") as file:
        events = {json.loads(line)["event"] for line in file if line.startswith("{")}
    cli.check("logins.refused" not in events and "logins.full" not in events, "no alarm")
    wrong = cli.write("wrong.yaml", CONFIG + "  new_accounts: walk=refuse\n")
    with s.Venue(cli, folder, "--config", wrong) as venue:
        cli.equal(venue.process.wait(s.PATIENCE), 3, "no such operation")


if __name__ == "__main__":
    p.main(test)
