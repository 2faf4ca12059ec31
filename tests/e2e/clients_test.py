#!/usr/bin/env -S python3 -B
"""Client libraries from npm, as they are, trade on a test venue: one suite of tests/e2e/clients for
each, on a fresh venue, with the money counted beside it (client_money.py).

usage: clients_test.py BINARY [suite...]

The packages are installed from the lock file into a folder of the build; nothing of them is run
while that happens. Where npm is missing or cannot reach its registry, the test is skipped."""

import hashlib
import http.client
import os
import shutil
import ssl
import subprocess
import sys

import client_money as m
import program as p
import serve_test as s

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "clients")
SUITES = ["ccxt_trading", "ccxt_streams", "binance_spot", "binance_api_node", "binance",
          "requests", "snippets"]
# They are served with TLS, by the venue itself: their clients refuse plain addresses.
TLS_SUITES = {"binance_spot", "snippets"}
INSTALL_SECONDS = 240
NODE_LEAST = 18
# Words of npm for a registry that does not answer, as against packages that are not what they were.
UNREACHABLE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH",
               "EHOSTUNREACH", "ERR_SOCKET_TIMEOUT", "ENOTCACHED", "E403", "E429", "E500", "E502",
               "E503", "E504")


# ---- packages ----

def node_version():
    """The major version of node; 0 without."""
    try:
        found = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return 0
    return int(found.stdout.strip().lstrip("v").split(".")[0] or 0)


def digest_of_pins():
    digest = hashlib.sha256()
    for name in ("package.json", "package-lock.json"):
        with open(os.path.join(HERE, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def install(binary):
    """The folder with the packages and a copy of the suites."""
    version = node_version()
    if version < NODE_LEAST or shutil.which("npm") is None:
        m.skip(f"the clients from npm: needs npm and node {NODE_LEAST} or newer")
    build = os.path.abspath(os.path.join(os.path.dirname(binary), "..", ".."))
    folder = os.path.join(build, "tests", "clients")
    os.makedirs(folder, exist_ok=True)
    stamp = os.path.join(folder, "installed")
    pins = digest_of_pins()
    try:
        with open(stamp, encoding="ascii") as file:
            installed = file.read() == pins
    except FileNotFoundError:
        installed = False
    for name in os.listdir(HERE):
        if os.path.isfile(os.path.join(HERE, name)):
            shutil.copyfile(os.path.join(HERE, name), os.path.join(folder, name))
    if not installed:
        install_packages(folder)
        with open(stamp, "w", encoding="ascii") as file:
            file.write(pins)
    return folder


def install_packages(folder):
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False,
                              timeout=INSTALL_SECONDS)
    except subprocess.TimeoutExpired:
        m.skip(f"the clients from npm: no packages within {INSTALL_SECONDS} s")
    if done.returncode != 0:
        print(done.stderr[-2000:])
        if any(word in done.stderr for word in UNREACHABLE):
            m.skip("the clients from npm: the registry of packages does not answer")
        print("FAILED: " + " ".join(command))
        sys.exit(1)


# ---- suites ----

def certificate(cli):
    """For the venues that are served with TLS; NODE_EXTRA_CA_CERTS makes clients believe it."""
    cert, key = cli.path("cert.pem"), cli.path("cert.key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-out", cert, "-keyout", key],
                   check=True, capture_output=True)


class TlsVenue(s.Venue):
    """A venue that speaks TLS, with the certificate above."""

    scheme = "https"

    def __init__(self, cli, folder, *arguments):
        cert, key = cli.path("cert.pem"), cli.path("cert.key")
        config = cli.write("tls.yaml", f"gateway:\n  certificate: {cert}\n  key: {key}\n")
        self.context = ssl.create_default_context(cafile=cert)
        super().__init__(cli, folder, "--config", config, *arguments)

    def connect(self):
        return http.client.HTTPSConnection(self.host, timeout=20, context=self.context)


def environment(cli, keys_file, keys):
    # The package binance wants a global that node has by itself from version 20 on.
    options = "--experimental-global-webcrypto" if node_version() < 20 else ""
    return {**m.environment(keys_file, keys), "NODE_OPTIONS": options,
            "NODE_EXTRA_CA_CERTS": cli.path("cert.pem")}


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: clients_test.py BINARY [suite...]")
    cli = p.Program(sys.argv[1])
    folder = install(cli.binary)
    certificate(cli)
    for suite in sys.argv[2:] or SUITES:
        def run(keys_file, keys, name=suite):
            m.run_suite(cli, name, ["node", name + ".mjs"], folder,
                        environment(cli, keys_file, keys))

        m.with_venue(cli, suite, run, TlsVenue if suite in TLS_SUITES else s.Venue)
    sys.exit(cli.finish())


if __name__ == "__main__":
    main()
