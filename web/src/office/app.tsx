/* The console's frame: who is signed in, where one is, and that the session is about to end. */
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { chooseTheme } from '../state/theme.ts';
import { FREE } from './acts.ts';
import { FreeForm } from './actform.tsx';
import { post, session, type Session, sessionEnds, stay } from './api.ts';
import { CasePage } from './case.tsx';
import { length, now } from './clock.ts';
import { chooseLanguage, type Key, language, t, word } from './i18n.ts';
import { Keys } from './keys.tsx';
import { Mine } from './mine.tsx';
import { Head } from './parts.tsx';
import { Queue } from './queue.tsx';
import { Registers } from './registers.tsx';
import { Reports } from './reports.tsx';
import { RestrictionPage, Restrictions } from './restrictions.tsx';
import { path, values } from './route.ts';
import { SignIn } from './signin.tsx';

const SOON_MS = 120_000;
const NAMES = { en: 'English', fr: 'Français' }; // a language is named in itself
const PLACES: [string, Key][] = [['/', 'nav.queue'], ['/restrictions', 'nav.restrictions'], ['/reports', 'nav.reports'], ['/registers', 'nav.registers'], ['/mine', 'nav.mine'], ['/credentials', 'nav.keys']];

export const away = signal(false);

function turnTheme(): void {
  chooseTheme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark');
}

async function signOut(): Promise<void> {
  await post('sign-out').catch(() => undefined);
  sessionEnds(false);
}

function isHere(target: string): boolean {
  const at = path();
  return target === '/' ? at === '/' || at.startsWith('/case/') : at === target || (target === '/restrictions' && at.startsWith('/restriction'));
}

function Top({ me }: { me: Session | null }) {
  const next = language.value === 'en' ? 'fr' : 'en';
  return (
    <header class="top no-print">
      <a class="skip" href="#main">{t('skip')}</a>
      <p class="brand"><span class="glyph" aria-hidden="true" />{t('brand')}{me?.venue ? <span class="dim"> · {me.venue}</span> : null}</p>
      {me ? <nav aria-label={t('nav')}>{PLACES.map(([target, name]) => <a key={target} href={target} aria-current={isHere(target) ? 'page' : undefined} data-nav={target}>{t(name)}</a>)}</nav> : <span class="grow" />}
      <div class="who">
        {me ? <span data-who={me.officer} title={t('who.by', { by: t(`by.${me.by}`) })}><b>{me.officer}</b> <span class="dim">{word('role', me.role)} · {me.region}</span></span> : null}
        <button type="button" class="quiet" lang={next} data-language={next} onClick={() => chooseLanguage(next)}>{NAMES[next]}</button>
        <button type="button" class="quiet" data-theme-turn aria-label={t('theme')} onClick={turnTheme}>◐</button>
        {me ? <button type="button" data-sign-out onClick={() => void signOut()}>{t('out')}</button> : null}
      </div>
    </header>
  );
}

function Ending({ me }: { me: Session }) {
  const rest = me.until - now.value;
  if (rest > SOON_MS) return null;
  return <div class="banner no-print" role="alert" data-ending><span>{t('ending', { time: length(Math.max(0, rest)) })}</span> <button type="button" class="small" onClick={() => void stay().catch(() => undefined)}>{t('stay')}</button></div>;
}

function Nowhere() {
  return <main id="main"><Head title={t('nowhere')} /><p class="empty"><a href="/">{t('case.back')}</a></p></main>;
}

function Place() {
  const at = path();
  const act = values().get('act') ?? '';
  if (at === '/') return act in FREE ? <FreeForm key={act} act={act} /> : <Queue />;
  const desk = /^\/case\/([0-9a-f]{32})$/.exec(at);
  if (desk?.[1]) return <CasePage key={desk[1]} name={desk[1]} />;
  if (at === '/restrictions') return <Restrictions />;
  const rule = /^\/restriction\/(\d+-\d+)$/.exec(at);
  if (rule?.[1]) return <RestrictionPage key={rule[1]} name={rule[1]} />;
  if (at === '/reports') return <Reports />;
  if (at === '/registers') return <Registers />;
  if (at === '/mine') return <Mine />;
  if (at === '/credentials') return <Keys />;
  return <Nowhere />;
}

export function App() {
  const me = session.value;
  useEffect(() => { document.documentElement.lang = language.value; }, [language.value]);
  if (away.value && me === null) return <><Top me={null} /><main id="main" class="narrow"><Head title={t('fault.away')} /><p class="empty"><button type="button" onClick={() => location.reload()}>{t('again')}</button></p></main></>;
  if (me === 'asking') return <><Top me={null} /><main id="main" class="narrow"><p class="empty" role="status">{t('loading')}</p></main></>;
  return <><Top me={me} />{me ? <><Ending me={me} /><Place /></> : <SignIn />}</>;
}
