#!/usr/bin/env -S python3 -B
"""What one opening costs at a real venue, with key files at their default cost (Argon2id, 3 passes
over 256 MiB), three witnesses on loopback and emergency slots of a minute:

    receipts    from a slot's end to the receipt of an event in it (aim: 1 s)
    opening     from the opening's receipt to the delivered file, 2 + 2 officers (aim: 2 s). The
                officers answer at the same time, as on machines of their own; on fewer processors
                than officers the wall time is longer than that, and what bears a busy machine is the
                processor time of the slowest officer and of the opener

It begins a venue of its own in a fresh folder and takes about three minutes, waiting for slots.
usage: measure_opening.py BUILD"""

import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "e2e"))

import open_log_test as o_log  # noqa: E402  pylint: disable=wrong-import-position
import open_venue_test as t  # noqa: E402  pylint: disable=wrong-import-position
import program as p  # noqa: E402  pylint: disable=wrong-import-position

LOOK_S, SLOT_S, LOOKS = 0.01, 60, 20000


def receipted(world, number):
    """Milliseconds from the end of the event's slot to its receipt."""
    end = (int(time.time()) // SLOT_S + 1) * SLOT_S
    time.sleep(max(0.0, end - 1 - time.time()))
    path = os.path.join(world.data, "log.sock")
    for _ in range(LOOKS):
        if o_log.ask(path, f"show {number}")[0].startswith("shown "):
            return round(1000 * (time.time() - end))
        time.sleep(LOOK_S)
    sys.exit(f"event {number} has no receipt")


def processor_ms(process):
    """Waits for it; what it took of a processor."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return round(1000 * (usage.ru_utime + usage.ru_stime))


def answer_all(world, case):
    """Each officer's milliseconds of a processor; the answers are put there as they come."""
    running = []
    for officer in t.CHOSEN:
        with open(world.cli.path(officer + ".answer"), "wb") as file:
            running.append((officer, subprocess.Popen(
                [world.cli.binary, *world.releases(officer, case)], stdout=file,
                stderr=subprocess.DEVNULL)))
    took = []
    for officer, process in running:
        took.append(processor_ms(process))
        world.cli.equal(process.returncode, 0, f"{officer} answers")
        with open(world.cli.path(officer + ".answer"), encoding="ascii") as file:
            world.put(case, officer, file.read())
    return took


def measure(world):
    world.start("--new")
    world.put_records()
    case = world.grant("case")
    grant = receipted(world, world.told(case)["grant"])
    world.shown(case)
    opener = world.begin(case)
    opening = receipted(world, world.told(case)["opening"])
    world.shown(case)
    begin = time.monotonic()
    officers = answer_all(world, case)
    of_opener = processor_ms(opener)
    took = time.monotonic() - begin
    world.cli.equal(opener.returncode, 0, "the opener")
    delivered = receipted(world, world.told(case)["manifest"])
    print(f"receipts after the slot's end: grant {grant} ms, opening {opening} ms, "
          f"delivered {delivered} ms")
    print(f"one opening, {len(officers)} officers at once on {os.cpu_count()} processors, from receipt "
          f"to file: {took:.2f} s")
    print(f"processor time: officers {sorted(officers)} ms, opener {of_opener} ms, so "
          f"{(max(officers) + of_opener) / 1000:.2f} s where each officer has a machine")


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: measure_opening.py BUILD")
    cli = p.Program(os.path.join(sys.argv[1], "src", "app", "cambist"))
    world = t.World(cli, os.path.join(sys.argv[1], "tests", "seal_make"), is_quick=False)
    try:
        measure(world)
    finally:
        world.close()
    return cli.finish()


if __name__ == "__main__":
    sys.exit(main())
