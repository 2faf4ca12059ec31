/* What belongs to the customer: a subscription to the user data of the WebSocket API, with the same
 * key that signs orders. It is opened before balances and orders are fetched, so that nothing falls
 * in between; what has been heard meanwhile is applied behind the answers. */
import type { Signer } from '../api/client.ts';
import { units } from '../decimal/decimal.ts';
import { Link, socketUrl } from '../feed/link.ts';
import type { Order, Side } from '../api/types.ts';

export type UserEvent = Record<string, unknown> & { e: string };

export interface UserHandlers {
  onEvent: (event: UserEvent) => void;
  /* Subscribed: everything is to be fetched now. */
  onReady: () => void;
  onDown: () => void;
  onRefused: (code: number, text: string) => void;
}

const AGAIN_MS = 3_000;

export class UserStream {
  private readonly link: Link;
  private stopped = false;

  constructor(private readonly signer: Signer, private readonly handlers: UserHandlers) {
    this.link = new Link({
      url: () => socketUrl('/ws-api/v3?returnRateLimits=false'),
      beat: { method: 'ping' },
      onOpen: () => void this.subscribe(),
      onMessage: (message) => {
        const event = message.event as UserEvent | undefined;
        if (!event) return;
        if (event.e === 'eventStreamTerminated') void this.subscribe();
        else this.handlers.onEvent(event);
      },
      onDown: () => this.handlers.onDown(),
      onRoundTrip: () => undefined,
    });
  }

  start(): void {
    this.link.start();
  }

  stop(): void {
    this.stopped = true;
    this.link.stop();
  }

  hurry(): void {
    this.link.hurry();
  }

  private async subscribe(): Promise<void> {
    let answer: Record<string, unknown>;
    try {
      const parameters = await this.signer.signedParameters();
      answer = await this.link.request('userDataStream.subscribe.signature', parameters);
    } catch {
      return;
    }
    if (this.stopped) return;
    if (answer.status === 200) {
      this.handlers.onReady();
      return;
    }
    const error = (answer.error ?? {}) as { code?: number; msg?: string };
    this.handlers.onRefused(error.code ?? 0, error.msg ?? '');
    setTimeout(() => {
      if (!this.stopped && this.link.open) void this.subscribe();
    }, AGAIN_MS);
  }
}

export const CLOSED = new Set(['FILLED', 'CANCELED', 'REJECTED', 'EXPIRED', 'EXPIRED_IN_MATCH']);

/* The order as an execution report leaves it: API user-data-stream.md "Order Update". */
export function orderOfReport(event: UserEvent): Order {
  const canceled = event.x === 'CANCELED' && typeof event.C === 'string' && event.C !== '';
  return {
    symbol: event.s as string,
    orderId: event.i as number,
    orderListId: event.g as number,
    clientOrderId: (canceled ? event.C : event.c) as string,
    price: event.p as string,
    origQty: event.q as string,
    executedQty: event.z as string,
    cummulativeQuoteQty: event.Z as string,
    origQuoteOrderQty: event.Q as string,
    status: event.X as string,
    timeInForce: event.f as string,
    type: event.o as string,
    side: event.S as Side,
    stopPrice: event.P as string,
    time: event.O as number,
    updateTime: event.T as number,
  };
}

/* Whether `next` says more about an order than `known`: reports may overtake answers. */
export function isNewer(next: Order, known: Order): boolean {
  if (next.updateTime !== known.updateTime) return next.updateTime > known.updateTime;
  if (CLOSED.has(known.status)) return false;
  return CLOSED.has(next.status) || units(next.executedQty) >= units(known.executedQty);
}
