/* A dialog of the browser's own: focus stays inside, Esc closes, what opened it gets the focus back. */
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { dialog } from './panels.ts';

/* `leave`: what closing does; without it the trading page's dialog is closed. */
export function Modal({ title, children, wide, leave }: { title: string; children: ComponentChildren; wide?: boolean; leave?: () => void }) {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const opener = document.activeElement;
    box.current?.showModal();
    box.current?.querySelector<HTMLElement>('[data-first]')?.focus();
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  const close = leave ?? (() => { dialog.value = null; });
  return (
    <dialog ref={box} class={wide ? 'modal wide' : 'modal'} aria-labelledby={id} onClose={close}
      onClick={(event) => { if (event.target === box.current) close(); }}>
      <div class="modal-in">
        <header class="modal-head">
          <h2 id={id}>{title}</h2>
          <button type="button" class="icon" aria-label={t('common.close')} onClick={close}>✕</button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
