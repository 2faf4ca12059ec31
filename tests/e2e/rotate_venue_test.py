#!/usr/bin/env -S python3 -B
"""A rotation at a real venue, from two ceremonies to the wraps in the vault, through the slots of its
public log: ten minutes each, and three days before the first wrap. The calendar of all its processes
is moved (later.c), so that nobody waits; every slot between is made, signed and cosigned all the same.
Meanwhile the venue is killed between the steps. No word of the records is in a file.

usage: rotate_venue_test.py LATER SEAL_MAKE

Nobody here exists."""

import glob
import os
import re
import struct
import subprocess
import sys
import time

import ceremony_test as c
import open_test as o
import open_venue_test as ov
import program as p
import publog_test as l
import vault_test as v

MISSING, EXISTS, UNAVAILABLE, REFUSED = 14, 15, 21, 27
SLOT_S, WAIT_S = 600, 72 * 3600
PEOPLE = range(7, 12)
NAMES = [name for members in ov.GROUPS.values() for name, _ in members]


class World(ov.World):
    """As for an opening, with a second ceremony of the same officers, and a calendar of its own."""

    def __init__(self, cli, seal):
        self.calendar = cli.path("later")
        self.later = 0
        self.move(0)
        os.environ["CAMBIST_LATER"] = self.calendar
        super().__init__(cli, seal)
        self.new_key = self.hold_new_ceremony()
        self.both = [*self.pins, "--to-group-a", cli.path("A2.transcript"), "--to-group-b",
                     cli.path("B2.transcript")]

    def move(self, seconds):
        """So much later it is, for every process."""
        self.later += seconds
        mode = "r+b" if os.path.exists(self.calendar) else "wb"
        with open(self.calendar, mode) as file:
            file.write(struct.pack("<q", self.later))

    def hold_new_ceremony(self):
        officers = c.Officers(self.cli)
        transcripts = []
        for group, members in ov.GROUPS.items():
            names = [name for name, _ in members]
            roster = officers.step(group + "2.roster", "roster", "--venue", ov.ORIGIN, "--group",
                                   group, "--epoch", "2",
                                   *(self.cli.path(name + ".member") for name in names))
            transcripts.append(officers.hold(group + "2", roster, names, names))
        text = self.step("ceremony", "check", *transcripts)
        return re.search(r"([0-9a-f]{64})$", text.strip()).group(1)

    def old_key(self, officer):
        """The file with the share of the first epoch, which the second ceremony left."""
        found = glob.glob(self.cli.path(officer + ".key.*-1-0-*"))
        self.cli.equal(len(found), 1, f"the old share of {officer}: {found}")
        return found[0]

    def seal_for(self, person, key, epoch):
        done = subprocess.run([self.seal, key, str(person), "address", "1", "1", epoch],
                              input=ov.ADDRESS, capture_output=True, check=True, timeout=o.SECONDS)
        return done.stdout[:144], done.stdout[144:]

    def put_records(self):
        vault = v.Vault(self.cli, self.data)
        records = []
        for person in PEOPLE:
            wrap, body = self.seal_for(person, self.key, "1")
            records.append(v.record(person, 3, 1, wrap, body))
        path = vault.put_file(*records)
        os.chmod(path, 0o600)
        vault.good("put", path)
        os.remove(path)  # the browsers' frame
        return vault

    def rotate_log(self, folder):
        code, text, error = self.cli.run("rotate", "log", folder, "--data", self.data)
        self.said += text.encode() + error.encode()
        self.cli.check(code in (0, UNAVAILABLE), f"rotate log: {code}, {error}")
        return code, text

    def told(self, folder):
        """Which events the log has of this folder, by name."""
        text = ov.until("the log takes events", lambda: self.rotate_log(folder)[1])
        return dict(re.findall(r"^([a-z]+): event (\d+)", text, re.M))

    def shown(self, folder):
        """The slot ends; then all that is in the folder is shown."""
        self.move(SLOT_S)
        ov.until("the log shows it", lambda: self.rotate_log(folder)[0] == 0)

    def run_rewrapper(self, folder):
        process = subprocess.Popen([self.cli.binary, "rotate", "run", folder, *self.both],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.openers.append(process)
        ov.until("the re-wrapper begins", lambda: process.poll() is not None or
                 os.path.exists(os.path.join(folder, "opening")))
        return process

    def answering(self, officer, folder):
        book = self.cli.path(officer + ".book")
        os.makedirs(book, exist_ok=True)
        return ["rotate", "answer", folder, *self.both, "--key", self.old_key(officer),
                "--passphrase", self.cli.path(officer + ".pass"), "--book", book]

    def answer(self, officer, folder):
        done = subprocess.run([self.cli.binary, *self.answering(officer, folder)],
                              capture_output=True, check=False, timeout=o.SECONDS)
        self.said += done.stdout + done.stderr
        self.cli.equal(done.returncode, 0, f"{officer} answers: {done.stderr}")
        path = os.path.join(folder, "release." + officer)
        with open(path + ".part", "wb") as file:
            file.write(done.stdout)
        os.rename(path + ".part", path)


def a_new_epoch_begins(world):
    """keep reads the groups at its start."""
    with open(os.path.join(world.data, "vault", "groups"), "a", encoding="ascii") as file:
        file.write(f"2 {world.new_key}\n")
    world.kill()


def it_is_approved(world, vault):
    """By everybody, over the rows that the vault has now."""
    cli = world.cli
    folder = cli.path("turn")
    os.mkdir(folder)
    ov.until("keep answers", lambda: vault.run("status")[0] == 0)
    vault.good("rotate", "collect", folder, "1")
    size = l.Log(cli, world.venue, world.policy).size()
    draft = cli.write("draft", world.step("rotate", "draft", folder, *world.both, "--log-size",
                                          str(max(size, 0))))
    parts = [cli.write("draft." + name, world.step("rotate", "approve", draft, *world.both, "--name",
                                                   name, "--sign-key", cli.path(name + ".pem")))
             for name in NAMES]
    cli.write(os.path.join("turn", "rotation"), world.step("rotate", "join", *parts))
    return folder


def it_is_logged_and_waits(world, folder):
    """Told before and after the venue is killed, and in the log once; then three days."""
    run = ["rotate", "run", folder, *world.both]
    before = world.told(folder)
    world.kill()
    world.cli.equal(world.told(folder), before, f"{ov.BETWEEN}: told once")
    world.shown(folder)
    world.refused(REFUSED, "a bulk grant waits until", *run)
    world.move(WAIT_S - 2 * SLOT_S)
    world.refused(REFUSED, "a bulk grant waits until", *run)
    world.move(2 * SLOT_S)


def it_is_opened(world, folder):
    """The slots of three days are made up; the opening has one of its own behind them."""
    cli = world.cli
    begun = time.monotonic()
    process = world.run_rewrapper(folder)
    events = world.told(folder)
    cli.check("opening" in events, f"the opening is told: {events}")
    world.refused(MISSING, "opening.shown", *world.answering("anna", folder))
    world.kill()
    cli.equal(world.told(folder), events, f"{ov.BETWEEN}: told once")
    world.shown(folder)
    print(f"slots of three days, made up and shown: {time.monotonic() - begun:.1f} s")
    with open(os.path.join(folder, "slots"), "rb") as file:
        count = file.read().count(b"\nslot ")
    cli.check(count >= WAIT_S // SLOT_S, f"{count} slots from the rotation to its opening")
    return process


def it_is_wrapped(world, folder, process):
    """The venue is killed between two answers."""
    world.answer("anna", folder)
    world.kill()
    for officer in ov.CHOSEN[1:]:
        world.rotate_log(folder)  # a receipt of now, for officers who come late
        world.answer(officer, folder)
    code, manifest, error = world.end(process)
    world.cli.equal(code, 0, f"the re-wrapper ends: {error}")
    world.cli.equal(manifest.encode(), o.read(os.path.join(folder, "manifest")), "the manifest")
    world.refused(EXISTS, "it takes another rotation", "rotate", "run", folder, *world.both)


def the_vault_takes_it(world, vault, folder):
    cli = world.cli
    ov.until("keep answers", lambda: vault.run("status")[0] == 0)
    cli.equal(vault.good("stale", "2").count("epoch 1"), len(PEOPLE), "all of the old epoch")
    vault.good("rotate", "put", folder)
    cli.equal(vault.good("stale", "2"), "", "none of the old epoch")
    world.kill()
    ov.until("keep answers", lambda: vault.run("status")[0] == 0)
    cli.equal(vault.good("stale", "2"), "", f"{ov.BETWEEN}: none of the old epoch")
    vault.good("verify")
    for person in PEOPLE:
        path = cli.path(f"got.{person}")
        vault.good("get", str(person), "address", path)
        cli.equal(struct.unpack("<I", o.read(path)[16:20])[0], 2, f"the epoch of {person}")


def the_log_has_all_of_it(world, folder):
    """The manifest is told and shown; the shipped monitor checks every leaf of the three days."""
    cli = world.cli
    cli.check("manifest" in world.told(folder), "the manifest is told")
    world.move(SLOT_S)
    ov.until("the log shows the manifest", lambda: world.rotate_log(folder)[0] == 0)
    log = l.Log(cli, world.venue, cli.path("policy.txt"))
    cli.check(log.size() > WAIT_S // SLOT_S, f"{log.size()} entries")
    code, output, error = cli.run("log", "check", "--policy", cli.path("policy.txt"), "--slots",
                                  os.path.join(world.data, "log", "public"))
    cli.check(code == 0 and "every tile, entry, checkpoint and cosignature verifies" in output,
              f"the log: {code}, {error}")


def test(world):
    world.start("--new")
    vault = world.put_records()
    a_new_epoch_begins(world)
    folder = it_is_approved(world, vault)
    it_is_logged_and_waits(world, folder)
    process = it_is_opened(world, folder)
    it_is_wrapped(world, folder, process)
    the_vault_takes_it(world, vault, folder)
    the_log_has_all_of_it(world, folder)
    world.cli.equal(v.in_files(world.cli.folder, ov.SEEN), [], "words of the records in files")
    world.cli.equal([word for word in ov.SEEN if word in world.said], [], "in what was said")
    world.end_venue()


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: rotate_venue_test.py LATER SEAL_MAKE")
    cli = p.Program(sys.argv[1])
    world = World(cli, sys.argv[2])
    try:
        test(world)
    finally:
        world.close()
    return cli.finish()


if __name__ == "__main__":
    sys.exit(main())
