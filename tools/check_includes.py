#!/usr/bin/env python3
"""Include layers and order: a folder includes only what its line in CONVENTIONS.md section 1 allows;
a file includes its own header first, then "ours", then <system>, and never a .c file."""

import os
import re

import lint_source

LAYERS = ("base", "wire", "core", "io", "role", "app", "sim", "tests", "bench")
ALLOWED = {
    "src/base": ("base",),
    "src/wire": ("base", "wire"),
    "src/core": ("base", "wire", "core"),
    "src/io": ("base", "wire", "io"),
    "src/app": ("base", "wire", "core", "io", "role", "app", "sim"),
    "sim": ("base", "wire", "core", "io", "role", "sim"),
    "tests": ("base", "wire", "core", "io", "role", "app", "sim", "tests"),
    "bench": ("base", "wire", "core", "io", "role", "app", "sim", "bench"),
    "tools": ("base",),
}
CORE_SYSTEM = ("limits.h", "stdbool.h", "stddef.h", "stdint.h", "string.h")
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')


def folder_of(path):
    parts = path.split("/")
    if parts[0] != "src":
        return parts[0]
    return "/".join(parts[:3] if parts[1] == "role" else parts[:2])


def allowed_for(folder):
    """The first path components that may follow #include in this folder."""
    if folder.startswith("src/role/"):
        name = folder.split("/")[2]
        return ("base", "wire", "io", "role/" + name) + (("core",) if name == "engine" else ())
    return ALLOWED.get(folder)


def target_of(included):
    parts = included.split("/")
    return "/".join(parts[:2]) if parts[0] == "role" and len(parts) > 2 else parts[0]


def check_target(tree, path, number, included, is_test):
    folder = folder_of(path)
    allowed = allowed_for(folder)
    target = target_of(included)
    if allowed is None:
        tree.report(path, number, f"{folder} is not a folder of the project",
                    "name it in CONVENTIONS.md section 1 and in tools/check_includes.py")
        return
    if "/" not in included:
        tree.report(path, number, f'"{included}" has no folder', 'write "folder/file.h"')
        return
    good = target in allowed or (target.split("/")[0] in allowed) or (
        is_test and included.startswith("tests/support/"))
    if not good:
        tree.report(path, number, f'includes "{included}"',
                    f"{folder} may include only {' '.join(allowed)}")
    elif not included.endswith(".h"):
        tree.report(path, number, f'includes "{included}"', "only headers are included")
    elif target != "wire":  # the headers of wire are partly generated
        place = included if included.split("/")[0] in ("sim", "tests", "bench") else "src/" + included
        if not os.path.exists(os.path.join(tree.root, place)):
            tree.report(path, number, f'includes "{included}"', f"there is no {place}")


def own_header(tree, path):
    stem, extension = os.path.splitext(path)
    if extension != ".c":
        return None
    if stem.endswith("_test"):
        stem = stem[:-len("_test")]
    header = stem + ".h"
    if not os.path.exists(os.path.join(tree.root, header)):
        return None
    return header[len("src/"):] if header.startswith("src/") else header


def check_file(tree, path):
    text = lint_source.blank(tree.read(path), keep_strings=True)
    is_test = path.endswith("_test.c")
    own = own_header(tree, path)
    depth, first, seen_system = 0, True, False
    guard_depth = 1 if path.endswith(".h") else 0
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(r"\s*#\s*if", line):
            depth += 1
        elif re.match(r"\s*#\s*endif", line):
            depth -= 1
        place = INCLUDE.match(line)
        if not place:
            continue
        ours, included = place.group(1) == '"', place.group(2)
        if ours:
            check_target(tree, path, number, included, is_test)
            if seen_system and depth <= guard_depth:
                tree.report(path, number, f'"{included}" after a <system> header',
                            'own header first, then "ours", then <system>')
        else:
            seen_system = seen_system or depth <= guard_depth
            if path.startswith("src/core/") and not is_test and included not in CORE_SYSTEM:
                tree.report(path, number, f"src/core includes <{included}>",
                            "the core uses only " + " ".join(f"<{name}>" for name in CORE_SYSTEM))
        if first and own and included != own:
            tree.report(path, number, f"starts with {included}",
                        f'its own header "{own}" comes first')
        first = False
    if first and own and not is_test:
        tree.report(path, 1, f'does not include its own header "{own}"', "it comes first")


def run():
    tree, _ = lint_source.start("includes", __doc__)
    for path in tree.c_files():
        check_file(tree, path)
    return tree.finish()


lint_source.main(run)
