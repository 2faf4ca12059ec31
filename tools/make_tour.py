#!/usr/bin/env python3
"""Makes the pictures of docs/tour.md: starts a demo on a free port of loopback, waits until its market
lives, and drives Debian's Chromium over the trading page.

usage: make_tour.py [--binary FILE] [--output FOLDER]

Pictures go to build/tour, which is made anew; the packages that drive the browser are installed below
it once per lockfile. Needs node, npm and chromium; ends with 77 where one is missing."""

import argparse
import json
import os
import queue
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.request

import build_pages
import pack_pages

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BROWSER = os.path.join(ROOT, "tests", "e2e", "browser")
DRIVER = os.path.join(ROOT, "tools", "make_tour.mjs")
NEEDED = ("node", "npm", "chromium")
SKIPPED = 77
READY_SECONDS = 120
TRADES_LEAST = 150
TOUR_SECONDS = 300
STOP_SECONDS = 30


class Demo:
    """cambist demo, until the end of the with."""

    def __init__(self, binary, folder):
        self.folder = folder
        self.process = subprocess.Popen(
            [binary, "demo", "--data", folder, "--port", "0", "--seed", "7", "--speed", "5"],
            stdout=subprocess.PIPE, text=True)
        self.lines = queue.Queue()
        threading.Thread(target=self.follow, daemon=True).start()

    def follow(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def url(self):
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            line = self.lines.get(timeout=max(0.1, until - time.monotonic()))
            if line is None:
                raise pack_pages.Fault("the demo ended before it was ready")
            found = re.search(r"trading page\s+(http://\S+?)/?\s*$", line)
            if found:
                return found.group(1)
        raise pack_pages.Fault(f"the demo was not ready within {READY_SECONDS} s")

    def gateway(self):
        with open(os.path.join(self.folder, "run", "edge.pid"), encoding="ascii") as file:
            return file.read().strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def wait_for_trades(url):
    """A chart with something on it."""
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        with urllib.request.urlopen(url + "/api/v3/trades?symbol=BTCUSDT&limit=1000",
                                    timeout=20) as answer:
            if len(json.load(answer)) >= TRADES_LEAST:
                return
        time.sleep(0.5)
    raise pack_pages.Fault(f"fewer than {TRADES_LEAST} trades within {READY_SECONDS} s")


def browser_prepare(work):
    """The folder with the helpers, their packages and the driver."""
    build_pages.mirror(BROWSER, work)
    shutil.copy2(DRIVER, work)
    build_pages.install(work)


def make(binary, output):
    work = os.path.join(ROOT, "build", "tour-work")
    browser_prepare(work)
    data = os.path.join(work, "demo")
    shutil.rmtree(data, ignore_errors=True)
    shutil.rmtree(output, ignore_errors=True)
    os.makedirs(output)
    with Demo(binary, data) as demo:
        url = demo.url()
        print(f"tour: a demo at {url}; waiting for {TRADES_LEAST} trades ...", flush=True)
        wait_for_trades(url)
        done = subprocess.run(["node", os.path.join(work, os.path.basename(DRIVER)), url, output,
                               demo.gateway()], timeout=TOUR_SECONDS, check=False)
    shutil.rmtree(data, ignore_errors=True)
    if done.returncode != 0:
        raise pack_pages.Fault("the browser's part failed")
    print(f"tour: {len(os.listdir(output))} pictures in {output}")


def main():
    parser = argparse.ArgumentParser(prog="make_tour.py")
    parser.add_argument("--binary", default=os.path.join(ROOT, "build/release/src/app/cambist"))
    parser.add_argument("--output", default=os.path.join(ROOT, "build/tour"))
    arguments = parser.parse_args()
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        print("skipped: not installed: " + " ".join(missing))
        return SKIPPED
    if not os.access(arguments.binary, os.X_OK):
        print(f"make_tour.py: {arguments.binary}: not built; --binary names another",
              file=sys.stderr)
        return 1
    try:
        make(os.path.abspath(arguments.binary), os.path.abspath(arguments.output))
    except build_pages.Unreachable as problem:
        print(f"skipped: {problem}")
        return SKIPPED
    except (pack_pages.Fault, OSError, queue.Empty, subprocess.TimeoutExpired) as problem:
        print(f"make_tour.py: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
