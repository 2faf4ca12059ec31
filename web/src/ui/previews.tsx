/* What the chosen papers look like, before they are sealed. Pictures are drawn onto canvases of this
 * page: no address is made of a file, so there is none to forget, and the page's policy needs nothing
 * more. A canvas that is left is emptied. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { formatText } from '../decimal/format.ts';
import { FILES_BYTES_MAX } from '../enrol/form.ts';
import { language, t } from '../i18n/index.ts';

const SIDE_MAX = 960; // pixels: enough to see whether it can be read
const KILO = 1_000;

/* Whether there is a picture of it. */
async function draw(file: File, canvas: HTMLCanvasElement, isLeft: () => boolean): Promise<boolean> {
  if (!/^image\/(jpeg|png)$/.test(file.type) || file.size > FILES_BYTES_MAX) return false;
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return false;
  try {
    const scale = Math.min(1, SIDE_MAX / Math.max(picture.width, picture.height));
    if (isLeft()) return false;
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return true;
  } finally {
    picture.close();
  }
}

function Preview({ file, number, leave }: { file: File; number: number; leave: () => void }) {
  const box = useRef<HTMLCanvasElement>(null);
  const state = useSignal<'wait' | 'shown' | 'none'>('wait');
  useEffect(() => {
    const canvas = box.current;
    if (!canvas) return undefined;
    let left = false;
    void draw(file, canvas, () => left).then((drawn) => { if (!left) state.value = drawn ? 'shown' : 'none'; });
    return () => {
      left = true;
      canvas.width = 0;
      canvas.height = 0;
    };
  }, [file]);
  return (
    <li data-preview={state.value}>
      <canvas ref={box} width={1} height={1} role="img" aria-label={t('enrol.preview.of', { number })} hidden={state.value !== 'shown'} />
      {state.value === 'none' ? <p class="hint">{t('enrol.preview.none')}</p> : null}
      <p><span class="preview-name">{file.name}</span> <span class="dim">{formatText(String(Math.ceil(file.size / KILO)), language.value)} kB</span></p>
      <button type="button" class="small" data-preview-leave aria-label={t('enrol.preview.leaveOf', { number })} onClick={leave}>{t('enrol.preview.leave')}</button>
    </li>
  );
}

export function Previews({ files, leave }: { files: readonly File[]; leave: (index: number) => void }) {
  if (files.length === 0) return null;
  return (
    <div class="previews" data-previews>
      <p class="hint">{t('enrol.preview.about')}</p>
      <ul>{files.map((file, index) => <Preview key={`${file.name} ${file.size} ${file.lastModified}`} file={file} number={index + 1} leave={() => leave(index)} />)}</ul>
    </div>
  );
}
