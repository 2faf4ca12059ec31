#!/usr/bin/env -S python3 -B
"""What packaging/haproxy-witness.cfg promises, with the distribution's HAProxy: a real venue's log is
cosigned by a witness that is reached over TLS under a path of its own; a certificate of another name,
or of nobody whom the file believes, gets no checkpoint, which shows as lag and not as a log that is
believed; the proxy hands nothing on but checkpoints. usage: witness_proxy_test.py BINARY"""

import http.client
import os
import shutil
import subprocess
import sys

import haproxy_test as h
import program as p
import publog_test as l
import serve_test as s

CONFIG = os.path.join(os.path.dirname(h.CONFIG), "haproxy-witness.cfg")
NAME = "w1.invalid"
OUTSIDE = """global
    maxconn 100
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
listen outside
    bind 127.0.0.1:{port} ssl crt {certificate}
    http-request deny unless {{ req.hdr(host) w1.invalid }} {{ path_beg /tlog/ }}
    http-request replace-path /tlog/(.*) /\\1
    server witness 127.0.0.1:{witness}
"""


def certificate(cli, name):
    key, chain = cli.path(f"{name}.key.pem"), cli.path(f"{name}.chain.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-days", "2", "-keyout", key,
                    "-out", chain], check=True, capture_output=True)
    both = b"".join(open(path, "rb").read() for path in (chain, key))
    return chain, cli.write(f"{name}.both.pem", both)


def config(cli):
    """The shipped file; only root can take another's rights."""
    with open(CONFIG, encoding="utf-8") as file:
        text = file.read()
    if os.geteuid() != 0:
        text = "".join(line + "\n" for line in text.split("\n")
                       if not line.strip().startswith(("chroot ", "user ", "group ")))
    return cli.write("haproxy-witness.cfg", text)


def outside(cli, haproxy, port, whole, witness):
    """The other side: TLS ends there, in front of the witness."""
    path = cli.write("outside.cfg", OUTSIDE.format(port=port, certificate=whole, witness=witness.port))
    return h.Running(cli.path("outside.log"), haproxy, "-db", "-f", path)


def forward(cli, haproxy, ports, authorities):
    setting = dict(os.environ, CAMBIST_WITNESS_BIND=f"127.0.0.1:{ports[0]}", CAMBIST_WITNESS_NAME=NAME,
                   CAMBIST_WITNESS_PATH="/tlog/add-checkpoint", CAMBIST_WITNESS_ADDRESS=f"127.0.0.1:{ports[1]}",
                   CAMBIST_WITNESS_AUTHORITIES=authorities)
    return h.Running(cli.path("forward.log"), haproxy, "-db", "-f", config(cli), env=setting)


def hands_on_nothing_else(cli, port):
    for method, path in (("GET", "/add-checkpoint"), ("POST", "/"), ("POST", "/add-checkpoint/../x")):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=h.SECONDS_MAX)
        connection.request(method, path, b"" if method == "POST" else None)
        cli.equal(connection.getresponse().status, 403, f"{method} {path}")
        connection.close()


def runs(cli, haproxy, folder, policy, settings):
    """With a venue: what is believed is shown only where the certificate is the right one."""
    ports, good, other, witness = settings
    journal = l.Journal(cli, folder)
    with s.Venue(cli, folder, "--new", "--config",
                 cli.write("cambist.yaml", "publog:\n  on: true\n")) as venue:
        venue.ready()
        log = l.Log(cli, venue, policy)
        for whole, authorities, why in ((other[1], other[0], "another name"), (good[1], other[0], "unknown")):
            with outside(cli, haproxy, ports[1], whole, witness), forward(cli, haproxy, ports, authorities):
                fallen = l.metric(cli, "cambist_log_below_quorum_total")
                journal.put()
                cli.check(s.eventually(lambda: l.metric(cli, "cambist_log_below_quorum_total") > fallen + 1),
                          f"a certificate of {why}: no cosignature")
                cli.equal(log.size(), -1, f"a certificate of {why}: nothing is shown")
        with outside(cli, haproxy, ports[1], good[1], witness), forward(cli, haproxy, ports, good[0]):
            cli.check(s.eventually(lambda: log.size() > 0), "cosigned over TLS")
            cli.check("1 of 1 have cosigned" in log.good("over TLS"), "the witness")
            hands_on_nothing_else(cli, ports[0])
        cli.equal(venue.stop(), 0, "an orderly end")


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: witness_proxy_test.py BINARY")
    cli = p.Program(sys.argv[1])
    haproxy = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin")
    if haproxy is None or shutil.which("openssl") is None:
        print("haproxy or openssl is not installed")
        return 77
    checked = subprocess.run([haproxy, "-c", "-f", CONFIG], capture_output=True, text=True, check=False)
    cli.equal(checked.returncode, 0, f"haproxy -c: {checked.stdout}{checked.stderr}")
    folder = cli.path("venue")
    os.makedirs(os.path.join(folder, "log"))
    code, log_key, error = cli.run("witness", "key", os.path.join(folder, "log", "key"), "--name", l.ORIGIN,
                                   "--kind", "log")
    cli.equal((code, error), (0, ""), "the log's key")
    cli.write("logs", log_key)
    witness = l.Witness(cli, "w1")
    witness.begin()
    ports = h.free_port(), h.free_port()
    policy = os.path.join(folder, "log", "policy.txt")
    with open(policy, "w", encoding="utf-8") as file:
        file.write(f"log {log_key}witness w1 {witness.vkey} http://127.0.0.1:{ports[0]}/\nquorum w1\n"
                   "operator somebody w1\nindependent 1\n")
    try:
        runs(cli, haproxy, folder, policy,
             (ports, certificate(cli, NAME), certificate(cli, "w2.invalid"), witness))
    finally:
        witness.end()
    return cli.finish()


if __name__ == "__main__":
    sys.exit(main())
