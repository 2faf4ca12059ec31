#!/usr/bin/env -S python3 -B
"""An opening at a real venue, from the ceremony to the file that Debian's age reads, through the slots
of its public log as they come: a minute each. Meanwhile the venue is killed between every two steps,
its log is stopped, witnesses are ended, an opener is killed, and at the end yesterday's copy of log
and vault is put back. Nothing is released without the log, nothing is delivered twice, and no word of
the record is in a file, a log, a metric or the memory of any process.

usage: open_venue_test.py BINARY SEAL_MAKE

The waiting is for slots: nothing here depends on how long it takes, but every wait has an end.
Nobody here exists."""

import base64
import hashlib
import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import time

import ceremony_test as c
import open_log_test as o_log
import open_test as o
import program as p
import publog_test as l
import serve_test as s
import vault_test as v

MISSING, EXISTS, UNAVAILABLE, REFUSED = 14, 15, 21, 27
LOOKS, LOOK_S = 1200, 0.5
ORIGIN = "demo.invalid"
GROUPS = {"A": (("anna", "fr"), ("bela", "fr"), ("carl", "de")),
          "B": (("dora", "jp"), ("emil", "jp"), ("fay", "sg"))}
CHOSEN = ("anna", "bela", "dora", "emil")
PERSON, DOCUMENT = 7, b"ZQ-7731-QUELLFROST"
IDENTITY = b"name: Oda Quellfrost\ndocument: " + DOCUMENT + b"\nnationality: FR\n"
ADDRESS = b"street: Nordlichtgasse 4711\ntown: Zvolt\n"
MOVED = b"".join(b"2026-%02d-02T03:04:05Z deposit +%d.5 BTC, reference 7001\n" % (month, month) for month in range(1, 4))
PERIOD = "2026-02-01..2026-02-28"
SEEN = [b"Quellfrost", b"QUELLFROST", b"quellfrost", b"Nordlichtgasse", b"nordlichtgasse"]
BETWEEN = "killed whole, and begun again"


def until(what, fact):
    """What the fact gives once it is something; the test ends where that does not happen."""
    for _ in range(LOOKS):
        found = fact()
        if found:
            return found
        time.sleep(LOOK_S)
    sys.exit(f"FAILED: {what}: not within {LOOKS} looks")


def is_gone(pid):
    """Also as a zombie that nobody has waited for."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rsplit(")", 1)[1].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def identifier(nonce, person, field, value):
    """docs/opening.md "The grant": the hash of what the paper says."""
    tag = b"cambist/vault/1/identifier"
    text = nonce + person.to_bytes(8, "little") + bytes([field]) + value
    return hashlib.blake2b(bytes([len(tag)]) + tag + text, digest_size=32).hexdigest()


def moment(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


class Witness(l.Witness):
    """Its port stays ours while nobody answers there."""

    def __init__(self, cli, name):
        super().__init__(cli, name)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        self.port = self.listener.getsockname()[1]

    def begin(self):
        self.process = subprocess.Popen(
            [self.cli.binary, "witness", "serve", self.cli.path(self.name), "--key",
             self.cli.path(self.name + ".key"), "--logs", self.cli.path("logs"), "--descriptor",
             str(self.listener.fileno())], pass_fds=(self.listener.fileno(),),
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.cli.equal(self.process.stdout.readline(), f"listening on port {self.port}\n", self.name)


class World(o.World):
    """Officers with their own folders, three witnesses, a recipient, and the venue."""

    def __init__(self, cli, seal, is_quick=True):  # pylint: disable=super-init-not-called
        self.cli, self.seal, self.said = cli, os.path.abspath(seal), b""
        self.quick = ["--quick"] if is_quick else []  # passphrases that cost little
        self.data = cli.path("venue")
        self.venue, self.witnesses, self.openers = None, [], []
        os.makedirs(os.path.join(self.data, "log"))
        os.makedirs(os.path.join(self.data, "vault"))
        secret, self.recipient = subprocess.run(
            [self.seal, "recipient"], capture_output=True, check=True, timeout=o.SECONDS
        ).stdout.decode().split()
        self.identity = o.bech32("age-secret-key-", bytes.fromhex(secret))
        self.hold_ceremony()
        self.make_log()
        self.make_circle()
        self.config = cli.write("cambist.yaml", "vault:\n  on: true\npublog:\n  on: true\n")
        self.policy = os.path.join(self.data, "log", "policy.txt")
        shutil.copyfile(self.policy, cli.path("policy.txt"))
        self.pins = ["--circle", cli.path("circle"), "--policy", cli.path("policy.txt"),
                     "--group-a", cli.path("A.transcript"), "--group-b", cli.path("B.transcript")]

    def hold_ceremony(self):
        officers = c.Officers(self.cli)
        transcripts = []
        for group, members in GROUPS.items():
            names = [name for name, _ in members]
            joined = [officers.step(name + ".member", "join", *officers.own(name), "--name", name,
                                    *self.quick) for name in names]
            roster = officers.step(group + ".roster", "roster", "--venue", ORIGIN, "--group", group,
                                   *joined)
            transcripts.append(officers.hold(group, roster, names, names))
        text = self.step("ceremony", "check", *transcripts)
        self.key = re.search(r"([0-9a-f]{64})$", text.strip()).group(1)
        with open(os.path.join(self.data, "vault", "groups"), "w", encoding="ascii") as file:
            file.write(f"1 {self.key}\n")

    def make_log(self):
        log_key = self.step("witness", "key", os.path.join(self.data, "log", "key"), "--name", ORIGIN,
                            "--kind", "log")
        self.cli.write("logs", log_key)
        self.witnesses = [Witness(self.cli, f"w{number}") for number in (1, 2, 3)]
        for witness in self.witnesses:
            witness.begin()
        with open(os.path.join(self.data, "log", "policy.txt"), "w", encoding="ascii") as file:
            file.write(f"log {log_key}")
            for witness in self.witnesses:
                file.write(f"witness {witness.name} {witness.vkey} "
                           f"http://127.0.0.1:{witness.port}/\n")
            file.write("group most 2 w1 w2 w3\nquorum most\noperator venue w1 w2 w3\n")

    def make_circle(self):
        lines = ["cambist circle v1", f"venue: {ORIGIN}", "records-a-day: 40", "fresh-seconds: 1200"]
        number = 10
        for group, members in GROUPS.items():
            for name, region in members:
                number += 1
                vkey = self.step("witness", "key", self.cli.path(name + ".sign"), "--name", name,
                                 "--kind", "log").strip()
                with open(self.cli.path(name + ".sign"), encoding="ascii") as file:
                    pem = self.cli.write(name + ".pem", file.read().split("\n", 1)[1])
                os.chmod(pem, 0o600)
                # The key as text ends with the kind, a byte, and the key itself.
                raw = base64.b64decode(vkey.split("+", 2)[2])[1:]
                key = base64.b64encode(raw).decode()
                lines.append(f"officer: {name} {group} {region} {number} {key}")
        lines.append(f"authority: fr-police {self.recipient}")
        self.cli.write("circle", "\n".join(lines) + "\n")
        self.cli.write("circle.strict", "\n".join(lines).replace("1200", "60") + "\n")

    # ---- the venue ----

    def start(self, *arguments):
        self.venue = s.Venue(self.cli, self.data, "--config", self.config, *arguments)
        self.venue.ready()

    def end_venue(self):
        self.cli.equal(self.venue.stop(), 0, "an orderly end")
        self.venue.__exit__()

    def kill(self, between=lambda: None):
        """All its processes, none of which gets a word in. Then it is begun again."""
        self.venue.process.send_signal(signal.SIGSTOP)  # so that it starts nobody anew
        pids = [pid for pid in map(self.venue.pid, self.venue.names()) if pid > 0]
        for pid in pids:
            with l.contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.venue.__exit__()
        until("every process of the venue ends", lambda: all(is_gone(pid) for pid in pids))
        between()
        self.start()
        until("the log answers", lambda: os.path.exists(os.path.join(self.data, "log.sock")))

    def metrics(self):
        with open(self.cli.path("serve.log"), encoding="utf-8") as file:
            told = file.read().rsplit("serve.ready", 1)[-1]
        address = re.search(r'"admin":"([0-9.:]+)"', told).group(1)
        with l.urllib.request.urlopen(f"http://{address}/metrics", timeout=o.SECONDS) as answer:
            return answer.read().decode()

    def metric(self, name):
        return s.value_of(self.metrics(), name) or 0

    def close(self):
        for opener in self.openers:
            if opener.poll() is None:
                opener.kill()
                opener.communicate()
        if self.venue is not None:
            self.venue.__exit__()
        for witness in self.witnesses:
            if witness.process is not None and witness.process.poll() is None:
                witness.end()

    # ---- records ----

    def sealed(self, group, text):
        """As the person's browser does it; the plain text is in no file."""
        done = subprocess.run([self.seal, self.key, str(PERSON), group, "1", "1", "1"], input=text,
                              capture_output=True, check=True, timeout=o.SECONDS)
        return done.stdout[:144], done.stdout[144:]

    def put_records(self):
        vault = v.Vault(self.cli, self.data)
        records = []
        for number, group, text, values in ((1, "identity", IDENTITY, ((3, DOCUMENT),)),
                                            (3, "address", ADDRESS, ())):
            wrap, body = self.sealed(group, text)
            records.append(v.record(PERSON, number, 1, wrap, body, values=values))
        # A wrap of another group key, or of another body, is not taken.
        wrap, body = self.sealed("bank", ADDRESS)
        vault.bad(REFUSED, "the proof is not for this label, group and body", "put",
                  vault.put_file(v.record(PERSON + 1, 5, 1, wrap, body)))
        path = vault.put_file(*records)
        os.chmod(path, 0o600)
        vault.good("put", path)
        os.remove(path)  # the browser's frame: it has the value that is to be found again
        # What the venue's machines have of a person is gathered, and opens as every record.
        gathered = subprocess.run([self.cli.binary, "vault", "seal", str(PERSON), "transfers", "--data", self.data],
                                  input=MOVED, capture_output=True, check=False, timeout=o.SECONDS)
        self.cli.equal((gathered.returncode, gathered.stdout),
                       (0, b"7 transfers version 1 epoch 1 class 1\n"), f"gathered: {gathered.stderr}")
        for group in ("identity", "address", "transfers"):
            vault.good("get", str(PERSON), group, self.cli.path(group + ".record"))

    # ---- one opening ----

    def size(self):
        return max(l.Log(self.cli, self.venue, self.policy).size(), 0)

    def grant(self, name):
        """A new folder with an approved grant of urgency emergency."""
        case = self.cli.path(name)
        os.mkdir(case)
        lines = self.step("open", "collect", case, self.cli.path("identity.record"),
                          self.cli.path("address.record"), self.cli.path("transfers.record")).splitlines()
        nonce, now = os.urandom(16), int(time.time())
        hashed = identifier(nonce, PERSON, 4, b"ZQ7731QUELLFROST")
        text = "\n".join((
            "cambist grant v1", f"venue: {ORIGIN}", f"case: {os.urandom(16).hex()}",
            "kind: authority", "basis: union-law", "country: FR", f"instrument: {'5a' * 32}",
            "authority: fr-police", f"recipient: {self.recipient}", "class: plain",
            "urgency: emergency", "silence: none", f"issued: {moment(now)}",
            f"expires: {moment(now + 7200)}", f"nonce: {nonce.hex()}", f"log-size: {self.size()}",
            f"identifier: {PERSON} document {hashed}",
            *(f"record: {' '.join(line.split()[:5])} {what} {line.split()[5]}"
              for line, what in zip(lines, ("compare none", "deliver none", f"deliver {PERIOD}"))), ""))
        path = self.cli.write(name + ".text", text)
        parts = [self.cli.write(f"{name}.{officer}", self.step(
            "officer", "approve", path, "--circle", self.cli.path("circle"), "--name", officer,
            "--sign-key", self.cli.path(officer + ".pem"))) for officer in CHOSEN]
        self.cli.write(os.path.join(name, "grant"), self.step("officer", "join", *parts))
        return case

    def log(self, case):
        """(code, output, error) of `open log`; its lines stand without what is waited for."""
        found = self.cli.run("open", "log", case, "--data", self.data)
        self.said += found[1].encode() + found[2].encode()
        return found

    def told(self, case):
        """Which events the log has of this folder, by name."""
        code, output, error = until("the log takes events", lambda: next(
            (found for found in [self.log(case)] if found[1]), None))
        self.cli.check(code in (0, UNAVAILABLE), f"told: {code}, {error}")
        return dict(re.findall(r"^([a-z]+): event (\d+)", output, re.M))

    def shown(self, case):
        """Runs `open log` until all that is in the folder is shown."""
        def look():
            code, _, error = self.log(case)
            self.cli.check(code in (0, UNAVAILABLE), f"shown: {code}, {error}")
            return code == 0
        until("the log shows it", look)

    def begin(self, case, prepare=None):
        opener = super().begin(case, prepare)
        self.openers.append(opener)
        return opener

    def releases(self, officer, case, book=None):
        book = self.cli.path(book or officer + ".book")
        os.makedirs(book, exist_ok=True)
        return ["officer", "release", case, *self.pins, "--key", self.cli.path(officer + ".key"),
                "--passphrase", self.cli.path(officer + ".pass"), "--book", book]

    def nothing_is_released(self, case, code, words):
        for officer in ("anna", "dora", "fay"):
            self.refused(code, words, *self.releases(officer, case))
        self.cli.check(not os.path.exists(os.path.join(case, "delivery.age")), "nothing is delivered")


# ---- the steps, in order ----

def grants_are_logged(world):
    """Two grants, told before and after the venue is killed; each is in the log once."""
    cases = [world.grant("first"), world.grant("second")]
    before = [world.told(case) for case in cases]
    world.kill()
    world.cli.equal([world.told(case) for case in cases], before, f"{BETWEEN}: told once")
    for case in cases:
        world.shown(case)
    world.cli.check(all(os.path.exists(os.path.join(case, "grant.shown")) for case in cases),
                    "grants are shown")
    return cases


def yesterday(world):
    """A copy of log and vault, while nothing runs."""
    for name in ("log", "vault"):
        shutil.copytree(os.path.join(world.data, name), world.cli.path("yesterday." + name))


def openings_are_logged(world, cases):
    """From here on two of three witnesses are ended, so that no slot that ends meanwhile matters."""
    for witness in world.witnesses[:2]:
        witness.end(signal.SIGKILL)
    openers = [world.begin(case) for case in cases]
    before = [world.told(case) for case in cases]
    world.cli.check(all("opening" in events for events in before), f"openings are told: {before}")
    world.nothing_is_released(cases[0], MISSING, "opening.shown")
    # The second opener is killed behind its opening, together with the venue.
    openers[1].kill()
    world.end(openers[1])
    world.kill()
    world.cli.equal([world.told(case) for case in cases], before, f"{BETWEEN}: told once")
    world.refused(EXISTS, "an opening was begun here; it takes another grant", "open", "run",
                  cases[1], *world.pins)
    return openers[0]


def witnesses_are_ended(world, case):
    """The slot ends, its leaf is signed, and it is not shown."""
    def is_signed():
        code, output, error = world.log(case)
        world.cli.check(code == UNAVAILABLE, f"without witnesses: {code}, {output}, {error}")
        return "is not published yet" in output
    until("the slot of the opening ends", is_signed)
    until("the log has more than it shows", lambda: world.metric("cambist_log_entries") >
          world.metric("cambist_log_shown_entries"))
    world.nothing_is_released(case, MISSING, "opening.shown")


def the_log_is_stopped(world, case):
    """Its process stands still, then it is killed: nothing is released, and it goes on."""
    before = world.venue.pid("log")
    os.kill(before, signal.SIGSTOP)
    asking = subprocess.Popen([world.cli.binary, "open", "log", case, "--data", world.data],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    world.nothing_is_released(case, MISSING, "opening.shown")
    world.cli.check(asking.poll() is None or asking.returncode != 0, "a log that stands still")
    os.kill(before, signal.SIGKILL)
    text, error = asking.communicate(timeout=o.SECONDS)
    world.said += text + error
    world.cli.check(asking.returncode != 0, f"a log that was killed shows nothing: {text}")
    until("the log is back", lambda: world.venue.pid("log") not in (0, before))
    world.nothing_is_released(case, MISSING, "opening.shown")


def it_is_delivered(world, case, opener):
    """Witnesses are back, officers answer, the venue is killed between two answers and behind the
    last one."""
    for witness in world.witnesses[:2]:
        witness.begin()
    world.shown(case)
    world.put(case, "anna", world.step(*world.releases("anna", case)))
    world.kill()
    for officer in CHOSEN[1:]:
        world.put(case, officer, world.step(*world.releases(officer, case)))
    code, manifest, error = world.end(opener)
    world.cli.equal(code, 0, f"the opener ends: {error}")
    world.cli.check(manifest.count("delivered: ") == 2 and manifest.count("compared: ") == 1,
                    f"what was opened: {manifest}")
    world.step("open", "verify", *(os.path.join(case, name)
                                   for name in ("manifest", "opening", "delivery.age")))
    archive = o.by_age(world, case)
    if archive is not None:
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            world.cli.equal(files.getnames(), ["grant.txt", f"person-{PERSON}/address.1.txt",
                                               f"person-{PERSON}/transfers.1.txt"], "the archive")
            found = [files.extractfile(name).read() for name in files.getnames()[1:]]
        world.cli.equal(found, [ADDRESS, MOVED.splitlines(True)[1]], "what Debian's age reads: of the days alone")
    told = world.told(case)
    world.kill()
    world.cli.equal(world.told(case), told, f"{BETWEEN}: told once")
    world.cli.check("manifest" in told, f"the delivery is told: {told}")
    world.refused(EXISTS, "an opening was begun here", "open", "run", case, *world.pins)


def copied(world, case, name):
    """The folder as it was before its opening."""
    copy = world.cli.path(name)
    os.mkdir(copy)
    for file in os.listdir(case):
        if file.startswith(("grant", "rows", "body")):
            shutil.copyfile(os.path.join(case, file), os.path.join(copy, file))
    return copy


def a_killed_opening_takes_another_grant(world, case):
    """The second grant's opener was killed. In a copy of its folder, of before, a second opening gets
    into the log, and nobody answers it: the log shows the first."""
    copy = copied(world, case, "again")
    opener = world.begin(copy)
    world.told(copy)
    world.shown(copy)
    world.nothing_is_released(copy, REFUSED, "an earlier opening of this grant is in the log")
    world.cli.check(opener.poll() is None, "it waits for answers that do not come")
    opener.kill()
    world.end(opener)


def a_stale_log_is_not_believed(world, case):
    """What the log showed then is older than a minute now: who wants it fresher answers nothing."""
    def is_stale():
        command = world.releases("fay", case, "strict.book")
        command[command.index("--circle") + 1] = world.cli.path("circle.strict")
        code, text, error = world.cli.run(*command)
        world.said += text.encode() + error.encode()
        return code == REFUSED and "the checkpoint is stale" in error
    until("the checkpoint grows stale", is_stale)


def what_is_shown_verifies(world, case):
    """The receipts, and all of the log, by the shipped monitor: the folder, and what is served."""
    number = world.told(case)["manifest"]
    path = os.path.join(world.data, "log.sock")
    receipt = until("the delivery is shown", lambda: next(
        (answer for answer in ask(path, f"show {number}") if answer.startswith("shown ")), None))
    world.cli.write("delivered.shown", bytes.fromhex(receipt.split()[1]))
    with open(os.path.join(case, "manifest"), "rb") as file:
        manifest = file.read()
    for name, kind, text in (("grant.shown", 4, None), ("opening.shown", 5, None),
                             (world.cli.path("delivered.shown"), 6, manifest)):
        with open(os.path.join(case, name), "rb") as file:
            receipt_is_right(world, file.read(), kind, text)
    log = l.Log(world.cli, world.venue, world.cli.path("policy.txt"))
    log.good("over HTTP")
    code, output, error = world.cli.run("log", "check", "--policy", world.cli.path("policy.txt"),
                                        "--slots", os.path.join(world.data, "log", "public"))
    world.cli.check(code == 0 and "every tile, entry, checkpoint and cosignature verifies" in output,
                    f"the folder: {code}, {error}")
    month = time.strftime("%Y-%m", time.gmtime(time.time() + 86400))
    code, _, error = world.cli.run("log", "month", os.path.join(world.data, "log"), month)
    world.cli.check(code in (MISSING, REFUSED), f"no month opens before it is over: {code}, {error}")


def ask(path, line):
    """The answer to one line, once the log is there to give it; [] when it is not."""
    with l.contextlib.suppress(OSError):
        return o_log.ask(path, line)
    return []


def receipt_is_right(world, shown, kind, text):
    """docs/public-log.md "Events, lines, receipts": the leaf's own receipt by the monitor, the path of
    the slot and the text's hash by these few lines."""
    head, body_salt, rest = shown.split(b"\n", 2)
    _, event = rest.split(b"\n", 1)
    lines = event.decode().split("\n")
    world.cli.equal((head, lines[0]), (b"cambist-shown/v1", "cambist-event/v1"), "its first lines")
    row = bytes.fromhex(lines[1].split()[1])
    place = int(lines[2].split()[1])
    node = hashlib.sha256(b"\0" + row).digest()
    for step in range(8):
        other = base64.b64decode(lines[3 + step])
        pair = other + node if place >> step & 1 else node + other
        node = hashlib.sha256(b"\1" + pair).digest()
    leaf = bytes.fromhex(lines[11].split()[1])
    world.cli.equal((row[1], leaf[16:48]), (kind, node), "the event is in its slot")
    if text is not None:
        salt = bytes.fromhex(body_salt.decode().split()[1])
        world.cli.equal(row[36:], hashlib.sha256(b"cambist/body/v1\n" + salt + text).digest(),
                        "it is of this text")
    code, _, error = world.cli.run(
        "log", "receipt", world.cli.write("receipt", "\n".join(lines[13:])), "--policy",
        world.cli.path("policy.txt"), "--entry", world.cli.write("leaf", leaf))
    world.cli.equal((code, error), (0, ""), "the leaf is in the log")


def nothing_plain_is_anywhere(world):
    """While everything runs: every file of the venue, of the officers and the openings; what was
    printed; every metric; the memory of every process."""
    cli = world.cli
    cli.equal(v.in_files(cli.folder, SEEN), [], "words of the record in files")
    cli.equal([needle for needle in SEEN if needle in world.said], [], "words in what was said")
    cli.equal([needle for needle in SEEN if needle.decode() in world.metrics()], [], "in metrics")
    cli.check(v.in_memory(os.getpid(), SEEN), "our own memory has them: the search finds what is there")
    found = {name: v.in_memory(world.venue.pid(name), SEEN) for name in world.venue.names()}
    found.update((f"witness {witness.name}", v.in_memory(witness.process.pid, SEEN))
                 for witness in world.witnesses)
    cli.check({"keep", "log", "courier", "edge"} <= set(found), f"the processes: {sorted(found)}")
    unread = sorted(name for name, rows in found.items() if rows is None)
    if unread:
        print(f"skipped: memory of {', '.join(unread)}: not ours to read, or a sanitizer's")
    cli.equal({name: rows for name, rows in found.items() if rows}, {}, "words in memory")
    no_core_is_left(world)


def no_core_is_left(world):
    """Nor can one be: a process that dies writes none."""
    cores = [name for _, _, names in os.walk(world.cli.folder) for name in names
             if name.startswith("core")]
    world.cli.equal(cores, [], "core images")
    with open(world.cli.path("serve.log"), encoding="utf-8") as file:
        held = [line for line in file if '"process.protected"' in line]
    for name in world.venue.names():
        if not any(f'"process":"{name}"' in line and "limits yes" in line for line in held):
            print(f"skipped: core images of {name}: this build bounds nothing")
            continue
        with open(f"/proc/{world.venue.pid(name)}/limits", encoding="ascii") as file:
            limits = file.read()
        world.cli.check(re.search(r"Max core file size +0 +0", limits), f"no core image of {name}")


def yesterdays_backup_opens_nothing(world, case):
    """Log and vault of before the opening, with the grant's receipt of then."""
    for name in ("log", "vault"):
        shutil.rmtree(os.path.join(world.data, name))
        shutil.copytree(world.cli.path("yesterday." + name), os.path.join(world.data, name))
    before = os.path.getsize(world.cli.path("serve.log"))
    world.start()
    copy = copied(world, case, "restored")
    opener = world.begin(copy)

    def is_told():
        with open(world.cli.path("serve.log"), encoding="utf-8") as file:
            file.seek(before)
            lines = [line for line in file if '"log.stopped"' in line]
        return lines
    world.log(copy)
    lines = until("the witnesses name it", is_told)
    world.cli.check("diverged" in lines[0] and "old copy" in lines[0], f"how it is told: {lines[0]}")
    code, _, error = world.log(copy)
    world.cli.check(code == UNAVAILABLE and "the log says" in error, f"the log: {code}, {error}")
    world.nothing_is_released(copy, MISSING, "opening.shown")
    opener.kill()
    world.end(opener)
    world.cli.equal(v.in_files(world.cli.folder, SEEN), [], "words of the record in files")


def test(world):
    world.start("--new")
    world.put_records()
    cases = grants_are_logged(world)
    world.kill(lambda: yesterday(world))
    opener = openings_are_logged(world, cases)
    witnesses_are_ended(world, cases[0])
    the_log_is_stopped(world, cases[0])
    it_is_delivered(world, cases[0], opener)
    a_killed_opening_takes_another_grant(world, cases[1])
    a_stale_log_is_not_believed(world, cases[0])
    what_is_shown_verifies(world, cases[0])
    nothing_plain_is_anywhere(world)
    world.end_venue()
    yesterdays_backup_opens_nothing(world, cases[0])
    world.end_venue()


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: open_venue_test.py BINARY SEAL_MAKE")
    cli = p.Program(sys.argv[1])
    world = World(cli, sys.argv[2])
    try:
        test(world)
    finally:
        world.close()
    return cli.finish()


if __name__ == "__main__":
    sys.exit(main())
