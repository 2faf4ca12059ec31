/* Texts around an act: what was typed as the desk writes it, and letters taken apart. */

export interface RecordLine { person: string; group: string; from: string; to: string }

/* "2026-11-23T10:00" as typed, in UTC, as the desk writes it. */
export const typedMoment = (typed: string): string => (typed === '' ? '' : `${typed.length === 16 ? `${typed}:00` : typed}Z`);

export function recordText(line: RecordLine): string {
  return `${line.person} ${line.group} ${line.from && line.to ? `${line.from}..${line.to}` : 'none'}`;
}

/* A letter is its head and one part in each language, which begins with "[en]" or "[fr]". */
export function letterParts(letter: string): { head: string; en: string; fr: string } {
  const part = (name: string) => (new RegExp(`^\\[${name}\\]\\n([\\s\\S]*?)(?=^\\[(?:en|fr)\\]$|(?![\\s\\S]))`, 'm').exec(letter)?.[1] ?? '').trim();
  return { head: letter.split(/^\[en\]$/m)[0]?.trim() ?? '', en: part('en'), fr: part('fr') };
}

/* Paragraphs of a letter as the screen breaks them. */
export const flowing = (text: string): string => text.replace(/([^\n])\n(?=[^\n])/g, '$1 ');

/* What of an act is shown to the desk when its letter is made again: the text without the signature. */
export const unsigned = (text: string): string => text.split('\n').filter((line) => !line.startsWith('signature: ')).join('\n');
