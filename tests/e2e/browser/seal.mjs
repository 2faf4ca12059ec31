// What the page of a new customer sends, made outside of a browser by the page's own code: the offer
// comes in as JSON, the sealed bytes go out. Nobody here exists.
// usage: node seal.mjs WEB < offer > sealed     WEB: the build's copy of web/, with its packages
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const web = process.argv[2];
const { build } = createRequire(join(web, 'package.json'))('esbuild');
const made = await build({ absWorkingDir: web, bundle: true, format: 'esm', platform: 'node', write: false, logLevel: 'warning',
  stdin: { contents: "export { sealEnrolment } from './src/enrol/enrol.ts';", resolveDir: web, loader: 'ts' } });
const { sealEnrolment } = await import(`data:text/javascript;base64,${Buffer.from(made.outputFiles[0].text).toString('base64')}`);
const form = { names: [{ text: 'Oda Quellfrost', script: 'Latn' }], birthDate: '1991-04-05', nationalities: ['LV'],
  email: 'oda@example.invalid', document: { kind: 'passport', country: 'LV', number: 'ZQ 7731-Q' }, residence: 'LV',
  address: ['Nordlichtgasse 4711', 'Zvolt'], phone: '+999 7355 608 1142' };
const paper = { name: 'paper.pdf', bytes: new Uint8Array(Buffer.from('%PDF-1.4 Quellfrost')) };
process.stdout.write(sealEnrolment(JSON.parse(readFileSync(0, 'utf8')), form, [paper], (size) => crypto.getRandomValues(new Uint8Array(size))));
