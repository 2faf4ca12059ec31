// Runs tests/*.test.ts with node's own test runner, each bundled first. usage: node test.mjs [FOLDER]
// Bundles go to FOLDER, by default node_modules/.tests beside this file.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(root, 'node_modules/.tests'));
const names = readdirSync(join(root, 'tests')).filter((name) => name.endsWith('.test.ts')).sort();
await build({
  absWorkingDir: root,
  entryPoints: names.map((name) => `tests/${name}`),
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node18',
  outdir: out,
  outExtension: { '.js': '.mjs' },
  jsx: 'automatic',
  jsxImportSource: 'preact',
  define: { WEB_ROOT: JSON.stringify(root) },
  logLevel: 'warning',
});
const files = names.map((name) => join(out, name.replace(/\.ts$/, '.mjs')));
const run = spawnSync(process.execPath, ['--test', '--test-reporter=spec', ...files],
  { stdio: 'inherit' });
process.exit(run.status ?? 1);
