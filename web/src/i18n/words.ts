/* Words of a part of the page that is fetched when it is wanted: a table of its own for each language. */
import type { Language } from '../decimal/format.ts';
import { language } from './index.ts';

export type Words<K extends string> = Record<K, string>;

export interface Say<K extends string> {
  (key: K, values?: Record<string, string | number>): string;
  /* For keys made from the venue's words: the text of `key`, else that of `otherwise`. */
  or: (key: string, otherwise: K, values?: Record<string, string | number>) => string;
}

/* Reading it inside a component or effect follows the choice of the language. */
export function wordsOf<K extends string>(en: Words<K>, fr: Words<K>): Say<K> {
  const tables: Record<Language, Words<K>> = { en, fr };
  const say = (key: K, values: Record<string, string | number> = {}) => tables[language.value][key]
    .replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  return Object.assign(say, { or: (key: string, otherwise: K, values?: Record<string, string | number>) => say(key in en ? key as K : otherwise, values) });
}
