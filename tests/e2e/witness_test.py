#!/usr/bin/env -S python3 -B
"""cambist witness as a process: a key is made, a log signed by openssl is cosigned over HTTP, killed
with -9 right after it answered, and started again; a fork is refused before and after; the cosignature
verifies with openssl; exact error messages. usage: witness_test.py BINARY"""

import base64
import hashlib
import os
import signal
import struct
import subprocess
import urllib.error
import urllib.request

import program as p

ORIGIN = "log.test.invalid/a"
SECONDS = 20


class Witness:
    def __init__(self, cli, folder):
        self.process = subprocess.Popen(
            [cli.binary, "witness", "serve", folder, "--key", cli.path("w.key"), "--logs", cli.path("logs"),
             "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        self.url = f"http://127.0.0.1:{line.split()[-1]}"

    def ask(self, path, body=None):
        """(status, body)"""
        try:
            with urllib.request.urlopen(self.url + path, body, timeout=SECONDS) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as problem:
            return problem.code, problem.read()

    def end(self, number):
        self.process.send_signal(number)
        return self.process.wait(timeout=SECONDS)


def leaf(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def sign(cli, text):
    cli.write("text", text)
    subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", cli.path("log.pem"), "-in",
                    cli.path("text"), "-out", cli.path("signature")], check=True)
    with open(cli.path("signature"), "rb") as file:
        return file.read()


def checkpoint(cli, vkey, size, root):
    text = f"{ORIGIN}\n{size}\n{base64.b64encode(root).decode()}\n"
    line = base64.b64encode(bytes.fromhex(vkey.split("+")[1]) + sign(cli, text)).decode()
    return text, f"{text}\n\u2014 {ORIGIN} {line}\n"


def request(old, proof, note):
    lines = "".join(base64.b64encode(hash_).decode() + "\n" for hash_ in proof)
    return f"old {old}\n{lines}\n{note}".encode()


def check_cosignature(cli, vkey, text, answer):
    """The line that came is of this key, and openssl says that it verifies."""
    name, identity, rest = vkey.split("+", 2)
    dash, by, blob = answer.decode().rstrip("\n").split(" ")
    raw, key = base64.b64decode(blob), base64.b64decode(rest)
    cli.equal((dash, by, raw[:4].hex(), len(raw)), ("\u2014", name, identity, 76), "the line")
    cli.equal(identity, hashlib.sha256(name.encode() + b"\n" + key).hexdigest()[:8], "the key's id")
    time = struct.unpack(">Q", raw[4:12])[0]
    cli.write("signed", f"cosignature/v1\ntime {time}\n{text}")
    cli.write("signature", raw[12:])
    cli.write("public.der", bytes.fromhex("302a300506032b6570032100") + key[1:])
    code = subprocess.run(["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey",
                           cli.path("public.der"), "-in", cli.path("signed"), "-sigfile",
                           cli.path("signature")], stdout=subprocess.DEVNULL, check=False).returncode
    cli.equal(code, 0, "openssl verifies the cosignature")


def make_keys(cli):
    keys = []
    for name, file, kind in [(ORIGIN, "log.key", "log"), ("w.test.invalid/1", "w.key", "witness")]:
        code, text, error = cli.run("witness", "key", cli.path(file), "--name", name, "--kind", kind)
        cli.equal((code, error), (0, ""), f"the key of {name}")
        cli.equal(os.stat(cli.path(file)).st_mode & 0o777, 0o600, "nobody else may read a key")
        keys.append(text.strip())
    with open(cli.path("log.key"), encoding="utf-8") as file:
        cli.write("log.pem", file.read().split("\n", 1)[1])
    cli.write("logs", f"# the logs\n{keys[0]}\n")
    return keys


def check_service(cli, log, own):
    a, b, c = leaf(b"a"), leaf(b"b"), leaf(b"c")
    one_text, one = checkpoint(cli, log, 1, a)
    two_text, two = checkpoint(cli, log, 2, node(a, b))
    _, fork = checkpoint(cli, log, 2, node(a, c))
    _, other = checkpoint(cli, log, 2, node(c, b))
    name = "/" + hashlib.sha256(ORIGIN.encode()).hexdigest() + "/checkpoint"
    witness = Witness(cli, cli.path("data"))
    cli.equal(witness.ask(name)[0], 404, "nothing was cosigned yet")
    status, answer = witness.ask("/add-checkpoint", request(0, [], one))
    cli.equal(status, 200, "the first checkpoint")
    check_cosignature(cli, own, one_text, answer)
    status, answer = witness.ask("/add-checkpoint", request(1, [b], two))
    cli.equal(status, 200, "the second")
    witness.end(signal.SIGKILL)
    check_cosignature(cli, own, two_text, answer)
    witness = Witness(cli, cli.path("data"))
    status, shown = witness.ask(name)
    cli.equal((status, shown), (200, two.encode() + answer), "what monitors see after kill -9")
    cli.equal(witness.ask("/add-checkpoint", request(0, [], one)), (409, b"2\n"), "the first again")
    cli.equal(witness.ask("/add-checkpoint", request(1, [c], fork)), (409, b"2\n"), "a fork from before")
    cli.equal(witness.ask("/add-checkpoint", request(2, [], fork))[0], 422, "a fork of the same size")
    cli.equal(witness.ask("/add-checkpoint", request(2, [], other))[0], 422, "another history")
    cli.refuses(["witness", "serve", cli.path("data"), "--key", cli.path("w.key"), "--logs", cli.path("logs"),
                 "--port", "0"], 16, f"cambist witness: {cli.path('data')}/LOCK: another process uses this folder "
                f"(process {witness.process.pid})")
    cli.equal(witness.end(signal.SIGTERM), 0, "stopped")


def check_errors(cli, own):
    data, key = cli.path("other"), cli.path("w.key")
    cli.refuses(["witness", "look", data], 2, 'cambist witness: "look" is neither key nor serve')
    cli.refuses(["witness", "key", cli.path("new")], 2, "cambist witness: --name is missing")
    cli.refuses(["witness", "serve", data], 2, "cambist witness: --key is missing")
    cli.refuses(["witness", "key", key, "--name", "x"], 15, f"cambist witness: {key}: there is a file")
    cli.write("strange", f"{own}\n")
    cli.refuses(["witness", "serve", data, "--key", key, "--logs", cli.path("strange")], 4,
                f"cambist witness: {cli.path('strange')}: line 1: a key of a kind that is not read here")
    cli.refuses(["witness", "serve", data, "--key", cli.path("log.key"), "--logs", cli.path("logs")], 4,
                f"cambist witness: {cli.path('log.key')}: it is a log's key")
    cli.write("empty", "# none\n")
    cli.refuses(["witness", "serve", data, "--key", key, "--logs", cli.path("empty")], 4,
                f"cambist witness: {cli.path('empty')}: no key of a log")


def main(cli):
    log, own = make_keys(cli)
    check_service(cli, log, own)
    check_errors(cli, own)


if __name__ == "__main__":
    p.main(main)
