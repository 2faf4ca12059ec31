#!/usr/bin/env -S python3 -B
"""Aim: the demo is a living market. Books of all five markets are full on both sides and stay so,
trades happen, prices agree across markets; the bots survive kill -9 and a restart of the gateway; a
second start goes on with the same keys, money and orders; it lives on its law date and moves
ahead to a later one, and its people may do what the law of the day lets them; it screens: one of
them is a candidate in the queue, and one is free when she is told; a new customer is taken in by
its officers, whose console has cases (demo_officers.py); what is printed can be pasted;
./demo comes to the command that it says.
Method: cambist demo of this build on a free port, looked at through its public API; ./demo with
--dry-run.
usage: demo_test.py BINARY"""

import hashlib
import hmac
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

import demo_officers as w
import program as p

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
USAGE = 2
INPUT = 4
MISSING = 14
MARKETS = ("BTCUSDT", "BTCRUB", "USDTRUB", "ETHUSDT", "BTCEUR")
# (canTrade, canWithdraw, canDeposit) of the people of src/app/demo_people.c, before noon.
PEOPLE = {
    "mikhail": (False, True, False),
    "irina": (True, True, True),
    "pavel": (True, True, True),
    "jonas": (False, True, False),
    "arkady": (False, False, False),
    "nadia": (True, False, True),
    "vera": (False, True, False),
    "vera-2": (False, True, False),
    "olga": (False, True, False),
    "lena": (True, False, True),
}
LEVELS = 15
PATIENCE = 30


# ---- ./demo ----

def demo(*arguments):
    """(exit code, standard output, standard error) of ./demo; it installs and builds nothing."""
    outcome = subprocess.run([os.path.join(ROOT, "demo"), *arguments], capture_output=True,
                             text=True, check=False, timeout=60)
    return outcome.returncode, outcome.stdout, outcome.stderr


def check_script(cli):
    folder = cli.path("data")
    binary = "build/release/src/app/cambist"
    for given, wanted in [
            ([], f"+ {binary} demo --data build/demo\n"),
            (["--data", folder, "--port", "8090", "--seconds=5"],
             f"+ {binary} demo --data {folder} --port 8090 --seconds=5\n"),
            (["--fresh", f"--data={folder}"],
             f"+ rm -rf {folder}\n+ {binary} demo --data {folder}\n"),
            (["--story", "sanctions"],
             f"+ rm -rf build/story\n+ {binary} demo --data build/story --story sanctions\n"),
            (["--story=sanctions", "--data", folder],
             f"+ {binary} demo --data {folder} --story=sanctions\n"),
    ]:
        cli.equal(demo("--dry-run", *given), (0, wanted, ""), f"./demo {given}")
    code, output, error = demo("--help")
    cli.equal((code, error), (0, ""), "./demo --help")
    cli.check(output.startswith("usage: ./demo ") and len(output.splitlines()) < 32, "its help")
    cli.equal(demo("--data"), (USAGE, "", "./demo: --data wants a folder\n"), "--data alone")
    cli.write("file", "x")
    code, _, error = demo("--fresh", "--no-install", "--data", cli.folder)
    cli.equal(code, USAGE, "--fresh of a folder that is no demo")
    cli.check("is not removed" in error and os.path.exists(cli.path("file")), error)


def check_refusals(cli):
    for arguments, code, said in [
            ([], USAGE, "--data DIR is missing"),
            (["--data", "x", "--speed", "0"], USAGE,
             '--speed: "0" is not a number from 0.01 to 100'),
            (["--data", "x", "--law", "2022-02-30"], USAGE,
             '--law: "2022-02-30" is no day such as 2022-04-22, no moment such as '
             "2022-04-22T11:58:00Z, and not off"),
            (["--data", "x", "--law", "2999-01-01"], USAGE, "--law: 2999-01-01 is not in the past"),
            (["--data", "x", "--speed", "fast"], USAGE,
             '--speed: "fast" is not a number from 0.01 to 100'),
    ]:
        cli.refuses(["demo", *arguments], code, f"cambist demo: {said}")
    cli.refuses(["bots"], USAGE, "cambist bots: --keys FILE is missing")
    keys = cli.write("spoiled.json", '{"seed":7}')
    cli.refuses(["bots", "--keys", keys], INPUT,
                f"cambist bots: {keys}: byte 9: not as the demo writes it")


# ---- the market ----

STARTED = []


class Demo:
    """cambist demo, from its start to its end."""

    def __init__(self, cli, name, *arguments):
        self.folder = cli.path(name)
        # A session of its own: a Ctrl-C here is one signal to all in it, as on a terminal.
        self.process = subprocess.Popen(
            [cli.binary, "demo", "--data", self.folder, "--port", "0", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
        STARTED.append(self.process)
        self.words = ""
        while "createOrder" not in self.words:
            line = self.process.stdout.readline()
            if not line:
                break
            self.words += line
        if not self.words:
            raise RuntimeError(f"no demo: {self.process.communicate()[1]}")
        with open(os.path.join(self.folder, "keys.json"), encoding="ascii") as file:
            self.keys = json.load(file)

    def get(self, path):
        """None when nobody answers."""
        try:
            with urllib.request.urlopen(self.keys["rest"] + path, timeout=10) as answer:
                return json.loads(answer.read())
        except OSError:
            return None

    def ask(self, account, method, path, now=None, **parameters):
        stamp = int(time.time() * 1000) if now is None else now
        query = urllib.parse.urlencode({**parameters, "timestamp": stamp})
        keys = self.keys["accounts"][account]
        signature = hmac.new(keys["secret"].encode(), query.encode(), hashlib.sha256).hexdigest()
        request = urllib.request.Request(
            f"{self.keys['rest']}{path}?{query}&signature={signature}", method=method,
            headers={"X-MBX-APIKEY": keys["apiKey"]})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())

    def pid(self, name):
        try:
            with open(os.path.join(self.folder, "run", name + ".pid"), encoding="ascii") as file:
                return int(file.read())
        except (FileNotFoundError, ValueError):
            return 0

    def trades(self):
        """How many there have been on each market; None when nobody answers."""
        counts = []
        for market in MARKETS:
            last = self.get(f"/api/v3/trades?symbol={market}&limit=1")
            if last is None:
                return None
            counts.append(last[-1]["id"] + 1 if last else 0)
        return counts

    def end(self):
        """(exit code, standard error) after a Ctrl-C."""
        os.killpg(self.process.pid, signal.SIGINT)
        _, error = self.process.communicate(timeout=60)
        return self.process.returncode, error


def wait_for(what, patience=PATIENCE):
    """Whether it becomes true."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.1)
    return False


def middle(book):
    return (float(book["bids"][0][0]) + float(book["asks"][0][0])) / 2


def is_full(book):
    return book is not None and len(book["bids"]) >= LEVELS and len(book["asks"]) >= LEVELS


def books(running):
    return [running.get(f"/api/v3/depth?symbol={market}&limit=100") for market in MARKETS]


def watch(cli, running, seconds):
    """Books that are full stay so, and do not cross."""
    end = time.monotonic() + seconds
    looks = 0
    while time.monotonic() < end:
        for market, book in zip(MARKETS, books(running)):
            if book is None:  # the gateway is away for a moment
                continue
            looks += 1
            cli.check(book["bids"] and book["asks"], f"{market}: a side is empty")
            if book["bids"] and book["asks"]:
                cli.check(float(book["bids"][0][0]) < float(book["asks"][0][0]),
                          f"{market}: the book crosses")
        time.sleep(0.05)
    cli.check(looks >= 10, f"{looks} looks at books")


def check_prices(cli, running):
    usdt, rub, usd_rub, eth, eur = (middle(book) for book in books(running))
    cli.check(abs(rub / (usdt * usd_rub) - 1) < 0.02, f"{rub} RUB, {usdt} USDT at {usd_rub}")
    cli.check(0.5 < eur / usdt < 1.5 and 0.01 < eth / usdt < 0.2, f"{eur} EUR, {eth} for an ETH")
    cli.check(45000 < usdt < 85000, f"a price around 65,000: {usdt}")


def check_market(cli, running):
    cli.check(wait_for(lambda: all(is_full(book) for book in books(running))), "full books")
    cli.check(wait_for(lambda: min(running.trades() or [0]) > 0), "trades on every market")
    watch(cli, running, 1)
    check_prices(cli, running)
    for market in MARKETS:
        bars = running.get(f"/api/v3/klines?symbol={market}&interval=1s&limit=1000")
        cli.check(bars and any(float(bar[5]) > 0 for bar in bars), f"{market}: candles")


def check_deaths(cli, running):
    """The bots, killed, come back and go on; the gateway, killed, is come back to."""
    for name in ("bots", "edge"):
        before = running.trades()
        old = running.pid(name)
        os.kill(old, signal.SIGKILL)
        watch(cli, running, 0.5)
        cli.check(wait_for(lambda: running.pid(name) not in (0, old)), f"{name} is back")

        def more():
            now = running.trades()
            return now is not None and all(new > had for new, had in zip(now[:1], before))
        cli.check(wait_for(more), f"trades after the end of {name}")
        cli.check(wait_for(lambda: all(is_full(book) for book in books(running))), "full books")


def check_words(cli, running):
    for what in (running.keys["rest"], running.keys["ws_stream"], running.keys["ws_api"],
                 running.keys["metrics"], os.path.join(running.folder, "keys.json"),
                 running.keys["accounts"]["ada"]["apiKey"],
                 running.keys["accounts"]["bruno"]["secret"]):
        cli.check(what in running.words, f"the words tell {what}")
    for name in ("keys.json", "demo/accounts.json", "demo/bots.json"):
        mode = stat.S_IMODE(os.stat(os.path.join(running.folder, name)).st_mode)
        cli.equal(mode, 0o600, f"mode of {name}")


def check_sign_in(cli, running):
    """People may sign in at the page, bots may not."""
    known = running.get("/demo/accounts")
    cli.equal([row["account"] for row in known["accounts"]],
              ["ada", "bruno", "camille", "demir", *PEOPLE], "who may sign in")
    cli.check(all(row.get("about", {}).get("en") and row["about"].get("fr")
                  for row in known["accounts"][4:]), f"who is who: {known}")
    for account, status in (("bruno", 200), ("taker-1", 400)):
        request = urllib.request.Request(
            running.keys["rest"] + "/demo/sign-in", data=json.dumps({"account": account}).encode(),
            headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                found, body = answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as refusal:
            found, body = refusal.code, {}
            refusal.close()
        cli.equal(found, status, f"{account} signs in")
        if status == 200:
            cli.equal((body["apiKey"], body["secret"]),
                      (running.keys["accounts"][account]["apiKey"],
                       running.keys["accounts"][account]["secret"]), "the key that was printed")


def venue_day(running):
    """The day of the venue's clock."""
    stamp = running.get("/api/v3/time")["serverTime"]
    return time.strftime("%Y-%m-%d", time.gmtime(stamp / 1000))


def check_law(cli, running):
    """The venue lives on its law date; callers may stamp by its clock or by the machine's."""
    cli.equal(venue_day(running), "2022-04-22", "the day at the venue")
    cli.check("law date: there it is 2022-04-22, 11:5" in running.words, "the words tell the date")
    now = running.get("/api/v3/time")["serverTime"]
    trade = running.get("/api/v3/trades?symbol=BTCUSDT&limit=1")[0]
    cli.check(0 <= now - trade["time"] < 3600 * 1000, f"a trade at {trade['time']}, now {now}")
    for stamp in (None, now):
        placed = running.ask("demir", "POST", "/api/v3/order", now=stamp, symbol="BTCUSDT",
                             side="BUY", type="LIMIT", timeInForce="GTC", quantity="0.01",
                             price="20000")
        cli.check(0 <= placed["transactTime"] - now < 60 * 1000, f"stamped by {stamp}: {placed}")
        running.ask("demir", "DELETE", "/api/v3/openOrders", symbol="BTCUSDT")
    for stamp in (now - 60000, now + 86400000, int(time.time() * 1000) - 86400000):
        try:
            running.ask("demir", "GET", "/api/v3/account", now=stamp)
            cli.check(False, f"{stamp} is taken")
        except urllib.error.HTTPError as refusal:
            cli.equal(json.loads(refusal.read())["code"], -1021, f"stamped by {stamp}")


def people(running):
    """{account: (canTrade, canWithdraw, canDeposit)} of those for whom rules matter."""
    answers = {name: running.ask(name, "GET", "/api/v3/account") for name in PEOPLE}
    return {name: tuple(answer[key] for key in ("canTrade", "canWithdraw", "canDeposit"))
            for name, answer in answers.items()}


def check_people(cli, running):
    """On the law date each may do what the page says of them; at noon bitcoin has risen."""
    cli.check(wait_for(lambda: people(running) == PEOPLE), f"what people may: {people(running)}")
    try:
        running.ask("mikhail", "POST", "/api/v3/order", symbol="BTCEUR", side="SELL",
                    type="MARKET", quantity="0.01")
        cli.check(False, "Mikhail trades")
    except urllib.error.HTTPError as refusal:
        answer = json.loads(refusal.read())
        cli.equal((answer["code"], answer["msg"]),
                  (-2010, "This action is disabled on this account."), "Mikhail's order")
    with open(os.path.join(running.folder, "prices/world.txt"), encoding="ascii") as file:
        rows = [line.split() for line in file]
    cli.equal([row[0] for row in rows], ["BTC", "ETH", "USDT", "RUB"], "prices from outside")
    now = running.get("/api/v3/time")["serverTime"] / 1000
    cli.check(all(-1 <= now - int(row[2]) < PATIENCE for row in rows), f"of now: {now}, {rows}")


def paste(cli, running):
    """The lines for ccxt, where the test of the clients has installed it."""
    folder = os.path.join(os.path.dirname(cli.binary), "../../tests/clients")
    if shutil.which("node") is None or not os.path.isdir(os.path.join(folder, "node_modules/ccxt")):
        print("skipped: the lines for ccxt, which is not installed in the build")
        return
    lines = running.words[running.words.index("const {"):]
    cli.equal(len(lines.splitlines()), 5, "lines to paste")
    done = subprocess.run(["node", "--input-type=module", "-e", lines], cwd=folder, text=True,
                          capture_output=True, timeout=60, check=False)
    cli.equal((done.returncode, done.stderr), (0, ""), "the pasted lines")
    average = re.findall(r"^[0-9.]+$", done.stdout, re.M)
    cli.check(average and 45000 < float(average[-1]) < 85000, f"their order: {done.stdout}")


def shows_log(running):
    """Two witnesses have cosigned something."""
    try:
        with urllib.request.urlopen(running.keys["rest"] + "/log/checkpoint", timeout=10) as answer:
            return answer.read().count("\u2014".encode()) >= 3
    except OSError:
        return False


def check_lines(cli, running):
    """The lines for a shell, each as it stands; the last but three tells screening who Lena is."""
    words = running.words[running.words.index("c='"):running.words.index("\nA new customer")]
    names, *lines = words.splitlines()
    cli.check(wait_for(lambda: shows_log(running)), "the public log is shown")
    answers = []
    for line in lines:
        if line.startswith("curl") and shutil.which("curl") is None:
            print("skipped: the line for curl, which is not there")
            continue
        done = subprocess.run(["bash", "-c", f"{names}\n{line}"], text=True, capture_output=True,
                              timeout=60, check=False)
        cli.equal((done.returncode, done.stderr), (0, ""), line)
        answers.append(done.stdout)
    for number, wanted in enumerate([
            ("demo-list  4712  FROLOVA, Nadya",), ("candidate", "person 6 score 0.9", "2022-04-27"),
            ("list       demo-list candidate, entry 4712 of version 1", "score 0.9"),
            ("We are checking your account", "2022-04-27"), ("1 people told",),
            ("verdict              blocked, by ofac50", "listed: us-sdn, entry 36456"),
            ('"id":"demo-list:4712"',),
            ("every tile, entry, checkpoint and cosignature verifies", "of 3 have cosigned",
             "independent witnesses    0")][:len(answers)]):
        for text in wanted:
            cli.check(text in answers[number], f"{lines[number]}: {text} in {answers[number]}")
    hidden = [word for word in ("list", "4712", "FROLOVA", "screen") if word in answers[3]]
    cli.equal(hidden, [], "what Nadia must not read")
    told = {**PEOPLE, "lena": PEOPLE["irina"]}
    cli.check(wait_for(lambda: people(running)["lena"] == told["lena"]), "Lena is free when told")
    status = cli.run("people", "status", "--data", running.folder)[1]
    cli.check(status.startswith("people 4 waiting 0\nlist demo-list load 1 entries 4 fresh\n"), status)


def gone(url):
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except OSError:
        return True
    return False


def money(running):
    answer = running.ask("camille", "GET", "/api/v3/account")
    return {row["asset"]: (row["free"], row["locked"]) for row in answer["balances"]}


def check_venue(cli):
    running = Demo(cli, "venue", "--seed", "7")
    check_words(cli, running)
    w.sign_up(cli, running)
    check_sign_in(cli, running)
    check_market(cli, running)
    check_deaths(cli, running)
    check_law(cli, running)
    check_people(cli, running)
    check_lines(cli, running)
    w.walk(cli, running)
    paste(cli, running)
    running.ask("camille", "POST", "/api/v3/order", symbol="BTCUSDT", side="BUY", type="LIMIT",
                timeInForce="GTC", quantity="0.01", price="20000", newClientOrderId="stays")
    had = money(running)
    counts = running.trades()
    code, error = running.end()
    cli.equal(code, 0, f"Ctrl-C ({error})")
    cli.check(gone(running.keys["rest"]), "nobody is left")
    return running.keys["accounts"], had, counts


def check_again(cli, accounts, had, counts):
    """The same folder goes on; at another speed."""
    cli.refuses(["demo", "--data", cli.path("venue"), "--port", "0", "--seed", "8"], INPUT,
                f"cambist demo: {cli.path('venue')}: this demo was begun with --seed 7, and prices "
                "would jump: go on with that, or begin in another folder")
    cli.refuses(["demo", "--data", cli.path("venue"), "--port", "0", "--law", "2022-04-21"], INPUT,
                f"cambist demo: {cli.path('venue')}: this demo is past that law date already, and "
                "time does not go back: begin in another folder")
    running = Demo(cli, "venue", "--speed", "5", "--law", "2022-10-07")
    cli.equal(venue_day(running), "2022-10-07", "a later law date")
    # The notice has ended; what is not known of Olga's permit leaves her an interim.
    later = {**PEOPLE, "pavel": PEOPLE["mikhail"], "jonas": PEOPLE["irina"],
             "olga": (True, True, False), "lena": PEOPLE["irina"]}
    cli.check(wait_for(lambda: people(running) == later), f"a later law: {people(running)}")
    cli.equal(running.keys["accounts"], accounts, "the same accounts and keys")
    w.cases_stay(cli, running)
    cli.equal(money(running), had, "the same money")
    orders = running.ask("camille", "GET", "/api/v3/openOrders", symbol="BTCUSDT")
    cli.equal([order["clientOrderId"] for order in orders], ["stays"], "the same orders")
    watch(cli, running, 1)
    cli.check(wait_for(lambda: (running.trades() or [0])[0] > counts[0]), "trades go on")
    check_prices(cli, running)
    cli.equal(running.end()[0], 0, "Ctrl-C")
    cli.equal(cli.run("verify", cli.path("venue"))[0], 0, "cambist verify afterwards")


def check_alone(cli):
    """Without bots nobody trades, and it ends by itself."""
    running = Demo(cli, "alone", "--bots", "off", "--seconds", "3")
    cli.equal(running.pid("bots"), 0, "no process of bots")
    orders = [(book["bids"], len(book["asks"])) for book in books(running)]
    cli.equal(orders, [([], 0)] * (len(MARKETS) - 1) + [([], 1)], "empty books but for Pavel's order")
    _, error = running.process.communicate(timeout=60)
    cli.equal((running.process.returncode, error), (0, ""), "an end by itself")
    os.remove(os.path.join(running.folder, "demo/accounts.json"))
    code, _, error = cli.run("demo", "--data", running.folder, "--port", "0")
    cli.equal(code, MISSING, "a venue that is no demo")
    cli.check("begin in another folder" in error, error)


def check_recording(cli):
    """A recording plays on its market, the others go on by themselves."""
    line = ('{} order_{} {{"price": "{}", "amount": "{}", "datetime": "1", "id": {}, '
            '"order_type": {}}}\n')
    lines = [line.format(1000000000000 + 50 * step, "created", 230 + side, "3.00000000",
                         10 * step + side, side)
             for step in range(40) for side in (0, 1)]
    lines.append(line.format(1000000002000, "created", "231.00", "1.50000000", 9, 0))
    lines.append(line.format(1000000002100, "deleted", "230.00", "3.00000000", 0, 0))
    recording = cli.write("recording.log", "".join(lines))
    running = Demo(cli, "recorded", "--replay", recording, "--speed", "2")

    def played():
        trades = running.get("/api/v3/trades?symbol=BTCUSDT")
        book = running.get("/api/v3/depth?symbol=BTCUSDT&limit=5")
        return (trades and [trade["qty"] for trade in trades] == ["1.50000000"] and
                book["bids"] == [["230.00000000", "117.00000000"]] and
                book["asks"] == [["231.00000000", "118.50000000"]])
    cli.check(wait_for(played), "the recording's orders and its trade")
    cli.check(wait_for(lambda: all(is_full(book) for book in books(running)[1:])),
              "the other markets' books")
    code, error = running.end()
    cli.equal(code, 0, "Ctrl-C")
    cli.check('"bots.recording_ended","done":82,"refused":0,"left_out":0' in error, error)
    spoiled = cli.write("spoiled.log", "".join(lines) + "x")
    code, _, error = cli.run("demo", "--data", cli.path("none"), "--replay", spoiled)
    cli.equal(code, INPUT, "a spoiled recording")
    cli.check(f"cambist demo: {spoiled}: line 83: " in error, error)
    cli.check(not os.path.exists(cli.path("none")), "nothing is begun")


def run(cli):
    check_script(cli)
    check_refusals(cli)
    try:
        kept = check_venue(cli)
        check_again(cli, *kept)
        check_alone(cli)
        check_recording(cli)
    finally:
        for process in STARTED:
            if process.poll() is None:  # the kernel stops its processes with it
                process.kill()
                process.wait()


p.main(run)
