#!/usr/bin/env -S python3 -B
"""Aim: cambist replay of generated orders through the journal reports the whole, for machines and for
people, and shows on a terminal how far it is.
Method: the shipped binary, once into a pipe and once on a pseudo terminal.
usage: replay_test.py BINARY"""

import json
import os
import pty
import subprocess

import program as p


def check_report(cli):
    words = ["--generate", "deep", "--depth", "500", "--count", "3000", "--seed", "7"]
    found = cli.json("replay", "--journal", cli.path("small"), *words, "--json")
    cli.equal((found.get("ops"), found.get("journal"), found.get("verdict")), (3000, True, "ok"),
              "a replay")
    code, output, _ = cli.run("replay", "--journal", cli.path("people"), *words)
    cli.equal(code, 0, "the same, for people")
    for line in ("rate", "journal", "state hash", "resting orders", "oracle"):
        cli.check(f"\n  {line}  " in output, f"the closing report tells of {line}: {output}")


def check_progress(cli):
    """On a terminal the line is there, on nothing else, and it is wiped at the end."""
    master, slave = pty.openpty()
    with subprocess.Popen([cli.binary, "replay", "--journal", cli.path("watched"), "--generate",
                           "deep", "--depth", "1000", "--count", "400000", "--seed", "7", "--json",
                           "--batch", "64"], stdout=subprocess.PIPE,
                          stderr=slave) as process:
        os.close(slave)
        shown = b""
        while True:
            try:
                piece = os.read(master, 4096)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            shown += piece
        output = process.stdout.read()
    os.close(master)
    cli.equal(process.returncode, 0, "a replay that is watched")
    cli.equal(json.loads(output.splitlines()[-1])["ops"], 400000, "its JSON")
    # A machine that needs less than a second shows nothing.
    if shown:
        cli.check(b" left" in shown and b"/s, " in shown, f"rate and remaining time: {shown!r}")
        cli.check(shown.endswith(b"\r\x1b[K"), "the line is wiped")


def run(cli):
    check_report(cli)
    check_progress(cli)


p.main(run)
