"""What the scripts that drive the shipped binary share: running it, and counting what fails."""

import json
import os
import signal
import struct
import subprocess
import sys
import tempfile


# Whoever runs the tests in the background of a shell has it ignored, and every program begun here would
# inherit that: none would end by it, and a test that waits for that end would wait for ever.
signal.signal(signal.SIGQUIT, signal.SIG_DFL)


class Program:
    def __init__(self, binary):
        self.binary = os.path.abspath(binary)
        self.failed = 0
        self.checks = 0
        self.folder = tempfile.mkdtemp(prefix="cambist-e2e-")

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return self.path(name)

    def run(self, *arguments, timeout=120):
        """(exit code, standard output, standard error)"""
        outcome = subprocess.run([self.binary, *arguments], capture_output=True, timeout=timeout,
                                 check=False)
        return (outcome.returncode, outcome.stdout.decode(errors="replace"),
                outcome.stderr.decode(errors="replace"))

    def check(self, fact, what):
        self.checks += 1
        if not fact:
            self.failed += 1
            print(f"FAILED: {what}")

    def equal(self, found, expected, what):
        self.check(found == expected, f"{what}: {found!r} instead of {expected!r}")

    def refuses(self, arguments, code, text):
        """The program ends with this code and says exactly this, and nothing else, on stderr."""
        found, _, error = self.run(*arguments)
        self.equal((found, error), (code, text + "\n"), "cambist " + " ".join(arguments))

    def json(self, *arguments, code=0):
        """The object on the last line of standard output."""
        found, output, error = self.run(*arguments)
        self.equal(found, code, f"exit code of cambist {' '.join(arguments)} ({error.strip()})")
        lines = output.strip().splitlines()
        try:
            return json.loads(lines[-1]) if lines else {}
        except json.JSONDecodeError as problem:
            self.check(False, f"cambist {' '.join(arguments)}: the last line is no JSON: {problem}")
            return {}

    def finish(self):
        subprocess.run(["rm", "-rf", self.folder], check=False)
        print(f"{self.checks} checks, {self.failed} failed")
        return 1 if self.failed else 0


# ---- order files: the layout of src/app/order_file.h ----

MASK = (1 << 64) - 1


def mix(digest, maker, taker, ticks, lots):
    digest ^= (maker * 0x9e3779b97f4a7c15 & MASK) ^ taker
    digest = ((digest << 23 | digest >> 41) & MASK) * 0xd6e8feb86659fd93 & MASK
    return digest ^ (ticks * 0xa0761d6478bd642f & MASK) ^ lots


def header(prefill, orders, ids, trades, qty, digest, resting, price_max=1000):
    return struct.pack("<8sQQQIIqQQQQQQ", b"VORD0001", prefill, orders, 1, 0, prefill, price_max,
                       ids, trades, qty, digest, resting, 0)


def record(kind, side, account, order, price, qty):
    return struct.pack("<BBHIQqq", kind, side, 0, account, order, price, qty)


def sample_orders():
    """(records, their oracle): two resting orders, a trade, an IOC, a replace, a cancel."""
    records = [record(1, 0, 0, 1, 100, 10), record(1, 1, 1, 2, 110, 10),
               record(1, 0, 2, 3, 110, 4), record(3, 1, 3, 4, 90, 3),
               record(4, 0, 9, 1, 105, 8), record(2, 1, 0, 2, 0, 0)]
    digest = mix(mix(0, 2, 3, 110, 4), 1, 4, 100, 3)
    return records, (2, 7, digest, 1)


def sample_file():
    records, oracle = sample_orders()
    return header(2, 4, 4, *oracle) + b"".join(records)


def main(run):
    if len(sys.argv) != 2:
        sys.exit("usage: SCRIPT BINARY")
    program = Program(sys.argv[1])
    run(program)
    sys.exit(program.finish())
