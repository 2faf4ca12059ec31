/* The order form, and the dialog that asks once more before an order goes. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { formatUnits, type Language } from '../decimal/format.ts';
import { language, t } from '../i18n/index.ts';
import { costsOf, type Draft, type Field, type Kind, makeClientId, type Problem, problemsOf, type TimeInForce } from '../state/draft.ts';
import {
  byTotal, clearForm, draft, type FieldName, fields, kind, postOnly, side, stepField, surroundings, timeInForce, tried, usePercent,
} from '../state/form.ts';
import type { Market } from '../state/market.ts';
import { account, balances, credentials, place, rates, userLive } from '../state/session.ts';
import { live, market } from '../state/store.ts';
import { Modal } from './modal.tsx';
import { dialog, openWallet } from './panels.ts';

const KINDS: Kind[] = ['LIMIT', 'MARKET', 'STOP', 'OCO'];
const KIND_KEYS = { LIMIT: 'form.limit', MARKET: 'form.market', STOP: 'form.stop', OCO: 'form.oco' } as const;
const TIF_KEYS = { GTC: 'form.gtc', IOC: 'form.ioc', FOK: 'form.fok' } as const;
const FIELD_OF: Record<Field, FieldName> = { price: 'price', quantity: 'quantity', total: 'total', stop: 'stop', stopLimit: 'stopLimit' };

export function problemText(problem: Problem, lang: Language): string {
  const values: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(problem.values)) {
    values[name] = typeof value === 'bigint' ? formatUnits(value, lang) : value;
  }
  return t(problem.key, values);
}

/* Empty fields are complained about only after a try; what is wrong, at once. */
function shown(problems: Problem[], field: Field | null): Problem | undefined {
  return problems.find((problem) => problem.field === field && (problem.key !== 'problem.missing' || tried.value));
}

function NumberField({ name, label, unit, here, problems }: { name: Field; label: string; unit: string; here: Market; problems: Problem[] }) {
  const id = useId();
  const problem = shown(problems, name);
  const field = FIELD_OF[name];
  const step = name === 'quantity' ? here.step : name === 'total' ? 100_000_000n : here.tick;
  return (
    <div class={problem ? 'field bad' : 'field'}>
      <label for={id}>{label}</label>
      <div class="entry">
        <input id={id} inputMode="decimal" autoComplete="off" spellcheck={false} data-number data-field={name} value={fields[field].value}
          aria-invalid={problem ? 'true' : undefined} aria-describedby={`${id}-note`}
          onInput={(event) => { fields[field].value = event.currentTarget.value; }}
          onKeyDown={(event) => {
            const sign = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0;
            if (sign === 0) return;
            event.preventDefault();
            stepField(field, here, sign * (event.shiftKey ? 10 : 1));
          }} />
        <span class="unit">{unit}</span>
      </div>
      <p id={`${id}-note`} class={problem ? 'note' : 'sr'}>{problem ? problemText(problem, language.value) : t('form.step', { step: formatUnits(step, language.value) })}</p>
    </div>
  );
}

function Costs({ here, order }: { here: Market; order: Draft }) {
  const costs = costsOf(here, order, surroundings.value, rates.value);
  const show = (value: bigint, asset: string) => `${formatUnits(value, language.value, asset === here.quote ? here.quoteDecimals : here.baseDecimals)} ${asset}`;
  const about = costs?.estimated ?? false;
  return (
    <dl class="costs" data-costs>
      <div><dt>{t(about ? 'form.valueEstimated' : 'form.value')}</dt><dd>{costs ? show(costs.notional, here.quote) : t('common.none')}</dd></div>
      <div><dt>{t(about ? 'form.feeEstimated' : 'form.fee')}</dt><dd>{costs && rates.value ? show(costs.fee, costs.feeAsset) : t('common.none')}</dd></div>
      <div><dt>{t(about ? 'form.receiveEstimated' : 'form.receive')}</dt><dd>{costs ? show(costs.receives, costs.receivesAsset) : t('common.none')}</dd></div>
    </dl>
  );
}

function Fields({ here, problems }: { here: Market; problems: Problem[] }) {
  const k = kind.value;
  const price = (name: Field, label: string) => <NumberField name={name} label={label} unit={here.quote} here={here} problems={problems} />;
  const totals = k === 'MARKET' && byTotal.value;
  return (
    <>
      {k === 'OCO' ? <p class="hint">{t('form.ocoHint')}</p> : null}
      {k === 'LIMIT' ? price('price', t('form.price')) : null}
      {k === 'OCO' ? price('price', t('form.takePrice')) : null}
      {k === 'STOP' || k === 'OCO' ? price('stop', t('form.stopPrice')) : null}
      {k === 'STOP' || k === 'OCO' ? price('stopLimit', t('form.stopLimit')) : null}
      {k === 'MARKET' ? (
        <div class="market-line">
          <span class="hint">{t('form.marketPrice')}</span>
          {here.quoteOrdersAllowed ? (
            <label class="inline">{t('form.by')}{' '}
              <select value={totals ? 'total' : 'quantity'} onChange={(event) => { byTotal.value = event.currentTarget.value === 'total'; }}>
                <option value="quantity">{here.base}</option>
                <option value="total">{here.quote}</option>
              </select>
            </label>
          ) : null}
        </div>
      ) : null}
      {totals ? <NumberField name="total" label={t('form.total')} unit={here.quote} here={here} problems={problems} />
        : <NumberField name="quantity" label={t('form.quantity')} unit={here.base} here={here} problems={problems} />}
      <div class="percents" role="group" aria-label={t('form.percent')}>
        {[25, 50, 75, 100].map((percent) => (
          <button type="button" key={percent} disabled={!credentials.value} aria-label={t('form.percentOf', { percent })}
            onClick={() => usePercent(percent)}>{percent}{language.value === 'fr' ? '\u202f' : ''}%</button>
        ))}
      </div>
      {k === 'LIMIT' || k === 'STOP' ? (
        <div class="options">
          {k === 'LIMIT' ? (
            <label class="check" title={t('form.postOnlyHint')}>
              <input type="checkbox" checked={postOnly.value} onChange={(event) => { postOnly.value = event.currentTarget.checked; }} />
              {t('form.postOnly')}
            </label>
          ) : null}
          <label class="inline">
            <span class="dim">{t('form.tif')}</span>
            <select value={timeInForce.value} disabled={k === 'LIMIT' && postOnly.value}
              onChange={(event) => { timeInForce.value = event.currentTarget.value as TimeInForce; }}>
              {(['GTC', 'IOC', 'FOK'] as const).map((name) => <option key={name} value={name}>{t(TIF_KEYS[name])}</option>)}
            </select>
          </label>
        </div>
      ) : null}
    </>
  );
}

export function review(): void {
  const here = market.peek();
  tried.value = true;
  if (!here || !live.peek() || !credentials.peek()) return;
  const problems = problemsOf(here, draft.peek(), surroundings.peek());
  const first = problems[0];
  if (first) {
    if (first.field) document.querySelector<HTMLElement>(`[data-field="${first.field}"]`)?.focus();
    return;
  }
  dialog.value = 'review';
}

export function OrderForm() {
  const here = market.value;
  const who = credentials.value;
  const order = draft.value;
  const problems = here ? problemsOf(here, order, surroundings.value) : [];
  const general = shown(problems, null);
  const buys = side.value === 'BUY';
  const available = here ? (buys ? surroundings.value.freeQuote : surroundings.value.freeBase) : null;
  const mayTrade = account.value?.canTrade ?? true;
  const usable = live.value;
  return (
    <section class="panel form" aria-labelledby="form-title" data-section="trade" id="order-form" tabIndex={-1} data-inert={usable ? undefined : 'yes'}>
      <h2 id="form-title" class="sr">{t('form.title')}</h2>
      <form noValidate onSubmit={(event) => {
        event.preventDefault();
        if (!credentials.peek()) dialog.value = 'signIn';
        else review();
      }}>
        <div class="sides" role="group" aria-label={t('form.side')}>
          {(['BUY', 'SELL'] as const).map((name) => (
            <button type="button" key={name} class={name === 'BUY' ? 'buy' : 'sell'} aria-pressed={side.value === name} data-side={name}
              onClick={() => { side.value = name; }}><span aria-hidden="true">{name === 'BUY' ? '▴' : '▾'}</span> {t(name === 'BUY' ? 'form.buy' : 'form.sell')}</button>
          ))}
        </div>
        <div class="segments kinds" role="group" aria-label={t('form.kind')}>
          {KINDS.map((name) => (
            <button type="button" key={name} data-kind={name} aria-pressed={kind.value === name} onClick={() => { kind.value = name; }}>{t(KIND_KEYS[name])}</button>
          ))}
        </div>
        {here ? <Fields here={here} problems={problems} /> : null}
        <p class="available">
          <span class="dim">{t('form.available')}</span>{' '}
          <b data-available>{here && available !== null ? `${formatUnits(available, language.value, buys ? here.quoteDecimals : here.baseDecimals)} ${buys ? here.quote : here.base}` : t('common.none')}</b>
        </p>
        {here ? <Costs here={here} order={order} /> : null}
        <div aria-live="polite">
          {general ? <p class="note">{problemText(general, language.value)}</p> : null}
          {!mayTrade ? <p class="note">{t('form.noTrading')}</p> : null}
          {!usable && who ? <p class="note" data-inert-note>{t('form.inert')}</p> : null}
        </div>
        {who ? (
          <button type="submit" class={`send ${buys ? 'buy' : 'sell'}`} disabled={!usable || !userLive.value || !mayTrade} data-send>
            {t(buys ? 'form.reviewBuy' : 'form.reviewSell', { asset: here?.base ?? '' })}
          </button>
        ) : <button type="submit" class="send primary">{t('form.signIn')}</button>}
      </form>
      {here && who ? <Purse here={here} /> : null}
    </section>
  );
}

/* What there is of the market's two assets. */
function Purse({ here }: { here: Market }) {
  const wallet = account.value;
  return (
    <div class="purse">
      <h3>{t('orders.balances')}</h3>
      {[here.base, here.quote].map((asset) => {
        const row = balances.value[asset] ?? { free: 0n, locked: 0n };
        return (
          <div class="purse-row" key={asset}>
            <b>{asset}</b><span class="num">{formatUnits(row.free, language.value)}</span>
            <span class="dim held">{row.locked > 0n ? `${t('balances.locked')} ${formatUnits(row.locked, language.value)}` : ''}</span>
            <div>
              <button type="button" class="small" disabled={wallet?.canDeposit === false} aria-label={t('balances.depositOf', { asset })} onClick={() => openWallet(asset, 'deposit')}>{t('balances.deposit')}</button>
              <button type="button" class="small" disabled={wallet?.canWithdraw === false} aria-label={t('balances.withdrawOf', { asset })} onClick={() => openWallet(asset, 'withdraw')}>{t('balances.withdraw')}</button>
            </div>
          </div>
        );
      })}
    </div>
  );
}

export function ReviewDialog() {
  const sending = useSignal(false);
  const frozen = useSignal(draft.peek());
  /* One id for the dialog's life: pressed twice, it is still one order. */
  const clientId = useSignal(makeClientId());
  const here = market.value;
  if (!here) return null;
  const order = frozen.value;
  const lang = language.value;
  const row = (label: string, value: ComponentChildren) => <div><dt>{label}</dt><dd>{value}</dd></div>;
  const price = (value: bigint | null) => `${formatUnits(value ?? 0n, lang, here.priceDecimals)} ${here.quote}`;
  const problems = problemsOf(here, order, surroundings.value);
  const stopper = problems[0];
  const usable = live.value && !stopper;
  const moved = order.kind === 'LIMIT' && !order.postOnly && order.timeInForce === 'GTC' && crossed(order);
  const send = async () => {
    if (sending.value || !usable) return;
    sending.value = true;
    const came = await place(here, order, clientId.value);
    if (came === 'accepted') clearForm();
    if (dialog.peek() === 'review') dialog.value = null;
  };
  return (
    <Modal title={t('review.title')}>
      <form onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}>
        <p class={`review-side ${order.side === 'BUY' ? 'bid' : 'ask'}`}>
          <span aria-hidden="true">{order.side === 'BUY' ? '▴' : '▾'}</span> {t(`side.${order.side}`)}{' '}
          {order.total !== null ? `${formatUnits(order.total, lang)} ${here.quote}` : `${formatUnits(order.quantity ?? 0n, lang, here.quantityDecimals)} ${here.base}`}
        </p>
        <dl class="costs">
          {row(t('review.market'), `${here.base}/${here.quote}`)}
          {row(t('review.type'), order.postOnly ? t('type.LIMIT_MAKER') : t(KIND_KEYS[order.kind]))}
          {order.kind === 'LIMIT' ? row(t('form.price'), price(order.price)) : null}
          {order.kind === 'OCO' ? row(t('form.takePrice'), price(order.price)) : null}
          {order.kind === 'STOP' || order.kind === 'OCO' ? row(t('form.stopPrice'), price(order.stop)) : null}
          {order.kind === 'STOP' || order.kind === 'OCO' ? row(t('form.stopLimit'), price(order.stopLimit)) : null}
          {order.kind === 'STOP' || (order.kind === 'LIMIT' && !order.postOnly) ? row(t('review.validity'), t(TIF_KEYS[order.timeInForce])) : null}
        </dl>
        <Costs here={here} order={order} />
        <div aria-live="assertive">
          {!live.value ? <p class="note">{t('form.inert')}</p> : stopper ? <p class="note">{problemText(stopper, lang)}</p> : moved ? <p class="hint">{t('review.moved')}</p> : null}
        </div>
        <div class="buttons">
          <button type="button" onClick={() => { dialog.value = null; }}>{t('review.back')}</button>
          <button type="submit" data-first data-confirm class={order.side === 'BUY' ? 'buy' : 'sell'} disabled={sending.value || !usable}>
            {t(sending.value ? 'review.sending' : 'review.send')}
          </button>
        </div>
      </form>
    </Modal>
  );
}

/* Whether a limit order would trade at once: said, not forbidden. */
function crossed(order: Draft): boolean {
  const other = order.side === 'BUY' ? surroundings.value.bestAsk : surroundings.value.bestBid;
  if (order.price === null || other === null) return false;
  return order.side === 'BUY' ? order.price > other : order.price < other;
}

export function focusForm(next: 'BUY' | 'SELL'): void {
  side.value = next;
  const first = document.querySelector<HTMLInputElement>('.form [data-field]');
  requestAnimationFrame(() => {
    const field = first ?? document.querySelector<HTMLInputElement>('.form [data-field]');
    field?.focus();
    field?.select();
  });
}
