/* Reports to authorities that the rules want: late ones first, then by their day. */
import { type RuleCase, session, type Session } from './api.ts';
import { t } from './i18n.ts';
import { Command, Head, useLoad, Waiting } from './parts.tsx';
import { RuleTable, told } from './restrictions.tsx';
import { go, values, withValues } from './route.ts';
import { byLateness } from './rows.ts';

interface Answer { time_us: number; reports: RuleCase[]; count: number; late: number; next?: string }

export function Reports() {
  const all = values().get('all') ?? '';
  const load = useLoad(all, () => told<Answer>('reports', { all }));
  const me = session.value as Session;
  const answer = load.value;
  return (
    <main id="main">
      <Head title={t('reports.title')}><button type="button" onClick={load.again}>{t('again')}</button></Head>
      <p class="hint">{t('reports.about')}</p>
      <form class="filters" onSubmit={(event) => event.preventDefault()}><label class="check"><input type="checkbox" data-field="all" checked={all !== ''} onChange={(event) => go(withValues({ all: event.currentTarget.checked ? 'yes' : '' }), true)} />{t('reports.all')}</label></form>
      <Waiting load={load} />
      {answer ? <p class="counts" role="status" data-counts={answer.count}><span>{t('reports.count', { count: answer.count })}</span><span class={answer.late ? 'bad' : 'dim'}>{t('queue.late', { count: answer.late })}</span></p> : null}
      {answer && answer.reports.length === 0 ? <p class="empty" data-none>{t('reports.none')}</p> : null}
      {answer && answer.reports.length > 0 ? <RuleTable rows={byLateness(answer.reports)} label={t('reports.title')} /> : null}
      {answer?.next ? <p class="warn">{t('reports.more')}</p> : null}
      {answer && answer.reports.length > 0 ? <section class="card"><h2>{t('reports.filed')}</h2><Command label={t('reports.filed')} text={`cambist case filed ${byLateness(answer.reports)[0]?.case ?? ''} --officer ${me.officer} --evidence FILE`} /></section> : null}
    </main>
  );
}
