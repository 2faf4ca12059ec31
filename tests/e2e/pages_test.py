#!/usr/bin/env -S python3 -B
"""The pages of a venue, as a browser and as others ask for them: every file that the page refers to
is there, with the headers of a careful site, plain and as gzip, once and again; signing in on a test
venue gives a key that works, and only to a page of this machine; a venue that simply goes on has no
sign-in; the pages of a venue with TLS are the same; what cannot be packed is refused by name, and
what can gives the same bytes each time.
usage: pages_test.py BINARY

Everything is on loopback, with ports that the system chooses."""

import gzip
import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tools"))
import pack_pages
import program as p
import serve_test as s

JSON = {"Content-Type": "application/json"}
ALWAYS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
                               "img-src 'self' data:; font-src 'self'; manifest-src 'self'; "
                               "connect-src 'self'; base-uri 'none'; form-action 'none'; "
                               "frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "vary": "Accept-Encoding",
}
SLOW_SECONDS = 3  # longer than the net's shut_ms
LASTING = "public, max-age=31536000, immutable"


def ask(venue, method, path, body=None, **headers):
    """(status, headers by lower-case name, body)"""
    connection = venue.connect()
    try:
        connection.request(method, path, body,
                           {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, found, answer.read()
    finally:
        connection.close()


# ---- pages ----

def check_file(cli, venue, path, lasting):
    """Both codings, and once more; the plain bytes."""
    status, head, plain = ask(venue, "GET", path)
    cli.equal(status, 200, f"GET {path}")
    for name, value in ALWAYS.items():
        cli.equal(head.get(name), value, f"{name} of {path}")
    cli.check("camera=()" in head.get("permissions-policy", ""), f"Permissions-Policy of {path}")
    cli.equal(head.get("cache-control"), LASTING if lasting else "no-cache", f"caching of {path}")
    cli.check("set-cookie" not in head and "access-control-allow-origin" not in head,
              f"no cookie and no CORS with {path}")
    status, small, packed = ask(venue, "GET", path, Accept_Encoding="gzip, deflate, br")
    cli.equal((status, small.get("content-encoding")), (200, "gzip"), f"{path} as gzip")
    cli.check(gzip.decompress(packed) == plain, f"the same content of {path}")
    cli.check(packed[4:8] == b"\0\0\0\0", f"no time in the gzip of {path}")
    cli.check(small["etag"] != head["etag"], f"another ETag for the gzip of {path}")
    status, empty, body = ask(venue, "HEAD", path)
    cli.equal((status, empty.get("content-length"), body), (200, str(len(plain)), b""),
              f"HEAD {path}")
    for tag in (head["etag"], small["etag"], "W/" + head["etag"], '"x", ' + head["etag"]):
        status, again, body = ask(venue, "GET", path, If_None_Match=tag)
        cli.equal((status, body, again.get("cache-control")),
                  (304, b"", head.get("cache-control")), f"{path}, if not {tag}")
    cli.equal(ask(venue, "GET", path, If_None_Match='"other"')[0], 200, f"{path} if not another")
    return plain


def check_pages(cli, venue):
    """Follows the references; how many files there are."""
    page = check_file(cli, venue, "/", False)
    for place in pack_pages.PLACES[1:]:
        cli.check(ask(venue, "GET", place)[2] == page, f"{place} is the page")
    cli.check(ask(venue, "GET", "/?lang=fr")[2] == page, "a query changes nothing")
    links = set(re.findall(rb"(?:src|href)=\"(/assets/[^\"]+)\"", page))
    for link in links:
        check_file(cli, venue, link.decode(), True)
    for path in ("/assets", "/assets/", "/assets/../index.html", "/..%2findex.html", "/index.htm",
                 "/%69ndex.html", "//", "/assets/none-12345678.js", "/favicon.ico", "/account/",
                 "/account/x", "/accounts"):
        status, head, _ = ask(venue, "GET", path)
        cli.equal((status, head.get("content-type")), (404, "application/json;charset=UTF-8"), path)
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        status, head, _ = ask(venue, method, "/")
        cli.equal((status, head.get("allow")), (405, "GET, HEAD"), f"{method} /")
    return 1 + len(links)


def check_slow_reader(cli, venue):
    """Who takes longer than a flush may, and wanted the connection closed, still gets all of it."""
    page = ask(venue, "GET", "/")[2]
    whole = {link.decode(): ask(venue, "GET", link.decode())[2]
             for link in re.findall(rb"(?:src|href)=\"(/assets/[^\"]+)\"", page)}
    path = max(whole, key=lambda link: len(whole[link]), default="/")
    host, port = venue.host.rsplit(":", 1)
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.settimeout(20)
    raw.connect((host, int(port)))
    with venue.context.wrap_socket(raw) if venue.scheme == "https" else raw as reader:
        reader.sendall(f"GET {path} HTTP/1.1\r\nHost: {venue.host}\r\n"
                       "Connection: close\r\n\r\n".encode())
        time.sleep(SLOW_SECONDS)
        kept = b""
        while piece := reader.recv(65536):
            kept += piece
    cli.check(kept.partition(b"\r\n\r\n")[2] == whole.get(path, page), f"all of {path}, slowly")


def check_weight(cli, venue):
    """Pages weigh nothing."""
    before = ask(venue, "GET", "/api/v3/ping")[1]["x-mbx-used-weight-1m"]
    for _ in range(5):
        ask(venue, "GET", "/")
    after = ask(venue, "GET", "/api/v3/ping")[1]["x-mbx-used-weight-1m"]
    cli.check(int(after) in (int(before) + 1, 1), f"weight: {before}, then {after}")


# ---- signing in ----

def sign_in(venue, account, **headers):
    return ask(venue, "POST", "/demo/sign-in", json.dumps({"account": account}),
               **{**{"Content_Type": "application/json"}, **headers})


def check_sign_in(cli, venue, keys):
    origin = f"http://{venue.host}"
    status, head, body = ask(venue, "GET", "/demo/accounts")
    cli.equal((status, head.get("cache-control")), (200, "no-store"), "the accounts")
    accounts = json.loads(body)["accounts"]
    cli.equal([row["account"] for row in accounts], ["A", "B", "W"], "their names")
    cli.check(all(set(row) == {"account", "name"} for row in accounts), f"no secrets: {accounts}")
    for account in "ABW":
        status, head, body = sign_in(venue, account, Origin=origin)
        cli.equal((status, head.get("cache-control")), (200, "no-store"), f"sign-in of {account}")
        got = json.loads(body)
        cli.equal(set(got), {"account", "name", "apiKey", "secret"}, "what it gives")
        cli.equal((got["apiKey"], got["secret"]),
                  (keys[account]["apiKey"], keys[account]["secret"]), f"the key of {account}")
    cli.equal(s.ask(venue, json.loads(sign_in(venue, "A")[2]), "GET", "/api/v3/account")[0], 200,
              "a call signed with it")


def check_refusals(cli, venue):
    port = venue.host.rsplit(":", 1)[-1]
    cases = [
        (403, {"Host": f"page.invalid:{port}"}),
        (403, {"Host": f"localhost.page.invalid:{port}"}),
        (403, {"Origin": "https://page.invalid"}),
        (403, {"Origin": "null"}),
        (403, {"Origin": f"http://localhost:{int(port) ^ 1}"}),
        (403, {"X_Forwarded_For": "192.0.2.1"}),
        (415, {"Content_Type": "text/plain"}),
        (415, {"Content_Type": "application/x-www-form-urlencoded"}),
    ]
    for status, headers in cases:
        found, head, body = sign_in(venue, "A", **headers)
        cli.equal(found, status, f"sign-in with {headers}")
        cli.check(b"apiKey" not in body and "access-control-allow-origin" not in head,
                  f"nothing told with {headers}")
    cli.equal(sign_in(venue, "C")[0], 400, "an account that is not there")
    for body in (b"", b"{}", b"[]", b"account=A", b'{"account":"A","account":"B"}', b"\xff",
                 b'{"account":' + b"[" * 100, b'{"account":"' + b"A" * 60000 + b'"}'):
        status, _, text = ask(venue, "POST", "/demo/sign-in", body, **{"Content_Type": JSON[
            "Content-Type"]})
        cli.equal((status, json.loads(text)["code"]), (400, -1135), f"a body {body[:30]!r}")
    for method, path, allowed in (("GET", "/demo/sign-in", "POST"),
                                  ("OPTIONS", "/demo/sign-in", "POST"),
                                  ("POST", "/demo/accounts", "GET, HEAD")):
        status, head, _ = ask(venue, method, path)
        cli.equal((status, head.get("allow")), (405, allowed), f"{method} {path}")
    cli.equal(ask(venue, "GET", "/demo/accounts", Host="page.invalid")[0], 403, "another's name")


def check_no_sign_in(cli, venue):
    cli.equal(ask(venue, "GET", "/")[0], 200, "a venue that goes on has its page")
    cli.equal(ask(venue, "GET", "/demo/accounts")[0], 404, "no accounts")
    status, _, body = sign_in(venue, "A")
    cli.equal((status, b"apiKey" in body), (404, False), "no sign-in")
    with open(cli.path("serve.log"), encoding="utf-8") as log:
        cli.check("secret" not in log.read(), "nothing in the log")


# ---- TLS ----

class TlsVenue(s.Venue):
    scheme = "https"
    # Without the system's certificates, which take long to read.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE

    def connect(self):
        return http.client.HTTPSConnection(self.host, timeout=20, context=self.context)


def certificate(cli):
    key, chain = cli.path("key.pem"), cli.path("chain.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost", "-days", "2",
                    "-keyout", key, "-out", chain], check=True, capture_output=True)
    return cli.write("tls.yaml", f"gateway:\n  certificate: {chain}\n  key: {key}\n")


# ---- packing ----

def pack(cli, files):
    """(whether it was packed, the file or what was said)"""
    folder = cli.path("dist")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(os.path.join(folder, "assets"))
    for name, content in files.items():
        cli.write(os.path.join("dist", name), content)
    try:
        return True, pack_pages.pack(folder)[0]
    except (pack_pages.Fault, UnicodeDecodeError) as problem:
        return False, str(problem)


def check_packing(cli):
    page = b"<!doctype html><script type=module src=\"/assets/a-0123abcd.js\"></script>"
    whole = {"index.html": page, "assets/a-0123abcd.js": bytes(range(256)) + b"??/\"\\0"}
    first = pack(cli, whole)
    cli.check(first[0], f"a sound folder: {first[1]}")
    cli.check(pack(cli, dict(reversed(whole.items()))) == first, "the same bytes again")
    cli.check(pack(cli, {**whole, "assets/a-0123abcd.js": b"x"})[1] != first[1],
              "others when changed")
    refused = [
        ({"assets/a-0123abcd.js": b""}, "no index.html"),
        ({"index.html": page, "assets/a.js": b""}, "assets/a.js"),
        ({"index.html": page, "other-0123abcd.js": b""}, "other-0123abcd.js"),
        ({"index.html": page, "assets/a-0123abcd.exe": b""}, "no content type"),
        ({"index.html": page, "assets/a b-0123abcd.js": b""}, "a name of letters"),
        ({"index.html": b"<script>alert(1)</script>"}, "an inline script"),
        ({"index.html": b"<style>p{}</style>"}, "an inline style"),
        ({"index.html": b"<p style='x'>"}, "a style attribute"),
        ({"index.html": b"<p onclick=\"x()\">"}, "a handler"),
        ({"index.html": b"<script src=\"https://page.invalid/a.js\"></script>"}, "another site"),
        ({"index.html": b"<link href=//page.invalid/a.css>"}, "another site"),
        ({"index.html": b"\xff"}, "utf-8"),
        ({"index.html": page, "assets/a-0123abcd.png": bytes((4 << 20) + 1)}, "bytes"),
        ({"index.html": page, **{f"assets/a-0123abc{i:03}.js": b"" for i in range(64)}}, "files"),
    ]
    for files, words in refused:
        packed, said = pack(cli, files)
        cli.check(not packed and words in said, f"{words}: {packed} {said[:200]!r}")


def run(cli):
    folder = cli.path("venue")
    keys_file = cli.path("keys.json")
    check_packing(cli)
    with s.Venue(cli, folder, "--profile", "test", "--keys-file", keys_file) as venue:
        venue.ready()
        with open(keys_file, encoding="utf-8") as file:
            keys = json.load(file)["accounts"]
        cli.check(check_pages(cli, venue) >= 1, "pages")
        check_weight(cli, venue)
        check_slow_reader(cli, venue)
        check_sign_in(cli, venue, keys)
        check_refusals(cli, venue)
        # A gateway that was killed comes back with the table.
        os.kill(venue.pid("edge"), 9)
        cli.check(s.eventually(lambda: answers(venue)), "the sign-in is back with the gateway")
        cli.equal(venue.stop(), 0, "the end")
    with TlsVenue(cli, folder, "--config", certificate(cli)) as venue:
        venue.ready()
        check_pages(cli, venue)
        check_slow_reader(cli, venue)
        check_no_sign_in(cli, venue)
        cli.equal(venue.stop(), 0, "the end")


def answers(venue):
    try:
        return sign_in(venue, "B")[0] == 200
    except (OSError, http.client.HTTPException):
        return False


if __name__ == "__main__":
    p.main(run)
