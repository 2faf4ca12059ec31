// Makes dist/: index.html and, below assets/, files whose names carry a digest of their content; and
// dist-office/, the officers' console, flat. The same sources give the same bytes. usage: node build.mjs
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const out = join(root, 'dist');

await rm(out, { recursive: true, force: true });
await mkdir(join(out, 'assets'), { recursive: true });
const options = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['chrome110', 'firefox110', 'safari16'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  loader: { '.txt': 'text' },
  alias: { '#notice': join(root, 'NOTICE.txt') },
  logLevel: 'warning',
};
const pack = (more) => build({
  ...options,
  entryNames: 'assets/[name]-[hash]',
  chunkNames: 'assets/[name]-[hash]',
  outdir: 'dist',
  metafile: true,
  ...more,
});
const addressOf = (path) => path.replace(/^dist/, '');
// The address of what was made of one entry.
const madeOf = (result, entry) => {
  const found = Object.entries(result.metafile.outputs).find(([, row]) => row.entryPoint === entry);
  if (!found) throw new Error(`nothing was made of ${entry}`);
  return found;
};
// A worker is a script of its own; the page is told its name.
const WORKER = 'src/enrol/worker.ts';
const worker = await pack({ entryPoints: { worker: WORKER } });
// What checks receipts outside of a browser: one file for node, offered as a download.
const VERIFIER = 'src/log/verifier.mjs';
const verifier = await pack({ entryPoints: { verifier: VERIFIER }, platform: 'node', format: 'cjs', target: 'node18' });
// What `import()` names becomes a file of its own, which is fetched when it is wanted.
const ENTRY = 'src/main.tsx';
const result = await pack({
  entryPoints: { page: ENTRY },
  splitting: true,
  define: {
    ENROL_WORKER: JSON.stringify(addressOf(madeOf(worker, WORKER)[0])),
    VERIFIER: JSON.stringify(addressOf(madeOf(verifier, VERIFIER)[0])),
  },
});

const digest = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 12);
const icon = await readFile(join(root, 'src/icon.svg'));
const iconName = `assets/icon-${digest(icon)}.svg`;
await writeFile(join(out, iconName), icon);

const [script, { cssBundle, imports }] = madeOf(result, ENTRY);
// Files that the first one needs at once are asked for beside it.
const preload = imports.filter((row) => row.kind === 'import-statement')
  .map((row) => `<link rel="modulepreload" href="${addressOf(row.path)}">\n`).join('');
const template = await readFile(join(root, 'src/index.html'), 'utf8');
const page = template
  .replace('{{script}}', addressOf(script))
  .replace('{{style}}', addressOf(cssBundle))
  .replace('{{preload}}\n', preload)
  .replace('{{icon}}', `/${iconName}`);
if (page.includes('{{')) throw new Error('index.html: a place was not filled');
await writeFile(join(out, 'index.html'), page);

// The console has a listener of its own; its files keep their names and are asked for anew each time.
const office = join(root, 'dist-office');
await rm(office, { recursive: true, force: true });
await mkdir(office, { recursive: true });
await build({ ...options, entryPoints: { office: 'src/office/main.tsx' }, outdir: 'dist-office' });
await copyFile(join(root, 'src/icon.svg'), join(office, 'icon.svg'));
await copyFile(join(root, 'src/office/index.html'), join(office, 'index.html'));
