#!/usr/bin/env -S python3 -B
"""Yesterday's keys.db is put back at a real venue: what the vault does from then on is told to the public
log, each once, behind an event that says that another file was put back. usage: vault_restored_test.py BINARY"""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess

import program as p
import publog_test as l
import serve_test as s

SECONDS = 60


def look_up(cli, folder, case):
    outcome = subprocess.run([cli.binary, "vault", "lookup", "email", f"{case:064x}", "--data", folder],
                             input=b"nobody@example.invalid", capture_output=True, timeout=SECONDS, check=False)
    cli.equal(outcome.returncode, 0, f"a look-up: {outcome.stderr}")


def told(folder):
    """What the log was told, in its order: the kind, and the case of a look-up."""
    with contextlib.closing(sqlite3.connect(os.path.join(folder, "log", "events.db"), timeout=SECONDS)) as events:
        texts = [row[0] for row in events.execute("SELECT text FROM events ORDER BY number")]
    found = []
    for text in texts:
        words = bytes(text).decode().split(" ")
        found.append((words[0], int(words[1]), int(words[words.index("matter") + 1], 16)))
    return found


def wait(cli, folder, wanted):
    cli.check(s.eventually(lambda: len(told(folder)) >= len(wanted)), f"{len(wanted)} are told")
    cli.equal(told(folder), wanted, "what the log was told")


def test(cli):
    folder, keys, bodies = cli.path("venue"), cli.path("keys"), cli.path("bodies")
    os.mkdir(keys)
    os.mkdir(bodies)
    config = cli.write("cambist.yaml", f"vault:\n  on: true\npublog:\n  on: true\n  origin: {l.ORIGIN}\n")
    with s.Venue(cli, folder, "--new", "--config", config) as venue:
        venue.ready()
        look_up(cli, folder, 1)
        wait(cli, folder, [("lookup", 1, 1)])
        cli.equal(cli.run("vault", "backup", keys, bodies, "--data", folder)[0], 0, "the backup")
        cli.equal(os.listdir(keys), ["keys.db"], "one file")
        for case in (2, 3, 4):
            look_up(cli, folder, case)
        before = [("lookup", number, number) for number in (1, 2, 3, 4)]
        wait(cli, folder, before)
        cli.equal(venue.stop(), 0, "an orderly end")
    place = os.path.join(folder, "vault", "keys")
    for name in os.listdir(place):
        os.remove(os.path.join(place, name))
    shutil.copy(os.path.join(keys, "keys.db"), place)
    after = before + [("restored", 5, 0)] + [("lookup", case + 1, case) for case in (5, 6)]
    with s.Venue(cli, folder, "--config", config) as venue:
        venue.ready()
        look_up(cli, folder, 5)
        old = venue.pid("keep")
        os.kill(old, signal.SIGKILL)
        cli.check(s.eventually(lambda: venue.pid("keep") not in (0, old)), "keep is back")
        cli.check(s.eventually(lambda: cli.run("vault", "status", "--data", folder)[0] == 0), "it answers")
        look_up(cli, folder, 6)
        wait(cli, folder, after)
        code, output, error = cli.run("vault", "events", "--data", folder)
        cli.check(code == 0 and "restored" in output, f"the vault's own: {code}, {output}, {error}")
        cli.equal(venue.stop(), 0, "an orderly end")
    with open(cli.path("serve.log"), encoding="utf-8") as file:
        cli.equal(file.read().count('"event":"vault.restored"'), 1, "it is told once")


if __name__ == "__main__":
    p.main(test)
