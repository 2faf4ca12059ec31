#!/usr/bin/env -S python3 -B
"""cambist why on a venue that a real engine made: golden case 9 as known then and later, byte for
byte the same on every run, by account and by person, for officers and for customers, and what is
refused. usage: why_test.py BINARY WHY_MAKE"""

import json
import os
import shutil
import subprocess
import sys

import program as p

USAGE, MISSING, FOREIGN, REFUSED = 2, 14, 17, 27


def make(maker):
    output = subprocess.run([maker], capture_output=True, text=True, check=True).stdout
    return [line for line in output.splitlines() if line.startswith("/")][0]


def case_9(cli, data):
    then = ["why", "0", "--data", data, "--at", "2022-04-22T12:00:00Z"]
    early = cli.json(*then, "--known-at", "2022-04-22T12:00:00Z", "--json")
    late = cli.json(*then, "--known-at", "2022-04-26", "--json")
    cli.equal(early["operations"]["trade"], {"restriction": "allow", "by": []}, "known then")
    cli.equal(late["operations"]["trade"],
              {"restriction": "refuse", "by": ["notice.withdraw-only"]}, "known later")
    cli.equal((early["holdings"]["eur"], late["holdings"]["eur"]), ("51250.00", "51250.00"),
              "money and prices are those of the 22nd")
    cli.equal((early["final"], late["final"]), (True, True), "nothing can change them")
    facts = [rule for rule in late["rules"] if rule["rule"] == "notice.withdraw-only"][0]["facts"]
    cli.check(any(fact["value"] == "RU" and fact["fact"] == "residence" and fact["fits"] and
                  fact["recorded"] == "2022-04-25" for fact in facts), "the fact that decides")
    runs = [cli.run(*then, "--known-at", "2022-04-26", *extra)[1]
            for extra in ([], [], ["--from-genesis"])]
    cli.check(len(set(runs)) == 1 and "notice.withdraw-only: yes" in runs[0], "the same each time")
    by_person = cli.json("why", "--person", "1", "--data", data, "--at", "2022-04-22T12:00:00Z",
                         "--known-at", "2022-04-26", "--json")
    cli.equal(by_person, late, "by person as by account")


def others(cli, data):
    hand = cli.json("why", "4", "--data", data, "--json")
    cli.equal((hand["person"], hand["accounts"][0]["setByHand"]["actor"]), (0, 21), "by hand")
    hit = cli.json("why", "2", "--data", data, "--json")
    rule = [rule for rule in hit["rules"] if rule["rule"] == "ofac.blocked"][0]
    cli.equal((rule["truth"], rule["listings"][0]["entry"], rule["reasons"]),
              ("unknown", 31337, ["candidate"]), "the entry, for an officer")
    cli.equal(rule["lastChange"]["cause"]["command"], "pack_activate", "why since then")
    shown = cli.run("why", "2", "--data", data, "--audience", "customer", "--json")[1]
    cli.check("31337" not in shown and "sdn" not in shown and "OFAC" not in shown,
              "no entry and no list, for a customer")
    cli.equal(json.loads(shown)["notices"][0]["notice"], "checking", "a hold like any other")
    code, lines, _ = cli.run("why", "1", "--data", data)
    cli.check(code == 0 and "holdings: 10080.00 EUR" in lines and "evidence" in lines, lines)


def dry_run(cli, data):
    """EUR 10,080 and 52,500: two Russian customers whom the law of April concerns too."""
    law = "rules/eu-833-5b2.v1.yaml"
    told = cli.json("rules", "dry-run", law, "--data", data, "--json")
    cli.equal((told["persons"], told["rules"][0]["yes"], told["rules"][0]["unknown"]), (4, 2, 0),
              "whom it concerns")
    changed = {row["account"]: row["after"] for row in told["accounts"]}
    cli.check(set(changed) == {0, 1} and "open refuse" in changed[0], f"which accounts: {changed}")
    cli.equal(told["restrictedEur"], "62580.00", "EUR behind them")
    cli.equal(told["operations"]["open"]["refuse"], 2, "by operation")
    again = cli.json("rules", "dry-run", law, "--data", data, "--json")
    cli.equal(again, told, "nothing was changed by the first one")
    code, rows, _ = cli.run("rules", "dry-run", law, "--data", data, "--csv")
    cli.equal((code, len(rows.splitlines())), (0, 3), "a line for each account")
    code, lines, _ = cli.run("rules", "dry-run", law, "--data", data)
    cli.check(code == 0 and "EUR behind them" in lines, lines)
    cli.refuses(["rules", "dry-run", "rules/venue-notice-ru.v1.yaml", "--data", data], REFUSED,
                "cambist rules: the venue would refuse it: pack_activate: PACK_OVERLAP")
    cli.equal(cli.run("rules", "dry-run", "rules/venue-notice-ru.v1.yaml", "--data", data,
                      "--replace")[0], 0, "in the place of the one that is there")


def diff(cli, data):
    told = cli.json("rules", "diff", "rules/venue-notice-ru.v1.yaml", "rules/eu-833-5b2.v1.yaml",
                    "--data", data, "--at", "2022-04-22", "--json")
    differ = {row["account"]: (row["before"], row["after"]) for row in told["accounts"]}
    cli.equal(sorted(differ), [0, 1], "whom they treat differently")
    cli.check("open refuse" in differ[1][1] and "open" not in differ[1][0], f"how: {differ}")
    cli.equal((told["beforeAt"], told["afterAt"]), ("2022-04-22", "2022-04-22"), "when")


def relations(cli, data):
    told = cli.json("relations", "--country", "RU", "--data", data, "--at", "2022-04-22",
                    "--known-at", "2022-04-23", "--json")
    cli.equal([(row["person"], row["relations"]) for row in told["persons"]],
              [(1, ["customer"]), (2, ["customer"]), (3, ["customer"]), (4, ["owner"])],
              "every relation, with its way")
    cli.equal([fact["fact"] for fact in told["persons"][0]["facts"]],
              ["nationality", "document_country"], "without what was recorded later")
    cli.equal(told["persons"][0]["accounts"][0]["assets"], {"BTC": "1.25000000"}, "with the money")
    code, lines, _ = cli.run("relations", "--country", "RU", "--data", data)
    cli.check(code == 0 and "venue > owner > person 4\n" in lines and
              "venue > customer > person 2 > account 1: " in lines, lines)
    cli.equal(cli.json("relations", "--country", "DE", "--data", data, "--json")["count"], 0,
              "none to Germany")
    cli.refuses(["relations", "--data", data], USAGE, "cambist relations: --country is missing")
    cli.refuses(["relations", "--data", data, "--country", "Russia"], USAGE,
                'cambist relations: --country: "Russia" is not two capital letters')


def refusals(cli, data):
    cli.refuses(["why", "--data", data], USAGE, "cambist why: an ACCOUNT is wanted, or --person")
    cli.refuses(["why", "0", "--data", data, "--at", "yesterday"], USAGE,
                'cambist why: --at: "yesterday" is no moment like 2022-04-22 or '
                "2022-04-22T12:00:00Z")
    cli.refuses(["why", "99", "--data", data], MISSING,
                f"cambist why: {data}: there is no account 99 at that time")
    cli.refuses(["why", "--person", "9", "--data", data], MISSING,
                f"cambist why: {data}: there is no person 9 at that time")
    cli.refuses(["why", "0", "--data", data, "--known-at", "2022-01-01"], MISSING,
                f"cambist why: {data}: the journal begins later")
    packs = cli.path("packs")
    shutil.copytree(os.path.join(data, "packs"), packs)
    name = os.path.join(packs, sorted(os.listdir(packs))[0])
    with open(name, "a", encoding="utf-8") as file:
        file.write(" ")
    cli.refuses(["why", "0", "--data", data, "--packs", packs], FOREIGN,
                f"cambist why: {name}: it is not the pack that its name says")
    code, lines, _ = cli.run("why", "0", "--data", data, "--packs", cli.path("nothing"))
    cli.check(code == 0 and "not at hand" in lines, "without texts it says so")


def run(cli):
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
    folder = make(sys.argv[2])
    data = os.path.join(folder, "venue")
    case_9(cli, data)
    others(cli, data)
    dry_run(cli, data)
    diff(cli, data)
    relations(cli, data)
    refusals(cli, data)
    shutil.rmtree(folder)
    return cli.finish()


if len(sys.argv) != 3:
    sys.exit("usage: why_test.py BINARY WHY_MAKE")
sys.argv[2] = os.path.abspath(sys.argv[2])
sys.exit(run(p.Program(sys.argv[1])))
