/* Writing an act and bringing it signed. The page writes the form's words into an unsigned text and hands
 * it out as a file: what is signed is read on the officer's own machine, where `cambist officer sign` shows
 * it, and never here. */
import { type Signal, signal, useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { FREE, arrowOf, fieldsOf, formOfField, GROUPS, linesOf, WORDS } from './acts.ts';
import { get, post, session, type Session } from './api.ts';
import type { Authority } from './api.ts';
import { type Whole, Letter } from './case.tsx';
import { type RecordLine, recordText, typedMoment } from './draft.ts';
import { type Key, t, word } from './i18n.ts';
import { FIELDS, type Field as SubjectField, hashOfText, identifierHash, newCase } from './paper.ts';
import { Choice, Command, downloadText, Fault, Field, Hash, hashed, HashField, Head } from './parts.tsx';
import { go, path, values } from './route.ts';

interface SubjectRow { person: string; field: SubjectField; value: string; hash: string }

const SIGNED_BYTES_MAX = 16_384;
const DAY_MS = 86_400_000;
const dayOf = (days: number): string => new Date(days * DAY_MS).toISOString().slice(0, 10);

function startValues(act: string, whole: Whole | null): Record<string, string> {
  const request = whole?.acts.findLast((one) => one.act === 'receive' || one.act === 'amend')?.fields ?? {};
  const typed: Record<string, string> = {};
  for (const field of fieldsOf(act)) {
    const isAsked = act === 'amend' || act === 'call-back';
    const before = isAsked && field !== 'evidence' && field !== 'telephone' ? request[field] ?? '' : '';
    typed[field] = formOfField(field) === 'moment' ? before.replace(/(:\d\d)?Z$/, '').replace(/^none$/, '') : before === 'none' && formOfField(field) === 'hash' ? '' : before;
  }
  if (act === 'receive') Object.assign(typed, { request: 'disclose', mark: 'order', opening: 'authority', basis: 'union-law', class: 'plain', urgency: 'ordinary' });
  const named = values().get('authority');
  if (named && 'authority' in typed) typed.authority = named;
  return typed;
}

function startSubjects(whole: Whole | null): SubjectRow[] {
  const known = whole ? linesOf(whole.acts, 'subject').map((line) => line.split(' ')) : [];
  return known.length > 0 ? known.map(([person, field, hash]) => ({ person: person ?? '1', field: (field ?? 'document') as SubjectField, value: '', hash: hash ?? '' })) : [{ person: '1', field: 'document', value: '', hash: '' }];
}

function startRecords(whole: Whole | null): RecordLine[] {
  const known = whole?.shown.asked ?? [];
  return known.length > 0 ? known.map((row) => ({ person: String(row.person), group: row.group, from: row.to_day ? dayOf(row.from_day) : '', to: row.to_day ? dayOf(row.to_day) : '' })) : [{ person: '1', group: 'identity', from: '', to: '' }];
}

function Subjects({ rows }: { rows: Signal<SubjectRow[]> }) {
  const change = (index: number, next: Partial<SubjectRow>) => { rows.value = rows.value.map((row, at) => (at === index ? { ...row, ...next } : row)); };
  return (
    <fieldset class="many"><legend>{t('field.subject')}</legend><p class="hint">{t('subject.hint')}</p>
      {rows.value.map((row, index) => (
        <div class="line" key={index} data-subject={index}>
          <input aria-label={t('case.person')} class="short" inputMode="numeric" value={row.person} onInput={(event) => change(index, { person: event.currentTarget.value })} />
          <select aria-label={t('subject.field')} value={row.field} onChange={(event) => change(index, { field: event.currentTarget.value as SubjectField, hash: '' })}>{FIELDS.map((one) => <option key={one} value={one}>{word('subject', one)}</option>)}</select>
          <input aria-label={t('subject.value')} class="grow" autocomplete="off" spellcheck={false} placeholder={row.hash ? t('subject.kept') : t('subject.value')} value={row.value} onInput={(event) => change(index, { value: event.currentTarget.value, hash: '' })} />
          <button type="button" class="small" aria-label={t('line.remove', { number: index + 1 })} disabled={rows.value.length === 1} onClick={() => { rows.value = rows.value.filter((_, at) => at !== index); }}>✕</button>
        </div>
      ))}
      <button type="button" class="small" data-subject-add onClick={() => { rows.value = [...rows.value, { person: rows.value.at(-1)?.person ?? '1', field: 'name', value: '', hash: '' }]; }}>{t('line.add')}</button>
    </fieldset>
  );
}

function Records({ rows }: { rows: Signal<RecordLine[]> }) {
  const change = (index: number, next: Partial<RecordLine>) => { rows.value = rows.value.map((row, at) => (at === index ? { ...row, ...next } : row)); };
  return (
    <fieldset class="many"><legend>{t('field.record')}</legend><p class="hint">{t('record.hint')}</p>
      {rows.value.map((row, index) => (
        <div class="line" key={index} data-record={index}>
          <input aria-label={t('case.person')} class="short" inputMode="numeric" value={row.person} onInput={(event) => change(index, { person: event.currentTarget.value })} />
          <select aria-label={t('record.group')} value={row.group} onChange={(event) => change(index, { group: event.currentTarget.value })}>{GROUPS.map((one) => <option key={one} value={one}>{word('group', one)}</option>)}</select>
          <input type="date" aria-label={t('record.from')} value={row.from} onInput={(event) => change(index, { from: event.currentTarget.value })} />
          <input type="date" aria-label={t('record.to')} value={row.to} onInput={(event) => change(index, { to: event.currentTarget.value })} />
          <button type="button" class="small" aria-label={t('line.remove', { number: index + 1 })} onClick={() => { rows.value = rows.value.filter((_, at) => at !== index); }}>✕</button>
        </div>
      ))}
      <button type="button" class="small" data-record-add onClick={() => { rows.value = [...rows.value, { person: rows.value.at(-1)?.person ?? '1', group: 'identity', from: '', to: '' }]; }}>{t('line.add')}</button>
    </fieldset>
  );
}

function Persons({ rows, people }: { rows: Signal<Record<number, string>>; people: number[] }) {
  return (
    <fieldset class="many"><legend>{t('field.person')}</legend><p class="hint">{t('person.hint')}</p>
      {people.map((person) => <Field key={person} label={t('person.of', { number: person })}>{(id) => <input id={id} class="short" inputMode="numeric" data-person={person} value={rows.value[person] ?? ''} onInput={(event) => { rows.value = { ...rows.value, [person]: event.currentTarget.value.trim() }; }} />}</Field>)}
    </fieldset>
  );
}

/* Behind the form: the file, how it is signed, and where it comes back. */
function Bring({ act, text, letter, onTaken, back }: { act: string; text: string; letter: string | null; onTaken: () => void; back: string }) {
  const me = session.value as Session;
  const name = `${act}-${hashOfText(text).slice(0, 8)}.txt`;
  const signed = useSignal('');
  const error = useSignal<unknown>(null);
  const state = useSignal<string | null>(null);
  const isOver = useSignal(false);
  const busy = useSignal(false);
  const input = useRef<HTMLInputElement>(null);
  const take = async (file: File | undefined) => {
    if (input.current) input.current.value = '';
    if (!file) return;
    if (file.size > SIGNED_BYTES_MAX) error.value = new Error(t('bring.large'));
    else signed.value = await file.text();
  };
  const put = async () => {
    busy.value = true;
    error.value = null;
    try {
      state.value = (await post<{ state: string }>('put', { act: signed.value })).state;
      onTaken();
    } catch (problem) {
      error.value = problem;
    } finally {
      busy.value = false;
    }
  };
  if (state.value !== null) return <section class="card done" role="status" data-taken={state.value}><h2>{t('bring.taken')}</h2><p>{state.value === 'none' ? t('bring.register') : t('bring.state', { state: word('state', state.value) })}</p><p><a href={back}>{t('bring.back')}</a></p></section>;
  return (
    <>
      <section class="card" data-written>
        <h2>{t('bring.file')}</h2>
        <p>{t('bring.fileHint')}</p>
        <p><button type="button" class="primary" data-download onClick={() => downloadText(name, text)}>{t('bring.download', { name })}</button></p>
        <dl class="facts"><div><dt>{t('bring.hash')}</dt><dd><Hash value={hashOfText(text)} whole label={t('bring.hash')} /></dd></div></dl>
        <p class="hint">{t('bring.notHere')}</p>
        <h3>{t('bring.sign')}</h3>
        <Command label={t('bring.sign')} text={`cambist officer sign ${name} --sign-key ${me.officer}.pem > ${name.replace(/txt$/, 'signed')}`} />
      </section>
      {letter === null ? null : <section class="card" data-with-letter><h2>{t('bring.letter')}</h2><p class="hint">{t('bring.letterHint')}</p><Letter text={letter} hash={null} /></section>}
      <section class={`card drop${isOver.value ? ' over' : ''}`} data-bring
        onDragOver={(event) => { event.preventDefault(); isOver.value = true; }} onDragLeave={() => { isOver.value = false; }}
        onDrop={(event) => { event.preventDefault(); isOver.value = false; void take(event.dataTransfer?.files[0]); }}>
        <h2>{t('bring.title')}</h2>
        <p class="hint">{t('bring.hint')}</p>
        <Field label={t('bring.text')}>{(id) => <textarea id={id} class="mono" rows={6} data-signed spellcheck={false} value={signed.value} onInput={(event) => { signed.value = event.currentTarget.value; }} />}</Field>
        <div class="buttons"><label class="button">{t('bring.choose')}<input ref={input} type="file" class="sr" data-signed-file onChange={(event) => void take(event.currentTarget.files?.[0])} /></label>
          <button type="button" class="primary" data-put disabled={busy.value || signed.value.trim() === ''} onClick={() => void put()}>{t('bring.put')}</button></div>
        <Fault error={error.value} />
      </section>
    </>
  );
}

export function ActForm({ act, whole, onTaken }: { act: string; whole: Whole | null; onTaken: () => void }) {
  const typed = useSignal(startValues(act, whole));
  const subjects = useSignal(startSubjects(act === 'amend' ? whole : null));
  const records = useSignal(startRecords(act === 'receive' ? null : whole));
  const persons = useSignal<Record<number, string>>({});
  const hashes = useRef<Record<string, Signal<string>>>({});
  const caseName = useRef(whole?.shown.case ?? (act === 'receive' ? newCase() : 'none'));
  const written = useSignal<{ text: string; letter: string | null } | null>(null);
  const error = useSignal<unknown>(null);
  const busy = useSignal(false);
  const fields = fieldsOf(act);
  const people = [...new Set((whole?.shown.granted ?? []).map((row) => row.person))];
  const hashSignal = (name: string) => (hashes.current[name] ??= signal(typed.peek()[name] ?? ''));
  const many = (): Record<string, string[]> => {
    const found: Record<string, string[]> = {};
    if (fields.includes('subject')) {
      found.subject = subjects.value.map((row, index) => {
        const hash = row.hash || identifierHash(caseName.current, Number(row.person), row.field, row.value);
        if (!hash || !/^[1-9]\d*$/.test(row.person)) throw new Error(t('subject.wrong', { number: index + 1 }));
        return `${row.person} ${row.field} ${hash}`;
      });
    }
    if (fields.includes('record')) found.record = records.value.map(recordText);
    if (fields.includes('person')) found.person = people.map((person) => `${person} ${persons.value[person] || 'none'}`);
    return found;
  };
  const write = async () => {
    busy.value = true;
    error.value = null;
    try {
      await hashed();
      const all: Record<string, string | string[]> = many();
      for (const field of fields) {
        const form = formOfField(field);
        const value = form === 'hash' ? hashSignal(field).value : form === 'moment' ? typedMoment(typed.value[field] ?? '') : typed.value[field] ?? '';
        if (!['subjects', 'records', 'persons'].includes(form) && value !== '') all[field] = value;
      }
      const name = act in FREE && act !== 'receive' ? typed.value.authority ?? '' : '';
      const { text } = await post<{ text: string }>('draft', { act, case: caseName.current, name, fields: all });
      const letter = arrowOf(act)?.letter ? (await post<{ letter: string }>('letter', { act: text })).letter : null;
      written.value = { text, letter };
    } catch (problem) {
      error.value = problem;
    } finally {
      busy.value = false;
    }
  };
  const set = (field: string, value: string) => { typed.value = { ...typed.value, [field]: value }; written.value = null; };
  const back = whole ? path() : act === 'receive' ? `/case/${caseName.current}` : '/';
  const optional = ['evidence', 'ends', 'instrument', 'sealed', 'dated'].filter((field) => field !== 'evidence' || !arrowOf(act)?.evidence);
  return (
    <>
      <p><a href={whole ? path() : '/'}>{t('form.back')}</a></p>
      <Head title={word('act', act)} />
      <p>{word('does', act)}</p>
      <form class="card act-form" data-act-form={act} onSubmit={(event) => { event.preventDefault(); void write(); }} onInput={() => { written.value = null; }}>
        {fields.map((field) => {
          const label = `${t(`field.${field}` as Key)}${optional.includes(field) ? ` (${t('optional')})` : ''}`;
          switch (formOfField(field)) {
            case 'subjects': return <Subjects key={field} rows={subjects} />;
            case 'records': return <Records key={field} rows={records} />;
            case 'persons': return <Persons key={field} rows={persons} people={people} />;
            case 'hash': return <HashField key={field} name={field} label={label} value={hashSignal(field)} />;
            case 'word': return <Field key={field} label={label}>{(id) => <Choice id={id} name={field} value={typed.value[field] ?? ''} words={WORDS[field] ?? []} family={field} none={typed.value[field] ? null : t('choose')} on={(value) => set(field, value)} />}</Field>;
            case 'moment': return <Field key={field} label={label} hint={t('form.utc')}>{(id) => <input id={id} type="datetime-local" step={1} data-field={field} value={typed.value[field] ?? ''} onInput={(event) => set(field, event.currentTarget.value)} />}</Field>;
            default: return <Field key={field} label={label} hint={field === 'telephone' && whole?.authority ? t('form.telephone', { telephone: whole.authority.telephone }) : undefined}>{(id) => <input id={id} data-field={field} autocomplete="off" spellcheck={false} value={typed.value[field] ?? ''} onInput={(event) => set(field, event.currentTarget.value)} />}</Field>;
          }
        })}
        <div class="buttons"><button type="submit" class="primary" data-write disabled={busy.value}>{t('form.write')}</button></div>
        <Fault error={error.value} />
      </form>
      {written.value === null ? null : <Bring key={written.value.text} act={act} text={written.value.text} letter={written.value.letter} onTaken={onTaken} back={back} />}
    </>
  );
}

/* What is done without a case: a new request, and the registers. */
export function FreeForm({ act }: { act: string }) {
  const known = useSignal<Authority | null>(null);
  const error = useSignal<unknown>(null);
  const name = useSignal(values().get('authority') ?? '');
  const find = async () => {
    try {
      known.value = await get<Authority>('authority', { name: name.value });
      error.value = null;
    } catch (problem) {
      known.value = null;
      error.value = problem;
    }
  };
  const authority = known.value;
  return (
    <main id="main">
      {act === 'receive' ? null : (
        <>
          <nav class="tabs" aria-label={t('queue.registers')}>{Object.keys(FREE).filter((one) => one !== 'receive').map((one) => <button key={one} type="button" class="small" data-register={one} aria-pressed={one === act} onClick={() => go(`/?act=${one}`)}>{word('act', one)}</button>)}<a class="button small" href="/registers">{t('register.told')}</a></nav>
          <form class="card inline" onSubmit={(event) => { event.preventDefault(); void find(); }}>
            <Field label={t('authority.look')}>{(id) => <input id={id} data-authority-name autocomplete="off" value={name.value} onInput={(event) => { name.value = event.currentTarget.value.trim(); }} />}</Field>
            <button type="submit" disabled={name.value === ''}>{t('authority.find')}</button>
            {authority ? <p data-authority={authority.name}><b>{authority.country} · {authority.name}</b> · {word('type', authority.type)} · {authority.telephone} · {authority.struck ? t('authority.struck') : authority.confirmed ? t('authority.confirmed') : t('authority.unconfirmed')}</p> : null}
            <Fault error={error.value} />
          </form>
        </>
      )}
      <ActForm key={act} act={act} whole={null} onTaken={() => undefined} />
    </main>
  );
}
