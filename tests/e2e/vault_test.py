#!/usr/bin/env -S python3 -B
"""The vault at a real venue: records go in and come out as they were, also through a process that is
killed; what is over is erased and its key is in no byte of the folder; values that were put and
looked up are in no file, no log, no metric and no memory of any process; and the process can open
no other folder. usage: vault_test.py BINARY

Nobody here exists."""

import hashlib
import json
import os
import random
import re
import signal
import stat
import struct
import subprocess
import time

import program as p
import serve_test as s

USAGE, MISSING, EXISTS, REFUSED, LIMIT, INPUT = 2, 14, 15, 27, 5, 4
CONTACT, ADDRESS = 2, 3
CANARIES = {1: b"quellfrost.zv81@example.invalid", 2: b"+999 7355 608 1142", 3: b"ZQ-7731-QUELLFROST"}
SEEN = [b"quellfrost", b"QUELLFROST", b"73556081142", b"7355 608 1142"]
CASE = "5c" * 32
REVIEW = int(time.time()) + 13 * 86400  # when a reviewer's hand ends


def body_hash(body):
    """docs/vault-crypto.md: BLAKE2b under the name of what is hashed."""
    tag = b"cambist/vault/1/body"
    return hashlib.blake2b(bytes([len(tag)]) + tag + body, digest_size=32).digest()


def record(subject, group, version, wrap, body, values=(), hands=(), until=0, digest=None):
    out = struct.pack("<QIBBHII", subject, version, group, 1, 0, 1, until) + wrap
    out += body_hash(body) if digest is None else digest
    out += struct.pack("<IBBH", len(body), len(hands), len(values), 0)
    for last, hand in hands:
        out += struct.pack("<Q", last) + hand
    for field, value in values:
        out += struct.pack("<BBH", field, 0, len(value)) + value
    return out + body


class Vault:
    def __init__(self, cli, folder):
        self.cli = cli
        self.folder = folder
        self.files = 0

    def run(self, *arguments, stdin=b""):
        outcome = subprocess.run([self.cli.binary, "vault", *arguments, "--data", self.folder],
                                 input=stdin, capture_output=True, timeout=120, check=False)
        return (outcome.returncode, outcome.stdout.decode(), outcome.stderr.decode())

    def good(self, *arguments, stdin=b""):
        code, output, error = self.run(*arguments, stdin=stdin)
        self.cli.equal((code, error), (0, ""), "vault " + " ".join(arguments))
        return output

    def bad(self, code, text, *arguments, stdin=b""):
        found, _, error = self.run(*arguments, stdin=stdin)
        self.cli.check(found == code and text in error, f"vault {arguments}: {found} {error!r}")

    def put_file(self, *records):
        self.files += 1
        path = self.cli.path(f"put-{self.files}")
        with open(path, "wb") as file:
            file.write(struct.pack("<I", len(records)) + b"".join(records))
        return path

    def put(self, *records):
        path = self.put_file(*records)
        self.good("put", path)
        os.remove(path)

    def number(self, name):
        found = re.search(rf"^ *{name} +([0-9,.]+)$", self.good("status"), re.M)
        return int(re.sub("[,.]", "", found.group(1))) if found else None


def in_files(folder, needles):
    """Every byte of every file below the folder."""
    found = []
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            if stat.S_ISREG(os.lstat(path).st_mode):
                with open(path, "rb") as file:
                    data = file.read()
                found += [(path, needle) for needle in needles if needle in data]
    return found


def in_memory(pid, needles):
    """Every byte of a process; None where we may not look, or where a sanitizer keeps shadows of it
    that have no end."""
    found = []
    try:
        with open(f"/proc/{pid}/maps", encoding="ascii") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
            for line in maps:
                begin, end = (int(part, 16) for part in line.split()[0].split("-"))
                if end - begin > 1 << 36:
                    return None
                if line.split()[1][0] != "r" or "[v" in line:
                    continue
                try:
                    memory.seek(begin)
                    data = memory.read(end - begin)
                except (OSError, OverflowError, ValueError):
                    continue  # pages that nobody may read
                found += [(line.strip(), needle) for needle in needles if needle in data]
    except PermissionError:
        return None
    return found


def goes_in_and_out(cli, vault, dice):
    wrap, hand, body = dice.randbytes(144), dice.randbytes(88), dice.randbytes(5000)
    first = record(17, CONTACT, 1, wrap, body, values=CANARIES.items(), hands=[(REVIEW, hand)])
    vault.put(first, record(17, ADDRESS, 1, wrap, b""))
    vault.bad(EXISTS, "already", "put", vault.put_file(first))
    vault.bad(REFUSED, "hash", "put",
              vault.put_file(record(18, CONTACT, 1, wrap, body, digest=bytes(32))))
    vault.bad(REFUSED, "hand 1 ends later than 14 days from now", "put", vault.put_file(
        record(18, CONTACT, 1, wrap, body, hands=[(REVIEW + 3 * 86400, hand)])))
    vault.bad(INPUT, "short", "put", vault.put_file(first[:300]))
    vault.bad(INPUT, "form", "put", vault.put_file(
        record(18, CONTACT, 1, wrap, body, values=[(1, b"nobody")])))
    got = cli.path("got")
    vault.good("get", "17", "contact", got)
    cli.equal(stat.S_IMODE(os.stat(got).st_mode), 0o600, "who may read what was got")
    with open(got, "rb") as file:
        found = file.read()
    cli.check(found == record(17, CONTACT, 1, wrap, body, hands=[(REVIEW, hand)]), "as it was")
    vault.bad(EXISTS, "", "get", "17", "contact", "1", got)
    vault.bad(MISSING, "no such record", "get", "17", "bank", cli.path("none"))
    cli.equal(vault.good("list", "17"), "17 contact version 1 epoch 1 class 1 until -\n"
              "17 address version 1 epoch 1 class 1 until -\n", "list")
    cli.equal(vault.good("drop", "17", "contact", "1"), "1 hands\n", "drop")
    for arguments in (("burn",), ("get", "17", "hair", "x"), ("list", "x"), ("erase", "17", "contact"),
                      ("retain", "17", "all", "tomorrow"), ("lookup", "email", "5c")):
        vault.bad(USAGE, "", *arguments)


def is_found_by_value(cli, vault):
    label = "17 contact version 1 epoch 1 class 1\n"
    for field, value in (("email", b"Quellfrost.ZV81@example.invalid\n"), ("phone", b"+99973556081142"),
                         ("document", b"zq7731quellfrost")):
        cli.equal(vault.good("lookup", field, CASE, stdin=value), label, f"by {field}")
    cli.equal(vault.good("lookup", "account", CASE, stdin=b"ZQ7731QUELLFROST"), "", "another field")
    vault.bad(LIMIT, "too many", "lookup", "email", CASE, stdin=b"a@b.c")
    cli.equal(vault.good("events").count(" lookup "), 4, "each look-up is told")


def comes_back(cli, venue, vault, dice):
    """Killed while records come: what was answered is there, what was not is whole or not at all."""
    told = []
    for turn in range(2):
        before = venue.pid("keep")
        for subject in range(100 + 20 * turn, 112 + 20 * turn):
            if subject == 106 + 20 * turn:
                os.kill(before, signal.SIGKILL)
            wrap = dice.randbytes(144)
            path = vault.put_file(*(record(subject, group, 1, wrap, wrap) for group in (2, 3, 5)))
            if vault.run("put", path)[0] == 0:
                told.append(subject)
        cli.check(s.eventually(lambda: venue.pid("keep") not in (0, before)), "keep is back")
        cli.check(s.eventually(lambda: vault.run("status")[0] == 0), "it answers")
    cli.check(len(told) >= 12, f"most were put: {len(told)}")
    for subject in told:
        cli.equal(vault.good("list", str(subject)).count("\n"), 3, f"records of {subject}")
    output = vault.good("verify")
    cli.check("root " in output, "a root")
    cli.equal((vault.number("coming"), vault.number("dead")), (0, 0), "nothing is half")


def is_erased(cli, venue, vault, folder, dice):
    wrap, hand = dice.randbytes(144), dice.randbytes(88)
    again = vault.put_file(record(900, CONTACT, 1, wrap, b"sealed", hands=[(REVIEW, hand)]))
    vault.good("put", again)
    vault.good("get", "900", "contact", cli.path("got-900"))
    os.remove(cli.path("got-900"))
    vault.bad(REFUSED, "last day", "erase", "900", "contact", "1")
    cli.check(in_files(folder, [wrap[20:84]]), "the key is in the file")
    cli.equal(vault.good("retain", "900", "all", "2020-01-01"), "1 records\n", "retain")
    cli.check(s.eventually(lambda: vault.good("list", "900") == ""), "it goes by itself")
    vault.good("sweep")
    cli.equal(in_files(folder, [wrap[20:84], hand[:64]]), [], "no byte of the key")
    cli.equal(vault.number("ever erased"), 1, "counted")
    keys, bodies = cli.path("keys"), cli.path("bodies")
    os.makedirs(keys)
    os.makedirs(bodies)
    vault.good("backup", keys, bodies)
    cli.equal((os.listdir(keys), os.listdir(bodies)), (["keys.db"], ["bodies.db"]), "two copies")
    cli.equal(in_files(keys, [wrap[20:84]]), [], "nor in the copy")
    found = in_memory(venue.pid("keep"), [wrap[20:84], hand[:64]])
    cli.check(not found, f"nor in the memory of keep: {found}")
    vault.bad(REFUSED, "what is gone does not come back", "put", again)
    vault.put(record(900, CONTACT, 2, dice.randbytes(144), b"later"))


def is_nowhere(cli, venue, folder, metrics):
    cli.equal(in_files(folder, SEEN), [], "values in files")
    with open(cli.path("serve.log"), "rb") as file:
        log = file.read()
    cli.equal([needle for needle in SEEN if needle in log], [], "values in the log")
    cli.equal([needle for needle in SEEN if needle.decode() in metrics], [], "values in metrics")
    found = in_memory(os.getpid(), SEEN)
    cli.check(found, "our own memory has them: the search finds what is there")
    found = {name: in_memory(venue.pid(name), SEEN) for name in venue.names()}
    if found["keep"] is None:
        print("skipped: memory of keep: not ours to read, or a sanitizer's")
    cli.equal({name: rows for name, rows in found.items() if rows}, {}, "values in memory")


def is_alone(cli, venue):
    pid = venue.pid("keep")
    opened = set()
    for name in os.listdir(f"/proc/{pid}/fd"):
        try:
            opened.add(os.readlink(f"/proc/{pid}/fd/{name}"))
        except FileNotFoundError:
            pass
    paths = {path for path in opened if path.startswith("/") and not path.startswith(("/dev/", "/memfd:"))}
    allowed = (os.path.join(venue.folder, "vault") + "/", cli.path("serve.log"))
    cli.equal({path for path in paths if not path.startswith(allowed)}, set(), "what it has open")
    with open(f"/proc/{pid}/limits", encoding="ascii") as file:
        limits = file.read()
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        status = file.read()
    with open(cli.path("serve.log"), encoding="utf-8") as file:
        told = [line for line in file if "keep" in line and "seccomp" in line]
    if told and "seccomp no" not in told[0]:
        cli.check("Seccomp:\t2" in status and "NoNewPrivs:\t1" in status, "its sandbox")
        cli.check(re.search(r"Max core file size +0 +0", limits), "no core dump")
    else:
        print("skipped: the sandbox of keep: not built")


def test(cli):
    dice = random.Random(7731)
    folder = cli.path("venue")
    keys_file = cli.path("keys.json")
    config = cli.write("cambist.yaml", "vault:\n  on: true\n  lookups: 4\n")
    vault = Vault(cli, folder)
    with s.Venue(cli, folder, "--profile", "test", "--keys-file", keys_file, "--config",
                 config) as venue:
        venue.ready()
        cli.check("keep" in venue.names(), f"a process of its own: {venue.names()}")
        goes_in_and_out(cli, vault, dice)
        is_found_by_value(cli, vault)
        with open(keys_file, encoding="ascii") as file:
            keys = json.load(file)
        metrics = s.eventually(lambda: next(
            (text for _, text in [s.monitor(keys, "/metrics")]
             if s.value_of(text, "cambist_vault_lookups_total") == 4), None))
        cli.check(metrics, "a metric counts the look-ups")
        is_nowhere(cli, venue, folder, metrics or "")
        is_alone(cli, venue)
        comes_back(cli, venue, vault, dice)
        is_erased(cli, venue, vault, folder, dice)
        cli.equal(venue.stop(), 0, "exit code on SIGTERM")
    cli.equal(in_files(folder, SEEN), [], "values in files at the end")


if __name__ == "__main__":
    p.main(test)
