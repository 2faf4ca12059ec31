/* One line above the account's pages: what came of the last act, until the reader goes elsewhere. */
import { signal } from '@preact/signals';
import type { AccountKey } from './en.ts';

export const said = signal<AccountKey | null>(null);
