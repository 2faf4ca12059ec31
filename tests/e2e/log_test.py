#!/usr/bin/env -S python3 -B
"""The public log as outsiders check it: by the shipped monitor, in a folder and from a server, with
every attack ending in an exit code and a name; receipts made and checked.
usage: log_test.py BINARY TLOG_MAKE"""

import functools
import http.server
import os
import random
import shutil
import subprocess
import sys
import threading

import program as p

USAGE, INPUT, MISSING, ROT = 2, 4, 14, 19


class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass


class Log:
    def __init__(self, cli, make):
        self.cli = cli
        self.make = make

    def made(self, name, seed, *sizes):
        folder = self.cli.path(name)
        subprocess.run([self.make, folder, str(seed), *map(str, sizes)], check=True, timeout=60)
        return folder

    def check(self, folder, *arguments, place=None, policy=None):
        return self.cli.run("log", "check", "--policy", policy or os.path.join(folder, "policy.txt"),
                            place or folder, *arguments)

    def good(self, folder, what, *arguments, **others):
        code, output, error = self.check(folder, *arguments, **others)
        self.cli.check(code == 0 and "every tile, entry, checkpoint and cosignature verifies" in
                       output, f"{what}: {code}, {error}")
        return output

    def bad(self, folder, text, what, *arguments, **others):
        code, output, error = self.check(folder, *arguments, **others)
        self.cli.check(code == ROT and text in error and "verifies" not in output,
                       f"{what}: {code}, {error!r} without {text!r}")


def every_file(folder):
    for base, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(base, name)
            if "tile" in path or name.startswith("checkpoint"):
                yield path


def flipped(path, at, bit):
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 1 << bit]))


def one_flipped_byte(cli, log, folder):
    dice = random.Random(int(os.environ.get("CAMBIST_SEED_BASE", "1")))
    for path in sorted(every_file(folder)):
        at, bit = dice.randrange(os.path.getsize(path)), dice.randrange(8)
        flipped(path, at, bit)
        code, _, error = log.check(folder)
        cli.check(code == ROT and os.path.basename(path).split(".")[0] in error,
                  f"{path} at {at}: {code}, {error!r}")
        flipped(path, at, bit)
    log.good(folder, "unchanged again")


def attacks(cli, log, folder):
    state = cli.path("state")
    log.good(folder, "first sight", "--state", state)
    log.good(folder, "second sight", "--state", state)
    policy = os.path.join(folder, "policy.txt")
    checkpoint = os.path.join(folder, "checkpoint")
    shutil.copy(checkpoint, cli.path("newest"))
    # Truncation: an older checkpoint of the log itself, with all its signatures.
    shutil.copy(os.path.join(folder, "checkpoint.30"), checkpoint)
    log.bad(folder, "truncated", "truncation beside a longer checkpoint")
    for size in (0, 30, 256):
        os.remove(os.path.join(folder, f"checkpoint.{size}"))
    log.good(folder, "without memory an old log is a log")
    log.bad(folder, "truncated", "truncation", "--state", state)
    log.bad(folder, "stale", "an old checkpoint", "--max-age", "1")
    shutil.copy(cli.path("newest"), checkpoint)
    log.good(folder, "the state is kept", "--state", state)
    # A fork: another log of other keys, and its memory under this policy.
    other = log.made("other", 2, 300)
    log.bad(other, "unsigned", "another log under this policy", policy=policy)
    # A file gone.
    os.rename(os.path.join(folder, "tile/0/000"), cli.path("hidden"))
    log.bad(folder, "tile/0/000: is not there", "a tile gone")
    os.rename(cli.path("hidden"), os.path.join(folder, "tile/0/000"))
    # Cosignatures taken away.
    with open(checkpoint, encoding="utf-8") as file:
        lines = file.read().splitlines(keepends=True)
    cli.write("few", "".join(lines[:6]))
    shutil.copy(cli.path("few"), checkpoint)
    log.bad(folder, "quorum", "one witness of two")
    shutil.copy(cli.path("newest"), checkpoint)
    with open(policy, encoding="utf-8") as file:
        words = file.read()
    venue_alone = cli.write("venue.txt", words.replace("operator somebody w3\n", "").replace(
        "operator venue w1 w2\n", "operator venue w1 w2 w3\n"))
    output = log.good(folder, "a log that only its venue has witnessed", policy=venue_alone)
    cli.check("independent witnesses    0" in output, f"independent witnesses: {output}")
    log.bad(folder, "independent", "an outsider is wanted",
            policy=cli.write("outside.txt", words.replace("operator somebody w3\n", "") +
                             "independent 1\n"))
    # Word by word: the letters of a key, made anew each time, may spell anything.
    known = [line for line in words.splitlines(keepends=True)
             if "w3" not in line.split() and not line.startswith("quorum ")]
    log.bad(folder, "stranger", "a line of nobody we know",
            policy=cli.write("two.txt", "".join(known) + "quorum w1\n"))


def from_a_server(cli, log, folder):
    handler = functools.partial(Handler, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    log.good(folder, "from a server", place=url + "/")
    code, output, _ = cli.run("log", "show", url, "17")
    cli.equal((code, output), (0, "entry 17 of 1"), "an entry from a server")
    flipped(os.path.join(folder, "tile/1/000.p/1"), 7, 2)
    log.bad(folder, "tile/1/000.p/1: hash 0 is not that of tile/0/000", "from a server", place=url)
    flipped(os.path.join(folder, "tile/1/000.p/1"), 7, 2)
    log.bad(folder, "missing", "a server without a log", place=url + "/nowhere")
    server.shutdown()
    server.server_close()
    code, _, error = log.check(folder, place=url)
    cli.check(code not in (0, ROT), f"a server that is gone: {code}, {error!r}")


def receipts(cli, folder):
    policy = os.path.join(folder, "policy.txt")
    for index in (0, 17, 255, 256, 299):
        run = subprocess.run([cli.binary, "log", "prove", folder, str(index)], capture_output=True,
                             check=False, timeout=60)
        cli.equal(run.returncode, 0, "log prove")
        path = cli.write("receipt", run.stdout)
        entry = os.path.join(folder, f"entry.{index}")
        code, output, error = cli.run("log", "receipt", path, "--policy", policy, "--entry", entry)
        cli.check(code == 0 and f"number {index} of the log" in output, f"{index}: {error}")
        code, _, error = cli.run("log", "receipt", path, "--policy", policy, "--entry",
                                 cli.write("wrong", b"another"))
        cli.check(code == ROT and "inclusion" in error, f"another entry: {code}, {error!r}")
        flipped(path, len(run.stdout) - 20, 0)
        code, _, error = cli.run("log", "receipt", path, "--policy", policy, "--entry", entry)
        cli.check(code == ROT, f"a changed receipt: {code}, {error!r}")
    found = cli.json("log", "receipt", cli.write("receipt", run.stdout), "--policy", policy,
                     "--entry", os.path.join(folder, "entry.299"), "--json")
    cli.equal((found["flaw"], found["entries"], found["cosigned"], found["independent"]),
              ("none", 300, 3, 1), "a receipt as JSON")


def slots(cli, log, folder):
    """Entries that are readable lines are what a venue logs; a month of other slots is not in it."""
    log.bad(folder, "entry 3: an entry is not what the log's own rules allow", "other entries", "--slots")
    folder = log.made("lines", 1, 3)
    output = log.good(folder, "readable lines", "--slots")
    cli.check("readable lines           3" in output, f"the lines are counted: {output}")
    with open("tests/fuzz/corpus/publog/month", encoding="utf-8") as file:
        month = file.read()
    log.bad(folder, "an event of a slot that the log does not hold", "a month of another log", "--month",
            cli.write("month", month))
    empty = "".join(line for line in month.splitlines(True) if line.split()[0] not in ("event", "shown"))
    log.bad(folder, "the log does not hold the month to its end", "a month without events", "--month",
            cli.write("month", empty))
    code, _, error = log.check(folder, "--month", cli.write("month", month.replace(" 255 ", " 256 ", 1)))
    cli.check(code == INPUT and "line 5: a line is not one" in error, f"no month: {code}, {error!r}")


def mistakes(cli, folder):
    policy = os.path.join(folder, "policy.txt")
    for code, text, arguments in (
            (USAGE, '"verify" is no action', ["verify"]),
            (USAGE, "--policy is missing", ["check", folder]),
            (USAGE, "DIR or URL is wanted", ["check"]),
            (USAGE, "is no number of an entry", ["show", folder, "x"]),
            (USAGE, "--entry is missing", ["receipt", "x", "--policy", policy]),
            (MISSING, "the log has 300 entries", ["show", folder, "300"]),
            (MISSING, "", ["check", folder, "--policy", cli.path("none")]),
            (INPUT, "policy line 2:", ["check", folder, "--policy",
                                       cli.write("bad.txt", "# words\nnonsense\n")])):
        found, _, error = cli.run("log", *arguments)
        cli.check(found == code and text in error, f"{arguments}: {found}, {error!r}")


def main():
    cli = p.Program(sys.argv[1])
    log = Log(cli, os.path.abspath(sys.argv[2]))
    folder = log.made("log", 1, 0, 30, 256, 300)
    output = log.good(folder, "a log")
    cli.check("3 checkpoints" in output and "2 of" not in output, f"what was checked: {output}")
    found = cli.json("log", "check", "--policy", os.path.join(folder, "policy.txt"), folder, "--json")
    cli.equal((found["flaw"], found["entries"]), ("none", 300), "as JSON")
    mistakes(cli, folder)
    slots(cli, log, folder)
    one_flipped_byte(cli, log, folder)
    attacks(cli, log, folder)
    from_a_server(cli, log, folder)
    receipts(cli, folder)
    return cli.finish()


if __name__ == "__main__":
    sys.exit(main())
