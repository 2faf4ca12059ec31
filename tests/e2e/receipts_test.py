#!/usr/bin/env -S python3 -B
"""Recorded receipts of a real venue's log, checked by `cambist log shown` and by the one file for node
that the venue's page offers: both say the same of each, and the same is wrong with what was changed.
usage: receipts_test.py BINARY FOLDER   (of the build)

Where the pages were built without npm, the file for node is left out by name."""

import glob
import json
import os
import random
import shutil
import subprocess
import sys

import program as p

ROT, USAGE = 19, 2
GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden", "receipts", "receipts.json")
CHANGES = 24


def by_node(cli, receipt, policy, case):
    """(exit code, what it says); None: there is no such file here."""
    found = glob.glob(os.path.join(BUILD, "web", "dist", "assets", "verifier-*.js"))
    if not found or shutil.which("node") is None:
        return None
    cli.equal(len(found), 1, "one file")
    file = shutil.copy(found[0], cli.path("verifier.js"))  # as a download: nothing of the build is around it
    outcome = subprocess.run(["node", file, receipt, "--policy", policy, "--case", case],
                             capture_output=True, text=True, timeout=60, check=False)
    return outcome.returncode, json.loads(outcome.stdout) if outcome.stdout else outcome.stderr[-300:]


def by_program(cli, receipt, policy, case):
    code, output, _ = cli.run("log", "shown", receipt, "--policy", policy, "--case", case, "--json")
    return code, json.loads(output)


def both(cli, receipt, policy, case, what):
    said = by_program(cli, receipt, policy, case)
    node = by_node(cli, receipt, policy, case)
    cli.check(node in (None, said), f"{what}: {said}, and by node {node}")
    return said


def test(cli):
    with open(GOLDEN, encoding="utf-8") as file:
        vectors = json.load(file)
    policy = cli.write("policy.txt", vectors["policy"])
    rows = vectors["receipts"]
    for row in rows:
        path = cli.write("receipt", row["shown"])
        code, said = both(cli, path, policy, row["case"], row["kind"])
        cli.equal((code, said["flaw"], said["kind"], said["until"], said["class"]),
                  (0, "none", row["kind"], row["until"], "emergency"), "it holds")
    code, output, error = cli.run("log", "shown", path, "--policy", policy, "--case", rows[-1]["case"])
    cli.check(code == 0 and "event" in output and "witnesses" in output, f"for people: {output} {error}")
    cli.equal(both(cli, path, policy, rows[0]["case"], "another case"), (ROT, {"flaw": "event_case"}),
              "of another case")
    chance = random.Random(7)
    whole = rows[0]["shown"].encode()
    seen = set()
    for _ in range(CHANGES):
        at = chance.randrange(len(whole))
        changed = cli.path("changed")
        with open(changed, "wb") as file:
            file.write(whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1:])
        seen.add(both(cli, changed, policy, rows[0]["case"], f"byte {at}")[1]["flaw"])
    cli.check(len(seen - {"none"}) > 3, f"what was found: {seen}")
    for text, flaw in (("independent 2\n", "independent"), ("independent 0\n", "none")):
        other = cli.write("other.txt", vectors["policy"].replace("independent 1\n", text))
        path = cli.write("receipt", rows[0]["shown"])
        cli.equal(both(cli, path, other, rows[0]["case"], text)[1]["flaw"], flaw, text)
    cli.equal(cli.run("log", "shown", path, "--policy", policy, "--case", "zz")[0], USAGE, "no case")
    cli.equal(cli.run("log", "shown", path, "--policy", policy)[0], USAGE, "without a case")
    if by_node(cli, path, policy, rows[0]["case"]) is None:
        print("skipped: the receipt check for node: the pages were built without npm")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: receipts_test.py BINARY FOLDER")
    BUILD = os.path.abspath(sys.argv.pop())
    p.main(test)
