/* The head of the page: market, its 24 hours, the connection, the account, settings. */
import { changeBasis } from '../decimal/decimal.ts';
import { formatBasis, formatDate, formatShort, formatUnits } from '../decimal/format.ts';
import { language, t } from '../i18n/index.ts';
import { keyAt, loginAt } from '../state/login.ts';
import { account, byLogin, credentials, signOut } from '../state/session.ts';
import { eventAgeMs, gaps, lawDay, linkState, live, market, quote, reconnections, roundTripMs } from '../state/store.ts';
import { dialog } from './panels.ts';
import { InboxButton } from './standing.tsx';

function age(ms: number | null): string {
  if (ms === null) return t('link.never');
  const seconds = Math.floor(ms / 1_000);
  return seconds < 120 ? t('link.seconds', { value: seconds }) : t('link.minutes', { value: Math.floor(seconds / 60) });
}

export function Badge() {
  const state = linkState.value;
  const rtt = roundTripMs.value;
  return (
    <div class={`badge ${state}`} role="group" aria-label={t('link.title')} data-link={state}>
      <span class="dot" aria-hidden="true" />
      <strong>{t(`link.${state}`)}</strong>
      <dl>
        <div><dt>{t('link.rtt')}</dt><dd data-rtt>{rtt === null ? t('common.none') : t('link.ms', { value: rtt })}</dd></div>
        <div><dt>{t('link.gaps')}</dt><dd>{gaps.value}</dd></div>
        <div class="wide-only"><dt>{t('link.reconnects')}</dt><dd>{reconnections.value}</dd></div>
        <div><dt>{t('link.age')}</dt><dd>{age(eventAgeMs.value)}</dd></div>
      </dl>
    </div>
  );
}

function Stats() {
  const here = market.value;
  const row = quote.value;
  if (!here || !row) return <div class="stats" />;
  const basis = row.open > 0n ? changeBasis(row.open, row.last) : null;
  const tone = basis === null || basis === 0 ? '' : basis > 0 ? 'bid' : 'ask';
  const price = (value: bigint) => (value > 0n ? formatUnits(value, language.value, here.priceDecimals) : t('common.none'));
  return (
    <div class="stats" role="group" aria-label={t('market.stats')} data-inert={live.value ? undefined : 'yes'}>
      <p class={`last ${tone}`}><span class="sr">{t('market.price')} </span>{price(row.last)}</p>
      <dl>
        <div><dt>{t('market.change')}</dt><dd class={tone}>{basis === null || basis === 0 ? '' : <span class="mark" aria-hidden="true">{basis > 0 ? '▴' : '▾'}</span>}{formatBasis(basis, language.value)}</dd></div>
        <div><dt>{t('market.high')}</dt><dd>{price(row.high)}</dd></div>
        <div><dt>{t('market.low')}</dt><dd>{price(row.low)}</dd></div>
        <div><dt>{t('market.volume')}</dt><dd>{formatShort(row.volume, language.value)} {here.base}</dd></div>
        <div class="wide-only"><dt>{t('market.volume')}</dt><dd>{formatShort(row.quoteVolume, language.value)} {here.quote}</dd></div>
      </dl>
    </div>
  );
}

function AccountButton() {
  const who = credentials.value;
  if (!who) {
    if (loginAt.value === 'in' && keyAt.value !== 'none') {
      return <div class="who"><a class="button" href="/account/security" data-login={keyAt.value}>{t(keyAt.value === 'making' || keyAt.value === 'no-account' ? 'login.opening' : 'login.account')}</a></div>;
    }
    return <button type="button" class="primary" data-sign-in onClick={() => { dialog.value = 'signIn'; }}>{t('account.signIn')}</button>;
  }
  const told = account.value;
  const limited = told && !told.canTrade ? (told.canWithdraw ? t('account.withdrawOnly') : t('account.restricted')) : null;
  return (
    <div class="who">
      {byLogin.value ? <a class="who-name" href="/account/security" title={t('login.account')} data-account={who.account} data-by-login>{who.name}</a>
        : <span class="who-name" title={t('account.signedIn', { name: who.name })} data-account={who.account}>{who.name}</span>}
      {limited ? <span class="chip warn">{limited}</span> : null}
      <InboxButton />
      <button type="button" onClick={signOut}>{t('account.signOut')}</button>
    </div>
  );
}

export function Top() {
  const here = market.value;
  return (
    <header class="top">
      <a class="skip" href="#order-form">{t('app.skip')}</a>
      <div class="house">
        <h1 class="brand"><span class="glyph" aria-hidden="true" />{t('app.title')}</h1>
        {lawDay.value !== null ? <p class="law" title={t('law.text', { day: formatDate(lawDay.value, language.value) })} data-law>{t('law.day', { day: formatDate(lawDay.value, language.value) })}</p> : null}
      </div>
      <button type="button" class="pick" aria-haspopup="dialog" onClick={() => { dialog.value = 'market'; }}>
        <span class="sr">{t('market.choose')}: </span>
        <strong data-market>{here ? `${here.base}/${here.quote}` : t('common.loading')}</strong>
        <span aria-hidden="true" class="caret">▾</span>
      </button>
      <Stats />
      <Badge />
      <AccountButton />
      <button type="button" class="icon" aria-label={t('settings.help')} title={t('settings.help')} onClick={() => { dialog.value = 'help'; }}>?</button>
      <button type="button" class="icon" aria-label={t('settings.menu')} title={t('settings.menu')} data-settings onClick={() => { dialog.value = 'settings'; }}>⚙</button>
    </header>
  );
}
