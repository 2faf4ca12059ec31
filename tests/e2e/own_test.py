#!/usr/bin/env -S python3 -B
"""cambist own on the demo's web of companies: the verdicts of three days, what a late filing changes,
exact error messages, what is told of refused records, and a drawing that Graphviz takes where it is
installed. usage: own_test.py BINARY"""

import shutil
import subprocess

import program as p

FOLDER = "rules/demo/ownership/"
REGISTERS = ["--register", FOLDER + "register.jsonl", FOLDER + "payments.jsonl"]
LIST = ["--list", FOLDER + "list.jsonl"]
PAYER, CUSTOMER = "SG-ACRA:202099991Z", "JP-JCN:0000000000226"


def check_verdicts(cli):
    days = [("2022-04-19", "clear"), ("2022-04-20", "blocked"), ("2022-04-21", "undetermined")]
    for day, verdict in days:
        answer = cli.json("own", PAYER, *REGISTERS, *LIST, "--at", day, "--known-at", day, "--json")
        cli.equal((answer["verdict"], answer["proofHolds"]), (verdict, True), f"the payer on {day}")
        cli.equal(answer["read"]["refused"], 0, "nothing is refused")
        code, text, error = cli.run("own", PAYER, *REGISTERS, *LIST, "--at", day)
        cli.equal((code, error), (0, ""), "own as text")
        cli.check(f"  verdict              {verdict}, by ofac50\n" in text, f"the text says {verdict}")
    why = cli.json("own", PAYER, *REGISTERS, *LIST, "--at", "2022-04-20", "--json")["why"]
    cli.equal([step["because"] for step in why], ["listed", "shares", "shares"], "the steps")
    cli.equal(why[0]["listing"]["entry"], 36456, "the entry")
    cli.equal(why[2]["statements"][0]["statement"], "st-2", "the statement")
    answer = cli.json("own", CUSTOMER, *REGISTERS, *LIST, "--at", "2022-04-20", "--json")
    cli.equal((answer["verdict"], answer["way"]["verdict"]), ("clear", "blocked"), "the customer")
    answer = cli.json("own", PAYER, *REGISTERS, "--at", "2022-04-20", "--json")
    cli.equal(answer["verdict"], "clear", "without a list nobody is listed")


def check_customer(cli):
    """Who else pays is flagged of those who have an account here."""
    asked = ["own", CUSTOMER, *REGISTERS, *LIST, "--at", "2022-04-20", "--json"]

    def flags(*more):
        return {flag["flag"] for flag in cli.json(*asked, *more)["flags"]}

    cli.check("other_payer" not in flags(), "nobody has said that it is a customer")
    cli.check("other_payer" in flags("--customer"), "a customer whom another pays")


def check_knowledge(cli):
    late = [*REGISTERS, FOLDER + "register-late.jsonl", *LIST, "--at", "2022-04-20", "--json"]
    before = cli.json("own", PAYER, *late, "--known-at", "2022-05-01")
    after = cli.json("own", PAYER, *late, "--known-at", "2022-05-02")
    cli.equal((before["verdict"], after["verdict"]), ("blocked", "undetermined"), "what was known")


def check_errors(cli):
    cli.refuses(["own"], 2, "cambist own: ENTITY is missing")
    cli.refuses(["own", PAYER], 2, "cambist own: --register is missing")
    cli.refuses(["own", PAYER, *REGISTERS, "--at", "yesterday"], 2,
                'cambist own: --at: "yesterday" is no day like 2022-04-20')
    cli.refuses(["own", PAYER, *REGISTERS, "--rule", "lex"], 2,
                'cambist own: --rule: "lex" is none of ofac50, eu, eu-2014, eu-2024')
    cli.refuses(["own", PAYER, *REGISTERS, "--dot", "--json"], 2,
                "cambist own: --dot and --json exclude each other")
    cli.refuses(["own", "Nobody", *REGISTERS], 4,
                'cambist own: nobody has the key or the name "Nobody"')
    cut = cli.write("cut.json", b'[{"statementId":"a","recordType":"entity"')
    cli.refuses(["own", PAYER, "--register", cut], 4,
                f"cambist own: {cut}:1: the array is not closed: the file is cut off")
    empty = cli.write("empty.jsonl", b"")
    cli.refuses(["own", PAYER, "--register", empty], 4, "cambist own: empty.jsonl: empty")
    code, _, error = cli.run("own", PAYER, "--register", cli.path("none"))
    cli.equal(code, 14, f"a missing file ({error})")


def check_refused(cli):
    with open(FOLDER + "register.jsonl", encoding="utf-8") as file:
        text = file.read()
    spoilt = cli.write("spoilt.jsonl", text.replace('"exact":60', '"exact":160') + '{"statementId":"x"}\n')
    code, output, error = cli.run("own", PAYER, "--register", spoilt, *LIST, "--at", "2022-04-20")
    cli.equal(code, 0, "own with refused records")
    cli.check("undetermined, by ofac50" in output, "a share that is refused is of unknown size")
    cli.check("an unknown part of the shares, OOO Angarsky" in output, "and is shown so")
    cli.check("the verdict may be wrong" in output, "and says so")
    cli.check(error.startswith("cambist own: 3 records or interests were refused, of 20 "), f"they are counted: {error}")
    cli.check("spoilt.jsonl:12: st-2: interest: a share that is no percentage" in error, "and named")


def check_later(cli):
    """A statement of the days to come says nothing yet, and that is told."""
    with open(FOLDER + "register.jsonl", encoding="utf-8") as file:
        text = file.read()
    later = cli.write("later.jsonl", text.replace('"2022-04-', '"2922-04-'))
    code, _, error = cli.run("own", PAYER, "--register", later, *LIST)
    cli.equal(code, 0, "own with statements of the days to come")
    cli.check("statements are dated later than today, and say nothing before: " in error, f"they are told: {error}")


def check_undescribed(cli):
    """An owner whom only a relation names is counted and flagged."""
    register = cli.write("named.jsonl", '{"id":"x:c","schema":"Company","properties":{"name":["Held"]}}\n'
                         '{"id":"o","schema":"Ownership","properties":{"owner":["x:q"],"asset":["x:c"],'
                         '"percentage":["60"]}}\n')
    code, output, error = cli.run("own", "Held", "--register", register)
    cli.equal(code, 0, "own with an owner without a record")
    cli.equal(error, "cambist own: 1 owners are named by others' relations only: no register has a record of "
              "them, and no list an entry\n", "counted")
    cli.check("x:c (Held): undescribed: " in output and ": x:q\n" in output, f"flagged: {output}")
    answer = cli.json("own", "Held", "--register", register, "--json")
    cli.equal(answer["read"]["ownersUndescribed"], 1, "counted in JSON")


def check_drawing(cli):
    arguments = ["own", PAYER, *REGISTERS, *LIST, "--at", "2022-04-21", "--dot"]
    code, drawing, error = cli.run(*arguments)
    cli.equal((code, error), (0, ""), "own --dot")
    cli.check(drawing.startswith("digraph ownership {"), "a drawing")
    if shutil.which("dot") is None:
        print("graphviz is not installed: the drawing is not laid out")
        return
    drawn = subprocess.run(["dot", "-Tsvg"], input=drawing, capture_output=True, text=True, check=False)
    cli.equal(drawn.returncode, 0, f"dot takes it ({drawn.stderr})")
    cli.check("BITRIVER AG" in drawn.stdout, "and draws the listed")


def run(cli):
    check_verdicts(cli)
    check_customer(cli)
    check_knowledge(cli)
    check_errors(cli)
    check_refused(cli)
    check_undescribed(cli)
    check_later(cli)
    check_drawing(cli)


if __name__ == "__main__":
    p.main(run)
