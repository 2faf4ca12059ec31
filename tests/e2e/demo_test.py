#!/usr/bin/env -S python3 -B
"""./demo: its options, which of its own values those of the caller replace, and the commands that it
comes to, run with the binary of this build instead of a release: the venue with its bots until it is
stopped, and the replay.
usage: demo_test.py BINARY"""

import json
import os
import pty
import re
import shlex
import shutil
import signal
import stat
import subprocess
import time
import urllib.request

import program as p

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
USAGE = 2
OWN = "--generate deep --depth 100000 --count 2000000 --seed 7"


def demo(*arguments):
    """(exit code, standard output, standard error) of ./demo; it installs and builds nothing."""
    outcome = subprocess.run([os.path.join(ROOT, "demo"), *arguments], capture_output=True,
                             text=True, check=False, timeout=60)
    return outcome.returncode, outcome.stdout, outcome.stderr


def command(cli, *arguments):
    """What ./demo would run."""
    code, output, error = demo("--dry-run", "--replay", *arguments)
    cli.equal((code, error), (0, ""), f"./demo --dry-run --replay {' '.join(arguments)}")
    cli.check(output.startswith("+ build/release/src/app/cambist replay --journal "), output)
    return output.removeprefix("+ build/release/src/app/cambist replay --journal ").rstrip("\n")


def check_arguments(cli):
    folder = cli.path("data")
    for given, wanted in [
            ([], OWN),
            (["--json"], OWN + " --json"),
            (["--count", "5"], "--generate deep --depth 100000 --seed 7 --count 5"),
            (["--count=5", "--json"], "--generate deep --depth 100000 --seed 7 --count=5 --json"),
            (["--generate", "hot", "--seed", "1"],
             "--depth 100000 --count 2000000 --generate hot --seed 1"),
            (["--bitstamp", "a.log", "b.log"], "--bitstamp a.log b.log"),
            (["--orders=x"], "--orders=x"),
            (["--", "--help"], OWN + " --help"),
    ]:
        cli.equal(command(cli, "--data", folder, *given), f"{folder} {wanted}", f"./demo {given}")
    cli.equal(command(cli), f"build/demo.XXXXXX/data {OWN}", "a folder of its own")
    for given, wanted in [
            ([], "build/demo.XXXXXX/data build/demo.XXXXXX/data/keys.json 0 0"),
            (["--data", folder, "--port", "8090", "--seconds=5"],
             f"{folder} {folder}/keys.json 8090 5"),
    ]:
        cli.equal(demo("--dry-run", *given),
                  (0, f"+ tools/demo_venue.sh build/release/src/app/cambist {wanted}\n", ""),
                  f"./demo {given}")


def check_refusals(cli):
    code, output, error = demo("--help")
    cli.equal((code, error), (0, ""), "./demo --help")
    cli.check(output.startswith("usage: ./demo ") and len(output.splitlines()) < 32, "its help")
    cli.equal(demo("--data"), (USAGE, "", "./demo: --data wants a folder\n"), "--data alone")
    for arguments, said in [
            (["--port", "x"], "--port wants a number"),
            (["--seconds="], "--seconds wants a number"),
            (["--seconds"], "--seconds wants a number"),
            (["--json"], "--json: goes with --replay, or is unknown"),
            (["--replay", "--port", "80"], "--port and --seconds do not go with --replay"),
    ]:
        cli.equal(demo(*arguments), (USAGE, "", f"./demo: {said}\n"), f"./demo {arguments}")
    cli.equal(demo("--replay", "--journal", "x"),
              (USAGE, "", "./demo: --journal: the folder is given as --data DIR\n"), "--journal")
    cli.write("file", "x")
    for name in (cli.folder, cli.path("file")):
        cli.equal(demo("--data", name),
                  (USAGE, "", f"./demo: {os.path.realpath(name)} is there already and not an "
                              "empty folder\n"), f"--data {name}")


def check_command(cli):
    """The words of the command are understood by cambist, and the report is whole."""
    words = shlex.split(command(cli, "--data", cli.path("small"), "--depth", "500", "--count",
                                "3000", "--json"))
    found = cli.json("replay", "--journal", *words)
    cli.equal((found.get("ops"), found.get("journal"), found.get("verdict")), (3000, True, "ok"),
              "the demo's command")
    words[0] = cli.path("people")
    code, output, _ = cli.run("replay", "--journal", *words[:-1])
    cli.equal(code, 0, "the demo's command, for people")
    for line in ("rate", "journal", "state hash", "resting orders", "oracle"):
        cli.check(f"\n  {line}  " in output, f"the closing report tells of {line}: {output}")


def check_progress(cli):
    """On a terminal the line is there, on nothing else, and it is wiped at the end."""
    master, slave = pty.openpty()
    words = shlex.split(command(cli, "--data", cli.path("watched"), "--depth", "1000", "--count",
                                "400000", "--json", "--batch", "64"))
    with subprocess.Popen([cli.binary, "replay", "--journal", *words], stdout=subprocess.PIPE,
                          stderr=slave) as process:
        os.close(slave)
        shown = b""
        while True:
            try:
                piece = os.read(master, 4096)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            shown += piece
        output = process.stdout.read()
    os.close(master)
    cli.equal(process.returncode, 0, "a replay that is watched")
    cli.equal(json.loads(output.splitlines()[-1])["ops"], 400000, "its JSON")
    # A machine that needs less than a second shows nothing.
    if shown:
        cli.check(b" left" in shown and b"/s, " in shown, f"rate and remaining time: {shown!r}")
        cli.check(shown.endswith(b"\r\x1b[K"), "the line is wiped")


# ---- the venue ----

class Demo:
    """What ./demo starts, with this build's binary."""

    def __init__(self, cli, name, seconds):
        self.keys_file = cli.path(name + ".json")
        # A session of its own: a Ctrl-C here is one signal to all in it, as on a terminal.
        self.process = subprocess.Popen(
            [os.path.join(ROOT, "tools", "demo_venue.sh"), cli.binary, cli.path(name),
             self.keys_file, "0", str(seconds)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, start_new_session=True)
        self.words = ""

    def read_words(self):
        """What it prints, up to the last line to paste; then the keys are there."""
        while "createOrder" not in self.words:
            line = self.process.stdout.readline()
            if not line:
                break
            self.words += line
        with open(self.keys_file, encoding="ascii") as file:
            self.keys = json.load(file)

    def get(self, path):
        with urllib.request.urlopen(self.keys["rest"] + path, timeout=20) as answer:
            return json.loads(answer.read())

    def end(self):
        """(exit code, standard error), and the venue's port is closed."""
        _, error = self.process.communicate(timeout=60)
        return self.process.returncode, error


def trades_happen(cli, running):
    """The book is never empty once there was one, and the bots' trades go on."""
    seen = set()
    books = 0
    end = time.monotonic() + 60
    while time.monotonic() < end and (len(seen) < 6 or books < 20):
        seen.update(trade["id"] for trade in running.get("/api/v3/trades?symbol=BTCUSDT"))
        book = running.get("/api/v3/depth?symbol=BTCUSDT&limit=5")
        if book["bids"] and book["asks"]:
            books += 1
            cli.check(float(book["bids"][0][0]) < float(book["asks"][0][0]), "a book crosses")
            cli.check(abs(float(book["bids"][0][0]) - 30000) < 1000, "a price around 30,000")
        else:
            cli.equal(books, 0, "full books before an empty one")
        time.sleep(0.05)
    cli.check(len(seen) >= 6 and books >= 20, f"trades: {len(seen)}, books: {books}")


def paste(cli, running):
    """The lines for ccxt, where the test of the clients has installed it."""
    folder = os.path.join(os.path.dirname(cli.binary), "../../tests/clients")
    if shutil.which("node") is None or not os.path.isdir(os.path.join(folder, "node_modules/ccxt")):
        print("skipped: the lines for ccxt, which is not installed in the build")
        return
    lines = running.words[running.words.index("const {"):]
    cli.equal(len(lines.splitlines()), 5, "lines to paste")
    done = subprocess.run(["node", "--input-type=module", "-e", lines], cwd=folder, text=True,
                          capture_output=True, timeout=60, check=False)
    cli.equal((done.returncode, done.stderr), (0, ""), "the pasted lines")
    average = re.findall(r"^[0-9.]+$", done.stdout, re.M)
    cli.check(average and abs(float(average[-1]) - 30000) < 1000, f"their order: {done.stdout}")


def gone(port_url):
    try:
        urllib.request.urlopen(port_url, timeout=5).close()
    except OSError:
        return True
    return False


def check_venue(cli):
    running = Demo(cli, "venue", 0)
    running.read_words()
    for what in (running.keys["rest"], running.keys["ws_stream"], running.keys["ws_api"],
                 running.keys_file, running.keys["accounts"]["A"]["apiKey"]):
        cli.check(what in running.words, f"the words tell {what}")
    cli.equal(stat.S_IMODE(os.stat(running.keys_file).st_mode), 0o600, "mode of the keys file")
    trades_happen(cli, running)
    paste(cli, running)
    os.killpg(running.process.pid, signal.SIGINT)
    cli.equal(running.end(), (0, ""), "Ctrl-C")
    cli.check(gone(running.keys["rest"]), "nobody is left")
    cli.equal(cli.run("verify", cli.path("venue"))[0], 0, "cambist verify afterwards")
    timed = Demo(cli, "timed", 2)
    timed.read_words()
    cli.equal(timed.end(), (0, ""), "an end by itself")
    cli.check(gone(timed.keys["rest"]), "nobody is left")


def run(cli):
    check_arguments(cli)
    check_refusals(cli)
    check_venue(cli)
    check_command(cli)
    check_progress(cli)


p.main(run)
