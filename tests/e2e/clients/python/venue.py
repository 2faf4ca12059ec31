"""What the suites share: where the venue is, checks that are counted, and the snippet of
docs/clients.md that a suite runs. A suite ends with finish(): its exit code says whether a check
failed."""

import contextlib
import io
import json
import os
import re
import sys
import time
import traceback

with open(os.environ["CAMBIST_KEYS"], encoding="ascii") as keys_file:
    KEYS = json.load(keys_file)
REST, STREAM, API = KEYS["rest"], KEYS["ws_stream"], KEYS["ws_api"]
A, B, W = (KEYS["accounts"][name] for name in "ABW")
PATIENCE = 20  # seconds for anything

BLOCKS = re.compile(r"```python\n(.*?)```\n+```text\n(.*?)```", re.S)


class Count:
    checks = 0
    failed = 0


def check(fact, what):
    Count.checks += 1
    if not fact:
        Count.failed += 1
        print(f"FAILED: {what}")


def equal(found, expected, what):
    check(found == expected, f"{what}: {found!r:.600} instead of {expected!r:.600}")


def refused(call, what, fits):
    """The call must end with an error of which `fits` is true."""
    try:
        answer = call()
    except Exception as error:  # whatever class it is, is the check
        check(fits(error), f"{what}: {type(error).__name__}: {error}")
    else:
        check(False, f"{what}: was not refused: {answer!r:.200}")


@contextlib.contextmanager
def part(name):
    """A part of a suite: an error that nobody expected is a failed check, and the next part goes
    on."""
    begin = time.monotonic()
    try:
        yield
    except Exception:
        check(False, f"{name}: {traceback.format_exc()}")
    print(f"  {name}: {(time.monotonic() - begin) * 1000:.0f} ms", flush=True)


def snippets(module):
    """Runs the page's snippets that import this; each must print what the page says."""
    with open(os.environ["CAMBIST_TEST_PAGE"], encoding="utf-8") as page:
        text = page.read()
    blocks = BLOCKS.findall(text)
    equal(len(blocks), text.count("```python\n"), "each snippet says what it prints")
    mine = [block for block in blocks if re.search(rf"^(from|import) {module}\b", block[0], re.M)]
    check(mine, f"a snippet that imports {module}")
    for code, wanted in mine:
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            exec(compile(code, "docs/clients.md", "exec"), {"__name__": "__main__"})
        equal(output.getvalue(), wanted, f"what the snippet of {module} prints")


def finish():
    print(f"{Count.checks} checks, {Count.failed} failed")
    sys.exit(1 if Count.failed else 0)
