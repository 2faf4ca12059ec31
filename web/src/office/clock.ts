/* Moments and what is left until them. The minute hand is one signal that all rows read. */
import { signal } from '@preact/signals';
import { locale, t } from './i18n.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const now = signal(Date.now());

export function startClock(): void {
  setInterval(() => { now.value = Date.now(); }, 10 * SECOND);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(style: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = `${locale()}${JSON.stringify(style)}`;
  let found = formats.get(name);
  if (!found) {
    found = new Intl.DateTimeFormat(locale(), { ...style, timeZone: 'UTC' });
    formats.set(name, found);
  }
  return found;
}

export function moment(at: number | null): string {
  return at === null ? t('none') : t('utc', { time: format({ dateStyle: 'medium', timeStyle: 'short' }).format(at) });
}

export const day = (at: number | null): string => (at === null ? t('none') : format({ dateStyle: 'medium' }).format(at));

/* The two largest units of a length of time; in a row the largest alone. */
export function length(ms: number, isShort = false): string {
  const whole = Math.abs(ms);
  if (isShort && whole >= DAY) return t('time.day', { days: Math.floor(whole / DAY) });
  if (isShort && whole >= HOUR) return t('time.hour', { hours: Math.floor(whole / HOUR) });
  if (whole >= DAY) return t('time.days', { days: Math.floor(whole / DAY), hours: Math.floor((whole % DAY) / HOUR) });
  if (whole >= HOUR) return t('time.hours', { hours: Math.floor(whole / HOUR), minutes: Math.floor((whole % HOUR) / MINUTE) });
  if (whole >= MINUTE) return t('time.minutes', { minutes: Math.floor(whole / MINUTE) });
  return t('time.seconds', { seconds: Math.floor(whole / SECOND) });
}

export function left(at: number | null, from: number, isShort = false): string {
  if (at === null) return t('due.none');
  return at > from ? t('due.left', { time: length(at - from, isShort) }) : t('due.late', { time: length(from - at, isShort) });
}

/* How near: for the row's mark beside its words. */
export function nearness(at: number | null, from = now.value): 'none' | 'far' | 'near' | 'late' {
  if (at === null) return 'none';
  if (at <= from) return 'late';
  return at - from < DAY ? 'near' : 'far';
}
