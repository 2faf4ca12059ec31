#!/usr/bin/env -S python3 -B
"""An opening from the grant to the delivery with the real program: officers approve and answer, the
opener delivers one file, which Debian's age and age-encryption from npm read. Then what must not
work: an opening begun twice, also where books were put back or others are asked, slots of the log
that are kept back, an opener that was killed, a stale log, too few witnesses, a wrong answer, a used
budget, a look into the memory of who holds keys. Nothing but the delivered file holds
what the records say.

usage: open_test.py BINARY OPEN_MAKE FOLDER   (of the build, where the packages are installed)

A reader whose program or packages are missing is skipped by name."""

import ctypes
import errno
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
import time

import log_foreign_test as foreign
import program as p

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "open_foreign")
CANARY = b"canary-4f1d2c"
SECONDS = 60
LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
CAP_SYS_PTRACE = 19
CHOSEN = ("a0-1", "a0-2", "b0-1", "b0-2")
UNPROTECTED = 26


def bech32(prefix, data):
    """The text of an identity of age (BIP 173)."""
    def polymod(values):
        total = 1
        for value in values:
            top = total >> 25
            total = (total & 0x1ffffff) << 5 ^ value
            for bit, step in enumerate((0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                        0x2a1462b3)):
                total ^= step if top >> bit & 1 else 0
        return total
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 5)
    words = [int(bits[at:at + 5], 2) for at in range(0, len(bits), 5)]
    head = [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]
    total = polymod(head + words + [0] * 6) ^ 1
    words += [total >> 5 * (5 - at) & 31 for at in range(6)]
    return (prefix + "1" + "".join(LETTERS[word] for word in words)).upper()


class World:
    """Officers, records and a log (open_make), and one folder for each opening."""

    def __init__(self, cli, maker):
        self.cli = cli
        self.said = b""
        self.maker = subprocess.Popen([os.path.abspath(maker), cli.folder], text=True,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        cli.equal(self.maker.stdout.readline(), "ready\n", "open_make")
        with open(cli.path("secret"), encoding="ascii") as file:
            self.identity = bech32("age-secret-key-", bytes.fromhex(file.read()))
        self.pins = []
        for option, name in (("circle", "circle"), ("policy", "policy.txt"),
                             ("group-a", "a.chain"), ("group-b", "b.chain")):
            self.pins += ["--" + option, cli.path(name)]

    def tell(self, line):
        self.maker.stdin.write(line + "\n")
        self.maker.stdin.flush()
        self.cli.equal(self.maker.stdout.readline(), "done\n", line)

    def close(self):
        self.maker.stdin.close()
        self.maker.wait(SECONDS)

    def step(self, *arguments):
        """What a step that must go well prints."""
        code, text, error = self.cli.run(*arguments)
        self.cli.equal(code, 0, f"{' '.join(arguments)}: {error}")
        self.said += text.encode() + error.encode()
        return text

    def refused(self, code, words, *arguments):
        found, text, error = self.cli.run(*arguments)
        self.cli.check(found == code and words in error,
                       f"{' '.join(arguments)}: {found} instead of {code}, {error!r}")
        self.said += text.encode() + error.encode()

    def folder(self, name, officers=CHOSEN):
        """A new opening's folder: the grant approved and logged, the records collected."""
        case = self.cli.path(name)
        os.mkdir(case)
        parts = []
        for officer in officers:
            text = self.step("officer", "approve", self.cli.path("grant.text"), "--circle",
                             self.cli.path("circle"), "--name", officer, "--sign-key",
                             self.cli.path(officer + ".pem"))
            parts.append(self.cli.write(f"{name}.{officer}", text))
        self.cli.write(os.path.join(name, "grant"), self.step("officer", "join", *parts))
        self.tell("grant " + case)
        records = [self.cli.path(f"record.{number}") for number in range(1, 5)]
        lines = self.step("open", "collect", case, *records).splitlines()
        grant = open(os.path.join(case, "grant"), encoding="ascii").read()
        for line in lines:
            words = line.split(" ")
            self.cli.check(f"record: {' '.join(words[:5])} " in grant and words[5] in grant,
                           f"the grant names {line}")
        return case

    def begin(self, case, prepare=None):
        """The opener, when its opening is written."""
        opener = subprocess.Popen([self.cli.binary, "open", "run", case, *self.pins],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  preexec_fn=prepare)
        self.await_file(os.path.join(case, "opening"), opener)
        return opener

    @staticmethod
    def await_file(path, opener):
        """Until it is there, while the opener runs."""
        until = time.monotonic() + SECONDS
        while not os.path.exists(path):
            if opener.poll() is not None or time.monotonic() > until:
                opener.kill()
                sys.exit(f"FAILED: the opener did not begin: {opener.communicate()}")
            time.sleep(0.02)

    def end(self, opener):
        """(exit code, standard output, standard error)"""
        try:
            text, error = opener.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            opener.kill()
            sys.exit(f"FAILED: the opener did not end: {opener.communicate()}")
        self.said += text + error
        return opener.returncode, text.decode(), error.decode()

    @staticmethod
    def line(opener, word):
        """The next line on the opener's standard error that has the word; empty: it ended."""
        guard = threading.Timer(SECONDS, opener.kill)
        guard.start()
        line = b"-"
        while line and word not in line:
            line = opener.stderr.readline()
        guard.cancel()
        return line

    def releases(self, officer, case, book=None):
        book = self.cli.path(book or officer + ".book")
        os.makedirs(book, exist_ok=True)
        return ["officer", "release", case, *self.pins, "--key", self.cli.path(officer + ".key"),
                "--passphrase", self.cli.path("words"), "--book", book]

    def put(self, case, officer, text):
        """There at once, as whoever carries it should do it."""
        path = os.path.join(case, "release." + officer)
        with open(path + ".part", "w", encoding="ascii") as file:
            file.write(text)
        os.rename(path + ".part", path)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def by_age(world, case):
    if shutil.which("age") is None:
        return foreign.skipped("age", "the program is not there")
    identity = world.cli.write("identity", world.identity + "\n")
    done = subprocess.run(["age", "-d", "-i", identity, os.path.join(case, "delivery.age")],
                          capture_output=True, check=False, timeout=SECONDS)
    world.cli.equal((done.returncode, done.stderr), (0, b""), "age -d")
    return done.stdout


def by_npm(world, case, build):
    foreign.HERE = HERE
    os.makedirs(build, exist_ok=True)
    packages = foreign.node_folder(build, "age-encryption", "open.mjs")
    if packages is None:
        return None
    path = os.path.join(case, "delivery.age")
    command = ["node", "open.mjs", world.identity, path]
    done = subprocess.run(command, cwd=build, capture_output=True, check=False, timeout=SECONDS)
    world.cli.equal((done.returncode, done.stderr), (0, b""), "age-encryption")
    other = bech32("age-secret-key-", bytes(range(32)))
    command[2] = other
    failed = subprocess.run(command, cwd=build, capture_output=True, check=False, timeout=SECONDS)
    world.cli.check(failed.returncode == 1 and not failed.stdout, "another identity opens nothing")
    return done.stdout


def archive_is_right(cli, archive, case):
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        names = files.getnames()
        cli.equal(names, ["grant.txt", "person-7/bank.1.txt", "person-8/bank.1.txt"], "the archive")
        text = files.extractfile("person-8/bank.1.txt").read()
        grant = files.extractfile("grant.txt").read()
    cli.check(CANARY in text and b"2026-01-01T00:00:00Z first\n" in text, "what the record says")
    cli.check(b"before" not in text and b"behind" not in text, "days outside are withheld")
    cli.check(read(os.path.join(case, "grant")).startswith(grant), "the grant is in it")


def slots_are_kept_back(world, case):
    """What an officer says who sees another file `slots` than the log would show."""
    view = world.cli.path("view")
    shutil.copytree(case, view)
    path = os.path.join(view, "slots")
    slots = read(path)
    at = [0]
    while b"\nslot " in slots[at[-1]:]:
        at.append(slots.index(b"\nslot ", at[-1]) + 1)
    world.cli.equal(len(at), 3, "two slots: the grant's, the opening's")
    nobody = "nobody.book"
    os.unlink(path)
    world.refused(14, "slots", *world.releases("a0-1", view, nobody))
    not_shown = "the log is not shown from grant to opening: "
    for changed, words in (
            (slots[:at[1]] + slots[at[2]:], "a slot is missing"),
            (slots[:at[2]] + slots[slots.index(b"\n\n") + 1:], "the last slot is not the one"),
            (slots.replace(b"\nclass 1\n", b"\nclass 2\n"), "slots of another class"),
            (slots.replace(b"event ", b"event 0", 1), "not such a text"),
            (slots[:at[1]] + re.sub(rb"event .*\n", b"", slots[at[1]:], 1), "do not lead to the root"),
            (b"", "not such a text")):
        with open(path, "wb") as file:
            file.write(changed)
        world.refused(27, not_shown, *world.releases("a0-1", view, nobody))
        world.refused(27, words, *world.releases("a0-1", view, nobody))
    world.cli.equal(os.listdir(world.cli.path(nobody)), [], "nothing is in the book")


def a_delivery(world, build):
    cli = world.cli
    case = world.folder("case")
    shown = world.step("officer", "show", os.path.join(case, "grant"), "--circle",
                       cli.path("circle"), "--group-a", cli.path("a.chain"), "--group-b",
                       cli.path("b.chain"), "--identifiers",
                       cli.write("paper", "7 document XY-000100\n8 document xy000101\n"))
    cli.check("by enough officers of both groups" in shown and "all 2 are what" in shown, "show")
    world.refused(27, "the grant does not have this document of person 8", "officer", "show",
                  os.path.join(case, "grant"), "--identifiers",
                  cli.write("paper", "7 document XY-000100\n8 document XY-000102\n"))
    opener = world.begin(case)
    world.refused(14, "opening.shown", *world.releases("a0-1", case))
    world.tell("opening " + case)
    slots_are_kept_back(world, case)
    begin = time.monotonic()
    for officer in CHOSEN:
        world.put(case, officer, world.step(*world.releases(officer, case)))
    code, manifest, error = world.end(opener)
    print(f"one opening, 2 + 2 officers one after the other, from receipt to file: "
          f"{time.monotonic() - begin:.2f} s")
    cli.equal(code, 0, f"the opener ends: {error}")
    cli.equal(manifest.encode(), read(os.path.join(case, "manifest")), "the manifest")
    cli.check(manifest.count("delivered: ") == 2 and manifest.count("compared: ") == 2,
              "the manifest names all four records")
    verify = ["open", "verify", os.path.join(case, "manifest"), os.path.join(case, "opening")]
    cli.equal(world.step(*verify, os.path.join(case, "delivery.age")), manifest, "verify")
    world.refused(19, "not the file of this manifest", *verify, os.path.join(case, "grant"))
    for archive in (by_age(world, case), by_npm(world, case, build)):
        if archive is not None:
            archive_is_right(cli, archive, case)
    # Not once more: not here, and not for another opening of the same grant.
    world.refused(15, "an opening was begun here", "open", "run", case, *world.pins)
    return case


def folder_from_before(world, case, name):
    """The same grant, its receipt and rows, as after yesterday's backup was restored."""
    copy = world.cli.path(name)
    os.mkdir(copy)
    for part in os.listdir(case):
        if part.startswith(("grant", "rows", "body")):
            shutil.copyfile(os.path.join(case, part), os.path.join(copy, part))
    return copy


def nothing_is_delivered(world, case):
    world.cli.check(not any(name.startswith(("delivery", "manifest"))
                            for name in os.listdir(case)), f"nothing is delivered in {case}")


def an_earlier_opening_is_in_the_log(world, case):
    """Officers with their books, with the books of the day before, or who did not answer the first
    time; and the opener, whatever answers it gets. Then with the grant logged again before it."""
    for name in ("second", "third"):
        copy = folder_from_before(world, case, name)
        if name == "third":
            world.tell("grant " + copy)
        opener = world.begin(copy)
        world.tell("opening " + copy)
        words = "slots: an earlier opening of this grant is in the log"
        for officer, book in [(officer, officer + ".book") for officer in CHOSEN] + [
                ("a0-1", "restored.book"), ("a0-3", "a0-3.first.book"), ("b0-3", "b0-3.first.book")]:
            world.refused(27, words, *world.releases(officer, copy, book))
        for officer in CHOSEN:
            world.put(copy, officer, read(os.path.join(case, "release." + officer)).decode())
        code, text, error = world.end(opener)
        world.cli.check(code == 27 and words in error and text == "", f"the opener: {error}")
        nothing_is_delivered(world, copy)


def again_in_another_folder(world, case):
    """Where the log hides the first opening, the officers' books still have it."""
    copy = folder_from_before(world, case, "copy")
    world.tell("fork")
    opener = world.begin(copy)
    world.tell("opening " + copy)
    for officer in CHOSEN:
        world.refused(27, "released before, for another opening", *world.releases(officer, copy))
        world.put(copy, officer, read(os.path.join(case, "release." + officer)).decode())
    line = world.line(opener, b"not taken")
    world.cli.check(b"a release for another opening" in line, f"the answer is told: {line}")
    world.cli.check(opener.poll() is None, "the old answers open nothing; it waits for others")
    opener.kill()
    world.end(opener)
    nothing_is_delivered(world, copy)


def the_budget(world):
    """Five records a day, and the first grant took four."""
    world.tell("again")
    case = world.folder("budget")
    opener = world.begin(case)
    world.tell("opening " + case)
    world.refused(27, "budget: 4 records were released today, and 4 more are above the 5 of a day",
                  *world.releases("a0-1", case))
    opener.send_signal(signal.SIGKILL)
    world.end(opener)
    # Killed behind its opening: nothing goes on there, and what was answered is of no use.
    world.refused(15, "an opening was begun here; it takes another grant", "open", "run", case,
                  *world.pins)
    nothing_is_delivered(world, case)


def the_openers_book(world):
    """Over all officers: seven records a day, of them three for this authority; a grant has four."""
    cli = world.cli
    with open(cli.path("circle"), encoding="ascii") as file:
        lines = file.read().splitlines()
    narrow = [line + " 3" if line.startswith("authority: ") else line for line in lines]
    for words, name, circle in (
            ("budget: 0 records were released for", "narrow", narrow + ["opened-a-day: 7"]),
            ("budget: 4 records were released today, and 4 more are above the 7 of a day", "wide",
             lines + ["opened-a-day: 7"])):
        world.tell("again")
        case = world.folder("book." + name)
        pins = ["--circle", cli.write("circle." + name, "\n".join(circle) + "\n"), *world.pins[2:]]
        world.refused(2, "run wants --book DIR: the circle has opened-a-day", "open", "run", case, *pins)
        book = cli.path("opened." + name)
        os.mkdir(book)
        if name == "wide":  # what another opening of today has taken
            copy = world.folder("book.before")
            opener = subprocess.Popen([cli.binary, "open", "run", copy, *pins, "--book", book],
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            world.await_file(os.path.join(book, "released"), opener)
            opener.send_signal(signal.SIGKILL)
            world.end(opener)
            world.tell("again")
            case = world.folder("book.after")
        world.refused(27, words, "open", "run", case, *pins, "--book", book)
        nothing_is_delivered(world, case)


def a_key_that_others_may_read(world):
    """It is not used, neither to approve nor to answer: who copied it may do so too."""
    cli = world.cli
    world.tell("again")
    case = world.folder("loose")
    opener = world.begin(case)
    world.tell("opening " + case)
    approve = ["officer", "approve", cli.path("grant.text"), "--circle", cli.path("circle"),
               "--name", "a0-3", "--sign-key", cli.path("a0-3.pem")]
    release = world.releases("a0-3", case, "loose.book")
    for name, command in (("a0-3.pem", approve), ("a0-3.key", release)):
        for mode in (0o640, 0o604, 0o620):
            os.chmod(cli.path(name), mode)
            world.refused(UNPROTECTED, f"{cli.path(name)}: others than its owner may read or write "
                          f"it (mode {mode:04o}): chmod 600", *command)
        os.chmod(cli.path(name), 0o600)
        cli.check(not os.listdir(cli.path("loose.book")), "nothing is in the book")
        world.step(*command)
    opener.kill()
    world.end(opener)


def the_log_is_not_believed(world):
    for name, line, words in (("stale", "1300", "the checkpoint is stale"),
                              ("alone", "0 1", "too few known witnesses"),
                              ("none", "0 0", "too few known witnesses")):
        world.tell("again")
        case = world.folder(name)
        opener = world.begin(case)
        world.tell(f"opening {case} {line}")
        world.refused(27, words, *world.releases("a0-3", case, "other.book"))
        opener.kill()
        world.end(opener)


def too_few_approvals(world):
    for name, officers, words in (("one", ("a0-1",), "group A: 1 of the 2 people"),
                                  ("side", ("a0-1", "a0-2", "a0-3"), "group B: 0 of the 2")):
        world.tell("again")
        case = world.folder(name, officers)
        world.refused(27, words, "open", "run", case, *world.pins)
        world.cli.check(not os.path.exists(os.path.join(case, "opening")), "no opening is written")


def a_wrong_answer(world):
    """An answer with a letter changed is told, and another officer of the group takes its place."""
    world.tell("again")
    case = world.folder("wrong")
    opener = world.begin(case)
    world.tell("opening " + case)
    for officer in CHOSEN:
        text = world.step(*world.releases(officer, case, officer + ".wrong.book"))
        if officer == "b0-2":
            at = len(text) - 40
            text = text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1:]
        world.put(case, officer, text)
    world.put(case, "b0-3", world.step(*world.releases("b0-3", case, "b0-3.wrong.book")))
    code, _, error = world.end(opener)
    world.cli.equal(code, 0, f"delivered: {error}")
    world.cli.check("not taken: release.b0-2" in error or "not taken: b0-2" in error,
                    f"whose answer it was: {error}")


def without_tracing():
    """In a child before it starts a program: it will not have root's right to trace either."""
    ctypes.CDLL(None).prctl(24, CAP_SYS_PTRACE, 0, 0, 0)  # PR_CAPBSET_DROP; for root alone


def give_up_tracing():
    """Whoever runs this test is a user like others from now on, as far as tracing goes."""
    libc = ctypes.CDLL(None)
    head = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)()
    libc.capget(head, data)
    for at in range(3):
        data[at] &= ~(1 << CAP_SYS_PTRACE)
    return libc.capset(head, data) == 0


def look_into(process):
    """What the same user meets who opens the process's memory: an error's number, or 0."""
    child = os.fork()
    if child == 0:
        code = 254
        try:
            if give_up_tracing():
                os.close(os.open(f"/proc/{process}/mem", os.O_RDONLY))
                code = 0
        except OSError as error:
            code = error.errno
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def hidden(world, who, process):
    """Waits until the process has hidden itself; then nothing of its memory is to be had."""
    until = time.monotonic() + SECONDS
    while look_into(process.pid) == 0 and time.monotonic() < until:
        time.sleep(0.02)
    found = look_into(process.pid)
    world.cli.check(found in (errno.EACCES, errno.EPERM), f"the memory of {who}: {found}")
    with open(f"/proc/{process.pid}/limits", encoding="ascii") as file:
        limits = [line.split() for line in file if line.startswith("Max core file size")]
    world.cli.equal(limits[0][4:6], ["0", "0"], f"the longest core file of {who}")
    # A signal that dumps core where that is allowed.
    process.send_signal(signal.SIGQUIT)
    _, status = os.waitpid(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    world.cli.check(os.WIFSIGNALED(status) and not os.WCOREDUMP(status),
                    f"{who} leaves no core: {status}")
    world.said += b"".join(stream.read() for stream in (process.stdout, process.stderr))


def memory_is_hidden(world):
    """The opener with its keys, an officer's client behind the words that open its share."""
    other = subprocess.Popen(["cat"], stdin=subprocess.PIPE, preexec_fn=without_tracing)
    found = look_into(other.pid)
    other.stdin.close()
    other.wait(SECONDS)
    if found != 0:
        print(f"skipped: the memory of others: here nobody reads any: {found}")
        return
    world.tell("again")
    case = world.folder("hidden")
    opener = world.begin(case, without_tracing)
    if b"sanitizer" in world.line(opener, b"sandbox: "):
        opener.kill()
        world.end(opener)
        print("skipped: the memory of others: a build with a sanitizer hides nothing")
        return
    world.tell("opening " + case)
    command = world.releases("a0-3", case, "hidden.book")
    command[command.index("--passphrase") + 1] = "-"
    officer = subprocess.Popen([world.cli.binary, *command], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               preexec_fn=without_tracing)
    hidden(world, "the officer's client", officer)
    officer.stdin.close()
    hidden(world, "the opener", opener)
    world.cli.check(not any(name.startswith(("delivery", "manifest", "core"))
                            for name in os.listdir(case)), "nothing is delivered, no core is there")
    world.step(*world.releases("a0-3", case, "hidden.book"), "--require-sandbox")


def nothing_got_out(world):
    """Neither what was said nor any file but the records' own plain sources holds the canary."""
    world.cli.check(CANARY not in world.said, "nothing was said")
    for folder, _, names in os.walk(world.cli.folder):
        for name in names:
            world.cli.check(CANARY not in read(os.path.join(folder, name)),
                            f"{folder}/{name} holds what a record says")


def main():
    if len(sys.argv) != 4:
        sys.exit("usage: open_test.py BINARY OPEN_MAKE FOLDER")
    cli = p.Program(sys.argv[1])
    world = World(cli, sys.argv[2])
    case = a_delivery(world, os.path.join(os.path.abspath(sys.argv[3]), "open_foreign"))
    an_earlier_opening_is_in_the_log(world, case)
    again_in_another_folder(world, case)
    the_budget(world)
    the_openers_book(world)
    the_log_is_not_believed(world)
    too_few_approvals(world)
    a_wrong_answer(world)
    a_key_that_others_may_read(world)
    memory_is_hidden(world)
    nothing_got_out(world)
    world.close()
    return cli.finish()


if __name__ == "__main__":
    sys.exit(main())
