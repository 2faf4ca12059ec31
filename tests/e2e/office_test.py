#!/usr/bin/env -S python3 -B
"""The officers' console at a real venue: the process `office` is there where office.on says so, officers
sign in with their key files and with security keys, see the desk's queue and cases, draft acts, sign them
on their own machine and bring them; whoever is not signed in, comes from elsewhere or repeats what was
said learns and does nothing. usage: office_test.py BINARY"""

import os
import signal

import desk_test as d
import office as o
import program as p
import serve_test as s

CONFIG = "desk:\n  on: true\noffice:\n  on: true\n  listen: 127.0.0.1:0\n"


def without_a_session(cli, origin):
    console = o.Console(cli, origin)
    for path in ("session", "queue", "case?case=" + "0" * 32, "mine", "credentials", "restrictions",
                 "restriction?case=1-0", "reports", "whitelisted", "authority?name=xa-court"):
        cli.equal(console.get(path)[0], 401, path)
    for path in ("sign-out", "credentials", "credentials/begin", "credentials/remove", "draft", "put", "letter"):
        cli.equal(console.post(path, {})[0], 401, path)
    cli.equal(console.get("nothing")[0], 404, "nothing is there")
    cli.equal(console.ask("GET", "/api/v3/time")[0], 404, "nor what customers ask")
    status, text = console.ask("GET", "/", Origin=None)
    cli.check(status == 200 and b"<title>" in text, "the page")
    cli.equal(console.ask("GET", "/case/" + "0" * 32, Origin=None)[1], text, "of every path of its own")
    cli.check("trusted-types 'none'" in console.head["Content-Security-Policy"], "it may make no HTML of text")


def is_from_elsewhere(cli, origin):
    console = o.Console(cli, origin)
    for headers in ({"Origin": "http://localhost"}, {"Origin": "http://evil.invalid"}, {"Origin": None},
                    {"Sec_Fetch_Site": "cross-site"}, {"Host": "evil.invalid"}):
        cli.equal(console.post("sign-in/begin", {"officer": "anna"}, **headers)[0], 403, f"{headers}")
    cli.equal(console.get("session", Origin="http://evil.invalid")[0], 403, "to look")
    cli.equal(console.post("sign-in/begin", '{"officer":"anna","officer":"bela"}')[0], 400, "a name twice")
    cli.equal(console.post("sign-in/begin", {"officer": "anna"}, Content_Type="text/plain")[0], 415, "a form's type")


def signs_in_by_key(cli, origin, keys):
    """Whoever does not exist is told the same; a token is made anew each time."""
    console = o.Console(cli, origin)
    known, unknown = console.begin("anna"), console.begin("nobody")
    cli.equal(set(known), set(unknown), "the same shape for an officer who does not exist")
    cli.equal((len(known["credentials"]), len(unknown["credentials"])), (8, 8), "and as many ids")
    cli.equal(console.begin("nobody")["credentials"], unknown["credentials"], "the same each time")
    cli.check(known["text"].startswith(f"cambist office sign-in v1\nvenue: demo.invalid\norigin: {origin}\n"
                                       "officer: anna\nchallenge: "), "the text that is signed")
    body = {"officer": "anna", "challenge": known["challenge"], "signature": o.signed(cli, keys["bela"], known["text"])}
    cli.equal(console.post("sign-in/key", body)[1]["error"], "wrong", "another's key")
    nobody = {**body, "officer": "nobody", "challenge": unknown["challenge"]}
    cli.equal(console.post("sign-in/key", nobody)[1], console.post("sign-in/key", body)[1], "the same answer")
    fixed = "__Host-office=" + "ab" * 32
    console.cookie = fixed
    cli.equal(console.sign_in("anna", keys["anna"])[0], 200, "anna")
    cli.check(console.cookie != fixed, "session fixation: a token of the browser's is never taken over")
    cookie = console.head["Set-Cookie"]
    cli.check(all(word in cookie for word in ("; Path=/", "; Secure", "; HttpOnly", "; SameSite=Strict")), cookie)
    before, old = console.cookie, o.Console(cli, origin)
    good = o.Console(cli, origin)
    begun = good.begin("anna")
    body = {"officer": "anna", "challenge": begun["challenge"], "signature": o.signed(cli, keys["anna"], begun["text"])}
    cli.equal(good.took(*good.post("sign-in/key", body))[0], 200, "once more")
    cli.equal(old.post("sign-in/key", body)[0], 403, "a challenge works once")
    console.sign_in("anna", keys["anna"])
    old.cookie = before
    cli.equal(old.get("session")[0], 401, "the session before ends with the next sign-in")
    return console


def session_holds(cli, console):
    status, session = console.get("session")
    cli.equal((status, session["officer"], session["role"], session["region"], session["by"]),
              (200, "anna", "legal", "fr", "key"), "the session")
    cli.equal((session["venue"], session["quorum"]), ("demo.invalid", {"a": 1, "b": 1}), "the venue")
    for csrf in (None, "00" * 32):
        cli.equal(console.post("put", {"act": "x"}, X_CSRF_Token=csrf)[1]["error"], "csrf", "cross-site request")


def sees_cases(cli, console, case):
    status, queue = console.get("queue?country=FR&state=received")
    cli.equal((status, [row["case"] for row in queue["cases"]]), (200, [case]), "the queue")
    cli.equal(console.get("queue?colour=red&state=red")[0], 400, "what the desk refuses")
    cli.equal(console.get("queue?state=a%20alarm%3Dyes")[0], 400, "a word is a word")
    status, shown = console.get("case?case=" + case)
    cli.equal((status, shown["case"]["case"], shown["acts"][0]["number"]), (200, case, 3), "a case")
    cli.check(shown["acts"][0]["text"].startswith("cambist desk v1\n"), "its acts as they were signed")
    cli.equal(console.get("case?case=" + "f" * 32)[0], 404, "no such case")
    cli.equal(console.get("authority?name=xa-court")[1]["confirmed"], True, "an authority")


def drafts_and_brings(cli, desk, console, case):
    """Drafted here, signed on the officer's machine, brought here."""
    fields = {"evidence": "ab" * 32, "reason": "TooWide"}
    status, answer = console.post("draft", {"act": "reject", "case": case, "name": "", "fields": fields})
    cli.equal(status, 200, f"a draft: {answer}")
    status, letter = console.post("letter", {"act": answer["text"]})
    cli.check(status == 200 and "reason: TooWide" in letter["letter"], "its letter")
    code, signed, _ = cli.run("officer", "sign", cli.write("draft", answer["text"]), "--sign-key", desk.keys["anna"])
    cli.equal(code, 0, "signed")
    status, answer = console.post("put", {"act": signed})
    cli.equal((status, answer), (200, {"state": "rejected"}), "brought")
    status, answer = console.post("put", {"act": signed})
    cli.equal((status, answer["error"]), (409, "used"), "once more: the rule's name")
    for fields in ({"evidence": "@/etc/passwd"}, {"reason": "TooWide\nact: close"}, {"identifier": "1 name A"}):
        cli.equal(console.post("draft", {"act": "reject", "case": case, "name": "", "fields": fields})[0], 400,
                  f"a draft of {fields}")
    cli.equal(console.post("put", {"act": "nothing"})[0], 400, "what is no act")


def sees_own_actions(cli, console, case):
    status, mine = console.get("mine")
    cli.equal((status, mine["complete"]), (200, True), f"own actions: {mine}")
    whats = [row["what"] for row in mine["actions"]]
    cli.check({"act", "view", "sign-in"} <= set(whats), f"acts, views, sign-ins: {whats}")
    times = [row["time"] for row in mine["actions"]]
    cli.equal(times, sorted(times, reverse=True), "the newest first")
    acts = [row["act"] for row in console.get("mine?text=" + case)[1]["actions"] if row["what"] == "act"]
    cli.equal(acts, ["reject", "assess"], "one's own acts at this case, and nobody else's")
    cli.equal(console.get(f"mine?from={times[0] + 1000}")[1]["actions"], [], "nothing yet of later")
    cli.equal(len(console.get("mine?limit=1")[1]["actions"]), 1, "a beginning")
    cli.equal(console.get("mine?limit=0")[0], 400, "no number")


def has_queue(cli, console):
    cli.equal(console.get("restrictions?limit=5")[1]["cases"], [], "no restriction yet")
    cli.equal(console.get("reports?all=yes")[1]["reports"], [], "no report")
    cli.equal(console.get("whitelisted")[1]["whitelist"], [], "no whitelist")
    cli.equal(console.get("restriction?case=12-0")[0], 404, "no such case")
    cli.equal(console.get("restrictions?kind=odd")[0], 400, "what the queue refuses")


def security_key_wrong(cli, origin, anna):
    """What another site, another challenge, an older counter or nobody's finger has made."""
    browser = o.Console(cli, origin)

    def wrong(why, token=anna, officer="anna", **changes):
        status, answer, _ = browser.sign_in_with(officer, token, **changes)
        cli.equal((status, answer.get("error")), (403, "wrong"), why)

    def right():
        anna.counter += 1
        cli.equal(browser.sign_in_with("anna", anna)[0], 200, "a right one in between")

    right()
    anna.counter += 1
    status, _, body = browser.sign_in_with("anna", anna)
    cli.equal(status, 200, "signed in")
    cli.equal(browser.post("sign-in/webauthn", body)[1]["error"], "wrong", "a replayed assertion")
    wrong("the same counter once more")
    anna.counter -= 1
    wrong("a counter that goes back")
    anna.counter += 1
    right()
    anna.counter += 1
    challenge = o.from_base64url(browser.begin("anna")["challenge"])
    wrong("another challenge's", **anna.get(origin, challenge))
    begun = browser.begin("anna")
    anna.rp = "evil.invalid"
    brought = anna.get("http://evil.invalid", o.from_base64url(begun["challenge"]))
    anna.rp = "localhost"
    status, answer = browser.post("sign-in/webauthn", {"officer": "anna", "challenge": begun["challenge"], **brought})
    cli.equal((status, answer["error"]), (403, "wrong"), "another origin's assertion")
    right()
    anna.counter += 1
    anna.flags = 0x01
    wrong("nobody was verified")
    anna.flags = 0x05
    begun = browser.begin("anna")
    brought = anna.get(origin, o.from_base64url(begun["challenge"]), kind="webauthn.create")
    status, answer = browser.post("sign-in/webauthn", {"officer": "anna", "challenge": begun["challenge"], **brought})
    cli.equal((status, answer["error"]), (403, "wrong"), "made for something else")
    wrong("for another officer", officer="bela")
    wrong("for nobody", officer="nobody")
    anna.counter += 1
    status, session, _ = browser.sign_in_with("anna", anna)
    cli.equal((status, session["by"]), (200, "webauthn"), "and the right one")
    return browser


def security_keys(cli, origin, keys, console):
    anna, second = o.SecurityKey(cli, "token"), o.SecurityKey(cli, "second", kind="EdDSA")
    status, answer = console.bind("anna", keys["anna"], anna, "blue <b>key</b>")
    cli.equal((status, answer), (200, {"id": o.base64url(anna.id)}), "a security key is bound")
    cli.equal(console.bind("anna", keys["anna"], anna, "again")[1]["error"], "exists", "once")
    cli.equal(console.bind("anna", keys["bela"], second, "x")[1]["error"], "wrong", "not by another's key")
    second.flags = 0x01
    cli.equal(console.bind("anna", keys["anna"], second, "x")[1]["error"], "wrong", "nobody was verified")
    second.flags, second.rp = 0x05, "evil.invalid"
    cli.equal(console.bind("anna", keys["anna"], second, "x")[1]["error"], "wrong", "another site's")
    second.rp = "localhost"
    cli.equal(console.bind("anna", keys["anna"], second, "the other")[0], 200, "EdDSA too")
    listed = console.get("credentials")[1]["credentials"]
    cli.equal([row["name"] for row in listed], ["blue <b>key</b>", "the other"], "both, their names as they are")
    cli.check(o.base64url(anna.id) in console.begin("anna")["credentials"], "it is asked for")
    begun = console.post("credentials/begin", {})[1]
    cli.equal((begun["rp"], len(begun["exclude"])), ("localhost", 2), "and not to be bound again")
    browser = security_key_wrong(cli, origin, anna)
    second.counter = 0
    cli.equal(o.Console(cli, origin).sign_in_with("anna", second)[0], 200, "a key without a counter")
    cli.equal(browser.post("credentials/remove", {"id": o.base64url(second.id)})[0], 200, "it is taken away")
    cli.equal(browser.post("credentials/remove", {"id": o.base64url(second.id)})[0], 404, "once")
    cli.equal(o.Console(cli, origin).sign_in_with("anna", second)[0], 403, "and signs nobody in")
    status, _ = browser.post("sign-out", {})
    cli.check(status == 200 and "Max-Age=0" in browser.head["Set-Cookie"], "signed out")
    cli.equal(browser.get("session")[0], 401, "the session is over")
    return anna


def force_is_paused(cli, origin, keys):
    """Five wrong ones of a code, that an officer has or nobody, then a pause."""
    for officer in ("otto", "ghost"):
        console = o.Console(cli, origin)
        begun = console.begin(officer)
        body = {"officer": officer, "challenge": begun["challenge"], "signature": "A" * 86 + "=="}
        found = [console.post("sign-in/key", body)[0] for _ in range(6)]
        cli.equal(found, [403] * 5 + [429], f"{officer} is guessed at")
        cli.check(int(console.head["Retry-After"]) >= 1, "how long the pause is")
    console = o.Console(cli, origin)
    cli.check(s.eventually(lambda: console.sign_in("otto", keys["otto"])[0] == 200), "and is over")
    cli.equal(console.get("session")[1]["role"], "ombud", "who may look too")


def comes_back(cli, venue, origin, keys, console, token):
    """Killed: sessions end, security keys and rows stay."""
    before = venue.pid("office")
    os.kill(before, signal.SIGKILL)
    cli.check(s.eventually(lambda: venue.pid("office") not in (0, before)), "it is back")
    browser = o.Console(cli, origin)
    token.counter += 1
    cli.check(s.eventually(lambda: browser.sign_in_with("anna", token)[0] == 200), "security keys stay")
    cli.equal(console.get("session")[0], 401, "sessions do not")
    whats = [row["act"] for row in browser.get("mine")[1]["actions"]]
    cli.check({"key-added", "key-removed", "key", "webauthn", "reject"} <= set(whats), f"rows stay: {whats}")
    os.kill(venue.pid("desk"), signal.SIGSTOP)
    status, answer = browser.get("queue")
    cli.equal((status, answer["error"]), (503, "away"), "a desk that hangs holds nobody up for long")
    os.kill(venue.pid("desk"), signal.SIGCONT)
    cli.check(s.eventually(lambda: browser.get("queue")[0] == 200), "and is asked again")


def is_alone(cli, venue):
    opened = set()
    for number in os.listdir(f"/proc/{venue.pid('office')}/fd"):
        try:
            opened.add(os.readlink(f"/proc/{venue.pid('office')}/fd/{number}"))
        except FileNotFoundError:
            pass
    paths = {path for path in opened if path.startswith("/") and not path.startswith(("/dev/", "/memfd:"))}
    wanted = (os.path.join(venue.folder, "office"), cli.path("serve.log"))
    cli.equal({path for path in paths if not path.startswith(wanted)}, set(), "what the console has open")
    mode = os.stat(os.path.join(venue.folder, "office/office.db")).st_mode & 0o777
    cli.equal(mode, 0o600, "for the owner alone")


def test(cli):
    folder = cli.path("venue")
    config = cli.write("cambist.yaml", CONFIG)
    keys = d.make_people(cli, folder)
    desk = d.Desk(cli, folder, keys)
    with s.Venue(cli, folder, "--new", "--config", config) as venue:
        venue.ready()
        origin = o.origin_of(cli)
        d.register(desk)
        case = d.received(cli, desk, 1)
        without_a_session(cli, origin)
        is_from_elsewhere(cli, origin)
        console = signs_in_by_key(cli, origin, keys)
        session_holds(cli, console)
        sees_cases(cli, console, case)
        desk.ok("received", "cleo", "call-back", case, "authority=xa-court", "telephone=+00 1 23")
        desk.ok("authenticated", "cleo", "authenticate", case)
        desk.ok("assessed", "anna", "assess", case, "record=1 bank none")
        drafts_and_brings(cli, desk, console, case)
        sees_own_actions(cli, console, case)
        has_queue(cli, console)
        token = security_keys(cli, origin, keys, console)
        force_is_paused(cli, origin, keys)
        is_alone(cli, venue)
        comes_back(cli, venue, origin, keys, console, token)
        cli.equal(venue.stop(), 0, "an orderly end")


if __name__ == "__main__":
    p.main(test)
