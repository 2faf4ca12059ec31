#!/usr/bin/env python3
"""Packs a folder of pages into one C file of constants: docs/pages.md "Building".

usage: pack_pages.py FOLDER OUTPUT [TABLE]

TABLE is the name of the table, "venue_pages" without it. Of another table all files keep their names
and are asked for anew each time: they lie beside index.html and none is below assets/.

The same folder gives the same bytes: files in the order of their names, no times. A file that breaks
the rules is named, and the end is 1. OUTPUT is left alone when it would not change."""

import hashlib
import os
import re
import sys
import zlib

FILES_MAX = 64
BYTES_MAX = 4 << 20
VENUE = "venue_pages"
# Where index.html is found: it looks at its path. As web/src/account/place.ts has them.
PLACES = ("/", "/index.html", "/account", "/account/sign-in", "/account/sign-up", "/account/reset",
          "/account/security", "/account/keys", "/account/identity", "/records")
ALONE = ("/", "/index.html")  # of another table
GZIP_WBITS = 31
COLUMNS = 96
ETAG_DIGITS = 32
PATH_MAX = 128
TYPES = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "ico": "image/x-icon",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "webmanifest": "application/manifest+json",
    "woff2": "font/woff2",
}
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
# NAME-DIGEST.EXT
LASTING = re.compile(r"assets/(?:[^/]*-)?[A-Za-z0-9]{8,}\.[a-z0-9]+")
# What the Content-Security-Policy would not let run or show.
INLINE = [
    (re.compile(r"<script(?![^>]*\ssrc=)", re.I), "an inline script"),
    (re.compile(r"<style\b", re.I), "an inline style element"),
    (re.compile(r"<[^>]*\sstyle\s*=", re.I), "a style attribute"),
    (re.compile(r"<[^>]*\son[a-z]+\s*=", re.I), "a handler in an attribute"),
    (re.compile(r"<(?:script|link|img)[^>]*(?:src|href)\s*=\s*[\"']?(?:[a-z]+:)?//", re.I),
     "a reference to another site"),
]


class Fault(Exception):
    """A folder that cannot be packed."""


def check(name, data, table):
    extension = name.rsplit(".", 1)[-1]
    if extension not in TYPES:
        raise Fault(f"{name}: no content type for .{extension}")
    if not all(NAME.fullmatch(part) for part in name.split("/")) or len(name) >= PATH_MAX:
        raise Fault(f"{name}: a name of letters, digits, '.', '-' and '_', below {PATH_MAX} bytes")
    if table != VENUE and "/" in name:
        raise Fault(f"{name}: beside index.html, no folder")
    if table == VENUE and name != "index.html" and not LASTING.fullmatch(name):
        raise Fault(f"{name}: beside index.html, only assets/NAME-DIGEST.EXT")
    if extension == "html":
        text = data.decode("utf-8")
        for pattern, what in INLINE:
            if pattern.search(text):
                raise Fault(f"{name}: {what}, which the page's policy forbids")


def read(folder, table):
    """[(name, bytes)], in the order of the names."""
    found = []
    for base, folders, names in os.walk(folder):
        folders.sort()
        for name in names:
            path = os.path.join(base, name)
            with open(path, "rb") as file:
                data = file.read()
            name = os.path.relpath(path, folder).replace(os.sep, "/")
            check(name, data, table)
            found.append((name, data))
    found.sort()
    if "index.html" not in dict(found):
        raise Fault(f"{folder}: no index.html")
    # index.html has many paths.
    places = PLACES if table == VENUE else ALONE
    if len(found) + len(places) - 1 > FILES_MAX or sum(len(data) for _, data in found) > BYTES_MAX:
        raise Fault(f"{folder}: more than {FILES_MAX - len(places) + 1} files or {BYTES_MAX} bytes")
    return found


def gzip(data):
    # Without a name or a time in its head.
    squeeze = zlib.compressobj(9, zlib.DEFLATED, GZIP_WBITS)
    return squeeze.compress(data) + squeeze.flush()


# Three digits, so that what follows is no part of it; a question mark could begin a trigraph.
ESCAPED = [chr(byte) if 0x20 <= byte < 0x7f and chr(byte) not in "\"\\?" else f"\\{byte:03o}"
           for byte in range(256)]


def literal(data):
    lines, line, size = [], [], 0
    for byte in data:
        piece = ESCAPED[byte]
        if size + len(piece) > COLUMNS:
            lines.append("".join(line))
            line, size = [], 0
        line.append(piece)
        size += len(piece)
    lines.append("".join(line))
    return "\n".join(f'    "{text}"' for text in lines)


def pack(folder, table=VENUE):
    """(the C file, a line about it)"""
    bodies, rows, sizes = [], [], [0, 0]
    for index, (name, data) in enumerate(read(folder, table)):
        packed = gzip(data)
        sizes[0] += len(data)
        sizes[1] += len(packed)
        bodies.append(f"static const char plain_{index}[] =\n{literal(data)};\n"
                      f"static const char gzip_{index}[] =\n{literal(packed)};\n")
        etag = hashlib.sha256(data).hexdigest()[:ETAG_DIGITS]
        lasting = "true" if LASTING.fullmatch(name) else "false"
        places = PLACES if table == VENUE else ALONE
        for path in places if name == "index.html" else ("/" + name,):
            rows.append(f'    {{"{path}", "{TYPES[name.rsplit(".", 1)[-1]]}", "{etag}", '
                        f"plain_{index}, gzip_{index}, {len(data)}, {len(packed)}, {lasting}}},\n")
    text = ("/* Made by tools/pack_pages.py: do not edit. */\n"
            f'#include "app/{table}.h"\n\n'
            '#pragma GCC diagnostic ignored "-Woverlength-strings"\n\n'
            + "\n".join(bodies) +
            "\nstatic const struct page pages[] = {\n" + "".join(rows) + "};\n\n"
            f"const struct page_table {table} = {{pages, ARRAY_COUNT(pages)}};\n")
    return text, f"{len(bodies)} files, {sizes[0]:,} bytes, {sizes[1]:,} as gzip"


def put(path, text):
    """Writes it unless it is there already."""
    data = text.encode()
    try:
        with open(path, "rb") as file:
            if file.read() == data:
                return
    except FileNotFoundError:
        pass
    with open(path, "wb") as file:
        file.write(data)


def main():
    if len(sys.argv) not in (3, 4):
        print("usage: pack_pages.py FOLDER OUTPUT [TABLE]", file=sys.stderr)
        return 2
    try:
        text, _ = pack(sys.argv[1], *sys.argv[3:])
    except (Fault, OSError, UnicodeDecodeError) as problem:
        print(f"pack_pages.py: {problem}", file=sys.stderr)
        return 1
    put(sys.argv[2], text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
