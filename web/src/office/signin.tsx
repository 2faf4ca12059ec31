/* Sign-in: by the key file of the register, by a signature made on the officer's own machine, or by a
 * security key. Which text is signed is shown before anything is signed. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { ended, post, type Session, sessionIs } from './api.ts';
import { moment } from './clock.ts';
import { t } from './i18n.ts';
import { KeyRefusal, signText } from './keyfile.ts';
import { Command, downloadText, Fault, Field, Head } from './parts.tsx';
import { askKey, isThere } from './webauthn.ts';

export interface Begun { challenge: string; text: string; credentials: string[]; until: number }

const CODE = /^[a-z0-9-]{1,12}$/;
const KEY_BYTES_MAX = 4096;

/* Reads the file, signs the text, keeps nothing. */
export async function signWithFile(file: File, text: string): Promise<string> {
  if (file.size > KEY_BYTES_MAX) throw new Error(t('key.form'));
  try {
    return signText(new Uint8Array(await file.arrayBuffer()), text);
  } catch (error) {
    throw error instanceof KeyRefusal ? new Error(t(`key.${error.fault}`)) : error;
  }
}

/* The key file, or the text and a signature that was made elsewhere. */
export function SignText({ text, name, send, busy, onSignature, onFault }: { text: string; name: string; send: string; busy: boolean; onSignature: (signature: string) => void; onFault: (error: unknown) => void }) {
  const pasted = useSignal('');
  const input = useRef<HTMLInputElement>(null);
  const sign = async (file: File | undefined) => {
    if (!file) return;
    try {
      const signature = await signWithFile(file, text);
      onSignature(signature);
    } catch (error) {
      onFault(error);
    } finally {
      if (input.current) input.current.value = ''; // the same file may be chosen again, and none stays chosen
    }
  };
  return (
    <>
      <section aria-labelledby="sign-text"><h2 id="sign-text">{t('sign.text')}</h2><pre class="text" data-sign-text tabIndex={0}>{text}</pre><p class="hint">{t('sign.textHint')}</p></section>
      <div class="ways">
        <section>
          <h2>{t('sign.file')}</h2>
          <p class="hint">{t('sign.fileHint')}</p>
          <label class={`button primary${busy ? ' off' : ''}`}>{t('sign.choose')}<input ref={input} type="file" class="sr" data-key-file accept=".pem,.key" disabled={busy} onChange={(event) => void sign(event.currentTarget.files?.[0])} /></label>
        </section>
        <section>
          <h2>{t('sign.own')}</h2>
          <p class="hint">{t('sign.ownHint')}</p>
          <button type="button" onClick={() => downloadText(`${name}.txt`, text)} data-sign-download>{t('sign.download')}</button>
          <Command label={t('sign.command')} text={`openssl pkeyutl -sign -rawin -inkey ${t('sign.pem')} -in ${name}.txt | openssl base64 -A`} />
          <form onSubmit={(event) => { event.preventDefault(); if (pasted.value) onSignature(pasted.value.trim()); }}>
            <Field label={t('sign.paste')}>{(id) => <input id={id} class="mono" data-signature autocomplete="off" spellcheck={false} value={pasted.value} onInput={(event) => { pasted.value = event.currentTarget.value; }} />}</Field>
            <button type="submit" disabled={busy || pasted.value.trim() === ''} data-signature-send>{send}</button>
          </form>
        </section>
      </div>
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
          <SignText text={at.text} name={`sign-in-${officer.value}`} send={t('sign.send')} busy={busy.value} onSignature={(signature) => void byText(at, signature)} onFault={(error) => { fault.value = error; }} />
        </div>
      )}
    </main>
  );
}
