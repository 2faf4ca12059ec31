/* The form of a sign-up: what may stand in it, and the texts of the field groups that are sealed.
 *
 * A text is lines "FIELD: VALUE", as the opener compares them (docs/opening.md). So a value is one line
 * without characters that hide or turn what stands beside them; it is in NFC. */
import { recipientOf } from '../inbox/age.ts';
import { ENROL_TEXT_BYTES, type Group, utf8 } from './seal.ts';
import { tar } from './tar.ts';

export const NAMES_MAX = 4;
export const NATIONALITIES_MAX = 4;
export const ADDRESS_LINES_MAX = 6;
export const FILES_MAX = 6;
export const FILES_BYTES_MAX = 7 * 1024 * 1024; // all together
const LINE_BYTES_MAX = 120;

export const SCRIPTS = ['Latn', 'Cyrl', 'Grek', 'Arab', 'Hebr', 'Hans', 'Hant', 'Jpan', 'Kore', 'Geor', 'Armn', 'Deva', 'Thai'] as const;
export const DOCUMENT_KINDS = ['passport', 'identity-card', 'residence-permit', 'driving-licence'] as const;

export interface Form {
  names: { text: string; script: string }[];
  birthDate: string; // 1990-02-03
  nationalities: string[]; // two capital letters each
  email: string;
  document: { kind: string; country: string; number: string };
  residence: string; // two capital letters
  address: string[];
  phone: string; // may be empty
  key?: string; // age1..., to which what is held is sealed when its person asks for it; may be empty
}

export interface FormFile {
  name: string;
  bytes: Uint8Array;
}

/* Which part of the form is refused, and why; the words are the page's. */
export class FormRefused extends Error {
  constructor(readonly part: string, readonly why: 'missing' | 'form' | 'long' | 'many' | 'kind') {
    super(`${part}: ${why}`);
  }
}

/* Control characters, those that turn or hide text, halves of characters. Joiners stand in names. */
const UNSEEN = /[\p{Cc}\p{Cs}\p{Co}\u2028\u2029]|(?![\u200c\u200d])\p{Cf}/u;

function line(part: string, value: string, most = LINE_BYTES_MAX): string {
  const text = value.normalize('NFC').trim().replace(/ +/g, ' ');
  if (text === '') throw new FormRefused(part, 'missing');
  if (UNSEEN.test(text)) throw new FormRefused(part, 'form');
  if (utf8(text).length > most) throw new FormRefused(part, 'long');
  return text;
}

function matching(part: string, value: string, pattern: RegExp, most?: number): string {
  const text = line(part, value, most);
  if (!pattern.test(text)) throw new FormRefused(part, 'form');
  return text;
}

function oneOf(part: string, value: string, known: readonly string[]): string {
  if (!known.includes(value)) throw new FormRefused(part, 'form');
  return value;
}

function few<T>(part: string, values: T[], most: number): T[] {
  if (values.length === 0) throw new FormRefused(part, 'missing');
  if (values.length > most) throw new FormRefused(part, 'many');
  return values;
}

const country = (part: string, value: string) => matching(part, value, /^[A-Z]{2}$/);

function day(part: string, value: string): string {
  const text = matching(part, value, /^(18|19|20)\d\d-\d\d-\d\d$/);
  const time = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text) throw new FormRefused(part, 'form');
  return text;
}

function ownKey(value: string): string {
  const text = line('key', value);
  if (recipientOf(text) === null) throw new FormRefused('key', 'form');
  return text;
}

function identity(form: Form): string[] {
  const lines: string[] = [];
  for (const name of few('names', form.names, NAMES_MAX)) {
    lines.push(`name: ${line('names', name.text)}`, `script: ${oneOf('names', name.script, SCRIPTS)}`);
  }
  lines.push(`birth-date: ${day('birthDate', form.birthDate)}`);
  for (const code of few('nationalities', form.nationalities, NATIONALITIES_MAX)) lines.push(`nationality: ${country('nationalities', code)}`);
  lines.push(`email: ${matching('email', form.email, /^[^\s@]+@[^\s@]+$/, 254)}`,
    `document: ${matching('document', form.document.number, /^[\p{L}\p{N} ./-]*[\p{L}\p{N}][\p{L}\p{N} ./-]*$/u, 40)}`,
    `document-kind: ${oneOf('document', form.document.kind, DOCUMENT_KINDS)}`,
    `document-country: ${country('document', form.document.country)}`);
  if (form.key?.trim()) lines.push(`key: ${ownKey(form.key)}`);
  return lines;
}

function address(form: Form): string[] {
  const lines = few('address', form.address, ADDRESS_LINES_MAX).map((text) => `address: ${line('address', text)}`);
  return [`residence: ${country('residence', form.residence)}`, ...lines];
}

/* What the file begins with says what it is; its name does not. */
const KINDS: [string, number[]][] = [['jpg', [0xff, 0xd8, 0xff]], ['png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]], ['pdf', [0x25, 0x50, 0x44, 0x46, 0x2d]]];

function kindOf(file: FormFile): string {
  const kind = KINDS.find(([, begin]) => begin.every((byte, i) => file.bytes[i] === byte));
  if (!kind) throw new FormRefused('files', 'kind');
  return kind[0];
}

/* One archive, with names of our own. */
function documents(files: FormFile[]): Uint8Array {
  if (files.length > FILES_MAX) throw new FormRefused('files', 'many');
  if (files.reduce((sum, file) => sum + file.bytes.length, 0) > FILES_BYTES_MAX) throw new FormRefused('files', 'long');
  return tar(files.map((file, i) => ({ name: `document-${i + 1}.${kindOf(file)}`, bytes: file.bytes })));
}

/* The fields that the vault's process reads once (docs/enrolment.md): lines of the identity's text. */
const ENROLLED = ['name', 'birth-date', 'nationality', 'email', 'document'];

export function enrolText(text: string): string {
  return text.split('\n').filter((one) => ENROLLED.includes(one.split(': ', 1)[0] ?? '')).map((one) => `${one}\n`).join('');
}

/* The texts by group, identity first. Throws FormRefused. */
export function textsOf(form: Form, files: FormFile[]): [Group, Uint8Array][] {
  const whole = (lines: string[]) => utf8(lines.map((one) => `${one}\n`).join(''));
  const first = identity(form);
  if (utf8(enrolText(`${first.join('\n')}\n`)).length >= ENROL_TEXT_BYTES) throw new FormRefused('names', 'long');
  const texts: [Group, Uint8Array][] = [['identity', whole(first)]];
  if (form.phone.trim() !== '') texts.push(['contact', whole([`phone: ${matching('phone', form.phone, /^\+?[0-9 ().-]{5,32}$/)}`])]);
  texts.push(['address', whole(address(form))]);
  if (files.length > 0) texts.push(['documents', documents(files)]);
  return texts;
}
