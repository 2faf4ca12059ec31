#!/usr/bin/env -S python3 -B
"""Drills at a real venue: officers of both groups hold ceremonies, the venue rings as long as nobody
has shown a share, all show theirs and it ends, and it rings again when that was too long ago. What is
wrong, foreign or was put before counts nothing, and wrong files keep the vault from starting.
usage: drill_test.py BINARY

Nobody here exists."""

import json
import os
import re
import sqlite3

import ceremony_test as c
import program as p
import publog_test as l
import serve_test as s
import vault_restored_test as r
import vault_test as v

MISSING, REFUSED, INPUT = 14, 27, 4
DAY_US = 86400 * 1000000
ALL = {"A": ["anna", "bela", "carl"], "B": ["dora", "emil", "fay"]}


class Drill:
    def __init__(self, cli, officers, transcripts, vault):
        self.cli = cli
        self.officers = officers
        self.transcripts = transcripts
        self.vault = vault
        self.nonce = None

    def begin(self):
        text = self.vault.good("drill", "begin")
        self.cli.check(re.fullmatch("[0-9a-f]{64}\n", text), f"a nonce: {text!r}")
        self.nonce = text.strip()

    def answer(self, name, nonce=None):
        transcript = self.transcripts[0 if name in ALL["A"] else 1]
        return self.officers.step(name + ".drill", "prove", *self.officers.own(name), "--nonce",
                                  nonce or self.nonce, transcript)

    def put(self, *names):
        return self.vault.good("drill", "put", *[self.answer(name) for name in names])


def write(place, name, data):
    with open(os.path.join(place, name), "wb") as file:
        file.write(data)


def pin(folder, transcripts, check):
    """The operator's files, before the first start."""
    place = os.path.join(folder, "vault")
    os.makedirs(place, mode=0o700, exist_ok=True)
    key = re.search(r"key of the vault +([0-9a-f]{64})", check).group(1)
    write(place, "groups", f"1 {key}\n".encode())
    write(place, "group-a", c.read(transcripts[0]))
    write(place, "group-b", c.read(transcripts[1]))
    write(place, "spares", b"carl\nfay\n")


def told(cli, name):
    with open(cli.path("serve.log"), encoding="utf-8") as file:
        return [line for line in file if name in line]


def short(cli):
    """How many groups the metric rings for; None while the venue has no metrics yet."""
    with open(cli.path("keys.json"), encoding="ascii") as file:
        keys = json.load(file)
    return s.value_of(s.monitor(keys, "/metrics")[1], "cambist_vault_shares_short")


def rings_until_all_answer(cli, drill):
    text = drill.vault.good("status")
    cli.equal((text.count("never shown"), text.count("ALARM")), (6, 4), "nobody has shown a share")
    cli.equal(len(told(cli, '"vault.shares"')), 2, "a line for each group")
    cli.check(s.eventually(lambda: short(cli) == 2), "the metric rings for both")
    drill.begin()
    text = drill.put("anna", "bela")
    cli.check("group A: 2 of 3 shares live; it takes 2" in text, f"put: {text}")
    cli.check("group A: no share more may be lost" in drill.vault.good("status"), "at the threshold")
    text = drill.put("carl", "dora", "emil", "fay")
    cli.equal(text.count("3 of 3 shares live"), 2, "both groups")
    text = drill.vault.good("status")
    cli.equal((text.count("due by"), text.count("ALARM")), (6, 0), "all are there")
    cli.check(re.search(r"carl \(spare\) +shown 20", text), "the spare")
    cli.equal(len(told(cli, '"vault.shares_over"')), 2, "it ends")
    cli.check(s.eventually(lambda: short(cli) == 0), "the metric ends")
    cli.equal(drill.vault.good("events").count(" drill field "), 6, "events")


def is_logged(cli, folder):
    """Each drill that counted is an event of the public log, and none other is."""
    cli.check(s.eventually(lambda: len(r.told(folder)) >= 6), "the log is told of all")
    cli.equal([(kind, number) for kind, number, _ in r.told(folder)],
              [("drill", number) for number in range(1, 7)], "what the log was told")


def counts_nothing(cli, drill):
    cli.check("shown already" in drill.put("anna"), "once for a drill")
    foreign = drill.answer("bela", "5a" * 32)
    drill.vault.bad(MISSING, f"{foreign}: no such drill was begun here in the last 14 days", "drill",
                    "put", foreign)
    stamp = c.hashlib.sha256(c.read(cli.path("A.gathered"))).hexdigest()
    drill.vault.bad(MISSING, "no such drill", "drill", "put", drill.answer("bela", stamp))
    drill.begin()
    words = c.read(drill.answer("bela")).split()
    words[4] = b"3"
    wrong = cli.write("wrong.drill", b" ".join(words) + b"\n")
    drill.vault.bad(REFUSED, f"{wrong}: drill of carl (group A): not by this officer's share", "drill",
                    "put", wrong)
    words[4], words[2] = b"2", b"2"
    wrong = cli.write("wrong.drill", b" ".join(words) + b"\n")
    drill.vault.bad(REFUSED, "of no member of group A in epoch 1 and generation 0", "drill", "put",
                    wrong)
    drill.vault.bad(INPUT, "not one line", "drill", "put", cli.write("none.drill", b"drill\n"))
    drill.vault.bad(2, "drill begin, or drill put FILE...", "drill", "end")
    cli.equal(drill.vault.good("events").count(" drill field "), 6, "no event")


def rings_when_it_was_too_long_ago(cli, drill, folder, start):
    """keys.db as it would be after 101 days."""
    with sqlite3.connect(os.path.join(folder, "vault", "keys", "keys.db")) as base:
        base.execute("UPDATE drills SET time=time-?", (101 * DAY_US,))
    base.close()
    before = len(told(cli, '"vault.shares"'))
    with start() as venue:
        venue.ready()
        text = drill.vault.good("status")
        cli.equal((text.count("over since"), text.count("ALARM")), (6, 4), "all are over")
        cli.equal(len(told(cli, '"vault.shares"')) - before, 2, "it rings at the start")
        drill.begin()
        drill.put(*ALL["A"])
        text = drill.vault.good("status")
        cli.equal((text.count("due by"), text.count("over since"), text.count("ALARM")), (3, 3, 2),
                  "group B was not asked yet")
        cli.equal(venue.stop(), 0, "exit code on SIGTERM")


def wrong_files_stop_it(cli, folder, transcripts, start):
    place = os.path.join(folder, "vault")
    write(place, "group-b", c.read(transcripts[0]))
    with start():
        cause = "group-b: the transcripts of group A"
        cli.check(s.eventually(lambda: any(cause in line for line in told(cli, "keep"))),
                  "it names the file")


def test(cli):
    folder = cli.path("venue")
    officers = c.Officers(cli)
    transcripts, check = c.first_ceremonies(cli, officers)
    pin(folder, transcripts, check)
    config = cli.write("cambist.yaml",
                       f"vault:\n  on: true\npublog:\n  on: true\n  origin: {l.ORIGIN}\n")
    drill = Drill(cli, officers, transcripts, v.Vault(cli, folder))

    def start(*arguments):
        return s.Venue(cli, folder, "--config", config, *arguments)

    with start("--profile", "test", "--keys-file", cli.path("keys.json")) as venue:
        venue.ready()
        rings_until_all_answer(cli, drill)
        counts_nothing(cli, drill)
        is_logged(cli, folder)
        cli.equal(venue.stop(), 0, "exit code on SIGTERM")
    rings_when_it_was_too_long_ago(cli, drill, folder, start)
    wrong_files_stop_it(cli, folder, transcripts, start)


if __name__ == "__main__":
    p.main(test)
