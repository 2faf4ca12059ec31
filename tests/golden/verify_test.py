#!/usr/bin/env -S python3 -B
"""verify_test.py CAMBIST: `cambist verify` on each golden journal comes to the hashes that golden_test
expects. So the shipped binary reads what older versions wrote, through its own recovery."""

import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

FOLDER = os.path.dirname(os.path.abspath(__file__))


def expected(path):
    with open(path, encoding="utf-8") as lines:
        return dict(line.split() for line in lines)


def verify(cambist, folder):
    """(exit code, the JSON at the end, what it said). Of a copy: verify locks the folder it reads."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = shutil.copytree(folder, os.path.join(scratch, "data"))
        outcome = subprocess.run([cambist, "verify", "--json", copy], capture_output=True, text=True,
                                 check=False)
    lines = outcome.stdout.strip().splitlines()
    result = json.loads(lines[-1]) if outcome.returncode == 0 and lines else {}
    return outcome.returncode, result, outcome.stdout + outcome.stderr


def main():
    wrong = 0
    paths = sorted(glob.glob(os.path.join(FOLDER, "v*", "*.expected")))
    for path in paths:
        folder = path[:-len(".expected")]
        name = os.path.relpath(folder, FOLDER)
        want = expected(path)
        code, result, said = verify(sys.argv[1], folder)
        seen = {"commands": str(result.get("commands")), "journal": result.get("batch_hash"),
                "state": result.get("state_hash"), "event-bytes": str(result.get("event_bytes"))}
        bad = [key for key in seen if seen[key] != want[key]]
        if code != 0 or bad:
            wrong += 1
            print(f"{name}: exit code {code}, differs in {', '.join(bad)}\n{said}")
    print(f"{len(paths)} golden journals, {wrong} wrong")
    return 1 if wrong or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
