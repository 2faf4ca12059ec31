/* The form of a sign-up. What is typed stays in its fields until a worker has sealed it; nothing of it is
 * put into a signal, a storage or an address; of papers the form has the browser's handles. When the form is left, its fields are emptied and the
 * worker ends. */
import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import { sealInWorker } from '../enrol/client.ts';
import type { Offer } from '../enrol/enrol.ts';
import { DOCUMENT_KINDS, FILES_BYTES_MAX, type Form, type FormFile, NAMES_MAX, SCRIPTS } from '../enrol/form.ts';
import { formatText } from '../decimal/format.ts';
import { type Key, language, t, tOr } from '../i18n/index.ts';
import { downloadText } from '../state/csv.ts';
import { Previews } from './previews.tsx';

export interface EnrolProps {
  worker: string; // the address of its script
  offer: () => Promise<Offer>;
  send: (sealed: Uint8Array<ArrayBuffer>, on: (sent: number) => void) => Promise<boolean>; // whether it was taken
  bytesMax?: number; // of what is sent; without it there is room for FILES_BYTES_MAX
  sent?: () => void;
}

/* Thrown by `offer` or `send` with the words for the reader. */
export class EnrolTrouble extends Error {}

type State = { at: 'form' | 'sent' } | { at: 'busy'; step: 'asking' | 'sealing' | 'sending'; percent?: number } | { at: 'refused'; part: string; why: string } | { at: 'failed'; text?: string };

/* What is sent beside the papers: the other groups, with their seals. */
const BESIDE_BYTES = 8_192;
const KILO = 1_000;

/* How much the papers may have together, as it is told; null: all that the form may have. */
function roomOf(bytesMax: number | undefined): string | null {
  return bytesMax === undefined || bytesMax - BESIDE_BYTES >= FILES_BYTES_MAX ? null : formatText(String(Math.floor((bytesMax - BESIDE_BYTES) / KILO)), language.value);
}

/* Told in tens, since each change is read aloud. */
const tens = (part: number, all: number) => 10 * Math.floor((10 * part) / all);

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
    key: text('key'),
  };
}

async function filesOf(data: FormData): Promise<FormFile[]> {
  const files = data.getAll('files').filter((file): file is File => file instanceof File && file.size > 0);
  return Promise.all(files.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })));
}

function Field({ name, part, label, type = 'text', refused, required = true, list, hint }: { name: string; part: string; label: Key; type?: 'text' | 'date' | 'email' | 'tel'; refused: string; required?: boolean; list?: string; hint?: Key }) {
  const id = useId();
  const same = { id, name, spellcheck: false, 'aria-required': required, 'aria-invalid': part === refused ? 'true' as const : undefined, 'data-enrol': name, 'aria-describedby': hint && `${id}-hint` };
  return (
    <div class={part === refused ? 'field bad' : 'field'}>
      <label for={id}>{t(label)}</label>
      <div class="entry">{type === 'date' ? <input type="date" autoComplete="off" {...same} /> : <input type="text" inputMode={type} autoComplete="off" list={list} {...same} />}</div>
      {hint && <p class="hint" id={`${id}-hint`}>{t(hint)}</p>}
    </div>
  );
}

/* The name of a script or country in the chosen language, where the browser knows it. */
function nameOf(type: 'script' | 'region', code: string): string | undefined {
  return new Intl.DisplayNames(language.value, { type, fallback: 'none' }).of(code);
}

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
/* Codes of groups, of nothing, and of countries that are no more. */
const NO_COUNTRY = new Set(['EU', 'EZ', 'UN', 'ZZ', 'XA', 'XB', 'AN', 'BU', 'CS', 'CT', 'DD', 'DY', 'FQ', 'FX', 'HV', 'JT', 'MI', 'NH', 'NQ', 'NT', 'PC', 'PU', 'PZ', 'RH', 'SU', 'TP', 'UK', 'VD', 'WK', 'YD', 'YU', 'ZR', 'QO']);

/* What a field for a country offers; other codes can be typed. */
function Countries({ id }: { id: string }) {
  const codes = LETTERS.flatMap((first) => LETTERS.map((second) => first + second)).filter((code) => !NO_COUNTRY.has(code) && nameOf('region', code));
  return <datalist id={id}>{codes.map((code) => <option key={code} value={code} label={nameOf('region', code)} />)}</datalist>;
}

function Choice({ name, label, values }: { name: string; label: Key; values: readonly string[] }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{t(label)}</label>
      <div class="entry"><select id={id} name={name} data-enrol={name}>{values.map((value) => <option key={value} value={value}>{tOr(`enrol.kind.${value}`, (value.length === 4 ? nameOf('script', value) : undefined) ?? value)}</option>)}</select></div>
    </div>
  );
}

/* A key to which alone an answer to one's own request is written (docs/enrolment.md): pasted, or made
 * here. Its secret goes into the file that is downloaded, and nowhere else. */
function OwnKey({ refused }: { refused: string }) {
  const box = useRef<HTMLDivElement>(null);
  const made = useSignal(false);
  const make = async () => {
    const { makeKey } = await import('../inbox/age.ts');
    const key = makeKey((size) => crypto.getRandomValues(new Uint8Array(size)));
    downloadText(`cambist-${key.recipient.slice(4, 12)}.key`, 'text/plain', `# ${t('enrol.keyFile')}\n# public key: ${key.recipient}\n${key.identity}\n`);
    const field = box.current?.querySelector('input');
    if (field) field.value = key.recipient;
    made.value = true;
  };
  return (
    <div ref={box}>
      <Field name="key" part="key" label={'enrol.key'} refused={refused} required={false} hint={'enrol.keyHint'} />
      <button type="button" data-enrol-key onClick={() => void make()}>{t('enrol.keyMake')}</button>
      <p role="status" class="hint" data-enrol-key-made={made.value ? 'yes' : 'no'}>{made.value && t('enrol.keyMade')}</p>
    </div>
  );
}

export function EnrolForm({ worker, offer, send, bytesMax, sent }: EnrolProps) {
  const box = useRef<HTMLFormElement>(null);
  const left = useRef(new AbortController());
  const state = useSignal<State>({ at: 'form' });
  const names = useSignal(1);
  const papers = useSignal<readonly File[]>([]);
  const addressId = useId();
  const filesId = useId();
  const countries = useId();
  const now = state.value;
  const refused = now.at === 'refused' ? now.part : '';
  const room = roomOf(bytesMax);
  useEffect(() => () => {
    left.current.abort();
    box.current?.reset();
  }, []);
  const leave = (index: number) => {
    const input = box.current?.querySelector<HTMLInputElement>('input[type="file"]');
    if (!input) return;
    const kept = new DataTransfer();
    papers.peek().forEach((file, i) => { if (i !== index) kept.items.add(file); });
    input.files = kept.files;
    papers.value = [...kept.files];
    input.focus();
  };
  const submit = async (form: HTMLFormElement) => {
    if (state.peek().at === 'busy') return;
    let files: FormFile[] = [];
    state.value = { at: 'busy', step: 'asking' };
    try {
      const data = new FormData(form);
      files = await filesOf(data);
      const offered = await offer();
      state.value = { at: 'busy', step: 'sealing' };
      const done = await sealInWorker(worker, { offer: offered, form: formOf(data), files, ...(bytesMax !== undefined && { room: Math.min(bytesMax - BESIDE_BYTES, FILES_BYTES_MAX) }) }, left.current.signal);
      if (done.refused) state.value = { at: 'refused', ...done.refused };
      else if (done.sealed && bytesMax !== undefined && done.sealed.length > bytesMax) state.value = { at: 'refused', part: 'files', why: 'room' };
      else {
        state.value = { at: 'busy', step: 'sending' };
        const all = done.sealed?.length ?? 0;
        if (done.sealed && await send(done.sealed as Uint8Array<ArrayBuffer>, (gone) => { state.value = { at: 'busy', step: 'sending', percent: tens(gone, all) }; })) {
          form.reset();
          state.value = { at: 'sent' };
          sent?.();
        } else state.value = { at: 'failed' };
      }
    } catch (error) {
      state.value = error instanceof EnrolTrouble ? { at: 'failed', text: error.message } : { at: 'failed' };
    }
    /* Those that did not go to the worker; of the others nothing is here. */
    for (const file of files) if (file.bytes.length > 0) file.bytes.fill(0);
  };
  return (
    <form ref={box} class="enrol" noValidate onReset={() => { papers.value = []; }} onSubmit={(event) => { event.preventDefault(); void submit(event.currentTarget); }}>
      <p>{t('enrol.about')}</p>
      <Countries id={countries} />
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
      <Field name="country" part="document" label={'enrol.country'} refused={refused} list={countries} />
      <Field name="document" part="document" label={'enrol.document'} refused={refused} />
      <Field name="residence" part="residence" label={'enrol.residence'} refused={refused} list={countries} />
      <div class={refused === 'address' ? 'field bad' : 'field'}>
        <label for={addressId}>{t('enrol.address')}</label>
        <div class="entry"><textarea id={addressId} name="address" rows={4} autoComplete="off" data-enrol="address" /></div>
      </div>
      <div class={refused === 'files' ? 'field bad' : 'field'}>
        <label for={filesId}>{t(room === null ? 'enrol.files' : 'enrol.filesHere')}</label>
        <div class="entry"><input id={filesId} name="files" type="file" multiple accept="image/jpeg,image/png,application/pdf" data-enrol="files" onChange={(event) => { papers.value = [...event.currentTarget.files ?? []]; }} aria-describedby={room === null ? undefined : `${filesId}-room`} /></div>
        {room === null ? null : <p class="hint" id={`${filesId}-room`} data-enrol-room>{t('enrol.room', { size: room })}</p>}
        <Previews files={papers.value} leave={leave} />
      </div>
      <OwnKey refused={refused} />
      <button type="submit" class="primary" disabled={now.at === 'busy'} data-enrol-send>{t('enrol.send')}</button>
      <p role="status" data-enrol-state={now.at}>
        {now.at === 'busy' && (now.percent === undefined ? t(`enrol.step.${now.step}`) : t('enrol.percent', { percent: now.percent }))}
        {now.at === 'sent' && t('enrol.sent')}
        {now.at === 'failed' && (now.text ?? t('enrol.failed'))}
        {now.at === 'refused' && `${tOr(`enrol.part.${now.part}`, now.part)}: ${t(`enrol.why.${now.why}` as Key, { size: room ?? '' })}`}
      </p>
    </form>
  );
}
