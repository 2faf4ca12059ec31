/* Which dialog is open and which section a narrow screen shows. */
import { signal } from '@preact/signals';

export type Dialog = null | 'market' | 'help' | 'about' | 'signIn' | 'review' | 'cancelAll' | 'wallet' | 'settings' | 'inbox';
export type View = 'chart' | 'book' | 'trade' | 'orders';
export type WalletTab = 'deposit' | 'withdraw' | 'history';

export const dialog = signal<Dialog>(null);
export const view = signal<View>('chart');
/* When the keyboard asked for the book; 0: the reader went on to something else. */
export const bookWanted = signal(0);
export const walletAsset = signal('');
export const walletTab = signal<WalletTab>('deposit');

export function openWallet(asset: string, tab: WalletTab): void {
  walletAsset.value = asset;
  walletTab.value = tab;
  dialog.value = 'wallet';
}
