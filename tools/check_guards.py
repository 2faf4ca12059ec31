#!/usr/bin/env python3
"""Header guards: the path in capitals, src/base/base.h -> BASE_BASE_H, sim/disk.h -> SIM_DISK_H."""

import re

import lint_source


def guard_of(path):
    inner = path[len("src/"):] if path.startswith("src/") else path
    return re.sub(r"[^A-Za-z0-9]", "_", inner).upper()


def run():
    tree, _ = lint_source.start("guards", __doc__)
    for path in tree.c_files():
        if not path.endswith(".h"):
            continue
        guard = guard_of(path)
        text = tree.read(path)
        lines = lint_source.blank(text).splitlines()
        code = [(number, line.strip()) for number, line in enumerate(lines, 1) if line.strip()]
        if len(code) < 3 or code[0][1] != f"#ifndef {guard}":
            tree.report(path, code[0][0] if code else 1, "the guard does not open the file",
                        f"write #ifndef {guard}")
        elif code[1][1] != f"#define {guard}":
            tree.report(path, code[1][0], "the guard is not defined", f"write #define {guard}")
        elif code[-1][1] != "#endif" or text.rstrip().splitlines()[-1] != f"#endif /* {guard} */":
            tree.report(path, code[-1][0], "the guard does not close the file",
                        f"end with #endif /* {guard} */")
    return tree.finish()


lint_source.main(run)
