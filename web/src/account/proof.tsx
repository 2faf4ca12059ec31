/* A fresh proof, asked for when the venue wants one: an act is tried, and tried again behind it. */
import { signal, useSignal } from '@preact/signals';
import { Modal } from '../ui/modal.tsx';
import { askSession, login } from '../state/login.ts';
import { DoorError } from './door.ts';
import { AskForm, Field } from './parts.tsx';
import { ta } from './words.ts';

const wanted = signal<{ done: (proven: boolean) => void } | null>(null);

/* Whether a proof was given. */
export function askProof(): Promise<boolean> {
  wanted.peek()?.done(false);
  return new Promise((resolve) => {
    wanted.value = {
      done: (proven) => {
        wanted.value = null;
        resolve(proven);
      },
    };
  });
}

/* Null: the reader went back. */
export async function withProof<T>(act: () => Promise<T>): Promise<T | null> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof DoorError) || error.what !== 'again-wanted') throw error;
    return await askProof() ? await act() : null;
  }
}

function Ask({ done }: { done: (proven: boolean) => void }) {
  const byCode = useSignal(login.peek()?.secondFactor === true);
  const send = async (fields: Record<string, string>) => {
    try {
      await askSession('again', fields);
    } catch (error) {
      /* It was put on elsewhere meanwhile, so the password is none. */
      if (error instanceof DoorError && error.what === 'second-wanted') byCode.value = true;
      throw error;
    }
    done(true);
  };
  return (
    <Modal title={ta('proof.title')} leave={() => done(false)}>
      <p>{ta('proof.text')}</p>
      <AskForm key={String(byCode.value)} name="proof" button={ta('proof.send')} send={send}>
        {byCode.value ? <Field name="code" type="digits" complete="one-time-code" label={ta('proof.code')} first />
          : <Field name="password" type="password" complete="current-password" label={ta('proof.password')} first />}
      </AskForm>
    </Modal>
  );
}

export function Proof() {
  const now = wanted.value;
  return now ? <Ask done={now.done} /> : null;
}
