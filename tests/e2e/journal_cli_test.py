#!/usr/bin/env -S python3 -B
"""The commands that work on a data folder: replay through the journal, go on where it ends, verify,
snapshot, dump, repair; and what they say of folders that are missing, foreign or in use.
usage: journal_cli_test.py BINARY"""

import json
import os
import signal
import subprocess
import time

import program as p

USAGE, MISSING, LOCKED = 2, 14, 16
FLOW = ["--generate", "deep", "--depth", "500", "--count", "5000", "--seed", "3"]


def check_replay(cli, folder):
    in_memory = cli.json("replay", *FLOW, "--json")
    durable = cli.json("replay", *FLOW, "--journal", folder, "--json")
    for name in ("ops", "trades", "qty", "trade_hash", "resting", "state_hash"):
        cli.equal(durable.get(name), in_memory.get(name), f"{name} through the journal")
    cli.equal((durable.get("journal"), durable.get("verdict")), (True, "ok"), "journalled")
    again = cli.json("replay", *FLOW, "--journal", folder, "--json")
    cli.equal((again.get("ops"), again.get("taken_before")), (0, 5500), "nothing is left to do")
    for name in ("trades", "trade_hash", "resting", "state_hash"):
        cli.equal(again.get(name), in_memory.get(name), f"{name} of a finished replay")
    return in_memory


def check_verify(cli, folder, in_memory):
    found = cli.json("verify", folder, "--json")
    cli.equal((found.get("verdict"), found.get("state_hash"), found.get("sealed")),
              ("ok", in_memory["state_hash"], True), "verify")
    written = cli.json("snapshot", folder, "--json")
    cli.equal((written.get("written"), written.get("state_hash"), written.get("seq")),
              (True, in_memory["state_hash"], found["seq"]), "snapshot")
    cli.equal(cli.json("snapshot", folder, "--json").get("written"), False, "no second snapshot")
    cli.equal(cli.json("verify", folder, "--json").get("snapshots_equal"), 1, "snapshot verified")


def check_dump(cli, folder):
    code, output, error = cli.run("dump", folder, "--count", "3")
    cli.equal((code, error), (0, ""), "dump")
    lines = [json.loads(line) for line in output.splitlines()]
    commands = [line["command"]["command"] for line in lines if "command" in line]
    cli.equal(commands, ["genesis", "asset_add", "asset_add"], "the first commands")
    events = [line["event"]["event"] for line in lines if "event" in line]
    cli.equal(events, ["applied", "time", "applied", "applied"], "the first events")
    cli.equal([line["seq"] for line in lines], sorted(line["seq"] for line in lines), "in order")
    code, output, _ = cli.run("dump", folder, "--events")
    trades = [line for line in output.splitlines() if '"event":"trade"' in line]
    cli.equal(len(trades), cli.json("verify", folder, "--json").get("trades"), "trades dumped")
    cli.check('"command":{' not in output, "dump --events prints events alone")
    _, output, _ = cli.run("dump", folder, "--from", "900", "--count", "2", "--commands")
    cli.equal([json.loads(line)["seq"] for line in output.splitlines()], [900, 901], "dump --from")


def check_folders(cli, folder):
    nowhere = cli.path("nowhere")
    for name in ("verify", "snapshot", "dump"):
        code, output, error = cli.run(name, nowhere)
        cli.equal((code, output), (MISSING, ""), f"{name} of a missing folder")
        cli.check(error.startswith(f"cambist {name}: {nowhere}: "), f"{name} names it: {error}")
    code, _, error = cli.run("repair", folder, "--void", "99999999", "--reason", "1")
    cli.equal(code, USAGE, f"repair of a command that is not there: {error}")


def check_kill(cli):
    """Killed in the middle, continued, and the same in the end."""
    flow = ["--generate", "hot", "--depth", "1000", "--count", "300000", "--seed", "5"]
    expected = cli.json("replay", *flow, "--json")
    folder = cli.path("killed")
    cut_short = 0
    for delay in (0.5, 0.7, 0.9):
        with subprocess.Popen([cli.binary, "replay", *flow, "--batch", "64", "--journal", folder],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            time.sleep(delay)
            if process.poll() is None:
                cut_short += 1
                if os.path.isdir(folder):
                    code, _, error = cli.run("replay", *flow, "--journal", folder)
                    cli.check(code in (0, LOCKED), f"a second writer: {code} {error}")
            process.send_signal(signal.SIGKILL)
        if os.path.isdir(os.path.join(folder, "journal")):
            code, _, error = cli.run("verify", folder)
            cli.check(code in (0, MISSING), f"verify after a kill: {error}")
    found = cli.json("replay", *flow, "--batch", "64", "--journal", folder, "--json")
    cli.equal((found.get("verdict"), found.get("trade_hash"), found.get("resting")),
              ("ok", expected["trade_hash"], expected["resting"]),
              f"a replay killed {cut_short} times")


def check_lock(cli):
    """A process that was killed holds its lock until its memory is taken back. Nobody who comes in
    that moment may take it for one that runs; while it runs, everybody must."""
    flow = ["--generate", "deep", "--depth", "300000", "--count", "3000000", "--seed", "5"]
    folder = cli.path("dying")
    with subprocess.Popen([cli.binary, "replay", *flow, "--batch", "1", "--journal", folder],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        lock = os.path.join(folder, "journal/LOCK")
        events = os.path.join(folder, "events/control")
        while process.poll() is None and not os.path.exists(events):
            time.sleep(0.01)
        time.sleep(0.5)
        found = cli.json("verify", folder, "--json")
        cli.equal((found.get("live"), found.get("verdict")), (True, "ok"), "beside a running one")
        for arguments in (["replay", *flow, "--journal", folder],
                          ["repair", folder, "--void", "5", "--reason", "1"]):
            cli.refuses(arguments, LOCKED, f"cambist {arguments[0]}: {lock}: another process uses "
                                           f"this folder (process {process.pid})")
        cli.equal(process.poll(), None, "it ran all the while")
        # Not waited for: verify comes while the process is going.
        os.kill(process.pid, signal.SIGKILL)
        found = cli.json("verify", folder, "--json")
        cli.equal((found.get("live"), found.get("verdict")), (False, "ok"), "right after a kill")


def run(cli):
    folder = cli.path("data")
    in_memory = check_replay(cli, folder)
    check_verify(cli, folder, in_memory)
    check_dump(cli, folder)
    check_folders(cli, folder)
    check_lock(cli)
    check_kill(cli)


p.main(run)
