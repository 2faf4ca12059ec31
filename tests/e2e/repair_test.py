#!/usr/bin/env -S python3 -B
"""A command that ends the process every time, on a real folder: the starts before it is named, what
the shipped binary says then, cambist repair, and life afterwards. The process that dies is
tests/e2e/brittle.c: cambist itself with one command that it cannot survive.
usage: repair_test.py BINARY BRITTLE"""

import os
import re
import signal
import subprocess

import program as p

USAGE, DIVERGED, POISON = 2, 22, 23
FLOW = ["replay", "--generate", "deep", "--depth", "200", "--count", "20000", "--seed", "4",
        "--batch", "16", "--json"]
# Among the orders: the setup ends before 104000.
SEQ = 110000


class Brittle:
    def __init__(self, cli, binary):
        self.cli, self.binary = cli, os.path.abspath(binary)

    def run(self, *arguments, seq=SEQ, **environment):
        """(exit code, standard output, standard error); minus the signal's number if it died."""
        outcome = subprocess.run([self.binary, *arguments], capture_output=True, text=True,
                                 check=False, timeout=120,
                                 env=dict(os.environ, CAMBIST_BRITTLE_SEQ=str(seq), **environment))
        return outcome.returncode, outcome.stdout, outcome.stderr


def check_crashes(cli, brittle, folder):
    """Three lives that end, as docs/engine.md "Poison" says, and a fourth that refuses."""
    arguments = [*FLOW, "--journal", folder]
    for life in (1, 2, 3):
        code, _, error = brittle.run(*arguments)
        cli.equal(code, -signal.SIGABRT, f"life {life}: {error}")
    code, _, error = brittle.run(*arguments)
    cli.equal(code, POISON, f"life 4: {error}")
    last = error.strip().splitlines()[-1]
    cli.check(last.startswith(f"cambist replay: command {SEQ} (") and last.endswith(
        f") ended the process 2 times; cambist repair --void {SEQ} skips it"), last)
    # The next one refuses again, and so does the shipped binary, which could live with it.
    cli.equal(brittle.run(*arguments)[0], POISON, "life 5")
    cli.refuses(arguments, POISON, last)
    # What is in the journal is sound; a verification by a process that cannot survive it ends.
    cli.equal(cli.json("verify", folder, "--json").get("voided"), 0, "verify before the repair")
    cli.equal(brittle.run("verify", folder)[0], -signal.SIGABRT, "verify by the brittle one")


def check_repair(cli, folder):
    cli.refuses(["repair", folder, "--void", "3", "--reason", "7"], USAGE,
                "cambist repair: command 3 cannot be skipped: its effect was seen, the event log "
                f"reaches to command {reached(cli, folder)}")
    cli.refuses(["repair", folder, "--void", "1000000", "--reason", "7"], USAGE,
                f"cambist repair: {folder}: there is no command 1000000, the journal ends with "
                f"{cli.json('verify', folder, '--json')['seq']}")
    ended = cli.json("verify", folder, "--json")["seq"]
    found = cli.json("repair", folder, "--void", str(SEQ), "--reason", "7", "--json")
    cli.equal((found.get("void"), found.get("seq"), found.get("source")), (SEQ, ended + 1, 2),
              "repair")
    cli.refuses(["repair", folder, "--void", str(SEQ), "--reason", "7"], USAGE,
                f"cambist repair: command {SEQ} is void already, by command {ended + 1}")
    _, output, _ = cli.run("dump", folder, "--from", str(ended + 1), "--commands")
    record = p.json.loads(output.strip())
    cli.equal((record["command"]["command"], record["command"]["void_seq"],
               record["command"]["code"]), ("void", SEQ, 7), "the record in the journal")


def reached(cli, folder):
    """Where the event log ends: everything before the batch that was being applied."""
    _, _, error = cli.run("repair", folder, "--void", "3", "--reason", "7")
    return error.strip().rsplit(" ", 1)[-1]


def check_afterwards(cli, brittle, folder):
    """Everybody lives, the brittle one too; the flow goes on to its end, one command short."""
    for name, run in (("shipped", cli.run), ("brittle", brittle.run)):
        code, output, error = run("verify", folder, "--json")
        cli.equal(code, 0, f"verify, {name}: {error}")
        cli.equal(p.json.loads(output.strip().splitlines()[-1])["voided"], 1, f"voided, {name}")
    code, output, error = brittle.run(*FLOW, "--journal", folder)
    cli.equal(code, DIVERGED, f"the flow without one of its commands: {error}")
    whole = cli.json("verify", folder, "--json")
    cli.equal((whole.get("voided"), whole.get("verdict"), whole.get("sealed")), (1, "ok", True),
              "verify in the end")
    code, output, error = cli.run("dump", folder, "--from", str(SEQ), "--count", "1", "--events")
    cli.equal((code, output, error), (0, "", ""), "the command that is skipped has no events")
    # The list of what is skipped is a cache of the journal.
    os.unlink(os.path.join(folder, "voids"))
    again = cli.json("verify", folder, "--json")
    cli.equal((again.get("voided"), again.get("state_hash")), (1, whole["state_hash"]),
              "without the file voids")
    written = cli.json("snapshot", folder, "--json")
    cli.equal((written.get("written"), written.get("state_hash")), (True, whole["state_hash"]),
              "snapshot")


def check_simulation(cli, brittle):
    """A CHECK that fails inside cambist sim: seed, place and commit are told."""
    for part, place in (("model", "command"), ("engine", "operation of the disk")):
        code, _, error = brittle.run("sim", "--seeds", "5", "--part", part, seq=20,
                                     CAMBIST_COMMIT="abc")
        cli.equal(code, -signal.SIGABRT, f"sim --part {part}")
        cli.check(re.search(rf"^cambist sim: seed 5, {place} \d+, commit abc$", error, re.M),
                  f"sim --part {part} says where: {error}")


def main():
    if len(p.sys.argv) != 3:
        p.sys.exit("usage: repair_test.py BINARY BRITTLE")
    cli = p.Program(p.sys.argv[1])
    brittle = Brittle(cli, p.sys.argv[2])
    folder = cli.path("data")
    check_crashes(cli, brittle, folder)
    check_repair(cli, folder)
    check_afterwards(cli, brittle, folder)
    check_simulation(cli, brittle)
    return cli.finish()


if __name__ == "__main__":
    p.sys.exit(main())
