/* Seals in a thread of its own: 7 MiB of documents take long enough to be felt. */
import { type Offer, sealEnrolment } from './enrol.ts';
import { type Form, type FormFile, FormRefused } from './form.ts';
import { shrink } from './shrink.ts';

export interface Job {
  offer: Offer;
  form: Form;
  files: FormFile[];
  room?: number; // bytes of all files together; without it they go as they are
}

/* Exactly one of the two, or `failed`: an offer that is none, a browser that cannot. */
export interface Done {
  sealed?: Uint8Array;
  refused?: { part: string; why: string };
  failed?: string;
}

const scope = self as unknown as { onmessage: ((event: MessageEvent<Job>) => void) | null; postMessage(done: Done, move?: Transferable[]): void };

async function work(data: Job): Promise<void> {
  let files = data.files;
  try {
    if (data.room !== undefined) files = await shrink(data.files, data.room);
    const sealed = sealEnrolment(data.offer, data.form, files, (size) => crypto.getRandomValues(new Uint8Array(size)));
    scope.postMessage({ sealed }, [sealed.buffer as ArrayBuffer]);
  } catch (error) {
    scope.postMessage(error instanceof FormRefused ? { refused: { part: error.part, why: error.why } } : { failed: String(error) });
  } finally {
    for (const file of [...data.files, ...files]) file.bytes.fill(0);
  }
}

scope.onmessage = ({ data }) => void work(data);
