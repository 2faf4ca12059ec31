/* Which dialog is open and which section a narrow screen shows. */
import { signal } from '@preact/signals';

export type Dialog = null | 'market' | 'help' | 'about' | 'signIn' | 'review' | 'cancelAll' | 'wallet' | 'settings' | 'inbox';
export type View = 'chart' | 'book' | 'trade' | 'orders';
export type WalletTab = 'deposit' | 'withdraw' | 'history';

export const dialog = signal<Dialog>(null);
export const view = signal<View>('chart');
/* The keyboard asked for the book, and no row has the focus yet. */
export const bookWanted = signal(false);
export const walletAsset = signal('');
export const walletTab = signal<WalletTab>('deposit');

export function openWallet(asset: string, tab: WalletTab): void {
  walletAsset.value = asset;
  walletTab.value = tab;
  dialog.value = 'wallet';
}
