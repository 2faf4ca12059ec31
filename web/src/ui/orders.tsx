/* Open orders, what became of older ones, own trades, balances. */
import { useSignal, useSignalEffect } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { divide, type Units, units } from '../decimal/decimal.ts';
import { formatDateTime, formatUnits } from '../decimal/format.ts';
import { language, t, tOr } from '../i18n/index.ts';
import type { MyTrade, Order } from '../api/types.ts';
import { csvOf, download } from '../state/csv.ts';
import type { Market } from '../state/market.ts';
import {
  account, balances, cancel, cancelAll, credentials, explain, openOrders, orderHistory, orderTurn, statusText, tradeHistory, userLive, userTrouble,
} from '../state/session.ts';
import { market, markets, symbol } from '../state/store.ts';
import { Modal } from './modal.tsx';
import { dialog, openWallet } from './panels.ts';
import { Tabs } from './tabs.tsx';

type Tab = 'open' | 'history' | 'trades' | 'balances';

const RELOAD_MS = 400;

function marketNamed(name: string): Market | undefined {
  return markets.value.find((row) => row.symbol === name);
}

function nameOf(name: string): string {
  const found = marketNamed(name);
  return found ? `${found.base}/${found.quote}` : name;
}

function show(value: Units, decimals?: number): string {
  return formatUnits(value, language.value, decimals);
}

function Side({ order }: { order: { side: string } }) {
  const buys = order.side === 'BUY';
  return <span class={buys ? 'bid' : 'ask'}><span aria-hidden="true">{buys ? '▴' : '▾'}</span> {t(buys ? 'side.BUY' : 'side.SELL')}</span>;
}

function priceText(order: Order): string {
  const price = units(order.price);
  if (price === 0n) return t('form.market');
  return show(price, marketNamed(order.symbol)?.priceDecimals);
}

function stopText(order: Order): string {
  const stop = units(order.stopPrice ?? '0');
  return stop === 0n ? t('common.none') : show(stop, marketNamed(order.symbol)?.priceDecimals);
}

function quantityText(order: Order): string {
  return show(units(order.origQty), marketNamed(order.symbol)?.quantityDecimals);
}

function Table({ head, children }: { head: [string, boolean][]; children: ComponentChildren }) {
  return (
    <table class="rows">
      <thead><tr>{head.map(([text, numeric]) => <th key={text} scope="col" class={numeric ? 'num' : undefined}>{text}</th>)}</tr></thead>
      <tbody>{children}</tbody>
    </table>
  );
}

function OpenOrders({ only }: { only: boolean }) {
  const rows = openOrders.value.filter((order) => !only || order.symbol === symbol.value).sort((a, b) => b.time - a.time || b.orderId - a.orderId);
  if (rows.length === 0) return <p class="quiet">{t('orders.none')}</p>;
  return (
    <Table head={[[t('orders.time'), false], [t('orders.market'), false], [t('orders.type'), false], [t('orders.side'), false], [t('orders.price'), true],
      [t('orders.stop'), true], [t('orders.quantity'), true], [t('orders.filled'), true], [t('orders.status'), false], [t('orders.action'), false]]}>
      {rows.map((order) => (
        <tr key={`${order.symbol}${order.orderId}`} data-order={order.orderId}>
          <td class="dim">{formatDateTime(order.time, language.value)}</td>
          <td>{nameOf(order.symbol)}</td>
          <td>{tOr(`type.${order.type}`, order.type)}{order.orderListId >= 0 ? <span class="chip">{t('form.oco')}</span> : null}</td>
          <td><Side order={order} /></td>
          <td class="num">{priceText(order)}</td>
          <td class="num">{stopText(order)}</td>
          <td class="num">{quantityText(order)}</td>
          <td class="num">{show(units(order.executedQty), marketNamed(order.symbol)?.quantityDecimals)}</td>
          <td>{statusText(order.status)}</td>
          <td><button type="button" class="small" data-cancel={order.orderId} onClick={() => void cancel(order)}
            aria-label={t('orders.cancelOne', { id: order.orderId, side: t(`side.${order.side}`), quantity: quantityText(order), market: nameOf(order.symbol), price: priceText(order) })}>{t('orders.cancel')}</button></td>
        </tr>
      ))}
    </Table>
  );
}

/* Rows of one market, fetched when shown, after a moment when something has changed. */
function useFetched<T>(fetcher: (name: string) => Promise<T[]>) {
  const rows = useSignal<T[] | null>(null);
  const trouble = useSignal<string | null>(null);
  const again = useSignal(0);
  useSignalEffect(() => {
    void orderTurn.value;
    void again.value;
    const name = symbol.value;
    if (!name || !credentials.value || !userLive.value) return undefined;
    let left = false;
    const timer = setTimeout(() => {
      fetcher(name).then((got) => {
        if (left) return;
        rows.value = got;
        trouble.value = null;
      }, (error: unknown) => {
        if (!left) trouble.value = explain(error).text;
      });
    }, rows.peek() === null ? 0 : RELOAD_MS);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  });
  useSignalEffect(() => {
    void symbol.value;
    rows.value = null;
  });
  return { rows, trouble, again };
}

function Trouble({ fetched }: { fetched: { trouble: { value: string | null }; again: { value: number } } }) {
  return (
    <p class="quiet" role="alert">{t('orders.failed', { text: fetched.trouble.value ?? '' })}{' '}
      <button type="button" class="small" onClick={() => { fetched.again.value += 1; }}>{t('orders.again')}</button></p>
  );
}

function History() {
  const fetched = useFetched<Order>(orderHistory);
  if (fetched.trouble.value) return <Trouble fetched={fetched} />;
  const rows = fetched.rows.value;
  if (!rows) return <p class="quiet">{t('orders.loading')}</p>;
  if (rows.length === 0) return <p class="quiet">{t('orders.noHistory')}</p>;
  const saveCsv = () => download(`orders-${symbol.peek()}.csv`, csvOf(
    ['time', 'symbol', 'orderId', 'clientOrderId', 'side', 'type', 'timeInForce', 'price', 'stopPrice', 'origQty', 'executedQty', 'cummulativeQuoteQty', 'status'],
    rows.map((row) => [new Date(row.time).toISOString(), row.symbol, row.orderId, row.clientOrderId, row.side, row.type, row.timeInForce, row.price, row.stopPrice, row.origQty, row.executedQty, row.cummulativeQuoteQty, row.status])));
  return (
    <>
      <Csv save={saveCsv} />
      <Table head={[[t('orders.time'), false], [t('orders.type'), false], [t('orders.side'), false], [t('orders.price'), true], [t('orders.stop'), true],
        [t('orders.average'), true], [t('orders.quantity'), true], [t('orders.filled'), true], [t('orders.status'), false]]}>
        {rows.slice().reverse().map((order) => {
          const filled = units(order.executedQty);
          const average = filled > 0n ? show(divide(units(order.cummulativeQuoteQty), filled), marketNamed(order.symbol)?.priceDecimals) : t('common.none');
          return (
            <tr key={order.orderId}>
              <td class="dim">{formatDateTime(order.time, language.value)}</td><td>{tOr(`type.${order.type}`, order.type)}</td><td><Side order={order} /></td>
              <td class="num">{priceText(order)}</td><td class="num">{stopText(order)}</td><td class="num">{average}</td><td class="num">{quantityText(order)}</td>
              <td class="num">{show(filled, marketNamed(order.symbol)?.quantityDecimals)}</td><td>{statusText(order.status)}</td>
            </tr>
          );
        })}
      </Table>
    </>
  );
}

function Csv({ save }: { save: () => void }) {
  return <button type="button" class="small csv" aria-label={t('orders.csvLabel')} data-csv onClick={save}>{t('orders.csv')}</button>;
}

function OwnTrades() {
  const fetched = useFetched<MyTrade>(tradeHistory);
  if (fetched.trouble.value) return <Trouble fetched={fetched} />;
  const rows = fetched.rows.value;
  if (!rows) return <p class="quiet">{t('orders.loading')}</p>;
  if (rows.length === 0) return <p class="quiet">{t('orders.noTrades')}</p>;
  const saveCsv = () => download(`trades-${symbol.peek()}.csv`, csvOf(
    ['time', 'symbol', 'id', 'orderId', 'side', 'price', 'qty', 'quoteQty', 'commission', 'commissionAsset', 'role'],
    rows.map((row) => [new Date(row.time).toISOString(), row.symbol, row.id, row.orderId, row.isBuyer ? 'BUY' : 'SELL', row.price, row.qty, row.quoteQty, row.commission, row.commissionAsset, row.isMaker ? 'maker' : 'taker'])));
  return (
    <>
      <Csv save={saveCsv} />
      <Table head={[[t('orders.time'), false], [t('orders.side'), false], [t('orders.price'), true], [t('orders.quantity'), true], [t('orders.total'), true], [t('orders.fee'), true], [t('orders.role'), false]]}>
        {rows.slice().reverse().map((row) => {
          const here = marketNamed(row.symbol);
          return (
            <tr key={`${row.id}${row.isBuyer}${row.isMaker}`}>
              <td class="dim">{formatDateTime(row.time, language.value)}</td><td><Side order={{ side: row.isBuyer ? 'BUY' : 'SELL' }} /></td>
              <td class="num">{show(units(row.price), here?.priceDecimals)}</td><td class="num">{show(units(row.qty), here?.quantityDecimals)}</td>
              <td class="num">{show(units(row.quoteQty), here?.quoteDecimals)}</td><td class="num">{show(units(row.commission))} {row.commissionAsset}</td>
              <td>{t(row.isMaker ? 'orders.maker' : 'orders.taker')}</td>
            </tr>
          );
        })}
      </Table>
    </>
  );
}

function Balances() {
  const here = market.value;
  const rows = Object.entries(balances.value).sort(([a], [b]) => Number(b === here?.base || b === here?.quote) - Number(a === here?.base || a === here?.quote) || (a < b ? -1 : 1));
  return (
    <Table head={[[t('balances.asset'), false], [t('balances.free'), true], [t('balances.locked'), true], [t('balances.total'), true], [t('orders.action'), false]]}>
      {rows.map(([asset, row]) => (
        <tr key={asset} data-asset={asset}>
          <th scope="row">{asset}</th>
          <td class="num" data-free>{show(row.free)}</td><td class="num">{show(row.locked)}</td><td class="num">{show(row.free + row.locked)}</td>
          <td>
            <button type="button" class="small" data-deposit={asset} disabled={account.value?.canDeposit === false} aria-label={t('balances.depositOf', { asset })} onClick={() => openWallet(asset, 'deposit')}>{t('balances.deposit')}</button>{' '}
            <button type="button" class="small" data-withdraw={asset} disabled={account.value?.canWithdraw === false} aria-label={t('balances.withdrawOf', { asset })} onClick={() => openWallet(asset, 'withdraw')}>{t('balances.withdraw')}</button>
          </td>
        </tr>
      ))}
    </Table>
  );
}

export function Orders() {
  const tab = useSignal<Tab>('open');
  const only = useSignal(false);
  const who = credentials.value;
  const here = market.value;
  return (
    <section class="panel orders" aria-labelledby="orders-title" data-section="orders">
      <h2 id="orders-title" class="sr">{t('orders.title')}</h2>
      <Tabs name="orders" label={t('orders.title')} chosen={tab.value} choose={(id) => { tab.value = id; }} items={[
        { id: 'open', text: t('orders.open'), count: openOrders.value.length }, { id: 'history', text: t('orders.history') },
        { id: 'trades', text: t('orders.trades') }, { id: 'balances', text: t('orders.balances') }]}>
        {tab.value === 'open' && who ? (
          <div class="tab-tools">
            <label class="check"><input type="checkbox" checked={only.value} onChange={(event) => { only.value = event.currentTarget.checked; }} />{t('orders.onlyThis', { market: here ? `${here.base}/${here.quote}` : '' })}</label>
            <button type="button" class="small" data-cancel-all disabled={openOrders.value.length === 0} onClick={() => { dialog.value = 'cancelAll'; }}>{t('orders.cancelAll')}</button>
          </div>
        ) : null}
      </Tabs>
      {who && !userLive.value ? <p class="stale-line" role="status">{userTrouble.value ? t('account.stream', { text: userTrouble.value }) : t('orders.stale')}</p> : null}
      <div class="scroll" id="orders-panel" role="tabpanel" tabIndex={0} aria-labelledby={`orders-tab-${tab.value}`}>
        {!who ? <p class="quiet">{t('orders.signedOut')} <button type="button" class="small" onClick={() => { dialog.value = 'signIn'; }}>{t('account.signIn')}</button></p>
          : tab.value === 'open' ? <OpenOrders only={only.value} /> : tab.value === 'history' ? <History /> : tab.value === 'trades' ? <OwnTrades /> : <Balances />}
      </div>
    </section>
  );
}

export function CancelAllDialog() {
  const names = [...new Set(openOrders.value.map((order) => nameOf(order.symbol)))].join(', ');
  return (
    <Modal title={t('orders.cancelAllTitle')}>
      <form onSubmit={(event) => {
        event.preventDefault();
        dialog.value = null;
        void cancelAll();
      }}>
        <p>{t('orders.cancelAllText', { count: openOrders.value.length, markets: names })}</p>
        <div class="buttons">
          <button type="button" onClick={() => { dialog.value = null; }}>{t('common.cancel')}</button>
          <button type="submit" class="sell" data-first data-confirm>{t('orders.cancelAllYes')}</button>
        </div>
      </form>
    </Modal>
  );
}
