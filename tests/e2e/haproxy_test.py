#!/usr/bin/env -S python3 -B
"""What packaging/haproxy.cfg promises, with the distribution's HAProxy: the file is accepted as it
is; TLS ends there; the client's address arrives, and nothing that a client says about it; a
WebSocket passes in both directions; a head that does not come to its end is cut off; while nothing
listens behind, the answer is the API's own 503; the log names no address and no query string.
Behind it stands a small server of this test first, then a test venue of the binary: a signed order
and its trade's event pass both ways, and each address has its own count. Everything is on loopback.
usage: haproxy_test.py BINARY"""

import base64
import hashlib
import hmac
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time

import program as p

CONFIG = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../packaging/haproxy.cfg")
SECONDS_MAX = 20


class Behind(threading.Thread):
    """Answers each request with the head it got; after an upgrade it sends back what comes."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]

    def run(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        try:
            self.answer_all(client)
        except ConnectionResetError:
            pass  # a health check goes without a farewell

    def answer_all(self, client):
        with client:
            kept = b""
            while True:
                while b"\r\n\r\n" not in kept:
                    piece = client.recv(65536)
                    if not piece:
                        return
                    kept += piece
                head, _, kept = kept.partition(b"\r\n\r\n")
                if b"upgrade: websocket" in head.lower():
                    key = re.search(rb"(?i)sec-websocket-key: (\S+)", head).group(1)
                    # RFC 6455 4.2.2
                    proof = hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
                    client.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                   b"Connection: Upgrade\r\nSec-WebSocket-Accept: "
                                   + base64.b64encode(proof) + b"\r\n\r\n")
                    while piece := client.recv(65536):
                        client.sendall(piece)
                    return
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(head) + head)

    def stop(self):
        self.socket.close()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def certificate(cli):
    key, chain = cli.path("key.pem"), cli.path("chain.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=demo.invalid", "-days", "2",
                    "-keyout", key, "-out", chain], check=True, capture_output=True)
    both = b"".join(open(path, "rb").read() for path in (chain, key))
    return cli.write("cambist.pem", both)


def config(cli):
    """The shipped file, with few descriptors and little patience; only root can take another's
    rights."""
    with open(CONFIG, encoding="utf-8") as file:
        text = file.read()
    if os.geteuid() != 0:
        text = re.sub(r"(?m)^    (chroot|user|group) .*\n", "", text)
    text = re.sub(r"(?m)^    maxconn .*", "    maxconn 200", text)
    text = text.replace("timeout http-request 10s", "timeout http-request 1s")
    return cli.write("haproxy.cfg", text)


def connect(port, source="127.0.0.1"):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["h2", "http/1.1"])
    raw = socket.create_connection(("127.0.0.1", port), SECONDS_MAX, (source, 0))
    return context.wrap_socket(raw)


def answer(connection):
    """(head, body) of one answer with Content-Length, or what came until the end."""
    kept = b""
    while b"\r\n\r\n" not in kept:
        piece = connection.recv(65536)
        if not piece:
            return kept, b""
        kept += piece
    head, _, body = kept.partition(b"\r\n\r\n")
    size = re.search(rb"(?i)content-length: (\d+)", head)
    while size and len(body) < int(size.group(1)):
        body += connection.recv(65536)
    return head, body


def ask(port, path, headers="", source="127.0.0.1", host="demo.invalid"):
    with connect(port, source) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n".encode())
        return answer(connection)


def wait_for_status(port, status):
    until = time.monotonic() + SECONDS_MAX
    head = b""
    while time.monotonic() < until:
        try:
            head, _ = ask(port, "/api/v3/time")
        except OSError:
            pass
        if head.startswith(b"HTTP/1.1 %d " % status):
            return True
        time.sleep(0.1)
    print(f"last head: {head!r}")
    return False


def check_requests(cli, port):
    with connect(port) as connection:
        cli.equal(connection.selected_alpn_protocol(), "http/1.1", "ALPN")
        cli.check(connection.version() in ("TLSv1.2", "TLSv1.3"), connection.version())
    head, seen = ask(port, "/api/v3/time?signature=secretly",
                     "X-Forwarded-For: 203.0.113.7\r\nForwarded: for=203.0.113.8\r\n")
    cli.check(b"Strict-Transport-Security" in head or b"strict-transport-security" in head, head)
    cli.equal(re.findall(rb"(?i)\r\nx-forwarded-for: ([^\r]*)", seen), [b"127.0.0.1"],
              "the address that arrives")
    cli.check(b"203.0.113" not in seen, f"what the client says is dropped: {seen}")
    _, seen = ask(port, "/" + "a" * 8000 + "?q=" + "b" * 6000)
    cli.check(b"b" * 6000 in seen, "a head as large as the gateway takes passes")
    with connect(port) as connection:
        for number in range(20):
            connection.sendall(b"GET /%d HTTP/1.1\r\nHost: demo.invalid\r\n\r\n" % number)
            cli.check(answer(connection)[1].startswith(b"GET /%d " % number), "in order")


def check_websocket(cli, port):
    with connect(port) as connection:
        connection.sendall(b"GET /ws HTTP/1.1\r\nHost: demo.invalid\r\nConnection: Upgrade\r\n"
                           b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                           b"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n")
        head, _ = answer(connection)
        cli.check(head.startswith(b"HTTP/1.1 101 "), f"upgrade: {head}")
        for frame in (b"\x81\x85\0\0\0\0hello", b"\x82\x84\0\0\0\0\x00\xff\r\n"):
            connection.sendall(frame)
            back = b""
            while len(back) < len(frame):
                back += connection.recv(100)
            cli.equal(back, frame, "a frame passes unchanged")


def check_slow_head(cli, port):
    with connect(port) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: demo")
        head, _ = answer(connection)
        cli.check(head == b"" or head.startswith(b"HTTP/1.1 408 "), f"a slow head: {head}")


# ---- with a venue behind it ----

def frame_send(connection, value):
    """A text frame whose mask is zero."""
    text = json.dumps(value).encode()
    size = bytes([0x80 | len(text)]) if len(text) < 126 else \
        bytes([0x80 | 126]) + len(text).to_bytes(2, "big")
    connection.sendall(b"\x81" + size + bytes(4) + text)


def exactly(connection, size):
    kept = b""
    while len(kept) < size:
        piece = connection.recv(size - len(kept))
        if not piece:
            raise ConnectionResetError("the end within a frame")
        kept += piece
    return kept


def frame_read(connection):
    """The value of the next text frame; pings are left alone."""
    while True:
        first, size = exactly(connection, 2)
        if size >= 126:
            size = int.from_bytes(exactly(connection, 2 if size == 126 else 8), "big")
        text = exactly(connection, size)
        if first & 15 == 1:
            return json.loads(text)


def websocket_open(port, path):
    connection = connect(port)
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: demo.invalid\r\nConnection: Upgrade\r\n"
                       "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                       "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n".encode())
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += exactly(connection, 1)
    if not head.startswith(b"HTTP/1.1 101 "):
        raise ConnectionResetError(head)
    return connection


def order(port, account, side, force):
    """The answer to a signed order."""
    query = (f"symbol=BTCUSDT&side={side}&type=LIMIT&timeInForce={force}&quantity=0.001"
             f"&price=30000&timestamp={time.time_ns() // 1000000}")
    proof = hmac.new(account["secret"].encode(), query.encode(), hashlib.sha256).hexdigest()
    with connect(port) as connection:
        connection.sendall(f"POST /api/v3/order?{query}&signature={proof} HTTP/1.1\r\n"
                           f"Host: demo.invalid\r\nX-MBX-APIKEY: {account['apiKey']}\r\n"
                           "Content-Length: 0\r\n\r\n".encode())
        return json.loads(answer(connection)[1])


def check_venue(cli, port, accounts):
    cli.check(wait_for_status(port, 200), "HAProxy serves a venue")
    cli.equal(ask(port, "/api/v3/ping")[1], b"{}", "ping")
    head, body = ask(port, "/")
    cli.check(body.startswith(b"<!doctype html>") and b"content-security-policy: " in head.lower(),
              f"the page: {head}")
    # Whoever comes through a proxy is none of this machine, whatever he says.
    for host in ("localhost", "demo.invalid"):
        head, _ = ask(port, "/demo/accounts", host=host)
        cli.check(head.startswith(b"HTTP/1.1 403 "), f"no demo accounts for {host}: {head}")
    # Each address has a count of its own, behind the proxy too, and cannot take another's.
    for source, claimed, weight in (("127.0.0.2", "203.0.113.1", 1), ("127.0.0.3", "127.0.0.2", 1),
                                    ("127.0.0.2", "203.0.113.2", 2)):
        head, _ = ask(port, "/api/v3/ping", f"X-Forwarded-For: {claimed}\r\n", source)
        cli.equal(re.findall(rb"(?i)x-mbx-used-weight-1m: (\d+)", head), [b"%d" % weight],
                  f"the weight used by {source}")
    with websocket_open(port, "/ws/btcusdt@trade") as stream, \
            websocket_open(port, "/ws-api/v3") as calls:
        cli.equal(order(port, accounts["A"], "BUY", "GTC").get("status"), "NEW", "an order")
        cli.equal(order(port, accounts["B"], "SELL", "IOC").get("status"), "FILLED", "its match")
        event = frame_read(stream)
        cli.equal((event["e"], event["s"], event["p"], event["q"]),
                  ("trade", "BTCUSDT", "30000.00000000", "0.00100000"), "the event of the trade")
        frame_send(calls, {"id": 1, "method": "ticker.price", "params": {"symbol": "BTCUSDT"}})
        said = frame_read(calls)
        cli.equal((said["id"], said["status"], said["result"]["price"]),
                  (1, 200, "30000.00000000"), "a call of the WebSocket API")


class Running:
    """A program until the end of the with."""

    def __init__(self, log, *words, env=None):
        self.log = open(log, "ab")
        self.process = subprocess.Popen(words, env=env, stdout=self.log, stderr=self.log)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(SECONDS_MAX)
        self.log.close()


def keys_read(path):
    until = time.monotonic() + SECONDS_MAX
    while not os.path.exists(path) and time.monotonic() < until:
        time.sleep(0.1)
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def through_haproxy(cli, haproxy, setting):
    keys_file = cli.path("keys.json")
    with Running(cli.path("venue.log"), cli.binary, "serve", "--profile", "test", "--data",
                 cli.path("venue"), "--port", "0", "--keys-file", keys_file, "--config",
                 cli.write("cambist.yaml", "gateway:\n  proxies: 127.0.0.1\n")):
        keys = keys_read(keys_file)
        port = free_port()
        setting = dict(setting, CAMBIST_BIND=f"127.0.0.1:{port}",
                       CAMBIST_GATEWAY=keys["rest"].removeprefix("http://"))
        with Running(cli.path("haproxy2.log"), haproxy, "-db", "-f", config(cli), env=setting):
            check_venue(cli, port, keys["accounts"])


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: haproxy_test.py BINARY")
    cli = p.Program(sys.argv[1])
    haproxy = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin")
    if haproxy is None or shutil.which("openssl") is None:
        print("haproxy or openssl is not installed")
        return 77
    behind = Behind()
    behind.start()
    port = free_port()
    setting = dict(os.environ, CAMBIST_BIND=f"127.0.0.1:{port}",
                   CAMBIST_CERTIFICATE=certificate(cli),
                   CAMBIST_GATEWAY=f"127.0.0.1:{behind.port}")
    checked = subprocess.run([haproxy, "-c", "-f", CONFIG], env=setting, capture_output=True,
                             text=True, check=False)
    cli.equal(checked.returncode, 0, f"haproxy -c: {checked.stdout}{checked.stderr}")
    cli.check("[WARNING]" not in checked.stderr, f"haproxy -c warns: {checked.stderr}")
    with Running(cli.path("haproxy.log"), haproxy, "-db", "-f", config(cli), env=setting):
        cli.check(wait_for_status(port, 200), "HAProxy serves")
        check_requests(cli, port)
        check_websocket(cli, port)
        check_slow_head(cli, port)
        behind.stop()
        cli.check(wait_for_status(port, 503), "503 while nothing listens behind")
        _, body = ask(port, "/api/v3/time")
        cli.check(body.startswith(b'{"code":-1001,'), f"the API's own error: {body}")
    with open(cli.path("haproxy.log"), encoding="utf-8", errors="replace") as log:
        lines = log.read()
    cli.check("path=/api/v3/time status=200" in lines, f"requests are logged: {lines[-2000:]}")
    cli.check("secretly" not in lines, "no query strings in the log")
    cli.check(not re.search(r"127\.0\.0\.1:\d+ \[", lines), "no addresses in the log")
    through_haproxy(cli, haproxy, setting)
    return cli.finish()


if __name__ == "__main__":
    sys.exit(main())
