/* The form of a sign-up. What is typed stays in its fields until a worker has sealed it; nothing of it is
 * put into a signal, a storage or an address. */
import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { sealInWorker } from '../enrol/client.ts';
import type { Offer } from '../enrol/enrol.ts';
import { DOCUMENT_KINDS, type Form, type FormFile, NAMES_MAX, SCRIPTS } from '../enrol/form.ts';
import { type Key, t, tOr } from '../i18n/index.ts';

export interface EnrolProps {
  worker: string; // the address of its script
  offer: () => Promise<Offer>;
  send: (sealed: Uint8Array) => Promise<boolean>; // whether it was taken
}

type State = { at: 'form' | 'busy' | 'sent' } | { at: 'refused'; part: string; why: string } | { at: 'failed' };

const words = (text: string) => text.split(/[\s,;]+/).filter((word) => word !== '');

function formOf(data: FormData): Form {
  const text = (name: string) => String(data.get(name) ?? '');
  const scripts = data.getAll('script').map(String);
  return {
    names: data.getAll('name').map((name, i) => ({ text: String(name), script: scripts[i] ?? '' })).filter(({ text: name }, i) => i === 0 || name.trim() !== ''),
    birthDate: text('birthDate'),
    nationalities: words(text('nationalities').toUpperCase()),
    email: text('email'),
    document: { kind: text('kind'), country: text('country').toUpperCase(), number: text('document') },
    residence: text('residence').toUpperCase(),
    address: text('address').split(/\r?\n/).filter((line) => line.trim() !== ''),
    phone: text('phone'),
  };
}

async function filesOf(data: FormData): Promise<FormFile[]> {
  const files = data.getAll('files').filter((file): file is File => file instanceof File && file.size > 0);
  return Promise.all(files.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })));
}

function Field({ name, part, label, type = 'text', refused, required = true }: { name: string; part: string; label: Key; type?: 'text' | 'date' | 'email' | 'tel'; refused: string; required?: boolean }) {
  const id = useId();
  const same = { id, name, spellcheck: false, 'aria-required': required, 'aria-invalid': part === refused ? 'true' as const : undefined, 'data-enrol': name };
  return (
    <div class={part === refused ? 'field bad' : 'field'}>
      <label for={id}>{t(label)}</label>
      <div class="entry">{type === 'date' ? <input type="date" autoComplete="off" {...same} /> : <input type="text" inputMode={type} autoComplete="off" {...same} />}</div>
    </div>
  );
}

function Choice({ name, label, values }: { name: string; label: Key; values: readonly string[] }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{t(label)}</label>
      <div class="entry"><select id={id} name={name} data-enrol={name}>{values.map((value) => <option key={value} value={value}>{tOr(`enrol.kind.${value}`, value)}</option>)}</select></div>
    </div>
  );
}

export function EnrolForm({ worker, offer, send }: EnrolProps) {
  const state = useSignal<State>({ at: 'form' });
  const names = useSignal(1);
  const addressId = useId();
  const filesId = useId();
  const now = state.value;
  const refused = now.at === 'refused' ? now.part : '';
  const submit = async (form: HTMLFormElement) => {
    state.value = { at: 'busy' };
    try {
      const data = new FormData(form);
      const files = await filesOf(data);
      const done = await sealInWorker(worker, { offer: await offer(), form: formOf(data), files });
      if (done.refused) state.value = { at: 'refused', ...done.refused };
      else if (done.sealed && await send(done.sealed)) {
        form.reset();
        state.value = { at: 'sent' };
      } else state.value = { at: 'failed' };
    } catch {
      state.value = { at: 'failed' };
    }
  };
  return (
    <form class="enrol" noValidate onSubmit={(event) => { event.preventDefault(); void submit(event.currentTarget); }}>
      <p>{t('enrol.about')}</p>
      {Array.from({ length: names.value }, (_, i) => (
        <fieldset key={i}>
          <legend>{t('enrol.name', { number: i + 1 })}</legend>
          <Field name="name" part="names" label={'enrol.nameText'} refused={refused} />
          <Choice name="script" label={'enrol.script'} values={SCRIPTS} />
        </fieldset>
      ))}
      {names.value < NAMES_MAX && <button type="button" data-enrol-more onClick={() => { names.value += 1; }}>{t('enrol.more')}</button>}
      <Field name="birthDate" part="birthDate" type="date" label={'enrol.birthDate'} refused={refused} />
      <Field name="nationalities" part="nationalities" label={'enrol.nationalities'} refused={refused} />
      <Field name="email" part="email" type="email" label={'enrol.email'} refused={refused} />
      <Field name="phone" part="phone" type="tel" label={'enrol.phone'} refused={refused} required={false} />
      <Choice name="kind" label={'enrol.kind'} values={DOCUMENT_KINDS} />
      <Field name="country" part="document" label={'enrol.country'} refused={refused} />
      <Field name="document" part="document" label={'enrol.document'} refused={refused} />
      <Field name="residence" part="residence" label={'enrol.residence'} refused={refused} />
      <div class={refused === 'address' ? 'field bad' : 'field'}>
        <label for={addressId}>{t('enrol.address')}</label>
        <div class="entry"><textarea id={addressId} name="address" rows={4} autoComplete="off" data-enrol="address" /></div>
      </div>
      <div class={refused === 'files' ? 'field bad' : 'field'}>
        <label for={filesId}>{t('enrol.files')}</label>
        <div class="entry"><input id={filesId} name="files" type="file" multiple accept="image/jpeg,image/png,application/pdf" data-enrol="files" /></div>
      </div>
      <button type="submit" class="primary" disabled={now.at === 'busy'} data-enrol-send>{t('enrol.send')}</button>
      <p role="status" data-enrol-state={now.at}>
        {now.at === 'busy' && t('enrol.busy')}
        {now.at === 'sent' && t('enrol.sent')}
        {now.at === 'failed' && t('enrol.failed')}
        {now.at === 'refused' && `${tOr(`enrol.part.${now.part}`, now.part)}: ${tOr(`enrol.why.${now.why}`, now.why)}`}
      </p>
    </form>
  );
}
