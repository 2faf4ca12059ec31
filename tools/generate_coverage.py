#!/usr/bin/env python3
"""Writes docs/api-coverage.md from the tables of the gateway, or checks that it is what they say.

generate_coverage.py PROGRAM PAGE           writes PAGE
generate_coverage.py --check PROGRAM PAGE   ends with 1 when PAGE differs; it may name other tests,
                                            as long as these exist

PROGRAM is tests/coverage_print of a build folder. What stands between two "@" in what it prints is
replaced by the test it asks for, as `file: function`:

    NAME              the first that expects an answer of NAME (`expect`), or else the first that
                      has NAME in it as a word; a name without a test is an error
    stream NAME       the first of the streams' own that has the name in quotes, "%" for "@"; it is
                      an error when there is none
    filter NAME       the first that has "filterType":"NAME" in it
    text CODE TEXT    the first that has TEXT and CODE in it, %s for anything; "none" without
    error NAME CODE CORE TEXT
                      who answers the error NAME and the same as text: "gateway" when the code names
                      it, else "core" when CORE is 1, else "nobody" and no test

Tests of the tables themselves do not count."""

import pathlib
import re
import subprocess
import sys

STREAM_TESTS = {"stream_test", "stream_run_test"}
TABLE_TESTS = {"endpoint_test", "param_test"}  # of the endpoints; what they refuse counts
FUNCTION = re.compile(r"^static void (\w+)\(void \*\*state\)\n\{\n(.*?)^\}", re.M | re.S)
TESTS = ["src/role/gateway/*_test.c", "src/wire/http*_test.c", "src/wire/ws_*_test.c",
         "sim/gateway*_test.c"]
CELL = re.compile(r"none|(\w+_test): (\w+)")


class Tests:
    """Every test function: (file, name, body), strings in the body joined and unescaped."""

    def __init__(self, root):
        self.found = []
        for pattern in TESTS:
            for path in sorted(root.glob(pattern)):
                text = path.read_text(encoding="utf-8")
                for match in FUNCTION.finditer(text):
                    body = re.sub(r'"\s*"', "", match[2]).replace('\\"', "\0")
                    self.found.append((path.stem, match[1], body))
        self.errors = set()  # named by the code
        for path in sorted((root / "src").glob("**/*.[ch]")):
            if not path.stem.endswith("_test") and path.stem != "api_error":
                code = path.read_text(encoding="utf-8")
                for error in re.findall(r"\bAPI_ERROR_(\w+)|\bX\(\w+, (\w+)\)", code):
                    self.errors.update(error)

    def first(self, wanted, tables=True, files=None):
        for file, name, body in self.found:
            if files is not None and file not in files:
                continue
            if (tables or file not in TABLE_TESTS) and wanted(body):
                return f"{file}: {name}"
        return None

    def answers(self, name):
        for pattern in (rf"expect\([^;]*?\b{name}\b", rf"\b{name}\b"):
            wanted = re.compile(pattern)
            test = self.first(lambda body, w=wanted: name in body and w.search(body), tables=False)
            if test:
                return test
        return None

    def hears(self, name):
        text = '"' + name.replace("%", "@") + '"'
        return self.first(lambda body: text in body, files=STREAM_TESTS)

    def tells(self, name):
        text = f"\0filterType\0:\0{name}\0"
        return self.first(lambda body: text in body) or "none"

    def shows(self, code, text):
        pattern = re.compile('["\0]' + ".*?".join(map(re.escape, text.split("%s"))) + '["\0]')
        number = re.compile(rf"(?<![\w-]){code}\b")
        head = max(text.split("%s"), key=len)
        return self.first(lambda body: head in body and pattern.search(body) and
                          number.search(body)) or "none"

    def error(self, name, code, core, text):
        if name in self.errors:
            return "gateway | " + self.shows(code, text)
        return "core | " + self.shows(code, text) if core == "1" else "nobody |"

    def exists(self, cell):
        """Whether a cell of the page is a test that is there, or none."""
        match = CELL.fullmatch(cell)
        return match and (cell == "none" or any(match[1] == file and match[2] == name
                                                for file, name, _ in self.found))


def fill(printed, tests):
    missing = []

    def answer(match):
        kind, _, rest = match[1].partition(" ")
        if kind == "filter":
            return tests.tells(rest)
        if kind == "text":
            return tests.shows(*rest.split(" ", 1))
        if kind == "error":
            return tests.error(*rest.split(" ", 3))
        test = tests.hears(rest) if kind == "stream" else tests.answers(kind)
        if test is None:
            missing.append(match[1])
        return test or ""

    return re.sub(r"@([^@\n]+)@", answer, printed), missing


def same_line(written, filled, tests):
    """Equal but for which tests are named."""
    pairs = list(zip(written.split("|"), filled.split("|")))
    return written.count("|") == filled.count("|") and all(
        a == b or (tests.exists(a.strip()) and tests.exists(b.strip())) for a, b in pairs)


def same(written, filled, tests):
    lines = list(zip(written.split("\n"), filled.split("\n")))
    return written.count("\n") == filled.count("\n") and all(
        same_line(a, b, tests) for a, b in lines)


def main(arguments):
    check = arguments[:1] == ["--check"]
    if len(arguments) != 2 + check:
        print(__doc__, file=sys.stderr)
        return 2
    program, page = arguments[-2:]
    printed = subprocess.run([program], check=True, capture_output=True).stdout.decode()
    tests = Tests(pathlib.Path(page).resolve().parent.parent)
    filled, missing = fill(printed, tests)
    if missing:
        print("no test has the name", ", ".join(missing))
        return 1
    if not check:
        with open(page, "w", encoding="utf-8") as target:
            target.write(filled)
        return 0
    with open(page, encoding="utf-8") as source:
        written = source.read()
    if not same(written, filled, tests):
        print(f"{page} is not what the tables say: run tools/generate_coverage.py")
        return 1
    return 0


sys.exit(main(sys.argv[1:]))
