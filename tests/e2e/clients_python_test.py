#!/usr/bin/env -S python3 -B
"""Client libraries for Python, as they are, trade on a test venue: one suite of
tests/e2e/clients/python for each, on a fresh venue, with the money counted beside it
(client_money.py).

usage: clients_python_test.py BINARY [suite...]

The packages are pinned with their hashes, and installed into a virtual environment below build/
that all builds of this tree share; only wheels, so that nothing of them is run while that happens.
Where there is no venv, or the registry of packages does not answer, the test is skipped."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys

import client_money as m
import program as p

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "clients", "python")
BUILD = os.path.normpath(os.path.join(HERE, "../../../../build"))
PINS = os.path.join(HERE, "requirements.txt")
SUITES = ["ccxt_suite", "python_binance_suite"]
PYTHONS = ((3, 11), (3, 13))  # the first and last for which every package has a wheel
INSTALL_SECONDS = 240
# Words of pip for a registry that does not answer, as against packages that are not what they were.
UNREACHABLE = ("NewConnectionError", "ConnectTimeoutError", "NameResolutionError", "ProxyError",
               "ReadTimeoutError", "Connection reset", "Connection aborted", "Read timed out",
               "Connection refused", "(from versions: none)")


def step(command, seconds):
    """Runs one command of the installation; (exit code, what it said)."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        m.skip(f"the clients for Python: no packages within {seconds} s")
    return done.returncode, done.stdout


def install_packages(folder):
    shutil.rmtree(folder, ignore_errors=True)
    code, output = step([sys.executable, "-m", "venv", folder], INSTALL_SECONDS)
    if code != 0:
        print(output[-2000:])
        m.skip("the clients for Python: needs the module venv (Debian's package python3-venv)")
    pip = [os.path.join(folder, "bin", "python"), "-m", "pip", "install", "--quiet", "--no-input",
           "--disable-pip-version-check", "--no-deps", "--require-hashes", "--only-binary", ":all:",
           "--no-compile", "--retries", "1", "--timeout", "20", "--requirement", PINS]
    code, output = step(pip, INSTALL_SECONDS)
    if code != 0:
        print(output[-2000:])
        if any(word in output for word in UNREACHABLE):
            m.skip("the clients for Python: the registry of packages does not answer")
        print("FAILED: " + " ".join(pip))
        sys.exit(1)


def install():
    """The interpreter that has the packages."""
    if not PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]:
        m.skip("the clients for Python: needs Python " + " to ".join("%d.%d" % v for v in PYTHONS))
    folder = os.path.join(BUILD, "clients-python")
    os.makedirs(BUILD, exist_ok=True)
    with open(PINS, "rb") as file:
        pins = hashlib.sha256(file.read()).hexdigest() + " " + sys.executable + " " + sys.version
    stamp = os.path.join(folder, "installed")
    with open(folder + ".lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            with open(stamp, encoding="utf-8") as file:
                installed = file.read() == pins
        except FileNotFoundError:
            installed = False
        if not installed:
            install_packages(folder)
            with open(stamp, "w", encoding="utf-8") as file:
                file.write(pins)
    return os.path.join(folder, "bin", "python")


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: clients_python_test.py BINARY [suite...]")
    cli = p.Program(sys.argv[1])
    python = install()
    for suite in sys.argv[2:] or SUITES:
        def run(keys_file, keys, name=suite):
            m.run_suite(cli, name, [python, os.path.join(HERE, name + ".py")], cli.folder,
                        m.environment(keys_file, keys))

        m.with_venue(cli, suite, run)
    sys.exit(cli.finish())


if __name__ == "__main__":
    main()
