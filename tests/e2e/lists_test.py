#!/usr/bin/env -S python3 -B
"""Sanctions lists: loaded by hand and by the venue, refused when they may not be believed, as known
on any day, and compiled for screening. All lists are invented, in OFAC's csv layout.
usage: lists_test.py BINARY"""

import gzip
import json
import os
import time

import program as p
import serve_test as s

REFUSED, INPUT, USAGE, MISSING = 27, 4, 2, 14
END = b"\x1a\r\n"
COUNT = 60


def row(number, name, programme="INVENTED"):
    return (f'{number},"{name}","individual","{programme}"' + ",-0- " * 8 + "\r\n").encode()


def rows(numbers, **other):
    """A list; `other` are other names, by number: n7="..."."""
    return b"".join(row(number, other.get(f"n{number}", f"INVENTED, Person {number}"))
                    for number in numbers) + END


class Lists:
    def __init__(self, cli, folder):
        self.cli = cli
        self.folder = folder

    def run(self, *arguments):
        return self.cli.run("lists", *arguments, "--data", self.folder)

    def ask(self, *arguments, code=0):
        return self.cli.json("lists", *arguments, "--data", self.folder, "--json", code=code)

    def refused(self, code, text, *arguments):
        found, _, error = self.run(*arguments)
        self.cli.check(found == code and text in error,
                       f"{' '.join(arguments)}: {found}, {error!r}")

    def compiled(self, name):
        with open(os.path.join(self.folder, "lists", name + ".list"), encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
        return lines[0], lines[1:]


def mistakes(cli, lists):
    lists.refused(USAGE, '"fetch" is no action: load, log, status, show, diff or at', "fetch")
    lists.refused(USAGE, "is no name of a list", "load", "Invented", "x")
    lists.refused(USAGE, "load: LIST is missing", "load")
    lists.refused(USAGE, "load: the files of invented are missing", "load", "invented")
    lists.refused(USAGE, '--format: "xls" is none of auto, ofac-csv, ', "load", "invented", "x", "--format",
                  "xls")
    lists.refused(USAGE, "still to come", "load", "invented", "x", "--recorded", "2999-01-01")
    lists.refused(USAGE, "is no moment", "at", "invented", "yesterday")
    lists.refused(USAGE, "behind the second", "diff", "invented", "2022-02-02", "2022-02-01")
    lists.refused(MISSING, "no list was ever loaded", "status")
    lists.refused(REFUSED, "unreadable", "load", "invented", cli.path("none"))
    lists.refused(INPUT, "no such list is in force", "show", "invented", "1")


def a_history(cli, lists):
    """Three days of one list, loaded afterwards."""
    first = cli.write("first.csv", rows(range(1, COUNT + 1)))
    second = cli.write("second.csv.gz", gzip.compress(
        rows([*range(1, COUNT), 100], n7="INVENTED, Other Person")))
    loads = [lists.ask("load", "invented", path, "--recorded", day) for path, day in
             ((first, "2022-04-08"), (second, "2022-04-20T10:00:00Z"), (first, "2022-04-22"))]
    cli.equal([(load["added"], load["changed"], load["removed"]) for load in loads],
              [(COUNT, 0, 0), (1, 1, 1), (1, 1, 1)], "what the loads did")
    cli.equal([load["rows"] == load["entries"] + load["merged"] + load["refused"]
               for load in loads], [True] * 3, "counts add up")
    header, entries = lists.compiled("invented")
    cli.equal((header["list"], header["load"], header["entries"], header["stale"]),
              ("invented", loads[-1]["load"], COUNT, True), "the compiled header")
    cli.equal([entry["number"] for entry in entries], list(range(1, COUNT + 1)), "its entries")
    found = lists.ask("diff", "invented", "2022-04-08", "2022-04-20")
    cli.equal([(entry["number"], entry["change"]) for entry in found["entries"]],
              [(7, "names"), (COUNT, "removed"), (100, "added")], "the first difference")
    cli.equal(lists.ask("diff", "invented", "2022-04-08", "2022-04-22")["entries"], [],
              "there and back")
    cli.equal([len(lists.ask("show", "invented", "7", "--at", at)["versions"]) for at in
               ("2022-04-08", "2022-04-20")], [1, 1], "one version at a time")
    cli.equal(len(lists.ask("show", "invented", "7")["versions"]), 3, "all of them")
    lists.refused(INPUT, "no such entry then", "show", "invented", "100", "--at", "2022-04-22")
    code, output, error = lists.run("at", "invented", "2022-04-20T09:59:59Z")
    cli.equal((code, error), (0, ""), "at, a moment before")
    cli.equal([json.loads(line).get("number") for line in output.splitlines()],
              [None, *range(1, COUNT + 1)], "at, its lines")
    code, output, _ = lists.run("at", "invented", "2022-04-20")
    cli.equal((code, len(output.splitlines())), (0, COUNT + 1), "at, the day")
    lists.refused(INPUT, "invented: no load was in force then", "at", "invented", "2022-04-07")
    lists.refused(INPUT, "999: invented has no such entry\n", "show", "invented", "999")
    lists.refused(USAGE, "later than the one before", "load", "invented", second, "--recorded",
                  "2022-04-09")


def fail_closed(cli, lists):
    before = lists.compiled("invented")
    whole = rows(range(1, COUNT + 1), n9="INVENTED, Nine")
    for name, content, outcome in (("empty", b"", "unreadable"), ("words", b"no list\n", "unreadable"),
                                   ("cut", whole[:len(whole) // 2], None),
                                   ("half", rows(range(1, COUNT // 2)), "shrunken"),
                                   ("spoilt", whole.replace(b'Person 11"', b'Person \xff"'), "spoilt")):
        path = cli.write(name + ".csv", content)
        code, _, error = lists.run("load", "invented", path)
        cli.check(code == REFUSED and (outcome is None or outcome in error),
                  f"{name}: {code}, {error!r}")
        cli.equal(lists.compiled("invented"), before, f"{name}: the old list stays")
    status = lists.ask("status", code=REFUSED)
    cli.equal((status["alarms"], status["lists"][0]["last_outcome"]), (1, "spoilt"), "status")
    reason = "1 of 60 rows could not be read, more than 10 in a thousand"
    cli.equal(status["lists"][0]["last_reason"], reason, "status says why")
    code, output, _ = lists.run("status")
    cli.check(code == REFUSED and f"was REFUSED: spoilt: {reason}\n" in output, f"status as text: {output}")
    code, output, _ = lists.run("log", "invented")
    cli.check("60 rows = 59 entries + 0 merged + 1 refused (utf8 1); ofac-csv spoilt.csv; " in output,
              f"log as text: {output}")
    loaded = lists.ask("load", "invented", cli.path("half.csv"), "--accept-shrunken",
                       "by order of a test")
    cli.equal((loaded["outcome"], loaded["consent"]), ("accepted", "shrunken: by order of a test"),
              "an officer's word")
    loaded = lists.ask("load", "invented", cli.write("whole.csv", whole), "--stale", "10")
    cli.equal((loaded["outcome"], loaded["in_force"]), ("accepted", COUNT), "the whole again")
    cli.equal(lists.ask("load", "invented", cli.path("whole.csv"))["outcome"], "unchanged", "twice")
    cli.equal(lists.ask("status")["alarms"], 0, "all is well")
    late = lists.ask("status", "--at", "2999-01-01", code=REFUSED)
    cli.equal(late["lists"][0]["stale"], True, "stale in 2999")
    code, output, _ = cli.run("lists", "log", "invented", "--data", lists.folder, "--json")
    log = [json.loads(line) for line in output.splitlines()]
    cli.equal((code, [load["outcome"] for load in log][:2]), (0, ["accepted", "accepted"]), "log")
    cli.equal((log[0]["times"], len(log[0]["sha256"])), (2, 64), "times and hash")


def metric(keys, name):
    return s.value_of(s.monitor(keys, "/metrics")[1], name)


def served(cli, folder):
    """A venue that keeps two lists up to date, one from a file and one by a command."""
    os.mkdir(folder)
    old = time.time() - 60
    kept = cli.write("kept.csv", rows(range(1, 11)))
    os.utime(kept, (old, old))
    source = cli.write("source.csv", rows(range(1, 21)))
    cli.write("venue/lists.txt", f"kept ofac-csv 24 file {kept}\n"
              f"fetched auto 24 command 1 1 /bin/cat {source}\n")
    config = cli.write("config.yaml", "lists:\n  sources: lists.txt\n  every: 1 s\n")
    keys_file = cli.path("keys.json")
    lists = Lists(cli, folder)
    with s.Venue(cli, folder, "--profile", "test", "--keys-file", keys_file, "--config",
                 config) as venue:
        venue.ready()
        with open(keys_file, encoding="utf-8") as file:
            keys = json.load(file)
        cli.check(s.eventually(lambda: metric(keys, "cambist_lists_in_force") == 2), "two lists")
        cli.equal(metric(keys, "cambist_lists_entries"), 30, "their entries")
        cli.write("source.csv", rows(range(1, 23)))
        cli.check(s.eventually(lambda: metric(keys, "cambist_lists_entries") == 32), "it follows")
        cli.write("source.csv", rows(range(1, 3)))
        cli.check(s.eventually(lambda: metric(keys, "cambist_lists_refused") == 1), "an alarm")
        cli.equal(lists.compiled("fetched")[0]["entries"], 22, "the old list stays")
        cli.equal(lists.ask("status", code=REFUSED)["alarms"], 1, "status beside the venue")
        cli.write("kept2.csv", rows(range(1, 12)))
        cli.equal(lists.ask("load", "by-hand", cli.path("kept2.csv"))["outcome"], "accepted",
                  "a load beside the venue")
        cli.check(s.eventually(lambda: metric(keys, "cambist_lists_in_force") == 3), "three lists")
        code, _, error = cli.run("backup", folder, cli.path("copy"))
        cli.equal(code, 0, f"exit code of backup ({error.strip()})")
        cli.equal(Lists(cli, cli.path("copy")).ask("diff", "kept", "2022-01-01", "2999-01-01")
                  ["added"], 10, "the history of lists is in a backup")
        cli.equal(venue.stop(), 0, "exit code on SIGTERM")
    with open(cli.path("serve.log"), encoding="utf-8") as file:
        events = [json.loads(line)["event"] for line in file]
    cli.check("lists.refused" in events and "lists.loaded" in events, "the log says it")
    cli.check("process.failed" not in events, "no process failed")


def test(cli):
    lists = Lists(cli, cli.path("by-hand"))
    os.mkdir(lists.folder)
    mistakes(cli, lists)
    a_history(cli, lists)
    fail_closed(cli, lists)
    served(cli, cli.path("venue"))


if __name__ == "__main__":
    p.main(test)
