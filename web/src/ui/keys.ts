/* The keyboard. Letters work outside of text, and inside fields for numbers, where no letter belongs. */
import { openOrders } from '../state/session.ts';
import { focusForm } from './form.tsx';
import { bookWanted, dialog, view } from './panels.ts';
import { kind } from '../state/form.ts';
import type { Kind } from '../state/draft.ts';

const KINDS: Record<string, Kind> = { 1: 'LIMIT', 2: 'MARKET', 3: 'STOP', 4: 'OCO' };

function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && target.type !== 'checkbox';
}

function isNumber(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.hasAttribute('data-number');
}

export function startKeys(): void {
  addEventListener('pointerdown', () => { bookWanted.value = 0; });
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || dialog.peek() !== null) return;
    bookWanted.value = 0;
    if (event.key === 'Escape') {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      return;
    }
    const inText = takesText(event.target);
    if (inText && !isNumber(event.target)) return;
    const letter = event.key.length === 1 ? event.key.toLowerCase() : '';
    const done = () => event.preventDefault();
    if (event.shiftKey && letter === 'c') {
      done();
      if (openOrders.peek().length) dialog.value = 'cancelAll';
    } else if (letter === '?') {
      done();
      dialog.value = 'help';
    } else if (event.shiftKey) return;
    else if (letter === 'b' || letter === 's') {
      done();
      view.value = 'trade';
      focusForm(letter === 'b' ? 'BUY' : 'SELL');
    } else if (letter === 'm' || letter === '/') {
      done();
      dialog.value = 'market';
    } else if (letter === 'o') {
      done();
      view.value = 'book';
      bookWanted.value = event.timeStamp;
    } else if (!inText && KINDS[letter]) {
      done();
      kind.value = KINDS[letter] as Kind;
    }
  });
}
