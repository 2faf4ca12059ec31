#!/usr/bin/env python3
"""Length ratchet: a function has at most 70 lines, a file at most 800. Longer ones that were there
when tools/length_baseline.txt was first committed may stay and only shrink."""

import os
import re
import subprocess

import lint_source

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 800
BASELINE = "tools/length_baseline.txt"


def functions(text):
    """(name, first line, lines) of each function: the format puts its braces in column 0."""
    lines = lint_source.blank(text).splitlines()
    found, begin = [], None
    for number, line in enumerate(lines, 1):
        if line.rstrip() == "{":
            begin = number
        elif line.startswith("}") and begin is not None:
            head = " ".join(lines[max(0, begin - 8):begin - 1])
            names = re.findall(r"([A-Za-z_]\w*)\s*\(", head.split(";")[-1].split("}")[-1])
            found.append((names[0] if names else "?", begin, number - begin + 1))
            begin = None
    return found


def parse_baseline(text):
    entries = {}
    for line in text.splitlines():
        fields = line.split()
        if len(fields) == 3 and not line.startswith("#") and fields[2].isdigit():
            entries[(fields[0], fields[1])] = int(fields[2])
    return entries


def first_baseline(root):
    """The baseline as it was first committed, or None where there is no such commit to see."""
    def git(*words):
        return subprocess.run(["git", "-C", root] + list(words), check=True, capture_output=True,
                              text=True).stdout
    try:
        if git("rev-parse", "--is-shallow-repository").strip() != "false":
            return None
        commits = git("log", "--diff-filter=A", "--format=%H", "--", BASELINE).split()
        return parse_baseline(git("show", f"{commits[-1]}:{BASELINE}")) if commits else None
    except (subprocess.CalledProcessError, FileNotFoundError):
        return None


def run():
    tree, _ = lint_source.start("length", __doc__)
    path = os.path.join(tree.root, BASELINE)
    baseline = parse_baseline(tree.read(BASELINE)) if os.path.exists(path) else {}
    first = first_baseline(tree.root)
    if first is not None:
        for key, lines in baseline.items():
            if key not in first or first[key] < lines:
                tree.report(BASELINE, 1, f"{key[0]} {key[1]} {lines} was added or raised",
                            "entries only shrink or go; shorten the code instead")
    unused = dict(baseline)

    def measure(name, part, line, lines, limit):
        allowed = baseline.get((name, part))
        unused.pop((name, part), None)
        if lines <= limit:
            if allowed is not None:
                tree.report(BASELINE, 1, f"{name} {part} is short enough now", "remove its line")
        elif allowed is None:
            what = "the file" if part == "*" else f"the function {part}"
            tree.report(name, line, f"{what} has {lines} lines", f"at most {limit} are allowed")
        elif lines > allowed:
            tree.report(name, line, f"{part} grew from {allowed} to {lines} lines",
                        "existing long ones may only shrink")
        elif lines < allowed:
            tree.report(BASELINE, 1, f"{name} {part} has {lines} lines now, not {allowed}",
                        "lower its number")

    for name in tree.c_files():
        text = tree.read(name)
        measure(name, "*", 1, text.count("\n"), FILE_LINES_MAX)
        for function, line, lines in functions(text):
            measure(name, function, line, lines, FUNCTION_LINES_MAX)
    for name, part in unused:
        tree.report(BASELINE, 1, f"{name} {part} does not exist", "remove its line")
    return tree.finish()


lint_source.main(run)
