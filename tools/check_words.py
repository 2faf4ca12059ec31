#!/usr/bin/env python3
"""Words that do not belong into the project: paths of one machine, and marks of unfinished work."""

import re

import lint_source

# Put together here, so that this file does not find itself.
PATHS = ["/" + name + "/" for name in ("work", "root", "home")]
MARKS = ["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"]
FOUND = re.compile("(?<![A-Za-z0-9_.])(?:" + "|".join(re.escape(path) for path in PATHS) + ")"
                   + r"|\b(?:" + "|".join(MARKS) + r")\b")


def run():
    tree, _ = lint_source.start("words", __doc__)
    for path in tree.all_files():
        text = tree.read(path)
        if "\0" in text[:8192]:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            place = FOUND.search(line)
            if place:
                what = place.group(0)
                why = ("a path of one machine" if what.startswith("/")
                       else "finish it, or open an issue and say so in plain words")
                tree.report(path, number, f"says {what}", why)
    return tree.finish()


lint_source.main(run)
