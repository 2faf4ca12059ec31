#!/usr/bin/env -S python3 -B
"""Backup and restore: a venue is copied while it trades, and the copy lives with everything that had
been acknowledged; a journal is put back to points of every kind, and each time holds exactly the
commands, events and history that the original has up to there; what cannot be is said, and nothing
is left that looks like a result. usage: restore_test.py BINARY"""

import datetime
import decimal
import glob
import json
import os
import random
import shutil
import sqlite3
import stat
import threading

import program as p
import serve_test as s
import wallet_test as w

USAGE, MISSING, EXISTS, ROT = 2, 14, 15, 19
ORDERS = 600
BLOCK = 4096
SMALL = 8 << 20


def lines_of(cli, folder):
    """Commands and events of a folder, one JSON object a line."""
    code, output, error = cli.run("dump", folder)
    cli.equal((code, error), (0, ""), f"dump {folder}")
    return output.splitlines()


def rows_of(path):
    """Every row of every table."""
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        names = [name for name, in database.execute(
            "SELECT name FROM sqlite_schema WHERE type='table' ORDER BY name")]
        return {name: sorted(map(repr, database.execute(f"SELECT * FROM {name}"))) for name in names}
    finally:
        database.close()


def segment_of(folder):
    return sorted(glob.glob(os.path.join(folder, "journal", "*.journal")))[0]


def flow(cli, seed):
    """The arguments of a replay of orders that meet each other now and then."""
    rng = random.Random(seed)
    orders = [p.record(1, order % 2, order % 7, order, 500 + rng.randrange(-9, 10),
                       rng.randrange(1, 9)) for order in range(1, ORDERS + 1)]
    # What the replay should give is not known beforehand, so its verdict says nothing here.
    content = p.header(0, ORDERS, ORDERS, 0, 0, 0, 0) + b"".join(orders)
    return ["--orders", cli.write(f"orders-{seed}", content), "--batch", "16"]


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


def shrink(folder):
    """Makes the journal's one segment smaller, as docs/journal-format.md has it: so that a copy of it
    takes little time. The hashes do not cover a segment's size."""
    with open(segment_of(folder), "r+b") as file:
        header = bytearray(file.read(BLOCK))
        header[12:16] = bytes(4)
        header[40:48] = SMALL.to_bytes(8, "little")
        header[12:16] = crc32c(header).to_bytes(4, "little")
        file.seek(0)
        file.write(header)
        file.truncate(SMALL)


def restored(cli, source, name, *arguments):
    found = cli.json("restore", source, cli.path(name), *arguments, "--json")
    verified = cli.json("verify", cli.path(name), "--json")
    for key in ("seq", "state_hash", "time_us"):
        cli.equal(verified.get(key), found.get(key), f"{key} of {name}")
    cli.equal((verified.get("verdict"), verified.get("sealed"), verified.get("snapshots_equal")),
              ("ok", True, 1), f"{name} verified")
    return found


def check_points(cli, source, lines):
    """Every restore is a prefix of the original, however it is asked for."""
    last = json.loads(lines[-1])["seq"]
    ends = set()
    for number, asked in enumerate((1, 2, 70, 200, 333, 500, last - 1, last)):
        name = f"until-{number}"
        found = restored(cli, source, name, "--until", str(asked))
        seq = found["seq"]
        ends.add(seq)
        cli.check(seq <= asked, f"{seq} is not beyond {asked}")
        if asked == last:
            cli.equal((seq, found["cut"]), (last, False), "all of it")
        else:
            cli.equal((found["cut"], found["behind_seq"]), (True, seq + 1), f"what is behind {seq}")
            cli.check(seq + found["behind_count"] > asked, f"{asked} is in the batch behind {seq}")
        cli.equal(lines_of(cli, cli.path(name)),
                  [line for line in lines if json.loads(line)["seq"] <= seq], f"dump of {name}")
        cli.equal(found["history_seq"], seq, f"history of {name}")
        if found["time_us"] == 0 or number % 3 != 0:
            continue
        time = datetime.datetime.fromtimestamp(0, datetime.timezone.utc) + \
            datetime.timedelta(microseconds=found["time_us"])
        by_time = restored(cli, source, name + "-time", "--until",
                           time.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
        cli.check(by_time["seq"] >= seq, f"the time of {seq} takes it in")
    cli.check(len(ends) >= 5, f"cuts at {sorted(ends)}")
    whole = restored(cli, source, "whole")
    after = restored(cli, source, "after-the-end", "--until", "9000-01-01T00:00:00Z")
    cli.equal(after["state_hash"], whole["state_hash"], "a time behind the end is all there is")
    cli.equal(whole["state_hash"], cli.json("verify", source, "--json")["state_hash"], "all there is")


def check_history(cli):
    """The history that a restore makes is the one that a rebuild makes."""
    folder = cli.path("until-5")
    path = os.path.join(folder, "history", "history.db")
    before = rows_of(path)
    cli.check(len(before.get("trade", [])) > 0, "the history has trades")
    cli.run("history", "rebuild", "--data", folder, "--journal")
    cli.equal(rows_of(path), before, "the history made anew")


def check_goes_on(cli):
    """What was put back is a venue: it goes on in its own way."""
    folder = cli.path("until-3")
    before = cli.json("verify", folder, "--json")
    cli.run("replay", *flow(cli, 4), "--journal", folder)
    after = cli.json("verify", folder, "--json")
    cli.equal(after["verdict"], "ok", "a restored journal goes on")
    cli.check(after["seq"] > before["seq"], "and grows")


def check_refusals(cli, source, last):
    target = cli.path("refused")
    for arguments, code, text in [
            ([source, target, "--until", str(last + 1)], USAGE,
             f"{source}/journal: there is no command {last + 1}, the journal ends with {last}"),
            ([source, target, "--until", "yesterday"], USAGE,
             '--until: "yesterday" is neither a sequence number from 1 on nor a time such as '
             "2026-11-22T13:00:00Z"),
            ([source, target, "--until", "0"], USAGE,
             '--until: "0" is neither a sequence number from 1 on nor a time such as '
             "2026-11-22T13:00:00Z"),
            ([source, source], EXISTS, f"{source}: is there already; a new folder is wanted"),
            ([cli.path("nowhere"), target], MISSING, None),
    ]:
        found, _, error = cli.run("restore", *arguments)
        cli.equal(found, code, f"restore {arguments}: {error}")
        if text is not None:
            cli.equal(error, f"cambist restore: {text}\n", f"restore {arguments}")
        cli.check(not os.path.exists(target) and not os.path.exists(target + ".part"),
                  f"nothing is left of restore {arguments}")
    os.mkdir(target + ".part")
    cli.refuses(["restore", source, target], EXISTS,
                f"cambist restore: {target}.part: was left by a run that did not end; remove it "
                "first")
    cli.refuses(["backup", source, target + "/"], EXISTS,
                f"cambist backup: {target}.part: was left by a run that did not end; remove it "
                "first")
    os.rmdir(target + ".part")


def check_rot(cli, source):
    """Damage ends a backup; what lies before it can still be had."""
    folder = cli.path("rotten")
    shutil.copytree(source, folder)
    with open(segment_of(folder), "r+b") as file:
        file.seek(20 * BLOCK + 200)
        byte = file.read(1)
        file.seek(20 * BLOCK + 200)
        file.write(bytes([byte[0] ^ 1]))
    code, _, error = cli.run("backup", folder, cli.path("rot"))
    cli.equal(code, ROT, f"a backup of a damaged journal: {error}")
    cli.check("damaged at byte offset" in error, f"the place is named: {error}")
    code, _, error = cli.run("restore", folder, cli.path("rot"))
    cli.equal(code, ROT, f"a restore behind damage: {error}")
    cli.check(not os.path.exists(cli.path("rot")), "no half result")
    restored(cli, folder, "before-rot", "--until", "150")


def check_void(cli, source, last):
    """Between a command that is skipped and the record that says so there is no state."""
    folder = cli.path("voided")
    shutil.copytree(source, folder)
    for name in ("events", "snapshots"):
        shutil.rmtree(os.path.join(folder, name), ignore_errors=True)
    code, _, error = cli.run("repair", folder, "--void", str(last), "--reason", "7")
    cli.equal((code, error), (0, ""), "repair")
    target = cli.path("at-void")
    cli.refuses(["restore", folder, target, "--until", str(last)], USAGE,
                f"cambist restore: command {last} cannot be survived and is skipped by command "
                f"{last + 1}, which lies behind the point asked for: ask for one before the former "
                "or not before the latter")
    found = restored(cli, folder, "with-void")
    cli.equal((found["seq"], found["voided"]), (last + 1, 1), "skipped in the restored one too")


def check_packed(cli, source):
    folder = cli.path("backup-of-packed")
    cli.run("snapshot", source, "--pack")
    found = cli.json("backup", source, folder, "--json")
    cli.equal(cli.json("verify", folder, "--json")["verdict"], "ok", "a backup verified")
    cli.check(found["snapshot_seq"] > 0 and not found["live"], "with the snapshot")


def secret_mode(cli, folder, what):
    for name in ("keys.db", "keys.seal", "payouts.db"):
        mode = stat.S_IMODE(os.stat(os.path.join(folder, "gateway", name)).st_mode)
        cli.equal(mode, 0o600, f"mode of {name} {what}")


def trade_while(venue, account, stop, acknowledged):
    price = 20000
    for _ in range(60):  # the venue's own limits hold in its next life
        if stop.is_set():
            break
        status, answer = s.place(venue, account, str(price))
        price = 20000 + (price + 1) % 1000
        if status == 200:
            acknowledged.append(answer["orderId"])


def check_live(cli):
    """A backup of a venue at work has all that was acknowledged before it began, and lives."""
    folder, keys = cli.path("venue"), cli.path("keys.json")
    acknowledged = []
    stop = threading.Event()
    with s.Venue(cli, folder, "--profile", "test", "--keys-file", keys) as venue:
        venue.ready()
        with open(keys, encoding="utf-8") as file:
            accounts = json.load(file)["accounts"]
        a, b = accounts["A"], accounts["B"]
        cli.equal(w.withdraw(venue, b, "early", "0.01")[0], 200, "a withdrawal")
        early = cli.json("verify", folder, "--json")["seq"]
        trader = threading.Thread(target=trade_while, args=(venue, a, stop, acknowledged))
        trader.start()
        try:
            s.eventually(lambda: len(acknowledged) > 20)
            cli.equal(w.withdraw(venue, b, "late", "0.02")[0], 200, "a later withdrawal")
            before = set(acknowledged)
            found = cli.json("backup", folder, cli.path("copy"), "--json")
        finally:
            stop.set()
            trader.join()
        cli.equal((found["live"], found["keys"]), (True, True), "beside a running venue")
        cli.equal(venue.stop(), 0, "the venue did not mind")
    secret_mode(cli, cli.path("copy"), "in the backup")
    code, _, error = cli.run("restore", cli.path("copy"), cli.path("none"), "--until",
                             "2001-01-01T00:00:00Z")
    cli.equal((code, "nothing lies before that: the first batch has the commands 1 to" in error),
              (USAGE, True), f"before the first batch: {error}")
    cli.equal(cli.json("verify", cli.path("copy"), "--json")["verdict"], "ok", "the backup verified")
    whole = restored(cli, cli.path("copy"), "again")
    cli.equal((whole["seq"], whole["keys"], whole["payouts_forgotten"]), (found["seq"], True, 0),
              "the backup restored")
    secret_mode(cli, cli.path("again"), "restored")
    earlier = restored(cli, cli.path("copy"), "earlier", "--until", str(early))
    cli.equal(earlier["payouts_forgotten"], 1, "the later withdrawal is forgotten")
    for name, orders, withdrawals in (("again", before, {"early": "0.01", "late": "0.02"}),
                                      ("earlier", set(), {"early": "0.01"})):
        with s.Venue(cli, cli.path(name)) as venue:
            venue.ready()
            there = s.open_orders(venue, a)
            cli.check(there is not None and orders <= there, f"every order acknowledged is {name}")
            rows = w.history(venue, b)
            cli.equal({row: sum(decimal.Decimal(rows[row][part])
                                for part in ("amount", "transactionFee")) for row in rows},
                      {row: decimal.Decimal(amount) for row, amount in withdrawals.items()},
                      f"withdrawals {name}")
            cli.equal(w.withdraw(venue, b, "late" if name == "earlier" else "new", "0.02")[0], 200,
                      f"a withdrawal goes on {name}")
            cli.equal(s.place(venue, a, "19000")[0], 200, f"an order goes on {name}")
            cli.equal(venue.stop(), 0, f"stopped {name}")
        cli.equal(cli.json("verify", cli.path(name), "--json")["verdict"], "ok", f"{name} is sound")


def run(cli):
    source = cli.path("source")
    cli.run("replay", *flow(cli, 4), "--journal", source)
    shrink(source)
    lines = lines_of(cli, source)
    last = json.loads(lines[-1])["seq"]
    check_points(cli, source, lines)
    check_history(cli)
    check_goes_on(cli)
    check_refusals(cli, source, last)
    check_rot(cli, source)
    check_void(cli, source, last)
    check_packed(cli, source)
    check_live(cli)


if __name__ == "__main__":
    p.main(run)
