#!/usr/bin/env -S python3 -B
"""cambist serve as an operator has it: a test venue begins, each of its processes is killed and comes
back alone, nothing that was acknowledged is lost, it stops when asked, and goes on where it was.
usage: serve_test.py BINARY

Everything is on loopback, with a port that the system chooses; only processes that this script
started are signalled, by the numbers in the venue's run folder."""

import hashlib
import hmac
import http.client
import json
import os
import signal
import stat
import subprocess
import time
import urllib.parse

import program as p

PATIENCE = 60  # seconds for anything
LOCKED, MISSING, EXISTS, USAGE, UNPROTECTED = 16, 14, 15, 2, 26


class Venue:
    """One supervisor, from its start to its end."""

    scheme = "http"

    def __init__(self, cli, folder, *arguments):
        self.cli = cli
        self.folder = folder
        self.errors = open(cli.path("serve.log"), "ab")
        self.process = subprocess.Popen(
            [cli.binary, "serve", "--data", folder, "--port", "0", "--log-level", "info",
             *arguments], stdout=subprocess.PIPE, stderr=self.errors)

    def ready(self):
        """Waits for the line that says where it is."""
        line = self.process.stdout.readline().decode()
        self.cli.check(line.startswith("ready: " + self.scheme + "://127.0.0.1:"),
                       f"the line of a start: {line!r}")
        self.host = line.strip().rsplit("/", 1)[-1]

    def connect(self):
        return http.client.HTTPConnection(self.host, timeout=20)

    def pid(self, name):
        try:
            with open(os.path.join(self.folder, "run", name + ".pid"), encoding="ascii") as file:
                return int(file.read())
        except (FileNotFoundError, ValueError):
            return 0

    def names(self):
        return sorted(name[:-4] for name in os.listdir(os.path.join(self.folder, "run"))
                      if name.endswith(".pid") and name != "supervisor.pid")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:  # the kernel stops its roles with it
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.errors.close()


def ask(venue, account, method, path, **parameters):
    """(status, answer) of a signed request; (0, None) when there was no answer."""
    query = urllib.parse.urlencode({**parameters, "timestamp": int(time.time() * 1000),
                                    "recvWindow": 60000})
    signature = hmac.new(account["secret"].encode(), query.encode(), hashlib.sha256).hexdigest()
    connection = venue.connect()
    try:
        connection.request(method, f"{path}?{query}&signature={signature}",
                           headers={"X-MBX-APIKEY": account["apiKey"]})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    except (OSError, http.client.HTTPException):
        return 0, None
    finally:
        connection.close()


def place(venue, account, price):
    return ask(venue, account, "POST", "/api/v3/order", symbol="BTCUSDT", side="BUY", type="LIMIT",
               timeInForce="GTC", quantity="0.001", price=price)


def open_orders(venue, account):
    status, answer = ask(venue, account, "GET", "/api/v3/openOrders", symbol="BTCUSDT")
    return {order["orderId"] for order in answer} if status == 200 else None


def eventually(what):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = what()
        if found:
            return found
        time.sleep(0.02)
    return None


def keep_placing(venue, account, until, acknowledged):
    """Orders, one after the other, until something is so; those acknowledged are noted."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        status, answer = place(venue, account, "27000")
        if status == 200:
            acknowledged.add(answer["orderId"])
            if until():
                return True
        else:
            time.sleep(0.02)
    return False


def kill_each(cli, venue, account, acknowledged):
    cli.equal(venue.names(), ["back", "edge", "engine", "snapshot"], "processes of the placement")
    for name in venue.names():
        before = venue.pid(name)
        os.kill(before, signal.SIGKILL)
        came_back = keep_placing(venue, account, lambda: venue.pid(name) not in (0, before),
                                 acknowledged)
        cli.check(came_back, f"{name} came back, and orders were acknowledged")
        others = [other for other in venue.names() if other != name]
        cli.check(all(venue.pid(other) > 0 for other in others), f"the others beside {name}")
        found = open_orders(venue, account)
        cli.check(found is not None and acknowledged <= found,
                  f"no acknowledged order was lost with {name}")


def shared_memory(pid):
    """The names of the channels that a process has mapped; None when we may not look."""
    try:
        with open(f"/proc/{pid}/maps", encoding="utf-8") as file:
            lines = [line for line in file if "/memfd:" in line]
    except OSError:
        return None
    return {line.split("/memfd:")[1].split()[0] for line in lines} - {"metrics"}


def each_has_its_own_channels(cli, venue):
    expected = {
        "engine": {"gateway-commands", "gateway-bells", "history-bells", "admin-commands",
                   "admin-bells", "price-commands", "price-bells", "screen-commands",
                   "screen-bells", "login-commands", "login-bells"},
        "back": {"history-bells", "asks", "answers", "admin-commands", "admin-bells", "key-asks",
                 "key-answers", "price-commands", "price-bells", "customer-acts",
                 "login-commands", "login-bells"},
        "edge": {"gateway-commands", "gateway-bells", "asks", "answers", "key-asks", "key-answers"},
        "snapshot": set(),
    }
    for name, channels in expected.items():
        found = shared_memory(venue.pid(name))
        if found is not None:
            cli.equal(found, channels, f"channels that {name} can reach")


def monitor(keys, path):
    """(status, text) of the operator's port."""
    host = urllib.parse.urlsplit(keys["metrics"]).netloc
    connection = http.client.HTTPConnection(host, timeout=20)
    connection.request("GET", path)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text


def value_of(text, name):
    """The number of a metric in a text of Prometheus; None when it is not there."""
    for line in text.splitlines():
        if line.startswith(name + " "):
            return int(line.split()[-1])
    return None


def operator_sees(cli, venue, keys, acknowledged):
    cli.equal(monitor(keys, "/livez")[0], 200, "/livez")
    cli.check(eventually(lambda: monitor(keys, "/readyz")[0] == 200), "/readyz")
    text = eventually(lambda: next((text for _, text in [monitor(keys, "/metrics")]
                                    if value_of(text, "cambist_history_behind_steps") == 0
                                    and value_of(text, "cambist_gateway_pending") == 0), None))
    cli.check(text is not None, "metrics of history and gateway")
    text = text or ""
    cli.check((value_of(text, "cambist_engine_seq_durable") or 0) > len(acknowledged),
              "metrics of the engine")
    text = eventually(lambda: next((text for _, text in [monitor(keys, "/metrics")]
                                    if (value_of(text, "cambist_net_accepted_total") or 0) > 0
                                    and (value_of(text, "cambist_net_output_bytes_total") or 0) > 0
                                    and value_of(text, "cambist_net_slow_total") == 0), None))
    cli.check(text is not None, "metrics of the network")
    for name in venue.names():
        cli.equal(value_of(text, f'cambist_process_ready{{process="{name}"}}'), 1, f"{name} ready")
    engine = venue.pid("engine")
    os.kill(engine, signal.SIGSTOP)
    cli.check(eventually(lambda: monitor(keys, "/readyz")[0] == 503), "/readyz, the engine stopped")
    os.kill(engine, signal.SIGCONT)
    cli.check(eventually(lambda: monitor(keys, "/readyz")[0] == 200), "/readyz, it goes on")


def first_life(cli, folder, acknowledged):
    keys_file = cli.path("keys.json")
    with Venue(cli, folder, "--profile", "test", "--keys-file", keys_file) as venue:
        return serve_and_kill(cli, venue, keys_file, acknowledged)


def serve_and_kill(cli, venue, keys_file, acknowledged):
    venue.ready()
    with open(keys_file, encoding="ascii") as file:
        keys = json.load(file)
    accounts = keys["accounts"]
    cli.equal(stat.S_IMODE(os.stat(keys_file).st_mode), 0o600, "mode of the keys file")
    cli.equal(keys["rest"], "http://" + venue.host, "rest in the keys file")
    cli.equal(keys["pid"], venue.process.pid, "pid in the keys file")
    status, answer = place(venue, accounts["A"], "29000")
    cli.equal(status, 200, "an order of A")
    acknowledged.add(answer["orderId"])
    status, answer = place(venue, accounts["W"], "29000")
    cli.equal((status, answer["code"]), (400, -2010), "an order of W, which may not trade")
    status, answer = ask(venue, {**accounts["B"], "secret": "x"}, "GET", "/api/v3/account")
    cli.equal((status, answer["code"]), (400, -1022), "a wrong signature")
    code, _, error = cli.run("serve", "--data", venue.folder, "--port", "0")
    cli.equal(code, LOCKED, f"a second supervisor ({error.strip()})")
    each_has_its_own_channels(cli, venue)
    operator_sees(cli, venue, keys, acknowledged)
    kill_each(cli, venue, accounts["A"], acknowledged)
    os.kill(venue.process.pid, signal.SIGHUP)
    cli.equal(place(venue, accounts["B"], "28000")[0], 200, "an order after SIGHUP")
    cli.equal(venue.stop(), 0, "exit code on SIGTERM")
    cli.equal(venue.names(), [], "what the run folder says is alive")
    return accounts


def next_life(cli, folder, accounts, acknowledged, placement):
    with Venue(cli, folder, "--placement", placement) as venue:
        venue.ready()
        found = eventually(lambda: open_orders(venue, accounts["A"]))
        cli.check(found is not None and acknowledged <= found,
                  f"orders are there, placement {placement}")
        status, answer = place(venue, accounts["A"], "29500")
        cli.equal(status, 200, f"an order, placement {placement}")
        acknowledged.add(answer["orderId"] if status == 200 else 0)
        cli.equal(venue.stop(), 0, f"exit code on SIGTERM, placement {placement}")


def empty_venue(cli):
    """One that was begun with --new has nothing in it, and runs."""
    with Venue(cli, cli.path("empty"), "--new") as venue:
        venue.ready()
        connection = http.client.HTTPConnection(venue.host, timeout=20)
        connection.request("GET", "/api/v3/exchangeInfo")
        response = connection.getresponse()
        cli.equal((response.status, json.loads(response.read())["symbols"]), (200, []),
                  "symbols of an empty venue")
        connection.close()
        cli.equal(venue.stop(), 0, "exit code of an empty venue")


def sandbox_required(cli, folder):
    """It starts exactly where every protection holds."""
    with open(cli.path("serve.log"), encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    held = [line["protections"] for line in lines if line["event"] == "process.protected"
            and line["process"] == "engine"]
    all_hold = bool(held) and all(word not in held[0] for word in (" no,", "none", "kept"))
    with Venue(cli, folder, "--require-sandbox") as venue:
        if all_hold:
            venue.ready()
            cli.equal(venue.stop(), 0, "exit code on SIGTERM, the sandbox required")
        else:
            cli.equal(venue.process.wait(timeout=PATIENCE), UNPROTECTED, f"without it ({held})")


def refusals(cli, folder):
    cli.equal(cli.run("serve", "--data", folder, "--profile", "test")[0], EXISTS, "a second profile")
    cli.equal(cli.run("serve", "--data", folder, "--new")[0], EXISTS, "--new over a venue")
    cli.equal(cli.run("serve", "--data", cli.path("none"))[0], MISSING, "no venue")
    cli.refuses(["serve", "--data", folder, "--keys-file", "x"], USAGE,
                "cambist serve: --keys-file goes with --profile test")


def log_is_json(cli):
    with open(cli.path("serve.log"), encoding="utf-8") as file:
        lines = file.read().splitlines()
    events = [json.loads(line)["event"] for line in lines]
    cli.check(events.count("process.protected") >= 8, "protections are reported at each start")
    cli.check("serve.ready" in events, "readiness is reported")
    cli.check(not any(event == "process.failed" for event in events), "no process failed by itself")


def run(cli):
    folder = cli.path("venue")
    acknowledged = set()
    accounts = first_life(cli, folder, acknowledged)
    for placement in ("wide", "one"):
        next_life(cli, folder, accounts, acknowledged, placement)
    log_is_json(cli)
    refusals(cli, folder)
    sandbox_required(cli, folder)
    empty_venue(cli)
    cli.equal(cli.run("verify", folder)[0], 0, "cambist verify afterwards")


if __name__ == "__main__":
    p.main(run)
