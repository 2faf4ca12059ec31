#!/usr/bin/env -S python3 -B
"""Customers' logins at a real venue: the process `door` is there where door.on says so, alone with its
own files, comes back when it is killed, and is asked by `cambist door`. usage: door_test.py BINARY"""

import os
import re
import signal

import program as p
import serve_test as s

USAGE, INPUT, MISSING, CONFIG = 2, 4, 14, 3


def is_asked(cli, folder):
    code, text, error = cli.run("door", "status", "--data", folder)
    cli.equal((code, error), (0, ""), "door status")
    found = dict(re.findall(r"^ *([a-z ]+?) +(\d+)$", text, re.M))
    cli.equal((found["logins"], found["sessions"], found["hashes"]), ("0", "0", "0"), text)
    cli.equal(cli.run("door", "sessions", "17", "--data", folder), (0, "", ""), "sessions of nobody")
    cli.equal(cli.run("door", "sessions", "end", "17", "--data", folder), (0, "0 ended\n", ""), "none end")
    for arguments, why in ((("sessions", "0"), "is not the number of a login"),
                           (("sessions", "end"), "is not the number of a login"),
                           (("end",), "one of: status"),
                           (("status", "1"), "one of: status")):
        code, _, error = cli.run("door", *arguments, "--data", folder)
        cli.check(code == USAGE and why in error, f"door {arguments}: {code}, {error}")


def is_alone(cli, venue):
    opened = set()
    for number in os.listdir(f"/proc/{venue.pid('door')}/fd"):
        try:
            opened.add(os.readlink(f"/proc/{venue.pid('door')}/fd/{number}"))
        except FileNotFoundError:
            pass
    paths = {path for path in opened if path.startswith("/") and not path.startswith(("/dev/", "/memfd:"))}
    wanted = (os.path.join(venue.folder, "door"), cli.path("serve.log"))
    cli.equal({path for path in paths if not path.startswith(wanted)}, set(), "what the door has open")
    modes = {name: os.stat(os.path.join(venue.folder, name)).st_mode & 0o777
             for name in ("door/key", "door/door.db", "door.sock")}
    cli.equal(set(modes.values()), {0o600}, f"for the owner alone: {modes}")


def gives_way(cli, venue):
    """A session of its own, whose weight the kernel may know; the others share theirs."""
    def session(name):
        with open(f"/proc/{venue.pid(name)}/stat", encoding="ascii") as file:
            return int(file.read().rsplit(")", 1)[1].split()[3])
    cli.equal(session("door"), venue.pid("door"), "a session of its own")
    cli.check(session("engine") == session("edge") != venue.pid("engine"), "the others share one")


def comes_back(cli, venue, folder):
    before = venue.pid("door")
    os.kill(before, signal.SIGKILL)
    cli.check(s.eventually(lambda: venue.pid("door") not in (0, before)), "it is back")
    cli.check(s.eventually(lambda: cli.run("door", "status", "--data", folder)[0] == 0), "it answers")


def test(cli):
    folder = cli.path("venue")
    config = cli.write("cambist.yaml", "door:\n  on: true\n")
    with s.Venue(cli, folder, "--new", "--config", config) as venue:
        venue.ready()
        is_asked(cli, folder)
        is_alone(cli, venue)
        gives_way(cli, venue)
        comes_back(cli, venue, folder)
        cli.equal(venue.stop(), 0, "an orderly end")
    with open(cli.path("serve.log"), encoding="utf-8") as file:
        lines = [line for line in file if '"process":"door"' in line and "process.protected" in line]
    cli.equal(len(lines), 2, "it says what protects it, at each start")
    cli.equal(cli.run("door", "status", "--data", folder)[0], MISSING, "nobody is there")
    code, output, error = cli.run("backup", folder, cli.path("copy"))
    cli.check(code == 0 and "without door/key" in output, f"a backup: {code}, {output}, {error}")
    cli.equal(os.listdir(cli.path("copy/door")), ["door.db"], "logins without their key")
    wrong = cli.write("wrong.yaml", "door:\n  on: true\n  issuer: a b\n")
    with s.Venue(cli, folder, "--config", wrong) as venue:
        cli.equal(venue.process.wait(s.PATIENCE), CONFIG, "a name that is none")


if __name__ == "__main__":
    p.main(test)
