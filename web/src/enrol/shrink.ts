/* Pictures of papers are larger than what can be sent: here they are made smaller until they fit. What
 * a camera notes beside the picture goes with that. Runs in the worker. */
import type { FormFile } from './form.ts';

/* Longest side in pixels and quality, until it fits; below the last one nothing can be read. */
const STEPS: [number, number][] = [[2400, 0.8], [2000, 0.7], [1600, 0.65], [1400, 0.55], [1200, 0.5], [1000, 0.45], [1000, 0.35], [900, 0.3], [800, 0.25]];

const isPicture = (bytes: Uint8Array) => (bytes[0] === 0xff && bytes[1] === 0xd8) || (bytes[0] === 0x89 && bytes[1] === 0x50);

async function fitted(file: FormFile, most: number): Promise<FormFile> {
  const picture = await createImageBitmap(new Blob([file.bytes as Uint8Array<ArrayBuffer>]));
  try {
    for (const [side, quality] of STEPS) {
      const scale = Math.min(1, side / Math.max(picture.width, picture.height));
      const canvas = new OffscreenCanvas(Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale)));
      const context = canvas.getContext('2d');
      if (!context) return file;
      context.drawImage(picture, 0, 0, canvas.width, canvas.height);
      const made = await canvas.convertToBlob({ type: 'image/jpeg', quality });
      if (made.size <= most) return { name: file.name, bytes: new Uint8Array(await made.arrayBuffer()) };
    }
    return file;
  } finally {
    picture.close();
  }
}

/* The same files, the pictures among them so small that all have room; where that cannot be, they stay
 * as they are. What is no picture of its kind stays too, and is refused later. */
export async function shrink(files: FormFile[], room: number): Promise<FormFile[]> {
  const sizeOf = (rows: FormFile[]) => rows.reduce((sum, file) => sum + file.bytes.length, 0);
  if (sizeOf(files) <= room) return files;
  const pictures = files.filter((file) => isPicture(file.bytes));
  const share = Math.floor((room - sizeOf(files.filter((file) => !isPicture(file.bytes)))) / Math.max(1, pictures.length));
  const made: FormFile[] = [];
  for (const file of files) {
    made.push(isPicture(file.bytes) && file.bytes.length > share ? await fitted(file, share).catch(() => file) : file);
  }
  return made;
}
