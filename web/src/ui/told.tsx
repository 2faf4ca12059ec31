/* In the inbox: of which requests about one's record one was told, and where to read of them. */
import { useEffect } from 'preact/hooks';
import { formatDateTime } from '../decimal/format.ts';
import { language, t } from '../i18n/index.ts';
import { askTold, readTold, toldOf } from '../state/told.ts';

export function ToldPart() {
  const rows = toldOf.value;
  useEffect(() => {
    void askTold();
  }, []);
  useEffect(() => {
    readTold();
  }, [rows]);
  if (rows.length === 0) return null;
  return (
    <section aria-label={t('told.title')} data-told={rows.length}>
      <h3>{t('told.title')}</h3>
      <ul>{rows.map((row) => <li key={row.case}>{t(row.opened ? 'told.opened' : 'told.asked', { date: formatDateTime(row.noticed, language.value) })}</li>)}</ul>
      <p class="hint"><a href="/records">{t('told.more')}</a></p>
    </section>
  );
}
