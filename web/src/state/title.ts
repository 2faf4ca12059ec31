/* The tab's title: price and market; the document's language. */
import { effect } from '@preact/signals';
import { formatUnits } from '../decimal/format.ts';
import { language, t } from '../i18n/index.ts';
import { live, market, quote } from './store.ts';

export function startTitle(): void {
  effect(() => { document.documentElement.lang = language.value; });
  effect(() => {
    const here = market.value;
    const last = quote.value?.last ?? 0n;
    const price = here && last > 0n ? `${live.value ? '' : '⚠ '}${formatUnits(last, language.value, here.priceDecimals)} ` : '';
    document.title = `${price}${here ? `${here.base}/${here.quote} · ` : ''}${t('app.title')}`;
  });
}
