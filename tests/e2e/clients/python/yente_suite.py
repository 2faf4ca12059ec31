"""yente-client, as it is, asks POST /match: people and companies in two scripts, a threshold, one
data set, refusals as the exceptions it knows. The address is all that is changed.
usage: yente_suite.py URL"""

import sys

from yente_client import Client
from yente_client.entities import Company, CryptoWallet, Person
from yente_client.exceptions import BadRequestError, NotFoundError

FAILED = []


def equal(found, wanted, what):
    if found != wanted:
        FAILED.append(what)
        print(f"FAILED: {what}: {found!r} instead of {wanted!r}")


def raises(kind, call, what):
    try:
        call()
    except kind:
        return
    except Exception as other:  # any other one is told
        equal(type(other).__name__, kind.__name__, what)
        return
    equal("nothing", kind.__name__, what)


def ask(client):
    person = Person(name=["Zorvan Quilfezer"], birthDate=["1962"], nationality=["ru"])
    found = client.match(person)
    equal((found.total.value, found.total.relation, found.limit), (1, "eq", 5), "how many")
    equal(found.query["properties"]["birthDate"], ["1962"], "what was understood")
    equal((found.top.id, found.top.schema_, found.top.match, found.top.datasets),
          ("demo-list:4711", "Person", True, ["demo-list"]), "who is meant")
    equal(found.top.properties["name"], ["Зорван Квилфезер"], "by another script")
    equal(0.7 <= found.top.score <= 1, True, "the score")
    equal(client.match(person, threshold=1, limit=2).matches, [], "a threshold of one's own")
    equal(client.match(person, datasets=["other-list"]).top, None, "one list alone")
    equal(client.match(Company(name=["Lantern Row Limited"])).top.id, "other-list:77", "a company")
    wallet = client.match(CryptoWallet(publicKey=["bc1qinvented0001"]))
    equal((wallet.top.id, wallet.top.score), ("other-list:77", 1.0), "a wallet")
    equal(client.match(Person(name=["Ottoline Brackwater"])).results, [], "nobody")
    raises(NotFoundError, lambda: client.match(person, datasets=["nowhere"]), "no such list")
    raises(BadRequestError, lambda: client.match(person, limit=0), "a limit that is none")


with Client(base_url=sys.argv[1]) as opened:
    ask(opened)
sys.exit(1 if FAILED else 0)
