#!/usr/bin/env -S python3 -B
"""`cambist history rebuild`: from the event log, from the journal where that is cut, with the same
rows in every table; and what it says of folders that are missing or in use.
usage: history_test.py BINARY"""

import fcntl
import os
import re
import shutil
import sqlite3
import sys

import program as p

USAGE, MISSING, LOCKED, FOREIGN = 2, 14, 16, 17
FLOW = ["--generate", "hot", "--depth", "500", "--count", "15000", "--seed", "3"]


def tables(folder):
    """Every table's rows, in order."""
    connection = sqlite3.connect(f"file:{folder}/history/history.db?mode=ro", uri=True)
    names = [row[0] for row in connection.execute(
        "SELECT name FROM sqlite_schema WHERE type='table' ORDER BY name")]
    rows = {name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
            for name in names}
    connection.close()
    return rows


def differences(first, second):
    return [name for name in sorted(set(first) | set(second))
            if first.get(name) != second.get(name)]


def rebuild(cli, folder, *options):
    return cli.json("history", "rebuild", "--data", folder, "--json", *options)


def check_rows(cli, folder, replayed):
    """The rows add up to what the replay says of itself."""
    found = tables(folder)
    cli.equal(len(found["trade"]), replayed["trades"], "trades")
    cli.equal(len(found["fill"]), 2 * replayed["trades"], "fills")
    cli.equal(sum(1 for row in found["orders"] if row[20] in (0, 2)), replayed["resting"],
              "open orders")
    cli.check(len(found) >= 14, f"{len(found)} tables")
    return found


def check_sources(cli, folder, replayed):
    made = rebuild(cli, folder)
    cli.equal(made.get("source"), "events", "made from the event log")
    first = check_rows(cli, folder, replayed)
    verified = cli.json("verify", folder, "--json")
    cli.equal((made.get("seq"), made.get("event_bytes")),
              (verified["seq"], verified["event_bytes"]), "whole")

    made_again = rebuild(cli, folder, "--journal")
    cli.equal(made_again.get("source"), "journal", "made from the journal")
    cli.equal(differences(tables(folder), first), [], "tables from the journal that differ")
    for name in ("seq", "position", "event_bytes"):
        cli.equal(made_again.get(name), made.get(name), f"{name} from the journal")
    return first


def check_lines(cli, folder):
    """One account's trades and movements as text: every row once, also beyond one page, on its days."""
    with sqlite3.connect(f"file:{folder}/history/history.db?mode=ro", uri=True) as database:
        account, count = database.execute(
            "SELECT account, count(*) FROM fill GROUP BY account ORDER BY count(*) DESC LIMIT 1").fetchone()
        moved = database.execute("SELECT count(*) FROM line WHERE account = ?", (account,)).fetchone()[0]
        ids = sorted(row[0] for row in database.execute("SELECT trade_id FROM fill WHERE account = ?", (account,)))
    cli.check(count > 200 and moved > 0, f"more than two pages: {count} and {moved}")
    lines = [cli.run("history", "lines", str(account), kind, "1970-01-01", "2100-12-31", "--data", folder)[1].splitlines()
             for kind in ("trades", "transfers")]
    cli.equal(sorted(int(line.split()[2]) for line in lines[0]), ids, "each trade once")
    cli.equal(len(lines[1]), moved, "each movement once")
    form = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (trade \d+ \S+ (buys|sells) [0-9.]+ at [0-9.]+ for [0-9.]+ \S+, "
                      r"fee [0-9.]+ \S+, order \d+, (maker|taker)|[a-z, ]+ [+-][0-9.]+ \S+, reference \d+.*)")
    cli.equal([line for line in lines[0] + lines[1] if not form.fullmatch(line)], [], "lines of another form")
    cli.equal(cli.run("history", "lines", str(account), "trades", "2100-12-31", "2100-12-31", "--data", folder)[:2],
              (0, ""), "a day without trades")
    cli.refuses(["history", "lines", "7", "names", "2026-01-01", "2026-01-02", "--data", folder], USAGE,
                "cambist history: \"names\" is neither trades nor transfers")
    cli.refuses(["history", "lines", "7", "trades", "2026-01-03", "2026-01-02", "--data", folder], USAGE,
                "cambist history: 2026-01-03 is behind 2026-01-02")
    cli.equal(cli.run("history", "lines", "4000000", "trades", "2026-01-01", "2026-01-02", "--data", folder)[0], MISSING,
              "nobody's account")


def check_fallback(cli, folder, first):
    """Segments of the event log are gone, then all of it: the journal steps in."""
    events = os.path.join(folder, "events")
    segments = sorted((name for name in os.listdir(events) if name.endswith(".events")),
                      key=lambda name: int(name.split(".")[0], 10))
    os.unlink(os.path.join(events, segments[0]))
    cli.equal(rebuild(cli, folder).get("source"), "journal", "without the first segment")
    cli.equal(differences(tables(folder), first), [], "tables that differ")
    shutil.rmtree(events)
    os.unlink(os.path.join(folder, "history", "history.db"))
    cli.equal(rebuild(cli, folder).get("source"), "journal", "without an event log")
    cli.equal(differences(tables(folder), first), [], "tables that differ")
    cli.check(not os.path.exists(os.path.join(folder, "history", "rebuild.db")), "nothing is left")


def check_refusals(cli, folder):
    nowhere = cli.path("nowhere")
    code, _, error = cli.run("history", "rebuild", "--data", nowhere)
    cli.equal(code, MISSING, "a missing folder")
    cli.check(nowhere in error, f"it is named: {error}")
    cli.refuses(["history", "rebuild"], USAGE, "cambist history: --data DIR is missing")
    cli.refuses(["history", "destroy", "--data", folder], USAGE,
                "cambist history: \"destroy\" is not rebuild, alone, or lines")
    before = tables(folder)
    with open(os.path.join(folder, "history", "LOCK"), "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        code, _, _ = cli.run("history", "rebuild", "--data", folder)
        cli.equal(code, LOCKED, "a history at work")
    cli.equal(differences(tables(folder), before), [], "the old one stays")


def check_damage(cli, folder):
    """A damaged journal gives no database, and the old one stays."""
    before = tables(folder)
    journal = os.path.join(folder, "journal")
    segment = sorted(name for name in os.listdir(journal) if name != "LOCK")[0]
    path = os.path.join(journal, segment)
    with open(path, "r+b") as file:
        file.seek(20000)
        byte = file.read(1)
        file.seek(20000)
        file.write(bytes([byte[0] ^ 4]))
    code, _, error = cli.run("history", "rebuild", "--data", folder)
    cli.check(code not in (0, MISSING), f"damage is told: {code} {error}")
    cli.check(segment in error, f"where it is: {error}")
    cli.equal(differences(tables(folder), before), [], "the old one stays")


def main():
    cli = p.Program(sys.argv[1])
    folder = cli.path("venue")
    replayed = cli.json("replay", *FLOW, "--journal", folder, "--json")
    first = check_sources(cli, folder, replayed)
    check_lines(cli, folder)
    check_fallback(cli, folder, first)
    check_refusals(cli, folder)
    check_damage(cli, folder)
    return cli.finish()


if __name__ == "__main__":
    sys.exit(main())
