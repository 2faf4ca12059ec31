/* The form of a sign-up, sealed in the browser and sent with the page's key. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ApiError } from '../api/client.ts';
import type { Offer } from '../enrol/enrol.ts';
import { type Limits, mostOf, PATH, sendSealed } from '../enrol/send.ts';
import { keyAt, lookIdentified, pageKey } from '../state/login.ts';
import { EnrolForm, EnrolTrouble } from '../ui/enrol.tsx';
import { Title } from './parts.tsx';
import { Way } from './steps.tsx';
import { type AccountKey, ta } from './words.ts';

const AGAIN_MS = 4_000;

type Offered = Offer & Limits;
type Known = { at: 'asking' } | { at: 'open'; limits: Limits } | { at: 'sent' } | { at: 'not'; why: AccountKey };

/* Why there is no offer. */
function whyNot(error: unknown): AccountKey {
  if (!(error instanceof ApiError)) return 'identity.failed';
  switch (error.text) {
    case 'no-account': return 'identity.wait';
    case 'no-person': return 'identity.noPerson';
    case 'refused': return 'identity.nobody';
    default: return error.status === 404 ? 'identity.none' : 'identity.failed';
  }
}

async function offerNow(): Promise<Offered> {
  const key = pageKey.peek();
  if (!key) throw new ApiError('refused', 401, 0, 'no-session');
  return await key.signer.call<Offered>('GET', PATH);
}

/* While a form is looked at nothing is offered. */
async function knownNow(): Promise<Known> {
  try {
    return { at: 'open', limits: await offerNow() };
  } catch (error) {
    if (error instanceof ApiError && error.text === 'under-review') return { at: 'sent' };
    return { at: 'not', why: whyNot(error) };
  }
}

async function send(sealed: Uint8Array<ArrayBuffer>, limits: Limits, on: (sent: number) => void): Promise<boolean> {
  const key = pageKey.peek();
  if (!key) return false;
  try {
    return await sendSealed(sealed, limits, (path, bytes) => key.signer.send(path, bytes, 'application/octet-stream'), (size) => crypto.getRandomValues(new Uint8Array(size)), on);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.text === 'wait') throw new EnrolTrouble(ta('error.wait', { seconds: Math.ceil(error.retryAfterMs / 1_000) }));
    if (error.text === 'busy') throw new EnrolTrouble(ta('error.busy'));
    if (error.kind === 'unknown') throw new EnrolTrouble(ta('error.late'));
    return false;
  }
}

function Next() {
  return (
    <section class="card" data-next><h2>{ta('identity.next')}</h2>
      <ol class="steps"><li>{ta('identity.next1')}</li><li>{ta('identity.next2')}</li><li>{ta('identity.next3')}</li></ol></section>
  );
}

export function Identity() {
  const known = useSignal<Known>({ at: 'asking' });
  const at = keyAt.value;
  const hasKey = pageKey.value !== null;
  useEffect(() => {
    if (!hasKey) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let left = false;
    const ask = async () => {
      const told = await knownNow();
      if (left) return;
      known.value = told;
      if (told.at === 'not' && told.why !== 'identity.none') timer = setTimeout(() => void ask(), AGAIN_MS);
    };
    void ask();
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [hasKey]);
  const now = known.value;
  if (!hasKey && (at === 'no-account' || at === 'unsupported' || at === 'failed')) {
    const why: AccountKey = at === 'no-account' ? 'identity.wait' : at === 'failed' ? 'identity.failed' : 'identity.unsupported';
    return <section class="card" data-identity={at}><Title text={ta('identity.title')} /><p role="status">{ta(why)}</p></section>;
  }
  if (now.at === 'asking') return <p class="quiet">{ta('common.wait')}</p>;
  if (now.at === 'not') return <section class="card" data-identity="not"><Title text={ta('identity.title')} /><p role="status">{ta(now.why)}</p></section>;
  if (now.at === 'sent') {
    return (
      <>
        <Way />
        <section class="card" data-identity="sent"><Title text={ta('identity.sent')} /><p>{ta('identity.sentText')}</p></section>
        <Next />
      </>
    );
  }
  return (
    <>
      <Way />
      <section class="card" data-identity="form">
        <Title text={ta('identity.title')} />
        <p>{ta('identity.text')}</p>
        <EnrolForm worker={ENROL_WORKER} offer={offerNow} send={(sealed, on) => send(sealed, now.limits, on)} bytesMax={mostOf(now.limits)} sent={() => {
          known.value = { at: 'sent' };
          void lookIdentified();
        }} />
      </section>
      <Next />
    </>
  );
}
