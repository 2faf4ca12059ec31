/* Second factor, recovery codes, sessions, password. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { formatDateTime } from '../decimal/format.ts';
import { language } from '../i18n/index.ts';
import { askSession, leftDoor, login, look } from '../state/login.ts';
import { QrCode } from '../ui/qr.tsx';
import { DoorError, type SessionRow } from './door.ts';
import { AskForm, Codes, Copy, Field, Rules, Title, troubleOf } from './parts.tsx';
import { go } from './place.ts';
import { withProof } from './proof.tsx';
import { said } from './said.ts';
import { Way } from './steps.tsx';
import { ta } from './words.ts';

/* The secret as it stands in the URI, in groups that can be read out. */
function secretOf(uri: string): string {
  const secret = new URLSearchParams(uri.slice(uri.indexOf('?') + 1)).get('secret') ?? '';
  return secret.replace(/(.{4})(?=.)/g, '$1 ');
}

type Factor = { at: 'rest'; trouble?: string } | { at: 'scan'; uri: string } | { at: 'codes'; codes: string[] };

function SecondFactor() {
  const state = useSignal<Factor>({ at: 'rest' });
  const isOn = login.value?.secondFactor === true;
  const left = login.value?.recoveryCodes ?? 0;
  const now = state.value;
  const run = async (act: () => Promise<void>) => {
    try {
      await act();
    } catch (error) {
      /* What is on may have been changed in another tab. */
      if (error instanceof DoorError && error.what === 'refused') await look();
      state.value = { at: 'rest', trouble: troubleOf(error) };
    }
  };
  const begin = () => run(async () => {
    const told = await withProof(() => askSession<{ uri: string }>('totp'));
    if (told) state.value = { at: 'scan', uri: told.uri };
  });
  const off = () => run(async () => {
    if (!confirm(ta('security.turnOffSure'))) return;
    await withProof(() => askSession('totp/off'));
    await look();
    state.value = { at: 'rest' };
  });
  const fresh = () => run(async () => {
    const told = await withProof(() => askSession<{ codes: string[] }>('recovery'));
    if (told) state.value = { at: 'codes', codes: told.codes };
  });
  if (now.at === 'codes') {
    return <Codes codes={now.codes} done={() => {
      state.value = { at: 'rest' };
      void look();
    }} />;
  }
  if (now.at === 'scan') {
    return (
      <section class="card" data-scan>
        <Title text={ta('security.second')} />
        <p>{ta('security.scan')}</p>
        <div class="deposit">
          <QrCode text={now.uri} label={ta('security.qr')} />
          <div><p class="dim">{ta('security.secret')}</p><p class="address"><code data-totp-secret>{secretOf(now.uri)}</code></p><Copy text={secretOf(now.uri).replaceAll(' ', '')} /></div>
        </div>
        <p>{ta('security.confirmText')}</p>
        <AskForm name="totp" button={ta('security.confirm')} send={async (fields) => {
          const told = await askSession<{ codes: string[] }>('totp/confirm', fields);
          state.value = { at: 'codes', codes: told.codes };
        }}>
          <Field name="code" type="digits" complete="one-time-code" label={ta('second.code')} />
        </AskForm>
        <p class="others"><button type="button" class="plain" onClick={() => { state.value = { at: 'rest' }; }}>{ta('common.cancel')}</button></p>
      </section>
    );
  }
  const text = !isOn ? ta('security.secondOff') : left > 0 ? ta('security.secondOn', { count: left }) : ta('security.secondOnNone');
  return (
    <section class="card" data-second-factor={isOn ? 'on' : 'off'}>
      <h2>{ta('security.second')}</h2>
      <p>{text}</p>
      {now.trouble ? <p class="note" role="alert" data-trouble>{now.trouble}</p> : null}
      <div class="buttons">
        {isOn ? <><button type="button" data-totp-off onClick={() => void off()}>{ta('security.turnOff')}</button><button type="button" data-recovery-new onClick={() => void fresh()}>{ta('security.codesNew')}</button></>
          : <button type="button" class="primary" data-totp-on onClick={() => void begin()}>{ta('security.turnOn')}</button>}
      </div>
    </section>
  );
}

function Sessions() {
  const rows = useSignal<SessionRow[] | null>(null);
  const said = useSignal('');
  const trouble = useSignal('');
  const load = () => askSession<{ sessions: SessionRow[] }>('sessions').then((told) => { rows.value = told.sessions; }, (error: unknown) => { trouble.value = troubleOf(error); });
  useEffect(() => { void load(); }, []);
  const end = async (session: string) => {
    trouble.value = '';
    try {
      const { ended } = await askSession<{ ended: number }>('sessions/end', { session });
      said.value = ta('security.endedCount', { count: ended });
      await load();
    } catch (error) {
      trouble.value = troubleOf(error);
    }
  };
  const others = (rows.value ?? []).filter((row) => !row.own).length;
  return (
    <section class="card" data-sessions>
      <h2>{ta('security.sessions')}</h2>
      {rows.value === null ? <p class="dim">{trouble.value ? '' : ta('common.wait')}</p> : (
        <div class="table-box" tabIndex={0} role="region" aria-label={ta('security.sessions')}><table class="rows">
          <thead><tr><th scope="col">{ta('security.made')}</th><th scope="col">{ta('security.seen')}</th><th scope="col">{ta('security.level')}</th><th scope="col" class="num">{ta('keys.action')}</th></tr></thead>
          <tbody>{rows.value.map((row) => (
            <tr key={row.session} data-session={row.own ? 'own' : 'other'}>
              <td>{formatDateTime(row.made, language.value)}</td><td>{formatDateTime(row.seen, language.value)}</td><td>{ta(row.level === 'full' ? 'security.full' : 'security.half')}</td>
              <td class="num">{row.own ? <span class="chip">{ta('security.own')}</span>
                : <button type="button" class="small" aria-label={ta('security.endOf', { time: formatDateTime(row.made, language.value) })} onClick={() => void end(row.session)}>{ta('security.end')}</button>}</td>
            </tr>
          ))}</tbody>
        </table></div>
      )}
      <p role="status" class="hint">{said.value}</p>
      {trouble.value ? <p class="note" role="alert" data-trouble>{trouble.value}</p> : null}
      {others > 0 ? <div class="buttons"><button type="button" data-end-others onClick={() => void end('others')}>{ta('security.endOthers')}</button></div> : null}
    </section>
  );
}

function Password() {
  return (
    <section class="card" data-password>
      <h2>{ta('security.password')}</h2>
      <p>{ta('security.passwordText')}</p>
      <AskForm name="password" button={ta('security.passwordSet')} send={async (fields) => {
        if (await withProof(() => askSession('password', fields)) === null) return;
        leftDoor();
        go(null, '/account/sign-in');
        said.value = 'security.passwordDone';
      }}>
        <Field name="address" type="email" complete="username" label={ta('signIn.address')} />
        <Rules />
        <Field name="password" type="password" complete="new-password" label={ta('reset.password')} />
      </AskForm>
    </section>
  );
}

export function Security() {
  return <><Way /><SecondFactor /><Sessions /><Password /></>;
}
