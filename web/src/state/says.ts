/* Messages at the edge of the page: what came of a request. Good ones go by themselves. */
import { signal } from '@preact/signals';

export type Tone = 'good' | 'bad' | 'wait';

export interface Say { id: number; tone: Tone; text: string; advice?: string; code?: number; tag?: string }

const SAYS_MAX = 4;
const GOOD_MS = 6_000;

export const says = signal<Say[]>([]);
let nextId = 1;

export function say(tone: Tone, text: string, advice?: string, code?: number, tag?: string): void {
  const id = nextId;
  nextId += 1;
  const others = tag ? says.peek().filter((row) => row.tag !== tag) : says.peek();
  says.value = [...others, { id, tone, text, advice, code, tag }].slice(-SAYS_MAX);
  if (tone === 'good') setTimeout(() => dismiss(id), GOOD_MS);
}

export function dismiss(id: number): void {
  says.value = says.peek().filter((row) => row.id !== id);
}

export function unsay(tag: string): void {
  says.value = says.peek().filter((row) => row.tag !== tag);
}
