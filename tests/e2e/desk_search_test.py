#!/usr/bin/env -S python3 -B
"""A search at a real venue: it names nobody, more officers than usual approve it, and when it has been in
the log for 72 hours the preparer hands in what is searched for. Desk and vault tell how many people have
it and nothing else; what was handed in is in no file and no log. Then whom it found is assessed, and takes
a second grant with every approval anew. The calendar of all processes is moved (later.c).

usage: desk_search_test.py LATER. Nobody here exists."""

import datetime
import hashlib
import os
import re
import sqlite3
import struct
import sys

import desk_test as d
import program as p
import serve_test as s
import vault_test as v

REFUSED, INPUT, LIMIT, USAGE = 27, 4, 5, 2
WAIT_S = 72 * 3600
CASE = f"{5:032x}"
RECIPIENT = "age155xn2mqnwm0dn5gp8q8ytvvnz0gnr3xsat5s2dz2lys4td7c54rqk735w4"
SEARCH_FLAG = 2
MOMENT = "%Y-%m-%dT%H:%M:%SZ"
DOCUMENTS = 4
STAFF = {"cleo": ("clerk", "fr"), "anna": ("legal", "fr"), "abel": ("legal", "fr"), "alma": ("legal", "fr"),
         "bela": ("independent", "it"), "bruno": ("independent", "it"), "pia": ("preparer", "fr")}
VALUE = "ZQ 7731 QUELLFROST"
PEOPLE = ("person=1 7", "person=2 8")
SEEN = [b"QUELLFROST", b"quellfrost", VALUE.encode().hex().encode()]


class Calendar:
    def __init__(self, cli):
        self.path, self.later = cli.path("later"), 0
        self.move(0)
        os.environ["CAMBIST_LATER"] = self.path

    def move(self, seconds):
        self.later += seconds
        with open(self.path, "r+b" if os.path.exists(self.path) else "wb") as file:
            file.write(struct.pack("<q", self.later))

    def moment(self, hours):
        return d.moment(f"{self.later + hours * 3600} seconds")


def records_are_put(cli, folder):
    """Two people have the value, one of them in two records; a third has another one."""
    vault = v.Vault(cli, folder)
    cli.check(s.eventually(lambda: vault.run("status")[0] == 0), "keep answers")
    wrap = bytes(range(144))
    vault.put(v.record(7, DOCUMENTS, 1, wrap, b"x", [(3, VALUE.encode())]),
              v.record(7, DOCUMENTS, 2, wrap, b"x", [(3, b"zq-7731-quellfrost")]),
              v.record(8, DOCUMENTS, 1, wrap, b"x", [(3, VALUE.encode())]),
              v.record(9, DOCUMENTS, 1, wrap, b"x", [(3, b"ZQ 7732")]))


def registered(desk):
    desk.ok("none", "anna", "authority", "none", "authority=xa-court", "country=FR", "type=court",
            f"recipient={RECIPIENT}", "telephone=+00 1 23")
    desk.ok("none", "bela", "confirm", "none", "authority=xa-court")


def received(cli, desk):
    paper = cli.write("order", "an order about whoever has a document")
    desk.ok("received", "cleo", "receive", CASE, "request=disclose", "mark=order", "opening=authority",
            "basis=union-law", "class=search", "urgency=ordinary", "country=FR", "authority=xa-court",
            f"instrument=@{paper}", f"sealed=@{paper}", "reference=5/2026", f"dated={d.moment('-1 day')}",
            f"identifier=1 document {VALUE}", "record=1 bank none")
    desk.ok("received", "cleo", "call-back", CASE, "authority=xa-court", "telephone=+00 1 23")
    desk.ok("authenticated", "cleo", "authenticate", CASE)


def approved(desk):
    for officer in ("abel", "alma", "bela"):
        desk.ok("assessed", officer, "approve", CASE)
    desk.ok("approved", "bruno", "approve", CASE)


def a_search(cli, desk, calendar):
    """Approved by more than usual; and not a second too early."""
    paper = cli.write("paper", f"1 document {VALUE.lower()}\n")
    ask = ("search", CASE, "--paper", paper)
    code, _, error = desk.run(*ask)
    cli.check(code == REFUSED and "desk: state:" in error, f"before it is logged: {code}, {error}")
    desk.no("scope", "anna", "assess", CASE, "record=1 bank none")
    desk.ok("assessed", "anna", "assess", CASE)
    desk.ok("assessed", "pia", "prepare", CASE, "grant=" + "6b" * 32, f"until={calendar.moment(95)}")
    approved(desk)
    cli.check(s.eventually(lambda: desk.show(CASE)["state"] == "logged"), "it is in the log")
    code, _, error = desk.run(*ask)
    cli.check(code == REFUSED and "desk: wait:" in error, f"too early: {code}, {error}")
    calendar.move(WAIT_S)
    return ask


def is_counted(cli, desk, ask):
    other = cli.write("other", "1 document ZQ 7732\n")
    code, _, error = desk.run("search", CASE, "--paper", other)
    cli.check(code == REFUSED and "does not have this value" in error, f"another value: {code}, {error}")
    code, _, error = desk.run("search", CASE, "--paper", cli.write("none", "1 nationality FR\n"))
    cli.check(code == INPUT, f"what no index has: {code}, {error}")
    code, output, error = desk.run(*ask)
    cli.equal((code, output, error), (0, "found: 2\n", ""), "two people have it")
    found = desk.show(CASE)
    cli.equal((found["state"], found["counted"], found["found"]), ("authenticated", True, 2), "it is shown")
    code, _, error = desk.run(*ask)
    cli.check(code == REFUSED and "desk: request:" in error, f"once: {code}, {error}")
    acts = desk.run("acts", CASE)[1]
    matter = hashlib.sha256(f"cambist search v1\ncase: {CASE}\ngrant: {'6b' * 32}\n".encode()).hexdigest()
    cli.check(re.search(rf"^act: counted\n.*evidence: {matter}\n.*count: 2\n", acts, re.M | re.S),
              f"the act of the process: {acts}")
    number = rf"^# \d+ ([1-9]\d*)\ncambist desk v1\nvenue: \S+\nact: counted$"
    cli.check(s.eventually(lambda: re.search(number, desk.run("acts", CASE)[1], re.M)), "and the log has it")
    return matter


def written(cli, desk):
    """The text is of the class search, of however few people: it waits, and plain it is not prepared."""
    rows = cli.write("rows", "".join(f"{person} {group} 1 1 1 {person:064x}\n" for person in (7, 8)
                                     for group in ("identity", "bank")))
    both = cli.write("both", f"1 document {VALUE}\n2 document {VALUE}\n")
    code, text, error = desk.run("grant", CASE, *PEOPLE, "--rows", rows, "--paper", both, "--log-size", "0")
    cli.equal((code, error), (0, ""), "the second grant")
    cli.check("\nclass: search\n" in text and text.count("record: ") == 4, f"what was found: {text}")
    return text


def the_second_grant(cli, desk):
    """Nobody beyond those who were counted; and every approval anew."""
    desk.no("scope", "anna", "assess", CASE, "record=1 bank none", "record=3 bank none")
    desk.ok("assessed", "anna", "assess", CASE, "record=1 bank none", "record=2 bank none")
    text = written(cli, desk)
    until = re.search(r"^expires: (\S+)$", text, re.M).group(1)
    issued = datetime.datetime.strptime(re.search(r"^issued: (\S+)$", text, re.M).group(1), MOMENT)
    early = (issued + datetime.timedelta(hours=20)).strftime(MOMENT)
    plain = cli.write("plain", text.replace("class: search", "class: plain").replace(until, early))
    code, _, error = desk.run("draft", "prepare", CASE, f"grant=@{plain}", f"until={early}", *PEOPLE, "--officer",
                              "pia")
    cli.check(code == REFUSED and "its class is not the case's" in error, f"plain: {code}, {error}")
    path = cli.write("grant.text", text)
    desk.ok("assessed", "pia", "prepare", CASE, f"grant=@{path}", f"until={until}", *PEOPLE)
    code, shown, error = cli.run("officer", "show", path, "--case", cli.write("acts", desk.run("acts", CASE)[1]))
    cli.check(code == 0 and re.search(r"^ *search +one more officer of each group, and 72 hours$", shown, re.M),
              f"what officers are shown: {code}, {shown}, {error}")
    approved(desk)
    d.told(cli, desk.folder, "grant", CASE, text + "signature: abel x\n", SEARCH_FLAG)
    cli.check(s.eventually(lambda: desk.show(CASE)["state"] == "logged"), "the grant is in the log")


def test(cli):
    calendar = Calendar(cli)
    folder = cli.path("venue")
    d.STAFF = STAFF
    desk = d.Desk(cli, folder, d.make_people(cli, folder))
    config = cli.write("cambist.yaml", "desk:\n  on: true\npublog:\n  on: true\n  origin: demo.invalid/log\n"
                       "vault:\n  on: true\n")
    with s.Venue(cli, folder, "--new", "--config", config) as venue:
        venue.ready()
        records_are_put(cli, folder)
        registered(desk)
        received(cli, desk)
        ask = a_search(cli, desk, calendar)
        matter = is_counted(cli, desk, ask)
        with sqlite3.connect(os.path.join(folder, "vault/keys/keys.db")) as keys:
            events = [row[0].hex() for row in keys.execute("SELECT matter FROM events WHERE kind=1")]
        cli.equal(events, [matter], "one look-up, and the act's evidence names it")
        the_second_grant(cli, desk)
        cli.equal(v.in_files(folder, SEEN), [], "what was searched for is in no file")
        cli.equal(venue.stop(), 0, "an orderly end")
    with open(cli.path("serve.log"), "rb") as file:
        said = file.read()
    cli.check(not any(word in said for word in SEEN), "nor in the log")


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: desk_search_test.py LATER")
    cli = p.Program(sys.argv[1])
    test(cli)
    return cli.finish()


if __name__ == "__main__":
    sys.exit(main())
