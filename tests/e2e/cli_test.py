#!/usr/bin/env -S python3 -B
"""The command line: exact error messages, exit codes, JSON output, and files that are cut or damaged,
for every reader. usage: cli_test.py BINARY"""

import gzip
import json
import lzma
import os
import re
import shutil
import subprocess
import urllib.request

import program as p

COMMANDS = ["serve", "demo", "bots", "init", "admin", "approve", "replay", "verify", "snapshot", "backup",
            "restore", "dump", "bench", "sim", "repair", "history", "rules", "why", "relations", "case",
            "inbox", "reports", "lists", "own", "log", "screen", "people", "vault", "ceremony", "officer", "open", "rotate",
            "witness", "door", "report", "desk", "mailbox", "check-config", "man", "completion", "version"]

USAGE, INPUT, MISSING, DIVERGED = 2, 4, 14, 22


def check_help(cli):
    code, output, error = cli.run("--help")
    cli.equal((code, error), (0, ""), "cambist --help")
    for name in COMMANDS:
        cli.check(re.search(rf"^  {name} ", output, re.M), f"--help names {name}")
        code, text, error = cli.run(name, "--help")
        cli.equal((code, error), (0, ""), f"cambist {name} --help")
        cli.check(text.startswith(f"usage: cambist {name}"), f"usage of {name}")
        cli.check(all(len(line) <= 100 for line in text.splitlines()), f"columns of {name} --help")
    code, output, error = cli.run()
    cli.equal((code, output), (USAGE, ""), "cambist without arguments")
    cli.check(error.startswith("usage: cambist COMMAND"), "usage without arguments")


def check_version(cli):
    with open("meson.build", encoding="utf-8") as file:
        version = re.search(r"version: '([^']+)'", file.read()).group(1)
    code, output, _ = cli.run("version")
    cli.equal((code, output), (0, f"cambist {version} (semantics 1, journal format 1)\n"), "version")
    cli.equal(cli.run("--version")[1], output, "--version")
    cli.equal(cli.json("version", "--json"),
              {"version": version, "semantics": 1, "journal_format": 1}, "version --json")


def check_manual(cli):
    os.mkdir(cli.path("man"))
    code, output, error = cli.run("man", "--write", cli.path("man"))
    cli.equal((code, output, error), (0, "", ""), "man --write")
    pages = sorted(os.listdir(cli.path("man")))
    cli.equal(pages, sorted(["cambist.1"] + [f"cambist-{name}.1" for name in COMMANDS]), "pages")
    code, page, _ = cli.run("man", "replay")
    with open(cli.path("man/cambist-replay.1"), encoding="utf-8") as file:
        cli.equal((code, page), (0, file.read()), "man replay is the page written")
    if shutil.which("mandoc") is None:
        print("mandoc is not installed: the pages are not linted")
        return
    for name in pages:
        lint = subprocess.run(["mandoc", "-Tlint", cli.path("man/" + name)], capture_output=True,
                              text=True, check=False).stdout
        # The other pages are not installed where mandoc looks for them.
        found = [line for line in lint.splitlines() if "referenced manual not found" not in line]
        cli.equal(found, [], f"mandoc on {name}")


def check_usage(cli):
    for arguments, text in [
            (["repl"], 'cambist: "repl": unknown command; did you mean replay?'),
            (["nonsense"], 'cambist: "nonsense": unknown command; cambist --help lists them'),
            (["replay"], "cambist replay: nothing to replay: give one of --orders, --generate, "
                         "--bitstamp, --coinbase, --binance"),
            (["replay", "--orders", "a", "--generate", "hot"],
             "cambist replay: give only one of --orders, --generate, --bitstamp, --coinbase, "
             "--binance"),
            (["replay", "--generate", "hot", "--batch", "x"],
             'cambist replay: --batch: "x" is not a number from 1 to 65536'),
            (["replay", "--generate", "hot", "--batch", "0"],
             'cambist replay: --batch: "0" is not a number from 1 to 65536'),
            (["replay", "--batch"], "cambist replay: --batch: the value (N) is missing"),
            (["replay", "--bach", "3"],
             "cambist replay: --bach: unknown option; did you mean --batch?"),
            (["replay", "--generate", "flat"],
             'cambist replay: --generate: "flat" is none of deep, hot'),
            (["replay", "--orders", "a", "--seed", "3"],
             "cambist replay: --seed: goes with --generate only"),
            (["replay", "--orders", "a", "--symbol", "X"],
             "cambist replay: --symbol: goes with --binance only"),
            (["replay", "--orders", "a", "b"],
             'cambist replay: "b": only --bitstamp and --binance take further files'),
            (["verify"], "cambist verify: DIR is missing"),
            (["verify", "a", "b"], 'cambist verify: "b": one argument too many'),
            (["version", "a"], 'cambist version: "a": no argument is expected here'),
            (["sim", "--seeds", "5..2"],
             'cambist sim: --seeds: "5..2" is not a range A..B of numbers from 0 to '
             "18446744073709551615"),
            (["check-config"], "cambist check-config: FILE is missing: which one is to be checked?"),
            (["repair", "d"], "cambist repair: --void is missing: which command is to be skipped?"),
            (["man", "nonsense"], 'cambist man: "nonsense": there is no such command'),
    ]:
        cli.refuses(arguments, USAGE, text)


def check_generated(cli):
    first = cli.json("replay", "--generate", "deep", "--depth", "1000", "--count", "20000", "--seed",
                     "7", "--json")
    wanted = {"ops": 20000, "trades": 2421, "qty": 177785, "trade_hash": "9e37282faaca31e7",
              "resting": 1001, "verdict": "ok", "rejected": 0, "batch": 1024, "journal": False,
              "prefill": 1000}
    cli.equal({name: first.get(name) for name in wanted}, wanted, "generated flow")
    cli.check(first.get("ns_per_op", 0) > 0 and first.get("ops_per_s", 0) > 0, "figures of speed")
    cli.check(re.fullmatch("[0-9a-f]{64}", first.get("state_hash") or ""), "state hash")
    again = cli.json("replay", "--generate", "deep", "--depth", "1000", "--count", "20000", "--seed",
                     "7", "--json", "--client-ids", "--batch", "1")
    cli.equal(again.get("trade_hash"), first.get("trade_hash"), "digest with ids and single commands")
    code, _, error = cli.run("replay", "--generate", "hot", "--depth", "10", "--count", "10")
    cli.equal((code, error), (0, ""), "no progress line without a terminal")


def check_order_files(cli):
    whole = p.sample_file()
    for name, content in [("plain.vord", whole), ("gz.vord", gzip.compress(whole)),
                          ("xz.vord", lzma.compress(whole))]:
        found = cli.json("replay", "--orders", cli.write(name, content), "--json")
        cli.equal((found.get("trades"), found.get("qty"), found.get("resting"),
                   found.get("verdict")), (2, 7, 1, "ok"), name)

    def refused(name, content, code, text):
        path = cli.write(name, content)
        cli.refuses(["replay", "--orders", path], code, f"cambist replay: {path}: {text}")

    refused("empty", b"", INPUT, "offset 0: the header needs 96 bytes, the file ends after 0")
    refused("foreign", b"x" * 200, INPUT,
            "offset 0: not an order file (it begins otherwise than VORD0001)")
    refused("cut", whole[:-1], INPUT, "offset 256: a record needs 32 bytes, the file ends after 31")
    refused("longer", whole + b"x", INPUT, "offset 288: the file goes on where it should end")
    refused("type", whole[:96] + b"\x09" + whole[97:], INPUT,
            "record 1 at offset 96: type 9 is none of 1, 2, 3, 4")
    packed = lzma.compress(whole)
    refused("cut.xz", packed[:-10], INPUT,
            f"byte {len(packed) - 10} of the xz file: the file ends inside")
    damaged = bytearray(gzip.compress(whole))
    damaged[-6] ^= 1
    refused("damaged.gz", bytes(damaged), INPUT,
            f"byte {len(damaged) - 4} of the gzip file: incorrect data check")

    path = cli.path("nowhere")
    cli.refuses(["replay", "--orders", path], MISSING,
                f"cambist replay: {path}: cannot open: No such file or directory")
    records, oracle = p.sample_orders()
    wrong = p.header(2, 4, 4, oracle[0], oracle[1], oracle[2] ^ 1, oracle[3]) + b"".join(records)
    path = cli.write("wrong", wrong)
    found = cli.json("replay", "--orders", path, "--json", code=DIVERGED)
    cli.equal(found.get("verdict"), "diverged", "a wrong oracle")


def line(time, event, order, kind, price, amount):
    data = {"price": price, "amount": amount, "datetime": "1", "id": order, "order_type": kind}
    return f"{time} order_{event} {json.dumps(data)}\n"


def check_bitstamp(cli):
    log = (line(1, "created", 1, 0, "10.50", "2.0") + line(2, "created", 2, 1, "10.70", "1.5")
           + line(3, "created", 3, 0, "10.70", "0.5") + line(4, "changed", 2, 1, "10.70", "1.0")
           + line(5, "deleted", 3, 0, "10.70", "0.0")
           + '6 order_book {"bids": [["10.50", "2.0"]], "asks": [["10.70", "1.0"]]}\n')
    path = cli.write("bitstamp.log.xz", lzma.compress(log.encode()))
    found = cli.json("replay", "--bitstamp", path, "--json")
    cli.equal((found.get("trades"), found.get("resting"), found.get("rejected")), (1, 2, 0),
              "bitstamp log")
    cli.equal(found["agreement"][0]["all"]["levels_equal"], 2, "bitstamp agreement")
    # A recording in two files is one recording.
    first = cli.write("first.log", log[:200 + log[200:].index("\n") + 1])
    second = cli.write("second.log", log[200 + log[200:].index("\n") + 1:])
    both = cli.json("replay", "--bitstamp", first, second, "--json")
    cli.equal(both.get("state_hash"), found.get("state_hash"), "two files")

    path = cli.write("bad.log", log + line(7, "created", 9, 0, "1.2.3", "1"))
    cli.refuses(["replay", "--bitstamp", path], INPUT,
                f'cambist replay: {path}: line 7: price: "1.2.3" is not a decimal')
    path = cli.write("cut.log", log[:150])
    code, _, error = cli.run("replay", "--bitstamp", path)
    cli.equal(code, INPUT, "a log cut inside a line")
    cli.check(re.search(r": line 2: not JSON at byte \d+: ", error), f"says where: {error}")


def check_coinbase(cli):
    book = {"product": "BTC-USD", "bids": [["99.5", "1.5", "a"], ["99.5", "0.25", "b"]],
            "asks": [["100.01", "0.1", "c"]]}
    path = cli.write("book.json.gz", gzip.compress(json.dumps(book).encode()))
    found = cli.json("replay", "--coinbase", path, "--json")
    cli.equal((found.get("book_expected"), found.get("book_equal"), found.get("restore_equal")),
              (3, 3, True), "coinbase book")
    path = cli.write("level2.json", '{"bids":[["99.5","1",3]],"asks":[]}')
    cli.refuses(["replay", "--coinbase", path], INPUT,
                f"cambist replay: {path}: bids: order 1: the third field is no order id "
                "(a level 2 book has none)")
    path = cli.write("cut.json", json.dumps(book)[:-9])
    cli.equal(cli.run("replay", "--coinbase", path)[0], INPUT, "a book cut off")


def check_binance(cli):
    frames = [{"lastUpdateId": 100, "bids": [["10", "2"]], "asks": [["12", "3"]]},
              {"stream": "abusdt@depth", "data": {"e": "depthUpdate", "E": 5, "s": "ABUSDT", "U": 101,
                                                  "u": 102, "b": [["10", "1"]], "a": []}},
              {"stream": "abusdt@trade", "data": {"e": "trade", "E": 6, "T": 6, "s": "ABUSDT",
                                                  "p": "12", "q": "1", "m": False}},
              {"u": 102, "s": "ABUSDT", "b": "10", "B": "1", "a": "12", "A": "2"}]
    text = "".join(f"{i} {json.dumps(frame)}\n" for i, frame in enumerate(frames))
    found = cli.json("replay", "--binance", cli.write("frames", text), "--json")
    cli.equal((found.get("trades"), found.get("rejected")), (1, 0), "binance frames")
    cli.equal(found["agreement"][1]["all"]["levels_equal"], 2, "binance agreement")
    path = cli.write("bad frames", text + '{"e":"depthUpdate","E":1,"s":"ABUSDT","U":3,"u":2,'
                                          '"b":[],"a":[]}\n')
    cli.refuses(["replay", "--binance", path], INPUT,
                f"cambist replay: {path}: line 5: U: 3 is above u")
    path = cli.write("other", text)
    found = cli.json("replay", "--binance", path, "--symbol", "NONE", "--json")
    cli.equal(found.get("notes", {}).get("frames left out: of another market"), 3, "--symbol")


def check_bench(cli):
    found = cli.json("bench", "--only", "hot10k", "--count", "5000", "--rounds", "2", "--json")
    cli.equal([row.get("row") for row in found.get("rows", [])], ["hot10k"], "bench --only")
    found = cli.json("bench", "--only", "single", "--count", "5000", "--rounds", "1", "--json")
    row = found.get("rows", [{}])[0]
    cli.check(0 < row.get("p50_ns", 0) <= row.get("p99_ns", 0) <= row.get("max_ns", 0), "latencies")


def check_durable_bench(cli):
    cli.refuses(["bench", "--only", "durable"], USAGE,
                "cambist bench: --only durable: needs --journal DIR")
    folder = cli.path("scratch")
    for row in ("durable", "durable1"):
        found = cli.json("bench", "--only", row, "--count", "300", "--journal", folder, "--json")
        figures = found.get("rows", [{}])[0]
        cli.check(figures.get("commands") == 300 and figures.get("raw_ns", 0) > 0
                  and figures.get("recovered", 0) > 300, f"bench row {row}: {figures}")
        cli.equal(os.listdir(folder), [], f"bench row {row} tidies up")


def check_sim(cli):
    found = cli.json("sim", "--seeds", "1..2", "--commands", "500", "--operations", "5", "--json")
    commit = found.pop("commit", None)
    cli.check(commit, "sim names the commit")
    cli.equal(found, {"seeds": 2, "commands": 500, "part": "all", "failed": 0,
                      "first_failed": None}, "sim")
    for part, lines in (("model", 2), ("rules", 2), ("engine", 2), ("all", 4)):
        code, output, error = cli.run("sim", "--seeds", "3", "--commands", "500", "--operations",
                                      "2", "--part", part)
        cli.equal((code, error, len(output.splitlines())), (0, "", lines), f"sim --part {part}")
    cli.refuses(["sim", "--part", "journal"], USAGE,
                'cambist sim: --part: "journal" is none of all, model, rules, engine')


def check_mailbox(cli):
    """It has entered its sandbox before it shows anything, and works in it."""
    folder = cli.path("trial")
    os.mkdir(folder)
    with subprocess.Popen([cli.binary, "mailbox", "--data", folder], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as process:
        try:
            address = process.stdout.readline().strip()
            with urllib.request.urlopen(address, timeout=60) as answer:
                cli.check(b"No mail yet" in answer.read(), "a mailbox without mails")
            for number in range(51):
                name = os.path.join(folder, "door", "mail", f"{number:016x}-1")
                with open(name, "w", encoding="ascii") as file:
                    file.write(f"To: <a@example.org>\nSubject: V: Your code\n\n    K{number}\n")
            with urllib.request.urlopen(address + "mails.json", timeout=60) as answer:
                mails = json.loads(answer.read())
            cli.equal((len(mails), mails[0]["name"][:16]), (50, f"{50:016x}"), "the newest mails")
        finally:
            process.terminate()
        error = process.communicate(timeout=60)[1]
    cli.equal(process.returncode, 0, "a mailbox that was asked to end")
    cli.check(re.match(r"sandbox: (none: this build|no_new_privs)", error), f"sandbox: {error!r}")


def run(cli):
    for part in (check_help, check_version, check_manual, check_usage, check_generated,
                 check_order_files, check_bitstamp, check_coinbase, check_binance, check_bench,
                 check_durable_bench, check_sim, check_mailbox):
        part(cli)


p.main(run)
