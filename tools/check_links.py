#!/usr/bin/env python3
"""Links between our pages lead somewhere: each relative link of a .md file names a file that exists,
and, with #, a heading in it. Tests that a page names before a link to their file, `name`, `name`
([`x_test.c`](x_test.c)), are in that file, which a meson.build knows; and in
docs/threat-model.md a row of a table whose last column is "test" names one, of the files that are
linked there."""

import os
import re

import lint_source

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
NAME = re.compile(r"`([a-z][a-z0-9]*(?:_[a-z0-9]+)+)`")
TEST_FILE = re.compile(r"\]\(([^)#\s]+(?:_test\.(?:c|py)|\.mjs))\)")
NAMED = re.compile(r"((?:`[a-z][a-z0-9_]*`,? )+)(?:\(|in )\[`[^`\n]+`\]\(([^)#\s]+_test\.(?:c|py))\)")


def anchors(text):
    found = set()
    for heading in re.findall(r"^#+\s+(.*?)\s*$", text, re.M):
        plain = re.sub(r"[^\w\- ]", "", heading.lower())
        found.add(plain.replace(" ", "-"))
    return found


def check_rows(tree, path, text):
    here = os.path.dirname(path)
    files = {os.path.normpath(os.path.join(here, name)) for name in TEST_FILE.findall(text)}
    files = [tree.read(name) for name in sorted(files) if os.path.exists(os.path.join(tree.root, name))]
    is_in = False
    for number, line in enumerate(text.split("\n"), 1):
        cells = line.split("|")
        if not line.startswith("|"):
            is_in = False
        elif cells[-2].strip() == "test":
            is_in = True
        elif is_in and not set(line) <= set("|-"):
            names = NAME.findall(cells[-2])
            if not names:
                tree.report(path, number, "a row without a test", "name one that would fail")
            for name in names:
                if not any(re.search(rf"\b{name}\b", source) for source in files):
                    tree.report(path, number, f"a test {name}", "no file that is linked here has it")


def check_known(tree, path, line, whole):
    """Meson runs it: the folder's own list, or that of tests."""
    name = os.path.basename(whole)
    lists = (os.path.join(os.path.dirname(whole), "meson.build"), "tests/meson.build")
    found = [tree.read(list_) for list_ in lists if os.path.exists(os.path.join(tree.root, list_))]
    if found and not any(f"/{name}'" in text or f"'{name}'" in text for text in found):
        tree.report(path, line, f"a test {whole}", "no meson.build beside it, or of tests, runs it")


def check_tests(tree, path, text):
    for place in NAMED.finditer(text):
        whole = os.path.normpath(os.path.join(os.path.dirname(path), place.group(2)))
        if not os.path.exists(os.path.join(tree.root, whole)):
            continue  # told as a link
        source = tree.read(whole)
        check_known(tree, path, lint_source.line_of(text, place.start()), whole)
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
        if path == "docs/threat-model.md":
            check_rows(tree, path, text)
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
