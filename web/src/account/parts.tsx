/* What the account's pages are made of: fields, a form that asks the venue, texts to be kept. Passwords
 * and codes stay in their fields; no signal and no storage has them. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { downloadText } from '../state/csv.ts';
import { DoorError } from './door.ts';
import { type AccountKey, ta } from './words.ts';

export function troubleOf(error: unknown): string {
  if (!(error instanceof DoorError)) return ta('error.failed', { what: error instanceof Error ? error.message : String(error) });
  return ta.or(`error.${error.what}`, 'error.failed', { what: error.what, seconds: error.waitSeconds });
}

export interface FieldProps {
  name: string; label: string; type?: 'text' | 'email' | 'password' | 'digits' | 'code'; complete?: AutoFill; first?: boolean; hint?: string; optional?: boolean;
}

type AutoFill = 'username' | 'current-password' | 'new-password' | 'one-time-code' | 'off';

export function Field({ name, label, type = 'text', complete = 'off', first, hint, optional }: FieldProps) {
  const id = useId();
  const shown = useSignal(false);
  const isText = type !== 'password' || shown.value;
  const same = {
    id, name, autoComplete: complete, autoCapitalize: 'off' as const, spellcheck: false, 'aria-required': !optional, 'aria-describedby': hint ? `${id}-hint` : undefined, 'data-field': name, 'data-first': first,
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="entry">
        {isText ? <input type="text" inputMode={type === 'digits' ? 'numeric' : type === 'email' ? 'email' : 'text'} {...same} /> : <input type="password" {...same} />}
        {type === 'password' ? <button type="button" class="reveal" aria-pressed={shown.value} aria-controls={id} onClick={() => { shown.value = !shown.value; }}>{ta(shown.value ? 'common.hide' : 'common.show')}</button> : null}
      </div>
      {hint ? <p class="hint" id={`${id}-hint`}>{hint}</p> : null}
    </div>
  );
}

/* A form whose texts go to `send`; what is refused is said below, and heard. Fields named in `optional` may be empty. */
export function AskForm({ send, button, children, optional = [], name }: {
  send: (fields: Record<string, string>) => Promise<void>; button: string; children?: ComponentChildren; optional?: string[]; name: string;
}) {
  const busy = useSignal(false);
  const trouble = useSignal<string | null>(null);
  const box = useRef<HTMLFormElement>(null);
  const submit = async () => {
    if (busy.peek() || !box.current) return;
    const fields: Record<string, string> = {};
    for (const [key, value] of new FormData(box.current)) {
      if (typeof value === 'string') fields[key] = key === 'password' ? value : value.trim();
    }
    const empty = Object.keys(fields).find((key) => fields[key] === '' && !optional.includes(key));
    if (empty !== undefined) {
      trouble.value = ta('error.missing');
      box.current.querySelector<HTMLElement>(`[name="${empty}"]`)?.focus();
      return;
    }
    busy.value = true;
    trouble.value = null;
    try {
      await send(fields);
    } catch (error) {
      trouble.value = troubleOf(error);
    }
    busy.value = false;
  };
  return (
    <form ref={box} class="asking" noValidate data-form={name} onSubmit={(event) => {
      event.preventDefault();
      void submit();
    }}>
      {children}
      <p class="note" role="alert" data-trouble>{trouble.value ?? ''}</p>
      <div class="buttons"><button type="submit" class="primary" disabled={busy.value} data-go>{busy.value ? ta('common.wait') : button}</button></div>
    </form>
  );
}

/* The head of a step: read out and focused when it comes. */
export function Title({ text }: { text: string }) {
  const box = useRef<HTMLHeadingElement>(null);
  useEffect(() => { box.current?.focus(); }, [text]);
  return <h2 ref={box} tabIndex={-1} class="step-title">{text}</h2>;
}

export function Copy({ text }: { text: string }) {
  const state = useSignal<'idle' | 'done' | 'failed'>('idle');
  return (
    <>
      <button type="button" data-copy onClick={() => {
        navigator.clipboard.writeText(text).then(() => { state.value = 'done'; }, () => { state.value = 'failed'; });
      }}>{ta(state.value === 'done' ? 'common.copied' : 'common.copy')}</button>
      <span role="status" class={state.value === 'failed' ? 'note' : 'sr'}>{state.value === 'idle' ? '' : ta(state.value === 'done' ? 'common.copied' : 'common.copyFailed')}</span>
    </>
  );
}

/* Recovery codes, which are shown only now. */
export function Codes({ codes, done }: { codes: string[]; done: () => void }) {
  const head = ta('security.codesFile', { origin: location.origin, time: new Date().toISOString().slice(0, 16).replace('T', ' ') });
  return (
    <section class="card" data-codes>
      <Title text={ta('security.codes')} />
      <p>{ta('security.codesText')}</p>
      <ol class="codes">{codes.map((code) => <li key={code}><code>{code}</code></li>)}</ol>
      <div class="buttons">
        <Copy text={codes.join('\n')} />
        <button type="button" data-download onClick={() => downloadText('recovery-codes.txt', 'text/plain', `${head}\n\n${codes.join('\n')}\n`)}>{ta('common.download')}</button>
        <button type="button" class="primary" data-kept onClick={done}>{ta('security.codesKept')}</button>
      </div>
    </section>
  );
}

export function Rules() {
  const rules: AccountKey[] = ['signUp.rule.length', 'signUp.rule.address', 'signUp.rule.common'];
  return (
    <div class="hint rules-of" data-password-rules><p>{ta('signUp.rules')}</p><ul>{rules.map((key) => <li key={key}>{ta(key)}</li>)}</ul><p>{ta('signUp.rule.advice')}</p></div>
  );
}
