/* Small pieces that all pages of the console share. */
import { type Signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useId } from 'preact/hooks';
import { left, moment, nearness, now } from './clock.ts';
import { language, t, word } from './i18n.ts';
import { ofVenue } from './moment.ts';
import { hashOfFile } from './paper.ts';
import { meaning } from './says.ts';

const COPIED_MS = 2000;
const HASH_SHOWN = 12;

export function Head({ title, children }: { title: string; children?: ComponentChildren }) {
  useEffect(() => { document.title = `${title} – Cambist`; }, [title, language.value]);
  return <header class="head"><h1 tabIndex={-1}>{title}</h1>{children ? <div class="head-tools">{children}</div> : null}</header>;
}

export function Copy({ text, label }: { text: string; label?: string }) {
  const done = useSignal(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text).catch(() => undefined);
    done.value = true;
    setTimeout(() => { done.value = false; }, COPIED_MS);
  };
  return <button type="button" class="small copy" onClick={() => void copy()} aria-label={label ? t('copy.what', { what: label }) : undefined}>{done.value ? t('copied') : t('copy')}</button>;
}

/* A long number, cut for the eye; the whole of it is in the title and in what is copied. */
export function Hash({ value, whole, label }: { value: string; whole?: boolean; label: string }) {
  if (value === '' || value === 'none' || /^0+$/.test(value)) return <span class="dim">{t('none')}</span>;
  return <span class="hash"><code title={value} class={whole ? undefined : 'cut'}>{whole ? value : `${value.slice(0, HASH_SHOWN)}…`}</code><Copy text={value} label={label} /></span>;
}

export function Command({ text, label }: { text: string; label: string }) {
  return <div class="command"><code>{text}</code><Copy text={text} label={label} /></div>;
}

/* `venue`: a moment by the venue's own clock. */
export function Due({ at, short, venue }: { at: number | null; short?: boolean; venue?: boolean }) {
  const here = venue ? ofVenue(at) : at;
  const near = nearness(here);
  return <span class={`due ${near}`} data-due={near} title={moment(at)}>{left(here, now.value, short)}</span>;
}

export function State({ name, family = 'state' }: { name: string; family?: string }) {
  return <span class={`chip state-${name}`} data-state={name}>{word(family, name)}</span>;
}

export function Fault({ error }: { error: unknown }) {
  return error === null || error === undefined ? null : <p class="fault" role="alert" data-fault>{meaning(error)}</p>;
}

export interface Load<T> { value: T | null; error: unknown; again: () => void }

/* Asks when it is shown and whenever `what` is another one; an answer to an older question is dropped. */
export function useLoad<T>(what: string, ask: () => Promise<T>): Load<T> {
  const value = useSignal<T | null>(null);
  const error = useSignal<unknown>(null);
  const turn = useSignal(0);
  useEffect(() => {
    let isOver = false;
    ask().then((found) => {
      if (isOver) return;
      value.value = found;
      error.value = null;
    }, (problem: unknown) => { if (!isOver) error.value = problem; });
    return () => { isOver = true; };
  }, [what, turn.value]);
  return { value: value.value, error: error.value, again: () => { turn.value += 1; } };
}

export function Waiting({ load }: { load: Load<unknown> }) {
  if (load.error) return <div class="empty"><Fault error={load.error} /><button type="button" onClick={load.again}>{t('again')}</button></div>;
  return load.value === null ? <p class="empty" role="status">{t('loading')}</p> : null;
}

export function Field({ label, hint, children }: { label: string; hint?: string; children: (id: string) => ComponentChildren }) {
  const id = useId();
  return <div class="field"><label for={id}>{label}</label>{children(id)}{hint ? <p class="hint">{hint}</p> : null}</div>;
}

export function Choice({ id, value, words, family, none, on, name }: { id: string; value: string; words: readonly string[]; family: string; none: string | null; on: (value: string) => void; name?: string }) {
  return (
    <select id={id} value={value} data-field={name} onChange={(event) => on(event.currentTarget.value)}>
      {none === null ? null : <option value="">{none}</option>}
      {words.map((one) => <option key={one} value={one}>{word(family, one)}</option>)}
    </select>
  );
}

/* Files whose hashes are being made: who writes an act waits for them, else it would lack one. */
const pending = new Set<Promise<void>>();

export const hashed = (): Promise<unknown> => Promise.allSettled(pending);

/* A hash: of a file that stays here, or typed. */
export function HashField({ label, hint, value, name }: { label: string; hint?: string; value: Signal<string>; name: string }) {
  const id = useId();
  const file = useSignal('');
  const take = async (chosen: File | undefined) => {
    if (!chosen) return;
    value.value = await hashOfFile(chosen);
    file.value = chosen.name;
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="pair">
        <input id={id} class="mono" spellcheck={false} autocomplete="off" placeholder={t('hash.placeholder')} data-field={name} value={value.value} onInput={(event) => { value.value = event.currentTarget.value.trim(); file.value = ''; }} />
        <label class="button">{t('hash.file')}<input type="file" class="sr" data-file={name} onChange={(event) => { const work = take(event.currentTarget.files?.[0]); pending.add(work); void work.finally(() => pending.delete(work)).catch(() => undefined); }} /></label>
      </div>
      <p class="hint">{file.value ? t('hash.of', { name: file.value }) : hint ?? t('hash.hint')}</p>
    </div>
  );
}

export function downloadText(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
