#!/usr/bin/env -S python3 -B
"""Market streams of a running venue, read by a client that was written by the book: handshake,
frames plain and compressed, control messages, and depth events that keep a book equal to the one
that REST shows, also across a gateway that is killed.
usage: streams_test.py BINARY

Everything is on loopback, with a port that the system chooses."""

import base64
import hashlib
import json
import os
import random
import select
import signal
import socket
import struct
import threading
import time
import urllib.request
import zlib

import program as p
import serve_test as s

PATIENCE = 20  # seconds for anything
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Closed(Exception):
    """The server has ended the connection."""


class WebSocket:
    """One connection; its messages are kept in the order they came."""

    def __init__(self, host, target, deflate):
        name, port = host.rsplit(":", 1)
        self.socket = socket.create_connection((name, int(port)), timeout=PATIENCE)
        self.bytes = b""
        self.events = []
        self.answers = {}
        self.close_code = None
        self.compressed = 0
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {target} HTTP/1.1", f"Host: {host}", "Connection: Upgrade",
                 "Upgrade: websocket", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
        if deflate:
            lines.append("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits")
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        while b"\r\n\r\n" not in self.bytes:
            self.receive()
        head, self.bytes = self.bytes.split(b"\r\n\r\n", 1)
        self.head = head.decode().split("\r\n")
        accept = base64.b64encode(hashlib.sha1(
            (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
        self.is_open = ("101" in self.head[0] and "Sec-WebSocket-Accept: " + accept in self.head)
        self.deflate = any("permessage-deflate" in line for line in self.head)

    def receive(self):
        more = self.socket.recv(65536)
        if not more:
            raise Closed()
        self.bytes += more

    def send(self, opcode, payload, compressed=False):
        mask = os.urandom(4)
        size = len(payload)
        head = bytes([0x80 | (0x40 if compressed else 0) | opcode])
        head += bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack(">H", size)
        self.socket.sendall(head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload)))

    def ask(self, method, number, *params):
        """The answer to a control message; compressed where that was agreed on."""
        text = json.dumps({"method": method, "params": params, "id": number}).encode()
        if self.deflate:
            packer = zlib.compressobj(wbits=-15)
            text = (packer.compress(text) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]
        self.send(TEXT, text, self.deflate)
        end = time.monotonic() + PATIENCE
        while number not in self.answers and time.monotonic() < end:
            self.listen(0.05)
        return self.answers.pop(number, None)

    def frame(self):
        """(first byte, payload) of a whole frame; None while there is none."""
        if len(self.bytes) < 2:
            return None
        size, used = self.bytes[1], 2
        if size == 126:
            size, used = int.from_bytes(self.bytes[2:4], "big"), 4
        elif size == 127:
            size, used = int.from_bytes(self.bytes[2:10], "big"), 10
        if len(self.bytes) < used + size:
            return None
        first, payload = self.bytes[0], self.bytes[used:used + size]
        self.bytes = self.bytes[used + size:]
        return first, payload

    def take(self, first, payload):
        opcode = first & 0x0f
        if first & 0x40:
            self.compressed += 1
            payload = zlib.decompressobj(wbits=-15).decompress(payload + b"\x00\x00\xff\xff")
        if opcode == TEXT:
            message = json.loads(payload)
            if isinstance(message, dict) and ("result" in message or "error" in message):
                self.answers[message["id"]] = message
            else:
                self.events.append(message)
        elif opcode == PING:
            self.send(PONG, payload)
        elif opcode == CLOSE:
            self.close_code = int.from_bytes(payload[:2], "big")

    def listen(self, seconds):
        """Takes all that comes in this time."""
        end = time.monotonic() + seconds
        while True:
            found = self.frame()
            if found:
                self.take(*found)
                continue
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.socket], [], [], left)[0]:
                return
            self.receive()

    def until(self, wanted):
        """The first event that is wanted, by then; those before it are dropped."""
        end = time.monotonic() + PATIENCE
        is_closed = False
        while time.monotonic() < end:
            while self.events:
                event = self.events.pop(0)
                if wanted(event):
                    return event
            if is_closed:
                return None
            try:
                self.listen(0.05)
            except (Closed, OSError):
                is_closed = True
        return None

    def close(self):
        self.socket.close()


class Book:
    """The documents' procedure, over a raw depth stream."""

    def __init__(self, venue, deflate):
        self.venue = venue
        self.stream = WebSocket(venue.host, "/ws/btcusdt@depth@100ms", deflate)
        self.last = None  # u of the stream
        self.gaps = 0
        while not self.stream.events:
            self.stream.listen(0.05)
        self.begin()

    def begin(self):
        depth = rest(self.venue, "/api/v3/depth?symbol=BTCUSDT&limit=5000")
        self.id = depth["lastUpdateId"]
        self.sides = [dict(map(tuple, depth["bids"])), dict(map(tuple, depth["asks"]))]

    def follow(self, seconds):
        self.stream.listen(seconds)
        for event in self.stream.events:
            if self.last is not None and event["U"] != self.last + 1:
                self.gaps += 1
            self.last = event["u"]
            if event["u"] <= self.id:
                continue
            if event["U"] > self.id + 1:
                self.gaps += 1
            for side, key in enumerate("ba"):
                for price, quantity in event[key]:
                    if float(quantity) == 0:
                        self.sides[side].pop(price, None)
                    else:
                        self.sides[side][price] = quantity
            self.id = event["u"]
        self.stream.events.clear()


def rest(venue, path):
    with urllib.request.urlopen(f"http://{venue.host}{path}", timeout=20) as response:
        return json.loads(response.read())


def order(venue, account, side, price, quantity):
    return s.ask(venue, account, "POST", "/api/v3/order", symbol="BTCUSDT", side=side, type="LIMIT",
                 timeInForce="GTC", quantity=quantity, price=price)


class Bots(threading.Thread):
    """Random orders of two accounts around a price, until stopped; a number at most."""

    def __init__(self, venue, accounts, seed):
        super().__init__()
        self.venue = venue
        self.accounts = accounts
        self.random = random.Random(seed)
        self.done = threading.Event()
        self.placed = 0

    def run(self):
        while not self.done.is_set() and self.placed < 100000:
            account = self.accounts[self.random.choice("AB")]
            side = self.random.choice(["BUY", "SELL"])
            price = 30000 + self.random.randrange(-20, 21)
            status, _ = order(self.venue, account, side, price,
                              f"0.00{self.random.randrange(100, 400)}")
            self.placed += status == 200

    def stop(self):
        self.done.set()
        self.join()


def says_what_it_should(cli, venue, accounts):
    streams = ["btcusdt@trade", "btcusdt@aggTrade", "btcusdt@bookTicker", "btcusdt@kline_1s",
               "btcusdt@miniTicker", "btcusdt@ticker_1h", "!miniTicker@arr", "btcusdt@depth5@100ms"]
    for deflate in (False, True):
        stream = WebSocket(venue.host, "/stream?streams=" + "/".join(streams[:4]), deflate)
        cli.check(stream.is_open, f"handshake: {stream.head}")
        cli.equal(stream.deflate, deflate, "compression agreed on")
        cli.equal(stream.ask("SUBSCRIBE", 1, *streams[4:], "nonsense"), {"result": None, "id": 1},
                  "SUBSCRIBE")
        cli.equal(stream.ask("LIST_SUBSCRIPTIONS", 2), {"result": streams, "id": 2}, "the list")
        cli.equal(stream.ask("GET_PROPERTY", 3, "combined")["result"], True, "combined")
        order(venue, accounts["A"], "SELL", 30100, "0.002")
        order(venue, accounts["B"], "BUY", 30100, "0.002")
        silent = set(streams)

        def heard_last(event, silent=silent):
            silent.discard(event["stream"] if event["data"] else None)
            return not silent
        stream.until(heard_last)
        cli.equal(silent, set(), f"streams that say nothing ({deflate})")
        cli.equal(stream.compressed > 0, deflate, "compressed frames")
        stream.send(PING, b"there?")
        stream.listen(0.2)
        stream.send(CLOSE, struct.pack(">H", 1000))
        try:
            stream.listen(PATIENCE)
        except Closed:
            pass
        cli.equal(stream.close_code, 1000, "the close is answered")
        stream.close()


def is_refused(cli, venue):
    cli.check("404" in WebSocket(venue.host, "/wsx", False).head[0], "another path")
    talker = WebSocket(venue.host, "/ws/0", False)
    cli.check(talker.is_open, "/ws/0")
    try:
        for number in range(20):
            talker.send(PONG, b"")
            talker.listen(0.001 * number)
        talker.listen(PATIENCE)
    except (Closed, OSError):
        pass
    cli.equal(talker.close_code, 1008, "more than five messages a second")


def books_are_equal(venue, books):
    """Whether all books are the venue's, at one moment when nothing happens."""
    depth = rest(venue, "/api/v3/depth?symbol=BTCUSDT&limit=5000")
    want = [dict(map(tuple, depth["bids"])), dict(map(tuple, depth["asks"]))]
    for book in books:
        book.follow(0.3)
    return all(book.id == depth["lastUpdateId"] and book.sides == want for book in books)


def keeps_books(cli, venue, accounts):
    bots = Bots(venue, accounts, 1)
    bots.start()
    books = [Book(venue, False), Book(venue, True)]
    for _ in range(40):
        for book in books:
            book.follow(0.05)
    bots.stop()
    cli.check(bots.placed > 50, f"{bots.placed} orders were placed")
    cli.check(s.eventually(lambda: books_are_equal(venue, books)), "books are the venue's")
    cli.equal([book.gaps for book in books], [0, 0], "gaps")
    # A new gateway goes on where the venue is: whoever comes again has the venue's book.
    before = venue.pid("edge")
    os.kill(before, signal.SIGKILL)
    cli.check(s.eventually(lambda: s.open_orders(venue, accounts["A"]) is not None),
              "the gateway is back")
    bots = Bots(venue, accounts, 2)
    bots.start()
    books = [Book(venue, True)]
    for _ in range(20):
        books[0].follow(0.05)
    bots.stop()
    cli.check(s.eventually(lambda: books_are_equal(venue, books)), "books are the venue's again")
    cli.equal(books[0].gaps, 0, "gaps after the restart")


def run(cli):
    keys_file = cli.path("keys.json")
    with s.Venue(cli, cli.path("venue"), "--profile", "test", "--keys-file", keys_file) as venue:
        venue.ready()
        with open(keys_file, encoding="ascii") as file:
            accounts = json.load(file)["accounts"]
        says_what_it_should(cli, venue, accounts)
        is_refused(cli, venue)
        keeps_books(cli, venue, accounts)
        last = WebSocket(venue.host, "/ws", True)
        venue.process.send_signal(signal.SIGTERM)
        event = last.until(lambda event: event.get("e") == "serverShutdown")
        cli.check(event is not None, "serverShutdown is told")
        cli.equal(last.close_code, 1001, "the close before the end")
        cli.equal(venue.process.wait(timeout=PATIENCE), 0, "exit code on SIGTERM")


if __name__ == "__main__":
    p.main(run)
