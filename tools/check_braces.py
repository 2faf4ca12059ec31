#!/usr/bin/env python3
"""Braces on every branch: what follows if (...), for (...), while (...), switch (...), else and do
is an opening brace. clang-format 14 cannot see to it."""

import re

import lint_source

WORD = re.compile(r"\b(if|for|while|switch|else|do)\b")


def after_parenthesis(text, index):
    """The offset behind the parenthesis that opens at or after index, or None."""
    depth = 0
    while index < len(text):
        if text[index] == "(":
            depth += 1
        elif text[index] == ")":
            depth -= 1
            if depth == 0:
                return index + 1
        elif depth == 0 and not text[index].isspace():
            return None
        index += 1
    return None


def closes_do(text, offset):
    """Whether the while at offset ends a do: a closing brace stands before it."""
    return text[:offset].rstrip().endswith("}")


def run():
    tree, _ = lint_source.start("braces", __doc__)
    for path in tree.c_files():
        text = lint_source.blank(tree.read(path)).replace("\\\n", " \n")
        text = re.sub(r"^[ \t]*#[ \t]*(?:if|ifdef|ifndef|elif|else|endif|include|error)\b[^\n]*",
                      lambda place: " " * len(place.group(0)), text, flags=re.M)
        for place in WORD.finditer(text):
            word, end = place.group(1), place.end()
            if word not in ("else", "do"):
                end = after_parenthesis(text, end)
                if end is None:
                    continue
            rest = text[end:].lstrip()
            if rest.startswith("{") or (word == "else" and re.match(r"if\b", rest)):
                continue
            if word == "while" and closes_do(text, place.start()):
                continue
            tree.report(path, lint_source.line_of(text, place.start()), f"{word} without braces",
                        "every branch has them")
    return tree.finish()


lint_source.main(run)
