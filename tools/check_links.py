#!/usr/bin/env python3
"""Links between our pages lead somewhere: each relative link of a .md file names a file that exists,
and, with #, a heading in it. Tests that a page names before a link to their file, `name`, `name`
([`x_test.c`](x_test.c)), are in that file."""

import os
import re

import lint_source

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
NAMED = re.compile(r"((?:`[a-z][a-z0-9_]*`,? )+)(?:\(|in )\[`[^`\n]+`\]\(([^)#\s]+_test\.(?:c|py))\)")


def anchors(text):
    found = set()
    for heading in re.findall(r"^#+\s+(.*?)\s*$", text, re.M):
        plain = re.sub(r"[^\w\- ]", "", heading.lower())
        found.add(plain.replace(" ", "-"))
    return found


def check_tests(tree, path, text):
    for place in NAMED.finditer(text):
        whole = os.path.normpath(os.path.join(os.path.dirname(path), place.group(2)))
        if not os.path.exists(os.path.join(tree.root, whole)):
            continue  # told as a link
        source = tree.read(whole)
        for name in re.findall(r"`(\w+)`", place.group(1)):
            if not re.search(rf"\b{name}\b", source):
                tree.report(path, lint_source.line_of(text, place.start()), f"a test {name}",
                            f"{whole} has none of that name")


def run():
    tree, _ = lint_source.start("links", __doc__)
    for path in tree.all_files():
        if not path.endswith(".md"):
            continue
        text = re.sub(r"^```.*?^```", lambda place: re.sub(r"[^\n]", " ", place.group(0)),
                      tree.read(path), flags=re.M | re.S)
        check_tests(tree, path, text)
        text = re.sub(r"`[^`\n]*`", lambda place: " " * len(place.group(0)), text)
        for place in LINK.finditer(text):
            target, _, anchor = place.group(1).partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            whole = os.path.normpath(os.path.join(os.path.dirname(path), target)) if target else path
            line = lint_source.line_of(text, place.start())
            if not os.path.exists(os.path.join(tree.root, whole)):
                tree.report(path, line, f"a link to {place.group(1)}", f"there is no {whole}")
            elif anchor and whole.endswith(".md") and anchor not in anchors(tree.read(whole)):
                tree.report(path, line, f"a link to {place.group(1)}",
                            f"{whole} has no heading #{anchor}")
    return tree.finish()


lint_source.main(run)
