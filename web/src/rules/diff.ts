/* What differs between two versions of a pack, field by field. A pack is read as JSON; a rule is the
 * same rule while its id is. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export interface Change { path: string; before: string | null; after: string | null }

function isObject(value: Json | undefined): value is { [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/* Every leaf by its path; lists of plain values are one leaf. */
function leaves(value: Json, path: string, into: Map<string, string>): void {
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== 'object' || item === null)) into.set(path, value.join(', '));
    else value.forEach((item, index) => leaves(item, `${path}[${nameOf(item) ?? index + 1}]`, into));
  } else if (isObject(value)) {
    for (const name of Object.keys(value)) leaves(value[name] as Json, path ? `${path}.${name}` : name, into);
  } else into.set(path, String(value));
}

function nameOf(item: Json): string | null {
  return isObject(item) && typeof item.id === 'string' ? item.id : null;
}

export function changesBetween(before: Json, after: Json): Change[] {
  const old = new Map<string, string>();
  const now = new Map<string, string>();
  leaves(before, '', old);
  leaves(after, '', now);
  const paths = [...new Set([...old.keys(), ...now.keys()])].sort();
  return paths.filter((path) => old.get(path) !== now.get(path))
    .map((path) => ({ path, before: old.get(path) ?? null, after: now.get(path) ?? null }));
}
