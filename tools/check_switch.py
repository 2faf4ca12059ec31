#!/usr/bin/env python3
"""A switch over an enum names every value and has no default, so that the compiler finds each place
a new value must reach. Where the switched value is no enum, the line says so:
default: /* not an enum: bytes from outside */"""

import re

import lint_source

DEFAULT = re.compile(r"(?<![\w.])default\s*:")
REASON = re.compile(r"/\*\s*not an enum:\s*\S[^*]*\*/")


def run():
    tree, _ = lint_source.start("switch", __doc__)
    for path in tree.c_files():
        if not path.startswith(("src/", "sim/")):
            continue
        text = tree.read(path)
        whole = text.splitlines()
        for number, line in enumerate(lint_source.blank(text).splitlines(), 1):
            if DEFAULT.search(line) and not REASON.search(whole[number - 1]):
                tree.report(path, number, "a switch with default",
                            "name every value, or add /* not an enum: what it is */ to the line")
    return tree.finish()


lint_source.main(run)
