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
const result = await build({
  ...options,
  entryPoints: { page: 'src/main.tsx' },
  entryNames: 'assets/[name]-[hash]',
  outdir: 'dist',
  metafile: true,
});

const digest = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 12);
const icon = await readFile(join(root, 'src/icon.svg'));
const iconName = `assets/icon-${digest(icon)}.svg`;
await writeFile(join(out, iconName), icon);

const made = Object.keys(result.metafile.outputs).map((path) => path.replace(/^dist\//, ''));
const one = (extension) => {
  const found = made.filter((path) => path.endsWith(extension));
  if (found.length !== 1) throw new Error(`${found.length} files ${extension}, expected one`);
  return `/${found[0]}`;
};
const template = await readFile(join(root, 'src/index.html'), 'utf8');
const page = template
  .replace('{{script}}', one('.js'))
  .replace('{{style}}', one('.css'))
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
