/* Numbers and dates as a language writes them, and what people type as they write it. */
import { print, type Units } from './decimal.ts';

export type Language = 'en' | 'fr';

interface Marks { group: string; point: string }

const LOCALES: Record<Language, string> = { en: 'en-GB', fr: 'fr-FR' };
const marksOf: Partial<Record<Language, Marks>> = {};

export function localeOf(language: Language): string {
  return LOCALES[language];
}

function marks(language: Language): Marks {
  const known = marksOf[language];
  if (known) return known;
  const parts = new Intl.NumberFormat(LOCALES[language], { useGrouping: true }).formatToParts(1234567.5);
  const made = {
    group: parts.find((part) => part.type === 'group')?.value ?? '',
    point: parts.find((part) => part.type === 'decimal')?.value ?? '.',
  };
  marksOf[language] = made;
  return made;
}

export function formatText(text: string, language: Language): string {
  const { group, point } = marks(language);
  const [whole = '0', rest] = text.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, group);
  return rest === undefined ? grouped : grouped + point + rest;
}

export function formatUnits(value: Units, language: Language, decimals?: number): string {
  return formatText(print(value, decimals), language);
}

/* For a field: the language's decimal mark, no groups. */
export function toField(value: Units, language: Language, decimals?: number): string {
  return print(value, decimals).replace('.', marks(language).point);
}

/* What was typed, as text of the API: spaces go, a comma counts as the decimal mark where it can
 * only be that. Null when it is no number. */
export function fromField(typed: string, language: Language): string | null {
  let text = typed.replace(/[\s\u00a0\u202f'’]/g, '');
  if (text === '') return null;
  const commas = text.split(',').length - 1;
  const points = text.split('.').length - 1;
  if (commas > 0 && points > 0) {
    const last = Math.max(text.lastIndexOf(','), text.lastIndexOf('.'));
    const whole = text.slice(0, last);
    const other = text[last] === ',' ? '.' : ',';
    if (whole.includes(text[last] as string)) return null;
    if (!new RegExp(`^\\d{1,3}(\\${other}\\d{3})+$`).test(whole)) return null;
    text = `${whole.replaceAll(other, '')}.${text.slice(last + 1)}`;
  } else if (commas === 1) {
    /* 1,234 in English: a thousand or a slip? Three digits behind it could be either. */
    if (language === 'en' && /^\d{1,3},\d{3}$/.test(text) && !text.startsWith('0')) {
      text = text.replace(',', '');
    } else text = text.replace(',', '.');
  } else if (commas > 1) {
    if (!/^\d{1,3}(,\d{3})+$/.test(text)) return null;
    text = text.replaceAll(',', '');
  }
  return /^(\d+\.?\d*|\.\d+)$/.test(text) ? text : null;
}

/* Hundredths of a percent with sign: 1234 is +12.34 %. */
export function formatBasis(basis: number | null, language: Language): string {
  if (basis === null) return '–';
  const sign = basis > 0 ? '+' : basis < 0 ? '−' : '';
  const size = Math.abs(basis);
  const text = `${Math.floor(size / 100)}.${String(size % 100).padStart(2, '0')}`;
  return `${sign}${formatText(text, language)}${language === 'fr' ? '\u202f' : ''}%`;
}

const dateFormats = new Map<string, Intl.DateTimeFormat>();

function dateFormat(language: Language, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language}/${name}`;
  let made = dateFormats.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(LOCALES[language], options);
    dateFormats.set(key, made);
  }
  return made;
}

export function formatTime(ms: number, language: Language): string {
  return dateFormat(language, 'time', { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(ms);
}

export function formatDateTime(ms: number, language: Language): string {
  return dateFormat(language, 'both', {
    day: '2-digit', month: '2-digit', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit',
  }).format(ms);
}

export function formatDay(ms: number, language: Language): string {
  return dateFormat(language, 'day', { day: '2-digit', month: 'short' }).format(ms);
}

/* A day of the venue's, wherever the reader sits. */
export function formatDate(ms: number, language: Language): string {
  return dateFormat(language, 'date', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }).format(ms);
}

export function formatMinute(ms: number, language: Language): string {
  return dateFormat(language, 'minute', { hour: '2-digit', minute: '2-digit' }).format(ms);
}

export function formatMonth(ms: number, language: Language): string {
  return dateFormat(language, 'month', { month: 'short', year: 'numeric' }).format(ms);
}

/* 12,345,678 as 12.35M: for statistics, never for what is traded. */
export function formatShort(value: Units, language: Language): string {
  const whole = value / 100_000_000n;
  for (const [size, letter] of [[1_000_000_000n, 'B'], [1_000_000n, 'M'], [1_000n, 'k']] as const) {
    if (whole >= size * 10n) return `${formatUnits(value / size, language, 2)}\u202f${letter}`;
  }
  return formatUnits(value, language, whole >= 100n ? 1 : 4);
}
