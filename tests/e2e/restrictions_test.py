#!/usr/bin/env -S python3 -B
"""Restrictions in the public log of a real venue with witnesses: days of years ago and of a sleep get
their roots, once, whatever is killed; a decision is exported and checked with nothing but the file and
the policy, every changed byte is named; customers export what they may read, and what they may not
looks like nothing; an ombud's claim about a country is counted again; a day that is told a second time
is found. usage: restrictions_test.py BINARY WHY_MAKE"""

import contextlib
import os
import random
import re
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys

import program as p
import publog_test as l
import serve_test as s

USAGE, MISSING, FOREIGN, ROT, UNAVAILABLE, DIVERGED, REFUSED = 2, 14, 17, 19, 21, 22, 27
FLIPS = 60


def make(maker):
    output = subprocess.run([maker], capture_output=True, text=True, check=True).stdout
    return [line for line in output.splitlines() if line.startswith("/")][0]


def begin(cli, folder):
    """A log's key and three witnesses, of which two are enough."""
    os.makedirs(os.path.join(folder, "log"))
    code, log_key, error = cli.run("witness", "key", os.path.join(folder, "log", "key"), "--name",
                                   l.ORIGIN, "--kind", "log")
    cli.equal((code, error), (0, ""), "the log's key")
    cli.write("logs", log_key)
    witnesses = [l.Witness(cli, f"w{number}") for number in (1, 2, 3)]
    for witness in witnesses:
        witness.begin()
    with open(os.path.join(folder, "log", "policy.txt"), "w", encoding="utf-8") as file:
        file.write(f"log {log_key}")
        for witness in witnesses:
            file.write(f"witness {witness.name} {witness.vkey} http://127.0.0.1:{witness.port}/\n")
        file.write("group most 2 w1 w2 w3\nquorum most\noperator venue w1 w2 w3\n")
    return witnesses


class Decisions:
    def __init__(self, cli, folder):
        self.cli, self.folder = cli, folder
        self.policy = os.path.join(folder, "log", "policy.txt")
        self.public = os.path.join(folder, "log", "public")

    def check_log(self):
        return self.cli.run("log", "check", "--policy", self.policy, "--slots", self.public)

    def export(self, name, *arguments):
        path = self.cli.path(name)
        code, output, error = self.cli.run("why", *arguments, "--data", self.folder, "--export", path)
        return code, output, error, path

    def check(self, path, policy=None):
        return self.cli.run("log", "check-decision", path, "--policy", policy or self.policy)


def days_of(text):
    found = re.search(r"^ *days of restrictions +(\d+), (\d+) decisions, (\d+) missed$", text, re.M)
    return tuple(int(number) for number in found.groups()) if found else (0, 0, 0)


def is_logged(cli, folder, config, decisions):
    """A venue of 2022 wakes up today; the log's process is killed while it makes up the days."""
    with s.Venue(cli, folder, "--config", config) as venue:
        venue.ready()
        before = venue.pid("log")
        os.kill(before, signal.SIGKILL)
        cli.check(s.eventually(lambda: venue.pid("log") not in (0, before)), "the log is back")
        cli.check(s.eventually(lambda: days_of(decisions.check_log()[1])[0] > 1600), "days are made up")
        cli.equal(venue.stop(), 0, "an orderly end")
    code, output, error = decisions.check_log()
    cli.equal((code, error), (0, ""), "the whole log")
    days, made, missed = days_of(output)
    cli.equal(missed, 0, "nothing is missed")
    with contextlib.closing(sqlite3.connect(os.path.join(folder, "log", "events.db"))) as events:
        lines = [line.decode() for (line,) in events.execute("SELECT line FROM restrict_days ORDER BY day")]
        told = "SELECT count(*) FROM restrict_leaves WHERE day IN (SELECT day FROM restrict_days)"
        leaves = events.execute(told).fetchone()[0]
    cli.equal((len(lines), leaves), (days, made), "every decision of 2022 is counted")
    cli.check(lines[0].startswith("restrictions 2022-04-2"), "the venue's own day, not the machine's")
    mode = stat.S_IMODE(os.stat(os.path.join(folder, "log", "restrictions.key")).st_mode)
    cli.equal(mode, 0o600, "the key is its owner's")
    return days


def exports(cli, decisions):
    code, _, error, path = decisions.export("officer", "1")
    cli.equal((code, error), (0, ""), "an export")
    elsewhere = cli.path("elsewhere")
    os.makedirs(elsewhere)
    shutil.copy(path, elsewhere)
    shutil.copy(decisions.policy, elsewhere)
    code, output, error = decisions.check(os.path.join(elsewhere, "officer"),
                                          os.path.join(elsewhere, "policy.txt"))
    cli.equal((code, error), (0, ""), "checked with file and policy alone")
    cli.check("account 1" in output and "fact nationality RU" in output and
              re.search(r"witnesses +[23] of 3 have cosigned", output), f"what it proves: {output}")
    sequence = re.search(r"^sequence (\d+)\nitem (\d+)$", output, re.M)
    code, _, error, same = decisions.export("same", "1", "--sequence", "-".join(sequence.groups()))
    cli.equal((code, error), (0, ""), "by its number")
    with open(path, "rb") as one, open(same, "rb") as other:
        cli.equal(one.read(), other.read(), "the same file")
    code, _, error, _ = decisions.export("none", "1", "--sequence", "999999")
    cli.equal(code, MISSING, f"no such decision: {error}")
    return path


def flips(cli, decisions, path):
    """A byte anywhere; the rest of them is in role/vault/log_restrict_test.c."""
    with open(path, "rb") as file:
        whole = file.read()
    chance = random.Random(7)
    for at in sorted(chance.sample(range(len(whole)), FLIPS)):
        changed = cli.path("changed")
        with open(changed, "wb") as file:
            file.write(whole[:at] + bytes([whole[at] ^ (1 << chance.randrange(8))]) + whole[at + 1:])
        code, output, error = decisions.check(changed)
        cli.check(code == ROT and output == "" and changed in error, f"byte {at}: {code}, {error}")
    other = cli.write("other.txt", open(decisions.policy, encoding="utf-8").read().replace(
        "quorum most", "quorum all").replace("group most 2", "group all all"))
    code, _, error = decisions.check(path, other)
    cosigned = whole.decode().count("\n\u2014 ") - 1  # one line is the log's own
    cli.equal(code, 0 if cosigned == 3 else ROT, f"every witness is wanted, {cosigned} cosigned: {error}")


def customers(cli, decisions):
    """Golden case 9 is theirs to show; a candidate and a restriction by hand are nothing."""
    code, _, error, path = decisions.export("customer", "0", "--audience", "customer")
    cli.equal((code, error), (0, ""), "what the rule says of them")
    code, output, error = decisions.check(path)
    cli.check(code == 0 and "code rule " in output and "fact " not in output, f"without facts: {output}")
    with open(path, encoding="utf-8") as file:
        cli.check("\nfacts closed " in file.read(), "they stay closed")
    answers = []
    for account in ("2", "4", "3", "77777"):  # a candidate, by hand, nothing at all, nobody
        code, output, error, path = decisions.export("hidden", account, "--audience", "customer")
        answers.append((code, output, error.replace(f"account {account} ", "account N ")))
        cli.check(not os.path.exists(path), "no file")
    cli.equal(set(answers), {(MISSING, "", "cambist why: no decision about account N to export\n")},
              "they all look the same")
    for account in ("2", "4"):
        code, _, error, _ = decisions.export("officer" + account, account)
        cli.equal((code, error), (0, ""), "officers see both")


def claims(cli, folder, decisions):
    """An ombud counts the decisions about Russia; somebody else counts them again."""
    key, public = cli.path("ombud.pem"), cli.path("ombud-public.pem")
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True)
    os.chmod(key, 0o600)
    subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", public], check=True)
    path = cli.path("claim.txt")

    def claim(*more):
        return cli.run("report", "claim", "--data", folder, "--key", key, "--out", path, *more)

    def check(file=path, ombud=public):
        return cli.run("report", "check", file, "--policy", decisions.policy, "--ombud", ombud)
    code, _, error = claim("--country", "RU", "--period", "2022-04-21..2022-05-31")
    cli.check(code == REFUSED and "--small-cells" in error, f"few of a code: {code}, {error}")
    for period, wanted in (("2022-03", MISSING), ("2022-04", MISSING), ("2999-01", UNAVAILABLE),
                           ("2022-06..2022-04", USAGE), ("2022-4", USAGE), ("2000-01..2022-04", USAGE)):
        code, _, error = claim("--country", "RU", "--period", period, "--small-cells")
        cli.equal(code, wanted, f"the period {period}: {error}")
    code, _, error = claim("--country", "ru", "--period", "2022-05", "--small-cells")
    cli.equal(code, USAGE, f"no country: {error}")
    for country, some in (("RU", True), ("JP", False)):
        code, _, error = claim("--country", country, "--period", "2022-04-21..2022-05", "--small-cells")
        cli.equal((code, error), (0, ""), "a claim")
        code, output, error = check()
        cli.equal((code, error), (0, ""), "it is so")
        found = re.match(rf"(\d+) of (\d+) decisions from 2022-04-21 to 2022-05-31 are about {country}\n", output)
        cli.check(found and (int(found[1]) > 0) == some and int(found[2]) >= 14, f"what it says: {output}")
        with open(path, "rb") as file:
            whole = file.read()
        for word in (b"account ", b"accounts ", b"person", b"nationality"):
            evidence = re.sub(rb"account (restricted|changed|released)", b"", whole)
            cli.check(word not in evidence, f"{word} is in no claim")
    chance = random.Random(8)
    for at in sorted(chance.sample(range(len(whole)), FLIPS)):
        changed = cli.path("changed")
        with open(changed, "wb") as file:
            file.write(whole[:at] + bytes([whole[at] ^ (1 << chance.randrange(8))]) + whole[at + 1:])
        code, output, error = check(changed)
        cli.check(code == ROT and output == "", f"byte {at}: {code}, {error}")
    lines = whole.split(b"\n")
    leaf = next(number for number, line in enumerate(lines) if line.startswith(b"- "))
    with open(cli.path("changed"), "wb") as file:
        file.write(b"\n".join(lines[:leaf] + lines[leaf + 1:]))
    code, _, error = check(cli.path("changed"))
    cli.check(code == ROT and "2022-04-" in error, f"a leaf that is left out: {code}, {error}")
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True)
    other = cli.path("other-public.pem")
    subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", other], check=True)
    code, _, error = check(ombud=other)
    cli.check(code == ROT and "(signature)" in error, f"another ombud: {code}, {error}")


def damaged(cli, folder, decisions):
    """A book that does not give what was logged shows nothing; another key neither."""
    path = os.path.join(folder, "log", "events.db")
    shutil.copy(path, cli.path("events.kept"))
    with contextlib.closing(sqlite3.connect(path)) as events, events:
        events.execute("UPDATE restrict_leaves SET decision = CAST(replace(CAST(decision AS TEXT),"
                       " 'person 2', 'person 3') AS BLOB)")
    code, _, error, _ = decisions.export("damaged", "1")
    cli.check(code == DIVERGED and "is not what was logged" in error, f"another decision: {code}, {error}")
    shutil.copy(cli.path("events.kept"), path)
    key = os.path.join(folder, "log", "restrictions.key")
    shutil.copy(key, cli.path("key.kept"))
    with open(key, encoding="ascii") as file:
        text = file.read()
    with open(key, "w", encoding="ascii") as file:
        file.write(text[:-2] + ("0" if text[-2] != "0" else "1") + "\n")
    code, _, error, _ = decisions.export("otherkey", "1")
    cli.check(code == FOREIGN and "restrictions.key" in error, f"another key: {code}, {error}")
    shutil.copy(cli.path("key.kept"), key)


def told_twice(cli, folder, config, decisions, days):
    """The venue makes its days anew, with another root for each."""
    os.remove(os.path.join(folder, "log", "restrictions.key"))
    with contextlib.closing(sqlite3.connect(os.path.join(folder, "log", "events.db"))) as events, events:
        for table in ("state", "facts", "links", "packs", "leaves", "days"):
            events.execute(f"DELETE FROM restrict_{table}")
    with s.Venue(cli, folder, "--config", config) as venue:
        venue.ready()
        log = l.Log(cli, venue, decisions.policy)
        before = log.size()
        cli.check(s.eventually(lambda: log.size() >= before + days), "told once more")
        cli.equal(venue.stop(), 0, "an orderly end")
    code, _, error = decisions.check_log()
    cli.check(code == ROT and "(restrictions)" in error, f"a second root: {code}, {error}")


def test(cli, maker):
    base = make(maker)
    folder = os.path.join(base, "venue")
    witnesses = begin(cli, folder)
    config = cli.write("cambist.yaml", "publog:\n  on: true\n")
    decisions = Decisions(cli, folder)
    try:
        days = is_logged(cli, folder, config, decisions)
        path = exports(cli, decisions)
        flips(cli, decisions, path)
        customers(cli, decisions)
        claims(cli, folder, decisions)
        damaged(cli, folder, decisions)
        told_twice(cli, folder, config, decisions, days)
    finally:
        for witness in witnesses:
            witness.end()
        shutil.rmtree(base)


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: restrictions_test.py BINARY WHY_MAKE")
    cli = p.Program(sys.argv[1])
    test(cli, sys.argv[2])
    sys.exit(cli.finish())


if __name__ == "__main__":
    main()
