#!/usr/bin/env -S python3 -B
"""Signing up and in over HTTP, at a real venue, as a browser's page would and as an attacker might:
sessions change their token with every step (fixation), foreign pages get nothing (CSRF), one-time codes
cannot be tried out, and nothing tells whether an address has a login. Mails are read where the venue
leaves them. Persons and addresses are invented. usage: door_http_test.py BINARY"""

import base64
import hashlib
import hmac
import http.client
import json
import os
import re
import struct
import time
import urllib.parse

import program as p
import serve_test as s

COOKIE = "__Host-session"
ADA, BOB, EVE = (name + ".invented@example.org" for name in ("ada", "bob", "eve"))
PASSWORD, OTHER = "a row of invented words", "another row of such words"
HEX = re.compile(rb"[0-9a-f]{32,}|\d{13}")


class Page:
    """A page in a browser: one jar, one token, an address of its own behind the proxy."""

    networks = 0

    def __init__(self, cli, venue):
        self.cli, self.venue = cli, venue
        self.token, self.csrf, self.cookie = None, None, None
        Page.networks += 1
        self.network = f"198.51.100.{Page.networks}"

    def raw(self, name, body, headers=None, method="POST"):
        """(status, headers, bytes)."""
        connection = self.venue.connect()
        try:
            known = {"Host": self.venue.host, "Origin": "http://" + self.venue.host,
                     "Content-Type": "application/json", "X-Forwarded-For": self.network}
            if self.token is not None:
                known["Cookie"] = f"theme=dark; {COOKIE}={self.token}"
            if self.csrf is not None:
                known["X-CSRF-Token"] = self.csrf
            known.update(headers or {})
            known = {name: value for name, value in known.items() if value is not None}
            connection.request(method, "/page/v1/" + name, body=body, headers=known)
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def ask(self, name, headers=None, **fields):
        """(status, answer); takes the cookie and the token as a browser and a page do."""
        status, head, body = self.raw(name, json.dumps(fields), headers)
        self.cookie = head["Set-Cookie"]
        if self.cookie is not None:
            form = rf"{COOKIE}=([0-9a-f]{{64}})?; Path=/; Secure; HttpOnly; SameSite=Strict(; Max-Age=0)?"
            match = re.fullmatch(form, self.cookie)
            self.cli.check(match is not None and (match[1] is None) == (match[2] is not None), self.cookie)
            self.token = match[1]
        self.cli.equal((head["Cache-Control"], head["X-Content-Type-Options"]), ("no-store", "nosniff"), name)
        answer = json.loads(body)
        self.csrf = answer.get("csrf", self.csrf)
        return status, answer

    def good(self, name, **fields):
        status, answer = self.ask(name, **fields)
        self.cli.equal(status, 200, f"{name}: {answer}")
        return answer

    def bad(self, wanted, error, name, headers=None, **fields):
        status, answer = self.ask(name, headers, **fields)
        self.cli.equal((status, answer.get("error")), (wanted, error), name)
        return answer


class Mails:
    def __init__(self, folder):
        self.folder = os.path.join(folder, "door", "mail")

    def take(self):
        """All of them; they are removed, as the command that sends them does."""
        texts = []
        for name in sorted(os.listdir(self.folder)):
            path = os.path.join(self.folder, name)
            with open(path, encoding="utf-8") as file:
                texts.append(file.read())
            os.remove(path)
        return texts

    def code(self):
        text, = self.take()
        return re.search(r"^ *([A-Z2-7]{4}-[A-Z2-7]{4})$", text, re.M)[1]


def totp(uri, steps=0):
    query = urllib.parse.parse_qs(urllib.parse.urlparse(uri).query)
    secret = base64.b32decode(query["secret"][0] + "=" * (-len(query["secret"][0]) % 8))
    mac = hmac.new(secret, struct.pack(">Q", int(time.time()) // 30 + steps), hashlib.sha1).digest()
    number = struct.unpack(">I", mac[mac[-1] & 15:][:4])[0] & 0x7fffffff
    return f"{number % 1000000:06}"


def hashes(cli, folder):
    _, text, _ = cli.run("door", "status", "--data", folder)
    return int(re.search(r"^ *hashes +(\d+)$", text, re.M)[1])


def signed_up(cli, venue, mails, address):
    page = Page(cli, venue)
    ticket = page.good("sign-up", address=address, password=PASSWORD, language="en")["ticket"]
    page.bad(403, "wrong", "sign-up/confirm", ticket=ticket, code="AAAA-AAAA")
    cli.equal(page.good("sign-up/confirm", ticket=ticket, code=mails.code()), {}, "confirmed")
    page.good("sign-in", address=address, password=PASSWORD)
    return page


def a_customer_signs_up_and_in(cli, venue, mails):
    page = signed_up(cli, venue, mails, ADA)
    state = page.good("session")
    cli.equal((state["level"], state["fresh"], state["recoveryCodes"], state["secondFactor"]),
              ("full", True, 0, False), "a session")
    sessions = page.good("sessions")["sessions"]
    cli.equal([session["own"] for session in sessions], [True], "one session")
    cli.equal(page.good("sign-out"), {}, "signed out")
    cli.equal(page.token, None, "the cookie is gone")
    page.bad(401, "no-session", "session")


def fixation(cli, venue, folder):
    """What an attacker has put into a browser before a sign-in, or knows from an earlier step, is worth
    nothing behind it."""
    page = Page(cli, venue)
    planted = "ab" * 32
    page.token = planted
    page.good("sign-in", address=ADA, password=PASSWORD)
    cli.check(page.token not in (None, planted), "a token of the venue's own")
    earlier = Page(cli, venue)
    for token in (planted, page.token[:-1] + ("0" if page.token[-1] != "0" else "1"), "", "zz" * 32):
        earlier.token = token
        earlier.bad(401, "no-session", "session")
        earlier.token = None
    uri = page.good("totp")["uri"]
    before, csrf = page.token, page.csrf
    codes = page.good("totp/confirm", code=totp(uri))["codes"]
    cli.equal((len(codes), len(set(codes))), (10, 10), "recovery codes")
    cli.check(page.token != before and page.csrf != csrf, "a new token at the enrolment")
    earlier.token, earlier.csrf = before, csrf
    earlier.bad(401, "no-session", "session")
    # The second factor makes the session another one.
    page = Page(cli, venue)
    cli.equal(page.good("sign-in", address=ADA, password=PASSWORD)["level"], "half", "half a session")
    half, csrf = page.token, page.csrf
    page.bad(403, "second-wanted", "sessions")
    cli.equal(page.good("second", code=codes[0])["level"], "full", "a whole one")
    cli.check(page.token != half, "a new token at the second factor")
    earlier.token, earlier.csrf = half, csrf
    earlier.bad(401, "no-session", "session")
    # Two cookies of the name: nobody knows which is the venue's.
    token = page.token
    page.token = None
    page.bad(401, "no-session", "session", headers={"Cookie": f"{COOKIE}={token}; {COOKIE}={planted}"})
    page.token = token
    state = page.good("session")
    cli.equal((state["recoveryCodes"], state["secondFactor"]), (9, True), "the session goes on")
    with open(os.path.join(folder, "door", "door.db"), "rb") as file:
        stored = file.read()
    cli.check(bytes.fromhex(token) not in stored and token.encode() not in stored, "no token is stored")
    return page, codes, uri


def csrf(cli, venue, page):
    """Another site's page has the browser's cookie at most, and that only where SameSite fails."""
    host = venue.host
    for origin in ("http://evil.example", "null", None, f"http://{host}.evil.example", f"http://{host}/",
                   "http://" + host.rsplit(":", 1)[0], f"ftp://{host}", f"http://evil@{host}"):
        page.bad(403, "origin", "sign-out", headers={"Origin": origin})
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None):
        page.bad(415, "type", "sign-out", headers={"Content-Type": kind})
    for token in (None, "", "00" * 32, page.csrf[:-2], page.csrf + "00", page.csrf.upper() + "x"):
        page.bad(401, "no-session", "sign-out", headers={"X-CSRF-Token": token})
        cli.equal(page.cookie, None, "a late answer takes no newer cookie away")
    for method in ("GET", "PUT", "DELETE"):
        status, head, _ = page.raw("sign-out", "{}", method=method)
        cli.equal((status, head["Allow"]), (405, "POST"), method)
    status, head, _ = page.raw("session", "{}")
    cli.equal((status, head["Access-Control-Allow-Origin"]), (200, None), "nothing for other origins")
    # A token of another session's page is none of this one's.
    stranger = Page(cli, venue)
    stranger.good("sign-in", address=BOB, password=PASSWORD)
    page.bad(401, "no-session", "sign-out", headers={"X-CSRF-Token": stranger.csrf})
    page.good("session")


def exact_bodies(cli, venue):
    page = Page(cli, venue)
    good = {"address": ADA, "password": PASSWORD}
    for body in (b"", b"[]", b"{", b'{"address":"a@b"}', json.dumps({**good, "extra": "x"}).encode(),
                 json.dumps({**good, "password": 5}).encode(), json.dumps({**good, "password": ""}).encode(),
                 json.dumps({**good, "address": "a" * 255}).encode(), json.dumps(good).encode() + b"x",
                 json.dumps({**good, "password": "p" * 256}).encode(),
                 b'{"address":"a@b","address":"a@b","password":"x"}', b'{"address":"a@b","password":"\xff"}'):
        status, _, text = page.raw("sign-in", body)
        cli.equal((status, json.loads(text)["error"]), (400, "body"), repr(body[:40]))
    status, _, text = page.raw("sign-in", b" " * 2049)
    cli.equal((status, json.loads(text)["error"]), (413, "size"), "a body too long")
    for name in ("", "sign", "sign-in/", "sign-in/x", "..", "sign-up/confirm/", "Sign-In"):
        cli.equal(page.raw(name, b"{}")[0], 404, f"no path {name!r}")
    page.bad(400, "password-short", "sign-up", address="x@example.org", password="short", language="en")
    page.bad(400, "password-common", "sign-up", address="x@example.org", password="Password12345", language="en")
    page.bad(400, "address", "sign-up", address="-oX@example.org", password=PASSWORD, language="en")
    page.bad(400, "body", "sign-up", address="x@example.org", password=PASSWORD, language="de")


def sayings(cli, venue, folder, mails, addresses, name, **fields):
    """What is said to each address, by whoever comes first, with secrets and times masked; how often a
    password was hashed; how many mails there were."""
    seen = []
    for address in addresses:
        before = hashes(cli, folder)
        status, head, body = Page(cli, venue).raw(name, json.dumps({"address": address, **fields}))
        heads = sorted((key.lower(), value) for key, value in head.items() if key.lower() != "date")
        seen.append((status, heads, HEX.sub(b"*", body), len(body), hashes(cli, folder) - before,
                     len(mails.take())))
    return seen


def enumeration(cli, venue, folder, mails):
    """Sign-in, reset and sign-up say the same, byte for byte, and do the same work, for an address with
    and without a login."""
    for name, work, fields in (("sign-in", (1, 0), {"password": OTHER}),
                               ("reset", (0, 1), {"language": "en"}),
                               ("sign-up", (1, 1), {"password": OTHER, "language": "en"})):
        known, unknown = sayings(cli, venue, folder, mails, (BOB, "bea.invented@example.org"), name, **fields)
        cli.equal(known, unknown, f"{name} says the same")
        cli.equal(known[-2:], work, f"{name}: passwords hashed, and mails")
    page = Page(cli, venue)
    for address in (ADA, "cal.invented@example.org"):
        ticket = page.good("reset", address=address, language="en")["ticket"]
        page.bad(403, "wrong", "reset/set", ticket=ticket, address=address, password=OTHER, code="AAAA-AAAA")
    mails.take()


def brute_force_on_totp(cli, venue, uri, codes):
    """Five wrong ones close the second factor; then the right one is wrong too, recovery codes are, a new
    sign-in does not open it, nor another network."""
    wrong = f"{(int(totp(uri)) + 500000) % 1000000:06}"
    page = Page(cli, venue)
    page.good("sign-in", address=ADA, password=PASSWORD)
    for _ in range(5):
        page.bad(403, "wrong", "second", code=wrong)
    page.bad(403, "wrong", "second", code=totp(uri, 1))
    page.bad(403, "wrong", "second", code=codes[1])
    other = Page(cli, venue)
    other.good("sign-in", address=ADA, password=PASSWORD)
    other.bad(403, "wrong", "second", code=totp(uri, 1))
    other.bad(403, "second-wanted", "sessions")


def brute_force_on_passwords(cli, venue):
    """Behind five wrong ones an address needs a pause, from whatever network; the pause doubles, so a slow
    machine comes to it as well."""
    said = []
    while len(said) < 16 and (not said or said[-1][0] != 429):
        said.append(Page(cli, venue).ask("sign-in", address="cy.invented@example.org", password=OTHER))
    cli.equal({status for status, _ in said[:-1]}, {403}, "wrong ones")
    cli.check(len(said) > 5 and said[-1][0] == 429 and said[-1][1]["wait"] > 0, f"a pause: {said[-1]}")


def a_reset_ends_sessions_and_holds_withdrawals(cli, venue, mails):
    page = Page(cli, venue)
    page.good("sign-in", address=EVE, password=PASSWORD)
    thief = Page(cli, venue)
    thief.good("sign-in", address=EVE, password=PASSWORD)
    ticket = thief.good("reset", address=EVE, language="fr")["ticket"]
    answer = thief.good("reset/set", ticket=ticket, address=EVE, password=OTHER, code=mails.code())
    hours = (answer["withdrawalsHeldUntil"] / 1000 - time.time()) / 3600
    cli.check(47.9 < hours <= 48, f"withdrawals are held: {hours} h")
    page.bad(401, "no-session", "session")
    thief.bad(401, "no-session", "session")
    page.bad(403, "wrong", "sign-in", address=EVE, password=PASSWORD)
    page.good("sign-in", address=EVE, password=OTHER)
    other = Page(cli, venue)
    other.good("sign-in", address=EVE, password=OTHER)
    cli.equal(page.good("sessions/end", session="others"), {"ended": 1}, "the other one ends")
    other.bad(401, "no-session", "session")
    page.good("again", password=OTHER)
    cli.equal(page.good("password", address=EVE, password=PASSWORD), {}, "a new password")
    page.bad(401, "no-session", "session")


def the_door_is_away(cli, venue, folder):
    before = venue.pid("door")
    os.kill(before, 9)
    page = Page(cli, venue)
    page.bad(403, "wrong", "sign-in", address="di.invented@example.org", password=OTHER)
    cli.check(s.eventually(lambda: venue.pid("door") not in (0, before)), "the new one has answered")


def without_a_door(cli, folder):
    with s.Venue(cli, folder) as venue:
        venue.ready()
        cli.equal(Page(cli, venue).raw("sign-in", b"{}")[0], 404, "no such path")
        cli.equal(venue.stop(), 0, "an orderly end")


def test(cli):
    folder = cli.path("venue")
    config = cli.write("cambist.yaml", "gateway:\n  proxies: 127.0.0.1\ndoor:\n  on: true\n  mails: 100\n")
    mails = Mails(folder)
    with s.Venue(cli, folder, "--new", "--config", config) as venue:
        venue.ready()
        a_customer_signs_up_and_in(cli, venue, mails)
        signed_up(cli, venue, mails, BOB)
        page, codes, uri = fixation(cli, venue, folder)
        csrf(cli, venue, page)
        exact_bodies(cli, venue)
        enumeration(cli, venue, folder, mails)
        brute_force_on_totp(cli, venue, uri, codes)
        brute_force_on_passwords(cli, venue)
        signed_up(cli, venue, mails, EVE)
        a_reset_ends_sessions_and_holds_withdrawals(cli, venue, mails)
        the_door_is_away(cli, venue, folder)
        cli.equal(venue.stop(), 0, "an orderly end")
    with open(cli.path("serve.log"), "rb") as file:
        log = file.read()
    for secret in (ADA, BOB, EVE, PASSWORD, OTHER, codes[0]):
        cli.check(secret.encode() not in log, "no line of the log has what customers send")
    without_a_door(cli, folder)


if __name__ == "__main__":
    p.main(test)
