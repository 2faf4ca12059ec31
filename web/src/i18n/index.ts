/* Texts in the chosen language. Reading `t` inside a component or effect follows the choice. */
import { signal } from '@preact/signals';
import type { Language } from '../decimal/format.ts';
import { keep, kept } from '../state/keep.ts';
import { en, type Key } from './en.ts';
import { fr } from './fr.ts';

export type { Key } from './en.ts';

const TABLES: Record<Language, Record<Key, string>> = { en, fr };

function first(): Language {
  const stored = kept('language');
  if (stored === 'en' || stored === 'fr') return stored;
  return navigator.language.toLowerCase().startsWith('fr') ? 'fr' : 'en';
}

export const language = signal<Language>(first());

export function chooseLanguage(next: Language): void {
  language.value = next;
  keep('language', next);
}

export function t(key: Key, values: Record<string, string | number> = {}): string {
  return TABLES[language.value][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/* For keys made from the venue's words: what has no text is shown as it came. */
export function tOr(key: string, otherwise: string): string {
  return key in en ? t(key as Key) : otherwise;
}
