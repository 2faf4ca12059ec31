#!/usr/bin/env python3
"""Builds web/ with npm and packs it: docs/pages.md "Building".

usage: build_pages.py [--or BUILTIN] --office OUTPUT --office-or BUILTIN SOURCE WORK OUTPUT DEPFILE

SOURCE is copied below WORK; packages are installed there once per lockfile, and none of them runs
anything meanwhile. Nothing is written into SOURCE. With --or, where npm's registry does not answer,
the pages of the folder BUILTIN are packed instead, and that is said. The officers' console, which the
same run makes in dist-office, is packed as a table of its own."""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys

import pack_pages

NODE_LEAST = 18
INSTALL_SECONDS = 300
BUILD_SECONDS = 120
SHOWN_BYTES = 4000
NOT_COPIED = {"node_modules", "dist", "dist-office", ".git"}
PINS = ("package.json", "package-lock.json")
STAMP = "installed"
OFFICE = "office_pages"
# Words of npm for a registry that does not answer, as against packages that are not what they were.
UNREACHABLE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH",
               "EHOSTUNREACH", "ERR_SOCKET_TIMEOUT", "ENOTCACHED", "E403", "E429", "E500", "E502",
               "E503", "E504")


class Unreachable(Exception):
    """The packages cannot be had here."""


def say(text):
    print("pages: " + text, flush=True)


def sources(folder):
    """(files, folders) below it, as relative paths; what is made there by hand is left out."""
    files, folders = [], [""]
    for base, names, found in os.walk(folder):
        names[:] = sorted(name for name in names if name not in NOT_COPIED)
        here = os.path.relpath(base, folder)
        here = "" if here == "." else here
        folders += [os.path.join(here, name) for name in names]
        files += [os.path.join(here, name) for name in sorted(found)]
    return files, folders


def mirror(source, target):
    """Makes the target's files those of the source."""
    files, folders = sources(source)
    for folder in folders:
        os.makedirs(os.path.join(target, folder), exist_ok=True)
    for name in files:
        shutil.copy2(os.path.join(source, name), os.path.join(target, name))
    for name in set(sources(target)[0]) - set(files) - {STAMP}:
        os.unlink(os.path.join(target, name))
    return [os.path.join(source, name) for name in files + folders]


def run(words, folder, seconds):
    """(whether it went well, what it said)"""
    env = dict(os.environ, NODE_ENV="production", NO_COLOR="1", npm_config_update_notifier="false")
    try:
        done = subprocess.run(words, cwd=folder, env=env, stdin=subprocess.DEVNULL, timeout=seconds,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    except subprocess.TimeoutExpired:
        return False, f"not done within {seconds} s: ETIMEDOUT"
    return done.returncode == 0, done.stdout.decode(errors="replace")


def install(folder):
    digest = hashlib.sha256()
    for name in PINS:
        with open(os.path.join(folder, name), "rb") as file:
            digest.update(file.read())
    pins = digest.hexdigest()
    stamp = os.path.join(folder, STAMP)
    if os.path.exists(stamp):
        with open(stamp, encoding="ascii") as file:
            if file.read() == pins:
                return
    say("installing pinned packages (npm ci), some seconds ...")
    # esbuild stands among the development's packages.
    fine, text = run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--include=dev"],
                     folder, INSTALL_SECONDS)
    if not fine:
        if any(word in text for word in UNREACHABLE):
            raise Unreachable("npm's registry of packages does not answer")
        raise pack_pages.Fault("npm ci:\n" + text[-SHOWN_BYTES:])
    with open(stamp, "w", encoding="ascii") as file:
        file.write(pins)


def node_check():
    fine, text = run(["node", "--version"], ".", BUILD_SECONDS)
    if not fine or int(text.strip().lstrip("v").split(".")[0]) < NODE_LEAST:
        raise Unreachable(f"node {NODE_LEAST} or newer is needed")


def build(folder):
    """The folders of the pages and of the officers' console."""
    fine, text = run(["npm", "run", "--silent", "build"], folder, BUILD_SECONDS)
    if not fine:
        raise pack_pages.Fault("npm run build:\n" + text[-SHOWN_BYTES:])
    return os.path.join(folder, "dist"), os.path.join(folder, "dist-office")


def depfile_write(path, output, inputs):
    with open(path, "w", encoding="utf-8") as file:
        file.write(output + ":")
        for name in inputs:
            file.write(" \\\n  " + name.replace(" ", "\\ ").replace("$", "$$"))
        file.write("\n")


def make(arguments):
    inputs = mirror(arguments.source, arguments.work)
    depfile_write(arguments.depfile, arguments.output, inputs)
    try:
        node_check()
        install(arguments.work)
        folder, office = build(arguments.work)
    except (Unreachable, FileNotFoundError) as problem:
        if arguments.builtin is None:
            raise pack_pages.Fault(str(problem)) from problem
        say(f"{problem}: the binary will say so on its page. Later: touch "
            + os.path.join(arguments.source, PINS[1]))
        folder, office = arguments.builtin, arguments.office_builtin
    text, about = pack_pages.pack(folder)
    pack_pages.put(arguments.output, text)
    say(about)
    if not os.path.isdir(office):
        office = arguments.office_builtin
    text, about = pack_pages.pack(office, OFFICE)
    pack_pages.put(arguments.office, text)
    say("officers: " + about)


def main():
    parser = argparse.ArgumentParser(prog="build_pages.py")
    parser.add_argument("--or", dest="builtin")
    parser.add_argument("--office", required=True)
    parser.add_argument("--office-or", dest="office_builtin", required=True)
    for name in ("source", "work", "output", "depfile"):
        parser.add_argument(name)
    try:
        make(parser.parse_args())
    except (pack_pages.Fault, OSError, UnicodeDecodeError) as problem:
        print(f"build_pages.py: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
