#!/usr/bin/env -S python3 -B
"""The officers' console in Debian's Chromium, against a venue with a desk and a public log: five officers
sign in by key file and security key, take requests in, refuse one, approve another, see it delivered.
The steps are in browser/office.mjs; before
them the page's words and rules are held against those of the desk. usage: office_page_test.py BINARY

Where npm, Chromium or the pages are missing, the test is skipped. Everything is on loopback."""

import json
import os
import re
import subprocess

import browser_test as b
import desk_test as d
import office as o
import program as p
import serve_test as s

CONFIG = ("desk:\n  on: true\noffice:\n  on: true\n  listen: 127.0.0.1:0\n"
          "publog:\n  on: true\n  origin: demo.invalid/log\n")
SECONDS = 400
HERE = os.path.dirname(os.path.abspath(__file__))
TABLES = {"ROLE": "role", "REQUEST": "request", "MARK": "mark", "OPENING": "opening", "BASIS": "basis",
          "CLASS": "class", "URGENCY": "urgency", "REASON": "reason", "CONTACT": "contact", "TYPE": "type",
          "FIELD": "subject", "GROUP": "group", "STATE": "state", "ACT": "act"}


def words_of(path, pattern):
    with open(os.path.join(HERE, "..", "..", path), encoding="utf-8") as file:
        return re.findall(pattern, file.read())


def every_word_has_a_text(cli):
    """What the desk and the queue may say, the page says in both languages."""
    wanted = []
    header = "src/role/desk/desk_words.h"
    for table, family in TABLES.items():
        with open(os.path.join(HERE, "..", "..", header), encoding="utf-8") as file:
            body = re.search(rf"#define DESK_{table}_TABLE\(ROW\)(.*?)\n\n", file.read(), re.S).group(1)
        wanted += [f"{family}.{name}" for name in re.findall(r'ROW\(\w+, \d+, "([^"]+)"', body)]
    wanted += [f"rule.{name}" for name in words_of("src/role/desk/desk.h", r'ROW\([A-Z_]+, "([a-z-]+)", "')]
    for table, family in (("KIND", "kind"), ("STATE", "rstate"), ("OUTCOME", "outcome")):
        names = words_of("src/role/cases/case_rows.c", rf'\[CASE_{table}_\w+\] = "([^"]+)"')
        wanted += [f"{family}.{name}" for name in names]
    voids = words_of("src/role/cases/case_rows.c", r'\[CASE_VOID_[A-Z]+\] = "([^"]+)"')[1:]
    shown = words_of("web/src/office/restrictions.tsx", r"export const VOIDS = \[(.*)\];")[0]
    cli.equal(re.findall(r"'([^']+)'", shown), voids, "why an act changes nothing")
    cli.check(len(wanted) > 150, f"words are found: {len(wanted)}")
    wanted = set(wanted) - {"reason.none", "rule.none"}
    for language in ("en", "fr"):
        keys = set(words_of(f"web/src/office/{language}.ts", r"'([A-Za-z]+\.[A-Za-z-]+)':"))
        cli.equal(wanted - keys, set(), f"words without a text in {language}")


def bits_of(text, defines, table):
    """The names in an expression of DESK_STATES(..), DESK_ROLES(..) and what stands for several."""
    for name, body in defines.items():
        text = re.sub(rf"\b{name}\b", body, text)
    return {table[name] for name in re.findall(r"DESK_(?:STATES|ROLES)\((\w+)\)", text)}


def arrows_of_the_desk():
    """{act: (states, roles, whether it wants evidence)} of what people do, as desk_rule.c has it."""
    with open(os.path.join(HERE, "..", "..", "src/role/desk/desk_rule.c"), encoding="utf-8") as file:
        text = file.read().replace("\\\n", " ")
    names = dict(words_of("src/role/desk/desk_words.h", r'ROW\((\w+), \d+, "([^"]+)"'))
    defines = dict(re.findall(r"#define (BEFORE_OPENING|OVER|TOLD_AFTER|REVIEWERS|EVERYBODY)\s+(.*)", text))
    table = re.search(r"arrows\[\] = \{\n(.*?)\n\};", text, re.S).group(1)
    found = {}
    for kind, body in re.findall(r"\[DESK_ACT_(\w+)\] = \{(.*?)\}", table, re.S):
        states, roles, _, _, evidence = [" ".join(part.split()) for part in body.split(",")]
        roles = bits_of(roles, {"EVERYBODY": defines["EVERYBODY"], "REVIEWERS": defines["REVIEWERS"]}, names)
        if roles != {"process"}:
            found[names[kind]] = (bits_of(states, defines, names), roles, evidence == "true")
    return found


def the_page_knows_the_rules(cli, build):
    """Who may do what in which state, at the desk and on the page."""
    web = os.path.join(build, "web")
    made = cli.path("acts.mjs")
    script = (f"const {{ build }} = await import({json.dumps(web + '/node_modules/esbuild/lib/main.js')});"
              f"await build({{ absWorkingDir: {json.dumps(web)}, entryPoints: ['src/office/acts.ts'], bundle: true,"
              f" format: 'esm', outfile: {json.dumps(made)} }});"
              f"const {{ ACTS, FREE }} = await import({json.dumps(made)});"
              "console.log(JSON.stringify({ ...ACTS, ...FREE }));")
    shown = json.loads(subprocess.run(["node", "--input-type=module", "-e", script], check=True, timeout=SECONDS,
                                      stdout=subprocess.PIPE).stdout)
    page = {act: (set(row["from"]), set(row["roles"]), bool(row.get("evidence"))) for act, row in shown.items()}
    desk = arrows_of_the_desk()
    cli.check(len(desk) > 20, f"acts are found: {len(desk)}")
    cli.equal(set(page), set(desk), "acts of people")
    for act, row in desk.items():
        cli.equal(page.get(act), row, f"{act}: states, roles, evidence")


def test(cli):
    every_word_has_a_text(cli)
    if cli.failed:
        return
    build = os.path.abspath(os.path.join(os.path.dirname(cli.binary), "..", ".."))
    if b.missing():
        b.c.m.skip(f"the console in a browser: {b.missing()}")
    if not os.path.exists(os.path.join(build, "web", "dist-office", "index.html")):
        b.c.m.skip("the console in a browser: the binary was built without npm")
    the_page_knows_the_rules(cli, build)
    steps = b.install(build, "office_browser")
    folder = cli.path("venue")
    keys = d.make_people(cli, folder)
    with s.Venue(cli, folder, "--new", "--config", cli.write("cambist.yaml", CONFIG)) as venue:
        venue.ready()
        d.register(d.Desk(cli, folder, keys))
        world = {"origin": o.origin_of(cli), "data": folder, "folder": cli.folder, "keys": keys,
                 "authority": "xa-court", "telephone": "+00 1 23"}
        words = ["node", "office.mjs", os.path.abspath(cli.binary), cli.write("world.json", json.dumps(world))]
        pictures = os.environ.get("CAMBIST_SHOTS")
        code = subprocess.run(words + ([pictures] if pictures else []), cwd=steps, check=False,
                              timeout=SECONDS).returncode
        cli.equal(code, 0, "the walk in a browser")
        cli.equal(venue.stop(), 0, "an orderly end")
    with open(cli.path("serve.log"), "rb") as file:
        said = file.read()
    cli.check(b"AB 123" not in said and b"BEGIN PRIVATE" not in said, "nothing of it is in the logs")


if __name__ == "__main__":
    p.main(test)
