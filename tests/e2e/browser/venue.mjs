// A test venue of its own for the browser's tests: started, killed, started again; and a second
// client that talks to it over the API.
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const READY_MS = 60_000;

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export class Venue {
  constructor(binary) {
    this.binary = binary;
    this.folder = mkdtempSync(join(tmpdir(), 'cambist-browser-'));
    this.keysFile = join(this.folder, 'keys.json');
    this.process = null;
    this.words = []; // of every start
  }

  // The first start begins a test venue; later ones go on with it, on the same port, as soon as the
  // kernel has stopped what the killed one left.
  async start() {
    this.port ??= await freePort();
    const first = this.keys === undefined;
    const words = ['serve', '--data', join(this.folder, 'data'), '--port', String(this.port), ...this.words];
    if (first) words.push('--profile', 'test', '--keys-file', this.keysFile);
    const end = Date.now() + READY_MS;
    while (!await this.begin(words)) {
      if (first || Date.now() > end) throw new Error(`the venue did not start\n${this.log()}`);
      await new Promise((resolve) => { setTimeout(resolve, 200); });
    }
    if (first) this.keys = JSON.parse(readFileSync(this.keysFile, 'utf8'));
    this.url = `http://127.0.0.1:${this.port}`;
  }

  // Whether it came to its ready line.
  begin(words) {
    const log = openSync(join(this.folder, 'log'), 'a');
    const started = spawn(this.binary, words, { stdio: ['ignore', 'pipe', log] });
    closeSync(log);
    this.process = started;
    return new Promise((resolve) => {
      const timer = setTimeout(() => started.kill('SIGKILL'), READY_MS);
      started.once('exit', () => {
        clearTimeout(timer);
        resolve(false);
      });
      started.stdout.once('data', () => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  log() {
    return readFileSync(join(this.folder, 'log'), 'utf8').slice(-2_000);
  }

  // Without any word to anybody: the kernel stops its processes with it.
  async kill(signal = 'SIGKILL') {
    const { process } = this;
    if (!process || process.exitCode !== null || process.signalCode !== null) return;
    const ended = new Promise((resolve) => process.once('exit', resolve));
    process.kill(signal);
    await ended;
  }

  async close() {
    await this.kill('SIGTERM');
    rmSync(this.folder, { recursive: true, force: true });
  }

  async call(account, method, path, parameters = {}) {
    const { apiKey, secret } = this.keys.accounts[account];
    const text = new URLSearchParams({ ...parameters, timestamp: Date.now() }).toString();
    const signature = createHmac('sha256', secret).update(text).digest('hex');
    const answer = await fetch(`${this.url}${path}?${text}&signature=${signature}`,
      { method, headers: { 'X-MBX-APIKEY': apiKey } });
    const body = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${path}: ${JSON.stringify(body)}`);
    return body;
  }

  place(account, side, price, quantity, more = {}) {
    return this.call(account, 'POST', '/api/v3/order',
      { symbol: 'BTCUSDT', side, type: 'LIMIT', timeInForce: 'GTC', price, quantity, ...more });
  }
}
