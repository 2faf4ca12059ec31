#!/usr/bin/env python3
"""Rule packs: each file of rules/ fits rules/schema.json, every act that is cited stands in
rules/sources.yaml, and every act there is cited. With --cambist the shipped reader has the last
word."""

import json
import os
import subprocess

import lint_source

REGISTER = "rules/sources.yaml"
SCHEMA = "rules/schema.json"
CERTAINTIES = ("seen", "press", "memory")


def scan(yaml, text):
    """The file as lists, maps and texts, and the line of each place in it."""
    lines = {}

    def walk(node, path):
        lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            found = {}
            for key, value in node.value:
                found[key.value] = walk(value, path + (key.value,))
                lines[path + (key.value,)] = key.start_mark.line + 1
            return found
        if isinstance(node, yaml.SequenceNode):
            return [walk(value, path + (place,)) for place, value in enumerate(node.value)]
        return node.value

    root = yaml.compose(text, Loader=yaml.BaseLoader)
    return (walk(root, ()) if root else {}), lines


def mappings(value, path=()):
    """(path, mapping) of every mapping in it."""
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            yield from mappings(inner, path + (key,))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from mappings(inner, path + (place,))


def read_register(tree, yaml):
    """{id: line} of the acts."""
    data, lines = scan(yaml, tree.read(REGISTER))
    acts = {}
    for place, act in enumerate(data.get("sources", [])):
        line = lines[("sources", place)]
        title = act.get("title", {})
        if not (act.get("id") and title.get("en") and title.get("fr") and act.get("jurisdiction")):
            tree.report(REGISTER, line, "an act without id, titles or jurisdiction",
                        "write them, the title in en and fr")
        if act.get("certainty") not in CERTAINTIES:
            tree.report(REGISTER, line, "no certainty", "one of " + ", ".join(CERTAINTIES))
        if act.get("id") in acts:
            tree.report(REGISTER, line, f"{act.get('id')} again", "one entry for each act")
        acts.setdefault(act.get("id"), line)
    return acts


def check_pack(tree, path, scanned, validator, acts):
    """Returns the acts that the pack cites."""
    data, lines = scanned
    for error in validator.iter_errors(data):
        # Of a choice, the branch with the fewest mistakes was probably meant; its deepest tells most.
        while error.context:
            branches = {}
            for inner in error.context:
                branches.setdefault(inner.relative_schema_path[0], []).append(inner)
            meant = min(branches.values(), key=len)
            error = max(meant, key=lambda inner: len(inner.absolute_path))
        place = tuple(error.absolute_path)
        tree.report(path, lines.get(place, 1), ".".join(str(part) for part in place) or "the file",
                    error.message[:160])
    cited = set()
    names = [(("pack", "sources", place), name) for place, name in
             enumerate(data.get("pack", {}).get("sources", []))]
    names += [(place + ("source",), found["source"]) for place, found in mappings(data)
              if "source" in found]
    for place, name in names:
        cited.add(name)
        if name not in acts:
            tree.report(path, lines[place], f"cites {name}", f"it is not in {REGISTER}")
    return cited


def run():
    tree, arguments = lint_source.start(
        "rules", __doc__, lambda parser: parser.add_argument("--cambist", default=""))
    try:
        import jsonschema
        import yaml
    except ImportError as error:
        print(f"{error.name} is not installed (Debian packages python3-yaml, python3-jsonschema)")
        return 77
    packs = [name for name in tree.all_files()
             if name.startswith("rules/") and name.endswith(".yaml") and name != REGISTER
             and not name.startswith("rules/cases/")]
    if not os.path.exists(os.path.join(tree.root, REGISTER)):
        tree.report(REGISTER, 1, "is missing", "packs cite the acts that it lists")
        return tree.finish()
    validator = jsonschema.Draft202012Validator(json.loads(tree.read(SCHEMA)))
    acts = read_register(tree, yaml)
    cited = set()
    for name in packs:
        try:
            scanned = scan(yaml, tree.read(name))
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            tree.report(name, mark.line + 1 if mark else 1, "is not YAML",
                        getattr(error, "problem", None) or "unreadable")
            continue
        cited |= check_pack(tree, name, scanned, validator, acts)
    for act, line in acts.items():
        if act not in cited:
            tree.report(REGISTER, line, f"{act} is cited nowhere", "remove it, or cite it")
    if arguments.cambist:
        cambist = os.path.abspath(arguments.cambist)
        # A tree without cases is one that a test of this check made.
        runs = [["check"] + packs]
        if os.path.isdir(os.path.join(tree.root, "rules/cases")):
            runs.append(["lint", "rules"])
        for words in runs:
            outcome = subprocess.run([cambist, "rules"] + words, cwd=tree.root,
                                     capture_output=True, text=True, check=False)
            if outcome.returncode != 0:
                print(outcome.stderr.strip())
                tree.findings += 1
    return tree.finish()


lint_source.main(run)
