#!/usr/bin/env -S python3 -B
"""The gateway's figures, on a test venue of its own in a fresh folder: each with its aim, and in
turn with what it is compared with.

    get        GET ticker/price, as a share of bare_server with the same bytes (aim 0.8)
    order      signed orders per second of the gateway's processor time, REST (aim 30,000)
    ws-order   the same over the WebSocket API (aim 60,000)
    latency    a signed order over one write of 4 KiB and one round trip, p50 (aim at most 2.0)
    stream     from the event's time to 1,000 subscribers at 200 trades a second, p99 (aim 5 ms)
    fan        messages per second of the gateway's processor time while it is behind (aim 300,000)
    idle       memory of all processes with 10,000 silent WebSockets (aim 100 MB more than none)

Rates per second of processor time bear a busy machine; latencies do not.
usage: measure_gateway.py BUILD [--only NAME]... [--rounds N] [--seconds N]"""

import argparse
import contextlib
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

TICKER = "/api/v3/ticker/price?symbol=BTCUSDT"
LIMIT = "symbol=BTCUSDT&type=LIMIT&quantity=0.001&price=30000&timeInForce="
TRADES = "/ws/btcusdt@trade?timeUnit=MICROSECOND"
READY_SECONDS = 60
SUBSCRIBERS = 1000
IDLE = 10000


def wait_for(fact, what):
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        if (found := fact()) is not None:
            return found
        time.sleep(0.1)
    sys.exit(f"{what} did not come within {READY_SECONDS} s")


def children_of(pid):
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError), open(f"/proc/{name}/stat", encoding="utf-8") as file:
            if int(file.read().rsplit(")", 1)[1].split()[1]) == pid:
                found.append(int(name))
    return sorted(found)


def listener_of(pids, port):
    """Which of them listens at this port."""
    inodes = set()
    with open("/proc/net/tcp", encoding="utf-8") as file:
        for line in file.read().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].split(":")[1], 16) == port:
                inodes.add(f"socket:[{fields[9]}]")
    for pid in pids:
        for name in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                if os.readlink(f"/proc/{pid}/fd/{name}") in inodes:
                    return pid
    sys.exit(f"nobody listens at port {port}")


class Venue:
    """cambist serve --profile test, until the end of the with."""

    def __init__(self, build, folder):
        self.folder = folder
        self.keys_file = os.path.join(folder, "keys.json")
        self.log = open(os.path.join(folder, "log"), "wb")
        self.process = subprocess.Popen(
            [os.path.join(build, "src/app/cambist"), "serve", "--profile", "test", "--data",
             os.path.join(folder, "data"), "--port", "0", "--keys-file", self.keys_file],
            stdout=self.log, stderr=self.log)
        self.keys = wait_for(self.keys_read, "the test venue")
        self.port = int(self.keys["rest"].rsplit(":", 1)[1])
        self.pids = children_of(self.process.pid)
        self.gateway = listener_of(self.pids, self.port)

    def keys_read(self):
        if self.process.poll() is not None:
            sys.exit(f"the venue ended with {self.process.returncode}")
        if not os.path.exists(self.keys_file):
            return None
        with open(self.keys_file, encoding="utf-8") as file:
            return json.load(file)

    def key(self, account, suffix=""):
        one = self.keys["accounts"][account]
        return [f"--key{suffix}", one["apiKey"], f"--secret{suffix}", one["secret"]]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.log.close()


class Measure:
    def __init__(self, options, venue):
        self.options = options
        self.venue = venue
        self.bench = os.path.join(options.build, "bench")

    def load(self, mode, port, pids, *arguments, seconds=None):
        words = [os.path.join(self.bench, "load"), mode, "--port", str(port), "--seconds",
                 str(seconds or self.options.seconds), *arguments]
        for pid in pids:
            words += ["--pid", str(pid)]
        done = subprocess.run(words, stdout=subprocess.PIPE, check=True, text=True)
        return json.loads(done.stdout)

    def gateway(self, mode, *arguments, **named):
        return self.load(mode, self.venue.port, [self.venue.gateway], *arguments, **named)

    def tell(self, name, value, aim, **more):
        print(json.dumps({"figure": name, "value": value, "aim": aim, **more}), flush=True)

    def answer_bytes(self):
        """What the gateway answers, whole."""
        with socket.create_connection(("127.0.0.1", self.venue.port)) as connection:
            connection.sendall(f"GET {TICKER} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            kept = b""
            while b"\r\n\r\n" not in kept:
                kept += connection.recv(65536)
            head, _, body = kept.partition(b"\r\n\r\n")
            length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n")
                          if line.startswith(b"content-length:"))
            while len(body) < length:
                body += connection.recv(65536)
        return head + b"\r\n\r\n" + body

    def get(self):
        path = os.path.join(self.venue.folder, "answer")
        with open(path, "wb") as file:
            file.write(self.answer_bytes())
        bare = subprocess.Popen([os.path.join(self.bench, "bare_server"), "--answer", path],
                                stdout=subprocess.PIPE, text=True)
        try:
            port = int(bare.stdout.readline().split()[1])
            shares = []
            for _ in range(self.options.rounds):
                pair = [self.gateway("get", "--path", TICKER),
                        self.load("get", port, [bare.pid], "--path", TICKER)]
                ours, theirs = (one["processes"][0]["per_cpu_second"] for one in pair)
                shares.append(ours / theirs)
                self.tell("get.round", round(ours / theirs, 3), 0.8, ours=ours, bare=theirs,
                          rates=[one["per_second"] for one in pair])
            self.tell("get", round(statistics.median(shares), 3), 0.8)
        finally:
            bare.terminate()
            bare.wait()

    def orders(self, mode, aim):
        rates = []
        for _ in range(self.options.rounds):
            found = self.load(mode, self.venue.port, self.venue.pids, *self.venue.key("A"))
            mine = next(one for one in found["processes"] if one["pid"] == self.venue.gateway)
            rates.append(mine["per_cpu_second"])
            self.tell(f"{mode}.round", mine["per_cpu_second"], aim, rate=found["per_second"],
                      failed=found["failed"], us=found["us"])
        self.tell(mode, statistics.median(rates), aim)

    def latency(self):
        ratios = []
        for number in range(self.options.rounds):
            path = os.path.join(self.venue.folder, f"raw-{number}")
            found = self.gateway("latency", *self.venue.key("A"), "--file", path)
            ratios.append(found["ratio"])
            self.tell("latency.round", found["ratio"], 2.0, order_us=found["us"],
                      floor_p50_us=found["floor_p50_us"])
        self.tell("latency", statistics.median(ratios), 2.0)

    def trades(self, rate, traders):
        return self.gateway(
            "stream", "--path", TRADES, "--connections", str(SUBSCRIBERS), "--rate", str(rate),
            "--traders", str(traders),
            *self.venue.key("A"), "--order", LIMIT + "GTC&side=BUY",
            *self.venue.key("B", "2"), "--sell", LIMIT + "IOC&side=SELL")

    def stream(self):
        for _ in range(self.options.rounds):
            found = self.trades(200, 4)
            self.tell("stream", found["us"]["p99"] / 1000, 5, unit="ms", us=found["us"],
                      trades=found["trades"], messages=found["count"], failed=found["failed"],
                      processes=found["processes"])

    def fan(self):
        for _ in range(self.options.rounds):
            found = self.trades(3000, 32)
            self.tell("fan", found["processes"][0]["per_cpu_second"], 300000,
                      rate=found["per_second"], trades=found["trades"], failed=found["failed"])

    def idle(self):
        found = self.load("idle", self.venue.port, self.venue.pids, "--path", "/ws-api/v3",
                          "--connections", str(IDLE), seconds=2)
        grown = found["resident_after"] - found["resident_before"]
        self.tell("idle", round(grown / 1e6, 1), 100, unit="MB",
                  all_mb=round(found["resident_after"] / 1e6, 1))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--only", action="append")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="cambist-measure-")
    try:
        with Venue(options.build, folder) as venue:
            measure = Measure(options, venue)
            # Silent WebSockets first: what later runs leave in memory is not theirs.
            figures = {"idle": measure.idle, "get": measure.get,
                       "order": lambda: measure.orders("order", 30000),
                       "ws-order": lambda: measure.orders("ws-order", 60000),
                       "latency": measure.latency, "stream": measure.stream, "fan": measure.fan}
            for name in options.only or figures:
                if name not in figures:
                    sys.exit(f"{name} is none of {', '.join(figures)}")
                figures[name]()
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
