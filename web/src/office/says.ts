/* What an answer means in words: refusals by their names, the rest as it came. */
import { Refusal } from './api.ts';
import { en } from './en.ts';
import { type Key, t } from './i18n.ts';

export function meaning(error: unknown): string {
  if (error instanceof Refusal) {
    // The process is there, and whom it asks is not: an act may have been taken all the same.
    if (error.status === 503 && error.code === 'away') return t('fault.behind');
    for (const family of ['fault', 'rule']) {
      if (`${family}.${error.code}` in en) return t(`${family}.${error.code}` as Key);
    }
    return error.why || error.code;
  }
  if (error instanceof DOMException && ['NotAllowedError', 'AbortError'].includes(error.name)) return t('fault.keyNotUsed');
  if (error instanceof DOMException && error.name === 'InvalidStateError') return t('fault.keyThere');
  return error instanceof Error ? error.message : String(error);
}
