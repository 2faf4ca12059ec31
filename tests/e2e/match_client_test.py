#!/usr/bin/env -S python3 -B
"""The client library of yente, as it is, asks POST /match of a venue that screens: the suite
tests/e2e/clients/python/yente_suite.py. Skipped where its packages cannot be had.
usage: match_client_test.py BINARY

The lists and the people are invented."""

import json
import os
import urllib.parse

import client_money as m
import clients_python_test as k
import match_test as t
import people_test as c
import program as p
import serve_test as s


def test(cli):
    python = k.install()
    folder = cli.path("venue")
    keys_file = cli.path("keys.json")
    config = cli.write("cambist.yaml", "screen:\n  lists: demo-list other-list\n  searches: 100\n")
    os.makedirs(folder)
    lists = c.Lists(folder)
    lists.put([c.entry(4711, t.LISTED, births=[{"from": "1962-03-25"}],
                       countries=[{"country": "RU", "tie": "nationality"}])])
    lists.put([c.entry(77, "Lantern Row Ltd", kind="entity",
                       wallets=[{"asset": "XBT", "address": "bc1qinvented0001"}])], "other-list")
    with s.Venue(cli, folder, "--profile", "test", "--keys-file", keys_file, "--config",
                 config) as venue:
        venue.ready()
        with open(keys_file, encoding="ascii") as file:
            keys = json.load(file)
        client = t.Client(keys)
        cli.check(s.eventually(lambda: client.post("/match/nowhere", {})[0] == 404), "it listens")
        url = "http://" + urllib.parse.urlsplit(keys["metrics"]).netloc
        m.run_suite(cli, "yente_suite", [python, os.path.join(k.HERE, "yente_suite.py"), url],
                    cli.folder, m.environment(keys_file, keys))
        cli.equal(venue.stop(), 0, "exit code on SIGTERM")


if __name__ == "__main__":
    p.main(test)
