#!/usr/bin/env -S python3 -B
"""The trading page in Debian's Chromium, against a test venue: orders placed, filled by a second
client, cancelled; refusals; lost answers; a venue killed under an open form; the keyboard alone;
French; 360 px; axe; nothing asked outside. The steps are in browser/journey.mjs; what restricted
customers and the public see of the rules is in browser/rules.mjs.
usage: browser_test.py BINARY

Where npm, Chromium or the pages themselves are missing, the test is skipped. Everything is on
loopback, with ports that the system chooses."""

import hashlib
import os
import shutil
import subprocess
import sys

import clients_test as c

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "browser")
CHROMIUM = "/usr/bin/chromium"
SECONDS = 400


def install(build, name="browser"):
    """The folder with the packages and a copy of the steps; tests that run at one time have one each."""
    folder = os.path.join(build, "tests", name)
    os.makedirs(folder, exist_ok=True)
    digest = hashlib.sha256()
    for name in sorted(os.listdir(HERE)):
        path = os.path.join(HERE, name)
        if not os.path.isfile(path):
            continue
        shutil.copyfile(path, os.path.join(folder, name))
        if name.startswith("package"):
            with open(path, "rb") as file:
                digest.update(file.read())
    stamp = os.path.join(folder, "installed")
    try:
        with open(stamp, encoding="ascii") as file:
            installed = file.read() == digest.hexdigest()
    except FileNotFoundError:
        installed = False
    if not installed:
        c.install_packages(folder)
        with open(stamp, "w", encoding="ascii") as file:
            file.write(digest.hexdigest())
    return folder


def missing():
    """Why there is no browser to drive here; empty: there is."""
    if c.node_version() < c.NODE_LEAST or shutil.which("npm") is None:
        return f"needs npm and node {c.NODE_LEAST} or newer"
    return "" if os.access(CHROMIUM, os.X_OK) else f"needs {CHROMIUM}"


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: browser_test.py BINARY")
    binary = os.path.abspath(sys.argv[1])
    build = os.path.abspath(os.path.join(os.path.dirname(binary), "..", ".."))
    if missing():
        c.m.skip(f"the page in a browser: {missing()}")
    if not os.path.exists(os.path.join(build, "web", "dist", "index.html")):
        c.m.skip("the page in a browser: the binary was built without npm")
    folder = install(build)
    rules = os.path.join(HERE, "..", "..", "..", "rules")
    codes = [subprocess.run(["node", *words], cwd=folder, check=False, timeout=SECONDS).returncode
             for words in (["journey.mjs", binary], ["rules.mjs", binary, rules])]
    sys.exit(1 if any(codes) else 0)


if __name__ == "__main__":
    main()
