/* The words of the account's pages in the chosen language. */
import { wordsOf } from '../i18n/words.ts';
import { accountEn, type AccountKey } from './en.ts';
import { accountFr } from './fr.ts';

export type { AccountKey } from './en.ts';

export const ta = wordsOf<AccountKey>(accountEn, accountFr);
