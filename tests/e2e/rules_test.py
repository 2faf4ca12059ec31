#!/usr/bin/env -S python3 -B
"""cambist rules: what it says of the shipped packs, the hash computed by other means, exact messages
and exit codes, versions that overlap, and signatures that openssl made. usage: rules_test.py BINARY"""

import base64
import glob
import hashlib
import json
import os
import subprocess

import program as p

USAGE, INPUT, MISSING, DIVERGED = 2, 4, 14, 22
PACK = "rules/eu-833-5b2.v1.yaml"


def check_shipped(cli):
    packs = sorted(glob.glob("rules/*.v?.yaml"))
    cli.check(len(packs) >= 8, "there are packs")
    told = cli.json("rules", "check", "--json", *packs)["packs"]
    cli.equal(len(told), len(packs), "each pack is told")
    for path, pack in zip(packs, told):
        code, canonical, _ = cli.run("rules", "canonical", path)
        cli.equal((code, hashlib.sha256(canonical.encode()).hexdigest()), (0, pack["hash"]), path)
        cli.equal(json.loads(canonical)["pack"]["id"], pack["id"], f"{path}: canonical form")
    code, output, _ = cli.run("rules", "check", PACK)
    cli.check(code == 0 and "2022-04-09 to 2022-10-07" in output, "when the pack is in force")


def check_refusals(cli):
    with open(PACK, encoding="utf-8") as file:
        text = file.read()
    wrong = cli.write("wrong.yaml", text.replace("origin: law", "orgin: law"))
    line = text[:text.index("origin: law")].count("\n") + 1
    cli.refuses(["rules", "check", PACK, wrong], INPUT,
                f"cambist rules: {wrong}:{line}: pack.orgin: unknown key; did you mean origin")
    later = cli.write("later.yaml", text.replace("version: 1", "version: 9"))
    cli.refuses(["rules", "check", PACK, later], INPUT,
                f"cambist rules: {PACK}:1: pack.effective_until: overlaps version 9 in {later}")
    same = cli.write("same.yaml", text)
    cli.refuses(["rules", "check", PACK, same], INPUT,
                f"cambist rules: {same}:1: pack.version: {PACK} has version 1 too")
    cli.refuses(["rules", "check"], USAGE,
                "cambist rules: FILE is missing: which pack is to be checked?")
    cli.refuses(["rules", "burn", PACK], USAGE,
                'cambist rules: "burn": no such action; see --help')
    cli.equal(cli.run("rules", "check", cli.path("nothing.yaml"))[0], MISSING, "no such file")


def check_cases(cli):
    """The folder rules passes; a case that does not hold, and a rule without a case, do not."""
    code, output, error = cli.run("rules", "lint")
    cli.check(code == 0 and "expectations" in output, f"rules/ passes: {error}")
    cli.equal(cli.run("rules", "test", *sorted(glob.glob("rules/cases/case-*.yaml")))[0], 0,
              "the twelve golden cases")
    folder = cli.path("packs")
    os.makedirs(os.path.join(folder, "cases"))
    with open("rules/venue-notice-ru.v1.yaml", encoding="utf-8") as file:
        cli.write("packs/notice.yaml", file.read())
    with open("rules/cases/case-09.yaml", encoding="utf-8") as file:
        case = file.read().replace("venue-notice-ru.v1.yaml", "notice.yaml")
    path = cli.write("packs/cases/nine.yaml", case)
    cli.equal(cli.run("rules", "lint", folder)[0], 0, "one pack with one case")
    cli.write("packs/cases/nine.yaml", case.replace("ended: 2022-04-25", "ended: 2022-04-21"))
    code, _, error = cli.run("rules", "test", path)
    cli.equal(code, DIVERGED, "a case that does not hold")
    cli.check(f"{path}:19: steps[0].expect[0].vector: it is trade refuse" in error, error)
    cli.write("packs/cases/nine.yaml", case[:case.index("  - person: customer\n    at: 2022-04-22\n"
                                                        "    known_at: 2022-04-26")])
    cli.refuses(["rules", "lint", folder], INPUT,
                f"cambist rules: {folder}/notice.yaml:31: rules[0].id: no case in which it is true")
    cli.refuses(["rules", "lint", cli.path("nowhere")], MISSING,
                f"cambist rules: {cli.path('nowhere')}: cannot open the folder: No such file or directory")


def check_diff(cli):
    told = cli.json("rules", "diff", "--json", "rules/us-ofac-sdn.v1.yaml",
                    "rules/us-ofac-sdn.v2.yaml")
    cli.equal((told["before"]["version"], told["after"]["version"]), (1, 2), "which packs")
    years = [change for change in told["changes"] if change["path"] == "keep_records_years"]
    cli.equal([(change["rule"], change["before"], change["after"]) for change in years],
              [("ofac.blocked", "5", "10")], "one field of one rule")
    code, output, _ = cli.run("rules", "diff", PACK, "rules/eu-833-5b2.v2.yaml")
    cli.check(code == 0 and "rule eu5.crypto-10k removed\n    eu-833-2014 5b(2) from 2022-04-09"
              in output, "a rule that is gone, with its act")
    cli.equal(cli.json("rules", "diff", "--json", PACK, PACK)["changes"], [], "nothing changed")
    cli.refuses(["rules", "diff", PACK], USAGE,
                "cambist rules: diff wants two files: the old pack and the new one")


def make_officer(cli, name):
    """(public key, function that signs a file), by openssl."""
    key = cli.path(name + ".pem")
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True)
    public = subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-outform", "DER"],
                            check=True, capture_output=True).stdout[-32:]

    def sign(path):
        return base64.b64encode(subprocess.run(
            ["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", path],
            check=True, capture_output=True).stdout).decode()
    return base64.b64encode(public).decode(), sign


def check_signatures(cli):
    with open(PACK, "rb") as file:
        pack = cli.write("signed.yaml", file.read())
    officers = [("anna", "compliance") + make_officer(cli, "anna"),
                ("bela", "law") + make_officer(cli, "bela")]
    register = cli.write("officers.txt", "".join(
        f"{name} {number} {group} {key}\n"
        for number, (name, group, key, _) in enumerate(officers, 1)))
    check = ["rules", "check", "--officers", register, pack]
    cli.equal(cli.run(*check)[0], MISSING, "no file of signatures")
    message = cli.write("message", cli.run("rules", "message", pack)[1])
    lines = [f"{name} {group} {key} {sign(message)}\n" for name, group, key, sign in officers]
    cli.write("signed.yaml.sig", lines[0])
    cli.refuses(check, INPUT, f"cambist rules: {pack}.sig:1: 1 signatures, and 2 are wanted")
    cli.write("signed.yaml.sig", "".join(lines))
    cli.equal(cli.run(*check)[0], 0, "two signatures")
    with open(pack, "a", encoding="utf-8") as file:
        file.write("# a comment changes nothing\n")
    cli.equal(cli.run(*check)[0], 0, "a comment")
    with open(pack, encoding="utf-8") as file:
        changed = file.read().replace('amount: "10000.00"', 'amount: "10001.00"')
    cli.write("signed.yaml", changed)
    cli.refuses(check, INPUT, f"cambist rules: {pack}.sig:1: the signature of anna is wrong")


def run(cli):
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
    check_shipped(cli)
    check_refusals(cli)
    check_cases(cli)
    check_diff(cli)
    check_signatures(cli)


p.main(run)
