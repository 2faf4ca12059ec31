#!/usr/bin/env python3
"""Writes docs/api-coverage.md from the table of endpoints, or checks that it is what the table says.

generate_coverage.py PROGRAM PAGE           writes PAGE
generate_coverage.py --check PROGRAM PAGE   ends with 1 when PAGE differs

PROGRAM is tests/coverage_print of a build folder."""

import subprocess
import sys


def main(arguments):
    check = arguments[:1] == ["--check"]
    if len(arguments) != 2 + check:
        print(__doc__, file=sys.stderr)
        return 2
    program, page = arguments[-2:]
    printed = subprocess.run([program], check=True, capture_output=True).stdout.decode()
    if not check:
        with open(page, "w", encoding="utf-8") as target:
            target.write(printed)
        return 0
    with open(page, encoding="utf-8") as source:
        written = source.read()
    if written != printed:
        print(f"{page} is not what the table of endpoints says: run tools/generate_coverage.py")
        return 1
    return 0


sys.exit(main(sys.argv[1:]))
