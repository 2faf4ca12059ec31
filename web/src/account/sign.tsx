/* Signing up and in, and the way back when the password is forgotten. Nothing here tells whether an
 * address has a login: the venue's answers are the same, and so are the words. */
import { useSignal } from '@preact/signals';
import { formatDateTime } from '../decimal/format.ts';
import { language } from '../i18n/index.ts';
import { askOpen, askSession, endedByItself, leftDoor, loginAt } from '../state/login.ts';
import { DoorError, type LoginState } from './door.ts';
import { AskForm, Field, Rules, Title } from './parts.tsx';
import { go, type Place, place } from './place.ts';
import { Steps } from './steps.tsx';
import { ta } from './words.ts';

function To({ to, text }: { to: Place | '/'; text: string }) {
  return <a href={to} onClick={(event) => { if (to !== '/') go(event, to); }} data-to={to}>{text}</a>;
}

/* Who came to sign in wants to trade; who came for a page of the account stays there. */
function arrive(): void {
  if (loginAt.peek() === 'in' && (place.peek() === '/account/sign-in' || place.peek() === '/account')) location.assign('/');
}

export function SignIn() {
  if (loginAt.value === 'half') return <Second />;
  return (
    <section class="card narrow">
      <Title text={ta('signIn.title')} />
      {endedByItself.value ? <p class="banner-line" role="status" data-ended>{ta('common.ended')}</p> : null}
      <AskForm name="sign-in" button={ta('signIn.send')} send={async (fields) => { 
        await askOpen<LoginState>('sign-in', fields);
        arrive();
      }}>
        <Field name="address" type="email" complete="username" label={ta('signIn.address')} />
        <Field name="password" type="password" complete="current-password" label={ta('signIn.password')} />
      </AskForm>
      <p class="others"><To to="/account/sign-up" text={ta('signIn.new')} /><To to="/account/reset" text={ta('signIn.forgotten')} /><To to="/" text={ta('signIn.demo')} /></p>
    </section>
  );
}

function Second() {
  const recovery = useSignal(false);
  const way = recovery.value;
  return (
    <section class="card narrow" data-second>
      <Title text={ta('second.title')} />
      <p>{ta(way ? 'second.recoveryText' : 'second.text')}</p>
      <AskForm key={String(way)} name="second" button={ta('second.send')} send={async (fields) => { 
        await askSession<LoginState>('second', fields);
        arrive();
      }}>
        {way ? <Field name="code" label={ta('second.recoveryCode')} /> : <Field name="code" type="digits" complete="one-time-code" label={ta('second.code')} />}
      </AskForm>
      <p class="others">
        <button type="button" class="plain" data-recovery onClick={() => { recovery.value = !way; }}>{ta(way ? 'second.app' : 'second.recovery')}</button>
        <button type="button" class="plain" onClick={() => {
          askSession('sign-out').then(leftDoor, (error: unknown) => { if (error instanceof DoorError && error.status === 401) leftDoor(); });
        }}>{ta('common.back')}</button>
      </p>
    </section>
  );
}

export function SignUp() {
  const ticket = useSignal<{ ticket: string; address: string } | null>(null);
  const done = useSignal(false);
  const open = ticket.value;
  if (done.value) {
    return (
      <>
        <section class="card narrow" data-signed-up>
          <Title text={ta('signUp.done')} /><p>{ta('signUp.doneText')}</p>
          <div class="buttons"><a class="button primary" href="/account/sign-in" onClick={(event) => go(event, '/account/sign-in')} data-to="/account/sign-in">{ta('signIn.send')}</a></div>
        </section>
        <Steps at="identify" narrow />
      </>
    );
  }
  if (open) {
    return (
      <>
        <section class="card narrow">
          <Title text={ta('signUp.sent')} />
          <p>{ta('signUp.sentText', { address: open.address })}</p>
          <AskForm key="confirm" name="confirm" button={ta('signUp.confirm')} send={async ({ code = '' }) => {
            await askOpen('sign-up/confirm', { ticket: open.ticket, code: code.toUpperCase() });
            done.value = true;
          }}>
            <Field name="code" type="code" complete="one-time-code" label={ta('signUp.code')} />
          </AskForm>
          <p class="others"><button type="button" class="plain" onClick={() => { ticket.value = null; }}>{ta('signUp.another')}</button></p>
        </section>
        <Steps at="mail" narrow />
      </>
    );
  }
  return (
    <section class="card narrow">
      <Title text={ta('signUp.title')} />
      <AskForm key="sign-up" name="sign-up" button={ta('signUp.send')} send={async ({ address = '', password = '' }) => {
        const told = await askOpen<{ ticket: string }>('sign-up', { address, password, language: language.peek() });
        ticket.value = { ticket: told.ticket, address };
      }}>
        <Field name="address" type="email" complete="username" label={ta('signIn.address')} />
        <Rules />
        <Field name="password" type="password" complete="new-password" label={ta('signIn.password')} />
      </AskForm>
      <p class="others"><To to="/account/sign-in" text={ta('signUp.have')} /></p>
    </section>
  );
}

export function Reset() {
  const ticket = useSignal<{ ticket: string; address: string } | null>(null);
  const held = useSignal<number | null>(null);
  const open = ticket.value;
  if (held.value !== null) {
    return (
      <section class="card narrow" data-reset-done>
        <Title text={ta('reset.done')} /><p>{ta('reset.doneText', { time: formatDateTime(held.value, language.value) })}</p>
        <div class="buttons"><a class="button primary" href="/account/sign-in" onClick={(event) => go(event, '/account/sign-in')}>{ta('signIn.send')}</a></div>
      </section>
    );
  }
  if (open) {
    return (
      <section class="card narrow">
        <Title text={ta('signUp.sent')} />
        <p>{ta('signUp.sentText', { address: open.address })}</p>
        <AskForm key="set" name="reset-set" optional={['second']} button={ta('reset.set')} send={async ({ code = '', password = '', second = '' }) => {
          const told = await askOpen<{ withdrawalsHeldUntil: number }>('reset/set',
            { ticket: open.ticket, address: open.address, password, code: code.toUpperCase(), ...(second && { second }) });
          held.value = told.withdrawalsHeldUntil;
          leftDoor();
        }}>
          <Field name="code" type="code" complete="one-time-code" label={ta('signUp.code')} />
          <Rules />
          <Field name="password" type="password" complete="new-password" label={ta('reset.password')} />
          <Field name="second" label={ta('reset.second')} optional />
        </AskForm>
      </section>
    );
  }
  return (
    <section class="card narrow">
      <Title text={ta('reset.title')} />
      <p>{ta('reset.text')}</p>
      <AskForm key="reset" name="reset" button={ta('reset.send')} send={async ({ address = '' }) => {
        const told = await askOpen<{ ticket: string }>('reset', { address, language: language.peek() });
        ticket.value = { ticket: told.ticket, address };
      }}>
        <Field name="address" type="email" complete="username" label={ta('signIn.address')} />
      </AskForm>
      <p class="others"><To to="/account/sign-in" text={ta('common.back')} /></p>
    </section>
  );
}
