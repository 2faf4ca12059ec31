/* Light, dark, or what the system says. Who draws on a canvas reads colours again when `turn` moves. */
import { effect, signal } from '@preact/signals';
import { keep, kept } from './keep.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export const theme = signal<Theme>(THEMES.find((name) => name === kept('theme')) ?? 'system');
export const themeTurn = signal(0);

export function chooseTheme(next: Theme): void {
  theme.value = next;
  keep('theme', next);
}

export function startTheme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const set = () => {
    const now = theme.value === 'system' ? (dark.matches ? 'dark' : 'light') : theme.value;
    document.documentElement.dataset.theme = now;
    themeTurn.value = themeTurn.peek() + 1;
  };
  effect(set);
  dark.addEventListener('change', set);
}

export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
