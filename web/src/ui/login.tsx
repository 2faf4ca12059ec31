/* What the trading page has for somebody who has signed in at the door: what is said above it, and the
 * fresh proof before a withdrawal. */
import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { type Key, t } from '../i18n/index.ts';
import { endedByItself, identified, keyAt, loginAt, lookIdentified, pageKey, renewKey } from '../state/login.ts';
import { byLogin } from '../state/session.ts';
import { standing } from '../state/standing.ts';

const SAID: Partial<Record<string, Key>> = { 'no-account': 'login.openingText', unsupported: 'login.unsupported', failed: 'login.failed' };

/* An account that may not trade: because nobody knows yet whose it is? */
function Unidentified() {
  useEffect(() => {
    const again = () => { if (document.visibilityState === 'visible') void lookIdentified(); };
    again();
    document.addEventListener('visibilitychange', again);
    return () => document.removeEventListener('visibilitychange', again);
  }, []);
  const now = identified.value;
  if (now === 'sent') return <p class="banner" data-identified="sent">{t('login.waiting')}</p>;
  if (now === 'no') return <p class="banner" data-identified="no">{t('login.unidentified')} <a href="/account/identity">{t('login.identify')}</a></p>;
  return null;
}

export function LoginBanner() {
  const said = loginAt.value === 'in' ? SAID[keyAt.value] : undefined;
  if (endedByItself.value) return <p class="banner" role="status" data-ended>{t('login.ended')} <a href="/account/sign-in">{t('account.signIn')}</a></p>;
  if (said) return <p class="banner" role="status" data-login-said={keyAt.value}>{t(said)}</p>;
  const allowed = standing.value?.allowed;
  if (byLogin.value && pageKey.value && allowed && !allowed.trade && !allowed.place) return <Unidentified key={pageKey.value.account} />;
  return null;
}

/* The dialog is fetched with the account's pages. */
const asking = signal<ComponentType | null>(null);

/* Whether the page's key may withdraw now; the reader is asked for a proof where the venue wants one. */
export async function mayWithdraw(): Promise<boolean> {
  if (!byLogin.peek()) return true;
  await renewKey();
  if (pageKey.peek()?.withdraw) return true;
  const { askProof, Proof } = await import('../account/proof.tsx');
  asking.value = Proof;
  return await askProof() && pageKey.peek()?.withdraw === true;
}

export function ProofPlace() {
  const Proof = asking.value;
  return Proof ? <Proof /> : null;
}
