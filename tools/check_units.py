#!/usr/bin/env python3
"""Amounts are opaque: .units is touched in src/base/amount.* only. Elsewhere the same line says why,
in a comment /* raw: why */. Tests (x_test.c and tests/) may look. The length field of a record's head
is called units too: `head.units`, `command->units` and their like are not amounts."""

import re

import lint_source

UNITS = re.compile(r"(?:\.|->)\s*units\b")
LENGTH = re.compile(r"\b\w*(?:head|command|record)\w*\s*(?:\.|->)\s*units\b|\.units = \((?:u8|unsigned char)\)|\.units = (?:\d|sizeof)")
REASON = re.compile(r"/\*\s*raw:\s*\S[^*]*\*/")


def run():
    tree, _ = lint_source.start("units", __doc__)
    for path in tree.c_files():
        if path in ("src/base/amount.h", "src/base/amount.c"):
            continue
        if path.endswith("_test.c") or path.startswith("tests/"):
            continue
        text = tree.read(path)
        whole = text.splitlines()
        for number, line in enumerate(lint_source.blank(text).splitlines(), 1):
            if UNITS.search(LENGTH.sub("", line)) and not REASON.search(whole[number - 1]):
                tree.report(path, number, ".units without a reason",
                            "use a function of base/amount.h, or add /* raw: why */ to the line")
    return tree.finish()


lint_source.main(run)
