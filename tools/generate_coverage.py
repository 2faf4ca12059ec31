#!/usr/bin/env python3
"""Writes docs/api-coverage.md from the tables of the gateway, or checks that it is what they say.

generate_coverage.py PROGRAM PAGE           writes PAGE
generate_coverage.py --check PROGRAM PAGE   ends with 1 when PAGE differs

PROGRAM is tests/coverage_print of a build folder. "@NAME@" in what it prints becomes the first test
of the gateway that expects an answer of NAME (call_scene_expect), or else the first that has NAME
in it as a word, as `file: function`. Tests of the tables themselves do not count. A name without a
test is an error."""

import pathlib
import re
import subprocess
import sys

TABLE_TESTS = {"endpoint_test.c", "param_test.c"}
FUNCTION = re.compile(r"^static void (\w+)\(void \*\*state\)\n\{\n(.*?)^\}", re.M | re.S)


def tests_of(root):
    """(file, function, body) of every test function, in the order of files and lines."""
    found = []
    units = sorted((root / "src" / "role" / "gateway").glob("*_test.c"))
    for path in units + sorted((root / "sim").glob("gateway_*_test.c")):
        if path.name not in TABLE_TESTS:
            text = path.read_text(encoding="utf-8")
            found += [(path.stem, match[1], match[2]) for match in FUNCTION.finditer(text)]
    return found


def fill(printed, root):
    tests = tests_of(root)
    missing = []

    def test_of(match):
        word = rf"\b{match[1]}\b"
        for pattern in (rf"call_scene_expect\([^;]*?{word}", word):
            for file, function, body in tests:
                if re.search(pattern, body):
                    return f"{file}: {function}"
        missing.append(match[1])
        return ""

    filled = re.sub(r"@(\w+)@", test_of, printed)
    return filled, missing


def main(arguments):
    check = arguments[:1] == ["--check"]
    if len(arguments) != 2 + check:
        print(__doc__, file=sys.stderr)
        return 2
    program, page = arguments[-2:]
    printed = subprocess.run([program], check=True, capture_output=True).stdout.decode()
    root = pathlib.Path(page).resolve().parent.parent
    filled, missing = fill(printed, root)
    if missing:
        print("no test has the name", ", ".join(missing))
        return 1
    if not check:
        with open(page, "w", encoding="utf-8") as target:
            target.write(filled)
        return 0
    with open(page, encoding="utf-8") as source:
        written = source.read()
    if written != filled:
        print(f"{page} is not what the tables say: run tools/generate_coverage.py")
        return 1
    return 0


sys.exit(main(sys.argv[1:]))
