/* One's own security keys. A new one is bound to the officer by the key of the register: the page shows
 * the text that says so before it is signed. */
import { useSignal } from '@preact/signals';
import { type Credential, get, post, session, type Session } from './api.ts';
import { moment } from './clock.ts';
import { t } from './i18n.ts';
import { Fault, Field, Head, useLoad, Waiting } from './parts.tsx';
import { SignText } from './signin.tsx';
import { type Begun, bindingText, isThere, makeKey } from './webauthn.ts';

interface Pending { challenge: string; name: string; clientData: string; attestation: string; text: string }

const NAME_MAX = 32;

export function Keys() {
  const load = useLoad('credentials', () => get<{ credentials: Credential[] }>('credentials'));
  const name = useSignal('');
  const pending = useSignal<Pending | null>(null);
  const fault = useSignal<unknown>(null);
  const busy = useSignal(false);
  const said = useSignal('');
  const me = session.value as Session;
  const run = async (work: () => Promise<void>) => {
    busy.value = true;
    fault.value = null;
    said.value = '';
    try {
      await work();
    } catch (error) {
      fault.value = error;
    } finally {
      busy.value = false;
    }
  };
  const make = () => run(async () => {
    const begun = await post<Begun>('credentials/begin', {});
    const made = await makeKey(begun, me.officer);
    pending.value = { challenge: begun.challenge, name: name.value, clientData: made.clientData, attestation: made.attestation, text: bindingText(me.venue ?? '', location.origin, me.officer, made.made, begun.challenge) };
  });
  const bind = (at: Pending, signature: string) => run(async () => {
    const { text: _, ...rest } = at;
    await post('credentials', { ...rest, signature });
    pending.value = null;
    name.value = '';
    said.value = t('keys.added');
    load.again();
  });
  const remove = (one: Credential) => run(async () => {
    if (!confirm(t('keys.removeAsk', { name: one.name }))) return;
    await post('credentials/remove', { id: one.id });
    said.value = t('keys.removed');
    load.again();
  });
  const all = load.value?.credentials ?? [];
  const at = pending.value;
  return (
    <main id="main">
      <Head title={t('keys.title')} />
      <p class="hint">{t('keys.about')}</p>
      <p role="status" class="good" data-said>{said.value}</p>
      <Fault error={fault.value} />
      <Waiting load={load} />
      {load.value && all.length === 0 ? <p class="empty" data-none>{t('keys.none')}</p> : null}
      {all.length > 0 ? (
        <div class="table-box" tabIndex={0} role="region" aria-label={t('keys.title')}>
          <table class="rows">
            <thead><tr><th scope="col">{t('keys.name')}</th><th scope="col">{t('keys.made')}</th><th scope="col">{t('keys.used')}</th><th scope="col"><span class="sr">{t('keys.remove')}</span></th></tr></thead>
            <tbody>{all.map((one) => (
              <tr key={one.id} data-credential={one.id}><th scope="row">{one.name}</th><td>{moment(one.made)}</td><td>{one.used ? moment(one.used) : t('keys.never')}</td>
                <td><button type="button" class="small" disabled={busy.value} data-remove onClick={() => void remove(one)} aria-label={t('keys.removeName', { name: one.name })}>{t('keys.remove')}</button></td></tr>
            ))}</tbody>
          </table>
        </div>
      ) : null}
      <section class="card">
        <h2>{t('keys.add')}</h2>
        {at === null ? (
          <form onSubmit={(event) => { event.preventDefault(); void make(); }}>
            <Field label={t('keys.name')} hint={isThere() ? t('keys.nameHint') : t('in.keyMissing')}>{(id) => <input id={id} data-key-name maxLength={NAME_MAX} autocomplete="off" value={name.value} onInput={(event) => { name.value = event.currentTarget.value; }} />}</Field>
            <button type="submit" class="primary" data-key-make disabled={busy.value || !isThere() || name.value.trim() === ''}>{t('keys.make')}</button>
          </form>
        ) : (
          <div data-bind class="bind">
            <p>{t('keys.bind', { name: at.name })}</p>
            <SignText text={at.text} name={`security-key-${me.officer}`} officer={me.officer} send={t('keys.send')} busy={busy.value} onSignature={(signature) => void bind(at, signature)} />
            <button type="button" onClick={() => { pending.value = null; }}>{t('cancel')}</button>
          </div>
        )}
      </section>
    </main>
  );
}
