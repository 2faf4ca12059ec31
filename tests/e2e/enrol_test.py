#!/usr/bin/env -S python3 -B
"""Enrolments at a running venue: the ceremony of both groups, two customers whose forms are filled in
and sealed in Debian's Chromium, sent through the venue's gateway into keep, opened by the assigned reviewer on a machine of their
own, decided. What was typed is then looked for in every file of the venue, its log, its metrics and
the memory of its processes. usage: enrol_test.py BINARY FOLDER   (of the build)

Without npm, Chromium or the page's packages the test is skipped by name. Nobody here exists."""

import io
import hashlib
import hmac
import json
import os
import re
import subprocess
import sys
import tarfile
import time
import urllib.parse

import browser_test as b
import ceremony_test as c
import clients_test as m
import officers as o
import people_test as people
import program as p
import serve_test as s
import vault_test as v

REFUSED, INPUT, EXISTS, PROTECTED = 27, 4, 15, 26
SECONDS = 600
GROUPS = {"A": ("anna", "bela", "carl"), "B": ("dora", "emil", "fay")}
REVIEWERS = ("anna", "emil")
FIRST, SECOND = "1", "2"
BYTES_MAX = 60 << 10
SEEN = [b"Quellfrost", b"QUELLFROST", "Квельфрост".encode(), b"Nordlichtgasse", b"oda.zv81", b"ZQ 7731",
        b"ZQ7731Q", b"73556081142"]


class World:
    """Officers and what the operator pins."""

    def __init__(self, cli):
        self.cli, self.data = cli, cli.path("venue")
        self.officers = c.Officers(cli)
        os.makedirs(os.path.join(self.data, "vault"))
        transcripts = []
        for group, names in GROUPS.items():
            joined = [self.officers.join(name) for name in names]
            roster = self.officers.step(group + ".roster", "roster", "--venue", "demo.invalid",
                                        "--group", group, *joined)
            transcripts.append(self.officers.hold(group, roster, names, names))
        code, text, error = cli.run("ceremony", "check", *transcripts)
        cli.equal((code, error), (0, ""), "both groups")
        self.pin("groups", "1 " + re.search(r"([0-9a-f]{64})$", text.strip()).group(1) + "\n")
        self.points = {name: c.read(cli.path(name + ".member")).decode().split()[-1]
                       for name in REVIEWERS}
        self.pin("reviewers", "".join(f"{name} {self.points[name]}\n" for name in REVIEWERS))
        self.groups = ["--group-a", transcripts[0], "--group-b", transcripts[1]]

    def pin(self, name, text):
        with open(os.path.join(self.data, "vault", name), "w", encoding="ascii") as file:
            file.write(text)

    def review(self, name, path, *more):
        """(code, what was printed, what was said), on the officer's machine."""
        outcome = subprocess.run(
            [self.cli.binary, "officer", "review", path, *self.groups, *self.officers.own(name), *more],
            capture_output=True, timeout=60, check=False)
        return outcome.returncode, outcome.stdout, outcome.stderr.decode()


def linked(cli, world, venue, keys):
    """Two accounts of two persons: {person: account}. Of nobody, they enrol nobody."""
    cli.equal(page(venue, keys["accounts"]["A"], "GET"), (409, {"error": "no-person"}), "of nobody")
    officers = o.Officers(cli, world.data, keys)
    accounts = {FIRST: keys["accounts"]["A"], SECOND: keys["accounts"]["B"]}
    for person, account in accounts.items():
        officers.give("person", "add", person, signed_by=("anna",))
        officers.give("person", "link", person, str(account["id"]))
    return accounts


def page(venue, account, method, body=b"", signed=None, path="enrolment", **change):
    """(status, answer) of the page's request: signed with its key, with its site's Origin."""
    query = urllib.parse.urlencode({"timestamp": int(time.time() * 1000), "recvWindow": 60000})
    signature = hmac.new(account["secret"].encode(), query.encode() + (body if signed is None else signed),
                         hashlib.sha256).hexdigest()
    headers = {"Origin": "http://" + venue.host, "Content-Type": "application/octet-stream",
               "X-MBX-APIKEY": account["apiKey"], **change}
    connection = venue.connect()
    try:
        connection.request(method, f"/page/v1/{path}?{query}&signature={signature}", body=body or None,
                           headers={name: value for name, value in headers.items() if value is not None})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def piece(total, offset, size):
    """What may be a piece of a whole, of zeros."""
    return (9).to_bytes(8, "little") + total.to_bytes(4, "little") + offset.to_bytes(4, "little") + bytes(size)


def pages_are_refused(cli, venue, accounts):
    """What another site or nobody gets; nothing of it comes to keep."""
    first = accounts[FIRST]
    foreign = "http://other.example"
    for account, method, body, change, wanted in (
            (first, "POST", b"x", {"Origin": None}, (403, {"error": "origin"})),
            (first, "POST", b"x", {"Origin": foreign}, (403, {"error": "origin"})),
            (first, "GET", b"", {"Origin": foreign}, (403, {"error": "origin"})),
            (first, "POST", b"{}", {"Content-Type": "application/json"}, (415, {"error": "type"})),
            (first, "PUT", b"x", {}, (405, {"error": "method"})),
            (first, "POST", b"x" * (BYTES_MAX + 1), {}, (413, {"error": "size", "bytesMax": BYTES_MAX})),
            (first, "GET", b"", {"X-MBX-APIKEY": None}, (401, {"error": "no-session"}))):
        cli.equal(page(venue, account, method, body, **change), wanted, f"{method} {change}")
    step = BYTES_MAX - 16
    for method, body, wanted in (("GET", b"", (405, {"error": "method"})),
                                 ("POST", piece(3 * step, 0, 100), (400, {"error": "body"})),
                                 ("POST", piece(3 * step, step, step) + b"x",
                                  (413, {"error": "size", "bytesMax": BYTES_MAX})),
                                 ("POST", piece(3 * step, step, step), (409, {"error": "refused"}))):
        cli.equal(page(venue, first, method, body, path="enrolment/piece"), wanted, f"a piece: {method}")
    status, answer = page(venue, {**first, "secret": accounts[SECOND]["secret"]}, "POST", b"x")
    cli.equal((status, answer["code"]), (400, -1022), "signed by another")
    status, answer = page(venue, first, "POST", b"xy", signed=b"x")
    cli.equal((status, answer["code"]), (400, -1022), "other bytes than were signed")


def the_line_is_opaque(cli, venue, accounts):
    """Bytes that are none are refused by keep, five an hour reach it; and nothing is offered of who waits
    for a reviewer."""
    second = accounts[SECOND]
    taken = 0
    status, answer = page(venue, second, "POST", b"\1\0\0\0" + bytes(1000))
    while status != 429 and taken < 10:  # an hour may end meanwhile
        taken += 1
        cli.equal((status, answer), (400, {"error": "body"}), "what is none")
        status, answer = page(venue, second, "POST", b"\1\0\0\0" + bytes(1000))
    cli.check(status == 429 and taken >= 5 and 0 < answer["wait"] <= 3600, f"{taken}, then {answer}")
    status, answer = page(venue, second, "POST", piece(200000, 0, BYTES_MAX - 16), path="enrolment/piece")
    cli.equal((status, answer["error"]), (429, "wait"), "a first piece counts as one")
    cli.equal(page(venue, second, "GET"), (409, {"error": "under-review"}),
              "an offer while one is under review")


def customers_come(cli, world, folder, venue, accounts):
    first = accounts[FIRST]
    done = subprocess.run(["node", "enrol.mjs", cli.binary, world.data, os.path.join(BUILD, "web"),
                           FIRST, SECOND, "http://" + venue.host, first["apiKey"], first["secret"], cli.path("own.key")],
                          cwd=folder, capture_output=True, text=True, check=False, timeout=SECONDS)
    print(done.stdout + done.stderr)
    cli.equal((done.returncode, done.stdout.count("\nFAILED")), (0, 0), "the form in Chromium")


def reviewers_open(cli, world, vault):
    waiting = vault.good("reviews").splitlines()
    cli.equal([line.split()[0] for line in waiting], [FIRST, SECOND], "what waits")
    cli.check("seen before: nothing" in waiting[0] and "seen before: document person" in waiting[1],
              f"who was seen before: {waiting}")
    cli.check(re.fullmatch(r"1 \S+ person 2 version 1 seen before: document person\n",
                           vault.good("doubles")), "for the desk, and not as whom")
    cli.equal(vault.good("events").count(" view "), 0, "nobody has looked")
    path = cli.path("review-17")
    vault.good("review", FIRST, "1", path)
    cli.equal(vault.good("events").count(" view "), 1, "a view is told")
    mine = next(name for name in REVIEWERS if world.points[name] in waiting[0])
    other = next(name for name in REVIEWERS if name != mine)
    code, text, error = world.review(mine, path)
    cli.equal(code, 0, f"the reviewer opens it: {error}")
    for line in ("name: Oda Quellfrost\nscript: Latn\nname: Ода Квельфрост\nscript: Cyrl\n"
                 "birth-date: 1991-04-05\nnationality: LV\nnationality: FR\n",
                 "document: ZQ 7731-Q\n", "document-country: LV\nkey: age1", "phone: +999 7355 608 1142\n",
                 "residence: LV\naddress: Nordlichtgasse 4711\naddress: Zvolt\n"):
        cli.check(line in text.decode(), f"{line!r} in {text.decode()!r}")
    own = subprocess.run(["age-keygen", "-y", cli.path("own.key")], capture_output=True, text=True, check=False)
    cli.check(own.returncode == 0 and f"\nkey: {own.stdout}" in text.decode(),
              f"the key that was made in the browser, {own.stdout!r}, stands in {text.decode()!r}")
    code, archive, error = world.review(mine, path, "--show", "documents")
    cli.equal(code, 0, f"documents: {error}")
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        cli.equal([(one.name, one.size) for one in tar], [("document-1.png", 1 << 20), ("document-2.pdf", 19)],
                  "the papers, under names of ours")
    code, text, error = world.review(other, path)
    cli.check(code == REFUSED and text == b"" and "another officer" in error, f"another officer: {error}")
    return path, mine, other


def they_are_told(cli, venue, accounts):
    """What is held of oneself: groups and dates, that somebody has looked, and nothing of anybody else."""
    status, told = page(venue, accounts[FIRST], "GET", path="records")
    cli.equal((status, told["person"], [row["group"] for row in told["records"]]),
              (200, FIRST, ["identity", "contact", "address", "documents"]), "what is held")
    cli.equal([row["views"] for row in told["reviews"]], [1], "somebody has looked once")
    cli.check(told["review"]["until"] == told["reviews"][0]["until"] > time.time() * 1000 and
              all(row["since"] == told["reviews"][0]["came"] and row["erasure"] is None
                  for row in told["records"]), f"since when: {told}")
    cli.equal((told["quorum"], told["erased"], told["years"]),
              (None, [], 5), "whose shares there are is not pinned here")
    cli.equal(page(venue, accounts[SECOND], "GET", path="records")[1]["person"], SECOND, "of the other one")
    cli.equal(page(venue, accounts[FIRST], "POST", path="records"), (405, {"error": "method"}), "no reading")
    cli.equal(page(venue, accounts[FIRST], "GET", path="records", **{"X-MBX-APIKEY": None}),
              (401, {"error": "no-session"}), "by nobody")


def what_is_changed_is_refused(cli, world, path, mine):
    with open(path, "rb") as file:
        whole = file.read()
    for at in (100, 400, 600, len(whole) // 2, len(whole) - 1):
        changed = cli.path("changed")
        with open(changed, "wb") as file:
            file.write(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
        code, text, error = world.review(mine, changed)
        cli.check(code not in (0, 1) and text == b"", f"byte {at}: {code} {error}")


def screening_knows(cli, world, keys):
    """Both were told to screening, which has found them on a list; the second was seen before: a case."""
    told = people.People(cli, world.data)
    cli.check(s.eventually(lambda: "people 2 waiting 0" in told.status()), f"people: {told.status()}")

    def candidates():
        return re.search(r"^cambist_screen_candidates_total (\d+)$", s.monitor(keys, "/metrics")[1], re.M).group(1)
    cli.check(s.eventually(lambda: candidates() == "2"), f"both are on the list: {candidates()}")

    def duplicates():
        code, text, error = cli.run("case", "list", "--kind", "duplicate", "--json", "--data", world.data)
        cli.equal((code, error), (0, ""), "the queue")
        return [(case["person"], case["about"], case["state"]) for case in json.loads(text)["cases"]]
    cli.check(s.eventually(lambda: len(duplicates()) > 0), "a case")
    cli.equal(duplicates(), [(int(SECOND), "document and person", "open")], "who was seen before, and not as whom")


def facts_are_told(cli, world, keys, folder):
    """What the reviewer's client wrote is signed by two officers and carried out: countries, nothing else."""
    names = sorted(os.listdir(folder))
    cli.equal(names, ["document_country.order", "kind.order", "nationality-1.order", "nationality-2.order",
                      "residence.order"], "facts to sign")
    officers = o.Officers(cli, world.data, keys)
    for name in names:
        path = os.path.join(folder, name)
        with open(path, encoding="ascii") as file:
            text = file.read()
        cli.equal([word for word in ("Oda", "1991", "ZQ", "Nordlicht") if word in text], [], f"of {name}")
        code, _, error = officers.submit(*[officers.sign(path, officer) for officer in ("anna", "bela")])
        cli.equal((code, error), (0, ""), f"{name}: {text}")


def one_decides(cli, world, vault, path, mine, keys):
    folder = cli.path("facts")
    os.mkdir(folder)
    identity = re.search(r"^venue: ([0-9a-f]{32})$",
                         c.read(o.Officers(cli, world.data, keys).propose("person", "add", "9")).decode(), re.M)
    facts = ("--facts", folder, "--venue", identity.group(1), "--verified", "document")
    code, text, error = world.review(mine, path, "--verdict", "reject", *facts)
    cli.check(code == 2 and text == b"" and os.listdir(folder) == [], f"no facts of who is rejected: {code} {error}")
    code, text, error = world.review(mine, path, "--verdict", "accept", *facts)
    cli.equal(code, 0, f"a verdict: {error}")
    facts_are_told(cli, world, keys, folder)
    verdict = cli.write("verdict", text)
    changed = cli.write("verdict.changed", text.replace(b"accept", b"reject"))
    vault.bad(REFUSED, "not the verdict of the assigned reviewer", "decide", changed)
    hands = vault.number("hands")
    cli.equal(vault.good("decide", verdict), "4 copies\n", "the copies are gone")
    cli.equal(vault.number("hands"), hands - 4, "and those of the other one are not")
    vault.bad(REFUSED, "has ended", "decide", verdict)
    vault.bad(REFUSED, "has ended", "review", FIRST, "1", cli.path("again"))
    got = cli.path("got")
    vault.good("get", FIRST, "identity", got)
    with open(got, "rb") as file:
        cli.equal(file.read()[204], 0, "no copy is left")
    vault.good("sweep")
    with open(path, "rb") as file:
        identity = file.read()[156:]  # its hand is behind the head of its record
    hand = identity[216:304]
    cli.equal(v.in_files(world.data, [hand[8:40]]), [], "no byte of the reviewer's copy")


def is_nowhere(cli, world, venue, metrics):
    cli.check(metrics, "there are metrics")
    cli.equal(v.in_files(world.data, SEEN), [], "what was typed in files")
    with open(cli.path("serve.log"), "rb") as file:
        log = file.read()
    cli.equal([word for word in SEEN if word in log or word in metrics.encode()], [],
              "what was typed in the log or metrics")
    # Screening knows names, and nothing else of the form.
    found = {name: v.in_memory(venue.pid(name), SEEN[3:] if name == "screen" else SEEN) for name in venue.names()}
    if found["keep"] is None:
        print("skipped: memory of keep: not ours to read, or a sanitizer's")
    cli.equal({name: rows for name, rows in found.items() if rows}, {}, "what was typed in memory")


def test(cli):
    world = World(cli)
    folder = b.install(BUILD, "enrol_browser")
    keys_file = cli.path("keys.json")
    vault = v.Vault(cli, world.data)
    config = cli.write("cambist.yaml", "vault:\n  on: true\nscreen:\n  lists: demo-list\n")
    people.Lists(world.data).put([people.entry(1, "KVELFROST, Oda", births=[{"from": "1991-04-05"}])])
    with s.Venue(cli, world.data, "--profile", "test", "--keys-file", keys_file, "--config",
                 config) as venue:
        venue.ready()
        offer = json.loads(vault.good("offer", FIRST))
        cli.check(offer["version"] == 1 and offer["epoch"] == 1 and offer["reviewer"] in world.points.values()
                  and int(offer["until"]) <= time.time() + 14 * 86400, f"an offer: {offer}")
        with open(keys_file, encoding="ascii") as file:
            keys = json.load(file)
        accounts = linked(cli, world, venue, keys)
        pages_are_refused(cli, venue, accounts)
        same = {**offer, "bytesMax": BYTES_MAX, "pieceBytes": BYTES_MAX - 16, "wholeBytesMax": 29 << 18}
        found = {**page(venue, accounts[FIRST], "GET")[1], "until": offer["until"]}
        cli.equal(found, same, "what the page is offered is what the operator is")
        customers_come(cli, world, folder, venue, accounts)
        the_line_is_opaque(cli, venue, accounts)
        path, mine, _ = reviewers_open(cli, world, vault)
        they_are_told(cli, venue, accounts)
        screening_knows(cli, world, keys)
        what_is_changed_is_refused(cli, world, path, mine)
        one_decides(cli, world, vault, path, mine, keys)
        vault.good("verify")
        is_nowhere(cli, world, venue, s.monitor(keys, "/metrics")[1])
        cli.equal(venue.stop(), 0, "exit code on SIGTERM")
    cli.equal(v.in_files(world.data, SEEN), [], "what was typed in files at the end")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: enrol_test.py BINARY FOLDER")
    BUILD = os.path.abspath(sys.argv.pop())
    if b.missing():
        m.m.skip(f"enrolments in a browser: {b.missing()}")
    if not os.path.exists(os.path.join(BUILD, "web", "node_modules", "esbuild")):
        m.m.skip("enrolments in a browser: the pages were built without npm")
    p.main(test)
