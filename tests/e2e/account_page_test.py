#!/usr/bin/env -S python3 -B
"""The account's pages in Debian's Chromium, at a running venue: signing up with the code from the mail,
second factor, sign-out, sign-in with it, sessions, API keys, a reset; the form sealed and sent; an order
and a withdrawal once officers have opened the account; what is held, and the inbox; French, 320 px, the
keyboard, axe. The steps are in browser/account.mjs. usage: account_page_test.py BINARY FOLDER
(of the build)

Without npm, Chromium or the page's packages the test is skipped by name. Nobody here exists."""

import json
import os
import sqlite3
import subprocess
import sys
import threading

import browser_test as b
import clients_test as m
import enrol_test as e
import officers as o
import program as p
import serve_test as s

SECONDS = 500
PROOF_US = 300 * 1000000


class Acts:
    """What the walk wants of the venue's people."""

    def __init__(self, cli, folder, keys_file):
        with open(keys_file, encoding="ascii") as file:
            self.officers = o.Officers(cli, folder, json.load(file))
        self.cli, self.folder = cli, folder

    def open(self, account):
        """Two officers lift what the account was opened with, and money comes."""
        self.officers.give("account", "restrict", account, "none")
        code, _, error = self.cli.run("admin", "--data", self.folder, "deposit", "credit", account, "USDT", "1000")
        self.cli.equal((code, error), (0, ""), "a deposit")

    def old(self):
        """Proofs of sessions are five minutes older than they were."""
        with sqlite3.connect(os.path.join(self.folder, "door", "door.db"), timeout=60) as door:
            door.execute("UPDATE sessions SET strong = strong - ?", (PROOF_US,))
        door.close()


def walk(acts, *command, cwd):
    """(exit code, what was printed); a line WANT is done before the walk goes on."""
    text = ""
    with subprocess.Popen(command, cwd=cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True,
                          env={"CAMBIST_BROWSER_MS": "60000", **os.environ}) as node:
        timer = threading.Timer(SECONDS, node.kill)
        timer.start()
        try:
            for line in node.stdout:
                text += line
                words = line.split()
                if words[:1] == ["WANT"]:
                    getattr(acts, words[1])(*words[2:])
                    node.stdin.write("done\n")
                    node.stdin.flush()
            return node.wait(), text
        finally:
            timer.cancel()
            node.kill()


def test(cli):
    world = e.World(cli)
    folder = b.install(BUILD, "account_browser")
    keys_file = cli.path("keys.json")
    config = cli.write("cambist.yaml", "vault:\n  on: true\ndoor:\n  on: true\n  mails: 100\n")
    with s.Venue(cli, world.data, "--profile", "test", "--keys-file", keys_file, "--config",
                 config) as venue:
        venue.ready()
        code, text = walk(Acts(cli, world.data, keys_file), "node", "account.mjs",
                          "http://" + venue.host, world.data, cwd=folder)
        print(text)
        cli.equal((code, text.count("\nFAILED")), (0, 0), "the account's pages in Chromium")
        cli.equal(venue.stop(), 0, "exit code on SIGTERM")
    with open(cli.path("serve.log"), "rb") as file:
        log = file.read()
    cli.equal([word for word in (b"iris.invented", b"a row of invented", b"a first row of such") if word in log], [],
              "what was typed in the log")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: account_page_test.py BINARY FOLDER")
    BUILD = os.path.abspath(sys.argv.pop())
    if b.missing():
        m.m.skip(f"the account's pages in a browser: {b.missing()}")
    if not os.path.exists(os.path.join(BUILD, "web", "dist", "index.html")):
        m.m.skip("the account's pages in a browser: the binary was built without npm")
    p.main(test)
