/* In the inbox: an appeal against what stands, a file of evidence, and how the newest appeal stands.
 * The words are the same whatever restricts. */
import { useSignal } from '@preact/signals';
import { useEffect, useId } from 'preact/hooks';
import { venueNow } from '../api/client.ts';
import { localeOf } from '../decimal/format.ts';
import { type Key, language, t } from '../i18n/index.ts';
import { type Appeal, appeal, type AppealEnd, askAppeal, mayAppeal, sendAppeal, sendEvidence, taking } from '../state/appeal.ts';
import { standing } from '../state/standing.ts';

const SEALING = 200; // what sealing adds, in bytes

function day(time: number): string {
  return new Intl.DateTimeFormat(localeOf(language.value), { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(time);
}

function Told({ known }: { known: Appeal }) {
  return (
    <div class={`letter ${known.state === 'overturned' ? 'good' : 'wait'}`} data-appeal={known.state}>
      <p class="letter-title">{t('appeal.yours', { made: day(known.made) })}</p>
      <p>{known.state === 'open' ? t('appeal.until', { until: day(known.until) }) : t(`appeal.end.${known.state}` as Key, { answered: day(known.answered ?? known.made) })}</p>
    </div>
  );
}

function FileField({ name }: { name: string }) {
  const id = useId();
  const most = Math.floor(((taking.value?.bytesMax ?? 0) - SEALING) / 1024);
  return (
    <div class="field">
      <label for={id}>{t('appeal.file', { kilobytes: most })}</label>
      <input id={id} name={name} type="file" data-appeal-file={name} />
    </div>
  );
}

function End({ end }: { end: AppealEnd }) {
  return <p class={end === 'sent' ? 'note good' : 'note'} role={end === 'sent' ? 'status' : 'alert'} data-appeal-end={end}>{t(`appeal.said.${end}` as Key)}</p>;
}

function fileOf(event: SubmitEvent, name: string): File | null {
  const file = new FormData(event.currentTarget as HTMLFormElement).get(name);
  return file instanceof File && file.size > 0 ? file : null;
}

export function AppealPart() {
  const end = useSignal<AppealEnd | null>(null);
  const busy = useSignal(false);
  const known = appeal.value;
  /* A pause of the login ends by itself. */
  const reasons = (standing.value?.reasons ?? []).filter((row) => row.kind !== 'paused');
  const isHeld = reasons.length > 0;
  const takes = taking.value?.recipient !== null && taking.value !== null;
  useEffect(() => void askAppeal(), [isHeld]);
  if (known === undefined || (!isHeld && known === null)) return null;

  const run = async (what: () => Promise<AppealEnd>, form: HTMLFormElement): Promise<void> => {
    busy.value = true;
    end.value = null;
    end.value = await what();
    busy.value = false;
    if (end.value === 'sent') form.reset();
  };
  const appealNow = (event: SubmitEvent) => {
    event.preventDefault();
    const file = takes ? fileOf(event, 'appeal') : null;
    void run(() => sendAppeal(reasons[0]?.time ?? venueNow(), file), event.currentTarget as HTMLFormElement);
  };
  const evidenceNow = (event: SubmitEvent) => {
    event.preventDefault();
    const file = fileOf(event, 'evidence');
    if (file) void run(() => sendEvidence(file), event.currentTarget as HTMLFormElement);
  };
  const may = isHeld && mayAppeal(known);
  return (
    <section aria-label={t('appeal.title')}>
      <h3>{t('appeal.title')}</h3>
      {known ? <Told known={known} /> : null}
      {may ? (
        <form class="appeal" onSubmit={appealNow}>
          <p>{t('appeal.about')}</p>
          {takes ? <FileField name="appeal" /> : null}
          <button type="submit" data-appeal-send disabled={busy.value}>{t('appeal.send')}</button>
        </form>
      ) : null}
      {takes && isHeld && !may ? (
        <form class="appeal" onSubmit={evidenceNow}>
          <FileField name="evidence" />
          <button type="submit" class="small" data-evidence-send disabled={busy.value}>{t('appeal.sendFile')}</button>
        </form>
      ) : null}
      {takes && isHeld ? <p class="hint">{t('appeal.sealed')}</p> : null}
      {end.value ? <End end={end.value} /> : null}
    </section>
  );
}
