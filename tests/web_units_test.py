#!/usr/bin/env -S python3 -B
"""The trading page's own unit tests and the check of its types, where the build has installed its
packages. usage: web_units_test.py FOLDER   (the build's copy of web/)

Where the pages were not built with npm, the test is skipped."""

import os
import shutil
import subprocess
import sys

SKIPPED = 77
SECONDS = 150
VECTORS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden", "vault", "vectors.json")


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: web_units_test.py FOLDER")
    folder = sys.argv[1]
    if shutil.which("npm") is None or not os.path.exists(os.path.join(folder, "installed")):
        print("skipped: the page's unit tests: the pages were built without npm")
        sys.exit(SKIPPED)
    environment = dict(os.environ, CAMBIST_VECTORS=VECTORS)
    for script in ("check", "test"):
        if subprocess.run(["npm", "run", "--silent", script], cwd=folder, check=False,
                          env=environment, timeout=SECONDS).returncode != 0:
            print(f"FAILED: npm run {script}")
            sys.exit(1)


main()
