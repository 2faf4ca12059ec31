/* The console's texts in the chosen language. They are apart from the customers' page, whose bundle
 * has none of them. Reading `t` inside a component follows the choice. */
import { signal } from '@preact/signals';
import { keep, kept } from '../state/keep.ts';
import { en, type Key } from './en.ts';
import { fr } from './fr.ts';

export type { Key } from './en.ts';
export type Language = 'en' | 'fr';

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

export const locale = (): string => (language.value === 'fr' ? 'fr-FR' : 'en-GB');

export function t(key: Key, values: Record<string, string | number> = {}): string {
  return TABLES[language.value][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/* For keys made from the desk's words: what has no text is shown as it came. */
export function word(family: string, name: string): string {
  const key = `${family}.${name}`;
  return key in en ? t(key as Key) : name;
}
