#!/usr/bin/env python3
"""Turns a text file into a C array, so that the program carries it: INPUT HEADER NAME OUTPUT."""
import sys


def main():
    source, header, name, target = sys.argv[1:]
    with open(source, "rb") as file:
        data = file.read()
    rows = [", ".join(str(byte) for byte in data[at:at + 24]) for at in range(0, len(data), 24)]
    with open(target, "w", encoding="ascii") as file:
        file.write(f'#include "{header}"\n\n')
        file.write(f"const char {name}[] = {{\n    " + ",\n    ".join(rows) + "};\n")
        file.write(f"const u32 {name}_bytes = sizeof({name});\n")


main()
