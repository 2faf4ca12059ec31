#!/usr/bin/env -S python3 -B
"""Screening at a real venue: people are told to a process of their own, a hit holds and opens a case,
a clearance of two officers lasts until a side changes, a new list finds who was clear before, a
killed process comes back knowing nobody, a damaged list changes nothing, companies of one declared web
do not trade with each other, and no name is in any file.
usage: people_test.py BINARY

The list, the people and the companies are invented."""

import json
import os
import signal

import cases_test as c
import officers as o
import program as p
import rules_venue_test as r
import serve_test as s

NAME = "Zorvan Quillfeather"
OTHER = "Ottoline Brackwater"


def entry(number, name, kind="person", **more):
    names = [{"text": text, "quality": "primary" if i == 0 else "strong"}
             for i, text in enumerate([name] if isinstance(name, str) else name)]
    return json.dumps({"number": number, "id": str(number), "kind": kind, "names": names, **more},
                      ensure_ascii=False, separators=(",", ":"))


def person(number, name, **more):
    names = [{"text": text, "quality": "primary" if i == 0 else "strong"}
             for i, text in enumerate([name] if isinstance(name, str) else name)]
    return json.dumps({"number": number, "id": str(number), "kind": more.pop("kind", "person"),
                       "names": names, **more}, ensure_ascii=False, separators=(",", ":"))


PACK = c.PACK.replace("    subject: {listed: {list: demo-list, min_state: confirmed}}\n", """    subject:
      any:
        - listed: {list: demo-list, min_state: confirmed}
        - owned: {by: demo-list, method: cascade, op: ">=", percent: "50", aggregate: "true", or_control: "true"}
""").replace("    on_candidate: [review]\n", "    on_candidate: [review]\n    on_undetermined: [review]\n")


def company(record, name, number, scheme="XX-TEST"):
    return json.dumps({"statementId": f"st-{record}", "recordId": record, "declarationSubject": record,
                       "recordType": "entity", "recordStatus": "new", "statementDate": "2021-01-01",
                       "recordDetails": {"isComponent": False,
                                         "entityType": {"type": "registeredEntity"}, "name": name,
                                         "identifiers": [{"scheme": scheme, "id": number}]}})


def holding(owner, target, **share):
    record = f"{owner}-{target}"
    return json.dumps({"statementId": f"st-{record}", "recordId": record,
                       "declarationSubject": target, "recordType": "relationship",
                       "recordStatus": "new", "statementDate": "2021-02-01",
                       "recordDetails": {"isComponent": False, "subject": target,
                                         "interestedParty": owner,
                                         "interests": [{"type": "shareholding", "share": share,
                                                        "directOrIndirect": "direct",
                                                        "startDate": "2021-01-15"}]}})


class Lists:
    """A compiled list, put in its place as the store does it."""

    def __init__(self, folder):
        self.folder = os.path.join(folder, "lists")
        self.load = 0

    def put(self, entries, name="demo-list", broken=False):
        self.load += 1
        os.makedirs(self.folder, exist_ok=True)
        header = {"list": name, "format": "test", "published": "2022-04-20",
                  "source_hash": f"{self.load:064x}", "rows_in": len(entries),
                  "entries": len(entries), "load": self.load}
        path = os.path.join(self.folder, name + ".list")
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(json.dumps(header, separators=(",", ":")) + "\n")
            file.write("\n".join(entries[:-1] if broken else entries) + "\n")
        os.rename(path + ".new", path)


class People:
    def __init__(self, cli, folder):
        self.cli = cli
        self.folder = folder

    def run(self, *arguments):
        return self.cli.run("people", *arguments, "--data", self.folder)

    def put(self, *lines):
        path = self.cli.write("people.jsonl", "\n".join(lines) + "\n")
        code, output, error = self.run("put", path)
        self.cli.equal((code, output, error), (0, f"{len(lines)} people told\n", ""), "people put")

    def status(self):
        code, output, error = self.run("status")
        self.cli.equal((code, error), (0, ""), "people status")
        return output

    def settled(self):
        """Everybody has been looked at."""
        self.cli.check(s.eventually(lambda: " waiting 0\n" in self.status()), "nobody waits")


def verdicts(queue, account, state):
    """What the rules looked at, of a list."""
    return [row for rule in queue.ask("why", str(account))["rules"] for row in rule["listings"]
            if row["state"] == state]


def mistakes(cli, people):
    for lines, text in (([person(1, "A B").replace("\"number\":1,", "")], "\"number\""),
                        (["{\"number\":1,\"odd\":2}"], ":1: "),
                        ([person(1, "A B"), "x"], ":2: ")):
        path = cli.write("wrong.jsonl", "\n".join(lines) + "\n")
        code, _, error = people.run("put", path)
        cli.check(code == c.INPUT and text in error and path in error, f"{lines}: {code} {error!r}")
    code, _, error = people.run("drop", "77")
    cli.check(code == c.REFUSED and "nobody is known" in error, f"drop: {code} {error!r}")
    code, _, error = people.run("burn", "77")
    cli.check(code == c.USAGE, f"burn: {code} {error!r}")


def hit(cli, queue, officers, people, account):
    """A hit opens a case; two officers clear it; it stays clear."""
    people.put(person(1, NAME), person(2, OTHER))
    cli.check(s.eventually(lambda: queue.cases("--kind", "candidate")), "a candidate")
    case = queue.cases("--kind", "candidate")[0]
    cli.equal((case["person"], case["list"], case["entry"]), (1, "demo-list", 4711), "whom, and what")
    people.settled()
    cli.equal(len(queue.cases("--kind", "candidate")), 1, "nobody else")
    rows = verdicts(queue, account, "candidate")
    cli.equal(len(rows), 1, "a verdict of screening")
    officers.give("listing", "set", "1", "demo-list", "clear", "entry=4711",
                  f"replaces={rows[0]['row']}", f"matter={case['matter']}")
    cli.check(s.eventually(lambda: not queue.cases("--kind", "candidate")), "it is cleared")
    people.put(person(1, NAME))
    people.settled()
    cli.equal(queue.cases("--kind", "candidate"), [], "the same again changes nothing")


def expiry(cli, queue, people, lists):
    """The clearance ends with what it was about: the person, then the entry."""
    people.put(person(1, [NAME, "Zorvan Quillfeather Jr"]))
    cli.check(s.eventually(lambda: queue.cases("--kind", "candidate")), "the person has changed")
    lists.put([entry(4711, NAME), entry(4712, "Harrowgate Pelt"), entry(4713, OTHER)])
    cli.check(s.eventually(lambda: {case["person"] for case in queue.cases("--kind", "candidate")}
                           == {1, 2}), "a new entry finds who was clear")
    lists.put([entry(4711, NAME), entry(4712, "Someone Else")], broken=True)
    cli.check(s.eventually(lambda: "load 2 entries 3 fresh" in people.status()),
              "a damaged list changes nothing")


def owners(cli, queue, folder, people, lists):
    """A register says that somebody listed holds half of a customer: the chain is kept and shown;
    what the register takes back stays until officers have looked."""
    registers = os.path.join(folder, "registers")

    lists.put([entry(4711, NAME), entry(4712, "Harrowgate Pelt"), entry(4713, OTHER)])
    cli.check(s.eventually(lambda: "load 4 entries 3 fresh" in people.status()), "a whole one")

    def put(name, *statements):
        path = cli.write(name, "\n".join(statements) + "\n")
        os.rename(path, os.path.join(registers, name))

    put("first.jsonl", company("listed", "Harrowgate Pelt", "4712", "demo-list"),
        company("mine", "Quarry & Sons", "0002"), company("shell", "Lantern Row Ltd", "0003"), holding("listed", "shell", exact=60),
        holding("shell", "mine", minimum=25, maximum=75))
    cli.check(s.eventually(lambda: queue.cases("--kind", "undetermined")), "a band leaves it open")
    rows = [row for rule in queue.ask("why", "--person", "3")["rules"]
            for row in rule["ownerships"]]
    cli.check(rows and rows[0]["lower"] == "25" and rows[0]["upper"] == "75", f"bounds: {rows}")
    for word in ("Lantern Row Ltd", "st-shell-mine", "XX-TEST:0002"):
        cli.check(word in rows[0].get("chain", ""), f"{word} in the chain: {rows[0].get('chain')!r}")
    put("second.jsonl", holding("listed", "mine", exact=10))
    put("second.jsonl", holding("listed", "mine", exact=30))  # as long as the one before
    cli.check(s.eventually(lambda: queue.cases("--kind", "freeze")), "together they hold half")
    with open(os.path.join(registers, "second.jsonl"), "w", encoding="ascii") as file:
        file.write("{")
    cli.check(s.eventually(lambda: "screen.registers" in log(cli)), "a damaged register is told")
    cli.check(queue.cases("--kind", "freeze"), "and changes nothing")


def trade(cli, venue, maker, taker, prevented):
    """An order of one against the other's: prevented, as one's own are, or a trade."""
    status, made = s.ask(venue, maker, "POST", "/api/v3/order", symbol="BTCUSDT", side="BUY",
                         type="LIMIT", timeInForce="GTC", quantity="0.001", price="30300")
    cli.equal(status, 200, f"a maker ({made})")
    status, taken = s.ask(venue, taker, "POST", "/api/v3/order", symbol="BTCUSDT", side="SELL",
                          type="LIMIT", timeInForce="IOC", quantity="0.001", price="30300",
                          selfTradePreventionMode="EXPIRE_TAKER")
    cli.equal((status, taken.get("status")), (200, "EXPIRED_IN_MATCH" if prevented else "FILLED"),
              f"a taker ({taken})")
    if prevented:
        s.ask(venue, maker, "DELETE", "/api/v3/order", symbol="BTCUSDT", orderId=made["orderId"])
    return taken


def webs(cli, officers, folder, people, venue, keys):
    """Companies of one declared web do not trade with each other; what is only inferred joins
    nobody; officers let somebody go whom the register does not join any more."""
    registers = os.path.join(folder, "registers")
    os.makedirs(registers, exist_ok=True)

    def put(*statements):
        path = cli.write("web.jsonl", "\n".join(statements) + "\n")
        os.rename(path, os.path.join(registers, "web.jsonl"))

    def metric(name):
        return s.value_of(s.monitor(keys, "/metrics")[1], name)

    one, other = keys["accounts"]["A"], keys["accounts"]["B"]
    companies = [company("parent", "Thistle Holding", "0010"),
                 company("left", "Thistle Left", "0011"), company("right", "Thistle Right", "0012")]
    holdings = [holding("parent", "left", exact=80), holding("parent", "right", exact=60)]
    declared = [json.dumps({**json.loads(line), "source": {"type": ["selfDeclaration"]}})
                for line in holdings]
    put(*companies, *holdings)
    for number, key in ((1, "0011"), (2, "0012")):
        people.put(person(number, f"Thistle {key}", kind="entity",
                          identifiers=[{"type": "XX-TEST", "number": key}]))
    people.settled()
    cli.check(s.eventually(lambda: people.run("flags", "1")[1] != ""), "the register is read")
    code, output, error = people.run("flags", "1")
    cli.equal((code, error), (0, ""), "flags")
    cli.check(output.startswith("flag ") and "XX-TEST:0011 (Thistle Left): no_person: " in output,
              f"flags of a customer: {output}")
    code, _, error = people.run("flags", "3")
    cli.check(code == c.REFUSED and "nobody is known" in error, f"flags: {code} {error!r}")
    people.settled()
    trade(cli, venue, one, other, prevented=False)
    put(*companies, *declared)
    cli.check(s.eventually(lambda: metric("cambist_screen_grouped_total") == 2), "told")
    taken = trade(cli, venue, one, other, prevented=True)
    cli.equal(taken.get("tradeGroupId"), (1 << 30) + 1, "the number that members see")
    trade(cli, venue, other, one, prevented=True)
    put(*companies, declared[0])
    cli.check(s.eventually(lambda: metric("cambist_screen_apart") == 1),
              "the register keeps them apart now")
    trade(cli, venue, one, other, prevented=True)  # nobody is let go by screening
    officers.give("person", "group", "2", "0")
    trade(cli, venue, one, other, prevented=False)
    os.remove(os.path.join(registers, "web.jsonl"))


def log(cli):
    with open(cli.path("serve.log"), encoding="utf-8") as file:
        return file.read()


def comes_back(cli, venue, people):
    before = venue.pid("screen")
    os.kill(before, signal.SIGKILL)
    cli.check(s.eventually(lambda: venue.pid("screen") not in (0, before)), "screen is back")
    cli.check(s.eventually(lambda: people.run("status")[0] == 0), "it answers")
    cli.check(people.status().startswith("people 0 "), "it knows nobody")


def no_name_in_any_file(cli, folder):
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            if name.endswith(".list") or not os.path.isfile(path):
                continue
            with open(path, "rb") as file:
                text = file.read()
            cli.check(NAME.encode() not in text and b"quillfeather" not in text.lower(),
                      f"a name in {path}")


def test(cli):
    folder = cli.path("venue")
    keys_file = cli.path("keys.json")
    config = cli.write("cambist.yaml", "screen:\n  lists: demo-list\n  searches: 3\n")
    os.makedirs(folder)
    lists = Lists(folder)
    with s.Venue(cli, folder, "--profile", "test", "--keys-file", keys_file, "--config",
                 config) as venue:
        venue.ready()  # also without the list
        lists.put([entry(4711, NAME), entry(4712, "Harrowgate Pelt")])
        with open(keys_file, encoding="ascii") as file:
            keys = json.load(file)
        officers, queue = o.Officers(cli, folder, keys), c.Queue(cli, folder)
        people = People(cli, folder)
        account = keys["accounts"]["A"]["id"]
        rules = r.Rules(cli, folder, keys)
        path = cli.write("list.yaml", PACK)
        rules.sign(path, "anna")
        rules.sign(path, "bela")
        rules.json("activate", path)
        for number in (1, 2, 3):
            officers.give("person", "add", str(number), signed_by=("anna",))
        for number, letter in ((1, "A"), (2, "B")):
            officers.give("person", "link", str(number), str(keys["accounts"][letter]["id"]),
                          signed_by=("anna",))
        cli.check(s.eventually(lambda: "load 1 entries 2 fresh" in people.status()), "the list")
        webs(cli, officers, folder, people, venue, keys)
        mistakes(cli, people)
        hit(cli, queue, officers, people, account)
        expiry(cli, queue, people, lists)
        people.put(person(3, "Quarry & Sons", kind="entity",
                          identifiers=[{"type": "XX-TEST", "number": "0002"}]))
        people.settled()
        owners(cli, queue, folder, people, lists)
        comes_back(cli, venue, people)
        cli.equal(venue.stop(), 0, "exit code on SIGTERM")
    no_name_in_any_file(cli, folder)


if __name__ == "__main__":
    p.main(test)
