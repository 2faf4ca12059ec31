#!/usr/bin/env -S python3 -B
"""A public log of every size from 0 to 300, read by verifiers that nobody here wrote: Go's own
packages for its log of modules (Debian's golang-golang-x-mod-dev), and @sigstore/verify from npm.
Each accepts the log and receipts of it, and refuses them with one byte flipped.

usage: log_foreign_test.py BINARY TLOG_MAKE FOLDER   (of the build, where the packages are installed)

A verifier whose packages are missing, or cannot be had, is skipped by name; with none left the test
is skipped. Nothing of the packages is run while they are installed."""

import os
import random
import shutil
import subprocess
import sys

import program as p

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "log_foreign")
GO = "/usr/lib/go-1.19/bin/go"
GO_SOURCES = "/usr/share/gocode"
SKIPPED, NODE_LEAST, SECONDS = 77, 20, 180
SIZES = range(301)
ENTRIES = (0, 1, 127, 128, 255, 256, 298, 299)
UNREACHABLE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH",
               "EHOSTUNREACH", "ERR_SOCKET_TIMEOUT", "ENOTCACHED", "E403", "E429", "E500", "E502",
               "E503", "E504")


def skipped(what, why):
    print(f"skipped: the public log read by {what}: {why}")


def go_program(build, name="check"):
    """The program built from NAME.go, or None."""
    if not os.path.exists(GO) or not os.path.isdir(GO_SOURCES + "/src/golang.org/x/mod/sumdb"):
        return skipped("Go", "needs golang-1.19-go and golang-golang-x-mod-dev")
    source = os.path.join(build, "src", name)
    os.makedirs(source, exist_ok=True)
    shutil.copyfile(os.path.join(HERE, name + ".go"), os.path.join(source, name + ".go"))
    program = os.path.join(build, name)
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": build + ":" + GO_SOURCES,
                   "GOCACHE": os.path.join(build, "cache"), "GOFLAGS": "", "GOTOOLCHAIN": "local"}
    subprocess.run([GO, "build", "-o", program, "./src/" + name], cwd=build, env=environment,
                   check=True, timeout=SECONDS)
    return program


def node_folder(build, what="@sigstore/verify", program="check.mjs"):
    """A folder with the packages and the program, or None."""
    try:
        version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
        number = int(version.stdout.strip().lstrip("v").split(".")[0] or 0)
    except OSError:
        number = 0
    if number < NODE_LEAST or shutil.which("npm") is None:
        return skipped(what, f"needs npm and node {NODE_LEAST} or newer")
    for name in ("package.json", "package-lock.json", program):
        shutil.copyfile(os.path.join(HERE, name), os.path.join(build, name))
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(command, cwd=build, capture_output=True, text=True, check=False,
                              timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return skipped(what, f"no packages within {SECONDS} s")
    if done.returncode != 0:
        print(done.stderr[-2000:])
        if any(word in done.stderr for word in UNREACHABLE):
            return skipped(what, "the registry of packages does not answer")
        sys.exit("FAILED: " + " ".join(command))
    return build


def says(cli, good, what, *command, cwd=None):
    """Whether the verifier accepts (good) or refuses; anything else is a failure too."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False,
                          timeout=SECONDS)
    word = "accepted" if good else "refused"
    told = done.stdout if good else done.stderr
    cli.check((done.returncode == 0) == good and told.startswith(word),
              f"{what}: {done.returncode}, {done.stdout[-300:]!r}, {done.stderr[-300:]!r}")


def flip(path, at, bit=0):
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 1 << bit]))


def body_bytes(path):
    """What a note's signatures cover. Behind it both readers are lenient with unused bits of base64."""
    with open(path, "rb") as file:
        return file.read().index(b"\n\n")


def flip_hash(receipt, dice):
    """Flips a byte at the beginning of one of the proof's hashes."""
    with open(receipt, "rb") as file:
        content = file.read()
    first = content.index(b"\n", content.index(b"index ")) + 1
    lines = (content.index(b"\n\n") + 1 - first) // 45
    flip(receipt, first + 45 * dice.randrange(lines))


def proved(cli, folder, index):
    done = subprocess.run([cli.binary, "log", "prove", folder, str(index)], capture_output=True,
                          check=True, timeout=60)
    return cli.write(f"receipt.{index}", done.stdout), os.path.join(folder, f"entry.{index}")


def by_go(cli, program, folder, dice):
    says(cli, True, "Go on every size", program, folder, "some")
    for index in ENTRIES:
        receipt, entry = proved(cli, folder, index)
        says(cli, True, f"Go on receipt {index}", program, folder, "receipt", receipt, entry)
        flip_hash(receipt, dice)
        says(cli, False, f"Go on a changed receipt {index}", program, folder, "receipt", receipt,
             entry)
    for path in ("checkpoint", "checkpoint.299", "checkpoint.17", "tile/0/000", "tile/0/001.p/44",
                 "tile/entries/000", "tile/entries/001.p/44", "tile/1/000.p/1"):
        whole = os.path.join(folder, path)
        at = dice.randrange(body_bytes(whole) if "checkpoint" in path else os.path.getsize(whole))
        flip(whole, at)
        says(cli, False, f"Go on {path} with byte {at} changed", program, folder, "some")
        flip(whole, at)
    says(cli, True, "Go on the log as it was", program, folder, "some")


def by_npm(cli, build, folder, dice):
    with open(os.path.join(folder, "log.vkey"), encoding="utf-8") as file:
        vkey = file.read()
    notes = []
    for size in SIZES:
        notes.append(cli.path(f"{size}.note"))
        name = "checkpoint" if size == SIZES[-1] else f"checkpoint.{size}"
        shutil.copyfile(os.path.join(folder, name), notes[-1])
    check = ("node", "check.mjs", vkey)
    says(cli, True, "npm on every checkpoint", *check, *notes, cwd=build)
    flip(notes[100], 3)
    says(cli, False, "npm on a changed checkpoint", *check, *notes, cwd=build)
    for index in ENTRIES:
        receipt, entry = proved(cli, folder, index)
        says(cli, True, f"npm on receipt {index}", *check, receipt, entry, cwd=build)
        flip_hash(receipt, dice)
        says(cli, False, f"npm on a changed receipt {index}", *check, receipt, entry, cwd=build)


def main():
    if len(sys.argv) != 4:
        sys.exit("usage: log_foreign_test.py BINARY TLOG_MAKE FOLDER")
    cli = p.Program(sys.argv[1])
    build = os.path.join(os.path.abspath(sys.argv[3]), "log_foreign")
    os.makedirs(build, exist_ok=True)
    dice = random.Random(int(os.environ.get("CAMBIST_SEED_BASE", "1")))
    folder = cli.path("log")
    subprocess.run([os.path.abspath(sys.argv[2]), folder, "1", *map(str, SIZES)], check=True,
                   timeout=SECONDS)
    program = go_program(build)
    packages = node_folder(build)
    if program is not None:
        by_go(cli, program, folder, dice)
    if packages is not None:
        by_npm(cli, packages, folder, dice)
    failed = cli.finish()
    return SKIPPED if not failed and program is None and packages is None else failed


if __name__ == "__main__":
    sys.exit(main())
