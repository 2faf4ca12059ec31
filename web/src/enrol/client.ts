/* The page's side of the worker. One worker for one form: it ends with it, and so does its memory. */
import type { Done, Job } from './worker.ts';

/* The files' bytes go to the worker: behind this the page has none. `left` ends it at once, with
 * whatever it has in memory. */
export function sealInWorker(url: string, job: Job, left?: AbortSignal): Promise<Done> {
  return new Promise((resolve) => {
    const worker = new Worker(url, { type: 'module' });
    const end = (done: Done) => {
      worker.terminate();
      left?.removeEventListener('abort', onLeft);
      resolve(done);
    };
    const onLeft = () => end({ failed: 'left' });
    worker.onmessage = ({ data }: MessageEvent<Done>) => end(data);
    worker.onerror = (event) => end({ failed: event.message || 'the worker does not start' });
    left?.addEventListener('abort', onLeft);
    if (left?.aborted) onLeft();
    else worker.postMessage(job, job.files.map((file) => file.bytes.buffer as ArrayBuffer));
  });
}
