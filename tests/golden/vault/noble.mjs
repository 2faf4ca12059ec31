// The vault's test vectors, made and opened again from docs/vault-crypto.md alone, with libraries
// that share no code with the vault: @noble/curves, @noble/hashes, @noble/ciphers.
//
// usage: node noble.mjs VECTORS     prints one line per item, ends with 1 at the first difference
import { readFileSync } from "node:fs";
import { ristretto255 } from "@noble/curves/ed25519.js";
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { argon2id } from "@noble/hashes/argon2.js";
import { blake2b } from "@noble/hashes/blake2.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js";

const Point = ristretto255.Point;
const G = Point.BASE;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const ZEROS = new Uint8Array(24);
const utf8 = (text) => new TextEncoder().encode(text);

// ---- numbers ----

const mod = (a) => ((a % L) + L) % L;

function fromLittle(bytes) {
  let number = 0n;
  for (let i = bytes.length - 1; i >= 0; i -= 1) {
    number = (number << 8n) | BigInt(bytes[i]);
  }
  return number;
}

function little(number, size) {
  let rest = BigInt(number);
  return Uint8Array.from({ length: size }, () => {
    const byte = Number(rest & 255n);
    rest >>= 8n;
    return byte;
  });
}

const u32 = (n) => little(n, 4);
const u64 = (n) => little(n, 8);
const scalarBytes = (s) => little(s, 32);

function scalarOf(bytes) {
  const number = fromLittle(bytes);
  check(number < L, "a canonical scalar");
  return number;
}

function inverse(a) {
  let result = 1n;
  let base = mod(a);
  for (let power = L - 2n; power > 0n; power >>= 1n) {
    if (power & 1n) result = mod(result * base);
    base = mod(base * base);
  }
  return result;
}

const times = (point, scalar) => (scalar === 0n ? Point.ZERO : point.multiply(scalar));
const pointOf = (bytes) => Point.fromBytes(bytes);

// ---- checks ----

class Wrong extends Error {}

function check(holds, what) {
  if (!holds) throw new Wrong(what);
}

function same(a, b, what) {
  check(bytesToHex(a) === bytesToHex(b), `${what}: ${bytesToHex(a)} is not ${bytesToHex(b)}`);
}

// ---- primitives ----

const tag = (name) => utf8("cambist/vault/1/" + name);

function tagged(name, size, ...parts) {
  const label = tag(name);
  return blake2b(concatBytes(Uint8Array.of(label.length), label, ...parts), { dkLen: size });
}

const H = (name, ...parts) => tagged(name, 32, ...parts);
const Hs = (name, ...parts) => mod(fromLittle(tagged(name, 64, ...parts)));
const kdf = (name, secret, info) => hkdf(sha512, secret, tag(name), info, 32);
const aeadSeal = (key, nonce, bound, text) => xchacha20poly1305(key, nonce, bound).encrypt(text);
const aeadOpen = (key, nonce, bound, text) => xchacha20poly1305(key, nonce, bound).decrypt(text);

function nonceOf(secret, fresh, statement) {
  return Hs("nonce", scalarBytes(secret), fresh, statement);
}

function prove(name, secret, message, fresh) {
  const X = times(G, secret).toBytes();
  const k = nonceOf(secret, fresh, H(name, X, message));
  const e = Hs(name, X, message, times(G, k).toBytes());
  return concatBytes(scalarBytes(e), scalarBytes(mod(k + e * secret)));
}

function holds(name, X, message, proof) {
  const e = scalarOf(proof.slice(0, 32));
  const z = scalarOf(proof.slice(32, 64));
  const T = times(G, z).subtract(times(pointOf(X), e));
  return e !== 0n && z !== 0n && e === Hs(name, X, message, T.toBytes());
}

function proveSame(name, secret, R, message, fresh) {
  const points = concatBytes(times(G, secret).toBytes(), R, times(pointOf(R), secret).toBytes());
  const k = nonceOf(secret, fresh, H(name, points, message));
  const T = concatBytes(times(G, k).toBytes(), times(pointOf(R), k).toBytes());
  const e = Hs(name, points, message, T);
  return concatBytes(scalarBytes(e), scalarBytes(mod(k + e * secret)));
}

function sameHolds(name, X, R, D, message, proof) {
  const e = scalarOf(proof.slice(0, 32));
  const z = scalarOf(proof.slice(32, 64));
  const T1 = times(G, z).subtract(times(pointOf(X), e));
  const T2 = times(pointOf(R), z).subtract(times(pointOf(D), e));
  return e !== 0n && z !== 0n && e === Hs(name, X, R, D, message, T1.toBytes(), T2.toBytes());
}

function boxOpen(name, key, bound, box) {
  const U = box.slice(0, 32);
  const shared = times(pointOf(U), key).toBytes();
  const boxKey = kdf(name, shared, concatBytes(U, times(G, key).toBytes(), bound));
  return aeadOpen(boxKey, ZEROS, undefined, box.slice(32));
}

function boxClose(name, to, bound, plain, fresh) {
  const u = mod(fromLittle(fresh));
  const U = times(G, u).toBytes();
  const boxKey = kdf(name, times(to, u).toBytes(), concatBytes(U, to.toBytes(), bound));
  return concatBytes(U, aeadSeal(boxKey, ZEROS, undefined, plain));
}

// ---- records ----

const GROUPS = { identity: 1, contact: 2, address: 3, documents: 4, bank: 5, logins: 6 };

function labelOf(v) {
  return concatBytes(u64(v.subject), u32(v.version), Uint8Array.of(GROUPS[v.group], v.retention),
    new Uint8Array(2), u32(v.epoch));
}

function pad(text) {
  const padded = new Uint8Array((Math.floor(text.length / 128) + 1) * 128);
  padded.set(text);
  padded[text.length] = 0x80;
  return padded;
}

function wrapOf(label, P, dek, bodyHash, fresh) {
  const r = Hs("wrap-r", dek, label, P);
  const R = times(G, r).toBytes();
  const key = kdf("wrap-key", times(pointOf(P), r).toBytes(), concatBytes(R, P, label));
  const wrapped = aeadSeal(key, ZEROS, label, dek);
  const proof = prove("wrap-proof", r, concatBytes(P, label, wrapped, bodyHash), fresh);
  return concatBytes(R, wrapped, proof);
}

// ---- ceremonies ----

function readTranscript(text, before) {
  const lines = text.split("\n");
  check(lines.pop() === "", "a line's end");
  let at = 0;
  const take = (word) => {
    check(lines[at]?.startsWith(word + " "), `line ${at + 1}: ${word}`);
    at += 1;
    return lines[at - 1].slice(word.length + 1);
  };
  const hashSoFar = () => sha256(utf8(lines.slice(0, at).join("\n") + "\n"));
  check(take("cambist") === "ceremony 1", "the first line");
  const t = { venue: take("venue"), group: take("group"), epoch: Number(take("epoch")) };
  t.generation = Number(take("generation"));
  t.threshold = Number(take("threshold"));
  if (t.generation > 0) {
    same(hexToBytes(take("before")), sha256(utf8(before.text)), "the transcript before");
  }
  t.members = [];
  while (lines[at].startsWith("member ")) t.members.push(hexToBytes(take("member").split(" ")[1]));
  t.roster = hashSoFar();
  t.deals = [];
  while (lines[at].startsWith("deal ")) {
    const deal = { dealer: Number(take("deal")) };
    deal.points = Array.from({ length: t.threshold }, () => hexToBytes(take("point")));
    deal.proof = hexToBytes(take("proof"));
    deal.dealt = t.members.map(() => hexToBytes(take("dealt")));
    t.deals.push(deal);
  }
  t.public = hexToBytes(take("public"));
  t.gathered = hashSoFar();
  t.confirmed = t.members.map((_, i) => {
    const [index, proof] = take("confirm").split(" ");
    check(Number(index) === i + 1, "confirmations in order");
    return hexToBytes(proof);
  });
  check(at === lines.length, "nothing behind the confirmations");
  t.text = text;
  return t;
}

function weight(indexes, index) {
  let above = 1n;
  let below = 1n;
  for (const other of indexes.filter((i) => i !== index)) {
    above = mod(above * BigInt(other));
    below = mod(below * BigInt(other - index));
  }
  return mod(above * inverse(below));
}

const place = (t, index) => concatBytes(Uint8Array.of(t.group === "A" ? 1 : 2, index, 0, 0),
  u32(t.epoch), u32(t.generation));

function valueOfPoints(points, index) {
  return points.reduceRight((sum, point) => times(sum, BigInt(index)).add(point), Point.ZERO);
}

// The public points of all members; every deal and confirmation checked.
function checkTranscript(t, before) {
  const dealers = t.deals.map((deal) => deal.dealer);
  check(dealers.length === (before ? before.threshold : t.members.length), "all deals");
  t.weights = dealers.map((dealer) => (before ? weight(dealers, dealer) : 1n));
  for (const deal of t.deals) {
    const message = concatBytes(t.roster, u32(deal.dealer), u32(t.threshold), ...deal.points);
    check(holds("deal-proof", deal.points[0], message, deal.proof), `proof of deal ${deal.dealer}`);
    if (before) same(deal.points[0], before.shares[deal.dealer - 1], "the dealer's share");
  }
  const sums = Array.from({ length: t.threshold }, (_, j) => t.deals.reduce(
    (sum, deal, i) => sum.add(times(pointOf(deal.points[j]), t.weights[i])), Point.ZERO));
  same(sums[0].toBytes(), t.public, "the group's point");
  if (before) same(t.public, before.public, "the same secret as before");
  t.shares = t.members.map((_, i) => valueOfPoints(sums, i + 1).toBytes());
  t.confirmed.forEach((proof, i) => {
    check(holds("drill", t.shares[i], concatBytes(place(t, i + 1), t.public, t.gathered), proof),
      `confirmation ${i + 1}`);
  });
}

function takeShare(t, index, key) {
  return t.deals.reduce((sum, deal, i) => {
    const bound = concatBytes(t.roster, u32(deal.dealer), u32(index));
    const value = scalarOf(boxOpen("deal-share", key, bound, deal.dealt[index - 1]));
    same(times(G, value).toBytes(), valueOfPoints(deal.points.map(pointOf), index).toBytes(),
      `value of deal ${deal.dealer}`);
    return mod(sum + value * t.weights[i]);
  }, 0n);
}

// ---- items ----

const vectors = JSON.parse(readFileSync(process.argv[2], "utf8"));
const hex = (item, name) => hexToBytes(item[name]);
const ceremonies = {};

function checkCeremony(name, before) {
  const item = vectors[name];
  same(sha256(utf8(item.transcript)), hex(item, "hash"), "hash");
  const t = readTranscript(item.transcript, before);
  checkTranscript(t, before);
  t.members.forEach((member, i) => {
    const key = scalarOf(hex(item, "keys").slice(32 * i, 32 * i + 32));
    same(times(G, key).toBytes(), member, "a member's key");
    const share = takeShare(t, i + 1, key);
    same(scalarBytes(share), hex(item, "shares").slice(32 * i, 32 * i + 32), "a share");
    same(times(G, share).toBytes(), t.shares[i], "a share's point");
    same(t.shares[i], hex(item, "points").slice(32 * i, 32 * i + 32), "a point");
  });
  ceremonies[name] = t;
}

// An answer of a drill: own nonce and the proof's fresh bytes were drawn; the officer's share is known.
function checkShown(v) {
  const t = ceremonies["resharing-a"];
  const random = hex(v, "random");
  const own = random.slice(0, 32);
  const nonce = H("drill-nonce", hex(v, "asked"), own);
  const share = scalarOf(
    hex(vectors["resharing-a"], "shares").slice(32 * (v.member - 1), 32 * v.member));
  const message = concatBytes(place(t, v.member), t.public, nonce);
  const proof = prove("drill", share, message, random.slice(32, 64));
  check(holds("drill", t.shares[v.member - 1], message, proof), "the proof");
  same(concatBytes(place(t, v.member), hex(v, "asked"), own, proof), hex(v, "bytes"), "bytes");
  const words = ["drill", t.group, t.epoch, t.generation, v.member, v.asked, bytesToHex(own),
    bytesToHex(proof)];
  check(v.line === words.join(" ") + "\n", "the line");
}

function checkPartials(v, label, R) {
  const chosen = { A: [1, 3], B: [2, 3] };
  let shared = Point.ZERO;
  for (const [side, indexes] of Object.entries(chosen)) {
    const t = ceremonies["ceremony-" + side.toLowerCase()];
    for (const index of indexes) {
      const partial = hex(v, `partial${side}${index}`);
      const D = partial.slice(12, 44);
      const message = concatBytes(partial.slice(0, 12), label, hex(v, "context"));
      same(partial.slice(0, 12), place(t, index), "place");
      check(sameHolds("partial", t.shares[index - 1], R, D, message, partial.slice(44)),
        `partial ${side}${index}`);
      shared = shared.add(times(pointOf(D), weight(indexes, index)));
    }
  }
  return shared.toBytes();
}

function checkRecord(v) {
  const label = labelOf(v);
  const random = hex(v, "random"); // the key, the body's nonce, the proof's fresh bytes
  const dek = hex(v, "dek");
  same(label, hex(v, "label"), "label");
  same(random.slice(0, 32), dek, "key");
  const nonce = random.slice(32, 56);
  const body = concatBytes(nonce, aeadSeal(dek, nonce, label.slice(0, 16), pad(utf8(v.text))));
  same(body, hex(v, "body"), "body");
  same(H("body", body), hex(v, "bodyHash"), "body's hash");
  const P = pointOf(ceremonies["ceremony-a"].public)
    .add(pointOf(ceremonies["ceremony-b"].public)).toBytes();
  same(P, hex(v, "groupKey"), "group key");
  const wrap = wrapOf(label, P, dek, hex(v, "bodyHash"), random.slice(56, 88));
  same(wrap, hex(v, "wrap"), "wrap");
  const R = wrap.slice(0, 32);
  const message = concatBytes(P, label, wrap.slice(32, 80), hex(v, "bodyHash"));
  check(holds("wrap-proof", R, message, wrap.slice(80)), "proof of the wrap");
  message[32] ^= 1; // another subject
  check(!holds("wrap-proof", R, message, wrap.slice(80)), "the proof is for this subject alone");
  const shared = checkPartials(v, label, R);
  const key = kdf("wrap-key", shared, concatBytes(R, P, label));
  same(aeadOpen(key, ZEROS, label, wrap.slice(32, 80)), dek, "key by the partials");
  const hand = hex(v, "hand");
  const bound = concatBytes(label, hand.slice(0, 8));
  check(fromLittle(hand.slice(0, 8)) === 1800000000n, "the hand's time");
  same(boxOpen("hand-review", scalarOf(hex(v, "reviewer")), bound, hand.slice(8)), dek, "hand");
}

function checkKeyFile(v) {
  const lines = v.text.split("\n");
  const [passes, memory, salt] = lines[8].split(" ").slice(1);
  const key = argon2id(utf8(v.passphrase), hexToBytes(salt),
    { t: Number(passes), m: Number(memory), p: 1, dkLen: 32, version: 0x13 });
  const bound = utf8(lines.slice(0, 9).join("\n") + "\n");
  const secrets = aeadOpen(key, ZEROS, bound, hexToBytes(lines[9].split(" ")[1]));
  same(secrets, hex(v, "secrets"), "what is sealed");
  same(times(G, scalarOf(secrets.slice(0, 32))).toBytes(), hexToBytes(lines[2].split(" ")[1]),
    "the officer's key");
}

const items = {
  hash: (v) => {
    same(H(v.name, hex(v, "message")), hex(v, "hash"), "hash");
    same(scalarBytes(Hs(v.name, hex(v, "message"))), hex(v, "scalar"), "scalar");
    same(kdf(v.name, hex(v, "secret"), hex(v, "message")), hex(v, "derived"), "derived key");
  },
  proof: (v) => {
    const secret = scalarOf(hex(v, "secret"));
    same(times(G, secret).toBytes(), hex(v, "public"), "public");
    same(prove(v.name, secret, hex(v, "message"), hex(v, "random")), hex(v, "proof"), "proof");
    check(holds(v.name, hex(v, "public"), hex(v, "message"), hex(v, "proof")), "proof holds");
  },
  same: (v) => {
    const secret = scalarOf(hex(v, "secret"));
    const R = hex(v, "point");
    same(times(pointOf(R), secret).toBytes(), hex(v, "image"), "image");
    same(proveSame(v.name, secret, R, hex(v, "message"), hex(v, "random")), hex(v, "proof"),
      "proof");
    check(sameHolds(v.name, times(G, secret).toBytes(), R, hex(v, "image"), hex(v, "message"),
      hex(v, "proof")), "proof holds");
  },
  box: (v) => {
    const key = scalarOf(hex(v, "key"));
    same(boxClose(v.name, times(G, key), hex(v, "bound"), hex(v, "plain"), hex(v, "random")),
      hex(v, "box"), "box");
    same(boxOpen(v.name, key, hex(v, "bound"), hex(v, "box")), hex(v, "plain"), "plain");
  },
  "ceremony-a": () => checkCeremony("ceremony-a"),
  "ceremony-b": () => checkCeremony("ceremony-b"),
  "resharing-a": () => checkCeremony("resharing-a", ceremonies["ceremony-a"]),
  "record-1": checkRecord,
  "record-2": checkRecord,
  drill: (v) => {
    const t = ceremonies["resharing-a"];
    const message = concatBytes(place(t, v.member), t.public, hex(v, "nonce"));
    check(holds("drill", t.shares[v.member - 1], message, hex(v, "proof")), "drill");
  },
  keyFile: checkKeyFile,
  shown: checkShown,
};

for (const name of Object.keys(vectors)) {
  try {
    check(items[name], "an item that is known here");
    items[name](vectors[name]);
    console.log(`${name}: the same`);
  } catch (error) {
    console.error(`FAILED: ${name}: ${error.message}`);
    process.exit(1);
  }
}
