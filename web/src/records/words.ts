/* The words of the page about one's records in the chosen language. */
import { wordsOf } from '../i18n/words.ts';
import { recordsEn, type RecordsKey } from './en.ts';
import { recordsFr } from './fr.ts';

export type { RecordsKey } from './en.ts';

export const tr = wordsOf<RecordsKey>(recordsEn, recordsFr);
