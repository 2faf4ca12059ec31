#!/usr/bin/env python3
"""Packs rule packs into one C file of constants, for the demo and its stories (src/app/rules_builtin.h).

usage: pack_rules.py OUTPUT PACK.yaml...

The same files give the same bytes, in the order given. OUTPUT is left alone when it would not change."""

import os
import sys

COLUMNS = 96


def constants(data):
    """The bytes as lines of an initialiser."""
    line = "   "
    for byte in data:
        if len(line) > COLUMNS:
            yield line
            line = "   "
        line += f" {byte},"
    yield line


def text_of(paths):
    parts = ['#include "app/rules_builtin.h"\n\n#include "base/span.h"\n']
    for number, path in enumerate(paths):
        with open(path, "rb") as file:
            data = file.read()
        parts.append(f"\nstatic const u8 file_{number}[] = {{\n" +
                     "\n".join(constants(data)) + "\n};\n")
    parts.append("\nconst struct rules_builtin rules_builtin[] = {\n")
    for number, path in enumerate(paths):
        parts.append(f'    {{"{os.path.basename(path)}", {{file_{number}, sizeof(file_{number})}}}},\n')
    parts.append(f"}};\n\nconst u32 rules_builtin_count = {len(paths)};\n")
    return "".join(parts)


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    output, text = sys.argv[1], text_of(sys.argv[2:])
    if os.path.exists(output):
        with open(output, encoding="ascii") as file:
            if file.read() == text:
                return
    with open(output, "w", encoding="ascii") as file:
        file.write(text)


main()
