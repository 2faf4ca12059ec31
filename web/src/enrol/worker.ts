/* Seals in a thread of its own: 7 MiB of documents take long enough to be felt. */
import { type Offer, sealEnrolment } from './enrol.ts';
import { type Form, type FormFile, FormRefused } from './form.ts';

export interface Job {
  offer: Offer;
  form: Form;
  files: FormFile[];
}

/* Exactly one of the two, or `failed`: an offer that is none, a browser that cannot. */
export interface Done {
  sealed?: Uint8Array;
  refused?: { part: string; why: string };
  failed?: string;
}

const scope = self as unknown as { onmessage: ((event: MessageEvent<Job>) => void) | null; postMessage(done: Done, move?: Transferable[]): void };

scope.onmessage = ({ data }) => {
  try {
    const sealed = sealEnrolment(data.offer, data.form, data.files, (size) => crypto.getRandomValues(new Uint8Array(size)));
    scope.postMessage({ sealed }, [sealed.buffer as ArrayBuffer]);
  } catch (error) {
    scope.postMessage(error instanceof FormRefused ? { refused: { part: error.part, why: error.why } } : { failed: String(error) });
  } finally {
    for (const file of data.files) file.bytes.fill(0);
  }
};
