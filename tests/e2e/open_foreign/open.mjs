// usage: node open.mjs IDENTITY FILE: what the file of age holds, on standard output.
import { Decrypter } from "age-encryption";
import { readFileSync, writeSync } from "node:fs";

const [, , identity, path] = process.argv;
const decrypter = new Decrypter();
decrypter.addIdentity(identity);
let opened;
try {
  opened = await decrypter.decrypt(readFileSync(path));
} catch (problem) {
  process.stderr.write(`refused: ${problem.message}\n`);
  process.exit(1);
}
for (let at = 0; at < opened.length;) {
  at += writeSync(1, opened, at);
}
