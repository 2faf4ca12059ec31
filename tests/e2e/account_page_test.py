#!/usr/bin/env -S python3 -B
"""The account's pages in Debian's Chromium, at a running venue: signing up with the code from the mail,
second factor, sign-out, sign-in with it, sessions, API keys, a reset; the form sealed and sent; French,
320 px, the keyboard, axe. The steps are in browser/account.mjs. usage: account_page_test.py BINARY FOLDER
(of the build)

Without npm, Chromium or the page's packages the test is skipped by name. Nobody here exists."""

import os
import subprocess
import sys

import browser_test as b
import clients_test as m
import enrol_test as e
import program as p
import serve_test as s

SECONDS = 500


def test(cli):
    world = e.World(cli)
    folder = b.install(BUILD, "account_browser")
    keys_file = cli.path("keys.json")
    config = cli.write("cambist.yaml", "vault:\n  on: true\ndoor:\n  on: true\n  mails: 100\n")
    with s.Venue(cli, world.data, "--profile", "test", "--keys-file", keys_file, "--config",
                 config) as venue:
        venue.ready()
        done = subprocess.run(["node", "account.mjs", "http://" + venue.host, world.data],
                              cwd=folder, capture_output=True, text=True, check=False, timeout=SECONDS,
                              env={"CAMBIST_BROWSER_MS": "60000", **os.environ})
        print(done.stdout + done.stderr)
        cli.equal((done.returncode, done.stdout.count("\nFAILED")), (0, 0), "the account's pages in Chromium")
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
