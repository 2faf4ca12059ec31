/* Sign-in: by a security key, or by a signature that the officer's own program makes with the key file
 * of the register. No page of the venue is shown that key (it signs acts). */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { ended, post, type Session, sessionIs } from './api.ts';
import { moment } from './clock.ts';
import { t } from './i18n.ts';
import { Command, downloadText, Fault, Field, Head } from './parts.tsx';
import { askKey, isThere } from './webauthn.ts';

export interface Begun { challenge: string; text: string; credentials: string[]; until: number }

const CODE = /^[a-z0-9-]{1,12}$/;

/* The text, and the signature that the officer's own program made of it: no page is shown the key. */
export function SignText({ text, name, officer, send, busy, onSignature }: { text: string; name: string; officer: string; send: string; busy: boolean; onSignature: (signature: string) => void }) {
  const pasted = useSignal('');
  return (
    <>
      <section aria-labelledby="sign-text"><h2 id="sign-text">{t('sign.text')}</h2><pre class="text" data-sign-text tabIndex={0}>{text}</pre><p class="hint">{t('sign.textHint')}</p></section>
      <section>
        <h2>{t('sign.own')}</h2>
        <p class="hint">{t('sign.ownHint')}</p>
        <button type="button" class="primary" onClick={() => downloadText(`${name}.txt`, text)} data-sign-download>{t('sign.download')}</button>
        <Command label={t('sign.command')} text={`cambist officer sign-in ${name}.txt --name ${officer} --sign-key ${t('sign.pem')} --origin ${location.origin}`} />
        <form onSubmit={(event) => { event.preventDefault(); if (pasted.value) onSignature(pasted.value.trim()); }}>
          <Field label={t('sign.paste')}>{(id) => <input id={id} class="mono" data-signature autocomplete="off" spellcheck={false} value={pasted.value} onInput={(event) => { pasted.value = event.currentTarget.value; }} />}</Field>
          <button type="submit" disabled={busy || pasted.value.trim() === ''} data-signature-send>{send}</button>
        </form>
      </section>
    </>
  );
}

export function SignIn() {
  const officer = useSignal('');
  const begun = useSignal<Begun | null>(null);
  const busy = useSignal(false);
  const fault = useSignal<unknown>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => { field.current?.focus(); }, []);
  const run = async (work: () => Promise<void>) => {
    busy.value = true;
    fault.value = null;
    try {
      await work();
    } catch (error) {
      fault.value = error;
      // A challenge works once: whatever became of it, the next attempt has another.
      if (begun.value) begun.value = await post<Begun>('sign-in/begin', { officer: officer.value }).catch(() => null);
    } finally {
      busy.value = false;
    }
  };
  const begin = () => run(async () => { begun.value = await post<Begun>('sign-in/begin', { officer: officer.value }); });
  const byText = (at: Begun, signature: string) => run(async () => { sessionIs(await post<Session>('sign-in/key', { officer: officer.value, challenge: at.challenge, signature })); });
  const byKey = (at: Begun) => run(async () => { sessionIs(await post<Session>('sign-in/webauthn', { officer: officer.value, challenge: at.challenge, ...await askKey(at.challenge, at.credentials) })); });
  const at = begun.value;
  return (
    <main id="main" class="narrow">
      <Head title={t('in.title')} />
      {ended.value ? <p class="banner" role="status" data-ended>{t('in.ended')}</p> : null}
      <p>{t('in.about')}</p>
      {at === null ? (
        <form class="card" onSubmit={(event) => { event.preventDefault(); void begin(); }}>
          <Field label={t('in.code')} hint={t('in.codeHint')}>{(id) => <input ref={field} id={id} data-officer autocomplete="username" autocapitalize="none" spellcheck={false} value={officer.value} onInput={(event) => { officer.value = event.currentTarget.value.trim(); }} />}</Field>
          <button type="submit" class="primary" disabled={busy.value || !CODE.test(officer.value)} data-begin>{t('in.go')}</button>
          <Fault error={fault.value} />
        </form>
      ) : (
        <div class="card" data-begun>
          <p><strong>{officer.value}</strong> <button type="button" class="small" onClick={() => { begun.value = null; fault.value = null; }}>{t('in.other')}</button> <span class="dim">{t('in.until', { time: moment(at.until) })}</span></p>
          <Fault error={fault.value} />
          <section>
            <h2>{t('in.key')}</h2>
            <p class="hint">{isThere() ? t('in.keyHint') : t('in.keyMissing')}</p>
            <button type="button" class="primary" disabled={busy.value || !isThere()} data-webauthn onClick={() => void byKey(at)}>{t('in.keyUse')}</button>
          </section>
          <SignText text={at.text} name={`sign-in-${officer.value}`} officer={officer.value} send={t('sign.send')} busy={busy.value} onSignature={(signature) => void byText(at, signature)} />
        </div>
      )}
    </main>
  );
}
