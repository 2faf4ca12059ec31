/* One enrolment: a form becomes the bytes that the vault takes (docs/enrolment.md "What is sent").
 *
 * All that leaves this file is sealed: records for the two groups of officers, a copy of each key for
 * the one reviewer, and a box for the vault's process. The keys exist in this call alone. */
import { enrolText, type Form, type FormFile, textsOf } from './form.ts';
import * as seal from './seal.ts';

/* What the vault offers to one customer, as JSON. */
export interface Offer {
  subject: string; // a number
  version: number;
  epoch: number;
  retention: number;
  until: string; // seconds since 1970, a number
  groupKey: string; // points, in hexadecimal
  enrolKey: string;
  reviewer: string;
}

export function fromHex(text: string): seal.Bytes {
  if (!/^(?:[0-9a-f]{2})+$/.test(text)) throw new RangeError('not hexadecimal');
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function pointBytes(text: string): seal.Bytes {
  const bytes = fromHex(text);
  seal.pointOf(bytes);
  return bytes;
}

interface Keys {
  group: seal.Bytes;
  reviewer: seal.Bytes;
  until: bigint;
}

interface Sealed {
  label: seal.Bytes;
  key: seal.Bytes;
  bodyHash: seal.Bytes;
  record: seal.Bytes;
}

/* As `put` of docs/vault.md has it: no last day, one hand, no values. */
function sealRecord(label: seal.Bytes, text: seal.Bytes, keys: Keys, random: seal.Random): Sealed {
  const key = random(seal.KEY_BYTES);
  const body = seal.closeBody(label, key, text, random(24));
  const bodyHash = seal.hash('body', body);
  const wrap = seal.wrap(label, keys.group, key, bodyHash, random(32));
  const hand = seal.reviewHand(label, keys.reviewer, keys.until, key, random(64));
  const record = seal.join(label, seal.little(0, 4), wrap, bodyHash, seal.little(body.length, 4), Uint8Array.of(1, 0, 0, 0),
    seal.u64(keys.until), hand, body);
  return { label, key, bodyHash, record };
}

/* Throws FormRefused for the form, RangeError for an offer that is none. */
export function sealEnrolment(offer: Offer, form: Form, files: FormFile[], random: seal.Random): seal.Bytes {
  const keys = { group: pointBytes(offer.groupKey), reviewer: pointBytes(offer.reviewer), until: BigInt(offer.until) };
  const enrolKey = pointBytes(offer.enrolKey);
  const texts = textsOf(form, files);
  const secrets: Uint8Array[] = texts.map(([, text]) => text);
  const noted: seal.Random = (size) => {
    const bytes = random(size);
    secrets.push(bytes);
    return bytes;
  };
  try {
    const sealed = texts.map(([group, text]) => sealRecord(
      seal.labelBytes({ subject: BigInt(offer.subject), version: offer.version, group, retention: offer.retention, epoch: offer.epoch }), text, keys, noted));
    const first = sealed[0];
    const identity = texts[0];
    if (!first || !identity) throw new RangeError('no identity');
    const plain = seal.utf8(enrolText(new TextDecoder().decode(identity[1])));
    secrets.push(plain);
    const box = seal.enrolBox(first.label, enrolKey, first.key, first.bodyHash, plain);
    return seal.join(Uint8Array.of(sealed.length, 0, 0, 0), ...sealed.map((row) => row.record), keys.reviewer, box);
  } finally {
    for (const one of secrets) one.fill(0);
  }
}
