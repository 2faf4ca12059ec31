#!/usr/bin/env python3
"""No floating point outside benchmarks and charts: money is whole numbers. Files that need it are
listed with a reason in tools/lint_exempt.txt (check "float")."""

import re

import lint_source

FLOATING = re.compile(
    r"\b(?:float|double|_Float\d+x?|__float128|strtod|strtof|strtold|atof)\b"
    r"|#\s*include\s*<(?:math|tgmath|float|complex)\.h>"
    r"|(?<![\w.])(?:\d+\.\d*|\.\d+|\d+(?=[eE][+-]?\d))(?:[eE][+-]?\d+)?[fFlL]?")


def run():
    tree, _ = lint_source.start("float", __doc__)
    for path in tree.c_files():
        for number, line in enumerate(lint_source.blank(tree.read(path)).splitlines(), 1):
            place = FLOATING.search(line)
            if place:
                tree.report(path, number, f"floating point ({place.group(0).strip()})",
                            "money and time are whole numbers")
    return tree.finish()


lint_source.main(run)
