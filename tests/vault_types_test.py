#!/usr/bin/env -S python3 -B
"""Aim: what is personal cannot be printed by mistake: struct personal fits no field of the log, no
writer of JSON, no span and no formatter, its inside is seen by two files alone, and none of these
two writes or logs. Method: the compiler on small sources, one that must compile and others that
must not; and a look at who includes what. usage: vault_types_test.py COMPILER..."""

import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FLAGS = ["-std=c17", "-D_GNU_SOURCE", "-DCAMBIST_DEBUG=1", "-Wall", "-Wextra", "-Werror", "-Wformat=2",
         "-fsyntax-only", "-I" + os.path.join(ROOT, "src"), "-I" + ROOT, "-x", "c", "-"]
HEAD = """
#include "base/span.h"
#include "io/log.h"
#include "role/vault/blind_index.h"
#include "wire/json.h"
#include <stdio.h>
void use(struct personal *value, struct json_writer *json, struct blind_index *index);
void use(struct personal *value, struct json_writer *json, struct blind_index *index)
{
    struct vault_tag tag;
    (void)value;
    (void)json;
    (void)index;
    (void)tag;
    %s
}
"""
ALLOWED = ["personal_wipe(value);",
           "(void)!blind_index_tag(index, 1, value, &tag);",
           'log_info("a.b", LOG_STR("c", "d"));']
FORBIDDEN = ['log_info("a.b", LOG_STR("c", value));',
             'log_info("a.b", LOG_U64("c", value));',
             'log_info("a.b", LOG_HEX("c", value));',
             'log_info("a.b", LOG_HEX("c", *value));',
             "json_put_text(json, value);",
             "json_put_hex(json, value);",
             "json_put_hex(json, *value);",
             'printf("%s", value);',
             'printf("%s", value->bytes);',
             'printf("%.*s", 3, (const char *)value->bytes);',
             "(void)span_of(value, sizeof(*value));",
             "(void)span_of(value->bytes, value->size);",
             "struct personal copy = *value; (void)copy;"]
INSIDE = {"src/role/vault/personal.c", "src/role/vault/blind_index.c"}
OUTPUT = re.compile(r'printf|log_(debug|info|warn|error|write)|"io/log\.h"|"wire/json\.h"|FAULT\([^;]*(bytes|size)', re.S)


def compiles(compiler, line):
    outcome = subprocess.run(compiler + FLAGS, input=(HEAD % line).encode(), capture_output=True,
                             check=False, timeout=60)
    return outcome.returncode == 0, outcome.stderr.decode(errors="replace")


def main():
    failed = 0
    compiler = sys.argv[1:]
    for line in ALLOWED:
        fits, error = compiles(compiler, line)
        if not fits:
            failed += 1
            print(f"FAILED: does not compile: {line}\n{error}")
    for line in FORBIDDEN:
        if compiles(compiler, line)[0]:
            failed += 1
            print(f"FAILED: compiles: {line}")
    found = set()
    for folder, _, names in os.walk(os.path.join(ROOT, "src")):
        for name in names:
            path = os.path.join(folder, name)
            if name.endswith((".c", ".h")) and "personal_inner.h\"" in open(path, encoding="utf-8").read():
                found.add(os.path.relpath(path, ROOT))
    if found != INSIDE:
        failed += 1
        print(f"FAILED: personal_inner.h is included by {sorted(found)}")
    for path in sorted(INSIDE):
        text = open(os.path.join(ROOT, path), encoding="utf-8").read()
        if OUTPUT.search(text):
            failed += 1
            print(f"FAILED: {path} prints: {OUTPUT.search(text).group(0)[:60]}")
    print(f"{len(ALLOWED) + len(FORBIDDEN)} sources, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
