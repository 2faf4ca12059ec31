#!/usr/bin/env -S python3 -B
"""cambist ceremony: six officers make the vault's key, one group gives its secret to others, drills
count the shares that are there, and what was changed on the way is refused with exact words.
usage: ceremony_test.py BINARY"""

import hashlib
import os
import stat

import program as p

NONCE = "5a" * 32


class Officers:
    """Key files and passphrases of officers, and the steps they take."""

    def __init__(self, cli):
        self.cli = cli

    def step(self, name, *arguments):
        """A file with what the step printed."""
        code, text, error = self.cli.run("ceremony", *arguments)
        self.cli.equal((code, error), (0, ""), f"ceremony {' '.join(arguments)}")
        return self.cli.write(name, text)

    def own(self, name):
        return ["--key", self.cli.path(name + ".key"),
                "--passphrase", self.cli.write(name + ".pass", f"words of {name}\n")]

    def join(self, name):
        return self.step(name + ".member", "join", *self.own(name), "--name", name, "--quick")

    def hold(self, label, roster, dealers, members, *before):
        deals = [self.step(f"{label}.{name}.deal", "deal", *self.own(name), roster, *before)
                 for name in dealers]
        # In any order: gather sorts them.
        gathered = self.step(label + ".gathered", "gather", roster, *reversed(deals), *before)
        confirmed = [self.step(f"{label}.{name}.confirm", "confirm", *self.own(name), gathered,
                               *before) for name in members]
        return self.step(label + ".transcript", "close", gathered, *confirmed, *before)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def first_ceremonies(cli, officers):
    transcripts = []
    for group, names in (("A", ["anna", "bela", "carl"]), ("B", ["dora", "emil", "fay"])):
        members = [officers.join(name) for name in names]
        roster = officers.step(f"{group}.roster", "roster", "--venue", "demo.invalid", "--group",
                               group, *members)
        transcripts.append(officers.hold(group, roster, names, names))
    code, text, error = cli.run("ceremony", "check", *transcripts)
    cli.equal((code, error), (0, ""), "both groups")
    cli.check("A of demo.invalid, epoch 1, generation 0: 2 of 3" in text, "what group A is")
    cli.check(hashlib.sha256(read(transcripts[1])).hexdigest() in text, "the transcript's hash")
    cli.check("key of the vault" in text, "the key of both")
    mode = stat.S_IMODE(os.stat(cli.path("anna.key")).st_mode)
    cli.equal(mode, 0o600, "a key file is its owner's alone")
    cli.refuses(["ceremony", "check", transcripts[1], transcripts[0]], 4,
                "cambist ceremony: key: not group A and group B of one venue and epoch")
    return transcripts, text


def resharing(cli, officers, transcripts, before_text):
    """Bela leaves; gil and hana come; three of four from now on."""
    before = ["--before", transcripts[0]]
    members = [cli.path("anna.member"), cli.path("carl.member"), officers.join("gil"),
               officers.join("hana")]
    roster = officers.step("A1.roster", "roster", *before, "--threshold", "3", *members)
    closed = officers.hold("A1", roster, ["anna", "carl"], ["anna", "carl", "gil", "hana"], *before)
    chain = cli.write("A.chain", read(transcripts[0]) + read(closed))
    code, text, error = cli.run("ceremony", "check", chain, transcripts[1])
    cli.equal((code, error), (0, ""), "the chain")
    cli.check("generation 1: 3 of 4" in text, "what the group is now")
    cli.equal(text.splitlines()[-1], before_text.splitlines()[-1], "the key of the vault stays")
    as_before = cli.path("A.chain")
    code, again, error = cli.run("ceremony", "roster", "--before", as_before, *members)
    cli.equal((code, error), (0, ""), "a roster after that")
    cli.check("generation 2\nthreshold 3\n" in again, "it takes as many as before")
    code, _, error = cli.run("ceremony", "check", closed)
    cli.equal((code, error), (4, f"cambist ceremony: {closed}: roster: generation 1 wants a group "
                                 "before it\n"), "a resharing alone")
    return chain


def earlier_shares_are_kept(cli, officers, transcripts):
    """A new share takes the key file's place; the one before it is still there, beside it."""
    gathered = cli.path("A.gathered")
    stamp = hashlib.sha256(read(gathered)).hexdigest()[:8]
    kept = cli.path(f"anna.key.A-1-0-{stamp}")
    cli.equal(stat.S_IMODE(os.stat(kept).st_mode), 0o600, "it is its owner's alone too")
    own = ["--key", kept, "--passphrase", cli.path("anna.pass")]
    before = ["--before", transcripts[0]]
    # A resharing that was not closed begins again with it.
    officers.step("again.deal", "deal", *own, cli.path("A1.roster"), *before)
    proof = officers.step("kept.proof", "prove", *own, "--nonce", NONCE, transcripts[0])
    code, _, error = cli.run("ceremony", "drill", "--nonce", NONCE, transcripts[0], proof)
    cli.equal((code, error), (5, "cambist ceremony: group A: only 1 shares were shown, and it takes "
                              "2\n"), "the earlier share is good")
    # The same ceremony once more replaces its own share and keeps nothing.
    files = sorted(os.listdir(cli.folder))
    officers.step("A1.anna.confirm", "confirm", *officers.own("anna"), cli.path("A1.gathered"),
                  *before)
    cli.equal(sorted(os.listdir(cli.folder)), files, "no other file")
    # What has the name already is not written over, nor is the key file then.
    stamp = hashlib.sha256(read(cli.path("A1.gathered"))).hexdigest()[:8]
    taken = cli.write(f"anna.key.A-1-1-{stamp}", "something else\n")
    key = read(cli.path("anna.key"))
    cli.refuses(["ceremony", "confirm", *officers.own("anna"), gathered], 15,
                f"cambist ceremony: {taken}: another file is there already")
    cli.equal(read(cli.path("anna.key")), key, "the key file stays")


def drills(cli, officers, chain):
    def prove(name):
        return officers.step(name + ".proof", "prove", *officers.own(name), "--nonce", NONCE, chain)

    proofs = [prove(name) for name in ("anna", "carl", "gil", "hana")]
    code, text, error = cli.run("ceremony", "drill", "--nonce", NONCE, chain, *proofs)
    cli.equal((code, error), (0, ""), "all shares are there")
    cli.check("4 of 4; it takes 3" in text, "how many")
    cli.refuses(["ceremony", "drill", "--nonce", NONCE, chain, *proofs[:3], proofs[0]], 5,
                "cambist ceremony: group A: only 3 shares were shown, and it takes 3")
    cli.refuses(["ceremony", "drill", "--nonce", "a5" * 32, chain, proofs[0]], 4,
                f"cambist ceremony: {proofs[0]}: drill of anna (group A): for another nonce")
    digit = read(proofs[1])[:-2] + (b"0" if read(proofs[1])[-2:-1] != b"0" else b"1") + b"\n"
    wrong = cli.write("wrong.proof", digit)
    cli.refuses(["ceremony", "drill", "--nonce", NONCE, chain, proofs[0], wrong], 4,
                f"cambist ceremony: {wrong}: drill of carl (group A): not by this officer's share")
    cli.refuses(["ceremony", "drill", "--nonce", NONCE, chain, cli.write("short", b"drill 1 00\n")], 4,
                f'cambist ceremony: {cli.path("short")}: not one line "drill SIDE EPOCH GENERATION '
                'INDEX ASKED OWN PROOF"')
    first = read(proofs[0])
    cli.check(first.startswith(b"drill A 1 1 1 " + NONCE.encode()), "whose share, and what was asked")
    cli.check(read(prove("anna")).split()[6] != first.split()[6], "each answer has its own nonce")
    # Bela left with the share of the generation before.
    code, _, error = cli.run("ceremony", "prove", *officers.own("bela"), "--nonce", NONCE, chain)
    cli.equal((code, error), (4, "cambist ceremony: share: not that of member 2 of group A\n"),
              "an officer who left")


def no_drill_confirms(cli, officers):
    """Who asks passes the hash of a gathered text: the answer is no confirmation of it."""
    gathered = cli.path("A1.gathered")
    stamp = hashlib.sha256(read(gathered)).hexdigest()
    answer = officers.step("stamp.proof", "prove", *officers.own("hana"), "--nonce", stamp,
                           cli.path("A.chain"))
    before = ["--before", cli.path("A.transcript")]
    forged = cli.write("forged.confirm", f"cambist confirm 1\ngathered {stamp}\nconfirm 4 "
                       f"{read(answer).split()[-1].decode()}\n")
    confirmed = [cli.path(f"A1.{name}.confirm") for name in ("anna", "carl", "gil")]
    cli.refuses(["ceremony", "close", gathered, *confirmed, forged, *before], 4,
                "cambist ceremony: confirmation of hana does not hold")


def errors(cli, officers, transcripts):
    cli.refuses(["ceremony", "juggle"], 2,
                'cambist ceremony: "juggle" is none of join, roster, deal, gather, confirm, close, '
                "check, nonce, prove, drill, publish")
    cli.refuses(["ceremony", "deal", cli.path("A.roster")], 2,
                "cambist ceremony: deal wants --key")
    key = cli.path("anna.key")
    cli.refuses(["ceremony", "join", *officers.own("anna"), "--name", "anna"], 15,
                f"cambist ceremony: {key}: there already")
    wrong = cli.write("wrong.pass", "words of nobody\n")
    cli.refuses(["ceremony", "deal", "--key", key, "--passphrase", wrong, cli.path("A.roster")], 19,
                f"cambist ceremony: {key}: another passphrase, or the file was changed")
    cli.refuses(["ceremony", "roster", "--venue", "v", "--group", "A", *[
        cli.path(name + ".member") for name in ("anna", "bela", "anna")]], 4,
                "cambist ceremony: member 3 (anna) is member 1 (anna) once more")
    cli.refuses(["ceremony", "check", cli.folder], 10,
                f"cambist ceremony: {cli.folder}: Is a directory")
    changed = read(transcripts[0]).replace(b"\nthreshold 2\n", b"\nthreshold 3\n")
    code, _, error = cli.run("ceremony", "check", cli.write("changed", changed))
    cli.equal(code, 4, f"a changed transcript ({error})")
    # A deal whose maker moved one commitment.
    deal = read(cli.path("A.bela.deal"))
    other = read(cli.path("A.carl.deal"))
    at, from_at = deal.index(b"point "), other.index(b"point ")
    forged = deal[:at] + other[from_at:from_at + 71] + deal[at + 71:]
    cli.refuses(["ceremony", "gather", cli.path("A.roster"), cli.path("A.anna.deal"),
                 cli.write("forged", forged), cli.path("A.carl.deal")], 4,
                "cambist ceremony: deal of bela: the proof that its secret is known does not hold")
    code, text, _ = cli.run("ceremony", "nonce")
    cli.check(code == 0 and len(text) == 65, "a nonce")


def no_passphrase_is_left(cli):
    """No step writes a passphrase (that no file has a secret in plain: share_file_test.c)."""
    for name in os.listdir(cli.folder):
        if not name.endswith(".pass"):
            cli.check(b"words of" not in read(cli.path(name)), f"{name} holds a passphrase")


def run(cli):
    officers = Officers(cli)
    transcripts, text = first_ceremonies(cli, officers)
    chain = resharing(cli, officers, transcripts, text)
    earlier_shares_are_kept(cli, officers, transcripts)
    drills(cli, officers, chain)
    no_drill_confirms(cli, officers)
    errors(cli, officers, transcripts)
    no_passphrase_is_left(cli)


if __name__ == "__main__":
    p.main(run)
