#!/usr/bin/env -S python3 -B
"""The officers' console at a real venue: the process `office` is there where office.on says so, officers
sign in with their key files and with security keys, see the desk's queue and cases, draft acts, sign them
on their own machine and bring them; whoever is not signed in, comes from elsewhere or repeats what was
said learns and does nothing. usage: office_test.py BINARY"""

import json
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
    code, signed, _ = cli.run("desk", "sign", cli.write("draft", answer["text"]), "--key", desk.keys["anna"])
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
        cli.equal(venue.stop(), 0, "an orderly end")


if __name__ == "__main__":
    p.main(test)
