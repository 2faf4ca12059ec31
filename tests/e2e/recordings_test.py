#!/usr/bin/env -S python3 -B
"""The real recordings through the shipped binary: the figures that docs/replay.md quotes. They are
looked for in $CAMBIST_DATA (default ../shared/data); without them this is skipped.
usage: recordings_test.py BINARY"""

import os
import sys

import program as p

FILES = {
    "bitstamp": "bitstamp-btcusd-l3-20150501/2015-05-01.log.xz",
    "table": "bitstamp-btcusd-l3-20150501/orders.csv.xz",
    "coinbase": "coinbase-btcusd-l3-snapshot-20260807/l3_snapshot.json.gz",
    "binance": "binance-spot-btcusdt-20240808/btcusdt_20240808.gz",
    "binance2": "binance-spot-btcusdt-20240808/btcusdt_20240809.gz",
    "depth": "binance-exchangeinfo-20211012/BINANCE.http.0.0.gz",
    "stream": "binance-exchangeinfo-20211012/BINANCE.ws.1.0.gz",
}


def share(agreement):
    return agreement["levels_equal"] / agreement["levels"]


def run(cli):
    folder = os.path.join(os.environ.get("CAMBIST_DATA") or "../shared/data", "market")
    files = {name: os.path.join(folder, path) for name, path in FILES.items()}
    missing = [path for path in files.values() if not os.path.exists(path)]
    if missing:
        cli.finish()
        print(f"the recordings are not there: {missing[0]}")
        sys.exit(77)

    found = cli.json("replay", "--bitstamp", files["bitstamp"], "--json")
    cli.equal((found["verdict"], found["rejected"]), ("ok", 0), "bitstamp")
    warm = found["agreement"][0]["after_first_group"]
    cli.equal(warm["snapshots"], 4011, "bitstamp pictures after the first thousand")
    cli.check(share(warm) >= 0.999, f"bitstamp levels after warm-up: {share(warm):.5f}")
    cli.equal(warm["snapshots_equal"] + warm["snapshots_late"], warm["snapshots"],
              "bitstamp pictures that are equal or a moment late")
    found = cli.json("replay", "--bitstamp", files["table"], "--json")
    cli.equal((found["verdict"], found["rejected"], found["agreement"]), ("ok", 0, []),
              "bitstamp table")

    found = cli.json("replay", "--coinbase", files["coinbase"], "--json")
    cli.equal((found["verdict"], found["book_equal"], found["restore_equal"]),
              ("ok", 110598, True), "coinbase")

    found = cli.json("replay", "--binance", files["binance"], files["binance2"], "--json")
    cli.equal((found["verdict"], found["rejected"]), ("ok", 0), "binance")
    at_depth = found["agreement"][0]["all"]
    cli.check(share(at_depth) >= 0.9998, f"binance best levels: {share(at_depth):.5f}")
    found = cli.json("replay", "--binance", files["depth"], files["stream"], "--json")
    cli.equal(share(found["agreement"][0]["all"]), 1, "the older recording's best levels")


p.main(run)
