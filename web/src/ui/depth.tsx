/* The depth of the book as two staircases, drawn on a canvas twice a second. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { forDrawing, type Units } from '../decimal/decimal.ts';
import { formatText, formatUnits } from '../decimal/format.ts';
import type { BookSide } from '../feed/book.ts';
import { language, t } from '../i18n/index.ts';
import { feed, market, symbol } from '../state/store.ts';
import { colour } from '../state/theme.ts';

const DRAW_MS = 500;
const LEVELS_SHOWN = 400;
const FOOT_PX = 22;
const SHARE_SHOWN = 0.9;

interface Stair { price: number; total: number }

function stairs(side: BookSide): { steps: Stair[]; total: Units } {
  const steps: Stair[] = [];
  let total = 0n;
  for (let i = 0; i < side.prices.length && i < LEVELS_SHOWN; i += 1) {
    total += side.quantities[i] as Units;
    steps.push({ price: forDrawing(side.prices[i] as Units), total: forDrawing(total) });
  }
  return { steps, total };
}

function paint(canvas: HTMLCanvasElement): { bids: Units; asks: Units } {
  const bids = stairs(feed.book.bids);
  const asks = stairs(feed.book.asks);
  const ratio = devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const pen = canvas.getContext('2d');
  const bestBid = bids.steps[0]?.price;
  const bestAsk = asks.steps[0]?.price;
  if (!pen || width === 0) return { bids: bids.total, asks: asks.total };
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  const middle = bestBid !== undefined && bestAsk !== undefined ? (bestBid + bestAsk) / 2 : bestBid ?? bestAsk;
  if (middle === undefined) return { bids: bids.total, asks: asks.total };
  /* A few orders far away would squeeze all others into a line. */
  const far = (steps: Stair[]) => steps[Math.floor((steps.length - 1) * SHARE_SHOWN)]?.price ?? middle;
  const farBid = far(bids.steps);
  const farAsk = far(asks.steps);
  const reach = Math.max(middle - farBid, farAsk - middle, middle * 1e-4);
  const x = (price: number) => ((price - middle + reach) / (2 * reach)) * width;
  const seen = (steps: Stair[]) => steps.filter((step) => Math.abs(step.price - middle) <= reach).pop()?.total ?? 0;
  const most = Math.max(seen(bids.steps), seen(asks.steps)) || 1;
  const floor = height - FOOT_PX;
  const y = (total: number) => floor - (total / most) * (floor - 12);
  for (const [steps, name, edge] of [[bids.steps, 'bid', 0], [asks.steps, 'ask', width]] as const) {
    if (steps.length === 0) continue;
    pen.beginPath();
    pen.moveTo(x(steps[0]?.price ?? middle), floor);
    let before = floor;
    for (const step of steps) {
      pen.lineTo(x(step.price), before);
      before = y(step.total);
      pen.lineTo(x(step.price), before);
    }
    pen.lineTo(edge, before);
    pen.strokeStyle = colour(name);
    pen.lineWidth = 1.5;
    pen.stroke();
    pen.lineTo(edge, floor);
    pen.closePath();
    pen.globalAlpha = 0.16;
    pen.fillStyle = colour(name);
    pen.fill();
    pen.globalAlpha = 1;
  }
  const decimals = market.peek()?.priceDecimals ?? 2;
  pen.fillStyle = colour('text-dim');
  pen.font = `11px ${getComputedStyle(document.body).fontFamily}`;
  for (const [share, align] of [[0, 'left'], [0.25, 'center'], [0.5, 'center'], [0.75, 'center'], [1, 'right']] as const) {
    pen.textAlign = align;
    const price = middle - reach + 2 * reach * share;
    pen.fillText(formatText(Math.max(0, price).toFixed(decimals), language.peek()), share * width + (share === 0 ? 6 : share === 1 ? -6 : 0), height - 7);
  }
  return { bids: bids.total, asks: asks.total };
}

export function Depth() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const totals = useSignal<{ bids: Units; asks: Units }>({ bids: 0n, asks: 0n });
  useEffect(() => {
    const draw = () => {
      if (!canvas.current) return;
      const next = paint(canvas.current);
      if (next.bids !== totals.peek().bids || next.asks !== totals.peek().asks) totals.value = next;
    };
    draw();
    const timer = setInterval(draw, DRAW_MS);
    return () => clearInterval(timer);
  }, []);
  const here = market.value;
  const show = (value: Units) => (here ? `${formatUnits(value, language.value, here.quantityDecimals)} ${here.base}` : '');
  return (
    <>
      <p class="legend"><span class="bid">▴ {t('book.bids')} <b>{show(totals.value.bids)}</b></span> <span class="ask">▾ {t('book.asks')} <b>{show(totals.value.asks)}</b></span></p>
      <canvas class="canvas" ref={canvas} role="img" aria-label={t('chart.depthDescription', { market: symbol.value, bids: show(totals.value.bids), asks: show(totals.value.asks) })} />
    </>
  );
}
