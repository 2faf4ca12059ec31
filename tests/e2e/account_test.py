#!/usr/bin/env -S python3 -B
"""What an account is shown of its orders, lists and trades, by a whole venue: the pages agree with
each other, and after a restart, when the view has forgotten what was closed, the history tells the
same to the letter.
usage: account_test.py BINARY

Everything is on loopback, with a port that the system chooses."""

import decimal
import json

import program as p
import serve_test as s

SYMBOL = "BTCUSDT"


def get(cli, venue, account, path, **parameters):
    status, answer = s.ask(venue, account, "GET", path, **parameters)
    cli.equal(status, 200, f"{path} {parameters} ({answer})")
    return answer


def order(cli, venue, account, side, price, quantity, **more):
    parameters = {"symbol": SYMBOL, "side": side, "type": "LIMIT", "timeInForce": "GTC",
                  "price": price, "quantity": quantity, "newOrderRespType": "RESULT", **more}
    status, answer = s.ask(venue, account, "POST", "/api/v3/order", **parameters)
    cli.equal(status, 200, f"an order ({answer})")
    return answer["orderId"]


def trade(cli, venue, accounts):
    """Some of everything; returns the ids of A's orders."""
    a, b = accounts["A"], accounts["B"]
    ids = []
    for i in range(6):
        ids.append(order(cli, venue, a, "SELL", f"{30100 + i}", "0.01", newClientOrderId=f"a{i}"))
    order(cli, venue, b, "BUY", "30102", "0.025")
    ids.append(order(cli, venue, a, "BUY", "29000", "0.02", newClientOrderId="same"))
    s.ask(venue, a, "DELETE", "/api/v3/order", symbol=SYMBOL, origClientOrderId="same")
    ids.append(order(cli, venue, a, "BUY", "29000", "0.03", newClientOrderId="same"))
    status, answer = s.ask(venue, a, "PUT", "/api/v3/order/amend/keepPriority", symbol=SYMBOL,
                           orderId=ids[-1], newQty="0.02", newClientOrderId="amended")
    cli.equal(status, 200, f"an amendment ({answer})")
    status, answer = s.ask(venue, a, "POST", "/api/v3/orderList/oco", symbol=SYMBOL, side="SELL",
                           quantity="0.01", aboveType="LIMIT_MAKER", abovePrice="32500",
                           belowType="STOP_LOSS_LIMIT", belowStopPrice="28500",
                           belowPrice="28400", belowTimeInForce="GTC", listClientOrderId="list")
    cli.equal(status, 200, f"a list ({answer})")
    ids += [leg["orderId"] for leg in answer["orders"]]
    status, answer = s.ask(venue, a, "POST", "/api/v3/order", symbol=SYMBOL, side="BUY",
                           type="LIMIT", timeInForce="IOC", price="30103", quantity="0.05",
                           selfTradePreventionMode="EXPIRE_TAKER")
    cli.equal(status, 200, f"an order against one's own ({answer})")
    ids.append(answer["orderId"])
    return ids


def pages(cli, venue, account, ids):
    """Everything that the account can ask about what was done."""
    found = {"all": get(cli, venue, account, "/api/v3/allOrders", symbol=SYMBOL)}
    cli.equal([row["orderId"] for row in found["all"]], ids, "all orders, oldest first")
    part = get(cli, venue, account, "/api/v3/allOrders", symbol=SYMBOL, orderId=ids[2], limit=3)
    cli.equal(part, found["all"][2:5], "orders from an id on")
    first = found["all"][0]["time"]
    part = get(cli, venue, account, "/api/v3/allOrders", symbol=SYMBOL, startTime=first, limit=2)
    cli.equal(part, found["all"][:2], "orders from a time on")
    last = found["all"][-1]["time"]
    part = get(cli, venue, account, "/api/v3/allOrders", symbol=SYMBOL, endTime=last, limit=2)
    cli.equal(part, found["all"][-2:], "orders up to a time")
    found["single"] = [get(cli, venue, account, "/api/v3/order", symbol=SYMBOL, orderId=number)
                       for number in ids]
    cli.equal(found["single"], found["all"], "each order by itself")
    by_name = get(cli, venue, account, "/api/v3/order", symbol=SYMBOL, origClientOrderId="a1")
    cli.equal(by_name["orderId"], ids[1], "an order by the client's id")
    found["open"] = get(cli, venue, account, "/api/v3/openOrders", symbol=SYMBOL)
    still = [row for row in found["all"] if row["status"] in ("NEW", "PARTIALLY_FILLED")]
    cli.equal(found["open"], still, "open orders")
    found["trades"] = get(cli, venue, account, "/api/v3/myTrades", symbol=SYMBOL)
    for row in found["all"]:
        trades = get(cli, venue, account, "/api/v3/myTrades", symbol=SYMBOL, orderId=row["orderId"])
        cli.equal(trades, [one for one in found["trades"] if one["orderId"] == row["orderId"]],
                  "trades of one order")
        executed = sum((decimal.Decimal(one["qty"]) for one in trades), decimal.Decimal(0))
        cli.equal(executed, decimal.Decimal(row["executedQty"]), "what was executed")
    number = found["trades"][1]["id"]
    part = get(cli, venue, account, "/api/v3/myTrades", symbol=SYMBOL, fromId=number)
    cli.equal(part, found["trades"][1:], "trades from an id on")
    found["lists"] = get(cli, venue, account, "/api/v3/allOrderList")
    one = get(cli, venue, account, "/api/v3/orderList", origClientOrderId="list")
    cli.equal([one], found["lists"], "a list by the client's id")
    cli.equal(get(cli, venue, account, "/api/v3/openOrderList"), found["lists"], "open lists")
    found["amendments"] = get(cli, venue, account, "/api/v3/order/amendments", symbol=SYMBOL,
                              orderId=ids[7])
    cli.equal([(row["origClientOrderId"], row["newClientOrderId"], row["newQty"])
               for row in found["amendments"]], [("same", "amended", "0.02000000")], "amendments")
    found["prevented"] = get(cli, venue, account, "/api/v3/myPreventedMatches", symbol=SYMBOL,
                             orderId=ids[-1])
    cli.equal(len(found["prevented"]), 1, "prevented matches")
    again = get(cli, venue, account, "/api/v3/myPreventedMatches", symbol=SYMBOL,
                preventedMatchId=found["prevented"][0]["preventedMatchId"])
    cli.equal(again, found["prevented"], "a prevented match by its id")
    found["account"] = get(cli, venue, account, "/api/v3/account", omitZeroBalances="true")
    return found


def refusals(cli, venue, account, ids):
    cases = (({"orderId": 99999999}, -2013), ({"origClientOrderId": "never"}, -2013),
             ({"orderId": ids[0], "origClientOrderId": "a1"}, -2039), ({}, -1102))
    for parameters, code in cases:
        status, answer = s.ask(venue, account, "GET", "/api/v3/order", symbol=SYMBOL, **parameters)
        cli.equal((status, answer["code"]), (400, code), f"order {parameters}")


def without_times_of_images(found):
    """An image knows neither when a balance nor when a resting order changed (docs/view.md)."""
    same = json.loads(json.dumps(found))
    same["account"].pop("updateTime")
    for name in ("all", "single", "open"):
        for row in same[name]:
            row.pop("updateTime")
            row.pop("workingTime")
    return same


def run(cli):
    folder = cli.path("venue")
    keys_file = cli.path("keys.json")
    venue = s.Venue(cli, folder, "--profile", "test", "--keys-file", keys_file)
    venue.ready()
    with open(keys_file, encoding="ascii") as file:
        accounts = json.load(file)["accounts"]
    ids = trade(cli, venue, accounts)
    before = pages(cli, venue, accounts["A"], ids)
    refusals(cli, venue, accounts["A"], ids)
    status, answer = s.ask(venue, accounts["B"], "GET", "/api/v3/order", symbol=SYMBOL,
                           orderId=ids[0])
    cli.equal((status, answer["code"]), (400, -2013), "somebody else's order")
    cli.equal(venue.stop(), 0, "exit code on SIGTERM")
    venue = s.Venue(cli, folder)
    venue.ready()
    after = pages(cli, venue, accounts["A"], ids)
    cli.equal(without_times_of_images(after), without_times_of_images(before), "after a restart")
    refusals(cli, venue, accounts["A"], ids)
    cli.equal(venue.stop(), 0, "exit code on SIGTERM")


if __name__ == "__main__":
    p.main(run)
