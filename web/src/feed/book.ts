/* One market's book: sorted sides, and the rules that keep it whole.
 *
 * Events of the depth stream carry U and u. They are kept until a depth is fetched; those it already
 * covers are dropped; then each must begin one behind the last (API web-socket-streams.md "How to
 * manage a local order book correctly"). A jump is a gap: the book is no longer true until the next
 * fetch. */
import { type Units, units } from '../decimal/decimal.ts';

export interface DepthEvent { U: number; u: number; b: [string, string][]; a: [string, string][] }
export interface DepthAnswer { lastUpdateId: number; bids: [string, string][]; asks: [string, string][] }
export interface Group { price: Units; quantity: Units; total: Units }

const WAITING_MAX = 2_000;

export class BookSide {
  readonly prices: Units[] = [];
  readonly quantities: Units[] = [];

  constructor(private readonly descending: boolean) {}

  private place(price: Units): number {
    let low = 0;
    let high = this.prices.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const at = this.prices[middle] as Units;
      if (this.descending ? at > price : at < price) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  set(price: Units, quantity: Units): void {
    const index = this.place(price);
    const there = this.prices[index] === price;
    if (quantity === 0n) {
      if (there) {
        this.prices.splice(index, 1);
        this.quantities.splice(index, 1);
      }
    } else if (there) {
      this.quantities[index] = quantity;
    } else {
      this.prices.splice(index, 0, price);
      this.quantities.splice(index, 0, quantity);
    }
  }

  /* Rows of an answer, best first, as they come. */
  load(rows: readonly [string, string][]): void {
    this.prices.length = 0;
    this.quantities.length = 0;
    for (const [price, quantity] of rows) {
      this.prices.push(units(price));
      this.quantities.push(units(quantity));
    }
  }

  best(): Units | null {
    return this.prices[0] ?? null;
  }

  /* The best `count` steps of `step`, with running totals; looks no further than it must. */
  groups(step: Units, count: number): Group[] {
    const out: Group[] = [];
    let total = 0n;
    for (let i = 0; i < this.prices.length; i += 1) {
      const price = this.prices[i] as Units;
      const quantity = this.quantities[i] as Units;
      const rest = price % step;
      /* Bids round down and asks up, so that a group never shows a better price than it has. */
      const group = this.descending || rest === 0n ? price - rest : price - rest + step;
      let last = out[out.length - 1];
      if (!last || last.price !== group) {
        if (out.length === count) break;
        last = { price: group, quantity: 0n, total };
        out.push(last);
      }
      total += quantity;
      last.quantity += quantity;
      last.total = total;
    }
    return out;
  }

  /* What a market order of `quantity` would cost, and how much of it the book holds. */
  sweep(quantity: Units): { filled: Units; cost: Units; worst: Units | null } {
    let filled = 0n;
    let cost = 0n;
    let worst: Units | null = null;
    for (let i = 0; i < this.prices.length && filled < quantity; i += 1) {
      const here = this.quantities[i] as Units;
      const take = here < quantity - filled ? here : quantity - filled;
      worst = this.prices[i] as Units;
      filled += take;
      cost += (take * worst) / 100_000_000n;
    }
    return { filled, cost, worst };
  }
}

export type Applied = 'waiting' | 'applied' | 'old' | 'gap';

export class Book {
  readonly bids = new BookSide(true);
  readonly asks = new BookSide(false);
  private last: number | null = null;
  private waiting: DepthEvent[] = [];

  /* Whether the book is whole as far as it is known. */
  get synced(): boolean {
    return this.last !== null;
  }

  forget(): void {
    this.last = null;
    this.waiting = [];
  }

  event(event: DepthEvent): Applied {
    if (this.last === null) {
      this.waiting.push(event);
      if (this.waiting.length > WAITING_MAX) this.waiting.shift();
      return 'waiting';
    }
    if (event.u <= this.last) return 'old';
    if (event.U > this.last + 1) {
      this.forget();
      this.waiting.push(event);
      return 'gap';
    }
    this.apply(event);
    return 'applied';
  }

  /* False when the answer is older than what has been heard since: fetch again. */
  snapshot(answer: DepthAnswer): boolean {
    const later = this.waiting.filter((event) => event.u > answer.lastUpdateId);
    let end = answer.lastUpdateId;
    for (const event of later) {
      if (event.U > end + 1) return false;
      end = event.u;
    }
    this.bids.load(answer.bids);
    this.asks.load(answer.asks);
    this.last = answer.lastUpdateId;
    this.waiting = [];
    for (const event of later) this.apply(event);
    return true;
  }

  private apply(event: DepthEvent): void {
    for (const [price, quantity] of event.b) this.bids.set(units(price), units(quantity));
    for (const [price, quantity] of event.a) this.asks.set(units(price), units(quantity));
    this.last = event.u;
  }
}

/* Steps to group by: the tick and its 1-5-10 multiples up to about a hundredth of the price. */
export function groupSteps(tick: Units, price: Units): Units[] {
  const steps: Units[] = [];
  for (let step = tick; steps.length < 12; step *= 10n) {
    steps.push(step);
    if (step * 5n * 50n <= price) steps.push(step * 5n);
    if (step * 10n * 50n > price) break;
  }
  return steps;
}
