#!/usr/bin/env -S python3 -B
"""A request from its paper to the file that Debian's age opens, at one venue: the desk's case, the grant
that is written from it, approvals of both groups at the desk and under the grant, the log, the opening,
the delivery, the notice. A grant that says more than was assessed is refused by preparer and officers.
The venue's log wants a witness whom nobody asks, so that no slot that ends meanwhile matters; what officers
and opener are shown is of the log that open_make makes, with the same grant.

usage: desk_open_test.py BINARY OPEN_MAKE. Nobody here exists."""

import hashlib
import os
import re
import shutil
import subprocess
import sys

import desk_test as d
import open_log_test as o_log
import open_test as o
import program as p
import serve_test as s

REFUSED = 27
CASE = "3c" * 16  # as open_make's log has it
ROLES = {"a0-1": "legal", "a0-2": "legal", "a0-3": "legal", "b0-1": "independent", "b0-2": "independent",
         "b0-3": "independent"}
PERIOD = "2026-01-01..2026-06-30"
PEOPLE = ("person=1 7", "person=2 8")
PAPER = "1 document XY-000100\n2 document xy 000101\n"


def key_of(path):
    der = subprocess.run(["openssl", "pkey", "-in", path, "-pubout", "-outform", "DER"], check=True,
                         stdout=subprocess.PIPE).stdout
    return subprocess.run(["openssl", "base64", "-A"], input=der[-32:], check=True,
                          stdout=subprocess.PIPE).stdout.decode()


def make_people(world, folder):
    """The officers of both groups, who have shares too, a clerk and a preparer."""
    cli = world.cli
    with open(cli.path("circle"), encoding="ascii") as file:
        officers = re.findall(r"^officer: (\S+) (\S) (\S+) (\d+) (\S+)$", file.read(), re.M)
    register = "".join(f"{code} {number} group{number} {key}\n" for code, _, _, number, key in officers)
    staff = [f"officer: {code} {ROLES[code]} {region}\n" for code, _, region, _, _ in officers]
    keys = {code: cli.path(code + ".pem") for code in ROLES}
    for number, (code, role) in enumerate((("cleo", "clerk"), ("pia", "preparer"))):
        keys[code] = cli.path(f"{code}.pem")
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", keys[code]], check=True,
                       stderr=subprocess.DEVNULL)
        register += f"{code} {30 + number} group{30 + number} {key_of(keys[code])}\n"
        staff.append(f"officer: {code} {role} fr\n")
    with open(os.path.join(folder, "officers.txt"), "w", encoding="ascii") as file:
        file.write(register)
    with open(os.path.join(folder, "desk-staff.txt"), "w", encoding="ascii") as file:
        file.write("cambist desk-staff v1\nvenue: demo.invalid\nquorum: 2 2\n" + "".join(staff))
    return keys


def make_venue(world, kind):
    cli = world.cli
    folder = cli.path("venue")
    os.makedirs(os.path.join(folder, "log"))
    own = o_log.key(cli, os.path.join(folder, "log", "key"), "--name", "demo.invalid", "--kind", "log")
    other = o_log.key(cli, cli.path("witness.key"), "--name", "w.invalid/witness")
    cli.write(os.path.join(folder, "log", "policy.txt"), f"log {own}\nwitness w {other}\nquorum w\n")
    return folder, kind(cli, folder, make_people(world, folder))


def registered(world, desk):
    with open(world.cli.path("circle"), encoding="ascii") as file:
        recipient = re.search(r"^authority: fr-police (\S+)$", file.read(), re.M).group(1)
    desk.ok("none", "a0-1", "authority", "none", "authority=fr-police", "country=FR", "type=police",
            f"recipient={recipient}", "telephone=+00 1 23")
    desk.ok("none", "b0-1", "confirm", "none", "authority=fr-police")


def assessed(world, desk):
    paper = world.cli.write("order", "an order about two people")
    desk.ok("received", "cleo", "receive", CASE, "request=disclose", "mark=order", "opening=authority",
            "basis=union-law", "class=plain", "urgency=ordinary", "country=FR", "authority=fr-police",
            f"instrument=@{paper}", f"sealed=@{paper}", "reference=7/2026", f"dated={d.moment('-1 day')}",
            "identifier=1 document XY 000100", "identifier=2 document XY 000101",
            f"record=1 bank {PERIOD}", f"record=2 bank {PERIOD}")
    desk.ok("received", "cleo", "call-back", CASE, "authority=fr-police", "telephone=+00 1 23")
    desk.ok("authenticated", "cleo", "authenticate", CASE)
    desk.ok("assessed", "a0-3", "assess", CASE, f"record=1 bank {PERIOD}", f"record=2 bank {PERIOD}")


def expires(grant):
    return re.search(r"^expires: (\S+)$", grant, re.M).group(1)


def a_grant(world, desk, case):
    """Written from the case; one that says more is not prepared."""
    cli = world.cli
    lines = world.step("open", "collect", case, *[cli.path(f"record.{number}") for number in range(1, 5)])
    rows, paper = cli.write("rows", lines), cli.write("paper", PAPER)
    ask = ("grant", CASE, *PEOPLE, "--rows", rows, "--log-size", "0")
    code, _, error = desk.run(*ask, "--paper", cli.write("other", PAPER.replace("000101", "000102")))
    cli.check(code == REFUSED and "does not have this document of its person 2" in error,
              f"another's paper: {code}, {error}")
    code, _, error = desk.run(*ask[:2], PEOPLE[0], "person=2 9", *ask[4:], "--paper", paper)
    cli.check(code == REFUSED and "of person 8 was not assessed" in error, f"another's rows: {code}, {error}")
    code, text, error = desk.run(*ask, "--paper", paper)
    cli.equal((code, error), (0, ""), "the grant of the case")
    cli.check(text.count("record: ") == 4 and text.count(f"deliver {PERIOD}") == 2 and "compare none" in text,
              f"as assessed: {text}")
    wider = cli.write("wider", text.replace(PERIOD, "none", 1))
    for path, until, words in ((wider, expires(text), "bank of person 7 is more than was assessed"),
                               (cli.write("grant.text", text), d.moment("+2 hours"), "expire when the act")):
        code, _, error = desk.run("draft", "prepare", CASE, f"grant=@{path}", f"until={until}", *PEOPLE,
                                  "--officer", "pia")
        cli.check(code == REFUSED and words in error, f"{words}: {code}, {error}")
    desk.ok("assessed", "pia", "prepare", CASE, f"grant=@{cli.path('grant.text')}", f"until={expires(text)}",
            *PEOPLE)
    return text


def approvals(world, desk, case, text):
    """Each officer holds the grant against the case's acts, then approves at the desk and under it."""
    cli = world.cli
    path = cli.path("grant.text")
    acts = cli.write("acts", desk.run("acts", CASE)[1])
    named = cli.write("named", "7 document XY-000100\n8 document XY-000101\n")
    show = ("officer", "show", path, "--circle", cli.path("circle"), "--identifiers", named)
    shown = world.step(*show, "--case", acts)
    cli.check("the case names the same people by it" in shown and
              "says no more than a0-3 assessed; 1 of 5 acts" in shown, f"beside the case: {shown}")
    with open(acts, encoding="ascii") as file:
        signed = file.read()
    world.refused(4, "does not follow those before", *show, "--case",
                  cli.write("forged", signed.replace(PERIOD, "2026-01-01..2026-12-31")))
    world.refused(REFUSED, "has not prepared this grant", "officer", "show",
                  cli.write("again", text.replace("log-size: 0", "log-size: 1")), "--case", acts)
    approve = ("officer", "approve", path, "--circle", cli.path("circle"))
    world.refused(2, "approve wants --case", *approve, "--name", "a0-1", "--sign-key", cli.path("a0-1.pem"))
    world.refused(REFUSED, "a0-3 took in, assessed or prepared this case, and does not approve it", *approve,
                  "--case", acts, "--name", "a0-3", "--sign-key", cli.path("a0-3.pem"))
    shutil.copyfile(acts, os.path.join(case, "acts"))
    parts = []
    for officer in o.CHOSEN:
        desk.ok("approved" if officer == o.CHOSEN[-1] else "assessed", officer, "approve", CASE)
        parts.append(cli.write(f"part.{officer}", world.step(
            *approve, "--case", acts, "--name", officer, "--sign-key", cli.path(officer + ".pem"))))
    cli.write(os.path.join(case, "grant"), world.step("officer", "join", *parts))


def told(world, desk, case, *names):
    """What the opening's folder has of these is told to the venue's log."""
    folder = world.cli.path("told")
    os.makedirs(folder, exist_ok=True)
    for name in names:
        shutil.copyfile(os.path.join(case, name), os.path.join(folder, name))
    code, output, error = world.cli.run("open", "log", folder, "--data", desk.folder)
    world.cli.check(all(name in output for name in names[-1:]), f"told: {code}, {output}, {error}")


def reaches(desk, state):
    desk.cli.check(s.eventually(lambda: desk.show(CASE)["state"] == state), f"the desk hears of it: {state}")


def opened(world, desk, case):
    told(world, desk, case, "grant")
    reaches(desk, "logged")
    world.tell("now")
    world.tell("grant " + case)
    opener = world.begin(case)
    told(world, desk, case, "opening")
    reaches(desk, "opened")
    world.tell("opening " + case)
    acts = os.path.join(case, "acts")
    os.rename(acts, acts + ".away")
    world.refused(14, "the circle wants the acts of the grant's case", *world.releases(o.CHOSEN[0], case))
    os.rename(acts + ".away", acts)
    for officer in o.CHOSEN:
        world.put(case, officer, world.step(*world.releases(officer, case)))
    code, _, error = world.end(opener)
    world.cli.equal(code, 0, f"the opener ends: {error}")
    with open(os.path.join(case, "manifest"), "rb") as file:
        manifest = file.read()
    shutil.copyfile(os.path.join(case, "manifest"), world.cli.path("told/manifest"))
    code, output, error = world.cli.run("open", "log", world.cli.path("told"), "--data", desk.folder)
    world.cli.check("delivered: event" in output or "manifest: event" in output,
                    f"told: {code}, {output}, {error}")
    reaches(desk, "delivered")
    return hashlib.sha256(manifest).hexdigest()


def test(cli, world, kind=d.Desk, more=""):
    folder, desk = make_venue(world, kind)
    with open(cli.path("circle"), "a", encoding="ascii") as file:
        file.write("case: wanted\n")
    config = cli.write("cambist.yaml", "desk:\n  on: true\npublog:\n  on: true\n" + more)
    case = cli.path("case")
    os.mkdir(case)
    with s.Venue(cli, folder, "--new", "--config", config) as venue:
        venue.ready()
        desk.open()
        registered(world, desk)
        assessed(world, desk)
        approvals(world, desk, case, a_grant(world, desk, case))
        manifest = opened(world, desk, case)
        cli.check(f"evidence: {manifest}\n" in desk.run("acts", CASE)[1], "delivered is that manifest")
        desk.ok("acknowledged", "cleo", "acknowledge", CASE)
        desk.ok("noticed", "cleo", "notice", CASE)
        desk.ok("closed", "a0-3", "close", CASE)
        desk.close()
        cli.equal(venue.stop(), 0, "an orderly end")
    archive = o.by_age(world, case)
    if archive is not None:
        o.archive_is_right(cli, archive, case)


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: desk_open_test.py BINARY OPEN_MAKE")
    cli = p.Program(sys.argv[1])
    world = o.World(cli, sys.argv[2])
    try:
        test(cli, world)
    finally:
        world.close()
    return cli.finish()


if __name__ == "__main__":
    sys.exit(main())
