/* One case of the desk: where it is, what it misses, who may do what, everything that was signed. */
import { useSignal } from '@preact/signals';
import { approvalsOf, arrowOf, isNone, linesOf, missingOf, optionsOf, type Signed, signedOf, stepsOf } from './acts.ts';
import { ActForm } from './actform.tsx';
import { type ActRow, type Authority, type CaseShown, get, post, type RecordRow, session, type Session } from './api.ts';
import { day, moment, now } from './clock.ts';
import { type Key, language, t, word } from './i18n.ts';
import { flowing, letterParts, unsigned } from './draft.ts';
import { momentOf } from './moment.ts';
import { hashOfText } from './paper.ts';
import { Command, Due, Fault, Hash, Head, State, useLoad, Waiting } from './parts.tsx';
import { values } from './route.ts';

export interface Whole { shown: CaseShown; acts: Signed[]; authority: Authority | null }

const SHORT = 8;
const DAY_MS = 86_400_000;

export function period(record: RecordRow): string {
  return record.to_day === 0 ? t('case.wholePeriod') : t('case.period', { from: day(record.from_day * DAY_MS), to: day(record.to_day * DAY_MS) });
}

function Steps({ whole }: { whole: Whole }) {
  const { shown, acts } = whole;
  const missing = `missing.${missingOf(shown, now.value)}` as Key;
  return (
    <section class="card" aria-labelledby="steps">
      <h2 id="steps">{t('case.steps')}</h2>
      <ol class="steps">
        {stepsOf(shown, acts).map((step) => (
          <li key={step.state} class={step.when} data-step={step.state} aria-current={step.when === 'now' || step.when === 'aside' ? 'step' : undefined}>
            <span class="mark" aria-hidden="true">{step.when === 'done' ? '✓' : step.when === 'ahead' ? '' : '●'}</span>
            <span class="name">{word('state', step.state)}</span>
            {step.when === 'ahead' ? <span class="sr">{t('case.ahead')}</span> : <span class="by">{step.by === 'none' ? t('case.process') : step.by}{step.at === null ? '' : ` · ${moment(step.at)}`}</span>}
          </li>
        ))}
      </ol>
      <p class="missing" data-missing={missingOf(shown, now.value)}>{t('case.missing')} <strong>{t(missing)}</strong></p>
    </section>
  );
}

function Options({ whole, me }: { whole: Whole; me: Session }) {
  const { shown, acts } = whole;
  const all = optionsOf(shown, acts, me, now.value);
  const [own, others] = [all.filter((one) => one.why !== 'role'), all.filter((one) => one.why === 'role')];
  return (
    <section class="card no-print" aria-labelledby="options">
      <h2 id="options">{t('case.next')}</h2>
      {own.length === 0 ? <p class="dim" data-nothing>{t('case.nothing', { role: word('role', me.role) })}</p> : null}
      <ul class="options">
        {own.map((one) => (
          <li key={one.act} data-option={one.act} data-why={one.why ?? ''}>
            {one.why === null ? <a class="button" href={`/case/${shown.case}?act=${one.act}`}>{word('act', one.act)}</a> : <span class="button off">{word('act', one.act)}</span>}
            <span class="hint">{one.why === null ? word('does', one.act) : t('case.whyNot', { why: word('rule', one.why) })}</span>
          </li>
        ))}
      </ul>
      {others.length > 0 ? (
        <details><summary>{t('case.others')}</summary>
          <ul class="plain">{others.map((one) => <li key={one.act} data-other={one.act}>{word('act', one.act)}: {one.roles.map((role) => word('role', role)).join(', ')}</li>)}</ul>
        </details>
      ) : null}
      <p class="hint">{t('case.judged')}</p>
    </section>
  );
}

function Asked({ whole }: { whole: Whole }) {
  const { shown, acts } = whole;
  const subjects = linesOf(acts, 'subject').map((line) => line.split(' '));
  const people = Array.from({ length: shown.people }, (_, index) => index + 1);
  const cell = (rows: RecordRow[], person: number) => rows.filter((row) => row.person === person).map((row) => <li key={row.group}>{word('group', row.group)} <span class="dim">{period(row)}</span></li>);
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label={t('case.asked')}>
      <table class="rows asked">
        <thead><tr><th scope="col">{t('case.person')}</th><th scope="col">{t('case.named')}</th><th scope="col">{t('case.asked')}</th><th scope="col">{t('case.granted')}</th></tr></thead>
        <tbody>{people.map((person) => (
          <tr key={person}><th scope="row">{person}</th>
            <td>{subjects.filter((one) => one[0] === String(person)).map((one) => word('subject', one[1] ?? '')).join(', ') || t('none')}</td>
            <td><ul>{cell(shown.asked, person)}</ul></td><td>{shown.granted.some((row) => row.person === person) ? <ul>{cell(shown.granted, person)}</ul> : <span class="dim">{t('none')}</span>}</td></tr>
        ))}</tbody>
      </table>
    </div>
  );
}

/* A sealed paper is read, and brought, where the desk's socket is; the page has its hash alone. */
function Paper({ name, sealed, canBring }: { name: string; sealed: string; canBring: boolean }) {
  return (
    <div class="no-print" data-paper={sealed}>
      <p class="hint">{t('case.paperRead')}</p>
      <Command label={t('case.paperRead')} text={`cambist desk paper get ${sealed} | age -d -i KEY > FILE`} />
      {canBring ? <><p class="hint">{t('case.paperBring')}</p><Command label={t('case.paperBring')} text={`cambist desk paper put ${name} FILE`} /></> : null}
    </div>
  );
}

function Request({ whole, me }: { whole: Whole; me: Session }) {
  const { shown, acts, authority } = whole;
  const paper = acts.findLast((one) => 'instrument' in one.fields && one.act !== 'silence');
  const rows: [string, preact.ComponentChildren][] = [
    [t('field.request'), word('request', shown.request)], [t('field.mark'), word('mark', shown.mark)], [t('field.basis'), word('basis', shown.basis)], [t('field.opening'), word('opening', shown.opening)],
    [t('field.class'), word('class', shown.class)], [t('field.urgency'), word('urgency', shown.urgency)],
    [t('field.authority'), authority ? `${shown.country} · ${authority.name} · ${word('type', authority.type)} · ${authority.struck ? t('authority.struck') : authority.confirmed ? t('authority.confirmed') : t('authority.unconfirmed')}` : `${shown.country} · ${shown.authority}`],
    [t('field.telephone'), authority ? `${authority.telephone} · ${shown.called_back ? t('case.called') : t('case.notCalled')}` : t('none')],
    [t('field.reference'), shown.reference], [t('field.dated'), day(momentOf(paper?.fields.dated))], [t('field.ends'), momentOf(paper?.fields.ends) === null ? t('case.noEnd') : moment(momentOf(paper?.fields.ends))],
    [t('field.instrument'), <Hash key="i" value={shown.instrument} label={t('field.instrument')} />],
    ...(shown.grant ? [[t('field.grant'), <Hash key="g" value={shown.grant} label={t('field.grant')} />] as [string, preact.ComponentChildren]] : []),
    ...(shown.reason === 'none' ? [] : [[t('field.reason'), word('reason', shown.reason)] as [string, preact.ComponentChildren]]),
  ];
  return (
    <section class="card" aria-labelledby="request">
      <h2 id="request">{t('case.request')}</h2>
      <dl class="facts">{rows.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
      <Asked whole={whole} />
      {paper?.fields.sealed && !isNone(paper.fields.sealed) ? <Paper name={shown.case} sealed={paper.fields.sealed} canBring={paper.officer === me.officer} /> : null}
      <p class="hint no-print">{t('case.tiesHint')} <a href={`/?act=recuse&authority=${encodeURIComponent(shown.authority)}`}>{word('act', 'recuse')}</a> · <a href={`/?act=contact&authority=${encodeURIComponent(shown.authority)}`}>{word('act', 'contact')}</a></p>
    </section>
  );
}

function ApprovalList({ whole, me }: { whole: Whole; me: Session }) {
  return (
    <section class="card" aria-labelledby="approvals">
      <h2 id="approvals">{t('case.approvals')}</h2>
      <div class="groups">{approvalsOf(whole.shown, whole.acts, me).map((one) => (
        <div key={one.group} data-group={one.group} data-have={one.have.length} data-want={one.want ?? ''}>
          <h3>{t(`group.${one.group}` as Key)} <span class={one.want !== null && one.have.length >= one.want ? 'good' : 'warn'}>{one.want === null ? t('case.have', { have: one.have.length }) : t('case.haveOf', { have: one.have.length, want: one.want })}</span></h3>
          {one.have.length === 0 ? <p class="dim">{t('case.noApproval')}</p> : <ul class="plain">{one.have.map((who) => <li key={who.number}><b>{who.officer || `n° ${who.number}`}</b> · {who.region} · {moment(who.at)}</li>)}</ul>}
        </div>
      ))}</div>
      <p class="hint">{t('case.approvalsHint')}</p>
    </section>
  );
}

function Clocks({ shown }: { shown: CaseShown }) {
  const isGrant = ['assessed', 'approved', 'logged'].includes(shown.state);
  const rows: [Key, number | null][] = [['clock.due', momentOf(shown.due)], ['clock.grant', isGrant ? momentOf(shown.grant_until) : null], ['clock.silent', shown.noticed ? null : momentOf(shown.silent_until)]];
  const running = rows.filter(([, at]) => at !== null);
  return (
    <section class="card" aria-labelledby="clocks">
      <h2 id="clocks">{t('case.clocks')}</h2>
      {running.length === 0 ? <p class="dim">{t('due.none')}</p> : <dl class="facts">{running.map(([name, at]) => <div key={name}><dt>{t(name)}</dt><dd>{moment(at)} <Due at={at} /></dd></div>)}</dl>}
      {shown.alarms.map((one) => <p key={one} class="fault" role="alert">{word('alarmLong', one)}</p>)}
    </section>
  );
}

export function Letter({ text, hash }: { text: string; hash: string | null }) {
  const parts = letterParts(text);
  const order = language.value === 'fr' ? (['fr', 'en'] as const) : (['en', 'fr'] as const);
  const isIt = hash === null || hashOfText(text) === hash;
  return (
    <div class="letter" data-letter={isIt ? 'same' : 'other'}>
      {isIt ? null : <p class="warn">{t('letter.other')}</p>}
      <pre class="letter-head">{parts.head}</pre>
      <div class="letter-parts">{order.map((one) => <section key={one} lang={one} aria-label={t(`letter.${one}`)}><h3>{t(`letter.${one}`)}</h3><pre>{flowing(parts[one])}</pre></section>)}</div>
    </div>
  );
}

function Act({ act }: { act: Signed }) {
  const letter = useSignal<string | null>(null);
  const error = useSignal<unknown>(null);
  const ask = async () => {
    try {
      letter.value = (await post<{ letter: string }>('letter', { act: unsigned(act.text) })).letter;
      error.value = null;
    } catch (problem) {
      error.value = problem;
    }
  };
  const { fields } = act;
  return (
    <li class="act" data-act={act.act} data-number={act.number}>
      <div class="act-head">
        <b>{word('act', act.act)}</b>
        <span>{act.officer === 'none' ? t('case.process') : <><b>{act.officer}</b> · {word('role', act.role)} · {act.region}</>}</span>
        <span class="dim">{moment(act.at)}</span>
        <span class={act.log ? 'dim' : 'warn'} data-log={act.log}>{act.log ? t('case.logged', { number: act.log }) : t('case.notLogged')}</span>
      </div>
      <dl class="facts small">
        {fields.reason && fields.reason !== 'none' ? <div><dt>{t('field.reason')}</dt><dd>{word('reason', fields.reason)}</dd></div> : null}
        {fields.until ? <div><dt>{t('field.until')}</dt><dd>{moment(momentOf(fields.until))}</dd></div> : null}
        {fields.telephone ? <div><dt>{t('field.telephone')}</dt><dd>{fields.telephone}</dd></div> : null}
        {fields.evidence && !isNone(fields.evidence) ? <div><dt>{t('field.evidence')}</dt><dd><Hash value={fields.evidence} label={t('field.evidence')} /></dd></div> : null}
        {fields.letter && !isNone(fields.letter) ? <div><dt>{t('field.letter')}</dt><dd><Hash value={fields.letter} label={t('field.letter')} /> <button type="button" class="small no-print" data-letter-show onClick={() => void ask()}>{t('letter.show')}</button></dd></div> : null}
      </dl>
      <Fault error={error.value} />
      {letter.value === null ? null : <Letter text={letter.value} hash={fields.letter ?? null} />}
      <details><summary>{t('case.actText', { number: act.number })}</summary><pre class="text">{act.text}</pre></details>
    </li>
  );
}

async function load(name: string): Promise<Whole> {
  const answer = await get<{ case: CaseShown; acts: ActRow[] }>('case', { case: name });
  const named = answer.case.authority;
  const authority = named === 'none' ? null : await get<Authority>('authority', { name: named }).catch(() => null);
  return { shown: answer.case, acts: answer.acts.map(signedOf), authority };
}

export function CasePage({ name }: { name: string }) {
  const found = useLoad(name, () => load(name));
  const me = session.value as Session;
  const whole = found.value;
  const act = values().get('act') ?? '';
  if (!whole) return <main id="main"><Head title={t('case.title', { name: name.slice(0, SHORT) })} /><Waiting load={found} /></main>;
  const { shown } = whole;
  if (act && arrowOf(act)) return <main id="main"><ActForm key={act} act={act} whole={whole} onTaken={found.again} /></main>;
  return (
    <main id="main" class="case">
      <p class="no-print"><a href="/">{t('case.back')}</a></p>
      <Head title={t('case.title', { name: shown.case.slice(0, SHORT) })}>
        <State name={shown.state} />{shown.class === 'plain' ? null : <span class="chip warn">{word('class', shown.class)}</span>}{shown.urgency === 'emergency' ? <span class="chip bad">{word('urgency', shown.urgency)}</span> : null}
        <Due at={momentOf(shown.due)} />
        <span class="no-print tools"><button type="button" onClick={found.again}>{t('again')}</button><button type="button" data-print onClick={() => print()}>{t('print')}</button></span>
      </Head>
      <p class="dim"><Hash value={shown.case} whole label={t('case.number')} /></p>
      <Steps whole={whole} />
      <Options whole={whole} me={me} />
      <div class="two"><ApprovalList whole={whole} me={me} /><Clocks shown={shown} /></div>
      <Request whole={whole} me={me} />
      <section class="card" aria-labelledby="acts"><h2 id="acts">{t('case.acts', { count: whole.acts.length })}</h2><ol class="acts">{whole.acts.map((one) => <Act key={one.number} act={one} />)}</ol></section>
    </main>
  );
}
