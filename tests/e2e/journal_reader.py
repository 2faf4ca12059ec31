#!/usr/bin/env -S python3 -B
"""An independent reader of the journal, written from docs/journal-format.md alone, and the test that
it and Cambist's own reader agree: on the page's worked example, on journals of many segments, raw
and packed, on torn tails and damage anywhere, and on a journal that `cambist replay` wrote.
usage: journal_reader.py FOLDER                    walks a folder of segments and says what is there
       journal_reader.py --test JOURNAL_MAKE [CAMBIST]
Packed segments need the zstd command; without it, and without cambist, those parts are skipped."""

import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BLOCK = 4096
SEGMENT_MAGIC = bytes.fromhex("89434d424a0d0a1a")
BATCH_MAGIC = bytes.fromhex("89434d42420d0a1a")
NAME = re.compile(r"([0-9]{20})\.journal(\.zst)?$")


def crc_table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


TABLE = crc_table()


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 255] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def header_crc(header, at):
    return crc32c(header[:at] + bytes(4) + header[at + 4:])


def u32(data, at):
    return int.from_bytes(data[at:at + 4], "little")


def u64(data, at):
    return int.from_bytes(data[at:at + 8], "little")


def is_zero(data):
    return data.count(0) == len(data)


class Refused(Exception):
    """fault, file, byte offset, why"""


class Segment:
    def __init__(self, name, content, packed):
        self.name, self.content, self.packed = name, content, packed
        head = content[:BLOCK]
        if len(head) < BLOCK:
            raise Refused("rot", name, 0, "shorter than a header")
        if is_zero(head):
            raise Refused("rot", name, 0, "no header")
        wrong_bits = bin(int.from_bytes(head[:8], "little")
                         ^ int.from_bytes(SEGMENT_MAGIC, "little")).count("1")
        if wrong_bits > 4:
            raise Refused("foreign", name, 0, "another magic")
        if wrong_bits or u32(head, 12) != header_crc(head, 12):
            raise Refused("rot", name, 0, "checksum")
        if u32(head, 8) != 1:
            raise Refused("newer" if u32(head, 8) > 1 else "rot", name, 0, "version")
        self.venue, self.seq_first = head[16:32], u64(head, 32)
        self.size, self.time_us, self.batch_max = u64(head, 40), u64(head, 48), u32(head, 56)
        self.hash_before = head[64:96]
        if not (self.seq_first >= 1 and 2 * BLOCK <= self.size <= 1 << 34 and self.size % BLOCK == 0
                and BLOCK <= self.batch_max <= 1 << 24 and self.batch_max % BLOCK == 0
                and self.batch_max <= self.size - BLOCK
                and is_zero(head[60:64]) and is_zero(head[96:])):
            raise Refused("rot", name, 0, "an impossible value")
        if self.seq_first != int(name[:20]):
            raise Refused("rot", name, None, "another name")
        if len(content) != self.size:
            raise Refused("rot", name, min(len(content), self.size), "another size")


class Batch:
    def __init__(self, content, at, batch_max):
        """Looks at the header only; `good` tells whether it is one."""
        head = content[at:at + 128]
        self.good = False
        self.impossible = False
        if head[:8] != BATCH_MAGIC or u32(head, 8) != header_crc(head, 8):
            return
        self.hash_before, self.hash = head[16:48], head[96:128]
        self.seq_first, self.time_us = u64(head, 48), u64(head, 56)
        self.count, self.length, self.flags = u32(head, 64), u32(head, 68), u32(head, 72)
        self.bytes = (128 + self.length + BLOCK - 1) // BLOCK * BLOCK
        self.seal = self.flags == 1
        possible = (self.seq_first >= 1 and self.seq_first + self.count < 1 << 64
                    and 128 + self.length <= batch_max and self.length % 32 == 0
                    and self.flags in (0, 1) and is_zero(head[76:96]))
        if self.seal:
            possible = possible and self.count == 0 and self.length == 0
        else:
            possible = possible and 1 <= self.count <= self.length // 32
        self.good, self.impossible = possible, not possible
        self.payload_crc = u32(head, 12)

    def fault(self, content, at, state):
        """None, "torn" for what an unfinished write can leave, "rot" for what it cannot."""
        if self.bytes > len(content) - at:
            return "rot"
        records = content[at + 128:at + 128 + self.length]
        if crc32c(records) != self.payload_crc:
            return "torn"
        if hashlib.sha256(content[at + 16:at + 96] + records).digest() != self.hash:
            return "rot"
        if not is_zero(content[at + 128 + self.length:at + self.bytes]):
            return "rot"
        offset = seen = 0
        while offset < self.length:
            size = records[offset + 2] * 32
            if size == 0 or offset + size > self.length:
                return "rot"
            offset, seen = offset + size, seen + 1
        if (seen, self.seq_first, self.hash_before) != (self.count, state.seq_next, state.hash):
            return "rot"
        return "rot" if self.time_us < state.time_us else None


class Journal:
    """What a walk finds; raises Refused where the page says that a reader refuses."""

    def __init__(self):
        self.batches = self.seals = self.records = self.bytes = 0
        self.seq_next, self.time_us, self.hash, self.venue = 1, 0, bytes(32), None
        self.segment, self.offset, self.torn_bytes = 0, 0, 0

    def begin(self, segment):
        start = hashlib.sha256(b"cambist journal\n" + segment.venue).digest()
        if self.venue is None:
            if segment.seq_first == 1 and segment.hash_before != start:
                raise Refused("rot", segment.name, 0, "the chain does not begin here")
            self.venue, self.hash = segment.venue, segment.hash_before
            self.seq_next, self.time_us = segment.seq_first, segment.time_us
        if segment.venue != self.venue:
            raise Refused("foreign", segment.name, None, "another venue")
        if (segment.seq_first, segment.time_us, segment.hash_before) != (
                self.seq_next, self.time_us, self.hash):
            raise Refused("rot", segment.name, None, "does not follow")
        self.segment = segment.seq_first

    def walk(self, segment, last):
        self.begin(segment)
        content, at = segment.content, BLOCK
        skip_to, torn_only = at, True
        while at < len(content):
            batch = Batch(content, at, segment.batch_max)
            fault = batch.fault(content, at, self) if batch.good else "torn"
            if fault or batch.impossible:
                skip_to = at + batch.bytes if batch.good else at
                torn_only = fault == "torn" and not batch.impossible
                break
            self.batches, self.seals = self.batches + 1, self.seals + batch.seal
            self.records += batch.count
            self.seq_next, self.time_us = batch.seq_first + batch.count, batch.time_us
            self.hash, at = batch.hash, at + batch.bytes
            skip_to = at
        self.offset, self.bytes = at, self.bytes + at
        self.judge(segment, at, skip_to, torn_only, last)

    def judge(self, segment, at, skip_to, torn_only, last):
        """Clean, torn or rot: the page's table."""
        used = at
        follows = False
        for block in range(at, len(segment.content), BLOCK):
            if is_zero(segment.content[block:block + BLOCK]):
                continue
            used = block + BLOCK
            if block > at and block >= skip_to:
                follows = follows or Batch(segment.content, block, segment.batch_max).good
        closed = segment.packed or not last
        if follows or not torn_only or (used > at and closed):
            raise Refused("rot", segment.name, at, "a damaged batch")
        self.torn_bytes = used - at


def unpack(path):
    outcome = subprocess.run(["zstd", "-dc", path], capture_output=True, check=False)
    if outcome.returncode != 0:
        raise Refused("rot", os.path.basename(path), None, outcome.stderr.decode().strip())
    return outcome.stdout


def read_folder(folder):
    found = {}
    for name in os.listdir(folder):
        parts = NAME.match(name)
        if parts and 1 <= int(parts.group(1)) < 1 << 64:
            found.setdefault(int(parts.group(1)), []).append(name)
    journal = Journal()
    for seq in sorted(found):
        name = min(found[seq], key=len)
        path = os.path.join(folder, name)
        packed = name.endswith(".zst")
        if packed:
            content = unpack(path)
        else:
            with open(path, "rb") as file:
                content = file.read()
        journal.walk(Segment(name, content, packed), seq == max(found))
    return journal


# ---- the test ----

class Test:
    def __init__(self):
        self.checks = self.failed = 0
        self.skipped = []
        self.seed = int(os.environ.get("CAMBIST_SEED_BASE", "1"))
        self.random = random.Random(self.seed)
        self.folder = tempfile.mkdtemp(prefix="cambist-reader-")

    def equal(self, found, expected, what):
        self.checks += 1
        if found != expected:
            self.failed += 1
            print(f"FAILED: {what}: {found!r} instead of {expected!r} (seed {self.seed}, commit "
                  f"{os.environ.get('CAMBIST_COMMIT', 'unknown')})")

    def path(self, name):
        return os.path.join(self.folder, name)


def page_segment():
    """The bytes of the page's worked example."""
    with open(os.path.join(ROOT, "docs/journal-format.md"), encoding="utf-8") as page:
        lines = re.findall(r"^(?:[0-9a-f]{8}(?:  ?[0-9a-f]{2})*|\*)$", page.read(), re.M)
    content, star = b"", False
    for line in lines:
        if line == "*":
            star = True
            continue
        offset = int(line[:8], 16)
        if star:
            content += content[-16:] * ((offset - len(content)) // 16)
        star = False
        content += bytes.fromhex(line[8:])
    return content


def check_page(test):
    name = "00000000000000000001.journal"
    segment = Segment(name, page_segment(), False)
    journal = Journal()
    journal.walk(segment, True)
    test.equal((journal.batches, journal.seals, journal.records, journal.seq_next, journal.offset,
                journal.torn_bytes), (2, 1, 2, 3, 12288, 0), "the page's example")
    test.equal((segment.venue.hex(), segment.size, segment.batch_max, journal.time_us),
               ("a0a1a2a3a4a5a6a7a8a9aaabacadaeaf", 16384, 8192, 1650535200010000),
               "the page's numbers")


def ours(make, folder):
    """What our own reader says: (fault, file, offset or end)."""
    outcome = subprocess.run([make, "read", folder], capture_output=True, check=False, text=True)
    found = json.loads(outcome.stdout.splitlines()[-1])
    if found["fault"] == "none":
        return ("none", found["venue"], found["hash"], found["batches"], found["seals"],
                found["records"], found["seq_next"], found["time_us"], found["segment"],
                found["offset"], found["torn_bytes"])
    parts = re.match(r".*/([0-9]{20}\.journal(?:\.zst)?): (?:damaged at byte offset ([0-9]+))?",
                     found["text"])
    offset = parts.group(2) if parts else None
    return (found["fault"], parts.group(1) if parts else found["text"],
            int(offset) if offset else None)


def theirs(folder):
    try:
        found = read_folder(folder)
    except Refused as refused:
        fault, name, offset, _ = refused.args
        return (fault, name, None if fault in ("foreign", "newer") else offset)
    return ("none", (found.venue or bytes(16)).hex(), found.hash.hex(), found.batches, found.seals,
            found.records, found.seq_next, found.time_us, found.segment, found.offset,
            found.torn_bytes)


def damaged(content, rng, other):
    """The same bytes with something wrong."""
    data = bytearray(content)
    at = rng.randrange(len(data))
    if rng.random() < 0.5:
        at = at // BLOCK * BLOCK + rng.randrange(160)
    block = rng.randrange(len(data) // BLOCK) * BLOCK
    kind = rng.randrange(6)
    if kind <= 1:
        data[at] ^= 1 << rng.randrange(8)
    elif kind == 2:
        size = min(rng.choice((512, BLOCK, 3 * BLOCK)), len(data) - at)
        data[at:at + size] = bytes(size)
    elif kind == 3:
        source = rng.randrange(len(other) // BLOCK) * BLOCK
        data[block:block + BLOCK] = other[source:source + BLOCK]
    elif kind == 4:
        del data[at:]
    else:
        data[block:block + 512] = rng.randbytes(512)
    return bytes(data)


def check_agreement(test, make):
    folder = test.path("many")
    subprocess.run([make, "write", folder, str(test.seed % 1000000 + 1), "60"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    test.equal(theirs(folder), ours(make, folder), "a whole journal")
    names = sorted(name for name in os.listdir(folder) if NAME.match(name))
    test.equal(len(names) > 3, True, "several segments")
    for turn in range(150):
        name, other = test.random.choice(names[-3:]), test.random.choice(names)
        path = os.path.join(folder, name)
        with open(path, "rb") as file:
            content = file.read()
        with open(os.path.join(folder, other), "rb") as file:
            changed = damaged(content, test.random, file.read())
        with open(path, "wb") as file:
            file.write(changed)
        test.equal(theirs(folder), ours(make, folder), f"damage number {turn} in {name}")
        with open(path, "wb") as file:
            file.write(content)
    os.unlink(os.path.join(folder, names[1]))
    test.equal(theirs(folder), ours(make, folder), "a missing segment")
    os.unlink(os.path.join(folder, names[0]))
    test.equal(theirs(folder)[0], "none", "a journal that begins later")


def check_packed(test, make):
    if not shutil.which("zstd"):
        test.skipped.append("packed segments: there is no zstd command")
        return
    folder = test.path("packed")
    subprocess.run([make, "write", folder, "7", "40"], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    whole = theirs(folder)
    names = sorted(name for name in os.listdir(folder) if NAME.match(name))
    # The first by Cambist, the second by the zstd command.
    subprocess.run([make, "pack", folder, str(int(names[0][:20]))], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    subprocess.run(["zstd", "-q", "--rm", "--check", "-o", os.path.join(folder, names[1] + ".zst"),
                    os.path.join(folder, names[1])], check=True)
    test.equal([name for name in (names[0], names[1])
                if os.path.exists(os.path.join(folder, name))], [], "two segments are packed")
    test.equal(theirs(folder), whole, "packed segments, read here")
    test.equal(ours(make, folder), whole, "packed segments, read by Cambist")


def check_cambist(test, cambist):
    if cambist is None:
        test.skipped.append("a journal of cambist replay: cambist is not built")
        return
    folder = test.path("replay")
    flow = ["--generate", "deep", "--depth", "300", "--count", "3000", "--seed", "4"]
    subprocess.run([cambist, "replay", *flow, "--journal", folder, "--json"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    outcome = subprocess.run([cambist, "verify", folder, "--json"], capture_output=True, text=True,
                             check=True)
    verified = json.loads(outcome.stdout.splitlines()[-1])
    found = read_folder(os.path.join(folder, "journal"))
    for name, value in (("seq", found.seq_next - 1), ("batches", found.batches - found.seals),
                        ("seals", found.seals), ("commands", found.records),
                        ("venue", found.venue.hex()), ("batch_hash", found.hash.hex()),
                        ("time_us", found.time_us), ("torn_bytes", found.torn_bytes)):
        test.equal(value, verified.get(name), f"{name} of a journal of cambist replay")


def run_test(make, cambist):
    test = Test()
    try:
        check_page(test)
        check_agreement(test, make)
        check_packed(test, make)
        check_cambist(test, cambist)
    finally:
        shutil.rmtree(test.folder, ignore_errors=True)
    for reason in test.skipped:
        print(f"skipped: {reason}")
    print(f"{test.checks} checks, {test.failed} failed")
    return 1 if test.failed else 0


def main(arguments):
    if len(arguments) in (2, 3) and arguments[0] == "--test":
        return run_test(os.path.abspath(arguments[1]),
                        os.path.abspath(arguments[2]) if len(arguments) == 3 else None)
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        found = read_folder(arguments[0])
    except Refused as refused:
        fault, name, offset, why = refused.args
        print(f"{fault}: {name}: byte offset {offset}: {why}")
        return 1
    print(f"{found.batches} batches, {found.seals} of them seals, {found.records} records\n"
          f"next sequence number {found.seq_next}, segment {found.segment} byte offset "
          f"{found.offset}, {found.torn_bytes} bytes torn\nhash {found.hash.hex()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
