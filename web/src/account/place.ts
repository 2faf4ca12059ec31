/* Where in the account's pages the reader is. Going elsewhere keeps the page, and its key with it. */
import { signal } from '@preact/signals';
import { said } from './said.ts';

/* As tools/pack_pages.py lists them. */
export const PLACES = ['/account', '/account/sign-in', '/account/sign-up', '/account/reset', '/account/security', '/account/keys', '/account/identity'] as const;

export type Place = (typeof PLACES)[number];

function here(): Place {
  return PLACES.find((place) => place === location.pathname) ?? '/account';
}

export const place = signal<Place>(here());

/* `event` of a link that was clicked: a new tab stays a new tab. */
export function go(event: MouseEvent | null, next: Place): void {
  if (event && (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0)) return;
  event?.preventDefault();
  if (next === place.peek()) return;
  said.value = null;
  history.pushState(null, '', next);
  place.value = next;
  scrollTo(0, 0);
}

export function startPlace(): void {
  addEventListener('popstate', () => { place.value = here(); });
}
