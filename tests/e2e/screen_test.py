#!/usr/bin/env -S python3 -B
"""cambist screen: hits in order with parts that add up, files of names, lists in several formats, and
exact messages. usage: screen_test.py BINARY"""

import gzip
import json
import re

import program as p

USAGE, INPUT, MISSING = 2, 4, 14

ENTRIES = [
    {"number": 7, "id": "A1", "source": "North list", "kind": "person",
     "names": [{"text": "BRUDOVSKY, Orlan", "quality": "primary"}],
     "births": [{"from": "1961-03-25"}], "countries": [{"country": "RU", "tie": "nationality"}]},
    {"number": 8, "id": "A2", "source": "South list", "kind": "person",
     "names": [{"text": "BRUDOVSKY, Orlan", "quality": "primary"}], "births": [{"from": "1984"}]},
    {"number": 9, "id": "B1", "source": "South list", "kind": "entity",
     "names": [{"text": "KATANOVA MINING LLC", "quality": "primary"}],
     "wallets": [{"asset": "XBT", "address": "1InventedAddressOfNobody1111111111"}]},
    {"number": 10, "id": "C1", "source": "North list", "kind": "person",
     "wallets": [{"asset": "XBT", "address": "1InventedAddressWithoutName11111111"}]},
]


def lists(cli):
    lines = [json.dumps({"list": "demo", "format": "ofac-csv"}, separators=(",", ":"))]
    lines += [json.dumps(entry, separators=(",", ":")) for entry in ENTRIES]
    return cli.write("demo.list", "\n".join(lines) + "\n")


def check_one(cli, path):
    code, output, error = cli.run("screen", "--list", path, "--explain", "--", "Orlan Brudovski")
    cli.equal((code, error), (0, ""), "a name that is nearly listed")
    hits = re.findall(r"^(\d\.\d+)  demo  (\w+)  BRUDOVSKY, Orlan  \(primary\)$", output, re.M)
    cli.equal([hit[1] for hit in hits], ["A1", "A2"], "both, by number")
    for block in output.split("  demo  ")[1:]:
        parts = [round(float(number) * 1000000)
                 for number in re.findall(r"^ +(-?\d\.\d+)  \w", block, re.M)]
        total = re.search(r"^ +(\d\.\d+)  = the score$", block, re.M)
        cli.equal(sum(parts), round(float(total.group(1)) * 1000000), "the parts add up")
    code, output, _ = cli.run("screen", "--list", path, "--birth", "1984-05", "--country", "RU", "--",
                              "Brudovsky Orlan")
    cli.check(output.startswith("1.000000  demo  A2") or "A2" in output.splitlines()[0],
              f"who was born then comes first: {output}")
    cli.check("(primary, not born then, country agrees)" in output, "what else agrees is said")
    code, output, _ = cli.run("screen", "--list", path, "--", "1InventedAddressOfNobody1111111111")
    cli.check(output.startswith("1.000000  demo  B1  KATANOVA MINING LLC  (primary, by wallet)"),
              f"an address by itself: {output}")
    code, output, _ = cli.run("screen", "--list", path, "--explain", "--",
                              "1InventedAddressWithoutName11111111")
    cli.check(code == 0 and output.startswith("1.000000  demo  C1  (no name, by wallet)"),
              f"an address of an entry without a name: {code} {output}")
    code, output, _ = cli.run("screen", "--list", path, "--kind", "entity", "--", "Orlan Brudovsky")
    cli.equal(output.split(), "hits 0, of 1 entries".split(), "--kind leaves the others out")
    code, output, _ = cli.run("screen", "--list", path, "--source", "South", "--", "Orlan Brudovsky")
    cli.check("A2" in output and "A1" not in output, "--source leaves the others out")


def check_file(cli, path):
    names = "id,name\n0,Orlan Brudovsky\n1,\"Nobody, Really\"\n2,...\n3,Katanova Mining\n"
    plain = cli.write("names.csv", names)
    packed = cli.write("names.csv.gz", gzip.compress(names.encode()))
    code, output, error = cli.run("screen", "search", "--list", path, "--column", "name",
                                  "--at-least", "0.7", plain)
    rows = [line.split("\t") for line in output.splitlines()]
    cli.equal((code, [(row[0], row[1]) for row in rows]), (0, [("0", "A1"), ("0", "A2"), ("3", "B1")]),
              "rows from 0, entries, best first")
    cli.check(all(re.fullmatch(r"[01]\.\d{6}", row[2]) for row in rows), "scores")
    cli.check(error.startswith("4 names, "), f"what it cost goes to standard error: {error}")
    cli.equal(error.splitlines()[1:], ["1 name without a letter or digit, or not UTF-8, first in row 2"], "nameless")
    for threads in "1", "3":
        again = cli.run("screen", "search", "--list", path, "--column", "name", "--at-least", "0.7",
                        "--threads", threads, packed)
        cli.equal(again[:2], (0, output), f"packed, on {threads} threads")
    few = cli.run("screen", "search", "--list", path, "--column", "name", "--top", "1", "--at-least",
                  "0.7", plain)[1]
    cli.equal(few, "".join(line + "\n" for line in output.splitlines() if "A2" not in line), "--top")


def check_pairs(cli):
    """A score a row, whatever the names are; those that are none are counted."""
    pairs = cli.write("pairs.csv", "name1,name2\nOrlan,Orlan\n...,Orlan\n\"\",-\nOrlan,Nobody\n")
    code, output, error = cli.run("screen", "pairs", pairs)
    cli.equal((code, output.splitlines()[:3]), (0, ["1.000000", "0.000000", "0.000000"]), "scores")
    cli.equal(len(output.splitlines()), 4, "a line a row")
    cli.equal(error, "3 names without a letter or digit, or not UTF-8, first in row 1\n", "what is no name is counted")
    twice = cli.write("twice.csv", "name1,name2\nOrlan,Orlan\nname1,name2\nOrlan,Orlan\n")
    cli.refuses(["screen", "pairs", twice], INPUT,
                f"cambist screen: {twice}: line 3: the names of the columns once more: two files in one?")
    nul = cli.write("nul.csv", "name1,name2\nOrlan,Or\0lan\n")
    cli.refuses(["screen", "pairs", nul], INPUT,
                f"cambist screen: {nul}: line 2: a NUL byte: the file is damaged, or is no text")


def check_refusals(cli, path):
    for name in "...", "", " ":
        cli.refuses(["screen", "--list", path, "--", name], USAGE,
                    f'cambist screen: NAME: "{name}" has no letter or digit, or is not UTF-8')
    code, _, error = cli.run("screen", "--list", path, "--", b"\xff")
    cli.check(code == USAGE and "has no letter or digit, or is not UTF-8" in error, f"no UTF-8: {code}, {error}")
    for country in "ru", "R1", "RUS":
        cli.refuses(["screen", "--list", path, "--country", country, "--", "x"], USAGE,
                    f'cambist screen: --country: "{country}" is not two capital letters')
    cli.refuses(["screen", "--list", path, "--at-least", "2", "--", "x"], USAGE,
                'cambist screen: --at-least: "2" is no number from 0 to 1')
    cli.refuses(["screen", "--list", path, "--birth", "soon", "--", "x"], USAGE,
                'cambist screen: --birth: "soon" is no date like 1962-03-25')
    cli.refuses(["screen", "--list", path, "--", "two", "words"], USAGE,
                "cambist screen: a name of several words wants quotes")
    nowhere = cli.path("nowhere")
    cli.refuses(["screen", "--data", nowhere, "x"], MISSING,
                f"cambist screen: no compiled list in {nowhere}/lists: name one with --list")
    cut = cli.write("cut.list", open(path, encoding="utf-8").read()[:-20])
    cli.equal(cli.run("screen", "--list", cut, "--", "x")[0], INPUT, "a list that is cut")
    cli.equal(cli.run("screen", "--list", cli.write("empty.list", ""), "--", "x")[0], INPUT,
              "an empty list")
    table = cli.write("table.csv", "id,name\n1,x\n")
    cli.refuses(["screen", "search", "--list", path, "--column", "title", table], INPUT,
                f'cambist screen: {table}: no column "title"')
    cli.refuses(["screen", "search", "--list", path, "--", table], USAGE, "cambist screen: --column is missing")
    torn = cli.write("torn.csv", "id,name\n1\n")
    cli.refuses(["screen", "search", "--list", path, "--column", "name", torn], INPUT,
                f"cambist screen: {torn}: line 2: not as many fields as the first row names")


def main():
    cli = p.Program(p.sys.argv[1])
    path = lists(cli)
    check_one(cli, path)
    check_file(cli, path)
    check_pairs(cli)
    check_refusals(cli, path)
    return cli.finish()


if __name__ == "__main__":
    p.sys.exit(main())
