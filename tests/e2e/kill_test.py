#!/usr/bin/env -S python3 -B
"""kill -9 at random moments: replay through the journal is killed, verified, perhaps killed again
while it recovers, and continued. Nothing acknowledged may be lost or doubled, and in the end trades
and state are those of a run that nobody disturbed.
usage: kill_test.py BINARY
CAMBIST_KILL_ROUNDS: rounds, 10 if not given; CAMBIST_SEED_BASE: the seed, 1 if not given.

`replay --acknowledge FILE` writes the last durable sequence number after each release: what a
client had been told when the process died."""

import os
import random
import signal
import subprocess
import time

import program as p

MISSING = 14
SAME = ("trades", "qty", "trade_hash", "resting", "state_hash")

# Batch size and orders: single commands, small batches, and many in flight.
FLOWS = ((1, 1500), (64, 30000), (1024, 150000))


class Flow:
    def __init__(self, cli, batch, count, seed):
        self.cli = cli
        self.batch = batch
        self.arguments = ["replay", "--generate", "deep", "--depth", "500", "--count", str(count),
                          "--seed", str(seed), "--batch", str(batch), "--json"]
        self.undisturbed = cli.json(*self.arguments)
        folder = cli.path(f"whole-{batch}")
        start = time.monotonic()
        journalled = cli.json(*self.arguments, "--journal", folder)
        self.seconds = time.monotonic() - start
        for name in SAME:
            cli.equal(journalled.get(name), self.undisturbed.get(name), f"{name}, batch {batch}")
        subprocess.run(["rm", "-rf", folder], check=True)


def acknowledged(path):
    """The last sequence number a client was told of; 0: none."""
    if not os.path.exists(path):
        return 0
    with open(path, encoding="ascii") as file:
        text = file.read()
    return int(text) if text else 0


def kill_once(flow, folder, told, delay):
    """Starts or continues the replay and kills it after `delay`; True: it had ended before."""
    with subprocess.Popen([flow.cli.binary, *flow.arguments, "--journal", folder, "--acknowledge",
                           told], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        try:
            process.wait(timeout=delay)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            return False
        error = process.stderr.read().decode(errors="replace").strip()
        flow.cli.equal(process.returncode, 0, f"exit code of an undisturbed end ({error})")
        return True


def verify(flow, folder, told, where):
    """What the journal holds after a kill, against what was acknowledged."""
    code, output, error = flow.cli.run("verify", folder, "--json")
    promised = acknowledged(told)
    if code == MISSING:
        flow.cli.equal(promised, 0, f"{where}: acknowledged, and no journal")
        return
    flow.cli.equal(code, 0, f"{where}: verify ({error.strip()})")
    if code == 0:
        found = p.json.loads(output.strip().splitlines()[-1])
        flow.cli.check(found["seq"] >= promised,
                       f"{where}: {promised} was acknowledged, the journal ends with "
                       f"{found['seq']}")


def kill_round(flow, number, chance):
    where = f"round {number}, batch {flow.batch}"
    folder = flow.cli.path(f"round-{number}")
    told = flow.cli.path(f"told-{number}")
    kills = chance.choice((1, 1, 2, 4))
    ended = False
    while kills > 0 and not ended:
        ended = kill_once(flow, folder, told, chance.uniform(0, flow.seconds * 1.1))
        verify(flow, folder, told, where)
        if chance.random() < 0.3 and os.path.isdir(os.path.join(folder, "journal")):
            code, _, error = flow.cli.run("snapshot", folder)
            flow.cli.check(code in (0, MISSING), f"{where}: snapshot ends with {code} ({error})")
        kills -= 1
    found = flow.cli.json(*flow.arguments, "--journal", folder)
    for name in SAME:
        flow.cli.equal(found.get(name), flow.undisturbed.get(name), f"{where}: {name} in the end")
    whole = flow.cli.json("verify", folder, "--json")
    flow.cli.equal((whole.get("verdict"), whole.get("state_hash"), whole.get("voided")),
                   ("ok", flow.undisturbed["state_hash"], 0), f"{where}: verify in the end")
    subprocess.run(["rm", "-rf", folder, told], check=True)


def main():
    cli = p.Program(p.sys.argv[1])
    rounds = int(os.environ.get("CAMBIST_KILL_ROUNDS", "10"))
    seed = int(os.environ.get("CAMBIST_SEED_BASE", "1"))
    chance = random.Random(seed)
    flows = [Flow(cli, batch, count, seed) for batch, count in FLOWS]
    for number in range(rounds):
        failed = cli.failed
        kill_round(flows[number % len(flows)], number, chance)
        if cli.failed > failed:
            print(f"again: CAMBIST_SEED_BASE={seed} CAMBIST_KILL_ROUNDS={rounds}, commit "
                  f"{os.environ.get('CAMBIST_COMMIT', 'unknown')}")
    print(f"{rounds} rounds")
    return cli.finish()


if __name__ == "__main__":
    p.sys.exit(main())
