#!/usr/bin/env -S python3 -B
"""What the shipped binary says when the world fails: a full disk, a read-only one, wrong rights,
files that are foreign, newer or damaged, another venue's parts, bad input with a journal at hand.
Each time the exit code (docs/exit-codes.md), the exact message with file and cause, and nothing
lost. Full and read-only disks are small memory file systems in a mount space of their own; where
that is not allowed, those parts are skipped by name.
usage: faults_test.py BINARY"""

import os
import shutil
import subprocess
import time

import journal_reader
import program as p

IO, INPUT, FULL, READ_ONLY, PERMISSION, MISSING = 10, 4, 11, 12, 13, 14
FOREIGN, NEWER, ROT, DIVERGED = 17, 18, 19, 22
NOBODY = "65534"
FLOW = ["--generate", "deep", "--depth", "100", "--count", "2000", "--seed", "3"]
# A batch for each command takes a block each: more than one segment of 128 MiB.
LONG_FLOW = ["--generate", "deep", "--depth", "100", "--count", "40000", "--seed", "3", "--batch",
             "1"]
SEGMENT = "00000000000000000001.journal"
INSIDE_MOUNT = "CAMBIST_TEST_INSIDE_MOUNT"


def said(cli, arguments, code, text, run=None):
    """The last line of standard error is this one, and so is the exit code."""
    found, _, error = (run or cli.run)(*arguments)
    lines = error.strip().splitlines() or [""]
    cli.equal((found, lines[-1]), (code, text), "cambist " + " ".join(arguments))


def skipped(name, why):
    print(f"{name}: {why}\n[  SKIPPED ] {name}")


def change(path, offset, content):
    with open(path, "r+b") as file:
        file.seek(offset)
        file.write(content)


# ---- file systems of our own ----

def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


def check_full_disk(cli, disk, expected):
    """One segment of the journal fits, the next one does not."""
    folder = os.path.join(disk, "full")
    journal = os.path.join(folder, "journal")
    os.makedirs(journal)
    mount("-t", "tmpfs", "-o", "size=200m", "none", journal)
    code, _, error = cli.run("replay", *LONG_FLOW, "--journal", folder)
    cli.equal(code, FULL, f"replay on a disk that becomes full: {error}")
    cli.check("journal.prepare_failed" in error, f"a warning comes first: {error}")
    last = error.strip().splitlines()[-1]
    cli.check(last.startswith(f"cambist replay: {folder}/journal/prepared-")
              and last.endswith(".tmp: reserve 134217728 bytes: No space left on device"), last)
    found = cli.json("verify", folder, "--json")
    cli.equal(found.get("verdict"), "ok", "verify on the full disk")
    cli.check(found.get("seq", 0) > 30000, f"what was written is there: {found.get('seq')}")
    with open(os.path.join(disk, "ballast"), "wb") as ballast:
        try:
            while True:
                ballast.write(bytes(1 << 16))
                ballast.flush()
        except OSError:
            pass
    code, _, error = cli.run("snapshot", folder)
    cli.equal(code, FULL, f"snapshot on the full disk: {error}")
    cli.check(error.startswith(f"cambist snapshot: {folder}/snapshots/"), error)
    os.unlink(os.path.join(disk, "ballast"))
    mount("-o", "remount,size=400m", journal)
    whole = cli.json("replay", *LONG_FLOW, "--journal", folder, "--json")
    for name in ("trades", "trade_hash", "resting", "state_hash"):
        cli.equal(whole.get(name), expected.get(name), f"{name} after room was made")
    cli.check(whole.get("taken_before", 0) > 0, "it went on, and did not begin anew")
    cli.equal(cli.json("verify", folder, "--json").get("state_hash"), whole.get("state_hash"),
              "verify in the end")
    check_packing(cli, folder, whole)
    subprocess.run(["umount", journal], check=True)
    shutil.rmtree(folder)


def check_packing(cli, folder, whole):
    """Here is a journal of two segments: the closed one is packed, and read as before."""
    found = cli.json("snapshot", folder, "--pack", "--json")
    cli.equal((found.get("packed"), found.get("packed_from_bytes")), (1, 128 << 20), "packed")
    names = sorted(name for name in os.listdir(os.path.join(folder, "journal"))
                   if ".journal" in name)
    cli.equal([name.endswith(".zst") for name in names], [True, False], f"{names}")
    cli.equal(cli.json("snapshot", folder, "--pack", "--json").get("packed"), 0, "packed once")
    cli.equal(cli.json("verify", folder, "--json").get("state_hash"), whole.get("state_hash"),
              "verify of a packed journal")
    again = cli.json("replay", *LONG_FLOW, "--journal", folder, "--json")
    cli.equal((again.get("ops"), again.get("state_hash")), (0, whole.get("state_hash")),
              "a start from a packed journal")


def check_full_events(cli, disk):
    """The event log is only a cache, but what cannot be told is not done."""
    folder = os.path.join(disk, "events-full")
    os.makedirs(os.path.join(folder, "events"))
    mount("-t", "tmpfs", "-o", "size=4m", "none", os.path.join(folder, "events"))
    code, _, error = cli.run("replay", *FLOW, "--journal", folder)
    cli.equal(code, FULL, f"no room for events: {error}")
    last = error.strip().splitlines()[-1]
    cli.check(last.startswith(f"cambist replay: {folder}/events/")
              and last.endswith("No space left on device"), last)
    subprocess.run(["umount", os.path.join(folder, "events")], check=True)
    found = cli.json("replay", *FLOW, "--journal", folder, "--json")
    cli.equal(found.get("verdict"), "ok", "with room for events")
    shutil.rmtree(folder)


def check_read_only_disk(cli, disk):
    folder = os.path.join(disk, "data")
    whole = cli.json("replay", *FLOW, "--journal", folder, "--json")
    mount("-o", "remount,ro", disk)
    for arguments, text in [
            (["replay", *FLOW, "--journal", folder], f"{folder}/journal/LOCK: cannot create"),
            (["replay", *FLOW, "--journal", disk + "/new"], f"{disk}/new: cannot make the folder"),
            (["snapshot", folder], f"{folder}/snapshots/LOCK: cannot create"),
            (["repair", folder, "--void", "9", "--reason", "1"],
             f"{folder}/journal/LOCK: cannot create"),
            (["man", "--write", disk], f"{disk}/cambist.1"),
    ]:
        cli.refuses(arguments, READ_ONLY,
                    f"cambist {arguments[0]}: {text}: Read-only file system")
    cli.equal(cli.json("verify", folder, "--json").get("state_hash"), whole.get("state_hash"),
              "verify on a read-only disk")
    cli.equal(cli.run("dump", folder, "--count", "1")[0], 0, "dump on a read-only disk")


def inside_mount(cli):
    disk = os.environ[INSIDE_MOUNT]
    expected = cli.json("replay", *LONG_FLOW, "--json")
    mount("-t", "tmpfs", "-o", "size=600m", "none", disk)
    check_full_events(cli, disk)
    check_full_disk(cli, disk, expected)
    check_read_only_disk(cli, disk)


def check_disks(cli):
    """Once more this script, where it may mount."""
    disk = cli.path("disk")
    os.mkdir(disk)
    space = ["unshare", "--mount", "--propagation", "private"]
    probe = shutil.which("unshare") and subprocess.run(
        [*space, "mount", "-t", "tmpfs", "none", disk], capture_output=True, text=True, check=False)
    if not probe or probe.returncode != 0:
        skipped("full_and_read_only_disks",
                probe.stderr.strip() if probe else "there is no unshare")
        return
    outcome = subprocess.run([*space, p.sys.executable, "-B", os.path.abspath(__file__), cli.binary],
                             capture_output=True, text=True, check=False, timeout=280,
                             env=dict(os.environ, **{INSIDE_MOUNT: disk}))
    cli.equal(outcome.returncode, 0, f"full and read-only disks:\n{outcome.stdout}{outcome.stderr}")


# ---- rights ----

def check_rights(cli):
    """Root ignores modes, so root becomes nobody first, with a binary that nobody can reach."""
    base = cli.path("rights")
    os.mkdir(base)
    os.chmod(cli.folder, 0o755)
    binary = shutil.copy(cli.binary, base)
    os.chmod(binary, 0o755)
    become = []
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            skipped("wrong_rights", "there is no setpriv")
            return
        become = ["setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]

    def run(*arguments):
        outcome = subprocess.run([*become, binary, *arguments], capture_output=True, text=True,
                                 check=False, timeout=120)
        return outcome.returncode, outcome.stdout, outcome.stderr

    def refused(arguments, text):
        said(cli, arguments, PERMISSION, f"cambist {arguments[0]}: {text}: Permission denied", run)

    folder = os.path.join(base, "data")
    journal = os.path.join(folder, "journal")
    segment = os.path.join(journal, SEGMENT)
    os.chmod(base, 0o555)
    refused(["replay", *FLOW, "--journal", folder], f"{folder}: cannot make the folder")
    os.chmod(base, 0o755)
    cli.json("replay", *FLOW, "--journal", folder, "--json")
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        os.chmod(path, 0o555 if os.path.isdir(path) else 0o444)
    os.chmod(folder, 0o555)
    for name in ("LOCK", SEGMENT):
        os.chmod(os.path.join(journal, name), 0o444)
    refused(["replay", *FLOW, "--journal", folder], f"{journal}/LOCK: cannot create")
    refused(["repair", folder, "--void", "9", "--reason", "1"], f"{journal}/LOCK: cannot create")
    code, _, error = run("verify", folder)
    cli.equal(code, 0, f"verify by somebody who may only read: {error}")
    os.chmod(segment, 0)
    refused(["verify", folder], f"{segment}: cannot open")
    os.chmod(journal, 0)
    refused(["verify", folder], f"{journal}: cannot open the folder")
    orders = cli.write("orders", p.sample_file())
    os.chmod(orders, 0)
    refused(["replay", "--orders", orders], f"{orders}: cannot open")
    for path, mode in ((folder, 0o755), (journal, 0o755), (segment, 0o644)):
        os.chmod(path, mode)
    cli.equal(cli.json("replay", *FLOW, "--journal", folder, "--json").get("taken_before"), 2100,
              "nothing was lost")


def check_looking_on(cli):
    """Somebody who may read but not lock looks at a venue that is running: its last batch is left
    out, and half of one is not taken for damage."""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        skipped("looking_on", "only root can become somebody else, with setpriv")
        return
    base = cli.path("looked-at")
    os.mkdir(base)
    binary = shutil.copy(cli.binary, base)
    folder = os.path.join(base, "data")
    with subprocess.Popen([binary, "replay", "--generate", "deep", "--depth", "100", "--count",
                           "2000000", "--seed", "3", "--batch", "1", "--journal", folder],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and not os.path.exists(f"{folder}/events/control"):
            time.sleep(0.01)
        time.sleep(0.3)
        subprocess.run(["chmod", "-R", "a+rX", base], check=True)
        outcome = subprocess.run(["setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups",
                                  binary, "verify", folder, "--json"], capture_output=True,
                                 text=True, check=False, timeout=120)
        running = process.poll() is None
        process.kill()
    lines = outcome.stdout.strip().splitlines() or ["{}"]
    cli.equal((outcome.returncode, p.json.loads(lines[-1]).get("live"), running), (0, True, True),
              f"verify by somebody else beside a running venue: {outcome.stderr}")


# ---- files that are not what they should be ----

def check_files(cli):
    sound = cli.path("sound")
    cli.json("replay", *FLOW, "--journal", sound, "--json")
    other = cli.path("other")
    cli.json("replay", *FLOW, "--journal", other, "--json")
    for case in ("foreign", "newer", "rot", "short", "name", "venue", "events", "snapshot"):
        shutil.copytree(sound, cli.path(case))

    def refused(case, code, text, *commands):
        for command in commands:
            arguments = ([command, cli.path(case)] if command != "replay"
                         else ["replay", *FLOW, "--journal", cli.path(case)])
            said(cli, arguments, code, f"cambist {command}: {cli.path(case)}/{text}")

    segment = f"journal/{SEGMENT}"
    with open(cli.path("foreign/" + segment), "wb") as file:
        file.write(b"PNG!" * 2048)
    refused("foreign", FOREIGN, f"{segment}: not a journal segment (byte offset 0)", "verify",
            "replay", "snapshot", "dump")

    path = cli.path("newer/" + segment)
    with open(path, "rb") as file:
        head = bytearray(file.read(4096))
    head[8:12] = (2).to_bytes(4, "little")
    head[12:16] = journal_reader.header_crc(bytes(head), 12).to_bytes(4, "little")
    change(path, 0, head)
    refused("newer", NEWER, f"{segment}: written by a newer version; this one reads format 1",
            "verify", "replay", "snapshot", "dump")

    change(cli.path("rot/" + segment), 4096 + 200, b"\x55\xaa")
    code, _, error = cli.run("verify", cli.path("rot"))
    cli.equal(code, ROT, "verify of damaged bytes")
    cli.check(error.startswith(f"cambist verify: {cli.path('rot')}/{segment}: damaged at byte "
                               "offset 4096: the records do not match their checksum; a later "
                               "batch, sequence "), error)
    cli.equal(cli.run("replay", *FLOW, "--journal", cli.path("rot")), (ROT, "", error.replace(
        "cambist verify", "cambist replay")), "replay over damaged bytes")
    cli.equal(cli.run("dump", cli.path("rot")), (ROT, "", error.replace(
        "cambist verify", "cambist dump")), "dump of damaged bytes")

    os.truncate(cli.path("short/" + segment), 1 << 20)
    refused("short", ROT, f"{segment}: damaged at byte offset 1048576: the file has 1048576 bytes, "
                          "not 134217728", "verify", "replay")

    os.rename(cli.path("name/" + segment), cli.path("name/journal/00000000000000000007.journal"))
    refused("name", ROT, "journal/00000000000000000007.journal: the name does not match the "
                         "contents, which begin at 1", "verify", "replay")

    # Parts of two venues in one folder.
    ended = cli.json("verify", other, "--json")["seq"]
    follower = f"journal/{ended + 1:020d}.journal"
    shutil.copy(cli.path("other/" + segment), cli.path("venue/" + follower))
    refused("venue", ROT, f"{follower}: the name does not match the contents, which begin at 1",
            "verify")
    shutil.rmtree(cli.path("events/events"))
    shutil.copytree(cli.path("other/events"), cli.path("events/events"))
    refused("events", FOREIGN, "events/control: belongs to another venue", "replay")
    cli.json("snapshot", other, "--json")
    shutil.rmtree(cli.path("snapshot/snapshots"))
    shutil.copytree(cli.path("other/snapshots"), cli.path("snapshot/snapshots"))
    code, _, error = cli.run("verify", cli.path("snapshot"))
    cli.equal(code, DIVERGED, "verify with another venue's snapshot")
    cli.check(error.startswith(f"cambist verify: {cli.path('snapshot')}/snapshots/") and
              "it belongs to another journal" in error, error)
    code, _, error = cli.run("snapshot", cli.path("snapshot"))
    cli.equal(code, 0, f"a start leaves it aside: {error}")
    cli.check("recovery.snapshot_" in error, f"and says so: {error}")


def check_places(cli):
    """Names that are something else."""
    name = cli.write("a file", "x")
    for arguments, code, text in [
            (["verify", name], MISSING, f"{name}/journal: cannot look at it: Not a directory"),
            (["replay", *FLOW, "--journal", name], MISSING,
             f"{name}/journal: cannot look at it: Not a directory"),
            (["replay", *FLOW, "--journal", name + "/x"], MISSING,
             f"{name}/x: cannot look at it: Not a directory"),
            (["replay", "--orders", cli.folder], IO,
             f"{cli.folder}: read of 65536 bytes at offset 0: Is a directory"),
            (["man", "--write", cli.path("nowhere")], MISSING,
             f"{cli.path('nowhere')}/cambist.1: No such file or directory"),
    ]:
        cli.refuses(arguments, code, f"cambist {arguments[0]}: {text}")
    for arguments in (["version"], ["verify", cli.path("sound")], ["man"],
                      ["replay", *FLOW, "--json"]):
        with open("/dev/full", "w", encoding="ascii") as full:
            outcome = subprocess.run([cli.binary, *arguments], stdout=full, stderr=subprocess.PIPE,
                                     text=True, check=False)
        cli.equal((outcome.returncode, outcome.stderr),
                  (IO, f"cambist {arguments[0]}: standard output cannot be written\n"),
                  f"{arguments[0]} into a full device")


def check_partial_input(cli):
    """A bad file leaves no journal behind; a journal that is there stays as it was."""
    bad = cli.write("bad.log", '1 order_created {"price": "1"}\n')
    folder = cli.path("untouched")
    code, _, error = cli.run("replay", "--bitstamp", bad, "--journal", folder)
    cli.equal(code, INPUT, f"bad input: {error}")
    cli.check(not os.path.exists(folder), "no journal of it")
    before = cli.json("verify", cli.path("sound"), "--json")
    cli.equal(cli.run("replay", "--bitstamp", bad, "--journal", cli.path("sound"))[0], INPUT,
              "bad input on a journal")
    after = cli.json("verify", cli.path("sound"), "--json")
    cli.equal((after["seq"], after["batch_hash"]), (before["seq"], before["batch_hash"]),
              "the journal as it was")
    # Another flow than the one the journal holds is told before anything is appended.
    others = FLOW[:-1] + ["4"]
    code, _, error = cli.run("replay", *others, "--journal", cli.path("sound"))
    cli.equal(code, DIVERGED, f"another flow: {error}")
    cli.check(error.startswith(f"cambist replay: {cli.path('sound')}: the journal holds another "
                               "flow: command "), error)
    after = cli.json("verify", cli.path("sound"), "--json")
    cli.equal((after["seq"], after["batch_hash"]), (before["seq"], before["batch_hash"]),
              "the journal as it was")


def run(cli):
    if INSIDE_MOUNT in os.environ:
        inside_mount(cli)
        return
    check_disks(cli)
    check_rights(cli)
    check_looking_on(cli)
    check_files(cli)
    check_places(cli)
    check_partial_input(cli)


p.main(run)
