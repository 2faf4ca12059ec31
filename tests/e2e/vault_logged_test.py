#!/usr/bin/env -S python3 -B
"""What the vault holds stands in the public log, and a row that is deleted, changed or exchanged behind
the vault's back shows against it: whoever has keys.db in their hands tries. usage: vault_logged_test.py
BINARY"""

import contextlib
import os
import re
import shutil
import sqlite3
import time

import program as p
import publog_test as l
import serve_test as s
import vault_restored_test as r
import vault_test as v

ROT, DIVERGED = 19, 22
DAY_S, NEAR_S = 86400, 120
DISAGREE = "the vault's files do not agree"
ATTACKS = (
    ("exchanged", "UPDATE wraps SET wrap=(SELECT wrap FROM wraps WHERE subject=8) WHERE subject=7", "",
     DIVERGED, "the root is another"),
    ("another last hash", "UPDATE wraps SET hash=zeroblob(32) WHERE subject=7", "", ROT, DISAGREE),
    ("deleted", "DELETE FROM wraps WHERE subject=7", "DELETE FROM bodies WHERE subject=7", ROT, DISAGREE),
    ("deleted, and counted as erased",
     "DELETE FROM wraps WHERE subject=7; UPDATE totals SET erased=erased+1",
     "DELETE FROM bodies WHERE subject=7", DIVERGED, "another number of erasures"),
    ("deleted, and never put", "DELETE FROM wraps WHERE subject=7; UPDATE totals SET put=put-1",
     "DELETE FROM bodies WHERE subject=7", DIVERGED, "an older file was put back"),
)


def change(folder, below, text):
    with contextlib.closing(sqlite3.connect(os.path.join(folder, "vault", below, below + ".db"))) as file:
        file.executescript(text)


def yesterday(folder):
    """The last line was of the day before."""
    with contextlib.closing(sqlite3.connect(os.path.join(folder, "log", "events.db"))) as file:
        file.executescript(f"UPDATE sources SET position=position-{DAY_S * 1000000} WHERE source=6")


def holds(log):
    return [line for line in log.entries() if line.startswith("vault ")]


def test(cli):
    folder, kept = cli.path("venue"), cli.path("kept")
    records = [v.record(subject, v.ADDRESS, 1, os.urandom(144), b"sealed") for subject in (7, 8, 9)]
    if DAY_S - time.time() % DAY_S < NEAR_S:
        time.sleep(NEAR_S)  # another day has another line
    alone = cli.write("alone.yaml", "vault:\n  on: true\n")
    both = cli.write("both.yaml", f"vault:\n  on: true\npublog:\n  on: true\n  origin: {l.ORIGIN}\n")
    policy = os.path.join(folder, "log", "policy.txt")
    public = os.path.join(folder, "log", "public")
    vault = v.Vault(cli, folder)
    with s.Venue(cli, folder, "--new", "--config", alone) as venue:
        venue.ready()
        vault.put(*records)
        cli.equal(venue.stop(), 0, "an orderly end")
    against = ("verify", "--log", public, "--policy", policy)
    with s.Venue(cli, folder, "--config", both) as venue:
        venue.ready()
        log = l.Log(cli, venue, policy)
        cli.check(s.eventually(lambda: len(holds(log)) == 1), "it is logged")
        root = re.search(r"root +([0-9a-f]{64})", vault.good("verify")).group(1)
        cli.check(holds(log)[0].startswith(f"vault records 3 put 3 erased 0 root {root} at "), holds(log)[0])
        cli.check("with the same root" in vault.good(*against), "it is as logged")
        code, output, error = cli.run("log", "check", "--policy", policy, "--slots", log.url)
        cli.check(code == 0 and "3 records, 0 ever erased" in output, f"outsiders see it: {code}, {output}, {error}")
        vault.bad(2, "wants --policy", "verify", "--log", public)
        cli.equal(venue.stop(), 0, "an orderly end")
    shutil.copytree(os.path.join(folder, "vault"), kept)
    for name, keys, bodies, wanted, why in ATTACKS:
        shutil.rmtree(os.path.join(folder, "vault"))
        shutil.copytree(kept, os.path.join(folder, "vault"))
        change(folder, "keys", keys)
        change(folder, "bodies", bodies)
        with s.Venue(cli, folder, "--config", both) as venue:
            venue.ready()
            code, _, error = vault.run(*against)
            cli.check(code == wanted and why in error, f"{name}: {code}, {error}")
            cli.equal(venue.stop(), 0, "an orderly end")
    shutil.rmtree(os.path.join(folder, "vault"))
    shutil.copytree(kept, os.path.join(folder, "vault"))
    with s.Venue(cli, folder, "--config", both) as venue:
        venue.ready()
        cli.check("with the same root" in vault.good(*against), "it is put right")
        vault.good("retain", "7", "all", "2020-01-01")
        cli.check(s.eventually(lambda: vault.number("records") == 2), "one is erased as it ought to be")
        cli.check("was put, erased or wrapped since" in vault.good(*against), "which shows as that")
        cli.check(s.eventually(lambda: [event[0] for event in r.told(folder)] == ["shredded"]), "and is an event")
        cli.equal(venue.stop(), 0, "an orderly end")
    yesterday(folder)
    with s.Venue(cli, folder, "--config", both) as venue:
        venue.ready()
        log = l.Log(cli, venue, policy)
        cli.check(s.eventually(lambda: len(holds(log)) == 2), "the next day's line")
        cli.check(holds(log)[1].startswith("vault records 2 put 3 erased 1 root "), holds(log)[1])
        json = cli.json("log", "check", "--policy", policy, log.url, "--json")
        cli.equal([json[name] for name in ("erased", "vault_lines", "vault_odd", "vault_back")], [1, 2, 0, 0],
                  "the public count of erasures")
        cli.check("with the same root" in vault.good(*against), "it is as logged")
        cli.equal(venue.stop(), 0, "an orderly end")


if __name__ == "__main__":
    p.main(test)
