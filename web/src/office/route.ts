/* Where in the console one is: the address is the whole truth, so that it can be kept and sent on. */
import { signal } from '@preact/signals';

export const place = signal(location.pathname + location.search);

export function startRoute(): void {
  addEventListener('popstate', () => { place.value = location.pathname + location.search; });
  // Links within the console, wherever they stand; with a modifier the browser does what it does.
  addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin || link.getAttribute('href')?.startsWith('#')) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}

export function go(to: string, replace = false): void {
  if (to === place.peek()) return;
  if (replace) history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  const isOther = to.split('?')[0] !== place.peek().split('?')[0];
  place.value = to;
  if (isOther) {
    scrollTo(0, 0);
    requestAnimationFrame(() => document.querySelector<HTMLElement>('h1')?.focus());
  }
}

export const path = (): string => place.value.split('?')[0] ?? '/';
export const values = (): URLSearchParams => new URLSearchParams(place.value.split('?')[1] ?? '');

/* The address with these values of its query changed; empty ones leave it. */
export function withValues(changes: Record<string, string>): string {
  const all = values();
  for (const [name, value] of Object.entries(changes)) {
    if (value) all.set(name, value);
    else all.delete(name);
  }
  const text = all.toString();
  return path() + (text ? `?${text}` : '');
}
