/* The account's pages: who is signed in decides what is shown. */
import { render } from 'preact';
import { effect } from '@preact/signals';
import { chooseLanguage, language, t } from '../i18n/index.ts';
import { keyAt, login, loginAt, pageKey, signOutDoor } from '../state/login.ts';
import { syncTime } from '../api/client.ts';
import { Identity } from './identity.tsx';
import { Keys } from './keys.tsx';
import { go, type Place, place, startPlace } from './place.ts';
import { Proof } from './proof.tsx';
import { said } from './said.ts';
import { Security } from './security.tsx';
import { Reset, SignIn, SignUp } from './sign.tsx';
import { type AccountKey, ta } from './words.ts';

const NAV: [Place, AccountKey][] = [['/account/security', 'nav.security'], ['/account/keys', 'nav.keys'], ['/account/identity', 'nav.identity']];
/* A language is named in itself. */
const NAMES = { en: 'English', fr: 'Français' };

function Head() {
  const isIn = loginAt.value === 'in';
  const key = pageKey.value;
  return (
    <header class="account-head">
      <div class="account-line">
        <a class="brand" href="/"><span class="glyph" aria-hidden="true" />{t('app.title')}</a>
        <div class="segments" role="group" aria-label={t('settings.language')}>
          <button type="button" lang="en" data-language="en" aria-pressed={language.value === 'en'} onClick={() => chooseLanguage('en')}>{NAMES.en}</button>
          <button type="button" lang="fr" data-language="fr" aria-pressed={language.value === 'fr'} onClick={() => chooseLanguage('fr')}>{NAMES.fr}</button>
        </div>
      </div>
      <div class="account-line">
        <nav aria-label={ta('nav.label')}>
          {isIn ? NAV.map(([to, text]) => <a key={to} href={to} aria-current={shown() === to ? 'page' : undefined} onClick={(event) => go(event, to)} data-nav={to}>{ta(text)}</a>) : null}
          {isIn ? <a href="/records" data-nav="/records">{ta('nav.records')}</a> : null}
          <a href="/">{ta('nav.trade')}</a>
        </nav>
        {isIn ? <p class="who"><span data-who={key?.account ?? ''}>{key ? ta('head.signedIn', { account: key.account }) : keyAt.value === 'no-account' ? ta('head.opening') : ''}</span>
          <button type="button" class="small" data-sign-out onClick={() => {
            go(null, '/account/sign-in');
            void signOutDoor().then((known) => { if (!known) said.value = 'common.signOutUnknown'; });
          }}>{ta('head.signOut')}</button></p> : null}
      </div>
    </header>
  );
}

/* Which page the reader gets: what is behind the sign-in waits for it. */
function shown(): Place {
  const wanted = place.value;
  if (loginAt.value === 'in') return wanted === '/account/keys' || wanted === '/account/identity' ? wanted : '/account/security';
  return wanted === '/account/sign-up' || wanted === '/account/reset' ? wanted : '/account/sign-in';
}

function Inner() {
  if (loginAt.value === 'asking') return <p class="quiet" data-asking>{ta('common.wait')}</p>;
  if (loginAt.value === 'absent') return <section class="card narrow" data-no-door><p>{ta('common.noDoor')}</p></section>;
  switch (shown()) {
    case '/account/sign-up': return <SignUp key="sign-up" />;
    case '/account/reset': return <Reset key="reset" />;
    case '/account/keys': return <Keys key={`keys${login.value?.login}`} />;
    case '/account/identity': return <Identity key={`identity${login.value?.login}`} />;
    case '/account/security': return <Security key={`security${login.value?.login}`} />;
    default: return <SignIn key="sign-in" />;
  }
}

const TITLES: Partial<Record<Place, AccountKey>> = {
  '/account/sign-up': 'signUp.title', '/account/reset': 'reset.title', '/account/keys': 'keys.title', '/account/identity': 'identity.title', '/account/security': 'security.title', '/account/sign-in': 'signIn.title',
};

function App() {
  return (
    <div class="account">
      <Head />
      <main class="account-main"><h1 class="sr">{ta(TITLES[shown()] ?? 'nav.label')}</h1><p role="status" class="banner-line" hidden={said.value === null}>{said.value === null ? '' : ta(said.value)}</p><Inner /></main>
      <Proof />
    </div>
  );
}

export function startAccount(box: HTMLElement): void {
  startPlace();
  void syncTime().catch(() => undefined);
  effect(() => {
    document.documentElement.lang = language.value;
    document.title = `${ta(TITLES[shown()] ?? 'nav.label')} · ${t('app.title')}`;
  });
  render(<App />, box);
}
