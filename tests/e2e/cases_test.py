#!/usr/bin/env -S python3 -B
"""The officers' queue at a real venue: cases opened by hand, worked on by officers with and without
signatures, acts that do not count, an appeal, a list hit from its candidate to the filed report, an
inbox that reads as the customer's own page does, the queue's socket that says what the command line
does, and the same rows from a rebuilt database.
usage: cases_test.py BINARY"""

import datetime
import hashlib
import json
import os
import socket
import stat

import officers as o
import program as p
import rules_venue_test as r
import serve_test as s

REFUSED, INPUT, USAGE = 27, 4, 2

PACK = """pack:
  id: test-list
  version: 1
  title: {en: A list, fr: Une liste}
  jurisdiction: US
  origin: law
  sources: [us-31cfr-v]
  published: 2022-03-01
  effective_from: 2022-03-01
rules:
  - id: test.listed
    scope: person
    cite:
      - {source: us-31cfr-v, article: ch. V}
    explain: {en: Nobody may move it., fr: Nul ne peut le déplacer.}
    subject: {listed: {list: demo-list, min_state: confirmed}}
    actions: [freeze, {report: ofac, business_days: 10}]
    on_unknown: {actions: [review], evidence: kind, days: 14, then: [review]}
    on_candidate: [review]
    audience: customer
    keep_records_years: "10"
"""


class Queue:
    def __init__(self, cli, folder):
        self.cli = cli
        self.folder = folder

    def run(self, *arguments):
        return self.cli.run(*arguments, "--data", self.folder)

    def ask(self, *arguments):
        code, output, error = self.run(*arguments, "--json")
        self.cli.equal((code, error), (0, ""), " ".join(arguments))
        return json.loads(output)

    def act(self, *arguments):
        return self.ask("case", *arguments)["case"]

    def refused(self, text, *arguments):
        code, _, error = self.run("case", *arguments)
        self.cli.check(code == REFUSED and text in error, f"{' '.join(arguments)}: {error!r}")

    def cases(self, *arguments):
        return self.ask("case", "list", *arguments)["cases"]

    def inbox(self, account, language="en"):
        return self.ask("inbox", str(account), "--language", language)["notices"]


class Api:
    """The queue's socket: a question a line, an answer a line."""

    def __init__(self, folder):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(s.PATIENCE)
        self.socket.connect(os.path.join(folder, "cases.sock"))
        self.lines = self.socket.makefile("rb")

    def line(self, line):
        """The answer to a line; None: the connection has ended."""
        try:
            self.socket.sendall(line + b"\n")
            answer = self.lines.readline()
        except ConnectionError:
            return None
        return json.loads(answer) if answer.endswith(b"\n") else None

    def whole(self, ask, **fields):
        return self.line(json.dumps({"ask": ask, **fields}).encode())

    def ask(self, ask, **fields):
        """What the command line prints; how far the queue has come is left out."""
        answer = self.whole(ask, **fields)
        return {name: value for name, value in answer.items()
                if name not in ("seq", "time_us", "next")}

    def pages(self, ask, rows, **fields):
        """All rows, page by page."""
        found = []
        answer = self.whole(ask, **fields)
        found += answer[rows]
        while "next" in answer:
            answer = self.whole(ask, after=answer["next"], **fields)
            found += answer[rows]
        return found

    def close(self):
        self.lines.close()
        self.socket.close()


def by_hand(cli, queue):
    """A case from its opening to its end."""
    case = queue.act("open", "7", "--officer", "anna")
    cli.equal((case["kind"], case["state"], case["owner"]), ("manual", "open", 11), "a case by hand")
    number = case["case"]
    queue.refused("another officer has the case", "take", number, "--officer", "12")
    queue.refused("an officer must be named", "take", number)
    cli.equal(queue.act("take", number, "--officer", "12", "--second", "anna")["owner"], 12,
              "handed over")
    letter = cli.write("letter.txt", "a letter\n")
    case = queue.act("evidence", number, "--officer", "12", "--evidence", letter)
    cli.equal(case["evidence"], hashlib.sha256(b"a letter\n").hexdigest(), "its hash")
    queue.refused("what loosens needs two officers", "clear", number, "--officer", "12")
    queue.refused("same officer twice", "clear", number, "--officer", "12", "--second", "12")
    queue.refused("not in a case of this kind", "filed", number, "--officer", "12")
    for arguments, code, text in (
            (("case", "take", "7-9", "--officer", "11"), INPUT, "there is no such case"),
            (("case", "take", "x", "--officer", "11"), USAGE, "not a number of a case"),
            (("case", "burn", number), USAGE, "is no action"),
            (("case", "take", number, "--officer", "zoe"), INPUT, "no officer zoe"),
            (("case", "list", "--kind", "odd"), USAGE, 'there is no "odd"'),
            (("case", "open", "0", "--officer", "11"), USAGE, "not a number of a person"),
            (("reports", "overdue"), USAGE, "is not due"),
            (("reports", "due", "--at", "soon"), USAGE, "neither a day nor a moment"),
            (("inbox", "x"), USAGE, "not a number of an account")):
        found, _, error = queue.run(*arguments)
        cli.check(found == code and text in error, f"{arguments}: {found} {error!r}")
    return number


def with_signatures(cli, queue, officers, number):
    """What the register wants signed is not done by the socket alone."""
    code, _, error = queue.run("case", "clear", number, "--officer", "12", "--second", "11")
    cli.check(code == REFUSED and "signatures of 2 officers" in error, f"unsigned: {error!r}")
    code, text, error = queue.run("case", "clear", number, "--officer", "bela", "--second", "anna",
                                  "--propose")
    cli.equal((code, error), (0, ""), "proposing")
    cli.check("order: case_act\n" in text and "act: clear\n" in text, f"the text: {text!r}")
    order = cli.write("clear-order", text)
    code, _, error = officers.submit(officers.sign(order, "bela"), officers.sign(order, "anna"))
    cli.equal((code, error), (0, ""), "submitting")
    cli.check(s.eventually(lambda: queue.ask("case", "show", number)["case"]["state"] == "cleared"),
              "it is cleared")
    queue.act("appeal", number)
    appeal = queue.cases("--kind", "appeal")[0]
    cli.equal((appeal["parent"], appeal["late"]), (number, False), "an appeal")
    queue.refused("an appeal is open already", "appeal", number)
    queue.refused("one who took part", "take", appeal["case"], "--officer", "anna")
    cli.equal(queue.act("take", appeal["case"], "--officer", "13")["owner"], 13, "somebody else")
    queue.refused("one who took part", "uphold", appeal["case"], "--officer", "12")
    cli.equal(queue.act("close", number, "--officer", "12")["state"], "closed", "closed")
    queue.refused("the case is closed", "take", number, "--officer", "11")
    acts = [act["act"] for act in queue.ask("case", "show", number)["acts"]]
    cli.equal(acts, ["open", "take", "evidence", "clear", "appeal", "close"], "the record")


def inbox(cli, queue, officers, account):
    """A hold by hand is told once, in neutral words, and its end too."""
    number = str(account)
    cli.equal(queue.inbox(account), [], "an empty inbox")
    cli.equal(officers.admin("account", "restrict", number, "review")[0], 0, "a hold")
    cli.check(s.eventually(lambda: len(queue.inbox(account)) == 1), "a notice")
    notice = queue.inbox(account)[0]
    cli.equal(notice["kind"], "checking", "a neutral one")
    cli.equal(sorted(notice), ["appeal", "kind", "seq", "text", "time_us", "title", "until"],
              "nothing but the fixed parts")
    cli.check(queue.inbox(account, "fr")[0]["title"] == "Nous vérifions votre compte", "in French")
    cli.equal(officers.admin("account", "restrict", number, "freeze")[0], 0, "more of it")
    officers.give("account", "restrict", number, "none")
    cli.check(s.eventually(lambda: len(queue.inbox(account)) == 2), "its end")
    cli.equal(queue.inbox(account)[0]["kind"], "checked", "the newest comes first")


def same_on_the_page(cli, queue, venue, account):
    """What officers see of an inbox is what its owner reads, in both languages; which of two notices
    of one command comes first is not said."""
    def page():
        return s.ask(venue, account, "GET", "/page/v1/standing")[1]["inbox"]

    cli.check(s.eventually(lambda: len(page()) == len(queue.inbox(account["id"]))),
              "as many notices")
    for language in ("en", "fr"):
        mine = [(notice["kind"], notice["time_us"] // 1000,
                 [[name, text] for name, text in notice.items()
                  if name not in ("kind", "seq", "time_us")])
                for notice in queue.inbox(account["id"], language)]
        theirs = [(notice["kind"], notice["time"], notice[language]) for notice in page()]
        cli.equal(sorted(mine), sorted(theirs), f"an inbox in {language}")


def listed(cli, queue, officers, venue, account, keys):
    """A candidate is held in neutral words, confirmed, frozen, reported."""
    rules = r.Rules(cli, queue.folder, keys)
    path = cli.write("list.yaml", PACK)
    rules.sign(path, "anna")
    rules.sign(path, "bela")
    rules.json("activate", path)
    officers.give("person", "add", "1", signed_by=("anna",))
    officers.give("person", "link", "1", str(account["id"]), signed_by=("anna",))
    row = officers.give("listing", "set", "1", "demo-list", "candidate", "entry=4711",
                        signed_by=("anna",))
    cli.check(s.eventually(lambda: queue.cases("--kind", "candidate")), "a candidate")
    case = queue.cases("--person", "1")[0]
    cli.equal((case["kind"], case["rule"], case["list"], case["entry"]),
              ("candidate", "test.listed", "demo-list", 4711), "what it is about")
    cli.equal(case["due_us"] - case["opened_us"], 5 * 86400 * 10**6, "its clock")
    same_on_the_page(cli, queue, venue, account)
    cli.equal(queue.act("take", case["case"], "--officer", "anna")["owner"], 11, "taken")
    officers.give("listing", "set", "1", "demo-list", "confirmed", "entry=4711",
                  f"replaces={row}", f"matter={case['matter']}")
    cli.check(s.eventually(lambda: queue.cases("--kind", "freeze")), "a freeze")
    shown = queue.ask("case", "show", case["case"])
    cli.equal((shown["case"]["state"], shown["case"]["outcome"]), ("closed", "settled"),
              "the candidate is settled")
    cli.equal(shown["acts"][-1]["act"], "listing_set", "the verdict stands in its record")
    same_on_the_page(cli, queue, venue, account)
    text = json.dumps(queue.inbox(account["id"]))
    cli.check("4711" not in text and "demo-list" not in text, "no entry reaches the customer")
    reports = queue.ask("reports", "due")
    cli.equal((reports["count"], reports["late"]), (1, 0), "a report is due")
    cli.equal(queue.ask("reports", "due", "--at", "2099-01-01")["late"], 1, "and late in 2099")
    report = reports["reports"][0]
    cli.equal((report["kind"], report["about"]), ("report", "ofac"), "to whom")
    queue.act("filed", report["case"], "--officer", "bela")
    cli.equal(queue.ask("reports", "due")["count"], 0, "it was filed")


def whitelisted(cli, queue, officers, person):
    """A candidate of somebody else, whom two officers clear of that entry until a day."""
    officers.give("person", "add", str(person), signed_by=("anna",))
    officers.give("listing", "set", str(person), "demo-list", "candidate", "entry=4712",
                  signed_by=("anna",))
    cli.check(s.eventually(lambda: queue.cases("--person", str(person))), "another candidate")
    number = queue.cases("--person", str(person))[0]["case"]
    queue.act("take", number, "--officer", "bela")
    code, text, error = queue.run("case", "whitelist", number, "--officer", "bela", "--second",
                                  "anna", "--until", "2098-06-01", "--propose")
    cli.equal((code, error), (0, ""), "proposing")
    order = cli.write(f"whitelist-{person}", text)
    code, _, error = officers.submit(officers.sign(order, "bela"), officers.sign(order, "anna"))
    cli.equal((code, error), (0, ""), "submitting")
    mine = lambda: [(row["entry"], row["case"], row["over"])
                    for row in queue.ask("case", "whitelisted")["whitelist"]
                    if row["person"] == person]
    cli.check(s.eventually(mine), "it is whitelisted")
    cli.equal(mine(), [(4712, number, False)], "what is whitelisted")


def worked_by_the_socket(cli, queue, api):
    """An officer's day: what the socket shows is worked on through the command line, and each act is
    seen at the socket."""
    seq = queue.ask("case", "open", "21", "--officer", "anna", "--until", "2099-01-01")["seq"]
    cli.check(api.whole("list")["seq"] >= seq, "the socket knows what the command line knows")
    case = api.ask("list", person=21)["cases"][0]
    cli.equal((case["kind"], case["state"], case["late"]), ("manual", "open", False), "a case")
    number = case["case"]
    queue.act("take", number, "--officer", "12", "--second", "anna")
    cli.equal([found["case"] for found in api.ask("list", owner=12, state="taken")["cases"]],
              [number], "taken")
    letter = cli.write("note.txt", "seen\n")
    queue.act("evidence", number, "--officer", "12", "--evidence", letter)
    shown = api.ask("show", case=number)
    cli.equal(shown["case"]["evidence"], hashlib.sha256(b"seen\n").hexdigest(), "its hash")
    cli.equal([act["act"] for act in shown["acts"]], ["open", "take", "evidence"], "its record")
    queue.act("close", number, "--officer", "12")
    cli.equal(api.ask("list", person=21)["count"], 0, "closed, so not open")
    cli.equal(api.ask("list", person=21, all=True)["cases"][0]["state"], "closed", "but there")


def says_the_same(cli, queue, api, accounts):
    """Every question of the socket against the command that says it."""
    every = api.ask("list", all=True, limit=500)["cases"]
    cli.check(len(every) > 5, f"there are cases: {len(every)}")
    day = datetime.date(2098, 12, 31)
    end = int((datetime.datetime(2099, 1, 1) - datetime.datetime(1970, 1, 1)).total_seconds())
    for fields, arguments in (
            ({}, ()),
            ({"all": True}, ("--all",)),
            ({"all": True, "limit": 2}, ("--all", "--limit", "2")),
            ({"kind": "report"}, ("--kind", "report")),
            ({"all": True, "state": "closed"}, ("--all", "--state", "closed")),
            ({"all": True, "person": 7}, ("--all", "--person", "7")),
            ({"all": True, "account": accounts[1]}, ("--all", "--account", str(accounts[1]))),
            ({"all": True, "owner": 11}, ("--all", "--owner", "anna")),
            ({"due_before_us": end * 10**6}, ("--due", day.isoformat())),
            ({"due_before_us": 1}, ("--due", "1970-01-01T00:00:00.000001Z"))):
        cli.equal(api.ask("list", **fields), queue.ask("case", "list", *arguments),
                  f"list {fields}")
    for case in every:
        cli.equal(api.ask("show", case=case["case"]), queue.ask("case", "show", case["case"]),
                  f"show {case['case']}")
    cli.equal(api.ask("show", case=str(every[0]["matter"]))["case"], every[0], "by its whole number")
    for account in accounts:
        for language in ("en", "fr"):
            cli.equal(api.ask("inbox", account=account, language=language),
                      queue.ask("inbox", str(account), "--language", language), f"inbox {account}")
    cli.equal(api.ask("reports", all=True), queue.ask("reports", "due", "--all"), "reports")
    cli.equal(api.ask("reports", all=True, at_us=end * 10**6),
              queue.ask("reports", "due", "--all", "--at", day.isoformat()), "reports in 2098")
    whitelist = queue.ask("case", "whitelisted")
    cli.equal(len(whitelist["whitelist"]), 2, "two are whitelisted")
    cli.equal(api.ask("whitelisted"), whitelist, "what is whitelisted")
    cli.equal(api.pages("whitelisted", "whitelist", limit=1), whitelist["whitelist"],
              "what is whitelisted, page by page")
    cli.equal(api.pages("list", "cases", all=True, limit=1), every, "page by page")
    longest = max(every, key=lambda case: len(api.ask("show", case=case["case"])["acts"]))["case"]
    cli.equal(api.pages("show", "acts", case=longest, limit=1),
              api.ask("show", case=longest)["acts"], "a record page by page")
    cli.equal(api.pages("inbox", "notices", account=accounts[0], limit=1),
              api.ask("inbox", account=accounts[0])["notices"], "an inbox page by page")


def refuses(cli, queue, api):
    """What is wrong is named, and the next line is answered as ever."""
    for line, field, reason in (
            (b"list", "", "not JSON"),
            (b"", "", "unfinished"),
            (b"[1]", "", "one JSON object"),
            (b'{"ask":"burn"}', "ask", "none of its words"),
            (b'{"ask":"list","kind":"odd"}', "kind", "none of its words"),
            (b'{"ask":"list","who":11}', "who", "no such field"),
            (b'{"ask":"list","limit":501}', "limit", "from 1 to 500"),
            (b'{"ask":"list","after":"here"}', "after", "is not what"),
            (b'{"ask":"show","case":"7-9"}', "case", "there is no such case"),
            (b'{"ask":"inbox"}', "account", "is missing")):
        error = api.line(line)["error"]
        cli.check(error["field"] == field and reason in error["reason"], f"{line}: {error}")
    api.socket.sendall(b'{"ask":"list"}\n{"ask":"reports"}\n')
    names = [sorted(json.loads(api.lines.readline())) for _ in range(2)]
    cli.equal(names, [["cases", "count", "seq", "time_us"],
                      ["count", "late", "reports", "seq", "time_us"]], "in their order")
    long = Api(queue.folder)
    cli.check("4096" in long.line(b"x" * 5000)["error"]["reason"], "too long a line")
    cli.equal(long.line(b'{"ask":"list"}'), None, "and it was the last")
    long.close()


def bounds_connections(cli, queue, api):
    """The ninth is closed; when one goes there is room again. `api` is the first."""
    def another():
        one = Api(queue.folder)
        if one.whole("list") is not None:
            return one
        one.close()
        return None

    api.whole("list")
    crowd = [s.eventually(another) for _ in range(7)]  # one that has ended may still be counted
    cli.check(all(crowd), "eight at a time")
    cli.equal(another(), None, "the ninth")
    crowd.pop().close()
    crowd.append(s.eventually(another))
    cli.check(crowd[-1], "room again")
    for one in crowd:
        one.close()


def by_the_socket(cli, queue, keys, accounts):
    path = os.path.join(queue.folder, "cases.sock")
    cli.equal(stat.S_IMODE(os.stat(path).st_mode), 0o600, "mode of the queue's socket")
    api = Api(queue.folder)
    worked_by_the_socket(cli, queue, api)
    says_the_same(cli, queue, api, accounts)
    refuses(cli, queue, api)
    bounds_connections(cli, queue, api)
    api.close()
    text = s.eventually(lambda: next(
        (text for _, text in [s.monitor(keys, "/metrics")]
         if s.value_of(text, "cambist_cases_turned_away_total") and
         s.value_of(text, "cambist_cases_connections") == 0), None))
    cli.check(text, "connections are counted")
    cli.equal(s.value_of(text or "", "cambist_cases_refused_total"), 11, "errors are counted")
    cli.check(s.value_of(text or "", "cambist_cases_asked_total") > 40, "and questions")


def wrong_holidays(cli, queue, venue):
    """A list of holidays that cannot be read is told, there as here, and stops nothing."""
    with open(os.path.join(queue.folder, "holidays.txt"), "w", encoding="ascii") as file:
        file.write("2026-12-25\nChristmas\n")
    before = venue.pid("back")
    os.kill(before, 9)
    cli.check(s.eventually(lambda: venue.pid("back") not in (0, before)), "back is back")
    api = Api(queue.folder)
    error = api.whole("list")["error"]
    api.close()
    cli.check(error["field"] == "" and "holidays.txt:2" in error["reason"], f"holidays: {error}")
    code, _, text = queue.run("case", "list")
    cli.check(code == INPUT and "holidays.txt:2" in text, f"the command line too: {text!r}")
    os.unlink(os.path.join(queue.folder, "holidays.txt"))


def everything(queue):
    return (queue.cases("--all"), queue.ask("reports", "due", "--all")["reports"])


def rebuilt(cli, queue, account):
    """With the venue stopped, the database is thrown away and made again."""
    before, box = everything(queue), queue.inbox(account)
    shown = [queue.ask("case", "show", case["case"]) for case in before[0]]
    for name in ("cases.db", "cases.db-wal", "cases.db-shm"):
        path = os.path.join(queue.folder, "cases", name)
        if os.path.exists(path):
            os.unlink(path)
    code, _, error = queue.run("case", "list")
    cli.check(code != 0 and error, "no database")
    code, _, error = queue.run("case", "rebuild")
    cli.equal((code, error), (0, ""), "rebuild")
    cli.equal(everything(queue), before, "the same cases")
    cli.equal(queue.inbox(account), box, "the same inbox")
    cli.equal([queue.ask("case", "show", case["case"]) for case in before[0]], shown,
              "the same records")
    mode = os.stat(os.path.join(queue.folder, "cases", "cases.db")).st_mode & 0o777
    cli.equal(mode & 0o077, 0, "nobody else may read it")


def test(cli):
    folder = cli.path("venue")
    keys_file = cli.path("keys.json")
    with s.Venue(cli, folder, "--profile", "test", "--keys-file", keys_file) as venue:
        venue.ready()
        with open(keys_file, encoding="ascii") as file:
            keys = json.load(file)
        officers = o.Officers(cli, folder, keys)
        queue = Queue(cli, folder)
        account = keys["accounts"]["A"]["id"]
        number = by_hand(cli, queue)
        with_signatures(cli, queue, officers, number)
        today = datetime.datetime.now(datetime.timezone.utc).date()
        holidays = [(today + datetime.timedelta(days=day)).isoformat() for day in range(2, 9)]
        with open(os.path.join(folder, "holidays.txt"), "w", encoding="ascii") as file:
            file.write("\n".join(holidays) + "\n")
        api = Api(folder)
        cli.check(api.ask("list")["cases"], "an open case")
        before = venue.pid("back")
        os.kill(before, 9)
        cli.check(s.eventually(lambda: venue.pid("back") not in (0, before)), "back is back")
        cli.equal(api.whole("list"), None, "its connections ended with it")
        api.close()
        cli.check(s.eventually(lambda: officers.admin("venue", "status", "--json")[1]
                               .find('"engine":"running"') >= 0), "the engine is heard")
        inbox(cli, queue, officers, account)
        listed(cli, queue, officers, venue, keys["accounts"]["B"], keys)
        for person in (2, 3):
            whitelisted(cli, queue, officers, person)
        by_the_socket(cli, queue, keys, [keys["accounts"][name]["id"] for name in "AB"])
        wrong_holidays(cli, queue, venue)
        cli.equal(venue.stop(), 0, "exit code on SIGTERM")
    rebuilt(cli, queue, keys["accounts"]["B"]["id"])


if __name__ == "__main__":
    p.main(test)
