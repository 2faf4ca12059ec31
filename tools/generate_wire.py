#!/usr/bin/env python3
"""Turns src/wire/schema.txt into wire_gen.h and wire_gen.c.

usage: generate_wire.py SCHEMA HEADER SOURCE

The header holds enums, structs with asserted sizes and offsets, and kind numbers; the source holds
name and field tables for `cambist dump` and for the record checks. Errors name the schema's line.
"""
import sys

SCALARS = {"u8": 1, "u16": 2, "u32": 4, "u64": 8, "i64": 8, "price": 8, "amount": 8, "client_id": 28}
ALIGN = {"client_id": 1}
RAW = ("bytes", "hex")
C_TYPES = {"price": "struct price", "amount": "struct amount", "client_id": "struct client_id"}
HEADS = {
    "command": [("kind", "u16"), ("units", "u8"), ("source", "u8"), ("account", "u32"), ("source_index", "u64")],
    "state": [("kind", "u16"), ("units", "u8"), ("reserved", "u8"), ("account", "u32"), ("id", "u64")],
    "event": [("kind", "u16"), ("units", "u8"), ("source", "u8"), ("account", "u32"), ("seq", "u64")],
}


class SchemaError(Exception):
    pass


class Record:
    def __init__(self, what, name, number, tail):
        self.what, self.name, self.number, self.tail = what, name, number, tail
        self.fields = []  # (name, type, enum or None, count, offset, size)
        self.size = 16 if what != "struct" else 0

    def add(self, name, kind, enum, count, structs):
        if kind in RAW:
            size, align = count, 1
        elif kind in structs:
            size, align = structs[kind].size * count, 8
        else:
            size, align = SCALARS[kind] * count, ALIGN.get(kind, SCALARS[kind])
        if self.size % align:
            raise SchemaError(f"{self.name}.{name} at {self.size} is not aligned to {align}")
        self.fields.append((name, kind, enum, count, self.size, size))
        self.size += size

    def close(self):
        self.used = self.size
        step = 8 if self.what == "struct" else 32
        pad = -self.size % step
        if pad:
            self.fields.append(("padding", "bytes", None, pad, self.size, pad))
            self.size += pad


def parse(path):
    enums, records, structs, current = {}, [], {}, None
    names = {}
    with open(path, encoding="utf-8") as source:
        for number, line in enumerate(source, 1):
            text = line.split("#")[0].rstrip()
            if not text:
                continue
            try:
                words = text.split()
                if text[0] == " ":
                    name, enum = (words[1].split(":") + [None])[:2]
                    kind, count = (words[0].split(":") + ["1"])[:2]
                    if kind not in RAW and kind not in SCALARS and kind not in structs:
                        raise SchemaError(f"unknown type {kind}")
                    if enum and enum not in enums:
                        raise SchemaError(f"unknown enum {enum}")
                    current.add(name, kind, enum, int(count), structs)
                    continue
                if current:
                    current.close()
                    current = None
                if words[0] == "enum":
                    enums[words[1]] = [(v.split("=")[0], int(v.split("=")[1])) for v in words[2:]]
                elif words[0] in ("command", "event", "state"):
                    rest = words[3:]
                    tail = rest[rest.index("tail") + 1] if "tail" in rest else None
                    current = Record(words[0], words[1], int(words[2]), tail)
                    if "like" in rest:
                        for f in names[rest[rest.index("like") + 1]].fields:
                            if f[0] != "padding":
                                current.add(f[0], f[1], f[2], f[3], structs)
                    records.append(current)
                    names[words[1]] = current
                elif words[0] == "struct":
                    current = Record("struct", words[1], 0, None)
                    structs[words[1]] = current
                else:
                    raise SchemaError(f"unknown word {words[0]}")
            except (SchemaError, IndexError, ValueError) as error:
                sys.exit(f"{path}:{number}: {error}")
    if current:
        current.close()
    return enums, records, structs


def c_field(field):
    name, kind, _, count, _, _ = field
    if kind in RAW:
        return f"u8 {name}[{count}];"
    ctype = C_TYPES.get(kind, kind if kind in SCALARS else f"struct wire_{kind}")
    return f"{ctype} {name};" if count == 1 else f"{ctype} {name}[{count}];"


def struct_text(record):
    prefix = {"command": "command_", "event": "event_", "state": "state_", "struct": "wire_"}[record.what]
    name = prefix + record.name
    out = [f"struct {name} {{"]
    if record.what != "struct":
        out.append(f"    struct {record.what}_head head;")
    out += ["    " + c_field(f) for f in record.fields]
    out.append("};")
    out.append(f"_Static_assert(sizeof(struct {name}) == {record.size}, \"wire format\");")
    for f in record.fields:
        out.append(f"_Static_assert(offsetof(struct {name}, {f[0]}) == {f[4]}, \"wire format\");")
    return "\n".join(out) + "\n"


def header_text(enums, records, structs):
    out = ["/* Generated by tools/generate_wire.py from src/wire/schema.txt; change that page. */",
           "#ifndef WIRE_WIRE_GEN_H", "#define WIRE_WIRE_GEN_H", "",
           "#include \"base/amount.h\"", "#include \"wire/client_id.h\"", ""]
    for name, values in enums.items():
        out.append(f"enum {name} {{")
        out += [f"    {name.upper()}_{v.upper()} = {n}," for v, n in values]
        out += ["};", f"#define {name.upper()}_COUNT {max(n for _, n in values) + 1}", ""]
    for what in ("command", "event", "state"):
        out.append(f"enum {what}_kind {{")
        out += [f"    {what.upper()}_{r.name.upper()} = {r.number}," for r in records if r.what == what]
        out += ["};", f"#define {what.upper()}_KIND_COUNT {max(r.number for r in records if r.what == what) + 1}", ""]
        out.append(f"struct {what}_head {{")
        out += ["    " + c_field((n, t, None, 1, 0, 0)) for n, t in HEADS[what]]
        out += ["};", f"_Static_assert(sizeof(struct {what}_head) == 16, \"wire format\");", ""]
    out += [struct_text(s) for s in structs.values()]
    out += [struct_text(r) for r in records]
    out.append("#endif /* WIRE_WIRE_GEN_H */")
    return "\n".join(out) + "\n"


def source_text(enums, records, structs):
    out = ["/* Generated by tools/generate_wire.py from src/wire/schema.txt; change that page. */",
           "#include \"wire/schema.h\"", ""]
    used = {f[2] for r in records + list(structs.values()) for f in r.fields}
    for name, values in enums.items():
        if name not in used:
            continue
        out.append(f"static const char *const {name}_names[{name.upper()}_COUNT] = {{")
        out += [f"    [{n}] = \"{v}\"," for v, n in values]
        out += ["};"]
    out.append("")

    def table(fields, name):
        out.append(f"static const struct wire_field {name}[] = {{")
        for f in fields:
            if f[1] == "bytes" and f[0] == "padding":
                continue
            kind = "WIRE_STRUCT" if f[1] in structs else "WIRE_" + f[1].upper()
            count = f[3]
            enum = f"{f[2]}_names, {f[2].upper()}_COUNT" if f[2] else "NULL, 0"
            sub = f"wire_{f[1]}_fields" if f[1] in structs else "NULL"
            size = structs[f[1]].size if f[1] in structs else 0
            out.append(f"    {{\"{f[0]}\", {kind}, {f[4]}, {count}, {size}, {enum}, {sub}}},")
        out.append("    {NULL, WIRE_U8, 0, 0, 0, NULL, 0, NULL},")
        out.append("};")

    def clients(fields, base):
        """The offsets of all client ids, those in structs too."""
        found = []
        for f in fields:
            if f[1] == "client_id":
                found.append(base + f[4])
            elif f[1] in structs:
                found += [offset for i in range(f[3]) for offset in
                          clients(structs[f[1]].fields, base + f[4] + i * structs[f[1]].size)]
        return found

    for s in structs.values():
        table(s.fields, f"wire_{s.name}_fields")
    for r in records:
        table(r.fields, f"{r.what}_{r.name}_fields")
    for what in ("command", "event", "state"):
        mine = [r for r in records if r.what == what]
        count = f"{what.upper()}_KIND_COUNT"
        out.append(f"const struct wire_record wire_{what}s[{count}] = {{")
        for r in mine:
            client = next((f[4] for f in r.fields if f[0] == r.tail), 0) if r.tail else 0
            whole = 1 if r.tail == "command" else 0
            ids = clients(r.fields, 0)
            listed = ", ".join(str(offset) for offset in ids) if ids else "0"
            out.append(f"    [{r.number}] = {{\"{r.name}\", {r.size}, {client}, {whole}, {r.what}_{r.name}_fields,")
            out.append(f"     {{{listed}}}, {len(ids)}}},")
        out.append("};")
    return "\n".join(out) + "\n"


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    enums, records, structs = parse(sys.argv[1])
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        out.write(header_text(enums, records, structs))
    with open(sys.argv[3], "w", encoding="utf-8") as out:
        out.write(source_text(enums, records, structs))


if __name__ == "__main__":
    main()
