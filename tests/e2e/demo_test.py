#!/usr/bin/env -S python3 -B
"""./demo: its options, which of its own values those of the caller replace, and the command that it
comes to, run with the binary of this build instead of a release.
usage: demo_test.py BINARY"""

import json
import os
import pty
import shlex
import subprocess

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
    code, output, error = demo("--dry-run", *arguments)
    cli.equal((code, error), (0, ""), f"./demo --dry-run {' '.join(arguments)}")
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


def check_refusals(cli):
    code, output, error = demo("--help")
    cli.equal((code, error), (0, ""), "./demo --help")
    cli.check(output.startswith("usage: ./demo ") and len(output.splitlines()) < 30, "its help")
    cli.equal(demo("--data"), (USAGE, "", "./demo: --data wants a folder\n"), "--data alone")
    cli.equal(demo("--journal", "x"),
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


def run(cli):
    check_arguments(cli)
    check_refusals(cli)
    check_command(cli)
    check_progress(cli)


p.main(run)
