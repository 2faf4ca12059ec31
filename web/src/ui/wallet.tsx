/* Deposits and withdrawals on the venue's networks. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ApiError } from '../api/client.ts';
import type { Coin, Deposit, Network, Withdrawal } from '../api/types.ts';
import { parse, units } from '../decimal/decimal.ts';
import { formatDate, formatDateTime, formatUnits, fromField } from '../decimal/format.ts';
import { language, t, tOr } from '../i18n/index.ts';
import { csvOf, download } from '../state/csv.ts';
import { makeClientId } from '../state/draft.ts';
import { balances, balanceTurn, byLogin, explain, signed } from '../state/session.ts';
import { linkedUntil, type Records } from '../records/linked.ts';
import { say } from '../state/says.ts';
import { mayWithdraw } from './login.tsx';
import { Modal } from './modal.tsx';
import { walletAsset, walletTab } from './panels.ts';
import { QrCode } from './qr.tsx';
import { Tabs } from './tabs.tsx';

const LOOK_SOON_MS = 500;
const LOOK_MS = 20_000;

function Copy({ text }: { text: string }) {
  const state = useSignal<'idle' | 'done' | 'failed'>('idle');
  return (
    <>
      <button type="button" data-copy onClick={() => {
        navigator.clipboard.writeText(text).then(() => { state.value = 'done'; }, () => { state.value = 'failed'; });
      }}>{t(state.value === 'done' ? 'wallet.copied' : 'wallet.copy')}</button>
      <span role="status" class={state.value === 'failed' ? 'note' : 'sr'}>{state.value === 'done' ? t('wallet.copied') : state.value === 'failed' ? t('wallet.copyFailed') : ''}</span>
    </>
  );
}

function DepositView({ asset, network }: { asset: string; network: Network }) {
  const address = useSignal<string | null>(null);
  const trouble = useSignal<string | null>(null);
  useEffect(() => {
    address.value = null;
    trouble.value = null;
    signed<{ address: string }>('GET', '/sapi/v1/capital/deposit/address', { coin: asset, network: network.network })
      .then((answer) => { address.value = answer.address; }, (error: unknown) => {
        const { text, advice } = explain(error);
        trouble.value = `${text} ${advice}`;
      });
  }, [asset]);
  if (!network.depositEnable) return <p class="note">{t('wallet.closed')}</p>;
  if (trouble.value) return <p class="note" role="alert">{trouble.value}</p>;
  if (!address.value) return <p class="quiet">{t('common.loading')}</p>;
  return (
    <div class="deposit">
      <QrCode text={address.value} label={t('wallet.qr')} />
      <div>
        <p class="dim">{t('wallet.yourAddress', { asset })}</p>
        <p class="address"><code data-address>{address.value}</code></p>
        <Copy text={address.value} />
        <p class="hint warn-text">{t('wallet.warning', { asset, network: network.name })}</p>
        <p class="hint">{t('wallet.confirmations', { count: network.minConfirm })}</p>
        {network.network === 'DEMO' ? <p class="hint">{t('wallet.demo')}</p> : null}
      </div>
    </div>
  );
}

function withdrawalProblem(network: Network, asset: string, address: string, amountText: string): { address?: string; amount?: string } {
  const lang = language.value;
  const out: { address?: string; amount?: string } = {};
  let pattern: RegExp | null = null;
  try {
    pattern = new RegExp(network.addressRegex);
  } catch { /* the venue decides */ }
  if (address && pattern && !pattern.test(address)) out.address = t('wallet.badAddress');
  const typed = fromField(amountText, lang);
  const amount = typed === null ? null : parse(typed);
  if (amountText === '') return out;
  const free = balances.value[asset]?.free ?? 0n;
  const step = units(network.withdrawIntegerMultiple);
  const show = (value: bigint) => ({ value: formatUnits(value, lang), asset });
  if (amount === null) out.amount = t('problem.missing');
  else if (amount < units(network.withdrawMin)) out.amount = t('wallet.min', show(units(network.withdrawMin)));
  else if (amount > units(network.withdrawMax)) out.amount = t('wallet.max', show(units(network.withdrawMax)));
  else if (amount > free) out.amount = t('wallet.tooMuch', show(free));
  else if (step > 0n && amount % step !== 0n) out.amount = t('wallet.step', show(step));
  return out;
}

/* For how long what goes out stays linked to who sent it; where the venue keeps no records, nothing. */
function Linked() {
  const held = useSignal<Records | null>(null);
  useEffect(() => {
    signed<Records>('GET', '/page/v1/records').then((told) => { held.value = told; }, () => undefined);
  }, []);
  return held.value ? <p class="hint" data-linked>{t('wallet.linked', { date: formatDate(linkedUntil(Date.now(), held.value), language.value) })} <a href="/records">{t('wallet.linkedMore')}</a></p> : null;
}

function WithdrawView({ asset, network }: { asset: string; network: Network }) {
  const address = useSignal('');
  const amount = useSignal('');
  const asking = useSignal(false);
  const busy = useSignal(false);
  /* The same id until an answer came: sent twice, it happens once. */
  const id = useSignal(makeClientId());
  const trouble = useSignal<string | null>(null);
  const wrong = withdrawalProblem(network, asset, address.value, amount.value);
  const typed = fromField(amount.value, language.value);
  const value = typed === null ? 0n : parse(typed) ?? 0n;
  const fee = units(network.withdrawFee);
  const ready = address.value !== '' && value > 0n && !wrong.address && !wrong.amount;
  const send = async () => {
    busy.value = true;
    trouble.value = null;
    try {
      if (!await mayWithdraw()) {
        busy.value = false;
        return;
      }
      await signed('POST', '/sapi/v1/capital/withdraw/apply', { coin: asset, network: network.network, address: address.value, amount: typed ?? '', withdrawOrderId: id.value });
      say('good', t('wallet.sent'));
      id.value = makeClientId();
      amount.value = '';
      walletTab.value = 'history';
    } catch (error) {
      const { text, advice, code } = explain(error);
      if (error instanceof ApiError && error.kind === 'unknown') trouble.value = t('wallet.unknown');
      else {
        const what = code === -2015 && byLogin.peek() ? t('wallet.proofOld') : advice;
        trouble.value = `${t('outcome.refused', { text })} ${what} (${t('outcome.code', { code })})`;
        id.value = makeClientId();
      }
    }
    asking.value = false;
    busy.value = false;
  };
  return (
    <form noValidate onSubmit={(event) => {
      event.preventDefault();
      if (!ready || busy.value) return;
      if (asking.value) void send();
      else asking.value = true;
    }}>
      <Linked />
      <div class={wrong.address ? 'field bad' : 'field'}><label for="to-address">{t('wallet.address')}</label>
        <input id="to-address" autoComplete="off" spellcheck={false} value={address.value} disabled={asking.value} aria-describedby="to-note" aria-invalid={wrong.address ? 'true' : undefined} onInput={(event) => { address.value = event.currentTarget.value.trim(); }} />
        <p id="to-note" class="note">{wrong.address ?? ''}</p></div>
      <div class={wrong.amount ? 'field bad' : 'field'}><label for="to-amount">{t('wallet.amount')}</label>
        <div class="entry"><input id="to-amount" inputMode="decimal" autoComplete="off" value={amount.value} disabled={asking.value} aria-describedby="amount-note" aria-invalid={wrong.amount ? 'true' : undefined} onInput={(event) => { amount.value = event.currentTarget.value; }} /><span class="unit">{asset}</span></div>
        <p id="amount-note" class="note">{wrong.amount ?? ''}</p></div>
      <dl class="costs">
        <div><dt>{t('form.available')}</dt><dd>{formatUnits(balances.value[asset]?.free ?? 0n, language.value)} {asset}</dd></div>
        <div><dt>{t('wallet.fee')}</dt><dd>{formatUnits(fee, language.value)} {asset}</dd></div>
        <div><dt>{t('wallet.receive')}</dt><dd>{value > fee ? `${formatUnits(value - fee, language.value)} ${asset}` : t('common.none')}</dd></div>
      </dl>
      {asking.value ? <p class="hint warn-text">{t('wallet.check')}</p> : null}
      {trouble.value ? <p class="note" role="alert">{trouble.value}</p> : null}
      <div class="buttons">
        {asking.value ? <button type="button" onClick={() => { asking.value = false; }}>{t('common.cancel')}</button> : null}
        <button type="submit" class="primary" data-withdraw-send disabled={!ready || busy.value}>{t(asking.value ? 'wallet.confirm' : 'wallet.send')}</button>
      </div>
    </form>
  );
}

interface Movement { key: string; time: number; kind: 'deposit' | 'withdraw'; coin: string; amount: string; fee: string; status: string; state: string; address: string; txId: string }

/* No event tells when a withdrawal is through: it is asked for while one is under way. The question
 * is dear (API wallet "withdraw history"), so not often. */
function isMoving(row: Movement): boolean {
  return row.kind === 'deposit' ? row.status === '0' : ['0', '2', '4'].includes(row.status);
}

function HistoryView() {
  const rows = useSignal<Movement[] | null>(null);
  const trouble = useSignal<string | null>(null);
  const again = useSignal(0);
  useSignalEffect(() => {
    void balanceTurn.value;
    let left = false;
    const timer = setTimeout(() => {
      Promise.all([signed<Deposit[]>('GET', '/sapi/v1/capital/deposit/hisrec'), signed<Withdrawal[]>('GET', '/sapi/v1/capital/withdraw/history')]).then(([came, went]) => {
        if (left) return;
        rows.value = [
          ...came.map((row): Movement => ({ key: `d${row.id}`, time: row.insertTime, kind: 'deposit', coin: row.coin, amount: row.amount, fee: '0', status: String(row.status), state: `deposit.${row.status}`, address: row.address, txId: row.txId })),
          ...went.map((row): Movement => ({ key: `w${row.id}`, time: Date.parse(`${row.applyTime.replace(' ', 'T')}Z`), kind: 'withdraw', coin: row.coin, amount: row.amount, fee: row.transactionFee, status: String(row.status), state: `withdrawal.${row.status}`, address: row.address, txId: row.txId })),
        ].sort((a, b) => b.time - a.time);
        trouble.value = null;
        if (rows.peek()?.some(isMoving)) setTimeout(() => { again.value += left ? 0 : 1; }, again.peek() === 0 ? LOOK_SOON_MS : LOOK_MS);
      }, (error: unknown) => {
        if (!left) trouble.value = explain(error).text;
      });
    }, again.value === 0 ? 0 : LOOK_SOON_MS);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  });
  if (trouble.value) return <p class="note" role="alert">{t('orders.failed', { text: trouble.value })}</p>;
  if (!rows.value) return <p class="quiet">{t('common.loading')}</p>;
  if (rows.value.length === 0) return <p class="quiet">{t('wallet.none')}</p>;
  const saveCsv = () => download('movements.csv', csvOf(['time', 'kind', 'coin', 'amount', 'fee', 'status', 'address', 'txId'],
    (rows.peek() ?? []).map((row) => [new Date(row.time).toISOString(), row.kind, row.coin, row.amount, row.fee, row.status, row.address, row.txId])));
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label={t('wallet.history')}>
      <button type="button" class="small csv" aria-label={t('orders.csvLabel')} onClick={saveCsv}>{t('orders.csv')}</button>
      <table class="rows">
        <thead><tr><th scope="col">{t('orders.time')}</th><th scope="col">{t('wallet.kind')}</th><th scope="col">{t('wallet.asset')}</th><th scope="col" class="num">{t('wallet.amount')}</th><th scope="col">{t('orders.status')}</th><th scope="col">{t('wallet.address')}</th></tr></thead>
        <tbody>{rows.value.map((row) => (
          <tr key={row.key}><td class="dim">{formatDateTime(row.time, language.value)}</td><td>{t(row.kind === 'deposit' ? 'wallet.deposit' : 'wallet.withdraw')}</td><td>{row.coin}</td>
            <td class="num">{formatUnits(units(row.amount), language.value)}</td><td>{tOr(row.state, row.status)}</td><td class="dim cut" title={row.address}>{row.address}</td></tr>
        ))}</tbody>
      </table>
    </div>
  );
}

export function WalletDialog() {
  const coins = useSignal<Coin[] | null>(null);
  const trouble = useSignal<string | null>(null);
  useEffect(() => {
    signed<Coin[]>('GET', '/sapi/v1/capital/config/getall').then((rows) => { coins.value = rows; }, (error: unknown) => { trouble.value = explain(error).text; });
  }, []);
  const coin = coins.value?.find((row) => row.coin === walletAsset.value);
  const network = coin?.networkList[0];
  return (
    <Modal title={t('wallet.title')} wide>
      <Tabs name="wallet" label={t('wallet.title')} chosen={walletTab.value} choose={(id) => { walletTab.value = id; }}
        items={[{ id: 'deposit', text: t('wallet.deposit') }, { id: 'withdraw', text: t('wallet.withdraw') }, { id: 'history', text: t('wallet.history') }]} />
      <div id="wallet-panel" role="tabpanel" aria-labelledby={`wallet-tab-${walletTab.value}`} class="wallet">
        {trouble.value ? <p class="note" role="alert">{t('orders.failed', { text: trouble.value })}</p> : null}
        {walletTab.value !== 'history' ? (
          <div class="pair">
            <label class="field">{t('wallet.asset')}<select value={walletAsset.value} onChange={(event) => { walletAsset.value = event.currentTarget.value; }}>{(coins.value ?? []).map((row) => <option key={row.coin} value={row.coin}>{row.coin}</option>)}</select></label>
            <p class="field">{t('wallet.network')}<b>{network?.name ?? t('common.none')}</b></p>
          </div>
        ) : null}
        {walletTab.value === 'history' ? <HistoryView /> : network ? (walletTab.value === 'deposit' ? <DepositView key={walletAsset.value} asset={walletAsset.value} network={network} /> : <WithdrawView key={walletAsset.value} asset={walletAsset.value} network={network} />) : null}
      </div>
    </Modal>
  );
}
