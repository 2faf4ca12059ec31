#!/usr/bin/env -S python3 -B
"""A customer's appeal and evidence at a running venue: through the gateway into the officers' queue,
journalled by the administrator's agent, answered by an officer who had no part; files sealed with
Debian's age and opened with it again; what is said is the same for a hold by hand and for a list hit.
usage: inbox_test.py BINARY"""

import hashlib
import hmac
import json
import os
import shutil
import subprocess
import time
import urllib.parse

import cases_test as c
import officers as o
import program as p
import rules_venue_test as r
import serve_test as s

DAY_MS = 86_400_000
LISTED, BY_HAND, NOBODY = "A", "B", "W"
OCTETS, JSON = "application/octet-stream", "application/json"


def page(venue, account, method, path, body=b"", kind=OCTETS, **change):
    """(status, answer) of the page's request: signed with its key, with its site's Origin."""
    query = urllib.parse.urlencode({"timestamp": int(time.time() * 1000), "recvWindow": 60000})
    signature = hmac.new(account["secret"].encode(), query.encode() + body, hashlib.sha256).hexdigest()
    headers = {"Origin": "http://" + venue.host, "Content-Type": kind, "X-MBX-APIKEY": account["apiKey"], **change}
    connection = venue.connect()
    try:
        connection.request(method, f"/page/v1/{path}?{query}&signature={signature}", body=body or None,
                           headers={name: value for name, value in headers.items() if value is not None})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def appeal(venue, account, evidence="", notice=None):
    body = json.dumps({"notice": notice or int(time.time() * 1000), "evidence": evidence}).encode()
    return page(venue, account, "POST", "appeal", body, JSON)


def sealed(recipient, text):
    return subprocess.run(["age", "-r", recipient], input=text, capture_output=True, check=True).stdout


def eventually(cli, what, why):
    cli.check(s.eventually(what), why)


class World:
    def __init__(self, cli, venue, folder, keys):
        self.cli, self.venue, self.folder, self.keys = cli, venue, folder, keys
        self.officers = o.Officers(cli, folder, keys)
        self.accounts = keys["accounts"]

    def give(self, *words):
        return self.officers.give(*words)

    def cases(self, *words):
        return json.loads(self.cli.run("case", "list", "--data", self.folder, "--json", *words)[1])["cases"]

    def standing(self, name):
        return s.ask(self.venue, self.accounts[name], "GET", "/page/v1/standing")[1]


def restricted(world):
    """One by a list hit that nobody has confirmed, one by hand: both read that they are checked."""
    cli, rules = world.cli, r.Rules(world.cli, world.folder, world.keys)
    for person, name in (("1", LISTED), ("2", BY_HAND)):
        world.give("person", "add", person)
        world.give("person", "link", person, str(world.accounts[name]["id"]))
    eventually(cli, lambda: appeal(world.venue, world.accounts[BY_HAND]) == (409, {"error": "nothing"}),
               "nothing is restricted")
    cli.equal(appeal(world.venue, world.accounts[NOBODY]), (409, {"error": "no-person"}), "of nobody")
    for person, name in (("1", LISTED), ("2", BY_HAND)):
        world.give("fact", "set", person, "kind", "natural")
    world.give("listing", "set", "2", "demo-list", "clear")
    world.give("listing", "set", "1", "demo-list", "candidate", "entry=4711")
    path = cli.write("list.yaml", c.PACK)
    for code in ("anna", "bela"):
        rules.sign(path, code)
    rules.json("activate", path)
    world.give("account", "restrict", str(world.accounts[BY_HAND]["id"]), "review")
    for name in (LISTED, BY_HAND):
        eventually(cli, lambda name=name: not world.standing(name)["allowed"]["withdraw"], f"{name} is held")
        cli.equal([row["kind"] for row in world.standing(name)["reasons"]], ["checking"], f"{name} is checked")
    eventually(cli, lambda: world.cases("--kind", "candidate"), "a candidate's case")


def pages_are_refused(world):
    cli, venue, first = world.cli, world.venue, world.accounts[BY_HAND]
    good = b'{"notice":1,"evidence":""}'
    for method, path, body, kind, change, wanted in (
            ("POST", "appeal", good, JSON, {"Origin": None}, (403, {"error": "origin"})),
            ("POST", "appeal", good, JSON, {"Origin": "http://other.example"}, (403, {"error": "origin"})),
            ("GET", "appeal", b"", JSON, {"Origin": "http://other.example"}, (403, {"error": "origin"})),
            ("POST", "appeal", good, OCTETS, {}, (415, {"error": "type"})),
            ("PUT", "appeal", good, JSON, {}, (405, {"error": "method"})),
            ("POST", "appeal", b'{"notice":1}', JSON, {}, (400, {"error": "body"})),
            ("POST", "appeal", good, JSON, {"X-MBX-APIKEY": None}, (401, {"error": "no-session"})),
            ("POST", "evidence", b"x" * 61441, OCTETS, {}, (413, {"error": "size", "bytesMax": 61440})),
            ("POST", "evidence", b"x", JSON, {}, (415, {"error": "type"}))):
        cli.equal(page(venue, first, method, path, body, kind, **change), wanted, f"{method} {path} {change}")
    status, answer = page(venue, {**first, "secret": world.accounts[LISTED]["secret"]}, "GET", "appeal")
    cli.equal((status, answer["code"]), (400, -1022), "signed by another")


def hostile_files(world, recipient):
    """Nothing of them is kept or journalled."""
    cli, first = world.cli, world.accounts[BY_HAND]
    twice = subprocess.run(["age", "-r", recipient, "-r", recipient], input=b"x", capture_output=True,
                           check=True).stdout
    word = b"age-encryption.org/v1\n-> scrypt c2FsdHNhbHRzYWx0c2FsdA 18\n" + b"A" * 43 + b"\n--- " + b"A" * 43 + \
        b"\n" + b"x" * 40
    for what, body in (("no age file", b"%PDF-1.7 and more"), ("for two keys", twice), ("for a password", word)):
        cli.equal(page(world.venue, first, "POST", "evidence", body), (400, {"error": "body"}), what)
    kept = os.path.join(world.folder, "cases", "evidence")
    cli.equal(os.listdir(kept) if os.path.isdir(kept) else [], [], "nothing is kept")


def evidence(world, recipient, identity):
    cli, account = world.cli, world.accounts[LISTED]
    cli.equal(page(world.venue, account, "GET", "evidence"), (200, {"recipient": recipient, "bytesMax": 61440}),
              "for whom it is sealed")
    paper = b"An invented residence permit of an invented person. " * 900
    body = sealed(recipient, paper)
    digest = hashlib.sha256(body).hexdigest()
    for _ in range(2):
        cli.equal(page(world.venue, account, "POST", "evidence", body), (200, {"hash": digest}), "a file")
    outcome = subprocess.run([cli.binary, "case", "evidence", digest, "--data", world.folder],
                             capture_output=True, check=False)
    cli.equal((outcome.returncode, outcome.stdout), (0, body), "printed as it came")
    opened = subprocess.run(["age", "-d", "-i", identity], input=outcome.stdout, capture_output=True, check=False)
    cli.equal((opened.returncode, opened.stdout), (0, paper), "Debian's age opens it")
    code, _, error = cli.run("case", "evidence", "5e" * 32, "--data", world.folder)
    cli.check(code == 14, f"a file that was never sent: {code}, {error}")
    mode = os.stat(os.path.join(world.folder, "cases", "evidence", digest + ".age")).st_mode & 0o077
    cli.equal(mode, 0, "for the owner alone")
    return digest


def appeals(world, digest):
    """Both get the same answers, byte for byte but for their own clock."""
    cli, venue = world.cli, world.venue
    cli.equal(appeal(venue, world.accounts[BY_HAND], "77" * 32), (409, {"error": "unknown"}), "no such file")
    untils = {}
    for name in (LISTED, BY_HAND):
        account = world.accounts[name]
        cli.equal(page(venue, account, "GET", "appeal"), (200, {"appeal": None}), f"{name}: before")
        before = int(time.time() * 1000)
        status, answer = appeal(venue, account, digest if name == LISTED else "")
        cli.equal((status, list(answer)), (200, ["until"]), f"{name}: appeals")
        cli.check(before + 10 * DAY_MS - 60_000 <= answer["until"] <= before + 10 * DAY_MS + 60_000, "ten days")
        cli.equal(appeal(venue, account), (200, answer), f"{name}: once more")
        status, told = page(venue, account, "GET", "appeal")
        cli.equal((status, list(told["appeal"]), told["appeal"]["state"], told["appeal"]["until"],
                   told["appeal"]["answered"]),
                  (200, ["state", "made", "until", "answered"], "open", answer["until"], None), f"{name}: stands")
        untils[name] = answer["until"]
    found = world.cases("--kind", "appeal")
    cli.equal(sorted(case["account"] for case in found),
              sorted(world.accounts[name]["id"] for name in (LISTED, BY_HAND)), "two appeals, no more")
    return {case["account"]: case["case"] for case in found}


def answered(world, cases):
    cli, account = world.cli, world.accounts[BY_HAND]
    case = cases[account["id"]]
    world.give("case", "act", "overturn", str(case_number(case)))
    eventually(cli, lambda: page(world.venue, account, "GET", "appeal")[1]["appeal"]["state"] == "overturned",
               "the outcome is told")
    told = page(world.venue, account, "GET", "appeal")[1]["appeal"]
    cli.check(told["answered"] is not None and told["made"] <= told["answered"] <= told["until"], f"{told}")
    cli.equal(page(world.venue, world.accounts[LISTED], "GET", "appeal")[1]["appeal"]["state"], "open", "the other's")
    for name, language, words in ((BY_HAND, "en", "what was decided will be changed"), (LISTED, "fr", "a été reçu")):
        text = cli.run("inbox", str(world.accounts[name]["id"]), "--data", world.folder, "--language", language)[1]
        cli.check(words in text.splitlines()[0], f"the inbox: {text}")


def case_number(text):
    command, item = text.split("-")
    return int(command) << 20 | int(item)


def comes_back(world):
    """The queue is thrown away and made again: the same appeals, the same clocks."""
    before = world.cases("--all", "--kind", "appeal")
    cli = world.cli
    cli.equal(world.venue.stop(), 0, "an orderly end")
    code, _, error = cli.run("case", "rebuild", "--data", world.folder)
    cli.equal(code, 0, f"rebuilt: {error}")
    cli.equal(world.cases("--all", "--kind", "appeal"), before, "as they were")


def test(cli):
    folder = cli.path("venue")
    if shutil.which("age") is None:
        print("skipped: appeals and evidence: needs age")
        raise SystemExit(77)
    identity = cli.path("officers.key")
    subprocess.run(["age-keygen", "-o", identity], check=True, capture_output=True)
    recipient = subprocess.run(["age-keygen", "-y", identity], check=True, capture_output=True, text=True).stdout.strip()
    keys_file = cli.path("keys.json")
    config = cli.write("cambist.yaml", f"cases:\n  recipient: {recipient}\n")
    with s.Venue(cli, folder, "--profile", "test", "--keys-file", keys_file, "--config", config) as venue:
        venue.ready()
        with open(keys_file, encoding="utf-8") as file:
            keys = json.load(file)
        world = World(cli, venue, folder, keys)
        restricted(world)
        pages_are_refused(world)
        hostile_files(world, recipient)
        cases = appeals(world, evidence(world, recipient, identity))
        answered(world, cases)
        comes_back(world)
    wrong = cli.write("wrong.yaml", "cases:\n  recipient: age1nobody\n")
    with s.Venue(cli, folder, "--config", wrong) as venue:
        cli.equal(venue.process.wait(s.PATIENCE), 3, "no key at all is said at the start")


if __name__ == "__main__":
    p.main(test)
