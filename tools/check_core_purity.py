#!/usr/bin/env python3
"""The core is pure: linked with the base and wire objects it uses (ld -r), it imports only the names
listed in docs/architecture.md under "One pure core", and it holds no variable of its own. So it
cannot name a clock, an allocator, a file or a random number. Checked uninstrumented and
freestanding, at -O0 with the debug checks and at -O2 without."""

import os
import re
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor

import lint_source

LIST_FILE = "docs/architecture.md"
LIST_HEADING = "One pure core"
FLAGS = ["-std=c17", "-D_GNU_SOURCE", "-ffreestanding", "-fno-pic", "-fno-stack-protector", "-w"]
VARIANTS = [("-O0", "-DCAMBIST_DEBUG=1"), ("-O2", "-DCAMBIST_DEBUG=0")]


def allowed_imports(tree):
    """The words of the fenced block in the section that lists them."""
    section = re.search(r"^#+ " + LIST_HEADING + r"\s*$(.*?)(?=^#|\Z)", tree.read(LIST_FILE),
                        re.M | re.S)
    block = re.search(r"^```\w*\n(.*?)^```", section.group(1), re.M | re.S) if section else None
    return set(block.group(1).split()) if block else None


def symbols(path):
    """(type, name) of each symbol in an object."""
    text = subprocess.run(["nm", path], check=True, capture_output=True, text=True).stdout
    found = []
    for line in text.splitlines():
        fields = line.split()
        if len(fields) >= 2:
            found.append((fields[-2], fields[-1]))
    return found


class Build:
    """One compiler at one optimisation."""

    def __init__(self, tree, arguments, variant, folder):
        self.tree, self.arguments, self.variant, self.folder = tree, arguments, variant, folder
        self.label = f"{arguments.compiler} {variant[0]}"
        self.object_of = {}

    def sources(self):
        names = [name for name in self.tree.all_files()
                 if re.match(r"src/(base|wire|core)/[^/]+\.c$", name)
                 and not name.endswith("_test.c")]
        generated = os.path.join(self.arguments.generated, "src", "wire")
        if self.arguments.generated and os.path.isdir(generated):
            names += [os.path.join(generated, name) for name in sorted(os.listdir(generated))
                      if name.endswith(".c")]
        return names

    def compile(self, source):
        target = os.path.join(self.folder, re.sub(r"\W", "_", source) + ".o")
        include = ["-I" + os.path.join(self.tree.root, "src"), "-I" + self.tree.root]
        if self.arguments.generated:
            include.append("-I" + os.path.join(self.arguments.generated, "src"))
        outcome = subprocess.run(
            [self.arguments.compiler, *FLAGS, *self.variant, *include, "-c",
             os.path.join(self.tree.root, source), "-o", target], capture_output=True, text=True)
        return source, target, outcome

    def run(self, pool, allowed):
        core, others = [], []
        for source, target, outcome in pool.map(self.compile, self.sources()):
            if outcome.returncode != 0:
                # A file of base or wire that needs a hosted compiler is no matter until core uses it.
                if source.startswith("src/core/"):
                    self.report_compiler(source, outcome.stderr)
                continue
            self.object_of[source] = target
            (core if source.startswith("src/core/") else others).append(target)
        if not core:
            return
        archive = os.path.join(self.folder, "below.a")
        subprocess.run(["ar", "rcs", archive] + others, check=True)
        whole = os.path.join(self.folder, "core_whole.o")
        trace = subprocess.run(
            ["ld", "-r", "-t", "-t", "-o", whole] + core + ["--start-group", archive, "--end-group"],
            check=True, capture_output=True, text=True).stdout
        # Of the archive only what the core uses, and the core first, so that findings name the culprit.
        self.object_of = {source: target for source, target in sorted(
            self.object_of.items(), key=lambda pair: not pair[0].startswith("src/core/"))
            if os.path.basename(target) in trace}
        for kind, name in symbols(whole):
            if kind in "Uwv" and name not in allowed:
                self.report_name(name, "Uwv", f"imports {name}",
                                 f'not in {LIST_FILE} "{LIST_HEADING}"')
            elif kind in "dDbBCgGsS":
                self.report_name(name, kind, f"holds the variable {name}",
                                 "all state lives in the arena that the caller gives")

    def report_compiler(self, source, text):
        place = re.search(r"^(\S+?):(\d+):\d+: (?:fatal )?error: (.*)$", text, re.M)
        path = os.path.relpath(place.group(1), self.tree.root) if place else source
        self.tree.report(path, place.group(2) if place else 1,
                         f"does not compile freestanding ({self.label})",
                         place.group(3) if place else text.strip()[:200])

    def report_name(self, name, kinds, what, why):
        """Names the first source whose object has the symbol, and the line that spells it."""
        for source, target in self.object_of.items():
            if any(kind in kinds and other == name for kind, other in symbols(target)):
                line = 1
                # A static of a function is n.1 for gcc and function.n for clang.
                word = [part for part in name.split(".") if not part.isdigit()][-1]
                path = os.path.join(self.tree.root, source)
                with open(path, encoding="utf-8", errors="replace") as file:
                    place = re.search(r"\b" + re.escape(word) + r"\b", file.read())
                    if place:
                        line = lint_source.line_of(place.string, place.start())
                self.tree.report(os.path.relpath(path, self.tree.root), line,
                                 f"{what} ({self.label})", why)
                return
        self.tree.report("src/core", 1, f"{what} ({self.label})", why)


def extra(parser):
    parser.add_argument("--compiler", default="gcc")
    parser.add_argument("--generated", default="", help="build folder with the generated headers")


def run():
    tree, arguments = lint_source.start("purity", __doc__, extra)
    if shutil.which(arguments.compiler) is None:
        print(f"{arguments.compiler} is not installed")
        return 77
    if not any(name.startswith("src/core/") and name.endswith(".c") for name in tree.all_files()):
        print("src/core holds no source yet")
        return 77
    allowed = allowed_imports(tree)
    if allowed is None:
        tree.report(LIST_FILE, 1, f'no list of imports under "{LIST_HEADING}"',
                    "put them in a fenced block there")
        return tree.finish()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for index, variant in enumerate(VARIANTS):
            inner = os.path.join(folder, str(index))
            os.mkdir(inner)
            Build(tree, arguments, variant, inner).run(pool, allowed)
    return tree.finish()


lint_source.main(run)
