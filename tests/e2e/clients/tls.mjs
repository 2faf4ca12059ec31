// TLS in front of the venue, for clients that refuse plain addresses: what it decrypts is handed on
// byte for byte. The certificate is the driver's; NODE_EXTRA_CA_CERTS makes clients believe it.
import fs from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';
import { rest } from './venue.mjs';

export async function secured() {
  const { hostname, port } = new URL(rest);
  const server = tls.createServer({
    cert: fs.readFileSync(process.env.CAMBIST_TEST_CERT),
    key: fs.readFileSync(process.env.CAMBIST_TEST_CERT_KEY),
  }, (outside) => {
    const inside = net.connect(Number(port), hostname);
    for (const [one, other] of [[outside, inside], [inside, outside]]) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
      one.pipe(other);
    }
  });
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  server.unref();
  const host = `127.0.0.1:${server.address().port}`;
  return { rest: `https://${host}`, stream: `wss://${host}`, api: `wss://${host}/ws-api/v3` };
}
