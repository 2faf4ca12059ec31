#!/usr/bin/env -S python3 -B
"""An officer's page, from its own client: who is heard and who is not, over plain sockets; what its
process may do; what it leaves behind. Then two officers walk an approval and a release through their
pages in Debian's Chromium (browser/officer.mjs).

usage: officer_page_test.py BINARY OPEN_MAKE FOLDER   (of the build, where the packages are installed)

Without npm or Chromium the part with the browser is skipped by name."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time

import browser_test as b
import open_test as o
import program as p

SECONDS = 60
BROWSER_SECONDS = 300
SECRET = "words of theirs"
WRONG = "canary of a passphrase"


class Page:
    """An officer's client with its page, for the grants in a folder of work."""

    def __init__(self, world, name, *more):
        self.cli = world.cli
        self.name = name
        self.work = world.cli.path(name + ".work")
        self.book = world.cli.path(name + ".page.book")
        os.makedirs(self.work, exist_ok=True)
        os.makedirs(self.book, exist_ok=True)
        self.process = subprocess.Popen(
            [world.cli.binary, "officer", "page", self.work, *world.pins, "--name", name,
             "--sign-key", world.cli.path(name + ".pem"), "--key", world.cli.path(name + ".key"),
             "--book", self.book, *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.url = self.process.stdout.readline().decode().strip()
        if not self.url:
            sys.exit(f"FAILED: the page did not begin: {self.process.communicate()}")
        self.host, self.token = self.url.split("/")[2:4]
        self.said = b""

    def ask(self, verb, path, body=b"", **headers):
        """(status, body); a header that is None is left out."""
        lines = {"Host": self.host, "X-Cambist-Token": self.token, "Origin": "http://" + self.host}
        lines.update({name.replace("_", "-"): value for name, value in headers.items()})
        address, port = self.host.split(":")
        connection = http.client.HTTPConnection(address, int(port), timeout=SECONDS)
        connection.putrequest(verb, path, skip_host=True, skip_accept_encoding=True)
        for name, value in lines.items():
            if value is not None:
                connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        result = answer.status, answer.read()
        connection.close()
        return result

    def api(self, verb, path, body=b""):
        status, text = self.ask(verb, f"/{self.token}/api/{path}", body)
        return status, json.loads(text)

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
        text, error = self.process.communicate(timeout=SECONDS)
        self.said += text + error
        return self.process.returncode


def who_is_heard(page):
    """The same as in officer_serve_test.c, with the program as it is shipped."""
    cli = page.cli
    own = f"/{page.token}/"
    cli.equal(page.ask("GET", own)[0], 200, "the page")
    for name in ("page.js", "page.css", "words.js", "icon.svg"):
        cli.equal(page.ask("GET", own + name)[0], 200, name)
    cli.equal(page.ask("GET", own + "api/desk")[0], 200, "the desk")
    port = page.host.split(":")[1]
    for host in ("localhost:" + port, "officer.invalid:" + port, "127.0.0.1", "[::1]:" + port):
        cli.equal(page.ask("GET", own, Host=host)[0], 403, f"Host: {host}")
    for origin in ("http://other.invalid", "null", "http://localhost:" + port):
        cli.equal(page.ask("POST", own + "api/stay", Origin=origin)[0], 403, f"Origin: {origin}")
    cli.equal(page.ask("POST", own + "api/stay", Origin=None)[0], 403, "no Origin")
    cli.equal(page.ask("POST", own + "api/stay", Sec_Fetch_Site="cross-site")[0], 403, "cross-site")
    cli.equal(page.ask("GET", own + "api/desk", X_Cambist_Token=None)[0], 403, "no token")
    cli.equal(page.ask("GET", "/")[0], 404, "no token in the path")
    cli.equal(page.ask("GET", f"/{'0' * 64}/")[0], 404, "another token")


def a_release_at_the_page(world, page):
    """Everything but the words at the page; then the same words are looked for everywhere."""
    cli = page.cli
    case = world.folder("page")
    os.rename(case, os.path.join(page.work, "page"))
    case = os.path.join(page.work, "page")
    opener = world.begin(case)
    _, desk = page.api("GET", "desk")
    grant = desk["grants"][0]["hash"]
    cli.equal(desk["grants"][0]["folders"][0]["step"], "begun", "the step")
    path = f"release?grant={grant}&folder=page"
    status, answer = page.api("POST", path, SECRET.encode())
    cli.check(status == 409 and "opening.shown" in answer["error"], f"not logged yet: {answer}")
    world.tell("opening " + case)
    status, answer = page.api("POST", path, WRONG.encode())
    cli.check(status == 409 and "another passphrase" in answer["error"], f"wrong words: {answer}")
    cli.check(not os.listdir(page.book) or os.listdir(page.book) == ["LOCK"], "the book is empty")
    status, answer = page.api("POST", path, SECRET.encode())
    cli.equal((status, answer.get("file")), (200, "release." + page.name), f"released: {answer}")
    cli.equal(o.read(os.path.join(case, "release." + page.name)).decode(), answer["text"], "a file")
    _, desk = page.api("GET", "desk")
    cli.equal(desk["grants"][0]["folders"][0]["step"], "released", "the step behind it")
    cli.equal(desk["budget"], {"used": 4, "limit": 5}, "the budget")
    for officer in o.CHOSEN[1:]:
        world.put(case, officer, world.step(*world.releases(officer, case)))
    code, _, error = world.end(opener)
    cli.equal(code, 0, f"the opener ends: {error}")
    _, desk = page.api("GET", "desk")
    cli.equal(desk["grants"][0]["folders"][0]["step"], "delivered", "the last step")


def the_budget_holds_at_the_page(world, page):
    cli = page.cli
    world.tell("again")
    case = world.folder("more")
    os.rename(case, os.path.join(page.work, "more"))
    case = os.path.join(page.work, "more")
    opener = world.begin(case)
    world.tell("opening " + case)
    _, desk = page.api("GET", "desk")
    grant = next(row["hash"] for row in desk["grants"] if row["folders"][0]["name"] == "more")
    status, answer = page.api("POST", f"release?grant={grant}&folder=more", SECRET.encode())
    cli.check(status == 409 and "budget: 4 records were released today" in answer["error"],
              f"the budget: {answer}")
    opener.kill()
    world.end(opener)


def it_is_shut_in(world):
    """A sandbox, and memory that others of the same user do not read."""
    page = Page(world, "b0-1", "--require-sandbox")
    with open(f"/proc/{page.process.pid}/status", encoding="ascii") as file:
        status = file.read()
    world.cli.check("Seccomp:\t2" in status and "NoNewPrivs:\t1" in status, "a sandbox")
    sockets = [os.readlink(f"/proc/{page.process.pid}/fd/{number}")
               for number in os.listdir(f"/proc/{page.process.pid}/fd")]
    world.cli.check(sum(name.startswith("socket:") for name in sockets) <= 1, f"{sockets}")
    page.process.send_signal(signal.SIGQUIT)
    _, ended = os.waitpid(page.process.pid, 0)
    page.process.returncode = os.waitstatus_to_exitcode(ended)
    world.cli.check(not os.WCOREDUMP(ended), "no core")
    page.end()


def what_begins_with_a_mistake(world):
    cli = world.cli
    work, book = cli.path("wrong.work"), cli.path("wrong.book")
    os.makedirs(work)
    os.makedirs(book)
    base = ["officer", "page", work, *world.pins, "--book", book]

    def refused(code, words, name, sign_key, key):
        world.refused(code, words, *base, "--name", name, "--sign-key", cli.path(sign_key), "--key",
                      cli.path(key))
    refused(2, 'the circle knows no officer "zoe"', "zoe", "a0-1.pem", "a0-1.key")
    refused(4, "not the key that the circle has for a0-1", "a0-1", "a0-2.pem", "a0-1.key")
    refused(27, "of a0-2, and the circle has a0-1", "a0-1", "a0-1.pem", "a0-2.key")
    refused(14, "nowhere", "a0-1", "nowhere.pem", "a0-1.key")
    world.refused(2, "page wants --name", *base)
    for name in ("a0-1.pem", "a0-1.key"):
        os.chmod(cli.path(name), 0o644)
        refused(26, name + ": others than its owner may read or write it (mode 0644): chmod 600",
                "a0-1", "a0-1.pem", "a0-1.key")
        os.chmod(cli.path(name), 0o600)


def it_ends_by_itself(page):
    cli = page.cli
    status, _ = page.api("POST", "end")
    cli.equal(status, 200, "told to end")
    until = time.monotonic() + SECONDS
    while page.process.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    cli.equal(page.end(), 0, "it ends")


def the_passphrase_is_nowhere(world, page):
    words = [SECRET.encode(), WRONG.encode()]
    everything = [("what was said", world.said + page.said)]
    for folder, _, names in os.walk(world.cli.folder):
        everything += [(name, o.read(os.path.join(folder, name))) for name in names
                       if name != "words"]
    for name, content in everything:
        for word in words:
            world.cli.check(word not in content, f"{name} holds {word}")
        world.cli.check(page.token.encode() not in content or name == "what was said",
                        f"{name} holds the token")


def in_a_browser(cli, maker, build):
    if b.missing():
        print(f"skipped: the officer's page in a browser: {b.missing()}")
        return
    folder = b.install(build, "officer_browser")
    code = subprocess.run(["node", "officer.mjs", cli.binary, os.path.abspath(maker)], cwd=folder,
                          check=False, timeout=BROWSER_SECONDS).returncode
    cli.equal(code, 0, "the officers' walk in a browser")


def main():
    if len(sys.argv) != 4:
        sys.exit("usage: officer_page_test.py BINARY OPEN_MAKE FOLDER")
    cli = p.Program(sys.argv[1])
    world = o.World(cli, sys.argv[2])
    page = Page(world, "a0-1")
    is_shut_in = b"sanitizer" not in page.process.stderr.readline()
    who_is_heard(page)
    a_release_at_the_page(world, page)
    the_budget_holds_at_the_page(world, page)
    what_begins_with_a_mistake(world)
    if is_shut_in:
        it_is_shut_in(world)
    it_ends_by_itself(page)
    the_passphrase_is_nowhere(world, page)
    world.close()
    in_a_browser(cli, sys.argv[2], os.path.dirname(os.path.abspath(sys.argv[3])))
    return cli.finish()


if __name__ == "__main__":
    sys.exit(main())
