/* Shapes of the public API that the page reads. Numbers with decimals are text. */

export type Side = 'BUY' | 'SELL';

export interface Filter { filterType: string; [name: string]: string | number | boolean }

export interface SymbolInfo {
  symbol: string;
  status: string;
  baseAsset: string;
  quoteAsset: string;
  baseAssetPrecision: number;
  quoteAssetPrecision: number;
  orderTypes: string[];
  ocoAllowed: boolean;
  quoteOrderQtyMarketAllowed: boolean;
  filters: Filter[];
}

export interface Ticker {
  symbol: string;
  lastPrice: string;
  openPrice: string;
  highPrice: string;
  lowPrice: string;
  volume: string;
  quoteVolume: string;
}

/* GET /page/v1/standing: docs/customers.md. */
export interface Notice {
  kind: 'restricted' | 'lifted' | 'warned' | 'evidence' | 'late' | 'settled' | 'checking' | 'checked' | 'paused' | 'recovery' | 'second-off';
  time: number | null;
  rule?: { pack: string; version: number; id: string; hash: string };
  en: [string, string][];
  fr: [string, string][];
}

export interface Standing {
  allowed: Record<string, boolean>;
  reasons: Notice[];
  holdings?: { eur: string | null; amount: string };
  inbox: Notice[];
}

export interface Order {
  symbol: string;
  orderId: number;
  orderListId: number;
  clientOrderId: string;
  price: string;
  origQty: string;
  executedQty: string;
  cummulativeQuoteQty: string;
  origQuoteOrderQty: string;
  status: string;
  timeInForce: string;
  type: string;
  side: Side;
  stopPrice: string;
  time: number;
  updateTime: number;
}

export interface MyTrade {
  symbol: string;
  id: number;
  orderId: number;
  price: string;
  qty: string;
  quoteQty: string;
  commission: string;
  commissionAsset: string;
  time: number;
  isBuyer: boolean;
  isMaker: boolean;
}

export interface Rates { maker: string; taker: string; buyer: string; seller: string }

export interface Commission { symbol: string; standardCommission: Rates; specialCommission?: Rates; taxCommission: Rates }

export interface Account {
  canTrade: boolean;
  canWithdraw: boolean;
  canDeposit: boolean;
  updateTime: number;
  balances: { asset: string; free: string; locked: string }[];
}

export interface Network {
  network: string;
  name: string;
  withdrawFee: string;
  withdrawMin: string;
  withdrawMax: string;
  withdrawIntegerMultiple: string;
  addressRegex: string;
  depositEnable: boolean;
  withdrawEnable: boolean;
  minConfirm: number;
}

export interface Coin { coin: string; name: string; networkList: Network[] }

export interface Deposit { id: string; amount: string; coin: string; status: number; address: string; txId: string; insertTime: number; confirmTimes: string }

export interface Withdrawal { id: string; amount: string; transactionFee: string; coin: string; status: number; address: string; txId: string; applyTime: string }

export interface DemoAccount { account: string; name: string; about?: { en: string; fr: string } }

/* `login`: of somebody who has signed in at the door; the page's key signs, and there is no secret. */
export interface Credentials { account: string; name: string; apiKey: string; secret: string; login?: true }
