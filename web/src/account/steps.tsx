/* The way from a new login to trading, with the step that is next. It depends on whether a form was
 * sent and on nothing that holds the account. */
import { useEffect } from 'preact/hooks';
import { identified, lookIdentified, pageKey } from '../state/login.ts';
import { type AccountKey, ta } from './words.ts';

export type Step = 'mail' | 'identify' | 'wait';
const STEPS: [Step | 'trade', AccountKey, AccountKey | null][] = [
  ['mail', 'steps.mail', 'steps.mailText'], ['identify', 'steps.identify', 'steps.identifyText'], ['wait', 'steps.wait', 'steps.waitText'], ['trade', 'steps.trade', null],
];

export function Steps({ at, narrow }: { at: Step; narrow?: boolean }) {
  const now = STEPS.findIndex(([step]) => step === at);
  return (
    <section class={narrow ? 'card narrow way' : 'card way'} data-steps={at}>
      <h2>{ta('steps.title')}</h2>
      <ol>{STEPS.map(([step, name, text], index) => (
        <li key={step} data-step={step} class={index < now ? 'done' : index === now ? 'next' : ''} aria-current={index === now ? 'step' : undefined}>
          <strong>{ta(name)}</strong> {index === now ? <span class="chip">{ta('steps.next')}</span> : index < now ? <span class="chip">{ta('steps.done')}</span> : null}
          {index === now && text ? <p class="hint">{ta(text)}</p> : null}
        </li>
      ))}</ol>
    </section>
  );
}

/* Of whoever is signed in; nothing once the form has been looked at, or where none is taken. */
export function Way() {
  const account = pageKey.value?.account;
  useEffect(() => { if (account !== undefined) void lookIdentified(); }, [account]);
  const now = identified.value;
  return now === 'no' ? <Steps at="identify" /> : now === 'sent' ? <Steps at="wait" /> : null;
}
