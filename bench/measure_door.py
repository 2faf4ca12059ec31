#!/usr/bin/env -S python3 -B
"""What sign-ins cost, and what a flood of them costs others, at a real venue on this machine:

    sign-in     processor time of the process `door` for one (aim: at most 150 ms)
    an order    from request to answer over HTTP, one at a time, IOC (aim: unchanged by the flood)

The flood is a process of the lowest priority, as other machines cost this one nothing, that sends
sign-ins for ever other addresses and networks and does not wait for answers. Slices with it take turns
with slices in which it sends as many requests that the gateway refuses by itself: what differs is the
door's work alone. The door keeps one password at work and 31 waiting; the rest is told to come again.

usage: measure_door.py BUILD [SLICES]"""

import hashlib
import hmac
import http.client
import json
import os
import resource
import signal
import statistics
import subprocess
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "e2e"))

import program as p  # noqa: E402  pylint: disable=wrong-import-position
import serve_test as s  # noqa: E402  pylint: disable=wrong-import-position

SLICE_S, CALM_S, RATE, CONNECTIONS = 3.0, 3.0, 100, 48
TICK = os.sysconf("SC_CLK_TCK")


def flood(host, is_asking, begin):
    """Runs until it is ended: RATE requests a second over a few connections, answers thrown away."""
    os.nice(19)
    connections = [http.client.HTTPConnection(host, timeout=30) for _ in range(CONNECTIONS)]
    open_ones = []
    number = begin
    due = time.monotonic()
    while os.getppid() != 1:
        number += 1
        body = json.dumps({"address": f"n{number}@example.org",
                           "password" if is_asking else "passwort": "a row of invented words"})
        headers = {"Origin": "http://" + host, "Content-Type": "application/json",
                   "X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}
        if len(open_ones) < CONNECTIONS:
            connection = connections[len(open_ones)]
        else:
            connection = open_ones.pop(0)
            connection.getresponse().read()
        connection.request("POST", "/page/v1/sign-in", body=body, headers=headers)
        open_ones.append(connection)
        due += 1 / RATE
        time.sleep(max(0.0, due - time.monotonic()))


class Orders:
    """One customer on one connection."""

    def __init__(self, host, account):
        self.connection = http.client.HTTPConnection(host, timeout=30)
        self.account = account

    def order(self):
        query = urllib.parse.urlencode({
            "symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "IOC", "quantity": "0.001",
            "price": "27000", "timestamp": int(time.time() * 1000), "recvWindow": 60000})
        signature = hmac.new(self.account["secret"].encode(), query.encode(), hashlib.sha256).hexdigest()
        begin = time.perf_counter()
        self.connection.request("POST", f"/api/v3/order?{query}&signature={signature}",
                                headers={"X-MBX-APIKEY": self.account["apiKey"]})
        response = self.connection.getresponse()
        response.read()
        if response.status != 200:
            sys.exit(f"an order: {response.status}")
        return 1e6 * (time.perf_counter() - begin)

    def slice(self):
        end = time.monotonic() + SLICE_S
        took = []
        while time.monotonic() < end:
            took.append(self.order())
            time.sleep(0.002)
        return took


def processor_s(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def hashes(cli, folder):
    _, text, _ = cli.run("door", "status", "--data", folder)
    return int(next(line.split()[-1] for line in text.splitlines() if line.split()[:1] == ["hashes"]))


def quantile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def measure(cli, slices):
    folder = cli.path("venue")
    config = cli.write("cambist.yaml", "gateway:\n  proxies: 127.0.0.1\ndoor:\n  on: true\n")
    with s.Venue(cli, folder, "--profile", "test", "--keys-file", cli.path("keys.json"), "--config", config) as venue:
        venue.ready()
        with open(cli.path("keys.json"), encoding="utf-8") as file:
            orders = Orders(venue.host, next(iter(json.load(file)["accounts"].values())))
        orders.slice()
        took = {False: [], True: []}
        costs, begin = [], 0
        for number in range(2 * slices):
            is_asking = number % 2 == 1
            begin += 100000
            process = subprocess.Popen([sys.executable, __file__, "--flood", venue.host,
                                        str(int(is_asking)), str(begin)])
            time.sleep(1)
            before = hashes(cli, folder), processor_s(venue.pid("door"))
            took[is_asking].append(orders.slice())
            after = hashes(cli, folder), processor_s(venue.pid("door"))
            if is_asking:
                costs.append((after[1] - before[1]) / max(1, after[0] - before[0]))
            process.send_signal(signal.SIGTERM)
            process.wait()
            time.sleep(CALM_S if is_asking else 0)  # what waits is hashed
        report(costs, took)
        venue.stop()


def report(costs, took):
    print(f"sign-in: {1000 * statistics.median(costs):.0f} ms of a processor "
          f"({1000 * min(costs):.0f} to {1000 * max(costs):.0f})")
    for share in (0.5, 0.99):
        quiet, flooded = ([quantile(part, share) for part in took[which]] for which in (False, True))
        ratios = [there / without for without, there in zip(quiet, flooded)]
        print(f"an order, p{100 * share:.0f}: {statistics.median(quiet):.0f} us without, "
              f"{statistics.median(flooded):.0f} us with the flood; "
              f"ratio of neighbours {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors, "
          f"{resource.getrusage(resource.RUSAGE_SELF).ru_utime:.0f} s of this script's own")


def main():
    if sys.argv[1:2] == ["--flood"]:
        flood(sys.argv[2], sys.argv[3] == "1", int(sys.argv[4]))
        return
    build = sys.argv[1]
    slices = int(sys.argv[2]) if len(sys.argv) > 2 else 8
    sys.argv = [sys.argv[0], os.path.join(build, "src", "app", "cambist")]
    p.main(lambda cli: measure(cli, slices))


if __name__ == "__main__":
    main()
