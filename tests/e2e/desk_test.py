#!/usr/bin/env -S python3 -B
"""The disclosure desk at a real venue: the process `desk` is there where desk.on says so, alone with its
own files, comes back when it is killed with every act that it took; officers write, sign and bring acts
with `cambist desk`, and what the rules are against is refused by name. usage: desk_test.py BINARY"""

import hashlib
import json
import os
import signal
import socket
import subprocess

import program as p
import serve_test as s

REFUSED, INPUT, MISSING, CONFIG, USAGE = 27, 4, 14, 3, 2
STAFF = {"cleo": ("clerk", "fr"), "anna": ("legal", "fr"), "abel": ("legal", "fr"),
         "bela": ("independent", "it"), "pia": ("preparer", "fr"), "otto": ("ombud", "it")}


def make_people(cli, folder):
    keys, register = {}, ""
    for number, code in enumerate(STAFF):
        keys[code] = cli.path(f"{code}.pem")
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", keys[code]], check=True,
                       stderr=subprocess.DEVNULL)
        der = subprocess.run(["openssl", "pkey", "-in", keys[code], "-pubout", "-outform", "DER"],
                             check=True, stdout=subprocess.PIPE).stdout
        base64 = subprocess.run(["openssl", "base64", "-A"], input=der[-32:], check=True,
                                stdout=subprocess.PIPE).stdout.decode()
        register += f"{code} {11 + number} group{number} {base64}\n"
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "officers.txt"), "w", encoding="ascii") as file:
        file.write(register)
    with open(os.path.join(folder, "desk-staff.txt"), "w", encoding="ascii") as file:
        file.write("cambist desk-staff v1\nvenue: demo.invalid\nquorum: 1 1\n")
        file.writelines(f"officer: {code} {role} {region}\n" for code, (role, region) in STAFF.items())
    return keys


def moment(away):
    """So far from now, as an act has it."""
    return subprocess.run(["date", "-u", "-d", away, "+%Y-%m-%dT%H:%M:%SZ"], check=True,
                          stdout=subprocess.PIPE).stdout.decode().strip()


class Desk:
    def __init__(self, cli, folder, keys):
        self.cli, self.folder, self.keys, self.acts = cli, folder, keys, 0

    def open(self):
        """When the venue is ready; commands want nothing more."""

    def close(self):
        """Before the venue ends."""

    def run(self, *arguments):
        return self.cli.run("desk", *arguments, "--data", self.folder)

    def act(self, officer, kind, case, *words):
        """Drafts, signs, brings. (exit code, output, errors) of what brought it."""
        self.acts += 1
        evidence = "evidence=" + hashlib.sha256(str(self.acts).encode()).hexdigest()
        code, text, error = self.run("draft", kind, case, evidence, *words, "--officer", officer)
        self.cli.equal(code, 0, f"draft {kind}: {error}")
        path = self.cli.write(f"act-{kind}", text)
        code, signed, shown = self.cli.run("officer", "sign", path, "--sign-key", self.keys[officer])
        self.cli.equal((code, shown.partition("sandbox: ")[0]), (0, text), f"what {officer} signs is shown")
        return self.run("put", self.cli.write(f"signed-{kind}", signed))

    def ok(self, state, *arguments):
        self.cli.equal(self.act(*arguments), (0, f"taken: {state}\n", ""), f"{arguments}")

    def no(self, rule, *arguments):
        code, _, error = self.act(*arguments)
        self.cli.check(code == REFUSED and f"desk: {rule}:" in error, f"{arguments}: {code}, {error}")

    def show(self, case):
        return json.loads(self.run("show", case)[1])

    def listed(self, *words):
        code, text, error = self.run("list", *words)
        self.cli.equal((code, error), (0, ""), f"list {words}")
        return [row["case"] for row in json.loads(text)["cases"]]


def register(desk):
    words = ("authority=xa-court", "country=FR", "type=court", "recipient=age1invented",
             "telephone=+00 1 23")
    desk.ok("none", "anna", "authority", "none", *words)
    desk.no("same-person", "anna", "confirm", "none", "authority=xa-court")
    desk.ok("none", "bela", "confirm", "none", "authority=xa-court")
    found = json.loads(desk.run("authority", "xa-court")[1])
    desk.cli.equal((found["type"], found["confirmed"]), ("court", True), "the registered authority")


def registered(desk):
    """Who had to do with whom, and who signed it; the ombud recuses somebody who does nothing else here."""
    desk.ok("none", "cleo", "contact", "none", "contact=call", "authority=xa-court", "member=anna")
    desk.no("role", "cleo", "recuse", "none", "authority=xa-court", "member=otto")
    desk.ok("none", "otto", "recuse", "none", "authority=xa-court", "member=otto")
    names = ("authority", "member", "officer", "role", "region")
    code, text, error = desk.run("contacts", "member=anna", "limit=5")
    found = json.loads(text)
    desk.cli.equal((code, error, found["next"], [row["contact"] for row in found["contacts"]]),
                   (0, "", None, ["call"]), "the contacts")
    desk.cli.equal([found["contacts"][0][name] for name in names],
                   ["xa-court", "anna", "cleo", "clerk", "fr"], "who met whom, and who signed it")
    found = json.loads(desk.run("recusals", "authority=xa-court")[1])["recusals"]
    desk.cli.equal([[row[name] for name in names] for row in found],
                   [["xa-court", "otto", "otto", "ombud", "it"]], "the ties")
    desk.cli.equal(json.loads(desk.run("recusals", "member=anna")[1])["count"], 0, "nobody else's")


def received(cli, desk, number):
    """A request for one person's bank records, up to its assessment."""
    paper = cli.write("paper", f"order {number}")
    case = f"{number:032x}"
    desk.ok("received", "cleo", "receive", case, "request=disclose", "mark=order", "opening=authority",
            "basis=union-law", "class=plain", "urgency=ordinary", "country=FR", "authority=xa-court",
            f"instrument=@{paper}", f"sealed=@{paper}", f"reference={number}/2026",
            f"dated={moment('-1 day')}", "identifier=1 document AB 123", "record=1 bank none")
    return case


def assessed(cli, desk, number):
    case = received(cli, desk, number)
    desk.no("call-back", "cleo", "authenticate", case)
    desk.no("call-back", "cleo", "call-back", case, "authority=xa-court", "telephone=+00 9")
    desk.ok("received", "cleo", "call-back", case, "authority=xa-court", "telephone=+00 1 23")
    desk.no("role", "anna", "authenticate", case)
    desk.ok("authenticated", "cleo", "authenticate", case)
    desk.no("scope", "anna", "assess", case, "record=1 identity none")
    desk.ok("assessed", "anna", "assess", case, "record=1 bank none")
    return case


def a_refusal(cli, desk):
    case = assessed(cli, desk, 1)
    letter = cli.path("letter")
    code, text, error = desk.run("draft", "reject", case, "reason=TooWide", "--officer", "anna", "--letter",
                                 letter)
    cli.equal((code, error), (0, ""), "a refusal with its letter")
    with open(letter, "rb") as file:
        letter = file.read()
    cli.check(b"reason: TooWide" in letter and "[fr]" in letter.decode(), "the letter")
    cli.check(f"letter: {hashlib.sha256(letter).hexdigest()}\n" in text, "the act has the letter's hash")
    desk.ok("rejected", "anna", "reject", case, "reason=TooWide")
    cli.equal(desk.show(case)["reason"], "TooWide", "why")
    return case


def an_approval(cli, desk):
    case = assessed(cli, desk, 2)
    paper = papers(cli, desk, case)
    grant = "grant=" + "5a" * 32
    until = f"until={moment('+2 hours')}"
    desk.ok("assessed", "pia", "prepare", case, grant, until, "person=1 7")
    desk.no("same-person", "anna", "approve", case)
    desk.no("role", "cleo", "approve", case)
    desk.ok("assessed", "abel", "approve", case)
    desk.no("twice", "abel", "approve", case)
    desk.ok("approved", "bela", "approve", case)
    for kind in ("logged", "opened", "delivered"):
        desk.no("role", "anna", kind, case, grant, "number=1")
    cli.equal(desk.show(case)["state"], "approved", "nobody but the process goes on")
    in_a_backup(cli, desk, paper)
    return case


def papers(cli, desk, case):
    """A paper comes sealed, to the case whose act names it, and goes out as it came."""
    sealed = b"age-encryption.org/v1\n" + bytes(range(256)) * 90
    paper = cli.write("paper.age", sealed)
    code, _, error = desk.run("paper", "put", case, paper)
    cli.check(code == REFUSED and "no act of the case names it" in error, f"not named: {code}, {error}")
    desk.ok("assessed", "anna", "silence", case, f"instrument=@{paper}", f"sealed=@{paper}", "reference=S 1",
            f"dated={moment('-1 hour')}", f"until={moment('+2 hours')}")
    digest = hashlib.sha256(sealed).hexdigest()
    for _ in range(2):  # once more changes nothing
        cli.equal(desk.run("paper", "put", case, paper), (0, f"stored: {digest}\n", ""), "a paper")
    with open(cli.path("got.age"), "wb") as file:
        subprocess.run([cli.binary, "desk", "paper", "get", digest, "--data", desk.folder], stdout=file, check=True)
    with open(cli.path("got.age"), "rb") as file:
        cli.check(file.read() == sealed, "as it came")
    path = os.path.join(desk.folder, "desk", "papers", digest + ".age")
    cli.equal(os.stat(path).st_mode & 0o777, 0o600, "for the owner alone")
    cli.equal(desk.run("paper", "get", "00" * 32)[0], MISSING, "no such paper")
    return path


def in_a_backup(cli, desk, paper):
    copy = cli.path("copy")
    code, _, error = cli.run("backup", desk.folder, copy)
    cli.equal(code, 0, f"a backup: {error}")
    for name in ("desk/desk.db", "desk-staff.txt", os.path.relpath(paper, desk.folder)):
        cli.check(os.path.exists(os.path.join(copy, name)), f"a backup has {name}")
    code, _, error = cli.run("restore", copy, cli.path("back"))
    cli.equal(code, 0, f"a restore: {error}")
    cli.check(os.path.exists(os.path.join(cli.path("back"), os.path.relpath(paper, desk.folder))), "and it is back")
    acts = cli.run("report", "transparency", os.path.join(copy, "desk/desk.db"), "--through", "2026-06-30T00:00:00Z")
    cli.equal(acts[0], 0, f"the copy reads: {acts[2]}")


def is_asked(cli, desk, refused, approved):
    cli.equal(desk.listed(), [approved, refused], "all that is not closed, what is due first")
    cli.equal(desk.listed("state=approved", "country=FR"), [approved], "by state and country")
    cli.equal(desk.listed("country=DE"), [], "of another country")
    cli.equal(desk.listed("limit=1"), [approved], "a beginning")
    code, text, _ = desk.run("acts", approved)
    cli.equal((code, text.count("cambist desk v1\n"), text.count("signature: ")), (0, 8, 8), "acts")
    for arguments, wanted, why in ((("list", "colour=red"), INPUT, "a word is none of"),
                                   (("contacts", "all=yes"), INPUT, "a word is none of"),
                                   (("recusals", "limit=0"), INPUT, "a value that this word"),
                                   (("list", "state=red"), INPUT, "a value that this word"),
                                   (("show", "12"), MISSING, "no such case"),
                                   (("authority", "nobody"), MISSING, "no such authority"),
                                   (("draft", "receive", "x", "--officer", "cleo"), USAGE, "is no case"),
                                   (("draft", "ask", "new", "--officer", "cleo"), USAGE, "is no act"),
                                   (("draft", "close", approved, "--officer", "eve"), MISSING, "no officer"),
                                   (("draft", "close", approved, "colour=red", "--officer", "anna"), USAGE,
                                    "no field of this act"),
                                   (("draft", "close", approved, "evidence=" + "5" * 400, "--officer", "anna"),
                                    USAGE, "evidence: longer"),
                                   (("open", approved), USAGE, "is none of list")):
        code, _, error = desk.run(*arguments)
        cli.check(code == wanted and why in error, f"{arguments}: {code}, {error}")


def forged(cli, desk, case):
    """Another's signature, an act that was taken, lines that are none."""
    code, text, _ = desk.run("draft", "close", case, "--officer", "anna")
    signed = cli.run("officer", "sign", cli.write("close", text), "--sign-key", desk.keys["bela"])[1]
    code, _, error = desk.run("put", cli.write("forged", signed))
    cli.check(code == REFUSED and "signature:" in error, f"bela signs for anna: {code}, {error}")
    code, _, error = desk.run("put", cli.path("signed-approve"))
    cli.check(code == REFUSED and "used:" in error, f"an act once more: {code}, {error}")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.connect(os.path.join(desk.folder, "desk.sock"))
        line.settimeout(s.PATIENCE)
        file = line.makefile("rwb")
        for ask in (b"put zz\n", b"put \n", b"acts\n", b"head\n", b"letter 00\n", b"\n"):
            file.write(ask)
            file.flush()
            cli.check(file.readline().split(b" ")[0] in (b"wrong", b"missing"), f"{ask}")


def is_alone(cli, venue):
    opened = set()
    for number in os.listdir(f"/proc/{venue.pid('desk')}/fd"):
        try:
            opened.add(os.readlink(f"/proc/{venue.pid('desk')}/fd/{number}"))
        except FileNotFoundError:
            pass
    paths = {path for path in opened if path.startswith("/") and not path.startswith(("/dev/", "/memfd:"))}
    wanted = (os.path.join(venue.folder, "desk"), cli.path("serve.log"))
    cli.equal({path for path in paths if not path.startswith(wanted)}, set(), "what the desk has open")
    modes = {name: os.stat(os.path.join(venue.folder, name)).st_mode & 0o777
             for name in ("desk/desk.db", "desk.sock")}
    cli.equal(set(modes.values()), {0o600}, f"for the owner alone: {modes}")


def comes_back(cli, venue, desk, approved):
    before = venue.pid("desk")
    acts = desk.run("acts", approved)[1]
    os.kill(before, signal.SIGKILL)
    cli.check(s.eventually(lambda: venue.pid("desk") not in (0, before)), "it is back")
    cli.check(s.eventually(lambda: desk.run("list")[0] == 0), "it answers")
    cli.equal(desk.run("acts", approved)[1], acts, "with every act")


def told(cli, folder, kind, case, text, flags=0):
    """Tells the log of an opening's event, as `cambist open log` does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.connect(os.path.join(folder, "log.sock"))
        line.settimeout(s.PATIENCE)
        line.sendall(f"tell {kind} ordinary {flags} {case} 0 - {text.encode().hex()}\n".encode())
        answer = line.makefile("rb").readline().decode()
    cli.check(answer.startswith("told "), f"{kind}: {answer}")
    return int(answer.split()[1])


def logs(desk, case):
    """The log's numbers of a case's acts."""
    return [int(line.split()[2]) for line in desk.run("acts", case)[1].splitlines() if line.startswith("# ")]


def all_told(desk, case):
    return s.eventually(lambda: 0 not in logs(desk, case))


def through_the_log(cli, venue, desk):
    """Every act is told, in order; logged, opened, delivered follow from the log's events alone."""
    grant = "cambist grant v1\nnothing that anybody could open\n"
    digest = hashlib.sha256(grant.encode()).hexdigest()
    case = assessed(cli, desk, 3)
    cli.check(all_told(desk, case), f"the log has the acts: {logs(desk, case)}")
    before = venue.pid("log")
    os.kill(before, signal.SIGKILL)
    until = f"until={moment('+2 hours')}"
    desk.ok("assessed", "pia", "prepare", case, f"grant={digest}", until, "person=1 7")
    desk.ok("assessed", "abel", "approve", case)
    desk.ok("approved", "bela", "approve", case)
    cli.check(s.eventually(lambda: venue.pid("log") not in (0, before)), "the log is back")
    cli.check(all_told(desk, case), f"what came meanwhile is told: {logs(desk, case)}")
    numbers = logs(desk, case)
    cli.equal(numbers, sorted(set(numbers)), "each once, in their order")
    told(cli, desk.folder, "grant", case, grant + "and more\nsignature: abel x\n")
    other = told(cli, desk.folder, "grant", "ab" * 16, grant + "signature: abel y\n")
    number = told(cli, desk.folder, "grant", case, grant + "signature: abel x\nsignature: bela y\n")
    cli.check(s.eventually(lambda: desk.show(case)["state"] == "logged"), "logged")
    acts = desk.run("acts", case)[1]
    cli.check(f"act: logged\n" in acts and f"number: {number}\n" in acts, "by the event of this grant")
    cli.check(f"number: {other}\n" not in acts, "and by no other case's")
    told(cli, desk.folder, "delivered", case, f"cambist manifest v1\ngrant: {digest}\n")
    told(cli, desk.folder, "opening", case, f"cambist opening v1\ngrant: {digest}\n")
    cli.check(s.eventually(lambda: desk.show(case)["state"] == "delivered"), "opened, then delivered")
    kinds = [line[5:] for line in desk.run("acts", case)[1].splitlines() if line.startswith("act: ")]
    cli.equal(kinds[-3:], ["logged", "opened", "delivered"], "no state is passed over")
    desk.ok("acknowledged", "cleo", "acknowledge", case)
    desk.ok("noticed", "cleo", "notice", case)
    desk.ok("closed", "anna", "close", case)
    cli.check(s.eventually(lambda: logs(desk, case).count(0) == 3), "the process's acts are the log's own events")


def with_a_log(cli, folder):
    config = cli.write("logged.yaml", "desk:\n  on: true\npublog:\n  on: true\n  origin: demo.invalid/log\n")
    desk = Desk(cli, folder, make_people(cli, folder))
    with s.Venue(cli, folder, "--new", "--config", config) as venue:
        venue.ready()
        register(desk)
        registered(desk)
        through_the_log(cli, venue, desk)
        cli.equal(venue.stop(), 0, "an orderly end")


def test(cli):
    folder = cli.path("venue")
    config = cli.write("cambist.yaml", "desk:\n  on: true\n")
    desk = Desk(cli, folder, make_people(cli, folder))
    with s.Venue(cli, folder, "--new", "--config", config) as venue:
        venue.ready()
        register(desk)
        refused = a_refusal(cli, desk)
        approved = an_approval(cli, desk)
        is_asked(cli, desk, refused, approved)
        forged(cli, desk, refused)
        is_alone(cli, venue)
        comes_back(cli, venue, desk, approved)
        cli.equal(venue.stop(), 0, "an orderly end")
    code, text, error = cli.run("report", "transparency", os.path.join(folder, "desk/desk.db"), "--through",
                                "2026-06-30T00:00:00Z")
    cli.equal((code, error, json.loads(text)["halves"]), (0, "", []), "a report of before")
    with open(cli.path("serve.log"), encoding="utf-8") as file:
        lines = [line for line in file if '"process":"desk"' in line and "process.protected" in line]
    cli.equal(len(lines), 2, "it says what protects it, at each start")
    with open(cli.path("serve.log"), encoding="utf-8") as file:
        lines = [line for line in file if '"desk.staff_lacks"' in line]
    cli.check(lines and "bulk and search: legal has too few" in lines[0], f"who is missing: {lines}")
    os.rename(os.path.join(folder, "officers.txt"), cli.path("officers.txt"))
    with s.Venue(cli, folder, "--config", config) as venue:
        cli.equal(venue.process.wait(s.PATIENCE), CONFIG, "a desk without a register")
    with_a_log(cli, cli.path("logged"))


if __name__ == "__main__":
    p.main(test)
