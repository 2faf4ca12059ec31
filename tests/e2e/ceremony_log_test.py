#!/usr/bin/env -S python3 -B
"""Transcripts of key ceremonies at a real venue: their lines in its public log, the texts under /log/,
and the monitor that reads both from outside. What is no ceremony, or no line names, does not get there;
what is altered afterwards is named. usage: ceremony_log_test.py BINARY"""

import hashlib
import os

import ceremony_test as c
import program as p
import publog_test as l
import serve_test as s

INPUT, ROT, REFUSED = 4, 19, 27
GROUPS = (("A", ["anna", "bela", "carl"]), ("B", ["dora", "emil", "fay"]))


def sha(path):
    return hashlib.sha256(c.read(path)).hexdigest()


def ceremonies(officers):
    made = []
    for group, names in GROUPS:
        members = [officers.join(name) for name in names]
        roster = officers.step(f"{group}.roster", "roster", "--venue", l.ORIGIN, "--group", group, *members)
        made.append(officers.hold(group, roster, names, names))
    before = ["--before", made[0]]
    members = [officers.cli.path("anna.member"), officers.cli.path("carl.member"), officers.join("gil")]
    roster = officers.step("A1.roster", "roster", *before, *members)
    made.append(officers.hold("A1", roster, ["anna", "carl"], ["anna", "carl", "gil"], *before))
    return made


def line(cli, log, folder, digest, epoch=1):
    before = log.size()
    code, _, error = cli.run("admin", "log", "entry", "approval", "list=ceremony", f"count={epoch}",
                             f"digest={digest}", "--data", folder, "--actor", "41", "--reason", "7")
    cli.check(code == 0, f"a line: {code}, {error}")
    cli.check(s.eventually(lambda: log.size() > before), "it is shown")


def good(cli, log, *wanted):
    for place in (log.url, os.path.join(log.venue.folder, "log", "public")):
        code, output, error = cli.run("log", "check", "--policy", log.policy, place)
        cli.check(code == 0, f"{place}: {code}, {error}")
        for text in wanted:
            cli.check(text in output, f"{text!r} in {output}")
    return output


def flawed(cli, log, digest, why):
    for place in (log.url, os.path.join(log.venue.folder, "log", "public")):
        cli.refuses(["log", "check", "--policy", log.policy, place], ROT,
                    f"cambist log: text/{digest}: {why} (ceremony)")


def publish(cli, folder, path, *before):
    return cli.run("ceremony", "publish", path, "--data", folder, *before)


def is_refused(cli, folder, path, code, why, *before):
    found, output, error = publish(cli, folder, path, *before)
    cli.check((found, output) == (code, "") and why in error, f"{path}: {found}, {output}, {error}")
    texts = os.path.join(folder, "log", "public", "text")
    return sorted(os.listdir(texts)) if os.path.isdir(texts) else []


def is_published(cli, log, folder, path, *before):
    for _ in range(2):  # again: as it was
        cli.equal(publish(cli, folder, path, *before), (0, f"/log/text/{sha(path)}\n", ""), "publish")
    status, head, text = log.get(f"text/{sha(path)}")
    cli.check((status, text) == (200, c.read(path)) and "immutable" in head["Cache-Control"], "it is served")


def secrets_stay(cli, folder, officers, made):
    """Whatever an officer may take for the transcript by mistake."""
    text = c.read(made[0])
    worse = cli.write("worse", text + b"key " + b"5a" * 32 + b"\n")
    gathered = cli.path("A.gathered")
    for path in (cli.path("anna.key"), cli.path("anna.pass"), cli.path("A.anna.deal"), worse):
        cli.equal(is_refused(cli, folder, path, INPUT, path), [], "nothing is there")
    cli.equal(is_refused(cli, folder, gathered, INPUT, "not closed"), [], "nothing is there")
    cli.equal(is_refused(cli, folder, made[0], REFUSED, f"approval ceremony 1 sha256 {sha(made[0])}"), [],
              "no line names it")
    cli.equal(is_refused(cli, folder, made[2], 2, "wants --before"), [], "a resharing alone")


def is_altered(cli, log, made):
    """By whoever may write to the folder that is served."""
    path = os.path.join(log.venue.folder, "log", "public", "text", sha(made[1]))
    text = c.read(path)
    at = text.index(b"proof ") + 6
    altered = text[:at] + (b"1" if text[at:at + 1] == b"0" else b"0") + text[at + 1:]
    for bytes_of in (altered, c.read(made[0]), b"", text[:-1]):
        with open(path, "wb") as file:
            file.write(bytes_of)
        flawed(cli, log, sha(made[1]), "the file does not hash to what was logged")
    with open(path, "wb") as file:
        file.write(b"x" * (1 << 20))
    flawed(cli, log, sha(made[1]), "it is longer than a transcript can be")
    os.remove(path)
    good(cli, log, f"{sha(made[1])}, named")
    cli.equal(publish(cli, log.venue.folder, made[1])[0], 0, "it is put back")


def lies(cli, log, folder, made):
    """A venue that logs the hash of what is no ceremony, and serves that. Its log stays condemned."""
    parts = c.read(made[0]).split(b"\n")
    at = next(number for number, part in enumerate(parts) if part.startswith(b"proof "))
    parts[at] = parts[[number for number, part in enumerate(parts) if part.startswith(b"proof ")][1]]
    text = b"\n".join(parts)
    digest = hashlib.sha256(text).hexdigest()
    path = cli.write("lie.transcript", text)
    line(cli, log, folder, digest)
    is_refused(cli, folder, path, INPUT, "deal of")
    good(cli, log, f"{digest}, named")
    with open(os.path.join(folder, "log", "public", "text", digest), "wb") as file:
        file.write(text)
    code, _, error = cli.run("log", "check", "--policy", log.policy, log.url)
    cli.check(code == ROT and f"text/{digest}: deal of" in error and "(ceremony)" in error,
              f"a proof of possession that is not one: {code}, {error}")


def test(cli):
    folder = cli.path("venue")
    officers = c.Officers(cli)
    made = ceremonies(officers)
    config = cli.write("cambist.yaml", f"publog:\n  on: true\n  origin: {l.ORIGIN}\n")
    policy = os.path.join(folder, "log", "policy.txt")
    with s.Venue(cli, folder, "--new", "--config", config) as venue:
        venue.ready()
        log = l.Log(cli, venue, policy)
        line(cli, log, folder, "5e" * 32, epoch=9)
        secrets_stay(cli, folder, officers, made)
        for path in made:
            line(cli, log, folder, sha(path))
        good(cli, log, *(f"{sha(path)}, named" for path in made))
        is_refused(cli, folder, made[2], INPUT, "follow", "--before", made[1])
        is_published(cli, log, folder, made[0])
        is_published(cli, log, folder, made[2], "--before", made[0])
        is_published(cli, log, folder, made[1])
        code, checked, error = cli.run("ceremony", "check", cli.write("chain", c.read(made[0]) + c.read(made[2])),
                                       made[1])
        cli.equal((code, error), (0, ""), "both groups")
        good(cli, log, "group A of demo.invalid, epoch 1, generation 0: 2 of 3",
             "group A of demo.invalid, epoch 1, generation 1: 2 of 3",
             "group B of demo.invalid, epoch 1, generation 0: 2 of 3",
             checked.split()[-1] + ", epoch 1", f"{'5e' * 32}, named")
        json = cli.json("log", "check", "--policy", policy, log.url, "--json")
        cli.equal((json["ceremonies"], json["ceremonies_awaited"]), (3, 1), "for machines")
        for path in (f"text/{sha(made[0])}.new", "text/", "text/..%2f..%2fkey", f"text/{'00' * 32}",
                     f"text/{sha(made[0]).upper()}", "text/../../key"):
            cli.equal(log.get(path)[0], 404, f"no file {path!r}")
        is_altered(cli, log, made)
        lies(cli, log, folder, made)
        cli.equal(venue.stop(), 0, "an orderly end")


if __name__ == "__main__":
    p.main(test)
