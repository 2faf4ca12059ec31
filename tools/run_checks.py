#!/usr/bin/env python3
"""The second half of ./check: builds in several ways, runs the suites, counts meson test cases."""

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TICK_SECONDS = 20
SHOWN_LINES = 40
PASSED = ("OK", "EXPECTEDFAIL")
SKIPPED = ("SKIP",)

SANITIZER_ENV = {
    "ASAN_OPTIONS": "detect_stack_use_after_return=1:strict_string_checks=1:abort_on_error=0",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
    "TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1",
}


class Step:
    """One build folder (or one more way to run what it holds) and the suites it runs."""

    def __init__(self, name, folder, compiler, options, suites, percent=100, multiplier=1,
                 setup=None, sim_share=100, soak_seconds=60, without=(), turns=()):
        self.name, self.folder, self.compiler = name, "build/" + folder, compiler
        self.options, self.suites = options, suites
        self.percent, self.multiplier = percent, multiplier
        self.setup, self.sim_share, self.soak_seconds = setup, sim_share, soak_seconds
        self.without = without
        self.turns = turns  # of these suites each commit runs one half, drawn by its hash


# Tests of a step's suites that it leaves out, because they are long and what they would find there
# is found elsewhere in ./check.
ASAN_WITHOUT = [
    "e2e_account_page_test",  # a browser's time; e2e_door_http_test asks the same of the door
    "e2e_browser_test",  # the page's steps; what they ask of the venue other clients ask too
    "e2e_clients_python_test",  # the same calls as e2e_clients_test; most of it is Python's time
    "e2e_desk_search_test",  # its ends are unit tests; e2e_desk_test runs the same programs
    "e2e_journal_cli_test",  # long replays: the code is that of golden_verify_test and of app's tests
    "e2e_office_open_test",  # e2e_desk_open_test does the same by commands
    "e2e_office_page_test",  # the console's steps; e2e_office_test asks its process the same
    "e2e_open_venue_test",  # minutes of waiting for slots; e2e_open_test runs the same programs
    "e2e_witness_proxy_test",  # HAProxy's time; e2e_publog_test asks witnesses as well
]
VALGRIND_WITHOUT = [  # tens of seconds each here; asan runs them with more rounds
    "app_log_months_test",
    "app_open_steps_test",
    "app_rotate_steps_test",
    "desk_desk_late_test",
    "desk_desk_store_test",
    "gateway_stream_run_test",
    "history_history_test",
    "io_journal_source_test",
    "io_journal_test",
    "io_seqlog_disk_test",
    "vault_log_agent_test",
    "vault_log_answer_test",
    "vault_log_restrict_test",
    "vault_opener_test",
    "vault_opening_test",
    "vault_publog_month_test",
    "vault_publog_span_test",
    "vault_publog_test",
    "vault_restrict_proof_test",
    "vault_rewrapper_test",
    "vault_tlog_check_test",
]

# The page is built where the binary is driven from outside; elsewhere a plain one stands for it.
PAGES, NO_PAGES = "-Dpages=enabled", "-Dpages=disabled"
ALL = ["lint", "unit", "property", "golden", "fuzz", "sim", "e2e"]
STEPS = [
    Step("gcc", "gcc", "gcc", ["--buildtype=debugoptimized", PAGES], ALL),
    Step("clang", "clang", "clang-14", ["--buildtype=debugoptimized", "-Dlint=false", NO_PAGES],
         ["unit", "property", "golden", "fuzz", "sim"], percent=20, sim_share=20),
    Step("clang-O0", "clang-O0", "clang-14", ["--buildtype=debug", "-Dlint=false", NO_PAGES],
         ["golden"]),
    Step("asan", "asan", "clang-14",
         ["--buildtype=debugoptimized", "-Doptimization=1", "-Dlint=false",
          "-Db_sanitize=address,undefined", "-Db_lundef=false", PAGES],
         ["unit", "property", "golden", "sim", "e2e"], percent=20, multiplier=3, sim_share=33,
         soak_seconds=30, without=ASAN_WITHOUT, turns=("e2e",)),
    Step("tsan", "tsan", "clang-14",
         ["--buildtype=debugoptimized", "-Doptimization=1", "-Dlint=false",
          "-Db_sanitize=thread", "-Db_lundef=false", NO_PAGES],
         ["thread"], percent=20, multiplier=5),
    Step("valgrind", "gcc", "gcc", ["--buildtype=debugoptimized", PAGES], ["unit"], percent=2,
         multiplier=4, setup="valgrind", without=VALGRIND_WITHOUT, turns=("unit",)),
    Step("fuzz", "fuzz", "clang-14",
         ["--buildtype=debugoptimized", "-Doptimization=1", "-Dlint=false", "-Dfuzz=true",
          "-Db_sanitize=address,undefined", "-Db_lundef=false", NO_PAGES], ["fuzz"]),
]


def has_turn(step, test, seed):
    """What is long and seldom finds anything is run by every second commit: drawn by the commit's
    seed and the name, so that a commit runs the same again."""
    if not any(suite.split(":")[-1] in step.turns for suite in test["suite"]):
        return True
    return hashlib.sha256(f"{seed} {step.name} {test['name']}".encode()).digest()[0] % 2 == 0


class Checks:
    def __init__(self, arguments):
        self.arguments = arguments
        self.began = time.monotonic()
        self.passed = 0
        self.failed, self.skipped = [], []
        self.jobs = len(os.sched_getaffinity(0))
        # Sanitizers place their shadow memory at fixed addresses, which randomised maps may hit.
        probe = subprocess.run(["setarch", "-R", "true"], capture_output=True, check=False)
        self.fixed_maps = ["setarch", "-R"] if probe.returncode == 0 else []

    def say(self, text):
        print(f"[{time.monotonic() - self.began:5.0f} s] {text}", flush=True)

    def run(self, step, what, command, env=None):
        """Runs a command with a line every so often; (exit code, its output)."""
        log_path = os.path.join(ROOT, "build", "check", f"{step.name}-{what.split()[0]}.log")
        os.makedirs(os.path.dirname(log_path), exist_ok=True)
        lines = []
        with subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace") as process, \
                open(log_path, "w", encoding="utf-8") as log:
            def follow():
                for line in process.stdout:
                    lines.append(line.rstrip("\n"))
                    log.write(line)
            reader = threading.Thread(target=follow)
            reader.start()
            begun = time.monotonic()
            while True:
                reader.join(TICK_SECONDS)
                if not reader.is_alive():
                    break
                last = next((line for line in reversed(lines) if re.match(r"\[\d+/|\s*\d+/", line)),
                            "")
                self.say(f"{step.name}: {what}, {time.monotonic() - begun:.0f} s  {last.strip()[:90]}")
            process.wait()
        return process.returncode, lines

    def fail(self, step, what, lines):
        self.failed.append(f"{step.name}: {what}")
        self.say(f"{step.name}: FAILED {what}")
        for line in lines[-SHOWN_LINES:]:
            print("    " + line)

    def environment(self, step):
        env = dict(os.environ, **SANITIZER_ENV)
        commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True,
                                text=True, check=False).stdout.strip()
        env.setdefault("CAMBIST_COMMIT", commit or "unknown")
        env.setdefault("CAMBIST_SEED_BASE", str(int(commit[:8], 16)) if commit else "1")
        env["CAMBIST_TEST_PERCENT"] = str(step.percent)
        env["CAMBIST_SIM_SECONDS"] = str(
            max(1, self.arguments.sim_seconds * step.sim_share // 100))
        env.setdefault("CAMBIST_SOAK_SECONDS", str(step.soak_seconds))
        # One more than there are processors: many tests wait for a disk, a browser or a clock.
        env["MESON_TESTTHREADS"] = str(self.jobs + 1)
        env["CC"] = step.compiler
        env["CC_LD"] = "lld"  # hundreds of test programs: half the time of binutils' linker
        return env

    def introspect(self, step, what):
        text = subprocess.run(["meson", "introspect", step.folder, "--" + what], cwd=ROOT,
                              capture_output=True, text=True, check=True).stdout
        return json.loads(text)

    def tests(self, step):
        """What Meson knows of this step's tests."""
        tests = [test for test in self.introspect(step, "tests")
                 if any(suite.split(":")[-1] in step.suites for suite in test["suite"])]
        unknown = set(step.without) - {test["name"] for test in tests}
        if unknown:
            self.fail(step, f"no such test to leave out: {' '.join(sorted(unknown))}", [])
        seed = self.environment(step)["CAMBIST_SEED_BASE"] if step.turns else ""
        return [test for test in tests
                if test["name"] not in step.without and has_turn(step, test, seed)]

    def targets(self, step, tests):
        """The files to build for these tests."""
        wanted = {identity for test in tests for identity in test["depends"]}
        files = [name for target in self.introspect(step, "targets") if target["id"] in wanted
                 for name in target["filename"]]
        base = os.path.join(ROOT, step.folder)
        return sorted(os.path.relpath(name, base) for name in files)

    def build(self, step):
        """Sets up and compiles; the names of the tests, or None when that failed."""
        options = list(step.options)
        if "-Dfuzz=true" in options:
            options.append(f"-Dfuzz_seconds={self.arguments.fuzz_seconds}")
        script = '. tools/packages.sh && build_configure "$@"'
        code, lines = self.run(step, "setup", ["bash", "-c", script, "setup", step.folder, *options],
                               self.environment(step))
        if code != 0:
            self.fail(step, "setup", lines)
            return None
        tests = self.tests(step)
        # The first step builds the whole, so that nothing stays uncompiled.
        goals = [] if step.name in ("gcc", "clang") else self.targets(step, tests)
        if tests and (goals or step.name in ("gcc", "clang")):
            code, lines = self.run(step, "compile",
                                   ["ninja", "-C", step.folder, f"-j{self.jobs}", *goals],
                                   self.environment(step))
            if code != 0:
                self.fail(step, "compile", lines)
                return None
        return [test["name"] for test in tests]

    def read_results(self, step, log):
        with open(os.path.join(ROOT, log), encoding="utf-8") as results:
            for line in results:
                self.count_result(step, json.loads(line))

    def count_result(self, step, result):
        name = result["name"].split(" / ")[-1]
        stdout = result.get("stdout") or ""
        for case in re.findall(r"^\[  SKIPPED \] (\w+)$", stdout, re.M):
            entry = f"{step.name}: {name}: {case}"
            if entry not in self.skipped:
                self.skipped.append(entry)
        if result["result"] in PASSED:
            self.passed += 1
        elif result["result"] in SKIPPED:
            reason = (stdout.strip().splitlines() or ["no reason given"])[-1]
            self.skipped.append(f"{step.name}: {name}: {reason}")
        else:
            output = stdout + (result.get("stderr") or "")
            self.fail(step, f"{name} ({result['result']}, {result['duration']:.0f} s)",
                      output.strip().splitlines())
            setup = f" --setup {step.setup}" if step.setup else ""
            print(f"    again: meson test -C {step.folder}{setup} -v {name}", flush=True)

    def run_tests(self, step, names):
        log = f"{step.folder}/meson-logs/testlog{'-' + step.setup if step.setup else ''}.json"
        if os.path.exists(os.path.join(ROOT, log)):
            os.unlink(os.path.join(ROOT, log))
        command = [*self.fixed_maps, "meson", "test", "-C", step.folder, "--no-rebuild",
                   "--timeout-multiplier", str(step.multiplier)]
        for suite in step.suites:
            command += ["--suite", suite]
        if step.setup:
            command += ["--setup", step.setup]
        if step.without:
            command += names
        before = self.passed, len(self.failed), len(self.skipped)
        code, lines = self.run(step, f"test ({len(names)})", command, self.environment(step))
        if os.path.exists(os.path.join(ROOT, log)):
            self.read_results(step, log)
        elif code != 0:
            self.fail(step, "test", lines)
        self.say(f"{step.name}: {self.passed - before[0]} passed, "
                 f"{len(self.failed) - before[1]} failed, {len(self.skipped) - before[2]} skipped")

    def run_step(self, step):
        self.say(f"{step.name}: building {step.folder}, then {' '.join(step.suites)}")
        names = self.build(step)
        if names is None:
            return
        if not names:
            self.say(f"{step.name}: no such tests yet")
            return
        self.run_tests(step, names)

    def close(self):
        if self.skipped:
            print("skipped:")
            for name in self.skipped:
                print("  " + name)
        if self.failed:
            print("failed:")
            for name in self.failed:
                print("  " + name)
        print(f"{self.passed} passed, {len(self.failed)} failed, {len(self.skipped)} skipped",
              flush=True)
        return 1 if self.failed or self.passed == 0 else 0


def main():
    parser = argparse.ArgumentParser(prog="./check", description=__doc__)
    parser.add_argument("--only", default="")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--fuzz-seconds", type=int, default=3)
    parser.add_argument("--sim-seconds", type=int, default=60)
    arguments = parser.parse_args()
    if arguments.list:
        for step in STEPS:
            print(f"{step.name:10} {step.folder:15} {' '.join(step.suites)}")
            for name in step.without:
                print(f"{'':26} without {name}")
        return 0
    wanted = [name for name in arguments.only.split(",") if name]
    unknown = set(wanted) - {step.name for step in STEPS}
    if unknown:
        print(f"./check: no step is called {' '.join(sorted(unknown))}; ./check --list names them",
              file=sys.stderr)
        return 2
    checks = Checks(arguments)
    env = checks.environment(STEPS[0])
    checks.say(f"commit {env['CAMBIST_COMMIT'][:12]}, seed base {env['CAMBIST_SEED_BASE']}")
    for step in STEPS:
        if not wanted or step.name in wanted:
            checks.run_step(step)
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
