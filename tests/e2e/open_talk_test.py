#!/usr/bin/env -S python3 -B
"""What `cambist open log` does with whatever answers at log.sock: every refusal keeps its name and its
exit code, an answer that is none ends it, and nothing is put into the folder but what came whole: the
slots before the opening's receipt, each once, again where one is missing.

A socket of this test's own stands for the log; what it shows was made by open_make.
usage: open_talk_test.py BINARY OPEN_MAKE"""

import calendar
import contextlib
import hashlib
import os
import socket
import sys
import threading
import time

import open_test as o
import program as p

INPUT, LIMIT, MISSING, EXISTS, FOREIGN, UNAVAILABLE, REFUSED = 4, 5, 14, 15, 17, 21, 27
REFUSALS = (("wrong", INPUT), ("missing", MISSING), ("exists", EXISTS), ("full", LIMIT),
            ("stopped", UNAVAILABLE))
PIECE = 65536
NOT_YET = "the log does not show all of it yet"


class Log:
    """Numbers texts as they are told; shows what it was given. `instead` answers first: a text, or
    None where it says nothing of this line; "" ends the connection."""

    def __init__(self, path):
        self.told, self.shown, self.slots, self.asked = [], {}, b"", []
        self.instead = lambda line: None
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(path)
        self.listener.listen(8)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            client, _ = self.listener.accept()
            with client, client.makefile("r", encoding="ascii") as lines, \
                    contextlib.suppress(OSError):
                client.settimeout(o.SECONDS)
                for line in lines:
                    answer = self.answer(line.rstrip("\n"))
                    if answer == "":
                        break
                    client.sendall(answer.encode())

    def answer(self, line):
        self.asked.append(line)
        found = self.instead(line)
        return found if found is not None else self.right(line) + "\n"

    def right(self, line):
        word, _, rest = line.partition(" ")
        if word == "tell":
            if line not in self.told:
                self.told.append(line)
            return f"told {self.told.index(line) + 1}"
        if word == "show":
            kind = self.told[int(rest) - 1].split(" ")[1]
            return "shown " + self.shown[kind].hex() if kind in self.shown else "later in its slot"
        if word == "slots":
            return f"slots 5 {len(self.slots)}"
        number, at = rest.split(" ")
        return "piece " + self.slots[int(at):int(at) + PIECE].hex() if number == "5" else "later"


def first(word, answer):
    """The answer to lines that begin with the word, and nothing of others."""
    return lambda line: answer if line.startswith(word + " ") else None


class Scene:
    def __init__(self, cli, world):
        self.cli, self.world = cli, world
        whole = world.folder("whole")
        opener = world.begin(whole)
        opener.kill()
        world.end(opener)
        world.tell("opening " + whole)
        self.files = {name: o.read(os.path.join(whole, name)) for name in os.listdir(whole)}
        self.files |= {"manifest": b"a manifest\n", "mismatch": b"an opening\n"}
        self.socket = cli.path("log.sock")
        self.log = Log(self.socket)
        self.log.shown = {"grant": self.files["grant.shown"], "opening": self.files["opening.shown"],
                          "delivered": b"of the manifest", "mismatch": b"of the mismatch"}
        # Long enough for two pieces; what is in it, this command does not judge.
        self.log.slots = self.files["slots"] + bytes(range(256)) * 300
        self.count = 0

    def case(self, *names):
        """A folder with these files of the opening."""
        self.count += 1
        case = self.cli.path(f"case.{self.count}")
        os.mkdir(case)
        for name in names:
            with open(os.path.join(case, name), "wb") as file:
                file.write(self.files[name])
        return case

    def run(self, case, code, words, instead=lambda line: None):
        """What it prints. Ends with this code, and says that."""
        self.log.instead, self.log.asked = instead, []
        found, text, error = self.cli.run("open", "log", case, "--socket", self.socket)
        self.cli.check(found == code and words in error,
                       f"{found} instead of {code} with {words!r}: {error!r}")
        return text.splitlines()

    def holds(self, case, *names):
        self.cli.equal(sorted(os.listdir(case)), sorted(names), "what the folder holds")


def everything_comes(scene):
    case = scene.case("grant", "opening", "manifest", "mismatch")
    lines = scene.run(case, 0, "")
    scene.cli.equal(lines, ["grant: event 1; grant.shown is there", "opening: event 2; slots is there",
                            "opening: event 2; opening.shown is there",
                            "manifest: event 3; delivered.shown is there",
                            "mismatch: event 4; mismatch.shown is there"], "each is told")
    expected = {"grant.shown": "grant", "opening.shown": "opening", "delivered.shown": "delivered",
                "mismatch.shown": "mismatch"}
    for name, kind in expected.items():
        scene.cli.equal(o.read(os.path.join(case, name)), scene.log.shown[kind], name)
    scene.cli.check(o.read(os.path.join(case, "slots")) == scene.log.slots, "the slots in two pieces")
    words = [line.split(" ")[0] for line in scene.log.asked]
    scene.cli.equal(words, ["tell", "show", "tell", "show", "slots", "piece", "piece", "tell", "show",
                            "tell", "show"], "what was asked")
    issued = scene.files["grant"].decode().split("\nissued: ")[1].split("\n")[0]
    from_s = calendar.timegm(time.strptime(issued, "%Y-%m-%dT%H:%M:%SZ"))
    last_s = from_s // 600 * 600 + 1199  # the opening's slot is the second
    scene.cli.equal(scene.log.asked[4], f"slots ordinary {from_s} {last_s}", "from the grant's issue")
    # Again: only told. One that is missing comes again, and nothing else changes.
    lines = scene.run(case, 0, "")
    scene.cli.equal(lines, ["grant: event 1", "opening: event 2", "manifest: event 3",
                            "mismatch: event 4"], "told again")
    before = hashlib.sha256(o.read(os.path.join(case, "opening.shown"))).digest()
    os.unlink(os.path.join(case, "slots"))
    scene.run(case, 0, "")
    scene.cli.check(o.read(os.path.join(case, "slots")) == scene.log.slots, "the slots again")
    # Killed between the two: slots of before go with the receipt that is missing.
    os.unlink(os.path.join(case, "opening.shown"))
    with open(os.path.join(case, "slots"), "wb") as file:
        file.write(b"of before")
    scene.run(case, 0, "")
    scene.cli.check(o.read(os.path.join(case, "slots")) == scene.log.slots, "slots anew")
    scene.cli.equal(hashlib.sha256(o.read(os.path.join(case, "opening.shown"))).digest(), before,
                    "the receipt")


def refusals_keep_their_names(scene):
    """At every question: nothing is put there, and what was there stays."""
    for word in ("tell", "show", "slots", "piece"):
        case = scene.case("grant", "opening", "grant.shown")
        name = "slots" if word in ("slots", "piece") else "grant" if word == "tell" else "opening"
        for said, code in REFUSALS:
            scene.run(case, code, f"{name}: the log says: of its own\n", first(word, f"{said} of its own\n"))
        scene.run(case, FOREIGN, "an answer of the log that is none", first(word, "perhaps\n"))
        scene.run(case, FOREIGN, "an answer of the log that is none", first(word, "\n"))
        scene.run(case, UNAVAILABLE, "", first(word, ""))
        scene.holds(case, "grant", "opening", "grant.shown")
        scene.run(case, 0, "")


def what_comes_later_is_waited_for(scene):
    for word, name in (("show", "grant"), ("slots", "slots"), ("piece", "slots")):
        case = scene.case("grant", "opening")
        lines = scene.run(case, UNAVAILABLE, NOT_YET, first(word, "later as it is\n"))
        scene.cli.check(any(line.startswith(name + ": event ") and
                            line.endswith("; not shown yet: as it is") for line in lines), f"{lines}")
        there = [] if word == "show" else ["grant.shown"]
        scene.holds(case, "grant", "opening", *there)


def answers_that_are_none(scene):
    none = "an answer of the log that is none"
    digits = scene.log.shown["opening"].hex()
    size = len(scene.log.slots)
    first_piece = scene.log.slots[:PIECE].hex()
    for word, answers in (
            ("tell", ("told", "told ", "told 01", "told -1", "told 1 ", "told 9223372036854775808")),
            ("show", ("shown ", "shown 0", "shown " + digits[:-1], "shown " + digits.upper() + "A",
                      "shown " + digits + " ", "shown " + "00" * 80000)),
            ("slots", ("slots ", "slots 5", "slots 5 0", "slots 05 9", "slots 5 9 ", "slots 5 9 9",
                       "slots 5 4194305", "slots -5 9", "slots 5 99999999999999999999")),
            ("piece", ("piece ", "piece 0", "piece 0g", "piece " + first_piece + " ",
                       "piece " + "00" * (size + 1)))):
        for answer in answers:
            case = scene.case("grant", "opening", "grant.shown")
            scene.run(case, FOREIGN, "", first(word, answer + "\n"))
            scene.holds(case, "grant", "opening", "grant.shown")
    case = scene.case("grant", "opening", "grant.shown")
    scene.run(case, FOREIGN, none, first("show", "shown 00\nshown 00\n"))
    scene.run(case, FOREIGN, "an answer that is none", first("tell", "0" * 400000))
    scene.run(case, FOREIGN, "opening.shown: shows nothing", first("show", "shown 6d6d\n"))
    scene.holds(case, "grant", "opening", "grant.shown")


def an_opening_before_its_grant_was_issued(scene):
    """Of another grant: nobody asks for slots backwards."""
    scene.world.tell("again")
    case = scene.world.folder("later")
    opener = scene.world.begin(case)
    opener.kill()
    scene.world.end(opener)
    scene.log.told.clear()
    scene.run(case, REFUSED, "opening: in the log before the grant was issued")
    scene.cli.check(not any(line.startswith("slots ") for line in scene.log.asked), "nothing is asked")
    scene.cli.check(not os.path.exists(os.path.join(case, "slots")), "no slots are there")


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: open_talk_test.py BINARY OPEN_MAKE")
    cli = p.Program(sys.argv[1])
    world = o.World(cli, sys.argv[2])
    scene = Scene(cli, world)
    everything_comes(scene)
    refusals_keep_their_names(scene)
    what_comes_later_is_waited_for(scene)
    answers_that_are_none(scene)
    an_opening_before_its_grant_was_issued(scene)
    world.close()
    return cli.finish()


if __name__ == "__main__":
    sys.exit(main())
