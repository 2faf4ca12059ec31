"""The officers' console from outside: requests as its page makes them, officers' keys, and a security
key in software."""

import base64
import hashlib
import http.client
import json
import os
import struct
import subprocess

import serve_test as s


def base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def from_base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def openssl(*words, data=b""):
    return subprocess.run(["openssl", *words], input=data, check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout


def origin_of(cli):
    """Where the console says that it is, at its last start."""
    def found():
        with open(cli.path("serve.log"), encoding="utf-8") as file:
            lines = [json.loads(line) for line in file if '"office.listens"' in line]
        return lines[-1]["origin"] if lines else None
    return s.eventually(found)


class Console:
    """A browser: a cookie, the token, and the headers of its page."""

    def __init__(self, cli, origin):
        self.cli, self.origin = cli, origin
        self.cookie = self.csrf = None
        self.head = {}

    def ask(self, verb, path, body=None, **headers):
        """(status, answer); headers with None are left out."""
        sent = {"Origin": self.origin, "Sec-Fetch-Site": "same-origin"}
        if self.cookie:
            sent["Cookie"] = self.cookie
        if body is not None:
            sent["Content-Type"] = "application/json"
        if verb == "POST" and self.csrf:
            sent["X-CSRF-Token"] = self.csrf
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        data = body if body is None or isinstance(body, (bytes, str)) else json.dumps(body)
        host = self.origin.split("//")[1]
        connection = http.client.HTTPConnection("127.0.0.1", int(host.split(":")[1]), timeout=30)
        try:
            connection.putrequest(verb, path, skip_host=True, skip_accept_encoding=True)
            for name, value in {"Host": host, **sent}.items():
                if value is not None:
                    connection.putheader(name, value)
            data = b"" if data is None else data.encode() if isinstance(data, str) else data
            connection.putheader("Content-Length", str(len(data)))
            connection.endheaders(data)
            answer = connection.getresponse()
            self.head = dict(answer.getheaders())
            text = answer.read()
            if "json" in self.head.get("Content-Type", ""):
                text = json.loads(text)
            return answer.status, text
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.ask("GET", "/office/v1/" + path, **headers)

    def post(self, path, body, **headers):
        return self.ask("POST", "/office/v1/" + path, body, **headers)

    def took(self, status, answer):
        """The session of a sign-in that was right."""
        if status == 200:
            self.cookie = self.head["Set-Cookie"].split(";")[0]
            self.csrf = answer["csrf"]
        return status, answer

    def begin(self, officer):
        return self.post("sign-in/begin", {"officer": officer})[1]

    def sign_in(self, officer, key):
        """With the officer's key file."""
        begun = self.begin(officer)
        return self.took(*self.post("sign-in/key", {"officer": officer, "challenge": begun["challenge"],
                                                    "signature": signed(self.cli, key, begun["text"])}))

    def sign_in_with(self, officer, token, **changes):
        """With a security key. `changes`: of what it brings."""
        begun = self.begin(officer)
        brought = token.get(self.origin, from_base64url(begun["challenge"]))
        body = {"officer": officer, "challenge": begun["challenge"], **brought, **changes}
        return self.took(*self.post("sign-in/webauthn", body)) + (body,)

    def bind(self, officer, key, token, name, **changes):
        """Adds a security key, signed by the officer's key file."""
        begun = self.post("credentials/begin", {})[1]
        challenge = from_base64url(begun["challenge"])
        client, attestation = token.create(self.origin, challenge)
        text = (f"cambist office credential v1\nvenue: demo.invalid\norigin: {self.origin}\nofficer: {officer}\n"
                f"credential: {token.id.hex()}\nkey: {hashlib.sha256(token.cose()).hexdigest()}\n"
                f"challenge: {challenge.hex()}\n")
        return self.post("credentials", {"challenge": begun["challenge"], "name": name,
                                         "clientData": base64url(client), "attestation": base64url(attestation),
                                         "signature": signed(self.cli, key, text), **changes})


def signed(cli, key, text):
    """Ed25519 by a key file, base64."""
    path = cli.write("to-sign", text)
    return base64.b64encode(openssl("pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", path)).decode()


class SecurityKey:
    """ES256 or EdDSA, with a counter, as a security key does it (WebAuthn level 2, section 6)."""

    def __init__(self, cli, name, rp="localhost", kind="ES256"):
        self.cli, self.rp, self.kind, self.counter = cli, rp, kind, 0
        self.flags = 0x05  # somebody is there, and is who they say
        self.id = os.urandom(32)
        self.path = cli.path(name + ".pem")
        words = ("-algorithm", "ed25519") if kind == "EdDSA" else ("-algorithm", "EC", "-pkeyopt",
                                                                  "ec_paramgen_curve:P-256")
        openssl("genpkey", *words, "-out", self.path)
        self.public = openssl("pkey", "-in", self.path, "-pubout", "-outform", "DER")

    def cose(self):
        if self.kind == "EdDSA":
            return bytes.fromhex("a4010103272006215820") + self.public[-32:]
        return (bytes.fromhex("a5010203262001215820") + self.public[-64:-32] + bytes.fromhex("225820")
                + self.public[-32:])

    def data(self, flags):
        return hashlib.sha256(self.rp.encode()).digest() + bytes([flags]) + struct.pack(">I", self.counter)

    @staticmethod
    def client(kind, origin, challenge):
        return json.dumps({"type": kind, "challenge": base64url(challenge), "origin": origin,
                           "crossOrigin": False}).encode()

    def create(self, origin, challenge, form=b"\x64none"):
        """(client data, attestation object)"""
        data = (self.data(self.flags | 0x40) + bytes(16) + struct.pack(">H", len(self.id)) + self.id + self.cose())
        head = b"\xa3\x63fmt" + form + b"\x67attStmt\xa0\x68authData"
        return self.client("webauthn.create", origin, challenge), head + b"\x58" + bytes([len(data)]) + data

    def get(self, origin, challenge, kind="webauthn.get"):
        client, data = self.client(kind, origin, challenge), self.data(self.flags)
        path = self.cli.write("assertion", data + hashlib.sha256(client).digest())
        words = ("-digest", "sha256") if self.kind == "ES256" else ()
        signature = openssl("pkeyutl", "-sign", "-rawin", *words, "-inkey", self.path, "-in", path)
        return {"credential": base64url(self.id), "clientData": base64url(client),
                "authenticatorData": base64url(data), "signature": base64url(signature)}
