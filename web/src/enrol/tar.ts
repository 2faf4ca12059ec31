/* A tar archive (POSIX ustar) of a few files. */
const BLOCK = 512;

function put(head: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i += 1) head[at + i] = text.charCodeAt(i);
}

const octal = (number: number, digits: number) => number.toString(8).padStart(digits, '0');

function headOf(name: string, size: number): Uint8Array {
  const head = new Uint8Array(BLOCK);
  put(head, 0, name);
  put(head, 100, octal(0o600, 7));
  put(head, 108, octal(0, 7));
  put(head, 116, octal(0, 7));
  put(head, 124, octal(size, 11));
  put(head, 136, octal(0, 11)); // when it was made says something of whoever sends it
  put(head, 148, ' '.repeat(8));
  put(head, 156, '0');
  put(head, 257, 'ustar\u000000');
  put(head, 148, `${octal(head.reduce((sum, byte) => sum + byte, 0), 6)}\u0000`);
  return head;
}

/* Names are ASCII, at most 99 characters. */
export function tar(files: { name: string; bytes: Uint8Array }[]): Uint8Array {
  const room = files.reduce((sum, file) => sum + BLOCK + Math.ceil(file.bytes.length / BLOCK) * BLOCK, 2 * BLOCK);
  const all = new Uint8Array(room);
  let at = 0;
  for (const file of files) {
    all.set(headOf(file.name, file.bytes.length), at);
    all.set(file.bytes, at + BLOCK);
    at += BLOCK + Math.ceil(file.bytes.length / BLOCK) * BLOCK;
  }
  return all;
}
