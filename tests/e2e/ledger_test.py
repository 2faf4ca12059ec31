#!/usr/bin/env -S python3 -B
"""A journal that was written anew from some point on is refused by what the public log says of it: a
venue runs, a copy of its folder goes on otherwise, whole and verifying for itself, and `cambist verify
--log` tells the two apart, from files and over HTTP. usage: ledger_test.py BINARY"""

import json
import os
import shutil

import program as p
import publog_test as l
import serve_test as s

USAGE, ROT, DIVERGED = 2, 19, 22


def ledger_lines(log):
    return [line.split() for line in log.entries() if line.startswith("ledger ")]


def life(cli, folder, config, journal, number, *arguments):
    """Entries, until the log says so much of the journal; the last number that it says."""
    with s.Venue(cli, folder, "--config", config, *arguments) as venue:
        venue.ready()
        log = l.Log(cli, venue, os.path.join(folder, "log", "policy.txt"))
        def newest():
            lines = ledger_lines(log) if log.size() >= 0 else []
            return int(lines[-1][2]) if lines else 0
        cli.check(s.eventually(lambda: newest() > 0), "soon after a start")
        before = newest()
        journal.put(number)
        cli.check(s.eventually(lambda: newest() >= before + number), "and while something is new")
        log.good("the whole log")
        least = len(ledger_lines(log))
        code, output, error = cli.run("verify", folder, "--log", log.url, "--policy", log.policy, "--json")
        cli.check(code == 0, f"beside the living venue: {code}, {error}")
        equal = json.loads(output.splitlines()[-1])["roots_equal"]
        most = len(ledger_lines(log))
        cli.check(least <= equal <= most, f"all lines that were there: {least}, {equal}, {most}")
        cli.equal(venue.stop(), 0, "an orderly end")
    return before


def verify(cli, folder, log, *arguments):
    return cli.run("verify", folder, "--log", os.path.join(log, "log", "public"), "--policy",
                   os.path.join(log, "log", "policy.txt"), *arguments)


def test(cli):
    folder, anew = cli.path("venue"), cli.path("anew")
    config = cli.write("cambist.yaml", "publog:\n  on: true\n  origin: demo.invalid\n  ledger: 1 s\n"
                       "snapshot:\n  every: 1 s\n")
    life(cli, folder, config, l.Journal(cli, folder), 3, "--new")
    shutil.copytree(folder, anew, ignore=shutil.ignore_patterns("*.sock", "run"))
    parted = life(cli, folder, config, l.Journal(cli, folder), 5)
    other = l.Journal(cli, anew)
    other.count = 70
    life(cli, anew, config, other, 5)

    for one in (folder, anew):
        code, output, error = cli.run("verify", one)
        cli.equal((code, error), (0, ""), "each journal is whole")
        code, output, error = verify(cli, one, one)
        cli.check(code == 0 and "all true of it" in output, f"its own log: {code}, {error}")
    for one, log in ((anew, folder), (folder, anew)):
        code, _, error = verify(cli, one, log)
        cli.check(code == DIVERGED and "/log/public: entry " in error and
                  "what is not in the journal" in error, f"the other's log: {code}, {error}")
        number = int(error.split(" of command ")[1].split()[0])
        cli.check(number > parted, f"the first that disagrees: {error}")
    code, output, _ = verify(cli, anew, folder, "--json")
    cli.equal(json.loads(output.splitlines()[-1])["verdict"], "diverged", "for machines")

    shutil.rmtree(os.path.join(anew, "log"))
    for name in os.listdir(os.path.join(folder, "log", "public", "tile", "entries")):
        path = os.path.join(folder, "log", "public", "tile", "entries", name)
        for below in [path] if os.path.isfile(path) else [os.path.join(path, file) for file in os.listdir(path)]:
            with open(below, "r+b") as file:
                file.seek(12)
                byte = file.read(1)[0]
                file.seek(12)
                file.write(bytes([byte ^ 1]))
    code, _, error = verify(cli, folder, folder)
    cli.check(code == ROT and "/log/public/tile/" in error, f"a damaged log: {code}, {error}")
    code, _, error = cli.run("verify", folder, "--log", folder)
    cli.check(code == USAGE and "belong together" in error, f"no policy: {code}, {error}")


if __name__ == "__main__":
    p.main(test)
