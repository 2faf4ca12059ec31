#!/usr/bin/env -S python3 -B
"""A venue's log, cosigned by a witness that shares no code with ours: log_foreign/witness.go, made of
Go's own packages (Debian's golang-1.19-go and golang-golang-x-mod-dev), which check notes and proofs.
It is ended, and begun again with nothing of what it had seen; the log learns that from its answer. A
venue that is put back to an earlier copy, and goes on another way, gets no cosignature from it.

usage: witness_foreign_test.py BINARY FOLDER   (of the build, where the program is built)

Skipped where the packages are missing."""

import os
import shutil
import signal
import subprocess
import sys

import log_foreign_test as foreign
import program as p
import publog_test as l
import serve_test as s

NAME = "witness.example.invalid/go"


class Witness:
    """Answers are lines of a file, in their order."""

    def __init__(self, cli, program, log_key):
        self.cli, self.program, self.log_key = cli, program, log_key
        self.port, self.vkey, self.process, self.turn, self.told = 0, "", None, 0, 0

    def begin(self):
        self.turn += 1
        path = self.path()
        with open(path, "wb") as file:
            self.process = subprocess.Popen([self.program, NAME, self.log_key, str(self.port)], stdout=file,
                                            stderr=file)
        lines = s.eventually(lambda: next(
            (lines for lines in [self.lines()] if len(lines) > 1 and lines[1].startswith("listening")), None))
        self.cli.check(lines, f"the witness listens: {self.lines()}")
        self.vkey, self.port = lines[0], int(lines[1].split()[-1])

    def path(self):
        return self.cli.path(f"witness.{self.turn}")

    def lines(self):
        with open(self.path(), encoding="utf-8") as file:
            return file.read().split("\n")

    def answers(self):
        return [int(line.split()[1]) for line in self.lines() if line.startswith("answered ")]

    def end(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(timeout=l.SECONDS)


def is_cosigned(cli, log, journal, what):
    """An entry more is shown, and the shipped monitor counts the witness as one from outside."""
    before = log.size()
    journal.put()
    cli.check(s.eventually(lambda: log.size() > max(before, 0)), f"{what}: an entry is shown")
    output = log.good(what)
    cli.check("1 of 1 have cosigned" in output, f"{what}: {output}")
    cli.equal([line.split()[-1] for line in output.split("\n") if "independent witnesses" in line], ["1"],
              f"{what}: independent witnesses")


def grows(cli, log, witness, journal):
    for count in range(3):
        is_cosigned(cli, log, journal, f"growth {count}")
    found = witness.answers()
    cli.check(found.count(200) >= 3 and set(found) <= {200, 409}, f"with the proof it wants: {found}")


def forgets(cli, log, witness, journal):
    """The witness is ended, and begun again with nothing of what it had seen."""
    is_cosigned(cli, log, journal, "behind the copy")
    witness.end()
    journal.put()
    cli.check(s.eventually(lambda: l.metric(cli, "cambist_log_below_quorum_total") > 0), "nobody cosigns")
    before = log.size()  # not sooner: what was cosigned at its end may be shown a moment later
    tries = l.metric(cli, "cambist_log_below_quorum_total")
    journal.put()
    cli.check(s.eventually(lambda: l.metric(cli, "cambist_log_below_quorum_total") > tries), "nor again")
    cli.equal(log.size(), before, "nothing is shown without it")
    witness.begin()
    cli.check(s.eventually(lambda: log.size() > before), "the witness is back")
    is_cosigned(cli, log, journal, "begun again")
    found = witness.answers()
    cli.check(found[0] == 409 and set(found) == {200, 409},
              f"it says that it has seen nothing, and is asked from there: {found}")


def is_refused(cli, log, witness, journal):
    """What happens in the copy of before is another history to the witness."""
    journal.count += 1000
    journal.put()
    cli.check(s.eventually(lambda: l.metric(cli, "cambist_log_stopped") == 1), "the old copy has stopped")
    found = set(witness.answers()[witness.told:])
    cli.check(found and found <= {409, 422}, f"answers: {found}")
    code, _, error = log.check("--state", cli.path("state"))
    cli.check(code == l.ROT and "truncated" in error, f"whoever has seen more: {code}, {error}")


def runs(cli, config, witness):
    folder = cli.path("venue")
    policy = os.path.join(folder, "log", "policy.txt")
    journal = l.Journal(cli, folder)
    with open(policy, "w", encoding="utf-8") as file:
        file.write(f"log {witness.log_key}\nwitness go {witness.vkey} http://127.0.0.1:{witness.port}/\n"
                   "quorum go\noperator somebody go\nindependent 1\n")

    def during(what, *arguments):
        with s.Venue(cli, folder, *arguments, "--config", config) as venue:
            venue.ready()
            what(cli, l.Log(cli, venue, policy), witness, journal)
            cli.equal(venue.stop(), 0, "an orderly end")

    def remembers(cli, log, witness, journal):
        forgets(cli, log, witness, journal)
        code, _, error = log.check("--state", cli.path("state"))
        cli.equal(code, 0, f"the log is remembered: {error}")

    during(grows, "--new")
    shutil.copytree(folder, cli.path("before"), ignore=shutil.ignore_patterns("*.sock"))
    during(remembers)
    shutil.rmtree(folder)
    shutil.copytree(cli.path("before"), folder)
    witness.told = len(witness.answers())
    during(is_refused)


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: witness_foreign_test.py BINARY FOLDER")
    cli = p.Program(sys.argv[1])
    build = os.path.join(os.path.abspath(sys.argv[2]), "witness_foreign")
    os.makedirs(build, exist_ok=True)
    program = foreign.go_program(build, "witness")
    if program is None:
        return foreign.SKIPPED
    os.makedirs(os.path.join(cli.path("venue"), "log"))
    code, log_key, error = cli.run("witness", "key", os.path.join(cli.path("venue"), "log", "key"), "--name",
                                   l.ORIGIN, "--kind", "log")
    cli.equal((code, error), (0, ""), "the log's key")
    witness = Witness(cli, program, log_key.strip())
    try:
        witness.begin()
        runs(cli, cli.write("cambist.yaml", "publog:\n  on: true\n"), witness)
    finally:
        witness.end()
    return cli.finish()


if __name__ == "__main__":
    sys.exit(main())
