#!/usr/bin/env python3
"""Format: every C file looks as clang-format 14 with the file in the root leaves it, and no line is
longer than 100 columns, unless it holds nothing but one text."""

import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import lint_source

COLUMNS_MAX = 100
# A text that a customer sees stays in one piece, so that it can be searched for.
ONE_LITERAL = re.compile(r'\s*"(?:[^"\\]|\\.)*"[\s,;)}]*\\?$')


def run():
    tree, _ = lint_source.start("format", __doc__)
    program = shutil.which("clang-format-14")
    if program is None:
        print("clang-format-14 is not installed (Debian package clang-format-14)")
        return 77
    names = tree.c_files()
    style = os.path.join(tree.root, ".clang-format")
    if not os.path.exists(style):
        tree.report(".clang-format", 1, "is missing", "the format is undefined without it")
    for name in names:
        for number, line in enumerate(tree.read(name).splitlines(), 1):
            if len(line) > COLUMNS_MAX and not ONE_LITERAL.match(line):
                tree.report(name, number, f"has {len(line)} columns", f"{COLUMNS_MAX} are allowed")
    batches = [names[start:start + 16] for start in range(0, len(names), 16)]

    def look(batch):
        return subprocess.run(
            [program, "--style=file:" + style, "--dry-run", "-Werror", "--ferror-limit=3"] + batch,
            cwd=tree.root, capture_output=True, text=True)

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for outcome in pool.map(look, batches):
            seen = set()
            for place in re.finditer(r"^(\S+?):(\d+):\d+: error:", outcome.stderr, re.M):
                if place.group(1) not in seen:
                    seen.add(place.group(1))
                    tree.report(place.group(1), place.group(2), "is formatted differently",
                                f"clang-format-14 -i {place.group(1)} mends it")
            if outcome.returncode != 0 and not seen:
                tree.report(".clang-format", 1, "clang-format-14 failed", outcome.stderr.strip())
    return tree.finish()


lint_source.main(run)
