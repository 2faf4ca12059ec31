#!/usr/bin/env -S python3 -B
"""The vault's test vectors, made again by libraries from npm that share no code with the vault
(vault/noble.mjs); and vectors with one digit changed, which must fail.

usage: vault_noble_test.py FOLDER   (of the build, where the packages are installed)

The packages come from the lock file; nothing of them is run while that happens. Where npm is missing
or cannot reach its registry, the test is skipped."""

import json
import os
import shutil
import subprocess
import sys

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "vault")
FILES = ("package.json", "package-lock.json", "noble.mjs", "vectors.json")
SKIPPED = 77
INSTALL_SECONDS = 120
RUN_SECONDS = 60
NODE_LEAST = 20
UNREACHABLE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH",
               "EHOSTUNREACH", "ERR_SOCKET_TIMEOUT", "ENOTCACHED", "E403", "E429", "E500", "E502",
               "E503", "E504")


def skip(why):
    print(f"skipped: the vault's vectors with libraries from npm: {why}")
    sys.exit(SKIPPED)


def node_version():
    try:
        found = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return 0
    return int(found.stdout.strip().lstrip("v").split(".")[0] or 0)


def install(folder):
    """A copy of our files beside the packages, which are installed when the pins have changed."""
    os.makedirs(folder, exist_ok=True)
    for name in FILES:
        shutil.copyfile(os.path.join(HERE, name), os.path.join(folder, name))
    with open(os.path.join(HERE, "package-lock.json"), encoding="ascii") as file:
        pins = file.read()
    stamp = os.path.join(folder, "installed")
    if os.path.exists(stamp):
        with open(stamp, encoding="ascii") as file:
            if file.read() == pins:
                return
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False,
                              timeout=INSTALL_SECONDS)
    except subprocess.TimeoutExpired:
        skip(f"no packages within {INSTALL_SECONDS} s")
    if done.returncode != 0:
        print(done.stderr[-2000:])
        if any(word in done.stderr for word in UNREACHABLE):
            skip("the registry of packages does not answer")
        sys.exit("FAILED: " + " ".join(command))
    with open(stamp, "w", encoding="ascii") as file:
        file.write(pins)


def run(folder, name):
    return subprocess.run(["node", "noble.mjs", name], cwd=folder, capture_output=True, text=True,
                          check=False, timeout=RUN_SECONDS)


def change(value):
    """The same hex text with another digit in its middle."""
    middle = len(value) // 2
    return value[:middle] + ("0" if value[middle] != "0" else "1") + value[middle + 1:]


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: vault_noble_test.py FOLDER")
    if node_version() < NODE_LEAST or shutil.which("npm") is None:
        skip(f"needs npm and node {NODE_LEAST} or newer")
    folder = os.path.join(sys.argv[1], "vault_noble")
    install(folder)
    done = run(folder, "vectors.json")
    print(done.stdout + done.stderr)
    with open(os.path.join(folder, "vectors.json"), encoding="ascii") as file:
        vectors = json.load(file)
    if done.returncode != 0 or done.stdout.count(": the same") != len(vectors):
        sys.exit("FAILED: the libraries make other vectors")
    for item, field in (("proof", "proof"), ("record-1", "wrap"), ("record-2", "partialB3"),
                        ("ceremony-a", "points"), ("drill", "proof"), ("shown", "bytes")):
        changed = json.loads(json.dumps(vectors))
        changed[item][field] = change(changed[item][field])
        with open(os.path.join(folder, "changed.json"), "w", encoding="ascii") as file:
            json.dump(changed, file)
        done = run(folder, "changed.json")
        if done.returncode == 0 or f"FAILED: {item}" not in done.stderr:
            sys.exit(f"FAILED: a changed {item}.{field} went through: {done.stderr}")


main()
