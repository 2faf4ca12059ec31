#!/usr/bin/env -S python3 -B
"""cambist admin as an operator has it: orders to a running venue over its local socket, what they
change, what is refused, and that bytes which are no request change nothing.
usage: admin_test.py BINARY"""

import json
import os
import socket
import stat
import struct

import officers as o
import program as p
import serve_test as s
import streams_test as st
import trading_test as t

REFUSED, INPUT, USAGE, MISSING = 27, 4, 2, 14
ADMIN_SOURCE = 2


def admin(cli, folder, *arguments, code=0):
    return cli.json("admin", "--data", folder, "--json", "--actor", "41", "--reason", "7",
                    *arguments, code=code) if code == 0 else cli.run(
                        "admin", "--data", folder, *arguments)


def refused(cli, folder, code, text, *arguments):
    found, _, error = cli.run("admin", "--data", folder, *arguments)
    cli.equal(found, code, f"exit code of admin {' '.join(arguments)} ({error.strip()})")
    cli.check(text in error, f"admin {' '.join(arguments)} says why: {error.strip()!r}")


def listens(cli, venue, account):
    """A WebSocket with a subscription of user data made with the account's key."""
    listener = st.WebSocket(venue.host, "/ws-api/v3", False)
    pairs, _, signature = t.signed(account, {"apiKey": account["apiKey"]}, ordered=True)
    listener.send(st.TEXT, json.dumps({
        "id": 1, "method": "userDataStream.subscribe.signature",
        "params": {**pairs, "signature": signature}}).encode())
    cli.check(s.eventually(lambda: listener.listen(0.05) or listener.answers), "a subscription")
    cli.equal(listener.answers.pop(1)["status"], 200, "status of the subscription")
    return listener


def hears_the_end(cli, listener):
    cli.check(s.eventually(lambda: listener.listen(0.05) or listener.events), "an event")
    event = listener.events.pop(0)
    cli.equal((event["subscriptionId"], event["event"]["e"]), (0, "eventStreamTerminated"),
              "what a subscription hears when its key is revoked")


def accounts_and_keys(cli, venue, officers):
    folder = venue.folder
    number = admin(cli, folder, "account", "create")["account"]
    cli.check(str(number) in cli.run("admin", "--data", folder, "account", "list")[1],
              "the new account is listed")
    cli.check("entry" in admin(cli, folder, "deposit", "credit", str(number), "USDT", "1000.5"),
              "a deposit tells its entry")
    key = admin(cli, folder, "key", "create", str(number), "--rights", "read,trade", "--ip",
                "127.0.0.0/8,::1", "--label", "first")
    account = {"apiKey": key["api_key"], "secret": key["secret"]}
    status, answer = s.ask(venue, account, "GET", "/api/v3/account")
    cli.equal(status, 200, f"the new key reads ({answer})")
    balances = {row["asset"]: row["free"] for row in answer["balances"]}
    cli.equal(balances.get("USDT"), "1000.50000000", "the deposit is there")
    elsewhere = admin(cli, folder, "key", "create", str(number), "--ip", "10.1.2.3")
    status, answer = s.ask(venue, {"apiKey": elsewhere["api_key"], "secret": elsewhere["secret"]},
                           "GET", "/api/v3/account")
    cli.equal((status, answer["code"]), (401, -2015), "a key for another address")
    cli.equal(s.place(venue, account, "100")[0], 400, "an order far below the market")
    admin(cli, folder, "account", "restrict", str(number), "withdraw-only")
    status, answer = s.ask(venue, account, "GET", "/api/v3/account")
    cli.equal((answer["canTrade"], answer["canWithdraw"], answer["canDeposit"]),
              (False, True, False), "what withdraw-only leaves")
    refused(cli, folder, REFUSED, "signatures of 2 officers", "account", "restrict", str(number),
            "none")
    officers.give("account", "restrict", str(number), "none")
    listener = listens(cli, venue, account)
    admin(cli, folder, "key", "revoke", str(number), key["api_key"])
    hears_the_end(cli, listener)
    admin(cli, folder, "deposit", "credit", str(number), "USDT", "1")
    listener.listen(0.2)
    cli.equal(listener.events, [], "events for a revoked key")
    status, answer = s.ask(venue, account, "GET", "/api/v3/account")
    cli.equal((status, answer["code"]), (401, -2015), "a revoked key")
    admin(cli, folder, "account", "set", str(number), "--tier", "3")
    admin(cli, folder, "account", "set", str(number), "--group", "5")
    line = cli.run("admin", "--data", folder, "account", "list")[1].splitlines()[-1].split()
    cli.equal(line, [str(number), "none", "tier", "3"], "the tier stays when the group is set")
    for networks in ("10.1.2.3/8", "10.1.2.3,", "none"):
        refused(cli, folder, INPUT, "networks in digits", "key", "create", str(number), "--ip",
                networks)
    refused(cli, folder, INPUT, "no such account", "account", "restrict", "9999", "none")
    refused(cli, folder, INPUT, "more than 8 decimals", "deposit", "credit", str(number), "USDT",
            "1.123456789")
    refused(cli, folder, INPUT, "no such asset", "deposit", "credit", str(number), "XYZ", "1")
    refused(cli, folder, REFUSED, "UNKNOWN_HOLD", "withdraw", "settle", "12345")
    refused(cli, folder, USAGE, "no such order", "account", "burn")
    refused(cli, folder, USAGE, "deposit credit ACCOUNT ASSET AMOUNT", "deposit", "credit", "1")


def markets(cli, venue, account):
    folder = venue.folder
    admin(cli, folder, "market", "state", "BTCUSDT", "halt")
    status, answer = s.place(venue, account, "29000")
    cli.equal((status, answer["msg"]), (400, "Market is closed."), "an order while halted")
    admin(cli, folder, "market", "state", "BTCUSDT", "trading")
    admin(cli, folder, "market", "set", "BTCUSDT", "notional-min", "1000")
    status, answer = s.place(venue, account, "29000")
    cli.equal((status, answer["msg"]), (400, "Filter failure: NOTIONAL"), "a smaller order")
    admin(cli, folder, "market", "set", "BTCUSDT", "notional-min", "5")
    cli.equal(s.place(venue, account, "29000")[0], 200, "the same order again")
    admin(cli, folder, "market", "fee", "BTCUSDT", "0.0002", "0.0004")
    status, answer = s.ask(venue, account, "GET", "/api/v3/account/commission", symbol="BTCUSDT")
    cli.equal(answer["standardCommission"]["maker"], "0.00020000", "the new fee")
    admin(cli, folder, "market", "cancel", "BTCUSDT", str(account["id"]))
    cli.equal(s.open_orders(venue, account), set(), "open orders after market cancel")
    refused(cli, folder, INPUT, "no such market", "market", "state", "NOUSDT", "halt")


def journalled(cli, venue):
    """Every order lies behind a note of who gave it and why, and there is no note without one."""
    code, output, _ = cli.run("dump", "--commands", venue.folder)
    cli.equal(code, 0, "exit code of dump")
    commands = [json.loads(line)["command"] for line in output.splitlines()]
    own = [command for command in commands if command.get("source") == ADMIN_SOURCE]
    is_note = [command["command"] == "note" for command in own]
    begin = is_note.index(True)  # before it the profile made the venue
    cli.equal(is_note[begin:], [True, False] * ((len(own) - begin) // 2), "note, order, note, ...")
    cli.check(len(own) - begin > 20, f"orders in the journal ({len(own) - begin})")
    found = {(note["actor"], note["reason"]) for note in own[begin::2]}
    cli.equal(found, {(41, 7), (os.geteuid(), 0), (11, 0)}, "who gave orders, and why")


def hostile(cli, path):
    cli.equal(stat.S_IMODE(os.stat(path).st_mode), 0o600, "mode of the admin socket")
    head = struct.pack("<IIB3xIII8x", 0x4d444143, 64, 1, 1, 1, 0)
    for what, data in (("no magic", b"\0" * 64), ("too long", struct.pack(
            "<IIB3xIII8x", 0x4d444143, 1 << 20, 1, 1, 1, 0)), ("an unknown kind", struct.pack(
                "<IIB3xIII8x", 0x4d444143, 32, 9, 1, 1, 0)), ("more than one", head + b"\0" * 33)):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(s.PATIENCE)
            connection.connect(path)
            connection.sendall(data)
            cli.equal(connection.recv(100), b"", f"the answer to {what}")
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(s.PATIENCE)
        connection.connect(path)
        connection.sendall(head + b"\xff" * 32)
        cli.equal(connection.recv(100)[8], 1, "a command that is none is malformed")
        genesis = struct.pack("<HBBIQ", 1, 3, 0, 0, 0) + b"\0" * 80
        connection.sendall(struct.pack("<IIB3xIII8x", 0x4d444143, 128, 1, 1, 1, 0) + genesis)
        cli.check(connection.recv(100)[8] in (1, 2), "a genesis over the socket")


def restarts(cli, venue):
    """The agent goes on after its process, and after the engine, have died."""
    for name in ("back", "engine"):
        before = venue.pid(name)
        os.kill(before, 9)
        cli.check(s.eventually(lambda: venue.pid(name) not in (0, before)), f"{name} is back")
        done = s.eventually(lambda: cli.run("admin", "--data", venue.folder, "account",
                                            "create")[0] == 0)
        cli.check(done, f"an account is created after {name} was killed")


def test(cli):
    folder = cli.path("venue")
    keys_file = cli.path("keys.json")
    refused(cli, folder, MISSING, "", "venue", "status")
    with s.Venue(cli, folder, "--profile", "test", "--keys-file", keys_file) as venue:
        venue.ready()
        with open(keys_file, encoding="ascii") as file:
            keys = json.load(file)
        cli.equal(admin(cli, folder, "venue", "status")["engine"], "running", "status")
        accounts_and_keys(cli, venue, o.Officers(cli, folder, keys))
        markets(cli, venue, keys["accounts"]["A"])
        hostile(cli, keys["admin"])
        restarts(cli, venue)
        cli.equal(venue.stop(), 0, "exit code on SIGTERM")
    journalled(cli, venue)


if __name__ == "__main__":
    p.main(test)
