#!/usr/bin/env -S python3 -B
"""Page keys and API keys of customers who are signed in, at a real venue: a key that the page has made
places an order, withdraws and subscribes, and ends with its session, with a new password, by the
operator's word, with the process that keeps it; another session cannot renew it. API keys are made,
listed, used and revoked in a session, each account its own. usage: page_key_test.py BINARY"""

import base64
import json
import os
import re
import subprocess
import time
import urllib.parse

import admin_test as a
import door_http_test as d
import officers as o
import program as p
import serve_test as s
import streams_test as st

ADA, BOB, CYD = (name + ".invented@example.org" for name in ("ada", "bob", "cyd"))
NETWORK = "127.0.0.0/8"
KEYS_MAX = 30  # of an account


class Key:
    """A pair as a page makes one; `name` once the venue has given it one."""

    made = 0

    def __init__(self, cli):
        Key.made += 1
        self.path, self.message = cli.path(f"page-{Key.made}.pem"), cli.path("message")
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", self.path], check=True)
        self.public = subprocess.run(["openssl", "pkey", "-in", self.path, "-pubout", "-outform", "DER"],
                                     check=True, capture_output=True).stdout[-32:]
        self.name = None

    def text(self):
        return base64.b64encode(self.public).decode()

    def sign(self, text):
        with open(self.message, "wb") as file:
            file.write(text.encode())
        return base64.b64encode(subprocess.run(
            ["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", self.path, "-in", self.message],
            check=True, capture_output=True).stdout).decode()

    def ask(self, venue, method, path, **parameters):
        """(status, answer) of a request signed with it."""
        query = urllib.parse.urlencode({**parameters, "timestamp": int(time.time() * 1000),
                                        "recvWindow": 60000})
        connection = venue.connect()
        try:
            connection.request(method, f"{path}?{query}&signature=" +
                               urllib.parse.quote(self.sign(query), safe=""),
                               headers={"X-MBX-APIKEY": self.name})
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def code(self, venue):
        """What reading is answered: 200, or the refusal's code."""
        status, answer = self.ask(venue, "GET", "/api/v3/account")
        return status if status == 200 else answer["code"]

    def subscribe(self, cli, venue):
        """A WebSocket that has signed in with it and hears the account."""
        listener = st.WebSocket(venue.host, "/ws-api/v3", False)
        pairs = {"apiKey": self.name, "timestamp": int(time.time() * 1000)}
        text = "&".join(f"{name}={value}" for name, value in sorted(pairs.items()))
        for number, method, more in ((1, "session.logon", {**pairs, "signature": self.sign(text)}),
                                     (2, "userDataStream.subscribe", {})):
            listener.send(st.TEXT, json.dumps({"id": number, "method": method, "params": more}).encode())
            cli.check(s.eventually(lambda: listener.listen(0.05) or listener.answers), method)
            cli.equal(listener.answers.pop(number)["status"], 200, method)
        return listener


def hears_the_end(cli, listener, why):
    cli.check(s.eventually(lambda: listener.listen(0.05) or listener.events), f"{why}: an event")
    cli.equal(listener.events.pop(0)["event"]["e"], "eventStreamTerminated", why)


def signed_in(cli, venue, address):
    page = d.Page(cli, venue)
    page.good("sign-in", address=address, password=d.PASSWORD)
    return page


def page_key(cli, page, key=None):
    """A key of this page's session; its account may not be there at once."""
    key = key or Key(cli)
    answer = s.eventually(lambda: page.ask("page-key", publicKey=key.text())[1].get("apiKey") and
                          page.good("page-key", publicKey=key.text()))
    cli.check(answer is not None and re.fullmatch(r"[A-Za-z0-9]{64}", answer["apiKey"]) is not None,
              f"a page key: {answer}")
    key.name = answer["apiKey"]
    return key, answer


def an_order(cli, venue, officers, page):
    key, answer = page_key(cli, page)
    account = answer["account"]
    cli.equal(answer["withdraw"], True, "who has just signed in may withdraw")
    left = answer["until"] / 1000 - time.time()
    cli.check(590 < left <= 601, f"ten minutes: {left}")
    cli.equal(page_key(cli, page, key)[1]["apiKey"], key.name, "renewed, it has the same name")
    officers.give("account", "restrict", account, "none")
    cli.run("admin", "--data", venue.folder, "deposit", "credit", account, "USDT", "1000")
    status, answer = key.ask(venue, "POST", "/api/v3/order", symbol="BTCUSDT", side="BUY", type="LIMIT",
                             timeInForce="GTC", quantity="0.001", price="27000")
    cli.equal(status, 200, f"an order with a page key: {answer}")
    status, answer = key.ask(venue, "POST", "/sapi/v1/capital/withdraw/apply", coin="USDT", address="0xabc123",
                             amount="10")
    cli.equal(status, 200, f"a withdrawal with a page key, behind a fresh proof: {answer}")
    other = Key(cli)
    other.name = key.name
    cli.equal(other.code(venue), -1022, "another key's signature")
    return key, account


def ends_with_sign_out(cli, venue, page, key):
    listener = key.subscribe(cli, venue)
    cli.equal(page.good("sign-out"), {}, "signed out")
    cli.equal(key.code(venue), -2015, "after sign-out")
    hears_the_end(cli, listener, "its stream ends with it")


def ends_with_its_session(cli, venue):
    page, other = signed_in(cli, venue, ADA), signed_in(cli, venue, ADA)
    key, (own, _) = page_key(cli, page)[0], page_key(cli, other)
    # The same public key, shown by another session, is another key.
    again = Key(cli)
    again.path, again.public = key.path, key.public
    page_key(cli, other, again)
    cli.check(again.name != key.name, "another session renews nothing")
    page.bad(401, "no-session", "page-key", headers={"X-CSRF-Token": other.csrf}, publicKey=key.text())
    cli.equal(other.good("sessions/end", session="others"), {"ended": 1}, "the first one ends")
    cli.equal((key.code(venue), own.code(venue), again.code(venue)), (-2015, 200, 200), "only its key")
    login = str(other.good("session")["login"])
    cli.equal(cli.run("door", "sessions", "end", login, "--data", venue.folder)[0], 0, "the operator's word")
    cli.equal(s.eventually(lambda: own.code(venue) == -2015), True, "and the others")


def ends_with_a_password(cli, venue, mails):
    page = d.signed_up(cli, venue, mails, BOB)
    key = page_key(cli, page)[0]
    listener = key.subscribe(cli, venue)
    ticket = page.good("reset", address=BOB, language="en")["ticket"]
    page.good("reset/set", ticket=ticket, address=BOB, password=d.OTHER, code=mails.code())
    cli.equal(key.code(venue), -2015, "after the reset")
    hears_the_end(cli, listener, "its stream ends with it")


def half_a_session(cli, venue, mails):
    page = d.signed_up(cli, venue, mails, CYD)
    page_key(cli, page)
    codes = page.good("totp/confirm", code=d.totp(page.good("totp")["uri"]))["codes"]
    half = signed_in(cli, venue, CYD)
    half.bad(403, "second-wanted", "page-key", publicKey=Key(cli).text())
    half.bad(403, "second-wanted", "keys")
    half.good("second", code=codes[0])
    page_key(cli, half)
    stranger = d.Page(cli, venue)
    stranger.bad(401, "no-session", "page-key", publicKey=Key(cli).text())
    for fields in ({}, {"publicKey": ""}, {"publicKey": "AA=="}, {"publicKey": Key(cli).text(), "x": "y"}):
        half.bad(400, "body", "page-key", **fields)


def api_keys(cli, venue):
    page = signed_in(cli, venue, ADA)
    cli.equal(page.good("keys"), {"keys": []}, "none yet")
    fields = {"label": "<b>bot</b> \u00e9", "kind": "hmac", "publicKey": "", "rights": "read trade",
              "networks": NETWORK + " ::1"}
    made = page.good("keys/new", **fields)
    account = {"apiKey": made["apiKey"], "secret": made["secret"]}
    cli.equal(s.ask(venue, account, "GET", "/api/v3/account")[0], 200, "the new key reads")
    listed, = page.good("keys")["keys"]
    cli.check(abs(listed.pop("made") / 1000 - time.time()) < 60, "when it was made")
    cli.equal(listed, {"id": made["id"], "label": fields["label"], "kind": "hmac",
                       "rights": ["read", "trade"], "networks": [NETWORK, "::1/128"]}, "what is listed")
    pair = Key(cli)
    answer = page.good("keys/new", label="", kind="ed25519", publicKey=pair.text(), rights="read", networks="")
    cli.equal(answer["secret"], "", "no secret of ours")
    pair.name = answer["apiKey"]
    cli.equal(pair.code(venue), 200, "a key of the customer's own")
    for field, value in (("kind", "dsa"), ("rights", ""), ("rights", "trade"), ("rights", "read read"),
                         ("networks", "10.0.0.1/8"), ("publicKey", pair.text()), ("label", "x" * 33)):
        page.bad(400, "body", "keys/new", **{**fields, field: value})
    stranger = d.Page(cli, venue)
    stranger.good("sign-in", address=BOB, password=d.OTHER)
    stranger.bad(409, "refused", "keys/revoke", id=made["id"])
    cli.equal(stranger.good("keys"), {"keys": []}, "each account its own")
    cli.equal(page.good("keys/revoke", id=made["id"]), {}, "revoked")
    cli.equal(s.ask(venue, account, "GET", "/api/v3/account")[1]["code"], -2015, "a revoked key")
    page.bad(409, "refused", "keys/revoke", id=made["id"])
    page.bad(401, "no-session", "keys/revoke", headers={"X-CSRF-Token": stranger.csrf}, id=answer["id"])
    # As many as there may be, made by the operator, who has no hour to wait for.
    theirs = page_key(cli, stranger)[1]["account"]
    for _ in range(KEYS_MAX):
        a.admin(cli, venue.folder, "key", "create", theirs)
    stranger.bad(409, "limit", "keys/new", **fields)
    # They outlive the session, and the process.
    page.good("sign-out")
    cli.equal(pair.code(venue), 200, "behind the session")
    return pair


def restarts(cli, venue, pair):
    """A gateway that comes back has forgotten page keys; a door that comes back has them asked for anew."""
    page = signed_in(cli, venue, ADA)
    for name in ("door", "edge"):
        key = page_key(cli, page)[0]
        cli.equal(key.code(venue), 200, "a page key")
        before = venue.pid(name)
        os.kill(before, 9)
        cli.check(s.eventually(lambda: venue.pid(name) not in (0, before)), f"{name} is back")
        cli.check(s.eventually(lambda: answers(venue, key) == -2015), f"forgotten with {name}")
        cli.check(s.eventually(lambda: answers(venue, pair) == 200), "an API key is not")
        cli.equal(page_key(cli, page, key)[0].code(venue), 200, "asked for anew")


def answers(venue, key):
    try:
        return key.code(venue)
    except OSError:
        return None


def test(cli):
    folder = cli.path("venue")
    keys_file = cli.path("keys.json")
    config = cli.write("cambist.yaml", "gateway:\n  proxies: 127.0.0.1\ndoor:\n  on: true\n  mails: 100\n")
    mails = d.Mails(folder)
    with s.Venue(cli, folder, "--profile", "test", "--keys-file", keys_file, "--config", config) as venue:
        venue.ready()
        with open(keys_file, encoding="ascii") as file:
            officers = o.Officers(cli, folder, json.load(file))
        page = d.signed_up(cli, venue, mails, ADA)
        key, _ = an_order(cli, venue, officers, page)
        ends_with_sign_out(cli, venue, page, key)
        ends_with_its_session(cli, venue)
        ends_with_a_password(cli, venue, mails)
        half_a_session(cli, venue, mails)
        pair = api_keys(cli, venue)
        restarts(cli, venue, pair)
        cli.equal(venue.stop(), 0, "an orderly end")


if __name__ == "__main__":
    p.main(test)
