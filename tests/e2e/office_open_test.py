#!/usr/bin/env -S python3 -B
"""A whole case at the officers' console in Debian's Chromium, with the opening for real: what
desk_open_test does with commands from the call-back to the end is written on the page, signed on the
officers' own machines and brought there; the grant opens a record with shares of both groups, and the
delivery is opened by Debian's age. The paper is taken in by command, since open_make's log knows one case.

usage: office_open_test.py BINARY OPEN_MAKE BUILD. Without npm, Chromium or the pages it is skipped."""

import hashlib
import json
import os
import subprocess
import sys

import browser_test as b
import desk_open_test as t
import desk_test as d
import office as o
import open_test
import program as p

CONFIG = "office:\n  on: true\n  listen: 127.0.0.1:0\n"
BY_COMMAND = ("authority", "confirm", "receive")
SHOWN_BEFORE = {"acknowledge": "delivered", "close": "noticed"}
SECONDS = 120


class AtThePage(d.Desk):
    """What officers do with a case is done on the console's page."""

    steps = page = None

    def open(self):
        world = {"origin": o.origin_of(self.cli), "folder": self.cli.folder, "keys": self.keys}
        self.page = subprocess.Popen(
            ["node", "office_acts.mjs", os.path.abspath(self.cli.binary),
             self.cli.write("world.json", json.dumps(world))],
            cwd=self.steps, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def close(self):
        """The browser ends; it saw no error, no request to elsewhere, no broken policy."""
        said, _ = self.page.communicate(timeout=SECONDS)
        self.cli.equal((self.page.returncode, said), (0, "done\n"), "the console's pages")

    def tell(self, **what):
        self.page.stdin.write(json.dumps(what) + "\n")
        self.page.stdin.flush()
        self.cli.equal(self.page.stdout.readline(), "done\n", f"{what}")

    def ok(self, state, officer, kind, case, *words):
        if kind in BY_COMMAND:
            super().ok(state, officer, kind, case, *words)
            return
        if kind in SHOWN_BEFORE:
            self.tell(officer=officer, case=case, shows=SHOWN_BEFORE[kind])
        fields = {}
        for name, _, value in (word.partition("=") for word in words):
            if name == "person":
                number, _, value = value.partition(" ")
                fields[f"person {number}"] = value
            elif name == "grant":
                with open(value.removeprefix("@"), "rb") as file:
                    fields[name] = hashlib.sha256(file.read()).hexdigest()
            elif name == "until":
                fields[name] = value.removesuffix("Z")
            elif name == "telephone":
                fields[name] = value  # the page has the rest of what was asked
        self.tell(officer=officer, act=kind, case=case, state=state, fields=fields)


def main():
    if len(sys.argv) != 4:
        sys.exit("usage: office_open_test.py BINARY OPEN_MAKE BUILD")
    build = os.path.abspath(sys.argv[3])
    if b.missing():
        b.c.m.skip(f"a case in a browser: {b.missing()}")
    if not os.path.exists(os.path.join(build, "web", "dist-office", "index.html")):
        b.c.m.skip("a case in a browser: the binary was built without npm")
    AtThePage.steps = b.install(build, "office_open_browser")
    cli = p.Program(sys.argv[1])
    world = open_test.World(cli, sys.argv[2])
    try:
        t.test(cli, world, AtThePage, CONFIG)
    finally:
        world.close()
    return cli.finish()


if __name__ == "__main__":
    sys.exit(main())
