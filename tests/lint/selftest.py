#!/usr/bin/env python3
"""Breaks every lint rule once, on purpose, in a small tree of its own, and looks for the finding.

usage: selftest.py CHECK [COMPILER]

A case is (what it shows, files, findings): files maps paths to text, and findings are the places
"path:line" that the check must name. No findings means that the check must be content. A fourth
member holds files that were committed before."""

import os
import subprocess
import sys
import tempfile

TOOLS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools")
HOME = "/ho" + "me/someone/"
MARK = "TO" + "DO"


def header(guard, body=""):
    return f"#ifndef {guard}\n#define {guard}\n\n{body}\n#endif /* {guard} */\n"


def function(name, lines):
    """A function of so many lines, its braces included."""
    return f"void {name}(void)\n{{\n" + "    work();\n" * (lines - 2) + "}\n"


with open(os.path.join(TOOLS, "..", "rules", "schema.json"), encoding="utf-8") as schema_file:
    SCHEMA = schema_file.read()
ACT = ("  - {id: act-1, title: {en: a, fr: b}, jurisdiction: EU, certainty: seen}\n")
PACK = """pack:
  {id: p, version: 1, title: {en: a, fr: b}, jurisdiction: EU, origin: law, sources: [act-1],
   published: 2022-04-08, effective_from: 2022-04-09}
rules:
  - id: r
    scope: person
    cite: [{source: act-1, article: 5b}]
    explain: {en: a, fr: b}
    subject: {has: nationality, in: [RU]}
    actions: [freeze]
    on_unknown: {actions: [review], evidence: nationality, days: 14, then: [review]}
    audience: customer
    keep_records_years: 5
"""


def rules(pack, acts="sources:\n" + ACT):
    return {"rules/schema.json": SCHEMA, "rules/sources.yaml": acts, "rules/p.yaml": pack}


FORMAT = "BasedOnStyle: LLVM\nIndentWidth: 4\nColumnLimit: 100\nBreakStringLiterals: false\n"

CASES = {
    "braces": [
        ("every branch has braces",
         {"src/base/a.c": "void f(void)\n{\n    if (a) {\n        b();\n    } else if (c) {\n        d();\n"
                          "    }\n    do {\n        e();\n    } while (g);\n}\n"
                          "#if A\n#else\n#endif\n"}, []),
        ("if without", {"src/base/a.c": "void f(void)\n{\n    if (a && (b))\n        c();\n}\n"},
         ["src/base/a.c:3"]),
        ("else without", {"sim/a.c": "void f(void)\n{\n    if (a) {\n    } else\n        c();\n}\n"},
         ["sim/a.c:4"]),
        ("for and while without",
         {"src/io/a.c": "void f(void)\n{\n    for (;;)\n        c();\n    while (a)\n        c();\n}\n"},
         ["src/io/a.c:3", "src/io/a.c:5"]),
        ("in a macro", {"src/base/a.h": "#define A(x) \\\n    if (x) \\\n        return\n"},
         ["src/base/a.h:2"]),
    ],
    "float": [
        ("whole numbers", {"src/base/a.c": "/* 1.5 of a double */\nint a = 10; char b[] = \"0.5\";\n"
                                           "unsigned c = 0x1e5;\n"}, []),
        ("double", {"src/base/a.c": "int a;\ndouble b;\n"}, ["src/base/a.c:2"]),
        ("a literal", {"src/base/a.c": "int a = (int)(3 * 0.5);\n"}, ["src/base/a.c:1"]),
        ("an exponent", {"src/base/a.c": "int a = (int)1e6;\n"}, ["src/base/a.c:1"]),
        ("math.h", {"src/base/a.c": "#include <math.h>\n"}, ["src/base/a.c:1"]),
        ("exempt with a reason",
         {"src/app/chart.c": "double a;\n",
          "tools/lint_exempt.txt": "src/app/chart.c float a chart\n"}, []),
        ("exempt without a reason", {"tools/lint_exempt.txt": "src/app/ float\n"},
         ["tools/lint_exempt.txt:1"]),
    ],
    "format": [
        ("formatted", {".clang-format": FORMAT, "src/base/a.c": "int a;\n"}, []),
        ("indented otherwise", {".clang-format": FORMAT, "src/base/a.c": "int a;\n  int b;\n"},
         ["src/base/a.c:1"]),
        ("a long text", {".clang-format": FORMAT, "src/base/a.c":
                         "char *a =\n    \"" + "x " * 60 + "\";\n"}, []),
        ("a line too long", {".clang-format": FORMAT, "src/base/a.c": "/* " + "x" * 98 + " */\n"},
         ["src/base/a.c:1"]),
    ],
    "guards": [
        ("a guard", {"src/base/a.h": header("BASE_A_H"), "sim/b.h": "/* B. */\n" + header("SIM_B_H"),
                     "src/role/engine/c.h": header("ROLE_ENGINE_C_H")}, []),
        ("another name", {"src/base/a.h": header("A_H")}, ["src/base/a.h:1"]),
        ("no define", {"src/base/a.h": "#ifndef BASE_A_H\n#define B\n#endif /* BASE_A_H */\n"},
         ["src/base/a.h:2"]),
        ("nothing at the end", {"src/base/a.h": header("BASE_A_H").replace(" /* BASE_A_H */", "")},
         ["src/base/a.h:5"]),
        ("no guard", {"src/base/a.h": "int a;\n"}, ["src/base/a.h:1"]),
    ],
    "includes": [
        ("allowed",
         {"src/base/a.h": "", "src/core/b.h": "", "src/core/b.c":
          '#include "core/b.h"\n\n#include "base/a.h"\n#include "wire/c.h"\n\n#include <string.h>\n',
          "src/core/b_test.c":
          '#include "core/b.h"\n\n#include "tests/support/test.h"\n\n#include <stdio.h>\n',
          "tests/support/test.h": "", "src/role/engine/e.h": "",
          "src/role/engine/e.c": '#include "role/engine/e.h"\n\n#include "core/b.h"\n'}, []),
        ("upwards", {"src/core/b.h": "", "src/base/a.c": '#include "core/b.h"\n'},
         ["src/base/a.c:1"]),
        ("core and io", {"src/io/b.h": "", "src/core/a.c": '\n#include "io/b.h"\n'},
         ["src/core/a.c:2"]),
        ("core and stdio", {"src/core/a.c": "#include <stdio.h>\n"}, ["src/core/a.c:1"]),
        ("another role", {"src/role/vault/b.h": "",
                          "src/role/engine/a.c": '#include "role/vault/b.h"\n'},
         ["src/role/engine/a.c:1"]),
        ("a role and the core", {"src/core/b.h": "", "src/role/history/a.c": '#include "core/b.h"\n'},
         ["src/role/history/a.c:1"]),
        ("sim and app", {"src/app/b.h": "", "sim/a.c": '#include "app/b.h"\n'}, ["sim/a.c:1"]),
        ("own header late",
         {"src/base/a.h": "", "src/base/b.h": "",
          "src/base/a.c": '#include "base/b.h"\n#include "base/a.h"\n'}, ["src/base/a.c:1"]),
        ("own header never", {"src/base/a.h": "", "src/base/a.c": "int a;\n"}, ["src/base/a.c:1"]),
        ("ours after system",
         {"src/base/b.h": "", "src/base/c.c": '#include <string.h>\n#include "base/b.h"\n'},
         ["src/base/c.c:2"]),
        ("no folder", {"src/base/b.h": "", "src/base/c.c": '#include "b.h"\n'}, ["src/base/c.c:1"]),
        ("a .c file", {"src/base/b.c": "", "src/base/c.c": '#include "base/b.c"\n'},
         ["src/base/c.c:1"]),
        ("absent", {"src/base/c.c": '#include "base/b.h"\n'}, ["src/base/c.c:1"]),
        ("a folder of its own", {"src/misc/a.c": '#include "base/b.h"\n'}, ["src/misc/a.c:1"]),
    ],
    "length": [
        ("short", {"src/base/a.c": function("f", 70)}, []),
        ("a long function", {"src/base/a.c": "\n" + function("f", 71)}, ["src/base/a.c:3"]),
        ("a long file", {"src/base/a.c": "int a;\n" * 801}, ["src/base/a.c:1"]),
        ("long before", {"src/base/a.c": function("f", 90),
                         "tools/length_baseline.txt": "src/base/a.c f 90\n"}, []),
        ("grown", {"src/base/a.c": function("f", 91),
                   "tools/length_baseline.txt": "src/base/a.c f 90\n"}, ["src/base/a.c:2"]),
        ("shrunk", {"src/base/a.c": function("f", 80),
                    "tools/length_baseline.txt": "src/base/a.c f 90\n"},
         ["tools/length_baseline.txt:1"]),
        ("added to the list",
         {"src/base/a.c": function("f", 90),
          "tools/length_baseline.txt": "src/base/a.c f 90\n"}, ["tools/length_baseline.txt:1"],
         {"tools/length_baseline.txt": "# nothing\n"}),
        ("raised in the list",
         {"src/base/a.c": function("f", 90),
          "tools/length_baseline.txt": "src/base/a.c f 90\n"}, ["tools/length_baseline.txt:1"],
         {"tools/length_baseline.txt": "src/base/a.c f 80\n"}),
        ("lowered in the list",
         {"src/base/a.c": function("f", 90),
          "tools/length_baseline.txt": "src/base/a.c f 90\n"}, [],
         {"tools/length_baseline.txt": "src/base/a.c f 95\n"}),
        ("gone", {"src/base/a.c": "", "tools/length_baseline.txt": "src/base/a.c f 90\n"},
         ["tools/length_baseline.txt:1"]),
    ],
    "links": [
        ("links that lead", {"README.md": "[a](docs/a.md#one-two) [b](https://example.invalid/)\n",
                             "docs/a.md": "# One two\n[up](../README.md)\n```\n[c](none)\n```\n"}, []),
        ("no file", {"README.md": "x\n[a](docs/a.md)\n"}, ["README.md:2"]),
        ("no heading", {"README.md": "# Two\n[a](#one)\n"}, ["README.md:2"]),
        ("tests that are there",
         {"README.md": "`one`, `two` ([`a_test.c`](a_test.c)), `one` in [`a_test.c`](a_test.c)\n",
          "a_test.c": "one(); two();\n"}, []),
        ("a test that is gone",
         {"README.md": "x\n`one`, `two` ([`a_test.c`](a_test.c))\n", "a_test.c": "one();\n"},
         ["README.md:2"]),
        ("a test that nothing runs",
         {"README.md": "`one` ([`a_test.c`](a_test.c))\n", "a_test.c": "one();\n",
          "meson.build": "'b_test.c'\n"}, ["README.md:1"]),
        ("a test that is run",
         {"README.md": "`one` ([`a_test.c`](a_test.c))\n", "a_test.c": "one();\n",
          "meson.build": "'a_test.c'\n"}, []),
        ("rows with their tests, and without",
         {"docs/threat-model.md":
              "| a | test |\n|---|---|\n| x | `one_is` ([`a_test.c`](../a_test.c)) |\n"
              "| y | `two_are` |\n| z | none |\n", "a_test.c": "one_is();\n"},
         ["docs/threat-model.md:4", "docs/threat-model.md:5"]),
    ],
    "rules": [
        ("a pack and its act", rules(PACK), []),
        ("an act that is not registered", rules(PACK.replace("source: act-1", "source: act-2")),
         ["rules/p.yaml:7"]),
        ("an act that nobody cites",
         rules(PACK, "sources:\n" + ACT + ACT.replace("act-1", "act-3")),
         ["rules/sources.yaml:3"]),
        ("an act without certainty", rules(PACK, "sources:\n" + ACT.replace("seen", "perhaps")),
         ["rules/sources.yaml:2"]),
        ("a key that the schema does not know", rules(PACK.replace("audience:", "audiences:")),
         ["rules/p.yaml:5"]),
        ("a predicate of no kind", rules(PACK.replace("{has: nationality,", "{is: nationality,")),
         ["rules/p.yaml:9"]),
        ("no YAML", rules("a: [\n"), ["rules/p.yaml:2"]),
        ("no register", {"rules/schema.json": SCHEMA, "rules/p.yaml": PACK},
         ["rules/sources.yaml:1"]),
    ],
    "scripts": [
        ("good", {"a.sh": "#!/usr/bin/env bash\necho 1\n", "b.py": "print(1)\n"}, []),
        ("bash that does not parse", {"a.sh": "#!/usr/bin/env bash\nif\n"}, ["a.sh:1"]),
        ("python that does not parse", {"b.py": "print(1)\ndef\n"}, ["b.py:2"]),
        ("not executable", {"c.txt": "#!/usr/bin/env bash\n"}, ["c.txt:1"]),
    ],
    "switch": [
        ("no default", {"src/base/a.c": "/* default: */ int a = b.default_c;\n"}, []),
        ("default with a reason",
         {"src/base/a.c": "    default: /* not an enum: a byte from outside */\n"}, []),
        ("default without", {"src/base/a.c": "switch (a) {\ndefault:\n}\n"}, ["src/base/a.c:2"]),
        ("an empty reason", {"src/base/a.c": "default: /* not an enum: */\n"}, ["src/base/a.c:1"]),
    ],
    "units": [
        ("at home", {"src/base/amount.c": "a = b.units;\n", "src/base/x_test.c": "a = b.units;\n",
                     "src/core/b.c": "u8 units;\n"}, []),
        ("with a reason", {"src/core/b.c": "a = b.units; /* raw: the hash wants bytes */\n"}, []),
        ("without", {"src/core/b.c": "\na = b->units;\n"}, ["src/core/b.c:2"]),
        ("an empty reason", {"src/core/b.c": "a = b.units; /* raw: */\n"}, ["src/core/b.c:1"]),
    ],
    "words": [
        ("nothing", {"docs/a.md": "/var/lib, src/role/work, ~/x\n"}, []),
        ("a path", {"docs/a.md": f"see\n{HOME}x\n"}, ["docs/a.md:2"]),
        ("unfinished", {"src/base/a.c": f"/* {MARK}: later */\n"}, ["src/base/a.c:1"]),
    ],
    "core_purity": [],
}

LIST = "## One pure core\n\nText.\n\n```\nmemcpy memset\ncheck_failed\n```\n"
BELOW = {"docs/architecture.md": LIST,
         "src/base/c.c": "void check_failed(int);\nvoid c(int a);\nvoid c(int a)\n{\n"
                         "    check_failed(a);\n}\n",
         "src/base/unused.c": "#include <time.h>\nlong u(void);\nlong u(void)\n{\n"
                              "    return time(0);\n}\n"}
CASES["core_purity"] = [
    ("pure", {**BELOW, "src/core/a.c": "void c(int a);\nstatic const char *const t[] = {\"x\"};\n"
                                       "void a(int x)\n{\n    c(t[x][0]);\n}\n"}, []),
    ("a clock", {**BELOW, "src/core/a.c": "long time(long *);\nlong a(void)\n{\n    return time(0);\n}\n"},
     ["src/core/a.c:1"]),
    ("a clock one floor below", {**BELOW, "src/core/a.c": "long u(void);\nlong a(void)\n{\n"
                                                          "    return u();\n}\n"},
     ["src/base/unused.c:1"]),
    ("a variable", {**BELOW, "src/core/a.c": "\nint counter;\n"}, ["src/core/a.c:2"]),
    ("a hidden variable", {**BELOW, "src/core/a.c": "int a(void)\n{\n    static int n = 1;\n"
                                                    "    return n++;\n}\n"}, ["src/core/a.c:3"]),
    ("no list", {"src/core/a.c": "int a(void);\n", "docs/architecture.md": "# None\n"},
     ["docs/architecture.md:1"]),
]


def write_tree(root, files):
    for path, text in files.items():
        whole = os.path.join(root, path)
        os.makedirs(os.path.dirname(whole), exist_ok=True)
        with open(whole, "w", encoding="utf-8") as file:
            file.write(text)
        if path.endswith(".sh"):
            os.chmod(whole, 0o755)


def commit_tree(root):
    for words in (["init", "-q"], ["add", "-A"],
                  ["-c", "user.name=test", "-c", "user.email=test@example.invalid", "commit", "-qm", "a"]):
        subprocess.run(["git", "-C", root] + words, check=True)


def run_case(check, more, case):
    shows, files, findings = case[:3]
    with tempfile.TemporaryDirectory() as root:
        if len(case) > 3:
            write_tree(root, case[3])
            commit_tree(root)
        write_tree(root, files)
        outcome = subprocess.run(
            [sys.executable, os.path.join(TOOLS, f"check_{check}.py"), "--root", root] + more,
            capture_output=True, text=True)
    if outcome.returncode == 77:
        print(outcome.stdout.strip())
        sys.exit(77)
    good = outcome.returncode == (1 if findings else 0) and all(
        any(line.startswith(place + ":") for line in outcome.stdout.splitlines())
        for place in findings)
    print(f"{'ok' if good else 'WRONG'}: {check}: {shows}")
    if not good:
        print(f"  wanted {findings or 'nothing'}, exit code {outcome.returncode}, printed:")
        print(outcome.stdout + outcome.stderr)
    return good


def main():
    check = sys.argv[1]
    more = ["--compiler", sys.argv[2]] if len(sys.argv) > 2 else []
    outcomes = [run_case(check, more, case) for case in CASES[check]]
    sys.exit(0 if outcomes and all(outcomes) else 1)


main()
