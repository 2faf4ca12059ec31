/* Tabs by the pattern of the ARIA guide: one stop for Tab, arrows choose. */
import type { ComponentChildren } from 'preact';

export interface TabItem<T extends string> { id: T; text: string; count?: number }

export function Tabs<T extends string>({ name, label, items, chosen, choose, children }: {
  name: string; label: string; items: TabItem<T>[]; chosen: T; choose: (id: T) => void; children?: ComponentChildren;
}) {
  const walk = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const at = items.findIndex((item) => item.id === chosen);
    const next = items[(at + step + items.length) % items.length];
    if (!next) return;
    choose(next.id);
    document.getElementById(`${name}-tab-${next.id}`)?.focus();
  };
  return (
    <div class="tab-row">
      <div role="tablist" aria-label={label} class="tabs" onKeyDown={walk}>
        {items.map((item) => (
          <button type="button" role="tab" key={item.id} id={`${name}-tab-${item.id}`} aria-selected={item.id === chosen}
            aria-controls={`${name}-panel`} tabIndex={item.id === chosen ? 0 : -1} onClick={() => choose(item.id)}>
            {item.text}{item.count !== undefined && item.count > 0 ? <span class="count">{item.count}</span> : null}
          </button>
        ))}
      </div>
      {children}
    </div>
  );
}
