#!/usr/bin/env -S python3 -B
"""The public log of a real venue: what happens is in it and verifies from outside, over /log/, by the
shipped monitor; witnesses and the log's own processes are killed and stopped meanwhile, and nothing is
lost, nothing there twice, and nobody else stops. usage: publog_test.py BINARY"""

import contextlib
import os
import re
import signal
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request

import program as p
import serve_test as s

ORIGIN = "demo.invalid"
USAGE, MISSING, ROT, REFUSED = 2, 14, 19, 27
SECONDS = 60
CASE = "5c" * 32


class Witness:
    """A process of its own, which can be ended and begun again at the same address."""

    def __init__(self, cli, name):
        self.cli, self.name, self.port, self.process = cli, name, 0, None
        code, output, error = cli.run("witness", "key", cli.path(name + ".key"), "--name",
                                      f"{name}.invalid/witness")
        cli.equal((code, error), (0, ""), "a witness's key")
        self.vkey = output.strip()

    def begin(self):
        self.process = subprocess.Popen(
            [self.cli.binary, "witness", "serve", self.cli.path(self.name), "--key",
             self.cli.path(self.name + ".key"), "--logs", self.cli.path("logs"), "--port",
             str(self.port)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.port = int(self.process.stdout.readline().split()[-1])

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        self.process.wait(timeout=SECONDS)
        self.process.stdout.close()


class Log:
    def __init__(self, cli, venue, policy):
        self.cli, self.venue, self.policy = cli, venue, policy
        self.url = f"http://{venue.host}/log/"

    def get(self, path):
        try:
            with urllib.request.urlopen(self.url + path, timeout=SECONDS) as answer:
                return answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as problem:
            return problem.code, dict(problem.headers), problem.read()

    def size(self):
        status, _, note = self.get("checkpoint")
        return int(note.decode().split("\n")[1]) if status == 200 else -1

    def entries(self):
        """Readable lines, in order."""
        lines = []
        for index in range(self.size()):
            code, output, error = self.cli.run("log", "show", self.url, str(index))
            self.cli.equal((code, error), (0, ""), "show")
            lines += [output] if not output.startswith("CSLT") else []
        return lines

    def check(self, *arguments):
        return self.cli.run("log", "check", "--policy", self.policy, "--slots", *arguments, self.url)

    def good(self, what):
        code, output, error = self.check()
        self.cli.check(code == 0 and "every tile, entry, checkpoint and cosignature verifies" in output,
                       f"{what}: {code}, {error}")
        return output


def metric(cli, name):
    address = re.search(r'"admin":"([0-9.:]+)"', open(cli.path("serve.log"), encoding="utf-8").read()
                        .rsplit("serve.ready", 1)[-1]).group(1)
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=SECONDS) as answer:
        found = re.search(rf"^{name} (\d+)$", answer.read().decode(), re.M)
    return int(found.group(1)) if found else None


class Journal:
    """Causes lines: each is told apart by its count."""

    def __init__(self, cli, folder):
        self.cli, self.folder, self.count = cli, folder, 0

    def put(self, number=1):
        for _ in range(number):
            self.count += 1
            code, _, error = self.cli.run("admin", "log", "entry", "screened", f"count={self.count}",
                                          "--data", self.folder, "--actor", "41", "--reason", "7")
            self.cli.check(code == 0, f"an entry: {code}, {error}")

    def are(self, lines):
        found = [int(line.split()[1]) for line in lines if line.startswith("searches ")]
        self.cli.equal(found, list(range(1, self.count + 1)), "each line once, in order")


def is_served(cli, log):
    status, head, note = log.get("checkpoint")
    cli.equal((status, head["Cache-Control"]), (200, "no-store"), "the checkpoint")
    cli.check(note.decode().startswith(ORIGIN + "\n"), "its origin")
    status, head, _ = log.get(f"tile/0/000.p/{log.size()}")
    cli.check(status == 200 and "immutable" in head["Cache-Control"], "a tile")
    month = os.path.join(log.venue.folder, "log", "public", "month")
    cli.check(not os.path.exists(month), "no month is over")
    os.mkdir(month)
    cli.write(os.path.join(month, "1999-12.1"), "an opening")
    status, head, text = log.get("month/1999-12.1")
    cli.check((status, text) == (200, b"an opening") and "immutable" in head["Cache-Control"], "a month")
    for path in ("month/1999-12", "month/1999-12.2", "month/"):
        cli.equal(log.get(path)[0], 404, f"no file {path!r}")
    for path in ("", "signed", "../key", "..%2fkey", "tile/0/../../../key", "events.db"):
        cli.equal(log.get(path)[0], 404, f"no file {path!r}")


def shown_after(cli, log, journal):
    """A figure to print; nothing is asserted of it but that it ends."""
    before = log.size()
    journal.put()
    begin = time.monotonic()
    cli.check(s.eventually(lambda: log.size() > before), "an entry is shown")
    return round(1000 * (time.monotonic() - begin))


def happens(cli, log, journal, folder):
    journal.put(3)
    code, _, error = cli.run("vault", "list", "1", "--data", folder)
    cli.equal(code, 0, f"the vault: {error}")
    outcome = subprocess.run([cli.binary, "vault", "lookup", "email", CASE, "--data", folder],
                             input=b"nobody@example.invalid", capture_output=True, timeout=SECONDS, check=False)
    cli.equal(outcome.returncode, 0, "a look-up")
    cli.check(s.eventually(lambda: log.size() >= 3), "they are shown")
    cli.check(s.eventually(lambda: metric(cli, "cambist_log_events_total") == 1), "the look-up is told")
    journal.are(log.entries())
    took = [shown_after(cli, log, journal) for _ in range(5)]
    print(f"shown after (ms, from the journal's answer to the checkpoint of three witnesses): {sorted(took)}")
    output = log.good("all of it")
    cli.check(re.search(r"^ *independent witnesses +0$", output, re.M), "no independent witness")

    def three():
        """One that was too slow for a round is there in another."""
        return "3 of 3 have cosigned" in log.check()[1] or journal.put()
    cli.check(s.eventually(three), "three witnesses")


def witnesses_end(cli, log, journal, witnesses):
    witnesses[0].end()
    journal.put()
    cli.check(s.eventually(lambda: "2 of 3" in log.check()[1] and
                           any(f"searches {journal.count} " in line for line in log.entries())),
              "two of three are enough")
    witnesses[1].end(signal.SIGKILL)
    fallen = metric(cli, "cambist_log_below_quorum_total")
    journal.put(2)
    cli.check(s.eventually(lambda: metric(cli, "cambist_log_below_quorum_total") > fallen), "below the quorum")
    before = log.size()
    journal.put()
    cli.check(s.eventually(lambda: (metric(cli, "cambist_log_lag_seconds") or 0) > 0), "a lag")
    cli.check(metric(cli, "cambist_log_entries") > metric(cli, "cambist_log_shown_entries"), "the log goes on")
    cli.equal(log.size(), before, "nothing is shown that one witness has seen")
    log.good("the old one")
    witnesses[1].begin()
    cli.check(s.eventually(lambda: log.size() > before), "shown when it is back")
    witnesses[0].begin()
    log.good("all of it")


def processes_end(cli, venue, log, journal):
    for name in ("log", "courier", "keep", "log"):
        before = venue.pid(name)
        journal.put()
        os.kill(before, signal.SIGKILL)
        journal.put()
        cli.check(s.eventually(lambda: venue.pid(name) not in (0, before)), f"{name} is back")
    def all_shown():
        lines = [line for line in log.entries() if line.startswith("searches ")]
        return lines and lines[-1].startswith(f"searches {journal.count} ")
    cli.check(s.eventually(all_shown), "all are shown")
    journal.are(log.entries())
    log.good("after kills")


def is_alone(cli, venue):
    """What the two processes have open, and what holds them."""
    for name, allowed in (("log", ("log/", "events/")), ("courier", ())):
        opened = set()
        for number in os.listdir(f"/proc/{venue.pid(name)}/fd"):
            try:
                opened.add(os.readlink(f"/proc/{venue.pid(name)}/fd/{number}"))
            except FileNotFoundError:
                pass
        paths = {path for path in opened if path.startswith("/") and not path.startswith(("/dev/", "/memfd:"))}
        wanted = tuple(os.path.join(venue.folder, below) for below in allowed) + (cli.path("serve.log"),)
        cli.equal({path for path in paths if not path.startswith(wanted)}, set(), f"what {name} has open")


def stops_alone(cli, folder, config, journal, policy):
    """A damaged log is not written on, and the venue goes on without it."""
    with open(os.path.join(folder, "log", "signed"), "r+b") as file:
        file.seek(40)
        byte = file.read(1)[0]
        file.seek(40)
        file.write(bytes([byte ^ 1]))
    with s.Venue(cli, folder, "--config", config) as venue:
        venue.ready()
        log = Log(cli, venue, policy)
        cli.equal(metric(cli, "cambist_log_stopped"), 1, "the log has stopped")
        journal.put()
        connection = venue.connect()
        connection.request("GET", "/api/v3/ping")
        cli.equal(connection.getresponse().status, 200, "the venue has not")
        connection.close()
        log.good("what was shown")
        cli.equal(venue.stop(), 0, "an orderly end")
    with open(cli.path("serve.log"), encoding="utf-8") as file:
        cli.check('"event":"log.stopped"' in file.read(), "it is told")


def slots_are_shown(cli, log):
    """Those that were closed while the venue ran, which may be none of them in so short a time."""
    def slots(seconds, *more):
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
        return cli.run("log", "slots", log, "--from", moment, "--to", moment, *more)
    for why, wanted, arguments in (("closed", REFUSED, (0,)),
                                   ("neither ordinary nor emergency", USAGE, (0, "--class", "x"))):
        code, _, error = slots(*arguments)
        cli.check(code == wanted and why in error, f"slots: {code}, {error}")
    with open(os.path.join(log, "public", "checkpoint"), encoding="utf-8") as file:
        checkpoint = file.read()
    size = int(checkpoint.split("\n")[1])
    with contextlib.closing(sqlite3.connect(os.path.join(log, "events.db"))) as events:
        found = events.execute("SELECT slot, leaf FROM slots WHERE class = 2 AND leaf < ?", (size,))
        rows = found.fetchall()
    for slot, leaf in rows[:3]:
        code, text, error = slots(slot + 59, "--class", "emergency")
        cli.equal((code, error), (0, ""), "a slot")
        cli.check(text.startswith(f"cambist-slots/v1\nclass 2\nslot {leaf} ") and
                  text.endswith("\n\n" + checkpoint), f"the slot {slot}: {text}")


def test(cli):
    folder = cli.path("venue")
    os.makedirs(os.path.join(folder, "log"))
    code, log_key, error = cli.run("witness", "key", os.path.join(folder, "log", "key"), "--name",
                                   ORIGIN, "--kind", "log")
    cli.equal((code, error), (0, ""), "the log's key")
    cli.write("logs", log_key)
    witnesses = [Witness(cli, f"w{number}") for number in (1, 2, 3)]
    for witness in witnesses:
        witness.begin()
    policy = os.path.join(folder, "log", "policy.txt")
    with open(policy, "w", encoding="utf-8") as file:
        file.write(f"log {log_key}")
        for witness in witnesses:
            file.write(f"witness {witness.name} {witness.vkey} http://127.0.0.1:{witness.port}/\n")
        file.write("group most 2 w1 w2 w3\nquorum most\noperator venue w1 w2 w3\n")
    config = cli.write("cambist.yaml", "vault:\n  on: true\npublog:\n  on: true\n")
    journal = Journal(cli, folder)
    try:
        with s.Venue(cli, folder, "--new", "--config", config) as venue:
            venue.ready()
            log = Log(cli, venue, policy)
            happens(cli, log, journal, folder)
            is_served(cli, log)
            is_alone(cli, venue)
            witnesses_end(cli, log, journal, witnesses)
            processes_end(cli, venue, log, journal)
            cli.equal(venue.stop(), 0, "an orderly end")
        for month, wanted, why in (("1999-01", MISSING, "nothing was logged in 1999-01"),
                                   ("2999-01", REFUSED, "the month 2999-01 is not over")):
            code, _, error = cli.run("log", "month", os.path.join(folder, "log"), month)
            cli.check(code == wanted and why in error, f"the month {month}: {code}, {error}")
        slots_are_shown(cli, os.path.join(folder, "log"))
        stops_alone(cli, folder, config, journal, policy)
    finally:
        for witness in witnesses:
            if witness.process.poll() is None:
                witness.end()


if __name__ == "__main__":
    p.main(test)
