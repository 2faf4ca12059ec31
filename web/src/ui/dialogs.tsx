/* Small dialogs: markets, sign-in, keys, settings, about. */
import notice from '#notice';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { DemoAccount } from '../api/types.ts';
import { changeBasis } from '../decimal/decimal.ts';
import { formatBasis, formatDate, formatShort, formatUnits } from '../decimal/format.ts';
import { chooseLanguage, type Key, language, t } from '../i18n/index.ts';
import { loginAt } from '../state/login.ts';
import { byLogin, credentials, demoAccounts, explain, signInDemo, signInKey, signOut } from '../state/session.ts';
import { chooseMarket, lawDay, markets, quotes, symbol } from '../state/store.ts';
import { chooseTheme, theme, THEMES } from '../state/theme.ts';
import { Modal } from './modal.tsx';
import { dialog } from './panels.ts';

const close = () => { dialog.value = null; };

export function MarketDialog() {
  const text = useSignal('');
  const wanted = text.value.replace(/[^a-z0-9]/gi, '').toUpperCase();
  const rows = markets.value.filter((row) => row.symbol.includes(wanted));
  const choose = (name: string) => {
    chooseMarket(name);
    close();
  };
  const walk = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0 || !(event.currentTarget instanceof HTMLElement)) return;
    event.preventDefault();
    const all = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-walk]')];
    const at = all.indexOf(document.activeElement as HTMLElement);
    all[Math.max(0, Math.min(all.length - 1, at + step))]?.focus();
  };
  return (
    <Modal title={t('market.choose')} wide>
      <form onKeyDown={walk} onSubmit={(event) => {
        event.preventDefault();
        if (rows[0]) choose(rows[0].symbol);
      }}>
        <label class="sr" for="market-search">{t('market.search')}</label>
        <input id="market-search" class="search" data-first data-walk autoComplete="off" spellcheck={false} placeholder={t('market.search')}
          value={text.value} onInput={(event) => { text.value = event.currentTarget.value; }} />
        <div class="table-box">
          <table class="rows">
            <thead><tr><th scope="col">{t('market.name')}</th><th scope="col" class="num">{t('market.price')}</th><th scope="col" class="num">{t('market.change')}</th><th scope="col" class="num">{t('market.volume')}</th></tr></thead>
            <tbody>
              {rows.map((row) => {
                const quote = quotes.value[row.symbol];
                const basis = quote && quote.open > 0n ? changeBasis(quote.open, quote.last) : null;
                return (
                  <tr key={row.symbol} class={row.symbol === symbol.value ? 'chosen' : undefined}>
                    <td><button type="button" class="link" data-walk data-choose={row.symbol} aria-current={row.symbol === symbol.value ? 'true' : undefined} onClick={() => choose(row.symbol)}>{row.base}/{row.quote}</button>
                      {row.status !== 'TRADING' ? <span class="chip warn">{t('market.closed')}</span> : null}</td>
                    <td class="num">{quote && quote.last > 0n ? formatUnits(quote.last, language.value, row.priceDecimals) : t('common.none')}</td>
                    <td class={`num ${basis ? (basis > 0 ? 'bid' : 'ask') : ''}`}>{basis ? <span class="mark" aria-hidden="true">{basis > 0 ? '▴' : '▾'}</span> : null}{formatBasis(basis, language.value)}</td>
                    <td class="num dim">{quote ? `${formatShort(quote.quoteVolume, language.value)} ${row.quote}` : t('common.none')}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
          {rows.length === 0 ? <p class="quiet">{t('market.none')}</p> : null}
        </div>
      </form>
    </Modal>
  );
}

function OwnKey() {
  const key = useSignal('');
  const secret = useSignal('');
  const trouble = useSignal<string | null>(null);
  return (
    <form onSubmit={(event) => {
      event.preventDefault();
      signInKey(key.value.trim(), secret.value.trim()).then(close, (error: unknown) => { trouble.value = explain(error).text; });
    }}>
      <p>{t('account.ownText')}</p>
      <div class="field"><label for="own-key">{t('account.key')}</label><input id="own-key" data-first autoComplete="off" spellcheck={false} value={key.value} onInput={(event) => { key.value = event.currentTarget.value; }} /></div>
      <div class="field"><label for="own-secret">{t('account.secret')}</label><input id="own-secret" type="password" autoComplete="off" value={secret.value} onInput={(event) => { secret.value = event.currentTarget.value; }} /></div>
      {trouble.value !== null ? <p class="note" role="alert">{t('account.failed', { text: trouble.value })}</p> : null}
      <div class="buttons"><button type="submit" class="primary">{t('account.signIn')}</button></div>
    </form>
  );
}

/* Where the venue has a door, its ways come first. */
function DoorWays() {
  if (loginAt.value !== 'out' && loginAt.value !== 'half') return null;
  return (
    <>
      <ul class="accounts ways">
        <li><a class="button primary" href="/account/sign-in" data-first data-way="sign-in">{t(loginAt.value === 'half' ? 'login.half' : 'login.signIn')}</a></li>
        <li><a class="button" href="/account/sign-up" data-way="sign-up">{t('login.signUp')}</a></li>
      </ul>
      <h3>{t('login.other')}</h3>
    </>
  );
}

export function SignInDialog() {
  const list = useSignal<DemoAccount[] | null | 'loading' | 'failed'>('loading');
  const trouble = useSignal<string | null>(null);
  useEffect(() => {
    demoAccounts().then((rows) => { list.value = rows; }, () => { list.value = 'failed'; });
  }, []);
  const rows = list.value;
  return (
    <Modal title={t(loginAt.value === 'out' || loginAt.value === 'half' ? 'account.signIn' : rows === null ? 'account.own' : 'account.choose')}>
      <DoorWays />
      {rows === 'loading' ? <p class="quiet">{t('common.loading')}</p> : rows === 'failed' ? <p class="note" role="alert">{t('account.none')}</p>
        : rows === null ? <OwnKey /> : (
          <>
            <p>{t('account.demoText')}</p>
            {lawDay.value !== null ? <p>{t('law.text', { day: formatDate(lawDay.value, language.value) })}</p> : null}
            <ul class="accounts">
              {rows.map((row) => (
                <li key={row.account}><button type="button" data-account-choice={row.account}
                  onClick={() => signInDemo(row).then(close, (error: unknown) => { trouble.value = explain(error).text; })}>
                  <span class="face" aria-hidden="true">{row.name.slice(0, 1)}</span><span class="whom"><span>{row.name}</span>{row.about ? <small>{row.about[language.value]}</small> : null}</span></button></li>
              ))}
            </ul>
            {trouble.value !== null ? <p class="note" role="alert">{t('account.failed', { text: trouble.value })}</p> : null}
          </>
        )}
    </Modal>
  );
}

function helpRows(): [string[], Key][] {
  return [
    [['B'], 'help.buy'], [['S'], 'help.sell'], [['1', '2', '3', '4'], 'help.kind'], [[t('key.up'), t('key.down')], 'help.step'], [[t('key.enter')], 'help.enter'],
    [[t('key.escape')], 'help.escape'], [[`${t('key.shift')}+C`], 'help.cancelAll'], [['M', '/'], 'help.market'], [['O'], 'help.book'], [['?'], 'help.sheet'],
  ];
}

export function HelpDialog() {
  return (
    <Modal title={t('help.title')}>
      <dl class="keys">
        {helpRows().map(([keys, text]) => <div key={text}><dt>{keys.map((key) => <kbd key={key}>{key}</kbd>)}</dt><dd>{t(text)}</dd></div>)}
      </dl>
    </Modal>
  );
}

export function SettingsDialog() {
  return (
    <Modal title={t('settings.menu')}>
      <fieldset class="segments big"><legend>{t('settings.theme')}</legend>
        {THEMES.map((name) => <button type="button" key={name} data-theme-choice={name} aria-pressed={theme.value === name} onClick={() => chooseTheme(name)}>{t(`settings.${name}`)}</button>)}
      </fieldset>
      <fieldset class="segments big"><legend>{t('settings.language')}</legend>
        <button type="button" lang="en" data-language="en" aria-pressed={language.value === 'en'} onClick={() => chooseLanguage('en')}>{NAMES.en}</button>
        <button type="button" lang="fr" data-language="fr" aria-pressed={language.value === 'fr'} onClick={() => chooseLanguage('fr')}>{NAMES.fr}</button>
      </fieldset>
      <div class="buttons">
        {byLogin.value ? <a class="button" href="/account/security" data-to-account>{t('login.account')}</a> : null}
        {credentials.value ? <button type="button" data-sign-out onClick={() => {
          signOut();
          close();
        }}>{t('account.signOut')}</button> : null}
        <button type="button" onClick={() => { dialog.value = 'help'; }}>{t('settings.help')}</button>
        <button type="button" data-about onClick={() => { dialog.value = 'about'; }}>{t('settings.about')}</button>
      </div>
    </Modal>
  );
}

/* A language is named in itself. */
const NAMES = { en: 'English', fr: 'Français' };

export function AboutDialog() {
  return (
    <Modal title={t('about.title')} wide>
      <p>{t('about.text')}</p>
      <h3>{t('about.notices')}</h3>
      <pre class="notice" tabIndex={0} lang="en">{notice}</pre>
    </Modal>
  );
}
