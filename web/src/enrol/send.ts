/* Sends what was sealed: in one request where it fits, else in pieces (docs/enrolment.md "In pieces"),
 * one after the other, each where the answer before said. */
import { ApiError } from '../api/client.ts';

export const PATH = '/page/v1/enrolment';

/* As the offer says them; a venue of before says nothing of pieces. */
export interface Limits {
  bytesMax: number; // of one request
  pieceBytes?: number;
  wholeBytesMax?: number;
}

export type Post = (path: string, bytes: Uint8Array<ArrayBuffer>) => Promise<{ next?: number }>;

/* The bytes that can be sent, whole or in pieces. */
export function mostOf(limits: Limits): number {
  return limits.pieceBytes !== undefined && limits.wholeBytesMax !== undefined ? Math.max(limits.bytesMax, limits.wholeBytesMax) : limits.bytesMax;
}

const HEAD_BYTES = 16;

/* As src/wire/keep_line.h has it. */
function pieceOf(upload: Uint8Array, total: number, offset: number, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const piece = new Uint8Array(HEAD_BYTES + bytes.length);
  const head = new DataView(piece.buffer);
  piece.set(upload);
  head.setUint32(8, total, true);
  head.setUint32(12, offset, true);
  piece.set(bytes, HEAD_BYTES);
  return piece;
}

const isLost = (error: unknown): boolean => error instanceof ApiError && error.kind === 'unknown';

/* Once more where no answer came: what has come is passed over. Of the last piece nobody knows what became. */
async function again<T>(isLast: boolean, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (isLast || !isLost(error)) throw error;
    return run();
  }
}

/* Throws what `post` throws. False: it was not taken, since a piece before the last had no answer. */
export async function sendSealed(sealed: Uint8Array<ArrayBuffer>, limits: Limits, post: Post, random: (size: number) => Uint8Array, on: (sent: number) => void = () => undefined): Promise<boolean> {
  const { bytesMax, pieceBytes } = limits;
  if (sealed.length <= bytesMax || pieceBytes === undefined) {
    await post(PATH, sealed);
    return true;
  }
  const upload = random(8);
  upload[0] = (upload[0] ?? 0) | 1; // not 0
  for (let at = 0; at < sealed.length;) {
    const piece = pieceOf(upload, sealed.length, at, sealed.subarray(at, at + pieceBytes));
    const isLast = at + pieceBytes >= sealed.length;
    try {
      const { next } = await again(isLast, () => post(`${PATH}/piece`, piece));
      if (next === undefined || next <= at || next > sealed.length) return false;
      at = next;
    } catch (error) {
      if (!isLast && isLost(error) && (error as ApiError).text !== 'busy') return false;
      throw error;
    }
    on(at);
  }
  return true;
}
