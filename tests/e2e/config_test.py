#!/usr/bin/env -S python3 -B
"""A venue by its configuration: TLS by the gateway itself, and limits that SIGHUP reads again from a
file that was put in the old one's place; a mistake in it changes nothing. Open WebSockets of a
client behind a proxy have a limit, which SIGHUP reads too; loopback has none.
usage: config_test.py BINARY"""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys

import program as p
import serve_test as s
import streams_test as st


class Venue(s.Venue):
    scheme = "https"


def certificate(cli):
    """Paths of a certificate for 127.0.0.1 and its key."""
    paths = cli.path("certificate.pem"), cli.path("key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", paths[1], "-out", paths[0],
                    "-days", "2", "-subj", "/CN=venue", "-addext", "subjectAltName=IP:127.0.0.1"],
                   check=True, capture_output=True)
    return paths


def write(cli, name, paths, weight, more=""):
    text = (f"gateway:\n  certificate: {paths[0]}\n  key: {paths[1]}\n"
            f"limits:\n  weight: {weight}\n{more}")
    return cli.write(name, text)


def weight_of(venue, context):
    """What exchangeInfo says the limit of weight is; None without an answer."""
    host, port = venue.host.split(":")
    connection = http.client.HTTPSConnection(host, int(port), timeout=20, context=context)
    try:
        connection.request("GET", "/api/v3/exchangeInfo")
        return json.loads(connection.getresponse().read())["rateLimits"][0]["limit"]
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def reload(cli, venue, paths, context, path):
    os.replace(write(cli, "next.yaml", paths, 2000), path)
    venue.process.send_signal(signal.SIGHUP)
    cli.equal(s.eventually(lambda: weight_of(venue, context) == 2000), True, "the limit read again")
    os.replace(write(cli, "next.yaml", paths, 3000, "  nothing: 1\n"), path)
    venue.process.send_signal(signal.SIGHUP)
    log = cli.path("serve.log")

    def told():
        with open(log, encoding="utf-8") as file:
            return "limits.nothing: unknown key" in file.read()
    cli.check(s.eventually(told), "the mistake is in the log, by its name")
    cli.equal(weight_of(venue, context), 2000, "the limit after a mistake in the file")


def crowd_file(cli, most, port):
    return cli.write("crowd.yaml", f"gateway:\n  proxies: 127.0.0.1\nlimits:\n  connections: {most}\n"
                                   f"admin:\n  port: {port}\n")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def opens(venue, client, sockets):
    """Whether this client of the proxy that we play gets a WebSocket."""
    sockets.append(st.WebSocket(venue.host, f"/ws HTTP/1.1\r\nX-Forwarded-For: {client}\r\nX-Rest: a",
                                False))
    return sockets[-1].is_open


def crowds(cli):
    sockets = []
    port = free_port()
    path = crowd_file(cli, 2, port)
    with s.Venue(cli, cli.path("crowd"), "--new", "--config", path) as venue:
        venue.ready()
        found = [opens(venue, "9.9.9.9", sockets) for _ in range(3)]
        cli.equal(found, [True, True, False], "WebSockets of one client, two allowed")
        cli.equal(sockets[2].head[0].split()[1], "429", "the status of the third")
        cli.equal([opens(venue, "9.9.9.8", sockets), opens(venue, "127.0.0.1", sockets)],
                  [True, True], "WebSockets of others")
        connections = [venue.connect() for _ in range(5)]
        for connection in connections:
            connection.request("GET", "/api/v3/ping")
        cli.equal([connection.getresponse().status for connection in connections], [200] * 5,
                  "connections of the proxy")
        keys = {"metrics": f"http://127.0.0.1:{port}/metrics"}
        counted = re.compile(r"^cambist_gateway_refused_address_total\S* 1$", re.MULTILINE)
        cli.check(s.eventually(lambda: counted.search(s.monitor(keys, "/metrics")[1])),
                  "the refusal is counted")
        crowd_file(cli, 3, port)
        venue.process.send_signal(signal.SIGHUP)
        cli.check(s.eventually(lambda: opens(venue, "9.9.9.9", sockets)), "one more after SIGHUP")
        cli.equal(opens(venue, "9.9.9.9", sockets), False, "and no other")
        cli.equal(venue.stop(), 0, "exit code on SIGTERM")


def test(cli):
    crowds(cli)
    if shutil.which("openssl") is None:
        print("skipped: openssl is not here")
        sys.exit(77)
    paths = certificate(cli)
    path = write(cli, "cambist.yaml", paths, 1000)
    context = ssl.create_default_context(cafile=paths[0])
    folder = cli.path("venue")
    with Venue(cli, folder, "--new", "--config", path) as venue:
        venue.ready()
        cli.equal(weight_of(venue, context), 1000, "the limit of the file, over TLS")
        cli.equal(weight_of(venue, ssl.create_default_context()), None, "an unknown certificate")
        reload(cli, venue, paths, context, path)
        cli.equal(venue.stop(), 0, "exit code on SIGTERM")
    half = cli.write("half.yaml", f"gateway:\n  certificate: {paths[0]}\n")
    code, _, error = cli.run("serve", "--data", folder, "--port", "0", "--config", half)
    cli.equal(code, 3, f"a certificate without its key ({error.strip()[-100:]})")


if __name__ == "__main__":
    p.main(test)
