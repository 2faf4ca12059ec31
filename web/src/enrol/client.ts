/* The page's side of the worker. One worker for one form: it ends with it, and so does its memory. */
import type { Done, Job } from './worker.ts';

export function sealInWorker(url: string, job: Job): Promise<Done> {
  return new Promise((resolve) => {
    const worker = new Worker(url, { type: 'module' });
    const end = (done: Done) => {
      worker.terminate();
      resolve(done);
    };
    worker.onmessage = ({ data }: MessageEvent<Done>) => end(data);
    worker.onerror = (event) => end({ failed: event.message || 'the worker does not start' });
    worker.postMessage(job, job.files.map((file) => file.bytes.buffer as ArrayBuffer));
  });
}
