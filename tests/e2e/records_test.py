#!/usr/bin/env -S python3 -B
"""What a customer is told of their records at a real venue: which groups are held and until when, what
was erased, and of which openings they were noticed, each with its letter. Nobody is told anything of
anybody else, nor of a case in which no notice went out. Where there is a browser, the page tells the same. usage: records_test.py BINARY

Nobody here exists."""

import hashlib
import hmac
import json
import os
import subprocess
import time
import urllib.parse

import browser_test as b
import desk_test as d
import officers as o
import program as p
import serve_test as s
import vault_test as v

PERSON, OTHER = 1, 2
IDENTITY, ADDRESS, BANK = 1, 3, 5
DAY = 86400
SECONDS = 120
GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden", "receipts", "receipts.json")


def ask(venue, account, path, method="GET", **change):
    """(status, answer) of a signed request for what the customer is told."""
    query = urllib.parse.urlencode({"timestamp": int(time.time() * 1000), "recvWindow": 60000})
    signature = hmac.new(account["secret"].encode(), query.encode(), hashlib.sha256).hexdigest()
    headers = {"X-MBX-APIKEY": account["apiKey"], **change}
    connection = venue.connect()
    try:
        connection.request(method, f"/page/v1/{path}?{query}&signature={signature}",
                           headers={name: value for name, value in headers.items() if value is not None})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def linked(cli, folder, keys, people):
    """Two accounts of two persons."""
    officers = o.Officers(cli, folder, {"officers": [{"code": code, "key": key}
                                                     for code, key in people.items()]})
    accounts = {PERSON: keys["accounts"]["A"], OTHER: keys["accounts"]["B"]}
    for person, account in accounts.items():
        officers.give("person", "add", str(person), signed_by=("anna",))
        officers.give("person", "link", str(person), str(account["id"]))
    return accounts


def records_are_told(cli, venue, vault, accounts):
    today = int(time.time() // DAY)
    wrap = bytes(144)
    vault.put(v.record(PERSON, IDENTITY, 1, wrap, b"sealed"), v.record(PERSON, ADDRESS, 1, wrap, b"sealed"),
              v.record(PERSON, BANK, 1, wrap, b"sealed", until=today - 1),
              v.record(OTHER, BANK, 1, wrap, b"sealed", until=today + 30))
    cli.check(s.eventually(lambda: ask(venue, accounts[PERSON], "records")[1].get("erased")), "one is over")
    status, told = ask(venue, accounts[PERSON], "records")
    cli.equal((status, told), (200, {
        "person": str(PERSON),
        "records": [{"group": group, "version": 1, "since": None, "retention": "1", "erasure": None}
                    for group in ("identity", "address")],
        "reviews": [], "review": None, "quorum": None,
        "erased": [{"group": "bank", "version": 1, "when": today * DAY * 1000}], "years": 5, "more": False}),
              "what is held, and what was erased")
    status, told = ask(venue, accounts[OTHER], "records")
    cli.equal((status, [(row["group"], row["erasure"]) for row in told["records"]], told["erased"]),
              (200, [("bank", (today + 31) * DAY * 1000)], []), "of the other one")


def pages_are_refused(cli, venue, accounts):
    for path in ("records", "openings"):
        for method, change, wanted in (("POST", {}, (405, {"error": "method"})),
                                       ("GET", {"Origin": "http://other.example"}, (403, {"error": "origin"})),
                                       ("GET", {"X-MBX-APIKEY": None}, (401, {"error": "no-session"}))):
            cli.equal(ask(venue, accounts[PERSON], path, method, **change), wanted, f"{path}: {method} {change}")
        status, answer = ask(venue, {**accounts[PERSON], "secret": accounts[OTHER]["secret"]}, path)
        cli.equal((status, answer["code"]), (400, -1022), f"{path}, signed by another")


def nothing_yet(cli, venue, account, why):
    cli.equal(ask(venue, account, "openings"), (200, {"complete": False, "all": 0, "openings": []}), why)


def an_opening_is_told(cli, venue, desk, accounts):
    grant = "cambist grant v1\nnothing that anybody could open\n"
    digest = hashlib.sha256(grant.encode()).hexdigest()
    case = d.assessed(cli, desk, 3)
    until = subprocess.run(["date", "-u", "-d", "+2 hours", "+until=%Y-%m-%dT%H:%M:%SZ"], check=True,
                           stdout=subprocess.PIPE).stdout.decode().strip()
    desk.ok("assessed", "pia", "prepare", case, f"grant={digest}", until, f"person=1 {PERSON}")
    desk.ok("assessed", "abel", "approve", case)
    desk.ok("approved", "bela", "approve", case)
    cli.check(d.all_told(desk, case), "the log has the acts")
    d.told(cli, desk.folder, "grant", case, grant + "signature: abel x\nsignature: bela y\n")
    cli.check(s.eventually(lambda: desk.show(case)["state"] == "logged"), "logged")
    opening = f"cambist opening v1\ngrant: {digest}\n"
    d.told(cli, desk.folder, "opening", case, opening)
    d.told(cli, desk.folder, "delivered", case, f"cambist manifest v1\ngrant: {digest}\n")
    cli.check(s.eventually(lambda: desk.show(case)["state"] == "delivered"), "opened, then delivered")
    nothing_yet(cli, venue, accounts[PERSON], "opened, and nobody was noticed")
    desk.ok("acknowledged", "cleo", "acknowledge", case)
    desk.ok("noticed", "cleo", "notice", case)
    status, told = ask(venue, accounts[PERSON], "openings")
    cli.equal((status, told["complete"], told["all"], len(told["openings"])), (200, False, 1, 1), "one is told")
    row = told["openings"][0]
    letter = row.pop("letter")
    noticed = row.pop("noticed")
    cli.check(abs(noticed / 1000 - time.time()) < 600, f"when: {noticed}")
    cli.equal(row, {"kind": "authority", "opened": True, "withheld": False, "case": case, "groups": ["bank"],
                    "from": None, "until": None, "event": hashlib.sha256(opening.encode()).hexdigest(),
                    "receipt": None}, "what it says before the slot has ended")
    cli.check(letter.startswith("cambist letter v1\n") and f"case: {case}\n" in letter and
              "opened: yes\n" in letter and "[fr]\n" in letter, f"its letter: {letter}")
    for code in d.STAFF:
        cli.check(f": {code}\n" not in letter, f"names no officer: {code}")
    nothing_yet(cli, venue, accounts[OTHER], "and nobody else")
    return case


def the_page_tells(cli, venue, case):
    """The same on the page, where it was built and there is a browser."""
    build = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(cli.binary)), "..", ".."))
    if b.missing() or not os.path.exists(os.path.join(build, "web", "dist", "index.html")):
        print(f"skipped: the page about one's records: {b.missing() or 'it was built without npm'}")
        return
    done = subprocess.run(["node", "records.mjs", "http://" + venue.host, case, GOLDEN],
                          cwd=b.install(build, "records_browser"), capture_output=True, text=True, check=False,
                          timeout=SECONDS)
    print(done.stdout + done.stderr)
    cli.equal((done.returncode, done.stdout.count("FAILED")), (0, 0), "the page in Chromium")


def the_desk_comes_back(cli, venue, accounts, case):
    """The line is the supervisor's: a desk that was killed answers on it again."""
    before = venue.pid("desk")
    os.kill(before, d.signal.SIGKILL)
    cli.check(s.eventually(lambda: venue.pid("desk") not in (0, before)), "the desk is back")

    def told():
        status, answer = ask(venue, accounts[PERSON], "openings")
        return status == 200 and [row["case"] for row in answer["openings"]] == [case]
    cli.check(s.eventually(told), "and tells the same")


def test(cli):
    folder = cli.path("venue")
    people = d.make_people(cli, folder)
    os.rename(os.path.join(folder, "officers.txt"), os.path.join(folder, "register.txt"))
    desk = d.Desk(cli, folder, people)
    vault = v.Vault(cli, folder)
    keys_file = cli.path("keys.json")
    config = cli.write("cambist.yaml", "vault:\n  on: true\ndesk:\n  on: true\n"
                       "publog:\n  on: true\n  origin: demo.invalid/log\nadmin:\n  officers: register.txt\n")
    with s.Venue(cli, folder, "--profile", "test", "--keys-file", keys_file, "--config", config) as venue:
        venue.ready()
        with open(keys_file, encoding="ascii") as file:
            keys = json.load(file)
        cli.equal(ask(venue, keys["accounts"]["A"], "records")[1]["person"], None, "an account of nobody")
        nothing_yet(cli, venue, keys["accounts"]["A"], "nor is nobody told of anything")
        accounts = linked(cli, folder, keys, people)
        records_are_told(cli, venue, vault, accounts)
        pages_are_refused(cli, venue, accounts)
        d.register(desk)
        case = an_opening_is_told(cli, venue, desk, accounts)
        the_page_tells(cli, venue, case)
        the_desk_comes_back(cli, venue, accounts, case)
        cli.equal(venue.stop(), 0, "exit code on SIGTERM")


if __name__ == "__main__":
    p.main(test)
