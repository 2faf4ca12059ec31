"""A new customer of a demo, and its officers, by what the demo prints: a sign-up with the code of the
mailbox, the form as the page seals it, the reviewer's look, the verdict, what the rules are told, the
account opened by two; and the officers' console. Nobody here exists."""

import http.client
import json
import os
import re
import shutil
import subprocess
import time
import urllib.parse
import urllib.request

import door_http_test as d
import office as o
import serve_test as s

ROOT = os.path.dirname(os.path.abspath(__file__))
ADDRESS, PASSWORD = "oda@example.invalid", "a Long way 7 home"
PRIVATE = (b"Quellfrost", b"Nordlichtgasse", b"ZQ 7731-Q")


class Venue:
    """A demo as door_http_test.Page wants one."""

    def __init__(self, running):
        self.host = running.keys["rest"].split("//")[1]

    def connect(self):
        return http.client.HTTPConnection(self.host, timeout=30)


class Customer:
    """Signed in, with a page's key."""

    def __init__(self, cli, running):
        self.cli, self.venue = cli, Venue(running)
        self.pem = cli.path("oda.pem")
        self.page = d.Page(cli, self.venue)
        self.page.good("sign-in", address=ADDRESS, password=PASSWORD)
        o.openssl("genpkey", "-algorithm", "ed25519", "-out", self.pem)
        public = o.openssl("pkey", "-in", self.pem, "-pubout", "-outform", "DER")[-32:]
        text = d.base64.b64encode(public).decode()
        given = s.eventually(lambda: (lambda status, answer: status == 200 and answer)(
            *self.page.ask("page-key", publicKey=text)))
        cli.check(given, "an account and a key for the page")
        self.name, self.account = given["apiKey"], given["account"]

    def ask(self, method, path, body=b""):
        """(status, answer) of a signed request of the page."""
        query = urllib.parse.urlencode({"timestamp": int(time.time() * 1000), "recvWindow": 60000})
        message = self.cli.write("oda.message", query.encode() + body)
        signature = d.base64.b64encode(o.openssl("pkeyutl", "-sign", "-rawin", "-inkey", self.pem, "-in", message))
        connection = self.venue.connect()
        try:
            connection.request(method, f"{path}?{query}&signature={urllib.parse.quote(signature, safe='')}",
                               body=body or None,
                               headers={"Origin": "http://" + self.venue.host, "X-MBX-APIKEY": self.name,
                                        "Content-Type": "application/octet-stream"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()


def sign_up(cli, running):
    """Who signs up reads the code at the demo's mailbox."""
    mailbox = re.search(r"mailbox +(http://127\.0\.0\.1:\d+/)", running.words).group(1)
    page = d.Page(cli, Venue(running))
    ticket = page.good("sign-up", address=ADDRESS, password=PASSWORD, language="en")["ticket"]
    with urllib.request.urlopen(mailbox + "mails.json", timeout=10) as answer:
        mails = json.loads(answer.read())
    cli.check(len(mails) == 1 and mails[0]["text"].startswith(f"To: <{ADDRESS}>\n"), f"mails: {mails}")
    code = re.search(r"^    (\S+)$", mails[0]["text"], re.M).group(1)
    with urllib.request.urlopen(mailbox, timeout=10) as answer:
        cli.check(code in answer.read().decode(), "the code at the page")
    page.good("sign-up/confirm", ticket=ticket, code=code)


def form_is_sent(cli, running, web):
    customer = Customer(cli, running)
    status, may = customer.ask("GET", "/api/v3/account")
    cli.equal((status, may["canTrade"], may["canWithdraw"], may["canDeposit"]), (200, False, False, False),
              "who is not identified")
    status, offer = customer.ask("GET", "/page/v1/enrolment")
    cli.equal(status, 200, f"an offer: {offer}")
    sealed = subprocess.run(["node", os.path.join(ROOT, "browser", "seal.mjs"), web], input=json.dumps(offer).encode(),
                            capture_output=True, timeout=60, check=False)
    cli.equal((sealed.returncode, sealed.stderr), (0, b""), "the form is sealed")
    cli.equal([word for word in PRIVATE if word in sealed.stdout], [], "nothing can be read in it")
    cli.equal(customer.ask("POST", "/page/v1/enrolment", sealed.stdout), (200, {}), "and sent")
    return customer


def lines_of(running, begin, end):
    """The printed lines for a shell between two texts."""
    at = running.words.index(begin)
    block = running.words[at:running.words.index(end, at)]
    return block.split("\n\n", 2)[1]


def at_no_moment(cli):
    """Facts hold from a moment that is one, or nothing is opened."""
    code, text, error = cli.run("officer", "review", "none", "--group-a", "none", "--group-b", "none", "--key", "none",
                                "--passphrase", "none", "--verdict", "accept", "--facts", cli.folder, "--venue",
                                "0" * 32, "--at", "2022-04-22")
    cli.equal((code, text, error), (2, "", "cambist officer: --at: a moment as 2026-11-23T12:00:00Z\n"), "no moment")


def officers_say_yes(cli, running, customer):
    """Every line that is printed for officers, in one shell, as whoever pastes them."""
    names = re.search(r"^c='.*$", running.words, re.M).group(0)
    lines = lines_of(running, "A new customer: ", "The console: ")
    done = subprocess.run(["bash", "-e", "-c", f"{names}\n{lines}"], capture_output=True, text=True, timeout=120,
                          check=False)
    cli.equal(done.returncode, 0, f"the officers' lines: {done.stdout} {done.stderr}")
    for text in ("version 1 until ", "seen before: nothing\n", "name: Oda Quellfrost\n", "document: ZQ 7731-Q\n",
                 "4 copies\n"):
        cli.check(text in done.stdout, f"{text!r} in {done.stdout}")
    found = {}

    def is_free():
        found.update(customer.ask("GET", "/api/v3/account")[1])
        return found["canTrade"] and found["canWithdraw"] and found["canDeposit"]
    cli.check(s.eventually(is_free), f"the account is open: {found}")
    status, told = customer.ask("GET", "/page/v1/records")
    cli.equal((status, [row["group"] for row in told["records"]]),
              (200, ["identity", "contact", "address", "documents"]), "what the customer is told is held")


def console(cli, running):
    """Signed in to by the officer's own program; its queue and its restrictions are not empty."""
    origin = re.search(r"console +(http://localhost:\d+)/", running.words).group(1)
    names = re.search(r"^c='.*$", running.words, re.M).group(0)
    line = re.search(r'^"\$c" officer sign-in .*$', running.words, re.M).group(0)
    browser = o.Console(cli, origin)
    begun = browser.begin("tomas")
    os.makedirs(cli.path("home/Downloads"), exist_ok=True)
    cli.write("home/Downloads/sign-in-tomas.txt", begun["text"])
    done = subprocess.run(["bash", "-c", f"{names}\n{line}"], capture_output=True, text=True, timeout=60, check=False,
                          env={**os.environ, "HOME": cli.path("home")})
    cli.check(done.returncode == 0 and done.stderr.startswith(begun["text"]), f"what is signed is shown: {done.stderr}")
    status, session = browser.took(*browser.post("sign-in/key", {
        "officer": "tomas", "challenge": begun["challenge"], "signature": done.stdout.strip()}))
    cli.equal((status, session["role"], session["quorum"]), (200, "legal", {"a": 2, "b": 2}), "signed in")
    status, queue = browser.get("queue")
    cli.equal((status, sorted((row["state"], row["authority"]) for row in queue["cases"])),
              (200, [("assessed", "zvolt-court"), ("received", "zvolt-police"), ("rejected", "karsk-prosecutor")]),
              "requests in different states")
    for row in queue["cases"]:
        status, shown = browser.get("case?case=" + row["case"])
        cli.equal((status, shown["case"]["state"]), (200, row["state"]), "a case")
        cli.check(all(act["text"].startswith("cambist desk v1\n") for act in shown["acts"]), "its acts")
    status, found = browser.get("restrictions?limit=100")
    kinds = {(row["person"], row["kind"]) for row in found["cases"]}
    cli.check(status == 200 and {(5, "freeze"), (6, "candidate")} <= kinds, f"restrictions: {kinds}")


def cases_stay(cli, running):
    """At another start of the same folder."""
    code, text, error = cli.run("desk", "list", "all=yes", "--data", running.folder)
    cli.equal((code, error, json.loads(text)["all"]), (0, "", 3), "requests are brought once")


def walk(cli, running):
    """Behind `sign_up`. Without npm's packages in the build, the form is left out."""
    console(cli, running)
    at_no_moment(cli)
    web = os.path.join(os.path.dirname(cli.binary), "../../web")
    if shutil.which("node") is None or not os.path.isdir(os.path.join(web, "node_modules/esbuild")):
        print("skipped: a form of the demo, since the pages were built without npm")
    elif shutil.which("curl") is None:
        print("skipped: a form of the demo, since curl is not there")
    else:
        officers_say_yes(cli, running, form_is_sent(cli, running, web))
