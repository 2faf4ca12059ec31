/* What is said above the trading page of somebody who has signed in at the door. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { type Key, t } from '../i18n/index.ts';
import { endedByItself, keyAt, loginAt, pageKey } from '../state/login.ts';
import { byLogin } from '../state/session.ts';
import { standing } from '../state/standing.ts';

const SAID: Partial<Record<string, Key>> = { 'no-account': 'login.openingText', unsupported: 'login.unsupported', failed: 'login.failed' };

/* An account that may not trade: because nobody knows yet whose it is? The venue counts the forms that
 * it has taken; one that takes none here is not asked again. */
function Unidentified() {
  const sent = useSignal<boolean | null>(null);
  useEffect(() => {
    pageKey.peek()?.signer.call<{ version: number }>('GET', '/page/v1/enrolment').then((offer) => { sent.value = offer.version > 1; }, () => undefined);
  }, []);
  if (sent.value === null) return null;
  if (sent.value) return <p class="banner" data-identified="sent">{t('login.waiting')}</p>;
  return <p class="banner" data-identified="no">{t('login.unidentified')} <a href="/account/identity">{t('login.identify')}</a></p>;
}

export function LoginBanner() {
  const said = loginAt.value === 'in' ? SAID[keyAt.value] : undefined;
  if (endedByItself.value) return <p class="banner" role="status" data-ended>{t('login.ended')} <a href="/account/sign-in">{t('account.signIn')}</a></p>;
  if (said) return <p class="banner" role="status" data-login-said={keyAt.value}>{t(said)}</p>;
  const allowed = standing.value?.allowed;
  if (byLogin.value && pageKey.value && allowed && !allowed.trade && !allowed.place) return <Unidentified key={pageKey.value.account} />;
  return null;
}
