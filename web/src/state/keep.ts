/* What outlives a reload: choices in the browser's storage, what belongs to one tab (its sign-in, an
 * order whose answer is awaited, a form) in the tab's. Where storage is refused, nothing is kept. */

const PREFIX = 'cambist.';

export function kept(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch { /* not kept */ }
}

export function tabKept<T>(name: string): T | null {
  try {
    const text = sessionStorage.getItem(PREFIX + name);
    return text === null ? null : JSON.parse(text) as T;
  } catch {
    return null;
  }
}

export function tabKeep(name: string, value: unknown): void {
  try {
    if (value === null) sessionStorage.removeItem(PREFIX + name);
    else sessionStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch { /* not kept */ }
}
