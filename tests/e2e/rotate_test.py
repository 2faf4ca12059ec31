#!/usr/bin/env -S python3 -B
"""A new group key for all records of a running venue, with the real program: rows are collected,
officers of both groups approve and answer, the re-wrapper wraps anew, and the vault takes the wraps,
through kills between the steps. Then the new shares open a record and the old ones none; what was
put meanwhile is found, and a rotation of the rest takes it along. And what must not work: too early,
without the public flag, used again, rows or answers changed. No data that records hold is anywhere.

usage: rotate_test.py BINARY ROTATE_MAKE [RECORDS]

Everything is on loopback; only processes that this script started are signalled. Nobody exists."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import time

import open_talk_test as talk
import program as p
import serve_test as s
import vault_test as v

CANARY = b"canary-4f1d2c"
SECONDS = 120
FIRST = 7  # person
ALL = ("a0-1", "a0-2", "a0-3", "b0-1", "b0-2", "b0-3")
CHOSEN = ("a0-1", "a0-2", "b0-1", "b0-2")
REFUSED, MISSING, EXISTS, UNAVAILABLE, ROT, INPUT = 27, 14, 15, 21, 19, 4
UNPROTECTED = 26


def read(path):
    with open(path, "rb") as file:
        return file.read()


def cpu_s():
    """User time of all children that have ended."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime


class World:
    """Officers and a log (rotate_make), the venue's vault, and a folder for each rotation."""

    def __init__(self, cli, maker, records):
        self.cli = cli
        self.said = b""
        self.files = 0
        self.vault = v.Vault(cli, cli.path("venue"))
        self.maker = subprocess.Popen([os.path.abspath(maker), cli.folder, str(records)], text=True,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        cli.equal(self.maker.stdout.readline(), "ready\n", "rotate_make")
        self.old = self.pins("")
        self.new = self.pins("to-")
        self.both = self.old + ["--to-group-a", cli.path("to-a.chain"), "--to-group-b",
                                cli.path("to-b.chain")]

    def pins(self, prefix):
        return ["--circle", self.cli.path("circle"), "--policy", self.cli.path("policy.txt"),
                "--group-a", self.cli.path(prefix + "a.chain"),
                "--group-b", self.cli.path(prefix + "b.chain")]

    def tell(self, line):
        self.maker.stdin.write(line + "\n")
        self.maker.stdin.flush()
        self.cli.equal(self.maker.stdout.readline(), "done\n", line)

    def close(self):
        self.maker.stdin.close()
        self.maker.wait(SECONDS)

    def raw(self, *arguments):
        done = subprocess.run([self.cli.binary, *arguments], capture_output=True, timeout=SECONDS,
                              check=False)
        self.said += done.stdout + done.stderr
        return done.returncode, done.stdout, done.stderr.decode()

    def step(self, *arguments):
        code, output, error = self.raw(*arguments)
        self.cli.equal(code, 0, f"{' '.join(arguments)}: {error}")
        return output

    def refused(self, code, words, *arguments):
        found, output, error = self.raw(*arguments)
        self.cli.check(found == code and words in error,
                       f"{' '.join(arguments)}: {found} instead of {code}, {error!r}")
        return output

    def put_records(self):
        """All that rotate_make has written since the last time."""
        while os.path.exists(self.cli.path(f"put.{self.files + 1}")):
            self.files += 1
            self.vault.good("put", self.cli.path(f"put.{self.files}"))

    def collect(self, name):
        folder = self.cli.path(name)
        os.mkdir(folder)
        self.vault.good("rotate", "collect", folder, "1")
        return folder

    def approved(self, folder, officers=ALL, when="draft"):
        """Drafted, approved and joined; issued 73 hours ago unless told otherwise."""
        self.cli.write("draft", self.step("rotate", "draft", folder, *self.both))
        self.tell("draft")
        text = self.cli.path("text" if when == "draft" else "draft")
        parts = []
        for officer in officers:
            part = self.step("rotate", "approve", text, *self.both, "--name", officer,
                             "--sign-key", self.cli.path(officer + ".pem"))
            parts.append(self.cli.write("text." + officer, part))
        self.cli.write(os.path.join(folder, "rotation"), self.step("rotate", "join", *parts))

    def run(self, folder):
        """The re-wrapper, when its opening is written."""
        process = subprocess.Popen([self.cli.binary, "rotate", "run", folder, *self.both],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        until = time.monotonic() + SECONDS
        while not os.path.exists(os.path.join(folder, "opening")):
            if process.poll() is not None or time.monotonic() > until:
                process.kill()
                sys.exit(f"FAILED: the re-wrapper did not begin: {process.communicate()}")
            time.sleep(0.02)
        return process

    def end(self, process):
        try:
            output, error = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            sys.exit(f"FAILED: the re-wrapper did not end: {process.communicate()}")
        self.said += output + error
        return process.returncode, output.decode(), error.decode()

    def line(self, process, word):
        """The next line on its standard error that has the word; it says it sooner or later."""
        line = b"-"
        while line and word not in line:
            line = process.stderr.readline()
            self.said += line
        return line

    def answering(self, officer, folder, book=None):
        book = self.cli.path(book or officer + ".book")
        os.makedirs(book, exist_ok=True)
        return ["rotate", "answer", folder, *self.both, "--key", self.cli.path(officer + ".key"),
                "--passphrase", self.cli.path("words"), "--book", book]

    def answer(self, officer, folder, book=None):
        output = self.step(*self.answering(officer, folder, book))
        self.put(folder, officer, output)
        return output

    @staticmethod
    def put(folder, officer, output):
        path = os.path.join(folder, "release." + officer)
        with open(path + ".part", "wb") as file:
            file.write(output)
        os.rename(path + ".part", path)

    def rotate(self, folder):
        """From the approved rotation in the folder to manifest and wraps."""
        self.tell("rotation " + folder)
        process = self.run(folder)
        self.tell("opening " + folder)
        for officer in CHOSEN:
            self.answer(officer, folder)
        code, manifest, error = self.end(process)
        self.cli.equal(code, 0, f"the re-wrapper ends: {error}")
        self.cli.equal(manifest.encode(), read(os.path.join(folder, "manifest")), "the manifest")


# ---- the way it is meant ----

def end_keep(world, venue, number):
    """The vault's process gets this signal; the supervisor starts it again."""
    before = venue.pid("keep")
    if before == 0:
        sys.exit("FAILED: keep does not run")
    os.kill(before, number)
    world.cli.check(s.eventually(lambda: venue.pid("keep") not in (0, before)), "keep comes back")
    world.cli.check(s.eventually(lambda: world.vault.run("status")[0] == 0), "and answers")


def bodies(world, persons):
    """What the vault has of some, but for the epoch and the wrap."""
    found = {}
    for person in persons:
        path = world.cli.path(f"got.{person}.{len(os.listdir(world.cli.folder))}")
        world.vault.good("get", str(person), "bank", path)
        record = read(path)
        found[person] = record[:16] + record[20:24] + record[168:]
        os.remove(path)
    return found


def figures(world, folder, records):
    """CPU time of an officer's answer and of the re-wrapper, without anything else between."""
    world.tell("rotation " + folder)
    process = world.run(folder)
    world.tell("opening " + folder)
    before = cpu_s()
    for officer in CHOSEN:
        world.answer(officer, folder)
    answered = cpu_s() - before
    before = cpu_s()
    code, manifest, error = world.end(process)
    world.cli.equal(code, 0, f"the re-wrapper ends: {error}")
    world.cli.equal(manifest.encode(), read(os.path.join(folder, "manifest")), "the manifest")
    wrapped = cpu_s() - before
    print(f"records a second of CPU time, of {records}: one officer answers "
          f"{len(CHOSEN) * records / answered:.0f}, the re-wrapper wraps {records / wrapped:.0f}")


def killed_while_it_puts(world, folder, records):
    """Ended after so many milliseconds, again and again; each time it goes on where it was."""
    command = [world.cli.binary, "vault", "rotate", "put", folder, "--data", world.vault.folder]
    for pause in (0, 1, 2, 4, 8, 16, 32):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(pause / 1000)
        process.kill()
        output, error = process.communicate()
        world.said += output + error
        left = world.vault.good("stale", "2").count("\n")
        world.cli.check(left <= min(records, 256), f"{left} are left")
    output = world.vault.good("rotate", "put", folder)
    world.cli.check("left" in output and output.rstrip().endswith(" 0"), f"all of it: {output}")


def the_first_rotation(world, venue, records):
    cli = world.cli
    folder = world.collect("turn")
    cli.equal(len(read(os.path.join(folder, "rows"))), 25 + 196 * records, "a row for each record")
    world.approved(folder)
    shown = world.step("rotate", "show", os.path.join(folder, "rotation"), *world.both).decode()
    cli.check("both are the pinned ones" in shown and "by enough officers" in shown, shown)
    figures(world, folder, records)
    # Not once more here.
    world.refused(EXISTS, "an opening was begun here; it takes another rotation", "rotate", "run",
                  folder, *world.both)
    persons = (FIRST, FIRST + 1, FIRST + records // 2, FIRST + records - 1)
    before = bodies(world, persons)
    other_wraps(world, folder)
    killed_while_it_puts(world, folder, records)
    output = world.vault.good("rotate", "put", folder)  # again: nothing is left to do
    cli.check("passed over" in output and output.split()[2] == "0", f"once more: {output}")
    cli.equal(world.vault.good("stale", "2"), "", "no record of the old epoch")
    cli.equal(bodies(world, persons), before, "bodies are untouched")
    world.vault.good("verify")
    ended_before_the_last_name(world, folder)
    # Old wraps are gone from the files once they are swept.
    old = read(os.path.join(folder, "rows"))[25 + 52:25 + 196]
    world.vault.good("sweep")
    cli.equal(v.in_files(world.vault.folder, [old[:64]]), [], "an old wrap in the vault's files")
    end_keep(world, venue, signal.SIGKILL)
    world.vault.good("verify")
    return folder


def other_wraps(world, folder):
    """What the manifest is not about does not reach the vault."""
    wraps = os.path.join(folder, "wraps")
    kept = read(wraps)
    with open(wraps, "r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(bytes([kept[-1] ^ 1]))
    world.vault.bad(ROT, "not the wraps of this manifest", "rotate", "put", folder)
    with open(wraps, "wb") as file:
        file.write(kept)


# ---- what was put meanwhile ----

def the_rest(world):
    cli = world.cli
    world.tell("more 8")
    world.put_records()
    cli.equal(world.vault.good("stale", "2").count("epoch 1"), 8, "records that were put meanwhile")
    world.vault.bad(UNAVAILABLE, "8 records of epoch 1 are left; they take a rotation of their own",
                    "rotate", "put", cli.path("turn"))
    folder = world.collect("rest")
    world.approved(folder)
    # The first process is ended behind its opening: its folder is of no more use.
    world.tell("rotation " + folder)
    process = world.run(folder)
    world.tell("opening " + folder)
    world.answer("a0-1", folder)
    process.kill()
    world.end(process)
    world.refused(EXISTS, "an opening was begun here", "rotate", "run", folder, *world.both)
    again_in_a_copy(world, folder)
    for pause in (0, 20, 150):
        killed_while_it_wraps(world, folder, pause)
    third = cli.path("third")
    os.mkdir(third)
    shutil.copyfile(os.path.join(folder, "rows"), os.path.join(third, "rows"))
    world.approved(third)
    world.rotate(third)
    world.vault.good("rotate", "put", third)
    cli.equal(world.vault.good("stale", "2"), "", "no record of the old epoch")
    world.vault.good("verify")


def killed_while_it_wraps(world, rest, pause):
    """With all answers there, after so many milliseconds: wraps are whole and have their manifest,
    or there are none, and the folder takes no other process."""
    folder = world.cli.path(f"killed.{pause}")
    os.mkdir(folder)
    shutil.copyfile(os.path.join(rest, "rows"), os.path.join(folder, "rows"))
    world.approved(folder)
    world.tell("rotation " + folder)
    process = world.run(folder)
    world.tell("opening " + folder)
    for officer in CHOSEN:
        world.answer(officer, folder, f"{officer}.{pause}.book")
    time.sleep(pause / 1000)
    process.kill()
    world.end(process)
    names = os.listdir(folder)
    world.cli.check("wraps" not in names or "manifest" in names, f"wraps without manifest: {names}")
    if "wraps" not in names:
        world.vault.bad(MISSING, "no wraps yet; cambist rotate run says whether", "rotate", "put",
                        folder)
    if "manifest" in names and "wraps" not in names:
        world.step("rotate", "run", folder, *world.both)
        world.cli.check(os.path.exists(os.path.join(folder, "wraps")), "they have their name")
    else:
        world.refused(EXISTS, "it takes another rotation", "rotate", "run", folder, *world.both)


def ended_before_the_last_name(world, done):
    """Manifest and wraps are written, and the wraps have no name yet: another process gives it to
    them, if they are those of the manifest."""
    folder = world.cli.path("ended")
    shutil.copytree(done, folder)
    fresh = os.path.join(folder, "wraps.new")
    os.rename(os.path.join(folder, "wraps"), fresh)
    world.vault.bad(MISSING, "no wraps yet", "rotate", "put", folder)
    kept = read(fresh)
    with open(fresh, "wb") as file:
        file.write(kept[:-1] + bytes([kept[-1] ^ 1]))
    world.refused(ROT, "not the wraps of this manifest", "rotate", "run", folder, *world.both)
    world.cli.check(not os.path.exists(os.path.join(folder, "wraps")), "it is not taken")
    with open(fresh, "wb") as file:
        file.write(kept)
    world.cli.equal(world.step("rotate", "run", folder, *world.both),
                    read(os.path.join(done, "manifest")), "the manifest")
    world.cli.equal(read(os.path.join(folder, "wraps")), kept, "the wraps")
    world.vault.good("rotate", "put", folder)  # they are in already


def again_in_a_copy(world, folder):
    """The same rotation, as after yesterday's backup: officers see the first opening in the log,
    also who did not answer it and whose book is new."""
    copy = world.cli.path("copy")
    os.mkdir(copy)
    for name in ("rows", "rotation", "rotation.shown"):
        shutil.copyfile(os.path.join(folder, name), os.path.join(copy, name))
    process = world.run(copy)
    world.tell("opening " + copy)
    world.refused(REFUSED, "slots: an earlier opening of this rotation is in the log", *world.answering("b0-3", copy, "new.book"))
    for officer in CHOSEN:  # of the first opening
        if os.path.exists(os.path.join(folder, "release." + officer)):
            world.put(copy, officer, read(os.path.join(folder, "release." + officer)))
    line = world.line(process, b"not taken")
    world.cli.check(b"an answer for another opening" in line, f"old answers: {line}")
    process.kill()
    world.end(process)
    world.cli.check(not os.path.exists(os.path.join(copy, "wraps")), "nothing is wrapped")


# ---- what must not work ----

def attacks(world):
    cli = world.cli
    folder = world.collect("attack")
    world.approved(folder, when="now")
    world.tell("rotation " + folder)  # in the log at once, and 72 hours have not passed
    world.refused(REFUSED, "rotation: a bulk grant waits until", "rotate", "run", folder,
                  *world.both)
    world.approved(folder)
    world.tell(f"rotation {folder} bare")
    world.refused(REFUSED, "with other flags", "rotate", "run", folder, *world.both)
    world.approved(folder, officers=ALL[:3])
    world.tell("rotation " + folder)
    world.refused(REFUSED, "group B: 0 of the 3 people", "rotate", "run", folder, *world.both)
    world.refused(REFUSED, "to epoch 2, the pinned ceremonies are of 1", "rotate", "show",
                  os.path.join(folder, "rotation"), *world.old, "--to-group-a", cli.path("a.chain"),
                  "--to-group-b", cli.path("b.chain"))
    world.approved(folder)
    world.tell("rotation " + folder)
    rows = os.path.join(folder, "rows")
    kept = read(rows)
    with open(rows, "wb") as file:  # the second row twice, the first not at all
        file.write(kept[:25] + kept[25 + 196:25 + 2 * 196] + kept[25 + 196:])
    world.refused(INPUT, "row 2: not behind the one before it", "rotate", "run", folder,
                  *world.both)
    with open(rows, "wb") as file:
        file.write(kept[:-1] + bytes([kept[-1] ^ 1]))
    world.refused(REFUSED, "rows: not those that the rotation names", "rotate", "run", folder,
                  *world.both)
    world.refused(INPUT, "its proof does not hold", "rotate", "draft", folder, *world.both)
    with open(rows, "wb") as file:
        file.write(kept)
    cli.check(not os.path.exists(os.path.join(folder, "opening")), "no opening is written")
    process = world.run(folder)
    world.tell(f"opening {folder} 1300")
    world.refused(REFUSED, "the checkpoint is stale", *world.answering("a0-3", folder, "a.book"))
    world.tell("opening " + folder)
    a_key_that_others_may_read(world, folder)
    a_wrong_answer(world, folder, process)


def a_key_that_others_may_read(world, folder):
    cli = world.cli
    approve = ["rotate", "approve", cli.path("text"), *world.both, "--name", "a0-3", "--sign-key",
               cli.path("a0-3.pem")]
    for name, command in (("a0-3.pem", approve),
                          ("a0-3.key", world.answering("a0-3", folder, "loose.book"))):
        os.chmod(cli.path(name), 0o640)
        world.refused(UNPROTECTED, f"{cli.path(name)}: others than its owner may read or write it "
                      "(mode 0640): chmod 600", *command)
        os.chmod(cli.path(name), 0o600)
    cli.check(not os.listdir(cli.path("loose.book")), "nothing is in the book")


def a_wrong_answer(world, folder, process):
    """Named, left out, and another officer of the group takes the place."""
    for officer in CHOSEN:
        output = world.step(*world.answering(officer, folder, officer + ".attack.book"))
        if officer == "b0-2":
            output = output[:-5] + bytes([output[-5] ^ 1]) + output[-4:]
        world.put(folder, officer, output)
    line = world.line(process, b"not taken")
    world.cli.check(b"b0-2: answer " in line and b"does not open" in line, f"whose: {line}")
    world.answer("b0-3", folder, "b0-3.attack.book")
    code, _, error = world.end(process)
    world.cli.equal(code, 0, f"with b0-3 it goes on: {error}")


# ---- afterwards ----

def an_ordinary_opening(world):
    """Under the new epoch's shares; the old ones answer nothing."""
    cli = world.cli
    case = cli.path("case")
    os.mkdir(case)
    record = cli.path("record")
    world.vault.good("get", str(FIRST), "bank", record)
    words = world.step("open", "collect", case, record).decode().split()
    cli.equal(words[:5], [str(FIRST), "bank", "1", "1", "2"], "a record of the new epoch")
    issued = time.time() - 1200
    moments = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at)) for at in (issued, issued + 7200)]
    text = ("cambist grant v1\nvenue: demo.invalid\ncase: " + "3c" * 16 + "\nkind: report\n"
            "basis: duty\ncountry: FR\ninstrument: " + "5a" * 32 + "\nauthority: fr-police\n"
            f"recipient: {read(cli.path('recipient')).decode()}\nclass: plain\nurgency: ordinary\n"
            f"silence: none\nissued: {moments[0]}\nexpires: {moments[1]}\nnonce: " + "77" * 16 +
            f"\nlog-size: 0\nrecord: {' '.join(words[:5])} deliver none {words[5]}\n")
    grant = cli.write("grant.text", text)
    parts = [cli.write("grant." + officer, world.step(
        "officer", "approve", grant, "--circle", cli.path("circle"), "--name", officer,
        "--sign-key", cli.path(officer + ".pem"))) for officer in CHOSEN]
    cli.write(os.path.join("case", "grant"), world.step("officer", "join", *parts))
    world.tell("grant " + case)
    world.refused(REFUSED, "row 1: of epoch 2, the shares are of epoch 1", "open", "run", case,
                  *world.old)
    opener = subprocess.Popen([cli.binary, "open", "run", case, *world.new],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    cli.check(s.eventually(lambda: os.path.exists(os.path.join(case, "opening"))), "it begins")
    world.tell("granted " + case)
    for officer in CHOSEN:
        os.makedirs(cli.path(officer + ".book"), exist_ok=True)
        common = ["--passphrase", cli.path("words"), "--book", cli.path(officer + ".book")]
        world.refused(REFUSED, "row 1: of epoch 2, the shares are of epoch 1", "officer", "release",
                      case, *world.old, "--key", cli.path(officer + ".key"), *common)
        world.refused(REFUSED, "a share of epoch 1 and generation 0, not 2 and 0", "officer",
                      "release", case, *world.new, "--key", cli.path(officer + ".key"), *common)
        world.put(case, officer, world.step("officer", "release", case, *world.new, "--key",
                                            cli.path("to-" + officer + ".key"), *common))
    code, manifest, error = world.end(opener)
    cli.equal(code, 0, f"delivered: {error}")
    cli.check(f"delivered: {FIRST} bank 1" in manifest, manifest)


# ---- the log ----

def the_log_is_told(world, done):
    """Whatever answers at log.sock (a socket of this test's own): the texts with flag and mark, the
    receipts, and those of the opening anew until the manifest is there."""
    cli = world.cli
    folder = cli.path("told")
    os.mkdir(folder)
    for name in ("rotation", "opening"):
        shutil.copyfile(os.path.join(done, name), os.path.join(folder, name))
    log = talk.Log(cli.path("talk.sock"))
    log.shown = {"grant": read(os.path.join(done, "rotation.shown")),
                 "opening": read(os.path.join(done, "opening.shown")), "delivered": b"the end"}
    log.slots = read(os.path.join(done, "slots"))
    command = ["rotate", "log", folder, "--socket", cli.path("talk.sock")]
    lines = world.step(*command).decode().splitlines()
    cli.equal(lines, ["rotation: event 1; rotation.shown is there", "opening: event 2; slots is there",
                      "opening: event 2; opening.shown is there"], "what comes back")
    for name in ("rotation.shown", "opening.shown", "slots"):
        cli.check(read(os.path.join(folder, name)) == read(os.path.join(done, name)), name)
    texts = {name: read(os.path.join(done, name)) for name in ("rotation", "opening", "manifest")}
    case = texts["rotation"].split(b"\ncase: ")[1][:32].decode()
    cli.equal(log.told[0], f"tell grant ordinary 1 {case} 0 - {texts['rotation'].hex()}",
              "a bulk grant")
    words = log.told[1].split(" ")
    cli.equal(words[:6] + words[7:], ["tell", "opening", "ordinary", "0", case, "0",
                                      texts["opening"].hex()], "its opening")
    cli.check(len(words[6]) == 64, "with the mark of this rotation")
    log.shown["opening"] += b"\n"  # fresher
    world.step(*command)
    cli.check(read(os.path.join(folder, "opening.shown")) == log.shown["opening"], "fetched anew")
    shutil.copyfile(os.path.join(done, "manifest"), os.path.join(folder, "manifest"))
    log.asked = []
    world.step(*command)
    cli.check(log.told[2].startswith(f"tell delivered ordinary 0 {case} 0 - ") and
              log.told[2].endswith(texts["manifest"].hex()), "the manifest")
    cli.equal([line.split(" ")[0] for line in log.asked], ["tell", "tell", "tell", "show"],
              "the opening's receipt is not fetched any more")
    # The venue's own log: its slot has not ended.
    found, output, error = world.raw("rotate", "log", folder, "--data", world.vault.folder)
    cli.check(found in (0, UNAVAILABLE) and b"rotation: event " in output, f"{found} {error}")


def nothing_got_out(world):
    world.cli.check(CANARY not in world.said, "nothing was said")
    world.cli.equal(v.in_files(world.cli.folder, [CANARY]), [], "what records say")


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit("usage: rotate_test.py BINARY ROTATE_MAKE [RECORDS]")
    cli = p.Program(sys.argv[1])
    records = int(sys.argv[3]) if len(sys.argv) == 4 else 300
    world = World(cli, sys.argv[2], records)
    config = cli.write("cambist.yaml", "vault:\n  on: true\npublog:\n  on: true\n"
                       "  origin: demo.invalid/log\n")
    with s.Venue(cli, world.vault.folder, "--profile", "test", "--keys-file", cli.path("keys.json"),
                 "--config", config) as venue:
        venue.ready()
        shutil.copyfile(cli.path("groups"), os.path.join(world.vault.folder, "vault", "groups"))
        end_keep(world, venue, signal.SIGTERM)  # it reads the groups at its start
        world.put_records()
        if records <= 1000:
            attacks(world)
        the_log_is_told(world, the_first_rotation(world, venue, records))
        if records <= 1000:
            the_rest(world)
        an_ordinary_opening(world)
        cli.equal(venue.stop(), 0, "exit code on SIGTERM")
    nothing_got_out(world)
    world.close()
    return cli.finish()


if __name__ == "__main__":
    sys.exit(main())
