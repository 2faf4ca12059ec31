#!/usr/bin/env -S python3 -B
"""What ./demo says about the venue that it has started: addresses, keys, and a few lines to paste.
usage: demo_words.py KEYS_FILE"""

import json
import sys

WORDS = """
A venue is running, and two bots trade BTCUSDT on it. Ctrl-C ends everything.

  REST            {rest}
  streams         {ws_stream}
  WebSocket API   {ws_api}
  metrics         {metrics}
  all keys        {file}

  account A       key    {key}
                  secret {secret}

With ccxt (npm install ccxt), paste this into node:

const {{ default: ccxt }} = await import('ccxt');
const x = new ccxt.binance({{ apiKey: '{key}', secret: '{secret}' }});
for (const n in x.urls.api) if (typeof x.urls.api[n] === 'string') x.urls.api[n] = x.urls.api[n].replace(/^https:..[a-z]*api.binance.com/, '{rest}');
console.log((await x.fetchOrderBook('BTC/USDT', 5)).bids);
console.log((await x.createOrder('BTC/USDT', 'market', 'buy', 0.01)).average);
"""


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: demo_words.py KEYS_FILE")
    with open(sys.argv[1], encoding="ascii") as file:
        keys = json.load(file)
    account = keys["accounts"]["A"]
    print(WORDS.format(file=sys.argv[1], key=account["apiKey"], secret=account["secret"], **keys),
          flush=True)


if __name__ == "__main__":
    main()
