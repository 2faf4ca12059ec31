#!/usr/bin/env -S python3 -B
"""New seeds through `cambist sim` for CAMBIST_SIM_SECONDS (10 if not given), beginning at
CAMBIST_SEED_BASE, so that every commit tries others. A failure is told with seed and commit.
usage: seeds_test.py BINARY"""

import os
import subprocess
import sys

FIRST = 1000000  # seeds of one base


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: seeds_test.py BINARY")
    seconds = os.environ.get("CAMBIST_SIM_SECONDS", "10")
    first = int(os.environ.get("CAMBIST_SEED_BASE", "1")) * FIRST
    outcome = subprocess.run(
        [sys.argv[1], "sim", "--seeds", f"{first}..{first + FIRST - 1}", "--seconds", seconds,
         "--json"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    print(outcome.stdout, end="")
    return 0 if outcome.returncode == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
