/* The page: its sections, the open dialog, messages, and what is said about the connection. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { dismiss, says } from '../state/says.ts';
import { linkState } from '../state/store.ts';
import { Book } from './book.tsx';
import { Chart } from './chart.tsx';
import { AboutDialog, HelpDialog, MarketDialog, SettingsDialog, SignInDialog } from './dialogs.tsx';
import { OrderForm, ReviewDialog } from './form.tsx';
import { CancelAllDialog, Orders } from './orders.tsx';
import { LoginBanner, ProofPlace } from './login.tsx';
import { dialog, type View, view } from './panels.ts';
import { InboxDialog, StandingBanner } from './standing.tsx';
import { Top } from './top.tsx';
import { Trades } from './trades.tsx';
import { WalletDialog } from './wallet.tsx';

const VIEWS: View[] = ['chart', 'book', 'trade', 'orders'];

function Messages() {
  return (
    <div class="says" role="region" aria-label={t('common.messages')}>
      <div aria-live="polite" aria-atomic="false">
        {says.value.map((row) => (
          <div class={`say ${row.tone}`} key={row.id} data-say={row.tone}>
            <div><p>{row.text}</p>{row.advice ? <p class="advice">{row.advice}</p> : null}{row.code ? <p class="code">{t('outcome.code', { code: row.code })}</p> : null}</div>
            {row.tone === 'wait' ? <span class="spin" aria-hidden="true" /> : <button type="button" class="icon" aria-label={t('common.dismiss')} onClick={() => dismiss(row.id)}>✕</button>}
          </div>
        ))}
      </div>
    </div>
  );
}

/* Changes of the connection are said once; the first connecting is not news. */
function Spoken() {
  const text = useSignal('');
  const down = useRef(false);
  useSignalEffect(() => {
    const state = linkState.value;
    if (state === 'lost' || state === 'halted') {
      down.current = true;
      text.value = t(`link.said.${state}`);
    } else if (state === 'live' && down.current) {
      down.current = false;
      text.value = t('link.said.live');
    }
  });
  return <div class="sr" role="status" aria-live="polite">{text}</div>;
}

function Open() {
  switch (dialog.value) {
    case null: return null;
    case 'market': return <MarketDialog key="market" />;
    case 'help': return <HelpDialog key="help" />;
    case 'about': return <AboutDialog key="about" />;
    case 'signIn': return <SignInDialog key="signIn" />;
    case 'review': return <ReviewDialog key="review" />;
    case 'cancelAll': return <CancelAllDialog key="cancelAll" />;
    case 'wallet': return <WalletDialog key="wallet" />;
    case 'inbox': return <InboxDialog key="inbox" />;
    case 'settings': return <SettingsDialog key="settings" />;
  }
}

export function Page() {
  const state = linkState.value;
  return (
    <div class="page" data-view={view.value}>
      <Top />
      <div class="banners">
        {state === 'lost' || state === 'halted' ? <p class="banner" data-banner>{t(`link.banner.${state}`)}</p> : null}
        <LoginBanner />
        <StandingBanner />
      </div>
      <main>
        <Chart />
        <Book />
        <OrderForm />
        <Orders />
        <Trades />
      </main>
      <nav class="views" aria-label={t('nav.label')}>
        {VIEWS.map((name) => <button type="button" key={name} data-view-choice={name} aria-current={view.value === name ? 'page' : undefined} onClick={() => { view.value = name; }}>{t(`nav.${name}`)}</button>)}
      </nav>
      <Open />
      <ProofPlace />
      <Messages />
      <Spoken />
    </div>
  );
}
