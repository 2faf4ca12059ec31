#!/usr/bin/env -S python3 -B
"""Aim: cambist demo --story tells its story to the byte, wherever it runs; what it leaves behind is
a venue: it replays, its packs are signed by two officers of its register, their texts are stored by
content hash, and no private key can be read by others. A folder that holds a venue is refused.
Method: the story runs twice; its output is compared with tests/golden/story_sanctions.txt, the
folders with each other by the state hash of cambist verify; the files are looked at one by one.
After a change that is meant: story_test.py BINARY writes what it found beside the test's folder and
says so when CAMBIST_GOLDEN_WRITE is set.
usage: story_test.py BINARY"""

import glob
import hashlib
import json
import os
import stat

import program as p

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GOLDEN = os.path.join(ROOT, "tests/golden/story_sanctions.txt")
USAGE = 2
EXISTS = 15
PACKS = ("demo-list.v1.yaml", "eu-833-5b2.v1.yaml", "eu-833-5b2.v2.yaml", "venue-notice-ru.v1.yaml")
COLUMNS = 100


def tell(cli, name):
    code, output, error = cli.run("demo", "--data", cli.path(name), "--story", "sanctions")
    cli.equal((code, error), (0, ""), f"the story in {name}")
    return output


def check_golden(cli, output):
    if os.environ.get("CAMBIST_GOLDEN_WRITE"):
        with open(GOLDEN, "w", encoding="ascii") as file:
            file.write(output)
    with open(GOLDEN, encoding="ascii") as file:
        wanted = file.read().splitlines()
    found = output.splitlines()
    for number, (one, other) in enumerate(zip(found, wanted), 1):
        if one != other:
            cli.check(False, f"line {number}: {one!r} instead of {other!r}")
            break
    cli.equal(len(found), len(wanted), "lines of the story")
    cli.check(all(len(line) <= COLUMNS for line in found), "no line is longer than a terminal")


def check_meaning(cli, output):
    """What the story is about, apart from its words."""
    days = {}
    day = ""
    for line in output.splitlines():
        if line[:4] == "2022":
            day = line[:16]
        days.setdefault(day, []).append(" ".join(line.split()))
    for moment, wanted in [
            ("2022-04-09 00:00", "mikhail everything is possible -> withdraw-only, no new service"),
            ("2022-04-09 00:00", "pavel eu5.crypto-10k: no; EUR 9885.9375, warned: 90 %"),
            ("2022-04-21 08:00", "jonas everything is possible -> withdraw-only"),
            ("2022-04-22 12:00", "pavel everything is possible -> withdraw-only, no new service"),
            ("2022-04-24 12:00", "pavel withdraw-only, no new service -> everything is possible"),
            ("2022-04-26 14:00",
             "m-sorokine everything is possible -> withdraw-only, no new service"),
            ("2022-04-29 10:00", "sunda review -> freeze, no new service"),
            ("2022-05-02 10:00", "arkady refused: -2010 This action is disabled on this account. "
                                 "(LICENCE_CEILING)"),
            ("2022-09-15 00:00", "irina everything is possible -> withdraw-only, no new service"),
            ("2022-09-20 10:00", "irina withdraw-only, no new service -> everything is possible"),
            ("2022-10-07 00:00", "jonas withdraw-only -> everything is possible"),
            ("2022-10-07 00:00", "lidia everything is possible -> withdraw-only, no new service"),
    ]:
        cli.check(wanted in days.get(moment, []), f"{moment}: {wanted}")
    nikola = [line for moment, lines in days.items() for line in lines
              if moment < "2022-04-25" and line.startswith("nikola ") and "->" in line]
    cli.equal(nikola, [], "nothing is known of Nikola's move before 25 April")


def check_folder(cli, folder):
    register = os.path.join(folder, "officers.txt")
    for name in PACKS:
        code, output, error = cli.run("rules", "check", "--officers", register,
                                      os.path.join(folder, "demo/rules", name))
        cli.equal((code, error), (0, ""), f"{name} is signed")
        content_hash = output.split("content hash")[1].split()[0]
        with open(os.path.join(folder, "packs", content_hash + ".json"), "rb") as file:
            cli.equal(hashlib.sha256(file.read()).hexdigest(), content_hash, f"{name}, stored")
        with open(os.path.join(folder, "packs", content_hash + ".groups.json"),
                  encoding="ascii") as file:
            cli.equal(json.load(file), {"groups": ["compliance", "legal"]}, f"{name}, who signed")
    keys = glob.glob(os.path.join(folder, "demo/officers/*.pem"))
    cli.equal(len(keys), 2, "two officers")
    for key in keys:
        cli.equal(stat.S_IMODE(os.stat(key).st_mode), 0o600, f"mode of {key}")


def check_why(cli, folder):
    """What one day looks like depends on the day on which it is asked."""
    for known_at, wanted in (("2022-04-22", "eu5.crypto-10k: no"),
                             ("2022-04-26", "eu5.crypto-10k: yes")):
        asked = ["why", "--data", folder, "8", "--at", "2022-04-22", "--known-at", known_at]
        code, output, error = cli.run(*asked)
        cli.equal((code, error), (0, ""), f"why, as known on {known_at}")
        cli.check(wanted in output, f"as known on {known_at}: {wanted}")
        cli.equal(cli.run(*asked)[1], output, "asked again")


def run(cli):
    output = tell(cli, "one")
    check_golden(cli, output)
    check_meaning(cli, output)
    cli.equal(tell(cli, "other"), output, "the same again")
    one = cli.json("verify", cli.path("one"), "--json")
    other = cli.json("verify", cli.path("other"), "--json")
    cli.check(one.get("state_hash") and one.get("state_hash") == other.get("state_hash"),
              f"the same state: {one} and {other}")
    check_folder(cli, cli.path("one"))
    check_why(cli, cli.path("one"))
    cli.refuses(["demo", "--data", cli.path("one"), "--story", "sanctions"], EXISTS,
                f"cambist demo: {cli.path('one')}: there is a venue in this folder already")
    cli.refuses(["demo", "--data", cli.path("none"), "--story", "x"], USAGE,
                'cambist demo: --story: "x" is not one; there is: sanctions')


p.main(run)
