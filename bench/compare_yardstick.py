#!/usr/bin/env python3
"""Our core beside the yardstick, on the same order files, in turn, as ratios.

usage: compare_yardstick.py BUILD [--rounds N] [--ops N] [--seed N] [--instructions] [--json]

BUILD is a release build with -Dbench=true:

    meson setup build/bench --buildtype=release -Dbench=true && ninja -C build/bench

Order files are made in a temporary folder. Every run of either side checks its trades against the
oracle in the file; one that does not agree ends the comparison. Latencies and instructions of ours
are measured by `cambist bench`, on flow that it makes: of the same kind, depth and mixture, not the
same file. --instructions counts those of one command at a time with callgrind, over 200,000
commands, which takes a minute more.

A row shows the medians of both sides, their ratio, and the ratio of their best runs. For rates more
is better, for latencies less."""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile

WORKLOADS = (("deep 100k", "deep", 100000, 0.6), ("deep 1M", "deep", 1000000, 0.6),
             ("hot 10k", "hot", 10000, 0.5))


def out_of(arguments):
    outcome = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if outcome.returncode != 0:
        sys.exit(f"{' '.join(arguments)}: exit code {outcome.returncode}\n{outcome.stderr}")
    return outcome.stdout


class Sides:
    def __init__(self, build):
        self.cambist = os.path.join(build, "src/app/cambist")
        self.folder = os.path.join(build, "bench/yardstick")
        for path in (self.cambist, self.yardstick("yardstick")):
            if not os.path.exists(path):
                sys.exit(f"{path}: is not there; build with -Dbench=true")

    def yardstick(self, name):
        return os.path.join(self.folder, name)

    def orders(self, folder, kind, depth, count, seed):
        path = os.path.join(folder, f"{kind}-{depth}-{count}.vord")
        if not os.path.exists(path):
            out_of([self.yardstick("gen_orders"), path, kind, str(depth), str(count), str(seed)])
        return path

    def yardstick_rate(self, path):
        """Nanoseconds per operation."""
        return self._yardstick("yardstick", path, "thr", r"([0-9.]+) ns/op")[0]

    def yardstick_latency(self, path):
        """p50 and p99 in nanoseconds."""
        return self._yardstick("yardstick_single", path, "lat", r"p50 (\d+) .*p99 (\d+) ")

    def _yardstick(self, name, path, mode, pattern):
        text = out_of([self.yardstick(name), path, mode])
        if "SAME" not in text:
            sys.exit(f"{name} {path}: other trades than the file's oracle: {text}")
        return tuple(float(number) for number in re.search(pattern, text).groups())

    def our_rate(self, path):
        """Nanoseconds per operation; cambist checks the oracle itself."""
        return json.loads(out_of([self.cambist, "replay", "--orders", path, "--json"])
                          .splitlines()[-1])["ns_per_op"]

    def our_latency(self, count, seed):
        """p50 and p99 in nanoseconds, on flow of the same kind, depth and length."""
        row = json.loads(out_of([self.cambist, "bench", "--only", "single", "--rounds", "1",
                                 "--count", str(count), "--seed", str(seed), "--json"])
                         .splitlines()[-1])["rows"][0]
        return float(row["p50_ns"]), float(row["p99_ns"])

    def instructions(self, folder, seed):
        """Per operation, one at a time on a deep book; filling the book goes in batches."""
        count = 200000
        outcome = subprocess.run(
            ["valgrind", "--tool=callgrind",
             "--callgrind-out-file=" + os.path.join(folder, "callgrind.out"),
             "--toggle-collect=core_apply", self.cambist, "bench", "--only", "single", "--rounds",
             "1", "--count", str(count), "--seed", str(seed), "--json"],
            capture_output=True, text=True, check=False)
        found = re.search(r"Collected : (\d+)", outcome.stderr)
        if outcome.returncode != 0 or not found:
            sys.exit(f"callgrind: {outcome.stderr[-500:]}")
        return int(found.group(1)) / count


def row(name, ours, theirs, rates):
    """Medians, ratio of medians, ratio of the best. Of rates, how many times theirs we reach."""
    pairs = ((statistics.median(ours), statistics.median(theirs)), (min(ours), min(theirs)))
    ratios = [b / a if rates else a / b for a, b in pairs]
    return {"row": name, "ours_ns": pairs[0][0], "yardstick_ns": pairs[0][1],
            "ratio": round(ratios[0], 3), "ratio_best": round(ratios[1], 3)}


def measure(sides, options, folder):
    rows = []
    for name, kind, depth, wanted in WORKLOADS:
        path = sides.orders(folder, kind, depth, options.ops, options.seed)
        ours, theirs = [], []
        for number in range(options.rounds):
            print(f"\r{name}: round {number + 1} of {options.rounds} ", end="", file=sys.stderr)
            theirs.append(sides.yardstick_rate(path))
            ours.append(sides.our_rate(path))
        rows.append(row(name, ours, theirs, True) | {"wanted": wanted})
    path = sides.orders(folder, "deep", 100000, options.ops, options.seed)
    ours, theirs = [], []
    for number in range(options.rounds):
        print(f"\rone at a time: round {number + 1} of {options.rounds} ", end="", file=sys.stderr)
        theirs.append(sides.yardstick_latency(path))
        ours.append(sides.our_latency(options.ops, options.seed))
    for place, name in ((0, "single p50"), (1, "single p99")):
        rows.append(row(name, [pair[place] for pair in ours], [pair[place] for pair in theirs],
                        False) | {"wanted": 1.5})
    if options.instructions:
        print("\rcounting instructions ", end="", file=sys.stderr)
        rows.append({"row": "instructions", "ours": round(sides.instructions(folder, options.seed)),
                     "wanted": 300})
    print("\r" + " " * 40 + "\r", end="", file=sys.stderr)
    return rows


def show(rows):
    print(f"{'':14}{'ours':>10}{'yardstick':>11}{'ratio':>8}{'best':>8}{'wanted':>9}")
    for line in rows:
        if line["row"] == "instructions":
            print(f"{'instructions':14}{line['ours']:>10}{'':27}{'<= 300':>9}")
            continue
        sign = "<=" if line["row"].startswith("single") else ">="
        print(f"{line['row']:14}{line['ours_ns']:>7.1f} ns{line['yardstick_ns']:>8.1f} ns"
              f"{line['ratio']:>8.2f}{line['ratio_best']:>8.2f}{sign + ' ' + str(line['wanted']):>9}")
    depths = {line["row"]: line for line in rows}
    loss = 1 - depths["deep 100k"]["ours_ns"] / depths["deep 1M"]["ours_ns"]
    print(f"rate lost from 100k to 1M resting orders: {100 * loss:.0f} % (wanted <= 20 %)")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("build")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--ops", type=int, default=1000000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--instructions", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(Sides(options.build), options, folder)
    if options.json:
        print(json.dumps(rows))
    else:
        show(rows)


if __name__ == "__main__":
    main()
