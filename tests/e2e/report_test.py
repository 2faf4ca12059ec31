#!/usr/bin/env -S python3 -B
"""The transparency report of a real venue, published: refused until a line of the public log names it,
then served to everybody, read by `log check` from outside, and the same bytes that the acts give again;
altered, exchanged and taken away it is named. Then requests come, and their half-year is published by a
program whose calendar is moved on (later.c). usage: report_test.py BINARY LATER"""

import hashlib
import json
import os
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.request

import desk_test as d
import officers as o
import program as p
import publog_test as l
import serve_test as s

ROT, REFUSED, USAGE, DIVERGED = 19, 27, 2, 22


def last_half():
    now = time.gmtime()
    return f"{now.tm_year}-H1" if now.tm_mon > 6 else f"{now.tm_year - 1}-H2"


def publish(cli, folder, *words):
    return cli.run("report", "transparency", "--data", folder, "--publish", *words)


def line(cli, log, officers, number, digest):
    before = log.size()
    officers.give("log", "entry", "approval", "list=report", f"count={number}", f"digest={digest}",
                  signed_by=("anna", "bela"))
    cli.check(s.eventually(lambda: log.size() > before), "it is shown")


def get(venue, path):
    """Status, head and body of the venue's own page."""
    with urllib.request.urlopen(f"http://{venue.host}{path}", timeout=s.PATIENCE) as answer:
        return answer.status, answer.headers, answer.read()


def is_there(venue, path):
    try:
        return get(venue, path)[0] == 200
    except urllib.error.HTTPError as error:
        return error.code != 404


def not_yet(cli, venue, folder, half):
    """Nothing is written before the log names it; the refusal says what to log."""
    cli.check(not is_there(venue, "/transparency/list.json"), "nothing is published")
    code, output, error = publish(cli, folder)
    words = error.split()
    cli.check((code, output) == (REFUSED, "") and "no line of the log names it yet" in error,
              f"not named: {code}, {error}")
    at = words.index("sha256")
    number, digest = int(words[at - 1]), words[at + 1]
    cli.equal(number, int(half[:4]) * 10 + int(half[6]), "the half-year's number")
    cli.check(not is_there(venue, f"/transparency/{half}.json"), "and nothing is there")
    code, _, error = publish(cli, folder, "--through", f"{half[:4]}-03-31T00:00:00Z")
    cli.check(code == USAGE and "half-year's end" in error, f"of no half-year: {code}, {error}")
    return number, digest


def is_published(cli, venue, log, folder, half, digest):
    for _ in range(2):  # again: as it was
        code, output, error = publish(cli, folder)
        cli.equal((code, error, output), (0, "", f"/transparency/{half}.json\n/transparency/{half}.csv\n"
                                                 f"/log/text/{digest}\n"), "publish")
    status, head, text = get(venue, f"/transparency/{half}.json")
    cli.equal((status, head["Content-Type"], hashlib.sha256(text).hexdigest()),
              (200, "application/json", digest), "the report that was named")
    cli.equal(log.get(f"text/{digest}")[2], text, "the same beside the log")
    cli.equal(json.loads(get(venue, "/transparency/list.json")[2]),
              {"reports": [{"name": half, "hash": digest}]}, "the list")
    status, head, table = get(venue, f"/transparency/{half}.csv")
    cli.equal((head["Content-Type"], table.split(b",")[0]), ("text/csv; charset=utf-8", b"half"), "the table")
    status, head, page = get(venue, "/transparency")
    cli.check(head["Content-Type"].startswith("text/html") and len(page) > 100, "the page")
    path = cli.write("published.json", text)
    cli.equal(cli.run("report", "transparency", "--data", folder, "--check", path)[0], 0,
              "the acts give the same bytes again")
    code, output, error = cli.run("log", "check", "--policy", log.policy, log.url)
    cli.check(code == 0 and f"through {half}, sha256 {digest}" in output, f"log check: {code}, {output}, {error}")
    cli.equal(cli.json("log", "check", "--policy", log.policy, log.url, "--json")["reports"], 1, "for machines")
    code, output, error = cli.run("report", "transparency", "--data", folder, "--log", log.url, "--policy",
                                  log.policy)
    cli.check(code == 0 and "no month is opened" in output, f"held against the log: {code}, {output}, {error}")
    return path


def is_altered(cli, log, folder, digest):
    """By whoever may write to the folder that is served."""
    path = os.path.join(folder, "log", "public", "text", digest)
    with open(path, "rb") as file:
        text = file.read()
    for other in (text.replace(b"\"least\":5", b"\"least\":6"), b"", text[:-1]):
        with open(path, "wb") as file:
            file.write(other)
        cli.refuses(["log", "check", "--policy", log.policy, log.url], ROT,
                    f"cambist log: text/{digest}: the file does not hash to what was logged (report)")
    os.remove(path)
    code, output, _ = cli.run("log", "check", "--policy", log.policy, log.url)
    cli.check(code == 0 and "report to come" in output, f"taken away: {code}, {output}")
    cli.equal(publish(cli, folder)[0], 0, "it is put back")
    forged = cli.write("forged.json", text.replace(b"\"least\":5", b"\"least\":6"))
    code, _, error = cli.run("report", "transparency", "--data", folder, "--check", forged)
    cli.check(code == DIVERGED and "not as the acts have it" in error, f"another report: {code}, {error}")


class Later:
    """The same program, half a year on: the present half-year is over to it."""

    SECONDS = 190 * 86400

    def __init__(self, cli, folder):
        self.cli, self.folder = cli, folder
        calendar = cli.path("calendar")
        with open(calendar, "wb") as file:
            file.write(struct.pack("<q", self.SECONDS))
        self.environment = dict(os.environ, CAMBIST_LATER=calendar)

    def run(self, *words):
        outcome = subprocess.run([LATER, "report", "transparency", "--data", self.folder, *words],
                                 capture_output=True, check=False, timeout=120, env=self.environment)
        return outcome.returncode, outcome.stdout, outcome.stderr.decode()


def this_half():
    now = time.gmtime()
    return f"{now.tm_year}-H{1 if now.tm_mon < 7 else 2}"


def requests_are_counted(cli, venue, log, officers, desk):
    """Six requests of one country, one refused: published when their half-year is over, recomputed, served."""
    half, later = this_half(), Later(cli, desk.folder)
    d.register(desk)
    cases = [d.received(cli, desk, number) for number in range(1, 7)]
    desk.ok("rejected", "anna", "reject", cases[0], "reason=TooWide")
    cli.check(d.all_told(desk, cases[0]) and d.all_told(desk, cases[-1]), "the log has the acts")
    code, _, error = later.run("--publish", "--through", half)
    words = error.split()
    cli.check(code == REFUSED and "sha256" in words, f"not named: {code}, {error}")
    at = words.index("sha256")
    line(cli, log, officers, int(words[at - 1]), words[at + 1])
    code, _, error = later.run("--publish", "--through", half)
    cli.equal((code, error), (0, ""), "published")
    text = get(venue, f"/transparency/{half}.json")[2]
    report = json.loads(text)
    totals = report["halves"][-1]["totals"]
    cli.equal((report["halves"][-1]["half"], totals["requests"], totals["rejected"]), (half, 6, 1), "what was counted")
    rows = [(row["country"], row["requests"], row["rejected"]) for row in report["halves"][-1]["rows"]]
    cli.equal(rows, [("FR", 6, None)], "one refusal is not shown of a country")
    code, _, error = later.run("--check", cli.write("half.json", text))
    cli.equal((code, error), (0, ""), "the acts give the same bytes again")
    cli.check(later.run("--through", half)[1] == text, "as who prints it")
    names = [row["name"] for row in json.loads(get(venue, "/transparency/list.json")[2])["reports"]]
    cli.equal(names, [half, last_half()], "the newest first")
    cli.equal(cli.json("log", "check", "--policy", log.policy, log.url, "--json")["reports"], 2, "both are in the log")


def test(cli):
    folder, half = cli.path("venue"), last_half()
    config = cli.write("cambist.yaml", f"desk:\n  on: true\npublog:\n  on: true\n  origin: {l.ORIGIN}\n")
    keys = d.make_people(cli, folder)
    officers = o.Officers(cli, folder, {"officers": [{"code": code, "key": key} for code, key in keys.items()]})
    with s.Venue(cli, folder, "--new", "--config", config) as venue:
        venue.ready()
        log = l.Log(cli, venue, os.path.join(folder, "log", "policy.txt"))
        number, digest = not_yet(cli, venue, folder, half)
        line(cli, log, officers, number, digest)
        is_published(cli, venue, log, folder, half, digest)
        is_altered(cli, log, folder, digest)
        requests_are_counted(cli, venue, log, officers, d.Desk(cli, folder, keys))
        cli.equal(venue.stop(), 0, "an orderly end")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: report_test.py BINARY LATER")
    LATER = os.path.abspath(sys.argv.pop())
    p.main(test)
