// ccxt as a bot has it: nothing but the addresses is changed.
import ccxt from 'ccxt';
import { api, rest, stream } from './venue.mjs';

export function client(account, options = {}) {
  const exchange = new ccxt.pro.binance({
    apiKey: account.apiKey,
    secret: account.secret,
    ...options,
  });
  const urls = exchange.urls.api;
  for (const name of Object.keys(urls)) {
    if (typeof urls[name] === 'string') {
      urls[name] = urls[name].replace(/^https:\/\/[a-z]*api\.binance\.com/, rest);
    }
  }
  urls.ws.spot = `${stream}/ws`;
  urls.ws['ws-api'].spot = api;
  return exchange;
}

// Without its own brake, which would make the tests take minutes.
export const quick = (account) => client(account, { enableRateLimit: false });
