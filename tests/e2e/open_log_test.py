#!/usr/bin/env -S python3 -B
"""The events of an opening reach the log of a real venue over its socket: each once, however often it
is told and whatever is killed between; nothing is shown of it before slot and witnesses allow it. The
policy wants a witness whom nobody asks, so that no slot that ends meanwhile matters; how slots close
is tested with a clock of its own (log_answer_test.c).
usage: open_log_test.py BINARY OPEN_MAKE"""

import os
import signal
import socket
import stat
import sys

import open_test as o
import program as p
import publog_test as l
import serve_test as s

USAGE, MISSING, UNAVAILABLE = 2, 14, 21
SECONDS = 60
CASE = "0102030405060708090a0b0c0d0e0f10"


def told(cli, case, folder, lines):
    """What `open log` prints while nothing is shown yet."""
    code, output, error = cli.run("open", "log", case, "--data", folder)
    cli.check(code == UNAVAILABLE and "does not show all of it yet" in error, f"{code}, {error}")
    found = [line.split(";")[0] for line in output.splitlines()]
    cli.equal(found, lines, "the events")


def is_refused(cli, folder, case, data):
    cli.check(cli.run("open", "log", case)[0] == MISSING, "no log there")
    cli.check(cli.run("open", "log", case, "more", "--data", data)[0] == USAGE, "two folders")
    empty = os.path.join(folder, "empty")
    os.mkdir(empty)
    cli.check(cli.run("open", "log", empty, "--data", data)[0] == MISSING, "no grant there")


def ask(path, *lines):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(SECONDS)
        client.connect(path)
        client.sendall("".join(line + "\n" for line in lines).encode())
        with client.makefile("r", encoding="ascii") as answers:
            return [answers.readline().rstrip("\n") for _ in lines]


def by_hand(cli, path):
    cli.equal(stat.S_IMODE(os.stat(path).st_mode), 0o600, "its owner's alone")
    answers = ask(path, f"tell delivered emergency 0 {CASE} 0 - 6d", "show 3",
                  f"tell delivered emergency 0 {CASE} 0 - 6d",
                  f"tell delivered emergency 2 {CASE} 0 - 6d", "show 4", "show", "",
                  f"tell lookup emergency 0 {CASE} 0 - 6d")
    cli.equal([answers[0], answers[2]], ["told 3", "told 3"], "told twice")
    cli.check(answers[1].startswith("later "), f"not shown: {answers[1]}")
    cli.check(answers[3].startswith("exists event 3 "), f"with other flags: {answers[3]}")
    cli.check(answers[4].startswith("missing "), f"no such event: {answers[4]}")
    cli.check(all(answer.startswith("wrong ") for answer in answers[5:]), f"no lines: {answers[5:]}")
    answers = ask(path, "slots ordinary 0 0", "slots emergency 1 0", "piece 1 0", "piece 7 0")
    cli.check([answer.split(" ")[0] for answer in answers] == ["later", "wrong", "wrong", "later"],
              f"no slot is published: {answers}")


def killed(cli, venue):
    before = venue.pid("log")
    os.kill(before, signal.SIGKILL)
    cli.check(s.eventually(lambda: venue.pid("log") not in (0, before)), "the log is back")


def key(cli, path, *arguments):
    code, text, error = cli.run("witness", "key", path, *arguments)
    cli.equal((code, error), (0, ""), "a key")
    return text.strip()


def test(cli, world):
    folder = cli.path("venue")
    os.makedirs(os.path.join(folder, "log"))
    own = key(cli, os.path.join(folder, "log", "key"), "--name", "demo.invalid", "--kind", "log")
    other = key(cli, cli.path("witness.key"), "--name", "w.invalid/witness")
    cli.write(os.path.join(folder, "log", "policy.txt"), f"log {own}\nwitness w {other}\nquorum w\n")
    config = cli.write("cambist.yaml", "publog:\n  on: true\n")
    case = world.folder("case")
    is_refused(cli, cli.folder, case, folder)
    with s.Venue(cli, folder, "--new", "--config", config) as venue:
        venue.ready()
        os.rename(os.path.join(case, "grant.shown"), cli.path("grant.shown"))
        told(cli, case, folder, ["grant: event 1"])
        told(cli, case, folder, ["grant: event 1"])
        killed(cli, venue)
        told(cli, case, folder, ["grant: event 1"])
        cli.check(not os.path.exists(os.path.join(case, "grant.shown")), "nothing is shown")
        # With a receipt of the test's own log the opener begins, and its opening is told.
        os.rename(cli.path("grant.shown"), os.path.join(case, "grant.shown"))
        opener = world.begin(case)
        told(cli, case, folder, ["grant: event 1", "opening: event 2"])
        opener.kill()
        world.end(opener)
        by_hand(cli, os.path.join(folder, "log.sock"))
        cli.check(s.eventually(lambda: (l.metric(cli, "cambist_log_asked_total") or 0) >= 11), "asked")
        cli.check(l.metric(cli, "cambist_log_refused_total") >= 5, "refused")
        pid = venue.pid("log")
        told(cli, case, folder, ["grant: event 1", "opening: event 2"])
        cli.equal(venue.pid("log"), pid, "nothing that is asked ends the log")
        cli.equal(venue.stop(), 0, "an orderly end")


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: open_log_test.py BINARY OPEN_MAKE")
    cli = p.Program(sys.argv[1])
    world = o.World(cli, sys.argv[2])
    test(cli, world)
    world.close()
    return cli.finish()


if __name__ == "__main__":
    sys.exit(main())
