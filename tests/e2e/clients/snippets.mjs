// The snippets of docs/clients.md: each is run as it stands and must print what the page says.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { check, equal, finish, part } from './venue.mjs';

const page = fs.readFileSync(process.env.CAMBIST_TEST_PAGE, 'utf8');
const BLOCKS = /```js\n([^]*?)```\n+```text\n([^]*?)```/g;
const SECONDS = 20;

function run(file) {
  return new Promise((done) => {
    const child = spawn('node', [file], { timeout: SECONDS * 1000 });
    const output = { out: '', error: '' };
    child.stdout.on('data', (text) => { output.out += text; });
    child.stderr.on('data', (text) => { output.error += text; });
    child.on('close', (code) => done({ ...output, code }));
  });
}

const blocks = [...page.matchAll(BLOCKS)];
equal(blocks.length, page.match(/```js\n/g).length, 'each snippet says what it prints');
check(blocks.length >= 6, `snippets: ${blocks.length}`);
for (const [index, [, code, wanted]] of blocks.entries()) {
  const [, name] = code.match(/from '(.*?)'/);
  await part(name, async () => {
    const file = `snippet-${index}.mjs`;
    fs.writeFileSync(file, code);
    const found = await run(file);
    // What a library says while it connects is not the snippet's.
    const lines = found.out.split('\n').filter((line) => !/^\S+ ws |^\[\d{4}-/.test(line));
    equal([lines.join('\n'), found.code], [wanted, 0], `${name} ${found.error}`);
  });
}

finish();
