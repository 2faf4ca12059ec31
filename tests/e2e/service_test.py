#!/usr/bin/env -S python3 -B
"""What a service manager meets: the unit keeps a venue in narrow bounds and names the exit codes that
a new start cannot mend; a venue tells its manager when it is ready, that it is alive and when it
stops; how large it is made; an install brings every manual page and the completion. usage: service_test.py BINARY"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys

import program as p

UNIT = "packaging/systemd/cambist.service"
EXPOSURE_MAX = 1.5
PATIENCE = 60


def check_unit(cli):
    with open(UNIT, encoding="utf-8") as file:
        unit = file.read()
    with open("docs/exit-codes.md", encoding="utf-8") as file:
        documented = re.search(r"RestartPreventExitStatus=([0-9 ]+)", file.read()).group(1)
    found = re.search(r"^RestartPreventExitStatus=(.*)$", unit, re.M)
    cli.equal(found and found.group(1), documented, "the codes after which nobody starts again")
    for command in re.findall(r"^Exec(?:Start|StartPre|Reload)=/usr/bin/cambist (.*)$", unit, re.M):
        words = command.split()
        code, text, _ = cli.run(words[0], "--help")
        cli.equal(code, 0, f"the unit's cambist {words[0]}")
        for option in (word for word in words if word.startswith("--")):
            cli.check(option in text, f"the unit's cambist {words[0]} {option}")
    if shutil.which("systemd-analyze") is None:
        return False
    outcome = subprocess.run(["systemd-analyze", "security", "--offline=yes", "--no-pager", UNIT],
                             capture_output=True, text=True, check=False)
    level = re.search(r"Overall exposure level for cambist.service: ([0-9.]+)", outcome.stdout)
    cli.check(level is not None, f"an exposure level in {outcome.stdout[-200:]!r} {outcome.stderr!r}")
    if level is not None:
        cli.check(float(level.group(1)) <= EXPOSURE_MAX, f"exposure {level.group(1)}")
        print(f"systemd-analyze security: {level.group(1)}")
    return True


def check_size(cli):
    """How large a venue is stands in its first command; sizes that cannot be are refused."""
    code, output, _ = cli.run("init", cli.path("large"), "--accounts", "1000000", "--orders", "5000")
    cli.check(code == 0 and "1000000" in output, f"a large venue: {code}, {output}")
    code, output, _ = cli.run("dump", "--commands", "--count", "1", cli.path("large"))
    first = json.loads(output)["command"]
    cli.equal((code, first["accounts_max"], first["persons_max"], first["balance_rows_max"],
               first["orders_max"]), (0, 1000000, 1000000, 12000000, 5000), "its first command")
    for name, number in (("accounts", "99"), ("accounts", "4000001"), ("orders", "999"),
                         ("orders", "16000001"), ("orders", "many")):
        code, _, error = cli.run("init", cli.path("none"), f"--{name}", number)
        cli.check(code == 2 and f'--{name}: "{number}" is not a number from' in error,
                  f"{name} {number}: {code}, {error!r}")
    cli.check(not os.path.exists(cli.path("none")), "nothing is begun")


def check_notify(cli):
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind(cli.path("notify"))
    manager.settimeout(PATIENCE)
    code, _, error = cli.run("init", cli.path("venue"))
    cli.equal((code, error), (0, ""), "init")
    cli.refuses(["init", cli.path("venue")], 15,
                f"cambist init: {cli.path('venue')}: there is a venue in this folder already")
    environment = dict(os.environ, NOTIFY_SOCKET=cli.path("notify"), WATCHDOG_USEC="200000")
    with open(cli.path("serve.log"), "wb") as log:
        process = subprocess.Popen([cli.binary, "serve", "--data", cli.path("venue"), "--port", "0"],
                                   env=environment, stdout=subprocess.DEVNULL, stderr=log)
        heard = []
        try:
            while "READY=1\nSTATUS=ready" not in heard and len(heard) < 1000:
                heard.append(manager.recv(256).decode())
            cli.check("READY=1\nSTATUS=ready" in heard, "ready")
            cli.equal(manager.recv(256).decode(), "WATCHDOG=1", "alive")
            process.send_signal(signal.SIGTERM)
            while "STOPPING=1\nSTATUS=stopping" not in heard and len(heard) < 2000:
                heard.append(manager.recv(256).decode())
            cli.equal(process.wait(timeout=PATIENCE), 0, "stopped in order")
            cli.equal(set(heard) - {"WATCHDOG=1"},
                      {"READY=1\nSTATUS=ready", "STOPPING=1\nSTATUS=stopping"}, "nothing else")
        except socket.timeout:
            cli.check(False, f"silence after {heard}")
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            manager.close()


def check_install(cli):
    """As tools/install_pages.sh is called by meson install."""
    outcome = subprocess.run(["tools/install_pages.sh", cli.binary, "share/man", "share/completions"],
                             env=dict(os.environ, MESON_INSTALL_DESTDIR_PREFIX=cli.path("usr")),
                             capture_output=True, text=True, check=False)
    cli.equal((outcome.returncode, outcome.stderr), (0, ""), "the install script")
    _, text, _ = cli.run("--help")
    commands = re.findall(r"^  ([a-z-]+) ", text, re.M)
    cli.equal(sorted(os.listdir(cli.path("usr/share/man/man1"))),
              sorted(["cambist.1"] + [f"cambist-{name}.1" for name in commands]), "pages")
    cli.check(os.path.getsize(cli.path("usr/share/completions/cambist")) > 1000, "the completion")


def run(cli):
    check_install(cli)
    check_size(cli)
    check_notify(cli)
    if not check_unit(cli) and cli.failed == 0:
        cli.finish()
        print("skipped: systemd-analyze is not installed, the unit's exposure is not measured")
        sys.exit(77)


p.main(run)
