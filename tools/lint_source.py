"""What the lint tools share: which files there are, C text without comments and strings, and how a
finding is reported."""

import argparse
import os
import subprocess
import sys

C_FOLDERS = ("src", "sim", "tests", "bench", "tools")
EXEMPT_FILE = "tools/lint_exempt.txt"


class Tree:
    """A source tree: the project, or a sample that a self-test made."""

    def __init__(self, root, check):
        self.root = os.path.abspath(root)
        self.check = check
        self.findings = 0
        self.exempt = self._read_exempt()

    def _read_exempt(self):
        path = os.path.join(self.root, EXEMPT_FILE)
        prefixes = []
        if os.path.exists(path):
            with open(path, encoding="utf-8") as lines:
                for number, line in enumerate(lines, 1):
                    if not line.strip() or line.startswith("#"):
                        continue
                    fields = line.split(None, 2)
                    if len(fields) < 3:
                        self.report(EXEMPT_FILE, number, "an exemption without a reason",
                                    "write path, checks and why")
                    elif self.check in fields[1].split(","):
                        prefixes.append(fields[0])
        return prefixes

    def is_exempt(self, path):
        return any(path == prefix or (prefix.endswith("/") and path.startswith(prefix))
                   for prefix in self.exempt)

    def all_files(self):
        """Every file that belongs to the project, by path from its root: tracked, or new and not
        ignored. Without git, every file outside build/."""
        try:
            names = subprocess.run(
                ["git", "-C", self.root, "ls-files", "-z", "--cached", "--others",
                 "--exclude-standard"],
                check=True, capture_output=True).stdout.decode().split("\0")
            top = subprocess.run(["git", "-C", self.root, "rev-parse", "--show-toplevel"],
                                 check=True, capture_output=True, text=True).stdout.strip()
            if os.path.realpath(top) != os.path.realpath(self.root):
                raise FileNotFoundError
        except (subprocess.CalledProcessError, FileNotFoundError):
            names = []
            for folder, folders, files in os.walk(self.root):
                folders[:] = [f for f in folders if f not in ("build", ".git")]
                names += [os.path.relpath(os.path.join(folder, name), self.root) for name in files]
        return sorted(name for name in set(names)
                      if name and os.path.isfile(os.path.join(self.root, name))
                      and not self.is_exempt(name))

    def c_files(self):
        return [name for name in self.all_files()
                if name.endswith((".c", ".h")) and name.startswith(tuple(f + "/" for f in C_FOLDERS))]

    def read(self, path):
        with open(os.path.join(self.root, path), encoding="utf-8", errors="replace") as file:
            return file.read()

    def report(self, path, line, what, why):
        self.findings += 1
        print(f"{path}:{line}: {what}, {why}")

    def finish(self):
        if self.findings:
            print(f"{self.check}: {self.findings} to mend")
        return 1 if self.findings else 0


def start(check, description, extra=None):
    """Parses the arguments every tool has and returns (tree, arguments)."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--root", default=os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
                        help="the tree to look at (default: the project)")
    if extra:
        extra(parser)
    arguments = parser.parse_args()
    return Tree(arguments.root, check), arguments


def blank(text, keep_strings=False):
    """C text in which comments and the insides of literals are spaces; lines stay where they are."""
    out = list(text)
    index, size = 0, len(text)

    def wipe(begin, end):
        for place in range(begin, end):
            if out[place] != "\n":
                out[place] = " "

    while index < size:
        pair = text[index:index + 2]
        if pair == "/*":
            end = text.find("*/", index + 2)
            end = size if end < 0 else end + 2
            wipe(index, end)
            index = end
        elif pair == "//":
            end = text.find("\n", index)
            end = size if end < 0 else end
            wipe(index, end)
            index = end
        elif text[index] in "\"'":
            quote, end = text[index], index + 1
            while end < size and text[end] not in (quote, "\n"):
                end += 2 if text[end] == "\\" else 1
            if not keep_strings:
                wipe(index + 1, min(end, size))
            index = end + 1
        else:
            index += 1
    return "".join(out)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def main(run):
    sys.exit(run())
