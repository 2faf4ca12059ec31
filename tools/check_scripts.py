#!/usr/bin/env python3
"""Scripts parse, say what runs them, and may be executed: bash by bash -n (and shellcheck where it is
installed), Python by compiling."""

import os
import shutil
import subprocess

import lint_source


def run():
    tree, _ = lint_source.start("scripts", __doc__)
    for path in tree.all_files():
        whole = os.path.join(tree.root, path)
        with open(whole, "rb") as file:
            head = file.read(64).split(b"\n")[0]
        is_shell = path.endswith(".sh") or (head.startswith(b"#!") and head.endswith(b"bash"))
        if is_shell:
            outcome = subprocess.run(["bash", "-n", whole], capture_output=True, text=True)
            if outcome.returncode != 0:
                tree.report(path, 1, "does not parse", outcome.stderr.strip().splitlines()[0])
            elif shutil.which("shellcheck"):
                outcome = subprocess.run(
                    ["shellcheck", "-x", "-S", "warning", "-f", "gcc", path], cwd=tree.root,
                    capture_output=True, text=True)
                for line in outcome.stdout.splitlines():
                    name, number, _, what = line.split(":", 3)
                    tree.report(name, number, what.strip(), "shellcheck says why")
        elif path.endswith(".py"):
            try:
                compile(tree.read(path), path, "exec")
            except SyntaxError as error:
                tree.report(path, error.lineno or 1, "does not parse", error.msg)
        if head.startswith(b"#!") and not os.access(whole, os.X_OK):
            tree.report(path, 1, "has a #! line but is not executable", f"chmod +x {path}")
    return tree.finish()


lint_source.main(run)
