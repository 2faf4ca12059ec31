#!/usr/bin/env -S python3 -B
"""Officers at a real venue: what they propose, sign, submit and confirm, what is refused without
them or with bad signatures, that nothing is used twice, after restarts either, and what the
journal says of it. usage: officers_test.py BINARY"""

import hashlib
import json
import os
import re

import admin_test as a
import officers as o
import program as p
import serve_test as s

REFUSED, INPUT, USAGE = 27, 4, 2
MATTER = 99


def is_frozen(venue, account):
    return not s.ask(venue, account, "GET", "/api/v3/account")[1]["canWithdraw"]


def without_signatures(cli, officers, venue, account):
    """By the socket alone one can tighten, and not loosen."""
    number = str(account["id"])
    folder = venue.folder
    code, _, error = officers.admin("account", "restrict", number, "freeze")
    cli.equal((code, error), (0, ""), "a freeze by the socket alone")
    cli.check(is_frozen(venue, account), "the account is frozen")
    for mode in ("none", "review", "withdraw-only"):
        a.refused(cli, folder, REFUSED, "wants the signatures of 2 officers", "account", "restrict",
                  number, mode)
    a.refused(cli, folder, REFUSED, "wants the signatures of 2 officers", "withdraw", "release", "1")
    a.refused(cli, folder, REFUSED, "wants the signatures of 2 officers", "fact", "set", "1",
              "residence", "FR")
    a.refused(cli, folder, REFUSED, "wants the signatures of 1 officers", "person", "add", "1")
    a.refused(cli, folder, INPUT, "OPERATION=hold", "account", "restrict", number, "trade=never")
    code, _, error = officers.admin("account", "restrict", number, "trade=refuse,withdraw=freeze")
    cli.check(code == REFUSED, f"single operations that lower others: {error!r}")
    cli.check(is_frozen(venue, account), "the account is frozen still")


def loosen(cli, officers, venue, account):
    order = officers.propose("account", "restrict", str(account["id"]), "none", "--matter",
                             str(MATTER))
    with open(order, encoding="ascii") as file:
        text = file.read()
    cli.check(f"order: restrict\naccount: {account['id']}\nrestrictions: none\n" in text,
              f"what is proposed can be read: {text!r}")
    anna, bela = officers.sign(order, "anna"), officers.sign(order, "bela")
    cli.equal(officers.submit(order)[0], REFUSED, "an order that nobody signed")
    cli.equal(officers.submit(anna)[0], REFUSED, "an order that one officer signed")
    with open(anna, encoding="ascii") as file:
        signed = file.read()
    forged = cli.write("forged", signed.replace("signature: anna", "signature: bela"))
    code, _, error = officers.submit(anna, forged)
    cli.check(code == REFUSED and "signature 2 is not of this officer" in error,
              f"a signature under another name: {error!r}")
    changed = cli.write("changed", signed.replace("restrictions: none", "restrictions: open=hold"))
    code, _, error = officers.submit(changed, officers.sign(cli.write(
        "unsigned", text.replace("restrictions: none", "restrictions: open=hold")), "bela"))
    cli.check(code == REFUSED and "signature 1 is not of this officer" in error,
              f"an order that was changed after it was signed: {error!r}")
    other = cli.write("other", re.sub("venue: ..", "venue: 00", signed))
    cli.check("another venue" in officers.submit(other)[2], "an order to another venue")
    cli.check(is_frozen(venue, account), "the account is frozen still")
    code, _, error = officers.submit(anna, bela)
    cli.equal((code, error), (0, ""), "the order that both signed")
    cli.check(not is_frozen(venue, account), "the account is free")
    code, _, error = officers.submit(anna, bela)
    cli.check(code == REFUSED and "used before" in error, f"the same again: {error!r}")
    both = cli.write("both", cli.run("approve", "sign", anna, "--officer", "bela", "--key",
                                     officers.keys["bela"])[1])
    cli.equal(both and officers.submit(both)[0], REFUSED, "the same in one file")
    return text


def approve(cli, officers, venue, text):
    order = cli.write("shown", text)
    register = os.path.join(venue.folder, "officers.txt")
    code, output, _ = cli.run("approve", "show", officers.sign(order, "anna"), "--officers",
                              register)
    cli.check(code == 0 and "by anna of compliance" in output, "who signed")
    wrong = cli.write("wrong", text + "signature: anna " + "A" * 86 + "==\n")
    cli.refuses(["approve", "show", wrong, "--officers", register], INPUT,
                "cambist approve: the signature of anna is wrong")
    cli.refuses(["approve", "show", cli.write("broken", text.replace("account: ", "account: 0"))],
                INPUT, f"cambist approve: {cli.path('broken')}:4: account: a whole number is wanted")
    cli.refuses(["approve", "sign", order], USAGE, "cambist approve: sign wants --key and --officer")
    cli.refuses(["approve", "burn"], USAGE, 'cambist approve: "burn" is none of sign, show')
    code, _, error = cli.run("approve", "sign", order, "--officer", "anna", "--key", register)
    cli.check(code == INPUT and "Ed25519" in error, f"no key: {error!r}")
    code, _, error = cli.run("approve", "sign", order, "--officer", "anna", "--key",
                             officers.keys["anna"])
    cli.check(code == 0 and text in error, "the text is shown before it is signed")


def persons(cli, officers, venue, account):
    """Facts and verdicts, by names; what the writer refuses is told as any other refusal."""
    folder = venue.folder
    officers.give("person", "add", "1", signed_by=("anna",))
    officers.give("person", "link", "1", str(account["id"]), f"matter={MATTER}")
    row = officers.give("fact", "set", "1", "residence", "FR", "from=2022-01-01",
                        "verified=document,register", "evidence=88")
    officers.give("fact", "set", "1", "residence", "DE", f"replaces={row}")
    officers.give("listing", "set", "1", "demo-list", "clear")
    officers.give("ownership", "set", "1", "demo-list", "above", "50", "0", "10.5",
                  "control=no")
    code, _, error = officers.submit(officers.sign(officers.sign(officers.propose(
        "row", "end", "1", "4711"), "anna"), "bela"))
    cli.check(code == REFUSED and "UNKNOWN_ROW" in error, f"a row that is none: {error!r}")
    for arguments, code, text in (
            (("fact", "set", "1", "residence", "France"), INPUT,
             'value: "France": a country in two capital letters, none, or others is wanted'),
            (("fact", "set", "1", "home", "FR"), INPUT, 'fact: "home": one of kind, nationality'),
            (("fact", "set", "1", "kind", "natural", "from=yesterday"), INPUT,
             'from: "yesterday": a day, a moment in UTC, or open is wanted'),
            (("fact", "set", "1", "kind", "natural", "colour=red"), USAGE,
             '"colour": fact_set has no such field'),
            (("fact", "set", "1", "kind", "natural", "red"), USAGE, "NAME=VALUE is wanted"),
            (("fact", "set", "1"), USAGE, "fact set PERSON FACT VALUE"),
            (("person", "link", "1", "9999"), INPUT, "no such account"),
            (("order", "submit"), USAGE, "order submit FILE"),
            (("order", "pending", "00"), INPUT, "no such order waits")):
        a.refused(cli, folder, code, text, *arguments)


def waiting(cli, officers):
    """{nonce: line} of the orders that wait for a second officer."""
    code, output, error = officers.admin("order", "pending")
    cli.equal((code, error), (0, ""), "order pending")
    lines = [line.split() for line in output.splitlines()]
    return {line[0]: " ".join(line[1:]) for line in lines if len(line[0]) == 32}


def confirm(cli, officers, venue):
    """A freeze that one officer ordered, and one by the socket alone, are confirmed by another."""
    folder = venue.folder
    listing = officers.propose("listing", "set", "1", "demo-list", "confirmed")
    anna = officers.sign(listing, "anna")
    cli.equal(officers.submit(anna)[0], 0, "a listing that one officer signed")
    before = waiting(cli, officers)
    cli.check(any("listing_set" in line and "by 11" in line for line in before.values()),
              f"it waits: {before}")
    code, _, error = officers.submit(anna)
    cli.check(code == REFUSED and "not two" in error, f"confirmed by the same: {error!r}")
    cli.equal(officers.submit(officers.sign(listing, "bela"))[0], 0, "confirmed by the other")
    cli.equal(officers.submit(officers.sign(listing, "bela"))[0], REFUSED, "confirmed again")
    nonce = next(nonce for nonce, line in waiting(cli, officers).items() if "restrict" in line)
    code, text, _ = officers.admin("order", "pending", nonce)
    cli.check(code == 0 and "order: restrict\n" in text, "the text of one that waits")
    cli.equal(officers.submit(officers.sign(cli.write("waits", text), "bela"))[0], 0,
              "the freeze by the socket is confirmed")
    cli.check(nonce not in waiting(cli, officers), "it waits no longer")
    status = a.admin(cli, folder, "venue", "status")
    cli.equal((status["officers"], status["late"]), (2, 0), "status")
    with open(listing, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def restarts(cli, officers, venue, account):
    """What was used stays so when the agent's process and the engine have died."""
    order = officers.propose("account", "restrict", str(account["id"]), "none")
    signed = officers.sign(officers.sign(order, "anna"), "bela")
    cli.equal(officers.submit(signed)[0], 0, "an order before the restart")
    for name in ("back", "engine"):
        before = venue.pid(name)
        os.kill(before, 9)
        cli.check(s.eventually(lambda: venue.pid(name) not in (0, before)), f"{name} is back")
        cli.check(s.eventually(lambda: officers.admin("venue", "status", "--json")[1]
                               .find('"engine":"running"') >= 0), "the engine is heard")
    code, _, error = officers.submit(signed)
    cli.check(code == REFUSED and "used before" in error, f"used before the restart: {error!r}")
    number = str(account["id"])
    cli.equal(officers.admin("account", "restrict", number, "freeze")[0], 0, "a freeze")
    a.refused(cli, venue.folder, REFUSED, "signatures of 2", "account", "restrict", number, "none")
    officers.give("account", "restrict", number, "none")


def journalled(cli, venue, text, listing_hash):
    code, output, _ = cli.run("dump", "--commands", venue.folder)
    cli.equal(code, 0, "exit code of dump")
    commands = [json.loads(line)["command"] for line in output.splitlines()]
    acts = [command for command in commands if command["command"] == "case_act"]
    digest = hashlib.sha256(text.encode()).hexdigest()
    decided = [act for act in acts if act["evidence"] == digest]
    cli.equal([(act["act"], act["officer"], act["second"], int(act["matter"])) for act in decided],
              [("decide", 11, 12, MATTER)], "who decided, before the restriction was lowered")
    seconds = [act for act in acts if act["act"] == "second" and act["evidence"] == listing_hash]
    cli.equal([(act["person"], act["officer"], act["second"]) for act in seconds], [(1, 11, 12)],
              "who confirmed")
    facts = [command for command in commands if command["command"] == "fact_set"]
    cli.equal({(fact["officer"], fact["second"]) for fact in facts}, {(11, 12)},
              "the officers of facts")
    notes = [commands[i - 1] for i, command in enumerate(commands)
             if command["command"] == "fact_set"]
    cli.equal({note["actor"] for note in notes}, {11}, "who is in the notes before facts")


def in_a_backup(cli, folder):
    """A copy asks for signatures too, and knows what was used."""
    copy = cli.path("copy")
    code, _, error = cli.run("backup", folder, copy)
    cli.equal(code, 0, f"exit code of backup ({error.strip()})")
    for name in ("officers.txt", "officers/approvals"):
        with open(os.path.join(folder, name), "rb") as one, open(
                os.path.join(copy, name), "rb") as other:
            cli.check(one.read() == other.read(), f"{name} is in the copy")
    cli.check(not os.path.exists(os.path.join(copy, "test_officers")), "no private key is")


def by_configuration(cli, folder, keys):
    """A register that is configured must be there and right; with none the socket gives all."""
    config = cli.write("cambist.yaml", f"admin:\n  officers: {cli.path('gone.txt')}\n")
    code, _, error = cli.run("serve", "--data", folder, "--port", "0", "--config", config)
    cli.check(code == 14 and "gone.txt" in error, f"a register that is missing ({code})")
    config = cli.write("cambist.yaml", "admin:\n  officers: none\n")
    with s.Venue(cli, folder, "--config", config) as venue:
        venue.ready()
        officers = o.Officers(cli, folder, keys)
        number = str(keys["accounts"]["W"]["id"])
        cli.equal(officers.admin("account", "restrict", number, "none")[0], 0,
                  "the socket alone, without a register")
        order = officers.propose("account", "restrict", number, "none")
        code, _, error = officers.submit(officers.sign(officers.sign(order, "anna"), "bela"))
        cli.check(code == REFUSED and "no register" in error, f"a signed order: {error!r}")
        cli.equal(officers.admin("person", "add", "2", "--actor", "11")[0], 0,
                  "an officer by number")
        code, _, error = officers.admin("fact", "set", "2", "kind", "natural", "--actor", "11")
        cli.check(code == REFUSED and "NEEDS_SECOND" in error, f"one officer: {error!r}")
        cli.equal(officers.admin("fact", "set", "2", "kind", "natural", "--actor", "11", "--second",
                                 "12")[0], 0, "two officers by number")


def test(cli):
    folder = cli.path("venue")
    keys_file = cli.path("keys.json")
    with s.Venue(cli, folder, "--profile", "test", "--keys-file", keys_file) as venue:
        venue.ready()
        with open(keys_file, encoding="ascii") as file:
            keys = json.load(file)
        officers = o.Officers(cli, folder, keys)
        account = keys["accounts"]["A"]
        without_signatures(cli, officers, venue, account)
        text = loosen(cli, officers, venue, account)
        approve(cli, officers, venue, text)
        persons(cli, officers, venue, keys["accounts"]["B"])
        listing_hash = confirm(cli, officers, venue)
        restarts(cli, officers, venue, account)
        cli.equal(venue.stop(), 0, "exit code on SIGTERM")
    journalled(cli, venue, text, listing_hash)
    in_a_backup(cli, folder)
    by_configuration(cli, folder, keys)


if __name__ == "__main__":
    p.main(test)
