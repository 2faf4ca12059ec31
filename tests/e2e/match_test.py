#!/usr/bin/env -S python3 -B
"""Matching as a client of yente has it: POST /match/DATASET on the operator's port of a venue that
screens. Answers have the shape such a client reads; the process behind it knows no people, may
die and comes back alone, and what was asked is in no file.
usage: match_test.py BINARY

The lists and the people are invented."""

import http.client
import json
import os
import signal
import urllib.parse

import people_test as c
import program as p
import serve_test as s

LISTED = "Зорван Квилфезер"
ASKED = "Zorvan Quilfezer"


class Client:
    """What a client of yente does, and no more: a batch, and fields by their names."""

    def __init__(self, keys):
        self.host = urllib.parse.urlsplit(keys["metrics"]).netloc

    def post(self, path, body, method="POST", kind="application/json"):
        connection = http.client.HTTPConnection(self.host, timeout=20)
        text = body if isinstance(body, (bytes, str)) else json.dumps(body)
        connection.request(method, path, body=text, headers={"Content-Type": kind})
        response = connection.getresponse()
        answer = json.loads(response.read().decode())
        connection.close()
        return response.status, answer

    def match(self, cli, queries, dataset="default", **params):
        query = "?" + urllib.parse.urlencode(params) if params else ""
        status, answer = self.post(f"/match/{dataset}{query}", {"queries": queries})
        cli.equal(status, 200, f"{queries}: {answer}")
        return answer


def person(*names, **properties):
    return {"schema": "Person", "properties": {"name": list(names), **properties}}


def shape(cli, client):
    queries = {"q-1": {"id": "mine", **person(ASKED, birthDate=["1962"], nationality=["Russia"])},
               "q-2": {"schema": "Company", "properties": {"name": "Lantern Row Limited"}},
               "q-3": {"schema": "CryptoWallet", "properties": {"publicKey": ["bc1qinvented0001"]}},
               "q-4": person("Ottoline Brackwater")}
    answer = client.match(cli, queries, limit=3, algorithm="best")
    cli.equal(set(answer), {"responses", "matcher", "limit", "lists"}, "the answer")
    cli.equal(answer["limit"], 3, "limit")
    cli.equal(set(answer["responses"]), set(queries), "a response for each query")
    for key, response in answer["responses"].items():
        cli.equal(set(response), {"status", "results", "total", "query"}, key)
        cli.equal((response["status"], response["total"]),
                  (200, {"value": len(response["results"]), "relation": "eq"}), key)
        cli.equal(response["query"]["schema"], queries[key]["schema"], key)
    first = answer["responses"]["q-1"]
    cli.equal(first["query"], {"id": "mine", "schema": "Person", "properties": {
        "name": [ASKED], "birthDate": ["1962"], "nationality": ["ru"]}}, "what was understood")
    cli.check(len(first["results"]) == 1, f"who is meant: {first['results']}")
    result = first["results"][0]
    cli.equal({name: result[name] for name in ("id", "caption", "schema", "datasets", "match")},
              {"id": "demo-list:4711", "caption": LISTED, "schema": "Person",
               "datasets": ["demo-list"], "match": True}, "the entry")
    cli.equal(result["properties"], {"name": [LISTED], "birthDate": ["1962-03-25"],
                                     "nationality": ["ru"]}, "its properties")
    cli.check(0.7 <= result["score"] <= 1, f"its score: {result['score']}")
    cli.equal(round(sum(result["features"].values()), 6), result["score"], "the sum of its parts")
    cli.check(set(result["features"]) <= set(answer["matcher"]), "each part is described")
    cli.equal([r["id"] for r in answer["responses"]["q-2"]["results"]], ["other-list:77"], "company")
    cli.equal([(r["id"], r["score"], r["features"]) for r in answer["responses"]["q-3"]["results"]],
              [("other-list:77", 1, {"wallet": 1})], "wallet")
    cli.equal(answer["responses"]["q-4"]["results"], [], "nobody")
    cli.equal([(row["name"], row["entries"], row["stale"]) for row in answer["lists"]],
              [("demo-list", 1, False), ("other-list", 1, False)], "which lists were asked")


def thresholds_and_datasets(cli, client):
    query = {"q": person(ASKED)}
    cli.check(s.eventually(lambda: client.post("/match/default", {"queries": query})[0] == 200),
              "a second later there is room again")
    result = client.match(cli, query, threshold=1)["responses"]["q"]["results"][0]
    cli.equal(result["match"], False, "not from this threshold on")
    cli.equal(client.match(cli, query, threshold=1, cutoff=1)["responses"]["q"]["results"], [],
              "below the cutoff")
    cli.equal(client.match(cli, query, "other-list")["responses"]["q"]["results"], [],
              "not on this list")


def refusals(cli, client):
    good = {"queries": {"q": person(ASKED)}}
    for path, body, method, kind, status in (
            ("/match/nowhere", good, "POST", "application/json", 404),
            ("/match", good, "POST", "application/json", 404),
            ("/match/default", good, "PUT", "application/json", 405),
            ("/match/default", good, "POST", "text/plain", 415),
            ("/match/default", "{\"queries\":", "POST", "application/json", 400),
            ("/match/default", {"queries": {}}, "POST", "application/json", 400),
            ("/match/default", {"queries": {"q": {"schema": "xxx", "properties": {}}}}, "POST",
             "application/json", 400),
            ("/match/default?limit=0", good, "POST", "application/json", 400),
            ("/match/default", b"x" * (1 << 21), "POST", "application/json", 413)):
        try:
            found, answer = client.post(path, body, method, kind)
        except (BrokenPipeError, ConnectionResetError):
            cli.check(status == 413, f"{path}: the connection broke")
            continue
        cli.equal(found, status, f"{method} {path} {kind}: {answer}")
        cli.check(isinstance(answer.get("detail"), str), f"{path}: {answer}")
    cli.check(s.eventually(lambda: client.post("/match/default", good)[0] == 429), "too many")


def counted(cli, keys):
    """What was searched reaches the process that journals the count."""
    def are_one():
        text = s.monitor(keys, "/metrics")[1]
        asked = s.value_of(text, "cambist_match_queries_total")
        return asked and asked == s.value_of(text, "cambist_screen_matched_total") and asked

    asked = s.eventually(are_one)
    cli.check(asked, "searches are counted")
    return asked


def dies(cli, venue, keys, client):
    """Who is not there is told by the monitor, which goes on; then everything is as before."""
    query = {"queries": {"q": person(ASKED)}}
    before = venue.pid("match")
    os.kill(before, signal.SIGKILL)
    cli.check(s.eventually(lambda: venue.pid("match") not in (0, before)), "match is back")
    cli.check(s.eventually(lambda: client.post("/match/default", query)[0] == 200), "it answers")
    cli.equal(s.monitor(keys, "/livez")[0], 200, "the monitor is there")
    text = s.monitor(keys, "/metrics")[1]
    cli.check(s.value_of(text, "cambist_match_lists") == 2, "its lists are counted")


def no_question_in_any_file(cli, folder):
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    cli.check(b"quilfezer" not in file.read().lower(), f"a question in {path}")
    with open(cli.path("serve.log"), "rb") as file:
        cli.check(b"quilfezer" not in file.read().lower(), "a question in the log")


def test(cli):
    folder = cli.path("venue")
    keys_file = cli.path("keys.json")
    config = cli.write("cambist.yaml", "screen:\n  lists: demo-list other-list\n  searches: 20\n")
    os.makedirs(folder)
    lists = c.Lists(folder)
    lists.put([c.entry(4711, LISTED, births=[{"from": "1962-03-25"}],
                       countries=[{"country": "RU", "tie": "nationality"}])])
    lists.put([c.entry(77, "Lantern Row Ltd", kind="entity",
                       wallets=[{"asset": "XBT", "address": "bc1qinvented0001"}])], "other-list")
    with s.Venue(cli, folder, "--profile", "test", "--keys-file", keys_file, "--config",
                 config) as venue:
        venue.ready()
        with open(keys_file, encoding="ascii") as file:
            keys = json.load(file)
        client = Client(keys)
        cli.check(s.eventually(lambda: client.post("/match/nowhere", {})[0] == 404), "it listens")
        shape(cli, client)
        thresholds_and_datasets(cli, client)
        refusals(cli, client)
        asked = counted(cli, keys)
        dies(cli, venue, keys, client)
        cli.check(s.eventually(lambda: s.value_of(s.monitor(keys, "/metrics")[1],
                                                  "cambist_screen_matched_total") > asked),
                  "also those of the process that came back")
        cli.equal(venue.stop(), 0, "exit code on SIGTERM")
    no_question_in_any_file(cli, folder)


if __name__ == "__main__":
    p.main(test)
