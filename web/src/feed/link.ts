/* A WebSocket that comes back: pauses grow from half a second to eight, each drawn at random so that
 * a thousand pages do not return in the same instant. Requests leave at most four a second, since the
 * venue closes connections that send more than five. Each has an id; a heartbeat measures the round
 * trip, and a connection that leaves one without an answer for SILENT_MS is given up. */

const PAUSE_FIRST_MS = 500;
const PAUSE_MAX_MS = 8_000;
const SEND_GAP_MS = 250;
const BEAT_MS = 2_000;
const FIRST_BEAT_MS = 500;
export const SILENT_MS = 6_000;
const OPEN_MS = 10_000;
const QUEUE_MAX = 64;

/* Between half and the whole of the pause for this attempt (0 is the first). */
export function pauseMs(attempt: number, random: number): number {
  const whole = Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** Math.min(attempt, 10));
  return whole / 2 + (whole / 2) * random;
}

export interface LinkHandlers {
  url: () => string;
  beat: { method: string };
  onOpen: () => void;
  onMessage: (message: Record<string, unknown>) => void;
  onDown: () => void;
  onRoundTrip: (ms: number) => void;
}

interface Answer { resolve: (value: Record<string, unknown>) => void; reject: (error: Error) => void }

export class Link {
  private socket: WebSocket | null = null;
  private attempt = 0;
  private nextId = 1;
  private answers = new Map<number, Answer>();
  private queue: string[] = [];
  private lastSent = 0;
  private lastHeard = 0;
  private beatAt: number | null = null;
  private timers: { beat?: number; open?: number; retry?: number; send?: number; soon?: number } = {};
  private ended = false;

  constructor(private readonly handlers: LinkHandlers) {}

  get open(): boolean {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  start(): void {
    this.ended = false;
    this.connect();
  }

  stop(): void {
    this.ended = true;
    this.drop();
    clearTimeout(this.timers.retry);
  }

  /* Now rather than after the pause: the network is back, or the reader came back to the page. */
  hurry(): void {
    if (this.ended || this.socket) return;
    clearTimeout(this.timers.retry);
    this.connect();
  }

  request(method: string, params?: unknown): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      if (!this.open || this.queue.length >= QUEUE_MAX) {
        reject(new Error('not connected'));
        return;
      }
      const id = this.nextId;
      this.nextId += 1;
      this.answers.set(id, { resolve, reject });
      this.queue.push(JSON.stringify(params === undefined ? { id, method } : { id, method, params }));
      this.flush();
    });
  }

  private flush(): void {
    if (this.timers.send !== undefined) return;
    const wait = Math.max(0, this.lastSent + SEND_GAP_MS - performance.now());
    if (this.queue.length === 0) return;
    const go = () => {
      this.timers.send = undefined;
      const text = this.queue.shift();
      if (text !== undefined && this.open) {
        this.lastSent = performance.now();
        this.socket?.send(text);
      }
      this.flush();
    };
    if (wait === 0) go();
    else this.timers.send = setTimeout(go, wait) as unknown as number;
  }

  private connect(): void {
    const socket = new WebSocket(this.handlers.url());
    this.socket = socket;
    this.timers.open = setTimeout(() => this.drop(), OPEN_MS) as unknown as number;
    socket.onopen = () => {
      clearTimeout(this.timers.open);
      this.lastHeard = performance.now();
      this.handlers.onOpen();
      this.timers.soon = setTimeout(() => this.beat(), FIRST_BEAT_MS) as unknown as number;
      this.timers.beat = setInterval(() => this.beat(), BEAT_MS) as unknown as number;
    };
    socket.onmessage = (event: MessageEvent<string>) => {
      this.attempt = 0;
      this.lastHeard = performance.now();
      let message: Record<string, unknown>;
      try {
        message = JSON.parse(event.data) as Record<string, unknown>;
      } catch {
        return;
      }
      const answer = typeof message.id === 'number' ? this.answers.get(message.id) : undefined;
      if (answer) {
        this.answers.delete(message.id as number);
        answer.resolve(message);
      } else this.handlers.onMessage(message);
    };
    socket.onclose = () => this.down(socket);
    socket.onerror = () => undefined;
  }

  /* The timers of a hidden page are slow, so silence alone proves nothing: a question without an
   * answer does. */
  private beat(): void {
    const now = performance.now();
    if (this.beatAt !== null) {
      if (now - this.beatAt > SILENT_MS && now - this.lastHeard > SILENT_MS) this.drop();
      return;
    }
    /* Behind other requests it would measure their wait: a little later, then. */
    if (this.queue.length > 0 || now - this.lastSent < SEND_GAP_MS) {
      clearTimeout(this.timers.soon);
      this.timers.soon = setTimeout(() => this.beat(), SEND_GAP_MS * 1.5) as unknown as number;
      return;
    }
    this.beatAt = now;
    this.request(this.handlers.beat.method).then(() => {
      this.beatAt = null;
      this.handlers.onRoundTrip(performance.now() - now);
    }, () => { this.beatAt = null; });
  }

  /* A socket that hangs may take minutes to report its end: it is left behind at once. */
  private drop(): void {
    const socket = this.socket;
    if (!socket) return;
    socket.close();
    this.down(socket);
  }

  private down(socket: WebSocket): void {
    if (this.socket !== socket) return;
    this.socket = null;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    clearTimeout(this.timers.open);
    clearTimeout(this.timers.send);
    clearTimeout(this.timers.soon);
    clearInterval(this.timers.beat);
    this.timers.send = undefined;
    this.queue = [];
    this.beatAt = null;
    for (const answer of this.answers.values()) answer.reject(new Error('connection lost'));
    this.answers.clear();
    this.handlers.onDown();
    if (this.ended) return;
    const pause = pauseMs(this.attempt, Math.random());
    this.attempt += 1;
    this.timers.retry = setTimeout(() => this.connect(), pause) as unknown as number;
  }
}

export function socketUrl(path: string): string {
  return `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}${path}`;
}
