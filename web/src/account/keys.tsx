/* API keys for programs: the list, a new one, and its end. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { formatDateTime } from '../decimal/format.ts';
import { language } from '../i18n/index.ts';
import { askSession, pageKey } from '../state/login.ts';
import type { KeyKind, KeyRow } from './door.ts';
import { AskForm, Copy, Field, Title, troubleOf } from './parts.tsx';
import { withProof } from './proof.tsx';
import { type AccountKey, ta } from './words.ts';

const KINDS: KeyKind[] = ['ed25519', 'hmac', 'rsa'];
const RIGHTS = ['read', 'trade', 'withdraw'] as const;

interface Made { apiKey: string; secret?: string }

function Table({ rows, revoke }: { rows: KeyRow[]; revoke: (row: KeyRow) => void }) {
  if (rows.length === 0) return <p class="dim" data-no-keys>{ta('keys.none')}</p>;
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label={ta('keys.title')}><table class="rows">
      <thead><tr><th scope="col">{ta('keys.label')}</th><th scope="col">{ta('keys.kind')}</th><th scope="col">{ta('keys.rights')}</th><th scope="col">{ta('keys.networks')}</th><th scope="col">{ta('keys.made')}</th><th scope="col" class="num">{ta('keys.action')}</th></tr></thead>
      <tbody>{rows.map((row) => (
        <tr key={row.id} data-key={row.id}>
          <th scope="row" class="cut" title={row.label}>{row.label}</th><td>{ta.or(`keys.kindName.${row.kind}`, 'keys.kind')}</td>
          <td>{row.rights.map((right) => ta.or(`keys.right.${right}`, 'keys.right.read')).join(', ')}</td>
          <td class="cut" title={row.networks.join(' ')}>{row.networks.length ? row.networks.join(' ') : ta('keys.anywhere')}</td><td class="dim">{row.made > 0 ? formatDateTime(row.made, language.value) : ''}</td>
          <td class="num"><button type="button" class="small" aria-label={ta('keys.revokeOf', { label: row.label })} onClick={() => revoke(row)}>{ta('keys.revoke')}</button></td>
        </tr>
      ))}</tbody>
    </table></div>
  );
}

function NewKey({ made }: { made: (key: Made) => void }) {
  const kind = useSignal<KeyKind>('ed25519');
  const chosen = useSignal<Record<string, boolean>>({ read: true });
  const networks = useSignal('');
  const send = async ({ label = '', publicKey = '' }: Record<string, string>) => {
    const rights = RIGHTS.filter((right) => chosen.peek()[right]).join(' ');
    const fields = { label, kind: kind.peek(), publicKey: kind.peek() === 'hmac' ? '' : publicKey, rights, networks: networks.peek().trim().replace(/[\s,]+/g, ' ') };
    const told = await withProof(() => askSession<Made>('keys/new', fields));
    if (told) made(told);
  };
  return (
    <section class="card">
      <h2>{ta('keys.new')}</h2>
      <AskForm name="new-key" button={ta('keys.make')} send={send}>
        <Field name="label" label={ta('keys.label')} hint={ta('keys.labelHint')} />
        <fieldset class="choices"><legend>{ta('keys.kind')}</legend>
          {KINDS.map((name) => <label key={name} class="choice"><input type="radio" name="kind" value={name} checked={kind.value === name} onChange={() => { kind.value = name; }} data-kind={name} /><span>{ta(`keys.${name}`)}</span></label>)}
        </fieldset>
        {kind.value === 'hmac' ? null : (
          <div class="field"><label for="public-key">{ta('keys.publicKey')}</label><textarea id="public-key" name="publicKey" rows={4} spellcheck={false} autoComplete="off" data-field="publicKey" /></div>
        )}
        <fieldset class="choices"><legend>{ta('keys.rights')}</legend>
          {RIGHTS.map((right) => (
            <label key={right} class="choice"><input type="checkbox" checked={chosen.value[right] === true} disabled={right === 'read'} data-right={right}
              onChange={(event) => { chosen.value = { ...chosen.peek(), [right]: event.currentTarget.checked }; }} />
              <span><b>{ta(`keys.${right}`)}</b> {ta(`keys.${right}Text` as AccountKey)}</span></label>
          ))}
        </fieldset>
        <div class="field"><label for="key-networks">{ta('keys.networks')}</label>
          <div class="entry"><input id="key-networks" autoComplete="off" spellcheck={false} aria-describedby="key-networks-hint" value={networks.value} data-field="networks" onInput={(event) => { networks.value = event.currentTarget.value; }} /></div>
          <p class="hint" id="key-networks-hint">{ta('keys.networksHint')}</p></div>
        {chosen.value.withdraw && networks.value.trim() === '' ? <p class="hint warn-text">{ta('keys.withdrawAlone')}</p> : null}
      </AskForm>
    </section>
  );
}

function Shown({ made, done }: { made: Made; done: () => void }) {
  return (
    <section class="card" data-new-key>
      <Title text={ta('keys.made.title')} />
      <p>{ta(made.secret ? 'keys.made.text' : 'keys.made.public')}</p>
      <p class="dim">{ta('keys.apiKey')}</p>
      <p class="secret"><code data-api-key>{made.apiKey}</code><Copy text={made.apiKey} /></p>
      {made.secret ? <><p class="dim">{ta('keys.secret')}</p><p class="secret"><code data-api-secret>{made.secret}</code><Copy text={made.secret} /></p></> : null}
      <div class="buttons"><button type="button" class="primary" data-kept onClick={done}>{ta('keys.done')}</button></div>
    </section>
  );
}

export function Keys() {
  const rows = useSignal<KeyRow[] | null>(null);
  const made = useSignal<Made | null>(null);
  const said = useSignal('');
  const trouble = useSignal('');
  const load = () => askSession<{ keys: KeyRow[] }>('keys').then((told) => { rows.value = told.keys; }, (error: unknown) => { trouble.value = troubleOf(error); });
  /* Anew when the account has been opened. */
  const account = pageKey.value?.account;
  useEffect(() => {
    trouble.value = '';
    void load();
  }, [account]);
  const revoke = async (row: KeyRow) => {
    if (!confirm(ta('keys.revokeSure', { label: row.label }))) return;
    trouble.value = '';
    try {
      if (await withProof(() => askSession('keys/revoke', { id: row.id })) !== null) said.value = ta('keys.revoked');
      await load();
    } catch (error) {
      trouble.value = troubleOf(error);
    }
  };
  return (
    <>
      {made.value ? <Shown made={made.value} done={() => { made.value = null; }} /> : null}
      <section class="card" data-keys>
        <h2>{ta('keys.title')}</h2>
        <p>{ta('keys.text')}</p>
        {rows.value === null ? (trouble.value ? null : <p class="dim">{ta('common.wait')}</p>) : <Table rows={rows.value} revoke={(row) => void revoke(row)} />}
        <p role="status" class="hint">{said.value}</p>
        {trouble.value ? <p class="note" role="alert" data-trouble>{trouble.value}</p> : null}
      </section>
      {made.value || rows.value === null ? null : <NewKey made={(key) => {
        made.value = key;
        void load();
      }} />}
    </>
  );
}
