/* What a restricted customer reads: the banner above everything, and the inbox. The words come from
 * the venue; a hold that it says nothing more about looks like any other. */
import { useEffect } from 'preact/hooks';
import type { Notice } from '../api/types.ts';
import { type Units, units } from '../decimal/decimal.ts';
import { formatText, formatUnits, localeOf } from '../decimal/format.ts';
import { type Key, language, t } from '../i18n/index.ts';
import { identified } from '../state/login.ts';
import { partsOf, readInbox, standing, unread } from '../state/standing.ts';
import { AppealPart } from './appeal.tsx';
import { Modal } from './modal.tsx';
import { dialog } from './panels.ts';
import { ToldPart } from './told.tsx';

const HUNDREDTHS = 1_000_000n; /* units of 10^-8 in a cent */
const ORDER = ['act', 'article', 'text', 'holdings', 'possible', 'held', 'impossible', 'leave', 'evidence', 'until', 'appeal'] as const;

function day(time: number | null): string {
  if (time === null) return t('standing.before');
  return new Intl.DateTimeFormat(localeOf(language.value), { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(time);
}

function tone(notice: Notice): string {
  return notice.kind === 'lifted' || notice.kind === 'checked' || notice.kind === 'settled' ? 'good' : notice.kind === 'restricted' || notice.kind === 'late' ? 'bad' : 'wait';
}

function Parts({ notice }: { notice: Notice }) {
  const parts = partsOf(notice, language.value);
  return (
    <dl class="parts">
      {ORDER.filter((name) => parts[name]).map((name) => (
        <div key={name} data-part={name}><dt>{t(`standing.part.${name}` as Key)}</dt><dd>{parts[name]}</dd></div>
      ))}
      {notice.rule ? (
        <div data-part="rule"><dt>{t('standing.part.rule')}</dt>
          <dd><a href={`/rules#${notice.rule.hash}`} target="_blank" rel="noopener">{notice.rule.pack}, {t('rules.version', { version: notice.rule.version })}, {notice.rule.id}</a></dd></div>
      ) : null}
    </dl>
  );
}

/* Before there is a form nothing is checked, and the customer has something to do. That depends on the
 * form alone: whatever holds the account, the words are these. */
function isBeforeForm(notice: Notice): boolean {
  return identified.value === 'no' && notice.kind === 'checking' && !notice.rule;
}

function Letter({ notice, open }: { notice: Notice; open?: boolean }) {
  if (isBeforeForm(notice)) {
    return (
      <details class="letter wait" data-notice="first" open={open}>
        <summary><span class="letter-title">{t('login.first')}</span><span class="dim">{day(notice.time)}</span></summary>
        <p>{t('login.firstText')} <a href="/account/identity">{t('login.identify')}</a></p>
      </details>
    );
  }
  const parts = partsOf(notice, language.value);
  return (
    <details class={`letter ${tone(notice)}`} data-notice={notice.kind} open={open}>
      <summary><span class="letter-title">{parts.title}</span><span class="dim">{day(notice.time)}</span></summary>
      <Parts notice={notice} />
    </details>
  );
}

/* The person's money beside the amount of the rule: a bar, and the same in words. */
function Holdings() {
  const told = standing.value?.holdings;
  if (!told) return null;
  const amount = units(told.amount);
  const eur: Units | null = told.eur === null ? null : units(told.eur);
  const percent = eur === null || amount === 0n ? null : Number((eur * 1_000n) / amount) / 10;
  const text = eur === null ? t('standing.unknown') : t('standing.holdings', {
    value: formatUnits((eur / HUNDREDTHS) * HUNDREDTHS, language.value, 2), amount: formatText(told.amount, language.value),
    percent: formatText(String(percent ?? 0), language.value),
  });
  return (
    <div class="holdings" data-holdings>
      <h3>{t('standing.holdingsTitle')}</h3>
      {percent === null ? null : <meter min={0} max={100} low={90} high={100} optimum={0} value={Math.min(percent, 100)} aria-label={t('standing.holdingsTitle')}>{percent}</meter>}
      <p>{text}</p>
    </div>
  );
}

export function StandingBanner() {
  const told = standing.value;
  const reasons = (told?.reasons ?? []).filter((row) => !isBeforeForm(row)); // said above

  if (reasons.length === 0) return null;
  return (
    <section class="standing" aria-label={t('standing.title')} data-standing={reasons.map((row) => row.kind).join(' ')}>
      {reasons.map((notice) => {
        const parts = partsOf(notice, language.value);
        const first = parts.act ?? parts.text ?? '';
        const second = parts.until ?? parts.leave ?? parts.possible ?? '';
        return (
          <p class={`standing-row ${tone(notice)}`} key={`${notice.kind}${notice.rule?.hash ?? ''}${notice.rule?.id ?? ''}`}>
            <strong>{parts.title}.</strong> <span>{first}{/[.!?]$/.test(first) ? '' : '.'}</span> <span>{second}</span>
          </p>
        );
      })}
      <button type="button" class="small" data-standing-more onClick={() => { dialog.value = 'inbox'; }}>{t('standing.more')}</button>
    </section>
  );
}

export function InboxButton() {
  const count = unread.value;
  return (
    <button type="button" data-inbox aria-label={t('standing.open', { count })} title={t('standing.inbox')} class="icon" onClick={() => { dialog.value = 'inbox'; }}>
      <span aria-hidden="true">✉</span>{count > 0 ? <span class="count" aria-hidden="true">{count}</span> : null}
    </button>
  );
}

export function InboxDialog() {
  const told = standing.value;
  useEffect(() => {
    readInbox();
  }, [told]);
  return (
    <Modal title={t('standing.inbox')} wide>
      <div class="inbox" tabIndex={0} data-first>
        {told && told.reasons.length > 0 ? (
          <section aria-label={t('standing.now')}><h3>{t('standing.now')}</h3>{told.reasons.map((notice, index) => <Letter key={index} notice={notice} open />)}</section>
        ) : <p class="quiet">{t('standing.nothing')}</p>}
        <AppealPart />
        <ToldPart />
        <Holdings />
        {told && told.inbox.length > 0 ? (
          <section aria-label={t('standing.past')}><h3>{t('standing.past')}</h3>{told.inbox.map((notice, index) => <Letter key={`${told.inbox.length - index}`} notice={notice} />)}</section>
        ) : null}
        <p class="hint"><a href="/rules" target="_blank" rel="noopener">{t('rules.link')}</a> · <a href="/transparency" target="_blank" rel="noopener">{t('reports.link')}</a></p>
      </div>
    </Modal>
  );
}
