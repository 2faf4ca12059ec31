#!/usr/bin/env -S python3 -B
"""Aim: cambist demo --story tells its stories to the byte, wherever it runs; what it leaves behind
is a venue: it replays, its packs are signed by two officers of its register, their texts are stored
by content hash, and no private key can be read by others. A folder that holds a venue is refused.
What the story of the payouts prints at its end works: why, the queue, the inbox, the registers, and
each gives the answer that was told. What the story of the disclosure leaves is a desk, a log and an
opening, which the commands for them read.
Method: each story of a venue runs twice, the other one once; the output is compared with
tests/golden/story_NAME.txt, the folders with each other by the state hash of cambist verify; the
files are looked at one by one.
After a change that is meant: story_test.py BINARY writes what it found beside the test's folder and
says so when CAMBIST_GOLDEN_WRITE is set.
usage: story_test.py BINARY"""

import glob
import hashlib
import io
import json
import os
import re
import stat
import tarfile
import types

import open_test as o
import program as p

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GOLDEN = os.path.join(ROOT, "tests/golden/story_{}.txt")
USAGE = 2
EXISTS = 15
ROT = 19
STORIES = "sanctions, ownership, disclosure"
PACKS = ("demo-list.v1.yaml", "eu-833-5b2.v1.yaml", "eu-833-5b2.v2.yaml", "venue-notice-ru.v1.yaml")
COLUMNS = 100


def tell(cli, name, story):
    code, output, error = cli.run("demo", "--data", cli.path(name), "--story", story)
    cli.equal((code, error), (0, ""), f"the story in {name}")
    return output


def check_golden(cli, output, story):
    golden = GOLDEN.format(story)
    if os.environ.get("CAMBIST_GOLDEN_WRITE"):
        with open(golden, "w", encoding="ascii") as file:
            file.write(output)
    with open(golden, encoding="ascii") as file:
        wanted = file.read().splitlines()
    found = output.splitlines()
    for number, (one, other) in enumerate(zip(found, wanted), 1):
        if one != other:
            cli.check(False, f"line {number}: {one!r} instead of {other!r}")
            break
    cli.equal(len(found), len(wanted), "lines of the story")
    cli.check(all(len(line) <= COLUMNS for line in found), "no line is longer than a terminal")


def moments(output):
    """{moment: its lines}."""
    days = {}
    day = ""
    for line in output.splitlines():
        if line[:4] in ("2021", "2022"):
            day = line[:16]
        days.setdefault(day, []).append(" ".join(line.split()))
    return days


def check_meaning(cli, output):
    """What the story of 2022 is about, apart from its words."""
    days = moments(output)
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


DISABLED = "refused: -2010 This action is disabled on this account. (MONEY_DISABLED)"


def check_payouts(cli, output):
    """The same of the story of the payouts."""
    days = moments(output)
    for moment, wanted in [
            ("2022-04-19 10:00", "lantern 18400.00000000 EUR is paid to kuromori"),
            ("2022-04-20 19:00", "lantern everything is possible -> freeze, no new service"),
            ("2022-04-20 20:00", "lantern " + DISABLED),
            ("2022-04-20 20:00", "inbox of lantern: Your account is restricted"),
            ("2022-04-20 20:00", "case 42-1, of lantern: report ofac, open, due 2022-05-04"),
            ("2022-04-21 10:00", "lantern freeze, no new service -> review"),
            ("2022-04-21 11:00", "lantern " + DISABLED),
            ("2022-04-21 11:00", "inbox of lantern: We are checking your account"),
            ("2022-04-21 13:30", "officers liv (compliance) signs role own_entity: it wants the "
                                 "signatures of 2 officers"),
            ("2022-04-21 14:00", "officers mara (compliance) and tomas (legal) sign role "
                                 "payment_route: done"),
            ("2022-04-21 15:10", "settlement everything is possible -> review"),
            ("2022-04-21 15:30", "settlement " + DISABLED),
            ("2022-05-02 10:00", "lantern on 2022-04-20, as known on 2022-05-01: blocked; the listed "
                                 "hold 60 %"),
            ("2022-05-02 10:00", "lantern on 2022-04-20, as known on 2022-05-02: undetermined; the "
                                 "listed hold 30 to 60 %"),
    ]:
        cli.check(wanted in days.get(moment, []), f"{moment}: {wanted}")
    routes = [line for line in days.get("2022-04-21 14:00", []) if line.startswith("the log entry: a route")]
    cli.equal(len(routes), 2, "each role stands behind an entry of the log")
    entries = [line.split(",")[0] for line in output.splitlines() if "on the list, entry" in line]
    cli.equal(len(entries) >= 5, True, "the proofs name the entry of the list")
    hidden = [line for line in days.get("2022-04-21 11:00", []) if line.startswith("inbox")
              or line.startswith("text:") or line.startswith("until:")]
    cli.check(hidden and not any(word in line for line in hidden
                                 for word in ("BITRIVER", "OFAC", "owner", "percent", "list")),
              f"the hold tells nothing: {hidden}")


def check_payouts_folder(cli, folder):
    """What is printed at the end can be done."""
    for known_at, wanted, path in (("2022-05-01", "yes", "entry 36456"),
                                   ("2022-05-03", "unknown", "st-10")):
        code, output, error = cli.run("why", "1", "--data", folder, "--at", "2022-04-20T20:00:00Z",
                                      "--known-at", known_at)
        cli.equal((code, error), (0, ""), f"why, as known on {known_at}")
        cli.check(f"ofac.blocked: {wanted}" in output and path in output, f"{known_at}: {output}")
    code, output, error = cli.run("case", "list", "--data", folder)
    cli.equal((code, error), (0, ""), "the queue")
    cli.check("report" in output and "undetermined" in output, output)
    code, output, error = cli.run("inbox", "1", "--data", folder)
    cli.equal((code, error), (0, ""), "the inbox")
    cli.check("We are checking your account" in output and "BITRIVER" not in output, output)
    registers = sorted(glob.glob(os.path.join(folder, "registers/*.jsonl")))
    cli.equal(len(registers), 3, "registers")
    code, output, error = cli.run(
        "own", "SG-ACRA:202099991Z", "--register", *registers, "--list",
        os.path.join(folder, "lists/us-sdn.list"), "--at", "2022-04-20", "--known-at", "2022-05-01")
    cli.equal((code, error), (0, ""), "the registers, asked again")
    cli.check("blocked, by ofac50" in output and "st-2" in output, output)


REFUSERS = ("paper", "authority", "same-person", "same-region", "signer", "signature", "call-back", "state",
            "recused", "treaty", "basis", "hurry", "scope", "search")


def check_log(cli, folder):
    """The log is sound; what root made of it is not."""
    policy = os.path.join(folder, "log/policy.txt")
    code, output, error = cli.run("log", "check", "--slots", "--policy", policy,
                                  os.path.join(folder, "log/public"))
    cli.equal((code, error), (0, ""), f"the log of the story: {output}")
    code, _, error = cli.run("log", "check", "--policy", policy, os.path.join(folder, "forged/2/public"))
    cli.check(code == ROT and "(root)" in error, f"a forged one: {code}, {error}")


def check_delivery(cli, folder):
    """The court opens its file with the program of others; of another person nothing is there."""
    opening = os.path.join(folder, "opening/5")
    code, _, error = cli.run("open", "verify", *[os.path.join(opening, name)
                                                 for name in ("manifest", "opening", "delivery.age")])
    cli.equal((code, error), (0, ""), "the manifest is that opening's, of that file")
    cli.check(not os.path.exists(os.path.join(folder, "opening/4/opening")), "the forged grant opened nothing")
    with open(os.path.join(folder, "demo/fr-court.key"), encoding="ascii") as file:
        identity = o.bech32("age-secret-key-", bytes.fromhex(file.read())).upper()
    archive = o.by_age(types.SimpleNamespace(cli=cli, identity=identity), opening)
    if archive is None:
        return
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        cli.equal(files.getnames(), ["grant.txt", "person-7/bank.1.txt"], "the archive")
        bank = files.extractfile("person-7/bank.1.txt").read().decode()
    cli.equal(re.findall(r"^(\d{4}-\d\d)", bank, re.M), ["2021-01", "2021-03"], "the days that were granted")
    cli.check(b"Ilya" not in archive and b"Claire" not in archive, "no name was asked for, none is there")


GUARDS = ("the grant of a case: bank of person 7 was not assessed",
          "his own client: rodion took in, assessed or prepared this case",
          "the opener: group B: 0 of the 2 people", "the opener: approvals of galina and yuri: both of the region",
          "arithmetic (share_open): group B: 0 of the 2 officers",
          "arithmetic (share_open): group B: 1 of the 2 officers",
          "the line's form: no sound gateway", "arithmetic (seal_wrap_open): ",
          "the opener: grant: the receipt is of an event of the kind registry, not grant",
          "the log: the event's slot has not ended",
          "her own client: slots: an earlier opening of this grant is in the log")


def check_disclosure(cli):
    """Each way has its refuser; what the desk's file says afterwards is what was told."""
    output = tell(cli, "disclosure", "disclosure")
    check_golden(cli, output, "disclosure")
    words = " ".join(output.split())
    for rule in REFUSERS:
        cli.check(f"by the desk, rule {rule}: " in words, f"{rule} refuses")
    for flaw in ("truncated", "quorum", "root"):
        cli.check(f"by whoever runs cambist log check, flaw {flaw}: " in words, f"{flaw} is seen")
    for guard in GUARDS:
        cli.check(f"by {guard}" in words, f"{guard} refuses")
    cli.check(words.count("by the witnesses, none of 3 cosigns") == 2, "the witnesses")
    cli.check(words.count("no text can say it") == 3, "all of them, an address, access for ever")
    folder = cli.path("disclosure")
    check_log(cli, folder)
    check_delivery(cli, folder)
    keys = glob.glob(os.path.join(folder, "demo/officers/*.pem"))
    cli.check(len(keys) > 0 and all(stat.S_IMODE(os.stat(key).st_mode) == 0o600 for key in keys),
              "keys are their owners'")
    report = cli.json("report", "transparency", os.path.join(folder, "desk/desk.db"), "--through",
                      "2021-H1")
    cli.equal([half["half"] for half in report["halves"]], ["2021-H1"], "the report's half-year")
    totals = report["halves"][0]["totals"]
    cli.equal((report["halves"][0]["untold"], totals["requests"], totals["subjects_answered"]), (0, 6, 1),
              "the report counts requests, and one person of whom something was given")
    cli.equal((totals["rejected"], totals["partial"], totals["full"], totals["own_motion"]), (5, 1, 0, 0),
              "five refusals, one delivery, narrower than asked")
    cli.equal(report["halves"][0]["contacts"]["meeting"], 1, "the meeting")
    cli.refuses(["demo", "--data", folder, "--story", "disclosure"], EXISTS,
                f"cambist demo: {folder}: there is a venue in this folder already")


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
    cli.equal(len(keys), 3, "three officers")
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


def check_twice(cli, story):
    """(output, the first folder)."""
    output = tell(cli, story, story)
    check_golden(cli, output, story)
    cli.equal(tell(cli, story + "-again", story), output, "the same again")
    one = cli.json("verify", cli.path(story), "--json")
    other = cli.json("verify", cli.path(story + "-again"), "--json")
    cli.check(one.get("state_hash") and one.get("state_hash") == other.get("state_hash"),
              f"the same state: {one} and {other}")
    return output, cli.path(story)


def run(cli):
    output, folder = check_twice(cli, "sanctions")
    check_meaning(cli, output)
    check_folder(cli, folder)
    check_why(cli, folder)
    cli.refuses(["demo", "--data", folder, "--story", "sanctions"], EXISTS,
                f"cambist demo: {folder}: there is a venue in this folder already")
    output, folder = check_twice(cli, "ownership")
    check_payouts(cli, output)
    check_payouts_folder(cli, folder)
    check_disclosure(cli)
    cli.refuses(["demo", "--data", cli.path("none"), "--story", "x"], USAGE,
                'cambist demo: --story: "x" is not one; there are: ' + STORIES)


p.main(run)
