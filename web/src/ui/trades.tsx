/* Recent trades of the market, the newest first. */
import { units } from '../decimal/decimal.ts';
import { formatTime, formatUnits } from '../decimal/format.ts';
import { language, t } from '../i18n/index.ts';
import { live, market, trades } from '../state/store.ts';

const SHOWN = 40;

export function Trades() {
  const here = market.value;
  return (
    <section class="panel trades" aria-labelledby="trades-title" data-section="book" data-inert={live.value ? undefined : 'yes'}>
      <header class="panel-head"><h2 id="trades-title">{t('trades.title')}</h2></header>
      <div class="scroll" tabIndex={0} role="region" aria-labelledby="trades-title">
        <table class="levels tape">
          <thead>
            <tr><th scope="col" class="num">{t('trades.price')}</th><th scope="col" class="num">{t('trades.quantity')}</th><th scope="col" class="num">{t('trades.time')}</th></tr>
          </thead>
          <tbody>
            {here ? trades.value.slice(0, SHOWN).map((row) => (
              <tr key={row.id} class={row.sold ? 'ask' : 'bid'}>
                <td class="num price">
                  <span class="mark" aria-hidden="true">{row.sold ? '▾' : '▴'}</span>
                  <span class="sr">{t(row.sold ? 'trades.sold' : 'trades.bought')} </span>
                  {formatUnits(units(row.price), language.value, here.priceDecimals)}
                </td>
                <td class="num">{formatUnits(units(row.quantity), language.value, here.quantityDecimals)}</td>
                <td class="num dim">{formatTime(row.time, language.value)}</td>
              </tr>
            )) : null}
          </tbody>
        </table>
        {here && trades.value.length === 0 ? <p class="quiet">{t('trades.none')}</p> : null}
      </div>
    </section>
  );
}
